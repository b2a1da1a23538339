/* mail/wrapped.c: three old parcels and their string */
#include "mail/wrapped.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "mail/rtf.h"

/* --- uuencode --- */

static const char *
line_end(const char *p)
{
	const char *q = strchr(p, '\n');

	return q == NULL ? p + strlen(p) : q + 1;
}

/* "begin 644 name": the name, else NULL. */
static char *
begin_name(struct arena *a, const char *line, const char *end)
{
	size_t n = (size_t)(end - line), mode;
	const char *name;

	if (n < 11 || memcmp(line, "begin ", 6) != 0)
		return NULL;
	mode = strspn(line + 6, "01234567");
	if (mode < 3 || mode > 4 || line[6 + mode] != ' ')
		return NULL;
	name = line + 6 + mode + 1;
	while (end > name && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	return end > name ? arena_strndup(a, name, (size_t)(end - name)) : NULL;
}

/* One line's bytes to `out`; false when it is not a line of uuencode. */
static bool
decode_line(struct sb *out, const char *line, const char *end)
{
	size_t length = (size_t)((line[0] - ' ') & 0x3f), have, chars = (length + 2) / 3 * 4;

	while (end > line && end[-1] == '\n')
		end--;
	if (end == line || line[0] < ' ' || line[0] > '`')
		return false;
	have = (size_t)(end - line) - 1;
	if (have + 4 < chars)		/* trailing spaces are often lost, more is not ours */
		return false;
	for (size_t i = 0; i < chars; i += 4) {
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++)
			v = v << 6 | (unsigned)((i + k < have ? line[1 + i + k] - ' ' : 0) & 0x3f);
		for (size_t k = 0; k < 3 && length > 0; k++, length--)
			sb_add_c(out, (char)(v >> (16 - 8 * k) & 0xff));
	}
	return true;
}

struct wrapped_files
uuencode_take(struct arena *a, const char *text, const char **rest)
{
	struct wrapped_files files = { 0 };
	struct sb kept;
	size_t total = strlen(text);

	*rest = text;
	if (strncmp(text, "begin ", 6) != 0 && strstr(text, "\nbegin ") == NULL)
		return files;
	files.item = arena_array(a, WRAPPED_FILES_MAX, sizeof(*files.item));
	sb_init(&kept, a, total + 1);
	for (const char *p = text; *p != '\0';) {
		const char *next = line_end(p), *q = next;
		char *name = files.n < WRAPPED_FILES_MAX ? begin_name(a, p, next) : NULL;
		struct sb bytes;
		bool ended = false;

		if (name != NULL) {
			sb_init(&bytes, a, total + 1);
			for (; *q != '\0' && !ended; q = line_end(q)) {
				ended = strncmp(q, "end", 3) == 0 && (q[3] == '\n' || q[3] == '\0');
				if (!ended && !decode_line(&bytes, q, line_end(q)))
					break;
			}
			if (ended || bytes.len > 0) {	/* cut off at the end of the mail is still a file */
				files.item[files.n++] = (struct wrapped_file){ name, sb_str(&bytes), bytes.len };
				p = q;
				continue;
			}
		}
		sb_add_n(&kept, p, (size_t)(next - p));
		p = next;
	}
	*rest = sb_str(&kept);
	return files;
}

/* --- TNEF --- */

static uint32_t
little32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

bool
tnef_is(const char *bytes, size_t n)
{
	return n >= 6 && little32(bytes) == 0x223e9f78;
}

/* Bytes of one value of a property's type (MS-OXTNEF 2.1.3.4, MS-OXCDATA 2.11.1); 0: its length stands before it. */
static size_t
mapi_size(unsigned type)
{
	switch (type) {
	case 0x02: case 0x03: case 0x04: case 0x0a: case 0x0b: return 4;
	case 0x05: case 0x06: case 0x07: case 0x14: case 0x40: return 8;
	case 0x48: return 16;
	default: return 0;
	}
}

struct bytes { const char *p; size_t n; };

/* `n` bytes and what fills them up to four; false when they are not there. */
static bool
take(struct bytes *from, size_t n, struct bytes *out)
{
	size_t padded = n + (4 - n % 4) % 4;

	if (n > from->n)
		return false;
	if (padded > from->n)
		padded = from->n;
	*out = (struct bytes){ from->p, n };
	from->p += padded;
	from->n -= padded;
	return true;
}

static bool
take_number(struct bytes *from, uint32_t *out)
{
	struct bytes four;

	if (!take(from, 4, &four))
		return false;
	*out = little32(four.p);
	return true;
}

/* A property with a name of its own: its set, then a number or a text. */
static bool
pass_name(struct bytes *from)
{
	struct bytes skipped;
	uint32_t kind, n;

	return take(from, 16, &skipped) && take_number(from, &kind) && take_number(from, &n) &&
	    (kind == 0 || take(from, n, &skipped));
}

/* The message's properties: HTML or RTF, for a mail that has no plain text. */
static void
tnef_properties(struct arena *a, struct bytes from, struct tnef_body *body)
{
	enum { HTML = 0x1013, RTF = 0x1009, BINARY = 0x102, STRING = 0x1e, MANY = 0x1000 };
	struct bytes html = { 0 }, rtf = { 0 }, value;
	const char *unpacked;
	uint32_t properties, tag, values, length;
	bool ok = take_number(&from, &properties);

	for (; ok && properties > 0 && from.n > 0; properties--) {
		unsigned type, id;
		size_t size;

		if (!take_number(&from, &tag))
			break;
		type = tag & 0xffff;
		id = tag >> 16;
		size = mapi_size(type & ~(unsigned)MANY);
		values = 1;
		ok = (id < 0x8000 || pass_name(&from)) && ((size > 0 && (type & MANY) == 0) || take_number(&from, &values));
		for (; ok && values > 0 && from.n > 0; values--) {
			length = (uint32_t)size;
			ok = (size > 0 || take_number(&from, &length)) && take(&from, length, &value);
			if (ok && id == HTML && (type == BINARY || type == STRING))
				html = value;
			else if (ok && id == RTF && type == BINARY)
				rtf = value;
		}
		ok = ok && values == 0;
	}
	if (html.n > 0) {
		*body = (struct tnef_body){ .bytes = html.p, .n = html.n, .html = true };
	} else if (rtf.n > 0 && (unpacked = rtf_unpack(a, rtf.p, rtf.n, &rtf.n)) != NULL) {
		body->bytes = rtf_read(a, unpacked, rtf.n, &body->html);
		body->n = strlen(body->bytes);
		body->utf8 = true;
		if (body->n == 0)
			*body = (struct tnef_body){ 0 };
	}
}

struct wrapped_files
tnef_read(struct arena *a, const char *bytes, size_t n, struct tnef_body *body)
{
	/* MS-OXTNEF 2.1.3.3.1: attribute ids with their types in the high half */
	enum { ATTACH_RENDER = 0x00069002, ATTACH_TITLE = 0x00018010, ATTACH_DATA = 0x0006800f, BODY = 0x0002800c,
		PROPERTIES = 0x00069003 };
	struct wrapped_files files = { .item = arena_array(a, WRAPPED_FILES_MAX, sizeof(*files.item)) };
	struct wrapped_file now = { 0 };
	struct bytes properties = { 0 };
	size_t at = 6;

	*body = (struct tnef_body){ 0 };
	while (tnef_is(bytes, n) && n - at >= 9) {	/* level, id, length ... checksum */
		uint32_t id = little32(bytes + at + 1), length = little32(bytes + at + 5);
		const char *data = bytes + at + 9;

		if (length > n - at - 9)
			break;
		if (id == ATTACH_RENDER || (id == ATTACH_DATA && now.bytes != NULL)) {
			if (now.bytes != NULL && files.n < WRAPPED_FILES_MAX)
				files.item[files.n++] = now;
			now = (struct wrapped_file){ 0 };
		}
		if (id == ATTACH_TITLE)
			now.name = arena_strndup(a, data, strnlen(data, length));
		if (id == ATTACH_DATA) {
			now.bytes = data;
			now.n = length;
		}
		if (id == BODY)
			*body = (struct tnef_body){ .bytes = data, .n = strnlen(data, length) };
		if (id == PROPERTIES)
			properties = (struct bytes){ data, length };
		at += 9 + (size_t)length;
		if (n - at < 2)
			break;
		at += 2;
	}
	if (now.bytes != NULL && files.n < WRAPPED_FILES_MAX)
		files.item[files.n++] = now;
	if (body->n == 0)
		tnef_properties(a, properties, body);
	return files;
}

/* --- CMS --- */

enum { DER_SEQUENCE = 0x30, DER_SET = 0x31, DER_OID = 0x06, DER_OCTETS = 0x04, DER_OCTETS_PARTS = 0x24, DER_CONTEXT_0 = 0xa0,
	DER_DEPTH_MAX = 16 };

/* One element of BER: tag, content. `indefinite`: the content runs on to an end-of-contents element. */
struct der { unsigned tag; const unsigned char *p, *end; bool indefinite; };

/* Reads the header at *p; content goes to where it must end (`end` when indefinite). */
static bool
der_read(const unsigned char *p, const unsigned char *end, struct der *out)
{
	size_t length = 0, count;

	if (end - p < 2 || (p[0] & 0x1f) == 0x1f)
		return false;
	out->tag = p[0];
	out->indefinite = p[1] == 0x80;
	count = p[1] & 0x80 ? p[1] & 0x7f : 0;
	if (count > 4 || (size_t)(end - p) < 2 + count)
		return false;
	length = count == 0 && !out->indefinite ? p[1] : 0;
	for (size_t i = 0; i < count; i++)
		length = length << 8 | p[2 + i];
	out->p = p + 2 + count;
	if (!out->indefinite && length > (size_t)(end - out->p))
		length = (size_t)(end - out->p);	/* cut off: what there is */
	out->end = out->indefinite ? end : out->p + length;
	return true;
}

/* The first byte after an element; NULL when that cannot be known. */
static const unsigned char *
der_after(const struct der *e, int depth)
{
	const unsigned char *p = e->p;

	if (!e->indefinite)
		return e->end;
	while (e->end - p >= 2 && (p[0] != 0 || p[1] != 0)) {
		struct der inner;

		if (depth == 0 || !der_read(p, e->end, &inner) || (p = der_after(&inner, depth - 1)) == NULL)
			return NULL;
	}
	return e->end - p >= 2 ? p + 2 : e->end;
}

/* The bytes of an octet string, whole or in parts. */
static void
der_octets(struct sb *out, const struct der *e, int depth)
{
	const unsigned char *p = e->p;

	if (e->tag == DER_OCTETS) {
		sb_add_n(out, (const char *)e->p, (size_t)(e->end - e->p));
		return;
	}
	while (p != NULL && e->end - p >= 2 && (p[0] != 0 || p[1] != 0)) {
		struct der part;

		if (depth == 0 || !der_read(p, e->end, &part) || (part.tag != DER_OCTETS && part.tag != DER_OCTETS_PARTS))
			return;
		der_octets(out, &part, depth - 1);
		p = der_after(&part, DER_DEPTH_MAX);
	}
}

enum cms_kind
cms_read(struct arena *a, const char *bytes, size_t n, const char **content, size_t *content_n)
{
	/* 1.2.840.113549.1.7.x: 2 is signed data, 3 enveloped data; S/MIME also uses 1.2.840.113549.1.9.16.1.23 */
	static const unsigned char pkcs7[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07 };
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	/* ContentInfo { type, [0] SignedData { version, digests, { type, [0] content } } } */
	static const unsigned path[] = { DER_CONTEXT_0, DER_SEQUENCE, DER_SEQUENCE, DER_CONTEXT_0 };
	struct der e, type;
	struct sb sb;

	*content = NULL;
	*content_n = 0;
	if (!der_read(p, end, &e) || e.tag != DER_SEQUENCE || !der_read(e.p, e.end, &type) || type.tag != DER_OID)
		return CMS_NONE;
	if (type.end - type.p != 9 || memcmp(type.p, pkcs7, sizeof(pkcs7)) != 0 || type.end[-1] != 2)
		return CMS_ENCRYPTED;
	for (size_t i = 0; i < ARRAY_LEN(path); i++) {
		struct der inner = { 0 };
		const unsigned char *q = e.p;

		while (q != NULL && der_read(q, e.end, &inner) && inner.tag != path[i]) {
			if (inner.tag == 0)
				return CMS_SIGNED;
			q = der_after(&inner, DER_DEPTH_MAX);
		}
		if (q == NULL || inner.tag != path[i])
			return CMS_SIGNED;	/* detached: the content is elsewhere */
		e = inner;
	}
	if (!der_read(e.p, e.end, &type))
		return CMS_SIGNED;
	sb_init(&sb, a, n + 1);
	der_octets(&sb, &type, DER_DEPTH_MAX);
	*content = sb_str(&sb);
	*content_n = sb.len;
	return CMS_SIGNED;
}

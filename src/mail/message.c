/* mail/message.c: from bytes to struct mime_message
 *
 * GMime finds the parts; one walk over them shares them out to the body and to the attachments. The body is a list of
 * segments (a mail may have several inline texts), each with a plain and an HTML side; the sides of
 * multipart/alternative are brought together in one segment. Limits are kept while walking: depth, parts, text. */
#include "mail/message.h"

#include <ctype.h>
#include <magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/html.h"
#include "mail/internal.h"
#include "mail/reply.h"
#include "mail/wrapped.h"

enum {
	HEADER_VALUE_MAX = 16 * 1024, NAME_MAX_BYTES = 200, SEGMENTS_MAX = 100, HTML_READ_MAX = 4 * 1024 * 1024,
	SUMMARY_TEXT_MAX = 20 * 1024, DETECT_BYTES = 64 * 1024, ID_MAX = 998, REPORT_MAX = 64 * 1024,
	RETURNED_MAX = 64 * 1024, PIECE = 16 * 1024,
};

/* libmagic, with liblzma and libbz2, is opened for the first file: most mails have none. */
#define LATE_MAGIC(X) X(magic_buffer) X(magic_close) X(magic_load) X(magic_open)
LATE_DECLARE(late_magic, LATE_MAGIC);
LATE_DEFINE(late_magic, LATE_MAGIC, "libmagic.so.1");

LATE_DEFINE(late_gmime, LATE_GMIME, "libgmime-3.0.so.0");

/* --- GMime, once --- */

static pthread_once_t started = PTHREAD_ONCE_INIT;
static GMimeParserOptions *loose;
static pthread_key_t magic_key;		/* libmagic's handles are for one thread each, and go with it */

static void
magic_done(void *cookie)
{
	late_magic.magic_close(cookie);
}

static void
start_once(void)
{
	static const char *charsets[] = { "utf-8", "windows-1252", NULL };

	late_must(late_gmime_load);
	if (pthread_key_create(&magic_key, magic_done) != 0)
		abort();

	g_mime_init();
	loose = g_mime_parser_options_new();
	g_mime_parser_options_set_address_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_parameter_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_rfc2047_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_allow_addresses_without_domain(loose, TRUE);
	g_mime_parser_options_set_fallback_charsets(loose, charsets);
}

void
mail_start(void)
{
	(void)pthread_once(&started, start_once);
}

GMimeParserOptions *
mail_parser_options(void)
{
	return loose;
}

/* --- small readers --- */

/* This thread's handle; NULL when there is none to be had. */
static magic_t
magic_handle(void)
{
	struct err ignored = { 0 };
	magic_t cookie;

	mail_start();
	if ((cookie = pthread_getspecific(magic_key)) != NULL)
		return cookie;
	if (!late_magic_load(&ignored))
		return NULL;
	cookie = late_magic.magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
	if (cookie == NULL)
		return NULL;
	if (late_magic.magic_load(cookie, NULL) != 0 || pthread_setspecific(magic_key, cookie) != 0) {
		late_magic.magic_close(cookie);
		return NULL;
	}
	return cookie;
}

const char *
mime_detect(struct arena *a, const char *bytes, size_t n)
{
	magic_t cookie = n == 0 ? NULL : magic_handle();
	const char *type = cookie == NULL ? NULL : late_magic.magic_buffer(cookie, bytes, n < DETECT_BYTES ? n : DETECT_BYTES);

	return type == NULL || strchr(type, '/') == NULL ? "application/octet-stream" : arena_strdup(a, type);
}

char *
mail_header_line(struct arena *a, const char *raw, size_t n)
{
	char *line = arena_strndup(a, raw, n);

	if (memmem(raw, n, "=?", 2) == NULL)
		return charset_line(a, raw, n);
	/* Raw 8-bit letters inside an encoded word are in the word's own charset: they wait for its decoding. */
	for (char *p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	}
	return line;
}

static char *
header_text(struct arena *a, const char *raw)
{
	char *line = mail_header_line(a, raw, strnlen(raw, HEADER_VALUE_MAX)), *decoded, *out;

	if (strstr(line, "=?") == NULL)
		return line;
	decoded = g_mime_utils_header_decode_text(loose, line);
	out = decoded == NULL ? charset_line(a, line, strlen(line)) : charset_line(a, decoded, strlen(decoded));
	g_free(decoded);
	return out;
}

const char *
mime_header(const struct mime_message *m, const char *name)
{
	for (size_t i = 0; i < m->n_headers; i++) {
		if (strcasecmp(m->header[i].name, name) == 0)
			return m->header[i].value;
	}
	return NULL;
}

/* What stands before the message itself in files of mail: an mbox line ("From name date", ">From"), empty lines before
 * the first field. */
static void
skip_preamble(const char **bytes, size_t *n)
{
	const char *p = *bytes, *end = p + *n;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *q = p;

		if (nl == NULL)
			break;
		while (q < nl && (*q == ' ' || *q == '\t' || *q == '\r'))
			q++;
		if (q < nl && !(nl - p > 5 && memcmp(p, "From ", 5) == 0) && !(nl - p > 6 && memcmp(p, ">From ", 6) == 0))
			break;
		p = nl + 1;
	}
	/* Only if a field follows: a mail may also have no header at all. */
	for (const char *q = p; q < end && q > *bytes; q++) {
		if (*q == ':' && q > p) {
			*n = (size_t)(end - p);
			*bytes = p;
			return;
		}
		if ((unsigned char)*q <= ' ' || (unsigned char)*q >= 0x7f)
			return;
	}
}

static char *
id_text(struct arena *a, const char *s)
{
	char *line, *to;

	if (s == NULL)
		return arena_strdup(a, "");
	line = charset_line(a, s, strnlen(s, ID_MAX));
	line += strspn(line, "< ");
	to = line + strcspn(line, "> ");
	*to = '\0';
	return line;
}

/* --- the walk --- */

struct segment { const char *plain, *html; };	/* plain: text; html: as it came, UTF-8. NULL when absent */

struct walk {
	struct arena *arena;
	struct mime_message *m;
	struct segment *segment;
	size_t n_segments;
	bool summary_only;	/* inside an enclosed mail: its body, nothing else */
	struct mime_attachment *attachment;	/* MIME_PARTS_MAX of them */
};

static const struct mime_message nothing = {
	.message_id = "", .in_reply_to = "", .from = { "", "" }, .subject = "", .text = "", .reply_text = "",
	.quoted_text = "", .signature = "", .html = "", .report_type = "", .report = "", .returned = "",
};

static void walk_object(struct walk *w, GMimeObject *object, int depth);
static void walk_inner(struct walk *w, const char *bytes, size_t n, int depth);

static GMimeDataWrapper *
content_of(GMimeObject *part)
{
	return GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
}

/* The content, decoded, piece by piece, until `take` has had enough. Its pieces are at most PIECE + 64 bytes. */
typedef bool take_piece(void *arg, const char *p, size_t n);

static void
decode(GMimeDataWrapper *content, take_piece *take, void *arg)
{
	GMimeStream *stream = g_mime_data_wrapper_get_stream(content);
	GMimeEncoding decoder;
	char in[PIECE], out[PIECE + 64];
	ssize_t got;
	bool more = g_mime_stream_reset(stream) == 0;

	g_mime_encoding_init_decode(&decoder, g_mime_data_wrapper_get_encoding(content));
	while (more && (got = g_mime_stream_read(stream, in, sizeof(in))) > 0)
		more = take(arg, out, g_mime_encoding_step(&decoder, in, (size_t)got, out));
	if (more)
		(void)take(arg, out, g_mime_encoding_flush(&decoder, NULL, 0, out));
}

struct filling { char *buf; size_t n, room; bool full; };

static bool
fill(void *arg, const char *p, size_t n)
{
	struct filling *f = arg;

	f->full = n > f->room - f->n;
	n = f->full ? f->room - f->n : n;
	memcpy(f->buf + f->n, p, n);
	f->n += n;
	return !f->full;
}

/* What GMime decodes otherwise than piece by piece: it must look for the line "begin" first. */
static void
decoded_uuencode(struct walk *w, GMimeDataWrapper *content, const char **bytes, size_t *n)
{
	GMimeStream *out = g_mime_stream_mem_new();
	GByteArray *array;

	if (g_mime_data_wrapper_write_to_stream(content, out) >= 0) {
		array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
		*n = array->len;
		*bytes = arena_strndup(w->arena, (const char *)array->data, array->len);
	}
	g_object_unref(out);
}

/* The part's content, decoded, at most `max` bytes of it; true when that was all. From the message straight to one buffer: a
 * large mail is in memory once as it came, and each of its files once. */
static bool
decoded(struct walk *w, GMimeObject *part, size_t max, const char **bytes, size_t *n)
{
	GMimeDataWrapper *content = content_of(part);
	GMimeContentEncoding encoding;
	struct filling f = { 0 };
	gint64 length;

	*bytes = "";
	*n = 0;
	if (content == NULL || (length = g_mime_stream_length(g_mime_data_wrapper_get_stream(content))) <= 0)
		return true;
	encoding = g_mime_data_wrapper_get_encoding(content);
	if (encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
		decoded_uuencode(w, content, bytes, n);
		return true;
	}
	/* Nothing grows by being decoded; base64 makes 3 bytes of 4. */
	f.room = encoding == GMIME_CONTENT_ENCODING_BASE64 ? (size_t)length / 4 * 3 + 64 : (size_t)length + 64;
	f.room = f.room < max ? f.room : max;
	f.buf = arena_alloc(w->arena, f.room + 1);
	decode(content, fill, &f);
	*bytes = f.buf;
	*n = f.n;
	return !f.full;
}

/* Does a line begin with "begin "? Over the edges of pieces too. */
struct looking { char last[8]; size_t n; bool found; };

static bool
look(void *arg, const char *p, size_t n)
{
	static const char begin[] = "\nbegin ";
	struct looking *l = arg;
	char edge[sizeof(l->last) + sizeof(begin)];
	size_t head = n < sizeof(begin) ? n : sizeof(begin), keep = n < sizeof(l->last) ? n : sizeof(l->last);

	memcpy(edge, l->last, l->n);
	memcpy(edge + l->n, p, head);
	l->found = memmem(edge, l->n + head, begin, sizeof(begin) - 1) != NULL || memmem(p, n, begin, sizeof(begin) - 1) != NULL;
	if (l->n + keep > sizeof(l->last)) {
		size_t gone = l->n + keep - sizeof(l->last);

		memmove(l->last, l->last + gone, l->n - gone);
		l->n -= gone;
	}
	memcpy(l->last + l->n, p + n - keep, keep);
	l->n += keep;
	return !l->found;
}

static bool
holds_uuencode(GMimeObject *part)
{
	struct looking l = { .last = "\n", .n = 1 };
	GMimeDataWrapper *content = content_of(part);

	if (content != NULL)
		decode(content, look, &l);
	return l.found;
}

/* The object as it stands in the message, header and all. */
static void
written(struct walk *w, GMimeObject *object, const char **bytes, size_t *n)
{
	GMimeStream *out = g_mime_stream_mem_new();
	GByteArray *array;

	(void)g_mime_object_write_to_stream(object, NULL, out);
	array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
	*n = array->len;
	*bytes = arena_strndup(w->arena, (const char *)array->data, array->len);
	g_object_unref(out);
}

static char *
type_of(struct arena *a, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *major = type == NULL ? NULL : g_mime_content_type_get_media_type(type);
	const char *minor = type == NULL ? NULL : g_mime_content_type_get_media_subtype(type);
	char *s = arena_printf(a, "%s/%s", major == NULL ? "text" : major, minor == NULL ? "plain" : minor);

	s = charset_line(a, s, strnlen(s, 120));
	for (char *p = s; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

/* A name fit for a list and for a disk: no folders, nothing that cannot be seen, not too long. */
static const char *
file_name(struct arena *a, const char *given, size_t number)
{
	char *s, *base, *dot;
	size_t n;

	if (given == NULL || *given == '\0')
		return arena_printf(a, "attachment-%zu", number);
	s = header_text(a, given);
	base = strrchr(s, '/');
	base = base == NULL ? s : base + 1;
	s = strrchr(base, '\\');
	s = s == NULL ? base : s + 1;
	for (char *p = s; *p != '\0'; p++) {
		if (strchr("<>:\"|?*", *p) != NULL)
			*p = '_';
	}
	n = strlen(s);
	if (n > NAME_MAX_BYTES) {	/* the ending is what tells people most */
		dot = strrchr(s, '.');
		dot = dot == NULL || strlen(dot) > 12 ? s + n : dot;
		n = NAME_MAX_BYTES;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		s = arena_printf(a, "%.*s%s", (int)n, s, dot);
	}
	while (*s == '.' || *s == ' ')
		s++;
	return *s == '\0' ? arena_printf(a, "attachment-%zu", number) : s;
}

static struct mime_attachment *
attach(struct walk *w, const char *name, const char *type, const char *bytes, size_t n)
{
	struct mime_attachment *at;

	if (w->summary_only)
		return NULL;
	if (w->m->n_attachments == MIME_PARTS_MAX) {
		w->m->parts_left_out = true;
		return NULL;
	}
	at = &w->attachment[w->m->n_attachments++];
	*at = (struct mime_attachment){
		.name = file_name(w->arena, name, w->m->n_attachments),
		.claimed_type = type, .detected_type = mime_detect(w->arena, bytes, n),
		.bytes = bytes, .n = n, .sha256 = hash_bytes(bytes, n), .content_id = "", .summary = "",
	};
	return at;
}

static void
attach_part(struct walk *w, GMimeObject *part, const char *type, const char *bytes, size_t n, bool is_inline)
{
	const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
	struct mime_attachment *at = attach(w, name, type, bytes, n);

	if (at == NULL)
		return;
	at->is_inline = is_inline;
	at->content_id = id_text(w->arena, g_mime_object_get_content_id(part));
}

static void
segment(struct walk *w, const char *plain, const char *html)
{
	if (w->n_segments < SEGMENTS_MAX)
		w->segment[w->n_segments++] = (struct segment){ plain, html };
	else
		w->m->text_cut = true;
}

/* RFC 3676: lines that end in a space go on; a leading space was stuffed; the quote depth keeps paragraphs apart. */
static char *
unflow(struct arena *a, const char *text, bool delsp)
{
	struct sb sb;
	size_t before = 0;
	bool open = false;	/* the line before goes on */

	sb_init(&sb, a, strlen(text) * 2 + 2);
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\n"), depth = strspn(p, ">"), next = n + (p[n] == '\n');
		const char *s = p + depth;
		bool delimiter;

		n -= depth;
		if (n > 0 && *s == ' ') {
			s++;
			n--;
		}
		delimiter = n == 3 && memcmp(s, "-- ", 3) == 0;
		if (open && (depth != before || delimiter)) {
			sb_add_c(&sb, '\n');
			open = false;
		}
		if (!open) {
			for (size_t i = 0; i < depth; i++)
				sb_add_c(&sb, '>');
			if (depth > 0)
				sb_add_c(&sb, ' ');
		}
		open = n > 0 && s[n - 1] == ' ' && !delimiter;
		sb_add_n(&sb, s, open && delsp ? n - 1 : n);
		if (!open)
			sb_add_c(&sb, '\n');
		before = depth;
		p += next;
	}
	if (open)
		sb_add_c(&sb, '\n');
	return arena_strdup(a, sb_str(&sb));
}

static const char *
cut_text(struct walk *w, const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n <= max)
		return text;
	w->m->text_cut = true;
	for (n = max; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return arena_strndup(w->arena, text, n);
}

static void
body_plain(struct walk *w, GMimeObject *part, const char *bytes, size_t n)
{
	const char *charset = g_mime_object_get_content_type_parameter(part, "charset");
	const char *format = g_mime_object_get_content_type_parameter(part, "format");
	const char *delsp = g_mime_object_get_content_type_parameter(part, "delsp");
	const char *text = charset_text(w->arena, charset, bytes, n);
	struct wrapped_files files = uuencode_take(w->arena, text, &text);

	for (size_t i = 0; i < files.n; i++)
		(void)attach(w, files.item[i].name, "application/x-uuencode", files.item[i].bytes, files.item[i].n);
	text = cut_text(w, text, MIME_TEXT_MAX);
	if (format != NULL && strcasecmp(format, "flowed") == 0)
		text = unflow(w->arena, text, delsp != NULL && strcasecmp(delsp, "yes") == 0);
	segment(w, text, NULL);
}

static void
body_html(struct walk *w, GMimeObject *part, const char *bytes, size_t n)
{
	const char *charset = g_mime_object_get_content_type_parameter(part, "charset");

	if (charset == NULL || *charset == '\0')
		charset = mail_html_charset(w->arena, bytes, n);
	segment(w, NULL, cut_text(w, charset_text(w->arena, charset, bytes, n), HTML_READ_MAX));
}

/* An enclosed mail in a few lines, for whoever decides whether to open it. */
static const char *
summary(struct walk *w, GMimeMessage *inner, int depth)
{
	static const char *const fields[] = { "From", "To", "Date", "Subject" };
	struct mime_message m = nothing;
	struct walk inside = {
		.arena = w->arena, .m = &m, .segment = arena_array(w->arena, SEGMENTS_MAX, sizeof(*inside.segment)),
		.summary_only = true,
	};
	GMimeObject *body = g_mime_message_get_mime_part(inner);
	struct sb sb;

	sb_init(&sb, w->arena, SUMMARY_TEXT_MAX * 2);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(inner)), fields[i]);
		const char *raw = h == NULL ? NULL : g_mime_header_get_raw_value(h);

		if (raw != NULL)
			sb_addf(&sb, "%s: %.500s\n", fields[i], utf8_clean(w->arena, header_text(w->arena, raw),
			    strnlen(header_text(w->arena, raw), 500)));
	}
	m.n_parts = w->m->n_parts;
	if (body != NULL)
		walk_object(&inside, body, depth + 1);
	w->m->n_parts = m.n_parts;
	for (size_t i = 0; i < inside.n_segments && sb.len < SUMMARY_TEXT_MAX; i++) {
		const struct segment *s = &inside.segment[i];
		const char *text = s->plain != NULL ? s->plain : mail_html_text(w->arena, s->html, strlen(s->html));

		sb_addf(&sb, "\n%s", cut_text(&inside, text, SUMMARY_TEXT_MAX - 1));
	}
	return utf8_clean(w->arena, sb_str(&sb), sb.len);
}

static void
walk_message(struct walk *w, GMimeMessagePart *part, const char *type, int depth)
{
	GMimeMessage *inner = g_mime_message_part_get_message(part);
	struct mime_attachment *at;
	const char *bytes, *subject;
	size_t n;

	if (inner == NULL || w->summary_only)
		return;
	written(w, GMIME_OBJECT(inner), &bytes, &n);
	if (*w->m->report_type != '\0' && *w->m->returned == '\0')
		w->m->returned = charset_text(w->arena, NULL, bytes, n < RETURNED_MAX ? n : RETURNED_MAX);
	subject = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "name");
	if (subject == NULL || *subject == '\0') {
		subject = g_mime_message_get_subject(inner);
		subject = subject == NULL || *subject == '\0' ? NULL : arena_printf(w->arena, "%.120s.eml", subject);
	}
	if ((at = attach(w, subject, type, bytes, n)) != NULL)
		at->summary = summary(w, inner, depth);
}

static bool
is_attachment(GMimeObject *part)
{
	const char *disposition = g_mime_object_get_disposition(part);
	const char *name = g_mime_part_get_filename(GMIME_PART(part));

	if (disposition != NULL && strcasecmp(disposition, "attachment") == 0)
		return true;
	return name != NULL && *name != '\0';
}

static void
leaf_tnef(struct walk *w, GMimeObject *part, const char *type, const char *bytes, size_t n)
{
	struct tnef_body body;
	struct wrapped_files files = tnef_read(w->arena, bytes, n, &body);
	const char *charset = body.utf8 ? "UTF-8" : body.html ? mail_html_charset(w->arena, body.bytes, body.n) : NULL, *text;

	for (size_t i = 0; i < files.n; i++)
		(void)attach(w, files.item[i].name, "application/octet-stream", files.item[i].bytes, files.item[i].n);
	if (body.bytes != NULL && w->n_segments == 0) {
		text = cut_text(w, charset_text(w->arena, charset, body.bytes, body.n), body.html ? HTML_READ_MAX : MIME_TEXT_MAX);
		segment(w, body.html ? NULL : text, body.html ? text : NULL);
	}
	attach_part(w, part, type, bytes, n, false);	/* itself too: what we could not read may matter */
}

static void
leaf_cms(struct walk *w, GMimeObject *part, const char *type, const char *bytes, size_t n, int depth)
{
	const char *content;
	size_t content_n;
	enum cms_kind kind = cms_read(w->arena, bytes, n, &content, &content_n);

	if (kind == CMS_ENCRYPTED)
		w->m->wrapping = MIME_ENCRYPTED;
	if (kind == CMS_SIGNED) {
		w->m->wrapping = MIME_SIGNED;
		if (content_n > 0)
			walk_inner(w, content, content_n, depth + 1);
	}
	attach_part(w, part, type, bytes, n, false);
}

static void
walk_leaf(struct walk *w, GMimeObject *part, int depth)
{
	char *type = type_of(w->arena, part);
	const char *bytes, *disposition = g_mime_object_get_disposition(part);
	size_t n;
	bool text = !is_attachment(part), html = text && strcmp(type, "text/html") == 0;
	bool plain = text && (strcmp(type, "text/plain") == 0 || (depth == 0 && !html && strncmp(type, "text/", 5) == 0));
	/* Of a text that is too long its beginning is enough, unless files are wrapped in it. */
	size_t max = html ? 2 * HTML_READ_MAX : plain ? 2 * (size_t)MIME_TEXT_MAX : SIZE_MAX;

	if (!decoded(w, part, max, &bytes, &n)) {
		if (tnef_is(bytes, n) || (plain && holds_uuencode(part)))
			(void)decoded(w, part, SIZE_MAX, &bytes, &n);
		else
			w->m->text_cut = true;
	}
	if (*w->m->report_type != '\0' && (strcmp(type, "message/delivery-status") == 0 ||
	    strcmp(type, "message/feedback-report") == 0 || strcmp(type, "message/global-delivery-status") == 0)) {
		w->m->report = charset_text(w->arena, NULL, bytes, n < REPORT_MAX ? n : REPORT_MAX);
	} else if (*w->m->report_type != '\0' && strncmp(type, "text/rfc822-header", 18) == 0) {
		w->m->returned = charset_text(w->arena, NULL, bytes, n < RETURNED_MAX ? n : RETURNED_MAX);
	} else if (strcmp(type, "application/ms-tnef") == 0 || tnef_is(bytes, n)) {
		leaf_tnef(w, part, type, bytes, n);
	} else if (strcmp(type, "application/pkcs7-mime") == 0 || strcmp(type, "application/x-pkcs7-mime") == 0) {
		leaf_cms(w, part, type, bytes, n, depth);
	} else if (html) {
		body_html(w, part, bytes, n);
	} else if (plain) {
		body_plain(w, part, bytes, n);
	} else {
		attach_part(w, part, type, bytes, n, disposition != NULL && strcasecmp(disposition, "inline") == 0);
	}
}

/* multipart/alternative: the same words in several forms. All that came from the children is one segment. */
static void
walk_alternative(struct walk *w, GMimeMultipart *multipart, int depth)
{
	size_t first = w->n_segments;
	struct sb plain, html;
	bool has_plain = false, has_html = false;
	int n = g_mime_multipart_get_count(multipart);

	for (int i = 0; i < n; i++)
		walk_object(w, g_mime_multipart_get_part(multipart, i), depth + 1);
	if (w->n_segments <= first + 1)
		return;
	sb_init(&plain, w->arena, MIME_TEXT_MAX * 2);
	sb_init(&html, w->arena, HTML_READ_MAX * 2);
	for (size_t i = first; i < w->n_segments; i++) {
		if (w->segment[i].plain != NULL && plain.len + strlen(w->segment[i].plain) < MIME_TEXT_MAX) {
			has_plain = true;
			sb_add(&plain, w->segment[i].plain);
		}
		if (w->segment[i].html != NULL && html.len + strlen(w->segment[i].html) < HTML_READ_MAX) {
			has_html = true;
			sb_add(&html, w->segment[i].html);
		}
	}
	w->n_segments = first;
	segment(w, has_plain ? sb_str(&plain) : NULL, has_html ? sb_str(&html) : NULL);
}

static void
walk_multipart(struct walk *w, GMimeMultipart *multipart, int depth)
{
	char *type = type_of(w->arena, GMIME_OBJECT(multipart));
	const char *report = g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "report-type");
	int n = g_mime_multipart_get_count(multipart);

	if (strcmp(type, "multipart/alternative") == 0) {
		walk_alternative(w, multipart, depth);
		return;
	}
	if (strcmp(type, "multipart/signed") == 0)
		w->m->wrapping = MIME_SIGNED;
	if (strcmp(type, "multipart/encrypted") == 0)
		w->m->wrapping = MIME_ENCRYPTED;
	if (strcmp(type, "multipart/report") == 0 && *w->m->report_type == '\0' && !w->summary_only) {
		char *said = utf8_lower(w->arena, header_text(w->arena, report == NULL ? "delivery-status" : report));

		w->m->report_type = *said == '\0' ? "delivery-status" : said;
	}
	for (int i = 0; i < n; i++)
		walk_object(w, g_mime_multipart_get_part(multipart, i), depth + 1);
}

static void
walk_object(struct walk *w, GMimeObject *object, int depth)
{
	const char *bytes;
	size_t n;

	if (object == NULL)
		return;
	if (w->m->n_parts >= MIME_PARTS_MAX) {
		w->m->parts_left_out = true;
		return;
	}
	w->m->n_parts++;
	if (depth >= MIME_DEPTH_MAX) {	/* too deep to open: whole, as it is */
		w->m->parts_left_out = true;
		written(w, object, &bytes, &n);
		(void)attach(w, NULL, type_of(w->arena, object), bytes, n);
	} else if (GMIME_IS_MULTIPART(object)) {
		walk_multipart(w, GMIME_MULTIPART(object), depth);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		walk_message(w, GMIME_MESSAGE_PART(object), type_of(w->arena, object), depth);
	} else if (GMIME_IS_PART(object)) {
		walk_leaf(w, object, depth);
	}
}

/* Reads from the bytes themselves, which no one writes to: a stream made "with buffer" would copy them first. */
static GMimeParser *
parser_of(struct arena *a, const char *bytes, size_t n)
{
	GByteArray *array = arena_alloc(a, sizeof(*array));
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeParser *parser;

	memcpy(&array->data, &bytes, sizeof(bytes));
	array->len = (guint)n;
	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), array);
	parser = g_mime_parser_new_with_stream(stream);

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	g_mime_parser_set_persist_stream(parser, TRUE);
	g_object_unref(stream);
	return parser;
}

/* A MIME part that stood inside a signed parcel. */
static void
walk_inner(struct walk *w, const char *bytes, size_t n, int depth)
{
	GMimeParser *parser = parser_of(w->arena, bytes, n);
	GMimeObject *part = g_mime_parser_construct_part(parser, loose);

	if (part != NULL) {
		walk_object(w, part, depth);
		g_object_unref(part);
	}
	g_object_unref(parser);
}

/* --- the header --- */

static struct mail_addresses
addresses_of(struct walk *w, GMimeHeaderList *list, const char *const *names, size_t n_names)
{
	struct mail_addresses all = { 0 };
	int n = g_mime_header_list_get_count(list);

	for (int i = 0; i < n && i < MIME_HEADERS_MAX; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *raw = g_mime_header_get_raw_value(h);

		for (size_t k = 0; k < n_names; k++) {
			struct mail_addresses some;

			if (raw == NULL || strcasecmp(g_mime_header_get_name(h), names[k]) != 0 || all.n >= MAIL_ADDRESSES_MAX)
				continue;
			some = mail_addresses_parse(w->arena, raw, strlen(raw));
			all.item = arena_grow(w->arena, all.item, all.n * sizeof(*all.item), (all.n + some.n) * sizeof(*all.item));
			for (size_t j = 0; j < some.n; j++)
				all.item[all.n++] = some.item[j];
		}
	}
	return all;
}

static void
read_references(struct walk *w, GMimeHeaderList *list)
{
	GMimeHeader *h = g_mime_header_list_get_header(list, "References");
	const char *raw = h == NULL ? NULL : g_mime_header_get_raw_value(h);
	GMimeReferences *refs = raw == NULL ? NULL : g_mime_references_parse(loose, raw);
	int n = refs == NULL ? 0 : g_mime_references_length(refs);
	int from = n > MIME_REFERENCES_MAX ? n - MIME_REFERENCES_MAX : 0;	/* the newest say most */

	w->m->references = arena_array(w->arena, (size_t)(n - from) + 1, sizeof(*w->m->references));
	for (int i = from; i < n; i++) {
		const char *id = id_text(w->arena, g_mime_references_get_message_id(refs, i));

		if (*id != '\0')
			w->m->references[w->m->n_references++] = id;
	}
	if (refs != NULL)
		g_mime_references_free(refs);
}

static const char *
first_id(struct walk *w, const char *name)
{
	const char *value = mime_header(w->m, name), *at = value == NULL ? NULL : strchr(value, '<');

	return id_text(w->arena, at == NULL ? value : at);
}

static void
read_header(struct walk *w, GMimeObject *message)
{
	static const char *const from[] = { "From" }, *const sender[] = { "Sender" }, *const reply_to[] = { "Reply-To" },
	    *const to[] = { "To" }, *const cc[] = { "Cc" },
	    *const delivered[] = { "Delivered-To", "X-Original-To", "Envelope-To" };
	GMimeHeaderList *list = g_mime_object_get_header_list(message);
	int n = g_mime_header_list_get_count(list);
	struct mime_message *m = w->m;
	struct mail_addresses some;
	const char *value;

	m->header = arena_array(w->arena, n < MIME_HEADERS_MAX ? (size_t)n : MIME_HEADERS_MAX, sizeof(*m->header));
	for (int i = 0; i < n && i < MIME_HEADERS_MAX; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(h), *raw = g_mime_header_get_raw_value(h);

		m->header[m->n_headers++] = (struct mime_header){
			charset_line(w->arena, name, strnlen(name, 100)), raw == NULL ? "" : header_text(w->arena, raw),
		};
	}
	some = addresses_of(w, list, from, 1);
	if (some.n == 0)
		some = addresses_of(w, list, sender, 1);
	m->from = some.n == 0 ? (struct mail_address){ "", "" } : some.item[0];
	m->reply_to = addresses_of(w, list, reply_to, 1);
	m->to = addresses_of(w, list, to, 1);
	m->cc = addresses_of(w, list, cc, 1);
	m->delivered_to = addresses_of(w, list, delivered, ARRAY_LEN(delivered));
	m->message_id = first_id(w, "Message-ID");
	m->in_reply_to = first_id(w, "In-Reply-To");
	read_references(w, list);
	m->subject = (value = mime_header(m, "Subject")) == NULL ? "" : value;
	if ((value = mime_header(m, "Date")) != NULL) {
		GDateTime *date = g_mime_utils_header_decode_date(value);

		m->date = date == NULL ? 0 : g_date_time_to_unix(date);
		if (date != NULL)
			g_date_time_unref(date);
	}
}

/* --- the body, put together --- */

static bool
has_words(const char *s)
{
	return s != NULL && s[strspn(s, " \t\n")] != '\0';
}

static void
put_together(struct walk *w)
{
	struct mime_message *m = w->m;
	struct sb text, html;
	bool any_html = false, any_plain = false;

	sb_init(&text, w->arena, 2 * (size_t)MIME_TEXT_MAX + 16);
	sb_init(&html, w->arena, 3 * (size_t)MAIL_HTML_MAX + 16);
	for (size_t i = 0; i < w->n_segments; i++)
		any_html |= w->segment[i].html != NULL;
	for (size_t i = 0; i < w->n_segments; i++) {
		const struct segment *s = &w->segment[i];
		const char *plain = s->plain;

		if (!has_words(plain) && s->html != NULL) {
			plain = mail_html_text(w->arena, s->html, strlen(s->html));
		} else {
			any_plain |= has_words(plain);
		}
		if (has_words(plain) && text.len < MIME_TEXT_MAX) {
			if (text.len > 0)
				sb_add_c(&text, '\n');
			sb_add(&text, cut_text(w, plain, MIME_TEXT_MAX - text.len));
		}
		if (s->html != NULL && html.len < MAIL_HTML_MAX) {
			sb_add(&html, mail_html_sanitise(w->arena, s->html, strlen(s->html)));
		} else if (any_html && has_words(plain) && html.len + 6 * strlen(plain) < MAIL_HTML_MAX) {
			sb_addf(&html, "<%s>", "pre");
			sb_text(&html, plain);
			sb_addf(&html, "</%s>", "pre");
		}
	}
	m->text = cut_text(w, sb_str(&text), MIME_TEXT_MAX);
	m->html = sb_str(&html);
	m->text_from_html = any_html && !any_plain;
}

/* A structure that could not be read: what stands after the header is shown as it is. */
static void
nothing_found(struct walk *w, const char *bytes, size_t n)
{
	const char *end = bytes + n, *unix_gap = memmem(bytes, n, "\n\n", 2), *dos_gap = memmem(bytes, n, "\n\r\n", 3);
	const char *body = unix_gap == NULL || (dos_gap != NULL && dos_gap < unix_gap) ? dos_gap : unix_gap;

	if (body == NULL)
		body = bytes;
	while (body < end && (*body == '\n' || *body == '\r'))
		body++;
	n = (size_t)(end - body);
	segment(w, charset_text(w->arena, NULL, body, n < MIME_TEXT_MAX ? n : MIME_TEXT_MAX), NULL);
}

/* Lines that end in a carriage return alone, as an old Macintosh wrote them: then there is no line feed in all of it. */
static const char *
line_feeds(struct arena *a, const char *bytes, size_t n)
{
	char *copy;

	if (n == 0 || memchr(bytes, '\r', n) == NULL || memchr(bytes, '\n', n) != NULL)
		return bytes;
	copy = arena_strndup(a, bytes, n);
	for (char *p = copy; (p = memchr(p, '\r', (size_t)(copy + n - p))) != NULL; p++)
		*p = '\n';
	return copy;
}

bool
mime_parse(struct arena *a, const char *bytes, size_t n, struct mime_message *out, struct err *err)
{
	struct mime_message m = nothing;
	struct walk w = { .arena = a, .m = &m };
	GMimeParser *parser;
	GMimeMessage *message;
	struct reply_parts parts;

	if (n > MIME_BYTES_MAX)
		return err_set(err, ERR_INPUT, "a message of %zu bytes; the limit is %u", n, MIME_BYTES_MAX);
	mail_start();
	w.segment = arena_array(a, SEGMENTS_MAX, sizeof(*w.segment));
	m.attachment = w.attachment = arena_array(a, MIME_PARTS_MAX, sizeof(*w.attachment));
	bytes = line_feeds(a, bytes, n);
	skip_preamble(&bytes, &n);
	parser = parser_of(a, bytes, n);
	message = g_mime_parser_construct_message(parser, loose);
	if (message != NULL) {
		GMimeObject *body = g_mime_message_get_mime_part(message);

		read_header(&w, GMIME_OBJECT(message));
		if (body != NULL)
			walk_object(&w, body, 0);
		g_object_unref(message);
	} else {	/* no header at all: text */
		segment(&w, cut_text(&w, charset_text(a, NULL, bytes, n), MIME_TEXT_MAX), NULL);
	}
	g_object_unref(parser);
	if (w.n_segments == 0 && m.n_attachments == 0 && *m.report == '\0')
		nothing_found(&w, bytes, n);
	put_together(&w);
	parts = reply_split(a, m.text);
	m.reply_text = parts.reply;
	m.quoted_text = parts.quoted;
	m.signature = parts.signature;
	*out = m;
	return true;
}

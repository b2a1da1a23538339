/* mail/rtf.c: one pass over the words, a stack of what each group has set */
#include "mail/rtf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "mail/charset.h"

/* --- MS-OXRTFCP --- */

enum { WINDOW = 4096, HEADER = 16 };

/* 2.1.2.1: what the window holds before the first byte */
static const char known[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans Serif"
    "SymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

static uint32_t
little(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* 3.1.1.1.2: the usual polynomial, begun with 0 and not turned over at the end */
static uint32_t
crc(const char *p, size_t n)
{
	uint32_t c = 0;

	for (size_t i = 0; i < n; i++) {
		c ^= (unsigned char)p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
	}
	return c;
}

/* 3.1.3: a byte of eight bits, least first, each for a byte as it is or for two that point into the window. */
static size_t
unpack(const char *p, size_t n, char *out, size_t room)
{
	char window[WINDOW] = { 0 };
	size_t to = sizeof(known) - 1, got = 0, at = 0;

	memcpy(window, known, sizeof(known) - 1);
	while (at < n) {
		unsigned bits = (unsigned char)p[at++];

		for (int k = 0; k < 8; k++, bits >>= 1) {
			size_t from, length = 1;

			if (n - at < ((bits & 1) != 0 ? 2u : 1u))
				return got;
			if ((bits & 1) != 0) {
				from = (size_t)((unsigned char)p[at] << 4 | (unsigned char)p[at + 1] >> 4);
				length = (size_t)(p[at + 1] & 0x0f) + 2;
				at += 2;
				if (from == to)
					return got;		/* the end's mark */
			} else {
				window[to] = p[at++];
				from = to;
			}
			for (size_t i = 0; i < length && got < room; i++) {
				out[got++] = window[to] = window[(from + i) % WINDOW];
				to = (to + 1) % WINDOW;
			}
			if (got == room)
				return got;
		}
	}
	return got;
}

const char *
rtf_unpack(struct arena *a, const char *bytes, size_t n, size_t *out_n)
{
	uint32_t packed, raw;
	char *out;

	if (n < HEADER || (packed = little(bytes)) < HEADER - 4 || packed - (HEADER - 4) > n - HEADER ||
	    (raw = little(bytes + 4)) > RTF_MAX)
		return NULL;
	n = packed - (HEADER - 4);
	if (memcmp(bytes + 8, "MELA", 4) == 0) {
		*out_n = raw < n ? raw : n;
		return arena_strndup(a, bytes + HEADER, *out_n);
	}
	if (memcmp(bytes + 8, "LZFu", 4) != 0 || crc(bytes + HEADER, n) != little(bytes + 12))
		return NULL;
	if (raw / 18 > n)	/* no two bytes make more than seventeen: it says more than it can hold */
		return NULL;
	out = arena_alloc(a, (size_t)raw + 1);
	*out_n = unpack(bytes + HEADER, n, out, raw);
	out[*out_n] = '\0';
	return out;
}

/* --- the words --- */

enum { DEPTH_MAX = 64, WORD_BYTES = 32, RUN_BYTES = 256 };

/* What a group has set; a group inside it begins with the same. */
struct group {
	bool skipped;			/* a destination that is not text */
	bool htmltag;			/* HTML as it was (2.1.3.1.4 of MS-OXRTFEX) */
	bool htmlrtf;			/* RTF for readers of RTF alone, to be left out */
	bool fresh;			/* nothing but "{" so far: a destination may be named */
	bool starred;			/* "{\*": if the name is not known, skip */
	int after_unicode;		/* bytes that stand in for a \u */
};

struct reader {
	struct arena *scratch;
	struct sb out;
	struct group group[DEPTH_MAX];
	size_t depth, too_deep;		/* groups deeper than DEPTH_MAX are counted and passed over */
	bool html;			/* what the header says it was made from */
	int codepage, skip;
	uint32_t high;			/* the first half of a pair of \u */
	char run[RUN_BYTES];		/* bytes of the code page not yet turned into UTF-8 */
	size_t n_run;
};

static void
put_run(struct reader *r)
{
	char label[24];

	if (r->n_run == 0)
		return;
	(void)snprintf(label, sizeof(label), "windows-%d", r->codepage);
	if (r->codepage == 65001)
		(void)snprintf(label, sizeof(label), "UTF-8");
	sb_add(&r->out, charset_text(r->scratch, label, r->run, r->n_run));
	arena_reset(r->scratch);
	r->n_run = 0;
}

/* Is what stands here part of the text? */
static bool
shown(const struct reader *r)
{
	const struct group *g = &r->group[r->depth];

	return r->too_deep == 0 && !g->skipped && (!r->html || g->htmltag || !g->htmlrtf);
}

static void
put_byte(struct reader *r, char c)
{
	if (r->skip > 0) {
		r->skip--;
		return;
	}
	if (!shown(r))
		return;
	if ((unsigned char)c < 0x80) {
		/* A second byte of a double-byte letter may be ASCII; it follows its first. */
		if (r->n_run == 0 || r->codepage == 1252) {
			put_run(r);
			sb_add_c(&r->out, c);
			return;
		}
	}
	if (r->n_run == RUN_BYTES)
		put_run(r);
	r->run[r->n_run++] = c;
}

static void
put_text(struct reader *r, const char *text)
{
	r->skip = 0;
	if (!shown(r))
		return;
	put_run(r);
	sb_add(&r->out, text);
}

static void
put_unicode(struct reader *r, long value)
{
	uint32_t c = (uint32_t)value & 0xffff;
	char utf8[5] = { 0 };

	put_run(r);
	if (c >= 0xd800 && c < 0xdc00) {
		r->high = c;
	} else {
		if (c >= 0xdc00 && c < 0xe000)
			c = r->high != 0 ? 0x10000 + ((r->high - 0xd800) << 10) + (c - 0xdc00) : 0xfffd;
		r->high = 0;
		if (c >= 0x20) {
			utf8[utf8_put(utf8, c)] = '\0';
			put_text(r, utf8);
		}
	}
	r->skip = r->group[r->depth].after_unicode;
}

static bool
is_one_of(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(word, list[i]) == 0)
			return true;
	}
	return false;
}

/* A control word with its number, `has` one. */
static void
word(struct reader *r, const char *w, bool has, long value)
{
	static const char *const not_text[] = { "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "header",
		"headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "fldinst", "listtable",
		"listoverridetable", "rsidtbl", "generator", "xmlnstbl", "themedata", "datastore", "bkmkstart", "bkmkend", "pntext" };
	static const struct { const char *word, *text; } texts[] = {
		{ "par", "\n" }, { "line", "\n" }, { "page", "\n" }, { "sect", "\n" }, { "row", "\n" }, { "tab", "\t" }, { "cell", "\t" },
		{ "lquote", "‘" }, { "rquote", "’" }, { "ldblquote", "“" }, { "rdblquote", "”" }, { "bullet", "•" },
		{ "endash", "–" }, { "emdash", "—" },
	};
	struct group *g = &r->group[r->depth];
	bool starred = g->starred, fresh = g->fresh;

	g->fresh = g->starred = false;
	if (strcmp(w, "htmltag") == 0 && starred) {
		g->htmltag = r->html;
		g->skipped = g->skipped || !r->html;
		return;
	}
	if ((starred && strcmp(w, "htmlrtf") != 0) || (fresh && is_one_of(w, not_text, ARRAY_LEN(not_text)))) {
		g->skipped = true;
		return;
	}
	if (strcmp(w, "htmlrtf") == 0)
		g->htmlrtf = !has || value != 0;
	else if (strcmp(w, "fromhtml") == 0 && r->out.len == 0)
		r->html = true;
	else if (strcmp(w, "ansicpg") == 0 && has && value > 0 && value <= 65001)
		r->codepage = (int)value;
	else if (strcmp(w, "uc") == 0)
		g->after_unicode = has && value >= 0 && value <= 16 ? (int)value : 1;
	else if (strcmp(w, "u") == 0 && has)
		put_unicode(r, value);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (strcmp(w, texts[i].word) == 0)
			put_text(r, texts[i].text);
	}
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After a backslash; the first byte not used. */
static const char *
control(struct reader *r, const char *p, const char *end)
{
	char name[WORD_BYTES], digits[16];
	size_t n = 0, d = 0;

	if (p == end)
		return p;
	if ((*p < 'a' || *p > 'z') && (*p < 'A' || *p > 'Z')) {
		char c = *p++;

		if (c == '*') {
			r->group[r->depth].starred = true;
			return p;
		}
		r->group[r->depth].fresh = false;
		if (c == '\'') {
			int high = p < end ? hex(p[0]) : -1, low = end - p > 1 ? hex(p[1]) : -1;

			if (high >= 0 && low >= 0) {
				put_byte(r, (char)(high << 4 | low));
				p += 2;
			}
		} else if (c == '~') {
			put_text(r, "\xc2\xa0");
		} else if (c == '\n' || c == '\r') {
			put_text(r, "\n");
		} else if (c == '\\' || c == '{' || c == '}') {
			put_byte(r, c);
		} else if (c == '_') {
			put_text(r, "-");
		}
		return p;
	}
	for (; p < end && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')); p++) {
		if (n < sizeof(name) - 1)
			name[n++] = *p;
	}
	name[n] = '\0';
	if (end - p > 1 && *p == '-' && p[1] >= '0' && p[1] <= '9')
		digits[d++] = *p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (d < 9)
			digits[d++] = *p;
	}
	digits[d] = '\0';
	if (strcmp(name, "bin") == 0) {			/* so many bytes of anything */
		long skip = strtol(digits, NULL, 10);

		p += p < end && *p == ' ';
		return skip <= 0 ? p : skip < end - p ? p + skip : end;
	}
	if (r->too_deep == 0)
		word(r, name, d > 0, strtol(digits, NULL, 10));
	return p < end && *p == ' ' ? p + 1 : p;
}

static void
open_group(struct reader *r)
{
	struct group g = r->group[r->depth];

	put_run(r);
	r->skip = 0;
	r->group[r->depth].fresh = false;
	if (r->depth + 1 == DEPTH_MAX || r->too_deep > 0) {
		r->too_deep++;
		return;
	}
	g.fresh = true;
	g.starred = false;
	r->group[++r->depth] = g;
}

static void
close_group(struct reader *r)
{
	put_run(r);
	r->skip = 0;
	if (r->too_deep > 0)
		r->too_deep--;
	else if (r->depth > 0)
		r->depth--;
}

const char *
rtf_read(struct arena *a, const char *rtf, size_t n, bool *html)
{
	struct reader r = { .codepage = 1252, .group[0] = { .after_unicode = 1 } };
	const char *p = rtf, *end = rtf + n;

	*html = false;
	if (n < 5 || memcmp(rtf, "{\\rtf", 5) != 0)
		return "";
	r.scratch = arena_open();
	sb_init(&r.out, a, RTF_MAX);
	while (p < end) {
		char c = *p++;

		if (c == '\\') {
			p = control(&r, p, end);
		} else if (c == '{') {
			open_group(&r);
		} else if (c == '}') {
			close_group(&r);
		} else if (c != '\r' && c != '\n' && c != '\0') {
			r.group[r.depth].fresh = false;
			put_byte(&r, c);
		}
	}
	put_run(&r);
	arena_close(r.scratch);
	*html = r.html;
	return charset_text(a, "UTF-8", sb_str(&r.out), r.out.len);
}

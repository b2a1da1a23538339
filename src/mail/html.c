/* mail/html.c: one small tokenizer, two writers
 *
 * The tokenizer is generous, as browsers are, and remembers nothing between tokens; the writers hold the rules. It does
 * not matter that a browser may have read the input differently: it never sees it, only what is written here. */
#include "mail/html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"

enum { NAME_MAX_LEN = 15, OPEN_MAX = 48, QUOTE_MAX = 20, HREF_MAX = 2000, ROOM = 4096 };

/* --- names --- */

enum kind {
	KIND_DROP,		/* the tag goes, its text stays; also for tags not in the table */
	KIND_INLINE,
	KIND_BLOCK,		/* begins on a line of its own */
	KIND_VOID,		/* br, hr */
	KIND_SKIP,		/* the tag and all up to its end tag go: not text for people */
};
static const struct tag { const char *name, *as; enum kind kind; } tags[] = {
	{ "a", "a", KIND_INLINE }, { "abbr", "abbr", KIND_INLINE }, { "address", "div", KIND_BLOCK },
	{ "article", "div", KIND_BLOCK }, { "aside", "div", KIND_BLOCK }, { "b", "strong", KIND_INLINE },
	{ "big", "span", KIND_INLINE }, { "blockquote", "blockquote", KIND_BLOCK }, { "br", "br", KIND_VOID },
	{ "caption", "caption", KIND_BLOCK }, { "center", "div", KIND_BLOCK }, { "cite", "cite", KIND_INLINE },
	{ "code", "code", KIND_INLINE }, { "dd", "dd", KIND_BLOCK }, { "del", "del", KIND_INLINE },
	{ "div", "div", KIND_BLOCK }, { "dl", "dl", KIND_BLOCK }, { "dt", "dt", KIND_BLOCK },
	{ "em", "em", KIND_INLINE }, { "font", "span", KIND_INLINE }, { "footer", "div", KIND_BLOCK },
	/* headings of a mail must not stand among the headings of our page */
	{ "h1", "p", KIND_BLOCK }, { "h2", "p", KIND_BLOCK }, { "h3", "p", KIND_BLOCK }, { "h4", "p", KIND_BLOCK },
	{ "h5", "p", KIND_BLOCK }, { "h6", "p", KIND_BLOCK }, { "header", "div", KIND_BLOCK },
	{ "hr", "hr", KIND_VOID }, { "i", "em", KIND_INLINE }, { "iframe", NULL, KIND_SKIP },
	{ "ins", "ins", KIND_INLINE }, { "kbd", "kbd", KIND_INLINE }, { "li", "li", KIND_BLOCK },
	{ "main", "div", KIND_BLOCK }, { "nav", "div", KIND_BLOCK }, { "noembed", NULL, KIND_SKIP },
	{ "noframes", NULL, KIND_SKIP }, { "ol", "ol", KIND_BLOCK }, { "p", "p", KIND_BLOCK },
	{ "pre", "pre", KIND_BLOCK }, { "q", "q", KIND_INLINE }, { "s", "s", KIND_INLINE },
	{ "samp", "samp", KIND_INLINE }, { "script", NULL, KIND_SKIP }, { "section", "div", KIND_BLOCK },
	{ "small", "small", KIND_INLINE }, { "span", "span", KIND_INLINE }, { "strike", "s", KIND_INLINE },
	{ "strong", "strong", KIND_INLINE }, { "style", NULL, KIND_SKIP }, { "sub", "sub", KIND_INLINE },
	{ "sup", "sup", KIND_INLINE }, { "table", "table", KIND_BLOCK }, { "tbody", "tbody", KIND_BLOCK },
	{ "td", "td", KIND_BLOCK }, { "textarea", NULL, KIND_SKIP }, { "tfoot", "tfoot", KIND_BLOCK },
	{ "th", "th", KIND_BLOCK }, { "thead", "thead", KIND_BLOCK }, { "title", NULL, KIND_SKIP },
	{ "tr", "tr", KIND_BLOCK }, { "tt", "code", KIND_INLINE }, { "u", "span", KIND_INLINE },
	{ "ul", "ul", KIND_BLOCK }, { "xmp", NULL, KIND_SKIP },
};

static const struct tag *
tag_find(const char *name)
{
	size_t low = 0, high = ARRAY_LEN(tags);

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(name, tags[mid].name);

		if (order == 0)
			return &tags[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* HTML 4's Latin-1 names (in the order of U+00A0 to U+00FF), and those that mail programs write. */
static const char *const latin1_names[96] = {
	"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
	"reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
	"raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
	"Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
	"Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
	"szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
	"euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
	"divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
};
static const struct { const char *name; uint32_t cp; } other_names[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }, { "ndash", 0x2013 },
	{ "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "ldquo", 0x201c },
	{ "rdquo", 0x201d }, { "bdquo", 0x201e }, { "bull", 0x2022 }, { "hellip", 0x2026 }, { "euro", 0x20ac },
	{ "trade", 0x2122 }, { "ensp", 0x2002 }, { "emsp", 0x2003 }, { "thinsp", 0x2009 }, { "zwnj", 0x200c },
	{ "zwj", 0x200d }, { "larr", 0x2190 }, { "rarr", 0x2192 }, { "minus", 0x2212 }, { "ne", 0x2260 },
	{ "le", 0x2264 }, { "ge", 0x2265 }, { "OElig", 0x152 }, { "oelig", 0x153 }, { "Scaron", 0x160 },
	{ "scaron", 0x161 }, { "lsaquo", 0x2039 }, { "rsaquo", 0x203a }, { "dagger", 0x2020 }, { "permil", 0x2030 },
	{ "tab", '\t' }, { "newline", '\n' }, { "colon", ':' }, { "sol", '/' }, { "lpar", '(' }, { "rpar", ')' },
	{ "commat", '@' }, { "period", '.' }, { "num", '#' },
};

/* --- characters --- */

/* The character of a reference at p ('&'); its length, or 0 when it is none and the ampersand is itself. */
static size_t
reference(const char *p, size_t n, uint32_t *cp)
{
	char name[10];
	size_t i = 1, len = 0;

	if (n >= 3 && p[1] == '#') {
		int base = p[2] == 'x' || p[2] == 'X' ? 16 : 10;
		uint32_t value = 0;
		size_t first = base == 16 ? 3 : 2;

		for (i = first; i < n && i < first + 10; i++) {
			int c = tolower((unsigned char)p[i]);
			int digit = isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;

			if (digit >= base)
				break;
			value = value > 0x110000 ? value : value * (uint32_t)base + (uint32_t)digit;
		}
		if (i == first)
			return 0;
		if (value >= 0x80 && value < 0xa0) {	/* Windows-1252 was meant, says HTML's standard too */
			static const uint16_t high[32] = {
				0x20ac, 0xfffd, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039,
				0x152, 0xfffd, 0x17d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
				0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0xfffd, 0x17e, 0x178,
			};
			value = high[value - 0x80];
		}
		if (value == 0 || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
			value = 0xfffd;
		*cp = value;
		return i < n && p[i] == ';' ? i + 1 : i;
	}
	for (; i < n && len < sizeof(name) - 1 && isalnum((unsigned char)p[i]); i++)
		name[len++] = p[i];
	name[len] = '\0';
	if (len == 0 || i >= n || p[i] != ';')
		return 0;
	for (size_t k = 0; k < 96; k++) {
		if (strcmp(name, latin1_names[k]) == 0) {
			*cp = 0xa0 + (uint32_t)k;
			return i + 1;
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(other_names); k++) {
		if (strcmp(name, other_names[k].name) == 0 || strcasecmp(name, other_names[k].name) == 0) {
			*cp = other_names[k].cp;
			return i + 1;
		}
	}
	return 0;
}

static bool
is_control(uint32_t cp)
{
	return (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0) || cp == 0xfeff;
}

/* The next character of text with references read; control characters come as 0. Returns bytes used. */
static size_t
character(const char *p, size_t n, uint32_t *cp)
{
	size_t len = *p == '&' ? reference(p, n, cp) : 0;

	if (len == 0)
		len = utf8_next(p, n, cp);
	if (is_control(*cp))
		*cp = *cp == '\r' ? '\n' : 0;
	return len;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* --- tokens --- */

struct span { const char *s; size_t n; };
struct token {
	enum { TOKEN_TEXT, TOKEN_OPEN, TOKEN_CLOSE } what;
	struct span text;		/* TOKEN_TEXT */
	char name[NAME_MAX_LEN + 1];	/* lower case; cut, and then no name of ours */
	struct span attributes;		/* TOKEN_OPEN: what stands between the name and > */
};

/* Where the tag that begins at p[0] == '<' ends, quotes respected; NULL when it does not. */
static const char *
tag_end(const char *p, const char *end)
{
	char quote = '\0';

	for (const char *q = p; q < end; q++) {
		if (quote != '\0')
			quote = *q == quote ? '\0' : quote;
		else if (*q == '>')
			return q;
		else if ((*q == '"' || *q == '\'') && q > p && (q[-1] == '=' || is_space(q[-1])))
			quote = *q;
	}
	return memchr(p, '>', (size_t)(end - p));	/* a quote that never ends was none */
}

static const char *
find_case(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	for (; (size_t)(end - p) >= n; p++) {
		if (*p == *word && strncasecmp(p, word, n) == 0)
			return p;
	}
	return NULL;
}

/* The next token from *p, which moves on. False at the end. */
static bool
token_next(const char **p, const char *end, struct token *t)
{
	const char *s = *p, *q;

	while (s < end && *s == '<') {
		size_t len = 0;
		const char *close;

		if (end - s >= 4 && memcmp(s, "<!--", 4) == 0) {
			/* Outlook hides in <!--[if mso]> ... <![endif]-->: all of it goes */
			q = memmem(s + 4, (size_t)(end - s - 4), "-->", 3);
			s = q == NULL ? end : q + 3;
			continue;
		}
		if (end - s >= 2 && (s[1] == '!' || s[1] == '?')) {
			q = memchr(s, '>', (size_t)(end - s));
			s = q == NULL ? end : q + 1;
			continue;
		}
		t->what = end - s >= 2 && s[1] == '/' ? TOKEN_CLOSE : TOKEN_OPEN;
		q = s + (t->what == TOKEN_CLOSE ? 2 : 1);
		if (q >= end || !isalpha((unsigned char)*q))
			break;		/* a lone < is text */
		for (; q < end && !is_space(*q) && *q != '>' && *q != '/'; q++) {
			if (len < NAME_MAX_LEN)
				t->name[len] = (char)tolower((unsigned char)*q);
			len++;
		}
		t->name[len <= NAME_MAX_LEN ? len : 0] = '\0';
		close = tag_end(q, end);
		t->attributes = (struct span){ q, (size_t)((close == NULL ? end : close) - q) };
		*p = close == NULL ? end : close + 1;
		return true;
	}
	if (s >= end) {
		*p = end;
		return false;
	}
	for (q = s + 1; q < end && *q != '<'; q++)
		;
	t->what = TOKEN_TEXT;
	t->text = (struct span){ s, (size_t)(q - s) };
	*p = q;
	return true;
}

/* Past the end tag of an element whose content is not for people. */
static void
skip_element(const char **p, const char *end, const char *name)
{
	char close[NAME_MAX_LEN + 3] = "</";
	const char *q;

	memcpy(close + 2, name, strlen(name) + 1);
	q = find_case(*p, end, close);
	q = q == NULL ? NULL : memchr(q, '>', (size_t)(end - q));
	*p = q == NULL ? end : q + 1;
}

/* The value of an attribute with its references read, cut at `max` bytes; NULL when it is not there. */
static char *
attribute(struct arena *a, struct span in, const char *name, size_t max)
{
	const char *p = in.s, *end = in.s + in.n;
	size_t wanted = strlen(name);

	while (p < end) {
		const char *key = p, *value;
		size_t key_n, used = 0;
		char quote, *out;

		while (p < end && !is_space(*p) && *p != '=' && *p != '/')
			p++;
		key_n = (size_t)(p - key);
		while (p < end && is_space(*p))
			p++;
		if (p >= end || *p != '=') {
			if (p < end && p == key)
				p++;
			continue;
		}
		for (p++; p < end && is_space(*p); p++)
			;
		quote = p < end && (*p == '"' || *p == '\'') ? *p++ : '\0';
		for (value = p; p < end && (quote != '\0' ? *p != quote : !is_space(*p)); p++)
			;
		if (key_n != wanted || strncasecmp(key, name, wanted) != 0) {
			p += p < end && quote != '\0';
			continue;
		}
		max = max < (size_t)(p - value) ? max : (size_t)(p - value);	/* references only shrink */
		out = arena_alloc(a, max + 5);
		while (value < p && used < max) {
			uint32_t cp;

			value += character(value, (size_t)(p - value), &cp);
			if (cp != 0)
				used += utf8_put(out + used, cp);
		}
		out[used] = '\0';
		return out;
	}
	return NULL;
}

/* A link we are willing to write: an absolute one of a scheme that only opens something. NULL otherwise. */
static const char *
safe_link(struct arena *a, struct span attributes)
{
	static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
	char *href = attribute(a, attributes, "href", HREF_MAX), *to = href;

	if (href == NULL)
		return NULL;
	for (const char *p = href; *p != '\0'; p++) {	/* browsers overlook these inside a scheme; so do we */
		if (!is_space(*p))
			*to++ = *p;
	}
	*to = '\0';
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (strncasecmp(href, schemes[i], strlen(schemes[i])) == 0)
			return href;
	}
	return NULL;
}

/* --- the writer of HTML --- */

struct sanitiser {
	struct arena *arena;
	struct sb out;
	const char *open[OPEN_MAX];
	size_t n_open;
};

/* What an opening tag closes before itself, looking no further out than to one of `until`. */
static const struct { const char *opens, *closes, *until; } implied[] = {
	{ "li", "li", "ul ol" }, { "tr", "tr", "table" }, { "td", "td", "tr table" }, { "td", "th", "tr table" },
	{ "th", "td", "tr table" }, { "th", "th", "tr table" }, { "dt", "dd", "dl" }, { "dt", "dt", "dl" },
	{ "dd", "dt", "dl" }, { "dd", "dd", "dl" }, { "a", "a", "" },
};

static bool
word_in(const char *word, const char *words)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)) != NULL; p += n) {
		if ((p == words || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return true;
	}
	return false;
}

static void
close_last(struct sanitiser *s)
{
	sb_addf(&s->out, "</%s>", s->open[--s->n_open]);
}

/* Closes up to and with `name`, if it is open, and nearer than any of `until`. */
static void
close_named(struct sanitiser *s, const char *name, const char *until)
{
	for (size_t i = s->n_open; i-- > 0;) {
		if (strcmp(s->open[i], name) == 0) {
			while (s->n_open > i)
				close_last(s);
			return;
		}
		if (word_in(s->open[i], until))
			return;
	}
}

static void
open_tag(struct sanitiser *s, const struct tag *tag, const struct token *t)
{
	const char *value = NULL;
	bool link = strcmp(tag->as, "a") == 0;

	if (link && (value = safe_link(s->arena, t->attributes)) == NULL)
		return;		/* a link to nowhere we go is its text */
	for (size_t i = 0; i < ARRAY_LEN(implied); i++) {
		if (strcmp(tag->as, implied[i].opens) == 0)
			close_named(s, implied[i].closes, implied[i].until);
	}
	if (tag->kind == KIND_BLOCK && s->n_open > 0 && strcmp(s->open[s->n_open - 1], "p") == 0)
		close_last(s);		/* a paragraph holds no block */
	if (s->n_open == OPEN_MAX)
		return;
	sb_addf(&s->out, "<%s", tag->as);
	if (link) {
		sb_add(&s->out, " href=\"");
		sb_text(&s->out, value);
		sb_add(&s->out, "\" rel=\"noreferrer noopener\"");
	}
	for (size_t i = 0; tag->as[0] == 't' && i < 2; i++) {
		static const char *const spans[] = { "colspan", "rowspan" };
		char *number = strcmp(tag->as, "td") == 0 || strcmp(tag->as, "th") == 0 ?
		    attribute(s->arena, t->attributes, spans[i], 3) : NULL;

		if (number != NULL && number[0] >= '1' && strspn(number, "0123456789") == strlen(number) && strlen(number) < 3)
			sb_addf(&s->out, " %s=\"%s\"", spans[i], number);
	}
	if ((value = attribute(s->arena, t->attributes, "dir", 4)) != NULL &&
	    (strcasecmp(value, "rtl") == 0 || strcasecmp(value, "ltr") == 0))
		sb_addf(&s->out, " dir=\"%s\"", strcasecmp(value, "rtl") == 0 ? "rtl" : "ltr");
	sb_add_c(&s->out, '>');
	if (tag->kind != KIND_VOID)
		s->open[s->n_open++] = tag->as;
}

/* How many bytes at p need neither escaping nor a look. */
static size_t
plain_run(const char *p, size_t n)
{
	size_t i = 0;

	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < 0x20 || c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || c >= 0x7f)
			break;
	}
	return i;
}

static void
write_text(struct sb *out, struct span text)
{
	for (size_t i = 0; i < text.n && out->len < MAIL_HTML_MAX - ROOM;) {
		uint32_t cp;
		char bytes[4];
		size_t run = plain_run(text.s + i, text.n - i);

		if (run > 0) {
			run = run < ROOM ? run : ROOM;
			sb_add_n(out, text.s + i, run);
			i += run;
			continue;
		}
		i += character(text.s + i, text.n - i, &cp);
		if (cp != 0)
			sb_text_n(out, bytes, utf8_put(bytes, cp));
	}
}

char *
mail_html_sanitise(struct arena *a, const char *html, size_t n)
{
	const char *p = html, *end = html + n;
	struct sanitiser s = { .arena = a };
	struct token t;

	sb_init(&s.out, a, MAIL_HTML_MAX + 8 * HREF_MAX);	/* room for one more tag, and for what closes */
	while (s.out.len < MAIL_HTML_MAX - ROOM && token_next(&p, end, &t)) {
		const struct tag *tag = t.what == TOKEN_TEXT ? NULL : tag_find(t.name);

		if (t.what == TOKEN_TEXT) {
			write_text(&s.out, t.text);
		} else if (t.what == TOKEN_OPEN && strcmp(t.name, "img") == 0) {
			const char *alt = attribute(a, t.attributes, "alt", 300);

			if (alt != NULL && alt[strspn(alt, " \t\n")] != '\0') {
				sb_add_c(&s.out, '[');
				sb_text(&s.out, alt);
				sb_add_c(&s.out, ']');
			}
		} else if (tag == NULL || tag->kind == KIND_DROP) {
			continue;
		} else if (tag->kind == KIND_SKIP) {
			if (t.what == TOKEN_OPEN)
				skip_element(&p, end, t.name);
		} else if (t.what == TOKEN_OPEN) {
			open_tag(&s, tag, &t);
		} else if (tag->kind != KIND_VOID) {
			close_named(&s, tag->as, "");
		}
	}
	while (s.n_open > 0)
		close_last(&s);
	return arena_strdup(a, sb_str(&s.out));
}

/* --- the writer of text --- */

struct writer {
	struct sb out;
	unsigned breaks;	/* line breaks owed before the next character */
	bool space;		/* a space owed, unless a break comes */
	bool begun;		/* something stands on this line */
	unsigned quote, pre;
	size_t link_from;	/* where the open link's text began */
	const char *link;
};

static void
put(struct writer *w, const char *bytes, size_t n)
{
	if (w->out.len > MAIL_HTML_MAX)
		return;
	if (w->breaks > 0 || w->out.len == 0) {
		for (unsigned i = 0; i < w->breaks && w->out.len > 0; i++) {
			sb_add_c(&w->out, '\n');
			/* an empty line inside a quotation belongs to it */
			for (unsigned q = 0; i + 1 < w->breaks && q < w->quote; q++)
				sb_add_c(&w->out, '>');
		}
		for (unsigned q = 0; q < w->quote; q++)
			sb_add_c(&w->out, '>');
		if (w->quote > 0)
			sb_add_c(&w->out, ' ');
		w->breaks = 0;
		w->space = false;
	}
	if (w->space)
		sb_add_c(&w->out, ' ');
	w->space = false;
	sb_add_n(&w->out, bytes, n);
	w->begun = true;
}

/* At least `n` breaks before what comes. */
static void
breaks(struct writer *w, unsigned n)
{
	w->space = false;
	if (!w->begun && w->out.len == 0)
		return;
	w->breaks = w->breaks > n ? w->breaks : n;
	w->begun = false;
}

static void
text_text(struct writer *w, struct span text)
{
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		char bytes[4];
		size_t n;

		i += character(text.s + i, text.n - i, &cp);
		if (cp == 0 || cp == 0xad || cp == 0x200b)	/* soft hyphen, zero width space */
			continue;
		if (cp == '\n' && w->pre > 0) {
			if (w->out.len > 0 && w->breaks < 3)
				w->breaks++;
			w->begun = false;
			continue;
		}
		if ((cp == ' ' || cp == '\t' || cp == '\n' || cp == 0xa0) && (w->pre == 0 || cp == 0xa0)) {
			w->space = w->begun;
			continue;
		}
		n = utf8_put(bytes, cp);
		put(w, bytes, n);
	}
}

static void
text_open(struct arena *a, struct writer *w, const struct tag *tag, const struct token *t)
{
	const char *as = tag == NULL ? "" : tag->as;

	if (strcmp(t->name, "img") == 0) {
		const char *alt = attribute(a, t->attributes, "alt", 300);

		if (alt != NULL && alt[strspn(alt, " \t\n")] != '\0') {
			put(w, "[", 1);
			text_text(w, (struct span){ alt, strlen(alt) });
			put(w, "]", 1);
		}
	}
	if (tag == NULL)
		return;
	if (strcmp(as, "br") == 0) {
		w->breaks = w->breaks + 1 > 3 ? 3 : w->breaks + 1;
		w->begun = false;
		w->space = false;
	} else if (strcmp(as, "hr") == 0) {
		breaks(w, 1);
		put(w, "----", 4);
		breaks(w, 1);
	} else if (strcmp(as, "td") == 0 || strcmp(as, "th") == 0) {
		w->space = w->begun;
	} else if (tag->kind == KIND_BLOCK) {
		breaks(w, word_in(as, "p blockquote pre table ul ol dl") ? 2 : 1);
	}
	if (strcmp(as, "li") == 0)
		put(w, "- ", 2);
	if (strcmp(as, "blockquote") == 0 && w->quote < QUOTE_MAX)
		w->quote++;
	if (strcmp(as, "pre") == 0)
		w->pre++;
	if (strcmp(as, "a") == 0) {
		w->link = safe_link(a, t->attributes);
		w->link_from = w->out.len;
	}
}

/* " <address>" after a link whose words are not its address. */
static void
text_link_end(struct writer *w)
{
	const char *link = w->link, *text = sb_str(&w->out) + (w->link_from < w->out.len ? w->link_from : w->out.len);

	w->link = NULL;
	if (link == NULL || strncasecmp(link, "http", 4) != 0 || text[0] == '\0' || strstr(text, link) != NULL)
		return;
	put(w, " <", 2);
	put(w, link, strlen(link));
	put(w, ">", 1);
}

static void
text_close(struct writer *w, const struct tag *tag)
{
	if (tag == NULL || tag->kind == KIND_VOID)
		return;
	if (strcmp(tag->as, "a") == 0)
		text_link_end(w);
	if (strcmp(tag->as, "pre") == 0 && w->pre > 0)
		w->pre--;
	if (tag->kind == KIND_BLOCK && strcmp(tag->as, "td") != 0 && strcmp(tag->as, "th") != 0)
		breaks(w, word_in(tag->as, "p blockquote pre table ul ol dl") ? 2 : 1);
	if (strcmp(tag->as, "blockquote") == 0 && w->quote > 0)
		w->quote--;
}

char *
mail_html_text(struct arena *a, const char *html, size_t n)
{
	const char *p = html, *end = html + n;
	struct writer w = { 0 };
	struct token t;

	sb_init(&w.out, a, MAIL_HTML_MAX + ROOM);
	while (w.out.len <= MAIL_HTML_MAX && token_next(&p, end, &t)) {
		const struct tag *tag = t.what == TOKEN_TEXT ? NULL : tag_find(t.name);

		if (t.what == TOKEN_TEXT)
			text_text(&w, t.text);
		else if (tag != NULL && tag->kind == KIND_SKIP) {
			if (t.what == TOKEN_OPEN)
				skip_element(&p, end, t.name);
		} else if (t.what == TOKEN_OPEN)
			text_open(a, &w, tag, &t);
		else
			text_close(&w, tag);
	}
	if (w.out.len > 0)
		sb_add_c(&w.out, '\n');
	return arena_strdup(a, sb_str(&w.out));
}

char *
mail_html_charset(struct arena *a, const char *bytes, size_t n)
{
	const char *end = bytes + (n < 1024 ? n : 1024), *p = bytes;

	while ((p = find_case(p, end, "charset=")) != NULL) {
		const char *from = p + 8, *to;

		from += from < end && (*from == '"' || *from == '\'');
		for (to = from; to < end && (isalnum((unsigned char)*to) || strchr("-_.:", *to) != NULL) && *to != '\0'; to++)
			;
		if (to > from)
			return arena_strndup(a, from, (size_t)(to - from));
		p = from;
	}
	return NULL;
}

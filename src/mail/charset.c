/* mail/charset.c: which character set this must be, and from it to clean UTF-8 */
#include "mail/charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { LABEL_MAX = 40 };

/* What senders call the sets we convert ourselves. US-ASCII with 8-bit letters in it is a guess, as no label is. */
enum family { FAMILY_GUESS, FAMILY_UTF8, FAMILY_LATIN1, FAMILY_OTHER };
static const struct { const char *label; enum family family; } labels[] = {
	{ "", FAMILY_GUESS }, { "us-ascii", FAMILY_GUESS }, { "ascii", FAMILY_GUESS }, { "ansi_x3.4-1968", FAMILY_GUESS },
	{ "unknown", FAMILY_GUESS }, { "unknown-8bit", FAMILY_GUESS }, { "x-unknown", FAMILY_GUESS },
	{ "default", FAMILY_GUESS }, { "binary", FAMILY_GUESS }, { "8bit", FAMILY_GUESS },
	{ "utf-8", FAMILY_UTF8 }, { "utf8", FAMILY_UTF8 }, { "unicode-1-1-utf-8", FAMILY_UTF8 },
	{ "iso-8859-1", FAMILY_LATIN1 }, { "iso8859-1", FAMILY_LATIN1 }, { "iso_8859-1", FAMILY_LATIN1 },
	{ "latin1", FAMILY_LATIN1 }, { "latin-1", FAMILY_LATIN1 }, { "windows-1252", FAMILY_LATIN1 },
	{ "cp1252", FAMILY_LATIN1 }, { "cp-1252", FAMILY_LATIN1 }, { "ansi", FAMILY_LATIN1 },
};
/* Names that are in use but unknown to iconv, or that mean less than senders put in them. */
static const struct { const char *label, *iconv; } aliases[] = {
	{ "ks_c_5601-1987", "CP949" }, { "euc-kr", "CP949" }, { "gb2312", "GB18030" }, { "gbk", "GB18030" },
	{ "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "x-sjis", "CP932" }, { "x-mac-roman", "MACINTOSH" },
	{ "x-macroman", "MACINTOSH" }, { "macintosh", "MACINTOSH" }, { "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-6-i", "ISO-8859-6" }, { "iso-8859-9", "WINDOWS-1254" }, { "iso-2022-jp", "ISO-2022-JP-2" },
};

static const char *
iconv_name(const char *label)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (strcmp(label, aliases[i].label) == 0)
			return aliases[i].iconv;
	}
	return label;
}

static bool
has_high(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)p[i] >= 0x80)
			return true;
	}
	return false;
}

/* Valid UTF-8 but for NUL bytes, which are left out anyway, and a character cut off at the very end. */
static bool
is_utf8(const char *p, size_t n)
{
	bool letters = false;	/* some that only UTF-8 can be */

	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len = utf8_next(p + i, n - i, &cp);

		if (len == 1 && (unsigned char)p[i] >= 0x80) {
			for (size_t k = i + 1; k < n; k++)
				letters &= ((unsigned char)p[k] & 0xc0) == 0x80;
			return letters && n - i < 4 && (unsigned char)p[i] >= 0xc2;
		}
		letters |= len > 1;
		i += len;
	}
	return true;
}

/* Text with a NUL in every other byte is UTF-16 whose label was lost. */
static const char *
by_sight(const char *p, size_t n)
{
	size_t even = 0, odd = 0, look = n < 512 ? n : 512;

	if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return "UTF-16";
	if (memmem(p, n, "\x1b$B", 3) != NULL || memmem(p, n, "\x1b$@", 3) != NULL)
		return "ISO-2022-JP-2";
	for (size_t i = 0; i < look; i++) {
		if (p[i] == '\0')
			*(i % 2 == 0 ? &even : &odd) += 1;
	}
	if (look >= 8 && odd > look / 3 && even == 0)
		return "UTF-16LE";
	if (look >= 8 && even > look / 3 && odd == 0)
		return "UTF-16BE";
	return NULL;
}

/* NULL when iconv does not know the name. */
static char *
convert(struct arena *a, const char *from, const char *bytes, size_t n)
{
	iconv_t cd = iconv_open("UTF-8", from);
	char *in = arena_memdup(a, bytes, n);	/* iconv's prototype wants a writable pointer */
	size_t in_left = n, cap = n + n / 2 + 64, used = 0;
	char *out = arena_alloc(a, cap);

	if (cd == (iconv_t)-1)
		return NULL;
	while (in_left > 0) {
		char *to = out + used;
		size_t to_left = cap - used;
		size_t done = iconv(cd, &in, &in_left, &to, &to_left);

		used = (size_t)(to - out);
		if (done != (size_t)-1)
			break;
		if (errno == E2BIG || cap - used < 8) {
			out = arena_grow(a, out, cap, cap * 2);
			cap *= 2;
			if (errno == E2BIG)
				continue;
		}
		used += utf8_put(out + used, 0xfffd);
		in++;		/* in_left > 0: a bad or cut-off sequence begins here */
		in_left--;
	}
	(void)iconv_close(cd);
	return utf8_clean(a, out, used);
}

static char *
to_utf8(struct arena *a, const char *label, const char *bytes, size_t n)
{
	char name[LABEL_MAX] = "";
	enum family family = FAMILY_OTHER;
	const char *sight;
	char *text;
	size_t len = 0;

	for (const char *p = label; p != NULL && *p != '\0' && len < LABEL_MAX - 1; p++) {
		if (isalnum((unsigned char)*p) || strchr("-_.", *p) != NULL)
			name[len++] = (char)tolower((unsigned char)*p);
	}
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		if (strcmp(name, labels[i].label) == 0)
			family = labels[i].family;
	}
	if (family == FAMILY_OTHER && strncmp(name, "utf-16", 6) != 0 && !has_high(bytes, n) &&
	    memchr(bytes, 0x1b, n) == NULL && strncmp(name, "utf-7", 5) != 0 && strncmp(name, "hz", 2) != 0 &&
	    strncmp(name, "utf-32", 6) != 0 && strncmp(name, "ucs", 3) != 0)
		family = FAMILY_GUESS;		/* plain ASCII is the same in all the others */
	if (family == FAMILY_OTHER && (text = convert(a, iconv_name(name), bytes, n)) != NULL)
		return text;
	if ((sight = by_sight(bytes, n)) != NULL && (text = convert(a, sight, bytes, n)) != NULL)
		return text;
	return is_utf8(bytes, n) ? utf8_clean(a, bytes, n) : utf8_from_latin1(a, bytes, n);
}

/* In place: \r\n, \r and form feeds are \n; other controls (C0, DEL, C1) and byte order marks go. */
static char *
tidy(char *s)
{
	char *to = s;

	for (const char *p = s; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];

		if (c == 0xef && next == 0xbb && (unsigned char)p[2] == 0xbf) {
			p += 2;
		} else if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
			p++;
		} else if (c == '\r' || c == '\f') {
			if (c == '\f' || next != '\n')
				*to++ = '\n';
		} else if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t') {
			*to++ = (char)c;
		}
	}
	*to = '\0';
	return s;
}

char *
charset_text(struct arena *a, const char *label, const char *bytes, size_t n)
{
	return tidy(to_utf8(a, label, bytes, n));
}

char *
charset_line(struct arena *a, const char *bytes, size_t n)
{
	char *s = charset_text(a, NULL, bytes, n), *to = s;

	for (const char *p = s; *p != '\0'; p++) {
		if (*p != ' ' && *p != '\t' && *p != '\n')
			*to++ = *p;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
	return s;
}

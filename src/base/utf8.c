/* base/utf8.c: checking and mending text at the edge (RFC 3629) */
#include "base/utf8.h"

#include <string.h>

#include "base/arena.h"

size_t
utf8_next(const char *s, size_t n, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	static const struct { unsigned char mask, lead; uint32_t least; } form[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};

	for (size_t len = 1; len <= 4; len++) {
		uint32_t c;
		size_t i;

		if ((p[0] & form[len - 1].mask) != form[len - 1].lead)
			continue;
		if (len > n)
			break;
		c = p[0] & (unsigned char)~form[len - 1].mask;
		for (i = 1; i < len && (p[i] & 0xc0) == 0x80; i++)
			c = c << 6 | (p[i] & 0x3f);
		if (i < len || c < form[len - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			break;
		*cp = c;
		return len;
	}
	*cp = 0xfffd;
	return 1;
}

bool
utf8_valid_n(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len;

		if ((unsigned char)s[i] < 0x80) {
			if (s[i] == '\0')
				return false;
			i++;
			continue;
		}
		len = utf8_next(s + i, n - i, &cp);
		if (len == 1)
			return false;
		i += len;
	}
	return true;
}

bool
utf8_valid(const char *s)
{
	return utf8_valid_n(s, strlen(s));
}

size_t
utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

char *
utf8_clean(struct arena *a, const char *s, size_t n)
{
	char *out, *p;

	if (n > 0 && utf8_valid_n(s, n))
		return arena_strndup(a, s, n);
	p = out = arena_array(a, n + 1, 3);	/* a bad byte becomes three */
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len = utf8_next(s + i, n - i, &cp);

		if (cp != 0)
			p += utf8_put(p, cp);
		i += len;
	}
	*p = '\0';
	return out;
}

char *
utf8_from_latin1(struct arena *a, const char *s, size_t n)
{
	/* Windows-1252 0x80-0x9f; 0 where it has no letter. */
	static const uint16_t high[32] = {
		0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
		0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
		0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
	};
	char *out = arena_array(a, n + 1, 3), *p = out;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		uint32_t cp = c;

		if (c >= 0x80 && c < 0xa0)
			cp = high[c - 0x80] != 0 ? high[c - 0x80] : 0xfffd;
		if (cp != 0)
			p += utf8_put(p, cp);
	}
	*p = '\0';
	return out;
}

size_t
utf8_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

size_t
utf8_prefix(const char *s, size_t max)
{
	size_t n = 0, i = 0;

	for (; s[i] != '\0'; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80 && n++ == max)
			return i;
	}
	return i;
}

static uint32_t
lower(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
		return c + 32;
	if (c < 0x100)
		return c;
	if (c == 0x178)
		return 0xff;
	if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14a && c <= 0x177))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c % 2 == 1 ? c + 1 : c;
	if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
		return c + 32;
	if (c >= 0x410 && c <= 0x42f)
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	return c;
}

char *
utf8_lower(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	char *out = arena_alloc(a, n + 1), *p = out;

	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len = utf8_next(s + i, n - i, &cp);

		if (cp == 0xfffd && len == 1)
			*p++ = '?';		/* never on text that was checked at the edge */
		else
			p += utf8_put(p, lower(cp));	/* the pairs above have equal lengths */
		i += len;
	}
	*p = '\0';
	return out;
}

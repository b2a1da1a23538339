/* base/utf8.h: inside the house a string is valid UTF-8 with a NUL; at the edge it is checked here */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena;

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF) and no NUL byte. */
bool utf8_valid_n(const char *s, size_t n);
bool utf8_valid(const char *s);

/* One code point from the n (> 0) bytes at s into *cp; returns its length. Bad bytes give U+FFFD, length 1. */
size_t utf8_next(const char *s, size_t n, uint32_t *cp);
/* Writes cp as 1 to 4 bytes to `out`; returns the length. */
size_t utf8_put(char out[4], uint32_t cp);

/* A valid copy of n bytes: bad bytes become U+FFFD, NUL is left out. */
char *utf8_clean(struct arena *a, const char *s, size_t n);
/* ISO-8859-1 (with Windows-1252 in 0x80-0x9f) to UTF-8: what undeclared 8-bit text most often is. */
char *utf8_from_latin1(struct arena *a, const char *s, size_t n);

size_t utf8_length(const char *s);		/* code points */
/* The longest prefix of at most `max` code points, as a byte length. */
size_t utf8_prefix(const char *s, size_t max);

/* Lower case for search and comparison: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters. */
char *utf8_lower(struct arena *a, const char *s);
#endif

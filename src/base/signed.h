/* base/signed.h: numbers in a link that nobody else can make
 *
 * As text: base64url, without padding, of the numbers (8 bytes each, the low one first) and 120 bits of their MAC under the key. The
 * purpose goes into the MAC, so that a link of one kind opens none of another. Links live for years: the form never changes. */
#ifndef BASE_SIGNED_H
#define BASE_SIGNED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena;

enum { SIGNED_MAX = 3 };

/* n is 1 to SIGNED_MAX; `purpose` at most 15 letters. */
char *signed_numbers(struct arena *a, const unsigned char key[32], const char *purpose, const int64_t *v, size_t n);
/* False: it was not made with this key, for this, of so many numbers. NULL is no text. */
bool signed_numbers_open(const unsigned char key[32], const char *purpose, const char *text, int64_t *v, size_t n);
#endif

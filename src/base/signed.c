/* base/signed.c */
#include "base/signed.h"

#include <string.h>

#include "base/arena.h"
#include "base/late_sodium.h"
#include "base/random.h"

enum { PART = 8, MAC = 15, PURPOSE_MAX = 16, RAW_MAX = SIGNED_MAX * PART + MAC, TEXT_MAX = 64 };

static void
mac(const unsigned char key[32], const char *purpose, const unsigned char *raw, size_t n, unsigned char out[MAC])
{
	unsigned char all[PURPOSE_MAX + SIGNED_MAX * PART];
	size_t before = *purpose == '\0' ? 0 : strlen(purpose) + 1;
	struct hash h;

	memcpy(all, purpose, before);
	memcpy(all + before, raw, n * PART);
	h = hash_keyed(key, all, before + n * PART);
	memcpy(out, h.b, MAC);
}

char *
signed_numbers(struct arena *a, const unsigned char key[32], const char *purpose, const int64_t *v, size_t n)
{
	unsigned char raw[RAW_MAX];
	char text[TEXT_MAX];

	for (size_t i = 0; i < n * PART; i++)
		raw[i] = (unsigned char)((uint64_t)v[i / PART] >> (8 * (i % PART)));
	mac(key, purpose, raw, n, raw + n * PART);
	(void)sodium_bin2base64(text, sizeof(text), raw, n * PART + MAC, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_strdup(a, text);
}

bool
signed_numbers_open(const unsigned char key[32], const char *purpose, const char *text, int64_t *v, size_t n)
{
	unsigned char raw[RAW_MAX + 3], expected[MAC];
	size_t got = 0;

	if (text == NULL || sodium_base642bin(raw, sizeof(raw), text, strlen(text), NULL, &got, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || got != n * PART + MAC)
		return false;
	mac(key, purpose, raw, n, expected);
	if (!secret_equal(expected, raw + n * PART, MAC))
		return false;
	memset(v, 0, n * sizeof(*v));
	for (size_t i = 0; i < n * PART; i++)
		v[i / PART] = (int64_t)((uint64_t)v[i / PART] | (uint64_t)raw[i] << (8 * (i % PART)));
	return true;
}

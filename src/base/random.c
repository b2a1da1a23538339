/* base/random.c: thin over libsodium, which starts itself on first use; Nettle is loaded for the first long text */
#include "base/random.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late.h"
#include "base/late_sodium.h"

#define LATE_NETTLE(X) X(nettle_sha256_init) X(nettle_sha256_update) X(nettle_sha256_digest)
LATE_DECLARE(late_nettle, LATE_NETTLE);
LATE_DEFINE(late_nettle, LATE_NETTLE, "libnettle.so.8");

LATE_DEFINE_READY(late_sodium, LATE_SODIUM, "libsodium.so.23");

enum { LONG_BYTES = 16 * 1024 };	/* shorter texts are not worth loading a library for */

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct hash_state), "hash_state is too small");

/* Where it is not installed, libsodium does it all. */
static bool
have_nettle(void)
{
	struct err ignored = { 0 };

	return late_nettle_load(&ignored);
}

/* sodium_init is safe to call again and from several threads. */
static void
ready(void)
{
	if (sodium_init() < 0)
		abort();	/* the kernel gives no randomness: nothing we do would be safe */
}

void
random_bytes(void *out, size_t n)
{
	ready();
	randombytes_buf(out, n);
}

char *
random_token(struct arena *a, size_t bytes)
{
	unsigned char *raw = arena_alloc(a, bytes);
	size_t n = sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *out = arena_alloc(a, n);

	random_bytes(raw, bytes);
	return sodium_bin2base64(out, n, raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
hex_bytes(const char *text, void *out, size_t n)
{
	size_t got;

	return text != NULL && strlen(text) == 2 * n && sodium_hex2bin(out, n, text, 2 * n, NULL, &got, NULL) == 0 && got == n;
}

char *
sealed(struct arena *a, const unsigned char key[32], const void *p, size_t n)
{
	size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + n;
	unsigned char *box = arena_alloc(a, size);
	char *text = arena_alloc(a, 2 * size + 1);

	random_bytes(box, crypto_secretbox_NONCEBYTES);
	(void)crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, p, n, box, key);
	return sodium_bin2hex(text, 2 * size + 1, box, size);
}

bool
unsealed(const unsigned char key[32], const char *text, void *out, size_t n)
{
	unsigned char box[crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + 64];
	size_t size = sizeof(box) - 64 + n;

	ready();
	return n <= 64 && hex_bytes(text, box, size) && crypto_secretbox_open_easy(out, box + crypto_secretbox_NONCEBYTES,
	    size - crypto_secretbox_NONCEBYTES, box, key) == 0;
}

struct hash
hash_bytes(const void *p, size_t n)
{
	struct sha256_ctx c;
	struct hash h;

	if (n < LONG_BYTES || !have_nettle()) {
		(void)crypto_hash_sha256(h.b, p, n);
		return h;
	}
	late_nettle.nettle_sha256_init(&c);
	late_nettle.nettle_sha256_update(&c, n, p);
	late_nettle.nettle_sha256_digest(&c, sizeof(h.b), h.b);
	return h;
}

struct hash_str
hash_hex(struct hash h)
{
	struct hash_str s;

	(void)sodium_bin2hex(s.s, sizeof(s.s), h.b, sizeof(h.b));
	return s;
}

struct hash
hash_keyed(const unsigned char key[32], const void *p, size_t n)
{
	struct hash h;

	(void)crypto_auth_hmacsha256(h.b, p, n, key);
	return h;
}

void
hash_start(struct hash_state *s)
{
	(void)crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)s->opaque);
}

void
hash_add(struct hash_state *s, const void *p, size_t n)
{
	(void)crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)s->opaque, p, n);
}

struct hash
hash_end(struct hash_state *s)
{
	struct hash h;

	(void)crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)s->opaque, h.b);
	return h;
}

bool
secret_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

bool
secret_equal_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL || strlen(a) != strlen(b))
		return false;
	return secret_equal(a, b, strlen(a));
}

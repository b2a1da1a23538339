/* base/random.h: randomness from the kernel, and hashes, by libsodium
 * Whole long texts (files, mails) are hashed by Nettle, which GnuTLS stands on: it uses the processor's own instructions for SHA-256,
 * where libsodium's is portable C, four times slower. The bits are the same.
 * Secrets compare in constant time; never with strcmp. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena;

void random_bytes(void *out, size_t n);
/* `bytes` random bytes as unpadded base64url text, in `a`: tokens, links, boundaries. */
char *random_token(struct arena *a, size_t bytes);

struct hash { unsigned char b[32]; };		/* SHA-256 */
struct hash_str { char s[65]; };		/* lower-case hex */
struct hash hash_bytes(const void *p, size_t n);
struct hash_str hash_hex(struct hash h);
/* HMAC-SHA-256 under a 32-byte key. */
struct hash hash_keyed(const unsigned char key[32], const void *p, size_t n);
/* Piecewise: struct hash_state s; hash_start(&s); hash_add(&s, ...); h = hash_end(&s). */
struct hash_state { _Alignas(16) unsigned char opaque[128]; };
void hash_start(struct hash_state *s);
void hash_add(struct hash_state *s, const void *p, size_t n);
struct hash hash_end(struct hash_state *s);

/* `n` bytes locked with `key`, as hex in `a`; the same bytes never twice the same, and the length tells `n` alone. unsealed() is
 * false when they were not sealed so. */
char *sealed(struct arena *a, const unsigned char key[32], const void *p, size_t n);
bool unsealed(const unsigned char key[32], const char *text, void *out, size_t n);
bool hex_bytes(const char *text, void *out, size_t n);	/* exactly n bytes */

bool secret_equal(const void *a, const void *b, size_t n);
bool secret_equal_text(const char *a, const char *b);	/* false when lengths differ or either is NULL */
#endif

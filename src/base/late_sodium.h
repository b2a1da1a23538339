/* base/late_sodium.h: libsodium, opened by the first of its functions that is called (base/late.h) */
#ifndef BASE_LATE_SODIUM_H
#define BASE_LATE_SODIUM_H
#include <sodium.h>

#include "base/late.h"

#define LATE_SODIUM(X) \
	X(crypto_auth_hmacsha256) X(crypto_hash_sha256) X(crypto_hash_sha256_final) X(crypto_hash_sha256_init) \
	X(crypto_hash_sha256_update) X(crypto_pwhash_str_alg) X(crypto_pwhash_str_verify) X(crypto_secretbox_easy) X(crypto_secretbox_open_easy) \
	X(randombytes_buf) \
	X(sodium_base642bin) X(sodium_base64_encoded_len) X(sodium_bin2base64) X(sodium_bin2hex) X(sodium_hex2bin) X(sodium_init) \
	X(sodium_memcmp) X(sodium_memzero)
LATE_DECLARE_READY(late_sodium, LATE_SODIUM);

#define crypto_auth_hmacsha256 late_sodium_ready()->crypto_auth_hmacsha256
#define crypto_hash_sha256 late_sodium_ready()->crypto_hash_sha256
#define crypto_hash_sha256_final late_sodium_ready()->crypto_hash_sha256_final
#define crypto_hash_sha256_init late_sodium_ready()->crypto_hash_sha256_init
#define crypto_hash_sha256_update late_sodium_ready()->crypto_hash_sha256_update
#define crypto_pwhash_str_alg late_sodium_ready()->crypto_pwhash_str_alg
#define crypto_pwhash_str_verify late_sodium_ready()->crypto_pwhash_str_verify
#define randombytes_buf late_sodium_ready()->randombytes_buf
#define sodium_base642bin late_sodium_ready()->sodium_base642bin
#define sodium_base64_encoded_len late_sodium_ready()->sodium_base64_encoded_len
#define sodium_bin2base64 late_sodium_ready()->sodium_bin2base64
#define sodium_bin2hex late_sodium_ready()->sodium_bin2hex
#define sodium_init late_sodium_ready()->sodium_init
#define sodium_memcmp late_sodium_ready()->sodium_memcmp
#define sodium_memzero late_sodium_ready()->sodium_memzero
#define crypto_secretbox_easy late_sodium_ready()->crypto_secretbox_easy
#define crypto_secretbox_open_easy late_sodium_ready()->crypto_secretbox_open_easy
#define sodium_hex2bin late_sodium_ready()->sodium_hex2bin
#endif

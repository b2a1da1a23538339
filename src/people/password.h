/* people/password.h: what only the person knows, and the code her telephone shows
 *
 * Passwords are kept as libsodium's Argon2id strings (RFC 9106) with 19 MiB and two passes, the least that OWASP's
 * password storage guidance asks for, so that many may sign in at once on a small machine. Both functions take tens of
 * milliseconds: call them from respond_slowly. One-time codes are TOTP (RFC 6238): SHA-1, six digits, 30 seconds. */
#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct err;

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 500 };	/* code points; bytes */

/* At least PASSWORD_MIN characters, not the person's own name or address, none of the commonest, not one character
 * over and over. ERR_INPUT on "password". No other rules: length is what counts (NIST SP 800-63B 5.1.1.2). */
bool password_acceptable(struct arena *a, const char *password, const char *name, const char *sign_in, struct err *err);
bool password_hash(struct arena *a, const char *password, const char **out, struct err *err);
/* `hash` NULL (no such account, no password yet) takes as long and is false. */
bool password_is(const char *hash, const char *password);

enum { TOTP_STEP_S = 30, TOTP_SECRET_BYTES = 20 };

/* A new secret as base32. */
const char *totp_secret(struct arena *a);
/* The code for the step that holds `at`; for tests and the command line. */
bool totp_code(const char *secret, int64_t at, char out[7]);
/* Is `code` (spaces ignored) the one of this step, the one before or the one after, and later than `last_step`? Then
 * *step is its number, to be kept so that no code works twice. */
bool totp_valid(const char *secret, const char *code, int64_t at, int64_t last_step, int64_t *step);
/* otpauth://totp/... as authenticator programs read it. */
const char *totp_uri(struct arena *a, const char *secret, const char *issuer, const char *account);
/* The QR code of `text` as an SVG picture: black squares on white with the quiet zone the standard asks for. Holds
 * nothing of `text` but the squares. */
const char *qr_svg(struct arena *a, const char *text);

enum { RECOVERY_CODES = 10 };
/* A code like "7KQ2-M9XD-4HTB": letters and digits that cannot be mistaken for each other. */
const char *recovery_code(struct arena *a);
/* As it is compared and hashed: upper case, letters and digits only. */
const char *recovery_normal(struct arena *a, const char *code);
#endif

/* people/password.c: Argon2id by libsodium, TOTP by liboath, the QR code by libqrencode */
#include "people/password.h"

#include <liboath/oath.h>
#include <qrencode.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late.h"
#include "base/late_sodium.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"

#define LATE_OATH(X) X(oath_base32_encode) X(oath_base32_decode) X(oath_totp_generate)
LATE_DECLARE(late_oath, LATE_OATH);
LATE_DEFINE(late_oath, LATE_OATH, "liboath.so.0");
#define LATE_QR(X) X(QRcode_encodeString8bit) X(QRcode_free)
LATE_DECLARE(late_qr, LATE_QR);
LATE_DEFINE(late_qr, LATE_QR, "libqrencode.so.4");

enum { ARGON_PASSES = 2, ARGON_BYTES = 19 * 1024 * 1024 };

/* The commonest of ten characters and more, in lists of leaked passwords and as Swedes would write them. Shorter ones
 * are refused for their length. */
static const char *const common[] = {
	"1234567890", "0123456789", "12345678910", "123456789a", "1q2w3e4r5t", "1qaz2wsx3edc", "qwertyuiop",
	"qwerty12345", "qwerty1234", "qwerty123456", "asdfghjkl1", "asdfghjklö", "zxcvbnm123", "password12", "password123",
	"password1234", "passw0rd123", "p@ssw0rd123", "iloveyou123", "abcdefghij", "abc1234567", "abcd123456", "abcdef1234",
	"administrator", "admin12345", "admin123456", "welcome123", "welcome1234", "letmein1234", "monkey12345",
	"football123", "lösenord12", "lösenord123", "lösenord1234", "losenord12", "losenord123", "losenord1234",
	"hejhej1234", "hejsan1234", "hejhejhejhej", "sommar2024", "sommar2025", "sommar2026", "sommar2027", "sommar1234",
	"vinter2024", "vinter2025", "vinter2026", "vinter2027", "vinter1234", "höst202612", "kommun1234", "kommunen123",
	"kommun2026", "kommun2027", "närkontakt", "narkontakt", "narkontakt1", "stockholm1", "stockholm123", "sverige123",
	"fotboll123", "blomma1234", "mamma12345", "välkommen1", "välkommen123", "valkommen1", "valkommen123",
	"0987654321", "9876543210", "1029384756", "1111111112", "1234512345", "1122334455", "q1w2e3r4t5", "changeme123",
	"internet123", "superman123", "batman12345", "princess123", "sunshine123", "dragon12345", "master12345",
};

static bool
one_character(const char *text)
{
	size_t n = strlen(text);
	uint32_t first, cp;
	size_t at = utf8_next(text, n, &first);

	while (at < n) {
		at += utf8_next(text + at, n - at, &cp);
		if (cp != first)
			return false;
	}
	return true;
}

/* `part` (a name or an address) makes up most of the password. */
static bool
mostly(const char *password, const char *part)
{
	return part != NULL && strlen(part) >= 4 && strstr(password, part) != NULL && strlen(password) < strlen(part) + 5;
}

bool
password_acceptable(struct arena *a, const char *password, const char *name, const char *sign_in, struct err *err)
{
	const char *lower;
	const char *address = sign_in == NULL ? NULL : utf8_lower(a, sign_in);
	const char *at = address == NULL ? NULL : strchr(address, '@');

	if (utf8_length(password) < PASSWORD_MIN)
		return err_input(err, "password", N_("Choose a password of at least 10 characters. A few words work well"));
	if (strlen(password) > PASSWORD_MAX)
		return err_input(err, "password", N_("Choose a password of at most 500 characters"));
	lower = utf8_lower(a, password);
	if (mostly(lower, name == NULL ? NULL : utf8_lower(a, name)) || mostly(lower, address) ||
	    (at != NULL && mostly(lower, arena_strndup(a, address, (size_t)(at - address)))))
		return err_input(err, "password", N_("Choose a password that is not your name or your address"));
	if (one_character(lower))
		return err_input(err, "password", N_("Choose a password that others would not guess first"));
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (strcmp(lower, common[i]) == 0)
			return err_input(err, "password", N_("Choose a password that others would not guess first"));
	return true;
}

bool
password_hash(struct arena *a, const char *password, const char **out, struct err *err)
{
	char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);

	if (sodium_init() < 0 || crypto_pwhash_str_alg(hash, password, strlen(password), ARGON_PASSES, ARGON_BYTES,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(err, ERR_BUSY, "no memory to hash a password");
	*out = hash;
	return true;
}

bool
password_is(const char *hash, const char *password)
{
	/* Of a password nobody has: who is not here takes as long to refuse as who is. */
	static const char nobody[] =
	    "$argon2id$v=19$m=19456,t=2,p=1$b8kZGQZEeF1WBWnVJwKhuQ$QeXhTMGJDDfOZlG0sVZ0v3+e/kJKLU2QSmJTWMDYf5I";
	bool same;

	if (sodium_init() < 0)
		return false;
	same = crypto_pwhash_str_verify(hash == NULL ? nobody : hash, password, strlen(password)) == 0;
	return same && hash != NULL;
}

const char *
totp_secret(struct arena *a)
{
	unsigned char raw[TOTP_SECRET_BYTES];
	char *text = NULL;
	size_t n = 0;
	const char *kept;

	random_bytes(raw, sizeof(raw));
	if (!late_oath_load(&(struct err){ 0 }) || late_oath.oath_base32_encode((const char *)raw, sizeof(raw), &text, &n) != OATH_OK)
		return NULL;
	kept = arena_strndup(a, text, n);
	sodium_memzero(raw, sizeof(raw));
	free(text);
	return kept;
}

static bool
decode(const char *secret, char **raw, size_t *n)
{
	return late_oath_load(&(struct err){ 0 }) && late_oath.oath_base32_decode(secret, strlen(secret), raw, n) == OATH_OK;
}

bool
totp_code(const char *secret, int64_t at, char out[7])
{
	char *raw = NULL;
	size_t n = 0;
	bool ok = at >= 0 && decode(secret, &raw, &n) &&
	    late_oath.oath_totp_generate(raw, n, (time_t)at, TOTP_STEP_S, 0, 6, out) == OATH_OK;

	free(raw);
	return ok;
}

bool
totp_valid(const char *secret, const char *code, int64_t at, int64_t last_step, int64_t *step)
{
	char given[7] = "", expected[7];
	size_t n = 0;
	bool found = false;

	for (const char *p = code; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (*p < '0' || *p > '9' || n == 6)
			return false;
		given[n++] = *p;
	}
	if (n != 6)
		return false;
	for (int64_t s = at / TOTP_STEP_S - 1; s <= at / TOTP_STEP_S + 1; s++) {
		if (!totp_code(secret, s * TOTP_STEP_S, expected))
			return false;
		if (secret_equal(given, expected, 6) && s > last_step && !found) {
			found = true;
			*step = s;
		}
	}
	return found;
}

const char *
totp_uri(struct arena *a, const char *secret, const char *issuer, const char *account)
{
	struct sb sb;

	sb_init(&sb, a, 2000);
	sb_add(&sb, "otpauth://totp/");
	sb_url(&sb, issuer);
	sb_add(&sb, ":");
	sb_url(&sb, account);
	sb_add(&sb, "?secret=");
	sb_url(&sb, secret);
	sb_add(&sb, "&issuer=");
	sb_url(&sb, issuer);
	return sb_str(&sb);
}

const char *
qr_svg(struct arena *a, const char *text)
{
	enum { QUIET = 4 };	/* modules of white around it, ISO/IEC 18004 */
	QRcode *qr = late_qr_load(&(struct err){ 0 }) ? late_qr.QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;
	struct sb sb;
	int side;

	if (qr == NULL)
		return NULL;
	side = qr->width + 2 * QUIET;
	sb_init(&sb, a, 1 << 18);
	sb_addf(&sb, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"220\" height=\"220\""
	    " shape-rendering=\"crispEdges\" aria-hidden=\"true\" focusable=\"false\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
	    "<path fill=\"#000\" d=\"", side, side, side, side);
	for (int y = 0; y < qr->width; y++)
		for (int x = 0; x < qr->width; x++)
			if ((qr->data[y * qr->width + x] & 1) != 0)
				sb_addf(&sb, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
	sb_add(&sb, "\"/></svg>");
	late_qr.QRcode_free(qr);
	return sb_str(&sb);
}

const char *
recovery_code(struct arena *a)
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";	/* 30: no 0 O 1 I L U */
	char code[15];
	size_t n = 0;

	for (int i = 0; i < 12; i++) {
		unsigned char b;

		if (i == 4 || i == 8)
			code[n++] = '-';
		do {
			random_bytes(&b, 1);
		} while (b >= 240);	/* the last whole multiple of 30: every letter as likely */
		code[n++] = letters[b % 30];
	}
	return arena_strndup(a, code, n);
}

const char *
recovery_normal(struct arena *a, const char *code)
{
	size_t n = 0, len = strlen(code);
	char *out = arena_alloc(a, len + 1);

	for (size_t i = 0; i < len; i++) {
		char c = code[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	return out;
}

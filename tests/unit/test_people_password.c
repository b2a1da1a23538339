/* tests/unit/test_people_password.c: passwords, one-time codes, recovery codes, the QR code */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "people/password.h"
#include "people/site.h"

/* "12345678901234567890" in base32: the key of RFC 6238, appendix B. */
static const char RFC_KEY[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

static int
open_arena(void **state)
{
	*state = arena_open();
	return 0;
}

static int
close_arena(void **state)
{
	arena_close(*state);
	return 0;
}

static void
test_codes_are_those_of_rfc_6238(void **state)
{
	static const struct { int64_t at; const char *code; } row[] = {	/* the last six of the eight digits */
		{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { 20000000000, "353130" },
	};
	char code[7];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_true(totp_code(RFC_KEY, row[i].at, code));
		assert_string_equal(code, row[i].code);
	}
	assert_false(totp_code("not base32!", 59, code));
}

static void
test_a_code_is_good_for_its_step_and_one_on_each_side_and_once(void **state)
{
	const int64_t at = 1111111109;		/* step 37037036, its last second but one is 1111111109 */
	int64_t step = 0;

	(void)state;
	assert_true(totp_valid(RFC_KEY, "081804", at, 0, &step));
	assert_int_equal(step, at / 30);
	assert_true(totp_valid(RFC_KEY, " 081 804 ", at, 0, &step));
	assert_true(totp_valid(RFC_KEY, "081804", at + 30, 0, &step));
	assert_true(totp_valid(RFC_KEY, "081804", at - 30, 0, &step));
	assert_false(totp_valid(RFC_KEY, "081804", at + 61, 0, &step));
	assert_false(totp_valid(RFC_KEY, "081804", at - 60, 0, &step));
	assert_false(totp_valid(RFC_KEY, "081804", at, at / 30, &step));	/* used */
	assert_false(totp_valid(RFC_KEY, "081805", at, 0, &step));
	assert_false(totp_valid(RFC_KEY, "81804", at, 0, &step));
	assert_false(totp_valid(RFC_KEY, "0818040", at, 0, &step));
	assert_false(totp_valid(RFC_KEY, "08180x", at, 0, &step));
	assert_false(totp_valid(RFC_KEY, "", at, 0, &step));
}

static void
test_secrets_differ_and_work(void **state)
{
	struct arena *a = *state;
	const char *one = totp_secret(a), *two = totp_secret(a);
	char code[7];
	int64_t step;

	assert_int_equal(strlen(one), 32);
	assert_string_not_equal(one, two);
	assert_true(totp_code(one, 1800000000, code));
	assert_true(totp_valid(one, code, 1800000000, 0, &step));
}

static void
test_the_uri_escapes_what_it_is_given(void **state)
{
	assert_string_equal(totp_uri(*state, RFC_KEY, "Lillåns kommun", "demo.diana@lillan.example"),
	    "otpauth://totp/Lill%C3%A5ns%20kommun:demo.diana%40lillan.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=Lill%C3%A5ns%20kommun");
}

static void
test_the_qr_code_is_a_picture_of_squares_only(void **state)
{
	const char *svg = qr_svg(*state, "otpauth://totp/x\"><script>");

	assert_non_null(svg);
	assert_int_equal(strncmp(svg, "<svg ", 5), 0);
	assert_null(strstr(svg, "script"));
	/* Version 3 or so: 29 squares and 8 of quiet zone. The finder pattern begins in the corner. */
	assert_non_null(strstr(svg, "M4 4h1v1h-1z"));
	assert_null(strstr(svg, "M3 3h1v1h-1z"));
}

static void
test_passwords_that_are_refused(void **state)
{
	static const struct { const char *password, *why; bool good; } row[] = {
		{ "kort", "too short", false },
		{ "ååååååååå", "nine characters, though more bytes", false },
		{ "Lösenord123", "among the commonest, whatever the case", false },
		{ "qwertyuiop", "among the commonest", false },
		{ "aaaaaaaaaaaa", "one character", false },
		{ "åååååååååååå", "one character of two bytes", false },
		{ "Demo Diana Registrator", "her name", false },
		{ "demo diana registrator!1", "her name and a little", false },
		{ "diana.registrator", "her address without the domain", false },
		{ "diana.registrator@lillan.example", "her address", false },
		{ "rätt häst batteri", "three words", true },
		{ "blå 7 kanot tyst", "words", true },
		{ "xK9!vb2#Qz", "ten odd characters", true },
		{ "the registrator has a fine new garden", "holds a part of the name, but more", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct err err = { 0 };
		bool good = password_acceptable(*state, row[i].password, "Demo Diana Registrator",
		    "diana.registrator@lillan.example", &err);

		if (good != row[i].good)
			fail_msg("%s (%s): %s", row[i].password, row[i].why, good ? "accepted" : "refused");
		if (!good) {
			assert_int_equal(err.code, ERR_INPUT);
			assert_string_equal(err.field, "password");
		}
	}
}

static void
test_a_password_hash_knows_its_password(void **state)
{
	const char *hash, *again;
	struct err err = { 0 };

	assert_true(password_hash(*state, "rätt häst batteri", &hash, &err));
	assert_true(password_hash(*state, "rätt häst batteri", &again, &err));
	assert_string_not_equal(hash, again);		/* salted */
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
	assert_true(password_is(hash, "rätt häst batteri"));
	assert_false(password_is(hash, "rätt häst batterI"));
	assert_false(password_is(hash, ""));
	assert_false(password_is(NULL, "rätt häst batteri"));
	assert_false(password_is("garbage", "rätt häst batteri"));
}

static void
test_recovery_codes_read_as_people_write_them(void **state)
{
	struct arena *a = *state;
	const char *code = recovery_code(a);

	assert_int_equal(strlen(code), 14);
	assert_int_equal(code[4], '-');
	assert_int_equal(code[9], '-');
	assert_int_equal(strcspn(code, "01OILU"), 14);
	assert_string_equal(recovery_normal(a, " 7kq2 m9xd-4htb\n"), "7KQ2M9XD4HTB");
	for (int i = 0; i < 200; i++)
		assert_string_not_equal(recovery_code(a), code);
}

static void
test_addresses_and_colours(void **state)
{
	(void)state;
	assert_true(site_address_valid("kontakt@lillan.example"));
	assert_false(site_address_valid("kontakt"));
	assert_false(site_address_valid("@lillan.example"));
	assert_false(site_address_valid("a@b@c"));
	assert_false(site_address_valid("a b@c.se"));
	assert_false(site_address_valid("a@c.se\r\nBcc: x@y.z"));
	assert_true(site_colour_valid("#0b5C8a"));
	assert_false(site_colour_valid("red"));
	assert_false(site_colour_valid("#0b5c8"));
	assert_false(site_colour_valid("#0b5c8g"));
	assert_false(site_colour_valid("#0b5c8a;}"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_are_those_of_rfc_6238),
		cmocka_unit_test(test_a_code_is_good_for_its_step_and_one_on_each_side_and_once),
		cmocka_unit_test_setup_teardown(test_secrets_differ_and_work, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(test_the_uri_escapes_what_it_is_given, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(test_the_qr_code_is_a_picture_of_squares_only, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(test_passwords_that_are_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(test_a_password_hash_knows_its_password, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(test_recovery_codes_read_as_people_write_them, open_arena, close_arena),
		cmocka_unit_test(test_addresses_and_colours),
	};

	return cmocka_run_group_tests_name("people_password", tests, NULL, NULL);
}

/* tests/unit/test_base_text.c: arena, builder, escapers, UTF-8, CSV, errors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/signed.h"
#include "base/utf8.h"

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
test_arena_memory_is_zero_aligned_and_kept(void **state)
{
	struct arena *a = *state;
	unsigned char *first = arena_alloc(a, 100);

	first[99] = 7;
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(a, n);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		if (n > 0)
			p[0] = p[n - 1] = 0xff;
	}
	assert_int_equal(first[99], 7);
	arena_reset(a);
	assert_true(arena_size(a) <= 1024 * 1024);
}

static void
test_arena_grows_in_place_at_the_end(void **state)
{
	struct arena *a = *state;
	char *p = arena_alloc(a, 10);
	char *q;

	p[9] = 'x';
	assert_ptr_equal(q = arena_grow(a, p, 10, 1000), p);
	assert_int_equal(q[9], 'x');
	assert_int_equal(q[999], 0);
	(void)arena_alloc(a, 1);
	assert_ptr_not_equal(q = arena_grow(a, p, 1000, 2000), p);
	assert_int_equal(q[9], 'x');
	assert_int_equal(q[1999], 0);
}

static void
test_builder_remembers_that_it_was_full(void **state)
{
	struct err err = { 0 };
	const char *out = "untouched";
	struct sb sb;

	sb_init(&sb, *state, 10);
	sb_add(&sb, "123456789");
	sb_addf(&sb, "%s", "ab");
	sb_add(&sb, "c");		/* would fit, but order matters: nothing after the first refusal */
	assert_false(sb_end(&sb, &out, &err));
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(out, "untouched");
	assert_string_equal(sb_str(&sb), "123456789");
}

static void
test_escapers_by_place(void **state)
{
	struct sb sb;

	sb_init(&sb, *state, 10000);
	sb_text(&sb, "<a href='x'>&\"å</a>");
	assert_string_equal(sb_str(&sb), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;å&lt;/a&gt;");
	sb_clear(&sb);
	sb_url(&sb, "KS 2026/1&å~");
	assert_string_equal(sb_str(&sb), "KS%202026%2F1%26%C3%A5~");
	sb_clear(&sb);
	sb_json(&sb, "a\"b\\\n\x01");
	assert_string_equal(sb_str(&sb), "\"a\\\"b\\\\\\n\\u0001\"");
	sb_clear(&sb);
	sb_csv(&sb, "=1+1");
	assert_string_equal(sb_str(&sb), "\"'=1+1\"");
	sb_clear(&sb);
	sb_csv(&sb, "-12,5");
	assert_string_equal(sb_str(&sb), "\"-12,5\"");
	sb_clear(&sb);
	sb_i64(&sb, INT64_MIN);
	assert_string_equal(sb_str(&sb), "-9223372036854775808");
}

static void
test_numbers_read_back_exactly(void **state)
{
	static const double x[] = { 0.1, 1.0 / 3, 4.0 / 19, 1e300, 5e-324, -0.5, 30, 0.0364969454723708 };

	for (size_t i = 0; i < ARRAY_LEN(x); i++) {
		struct sb sb;

		sb_init(&sb, *state, 100);
		sb_double(&sb, x[i]);
		assert_true(strtod(sb_str(&sb), NULL) == x[i]);
	}
}

static void
test_utf8_is_what_rfc_3629_says(void **state)
{
	static const char *const bad[] = { "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xc3",
		"a\x80" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(utf8_valid(bad[i]));
		assert_true(utf8_valid(utf8_clean(*state, bad[i], strlen(bad[i]))));
	}
	assert_true(utf8_valid("Åäö € 🙂"));
	assert_string_equal(utf8_lower(*state, "ÅÄÖ Żółw ЖΩ"), "åäö żółw жω");
	assert_string_equal(utf8_from_latin1(*state, "\xe5\x80\x81", 3), "å€\xef\xbf\xbd");
	assert_int_equal(utf8_length("Åäö"), 3);
	assert_int_equal(utf8_prefix("Åäö", 2), 4);
}

static void
test_csv_as_people_send_it(void **state)
{
	static const char text[] = "\xef\xbb\xbfnamn;tele\"fon;ort\r\n\"Svens\"\"son; A\";0521-1;\"rad\nett\"\r\n\r\nx\r\n";
	struct err err = { 0 };
	struct csv csv;

	assert_true(csv_parse(*state, text, sizeof(text) - 1, &csv, &err));
	assert_int_equal(csv.separator, ';');
	assert_int_equal(csv.n, 3);
	assert_int_equal(csv_column(&csv, "ORT"), 2);
	assert_string_equal(csv.row[1].field[0], "Svens\"son; A");
	assert_string_equal(csv.row[1].field[2], "rad\nett");
	assert_int_equal(csv.row[2].line, 5);
	assert_string_equal(csv_field(&csv.row[2], 2), "");
	assert_false(csv_parse(*state, "a,\"b", 4, &csv, &err));
	assert_int_equal(err.code, ERR_INPUT);
}

static void
test_errors_keep_their_code_under_context(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_false(err_set(&err, ERR_CONFLICT, "matter %d", 7));
	assert_false(err_add(&err, "closing"));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_string_equal(err.log, "closing: matter 7");
}

static void
test_json_refuses_what_is_not(void **state)
{
	struct err err = { 0 };
	json_t *v = NULL;
	double x;
	struct sb sb;

	assert_false(json_parse("{\"a\":1,\"a\":2}", 13, &v, &err));
	assert_true(json_parse("{\"b\": [1, 2.5, \"x\"], \"c\": \"3\"}", 32 - 2, &v, &err));
	sb_init(&sb, *state, 1000);
	json_print(&sb, v);
	assert_string_equal(sb_str(&sb), "{\"b\": [1, 2.5, \"x\"], \"c\": \"3\"}");
	assert_false(json_need_double(v, "c", &x, &err));
	assert_string_equal(err.field, "c");
	json_decref(v);
}

static void
test_hash_known_answer(void **state)
{
	struct hash_state s;

	(void)state;
	hash_start(&s);
	hash_add(&s, "a", 1);
	hash_add(&s, "bc", 2);
	assert_string_equal(hash_hex(hash_end(&s)).s,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");	/* FIPS 180-2 B.1 */
}

/* Whatever library does it. */
static void
test_hash_of_long_texts(void **state)
{
	size_t n = 1000000;
	char *text = arena_alloc(*state, n);
	struct hash_state s;

	memset(text, 'a', n);
	assert_string_equal(hash_hex(hash_bytes(text, n)).s,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");	/* FIPS 180-2 B.3 */
	for (n = 16 * 1024 - 70; n < 16 * 1024 + 70; n++) {
		hash_start(&s);
		hash_add(&s, text, n);
		assert_memory_equal(hash_end(&s).b, hash_bytes(text, n).b, 32);
	}
}

/* The links that are out there must open for as long as they live: the form is fixed. */
static void
test_signed_numbers_are_what_they_always_were(void **state)
{
	static const unsigned char key[32] = "0123456789abcdef0123456789abcdef", other[32] = "x123456789abcdef0123456789abcdef";
	static const struct { const char *purpose; int64_t v[3]; size_t n; const char *text; } row[] = {
		{ "", { 7, -2, 1799651520 }, 3, "BwAAAAAAAAD-_________8CARGsAAAAAHJoD6wUtEtGWNtKie-8e" },
		{ "wall", { 7, 1799651520 }, 2, "BwAAAAAAAADAgERrAAAAADjWD5EkAWJRpQ2R-92OaQ" },
	};
	struct arena *a = arena_open();
	int64_t v[SIGNED_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *text = signed_numbers(a, key, row[i].purpose, row[i].v, row[i].n);

		assert_string_equal(text, row[i].text);
		assert_true(signed_numbers_open(key, row[i].purpose, text, v, row[i].n));
		assert_memory_equal(v, row[i].v, row[i].n * sizeof(*v));
		assert_false(signed_numbers_open(other, row[i].purpose, text, v, row[i].n));
		assert_false(signed_numbers_open(key, "door", text, v, row[i].n));
		assert_false(signed_numbers_open(key, row[i].purpose, text, v, row[i].n - 1));
		assert_false(signed_numbers_open(key, row[i].purpose, arena_printf(a, "%sA", text), v, row[i].n));
		for (char *p = text; *p != '\0'; p++) {
			char was = *p;

			*p = was == 'A' ? 'B' : 'A';
			assert_false(signed_numbers_open(key, row[i].purpose, text, v, row[i].n));
			*p = was;
		}
	}
	assert_false(signed_numbers_open(key, "", NULL, v, 3) || signed_numbers_open(key, "", "", v, 3));
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_memory_is_zero_aligned_and_kept),
		cmocka_unit_test(test_arena_grows_in_place_at_the_end),
		cmocka_unit_test(test_builder_remembers_that_it_was_full),
		cmocka_unit_test(test_escapers_by_place),
		cmocka_unit_test(test_numbers_read_back_exactly),
		cmocka_unit_test(test_utf8_is_what_rfc_3629_says),
		cmocka_unit_test(test_csv_as_people_send_it),
		cmocka_unit_test(test_errors_keep_their_code_under_context),
		cmocka_unit_test(test_json_refuses_what_is_not),
		cmocka_unit_test(test_hash_known_answer),
		cmocka_unit_test(test_hash_of_long_texts),
		cmocka_unit_test(test_signed_numbers_are_what_they_always_were),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}

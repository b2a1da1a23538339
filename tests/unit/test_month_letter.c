/* tests/unit/test_month_letter.c: small numbers that nobody can work out, and what the letter says */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "figures/month_letter.h"
#include "figures/suppress.h"

static void
test_small_numbers_are_hidden_with_company(void **state)
{
	static const struct { size_t count[4]; const char *hidden; bool told; const char *why; } row[] = {
		{ { 10, 20, 30, 0 }, "....", true, "none is small; zero is told" },
		{ { 3, 20, 7, 40 }, "x.x.", true, "one small: the smallest of the others goes with it" },
		{ { 1, 1, 9, 40 }, "xxx.", true, "two ones would be known by their sum" },
		{ { 4, 4, 30, 40 }, "xx..", true, "two of four lie from 1 to 7" },
		{ { 3, 2, 30, 40 }, "xxx.", true, "their sum of five leaves from 1 to 4: too narrow" },
		{ { 2, 0, 0, 0 }, "x...", false, "nothing to hide it with" },
		{ { 2, 3, 0, 0 }, "xx..", false, "both known within three" },
		{ { 0, 0, 0, 0 }, "....", true, "nobody" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		bool hidden[4];
		bool told = suppress(row[i].count, 4, hidden);

		for (size_t k = 0; k < 4; k++) {
			if (hidden[k] != (row[i].hidden[k] == 'x') || told != row[i].told)
				fail_msg("%s: column %zu", row[i].why, k);
		}
	}
}

/* Every table of four up to twelve: whoever reads it, and tries all numbers that fit, cannot pin a hidden one down. */
static void
test_no_table_can_be_worked_out(void **state)
{
	enum { MOST = 12 };
	size_t c[4];

	(void)state;
	for (size_t n = 0; n < (MOST + 1) * (MOST + 1) * (MOST + 1) * (MOST + 1); n++) {
		size_t sum = 0, at = n, k_hidden = 0;
		bool hidden[4];

		for (size_t k = 0; k < 4; k++, at /= MOST + 1)
			c[k] = at % (MOST + 1);
		if (!suppress(c, 4, hidden))
			continue;
		for (size_t k = 0; k < 4; k++) {
			sum += hidden[k] ? c[k] : 0;
			k_hidden += hidden[k];
			if (c[k] > 0 && c[k] < SUPPRESS_LEAST && !hidden[k])
				fail_msg("%zu %zu %zu %zu tells %zu", c[0], c[1], c[2], c[3], c[k]);
		}
		for (size_t k = 0; k < 4; k++) {
			/* the others hold at least one each, and can hold all the rest but one when there is another */
			size_t most = hidden[k] ? sum - (k_hidden - 1) : 0, least = k_hidden > 1 ? 1 : sum;

			if (hidden[k] && most - least < SUPPRESS_LEAST)
				fail_msg("%zu %zu %zu %zu: %zu lies within %zu to %zu", c[0], c[1], c[2], c[3], c[k], least, most);
		}
	}
}

/* The text of all blocks. */
static const char *
said(struct arena *a, const struct letter_facts *f)
{
	struct blocks b;
	struct err err = { 0 };
	char *all = arena_strdup(a, "");

	assert_true(month_letter_blocks(a, month_letter_content(a, f), &b, &err));
	for (size_t i = 0; i < b.n; i++) {
		all = arena_printf(a, "%s%s\n", all, b.item[i].text == NULL ? "" : b.item[i].text);
		for (size_t k = 0; k < b.item[i].n_rows * b.item[i].n_columns; k++)
			all = arena_printf(a, "%s%s%s", all, b.item[i].cell[k], (k + 1) % b.item[i].n_columns == 0 ? "\n" : "|");
	}
	return all;
}

static bool
has(const char *text, const char *words)
{
	if (strstr(text, words) != NULL)
		return true;
	print_message("not there: %s\n%s\n", words, text);
	return false;
}

static struct letter_facts
january(void)
{
	static struct letter_named unit[] = { { "Gata", 12 }, { "Vatten", 9 } };
	static struct letter_named category[] = { { "Vinter", 40 }, { "Lampor", 30 }, { "Hundar", 3 } };
	static struct letter_named not_done[] = { { "Vinter", 6 }, { "Lampor", 2 }, { "Hundar", 0 } };
	struct letter_facts f = { .authority_name = "Tekniska nämnden", .year = 2027, .month = 1, .arrived = 73, .before_told = true,
		.arrived_before = 80, .median = 5.5, .p90 = NAN, .mean = 12, .mean_se = 1, .mean_before = 7, .mean_se_before = 1, .waiting = 21,
		.oldest_days = 19, .unit = unit, .n_units = 2, .category = category, .not_done = not_done, .n_categories = 3,
		.escalated = { 7, 0, 6 } };

	for (int i = 0; i < MONTH_LETTER_HISTORY; i++)
		f.history[i] = (struct letter_month){ 100, (size_t)(84 + i % 3) };
	return f;
}

static void
test_the_letter_says_signal_or_noise(void **state)
{
	struct arena *a = arena_open();
	struct letter_facts f = january();
	const char *text = said(a, &f);

	(void)state;
	assert_true(has(text, "73 kontakter kom till nämndens förvaltning under månaden, 80 månaden före."));
	assert_true(has(text, "Skillnaden är brus"));
	assert_true(has(text, "Hälften fick svar inom 5,5 arbetstimmar."));
	assert_true(has(text, "Nio av tio hade ännu inte fått svar"));
	assert_true(has(text, "Det är en signal: längre än slumpen förklarar."));	/* 5 hours more, margin 2,8 */
	f.history[MONTH_LETTER_HISTORY - 1].kept = 60;
	assert_true(has(said(a, &f), "sämre än slumpen ensam ger"));
	f.history[MONTH_LETTER_HISTORY - 1].kept = 97;
	text = said(a, &f);
	assert_true(has(text, "bättre än slumpen ensam ger"));
	assert_null(strstr(text, " 97 fick"));		/* three were late: the numbers would tell of them */
	assert_true(has(text, "Omkring 97"));
	f.mean_before = 11;
	assert_true(has(said(a, &f), "månaden före 11,0. Skillnaden är brus"));
	/* a committee that has just begun */
	for (int i = 0; i < MONTH_LETTER_HISTORY - 2; i++)
		f.history[i] = (struct letter_month){ 0, 0 };
	assert_true(has(said(a, &f), "för få för att skilja"));
	f.history[MONTH_LETTER_HISTORY - 1] = (struct letter_month){ 9, 9 };
	assert_true(has(said(a, &f), "för få för att ange en andel"));
	arena_close(a);
}

static void
test_small_numbers_are_not_in_the_letter(void **state)
{
	struct arena *a = arena_open();
	struct letter_facts f = january();
	const char *text = said(a, &f);

	(void)state;
	/* three about dogs: hidden with the thirty; two said not done of lamps: hidden with the six, and then their sum */
	assert_true(has(text, "Vinter|40|visas inte"));
	assert_true(has(text, "Lampor|visas inte|visas inte"));
	assert_true(has(text, "Hundar|visas inte|0"));
	assert_true(has(text, "Alla tillsammans|73|8"));
	assert_true(has(text, "Enhetens chef|7"));
	assert_true(has(text, "En förtroendevald|0"));
	assert_true(has(text, "Alla tillsammans|13"));
	assert_true(has(text, "Gata|12"));
	f.escalated[1] = 1;
	f.escalated[2] = 0;
	f.escalated[0] = 2;
	text = said(a, &f);
	assert_true(has(text, "Enhetens chef|visas inte"));
	assert_true(has(text, "Alla tillsammans|visas inte"));
	f.unit[0].n = 2;
	f.unit[1].n = 0;
	f.waiting = 2;
	text = said(a, &f);
	assert_true(has(text, "så få att talet inte visas"));
	assert_null(strstr(text, "19 arbetsdagar"));	/* nor how long the oldest has waited: she would be one of two */
	arena_close(a);
}

static void
test_the_pdf_is_the_same_each_time_and_tagged(void **state)
{
	struct arena *a = arena_open();
	struct letter_facts f = january();
	struct month_letter l = { .month = "2027-01", .authority_name = "Tekniska nämnden", .edition = 1, .made_at = 1801555200 };
	const void *bytes, *again;
	size_t n, n_again;
	struct err err = { 0 };

	(void)state;
	l.content = month_letter_content(a, &f);
	assert_true(month_letter_pdf(a, &l, "Lillåns kommun", NULL, 0, &bytes, &n, &err));
	assert_true(month_letter_pdf(a, &l, "Lillåns kommun", NULL, 0, &again, &n_again, &err));
	assert_int_equal(n, n_again);
	assert_memory_equal(bytes, again, n);
	assert_memory_equal(bytes, "%PDF-", 5);
	assert_string_equal(month_letter_title(a, "sv", "2027-01"), "Så svarade vi i januari 2027");
	arena_close(a);
}

/* LeakSanitizer asks: fontconfig keeps what it has read of the machine's fonts until the process ends. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so";
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_numbers_are_hidden_with_company),
		cmocka_unit_test(test_no_table_can_be_worked_out),
		cmocka_unit_test(test_the_letter_says_signal_or_noise),
		cmocka_unit_test(test_small_numbers_are_not_in_the_letter),
		cmocka_unit_test(test_the_pdf_is_the_same_each_time_and_tagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

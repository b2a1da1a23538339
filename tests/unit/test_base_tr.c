/* tests/unit/test_base_tr.c: translations, and dates and numbers as people read them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/html.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"

static void
test_a_text_in_the_readers_language(void **state)
{
	(void)state;
	assert_string_equal(tr("sv", "Skip to the content"), "Hoppa till innehållet");
	assert_string_equal(tr("en", "Skip to the content"), "Skip to the content");
	assert_string_equal(tr("de", "Skip to the content"), "Skip to the content");
	assert_string_equal(tr("sv", "Ärendet är avslutat."), "Ärendet är avslutat.");	/* a ready sentence stays */
	assert_string_equal(tr("sv", ""), "");			/* not the catalogue's header */
	assert_null(tr("sv", NULL));
	assert_string_equal(trn("sv", "one unknown", "many unknown", 1), "one unknown");
	assert_string_equal(trn("sv", "one unknown", "many unknown", 0), "many unknown");
	assert_string_equal(trn("en", "one unknown", "many unknown", 2), "many unknown");
}

static void
test_the_language_a_browser_asks_for(void **state)
{
	static const struct { const char *header, *lang; } row[] = {
		{ NULL, "sv" }, { "", "sv" }, { "sv-SE,sv;q=0.9,en;q=0.8", "sv" }, { "en-GB,en;q=0.9,sv;q=0.3", "en" },
		{ "de-DE,de;q=0.9,en;q=0.5", "en" }, { "de", "sv" }, { "sv;q=0, en;q=0.1", "en" }, { "*", "sv" },
		{ "en;q=0.2, *;q=0.5", "sv" }, { "EN-us", "en" }, { "english", "sv" }, { ",,;;q=,en", "en" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (strcmp(language_accept(row[i].header), row[i].lang) != 0)
			fail_msg("%s: got %s, expected %s", row[i].header, language_accept(row[i].header), row[i].lang);
	assert_string_equal(language_known("en"), "en");
	assert_null(language_known("de"));
	assert_null(language_known(NULL));
}

static void
test_dates_and_clock_times(void **state)
{
	int64_t at = 1799651520;	/* 2027-01-11T07:12:00Z */
	int64_t summer = 1816466400;	/* 2027-07-24T22:00:00Z: midnight of the next day here */

	(void)state;
	assert_string_equal(tr_instant("sv", at).s, "måndag 11 januari 2027 kl. 08.12");
	assert_string_equal(tr_instant("en", at).s, "Monday 11 January 2027 at 08:12");
	assert_string_equal(tr_instant_short("sv", summer).s, "25 juli 2027 kl. 00.00");
	assert_string_equal(tr_clock("sv", at).s, "08.12");
	assert_string_equal(tr_date("sv", date_of("2028-02-29")).s, "tisdag 29 februari 2028");
	assert_string_equal(tr_date_short("en", date_of("2027-09-01")).s, "1 Sept 2027");
	assert_string_equal(tr_date_short("sv", (struct date){ 0, 0, 0 }).s, "");	/* no date at all */
	assert_string_equal(tr_instant("en", 253402293660).s, "Friday 31 December 9999 at 23:01");
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_string_equal(tr_number("sv", 0).s, "0");
	assert_string_equal(tr_number("sv", 999).s, "999");
	assert_string_equal(tr_number("sv", 1000).s, "1\u00a0000");
	assert_string_equal(tr_number("en", 1234567).s, "1,234,567");
	assert_string_equal(tr_number("en", INT64_MIN).s, "\u22129,223,372,036,854,775,808");
	assert_string_equal(tr_number("sv", INT64_MIN).s,
	    "\u22129\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808");
	assert_string_equal(tr_decimal("sv", 1234.56, 1).s, "1\u00a0234,6");
	assert_string_equal(tr_decimal("sv", -0.04, 1).s, "0,0");
	assert_string_equal(tr_decimal("en", -0.5, 1).s, "\u22120.5");
	assert_string_equal(tr_decimal("sv", NAN, 1).s, "–");
	assert_string_equal(tr_decimal("sv", 99.5, 0).s, "100");
}

static void
test_a_translator_may_turn_the_words_around(void **state)
{
	const struct html_arg arg[] = { html_arg_text("<a>"), html_arg_int(7) };
	static const struct { const char *message, *out; } row[] = {
		{ "%s: %d", "&lt;a&gt;: 7" }, { "%2$d i %1$s", "7 i &lt;a&gt;" }, { "50 %% & %s", "50 % &amp; &lt;a&gt;" },
		{ "%s %d %s", "&lt;a&gt; 7 " }, { "%9$s|", "|" }, { "%", "" }, { "%1$", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct sb sb;

		sb_init(&sb, a, 1000);
		html_message(&sb, row[i].message, arg, ARRAY_LEN(arg));
		assert_string_equal(sb_str(&sb), row[i].out);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_in_the_readers_language),
		cmocka_unit_test(test_the_language_a_browser_asks_for),
		cmocka_unit_test(test_dates_and_clock_times),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_a_translator_may_turn_the_words_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_gsm.c: how many text messages a text is (3GPP TS 23.038) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/gsm.h"
#include "people/phone.h"

static void
test_segments(void **state)
{
	static const struct { const char *letter; size_t times; bool ucs2; size_t units, segments, left; const char *why; } row[] = {
		{ "a", 0, false, 0, 0, 160, "nothing" }, { "a", 160, false, 160, 1, 0, "a whole one" },
		{ "a", 161, false, 161, 2, 145, "two of 153" }, { "a", 306, false, 306, 2, 0, "two whole ones" },
		{ "a", 307, false, 307, 3, 152, "three" }, { "å", 160, false, 160, 1, 0, "Swedish letters are in the alphabet" },
		{ "€", 80, false, 160, 1, 0, "the extension counts two" },
		{ "€", 81, false, 162, 2, 143, "and is not cut in half: 76 in the first, 5 in the second" },
		{ "–", 70, true, 70, 1, 0, "a dash makes it UCS-2" }, { "–", 71, true, 71, 2, 63, "two of 67" },
		{ "😀", 35, true, 70, 1, 0, "an emoji is two units" }, { "😀", 36, true, 72, 2, 61, "not cut in half: 33 and 3" },
		{ "\n", 3, false, 3, 1, 157, "a line break is a letter" }, { "\r\n", 3, false, 3, 1, 157, "and CR none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[2000] = "";
		struct gsm_count c;

		for (size_t k = 0; k < row[i].times; k++)
			memcpy(text + k * strlen(row[i].letter), row[i].letter, strlen(row[i].letter) + 1);
		c = gsm_count(text);
		if (c.ucs2 != row[i].ucs2 || c.units != row[i].units || c.segments != row[i].segments || c.left != row[i].left)
			fail_msg("%s: %s, %zu units, %zu segments, %zu left", row[i].why, c.ucs2 ? "UCS-2" : "GSM", c.units, c.segments, c.left);
	}
}

static void
test_who_can_be_sent_a_text(void **state)
{
	static const struct { const char *number; bool takes; } row[] = {
		{ "+46701740605", true }, { "+46791234567", true }, { "+4522125000", true }, { "+4622125000", false },
		{ "+46771114114", false }, { "+467017406", false }, { "1234", false }, { "Withheld", false }, { NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (phone_takes_text(row[i].number) != row[i].takes)
			fail_msg("%s", row[i].number);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_segments), cmocka_unit_test(test_who_can_be_sent_a_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_db_stem.c: Swedish stems, as Snowball's own list of words and stems has them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/base.h"
#include "db/stem.h"

static void
test_words_have_the_stems_that_snowball_says(void **state)
{
	static const struct { const char *word, *stem; } known[] = {
		{ "jaktkarlarne", "jaktkarl" }, { "jaktkarlens", "jaktkarl" }, { "klostergården", "klostergård" },
		{ "klosterkyrkan", "klosterkyrkan" }, { "kvarnen", "kvarn" }, { "jordbruken", "jordbruk" }, { "lampor", "lamp" },
		{ "friskt", "frisk" }, { "", "" }, { "å", "å" },
	};
	struct SN_env *z = stem_open();

	(void)state;
	assert_non_null(z);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		int n = -1;
		const char *stem = stem_word(z, known[i].word, (int)strlen(known[i].word), &n);

		assert_non_null(stem);
		assert_int_equal(n, strlen(known[i].stem));
		assert_memory_equal(stem, known[i].stem, (size_t)n);
	}
	stem_close(z);
	stem_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words_have_the_stems_that_snowball_says) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

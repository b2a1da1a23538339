/* tests/unit/test_http_path.c: a way back never leads out of our origin */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "http/path.h"

static void
test_where_a_redirect_may_lead(void **state)
{
	static const struct { const char *path; bool ours; const char *why; } row[] = {
		{ "/", true, "the start page" }, { "/a/b?c=d&e=%C3%A5", true, "path and query" },
		{ NULL, false, "absent" }, { "", false, "empty" }, { "a", false, "relative" },
		{ "//evil.example", false, "another host" }, { "/\\evil.example", false, "browsers read \\ as /" },
		{ "https://evil.example/", false, "another origin" }, { "/a\r\nSet-Cookie: x", false, "a header of its own" },
		{ "/a b", false, "a space" }, { "/å", false, "not encoded" }, { "javascript:alert(1)", false, "a script" },
		{ "/a\tb", false, "a tab, which browsers drop" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (path_is_ours(row[i].path) != row[i].ours)
			fail_msg("%s: %s", row[i].path == NULL ? "NULL" : row[i].path, row[i].why);
}

static void
test_an_address_is_encoded_again(void **state)
{
	static const struct { const char *path, *query, *address; } row[] = {
		{ "/", "", "/" }, { "/a/b", "c=d", "/a/b?c=d" }, { "/ä b/50%?", NULL, "/%C3%A4%20b/50%25%3F" },
		{ "/a//b/", "", "/a//b/" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_string_equal(path_address(a, row[i].path, row[i].query), row[i].address);
		assert_true(path_is_ours(row[i].address));
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_a_redirect_may_lead),
		cmocka_unit_test(test_an_address_is_encoded_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_template.c: the template compiler: what its C prints, and what it says about a bad template */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TEMPLATE_NO_MAIN
#include "../../tools/template.c"

#include "base/arena.h"
#include "base/html.h"
#include "base/tr.h"
#include "http/page.h"

struct fixture { const char *text; int64_t n, at; double x; struct date date; };

void fixture_plain(struct sb *sb, const struct page *page, const struct fixture *f);
void fixture_words(struct sb *sb, const struct page *page, const struct fixture *f);
void fixture_blocks(struct sb *sb, const struct page *page, const struct fixture *f);
void fixture_messages(struct sb *sb, const struct page *page, const struct fixture *f);

#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "tests/unit/fixture.html.c"

typedef void fixture_fn(struct sb *sb, const struct page *page, const struct fixture *f);

static void
test_what_a_template_prints(void **state)
{
	static const char nasty[] = "<b>\"Å'&";
	static const struct { fixture_fn *fn; struct fixture in; const char *lang, *out, *why; } row[] = {
		{ fixture_plain, { .text = nasty }, "sv", "<p class=\"a\">\n&lt;b&gt;&quot;Å&#39;&amp;\n</p>",
		  "escaped, indentation gone, no white space at the ends" },
		{ fixture_plain, { .text = NULL }, "sv", "<p class=\"a\">\n\n</p>", "NULL prints nothing" },
		{ fixture_words, { .text = nasty, .n = 17204, .x = 12.46, .at = 1799651520, .date = { 2027, 1, 11 } }, "sv",
		  "<a href=\"/x/%3Cb%3E%22%C3%85%27%26\" data-t=\"&quot;&lt;b&gt;\\&quot;Å&#39;&amp;&quot;\">"
		  "17204 17\u00a0204 12,5</a>\n<b>\"Å'&|<time datetime=\"2027-01-11\">måndag 11 januari 2027</time>|"
		  "<time datetime=\"2027-01-11T08:12:00+01:00\">måndag 11 januari 2027 kl. 08.12</time>|"
		  "<time datetime=\"2027-01-11T08:12:00+01:00\">11 jan. 2027 kl. 08.12</time>", "each word escapes for its place" },
		{ fixture_words, { .text = "", .n = -1234, .x = 0.5, .at = 1799651520, .date = { 2027, 1, 11 } }, "en",
		  "<a href=\"/x/\" data-t=\"&quot;&quot;\">-1234 \u22121,234 0.5</a>\n|"
		  "<time datetime=\"2027-01-11\">Monday 11 January 2027</time>|"
		  "<time datetime=\"2027-01-11T08:12:00+01:00\">Monday 11 January 2027 at 08:12</time>|"
		  "<time datetime=\"2027-01-11T08:12:00+01:00\">11 Jan 2027 at 08:12</time>", "the page's language" },
		{ fixture_words, { .text = "a" }, "en", "<a href=\"/x/a\" data-t=\"&quot;a&quot;\">0 0 0.0</a>\na|||",
		  "no date and no instant print nothing" },
		{ fixture_blocks, { .n = 2 }, "en", "<ul>\n<li>0</li>\n<li>2</li>\n</ul>\nmany left<input checked>\nsecond\n"
		  "<p class=\"a\">\n}}%}\n</p>", "for, else, case, call, a literal that looks like an end" },
		{ fixture_blocks, { .n = 0 }, "en", "<ul>\n</ul>\nnone left<input>\nother\n<p class=\"a\">\n}}%}\n</p>",
		  "an empty loop leaves no empty lines" },
		{ fixture_blocks, { .n = 1 }, "en", "<ul>\n<li>0</li>\n</ul>\none left<input>\nfirst\n<p class=\"a\">\n}}%}\n</p>",
		  "a case without a line break keeps the one after the switch" },
		{ fixture_messages, { .text = "<x>", .n = 1, .date = { 2027, 6, 6 } }, "en",
		  "Fixture|1 of &lt;x&gt;, 100 %|one &amp; 1|until Sunday 6 June 2027", "arguments and text are escaped" },
		{ fixture_messages, { .text = "y", .n = 3, .date = { 2027, 6, 6 } }, "en",
		  "Fixture|3 of y, 100 %|3 &amp; more|until Sunday 6 June 2027", "plural by number" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct page page = { .lang = row[i].lang };
		struct sb sb;

		sb_init(&sb, a, 10000);
		row[i].fn(&sb, &page, &row[i].in);
		if (strcmp(sb_str(&sb), row[i].out) != 0)
			fail_msg("row %zu: %s:\ngot:\n%s\nexpected:\n%s", i, row[i].why, sb_str(&sb), row[i].out);
	}
	arena_close(a);
}

#define T "{% template void f(struct sb *sb, const struct page *page) %}"

static void
test_what_it_says_about_a_bad_template(void **state)
{
	static const struct { const char *text, *said; } row[] = {
		{ "<p>\n", "t.html:1: error: outside a {% template %}" },
		{ "\n\nx", "t.html:3: error: outside a {% template %}" },
		{ T "\n{% if (x) %}\n", "t.html:3: error: {% if %} of line 2 is never closed" },
		{ T "{% end %}{% end %}", "t.html:1: error: {% end %} closes nothing" },
		{ T "\n{% fi %}", "t.html:2: error: {% fi %}: no such word (docs/templates.md lists them)" },
		{ T "{{ x ", "t.html:1: error: {{ without its }}" },
		{ T "{{ }}", "t.html:1: error: {{ }} without an expression" },
		{ T "\n{% else %}", "t.html:2: error: {% else %} stands in no {% if %}" },
		{ T "{% if (x) %}{% else %}\n{% elif (y) %}", "t.html:2: error: after the {% else %} of line 1 comes {% end %}" },
		{ T "{% if x %}", "t.html:1: error: {% if %} wants its condition in parentheses" },
		{ T "{% switch (x) %}<p>", "t.html:1: error: between {% switch %} and its first {% case %}" },
		{ T "{% switch (x) %}{% end %}", "t.html:1: error: a {% switch %} without a {% case %}" },
		{ T T, "t.html:1: error: a template inside another" },
		{ T "{% t %}", "t.html:1: error: {% t \"text\" %} wants a text in quotes" },
		{ T "{% t \"%s\" %}", "t.html:1: error: the text wants arguments 's' (s text, d int) and is given ''" },
		{ T "{% t \"%s\" int n %}", "t.html:1: error: the text wants arguments 's' (s text, d int) and is given 'd'" },
		{ T "{% t \"%x\" int n %}", "t.html:1: error: a text has %s, %d and %%, at most 9" },
		{ T "{% tn \"one\" \"many\" %}", "t.html:1: error: {% tn %} wants an int argument to choose by" },
		{ T "{% t \"%s\" raw_html n %}",
		  "t.html:1: error: an argument of a text is an expression, or int, number, double1, date or instant and one" },
		{ T "{% c int x = 1 %}", "t.html:1: error: {% c statement; %} ends in a semicolon" },
		{ T "{% call f(sb, page); %}", "t.html:1: error: {% call f(sb, page) %} is a call without a semicolon" },
		{ T "{% include \"a.h\" %}", "t.html:1: error: {% include \"room/file.h\" %} stands at the top of the file" },
		{ "{% include a %}", "t.html:1: error: {% include \"room/file.h\" %} stands at the top of the file" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *code = NULL, *said = NULL;
		size_t n_code, n_said;
		FILE *out = open_memstream(&code, &n_code), *complaints = open_memstream(&said, &n_said);
		bool ok = template_compile("t.html", row[i].text, strlen(row[i].text), out, complaints);

		(void)fclose(out);
		(void)fclose(complaints);
		if (ok || n_said == 0 || said[n_said - 1] != '\n' || strncmp(said, row[i].said, n_said - 1) != 0 ||
		    strlen(row[i].said) != n_said - 1)
			fail_msg("%s:\nsaid: %sexpected: %s", row[i].text, said, row[i].said);
		free(code);
		free(said);
	}
}

static void
test_text_between_words_is_one_call(void **state)
{
	static const char text[] = T "\n<p>a</p>\n{# remark #}\n\t<p>\"b\" \\ ?</p>\n{% end %}";
	char *code = NULL;
	size_t n;
	FILE *out = open_memstream(&code, &n);

	(void)state;
	assert_true(template_compile("t.html", text, strlen(text), out, NULL));
	(void)fclose(out);
	assert_non_null(strstr(code, "sb_add_n(sb, \"<p>a</p>\\n<p>\\\"b\\\" \\\\ \\077</p>\", 23);"));
	assert_null(strstr(strstr(code, "sb_add_n") + 1, "sb_add_n"));
	free(code);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_template_prints),
		cmocka_unit_test(test_what_it_says_about_a_bad_template),
		cmocka_unit_test(test_text_between_words_is_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

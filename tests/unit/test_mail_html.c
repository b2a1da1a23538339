/* tests/unit/test_mail_html.c: strangers' HTML is made harmless, and made text */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/html.h"

static struct arena *arena;

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_open();
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(arena);
	return 0;
}

#define SAFE_LINK(url) "<a href=\"" url "\" rel=\"noreferrer noopener\">"

static void
test_only_what_is_on_the_list_is_written(void **state)
{
	static const struct { const char *html, *out, *why; } row[] = {
		{ "<p>Hej <b>du</b></p>", "<p>Hej <strong>du</strong></p>", "everyday" },
		{ "a<script>alert('</p>')</script>b", "ab", "script" },
		{ "a<SCRIPT src=//x>1</ScRiPt >b", "ab", "script, odd case" },
		{ "<style>p{}</style>x<title>t</title>", "x", "style, title" },
		{ "<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)", "a tag in a tag" },
		{ "<p onclick=alert(1) style='x' class=y id=z>t</p>", "<p>t</p>", "attributes" },
		{ "<img src=http://x/p.gif onerror=alert(1)>", "", "remote picture" },
		{ "<img alt='En k&auml;lla' src=cid:1>", "[En källa]", "picture with words" },
		{ "<a href='https://example.org/?a=1&amp;b=2'>x</a>", SAFE_LINK("https://example.org/?a=1&amp;b=2") "x</a>", "link" },
		{ "<a href='javascript:alert(1)'>x</a>", "x", "javascript" },
		{ "<a href=' jAva\tscr&#10;ipt&colon;alert(1)'>x</a>", "x", "javascript, hidden" },
		{ "<a href=\"&#106;avascript:alert(1)\">x</a>", "x", "javascript in references" },
		{ "<a href=\"data:text/html,x\">x</a><a href=/rel>y</a><a href=//h>z</a>", "xyz", "data and relative" },
		{ "<a href='http://x\"onclick=alert(1)'>x</a>", SAFE_LINK("http://x&quot;onclick=alert(1)") "x</a>", "quote in a link" },
		{ "<a href=mailto:a@example.org>m</a>", SAFE_LINK("mailto:a@example.org") "m</a>", "mailto" },
		{ "<form action=x><input name=y><button>b</button></form>", "b", "form" },
		{ "<iframe src=x>inside</iframe><object data=x>o</object><embed src=x>", "o", "frames" },
		{ "<svg><a xlink:href='javascript:1'>x</a><style><img src=x onerror=1></style></svg>", "x", "foreign content" },
		{ "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<table></table>",
		    "mutation" },
		{ "<!-- c --><!--[if mso]><p>x</p><![endif]-->t<!doctype x><?xml y?>", "t", "comments" },
		{ "<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c</div>", "what is left open is closed" },
		{ "<ul><li>a<li>b</ul></div></p>", "<ul><li>a</li><li>b</li></ul>", "what was not open is not closed" },
		{ "<b><i>x</b>y</i>", "<strong><em>x</em></strong>y", "crossed" },
		{ "<table><tr><td colspan=2 rowspan=x onx=1>a<td>b<tr><td>c</table>",
		    "<table><tr><td colspan=\"2\">a</td><td>b</td></tr><tr><td>c</td></tr></table>", "table" },
		{ "<h1>T</h1>", "<p>T</p>", "no headings among ours" },
		{ "1 < 2 && 3 > 2 <3", "1 &lt; 2 &amp;&amp; 3 &gt; 2 &lt;3", "lone signs" },
		{ "&lt;script&gt; &#60;b&#x3e; &#0; &#xd800; &#1; &aring;&Aring;&euro;&#150;", "&lt;script&gt; &lt;b&gt; \xef\xbf\xbd "
		    "\xef\xbf\xbd  åÅ€–", "references" },
		{ "<p title='>", "<p></p>", "a quote that never ends" },
		{ "<p dir=rtl>x</p><p dir=x>y</p>", "<p dir=\"rtl\">x</p><p>y</p>", "direction" },
		{ "<base href=//x><meta http-equiv=refresh content=0><link rel=stylesheet href=x>t", "t", "head" },
		{ "<plaintext>x</plaintext><xmp><b>y</xmp>", "x", "old raw elements" },
		{ "<", "&lt;", "nothing but a sign" }, { "</", "&lt;/", "half an end" }, { "<a", "", "half a tag" },
		{ "<!--", "", "half a comment" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *got = mail_html_sanitise(arena, row[i].html, strlen(row[i].html));

		if (strcmp(got, row[i].out) != 0)
			fail_msg("%s: got %s, expected %s", row[i].why, got, row[i].out);
	}
}

static void
test_text_of_a_page(void **state)
{
	static const struct { const char *html, *out, *why; } row[] = {
		{ "<p>En</p><p>Två</p>", "En\n\nTvå\n", "paragraphs" },
		{ "<div>a</div><div>b</div>", "a\nb\n", "divisions" },
		{ "a<br>b<br><br>c", "a\nb\n\nc\n", "breaks" },
		{ "  a \n\t b&nbsp;&nbsp; c ", "a b c\n", "white space" },
		{ "<ul><li>a<li>b</ul>c", "- a\n- b\n\nc\n", "list" },
		{ "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n>>\n>> c\n\nd\n", "quotation" },
		{ "<pre>a\n  b</pre>", "a\n  b\n", "as it stands" },
		{ "<a href='https://example.org/'>här</a>", "här <https://example.org/>\n", "link" },
		{ "<a href='https://example.org/'>https://example.org/</a>", "https://example.org/\n", "link that says itself" },
		{ "<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc\n", "table" },
		{ "<style>x</style><script>y</script>z", "z\n", "not for people" },
		{ "<img alt=logga><hr>", "[logga]\n----\n", "picture, rule" },
		{ "<p> </p>", "", "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *got = mail_html_text(arena, row[i].html, strlen(row[i].html));

		if (strcmp(got, row[i].out) != 0)
			fail_msg("%s: got \"%s\", expected \"%s\"", row[i].why, got, row[i].out);
	}
}

static void
test_much_is_cut_and_still_whole(void **state)
{
	size_t n = 6 * 1024 * 1024;
	char *html = arena_alloc(arena, n + 1), *out;

	(void)state;
	for (size_t i = 0; i + 8 <= n; i += 8)
		memcpy(html + i, "<b>&\"åä", 8);
	out = mail_html_sanitise(arena, html, n);
	assert_true(strlen(out) <= MAIL_HTML_MAX);
	assert_true(utf8_valid(out));
	assert_string_equal(out + strlen(out) - 9, "</strong>");
	out = mail_html_text(arena, html, n);
	assert_true(utf8_valid(out));
	for (size_t i = 0; i + 3 <= n; i += 3)		/* must not take quadratic time */
		memcpy(html + i, "<a\"", 3);
	(void)mail_html_sanitise(arena, html, n);
	for (size_t i = 0; i + 8 <= n; i += 8)
		memcpy(html + i, "<script ", 8);
	(void)mail_html_sanitise(arena, html, n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_is_on_the_list_is_written),
		cmocka_unit_test(test_text_of_a_page),
		cmocka_unit_test(test_much_is_cut_and_still_whole),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}

/* tests/fuzz/fuzz_html.c: a stranger's HTML; what is written is of our list, whole and harmless
 *
 * The check reads the output strictly, by itself: every < begins a tag that we may write, in the one form we write it,
 * and tags are closed in order. */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const allowed[] = {
	"a", "abbr", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "ins", "kbd",
	"li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
	"th", "thead", "tr", "ul",
};
static const char *const attributes[] = {
	" href=\"http://", " href=\"https://", " href=\"mailto:", " href=\"tel:", " rel=\"noreferrer noopener\"",
	" colspan=\"", " rowspan=\"", " dir=\"ltr\"", " dir=\"rtl\"",
};

static const char *
name_at(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
		if (strlen(allowed[i]) == n && memcmp(allowed[i], p, n) == 0)
			return allowed[i];
	}
	assert(!"a tag that is not on the list");
	return "";
}

static void
check(const char *p)
{
	const char *open[64];
	size_t n_open = 0;

	while ((p = strpbrk(p, "<>\"'")) != NULL) {
		const char *name;
		bool known;

		assert(*p == '<');		/* the others are escaped in text */
		if (p[1] == '/') {
			name = name_at(p + 2);
			assert(n_open > 0 && strcmp(open[--n_open], name) == 0);
			p += 2 + strlen(name);
			assert(*p++ == '>');
			continue;
		}
		name = name_at(p + 1);
		for (p += 1 + strlen(name); *p != '>'; p = strchr(strchr(p, '"') + 1, '"') + 1) {
			known = false;
			for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
				size_t n = strlen(attributes[i]), n_scheme = strcspn(attributes[i], ":");

				known |= strncasecmp(p, attributes[i], i < 4 ? n_scheme + 1 : n) == 0;
			}
			assert(known);
		}
		p++;
		if (strcmp(name, "br") != 0 && strcmp(name, "hr") != 0) {
			assert(n_open < ARRAY_LEN(open));
			open[n_open++] = name;
		}
	}
	assert(n_open == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	char *html = utf8_clean(a, (const char *)data, size), *text, *safe = mail_html_sanitise(a, html, strlen(html));

	assert(utf8_valid(safe) && strlen(safe) <= MAIL_HTML_MAX);
	check(safe);
	text = mail_html_text(a, html, strlen(html));
	assert(utf8_valid(text));
	(void)mail_html_charset(a, (const char *)data, size);
	arena_close(a);
	return 0;
}

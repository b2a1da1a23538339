/* tests/fuzz/fuzz_escape.c: what a person wrote never becomes markup, whatever it is and wherever it is put */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/html.h"
#include "base/sb.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text that a browser reads from our escaped one. */
static char *
unescaped(struct arena *a, const char *html)
{
	static const struct { const char *escape; char byte; } row[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' },
	};
	char *out = arena_alloc(a, strlen(html) + 1);
	size_t n = 0;

	while (*html != '\0') {
		size_t i = 0;

		if (*html != '&') {
			out[n++] = *html++;
			continue;
		}
		while (i < ARRAY_LEN(row) && strncmp(html, row[i].escape, strlen(row[i].escape)) != 0)
			i++;
		assert(i < ARRAY_LEN(row));		/* no ampersand of theirs is left bare */
		out[n++] = row[i].byte;
		html += strlen(row[i].escape);
	}
	return out;
}

static const char *
printed(struct arena *a, void (*print)(struct sb *, const char *), const char *text)
{
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	print(&sb, text);
	assert(!sb.full);
	return sb_str(&sb);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	char *text = utf8_clean(a, (const char *)data, size);
	const struct html_arg arg[] = { html_arg_text(text), html_arg_int((int64_t)size) };
	const char *html = printed(a, html_text, text);
	struct sb sb;

	assert(utf8_valid(text));
	assert(strpbrk(html, "<>\"'") == NULL && strcmp(unescaped(a, html), text) == 0);
	html = printed(a, html_json, text);
	assert(strpbrk(html, "<>\"'") == NULL);
	html = unescaped(a, html);		/* a JSON string with its two quotes */
	assert(html[0] == '"' && html[strlen(html) - 1] == '"' && strlen(html) >= 2);
	html = printed(a, html_url, text);
	assert(strspn(html, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%") == strlen(html));

	/* As a translated text, which a careless translator may fill with anything. */
	sb_init(&sb, a, 64 << 20);
	html_message(&sb, text, arg, ARRAY_LEN(arg));
	assert(strpbrk(sb_str(&sb), "<>\"'") == NULL);
	arena_close(a);
	return 0;
}

/* tests/fuzz/fuzz_query.c: a page's address, as it is read and as it is written again to come back to
 *
 * The path up to the first '?', the query after it. What was accepted once, written again, reads the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "http/form.h"
#include "http/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	const char *text = arena_strndup(a, (const char *)data, size);
	size_t n = strcspn(text, "?");
	const char *query = text[n] == '?' ? text + n + 1 : "";
	char *path = path_decode(a, text, n);
	struct field_list list = { 0 };
	struct err err = { 0 };

	if (path != NULL) {
		const char *address = path_address(a, path, "");

		assert(path_is_clean(path) && utf8_valid(path));
		assert(strstr(path, "/../") == NULL && strstr(path, "//") == NULL);
		assert(path_is_ours(address));		/* what we came from we may be sent back to */
		if (strcmp(address, "/") != 0)
			assert(strcmp(path_decode(a, address, strlen(address)), path) == 0);
	}
	if (form_parse(a, query, strlen(query), &list, &err)) {
		for (size_t i = 0; i < list.n; i++)
			assert(utf8_valid(list.item[i].name) && utf8_valid(list.item[i].value));
	}
	arena_close(a);
	return 0;
}

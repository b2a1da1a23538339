/* tests/fuzz/fuzz_cookie.c: Cookie headers; the first byte chooses which name is looked for */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "session", "__Host-session", "s", "nk_visitor" };
	struct arena *a = arena_open();
	const char *name = names[size == 0 ? 0 : data[0] % ARRAY_LEN(names)];
	const char *header = arena_strndup(a, (const char *)data + (size > 0), size - (size > 0));
	const char *value = cookie_find(a, header, name), *again;

	if (value != NULL) {
		assert(utf8_valid(value) && strchr(value, ';') == NULL);
		/* It stands there: as the whole name, not as the end of another. */
		again = cookie_find(a, arena_printf(a, "x%s=no; %s=%s", name, name, value), name);
		assert(again != NULL && strcmp(again, value) == 0);
	}
	arena_close(a);
	return 0;
}

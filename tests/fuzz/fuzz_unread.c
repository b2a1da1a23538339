/* tests/fuzz/fuzz_unread.c: the glance at the header of a mail whose reading ended the program */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "contact/unread.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	const char *to = unread_field(a, (const char *)data, size, "to:"), *mark = "";

	assert(strpbrk(to, "\r\n\t") == NULL && strlen(to) <= size);
	if (unread_names(a, to, "kontakt@lillan.example", &mark))
		assert(strstr(to, "kontakt") != NULL && strstr(to, "@lillan.example") != NULL && (mark == NULL || strchr(mark, '@') == NULL));
	arena_close(a);
	return 0;
}

/* tests/fuzz/fuzz_reply.c: sharing out lines loses none
 *
 * Every byte that is not white space is in exactly one of the three parts. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += strchr(" \t\n\r\xc2\xa0", *s) == NULL;	/* a line of no-break spaces is blank too */
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	char *text = utf8_clean(a, (const char *)data, size);
	struct reply_parts parts = reply_split(a, text);

	assert(utf8_valid(parts.reply) && utf8_valid(parts.quoted) && utf8_valid(parts.signature));
	assert(count(parts.reply) + count(parts.quoted) + count(parts.signature) == count(text));
	arena_close(a);
	return 0;
}

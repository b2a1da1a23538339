/* tests/fuzz/fuzz_json.c: whatever arrives as JSON; what we accept, we print so that it reads back and prints the same
 * (500.0 comes back as the whole number 500: equal as a number, and printed alike) */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	json_t *value = NULL, *again = NULL;
	struct sb sb, twice;

	if (json_parse((const char *)data, size, &value, &err)) {
		sb_init(&sb, a, 64 << 20);
		json_print(&sb, value);
		assert(json_parse(sb_str(&sb), sb.len, &again, &err));
		sb_init(&twice, a, 64 << 20);
		json_print(&twice, again);
		assert(strcmp(sb_str(&sb), sb_str(&twice)) == 0);
		json_decref(value);
		json_decref(again);
	} else {
		assert(err.code == ERR_INPUT);
	}
	arena_close(a);
	return 0;
}

/* tests/fuzz/fuzz_mask.c: what is to be masked, as a person writes it: passages, a section, and the text they stand in
 *
 * The input is a passage, a line feed, a section, a line feed, and the text. What comes out is valid UTF-8; the ranges lie in
 * the text one after another; and a passage that nothing touches is not in it any more. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "registry/document_work.h"
#include "registry/secrecy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_ranges(const char *ranges, const char *text)
{
	json_t *list = NULL, *one;
	int64_t before = 0, length = (int64_t)utf8_length(text);
	struct err err = { 0 };
	size_t i;

	assert(json_parse(ranges, strlen(ranges), &list, &err));
	assert(json_array_size(list) > 0);
	json_array_foreach(list, i, one) {
		int64_t from = json_i64_or(one, "from", -1), to = json_i64_or(one, "to", -1);

		assert(from >= before && from < to && to <= length);
		before = to;
	}
	json_decref(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	char *all = utf8_clean(a, (const char *)data, size), *text, *section;
	struct mask mask = { .passage = all };
	const char *masked, *ranges;
	struct err err = { 0 };

	if ((section = strchr(all, '\n')) != NULL && (text = strchr(section + 1, '\n')) != NULL) {
		*section++ = '\0';
		*text++ = '\0';
		mask.section = secrecy_section(a, section);
		if (mask.section == NULL)
			mask.section = "OSL 21:1";
		assert(secrecy_section(a, mask.section) != NULL);
		if (mask_text(a, text, &mask, 1, &masked, &ranges, &err)) {
			assert(utf8_valid(masked));
			check_ranges(ranges, text);
		} else {
			assert(err.code == ERR_INPUT && err.person != NULL);
		}
	}
	arena_close(a);
	return 0;
}

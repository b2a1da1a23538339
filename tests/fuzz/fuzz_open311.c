/* tests/fuzz/fuzz_open311.c: what other systems post ('p') and ask ('q', or anything) by Open311; what goes out reads back */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "open311/open311.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
written(struct arena *a, const char *text)
{
	struct sb sb;
	struct out o = { .sb = &sb, .json = true };
	json_t *value;

	sb_init(&sb, a, 1 << 20);
	out_begin(&o, "list", OUT_LIST);
	out_begin(&o, "item", OUT_OBJECT);
	out_text(&o, "text", text);
	out_end(&o);
	out_end(&o);
	value = json_loads(sb_str(&sb), 0, NULL);
	assert(value != NULL && strcmp(json_string_value(json_object_get(json_array_get(value, 0), "text")), text) == 0);
	json_decref(value);
	sb_clear(&sb);
	o.json = false;
	out_begin(&o, "item", OUT_OBJECT);
	out_text(&o, "text", text);
	out_end(&o);
	assert(strstr(sb_str(&sb), "</text>\n</item>\n") != NULL && utf8_valid(sb_str(&sb)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct service_choice choice[] = { { "x", "Ex" }, { "y", "Why" } };
	static struct service_attribute asks[] = {
		{ .code = "A", .datatype = "number", .description = "How many?", .asks = true, .required = true, .active = true },
		{ .code = "B", .datatype = "multivaluelist", .description = "Which?", .asks = true, .active = true, .choice = choice,
		    .n_choices = 2 },
		{ .code = "C", .datatype = "datetime", .description = "When?", .asks = true, .active = true },
	};
	struct service_attribute_list list = { asks, 3 };
	struct arena *a = arena_open();
	const char *bytes = size > 0 ? (const char *)data + 1 : "";
	size_t n = size > 0 ? size - 1 : 0;
	struct problems p = { 0 };

	if (size > 0 && data[0] == 'p') {
		struct posted in;
		json_t *given;

		posted_parse(a, "en", bytes, n, &in, &p);
		posted_attributes(a, "en", bytes, n, &list, &in, &p);
		assert(utf8_valid(in.description) && utf8_valid(in.answers) && utf8_valid(in.api_key));
		assert(!in.has_place || (in.lat >= -90 && in.lat <= 90 && in.lon >= -180 && in.lon <= 180));
		if (p.n == 0 && in.attributes != NULL) {
			given = json_loads(in.attributes, 0, NULL);
			assert(given != NULL);
			json_decref(given);
		}
		assert(p.n > 0 || in.service_code[0] != '\0');
		if (n < 10000)
			written(a, in.description);
	} else {
		struct asked q;

		asked_parse(a, "en", utf8_clean(a, bytes, n), 1799651520, &q, &p);
		assert(q.page >= 1 && q.page_size >= 1 && q.page_size <= OPEN311_MOST);
		assert(p.n > 0 || q.to - q.from <= (int64_t)OPEN311_DAYS * 86400);
		assert(p.n > 0 || q.open || q.closed);
	}
	assert(p.n <= PROBLEMS_MAX && (p.n == 0) == (p.status == 0));
	for (size_t i = 0; i < p.n; i++)
		assert(utf8_valid(p.item[i].text));
	arena_close(a);
	return 0;
}

/* tests/fuzz/fuzz_form.c: urlencoded forms, from browsers and from others */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct field_list list = { 0 };
	struct err err = { 0 };

	if (form_parse(a, (const char *)data, size, &list, &err)) {
		for (size_t i = 0; i < list.n; i++) {
			assert(utf8_valid(list.item[i].name) && utf8_valid(list.item[i].value));
			assert(strchr(list.item[i].name, '\r') == NULL && strchr(list.item[i].value, '\r') == NULL);
			assert(field_find(&list, list.item[i].name) != NULL);
		}
		assert(list.n <= FIELDS_MAX);
	} else {
		assert(err.code == ERR_INPUT && err.person != NULL);
	}
	arena_close(a);
	return 0;
}

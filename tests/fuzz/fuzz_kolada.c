/* tests/fuzz/fuzz_kolada.c: whatever is loaded as a file from Kolada */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "mystery/kolada.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct kolada_file f;
	struct err err = { 0 };

	if (!kolada_parse(a, (const char *)data, size, &f, &err)) {
		assert(err.code == ERR_INPUT && err.person != NULL);
		arena_close(a);
		return 0;
	}
	assert(f.n_faults <= KOLADA_FAULTS_MAX && f.n_faults <= f.n_bad);
	for (size_t i = 0; i < f.n_indicators; i++)
		assert(f.indicator[i].id[0] != '\0' && utf8_valid(f.indicator[i].title) && utf8_valid(f.indicator[i].description));
	for (size_t i = 0; i < f.n_municipalities; i++)
		assert(f.municipality[i].id[0] != '\0' && utf8_valid(f.municipality[i].name));
	for (size_t i = 0; i < f.n_values; i++)
		assert(isfinite(f.value[i].value) && f.value[i].year >= 1900 && f.value[i].indicator_id[0] != '\0');
	arena_close(a);
	return 0;
}

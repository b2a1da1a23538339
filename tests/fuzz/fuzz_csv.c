/* tests/fuzz/fuzz_csv.c: whatever somebody calls a CSV file; and what we write reads back */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The rows as we write them: comma, CRLF. */
static const char *
written(struct arena *a, const struct csv *csv)
{
	struct sb sb;

	sb_init(&sb, a, 64 << 20);
	for (size_t i = 0; i < csv->n; i++) {
		for (size_t k = 0; k < csv->row[i].n; k++) {
			if (k > 0)
				sb_add_c(&sb, ',');
			sb_csv(&sb, csv->row[i].field[k]);
		}
		sb_add(&sb, "\r\n");
	}
	return sb_str(&sb);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct csv csv, again;
	const char *text;

	if (csv_parse(a, (const char *)data, size, &csv, &err)) {
		for (size_t i = 0; i < csv.n; i++) {
			assert(csv.row[i].n >= 1 && csv.row[i].n <= CSV_FIELDS_MAX);
			for (size_t k = 0; k < csv.row[i].n; k++)
				assert(utf8_valid(csv.row[i].field[k]));
		}
		text = written(a, &csv);
		assert(csv_parse(a, text, strlen(text), &again, &err));
	} else {
		assert(err.code == ERR_INPUT);
	}
	arena_close(a);
	return 0;
}

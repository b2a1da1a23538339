/* base/csv.c: one pass, fields unquoted into the arena */
#include "base/csv.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

/* The separator is the one of , ; TAB that stands most often outside quotes on the first line. */
static char
find_separator(const char *p, const char *end)
{
	static const char candidate[] = { ',', ';', '\t' };
	size_t count[3] = { 0 };
	bool quoted = false;
	size_t best = 0;

	for (; p < end && (quoted || (*p != '\n' && *p != '\r')); p++) {
		if (*p == '"')
			quoted = !quoted;
		for (size_t i = 0; i < 3; i++)
			count[i] += !quoted && *p == candidate[i];
	}
	for (size_t i = 1; i < 3; i++)
		best = count[i] > count[best] ? i : best;
	return candidate[best];
}

/* One field from *at; moves *at behind it and *line over newlines inside quotes. NULL: unclosed quote. */
static const char *
take_field(struct arena *a, const char **at, const char *end, char separator, size_t *line)
{
	const char *p = *at;
	char *out;

	if (p < end && *p == '"') {
		size_t cap = 64, len = 0;

		out = arena_alloc(a, cap);
		for (p++;; p++) {
			if (p >= end)
				return NULL;
			if (*p == '"' && !(p + 1 < end && p[1] == '"'))
				break;
			if (*p == '"')
				p++;
			*line += *p == '\n';
			if (len + 1 >= cap) {
				out = arena_grow(a, out, cap, cap * 2);
				cap *= 2;
			}
			out[len++] = *p;
		}
		out[len] = '\0';
		p++;
		while (p < end && *p != separator && *p != '\n' && *p != '\r')
			p++;		/* stray text after the closing quote is dropped */
	} else {
		const char *from = p;

		while (p < end && *p != separator && *p != '\n' && *p != '\r')
			p++;
		out = arena_strndup(a, from, (size_t)(p - from));
	}
	*at = p;
	return out;
}

bool
csv_parse(struct arena *a, const char *data, size_t n, struct csv *out, struct err *err)
{
	struct csv csv = { 0 };
	size_t cap = 0, line = 1;
	const char *p, *end;

	if (n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		n -= 3;
	}
	data = utf8_valid_n(data, n) ? data : utf8_from_latin1(a, data, n);
	n = utf8_valid_n(data, n) ? n : strlen(data);
	p = data;
	end = data + strnlen(data, n);
	csv.separator = find_separator(p, end);
	while (p < end) {
		const char *field[CSV_FIELDS_MAX];
		struct csv_row row = { .line = line };

		for (;;) {
			if (row.n == CSV_FIELDS_MAX)
				return err_set(err, ERR_INPUT, "line %zu: more than %d fields", row.line,
				    CSV_FIELDS_MAX);
			field[row.n] = take_field(a, &p, end, csv.separator, &line);
			if (field[row.n] == NULL)
				return err_set(err, ERR_INPUT, "line %zu: a quote is not closed", row.line);
			row.n++;
			if (p >= end || *p != csv.separator)
				break;
			p++;
		}
		if (p < end && *p == '\r')
			p++;
		if (p < end && *p == '\n')
			p++;
		line++;
		if (row.n == 1 && field[0][0] == '\0')
			continue;
		row.field = arena_memdup(a, field, row.n * sizeof(*field));
		if (csv.n == cap) {
			csv.row = arena_grow(a, csv.row, cap * sizeof(row), (cap == 0 ? 64 : cap * 2) * sizeof(row));
			cap = cap == 0 ? 64 : cap * 2;
		}
		csv.row[csv.n++] = row;
	}
	*out = csv;
	return true;
}

int
csv_column(const struct csv *csv, const char *name)
{
	if (csv->n == 0)
		return -1;
	for (size_t i = 0; i < csv->row[0].n; i++) {
		const char *f = csv->row[0].field[i] + strspn(csv->row[0].field[i], " ");
		size_t n = strlen(f);

		while (n > 0 && f[n - 1] == ' ')
			n--;
		if (n == strlen(name) && strncasecmp(f, name, n) == 0)
			return (int)i;
	}
	return -1;
}

const char *
csv_field(const struct csv_row *row, int i)
{
	return i >= 0 && (size_t)i < row->n ? row->field[i] : "";
}

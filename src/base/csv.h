/* base/csv.h: reading RFC 4180 and what people really send
 *
 * Separator comma, semicolon or tab (found on the first line), LF or CRLF, quoted fields with doubled quotes,
 * a UTF-8 byte order mark skipped; text that is not UTF-8 is read as Windows-1252. Writing is sb_csv. */
#ifndef BASE_CSV_H
#define BASE_CSV_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

struct csv_row {
	size_t line;		/* where it begins, 1 for the first */
	size_t n;
	const char **field;	/* valid UTF-8 */
};
struct csv {
	size_t n;
	struct csv_row *row;	/* empty lines are left out */
	char separator;
};

#define CSV_FIELDS_MAX 500

/* Everything lives in `a`. ERR_INPUT: an unclosed quote, or more than CSV_FIELDS_MAX fields; the log says the line. */
bool csv_parse(struct arena *a, const char *data, size_t n, struct csv *out, struct err *err);
/* The column of the header row with this name (case-insensitive, outer spaces ignored), or -1. */
int csv_column(const struct csv *csv, const char *name);
/* Field i of the row, "" when the row is too short or i < 0. */
const char *csv_field(const struct csv_row *row, int i);
#endif

/* planning/election_import.c: from a table of results to a scenario file */
#include "planning/election_import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"

enum { DISTRICTS_MAX = 20000, BAD_MAX = 100 };

enum column { YEAR, DISTRICT, ELECTION, ELIGIBLE, VOTED, COLUMNS };
static const char *const columns[COLUMNS] = { "year", "district", "election", "eligible", "voted" };

/* A whole number of persons; false for anything else. */
static bool
count_of(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && *end == '\0' && *out >= 0 && *out <= 1e6 && *out == floor(*out);
}

static struct election_district *
district_of(struct arena *a, struct election_file *file, const char *year, const char *name)
{
	struct election_district *d;

	for (size_t i = file->n; i-- > 0;) {
		d = &file->district[i];
		if (strcmp(d->name, name) == 0 && strcmp(d->year, year) == 0)
			return d;
	}
	if (file->n == DISTRICTS_MAX)
		return NULL;
	d = &file->district[file->n++];
	*d = (struct election_district){ .year = arena_strdup(a, year), .name = arena_strdup(a, name) };
	return d;
}

/* NULL, or what is wrong with the row. */
static const char *
take_row(struct arena *a, const struct csv_row *row, const int *column, struct election_file *file)
{
	const char *name = csv_field(row, column[DISTRICT]);
	struct election_district *d;
	double eligible, voted;

	if (*name == '\0')
		return "the district has no name";
	if (!count_of(csv_field(row, column[ELIGIBLE]), &eligible))
		return "eligible must be a whole number from 0 to 1000000";
	if (!count_of(csv_field(row, column[VOTED]), &voted))
		return "voted must be a whole number from 0 to 1000000";
	if (voted > eligible)
		return "more voted than were eligible";
	if ((d = district_of(a, file, csv_field(row, column[YEAR]), name)) == NULL)
		return "too many districts in one file";
	d->registered = fmax(d->registered, eligible);
	d->voted = fmax(d->voted, voted);
	return NULL;
}

bool
election_read(struct arena *a, const char *data, size_t n, struct election_file *out, struct err *err)
{
	struct election_file file = { .bad = arena_array(a, BAD_MAX, sizeof(*file.bad)) };
	int column[COLUMNS];
	struct csv csv;

	if (!csv_parse(a, data, n, &csv, err))
		return false;
	if (csv.n == 0)
		return err_set(err, ERR_INPUT, "the file is empty; a first line with the columns year,district,election,eligible,voted is expected");
	for (size_t i = 0; i < COLUMNS; i++) {
		column[i] = csv_column(&csv, columns[i]);
		if (column[i] < 0)
			return err_set(err, ERR_INPUT, "line 1: there is no column %s; year,district,election,eligible,voted are expected",
			    columns[i]);
	}
	file.district = arena_array(a, csv.n < DISTRICTS_MAX ? csv.n : DISTRICTS_MAX, sizeof(*file.district));
	for (size_t i = 1; i < csv.n; i++) {
		const char *why = take_row(a, &csv.row[i], column, &file);

		if (why != NULL && file.n_bad < BAD_MAX)
			file.bad[file.n_bad++] = arena_printf(a, "line %zu: %s", csv.row[i].line, why);
	}
	*out = file;
	return true;
}

/* [ASSUMPTION] More in the late morning and before supper; relative numbers. To be replaced by the place's own counting. */
static const struct { const char *at; double value; } profile[] = {
	{ "08:00", 0.7 }, { "10:00", 1.2 }, { "12:00", 1.3 }, { "14:00", 1.2 }, { "16:30", 1.4 }, { "18:30", 1.0 }, { "20:00", 0.5 },
};

json_t *
election_scenario(const struct election_district *d, double early)
{
	json_t *stream, *knots = json_array();
	char name[300], note[400];

	(void)snprintf(name, sizeof(name), "%s, as in %s", d->name, d->year);
	(void)snprintf(note, sizeof(note), "%.0f of %.0f registered voted in %s. Assumed: %.0f %% of them in advance, the profile over the day, and "
	    "the preset's stages and times.", d->voted, d->registered, d->year, 100 * early);
	for (size_t i = 0; i < ARRAY_LEN(profile); i++)
		(void)json_array_append_new(knots, json_pack("{s:s, s:f}", "at", profile[i].at, "value", profile[i].value));
	stream = json_pack("{s:s, s:f, s:f, s:o}", "name", "voters", "registered", d->registered, "share",
	    d->registered > 0 ? round(1e4 * d->voted * (1 - early) / d->registered) / 1e4 : 0.0, "knots", knots);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:[o], s:{s:i, s:f, s:f}}", "kind", "polling", "name", name, "note", note, "opens",
	    "08:00", "closes", "20:00", "preset", "general_election", "streams", stream, "target", "wait", 900, "share", 0.05, "confidence", 0.9);
}

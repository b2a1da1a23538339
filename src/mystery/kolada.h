/* mystery/kolada.h: the indicators of other municipalities, loaded from Kolada's files
 *
 * Kolada (kolada.se) holds key figures of all municipalities. Its catalogue (KPI ids with titles), its list of municipalities and
 * its values are loaded from files of its API or from CSV; which indicator belongs to which of our measures is found by searching
 * the titles and chosen by a person: ids change and are never compiled in.
 *
 * Read are: {"values": [{"id", "title", "description"}]} (catalogue; with "type" and no description: municipalities);
 * {"values": [{"kpi", "municipality", "period", "values": [{"gender", "value"}]}]} (the API); a list of {"kpi", "municipality_id",
 * "year", "gender", "value"}; and CSV with those columns. Of values only both genders together ("T"). Loading again changes
 * what is there and takes nothing away. What cannot be read is listed with its line or its place in the list. */
#ifndef MYSTERY_KOLADA_H
#define MYSTERY_KOLADA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"

struct arena; struct db; struct err;

enum { KOLADA_BYTES_MAX = 64 << 20, KOLADA_FAULTS_MAX = 100, KOLADA_TITLE_MAX = 500 };

struct kolada_indicator { const char *id, *title, *description; };
struct kolada_municipality { const char *id, *name, *kind; };
struct kolada_value { const char *indicator_id, *municipality_id; int64_t year; double value; };
struct kolada_fault { size_t place; const char *why; };	/* line of CSV, or number in the list from 1; why: N_() */
struct kolada_file {
	struct kolada_indicator *indicator; size_t n_indicators;
	struct kolada_municipality *municipality; size_t n_municipalities;
	struct kolada_value *value; size_t n_values;
	struct kolada_fault *fault; size_t n_faults;	/* at most KOLADA_FAULTS_MAX listed */
	size_t n_bad, n_empty;		/* not taken; without a value or of one gender */
	bool is_csv;
};

/* Pure; all in `a`, valid UTF-8. ERR_INPUT on "file": none of the forms above. */
bool kolada_parse(struct arena *a, const char *bytes, size_t n, struct kolada_file *out, struct err *err);

/* Stores what was read, in writes of some thousand rows. */
bool kolada_store(struct db *db, const struct change *by, const struct kolada_file *in, struct err *err);

/* Indicators whose title has all the words, in any case and order; the shortest titles first. Words have a space between. */
struct kolada_hits { struct kolada_indicator *item; size_t n; };
bool kolada_search(struct db *db, struct arena *a, const char *words, size_t limit, struct kolada_hits *out, struct err *err);
bool kolada_get(struct db *db, struct arena *a, const char *id, struct kolada_indicator *out, bool *found, struct err *err);
struct kolada_places { struct kolada_municipality *item; size_t n; };
bool kolada_municipalities(struct db *db, struct arena *a, struct kolada_places *out, struct err *err);
struct kolada_counts { int64_t indicators, municipalities, values; };
bool kolada_counts(struct db *db, struct kolada_counts *out, struct err *err);

/* The values of the municipalities ("K") in the newest year not after `year` (0: the newest) that has any; ascending. *own is NaN
 * when `municipality_id` (may be NULL) has none. n 0: there are none. */
struct kolada_year { int64_t year; double *value; size_t n; double own; };
bool kolada_values(struct db *db, struct arena *a, const char *indicator_id, const char *municipality_id, int64_t year,
    struct kolada_year *out, struct err *err);
#endif

/* planning/election_import.h: election results by polling district (valdistrikt), as scenarios to plan the next day from
 *
 * A file has a row for each year, district and election: year,district,election,eligible,voted,valid (base/csv.h says which
 * separators and encodings are read; the columns may stand in any order). Elections on the same day bring a voter once, so a
 * district's voters are the most who voted in any of them, and its registered the most who were eligible in any.
 * The results do not say who voted in advance: the share who do is asked for, with a default that is marked as assumed. */
#ifndef PLANNING_ELECTION_IMPORT_H
#define PLANNING_ELECTION_IMPORT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

struct arena; struct err;

struct election_district {
	const char *year, *name;
	double registered, voted;
};
struct election_file {
	size_t n; struct election_district *district;	/* in the file's order */
	size_t n_bad; const char **bad;			/* a sentence for each line that could not be used, with its number */
};

/* About what voted in advance in the general election of 2018; a setting. [ASSUMPTION] */
#define ELECTION_EARLY 0.43

/* In `a`. ERR_INPUT when the file is not CSV or lacks a column; lines that cannot be used are listed, the others kept. */
bool election_read(struct arena *a, const char *data, size_t n, struct election_file *out, struct err *err);

/* A scenario for the district, on the preset's stages and an assumed profile over 08-20; the caller owns it.
 * `early`: the share of those who voted who did so in advance, 0 to below 1. */
json_t *election_scenario(const struct election_district *d, double early);
#endif

/* figures/gaps.h: half-hours in which calls were lost, beside what the sign said
 *
 * A call is lost when it was abandoned or missed (call/call.h). For each unit and half-hour of the last weeks: how many called, how
 * many were lost, how many of those while the unit's hours said open, and whether anybody was answered at all. A half-hour that
 * was open and in which nobody was answered had nobody at the phone, whatever the roster says; if everybody of the unit was marked
 * absent that day, it says so. Counts alone: no numbers, no names. Calls that still ring, and our own, are not counted.
 * The rules are pure; gaps_store.c fetches. */
#ifndef FIGURES_GAPS_H
#define FIGURES_GAPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "hours/hours.h"
#include "people/permit.h"

struct arena; struct db; struct err;

enum { GAPS_WEEKS_MAX = 8, GAPS_WEEKS_USUAL = 4, GAPS_BUCKET_S = 300, GAPS_HALF_HOURS = 48 };

struct gaps_filter { struct date from, to; int64_t unit_id; };	/* both days included; unit_id 0: all she may see */

/* Calls to a unit that began in the same five minutes. */
struct gaps_bucket {
	int64_t authority_id, unit_id, at;	/* at: the beginning, UTC seconds */
	size_t calls, lost, answered;
	int64_t talk_s; size_t talks;		/* of those whose length is known */
};
/* A unit, and what its sign said. */
struct gaps_place { int64_t unit_id; const char *name; struct hours_plan plan; };

struct gap {				/* a unit's half-hour with lost calls */
	struct date date;
	int half_hour;			/* 0 is 0:00 to 0:30 */
	const char *unit;
	size_t calls, lost, lost_open;	/* lost_open: lost while the sign said open */
	bool nobody;			/* open, and nobody was answered */
	bool away;			/* open, and everybody of the unit was marked absent that day */
};
struct gaps_cell { size_t calls, lost, lost_open, nobody; };	/* nobody: how many half-hours of this kind */

struct gaps {
	size_t calls, lost, lost_open, nobody;	/* of the whole time */
	struct gaps_cell cell[7][GAPS_HALF_HOURS];	/* Monday 0 */
	size_t most;			/* lost calls of the worst cell */
	int worst_day, worst_half;	/* that cell; -1 when nothing was lost */
	struct gap *gap; size_t n_gaps;	/* by date and time */
	double per_day[7][GAPS_HALF_HOURS];	/* calls of a mean day of that weekday */
	double talk_s;			/* mean; NaN when not known */
	int first_half, last_half;	/* the part of the day with calls; first > last: none */
};

/* Buckets by unit and time, as the store gives them; places of all units there. All in `a`. */
void gaps_of(struct arena *a, const struct gaps_bucket *bucket, size_t n, const struct gaps_place *place, size_t n_places,
    const struct gaps_filter *f, struct gaps *out);

/* What the actor may count (ACT_COVERAGE). */
bool gaps_buckets(struct db *db, struct arena *a, const struct actor *actor, const struct gaps_filter *f,
    struct gaps_bucket **out, size_t *n, struct err *err);

/* A weekday's calls as a file for `narkontakt plan phones` (docs/queue.md); the caller owns it. */
json_t *gaps_scenario(const struct gaps *g, int weekday, const char *name);
json_t *gaps_json(const struct gaps *g, const struct gaps_filter *f);
#endif

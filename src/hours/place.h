/* hours/place.h: whose hours are these: authorities and units, with what is known of them
 *
 * A book is everything that decides about hours on and after a day, read once (and kept for a few seconds by hours_book());
 * from it the plan of any place is worked out in memory. A unit without weekly hours of a kind has those of the nearest place above
 * it that has some, up to its authority. Everybody is away on a day when each account that works there, or in a unit below, is
 * absent and has no stand-in who is there; a place with no accounts of its own is never said to be empty. */
#ifndef HOURS_PLACE_H
#define HOURS_PLACE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "hours/hours.h"
#include "hours/opening.h"
#include "people/absence.h"
#include "people/office.h"

struct arena; struct db; struct err;

struct hours_worker { int64_t account_id, unit_id; };

struct hours_book {
	struct date today;
	struct authority_list authorities;
	struct unit_list units;
	struct opening_list hours;
	struct opening_exception_list exceptions;	/* from `today` on, and those that still run */
	struct local_day_list own_days;
	struct absence_list absences;
	const struct hours_worker *worker; size_t n_workers;
	int64_t first_unit_id;		/* shown first, and in one line on the start page and the form; 0: the first with hours */
};

/* As of a day; kept for KEPT_S seconds. NULL with *err. It lives until `a` is emptied. */
const struct hours_book *hours_book(struct db *db, struct arena *a, struct date today, struct err *err);
/* The same with what was so from the day `from` on, for looking back; not kept. */
bool hours_book_read(struct db *db, struct arena *a, struct date from, struct hours_book *out, struct err *err);

/* unit_id 0: the whole authority. Never fails: a place without hours has an empty plan. */
void hours_plan_of(const struct hours_book *book, struct arena *a, int64_t authority_id, int64_t unit_id,
    struct hours_plan *out);
bool hours_has(const struct hours_plan *plan, enum hours_kind kind);

struct hours_place {
	int64_t authority_id, unit_id;
	const char *name, *authority_name;
	const char *phone, *email, *visiting_address;	/* NULL when none */
	struct hours_plan plan;
};
/* The places with weekly hours of their own that hold today or later; the first is first_unit_id's. All in `a`. */
size_t hours_places(const struct hours_book *book, struct arena *a, const struct hours_place **out);
/* The place that answers for a unit (0: the first): the unit itself if it, or one above it, has hours, else the first. False: none
 * has hours. */
bool hours_place_for(const struct hours_book *book, struct arena *a, int64_t unit_id, struct hours_place *out);

#define HOURS_FIRST_UNIT "hours.first_unit"	/* the setting */
#endif

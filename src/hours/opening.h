/* hours/opening.h: opening hours and their exceptions as rows, for the administration
 *
 * A row of hours belongs to a unit or a whole authority, an exception to those or to the whole municipality. Saves check what
 * they are given (ERR_INPUT names the field), write an event in the same transaction, and with id 0 make a new row; `seen` is the
 * mark of the row as the person saw it (people/office.h). What the rows mean stands in hours/hours.h. */
#ifndef HOURS_OPENING_H
#define HOURS_OPENING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"

struct arena; struct db; struct err;

struct opening {
	int64_t id, authority_id, unit_id;	/* unit_id 0: the whole authority */
	const char *kind;			/* "phone", "visit" */
	int64_t first_weekday, last_weekday;	/* 1 is Monday */
	const char *opens, *closes;		/* "08:00", "24:00"; saved from what people write: "8", "16.30" */
	const char *valid_from, *valid_to;	/* valid_to NULL: until further notice */
	bool always;				/* also on holidays */
	const char *authority_code, *unit_name;	/* when read */
};
struct opening_exception {
	int64_t id, authority_id, unit_id;	/* authority_id 0: the whole municipality */
	const char *kind;			/* NULL: both */
	const char *from_date, *to_date;	/* to_date NULL: the one day */
	const char *opens, *closes;		/* NULL: closed all day */
	const char *reason;			/* shown to all */
	const char *authority_code, *unit_name;
};
struct opening_list { struct opening *item; size_t n; };
struct opening_exception_list { struct opening_exception *item; size_t n; };

/* By place, kind and weekday; exceptions from the day `from` on ("" for all), by date. */
bool opening_list(struct db *db, struct arena *a, struct opening_list *out, struct err *err);
bool opening_exception_list(struct db *db, struct arena *a, const char *from, struct opening_exception_list *out,
    struct err *err);
/* ERR_NOT_FOUND. */
bool opening_get(struct db *db, struct arena *a, int64_t id, struct opening *out, struct err *err);
bool opening_exception_get(struct db *db, struct arena *a, int64_t id, struct opening_exception *out, struct err *err);

/* ERR_INPUT: place, kind, first_weekday, last_weekday, opens, closes, valid_from, valid_to. */
bool opening_save(struct db *db, const struct change *by, const struct opening *in, int64_t *id, struct err *err);
bool opening_remove(struct db *db, const struct change *by, int64_t id, struct err *err);
/* ERR_INPUT: place, kind, from_date, to_date, opens, closes, reason. A day is either closed or has times: not both. */
bool opening_exception_save(struct db *db, const struct change *by, const struct opening_exception *in, int64_t *id,
    struct err *err);
bool opening_exception_remove(struct db *db, const struct change *by, int64_t id, struct err *err);

const char *opening_mark(struct arena *a, const struct opening *r);
const char *opening_exception_mark(struct arena *a, const struct opening_exception *r);
#endif

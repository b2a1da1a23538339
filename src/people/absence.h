/* people/absence.h: who is away, until when, and who stands in
 *
 * The clock runs on while somebody is away (a contact came to the authority, not to the person): the stand-in and the
 * manager see what waits. Days are inclusive. Absences of one account do not overlap. */
#ifndef PEOPLE_ABSENCE_H
#define PEOPLE_ABSENCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"

struct arena; struct date; struct db; struct err;

struct absence {
	int64_t id, account_id, stand_in_id;	/* stand_in_id 0: none */
	const char *from_date, *to_date;	/* "2026-12-21" */
	const char *message;			/* to colleagues; NULL when none */
	const char *name, *stand_in_name;	/* when read */
};
struct absence_list { struct absence *item; size_t n; };

/* Her own from `from_date` on; everybody's that holds a day from..to. */
bool absence_list_of(struct db *db, struct arena *a, int64_t account_id, const char *from_date, struct absence_list *out,
    struct err *err);
bool absence_list_between(struct db *db, struct arena *a, const char *from, const char *to, struct absence_list *out,
    struct err *err);
/* Is this account away on that day? out->id 0 when not. */
bool absence_on(struct db *db, struct arena *a, int64_t account_id, struct date day, struct absence *out,
    struct err *err);
/* ERR_INPUT: from_date, to_date, stand_in_id, message. */
bool absence_add(struct db *db, const struct change *by, const struct absence *in, int64_t *id, struct err *err);
bool absence_remove(struct db *db, const struct change *by, int64_t account_id, int64_t id, struct err *err);
/* Whose stand-in she is on that day, for worklists: account ids. */
bool absence_stands_in_for(struct db *db, struct arena *a, int64_t account_id, struct date day, int64_t **out, size_t *n,
    struct err *err);
#endif

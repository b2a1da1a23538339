/* contact/clock.h: promises kept in time, and what happens when they are not
 *
 * The rules are in law/promise.h; here they meet the municipality's own promises (table promise), local days and pauses.
 * clock_tick() does everything that is due at an instant, once, whatever time has passed since the last one. */
#ifndef CONTACT_CLOCK_H
#define CONTACT_CLOCK_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err; struct date; struct law_closed;

struct clock_promise {
	int64_t confirm_by, answer_by;	/* instants: 24:00 of the last promised day */
	int confirm_days, answer_days;
	const char *explained;		/* JSON, in the arena */
};
/* What is promised for something received on `received`, by the most specific row of promise. */
bool clock_promise(struct db *db, struct arena *a, int64_t authority_id, const char *channel, int64_t category_id,
    struct date received, struct clock_promise *out, struct err *err);
/* The end of the n-th working day after the day of `from`. */
bool clock_working_days(struct db *db, struct arena *a, struct date from, int n, int64_t *by, const char **explained,
    struct err *err);

/* Working days after `from` up to and including `to`, the municipality's closed days left out. */
bool clock_days_between(struct db *db, struct arena *a, struct date from, struct date to, int *n, struct err *err);

/* The municipality's closed days from `from` on; half-days count as working days. */
bool clock_closed_days(struct db *db, struct arena *a, struct date from, struct law_closed *out, struct err *err);

struct clock_done {
	int64_t overdue[4];		/* contacts that reached each level now */
	int64_t unconfirmed;		/* that nobody had taken by the promised day */
	int64_t handed_back;		/* whose owner no longer works with them, or whose unit is closed */
	int64_t mails;
};
/* Everything that is due, each once: overdue 1 to the owner, 2 to the unit's manager, 3 to the department head (each level that was
 * passed, also when nothing ran meanwhile); that nobody has taken a contact by the promised day, to the manager; who is away has
 * her stand-in told too, and without a manager the head is told. What was had by somebody whose account is disabled, or whose roles
 * there have ended, goes back to its unit: a contact is never the task of somebody who cannot open it. What lies with a unit that is closed goes to the
 * one above it. */
bool clock_tick(struct db *db, int64_t now, struct clock_done *out, struct err *err);
#endif

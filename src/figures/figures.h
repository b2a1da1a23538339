/* figures/figures.h: how we answer, in figures that tell the truth
 *
 * From the contacts that came in a period: the share answered within the promise, the time to answer, and what was left out and
 * why. Who still waits is counted, as one who has waited so long and not yet been answered (Kaplan and Meier 1958): leaving
 * the open ones out would make us look faster the worse we are. Left out are only spam, contacts merged into another, and those
 * that cannot be answered (anonymous, no address), and the figures say how many (rule book 2.5).
 *
 * Time is working hours: 08-16 on working days [ASSUMPTION], so that a question on Friday evening has not waited all weekend.
 * The rules here are pure; figures_store.c fetches. */
#ifndef FIGURES_FIGURES_H
#define FIGURES_FIGURES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "people/permit.h"
#include "stats/survival.h"
#include "stats/xmr.h"

struct arena; struct db; struct err;

struct figures_filter {
	struct date from, to;		/* arrived on; both included */
	int64_t unit_id, category_id;	/* 0: any */
	const char *channel;		/* NULL: any */
};
#define FIGURES_DAYS_MAX 1100		/* longest period */

struct figures_case {
	int64_t arrived_at, answer_by, answered_at;	/* instants; answer_by and answered_at 0 when there is none */
	bool spam, merged, unreachable, direct;		/* direct: phone or visit */
	int satisfied;			/* -1 not said, 0, 1 */
	bool reopened, escalated;
};

struct figures_share { size_t n, of; double value, low, high; };	/* Wilson, 95 %; NaN when of is 0 */

struct figures_week { struct date monday; size_t due, kept; double share; };	/* by the promised day; NaN when nothing was due */

enum { FIGURES_HALF_HOURS = 48 };

struct figures {
	size_t n;			/* in the figures */
	size_t spam, merged, unreachable;	/* left out */
	size_t answered, open;
	struct figures_share promise;	/* of those due: answered in time. Late and still open is not in time */
	size_t not_due;			/* open, and the promise has not run out */
	struct survival_curve curve;	/* working hours; empty when n is 0 */
	double median, p90;		/* working hours; NaN: not reached */
	double mean_to; struct survival_mean mean;	/* within the first so many working hours; mean_to 0 when it cannot be told */
	struct figures_share first_contact;	/* phone and visits: answered within half an hour */
	struct figures_share reopened, escalated;	/* of those answered */
	struct figures_share satisfied;	/* of those who said */
	struct figures_week *week; size_t n_weeks;
	struct xmr xmr;			/* of the weeks' shares, per cent */
	size_t heat[7][FIGURES_HALF_HOURS];	/* arrivals by weekday (Monday 0) and half-hour */
	size_t heat_most;
};

/* Working hours between two instants, 0 when to <= from. */
double figures_working_hours(int64_t from, int64_t to);

/* At `now`. All lives in `a`. */
void figures_of(struct arena *a, const struct figures_case *c, size_t n, const struct figures_filter *f, int64_t now,
    struct figures *out);

/* The cases that the actor may count (ACT_FIGURES). ERR_INPUT: the period is empty or too long. */
bool figures_cases(struct db *db, struct arena *a, const struct actor *actor, const struct figures_filter *f,
    struct figures_case **out, size_t *n, struct err *err);

/* The caller owns it. Hours and shares as numbers, null where they cannot be told. */
json_t *figures_json(const struct figures *x, const struct figures_filter *f);
#endif

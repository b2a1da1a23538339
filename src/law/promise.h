/* law/promise.h: service promises in working days, and when they are broken
 *
 * A promise counts working days from the received date, that day not included, and lasts to midnight of its last day
 * (rule book 2.3). The municipality's closed days are not working days for promises; its half-days are. A promise that
 * is broken goes to the owner at once (level 1), to the manager three working days later (2), and to the department
 * head ten working days later (3) (rule book 2.4). A transfer does not restart it; a pause gives back the working days
 * it took. */
#ifndef LAW_PROMISE_H
#define LAW_PROMISE_H
#include "law/calendar.h"

struct law_closed { const struct date *day; size_t n; };	/* the municipality's own closed days, sorted */

/* The n-th working day after `from`, the municipality's own closed days left out too. */
struct law_period law_promise_days(struct date from, int n, const struct law_closed *closed);
/* Working days after `from` up to and including `to`; 0 when to <= from. */
int law_working_days_between(struct date from, struct date to, const struct law_closed *closed);

/* The instant a promise ends: 24:00 of the day. */
int64_t law_end_of(struct date day);
/* 0 to 3 at `now`, for a promise that ends at `by` (an instant of law_end_of). */
int law_overdue_level(int64_t by, int64_t now, const struct law_closed *closed);
/* When level 1, 2 or 3 is reached: level 1 at `by`; 2 and 3 from the morning (00:00) of the third and tenth working day
 * after the promised day. */
int64_t law_overdue_at(int64_t by, int level, const struct law_closed *closed);
#endif

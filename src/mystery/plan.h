/* mystery/plan.h: when the test questions are asked
 *
 * Pure. The working time of the period (between `opens` and `closes` on working days, the municipality's closed days left out,
 * its half-days cut) is laid end to end and shared out in as many equal parts as there are questions; each gets a second drawn in
 * its part, and which question goes where is shuffled. So they are spread over all the weeks, no pattern shows, and the same seed
 * gives the same plan for ever (SplitMix64, Steele, Lea and Flood 2014). */
#ifndef MYSTERY_PLAN_H
#define MYSTERY_PLAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/date.h"

struct arena; struct err;

enum { PLAN_DAYS_MAX = 366 };

struct plan_short_day { struct date day; int closes; };	/* minutes from midnight; 0: closed all day */
struct plan_period {
	struct date from, to;		/* both included */
	int opens, closes;		/* minutes from midnight */
	const struct plan_short_day *short_day; size_t n_short_days;
};

/* "08:00" as minutes; -1 when it is none. */
int plan_minutes(const char *text);

/* Instants for n questions: at[i] is question i's. ERR_INPUT: from_date, to_date, opens, closes, or to_date when the period has
 * less than ten working minutes a question. */
bool plan_times(struct arena *a, const struct plan_period *p, uint64_t seed, size_t n, int64_t **at, struct err *err);
/* Is `at` within the period's working time of its day? */
bool plan_open_at(const struct plan_period *p, int64_t at);
#endif

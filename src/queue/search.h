/* queue/search.h: the least number of stations and officials that meets a target, and what each of them is worth
 *
 * A search changes the number of servers in `parts`: a pool through the whole day, or through one period of it. Every
 * candidate is simulated with the same random numbers, so that a difference is the plan's and not chance's. The winner of a
 * search looks better than it is (it was chosen for looking good): the chosen plan and its neighbours are therefore simulated
 * again with fresh random numbers, and only those figures are reported.
 *
 * Steps (specification 1.10): a lower bound from the work of the day; a start from the load in the busiest hour with the
 * square-root rule, raised until the target is met; part by part bisection downwards; exchanges of one station here for one
 * there where that is cheaper; then no single station can be taken away. All is deterministic for a scenario and its seed. */
#ifndef QUEUE_SEARCH_H
#define QUEUE_SEARCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "queue/scenario.h"
#include "queue/sim.h"

struct arena; struct err;

struct search_part {
	size_t stage, pool;
	double from, to;		/* seconds; the whole day is 0 to closing */
	double cost;			/* of one server in it */
	double load;			/* mean busy servers its busiest interval needs, erlang */
	int least, most;
};

enum search_verdict { VERDICT_MET, VERDICT_ON_THE_LIMIT, VERDICT_NOT_MET };
/* A plan's figures against the target. For `days` the figure is the probability of a bad day, for `mean` the share who wait
 * too long, for `level` the share not answered in time: always at most `limit`. */
struct search_figures {
	struct sim_estimate figure;
	double limit;
	struct sim_estimate gave_up;	/* share of attempts; its limit is the target's max_abandon */
	struct sim_estimate wait_mean;	/* seconds */
	struct sim_estimate over;	/* share who wait more than the target's wait; NaN for `level` */
	enum search_verdict verdict;	/* by the interval: on the limit when it straddles */
};

struct search_step {			/* one server more or fewer in one part, all else as chosen */
	bool possible;
	struct search_figures at;
};

struct search_plan {
	size_t n_parts;
	struct search_part *part;
	int *servers;			/* [n_parts] chosen */
	double cost, officials;		/* officials at once at most, with fixed posts */
	double official_hours;		/* with fixed posts, opening to closing */
	struct search_figures at;	/* fresh random numbers */
	struct search_step *fewer, *more;	/* [n_parts]; NULL where not computed */
	int one_more;			/* the part to add to when the plan is on the limit, -1 when it is not */
	bool possible;			/* false: not met even with the most allowed; then servers are the most */
	bool stopped;			/* progress said stop: what is known so far, not the least */
	size_t evaluations;
};

struct search_options {
	uint64_t seed;
	int threads;
	size_t days;			/* each candidate; 0: 1,000 */
	size_t confirm_days;		/* the chosen and its neighbours; 0: 4,000 */
	bool (*progress)(void *context, size_t evaluations);	/* false stops */
	void *context;
};

/* Least constant numbers for each stage and pool. ERR_INPUT, field "target", when the scenario has none. */
bool search_stations(struct arena *a, const struct scenario *s, const struct search_options *o, struct search_plan *out,
    struct err *err);
/* Least numbers by the scenario's interval (telephone) or by the hour, for the pools that cost officials; the others as in
 * `stations`, which also is the most a period can have. stations NULL (telephone): no such bound.
 * Of the plans that cost the same as the one found, the smoothest is taken: servers are exchanged between periods of a pool
 * while the target holds and the sum of squares of the steps in (servers - load) falls, the greatest fall first, the earliest
 * in time where two are equal. */
bool search_periods(struct arena *a, const struct scenario *s, const struct search_plan *stations,
    const struct search_options *o, struct search_plan *out, struct err *err);

/* The scenario with the plan's numbers in it. Lives in `a`; borrows from both. */
struct sim_scenario search_apply(struct arena *a, const struct sim_scenario *s, const struct search_plan *plan);

/* Figures for `from` to `to` servers in one part, the rest as in the plan: what one more table buys. n is to - from + 1. */
bool search_curve(struct arena *a, const struct scenario *s, const struct search_plan *plan, size_t part, int from, int to,
    const struct search_options *o, struct search_figures *out, struct err *err);

/* Which input matters most: each at its low and high end (scenario.uncertainty), the rest as stated. Rows are sorted, the
 * widest first. `sim` is the plan to ask about. */
struct search_swing { const char *input; double low_input, high_input; struct search_figures low, high; };
struct search_tornado { size_t n; struct search_swing *row; struct search_figures base; };
bool search_tornado(struct arena *a, const struct scenario *s, const struct sim_scenario *sim, const struct search_options *o,
    struct search_tornado *out, struct err *err);
#endif

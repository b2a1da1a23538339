/* queue/exact.h: the same figures without chance, where theory has them, to lay beside the simulated ones
 *
 * One line with exponential service, Poisson arrivals whose rate changes over the day, any schedule of servers, and callers
 * who wait for ever or have exponential patience: Kolmogorov's forward equations (queue/transient.h) give its figures without
 * noise. Where a scenario is such a line, both are computed, and a disagreement beyond the simulation's own noise is a
 * defect of the program, to be reported and not averaged away. */
#ifndef QUEUE_EXACT_H
#define QUEUE_EXACT_H
#include <stdbool.h>
#include <stddef.h>
#include "queue/sim.h"

struct arena; struct err;

/* |simulated - exact| above this many standard errors (and above the tolerance of the integration) is a defect. */
#define EXACT_SIGMAS 4.5

struct exact_row {
	const char *figure;		/* "mean_wait", "over", "done_after", "empty_at_close" */
	double limit;			/* of "over", seconds; else NaN */
	double exact;
	struct sim_estimate simulated;
	bool agrees;
};
struct exact_side {
	const char *why_not;		/* a sentence marked N_(), NULL when the exact side exists */
	size_t n; struct exact_row *row;
	bool agrees;			/* all rows */
};

/* Lives in `a`. A scenario without an exact side is success: why_not says what stands in the way. */
bool exact_beside(struct arena *a, const struct sim_scenario *s, const struct sim_result *r, struct exact_side *out, struct err *err);

/* The fluid picture: people as water, n servers as a drain. Highest line (persons) and when (s), stage by stage; it
 * underestimates lines near capacity, and shows overload at a glance. */
struct fluid { double peak, peak_at, empty_at; };
void fluid_lines(const struct sim_scenario *s, struct fluid *out /* [n_stages] */);
#endif

/* planning/report.h: a plan's figures as JSON, as a table to read, as CSV and as charts
 *
 * All four are made from the same struct, so they cannot tell different stories. A number that cannot be told is null, or a
 * dash; never 0. Durations are seconds in JSON and CSV, minutes in the table. Every report says how it was made: method, seed,
 * number of days, what was assumed, and which of the three uncertainties a figure's interval holds (only the first):
 *   simulation noise	more days remove it: `low` to `high`
 *   day to day		`sd_between_days`, and quantiles over days: what planning must bear
 *   inputs		the swings: each input at its ends */
#ifndef PLANNING_REPORT_H
#define PLANNING_REPORT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "queue/exact.h"
#include "queue/scenario.h"
#include "queue/search.h"
#include "queue/sim.h"

struct arena; struct err; struct sb;

struct plan_report {
	const struct scenario *s;
	const struct sim_result *r;
	/* NULL or 0 where not made: */
	const struct exact_side *exact;
	const struct fluid *fluid;			/* [n_stages] */
	const struct search_plan *stations, *periods;
	const struct search_tornado *tornado;
	/* what one more buys at the part that is most often the bottleneck: servers from curve_from on */
	const struct search_figures *curve; size_t n_curve, curve_part; int curve_from;
	bool stopped;					/* by Ctrl-C: what was known then */
};

struct plan_comparison {
	struct plan_report before, after;
	struct sim_differences difference;
};

/* Figures of a simulation alone, what `calc simulate` prints; the caller owns the object. */
json_t *report_simulation(const struct scenario *s, const struct sim_result *r);
json_t *report_json(const struct plan_report *p);
json_t *report_comparison_json(const struct plan_comparison *c);

/* Rows figure,value,low,high,se of any of the objects above. */
void report_csv(struct sb *out, const json_t *report);

void report_table(struct arena *a, const struct plan_report *p, struct sb *out);
void report_comparison_table(struct arena *a, const struct plan_comparison *c, struct sb *out);

/* SVG documents: the line over the day with its band; what one more buys; the swings. Each is NULL when there is nothing to
 * draw. In `a`. */
struct report_charts { const char *queue, *more, *swings; };
bool report_charts(struct arena *a, const struct plan_report *p, struct report_charts *out, struct err *err);
#endif

/* stats/survival.h: how long until an answer, when some still wait
 *
 * A contact has a time (days, hours: any one unit) and either was answered then (event) or had waited so long and still
 * waits (censored). Leaving the open ones out makes answers look faster than they are, most in the latest month; the
 * product-limit curve does not. S(t) is the share not yet answered after t. Who is censored at t is at risk at t.
 * Sources: Kaplan and Meier 1958; Greenwood 1926; Royston and Parmar 2013 (restricted mean). */
#ifndef STATS_SURVIVAL_H
#define STATS_SURVIVAL_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct survival_case { double time; bool event; };	/* time >= 0, finite */

/* One time at which somebody was answered. NaN: se where S is 0; limits where S is 0 or 1. */
struct survival_point { double t, survival, se, low, high; size_t at_risk, events; };

struct survival_curve {
	struct survival_point *point;	/* ascending in t; in the arena */
	size_t n;
	double longest;			/* the longest follow-up */
};

/* The curve of n >= 1 cases with 95 % limits on the log-log scale. Sorts `cases`. */
struct survival_curve survival_of(struct arena *a, struct survival_case *cases, size_t n);

/* The same from counts: at each time, ascending, how many were answered then and how many were last seen waiting then. */
struct survival_count { double time; size_t events, waiting; };
struct survival_curve survival_of_counts(struct arena *a, const struct survival_count *count, size_t n);

/* The least t with S(t) <= 1 - p, 0 < p < 1; where S stays exactly 1 - p, the middle of that stretch, as R does. NaN: the
 * curve never comes so far ("not reached"). */
double survival_quantile(const struct survival_curve *c, double p);
/* Its 95 % interval: the same rule on the curve's lower and upper limits (Brookmeyer and Crowley 1982). NaN: not reached. */
struct survival_interval { double low, high; };
struct survival_interval survival_quantile_interval(const struct survival_curve *c, double p);

/* Is the curve known all the way to `tau`? Up to the longest follow-up; further where everybody was answered (S is 0). */
bool survival_reaches(const struct survival_curve *c, double tau);

/* Mean time waited within the first `tau`: the area under S up to tau; 0 < tau, survival_reaches(c, tau). */
struct survival_mean { double mean, se; };
struct survival_mean survival_mean_to(const struct survival_curve *c, double tau);
#endif

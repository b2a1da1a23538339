/* stats/xmr.h: is this month different, or is it noise?
 *
 * The individuals chart: the mean, and limits 2.66 mean moving ranges away (Wheeler 2000). Four rules mark points that
 * chance alone seldom makes (NHS England, Making data count):
 *  1  strictly outside a limit
 *  2  seven in a row on the same side of the mean; a point on the mean breaks the run
 *  3  seven in a row each higher, or each lower, than the one before; a tie breaks it
 *  4  two of three in a row in the outer third inside a limit, all three on the same side of the mean; the outer are marked
 * Every point of a run is marked. Missing months (NaN) give no moving range across the gap; runs continue over it. */
#ifndef STATS_XMR_H
#define STATS_XMR_H
#include <stddef.h>

struct arena;

struct xmr_signal { size_t index; int rule; };	/* index counts from 0 in what was given */

struct xmr {
	size_t n;			/* values that are there; under 12 the limits are provisional */
	double centre, mr_mean, lower, upper;	/* NaN without values; the last three without two neighbours */
	struct xmr_signal *signal;	/* by index, then rule; in the arena */
	size_t n_signals;
};

struct xmr xmr_of(struct arena *a, const double *value, size_t n);
#endif

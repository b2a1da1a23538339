/* queue/transient.h: how a line with exponential services grows and shrinks over the day, without noise
 *
 * M(t)/M/c(t)(+M): arrivals at a rate that is given piece by piece (constant, or linear between two values), c(t) servers
 * alike, and, if wanted, exponential patience. The probabilities p(t) of the number in the system solve Kolmogorov's forward
 * equations p' = p Q(t). We use uniformisation: p exp(Q h) as a Poisson mixture of powers of a stochastic matrix, which keeps
 * every probability >= 0 by construction and loses no mass; linear pieces by two such steps of fourth order (Magnus) a
 * minute. The highest state kept, K, grows until P(K) < 1e-10 at every moment.
 *
 * Who is in service when servers are taken away finishes first: the state then is (busy, waiting), in layers of its own,
 * until busy has come down to c.
 *
 * Sources: Jensen 1953 (uniformisation); Fox and Glynn 1988 (its weights); Blanes et al. 2009 (commutator-free Magnus). */
#ifndef QUEUE_TRANSIENT_H
#define QUEUE_TRANSIENT_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

struct transient_piece { double from, to, rate, rate_to; };	/* ascending, without overlap; nobody comes in between.
								 * rate at `from`, linear to rate_to at `to` */
struct transient_staff { double at; double servers; };		/* ascending; the first at or before 0 */

struct transient {
	const struct transient_piece *piece; size_t n_pieces;
	const struct transient_staff *staff; size_t n_staff;
	double service_rate;		/* per second and server, > 0 */
	double patience_rate;		/* theta, 0: nobody gives up */
	double initial;			/* in the system at 0 */
};

#define TRANSIENT_STATES_MAX 400000
#define TRANSIENT_WORK_MAX 6e10		/* multiplications; more is refused as too large */

struct transient_moment {		/* at one time t */
	double servers;
	double mean_in_system, mean_queue;
	double p_wait;			/* all servers busy: who comes now waits. 1 when there are no servers */
	double p_empty;
	double virtual_over;		/* P(who comes at t waits longer than `wait`); NaN unless asked for */
};

/* Figures at at[0..n-1] >= 0, in any order, into out[n]. `wait` >= 0 asks for virtual_over, which is right when the servers
 * stay as they are at t and nobody gives up; else pass -1.
 * ERR_INPUT with the field: "arrivals", "servers", "service_rate", "initial", "at". */
bool transient_figures(struct arena *a, const struct transient *in, const double *at, size_t n, double wait,
    struct transient_moment *out, struct err *err);

/* The share of those who come between 0 and `until` who wait longer than `wait`. */
bool transient_share_over(struct arena *a, const struct transient *in, double until, double wait, double *out,
    struct err *err);

/* After closing at `closes_at`: mean seconds until the last is served, and P(all served by closes_at + after). Nobody comes
 * after closing, whatever the pieces say; servers as they are at closing, patience still runs. */
struct transient_drain { double mean, p_done; };
bool transient_drain(struct arena *a, const struct transient *in, double closes_at, double after,
    struct transient_drain *out, struct err *err);
#endif

/* queue/birth_death.h: the steady state of a birth-death process, started at its mode
 *
 * A birth-death process goes from n to n + 1 at the rate birth(n) and from n to n - 1 at the rate death(n). Its steady
 * state gives every waiting-line formula with exponential times: Erlang B, C and A, finite lines, balking. Weights are
 * multiplied outwards from the mode, where they are greatest, so every factor is at most 1: nothing overflows, nothing
 * cancels, and only the states that matter are visited (of the order of the standard deviation).
 *
 * Births must not rise with n and deaths must not fall with n; then there is one mode.
 * Source: Kleinrock 1975, Queueing Systems I, ch. 3. */
#ifndef QUEUE_BIRTH_DEATH_H
#define QUEUE_BIRTH_DEATH_H
#include <stdbool.h>
#include "base/base.h"

typedef double birth_death_rate(const void *context, double n);

struct birth_death {
	birth_death_rate *birth;	/* of state n, per second */
	birth_death_rate *death;	/* of state n >= 1, per second */
	const void *context;
	double servers;			/* states at or above it make a newcomer wait */
	double last;			/* the highest state, or INFINITY */
};

struct birth_death_state {
	double p_wait;			/* P(n >= servers), and room: n < last */
	double p_full;			/* P(n = last); 0 when there is no last */
	double mean_in_system, mean_queue, mean_busy;
	double birth_rate;		/* mean of birth(n): accepted per second */
};

/* False when there is no steady state, or when more than 50 million states matter. */
bool birth_death_solve(const struct birth_death *in, struct birth_death_state *out);
#endif

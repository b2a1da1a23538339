/* queue/birth_death.c: weights outwards from the mode */
#include "queue/birth_death.h"

#include <math.h>

static const double NEGLIGIBLE = 1e-20;		/* of the running sum: stop there */
static const double STATES_MAX = 5e7;
static const double MODE_MAX = 4503599627370496.0;	/* whole numbers are exact below 2^52 */

struct sums { double weight, wait, above, busy, accepted; };

static bool
rises(const struct birth_death *in, double n)
{
	return n < in->last && in->birth(in->context, n) >= in->death(in->context, n + 1);
}

/* The first n whose successor weighs less. */
static bool
find_mode(const struct birth_death *in, double *mode)
{
	double low = 0, high = 1;

	if (!rises(in, 0)) {
		*mode = 0;
		return true;
	}
	while (rises(in, high)) {
		low = high;
		high = 2 * high;
		if (high > MODE_MAX)
			return false;
	}
	while (high - low > 1) {
		double middle = floor((low + high) / 2);

		if (rises(in, middle))
			low = middle;
		else
			high = middle;
	}
	*mode = high;
	return true;
}

static void
add(const struct birth_death *in, double n, double weight, struct sums *s)
{
	s->weight += weight;
	if (n >= in->servers) {
		s->wait += weight;
		s->above += weight * (n - in->servers);
		s->busy += weight * in->servers;
	} else {
		s->busy += weight * n;
	}
	if (n < in->last)
		s->accepted += weight * in->birth(in->context, n);
}

bool
birth_death_solve(const struct birth_death *in, struct birth_death_state *out)
{
	struct sums s = { 0 };
	double mode, weight, last_weight = 0, n;

	if (!find_mode(in, &mode))
		return false;
	add(in, mode, 1, &s);
	if (mode >= in->last)
		last_weight = 1;
	for (weight = 1, n = mode; n < in->last; ) {
		weight *= in->birth(in->context, n) / in->death(in->context, n + 1);
		n++;
		add(in, n, weight, &s);
		if (n >= in->last)
			last_weight = weight;
		/* Those who wait may be few of all and are asked for all the same: the end is measured against them, and what
		 * is left counts n times in the length of the line. */
		if (weight == 0 || (n > in->servers && weight * (n - in->servers) < NEGLIGIBLE * s.above))
			break;
		if (n - mode > STATES_MAX)
			return false;
	}
	for (weight = 1, n = mode; n > 0; ) {
		weight *= in->death(in->context, n) / in->birth(in->context, n - 1);
		n--;
		add(in, n, weight, &s);
		if (weight < NEGLIGIBLE * s.weight)
			break;
		if (mode - n > STATES_MAX)
			return false;
	}
	*out = (struct birth_death_state){
		.p_full = last_weight / s.weight,
		.p_wait = fmax(0, (s.wait - (in->last >= in->servers ? last_weight : 0)) / s.weight),
		.mean_queue = s.above / s.weight, .mean_busy = s.busy / s.weight,
		.mean_in_system = (s.above + s.busy) / s.weight, .birth_rate = s.accepted / s.weight,
	};
	return true;
}

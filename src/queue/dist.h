/* queue/dist.h: distributions of times, and their random variates, the same in every bit everywhere
 *
 * A `struct dist` is what a person states: a kind and its parameters, in seconds. A `struct sampler` is the same thing
 * made ready: constants folded, tables built. A variate is a function of (seed, replication, purpose, index) alone: it
 * takes exactly one uniform by inverse distribution function, so the same customer meets the same demand in every
 * scenario (common random numbers), whatever the number of threads.
 *
 * All arithmetic is plain (+ - * / sqrt, integer shifts) and compiled without contraction, so gcc and clang, -O1 to -O3
 * and any instruction set give the same bits: see queue/plain.h. Checked by checksums over raw bits in
 * tests/unit/test_queue_random.c and tests/queue-bits.
 *
 * Sources: Wichura 1988 (AS 241) for the normal; gamma by a cubic Hermite table of ln x over the normal score with
 * 2^12 pieces, from Newton on the regularised incomplete gamma function (relative error under 1e-9). */
#ifndef QUEUE_DIST_H
#define QUEUE_DIST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct err;

enum dist_kind {
	DIST_NONE = 0,		/* not given: as patience, never gives up; as service, an error */
	DIST_DETERMINISTIC,	/* mean */
	DIST_EXPONENTIAL,	/* mean */
	DIST_ERLANG,		/* mean, phases */
	DIST_GAMMA,		/* mean, cv */
	DIST_LOGNORMAL,		/* mean, cv */
	DIST_HYPEREXPONENTIAL,	/* mean, cv > 1: balanced means; or p, mean_1, mean_2 when mean_1 > 0 */
	DIST_WEIBULL,		/* shape, scale */
	DIST_UNIFORM,		/* low, high */
	DIST_TRIANGULAR,	/* low, mode, high */
	DIST_EMPIRICAL,		/* value[n] ascending: linear between the points (i-1/2)/n, never beyond the ends */
	DIST_HISTOGRAM,		/* value[n+1] ascending edges, weight[n] */
	DIST_MIXTURE,		/* part[n] (no mixtures or tables of mixtures inside), weight[n] */
	DIST_KINDS
};

struct dist {
	enum dist_kind kind;
	double mean, cv;
	int phases;
	double p, mean_1, mean_2;
	double shape, scale;
	double low, mode, high;
	size_t n;
	const double *value, *weight;	/* weights need not sum to 1 */
	const struct dist *part;
};

/* Limits: no mean or value above DIST_VALUE_MAX seconds (30 days), cv 0.001 to 10, at most DIST_POINTS_MAX points. */
#define DIST_VALUE_MAX 2592000.0
#define DIST_CV_MIN 0.001
#define DIST_CV_MAX 10.0
#define DIST_POINTS_MAX 100000
#define DIST_PARTS_MAX 16

/* ERR_INPUT with `where` (for instance "stages[1].service") and the range in err->log. DIST_NONE passes only when
 * `may_be_none`. */
bool dist_check(const struct dist *d, const char *where, bool may_be_none, struct err *err);

/* Moments of a checked distribution: E[S] and the squared coefficient of variation (0 when the mean is 0). */
double dist_mean(const struct dist *d);
double dist_scv(const struct dist *d);
/* P(S <= x). */
double dist_cdf(const struct dist *d, double x);

/* "exponential", "lognormal", ... as in scenario files; dist_kind_of gives DIST_KINDS for an unknown word. */
const char *dist_kind_name(enum dist_kind kind);
enum dist_kind dist_kind_of(const char *name);

/* ---- random numbers -------------------------------------------------------------------------------------------- */

/* What a number is for. Every purpose owns its numbers for ever: adding one never shifts another's, so the values here
 * are never changed. The stream word of the counter is purpose << 16 | sub (stage, or stage << 8 | attempt). */
enum rng_purpose {
	RNG_ARRIVAL = 1, RNG_BATCH = 2, RNG_DAY = 3, RNG_TOTAL = 4, RNG_PERIOD = 5, RNG_SERVICE = 6, RNG_PATIENCE = 7,
	RNG_RETRY = 8, RNG_RETRY_DELAY = 9, RNG_ROUTE = 10, RNG_BALK = 11, RNG_CALLBACK = 12, RNG_BENCH = 13
};

struct rng {
	uint64_t seed;		/* key of the generator */
	uint32_t stream;	/* counter word 2: rng_stream() */
	uint32_t replication;	/* counter word 3 */
};

static inline uint32_t
rng_stream(enum rng_purpose purpose, unsigned sub)
{
	return (uint32_t)purpose << 16 | sub;
}

/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011). */
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Uniforms strictly inside (0, 1), numbers `first` to `first + n - 1` of the stream. Number i is half i % 2 of the block
 * with counter words 0 and 1 = i / 2; `group` (16 bits: the arrival stream) goes to the top of word 1. */
void rng_uniform(const struct rng *g, unsigned group, uint64_t first, size_t n, double *out);
/* Unit exponentials, -ln u. */
void rng_exponential(const struct rng *g, unsigned group, uint64_t first, size_t n, double *out);

struct sampler;

/* A checked distribution made ready. It lives in `a` and borrows nothing from `d`. It can be shared by threads. */
struct sampler *sampler_make(struct arena *a, const struct dist *d);
/* Variates first .. first + n - 1. sampler_fill over any split of a range gives the same bits. */
void sampler_fill(const struct sampler *s, const struct rng *g, unsigned group, uint64_t first, size_t n, double *out);
double sampler_one(const struct sampler *s, const struct rng *g, unsigned group, uint64_t index);
/* The inverse distribution function itself, in place: u[i] in (0, 1) becomes a variate. */
void sampler_invert(const struct sampler *s, size_t n, double *u);
#endif

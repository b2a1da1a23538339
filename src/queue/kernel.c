/* queue/kernel.c: the innermost loops of the random numbers
 *
 * Written so that a compiler turns them into vector code: no branch, no call. gcc builds them also for AVX2 and AVX-512
 * and picks at start (target_clones); since no operation is fused or reordered, the bits do not depend on which. Under
 * the sanitizers and with clang, which then builds for the plain machine, nothing but the speed differs. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
/* Before the includes: the functions of plain.h are inlined only into code compiled alike. */
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#include "queue/plain.h"

#include <math.h>
#include <stddef.h>

#include "queue/sim_parts.h"

enum { PHILOX_ROUNDS = 10 };
static const uint32_t M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

/* One block of four words; the counter is (low, high, stream, replication). */
static inline __attribute__((always_inline)) void
philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1, uint32_t out[4])
{
#pragma GCC unroll 10
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		uint64_t p0 = (uint64_t)M0 * c0, p1 = (uint64_t)M1 * c2;

		c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)p1;
		c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)p0;
		k0 += W0;
		k1 += W1;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

void
philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
	philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
}

/* ((x >> 12) + 1/2) 2^-52 without converting: the 52 bits become the fraction of a number in [1, 2). */
static inline double
unit(uint64_t x)
{
	return (of_bits((x >> 12) | 0x3ff0000000000000ull) - 1.0) + 0x1p-53;
}

CLONES void
block_uniform(uint32_t key0, uint32_t key1, uint32_t high, uint32_t stream, uint32_t replication, uint32_t first,
    size_t n_blocks, double *restrict out)
{
	/* 64-bit lanes hold 32-bit words: one multiplication then gives both halves, without shuffling. */
	for (size_t i = 0; i < n_blocks; i++) {
		uint64_t c0 = (uint32_t)(first + (uint32_t)i), c1 = high, c2 = stream, c3 = replication;
		uint32_t k0 = key0, k1 = key1;

#pragma GCC unroll 10
		for (int round = 0; round < PHILOX_ROUNDS; round++) {
			uint64_t p0 = (c0 & 0xffffffffu) * M0, p1 = (c2 & 0xffffffffu) * M1;

			c0 = (p1 >> 32) ^ c1 ^ k0;
			c1 = p1 & 0xffffffffu;
			c2 = (p0 >> 32) ^ c3 ^ k1;
			c3 = p0 & 0xffffffffu;
			k0 += W0;
			k1 += W1;
		}
		out[2 * i] = unit(c0 | c1 << 32);
		out[2 * i + 1] = unit(c2 | c3 << 32);
	}
}

CLONES void
block_exponential(size_t n, double scale, double *restrict u)
{
	for (size_t i = 0; i < n; i++)
		u[i] = -(scale * plain_log(u[i]));
}

CLONES void
block_exp(size_t n, double mu, double sigma, double *restrict z)
{
	for (size_t i = 0; i < n; i++)
		z[i] = plain_exp(mu + sigma * z[i]);
}

CLONES void
block_weibull(size_t n, double power, double scale, double *restrict u)
{
	for (size_t i = 0; i < n; i++)
		u[i] = scale * plain_exp(power * plain_log(-plain_log(u[i])));
}

/* ---- the normal score: algorithm AS 241, PPND16 (Wichura 1988) ---------------------------------------------------- */

static inline double
central(double u)
{
	double q = u - 0.5, r = 0.180625 - q * q, a, b;

	a = 2.5090809287301226727e+3;
	a = a * r + 3.3430575583588128105e+4;
	a = a * r + 6.7265770927008700853e+4;
	a = a * r + 4.5921953931549871457e+4;
	a = a * r + 1.3731693765509461125e+4;
	a = a * r + 1.9715909503065514427e+3;
	a = a * r + 1.3314166789178437745e+2;
	a = a * r + 3.3871328727963666080e+0;
	b = 5.2264952788528545610e+3;
	b = b * r + 2.8729085735721942674e+4;
	b = b * r + 3.9307895800092710610e+4;
	b = b * r + 2.1213794301586595867e+4;
	b = b * r + 5.3941960214247511077e+3;
	b = b * r + 6.8718700749205790830e+2;
	b = b * r + 4.2313330701600911252e+1;
	b = b * r + 1.0;
	return q * a / b;
}

/* |u - 1/2| > 0.425; also right (with `far` below) when r > 5. */
static inline double
tail(double u)
{
	double low = u < 0.5 ? u : 1.0 - u, r = sqrt(-plain_log(low)) - 1.6, a, b, z;

	a = 7.74545014278341407640e-4;
	a = a * r + 2.27238449892691845833e-2;
	a = a * r + 2.41780725177450611770e-1;
	a = a * r + 1.27045825245236838258e+0;
	a = a * r + 3.64784832476320460504e+0;
	a = a * r + 5.76949722146069140550e+0;
	a = a * r + 4.63033784615654529590e+0;
	a = a * r + 1.42343711074968357734e+0;
	b = 1.05075007164441684324e-9;
	b = b * r + 5.47593808499534494600e-4;
	b = b * r + 1.51986665636164571966e-2;
	b = b * r + 1.48103976427480074590e-1;
	b = b * r + 6.89767334985100004550e-1;
	b = b * r + 1.67638483018380384940e+0;
	b = b * r + 2.05319162663775882187e+0;
	b = b * r + 1.0;
	z = a / b;
	return u < 0.5 ? -z : z;
}

/* u or 1 - u under e^-25: once in 36 thousand million. */
static double
far_tail(double u)
{
	double low = u < 0.5 ? u : 1.0 - u, r = sqrt(-plain_log(low)) - 5.0, a, b, z;

	a = 2.01033439929228813265e-7;
	a = a * r + 2.71155556874348757815e-5;
	a = a * r + 1.24266094738807843860e-3;
	a = a * r + 2.65321895265761230930e-2;
	a = a * r + 2.96560571828504891230e-1;
	a = a * r + 1.78482653991729133580e+0;
	a = a * r + 5.46378491116411436990e+0;
	a = a * r + 6.65790464350110377720e+0;
	b = 2.04426310338993978564e-15;
	b = b * r + 1.42151175831644588870e-7;
	b = b * r + 1.84631831751005468180e-5;
	b = b * r + 7.86869131145613259100e-4;
	b = b * r + 1.48753612908506148525e-2;
	b = b * r + 1.36929880922735805310e-1;
	b = b * r + 5.99832206555887937690e-1;
	b = b * r + 1.0;
	z = a / b;
	return u < 0.5 ? -z : z;
}

static const double FAR = 1.38879438649640207e-11;	/* e^-25 */

double
plain_normal_inverse(double u)
{
	if (u >= 0.075 && u <= 0.925)
		return central(u);
	return u < FAR || 1.0 - u < FAR ? far_tail(u) : tail(u);
}

/* Up to 256 at a time: all by the central formula, then the 15 % in the tails, gathered so that they too are vector
 * code. */
CLONES static void
normal_256(size_t n, double *restrict u)
{
	double out[256], end[256];
	uint32_t place[256];
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		out[i] = central(u[i]);
	for (size_t i = 0; i < n; i++) {
		place[m] = (uint32_t)i;
		m += (u[i] < 0.075) | (u[i] > 0.925);
	}
	for (size_t i = 0; i < m; i++)
		end[i] = u[place[i]];
	for (size_t i = 0; i < m; i++)
		end[i] = tail(end[i]);
	for (size_t i = 0; i < m; i++)
		out[place[i]] = end[i];
	for (size_t i = 0; i < m; i++) {
		if (u[place[i]] < FAR || 1.0 - u[place[i]] < FAR)
			out[place[i]] = far_tail(u[place[i]]);
	}
	memcpy(u, out, n * sizeof(*u));
}

void
block_normal(size_t n, double *u)
{
	for (size_t i = 0; i < n; i += 256)
		normal_256(n - i < 256 ? n - i : 256, u + i);
}

/* ---- arrivals: H becomes t on one piece of the cumulative rate ---------------------------------------------------- */

void
block_prefix(size_t n, double start, double *x)
{
	for (size_t i = 0; i < n; i++)
		x[i] = start += x[i];
}

/* t = t_k + 2 r / (a + sqrt(a^2 + 2 s r)); with s = 0 that is r / a to the bit, and needs no root. h[i] lie within. */
CLONES void
block_inverse(size_t n, const struct piece *p, double factor, double *restrict h)
{
	double from = p->from, to = p->to, before = p->before, rate = p->rate, square = p->rate * p->rate, slope = 2.0 * p->slope;

	if (slope == 0.0) {
		for (size_t i = 0; i < n; i++) {
			double t = from + (h[i] * factor - before) / rate;

			t = t > from ? t : from;
			h[i] = t < to ? t : to;
		}
		return;
	}
	for (size_t i = 0; i < n; i++) {
		double r = h[i] * factor - before, root, t;

		r = r > 0.0 ? r : 0.0;
		root = square + slope * r;
		root = root > 0.0 ? root : 0.0;
		root = rate + sqrt(root);
		t = from + 2.0 * r / (root > 0.0 ? root : 1.0);
		h[i] = t < to ? t : to;
	}
}

/* Sum in eight fixed lanes, so that it is vector code and the same in every build. */
CLONES void
block_wait(size_t n, const double *restrict wait, const double *restrict limit, size_t n_limits, struct line_day *out)
{
	double sum[8] = { 0 }, max[8] = { 0 };

	for (size_t i = 0; i + 8 <= n; i += 8) {
		for (size_t k = 0; k < 8; k++) {
			sum[k] += wait[i + k];
			max[k] = wait[i + k] > max[k] ? wait[i + k] : max[k];
		}
	}
	for (size_t i = n & ~(size_t)7; i < n; i++) {
		sum[i & 7] += wait[i];
		max[i & 7] = wait[i] > max[i & 7] ? wait[i] : max[i & 7];
	}
	for (size_t k = 1; k < 8; k++)
		max[0] = max[k] > max[0] ? max[k] : max[0];
	out->sum += ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
	out->max = max[0] > out->max ? max[0] : out->max;
	out->persons += n;
	for (size_t k = 0; k < n_limits; k++) {
		double above = limit[k];
		uint64_t count = 0;

		for (size_t i = 0; i < n; i++)
			count += wait[i] > above;
		out->over[k] += count;
	}
}

/* ---- first come, first served, without an event list: Kiefer and Wolfowitz 1955 ----------------------------------- */

/* free[] holds, in ascending order, when each of c stations is free. Who comes next starts at max(arrival, free[0]); her
 * own end then finds its place among the rest (after its equals) by c - 1 comparisons without a branch. What is taken
 * from the front is the departures in order, which is just what the next stage wants: so they go out as they are taken,
 * the first c of them being the empty stations. */
static inline __attribute__((always_inline)) void
kw_small(const struct kw *k, const size_t c, const int with_id)
{
	double free[8];
	uint32_t who[8] = { 0 };

	for (size_t j = 0; j < c; j++)
		free[j] = 0.0;
	for (size_t i = 0; i < k->n; i++) {
		double at = k->at[i], begin = at > free[0] ? at : free[0], end;
		uint32_t id = with_id ? k->id[i] : (uint32_t)i;

		end = begin + k->service[id];
		k->began[i] = begin;
		k->out_at[i] = free[0];
		if (with_id)
			k->out_id[i] = who[0];
#pragma GCC unroll 8
		for (size_t j = 1; j < c; j++) {
			double other = free[j];
			uint32_t other_id = who[j];

			if (with_id) {
				uint32_t swap = -(uint32_t)(end < other), mix = (id ^ other_id) & swap;

				who[j - 1] = other_id ^ mix;
				id ^= mix;
			}
			free[j - 1] = end < other ? end : other;
			end = end < other ? other : end;
		}
		free[c - 1] = end;
		who[c - 1] = id;
	}
	for (size_t j = 0; j < c; j++) {
		k->out_at[k->n + j] = free[j];
		if (with_id)
			k->out_id[k->n + j] = who[j];
	}
}

/* Many stations: a binary heap of (end, order of starting), replaced at the top. */
static void
kw_heap(const struct kw *k)
{
	size_t c = (size_t)k->c, n_out = 0;
	double *end = k->heap;
	uint32_t *who = k->heap_id;		/* position in the order of starting; k->n + j: empty station */

	for (size_t j = 0; j < c; j++) {
		end[j] = 0.0;
		who[j] = 0;
	}
	for (size_t i = 0; i < k->n + c; i++) {
		double mine = INFINITY;
		uint32_t order = UINT32_MAX;
		size_t at = 0;

		k->out_at[n_out] = end[0];
		k->out_id[n_out++] = who[0] > 0 ? k->id[who[0] - 1] : 0;
		if (i < k->n) {
			k->began[i] = k->at[i] > end[0] ? k->at[i] : end[0];
			mine = k->began[i] + k->service[k->id[i]];
			order = (uint32_t)i + 1;
		}
		for (;;) {
			size_t child = 2 * at + 1;

			if (child >= c)
				break;
			if (child + 1 < c && (end[child + 1] < end[child] || (end[child + 1] == end[child] && who[child + 1] < who[child])))
				child++;
			if (mine < end[child] || (mine == end[child] && order < who[child]))
				break;
			end[at] = end[child];
			who[at] = who[child];
			at = child;
		}
		end[at] = mine;
		who[at] = order;
	}
}

void
kiefer_wolfowitz(const struct kw *k)
{
	/* Without ids for a first stage that is also the last: nobody asks who leaves. */
	switch (k->c * 2 + (k->out_id != NULL)) {
	case 2: kw_small(k, 1, 0); return;
	case 3: kw_small(k, 1, 1); return;
	case 4: kw_small(k, 2, 0); return;
	case 5: kw_small(k, 2, 1); return;
	case 6: kw_small(k, 3, 0); return;
	case 7: kw_small(k, 3, 1); return;
	case 8: kw_small(k, 4, 0); return;
	case 9: kw_small(k, 4, 1); return;
	case 10: kw_small(k, 5, 0); return;
	case 11: kw_small(k, 5, 1); return;
	case 12: kw_small(k, 6, 0); return;
	case 13: kw_small(k, 6, 1); return;
	case 14: kw_small(k, 7, 0); return;
	case 15: kw_small(k, 7, 1); return;
	case 16: kw_small(k, 8, 0); return;
	case 17: kw_small(k, 8, 1); return;
	default: kw_heap(k); return;
	}
}

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
#define ORDERED __attribute__((optimize("no-tree-ter")))	/* statements stay in the order they are written */
#else
#define CLONES
#define ORDERED
#endif

#include "queue/plain.h"

#include <math.h>
#include <stddef.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "queue/sim_parts.h"

/* Eight numbers side by side: GNU vectors, which every compiler turns into what the machine has, lane by lane the same. */
typedef double reals __attribute__((vector_size(64), aligned(8), may_alias));
typedef uint64_t words __attribute__((vector_size(64)));
typedef int64_t wholes __attribute__((vector_size(64)));

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

#if defined(__x86_64__)
#define TARGET(isa) __attribute__((target(isa)))

enum { BLOCKS_AVX512 = 32, BLOCKS_AVX2 = 4 };	/* of Philox, at once */

/* Thirty-two blocks, sixty-four uniforms, at once: four groups of eight side by side, so that one multiplies while the
 * others wait; the processor does not look far enough ahead to find the next group by itself. A 64-bit lane holds a 32-bit word, and what stands above it does not matter: vpmuludq reads the low half only.
 * (Left to itself gcc 12 takes vpmullq here, and shifts and adds under AVX2.) The round keys are read from memory, where the
 * exclusive or takes them in the same instruction. */
TARGET("avx512f,avx512dq") static void
uniform_avx512(uint32_t key0, uint32_t key1, uint32_t high, uint32_t stream, uint32_t replication, uint32_t first,
    size_t n_blocks, double *out)
{
	enum { SIDE = BLOCKS_AVX512 / 8, XOR3 = 0x96 };
	const __m512i m0 = _mm512_set1_epi64(M0), m1 = _mm512_set1_epi64(M1), low = _mm512_set1_epi64(0xffffffff);
	const __m512i one = _mm512_set1_epi64(0x3ff0000000000000), even = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11),
		odd = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), eight = _mm512_set1_epi64(8);
	__m512i at = _mm512_add_epi64(_mm512_set1_epi64(first), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
	uint64_t k0[PHILOX_ROUNDS], k1[PHILOX_ROUNDS];

	for (uint32_t round = 0; round < PHILOX_ROUNDS; round++) {
		k0[round] = key0 + round * W0;
		k1[round] = key1 + round * W1;
	}
	__asm__("" : "+m"(k0), "+m"(k1));	/* or gcc makes each of the twenty again from a general register */
	for (size_t i = 0; i < n_blocks; i += 8 * SIDE) {
		__m512i c0[SIDE], c1[SIDE], c2[SIDE], c3[SIDE];

#pragma GCC unroll 4
		for (int j = 0; j < SIDE; j++, at = _mm512_add_epi64(at, eight)) {
			c0[j] = at;
			c1[j] = _mm512_set1_epi64(high);
			c2[j] = _mm512_set1_epi64(stream);
			c3[j] = _mm512_set1_epi64(replication);
		}
#pragma GCC unroll 10
		for (int round = 0; round < PHILOX_ROUNDS; round++) {
			__m512i key_0 = _mm512_set1_epi64((long long)k0[round]), key_1 = _mm512_set1_epi64((long long)k1[round]);

#pragma GCC unroll 4
			for (int j = 0; j < SIDE; j++) {
				__m512i p0 = _mm512_mul_epu32(c0[j], m0), p1 = _mm512_mul_epu32(c2[j], m1);

				c0[j] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c1[j], key_0, XOR3);
				c1[j] = p1;
				c2[j] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c3[j], key_1, XOR3);
				c3[j] = p0;
			}
		}
#pragma GCC unroll 4
		for (int j = 0; j < SIDE; j++) {
			__m512d u, v;

			c0[j] = _mm512_or_si512(_mm512_and_si512(c0[j], low), _mm512_slli_epi64(c1[j], 32));
			c2[j] = _mm512_or_si512(_mm512_and_si512(c2[j], low), _mm512_slli_epi64(c3[j], 32));
			u = _mm512_castsi512_pd(_mm512_or_si512(_mm512_srli_epi64(c0[j], 12), one));
			v = _mm512_castsi512_pd(_mm512_or_si512(_mm512_srli_epi64(c2[j], 12), one));
			u = _mm512_add_pd(_mm512_sub_pd(u, _mm512_set1_pd(1.0)), _mm512_set1_pd(0x1p-53));
			v = _mm512_add_pd(_mm512_sub_pd(v, _mm512_set1_pd(1.0)), _mm512_set1_pd(0x1p-53));
			_mm512_storeu_pd(out + 2 * i + 16 * (size_t)j, _mm512_permutex2var_pd(u, even, v));
			_mm512_storeu_pd(out + 2 * i + 16 * (size_t)j + 8, _mm512_permutex2var_pd(u, odd, v));
		}
	}
}

/* Four blocks at once. */
TARGET("avx2") static void
uniform_avx2(uint32_t key0, uint32_t key1, uint32_t high, uint32_t stream, uint32_t replication, uint32_t first,
    size_t n_blocks, double *out)
{
	const __m256i m0 = _mm256_set1_epi64x(M0), m1 = _mm256_set1_epi64x(M1), low = _mm256_set1_epi64x(0xffffffff);
	const __m256i one = _mm256_set1_epi64x(0x3ff0000000000000);
	__m256i at = _mm256_add_epi64(_mm256_set1_epi64x(first), _mm256_setr_epi64x(0, 1, 2, 3));

	for (size_t i = 0; i < n_blocks; i += 4, at = _mm256_add_epi64(at, _mm256_set1_epi64x(4))) {
		__m256i c0 = at, c1 = _mm256_set1_epi64x(high), c2 = _mm256_set1_epi64x(stream), c3 = _mm256_set1_epi64x(replication);
		uint32_t k0 = key0, k1 = key1;
		__m256d u, v, a, b;

#pragma GCC unroll 10
		for (int round = 0; round < PHILOX_ROUNDS; round++) {
			__m256i p0 = _mm256_mul_epu32(c0, m0), p1 = _mm256_mul_epu32(c2, m1);

			c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), c1), _mm256_set1_epi64x(k0));
			c1 = p1;
			c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), c3), _mm256_set1_epi64x(k1));
			c3 = p0;
			k0 += W0;
			k1 += W1;
		}
		c0 = _mm256_or_si256(_mm256_and_si256(c0, low), _mm256_slli_epi64(c1, 32));
		c2 = _mm256_or_si256(_mm256_and_si256(c2, low), _mm256_slli_epi64(c3, 32));
		u = _mm256_castsi256_pd(_mm256_or_si256(_mm256_srli_epi64(c0, 12), one));
		v = _mm256_castsi256_pd(_mm256_or_si256(_mm256_srli_epi64(c2, 12), one));
		u = _mm256_add_pd(_mm256_sub_pd(u, _mm256_set1_pd(1.0)), _mm256_set1_pd(0x1p-53));
		v = _mm256_add_pd(_mm256_sub_pd(v, _mm256_set1_pd(1.0)), _mm256_set1_pd(0x1p-53));
		a = _mm256_unpacklo_pd(u, v);
		b = _mm256_unpackhi_pd(u, v);
		_mm256_storeu_pd(out + 2 * i, _mm256_permute2f128_pd(a, b, 0x20));
		_mm256_storeu_pd(out + 2 * i + 4, _mm256_permute2f128_pd(a, b, 0x31));
	}
}

static size_t
blocks_at_once(void)
{
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
		return BLOCKS_AVX512;
	return __builtin_cpu_supports("avx2") ? BLOCKS_AVX2 : 1;
}
#endif

void
block_uniform(uint32_t key0, uint32_t key1, uint32_t high, uint32_t stream, uint32_t replication, uint32_t first,
    size_t n_blocks, double *out)
{
	size_t i = 0;

#if defined(__x86_64__)
	size_t at_once = blocks_at_once(), whole = n_blocks / at_once * at_once;

	if (at_once == BLOCKS_AVX512) {
		double last[2 * BLOCKS_AVX512];

		if (whole > 0)
			uniform_avx512(key0, key1, high, stream, replication, first, whole, out);
		if (n_blocks - whole >= 4) {
			uniform_avx512(key0, key1, high, stream, replication, first + (uint32_t)whole, BLOCKS_AVX512, last);
			memcpy(out + 2 * whole, last, 2 * (n_blocks - whole) * sizeof(double));
			whole = n_blocks;
		}
	} else if (at_once == BLOCKS_AVX2 && whole > 0) {
		uniform_avx2(key0, key1, high, stream, replication, first, whole, out);
	}
	i = at_once > 1 ? whole : 0;
#endif
	for (; i < n_blocks; i++) {
		uint32_t word[4];

		philox(first + (uint32_t)i, high, stream, replication, key0, key1, word);
		out[2 * i] = unit(word[0] | (uint64_t)word[1] << 32);
		out[2 * i + 1] = unit(word[2] | (uint64_t)word[3] << 32);
	}
}

/* What is left over, and all of it on a machine without AVX-512. */
CLONES static void
exponential_plain(size_t n, double scale, double *restrict u)
{
	for (size_t i = 0; i < n; i++)
		u[i] = -(scale * plain_log(u[i]));
}

#if defined(__x86_64__)
/* plain_log of sixty-four, step by step as there; eight vectors side by side, because each step of one waits for the step
 * before. Returns how many were done. */
TARGET("avx512f,avx512dq") ORDERED static size_t
exponential_avx512(size_t n, double scale, double *u)
{
	enum { SIDE = 8 };
	static const double series[] = { 2.0 / 19.0, 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0, 2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0,
	    2.0 / 3.0 };
	const uint64_t half_root = 0x3fe6a09e667f3bcdull, fraction = 0xfffffffffffffull;
	size_t i = 0;

	for (; i + 8 * SIDE <= n; i += 8 * SIDE) {
		reals *x = (reals *)(u + i), k[SIDE], f[SIDE], s[SIDE], z[SIDE], r[SIDE];

#define EACH _Pragma("GCC unroll 8") for (int j = 0; j < SIDE; j++)
		EACH {
			words t = (words)x[j] + (0x3ff0000000000000ull - half_root);

			k[j] = (reals)((t >> 52) | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
			f[j] = (reals)((t & fraction) + half_root) - 1.0;
		}
		EACH s[j] = f[j] / (2.0 + f[j]);
		EACH z[j] = s[j] * s[j];
		EACH r[j] = 2.0 / 21.0 * z[j];
#pragma GCC unroll 9
		for (size_t c = 0; c < ARRAY_LEN(series); c++)
			EACH r[j] = (r[j] + series[c]) * z[j];
		EACH {
			reals half = 0.5 * f[j] * f[j];

			s[j] = half - (s[j] * (half + r[j]) + k[j] * 1.90821492927058770002e-10);
			x[j] = -(scale * (k[j] * 6.93147180369123816490e-01 - (s[j] - f[j])));
		}
#undef EACH
	}
	return i;
}
#endif

void
block_exponential(size_t n, double scale, double *u)
{
	size_t done = 0;

#if defined(__x86_64__)
	if (blocks_at_once() == BLOCKS_AVX512)
		done = exponential_avx512(n, scale, u);
#endif
	exponential_plain(n - done, scale, u + done);
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

/* Sums so far, four at a time: one addition in four waits for the one before. Still never falling. Within four the sums
 * are a, a + b, (a + b) + c, (a + b) + (c + d). */
CLONES void
block_prefix(size_t n, double start, double *x)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		const reals none = { 0 };
		reals *at = (reals *)(x + i), s = *at, before;
		double second;

		s = s + __builtin_shufflevector(none, s, 0, 8, 0, 10, 0, 12, 0, 14);
		s = s + __builtin_shufflevector(none, s, 0, 0, 9, 9, 0, 0, 13, 13);
		second = start + s[3];
		before = (reals){ start, start, start, start, second, second, second, second };
		*at = before + s;
		start = second + s[7];
	}
	for (; i + 4 <= n; i += 4) {
		double a = x[i], b = a + x[i + 1], c = b + x[i + 2], d = b + (x[i + 2] + x[i + 3]);

		x[i] = start + a;
		x[i + 1] = start + b;
		x[i + 2] = start + c;
		x[i + 3] = start + d;
		start += d;
	}
	for (; i < n; i++)
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

CLONES uint64_t
block_above(size_t n, const double *restrict x, double limit)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += x[i] > limit;
	return count;
}

/* Waits of a stage, began - at, and what is summed over them, in eight fixed lanes: vector code, and the same in every
 * build. `at` NULL: wait[] is there already. */
CLONES void
block_wait(size_t n, const double *restrict at, const double *restrict began, double *restrict wait, const double *restrict limit,
    size_t n_limits, struct line_day *out)
{
	reals sums = { 0 }, most[4] = { { 0 } };
	double sum[8], max[8];
	size_t i = 0;

	for (size_t now = n >= 32 ? 4 : 1; i + 8 <= n; now = i + 32 <= n ? 4 : 1) {
#pragma GCC unroll 4
		for (size_t j = 0; j < now; j++, i += 8) {	/* four greatest: a comparison is slow to be ready */
			reals w = *(const reals *)((at != NULL ? began : wait) + i);
			words more;

			if (at != NULL)
				*(reals *)(wait + i) = w = w - *(const reals *)(at + i);
			more = (words)(w > most[j]);
			most[j] = (reals)((more & (words)w) | (~more & (words)most[j]));
			sums = sums + w;
		}
	}
	for (size_t j = 1; j < 4; j++) {
		words more = (words)(most[j] > most[0]);

		most[0] = (reals)((more & (words)most[j]) | (~more & (words)most[0]));
	}
	memcpy(sum, &sums, sizeof(sum));
	memcpy(max, &most[0], sizeof(max));
	for (; i < n; i++) {
		wait[i] = at != NULL ? began[i] - at[i] : wait[i];
		sum[i & 7] += wait[i];
		max[i & 7] = wait[i] > max[i & 7] ? wait[i] : max[i & 7];
	}
	for (size_t k = 0; k < 8; k++)
		out->max = max[k] > out->max ? max[k] : out->max;
	out->sum += ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
	out->persons += n;
	for (size_t k = 0; k < n_limits; k++)
		out->over[k] += block_above(n, wait, limit[k]);
}

/* Is any of n above its fellow? */
static inline __attribute__((always_inline)) bool
any_above(size_t n, const double *restrict x, const double *restrict y)
{
	words any = { 0 };

	for (size_t k = 0; k < n; k += 8)
		any |= (words)(*(const reals *)(x + k) > *(const reals *)(y + k));
	return ((any[0] | any[1]) | (any[2] | any[3]) | (any[4] | any[5]) | (any[6] | any[7])) != 0;
}

/* The highest number in line: with arrivals and begins both ascending, more than m wait just after arrival i exactly when
 * began[i-m] > at[i]. m seldom grows, so 64 are asked at once, or 16. */
CLONES size_t
block_highest(size_t n, const double *restrict at, const double *restrict began)
{
	size_t m = 0;

	for (size_t i = 0; i < n; ) {
		if (i >= m && i + 64 <= n && !any_above(64, began + i - m, at + i)) {
			i += 64;
			continue;
		}
		for (size_t end = i + 64 < n ? i + 64 : n; i < end; ) {
			if (i >= m && i + 16 <= n && !any_above(16, began + i - m, at + i)) {
				i += 16;
				continue;
			}
			for (size_t stop = i + 16 < n ? i + 16 : n; i < stop; i++)
				m += began[i - m] > at[i];
		}
	}
	return m;
}

/* 0 exactly nobody, then 16 levels for each doubling of 1 + x: the exponent and the first bits of the fraction. */
CLONES void
block_level(size_t n, const int64_t *restrict area, double per_bin, int64_t *restrict sum, uint8_t *restrict level)
{
	for (size_t i = 0; i < n; i++) {
		float x = 1.0f + (float)((double)area[i] * per_bin);
		uint32_t b;

		memcpy(&b, &x, sizeof(b));
		b = ((b - 0x3f800000u) >> 19) + 1;
		b = b > 255 ? 255 : b;
		level[i] = area[i] > 0 ? (uint8_t)b : 0;
		sum[i] += area[i];
	}
}

/* The persons of x[], ascending and clipped at `end`, added to the areas of `width` seconds: in each, how many and the sum
 * of their times. */
CLONES void
block_area(size_t n, const double *restrict x, double width, double end, int64_t by, struct area *a)
{
	int64_t unit_width = (int64_t)(width * FIXED);
	size_t i = 0;

	for (size_t k = 0; i < n; k++) {
		double border = (double)(k + 1) * width;
		size_t first = i;
		wholes sums = { 0 };
		int64_t sum = 0;

		if (border > end) {
			for (; i < n && x[i] < end; i++)
				sum += (int64_t)(x[i] * FIXED);
			sum += (int64_t)(n - i) * (int64_t)(end * FIXED);
			i = n;
		} else {
			for (; i + 8 <= n && x[i + 7] < border; i += 8)
				sums += __builtin_convertvector(*(const reals *)(x + i) * FIXED, wholes);
			while (i < n && x[i] < border)
				sum += (int64_t)(x[i++] * FIXED);
			sum += ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
		}
		a[k].part += by * ((int64_t)(i - first) * (int64_t)(k + 1) * unit_width - sum);
		a[k].step += by * (int64_t)(i - first);
	}
}

/* ---- first come, first served, without an event list: Kiefer and Wolfowitz 1955 ----------------------------------- */

/* free[] holds, in ascending order, when each of c stations is free. Who comes next starts at max(arrival, free[0]); her
 * own end then finds its place among the rest (after its equals) by c - 1 comparisons without a branch. What is taken
 * from the front is the departures in order, which is just what the next stage wants: so they go out as they are taken,
 * the first c of them being the empty stations. */
static inline __attribute__((always_inline)) void
kw_small(const struct kw *k, const size_t c, const bool id_in, const bool id_out)
{
	const double *restrict arrivals = k->at, *restrict service = k->service;
	double *restrict began = k->began, *restrict out_at = k->out_at;
	double free[8];
	uint32_t who[8] = { 0 };

	for (size_t j = 0; j < c; j++)
		free[j] = 0.0;
	for (size_t i = 0; i < k->n; i++) {
		uint32_t id = id_in ? k->id[i] : (uint32_t)i;
		double at = arrivals[i], begin = at > free[0] ? at : free[0], end = begin + service[id];

		began[i] = begin;
		out_at[i] = free[0];
		if (id_out)
			k->out_id[i] = who[0];
#pragma GCC unroll 8
		for (size_t j = 1; j < c; j++) {
			double other = free[j];
			uint32_t other_id = who[j];

			if (id_out) {
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
		out_at[k->n + j] = free[j];
		if (id_out)
			k->out_id[k->n + j] = who[j];
	}
}

/* One station, the same recursion. It is a chain in which each person waits for the one before, so the day is cut in parts
 * that are worked on side by side, each as if the station were free when it begins. Where it was not, the part is then done
 * again from its beginning, until a person begins when she had: from there on nothing changes. */
static inline __attribute__((always_inline)) void
one_station(const struct kw *k, const bool id_in)
{
	enum { PARTS = 4 };
	const double *restrict at = k->at, *restrict service = k->service;
	double *restrict began = k->began, *restrict left = k->out_at + 1, free[PARTS] = { 0 };
	size_t part = k->n / PARTS;

	k->out_at[0] = 0.0;
	for (size_t i = 0; i < part; i++) {
#pragma GCC unroll 4
		for (size_t j = 0; j < PARTS; j++) {
			size_t who = j * part + i;
			double begin = at[who] > free[j] ? at[who] : free[j];

			began[who] = begin;
			left[who] = free[j] = begin + service[id_in ? k->id[who] : who];
		}
	}
	for (size_t i = part * PARTS; i < k->n; i++) {
		began[i] = at[i] > k->out_at[i] ? at[i] : k->out_at[i];
		left[i] = began[i] + service[id_in ? k->id[i] : i];
	}
	for (size_t i = part; part > 0 && i < k->n; i = (i / part + 1) * part) {
		double so_far = k->out_at[i];

		for (size_t who = i; who < k->n && so_far > began[who]; who++) {
			began[who] = so_far;
			left[who] = so_far += service[id_in ? k->id[who] : who];
		}
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
		if (k->out_id != NULL)
			k->out_id[n_out] = who[0] == 0 ? 0 : k->id != NULL ? k->id[who[0] - 1] : who[0] - 1;
		n_out++;
		if (i < k->n) {
			k->began[i] = k->at[i] > end[0] ? k->at[i] : end[0];
			mine = k->began[i] + k->service[k->id != NULL ? k->id[i] : i];
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

#if defined(__x86_64__)
/* The times alone: a least and a greatest a station. Written so, because from the plain form gcc makes branches, and they
 * are guessed wrong. */
static inline __attribute__((always_inline)) void
kw_times(const struct kw *k, const size_t c, const bool id_in)
{
	const double *restrict arrivals = k->at, *restrict service = k->service;
	double *restrict began = k->began, *restrict out_at = k->out_at;
	__m128d free[8];

	for (size_t j = 0; j < c; j++)
		free[j] = _mm_setzero_pd();
	for (size_t i = 0; i < k->n; i++) {
		__m128d begin = _mm_max_sd(_mm_load_sd(arrivals + i), free[0]);
		__m128d end = _mm_add_sd(begin, _mm_load_sd(service + (id_in ? k->id[i] : i)));

		_mm_store_sd(began + i, begin);
		_mm_store_sd(out_at + i, free[0]);
#pragma GCC unroll 8
		for (size_t j = 1; j < c; j++) {
			free[j - 1] = _mm_min_sd(end, free[j]);
			end = _mm_max_sd(end, free[j]);
		}
		free[c - 1] = end;
	}
	for (size_t j = 0; j < c; j++)
		_mm_store_sd(out_at + k->n + j, free[j]);
}

/* The same with the ids beside the times in vector registers: each step is a comparison, a least, a greatest and two
 * blends, where the plain machine needs a dozen instructions. */
static inline __attribute__((always_inline)) TARGET("avx2") void
kw_beside(const struct kw *k, const size_t c, const bool id_in)
{
	const double *restrict arrivals = k->at, *restrict service = k->service;
	double *restrict began = k->began, *restrict out_at = k->out_at;
	uint32_t *restrict out_id = k->out_id;
	__m128d free[8], who[8];

	for (size_t j = 0; j < c; j++)
		free[j] = who[j] = _mm_setzero_pd();
	for (size_t i = 0; i < k->n; i++) {
		uint32_t id = id_in ? k->id[i] : (uint32_t)i;
		__m128d mine = _mm_castsi128_pd(_mm_cvtsi32_si128((int)id));
		__m128d begin = _mm_max_sd(_mm_load_sd(arrivals + i), free[0]);
		__m128d end = _mm_add_sd(begin, _mm_load_sd(service + id));

		_mm_store_sd(began + i, begin);
		_mm_store_sd(out_at + i, free[0]);
		out_id[i] = (uint32_t)_mm_cvtsi128_si32(_mm_castpd_si128(who[0]));
#pragma GCC unroll 8
		for (size_t j = 1; j < c; j++) {
			__m128d other = free[j], other_id = who[j], sooner = _mm_cmplt_sd(end, other);

			free[j - 1] = _mm_min_sd(end, other);
			end = _mm_max_sd(end, other);
			who[j - 1] = _mm_blendv_pd(other_id, mine, sooner);
			mine = _mm_blendv_pd(mine, other_id, sooner);
		}
		free[c - 1] = end;
		who[c - 1] = mine;
	}
	for (size_t j = 0; j < c; j++) {
		_mm_store_sd(out_at + k->n + j, free[j]);
		out_id[k->n + j] = (uint32_t)_mm_cvtsi128_si32(_mm_castpd_si128(who[j]));
	}
}

TARGET("avx2") static void
kw_vector(const struct kw *k)
{
	bool in = k->id != NULL;

	switch (k->c) {
	case 1: in ? kw_beside(k, 1, true) : kw_beside(k, 1, false); return;
	case 2: in ? kw_beside(k, 2, true) : kw_beside(k, 2, false); return;
	case 3: in ? kw_beside(k, 3, true) : kw_beside(k, 3, false); return;
	case 4: in ? kw_beside(k, 4, true) : kw_beside(k, 4, false); return;
	case 5: in ? kw_beside(k, 5, true) : kw_beside(k, 5, false); return;
	case 6: in ? kw_beside(k, 6, true) : kw_beside(k, 6, false); return;
	case 7: in ? kw_beside(k, 7, true) : kw_beside(k, 7, false); return;
	default: in ? kw_beside(k, 8, true) : kw_beside(k, 8, false); return;
	}
}
#endif

/* Where the persons' own order matters: not into the first stage, not out of the last. */
static inline __attribute__((always_inline)) void
kw_ids(const struct kw *k, const size_t c)
{
	bool in = k->id != NULL, out = k->out_id != NULL;

	if (c == 1 && !out)
		in ? one_station(k, true) : one_station(k, false);
#if defined(__x86_64__)
	else if (!out)
		in ? kw_times(k, c, true) : kw_times(k, c, false);
#else
	else if (!out)
		in ? kw_small(k, c, true, false) : kw_small(k, c, false, false);
#endif
	else
		in ? kw_small(k, c, true, true) : kw_small(k, c, false, true);
}

void
kiefer_wolfowitz(const struct kw *k)
{
#if defined(__x86_64__)
	if (k->c <= 8 && k->out_id != NULL && __builtin_cpu_supports("avx2")) {
		kw_vector(k);
		return;
	}
#endif
	switch (k->c) {
	case 1: kw_ids(k, 1); return;
	case 2: kw_ids(k, 2); return;
	case 3: kw_ids(k, 3); return;
	case 4: kw_ids(k, 4); return;
	case 5: kw_ids(k, 5); return;
	case 6: kw_ids(k, 6); return;
	case 7: kw_ids(k, 7); return;
	case 8: kw_ids(k, 8); return;
	default: kw_heap(k); return;
	}
}

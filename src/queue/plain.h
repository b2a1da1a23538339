/* queue/plain.h: logarithm, exponential, normal and gamma functions in plain arithmetic
 *
 * The system's libm differs between versions in the last bit; these use only + - * / sqrt and integer operations on the
 * bits, each of which IEEE 754 defines exactly, so every compiler and machine agrees. Contraction (a * b + c in one
 * rounding) must be off: the Makefile says -ffp-contract=off. No branches in the inline ones, so that loops over them
 * become vector code. Relative error of plain_log and plain_exp is under 4e-16 (tests/unit/test_queue_random.c). */
#ifndef QUEUE_PLAIN_H
#define QUEUE_PLAIN_H
#include <stdint.h>
#include <string.h>
#include "base/base.h"

static inline uint64_t
bits_of(double x)
{
	uint64_t b;

	memcpy(&b, &x, sizeof(b));
	return b;
}

static inline double
of_bits(uint64_t b)
{
	double x;

	memcpy(&x, &b, sizeof(x));
	return x;
}

/* ln x for positive normal x: x = 2^k m with m in [1/sqrt 2, sqrt 2), s = (m-1)/(m+1), ln m = 2 artanh s by its series. */
static inline double
plain_log(double x)
{
	const uint64_t half_root = 0x3fe6a09e667f3bcdull;	/* 1 / sqrt 2 */
	uint64_t t = bits_of(x) + (0x3ff0000000000000ull - half_root);
	double k = of_bits((t >> 52) | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
	double f = of_bits((t & 0xfffffffffffffull) + half_root) - 1.0;
	double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
	double r;

	r = 2.0 / 21.0;
	r = r * z + 2.0 / 19.0;
	r = r * z + 2.0 / 17.0;
	r = r * z + 2.0 / 15.0;
	r = r * z + 2.0 / 13.0;
	r = r * z + 2.0 / 11.0;
	r = r * z + 2.0 / 9.0;
	r = r * z + 2.0 / 7.0;
	r = r * z + 2.0 / 5.0;
	r = r * z + 2.0 / 3.0;
	r = r * z;
	/* ln 2 in two parts: the first has 20 zero bits at its end, so k times it is exact. f - half + s (half + r) is
	 * ln(1 + f) without cancellation. */
	return k * 6.93147180369123816490e-01 - ((half - (s * (half + r) + k * 1.90821492927058770002e-10)) - f);
}

/* e^x; below -708 and above 709 as at those limits. */
static inline double
plain_exp(double x)
{
	const double magic = 6755399441055744.0;	/* 1.5 * 2^52: adding it rounds to a whole number in the low bits */
	double k, r, p;
	uint64_t scale;

	x = x < -708.0 ? -708.0 : x;
	x = x > 709.0 ? 709.0 : x;
	k = x * 1.44269504088896338700e+00 + magic;
	scale = (bits_of(k) + 1023) << 52;
	k = k - magic;
	r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
	p = 1.0 / 6227020800.0;
	p = p * r + 1.0 / 479001600.0;
	p = p * r + 1.0 / 39916800.0;
	p = p * r + 1.0 / 3628800.0;
	p = p * r + 1.0 / 362880.0;
	p = p * r + 1.0 / 40320.0;
	p = p * r + 1.0 / 5040.0;
	p = p * r + 1.0 / 720.0;
	p = p * r + 1.0 / 120.0;
	p = p * r + 1.0 / 24.0;
	p = p * r + 1.0 / 6.0;
	p = p * r + 0.5;
	p = p * (r * r) + r;
	return (1.0 + p) * of_bits(scale);
}

/* ln gamma(a), a > 0; ln(1 + x) without cancellation for small x. */
double plain_log_gamma(double a);
double plain_log1p(double x);
/* Regularised incomplete gamma functions, P + Q = 1, each accurate also when small. */
double plain_gamma_p(double a, double x);
double plain_gamma_q(double a, double x);
double plain_gamma_term(double a, double x);	/* x^a e^-x / gamma(a + 1) */
/* Standard normal distribution function; and its inverse, 0 < u < 1. */
double plain_normal_cdf(double z);
double plain_normal_inverse(double u);
/* Regularised incomplete beta function by continued fraction; Student's t with v degrees: quantile for 0.5 <= p < 1. */
double plain_beta_i(double a, double b, double x);
double plain_t_quantile(double p, double v);

/* ---- blocks (queue/kernel.c): n at a time, vector code where the machine has it, the same bits everywhere -------- */

void block_uniform(uint32_t key0, uint32_t key1, uint32_t high, uint32_t stream, uint32_t replication, uint32_t first,
    size_t n_blocks, double *out);		/* 2 * n_blocks uniforms */
void block_exponential(size_t n, double scale, double *u);	/* u becomes -scale ln u */
void block_normal(size_t n, double *u);				/* u becomes a standard normal score */
void block_exp(size_t n, double mu, double sigma, double *z);	/* z becomes exp(mu + sigma z) */
void block_weibull(size_t n, double power, double scale, double *u);
#endif

/* tests/unit/test_queue_random.c: the random numbers: known answers, the same bits everywhere, the right distributions
 *
 * The checksums are over the raw bits of 400,000 variates of each kind (ten kinds) and of two whole results. They were
 * written down once; every compiler, level of optimisation, instruction set and sanitizer must give them again
 * (tests/queue-bits runs this program in many builds). A mean would hide a difference in the last bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/dist.h"
#include "queue/plain.h"
#include "queue/sim.h"

static const double POINT[] = { 3, 5, 5, 8, 20, 21, 40 }, EDGE[] = { 0, 10, 20, 60 }, WEIGHT[] = { 1, 5, 2 };
static const struct dist PART[] = { { .kind = DIST_LOGNORMAL, .mean = 60, .cv = 0.5 }, { .kind = DIST_GAMMA, .mean = 300, .cv = 0.7 } };

static const struct { struct dist dist; uint64_t bits; } KIND[] = {
	{ { .kind = DIST_EXPONENTIAL, .mean = 60 }, 0x83a3332a426ee5ea },
	{ { .kind = DIST_ERLANG, .mean = 60, .phases = 3 }, 0xe5b390762d6ac81d },
	{ { .kind = DIST_GAMMA, .mean = 60, .cv = 1.7 }, 0x1ba5d330fcf8d7b4 },
	{ { .kind = DIST_LOGNORMAL, .mean = 60, .cv = 0.8 }, 0xd5b7aab202132d91 },
	{ { .kind = DIST_HYPEREXPONENTIAL, .mean = 60, .cv = 2 }, 0x23c4297e6c7dd59c },
	{ { .kind = DIST_WEIBULL, .shape = 1.5, .scale = 60 }, 0xe06cc081cd1d675d },
	{ { .kind = DIST_UNIFORM, .low = 10, .high = 50 }, 0xb1ea6828cf9a1631 },
	{ { .kind = DIST_TRIANGULAR, .low = 10, .mode = 20, .high = 60 }, 0xeee2522304212cb7 },
	{ { .kind = DIST_EMPIRICAL, .value = POINT, .n = 7 }, 0x848ca9426664395a },
	{ { .kind = DIST_HISTOGRAM, .value = EDGE, .weight = WEIGHT, .n = 3 }, 0x83a628b474743b09 },
	{ { .kind = DIST_MIXTURE, .part = PART, .weight = WEIGHT, .n = 2 }, 0x34d276dc94f7ad95 },
};
static const uint64_t RESULT_BITS[2] = { 0x2aa0b67c4b421dbf, 0xc0c266119a3e8d67 };

static uint64_t
fnv(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211ull;
	return h;
}

static void
test_philox_known_answers(void **state)
{
	static const struct { uint32_t counter[4], key[2], out[4]; } row[] = {
		{ { 0 }, { 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
		{ { ~0u, ~0u, ~0u, ~0u }, { ~0u, ~0u }, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
		{ { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 },
		    { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		uint32_t out[4];

		philox4x32_10(row[i].counter, row[i].key, out);
		assert_memory_equal(out, row[i].out, sizeof(out));
	}
}

/* Uniform i of a stream is half of block i / 2, whatever range it is asked in, also over the 2^32 border of blocks. */
static void
test_any_range_gives_the_same_numbers(void **state)
{
	static const uint64_t first[] = { 0, 1, 7, 0x1fffffff0ull };
	struct rng g = { 0x1122334455667788ull, rng_stream(RNG_SERVICE, 3), 17 };
	double whole[600], part[600];

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(first); f++) {
		rng_uniform(&g, 5, first[f], 600, whole);
		for (size_t i = 0, step = 1; i < 600; i += step, step = step % 37 + 1) {
			step = step < 600 - i ? step : 600 - i;
			rng_uniform(&g, 5, first[f] + i, step, part + i);
		}
		assert_memory_equal(whole, part, sizeof(whole));
		for (size_t i = 0; i < 600; i++) {
			uint64_t n = first[f] + i, x;
			uint32_t counter[4] = { (uint32_t)(n / 2), (uint32_t)(n / 2 >> 32) | 5u << 16, g.stream, 17 }, word[4];
			const uint32_t key[2] = { 0x55667788, 0x11223344 };

			philox4x32_10(counter, key, word);
			x = word[n % 2 * 2] | (uint64_t)word[n % 2 * 2 + 1] << 32;
			assert_true(whole[i] == ((double)(x >> 12) + 0.5) * 0x1p-52);
			assert_true(whole[i] > 0 && whole[i] < 1);
		}
	}
}

static void
test_bits_of_millions_of_variates(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(KIND); k++) {
		struct arena *a = arena_open();
		struct sampler *s = sampler_make(a, &KIND[k].dist);
		uint64_t h = 14695981039346656037ull;
		double x[1000];

		for (uint32_t r = 0; r < 400; r++) {
			struct rng g = { 42, rng_stream(RNG_SERVICE, 0), r };

			sampler_fill(s, &g, 0, 0, 1000, x);
			h = fnv(h, x, sizeof(x));
		}
		if (h != KIND[k].bits)
			fail_msg("%s: 0x%016llx, expected 0x%016llx", dist_kind_name(KIND[k].dist.kind), (unsigned long long)h,
			    (unsigned long long)KIND[k].bits);
		arena_close(a);
	}
}

/* Each sampler against its own distribution function (Kolmogorov-Smirnov, 1.95 / sqrt n: once in a thousand) and mean. */
static void
test_variates_follow_their_distribution(void **state)
{
	enum { N = 100000 };
	static double x[N];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(KIND); k++) {
		struct arena *a = arena_open();
		struct sampler *s = sampler_make(a, &KIND[k].dist);
		struct rng g = { 7, rng_stream(RNG_SERVICE, 0), 1 };
		double sum = 0, m = dist_mean(&KIND[k].dist), sd = m * sqrt(dist_scv(&KIND[k].dist)), worst = 0;

		sampler_fill(s, &g, 0, 0, N, x);
		for (size_t i = 0; i < N; i++)
			sum += x[i];
		if (fabs(sum / N - m) > 4 * sd / sqrt(N))
			fail_msg("%s: mean %.4f, expected %.4f", dist_kind_name(KIND[k].dist.kind), sum / N, m);
		for (int q = 1; q < 50 && KIND[k].dist.kind != DIST_EMPIRICAL; q++) {
			double at = m * q / 12, below = 0;

			for (size_t i = 0; i < N; i++)
				below += x[i] <= at;
			worst = fmax(worst, fabs(below / N - dist_cdf(&KIND[k].dist, at)));
		}
		if (worst > 1.95 / sqrt(N))
			fail_msg("%s: off by %.5f", dist_kind_name(KIND[k].dist.kind), worst);
		arena_close(a);
	}
}

static void
test_plain_functions(void **state)
{
	(void)state;
	for (int i = -2000; i <= 2000; i++) {
		double y = i / 3.0, v = exp(i / 10.0), z = i / 250.0, u = 0.5 * erfc(-z / sqrt(2));

		assert_true(fabs(plain_exp(y) - exp(y)) <= 4e-16 * exp(y));
		assert_true(fabs(plain_log(v) - log(v)) <= 4e-16 * fabs(log(v)) + 1e-300);
		if (z < 6)
			assert_true(fabs(plain_normal_inverse(u) - z) < 1e-15 * (1 + fabs(z)) + (z > 0 ? 2e-16 / exp(-z * z / 2) : 0));
		assert_true(fabs(plain_normal_cdf(z) - u) <= 1e-13 * u);
	}
	for (double a = 0.02; a < 5000; a *= 1.7) {
		assert_true(fabs(plain_log_gamma(a) - lgamma(a)) <= 1e-14 * (1 + fabs(lgamma(a))));
		assert_true(fabs(plain_gamma_p(a, a) + plain_gamma_q(a, a) - 1) < 1e-12);
	}
	assert_true(fabs(plain_gamma_q(3, 2) - exp(-2) * 5) < 1e-14);
	assert_true(fabs(plain_t_quantile(0.975, 10) - 2.228138851964939) < 1e-9);
}

/* The gamma table's promise: 1e-9 of the quantile, tails included. */
static void
test_gamma_table(void **state)
{
	static const double cv[] = { 0.01, 0.05, 0.099, 0.101, 0.5, 1, 3, 10 };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(cv); k++) {
		struct arena *a = arena_open();
		struct dist d = { .kind = DIST_GAMMA, .mean = 60, .cv = cv[k] };
		struct sampler *s = sampler_make(a, &d);

		for (double u = 0.9999; u > 1e-12; u *= 0.83) {
			double x = u, shape = 1 / (cv[k] * cv[k]), p, slope;

			sampler_invert(s, 1, &x);
			if (x < 1e-280)
				continue;
			p = dist_cdf(&d, x);
			slope = shape * plain_gamma_term(shape, x * shape / 60);	/* x f(x): p's change per relative change of x */
			if (fabs(p - u) / slope > 1e-9)
				fail_msg("cv %g, u %g: x = %.12g has P = %.12g", cv[k], u, x, p);
		}
		arena_close(a);
	}
}

static void
test_bits_of_whole_results(void **state)
{
	static const struct sim_knot knot[] = { { 0, 3 }, { 7200, 1 }, { 28800, 2 } };
	static const struct sim_pool pool = { .servers = 9 };
	static const double limit[] = { 60, 300 };

	(void)state;
	for (int phones = 0; phones < 2; phones++) {
		struct arena *a = arena_open();
		struct sim_stream stream = { .profile = SIM_PROFILE_LINEAR, .knot = knot, .n_knots = 3, .expected = 900,
			.total = SIM_TOTAL_DAY_FACTOR, .day_cv = 0.15 };
		struct sim_stage stage[2] = { { .service = { .kind = DIST_LOGNORMAL, .mean = 200, .cv = 0.8 }, .pool = &pool, .n_pools = 1,
			.room = SIM_UNLIMITED }, { .service = { .kind = DIST_GAMMA, .mean = 150, .cv = 0.6 }, .pool = &pool, .n_pools = 1,
			.room = SIM_UNLIMITED } };
		struct sim_scenario s = { .name = "bits", .closes_at = 28800, .stream = &stream, .n_streams = 1, .stage = stage,
			.n_stages = phones ? 1 : 2, .answer_limit = 20, .limit = limit, .n_limits = 2 };
		struct sim_options o = { .seed = 99, .threads = 2, .replications = 300 };
		struct sim_result r;
		struct err err = { 0 };
		uint64_t h;

		if (phones) {
			stream.patience = (struct dist){ .kind = DIST_WEIBULL, .shape = 0.8, .scale = 120 };
			stream.retry = (struct sim_retry){ .p_gave_up = 0.6, .attempts_max = 4 };
		}
		assert_true(sim_run(a, &s, &o, &r, &err));
		h = fnv(14695981039346656037ull, r.day, r.replications * r.n_columns * sizeof(double));
		h = fnv(h, r.queue.mean, r.queue.n * sizeof(double));
		h = fnv(h, r.queue.p95, r.queue.n * sizeof(double));
		h = fnv(h, r.wait.histogram, SIM_HISTOGRAM * sizeof(uint64_t));
		h = fnv(h, &r.wait.mean, 4 * sizeof(struct sim_estimate));
		h = fnv(h, &r.all.level_a, sizeof(struct sim_estimate));
		if (h != RESULT_BITS[phones])
			fail_msg("%s: 0x%016llx, expected 0x%016llx", phones ? "phones" : "series", (unsigned long long)h,
			    (unsigned long long)RESULT_BITS[phones]);
		arena_close(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_philox_known_answers),
		cmocka_unit_test(test_any_range_gives_the_same_numbers),
		cmocka_unit_test(test_bits_of_millions_of_variates),
		cmocka_unit_test(test_variates_follow_their_distribution),
		cmocka_unit_test(test_plain_functions),
		cmocka_unit_test(test_gamma_table),
		cmocka_unit_test(test_bits_of_whole_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

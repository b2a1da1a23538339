/* tests/unit/test_queue_sim.c: the engine against theory, against itself, and against nonsense
 *
 * Against theory each figure may lie SIGMAS standard errors off: by chance once in 150,000 for each, so with the some
 * sixty figures here once in 2,500 runs with fresh seeds; the seeds are fixed, so a failure is a defect. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/dist.h"
#include "queue/sim.h"

static const double SIGMAS = 4.5;

#define FLAT(end) (const struct sim_knot[]){ { 0, 1 }, { end, 0 } }
#define EXPONENTIAL(m) { .kind = DIST_EXPONENTIAL, .mean = m }
#define POOL(n) .pool = (const struct sim_pool[]){ { .servers = n } }, .n_pools = 1
#define STREAM(n, end) { .knot = FLAT(end), .n_knots = 2, .expected = n }

static struct sim_result
run(struct arena *a, const struct sim_scenario *s, size_t days, bool general)
{
	struct sim_options o = { .seed = 20261123, .threads = 2, .replications = days, .general = general };
	struct sim_result r = { 0 };
	struct err err = { 0 };

	if (!sim_run(a, s, &o, &r, &err))
		fail_msg("%s: %s", s->name, err.log);
	return r;
}

/* `bias`: what the start from empty and the end of the day may add. */
static void
near(const char *what, struct sim_estimate e, double expected, double bias)
{
	if (!(fabs(e.value - expected) <= SIGMAS * e.se + bias))
		fail_msg("%s: %.6g (se %.3g), expected %.6g", what, e.value, e.se, expected);
}

static double
erlang_c(int n, double a)
{
	double b = 1;

	for (int i = 1; i <= n; i++)
		b = a * b / (i + a * b);
	return b / (1 - a / n * (1 - b));
}

/* ---- theory, steady state: days of 1,000 mean services and more, so the empty start adds little -------------------- */

static void
test_mmc_is_erlang_c_on_both_paths(void **state)
{
	static const struct { int servers; double load; } row[] = { { 1, 0.5 }, { 1, 0.8 }, { 2, 1.4 }, { 5, 4 }, { 12, 10 }, { 30, 25 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int c = row[i].servers;
		double m = 10, n = row[i].load / m * 200000, wait = erlang_c(c, row[i].load) * m / (c - row[i].load);
		struct sim_stream stream = STREAM(n, 200000);
		struct sim_stage stage = { .service = EXPONENTIAL(m), .pool = &(struct sim_pool){ .servers = c }, .n_pools = 1,
			.room = SIM_UNLIMITED };
		double limit[] = { 20 };
		struct sim_scenario s = { .name = "M/M/c", .closes_at = 200000, .stream = &stream, .n_streams = 1, .stage = &stage,
			.n_stages = 1, .limit = limit, .n_limits = 1 };

		for (int general = 0; general < 2; general++) {
			struct arena *a = arena_open();
			struct sim_result r = run(a, &s, 40, general);

			assert_int_equal(r.fast_path, !general);
			near("M/M/c mean wait", r.wait.mean, wait, 0.005 * wait + 0.01);
			near("M/M/c share above 20 s", r.wait.over[0], erlang_c(c, row[i].load) * exp(-20 * (c - row[i].load) / m), 0.001);
			near("M/M/c utilisation", r.stage[0].utilisation, row[i].load / c, 0.001);
			arena_close(a);
		}
	}
}

static void
test_mg1_is_pollaczek_khinchine(void **state)
{
	static const struct dist row[] = {
		{ .kind = DIST_DETERMINISTIC, .mean = 10 }, { .kind = DIST_LOGNORMAL, .mean = 10, .cv = 0.8 },
		{ .kind = DIST_GAMMA, .mean = 10, .cv = 0.5 }, { .kind = DIST_ERLANG, .mean = 10, .phases = 3 },
		{ .kind = DIST_HYPEREXPONENTIAL, .mean = 10, .cv = 1.5 }, { .kind = DIST_UNIFORM, .low = 5, .high = 15 },
		{ .kind = DIST_TRIANGULAR, .low = 2, .mode = 8, .high = 20 }, { .kind = DIST_WEIBULL, .shape = 2, .scale = 11.28379 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena *a = arena_open();
		double m = dist_mean(&row[i]), rho = 0.7, wait = rho * m * (1 + dist_scv(&row[i])) / (2 * (1 - rho));
		struct sim_stream stream = STREAM(rho / m * 200000, 200000);
		struct sim_stage stage = { .service = row[i], POOL(1), .room = SIM_UNLIMITED };
		struct sim_scenario s = { .name = "M/G/1", .closes_at = 200000, .stream = &stream, .n_streams = 1, .stage = &stage,
			.n_stages = 1 };
		struct sim_result r = run(a, &s, 40, false);

		near(dist_kind_name(row[i].kind), r.wait.mean, wait, 0.005 * wait);
		arena_close(a);
	}
}

/* 180 calls an hour, 240 s each, patience 180 s: Erlang A, reference values of the specification. */
static void
test_abandonment_is_erlang_a(void **state)
{
	static const struct { int servers; double p_abandon, wait, within; } row[] = {
		{ 10, 0.221595190786, 39.88713434, 0.386668582658 }, { 12, 0.122435498946, 22.03838981, 0.608039161069 },
		{ 14, 0.0582725823387, 10.48906482, 0.792552648445 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena *a = arena_open();
		struct sim_stream stream = { .knot = FLAT(400000), .n_knots = 2, .expected = 20000, .patience = EXPONENTIAL(180) };
		struct sim_stage stage = { .service = EXPONENTIAL(240), .pool = &(struct sim_pool){ .servers = row[i].servers },
			.n_pools = 1, .room = SIM_UNLIMITED };
		struct sim_scenario s = { .name = "M/M/c+M", .closes_at = 400000, .stream = &stream, .n_streams = 1,
			.stage = &stage, .n_stages = 1, .answer_limit = 20 };
		struct sim_result r = run(a, &s, 100, false);

		assert_false(r.fast_path);
		near("share giving up", r.all.share_gave_up, row[i].p_abandon, 0.001);
		near("wait of all", r.wait.mean, row[i].wait, 0.05);
		near("answered within 20 s of all", r.all.level_a, row[i].within, 0.001);
		arena_close(a);
	}
}

static void
test_busy_tone_is_erlang_b(void **state)
{
	struct arena *a = arena_open();
	struct sim_stream stream = STREAM(40000, 400000);
	struct sim_stage stage = { .service = { .kind = DIST_LOGNORMAL, .mean = 20, .cv = 1 }, POOL(3), .room = 0 };
	struct sim_scenario s = { .name = "M/G/3/3", .closes_at = 400000, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
	struct sim_result r = run(a, &s, 60, false);

	(void)state;
	near("B(3, 2) by refusal", r.all.share_busy, 4.0 / 19.0, 0.0005);
	stage.room = SIM_UNLIMITED;
	s.trunks = 3;
	r = run(a, &s, 60, false);
	near("B(3, 2) by trunks", r.all.share_busy, 4.0 / 19.0, 0.0005);
	arena_close(a);
}

/* Burke 1956, Jackson 1957: each stage of a tandem is its own M/M/c; with feedback the rates add up. */
static void
test_networks_are_jackson(void **state)
{
	struct arena *a = arena_open();
	double again[] = { 0, 0.25, 0.75 }, on[] = { 0, 1, 0 };
	struct sim_stream stream = STREAM(15000, 300000);
	struct sim_stage stage[2] = { { .service = EXPONENTIAL(30), POOL(2), .room = SIM_UNLIMITED },
		{ .service = EXPONENTIAL(14), POOL(1), .room = SIM_UNLIMITED } };
	struct sim_scenario s = { .name = "tandem", .closes_at = 300000, .stream = &stream, .n_streams = 1, .stage = stage, .n_stages = 2 };
	double first = erlang_c(2, 1.5) * 30 / (2 - 1.5), second = 0.7 * 14 / (1 - 0.7), load = 0.05 / 0.75 * 14;

	(void)state;
	for (int general = 0; general < 2; general++) {
		struct sim_result r = run(a, &s, 100, general);

		near("tandem, first stage", r.stage[0].wait.mean, first, 0.01 * first);
		near("tandem, second stage", r.stage[1].wait.mean, second, 0.01 * second);
		near("tandem, total", r.wait.mean, first + second, 0.01 * (first + second));
	}
	stage[0].next = on;
	stage[1].next = again;
	near("feedback, utilisation", run(a, &s, 100, false).stage[1].utilisation, load, 0.005);
	near("feedback, wait a visit", run(a, &s, 200, false).stage[1].wait.mean, load * 14 / (1 - load), 0.02 * load * 14 / (1 - load));
	arena_close(a);
}

/* Two single stations, no room between: 2/3 of the rate. The first never lacks people. */
static void
test_blocking_takes_a_third(void **state)
{
	struct arena *a = arena_open();
	struct sim_stream stream = { .knot = FLAT(100000), .n_knots = 2, .expected = 12000, .opening_line = 50 };
	struct sim_stage stage[2] = { { .service = EXPONENTIAL(10), POOL(1), .room = SIM_UNLIMITED },
		{ .service = EXPONENTIAL(10), POOL(1), .room = 0 } };
	struct sim_scenario s = { .name = "blocking", .closes_at = 100000, .closing = SIM_CLOSING_HARD, .stream = &stream,
		.n_streams = 1, .stage = stage, .n_stages = 2 };
	struct sim_result r = run(a, &s, 60, false);

	(void)state;
	near("served", r.all.count[SIM_SERVED], 100000 / 10.0 * 2 / 3, 4);
	near("blocked share of the first", r.stage[0].blocked, 1.0 / 3.0, 0.001);
	near("utilisation of the second", r.stage[1].utilisation, 2.0 / 3.0, 0.001);
	arena_close(a);
}

/* Cobham 1954: W_1 = W_0 / (1 - rho_1), W_2 = W_0 / ((1 - rho_1)(1 - rho)), with W_0 = lambda E[S^2] / 2. */
static void
test_priorities_are_cobham(void **state)
{
	struct arena *a = arena_open();
	struct sim_stream stream[2] = { STREAM(6000, 200000), STREAM(9000, 200000) };
	struct sim_stage stage = { .service = EXPONENTIAL(10), POOL(1), .room = SIM_UNLIMITED };
	struct sim_scenario s = { .name = "priority", .closes_at = 200000, .stream = stream, .n_streams = 2, .stage = &stage, .n_stages = 1 };
	double w0 = 0.075 * 200 / 2;
	struct sim_result r;

	(void)state;
	stream[1].priority = 1;
	r = run(a, &s, 200, false);
	near("first class", r.stream[0].wait.mean, w0 / 0.7, 0.05);
	near("second class", r.stream[1].wait.mean, w0 / (0.7 * 0.25), 0.01 * w0 / (0.7 * 0.25));
	arena_close(a);
}

/* Two agents alike but for their skills: each may take both kinds, so it is M/M/2, whatever the preferences; and with one
 * skill each it is two M/M/1. */
static void
test_two_skills(void **state)
{
	struct arena *a = arena_open();
	static const struct sim_skill first[] = { { 0, 0 }, { 1, 1 } }, second[] = { { 1, 0 }, { 0, 1 } };
	struct sim_pool pool[2] = { { .servers = 1, .skill = first, .n_skills = 2 }, { .servers = 1, .skill = second, .n_skills = 2 } };
	struct sim_stream stream[2] = { STREAM(14000, 200000), STREAM(14000, 200000) };
	struct sim_stage stage = { .service = EXPONENTIAL(10), .pool = pool, .n_pools = 2, .room = SIM_UNLIMITED };
	struct sim_scenario s = { .name = "skills", .closes_at = 200000, .stream = stream, .n_streams = 2, .stage = &stage, .n_stages = 1 };
	double both = erlang_c(2, 1.4) * 10 / 0.6, alone = 0.7 * 10 / 0.3;

	(void)state;
	for (int routing = 0; routing < 2; routing++) {
		stage.routing = routing == 0 ? SIM_ROUTING_PREFERENCE : SIM_ROUTING_LONGEST;
		near("both skills", run(a, &s, 100, false).wait.mean, both, 0.01 * both);
	}
	pool[0].n_skills = pool[1].n_skills = 1;
	near("one skill each", run(a, &s, 100, false).wait.mean, alone, 0.01 * alone);
	arena_close(a);
}

/* Patience 0 and no line: attempts are offered anew. With all blocked calling again at once after a long delay the flow is
 * nearly Poisson at rate L = lambda / (1 - p B(c, L m)): the fixed point of Cohen 1957 for long delays. */
static void
test_retrials_reach_their_fixed_point(void **state)
{
	struct arena *a = arena_open();
	struct sim_stream stream = { .knot = FLAT(1000000), .n_knots = 2, .expected = 20000,
		.retry = { .p_busy = 0.8, .delay = EXPONENTIAL(20000), .attempts_max = 100 } };
	struct sim_stage stage = { .service = EXPONENTIAL(100), POOL(3), .room = 0 };
	struct sim_scenario s = { .name = "retrials", .closes_at = 1000000, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
	double rate = 0.02, blocked = 0, b;
	struct sim_result r = run(a, &s, 40, false);

	(void)state;
	for (int i = 0; i < 200; i++) {
		b = 1;
		for (int n = 1; n <= 3; n++)
			b = rate * 100 * b / (n + rate * 100 * b);
		blocked = b;
		rate = 0.02 / (1 - 0.8 * blocked);
	}
	near("share busy", r.all.share_busy, blocked, 0.004);
	near("attempts a day", r.all.count[SIM_OFFERED], rate * 1000000, 0.01 * rate * 1000000);
	near("persons a day", r.all.count[SIM_PERSONS], 20000, 0);
	arena_close(a);
}

/* A day with a rush and staff that changes, M(t)/M/c: the Kolmogorov forward equations by Runge-Kutta steps of 1 s. */
static void
test_day_with_a_rush_is_kolmogorov(void **state)
{
	enum { STATES = 400 };
	static const struct sim_knot knot[] = { { 0, 0.02 }, { 3600, 0.1 }, { 7200, 0.06 }, { 14400, 0.01 } };
	struct arena *a = arena_open();
	struct sim_stream stream = { .profile = SIM_PROFILE_LINEAR, .knot = knot, .n_knots = 4 };
	struct sim_stage stage = { .service = EXPONENTIAL(60), POOL(4), .room = SIM_UNLIMITED };
	struct sim_scenario s = { .name = "day", .closes_at = 14400, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
	static double p[STATES + 1], k1[STATES + 1], mid[STATES + 1];
	double line[240] = { 0 }, square[240] = { 0 };

	(void)state;
	p[0] = 1;
	for (int t = 0; t < 14400; t++) {
		/* Midpoint rule, half-second inner steps: error far under the noise. */
		for (int half = 0; half < 2; half++) {
			double at = t + 0.5 * half, h = 0.5, q = 0, q2 = 0;

			for (int stage_of = 0; stage_of < 2; stage_of++) {
				double u = at + 0.25 * stage_of, rate = 0;
				const double *x = stage_of == 0 ? p : mid;

				for (int i = 0; i < 3; i++) {
					if (u >= knot[i].at && u < knot[i + 1].at)
						rate = knot[i].value + (knot[i + 1].value - knot[i].value) * (u - knot[i].at) /
						    (knot[i + 1].at - knot[i].at);
				}
				for (int n = 0; n <= STATES; n++) {
					double out = (n < STATES ? rate : 0) + (n < 4 ? n : 4) / 60.0;

					k1[n] = -out * x[n] + (n > 0 ? rate * x[n - 1] : 0) +
					    (n < STATES ? (n + 1 < 4 ? n + 1 : 4) / 60.0 * x[n + 1] : 0);
				}
				for (int n = 0; n <= STATES; n++)
					mid[n] = p[n] + (stage_of == 0 ? h / 2 : h) * k1[n];
			}
			for (int n = 0; n <= STATES; n++) {
				p[n] = mid[n];
				q += n > 4 ? (n - 4) * p[n] : 0;
				q2 += n > 4 ? (n - 4) * (n - 4) * p[n] : 0;
			}
			line[t / 60] += q / 120;
			square[t / 60] += q2 / 120;
		}
	}
	for (int general = 0; general < 2; general++) {
		struct sim_result r = run(a, &s, 4000, general);

		for (int minute = 5; minute < 240; minute += 5) {
			/* The variance of a minute's average is at most the mean of the instants' variances. */
			double se = sqrt((square[minute] - line[minute] * line[minute]) / 4000);

			if (fabs(r.stage[0].queue.mean[minute] - line[minute]) > SIGMAS * se + 0.001 * (1 + line[minute]))
				fail_msg("minute %d: %.3f in line, expected %.3f", minute, r.stage[0].queue.mean[minute], line[minute]);
		}
		assert_true(r.stage[0].queue.mean_of_peaks.value > r.stage[0].queue.peak_of_mean);
	}
	arena_close(a);
}

/* ---- against itself -------------------------------------------------------------------------------------------------- */

static uint64_t
mix(uint64_t *x)
{
	*x += 0x9e3779b97f4a7c15ull;
	uint64_t z = *x;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static int
pick(uint64_t *x, int n)
{
	return (int)(mix(x) % (uint64_t)n);
}

static struct dist
random_dist(uint64_t *x, double mean)
{
	switch (pick(x, 6)) {
	case 0: return (struct dist){ .kind = DIST_DETERMINISTIC, .mean = mean };
	case 1: return (struct dist){ .kind = DIST_LOGNORMAL, .mean = mean, .cv = 0.7 };
	case 2: return (struct dist){ .kind = DIST_WEIBULL, .shape = 1.5, .scale = mean };
	case 3: return (struct dist){ .kind = DIST_TRIANGULAR, .low = 0, .mode = mean, .high = 2 * mean };
	case 4: return (struct dist){ .kind = DIST_HYPEREXPONENTIAL, .mean = mean, .cv = 1.5 };
	default: return (struct dist){ .kind = DIST_EXPONENTIAL, .mean = mean };
	}
}

static void
test_fast_path_is_the_event_list_person_by_person(void **state)
{
	(void)state;
	for (int c = 1; c <= 14; c++) {
		for (int n_stages = 1; n_stages <= 4; n_stages++) {
			uint64_t x = (uint64_t)(c * 100 + n_stages);
			struct arena *a = arena_open();
			double batch[] = { 3, 2, 1 };
			struct sim_stream stream = { .knot = FLAT(7200), .n_knots = 2, .expected = 600, .opening_line = 5 * n_stages,
				.batch = batch, .n_batch = c % 3 == 0 ? 3 : 0 };
			struct sim_stage stage[4] = { 0 };
			struct sim_pool pool[4] = { 0 };
			struct sim_scenario s = { .name = "series", .closes_at = 7200, .stream = &stream, .n_streams = 1,
				.stage = stage, .n_stages = (size_t)n_stages };
			struct sim_person *fast, *general;
			struct err err = { 0 };
			size_t n, m;

			for (int i = 0; i < n_stages; i++) {
				pool[i].servers = i == 0 ? c : 1 + pick(&x, 14);
				stage[i] = (struct sim_stage){ .service = random_dist(&x, 11.0 * pool[i].servers), .pool = &pool[i],
					.n_pools = 1, .room = SIM_UNLIMITED };
			}
			for (uint32_t day = 0; day < 5; day++) {
				assert_true(sim_day(a, &s, 7, day, false, &fast, &n, &err));
				assert_true(sim_day(a, &s, 7, day, true, &general, &m, &err));
				assert_int_equal(n, m);
				assert_true(n > 400);
				for (size_t i = 0; i < n; i++) {
					if (memcmp(&fast[i], &general[i], sizeof(fast[i])) != 0)
						fail_msg("%d servers, %d stages, day %u: person %zu left at %.17g, by the event list at %.17g",
						    c, n_stages, day, i, fast[i].left, general[i].left);
				}
			}
			arena_close(a);
		}
	}
}

/* Every day of 500 networks: the engine itself checks flow and Little's law (ERR_BUG); here they must come through. */
static void
test_five_hundred_random_networks_keep_balance(void **state)
{
	static const struct sim_knot flat[] = { { 0, 1 }, { 3700, 0 } };
	uint64_t x = 4711;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct arena *a = arena_open();
		struct sim_stream stream[3] = { 0 };
		struct sim_stage stage[4] = { 0 };
		struct sim_pool pool[4][3] = { 0 };
		struct sim_staff staff[4][3][3];
		struct sim_break pause[4][3];
		struct sim_skill skill[4][3][3];
		double next[4][5] = { 0 }, limit[] = { 60, 300 };
		size_t n_streams = 1 + (size_t)pick(&x, 3), n_stages = 1 + (size_t)pick(&x, 4);
		struct sim_scenario s = { .name = "random", .closes_at = 3600, .closing = pick(&x, 2) ? SIM_CLOSING_SERVE : SIM_CLOSING_HARD,
			.stream = stream, .n_streams = n_streams, .stage = stage, .n_stages = n_stages, .trunks = pick(&x, 4) == 0 ? 12 : 0,
			.answer_limit = 20, .limit = limit, .n_limits = 2,
			.outputs = round % 5 == 0 ? SIM_OUT_ALL : SIM_OUT_CURVES };	/* the distributions are megabytes */
		struct sim_options o = { .seed = mix(&x), .threads = 1, .replications = 6, .general = pick(&x, 2) == 0 };
		struct sim_result r;
		struct err err = { 0 };

		for (size_t k = 0; k < n_streams; k++) {
			stream[k] = (struct sim_stream){ .profile = pick(&x, 2) ? SIM_PROFILE_CONSTANT : SIM_PROFILE_LINEAR, .knot = flat,
				.n_knots = 2, .expected = 20 + pick(&x, 200), .total = (enum sim_total)pick(&x, 3), .registered = 500,
				.day_cv = 0.2, .opening_line = pick(&x, 20), .priority = pick(&x, 2), .first_stage = pick(&x, (int)n_stages),
				.patience = pick(&x, 2) ? random_dist(&x, 100) : (struct dist){ 0 },
				.retry = { .p_gave_up = 0.5, .p_busy = 0.7, .delay = random_dist(&x, 120), .attempts_max = pick(&x, 5) } };
		}
		for (size_t i = 0; i < n_stages; i++) {
			size_t n_pools = 1 + (size_t)pick(&x, 3);
			bool around = pick(&x, 4) == 0;

			for (size_t j = 0; j < n_pools; j++) {
				staff[i][j][0] = (struct sim_staff){ 0, pick(&x, 4) };
				staff[i][j][1] = (struct sim_staff){ 600 + pick(&x, 600), pick(&x, 4) };
				staff[i][j][2] = (struct sim_staff){ 1800 + pick(&x, 600), 1 + pick(&x, 3) };
				pause[i][j] = (struct sim_break){ 900, 1500, 1 };
				pool[i][j] = (struct sim_pool){ .servers = 1 + pick(&x, 4), .speed = pick(&x, 2) ? 1.5 : 0 };
				if (pick(&x, 3) == 0)
					pool[i][j].staff = staff[i][j], pool[i][j].n_staff = 3;
				if (pick(&x, 3) == 0)
					pool[i][j].pause = &pause[i][j], pool[i][j].n_pauses = 1;
				if (j > 0 && pick(&x, 2)) {
					for (size_t k = 0; k < n_streams; k++)
						skill[i][j][k] = (struct sim_skill){ (int)k, pick(&x, 2) };
					pool[i][j].skill = skill[i][j];
					pool[i][j].n_skills = 1 + (size_t)pick(&x, (int)n_streams);
				}
			}
			stage[i] = (struct sim_stage){ .service = random_dist(&x, 20 + pick(&x, 60)), .pool = pool[i], .n_pools = n_pools,
				.room = pick(&x, 2) ? SIM_UNLIMITED : pick(&x, 6), .routing = (enum sim_routing)pick(&x, 2),
				.balking = { pick(&x, 5), 10, pick(&x, 2) ? 0.5 : 0 }, .callback = { pick(&x, 2) ? 5 : 0, 0.5 } };
			if (around && i > 0 && stage[i].room == SIM_UNLIMITED && stage[0].room == SIM_UNLIMITED) {
				next[i][0] = 0.2;
				next[i][i] = 0.1;
				next[i][n_stages] = 0.7;
				stage[i].next = next[i];
			}
		}
		if (!sim_run(a, &s, &o, &r, &err))
			fail_msg("network %d: %s", round, err.log);
		assert_true(r.all.count[SIM_OFFERED].value > 0);
		arena_close(a);
	}
}

static struct sim_scenario
polling(struct sim_stream *stream, struct sim_stage stage[4], int booths)
{
	static const struct sim_knot knot[] = { { 0, 3 }, { 7200, 1 }, { 28800, 1 }, { 36000, 2 }, { 43200, 0.5 } };
	static const double limit[] = { 300, 600, 900, 1800 };
	static struct sim_pool pool[4];

	pool[0].servers = 3;
	pool[1].servers = booths;
	pool[2].servers = 2;
	pool[3].servers = 1;
	*stream = (struct sim_stream){ .profile = SIM_PROFILE_LINEAR, .knot = knot, .n_knots = 5, .expected = 1100, .opening_line = 10 };
	for (int i = 0; i < 4; i++) {
		static const double mean[] = { 60, 120, 45, 20 }, cv[] = { 0.6, 0.8, 0.6, 0.5 };

		stage[i] = (struct sim_stage){ .service = { .kind = DIST_LOGNORMAL, .mean = mean[i], .cv = cv[i] }, .pool = &pool[i],
			.n_pools = 1, .room = SIM_UNLIMITED };
	}
	return (struct sim_scenario){ .name = "polling", .closes_at = 43200, .stream = stream, .n_streams = 1, .stage = stage,
		.n_stages = 4, .answer_limit = 300, .limit = limit, .n_limits = 4, .target_limit = 900, .target_share = 0.05 };
}

static uint64_t
fnv(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211ull;
	return h;
}

/* A checksum over the raw bits of the result's figures. */
static uint64_t
checksum(const struct sim_result *r)
{
	uint64_t h = fnv(14695981039346656037ull, r->day, r->replications * r->n_columns * sizeof(double));

	h = fnv(h, &r->all, sizeof(r->all.count) + 9 * sizeof(struct sim_estimate));
	for (size_t i = 0; i < r->n_stages; i++) {
		const struct sim_stage_result *s = &r->stage[i];

		h = fnv(h, &s->wait.mean, 4 * sizeof(struct sim_estimate));
		h = fnv(h, s->wait.histogram, SIM_HISTOGRAM * sizeof(uint64_t));
		h = fnv(h, s->queue.mean, s->queue.n * sizeof(double));
		h = fnv(h, s->queue.p95, s->queue.n * sizeof(double));
		h = fnv(h, s->utilisation_by, r->n_periods * sizeof(double));
	}
	return h;
}

static void
test_threads_change_no_bit(void **state)
{
	static const int threads[] = { 1, 2, 3, 8 };
	struct sim_stream stream;
	struct sim_stage stage[4];
	struct sim_scenario s = polling(&stream, stage, 6);

	(void)state;
	for (int general = 0; general < 2; general++) {
		uint64_t first = 0;

		for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
			struct arena *a = arena_open();
			struct sim_options o = { .seed = 5, .threads = threads[i], .most = 600, .general = general };
			struct sim_result r;
			struct err err = { 0 };

			assert_true(sim_run(a, &s, &o, &r, &err));
			if (i == 0)
				first = checksum(&r);
			if (checksum(&r) != first)
				fail_msg("%d threads give other bits than one", threads[i]);
			arena_close(a);
		}
	}
}

/* Adding a station changes nobody's arrival or demand; at a single station nobody then waits longer. */
static void
test_common_random_numbers(void **state)
{
	struct arena *a = arena_open();
	struct sim_stream stream;
	struct sim_stage stage[4];
	struct sim_scenario s = polling(&stream, stage, 5);
	struct sim_person *few, *many;
	struct sim_result before, after;
	struct sim_differences d;
	struct err err = { 0 };
	size_t n, m;

	(void)state;
	stage[0] = stage[1];
	s.n_stages = 1;
	for (uint32_t day = 0; day < 20; day++) {
		s = polling(&stream, stage, 5);
		stage[0] = stage[1];
		s.n_stages = 1;
		assert_true(sim_day(a, &s, 1, day, false, &few, &n, &err));
		(void)polling(&stream, stage, 6);
		stage[0] = stage[1];
		assert_true(sim_day(a, &s, 1, day, false, &many, &m, &err));
		assert_int_equal(n, m);
		for (size_t i = 0; i < n; i++) {
			assert_true(few[i].arrived == many[i].arrived);
			assert_true(fabs((few[i].left - few[i].began[0]) - (many[i].left - many[i].began[0])) < 1e-9);
			assert_true(many[i].began[0] <= few[i].began[0]);
		}
	}
	s = polling(&stream, stage, 5);
	before = run(a, &s, 400, false);
	s = polling(&stream, stage, 6);
	after = run(a, &s, 400, false);
	assert_true(sim_difference(a, &before, &after, &d, &err));
	assert_true(fabs(d.wait_mean.value - (after.wait.mean.value - before.wait.mean.value)) < 1e-9);
	assert_true(d.wait_mean.high < 0);
	/* Pairing must be worth having: the interval is narrower than of two independent runs. */
	assert_true(d.wait_mean.se < sqrt(before.wait.mean.se * before.wait.mean.se + after.wait.mean.se * after.wait.mean.se));
	assert_true(fabs(d.served.value) < 1e-9);
	arena_close(a);
}

/* A longer line at opening shifts nobody else's numbers. */
static void
test_arrival_models(void **state)
{
	struct arena *a = arena_open();
	static const struct { enum sim_total total; double cv, variance; } row[] = {
		{ SIM_TOTAL_POISSON, 0, 800 }, { SIM_TOTAL_BINOMIAL, 0, 1000 * 0.8 * 0.2 }, { SIM_TOTAL_DAY_FACTOR, 0.1, 800 + 6400 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct sim_stream stream = { .knot = FLAT(36000), .n_knots = 2, .expected = 800, .total = row[i].total, .registered = 1000,
			.day_cv = row[i].cv };
		struct sim_stage stage = { .service = EXPONENTIAL(10), POOL(1), .room = SIM_UNLIMITED };
		struct sim_scenario s = { .name = "total", .closes_at = 36000, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
		struct sim_result r = run(a, &s, 4000, false);
		struct sim_estimate e = r.all.count[SIM_PERSONS];
		double variance = e.se * e.se * 4000;

		near("persons a day", e, 800, 0);
		if (fabs(variance / row[i].variance - 1) > SIGMAS * sqrt(2.0 / 4000) * 1.2)
			fail_msg("total model %zu: variance %.1f, expected %.1f", i, variance, row[i].variance);
	}
	arena_close(a);
}

static void
test_callback_turned_away_and_hard_closing(void **state)
{
	struct arena *a = arena_open();
	double times[] = { 0, 1, 2, 3, 100, 100.5 };
	struct sim_stream stream = { .profile = SIM_PROFILE_RECORDED, .recorded = times, .n_recorded = 6 };
	struct sim_stage stage = { .service = { .kind = DIST_DETERMINISTIC, .mean = 40 }, POOL(1), .room = SIM_UNLIMITED,
		.callback = { 2, 1 } };
	struct sim_scenario s = { .name = "small", .closes_at = 100, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
	struct sim_result r = run(a, &s, 2, false);

	(void)state;
	/* Three wait behind the first; the fourth and the one at closing itself are offered a call back. */
	assert_true(r.all.count[SIM_OFFERED].value == 5);
	assert_true(r.all.count[SIM_TURNED_AWAY].value == 1);
	assert_true(r.all.count[SIM_CALLED_BACK].value == 1);
	assert_true(r.all.count[SIM_SERVED].value == 4);
	assert_true(fabs(r.done_after.value - 100 / 60.0) < 1e-9);
	stage.callback.line = 0;
	s.closing = SIM_CLOSING_HARD;
	r = run(a, &s, 2, false);
	assert_true(r.all.count[SIM_SERVED].value == 3);
	assert_true(r.all.count[SIM_SENT_AWAY].value == 2);
	arena_close(a);
}

/* Who has begun is finished, then the agent goes: exact on a small case. */
static void
test_staff_finishes_then_leaves(void **state)
{
	struct arena *a = arena_open();
	double times[] = { 0, 0, 50, 50 };
	struct sim_staff staff[] = { { 0, 2 }, { 30, 1 }, { 200, 3 } };
	struct sim_pool pool = { .staff = staff, .n_staff = 3 };
	struct sim_stream stream = { .profile = SIM_PROFILE_RECORDED, .recorded = times, .n_recorded = 4 };
	struct sim_stage stage = { .service = { .kind = DIST_DETERMINISTIC, .mean = 100 }, .pool = &pool, .n_pools = 1, .room = SIM_UNLIMITED };
	struct sim_scenario s = { .name = "staff", .closes_at = 1000, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1 };
	struct sim_person *who;
	struct err err = { 0 };
	size_t n;

	(void)state;
	assert_true(sim_day(a, &s, 1, 0, false, &who, &n, &err));
	assert_int_equal(n, 4);
	assert_true(who[0].left == 100 && who[1].left == 100);
	assert_true(who[2].began[0] == 100 && who[3].began[0] == 200);
	arena_close(a);
}

/* ---- against nonsense ------------------------------------------------------------------------------------------------- */

static void
test_nonsense_is_refused_by_name(void **state)
{
	struct sim_stream stream;
	struct sim_stage stage[4];
	struct sim_pool pool;
	struct sim_scenario s;
	struct sim_knot knot[2];
	struct err err;
	double next[5] = { 0.5, 0, 0, 0, 0.4 }, nan = NAN;

	(void)state;
	for (int i = 0; i < 22; i++) {
		static const char *const named[] = { "closes_at", "closes_at", "streams[0].expected", "streams[0].expected", "stages[1].pools[0].servers",
			"stages[1].pools[0].servers", "stages[2].service", "stages[2].service", "stages[0].room", "streams[0].knots.value",
			"streams[0].knots.at", "streams[0].knots", "streams[0].registered", "limits", "stages[0].next", "streams[0].patience",
			"stages[0].pools", "stages", "streams[0].opening_line", "target_share", "streams[0].batch", "stages[3].balking.most" };

		s = polling(&stream, stage, 6);
		err = (struct err){ 0 };
		pool = stage[1].pool[0];
		knot[0] = (struct sim_knot){ 0, 1 };
		knot[1] = (struct sim_knot){ 100, 1 };
		switch (i) {
		case 0: s.closes_at = -1; break;
		case 1: s.closes_at = NAN; break;
		case 2: stream.expected = NAN; break;
		case 3: stream.expected = 1e9; break;
		case 4: pool.servers = 1000000; stage[1].pool = &pool; break;
		case 5: pool.servers = -1; stage[1].pool = &pool; break;
		case 6: stage[2].service.kind = DIST_NONE; break;
		case 7: stage[2].service.mean = INFINITY; break;
		case 8: stage[0].room = -7; break;
		case 9: knot[1].value = -1; stream.knot = knot; stream.n_knots = 2; break;
		case 10: knot[1].at = 0; stream.knot = knot; stream.n_knots = 2; break;
		case 11: knot[0].value = knot[1].value = 0; stream.knot = knot; stream.n_knots = 2; break;
		case 12: stream.total = SIM_TOTAL_BINOMIAL; stream.registered = 900; break;
		case 13: s.limit = &nan; s.n_limits = 1; break;
		case 14: stage[0].next = next; break;
		case 15: stream.patience = (struct dist){ .kind = DIST_LOGNORMAL, .mean = 10, .cv = 99 }; break;
		case 16: stage[0].n_pools = 0; break;
		case 17: s.n_stages = 0; break;
		case 18: stream.opening_line = -3; break;
		case 19: s.target_share = 2; break;
		case 20: stream.batch = &nan; stream.n_batch = 1; break;
		default: stage[3].balking.most = 1.5; break;
		}
		assert_false(sim_check(&s, &err));
		assert_int_equal(err.code, ERR_INPUT);
		assert_non_null(err.field);
		if (strncmp(err.log, named[i], strlen(named[i])) != 0)
			fail_msg("case %d: '%s' does not name %s", i, err.log, named[i]);
	}
}

static void
test_intervals(void **state)
{
	static const double x[] = { 1, 2, 3, 4, 5 };
	struct sim_estimate e = estimate_mean(x, 5);

	(void)state;
	assert_true(fabs(e.value - 3) < 1e-12 && fabs(e.high - 3 - 2.7764451051978 * sqrt(2.5 / 5)) < 1e-9);
	e = estimate_share(10, 100);	/* Wilson */
	assert_true(fabs(e.low - 0.05522914) < 1e-6 && fabs(e.high - 0.17436566) < 1e-6);
	e = estimate_share(0, 400);
	assert_true(e.low == 0 && fabs(e.high - (1 - pow(0.05, 1 / 400.0))) < 1e-12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mmc_is_erlang_c_on_both_paths),
		cmocka_unit_test(test_mg1_is_pollaczek_khinchine),
		cmocka_unit_test(test_abandonment_is_erlang_a),
		cmocka_unit_test(test_busy_tone_is_erlang_b),
		cmocka_unit_test(test_networks_are_jackson),
		cmocka_unit_test(test_blocking_takes_a_third),
		cmocka_unit_test(test_priorities_are_cobham),
		cmocka_unit_test(test_two_skills),
		cmocka_unit_test(test_retrials_reach_their_fixed_point),
		cmocka_unit_test(test_day_with_a_rush_is_kolmogorov),
		cmocka_unit_test(test_fast_path_is_the_event_list_person_by_person),
		cmocka_unit_test(test_five_hundred_random_networks_keep_balance),
		cmocka_unit_test(test_threads_change_no_bit),
		cmocka_unit_test(test_common_random_numbers),
		cmocka_unit_test(test_arrival_models),
		cmocka_unit_test(test_callback_turned_away_and_hard_closing),
		cmocka_unit_test(test_staff_finishes_then_leaves),
		cmocka_unit_test(test_nonsense_is_refused_by_name),
		cmocka_unit_test(test_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_queue_erlang.c: the formulas against printed values, against each other, and at their edges */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/erlang.h"
#include "queue/mgn.h"
#include "queue/plain.h"
#include "queue/staffing.h"

/* `digits`: as many as the source prints. */
static void
assert_printed(const char *what, double got, double expected, int digits)
{
	double unit = pow(10, floor(log10(fabs(expected))) + 1 - digits);

	if (!(fabs(got - expected) <= 0.55 * unit))
		fail_msg("%s: got %.17g, expected %.17g to %d digits", what, got, expected, digits);
}

static void
assert_near(const char *what, double got, double expected, double relative)
{
	if (!(fabs(got - expected) <= relative * fabs(expected)))
		fail_msg("%s: got %.17g, expected %.17g within %g", what, got, expected, relative);
}

static void
test_erlang_b_has_the_printed_values(void **state)
{
	static const struct { double n, a, b; int digits; } row[] = {
		{ 1, 1, 0.5, 15 }, { 3, 2, 0.210526315789474, 15 }, { 15, 10, 0.0364969454723708, 15 },
		{ 50, 40, 0.0186906711096322, 15 }, { 100, 100, 0.0757004527108610, 15 },
		{ 1000, 1000, 0.0248119176461604, 15 }, { 5000, 4900, 0.00221576790249724, 15 },
		{ 0, 3, 1, 15 }, { 7, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		double b = erlang_b(row[i].n, row[i].a);

		if (row[i].b == 0)
			assert_true(b == 0);
		else
			assert_printed("B", b, row[i].b, row[i].digits);
	}
	assert_true(erlang_b(0, 0) == 1);
}

/* The sums agree with the recursion and with its logarithm over eleven orders of load. */
static void
test_erlang_b_agrees_with_the_recursion(void **state)
{
	static const double servers[] = { 1, 5, 24, 25, 37, 60, 100, 333, 1000, 2000, 10007 };
	static const double share[] = { 1e-6, 0.01, 0.3, 0.7, 0.9, 0.97, 0.999, 1, 1.001, 1.1, 2, 50 };
	struct arena *a = arena_open();
	double *table = arena_array(a, 10008, sizeof(*table));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		for (size_t j = 0; j < ARRAY_LEN(share); j++) {
			double load = servers[i] * share[j], b = erlang_b(servers[i], load);
			double log_b = erlang_log_b(servers[i], load);

			erlang_b_table(load, (size_t)servers[i], table);
			if (table[(size_t)servers[i]] > 1e-290)
				assert_near("sum and recursion", b, table[(size_t)servers[i]], 2e-12);
			if (b > 1e-290)
				assert_true(fabs(log(b) - log_b) <= 1e-10 * (1 + fabs(log_b)));
			else
				assert_true(log_b < -660);
		}
	}
	arena_close(a);
}

static void
test_erlang_c_has_the_printed_values(void **state)
{
	static const struct { double n, a, c; int digits; } row[] = {
		{ 3, 2, 4.0 / 9, 15 }, { 10, 8, 0.409180150796444, 15 }, { 50, 45, 0.363864467206988, 15 },
		{ 500, 480, 0.266512519962364, 15 }, { 3000, 2980, 0.614669017829892, 14 },
	};
	static const struct { double n, c, wait, level; } line[] = {
		{ 13, 0.704387655798, 169.0530374, 0.3519320715 }, { 14, 0.481705372615, 57.80464471, 0.5922452053 },
		{ 15, 0.319190425113, 25.53523401, 0.7514142470 }, { 16, 0.204573858436, 12.27443151, 0.8534164251 },
	};
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_printed("C", erlang_c(row[i].n, row[i].a), row[i].c, row[i].digits);
	for (size_t i = 0; i < ARRAY_LEN(line); i++) {
		struct erlang_line in = { line[i].n, 180.0 / 3600, 240, INFINITY, 20 };
		struct erlang_figures f;

		assert_true(erlang_c_figures(&in, &f, &err));
		assert_printed("C", f.p_wait, line[i].c, 12);
		assert_printed("E[W]", f.mean_wait, line[i].wait, 10);
		assert_printed("level", f.service_level, line[i].level, 10);
		assert_near("Little", f.mean_queue, in.arrival_rate * f.mean_wait, 1e-14);
		assert_near("over", erlang_c_over(&in, 20), 1 - f.service_level, 1e-12);
		assert_near("quantile", erlang_c_over(&in, erlang_c_quantile(&in, 0.9)), 0.1, 1e-12);
	}
}

static void
test_erlang_a_has_the_printed_values(void **state)
{
	static const struct { double n, wait, gone, mean, level, busy; } row[] = {
		{ 10, 0.716511250018, 0.221595190786, 39.88713434, 0.386668582658, 0.9340857711 },
		{ 12, 0.505841305806, 0.122435498946, 22.03838981, 0.608039161069, 0.8775645011 },
		{ 13, 0.398818743220, 0.0861400971495, 15.50521749, 0.707835925705, 0.8435629872 },
		{ 14, 0.300491174515, 0.0582725823387, 10.48906482, 0.792552648445, 0.8071949294 },
	};
	struct erlang_line large = { 1000, 1000, 1, 2, 0.01 };
	struct err err = { 0 };
	struct erlang_figures f, palm;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct erlang_line in = { row[i].n, 180.0 / 3600, 240, 180, 20 };

		assert_true(erlang_a_figures(&in, &f, &err));
		assert_printed("P(W>0)", f.p_wait, row[i].wait, 12);
		assert_printed("P(Ab)", f.p_abandon, row[i].gone, 12);
		assert_printed("E[W]", f.mean_wait, row[i].mean, 10);
		assert_printed("level", f.service_level, row[i].level, 12);
		assert_printed("busy", f.utilisation, row[i].busy, 10);
		assert_true(erlang_a_palm(&in, &palm));
		assert_near("Palm, P(W>0)", palm.p_wait, f.p_wait, 1e-12);
		assert_near("Palm, P(Ab)", palm.p_abandon, f.p_abandon, 1e-11);
		assert_near("Palm, level", palm.service_level, f.service_level, 1e-11);
		assert_near("flow", f.p_abandon * in.arrival_rate, f.mean_queue / in.mean_patience, 1e-12);
	}
	assert_true(erlang_a_figures(&large, &f, &err));
	assert_printed("P(W>0)", f.p_wait, 0.589260087356, 12);
	assert_printed("P(Ab)", f.p_abandon, 0.0104505428962, 12);
	assert_printed("E[W]", f.mean_wait, 0.0209010857924, 12);
	assert_near("limit rule", f.p_wait, 1 / (1 + sqrt(0.5)), 0.01);
}

/* Patience without end is C, none is B; between them every figure moves one way. */
static void
test_erlang_a_lies_between_b_and_c(void **state)
{
	struct erlang_line in = { 14, 0.05, 240, 1e13, 20 };
	struct erlang_figures f, c, last = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(erlang_a_figures(&in, &f, &err) && erlang_c_figures(&in, &c, &err));
	assert_near("C", f.p_wait, c.p_wait, 1e-9);
	assert_near("C wait", f.mean_wait, c.mean_wait, 1e-8);
	assert_near("C level", f.service_level, c.service_level, 1e-9);
	for (in.mean_patience = 1e-7; in.mean_patience < 1e9; in.mean_patience *= 10) {
		assert_true(erlang_a_figures(&in, &f, &err));
		assert_true(f.p_wait >= last.p_wait && f.mean_wait >= last.mean_wait);
		last = f;
	}
	in.mean_patience = 1e-9;
	assert_true(erlang_a_figures(&in, &f, &err));
	assert_near("B", f.p_abandon, erlang_b(14, 12), 1e-9);
	in.mean_patience = 0;
	assert_true(erlang_a_figures(&in, &f, &err));
	assert_near("B", f.p_abandon, erlang_b(14, 12), 1e-15);
	assert_true(f.mean_wait == 0);
}

/* A probability of giving up of 1e-40 keeps its digits: it is theta E[Q] / lambda, no difference. */
static void
test_tiny_abandonment_keeps_its_digits(void **state)
{
	struct erlang_line in = { 500, 1, 200, 300, 20 }, few = { 30, 0.05, 240, 1e7, 20 };
	struct erlang_figures f, c;
	struct err err = { 0 };

	(void)state;
	assert_true(erlang_a_figures(&in, &f, &err));
	assert_true(f.p_abandon > 0 && f.p_abandon < 1e-25);
	assert_near("flow", f.p_abandon, f.mean_wait / in.mean_patience, 1e-12);
	assert_true(erlang_a_figures(&few, &f, &err) && erlang_c_figures(&few, &c, &err));
	assert_near("as C", f.p_abandon, c.mean_wait / few.mean_patience, 1e-5);
}

/* Where patience is so long that billions wait: what the servers can take is served, the rest give up. By the birth-death
 * sum just below the border, by the closed form above it. */
static void
test_very_long_patience(void **state)
{
	static const struct { double arrivals, service, patience, p_abandon; } row[] = {
		{ 1100, 1, 9e5, 1.0 / 11 }, { 1100, 1, 1e6, 1.0 / 11 }, { 1000.0 * 12 / 10, 1, 1e12, 1.0 / 6 }, { 1e9, 12, 100, 1 - 1e3 / 12e9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct erlang_line line = { .servers = 1000, .arrival_rate = row[i].arrivals, .mean_service = row[i].service,
			.mean_patience = row[i].patience, .limit = 20 };
		struct erlang_figures f;
		struct err err = { 0 };

		assert_true(erlang_a_figures(&line, &f, &err));
		assert_true(fabs(f.p_abandon - row[i].p_abandon) < 1e-11 && f.utilisation <= 1 && f.utilisation > 1 - 1e-11);
		assert_true(fabs(f.mean_wait / row[i].patience - row[i].p_abandon) < 1e-11 && f.service_level < 1e-11);
	}
}

static void
test_edges(void **state)
{
	struct erlang_line overload = { 10, 0.05, 240, INFINITY, 20 }, none = { 0, 0.05, 240, 180, 20 };
	struct erlang_line nobody = { 5, 0, 240, INFINITY, 20 }, quick = { 5, 1, 0, INFINITY, 0 };
	struct erlang_line part = { 12.4, 0.05, 240, INFINITY, 20 }, bad = { -1, 0.05, 240, INFINITY, 20 };
	struct erlang_line nan_rate = { 1, NAN, 240, INFINITY, 20 };
	struct erlang_figures f;
	struct err err = { 0 };

	(void)state;
	assert_false(erlang_c_figures(&overload, &f, &err));
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.field, "servers");
	assert_non_null(strstr(err.log, "the line grows as long as the rush lasts, by 30 persons an hour"));
	assert_non_null(strstr(err.log, "transient"));
	assert_non_null(strstr(err.log, "13 servers"));
	assert_near("growth", erlang_growth_per_hour(&overload), 180 - 150, 1e-12);
	assert_true(isnan(erlang_c_over(&overload, 1)) && isnan(erlang_c_quantile(&overload, 0.5)));

	assert_true(erlang_a_figures(&none, &f, &err));
	assert_true(f.p_abandon == 1 && f.mean_wait == 180 && f.service_level == 0 && isnan(f.utilisation));
	none.mean_patience = INFINITY;
	assert_false(erlang_c_figures(&none, &f, &err));
	assert_true(erlang_c(0, 0) == 1 && erlang_b(0, 5) == 1);

	assert_true(erlang_c_figures(&nobody, &f, &err));
	assert_true(f.p_wait == 0 && f.mean_wait == 0 && f.service_level == 1 && f.utilisation == 0);
	assert_true(erlang_c_figures(&quick, &f, &err));
	assert_true(f.p_wait == 0 && f.mean_wait == 0 && f.service_level == 1);

	assert_true(erlang_check(&part, &err));
	assert_true(part.servers == 13);
	assert_false(erlang_check(&bad, &err));
	assert_string_equal(err.field, "servers");
	assert_false(erlang_check(&nan_rate, &err));
	assert_string_equal(err.field, "arrival_rate");
}

/* A hundred thousand servers: the same figures as by other ways (bench_queue_analytic times them). */
static void
test_a_hundred_thousand_servers(void **state)
{
	struct erlang_line in = { 100000, 100000.0 / 240, 240, 180, 20 };
	struct erlang_figures f, general;
	struct err err = { 0 };

	(void)state;
	assert_true(erlang_a_figures(&in, &f, &err));
	exponential_figures(&in, &general);
	assert_near("P(W>0)", f.p_wait, general.p_wait, 1e-9);
	assert_near("P(Ab)", f.p_abandon, general.p_abandon, 1e-9);
	assert_near("limit rule", f.p_wait, 1 / (1 + sqrt(240.0 / 180)), 0.01);
	assert_near("C", erlang_c(100000, 99500), halfin_whitt(500 / sqrt(99500)), 0.01);
	assert_near("B", erlang_b(100000, 100000), sqrt(2 / (M_PI * 100000)), 0.01);
}

static void
test_finite_lines_and_balking(void **state)
{
	struct erlang_line in = { 5, 4, 1, INFINITY, 0 }, a = { 5, 4, 1, 3, 0 };
	struct erlang_figures f, c;
	struct err err = { 0 };
	double sum = 0, p = 1, full;

	(void)state;
	assert_true(erlang_finite(&in, 5, &f, &err));		/* no room to wait: B */
	assert_near("B", f.p_blocked, erlang_b(5, 4), 1e-13);
	assert_true(f.mean_queue == 0 && f.p_wait == 0);
	assert_true(erlang_finite(&in, 4000, &f, &err) && erlang_c_figures(&in, &c, &err));
	assert_near("C", f.p_wait, c.p_wait, 1e-12);
	assert_near("C wait", f.mean_wait, c.mean_wait, 1e-12);
	assert_true(erlang_finite(&in, 8, &f, &err));		/* M/M/5/8 by hand */
	for (int n = 0; n <= 8; n++) {
		sum += p;
		full = p;
		p *= 4.0 / fmin(n + 1, 5);
	}
	assert_near("full", f.p_blocked, full / sum, 1e-13);
	in.arrival_rate = 50;					/* ten times too many: the busy tone takes them */
	assert_true(erlang_finite(&in, 8, &f, &err));
	assert_near("flow", f.p_blocked, 1 - f.utilisation * 5 / 50, 1e-12);
	assert_false(erlang_finite(&in, 4, &f, &err));
	assert_string_equal(err.field, "places");

	assert_true(erlang_balking(&a, 0, &f, &err) && erlang_a_figures(&a, &c, &err));
	assert_near("nobody discouraged: A", f.p_wait, c.p_wait, 1e-12);
	assert_true(erlang_balking(&a, 0.5, &f, &err));
	assert_true(f.p_blocked > 0 && f.mean_queue < c.mean_queue);
	assert_near("flow", 1 - f.p_blocked - f.p_abandon, f.utilisation * 5 / 4, 1e-12);
}

static void
test_general_patience(void **state)
{
	static const struct dist constant = { .kind = DIST_DETERMINISTIC, .mean = 3 };
	static const struct dist late = { .kind = DIST_DETERMINISTIC, .mean = 2000 };
	static const double seen[] = { 1, 2, 4, 8 };
	struct dist kinds[] = {
		{ .kind = DIST_EXPONENTIAL, .mean = 3 }, { .kind = DIST_GAMMA, .mean = 3, .cv = 1 },
		{ .kind = DIST_WEIBULL, .shape = 1, .scale = 3 }, { .kind = DIST_ERLANG, .mean = 3, .phases = 1 },
	};
	struct dist others[] = {
		{ .kind = DIST_LOGNORMAL, .mean = 3, .cv = 1.5 }, { .kind = DIST_UNIFORM, .low = 1, .high = 5 },
		{ .kind = DIST_TRIANGULAR, .low = 0, .mode = 2, .high = 7 }, { .kind = DIST_EMPIRICAL, .n = 4, .value = seen },
		{ .kind = DIST_HYPEREXPONENTIAL, .mean = 3, .cv = 2 }, { .kind = DIST_HISTOGRAM, .n = 3, .value = seen,
		    .weight = seen }, constant,
	};
	struct erlang_line in = { 5, 6, 1, 3, 0.5 };
	struct arena *a = arena_open();
	struct erlang_figures exponential, f;
	struct err err = { 0 };

	(void)state;
	assert_true(erlang_a_figures(&in, &exponential, &err));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {		/* the exponential in four disguises */
		assert_true(mmng_figures(a, &in, &kinds[i], &f, &err));
		assert_near("P(W>0)", f.p_wait, exponential.p_wait, 1e-9);
		assert_near("P(Ab)", f.p_abandon, exponential.p_abandon, 1e-9);
		assert_near("E[W]", f.mean_wait, exponential.mean_wait, 1e-9);
		assert_near("level", f.service_level, exponential.service_level, 1e-9);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		double lost;

		/* The integral of the survival against its definition, and the balance of flows against B(4). */
		assert_near("mean", dist_survival_integral(&others[i], 1e9), dist_mean(&others[i]), 1e-6);
		assert_true(mmng_figures(a, &in, &others[i], &f, &err));
		lost = erlang_b(4, 6);				/* P(Ab) = (b + (lambda - N mu) J b) / D, D = 1 + lambda J b */
		assert_near("balance", f.p_abandon, (1 - f.p_wait) * lost + f.p_wait / 6 * (6 - 5), 1e-9);
		assert_near("t = 0", mmng_over(a, &in, &others[i], 0), f.p_wait, 1e-9);
		assert_true(mmng_over(a, &in, &others[i], 0.5) < f.p_wait);
	}
	in.arrival_rate = 4;					/* patience far longer than any wait: C */
	assert_true(mmng_figures(a, &in, &late, &f, &err));
	assert_near("C", f.p_wait, erlang_c(5, 4), 1e-10);
	arena_close(a);
}

static void
test_general_and_constant_service(void **state)
{
	struct moments exponential = { 60, 7200, 6 * 60.0 * 60 * 60 }, constant = { 60, 3600, 216000 };
	struct moments log_normal = moments_lognormal(60, 0.8), gamma = moments_gamma(60, 1);
	struct erlang_line in = { 1, 0.5 / 60, 60, INFINITY, 0 }, many = { 20, 18, 1, INFINITY, 0 };
	struct erlang_figures f, d, c;
	struct err err = { 0 };
	struct mg1 q;

	(void)state;
	assert_true(mg1_figures(0.5 / 60, exponential, &q, &err));
	assert_printed("M/M/1", q.mean_wait, 60, 12);
	assert_near("E[W^2] = 2 rho / (mu - lambda)^2", q.mean_wait_2, 2 * 0.5 * 120 * 120, 1e-12);
	assert_true(mg1_figures(0.5 / 60, constant, &q, &err));
	assert_printed("M/D/1", q.mean_wait, 30, 12);
	assert_near("gamma with CV 1 is exponential", gamma.third, exponential.third, 1e-12);
	assert_near("lognormal E[S^2]", log_normal.second, 3600 * 1.64, 1e-12);
	assert_near("lognormal E[S^3]", log_normal.third, 216000 * pow(1.64, 3), 1e-12);
	assert_false(mg1_figures(1, exponential, &q, &err));

	assert_true(mdn_figures(&in, &d, &err));
	assert_printed("M/D/1", d.mean_wait, 30, 12);
	/* Crommelin 1932 by brute force: the line after each constant service time, iterated to rest. */
	for (int servers = 2; servers <= 3; servers++) {
		struct erlang_line md = { servers, 0.9 * servers, 1, INFINITY, 0 };
		static double p[600], y[600], pois[600];
		double queue = 0, wait = 0;

		for (int k = 0; k < 600; k++)
			pois[k] = exp(-md.arrival_rate + k * log(md.arrival_rate) - lgamma(k + 1.0));
		memset(p, 0, sizeof(p));
		p[0] = 1;
		for (int round = 0; round < 1500; round++) {
			memset(y, 0, sizeof(y));
			for (int n = 0; n < 600; n++) {
				for (int k = 0; p[n] > 1e-18 && k < 60 && (n > servers ? n - servers : 0) + k < 600; k++)
					y[(n > servers ? n - servers : 0) + k] += p[n] * pois[k];
			}
			memcpy(p, y, sizeof(p));
		}
		for (int n = servers; n < 600; n++) {
			queue += (n - servers) * p[n];
			wait += p[n];
		}
		assert_true(mdn_figures(&md, &d, &err));
		assert_near("M/D/N queue", d.mean_queue, queue, 1e-8);
		assert_near("M/D/N waits", d.p_wait, wait, 1e-8);
	}
	many.arrival_rate = 19.98;				/* utilisation 0.999: the integral takes over from the sum */
	assert_true(mdn_figures(&many, &d, &err) && erlang_c_figures(&many, &c, &err));
	assert_near("half of M/M/N in heavy traffic", d.mean_wait, c.mean_wait / 2, 0.01);
	many.arrival_rate = 18;
	assert_true(mgn_approximation(&many, 1, 1, &f, &err) && erlang_c_figures(&many, &c, &err));
	assert_near("exact for exponential", f.mean_wait, c.mean_wait, 1e-15);
	assert_true(mgn_approximation(&many, 1, 0, &f, &err) && mdn_figures(&many, &d, &err));
	assert_near("and near for constant", f.mean_wait, d.mean_wait, 0.15);
	assert_false(mgn_approximation(&many, -1, 0, &f, &err));
	many.arrival_rate = 20;
	assert_false(mdn_figures(&many, &d, &err));
}

static void
test_staffing(void **state)
{
	struct staffing_target target = { .service_level = 0.8, .max_abandon = 1, .max_mean_wait = INFINITY };
	struct erlang_line c = { 0, 0.05, 240, INFINITY, 20 }, a = { 0, 0.05, 240, 180, 20 }, nobody = { 0, 0, 240, INFINITY, 20 };
	struct erlang_line one_less;
	struct erlang_figures f;
	struct err err = { 0 };

	(void)state;
	assert_true(staffing_least(&c, &target, &f, &err));
	assert_true(c.servers == 16);				/* the table of Erlang C: 15 gives 0.751, 16 gives 0.853 */
	assert_true(staffing_least(&a, &target, &f, &err));
	assert_true(a.servers == 15);				/* of Erlang A: 14 gives 0.7926 */
	target.max_abandon = 0.02;
	assert_true(staffing_least(&a, &target, &f, &err));
	assert_true(f.p_abandon <= 0.02);
	one_less = a;
	one_less.servers--;
	assert_true(erlang_a_figures(&one_less, &f, &err));
	assert_true(f.p_abandon > 0.02);
	assert_true(staffing_least(&nobody, &target, &f, &err));
	assert_true(nobody.servers == 0);
	c.arrival_rate = 100000.0 / 240;
	target.max_abandon = 1;
	assert_true(staffing_least(&c, &target, &f, &err));
	one_less = c;
	one_less.servers--;
	assert_true(f.service_level >= 0.8 && erlang_c_figures(&one_less, &f, &err) && f.service_level < 0.8);
	target.service_level = 1;
	assert_false(staffing_least(&c, &target, &f, &err));
	assert_string_equal(err.field, "target_service_level");
	assert_true(staffing_scheduled(9, 0.25) == 12 && staffing_scheduled(10, 0.25) == 14);
	assert_true(square_root_staff(100, 1) == 110);
}

static void
test_staffing_by_period(void **state)
{
	static const struct transient_piece flat = { 0, 36000, 0.05, 0.05 };
	static const struct transient_piece rush[] = { { 0, 3600, 0.01, 0.01 }, { 3600, 7200, 0.05, 0.05 }, { 7200, 14400, 0.01, 0.01 } };
	static const struct transient_piece ramp = { 0, 7200, 0, 0.1 };
	static const struct dist service = { .kind = DIST_EXPONENTIAL, .mean = 240 };
	static const struct dist long_service = { .kind = DIST_EXPONENTIAL, .mean = 1800 };
	struct staffing_day day = { .piece = &flat, .n_pieces = 1, .service = &service, .mean_patience = INFINITY, .limit = 20,
		.period = 1800, .n = 10, .target = { 0.8, 1, INFINITY } };
	double sipp[20], lag[20], mol[20], load[20];
	struct err err = { 0 };

	(void)state;
	assert_true(staffing_by_period(&day, STAFFING_SIPP, sipp, load, NULL, &err));
	assert_true(staffing_by_period(&day, STAFFING_MOL, mol, NULL, NULL, &err));
	for (size_t i = 0; i < 10; i++) {
		assert_true(sipp[i] == 16);
		assert_near("load", load[i], 12, 1e-12);
	}
	assert_true(mol[5] == 16 && mol[0] <= 16);
	assert_near("fills up", offered_load_at(&flat, 1, &service, 240), 12 * (1 - exp(-1)), 1e-9);
	/* Linear: m(t) = slope / mu (t - 1/mu (1 - e^(-mu t))). */
	assert_near("ramp", offered_load_at(&ramp, 1, &service, 2400), 0.1 / 7200 * 240 * (2400 - 240 * (1 - exp(-10))), 1e-6);
	assert_near("area", arrivals_between(&ramp, 1, 0, 3600), 0.1 / 7200 * 3600 * 3600 / 2, 1e-12);
	day.piece = rush;
	day.n_pieces = 3;
	day.n = 8;
	day.service = &long_service;
	assert_true(staffing_by_period(&day, STAFFING_SIPP, sipp, NULL, NULL, &err));
	assert_true(staffing_by_period(&day, STAFFING_LAG_SIPP, lag, NULL, NULL, &err));
	assert_true(staffing_by_period(&day, STAFFING_MOL, mol, NULL, NULL, &err));
	/* Services of half an hour: the need comes later than the calls and lasts after the rush. */
	assert_true(sipp[2] > lag[2] && lag[4] > sipp[4] && mol[4] > sipp[4]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erlang_b_has_the_printed_values),
		cmocka_unit_test(test_erlang_b_agrees_with_the_recursion),
		cmocka_unit_test(test_erlang_c_has_the_printed_values),
		cmocka_unit_test(test_erlang_a_has_the_printed_values),
		cmocka_unit_test(test_erlang_a_lies_between_b_and_c),
		cmocka_unit_test(test_tiny_abandonment_keeps_its_digits),
		cmocka_unit_test(test_very_long_patience),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_a_hundred_thousand_servers),
		cmocka_unit_test(test_finite_lines_and_balking),
		cmocka_unit_test(test_general_patience),
		cmocka_unit_test(test_general_and_constant_service),
		cmocka_unit_test(test_staffing),
		cmocka_unit_test(test_staffing_by_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_stats.c: survival against R's data set aml, control charts and the service index by hand */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/arena.h"
#include "base/base.h"
#include "stats/service_index.h"
#include "stats/survival.h"
#include "stats/xmr.h"

static void
near(const char *what, double got, double expected, double within)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("%s: got %.12g, expected %.12g", what, got, expected);
}

static void
test_survival_aml(void **state)
{
	struct survival_case kept[] = { { 161, 0 }, { 9, 1 }, { 13, 1 }, { 13, 0 }, { 18, 1 }, { 23, 1 }, { 28, 0 }, { 31, 1 },
		{ 34, 1 }, { 45, 0 }, { 48, 1 } };
	struct survival_case not_kept[] = { { 5, 1 }, { 5, 1 }, { 8, 1 }, { 8, 1 }, { 12, 1 }, { 16, 0 }, { 23, 1 }, { 27, 1 },
		{ 30, 1 }, { 33, 1 }, { 43, 1 }, { 45, 1 } };
	static const struct { double t, s, se; } row[] = {
		{ 9, 0.909091, 0.0866784 }, { 13, 0.818182, 0.1162913 }, { 18, 0.715909, 0.1396650 }, { 23, 0.613636, 0.1526323 },
		{ 31, 0.490909, 0.1641933 }, { 34, 0.368182, 0.1626689 }, { 48, 0.184091, 0.1534927 },
	};
	struct arena *a = arena_open();
	struct survival_curve c = survival_of(a, kept, ARRAY_LEN(kept));

	(void)state;
	assert_int_equal(c.n, ARRAY_LEN(row));
	for (size_t i = 0; i < c.n; i++) {
		near("t", c.point[i].t, row[i].t, 0.0);
		near("survival", c.point[i].survival, row[i].s, 5e-7);
		near("se", c.point[i].se, row[i].se, 5e-8);
		assert_true(c.point[i].low < row[i].s && c.point[i].high > row[i].s);
	}
	near("median", survival_quantile(&c, 0.5), 31, 0.0);
	near("80 %", survival_quantile(&c, 0.8), 48, 0.0);
	near("its lower limit", survival_quantile_interval(&c, 0.5).low, 13, 0.0);	/* log-log, as SAS and R have it */
	assert_true(isnan(survival_quantile_interval(&c, 0.5).high));
	assert_true(isnan(survival_quantile(&c, 0.9)));		/* not reached */
	assert_true(survival_reaches(&c, 161) && !survival_reaches(&c, 162));	/* one still waits */
	near("mean to 48", survival_mean_to(&c, 48).mean, 31.84318182, 5e-9);
	near("its se", survival_mean_to(&c, 48).se, 4.527884712, 5e-10);
	c = survival_of(a, not_kept, ARRAY_LEN(not_kept));
	near("median", survival_quantile(&c, 0.5), 23, 0.0);
	near("its lower limit", survival_quantile_interval(&c, 0.5).low, 5, 0.0);
	near("its upper limit", survival_quantile_interval(&c, 0.5).high, 33, 0.0);
	assert_true(survival_reaches(&c, 48));			/* all answered by 45: S is 0 from there */
	near("mean to 48", survival_mean_to(&c, 48).mean, 22.70833333, 5e-9);
	near("its se", survival_mean_to(&c, 48).se, 4.180941981, 5e-10);
	near("mean to 45", survival_mean_to(&c, 45).mean, 22.70833333, 5e-9);
	near("its se", survival_mean_to(&c, 45).se, 4.180941981, 5e-10);
	assert_true(c.point[c.n - 1].survival == 0.0 && isnan(c.point[c.n - 1].se) && isnan(c.point[c.n - 1].low));
	arena_close(a);
}

/* Nobody answered; a stretch at exactly one half; everybody answered, where the curve is the plain distribution. */
static void
test_survival_edges(void **state)
{
	struct survival_case open[] = { { 3, 0 }, { 8, 0 } };
	struct survival_case halves[] = { { 1, 1 }, { 2, 1 }, { 5, 1 }, { 9, 1 } };
	struct arena *a = arena_open();
	struct survival_curve c = survival_of(a, open, 2);
	double k;

	(void)state;
	assert_int_equal(c.n, 0);
	assert_true(isnan(survival_quantile(&c, 0.5)));
	near("nobody answered: the whole time", survival_mean_to(&c, 8).mean, 8, 0.0);
	near("nobody answered: no error", survival_mean_to(&c, 8).se, 0, 0.0);
	c = survival_of(a, halves, 4);
	near("exactly a half from 2 to 5: the middle", survival_quantile(&c, 0.5), 3.5, 0.0);
	/* S = 1/2, Greenwood's sum 1/12 + 1/6 = 1/4. */
	k = exp(1.959963984540054 * 0.5 / log(2.0));
	near("low", c.point[1].low, pow(0.5, k), 1e-14);
	near("high", c.point[1].high, pow(0.5, 1.0 / k), 1e-14);
	near("all answered: the plain mean", survival_mean_to(&c, 9).mean, 17.0 / 4.0, 1e-14);
	arena_close(a);
}

static void
test_xmr_reference(void **state)
{
	static const double value[] = { 39, 41, 41, 41, 43, 44, 41, 42, 40, 41, 44, 40 };
	struct arena *a = arena_open();
	struct xmr x = xmr_of(a, value, ARRAY_LEN(value));

	(void)state;
	near("centre", x.centre, 41.416667, 5e-7);
	near("mR", x.mr_mean, 1.727273, 5e-7);
	near("lower", x.lower, 36.822121, 5e-7);
	near("upper", x.upper, 46.011212, 5e-7);
	assert_int_equal(x.n_signals, 0);
	arena_close(a);
}

#define GAP NAN
static void
test_xmr_rules(void **state)
{
	static const struct { const char *why; double value[20]; size_t n; int rule; size_t first, last, marked; } row[] = {
		{ "one far out", { 10, 11, 10, 11, 10, 11, 30, 11, 10, 11, 10, 11 }, 12, 1, 6, 6, 1 },
		{ "shift", { 5, 1, 5, 1, 5, 1, 5, 1, 4, 5, 4, 5, 4, 5, 4, 1, 1, 1 }, 18, 2, 8, 14, 7 },
		{ "six are no shift", { 5, 1, 5, 1, 5, 1, 5, 1, 4, 5, 4, 5, 4, 5, 1, 1, 1 }, 17, 2, 0, 0, 0 },
		{ "a shift goes over a gap", { 5, 1, 5, 1, 5, 1, 5, 1, 4, 5, 4, GAP, 5, 4, 5, 4, 1, 1, 1 }, 19, 2, 8, 15, 7 },
		{ "trend: the point it starts from is not in it", { 9, 1, 2, 3, 4, 5, 6, 7, 8, 1 }, 10, 3, 2, 8, 7 },
		{ "six steps are no trend", { 9, 1, 2, 3, 4, 5, 6, 7, 1, 8 }, 10, 3, 0, 0, 0 },
		{ "a tie breaks it", { 9, 1, 2, 3, 4, 4, 5, 6, 7, 8, 1 }, 11, 3, 0, 0, 0 },
		{ "falling", { 1, 9, 8, 7, 6, 5, 4, 3, 2, 9 }, 10, 3, 2, 8, 7 },
		/* mean 0, mean range 24/11: limits at 5.80, the outer third from 3.87. */
		{ "two of three outer", { 0, -1, 0, -1, -1, 5, 1, 5, -2, -2, -2, -2 }, 12, 4, 5, 7, 2 },
		{ "no change at all", { 7, 7, 7, 7, 7, 7, 7, 7 }, 8, 2, 0, 0, 0 },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct xmr x = xmr_of(a, row[i].value, row[i].n);
		size_t marked = 0;

		for (size_t j = 0; j < x.n_signals; j++) {
			if (x.signal[j].rule != row[i].rule)
				continue;
			if (x.signal[j].index < row[i].first || x.signal[j].index > row[i].last)
				fail_msg("%s: point %zu is marked", row[i].why, x.signal[j].index);
			marked++;
		}
		if (marked != row[i].marked)
			fail_msg("%s: %zu marked, expected %zu", row[i].why, marked, row[i].marked);
	}
	assert_true(isnan(xmr_of(a, (const double[]){ 3 }, 1).upper));		/* no limits from one value */
	near("no range across a gap", xmr_of(a, (const double[]){ 1, 2, GAP, 9, 12 }, 5).mr_mean, 2.0, 0.0);
	arena_close(a);
}

static void
test_service_index(void **state)
{
	static const int grade[] = { 1, 2, 3, 4, 5 };
	struct service_index s = service_index_of(grade, 5);

	(void)state;
	near("index", s.index, 50.0, 0.0);
	near("se", s.se, sqrt(1562.5 / 5.0), 1e-12);
	assert_int_equal(s.n, 5);
	assert_true(isnan(service_index_of(grade, 1).se));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_survival_aml), cmocka_unit_test(test_survival_edges), cmocka_unit_test(test_xmr_reference),
		cmocka_unit_test(test_xmr_rules), cmocka_unit_test(test_service_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

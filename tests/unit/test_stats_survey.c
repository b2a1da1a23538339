/* tests/unit/test_stats_survey.c: survey estimates against R's survey package and by hand */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "stats/quantile.h"
#include "stats/survey.h"

static void
near(const char *what, double got, double expected, double within)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("%s: got %.12g, expected %.12g", what, got, expected);
}

/* R: qt(0.975, c(1, 5, 30)), qbeta(0.025, 2, 3), qbeta(0.975, 2, 3); beta(1, n) by hand. */
static void
test_quantiles(void **state)
{
	(void)state;
	near("t 1", t_quantile(0.975, 1), 12.7062047361747, 1e-10);
	near("t 5", t_quantile(0.975, 5), 2.57058183563631, 1e-11);
	near("t 30", t_quantile(0.975, 30), 2.04227245630124, 1e-11);
	near("beta", beta_distribution(0.5, 2, 3), 11.0 / 16.0, 1e-14);
	near("beta 1, 20", beta_quantile(0.975, 1, 20), 1.0 - pow(0.025, 1.0 / 20.0), 1e-13);
	near("beta 0.025", beta_distribution(beta_quantile(0.025, 2, 3), 2, 3), 0.025, 1e-13);
}

/* apistrat: three strata with the means and variances of api00 (n even: half of the answers at each side of the mean).
 * R's own figures carry weights rounded to single precision: they agree to seven digits, not more. */
enum { N = 200 };
static int stratum[N];
static double api00[N];
static const double population[] = { 4421, 755, 1018 };

static void
fill_apistrat(void)
{
	static const struct { size_t n; double mean, variance; } row[] = {
		{ 100, 674.43, 15687.41929 }, { 50, 625.82, 11947.08939 }, { 50, 636.60, 13824.85714 } };

	for (size_t h = 0, k = 0; h < 3; h++) {
		double away = sqrt(row[h].variance * (double)(row[h].n - 1) / (double)row[h].n);

		for (size_t i = 0; i < row[h].n; i++, k++) {
			stratum[k] = (int)h;
			api00[k] = row[h].mean + (i % 2 == 0 ? away : -away);
		}
	}
}

static void
test_apistrat(void **state)
{
	static const double mean[] = { 674.43, 625.82, 636.60 }, se[] = { 12.38247979, 14.93712919, 16.21470731 };
	struct survey_design d = { .n = N, .stratum = stratum, .population = population, .n_strata = 3 };
	struct arena *a = arena_open();
	struct survey_estimate e;
	struct err err = { 0 };
	struct survey s;

	(void)state;
	fill_apistrat();
	assert_true(survey_open(a, &d, &s, &err));
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_MEAN, .y = api00 });
	near("mean", e.estimate, 662.287363159, 5e-7);
	near("se", e.se, 9.408940803, 5e-7);
	near("low", e.low, e.estimate - t_quantile(0.975, 197) * e.se, 1e-9);
	assert_int_equal(e.n, 200);
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_TOTAL, .y = api00 });
	near("total", e.estimate, 4421 * 674.43 + 755 * 625.82 + 1018 * 636.60, 1e-6);
	near("total's se", e.se, 9.408940803 * 6194, 3e-3);
	for (int h = 0; h < 3; h++) {
		e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_MEAN, .y = api00, .domain = stratum, .member = h });
		near("domain mean", e.estimate, mean[h], 1e-10);
		near("domain se", e.se, se[h], 5e-8);
	}
	arena_close(a);
}

/* Post-stratification of a simple random sample is the stratified estimate; its variance, with the cells' own weights:
 * (1 - n/N) n/(n-1) sum (w* e)^2, by hand. */
static void
test_post_stratification(void **state)
{
	static const int all[N];
	struct survey_margin margin[2] = { { stratum, population, 3 }, { NULL, (const double[]){ 3097, 3097 }, 2 } };
	struct survey_design d = { .n = N, .stratum = all, .population = (const double[]){ 6194 }, .n_strata = 1,
		.margin = margin, .n_margins = 1 };
	struct arena *a = arena_open();
	struct survey_estimate e, raked;
	struct err err = { 0 };
	struct survey s;
	double v = 0.0;
	int half[N];

	(void)state;
	fill_apistrat();
	assert_true(survey_open(a, &d, &s, &err));
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_MEAN, .y = api00 });
	near("mean", e.estimate, 662.287363159, 5e-7);
	v += 44.21 * 44.21 * 99 * 15687.41929 + 15.10 * 15.10 * 49 * 11947.08939 + 20.36 * 20.36 * 49 * 13824.85714;
	v *= (1.0 - 200.0 / 6194.0) * 200.0 / 199.0 / 6194.0 / 6194.0;
	near("se", e.se, sqrt(v), 1e-8);
	/* A second margin that is already met and says nothing about the answers within the cells changes nothing. */
	for (int k = 0; k < N; k++)
		half[k] = k / 2 % 2;
	margin[1].category = half;
	d.n_margins = 2;
	assert_true(survey_open(a, &d, &s, &err));
	raked = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_TOTAL, .y = (double[N]){ [0] = 1.0 } });
	assert_true(raked.n == N && raked.se > 0.0);
	for (int c = 0; c < 2; c++) {
		double sum = 0.0;

		for (int k = 0; k < N; k++)
			sum += half[k] == c ? s.weight[k] : 0.0;
		near("margin met", sum, 3097, 1e-6);
	}
	margin[1].total = (const double[]){ 3000, 3000 };
	assert_false(survey_open(a, &d, &s, &err));
	assert_string_equal(err.field, "design");
	arena_close(a);
}

/* What a margin explains has no variance left. */
static void
test_margin_is_certain(void **state)
{
	static const int all[6], sex[6] = { 0, 0, 0, 1, 1, 1 }, age[6] = { 0, 1, 1, 0, 0, 1 };
	static const double women[6] = { 1, 1, 1, 0, 0, 0 };
	const struct survey_margin margin[] = { { sex, (const double[]){ 60, 40 }, 2 }, { age, (const double[]){ 30, 70 }, 2 } };
	struct survey_design d = { .n = 6, .stratum = all, .population = (const double[]){ 100 }, .n_strata = 1, .margin = margin,
		.n_margins = 2 };
	struct arena *a = arena_open();
	struct survey_estimate e;
	struct err err = { 0 };
	struct survey s;

	(void)state;
	assert_true(survey_open(a, &d, &s, &err));
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_TOTAL, .y = women });
	near("women", e.estimate, 60, 1e-8);
	near("known", e.se, 0, 1e-8);
	arena_close(a);
}

static void
test_shares_and_ratios(void **state)
{
	static const int one[20];
	double yes[20] = { 0 }, size[20];
	struct survey_design d = { .n = 20, .stratum = one, .population = (const double[]){ 200 }, .n_strata = 1 };
	struct arena *a = arena_open();
	struct survey_estimate e;
	struct err err = { 0 };
	struct survey s;

	(void)state;
	assert_true(survey_open(a, &d, &s, &err));
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_SHARE, .y = yes });
	near("nobody", e.estimate, 0, 0.0);
	near("nobody: low", e.low, 0, 0.0);
	near("nobody: exact high", e.high, 1.0 - pow(0.025, 1.0 / 20.0), 1e-12);
	for (int k = 0; k < 20; k++) {
		yes[k] = k < 8 ? 1.0 : k == 19 ? NAN : 0.0;
		size[k] = 2.0 * (k < 8 ? 1.0 : 0.0);
	}
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_SHARE, .y = yes });
	assert_int_equal(e.n, 19);
	near("share", e.estimate, 8.0 / 19.0, 1e-14);
	/* Residuals over 19, zero for the missing one: 20/19 (1 - 0.1) sum of squares / 19^2. */
	near("se", e.se, sqrt(0.9 * 20.0 / 19.0 * (8.0 * 11.0 / 19.0)) / 19.0, 1e-13);
	near("logit", log(e.high / (1 - e.high)) + log(e.low / (1 - e.low)), 2.0 * log(8.0 / 11.0), 1e-12);
	e = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_RATIO, .y = yes, .z = size });
	near("ratio", e.estimate, 0.5, 1e-14);
	near("constant ratio", e.se, 0, 1e-14);
	arena_close(a);
}

/* Two margins met in three ways; expected figures by Newton's method with the full matrix, and the residuals from it. */
static void
test_calibration_and_the_median(void **state)
{
	static const struct { enum survey_calibration how; double mean, se, least, most; } row[] = {
		{ SURVEY_RAKING, 24.9299701622, 2.1942239515, 0.86529265246, 1.17945486505 },
		{ SURVEY_LINEAR, 24.9346051246, 2.19534863523, 0.859495488105, 1.17332745711 },
		{ SURVEY_LOGIT, 24.9304905954, 2.19435587274, 0.864871086266, 1.17884235296 },
	};
	static const double persons[] = { 300, 500 }, sexes[] = { 430, 370 }, ages[] = { 250, 290, 260 };
	int district[24], sex[24], age[24];
	double y[24];

	(void)state;
	for (int k = 0; k < 24; k++) {
		district[k] = k >= 10;
		sex[k] = k * 7 % 5 < 2;
		age[k] = k * 11 % 3;
		y[k] = 10 + k * 37 % 23 * 1.5 + 3 * sex[k] - 2 * age[k];
	}
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct survey_margin margin[] = { { sex, sexes, 2 }, { age, ages, 3 } };
		struct survey_design d = { .n = 24, .stratum = district, .population = persons, .n_strata = 2, .margin = margin,
			.n_margins = 2, .calibration = row[i].how, .least = 0.3, .most = 3 };
		struct arena *a = arena_open();
		struct survey_estimate mean, median;
		struct err err = { 0 };
		struct survey s;

		assert_true(survey_open(a, &d, &s, &err));
		mean = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_MEAN, .y = y });
		median = survey_estimate(a, &s, &(struct survey_question){ .statistic = SURVEY_QUANTILE, .y = y, .p = 0.5 });
		near("mean", mean.estimate, row[i].mean, 1e-9);
		near("se", mean.se, row[i].se, 1e-9);
		near("least factor", s.factor_least, row[i].least, 1e-9);
		near("greatest factor", s.factor_most, row[i].most, 1e-9);
		near("median", median.estimate, 21, 0);
		near("its low", median.low, 17, 0);
		near("its high", median.high, 32, 0);
		arena_close(a);
	}
}

static void
test_refused(void **state)
{
	static const int two[3] = { 0, 0, 1 };
	static const struct { double population[3]; size_t n_strata; enum survey_lonely lonely; bool ok; } row[] = {
		{ { 10, 10 }, 2, SURVEY_LONELY_STOP, false }, { { 10, 10 }, 2, SURVEY_LONELY_ADJUST, true },
		{ { 10, 1 }, 2, SURVEY_LONELY_STOP, true }, { { 1, 10 }, 2, SURVEY_LONELY_ADJUST, false },
		{ { 10, 10, 10 }, 3, SURVEY_LONELY_ADJUST, false },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct survey_design d = { .n = 3, .stratum = two, .population = row[i].population, .n_strata = row[i].n_strata,
			.lonely = row[i].lonely };
		struct err err = { 0 };
		struct survey s;

		assert_int_equal(survey_open(a, &d, &s, &err), row[i].ok);
		assert_true(row[i].ok || err.code == ERR_INPUT);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles), cmocka_unit_test(test_apistrat), cmocka_unit_test(test_post_stratification),
		cmocka_unit_test(test_margin_is_certain), cmocka_unit_test(test_shares_and_ratios), cmocka_unit_test(test_calibration_and_the_median),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

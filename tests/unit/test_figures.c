/* tests/unit/test_figures.c: how we answer, counted by hand */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "figures/figures.h"

static int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_true(instant_parse(text, &t));
	return t;
}

static void
test_working_hours(void **state)
{
	static const struct { const char *from, *to, *why; double hours; } row[] = {
		{ "2027-01-11T08:12:00+01:00", "2027-01-11T10:12:00+01:00", "within a day", 2 },
		{ "2027-01-08T15:00:00+01:00", "2027-01-11T09:00:00+01:00", "over a weekend", 2 },
		{ "2027-01-09T12:00:00+01:00", "2027-01-10T12:00:00+01:00", "all in a weekend", 0 },
		{ "2027-01-11T06:00:00+01:00", "2027-01-11T20:00:00+01:00", "before and after the day", 8 },
		{ "2027-01-05T12:00:00+01:00", "2027-01-07T12:00:00+01:00", "over Epiphany", 8 },
		{ "2027-03-26T12:00:00+01:00", "2027-03-30T10:00:00+02:00", "over Easter and summer time", 2 },
		{ "2027-01-11T10:00:00+01:00", "2027-01-11T09:00:00+01:00", "backwards", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		double got = figures_working_hours(at(row[i].from), at(row[i].to));

		if (fabs(got - row[i].hours) > 1e-9)
			fail_msg("%s: %g, expected %g", row[i].why, got, row[i].hours);
	}
}

static const struct figures_filter JANUARY = { { 2027, 1, 11 }, { 2027, 1, 24 }, 0, 0, NULL };

static void
test_who_is_counted_and_who_is_not(void **state)
{
	struct arena *a = arena_open();
	int64_t monday = at("2027-01-11T09:00:00+01:00"), promise = at("2027-01-13T00:00:00+01:00");
	const struct figures_case c[] = {
		{ .arrived_at = monday, .answer_by = promise, .answered_at = monday + 600, .direct = true, .satisfied = 1 },
		{ .arrived_at = monday, .answer_by = promise, .answered_at = monday + 7200, .direct = true, .satisfied = -1 },
		{ .arrived_at = monday, .answer_by = promise, .answered_at = promise + 43200, .satisfied = 0, .reopened = true, .escalated = true },
		{ .arrived_at = monday, .answer_by = promise, .satisfied = -1 },	/* open and late: not kept */
		{ .arrived_at = monday, .answer_by = at("2027-01-30T00:00:00+01:00"), .satisfied = -1 },	/* open, not due */
		{ .arrived_at = monday, .spam = true, .satisfied = -1 },
		{ .arrived_at = monday, .merged = true, .satisfied = -1 },
		{ .arrived_at = monday, .unreachable = true, .satisfied = -1 },
	};
	struct figures x;

	(void)state;
	figures_of(a, c, ARRAY_LEN(c), &JANUARY, at("2027-01-15T12:00:00+01:00"), &x);
	assert_int_equal(x.n, 5);
	assert_int_equal(x.spam + 10 * x.merged + 100 * x.unreachable, 111);
	assert_int_equal(x.answered, 3);
	assert_int_equal(x.open, 2);
	assert_int_equal(x.not_due, 1);
	assert_int_equal(x.promise.n, 2);
	assert_int_equal(x.promise.of, 4);	/* the late open one counts against us */
	assert_true(fabs(x.promise.value - 0.5) < 1e-12);
	assert_int_equal(x.first_contact.n, 1);
	assert_int_equal(x.first_contact.of, 2);
	assert_int_equal(x.reopened.n, 1);
	assert_int_equal(x.escalated.n, 1);
	assert_int_equal(x.satisfied.n * 10 + x.satisfied.of, 12);
	assert_int_equal(x.heat[0][18], 5);
	assert_int_equal(x.n_weeks, 1);	/* the second week has not begun */
	assert_int_equal(x.week[0].due, 4);
	assert_int_equal(x.week[0].kept, 2);
	/* answered after 1/6, 2 and 19 working hours; two wait since 35: S = 4/5, 3/5, 2/5 */
	assert_int_equal(x.curve.n, 3);
	assert_true(fabs(x.curve.point[2].survival - 0.4) < 1e-12);
	assert_true(fabs(x.median - 19) < 1e-9);
	assert_true(isnan(x.p90));
	arena_close(a);
}

static void
test_open_cases_are_not_left_out(void **state)
{
	struct arena *a = arena_open();
	struct figures_case c[20];
	struct figures x;

	(void)state;
	/* ten answered in an hour, ten never: leaving the open out would say one hour; half are answered, no more */
	for (size_t i = 0; i < 20; i++)
		c[i] = (struct figures_case){ .arrived_at = at("2027-01-11T09:00:00+01:00"), .satisfied = -1,
			.answered_at = i < 10 ? at("2027-01-11T10:00:00+01:00") : 0 };
	figures_of(a, c, 20, &JANUARY, at("2027-01-20T09:00:00+01:00"), &x);
	assert_true(isnan(x.p90));
	assert_true(x.mean_to > 30 && fabs(x.mean.mean - (0.5 * 1 + 0.5 * x.mean_to)) < 1e-9);
	arena_close(a);
}

static void
test_nobody_is_not_zero(void **state)
{
	struct arena *a = arena_open();
	struct figures x;
	json_t *o;

	(void)state;
	figures_of(a, NULL, 0, &JANUARY, at("2027-01-20T09:00:00+01:00"), &x);
	assert_true(isnan(x.promise.value) && isnan(x.median));
	assert_int_equal(x.n_weeks, 2);
	assert_true(isnan(x.week[0].share));
	o = figures_json(&x, &JANUARY);
	assert_true(json_is_null(json_object_get(o, "median_hours")));
	assert_true(json_is_null(json_object_get(json_object_get(o, "within_promise"), "value")));
	json_decref(o);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_hours),
		cmocka_unit_test(test_who_is_counted_and_who_is_not),
		cmocka_unit_test(test_open_cases_are_not_left_out),
		cmocka_unit_test(test_nobody_is_not_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

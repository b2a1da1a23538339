/* tests/unit/test_figures.c: how we answer, counted by hand */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "expect.h"
#include "figures/figures.h"

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
		double got = figures_working_hours(NULL, at(row[i].from), at(row[i].to));

		if (fabs(got - row[i].hours) > 1e-9)
			fail_msg("%s: %g, expected %g", row[i].why, got, row[i].hours);
	}
}

/* A place with a lunch, late Thursdays, a summer, days of its own and a week closed; hours are written from the fourth of January. */
static const struct hours_rule rules[] = {
	{ .kind = HOURS_PHONE, .first = MONDAY, .last = FRIDAY, .opens = 9 * 60, .closes = 12 * 60, .from = { 2027, 1, 4 } },
	{ .kind = HOURS_PHONE, .first = MONDAY, .last = WEDNESDAY, .opens = 13 * 60, .closes = 15 * 60 + 30, .from = { 2027, 1, 4 },
		.to = { 2027, 5, 31 } },
	{ .kind = HOURS_PHONE, .first = THURSDAY, .last = THURSDAY, .opens = 13 * 60, .closes = 18 * 60, .from = { 2027, 1, 4 } },
	{ .kind = HOURS_VISIT, .first = MONDAY, .last = SUNDAY, .opens = 0, .closes = HOURS_DAY, .from = { 2027, 1, 4 } },
};
static const struct hours_exception exceptions[] = {
	{ .kind = { [HOURS_PHONE] = true }, .from = { 2027, 2, 15 }, .to = { 2027, 2, 19 }, .opens = HOURS_CLOSED, .closes = HOURS_CLOSED,
		.reason = "Flytt" },
	{ .kind = { [HOURS_PHONE] = true }, .from = { 2027, 2, 20 }, .to = { 2027, 2, 20 }, .opens = 10 * 60, .closes = 14 * 60, .reason = "Lördag" },
};
static const struct hours_own_day own_days[] = { { { 2027, 3, 25 }, 11 * 60, "Skärtorsdag" } };
static const struct date away[] = { { 2027, 1, 12 } };
static const struct hours_plan PLACE = { rules, ARRAY_LEN(rules), exceptions, ARRAY_LEN(exceptions), own_days, ARRAY_LEN(own_days),
	away, ARRAY_LEN(away) };

static void
test_working_hours_are_those_written(void **state)
{
	static const struct { const char *from, *to, *why; double hours; } row[] = {
		{ "2027-01-11T08:12:00+01:00", "2027-01-11T10:12:00+01:00", "it opens at nine", 1.2 },
		{ "2027-01-11T11:00:00+01:00", "2027-01-11T14:00:00+01:00", "over lunch", 2 },
		{ "2027-01-12T00:00:00+01:00", "2027-01-13T00:00:00+01:00", "all were away: she waited all the same", 5.5 },
		{ "2027-01-14T12:30:00+01:00", "2027-01-14T20:00:00+01:00", "a late Thursday", 5 },
		{ "2027-02-12T11:00:00+01:00", "2027-02-20T12:00:00+01:00", "a week closed, and a Saturday open", 3 },
		{ "2027-03-25T08:00:00+01:00", "2027-03-30T10:00:00+02:00", "own day, Easter and summer time", 3 },
		{ "2026-12-30T15:00:00+01:00", "2027-01-04T10:00:00+01:00", "before any were written: 8 to 16", 2 },
		{ "2027-06-07T00:00:00+02:00", "2027-06-08T00:00:00+02:00", "a rule that has ended", 3 },
	};
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		double got = figures_working_hours(&PLACE, at(row[i].from), at(row[i].to));

		if (fabs(got - row[i].hours) > 1e-9)
			fail_msg("%s: %g, expected %g", row[i].why, got, row[i].hours);
	}
	/* against the definition, minute by minute */
	for (int i = 0; i < 60; i++) {
		int64_t from = at("2026-12-28T00:00:00+01:00") + (int64_t)((seed = seed * 1664525u + 1013904223u) >> 8) % (120 * DAY_S) / 60 * 60;
		int64_t to = from + (int64_t)((seed = seed * 1664525u + 1013904223u) >> 8) % (12 * DAY_S) / 60 * 60, minutes = 0;
		struct hours_plan plan = PLACE;

		plan.n_away = 0;
		for (int64_t t = from; t < to; t += 60) {
			struct local_time l = local_time(t);
			struct date day = local_date(t);
			struct hours_day hours;
			int now = l.hour * 60 + l.minute;

			if (date_cmp(day, (struct date){ 2027, 1, 4 }) < 0) {
				minutes += date_weekday(day) <= FRIDAY && !(day.year == 2027 && day.day == 1) && !(day.year == 2026 && day.day == 31) &&
				    now >= 480 && now < 960;
				continue;
			}
			hours_of_day(&plan, HOURS_PHONE, day, &hours);
			for (size_t k = 0; k < hours.n; k++)
				minutes += now >= hours.span[k].opens && now < hours.span[k].closes;
		}
		if (fabs(figures_working_hours(&PLACE, from, to) - (double)minutes / 60) > 1e-9)
			fail_msg("%s to %s: %g, by the minute %g", instant_text(from).s, instant_text(to).s, figures_working_hours(&PLACE, from, to),
			    (double)minutes / 60);
	}
}

static const struct figures_filter JANUARY = { .from = { 2027, 1, 11 }, .to = { 2027, 1, 24 } };

static struct figures
counted(struct arena *a, const struct figures_filter *f, const struct figures_case *c, size_t n, int64_t now)
{
	struct figures_count *count = figures_begin(a, f, now);
	struct figures x;

	for (size_t i = 0; i < n; i++)
		figures_add(count, &c[i]);
	figures_end(count, &x);
	return x;
}

static void
near(double got, double expected, const char *what)
{
	if (!(fabs(got - expected) < 1e-9))
		fail_msg("%s: %.12g, expected %.12g", what, got, expected);
}

static void
test_who_is_counted_and_who_is_not(void **state)
{
	struct arena *a = arena_open();
	int64_t monday = at("2027-01-11T09:00:00+01:00"), promise = at("2027-01-13T00:00:00+01:00");
	const struct figures_case c[] = {
		{ .arrived_at = monday, .promised_by = promise, .answered_at = monday + 600, .closed_at = monday + 600, .done = true,
		    .direct = true, .satisfied = 1 },
		{ .arrived_at = monday, .promised_by = promise, .answered_at = monday + 7200, .closed_at = monday + 7200, .done = true,
		    .direct = true, .satisfied = -1, .escalated = true },
		{ .arrived_at = monday, .promised_by = promise, .answered_at = promise + 43200, .satisfied = 0, .disputed = true, .escalated = true },
		{ .arrived_at = monday - 60, .promised_by = promise, .satisfied = -1 },	/* open and late: not kept, no answer */
		{ .arrived_at = monday, .promised_by = at("2027-01-30T00:00:00+01:00"), .satisfied = -1 },	/* open, not due */
		{ .arrived_at = monday, .out = OUT_SPAM, .satisfied = -1 },
		{ .arrived_at = monday, .out = OUT_MERGED, .satisfied = -1 },
		{ .arrived_at = monday, .out = OUT_PASSED_ON, .satisfied = -1 },
		{ .arrived_at = monday, .out = OUT_UNREACHABLE, .satisfied = -1 },
	};
	struct figures x = counted(a, &JANUARY, c, ARRAY_LEN(c), at("2027-01-15T12:00:00+01:00"));
	const struct figures_measures *m = &x.all;

	(void)state;
	assert_int_equal(m->n, 5);
	assert_int_equal(m->out[OUT_SPAM] + 10 * m->out[OUT_MERGED] + 100 * m->out[OUT_PASSED_ON] + 1000 * m->out[OUT_UNREACHABLE], 1111);
	assert_int_equal(m->answered, 3);
	assert_int_equal(m->open, 2);
	assert_int_equal(m->not_due, 1);
	assert_int_equal(m->oldest_open_at, monday - 60);
	assert_int_equal(m->promise.n, 2);
	assert_int_equal(m->promise.of, 4);	/* the late open one counts against us */
	assert_true(fabs(m->promise.value - 0.5) < 1e-12);
	assert_int_equal(m->unanswered.n, 1);
	assert_int_equal(m->unanswered.of, 4);
	assert_int_equal(m->first_contact.n, 1);
	assert_int_equal(m->first_contact.of, 2);
	assert_int_equal(m->reopened.n * 10 + m->reopened.of, 13);
	assert_int_equal(m->escalated.n * 10 + m->escalated.of, 25);
	assert_int_equal(m->satisfied.n * 10 + m->satisfied.of, 12);
	assert_int_equal(x.heat[0][18], 4);
	assert_int_equal(x.heat[0][17], 1);
	assert_int_equal(x.n_weeks, 1);	/* the second week has not begun */
	assert_int_equal(x.week[0].due, 4);
	assert_int_equal(x.week[0].kept, 2);
	assert_int_equal(x.week[0].not_due, 1);
	assert_true(isnan(x.week[0].share));	/* not over, and too few */
	/* answered after 1/6, 2 and 19 working hours; two wait since 35: S = 4/5, 3/5, 2/5 */
	assert_int_equal(x.curve.n, 3);
	near(x.curve.point[2].survival, 0.4, "survival");
	near(m->working.median, 19, "median");
	assert_true(isnan(m->working.p90));
	near(m->working.longest, 35 + 1 / 60.0, "longest wait");
	/* by the calendar: 600 s, 7200 s, and 15 h + 12 h + 1 day after Monday 9 */
	near(m->calendar.median, 51 / 24.0, "days");
	arena_close(a);
}

/* A new date, a plan that does not hold, or a "done" that was not, makes nothing good that was late. */
static void
test_what_is_kept(void **state)
{
	enum { NOW = 1000 };
	static const struct { struct figures_case c; bool kept, due; const char *why; } row[] = {
		{ { .promised_by = 500, .answered_at = 500 }, true, true, "on the last second" },
		{ { .promised_by = 500, .answered_at = 501 }, false, true, "a second late" },
		{ { .answered_at = 501 }, true, true, "nothing was promised" },
		{ { .promised_by = 500 }, false, true, "no answer, and the time is out" },
		{ { .promised_by = 1500 }, false, false, "no answer yet, there is time" },
		{ { .promised_by = 500, .answered_at = 400, .disputed = true }, false, true, "she says it was not done" },
		{ { .promised_by = 500, .answered_at = 400, .plan_by = 1200 }, true, true, "a plan whose day has not come" },
		{ { .promised_by = 500, .answered_at = 400, .plan_by = 900 }, false, true, "a plan whose day has passed" },
		{ { .promised_by = 500, .answered_at = 400, .plan_by = 900, .closed_at = 890 }, true, true, "a plan that held" },
		{ { .promised_by = 500, .answered_at = 400, .plan_by = 900, .closed_at = 950 }, false, true, "a plan that came late" },
		{ { .promised_by = 500, .answered_at = 400, .plan_by = 1200, .plan_broken = true }, false, true, "a second plan when the first had passed" },
		{ { .promised_by = 500, .answered_at = 600, .plan_by = 1200 }, false, true, "a plan after the promise" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (figures_kept(&row[i].c, NOW) != row[i].kept || figures_due(&row[i].c, NOW) != row[i].due)
			fail_msg("%s", row[i].why);
	}
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
	x = counted(a, &JANUARY, c, 20, at("2027-01-20T09:00:00+01:00"));
	assert_true(isnan(x.all.working.p90));
	near(x.all.working.mean_to, 40, "as far as the mean goes");
	near(x.all.working.mean.mean, 0.5 * 1 + 0.5 * 40, "mean");
	near(x.all.calendar.mean.mean, 0.5 / 24 + 0.5 * 7, "mean by the calendar");
	arena_close(a);
}

/* Against the definition, done the slow way: for each time, the product over all earlier ones. */
static void
test_against_the_definition(void **state)
{
	enum { N = 500 };
	struct arena *a = arena_open();
	int64_t monday = at("2027-01-11T08:00:00+01:00"), now = at("2027-01-22T16:00:00+01:00");
	struct figures_case c[N];
	double hours[N], area = 0, last = 0, s = 1, median = NAN;
	bool event[N];
	struct figures x;
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		uint32_t r = (seed = seed * 1664525u + 1013904223u) >> 8, t = (seed = seed * 1664525u + 1013904223u) >> 8;

		c[i] = (struct figures_case){ .arrived_at = monday + (r % 10) * DAY_S + r % 20000, .satisfied = -1, .group = r % 3,
			.direct = r % 4 == 0 };
		if (t % 5 != 0)
			c[i].answered_at = c[i].arrived_at + t % 400000;
		if (c[i].answered_at > now)
			c[i].answered_at = 0;
		event[i] = c[i].answered_at != 0;
		hours[i] = floor(figures_working_hours(NULL, c[i].arrived_at, event[i] ? c[i].answered_at : now) * 60 + 1e-9) / 60;
	}
	x = counted(a, &JANUARY, c, N, now);
	for (;;) {
		double t = INFINITY;
		size_t at_risk = 0, events = 0;

		for (size_t i = 0; i < N; i++) {
			if (event[i] && (hours[i] > last || (last == 0 && s == 1)) && hours[i] < t)
				t = hours[i];
		}
		if (!isfinite(t))
			break;
		for (size_t i = 0; i < N; i++) {
			at_risk += hours[i] >= t;
			events += event[i] && hours[i] == t;
		}
		area += s * (fmin(t, 40) - fmin(last, 40));
		s *= 1 - (double)events / (double)at_risk;
		if (isnan(median) && s <= 0.5 + 1e-12)
			median = t;
		last = t;
	}
	area += s * (40 - fmin(last, 40));
	near(x.all.working.median, median, "median");
	near(x.all.working.mean.mean, area, "restricted mean");
	near(x.curve.point[x.curve.n - 1].survival, s, "the end of the curve");
	assert_int_equal(x.n_groups, 3);
	assert_int_equal(x.group[0].m.n + x.group[1].m.n + x.group[2].m.n, N);
	assert_true(x.group[0].m.n >= x.group[1].m.n && x.group[1].m.n >= x.group[2].m.n);
	arena_close(a);
}

/* Two contacts that waited as long, in units with and without hours: each by its own; the page can say how many. */
static void
test_each_unit_has_its_own_hours(void **state)
{
	struct arena *a = arena_open();
	struct figures_place place[] = { { .authority_id = 1, .unit_id = 7, .plan = PLACE }, { .authority_id = 1, .unit_id = 8 },
		{ .authority_id = 2, .unit_id = 0, .plan = PLACE } };
	struct figures_case c[] = {
		{ .unit_id = 7, .authority_id = 1, .group = 1 }, { .unit_id = 8, .authority_id = 1, .group = 2 },
		{ .unit_id = 0, .authority_id = 2, .group = 3 }, { .unit_id = 9, .authority_id = 2, .group = 4 },
	};
	struct figures_count *count = figures_begin(a, &JANUARY, at("2027-01-20T12:00:00+01:00"));
	struct figures x;

	(void)state;
	figures_places(count, place, ARRAY_LEN(place));
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		c[i].satisfied = -1;
		c[i].arrived_at = at("2027-01-11T08:00:00+01:00");
		c[i].answered_at = at("2027-01-11T16:00:00+01:00");
		figures_add(count, &c[i]);
	}
	figures_end(count, &x);
	assert_int_equal(x.by_hours, 2);
	assert_int_equal(x.by_default, 2);
	for (size_t i = 0; i < x.n_groups; i++)
		near(x.group[i].m.working.median, x.group[i].key % 2 == 1 ? 5.5 : 8, "by its own hours");
	arena_close(a);
}

/* Twelve weeks of ten contacts, of which so many are answered in time: the chart of quantitative methods' example would say noise;
 * the last falls outside. */
static void
test_weeks_say_signal_or_noise(void **state)
{
	static const int kept[] = { 9, 8, 9, 9, 8, 9, 9, 8, 9, 8, 9, 2 };
	struct arena *a = arena_open();
	struct figures_filter f = { .from = { 2027, 1, 4 }, .to = { 2027, 4, 4 } };
	struct figures_count *count = figures_begin(a, &f, at("2027-04-04T12:00:00+02:00"));
	double values[12];
	struct figures x;
	struct xmr by_hand;

	(void)state;
	for (int w = 0; w < 12; w++) {
		int64_t came = local_instant(date_add(f.from, 7 * w + 1), 10, 0, 0);

		for (int i = 0; i < 10; i++)
			figures_add(count, &(struct figures_case){ .arrived_at = came, .promised_by = came + DAY_S, .satisfied = -1,
			    .answered_at = i < kept[w] ? came + 3600 : came + 2 * DAY_S });
		values[w] = 10.0 * kept[w];
	}
	/* the thirteenth: nine, all in time, are too few to be judged */
	for (int i = 0; i < 9; i++)
		figures_add(count, &(struct figures_case){ .arrived_at = at("2027-03-30T10:00:00+02:00"), .satisfied = -1,
		    .answered_at = at("2027-03-30T11:00:00+02:00") });
	figures_end(count, &x);
	by_hand = xmr_of(a, values, 12);
	assert_int_equal(x.n_weeks, 13);
	near(x.xmr.centre, by_hand.centre, "mean");
	near(x.xmr.upper, by_hand.upper, "upper limit");
	near(x.week[11].share, 0.2, "share");
	assert_int_equal(x.week[11].rules & 1u, 1);
	assert_int_equal(x.week[5].rules, 0);
	assert_true(isnan(x.week[12].share));
	arena_close(a);
}

static void
test_summer_time(void **state)
{
	struct arena *a = arena_open();
	struct figures_filter f = { .from = { 2027, 3, 22 }, .to = { 2027, 4, 4 } };
	struct figures_case c[] = {
		{ .arrived_at = at("2027-03-28T23:40:00+02:00"), .satisfied = -1 },	/* the day it began: 23 hours */
		{ .arrived_at = at("2027-03-29T00:10:00+02:00"), .satisfied = -1 },
		{ .arrived_at = at("2027-03-22T00:05:00+01:00"), .satisfied = -1 },
	};
	struct figures x = counted(a, &f, c, ARRAY_LEN(c), at("2027-03-29T12:00:00+02:00"));

	(void)state;
	assert_int_equal(x.heat[6][47], 1);
	assert_int_equal(x.heat[0][0], 2);
	assert_int_equal(x.week[0].n, 2);
	assert_int_equal(x.week[1].n, 1);
	arena_close(a);
}

static void
test_nobody_is_not_zero(void **state)
{
	struct arena *a = arena_open();
	struct figures x = counted(a, &JANUARY, NULL, 0, at("2027-01-20T09:00:00+01:00"));
	json_t *o;

	(void)state;
	assert_true(isnan(x.all.promise.value) && isnan(x.all.working.median));
	assert_int_equal(x.n_weeks, 2);
	assert_true(isnan(x.week[0].share));
	o = figures_json(&x, &JANUARY);
	assert_true(json_is_null(json_object_get(json_object_get(o, "working_hours"), "median")));
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
		cmocka_unit_test(test_what_is_kept),
		cmocka_unit_test(test_open_cases_are_not_left_out),
		cmocka_unit_test(test_against_the_definition),
		cmocka_unit_test(test_working_hours_are_those_written),
		cmocka_unit_test(test_each_unit_has_its_own_hours),
		cmocka_unit_test(test_weeks_say_signal_or_noise),
		cmocka_unit_test(test_summer_time),
		cmocka_unit_test(test_nobody_is_not_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

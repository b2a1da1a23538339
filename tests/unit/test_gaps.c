/* tests/unit/test_gaps.c: half-hours in which calls were lost, against the hours on the sign */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "figures/gaps.h"
#include "queue/scenario.h"

static const struct hours_rule rules[] = { { HOURS_PHONE, MONDAY, FRIDAY, 480, 970, { 2026, 1, 1 }, { 0, 0, 0 }, false } };	/* to 16.10 */
static const struct date away[] = { { 2027, 1, 13 } };
static const struct gaps_place places[] = {
	{ 1, "Kontaktcenter", { .rule = rules, .n_rules = 1, .away = away, .n_away = 1 } }, { 2, "Gata", { 0 } },
};
/* two weeks from a Monday */
static const struct gaps_filter two_weeks = { { 2027, 1, 11 }, { 2027, 1, 24 }, 0 };

static int64_t
at(const char *text)
{
	int64_t t = 0;

	if (!instant_parse(text, &t))
		fail_msg("%s is no instant", text);
	return t - t % GAPS_BUCKET_S;
}

static void
test_against_the_sign(void **state)
{
	const struct gaps_bucket b[] = {	/* by unit and time */
		{ 1, 1, at("2027-01-11T07:55:00+01:00"), 2, 2, 0, 0, 0 },		/* before it opens */
		{ 1, 1, at("2027-01-11T08:00:00+01:00"), 3, 1, 2, 300, 2 },
		{ 1, 1, at("2027-01-11T08:25:00+01:00"), 1, 1, 0, 0, 0 },		/* the same half-hour: somebody answered in it */
		{ 1, 1, at("2027-01-11T16:05:00+01:00"), 1, 1, 0, 0, 0 },		/* open until 16.10 */
		{ 1, 1, at("2027-01-11T16:10:00+01:00"), 1, 1, 0, 0, 0 },
		{ 1, 1, at("2027-01-12T09:00:00+01:00"), 4, 4, 0, 0, 0 },		/* nobody there */
		{ 1, 1, at("2027-01-13T09:00:00+01:00"), 1, 1, 0, 0, 0 },		/* all away */
		{ 1, 1, at("2027-01-14T09:00:00+01:00"), 5, 0, 5, 500, 5 },		/* all well */
		{ 1, 1, at("2027-01-19T09:00:00+01:00"), 2, 2, 0, 0, 0 },		/* a Tuesday again */
		{ 1, 2, at("2027-01-12T09:00:00+01:00"), 1, 1, 0, 0, 0 },		/* a unit without hours */
	};
	static const struct { const char *date; int half; const char *unit; size_t calls, lost, open; bool nobody, away; } row[] = {
		{ "2027-01-11", 15, "Kontaktcenter", 2, 2, 0, false, false }, { "2027-01-11", 16, "Kontaktcenter", 4, 2, 2, false, false },
		{ "2027-01-11", 32, "Kontaktcenter", 2, 2, 1, true, false }, { "2027-01-12", 18, "Gata", 1, 1, 0, false, false },
		{ "2027-01-12", 18, "Kontaktcenter", 4, 4, 4, true, false }, { "2027-01-13", 18, "Kontaktcenter", 1, 1, 1, true, true },
		{ "2027-01-19", 18, "Kontaktcenter", 2, 2, 2, true, false },
	};
	struct arena *a = arena_open();
	struct gaps g;

	(void)state;
	gaps_of(a, b, ARRAY_LEN(b), places, ARRAY_LEN(places), &two_weeks, &g);
	assert_int_equal(g.calls, 21);
	assert_int_equal(g.lost, 14);
	assert_int_equal(g.lost_open, 10);
	assert_int_equal(g.nobody, 4);
	assert_int_equal(g.n_gaps, ARRAY_LEN(row));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct gap *x = &g.gap[i];

		if (strcmp(date_text(x->date).s, row[i].date) != 0 || x->half_hour != row[i].half || strcmp(x->unit, row[i].unit) != 0 ||
		    x->calls != row[i].calls || x->lost != row[i].lost || x->lost_open != row[i].open || x->nobody != row[i].nobody ||
		    x->away != row[i].away)
			fail_msg("row %zu: got %s %d %s %zu %zu %zu %d %d", i, date_text(x->date).s, x->half_hour, x->unit, x->calls,
			    x->lost, x->lost_open, x->nobody, x->away);
	}
	/* Tuesdays at nine are the worst: four, one and two lost in two weeks; seven calls on two Tuesdays */
	assert_int_equal(g.worst_day, 1);
	assert_int_equal(g.worst_half, 18);
	assert_int_equal(g.most, 7);
	assert_true(fabs(g.per_day[1][18] - 3.5) < 1e-12);
	assert_true(fabs(g.talk_s - 800.0 / 7) < 1e-9);
	assert_int_equal(g.first_half, 15);
	assert_int_equal(g.last_half, 32);
	arena_close(a);
}

/* In October the same half-hour comes twice: one row, all its calls. */
static void
test_the_hour_that_comes_twice(void **state)
{
	const struct gaps_bucket b[] = {
		{ 1, 1, at("2027-10-31T02:00:00+02:00"), 1, 1, 0, 0, 0 }, { 1, 1, at("2027-10-31T02:05:00+01:00"), 2, 1, 1, 60, 1 },
	};
	const struct gaps_filter f = { { 2027, 10, 31 }, { 2027, 10, 31 }, 0 };
	struct arena *a = arena_open();
	struct gaps g;

	(void)state;
	gaps_of(a, b, ARRAY_LEN(b), places, ARRAY_LEN(places), &f, &g);
	assert_int_equal(g.n_gaps, 1);
	assert_int_equal(g.gap[0].calls, 3);
	assert_int_equal(g.gap[0].lost, 2);
	arena_close(a);
}

/* What the page hands out is what the planner reads. */
static void
test_the_planner_reads_it(void **state)
{
	const struct gaps_bucket b[] = {
		{ 1, 1, at("2027-01-11T08:00:00+01:00"), 30, 10, 20, 3000, 20 }, { 1, 1, at("2027-01-11T09:30:00+01:00"), 40, 10, 30, 6000, 30 },
	};
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct gaps g;
	struct sb sb;
	json_t *o;
	struct scenario s;

	(void)state;
	gaps_of(a, b, ARRAY_LEN(b), places, ARRAY_LEN(places), &two_weeks, &g);
	o = gaps_scenario(&g, 0, "Måndag");
	assert_non_null(o);
	sb_init(&sb, a, 1 << 16);
	json_print(&sb, o);
	json_decref(o);
	if (!scenario_parse(a, sb_str(&sb), sb.len, &s, &err))
		fail_msg("%s", err.log);
	arena_close(a);
}

static void
test_nothing(void **state)
{
	struct arena *a = arena_open();
	struct gaps g;
	json_t *o;

	(void)state;
	gaps_of(a, NULL, 0, places, ARRAY_LEN(places), &two_weeks, &g);
	assert_int_equal(g.calls, 0);
	assert_int_equal(g.worst_day, -1);
	assert_true(g.first_half > g.last_half);
	o = gaps_json(&g, &two_weeks);
	assert_non_null(o);
	json_decref(o);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_the_sign),
		cmocka_unit_test(test_the_hour_that_comes_twice),
		cmocka_unit_test(test_the_planner_reads_it),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

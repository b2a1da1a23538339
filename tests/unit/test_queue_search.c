/* tests/unit/test_queue_search.c: the least plan against trying everything, and the simulation beside theory */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/chart.h"
#include "queue/erlang.h"
#include "queue/exact.h"
#include "queue/search.h"
#include "queue/staffing.h"

static struct scenario
parsed(struct arena *a, const char *text)
{
	struct scenario s = { 0 };
	struct err err = { 0 };

	if (!scenario_parse(a, text, strlen(text), &s, &err))
		fail_msg("%s\n%s", text, err.log);
	return s;
}

static const char TWO_STAGES[] =
    "{\"closes\": 14400, \"limits\": [120], \"target\": {\"wait\": 120, \"share\": 0.1, \"confidence\": 0},"
    " \"streams\": [{\"expected\": 480, \"knots\": [{\"at\": 0, \"value\": 1}, {\"at\": 7200, \"value\": 2}, {\"at\": 14400, \"value\": 1}]}],"
    " \"stages\": ["
    "  {\"name\": \"desk\", \"servers\": 1, \"officials\": 2, \"most\": 12, \"service\": {\"kind\": \"lognormal\", \"mean\": 80, \"cv\": 0.6}},"
    "  {\"name\": \"booth\", \"servers\": 1, \"most\": 12, \"service\": {\"kind\": \"lognormal\", \"mean\": 100, \"cv\": 0.8}}]}";

/* The share who wait too long with so many at each of the two stages, over the days the confirmation uses. */
static double
share_over(struct arena *a, const struct scenario *s, int desks, int booths)
{
	struct sim_stage stage[2] = { s->sim.stage[0], s->sim.stage[1] };
	struct sim_pool pool[2] = { { .servers = desks }, { .servers = booths } };
	struct sim_scenario sim = s->sim;
	struct sim_options o = { .seed = 1 ^ 0x5bd1e995u, .replications = 2000 };
	struct sim_result r = { 0 };
	struct err err = { 0 };

	stage[0].pool = &pool[0];
	stage[1].pool = &pool[1];
	sim.stage = stage;
	sim.outputs = SIM_OUT_MEANS;
	assert_true(sim_run(a, &sim, &o, &r, &err));
	return r.wait.over[0].value;
}

static void
test_least_plan_is_the_cheapest_of_all(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, TWO_STAGES);
	struct search_options o = { .seed = 1, .confirm_days = 2000 };
	struct search_plan plan = { 0 };
	struct err err = { 0 };
	double cheapest = INFINITY;

	(void)state;
	assert_true(search_stations(a, &s, &o, &plan, &err));
	assert_true(plan.possible && !plan.stopped);
	assert_int_equal(plan.n_parts, 2);
	for (int desks = 1; desks <= 8; desks++) {
		for (int booths = 1; booths <= 10; booths++) {
			if (share_over(a, &s, desks, booths) <= 0.1)
				cheapest = fmin(cheapest, 2 * desks + 0.1 * booths);
		}
	}
	assert_true(fabs(plan.cost - cheapest) < 1e-9);
	assert_true(fabs(plan.at.figure.value - share_over(a, &s, plan.servers[0], plan.servers[1])) < 1e-12);
	for (size_t p = 0; p < 2; p++) {
		assert_true(!plan.fewer[p].possible || plan.fewer[p].at.figure.value > 0.1);
		assert_true(plan.more[p].at.wait_mean.value < plan.at.wait_mean.value);
	}
	arena_close(a);
}

static void
test_search_gives_the_same_on_any_number_of_threads(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, TWO_STAGES);
	struct search_plan one = { 0 }, three = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(search_stations(a, &s, &(struct search_options){ .seed = 9, .threads = 1, .days = 400, .confirm_days = 400 }, &one, &err));
	assert_true(search_stations(a, &s, &(struct search_options){ .seed = 9, .threads = 3, .days = 400, .confirm_days = 400 }, &three, &err));
	assert_memory_equal(one.servers, three.servers, 2 * sizeof(int));
	assert_memory_equal(&one.at, &three.at, sizeof(one.at));
	assert_int_equal(one.evaluations, three.evaluations);
	arena_close(a);
}

/* A day of 300 services: the edges weigh little, so the answer is Erlang A's. */
static void
test_least_agents_are_erlangs(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"kind\": \"phones\", \"closes\": 72000, \"closing\": \"serve\", \"interval\": 72000, \"answer_limit\": 20,"
	    " \"target\": {\"service_level\": 0.7},"
	    " \"streams\": [{\"counts\": [3600], \"total\": \"poisson\", \"patience\": {\"kind\": \"exponential\", \"mean\": 180}}],"
	    " \"stages\": [{\"servers\": 10, \"service\": {\"kind\": \"exponential\", \"mean\": 240}}]}");
	struct erlang_line line = { .arrival_rate = 0.05, .mean_service = 240, .mean_patience = 180, .limit = 20 };
	struct staffing_target target = { .service_level = 0.7, .max_abandon = 1, .max_mean_wait = INFINITY };
	struct erlang_figures f;
	struct search_plan stations = { 0 }, periods = { 0 };
	struct search_options o = { .seed = 3, .days = 200, .confirm_days = 400 };
	struct err err = { 0 };

	(void)state;
	assert_true(staffing_least(&line, &target, &f, &err));
	assert_true(search_stations(a, &s, &o, &stations, &err));
	assert_int_equal(stations.servers[0], (int)line.servers);
	assert_true(fabs(1 - stations.at.figure.value - f.service_level) < 0.005);
	assert_true(search_periods(a, &s, &stations, &o, &periods, &err));
	assert_int_equal(periods.n_parts, 1);
	assert_int_equal(periods.servers[0], (int)line.servers);
	arena_close(a);
}

static void
test_by_the_hour_costs_no_more_and_holds(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, TWO_STAGES);
	struct search_options o = { .seed = 1, .confirm_days = 2000 };
	struct search_plan day = { 0 }, hours = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(search_stations(a, &s, &o, &day, &err));
	assert_true(search_periods(a, &s, &day, &o, &hours, &err));
	assert_int_equal(hours.n_parts, 4 + 1);	/* officials by the hour; booths stand all day */
	assert_true(hours.official_hours <= day.official_hours);
	assert_true(hours.at.figure.value <= hours.at.limit);
	for (size_t p = 0; p < 4; p++)
		assert_true(hours.servers[p] <= day.servers[0]);
	assert_int_equal(hours.servers[4], day.servers[1]);
	arena_close(a);
}

/* Where the load is the same all day the numbers rise to it and stay: no dent that only the order of the search explains. */
static void
test_by_the_half_hour_without_dents(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"kind\": \"phones\", \"closes\": 14400, \"streams\": [{\"name\": \"all\","
	    " \"counts\": [40, 40, 40, 40, 40, 40, 40, 40], \"patience\": {\"kind\": \"exponential\", \"mean\": 180}}],"
	    " \"stages\": [{\"servers\": 7, \"service\": {\"kind\": \"lognormal\", \"mean\": 240, \"cv\": 1}}],"
	    " \"target\": {\"service_level\": 0.8, \"max_abandon\": 0.05}}");
	struct search_options o = { .seed = 1, .days = 200, .confirm_days = 1000 };
	struct search_plan plan = { 0 };
	struct err err = { 0 };
	int falls = 0;

	(void)state;
	assert_true(search_periods(a, &s, NULL, &o, &plan, &err));
	assert_int_equal(plan.n_parts, 8);
	for (size_t p = 1; p < plan.n_parts; p++)
		falls += plan.servers[p] < plan.servers[p - 1];
	assert_true(falls <= 1);
	assert_true(plan.at.figure.value <= plan.at.limit);
	arena_close(a);
}

static void
test_what_cannot_be_met_says_so(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"closes\": 3600, \"target\": {\"wait\": 60, \"share\": 0.01}, \"streams\": [{\"expected\": 600}],"
	    " \"stages\": [{\"servers\": 1, \"most\": 3, \"service\": {\"kind\": \"exponential\", \"mean\": 60}}]}");
	struct scenario none = parsed(a, "{\"closes\": 3600, \"streams\": [{\"expected\": 600}],"
	    " \"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"exponential\", \"mean\": 60}}]}");
	struct search_options o = { .seed = 1, .days = 200, .confirm_days = 200 };
	struct search_plan plan = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(search_stations(a, &s, &o, &plan, &err));
	assert_false(plan.possible);
	assert_int_equal(plan.servers[0], 3);
	assert_int_equal(plan.at.verdict, VERDICT_NOT_MET);
	assert_false(search_stations(a, &none, &o, &plan, &err));
	assert_string_equal(err.field, "target");
	arena_close(a);
}

static bool
stop_at_three(void *context, size_t n)
{
	(void)context;
	return n < 3;
}

static void
test_stopping_gives_what_is_known(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, TWO_STAGES);
	struct search_options o = { .seed = 1, .days = 200, .confirm_days = 200, .progress = stop_at_three };
	struct search_plan plan = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_true(search_stations(a, &s, &o, &plan, &err));
	assert_true(plan.stopped);
	assert_true(plan.evaluations <= 4);
	assert_true(plan.servers[0] >= 1 && isfinite(plan.at.figure.value));
	arena_close(a);
}

static void
test_swings_are_sorted_and_point_the_right_way(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"closes\": 14400, \"limits\": [120], \"target\": {\"wait\": 120, \"share\": 0.1, \"confidence\": 0},"
	    " \"streams\": [{\"expected\": 300}], \"stages\": ["
	    "  {\"name\": \"slow\", \"servers\": 2, \"service\": {\"kind\": \"lognormal\", \"mean\": 80, \"cv\": 0.6}},"
	    "  {\"name\": \"idle\", \"servers\": 9, \"service\": {\"kind\": \"lognormal\", \"mean\": 20, \"cv\": 0.8}}]}");
	struct search_tornado t = { 0 };
	struct err err = { 0 };
	double before = INFINITY;

	(void)state;
	assert_true(search_tornado(a, &s, &s.sim, &(struct search_options){ .seed = 1, .days = 400 }, &t, &err));
	assert_int_equal(t.n, 4);	/* arrivals, profile, two services */
	for (size_t i = 0; i < t.n; i++) {
		double width = fabs(t.row[i].high.figure.value - t.row[i].low.figure.value);

		assert_true(width <= before);
		before = width;
		if (strcmp(t.row[i].input, "arrivals") == 0 || strcmp(t.row[i].input, "service: slow") == 0) {
			assert_true(t.row[i].low.wait_mean.value < t.base.wait_mean.value);
			assert_true(t.row[i].high.wait_mean.value > t.base.wait_mean.value);
		}
	}
	assert_true(t.row[t.n - 1].high.figure.value - t.row[t.n - 1].low.figure.value < 0.01);	/* a flat day shifted, an idle stage */
	arena_close(a);
}

static void
test_profile_shift_moves_the_rush(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"closes\": 21600, \"limits\": [120], \"target\": {\"wait\": 120, \"share\": 0.1, \"confidence\": 0},"
	    " \"uncertainty\": {\"arrivals\": 0, \"service\": 0, \"shift\": 3600}, \"streams\": [{\"expected\": 300, \"profile\": \"constant\","
	    "  \"knots\": [{\"at\": 0, \"value\": 0}, {\"at\": 10800, \"value\": 1}, {\"at\": 12600, \"value\": 0}, {\"at\": 21600, \"value\": 0}]}],"
	    " \"stages\": [{\"servers\": 8, \"staff\": null, \"service\": {\"kind\": \"deterministic\", \"mean\": 60}}]}");
	struct search_tornado t = { 0 };
	struct err err = { 0 };

	(void)state;
	/* all within half an hour, an hour earlier or later: the same wait, to the chance in where the minutes fall */
	assert_true(search_tornado(a, &s, &s.sim, &(struct search_options){ .seed = 1, .days = 400 }, &t, &err));
	assert_int_equal(t.n, 1);
	assert_true(fabs(t.row[0].low.wait_mean.value - t.base.wait_mean.value) < 0.02 * t.base.wait_mean.value);
	assert_true(fabs(t.row[0].high.wait_mean.value - t.base.wait_mean.value) < 0.02 * t.base.wait_mean.value);
	arena_close(a);
}

static void
test_simulation_and_theory_agree_side_by_side(void **state)
{
	static const char *const row[] = {
		"{\"closes\": 14400, \"streams\": [{\"expected\": 700, \"knots\": [{\"at\": 0, \"value\": 1}, {\"at\": 7200, \"value\": 3}, {\"at\": 14400, \"value\": 1}]}],"
		" \"stages\": [{\"servers\": 4, \"service\": {\"kind\": \"exponential\", \"mean\": 60}}]}",
		"{\"closes\": 7200, \"streams\": [{\"expected\": 300, \"opening_line\": 12}],"
		" \"stages\": [{\"staff\": [{\"at\": 0, \"servers\": 2}, {\"at\": 1800, \"servers\": 5}, {\"at\": 5400, \"servers\": 3}],"
		"  \"service\": {\"kind\": \"exponential\", \"mean\": 60}}]}",
		"{\"closes\": 7200, \"streams\": [{\"expected\": 300, \"patience\": {\"kind\": \"exponential\", \"mean\": 120}}],"
		" \"stages\": [{\"servers\": 2, \"service\": {\"kind\": \"exponential\", \"mean\": 60}}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena *a = arena_open();
		struct scenario s = parsed(a, row[i]), other;
		struct sim_options o = { .seed = 5, .replications = 2000 };
		struct sim_result r = { 0 };
		struct exact_side side = { 0 };
		struct err err = { 0 };
		struct sim_stream stream;

		assert_true(sim_run(a, &s.sim, &o, &r, &err));
		assert_true(exact_beside(a, &s.sim, &r, &side, &err));
		assert_null(side.why_not);
		assert_true(side.n >= 1);
		for (size_t k = 0; k < side.n; k++) {
			if (!side.row[k].agrees)
				fail_msg("%zu %s: exact %g, simulated %g (se %g)", i, side.row[k].figure, side.row[k].exact,
				    side.row[k].simulated.value, side.row[k].simulated.se);
		}
		/* and a simulation of something else is told apart: 3 % more people */
		other = s;
		stream = s.sim.stream[0];
		stream.expected *= 1.03;
		other.sim.stream = &stream;
		assert_true(sim_run(a, &other.sim, &o, &r, &err));
		assert_true(exact_beside(a, &s.sim, &r, &side, &err));
		assert_false(side.agrees);
		arena_close(a);
	}
}

static void
test_where_theory_has_no_answer_it_says_why(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, TWO_STAGES);
	struct sim_result r = { 0 };
	struct exact_side side = { 0 };
	struct err err = { 0 };
	struct fluid fluid[2];

	(void)state;
	assert_true(exact_beside(a, &s.sim, &r, &side, &err));
	assert_non_null(side.why_not);
	assert_int_equal(side.n, 0);
	/* one desk of 80 s for 480 in four hours: water piles up to 480 - 14400/80 = 300 at closing */
	fluid_lines(&s.sim, fluid);
	assert_true(fabs(fluid[0].peak - 300) < 3);
	assert_true(fabs(fluid[0].peak_at - 14400) < 20);
	arena_close(a);
}

static void
test_chart_steps_are_round(void **state)
{
	static const struct { double span; int most; double step; } row[] = { { 10, 5, 2 }, { 9, 10, 1 }, { 100, 6, 20 }, { 0.7, 6, 0.2 },
		{ 12000, 6, 2000 }, { 0, 5, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (fabs(chart_step(row[i].span, row[i].most) - row[i].step) > 1e-9 * row[i].step)
			fail_msg("%g in %d: %g", row[i].span, row[i].most, chart_step(row[i].span, row[i].most));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_plan_is_the_cheapest_of_all),
		cmocka_unit_test(test_search_gives_the_same_on_any_number_of_threads),
		cmocka_unit_test(test_least_agents_are_erlangs),
		cmocka_unit_test(test_by_the_hour_costs_no_more_and_holds),
		cmocka_unit_test(test_by_the_half_hour_without_dents), cmocka_unit_test(test_what_cannot_be_met_says_so),
		cmocka_unit_test(test_stopping_gives_what_is_known),
		cmocka_unit_test(test_swings_are_sorted_and_point_the_right_way),
		cmocka_unit_test(test_profile_shift_moves_the_rush),
		cmocka_unit_test(test_simulation_and_theory_agree_side_by_side),
		cmocka_unit_test(test_where_theory_has_no_answer_it_says_why),
		cmocka_unit_test(test_chart_steps_are_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/test_queue_scenario.c: scenario files: what they may leave out, and how what is wrong in them is said */
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
#include "queue/scenario.h"

#define STREAM "\"streams\": [{\"expected\": 100}]"
#define STAGE "\"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"exponential\", \"mean\": 10}}]"
#define OPEN "\"opens\": \"08:00\", \"closes\": \"20:00\""
#define SERVICE "\"service\": {\"kind\": \"exponential\", \"mean\": 10}"

static bool
parse(struct arena *a, const char *text, struct scenario *out, struct err *err)
{
	*err = (struct err){ 0 };
	return scenario_parse(a, text, strlen(text), out, err);
}

static struct scenario
parsed(struct arena *a, const char *text)
{
	struct scenario s = { 0 };
	struct err err;

	if (!parse(a, text, &s, &err))
		fail_msg("%s\n%s", text, err.log);
	return s;
}

static void
test_polling_defaults_are_the_preset_and_are_told(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"kind\": \"polling\", " OPEN ", \"streams\": [{\"registered\": 1000, \"share\": 0.6}]}");

	(void)state;
	assert_int_equal(s.sim.n_stages, 3);
	assert_string_equal(s.sim.stage[0].name, "ballot papers");
	assert_int_equal(s.sim.stage[1].pool[0].servers, 6);
	assert_true(fabs(s.sim.stage[2].service.mean - 45) < 1e-12);
	assert_int_equal(s.sim.closing, SIM_CLOSING_SERVE);
	assert_int_equal(s.sim.stream[0].total, SIM_TOTAL_BINOMIAL);
	assert_true(fabs(s.sim.stream[0].expected - 600) < 1e-9);
	assert_int_equal(s.target.kind, TARGET_DAYS);
	assert_true(fabs(s.sim.target_limit - 900) < 1e-9);
	assert_true(s.n_assumptions >= 4);	/* profile, preset, target, fixed posts */
	assert_true(fabs(scenario_officials(&s, &s.sim) - 6) < 1e-9);
	assert_string_equal(scenario_clock(a, &s, 3600 * 2.5), "10:30");
	arena_close(a);
}

static void
test_phones_defaults(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"kind\": \"phones\", \"opens\": \"08:00\", \"closes\": \"09:00\", \"streams\": [{\"counts\": [10, 20]}], "
	    "\"stages\": [{\"servers\": 2, " SERVICE "}]}");

	(void)state;
	assert_int_equal(s.sim.closing, SIM_CLOSING_HARD);
	assert_int_equal(s.target.kind, TARGET_LEVEL);
	assert_true(fabs(s.sim.stream[0].expected - 30) < 1e-9);
	assert_int_equal(s.sim.stream[0].n_knots, 3);
	assert_true(fabs(s.sim.stream[0].knot[1].value - 20.0 / 1800) < 1e-15);
	assert_int_equal(s.sim.stream[0].total, SIM_TOTAL_DAY_FACTOR);
	assert_true(fabs(s.sim.stream[0].day_cv - 0.15) < 1e-12);
	assert_true(fabs(s.sim.answer_limit - 20) < 1e-12);
	arena_close(a);
}

static void
test_everything_the_engine_has_can_be_said(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a,
	    "{\"closes\": 7200, \"closing\": \"hard\", \"trunks\": 9, \"answer_limit\": 30, \"limits\": [60, 120], \"seed\": 7, \"replications\": 50,"
	    " \"threads\": 2, \"streams\": ["
	    "  {\"name\": \"one\", \"profile\": \"constant\", \"knots\": [{\"at\": 0, \"value\": 0.01}, {\"at\": 7200, \"value\": 0}], \"batch\": [1, 1],"
	    "   \"opening_line\": 3, \"priority\": 1, \"patience\": {\"kind\": \"weibull\", \"shape\": 1.5, \"scale\": 100},"
	    "   \"retry\": {\"p_gave_up\": 0.5, \"p_busy\": 0.7, \"attempts_max\": 3, \"delay\": {\"kind\": \"uniform\", \"low\": 60, \"high\": 120}}},"
	    "  {\"name\": \"two\", \"recorded\": [10, 20.5], \"first_stage\": \"desk\"}],"
	    " \"stages\": ["
	    "  {\"name\": \"door\", \"service\": {\"kind\": \"mixture\", \"parts\": [{\"weight\": 3, \"times\": {\"kind\": \"deterministic\", \"mean\": 5}},"
	    "   {\"weight\": 1, \"times\": {\"kind\": \"erlang\", \"mean\": 20, \"phases\": 2}}]}, \"servers\": 2,"
	    "   \"balking\": {\"from\": 2, \"to\": 10, \"most\": 0.5}, \"next\": {\"desk\": 0.75, \"out\": 0.25}},"
	    "  {\"name\": \"desk\", \"room\": 4, \"routing\": \"longest\", \"callback\": {\"line\": 3, \"accept\": 0.2},"
	    "   \"service_by_stream\": {\"one\": {\"kind\": \"empirical\", \"values\": [1, 2, 3]},"
	    "    \"two\": {\"kind\": \"histogram\", \"edges\": [0, 10, 20], \"weights\": [1, 2]}},"
	    "   \"pools\": [{\"name\": \"a\", \"staff\": [{\"at\": 0, \"servers\": 1}, {\"at\": 3600, \"servers\": 2}], \"skills\": [\"two\", \"one\"],"
	    "     \"breaks\": [{\"from\": 600, \"to\": 900}], \"speed\": 1.2},"
	    "    {\"name\": \"b\", \"servers\": 1, \"skills\": [{\"stream\": \"one\", \"preference\": 4}]}]}]}");

	(void)state;
	assert_int_equal(s.sim.trunks, 9);
	assert_int_equal(s.sim.stream[1].first_stage, 1);
	assert_int_equal(s.sim.stream[0].retry.attempts_max, 3);
	assert_true(fabs(s.sim.stage[0].next[1] - 0.75) < 1e-12 && fabs(s.sim.stage[0].next[2] - 0.25) < 1e-12);
	assert_int_equal(s.sim.stage[0].service.kind, DIST_MIXTURE);
	assert_int_equal(s.sim.stage[1].service_by_stream[1].kind, DIST_HISTOGRAM);
	assert_int_equal(s.sim.stage[1].pool[0].skill[0].stream, 1);
	assert_int_equal(s.sim.stage[1].pool[0].skill[1].preference, 1);
	assert_int_equal(s.sim.stage[1].pool[0].pause[0].servers, 1);
	assert_int_equal(s.sim.stage[1].pool[1].skill[0].preference, 4);
	assert_int_equal(s.sim.stage[1].room, 4);
	assert_int_equal(s.sim.stage[0].room, SIM_UNLIMITED);
	assert_int_equal(s.seed, 7);
	assert_int_equal(s.replications, 50);
	assert_int_equal(s.sim.closing, SIM_CLOSING_HARD);
	arena_close(a);
}

static void
test_the_wait_of_the_target_becomes_a_limit(void **state)
{
	struct arena *a = arena_open();
	struct scenario s = parsed(a, "{\"closes\": 3600, " STREAM ", " STAGE ", \"target\": {\"wait\": 420, \"share\": 0.1, \"confidence\": 0}}");

	(void)state;
	assert_int_equal(s.target.kind, TARGET_MEAN);
	assert_int_equal(s.sim.n_limits, 5);
	assert_true(fabs(s.sim.limit[1] - 420) < 1e-9 && fabs(s.sim.limit[2] - 600) < 1e-9);
	arena_close(a);
}

/* Nobody expected is nobody, whatever the profile; who only stands in line at opening brings no others. */
static void
test_nobody_is_nobody(void **state)
{
	static const struct { const char *stream; double offered; } row[] = {
		{ "{\"expected\": 0}", 0 }, { "{\"registered\": 100, \"share\": 0}", 0 }, { "{\"opening_line\": 10}", 10 },
		{ "{\"expected\": 0, \"knots\": [{\"at\": 0, \"value\": 1}, {\"at\": 3600, \"value\": 1}]}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena *a = arena_open();
		struct scenario s = parsed(a, arena_printf(a, "{\"closes\": 3600, \"streams\": [%s], " STAGE "}", row[i].stream));
		struct sim_options o = { .seed = 1, .replications = 20 };
		struct sim_result r = { 0 };
		struct err err = { 0 };

		assert_true(sim_run(a, &s.sim, &o, &r, &err));
		assert_true(fabs(r.all.count[SIM_OFFERED].value - row[i].offered) < 1e-9);
		arena_close(a);
	}
}

/* Each is refused with a sentence that holds the words: the field with its place, and the range or the reason. */
static void
test_what_is_wrong_is_named(void **state)
{
	static const struct { const char *text, *words[3]; } row[] = {
		{ "[]", { "one JSON object" } },
		{ "{", { "line 1" } },
		{ "{\"closes\": 3600, \"closes\": 1}", { "duplicate" } },
		{ "{\"kind\": \"circus\"}", { "kind", "network, polling, phones" } },
		{ "{\"colour\": 1}", { "colour", "no such field" } },
		{ "{" STREAM ", " STAGE "}", { "closes", "missing" } },
		{ "{\"closes\": \"20:00\", " STREAM ", " STAGE "}", { "closes", "opens" } },
		{ "{\"opens\": \"20:00\", \"closes\": \"08:00\", " STREAM ", " STAGE "}", { "closes", "minute after opening" } },
		{ "{\"opens\": \"8\", \"closes\": \"20:00\", " STREAM ", " STAGE "}", { "opens", "clock time" } },
		{ "{\"opens\": \"08:00\", \"closes\": \"25:00\", " STREAM ", " STAGE "}", { "closes", "24:00" } },
		{ "{\"closes\": -5, " STREAM ", " STAGE "}", { "closes", "minute after opening" } },
		{ "{\"closes\": 1e99, " STREAM ", " STAGE "}", { "closes", "1209600" } },
		{ "{\"closes\": 3600, " STAGE "}", { "streams", "missing" } },
		{ "{\"closes\": 3600, \"streams\": [], " STAGE "}", { "streams", "1 to 16" } },
		{ "{\"closes\": 3600, \"streams\": [7], " STAGE "}", { "streams[0]", "object" } },
		{ "{\"closes\": 3600, \"streams\": [{}], " STAGE "}", { "streams[0].expected", "missing" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": -1}], " STAGE "}", { "streams[0].expected", "0 to 2000000" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": \"NaN\"}], " STAGE "}", { "streams[0].expected", "must be a number" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"share\": 0.5}], " STAGE "}", { "streams[0].share", "registered" } },
		{ "{\"closes\": 3600, \"streams\": [{\"registered\": 5}], " STAGE "}", { "streams[0].share", "missing" } },
		{ "{\"closes\": 3600, \"streams\": [{\"registered\": 5, \"expected\": 9, \"total\": \"binomial\"}], " STAGE "}", { "streams[0].registered", "9" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"total\": \"binomial\"}], " STAGE "}", { "streams[0].registered", "missing" } },
		{ "{\"closes\": 3600, \"streams\": [{\"counts\": [1, 2, 3]}], " STAGE "}", { "streams[0].counts", "5400", "3600" } },
		{ "{\"closes\": 3600, \"streams\": [{\"counts\": [1, 2], \"expected\": 9}], " STAGE "}", { "streams[0].counts", "add up to 3", "9" } },
		{ "{\"closes\": 3600, \"streams\": [{\"shares\": [0.5, 0.6], \"expected\": 9}], " STAGE "}", { "streams[0].shares", "1.1" } },
		{ "{\"closes\": 3600, \"streams\": [{\"shares\": [0.5, 0.5]}], " STAGE "}", { "streams[0].expected", "missing" } },
		{ "{\"closes\": 3600, \"streams\": [{\"counts\": [0, 0]}], " STAGE "}", { "streams[0].counts", "0" } },
		{ "{\"closes\": 3600, \"streams\": [{\"counts\": [1, 2], \"recorded\": [1]}], " STAGE "}", { "only one of" } },
		{ "{\"closes\": 3600, \"streams\": [{\"recorded\": [5, 1]}], " STAGE "}", { "recorded", "ascend" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"knots\": [{\"at\": 0, \"value\": 1}]}], " STAGE "}", { "streams[0].knots", "2 to 2000" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"knots\": [{\"at\": 9, \"value\": 1}, {\"at\": 9, \"value\": 1}]}], " STAGE "}",
		    { "streams[0].knots[1].at", "later" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"knots\": [{\"at\": 0, \"value\": -1}, {\"at\": 9, \"value\": 1}]}], " STAGE "}",
		    { "streams[0].knots[0].value", "0 to" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 5, \"knots\": [{\"at\": 0, \"value\": 0}, {\"at\": 9, \"value\": 0}]}], " STAGE "}",
		    { "streams[0].knots", "0 everywhere" } },
		{ "{\"closes\": 3600, \"streams\": [{\"name\": \"a\", \"expected\": 5}, {\"name\": \"a\", \"expected\": 5}], " STAGE "}", { "streams[1].name", "before" } },
		{ "{\"closes\": 3600, " STREAM "}", { "stages", "missing" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1}]}", { "stages[0].service", "missing" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1000000, " SERVICE "}]}", { "stages[0].servers", "0 to 10000" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1.5, " SERVICE "}]}", { "stages[0].servers", "whole number" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{" SERVICE "}]}", { "stages[0].servers", "missing" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 0, " SERVICE "}]}", { "stages[0].pools", "wait for ever" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"lognormal\", \"mean\": 10}}]}",
		    { "stages[0].service.cv", "missing" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"lognormal\", \"mean\": -10, \"cv\": 1}}]}",
		    { "stages[0].service.mean", "0 to" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"bell\", \"mean\": 10}}]}", { "stages[0].service.kind", "lognormal" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"service\": 10}]}", { "stages[0].service", "object" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"service\": {\"kind\": \"exponential\", \"mean\": 10, \"cv\": 2}}]}",
		    { "stages[0].service.cv", "no such field" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"room\": -2, " SERVICE "}]}", { "stages[0].room", "0 to" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 1, \"next\": {\"out\": 0.5}, " SERVICE "}]}", { "stages[0].next", "0.5", "add up to 1" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"name\": \"x\", \"servers\": 1, \"next\": {\"x\": 1}, " SERVICE "}]}", { "stages[0].next", "without ever leaving" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"staff\": [{\"at\": 60, \"servers\": 1}], " SERVICE "}]}", { "stages[0].staff[0].at", "begin at opening" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"servers\": 2, \"staff\": [{\"at\": 0, \"servers\": 1}], " SERVICE "}]}", { "stages[0].servers", "not both" } },
		{ "{\"closes\": 3600, " STREAM ", \"stages\": [{\"pools\": [{\"servers\": 1, \"skills\": [\"law\"]}], " SERVICE "}]}", { "stages[0].pools[0].skills[0]", "law" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"limits\": [5, 4]}", { "limits", "ascend" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"limits\": [1, 2, 3, 4, 5, 6, 7, 8, 9]}", { "limits", "1 to 8" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"target\": {\"wait\": 5, \"service_level\": 0.5}}", { "target", "either" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"target\": {\"share\": 5}}", { "target.share", "0 to 1" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"spacing\": 9}", { "spacing", "0.5 to 1.5" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"seed\": -1}", { "seed", "from 0" } },
		{ "{\"closes\": 3600, " STREAM ", " STAGE ", \"replications\": 1e9}", { "replications", "1 to 200000" } },
		{ "{\"closes\": 3600, \"streams\": [{\"expected\": 3e6}], " STAGE "}", { "streams[0].expected", "2000000" } },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct scenario s;
		struct err err;

		if (parse(a, row[i].text, &s, &err))
			fail_msg("accepted: %s", row[i].text);
		assert_int_equal(err.code, ERR_INPUT);
		for (size_t k = 0; k < ARRAY_LEN(row[i].words) && row[i].words[k] != NULL; k++) {
			if (strstr(err.log, row[i].words[k]) == NULL)
				fail_msg("%s\nsays: %s\nwithout: %s", row[i].text, err.log, row[i].words[k]);
		}
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_polling_defaults_are_the_preset_and_are_told),
		cmocka_unit_test(test_phones_defaults),
		cmocka_unit_test(test_everything_the_engine_has_can_be_said),
		cmocka_unit_test(test_the_wait_of_the_target_becomes_a_limit), cmocka_unit_test(test_nobody_is_nobody),
		cmocka_unit_test(test_what_is_wrong_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

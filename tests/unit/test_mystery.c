/* tests/unit/test_mystery.c: when test questions are asked, what they come to, and Kolada's files */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "expect.h"
#include "law/calendar.h"
#include "mystery/kolada.h"
#include "mystery/measures.h"
#include "mystery/plan.h"

/* ---- the plan ------------------------------------------------------------------------------------------------------- */

static void
test_times_are_spread_over_working_hours_and_the_same_for_a_seed(void **state)
{
	const struct plan_short_day short_day[] = { { date_of("2027-03-25"), 720 }, { date_of("2027-03-24"), 0 } };
	const struct plan_period p = { .from = date_of("2027-03-15"), .to = date_of("2027-04-09"), .opens = 8 * 60, .closes = 16 * 60,
		.short_day = short_day, .n_short_days = 2 };
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t *x, *y, *z;
	int by_week[60] = { 0 };
	bool sorted = true;

	(void)state;
	assert_true(plan_times(a, &p, 42, 60, &x, &err) && plan_times(a, &p, 42, 60, &y, &err) && plan_times(a, &p, 43, 60, &z, &err));
	assert_memory_equal(x, y, 60 * sizeof(*x));
	assert_true(memcmp(x, z, 60 * sizeof(*x)) != 0);
	for (size_t i = 0; i < 60; i++) {
		struct local_time t = local_time(x[i]);
		int minute = t.hour * 60 + t.minute, year;

		assert_true(law_is_working_day(t.date));	/* not at Easter, 26 to 29 March */
		assert_true(minute >= 8 * 60 && minute < 16 * 60 && plan_open_at(&p, x[i]));
		assert_false(date_cmp(t.date, date_of("2027-03-24")) == 0);
		assert_false(date_cmp(t.date, date_of("2027-03-25")) == 0 && minute >= 720);
		by_week[date_iso_week(t.date, &year)]++;
		sorted = sorted && (i == 0 || x[i] > x[i - 1]);
		for (size_t k = 0; k < i; k++)
			assert_true(x[i] != x[k]);
	}
	assert_false(sorted);		/* which question comes when is shuffled */
	/* 5, 3 + 1/2, 4 and 5 working days of 16 1/2: in proportion, give or take one */
	assert_in_range(by_week[11], 17, 19);
	assert_in_range(by_week[12], 8, 10);
	assert_in_range(by_week[14], 17, 19);
	arena_close(a);
}

/* The plan of a seed is a promise: it is stored with the round and can be shown to have been drawn. */
static void
test_the_plan_of_a_seed_never_changes(void **state)
{
	const struct plan_period p = { .from = date_of("2027-03-01"), .to = date_of("2027-03-05"), .opens = 480, .closes = 960 };
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t *x;

	(void)state;
	assert_true(plan_times(a, &p, 7, 3, &x, &err));
	assert_string_equal(instant_text(x[0]).s, "2027-03-03T13:03:24+01:00");
	assert_string_equal(instant_text(x[1]).s, "2027-03-05T14:09:06+01:00");
	assert_string_equal(instant_text(x[2]).s, "2027-03-02T10:41:27+01:00");
	arena_close(a);
}

static void
test_a_period_that_cannot_hold_them(void **state)
{
	static const struct { const char *from, *to, *opens, *closes, *field; size_t n; } row[] = {
		{ "2027-03-02", "2027-03-01", "08:00", "16:00", "to_date", 1 },
		{ "2027-03-01", "2028-03-01", "08:00", "16:00", "to_date", 1 },
		{ "2027-03-06", "2027-03-07", "08:00", "16:00", "to_date", 1 },		/* a weekend */
		{ "2027-03-01", "2027-03-01", "08:00", "09:00", "to_date", 7 },
		{ "2027-03-01", "2027-03-01", "8", "16:00", "opens", 1 },
		{ "2027-03-01", "2027-03-01", "08:00", "25:00", "closes", 1 },
		{ "2027-03-01", "2027-03-01", "16:00", "08:00", "closes", 1 },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct plan_period p = { .from = date_of(row[i].from), .to = date_of(row[i].to), .opens = plan_minutes(row[i].opens),
			.closes = plan_minutes(row[i].closes) };
		struct err err = { 0 };
		int64_t *x;

		assert_false(plan_times(a, &p, 1, row[i].n, &x, &err));
		assert_string_equal(err.field, row[i].field);
		assert_non_null(err.person);
	}
	arena_close(a);
}

/* ---- the measures --------------------------------------------------------------------------------------------------- */

static void
test_what_a_day_is(void **state)
{
	static const struct { const char *asked, *answered; bool working1, working2, hours1, hours2; } row[] = {
		{ "2027-03-01T15:00:00+01:00", "2027-03-02T15:00:00+01:00", true, true, true, true },
		{ "2027-03-01T15:00:00+01:00", "2027-03-02T15:00:01+01:00", true, true, false, true },
		{ "2027-03-01T09:00:00+01:00", "2027-03-02T23:59:59+01:00", true, true, false, true },
		{ "2027-03-05T15:00:00+01:00", "2027-03-08T09:00:00+01:00", true, true, false, false },	/* Friday to Monday */
		{ "2027-03-05T15:00:00+01:00", "2027-03-09T09:00:00+01:00", false, true, false, false },
		{ "2027-03-25T09:00:00+01:00", "2027-03-30T09:00:00+02:00", true, true, false, false },	/* over Easter */
		{ "2027-03-01T15:00:00+01:00", "2027-03-01T14:00:00+01:00", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int64_t asked = at(row[i].asked), answered = at(row[i].answered);

		if (measures_within(asked, answered, 1, DAY_WORKING) != row[i].working1 ||
		    measures_within(asked, answered, 2, DAY_WORKING) != row[i].working2 ||
		    measures_within(asked, answered, 1, DAY_HOURS) != row[i].hours1 ||
		    measures_within(asked, answered, 2, DAY_HOURS) != row[i].hours2)
			fail_msg("%s, answered %s", row[i].asked, row[i].answered);
	}
}

static void
test_shares_of_tests(void **state)
{
	const int64_t asked = at("2027-03-01T09:00:00+01:00"), soon = asked + 3600, late = asked + 3 * DAY_S;
	const struct mystery_test t[] = {
		{ .asked_at = asked, .answer_at = soon, .is_answer = -1 },	/* not judged yet: an answer a person sent is one */
		{ .asked_at = asked, .answer_at = soon, .is_answer = 1 },
		{ .asked_at = asked, .answer_at = soon, .is_answer = 0 },	/* it said nothing */
		{ .asked_at = asked, .answer_at = late, .is_answer = 1 },
		{ .asked_at = asked, .is_answer = -1 },
		{ .asked_at = asked - 7 * DAY_S, .arrived_at = asked, .answer_at = soon, .is_answer = 1 },	/* the mail was slow, not we */
		{ .asked_at = 0, .is_answer = -1 },				/* never sent */
		{ .asked_at = asked, .answer_at = soon, .is_answer = 1, .void_reason = "a trial" },
		{ .by_phone = true, .asked_at = asked, .judged = true, .direct = 1, .grade = { 5, 5, 5 } },
		{ .by_phone = true, .asked_at = asked, .judged = true, .direct = 0, .grade = { 1, 2, 3 } },
		{ .by_phone = true, .asked_at = asked, .judged = true, .direct = 0 },	/* nobody took it */
		{ .by_phone = true, .asked_at = 0, .direct = -1 },
	};
	struct measures m = { 0 };
	struct arena *a = arena_open();

	(void)state;
	measures_of(t, ARRAY_LEN(t), DAY_WORKING, &m, a);
	assert_int_equal(m.value[MAIL_ONE_DAY].n, 6);
	assert_true(fabs(m.value[MAIL_ONE_DAY].value - 50) < 1e-9);
	assert_true(fabs(m.value[MAIL_TWO_DAYS].value - 50) < 1e-9);
	assert_int_equal(m.value[PHONE_DIRECT].n, 3);
	assert_true(fabs(m.value[PHONE_DIRECT].value - 100.0 / 3) < 1e-9);
	assert_int_equal(m.value[RECEPTION].n, 2);
	assert_true(fabs(m.value[RECEPTION].value - 100 * (15 + 6) / 30.0) < 1e-9);
	assert_int_equal(m.left_out, 1);
	assert_int_equal(m.not_asked, 2);
	measures_of(t, 0, DAY_WORKING, &m, a);
	assert_true(m.value[MAIL_ONE_DAY].n == 0 && isnan(m.value[MAIL_ONE_DAY].value));
	arena_close(a);
}

static void
test_quarters_of_municipalities(void **state)
{
	const double x[] = { 10, 20, 30, 40, 50, 60, 70, 80 };

	(void)state;
	/* the quarters are at 27.5 and 62.5 */
	assert_int_equal(measures_quarter(x, 8, 62.5), QUARTER_BEST);
	assert_int_equal(measures_quarter(x, 8, 62.4), QUARTER_MIDDLE);
	assert_int_equal(measures_quarter(x, 8, 27.5), QUARTER_MIDDLE);
	assert_int_equal(measures_quarter(x, 8, 27.4), QUARTER_WORST);
	assert_int_equal(measures_quarter(x, 3, 50), QUARTER_NONE);
	assert_int_equal(measures_quarter(x, 8, NAN), QUARTER_NONE);
}

/* ---- Kolada --------------------------------------------------------------------------------------------------------- */

static bool
parse(struct arena *a, const char *text, struct kolada_file *f, struct err *err)
{
	*err = (struct err){ 0 };
	*f = (struct kolada_file){ 0 };
	return kolada_parse(a, text, strlen(text), f, err);
}

static void
test_the_forms_of_koladas_files(void **state)
{
	struct arena *a = arena_open();
	struct kolada_file f;
	struct err err;

	(void)state;
	assert_true(parse(a, "{\"count\": 2, \"values\": [{\"id\": \"N1\", \"title\": \"Svar\", \"description\": \"D\", \"municipality_type\": \"K\"},"
	    " {\"id\": \"\", \"title\": \"x\"}, 7]}", &f, &err));
	assert_true(f.n_indicators == 1 && f.n_bad == 2 && f.fault[0].place == 2 && f.fault[1].place == 3);
	assert_true(parse(a, "{\"values\": [{\"id\": \"0319\", \"title\": \"Älvkarleby\", \"type\": \"K\"}, {\"id\": \"0001\", \"title\": \"Region\","
	    " \"type\": \"L\"}]}", &f, &err));
	assert_true(f.n_municipalities == 2 && strcmp(f.municipality[0].kind, "K") == 0 && strcmp(f.municipality[1].kind, "L") == 0);
	assert_true(parse(a, "{\"values\": [{\"kpi\": \"N1\", \"municipality\": \"0319\", \"period\": 2024, \"values\": [{\"gender\": \"K\","
	    " \"value\": 1}, {\"gender\": \"T\", \"value\": 38.5}, {\"gender\": \"T\", \"value\": null}]}]}", &f, &err));
	assert_true(f.n_values == 1 && f.value[0].value == 38.5 && f.value[0].year == 2024 && f.n_empty == 2);
	assert_true(parse(a, "[{\"kpi\": \"N1\", \"municipality_id\": \"0319\", \"year\": 2024, \"gender\": \"T\", \"value\": 4}, {\"kpi\": \"N1\","
	    " \"municipality_id\": \"0319\", \"year\": \"i fjol\", \"gender\": \"T\", \"value\": 4}]", &f, &err));
	assert_true(f.n_values == 1 && f.n_bad == 1 && strstr(f.fault[0].why, "year:") != NULL);
	assert_true(parse(a, "\xef\xbb\xbfkpi;municipality_id;year;gender;value\r\nN1;0319;2024;T;38,5\r\nN1;0319;2024;T;många\r\n;0319;2024;T;1\r\n"
	    "N1;0319;2024;T;\r\n", &f, &err));
	assert_true(f.is_csv && f.n_values == 1 && f.value[0].value == 38.5 && f.n_empty == 1 && f.n_bad == 2);
	assert_true(f.fault[0].place == 3 && strstr(f.fault[0].why, "value:") != NULL && f.fault[1].place == 4);
	arena_close(a);
}

static void
test_what_is_no_file_of_koladas(void **state)
{
	static const char *const row[] = { "", "  \n", "{\"values\": [", "{\"fel\": 1}", "namn,tal\na,1\n", "hej" };
	struct arena *a = arena_open();
	struct kolada_file f;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_false(parse(a, row[i], &f, &err));
		assert_int_equal(err.code, ERR_INPUT);
		assert_string_equal(err.field, "file");
	}
	arena_close(a);
}

/* The real ones, where they are. */
static void
test_real_files(void **state)
{
	const char *shared = getenv("NK_SHARED");
	struct arena *a = arena_open();
	struct kolada_file f;
	struct err err = { 0 };
	char *bytes;
	size_t n;

	(void)state;
	if (!file_read(a, arena_printf(a, "%s/data/kolada/kpi.json", shared == NULL ? "../shared" : shared), KOLADA_BYTES_MAX, &bytes, &n,
	    &err)) {
		arena_close(a);
		skip();
	}
	assert_true(kolada_parse(a, bytes, n, &f, &err));
	assert_true(f.n_indicators == 371 && f.n_bad == 0);
	assert_true(file_read(a, arena_printf(a, "%s/data/kolada/municipality.json", shared == NULL ? "../shared" : shared), KOLADA_BYTES_MAX,
	    &bytes, &n, &err) && kolada_parse(a, bytes, n, &f, &err));
	assert_true(f.n_municipalities == 312 && f.n_bad == 0);
	assert_true(file_read(a, arena_printf(a, "%s/data/kolada/data.csv", shared == NULL ? "../shared" : shared), KOLADA_BYTES_MAX, &bytes, &n,
	    &err) && kolada_parse(a, bytes, n, &f, &err));
	assert_true(f.n_bad == 0 && f.n_values + f.n_empty == 33930 && f.n_values > 10000);
	assert_true(file_read(a, arena_printf(a, "%s/data/kolada/data-small-group.json", shared == NULL ? "../shared" : shared),
	    KOLADA_BYTES_MAX, &bytes, &n, &err) && kolada_parse(a, bytes, n, &f, &err));
	assert_true(f.n_bad == 0 && f.n_values + f.n_empty == 192);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times_are_spread_over_working_hours_and_the_same_for_a_seed),
		cmocka_unit_test(test_the_plan_of_a_seed_never_changes),
		cmocka_unit_test(test_a_period_that_cannot_hold_them),
		cmocka_unit_test(test_what_a_day_is),
		cmocka_unit_test(test_shares_of_tests),
		cmocka_unit_test(test_quarters_of_municipalities),
		cmocka_unit_test(test_the_forms_of_koladas_files),
		cmocka_unit_test(test_what_is_no_file_of_koladas),
		cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests_name("mystery", tests, NULL, NULL);
}

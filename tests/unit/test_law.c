/* tests/unit/test_law.c: the periods that decide whether somebody was in time, and the thresholds of meetings */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "law/calendar.h"
#include "law/statute.h"
#include "law/meeting.h"
#include "law/promise.h"

static void
test_periods_of_the_rule_book(void **state)
{
	static const struct { struct law_period (*count)(struct date, int); int n; const char *from, *last; } row[] = {
		{ law_working_days, 1, "2026-12-22", "2026-12-23" }, { law_working_days, 1, "2026-12-23", "2026-12-28" },
		{ law_working_days, 5, "2026-12-23", "2027-01-05" }, { law_working_days, 2, "2026-12-30", "2027-01-05" },
		{ law_working_days, 1, "2027-01-05", "2027-01-07" }, { law_working_days, 2, "2027-03-24", "2027-03-30" },
		{ law_working_days, 1, "2027-05-05", "2027-05-07" }, { law_working_days, 5, "2027-06-24", "2027-07-02" },
		{ law_working_days, 2, "2026-10-30", "2026-11-03" }, { law_working_days, 5, "2027-01-11", "2027-01-18" },
		{ law_weeks, 3, "2026-09-04", "2026-09-25" }, { law_weeks, 3, "2026-12-03", "2026-12-28" },
		{ law_weeks, 3, "2026-12-10", "2027-01-04" }, { law_weeks, 3, "2026-12-15", "2027-01-05" },
		{ law_weeks, 3, "2027-03-05", "2027-03-30" }, { law_weeks, 3, "2027-04-15", "2027-05-07" },
		{ law_weeks, 3, "2027-06-04", "2027-06-28" }, { law_weeks, 4, "2026-11-26", "2026-12-28" },
		{ law_weeks, 4, "2027-02-26", "2027-03-30" }, { law_weeks, 3, "2027-02-16", "2027-03-09" },
		{ law_months, 6, "2026-08-31", "2027-03-01" }, { law_months, 6, "2026-09-15", "2027-03-15" },
		{ law_days, 14, "2026-11-30", "2026-12-14" }, { law_days, 14, "2026-12-10", "2026-12-28" },
		{ law_days, 14, "2027-03-12", "2027-03-30" }, { law_days, 2, "2027-03-04", "2027-03-08" },
		{ law_days, 2, "2026-12-22", "2026-12-28" }, { law_days, 2, "2027-05-04", "2027-05-07" },
		{ law_latest_before, 1, "2027-02-22", "2027-02-15" }, { law_latest_before, 1, "2027-04-05", "2027-03-25" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct date got = row[i].count(date_of(row[i].from), row[i].n).date;

		if (date_cmp(got, date_of(row[i].last)) != 0)
			fail_msg("row %zu from %s: got %s, expected %s", i, row[i].from, date_text(got).s, row[i].last);
	}
}

static void
test_days_off_of_two_years(void **state)
{
	static const char *const off[] = { "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01",
		"2026-05-14", "2026-06-19", "2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-01-06", "2027-03-26",
		"2027-03-29", "2027-05-06", "2027-06-25", "2027-12-24", "2027-12-31" };
	size_t n = 0;

	(void)state;
	for (struct date d = date_of("2026-01-01"); d.year < 2028; d = date_add(d, 1)) {
		if (date_weekday(d) >= SATURDAY) {
			assert_false(law_is_working_day(d));
			continue;
		}
		if (law_is_working_day(d))
			continue;
		if (n == ARRAY_LEN(off) || date_cmp(d, date_of(off[n])) != 0)
			fail_msg("%s is off: %s", date_text(d).s, law_day_off(d));
		n++;
	}
	assert_int_equal(n, ARRAY_LEN(off));
	assert_string_equal(law_day_off(date_of("2026-06-06")), "National Day");
	assert_true(law_is_working_day(date_of("2000-06-06")));	/* a Tuesday before it was a holiday */
	assert_string_equal(law_day_off(date_of("2004-05-31")), "Whit Monday");
	assert_true(law_is_working_day(date_of("2026-05-25")));
	assert_string_equal(law_day_off(date_of("2026-10-31")), "All Saints' Day");
	assert_string_equal(law_day_off(date_of("2027-11-06")), "All Saints' Day");
	assert_string_equal(law_day_off_swedish(date_of("2027-03-26")), "långfredagen");
}

static void
test_easter_of_other_centuries(void **state)
{
	static const char *const easter[] = { "1818-03-22", "1943-04-25", "2000-04-23", "2026-04-05", "2027-03-28",
		"2028-04-16", "2038-04-25", "2285-03-22" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(easter); i++)
		assert_string_equal(date_text(law_easter(date_of(easter[i]).year)).s, easter[i]);
}

static void
test_every_period_ends_on_a_working_day_and_later_is_not_sooner(void **state)
{
	struct law_period (*const count[])(struct date, int) = { law_days, law_weeks, law_months };

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(count); c++) {
		struct date before = date_of("1990-01-01");

		for (struct date d = date_of("1990-01-01"); d.year < 2100; d = date_add(d, 1)) {
			struct law_period p = count[c](d, 3);

			assert_true(law_is_working_day(p.date));
			assert_true(date_cmp(before, p.date) <= 0);
			assert_true(date_diff(p.date, d) >= 3);
			before = p.date;
		}
	}
}

static void
test_received_date(void **state)
{
	static const struct { const char *channel, *at, *date; } row[] = {
		{ "email", "2026-10-31T22:15:00+01:00", "2026-10-31" }, { "email", "2026-07-01T00:10:00+02:00", "2026-07-01" },
		{ "letter", "2027-01-11T09:00:00+01:00", "2027-01-08" }, { "letter", "2027-01-07T09:00:00+01:00", "2027-01-05" },
		{ "letterbox", "2026-12-28T07:00:00+01:00", "2026-12-23" },
		{ "letterbox_later", "2026-12-28T15:00:00+01:00", "2026-12-28" }, { "handed", "2026-12-28T15:00:00+01:00", "2026-12-28" },
		{ "letter", "2027-06-28T09:00:00+02:00", "2027-06-24" },	/* Midsummer Eve is the 25th */
		{ "phone", "2027-01-11T08:12:00+01:00", "2027-01-11" },
	};
	struct law_received r;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int64_t at;

		assert_true(instant_parse(row[i].at, &at));
		assert_true(law_received_date(row[i].channel, at, &r, &err));
		assert_string_equal(date_text(r.date).s, row[i].date);
	}
	assert_false(law_received_date("pigeon", 0, &r, &err));
	assert_string_equal(err.field, "channel");
}

static void
test_legality_review_final_the_day_after(void **state)
{
	struct law_review r = law_legality_review(date_of("2026-12-15"));

	(void)state;
	assert_string_equal(date_text(r.last_day.date).s, "2027-01-05");
	assert_string_equal(date_text(r.final_from).s, "2027-01-06");	/* finality may fall on a holiday */
	r = law_legality_review(date_of("2027-03-05"));
	assert_int_equal(r.last_day.n_skipped, 4);
	assert_string_equal(r.last_day.skipped[0].why, "Good Friday");
	assert_string_equal(date_text(r.final_from).s, "2027-03-31");
}

/* Scenario (a) of the rule book, 1-2. */
static void
test_promises_break_in_three_steps(void **state)
{
	int64_t by = law_end_of(law_promise_days(date_of("2027-01-11"), 5, NULL).date);
	struct date closed[] = { date_of("2027-01-15") };
	struct law_closed local = { closed, 1 };

	(void)state;
	assert_string_equal(instant_text(by).s, "2027-01-19T00:00:00+01:00");
	assert_int_equal(law_overdue_level(by, by - 1, NULL), 0);
	assert_int_equal(law_overdue_level(by, by, NULL), 1);
	assert_string_equal(instant_text(law_overdue_at(by, 2, NULL)).s, "2027-01-21T00:00:00+01:00");
	assert_string_equal(instant_text(law_overdue_at(by, 3, NULL)).s, "2027-02-01T00:00:00+01:00");
	assert_int_equal(law_overdue_level(by, law_overdue_at(by, 3, NULL), NULL), 3);
	assert_string_equal(date_text(law_promise_days(date_of("2027-01-11"), 5, &local).date).s, "2027-01-19");
	assert_int_equal(law_working_days_between(date_of("2027-01-11"), date_of("2027-02-17"), NULL), 27);
}

static void
test_quorum_votes_and_minorities(void **state)
{
	struct law_tally t;

	(void)state;
	assert_int_equal(law_quorum_needed(31), 16);
	assert_int_equal(law_quorum_needed(8), 5);
	assert_false(law_is_quorate(8, 4));
	t = law_count(BALLOT_DECISION, 15, 15, 0, true, VOTE_YES);
	assert_int_equal(t.outcome, OUTCOME_YES);
	assert_int_equal(t.by, BY_CASTING_VOTE);
	t = law_count(BALLOT_DECISION, 4, 4, 1, true, VOTE_ABSTAIN);
	assert_int_equal(t.by, BY_CHAIR_MUST_VOTE);
	t = law_count(BALLOT_ELECTION, 4, 4, 1, true, VOTE_YES);
	assert_int_equal(t.by, BY_LOTS);
	t = law_count(BALLOT_DECISION, 5, 4, 20, false, VOTE_NO);
	assert_int_equal(t.by, BY_MAJORITY);
	assert_false(law_minority_referral(true, 30, 9, false).referred);
	assert_true(law_minority_referral(true, 30, 10, false).referred);
	assert_false(law_minority_referral(true, 30, 29, true).referred);
	assert_false(law_minority_referral(false, 9, 5, false).referred);
	assert_int_equal(law_minority_referral(true, 31, 0, false).needed, 11);
	assert_int_equal(law_initiative_refusal_needed(31), 21);
}

static void
test_since_when_a_statute_holds(void **state)
{
	struct law_review r = law_legality_review(date_of("2018-01-01"));
	struct law_received received;
	struct err err = { 0 };
	struct date from = { 0 };

	(void)state;
	assert_true(law_in_force(r.last_day.law, date_of("2018-01-01"), &from));
	assert_false(law_in_force(r.last_day.law, date_of("2017-12-31"), &from));
	assert_string_equal(date_text(from).s, "2018-01-01");
	assert_true(law_received_date("letter", local_instant(date_of("2018-07-02"), 9, 0, 0), &received, &err));
	assert_true(law_in_force(received.rule, date_of("2018-07-01"), &from));
	assert_false(law_in_force(received.rule, date_of("2018-06-30"), &from));
	assert_string_equal(date_text(from).s, "2018-07-01");
	assert_false(law_in_force(law_working_days(date_of("2018-06-01"), 1).law, date_of("2018-06-01"), &from));
	assert_true(law_in_force("Lag (1930:173) 2 §", date_of("2000-01-01"), &from));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_periods_of_the_rule_book),
		cmocka_unit_test(test_days_off_of_two_years),
		cmocka_unit_test(test_easter_of_other_centuries),
		cmocka_unit_test(test_every_period_ends_on_a_working_day_and_later_is_not_sooner),
		cmocka_unit_test(test_received_date),
		cmocka_unit_test(test_legality_review_final_the_day_after),
		cmocka_unit_test(test_promises_break_in_three_steps),
		cmocka_unit_test(test_quorum_votes_and_minorities),
		cmocka_unit_test(test_since_when_a_statute_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

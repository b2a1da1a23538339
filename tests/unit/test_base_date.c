/* tests/unit/test_base_date.c: days, instants and the zone */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"

static void
test_every_day_of_four_centuries_goes_there_and_back(void **state)
{
	int n = date_days(date_of("1800-01-01"));

	(void)state;
	for (struct date d = date_of("1800-01-01"); d.year < 2200; n++) {
		assert_int_equal(date_days(d), n);
		assert_int_equal(date_cmp(date_from_days(n), d), 0);
		if (++d.day > date_month_length(d.year, d.month)) {
			d.day = 1;
			if (++d.month > 12) {
				d.month = 1;
				d.year++;
			}
		}
	}
	assert_int_equal(date_weekday(date_of("2026-11-23")), MONDAY);
	assert_int_equal(date_weekday(date_of("2027-03-28")), SUNDAY);
}

static void
test_dates_that_are_not(void **state)
{
	static const char *const bad[] = { "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-01 ",
		"0000-01-01", "20260101", "2026-04-31" };
	struct date d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (date_parse(bad[i], &d))
			fail_msg("%s was taken for a date", bad[i]);
	}
}

static void
test_iso_weeks(void **state)
{
	static const struct { const char *date; int week, year; } row[] = {
		{ "2026-01-01", 1, 2026 }, { "2026-12-31", 53, 2026 }, { "2027-01-03", 53, 2026 },
		{ "2027-01-04", 1, 2027 }, { "2024-12-30", 1, 2025 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int year;

		assert_int_equal(date_iso_week(date_of(row[i].date), &year), row[i].week);
		assert_int_equal(year, row[i].year);
	}
}

static void
test_instants_follow_summer_time(void **state)
{
	static const struct { const char *in, *out; } row[] = {
		{ "2027-01-11T07:12:00Z", "2027-01-11T08:12:00+01:00" },
		{ "2027-03-28T00:59:59Z", "2027-03-28T01:59:59+01:00" },
		{ "2027-03-28T01:00:00Z", "2027-03-28T03:00:00+02:00" },
		{ "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00" },
		{ "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00" },
		{ "2026-06-30T23:59:60Z", "2026-07-01T02:00:00+02:00" },
		{ "2027-01-11T08:12:00.250+01:00", "2027-01-11T08:12:00+01:00" },
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_true(instant_parse(row[i].in, &at));
		assert_string_equal(instant_text(at).s, row[i].out);
	}
	assert_false(instant_parse("2027-01-11T08:12:00", &at));
	assert_false(instant_parse("2027-01-11", &at));
	assert_false(instant_parse("2027-01-11T25:00:00Z", &at));
}

static void
test_wall_clock_to_instant(void **state)
{
	(void)state;
	assert_string_equal(instant_utc(local_instant(date_of("2027-01-12"), 24, 0, 0)).s, "2027-01-12T23:00:00Z");
	assert_string_equal(instant_utc(local_instant(date_of("2026-07-01"), 0, 0, 0)).s, "2026-06-30T22:00:00Z");
	/* skipped: an hour later */
	assert_string_equal(instant_text(local_instant(date_of("2027-03-28"), 2, 30, 0)).s, "2027-03-28T03:30:00+02:00");
	/* twice: the first */
	assert_string_equal(instant_text(local_instant(date_of("2026-10-25"), 2, 30, 0)).s, "2026-10-25T02:30:00+02:00");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day_of_four_centuries_goes_there_and_back),
		cmocka_unit_test(test_dates_that_are_not),
		cmocka_unit_test(test_iso_weeks),
		cmocka_unit_test(test_instants_follow_summer_time),
		cmocka_unit_test(test_wall_clock_to_instant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

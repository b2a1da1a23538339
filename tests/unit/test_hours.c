/* tests/unit/test_hours.c: does somebody answer now, until when, and if not: when next? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/tr_date.h"
#include "hours/hours.h"
#include "hours/words.h"

/* A contact centre: phone Monday to Thursday 8-16.30, Friday 8-15; visits with lunch; the library's Saturday; water round the clock. */
static const struct hours_rule centre[] = {
	{ HOURS_PHONE, MONDAY, THURSDAY, 480, 990, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	{ HOURS_PHONE, FRIDAY, FRIDAY, 480, 900, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	{ HOURS_VISIT, MONDAY, FRIDAY, 540, 720, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	{ HOURS_VISIT, MONDAY, FRIDAY, 780, 960, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	{ HOURS_VISIT, SATURDAY, SATURDAY, 600, 840, { 2027, 6, 1 }, { 2027, 8, 31 }, false },
};
static const struct hours_own_day own_days[] = {
	{ { 2027, 1, 5 }, 720, "Trettondagsafton" }, { { 2027, 5, 7 }, HOURS_CLOSED, "Klämdag" },
};
static const struct hours_exception exceptions[] = {
	{ { true, false }, { 2027, 2, 3 }, { 2027, 2, 3 }, 600, 990, "utbildning", 0 },
	{ { true, true }, { 2027, 2, 3 }, { 2027, 2, 3 }, HOURS_CLOSED, HOURS_CLOSED, "strömavbrott", 2 },	/* farther away */
	{ { true, true }, { 2027, 7, 12 }, { 2027, 7, 23 }, HOURS_CLOSED, HOURS_CLOSED, "semester", 1 },
	{ { true, false }, { 2026, 9, 13 }, { 2026, 9, 13 }, 480, 1200, "val", 0 },		/* a Sunday */
	{ { true, false }, { 2026, 12, 24 }, { 2026, 12, 24 }, 540, 660, "jour", 0 },	/* a holiday eve */
};
static const struct date away[] = { { 2027, 3, 10 }, { 2027, 3, 11 } };
static const struct hours_plan plan = { centre, ARRAY_LEN(centre), exceptions, ARRAY_LEN(exceptions), own_days,
	ARRAY_LEN(own_days), away, ARRAY_LEN(away) };

static int64_t
at(const char *text)
{
	int64_t t = 0;

	if (!instant_parse(text, &t))
		fail_msg("%s is no instant", text);
	return t;
}

static void
test_now_and_next(void **state)
{
	static const struct { enum hours_kind kind; const char *now; bool open; const char *until, *why, *about; } row[] = {
		{ HOURS_PHONE, "2027-01-11T08:00:00+01:00", true, "2027-01-11T16:30:00+01:00", NULL, "the first second" },
		{ HOURS_PHONE, "2027-01-11T07:59:59+01:00", false, "2027-01-11T08:00:00+01:00", NULL, "a second before" },
		{ HOURS_PHONE, "2027-01-11T16:29:59+01:00", true, "2027-01-11T16:30:00+01:00", NULL, "the last second" },
		{ HOURS_PHONE, "2027-01-11T16:30:00+01:00", false, "2027-01-12T08:00:00+01:00", NULL, "closed on the dot" },
		{ HOURS_PHONE, "2027-01-15T15:10:00+01:00", false, "2027-01-18T08:00:00+01:00", NULL, "Friday: over the week-end" },
		{ HOURS_PHONE, "2027-01-16T12:00:00+01:00", false, "2027-01-18T08:00:00+01:00", NULL, "a plain Saturday has no reason" },
		{ HOURS_PHONE, "2027-01-17T23:59:59+01:00", false, "2027-01-18T08:00:00+01:00", NULL, "Sunday night" },
		{ HOURS_VISIT, "2027-01-11T12:30:00+01:00", false, "2027-01-11T13:00:00+01:00", NULL, "lunch" },
		{ HOURS_VISIT, "2027-01-11T11:00:00+01:00", true, "2027-01-11T12:00:00+01:00", NULL, "until lunch, not evening" },
		/* half-days, holidays, eves */
		{ HOURS_PHONE, "2027-01-05T11:00:00+01:00", true, "2027-01-05T12:00:00+01:00", NULL, "half-day" },
		{ HOURS_PHONE, "2027-01-05T12:00:00+01:00", false, "2027-01-07T08:00:00+01:00", "Trettondagsafton", "half-day, then Epiphany" },
		{ HOURS_VISIT, "2027-01-05T12:30:00+01:00", false, "2027-01-07T09:00:00+01:00", "Trettondagsafton", "the afternoon is cut away" },
		{ HOURS_PHONE, "2027-01-06T10:00:00+01:00", false, "2027-01-07T08:00:00+01:00", "Epiphany", "holiday" },
		{ HOURS_PHONE, "2027-03-26T10:00:00+01:00", false, "2027-03-30T08:00:00+02:00", "Good Friday", "Easter, over the change to summer time" },
		{ HOURS_PHONE, "2027-05-06T10:00:00+02:00", false, "2027-05-10T08:00:00+02:00", "Ascension Day", "Ascension and the closed day after" },
		{ HOURS_PHONE, "2027-05-07T10:00:00+02:00", false, "2027-05-10T08:00:00+02:00", "Klämdag", "closed day" },
		{ HOURS_PHONE, "2027-06-25T10:00:00+02:00", false, "2027-06-28T08:00:00+02:00", "Midsummer Eve", "an eve is closed" },
		{ HOURS_VISIT, "2027-06-26T11:00:00+02:00", false, "2027-06-28T09:00:00+02:00", "Midsummer Day", "a Saturday with hours that is a holiday" },
		{ HOURS_VISIT, "2027-06-19T11:00:00+02:00", true, "2027-06-19T14:00:00+02:00", NULL, "a plain Saturday with hours" },
		{ HOURS_VISIT, "2027-05-29T11:00:00+02:00", false, "2027-05-31T09:00:00+02:00", NULL, "Saturdays hold from June" },
		/* exceptions */
		{ HOURS_PHONE, "2027-02-03T09:00:00+01:00", false, "2027-02-03T10:00:00+01:00", "utbildning", "the nearest place decides" },
		{ HOURS_VISIT, "2027-02-03T10:00:00+01:00", false, "2027-02-04T09:00:00+01:00", "strömavbrott", "of visits only the farther speaks" },
		{ HOURS_PHONE, "2027-07-12T10:00:00+02:00", false, "2027-07-26T08:00:00+02:00", "semester", "two weeks" },
		{ HOURS_PHONE, "2026-09-13T12:00:00+02:00", true, "2026-09-13T20:00:00+02:00", NULL, "open on a Sunday" },
		{ HOURS_PHONE, "2026-12-24T10:00:00+01:00", true, "2026-12-24T11:00:00+01:00", NULL, "an exception opens a holiday" },
		{ HOURS_PHONE, "2026-12-24T11:00:00+01:00", false, "2026-12-28T08:00:00+01:00", "jour", "and then Christmas" },
		{ HOURS_PHONE, "2026-12-31T10:00:00+01:00", false, "2027-01-04T08:00:00+01:00", "New Year's Eve", "over the turn of the year" },
		/* everybody away */
		{ HOURS_PHONE, "2027-03-10T10:00:00+01:00", false, "2027-03-12T08:00:00+01:00", "everybody there is away", "two days" },
		{ HOURS_PHONE, "2027-03-09T17:00:00+01:00", false, "2027-03-12T08:00:00+01:00", NULL, "the evening before says when next" },
		/* the clock's changes: Sunday 28 March and 31 October 2027 */
		{ HOURS_PHONE, "2027-03-28T03:30:00+02:00", false, "2027-03-30T08:00:00+02:00", "Easter Day", "summer time has begun" },
		{ HOURS_PHONE, "2027-10-29T15:00:00+02:00", false, "2027-11-01T08:00:00+01:00", NULL, "winter time when it opens" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct hours_now got = hours_at(&plan, row[i].kind, at(row[i].now));

		if (got.open != row[i].open || got.until != at(row[i].until) ||
		    strcmp(got.why == NULL ? "-" : got.why, row[i].why == NULL ? "-" : row[i].why) != 0)
			fail_msg("%s (%s): got %s until %s, %s", row[i].about, row[i].now, got.open ? "open" : "closed",
			    instant_text(got.until).s, got.why == NULL ? "-" : got.why);
	}
}

/* Nights and round the clock, with the hour that is missing in March and twice there in October. */
static void
test_over_midnight_and_the_changes_of_the_clock(void **state)
{
	static const struct hours_rule always[] = { { HOURS_PHONE, MONDAY, SUNDAY, 0, HOURS_DAY, { 2026, 1, 1 }, { 2027, 12, 30 }, false } };
	static const struct hours_rule night[] = {
		{ HOURS_PHONE, MONDAY, SUNDAY, 1320, HOURS_DAY, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_PHONE, MONDAY, SUNDAY, 0, 360, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_VISIT, SUNDAY, SUNDAY, 120, 180, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	};
	struct hours_plan p = { .rule = night, .n_rules = ARRAY_LEN(night) };
	struct hours_now got = hours_at(&p, HOURS_PHONE, at("2027-02-10T23:00:00+01:00"));

	(void)state;
	assert_true(got.open);
	assert_true(got.until == at("2027-02-11T06:00:00+01:00"));
	got = hours_at(&p, HOURS_PHONE, at("2027-03-20T23:30:00+01:00"));
	assert_true(got.until == at("2027-03-21T06:00:00+01:00"));
	got = hours_at(&p, HOURS_PHONE, at("2027-10-30T23:30:00+02:00"));	/* Saturday night, All Saints' was that day */
	assert_true(got.until == at("2027-10-31T06:00:00+01:00"));
	got = hours_at(&p, HOURS_VISIT, at("2027-03-21T12:00:00+01:00"));	/* 28 March has no 2 to 3, and is Easter; 4 April */
	assert_true(got.until == at("2027-04-04T02:00:00+02:00"));
	p = (struct hours_plan){ .rule = always, .n_rules = 1 };
	got = hours_at(&p, HOURS_PHONE, at("2026-02-02T12:00:00+01:00"));
	assert_true(got.open && got.until == at("2026-04-03T00:00:00+02:00"));	/* until Good Friday, 60 days on */
	p = (struct hours_plan){ 0 };
	got = hours_at(&p, HOURS_PHONE, at("2026-02-02T12:00:00+01:00"));
	assert_false(got.open);
	assert_true(got.until == 0 && got.why == NULL);
}

/* On call: holidays, own days and half-days change nothing, and are not said to; an exception and absence do. */
static void
test_on_call(void **state)
{
	static const struct hours_rule r[] = {
		{ HOURS_PHONE, MONDAY, SUNDAY, 0, HOURS_DAY, { 2026, 1, 1 }, { 0, 0, 0 }, true },
		{ HOURS_VISIT, MONDAY, FRIDAY, 480, 960, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_VISIT, MONDAY, SUNDAY, 600, 660, { 2026, 1, 1 }, { 0, 0, 0 }, true },
	};
	struct hours_plan p = { r, ARRAY_LEN(r), exceptions, 3, own_days, ARRAY_LEN(own_days), NULL, 0 };
	struct hours_day day;

	(void)state;
	hours_of_day(&p, HOURS_PHONE, date_of("2027-01-06"), &day);
	assert_true(day.n == 1 && day.span[0].closes == HOURS_DAY && day.why == NULL);
	hours_of_day(&p, HOURS_PHONE, date_of("2027-01-05"), &day);
	assert_true(day.n == 1 && day.span[0].closes == HOURS_DAY && day.why == NULL);
	hours_of_day(&p, HOURS_VISIT, date_of("2027-01-06"), &day);
	assert_true(day.n == 1 && day.span[0].opens == 600 && day.span[0].closes == 660);
	assert_string_equal(day.why, "Epiphany");
	hours_of_day(&p, HOURS_VISIT, date_of("2027-07-12"), &day);
	assert_true(day.n == 0);
	assert_string_equal(day.why, "semester");
}

static void
test_open_without_end(void **state)
{
	static const struct hours_rule always[] = { { HOURS_PHONE, MONDAY, SUNDAY, 0, HOURS_DAY, { 2026, 1, 1 }, { 0, 0, 0 }, false } };
	struct hours_plan p = { .rule = always, .n_rules = 1 };
	struct hours_now got = hours_at(&p, HOURS_PHONE, at("2026-08-10T12:00:00+02:00"));	/* no holiday for 60 days */

	(void)state;
	assert_true(got.open && got.until == 0);
}

static void
test_spans_join(void **state)
{
	static const struct hours_rule r[] = {
		{ HOURS_PHONE, MONDAY, MONDAY, 600, 660, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_PHONE, MONDAY, MONDAY, 480, 540, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_PHONE, MONDAY, MONDAY, 540, 610, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_PHONE, MONDAY, MONDAY, 720, 780, { 2026, 1, 1 }, { 0, 0, 0 }, false },
		{ HOURS_PHONE, MONDAY, MONDAY, 730, 740, { 2026, 1, 1 }, { 0, 0, 0 }, false },
	};
	struct hours_plan p = { .rule = r, .n_rules = ARRAY_LEN(r) };
	struct hours_day day;

	(void)state;
	hours_of_day(&p, HOURS_PHONE, date_of("2027-01-11"), &day);
	assert_int_equal(day.n, 2);
	assert_int_equal(day.span[0].opens, 480);
	assert_int_equal(day.span[0].closes, 660);
	assert_int_equal(day.span[1].opens, 720);
	assert_int_equal(day.span[1].closes, 780);
}

static void
test_looking_back_absence_does_not_count(void **state)
{
	(void)state;
	assert_true(hours_promised(&plan, HOURS_PHONE, at("2027-03-10T10:00:00+01:00")));	/* the sign said open */
	assert_false(hours_promised(&plan, HOURS_PHONE, at("2027-03-10T17:00:00+01:00")));
	assert_false(hours_promised(&plan, HOURS_PHONE, at("2027-01-06T10:00:00+01:00")));
	assert_true(hours_promised(&plan, HOURS_PHONE, at("2027-01-11T16:29:59+01:00")));
	assert_false(hours_promised(&plan, HOURS_PHONE, at("2027-01-11T16:30:00+01:00")));
}

static void
test_times_as_people_write_them(void **state)
{
	static const struct { const char *text; int minutes; } row[] = {
		{ "8", 480 }, { "08", 480 }, { "8.30", 510 }, { "08:30", 510 }, { "0:00", 0 }, { "24:00", 1440 }, { "24", 1440 },
		{ "23.59", 1439 }, { "24:01", -1 }, { "25", -1 }, { "8:60", -1 }, { "8:5", -1 }, { "8:005", -1 }, { "", -1 }, { "kl 8", -1 },
		{ "8:30 ", -1 }, { "-8", -1 }, { "8-9", -1 }, { "8:", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int got = -1;

		if (!hours_minutes(row[i].text, &got))
			got = -1;
		if (got != row[i].minutes)
			fail_msg("\"%s\": got %d, expected %d", row[i].text, got, row[i].minutes);
	}
	assert_false(hours_minutes(NULL, &(int){ 0 }));
	assert_string_equal(hours_clock(510).s, "08:30");
	assert_string_equal(hours_clock(HOURS_DAY).s, "24:00");
}

static void
test_what_people_read(void **state)
{
	static const struct { const char *lang; enum hours_kind kind; const char *now, *sentence; } row[] = {
		{ "sv", HOURS_PHONE, "2027-01-11T09:00:00+01:00", "Vi svarar i telefon nu, till kl. 16.30." },
		{ "sv", HOURS_VISIT, "2027-01-08T17:00:00+01:00", "Stängt för besök nu. Öppnar måndag 11 januari kl. 9.00." },
		{ "sv", HOURS_PHONE, "2027-01-08T17:00:00+01:00", "Telefonen är stängd nu. Öppnar måndag 11 januari kl. 8.00." },
		{ "sv", HOURS_PHONE, "2027-01-11T17:00:00+01:00", "Telefonen är stängd nu. Öppnar i morgon kl. 8.00." },
		{ "sv", HOURS_PHONE, "2027-01-11T07:00:00+01:00", "Telefonen är stängd nu. Öppnar kl. 8.00." },
		{ "sv", HOURS_PHONE, "2026-12-31T09:00:00+01:00", "Telefonen är stängd nu (nyårsafton). Öppnar måndag 4 januari 2027 kl. 8.00." },
		{ "en", HOURS_PHONE, "2027-01-11T09:00:00+01:00", "We answer the phone now, until 16:30 today." },
		{ "en", HOURS_VISIT, "2027-01-08T17:00:00+01:00", "Closed for visits now. Opens 09:00 on Monday 11 January." },
		{ "en", HOURS_PHONE, "2027-01-11T17:00:00+01:00", "Nobody answers the phone now. We answer again 08:00 tomorrow." },
	};
	struct arena *a = arena_open();
	struct hours_line line[7];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct hours_now now = hours_at(&plan, row[i].kind, at(row[i].now));
		const char *got = hours_sentence(a, row[i].lang, row[i].kind, &now, at(row[i].now));

		if (strcmp(got, row[i].sentence) != 0)
			fail_msg("got \"%s\", expected \"%s\"", got, row[i].sentence);
	}
	assert_string_equal(tr_when("sv", at("2027-01-12T00:00:00+01:00"), at("2027-01-11T09:00:00+01:00")).s, "midnatt");
	assert_string_equal(tr_when("en", at("2027-01-12T00:00:00+01:00"), at("2027-01-11T09:00:00+01:00")).s, "midnight");
	assert_int_equal(hours_week(&plan, HOURS_PHONE, date_of("2027-01-11"), line), 3);
	assert_string_equal(hours_weekdays(a, "sv", line[0].first, line[0].last), "Måndag till torsdag");
	assert_string_equal(hours_times(a, "sv", line[0].span, line[0].n), "8.00–16.30");
	assert_string_equal(hours_weekdays(a, "en", line[2].first, line[2].last), "Saturday to Sunday");
	assert_string_equal(hours_times(a, "sv", line[2].span, line[2].n), "Stängt");
	assert_int_equal(hours_week(&plan, HOURS_VISIT, date_of("2027-07-01"), line), 3);	/* Saturdays in summer */
	assert_string_equal(hours_times(a, "sv", line[0].span, line[0].n), "9.00–12.00, 13.00–16.00");
	arena_close(a);
}

static void
test_the_coming_unusual_days(void **state)
{
	struct arena *a = arena_open();
	const struct hours_unusual *u;
	size_t n = hours_unusual(a, "sv", &plan, date_of("2027-01-04"), 31, &u);

	(void)state;
	assert_int_equal(n, 6);			/* half-day, Epiphany, 3 February: phone and visits of each */
	assert_string_equal(date_text(u[0].date).s, "2027-01-05");
	assert_string_equal(u[0].times, "8.00–12.00");
	assert_string_equal(u[2].why, "trettondedag jul");
	assert_string_equal(u[2].times, "Stängt");
	assert_string_equal(u[4].times, "10.00–16.30");
	assert_string_equal(u[5].why, "strömavbrott");
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_now_and_next),
		cmocka_unit_test(test_over_midnight_and_the_changes_of_the_clock),
		cmocka_unit_test(test_on_call),
		cmocka_unit_test(test_open_without_end),
		cmocka_unit_test(test_spans_join),
		cmocka_unit_test(test_looking_back_absence_does_not_count),
		cmocka_unit_test(test_times_as_people_write_them),
		cmocka_unit_test(test_what_people_read),
		cmocka_unit_test(test_the_coming_unusual_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

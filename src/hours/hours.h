/* hours/hours.h: does somebody answer now, until when, and if not: when next?
 *
 * Pure functions over a plan: the weekly hours of a place (an authority or a unit), its exceptions, the municipality's own days,
 * and the days on which everybody there is away. Times of day are minutes on the municipality's clock, so a day in March or
 * October is as long as it is and a time that was skipped makes an empty span (base/date.h).
 *
 * What decides about a day, the first that says something:
 *   everybody is away            closed, whatever the sign says
 *   exceptions of the place      the nearest place that has one for the day: its times, or closed
 *   the municipality's own day   closed, or the weekly hours cut at its time; but for hours that hold always
 *   a holiday or eve by law      closed, but for those (Saturdays and Sundays are not: they have hours when somebody wrote some)
 *   the weekly hours             all that hold that weekday and that date */
#ifndef HOURS_HOURS_H
#define HOURS_HOURS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"

enum hours_kind { HOURS_PHONE, HOURS_VISIT, HOURS_KINDS };
enum {
	HOURS_CLOSED = -1,
	HOURS_DAY = 24 * 60,		/* minutes; the end of the day as a closing time */
	HOURS_SPANS = 8,		/* most spans of a day */
	HOURS_AHEAD_DAYS = 60,		/* so far ahead is looked for an opening */
};

struct hours_rule {
	enum hours_kind kind;
	enum weekday first, last;
	int opens, closes;		/* 0 <= opens < closes <= HOURS_DAY */
	struct date from, to;		/* to.year 0: until further notice */
	bool always;			/* holidays and own days do not change it: somebody is on call */
};
struct hours_exception {
	bool kind[HOURS_KINDS];		/* which kinds it is about */
	struct date from, to;
	int opens, closes;		/* HOURS_CLOSED: closed all day */
	const char *reason;
	int nearness;			/* 0: the place itself; greater: a place above it */
};
struct hours_own_day { struct date date; int closes; const char *name; };	/* HOURS_CLOSED: closed all day */

struct hours_plan {
	const struct hours_rule *rule; size_t n_rules;
	const struct hours_exception *exception; size_t n_exceptions;
	const struct hours_own_day *own_day; size_t n_own_days;
	const struct date *away; size_t n_away;		/* days on which everybody is away */
};

struct hours_span { int opens, closes; };
struct hours_day {
	struct hours_span span[HOURS_SPANS];	/* in order, apart */
	size_t n;
	const char *why;		/* msgid or the municipality's own words: why other hours than usual; NULL: as usual */
};
void hours_of_day(const struct hours_plan *plan, enum hours_kind kind, struct date day, struct hours_day *out);

struct hours_now {
	bool open;
	int64_t until;			/* open: when it closes, 0: not within HOURS_AHEAD_DAYS. Closed: when it opens, 0: likewise */
	const char *why;		/* closed: why today is not as usual; or NULL */
};
struct hours_now hours_at(const struct hours_plan *plan, enum hours_kind kind, int64_t now);

/* Is the whole of [from, to) within the open hours, as the sign said that day (absence left out)? For looking back. */
bool hours_promised(const struct hours_plan *plan, enum hours_kind kind, int64_t at);

/* "8", "8.30", "08:30", "24:00" as minutes; false for anything else. And back: "08:30". */
bool hours_minutes(const char *text, int *out);
struct hours_clock { char s[8]; };
struct hours_clock hours_clock(int minutes);

extern const char *const hours_kind_names[HOURS_KINDS];		/* "phone", "visit": as stored */
#endif

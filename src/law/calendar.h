/* law/calendar.h: holidays, working days, and the periods that law counts
 *
 * Lag (1989:253) om allmänna helgdagar names the public holidays. Lag (1930:173) om beräkning av lagstadgad tid says
 * how weeks and months are counted (1 §), and that an act due on a Sunday, another public holiday, a Saturday, Midsummer
 * Eve, Christmas Eve or New Year's Eve may be done the next weekday (2 §). Dates are in the municipality's own zone.
 * Everything here is a pure function; a result can always say which days it skipped and why. */
#ifndef LAW_CALENDAR_H
#define LAW_CALENDAR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"

struct arena; struct err;

struct date law_easter(int year);		/* Easter Day, Gregorian computus; years 1583 to 9999 */

/* Why a day is not a working day, as N_() text ("Good Friday", "Saturday", "Midsummer Eve"), or NULL: it is one.
 * The holiday's own name goes before the weekday's. */
const char *law_day_off(struct date d);
bool law_is_working_day(struct date d);
/* The Swedish name of a day off as the statute has it ("långfredagen"); NULL for a working day. */
const char *law_day_off_swedish(struct date d);

enum { SKIPPED_MAX = 64 };
struct law_skipped { struct date date; const char *why; };
struct law_period {
	struct date date;		/* the last day */
	struct date end_day;		/* the day it falls on by 1 §, before 2 § moves it; days, weeks and months only */
	size_t n_skipped;		/* those that fitted; a period of years skips more than anybody reads */
	struct law_skipped skipped[SKIPPED_MAX];
	const char *law;		/* the statute */
};

/* `n` at least 0. The day of the event is not counted. Working days: the n-th working day after `from` (the promises of
 * service; rule book 2.6). Days, weeks, months: the statutory periods, moved forward by 2 §. */
struct law_period law_working_days(struct date from, int n);
struct law_period law_days(struct date from, int n);
struct law_period law_weeks(struct date from, int n);
struct law_period law_months(struct date from, int n);
/* The last day on which something may be done that must be done at least `n` weeks before `from`; rolled back to a
 * working day (the rule is law, the roll-back is practice). */
struct law_period law_latest_before(struct date from, int n);

/* How the date was counted, as the JSON that pages read: {"from", UNIT: n, "skipped": [{"date", "why"}]}; unit is "days" or
 * "weeks". In `a`. */
const char *law_explained(struct arena *a, struct date from, const char *unit, int n, const struct law_period *p);

/* Day received (Förvaltningslag (2017:900) 22 §). An electronic message, a call or a visit: the day it came, whatever day
 * that is. "letter", by post: the working day before it came, as it had then been set aside at the post office. "letterbox",
 * the authority's own at its first emptying of the day: likewise; "letterbox_later", put there after that: the day itself.
 * "handed", into the hands of somebody competent: that day. */
struct law_received { struct date date; const char *rule, *words; };	/* rule: as stored; words: N_() for people */
bool law_received_date(const char *channel, int64_t arrived_at, struct law_received *out, struct err *err);
/* A stored rule back to its words, and to the channel it is the rule of (NULL: of all that reach us on their day). False: not
 * one of ours. */
bool law_received_rule(const char *rule, const char **channel, const char **words);

/* Legality review (laglighetsprövning), Kommunallag (2017:725) 13 kap. 5 §: three weeks from the day the notice was
 * posted. The decision is final the day after, which may itself be a holiday. */
struct law_review { struct law_period last_day; struct date final_from; };
struct law_review law_legality_review(struct date posted);
#endif

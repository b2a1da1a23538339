/* figures/figures.h: how we answer, in figures that tell the truth
 *
 * From the contacts that came in a period: the share answered within the promise, the time to answer, and what was left out and
 * why. Who still waits is counted, as one who has waited so long and not yet been answered (Kaplan and Meier 1958): leaving
 * the open ones out would make us look faster the worse we are. Left out are only spam, contacts merged into another, those that
 * went on to another authority (they are counted there, from their first arrival), and those that cannot be answered (anonymous,
 * no address); the figures say how many (rule book 2.5).
 *
 * What is promised and answered first is what counts: a new date, or a contact that opens again, makes nothing that was late come
 * in time. What we said was done and the resident said was not stays a failure: reopened, and not kept.
 *
 * Time is counted twice, in whole minutes: by working hours, so that a question on Friday evening has not waited all weekend; and by
 * the calendar, as the resident waits. Working hours are the phone hours of the unit that has the contact (hours/hours.h: exceptions,
 * holidays and own days too; not who was away), and 08-16 on working days [ASSUMPTION] on days for which none are written.
 * The rules here are pure; figures_store.c fetches. They take a contact at a time and keep four bytes of it, so that a million fit. */
#ifndef FIGURES_FIGURES_H
#define FIGURES_FIGURES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "hours/hours.h"
#include "people/permit.h"
#include "stats/survival.h"
#include "stats/xmr.h"

struct arena; struct db; struct err; struct sb;

enum figures_by { BY_UNIT, BY_AUTHORITY, BY_CHANNEL, BY_CATEGORY, BY_MONTH, FIGURES_BY };
extern const char *const figures_by_word[FIGURES_BY];	/* "enhet", ...: in addresses */
extern const char *const figures_by_text[FIGURES_BY];	/* N_() */

struct figures_filter {
	struct date from, to;		/* arrived on; both included */
	int64_t authority_id;		/* 0: any */
	int64_t unit_id, category_id;	/* 0: any; a unit with those below it */
	const char *channel;		/* NULL: any */
	enum figures_by by;		/* how the groups are made */
};
enum { FIGURES_DAYS_MAX = 1100, FIGURES_CURVE_MAX = 400, FIGURES_LEAST = 10, FIGURES_HALF_HOURS = 48 };
/* FIGURES_DAYS_MAX: longest period. FIGURES_LEAST: a week with fewer is shown as a number, and is not judged. */

enum figures_out { COUNTED_IN, OUT_SPAM, OUT_MERGED, OUT_PASSED_ON, OUT_UNREACHABLE, FIGURES_OUT };

struct figures_case {
	int64_t arrived_at;
	int64_t promised_by;		/* what was promised first; 0: nothing */
	int64_t answered_at;		/* the first answer; 0: none yet */
	int64_t plan_by, closed_at;	/* that answer was a plan with this date; 0: it was not, is not */
	enum figures_out out;
	bool plan_broken;		/* its date passed, and a new one was made */
	bool direct, done;		/* phone or visit; ended, and we say it is done */
	bool disputed, escalated;	/* she said it was not done; she turned to a manager or a representative */
	int satisfied;			/* -1 not said, 0, 1 */
	int64_t authority_id, unit_id;	/* whose hours; 0: none */
	int64_t group;			/* by what the filter says: an id, the channel's place in office_channels, year * 12 + month - 1 */
};

struct figures_share { size_t n, of; double value, low, high; };	/* Wilson, 95 %; NaN when of is 0 */
/* median and p90 NaN: not reached, and then `longest` is the least they can be. mean_to 0: there is no mean. */
struct figures_time { double median, p90, mean_to, longest; struct survival_interval median_95, p90_95; struct survival_mean mean; };

struct figures_measures {
	size_t n;			/* in the figures */
	size_t out[FIGURES_OUT];	/* left out, by why */
	size_t answered, open;
	size_t not_due;			/* the promise has not run out, and there is no answer yet */
	int64_t oldest_open_at;		/* arrived; 0: none is open */
	struct figures_share promise;	/* of those due: answered in time, and what was said was so */
	struct figures_share unanswered;	/* of those due: without any answer still */
	struct figures_share first_contact;	/* phone and visits: solved within half an hour, and stayed so */
	struct figures_share reopened, escalated;	/* of those answered; of all */
	struct figures_share satisfied;	/* of those who said */
	struct figures_time working;	/* hours */
	struct figures_time calendar;	/* days; only of the whole */
};

struct figures_group { int64_t key; const char *name; struct figures_measures m; };

/* By the week they arrived in. A week is judged when all its contacts are due and it has FIGURES_LEAST; else share is NaN. */
struct figures_week { struct date monday; size_t n, due, kept, not_due; double share; unsigned rules; };	/* bit r: rule r + 1 marks it */

/* Calls that came in the period. Offered is answered and lost; calls that are not over are in neither. */
enum { FIGURES_ANSWER_S = 180 };	/* rule book 2.3: answered within three minutes */
struct figures_calls {
	bool counted;			/* false: the question is of a category, or of another channel */
	size_t answered, lost, withheld;	/* withheld: lost with no number to call back */
	struct figures_share at_once;	/* answered within FIGURES_ANSWER_S, of those offered */
	struct figures_share lost_share;	/* of those offered */
	struct figures_share called_back;	/* of those promised to be called back, and due: reached in time */
	size_t waiting;			/* to be called back still */
	size_t by_us, by_them, by_hand;	/* we called; she called again and was answered; a person closed it */
};

struct figures {
	struct figures_measures all;
	struct figures_calls calls;
	struct survival_curve curve;	/* working hours; at most FIGURES_CURVE_MAX points of it, each exact */
	struct figures_week *week; size_t n_weeks;
	struct xmr xmr;			/* of the weeks' shares, per cent */
	size_t heat[7][FIGURES_HALF_HOURS];	/* arrivals by weekday (Monday 0) and half-hour */
	size_t heat_most;
	struct figures_group *group; size_t n_groups;	/* most contacts first; months in order */
	int64_t at;			/* when it was counted */
	size_t by_hours, by_default;	/* contacts in the figures whose unit has hours; for which 08-16 was taken */
};

/* Working hours between two instants, 0 when to <= from. plan NULL: 08-16. */
double figures_working_hours(const struct hours_plan *plan, int64_t from, int64_t to);
struct figures_share figures_share_of(size_t n, size_t of);

/* Counting, one contact at a time, as it is at `now`. All lives in `a`. */
struct figures_count;
struct figures_count *figures_begin(struct arena *a, const struct figures_filter *f, int64_t now);
/* Whose hours are what: before the first contact. unit_id 0: of the whole authority. They must live until figures_end(). */
struct figures_place { int64_t authority_id, unit_id; struct hours_plan plan; };
void figures_places(struct figures_count *x, const struct figures_place *place, size_t n);
void figures_add(struct figures_count *x, const struct figures_case *c);
void figures_end(struct figures_count *x, struct figures *out);
bool figures_kept(const struct figures_case *c, int64_t now);	/* answered in time, and so it stayed */
bool figures_due(const struct figures_case *c, int64_t now);

/* What the actor may count (ACT_FIGURES), counted. ERR_INPUT: the period is empty or too long. */
bool figures_read(struct db *db, struct arena *a, const struct actor *actor, const struct figures_filter *f, int64_t now,
    struct figures *out, struct err *err);
/* The newest event: as long as it is the same, so are the figures of the same minute. */
bool figures_mark(struct db *db, int64_t *event_id, struct err *err);

/* The caller owns it. Hours and shares as numbers, null where they cannot be told. */
json_t *figures_json(const struct figures *x, const struct figures_filter *f);
/* The groups, with the whole first; the weeks; the arrivals; the curve. */
void figures_csv(struct sb *sb, const struct figures *x, const struct figures_filter *f);
void figures_weeks_csv(struct sb *sb, const struct figures *x);
void figures_arrivals_csv(struct sb *sb, const struct figures *x);
void figures_curve_csv(struct sb *sb, const struct figures *x);
#endif

/* mystery/measures.h: what municipalities compare each other by, for ourselves
 *
 * Two families (rule book 2.5). From test questions, as in KKiK: the share of mails answered within one day, and within two; the share
 * of callers who got the answer at once; how they were received, as a share of the most points. From residents who were asked
 * afterwards, as in SKR's service survey: ease and reception by phone, ease and clarity in writing, index 0 to 100.
 *
 * Counted are the tests of rounds that are over, by the year they were asked in. Not counted are those left out with a reason and
 * those never asked, and the figures say how many. No answer, and what the tester says is no answer, is none. "Within one day" is the
 * end of the next working day, or 24 hours by the clock, as is set (measures.day) [ASSUMPTION: texts about KKiK say either]. The
 * most points of a call are 5 for each of the three grades; a call that nobody took has no reception and no direct answer.
 * Under the least number (afterwards.minimum) nothing is shown.
 *
 * Beside them stands what Kolada says of others, when an indicator has been chosen: the quarters of the municipalities. In the best
 * quarter is green, in the worst red, between them yellow; more is better for all of them. */
#ifndef MYSTERY_MEASURES_H
#define MYSTERY_MEASURES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/json.h"
#include "mystery/kolada.h"
#include "mystery/mystery.h"

struct arena; struct db; struct err;

enum measured { MAIL_ONE_DAY, MAIL_TWO_DAYS, PHONE_DIRECT, RECEPTION, INDEX_EASE_PHONE, INDEX_RECEPTION_PHONE, INDEX_EASE_WRITTEN,
	INDEX_CLARITY_WRITTEN, MEASURED };
enum day_rule { DAY_WORKING, DAY_HOURS };
enum quarter { QUARTER_NONE, QUARTER_WORST, QUARTER_MIDDLE, QUARTER_BEST };

/* How each is called, found and set. */
struct measured_kind {
	const char *key;		/* "mail_one_day": in CSV, JSON and settings */
	const char *name;		/* N_() */
	const char *words;		/* what its indicator's title is searched by, in Swedish as the catalogue is */
	bool index;			/* 0 to 100; else per cent */
};
extern const struct measured_kind measured_kind[MEASURED];

struct measure_value { size_t n; double value, low, high; };	/* per cent or index; NaN: nothing */

struct compared {
	const char *indicator_id, *title;	/* NULL: none chosen */
	int64_t year; size_t n;			/* municipalities; 0: no values loaded */
	double worst_to, median, best_from, own;	/* quarters; own: our own value there, NaN when none */
	enum quarter quarter;			/* where our measured value would be */
};

struct measures {
	int year;			/* 0: there is nothing yet */
	int64_t minimum;
	enum day_rule day;
	int64_t rounds, left_out, not_asked;
	struct measure_value value[MEASURED];
	bool shown[MEASURED];
	struct compared compared[MEASURED];
};

/* Pure. `day` decides what one and two days are. Fills the first four of `value`, and the two counts. */
void measures_of(const struct mystery_test *t, size_t n, enum day_rule day, struct measures *out, struct arena *a);
/* Was an answer at `answered` within n days of `asked`? */
bool measures_within(int64_t asked, int64_t answered, int n, enum day_rule day);
/* Of ascending values; QUARTER_NONE with fewer than four. Ties belong to the better side. */
enum quarter measures_quarter(const double *ascending, size_t n, double value);

/* Years that have something, newest first. */
bool measures_years(struct db *db, struct arena *a, int **out, size_t *n, struct err *err);
bool measures_load(struct db *db, struct arena *a, int year, struct measures *out, struct err *err);

const char *quarter_text(enum quarter q);	/* N_() */
const char *quarter_name(enum quarter q);	/* "green", "yellow", "red"; NULL */
/* The caller owns it. */
json_t *measures_json(const struct measures *m);
void measures_csv(struct sb *sb, const struct measures *m);
#endif

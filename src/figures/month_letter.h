/* figures/month_letter.h: the monthly letter (månadsbrev) to each committee: how we answer, what waited, what residents complained about
 *
 * Made by the clock on the first working day of the month, about the month before, once; after a stop, for each month that was
 * missed. It is written in plain Swedish from what is open alone: nothing of what is secret or concerns a protected person is in
 * any number of it. Small numbers are left out (suppress.h), and the month before is quoted from its own letter, so that nothing
 * can be worked out by subtracting. What is a change and what is chance is said by the rules of stats/xmr.h over the months, and
 * for the time to answer by the difference of the restricted means.
 *
 * The content is kept as it was made, and the same content is the page and the PDF (a document of its authority, by SHA-256).
 * A named person publishes it; then anybody reads it. A wrong one is withdrawn with a reason, which stays to be seen; a new
 * edition can be made then. Every change is an event (month_letter.made, .published, .withdrawn). */
#ifndef FIGURES_MONTH_LETTER_H
#define FIGURES_MONTH_LETTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "doc/chart.h"
#include "people/permit.h"

struct arena; struct db; struct err;

enum { MONTH_LETTER_HISTORY = 24, MONTH_LETTER_CATCH_UP = 12, MONTH_LETTER_JUDGED = 6, MONTH_LETTER_WHY_MAX = 500 };
/* JUDGED: with fewer months nothing is said of signal and noise. */

struct month_letter {
	int64_t id, authority_id, edition, document_id, made_at, published_at, withdrawn_at, version;
	const char *authority_code, *authority_name;
	const char *month;		/* "2027-01" */
	const char *state;		/* made, published, withdrawn */
	const char *content;		/* JSON, a list of blocks; month_letter.c has the kinds */
	const char *published_by, *withdrawn_by, *withdrawn_why;
};
struct month_letter_list { struct month_letter *item; size_t n; };

struct month_letter_done { int64_t made; };
bool month_letter_tick(struct db *db, int64_t now, struct month_letter_done *out, struct err *err);

/* Of an authority, newest first; content NULL. published: only what anybody may read, and what was withdrawn after it was
 * published (authority_id 0: of all). */
bool month_letters_of(struct db *db, struct arena *a, int64_t authority_id, bool published, struct month_letter_list *out,
    struct err *err);
bool month_letter_get(struct db *db, struct arena *a, int64_t id, struct month_letter *out, struct err *err);
/* The latest edition that was published. ERR_NOT_FOUND. */
bool month_letter_public(struct db *db, struct arena *a, const char *authority_code, const char *month, struct month_letter *out,
    struct err *err);
struct object month_letter_object(const struct month_letter *l);

/* ERR_CONFLICT: it is not as `version` says. ERR_INPUT: why. */
bool month_letter_publish(struct db *db, int64_t id, int64_t version, const struct actor *by, int64_t now, struct err *err);
bool month_letter_withdraw(struct db *db, int64_t id, int64_t version, const char *why, const struct actor *by, int64_t now,
    struct err *err);
/* A new edition of a withdrawn one, from today's figures. ERR_CONFLICT: it is not withdrawn, or there is one. */
bool month_letter_again(struct db *db, struct arena *a, int64_t id, const struct actor *by, int64_t now, int64_t *new_id, struct err *err);

/* "januari 2027"; "Så svarade vi i januari 2027". */
const char *month_letter_month(struct arena *a, const char *lang, const char *month);
const char *month_letter_title(struct arena *a, const char *lang, const char *month);

/* One block as it is shown. */
enum block_kind { BLOCK_HEADING, BLOCK_TEXT, BLOCK_TABLE, BLOCK_CHART };
struct block {
	enum block_kind kind;
	const char *text;		/* heading, text; of a table or chart its name */
	const char *const *column; size_t n_columns;	/* table */
	const char *const *cell; size_t n_rows;		/* [n_rows * n_columns] */
	const struct chart_lines *chart;
};
struct blocks { struct block *item; size_t n; };
bool month_letter_blocks(struct arena *a, const char *content, struct blocks *out, struct err *err);
/* The PDF of the content. */
bool month_letter_pdf(struct arena *a, const struct month_letter *l, const char *site_name, const void *logo, size_t logo_bytes,
    const void **bytes, size_t *n, struct err *err);

/* ---- what it is made of: pure, for month_letter.c and its tests ---- */

struct letter_named { const char *name; size_t n; };
struct letter_month { size_t due, kept; };
struct letter_facts {
	const char *authority_name;
	int year, month;
	size_t arrived;
	bool before_told; size_t arrived_before;	/* as the letter before said; false: it did not, or there was none */
	struct letter_month history[MONTH_LETTER_HISTORY];	/* by the promised day; the last is this month */
	double median, p90;		/* working hours, of those that arrived in the month; NaN: not reached */
	double mean, mean_se, mean_before, mean_se_before;	/* within the first 40 working hours; NaN: none */
	size_t waiting; int64_t oldest_days;	/* past the promise at the month's end; working days since the oldest came */
	struct letter_named *unit; size_t n_units;	/* of them, by unit */
	struct letter_named *category, *not_done; size_t n_categories;	/* arrived; said not done, by the same categories */
	size_t escalated[3];		/* manager, representative, chair */
	bool calls; size_t calls_answered, calls_lost, called_back_due, called_back_kept;
};
/* The JSON text of the content. */
const char *month_letter_content(struct arena *a, const struct letter_facts *f);
#endif

/* survey/afterwards.h: asked afterwards: what residents think of how we answered
 *
 * When a contact has been answered and closed, its resident may be drawn: with the probability that is set (setting
 * "afterwards.share", per cent; 0 asks nobody), never twice within "afterwards.rest_days", and never who is protected or cannot
 * be reached. The four questions are those of the service survey (rule book 2.5), graded 1 to 5: by phone ease and reception, in
 * writing ease and clarity; in writing first whether an answer came at all, and only who got one grades it.
 *
 * Anonymous by construction: people are drawn and asked in rounds, of at least "afterwards.together" persons, and what they
 * answer is opened when the round is over, all at once (survey/afterwards_draw.h says how, and against what).
 * What is shown is an index 0 to 100 with its margin of error (stats/survey.h), from "afterwards.minimum" answers on; so many
 * units are left out together that none can be worked out from the total. */
#ifndef SURVEY_AFTERWARDS_H
#define SURVEY_AFTERWARDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

enum {
	AFTERWARDS_DELAY_S = 3600,
	AFTERWARDS_LIFE_S = 21 * 86400,		/* how long a round is open */
	AFTERWARDS_WAIT_S = 14 * 86400,		/* how long she waits for enough others of her unit */
	AFTERWARDS_TOO_OLD_S = 28 * 86400,	/* after that nobody is asked about it */
	REST_DAYS = 180, MINIMUM_ANSWERS = 10, ASKED_TOGETHER = 10, ASKED_TOGETHER_LEAST = 5,
};

struct afterwards_done { int64_t drawn, passed, opened; };	/* opened: answers */
/* Looks at what was closed since the last time, draws the rounds that are full, opens those that are over, and empties mails that
 * have gone. */
bool afterwards_tick(struct db *db, int64_t now, struct afterwards_done *out, struct err *err);

/* unit_name: or her committee's, or NULL, when several were drawn from together. */
struct afterwards_form { int64_t round_id; bool phone; const char *unit_name; };
/* ERR_NOT_FOUND: unknown, used or too old. */
bool afterwards_open(struct db *db, struct arena *a, const char *token, int64_t now, struct afterwards_form *out,
    struct err *err);
struct afterwards_answer { bool heard; int ease, second, fair_days; };	/* 0: not answered */
/* Once; the token is gone after. ERR_INPUT: heard, ease, second. */
bool afterwards_answer(struct db *db, struct arena *a, const char *token, const struct afterwards_answer *in, int64_t now,
    struct err *err);

/* To be asked by phone: a guide's list. A call that was answered, or not wanted (in NULL), is gone from it. */
struct afterwards_call { int64_t id, authority_id; const char *name, *phone; bool by_phone; };
bool afterwards_calls(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct afterwards_call **out, size_t *n,
    struct err *err);
bool afterwards_call_get(struct db *db, struct arena *a, int64_t id, struct afterwards_call *out, struct err *err);
bool afterwards_called(struct db *db, struct arena *a, int64_t id, const struct afterwards_answer *in, struct err *err);

enum measure { EASE_PHONE, RECEPTION_PHONE, EASE_WRITTEN, CLARITY_WRITTEN, MEASURES };
extern const char *const measure_text[MEASURES];	/* N_() */
struct afterwards_cell { size_t n; bool shown; double index, margin; };	/* margin: half the 95 % interval */
struct afterwards_row { int64_t unit_id; const char *unit_name; struct afterwards_cell cell[MEASURES]; };
struct afterwards_results {
	struct afterwards_row total;
	struct afterwards_row *unit;
	size_t n_units;
	int64_t eligible, left_out, drawn, answered, unheard;	/* of rounds that are over; unheard: in writing, no answer ever came */
	int64_t waiting, in_open, open_eligible;	/* not drawn from yet; asked in rounds that are open, out of so many */
	int64_t done, confirmed, disputed;	/* contacts we closed as done the last 90 days; what residents said */
	int64_t minimum;
};
/* The least number of answers that is shown (setting "afterwards.minimum"). */
int64_t afterwards_minimum(struct db *db, struct arena *a);
/* The index of the whole municipality for who was drawn in a year. A measure is not shown either when an authority has so few
 * answers that it could be worked out from the rest. */
bool afterwards_index(struct db *db, struct arena *a, int year, struct afterwards_cell cell[MEASURES], struct err *err);
bool afterwards_results(struct db *db, struct arena *a, int64_t authority_id, int64_t now, struct afterwards_results *out,
    struct err *err);
#endif

/* survey/afterwards.c: an answer comes in; what the answers say */
#include "survey/afterwards.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/tr.h"
#include "db/db.h"
#include "stats/service_index.h"
#include "stats/survey.h"
#include "survey/afterwards_draw.h"
#include "survey/afterwards_store.h"

const char *const measure_text[MEASURES] = {
	[EASE_PHONE] = N_("Easy to reach us by phone"), [RECEPTION_PHONE] = N_("Received well by phone"),
	[EASE_WRITTEN] = N_("Easy to reach us in writing"), [CLARITY_WRITTEN] = N_("Clear answer in writing"),
};

int64_t
afterwards_minimum(struct db *db, struct arena *a)
{
	return afterwards_setting(db, a, "afterwards.minimum", MINIMUM_ANSWERS, 5, 1000);
}

/* ---- answers ---- */

static struct hash_str
token_hash(const char *token)
{
	return hash_hex(hash_bytes(token, strlen(token)));
}

bool
afterwards_open(struct db *db, struct arena *a, const char *token, int64_t now, struct afterwards_form *out,
    struct err *err)
{
	struct hash_str hash = token_hash(token);

	if (token_round(db, a, hash.s, now, out, err))
		return true;
	if (err->code == ERR_NOT_FOUND)
		err->person = N_("This question has been answered already, or was asked too long ago. Thank you all the same.");
	return false;
}

static bool
good(const struct afterwards_answer *in, bool phone, struct err *err)
{
	if (!in->heard && !phone)
		return true;
	if (in->ease < 1 || in->ease > 5)
		return err_input(err, "ease", N_("Choose a grade from 1 to 5."));
	if (in->second < 1 || in->second > 5)
		return err_input(err, "second", N_("Choose a grade from 1 to 5."));
	return true;
}

struct put { struct arena *a; const char *token; const struct afterwards_answer *in; int64_t now, call_id, round_id; bool phone; };

/* Only who got an answer grades it; only who did not says what would have been fair. */
static bool
put(struct db *tx, const struct put *p, struct err *err)
{
	struct afterwards_answer in = *p->in;
	unsigned char seal[32];
	struct ballot b;

	if (in.heard || p->phone) {
		in.heard = true;
		in.fair_days = 0;
	} else {
		in.ease = in.second = 0;
	}
	b = ballot_of(&in);
	return ask_round_seal(tx, p->a, p->round_id, seal, err) &&
	    ballot_add(tx, random_token(p->a, 12), p->round_id, sealed(p->a, seal, &b, sizeof(b)), err);
}

static bool
answer_write(struct db *tx, void *arg, struct err *err)
{
	struct put *p = arg;
	struct hash_str hash = token_hash(p->token);
	struct afterwards_form form;
	bool there;

	if (!token_round(tx, p->a, hash.s, p->now, &form, err) || !token_use(tx, hash.s, &there, err))
		return false;
	p->round_id = form.round_id;
	p->phone = form.phone;
	return good(p->in, form.phone, err) && put(tx, p, err);
}

bool
afterwards_answer(struct db *db, struct arena *a, const char *token, const struct afterwards_answer *in, int64_t now,
    struct err *err)
{
	struct put p = { .a = a, .token = token, .in = in, .now = now };

	return db_write(db, answer_write, &p, err) || err_add(err, "an answer afterwards");
}

static bool
call_write(struct db *tx, void *arg, struct err *err)
{
	struct put *p = arg;
	struct afterwards_call call;

	if (!afterwards_call_get(tx, p->a, p->call_id, &call, err) || !call_use(tx, p->call_id, &p->round_id, err))
		return false;
	p->phone = call.by_phone;
	return p->in == NULL || (good(p->in, p->phone, err) && put(tx, p, err));
}

bool
afterwards_called(struct db *db, struct arena *a, int64_t id, const struct afterwards_answer *in, struct err *err)
{
	struct put p = { .a = a, .in = in, .call_id = id };

	return db_write(db, call_write, &p, err) || err_add(err, "an answer by phone");
}

/* ---- results ---- */

struct data {
	struct arena *a;
	struct survey survey;
	const struct answer_row *row;
	size_t n;
	int *unit;		/* domain of each answer */
	double *y;
	int64_t minimum;
};

/* 1 is 0, 5 is 100 (rule book 2.5); who did not grade it is left out. */
static double
points(const struct answer_row *r, enum measure m)
{
	bool phone = m == EASE_PHONE || m == RECEPTION_PHONE;
	int grade = m == EASE_PHONE || m == EASE_WRITTEN ? r->ease : r->second;

	return r->phone != phone || grade == 0 ? NAN : service_index_of(&grade, 1).index;
}

static struct afterwards_cell
cell_of(struct data *d, enum measure m, const int *domain, int member)
{
	struct survey_estimate e;

	for (size_t i = 0; i < d->n; i++)
		d->y[i] = points(&d->row[i], m);
	e = survey_estimate(d->a, &d->survey, &(struct survey_question){ .statistic = SURVEY_MEAN, .y = d->y, .domain = domain,
	    .member = member });
	return (struct afterwards_cell){ .n = e.n, .index = e.estimate, .margin = (e.high - e.low) / 2,
		.shown = (int64_t)e.n >= d->minimum && !isnan(e.estimate) && !isnan(e.high) };
}

/* A unit left out alone could be worked out from the total and the others: the smallest shown go too, until those left out
 * are together as many as the least that may be shown. */
static void
hide_complements(struct afterwards_results *out, enum measure m)
{
	for (;;) {
		struct afterwards_cell *least = NULL;
		size_t hidden = 0;

		for (size_t i = 0; i < out->n_units; i++) {
			struct afterwards_cell *c = &out->unit[i].cell[m];

			if (!c->shown)
				hidden += c->n;
			else if (least == NULL || c->n < least->n)
				least = c;
		}
		if (hidden == 0 || (int64_t)hidden >= out->minimum || least == NULL)
			return;
		least->shown = false;
	}
}

static bool
design(struct data *d, const struct frame_row *frame, size_t n_frames, struct err *err)
{
	int *stratum = arena_array(d->a, d->n, sizeof(*stratum));
	double *population = arena_array(d->a, n_frames, sizeof(*population));
	size_t n_strata = 0, f = 0;

	/* both are in the order of frames; a frame without an answer says nothing and is no stratum */
	for (size_t i = 0; i < d->n; i++) {
		if (i == 0 || d->row[i].frame_id != d->row[i - 1].frame_id) {
			while (frame[f].id != d->row[i].frame_id)
				f++;
			population[n_strata++] = (double)frame[f].eligible;
		}
		stratum[i] = (int)n_strata - 1;
	}
	return survey_open(d->a, &(struct survey_design){ .n = d->n, .stratum = stratum, .population = population,
	    .n_strata = n_strata, .lonely = SURVEY_LONELY_ADJUST }, &d->survey, err);
}

static void
units(struct data *d, struct afterwards_results *out)
{
	out->unit = arena_array(d->a, d->n, sizeof(*out->unit));
	for (size_t i = 0; i < d->n; i++) {
		size_t u = 0;

		while (u < out->n_units && out->unit[u].unit_id != d->row[i].unit_id)
			u++;
		if (u == out->n_units)
			out->unit[out->n_units++] = (struct afterwards_row){ .unit_id = d->row[i].unit_id,
				.unit_name = d->row[i].unit_name };
		d->unit[i] = (int)u;
	}
}

bool
afterwards_results(struct db *db, struct arena *a, int64_t authority_id, int64_t now, struct afterwards_results *out,
    struct err *err)
{
	struct data d = { .a = a, .minimum = afterwards_minimum(db, a) };
	struct answer_row *row;
	struct frame_row *frame;
	size_t n_frames;

	*out = (struct afterwards_results){ .minimum = d.minimum };
	if (!answers_of(db, a, authority_id, 0, &row, &d.n, err) || !frames_of(db, a, authority_id, 0, &frame, &n_frames, out, err) ||
	    !ask_rounds_of(db, authority_id, out, err) || !endings_of(db, authority_id, now - 90 * (int64_t)DAY_S, out, err))
		return false;
	d.row = row;
	out->answered = (int64_t)d.n;
	for (size_t i = 0; i < d.n; i++)
		out->unheard += !row[i].phone && !row[i].heard;
	if (d.n == 0)
		return true;
	d.unit = arena_array(a, d.n, sizeof(*d.unit));
	d.y = arena_array(a, d.n, sizeof(*d.y));
	if (!design(&d, frame, n_frames, err))
		return err_add(err, "service index");
	units(&d, out);
	for (int m = 0; m < MEASURES; m++) {
		out->total.cell[m] = cell_of(&d, (enum measure)m, NULL, 0);
		for (size_t u = 0; u < out->n_units; u++)
			out->unit[u].cell[m] = cell_of(&d, (enum measure)m, d.unit, (int)u);
		hide_complements(out, (enum measure)m);
	}
	return true;
}

/* Answers of authorities that have fewer than may be shown, taken together. */
static size_t
in_small_authorities(const struct data *d, enum measure m)
{
	struct tally { int64_t authority_id; size_t n; } *list = arena_array(d->a, d->n, sizeof(*list));
	size_t n = 0, small = 0;

	for (size_t i = 0; i < d->n; i++) {
		size_t k = 0;

		if (isnan(points(&d->row[i], m)))
			continue;
		while (k < n && list[k].authority_id != d->row[i].authority_id)
			k++;
		if (k == n)
			list[n++] = (struct tally){ d->row[i].authority_id, 0 };
		list[k].n++;
	}
	for (size_t k = 0; k < n; k++)
		small += (int64_t)list[k].n < d->minimum ? list[k].n : 0;
	return small;
}

bool
afterwards_index(struct db *db, struct arena *a, int year, struct afterwards_cell cell[MEASURES], struct err *err)
{
	struct data d = { .a = a, .minimum = afterwards_minimum(db, a) };
	struct afterwards_results totals = { 0 };
	struct answer_row *row;
	struct frame_row *frame;
	size_t n_frames;

	memset(cell, 0, MEASURES * sizeof(*cell));
	if (!answers_of(db, a, 0, year, &row, &d.n, err) || !frames_of(db, a, 0, year, &frame, &n_frames, &totals, err))
		return false;
	if (d.n == 0)
		return true;
	d.row = row;
	d.y = arena_array(a, d.n, sizeof(*d.y));
	if (!design(&d, frame, n_frames, err))
		return err_add(err, "service index of %d", year);
	for (int m = 0; m < MEASURES; m++) {
		size_t small = in_small_authorities(&d, (enum measure)m);

		cell[m] = cell_of(&d, (enum measure)m, NULL, 0);
		cell[m].shown = cell[m].shown && (small == 0 || (int64_t)small >= d.minimum);
	}
	return true;
}

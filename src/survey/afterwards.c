/* survey/afterwards.c: who is drawn, and what the answers say */
#include "survey/afterwards.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/tr.h"
#include "contact/clock_store.h"
#include "contact/contact.h"
#include "contact/receipt.h"
#include "contact/site_words.h"
#include "contact/text_message.h"
#include "db/db.h"
#include "people/site.h"
#include "stats/service_index.h"
#include "stats/survey.h"
#include "survey/afterwards_store.h"
#include "timeline/outbox.h"

const char *const measure_text[MEASURES] = {
	[EASE_PHONE] = N_("Easy to reach us by phone"), [RECEPTION_PHONE] = N_("Received well by phone"),
	[EASE_WRITTEN] = N_("Easy to reach us in writing"), [CLARITY_WRITTEN] = N_("Clear answer in writing"),
};

static int64_t
setting(struct db *db, struct arena *a, const char *name, int64_t instead, int64_t least, int64_t most)
{
	const char *text = site_text(db, a, name, NULL);
	int64_t n = text == NULL ? instead : strtoll(text, NULL, 10);

	return n < least ? least : n > most ? most : n;
}

int64_t
afterwards_minimum(struct db *db, struct arena *a)
{
	return setting(db, a, "afterwards.minimum", MINIMUM_ANSWERS, 5, 1000);
}

struct draw { struct arena *a; int64_t now, share, contact_id; struct afterwards_done done; };

static const char *
quarter_of(struct arena *a, int64_t at)
{
	struct date d = local_date(at);

	return arena_printf(a, "%04d-Q%d", d.year, (d.month - 1) / 3 + 1);
}

/* True with the probability share/100, without the bias of a remainder. */
static bool
drawn(int64_t share)
{
	uint32_t r;

	do
		random_bytes(&r, sizeof(r));
	while (r >= 4294967200u);
	return (int64_t)(r % 100) < share;
}

/* The end of a day, so that a token does not tell the second of its mail, and with it whose it is. */
static int64_t
lasts_until(int64_t now)
{
	return local_instant(local_date(now + AFTERWARDS_LIFE_S), 24, 0, 0);
}

static bool
invite_by_mail(struct db *tx, struct draw *d, const struct contact *c, int64_t frame_id, struct err *err)
{
	const char *token = random_token(d->a, 18);
	int64_t outbox_id;

	return token_add(tx, hash_hex(hash_bytes(token, strlen(token))).s, frame_id, lasts_until(d->now), err) &&
	    outbox_put(tx, &(struct outbox_message){ .recipient = c->sender_email, .automatic = true,
	    .subject = tr(c->language, N_("How did we answer you?")), .text = arena_printf(d->a, "%s\n\n%s/efterat/%s\n\n%s\n\n%s\n",
	    tr(c->language, N_("You were in contact with us not long ago. Two questions, one minute:")),
	    site_text(tx, d->a, "site.base_url", ""), token,
	    tr(c->language, N_("Your answer is anonymous: it cannot be tied to you or to what you wrote. You will not be asked again for a long time.")),
	    site_text(tx, d->a, "site.name", "")) }, d->now, &outbox_id, err) && mail_note(tx, outbox_id, err);
}

/* The same by text message, whose words are emptied likewise. */
static bool
invite_by_text(struct db *tx, struct draw *d, const struct contact *c, int64_t frame_id, struct err *err)
{
	const char *token = random_token(d->a, 18);
	int64_t outbox_id;

	return token_add(tx, hash_hex(hash_bytes(token, strlen(token))).s, frame_id, lasts_until(d->now), err) &&
	    outbox_put(tx, &(struct outbox_message){ .way = "sms", .recipient = c->sender_phone, .automatic = true,
	    .subject = tr(c->language, N_("How did we answer you?")), .text = arena_printf(d->a, tr(c->language,
	    N_("%1$s: how did we answer you? Two questions, anonymous: %2$s/efterat/%3$s")), site_text(tx, d->a, "site.name", ""),
	    site_text(tx, d->a, "site.base_url", ""), token) }, d->now, &outbox_id, err) && mail_note(tx, outbox_id, err);
}

static bool
invite(struct db *tx, struct draw *d, const struct contact *c, int64_t frame_id, struct err *err)
{
	if (c->sender_email != NULL)
		return invite_by_mail(tx, d, c, frame_id, err);
	if (text_messages_on(tx, d->a) && text_message_may(c))
		return invite_by_text(tx, d, c, frame_id, err);
	return call_add(tx, frame_id, c->authority_id, c->sender_phone, c->sender_name, lasts_until(d->now), err);
}

/* One contact that was closed: counted, and perhaps drawn. */
static bool
draw_one(struct db *tx, void *arg, struct err *err)
{
	struct draw *d = arg;
	struct frame_key key;
	struct site_keys keys;
	struct hash_str who;
	struct contact c;
	const char *reach;
	int64_t frame_id;
	bool may = false, take;

	d->done = (struct afterwards_done){ 0 };
	if (!contact_get(tx, d->a, d->contact_id, &c, err))
		return false;
	/* opened again since, or sent on: nothing to ask about */
	if (strcmp(c.state, "answered") != 0 || c.ending == NULL || strcmp(c.ending, "not_ours") == 0 ||
	    strcmp(c.kind, "contact") != 0)
		return true;
	reach = c.sender_email != NULL ? c.sender_email : c.sender_phone;
	/* no finer than the questions need: the fewer frames, the more are alike in each */
	key = (struct frame_key){ c.authority_id, c.unit_id, strcmp(c.channel, "phone") == 0 || strcmp(c.channel, "visit") == 0 ?
	    "phone" : "written", quarter_of(d->a, c.closed_at), d->share };
	if (reach != NULL && c.restricted == REACH_OPEN && !c.anonymous) {
		if (!site_keys(tx, &keys, err))
			return false;
		who = hash_hex(hash_keyed(keys.throttle, reach, strlen(reach)));
		if (!rested(tx, who.s, d->now - setting(tx, d->a, "afterwards.rest_days", REST_DAYS, 1, 3650) * DAY_S, &may, err))
			return false;
	}
	take = may && drawn(d->share);
	if (!frame_count(tx, &key, may, !may, take, &frame_id, err))
		return false;
	d->done.passed = 1;
	if (!take)
		return true;
	d->done.drawn = 1;
	return rest_set(tx, who.s, d->now, err) && invite(tx, d, &c, frame_id, err);
}

struct cursor { int64_t event, now; };

static bool
cursor_set(struct db *tx, void *arg, struct err *err)
{
	struct cursor *c = arg;

	return job_set(tx, "afterwards", c->event, NULL, err);
}

static bool
tidy(struct db *tx, void *arg, struct err *err)
{
	int64_t n;

	return afterwards_tidy(tx, *(int64_t *)arg, &n, err);
}

static bool
draw_all(struct db *db, struct arena *a, int64_t now, int64_t share, struct afterwards_done *out, struct err *err)
{
	struct closed_list closed;
	struct cursor c = { 0, now };
	bool begun;

	if (!job_done_until(db, "afterwards", &c.event, err))
		return false;
	begun = c.event > 0;
	for (;;) {
		int64_t from = c.event;

		if (!closed_since(db, a, from, now - AFTERWARDS_DELAY_S, &closed, err))
			return false;
		/* The first time nobody is asked: what was closed before it was switched on is too long ago. */
		for (size_t i = 0; begun && i < closed.n; i++) {
			struct draw d = { .a = a, .now = now, .share = share, .contact_id = closed.contact_id[i] };

			if (!db_write(db, draw_one, &d, err))
				return err_add(err, "asking afterwards");
			out->drawn += d.done.drawn;
			out->passed += d.done.passed;
		}
		c.event = closed.last_event;
		if (c.event == from)
			return true;
		if (!db_write(db, cursor_set, &c, err))
			return false;
	}
}

bool
afterwards_tick(struct db *db, int64_t now, struct afterwards_done *out, struct err *err)
{
	struct arena *a = arena_open();
	int64_t share = setting(db, a, "afterwards.share", 0, 0, 100);
	bool untidy, ok = afterwards_untidy(db, now, &untidy, err);

	*out = (struct afterwards_done){ 0 };
	if (ok && untidy)
		ok = db_write(db, tidy, &now, err);
	if (ok && share > 0)
		ok = draw_all(db, a, now, share, out, err);
	arena_close(a);
	return ok;
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

	if (token_frame(db, a, hash.s, now, out, err))
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

struct put { struct arena *a; const char *token; const struct afterwards_answer *in; int64_t now, call_id, frame_id; bool phone; };

/* Only who got an answer grades it; only who did not says what would have been fair. */
static bool
put(struct db *tx, const struct put *p, struct err *err)
{
	struct afterwards_answer in = *p->in;

	if (in.heard || p->phone) {
		in.heard = true;
		in.fair_days = 0;
	} else {
		in.ease = in.second = 0;
	}
	return answer_add(tx, random_token(p->a, 12), p->frame_id, &in, err);
}

static bool
answer_write(struct db *tx, void *arg, struct err *err)
{
	struct put *p = arg;
	struct hash_str hash = token_hash(p->token);
	struct afterwards_form form;
	bool there;

	if (!token_frame(tx, p->a, hash.s, p->now, &form, err) || !token_use(tx, hash.s, &there, err))
		return false;
	p->frame_id = form.frame_id;
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

	if (!afterwards_call_get(tx, p->a, p->call_id, &call, err) || !call_use(tx, p->call_id, &p->frame_id, err))
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
	    !endings_of(db, authority_id, now - 90 * (int64_t)DAY_S, out, err))
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

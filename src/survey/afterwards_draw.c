/* survey/afterwards_draw.c: who waits, who is drawn, whose round is over */
#include "survey/afterwards_draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "base/tr.h"
#include "contact/clock_store.h"
#include "contact/contact.h"
#include "contact/receipt.h"
#include "contact/site_words.h"
#include "contact/text_message.h"
#include "db/db.h"
#include "people/site.h"
#include "survey/afterwards_store.h"
#include "timeline/outbox.h"

int64_t
afterwards_setting(struct db *db, struct arena *a, const char *name, int64_t instead, int64_t least, int64_t most)
{
	const char *text = site_text(db, a, name, NULL);
	int64_t n = text == NULL ? instead : strtoll(text, NULL, 10);

	return n < least ? least : n > most ? most : n;
}

struct ballot
ballot_of(const struct afterwards_answer *in)
{
	return (struct ballot){ in->heard, (unsigned char)in->ease, (unsigned char)in->second,
		{ (unsigned char)(in->fair_days >> 8), (unsigned char)(in->fair_days & 255) } };
}

struct afterwards_answer
ballot_read(struct ballot b)
{
	return (struct afterwards_answer){ b.heard == 1, b.ease, b.second, b.days[0] << 8 | b.days[1] };
}

static const char *
quarter_of(struct arena *a, int64_t at)
{
	struct date d = local_date(at);

	return arena_printf(a, "%04d-Q%d", d.year, (d.month - 1) / 3 + 1);
}

/* ---- who waits ---- */

struct pass { struct arena *a; int64_t now, share, contact_id, passed; };

/* Not opened again since, nor sent on. */
static bool
closed(const struct contact *c)
{
	return strcmp(c->state, "answered") == 0 && c->ending != NULL && strcmp(c->ending, "not_ours") != 0 &&
	    strcmp(c->kind, "contact") == 0;
}

/* Where she is asked; NULL: she is not. */
static const char *
reach_of(const struct contact *c)
{
	const char *reach = c->sender_email != NULL ? c->sender_email : c->sender_phone;

	return c->restricted == REACH_OPEN && !c->anonymous ? reach : NULL;
}

static bool
by_phone(const struct contact *c)
{
	return strcmp(c->channel, "phone") == 0 || strcmp(c->channel, "visit") == 0;
}

static bool
leave_out(struct db *tx, struct arena *a, int64_t now, int64_t share, const struct group *g, struct err *err)
{
	struct frame_key key = { g->authority_id, g->unit_id, g->channel, quarter_of(a, now), share };
	int64_t id;

	return frame_count(tx, &key, 0, 1, 0, &id, err);
}

/* One contact that was closed: she waits from now on, or is left out. */
static bool
pass_one(struct db *tx, void *arg, struct err *err)
{
	struct pass *p = arg;
	struct site_keys keys;
	struct hash_str who;
	struct group g;
	struct contact c;
	const char *reach;
	bool may = false;

	p->passed = 0;
	if (!contact_get(tx, p->a, p->contact_id, &c, err))
		return false;
	if (!closed(&c))
		return true;
	p->passed = 1;
	g = (struct group){ .authority_id = c.authority_id, .unit_id = c.unit_id, .channel = by_phone(&c) ? "phone" : "written" };
	reach = reach_of(&c);
	if (reach != NULL) {
		if (!site_keys(tx, &keys, err))
			return false;
		who = hash_hex(hash_keyed(keys.throttle, reach, strlen(reach)));
		if (!rested(tx, who.s, p->now - afterwards_setting(tx, p->a, "afterwards.rest_days", REST_DAYS, 1, 3650) * DAY_S,
		    &may, err))
			return false;
	}
	/* she waits already, about another contact: may is false then */
	return (!may || wait_add(tx, c.id, who.s, &g, c.closed_at, &may, err)) &&
	    (may || leave_out(tx, p->a, p->now, p->share, &g, err));
}

struct cursor { int64_t event; };

static bool
cursor_set(struct db *tx, void *arg, struct err *err)
{
	struct cursor *c = arg;

	return job_set(tx, "afterwards", c->event, NULL, err);
}

static bool
pass_all(struct db *db, struct arena *a, int64_t now, int64_t share, struct afterwards_done *out, struct err *err)
{
	struct closed_list list;
	struct cursor c = { 0 };
	bool begun;

	if (!job_done_until(db, "afterwards", &c.event, err))
		return false;
	begun = c.event > 0;
	for (;;) {
		int64_t from = c.event;

		if (!closed_since(db, a, from, now - AFTERWARDS_DELAY_S, &list, err))
			return false;
		/* The first time nobody is asked: what was closed before it was switched on is too long ago. */
		for (size_t i = 0; begun && i < list.n; i++) {
			struct pass p = { .a = a, .now = now, .share = share, .contact_id = list.contact_id[i] };

			if (!db_write(db, pass_one, &p, err))
				return err_add(err, "asking afterwards");
			out->passed += p.passed;
		}
		c.event = list.last_event;
		if (c.event == from)
			return true;
		if (!db_write(db, cursor_set, &c, err))
			return false;
	}
}

struct old { struct arena *a; int64_t now, share; };

/* Too long ago to be asked about: left out, for want of others to be asked together with. */
static bool
too_old(struct db *tx, void *arg, struct err *err)
{
	struct old *o = arg;
	struct waiting *w;
	size_t n;

	if (!waiting_old(tx, o->a, o->now - AFTERWARDS_TOO_OLD_S, &w, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!wait_remove(tx, w[i].contact_id, err) || !leave_out(tx, o->a, o->now, o->share, &w[i].group, err))
			return false;
	}
	return true;
}

/* ---- a round ---- */

/* 0 to below - 1, each as likely. */
static size_t
random_below(size_t below)
{
	uint32_t r, most = (uint32_t)(UINT32_MAX - UINT32_MAX % below);

	do
		random_bytes(&r, sizeof(r));
	while (r >= most);
	return r % below;
}

/* How many of n are drawn, so that each has the probability share/100 exactly: the rest of the division by lot. */
static size_t
how_many(size_t n, int64_t share)
{
	size_t hundredths = n * (size_t)share;

	return hundredths / 100 + (random_below(100) < hundredths % 100);
}

static bool
enough(size_t n, int64_t share, int64_t together)
{
	return (int64_t)n * share / 100 >= together;
}

struct drawing {
	struct arena *a;
	int64_t now, share, together;
	struct group group;
	int64_t drawn;
	const char **token_hash; size_t n_tokens;
};

static const char *
new_token(struct drawing *d)
{
	const char *token = random_token(d->a, 18);

	d->token_hash[d->n_tokens++] = arena_strdup(d->a, hash_hex(hash_bytes(token, strlen(token))).s);
	return token;
}

static bool
invite_by_mail(struct db *tx, struct drawing *d, const struct contact *c, struct err *err)
{
	int64_t outbox_id;

	return outbox_put(tx, &(struct outbox_message){ .recipient = c->sender_email, .automatic = true,
	    .subject = tr(c->language, N_("How did we answer you?")), .text = arena_printf(d->a, "%s\n\n%s/efterat/%s\n\n%s\n\n%s\n",
	    tr(c->language, N_("You were in contact with us not long ago. Two questions, one minute:")),
	    site_text(tx, d->a, "site.base_url", ""), new_token(d),
	    tr(c->language, N_("Your answer is anonymous: it cannot be tied to you or to what you wrote. You will not be asked again for a long time.")),
	    site_text(tx, d->a, "site.name", "")) }, d->now, &outbox_id, err) && mail_note(tx, outbox_id, err);
}

/* The same by text message, whose words are emptied likewise. */
static bool
invite_by_text(struct db *tx, struct drawing *d, const struct contact *c, struct err *err)
{
	int64_t outbox_id;

	return outbox_put(tx, &(struct outbox_message){ .way = "sms", .recipient = c->sender_phone, .automatic = true,
	    .subject = tr(c->language, N_("How did we answer you?")), .text = arena_printf(d->a, tr(c->language,
	    N_("%1$s: how did we answer you? Two questions, anonymous: %2$s/efterat/%3$s")), site_text(tx, d->a, "site.name", ""),
	    site_text(tx, d->a, "site.base_url", ""), new_token(d)) }, d->now, &outbox_id, err) && mail_note(tx, outbox_id, err);
}

static bool
invite(struct db *tx, struct drawing *d, const struct contact *c, int64_t round_id, struct err *err)
{
	if (c->sender_email != NULL)
		return invite_by_mail(tx, d, c, err);
	if (text_messages_on(tx, d->a) && text_message_may(c))
		return invite_by_text(tx, d, c, err);
	return call_add(tx, round_id, c->authority_id, c->sender_phone, c->sender_name, err);
}

/* Those who may still be asked, at the front; the others wait no longer. */
static bool
still(struct db *tx, struct drawing *d, struct waiting *w, struct contact *c, size_t *n, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (!contact_get(tx, d->a, w[i].contact_id, &c[kept], err))
			return false;
		if (closed(&c[kept]) && reach_of(&c[kept]) != NULL)
			w[kept++] = w[i];
		else if (!wait_remove(tx, w[i].contact_id, err) || !leave_out(tx, d->a, d->now, d->share, &w[i].group, err))
			return false;
	}
	*n = kept;
	return true;
}

static int
by_hash(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static bool
round_write(struct db *tx, struct drawing *d, struct waiting *w, const struct contact *c, size_t n, struct err *err)
{
	struct frame_key key = { d->group.authority_id, d->group.unit_id, d->group.channel, quarter_of(d->a, d->now), d->share };
	size_t k = how_many(n, d->share), *order = arena_array(d->a, n, sizeof(*order));
	int64_t frame_id, round_id;
	unsigned char seal[32];
	struct hash h;

	random_bytes(seal, sizeof(seal));
	memcpy(h.b, seal, sizeof(h.b));
	/* until the end of a day: a round's life does not tell the second of its mails */
	if (!frame_count(tx, &key, 0, 0, 0, &frame_id, err) || !ask_round_add(tx, frame_id, (int64_t)n, (int64_t)k, hash_hex(h).s,
	    local_instant(local_date(d->now + AFTERWARDS_LIFE_S), 24, 0, 0), &round_id, err))
		return false;
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = 0; i < k; i++) {
		size_t with = i + random_below(n - i), x = order[i];

		order[i] = order[with];
		order[with] = x;
		if (!rest_set(tx, w[order[i]].person_hash, d->now, err) || !invite(tx, d, &c[order[i]], round_id, err))
			return false;
	}
	qsort(d->token_hash, d->n_tokens, sizeof(*d->token_hash), by_hash);
	for (size_t i = 0; i < d->n_tokens; i++) {
		if (!token_add(tx, d->token_hash[i], round_id, err))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!wait_remove(tx, w[i].contact_id, err))
			return false;
	}
	d->drawn = (int64_t)k;
	return true;
}

static bool
round_draw(struct db *tx, void *arg, struct err *err)
{
	struct drawing *d = arg;
	struct waiting *w;
	struct contact *c;
	size_t n;

	d->drawn = 0;
	d->n_tokens = 0;
	if (!waiting_of(tx, d->a, &d->group, &w, &n, err))
		return false;
	c = arena_array(d->a, n + 1, sizeof(*c));
	d->token_hash = arena_array(d->a, n + 1, sizeof(*d->token_hash));
	return still(tx, d, w, c, &n, err) && (!enough(n, d->share, d->together) || round_write(tx, d, w, c, n, err));
}

/* From the nearest to the widest: a unit, an authority, the municipality. */
static bool
draw_all(struct db *db, struct arena *a, int64_t now, int64_t share, struct afterwards_done *out, struct err *err)
{
	int64_t together = afterwards_setting(db, a, "afterwards.together", ASKED_TOGETHER, ASKED_TOGETHER_LEAST, 1000);

	for (enum frame_level level = LEVEL_UNIT; level <= LEVEL_ALL; level++) {
		struct group *g;
		size_t n;

		if (!groups_waiting(db, a, level, &g, &n, err))
			return false;
		for (size_t i = 0; i < n; i++) {
			struct drawing d = { .a = a, .now = now, .share = share, .together = together, .group = g[i] };

			if (!enough((size_t)g[i].n, share, together) ||
			    (level != LEVEL_UNIT && g[i].oldest > now - AFTERWARDS_WAIT_S))
				continue;
			d.group.level = level;
			if (!db_write(db, round_draw, &d, err))
				return err_add(err, "drawing a round");
			out->drawn += d.drawn;
		}
	}
	return true;
}

/* ---- a round is over ---- */

struct opening { struct arena *a; struct round round; int64_t opened; };
struct opened { const char *name; struct afterwards_answer answer; };

static int
by_name(const void *a, const void *b)
{
	const struct opened *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool
round_open(struct db *tx, void *arg, struct err *err)
{
	struct opening *o = arg;
	unsigned char seal[32];
	const char **text;
	struct opened *list;
	size_t n, readable = 0;

	if (!ask_round_seal(tx, o->a, o->round.id, seal, err) || !ballots_of(tx, o->a, o->round.id, &text, &n, err))
		return false;
	list = arena_array(o->a, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		struct ballot b;

		if (unsealed(seal, text[i], &b, sizeof(b)))
			list[readable++] = (struct opened){ random_token(o->a, 12), ballot_read(b) };
		else
			log_line(LOG_ERROR, "afterwards", "what=\"a ballot that its round's seal does not open\"");
	}
	qsort(list, readable, sizeof(*list), by_name);
	for (size_t i = 0; i < readable; i++) {
		if (!answer_add(tx, list[i].name, o->round.frame_id, &list[i].answer, err))
			return false;
	}
	o->opened = (int64_t)readable;
	return frame_add(tx, o->round.frame_id, o->round.eligible, o->round.drawn, err) && ask_round_remove(tx, o->round.id, err);
}

static bool
open_all(struct db *db, struct arena *a, int64_t now, struct afterwards_done *out, struct err *err)
{
	struct round *r;
	size_t n;

	if (!ask_rounds_over(db, a, now, &r, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct opening o = { .a = a, .round = r[i] };

		if (!db_write(db, round_open, &o, err))
			return err_add(err, "opening a round");
		out->opened += o.opened;
	}
	return true;
}

static bool
tidy(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return afterwards_tidy(tx, err);
}

bool
afterwards_tick(struct db *db, int64_t now, struct afterwards_done *out, struct err *err)
{
	struct arena *a = arena_open();
	struct old old = { a, now, afterwards_setting(db, a, "afterwards.share", 0, 0, 100) };
	bool untidy, ok = afterwards_untidy(db, &untidy, err);
	struct waiting *w;
	size_t n;

	*out = (struct afterwards_done){ 0 };
	if (ok && untidy)
		ok = db_write(db, tidy, NULL, err);
	ok = ok && open_all(db, a, now, out, err);
	if (ok && old.share > 0)
		ok = pass_all(db, a, now, old.share, out, err);
	ok = ok && waiting_old(db, a, now - AFTERWARDS_TOO_OLD_S, &w, &n, err) && (n == 0 || db_write(db, too_old, &old, err));
	if (ok && old.share > 0)
		ok = draw_all(db, a, now, old.share, out, err);
	arena_close(a);
	return ok;
}

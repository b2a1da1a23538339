/* call/call_take_store.c: events into calls, lost calls into callbacks, callbacks into tasks, in one write
 *
 * After each event the callbacks of its number are settled: the calls of that number to that authority, in the order they
 * happened, fall into stretches between two in which somebody was talked to; the lost ones of a stretch are one callback. What is
 * asked for is only the stretches the event touched. A callback that a person has closed keeps its calls and gets no more, but
 * for those that must have come before she closed it (CALL_SLACK_S: two clocks). */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "base/utf8.h"
#include "call/call_store.h"
#include "contact/clock.h"
#include "contact/live.h"
#include "contact/work.h"
#include "db/db.h"
#include "people/permit.h"
#include "timeline/event.h"

enum { STRETCH_MOST = 3000, CALLBACKS_MOST = 200 };

struct taking { struct arena *a; int64_t exchange_id, now; const struct call_list *list; size_t from, to; struct call_taken done; };

/* ---- one call's row ---- */

static bool
find_call(struct db *tx, struct arena *a, int64_t exchange_id, const char *call_id, struct call *c, struct err *err)
{
	static const char sql[] =
	    "SELECT id, number, queue, agent, agent_at, kind, started_at, answered_at, ended_at, authority_id, unit_id, account_id,"
	    " callback_id, contact_id FROM phone_call WHERE exchange_id = $1 AND call_id = $2";
	struct stmt *st = db_stmt(tx, sql, err);
	enum db_step step;

	*c = (struct call){ .exchange_id = exchange_id, .call_id = call_id };
	bind_i64(st, 1, exchange_id);
	bind_text(st, 2, call_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*c = (struct call){
			.id = col_i64(st, 0), .exchange_id = exchange_id, .call_id = call_id, .number = col_text(st, a, 1),
			.queue = col_text(st, a, 2), .agent = col_text(st, a, 3), .agent_at = col_i64(st, 4),
			.started_at = col_i64(st, 6), .answered_at = col_i64(st, 7), .ended_at = col_i64(st, 8),
			.authority_id = col_i64(st, 9), .unit_id = col_i64(st, 10), .account_id = col_i64(st, 11),
			.callback_id = col_i64(st, 12), .contact_id = col_i64(st, 13),
		};
		(void)call_kind_parse(col_text_or(st, a, 5, ""), &c->kind);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "a call");
}

static bool
find_unit(struct db *tx, struct call *c, struct err *err)
{
	static const char sql[] =
	    "SELECT u.id, u.authority_id FROM unit u WHERE u.id = COALESCE((SELECT q.unit_id FROM exchange_queue q"
	    " WHERE q.exchange_id = $1 AND q.name = $2), (SELECT e.unit_id FROM exchange e WHERE e.id = $1))";
	struct stmt *st = db_stmt(tx, sql, err);
	enum db_step step;

	bind_i64(st, 1, c->exchange_id);
	bind_text(st, 2, c->queue == NULL ? "" : c->queue);
	if ((step = db_next(st, err)) == DB_ROW) {
		c->unit_id = col_i64(st, 0);
		c->authority_id = col_i64(st, 1);
	}
	db_done(st);
	if (step == DB_END)
		return err_set(err, ERR_NOT_FOUND, "exchange %" PRId64, c->exchange_id);
	return step == DB_ROW || err_add(err, "unit of a call");
}

static bool
find_account(struct db *tx, struct arena *a, struct call *c, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT id FROM account WHERE sign_in = $1", err);
	enum db_step step;

	bind_text(st, 1, utf8_lower(a, c->agent));
	step = db_next(st, err);
	c->account_id = step == DB_ROW ? col_i64(st, 0) : 0;
	db_done(st);
	return step != DB_FAIL || err_add(err, "agent of a call");
}

static void
bind_seconds(struct stmt *st, int i, int64_t s)
{
	if (s < 0)
		bind_null(st, i);
	else
		bind_i64(st, i, s);
}

static bool
put_call(struct db *tx, struct call *c, int64_t now, struct err *err)
{
	static const char insert[] =
	    "INSERT INTO phone_call (number, queue, authority_id, unit_id, kind, started_at, answered_at, ended_at, wait_s, talk_s,"
	    " agent, agent_at, account_id, exchange_id, call_id, heard_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
	    " $13, $14, $15, $16) RETURNING id";
	static const char update[] =
	    "UPDATE phone_call SET number = $1, queue = $2, authority_id = $3, unit_id = $4, kind = $5, started_at = $6,"
	    " answered_at = $7, ended_at = $8, wait_s = $9, talk_s = $10, agent = $11, agent_at = $12, account_id = $13"
	    " WHERE id = $14 RETURNING id";
	struct stmt *st = db_stmt(tx, c->id == 0 ? insert : update, err);
	enum db_step step;

	bind_text(st, 1, c->number);
	bind_text(st, 2, c->queue);
	bind_i64(st, 3, c->authority_id);
	bind_i64(st, 4, c->unit_id);
	bind_text(st, 5, call_kind_name[c->kind]);
	bind_i64(st, 6, c->started_at);
	bind_i64_or_null(st, 7, c->answered_at);
	bind_i64_or_null(st, 8, c->ended_at);
	bind_seconds(st, 9, call_wait_s(c));
	bind_seconds(st, 10, call_talk_s(c));
	bind_text(st, 11, c->agent);
	bind_i64_or_null(st, 12, c->agent_at);
	bind_i64_or_null(st, 13, c->account_id);
	if (c->id == 0) {
		bind_i64(st, 14, c->exchange_id);
		bind_text(st, 15, c->call_id);
		bind_i64(st, 16, now);
	} else {
		bind_i64(st, 14, c->id);
	}
	if ((step = db_next(st, err)) == DB_ROW)
		c->id = col_i64(st, 0);
	db_done(st);
	return step == DB_ROW || err_add(err, "a call");
}

/* ---- callbacks ---- */

/* A callback as settling sees it. by_hand: when a person closed its task; 0 when none has. */
struct kept { int64_t id, contact_id, opened_at, last_at, tries, unit_id, closed_at, by_hand, contact_closed_at; const char *why; bool used; };
/* A call of the stretch, at its place: when she was talked to, or when a lost call began. */
struct placed { int64_t id, at, unit_id, callback_id, answered_at; enum call_kind kind; size_t kept; };

struct settling {
	struct arena *a;
	int64_t authority_id, now;
	const char *number;
	struct placed *call;
	size_t n;
	struct kept *kept;
	size_t n_kept;
};

#define PLACE "CASE WHEN kind IN ('answered', 'outgoing') THEN answered_at ELSE started_at END"

static int64_t
place_of(const struct call *c)
{
	return call_spoken(c->kind) ? c->answered_at : c->started_at;
}

static bool
one_i64(struct stmt *st, int64_t *out, struct err *err)
{
	enum db_step step = db_next(st, err);

	*out = step == DB_ROW ? col_i64(st, 0) : 0;
	db_done(st);
	return step != DB_FAIL || err_add(err, "callbacks of a number");
}

/* The calls between the last talk before `low` and the first one after `high`. */
static bool
load_calls(struct db *tx, struct settling *s, int64_t low, int64_t high, struct err *err)
{
	static const char before[] = "SELECT MAX(answered_at) FROM phone_call WHERE number = $1 AND authority_id = $2"
	    " AND kind IN ('answered', 'outgoing') AND answered_at < $3";
	static const char after[] = "SELECT MIN(answered_at) FROM phone_call WHERE number = $1 AND authority_id = $2"
	    " AND kind IN ('answered', 'outgoing') AND answered_at > $3";
	static const char sql[] = "SELECT id, " PLACE ", unit_id, callback_id, answered_at, kind FROM phone_call WHERE number = $1"
	    " AND authority_id = $2 AND kind <> 'ringing' AND " PLACE " > $3 AND " PLACE " <= $4"
	    /* lost before talked to at the same second: the talk ends it */
	    " ORDER BY 2, CASE WHEN kind IN ('answered', 'outgoing') THEN 1 ELSE 0 END, exchange_id, call_id LIMIT $5";
	int64_t from, to;
	struct stmt *st = db_stmt(tx, before, err);
	enum db_step step;

	bind_text(st, 1, s->number);
	bind_i64(st, 2, s->authority_id);
	bind_i64(st, 3, low);
	if (!one_i64(st, &from, err))
		return false;
	st = db_stmt(tx, after, err);
	bind_text(st, 1, s->number);
	bind_i64(st, 2, s->authority_id);
	bind_i64(st, 3, high);
	if (!one_i64(st, &to, err))
		return false;
	st = db_stmt(tx, sql, err);
	bind_text(st, 1, s->number);
	bind_i64(st, 2, s->authority_id);
	bind_i64(st, 3, from);
	bind_i64(st, 4, to == 0 ? INT64_MAX : to);
	bind_i64(st, 5, STRETCH_MOST);
	s->call = arena_array(s->a, STRETCH_MOST, sizeof(*s->call));
	while ((step = db_next(st, err)) == DB_ROW && s->n < STRETCH_MOST) {
		struct placed *p = &s->call[s->n++];

		*p = (struct placed){ .id = col_i64(st, 0), .at = col_i64(st, 1), .unit_id = col_i64(st, 2),
			.callback_id = col_i64(st, 3), .answered_at = col_i64(st, 4) };
		(void)call_kind_parse(col_text_or(st, s->a, 5, ""), &p->kind);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "calls of a number");
}

static bool
load_kept(struct db *tx, struct settling *s, int64_t id, struct err *err)
{
	static const char sql[] = "SELECT k.id, k.contact_id, k.opened_at, k.last_at, k.tries, k.unit_id, k.closed_at, c.closed_at,"
	    " k.closed_why FROM callback k LEFT JOIN contact c ON c.id = k.contact_id WHERE k.id = $1";
	struct kept *k = &s->kept[s->n_kept];
	struct stmt *st;
	enum db_step step;

	for (size_t i = 0; i < s->n_kept; i++) {
		if (s->kept[i].id == id)
			return true;
	}
	if (id == 0 || s->n_kept == CALLBACKS_MOST)
		return true;
	st = db_stmt(tx, sql, err);
	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*k = (struct kept){ .id = id, .contact_id = col_i64(st, 1), .opened_at = col_i64(st, 2), .last_at = col_i64(st, 3),
			.tries = col_i64(st, 4), .unit_id = col_i64(st, 5), .closed_at = col_i64(st, 6),
			.contact_closed_at = col_i64(st, 7), .why = col_text(st, s->a, 8) };
		k->by_hand = k->closed_at == 0 ? k->contact_closed_at : k->why != NULL && strcmp(k->why, "by_hand") == 0 ?
		    k->closed_at : 0;
		s->n_kept++;
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "callback %" PRId64, id);
}

static struct kept *
kept_of(struct settling *s, int64_t id)
{
	for (size_t i = 0; i < s->n_kept; i++) {
		if (s->kept[i].id == id)
			return &s->kept[i];
	}
	return NULL;
}

/* "Missat samtal, 3 försök": stands in worklists, so that who has tried most shows. */
static const char *
task_subject(struct arena *a, int64_t tries)
{
	return tries < 2 ? tr("sv", N_("Missed call")) : arena_printf(a, tr("sv", N_("Missed call, %d tries")), (int)tries);
}

static bool
open_task(struct db *tx, struct settling *s, struct kept *k, struct err *err)
{
	const char *text = arena_printf(s->a, tr("sv", N_("Called %s and was not answered. Call back: %s")),
	    tr_instant("sv", k->opened_at).s, s->number);
	struct contact_in in = { .channel = "phone", .authority_id = s->authority_id, .unit_id = k->unit_id,
		.sender_phone = s->number, .reply_by = "phone", .subject = task_subject(s->a, k->tries), .text = text,
		.arrived_at = k->opened_at < s->now ? k->opened_at : s->now, .no_receipt = true };
	struct contact_out out;
	const char *explained;

	/* Rule book 2.3: who could not be answered by phone is called the next working day. */
	if (!clock_working_days(tx, s->a, local_date(in.arrived_at), 1, &in.promised_by, &explained, err) ||
	    !contact_receive(tx, s->a, &in, s->now, &out, err))
		return err_add(err, "task of a callback");
	k->contact_id = out.id;
	return db_run(tx, "UPDATE callback SET contact_id = $1, promised_by = $2 WHERE id = $3", NULL, err, "iii", out.id,
	    in.promised_by, k->id);
}

/* What the task says of itself, and its timeline, when she has tried once more. */
static bool
tell_task(struct db *tx, struct settling *s, const struct kept *k, int64_t tries_before, struct err *err)
{
	struct contact c;

	if (k->contact_id == 0 || k->tries == tries_before)
		return true;
	if (!contact_get(tx, s->a, k->contact_id, &c, err) || !db_run(tx, "UPDATE contact SET subject = $1 WHERE id = $2", NULL, err,
	    "ti", task_subject(s->a, k->tries), c.id))
		return err_add(err, "tries of a callback");
	live_contact_after(tx, c.id);
	if (k->tries < tries_before)
		return true;
	return event_note(tx, s->now, 0, "contact.called_again", "contact", c.id, c.id, c.matter_id, c.authority_id, c.restricted,
	    arena_printf(s->a, "{\"tries\": %" PRId64 "}", k->tries), err);
}

/* The callback as it now is, its calls, and its task. */
static bool
put_callback(struct db *tx, struct settling *s, struct kept *k, const struct kept *was, struct err *err)
{
	bool same = k->id != 0 && k->opened_at == was->opened_at && k->last_at == was->last_at && k->tries == was->tries &&
	    k->unit_id == was->unit_id && k->closed_at == was->closed_at;

	if (k->id == 0) {
		if (!db_id(tx, "INSERT INTO callback (number, authority_id, unit_id, opened_at, last_at, tries, closed_at, closed_why)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &k->id, err, "tiiiiiIt", s->number, s->authority_id,
		    k->unit_id, k->opened_at, k->last_at, k->tries, k->closed_at, k->closed_at == 0 ? NULL : k->why))
			return err_add(err, "callback");
	} else if (!same && !db_run(tx, "UPDATE callback SET opened_at = $1, last_at = $2, tries = $3, unit_id = $4, closed_at = $5,"
	    " closed_why = $6 WHERE id = $7", NULL, err, "iiiiIti", k->opened_at, k->last_at, k->tries, k->unit_id, k->closed_at,
	    k->closed_at == 0 ? NULL : k->why, k->id)) {
		return err_add(err, "callback");
	}
	if (k->by_hand != 0)
		return tell_task(tx, s, k, was->tries, err);
	if (k->closed_at == 0 && k->contact_id == 0)
		return open_task(tx, s, k, err);
	if (!tell_task(tx, s, k, was->tries, err))
		return false;
	if (k->closed_at != 0 && was->closed_at == 0 && k->contact_id != 0)
		return contact_spoken_to(tx, s->a, k->contact_id, k->closed_at, s->now, err);
	if (k->closed_at == 0 && was->closed_at != 0)
		return contact_not_spoken_to(tx, s->a, k->contact_id, s->now, err);
	return true;
}

static bool
set_callback(struct db *tx, struct placed *p, int64_t callback_id, struct err *err)
{
	if (p->callback_id == callback_id)
		return true;
	p->callback_id = callback_id;
	return db_run(tx, "UPDATE phone_call SET callback_id = $1 WHERE id = $2", NULL, err, "Ii", callback_id, p->id);
}

/* Calls already taken in by a callback that a person closed, or that came before she did. */
static struct kept *
closed_by_hand(struct settling *s, const struct placed *p)
{
	struct kept *k = kept_of(s, p->callback_id);

	if (k != NULL)
		return k->by_hand != 0 ? k : NULL;
	for (size_t i = 0; i < s->n_kept; i++) {
		if (s->kept[i].by_hand != 0 && p->at + CALL_SLACK_S < s->kept[i].by_hand)
			return &s->kept[i];
	}
	return NULL;
}

static void
count_in(struct kept *k, const struct placed *p)
{
	if (k->tries++ == 0) {
		k->opened_at = p->at;
		k->unit_id = p->unit_id;
	}
	k->last_at = p->at;
}

/* The lost calls from..to (not included) of one stretch; `end` the talk that ends it, or NULL. */
static bool
settle_stretch(struct db *tx, struct settling *s, size_t from, size_t to, const struct placed *end, struct err *err)
{
	struct kept *keeper = NULL, was = { 0 }, made = { 0 };

	/* the one with a task goes on; else the first */
	for (size_t i = from; i < to; i++) {
		struct kept *k = kept_of(s, s->call[i].callback_id);

		if (k != NULL && k->by_hand == 0 && !k->used && (keeper == NULL || (keeper->contact_id == 0 && k->contact_id != 0)))
			keeper = k;
	}
	if (keeper != NULL)
		was = *keeper;
	else
		keeper = &made;
	keeper->tries = 0;
	keeper->closed_at = end == NULL ? 0 : end->answered_at;
	keeper->why = end == NULL ? NULL : end->kind == CALL_OUTGOING ? "called_back" : "answered";
	for (size_t i = from; i < to; i++) {
		struct placed *p = &s->call[i];

		if (p->kept != 0)			/* in one that a person closed */
			continue;
		/* Too long ago to be waiting for us, unless she was waiting already. */
		if (p->callback_id == 0 && p->at < s->now - CALL_TASK_S)
			continue;
		count_in(keeper, p);
	}
	if (keeper->tries == 0) {		/* only what a person has closed */
		*keeper = was;
		return true;
	}
	keeper->used = true;
	if (!put_callback(tx, s, keeper, &was, err))
		return false;
	for (size_t i = from; i < to; i++) {
		struct placed *p = &s->call[i];

		if (p->kept == 0 && (p->callback_id != 0 || p->at >= s->now - CALL_TASK_S) && !set_callback(tx, p, keeper->id, err))
			return false;
	}
	return true;
}

/* Each call that a person's closing took in, counted there. */
static bool
settle_by_hand(struct db *tx, struct settling *s, struct err *err)
{
	for (size_t k = 0; k < s->n_kept; k++) {
		struct kept was = s->kept[k];

		if (was.by_hand == 0)
			continue;
		s->kept[k].used = true;
		for (size_t i = 0; i < s->n; i++) {
			struct placed *p = &s->call[i];

			if (!call_lost(p->kind) || p->kept != 0 || closed_by_hand(s, p) != &s->kept[k])
				continue;
			p->kept = k + 1;
			if (p->callback_id == 0) {
				s->kept[k].tries++;
				if (p->at > s->kept[k].last_at)
					s->kept[k].last_at = p->at;
				if (p->at < s->kept[k].opened_at)
					s->kept[k].opened_at = p->at;
				if (!set_callback(tx, p, was.id, err))
					return false;
			}
		}
		if (!put_callback(tx, s, &s->kept[k], &was, err))
			return false;
	}
	return true;
}

/* A callback that none of these calls makes any more: its call was answered after all, or joined another's. */
static bool
let_go(struct db *tx, struct settling *s, const struct kept *k, int64_t spoken_at, struct err *err)
{
	struct actor nobody = { 0 };
	int64_t left, into = 0;
	struct stmt *st = db_stmt(tx, "SELECT COUNT(*) FROM phone_call WHERE callback_id = $1", err);

	bind_i64(st, 1, k->id);
	if (!one_i64(st, &left, err) || left > 0)
		return err->code == ERR_NONE;
	for (size_t i = 0; i < s->n_kept && into == 0; i++) {
		if (s->kept[i].used && s->kept[i].by_hand == 0 && s->kept[i].closed_at == 0)
			into = s->kept[i].contact_id;
	}
	if (!db_run(tx, "DELETE FROM callback WHERE id = $1", NULL, err, "i", k->id))
		return false;
	if (k->contact_id == 0 || k->contact_closed_at != 0)
		return true;
	if (spoken_at == 0 && into != 0)
		return contact_merge(tx, k->contact_id, into, &nobody, s->now, err);
	return contact_spoken_to(tx, s->a, k->contact_id, spoken_at == 0 ? s->now : spoken_at, s->now, err);
}

/* All stretches that lie between the talk before `low` and the one after `high`. `other`: a callback the call has left. */
static bool
settle(struct db *tx, struct arena *a, const char *number, int64_t authority_id, int64_t low, int64_t high, int64_t other,
    int64_t now, struct err *err)
{
	struct settling s = { .a = a, .number = number, .authority_id = authority_id, .now = now,
		.kept = arena_array(a, CALLBACKS_MOST + 1, sizeof(*s.kept)) };
	int64_t spoken_at = 0;
	size_t from = 0;

	if (!load_calls(tx, &s, low, high, err))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!load_kept(tx, &s, s.call[i].callback_id, err))
			return false;
		if (call_spoken(s.call[i].kind)) {
			if (!set_callback(tx, &s.call[i], 0, err))
				return false;
			spoken_at = spoken_at == 0 ? s.call[i].answered_at : spoken_at;
		}
	}
	if (!load_kept(tx, &s, other, err) || !settle_by_hand(tx, &s, err))
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && !call_spoken(s.call[i].kind))
			continue;
		if (i > from && !settle_stretch(tx, &s, from, i, i < s.n ? &s.call[i] : NULL, err))
			return false;
		from = i + 1;
	}
	for (size_t i = 0; i < s.n_kept; i++) {
		if (!s.kept[i].used && !let_go(tx, &s, &s.kept[i], spoken_at, err))
			return false;
	}
	return true;
}

/* The ordinary way of a lost call: a task is open, and she has not been talked to since it was opened. */
static bool
join_open(struct db *tx, struct arena *a, const struct call *c, int64_t now, bool *joined, struct err *err)
{
	static const char sql[] =
	    "SELECT k.id, k.contact_id, k.opened_at, k.last_at, k.tries, k.unit_id FROM callback k JOIN contact c ON c.id = k.contact_id"
	    " WHERE k.number = $1 AND k.authority_id = $2 AND k.opened_at <= $3 AND k.closed_at IS NULL AND c.closed_at IS NULL"
	    " AND NOT EXISTS (SELECT 1 FROM phone_call p WHERE p.number = $1 AND p.authority_id = $2"
	    "   AND p.kind IN ('answered', 'outgoing') AND p.answered_at >= k.opened_at) ORDER BY k.opened_at LIMIT 1";
	struct settling s = { .a = a, .number = c->number, .authority_id = c->authority_id, .now = now };
	struct stmt *st = db_stmt(tx, sql, err);
	struct kept k = { 0 }, was;
	enum db_step step;

	bind_text(st, 1, c->number);
	bind_i64(st, 2, c->authority_id);
	bind_i64(st, 3, c->started_at);
	if ((step = db_next(st, err)) == DB_ROW)
		k = (struct kept){ .id = col_i64(st, 0), .contact_id = col_i64(st, 1), .opened_at = col_i64(st, 2),
			.last_at = col_i64(st, 3), .tries = col_i64(st, 4), .unit_id = col_i64(st, 5) };
	db_done(st);
	*joined = step == DB_ROW && k.opened_at < c->started_at;
	if (step == DB_FAIL || !*joined)
		return step != DB_FAIL || err_add(err, "open callback");
	was = k;
	k.tries++;
	k.last_at = c->started_at > k.last_at ? c->started_at : k.last_at;
	return put_callback(tx, &s, &k, &was, err) && db_run(tx, "UPDATE phone_call SET callback_id = $1 WHERE id = $2", NULL, err,
	    "ii", k.id, c->id);
}

/* Does the number have a callback that this talk could end? Most have none. */
static bool
has_callback(struct db *tx, const struct call *c, bool *has, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT 1 FROM callback WHERE number = $1 AND authority_id = $2 LIMIT 1", err);
	int64_t found;

	bind_text(st, 1, c->number);
	bind_i64(st, 2, c->authority_id);
	if (!one_i64(st, &found, err))
		return false;
	*has = found != 0;
	return true;
}

static bool
matters(const struct call *c)
{
	return c->number != NULL && c->kind != CALL_RINGING;
}

static bool
settle_call(struct db *tx, struct arena *a, const struct call *was, const struct call *c, int64_t now, struct err *err)
{
	bool same_place = was->number != NULL && c->number != NULL && strcmp(was->number, c->number) == 0 &&
	    was->authority_id == c->authority_id, done;

	if (matters(was) && same_place && was->kind == c->kind && place_of(was) == place_of(c) && was->unit_id == c->unit_id)
		return true;
	/* what it was before it is no more */
	if (matters(was) && !same_place && !settle(tx, a, was->number, was->authority_id, place_of(was), place_of(was),
	    was->callback_id, now, err))
		return false;
	if (!matters(c))
		return true;
	if (!matters(was) && call_lost(c->kind)) {
		if (c->started_at < now - CALL_TASK_S && (!has_callback(tx, c, &done, err) || !done))
			return err->code == ERR_NONE;
		if (!join_open(tx, a, c, now, &done, err) || done)
			return err->code == ERR_NONE;
	} else if (!matters(was) && (!has_callback(tx, c, &done, err) || !done)) {
		return err->code == ERR_NONE;
	}
	return settle(tx, a, c->number, c->authority_id, !matters(was) || !same_place || place_of(c) < place_of(was) ? place_of(c) :
	    place_of(was), !matters(was) || !same_place || place_of(c) > place_of(was) ? place_of(c) : place_of(was),
	    same_place ? was->callback_id : 0, now, err);
}

/* ---- events ---- */

static bool
take_one(struct db *tx, struct taking *t, const struct call_event *e, struct err *err)
{
	struct call was, c;

	if (!find_call(tx, t->a, t->exchange_id, e->call_id, &was, err))
		return false;
	c = was;
	if (!call_merge(&c, e)) {
		t->done.known++;
		return true;
	}
	t->done.taken++;
	if ((c.id == 0 || c.queue != was.queue) && !find_unit(tx, &c, err))
		return false;
	if (c.agent != NULL && c.agent != was.agent && !find_account(tx, t->a, &c, err))
		return false;
	return put_call(tx, &c, t->now, err) && settle_call(tx, t->a, &was, &c, t->now, err);
}

static bool
take_write(struct db *tx, void *arg, struct err *err)
{
	struct taking *t = arg;
	int64_t newest = 0;

	t->done = (struct call_taken){ 0 };		/* it may run again */
	for (size_t i = t->from; i < t->to; i++) {
		arena_reset(t->a);
		if (!take_one(tx, t, &t->list->event[i], err))
			return err_add(err, "call %s", t->list->event[i].call_id);
		newest = t->list->event[i].at > newest ? t->list->event[i].at : newest;
	}
	if (t->done.taken > 0)
		live_topic_after(tx, LIVE_CALLS);
	/* How its clock goes shows by the newest thing it says: seldom written, and only when it has moved. */
	return db_run(tx, "UPDATE exchange SET heard_at = $1, ahead_s = $2 WHERE id = $3 AND (heard_at IS NULL OR heard_at < $1 - 60"
	    " OR (ahead_s < $2 AND $2 > 0))", NULL, err, "iii", t->now, newest - t->now, t->exchange_id);
}

bool
call_take(struct db *db, int64_t exchange_id, const struct call_list *list, int64_t now, struct call_taken *out,
    struct err *err)
{
	struct taking t = { .a = arena_open(), .exchange_id = exchange_id, .now = now, .list = list };
	bool ok = true;

	*out = (struct call_taken){ 0 };
	for (size_t i = 0; ok && i < list->n; i += CALL_BATCH) {
		t.from = i;
		t.to = list->n - i < CALL_BATCH ? list->n : i + CALL_BATCH;
		ok = db_write(db, take_write, &t, err);
		out->taken += ok ? t.done.taken : 0;
		out->known += ok ? t.done.known : 0;
	}
	arena_close(t.a);
	return ok || err_add(err, "taking calls");
}

struct stale { struct arena *a; int64_t now, n; };

static bool
stale_write(struct db *tx, void *arg, struct err *err)
{
	enum { MOST = 200 };
	struct stale *s = arg;
	struct { int64_t exchange_id; const char *call_id; } found[MOST];
	struct stmt *st = db_stmt(tx, "SELECT exchange_id, call_id FROM phone_call WHERE kind = 'ringing' AND started_at < $1"
	    " ORDER BY started_at LIMIT 200", err);
	enum db_step step;
	size_t n = 0;

	s->n = 0;
	bind_i64(st, 1, s->now - CALL_STALE_S);
	while ((step = db_next(st, err)) == DB_ROW && n < MOST) {
		found[n].exchange_id = col_i64(st, 0);
		found[n++].call_id = col_text(st, s->a, 1);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "calls that ring");
	for (size_t i = 0; i < n; i++) {
		struct call was, c;

		if (!find_call(tx, s->a, found[i].exchange_id, found[i].call_id, &was, err))
			return false;
		c = was;
		c.kind = CALL_ABANDONED;
		if (!put_call(tx, &c, s->now, err) || !settle_call(tx, s->a, &was, &c, s->now, err))
			return false;
		s->n++;
	}
	if (n > 0)
		live_topic_after(tx, LIVE_CALLS);
	return true;
}

/* What a person closed a day ago is no longer looked through for what waits. */
static bool
by_hand_write(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "UPDATE callback SET closed_at = (SELECT c.closed_at FROM contact c WHERE c.id = callback.contact_id),"
	    " closed_why = 'by_hand' WHERE closed_at IS NULL AND contact_id IN"
	    " (SELECT k.contact_id FROM callback k JOIN contact c ON c.id = k.contact_id WHERE k.closed_at IS NULL"
	    "   AND c.closed_at < $1)", NULL, err, "i", *(int64_t *)arg - DAY_S);
}

static bool
tidy_by_hand(struct db *db, int64_t now, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT COUNT(*) FROM callback k JOIN contact c ON c.id = k.contact_id"
	    " WHERE k.closed_at IS NULL AND +c.closed_at < $1", err);
	int64_t n;

	bind_i64(st, 1, now - DAY_S);
	return one_i64(st, &n, err) && (n == 0 || db_write(db, by_hand_write, &now, err));
}

bool
call_tick(struct db *db, int64_t now, int64_t *lost, struct err *err)
{
	struct stale s = { .now = now };
	struct stmt *st = db_stmt(db, "SELECT COUNT(*) FROM phone_call WHERE kind = 'ringing' AND started_at < $1", err);
	int64_t waiting;
	bool ok;

	*lost = 0;
	bind_i64(st, 1, now - CALL_STALE_S);
	if (!one_i64(st, &waiting, err) || !tidy_by_hand(db, now, err) || waiting == 0)
		return err->code == ERR_NONE;
	s.a = arena_open();
	do {
		ok = db_write(db, stale_write, &s, err);
		*lost += ok ? s.n : 0;
	} while (ok && s.n == 200);
	arena_close(s.a);
	return ok || err_add(err, "calls whose end was not told");
}

/* timeline/outbox_store.c: the outbox in the database */
#include "timeline/outbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "db/db.h"

static struct { void (*wake)(void *); void *arg; } on_put;	/* set before the first thread starts */

static const char PUT[] =
    "INSERT INTO outbox (contact_id, document_id, recipient, subject, text, sender, message_id, in_reply_to, refs,"
    "  automatic, created_at, next_attempt_at, way, sender_name)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";

#define COLUMNS "id, contact_id, document_id, recipient, subject, text, sender, message_id, in_reply_to, refs," \
	" automatic, state, created_at, next_attempt_at, sent_at, attempts, error, way, sending_at, sender_name"

/* Nobody is at it: no attempt has begun, or one began so long ago (or in a future that a wrong clock made) that it is over. */
#define UNCLAIMED "sending_at IS NULL OR sending_at <= $1 - 600 OR sending_at > $1 + 600"

/* A wait is at most three hours (outbox_retry): what waits longer was put off by a clock that ran ahead, and goes now. Two pieces of
 * one index: what waits for its hour is not read. */
#define DUE_WHERE "SELECT " COLUMNS " FROM outbox WHERE state = 'waiting' AND way = $3 AND (" UNCLAIMED ") AND "
static const char DUE[] =
    DUE_WHERE "next_attempt_at <= $1 UNION ALL " DUE_WHERE "next_attempt_at > $1 + 10800 AND attempts > 0"
    " ORDER BY next_attempt_at, id LIMIT $2";
static const char OF_CONTACT[] = "SELECT " COLUMNS " FROM outbox WHERE contact_id = $1 ORDER BY id";
static const char SINCE[] =
    "SELECT " COLUMNS " FROM outbox WHERE created_at >= $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3";

void
outbox_on_put(void (*wake)(void *arg), void *arg)
{
	on_put.wake = wake;
	on_put.arg = arg;
}

bool
outbox_put(struct db *tx, const struct outbox_message *in, int64_t now, int64_t *id, struct err *err)
{
	struct arena *a = arena_open();
	const char *message_id = in->message_id;
	struct stmt *st;
	enum db_step step;

	if (message_id == NULL) {
		const char *at = in->sender == NULL ? NULL : strchr(in->sender, '@');

		message_id = arena_printf(a, "%s@%s", random_token(a, 15), at == NULL ? "narkontakt.invalid" : at + 1);
	}
	st = db_stmt(tx, PUT, err);
	bind_i64_or_null(st, 1, in->contact_id);
	bind_i64_or_null(st, 2, in->document_id);
	bind_text(st, 3, in->recipient);
	bind_text(st, 4, in->subject);
	bind_text(st, 5, in->text);
	bind_text(st, 6, in->sender);
	bind_text(st, 7, message_id);
	bind_text(st, 8, in->in_reply_to);
	bind_text(st, 9, in->references);
	bind_i64(st, 10, in->automatic);
	bind_i64(st, 11, now);
	bind_i64(st, 12, in->next_attempt_at == 0 ? now : in->next_attempt_at);
	bind_text(st, 13, in->way == NULL ? "email" : in->way);
	bind_text(st, 14, in->sender_name);
	step = db_next(st, err);
	if (step == DB_ROW && id != NULL)
		*id = col_i64(st, 0);
	db_done(st);
	arena_close(a);
	if (step != DB_ROW)
		return err_add(err, "outbox");
	if (on_put.wake != NULL)
		db_after_commit(tx, on_put.wake, on_put.arg);
	return true;
}

static void
row_message(struct stmt *st, struct arena *a, struct outbox_message *m)
{
	*m = (struct outbox_message){
		.id = col_i64(st, 0), .contact_id = col_i64(st, 1), .document_id = col_i64(st, 2),
		.recipient = col_text(st, a, 3), .subject = col_text(st, a, 4), .text = col_text(st, a, 5),
		.sender = col_text(st, a, 6), .message_id = col_text(st, a, 7), .in_reply_to = col_text(st, a, 8),
		.references = col_text(st, a, 9), .automatic = col_i64(st, 10) != 0, .state = col_text(st, a, 11),
		.created_at = col_i64(st, 12), .next_attempt_at = col_i64(st, 13), .sent_at = col_i64(st, 14),
		.attempts = col_i64(st, 15), .error = col_text(st, a, 16), .way = col_text(st, a, 17),
		.sending_at = col_i64(st, 18), .sender_name = col_text(st, a, 19),
	};
}

static bool
rows(struct stmt *st, struct arena *a, struct outbox_list *out, struct err *err)
{
	struct outbox_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		if (list.n == cap) {
			size_t more = cap == 0 ? 16 : cap * 2;

			list.item = arena_grow(a, list.item, cap * sizeof(*list.item), more * sizeof(*list.item));
			cap = more;
		}
		row_message(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "outbox");
	*out = list;
	return true;
}

bool
outbox_due(struct db *db, struct arena *a, const char *way, int64_t now, size_t limit, struct outbox_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, DUE, err);

	bind_i64(st, 1, now);
	bind_i64(st, 2, (int64_t)limit);
	bind_text(st, 3, way);
	return rows(st, a, out, err);
}

bool
outbox_of_contact(struct db *db, struct arena *a, int64_t contact_id, struct outbox_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, OF_CONTACT, err);

	bind_i64(st, 1, contact_id);
	return rows(st, a, out, err);
}

bool
outbox_list_since(struct db *db, struct arena *a, int64_t since, const char *state, size_t limit,
    struct outbox_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SINCE, err);

	bind_i64(st, 1, since);
	bind_text(st, 2, state == NULL ? "" : state);
	bind_i64(st, 3, (int64_t)limit);
	return rows(st, a, out, err);
}

bool
outbox_claim(struct db *tx, int64_t id, int64_t now, bool *claimed, bool *perhaps_sent, struct err *err)
{
	static const char claim[] = "UPDATE outbox SET sending_at = $1 WHERE id = $2 AND state = 'waiting' AND (" UNCLAIMED ")";
	int64_t before = 0, changed = 0;

	_Static_assert(OUTBOX_CLAIM_S == 600, "as in UNCLAIMED");
	if (!db_id(tx, "SELECT COALESCE(sending_at, 0) FROM outbox WHERE id = $1", &before, err, "i", id) ||
	    !db_run(tx, claim, &changed, err, "ii", now, id))
		return err_add(err, "claiming message %" PRId64, id);
	*claimed = changed == 1;
	*perhaps_sent = *claimed && before != 0;
	return true;
}

bool
outbox_perhaps_sent(int64_t sending_at, int64_t now)
{
	return sending_at != 0 && sending_at <= now - OUTBOX_CLAIM_S / 2;
}

bool
outbox_sent(struct db *tx, int64_t id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET state = 'sent', sent_at = $1, attempts = attempts + 1, error = NULL, sending_at = NULL"
	    " WHERE id = $2 AND state = 'waiting'", NULL, err, "ii", now, id);
}

bool
outbox_retry(struct db *tx, int64_t id, int64_t now, const char *error, bool *gave_up, struct err *err)
{
	static const int64_t wait_s[] = { 60, 300, 900, 3600, 10800 };
	struct stmt *st = db_stmt(tx, "SELECT attempts, created_at FROM outbox WHERE id = $1", err);
	int64_t attempts = 0, created_at = 0;
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW) {
		attempts = col_i64(st, 0);
		created_at = col_i64(st, 1);
	}
	db_done(st);
	if (step != DB_ROW)
		return step == DB_FAIL ? err_add(err, "outbox %" PRId64, id) :
		    err_set(err, ERR_NOT_FOUND, "outbox %" PRId64, id);
	*gave_up = now - created_at >= OUTBOX_GIVE_UP_S;
	if (*gave_up)
		return outbox_failed(tx, id, now, error, err);
	return db_run(tx, "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = $1, error = $2, sending_at = NULL"
	    " WHERE id = $3 AND state = 'waiting'", NULL, err, "iti",
	    now + wait_s[attempts < 4 ? attempts : 4], error, id);
}

bool
outbox_failed(struct db *tx, int64_t id, int64_t now, const char *error, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET state = 'failed', attempts = attempts + 1, sent_at = NULL, sending_at = NULL,"
	    " next_attempt_at = $1, error = $2 WHERE id = $3", NULL, err, "iti", now, error, id);
}

bool
outbox_withdraw(struct db *tx, int64_t id, struct err *err)
{
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE outbox SET state = 'withdrawn' WHERE id = $1 AND state = 'waiting' AND attempts = 0"
	    " AND sending_at IS NULL",
	    &changed, err, "i", id))
		return err_add(err, "withdraw");
	return changed == 1 || err_set(err, ERR_CONFLICT, "outbox %" PRId64 " has been sent", id);
}

/* survey/afterwards_store.c: frames, tokens and answers in the database */
#include "survey/afterwards_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "contact/counted.h"
#include "db/db.h"
#include "people/permit.h"
#include "people/rows.h"

bool
closed_since(struct db *db, struct arena *a, int64_t after, int64_t at, struct closed_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, contact_id, CASE WHEN contact_id IN (SELECT contact_id FROM mystery_contact)"
	    " THEN '' ELSE action END FROM event WHERE id > $1 AND at <= $2 ORDER BY id LIMIT 5000", err);
	struct closed_list list = { .last_event = after };
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, after);
	bind_i64(st, 2, at);
	while ((step = db_next(st, err)) == DB_ROW) {
		const char *action = col_text(st, a, 2);

		list.last_event = col_i64(st, 0);
		if (strcmp(action, "contact.answered") != 0)
			continue;
		list.contact_id = rows_room(a, list.contact_id, list.n, &cap, sizeof(*list.contact_id));
		list.contact_id[list.n++] = col_i64(st, 1);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "closed contacts");
	*out = list;
	return true;
}

bool
frame_count(struct db *tx, const struct frame_key *key, int64_t eligible, int64_t left_out, int64_t drawn, int64_t *id,
    struct err *err)
{
	return db_id(tx, "INSERT INTO ask_frame (authority_id, unit_id, channel, quarter, share, eligible, left_out, drawn)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (authority_id, unit_id, channel, quarter, share) DO UPDATE"
	    " SET eligible = ask_frame.eligible + excluded.eligible, left_out = ask_frame.left_out + excluded.left_out,"
	    " drawn = ask_frame.drawn + excluded.drawn RETURNING id", id, err, "iittiiii", key->authority_id, key->unit_id,
	    key->channel, key->quarter, key->share, eligible, left_out, drawn) || err_add(err, "frame");
}

bool
rested(struct db *tx, const char *person_hash, int64_t since, bool *out, struct err *err)
{
	int64_t n;

	if (!db_id(tx, "SELECT COUNT(*) FROM ask_rest WHERE person_hash = $1 AND asked_at > $2", &n, err, "ti", person_hash,
	    since))
		return false;
	*out = n == 0;
	return true;
}

bool
rest_set(struct db *tx, const char *person_hash, int64_t now, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_rest (person_hash, asked_at) VALUES ($1, $2) ON CONFLICT (person_hash)"
	    " DO UPDATE SET asked_at = excluded.asked_at", NULL, err, "ti", person_hash, now);
}

bool
token_add(struct db *tx, const char *token_hash, int64_t frame_id, int64_t expires_at, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_token (token_hash, frame_id, expires_at) VALUES ($1, $2, $3)", NULL, err, "tii",
	    token_hash, frame_id, expires_at);
}

bool
token_frame(struct db *db, struct arena *a, const char *token_hash, int64_t now, struct afterwards_form *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT f.id, CASE WHEN f.channel IN ('phone', 'visit') THEN 1 ELSE 0 END, u.name"
	    " FROM ask_token t JOIN ask_frame f ON f.id = t.frame_id LEFT JOIN unit u ON u.id = f.unit_id"
	    " WHERE t.token_hash = $1 AND t.expires_at > $2", err);
	enum db_step step;

	bind_text(st, 1, token_hash);
	bind_i64(st, 2, now);
	if ((step = db_next(st, err)) == DB_ROW)
		*out = (struct afterwards_form){ col_i64(st, 0), col_i64(st, 1) == 1, col_text(st, a, 2) };
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "token") : err_set(err, ERR_NOT_FOUND, "no such invitation");
}

bool
token_use(struct db *tx, const char *token_hash, bool *there, struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "DELETE FROM ask_token WHERE token_hash = $1", &n, err, "t", token_hash))
		return false;
	*there = n == 1;
	return true;
}

bool
call_add(struct db *tx, int64_t frame_id, int64_t authority_id, const char *phone, const char *name, int64_t expires_at,
    struct err *err)
{
	return db_run(tx, "INSERT INTO ask_call (frame_id, authority_id, phone, name, expires_at) VALUES ($1, $2, $3, $4, $5)",
	    NULL, err, "iitti", frame_id, authority_id, phone, name, expires_at);
}

bool
call_use(struct db *tx, int64_t id, int64_t *frame_id, struct err *err)
{
	return db_id(tx, "DELETE FROM ask_call WHERE id = $1 RETURNING frame_id", frame_id, err, "i", id);
}

#define CALL "SELECT c.id, c.authority_id, c.name, c.phone, CASE WHEN f.channel IN ('phone', 'visit') THEN 1 ELSE 0 END" \
	" FROM ask_call c JOIN ask_frame f ON f.id = c.frame_id"

static void
row_call(struct stmt *st, struct arena *a, struct afterwards_call *c)
{
	*c = (struct afterwards_call){ .id = col_i64(st, 0), .authority_id = col_i64(st, 1), .name = col_text(st, a, 2),
		.phone = col_text(st, a, 3), .by_phone = col_i64(st, 4) == 1 };
}

bool
afterwards_calls(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct afterwards_call **out, size_t *n,
    struct err *err)
{
	struct stmt *st = db_stmt(db, CALL " WHERE c.expires_at > $3 AND EXISTS (SELECT 1 FROM account_scope s"
	    " WHERE s.account_id = $1 AND s.action = $2 AND (s.authority_id = 0 OR s.authority_id = c.authority_id))"
	    " ORDER BY c.id LIMIT 50", err);
	struct afterwards_call *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, account_id);
	bind_i64(st, 2, ACT_AFTERWARDS_CALL);
	bind_i64(st, 3, now);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		row_call(st, a, &list[(*n)++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "calls to make");
}

bool
afterwards_call_get(struct db *db, struct arena *a, int64_t id, struct afterwards_call *out, struct err *err)
{
	struct stmt *st = db_stmt(db, CALL " WHERE c.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_call(st, a, out);
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "call") : err_set(err, ERR_NOT_FOUND, "call %" PRId64, id);
}

bool
answer_add(struct db *tx, const char *name, int64_t frame_id, const struct afterwards_answer *in, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_answer (name, frame_id, heard, ease, second, fair_days)"
	    " VALUES ($1, $2, $3, $4, $5, $6)", NULL, err, "tiiIII", name, frame_id, (int64_t)in->heard, (int64_t)in->ease,
	    (int64_t)in->second, (int64_t)in->fair_days);
}

bool
mail_note(struct db *tx, int64_t outbox_id, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_mail (outbox_id) VALUES ($1)", NULL, err, "i", outbox_id);
}

bool
afterwards_untidy(struct db *db, int64_t now, bool *out, struct err *err)
{
	int64_t n;

	if (!db_id(db, "SELECT (SELECT COUNT(*) FROM ask_mail m JOIN outbox o ON o.id = m.outbox_id WHERE o.state <> 'waiting')"
	    " + (SELECT COUNT(*) FROM ask_token WHERE expires_at <= $1) + (SELECT COUNT(*) FROM ask_call WHERE expires_at <= $1)",
	    &n, err, "i", now))
		return false;
	*out = n > 0;
	return true;
}

bool
afterwards_tidy(struct db *tx, int64_t now, int64_t *n, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET text = '' WHERE state <> 'waiting' AND id IN (SELECT outbox_id FROM ask_mail)", n,
	    err, "") && db_run(tx, "DELETE FROM ask_mail WHERE outbox_id IN (SELECT id FROM outbox WHERE state <> 'waiting')",
	    NULL, err, "") && db_run(tx, "DELETE FROM ask_token WHERE expires_at <= $1", NULL, err, "i", now) &&
	    db_run(tx, "DELETE FROM ask_call WHERE expires_at <= $1", NULL, err, "i", now);
}

static const char *
quarters_of(struct arena *a, int year)
{
	return year == 0 ? "" : arena_printf(a, "%04d-%%", year);
}

bool
answers_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct answer_row **out, size_t *n,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT f.id, f.authority_id, f.unit_id, u.name,"
	    " CASE WHEN f.channel IN ('phone', 'visit') THEN 1 ELSE 0 END, w.ease, w.second, w.heard FROM ask_answer w"
	    " JOIN ask_frame f ON f.id = w.frame_id LEFT JOIN unit u ON u.id = f.unit_id WHERE ($1 = 0 OR f.authority_id = $1)"
	    " AND ($2 = '' OR f.quarter LIKE $2) ORDER BY f.id, w.name", err);
	struct answer_row *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, authority_id);
	bind_text(st, 2, quarters_of(a, year));
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct answer_row){ col_i64(st, 0), col_i64(st, 1), col_i64(st, 2), col_text(st, a, 3),
			col_i64(st, 4) == 1, (int)col_i64(st, 5), (int)col_i64(st, 6), col_i64(st, 7) == 1 };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "answers");
}

bool
frames_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct frame_row **out, size_t *n,
    struct afterwards_results *totals, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, eligible, left_out, drawn FROM ask_frame WHERE ($1 = 0 OR authority_id = $1)"
	    " AND ($2 = '' OR quarter LIKE $2) ORDER BY id", err);
	struct frame_row *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, authority_id);
	bind_text(st, 2, quarters_of(a, year));
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct frame_row){ col_i64(st, 0), col_i64(st, 1) };
		totals->eligible += col_i64(st, 1);
		totals->left_out += col_i64(st, 2);
		totals->drawn += col_i64(st, 3);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "frames");
}

bool
endings_of(struct db *db, int64_t authority_id, int64_t since, struct afterwards_results *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT COALESCE(SUM(CASE WHEN c.ending = 'done' OR d.n > 0 THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN c.ending = 'done' AND c.satisfied = 1 AND d.n IS NULL THEN 1 ELSE 0 END), 0),"
	    " COUNT(d.n) FROM contact c LEFT JOIN (SELECT contact_id, COUNT(*) AS n FROM ending_disputed GROUP BY contact_id) d"
	    " ON d.contact_id = c.id WHERE c.authority_id = $1 AND c.received_at > $2 AND " COUNTED_CONTACT("c"), err);
	enum db_step step;

	bind_i64(st, 1, authority_id);
	bind_i64(st, 2, since);
	if ((step = db_next(st, err)) == DB_ROW) {
		out->done = col_i64(st, 0);
		out->confirmed = col_i64(st, 1);
		out->disputed = col_i64(st, 2);
	}
	db_done(st);
	return step == DB_ROW || err_add(err, "endings");
}

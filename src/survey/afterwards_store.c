/* survey/afterwards_store.c: frames, tokens and answers in the database */
#include "survey/afterwards_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
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
wait_add(struct db *tx, int64_t contact_id, const char *person_hash, const struct group *g, int64_t since, bool *added,
    struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "INSERT INTO ask_wait (contact_id, person_hash, authority_id, unit_id, channel, since)"
	    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", &n, err, "itiiti", contact_id, person_hash, g->authority_id,
	    g->unit_id, g->channel, since))
		return err_add(err, "who may be asked");
	*added = n == 1;
	return true;
}

bool
wait_remove(struct db *tx, int64_t contact_id, struct err *err)
{
	return db_run(tx, "DELETE FROM ask_wait WHERE contact_id = $1", NULL, err, "i", contact_id);
}

bool
groups_waiting(struct db *db, struct arena *a, enum frame_level level, struct group **out, size_t *n, struct err *err)
{
	static const char *const sql[] = {
		[LEVEL_UNIT] = "SELECT authority_id, unit_id, channel, COUNT(*), MIN(since) FROM ask_wait"
		    " GROUP BY authority_id, unit_id, channel ORDER BY 1, 2, 3",
		[LEVEL_AUTHORITY] = "SELECT authority_id, 0, channel, COUNT(*), MIN(since) FROM ask_wait"
		    " GROUP BY authority_id, channel ORDER BY 1, 3",
		[LEVEL_ALL] = "SELECT 0, 0, channel, COUNT(*), MIN(since) FROM ask_wait GROUP BY channel ORDER BY 3",
	};
	struct stmt *st = db_stmt(db, sql[level], err);
	struct group *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct group){ level, col_i64(st, 0), col_i64(st, 1), col_text(st, a, 2), col_i64(st, 3),
			col_i64(st, 4) };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "who waits to be asked");
}

#define WAITING "SELECT contact_id, person_hash, authority_id, unit_id, channel FROM ask_wait"

static bool
waiting_rows(struct stmt *st, struct arena *a, struct waiting **out, size_t *n, struct err *err)
{
	struct waiting *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct waiting){ col_i64(st, 0), col_text(st, a, 1), { .authority_id = col_i64(st, 2),
			.unit_id = col_i64(st, 3), .channel = col_text(st, a, 4) } };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "who waits to be asked");
}

bool
waiting_of(struct db *db, struct arena *a, const struct group *g, struct waiting **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, WAITING " WHERE channel = $1 AND ($2 = 2 OR (authority_id = $3 AND ($2 = 1 OR unit_id = $4)))"
	    " ORDER BY contact_id", err);

	bind_text(st, 1, g->channel);
	bind_i64(st, 2, g->level);
	bind_i64(st, 3, g->authority_id);
	bind_i64(st, 4, g->unit_id);
	return waiting_rows(st, a, out, n, err);
}

bool
waiting_old(struct db *db, struct arena *a, int64_t before, struct waiting **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, WAITING " WHERE since < $1 ORDER BY contact_id", err);

	bind_i64(st, 1, before);
	return waiting_rows(st, a, out, n, err);
}

bool
ask_round_add(struct db *tx, int64_t frame_id, int64_t eligible, int64_t drawn, const char *seal, int64_t closes_at, int64_t *id,
    struct err *err)
{
	return db_id(tx, "INSERT INTO ask_round (frame_id, eligible, drawn, seal, closes_at) VALUES ($1, $2, $3, $4, $5)"
	    " RETURNING id", id, err, "iiiti", frame_id, eligible, drawn, seal, closes_at) || err_add(err, "round");
}

bool
ask_round_seal(struct db *db, struct arena *a, int64_t id, unsigned char seal[32], struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT seal FROM ask_round WHERE id = $1", err);
	bool good = false;
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		good = hex_bytes(col_text(st, a, 0), seal, 32);
	db_done(st);
	if (step == DB_ROW)
		return good || err_set(err, ERR_BUG, "round %" PRId64 " has no seal", id);
	return step == DB_FAIL ? err_add(err, "round") : err_set(err, ERR_NOT_FOUND, "round %" PRId64, id);
}

bool
ask_rounds_over(struct db *db, struct arena *a, int64_t now, struct round **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, frame_id, eligible, drawn FROM ask_round r WHERE closes_at <= $1"
	    " OR (NOT EXISTS (SELECT 1 FROM ask_token t WHERE t.round_id = r.id)"
	    " AND NOT EXISTS (SELECT 1 FROM ask_call c WHERE c.round_id = r.id)) ORDER BY id", err);
	struct round *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, now);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct round){ col_i64(st, 0), col_i64(st, 1), col_i64(st, 2), col_i64(st, 3) };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "rounds that are over");
}

bool
ask_round_remove(struct db *tx, int64_t id, struct err *err)
{
	return db_run(tx, "DELETE FROM ask_ballot WHERE round_id = $1", NULL, err, "i", id) &&
	    db_run(tx, "DELETE FROM ask_token WHERE round_id = $1", NULL, err, "i", id) &&
	    db_run(tx, "DELETE FROM ask_call WHERE round_id = $1", NULL, err, "i", id) &&
	    db_run(tx, "DELETE FROM ask_round WHERE id = $1", NULL, err, "i", id);
}

bool
frame_add(struct db *tx, int64_t id, int64_t eligible, int64_t drawn, struct err *err)
{
	return db_run(tx, "UPDATE ask_frame SET eligible = eligible + $2, drawn = drawn + $3 WHERE id = $1", NULL, err, "iii", id,
	    eligible, drawn);
}

bool
token_add(struct db *tx, const char *token_hash, int64_t round_id, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_token (token_hash, round_id) VALUES ($1, $2)", NULL, err, "ti", token_hash, round_id);
}

bool
token_round(struct db *db, struct arena *a, const char *token_hash, int64_t now, struct afterwards_form *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT r.id, CASE WHEN f.channel = 'phone' THEN 1 ELSE 0 END, COALESCE(u.name, y.name)"
	    " FROM ask_token t JOIN ask_round r ON r.id = t.round_id JOIN ask_frame f ON f.id = r.frame_id"
	    " LEFT JOIN unit u ON u.id = f.unit_id LEFT JOIN authority y ON y.id = f.authority_id"
	    " WHERE t.token_hash = $1 AND r.closes_at > $2", err);
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
call_add(struct db *tx, int64_t round_id, int64_t authority_id, const char *phone, const char *name, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_call (round_id, authority_id, phone, name) VALUES ($1, $2, $3, $4)",
	    NULL, err, "iitt", round_id, authority_id, phone, name);
}

bool
call_use(struct db *tx, int64_t id, int64_t *round_id, struct err *err)
{
	return db_id(tx, "DELETE FROM ask_call WHERE id = $1 RETURNING round_id", round_id, err, "i", id);
}

#define CALL "SELECT c.id, c.authority_id, c.name, c.phone, CASE WHEN f.channel = 'phone' THEN 1 ELSE 0 END" \
	" FROM ask_call c JOIN ask_round r ON r.id = c.round_id JOIN ask_frame f ON f.id = r.frame_id"

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
	struct stmt *st = db_stmt(db, CALL " WHERE r.closes_at > $3 AND EXISTS (SELECT 1 FROM account_scope s"
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
ballot_add(struct db *tx, const char *name, int64_t round_id, const char *text, struct err *err)
{
	return db_run(tx, "INSERT INTO ask_ballot (name, round_id, sealed) VALUES ($1, $2, $3)", NULL, err, "tit", name, round_id,
	    text);
}

bool
ballots_of(struct db *db, struct arena *a, int64_t round_id, const char ***text, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT sealed FROM ask_ballot WHERE round_id = $1 ORDER BY name", err);
	const char **list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, round_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = col_text(st, a, 0);
	}
	db_done(st);
	*text = list;
	return step != DB_FAIL || err_add(err, "ballots");
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
afterwards_untidy(struct db *db, bool *out, struct err *err)
{
	int64_t n;

	/* CROSS JOIN: from the few to the many, whatever SQLite believes. It went through the whole outbox at every tick. */
	if (!db_id(db, "SELECT COUNT(*) FROM ask_mail m CROSS JOIN outbox o WHERE o.id = m.outbox_id AND o.state <> 'waiting'", &n, err, ""))
		return false;
	*out = n > 0;
	return true;
}

bool
afterwards_tidy(struct db *tx, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET text = '' WHERE state <> 'waiting' AND id IN (SELECT outbox_id FROM ask_mail)", NULL,
	    err, "") && db_run(tx, "DELETE FROM ask_mail WHERE outbox_id IN (SELECT id FROM outbox WHERE state <> 'waiting')",
	    NULL, err, "");
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
	    " CASE WHEN f.channel = 'phone' THEN 1 ELSE 0 END, w.ease, w.second, w.heard FROM ask_answer w"
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
ask_rounds_of(struct db *db, int64_t authority_id, struct afterwards_results *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT (SELECT COUNT(*) FROM ask_wait WHERE authority_id = $1), COALESCE(SUM(r.drawn), 0),"
	    " COALESCE(SUM(r.eligible), 0) FROM ask_round r JOIN ask_frame f ON f.id = r.frame_id WHERE f.authority_id = $1", err);
	enum db_step step;

	bind_i64(st, 1, authority_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		out->waiting = col_i64(st, 0);
		out->in_open = col_i64(st, 1);
		out->open_eligible = col_i64(st, 2);
	}
	db_done(st);
	return step == DB_ROW || err_add(err, "open rounds");
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

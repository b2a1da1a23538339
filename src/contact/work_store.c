/* contact/work_store.c: the changes of a contact in the database */
#include "contact/work_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "contact/desk.h"
#include "db/db.h"

bool
contact_touch(struct db *tx, int64_t contact_id, int64_t version, struct err *err)
{
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE contact SET version = version + 1 WHERE id = $1 AND ($2 = 0 OR version = $2)", &changed,
	    err, "ii", contact_id, version))
		return err_add(err, "contact %" PRId64, contact_id);
	if (changed == 1)
		return true;
	(void)err_set(err, ERR_CONFLICT, "contact %" PRId64 " changed since version %" PRId64, contact_id, version);
	err->person = N_("Somebody changed this contact while you were writing. Your words are kept: read what is new and send again.");
	return false;
}

bool
work_assign(struct db *tx, int64_t id, int64_t unit_id, int64_t owner_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE contact SET unit_id = $1, owner_id = $2,"
	    " state = CASE WHEN state = 'waiting' THEN state WHEN CAST($2 AS INTEGER) IS NULL THEN 'new' ELSE 'assigned' END,"
	    " confirmed_at = CASE WHEN CAST($2 AS INTEGER) IS NULL THEN confirmed_at ELSE COALESCE(confirmed_at, $3) END"
	    " WHERE id = $4", NULL, err, "iIii", unit_id, owner_id, now, id);
}

bool
work_close(struct db *tx, int64_t id, const char *state, const char *ending, const char *why, int64_t now,
    struct err *err)
{
	return db_run(tx, "UPDATE contact SET state = $1, ending = $2, ending_why = $3, closed_at = $4,"
	    " answered_at = CASE WHEN $1 = 'answered' THEN COALESCE(answered_at, $4) ELSE answered_at END,"
	    " confirmed_at = COALESCE(confirmed_at, $4), paused_at = NULL, pause_reason = NULL, undelivered = 0,"
	    " satisfied = NULL WHERE id = $5", NULL, err, "tttii", state, ending, why, now, id);
}

bool
work_plan(struct db *tx, int64_t id, int64_t next_by, int64_t now, struct err *err)
{
	/* What was promised first, and that a plan was the answer, stay; so does that a plan was not kept before the next. */
	return db_run(tx, "UPDATE contact_first SET plan_broken = 1 WHERE contact_id = $1 AND planned = 1"
	    " AND (SELECT c.answer_by FROM contact c WHERE c.id = $1) < $2", NULL, err, "ii", id, now) &&
	    db_run(tx, "INSERT INTO contact_first (contact_id, promised_by, answered_at, planned)"
	    " SELECT c.id, c.answer_by, COALESCE(c.answered_at, $2), 1 FROM contact c WHERE c.id = $1"
	    " ON CONFLICT (contact_id) DO UPDATE SET planned = CASE WHEN contact_first.answered_at IS NULL THEN 1"
	    "  ELSE contact_first.planned END, answered_at = COALESCE(contact_first.answered_at, excluded.answered_at)",
	    NULL, err, "ii", id, now) &&
	    db_run(tx, "UPDATE contact SET answer_by = $1, answered_at = COALESCE(answered_at, $2), overdue = 0,"
	    " confirmed_at = COALESCE(confirmed_at, $2) WHERE id = $3", NULL, err, "iii", next_by, now, id);
}

bool
work_open_again(struct db *tx, int64_t id, int64_t answer_by, const char *explained, bool undelivered, struct err *err)
{
	/* An answer that never reached her was none; the first that did stays, with its promise. */
	static const char first[] =
	    "INSERT INTO contact_first (contact_id, promised_by, answered_at)"
	    " SELECT c.id, c.answer_by, CASE WHEN $2 = 1 THEN NULL ELSE c.answered_at END FROM contact c WHERE c.id = $1"
	    " ON CONFLICT (contact_id) DO UPDATE SET answered_at = COALESCE(contact_first.answered_at, excluded.answered_at)";

	/* With nobody to have it any more it is new: in the unit's list, never nobody's. */
	return db_run(tx, first, NULL, err, "ii", id, (int64_t)undelivered) && db_run(tx, "UPDATE contact SET state = CASE WHEN owner_id IS NULL THEN 'new' ELSE 'assigned' END,"
	    " ending = NULL, ending_why = NULL, closed_at = NULL, answered_at = NULL, answer_by = $1,"
	    " answer_explained = $2, undelivered = $3, overdue = 0 WHERE id = $4", NULL, err, "itii", answer_by, explained,
	    (int64_t)undelivered, id);
}

bool
work_undelivered(struct db *tx, int64_t id, struct err *err)
{
	return db_run(tx, "UPDATE contact SET undelivered = 1, version = version + 1 WHERE id = $1", NULL, err, "i", id);
}

bool
work_pause(struct db *tx, int64_t id, const char *reason, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE contact SET state = 'waiting', paused_at = $1, pause_reason = $2,"
	    " confirmed_at = COALESCE(confirmed_at, $1) WHERE id = $3", NULL, err, "iti", now, reason, id);
}

bool
work_resume(struct db *tx, int64_t id, int64_t answer_by, int64_t days, struct err *err)
{
	return db_run(tx, "UPDATE contact SET state = CASE WHEN owner_id IS NULL THEN 'new' ELSE 'assigned' END,"
	    " paused_at = NULL, pause_reason = NULL, paused_days = paused_days + $1, answer_by = $2 WHERE id = $3", NULL,
	    err, "iii", days, answer_by, id);
}

bool
work_merge(struct db *tx, int64_t from, int64_t into, int64_t now, struct err *err)
{
	/* The earlier promise holds for both. */
	return db_run(tx, "UPDATE contact SET state = 'merged', merged_into_id = $1, closed_at = $2 WHERE id = $3", NULL,
	    err, "iii", into, now, from) &&
	    db_run(tx, "UPDATE contact SET answer_by = (SELECT MIN(x.answer_by) FROM contact x WHERE x.id = $1 OR x.id = $2)"
	    " WHERE id = $2 AND closed_at IS NULL", NULL, err, "ii", from, into);
}

bool
work_transferred(struct db *tx, const struct contact *c, int64_t new_id, struct err *err)
{
	return db_run(tx, "UPDATE contact SET answered_at = NULL, merged_into_id = $1 WHERE id = $2", NULL, err, "ii",
	    new_id, c->id) &&
	    db_run(tx, "UPDATE contact SET answer_by = $1, answer_explained = $2, answer_days = $3, overdue = $4"
	    " WHERE id = $5", NULL, err, "itiii", c->answer_by, c->answer_explained, c->answer_days, (int64_t)c->overdue,
	    new_id);
}

bool
work_counted_as(struct db *tx, int64_t from, int64_t to, struct err *err)
{
	return db_run(tx, "INSERT INTO mystery_contact (contact_id, test_id) SELECT CAST($2 AS BIGINT), test_id FROM mystery_contact"
	    " WHERE contact_id = $1", NULL, err, "ii", from, to);
}

bool
work_unit_of(struct db *db, int64_t unit_id, int64_t *authority_id, struct err *err)
{
	return db_id(db, "SELECT authority_id FROM unit WHERE id = $1", authority_id, err, "i", unit_id);
}

bool
work_may_own(struct db *db, int64_t authority_id, int64_t account_id, const char *today, struct err *err)
{
	int64_t one;

	return db_id(db, "SELECT ac.id FROM account ac WHERE ac.id = $1 AND ac.disabled_at IS NULL AND EXISTS"
	    " (SELECT 1 FROM role_grant g WHERE g.account_id = ac.id AND (g.authority_id IS NULL OR g.authority_id = $2)"
	    " AND g.role IN ('contact_guide', 'registrar', 'case_handler', 'unit_manager', 'department_head',"
	    " 'protected_handler') AND g.valid_from <= $3 AND (g.valid_to IS NULL OR g.valid_to >= $3))", &one, err, "iit",
	    account_id, authority_id, today);
}

bool
work_may_read(struct db *db, int64_t contact_id, int64_t account_id, struct err *err)
{
	int64_t one;

	return db_id(db, "SELECT c.id FROM contact c WHERE c.id = $3 AND " PERMITTED("c", "$1", "$2"), &one, err, "iii",
	    account_id, (int64_t)ACT_CONTACT_READ, contact_id);
}

bool
contact_readers(struct db *db, struct arena *a, int64_t authority_id, struct desk_reader **out, size_t *n, struct err *err)
{
	enum { MOST = 4000 };
	struct stmt *st = db_stmt(db, "SELECT account_id, unit_id, reach FROM account_scope WHERE action = $1 AND own = 0"
	    " AND (authority_id = 0 OR authority_id = $2) ORDER BY account_id, unit_id LIMIT 4000", err);
	struct desk_reader *list = arena_array(a, MOST, sizeof(*list));
	enum db_step step;

	*n = 0;
	bind_i64(st, 1, ACT_CONTACT_READ);
	bind_i64(st, 2, authority_id);
	while ((step = db_next(st, err)) == DB_ROW && *n < MOST)
		list[(*n)++] = (struct desk_reader){ col_i64(st, 0), col_i64(st, 1), (int)col_i64(st, 2) };
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "readers");
}

bool
work_open_unit(struct db *db, int64_t unit_id, int64_t *open_id, struct err *err)
{
	return db_id(db, "WITH RECURSIVE above (id, parent_id, authority_id, active, depth) AS ("
	    " SELECT id, parent_id, authority_id, active, 0 FROM unit WHERE id = $1"
	    " UNION ALL SELECT u.id, u.parent_id, u.authority_id, u.active, b.depth + 1 FROM unit u JOIN above b ON u.id = b.parent_id"
	    "  WHERE b.depth < 20)"
	    " SELECT u.id FROM unit u LEFT JOIN above b ON b.id = u.id"
	    " WHERE u.active = 1 AND u.authority_id = (SELECT x.authority_id FROM unit x WHERE x.id = $1)"
	    " ORDER BY CASE WHEN b.depth IS NULL THEN 99 ELSE b.depth END,"
	    "  CASE u.kind WHEN 'department' THEN 0 ELSE 1 END, u.id LIMIT 1", open_id, err, "i", unit_id);
}

bool
work_first_unit(struct db *db, int64_t authority_id, int64_t *unit_id, struct err *err)
{
	return db_id(db, "SELECT id FROM unit WHERE authority_id = $1 AND active = 1"
	    " ORDER BY CASE kind WHEN 'department' THEN 0 ELSE 1 END, id LIMIT 1", unit_id, err, "i", authority_id);
}

bool
work_disputed(struct db *tx, int64_t id, const char *ending, int64_t now, struct err *err)
{
	return db_run(tx, "INSERT INTO ending_disputed (contact_id, ending, at) VALUES ($1, $2, $3)", NULL, err, "iti", id,
	    ending, now);
}

bool
work_satisfied(struct db *tx, int64_t id, bool satisfied, struct err *err)
{
	return db_run(tx, "UPDATE contact SET satisfied = $1 WHERE id = $2", NULL, err, "ii", (int64_t)satisfied, id);
}

bool
work_release(struct db *tx, int64_t id, const struct contact *c, struct err *err)
{
	return db_run(tx, "UPDATE contact SET state = 'new', kind = 'contact', confirm_by = $1, answer_by = $2,"
	    " answer_explained = $3, answer_days = $4 WHERE id = $5 AND state = 'quarantined'", NULL, err, "iitii",
	    c->confirm_by, c->answer_by, c->answer_explained, c->answer_days, id);
}

bool
work_reach(struct db *tx, int64_t id, const char *reply_by, const char *email, const char *phone,
    const char *address, struct err *err)
{
	return db_run(tx, "UPDATE contact SET reply_by = $1, sender_email = COALESCE($2, sender_email),"
	    " sender_phone = COALESCE($3, sender_phone), sender_address = COALESCE($4, sender_address) WHERE id = $5", NULL,
	    err, "tttti", reply_by, email, phone, address, id);
}

bool
work_message_ids(struct db *db, struct arena *a, int64_t contact_id, const char **last, const char **all,
    struct err *err)
{
	static const char sql[] =
	    "SELECT message_id FROM document WHERE contact_id = $1 AND message_id IS NOT NULL ORDER BY id";
	struct stmt *st = db_stmt(db, sql, err);
	struct sb sb;
	enum db_step step;

	sb_init(&sb, a, 8000);
	*last = NULL;
	bind_i64(st, 1, contact_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		*last = col_text(st, a, 0);
		sb_addf(&sb, "%s%s", sb.len == 0 ? "" : " ", *last);
	}
	db_done(st);
	*all = sb_str(&sb);
	return step != DB_FAIL || err_add(err, "message ids");
}

bool
question_add(struct db *tx, int64_t contact_id, int64_t by, int64_t of, const char *text, int64_t now, int64_t *id,
    struct err *err)
{
	return db_id(tx, "INSERT INTO question (contact_id, asked_by, asked_of, asked_at, text)"
	    " VALUES ($1, $2, $3, $4, $5) RETURNING id", id, err, "iiiit", contact_id, by, of, now, text);
}

bool
question_answer(struct db *tx, int64_t id, int64_t by, const char *text, int64_t now, int64_t *contact_id,
    int64_t *asked_by, struct err *err)
{
	if (db_id(tx, "UPDATE question SET answer = $1, answered_at = $2 WHERE id = $3 AND asked_of = $4"
	    " AND answered_at IS NULL RETURNING contact_id", contact_id, err, "tiii", text, now, id, by))
		return db_id(tx, "SELECT asked_by FROM question WHERE id = $1", asked_by, err, "i", id);
	return err->code == ERR_NOT_FOUND ? err_set(err, ERR_CONFLICT, "question %" PRId64 " is answered or not hers", id) :
	    err_add(err, "question");
}

bool
question_of(struct db *db, struct arena *a, int64_t contact_id, struct question_list *out, struct err *err)
{
	static const char sql[] =
	    "SELECT q.id, q.contact_id, q.asked_by, q.asked_of, q.asked_at, q.answered_at, pb.name, po.name, q.text,"
	    "  q.answer FROM question q JOIN account ab ON ab.id = q.asked_by JOIN person pb ON pb.id = ab.person_id"
	    "  JOIN account ao ON ao.id = q.asked_of JOIN person po ON po.id = ao.person_id"
	    " WHERE q.contact_id = $1 ORDER BY q.id LIMIT 100";
	struct stmt *st = db_stmt(db, sql, err);
	struct question_list list = { 0 };
	enum db_step step;

	bind_i64(st, 1, contact_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		if (list.n == 0)
			list.item = arena_array(a, 100, sizeof(*list.item));
		list.item[list.n++] = (struct question){
			.id = col_i64(st, 0), .contact_id = col_i64(st, 1), .asked_by = col_i64(st, 2),
			.asked_of = col_i64(st, 3), .asked_at = col_i64(st, 4), .answered_at = col_i64(st, 5),
			.asked_by_name = col_text(st, a, 6), .asked_of_name = col_text(st, a, 7),
			.text = col_text(st, a, 8), .answer = col_text(st, a, 9),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "questions");
	*out = list;
	return true;
}

bool
colleagues(struct db *db, struct arena *a, int64_t authority_id, const char *today, struct colleague_list *out,
    struct err *err)
{
	enum { MOST = 500 };
	static const char sql[] =
	    "SELECT ac.id, COALESCE(ac.unit_id, 0), p.name, u.name,"
	    "  EXISTS (SELECT 1 FROM absence ab WHERE ab.account_id = ac.id AND ab.from_date <= $2 AND ab.to_date >= $2)"
	    "  FROM account ac JOIN person p ON p.id = ac.person_id LEFT JOIN unit u ON u.id = ac.unit_id"
	    " WHERE ac.disabled_at IS NULL AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = ac.id"
	    "   AND (g.authority_id IS NULL OR g.authority_id = $1)"
	    "   AND g.role IN ('contact_guide', 'registrar', 'case_handler', 'unit_manager', 'department_head')"
	    "   AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2))"
	    " ORDER BY u.name, p.name LIMIT 500";
	struct stmt *st = db_stmt(db, sql, err);
	struct colleague_list list = { .item = arena_array(a, MOST, sizeof(*list.item)) };
	enum db_step step;

	bind_i64(st, 1, authority_id);
	bind_text(st, 2, today);
	while ((step = db_next(st, err)) == DB_ROW && list.n < MOST) {
		list.item[list.n++] = (struct colleague){
			.account_id = col_i64(st, 0), .unit_id = col_i64(st, 1), .name = col_text(st, a, 2),
			.unit_name = col_text(st, a, 3), .away = col_i64(st, 4) != 0,
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "colleagues");
	*out = list;
	return true;
}

static bool
draft_write(struct db *tx, void *arg, struct err *err)
{
	const struct { int64_t account_id, contact_id, now; const char *text; } *in = arg;

	return db_run(tx, "INSERT INTO draft (account_id, contact_id, text, saved_at) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (account_id, contact_id) DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at", NULL,
	    err, "iiti", in->account_id, in->contact_id, in->text, in->now);
}

bool
draft_save(struct db *db, int64_t account_id, int64_t contact_id, const char *text, int64_t now, struct err *err)
{
	struct { int64_t account_id, contact_id, now; const char *text; } in = { account_id, contact_id, now, text };

	return db_write(db, draft_write, &in, err) || err_add(err, "draft");
}

bool
draft_get(struct db *db, struct arena *a, int64_t account_id, int64_t contact_id, const char **text,
    int64_t *saved_at, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT text, saved_at FROM draft WHERE account_id = $1 AND contact_id = $2", err);
	enum db_step step;

	*text = NULL;
	*saved_at = 0;
	bind_i64(st, 1, account_id);
	bind_i64(st, 2, contact_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*text = col_text(st, a, 0);
		*saved_at = col_i64(st, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "draft");
}

bool
draft_remove(struct db *tx, int64_t account_id, int64_t contact_id, struct err *err)
{
	return db_run(tx, "DELETE FROM draft WHERE account_id = $1 AND contact_id = $2", NULL, err, "ii", account_id,
	    contact_id);
}

bool
work_answer_waiting(struct db *db, int64_t document_id, int64_t *contact_id, int64_t *outbox_id, struct err *err)
{
	static const char sql[] =
	    "SELECT d.contact_id, o.id FROM document d JOIN outbox o ON o.document_id = d.id"
	    " WHERE d.id = $1 AND d.kind = 'answer' AND o.state = 'waiting' AND o.attempts = 0";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_i64(st, 1, document_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*contact_id = col_i64(st, 0);
		*outbox_id = col_i64(st, 1);
	}
	db_done(st);
	if (step == DB_END)
		return err_set(err, ERR_CONFLICT, "answer %" PRId64 " has gone", document_id);
	return step == DB_ROW || err_add(err, "answer");
}

bool
work_undo(struct db *tx, int64_t contact_id, int64_t document_id, const char *state, struct err *err)
{
	/* Only what this answer was the first to do is undone; of a plan the promise before it holds again. */
	static const char first[] =
	    "UPDATE contact SET answered_at = NULL, answer_by = COALESCE((SELECT f.promised_by FROM contact_first f"
	    " WHERE f.contact_id = contact.id AND f.planned = 1), answer_by)"
	    " WHERE id = $1 AND answered_at = (SELECT d.registered_at FROM document d WHERE d.id = $2)";
	static const char forget[] =
	    "UPDATE contact_first SET answered_at = NULL, planned = 0"
	    " WHERE contact_id = $1 AND answered_at = (SELECT d.registered_at FROM document d WHERE d.id = $2)";

	return db_run(tx, "UPDATE document SET state = 'withdrawn' WHERE id = $1", NULL, err, "i", document_id) &&
	    db_run(tx, first, NULL, err, "ii", contact_id, document_id) &&
	    db_run(tx, forget, NULL, err, "ii", contact_id, document_id) &&
	    db_run(tx, "UPDATE contact SET state = $1, ending = NULL, ending_why = NULL, closed_at = NULL,"
	    " version = version + 1 WHERE id = $2", NULL, err, "ti", state, contact_id);
}

const char *
account_address(struct db *db, struct arena *a, int64_t account_id, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT COALESCE(p.email, ac.sign_in) FROM account ac"
	    " JOIN person p ON p.id = ac.person_id WHERE ac.id = $1 AND ac.disabled_at IS NULL", err);
	const char *address = NULL;

	bind_i64(st, 1, account_id);
	if (db_next(st, err) == DB_ROW)
		address = col_text(st, a, 0);
	db_done(st);
	return address;
}

bool
work_search_moved(struct db *tx, int64_t id, int64_t authority_id, int64_t unit_id, struct err *err)
{
	return db_run(tx, "UPDATE search_doc SET authority_id = $1, unit_id = $2 WHERE kind = 'contact' AND object_id = $3",
	    NULL, err, "iii", authority_id, unit_id, id);
}

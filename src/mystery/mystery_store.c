/* mystery/mystery_store.c: questions, senders, rounds and tests in the database */
#include "mystery/mystery_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "people/rows.h"

/* $1 the account, $2 the action; `T` has authority_id. */
#define LED(T) "EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2" \
	" AND (s.authority_id = 0 OR s.authority_id = " T ".authority_id))"

/* ---- questions and senders ------------------------------------------------------------------------------------------ */

#define QUESTION "SELECT q.id, q.authority_id, q.area, q.subject, q.question, q.points, q.by_mail, q.by_phone, q.active, au.code" \
	" FROM mystery_question q JOIN authority au ON au.id = q.authority_id WHERE "
#define SENDER "SELECT q.id, q.authority_id, q.name, q.address, q.phone, q.active, au.code FROM mystery_sender q" \
	" JOIN authority au ON au.id = q.authority_id WHERE "

static void
row_question(struct stmt *st, struct arena *a, struct mystery_question *q)
{
	*q = (struct mystery_question){ .id = col_i64(st, 0), .authority_id = col_i64(st, 1), .area = col_text(st, a, 2),
		.subject = col_text(st, a, 3), .question = col_text(st, a, 4), .points = col_text(st, a, 5),
		.by_mail = col_i64(st, 6) != 0, .by_phone = col_i64(st, 7) != 0, .active = col_i64(st, 8) != 0,
		.authority_code = col_text(st, a, 9) };
}

static void
row_sender(struct stmt *st, struct arena *a, struct mystery_sender *s)
{
	*s = (struct mystery_sender){ .id = col_i64(st, 0), .authority_id = col_i64(st, 1), .name = col_text(st, a, 2),
		.address = col_text(st, a, 3), .phone = col_text(st, a, 4), .active = col_i64(st, 5) != 0,
		.authority_code = col_text(st, a, 6) };
}

static struct stmt *
led(struct db *db, const char *sql, const struct actor *actor, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_MYSTERY);
	return st;
}

bool
mystery_questions(struct db *db, struct arena *a, const struct actor *actor, struct mystery_question_list *out,
    struct err *err)
{
	struct stmt *st = led(db, QUESTION LED("q") " ORDER BY q.active DESC, q.area, q.id", actor, err);
	struct mystery_question_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_question(st, a, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "test questions");
}

bool
mystery_senders(struct db *db, struct arena *a, const struct actor *actor, struct mystery_sender_list *out,
    struct err *err)
{
	struct stmt *st = led(db, SENDER LED("q") " ORDER BY q.active DESC, q.name, q.id", actor, err);
	struct mystery_sender_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_sender(st, a, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "test senders");
}

static bool
one(enum db_step step, const char *what, int64_t id, struct err *err)
{
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "%s %" PRId64, what, id) :
	    err_set(err, ERR_NOT_FOUND, "%s %" PRId64, what, id);
}

bool
mystery_question_get(struct db *db, struct arena *a, int64_t id, struct mystery_question *out, struct err *err)
{
	struct stmt *st = db_stmt(db, QUESTION "q.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_question(st, a, out);
	db_done(st);
	return one(step, "test question", id, err);
}

bool
mystery_sender_get(struct db *db, struct arena *a, int64_t id, struct mystery_sender *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SENDER "q.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_sender(st, a, out);
	db_done(st);
	return one(step, "test sender", id, err);
}

bool
question_write(struct db *tx, const struct mystery_question *in, int64_t *id, struct err *err)
{
	if (in->id == 0)
		return db_id(tx, "INSERT INTO mystery_question (authority_id, area, subject, question, points, by_mail, by_phone, active)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", id, err, "ittttiii", in->authority_id, in->area, in->subject,
		    in->question, in->points, (int64_t)in->by_mail, (int64_t)in->by_phone, (int64_t)in->active);
	return db_id(tx, "UPDATE mystery_question SET area = $2, subject = $3, question = $4, points = $5, by_mail = $6, by_phone = $7,"
	    " active = $8 WHERE id = $1 RETURNING id", id, err, "ittttiii", in->id, in->area, in->subject, in->question, in->points,
	    (int64_t)in->by_mail, (int64_t)in->by_phone, (int64_t)in->active);
}

bool
sender_write(struct db *tx, const struct mystery_sender *in, int64_t *id, struct err *err)
{
	if (in->id == 0)
		return db_id(tx, "INSERT INTO mystery_sender (authority_id, name, address, phone, active) VALUES ($1, $2, $3, $4, $5)"
		    " RETURNING id", id, err, "ittti", in->authority_id, in->name, in->address, in->phone, (int64_t)in->active);
	return db_id(tx, "UPDATE mystery_sender SET name = $2, address = $3, phone = $4, active = $5 WHERE id = $1 RETURNING id", id,
	    err, "ittti", in->id, in->name, in->address, in->phone, (int64_t)in->active);
}

bool
sender_taken(struct db *db, const struct mystery_sender *in, bool *taken, struct err *err)
{
	int64_t n;

	if (!db_id(db, "SELECT (SELECT COUNT(*) FROM mailbox WHERE address = $1) + (SELECT COUNT(*) FROM mystery_sender"
	    " WHERE address = $1 AND id <> $2) + (SELECT COUNT(*) FROM account WHERE sign_in = $1)", &n, err, "ti", in->address, in->id))
		return false;
	*taken = n > 0;
	return true;
}

/* ---- rounds --------------------------------------------------------------------------------------------------------- */

#define ROUND "SELECT q.id, q.authority_id, q.seed, q.created_at, q.over_at, q.version, q.name, q.recipient, q.phone, q.from_date," \
	" q.to_date, q.opens, q.closes, q.state, au.code," \
	" (SELECT COUNT(*) FROM mystery_test t WHERE t.round_id = q.id)," \
	" (SELECT COUNT(*) FROM mystery_test t WHERE t.round_id = q.id AND t.asked_at IS NOT NULL)," \
	" (SELECT COUNT(*) FROM mystery_test t WHERE t.round_id = q.id AND t.judged_at IS NOT NULL)" \
	" FROM mystery_round q JOIN authority au ON au.id = q.authority_id WHERE "

static void
row_round(struct stmt *st, struct arena *a, struct mystery_round *r)
{
	*r = (struct mystery_round){ .id = col_i64(st, 0), .authority_id = col_i64(st, 1), .seed = col_i64(st, 2),
		.created_at = col_i64(st, 3), .over_at = col_i64(st, 4), .version = col_i64(st, 5), .name = col_text(st, a, 6),
		.recipient = col_text(st, a, 7), .phone = col_text(st, a, 8), .from_date = col_text(st, a, 9),
		.to_date = col_text(st, a, 10), .opens = col_text(st, a, 11), .closes = col_text(st, a, 12),
		.state = col_text(st, a, 13), .authority_code = col_text(st, a, 14), .n_tests = col_i64(st, 15),
		.n_asked = col_i64(st, 16), .n_judged = col_i64(st, 17) };
}

bool
mystery_rounds(struct db *db, struct arena *a, const struct actor *actor, struct mystery_round_list *out, struct err *err)
{
	struct stmt *st = led(db, ROUND LED("q") " ORDER BY q.from_date DESC, q.id DESC", actor, err);
	struct mystery_round_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_round(st, a, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "test rounds");
}

bool
mystery_round_get(struct db *db, struct arena *a, int64_t id, struct mystery_round *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ROUND "q.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_round(st, a, out);
	db_done(st);
	return one(step, "test round", id, err);
}

bool
round_add(struct db *tx, const struct mystery_round *in, int64_t by, int64_t now, int64_t *id, struct err *err)
{
	return db_id(tx, "INSERT INTO mystery_round (authority_id, name, recipient, phone, from_date, to_date, opens, closes, seed, state,"
	    " created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', $10, $11) RETURNING id", id, err,
	    "itttttttiii", in->authority_id, in->name, in->recipient, in->phone, in->from_date, in->to_date, in->opens, in->closes,
	    in->seed, by, now);
}

bool
round_state_set(struct db *tx, int64_t id, const char *from, const char *or_from, const char *to, int64_t over_at, struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "UPDATE mystery_round SET state = $1, over_at = $2, version = version + 1 WHERE id = $3 AND state IN ($4, $5)",
	    &n, err, "tIitt", to, over_at, id, from, or_from))
		return err_add(err, "test round %" PRId64, id);
	if (n == 1)
		return true;
	(void)err_set(err, ERR_CONFLICT, "test round %" PRId64 " is not %s", id, from);
	err->person = N_("The round has been started, ended or cancelled meanwhile. Look at what it says now.");
	return false;
}

/* ---- tests ---------------------------------------------------------------------------------------------------------- */

/* The first answer that a person sent on any contact that the question became. */
#define ANSWER "(SELECT x.id FROM document x WHERE x.contact_id IN (SELECT mc.contact_id FROM mystery_contact mc WHERE mc.test_id = t.id)" \
	" AND x.direction = 'out' AND x.registered_by IS NOT NULL AND x.kind IN ('answer', 'call_note', 'letter')" \
	" AND x.state NOT IN ('withdrawn', 'draft', 'failed') ORDER BY x.registered_at, x.id LIMIT 1)"
#define TEST "SELECT t.id, t.round_id, t.question_id, r.authority_id, t.way, t.planned_at, t.asked_at, t.area, t.subject, t.question," \
	" t.points, s.name, s.address, s.phone, t.message_id, t.contact_id, c.arrived_at, c.number, t.answer_at, d.registered_at," \
	" t.answer_text, CASE WHEN d.restricted = 0 THEN d.text END, t.judged_at, t.is_answer, t.direct, t.minutes, t.kindness," \
	" t.interest, t.clarity, t.points_met, t.remark, t.void_reason, r.state, r.name FROM mystery_test t" \
	" JOIN mystery_round r ON r.id = t.round_id LEFT JOIN mystery_sender s ON s.id = t.sender_id" \
	" LEFT JOIN contact c ON c.id = t.contact_id LEFT JOIN document d ON d.id = " ANSWER " WHERE "

static int
said(struct stmt *st, int i)
{
	return col_is_null(st, i) ? -1 : (int)col_i64(st, i);
}

static void
row_test(struct stmt *st, struct arena *a, struct mystery_test *t)
{
	int64_t came = col_i64(st, 18), sent = col_i64(st, 19);

	*t = (struct mystery_test){ .id = col_i64(st, 0), .round_id = col_i64(st, 1), .question_id = col_i64(st, 2),
		.authority_id = col_i64(st, 3), .by_phone = strcmp(col_text_or(st, a, 4, ""), "phone") == 0,
		.planned_at = col_i64(st, 5), .asked_at = col_i64(st, 6), .area = col_text(st, a, 7), .subject = col_text(st, a, 8),
		.question = col_text(st, a, 9), .points = col_text(st, a, 10), .sender_name = col_text(st, a, 11),
		.sender_address = col_text(st, a, 12), .sender_phone = col_text(st, a, 13), .message_id = col_text(st, a, 14),
		.contact_id = col_i64(st, 15), .arrived_at = col_i64(st, 16), .contact_number = col_text(st, a, 17),
		.answer_at = came == 0 || (sent != 0 && sent < came) ? sent : came,
		.answer_text = col_is_null(st, 20) ? col_text(st, a, 21) : col_text(st, a, 20), .judged = !col_is_null(st, 22),
		.is_answer = said(st, 23), .direct = said(st, 24), .minutes = said(st, 25),
		.grade = { (int)col_i64(st, 26), (int)col_i64(st, 27), (int)col_i64(st, 28) }, .points_met = col_text(st, a, 29),
		.remark = col_text(st, a, 30), .void_reason = col_text(st, a, 31), .round_state = col_text(st, a, 32),
		.round_name = col_text(st, a, 33) };
}

bool
mystery_tests(struct db *db, struct arena *a, int64_t round_id, struct mystery_test_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, TEST "t.round_id = $1 ORDER BY t.planned_at, t.id", err);
	struct mystery_test_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, round_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_test(st, a, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "tests of round %" PRId64, round_id);
}

bool
mystery_test_get(struct db *db, struct arena *a, int64_t id, struct mystery_test *out, struct err *err)
{
	struct stmt *st = db_stmt(db, TEST "t.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_test(st, a, out);
	db_done(st);
	return one(step, "test", id, err);
}

bool
test_add(struct db *tx, const struct mystery_test *in, int64_t sender_id, struct err *err)
{
	return db_run(tx, "INSERT INTO mystery_test (round_id, question_id, way, planned_at, sender_id, area, subject, question, points)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", NULL, err, "iitiItttt", in->round_id, in->question_id,
	    in->by_phone ? "phone" : "mail", in->planned_at, sender_id, in->area, in->subject, in->question, in->points);
}

bool
short_days(struct db *db, struct arena *a, struct date from, const struct plan_short_day **out, size_t *n, struct err *err)
{
	struct date_str day = date_text(from);
	struct plan_short_day *list;
	struct local_day_list days;

	if (!local_day_list(db, a, day.s, &days, err))
		return false;
	list = arena_array(a, days.n, sizeof(*list));
	*n = 0;
	for (size_t i = 0; i < days.n; i++) {
		int closes = days.item[i].closes_at == NULL ? 0 : plan_minutes(days.item[i].closes_at);

		if (date_parse(days.item[i].date, &list[*n].day) && closes >= 0)
			list[(*n)++].closes = closes;
	}
	*out = list;
	return true;
}

static bool
ids_of(struct stmt *st, struct arena *a, struct ids *out, struct err *err)
{
	enum db_step step;
	size_t cap = 0;

	*out = (struct ids){ 0 };
	while ((step = db_next(st, err)) == DB_ROW) {
		out->id = rows_room(a, out->id, out->n, &cap, sizeof(*out->id));
		out->id[out->n++] = col_i64(st, 0);
	}
	db_done(st);
	return step != DB_FAIL;
}

bool
tests_due(struct db *db, struct arena *a, int64_t now, struct ids *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT t.id FROM mystery_test t JOIN mystery_round r ON r.id = t.round_id"
	    " WHERE t.asked_at IS NULL AND t.planned_at <= $1 AND t.way = 'mail' AND t.void_reason IS NULL AND r.state = 'running'"
	    " ORDER BY t.planned_at LIMIT 50", err);

	bind_i64(st, 1, now);
	return ids_of(st, a, out, err) || err_add(err, "tests that are due");
}

bool
test_sent(struct db *tx, int64_t id, const char *message_id, int64_t outbox_id, int64_t now, struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "UPDATE mystery_test SET message_id = $1, outbox_id = $2, asked_at = $3 WHERE id = $4 AND asked_at IS NULL", &n,
	    err, "tiii", message_id, outbox_id, now, id))
		return err_add(err, "test %" PRId64, id);
	return n == 1 || err_set(err, ERR_CONFLICT, "test %" PRId64 " has been sent", id);
}

bool
test_by_message(struct db *db, const char *message_id, int64_t *id, int64_t *contact_id, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, contact_id FROM mystery_test WHERE message_id = $1", err);
	enum db_step step;

	*id = *contact_id = 0;
	bind_text(st, 1, message_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*id = col_i64(st, 0);
		*contact_id = col_i64(st, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "test of a message");
}

bool
test_by_contact(struct db *db, int64_t contact_id, int64_t *id, struct err *err)
{
	return db_id(db, "SELECT COALESCE(MAX(test_id), 0) FROM mystery_contact WHERE contact_id = $1", id, err, "i", contact_id);
}

bool
sender_is_ours(struct db *db, const char *address, bool *ours, struct err *err)
{
	int64_t n;

	if (!db_id(db, "SELECT COUNT(*) FROM mystery_sender WHERE address = $1", &n, err, "t", address))
		return false;
	*ours = n > 0;
	return true;
}

static bool
mark(struct db *tx, int64_t contact_id, int64_t test_id, struct err *err)
{
	return db_run(tx, "INSERT INTO mystery_contact (contact_id, test_id) VALUES ($1, $2) ON CONFLICT (contact_id) DO NOTHING", NULL,
	    err, "ii", contact_id, test_id) && db_run(tx, "UPDATE mystery_test SET contact_id = COALESCE(contact_id, $1) WHERE id = $2", NULL,
	    err, "ii", contact_id, test_id);
}

bool
test_arrived(struct db *tx, int64_t id, int64_t contact_id, struct err *err)
{
	return mark(tx, contact_id, id, err) || err_add(err, "test %" PRId64 " arrives", id);
}

bool
test_answer_came(struct db *tx, int64_t id, const char *text, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE mystery_test SET answer_at = $1, answer_text = $2 WHERE id = $3 AND answer_at IS NULL", NULL, err, "iti",
	    now, text, id) || err_add(err, "answer to test %" PRId64, id);
}

/* From an hour before to the end of the day after. */
bool
test_calls_found(struct db *tx, int64_t id, struct err *err)
{
	struct arena *a = arena_open();
	struct stmt *st = db_stmt(tx, "SELECT c.id FROM mystery_test t JOIN mystery_sender s ON s.id = t.sender_id"
	    " JOIN contact c ON c.sender_phone = s.phone AND c.arrived_at >= t.asked_at - 3600 AND c.arrived_at < t.asked_at + 86400"
	    " WHERE t.id = $1 AND t.way = 'phone' AND c.channel IN ('phone', 'sms')"
	    " AND c.id NOT IN (SELECT contact_id FROM mystery_contact) ORDER BY c.arrived_at, c.id", err);
	struct ids found;
	bool ok;

	bind_i64(st, 1, id);
	ok = ids_of(st, a, &found, err);
	for (size_t i = 0; ok && i < found.n; i++)
		ok = mark(tx, found.id[i], id, err);
	arena_close(a);
	return ok || err_add(err, "contacts of test %" PRId64, id);
}

bool
test_judged(struct db *tx, const struct mystery_judgement *in, int64_t by, int64_t now, struct err *err)
{
	struct stmt *st = db_stmt(tx, "UPDATE mystery_test SET is_answer = $2, direct = $3, minutes = $4, kindness = $5, interest = $6,"
	    " clarity = $7, points_met = $8, remark = $9, judged_by = $10, judged_at = $11,"
	    " asked_at = CASE WHEN CAST($12 AS BIGINT) IS NULL THEN asked_at ELSE $12 END WHERE id = $1", err);
	enum db_step step;

	bind_i64(st, 1, in->test_id);
	if (in->is_answer < 0)
		bind_null(st, 2);
	else
		bind_i64(st, 2, in->is_answer);
	if (in->direct < 0)
		bind_null(st, 3);
	else
		bind_i64(st, 3, in->direct);
	if (in->minutes < 0)
		bind_null(st, 4);
	else
		bind_i64(st, 4, in->minutes);
	for (int i = 0; i < GRADES; i++)
		bind_i64_or_null(st, 5 + i, in->grade[i]);
	bind_text(st, 8, in->points_met);
	bind_text(st, 9, in->remark);
	bind_i64(st, 10, by);
	bind_i64(st, 11, now);
	bind_i64_or_null(st, 12, in->called_at);
	step = db_next(st, err);
	db_done(st);
	return step != DB_FAIL || err_add(err, "judging test %" PRId64, in->test_id);
}

bool
test_void_set(struct db *tx, int64_t id, const char *why, struct err *err)
{
	return db_run(tx, "UPDATE mystery_test SET void_reason = $1 WHERE id = $2", NULL, err, "ti", why, id) ||
	    err_add(err, "leaving out test %" PRId64, id);
}

bool
round_contacts(struct db *db, struct arena *a, int64_t round_id, struct ids *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT m.contact_id FROM mystery_contact m JOIN mystery_test t ON t.id = m.test_id"
	    " WHERE t.round_id = $1 ORDER BY m.contact_id", err);

	bind_i64(st, 1, round_id);
	return ids_of(st, a, out, err) || err_add(err, "contacts of round %" PRId64, round_id);
}

bool
contact_test_end(struct db *tx, int64_t contact_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE contact SET state = 'test', closed_at = $1, paused_at = NULL, pause_reason = NULL"
	    " WHERE id = $2 AND closed_at IS NULL", NULL, err, "ii", now, contact_id) || err_add(err, "ending contact %" PRId64, contact_id);
}

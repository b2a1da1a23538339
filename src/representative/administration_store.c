/* representative/administration_store.c: questions to the administration, and what is late, in the database */
#include "representative/administration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/clock.h"
#include "contact/site_words.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "law/promise.h"
#include "people/account.h"
#include "people/office.h"
#include "people/rows.h"
#include "registry/document.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

#define RESTRICTED " (CASE WHEN COALESCE(m.restricted, 0) > c.restricted THEN m.restricted ELSE c.restricted END)"
#define COLUMNS "SELECT q.id, q.escalation_id, q.contact_id, q.authority_id, q.unit_id, q.asked_by, q.asked_of, c.number," \
	" bp.name, op.name, wp.name, q.text, q.answer, q.asked_at, q.answer_by, q.answer_days, q.answered_at, q.reminded_at," \
	" q.thanked_at, q.answer_explained, q.overdue," RESTRICTED
#define TABLES " FROM administration_question q JOIN contact c ON c.id = q.contact_id LEFT JOIN matter m ON m.id = c.matter_id" \
	" JOIN account ba ON ba.id = q.asked_by JOIN person bp ON bp.id = ba.person_id" \
	" JOIN account oa ON oa.id = q.asked_of JOIN person op ON op.id = oa.person_id" \
	" LEFT JOIN account wa ON wa.id = q.answered_by LEFT JOIN person wp ON wp.id = wa.person_id"

static const char ONE[] = COLUMNS TABLES " WHERE q.id = $1";
static const char OF[] = COLUMNS TABLES " WHERE q.escalation_id = $1 ORDER BY q.id";
static const char WAITING[] = COLUMNS TABLES " WHERE EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1"
    " AND s.action = $2 AND (s.authority_id = 0 OR s.authority_id = q.authority_id) AND s.own = 0"
    " AND (s.unit_id = 0 OR s.unit_id = q.unit_id) AND s.reach >= " RESTRICTED ")"
    " ORDER BY CASE WHEN q.answered_at IS NULL THEN 0 ELSE 1 END, q.answer_by, q.id LIMIT 200";
static const char DUE[] = COLUMNS TABLES " WHERE q.answered_at IS NULL AND q.answer_by <= $1 AND q.overdue < 3"
    " ORDER BY q.id LIMIT 1000";

static void
row_question(struct stmt *st, struct arena *a, struct administration_question *q)
{
	*q = (struct administration_question){
		.id = col_i64(st, 0), .escalation_id = col_i64(st, 1), .contact_id = col_i64(st, 2),
		.authority_id = col_i64(st, 3), .unit_id = col_i64(st, 4), .asked_by = col_i64(st, 5),
		.asked_of = col_i64(st, 6), .contact_number = col_text(st, a, 7), .asked_by_name = col_text(st, a, 8),
		.asked_of_name = col_text(st, a, 9), .answered_by_name = col_text(st, a, 10), .text = col_text(st, a, 11),
		.answer = col_text(st, a, 12), .asked_at = col_i64(st, 13), .answer_by = col_i64(st, 14),
		.answer_days = col_i64(st, 15), .answered_at = col_i64(st, 16), .reminded_at = col_i64(st, 17),
		.thanked_at = col_i64(st, 18), .answer_explained = col_text(st, a, 19), .overdue = (int)col_i64(st, 20),
		.restricted = (int)col_i64(st, 21),
	};
}

static bool
rows(struct stmt *st, struct arena *a, struct administration_list *out, struct err *err)
{
	struct administration_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_question(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "questions to the administration");
	*out = list;
	return true;
}

bool
administration_get(struct db *db, struct arena *a, int64_t id, struct administration_question *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);
	struct administration_list list;

	bind_i64(st, 1, id);
	if (!rows(st, a, &list, err))
		return false;
	if (list.n == 0)
		return err_set(err, ERR_NOT_FOUND, "question %" PRId64, id);
	*out = list.item[0];
	return true;
}

bool
administration_of(struct db *db, struct arena *a, int64_t escalation_id, struct administration_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, OF, err);

	bind_i64(st, 1, escalation_id);
	return rows(st, a, out, err);
}

bool
administration_waiting(struct db *db, struct arena *a, const struct actor *actor, struct administration_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, WAITING, err);

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_ADMINISTRATION_ANSWER);
	return rows(st, a, out, err);
}

struct object
administration_object(const struct administration_question *q)
{
	return (struct object){ .authority_id = q->authority_id, .unit_id = q->unit_id, .owner_id = q->asked_of,
		.restricted = (enum reach)q->restricted };
}

bool
administration_heads(struct db *db, struct arena *a, const struct contact *c, int64_t now, struct head **out, size_t *n,
    struct err *err)
{
	int64_t *account;
	struct head *list;

	if (!leaders_of(db, a, c->authority_id, c->unit_id, "department_head", local_date(now), &account, n, err))
		return false;
	list = arena_array(a, *n, sizeof(*list));
	for (size_t i = 0; i < *n; i++) {
		struct account one;

		if (!account_get(db, a, account[i], &one, err))
			return false;
		list[i] = (struct head){ account[i], one.name };
	}
	*out = list;
	return true;
}

struct job {
	struct arena *a;
	const struct actor *by;
	int64_t now, id, escalation_id, of;
	const char *text, *by_day;
	enum nudge nudge;
	struct contact c;
	struct administration_question q;
	int64_t told;
	int to;
};

static bool
note(struct db *tx, const struct job *j, const char *action, struct err *err)
{
	return event_note(tx, j->now, j->by->account_id, action, "administration_question", j->q.id, j->c.id, j->c.matter_id,
	    j->c.authority_id, j->c.restricted, NULL, err);
}

static bool
tell(struct db *tx, struct job *j, int64_t account_id, const char *msgid, const char *path, struct err *err)
{
	const char *to = account_address(tx, j->a, account_id, err);

	if (to == NULL)
		return err->code == ERR_NONE;
	j->told++;
	return outbox_put(tx, &(struct outbox_message){ .contact_id = j->c.id, .recipient = to,
		.subject = arena_printf(j->a, "%s: %s", j->c.number, tr("sv", msgid)),
		.text = arena_printf(j->a, "%s\n\n%s%s\n", tr("sv", msgid), site_text(tx, j->a, "site.base_url", ""), path),
		.automatic = true }, j->now, NULL, err);
}

/* The head who is asked: the first, or the one chosen. Anybody else is an official, and is not asked. */
static bool
choose_head(struct db *tx, struct job *j, struct head *out, struct err *err)
{
	struct head *head;
	size_t n;

	if (!administration_heads(tx, j->a, &j->c, j->now, &head, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (j->of == 0 || head[i].account_id == j->of) {
			*out = head[i];
			return true;
		}
	}
	return err_input(err, "of", n == 0 ? N_("There is no head of this department here. Ask the committee's secretary to help you.") :
	    N_("A representative asks the head of the administration, and gives no official work. Put your question to the head, or raise it in your committee."));
}

static bool
dates(struct db *tx, struct job *j, struct err *err)
{
	struct date today = local_date(j->now), by;
	struct date_str from = date_text(today);
	int days;

	if (j->by_day == NULL || *j->by_day == '\0') {
		j->q.answer_days = ADMINISTRATION_DAYS;
		return clock_working_days(tx, j->a, today, ADMINISTRATION_DAYS, &j->q.answer_by, &j->q.answer_explained, err);
	}
	if (!date_parse(j->by_day, &by) || date_cmp(by, today) <= 0)
		return err_input(err, "by_day", N_("Write a day to come as YYYY-MM-DD, or leave it empty."));
	if (!clock_days_between(tx, j->a, today, by, &days, err))
		return false;
	j->q.answer_days = days;
	j->q.answer_by = law_end_of(by);
	j->q.answer_explained = arena_printf(j->a, "{\"from\": \"%s\", \"days\": %d, \"skipped\": [], \"asked_for\": true}", from.s,
	    days);
	return true;
}

static bool
document(struct db *tx, struct job *j, const char *kind, const char *sender, const char *recipient, int64_t *id,
    struct err *err)
{
	return document_add(tx, &(struct document){ .authority_id = j->c.authority_id, .contact_id = j->c.id,
	    .matter_id = j->c.matter_id, .direction = "internal", .kind = kind, .state = "completed", .registered_at = j->now,
	    .registered_by = j->by->account_id, .sender = sender, .recipient = recipient, .title = j->c.subject,
	    .text = j->text, .restricted = j->c.restricted }, id, err);
}

static bool
ask(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct escalation e;
	struct head head = { 0 };
	int64_t document_id;

	if (!escalation_get(tx, j->a, j->escalation_id, &e, err) || !contact_get(tx, j->a, e.contact_id, &j->c, err) ||
	    !choose_head(tx, j, &head, err) || !dates(tx, j, err) ||
	    !document(tx, j, "administration_question", j->by->name, head.name, &document_id, err) ||
	    !db_id(tx, "INSERT INTO administration_question (escalation_id, contact_id, authority_id, unit_id, asked_by, asked_of,"
	    " text, document_id, asked_at, answer_by, answer_days, answer_explained) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	    " $10, $11, $12) RETURNING id", &j->q.id, err, "iiiIiitiiiit", e.id, j->c.id, j->c.authority_id, j->c.unit_id,
	    j->by->account_id, head.account_id, j->text, document_id, j->now, j->q.answer_by, j->q.answer_days,
	    j->q.answer_explained))
		return err_add(err, "question");
	return note(tx, j, "administration.asked", err) && tell(tx, j, head.account_id,
	    N_("An elected representative asks the administration"), "/fragor", err);
}

static bool
has_words(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0' && strlen(text) <= ESCALATION_TEXT_MAX && utf8_valid(text);
}

bool
administration_ask(struct db *db, struct arena *a, int64_t escalation_id, int64_t of, const char *text, const char *by_day,
    const struct actor *by, int64_t now, int64_t *id, struct err *err)
{
	struct job j = { .a = a, .by = by, .now = now, .escalation_id = escalation_id, .of = of, .text = text,
		.by_day = by_day };

	if (!has_words(text))
		return err_input(err, "question", N_("Write your question, in at most 8,000 characters."));
	if (!db_write(db, ask, &j, err))
		return err_add(err, "asking about escalation %" PRId64, escalation_id);
	if (id != NULL)
		*id = j.q.id;
	return true;
}

static bool
load(struct db *tx, struct job *j, struct err *err)
{
	return administration_get(tx, j->a, j->id, &j->q, err) && contact_get(tx, j->a, j->q.contact_id, &j->c, err);
}

static bool
answer(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	int64_t document_id, changed = 0;

	if (!load(tx, j, err) || !document(tx, j, "administration_answer", j->by->name, j->q.asked_by_name, &document_id, err) ||
	    !db_run(tx, "UPDATE administration_question SET answer = $1, answered_at = $2, answered_by = $3,"
	    " answer_document_id = $4 WHERE id = $5 AND answered_at IS NULL", &changed, err, "tiiii", j->text, j->now,
	    j->by->account_id, document_id, j->id))
		return false;
	if (changed == 0) {
		(void)err_set(err, ERR_CONFLICT, "question %" PRId64 " is answered", j->id);
		err->person = N_("Somebody has answered it already.");
		return false;
	}
	return note(tx, j, "administration.answered", err) && tell(tx, j, j->q.asked_by,
	    N_("The administration has answered your question"),
	    arena_printf(j->a, "/skrivbord/%" PRId64, j->q.escalation_id), err);
}

bool
administration_answer(struct db *db, struct arena *a, int64_t id, const char *text, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .now = now, .id = id, .text = text };

	if (!has_words(text))
		return err_input(err, "text", N_("Write your answer, in at most 8,000 characters."));
	return db_write(db, answer, &j, err) || err_add(err, "answering question %" PRId64, id);
}

static bool
nudge(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	bool thank = j->nudge == NUDGE_THANK;

	if (!load(tx, j, err))
		return false;
	if (thank && (j->q.answered_at == 0 || j->q.thanked_at != 0))
		return err_input(err, "nudge", N_("There is nothing to thank for yet, or you have done it already."));
	if (!thank && (j->q.answered_at != 0 || (j->q.reminded_at != 0 && j->now - j->q.reminded_at < DAY_S)))
		return err_input(err, "nudge", N_("It is answered, or you have reminded of it in the last day."));
	return (thank ? db_run(tx, "UPDATE administration_question SET thanked_at = $1 WHERE id = $2", NULL, err, "ii", j->now,
	    j->id) : db_run(tx, "UPDATE administration_question SET reminded_at = $1 WHERE id = $2", NULL, err, "ii", j->now,
	    j->id)) && note(tx, j, thank ? "administration.thanked" : "administration.reminded", err) &&
	    tell(tx, j, j->q.asked_of, thank ? N_("A representative thanks you for your answer") :
	    N_("A representative reminds you of a question"), "/fragor", err);
}

bool
administration_nudge(struct db *db, struct arena *a, int64_t id, enum nudge which, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .now = now, .id = id, .nudge = which };

	return db_write(db, nudge, &j, err) || err_add(err, "nudging question %" PRId64, id);
}

static bool
raise_level(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	int64_t changed = 0;

	j->told = 0;
	if (!load(tx, j, err) || !db_run(tx, "UPDATE administration_question SET overdue = $1 WHERE id = $2 AND overdue < $1"
	    " AND answered_at IS NULL", &changed, err, "ii", (int64_t)j->to, j->id))
		return false;
	return changed == 0 || (tell(tx, j, j->q.asked_of, N_("The day you should have answered a representative has passed"),
	    "/fragor", err) && (j->to < 2 || tell(tx, j, j->q.asked_by,
	    N_("The administration has not answered you in time; the chair's list shows it"), "/skrivbord", err)) &&
	    note(tx, j, "administration.overdue", err));
}

bool
administration_tick(struct db *db, struct arena *a, int64_t now, int64_t *told, struct err *err)
{
	struct stmt *st = db_stmt(db, DUE, err);
	struct administration_list list;
	struct law_closed closed;

	bind_i64(st, 1, now);
	if (!rows(st, a, &list, err) || !clock_closed_days(db, a, date_of("1990-01-01"), &closed, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct actor nobody = { 0 };
		struct job j = { .a = a, .by = &nobody, .now = now, .id = list.item[i].id,
			.to = law_overdue_level(list.item[i].answer_by, now, &closed) };

		if (j.to <= list.item[i].overdue)
			continue;
		if (!db_write(db, raise_level, &j, err))
			return err_add(err, "late question %" PRId64, j.id);
		*told += j.told;
	}
	return true;
}

/* ---- what is late ---- */

static bool
late_rows(struct db *db, struct arena *a, const char *sql, int64_t authority_id, int64_t now, struct late_rows *list,
    size_t *cap, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_i64(st, 1, authority_id);
	bind_i64(st, 2, now);
	while ((step = db_next(st, err)) == DB_ROW) {
		list->item = rows_room(a, list->item, list->n, cap, sizeof(*list->item));
		list->item[list->n++] = (struct late_row){ .kind = col_text(st, a, 0), .number = col_text(st, a, 1),
			.to = col_text(st, a, 2), .by = col_i64(st, 3), .days = col_i64(st, 4), .explained = col_text(st, a, 5),
			.overdue = (int)col_i64(st, 6) };
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "what is late");
}

static int
oldest_promise(const void *a, const void *b)
{
	const struct late_row *x = a, *y = b;

	return (x->by > y->by) - (x->by < y->by);
}

bool
late_list(struct db *db, struct arena *a, int64_t authority_id, int64_t now, struct late_rows *out, struct err *err)
{
	/* Numbers of what is secret or protected are not shown either: only that there is something. */
	static const char escalations[] =
	    "SELECT e.level, CASE WHEN c.restricted = 0 THEN c.number ELSE '***' END, COALESCE(rp.name, ap.name), e.answer_by,"
	    " e.answer_days, e.answer_explained, e.overdue FROM escalation e JOIN contact c ON c.id = e.contact_id"
	    " LEFT JOIN representative r ON r.id = e.representative_id LEFT JOIN person rp ON rp.id = r.person_id"
	    " LEFT JOIN account ac ON ac.id = e.account_id LEFT JOIN person ap ON ap.id = ac.person_id"
	    " WHERE (e.authority_id = $1 OR c.authority_id = $1) AND e.answered_at IS NULL AND e.closed_at IS NULL"
	    " AND e.answer_by <= $2 ORDER BY e.answer_by, e.id LIMIT 500";
	static const char questions[] =
	    "SELECT 'administration', CASE WHEN c.restricted = 0 THEN c.number ELSE '***' END, p.name, q.answer_by, q.answer_days,"
	    " q.answer_explained, q.overdue FROM administration_question q JOIN contact c ON c.id = q.contact_id"
	    " JOIN escalation e ON e.id = q.escalation_id JOIN account a ON a.id = q.asked_of JOIN person p ON p.id = a.person_id"
	    " WHERE (q.authority_id = $1 OR e.authority_id = $1) AND q.answered_at IS NULL AND q.answer_by <= $2"
	    " ORDER BY q.answer_by, q.id LIMIT 500";
	static const char contacts[] =
	    "SELECT 'contact', CASE WHEN c.restricted = 0 THEN c.number ELSE '***' END, u.name, c.answer_by, c.answer_days,"
	    " c.answer_explained, c.overdue FROM contact c LEFT JOIN unit u ON u.id = c.unit_id WHERE c.authority_id = $1"
	    " AND c.closed_at IS NULL AND c.answer_by <= $2 AND c.overdue >= 2 AND c.paused_at IS NULL"
	    " ORDER BY c.answer_by, c.id LIMIT 500";
	size_t cap = 0;

	*out = (struct late_rows){ 0 };
	if (!late_rows(db, a, escalations, authority_id, now, out, &cap, err) ||
	    !late_rows(db, a, questions, authority_id, now, out, &cap, err) ||
	    !late_rows(db, a, contacts, authority_id, now, out, &cap, err))
		return false;
	if (out->n > 1)
		qsort(out->item, out->n, sizeof(*out->item), oldest_promise);
	return true;
}

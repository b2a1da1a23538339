/* representative/escalation_store.c: escalations and notes to self in the database */
#include "representative/escalation_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "contact/counted.h"
#include "db/db.h"
#include "people/rows.h"

#define RESTRICTED " (CASE WHEN COALESCE(m.restricted, 0) > c.restricted THEN m.restricted ELSE c.restricted END)"
#define COLUMNS "SELECT e.id, e.version, e.contact_id, e.representative_id, e.account_id, e.authority_id, e.unit_id," \
	" e.matter_id, c.number, e.level, e.state, e.about, e.channel, e.words, COALESCE(rp.name, ap.name), au.code, au.name," \
	" em.number, e.consent, e.consent_at, e.consent_withdrawn_at, e.decision_date, e.decision_kind, e.appeal_last_day," \
	" e.appeal_explained, e.classified, e.asked_at, e.answer_by, e.answer_days, e.answered_at, e.closed_at," \
	" e.answer_document_id, e.answer_explained, e.overdue," RESTRICTED
#define TABLES " FROM escalation e JOIN contact c ON c.id = e.contact_id JOIN authority au ON au.id = e.authority_id" \
	" LEFT JOIN matter m ON m.id = c.matter_id LEFT JOIN matter em ON em.id = e.matter_id" \
	" LEFT JOIN representative r ON r.id = e.representative_id LEFT JOIN person rp ON rp.id = r.person_id" \
	" LEFT JOIN account ac ON ac.id = e.account_id LEFT JOIN person ap ON ap.id = ac.person_id"
/* As PERMITTED wants it; own rows are not asked about here. */
#define IN_SCOPE "EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2" \
	" AND (s.authority_id = 0 OR s.authority_id = e.authority_id) AND (s.unit_id = 0 OR s.unit_id = e.unit_id)" \
	" AND s.own = 0 AND s.reach >= " RESTRICTED ")"

static const char ONE[] = COLUMNS TABLES " WHERE e.id = $1";
static const char OF_CONTACT[] = COLUMNS TABLES " WHERE e.contact_id = $1 ORDER BY e.id";
static const char MINE[] = COLUMNS TABLES " WHERE e.account_id = $1 AND e.level <> 'manager' AND e.state <> 'to_classify'"
    " AND COALESCE(m.restricted, 0) = 0 AND c.restricted = 0"
    " ORDER BY CASE e.state WHEN 'open' THEN 0 ELSE 1 END, e.answer_by, e.id LIMIT 200";
static const char MANAGED[] = COLUMNS TABLES " WHERE e.level = 'manager' AND e.state <> 'to_classify' AND " IN_SCOPE
    " ORDER BY CASE e.state WHEN 'open' THEN 0 ELSE 1 END, e.answer_by, e.id LIMIT 200";
static const char TO_CLASSIFY[] = COLUMNS TABLES " WHERE e.state = 'to_classify' AND " IN_SCOPE
    " ORDER BY e.answer_by, e.id LIMIT 200";
static const char SINCE[] = COLUMNS TABLES " WHERE e.id > $1 AND e.asked_at >= $2 AND ($3 = '' OR e.state = $3)"
    " AND ($4 = '' OR au.code = $4) ORDER BY e.id LIMIT $5";
static const char INSERT[] =
    "INSERT INTO escalation (contact_id, level, state, about, representative_id, account_id, authority_id, unit_id, channel,"
    " taken_by, words, consent, consent_at, decision_date, appeal_last_day, appeal_explained, asked_at, answer_by, answer_days,"
    " answer_explained) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    " RETURNING id";

static void
row_escalation(struct stmt *st, struct arena *a, struct escalation *e)
{
	*e = (struct escalation){
		.id = col_i64(st, 0), .version = col_i64(st, 1), .contact_id = col_i64(st, 2),
		.representative_id = col_i64(st, 3), .account_id = col_i64(st, 4), .authority_id = col_i64(st, 5),
		.unit_id = col_i64(st, 6), .matter_id = col_i64(st, 7), .contact_number = col_text(st, a, 8),
		.level = col_text(st, a, 9), .state = col_text(st, a, 10), .about = col_text(st, a, 11),
		.channel = col_text(st, a, 12), .words = col_text(st, a, 13), .to = col_text(st, a, 14),
		.authority_code = col_text(st, a, 15), .authority_name = col_text(st, a, 16),
		.matter_number = col_text(st, a, 17), .consent = consent_parse(col_text(st, a, 18)),
		.consent_at = col_i64(st, 19), .consent_withdrawn_at = col_i64(st, 20), .decision_date = col_text(st, a, 21),
		.decision_kind = col_text(st, a, 22), .appeal_last_day = col_text(st, a, 23),
		.appeal_explained = col_text(st, a, 24), .classified = col_text(st, a, 25), .asked_at = col_i64(st, 26),
		.answer_by = col_i64(st, 27), .answer_days = col_i64(st, 28), .answered_at = col_i64(st, 29),
		.closed_at = col_i64(st, 30), .answer_document_id = col_i64(st, 31), .answer_explained = col_text(st, a, 32),
		.overdue = (int)col_i64(st, 33), .restricted = (int)col_i64(st, 34),
	};
}

static bool
rows(struct stmt *st, struct arena *a, struct escalation_list *out, struct err *err)
{
	struct escalation_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_escalation(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "escalations");
	*out = list;
	return true;
}

bool
escalation_get(struct db *db, struct arena *a, int64_t id, struct escalation *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);
	struct escalation_list list;

	bind_i64(st, 1, id);
	if (!rows(st, a, &list, err))
		return false;
	if (list.n == 0)
		return err_set(err, ERR_NOT_FOUND, "escalation %" PRId64, id);
	*out = list.item[0];
	return true;
}

bool
escalation_of_contact(struct db *db, struct arena *a, int64_t contact_id, struct escalation_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, OF_CONTACT, err);

	bind_i64(st, 1, contact_id);
	return rows(st, a, out, err);
}

bool
escalation_mine(struct db *db, struct arena *a, const struct actor *actor, struct escalation_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, MINE, err);

	bind_i64(st, 1, actor->account_id);
	return rows(st, a, out, err);
}

bool
escalation_waiting(struct db *db, struct arena *a, const struct actor *actor, enum action action,
    struct escalation_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, action == ACT_ESCALATION_CLASSIFY ? TO_CLASSIFY : MANAGED, err);

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, action);
	return rows(st, a, out, err);
}

bool
escalation_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct escalation_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SINCE, err);

	bind_i64(st, 1, after_id);
	bind_i64(st, 2, since);
	bind_text(st, 3, state == NULL ? "" : state);
	bind_text(st, 4, authority_code == NULL ? "" : authority_code);
	bind_i64(st, 5, (int64_t)limit);
	return rows(st, a, out, err);
}

bool
escalation_insert(struct db *tx, struct arena *a, const struct escalation *e, int64_t taken_by, int64_t *id,
    struct err *err)
{
	return db_id(tx, INSERT, id, err, "itttIIiItIttItttiiit", e->contact_id, e->level, e->state, e->about,
	    e->representative_id, e->account_id, e->authority_id, e->unit_id, e->channel, taken_by, e->words,
	    consent_words(a, e->consent), e->consent_at, e->decision_date, e->appeal_last_day, e->appeal_explained, e->asked_at,
	    e->answer_by, e->answer_days, e->answer_explained) || err_add(err, "escalation");
}

bool
escalation_touch(struct db *tx, int64_t id, int64_t version, struct err *err)
{
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE escalation SET version = version + 1 WHERE id = $1 AND ($2 = 0 OR version = $2)", &changed, err,
	    "ii", id, version))
		return err_add(err, "escalation");
	if (changed == 1)
		return true;
	(void)err_set(err, ERR_CONFLICT, "escalation %" PRId64 " changed", id);
	err->person = N_("Somebody changed this while you were writing. Your words are kept: read what is new and send again.");
	return false;
}

bool
escalation_same(struct db *tx, const struct escalation *e, int64_t *id, struct err *err)
{
	return db_id(tx, "SELECT COALESCE(MAX(id), 0) FROM escalation WHERE contact_id = $1 AND answered_at IS NULL"
	    " AND closed_at IS NULL AND (($2 <> 0 AND representative_id = $2) OR ($2 = 0 AND level = $3))", id, err, "iit",
	    e->contact_id, e->representative_id, e->level);
}

bool
escalation_open_set(struct db *tx, const struct escalation *e, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET state = $1, account_id = $2, authority_id = $3, unit_id = $4, answer_by = $5,"
	    " answer_days = $6, answer_explained = $7, overdue = 0 WHERE id = $8", NULL, err, "tIiIiiti", e->state,
	    e->account_id, e->authority_id, e->unit_id, e->answer_by, e->answer_days, e->answer_explained, e->id);
}

bool
escalation_answered_set(struct db *tx, int64_t id, int64_t document_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET state = 'answered', answered_at = $1, answer_document_id = $2 WHERE id = $3",
	    NULL, err, "iIi", now, document_id, id);
}

bool
escalation_later_set(struct db *tx, int64_t id, int64_t document_id, int64_t by, const char *explained, int64_t days,
    struct err *err)
{
	return db_run(tx, "UPDATE escalation SET answer_by = $1, answer_explained = $2, answer_days = $3,"
	    " answer_document_id = $4, overdue = 0 WHERE id = $5", NULL, err, "itiIi", by, explained, days, document_id, id);
}

bool
escalation_classified_set(struct db *tx, const struct escalation *e, int64_t by, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET classified = $1, classified_by = $2, classified_at = $3, decision_kind = $4,"
	    " decision_date = $5, appeal_last_day = $6, state = $7, closed_at = $8, matter_id = $9 WHERE id = $10", NULL, err,
	    "tiittttIIi", e->classified, by, now, e->decision_kind, e->decision_date, e->appeal_last_day, e->state,
	    e->closed_at, e->matter_id, e->id);
}

bool
escalation_consent_set(struct db *tx, struct arena *a, int64_t id, unsigned consent, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET consent = $1, consent_at = $2, consent_withdrawn_at = $3 WHERE id = $4", NULL,
	    err, "tIIi", consent_words(a, consent), consent != 0 ? now : (int64_t)0, consent == 0 ? now : (int64_t)0, id);
}

bool
escalation_matter_set(struct db *tx, int64_t id, int64_t matter_id, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET matter_id = $1 WHERE id = $2", NULL, err, "ii", matter_id, id);
}

bool
contact_matter_state(struct db *db, struct arena *a, int64_t contact_id, const char **state, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT m.state FROM contact c JOIN matter m ON m.id = c.matter_id WHERE c.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, contact_id);
	*state = NULL;
	if ((step = db_next(st, err)) == DB_ROW)
		*state = col_text(st, a, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "matter of a contact");
}

bool
escalation_orphans(struct db *db, struct arena *a, const char *day, int64_t **id, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT e.id FROM escalation e WHERE e.level <> 'manager' AND e.answered_at IS NULL"
	    " AND e.closed_at IS NULL AND e.state = 'open' AND NOT EXISTS (SELECT 1 FROM mandate m"
	    " WHERE m.representative_id = e.representative_id AND m.authority_id = e.authority_id AND m.from_date <= $1"
	    " AND (m.to_date IS NULL OR m.to_date >= $1)) ORDER BY e.id LIMIT 1000", err);
	enum db_step step;
	size_t cap = 0;

	*id = NULL;
	*n = 0;
	bind_text(st, 1, day);
	while ((step = db_next(st, err)) == DB_ROW) {
		*id = rows_room(a, *id, *n, &cap, sizeof(**id));
		(*id)[(*n)++] = col_i64(st, 0);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "escalations of former representatives");
}

bool
escalation_passed_set(struct db *tx, int64_t id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE escalation SET state = 'passed_on', closed_at = $1 WHERE id = $2", NULL, err, "ii", now, id);
}

bool
escalation_due(struct db *db, struct arena *a, int64_t now, struct due_rows *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, answer_by, overdue FROM escalation WHERE answered_at IS NULL"
	    " AND closed_at IS NULL AND answer_by <= $1 AND overdue < 3 ORDER BY id LIMIT 1000", err);
	struct due_rows list = { 0 };
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, now);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct due_row){ col_i64(st, 0), col_i64(st, 1), (int)col_i64(st, 2) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "late escalations");
	*out = list;
	return true;
}

bool
escalation_overdue_set(struct db *tx, int64_t id, int from, int to, bool *changed, struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "UPDATE escalation SET overdue = $1 WHERE id = $2 AND overdue = $3 AND answered_at IS NULL"
	    " AND closed_at IS NULL", &n, err, "iii", (int64_t)to, id, (int64_t)from))
		return err_add(err, "late escalation");
	*changed = n == 1;
	return true;
}

bool
escalation_similar(struct db *db, const struct contact *c, int64_t now, struct similar *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT COUNT(*), COUNT(answered_at), COALESCE(SUM(CASE WHEN"
	    " COALESCE(answered_at, $4) > answer_by THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN place = $5 THEN 1 ELSE 0 END), 0) FROM contact c WHERE authority_id = $1"
	    " AND " COUNTED_CONTACT("c") " AND (category_id = $2 OR (CAST($2 AS BIGINT) IS NULL AND category_id IS NULL)) AND received_at > $4 - 7776000"
	    " AND id <> $3 AND restricted = 0 AND state <> 'quarantined' AND kind = 'contact'", err);
	enum db_step step;

	bind_i64(st, 1, c->authority_id);
	bind_i64_or_null(st, 2, c->category_id);
	bind_i64(st, 3, c->id);
	bind_i64(st, 4, now);
	bind_text(st, 5, c->place);
	if ((step = db_next(st, err)) == DB_ROW)
		*out = (struct similar){ col_i64(st, 0), col_i64(st, 1), col_i64(st, 2), col_i64(st, 3) };
	db_done(st);
	return step == DB_ROW || err_add(err, "similar contacts");
}

/* ---- notes to self ---- */

bool
self_notes(struct db *db, struct arena *a, int64_t account_id, int64_t escalation_id, struct self_note **out, size_t *n,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, written_at, text FROM representative_note WHERE account_id = $1"
	    " AND escalation_id = $2 ORDER BY id", err);
	struct self_note *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	bind_i64(st, 1, account_id);
	bind_i64(st, 2, escalation_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct self_note){ col_i64(st, 0), col_i64(st, 1), col_text(st, a, 2) };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "notes to self");
}

struct note_write { int64_t account_id, escalation_id, id, now; const char *text; };

static bool
note_insert(struct db *tx, void *arg, struct err *err)
{
	const struct note_write *w = arg;

	return db_run(tx, "INSERT INTO representative_note (account_id, escalation_id, text, written_at)"
	    " VALUES ($1, $2, $3, $4)", NULL, err, "iiti", w->account_id, w->escalation_id, w->text, w->now);
}

static bool
note_delete(struct db *tx, void *arg, struct err *err)
{
	const struct note_write *w = arg;

	return db_run(tx, "DELETE FROM representative_note WHERE id = $1 AND account_id = $2", NULL, err, "ii", w->id,
	    w->account_id);
}

/* No event: the timeline is an official document, and this is none. */
bool
self_note_add(struct db *db, int64_t account_id, int64_t escalation_id, const char *text, int64_t now, struct err *err)
{
	struct note_write w = { .account_id = account_id, .escalation_id = escalation_id, .text = text, .now = now };

	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0' || strlen(text) > ESCALATION_TEXT_MAX)
		return err_input(err, "note", N_("Write the note first."));
	return db_write(db, note_insert, &w, err);
}

bool
self_note_remove(struct db *db, int64_t account_id, int64_t id, struct err *err)
{
	struct note_write w = { .account_id = account_id, .id = id };

	return db_write(db, note_delete, &w, err);
}

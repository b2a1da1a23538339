/* registry/matter_store.c: matters in the database */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/utf8.h"
#include "db/db.h"
#include "db/search.h"
#include "law/calendar.h"
#include "people/rows.h"
#include "registry/document.h"
#include "registry/matter.h"
#include "law/number.h"
#include "registry/secrecy.h"
#include "timeline/event.h"

#define COLUMNS "m.id, m.version, m.authority_id, m.unit_id, m.owner_id, m.number, au.code, au.name, u.name, p.name," \
	" m.title_internal, m.title_public, m.title_approved_at, m.title_approved_by, m.state, m.classification," \
	" m.appeal_kind, m.initiator, m.opened_date, m.closed_date, m.void_reason, m.registered_at, m.restricted," \
	" (SELECT MIN(dl.date) FROM deadline dl WHERE dl.matter_id = m.id AND dl.done_at IS NULL AND dl.kind <> 'fl12_six_months')"
#define TABLES " FROM matter m JOIN authority au ON au.id = m.authority_id LEFT JOIN unit u ON u.id = m.unit_id" \
	" LEFT JOIN account ac ON ac.id = m.owner_id LEFT JOIN person p ON p.id = ac.person_id"

static const char ONE[] = "SELECT " COLUMNS TABLES " WHERE m.id = $1";
static const char BY_NUMBER[] = "SELECT " COLUMNS TABLES " WHERE m.number = $1";
static const char LIST[] =
    "SELECT " COLUMNS TABLES " WHERE m.id < $3"
    " AND ($4 = '' OR m.state = $4 OR ($4 = 'open' AND m.state NOT IN ('closed', 'archived', 'void')))"
    " AND ($5 = 0 OR m.authority_id = $5) AND ($6 = 0 OR m.unit_id = $6) AND ($7 = 0 OR m.owner_id = $7)"
    " AND ($8 = '' OR m.classification = $8 OR substr(m.classification, 1, length($8) + 1) = $8 || '.')"
    " AND ($9 = '' OR m.appeal_kind = $9) AND ($11 = '' OR EXISTS (SELECT 1 FROM deadline ld WHERE ld.matter_id = m.id"
    "  AND ld.done_at IS NULL AND ld.kind <> 'fl12_six_months' AND ld.date < $11))"
    " AND " PERMITTED("m", "$1", "$2") " ORDER BY m.id DESC LIMIT $10";
static const char SINCE[] =
    "SELECT " COLUMNS TABLES " WHERE m.id > $1 AND m.registered_at >= $2 AND ($3 = '' OR m.state = $3)"
    " AND ($4 = '' OR au.code = $4) ORDER BY m.id LIMIT $5";

static void
row_matter(struct stmt *st, struct arena *a, struct matter *m)
{
	*m = (struct matter){
		.id = col_i64(st, 0), .version = col_i64(st, 1), .authority_id = col_i64(st, 2), .unit_id = col_i64(st, 3),
		.owner_id = col_i64(st, 4), .number = col_text(st, a, 5), .authority_code = col_text(st, a, 6),
		.authority_name = col_text(st, a, 7), .unit_name = col_text(st, a, 8), .owner_name = col_text(st, a, 9),
		.title_internal = col_text(st, a, 10), .title_public = col_text(st, a, 11),
		.title_approved_at = col_i64(st, 12), .title_approved_by = col_i64(st, 13), .state = col_text(st, a, 14),
		.classification = col_text(st, a, 15), .appeal_kind = col_text(st, a, 16), .initiator = col_text(st, a, 17),
		.opened_date = col_text(st, a, 18), .closed_date = col_text(st, a, 19), .void_reason = col_text(st, a, 20),
		.registered_at = col_i64(st, 21), .restricted = (int)col_i64(st, 22),
		.next_deadline = col_text(st, a, 23),
	};
}

static bool
one(struct stmt *st, struct arena *a, struct matter *out, const char *what, struct err *err)
{
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		row_matter(st, a, out);
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "matter %s", what) : err_set(err, ERR_NOT_FOUND, "matter %s", what);
}

bool
matter_get(struct db *db, struct arena *a, int64_t id, struct matter *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);

	bind_i64(st, 1, id);
	return one(st, a, out, "by id", err);
}

bool
matter_by_number(struct db *db, struct arena *a, const char *number, struct matter *out, struct err *err)
{
	struct stmt *st = db_stmt(db, BY_NUMBER, err);

	bind_text(st, 1, number);
	return one(st, a, out, number, err);
}

static bool
rows(struct stmt *st, struct arena *a, size_t limit, struct matter_list *out, struct err *err)
{
	struct matter_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < limit)
		row_matter(st, a, &list.item[list.n++]);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "matters");
	*out = list;
	return true;
}

bool
matter_list(struct db *db, struct arena *a, const struct actor *actor, const struct matter_filter *f,
    struct matter_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, LIST, err);

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_MATTER_READ);
	bind_i64(st, 3, f->before == 0 ? INT64_MAX : f->before);
	bind_text(st, 4, f->state == NULL ? "" : f->state);
	bind_i64(st, 5, f->authority_id);
	bind_i64(st, 6, f->unit_id);
	bind_i64(st, 7, f->owner_id);
	bind_text(st, 8, f->classification == NULL ? "" : f->classification);
	bind_text(st, 9, f->appeal_kind == NULL ? "" : f->appeal_kind);
	bind_i64(st, 10, (int64_t)f->limit);
	bind_text(st, 11, f->late_on == NULL ? "" : f->late_on);
	return rows(st, a, f->limit, out, err);
}

bool
matter_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct matter_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SINCE, err);

	bind_i64(st, 1, after_id);
	bind_i64(st, 2, since);
	bind_text(st, 3, state == NULL ? "" : state);
	bind_text(st, 4, authority_code == NULL ? "" : authority_code);
	bind_i64(st, 5, (int64_t)limit);
	return rows(st, a, limit, out, err);
}

struct job {
	const struct matter_in *in;
	const struct actor *by;
	struct arena *a;
	int64_t id, version, contact_id, unit_id, owner_id, now;
	const char *state, *title, *title_public, *reason, *classification, *appeal_kind, *initiator;
	bool approve;
};

static bool
run(struct db *db, db_write_fn *fn, struct job *j, const char *what, struct err *err)
{
	bool ok;

	j->a = arena_open();
	ok = db_write(db, fn, j, err) || err_add(err, "%s a matter", what);
	arena_close(j->a);
	return ok;
}

static bool
note(struct db *tx, const struct job *j, const struct matter *m, int64_t contact_id, const char *action,
    const char *data, struct err *err)
{
	return event_note(tx, j->now, j->by->account_id, action, "matter", m->id, contact_id, m->id, m->authority_id,
	    m->restricted, data, err);
}

/* Raises the version; ERR_CONFLICT when somebody was first. */
static bool
touch(struct db *tx, const struct job *j, struct matter *m, struct err *err)
{
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE matter SET version = version + 1 WHERE id = $1 AND ($2 = 0 OR version = $2)", &changed, err,
	    "ii", j->id, j->version))
		return err_add(err, "matter");
	if (changed != 1) {
		(void)err_set(err, ERR_CONFLICT, "matter %" PRId64 " changed", j->id);
		err->person = N_("Somebody changed this matter while you were writing. Read what is new and send again.");
		return false;
	}
	return matter_get(tx, j->a, j->id, m, err);
}

static bool
join_contact(struct db *tx, struct job *j, const struct matter *m, int64_t contact_id, struct err *err)
{
	int64_t authority_id, n;

	if (!db_id(tx, "SELECT authority_id FROM contact WHERE id = $1 AND matter_id IS NULL", &authority_id, err, "i",
	    contact_id)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		(void)err_set(err, ERR_CONFLICT, "contact %" PRId64 " is in a matter", contact_id);
		err->person = N_("This contact already belongs to a matter.");
		return false;
	}
	if (authority_id != m->authority_id)
		return err_input(err, "matter", N_("That matter belongs to another authority. Transfer the contact there first."));
	return db_run(tx, "UPDATE contact SET matter_id = $1, version = version + 1 WHERE id = $2", NULL, err, "ii", m->id,
	    contact_id) && document_join_matter(tx, contact_id, m->id, &n, err) &&
	    restriction_settle(tx, contact_id, m->id, 0, err) &&
	    note(tx, j, m, contact_id, "matter.contact_added", arena_printf(j->a, "{\"documents\": %" PRId64 "}", n), err);
}

/* FL 11 and 12 §§: only in matters that are appealed on their merits, started by an individual (FL 2 §; invariant 9). They
 * come when a matter is such a one, and go when it no longer is. */
static bool
set_timers(struct db *tx, const struct matter *m, struct err *err)
{
	if (strcmp(m->appeal_kind, "merits") != 0 || strcmp(m->initiator, "individual") != 0)
		return db_run(tx, "DELETE FROM deadline WHERE matter_id = $1 AND kind LIKE 'fl1%'", NULL, err, "i", m->id);
	return db_run(tx, "INSERT INTO deadline (matter_id, kind, date, basis) SELECT $1, 'fl12_six_months', $2, $3"
	    " WHERE NOT EXISTS (SELECT 1 FROM deadline WHERE matter_id = $1 AND kind = 'fl12_six_months')", NULL, err, "itt",
	    m->id, date_text(law_months(date_of(m->opened_date), 6).date).s, "Förvaltningslag (2017:900) 12 §");
}

static bool
search_matter(struct db *tx, const struct job *j, const struct matter *m, struct err *err)
{
	return search_put(tx, "matter", m->id, m->authority_id, m->unit_id, m->restricted, j->now,
	    arena_printf(j->a, "%s %s %s", m->number, m->title_internal, m->title_public == NULL ? "" : m->title_public), err) &&
	    db_run(tx, "UPDATE search_doc SET owner_id = $1 WHERE kind = 'matter' AND object_id = $2", NULL, err, "Ii",
	    m->owner_id, m->id);
}

/* Any code while no table has been loaded; then one of the table's. */
static bool
known_code(struct db *tx, const char *code, struct err *err)
{
	int64_t known = 0;

	if (code == NULL)
		return true;
	if (!db_id(tx, "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM classification) OR"
	    " EXISTS (SELECT 1 FROM classification WHERE code = $1) THEN 1 ELSE 0 END", &known, err, "t", code))
		return false;
	return known != 0 || err_input(err, "classification", N_("There is no such code in the classification table."));
}

static bool
open_matter(struct db *tx, void *arg, struct err *err)
{
	static const char insert[] =
	    "INSERT INTO matter (authority_id, year, serial, number, title_internal, state, unit_id, owner_id,"
	    "  classification, appeal_kind, initiator, opened_date, registered_at, restricted)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";
	struct job *j = arg;
	const struct matter_in *in = j->in;
	struct date today = local_date(j->now);
	const char *number, *code, *template;
	struct matter m;
	int64_t serial;
	struct stmt *st = db_stmt(tx, "SELECT code, number_template FROM authority WHERE id = $1", err);
	enum db_step step;

	bind_i64(st, 1, in->authority_id);
	step = db_next(st, err);
	code = step == DB_ROW ? col_text(st, j->a, 0) : "";
	template = step == DB_ROW ? col_text(st, j->a, 1) : "";
	db_done(st);
	if (step != DB_ROW)
		return step == DB_FAIL ? false : err_input(err, "authority", N_("Choose an authority."));
	if (!known_code(tx, in->classification, err))
		return false;
	if (!serial_next(tx, in->authority_id, "matter", today.year, &serial, err))
		return false;
	if ((number = number_print(j->a, template, code, today.year, serial)) == NULL)
		return err_set(err, ERR_BUG, "number template of authority %" PRId64, in->authority_id);
	if (!db_id(tx, insert, &j->id, err, "iiitttIIttttii", in->authority_id,
	    (int64_t)today.year, serial, number, in->title, in->owner_id != 0 ? "assigned" : "registered", in->unit_id,
	    in->owner_id, in->classification, in->appeal_kind == NULL ? "none" : in->appeal_kind,
	    in->initiator == NULL ? "individual" : in->initiator, date_text(today).s, j->now, (int64_t)in->restricted))
		return err_add(err, "matter row");
	return matter_get(tx, j->a, j->id, &m, err) && set_timers(tx, &m, err) &&
	    note(tx, j, &m, in->contact_id, "matter.opened", NULL, err) && search_matter(tx, j, &m, err) &&
	    (in->contact_id == 0 || (secrecy_copy(tx, "contact", in->contact_id, "matter", m.id, err) &&
	    join_contact(tx, j, &m, in->contact_id, err)));
}

bool
matter_open(struct db *db, const struct matter_in *in, const struct actor *by, int64_t now, int64_t *id, struct err *err)
{
	struct job j = { .in = in, .by = by, .now = now };

	if (in->title == NULL || in->title[strspn(in->title, " ")] == '\0' || strlen(in->title) > MATTER_TITLE_MAX ||
	    !utf8_valid(in->title))
		return err_input(err, "title", N_("Write a title of at most 300 characters that reveals nothing secret."));
	if (!run(db, open_matter, &j, "opening", err))
		return false;
	*id = j.id;
	return true;
}

static bool
add_contact(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	return touch(tx, j, &m, err) && join_contact(tx, j, &m, j->contact_id, err);
}

bool
matter_add_contact(struct db *db, int64_t matter_id, int64_t contact_id, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .id = matter_id, .contact_id = contact_id, .now = now };

	return run(db, add_contact, &j, "adding to", err);
}

/* Why a matter may not be closed yet (rule book 1.9), or NULL. */
static const char *
not_closable(struct db *tx, int64_t id, struct err *err)
{
	static const struct { const char *sql, *why; } checks[] = {
		{ "SELECT COUNT(*) FROM document WHERE matter_id = $1 AND state = 'draft'",
		    N_("A document is still a draft. Complete it or take it away first.") },
		{ "SELECT COUNT(*) FROM document WHERE matter_id = $1 AND state = 'queued'",
		    N_("An answer has not been sent yet. Wait until it has gone.") },
		{ "SELECT COUNT(*) FROM contact WHERE matter_id = $1 AND closed_at IS NULL",
		    N_("A contact in this matter has not been answered.") },
		{ "SELECT COUNT(*) FROM deadline WHERE matter_id = $1 AND done_at IS NULL AND kind IN ('own', 'fl12_decision')",
		    N_("A deadline is still open.") },
		{ "SELECT COUNT(*) FROM secrecy_mark s WHERE s.lifted_at IS NULL AND (s.section = '' OR s.marked_date = '') AND"
		    " ((s.object = 'matter' AND s.object_id = $1) OR (s.object = 'document' AND s.object_id IN"
		    "  (SELECT id FROM document WHERE matter_id = $1)))",
		    N_("A secrecy mark lacks its section or date.") },
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		int64_t n = 0;

		if (!db_id(tx, checks[i].sql, &n, err, "i", id))
			return "";
		if (n > 0)
			return checks[i].why;
	}
	return NULL;
}

static bool
set_state(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const char *const *next;
	const char *why;
	struct matter m;

	if (!touch(tx, j, &m, err))
		return false;
	for (next = matter_next_states(m.state); *next != NULL && strcmp(*next, j->state) != 0; next++)
		;
	if (*next == NULL)
		return err_input(err, "state", N_("The matter cannot go there from where it is."));
	if (strcmp(j->state, "closed") == 0 && (why = not_closable(tx, m.id, err)) != NULL)
		return err->code == ERR_NONE ? err_input(err, "state", why) : false;
	if (strcmp(j->state, "assigned") == 0 && m.owner_id == 0)
		return err_input(err, "state", N_("Choose a handler first."));
	/* TF 2:10: what was never sent is drawn up, and so official, when its matter is settled. Notes are not kept (2:12). */
	if (strcmp(j->state, "closed") == 0 && !db_run(tx, "UPDATE document SET state = 'archived' WHERE matter_id = $1"
	    " AND direction = 'internal' AND kind <> 'note' AND state = 'completed'", NULL, err, "i", m.id))
		return false;
	return db_run(tx, "UPDATE matter SET state = $1, closed_date = $2 WHERE id = $3", NULL, err, "tti", j->state,
	    strcmp(j->state, "closed") == 0 ? date_text(local_date(j->now)).s : NULL, m.id) &&
	    note(tx, j, &m, 0, "matter.state", arena_printf(j->a, "{\"from\": \"%s\", \"to\": \"%s\"}", m.state, j->state),
	    err);
}

bool
matter_state(struct db *db, int64_t id, int64_t version, const char *state, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .id = id, .version = version, .state = state, .now = now };

	return run(db, set_state, &j, "changing", err);
}

static bool
set_titles(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	if (!touch(tx, j, &m, err))
		return false;
	if (j->approve && m.restricted == REACH_PROTECTED)
		return err_input(err, "title_public", N_("Nothing is published about a matter with a protected person in it."));
	if (!db_run(tx, "UPDATE matter SET title_internal = $1, title_public = $2, title_approved_by = $3,"
	    " title_approved_at = $4 WHERE id = $5", NULL, err, "ttIIi", j->title, j->title_public,
	    j->approve ? j->by->account_id : (int64_t)0, j->approve ? j->now : (int64_t)0, m.id) ||
	    !matter_get(tx, j->a, j->id, &m, err))
		return false;
	return search_matter(tx, j, &m, err) && note(tx, j, &m, 0, j->approve ? "matter.title_approved" : "matter.titled",
	    NULL, err);
}

bool
matter_titles(struct db *db, int64_t id, int64_t version, const char *title_internal, const char *title_public,
    bool approve, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .id = id, .version = version, .title = title_internal, .title_public = title_public,
		.approve = approve, .now = now };

	if (title_internal == NULL || *title_internal == '\0' || strlen(title_internal) > MATTER_TITLE_MAX)
		return err_input(err, "title", N_("Write a title of at most 300 characters that reveals nothing secret."));
	if (approve && (title_public == NULL || *title_public == '\0'))
		return err_input(err, "title_public", N_("Write the public title before you approve it."));
	return run(db, set_titles, &j, "naming", err);
}

static bool
assign(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;
	int64_t found;

	if (!touch(tx, j, &m, err))
		return false;
	if (j->unit_id != 0 && !db_id(tx, "SELECT id FROM unit WHERE id = $1 AND authority_id = $2", &found, err, "ii",
	    j->unit_id, m.authority_id))
		return err->code == ERR_NOT_FOUND ? err_input(err, "unit", N_("Choose a unit of that authority.")) : false;
	if (j->owner_id != 0 && j->owner_id != m.owner_id && !db_id(tx, "SELECT ac.id FROM account ac WHERE ac.id = $1"
	    " AND ac.disabled_at IS NULL AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = ac.id"
	    " AND (g.authority_id IS NULL OR g.authority_id = $2))", &found, err, "ii", j->owner_id, m.authority_id))
		return err->code == ERR_NOT_FOUND ? err_input(err, "owner", N_("Choose somebody who works here.")) : false;
	return db_run(tx, "UPDATE matter SET unit_id = $1, owner_id = $2,"
	    " state = CASE WHEN state = 'registered' AND $3 <> 0 THEN 'assigned' ELSE state END WHERE id = $4", NULL, err,
	    "IIii", j->unit_id, j->owner_id, j->owner_id, m.id) &&
	    db_run(tx, "UPDATE search_doc SET unit_id = $1, owner_id = $2 WHERE (kind = 'matter' AND object_id = $3)"
	    " OR (kind = 'document' AND object_id IN (SELECT id FROM document WHERE matter_id = $3))", NULL, err, "iIi",
	    j->unit_id, j->owner_id, m.id) && note(tx, j, &m, 0, "matter.assigned",
	    arena_printf(j->a, "{\"unit\": %" PRId64 ", \"owner\": %" PRId64 "}", j->unit_id, j->owner_id), err);
}

bool
matter_assign(struct db *db, int64_t id, int64_t version, int64_t unit_id, int64_t owner_id, const struct actor *by,
    int64_t now, struct err *err)
{
	struct job j = { .by = by, .id = id, .version = version, .unit_id = unit_id, .owner_id = owner_id, .now = now };

	return run(db, assign, &j, "assigning", err);
}

static bool
classify(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	if (!touch(tx, j, &m, err) || !known_code(tx, j->classification, err))
		return false;
	if (!db_run(tx, "UPDATE matter SET classification = $1, appeal_kind = $2, initiator = $3 WHERE id = $4", NULL, err,
	    "ttti", j->classification, j->appeal_kind, j->initiator, m.id) || !matter_get(tx, j->a, m.id, &m, err))
		return false;
	return set_timers(tx, &m, err) && note(tx, j, &m, 0, "matter.classified", arena_printf(j->a,
	    "{\"appeal_kind\": \"%s\", \"initiator\": \"%s\"}", j->appeal_kind, j->initiator), err);
}

static bool
one_of(const char *word, const char *const *list)
{
	for (; word != NULL && *list != NULL; list++) {
		if (strcmp(word, *list) == 0)
			return true;
	}
	return false;
}

bool
matter_classify(struct db *db, int64_t id, int64_t version, const char *classification, const char *appeal_kind,
    const char *initiator, const struct actor *by, int64_t now, struct err *err)
{
	static const char *const kinds[] = { "legality", "merits", "special", "none", NULL };
	static const char *const initiators[] = { "individual", "committee", "member", "auditor", "authority", NULL };
	struct job j = { .by = by, .id = id, .version = version, .now = now, .appeal_kind = appeal_kind,
		.initiator = initiator,
		.classification = classification == NULL || *classification == '\0' ? NULL : classification };

	if (!one_of(appeal_kind, kinds))
		return err_input(err, "appeal_kind", N_("Choose one of the alternatives."));
	if (!one_of(initiator, initiators))
		return err_input(err, "initiator", N_("Choose one of the alternatives."));
	return run(db, classify, &j, "classifying", err);
}

/* The contacts and what they brought may go into the right matter instead. Those of a protected person stay: the number
 * and the titles stand for good, and are hers to be shielded from. */
static bool
let_go(struct db *tx, const struct matter *m, struct err *err)
{
	int64_t contact_id = 0;

	while (m->restricted < REACH_PROTECTED && db_id(tx, "SELECT id FROM contact WHERE matter_id = $1 ORDER BY id LIMIT 1",
	    &contact_id, err, "i", m->id)) {
		if (!db_run(tx, "UPDATE contact SET matter_id = NULL, version = version + 1 WHERE id = $1", NULL, err, "i", contact_id) ||
		    !db_run(tx, "UPDATE document SET matter_id = NULL, number = NULL WHERE contact_id = $1", NULL, err, "i",
		    contact_id) || !restriction_settle(tx, contact_id, 0, 0, err))
			return false;
	}
	if (err->code != ERR_NONE && err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct err){ 0 };
	return true;
}

static bool
make_void(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	if (!touch(tx, j, &m, err))
		return false;
	if (strcmp(m.state, "void") == 0)
		return err_set(err, ERR_CONFLICT, "matter %" PRId64 " is void", m.id);
	return db_run(tx, "UPDATE matter SET state = 'void', void_reason = $1, closed_date = $2"
	    " WHERE id = $3", NULL, err, "tti", j->reason, date_text(local_date(j->now)).s, m.id) &&
	    let_go(tx, &m, err) && note(tx, j, &m, 0, "matter.void", NULL, err);
}

bool
matter_void(struct db *db, int64_t id, const char *reason, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .id = id, .reason = reason, .now = now };

	if (reason == NULL || reason[strspn(reason, " \n")] == '\0')
		return err_input(err, "reason", N_("Say why it was opened by mistake: the number stays visible with the reason."));
	return run(db, make_void, &j, "making void", err);
}

bool
matter_contacts(struct db *db, struct arena *a, const struct actor *actor, int64_t matter_id,
    struct matter_contact **out, size_t *n, struct err *err)
{
	static const char sql[] =
	    "SELECT c.id, c.number, c.subject, c.state, c.received_date, c.restricted, c.closed_at FROM contact c"
	    " WHERE c.matter_id = $3 AND " PERMITTED("c", "$1", "$2") " ORDER BY c.id";
	struct stmt *st = db_stmt(db, sql, err);
	struct matter_contact *list = NULL;
	size_t got = 0, cap = 0;
	enum db_step step;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_READ);
	bind_i64(st, 3, matter_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, got, &cap, sizeof(*list));
		list[got++] = (struct matter_contact){ .id = col_i64(st, 0), .number = col_text(st, a, 1),
			.subject = col_text(st, a, 2), .state = col_text(st, a, 3), .received_date = col_text(st, a, 4),
			.restricted = (int)col_i64(st, 5), .closed = !col_is_null(st, 6) };
	}
	db_done(st);
	*out = list;
	*n = got;
	return step != DB_FAIL || err_add(err, "contacts of a matter");
}

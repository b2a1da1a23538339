/* registry/deadline_store.c: the dates of a matter, each with its basis in law */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "db/db.h"
#include "law/calendar.h"
#include "people/office.h"
#include "people/rows.h"
#include "people/site.h"
#include "registry/matter.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

#define FL12 "Förvaltningslag (2017:900) 12 §; lag (1930:173) 2 §"
#define FL11 "Förvaltningslag (2017:900) 11 §"

struct job {
	const struct actor *by;
	struct arena *a;
	int64_t matter_id, deadline_id, now;
	const char *name, *basis, *told;
	struct date date;
};

bool
deadline_of(struct db *db, struct arena *a, int64_t matter_id, struct deadline_list *out, struct err *err)
{
	static const char sql[] =
	    "SELECT d.id, d.matter_id, d.kind, d.date, d.basis, d.name, d.explained, d.done_at, p.name FROM deadline d"
	    " LEFT JOIN account ac ON ac.id = d.set_by LEFT JOIN person p ON p.id = ac.person_id"
	    " WHERE d.matter_id = $1 ORDER BY CASE WHEN d.done_at IS NULL THEN 0 ELSE 1 END, d.date, d.id";
	struct stmt *st = db_stmt(db, sql, err);
	struct deadline_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	bind_i64(st, 1, matter_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct deadline){ .id = col_i64(st, 0), .matter_id = col_i64(st, 1),
			.kind = col_text(st, a, 2), .date = col_text(st, a, 3), .basis = col_text(st, a, 4),
			.name = col_text(st, a, 5), .explained = col_text(st, a, 6), .done_at = col_i64(st, 7),
			.set_by_name = col_text(st, a, 8) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "deadlines");
	*out = list;
	return true;
}

static bool
run(struct db *db, db_write_fn *fn, struct job *j, struct err *err)
{
	bool ok;

	j->a = arena_open();
	ok = db_write(db, fn, j, err) || err_add(err, "deadline of matter %" PRId64, j->matter_id);
	arena_close(j->a);
	return ok;
}

/* The matter, open, its version raised: a deadline is part of it. */
static bool
open_matter(struct db *tx, struct job *j, struct matter *m, struct err *err)
{
	if (!matter_get(tx, j->a, j->matter_id, m, err))
		return false;
	if (strcmp(m->state, "closed") == 0 || strcmp(m->state, "archived") == 0 || strcmp(m->state, "void") == 0) {
		(void)err_set(err, ERR_CONFLICT, "matter %" PRId64 " is closed", m->id);
		err->person = N_("The matter is closed. Take it up again first.");
		return false;
	}
	return db_run(tx, "UPDATE matter SET version = version + 1 WHERE id = $1", NULL, err, "i", m->id);
}

static bool
note(struct db *tx, const struct job *j, const struct matter *m, const char *action, const char *date, struct err *err)
{
	return event_note(tx, j->now, j->by->account_id, action, "matter", m->id, 0, m->id, m->authority_id, m->restricted,
	    arena_printf(j->a, "{\"date\": \"%s\"}", date), err);
}

static bool
insert(struct db *tx, const struct job *j, const char *kind, const char *explained, struct err *err)
{
	return db_run(tx, "INSERT INTO deadline (matter_id, kind, date, basis, name, explained, set_by, set_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", NULL, err, "itttttii", j->matter_id, kind, date_text(j->date).s,
	    j->basis, j->name, explained, j->by->account_id, j->now);
}

static bool
set(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	return open_matter(tx, j, &m, err) && insert(tx, j, "own", NULL, err) &&
	    note(tx, j, &m, "matter.deadline", date_text(j->date).s, err);
}

static bool
has_words(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0' && utf8_valid(text);
}

bool
deadline_set(struct db *db, int64_t matter_id, const char *name, struct date date, const char *basis,
    const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .matter_id = matter_id, .name = name, .date = date, .basis = basis, .now = now };

	if (!has_words(name) || strlen(name) > 200)
		return err_input(err, "deadline_name", N_("Say what must be ready by then."));
	if (!has_words(basis) || strlen(basis) > 200)
		return err_input(err, "basis", N_("Say what the date rests on: a statute, a decision, an agreement."));
	return run(db, set, &j, err);
}

static bool
done(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;
	int64_t changed;

	if (!open_matter(tx, j, &m, err) || !db_run(tx, "UPDATE deadline SET done_at = $1 WHERE id = $2 AND matter_id = $3"
	    " AND done_at IS NULL AND kind <> 'fl12_six_months'", &changed, err, "iii", j->now, j->deadline_id, m.id))
		return false;
	if (changed != 1)
		return err_set(err, ERR_NOT_FOUND, "deadline %" PRId64 " of matter %" PRId64, j->deadline_id, m.id);
	return note(tx, j, &m, "matter.deadline_done", date_text(local_date(j->now)).s, err);
}

bool
deadline_done(struct db *db, int64_t matter_id, int64_t deadline_id, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .matter_id = matter_id, .deadline_id = deadline_id, .now = now };

	return run(db, done, &j, err);
}

static bool
timed(const struct matter *m, const char *field, struct err *err)
{
	return (strcmp(m->appeal_kind, "merits") == 0 && strcmp(m->initiator, "individual") == 0) ||
	    err_input(err, field, N_("This holds only in a matter that an individual has begun and that is appealed on its merits (FL 2 §)."));
}

static bool
estimate(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;
	struct deadline_list list;

	if (!open_matter(tx, j, &m, err) || !timed(&m, "estimate", err) ||
	    !deadline_of(tx, j->a, m.id, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (strcmp(list.item[i].kind, "fl11_estimate") != 0)
			continue;
		if (strcmp(date_text(j->date).s, list.item[i].date) > 0 && !has_words(j->told))
			return err_input(err, "told", N_("Tell the party that it will take longer, and write here why, as you told it (FL 11 §)."));
		return db_run(tx, "UPDATE deadline SET date = $1, explained = $2, set_by = $3, set_at = $4 WHERE id = $5", NULL,
		    err, "ttiii", date_text(j->date).s, has_words(j->told) ? j->told : list.item[i].explained,
		    j->by->account_id, j->now, list.item[i].id) &&
		    note(tx, j, &m, "matter.deadline", date_text(j->date).s, err);
	}
	return insert(tx, j, "fl11_estimate", has_words(j->told) ? j->told : NULL, err) &&
	    note(tx, j, &m, "matter.deadline", date_text(j->date).s, err);
}

bool
deadline_estimate(struct db *db, int64_t matter_id, struct date date, const char *told, const struct actor *by,
    int64_t now, struct err *err)
{
	struct job j = { .by = by, .matter_id = matter_id, .date = date, .told = told, .basis = FL11, .now = now };

	if (date_cmp(date, local_date(now)) < 0)
		return err_input(err, "estimate", N_("Choose a day to come."));
	return run(db, estimate, &j, err);
}

static bool
delay_request(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct law_period four = law_weeks(j->date, 4);
	struct deadline_list list;
	struct date received = j->date;
	struct matter m;

	if (!open_matter(tx, j, &m, err) || !timed(&m, "received", err) || !deadline_of(tx, j->a, m.id, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (strcmp(list.item[i].kind, "fl12_decision") == 0)
			return err_input(err, "received", N_("The party has asked once in this matter, and may do so only once (FL 12 §)."));
		if (strcmp(list.item[i].kind, "fl12_six_months") == 0 && strcmp(date_text(received).s, list.item[i].date) < 0)
			return err_input(err, "received", N_("Six months have not passed. Answer that it is too early; the party may ask later (FL 12 §)."));
	}
	j->date = four.date;
	j->basis = FL12;
	return insert(tx, j, "fl12_decision", law_explained(j->a, received, "weeks", 4, &four), err) &&
	    note(tx, j, &m, "matter.delay_requested", date_text(four.date).s, err);
}

bool
deadline_delay_request(struct db *db, int64_t matter_id, struct date received, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .matter_id = matter_id, .date = received, .now = now };

	if (date_cmp(received, local_date(now)) > 0)
		return err_input(err, "received", N_("It cannot have come in the future."));
	return run(db, delay_request, &j, err);
}

/* ---- what has passed ---- */

struct passed {
	int64_t deadline_id, matter_id, authority_id, unit_id, owner_id;
	const char *number, *kind;
	int restricted;
	struct arena *a;
	int64_t now;
	bool told;
};

#define TOLD "EXISTS (SELECT 1 FROM event e WHERE e.object = 'deadline' AND e.object_id = d.id" \
	" AND e.action = 'matter.deadline_passed' AND e.at >= COALESCE(d.set_at, 0))"

/* *told stays as it was when the account is disabled. */
static bool
mail_to(struct db *tx, const struct passed *p, int64_t account_id, bool *told, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT COALESCE(p.email, ac.sign_in), COALESCE(ac.language, 'sv') FROM account ac"
	    " JOIN person p ON p.id = ac.person_id WHERE ac.id = $1 AND ac.disabled_at IS NULL", err);
	const char *to = NULL, *lang = NULL, *base = NULL, *words;
	enum db_step step;

	bind_i64(st, 1, account_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		to = col_text(st, p->a, 0);
		lang = col_text(st, p->a, 1);
	}
	db_done(st);
	if (to == NULL)
		return step != DB_FAIL;
	*told = true;
	if (!site_get(tx, p->a, "site.base_url", &base, err))
		return false;
	words = tr(lang, strcmp(p->kind, "fl11_estimate") == 0 ?
	    N_("The matter takes longer than was thought. Tell the party, with the reason, and set a new day (FL 11 §).") :
	    N_("A deadline in the matter has passed."));
	return outbox_put(tx, &(struct outbox_message){ .recipient = to,
		.subject = arena_printf(p->a, "%s: %s", p->number, tr(lang, N_("a deadline has passed"))),
		.text = arena_printf(p->a, "%s\n\n%s/arenden/%" PRId64 "\n", words, base == NULL ? "" : base, p->matter_id),
		.automatic = true }, p->now, NULL, err);
}

static bool
tell(struct db *tx, void *arg, struct err *err)
{
	struct passed *p = arg;
	int64_t *leader = NULL, waits = 0;
	size_t n = 0;
	bool heard = false;

	p->told = false;
	if (!db_id(tx, "SELECT COUNT(*) FROM deadline d WHERE d.id = $1 AND d.done_at IS NULL AND NOT " TOLD, &waits, err, "i",
	    p->deadline_id))
		return false;
	if (waits == 0)
		return true;		/* another tick was first, or it is met */
	if (p->owner_id != 0 && !mail_to(tx, p, p->owner_id, &heard, err))
		return false;
	/* Nobody has it, or whoever had it no longer works here. */
	if (!heard && !leaders_of(tx, p->a, p->authority_id, p->unit_id, "unit_manager", local_date(p->now), &leader, &n, err))
		return false;
	if (!heard && n == 0 && !leaders_of(tx, p->a, p->authority_id, p->unit_id, "department_head", local_date(p->now), &leader,
	    &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!mail_to(tx, p, leader[i], &heard, err))
			return false;
	}
	p->told = true;
	return event_note(tx, p->now, 0, "matter.deadline_passed", "deadline", p->deadline_id, 0, p->matter_id, p->authority_id,
	    p->restricted, NULL, err);
}

static bool
passed_on(struct db *db, struct arena *a, const char *today, struct passed *list, size_t most, size_t *n, struct err *err)
{
	static const char sql[] =
	    "SELECT d.id, m.id, m.authority_id, m.unit_id, m.owner_id, m.number, d.kind, m.restricted FROM deadline d"
	    " JOIN matter m ON m.id = d.matter_id WHERE d.done_at IS NULL AND d.date < $1 AND d.kind <> 'fl12_six_months'"
	    " AND m.state NOT IN ('closed', 'archived', 'void') AND NOT " TOLD " ORDER BY d.id LIMIT $2";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_text(st, 1, today);
	bind_i64(st, 2, (int64_t)most);
	for (*n = 0; (step = db_next(st, err)) == DB_ROW && *n < most; ++*n)
		list[*n] = (struct passed){ .deadline_id = col_i64(st, 0), .matter_id = col_i64(st, 1),
			.authority_id = col_i64(st, 2), .unit_id = col_i64(st, 3), .owner_id = col_i64(st, 4),
			.number = col_text(st, a, 5), .kind = col_text(st, a, 6), .restricted = (int)col_i64(st, 7), .a = a };
	db_done(st);
	return step != DB_FAIL;
}

bool
deadline_tick(struct db *db, int64_t now, int64_t *told, struct err *err)
{
	enum { MOST = 200 };	/* a tick; what is left waits for the next */
	struct arena *a = arena_open();
	struct passed *list = arena_array(a, MOST, sizeof(*list));
	size_t n = 0;
	bool ok = passed_on(db, a, date_text(local_date(now)).s, list, MOST, &n, err);

	*told = 0;
	for (size_t i = 0; ok && i < n; i++) {
		list[i].now = now;
		ok = db_write(db, tell, &list[i], err);
		*told += ok && list[i].told;
	}
	arena_close(a);
	return ok || err_add(err, "deadlines that have passed");
}

/* figures/figures_store.c: the contacts of a period, as bare times: no names, no words
 *
 * A row is read from the index contact_figures alone and counted at once. What few contacts have (moved on from their first
 * promise, disputed, escalated) is read first, whole, into a table in memory: asking for it row by row costs more than all the
 * rest. The period is asked for in parts, because PostgreSQL's library holds a whole answer in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "contact/contact.h"
#include "contact/counted.h"
#include "db/db.h"
#include "figures/figures_store.h"
#include "hours/place.h"
#include "people/office.h"

enum { PART_DAYS = 15 };

/* What is in the sixth column: enum figures_out, and the bits below. */
#define COLUMNS "SELECT c.id, c.arrived_at, c.answer_by, c.answered_at, c.closed_at," \
    " CASE WHEN c.state = 'quarantined' THEN 1 WHEN c.state = 'merged' THEN 2 WHEN c.merged_into_id IS NOT NULL THEN 3" \
    "  WHEN c.anonymous <> 0 OR c.reply_by = 'none' THEN 4 ELSE 0 END" \
    " + CASE WHEN c.channel = 'phone' OR c.channel = 'visit' THEN 8 ELSE 0 END + CASE WHEN c.ending = 'done' THEN 16 ELSE 0 END" \
    " + CASE WHEN c.satisfied IS NULL THEN 0 ELSE 32 + 64 * c.satisfied END,"

/* $9 is enum figures_by. */
static const char CASES[] = COLUMNS
    " CASE $9 WHEN 0 THEN c.unit_id WHEN 1 THEN c.authority_id WHEN 3 THEN c.category_id WHEN 2 THEN CASE c.channel"
    "  WHEN 'phone' THEN 1 WHEN 'email' THEN 2 WHEN 'web' THEN 3 WHEN 'visit' THEN 4 WHEN 'letter' THEN 5 WHEN 'comment' THEN 6"
    "  WHEN 'sms' THEN 7 WHEN 'api' THEN 8 WHEN 'social' THEN 9 ELSE 0 END ELSE 0 END, c.authority_id, c.unit_id"
    " FROM contact c WHERE c.arrived_at >= $3 AND c.arrived_at < $4 AND (c.kind = 'contact' OR c.kind = 'quarantined')"
    " AND " COUNTED_CONTACT("c")
    " AND ($5 = 0 OR c.authority_id = $5) AND ($6 = 0 OR c.category_id = $6) AND ($7 = '' OR c.channel = $7)"
    " AND ($8 = 0 OR c.unit_id IN (WITH RECURSIVE below (id) AS (SELECT $8"
    "  UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id) SELECT id FROM below))"
    /* whoever may count everywhere is asked about once; others row by row */
    " AND (c.restricted <= (SELECT COALESCE(MAX(e.reach), -1) FROM account_scope e WHERE e.account_id = $1 AND e.action = $2"
    "  AND e.authority_id = 0 AND e.unit_id = 0 AND e.own = 0)"
    " OR EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2"
    "  AND (s.authority_id = 0 OR +s.authority_id = c.authority_id) AND (s.unit_id = 0 OR +s.unit_id = c.unit_id)"
    "  AND s.own = 0 AND s.reach >= c.restricted))";
static const char OPEN_CASES[] = COLUMNS
    " 0, c.authority_id, c.unit_id, c.category_id"
    " FROM contact c WHERE c.arrived_at >= $1 AND c.arrived_at < $2 AND (c.kind = 'contact' OR c.kind = 'quarantined')"
    " AND c.restricted = 0 AND " COUNTED_CONTACT("c");
enum { OUT_BITS = 7, DIRECT = 8, DONE = 16, SAID = 32, SATISFIED = 64 };

/* ---- what few contacts have ------------------------------------------------------------------------------------------ */

enum { FEW_DISPUTED = 1, FEW_ESCALATED = 2, FEW_FIRST = 4, FEW_PLANNED = 8, FEW_BROKEN = 16 };
struct few { int64_t id, promised_by, answered_at; unsigned what; };	/* id 0: an empty place */
struct few_table { struct arena *a; struct few *item; size_t n, cap; };	/* cap is a power of two */

static struct few *
place(struct few *item, size_t cap, int64_t id)
{
	size_t at = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) & (cap - 1);

	while (item[at].id != 0 && item[at].id != id)
		at = (at + 1) & (cap - 1);
	return &item[at];
}

static struct few *
few_put(struct few_table *t, int64_t id)
{
	struct few *f;

	if (2 * (t->n + 1) > t->cap) {
		size_t cap = t->cap == 0 ? 256 : 2 * t->cap;
		struct few *more = arena_array(t->a, cap, sizeof(*more));

		for (size_t i = 0; i < t->cap; i++) {
			if (t->item[i].id != 0)
				*place(more, cap, t->item[i].id) = t->item[i];
		}
		t->item = more;
		t->cap = cap;
	}
	f = place(t->item, t->cap, id);
	t->n += f->id == 0;
	f->id = id;
	return f;
}

static const struct few *
few_of(const struct few_table *t, int64_t id)
{
	const struct few *f = t->cap == 0 ? NULL : place(t->item, t->cap, id);

	return f == NULL || f->id == 0 ? NULL : f;
}

static bool
read_few(struct db *db, struct few_table *t, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT 1, contact_id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT) FROM ending_disputed UNION ALL"
	    " SELECT 2, contact_id, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT) FROM escalation UNION ALL"
	    " SELECT 4 + 8 * planned + 16 * plan_broken, contact_id, promised_by, answered_at FROM contact_first", err);
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		struct few *f = few_put(t, col_i64(st, 1));
		unsigned what = (unsigned)col_i64(st, 0);

		f->what |= what;
		if ((what & FEW_FIRST) != 0) {
			f->promised_by = col_i64(st, 2);
			f->answered_at = col_i64(st, 3);
		}
	}
	db_done(st);
	return step != DB_FAIL;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static void
row_case(struct stmt *st, const struct few_table *few, enum figures_by by, struct figures_case *c)
{
	const struct few *f = few_of(few, col_i64(st, 0));
	int64_t bits = col_i64(st, 5);

	*c = (struct figures_case){ .arrived_at = col_i64(st, 1), .promised_by = col_i64(st, 2), .answered_at = col_i64(st, 3),
		.closed_at = col_i64(st, 4), .out = (enum figures_out)(bits & OUT_BITS), .direct = (bits & DIRECT) != 0,
		.done = (bits & DONE) != 0, .satisfied = (bits & SAID) == 0 ? -1 : (bits & SATISFIED) != 0, .group = col_i64(st, 6),
		.authority_id = col_i64(st, 7), .unit_id = col_i64(st, 8) };
	if (by == BY_MONTH) {
		struct date d = local_date(c->arrived_at);

		c->group = d.year * 12 + d.month - 1;
	}
	if (f == NULL)
		return;
	c->disputed = (f->what & FEW_DISPUTED) != 0;
	c->escalated = (f->what & FEW_ESCALATED) != 0;
	if ((f->what & FEW_FIRST) == 0)
		return;
	c->plan_by = (f->what & FEW_PLANNED) != 0 ? c->promised_by : 0;
	c->plan_broken = (f->what & FEW_BROKEN) != 0;
	c->promised_by = f->promised_by;
	c->answered_at = f->answered_at != 0 ? f->answered_at : c->answered_at;
}

static bool
read_part(struct db *db, const struct actor *actor, const struct figures_filter *f, struct date from, struct date to,
    const struct few_table *few, struct figures_count *count, struct err *err)
{
	struct stmt *st = db_stmt(db, CASES, err);
	enum db_step step;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_FIGURES);
	bind_i64(st, 3, local_instant(from, 0, 0, 0));
	bind_i64(st, 4, local_instant(to, 24, 0, 0));
	bind_i64(st, 5, f->authority_id);
	bind_i64(st, 6, f->category_id);
	bind_text(st, 7, f->channel != NULL ? f->channel : "");
	bind_i64(st, 8, f->unit_id);
	bind_i64(st, 9, f->by);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct figures_case c;

		row_case(st, few, f->by, &c);
		figures_add(count, &c);
	}
	db_done(st);
	return step != DB_FAIL;
}

bool
figures_hours(struct db *db, struct arena *a, struct date from, struct figures_place **out, size_t *n, struct err *err)
{
	struct hours_book *book = arena_alloc(a, sizeof(*book));
	struct figures_place *list;

	*n = 0;
	if (!hours_book_read(db, a, from, book, err))
		return false;
	list = arena_array(a, book->authorities.n + book->units.n, sizeof(*list));
	for (size_t i = 0; i < book->authorities.n; i++, (*n)++) {
		list[*n].authority_id = book->authorities.item[i].id;
		hours_plan_of(book, a, list[*n].authority_id, 0, &list[*n].plan);
	}
	for (size_t i = 0; i < book->units.n; i++, (*n)++) {
		list[*n].authority_id = book->units.item[i].authority_id;
		list[*n].unit_id = book->units.item[i].id;
		hours_plan_of(book, a, list[*n].authority_id, list[*n].unit_id, &list[*n].plan);
	}
	*out = list;
	return true;
}

bool
figures_open_rows(struct db *db, struct date from, struct date to, figures_row_fn *fn, void *arg, struct err *err)
{
	struct arena *own = arena_open();
	struct few_table few = { .a = own };
	bool ok = read_few(db, &few, err);

	for (struct date day = from; ok && date_cmp(day, to) <= 0; day = date_add(day, PART_DAYS)) {
		struct date last = date_add(day, PART_DAYS - 1);
		struct stmt *st = db_stmt(db, OPEN_CASES, err);
		enum db_step step;

		bind_i64(st, 1, local_instant(day, 0, 0, 0));
		bind_i64(st, 2, local_instant(date_cmp(last, to) < 0 ? last : to, 24, 0, 0));
		while ((step = db_next(st, err)) == DB_ROW) {
			struct figures_row r = { .authority_id = col_i64(st, 7), .unit_id = col_i64(st, 8), .category_id = col_i64(st, 9) };

			row_case(st, &few, BY_UNIT, &r.c);
			fn(arg, &r);
		}
		db_done(st);
		ok = step != DB_FAIL;
	}
	arena_close(own);
	return ok || err_add(err, "open contacts");
}

/* ---- calls ----------------------------------------------------------------------------------------------------------- */

#define OF_HERS(T) " AND ($5 = 0 OR " T ".authority_id = $5)" \
    " AND ($6 = 0 OR " T ".unit_id IN (WITH RECURSIVE below (id) AS (SELECT $6" \
    "  UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id) SELECT id FROM below))" \
    " AND EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2" \
    "  AND (s.authority_id = 0 OR +s.authority_id = " T ".authority_id) AND (s.unit_id = 0 OR +s.unit_id = " T ".unit_id)" \
    "  AND s.own = 0"

static struct stmt *
bind_period(struct stmt *st, const struct actor *actor, const struct figures_filter *f)
{
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_FIGURES);
	bind_i64(st, 3, local_instant(f->from, 0, 0, 0));
	bind_i64(st, 4, local_instant(f->to, 24, 0, 0));
	bind_i64(st, 5, f->authority_id);
	bind_i64(st, 6, f->unit_id);
	return st;
}

static bool
read_calls(struct db *db, const struct actor *actor, const struct figures_filter *f, int64_t now, struct figures_calls *out,
    struct err *err)
{
	static const char calls[] =
	    "SELECT COALESCE(SUM(CASE WHEN p.kind = 'answered' THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN p.kind IN ('abandoned', 'missed') THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN p.kind IN ('abandoned', 'missed') AND p.number IS NULL THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN p.kind = 'answered' AND p.wait_s <= $7 THEN 1 ELSE 0 END), 0)"
	    " FROM phone_call p WHERE p.started_at >= $3 AND p.started_at < $4 AND " COUNTED_CALL("p") OF_HERS("p") ")";
	static const char callbacks[] =
	    "SELECT COALESCE(SUM(CASE WHEN k.closed_at IS NULL THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN k.closed_why = 'called_back' THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN k.closed_why = 'answered' THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN k.closed_why = 'by_hand' THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN k.promised_by IS NOT NULL AND (k.closed_at IS NOT NULL OR k.promised_by <= $7) THEN 1 ELSE 0 END), 0),"
	    " COALESCE(SUM(CASE WHEN k.closed_at <= k.promised_by THEN 1 ELSE 0 END), 0)"
	    " FROM callback_task k WHERE k.opened_at >= $3 AND k.opened_at < $4 AND " COUNTED_CALL("k") OF_HERS("k") " AND s.reach >= k.restricted)";
	struct stmt *st;
	enum db_step step;
	size_t due = 0, kept = 0, at_once = 0;

	*out = (struct figures_calls){ .counted = f->category_id == 0 && (f->channel == NULL || strcmp(f->channel, "phone") == 0) };
	if (!out->counted)
		return true;
	st = bind_period(db_stmt(db, calls, err), actor, f);
	bind_i64(st, 7, FIGURES_ANSWER_S);
	if ((step = db_next(st, err)) == DB_ROW) {
		out->answered = (size_t)col_i64(st, 0);
		out->lost = (size_t)col_i64(st, 1);
		out->withheld = (size_t)col_i64(st, 2);
		at_once = (size_t)col_i64(st, 3);
	}
	db_done(st);
	if (step != DB_ROW)
		return false;
	st = bind_period(db_stmt(db, callbacks, err), actor, f);
	bind_i64(st, 7, now);
	if ((step = db_next(st, err)) == DB_ROW) {
		out->waiting = (size_t)col_i64(st, 0);
		out->by_us = (size_t)col_i64(st, 1);
		out->by_them = (size_t)col_i64(st, 2);
		out->by_hand = (size_t)col_i64(st, 3);
		due = (size_t)col_i64(st, 4);
		kept = (size_t)col_i64(st, 5);
	}
	db_done(st);
	out->at_once = figures_share_of(at_once, out->answered + out->lost);
	out->lost_share = figures_share_of(out->lost, out->answered + out->lost);
	out->called_back = figures_share_of(kept, due);
	return step == DB_ROW;
}

/* ---- names of the groups --------------------------------------------------------------------------------------------- */

static bool
names_from(struct db *db, struct arena *a, const char *sql, struct figures *x, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		for (size_t i = 0; i < x->n_groups; i++) {
			if (x->group[i].key == col_i64(st, 0))
				x->group[i].name = col_text(st, a, 1);
		}
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
name_groups(struct db *db, struct arena *a, enum figures_by by, struct figures *x, struct err *err)
{
	switch (by) {
	case BY_AUTHORITY:
		return names_from(db, a, "SELECT id, name FROM authority", x, err);
	case BY_UNIT:
		return names_from(db, a, "SELECT u.id, u.name || ' (' || n.code || ')' FROM unit u JOIN authority n"
		    " ON n.id = u.authority_id", x, err);
	case BY_CATEGORY:
		return names_from(db, a, "SELECT id, name FROM category", x, err);
	case BY_CHANNEL:
		for (size_t i = 0; i < x->n_groups; i++)
			x->group[i].name = x->group[i].key > 0 ? contact_channel_text(office_channels[x->group[i].key - 1]) : NULL;
		return true;
	case BY_MONTH:
		for (size_t i = 0; i < x->n_groups; i++)
			x->group[i].name = arena_printf(a, "%04d-%02d", (int)(x->group[i].key / 12), (int)(x->group[i].key % 12) + 1);
		return true;
	case FIGURES_BY:
		break;
	}
	return true;
}

bool
figures_read(struct db *db, struct arena *a, const struct actor *actor, const struct figures_filter *f, int64_t now,
    struct figures *out, struct err *err)
{
	int days = date_diff(f->to, f->from) + 1;
	struct arena *own;
	struct figures_count *count;
	struct figures_place *place;
	struct few_table few;
	size_t n_places;
	bool ok;

	if (days < 1)
		return err_input(err, "till", N_("The last day must not be before the first."));
	if (days > FIGURES_DAYS_MAX)
		return err_input(err, "till", N_("The period may be at most three years."));
	own = arena_open();
	few = (struct few_table){ .a = own };
	count = figures_begin(a, f, now);
	ok = db_read_begin(db, err) && read_few(db, &few, err) && figures_hours(db, own, f->from, &place, &n_places, err);
	if (ok)
		figures_places(count, place, n_places);
	for (int day = 0; ok && day < days; day += PART_DAYS) {
		struct date from = date_add(f->from, day), to = date_add(from, PART_DAYS - 1);

		ok = read_part(db, actor, f, from, date_cmp(to, f->to) < 0 ? to : f->to, &few, count, err);
	}
	if (ok)
		figures_end(count, out);
	ok = ok && read_calls(db, actor, f, now, &out->calls, err);
	db_read_end(db);
	ok = ok && name_groups(db, a, f->by, out, err);
	arena_close(own);
	return ok || err_add(err, "figures");
}

bool
figures_mark(struct db *db, int64_t *event_id, struct err *err)
{
	return db_id(db, "SELECT COALESCE(MAX(id), 0) FROM event", event_id, err, "") || err_add(err, "newest event");
}

/* hours/opening_store.c: opening hours and exceptions in the database */
#include "hours/opening.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "db/db.h"
#include "db/kept.h"
#include "hours/hours.h"
#include "people/rows.h"
#include "timeline/event.h"

enum { REASON_MAX = 200, DAYS_MAX = 366 };

#define OPENING "SELECT o.id, o.authority_id, o.unit_id, o.kind, o.first_weekday, o.last_weekday, o.opens, o.closes," \
	" o.valid_from, o.valid_to, a.code, u.name, o.always FROM opening_hours o JOIN authority a ON a.id = o.authority_id" \
	" LEFT JOIN unit u ON u.id = o.unit_id"
static const char OPENINGS[] = OPENING " ORDER BY a.code, u.name, o.unit_id, o.kind, o.valid_from, o.first_weekday, o.opens, o.id";
static const char OPENING_ONE[] = OPENING " WHERE o.id = $1";

#define EXCEPTION "SELECT e.id, e.authority_id, e.unit_id, e.kind, e.from_date, e.to_date, e.opens, e.closes, e.reason," \
	" a.code, u.name FROM hours_exception e LEFT JOIN authority a ON a.id = e.authority_id" \
	" LEFT JOIN unit u ON u.id = e.unit_id"
static const char EXCEPTIONS[] = EXCEPTION " WHERE e.to_date >= $1 ORDER BY e.from_date, e.id";
static const char EXCEPTION_ONE[] = EXCEPTION " WHERE e.id = $1";
/* Another of the same place, kind and day: a closed day stands alone; times may be several. */
static const char AGAINST[] =
    "SELECT 1 FROM hours_exception WHERE id <> $1 AND COALESCE(authority_id, 0) = $2 AND COALESCE(unit_id, 0) = $3"
    " AND (kind IS NULL OR $4 = '' OR kind = $4) AND from_date <= $6 AND to_date >= $5"
    " AND ($7 = 1 OR opens IS NULL)";

static void
row_opening(struct stmt *st, struct arena *a, struct opening *r)
{
	*r = (struct opening){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2), .kind = col_text(st, a, 3),
		.first_weekday = col_i64(st, 4), .last_weekday = col_i64(st, 5), .opens = col_text(st, a, 6),
		.closes = col_text(st, a, 7), .valid_from = col_text(st, a, 8), .valid_to = col_text(st, a, 9),
		.authority_code = col_text(st, a, 10), .unit_name = col_text(st, a, 11), .always = col_i64(st, 12) != 0,
	};
}

static void
row_exception(struct stmt *st, struct arena *a, struct opening_exception *r)
{
	*r = (struct opening_exception){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2), .kind = col_text(st, a, 3),
		.from_date = col_text(st, a, 4), .to_date = col_text(st, a, 5), .opens = col_text(st, a, 6),
		.closes = col_text(st, a, 7), .reason = col_text(st, a, 8), .authority_code = col_text(st, a, 9),
		.unit_name = col_text(st, a, 10),
	};
}

bool
opening_list(struct db *db, struct arena *a, struct opening_list *out, struct err *err)
{
	struct opening_list list = { 0 };
	struct stmt *st = db_stmt(db, OPENINGS, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_opening(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "opening hours");
	*out = list;
	return true;
}

bool
opening_exception_list(struct db *db, struct arena *a, const char *from, struct opening_exception_list *out,
    struct err *err)
{
	struct opening_exception_list list = { 0 };
	struct stmt *st = db_stmt(db, EXCEPTIONS, err);
	enum db_step step;
	size_t cap = 0;

	bind_text(st, 1, from);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_exception(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "exceptions of opening hours");
	*out = list;
	return true;
}

static bool
one(enum db_step step, const char *what, int64_t id, struct err *err)
{
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "%s %" PRId64, what, id) : err_set(err, ERR_NOT_FOUND, "%s %" PRId64, what, id);
}

bool
opening_get(struct db *db, struct arena *a, int64_t id, struct opening *out, struct err *err)
{
	struct stmt *st = db_stmt(db, OPENING_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_opening(st, a, out);
	db_done(st);
	return one(step, "opening hours", id, err);
}

bool
opening_exception_get(struct db *db, struct arena *a, int64_t id, struct opening_exception *out, struct err *err)
{
	struct stmt *st = db_stmt(db, EXCEPTION_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_exception(st, a, out);
	db_done(st);
	return one(step, "exception of opening hours", id, err);
}

const char *
opening_mark(struct arena *a, const struct opening *r)
{
	const char *text[] = { r->kind, r->opens, r->closes, r->valid_from, r->valid_to };
	const int64_t number[] = { r->id, r->authority_id, r->unit_id, r->first_weekday, r->last_weekday, r->always };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

const char *
opening_exception_mark(struct arena *a, const struct opening_exception *r)
{
	const char *text[] = { r->kind, r->from_date, r->to_date, r->opens, r->closes, r->reason };
	const int64_t number[] = { r->id, r->authority_id, r->unit_id };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

/* ---- what a person wrote ---- */

static const char *
or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

/* The authority of the unit goes before what was sent, so that the two never disagree. */
static bool
place_good(struct db *tx, struct arena *a, int64_t *authority_id, int64_t unit_id, bool may_be_all, struct err *err)
{
	struct authority authority;
	struct unit unit;
	bool found;

	if (unit_id != 0 && (found = unit_get(tx, a, unit_id, &unit, err)))
		*authority_id = unit.authority_id;
	else if (unit_id == 0 && *authority_id == 0)
		return may_be_all || err_input(err, "place", N_("Choose whose hours they are"));
	else
		found = unit_id == 0 && authority_get(tx, a, *authority_id, &authority, err);
	return found || (err->code == ERR_NOT_FOUND && err_input(err, "place", N_("Choose whose hours they are")));
}

static bool
kind_known(const char *kind)
{
	for (size_t i = 0; i < HOURS_KINDS; i++)
		if (strcmp(kind, hours_kind_names[i]) == 0)
			return true;
	return false;
}

/* As minutes in order, and as they are stored. */
static bool
times_good(struct arena *a, const char **opens, const char **closes, struct err *err)
{
	int from, to;

	if (!hours_minutes(*opens, &from) || from == HOURS_DAY)
		return err_input(err, "opens", N_("Write the time as hours and minutes, like 8:00 or 16.30"));
	if (!hours_minutes(*closes, &to))
		return err_input(err, "closes", N_("Write the time as hours and minutes, like 8:00 or 16.30"));
	if (to <= from)
		return err_input(err, "closes", N_("It closes before it opens. Past midnight is two rows: to 24:00, and from 0:00 the next day"));
	*opens = arena_strdup(a, hours_clock(from).s);
	*closes = arena_strdup(a, hours_clock(to).s);
	return true;
}

/* ---- hours ---- */

struct opening_write { const struct change *by; struct opening in; int64_t id; };

static bool
opening_good(struct db *tx, struct arena *a, struct opening *in, struct err *err)
{
	struct date from, to;

	if (!place_good(tx, a, &in->authority_id, in->unit_id, false, err))
		return false;
	if (in->kind == NULL || !kind_known(in->kind))
		return err_input(err, "kind", N_("Choose phone or visits"));
	if (in->first_weekday < MONDAY || in->first_weekday > SUNDAY)
		return err_input(err, "first_weekday", N_("Choose a weekday"));
	if (in->last_weekday < in->first_weekday || in->last_weekday > SUNDAY)
		return err_input(err, "last_weekday", N_("Choose the same weekday or a later one of the week"));
	if (!times_good(a, &in->opens, &in->closes, err))
		return false;
	if (in->valid_from == NULL || !date_parse(in->valid_from, &from))
		return err_input(err, "valid_from", N_("Write the first day as year-month-day, like 2026-12-21"));
	in->valid_to = or_null(in->valid_to);
	if (in->valid_to != NULL && !date_parse(in->valid_to, &to))
		return err_input(err, "valid_to", N_("Write the last day as year-month-day, like 2026-12-21"));
	if (in->valid_to != NULL && date_cmp(to, from) < 0)
		return err_input(err, "valid_to", N_("The last day is before the first. Change one of them"));
	return true;
}

static bool
opening_noted(struct db *tx, const struct change *by, const char *action, int64_t id, int64_t authority_id,
    struct err *err)
{
	kept_forget_after(tx);
	return event_note(tx, by->now, by->account_id, action, "opening_hours", id, 0, 0, authority_id, 0, NULL, err);
}

static bool
opening_put(struct db *tx, struct arena *a, struct opening_write *w, struct err *err)
{
	const struct opening *in = &w->in;
	struct opening was;

	if (!opening_good(tx, a, &w->in, err))
		return false;
	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO opening_hours (authority_id, unit_id, kind, first_weekday, last_weekday, opens,"
		    " closes, valid_from, valid_to, always) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id", &w->id,
		    err, "iItiitttti", in->authority_id, in->unit_id, in->kind, in->first_weekday, in->last_weekday, in->opens,
		    in->closes, in->valid_from, in->valid_to, (int64_t)in->always);
	return opening_get(tx, a, in->id, &was, err) && row_unchanged(w->by, opening_mark(a, &was), err) &&
	    db_run(tx, "UPDATE opening_hours SET authority_id = $1, unit_id = $2, kind = $3, first_weekday = $4,"
	    " last_weekday = $5, opens = $6, closes = $7, valid_from = $8, valid_to = $9, always = $11 WHERE id = $10", NULL,
	    err, "iItiittttii", in->authority_id, in->unit_id, in->kind, in->first_weekday, in->last_weekday, in->opens,
	    in->closes, in->valid_from, in->valid_to, in->id, (int64_t)in->always);
}

static bool
opening_write(struct db *tx, void *arg, struct err *err)
{
	struct opening_write *w = arg;
	struct opening_write now = *w;	/* the times as stored live as long as this try */
	struct arena *a = arena_open();
	bool ok = opening_put(tx, a, &now, err) && opening_noted(tx, w->by, w->in.id == 0 ? "opening_hours.created" :
	    "opening_hours.changed", now.id, now.in.authority_id, err);

	w->id = now.id;
	arena_close(a);
	return ok;
}

bool
opening_save(struct db *db, const struct change *by, const struct opening *in, int64_t *id, struct err *err)
{
	struct opening_write w = { by, *in, 0 };

	if (!db_write(db, opening_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
opening_drop(struct db *tx, void *arg, struct err *err)
{
	struct opening_write *w = arg;
	struct arena *a = arena_open();
	bool ok = opening_get(tx, a, w->id, &w->in, err) &&
	    db_run(tx, "DELETE FROM opening_hours WHERE id = $1", NULL, err, "i", w->id) &&
	    opening_noted(tx, w->by, "opening_hours.removed", w->id, w->in.authority_id, err);

	arena_close(a);
	return ok;
}

bool
opening_remove(struct db *db, const struct change *by, int64_t id, struct err *err)
{
	struct opening_write w = { by, { 0 }, id };

	return db_write(db, opening_drop, &w, err);
}

/* ---- exceptions ---- */

struct exception_write { const struct change *by; struct opening_exception in; int64_t id; };

static bool
exception_times(struct arena *a, struct opening_exception *in, struct err *err)
{
	in->opens = or_null(in->opens);
	in->closes = or_null(in->closes);
	if (in->opens == NULL && in->closes == NULL)
		return true;
	if (in->opens == NULL)
		return err_input(err, "opens", N_("Write when it opens, or leave both empty: then it is closed all day"));
	if (in->closes == NULL)
		return err_input(err, "closes", N_("Write when it closes, or leave both empty: then it is closed all day"));
	return times_good(a, &in->opens, &in->closes, err);
}

static bool
exception_days(struct opening_exception *in, struct err *err)
{
	struct date from, to;

	if (in->from_date == NULL || !date_parse(in->from_date, &from))
		return err_input(err, "from_date", N_("Write the day as year-month-day, like 2026-12-23"));
	in->to_date = or_null(in->to_date) == NULL ? in->from_date : in->to_date;
	if (!date_parse(in->to_date, &to))
		return err_input(err, "to_date", N_("Write the last day as year-month-day, like 2026-12-21"));
	if (date_cmp(to, from) < 0)
		return err_input(err, "to_date", N_("The last day is before the first. Change one of them"));
	if (date_diff(to, from) > DAYS_MAX)
		return err_input(err, "to_date", N_("Write at most a year at a time"));
	return true;
}

static bool
exception_against(struct db *tx, const struct opening_exception *in, bool *out, struct err *err)
{
	struct stmt *st = db_stmt(tx, AGAINST, err);
	enum db_step step;

	bind_i64(st, 1, in->id);
	bind_i64(st, 2, in->authority_id);
	bind_i64(st, 3, in->unit_id);
	bind_text(st, 4, in->kind == NULL ? "" : in->kind);
	bind_text(st, 5, in->from_date);
	bind_text(st, 6, in->to_date);
	bind_i64(st, 7, in->opens == NULL);
	step = db_next(st, err);
	db_done(st);
	*out = step == DB_ROW;
	return step != DB_FAIL;
}

static bool
exception_good(struct db *tx, struct arena *a, struct opening_exception *in, struct err *err)
{
	bool against;

	in->kind = or_null(in->kind);
	if (!place_good(tx, a, &in->authority_id, in->unit_id, true, err))
		return false;
	if (in->kind != NULL && !kind_known(in->kind))
		return err_input(err, "kind", N_("Choose phone or visits"));
	if (!exception_days(in, err) || !exception_times(a, in, err))
		return false;
	if (or_null(in->reason) == NULL || strlen(in->reason) > REASON_MAX)
		return err_input(err, "reason", N_("Write the reason in a few words, like training day: everybody can read it"));
	if (!exception_against(tx, in, &against, err))
		return false;
	return !against || err_input(err, "from_date", N_("Another row says something else about one of these days. Change or remove that one"));
}

static bool
exception_noted(struct db *tx, const struct change *by, const char *action, int64_t id, int64_t authority_id,
    struct err *err)
{
	kept_forget_after(tx);
	return event_note(tx, by->now, by->account_id, action, "hours_exception", id, 0, 0, authority_id, 0, NULL, err);
}

static bool
exception_put(struct db *tx, struct arena *a, struct exception_write *w, struct err *err)
{
	const struct opening_exception *in = &w->in;
	struct opening_exception was;

	if (!exception_good(tx, a, &w->in, err))
		return false;
	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO hours_exception (authority_id, unit_id, kind, from_date, to_date, opens, closes,"
		    " reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &w->id, err, "IItttttt", in->authority_id,
		    in->unit_id, in->kind, in->from_date, in->to_date, in->opens, in->closes, in->reason);
	return opening_exception_get(tx, a, in->id, &was, err) &&
	    row_unchanged(w->by, opening_exception_mark(a, &was), err) &&
	    db_run(tx, "UPDATE hours_exception SET authority_id = $1, unit_id = $2, kind = $3, from_date = $4, to_date = $5,"
	    " opens = $6, closes = $7, reason = $8 WHERE id = $9", NULL, err, "IItttttti", in->authority_id, in->unit_id,
	    in->kind, in->from_date, in->to_date, in->opens, in->closes, in->reason, in->id);
}

static bool
exception_write(struct db *tx, void *arg, struct err *err)
{
	struct exception_write *w = arg;
	struct exception_write now = *w;
	struct arena *a = arena_open();
	bool ok = exception_put(tx, a, &now, err) && exception_noted(tx, w->by, w->in.id == 0 ? "hours_exception.created" :
	    "hours_exception.changed", now.id, now.in.authority_id, err);

	w->id = now.id;
	arena_close(a);
	return ok;
}

bool
opening_exception_save(struct db *db, const struct change *by, const struct opening_exception *in, int64_t *id,
    struct err *err)
{
	struct exception_write w = { by, *in, 0 };

	if (!db_write(db, exception_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
exception_drop(struct db *tx, void *arg, struct err *err)
{
	struct exception_write *w = arg;
	struct arena *a = arena_open();
	bool ok = opening_exception_get(tx, a, w->id, &w->in, err) &&
	    db_run(tx, "DELETE FROM hours_exception WHERE id = $1", NULL, err, "i", w->id) &&
	    exception_noted(tx, w->by, "hours_exception.removed", w->id, w->in.authority_id, err);

	arena_close(a);
	return ok;
}

bool
opening_exception_remove(struct db *db, const struct change *by, int64_t id, struct err *err)
{
	struct exception_write w = { by, { 0 }, id };

	return db_write(db, exception_drop, &w, err);
}

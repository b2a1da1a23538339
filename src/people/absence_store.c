/* people/absence_store.c: absences in the database */
#include "people/absence.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "db/db.h"
#include "db/kept.h"
#include "people/rows.h"
#include "timeline/event.h"

enum { DAYS_MAX = 3 * 366, MESSAGE_MAX = 500 };

#define ABSENCE "SELECT b.id, b.account_id, b.stand_in_id, b.from_date, b.to_date, b.message, p.name, q.name" \
	" FROM absence b JOIN account a ON a.id = b.account_id JOIN person p ON p.id = a.person_id" \
	" LEFT JOIN account c ON c.id = b.stand_in_id LEFT JOIN person q ON q.id = c.person_id"
static const char OF[] = ABSENCE " WHERE b.account_id = $1 AND b.to_date >= $2 ORDER BY b.from_date, b.id";
static const char BETWEEN[] = ABSENCE " WHERE b.from_date <= $2 AND b.to_date >= $1 ORDER BY b.from_date, p.name, b.id";
static const char ON[] = ABSENCE " WHERE b.account_id = $1 AND b.from_date <= $2 AND b.to_date >= $2 ORDER BY b.id";
static const char OVERLAP[] = "SELECT 1 FROM absence WHERE account_id = $1 AND from_date <= $3 AND to_date >= $2";
static const char STANDS_IN[] =
    "SELECT DISTINCT account_id FROM absence WHERE stand_in_id = $1 AND from_date <= $2 AND to_date >= $2"
    " ORDER BY account_id";
static const char INSERT[] =
    "INSERT INTO absence (account_id, from_date, to_date, stand_in_id, message, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

static void
row_absence(struct stmt *st, struct arena *a, struct absence *r)
{
	*r = (struct absence){
		.id = col_i64(st, 0), .account_id = col_i64(st, 1), .stand_in_id = col_i64(st, 2),
		.from_date = col_text(st, a, 3), .to_date = col_text(st, a, 4), .message = col_text(st, a, 5),
		.name = col_text(st, a, 6), .stand_in_name = col_text(st, a, 7),
	};
}

static bool
rows(struct stmt *st, struct arena *a, struct absence_list *out, struct err *err)
{
	struct absence_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_absence(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "absences");
	*out = list;
	return true;
}

bool
absence_list_of(struct db *db, struct arena *a, int64_t account_id, const char *from_date, struct absence_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, OF, err);

	bind_i64(st, 1, account_id);
	bind_text(st, 2, from_date);
	return rows(st, a, out, err);
}

bool
absence_list_between(struct db *db, struct arena *a, const char *from, const char *to, struct absence_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, BETWEEN, err);

	bind_text(st, 1, from);
	bind_text(st, 2, to);
	return rows(st, a, out, err);
}

bool
absence_on(struct db *db, struct arena *a, int64_t account_id, struct date day, struct absence *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ON, err);
	struct absence found = { 0 };
	enum db_step step;

	bind_i64(st, 1, account_id);
	bind_text(st, 2, date_text(day).s);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_absence(st, a, &found);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "absence of %" PRId64, account_id);
	*out = found;
	return true;
}

bool
absence_stands_in_for(struct db *db, struct arena *a, int64_t account_id, struct date day, int64_t **out, size_t *n,
    struct err *err)
{
	struct stmt *st = db_stmt(db, STANDS_IN, err);
	int64_t *list = NULL;
	size_t count = 0, cap = 0;
	enum db_step step;

	bind_i64(st, 1, account_id);
	bind_text(st, 2, date_text(day).s);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, count, &cap, sizeof(*list));
		list[count++] = col_i64(st, 0);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "stand-ins");
	*out = list;
	*n = count;
	return true;
}

static bool
exists(struct db *tx, const char *sql, int64_t id, const char *from, const char *to, bool *out, struct err *err)
{
	struct stmt *st = db_stmt(tx, sql, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if (from != NULL) {
		bind_text(st, 2, from);
		bind_text(st, 3, to);
	}
	step = db_next(st, err);
	db_done(st);
	*out = step == DB_ROW;
	return step != DB_FAIL;
}

struct write { const struct change *by; struct absence in; int64_t id; };

/* Dates and the stand-in's number; the message is for colleagues and stays in its row. */
static bool
noted(struct db *tx, const struct write *w, const char *action, struct err *err)
{
	char data[120];

	(void)snprintf(data, sizeof(data), "{\"from\":\"%.10s\",\"to\":\"%.10s\",\"stand_in\":%" PRId64 "}",
	    w->in.from_date, w->in.to_date, w->in.stand_in_id);
	kept_forget_after(tx);
	return event_note(tx, w->by->now, w->by->account_id, action, "account", w->in.account_id, 0, 0, 0, 0, data, err);
}

static bool
add_write(struct db *tx, void *arg, struct err *err)
{
	struct write *w = arg;
	const struct absence *in = &w->in;
	bool there;

	if (!exists(tx, OVERLAP, in->account_id, in->from_date, in->to_date, &there, err))
		return false;
	if (there)
		return err_input(err, "from_date", N_("You are already away on some of these days. Remove that absence first"));
	if (in->stand_in_id != 0 && !exists(tx, "SELECT 1 FROM account WHERE id = $1 AND disabled_at IS NULL",
	    in->stand_in_id, NULL, NULL, &there, err))
		return false;
	if (in->stand_in_id != 0 && !there)
		return err_input(err, "stand_in_id", N_("Choose a colleague from the list"));
	return db_id(tx, INSERT, &w->id, err, "ittIti", in->account_id, in->from_date, in->to_date, in->stand_in_id,
	    in->message == NULL || in->message[0] == '\0' ? NULL : in->message, w->by->now) &&
	    noted(tx, w, "absence.added", err);
}

bool
absence_add(struct db *db, const struct change *by, const struct absence *in, int64_t *id, struct err *err)
{
	struct write w = { by, *in, 0 };
	struct date from, to;

	if (in->from_date == NULL || !date_parse(in->from_date, &from))
		return err_input(err, "from_date", N_("Write the first day as year-month-day, like 2026-12-21"));
	if (in->to_date == NULL || !date_parse(in->to_date, &to))
		return err_input(err, "to_date", N_("Write the last day as year-month-day, like 2026-12-21"));
	if (date_cmp(to, from) < 0)
		return err_input(err, "to_date", N_("The last day is before the first. Change one of them"));
	if (date_diff(to, from) > DAYS_MAX)
		return err_input(err, "to_date", N_("Write at most three years at a time"));
	if (in->stand_in_id != 0 && in->stand_in_id == in->account_id)
		return err_input(err, "stand_in_id", N_("Choose somebody else to stand in"));
	if (in->message != NULL && strlen(in->message) > MESSAGE_MAX)
		return err_input(err, "message", N_("Write at most 500 characters"));
	if (!db_write(db, add_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
remove_write(struct db *tx, void *arg, struct err *err)
{
	struct write *w = arg;
	struct stmt *st = db_stmt(tx, "SELECT from_date, to_date, stand_in_id FROM absence WHERE id = $1 AND account_id = $2",
	    err);
	struct arena *a = arena_open();
	enum db_step step;
	bool ok;

	bind_i64(st, 1, w->in.id);
	bind_i64(st, 2, w->in.account_id);
	step = db_next(st, err);
	if (step == DB_ROW) {
		w->in.from_date = col_text(st, a, 0);
		w->in.to_date = col_text(st, a, 1);
		w->in.stand_in_id = col_i64(st, 2);
	}
	db_done(st);
	if (step == DB_ROW)
		ok = db_run(tx, "DELETE FROM absence WHERE id = $1", NULL, err, "i", w->in.id) &&
		    noted(tx, w, "absence.removed", err);
	else
		ok = step == DB_FAIL ? err_add(err, "absence") : err_set(err, ERR_NOT_FOUND, "absence %" PRId64, w->in.id);
	arena_close(a);
	return ok;
}

bool
absence_remove(struct db *db, const struct change *by, int64_t account_id, int64_t id, struct err *err)
{
	struct write w = { by, { .id = id, .account_id = account_id }, 0 };

	return db_write(db, remove_write, &w, err);
}

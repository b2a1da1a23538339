/* figures/wall_store.c: screens, and the few counts they show */
#include "figures/wall.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/signed.h"
#include "call/call_store.h"
#include "db/db.h"
#include "people/rows.h"
#include "people/site.h"
#include "timeline/event.h"

/* ---- screens -------------------------------------------------------------------------------------------------------- */

#define SCREEN "SELECT s.id, s.authority_id, s.unit_id, s.name, s.created_at, s.seen_at, s.revoked_at, a.code, u.name" \
	" FROM wall_screen s LEFT JOIN authority a ON a.id = s.authority_id LEFT JOIN unit u ON u.id = s.unit_id"
static const char SCREENS[] = SCREEN " ORDER BY CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END, s.name, s.id";
static const char SCREEN_ONE[] = SCREEN " WHERE s.id = $1 AND s.revoked_at IS NULL";

enum { SCREEN_ID, CREATED_AT, PARTS };		/* of a screen's token */
static const char PURPOSE[] = "wall";		/* so that no link of another kind opens a screen */

static void
row_screen(struct stmt *st, struct arena *a, struct wall_screen *s)
{
	*s = (struct wall_screen){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2), .name = col_text(st, a, 3),
		.created_at = col_i64(st, 4), .seen_at = col_i64(st, 5), .revoked_at = col_i64(st, 6),
		.authority_code = col_text(st, a, 7), .unit_name = col_text(st, a, 8),
	};
}

bool
wall_screen_list(struct db *db, struct arena *a, struct wall_screen_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SCREENS, err);
	struct wall_screen_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_screen(st, a, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "screens");
}

static bool
screen_get(struct db *db, struct arena *a, int64_t id, struct wall_screen *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SCREEN_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_screen(st, a, out);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "screen %" PRId64, id);
	return step == DB_ROW || err_set(err, ERR_NOT_FOUND, "screen %" PRId64 " is not in use", id);
}

struct screen_write { const struct change *by; struct wall_screen in; int64_t id; };

static bool
add_write(struct db *tx, void *arg, struct err *err)
{
	struct screen_write *w = arg;
	int64_t authority_id = w->in.authority_id;
	struct arena *a = arena_open();
	struct authority authority;
	struct unit unit;
	bool ok = true;

	if (w->in.unit_id != 0) {
		ok = unit_get(tx, a, w->in.unit_id, &unit, err);
		authority_id = ok ? unit.authority_id : 0;
	} else if (authority_id != 0) {
		ok = authority_get(tx, a, authority_id, &authority, err);
	}
	arena_close(a);
	if (!ok)
		return err->code == ERR_NOT_FOUND && err_input(err, "place", N_("Choose whose contacts it shows"));
	return db_id(tx, "INSERT INTO wall_screen (name, authority_id, unit_id, created_by, created_at)"
	    " VALUES ($1, $2, $3, $4, $5) RETURNING id", &w->id, err, "tIIIi", w->in.name, authority_id, w->in.unit_id,
	    w->by->account_id, w->by->now) &&
	    event_note(tx, w->by->now, w->by->account_id, "wall_screen.created", "wall_screen", w->id, 0, 0, authority_id, 0, NULL,
	    err);
}

bool
wall_screen_add(struct db *db, const struct change *by, const struct wall_screen *in, int64_t *id, struct err *err)
{
	struct screen_write w = { by, *in, 0 };

	if (in->name == NULL || in->name[0] == '\0' || strlen(in->name) > WALL_NAME_MAX)
		return err_input(err, "name", N_("Write where the screen hangs, in at most 80 characters"));
	if (!db_write(db, add_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
revoke_write(struct db *tx, void *arg, struct err *err)
{
	struct screen_write *w = arg;
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE wall_screen SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", &changed, err, "ii",
	    w->by->now, w->id))
		return false;
	return changed == 1 ? event_note(tx, w->by->now, w->by->account_id, "wall_screen.revoked", "wall_screen", w->id, 0, 0, 0, 0,
	    NULL, err) : err_set(err, ERR_NOT_FOUND, "screen %" PRId64, w->id);
}

bool
wall_screen_revoke(struct db *db, const struct change *by, int64_t id, struct err *err)
{
	struct screen_write w = { by, { 0 }, id };

	return db_write(db, revoke_write, &w, err);
}

/* ---- tokens ---------------------------------------------------------------------------------------------------------- */

bool
wall_screen_token(struct db *db, struct arena *a, const struct wall_screen *s, const char **token, struct err *err)
{
	const int64_t part[PARTS] = { [SCREEN_ID] = s->id, [CREATED_AT] = s->created_at };
	struct site_keys keys;

	if (!site_keys(db, &keys, err))
		return false;
	*token = signed_numbers(a, keys.link, PURPOSE, part, PARTS);
	return true;
}

bool
wall_screen_open(struct db *db, struct arena *a, const char *token, struct wall_screen *out, struct err *err)
{
	int64_t part[PARTS];
	struct site_keys keys;
	struct wall_screen s;

	if (!site_keys(db, &keys, err))
		return false;
	if (!signed_numbers_open(keys.link, PURPOSE, token, part, PARTS))
		return err_set(err, ERR_NOT_FOUND, "screen: not one of ours");
	if (!screen_get(db, a, part[SCREEN_ID], &s, err))
		return false;
	if (s.created_at != part[CREATED_AT])	/* a row of another database, restored over this one */
		return err_set(err, ERR_NOT_FOUND, "screen: of another time");
	*out = s;
	return true;
}

struct seen { int64_t id, now; };

static bool
seen_write(struct db *tx, void *arg, struct err *err)
{
	const struct seen *s = arg;

	return db_run(tx, "UPDATE wall_screen SET seen_at = $1 WHERE id = $2", NULL, err, "ii", s->now, s->id);
}

bool
wall_screen_seen(struct db *db, const struct wall_screen *s, int64_t now, struct err *err)
{
	if (now - s->seen_at < WALL_SEEN_S)
		return true;
	return db_write(db, seen_write, &(struct seen){ s->id, now }, err);
}

/* ---- what it shows --------------------------------------------------------------------------------------------------- */

/* Somebody waits for our answer: open, promised, not waiting for herself. */
#define OURS(T) " AND ($1 = 0 OR " T ".authority_id = $1) AND ($2 = 0 OR " T ".unit_id = $2)"
#define WAITS "c.closed_at IS NULL AND c.answer_by IS NOT NULL AND c.kind = 'contact' AND c.state IN ('new', 'assigned')" \
	" AND c.restricted = 0" OURS("c")
static const char OLDEST[] = "SELECT c.number, g.name, g.name_en, c.arrived_at FROM contact c"
    " LEFT JOIN category g ON g.id = c.category_id WHERE " WAITS " ORDER BY c.arrived_at, c.id LIMIT $3";
static const char COUNTS[] = "SELECT COUNT(*), SUM(CASE WHEN c.answer_by > $3 AND c.answer_by <= $4 THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN c.answer_by <= $3 THEN 1 ELSE 0 END) FROM contact c WHERE " WAITS;
static const char KEPT[] = "SELECT COUNT(*) FROM contact c WHERE c.answered_at >= $3 AND c.answered_at < $4"
    " AND c.answered_at <= c.answer_by AND c.kind = 'contact' AND c.restricted = 0" OURS("c");
static const char CALLS[] = "SELECT COUNT(*), MIN(p.started_at) FROM phone_call p WHERE p.kind = 'ringing' AND p.started_at > $3"
    " AND p.ended_at IS NULL" OURS("p");
static const char CALLBACKS[] = "SELECT COUNT(*) FROM callback_task k WHERE k.closed_at IS NULL AND k.restricted = 0" OURS("k");

static struct stmt *
of_screen(struct db *db, const char *sql, const struct wall_screen *s, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);

	bind_i64(st, 1, s->authority_id);
	bind_i64(st, 2, s->unit_id);
	return st;
}

static bool
oldest(struct db *db, struct arena *a, const struct wall_screen *s, struct wall *out, struct err *err)
{
	struct stmt *st = of_screen(db, OLDEST, s, err);
	enum db_step step;

	bind_i64(st, 3, WALL_ROWS);
	while ((step = db_next(st, err)) == DB_ROW && out->n < WALL_ROWS)
		out->row[out->n++] = (struct wall_row){ col_text(st, a, 0), col_text(st, a, 1), col_text(st, a, 2), col_i64(st, 3) };
	db_done(st);
	return step != DB_FAIL;
}

/* One row of up to three counts. */
static bool
counts(struct stmt *st, int64_t *first, int64_t *second, int64_t *third, struct err *err)
{
	enum db_step step = db_next(st, err);

	if (step == DB_ROW) {
		*first = col_i64(st, 0);
		*second = second == first ? *first : col_i64(st, 1);
		*third = third == first ? *first : col_i64(st, 2);
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
promises(struct db *db, const struct wall_screen *s, int64_t now, struct wall *out, struct err *err)
{
	struct date today = local_date(now);
	int64_t from = local_instant(today, 0, 0, 0), to = local_instant(today, 24, 0, 0);
	struct stmt *st = of_screen(db, COUNTS, s, err);

	bind_i64(st, 3, now);
	bind_i64(st, 4, to);
	if (!counts(st, &out->waiting, &out->due, &out->broken, err))
		return false;
	st = of_screen(db, KEPT, s, err);
	bind_i64(st, 3, from);
	bind_i64(st, 4, to);
	return counts(st, &out->kept, &out->kept, &out->kept, err);
}

static bool
calls(struct db *db, const struct wall_screen *s, int64_t now, struct wall *out, struct err *err)
{
	struct stmt *st = of_screen(db, CALLS, s, err);

	bind_i64(st, 3, now - CALL_STALE_S);
	if (!counts(st, &out->calls, &out->calls_since, &out->calls, err))
		return false;
	st = of_screen(db, CALLBACKS, s, err);
	return counts(st, &out->callbacks, &out->callbacks, &out->callbacks, err);
}

bool
wall_read(struct db *db, struct arena *a, const struct wall_screen *s, int64_t now, struct wall *out, struct err *err)
{
	*out = (struct wall){ 0 };
	return (oldest(db, a, s, out, err) && promises(db, s, now, out, err) && calls(db, s, now, out, err)) ||
	    err_add(err, "screen %" PRId64, s->id);
}

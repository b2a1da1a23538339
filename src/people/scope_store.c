/* people/scope_store.c: grants read, account_scope written */
#include "people/scope.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "db/db.h"

enum { UNITS_MAX = 2000 };	/* more than the largest Swedish municipality has */

static const char GRANTS[] =
    "SELECT g.role, g.authority_id, g.unit_id FROM role_grant g JOIN account a ON a.id = g.account_id"
    " WHERE g.account_id = $1 AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2)"
    "   AND a.disabled_at IS NULL ORDER BY g.id";
static const char BELOW[] =
    "WITH RECURSIVE below (id) AS ("
    "  SELECT id FROM unit WHERE parent_id = $1 UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id)"
    " SELECT id FROM below ORDER BY id";
static const char ACCOUNTS[] = "SELECT DISTINCT account_id FROM role_grant ORDER BY account_id";
static const char INSERT[] =
    "INSERT INTO account_scope (account_id, action, authority_id, unit_id, own, reach) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (account_id, action, authority_id, unit_id, own) DO UPDATE SET reach = excluded.reach"
    " WHERE account_scope.reach < excluded.reach";

struct grants { struct grant *item; size_t n, cap; };

static void
grants_add(struct grants *list, struct arena *a, struct grant g)
{
	if (list->n == list->cap) {
		size_t more = list->cap == 0 ? 8 : list->cap * 2;

		list->item = arena_grow(a, list->item, list->cap * sizeof(g), more * sizeof(g));
		list->cap = more;
	}
	list->item[list->n++] = g;
}

static bool
add_below(struct db *db, struct arena *a, struct grants *list, struct grant g, struct err *err)
{
	struct stmt *st = db_stmt(db, BELOW, err);
	enum db_step step;
	size_t n = 0;

	bind_i64(st, 1, g.unit_id);
	while ((step = db_next(st, err)) == DB_ROW && n++ < UNITS_MAX) {
		g.unit_id = col_i64(st, 0);
		grants_add(list, a, g);
	}
	db_done(st);
	return step != DB_FAIL;
}

bool
grants_of(struct db *db, struct arena *a, int64_t account_id, struct date today, const struct grant **out, size_t *n,
    struct err *err)
{
	struct grants list = { 0 };
	struct stmt *st = db_stmt(db, GRANTS, err);
	enum db_step step;
	size_t direct;

	bind_i64(st, 1, account_id);
	bind_text(st, 2, date_text(today).s);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct grant g = { .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2) };

		if (role_parse(col_text(st, a, 0), &g.role))
			grants_add(&list, a, g);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "grants of account %lld", (long long)account_id);
	direct = list.n;
	for (size_t i = 0; i < direct; i++)
		if (list.item[i].unit_id != 0 && !add_below(db, a, &list, list.item[i], err))
			return err_add(err, "units below %lld", (long long)list.item[i].unit_id);
	*out = list.item;
	*n = list.n;
	return true;
}

static bool
insert_area(struct db *tx, int64_t account_id, const struct scope_area *s, struct err *err)
{
	return db_run(tx, INSERT, NULL, err, "iiiiii", account_id, (int64_t)s->action, s->authority_id, s->unit_id,
	    (int64_t)s->own, (int64_t)s->reach);
}

static bool
rebuild_one(struct db *tx, struct arena *a, int64_t account_id, struct date today, struct err *err)
{
	const struct grant *grant;
	size_t n;

	if (!grants_of(tx, a, account_id, today, &grant, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
			for (int scope = 0; scope < SCOPE_COUNT; scope++) {
				struct scope_area s;

				if (scope_of(&grant[i], (enum action)action, (enum scope)scope, &s) &&
				    !insert_area(tx, account_id, &s, err))
					return err_add(err, "scope of account %lld", (long long)account_id);
			}
		}
	}
	return true;
}

static bool
rebuild_all(struct db *tx, struct arena *a, struct date today, struct err *err)
{
	int64_t *id = NULL;
	size_t n = 0, cap = 0;
	struct stmt *st = db_stmt(tx, ACCOUNTS, err);
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		if (n == cap) {
			size_t more = cap == 0 ? 64 : cap * 2;

			id = arena_grow(a, id, cap * sizeof(*id), more * sizeof(*id));
			cap = more;
		}
		id[n++] = col_i64(st, 0);
	}
	db_done(st);
	if (step == DB_FAIL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!rebuild_one(tx, a, id[i], today, err))
			return false;
	return true;
}

bool
scope_rebuild(struct db *tx, int64_t account_id, struct date today, struct err *err)
{
	struct arena *a = arena_open();
	bool ok;

	if (account_id == 0)
		ok = db_run(tx, "DELETE FROM account_scope", NULL, err, "") && rebuild_all(tx, a, today, err);
	else
		ok = db_run(tx, "DELETE FROM account_scope WHERE account_id = $1", NULL, err, "i", account_id) &&
		    rebuild_one(tx, a, account_id, today, err);
	arena_close(a);
	return ok || err_add(err, "account scope");
}

/* contact/clock_store.c: which contacts are due for a step, as rows */
#include "contact/clock_store.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

#define DUE "SELECT c.id, c.number, c.authority_id, c.unit_id, c.owner_id, c.answer_by, c.overdue, c.restricted FROM contact c"

static bool
rows(struct stmt *st, struct arena *a, size_t limit, struct due_list *out, struct err *err)
{
	struct due_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < limit) {
		list.item[list.n++] = (struct due){
			.id = col_i64(st, 0), .number = col_text(st, a, 1), .authority_id = col_i64(st, 2),
			.unit_id = col_i64(st, 3), .owner_id = col_i64(st, 4), .answer_by = col_i64(st, 5),
			.overdue = (int)col_i64(st, 6), .restricted = (int)col_i64(st, 7),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "due contacts");
	*out = list;
	return true;
}

bool
clock_due(struct db *db, struct arena *a, int64_t now, const struct due *after, size_t limit, struct due_list *out,
    struct err *err)
{
	/* Paused clocks stand still; level 3 is the last. In the order of contact_due: by id alone SQLite read every contact there
	 * ever was, since that gave the order. */
	struct stmt *st = db_stmt(db, DUE " WHERE c.closed_at IS NULL AND c.answer_by <= $1 AND c.overdue < 3"
	    " AND c.paused_at IS NULL AND c.state <> 'quarantined' AND c.answer_by >= $4 AND (c.answer_by > $4 OR c.id > $2)"
	    " ORDER BY c.answer_by, c.id LIMIT $3", err);

	bind_i64(st, 1, now);
	bind_i64(st, 2, after->id);
	bind_i64(st, 3, (int64_t)limit);
	bind_i64(st, 4, after->answer_by);
	return rows(st, a, limit, out, err);
}

/* A page of open contacts by id: $1 is the last of the page before, $2 how many. "id + 0" is no index's column, so that SQLite begins with
 * the open ones. */
#define PAGE_BY_ID " AND c.id + 0 > $1 ORDER BY c.id + 0 LIMIT $2"

static bool
page_by_id(struct stmt *st, struct arena *a, int64_t after_id, size_t limit, struct due_list *out, struct err *err)
{
	bind_i64(st, 1, after_id);
	bind_i64(st, 2, (int64_t)limit);
	return rows(st, a, limit, out, err);
}

bool
clock_unconfirmed(struct db *db, struct arena *a, int64_t now, int64_t after_id, size_t limit, struct due_list *out,
    struct err *err)
{
	/* Where the answer is promised for the same day, overdue 1 says it. */
	struct stmt *st = db_stmt(db, DUE " WHERE c.closed_at IS NULL AND c.confirmed_at IS NULL AND c.confirm_told = 0"
	    " AND c.confirm_by <= $3 AND c.confirm_by < c.answer_by AND c.owner_id IS NULL AND c.paused_at IS NULL"
	    " AND c.state <> 'quarantined'" PAGE_BY_ID, err);

	bind_i64(st, 3, now);
	return page_by_id(st, a, after_id, limit, out, err);
}

bool
clock_unconfirmed_told(struct db *tx, int64_t id, bool *changed, struct err *err)
{
	int64_t n = 0;

	if (!db_run(tx, "UPDATE contact SET confirm_told = 1 WHERE id = $1 AND confirm_told = 0 AND confirmed_at IS NULL"
	    " AND closed_at IS NULL", &n, err, "i", id))
		return err_add(err, "unconfirmed");
	*changed = n == 1;
	return true;
}

bool
clock_left_behind(struct db *db, struct arena *a, const char *today, int64_t disabled_before, int64_t after_id, size_t limit,
    struct due_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, DUE " JOIN account ac ON ac.id = c.owner_id WHERE c.closed_at IS NULL"
	    " AND (ac.disabled_at IS NULL OR ac.disabled_at < $4) AND NOT EXISTS (SELECT 1 FROM role_grant g"
	    "  WHERE g.account_id = c.owner_id AND ac.disabled_at IS NULL"
	    "  AND (g.authority_id IS NULL OR g.authority_id = c.authority_id)"
	    "  AND g.valid_from <= $3 AND (g.valid_to IS NULL OR g.valid_to >= $3))" PAGE_BY_ID, err);

	bind_text(st, 3, today);
	bind_i64(st, 4, disabled_before);
	return page_by_id(st, a, after_id, limit, out, err);
}

bool
clock_closed_units(struct db *db, struct arena *a, int64_t after_id, size_t limit, struct due_list *out, struct err *err)
{
	return page_by_id(db_stmt(db, DUE " JOIN unit u ON u.id = c.unit_id WHERE c.closed_at IS NULL AND u.active = 0 AND EXISTS"
	    " (SELECT 1 FROM unit x WHERE x.authority_id = u.authority_id AND x.active = 1)" PAGE_BY_ID, err), a, after_id, limit, out,
	    err);
}

bool
clock_overdue_set(struct db *tx, int64_t id, int from, int to, bool *changed, struct err *err)
{
	int64_t n = 0;

	/* Only from the level that was seen: two ticks at once tell nobody twice. */
	if (!db_run(tx, "UPDATE contact SET overdue = $1 WHERE id = $2 AND overdue = $3 AND closed_at IS NULL", &n, err,
	    "iii", (int64_t)to, id, (int64_t)from))
		return err_add(err, "overdue");
	*changed = n == 1;
	return true;
}

bool
job_done_until(struct db *db, const char *name, int64_t *until, struct err *err)
{
	return db_id(db, "SELECT COALESCE(MAX(done_until), 0) FROM job WHERE name = $1", until, err, "t", name);
}

bool
job_set(struct db *tx, const char *name, int64_t until, const char *result, struct err *err)
{
	return db_run(tx, "INSERT INTO job (name, done_until, result) VALUES ($1, $2, $3) ON CONFLICT (name)"
	    " DO UPDATE SET done_until = excluded.done_until, result = excluded.result", NULL, err, "tit", name, until,
	    result);
}

/* contact/clock_store.c: which contacts are due for a step, as rows */
#include "contact/clock_store.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool
clock_due(struct db *db, struct arena *a, int64_t now, int64_t after_id, size_t limit, struct due_list *out,
    struct err *err)
{
	/* Paused clocks stand still; level 3 is the last. */
	static const char sql[] =
	    "SELECT id, number, authority_id, unit_id, owner_id, answer_by, overdue, restricted FROM contact"
	    " WHERE closed_at IS NULL AND answer_by <= $1 AND overdue < 3 AND paused_at IS NULL"
	    " AND state <> 'quarantined' AND id > $2 ORDER BY id LIMIT $3";
	struct stmt *st = db_stmt(db, sql, err);
	struct due_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	bind_i64(st, 1, now);
	bind_i64(st, 2, after_id);
	bind_i64(st, 3, (int64_t)limit);
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

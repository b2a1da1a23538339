/* contact/demo_store.c */
#include "contact/demo_store.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool
demo_handlers(struct db *db, struct arena *a, const struct demo_handler **out, size_t *n, struct err *err)
{
	enum { MOST = 200 };
	static const char sql[] =
	    "SELECT DISTINCT ac.id, ac.unit_id, u.authority_id, p.name FROM account ac JOIN person p ON p.id = ac.person_id"
	    " JOIN unit u ON u.id = ac.unit_id JOIN role_grant g ON g.account_id = ac.id"
	    " WHERE g.role IN ('case_handler', 'contact_guide', 'registrar') ORDER BY ac.id LIMIT 200";
	struct demo_handler *list = arena_array(a, MOST, sizeof(*list));
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW && *n < MOST)
		list[(*n)++] = (struct demo_handler){ col_i64(st, 0), col_i64(st, 1), col_i64(st, 2), col_text(st, a, 3) };
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "handlers");
}

bool
demo_count(struct db *db, int64_t most, int64_t *n, struct err *err)
{
	return db_id(db, "SELECT COUNT(*) FROM (SELECT id FROM contact LIMIT $1) AS first", n, err, "i", most);
}

bool
demo_mail_is_history(struct db *tx, int64_t contact_id, int64_t at, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET state = 'sent', sent_at = $1, attempts = 1 WHERE contact_id = $2", NULL, err,
	    "ii", at, contact_id) &&
	    db_run(tx, "UPDATE document SET state = 'sent' WHERE contact_id = $1 AND state = 'queued'", NULL, err, "i",
	    contact_id);
}

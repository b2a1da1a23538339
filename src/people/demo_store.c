/* people/demo_store.c: the demo's accounts in the database */
#include "people/demo.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "people/rows.h"

/* The first role of each account; accounts in the order they were made, which is that of the roles. */
static const char ACCOUNTS[] =
    "SELECT ac.id, p.name, ac.sign_in, g.role, a.code FROM account ac JOIN person p ON p.id = ac.person_id"
    "  JOIN role_grant g ON g.id = (SELECT MIN(f.id) FROM role_grant f WHERE f.account_id = ac.id)"
    "  LEFT JOIN authority a ON a.id = g.authority_id"
    " WHERE ac.sign_in LIKE '%" DEMO_DOMAIN "' AND ac.disabled_at IS NULL AND p.name LIKE 'Demo %' ORDER BY ac.id";

bool
demo_accounts(struct db *db, struct arena *a, struct demo_account_list *out, struct err *err)
{
	struct demo_account_list list = { 0 };
	struct stmt *st = db_stmt(db, ACCOUNTS, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		struct demo_account r = { .account_id = col_i64(st, 0), .name = col_text(st, a, 1),
			.sign_in = col_text(st, a, 2), .authority = col_text(st, a, 4) };

		if (!role_parse(col_text(st, a, 3), &r.role))
			continue;
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = r;
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "demo accounts");
	*out = list;
	return true;
}

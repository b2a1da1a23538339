/* registry/secrecy_store.c */
#include "base/err.h"
#include "db/db.h"
#include "registry/secrecy.h"

struct reading { int64_t account_id, object_id, authority_id, now; const char *object; };

static bool
add(struct db *tx, void *arg, struct err *err)
{
	const struct reading *r = arg;

	return db_run(tx, "INSERT INTO read_log (at, account_id, object, object_id, authority_id) VALUES ($1, $2, $3, $4, $5)",
	    NULL, err, "iitii", r->now, r->account_id, r->object, r->object_id, r->authority_id);
}

bool
read_log_add(struct db *db, int64_t account_id, const char *object, int64_t object_id, int64_t authority_id,
    int64_t now, struct err *err)
{
	struct reading r = { account_id, object_id, authority_id, now, object };
	int64_t n = 0;

	if (!db_id(db, "SELECT COUNT(*) FROM read_log WHERE object = $1 AND object_id = $2 AND account_id = $3 AND at > $4",
	    &n, err, "tiii", object, object_id, account_id, now - 300))
		return err_add(err, "read log");
	return n > 0 || db_write(db, add, &r, err) || err_add(err, "read log");
}

/* contact/link_store.c: secret links; the key stands in the settings, made when the database was */
#include "contact/link.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/signed.h"
#include "db/db.h"
#include "people/site.h"

enum { LINK_ID, CONTACT_ID, EXPIRES_AT, PARTS };	/* 39 bytes: 52 characters of base64url */

bool
link_make(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, const char **path, struct err *err)
{
	int64_t part[PARTS] = { [CONTACT_ID] = contact_id, [EXPIRES_AT] = now + LINK_LIFE_S };
	struct site_keys keys;

	if (!db_id(tx, "INSERT INTO contact_link (contact_id, created_at, expires_at) VALUES ($1, $2, $3) RETURNING id",
	    &part[LINK_ID], err, "iii", contact_id, now, now + LINK_LIFE_S))
		return err_add(err, "link");
	if (!site_keys(tx, &keys, err))
		return false;
	*path = arena_printf(a, "/k/%s", signed_numbers(a, keys.link, "", part, PARTS));
	return true;
}

/* Only who had a link that was ours learns that there was one. */
static bool
dead(struct err *err, const char *why)
{
	(void)err_set(err, ERR_NOT_FOUND, "link: %s", why);
	err->person = N_("This link has stopped working. Answer one of our mails or call us, and say the number of your contact: "
	    "then we send you a new one.");
	return false;
}

bool
link_open(struct db *db, const char *token, int64_t now, int64_t *contact_id, int64_t *link_id, struct err *err)
{
	int64_t part[PARTS];
	struct site_keys keys;
	struct stmt *st;
	enum db_step step;
	bool revoked = true;

	if (!site_keys(db, &keys, err))
		return false;
	if (!signed_numbers_open(keys.link, "", token, part, PARTS))
		return err_set(err, ERR_NOT_FOUND, "link: not one of ours");
	if (part[EXPIRES_AT] < now)
		return dead(err, "expired");
	st = db_stmt(db, "SELECT revoked_at FROM contact_link WHERE id = $1 AND contact_id = $2", err);
	bind_i64(st, 1, part[LINK_ID]);
	bind_i64(st, 2, part[CONTACT_ID]);
	if ((step = db_next(st, err)) == DB_ROW)
		revoked = !col_is_null(st, 0);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "link");
	if (revoked)
		return dead(err, "revoked");
	*link_id = part[LINK_ID];
	*contact_id = part[CONTACT_ID];
	return true;
}

bool
link_revoke(struct db *tx, int64_t contact_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE contact_link SET revoked_at = $1 WHERE contact_id = $2 AND revoked_at IS NULL", NULL,
	    err, "ii", now, contact_id);
}

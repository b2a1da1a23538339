/* contact/link_store.c: secret links; the key stands in the settings, made when the database was */
#include "contact/link.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late_sodium.h"
#include "base/random.h"
#include "db/db.h"
#include "people/site.h"

enum { PART = 8, MAC = 15, RAW = 3 * PART + MAC };	/* 39 bytes: 52 characters of base64url, 120 bits of MAC */

static void
put_i64(unsigned char *out, int64_t v)
{
	for (int i = 0; i < PART; i++)
		out[i] = (unsigned char)((uint64_t)v >> (8 * i));
}

static int64_t
take_i64(const unsigned char *in)
{
	uint64_t v = 0;

	for (int i = 0; i < PART; i++)
		v |= (uint64_t)in[i] << (8 * i);
	return (int64_t)v;
}

static bool
link_mac(struct db *db, const unsigned char *parts, unsigned char out[MAC], struct err *err)
{
	struct site_keys keys;
	struct hash h;

	if (!site_keys(db, &keys, err))
		return false;
	h = hash_keyed(keys.link, parts, 3 * PART);
	memcpy(out, h.b, MAC);
	return true;
}

bool
link_make(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, const char **path, struct err *err)
{
	unsigned char raw[RAW];
	char text[64];
	int64_t id;

	if (!db_id(tx, "INSERT INTO contact_link (contact_id, created_at, expires_at) VALUES ($1, $2, $3) RETURNING id",
	    &id, err, "iii", contact_id, now, now + LINK_LIFE_S))
		return err_add(err, "link");
	put_i64(raw, id);
	put_i64(raw + PART, contact_id);
	put_i64(raw + 2 * PART, now + LINK_LIFE_S);
	if (!link_mac(tx, raw, raw + 3 * PART, err))
		return false;
	(void)sodium_bin2base64(text, sizeof(text), raw, sizeof(raw), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	*path = arena_printf(a, "/k/%s", text);
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
	unsigned char raw[RAW + 3], mac[MAC];
	size_t n = 0;
	struct stmt *st;
	enum db_step step;
	bool revoked = true;

	if (token == NULL || sodium_base642bin(raw, sizeof(raw), token, strlen(token), NULL, &n, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || n != RAW)
		return err_set(err, ERR_NOT_FOUND, "link: not a token");
	if (!link_mac(db, raw, mac, err))
		return false;
	if (!secret_equal(mac, raw + 3 * PART, MAC))
		return err_set(err, ERR_NOT_FOUND, "link: forged");
	if (take_i64(raw + 2 * PART) < now)
		return dead(err, "expired");
	st = db_stmt(db, "SELECT revoked_at FROM contact_link WHERE id = $1 AND contact_id = $2", err);
	bind_i64(st, 1, take_i64(raw));
	bind_i64(st, 2, take_i64(raw + PART));
	if ((step = db_next(st, err)) == DB_ROW)
		revoked = !col_is_null(st, 0);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "link");
	if (revoked)
		return dead(err, "revoked");
	*link_id = take_i64(raw);
	*contact_id = take_i64(raw + PART);
	return true;
}

bool
link_revoke(struct db *tx, int64_t contact_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE contact_link SET revoked_at = $1 WHERE contact_id = $2 AND revoked_at IS NULL", NULL,
	    err, "ii", now, contact_id);
}

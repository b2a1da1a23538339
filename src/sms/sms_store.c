/* sms/sms_store.c */
#include "sms/sms_store.h"

#include <inttypes.h>

#include "base/err.h"
#include "db/db.h"

bool
sms_named(struct db *tx, int64_t outbox_id, const char *gateway_id, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET gateway_id = $1 WHERE id = $2", NULL, err, "ti", gateway_id, outbox_id);
}

bool
sms_by_gateway_id(struct db *db, struct arena *a, const char *gateway_id, struct sms_out *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, contact_id, document_id, recipient, state, delivered_at FROM outbox"
	    " WHERE gateway_id = $1 AND way = 'sms' ORDER BY id DESC LIMIT 1", err);
	enum db_step step;

	bind_text(st, 1, gateway_id);
	if ((step = db_next(st, err)) == DB_ROW)
		*out = (struct sms_out){ .id = col_i64(st, 0), .contact_id = col_i64(st, 1), .document_id = col_i64(st, 2),
			.recipient = col_text(st, a, 3), .state = col_text(st, a, 4), .delivered = !col_is_null(st, 5) };
	db_done(st);
	return step == DB_ROW || (step == DB_FAIL ? err_add(err, "text message") :
	    err_set(err, ERR_NOT_FOUND, "no text message of ours has that id"));
}

bool
sms_delivered(struct db *tx, int64_t outbox_id, int64_t now, struct err *err)
{
	return db_run(tx, "UPDATE outbox SET delivered_at = $1 WHERE id = $2", NULL, err, "ii", now, outbox_id);
}

static bool
one_id(struct db *db, const char *sql, const char *text, int64_t *id, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*id = 0;
	bind_text(st, 1, text);
	if ((step = db_next(st, err)) == DB_ROW)
		*id = col_i64(st, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "text message");
}

bool
sms_last_about(struct db *db, const char *number, int64_t *contact_id, struct err *err)
{
	return one_id(db, "SELECT contact_id FROM outbox WHERE recipient = $1 AND way = 'sms' AND state IN ('waiting', 'sent')"
	    " ORDER BY id DESC LIMIT 1", number, contact_id, err);
}

bool
sms_seen(struct db *db, const char *name, int64_t *contact_id, struct err *err)
{
	return one_id(db, "SELECT contact_id FROM sms_in WHERE name = $1", name, contact_id, err);
}

bool
sms_in_add(struct db *tx, const char *name, const char *gateway_id, const char *sender, const char *recipient, int64_t at,
    const char *kind, int64_t contact_id, struct err *err)
{
	return db_run(tx, "INSERT INTO sms_in (name, gateway_id, sender, recipient, arrived_at, kind, contact_id)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL, err, "ttttiti", name, gateway_id, sender, recipient, at, kind, contact_id);
}

bool
sms_counts(struct db *db, int64_t since, int64_t *waiting, int64_t *failed, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT (SELECT COUNT(*) FROM outbox WHERE way = 'sms' AND state = 'waiting'),"
	    " (SELECT COUNT(*) FROM outbox WHERE way = 'sms' AND state = 'failed' AND created_at >= $1)", err);
	enum db_step step;

	bind_i64(st, 1, since);
	if ((step = db_next(st, err)) == DB_ROW) {
		*waiting = col_i64(st, 0);
		*failed = col_i64(st, 1);
	}
	db_done(st);
	return step == DB_ROW || err_add(err, "text messages");
}

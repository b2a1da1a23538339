/* contact/intake_store.c */
#include "contact/intake_store.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

static bool
one(struct stmt *st, struct arena *a, struct mail_in *out, struct err *err)
{
	enum db_step step = db_next(st, err);

	*out = (struct mail_in){ 0 };
	if (step == DB_ROW)
		*out = (struct mail_in){ .id = col_i64(st, 0), .arrived_at = col_i64(st, 1), .contact_id = col_i64(st, 2),
			.raw_sha256 = col_text(st, a, 3), .envelope_to = col_text(st, a, 4), .kind = col_text(st, a, 5), .attempts = col_i64(st, 6) };
	db_done(st);
	return step != DB_FAIL || err_add(err, "stored mail");
}

#define COLUMNS "SELECT id, arrived_at, contact_id, raw_sha256, envelope_to, kind, attempts FROM mail_in"

bool
mail_with_bytes(struct db *db, struct arena *a, const char *raw_sha256, struct mail_in *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE raw_sha256 = $1 ORDER BY id LIMIT 1", err);

	bind_text(st, 1, raw_sha256);
	return one(st, a, out, err);
}

bool
mail_with_message_id(struct db *db, struct arena *a, const char *message_id, struct mail_in *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE message_id = $1 ORDER BY id LIMIT 1", err);

	bind_text(st, 1, message_id);
	return one(st, a, out, err);
}

bool
mail_get(struct db *db, struct arena *a, int64_t id, struct mail_in *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE id = $1", err);

	bind_i64(st, 1, id);
	return one(st, a, out, err);
}

bool
mail_store(struct db *tx, const char *raw_sha256, const char *envelope_to, int64_t now, int64_t *id, struct err *err)
{
	return db_id(tx, "INSERT INTO mail_in (raw_sha256, envelope_to, arrived_at, attempts) VALUES ($1, $2, $3, 1) RETURNING id", id,
	    err, "tti", raw_sha256, envelope_to, now);
}

bool
mail_attempt(struct db *tx, int64_t id, struct err *err)
{
	return db_run(tx, "UPDATE mail_in SET attempts = attempts + 1 WHERE id = $1", NULL, err, "i", id);
}

bool
mail_attempt_failed(struct db *tx, int64_t id, const char *why, struct err *err)
{
	return db_run(tx, "UPDATE mail_in SET attempts = attempts - 1, error = $1 WHERE id = $2 AND attempts > 0", NULL, err, "ti", why,
	    id);
}

bool
mail_read(struct db *tx, int64_t id, const char *kind, const char *message_id, struct err *err)
{
	return db_run(tx, "UPDATE mail_in SET kind = $1, message_id = $2, error = NULL WHERE id = $3", NULL, err,
	    "tti", kind, message_id, id);
}

bool
mail_belongs(struct db *tx, int64_t id, int64_t contact_id, struct err *err)
{
	return db_run(tx, "UPDATE mail_in SET contact_id = $1 WHERE id = $2", NULL, err, "Ii", contact_id, id);
}

bool
mail_unread(struct db *db, struct arena *a, int64_t after, struct mail_in *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE kind IS NULL AND id > $1 ORDER BY id LIMIT 1", err);

	bind_i64(st, 1, after);
	return one(st, a, out, err);
}

bool
thread_of(struct db *db, const char *message_id, int64_t *contact_id, int64_t *document_id, struct err *err)
{
	static const char sql[] =
	    "SELECT contact_id, COALESCE(document_id, 0) FROM outbox WHERE message_id = $1 AND contact_id IS NOT NULL"
	    " UNION ALL SELECT contact_id, 0 FROM document WHERE message_id = $1 AND contact_id IS NOT NULL LIMIT 1";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*contact_id = *document_id = 0;
	bind_text(st, 1, message_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*contact_id = col_i64(st, 0);
		*document_id = col_i64(st, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "thread");
}

bool
last_answer(struct db *db, int64_t contact_id, int64_t *document_id, struct err *err)
{
	return db_id(db, "SELECT COALESCE(MAX(id), 0) FROM document WHERE contact_id = $1 AND direction = 'out'"
	    " AND channel = 'email'", document_id, err, "i", contact_id);
}

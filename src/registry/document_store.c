/* registry/document_store.c: documents and files in the database */
#include "registry/document.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "db/db.h"
#include "mail/message.h"

/* One writer at a time: between these nobody else comes. Not in one statement with RETURNING: see db/sqlite.c. */
static const char SERIAL_NEXT[] =
    "UPDATE number_series SET next = next + 1 WHERE authority_id = $1 AND series = $2 AND year = $3";
static const char SERIAL_FIRST[] =
    "INSERT INTO number_series (authority_id, series, year, next) VALUES ($1, $2, $3, 2)";
static const char SERIAL_TAKEN[] =
    "SELECT next - 1 FROM number_series WHERE authority_id = $1 AND series = $2 AND year = $3";

static const char ADD[] =
    "INSERT INTO document (authority_id, contact_id, matter_id, number, direction, kind, channel, state, arrived_at,"
    "  received_date, received_rule, registered_at, registered_by, sender, recipient, title, title_public, text, quoted,"
    "  html, message_id, raw_sha256, restricted, version, replaces_id, dated, masks_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
    "  $23, $24, $25, $26, $27) RETURNING id";

static const char NEXT_NUMBER[] = "SELECT COALESCE(MAX(number), 0) + 1 FROM document WHERE matter_id = $1";

static const char ADD_FILE[] =
    "INSERT INTO document_file (document_id, position, sha256, name, claimed_type) VALUES ($1, $2, $3, $4, $5)";

#define COLUMNS "d.id, d.authority_id, d.contact_id, d.matter_id, d.number, d.direction, d.kind, d.channel, d.state," \
	" d.arrived_at, d.received_date, d.received_rule, d.registered_at, d.registered_by, p.name, d.sender," \
	" d.recipient, d.title, d.title_public, d.text, d.quoted, d.html, d.message_id, d.raw_sha256, d.restricted," \
	" d.version, d.replaces_id, o.state, o.error, o.id, o.next_attempt_at, o.attempts, d.dated, d.masks_id, o.sending_at"
#define TABLES " FROM document d LEFT JOIN account ac ON ac.id = d.registered_by" \
	" LEFT JOIN person p ON p.id = ac.person_id LEFT JOIN outbox o ON o.document_id = d.id"

static const char OF_CONTACT[] =
    "SELECT " COLUMNS TABLES " WHERE d.contact_id = $1 AND d.restricted <= $2 ORDER BY d.id";
static const char OF_MATTER[] =
    "SELECT " COLUMNS TABLES " WHERE d.matter_id = $1 AND d.restricted <= $2"
    " ORDER BY CASE WHEN d.number IS NULL THEN 1 ELSE 0 END, d.number, d.id";
static const char ONE[] = "SELECT " COLUMNS TABLES " WHERE d.id = $1";

#define FILES "SELECT x.document_id, x.position, x.sha256, x.name, x.claimed_type, f.type, f.size" \
	" FROM document_file x JOIN file f ON f.sha256 = x.sha256 JOIN document d ON d.id = x.document_id"

static const char FILES_OF_CONTACT[] = FILES " WHERE d.contact_id = $1 ORDER BY x.document_id, x.position";
static const char FILES_OF_MATTER[] = FILES " WHERE d.matter_id = $1 ORDER BY d.number, x.document_id, x.position";
static const char FILES_OF_ONE[] = FILES " WHERE d.id = $1 ORDER BY x.position";

bool
serial_next(struct db *tx, int64_t authority_id, const char *series, int64_t year, int64_t *serial, struct err *err)
{
	int64_t changed = 0;
	bool ok = db_run(tx, SERIAL_NEXT, &changed, err, "iti", authority_id, series, year) &&
	    (changed == 1 || db_run(tx, SERIAL_FIRST, NULL, err, "iti", authority_id, series, year)) &&
	    db_id(tx, SERIAL_TAKEN, serial, err, "iti", authority_id, series, year);

	return ok || err_add(err, "serial of %s", series);
}

bool
document_add(struct db *tx, const struct document *in, int64_t *id, struct err *err)
{
	int64_t number = 0, document_id = 0;
	struct stmt *st;
	enum db_step step;

	if (in->matter_id != 0 && strcmp(in->state, "draft") != 0 && !db_id(tx, NEXT_NUMBER, &number, err, "i", in->matter_id))
		return err_add(err, "document number");
	st = db_stmt(tx, ADD, err);
	bind_i64(st, 1, in->authority_id);
	bind_i64_or_null(st, 2, in->contact_id);
	bind_i64_or_null(st, 3, in->matter_id);
	bind_i64_or_null(st, 4, number);
	bind_text(st, 5, in->direction);
	bind_text(st, 6, in->kind);
	bind_text(st, 7, in->channel);
	bind_text(st, 8, in->state);
	bind_i64_or_null(st, 9, in->arrived_at);
	bind_text(st, 10, in->received_date);
	bind_text(st, 11, in->received_rule);
	bind_i64(st, 12, in->registered_at);
	bind_i64_or_null(st, 13, in->registered_by);
	bind_text(st, 14, in->sender);
	bind_text(st, 15, in->recipient);
	bind_text(st, 16, in->title);
	bind_text(st, 17, in->title_public);
	bind_text(st, 18, in->text == NULL ? "" : in->text);
	bind_text(st, 19, in->quoted);
	bind_text(st, 20, in->html);
	bind_text(st, 21, in->message_id);
	bind_text(st, 22, in->raw_sha256);
	bind_i64(st, 23, in->restricted);
	bind_i64(st, 24, in->version == 0 ? 1 : in->version);
	bind_i64_or_null(st, 25, in->replaces_id);
	bind_text(st, 26, in->dated);
	bind_i64_or_null(st, 27, in->masks_id);
	step = db_next(st, err);
	if (step == DB_ROW)
		document_id = col_i64(st, 0);
	db_done(st);
	if (step != DB_ROW)
		return err_add(err, "document");
	for (size_t i = 0; i < in->n_files; i++) {
		if (!db_run(tx, ADD_FILE, NULL, err, "iittt", document_id, (int64_t)i + 1, in->file[i].sha256,
		    in->file[i].name, in->file[i].claimed_type))
			return err_add(err, "file %zu of a document", i + 1);
	}
	if (id != NULL)
		*id = document_id;
	return true;
}

bool
document_state_set(struct db *tx, int64_t id, const char *state, struct err *err)
{
	return db_run(tx, "UPDATE document SET state = $1 WHERE id = $2", NULL, err, "ti", state, id);
}

bool
document_join_matter(struct db *tx, int64_t contact_id, int64_t matter_id, int64_t *n, struct err *err)
{
	static const char waiting[] =
	    "SELECT id FROM document WHERE contact_id = $1 AND matter_id IS NULL AND state <> 'draft' ORDER BY id LIMIT 1";

	for (*n = 0;; ++*n) {
		struct stmt *st = db_stmt(tx, waiting, err);
		int64_t id = 0, number;
		enum db_step step;

		bind_i64(st, 1, contact_id);
		step = db_next(st, err);
		if (step == DB_ROW)
			id = col_i64(st, 0);
		db_done(st);
		if (step != DB_ROW)
			return step == DB_END || err_add(err, "documents of a contact");
		if (!db_id(tx, NEXT_NUMBER, &number, err, "i", matter_id) ||
		    !db_run(tx, "UPDATE document SET matter_id = $1, number = $2 WHERE id = $3", NULL, err, "iii",
		    matter_id, number, id))
			return err_add(err, "document into a matter");
	}
}

static void
row_document(struct stmt *st, struct arena *a, struct document *d)
{
	*d = (struct document){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .contact_id = col_i64(st, 2),
		.matter_id = col_i64(st, 3), .number = col_i64(st, 4), .direction = col_text(st, a, 5),
		.kind = col_text(st, a, 6), .channel = col_text(st, a, 7), .state = col_text(st, a, 8),
		.arrived_at = col_i64(st, 9), .received_date = col_text(st, a, 10),
		.received_rule = col_text(st, a, 11), .registered_at = col_i64(st, 12),
		.registered_by = col_i64(st, 13), .registered_by_name = col_text(st, a, 14),
		.sender = col_text(st, a, 15), .recipient = col_text(st, a, 16), .title = col_text(st, a, 17),
		.title_public = col_text(st, a, 18), .text = col_text(st, a, 19), .quoted = col_text(st, a, 20),
		.html = col_text(st, a, 21), .message_id = col_text(st, a, 22), .raw_sha256 = col_text(st, a, 23),
		.restricted = (int)col_i64(st, 24), .version = col_i64(st, 25), .replaces_id = col_i64(st, 26),
		.delivery = col_text(st, a, 27), .delivery_error = col_text(st, a, 28),
		.delivery_id = col_i64(st, 29), .send_at = col_i64(st, 30), .delivery_attempts = col_i64(st, 31),
		.dated = col_text(st, a, 32), .masks_id = col_i64(st, 33),
		.sending_at = col_i64(st, 34),
	};
}

/* Fills the files of the documents in `list`; both are in the order of the documents. */
static bool
add_files(struct db *db, struct arena *a, const char *sql, int64_t id, struct document_list *list, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);
	struct document_file *file = NULL;
	size_t n = 0, cap = 0;
	enum db_step step;

	bind_i64(st, 1, id);
	while ((step = db_next(st, err)) == DB_ROW) {
		if (n == cap) {
			size_t more = cap == 0 ? 8 : cap * 2;

			file = arena_grow(a, file, cap * sizeof(*file), more * sizeof(*file));
			cap = more;
		}
		file[n++] = (struct document_file){
			.document_id = col_i64(st, 0), .position = col_i64(st, 1), .sha256 = col_text(st, a, 2),
			.name = col_text(st, a, 3), .claimed_type = col_text(st, a, 4), .type = col_text(st, a, 5),
			.size = col_i64(st, 6),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "files of documents");
	for (size_t i = 0; i < list->n; i++) {
		for (size_t j = 0; j < n; j++) {
			if (file[j].document_id != list->item[i].id)
				continue;
			if (list->item[i].n_files++ == 0)
				list->item[i].file = &file[j];
		}
	}
	return true;
}

bool
document_of(struct db *db, struct arena *a, int64_t contact_id, int64_t matter_id, int reach,
    struct document_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, contact_id != 0 ? OF_CONTACT : OF_MATTER, err);
	int64_t id = contact_id != 0 ? contact_id : matter_id;
	struct document_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	bind_i64(st, 1, id);
	bind_i64(st, 2, reach);
	while ((step = db_next(st, err)) == DB_ROW) {
		if (list.n == cap) {
			size_t more = cap == 0 ? 8 : cap * 2;

			list.item = arena_grow(a, list.item, cap * sizeof(*list.item), more * sizeof(*list.item));
			cap = more;
		}
		row_document(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "documents");
	if (!add_files(db, a, contact_id != 0 ? FILES_OF_CONTACT : FILES_OF_MATTER, id, &list, err))
		return false;
	*out = list;
	return true;
}

bool
document_get(struct db *db, struct arena *a, int64_t id, struct document *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);
	struct document d;
	struct document_list one = { .item = &d, .n = 1 };
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_document(st, a, &d);
	db_done(st);
	if (step != DB_ROW)
		return step == DB_FAIL ? err_add(err, "document %" PRId64, id) :
		    err_set(err, ERR_NOT_FOUND, "document %" PRId64, id);
	if (!add_files(db, a, FILES_OF_ONE, id, &one, err))
		return false;
	*out = d;
	return true;
}

bool
document_is_official(const struct document *d)
{
	if (strcmp(d->state, "draft") == 0)
		return false;			/* TF 2:12 */
	if (strcmp(d->direction, "in") == 0)
		return true;			/* TF 2:9, received */
	if (strcmp(d->direction, "out") == 0)
		return strcmp(d->state, "sent") == 0 || strcmp(d->state, "archived") == 0;	/* TF 2:10, dispatched */
	if (strncmp(d->kind, "administration_", 15) == 0)
		return true;			/* an elected representative's question and its answer: sent, TF 2:10 */
	return strcmp(d->state, "archived") == 0 || strcmp(d->kind, "call_note") == 0;	/* TF 2:12: adds facts */
}

const char *
file_type(struct arena *a, const void *bytes, size_t n)
{
	return n == 0 ? "application/x-empty" : mime_detect(a, bytes, n);
}

bool
file_put(struct db *tx, const void *bytes, size_t n, char hash[65], struct err *err)
{
	return file_put_as(tx, bytes, n, NULL, hash, err);
}

bool
file_put_as(struct db *tx, const void *bytes, size_t n, const char *type, char hash[65], struct err *err)
{
	struct hash_str hex = hash_hex(hash_bytes(bytes, n));
	struct arena *a = arena_open();
	bool ok = file_put_known(tx, bytes, n, type != NULL ? type : file_type(a, bytes, n), hex.s, err);

	arena_close(a);
	if (ok)
		memcpy(hash, hex.s, sizeof(hex.s));
	return ok;
}

bool
file_put_known(struct db *tx, const void *bytes, size_t n, const char *type, const char *sha256, struct err *err)
{
	static const char insert[] =
	    "INSERT INTO file (sha256, size, type, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING";
	struct stmt *st = db_stmt(tx, insert, err);
	enum db_step step;

	bind_text(st, 1, sha256);
	bind_i64(st, 2, (int64_t)n);
	bind_text(st, 3, type);
	bind_blob_room(st, 4, n == 0 ? "" : bytes, n);
	step = db_next(st, err);
	db_done(st);
	return (step != DB_FAIL && db_blob_fill(tx, "file", "bytes", bytes, n, err)) || err_add(err, "file of %zu bytes", n);
}

bool
file_get(struct db *db, struct arena *a, const char *sha256, const void **bytes, size_t *n, const char **type,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT bytes, type FROM file WHERE sha256 = $1", err);
	enum db_step step;

	bind_text(st, 1, sha256);
	if ((step = db_next(st, err)) == DB_ROW) {
		*bytes = col_blob(st, a, 0, n);
		*type = col_text(st, a, 1);
	}
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "file") : err_set(err, ERR_NOT_FOUND, "file %.12s", sha256);
}

/* db/sqlite.c: SQLite, embedded
 *
 * WAL, synchronous=FULL: what db_write acknowledged survives a power cut. BEGIN IMMEDIATE takes the write lock at
 * once, over processes. A statement's $1 is a named parameter for SQLite, so its index is asked for by name. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/internal.h"
#include "db/late_sqlite.h"
#include "db/tokenizer.h"
#include "db/wal.h"

LATE_DEFINE(late_sqlite, LATE_SQLITE, "libsqlite3.so.0");

enum { ALONE_WAL_PAGES = 1000, LONG_BLOB = 4 * 1024 * 1024, BLOB_PIECE = 256 * 1024 };

static bool
fail(struct err *err, sqlite3 *h, const char *what)
{
	int code = sqlite3_errcode(h);
	enum err_code kind = ERR_BUG;

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL)
		kind = ERR_BUSY;
	if (code == SQLITE_CONSTRAINT && (sqlite3_extended_errcode(h) == SQLITE_CONSTRAINT_UNIQUE ||
	    sqlite3_extended_errcode(h) == SQLITE_CONSTRAINT_PRIMARYKEY))
		kind = ERR_CONFLICT;
	(void)err_set(err, kind, "%s: %s", what, sqlite3_errmsg(h));
	if (code == SQLITE_FULL)
		err->person = disk_full;
	else if (kind == ERR_BUSY)
		err->person = N_("The database is busy. Nothing was saved; try again in a moment.");
	return false;
}

/* Every page begins and ends with one of these: reading the two words anew was a tenth of it. */
static bool
run_kept(struct connection *c, void **kept, const char *sql, struct err *err)
{
	sqlite3_stmt *st = *kept;
	int rc = st != NULL ? SQLITE_OK : sqlite3_prepare_v3(c->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);

	*kept = st;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc != SQLITE_DONE)
		(void)fail(err, c->handle, "sql");
	(void)sqlite3_reset(st);
	return rc == SQLITE_DONE;
}

static bool
sqlite_run(struct connection *c, const char *sql, struct err *err)
{
	if (strcmp(sql, "COMMIT") == 0)
		return run_kept(c, &c->commit, sql, err);
	return sqlite3_exec(c->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail(err, c->handle, "sql");
}

static bool
sqlite_read_begin(struct connection *c, struct err *err)
{
	return run_kept(c, &c->begin, "BEGIN", err);
}

static void
sqlite_read_end(struct connection *c)
{
	struct err ignored = { 0 };

	(void)run_kept(c, &c->commit, "COMMIT", &ignored);
}

/* SQLite counts the memory it has, all threads behind one lock, at every allocation; a search makes thousands. Nobody asks it. */
static void
count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool
sqlite_open(struct database *d, bool writer, struct connection **out, struct err *err)
{
	struct connection *c = calloc(1, sizeof(*c));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writer && !d->options.must_exist ? SQLITE_OPEN_CREATE : 0);
	sqlite3 *h = NULL;
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (c == NULL)
		abort();
	if (!late_sqlite_load(err)) {
		free(c);
		return false;
	}
	(void)pthread_once(&once, count_no_memory);
	if (sqlite3_open_v2(d->path, &h, flags, writer ? wal_vfs() : NULL) != SQLITE_OK) {
		(void)err_set(err, sqlite3_errcode(h) == SQLITE_CANTOPEN && access(d->path, F_OK) != 0 ?
		    ERR_NOT_FOUND : ERR_BUG, "%s: %s", d->path, sqlite3_errmsg(h));
		(void)sqlite3_close(h);
		free(c);
		return false;
	}
	c->handle = h;
	(void)sqlite3_extended_result_codes(h, 0);
	(void)sqlite3_busy_timeout(h, d->options.busy_s * 1000);
	/* page_size counts only for a file that is being made. The writer has 64 MB of cache, each reader 32 (docs/
	 * performance.md); temporary tables in memory. */
	if (!sqlite_run(c, "PRAGMA page_size = 8192; PRAGMA temp_store = MEMORY;"
	    " PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = OFF", err) ||
	    !sqlite_run(c, d->options.unordered ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON", err) ||
	    !sqlite_run(c, writer ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
	    " PRAGMA wal_autocheckpoint = 4000" : "PRAGMA query_only = ON; PRAGMA cache_size = -32768", err) ||
	    !tokenizer_register(h, err)) {
		(void)sqlite3_close(h);
		free(c);
		return err_add(err, "%s", d->path);
	}
	/* `narkontakt mail` opens and closes for every message. Whoever closes last would copy all of the log into the file and take
	 * it away, four fsyncs for one mail; so it is left for the next. It is kept shorter than a server's, because the first to
	 * open reads it through; but not much shorter, or with a server beside it every mail would find it over its mark. */
	if (d->options.alone && (!sqlite_run(c, "PRAGMA cache_size = -16384", err) || sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK ||
	    sqlite3_wal_autocheckpoint(h, ALONE_WAL_PAGES) != SQLITE_OK)) {
		(void)fail(err, h, "wal");
		(void)sqlite3_close(h);
		free(c);
		return false;
	}
	*out = c;
	return true;
}

static void
sqlite_close(struct connection *c)
{
	(void)sqlite3_finalize(c->begin);
	(void)sqlite3_finalize(c->commit);
	(void)sqlite3_close_v2(c->handle);
	free(c);
}

/* "INSERT INTO t (...) VALUES (...) RETURNING id": how long it is without its last words; 0 when it is anything else. To SQLite
 * RETURNING is a trigger, and an INSERT with a trigger opens a savepoint of its own, at which FTS5 writes out all words it
 * has gathered: that was half the time of taking in a contact. The id is the rowid (schema.c), which the connection knows. */
static size_t
plain_insert(const char *sql)
{
	static const char begins[] = "INSERT INTO ", ends[] = " RETURNING id";
	size_t n = strlen(sql);

	if (strncmp(sql, begins, sizeof(begins) - 1) != 0 || n < sizeof(ends) || strstr(sql, "ON CONFLICT") != NULL ||
	    strstr(sql, "SELECT") != NULL || strcmp(sql + n - (sizeof(ends) - 1), ends) != 0)
		return 0;
	return n - (sizeof(ends) - 1);
}

static bool
sqlite_prepare(struct stmt *st, struct err *err)
{
	sqlite3 *h = st->db->connection->handle;
	sqlite3_stmt *p = NULL;
	size_t n = plain_insert(st->sql);

	st->gives_rowid = n > 0;
	if (sqlite3_prepare_v3(h, st->sql, n > 0 ? (int)n : -1, SQLITE_PREPARE_PERSISTENT, &p, NULL) != SQLITE_OK)
		return fail(err, h, st->sql);
	for (int i = 1; i <= PARAMETERS_MAX; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "$%d", i);
		st->place[i] = sqlite3_bind_parameter_index(p, name);
	}
	st->prepared = p;
	return true;
}

static void
sqlite_bind(struct stmt *st, int i, const struct parameter *v)
{
	sqlite3_stmt *p = st->prepared;
	int at = st->place[i];

	if (at == 0)
		return;		/* a parameter that this text does not use */
	if (v->null) {
		(void)sqlite3_bind_null(p, at);
		return;
	}
	switch (v->kind) {
	case KIND_I64: (void)sqlite3_bind_int64(p, at, v->i); break;
	case KIND_DOUBLE: (void)sqlite3_bind_double(p, at, v->d); break;
	/* The caller's text must not move before the last step; copying is the safe side of cheap. */
	case KIND_TEXT: (void)sqlite3_bind_text64(p, at, v->p, v->n, SQLITE_TRANSIENT, SQLITE_UTF8); break;
	case KIND_BLOB:
		if (v->room && v->n > LONG_BLOB)
			(void)sqlite3_bind_zeroblob64(p, at, v->n);
		else
			(void)sqlite3_bind_blob64(p, at, v->p, v->n, v->n > 4096 ? SQLITE_STATIC : SQLITE_TRANSIENT);
		break;
	case KIND_NONE:
	case KIND_NULL: (void)sqlite3_bind_null(p, at); break;
	}
}

static enum db_step
sqlite_step(struct stmt *st, struct err *err)
{
	int rc = st->gave_rowid ? SQLITE_DONE : sqlite3_step(st->prepared);

	if (rc == SQLITE_DONE && st->gives_rowid && !st->gave_rowid) {
		st->gave_rowid = true;
		st->rowid = sqlite3_last_insert_rowid(st->db->connection->handle);
		return DB_ROW;
	}
	if (rc == SQLITE_ROW)
		return DB_ROW;
	if (rc == SQLITE_DONE)
		return DB_END;
	(void)fail(err, st->db->connection->handle, "step");
	return DB_FAIL;
}

static void
sqlite_reset(struct stmt *st)
{
	st->gave_rowid = false;
	(void)sqlite3_reset(st->prepared);
	(void)sqlite3_clear_bindings(st->prepared);
}

static void
sqlite_finalize(struct stmt *st)
{
	(void)sqlite3_finalize(st->prepared);
}

static bool
sqlite_is_null(struct stmt *st, int i)
{
	return !st->gave_rowid && sqlite3_column_type(st->prepared, i) == SQLITE_NULL;
}

static int64_t
sqlite_i64(struct stmt *st, int i)
{
	return st->gave_rowid ? st->rowid : sqlite3_column_int64(st->prepared, i);
}

static double
sqlite_double(struct stmt *st, int i)
{
	return sqlite3_column_double(st->prepared, i);
}

static const char *
sqlite_text(struct stmt *st, int i, size_t *n)
{
	const char *p = (const char *)sqlite3_column_text(st->prepared, i);

	*n = (size_t)sqlite3_column_bytes(st->prepared, i);
	return p;
}

static const void *
sqlite_blob(struct stmt *st, struct arena *a, int i, size_t *n)
{
	const void *p = sqlite3_column_blob(st->prepared, i);

	*n = (size_t)sqlite3_column_bytes(st->prepared, i);
	return p == NULL ? "" : arena_memdup(a, p, *n);
}

static int64_t
sqlite_changed(struct stmt *st)
{
	return sqlite3_changes64(st->db->connection->handle);
}

/* Whether the INSERT made a row, and which, the connection still knows. */
static bool
sqlite_fill(struct connection *c, const char *table, const char *column, const void *p, size_t n, struct err *err)
{
	sqlite3_blob *b = NULL;
	size_t done = 0;
	int rc;

	if (n <= LONG_BLOB || sqlite3_changes64(c->handle) == 0)
		return true;
	rc = sqlite3_blob_open(c->handle, "main", table, column, sqlite3_last_insert_rowid(c->handle), 1, &b);
	for (size_t step; rc == SQLITE_OK && done < n; done += step) {
		step = n - done < BLOB_PIECE ? n - done : BLOB_PIECE;
		rc = sqlite3_blob_write(b, (const char *)p + done, (int)step, (int)done);
	}
	if (rc != SQLITE_OK)
		(void)fail(err, c->handle, "blob");
	(void)sqlite3_blob_close(b);
	return rc == SQLITE_OK;
}

/* With NORMAL a commit stands in the log in its order and is there after a crash of the program; the next with FULL writes all of the
 * log to the disk, what came before included. */
static bool
sqlite_begin(struct database *d, struct connection *c, bool durable, struct err *err)
{
	(void)d;
	if (c->hasty == durable) {
		if (!sqlite_run(c, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err))
			return false;
		c->hasty = !durable;
	}
	if (!sqlite_run(c, "BEGIN IMMEDIATE", err))
		return false;
	wal_hold(c->handle, durable);
	return true;
}

static bool
sqlite_commit(struct database *d, struct connection *c, struct err *err)
{
	(void)d;
	return sqlite_run(c, "COMMIT", err);
}

static bool
sqlite_in_transaction(struct connection *c)
{
	return sqlite3_get_autocommit(c->handle) == 0;
}

const struct engine engine_sqlite = {
	.open = sqlite_open, .close = sqlite_close, .prepare = sqlite_prepare, .bind = sqlite_bind, .step = sqlite_step,
	.reset = sqlite_reset, .finalize = sqlite_finalize, .run = sqlite_run, .is_null = sqlite_is_null,
	.i64 = sqlite_i64, .dbl = sqlite_double, .text = sqlite_text, .blob = sqlite_blob, .changed = sqlite_changed, .fill = sqlite_fill,
	
	.read_begin = sqlite_read_begin, .read_end = sqlite_read_end,
	.begin = sqlite_begin, .commit = sqlite_commit, .in_transaction = sqlite_in_transaction,
};

bool
database_backup(struct database *d, const char *path, struct err *err)
{
	char beside[4096];
	sqlite3 *from = NULL, *to = NULL;
	sqlite3_backup *b = NULL;
	sqlite3_stmt *check = NULL;
	int rc = SQLITE_ERROR;
	bool ok = false;

	if (d->kind != DB_SQLITE)
		return err_set(err, ERR_INPUT, "PostgreSQL is backed up by its own means (pg_dump, pgBackRest), or by export");
	if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
		return err_set(err, ERR_INPUT, "path too long");
	(void)unlink(beside);
	if (sqlite3_open_v2(d->path, &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_open_v2(beside, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
		(void)err_set(err, ERR_BUG, "backup: %s", sqlite3_errmsg(to != NULL ? to : from));
		goto done;
	}
	(void)sqlite3_busy_timeout(from, d->options.busy_s * 1000);
	/* In WAL mode one read transaction holds while all pages are copied: the copy is of one instant. */
	if ((b = sqlite3_backup_init(to, "main", from, "main")) != NULL) {
		do
			rc = sqlite3_backup_step(b, -1);
		while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
		if (sqlite3_backup_finish(b) == SQLITE_OK && rc == SQLITE_DONE)
			rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK) {
		(void)fail(err, to, "backup");
		goto done;
	}
	if (sqlite3_prepare_v2(to, "PRAGMA integrity_check(1)", -1, &check, NULL) != SQLITE_OK ||
	    sqlite3_step(check) != SQLITE_ROW || strcmp((const char *)sqlite3_column_text(check, 0), "ok") != 0) {
		(void)err_set(err, ERR_BUG, "backup: the copy did not pass its check");
		goto done;
	}
	ok = true;
done:
	(void)sqlite3_finalize(check);
	(void)sqlite3_close(to);
	(void)sqlite3_close(from);
	if (ok && rename(beside, path) != 0)
		ok = err_set(err, ERR_BUG, "backup: %s: %s", path, strerror(errno));
	if (!ok)
		(void)unlink(beside);
	return ok;
}

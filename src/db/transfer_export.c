/* db/transfer_export.c: a database as a folder */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/catalogue.h"
#include "db/internal.h"
#include "db/transfer_parts.h"

enum { FETCH = 500, FETCH_BLOBS = 4 };	/* rows that PostgreSQL sends at once */

static const char UNFINISHED[] = "INCOMPLETE";

struct blob { struct hash hash; int64_t size; };

struct export {
	struct db *db;
	const char *dir;
	const struct transfer *t;
	struct arena *a;		/* of the whole export */
	struct arena *row;
	struct sb manifest;
	struct blob *blob;
	size_t n_blobs, cap_blobs;
};

/* A file being written, with the hash of what is in it. */
struct out {
	FILE *f;
	const char *path;
	struct hash_state hash;
	int64_t bytes;
};

const char *
transfer_file_path(struct arena *a, const char *dir, const char *sha256)
{
	return arena_printf(a, "%s/files/%.2s/%s", dir, sha256, sha256);
}

bool
transfer_tell(const struct transfer *t, const char *what, int64_t done, int64_t n, struct err *err)
{
	return t->progress == NULL || t->progress(t->arg, what, done, n) ||
	    err_set(err, ERR_BUSY, "stopped; the same command goes on with it");
}

bool
transfer_hash_file(const char *path, char sha256[65], int64_t *size, struct err *err)
{
	unsigned char buf[64 * 1024];
	struct hash_state state;
	struct hash_str hex;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_BUG, "%s: %s", path, strerror(errno));
	hash_start(&state);
	*size = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			hash_add(&state, buf, (size_t)n);
		*size += n > 0 ? n : 0;
	}
	if (n < 0)
		(void)err_set(err, ERR_BUG, "%s: %s", path, strerror(errno));
	(void)close(fd);
	hex = hash_hex(hash_end(&state));
	memcpy(sha256, hex.s, sizeof(hex.s));
	return n == 0;
}

static bool
write_failed(struct err *err, const char *path)
{
	return err_set(err, errno == ENOSPC || errno == EDQUOT ? ERR_BUSY : ERR_BUG, "%s: %s%s", path, strerror(errno),
	    errno == ENOSPC ? "; make room, and the same command goes on with it" : "");
}

static bool
out_open(struct out *o, struct export *x, const char *name, struct err *err)
{
	int fd;

	o->path = arena_printf(x->a, "%s/%s", x->dir, name);
	o->bytes = 0;
	hash_start(&o->hash);
	fd = open(o->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || (o->f = fdopen(fd, "w")) == NULL)
		return write_failed(err, o->path);
	return true;
}

static bool
out_line(struct out *o, struct sb *line, struct err *err)
{
	sb_add_c(line, '\n');
	if (line->full)
		return err_set(err, ERR_BUG, "%s: a row of over %d bytes", o->path, TRANSFER_LINE_MAX);
	hash_add(&o->hash, line->data, line->len);
	o->bytes += (int64_t)line->len;
	return fwrite(line->data, 1, line->len, o->f) == line->len || write_failed(err, o->path);
}

static bool
out_close(struct out *o, bool ok, struct err *err)
{
	if (ok && (fflush(o->f) != 0 || fsync(fileno(o->f)) != 0))
		ok = write_failed(err, o->path);
	if (fclose(o->f) != 0 && ok)
		ok = write_failed(err, o->path);
	return ok;
}

/* The folder is new, empty, or that of an export that was stopped. */
static bool
prepare_folder(struct export *x, struct err *err)
{
	const char *mark = arena_printf(x->a, "%s/%s", x->dir, UNFINISHED);
	const struct dirent *e;
	bool empty = true;
	DIR *d;

	if (mkdir(x->dir, 0700) != 0 && errno != EEXIST)
		return err_set(err, ERR_INPUT, "%s: %s", x->dir, strerror(errno));
	if (access(mark, F_OK) == 0)
		return true;
	if ((d = opendir(x->dir)) == NULL)
		return err_set(err, ERR_INPUT, "%s: %s", x->dir, strerror(errno));
	while ((e = readdir(d)) != NULL)
		empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
	(void)closedir(d);
	if (!empty)
		return err_set(err, ERR_CONFLICT, "%s is not empty; an export goes into a new folder", x->dir);
	return (chmod(x->dir, 0700) == 0 || write_failed(err, x->dir)) && file_write(mark, "", 0, 0600, err);
}

/* Keeps the bytes under their hash, unless they are there. Flushed to disk all at once, before the manifest. */
static bool
keep_blob(struct export *x, const void *bytes, size_t n, struct hash_str *name, struct err *err)
{
	struct hash hash = hash_bytes(bytes, n);
	const char *path, *beside;
	char there[65];
	int64_t size;
	struct err absent = { 0 };
	FILE *f = NULL;
	int fd;

	*name = hash_hex(hash);
	if (x->n_blobs == x->cap_blobs) {
		size_t more = x->cap_blobs == 0 ? 1024 : x->cap_blobs * 2;
		struct blob *grown = realloc(x->blob, more * sizeof(*grown));

		if (grown == NULL)
			abort();
		x->blob = grown;
		x->cap_blobs = more;
	}
	x->blob[x->n_blobs++] = (struct blob){ hash, (int64_t)n };
	path = transfer_file_path(x->row, x->dir, name->s);
	if (transfer_hash_file(path, there, &size, &absent) && strcmp(there, name->s) == 0)
		return true;
	if (!file_mkdirs(arena_printf(x->row, "%s/files/%.2s", x->dir, name->s), err))
		return false;
	beside = arena_printf(x->row, "%s.new", path);
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || (f = fdopen(fd, "w")) == NULL)
		return write_failed(err, beside);
	if (fwrite(bytes, 1, n, f) != n) {
		(void)write_failed(err, beside);
		(void)fclose(f);
		return false;
	}
	return (fclose(f) == 0 && rename(beside, path) == 0) || write_failed(err, path);
}

static bool
add_value(struct export *x, struct sb *line, struct stmt *st, int i, enum column_kind kind, struct err *err)
{
	struct hash_str name;
	const char *text;
	const void *bytes;
	double d;
	size_t n;

	if (col_is_null(st, i)) {
		sb_add(line, "null");
		return true;
	}
	switch (kind) {
	case COLUMN_INT:
		sb_i64(line, col_i64(st, i));
		return true;
	case COLUMN_REAL:
		d = col_double(st, i);
		if (isnan(d))
			sb_add(line, "\"NaN\"");
		else if (isinf(d))
			sb_add(line, d > 0 ? "\"Infinity\"" : "\"-Infinity\"");
		else
			sb_double(line, d);
		return true;
	case COLUMN_TEXT:
		text = col_text(st, x->row, i);
		if (!utf8_valid(text))
			return err_set(err, ERR_BUG, "a text is not UTF-8");
		sb_json(line, text);
		return true;
	case COLUMN_BLOB:
		bytes = col_blob(st, x->row, i, &n);
		if (!keep_blob(x, bytes, n, &name, err))
			return false;
		sb_json(line, name.s);
		return true;
	}
	return err_set(err, ERR_BUG, "a column of no kind");
}

/* The key to somebody else's door (a setting "sms.secret") is set again where the export goes in. */
static const char *
rows_kept_here(const struct table *t)
{
	return strcmp(t->name, "setting") == 0 ? " WHERE name NOT LIKE '%.secret'" : "";
}

static const char *
select_text(struct arena *a, const struct table *t, enum db_engine engine)
{
	int keys = 0;
	struct sb sb;

	sb_init(&sb, a, 64 * 1024);
	sb_add(&sb, "SELECT ");
	for (size_t i = 0; i < t->n; i++) {
		sb_addf(&sb, "%s\"%s\"", i == 0 ? "" : ", ", t->column[i].name);
		keys = t->column[i].key > keys ? t->column[i].key : keys;
	}
	sb_addf(&sb, " FROM \"%s\"%s ORDER BY ", t->name, rows_kept_here(t));
	/* By the key; a table without one by all that can be compared. */
	for (int k = 1, n = 0; k <= (keys == 0 ? (int)t->n : keys); k++) {
		for (size_t i = 0; i < t->n; i++) {
			const struct column *c = &t->column[i];

			if (keys == 0 ? (int)i + 1 != k || c->kind == COLUMN_BLOB : c->key != k)
				continue;
			sb_addf(&sb, "%s\"%s\"%s%s", n++ == 0 ? "" : ", ", c->name,
			    engine == DB_POSTGRESQL && c->kind == COLUMN_TEXT ? " COLLATE \"C\"" : "",
			    engine == DB_POSTGRESQL && keys == 0 ? " NULLS FIRST" : "");
		}
	}
	return sb_str(&sb);
}

/* SQLite holds what it was given: a text in a column of numbers would be lost on the way. */
static bool
check_types(struct export *x, const struct table *t, struct err *err)
{
	static const char *const stored[COLUMN_KINDS] = { "integer", "real", "text", "blob" };
	struct stmt *st;
	enum db_step step;
	int64_t wrong = 0;
	struct sb sb;

	if (database_engine(db_database(x->db)) != DB_SQLITE)
		return true;
	sb_init(&sb, x->a, 64 * 1024);
	sb_addf(&sb, "SELECT COUNT(*) FROM \"%s\" WHERE ", t->name);
	for (size_t i = 0; i < t->n; i++)
		sb_addf(&sb, "%stypeof(\"%s\") NOT IN ('%s', 'null')", i == 0 ? "" : " OR ", t->column[i].name,
		    stored[t->column[i].kind]);
	st = db_stmt_once(x->db, sb_str(&sb), err);
	if ((step = db_next(st, err)) == DB_ROW)
		wrong = col_i64(st, 0);
	db_done(st);
	return step == DB_ROW && (wrong == 0 || err_set(err, ERR_BUG, "%" PRId64 " rows hold what their columns do not say",
	    wrong));
}

static bool
count_rows(struct export *x, const struct table *t, int64_t *n, struct err *err)
{
	struct stmt *st = db_stmt_once(x->db, arena_printf(x->a, "SELECT COUNT(*) FROM \"%s\"%s", t->name, rows_kept_here(t)), err);
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		*n = col_i64(st, 0);
	db_done(st);
	return step == DB_ROW;
}

static bool
write_row(struct export *x, const struct table *t, struct stmt *st, struct out *o, struct err *err)
{
	struct sb line;

	sb_init(&line, x->row, TRANSFER_LINE_MAX);
	for (size_t i = 0; i < t->n; i++) {
		sb_addf(&line, "%s\"%s\": ", i == 0 ? "{" : ", ", t->column[i].name);
		if (!add_value(x, &line, st, (int)i, t->column[i].kind, err))
			return err_add(err, "column %s", t->column[i].name);
	}
	sb_add_c(&line, '}');
	return out_line(o, &line, err);
}

/* SQLite gives one row after another; PostgreSQL by a cursor, so that no table need fit in memory. */
static bool
write_rows(struct export *x, const struct table *t, struct out *o, int64_t n, int64_t *rows, struct err *err)
{
	struct database *d = db_database(x->db);
	const char *sql = select_text(x->a, t, d->kind);
	bool blobs = false, ok, more;
	struct stmt *st;

	for (size_t i = 0; i < t->n; i++)
		blobs = blobs || t->column[i].kind == COLUMN_BLOB;
	if (d->kind == DB_POSTGRESQL) {
		if (!d->engine->run(x->db->connection, arena_printf(x->a, "DECLARE export NO SCROLL CURSOR FOR %s", sql), err))
			return false;
		sql = arena_printf(x->a, "FETCH %d FROM export", blobs ? FETCH_BLOBS : FETCH);
	}
	st = db_stmt_once(x->db, sql, err);
	ok = st != NULL;
	do {
		enum db_step step = DB_FAIL;

		more = false;
		while (ok && (step = db_next(st, err)) == DB_ROW) {
			more = true;
			arena_reset(x->row);
			ok = write_row(x, t, st, o, err);
			if (++*rows % 1000 == 0 || (blobs && *rows % 20 == 0))
				ok = ok && transfer_tell(x->t, t->name, *rows, n, err);
		}
		ok = ok && step == DB_END;
		if (st != NULL && more)
			d->engine->reset(st);
	} while (ok && more && d->kind == DB_POSTGRESQL);
	db_done(st);
	return ok && (d->kind == DB_SQLITE || d->engine->run(x->db->connection, "CLOSE export", err));
}

static bool
export_table(struct export *x, const struct table *t, bool first, struct err *err)
{
	const char *file = arena_printf(x->a, "%s.jsonl", t->name);
	int64_t n = 0, rows = 0;
	struct out o;
	bool ok;

	if (!check_types(x, t, err) || !count_rows(x, t, &n, err) || !out_open(&o, x, file, err))
		return err_add(err, "table %s", t->name);
	ok = write_rows(x, t, &o, n, &rows, err);
	if (!out_close(&o, ok, err) || !transfer_tell(x->t, t->name, rows, n, err))
		return err_add(err, "table %s", t->name);
	sb_addf(&x->manifest, "%s\n  {\"name\": \"%s\", \"file\": \"%s\", \"rows\": %" PRId64 ", \"bytes\": %" PRId64
	    ", \"sha256\": \"%s\", \"columns\": [", first ? "" : ",", t->name, file, rows, o.bytes,
	    hash_hex(hash_end(&o.hash)).s);
	for (size_t i = 0; i < t->n; i++)
		sb_addf(&x->manifest, "%s[\"%s\", \"%s\"]", i == 0 ? "" : ", ", t->column[i].name,
		    column_kind_name[t->column[i].kind]);
	sb_add(&x->manifest, "]}");
	return true;
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(((const struct blob *)a)->hash.b, ((const struct blob *)b)->hash.b, sizeof(struct hash));
}

/* files.jsonl, and its line in the manifest. */
static bool
export_files(struct export *x, struct err *err)
{
	int64_t n = 0, bytes = 0;
	struct out o;
	bool ok;

	if (x->n_blobs > 0)
		qsort(x->blob, x->n_blobs, sizeof(*x->blob), by_hash);
	if (!out_open(&o, x, "files.jsonl", err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < x->n_blobs; i++) {
		struct sb line;

		if (i > 0 && by_hash(&x->blob[i - 1], &x->blob[i]) == 0)
			continue;
		arena_reset(x->row);
		sb_init(&line, x->row, 256);
		sb_addf(&line, "{\"sha256\": \"%s\", \"size\": %" PRId64 "}", hash_hex(x->blob[i].hash).s, x->blob[i].size);
		ok = out_line(&o, &line, err);
		n++;
		bytes += x->blob[i].size;
	}
	if (!out_close(&o, ok, err))
		return false;
	sb_addf(&x->manifest, "\n ],\n \"files\": {\"file\": \"files.jsonl\", \"count\": %" PRId64 ", \"bytes\": %" PRId64
	    ", \"sha256\": \"%s\"}\n}\n", n, bytes, hash_hex(hash_end(&o.hash)).s);
	return true;
}

static bool
export_schema(struct export *x, struct err *err)
{
	struct stmt *st = db_stmt(x->db, "SELECT version, name, sha256 FROM schema_migration ORDER BY version", err);
	const char *separator = "";
	enum db_step step;

	sb_addf(&x->manifest, "{\"format\": \"%s\", \"version\": %d,\n \"schema\": [", FORMAT_NAME, FORMAT);
	while ((step = db_next(st, err)) == DB_ROW) {
		sb_addf(&x->manifest, "%s\n  {\"version\": %" PRId64 ", \"name\": \"%s\", \"sha256\": \"%s\"}", separator,
		    col_i64(st, 0), col_text(st, x->a, 1), col_text(st, x->a, 2));
		separator = ",";
	}
	db_done(st);
	sb_add(&x->manifest, "\n ],\n \"tables\": [");
	return step != DB_FAIL || err_add(err, "schema");
}

static bool
export_all(struct export *x, struct err *err)
{
	struct catalogue c;
	bool first = true;

	sb_init(&x->manifest, x->a, 1 << 20);
	if (!export_schema(x, err) || !catalogue_read(x->db, x->a, &c, err))
		return false;
	for (size_t i = 0; i < c.n; i++) {
		if (strcmp(c.item[i].name, "session") == 0)
			continue;	/* transfer.h says why */
		if (!export_table(x, &c.item[i], first, err))
			return false;
		first = false;
	}
	return export_files(x, err);
}

/* All is on the disk before the manifest is, and the manifest before the mark goes. */
static bool
finish(struct export *x, struct err *err)
{
	const char *path = arena_printf(x->a, "%s/manifest.json", x->dir), *text;
	int fd = open(x->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && syncfs(fd) == 0;

	if (!ok)
		(void)write_failed(err, x->dir);
	ok = ok && sb_end(&x->manifest, &text, err) && file_write(path, text, strlen(text), 0600, err) &&
	    (unlink(arena_printf(x->a, "%s/%s", x->dir, UNFINISHED)) == 0 || write_failed(err, x->dir));
	if (ok)
		(void)fsync(fd);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

bool
database_export(struct database *d, const char *dir, const struct transfer *t, struct err *err)
{
	struct export x = { .dir = dir, .t = t, .db = database_reader(d, err) };
	bool ok;

	if (x.db == NULL)
		return false;
	x.a = arena_open();
	x.row = arena_open();
	ok = prepare_folder(&x, err) && db_read_begin(x.db, err);
	if (ok) {
		ok = export_all(&x, err);
		db_read_end(x.db);
	}
	ok = ok && finish(&x, err);
	free(x.blob);
	arena_close(x.row);
	arena_close(x.a);
	return ok;
}

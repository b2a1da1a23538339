/* db/transfer_import.c: a folder as a database
 *
 * Words: the progress is the table import_progress(name, value): "manifest" the checksum of the manifest, "prepared" when
 * the schema is there and references are off, "table:NAME" the place in the file up to which its rows are in, and
 * "reference:N" how to put a reference of PostgreSQL back. It is written in the transaction of what it tells, and goes
 * in the last one. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "base/sb.h"
#include "db/catalogue.h"
#include "db/internal.h"
#include "db/transfer_parts.h"

enum { MANIFEST_MAX = 8 * 1024 * 1024, BATCH_ROWS = 2000, BATCH_BYTES = 16 * 1024 * 1024, BLOB_MAX = 1024 * 1024 * 1024 };

struct import {
	const char *dir;
	const struct transfer *t;
	struct arena *a;		/* of the whole import */
	struct arena *row;
	json_t *manifest;
	const char *manifest_hash;
	int *schema;			/* the export's migrations */
	size_t n_schema;
	struct database *d;
	struct db *db;
	struct catalogue catalogue;
};

/* ---- reading the folder ---- */

static bool
check_schema(struct import *x, struct err *err)
{
	const json_t *list = json_object_get(x->manifest, "schema"), *one;
	const struct migration *m = migrations;
	size_t i;

	x->schema = arena_array(x->a, json_array_size(list) + 1, sizeof(*x->schema));
	json_array_foreach(list, i, one) {
		const char *hash;
		int64_t version;

		if (!json_need_i64(one, "version", &version, err) || !json_need_text(one, "sha256", &hash, err))
			return err_set(err, ERR_INPUT, "manifest.json: its schema cannot be read");
		while (m->version != 0 && m->version < version)
			m++;			/* one of ours that the export's database had not had yet */
		if (m->version == 0)
			return err_set(err, ERR_CONFLICT, "the export has schema %" PRId64 ", which this program does not know: it"
			    " comes from a newer program; upgrade this one first", version);
		if (m->version != version || strcmp(hash, migration_hash(m).s) != 0)
			return err_set(err, ERR_CONFLICT, "the export's schema %" PRId64 " is not the one this program has",
			    version);
		x->schema[x->n_schema++] = m->version;
		m++;
	}
	return x->n_schema > 0 || err_set(err, ERR_INPUT, "manifest.json: it tells no schema");
}

static bool
read_manifest(struct import *x, struct err *err)
{
	const char *path = arena_printf(x->a, "%s/manifest.json", x->dir);
	char *data;
	size_t n;

	if (!file_read(x->a, path, MANIFEST_MAX, &data, &n, err))
		return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INPUT, "%s has no manifest.json: it is no export, or one"
		    " that was not finished", x->dir) : false;
	if (!json_parse(data, n, &x->manifest, err))
		return err_add(err, "%s", path);
	if (strcmp(json_text_or(x->manifest, "format", ""), FORMAT_NAME) != 0)
		return err_set(err, ERR_INPUT, "%s is not a manifest of ours", path);
	if (json_i64_or(x->manifest, "version", 0) != FORMAT)
		return err_set(err, ERR_CONFLICT, "%s: format %" PRId64 ", and this program knows %d", path,
		    json_i64_or(x->manifest, "version", 0), FORMAT);
	x->manifest_hash = arena_strdup(x->a, hash_hex(hash_bytes(data, n)).s);
	return check_schema(x, err);
}

/* One file against what is written of it. */
static bool
check_file(const char *path, const char *sha256, int64_t size, struct err *err)
{
	char there[65];
	int64_t n;

	if (!transfer_hash_file(path, there, &n, err))
		return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INPUT, "%s is missing", path) : false;
	return (n == size && strcmp(there, sha256) == 0) || err_set(err, ERR_INPUT, "%s is damaged", path);
}

static bool
check_listed(struct import *x, const json_t *entry, const char *size_key, struct err *err)
{
	const char *file, *sha256;
	int64_t size;

	if (!json_need_text(entry, "file", &file, err) || !json_need_text(entry, "sha256", &sha256, err) ||
	    (size_key != NULL && !json_need_i64(entry, size_key, &size, err)) || strchr(file, '/') != NULL)
		return err_set(err, ERR_INPUT, "manifest.json cannot be read");
	if (size_key != NULL)
		return check_file(arena_printf(x->a, "%s/%s", x->dir, file), sha256, size, err);
	else {
		char there[65];
		const char *path = arena_printf(x->a, "%s/%s", x->dir, file);

		if (!transfer_hash_file(path, there, &size, err))
			return err_set(err, ERR_INPUT, "%s is missing", path);
		return strcmp(there, sha256) == 0 || err_set(err, ERR_INPUT, "%s is damaged", path);
	}
}

static bool
is_sha256(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static bool
check_blobs(struct import *x, int64_t n, struct err *err)
{
	const char *path = arena_printf(x->a, "%s/files.jsonl", x->dir);
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	int64_t done = 0;
	bool ok = f != NULL || err_set(err, ERR_BUG, "%s: %s", path, strerror(errno));
	ssize_t length;

	while (ok && (length = getline(&line, &cap, f)) > 0) {
		const char *sha256;
		json_t *one = NULL;
		int64_t size;

		arena_reset(x->row);
		ok = json_parse(line, (size_t)length, &one, err) && json_need_text(one, "sha256", &sha256, err) &&
		    json_need_i64(one, "size", &size, err) &&
		    (is_sha256(sha256) || err_set(err, ERR_INPUT, "%s: a name that is no SHA-256", path)) &&
		    check_file(transfer_file_path(x->row, x->dir, sha256), sha256, size, err) &&
		    (++done % 100 != 0 || transfer_tell(x->t, "checking files", done, n, err));
		json_decref(one);
	}
	free(line);
	if (f != NULL)
		(void)fclose(f);
	if (ok && done != n)
		return err_set(err, ERR_INPUT, "%s: %" PRId64 " files are listed, not %" PRId64, path, done, n);
	return ok && transfer_tell(x->t, "checking files", done, n, err);
}

/* Everything is read once before anything is written: a damaged file is found while nothing has happened yet. */
static bool
check_all(struct import *x, struct err *err)
{
	const json_t *tables = json_object_get(x->manifest, "tables"), *files = json_object_get(x->manifest, "files");
	const json_t *one;
	size_t i;

	if (!json_is_array(tables) || !json_is_object(files))
		return err_set(err, ERR_INPUT, "manifest.json cannot be read");
	json_array_foreach(tables, i, one) {
		if (!check_listed(x, one, "bytes", err) ||
		    !transfer_tell(x->t, "checking tables", (int64_t)i + 1, (int64_t)json_array_size(tables), err))
			return false;
	}
	return check_listed(x, files, NULL, err) && check_blobs(x, json_i64_or(files, "count", 0), err);
}

/* ---- progress ---- */

static bool
note(struct db *tx, const char *name, const char *value, struct err *err)
{
	return db_run(tx, "INSERT INTO import_progress (name, value) VALUES ($1, $2)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value", NULL, err, "tt", name, value);
}

/* *value is NULL when nothing was noted. */
static bool
noted(struct import *x, const char *name, const char **value, struct err *err)
{
	struct stmt *st = db_stmt(x->db, "SELECT value FROM import_progress WHERE name = $1", err);
	enum db_step step;

	bind_text(st, 1, name);
	step = db_next(st, err);
	*value = step == DB_ROW ? col_text(st, x->a, 0) : NULL;
	db_done(st);
	return step != DB_FAIL;
}

/* ---- the steps, each a transaction ---- */

static bool
begin_import(struct db *tx, void *arg, struct err *err)
{
	struct import *x = arg;

	for (size_t i = 0; i < x->catalogue.n; i++) {
		const char *name = x->catalogue.item[i].name;
		struct stmt *st = db_stmt_once(tx, arena_printf(x->a, "SELECT 1 FROM \"%s\" LIMIT 1", name), err);
		enum db_step step = db_next(st, err);

		db_done(st);
		if (step == DB_FAIL)
			return false;
		if (step == DB_ROW)
			return err_set(err, ERR_CONFLICT, "the database is not empty (table %s); an import goes into a new one",
			    name);
	}
	return tx->database->engine->run(tx->connection,
	    "CREATE TABLE import_progress (name TEXT PRIMARY KEY, value TEXT NOT NULL)", err) &&
	    note(tx, "manifest", x->manifest_hash, err);
}

/* Notes each reference of PostgreSQL and takes it away: rows come in any order, and a million checks cost time. */
static bool
drop_references(struct db *tx, struct import *x, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT CAST(CAST(conrelid AS regclass) AS TEXT), quote_ident(conname),"
	    " pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
	    " AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) ORDER BY 1, 2", err);
	struct { const char *table, *name, *text; } *list = arena_array(x->a, 2000, sizeof(*list));
	size_t n = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && n < 2000) {
		list[n].table = col_text(st, x->a, 0);
		list[n].name = col_text(st, x->a, 1);
		list[n++].text = col_text(st, x->a, 2);
	}
	db_done(st);
	if (step == DB_FAIL)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!tx->database->engine->run(tx->connection, arena_printf(x->a, "ALTER TABLE %s DROP CONSTRAINT %s",
		    list[i].table, list[i].name), err) ||
		    !note(tx, arena_printf(x->a, "reference:%05zu", i), arena_printf(x->a, "ALTER TABLE %s ADD CONSTRAINT %s %s",
		    list[i].table, list[i].name, list[i].text), err))
			return false;
	}
	return true;
}

/* What migrations put into tables is in the export too. */
static bool
prepare(struct db *tx, void *arg, struct err *err)
{
	struct import *x = arg;

	if (tx->database->kind == DB_POSTGRESQL && !drop_references(tx, x, err))
		return false;
	for (size_t i = 0; i < x->catalogue.n; i++) {
		if (!tx->database->engine->run(tx->connection, arena_printf(x->a, "DELETE FROM \"%s\"",
		    x->catalogue.item[i].name), err))
			return false;
	}
	return note(tx, "prepared", "yes", err);
}

/* ---- loading ---- */

struct load {
	struct import *x;
	const struct table *table;
	const char *file, *sql;
	bool search;			/* the search index: its words are made here */
	FILE *f;
	char *line;
	size_t cap;
	int64_t place, rows;		/* before the batch */
	int64_t place_after, rows_after;
	bool end;
};

static bool
bad_value(const struct load *l, const struct column *c, struct err *err)
{
	return err_set(err, ERR_INPUT, "%s: column %s: not a value of its kind (%s)", l->file, c->name,
	    column_kind_name[c->kind]);
}

static bool
real_of(const json_t *v, double *out)
{
	static const struct { const char *name; double value; } names[] = {
		{ "NaN", NAN }, { "Infinity", INFINITY }, { "-Infinity", -INFINITY },
	};

	*out = json_number_value(v);
	for (size_t i = 0; json_is_string(v) && i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i].name, json_string_value(v)) == 0) {
			*out = names[i].value;
			return true;
		}
	}
	return json_is_number(v);
}

static bool
bind_blob_file(struct load *l, struct stmt *st, int i, const char *sha256, struct err *err)
{
	const char *path = transfer_file_path(l->x->row, l->x->dir, sha256);
	char *data;
	size_t n;

	if (!file_read(l->x->row, path, BLOB_MAX, &data, &n, err))
		return err_set(err, ERR_INPUT, "%s is missing", path);
	if (strcmp(hash_hex(hash_bytes(data, n)).s, sha256) != 0)
		return err_set(err, ERR_INPUT, "%s is damaged", path);
	bind_blob(st, i, data, n);
	return true;
}

static bool
bind_value(struct load *l, struct stmt *st, int i, const struct column *c, const json_t *v, struct err *err)
{
	static const enum kind kinds[COLUMN_KINDS] = { KIND_I64, KIND_DOUBLE, KIND_TEXT, KIND_BLOB };
	double d;

	if (v == NULL)
		return err_set(err, ERR_INPUT, "%s: a row without column %s", l->file, c->name);
	if (json_is_null(v)) {		/* a null of its kind, so that PostgreSQL's statement stays as it was prepared */
		l->x->d->engine->bind(st, i, &(struct parameter){ .kind = kinds[c->kind], .null = true });
		return true;
	}
	switch (c->kind) {
	case COLUMN_INT:
		if (!json_is_integer(v))
			return bad_value(l, c, err);
		bind_i64(st, i, json_integer_value(v));
		return true;
	case COLUMN_REAL:
		if (!real_of(v, &d))
			return bad_value(l, c, err);
		bind_double(st, i, d);
		return true;
	case COLUMN_TEXT:
		if (!json_is_string(v))
			return bad_value(l, c, err);
		bind_text(st, i, json_string_value(v));
		return true;
	case COLUMN_BLOB:
		return (json_is_string(v) && is_sha256(json_string_value(v))) ?
		    bind_blob_file(l, st, i, json_string_value(v), err) : bad_value(l, c, err);
	}
	return err_set(err, ERR_BUG, "a column of no kind");
}

/* The words of a search entry, from what it stands for. */
static bool
words_of(struct db *tx, struct load *l, const json_t *row, const char **words, struct err *err)
{
	const char *kind = json_text_or(row, "kind", "");
	const struct search_source *s = l->x->t->sources;
	struct stmt *st;
	enum db_step step;

	while (s->kind != NULL && strcmp(s->kind, kind) != 0)
		s++;
	if (s->kind == NULL)
		return err_set(err, ERR_BUG, "nobody knows the words of a %.40s", kind);
	st = db_stmt(tx, s->words, err);
	bind_i64(st, 1, json_i64_or(row, "object_id", 0));
	step = db_next(st, err);
	*words = step == DB_ROW ? col_text_or(st, l->x->row, 0, "") : "";
	db_done(st);
	return step != DB_FAIL;
}

static bool
load_row(struct db *tx, struct load *l, struct stmt *st, const json_t *row, struct err *err)
{
	const char *words = NULL;
	bool ok = true;

	arena_reset(l->x->row);
	for (size_t i = 0; i < l->table->n; i++) {
		const struct column *c = &l->table->column[i];

		if (!bind_value(l, st, (int)i + 1, c, json_object_get(row, c->name), err))
			return false;
	}
	if (l->search && !words_of(tx, l, row, &words, err))
		return false;
	if (l->search && tx->database->kind == DB_POSTGRESQL)
		bind_text(st, (int)l->table->n + 1, search_vector(l->x->row, words));
	ok = db_next(st, err) != DB_FAIL || err_add(err, "%s", l->file);
	tx->database->engine->reset(st);
	if (ok && l->search && tx->database->kind == DB_SQLITE)
		ok = db_run(tx, "INSERT INTO search_words (rowid, words) VALUES ($1, $2)", NULL, err, "it",
		    json_i64_or(row, "id", 0), words);
	return ok;
}

static bool
load_batch(struct db *tx, void *arg, struct err *err)
{
	struct load *l = arg;
	struct stmt *st = db_stmt_once(tx, l->sql, err);
	bool ok = st != NULL && (fseeko(l->f, l->place, SEEK_SET) == 0 || err_set(err, ERR_BUG, "%s: %s", l->file,
	    strerror(errno)));

	l->place_after = l->place;
	l->rows_after = l->rows;
	l->end = false;
	while (ok && l->rows_after - l->rows < BATCH_ROWS && l->place_after - l->place < BATCH_BYTES) {
		ssize_t n = getline(&l->line, &l->cap, l->f);
		json_t *row = NULL;

		if (n <= 0) {
			l->end = true;
			break;
		}
		ok = (json_parse(l->line, (size_t)n, &row, err) || err_add(err, "%s", l->file)) && load_row(tx, l, st, row, err);
		json_decref(row);
		l->place_after += n;
		l->rows_after++;
	}
	db_done(st);
	return ok && note(tx, arena_printf(l->x->row, "table:%s", l->table->name), l->end ? "done" :
	    arena_printf(l->x->row, "%" PRId64 " %" PRId64, l->place_after, l->rows_after), err);
}

static const char *
insert_text(struct import *x, const struct table *t, bool vector)
{
	struct sb sb;

	sb_init(&sb, x->a, 64 * 1024);
	sb_addf(&sb, "INSERT INTO \"%s\" (", t->name);
	for (size_t i = 0; i < t->n; i++)
		sb_addf(&sb, "%s\"%s\"", i == 0 ? "" : ", ", t->column[i].name);
	sb_add(&sb, vector ? ", words) VALUES (" : ") VALUES (");
	for (size_t i = 0; i < t->n; i++)
		sb_addf(&sb, "%s$%zu", i == 0 ? "" : ", ", i + 1);
	if (vector)
		sb_addf(&sb, ", CAST($%zu AS tsvector)", t->n + 1);
	sb_add_c(&sb, ')');
	return sb_str(&sb);
}

/* The manifest's columns and the database's are the same: the schema is. */
static bool
same_columns(const json_t *columns, const struct table *t, struct err *err)
{
	const json_t *one;
	size_t i;

	if (json_array_size(columns) != t->n || t->n >= PARAMETERS_MAX)
		return err_set(err, ERR_CONFLICT, "table %s has other columns here", t->name);
	json_array_foreach(columns, i, one) {
		const char *name = json_string_value(json_array_get(one, 0)), *kind = json_string_value(json_array_get(one, 1));

		if (name == NULL || kind == NULL || strcmp(name, t->column[i].name) != 0 ||
		    strcmp(kind, column_kind_name[t->column[i].kind]) != 0)
			return err_set(err, ERR_CONFLICT, "table %s has other columns here", t->name);
	}
	return true;
}

static bool
load_table(struct import *x, const json_t *entry, struct err *err)
{
	const char *name = json_text_or(entry, "name", ""), *value;
	int64_t n = json_i64_or(entry, "rows", 0);
	struct load l = { .x = x, .table = catalogue_find(&x->catalogue, name), .search = strcmp(name, "search_doc") == 0 };
	bool ok;

	if (l.table == NULL)
		return err_set(err, ERR_CONFLICT, "the export has a table %.60s that this program does not know", name);
	if (!same_columns(json_object_get(entry, "columns"), l.table, err) ||
	    !noted(x, arena_printf(x->a, "table:%s", name), &value, err))
		return false;
	if (value != NULL && strcmp(value, "done") == 0)
		return true;
	if (value != NULL && sscanf(value, "%" SCNd64 " %" SCNd64, &l.place, &l.rows) != 2)
		return err_set(err, ERR_BUG, "the progress of table %s cannot be read", name);
	l.file = arena_printf(x->a, "%s/%s.jsonl", x->dir, name);
	l.sql = insert_text(x, l.table, l.search && x->d->kind == DB_POSTGRESQL);
	if ((l.f = fopen(l.file, "re")) == NULL)
		return err_set(err, ERR_BUG, "%s: %s", l.file, strerror(errno));
	do {
		ok = transfer_tell(x->t, name, l.rows, n, err) && db_write(x->db, load_batch, &l, err);
		l.place = l.place_after;
		l.rows = l.rows_after;
	} while (ok && !l.end);
	(void)fclose(l.f);
	free(l.line);
	if (ok && l.rows != n)
		return err_set(err, ERR_INPUT, "%s: %" PRId64 " rows, not %" PRId64, l.file, l.rows, n);
	return ok && transfer_tell(x->t, name, l.rows, n, err);
}

/* The search index comes last: its words are read from the others. */
static bool
load_all(struct import *x, struct err *err)
{
	const json_t *tables = json_object_get(x->manifest, "tables"), *one, *search = NULL;
	size_t i;

	json_array_foreach(tables, i, one) {
		if (strcmp(json_text_or(one, "name", ""), "search_doc") == 0)
			search = one;
		else if (!load_table(x, one, err))
			return false;
	}
	return search == NULL || load_table(x, search, err);
}

/* ---- the end ---- */

static bool
restore_references(struct db *tx, struct import *x, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT value FROM import_progress WHERE name LIKE 'reference:%' ORDER BY name", err);
	const char **text = arena_array(x->a, 2000, sizeof(*text));
	size_t n = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && n < 2000)
		text[n++] = col_text(st, x->a, 0);
	db_done(st);
	for (size_t i = 0; step != DB_FAIL && i < n; i++) {
		if (!tx->database->engine->run(tx->connection, text[i], err))
			return err_add(err, "references");
	}
	return step != DB_FAIL;
}

/* Numbers that PostgreSQL gives go on after the highest there is. */
static bool
restore_identities(struct db *tx, struct import *x, struct err *err)
{
	for (size_t i = 0; i < x->catalogue.n; i++) {
		const struct table *t = &x->catalogue.item[i];

		for (size_t k = 0; k < t->n; k++) {
			const char *c = t->column[k].name;

			if (t->column[k].identity && !tx->database->engine->run(tx->connection, arena_printf(x->a,
			    "SELECT setval(pg_get_serial_sequence(quote_ident('%s'), '%s'), MAX(\"%s\")) FROM \"%s\" HAVING COUNT(*) > 0",
			    t->name, c, c, t->name), err))
				return err_add(err, "numbers of %s", t->name);
		}
	}
	return true;
}

static bool
check_references(struct db *tx, struct import *x, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1", err);
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		(void)err_set(err, ERR_INPUT, "table %s refers to a row of %s that is not there", col_text(st, x->a, 0),
		    col_text(st, x->a, 1));
	db_done(st);
	return step == DB_END;
}

static bool
end_import(struct db *tx, void *arg, struct err *err)
{
	struct import *x = arg;
	bool ok = tx->database->kind == DB_POSTGRESQL ? restore_references(tx, x, err) && restore_identities(tx, x, err) :
	    check_references(tx, x, err);

	return ok && tx->database->engine->run(tx->connection, "DROP TABLE import_progress", err) &&
	    (tx->database->kind == DB_SQLITE || tx->database->engine->run(tx->connection, "ANALYZE", err));
}

/* The target may have no migration that the export has not: its tables would not be those of the export. */
static bool
no_newer(struct import *x, struct err *err)
{
	struct stmt *st = db_stmt(x->db, "SELECT version FROM schema_migration ORDER BY version", err);
	enum db_step step;
	size_t i = 0;
	int64_t version = 0;
	bool ok = true;

	while ((step = db_next(st, err)) == DB_ROW && ok) {
		version = col_i64(st, 0);
		while (i < x->n_schema && x->schema[i] < version)
			i++;
		ok = i < x->n_schema && x->schema[i] == version;
	}
	db_done(st);
	return step != DB_FAIL && (ok || err_set(err, ERR_CONFLICT, "the database has schema %" PRId64 ", which the export has"
	    " not; an import goes into a new database", version));
}

/* Begins, or finds what was begun. */
static bool
open_target(struct import *x, struct err *err)
{
	const char *manifest, *prepared;
	bool begun, migrated;

	if ((x->db = database_reader(x->d, err)) == NULL || !database_has_table(x->db, TABLE_PROGRESS, &begun, err) ||
	    !catalogue_read(x->db, x->a, &x->catalogue, err) || !database_has_table(x->db, "schema_migration", &migrated, err) ||
	    (!begun && migrated && !no_newer(x, err)))
		return false;
	if (!begun && !db_write(x->db, begin_import, x, err))
		return false;
	if (!noted(x, "manifest", &manifest, err))
		return false;
	if (manifest == NULL || strcmp(manifest, x->manifest_hash) != 0)
		return err_set(err, ERR_CONFLICT, "another import into this database was stopped; finish that one, or begin with"
		    " an empty database");
	if (!noted(x, "prepared", &prepared, err))
		return false;
	if (prepared == NULL && !database_migrate_list(x->d, migrations, x->schema, x->n_schema, NULL, err))
		return false;
	return catalogue_read(x->db, x->a, &x->catalogue, err) &&
	    (prepared != NULL || db_write(x->db, prepare, x, err));
}

bool
database_import(const char *url, const char *dir, const struct transfer *t, struct err *err)
{
	const struct database_options options = { .unordered = true };
	struct import x = { .dir = dir, .t = t };
	bool ok;

	x.a = arena_open();
	x.row = arena_open();
	ok = read_manifest(&x, err) && check_all(&x, err) && database_open(url, &options, &x.d, err);
	ok = ok && open_target(&x, err) && load_all(&x, err) && db_write(x.db, end_import, &x, err) &&
	    database_migrate(x.d, NULL, err);
	database_close(x.d);
	json_decref(x.manifest);
	arena_close(x.row);
	arena_close(x.a);
	return ok;
}

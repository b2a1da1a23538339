/* db/catalogue.c: pragmas of SQLite, pg_class and its kin of PostgreSQL */
#include "db/catalogue.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"

enum { TABLES_MAX = 500, COLUMNS_MAX = 100 };

const char *const column_kind_name[COLUMN_KINDS] = { "int", "real", "text", "blob" };

static const char *const TABLES[2] = {
	[DB_SQLITE] = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
	    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ('schema_migration', 'import_progress') ORDER BY name",
	[DB_POSTGRESQL] = "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
	    " WHERE c.relkind IN ('r', 'p') AND s.nspname = current_schema()"
	    " AND c.relname NOT IN ('schema_migration', 'import_progress') ORDER BY c.relname COLLATE \"C\"",
};
static const char *const COLUMNS[2] = {
	[DB_SQLITE] = "SELECT name, type, pk, 0 FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid",
	[DB_POSTGRESQL] = "SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, NULL), COALESCE(k.place, 0),"
	    "  CASE WHEN a.attidentity <> '' THEN 1 ELSE 0 END FROM pg_attribute a LEFT JOIN"
	    "  (SELECT c.conrelid, u.attnum, u.place FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY u (attnum, place)"
	    "  WHERE c.contype = 'p') k ON k.conrelid = a.attrelid AND k.attnum = a.attnum"
	    " WHERE a.attrelid = CAST(quote_ident($1) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped"
	    " AND a.attgenerated = '' ORDER BY a.attnum",
};
static const char *const REFERS[2] = {
	[DB_SQLITE] = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1) WHERE \"table\" <> $1 ORDER BY 1",
	[DB_POSTGRESQL] = "SELECT DISTINCT CAST(c.relname AS TEXT) FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid"
	    " WHERE k.contype = 'f' AND k.conrelid = CAST(quote_ident($1) AS regclass) AND c.relname <> $1 ORDER BY 1",
};

static const struct { const char *type; enum column_kind kind; bool derived; } types[] = {
	{ "INTEGER", COLUMN_INT, false }, { "BIGINT", COLUMN_INT, false }, { "REAL", COLUMN_REAL, false },
	{ "DOUBLE PRECISION", COLUMN_REAL, false }, { "TEXT", COLUMN_TEXT, false }, { "BLOB", COLUMN_BLOB, false },
	{ "BYTEA", COLUMN_BLOB, false }, { "TSVECTOR", COLUMN_TEXT, true },
};

static bool
kind_of(const char *type, enum column_kind *out, bool *derived)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strcasecmp(types[i].type, type) == 0) {
			*out = types[i].kind;
			*derived = types[i].derived;
			return true;
		}
	}
	return false;
}

static bool
read_columns(struct db *db, struct arena *a, struct table *t, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS[database_engine(db_database(db))], err);
	enum db_step step;
	bool ok = true;

	t->column = arena_array(a, COLUMNS_MAX, sizeof(*t->column));
	bind_text(st, 1, t->name);
	while ((step = db_next(st, err)) == DB_ROW && ok) {
		struct column *c = &t->column[t->n];
		bool derived = false;

		c->name = col_text(st, a, 0);
		c->key = (int)col_i64(st, 2);
		c->identity = col_i64(st, 3) != 0;
		if (t->n + 1 == COLUMNS_MAX)
			ok = err_set(err, ERR_BUG, "table %s has too many columns", t->name);
		else if (!kind_of(col_text_or(st, a, 1, ""), &c->kind, &derived))
			ok = err_set(err, ERR_BUG, "table %s, column %s: its type is none of schema.h", t->name, c->name);
		else if (!derived)
			t->n++;
	}
	db_done(st);
	return ok && step != DB_FAIL;
}

static bool
read_refers(struct db *db, struct arena *a, struct table *t, struct err *err)
{
	struct stmt *st = db_stmt(db, REFERS[database_engine(db_database(db))], err);
	enum db_step step;

	t->refers = arena_array(a, COLUMNS_MAX, sizeof(*t->refers));
	bind_text(st, 1, t->name);
	while ((step = db_next(st, err)) == DB_ROW && t->n_refers < COLUMNS_MAX)
		t->refers[t->n_refers++] = col_text(st, a, 0);
	db_done(st);
	return step != DB_FAIL;
}

/* Are all the tables that `t` refers to among the first n? */
static bool
all_before(const struct table *t, const struct catalogue *placed)
{
	for (size_t i = 0; i < t->n_refers; i++) {
		if (catalogue_find(placed, t->refers[i]) == NULL)
			return false;
	}
	return true;
}

/* The first by name of those that wait for nobody; where all wait for each other, the first by name. */
static struct catalogue
in_order(struct arena *a, const struct catalogue *by_name)
{
	struct catalogue out = { .item = arena_array(a, by_name->n, sizeof(*out.item)) };
	bool *taken = arena_array(a, by_name->n, sizeof(*taken));

	while (out.n < by_name->n) {
		size_t first = SIZE_MAX, free_one = SIZE_MAX;

		for (size_t i = 0; i < by_name->n && free_one == SIZE_MAX; i++) {
			if (taken[i])
				continue;
			first = first == SIZE_MAX ? i : first;
			free_one = all_before(&by_name->item[i], &out) ? i : SIZE_MAX;
		}
		first = free_one != SIZE_MAX ? free_one : first;
		taken[first] = true;
		out.item[out.n++] = by_name->item[first];
	}
	return out;
}

bool
catalogue_read(struct db *db, struct arena *a, struct catalogue *out, struct err *err)
{
	struct stmt *st = db_stmt(db, TABLES[database_engine(db_database(db))], err);
	struct catalogue list = { .item = arena_array(a, TABLES_MAX, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < TABLES_MAX)
		list.item[list.n++].name = col_text(st, a, 0);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "the database's tables");
	for (size_t i = 0; i < list.n; i++) {
		if (!read_columns(db, a, &list.item[i], err) || !read_refers(db, a, &list.item[i], err))
			return err_add(err, "table %s", list.item[i].name);
	}
	*out = in_order(a, &list);
	return true;
}

const struct table *
catalogue_find(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->item[i].name, name) == 0)
			return &c->item[i];
	}
	return NULL;
}

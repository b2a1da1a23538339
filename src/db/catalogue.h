/* db/catalogue.h: the tables of a database, from its own catalogue; for db/transfer_*.c
 *
 * A column's kind is one of the four words of schema.h; a column of another type (PostgreSQL's tsvector) is derived and
 * not listed. Tables come after those they refer to; among equals, by name. The order is the same on both databases. */
#ifndef DB_CATALOGUE_H
#define DB_CATALOGUE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

#include "db/db.h"

struct arena; struct err;

enum column_kind { COLUMN_INT, COLUMN_REAL, COLUMN_TEXT, COLUMN_BLOB };
enum { COLUMN_KINDS = 4 };
extern const char *const column_kind_name[COLUMN_KINDS];	/* "int", "real", "text", "blob" */

struct column {
	const char *name;
	enum column_kind kind;
	int key;			/* its place in the primary key from 1; 0 is none */
	bool identity;			/* PostgreSQL: numbers itself */
};

struct table {
	const char *name;
	struct column *column;
	size_t n;
	const char **refers;		/* tables it refers to, itself left out */
	size_t n_refers;
};

struct catalogue { struct table *item; size_t n; };

/* All tables but schema_migration and import_progress, which are about the database and not in it. */
bool catalogue_read(struct db *db, struct arena *a, struct catalogue *out, struct err *err);
const struct table *catalogue_find(const struct catalogue *c, const char *name);	/* NULL when absent */
#endif

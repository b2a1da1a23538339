/* db/transfer.h: everything out as JSON Lines and files, and in again, into either database
 *
 * An export is a folder:
 *   manifest.json      format, schema (each migration with its checksum), each table with its columns, rows, bytes, SHA-256
 *   TABLE.jsonl        one row a line, an object with the columns in their order; by primary key, texts in byte order
 *   files.jsonl        {"sha256", "size"} of each file
 *   files/ab/ab12...   what stood in a bytes column, named by its SHA-256; the row holds that name
 * Integers and reals read back exactly (%.17g; NaN and the infinities are texts), absent is null. The tables are those
 * of the database's own catalogue, so a table that a later migration brings is carried without a word here.
 *
 * Always true:
 *  - An export is of one instant: all tables are read in one snapshot.
 *  - Nothing in it tells which database, when or where: the same rows give the same bytes. Export, import into the
 *    other database and export again, and the folders are equal.
 *  - manifest.json comes last; until then there is a file INCOMPLETE. Folders have mode 0700, files 0600.
 *  - An import is whole or the database cannot be used: until it is finished there is a table import_progress, and
 *    database_migrate refuses (ERR_CONFLICT) to open it for anything else.
 *
 * Not carried: the table `session` (whoever is signed in signs in again; a copied session would be valid twice), and
 * settings named something.secret (the key to somebody else's door, set again where the export goes in), and
 * what is derived: the words of the search index, which are made again from their sources. Everything else is, also
 * password hashes, one-time-code secrets and the keys of links and addresses: without them no account and no link in an
 * old mail would work. An export is therefore as secret as the database.
 *
 * Both functions can be stopped (progress returns false, or the process is killed) and called again. A stopped import
 * goes on where it was; a stopped export keeps the files it has and writes the tables anew, since they are of one
 * instant. */
#ifndef DB_TRANSFER_H
#define DB_TRANSFER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct database; struct err;

/* `what` is a table, "files" or "checking"; `n` what there is of it. False stops. */
typedef bool transfer_progress(void *arg, const char *what, int64_t done, int64_t n);

/* Where the words of a search entry of this kind come from: a query of one text, $1 the object's id. */
struct search_source { const char *kind, *words; };

struct transfer {
	const struct search_source *sources;	/* kind NULL ends; for import */
	transfer_progress *progress;		/* may be NULL */
	void *arg;
};

/* ERR_CONFLICT: the folder holds something else, or a finished export. ERR_BUSY: stopped, or the disk is full. */
bool database_export(struct database *d, const char *dir, const struct transfer *t, struct err *err);

/* Into the database at `url`, which must be new or without a row, and closed for others. ERR_INPUT: a file is damaged
 * or missing (named), or the folder is no export. ERR_CONFLICT: the database is not empty, holds another stopped import,
 * or the export is of a newer schema. An older schema is imported as it is and then migrated. ERR_BUSY: stopped. */
bool database_import(const char *url, const char *dir, const struct transfer *t, struct err *err);
#endif

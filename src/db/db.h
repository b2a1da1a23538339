/* db/db.h: one door to SQLite or PostgreSQL
 *
 * A `struct database` is an opened database: its writer and its readers. A `struct db` is a door to it, used by one
 * thread at a time: a reader's own connection, or, inside db_write, the writer's transaction. Functions that read
 * take any door; functions that write call db_write on the door they were given, which on a reader's door queues the
 * work to the writer, and on the writer's own door (a write inside a write) runs it at once behind a savepoint.
 *
 * One SQL text serves both: $1 parameters, RETURNING, ON CONFLICT, integers for instants (UTC seconds),
 * 'YYYY-MM-DD' text for dates, 0/1 integers for truth. Columns that differ are written with the words of schema.h.
 *
 * Always true:
 *  - db_write returns true only when the transaction is durable (SQLite: WAL with synchronous=FULL; PostgreSQL:
 *    synchronous_commit=on), and then the whole of fn's work is there; otherwise none of it is.
 *  - Waiting writes share one commit, each behind a savepoint: one that fails takes no other with it.
 *  - There is one writer at a time, over all threads and processes that use the database.
 *  - Nothing waits without end: busy, lost connections and full disks are retried for a bounded time, then ERR_BUSY
 *    (or ERR_BUG) says what was the matter. fn may therefore run more than once; it must have no other effects
 *    than through its door and its argument's outputs.
 *  - Within a reader's door each statement sees the latest committed state (db_read_begin gives a snapshot). */
#ifndef DB_DB_H
#define DB_DB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct err;
struct database; struct db; struct stmt;

enum db_engine { DB_SQLITE, DB_POSTGRESQL };

struct database_options {
	bool must_exist;		/* ERR_NOT_FOUND instead of making a new SQLite file */
	int busy_s;			/* how long to retry, seconds; 0 is the default, 10 */
	bool alone;			/* one thread only, for a process that does one thing: SQLite has one connection then,
					 * and writes in the caller's thread */
	int max_connections;		/* PostgreSQL readers; 0 is the default, 8. More threads wait their turn */
	bool unordered;			/* SQLite: references are not checked row by row (import, which checks them at its end) */
};

/* The file that a URL means: a path, or "sqlite:PATH" without its first word; inside `url`. NULL: "postgresql://...". */
const char *database_file(const char *url);
/* `url`: a path, "sqlite:PATH" or "postgresql://...". */
bool database_open(const char *url, const struct database_options *opt, struct database **out, struct err *err);
void database_close(struct database *d);		/* NULL does nothing; waits for queued writes */
enum db_engine database_engine(const struct database *d);

/* Applies the migrations that are missing, in the order of their numbers, under a lock held against other processes, each
 * in a transaction of its own. What a database has is a set: a number lower than its highest, which came late, is applied
 * too, so a migration leans on lower numbers only. `applied` (may be NULL) gets how many. ERR_CONFLICT: the database has
 * one that we do not know, or one whose text was changed since. */
bool database_migrate(struct database *d, int *applied, struct err *err);
bool database_schema_version(struct database *d, int *version, int *newest, struct err *err);

/* The calling thread's own door for reading; made at the first call, kept until the thread ends. */
struct db *database_reader(struct database *d, struct err *err);
struct database *db_database(struct db *db);

/* A consistent snapshot over several reads; end it. No-ops inside db_write. */
bool db_read_begin(struct db *db, struct err *err);
void db_read_end(struct db *db);

typedef bool db_write_fn(struct db *tx, void *arg, struct err *err);
bool db_write(struct db *db, db_write_fn *fn, void *arg, struct err *err);
/* The same, but true already before the disk has it: for what the program does again by itself from what is durable before (a mail that
 * lies there raw is filed). A power cut may take it away, whole, with nothing that db_write acknowledged after it; a killed program
 * takes nothing. A batch in which anybody asked for db_write is durable. Inside a write it is that write's own matter. */
bool db_write_repeatable(struct db *db, db_write_fn *fn, void *arg, struct err *err);

/* What must happen once the outermost transaction is durable (wake the sender, tell the event streams): called after
 * commit, in order; not called if the write is rolled back. `arg` must live until then (use the database's own data). */
typedef void db_after_fn(void *arg);
void db_after_commit(struct db *tx, db_after_fn *fn, void *arg);

/* Statements. `sql` must be a string literal or otherwise live as long as the database: it is the cache key.
 * db_stmt returns NULL on error; bind and step carry NULL through to DB_FAIL with *err filled. One row's columns
 * are valid until the next step; col_text copies into the arena. db_done gives the statement back; NULL is fine. */
enum db_step { DB_ROW, DB_END, DB_FAIL };

/* How PostgreSQL is to plan a statement, where the values it was prepared without would have told; first in its text (a
 * comment, which SQLite passes by). A page of a long list ordered by an index: walk the index and stop when the page is full,
 * instead of reading and sorting all. A search: look at the words, since a rare one and a common one want different ways. */
#define SQL_IN_ORDER "/* in order */ "
#define SQL_PLAN_ANEW "/* plan anew */ "

struct stmt *db_stmt(struct db *db, const char *sql, struct err *err);
void bind_i64(struct stmt *st, int i, int64_t v);
void bind_double(struct stmt *st, int i, double v);
void bind_text(struct stmt *st, int i, const char *utf8);		/* NULL binds null */
void bind_blob(struct stmt *st, int i, const void *p, size_t n);	/* NULL binds null */
void bind_null(struct stmt *st, int i);
/* The same for a blob of any size, the last column of an INSERT: SQLite makes a whole copy of what is bound, so a long one is
 * bound as room alone and filled in piece by piece, by db_blob_fill after db_done, if the INSERT made a row. */
void bind_blob_room(struct stmt *st, int i, const void *p, size_t n);
bool db_blob_fill(struct db *tx, const char *table, const char *column, const void *p, size_t n, struct err *err);
void bind_i64_or_null(struct stmt *st, int i, int64_t v);		/* 0 binds null: an absent id */
enum db_step db_next(struct stmt *st, struct err *err);
void db_done(struct stmt *st);

bool col_is_null(struct stmt *st, int i);		/* columns from 0 */
int64_t col_i64(struct stmt *st, int i);		/* null gives 0 */
double col_double(struct stmt *st, int i);
const char *col_text(struct stmt *st, struct arena *a, int i);	/* null gives NULL */
const char *col_text_or(struct stmt *st, struct arena *a, int i, const char *instead);
const void *col_blob(struct stmt *st, struct arena *a, int i, size_t *n);

/* Short forms. db_run: a statement without rows whose parameters are given by `fmt`, a letter each:
 * i int64_t, I int64_t with 0 as null, t text (NULL is null), d double; `changed` (may be NULL) gets the rows.
 *   db_run(tx, "UPDATE contact SET unit_id = $1 WHERE id = $2", NULL, err, "ii", unit_id, id)
 * db_id: the same for INSERT ... RETURNING id (one row, one integer). ERR_NOT_FOUND when no row came back. */
bool db_run(struct db *db, const char *sql, int64_t *changed, struct err *err, const char *fmt, ...);
bool db_id(struct db *db, const char *sql, int64_t *id, struct err *err, const char *fmt, ...);

/* Free text for full-text search. The index `search_index(object_kind, object_id, words)` is kept by search_put in
 * the same transaction; a query is parsed by search_query into what the engine understands (words, "phrases",
 * prefix from 2 letters), so that no typed character is an error. See db/search.h. */

/* For the metrics: statements run, commits, writes, longest wait in the writer's queue since last asked (microseconds). */
struct db_counters { int64_t commits, writes, failures, longest_wait_us, statements; };
struct db_counters database_counters(struct database *d);

/* A consistent copy of an SQLite database while it is in use, checked (integrity_check) before it is renamed into place. */
bool database_backup(struct database *d, const char *path, struct err *err);
#endif

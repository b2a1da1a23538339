/* db/internal.h: what db.c (threads, queue, transactions) and its two engines share; nobody else includes it
 *
 * A connection is one link to the database with its prepared statements; an engine is a struct of functions over it.
 * A door (struct db) has a connection: SQLite's readers own one each; PostgreSQL's borrow one from a pool from the first
 * statement they open until none is open. */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/random.h"
#include "db/db.h"

enum { PARAMETERS_MAX = 64 };

struct connection {
	struct connection *next;	/* in the pool */
	void *handle;			/* sqlite3 * or PGconn * */
	void *begin, *commit;		/* SQLite: of a reader's snapshots, kept prepared */
	struct stmt *statement[512];	/* by the literal's address; chained */
	unsigned next_name;		/* PostgreSQL: names of prepared statements */
	bool lost;			/* PostgreSQL: to be opened again before use */
	bool hasty;			/* SQLite: its commits do not wait for the disk */
	bool begin_owed;		/* PostgreSQL: a snapshot that begins with its first statement */
	bool answer_waits;		/* PostgreSQL: of a COMMIT, to be taken before the next statement */
};

struct hearing; struct kept_pending;
struct after { db_after_fn *fn; void *arg; };

struct db {
	struct database *database;
	struct connection *connection;
	struct db *next;		/* all doors of the database */
	int open;			/* statements in use */
	bool snapshot;			/* db_read_begin is in force */
	unsigned snapshot_generation;	/* db/kept.h, as it was before */
	bool writer;
	int depth;			/* of nested writes */
	bool broken;			/* the transaction is gone: the batch starts again */
	bool careful;			/* a savepoint for every write, so that one that fails takes no other with it */
	bool disappointed;		/* one failed without: the batch starts again, careful */
	bool kept_changed;		/* db/kept.h: the transaction under way has changed what is kept */
	struct kept_pending *kept;	/* and what it read for all */
	struct after *after;		/* of the batch under way */
	size_t n_after, cap_after;
	char *told;			/* PostgreSQL: NOTIFY statements to go with COMMIT, n_told bytes */
	size_t n_told;
};

enum kind { KIND_NONE, KIND_NULL, KIND_I64, KIND_DOUBLE, KIND_TEXT, KIND_BLOB };

struct parameter {
	enum kind kind;
	bool null, room;		/* room: of a blob, see db_blob_fill */
	int64_t i;
	double d;
	const char *p;
	size_t n;
};

struct stmt {
	struct stmt *next;		/* in the connection's chain */
	struct db *db;
	struct err *err;
	const char *sql;
	void *prepared;			/* sqlite3_stmt *; PostgreSQL: its name (char *) */
	void *result;			/* PGresult * */
	int row, n_rows;
	bool in_use, temporary;
	unsigned char kinds[PARAMETERS_MAX + 1];	/* PostgreSQL: types it was prepared with */
	struct parameter parameter[PARAMETERS_MAX + 1];	/* PostgreSQL: from 1 */
	int place[PARAMETERS_MAX + 1];	/* SQLite: index of $n, 0 when absent */
	bool gives_rowid, gave_rowid;	/* SQLite: an INSERT whose RETURNING id is asked of the connection instead */
	int64_t rowid;
	char *scratch;			/* PostgreSQL: numbers as text */
};

struct engine {
	bool (*open)(struct database *d, bool writer, struct connection **out, struct err *err);
	void (*close)(struct connection *c);
	bool (*prepare)(struct stmt *st, struct err *err);
	void (*bind)(struct stmt *st, int i, const struct parameter *p);
	enum db_step (*step)(struct stmt *st, struct err *err);
	void (*reset)(struct stmt *st);
	void (*finalize)(struct stmt *st);
	/* A text without parameters or rows (BEGIN, SAVEPOINT, a migration). */
	bool (*run)(struct connection *c, const char *sql, struct err *err);
	bool (*is_null)(struct stmt *st, int i);
	int64_t (*i64)(struct stmt *st, int i);
	double (*dbl)(struct stmt *st, int i);
	const char *(*text)(struct stmt *st, int i, size_t *n);		/* valid until the next step */
	const void *(*blob)(struct stmt *st, struct arena *a, int i, size_t *n);
	int64_t (*changed)(struct stmt *st);
	/* What bind left out of a blob with `room`; NULL: it leaves nothing out. */
	bool (*fill)(struct connection *c, const char *table, const char *column, const void *p, size_t n, struct err *err);
	/* A reader's snapshot. */
	bool (*read_begin)(struct connection *c, struct err *err);
	void (*read_end)(struct connection *c);
	/* Begins the writer's transaction, one writer over all processes; durable: its commit waits for the disk. */
	bool (*begin)(struct database *d, struct connection *c, bool durable, struct err *err);
	bool (*commit)(struct database *d, struct connection *c, struct err *err);
	bool (*in_transaction)(struct connection *c);
};

struct job {
	struct job *next;
	db_write_fn *fn;
	void *arg;
	struct err *err;
	bool ok, ran;
	bool repeatable;		/* nobody waits for the disk */
	int64_t queued_us;
	sem_t done;			/* who waits for it needs no lock that others wait for */
};

struct database {
	enum db_engine kind;
	const struct engine *engine;
	char *path;			/* file or URL */
	struct database_options options;
	pthread_key_t door_key;
	pthread_mutex_t lock;		/* doors, pool */
	pthread_cond_t returned;
	struct db *doors;
	struct connection *pool;
	int n_connections;
	/* the writer */
	pthread_t thread;
	bool running, stopping;
	pthread_mutex_t queue_lock;
	pthread_cond_t queue_filled;
	struct job *first, *last;
	size_t n_queued;		/* under queue_lock */
	struct db tx;			/* the writer's door */
	int64_t transaction_id;		/* PostgreSQL: of the transaction under way */
	struct db_counters counters;	/* under queue_lock */
	atomic_llong statements;	/* how many were opened, by anybody */
	char origin[20];		/* who speaks (db/hear.h): another one for every opened database */
	struct hearing *hearing;	/* SQLite: under queue_lock */
	int64_t data_version, looked_us;	/* SQLite: what the writer's connection knows of others, and since when */
};

/* db/hear.c: the writer's thread looks once a second whether another program has written; NULL stops it. */
void writer_hears(struct database *d, struct hearing *h);
void hearing_wrote(struct hearing *h);

/* What a full disk says to the person; db.c waits less long for space than for a lock. */
extern const char *const disk_full;

extern const struct engine engine_sqlite, engine_postgresql;

/* One embedded migration with the SHA-256 of its text; the table ends with version 0. */
struct migration { int version; const char *name; const char *sql; const char *sha256; };
/* The same, worked out where it is NULL (tests' own migrations). */
struct hash_str migration_hash(const struct migration *m);
extern const struct migration migrations[];

/* The text for one engine: words in braces put in, the other engine's blocks left out. In `a`. */
const char *schema_text(struct arena *a, const char *sql, enum db_engine engine);

/* A statement whose text was made at run time and lives until db_done. */
struct stmt *db_stmt_once(struct db *db, const char *sql, struct err *err);
/* Those of `list` (in the order of their numbers, ended by version 0) that the database lacks; with `only`, those of these
 * numbers alone. */
bool database_migrate_list(struct database *d, const struct migration *list, const int *only, size_t n_only, int *applied,
    struct err *err);
bool database_has_table(struct db *db, const char *name, bool *has, struct err *err);
/* PostgreSQL's text for a search entry with these words. In `a`. */
const char *search_vector(struct arena *a, const char *words);
#endif

/* db/db.c: doors, the writer's queue, group commit, migrations
 *
 * The writer thread takes what waits (at most BATCH), runs each job, commits once, and only then tells the waiting
 * threads. It hopes first that no job fails; if one does, all is rolled back and each runs again behind a savepoint of its
 * own. While it commits, the next batch gathers: the busier, the more share a commit. If the
 * transaction itself is lost (busy at commit, connection gone), the batch runs again from its start, for a bounded
 * time; a job that failed by itself keeps its failure and is not run again. */
#include "db/db.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "base/random.h"
#include "db/hear.h"
#include "db/internal.h"
#include "db/kept.h"

enum { BATCH = 64, BUSY_DEFAULT_S = 10, CONNECTIONS_DEFAULT = 8, AFTER_MOST = 4096,
	FULL_S = 2, HEAR_US = 1000000, GATHER_US = 2000, GATHER_SHARE = 3, GATHER_SKIP = 16 };

const char *const disk_full = N_("The disk is full. Nothing was saved; tell the administrator and try again later.");

/* ---- connections and doors ---- */

static void
connection_close(struct database *d, struct connection *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(c->statement); i++) {
		for (struct stmt *st = c->statement[i], *next; st != NULL; st = next) {
			next = st->next;
			d->engine->finalize(st);
			free(st->scratch);
			free(st);
		}
	}
	d->engine->close(c);
}

static void
door_close(void *arg)
{
	struct db *door = arg;
	struct database *d = door->database;

	(void)pthread_mutex_lock(&d->lock);
	for (struct db **p = &d->doors; *p != NULL; p = &(*p)->next) {
		if (*p == door) {
			*p = door->next;
			break;
		}
	}
	(void)pthread_mutex_unlock(&d->lock);
	if (!d->options.alone)
		connection_close(d, door->connection);
	free(door);
}

struct db *
database_reader(struct database *d, struct err *err)
{
	struct db *door = pthread_getspecific(d->door_key);

	if (door != NULL)
		return door;
	if ((door = calloc(1, sizeof(*door))) == NULL)
		abort();
	door->database = d;
	/* SQLite: a connection of its own; PostgreSQL: borrowed when a statement is opened. */
	if (d->options.alone)
		door->connection = d->tx.connection;
	else if (d->kind == DB_SQLITE && !d->engine->open(d, false, &door->connection, err)) {
		free(door);
		return NULL;
	}
	(void)pthread_mutex_lock(&d->lock);
	door->next = d->doors;
	d->doors = door;
	(void)pthread_mutex_unlock(&d->lock);
	(void)pthread_setspecific(d->door_key, door);
	return door;
}

struct database *
db_database(struct db *db)
{
	return db->database;
}

/* A connection for a reader of PostgreSQL: from the pool, a new one, or the next that comes back. */
static bool
borrow(struct db *db, struct err *err)
{
	struct database *d = db->database;
	struct connection *c = NULL;
	struct timespec until;
	bool fresh = false;

	if (db->connection != NULL)
		return true;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += d->options.busy_s;
	(void)pthread_mutex_lock(&d->lock);
	while (d->pool == NULL && d->n_connections >= d->options.max_connections) {
		if (pthread_cond_timedwait(&d->returned, &d->lock, &until) != 0)
			break;
	}
	if (d->pool != NULL) {
		c = d->pool;
		d->pool = c->next;
	} else if (d->n_connections < d->options.max_connections) {
		d->n_connections++;
		fresh = true;
	}
	(void)pthread_mutex_unlock(&d->lock);
	if (c != NULL && c->lost) {
		connection_close(d, c);
		c = NULL;
		fresh = true;
	}
	if (c == NULL && !fresh)
		return err_set(err, ERR_BUSY, "all %d connections are in use", d->options.max_connections);
	if (c == NULL && !d->engine->open(d, false, &c, err)) {
		(void)pthread_mutex_lock(&d->lock);
		d->n_connections--;
		(void)pthread_cond_signal(&d->returned);
		(void)pthread_mutex_unlock(&d->lock);
		return false;
	}
	db->connection = c;
	return true;
}

static void
give_back(struct db *db)
{
	struct database *d = db->database;

	if (d->kind == DB_SQLITE || db->writer || db->open > 0 || db->snapshot || db->connection == NULL)
		return;
	(void)pthread_mutex_lock(&d->lock);
	db->connection->next = d->pool;
	d->pool = db->connection;
	db->connection = NULL;
	(void)pthread_cond_signal(&d->returned);
	(void)pthread_mutex_unlock(&d->lock);
}

bool
db_read_begin(struct db *db, struct err *err)
{
	if (db->writer || db->snapshot)
		return true;
	if (!borrow(db, err))
		return false;
	db->snapshot_generation = kept_generation();
	db->snapshot = db->database->engine->read_begin(db->connection, err);
	if (!db->snapshot)
		give_back(db);
	return db->snapshot;
}

void
db_read_end(struct db *db)
{
	if (db->writer || !db->snapshot)
		return;
	db->database->engine->read_end(db->connection);
	db->snapshot = false;
	give_back(db);
}

/* ---- statements ---- */

static size_t
slot_of(const char *sql)
{
	uintptr_t p = (uintptr_t)sql;

	return (size_t)((p >> 4 ^ p >> 13) % 512);
}

/* `temporary`: not kept by its address; gone with db_done. */
static struct stmt *
open_statement(struct db *db, const char *sql, bool temporary, struct err *err)
{
	struct stmt **slot, *st;

	if (db == NULL) {
		if (err->code == ERR_NONE)
			(void)err_set(err, ERR_BUG, "no door to the database");
		return NULL;
	}
	if (!borrow(db, err))
		return NULL;
	slot = &db->connection->statement[slot_of(sql)];
	for (st = temporary ? NULL : *slot; st != NULL && st->sql != sql; st = st->next)
		;
	if (st != NULL && st->in_use) {		/* the same text inside its own loop */
		temporary = true;
		st = NULL;
	}
	if (st == NULL) {
		if ((st = calloc(1, sizeof(*st))) == NULL)
			abort();
		st->sql = sql;
		st->db = db;
		st->temporary = temporary;
		if (!db->database->engine->prepare(st, err)) {
			free(st);
			give_back(db);
			return NULL;
		}
		if (!temporary) {
			st->next = *slot;
			*slot = st;
		}
	}
	st->db = db;
	st->err = err;
	st->in_use = true;
	db->open++;
	(void)atomic_fetch_add_explicit(&db->database->statements, 1, memory_order_relaxed);
	return st;
}

struct stmt *
db_stmt(struct db *db, const char *sql, struct err *err)
{
	return open_statement(db, sql, false, err);
}

struct stmt *
db_stmt_once(struct db *db, const char *sql, struct err *err)
{
	return open_statement(db, sql, true, err);
}

static void
bind(struct stmt *st, int i, const struct parameter *p)
{
	if (st != NULL && i >= 1 && i <= PARAMETERS_MAX)
		st->db->database->engine->bind(st, i, p);
}

void
bind_i64(struct stmt *st, int i, int64_t v)
{
	bind(st, i, &(struct parameter){ .kind = KIND_I64, .i = v });
}

void
bind_i64_or_null(struct stmt *st, int i, int64_t v)
{
	bind(st, i, &(struct parameter){ .kind = KIND_I64, .i = v, .null = v == 0 });
}

void
bind_double(struct stmt *st, int i, double v)
{
	bind(st, i, &(struct parameter){ .kind = KIND_DOUBLE, .d = v });
}

void
bind_text(struct stmt *st, int i, const char *utf8)
{
	bind(st, i, &(struct parameter){ .kind = KIND_TEXT, .p = utf8, .n = utf8 == NULL ? 0 : strlen(utf8),
	    .null = utf8 == NULL });
}

void
bind_blob(struct stmt *st, int i, const void *p, size_t n)
{
	bind(st, i, &(struct parameter){ .kind = KIND_BLOB, .p = p, .n = n, .null = p == NULL });
}

void
bind_blob_room(struct stmt *st, int i, const void *p, size_t n)
{
	bind(st, i, &(struct parameter){ .kind = KIND_BLOB, .p = p, .n = n, .room = true });
}

bool
db_blob_fill(struct db *tx, const char *table, const char *column, const void *p, size_t n, struct err *err)
{
	const struct engine *e = tx->database->engine;

	return e->fill == NULL || e->fill(tx->connection, table, column, p, n, err);
}

void
bind_null(struct stmt *st, int i)
{
	bind(st, i, &(struct parameter){ .kind = KIND_NULL, .null = true });
}

enum db_step
db_next(struct stmt *st, struct err *err)
{
	if (st == NULL) {
		if (err->code == ERR_NONE)
			(void)err_set(err, ERR_BUG, "a statement that is not there");
		return DB_FAIL;
	}
	return st->db->database->engine->step(st, err);
}

void
db_done(struct stmt *st)
{
	struct db *db;

	if (st == NULL)
		return;
	db = st->db;
	db->database->engine->reset(st);
	st->in_use = false;
	db->open--;
	if (st->temporary) {
		db->database->engine->finalize(st);
		free(st->scratch);
		free(st);
	}
	give_back(db);
}

bool
col_is_null(struct stmt *st, int i)
{
	return st->db->database->engine->is_null(st, i);
}

int64_t
col_i64(struct stmt *st, int i)
{
	return st->db->database->engine->i64(st, i);
}

double
col_double(struct stmt *st, int i)
{
	return st->db->database->engine->dbl(st, i);
}

const char *
col_text(struct stmt *st, struct arena *a, int i)
{
	size_t n;
	const char *p = st->db->database->engine->text(st, i, &n);

	return p == NULL ? NULL : arena_strndup(a, p, n);
}

const char *
col_text_or(struct stmt *st, struct arena *a, int i, const char *instead)
{
	const char *p = col_text(st, a, i);

	return p == NULL ? instead : p;
}

const void *
col_blob(struct stmt *st, struct arena *a, int i, size_t *n)
{
	if (col_is_null(st, i)) {
		*n = 0;
		return NULL;
	}
	return st->db->database->engine->blob(st, a, i, n);
}

static void
bind_list(struct stmt *st, const char *fmt, va_list ap)
{
	for (int i = 1; *fmt != '\0'; fmt++, i++) {
		switch (*fmt) {
		case 'i': bind_i64(st, i, va_arg(ap, int64_t)); break;
		case 'I': bind_i64_or_null(st, i, va_arg(ap, int64_t)); break;
		case 't': bind_text(st, i, va_arg(ap, const char *)); break;
		case 'd': bind_double(st, i, va_arg(ap, double)); break;
		default: abort();	/* a letter that db.h does not have */
		}
	}
}

bool
db_run(struct db *db, const char *sql, int64_t *changed, struct err *err, const char *fmt, ...)
{
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;
	va_list ap;

	va_start(ap, fmt);
	bind_list(st, fmt, ap);
	va_end(ap);
	step = db_next(st, err);
	if (step != DB_FAIL && changed != NULL)
		*changed = db->database->engine->changed(st);
	db_done(st);
	return step != DB_FAIL;
}

bool
db_id(struct db *db, const char *sql, int64_t *id, struct err *err, const char *fmt, ...)
{
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;
	va_list ap;

	va_start(ap, fmt);
	bind_list(st, fmt, ap);
	va_end(ap);
	if ((step = db_next(st, err)) == DB_ROW)
		*id = col_i64(st, 0);
	db_done(st);
	if (step == DB_END)
		return err_set(err, ERR_NOT_FOUND, "no row");
	return step == DB_ROW;
}

/* ---- writing ---- */

void
db_after_commit(struct db *tx, db_after_fn *fn, void *arg)
{
	/* The same call with the same argument once is enough: a batch of a thousand wakes the sender once. */
	for (size_t i = 0; i < tx->n_after; i++) {
		if (tx->after[i].fn == fn && tx->after[i].arg == arg)
			return;
	}
	if (tx->n_after == AFTER_MOST)
		return;
	if (tx->n_after == tx->cap_after) {
		size_t more = tx->cap_after == 0 ? 16 : tx->cap_after * 2;
		struct after *grown = realloc(tx->after, more * sizeof(*grown));

		if (grown == NULL)
			abort();
		tx->after = grown;
		tx->cap_after = more;
	}
	tx->after[tx->n_after++] = (struct after){ fn, arg };
}

/* fn in the batch's own transaction. In a hopeful batch there are no savepoints (each makes FTS5 write its words to the
 * tables, and PostgreSQL answer twice more); a failure there, at any depth, has the whole batch run again with them. */
static bool
hopefully(struct db *tx, db_write_fn *fn, void *arg, struct err *err)
{
	bool ok;

	tx->depth++;
	ok = fn(tx, arg, err);
	tx->depth--;
	if (!tx->database->engine->in_transaction(tx->connection))
		tx->broken = true;
	if (!ok)
		tx->disappointed = true;
	return ok && !tx->broken;
}

/* fn behind a savepoint on the writer's own door. */
static bool
behind_savepoint(struct db *tx, db_write_fn *fn, void *arg, struct err *err)
{
	const struct engine *e = tx->database->engine;
	struct err ignored = { 0 };
	size_t after = tx->n_after, told = tx->n_told;
	char save[32], release[40], back[48];
	bool ok;

	if (!tx->careful)
		return hopefully(tx, fn, arg, err);
	(void)snprintf(save, sizeof(save), "SAVEPOINT s%d", tx->depth);
	(void)snprintf(release, sizeof(release), "RELEASE SAVEPOINT s%d", tx->depth);
	(void)snprintf(back, sizeof(back), "ROLLBACK TO SAVEPOINT s%d", tx->depth);
	if (!e->run(tx->connection, save, err)) {
		tx->broken = true;
		return false;
	}
	tx->depth++;
	ok = fn(tx, arg, err);
	tx->depth--;
	if (!e->in_transaction(tx->connection)) {	/* the engine gave it all up: a full disk, a lost connection */
		tx->broken = true;
		return false;
	}
	if (!ok) {
		tx->n_after = after;
		tx->n_told = told;
		if (tx->told != NULL)
			tx->told[told] = '\0';
		if (!e->run(tx->connection, back, &ignored))
			tx->broken = true;
	}
	if (!e->run(tx->connection, release, ok ? err : &ignored)) {
		tx->broken = true;
		return false;
	}
	return ok;
}

/* A batch: the jobs of one transaction. More may join while the first are run, until nobody more is expected. */
struct batch { struct job *job[BATCH]; size_t n; bool durable; };

/* Of the batch before: how many were in it, waited when it was done, how long it took; before how many batches not to wait.
 * Of this one: since when, for how many and how long at most it waits. */
struct gathering { size_t n_last, n_left, wanted; int64_t took_us, began_us, most_us; int skip; };

/* The next in the queue into the batch; a batch whose commit does not wait for the disk takes none that must. Under queue_lock. */
static void
take_queued(struct database *d, struct batch *b)
{
	int64_t now = monotonic_us();

	while (d->first != NULL && b->n < BATCH && (b->durable || d->first->repeatable)) {
		struct job *j = d->first;

		if ((d->first = j->next) == NULL)
			d->last = NULL;
		d->n_queued--;
		if (now - j->queued_us > d->counters.longest_wait_us)
			d->counters.longest_wait_us = now - j->queued_us;
		b->job[b->n++] = j;
	}
}

/* Those whose writes were just acknowledged often have the next one at once. Without them a batch is half as large, while those who were
 * left out wait for a whole commit of others. So before it commits the writer waits for as many as the last batch had, but no longer
 * than a part of what that one took; and when it waited in vain it does not for a while. One who writes alone never waits. */
static bool
join(struct database *d, struct batch *b, struct gathering *g)
{
	size_t had = b->n;
	struct timespec until;
	int64_t left;

	(void)pthread_mutex_lock(&d->queue_lock);
	take_queued(d, b);
	while (b->n == had && b->n < g->wanted && !d->stopping && d->first == NULL &&
	    (left = g->began_us + g->most_us - monotonic_us()) > 0) {
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += left * 1000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&d->queue_filled, &d->queue_lock, &until);
		take_queued(d, b);
	}
	(void)pthread_mutex_unlock(&d->queue_lock);
	return b->n > had;
}

/* One batch in one transaction; with `g` more may join it. False: nothing of it is there, and *err says why. */
static bool
try_batch(struct database *d, struct batch *b, struct gathering *g, struct err *err)
{
	struct db *tx = &d->tx;

	tx->broken = tx->disappointed = false;
	tx->depth = 0;
	tx->n_after = tx->n_told = 0;
	if (tx->told != NULL)
		tx->told[0] = '\0';
	if (tx->connection == NULL || tx->connection->lost) {
		connection_close(d, tx->connection);
		tx->connection = NULL;
		if (!d->engine->open(d, true, &tx->connection, err))
			return false;
	}
	if (!d->engine->begin(d, tx->connection, b->durable, err))
		return false;
	for (size_t i = 0; i < b->n || (g != NULL && join(d, b, g)); i++) {
		struct job *j = b->job[i];

		if (j->ran && !j->ok)
			continue;	/* failed by itself in an earlier try; keeps that failure */
		*j->err = (struct err){ 0 };
		j->ok = behind_savepoint(tx, j->fn, j->arg, j->err);
		if (tx->broken) {
			*err = *j->err;
			/* Whatever the job said of it: when the connection is gone, the batch is worth another try. */
			if (err->code == ERR_NONE || tx->connection->lost)
				(void)err_set(err, ERR_BUSY, "the transaction was lost");
			return false;
		}
		if (tx->disappointed)
			return false;
		j->ran = true;
	}
	return d->engine->commit(d, tx->connection, err);
}

static void
run_batch(struct database *d, struct batch *b, struct gathering *g)
{
	int64_t began = monotonic_us(), deadline = began + (int64_t)d->options.busy_s * 1000000;
	struct err err = { 0 };
	struct err ignored = { 0 };
	int64_t wait_us = 2000;
	bool ok;

	d->tx.careful = false;
	while (!(ok = try_batch(d, b, g, &err))) {
		struct timespec pause = { .tv_nsec = wait_us * 1000 };

		g = NULL;		/* those who are in it have waited enough */
		kept_settle(&d->tx, false);
		if (d->tx.connection != NULL && d->engine->in_transaction(d->tx.connection))
			(void)d->engine->run(d->tx.connection, "ROLLBACK", &ignored);
		if (d->tx.disappointed && !d->tx.broken) {
			d->tx.careful = true;
			for (size_t i = 0; i < b->n; i++)
				b->job[i]->ran = b->job[i]->ok = false;
			continue;
		}
		if (err.code != ERR_BUSY || monotonic_us() >= deadline)
			break;
		/* Locks pass by themselves, a full disk seldom does. */
		if (err.person != NULL && strcmp(err.person, disk_full) == 0 && monotonic_us() >= began + FULL_S * 1000000)
			break;
		/* The engine has waited for locks itself; this is for what it cannot wait for. */
		(void)nanosleep(&pause, NULL);
		wait_us = wait_us < 200000 ? wait_us * 2 : 200000;
		err = (struct err){ 0 };
	}
	kept_settle(&d->tx, ok);
	for (size_t i = 0; i < b->n; i++) {
		if (ok || (b->job[i]->ran && !b->job[i]->ok))
			continue;
		b->job[i]->ok = false;
		*b->job[i]->err = err;
	}
	if (ok) {
		for (size_t i = 0; i < d->tx.n_after; i++)
			d->tx.after[i].fn(d->tx.after[i].arg);
	}
	d->tx.n_after = 0;
}

/* Has another program written? The writer's own connection does not count what it wrote itself. Under queue_lock. */
static void
look_about(struct database *d)
{
	struct err ignored = { 0 };
	int64_t now = monotonic_us(), version = 0;

	if (d->kind != DB_SQLITE || d->hearing == NULL || now - d->looked_us < HEAR_US)
		return;
	d->looked_us = now;
	if (!db_id(&d->tx, "PRAGMA data_version", &version, &ignored, ""))
		return;
	if (d->data_version != 0 && version != d->data_version)
		hearing_wrote(d->hearing);
	d->data_version = version;
}

void
writer_hears(struct database *d, struct hearing *h)
{
	(void)pthread_mutex_lock(&d->queue_lock);
	d->hearing = h;
	d->data_version = 0;
	(void)pthread_cond_signal(&d->queue_filled);
	(void)pthread_mutex_unlock(&d->queue_lock);
}

static void
wait_for_work(struct database *d)
{
	struct timespec until;

	look_about(d);
	if (d->kind != DB_SQLITE || d->hearing == NULL) {
		(void)pthread_cond_wait(&d->queue_filled, &d->queue_lock);
		return;
	}
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1;
	(void)pthread_cond_timedwait(&d->queue_filled, &d->queue_lock, &until);
}

/* For whom the next batch waits, and how long. Under queue_lock. */
static void
expect(struct gathering *g)
{
	size_t wanted = g->n_left + g->n_last < BATCH ? g->n_left + g->n_last : BATCH;

	g->began_us = monotonic_us();
	g->most_us = g->took_us / GATHER_SHARE < GATHER_US ? g->took_us / GATHER_SHARE : GATHER_US;
	g->wanted = g->n_last < 2 || g->skip > 0 ? 0 : wanted;
	g->skip -= g->skip > 0;
}

static void *
writer_main(void *arg)
{
	struct database *d = arg;
	struct batch *b = calloc(1, sizeof(*b));
	struct gathering g = { 0 };

	if (b == NULL)
		abort();
	(void)pthread_mutex_lock(&d->queue_lock);
	for (;;) {
		size_t first;

		look_about(d);
		while (d->first == NULL && !d->stopping)
			wait_for_work(d);
		if (d->first == NULL)
			break;
		expect(&g);
		b->n = 0;
		b->durable = false;
		for (const struct job *j = d->first; j != NULL && !b->durable; j = j->next)
			b->durable = !j->repeatable;
		take_queued(d, b);
		first = b->n;
		(void)pthread_mutex_unlock(&d->queue_lock);
		run_batch(d, b, &g);
		if (g.wanted > first && b->n - first < (g.wanted - first) / 2)
			g.skip = GATHER_SKIP;
		g.n_last = b->n;
		g.took_us = monotonic_us() - g.began_us;
		(void)pthread_mutex_lock(&d->queue_lock);
		g.n_left = d->n_queued;
		d->counters.commits++;
		for (size_t i = 0; i < b->n; i++) {
			d->counters.writes += b->job[i]->ok;
			d->counters.failures += !b->job[i]->ok;
		}
		(void)pthread_mutex_unlock(&d->queue_lock);
		for (size_t i = 0; i < b->n; i++)
			(void)sem_post(&b->job[i]->done);	/* from here on it may be gone */
		(void)pthread_mutex_lock(&d->queue_lock);
	}
	(void)pthread_mutex_unlock(&d->queue_lock);
	free(b);
	return NULL;
}

static bool
write_in_turn(struct db *db, db_write_fn *fn, void *arg, bool repeatable, struct err *err)
{
	struct database *d;
	struct job job = { .fn = fn, .arg = arg, .err = err, .repeatable = repeatable, .queued_us = monotonic_us() };

	if (db == NULL)
		return err_set(err, ERR_BUG, "no door to the database");
	if (db->writer)
		return behind_savepoint(db, fn, arg, err);
	d = db->database;
	if (d->options.alone) {
		run_batch(d, &(struct batch){ .job = { &job }, .n = 1, .durable = !repeatable }, NULL);
		return job.ok;
	}
	(void)sem_init(&job.done, 0, 0);
	(void)pthread_mutex_lock(&d->queue_lock);
	if (d->last == NULL)
		d->first = &job;
	else
		d->last->next = &job;
	d->last = &job;
	d->n_queued++;
	(void)pthread_cond_signal(&d->queue_filled);
	(void)pthread_mutex_unlock(&d->queue_lock);
	while (sem_wait(&job.done) != 0)	/* a signal came in between */
		;
	(void)sem_destroy(&job.done);
	return job.ok;
}

bool
db_write(struct db *db, db_write_fn *fn, void *arg, struct err *err)
{
	return write_in_turn(db, fn, arg, false, err);
}

bool
db_write_repeatable(struct db *db, db_write_fn *fn, void *arg, struct err *err)
{
	return write_in_turn(db, fn, arg, true, err);
}

struct db_counters
database_counters(struct database *d)
{
	struct db_counters c;

	(void)pthread_mutex_lock(&d->queue_lock);
	c = d->counters;
	c.statements = atomic_load(&d->statements);
	d->counters.longest_wait_us = 0;
	(void)pthread_mutex_unlock(&d->queue_lock);
	return c;
}

/* ---- opening ---- */

const char *
database_file(const char *url)
{
	if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
		return NULL;
	return strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
}

bool
database_open(const char *url, const struct database_options *opt, struct database **out, struct err *err)
{
	struct database *d = calloc(1, sizeof(*d));
	const char *file = database_file(url);
	uint64_t origin;

	if (d == NULL)
		abort();
	if (opt != NULL)
		d->options = *opt;
	if (d->options.busy_s == 0)
		d->options.busy_s = BUSY_DEFAULT_S;
	if (d->options.max_connections == 0)
		d->options.max_connections = CONNECTIONS_DEFAULT;
	d->kind = file == NULL ? DB_POSTGRESQL : DB_SQLITE;
	d->engine = file == NULL ? &engine_postgresql : &engine_sqlite;
	if ((d->path = strdup(file == NULL ? url : file)) == NULL)
		abort();
	d->options.alone = d->options.alone && d->kind == DB_SQLITE;
	(void)pthread_mutex_init(&d->lock, NULL);
	(void)pthread_cond_init(&d->returned, NULL);
	(void)pthread_mutex_init(&d->queue_lock, NULL);
	(void)pthread_cond_init(&d->queue_filled, NULL);
	(void)pthread_key_create(&d->door_key, door_close);
	d->tx.database = d;
	d->tx.writer = true;
	random_bytes(&origin, sizeof(origin));
	(void)snprintf(d->origin, sizeof(d->origin), "%016" PRIx64, origin);
	if (!d->engine->open(d, true, &d->tx.connection, err)) {
		database_close(d);
		return err_add(err, "opening the database");
	}
	if (!d->options.alone && pthread_create(&d->thread, NULL, writer_main, d) != 0) {
		database_close(d);
		return err_set(err, ERR_BUG, "no thread for the writer");
	}
	d->running = !d->options.alone;
	*out = d;
	return true;
}

void
database_close(struct database *d)
{
	if (d == NULL)
		return;
	database_hear_stop(d);
	if (d->running) {
		(void)pthread_mutex_lock(&d->queue_lock);
		d->stopping = true;
		(void)pthread_cond_signal(&d->queue_filled);
		(void)pthread_mutex_unlock(&d->queue_lock);
		(void)pthread_join(d->thread, NULL);
	}
	kept_forget();
	(void)pthread_key_delete(d->door_key);
	while (d->doors != NULL)
		door_close(d->doors);
	while (d->pool != NULL) {
		struct connection *c = d->pool;

		d->pool = c->next;
		connection_close(d, c);
	}
	connection_close(d, d->tx.connection);
	free(d->tx.after);
	free(d->tx.told);
	(void)pthread_mutex_destroy(&d->lock);
	(void)pthread_cond_destroy(&d->returned);
	(void)pthread_mutex_destroy(&d->queue_lock);
	(void)pthread_cond_destroy(&d->queue_filled);
	free(d->path);
	free(d);
}

enum db_engine
database_engine(const struct database *d)
{
	return d->kind;
}

/* ---- migrations ---- */

static const char MIGRATION_TABLE[] =
    "CREATE TABLE IF NOT EXISTS schema_migration (version {int} PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " applied_at {int} NOT NULL)";

/* Which of `list` the database has is a set, not a highest number: a number that comes late (two branches of work, each with
 * its own) is applied when it comes. `only`, when it is not NULL, holds the numbers that are asked for. */
struct hash_str
migration_hash(const struct migration *m)
{
	struct hash_str s;

	if (m->sha256 == NULL)
		return hash_hex(hash_bytes(m->sql, strlen(m->sql)));
	(void)snprintf(s.s, sizeof(s.s), "%s", m->sha256);
	return s;
}

struct migrate_job { const struct migration *list; const int *only; size_t n_only; bool more; };

static bool
is_wanted(const struct migrate_job *job, int version)
{
	if (job->only == NULL)
		return true;
	for (size_t i = 0; i < job->n_only; i++) {
		if (job->only[i] == version)
			return true;
	}
	return false;
}

/* What the database has, compared with what we have; *missing is our first that it lacks and that is wanted (NULL: none). */
static bool
compare_schema(struct db *db, struct arena *a, const struct migrate_job *job, const struct migration **missing,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT version, name, sha256 FROM schema_migration ORDER BY version", err);
	const struct migration *m = job->list;
	enum db_step step;
	bool ok = true;

	*missing = NULL;
	while ((step = db_next(st, err)) == DB_ROW && ok) {
		int64_t version = col_i64(st, 0);

		for (; m->version != 0 && m->version < version; m++) {
			if (*missing == NULL && is_wanted(job, m->version))
				*missing = m;
		}
		if (m->version != version) {
			ok = err_set(err, ERR_CONFLICT, "the database is of a newer version than this program (it has migration %s,"
			    " which %s does not know): install the newer version, or restore a backup of before",
			    col_text(st, a, 1), "narkontakt " NARKONTAKT_VERSION);
		} else if (strcmp(col_text(st, a, 2), migration_hash(m).s) != 0) {
			ok = err_set(err, ERR_CONFLICT, "migration %" PRId64 " was changed after it was applied", version);
		}
		m += m->version != 0;
	}
	db_done(st);
	for (; *missing == NULL && m->version != 0; m++) {
		if (is_wanted(job, m->version))
			*missing = m;
	}
	return ok && step != DB_FAIL;
}

static bool
migrate_one(struct db *tx, void *arg, struct err *err)
{
	struct migrate_job *job = arg;
	struct arena *a = arena_open();
	const struct migration *m;
	bool ok = tx->database->engine->run(tx->connection, schema_text(a, MIGRATION_TABLE, tx->database->kind), err) &&
	    compare_schema(tx, a, job, &m, err);

	job->more = false;
	if (ok && m != NULL) {
		ok = (tx->database->engine->run(tx->connection, schema_text(a, m->sql, tx->database->kind), err) ||
		    err_add(err, "migration %d %s", m->version, m->name)) &&
		    db_run(tx, "INSERT INTO schema_migration (version, name, sha256, applied_at) VALUES ($1, $2, $3, $4)",
		    NULL, err, "itti", (int64_t)m->version, m->name, migration_hash(m).s,
		    (int64_t)time(NULL));
		job->more = ok;
	}
	arena_close(a);
	return ok;
}

bool
database_migrate_list(struct database *d, const struct migration *list, const int *only, size_t n_only, int *applied,
    struct err *err)
{
	struct migrate_job job = { .list = list, .only = only, .n_only = n_only };
	struct db *db = database_reader(d, err);
	int n = 0;

	/* Each in a transaction of its own; the write transaction is the lock against other processes. */
	do {
		if (!db_write(db, migrate_one, &job, err))
			return err_add(err, "migrate");
		n += job.more;
	} while (job.more);
	if (applied != NULL)
		*applied = n;
	return true;
}

bool
database_has_table(struct db *db, const char *name, bool *has, struct err *err)
{
	static const char *const sql[2] = {
		[DB_SQLITE] = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
		[DB_POSTGRESQL] = "SELECT COUNT(to_regclass(quote_ident($1)))",
	};
	int64_t n = 0;

	if (db == NULL || !db_id(db, sql[db->database->kind], &n, err, "t", name))
		return false;
	*has = n > 0;
	return true;
}

bool
database_migrate(struct database *d, int *applied, struct err *err)
{
	struct db *db = database_reader(d, err);
	struct arena *a;
	const struct migration *missing = NULL;
	struct err none_yet = { 0 };
	bool current, importing;

	if (!database_has_table(db, "import_progress", &importing, err))
		return err_add(err, "migrate");
	if (importing)
		return err_set(err, ERR_CONFLICT, "an import into this database was stopped; run the same import again,"
		    " or begin with an empty database");
	a = arena_open();
	current = compare_schema(db, a, &(struct migrate_job){ .list = migrations }, &missing, &none_yet) && missing == NULL;
	arena_close(a);
	if (applied != NULL)
		*applied = 0;
	/* A database that has all is not written to: `narkontakt mail` begins here for every message. */
	return current || database_migrate_list(d, migrations, NULL, 0, applied, err);
}

bool
database_schema_version(struct database *d, int *version, int *newest, struct err *err)
{
	struct db *db = database_reader(d, err);
	int64_t v = 0;
	const struct migration *m = migrations;

	while (m->version != 0)
		*newest = m++->version;
	if (!db_id(db, "SELECT COALESCE(MAX(version), 0) FROM schema_migration", &v, err, ""))
		return err_add(err, "schema version");
	*version = (int)v;
	return true;
}

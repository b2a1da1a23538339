/* db/postgresql.c: PostgreSQL through libpq
 *
 * Statements are prepared once a connection, with the types of what is bound, so that `$5 = 0` means a 64-bit integer
 * whatever the server would have guessed; if a later call binds other types, it is prepared anew. Parameters and results
 * are text, blobs are binary.
 *
 * A statement is planned once a connection too (plan_cache_mode), as on SQLite: a plan of our joins takes the server three
 * to twenty times as long as running it, and would otherwise be made for each page. Where the values decide, the text
 * begins with a hint (db.h).
 *
 * A round trip is dear, since it wakes another process. BEGIN of a reader's snapshot goes with its first statement, in one
 * pipeline; a snapshot without statements sends none; and nobody waits for the COMMIT that ends it: its answer is
 * taken when the connection is used next.
 *
 * One writer over all processes: an advisory lock held by the writer's transaction. The writer asks for its transaction
 * number first. If the connection is lost while COMMIT is under way, nobody knows whether it happened; so we connect again
 * and ask txid_status(): committed is success, anything else lets the batch run again. Nothing is applied twice, and
 * nothing that was acknowledged is lost. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/internal.h"
#include "db/late_pq.h"

LATE_DEFINE(late_pq, LATE_PQ, "libpq.so.5");

enum { OID_NONE = 0, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, NUMBER = 32 };
static const long long WRITER_LOCK = 0x6e61726b6f6e74;	/* "narkont" */

static bool
fail(struct err *err, struct connection *c, PGresult *r, const char *what)
{
	const char *state = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *message = r != NULL && PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) != NULL ?
	    PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : PQerrorMessage(c->handle);
	enum err_code kind = ERR_BUG;

	/* 57P01-3: the server is going down or coming up; it may say so before the link breaks. An error without a code is
	 * libpq's own: the server is gone, though PQstatus may not know it yet. */
	if (PQstatus(c->handle) != CONNECTION_OK || state == NULL || strncmp(state, "57P0", 4) == 0)
		c->lost = true;
	/* 08 connection, 40 rollback (deadlock, serialization), 53 resources (disk full), 55 lock, 57 shutdown */
	if (c->lost || (state != NULL && (strncmp(state, "08", 2) == 0 || strncmp(state, "40", 2) == 0 ||
	    strncmp(state, "53", 2) == 0 || strncmp(state, "55", 2) == 0 || strncmp(state, "57", 2) == 0)))
		kind = ERR_BUSY;
	if (state != NULL && strcmp(state, "23505") == 0)
		kind = ERR_CONFLICT;	/* unique_violation */
	(void)err_set(err, kind, "%s: %s", what, message);
	if (kind == ERR_BUSY)
		err->person = state != NULL && strcmp(state, "53100") == 0 ? disk_full :
		    N_("The database is busy. Nothing was saved; try again in a moment.");
	return false;
}

/* The answer to the COMMIT nobody waited for. If it says that the connection is gone, so will the next statement. */
static void
take_answer(struct connection *c)
{
	PGresult *r;

	if (!c->answer_waits)
		return;
	c->answer_waits = false;
	while ((r = PQgetResult(c->handle)) != NULL)
		PQclear(r);
}

static bool
pg_run(struct connection *c, const char *sql, struct err *err)
{
	PGresult *r;
	ExecStatusType status;
	bool ok;

	take_answer(c);
	r = PQexec(c->handle, sql);
	status = PQresultStatus(r);
	ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
	if (!ok)
		(void)fail(err, c, r, "sql");
	PQclear(r);
	return ok;
}

static void
ignore_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static bool
pg_open(struct database *d, bool writer, struct connection **out, struct err *err)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct timespec start, now, pause = { .tv_nsec = 100 * 1000 * 1000 };
	char *set;

	(void)writer;
	if (c == NULL)
		abort();
	if (!late_pq_load(err)) {
		free(c);
		return false;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		c->handle = PQconnectdb(d->path);
		if (PQstatus(c->handle) == CONNECTION_OK)
			break;
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec >= d->options.busy_s) {
			/* libpq's message can hold the address, never the password */
			(void)err_set(err, ERR_BUSY, "PostgreSQL: %s", PQerrorMessage(c->handle));
			PQfinish(c->handle);
			free(c);
			return false;
		}
		PQfinish(c->handle);
		(void)nanosleep(&pause, NULL);
	}
	(void)PQsetNoticeProcessor(c->handle, ignore_notice, NULL);
	if (asprintf(&set, "SET synchronous_commit = on; SET client_encoding = 'UTF8'; SET lock_timeout = '%ds';"
	    " SET bytea_output = 'hex'; SET jit = off; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan", d->options.busy_s) < 0)
		abort();
	if (!pg_run(c, set, err)) {
		free(set);
		PQfinish(c->handle);
		free(c);
		return false;
	}
	free(set);
	*out = c;
	return true;
}

static void
pg_close(struct connection *c)
{
	PQfinish(c->handle);
	free(c);
}

static bool
pg_prepare(struct stmt *st, struct err *err)
{
	(void)st;
	(void)err;
	return true;	/* when the types are known, at the first step */
}

static void
pg_bind(struct stmt *st, int i, const struct parameter *p)
{
	st->parameter[i] = *p;
}

static Oid
type_of(const struct parameter *p)
{
	switch (p->kind) {
	case KIND_I64: return OID_INT8;
	case KIND_DOUBLE: return OID_FLOAT8;
	case KIND_TEXT: return OID_TEXT;
	case KIND_BLOB: return OID_BYTEA;
	case KIND_NONE:
	case KIND_NULL: return OID_NONE;
	}
	return OID_NONE;
}

/* How many parameters the text uses: the largest $n, outside quotes. */
static int
count_parameters(const char *sql)
{
	int most = 0;
	bool quoted = false;

	for (const char *p = sql; *p != '\0'; p++) {
		quoted ^= *p == '\'';
		if (!quoted && *p == '$' && p[1] >= '0' && p[1] <= '9') {
			int n = (int)strtol(p + 1, NULL, 10);

			most = n > most ? n : most;
		}
	}
	return most < PARAMETERS_MAX ? most : PARAMETERS_MAX;
}

static bool
prepare_now(struct stmt *st, int n, struct err *err)
{
	struct connection *c = st->db->connection;
	Oid types[PARAMETERS_MAX];
	bool same = st->prepared != NULL;
	PGresult *r;
	char name[32];
	bool ok;

	for (int i = 1; i <= n; i++)
		same = same && (st->kinds[i] == (unsigned char)st->parameter[i].kind ||
		    st->parameter[i].kind == KIND_NULL);
	if (same)
		return true;
	for (int i = 1; i <= n; i++) {
		types[i - 1] = type_of(&st->parameter[i]);
		st->kinds[i] = (unsigned char)st->parameter[i].kind;
	}
	free(st->prepared);
	st->prepared = NULL;
	(void)snprintf(name, sizeof(name), "s%u", c->next_name++);
	r = PQprepare(c->handle, name, st->sql, n, types);
	ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (ok && (st->prepared = strdup(name)) == NULL)
		abort();
	if (!ok)
		(void)fail(err, c, r, "prepare");
	PQclear(r);
	return ok;
}

/* The statement between others that have no rows, in one round trip: its result, or that of the first which failed. */
static PGresult *
in_pipeline(struct stmt *st, const char *const *before, size_t n_before, const char *after, int n, const char *const *value,
    const int *length, const int *format)
{
	struct connection *c = st->db->connection;
	PGresult *r, *kept = NULL;
	bool sent = PQenterPipelineMode(c->handle) == 1, over = false;

	for (size_t i = 0; i < n_before && sent; i++)
		sent = PQsendQueryParams(c->handle, before[i], 0, NULL, NULL, NULL, NULL, 0) == 1;
	sent = sent && PQsendQueryPrepared(c->handle, st->prepared, n, value, length, format, 0) == 1 &&
	    (after == NULL || PQsendQueryParams(c->handle, after, 0, NULL, NULL, NULL, NULL, 0) == 1) &&
	    PQpipelineSync(c->handle) == 1;
	/* Each answers with a result and a NULL, the whole with a result that says so; two NULLs: the connection is gone. */
	for (size_t got = 0; sent && !over; got++) {
		if ((r = PQgetResult(c->handle)) == NULL && (r = PQgetResult(c->handle)) == NULL)
			break;
		over = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
		if (!over && got <= n_before && (kept == NULL || PQresultStatus(kept) == PGRES_COMMAND_OK)) {
			PQclear(kept);
			kept = r;
		} else {
			PQclear(r);
		}
	}
	if (!over || PQexitPipelineMode(c->handle) != 1)
		c->lost = true;		/* nobody knows what it would answer next */
	return kept;
}

static PGresult *
ask(struct stmt *st, int n, const char *const *value, const int *length, const int *format)
{
	static const struct { const char *hint, *before, *after; } hints[] = {
		{ SQL_IN_ORDER, "SET enable_sort = off", "SET enable_sort = on" },
		{ SQL_PLAN_ANEW, "SET plan_cache_mode = force_custom_plan", "SET plan_cache_mode = force_generic_plan" },
	};
	struct connection *c = st->db->connection;
	const char *before[2], *after = NULL;
	size_t n_before = 0;

	if (c->begin_owed)
		before[n_before++] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	for (size_t i = 0; i < ARRAY_LEN(hints) && after == NULL; i++) {
		if (strncmp(st->sql, hints[i].hint, strlen(hints[i].hint)) != 0)
			continue;
		before[n_before++] = hints[i].before;	/* if the statement fails, this is undone with it */
		after = hints[i].after;
	}
	if (n_before == 0)
		return PQexecPrepared(c->handle, st->prepared, n, value, length, format, 0);
	return in_pipeline(st, before, n_before, after, n, value, length, format);
}

static bool
execute(struct stmt *st, struct err *err)
{
	struct connection *c = st->db->connection;
	int n = count_parameters(st->sql);
	const char *value[PARAMETERS_MAX + 1];
	int length[PARAMETERS_MAX + 1], format[PARAMETERS_MAX + 1];
	ExecStatusType status;

	take_answer(c);
	if (!prepare_now(st, n, err))
		return false;
	if (st->scratch == NULL && (st->scratch = malloc((PARAMETERS_MAX + 1) * NUMBER)) == NULL)
		abort();
	for (int i = 1; i <= n; i++) {
		const struct parameter *p = &st->parameter[i];
		char *number = st->scratch + i * NUMBER;

		value[i - 1] = NULL;
		length[i - 1] = 0;
		format[i - 1] = 0;
		if (p->null || p->kind == KIND_NONE)
			continue;
		value[i - 1] = p->p;
		if (p->kind == KIND_I64) {
			(void)snprintf(number, NUMBER, "%" PRId64, p->i);
			value[i - 1] = number;
		} else if (p->kind == KIND_DOUBLE) {
			(void)snprintf(number, NUMBER, "%.17g", p->d);
			value[i - 1] = number;
		} else if (p->kind == KIND_BLOB) {
			length[i - 1] = (int)p->n;
			format[i - 1] = 1;
		}
	}
	st->result = ask(st, n, value, length, format);
	status = PQresultStatus(st->result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		(void)fail(err, c, st->result, "step");
		c->begin_owed = c->begin_owed && c->lost;	/* on the next connection */
		return false;
	}
	c->begin_owed = false;
	st->n_rows = PQntuples(st->result);
	st->row = -1;
	return true;
}

/* Opens a reader's lost connection again in its place; its statements are prepared anew. */
static bool
open_again(struct db *db, struct err *err)
{
	struct connection *fresh;

	if (!pg_open(db->database, false, &fresh, err))
		return false;
	PQfinish(db->connection->handle);
	db->connection->handle = fresh->handle;
	db->connection->lost = db->connection->answer_waits = false;
	free(fresh);
	for (size_t i = 0; i < ARRAY_LEN(db->connection->statement); i++) {
		for (struct stmt *s = db->connection->statement[i]; s != NULL; s = s->next) {
			free(s->prepared);
			s->prepared = NULL;
		}
	}
	return true;
}

/* A read whose connection was lost before it had a row is asked again, a few times, unless it is in a snapshot that has
 * begun; the writer's batch does that for itself, from its start. */
static bool
execute_again(struct stmt *st, struct err *err)
{
	enum { TRIES = 5 };
	struct db *db = st->db;

	for (int i = 0; i < TRIES; i++) {
		if (execute(st, err))
			return true;
		if (!db->connection->lost || db->writer || (db->snapshot && !db->connection->begin_owed) || db->open != 1)
			return false;
		*err = (struct err){ 0 };
		PQclear(st->result);
		st->result = NULL;
		if (!open_again(db, err))
			return false;
		free(st->prepared);	/* a temporary statement is not in the table */
		st->prepared = NULL;
	}
	return err->code != ERR_NONE ? false : err_set(err, ERR_BUSY, "the connection is lost again and again");
}

static enum db_step
pg_step(struct stmt *st, struct err *err)
{
	if (st->result == NULL && !execute_again(st, err))
		return DB_FAIL;
	if (PQresultStatus(st->result) != PGRES_TUPLES_OK && PQresultStatus(st->result) != PGRES_COMMAND_OK)
		return DB_FAIL;
	return ++st->row < st->n_rows ? DB_ROW : DB_END;
}

static void
pg_reset(struct stmt *st)
{
	PQclear(st->result);
	st->result = NULL;
	memset(st->parameter, 0, sizeof(st->parameter));
}

static void
pg_finalize(struct stmt *st)
{
	PQclear(st->result);
	free(st->prepared);	/* the server forgets it with the connection */
}

static bool
pg_is_null(struct stmt *st, int i)
{
	return PQgetisnull(st->result, st->row, i) != 0;
}

static int64_t
pg_i64(struct stmt *st, int i)
{
	const char *p = PQgetvalue(st->result, st->row, i);

	if (p[0] == 't')
		return 1;	/* EXISTS and comparisons */
	return strtoll(p, NULL, 10);
}

static double
pg_double(struct stmt *st, int i)
{
	return strtod(PQgetvalue(st->result, st->row, i), NULL);
}

static const char *
pg_text(struct stmt *st, int i, size_t *n)
{
	if (pg_is_null(st, i)) {
		*n = 0;
		return NULL;
	}
	*n = (size_t)PQgetlength(st->result, st->row, i);
	return PQgetvalue(st->result, st->row, i);
}

static const void *
pg_blob(struct stmt *st, struct arena *a, int i, size_t *n)
{
	unsigned char *raw = PQunescapeBytea((const unsigned char *)PQgetvalue(st->result, st->row, i), n);
	void *copy;

	if (raw == NULL)
		abort();
	copy = arena_memdup(a, raw, *n);
	PQfreemem(raw);
	return copy;
}

static int64_t
pg_changed(struct stmt *st)
{
	return strtoll(PQcmdTuples(st->result), NULL, 10);
}

static bool
pg_read_begin(struct connection *c, struct err *err)
{
	(void)err;
	c->begin_owed = true;
	return true;
}

static void
pg_read_end(struct connection *c)
{
	if (c->begin_owed)
		c->begin_owed = false;
	else if (!c->lost && PQsendQuery(c->handle, "COMMIT") == 1)
		c->answer_waits = true;
	else
		c->lost = true;
}

static bool
pg_begin(struct database *d, struct connection *c, bool durable, struct err *err)
{
	char sql[200];
	PGresult *r;
	bool ok;

	(void)snprintf(sql, sizeof(sql), "BEGIN; %sSELECT pg_advisory_xact_lock(%lld); SELECT txid_current()",
	    durable ? "" : "SET LOCAL synchronous_commit = off; ", WRITER_LOCK);
	r = PQexec(c->handle, sql);
	if ((ok = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1))
		d->transaction_id = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	else
		(void)fail(err, c, r, "begin");
	PQclear(r);
	return ok;
}

/* Was the transaction committed, although the connection was lost before the answer came? */
static bool
committed_after_all(struct database *d, struct connection *c)
{
	struct err ignored = { 0 };
	struct connection *fresh;
	bool yes = false;
	char sql[80];

	if (!pg_open(d, true, &fresh, &ignored))
		return false;
	(void)snprintf(sql, sizeof(sql), "SELECT txid_status(%" PRId64 ")", d->transaction_id);
	for (int i = 0; i < 50 * d->options.busy_s; i++) {
		struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
		PGresult *r = PQexec(fresh->handle, sql);
		bool waits = PQresultStatus(r) == PGRES_TUPLES_OK && strcmp(PQgetvalue(r, 0, 0), "in progress") == 0;

		yes = PQresultStatus(r) == PGRES_TUPLES_OK && strcmp(PQgetvalue(r, 0, 0), "committed") == 0;
		PQclear(r);
		if (!waits)
			break;
		(void)nanosleep(&pause, NULL);
	}
	pg_close(fresh);
	c->lost = true;
	return yes;
}

static bool
pg_commit(struct database *d, struct connection *c, struct err *err)
{
	char *with_words = NULL;	/* what the other servers are told goes with it (db/hear.h) */
	PGresult *r;
	bool ok;

	if (d->tx.n_told > 0 && asprintf(&with_words, "%sCOMMIT", d->tx.told) < 0)
		abort();
	r = PQexec(c->handle, with_words != NULL ? with_words : "COMMIT");
	free(with_words);
	/* A transaction that failed answers ROLLBACK to COMMIT. */
	ok = PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0;
	if (!ok)
		(void)fail(err, c, r, "commit");
	PQclear(r);
	if (!ok && c->lost && committed_after_all(d, c)) {
		*err = (struct err){ 0 };
		return true;
	}
	return ok;
}

static bool
pg_in_transaction(struct connection *c)
{
	PGTransactionStatusType s;

	if (c->lost || PQstatus(c->handle) != CONNECTION_OK)
		return false;
	s = PQtransactionStatus(c->handle);
	return s == PQTRANS_INTRANS || s == PQTRANS_INERROR || s == PQTRANS_ACTIVE;
}

const struct engine engine_postgresql = {
	.open = pg_open, .close = pg_close, .prepare = pg_prepare, .bind = pg_bind, .step = pg_step, .reset = pg_reset,
	.finalize = pg_finalize, .run = pg_run, .is_null = pg_is_null, .i64 = pg_i64, .dbl = pg_double, .text = pg_text,
	.blob = pg_blob, .changed = pg_changed, .read_begin = pg_read_begin, .read_end = pg_read_end, .begin = pg_begin, .commit = pg_commit,
	.in_transaction = pg_in_transaction,
};

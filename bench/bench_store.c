/* bench/bench_store.c: what the store gives, beside the same statements in a bare loop of SQLite
 *
 *   bench_store DATABASE               a database made by `narkontakt init --demo --contacts N`; it is written to
 *   bench_store --bare DATABASE N      only the bare rate of writing with N contacts a commit
 *
 * Reading: a contact's timeline (its events and documents) and the 50 rows of a worklist, by sqlite3_step alone, one thread:
 * the ceiling under the pages of bench/web.sh. Writing: contacts taken in as the web form does it (number, document, event,
 * receipt, search), durable, from 8 and 32 threads at once, beside the bare rows of contacts, as many in a commit. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "contact/contact.h"
#include "db/db.h"

static const double SECONDS = 3;

/* ---- reading, bare --------------------------------------------------------------------------------------------------- */

static void
read_all(sqlite3_stmt *st, sqlite3_int64 id)
{
	if (id > 0)
		(void)sqlite3_bind_int64(st, 1, id);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++)
			(void)sqlite3_column_text(st, i);
	}
	(void)sqlite3_reset(st);
}

static void
bare_reading(const char *path)
{
	static const char *const sql[] = { "SELECT at, actor, action, data FROM event WHERE contact_id = ? ORDER BY id",
		"SELECT kind, title, text, arrived_at FROM document WHERE contact_id = ? ORDER BY id",
		"SELECT number, subject, sender_name, channel, answer_by, overdue, owner_id, unit_id FROM contact WHERE closed_at IS NULL"
		" ORDER BY answer_by, id LIMIT 50" };
	sqlite3 *db;
	sqlite3_stmt *st[3] = { 0 };
	sqlite3_int64 most = 0, id = 1;
	double from;
	long n = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return;
	for (size_t i = 0; i < 3; i++) {
		if (sqlite3_prepare_v2(db, sql[i], -1, &st[i], NULL) != SQLITE_OK) {
			(void)fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
			exit(1);
		}
	}
	(void)sqlite3_exec(db, "PRAGMA mmap_size = 268435456", NULL, NULL, NULL);
	{
		sqlite3_stmt *count;

		(void)sqlite3_prepare_v2(db, "SELECT MAX(id) FROM contact", -1, &count, NULL);
		if (sqlite3_step(count) == SQLITE_ROW)
			most = sqlite3_column_int64(count, 0);
		(void)sqlite3_finalize(count);
	}
	from = monotonic_s();
	while (monotonic_s() - from < SECONDS) {
		id = (id * 48271 + 11) % most + 1;	/* here and there, the same each time */
		read_all(st[0], id);
		read_all(st[1], id);
		n++;
	}
	printf("bare SQL, one contact's events and documents   %9.0f/s a thread, of %lld contacts\n", (double)n / (monotonic_s() - from), (long long)most);
	n = 0;
	from = monotonic_s();
	while (monotonic_s() - from < SECONDS) {
		read_all(st[2], 0);
		n++;
	}
	printf("bare SQL, the 50 rows of a worklist            %9.0f/s a thread\n", (double)n / (monotonic_s() - from));
	for (size_t i = 0; i < 3; i++)
		(void)sqlite3_finalize(st[i]);
	(void)sqlite3_close(db);
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

/* The rows that one contact makes (contact, document, events, receipt) and its words in an FTS5 index, by bare SQLite into tables
 * without other indexes, a commit for each `waiting` contacts: what a group commit of the same bytes can give at most. */
static double
bare_writing(const char *path, int waiting)
{
	static const char prepare[] =
	    "PRAGMA synchronous = FULL; CREATE TABLE bench_contact AS SELECT * FROM contact LIMIT 0;"
	    "CREATE TABLE bench_document AS SELECT * FROM document LIMIT 0; CREATE TABLE bench_event AS SELECT * FROM event LIMIT 0;"
	    "CREATE TABLE bench_outbox AS SELECT * FROM outbox LIMIT 0;"
	    "CREATE VIRTUAL TABLE bench_words USING fts5 (words, content='', columnsize=0, prefix='2 3');";
	static const char drop[] = "DROP TABLE IF EXISTS bench_contact; DROP TABLE IF EXISTS bench_document;"
	    "DROP TABLE IF EXISTS bench_event; DROP TABLE IF EXISTS bench_outbox; DROP TABLE IF EXISTS bench_words;";
	static const char *const copy[] = { "INSERT INTO bench_contact SELECT * FROM contact WHERE id = ?",
		"INSERT INTO bench_document SELECT * FROM document WHERE contact_id = ?",
		"INSERT INTO bench_event SELECT * FROM event WHERE contact_id = ? ORDER BY id LIMIT 3",
		"INSERT INTO bench_outbox SELECT * FROM outbox WHERE contact_id = ? LIMIT 1",
		"INSERT INTO bench_words (words) SELECT text FROM document WHERE contact_id = ? LIMIT 1" };
	sqlite3 *db;
	sqlite3_stmt *st[ARRAY_LEN(copy)] = { 0 };
	sqlite3_int64 last = 0;
	double from, rate;
	long n = 0;

	if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
	    sqlite3_exec(db, drop, NULL, NULL, NULL) != SQLITE_OK || sqlite3_exec(db, prepare, NULL, NULL, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	for (size_t i = 0; i < ARRAY_LEN(copy); i++) {
		if (sqlite3_prepare_v2(db, copy[i], -1, &st[i], NULL) != SQLITE_OK) {
			(void)fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
			exit(1);
		}
	}
	{
		sqlite3_stmt *newest;

		(void)sqlite3_prepare_v2(db, "SELECT MAX(id) FROM contact", -1, &newest, NULL);
		if (sqlite3_step(newest) == SQLITE_ROW)
			last = sqlite3_column_int64(newest, 0);
		(void)sqlite3_finalize(newest);
	}
	from = monotonic_s();
	while (monotonic_s() - from < SECONDS) {
		(void)sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		for (int k = 0; k < waiting; k++, n++) {
			for (size_t i = 0; i < ARRAY_LEN(copy); i++)
				read_all(st[i], last - n % 200);	/* the newest: those that the loader sent */
		}
		(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	rate = (double)n / (monotonic_s() - from);
	for (size_t i = 0; i < ARRAY_LEN(copy); i++)
		(void)sqlite3_finalize(st[i]);
	(void)sqlite3_exec(db, drop, NULL, NULL, NULL);
	(void)sqlite3_close(db);
	return rate;
}

struct crowd { struct database *d; _Atomic long done, failed; double until; };

static void *
crowd_main(void *arg)
{
	struct crowd *c = arg;
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct db *db = database_reader(c->d, &err);
	char words[1001];

	memset(words, 'o', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	while (db != NULL && monotonic_s() < c->until) {
		struct contact_in in = { .channel = "web", .sender_name = "Demo Resident", .sender_email = "demo@example.org",
			.reply_by = "email", .subject = "En fr\u00e5ga om gatan", .text = words, .language = "sv" };
		struct contact_out out;
		bool ok = contact_receive(db, a, &in, (int64_t)time(NULL), &out, &err);

		atomic_fetch_add(ok ? &c->done : &c->failed, 1);
		arena_reset(a);
	}
	arena_close(a);
	return NULL;
}

static double
crowd_rate(struct database *d, int threads)
{
	pthread_t thread[64];
	struct crowd c = { .d = d };
	double from = monotonic_s();

	c.until = from + SECONDS;
	for (int i = 0; i < threads; i++)
		(void)pthread_create(&thread[i], NULL, crowd_main, &c);
	for (int i = 0; i < threads; i++)
		(void)pthread_join(thread[i], NULL);
	if (atomic_load(&c.failed) > 0)
		printf("  %ld FAILED\n", atomic_load(&c.failed));
	return (double)atomic_load(&c.done) / (monotonic_s() - from);
}

int
main(int argc, char **argv)
{
	struct database *d = NULL;
	struct err err = { 0 };

	if (argc == 4 && strcmp(argv[1], "--bare") == 0) {
		double best = 0;

		for (int i = 0; i < 2; i++) {
			double rate = bare_writing(argv[2], (int)strtol(argv[3], NULL, 10));

			best = rate > best ? rate : best;
		}
		printf("%.0f\n", best);
		return 0;
	}
	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_store DATABASE\n");
		return 2;
	}
	bare_reading(argv[1]);
	if (!database_open(argv[1], &(struct database_options){ .must_exist = true }, &d, &err) ||
	    database_reader(d, &err) == NULL) {
		(void)fprintf(stderr, "bench_store: %s\n", err.log);
		return 1;
	}
	for (int threads = 8; threads <= 32; threads *= 4) {
		double bare = bare_writing(argv[1], threads), ours = crowd_rate(d, threads);

		printf("contacts taken in, durable, %2d at once         %9.0f/s; their rows by bare SQL, %d a commit, %.0f/s: %.0f %%\n", threads,
		    ours, threads, bare, 100 * ours / bare);
	}
	database_close(d);
	return 0;
}

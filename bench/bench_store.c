/* bench/bench_store.c: what the store gives, beside the same statements in a bare loop of SQLite
 *
 *   bench_store DATABASE               a database made by `narkontakt init --demo --contacts N`; it is written to
 *   bench_store --bare DATABASE N      only the bare rate of writing with N contacts a commit
 *
 * Reading: a contact's timeline (its events and documents) and the 50 rows of a worklist, by sqlite3_step alone, one thread:
 * the ceiling under the pages of bench/program.sh. Writing: contacts taken in as the web form does it (number, document, event,
 * receipt, search), durable, from 8 and 32 threads at once, beside the same rows by bare SQLite, as many in a commit. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/heap.h"
#include "base/monotonic.h"
#include "contact/contact.h"
#include "db/db.h"
#include "db/tokenizer.h"

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

/* An INSERT of a row like the one that `where` finds (?1 is `like`), its values bound once and for all, but those that `instead`
 * names as "column=expression;...", in which ?2 to ?4 are new each time. Of values, not of a SELECT: that would open a savepoint of
 * its own, at which FTS5 writes out its words (db/sqlite.c). */
static sqlite3_stmt *
copy_statement(sqlite3 *db, const char *table, const char *instead, const char *where, sqlite3_int64 like)
{
	enum { FIRST = 10 };
	char columns[4096] = "", values[4096] = "", sql[9000];
	sqlite3_stmt *st = NULL, *row = NULL;
	bool found;

	(void)snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE %s", table, where);
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_store: %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
	(void)sqlite3_bind_int64(row, 1, like);
	found = sqlite3_step(row) == SQLITE_ROW;
	for (int k = 0; k < sqlite3_column_count(row); k++) {
		const char *name = sqlite3_column_name(row, k), *at = instead;
		size_t n = strlen(name), c = strlen(columns), v = strlen(values);

		while (at != NULL && (strncmp(at, name, n) != 0 || at[n] != '=')) {
			at = strchr(at, ';');
			at = at == NULL ? NULL : at + 1;
		}
		(void)snprintf(columns + c, sizeof(columns) - c, "%s%s", c == 0 ? "" : ", ", name);
		if (at != NULL)
			(void)snprintf(values + v, sizeof(values) - v, "%s%.*s", v == 0 ? "" : ", ", (int)strcspn(at + n + 1, ";"), at + n + 1);
		else
			(void)snprintf(values + v, sizeof(values) - v, "%s?%d", v == 0 ? "" : ", ", FIRST + k);
	}
	(void)snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (%s)", table, columns, values);
	if (!found || sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_store: %s: %s\n", sql, found ? sqlite3_errmsg(db) : "no contact that came by the form");
		exit(1);
	}
	for (int k = 0; k < sqlite3_column_count(row); k++)
		(void)sqlite3_bind_value(st, FIRST + k, sqlite3_column_value(row, k));
	(void)sqlite3_finalize(row);
	return st;
}

static sqlite3_int64
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	sqlite3_int64 n = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

/* The rows that one contact makes (contact, document, event, secret link, receipt, search entry) and its words in the index, copied
 * from one that came, by bare SQLite: the same tables with their indexes, the same tokenizer, a commit for each `waiting`
 * contacts. They are from as many senders as bench/form.lua has, with Message-IDs of their own, so that the indexes are written to
 * where the program writes: with one sender all of them only grew at one end. Nothing is looked up, counted, hashed or checked.
 * What a group commit of the same rows can give at most. */
static double
bare_writing(const char *path, int waiting)
{
	static const char contact[] = "id=?2;serial=abs(random());number='B-' || ?2;sender_email='demo' || (?2 % 5000) || '@example.org';person_id=?6",
	    document[] = "id=NULL;contact_id=?2", event[] = "id=?3;contact_id=?2", link[] = "id=NULL;contact_id=?2",
	    outbox[] = "id=NULL;contact_id=?2;document_id=NULL;message_id=lower(hex(randomblob(16)))", entry[] = "id=?4;object_id=?2";
	sqlite3 *db;
	sqlite3_stmt *st[7], *words = NULL;
	struct err err = { 0 };
	sqlite3_int64 last, id, event_id, entry_id, people;
	double from, rate;
	long n = 0;
	const char *failed = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_busy_timeout(db, 10000) != SQLITE_OK || !tokenizer_register(db, &err) ||
	    sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 2000", NULL, NULL,
	    NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	last = number(db, "SELECT MAX(c.id) FROM contact c JOIN outbox o ON o.contact_id = c.id WHERE c.channel = 'web'");
	st[0] = copy_statement(db, "contact", contact, "id = ?1", last);
	st[1] = copy_statement(db, "document", document, "id = (SELECT MIN(id) FROM document WHERE contact_id = ?1)", last);
	st[2] = copy_statement(db, "event", event, "id = (SELECT MIN(id) FROM event WHERE contact_id = ?1)", last);
	st[3] = copy_statement(db, "contact_link", link, "id = (SELECT MIN(id) FROM contact_link WHERE contact_id = ?1)", last);
	st[4] = copy_statement(db, "outbox", outbox, "id = (SELECT MIN(id) FROM outbox WHERE contact_id = ?1)", last);
	st[5] = copy_statement(db, "search_doc", entry, "kind = 'contact' AND object_id = ?1", last);
	if (sqlite3_prepare_v2(db, "INSERT INTO search_words (rowid, words) VALUES (?4, ?5)", -1, &st[6], NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT text FROM document WHERE contact_id = ? ORDER BY id LIMIT 1", -1, &words, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	(void)sqlite3_bind_int64(words, 1, last);
	if (sqlite3_step(words) == SQLITE_ROW)
		(void)sqlite3_bind_value(st[6], 5, sqlite3_column_value(words, 0));
	(void)sqlite3_finalize(words);
	people = number(db, "SELECT MAX(id) FROM person");
	from = monotonic_s();
	while (failed == NULL && monotonic_s() - from < SECONDS) {
		(void)sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		/* The server may be running beside. */
		id = number(db, "SELECT MAX(id) FROM contact");
		event_id = number(db, "SELECT MAX(id) FROM event");
		entry_id = number(db, "SELECT MAX(id) FROM search_doc");
		for (int k = 0; k < waiting; k++, n++) {
			id++;
			entry_id++;
			for (size_t i = 0; i < ARRAY_LEN(st); i++) {
				event_id += i == 2;
				(void)sqlite3_bind_int64(st[i], 2, id);
				(void)sqlite3_bind_int64(st[i], 6, people - id % (people < 5000 ? people : 5000));
				(void)sqlite3_bind_int64(st[i], 3, event_id);
				(void)sqlite3_bind_int64(st[i], 4, entry_id);
				if (sqlite3_step(st[i]) != SQLITE_DONE)
					failed = sqlite3_errmsg(db);
				(void)sqlite3_reset(st[i]);
			}
		}
		(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	if (failed != NULL) {
		(void)fprintf(stderr, "bench_store: %s\n", failed);
		exit(1);
	}
	rate = (double)n / (monotonic_s() - from);
	for (size_t i = 0; i < ARRAY_LEN(st); i++)
		(void)sqlite3_finalize(st[i]);
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
	heap_keep();		/* as the server does; --bare is the libraries as they come */
	if (!database_open(argv[1], &(struct database_options){ .must_exist = true }, &d, &err) ||
	    database_reader(d, &err) == NULL) {
		(void)fprintf(stderr, "bench_store: %s\n", err.log);
		return 1;
	}
	for (int threads = 8; threads <= 32; threads *= 4) {
		double ours = crowd_rate(d, threads), bare = bare_writing(argv[1], threads);

		printf("contacts taken in, durable, %2d at once         %9.0f/s; their rows by bare SQL, %d a commit, %.0f/s: %.0f %%\n", threads,
		    ours, threads, bare, 100 * ours / bare);
	}
	database_close(d);
	return 0;
}

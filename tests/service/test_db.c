/* tests/service/test_db.c: what db.h promises, on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <time.h>

#include "base/arena.h"
#include "base/random.h"
#include "db/internal.h"
#include "db/kept.h"
#include "db/search.h"
#include "expect.h"
#include "store.h"

static bool
make_table(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, x DOUBLE PRECISION)", NULL, err, "");
}

struct put { int64_t id; const char *name; bool fail, fail_inside; };

static bool
put_inside(struct db *tx, void *arg, struct err *err)
{
	struct put *p = arg;

	return db_run(tx, "INSERT INTO t (id, name) VALUES ($1, $2)", NULL, err, "it", p->id + 1000, "inside") &&
	    (!p->fail_inside || err_set(err, ERR_INPUT, "asked to"));
}

static bool
put(struct db *tx, void *arg, struct err *err)
{
	struct put *p = arg;
	struct err inside = { 0 };

	if (!db_run(tx, "INSERT INTO t (id, name, x) VALUES ($1, $2, $3)", NULL, err, "itd", p->id, p->name, 0.1))
		return false;
	(void)db_write(tx, put_inside, p, &inside);	/* its failure is its own */
	return !p->fail || err_set(err, ERR_INPUT, "asked to");
}

static int64_t
count(struct db *db, const char *sql)
{
	struct err err = { 0 };
	int64_t n = -1;

	must(db_id(db, sql, &n, &err, ""), &err);
	return n;
}

static void
whole_or_nothing(struct database *d, struct db *db, void *arg)
{
	struct err err = { 0 };
	struct put good = { 1, "å ä ö '\"", false, false }, bad = { 2, NULL, true, false }, half = { 3, "", false, true };
	struct arena *a = arena_open();
	struct stmt *st;

	(void)d;
	(void)arg;
	must(db_write(db, make_table, NULL, &err), &err);
	must(db_write(db, put, &good, &err), &err);
	assert_false(db_write(db, put, &bad, &err));
	assert_int_equal(err.code, ERR_INPUT);
	must(db_write(db, put, &half, &err), &err);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), 3);	/* 1, 1001, 3 */
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t WHERE id IN (2, 1002, 1003)"), 0);
	err = (struct err){ 0 };
	assert_false(db_write(db, put, &good, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	st = db_stmt(db, "SELECT name, x, id, $1, $2 FROM t WHERE id = $3 AND ($1 = 'p' OR $2 > 3)", &err);
	bind_text(st, 1, "p");
	bind_i64(st, 2, INT64_C(1) << 40);
	bind_i64(st, 3, 1);
	assert_int_equal(db_next(st, &err), DB_ROW);
	assert_string_equal(col_text(st, a, 0), "å ä ö '\"");
	assert_true(col_double(st, 1) == 0.1);
	assert_int_equal(col_i64(st, 4), INT64_C(1) << 40);
	assert_int_equal(db_next(st, &err), DB_END);
	db_done(st);
	arena_close(a);
}

static void
test_a_write_is_whole_or_nothing(void **state)
{
	(void)state;
	store_each_of(false, whole_or_nothing, NULL);
}

static void
migrations_are_applied_once(struct database *d, struct db *db, void *arg)
{
	struct err err = { 0 };
	int n = -1, version, newest;

	(void)arg;
	must(database_migrate(d, &n, &err), &err);
	assert_int_equal(n, 0);
	must(database_schema_version(d, &version, &newest, &err), &err);
	assert_int_equal(version, newest);
	assert_int_equal(count(db, "SELECT MAX(version) FROM schema_migration"), newest);
	for (size_t i = 0; migrations[i].sql != NULL; i++, n++)
		assert_string_equal(migrations[i].sha256, hash_hex(hash_bytes(migrations[i].sql, strlen(migrations[i].sql))).s);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM schema_migration"), n);
}

static void
test_migrations_are_applied_once(void **state)
{
	(void)state;
	store_each(migrations_are_applied_once, NULL);
}

static const struct migration some[] = {
	{ 1, "0001-one", "CREATE TABLE m1 (id {int} PRIMARY KEY);", NULL },
	{ 3, "0003-three", "CREATE TABLE m3 (id {int} PRIMARY KEY);", NULL }, { 0 },
}, late[] = {
	{ 1, "0001-one", "CREATE TABLE m1 (id {int} PRIMARY KEY);", NULL },
	{ 2, "0002-two", "ALTER TABLE m1 ADD COLUMN two {int}; INSERT INTO m1 (id, two) VALUES (1, 2);", NULL },
	{ 3, "0003-three", "CREATE TABLE m3 (id {int} PRIMARY KEY);", NULL },
	{ 4, "0004-four", "INSERT INTO m3 (id) SELECT two FROM m1;", NULL }, { 0 },
}, altered[] = {
	{ 1, "0001-one", "CREATE TABLE m1 (id {int} PRIMARY KEY, more TEXT);", NULL }, { 0 },
}, wrong[] = {
	{ 1, "0001-one", "CREATE TABLE m1 (id {int} PRIMARY KEY);", NULL },
	{ 3, "0003-three", "CREATE TABLE m3 (id {int} PRIMARY KEY);", NULL },
	{ 5, "0005-five", "CREATE TABLE m5 (id {int} PRIMARY KEY); INSERT INTO nowhere (id) VALUES (1);", NULL }, { 0 },
};

static void
a_set_of_migrations(struct database *d, struct db *db, void *arg)
{
	const int first[] = { 1 };
	struct err err = { 0 };
	int n = -1;

	(void)arg;
	must(database_migrate_list(d, some, first, 1, &n, &err), &err);
	assert_int_equal(n, 1);
	must(database_migrate_list(d, some, NULL, 0, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_false(database_migrate_list(d, wrong, NULL, 0, &n, &err));	/* a half one is none */
	assert_int_equal(count(db, "SELECT MAX(version) FROM schema_migration"), 3);
	err = (struct err){ 0 };
	must(database_migrate_list(d, late, NULL, 0, &n, &err), &err);		/* 2 comes late, and 4 leans on it */
	assert_int_equal(n, 2);
	assert_int_equal(count(db, "SELECT id FROM m3"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM schema_migration"), 4);
	must(database_migrate_list(d, late, NULL, 0, &n, &err), &err);
	assert_int_equal(n, 0);
	assert_false(database_migrate_list(d, some, NULL, 0, &n, &err));	/* an older program */
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.log, "newer version than this program (it has migration 0002-two"));
	assert_non_null(strstr(err.log, "install the newer version, or restore a backup"));
	err = (struct err){ 0 };
	assert_false(database_migrate_list(d, altered, NULL, 0, &n, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM schema_migration"), 4);
}

static void
test_a_migration_that_comes_late_is_applied_and_a_newer_database_refused(void **state)
{
	(void)state;
	store_each_of(false, a_set_of_migrations, NULL);
}

struct crowd { struct database *d; int64_t first, n, failed; };

static void *
crowd_main(void *arg)
{
	struct crowd *c = arg;
	struct err err = { 0 };
	struct db *db = database_reader(c->d, &err);

	for (int64_t i = 0; i < c->n; i++) {
		struct put p = { c->first + i, "crowd", i % 10 == 3, true };
		int64_t seen = 0;

		err = (struct err){ 0 };
		if (!db_write(db, put, &p, &err))
			c->failed++;
		else if (!db_id(db, "SELECT COUNT(*) FROM t WHERE id = $1", &seen, &err, "i", p.id) || seen != 1) {
			(void)fprintf(stderr, "# id %d seen %d: %s\n", (int)p.id, (int)seen, err.log);
			c->failed += 1000;	/* what was acknowledged must be seen at once */
		}
	}
	return NULL;
}

static void
many_share_commits(struct database *d, struct db *db, void *arg)
{
	enum { THREADS = 16, EACH = 50 };
	struct err err = { 0 };
	struct crowd crowd[THREADS];
	pthread_t thread[THREADS];
	struct db_counters c;

	(void)arg;
	must(db_write(db, make_table, NULL, &err), &err);
	(void)database_counters(d);
	for (int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ d, 100000 * (i + 1), EACH, 0 };
		assert_int_equal(pthread_create(&thread[i], NULL, crowd_main, &crowd[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		(void)pthread_join(thread[i], NULL);
		assert_int_equal(crowd[i].failed, EACH / 10);
	}
	c = database_counters(d);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), THREADS * EACH * 9 / 10);
	assert_true(c.commits < THREADS * EACH);
	assert_int_equal(c.failures, THREADS * EACH / 10);
}

static void
test_many_writers_share_commits_and_a_failure_takes_no_other(void **state)
{
	(void)state;
	store_each_of(false, many_share_commits, NULL);
}

static void
test_two_processes_take_turns(void **state)
{
	char dir[] = "/tmp/nk-two.XXXXXX", path[64];
	struct database *d;
	struct err err = { 0 };
	struct db *db;
	pid_t child;
	int status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	must(database_open(path, NULL, &d, &err), &err);
	must(db_write(database_reader(d, &err), make_table, NULL, &err), &err);
	database_close(d);
	if ((child = fork()) == 0) {
		struct crowd c = { NULL, 1, 200, 0 };

		if (!database_open(path, NULL, &c.d, &err))
			_exit(2);
		(void)crowd_main(&c);
		database_close(c.d);
		_exit(c.failed == 20 ? 0 : 1);
	}
	must(database_open(path, NULL, &d, &err), &err);
	{
		struct crowd c = { d, 10000, 200, 0 };

		(void)crowd_main(&c);
		assert_int_equal(c.failed, 20);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	db = database_reader(d, &err);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), 360);
	database_close(d);
}

static void
test_a_lock_held_by_another_is_busy_not_a_hang(void **state)
{
	char dir[] = "/tmp/nk-busy.XXXXXX", path[64];
	struct database_options opt = { .busy_s = 1 };
	struct put p = { 1, "x", false, false };
	struct database *d;
	struct err err = { 0 };
	struct timespec from, to;
	sqlite3 *other;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	must(database_open(path, &opt, &d, &err), &err);
	must(db_write(database_reader(d, &err), make_table, NULL, &err), &err);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_false(db_write(database_reader(d, &err), put, &p, &err));
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(err.code, ERR_BUSY);
	assert_non_null(err.person);
	assert_true(to.tv_sec - from.tv_sec < 10);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	must(db_write(database_reader(d, &err), put, &p, &err), &err);
	(void)sqlite3_close(other);
	database_close(d);
}

static bool
fill_disk(struct db *tx, void *arg, struct err *err)
{
	struct stmt *st = db_stmt(tx, "INSERT INTO t (id, name) VALUES ($1, $2)", err);
	char *big = calloc(1, 1000001);
	enum db_step step;

	memset(big, 'x', 1000000);
	bind_i64(st, 1, *(int64_t *)arg);
	bind_text(st, 2, big);
	step = db_next(st, err);
	db_done(st);
	free(big);
	return step != DB_FAIL;
}

static void
test_a_full_disk_is_said_and_nothing_is_half_written(void **state)
{
	char dir[] = "/tmp/nk-full.XXXXXX", path[64], command[128];
	struct database_options opt = { .busy_s = 1 };
	struct database *d;
	struct err err = { 0 };
	int64_t id = 0, kept;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(command, sizeof(command), "mount -t tmpfs -o size=12m tmpfs %s 2>/dev/null", dir);
	if (geteuid() != 0 || system(command) != 0)
		skip();
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	must(database_open(path, &opt, &d, &err), &err);
	must(db_write(database_reader(d, &err), make_table, NULL, &err), &err);
	for (id = 1; id < 40; id++) {
		err = (struct err){ 0 };
		if (!db_write(database_reader(d, &err), fill_disk, &id, &err))
			break;
	}
	kept = id - 1;
	assert_true(kept > 0 && kept < 39);
	assert_int_equal(err.code, ERR_BUSY);
	assert_non_null(strstr(err.log, "full"));
	assert_int_equal(count(database_reader(d, &err), "SELECT COUNT(*) FROM t"), kept);
	assert_int_equal(count(database_reader(d, &err), "SELECT COUNT(*) FROM t WHERE LENGTH(name) <> 1000000"), 0);
	database_close(d);
	(void)snprintf(command, sizeof(command), "umount %s && rmdir %s", dir, dir);
	assert_int_equal(system(command), 0);
}

/* A child writes and tells each acknowledged id through a pipe; it is killed at a random moment. */
static void
killed_at_any_point(struct database *d, struct db *db, void *arg)
{
	const char *url = arg;
	struct err err = { 0 };
	int64_t first = 1;

	(void)d;
	must(db_write(db, make_table, NULL, &err), &err);
	srand(7);
	for (int round = 0; round < 12; round++) {
		int64_t last = 0, id;
		int ends[2];
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		if ((child = fork()) == 0) {
			struct database *own;

			if (!database_open(url, NULL, &own, &err))
				_exit(2);
			for (int64_t i = first;; i++) {
				struct put p = { i, "kill", false, true };

				if (!db_write(database_reader(own, &err), put, &p, &err))
					_exit(3);
				if (write(ends[1], &i, sizeof(i)) != sizeof(i))
					_exit(4);
			}
		}
		(void)close(ends[1]);
		(void)usleep((unsigned)(20000 + rand() % 80000));
		(void)kill(child, SIGKILL);
		while (read(ends[0], &id, sizeof(id)) == sizeof(id))
			last = id;
		(void)close(ends[0]);
		(void)waitpid(child, NULL, 0);
		if (last > 0) {
			int64_t n = 0;

			must(db_id(db, "SELECT COUNT(*) FROM t WHERE id BETWEEN $1 AND $2", &n, &err, "ii", first, last),
			    &err);
			assert_int_equal(n, last - first + 1);	/* each exactly once: the key sees to "once" */
		}
		first += 1000000;
	}
}

static void
test_what_was_acknowledged_survives_kill_9(void **state)
{
	char dir[] = "/tmp/nk-kill.XXXXXX", path[64];
	const char *url = store_postgresql();

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	store_one(path, false, killed_at_any_point, path);
	if (url != NULL) {
		store_clean(url);
		store_one(url, false, killed_at_any_point, store_url);
	}
}

static void *
restart_main(void *arg)
{
	char command[256];

	(void)arg;
	(void)snprintf(command, sizeof(command), "%s/tests/service/pg-stop %s restart", store_root(), store_dir);
	for (int i = 0; i < 3; i++) {
		(void)usleep(300000);
		if (system(command) != 0)
			return (void *)1;
	}
	return NULL;
}

static void
restarted_under_load(struct database *d, struct db *db, void *arg)
{
	enum { THREADS = 8 };
	struct err err = { 0 };
	struct crowd crowd[THREADS];
	pthread_t thread[THREADS], restarter;
	void *bad = NULL;
	int64_t missing = 0;

	(void)arg;
	must(db_write(db, make_table, NULL, &err), &err);
	assert_int_equal(pthread_create(&restarter, NULL, restart_main, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ d, 100000 * (i + 1), 400, 0 };
		assert_int_equal(pthread_create(&thread[i], NULL, crowd_main, &crowd[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		(void)pthread_join(thread[i], NULL);
		missing += crowd[i].failed / 1000;
	}
	(void)pthread_join(restarter, &bad);
	assert_null(bad);
	assert_int_equal(missing, 0);	/* reads after an acknowledged write found it, over three restarts */
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), THREADS * 400 * 9 / 10);
}

static void
test_postgresql_restarted_under_load(void **state)
{
	const char *url = store_postgresql();

	(void)state;
	if (url == NULL)
		skip();
	store_clean(url);
	store_one(url, false, restarted_under_load, NULL);
}

struct add { const char *kind, *words; int64_t id, authority; int restricted; };

static bool
add_words(struct db *tx, void *arg, struct err *err)
{
	struct add *p = arg;

	return search_put(tx, p->kind, p->id, p->authority, 0, p->restricted, 1000 + p->id, p->words, err);
}

static bool
add_scope(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "INSERT INTO person (id, name, created_at) VALUES (1, 'x', 0)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO account (id, person_id, sign_in, created_at) VALUES (1, 1, 'x', 0)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO account_scope (account_id, action, authority_id, unit_id, own, reach)"
	    " VALUES (1, 4, 1, 0, 0, 0)", NULL, err, "");
}

static void
assert_found(struct db *db, struct arena *a)
{
	static const struct { const char *typed; size_t n; int64_t first; } row[] = {
		{ "väg", 1, 1 }, { "vägen", 1, 1 }, { "VÄGARNA", 1, 1 }, { "storg", 1, 2 }, { "st", 1, 2 },
		{ "sopor storgatan", 1, 2 }, { "K-2027-000118", 1, 1 }, { "2027", 2, 2 }, { "anna@example.org", 1, 1 },
		{ "070-123 45 67", 1, 1 }, { "\"hämtades inte\"", 1, 2 }, { "\"inte hämtades\"", 0, 0 },
		{ "hemlig", 0, 0 }, { "nämnd", 0, 0 }, { "\"", 0, 0 }, { "* OR NEAR( ' ;--", 0, 0 }, { "", 0, 0 },
		{ "a", 0, 0 }, { "vag", 0, 0 },
	};
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct search_hits hits;

		must(search_find(db, a, row[i].typed, 1, 4, 4, 0, 20, &hits, &err), &err);
		if (hits.n != row[i].n || (hits.n > 0 && hits.item[0].object_id != row[i].first))
			fail_msg("%s: %zu hits", row[i].typed, hits.n);
	}
}

static int64_t
lamps(struct db *db, struct arena *a)
{
	struct search_hits hits;
	struct err err = { 0 };

	must(search_find(db, a, "lampan", 1, 4, 4, 0, 200, &hits, &err), &err);
	return (int64_t)hits.n;
}

static int64_t
index_pieces(struct db *db)
{
	return database_engine(db_database(db)) == DB_SQLITE ? count(db, "SELECT COUNT(DISTINCT segid) FROM search_words_idx") : 0;
}

static void
finds_what_is_typed(struct database *d, struct db *db, void *arg)
{
	static struct add docs[] = {
		{ "contact", "K-2027-000118 Oplogad väg Vägarna i Lillån är hala anna@example.org 070-123 45 67", 1, 1, 0 },
		{ "contact", "K-2027-000119 Sophämtning Soporna hämtades inte på Storgatan", 2, 1, 0 },
		{ "contact", "K-2027-000120 Vägen hemlig", 3, 1, 1 },
		{ "contact", "K-2027-000121 Vägen hos en annan nämnd", 4, 2, 0 },
	};
	struct arena *a = arena_open();
	struct err err = { 0 };
	bool more = true;
	int64_t pieces;

	(void)arg;
	must(db_write(db, add_scope, NULL, &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(docs); i++)
		must(db_write(db, add_words, &docs[i], &err), &err);
	docs[1].words = "K-2027-000119 Sophämtning Soporna hämtades inte på Storgatan 5";
	must(db_write(db, add_words, &docs[1], &err), &err);	/* replaced, not doubled */
	assert_found(db, a);
	assert_string_equal(search_snippet(a, "vägen", docs[0].words, 40), "… Oplogad \1väg\2 Vägarna i Lillån är hal…");
	/* Put together in the night, it finds the same. */
	for (int64_t i = 0; i < 100; i++)
		must(db_write(db, add_words, &(struct add){ "contact", "Lampan lyser inte", 100 + i, 1, 0 }, &err), &err);
	pieces = index_pieces(db);
	for (int i = 0; i < 1000 && more; i++)
		must(search_tidy(db, &more, &err), &err);
	assert_false(more);
	if (database_engine(d) == DB_SQLITE) {
		assert_true(pieces > 1);
		assert_true(index_pieces(db) < pieces && index_pieces(db) <= 3);
	}
	assert_found(db, a);
	assert_int_equal(lamps(db, a), 100);
	arena_close(a);
}


static void
test_search_finds_what_is_typed_and_allowed(void **state)
{
	(void)state;
	store_each(finds_what_is_typed, NULL);
}

static void
test_backup_while_writing_is_whole(void **state)
{
	char dir[] = "/tmp/nk-back.XXXXXX", path[64], copy[64];
	struct database *d, *restored;
	struct err err = { 0 };
	struct crowd c;
	pthread_t thread;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", dir);
	must(database_open(path, NULL, &d, &err), &err);
	must(db_write(database_reader(d, &err), make_table, NULL, &err), &err);
	c = (struct crowd){ d, 1, 500, 0 };
	assert_int_equal(pthread_create(&thread, NULL, crowd_main, &c), 0);
	for (int i = 0; i < 5; i++) {
		(void)usleep(20000);
		must(database_backup(d, copy, &err), &err);
		must(database_open(copy, NULL, &restored, &err), &err);
		/* every put is one row here (its inner part fails), so a torn copy would miss one in the middle */
		assert_int_equal(count(database_reader(restored, &err),
		    "SELECT COUNT(*) - MAX(id) + (MAX(id) + 6) / 10 FROM t"), 0);
		database_close(restored);
	}
	(void)pthread_join(thread, NULL);
	database_close(d);
}

struct pooled { struct database *d; int64_t took_ms; bool ok; struct err err; };

static void *
pooled_read(void *arg)
{
	struct pooled *p = arg;
	struct timespec from, to;
	int64_t one = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	p->ok = db_id(database_reader(p->d, &p->err), "SELECT 1", &one, &p->err, "") && one == 1;
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	p->took_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
	return NULL;
}

/* More threads than connections: they take turns; and when none comes back, the wait has an end and says why. */
static void
test_more_threads_than_connections(void **state)
{
	enum { THREADS = 24, BUSY_S = 1 };
	struct database_options options = { .max_connections = 2, .busy_s = BUSY_S };
	const char *url = store_postgresql();
	static struct pooled p[THREADS];
	pthread_t thread[THREADS];
	struct database *d = NULL;
	struct err err = { 0 };
	struct stmt *held;

	(void)state;
	if (url == NULL)
		skip();
	if (!database_open(url, &options, &d, &err))
		fail_msg("open: %s", err.log);
	for (int i = 0; i < THREADS; i++) {
		p[i] = (struct pooled){ .d = d };
		assert_int_equal(pthread_create(&thread[i], NULL, pooled_read, &p[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		(void)pthread_join(thread[i], NULL);
		if (!p[i].ok)
			fail_msg("thread %d: %s", i, p[i].err.log);
	}
	database_close(d);
	/* The only one is held by a statement that this thread has open. */
	options.max_connections = 1;
	if (!database_open(url, &options, &d, &err))
		fail_msg("open: %s", err.log);
	held = db_stmt(database_reader(d, &err), "SELECT 1", &err);
	assert_int_equal(db_next(held, &err), DB_ROW);
	p[0] = (struct pooled){ .d = d };
	assert_int_equal(pthread_create(&thread[0], NULL, pooled_read, &p[0]), 0);
	(void)pthread_join(thread[0], NULL);
	assert_false(p[0].ok);
	assert_int_equal(p[0].err.code, ERR_BUSY);
	assert_non_null(strstr(p[0].err.log, "all 1 connections are in use"));
	assert_true(p[0].took_ms >= BUSY_S * 1000 - 50 && p[0].took_ms < BUSY_S * 1000 + 3000);
	db_done(held);
	p[0] = (struct pooled){ .d = d };
	pooled_read(&p[0]);
	assert_true(p[0].ok);
	database_close(d);
}

/* ---- what waits for the disk, and what need not ---- */

/* 2: the commit waits for the disk; 1: it does not. */
static bool
ask_how(struct db *tx, void *arg, struct err *err)
{
	return db_id(tx, database_engine(db_database(tx)) == DB_SQLITE ? "PRAGMA synchronous" :
	    "SELECT CASE current_setting('synchronous_commit') WHEN 'on' THEN 2 ELSE 1 END", arg, err, "");
}

static void
only_what_can_be_done_again_is_hasty(struct database *d, struct db *db, void *arg)
{
	struct put first = { 1, "one", false, false }, again = { 2, "two", false, false };
	struct err err = { 0 };
	int64_t how = 0;

	(void)d;
	(void)arg;
	must(db_write(db, make_table, NULL, &err), &err);
	must(db_write(db, ask_how, &how, &err), &err);
	assert_int_equal(how, 2);
	must(db_write_repeatable(db, ask_how, &how, &err), &err);
	assert_int_equal(how, 1);
	must(db_write_repeatable(db, put, &first, &err), &err);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), 2);	/* it is there for all at once */
	must(db_write(db, ask_how, &how, &err), &err);
	assert_int_equal(how, 2);
	must(db_write(db, put, &again, &err), &err);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM t"), 4);
}

static void
test_only_what_can_be_done_again_does_not_wait_for_the_disk(void **state)
{
	(void)state;
	store_each_of(false, only_what_can_be_done_again_is_hasty, NULL);
}

/* ---- what is kept, inside a write ---- */

static int kept_readings;

static const void *
read_rows(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	int64_t *n = arena_alloc(a, sizeof(*n));

	(void)key;
	kept_readings++;
	return db_id(db, "SELECT COUNT(*) FROM t", n, err, "") ? n : NULL;
}

static int64_t
kept_rows(struct db *db)
{
	struct err err = { 0 };
	int64_t n = -1;

	must(kept_copy(db, read_rows, 0, &n, sizeof(n), &err), &err);
	return n;
}

struct change_kept { int64_t id, before, after; bool fail; };

static bool
change_kept(struct db *tx, void *arg, struct err *err)
{
	struct change_kept *c = arg;

	c->before = kept_rows(tx);
	if (!db_run(tx, "INSERT INTO t (id) VALUES ($1)", NULL, err, "i", c->id))
		return false;
	kept_forget_after(tx);
	c->after = kept_rows(tx);
	return !c->fail || err_set(err, ERR_INPUT, "asked to");
}

static bool
only_read(struct db *tx, void *arg, struct err *err)
{
	(void)err;
	*(int64_t *)arg = kept_rows(tx);
	return true;
}

static void
a_write_keeps_what_was_committed(struct database *d, struct db *db, void *arg)
{
	struct change_kept good = { .id = 1 }, bad = { .id = 2, .fail = true };
	struct err err = { 0 };
	int64_t n = -1;
	int readings;

	(void)d;
	(void)arg;
	kept_forget();
	must(db_write(db, make_table, NULL, &err), &err);
	must(db_write(db, only_read, &n, &err), &err);
	assert_int_equal(n, 0);
	readings = kept_readings;
	assert_int_equal(kept_rows(db), 0);		/* the write read it for all */
	assert_int_equal(kept_readings, readings);
	must(db_write(db, change_kept, &good, &err), &err);
	assert_int_equal(good.before, 0);
	assert_int_equal(good.after, 1);		/* what it changed itself it sees */
	assert_int_equal(kept_rows(db), 1);
	assert_false(db_write(db, change_kept, &bad, &err));
	assert_int_equal(bad.before, 1);
	assert_int_equal(bad.after, 2);
	assert_int_equal(kept_rows(db), 1);		/* what was taken back was never shown */
	must(db_write(db, only_read, &n, &err), &err);
	assert_int_equal(n, 1);
}

static void
test_a_write_sees_what_is_kept_as_it_was_committed(void **state)
{
	(void)state;
	store_each_of(false, a_write_keeps_what_was_committed, NULL);
}

/* ---- the log in long pieces ---- */

enum { LONG_ROWS = 3000 };

/* More than the cache holds, so pages go to the log and are read back from it before the end; then it may be taken back. */
static bool
long_write(struct db *tx, void *arg, struct err *err)
{
	char text[4001];
	int64_t n = 0;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	if (!db_run(tx, "PRAGMA cache_size = 20", NULL, err, ""))
		return false;
	for (int64_t i = 0; i < LONG_ROWS; i++) {
		if (!db_run(tx, "INSERT INTO t (id, name) VALUES ($1, $2)", NULL, err, "it", (i * 7919) % LONG_ROWS + 1, text))
			return false;
	}
	return db_id(tx, "SELECT SUM(LENGTH(name)) FROM t WHERE id <= 3000", &n, err, "") && n == INT64_C(4000) * LONG_ROWS &&
	    (!*(bool *)arg || err_set(err, ERR_INPUT, "asked to"));
}

static void
assert_whole(const char *path, int64_t rows)
{
	sqlite3 *h = NULL;
	sqlite3_stmt *st = NULL;

	assert_int_equal(sqlite3_open_v2(path, &h, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h, "SELECT (SELECT COUNT(*) FROM t), integrity_check FROM pragma_integrity_check", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(st, 0), rows);
	assert_string_equal((const char *)sqlite3_column_text(st, 1), "ok");
	(void)sqlite3_finalize(st);
	(void)sqlite3_close(h);
}

static void
log_in_long_pieces(struct database *d, struct db *db, void *arg)
{
	struct put one = { LONG_ROWS + 1, "one", false, false }, two = { LONG_ROWS + 2, "two", false, false };
	struct err err = { 0 };
	bool fail = true;

	(void)arg;
	if (database_engine(d) != DB_SQLITE)
		return;
	must(db_write(db, make_table, NULL, &err), &err);
	assert_false(db_write(db, long_write, &fail, &err));
	assert_whole(d->path, 0);
	must(db_write_repeatable(db, put, &one, &err), &err);	/* over what was taken back */
	assert_whole(d->path, 2);
	fail = false;
	must(db_write(db, long_write, &fail, &err), &err);
	assert_whole(d->path, LONG_ROWS + 2);
	must(db_write_repeatable(db, put, &two, &err), &err);
	must(db_write(db, ask_how, &(int64_t){ 0 }, &err), &err);
	assert_whole(d->path, LONG_ROWS + 4);
}

static void
test_the_log_written_in_long_pieces_is_whole_for_others(void **state)
{
	(void)state;
	store_each_of(false, log_in_long_pieces, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_write_is_whole_or_nothing),
		cmocka_unit_test(test_only_what_can_be_done_again_does_not_wait_for_the_disk),
		cmocka_unit_test(test_a_write_sees_what_is_kept_as_it_was_committed),
		cmocka_unit_test(test_the_log_written_in_long_pieces_is_whole_for_others),
		cmocka_unit_test(test_migrations_are_applied_once),
		cmocka_unit_test(test_a_migration_that_comes_late_is_applied_and_a_newer_database_refused),
		cmocka_unit_test(test_many_writers_share_commits_and_a_failure_takes_no_other),
		cmocka_unit_test(test_two_processes_take_turns),
		cmocka_unit_test(test_a_lock_held_by_another_is_busy_not_a_hang),
		cmocka_unit_test(test_a_full_disk_is_said_and_nothing_is_half_written),
		cmocka_unit_test(test_what_was_acknowledged_survives_kill_9),
		cmocka_unit_test(test_postgresql_restarted_under_load),
		cmocka_unit_test(test_more_threads_than_connections),
		cmocka_unit_test(test_search_finds_what_is_typed_and_allowed),
		cmocka_unit_test(test_backup_while_writing_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

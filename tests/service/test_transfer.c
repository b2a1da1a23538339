/* tests/service/test_transfer.c: out as JSON Lines and in again, with a schema of this test's own
 *
 * The schema has what a schema can have: every kind of column, keys of two columns and of text, none at all, references
 * to oneself and in a circle, rows that a migration put in, an index. The module knows none of these tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "db/internal.h"
#include "db/search.h"
#include "db/transfer.h"
#include "store.h"

const struct migration migrations[] = {
	{ 1, "0001-things",
	    "CREATE TABLE zebra (id {id}, name TEXT NOT NULL, weight {real}, picture {blob}, mother_id {int} REFERENCES zebra);\n"
	    "CREATE TABLE word (text TEXT PRIMARY KEY, count {int}, zebra_id {int} REFERENCES zebra);\n"
	    "INSERT INTO word (text, count) VALUES ('seed', 1);\n"
	    "CREATE TABLE pair (a {int} NOT NULL, b TEXT NOT NULL, PRIMARY KEY (b, a));\n"
	    "CREATE TABLE loose (x {int}, y TEXT);\n"
	    "CREATE TABLE session (token_hash TEXT PRIMARY KEY);\n"
	    "CREATE TABLE search_doc (id {id}, kind TEXT NOT NULL, object_id {int} NOT NULL, authority_id {int} NOT NULL,"
	    " unit_id {int} NOT NULL, owner_id {int}, restricted {int} NOT NULL, at {int} NOT NULL\n"
	    "-- [postgresql]\n, words tsvector NOT NULL\n-- [end]\n);\n"
	    "CREATE UNIQUE INDEX search_doc_object ON search_doc (kind, object_id);\n"
	    "-- [sqlite]\nCREATE VIRTUAL TABLE search_words USING fts5 (words, content='', columnsize=0, prefix='2 3',"
	    " tokenize='swedish');\n-- [end]\n"
	    "CREATE TABLE account_scope (account_id {int}, action {int}, authority_id {int}, unit_id {int}, own {int}, reach {int});\n", NULL },
	{ 2, "0002-later", "ALTER TABLE pair ADD COLUMN note TEXT;\n"
	    "CREATE TABLE aardvark (id {id}, zebra_id {int} NOT NULL REFERENCES zebra);\n", NULL },
	{ 0 },
};

static const struct search_source sources[] = {
	{ "zebra", "SELECT name FROM zebra WHERE id = $1" },
	{ 0 },
};

enum { MANY = 4500 };	/* more than two batches */

static const unsigned char every_byte[] = { 0, 1, 2, 0x7f, 0x80, 0xff, '\n', '"', 0 };
static const double reals[] = { 0.1, -0.0, 1.0 / 3, 1e300, 5e-324, 1, 12345678901234567.0, 0 };

static bool
fill(struct db *tx, void *arg, struct err *err)
{
	struct stmt *st;
	int64_t id;
	bool ok = true;

	(void)arg;
	for (int64_t i = 1; ok && i <= MANY; i++) {
		st = db_stmt(tx, "INSERT INTO zebra (id, name, weight, picture) VALUES ($1, $2, $3, $4)", err);
		bind_i64(st, 1, i == 1 ? INT64_MAX - 1 : i);
		bind_text(st, 2, i % 3 == 0 ? "randig \"å\\ä\n\tö\" \x7f \xf0\x9f\xa6\x93" : i % 3 == 1 ? "" : "vägarna");
		if (i % 7 == 0)
			bind_null(st, 3);
		else
			bind_double(st, 3, reals[(size_t)i % ARRAY_LEN(reals)]);
		if (i % 100 == 0)
			bind_blob(st, 4, every_byte, (size_t)(i / 100) % (sizeof(every_byte) + 1));
		else
			bind_null(st, 4);
		ok = db_next(st, err) != DB_FAIL;
		db_done(st);
	}
	/* A mother that comes after her foal, and one that is its own. */
	ok = ok && db_run(tx, "UPDATE zebra SET mother_id = 4000 WHERE id = 2", NULL, err, "") &&
	    db_run(tx, "UPDATE zebra SET mother_id = 3 WHERE id = 3", NULL, err, "") &&
	    db_run(tx, "INSERT INTO word (text, count, zebra_id) VALUES ('ö', NULL, 2)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO word (text, count) VALUES ('Z', -9223372036854775807)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO word (text, count) VALUES ('a b', 9007199254740993)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO pair (a, b, note) VALUES (2, 'x', 'later')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO pair (a, b) VALUES (1, 'å')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO pair (a, b) VALUES (1, 'x')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO loose (x, y) VALUES (NULL, 'b')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO loose (x, y) VALUES (1, NULL)", NULL, err, "") &&
	    db_run(tx, "INSERT INTO loose (x, y) VALUES (1, 'a')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO session (token_hash) VALUES ('secret')", NULL, err, "") &&
	    db_run(tx, "INSERT INTO account_scope VALUES (1, 1, 0, 0, 0, 2)", NULL, err, "") &&
	    db_id(tx, "INSERT INTO aardvark (id, zebra_id) VALUES (41, 2) RETURNING id", &id, err, "") &&
	    search_put(tx, "zebra", 5, 1, 1, 0, 100, "vägarna", err) && search_put(tx, "zebra", 8, 1, 1, 0, 100, "vägarna", err);
	return ok;
}

static void
must(bool ok, const struct err *err, const char *what)
{
	if (!ok)
		fail_msg("%s: %s", what, err->log);
}

static void
export_of(const char *url, const char *dir)
{
	const struct transfer t = { sources, NULL, NULL };
	struct database *d = NULL;
	struct err err = { 0 };

	must(database_open(url, NULL, &d, &err), &err, "open");
	must(database_export(d, dir, &t, &err), &err, "export");
	database_close(d);
}

static void
import_to(const char *url, const char *dir)
{
	const struct transfer t = { sources, NULL, NULL };
	struct err err = { 0 };

	must(database_import(url, dir, &t, &err), &err, "import");
}

static int
shell(const char *fmt, ...)
{
	char command[2048];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return system(command);
}

static char work[64];

static const char *
in_work(const char *name)
{
	static char path[8][128];
	static int next;

	next = (next + 1) % 8;
	(void)snprintf(path[next], sizeof(path[0]), "%s/%s", work, name);
	return path[next];
}

static int
setup(void **state)
{
	struct database *d = NULL;
	struct err err = { 0 };

	(void)state;
	(void)snprintf(work, sizeof(work), "/tmp/nk-transfer.XXXXXX");
	assert_non_null(mkdtemp(work));
	must(database_open(in_work("a.db"), NULL, &d, &err), &err, "open");
	must(database_migrate(d, NULL, &err), &err, "migrate");
	must(db_write(database_reader(d, &err), fill, NULL, &err), &err, "fill");
	database_close(d);
	export_of(in_work("a.db"), in_work("a"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return shell("rm -rf %s", work);
}

static int64_t
number(const char *url, const char *sql)
{
	struct database *d = NULL;
	struct err err = { 0 };
	int64_t n = -1;

	must(database_open(url, NULL, &d, &err), &err, "open");
	must(db_id(database_reader(d, &err), sql, &n, &err, ""), &err, sql);
	database_close(d);
	return n;
}

static void
check_search(const char *url)
{
	struct arena *a = arena_open();
	struct database *d = NULL;
	struct err err = { 0 };
	struct search_hits hits;

	must(database_open(url, NULL, &d, &err), &err, "open");
	must(search_find(database_reader(d, &err), a, "väg", 1, 1, 1, 0, 10, &hits, &err), &err, "search");
	assert_int_equal(hits.n, 2);
	assert_int_equal(hits.item[0].object_id, 8);	/* the newest first, as before */
	database_close(d);
	arena_close(a);
}

/* From SQLite through each engine and back, and the folders are equal byte for byte. */
static void
test_round(void **state)
{
	const char *pg = store_postgresql();

	(void)state;
	import_to(in_work("b.db"), in_work("a"));
	export_of(in_work("b.db"), in_work("b"));
	assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("b")), 0);
	check_search(in_work("b.db"));
	assert_int_equal(number(in_work("b.db"), "SELECT COUNT(*) FROM session"), 0);
	assert_int_equal(number(in_work("b.db"), "SELECT COUNT(*) FROM word"), 4);
	if (pg == NULL)
		return;
	store_clean(pg);
	import_to(pg, in_work("a"));
	export_of(pg, in_work("p"));
	assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("p")), 0);
	check_search(pg);
	/* References are back, and numbers go on after the highest. */
	assert_int_equal(number(pg, "SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f'"), 3);
	assert_int_equal(number(pg, "SELECT nextval('aardvark_id_seq')"), 42);
	import_to(in_work("back.db"), in_work("p"));
	export_of(in_work("back.db"), in_work("back"));
	assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("back")), 0);
}

static void
test_modes(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(in_work("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(shell("test -z \"$(find %s -type f -not -perm 0600)\" -a -z \"$(find %s -type d -not -perm 0700)\"",
	    in_work("a"), in_work("a")), 0);
	assert_int_equal(shell("test ! -e %s/session.jsonl -a ! -e %s/INCOMPLETE", in_work("a"), in_work("a")), 0);
}

static void
refused(const char *url, const char *dir, enum err_code code, const char *names)
{
	const struct transfer t = { sources, NULL, NULL };
	struct err err = { 0 };

	if (database_import(url, dir, &t, &err))
		fail_msg("%s: taken", names);
	if (err.code != code || strstr(err.log, names) == NULL)
		fail_msg("expected %s, got %s: %s", names, err_code_name(err.code), err.log);
}

static void
test_refuses(void **state)
{
	static const struct { const char *change, *names; enum err_code code; } row[] = {
		{ "sed -i 's/later/hater/' %s/pair.jsonl", "pair.jsonl is damaged", ERR_INPUT },
		{ "truncate -s -1 %s/zebra.jsonl", "zebra.jsonl is damaged", ERR_INPUT },
		{ "rm %s/word.jsonl", "word.jsonl is missing", ERR_INPUT },
		{ "for f in %s/files/*/*; do printf x >>\"$f\"; break; done", "files/", ERR_INPUT },
		{ "rm -r %s/files/e3", "is missing", ERR_INPUT },
		{ "echo >>%s/files.jsonl", "files.jsonl is damaged", ERR_INPUT },
		{ "rm %s/manifest.json", "no manifest.json", ERR_INPUT },
		{ "sed -i 's/narkontakt-export/else/' %s/manifest.json", "not a manifest of ours", ERR_INPUT },
		{ "sed -i 's/\"version\": 1,$/\"version\": 2,/' %s/manifest.json", "format 2", ERR_CONFLICT },
		{ "sed -i 's/^ \"tables\"/ \"tables_\"/' %s/manifest.json", "cannot be read", ERR_INPUT },
		{ "sed -i 's/{\"version\": 2, .*/&,{\"version\": 3, \"name\": \"x\", \"sha256\": \"y\"}/' %s/manifest.json",
		    "comes from a newer program", ERR_CONFLICT },
		{ "sed -i 's/{\"version\": 2, .*sha256\": \"../&0/' %s/manifest.json", "not the one this program has",
		    ERR_CONFLICT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *dir = in_work("bad");

		assert_int_equal(shell("rm -rf %s && cp -r %s %s", dir, in_work("a"), dir), 0);
		assert_int_equal(shell(row[i].change, dir), 0);
		refused(in_work("bad.db"), dir, row[i].code, row[i].names);
		assert_int_equal(access(in_work("bad.db"), F_OK), -1);	/* nothing was begun */
	}
	refused(in_work("a.db"), in_work("a"), ERR_CONFLICT, "is not empty");
}

static void
test_export_refuses(void **state)
{
	const struct transfer t = { sources, NULL, NULL };
	struct database *d = NULL;
	struct err err = { 0 };

	(void)state;
	must(database_open(in_work("a.db"), NULL, &d, &err), &err, "open");
	assert_false(database_export(d, in_work("a"), &t, &err));	/* finished before */
	assert_int_equal(err.code, ERR_CONFLICT);
	err = (struct err){ 0 };
	assert_false(database_export(d, "/proc/nowhere/x", &t, &err));
	assert_int_equal(err.code, ERR_INPUT);
	database_close(d);
}

/* Stops at the n-th time it is told. */
static bool
stop_at(void *arg, const char *what, int64_t done, int64_t n)
{
	int *left = arg;

	(void)what;
	(void)done;
	(void)n;
	return (*left)-- > 0;
}

static void
stop_everywhere(const char *url)
{
	bool finished = false;
	int stops = 0;

	for (int at = 0; !finished && at < 200; at += 3) {
		int left = at;
		const struct transfer t = { sources, stop_at, &left };
		struct database *d = NULL;
		struct err err = { 0 };

		/* The same database again and again: each run goes on from where the last one stopped, and a little further. */
		finished = database_import(url, in_work("a"), &t, &err);
		if (finished)
			break;
		stops++;
		assert_int_equal(err.code, ERR_BUSY);
		/* Half a database is nobody's database. */
		err = (struct err){ 0 };
		must(database_open(url, NULL, &d, &err), &err, "open");
		if (at > 30 && database_migrate(d, NULL, &err))
			fail_msg("a stopped import was opened");
		database_close(d);
	}
	assert_true(finished && stops > 5);
}

static void
test_stop_and_go_on(void **state)
{
	const char *pg = store_postgresql();
	int left = 3;
	const struct transfer t = { sources, stop_at, &left };
	struct database *d = NULL;
	struct err err = { 0 };

	(void)state;
	stop_everywhere(in_work("s.db"));
	export_of(in_work("s.db"), in_work("s"));
	assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("s")), 0);
	check_search(in_work("s.db"));
	if (pg != NULL) {
		store_clean(pg);
		stop_everywhere(pg);
		export_of(pg, in_work("sp"));
		assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("sp")), 0);
	}
	/* A stopped export says so and is finished by the same command. */
	must(database_open(in_work("a.db"), NULL, &d, &err), &err, "open");
	assert_false(database_export(d, in_work("half"), &t, &err));
	assert_int_equal(err.code, ERR_BUSY);
	assert_int_equal(access(in_work("half/INCOMPLETE"), F_OK), 0);
	refused(in_work("half.db"), in_work("half"), ERR_INPUT, "was not finished");
	database_close(d);
	export_of(in_work("a.db"), in_work("half"));
	assert_int_equal(shell("diff -r %s %s", in_work("a"), in_work("half")), 0);
}

/* A text in a column of numbers, which SQLite keeps, is told and not bent. */
static void
test_odd_values(void **state)
{
	const struct transfer t = { sources, NULL, NULL };
	struct database *d = NULL;
	struct err err = { 0 };

	(void)state;
	must(database_open(in_work("odd.db"), NULL, &d, &err), &err, "open");
	must(database_migrate(d, NULL, &err), &err, "migrate");
	database_close(d);
	assert_int_equal(shell("sqlite3 %s \"INSERT INTO loose VALUES ('many', 'x')\"", in_work("odd.db")), 0);
	must(database_open(in_work("odd.db"), NULL, &d, &err), &err, "open");
	assert_false(database_export(d, in_work("odd"), &t, &err));
	assert_non_null(strstr(err.log, "table loose"));
	database_close(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round), cmocka_unit_test(test_modes), cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_export_refuses), cmocka_unit_test(test_stop_and_go_on), cmocka_unit_test(test_odd_values),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

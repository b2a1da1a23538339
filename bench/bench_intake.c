/* bench/bench_intake.c: mails taken in from a Maildir's backlog, beside bare SQLite storing the same bytes
 *
 *   bench_intake DATABASE     a database made by `narkontakt init --demo`; it is written to
 *
 * The backlog is made here: mails of 2 kB, and the same with a file of 200 kB, each different. They are taken in as the server
 * does it (mail/receive.h, contact/intake.h): read, stored raw, parsed, registered, moved to cur/, all durable. Bare SQLite
 * stores the same mails and files in the same handfuls, in WAL with synchronous=FULL, and does nothing else: what the disk and
 * the database give at most when an original and its files are both kept. */
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/heap.h"
#include "base/monotonic.h"
#include "contact/intake.h"
#include "db/db.h"
#include "mail/compose.h"
#include "mail/receive.h"

enum { FILE_BYTES = 200 * 1024, TEXT_BYTES = 1500, ROUNDS = 3 };

struct taker { struct database *d; int64_t taken; };

static _Noreturn void
stop(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_intake: %s: %s\n", what, why);
	exit(1);
}

static bool
take_many(void *arg, const struct mail_bytes *mail, size_t n, struct err *err)
{
	struct taker *t = arg;
	struct arena *a = arena_open();
	struct db *db = database_reader(t->d, err);
	struct intake_result *taken;
	bool ok = db != NULL && intake_bytes(db, a, mail, n, (int64_t)time(NULL), &taken, err);

	for (size_t i = 0; ok && i < n; i++)
		t->taken += strcmp(taken[i].kind, "contact") == 0 && strcmp(taken[i].number, "-") != 0;
	arena_close(a);
	return ok;
}

static void
store_ahead(void *arg, struct mail_bytes *mail, size_t n)
{
	struct taker *t = arg;
	struct err err = { 0 };
	struct db *db = database_reader(t->d, &err);

	if (db == NULL || !intake_bytes_ahead(db, mail, n, (int64_t)time(NULL), &err))
		stop("storing ahead", err.log);
}

/* The bytes of one mail; no two are alike, and the file is of bytes that nothing can press together. */
static const char *
example(struct arena *a, size_t file_bytes, unsigned serial, size_t *n, struct mail_file *file)
{
	static const char sentence[] = "Lampan vid gångvägen har varit släckt i två veckor, och det är mörkt.\n";
	char *text = arena_alloc(a, TEXT_BYTES + 1), *bytes = arena_alloc(a, file_bytes + 16);
	struct mail_outgoing in = {
		.from = arena_printf(a, "asa%u@example.org", serial % 1000), .from_name = "Åsa Öberg", .to = "info@kommun.example",
		.subject = "Trasig lampa på Åvägen", .text = text, .date = 1799651520, .file = file, .n_files = file_bytes > 0,
		.message_id = arena_printf(a, "bench-%lld-%u@example.org", (long long)monotonic_us(), serial),
	};
	uint64_t seed = serial + 1;
	const char *out = "";
	struct err err = { 0 };

	for (size_t i = 0; i + sizeof(sentence) < TEXT_BYTES; i += sizeof(sentence) - 1)
		memcpy(text + i, sentence, sizeof(sentence) - 1);
	for (size_t i = 0; i + 8 <= file_bytes; i += 8) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		memcpy(bytes + i, &seed, 8);
	}
	memcpy(bytes, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
	*file = (struct mail_file){ "bild.jpg", "image/jpeg", bytes, file_bytes };
	if (!mail_compose(a, &in, &out, n, &err))
		stop("composing", err.log);
	return out;
}

static void
deliver(const char *folder, size_t file_bytes, unsigned count, unsigned first)
{
	struct arena *a = arena_open();

	for (unsigned i = 0; i < count; i++) {
		struct mail_file file;
		size_t n;
		const char *bytes = example(a, file_bytes, first + i, &n, &file);
		FILE *f = fopen(arena_printf(a, "%s/new/%06u.bench", folder, i), "w");

		if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
			stop(folder, strerror(errno));
		arena_reset(a);
	}
	arena_close(a);
	sync();		/* what is measured is our writing, not that of the backlog */
}

static double
intake_rate(struct database *d, const char *folder, unsigned count)
{
	struct taker t = { .d = d };
	struct err err = { 0 };
	struct received got;
	struct maildir *m = maildir_open(folder, &err);
	double from = monotonic_s(), took;

	if (m == NULL || !maildir_receive(m, take_many, store_ahead, &t, &got, &err))
		stop("Maildir", err.log);
	took = monotonic_s() - from;
	maildir_close(m);
	if (t.taken != count)
		stop("Maildir", "not every mail became a contact");
	return count / took;
}

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		stop(sql, sqlite3_errmsg(db));
}

static double
bare_rate(const char *path, size_t file_bytes, unsigned count)
{
	struct arena *a = arena_open();
	struct mail_file file;
	size_t n, handful = 0;
	const char *bytes = example(a, file_bytes, 1, &n, &file);
	sqlite3 *db;
	sqlite3_stmt *st;
	double from, took;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		stop(path, sqlite3_errmsg(db));
	run(db, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000");
	run(db, "CREATE TABLE IF NOT EXISTS f (id INTEGER PRIMARY KEY, bytes BLOB)");
	if (sqlite3_prepare_v2(db, "INSERT INTO f (bytes) VALUES (?)", -1, &st, NULL) != SQLITE_OK)
		stop(path, sqlite3_errmsg(db));
	sync();
	from = monotonic_s();
	for (unsigned i = 0; i < count; i++) {
		if (handful == 0)
			run(db, "BEGIN IMMEDIATE");
		for (int k = 0; k < 1 + (file_bytes > 0); k++) {
			(void)sqlite3_bind_blob64(st, 1, k == 0 ? bytes : file.bytes, k == 0 ? n : file.n, SQLITE_STATIC);
			if (sqlite3_step(st) != SQLITE_DONE)
				stop(path, sqlite3_errmsg(db));
			(void)sqlite3_reset(st);
		}
		handful += n;
		if (i == count - 1 || i % MAILDIR_AT_ONCE == MAILDIR_AT_ONCE - 1 || handful > 16u * 1024 * 1024) {
			run(db, "COMMIT");
			handful = 0;
		}
	}
	took = monotonic_s() - from;
	(void)sqlite3_finalize(st);
	(void)sqlite3_close(db);
	arena_close(a);
	(void)unlink(path);
	return count / took;
}

int
main(int argc, char **argv)
{
	static const struct { const char *what; size_t file_bytes; unsigned count; double target; } row[] = {
		{ "mail from a Maildir, 2 kB", 0, 2000, 1200 }, { "mail from a Maildir, 200 kB of file", FILE_BYTES, 400, 250 } };
	char folder[] = "/var/tmp/nk-bench.XXXXXX";
	struct arena *a = arena_open();
	struct database *d = NULL;
	struct err err = { 0 };
	unsigned first = 0;

	heap_keep();		/* as the server does */
	if (argc != 2)
		stop("usage", "bench_intake DATABASE");
	if (!database_open(argv[1], &(struct database_options){ .must_exist = true }, &d, &err) || database_reader(d, &err) == NULL)
		stop(argv[1], err.log);
	if (mkdtemp(folder) == NULL || mkdir(arena_printf(a, "%s/new", folder), 0700) != 0 ||
	    mkdir(arena_printf(a, "%s/cur", folder), 0700) != 0)
		stop(folder, strerror(errno));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		double best = 0, bare = 0;

		for (int k = 0; k < ROUNDS; k++) {
			double ours, theirs;

			deliver(folder, row[i].file_bytes, row[i].count, first);
			first += row[i].count;
			ours = intake_rate(d, folder, row[i].count);
			theirs = bare_rate(arena_printf(a, "%s.bare", argv[1]), row[i].file_bytes, row[i].count);
			best = ours > best ? ours : best;
			bare = theirs > bare ? theirs : bare;
			(void)system(arena_printf(a, "rm -f %s/cur/*", folder));
		}
		(void)printf("%-44s %9.0f/s   bare SQLite, the same bytes %9.0f/s: %.0f %%   target %.0f/s\n", row[i].what, best, bare,
		    100 * best / bare, row[i].target);
	}
	(void)system(arena_printf(a, "rm -rf %s", folder));
	database_close(d);
	arena_close(a);
	return 0;
}

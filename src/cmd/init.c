/* cmd/init.c: init, migrate, tick, verify, backup, restore: the life of a database from the shell */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "call/demo.h"
#include "cmd/cmd.h"
#include "cmd/demo_life.h"
#include "cmd/interrupt.h"
#include "cmd/options.h"
#include "cmd/tick.h"
#include "contact/demo.h"
#include "contact/verify.h"
#include "db/db.h"
#include "hours/demo.h"
#include "people/demo.h"
#include "people/office.h"
#include "people/site.h"
#include "representative/demo.h"

enum { DEMO_CONTACTS = 2000 };

static bool
show_progress(void *arg, int64_t done, int64_t n)
{
	const char *what = arg;

	if (isatty(STDERR_FILENO) || done == n || done % 20000 == 0)
		(void)fprintf(stderr, "%s%s %" PRId64 " of %" PRId64 "%s", isatty(STDERR_FILENO) ? "\r" : "", what, done, n,
		    isatty(STDERR_FILENO) && done < n ? "" : "\n");
	return !interrupted();
}

bool
init_office(struct db *db, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	struct change by = { 0, now, NULL };
	struct authority_list list;
	int64_t authority_id;
	bool ok = authority_list(db, a, &list, err);

	if (ok && list.n == 0)
		ok = authority_save(db, &by, &(struct authority){ .code = "KS", .name = "Kommunstyrelsen", .kind = "board",
		    .number_template = "{code} {yyyy}/{n:05}", .active = true }, &authority_id, err) &&
		    unit_save(db, &by, &(struct unit){ .authority_id = authority_id, .kind = "unit", .name = "Kontaktcenter",
		    .active = true }, NULL, err);
	arena_close(a);
	return ok || err_add(err, "first authority");
}

struct demo_job { uint64_t seed; int64_t now; };

static bool
people_write(struct db *tx, void *arg, struct err *err)
{
	struct demo_job *j = arg;

	return demo_people(tx, j->seed, j->now, err);
}

/* What the demonstration chooses, unless somebody has chosen: also at a later start. */
static bool
demo_setting(struct db *db, struct arena *a, const char *name, const char *value, int64_t now, struct err *err)
{
	const char *set;

	return site_get(db, a, name, &set, err) && (set != NULL || site_set(db, 0, name, value, now, err));
}

/* What nobody has sorted goes to the contact centre. */
static bool
demo_default_unit(struct db *db, const struct options *o, struct err *err)
{
	struct arena *a = arena_open();
	struct unit_list units;
	bool ok = unit_list(db, a, &units, err);

	for (size_t i = 0; ok && i < units.n; i++) {
		if (strstr(units.item[i].name, "ontaktcenter") != NULL)
			ok = demo_setting(db, a, "contact.default_unit", arena_printf(a, "%" PRId64, units.item[i].id),
			    options_now(o), err);
	}
	arena_close(a);
	return ok;
}

bool
init_demo(struct db *db, const struct options *o, struct err *err)
{
	struct demo_job j = { (uint64_t)o->seed, options_now(o) };
	struct arena *a = arena_open();
	struct demo_account_list accounts;
	bool ok = demo_accounts(db, a, &accounts, err);

	/* A demonstration that was stopped half-way goes on where it was. */
	if (ok && accounts.n == 0)
		ok = db_write(db, people_write, &j, err);
	interrupt_catch(SIGINT, SA_RESTART);
	ok = ok && demo_default_unit(db, o, err) && demo_hours(db, j.now, err) && demo_representatives(db, j.now, err) &&
	    demo_setting(db, a, "afterwards.share", "20", j.now, err);
	ok = ok && demo_contacts(db, o->contacts < 0 ? DEMO_CONTACTS : o->contacts, j.seed, j.now, show_progress,
	    (void *)(uintptr_t)"demo contacts:", err);
	/* Who said a number of contacts has that many, to measure with. */
	if (ok && o->contacts < 0 && !interrupted())
		ok = demo_calls(db, j.seed, j.now, err) && demo_life(db, j.now, err);
	interrupt_let_go(SIGINT);
	arena_close(a);
	return ok;
}

/* A subcommand over an open database. */
typedef int with_database(const struct options *o, struct database *d, struct db *db, struct arena *a);

static int
run(int argc, char **argv, bool create, size_t least, size_t most, const char *expected, with_database *fn)
{
	struct arena *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct db *db;
	int code = EXIT_USAGE;

	if (options_parse(a, argc, argv, &o)) {
		if (o.n_arguments < least || o.n_arguments > most)
			code = cmd_usage(argv[0], "%s", expected);
		else if (!options_database(&o, create, &d, &db, &err))
			code = cmd_fail(argv[0], &err);
		else
			code = fn(&o, d, db, a);
	}
	database_close(d);
	arena_close(a);
	return code;
}

static int
init(const struct options *o, struct database *d, struct db *db, struct arena *a)
{
	struct site_keys keys;
	struct err err = { 0 };

	(void)d;
	(void)a;
	if (!site_keys(db, &keys, &err) || (o->demo && !init_demo(db, o, &err)) || !init_office(db, options_now(o), &err))
		return cmd_fail("init", &err);
	if (o->base_url != NULL && !site_set(db, 0, "site.base_url", o->base_url, options_now(o), &err))
		return cmd_fail("init", &err);
	return interrupted() ? EXIT_FAILED : EXIT_DONE;
}

int
cmd_init(int argc, char **argv)
{
	return run(argc, argv, true, 0, 0, "no argument is expected", init);
}

static int
migrate(const struct options *o, struct database *d, struct db *db, struct arena *a)
{
	int version = 0, newest = 0;
	struct err err = { 0 };

	(void)o;
	(void)db;
	(void)a;
	if (!database_schema_version(d, &version, &newest, &err))
		return cmd_fail("migrate", &err);
	(void)printf("schema %d\n", version);
	return EXIT_DONE;
}

int
cmd_migrate(int argc, char **argv)
{
	return run(argc, argv, false, 0, 0, "no argument is expected", migrate);
}

static int
tick(const struct options *o, struct database *d, struct db *db, struct arena *a)
{
	struct tick_done done;
	struct err err = { 0 };

	(void)d;
	(void)a;
	if (o->now == 0)
		return cmd_usage("tick", "--now INSTANT is needed");
	if (!tick_run(db, o, TICK_ALL, o->now, &done, &err) || !night_run(db, o->now, &err))
		return cmd_fail("tick", &err);
	(void)printf("overdue %" PRId64 " %" PRId64 " %" PRId64 "; sent %" PRId64 ", retried %" PRId64 ", failed %" PRId64
	    "\n", done.clock.overdue[1], done.clock.overdue[2], done.clock.overdue[3], done.sender.sent,
	    done.sender.retried, done.sender.failed);
	return EXIT_DONE;
}

int
cmd_tick(int argc, char **argv)
{
	return run(argc, argv, false, 0, 0, "no argument is expected", tick);
}

static int
verify(const struct options *o, struct database *d, struct db *db, struct arena *a)
{
	struct verify_result v;
	struct err err = { 0 };
	struct sb sb;

	(void)d;
	if (!verify_all(db, a, options_now(o), &v, &err))
		return cmd_fail("verify", &err);
	sb_init(&sb, a, 4 * 1024 * 1024);
	sb_addf(&sb, "{\"ok\": %s, \"events\": %" PRId64 ", \"contacts\": %" PRId64 ", \"unanswered_without_owner\": %" PRId64
	    ", \"broken\": [", v.n_broken == 0 ? "true" : "false", v.events, v.contacts, v.unanswered_without_owner);
	for (size_t i = 0; i < v.n_broken; i++) {
		sb_add(&sb, i == 0 ? "{\"what\": " : ", {\"what\": ");
		sb_json(&sb, v.broken[i].what);
		sb_add(&sb, ", \"object\": ");
		sb_json(&sb, v.broken[i].object);
		sb_add(&sb, ", \"detail\": ");
		sb_json(&sb, v.broken[i].detail);
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]}");
	if (o->json) {
		(void)puts(sb_str(&sb));
	} else {
		(void)printf("%" PRId64 " events, %" PRId64 " contacts, %zu faults\n", v.events, v.contacts, v.n_broken);
		for (size_t i = 0; i < v.n_broken; i++)
			(void)printf("%s: %s: %s\n", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	}
	return v.n_broken == 0 ? EXIT_DONE : EXIT_FAILED;
}

int
cmd_verify(int argc, char **argv)
{
	return run(argc, argv, false, 0, 0, "no argument is expected", verify);
}

static int
backup(const struct options *o, struct database *d, struct db *db, struct arena *a)
{
	struct err err = { 0 };

	(void)db;
	(void)a;
	return database_backup(d, o->argument[0], &err) ? EXIT_DONE : cmd_fail("backup", &err);
}

int
cmd_backup(int argc, char **argv)
{
	return run(argc, argv, false, 1, 1, "one file is expected", backup);
}

/* The backup is verified as a database of ours, copied, and put in place of what is there (kept beside it). */
int
cmd_restore(int argc, char **argv)
{
	struct arena *a = arena_open();
	struct options o, from;
	struct err err = { 0 };
	struct database *d = NULL;
	struct db *db;
	char old[4200];
	const char *path;
	int code = EXIT_USAGE;

	if (!options_parse(a, argc, argv, &o))
		goto done;
	if (o.n_arguments != 1) {
		code = cmd_usage("restore", "one file is expected");
		goto done;
	}
	path = strncmp(o.db, "sqlite:", 7) == 0 ? o.db + 7 : o.db;
	if (strncmp(path, "postgres", 8) == 0) {
		code = cmd_usage("restore", "a backup file goes into SQLite; for PostgreSQL use import");
		goto done;
	}
	from = o;
	from.db = o.argument[0];
	if (access(from.db, R_OK) != 0) {
		(void)err_set(&err, ERR_NOT_FOUND, "%s: %s", from.db, strerror(errno));
		code = cmd_fail("restore", &err);
		goto done;
	}
	if (!options_database(&from, false, &d, &db, &err) || (code = verify(&from, d, db, a)) != EXIT_DONE) {
		code = err.code != ERR_NONE ? cmd_fail("restore", &err) : code;
		goto done;
	}
	(void)snprintf(old, sizeof(old), "%s.before-restore", path);
	if (access(path, F_OK) == 0 && rename(path, old) != 0) {
		(void)err_set(&err, ERR_BUG, "%s: %s", path, strerror(errno));
		code = cmd_fail("restore", &err);
		goto done;
	}
	/* What the file had in its write-ahead log is part of it, and must not meet the new one. */
	for (size_t i = 0; i < 2; i++) {
		char side[4300], old_side[4300];

		(void)snprintf(side, sizeof(side), "%s%s", path, i == 0 ? "-wal" : "-shm");
		(void)snprintf(old_side, sizeof(old_side), "%s%s", old, i == 0 ? "-wal" : "-shm");
		(void)unlink(old_side);
		if (i == 0 && access(side, F_OK) == 0 && rename(side, old_side) != 0) {
			(void)err_set(&err, ERR_BUG, "%s: %s", side, strerror(errno));
			code = cmd_fail("restore", &err);
			goto done;
		}
		(void)unlink(side);
	}
	code = database_backup(d, path, &err) ? EXIT_DONE : cmd_fail("restore", &err);
done:
	database_close(d);
	arena_close(a);
	return code;
}

/* cmd/transfer.c: export DIR and import DIR: everything, to and from JSON Lines and files (db/transfer.h) */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/options.h"
#include "cmd/search_words.h"
#include "contact/verify.h"
#include "db/db.h"
#include "db/transfer.h"

static bool
show_progress(void *arg, const char *what, int64_t done, int64_t n)
{
	const char *command = arg;
	bool terminal = isatty(STDERR_FILENO) == 1;

	if (n > 0 && (terminal || done == n || (done > 0 && done % 20000 == 0)))
		(void)fprintf(stderr, "%s%s: %s %" PRId64 " of %" PRId64 "%s", terminal ? "\r\033[K" : "", command, what, done, n,
		    terminal && done < n ? "" : "\n");
	return !interrupted();
}

static int
export(const struct options *o, struct err *err)
{
	const struct transfer t = { search_words, show_progress, (void *)(uintptr_t)"export" };
	struct database *d = NULL;
	struct db *db;
	bool ok = options_database(o, false, &d, &db, err) && database_export(d, o->argument[0], &t, err);

	database_close(d);
	return ok ? EXIT_DONE : cmd_fail("export", err);
}

/* All is in; does it hold together? The same faults as in the database that was exported show here. */
static int
check(const struct options *o, struct arena *a, struct err *err)
{
	struct verify_result v = { 0 };
	struct database *d = NULL;
	struct db *db;
	bool ok = options_database(o, false, &d, &db, err) && verify_all(db, a, options_now(o), &v, err);

	database_close(d);
	if (!ok)
		return cmd_fail("import", err);
	(void)printf("%" PRId64 " events, %" PRId64 " contacts, %zu faults\n", v.events, v.contacts, v.n_broken);
	if (v.n_broken > 0)
		(void)fprintf(stderr, "narkontakt: import: everything is in, but verify finds faults; narkontakt verify lists them\n");
	return v.n_broken == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int
import(const struct options *o, struct arena *a, struct err *err)
{
	const struct transfer t = { search_words, show_progress, (void *)(uintptr_t)"import" };

	return database_import(o->db, o->argument[0], &t, err) ? check(o, a, err) : cmd_fail("import", err);
}

static int
run(int argc, char **argv, bool out)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct options o;
	int code = EXIT_USAGE;

	interrupt_catch(SIGINT, 0);
	interrupt_catch(SIGTERM, 0);
	if (options_parse(a, argc, argv, &o)) {
		if (o.n_arguments != 1)
			code = cmd_usage(argv[0], "one folder is expected");
		else
			code = out ? export(&o, &err) : import(&o, a, &err);
	}
	arena_close(a);
	return code;
}

int
cmd_export(int argc, char **argv)
{
	return run(argc, argv, true);
}

int
cmd_import(int argc, char **argv)
{
	return run(argc, argv, false);
}

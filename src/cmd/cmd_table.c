/* cmd/cmd_table.c: the list of subcommands and what is common to them */
#include "cmd/cmd.h"
#include "call/call_verify.h"
#include "contact/verify.h"
#include "mystery/mystery.h"
#include "representative/by_mail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static const struct command commands[] = {
	{ "serve", "[--db URL] [--listen ADDR:PORT]... [--demo]", "the server", cmd_serve },
	{ "init", "[--db URL] [--demo] [--seed N] [--contacts N]", "a new database; --demo fills it", cmd_init },
	{ "migrate", "[--db URL]", "brings the database to this version", cmd_migrate },
	{ "mail", "[--to ADDRESS] [--now INSTANT]", "one message on standard input; --again ID: one that is stored", cmd_mail },
	{ "calls", "import --exchange CODE [--format csv|cdr] FILE", "calls from a file; exchanges and their tokens", cmd_calls },
	{ "list", "contacts|matters|events|outbox|calls [--json]", "what the database holds", cmd_list },
	{ "show", "NUMBER [--json]", "a contact or a matter with its timeline", cmd_show },
	{ "tick", "--now INSTANT", "everything that is due then, once", cmd_tick },
	{ "verify", "[--json]", "every invariant; exit 1 if one is broken", cmd_verify },
	{ "backup", "FILE", "a checked copy of a database in use", cmd_backup },
	{ "restore", "FILE", "a backup in place of the database", cmd_restore },
	{ "export", "DIR", "everything as JSON Lines and files", cmd_export },
	{ "import", "DIR", "an export into an empty database of either kind", cmd_import },
	{ "calc", "FUNCTION", "the pure rules: JSON Lines in, JSON Lines out", cmd_calc },
	{ "plan", "polling|phones|network FILE | compare A B", "queues: stations, staff, waits; see docs/queue.md", cmd_plan },
	{ "kolada", "FILE...", "indicators of other municipalities from Kolada's files", cmd_kolada },
	{ "user", "add|passwd|role|disable|enable|list ...", "accounts and roles; the first administrator", cmd_user },
};

static void
usage(FILE *f)
{
	(void)fprintf(f, "usage: narkontakt SUBCOMMAND [options]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)fprintf(f, "  %-9s %-36s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
	(void)fprintf(f, "\n  -h and --version everywhere; narkontakt(1) says the rest.\n");
}

int
cmd_fail(const char *what, const struct err *err)
{
	(void)fprintf(stderr, "narkontakt: %s: %s\n", what, err->log);
	return EXIT_FAILED;
}

int
cmd_usage(const char *what, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "narkontakt: %s: ", what);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return EXIT_USAGE;
}

/* What was printed must have arrived: a full disk or a reader that has gone is no success. A mail that has been taken is
 * taken, whatever becomes of the words about it. */
static int
written(const struct command *command, int code)
{
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || code != EXIT_DONE || command->run == cmd_mail || command->run == cmd_serve)
		return code;
	(void)fprintf(stderr, "narkontakt: %s: what was printed could not be written: %s\n", command->name,
	    errno == 0 ? "an earlier error" : strerror(errno));
	return EXIT_FAILED;
}

int
cmd_main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	representative_by_mail();
	verify_also(call_checks);
	mystery_by_mail();
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("narkontakt " NARKONTAKT_VERSION "\n");
		return EXIT_DONE;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		for (int j = 2; j < argc; j++) {
			if (strcmp(argv[j], "-h") == 0 || strcmp(argv[j], "--help") == 0) {
				(void)printf("usage: narkontakt %s %s\n\n  %s\n", commands[i].name,
				    commands[i].arguments, commands[i].help);
				return EXIT_DONE;
			}
			if (strcmp(argv[j], "--version") == 0) {
				(void)printf("narkontakt " NARKONTAKT_VERSION "\n");
				return EXIT_DONE;
			}
		}
		return written(&commands[i], commands[i].run(argc - 1, argv + 1));
	}
	return cmd_usage(argv[1], "no such subcommand; narkontakt -h lists them");
}

/* cmd/cmd.h: subcommands
 *
 * A subcommand is one file with one function; cmd_table.c lists them with their one-line help. Exit 0 done, 1 failed,
 * 2 usage (mail: sysexits). Errors go to standard error as `narkontakt: what: why`. */
#ifndef CMD_CMD_H
#define CMD_CMD_H
#include "base/base.h"

struct err; struct route;

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
	const char *name;
	const char *arguments;		/* for the usage line */
	const char *help;		/* one line */
	int (*run)(int argc, char **argv);	/* argv[0] is the subcommand's name */
};

int cmd_main(int argc, char **argv);

/* "narkontakt: WHAT: WHY" on standard error; returns EXIT_FAILED. */
int cmd_fail(const char *what, const struct err *err);
/* The same with a formatted why; returns EXIT_USAGE. */
int cmd_usage(const char *what, const char *fmt, ...) PRINTF(2, 3);

/* Every page there is, a table a room, NULL-ended; the last two places are the demonstration's. For serve and the tests. */
extern const struct route *const serve_routes[];

int cmd_calc(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_mail(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_tick(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_kolada(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_calls(int argc, char **argv);
#endif

/* cmd/calls.c: calls from a file, and exchanges, from the shell
 *
 *   narkontakt calls import --exchange CODE [--format csv|cdr] FILE    "-" is standard input; bad lines are listed, exit 1
 *   narkontakt calls exchange CODE --name NAME --unit ID               a new one, or what an old one is to be
 *   narkontakt calls queue CODE QUEUE --unit ID                        a queue of it that leads to another unit; 0 takes it away
 *   narkontakt calls token CODE [--revoke]                             a new token on standard output; the old one ends
 *
 * What is done here is on the timeline as the system's doing. The same is done at /admin/vaxlar. */
#include "cmd/cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "call/call_store.h"
#include "db/db.h"

struct calls_options { const char *db, *exchange, *format, *name; int64_t unit_id, now; bool revoke; };
struct calls_run { struct database *database; struct db *db; struct arena *a; struct calls_options o; bool bad; };

typedef bool calls_fn(struct calls_run *r, int argc, char **argv, struct err *err);

static bool
usage(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "%s (narkontakt calls -h)", what);
}

static bool
ends_in(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static bool
calls_import(struct calls_run *r, int argc, char **argv, struct err *err)
{
	struct call_list list;
	struct call_taken taken;
	struct exchange x;
	const char *format = r->o.format;
	char *data;
	size_t n;
	bool ok;

	if (argc != 1 || r->o.exchange == NULL)
		return usage(err, "give --exchange CODE and one file");
	if (format == NULL)
		format = ends_in(argv[0], "Master.csv") ? "cdr" : "csv";
	if (strcmp(format, "csv") != 0 && strcmp(format, "cdr") != 0)
		return usage(err, "--format is csv or cdr");
	if (!exchange_by_code(r->db, r->a, r->o.exchange, &x, err))
		return err_add(err, "%s", r->o.exchange);
	ok = strcmp(argv[0], "-") == 0 ? file_read_fd(r->a, STDIN_FILENO, CALL_FILE_MAX, &data, &n, err) :
	    file_read(r->a, argv[0], CALL_FILE_MAX, &data, &n, err);
	ok = ok && (strcmp(format, "csv") == 0 ? call_read_csv : call_read_cdr)(r->a, data, n, r->o.now, &list, err);
	if (!ok || !call_take(r->db, x.id, &list, r->o.now, &taken, err))
		return false;
	for (size_t i = 0; i < list.n_faults; i++)
		(void)fprintf(stderr, "%s:%zu: %s%s%s\n", argv[0], list.fault[i].line, list.fault[i].field,
		    list.fault[i].field[0] == '\0' ? "" : ": ", list.fault[i].why);
	(void)printf("taken %zu, known %zu, left out %zu, bad %zu\n", taken.taken, taken.known, list.left_out, list.bad);
	r->bad = list.bad > 0;
	return true;
}

static bool
calls_exchange(struct calls_run *r, int argc, char **argv, struct err *err)
{
	struct exchange x = { .active = true };
	struct err none = { 0 };

	if (argc != 1)
		return usage(err, "give one code, --name and --unit");
	if (!exchange_by_code(r->db, r->a, argv[0], &x, &none) && none.code != ERR_NOT_FOUND)
		return err_set(err, none.code, "%s", none.log);
	x.code = argv[0];
	x.name = r->o.name != NULL ? r->o.name : x.name;
	x.unit_id = r->o.unit_id > 0 ? r->o.unit_id : x.unit_id;
	return exchange_save(r->db, 0, &x, r->o.now, NULL, err);
}

static bool
calls_queue(struct calls_run *r, int argc, char **argv, struct err *err)
{
	struct exchange x;

	if (argc != 2 || r->o.unit_id < 0)
		return usage(err, "give a code, a queue and --unit");
	return exchange_by_code(r->db, r->a, argv[0], &x, err) &&
	    exchange_queue_set(r->db, 0, x.id, argv[1], r->o.unit_id, r->o.now, err);
}

static bool
calls_token(struct calls_run *r, int argc, char **argv, struct err *err)
{
	const char *token = NULL;
	struct exchange x;

	if (argc != 1)
		return usage(err, "give one code");
	if (!exchange_by_code(r->db, r->a, argv[0], &x, err) ||
	    !exchange_token(r->db, r->a, 0, x.id, r->o.now, r->o.revoke ? NULL : &token, err))
		return false;
	if (token != NULL)
		(void)puts(token);
	return true;
}

static const struct { const char *name; calls_fn *run; } verbs[] = {
	{ "import", calls_import }, { "exchange", calls_exchange }, { "queue", calls_queue }, { "token", calls_token },
};

static bool
options(int argc, char **argv, struct calls_options *o)
{
	static const struct option longs[] = {
		{ "db", required_argument, NULL, 'd' }, { "exchange", required_argument, NULL, 'e' },
		{ "format", required_argument, NULL, 'f' }, { "name", required_argument, NULL, 'n' },
		{ "unit", required_argument, NULL, 'u' }, { "revoke", no_argument, NULL, 'r' },
		{ "now", required_argument, NULL, 't' }, { NULL, 0, NULL, 0 },
	};
	char *end;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'd': o->db = optarg; break;
		case 'e': o->exchange = optarg; break;
		case 'f': o->format = optarg; break;
		case 'n': o->name = optarg; break;
		case 'r': o->revoke = true; break;
		case 'u':
			o->unit_id = strtoll(optarg, &end, 10);
			if (*end != '\0' || o->unit_id < 0)
				return cmd_usage("calls", "--unit: a unit's id is expected") == 0;
			break;
		case 't':
			if (!instant_parse(optarg, &o->now))
				return cmd_usage("calls", "--now: an instant like 2027-01-11T08:12:00+01:00 is expected") == 0;
			break;
		default: return false;
		}
	}
	return true;
}

static bool
run(struct calls_run *r, calls_fn *verb, int argc, char **argv, struct err *err)
{
	struct database_options opt = { .must_exist = true };

	return database_open(r->o.db, &opt, &r->database, err) && database_migrate(r->database, NULL, err) &&
	    (r->db = database_reader(r->database, err)) != NULL && verb(r, argc, argv, err);
}

int
cmd_calls(int argc, char **argv)
{
	const char *env = getenv("NARKONTAKT_DB");
	struct calls_run r = { .o = { .db = env == NULL ? "./narkontakt.db" : env, .unit_id = -1, .now = (int64_t)time(NULL) } };
	struct err err = { 0 };
	calls_fn *verb = NULL;
	int code;

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, argv[1]) == 0)
			verb = verbs[i].run;
	if (verb == NULL)
		return cmd_usage("calls", "say import, exchange, queue or token");
	if (!options(argc - 1, argv + 1, &r.o))
		return EXIT_USAGE;
	r.a = arena_open();
	if (run(&r, verb, argc - 1 - optind, argv + 1 + optind, &err)) {
		code = r.bad ? EXIT_FAILED : EXIT_DONE;
	} else {
		bool wrong = strstr(err.log, "(narkontakt calls -h)") != NULL;

		if (err.code == ERR_INPUT && err.person != NULL)	/* the message for a person is the better one here too */
			(void)snprintf(err.log, sizeof(err.log), "%s%s%s", err.field == NULL ? "" : err.field,
			    err.field == NULL ? "" : ": ", err.person);
		code = cmd_fail("calls", &err);
		code = wrong ? EXIT_USAGE : code;
	}
	database_close(r.database);
	arena_close(r.a);
	return code;
}

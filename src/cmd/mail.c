/* cmd/mail.c: one message on standard input, from the mail server's pipe
 *
 * Exit codes are sysexits: 0 taken, 75 try again (nothing was stored), 65 refused (only above the size limit), 64 usage.
 * The one line `KIND NUMBER` is printed when the message is safe on disk. */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "contact/intake.h"
#include "db/db.h"
#include "registry/document.h"

/* One thread and one connection: this is done anew for every mail. */
static bool
take(struct arena *a, const struct options *given, const char *bytes, size_t n, struct database **d,
    struct intake_result *out, struct err *err)
{
	struct options o = *given;
	struct db *db;

	o.alone = true;
	return options_database(&o, false, d, &db, err) && intake_mail(db, a, bytes, n, o.to, options_now(&o), out, err);
}

int
cmd_mail(int argc, char **argv)
{
	struct arena *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct intake_result taken;
	char *bytes;
	size_t n;
	int code = EX_USAGE;

	if (!options_parse(a, argc, argv, &o) || o.n_arguments > 0) {
		(void)(o.n_arguments > 0 && cmd_usage("mail", "no argument is expected") != 0);
	} else if (!file_read_fd(a, STDIN_FILENO, RAW_BYTES_MAX, &bytes, &n, &err)) {
		(void)cmd_fail("mail", &err);
		code = err.code == ERR_INPUT ? EX_DATAERR : EX_TEMPFAIL;
	} else if (!take(a, &o, bytes, n, &d, &taken, &err)) {
		(void)cmd_fail("mail", &err);
		code = err.code == ERR_INPUT ? EX_DATAERR : EX_TEMPFAIL;
	} else {
		(void)printf("%s %s\n", taken.kind, taken.number);
		code = fflush(stdout) == 0 ? EX_OK : EX_TEMPFAIL;
	}
	database_close(d);
	arena_close(a);
	return code;
}

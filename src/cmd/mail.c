/* cmd/mail.c: one message on standard input, from the mail server's pipe
 *
 * Exit codes are sysexits: 0 taken, 75 try again (nothing was stored), 65 refused (only above the size limit), 64 usage.
 * The one line `KIND NUMBER` is printed when the message is safe on disk. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
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

enum { HEAP_BYTES = 2 * 1024 * 1024, PAGE_BYTES = 4096 };

/* The kernel gives memory a page at a time, when each is first written to: that was half of the page faults of taking in a mail.
 * Here it is asked for all at once, as much as a usual mail needs. Without it (before Linux 5.14) all works the same. */
static void
heap_ready(void)
{
	char *p, *from;

	(void)mallopt(M_MMAP_THRESHOLD, 2 * HEAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, 2 * HEAP_BYTES);
	if ((p = malloc(HEAP_BYTES - 1)) == NULL)
		return;
	from = p + PAGE_BYTES - (uintptr_t)p % PAGE_BYTES;
	(void)madvise(from, HEAP_BYTES - 2 * PAGE_BYTES, MADV_POPULATE_WRITE);
	free(p);		/* stays ours */
}

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
	struct arena *a;
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct intake_result taken;
	char *bytes;
	size_t n;
	int code = EX_USAGE;

	heap_ready();
	a = arena_open();
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

/* cmd/mail.c: one message on standard input, from the mail server's pipe
 *
 * Exit codes are sysexits: 0 taken, 75 try again (nothing was stored), 65 refused (only above the size limit), 64 usage.
 * The one line `KIND NUMBER` is printed when the message is safe on disk. A server that runs on the same database takes it
 * (cmd/handover.h); without one it is done here. `--again ID` reads one that is stored and was not understood (cmd/again.h). */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd/again.h"
#include "cmd/cmd.h"
#include "cmd/handover.h"
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
take(struct arena *a, const struct options *given, const struct intake_in *in, struct database **d, struct intake_result *out,
    struct err *err)
{
	struct options o = *given;
	struct db *db;

	o.alone = true;
	return options_database(&o, false, d, &db, err) && intake_mails(db, a, in, 1, options_now(&o), out, err);
}

static int
failed(const struct err *err)
{
	(void)cmd_fail("mail", err);
	return err->code == ERR_INPUT ? EX_DATAERR : EX_TEMPFAIL;
}

static int
take_here(struct arena *a, const struct options *o, const struct intake_in *in)
{
	struct database *d = NULL;
	struct intake_result taken;
	struct err err = { 0 };
	int code;

	heap_ready();
	if (!take(a, o, in, &d, &taken, &err)) {
		code = failed(&err);
	} else {
		(void)printf("%s %s\n", taken.kind, taken.number);
		code = fflush(stdout) == 0 ? EX_OK : EX_TEMPFAIL;
	}
	database_close(d);
	return code;
}

/* False: nobody has answered for it. Should somebody have taken it all the same, `in` knows since when. */
static bool
hand_over(struct arena *a, const struct options *o, struct intake_in *in, int *code)
{
	int64_t now = options_now(o);
	const char *words;

	if (o->now != 0)
		return false;		/* the server's clock is its own */
	switch (handover_ask(a, o->db, in->envelope_to, in->bytes, in->n, code, &words)) {
	case HANDOVER_NOBODY:
		return false;
	case HANDOVER_UNSURE:
		in->handed_at = now;
		return false;
	case HANDOVER_ANSWERED:
		break;
	}
	if (*code != EX_OK)
		(void)fprintf(stderr, "narkontakt: mail: the server: %s\n", words);
	else if (printf("%s\n", words) < 0 || fflush(stdout) != 0)
		*code = EX_TEMPFAIL;
	return true;
}

int
cmd_mail(int argc, char **argv)
{
	struct arena *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct intake_in in = { 0 };
	char *bytes;
	int code = EX_USAGE;

	if (!options_parse(a, argc, argv, &o) || o.n_arguments > 0) {
		(void)(o.n_arguments > 0 && cmd_usage("mail", "no argument is expected") != 0);
	} else if (o.again != 0) {
		code = again_read(o.db, o.again);
	} else if (!file_read_fd(a, STDIN_FILENO, RAW_BYTES_MAX, &bytes, &in.n, &err)) {
		code = failed(&err);
	} else {
		in.bytes = bytes;
		in.envelope_to = o.to;
		if (!hand_over(a, &o, &in, &code))
			code = take_here(a, &o, &in);
	}
	arena_close(a);
	return code;
}

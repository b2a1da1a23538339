/* tests/service/test_mail_pipe.c: SMTP to a real Postfix, its pipe to `narkontakt mail`, a contact in the database
 *
 * B is the build folder (make service sets it). Skips where Postfix cannot run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pwd.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "mail/compose.h"
#include "mail/send.h"
#include "peers.h"

static struct arena *arena;
static struct peer postfix;
static char folder[64];		/* of the database and the pipe's script */

static const char *
program(void)
{
	const char *b = getenv("B");

	return arena_printf(arena, "%s/narkontakt", b != NULL ? b : "build");
}

/* Runs a shell command; what it printed, and its exit code. */
static const char *
shell(int *code, const char *command)
{
	FILE *f = popen(command, "r");
	size_t n = 0, cap = 1024 * 1024;
	char *out = arena_alloc(arena, cap);

	assert_non_null(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	*code = pclose(f);
	return out;
}

static int
start(void **state)
{
	const struct passwd *nobody = getpwnam("nobody");
	char script[128];
	int code;
	FILE *f;

	(void)state;
	arena = arena_open();
	if (getuid() != 0 || nobody == NULL)
		return 0;
	(void)snprintf(folder, sizeof(folder), "/tmp/nk-peer.XXXXXX");
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || mkdir(arena_printf(arena, "%s/db", folder), 0755) != 0)
		return -1;
	/* Postfix's user must reach it, and a home of root's may be closed to it: a copy. */
	(void)shell(&code, arena_printf(arena, "cp '%s' %s/narkontakt && chmod 755 %s/narkontakt && "
	    "%s/narkontakt init --demo --contacts 5 --db %s/db/nk.db 2>&1 && chown -R nobody %s/db", program(), folder, folder,
	    folder, folder, folder));
	if (code != 0)
		return -1;
	(void)snprintf(script, sizeof(script), "%s/take", folder);
	if ((f = fopen(script, "w")) == NULL)
		return -1;
	(void)fprintf(f, "#!/bin/sh\nexec %s/narkontakt mail --db %s/db/nk.db --to \"$1\" >>%s/db/said 2>>%s/db/log\n", folder, folder,
	    folder, folder);
	if (fclose(f) != 0 || chmod(script, 0755) != 0)
		return -1;
	(void)peer_start(&postfix, "postfix-start", "", arena_printf(arena, "%s '${recipient}'", script));
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	peer_stop(&postfix, "postfix-stop");
	if (folder[0] != '\0')
		(void)nftw(folder, peer_remove, 20, FTW_DEPTH | FTW_PHYS);
	arena_close(arena);
	return 0;
}

static void
send_mail(const char *message_id, const char *subject)
{
	struct mail_outgoing in = { .from = "asa@example.org", .from_name = "Åsa Öberg", .to = "info@kommun.example",
		.subject = subject, .text = "Lampan är trasig.\n", .message_id = message_id, .date = 1799651520 };
	struct smtp_config c = { .url = arena_printf(arena, "smtp://127.0.0.1:%s", postfix.port), .tls = "off", .timeout_s = 20 };
	const char *bytes;
	size_t n;
	struct err err = { 0 };
	struct smtp *s = smtp_open(&c, &err);
	struct smtp_result r;

	assert_non_null(s);
	assert_true(mail_compose(arena, &in, &bytes, &n, &err));
	r = smtp_send(s, in.from, in.to, bytes, n);
	smtp_close(s);
	if (r.outcome != SMTP_DELIVERED)
		fail_msg("%d %s", r.code, r.text);
}

static int
count(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

/* Waits at most 20 seconds until `file` in the database's folder holds `word` `times`. */
static bool
said(const char *word, int times)
{
	for (int i = 0; i < 450; i++) {
		int code;

		if (count(shell(&code, arena_printf(arena, "cat %s/db/said 2>/dev/null", folder)), word) >= times)
			return true;
		(void)nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	}
	return false;
}

static const char *
contacts(void)
{
	int code;
	const char *out = shell(&code, arena_printf(arena, "%s/narkontakt list contacts --json --db %s/db/nk.db 2>&1", folder, folder));

	if (code != 0)
		fail_msg("%s", out);
	return out;
}

static void
test_a_mail_becomes_a_contact_once(void **state)
{
	const char *list;

	(void)state;
	if (!postfix.running)
		skip();
	send_mail("pipe-1@example.org", "Släckt lampa på Åvägen");
	assert_true(said("contact K-", 1));
	send_mail("pipe-1@example.org", "Släckt lampa på Åvägen");	/* the same message again */
	assert_true(said("duplicate K-", 1));
	list = contacts();
	assert_int_equal(count(list, "pipe-1@example.org"), 1);
	assert_non_null(strstr(list, "Släckt lampa på Åvägen"));
	assert_non_null(strstr(list, "Åsa Öberg"));
}

static void
test_nothing_is_lost_while_the_database_is_away(void **state)
{
	int code;

	(void)state;
	if (!postfix.running)
		skip();
	(void)shell(&code, arena_printf(arena, "mv %s/db/nk.db %s/db/away.db; mv %s/db/nk.db-wal %s/db/away.db-wal 2>/dev/null; "
	    "mkdir %s/db/nk.db", folder, folder, folder, folder, folder));
	send_mail("pipe-2@example.org", "Under tiden");
	(void)nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);
	(void)shell(&code, arena_printf(arena, "rmdir %s/db/nk.db; mv %s/db/away.db-wal %s/db/nk.db-wal 2>/dev/null; "
	    "mv %s/db/away.db %s/db/nk.db", folder, folder, folder, folder, folder));
	assert_int_equal(code, 0);
	assert_int_equal(count(contacts(), "pipe-2@example.org"), 0);	/* exit 75: Postfix keeps it */
	assert_true(said("contact K-", 2));
	assert_int_equal(count(contacts(), "pipe-2@example.org"), 1);
	(void)shell(&code, arena_printf(arena, "%s/narkontakt verify --db %s/db/nk.db", folder, folder));
	assert_int_equal(code, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mail_becomes_a_contact_once),
		cmocka_unit_test(test_nothing_is_lost_while_the_database_is_away),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

/* tests/service/test_mail_peers.c: mail out and in with a real Postfix and a real Dovecot, on loopback */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/random.h"
#include "mail/classify.h"
#include "mail/compose.h"
#include "mail/message.h"
#include "mail/receive.h"
#include "mail/send.h"
#include "mail/token.h"
#include "peers.h"

static struct arena *arena;
static struct peer postfix, dovecot;
static char piped[128], cert[128];	/* where the pipe's program puts mails; Postfix's certificate */
static const unsigned char key[32] = "0123456789abcdef0123456789abcdef";

/* --- the stage --- */

static void
write_text_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int
start(void **state)
{
	static char folder[] = "/tmp/nk-peer.pXXXXXX";
	char program[200], more[600];
	const struct passwd *nobody = getpwnam("nobody");

	(void)state;
	arena = arena_open();
	if (getuid() != 0 || nobody == NULL || mkdtemp(folder) == NULL)
		return 0;
	(void)snprintf(piped, sizeof(piped), "%s/in", folder);
	(void)snprintf(program, sizeof(program), "%s/take", folder);
	if (chmod(folder, 0755) != 0 || mkdir(piped, 0755) != 0 || chown(piped, nobody->pw_uid, nobody->pw_gid) != 0)
		return -1;
	write_text_file(program, "#!/bin/sh\nf=$(mktemp \"$1/.mail.XXXXXX\") && { echo \"X-Envelope-To: $2\"; cat; } >\"$f\" && "
	    "mv \"$f\" \"$1/$(basename \"$f\" | cut -c2-)\"\n", 0755);
	(void)snprintf(more, sizeof(more), "%s %s '${recipient}'", program, piped);
	(void)peer_start(&dovecot, "dovecot-start", "", "");
	(void)peer_start(&postfix, "postfix-start", dovecot.sasl_socket, more);
	(void)snprintf(cert, sizeof(cert), "%s/cert.pem", postfix.dir);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	peer_stop(&postfix, "postfix-stop");
	peer_stop(&dovecot, "dovecot-stop");
	if (*piped != '\0') {
		piped[strlen(piped) - 3] = '\0';	/* its folder */
		(void)nftw(piped, peer_remove, 20, FTW_DEPTH | FTW_PHYS);
	}
	arena_close(arena);
	return 0;
}

static void
nap(long ms)
{
	(void)nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* How many files a folder has, waiting at most ten seconds for `at_least`. */
static int
files_in(const char *folder, int at_least)
{
	int n = 0;

	for (int i = 0; i < 100; i++) {
		struct dirent **entry = NULL;

		n = scandir(folder, &entry, visible, NULL);
		for (int k = 0; k < n; k++)
			free(entry[k]);
		free(entry);
		if (n >= at_least)
			break;
		nap(100);
	}
	return n < 0 ? 0 : n;
}

/* The mail in a folder whose subject or text holds `word`, waiting at most ten seconds. */
static bool
find_mail(const char *folder, const char *word, struct mime_message *out)
{
	for (int i = 0; i < 100; i++) {
		struct dirent **entry = NULL;
		int n = scandir(folder, &entry, visible, alphasort);
		bool found = false;

		for (int k = 0; k < n; k++) {
			struct err err = { 0 };
			char *bytes;
			size_t size;

			if (!found && file_read(arena, arena_printf(arena, "%s/%s", folder, entry[k]->d_name), MIME_BYTES_MAX, &bytes,
			    &size, &err) && memmem(bytes, size, word, strlen(word)) != NULL)
				found = mime_parse(arena, bytes, size, out, &err);
			free(entry[k]);
		}
		free(entry);
		if (found)
			return true;
		nap(100);
	}
	return false;
}

static int
count_in_log(const char *words)
{
	struct err err = { 0 };
	char *log;
	size_t n;
	int count = 0;

	nap(300);		/* postlogd is a step behind */
	assert_true(file_read(arena, postfix.log, 100u * 1024 * 1024, &log, &n, &err));
	for (const char *p = log; (p = strstr(p, words)) != NULL; p++)
		count++;
	return count;
}

static const char *
example(const char *subject, const char *message_id, size_t *n)
{
	struct mail_outgoing in = {
		.from = "info@kommun.example", .from_name = "Lillåns kommun", .to = "asa@example.org", .subject = subject,
		.text = "Hej!\n.\n..punkter\nn3 OK inte ett svar\n", .message_id = message_id, .date = 1799651520,
		.reply_to = arena_printf(arena, "reply+%s@kommun.example", mail_token_make(arena, key, "K-2027-000118")),
	};
	const char *bytes;
	struct err err = { 0 };

	assert_true(mail_compose(arena, &in, &bytes, n, &err));
	return bytes;
}

static struct smtp_config
to_postfix(void)
{
	return (struct smtp_config){ .url = arena_printf(arena, "smtp://127.0.0.1:%s", postfix.port), .tls = "required",
		.ca_file = cert, .helo = "kommun.example", .connect_timeout_s = 5, .timeout_s = 20 };
}

static struct smtp *
open_smtp(const struct smtp_config *c)
{
	struct err err = { 0 };
	struct smtp *s = smtp_open(c, &err);

	assert_non_null(s);
	return s;
}

/* --- out --- */

static void
test_several_messages_over_one_connection(void **state)
{
	struct smtp_config c = to_postfix();
	struct smtp *s;
	struct mime_message m;
	size_t n;
	int connections, with_tls;

	(void)state;
	if (!postfix.running)
		skip();
	/* whoever asked whether Postfix runs has gone, also in its log */
	for (int i = 0; i < 100 && (count_in_log(": connect from") == 0 || count_in_log(": connect from") > count_in_log(": disconnect from")); i++)
		(void)nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	connections = count_in_log(": connect from");
	with_tls = count_in_log("TLS connection established");
	s = open_smtp(&c);
	for (int i = 0; i < 3; i++) {
		const char *bytes = example("Många på en gång", arena_printf(arena, "many-%d@kommun.example", i), &n);
		struct smtp_result r = smtp_send(s, "info@kommun.example", "asa@example.org", bytes, n);

		if (r.outcome != SMTP_DELIVERED || r.code != 250)
			fail_msg("%d %s", r.code, r.text);
	}
	smtp_close(s);
	assert_int_equal(count_in_log(": connect from"), connections + 1);
	assert_int_equal(count_in_log("TLS connection established"), with_tls + 1);
	assert_true(find_mail(arena_printf(arena, "%s/new", postfix.maildir), "many-2@", &m));
	assert_string_equal(m.subject, "Många på en gång");
	assert_string_equal(m.text, "Hej!\n.\n..punkter\nn3 OK inte ett svar\n");
	assert_string_equal(m.from.name, "Lillåns kommun");
}

static void
test_no_is_permanent_and_later_is_temporary(void **state)
{
	static const struct { const char *to; enum smtp_outcome outcome; int code; } row[] = {
		{ "refused@example.org", SMTP_PERMANENT, 550 }, { "later@example.org", SMTP_TEMPORARY, 450 },
		{ "asa@example.org", SMTP_DELIVERED, 250 }, { "asa@example.org\r\nRCPT TO:<x@example.org>", SMTP_PERMANENT, 0 },
		{ "-oQ/tmp@example.org", SMTP_PERMANENT, 0 }, { "bo@example.org", SMTP_DELIVERED, 250 },
	};
	struct smtp_config c = to_postfix();
	struct smtp *s;
	size_t n;
	const char *bytes = example("Ja och nej", "yes-no@kommun.example", &n);

	(void)state;
	if (!postfix.running)
		skip();
	s = open_smtp(&c);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct smtp_result r = smtp_send(s, "", row[i].to, bytes, n);

		if (r.outcome != row[i].outcome || r.code != row[i].code)
			fail_msg("%s: %d, %d %s", row[i].to, (int)r.outcome, r.code, r.text);
	}
	smtp_close(s);
}

static void
test_what_is_wrong_around_a_message_is_temporary(void **state)
{
	size_t n;
	const char *bytes = example("Fel runt omkring", "around@kommun.example", &n);
	struct smtp_result r;
	struct smtp *s;
	struct smtp_config c = to_postfix();
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t at_n = sizeof(at);
	int silent = socket(AF_INET, SOCK_STREAM, 0);
	double began;

	(void)state;
	if (!postfix.running)
		skip();
	c.ca_file = NULL;		/* a certificate nobody vouches for */
	s = open_smtp(&c);
	r = smtp_send(s, "", "asa@example.org", bytes, n);
	assert_int_equal(r.outcome, SMTP_TEMPORARY);
	smtp_close(s);

	c = to_postfix();
	c.url = "smtp://127.0.0.1:1";	/* nobody there */
	s = open_smtp(&c);
	r = smtp_send(s, "", "asa@example.org", bytes, n);
	assert_int_equal(r.outcome, SMTP_TEMPORARY);
	assert_int_equal(r.code, 0);
	assert_true(r.text[0] != '\0');
	smtp_close(s);

	assert_int_equal(bind(silent, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(silent, 1), 0);
	assert_int_equal(getsockname(silent, (struct sockaddr *)&at, &at_n), 0);
	c.url = arena_printf(arena, "smtp://127.0.0.1:%d", ntohs(at.sin_port));	/* somebody who says nothing */
	c.timeout_s = 2;
	began = seconds();
	s = open_smtp(&c);
	r = smtp_send(s, "", "asa@example.org", bytes, n);
	assert_int_equal(r.outcome, SMTP_TEMPORARY);
	assert_true(seconds() - began < 6);
	smtp_close(s);
	(void)close(silent);
}

static void
test_signing_in(void **state)
{
	struct smtp_config c = to_postfix();
	size_t n;
	const char *bytes = example("Inloggad", "auth@kommun.example", &n);
	struct smtp_result r;
	struct smtp *s;

	(void)state;
	if (!postfix.running || !dovecot.running)
		skip();
	c.user = "kommun";
	c.password = "hemligt ord";
	s = open_smtp(&c);
	r = smtp_send(s, "", "asa@example.org", bytes, n);
	if (r.outcome != SMTP_DELIVERED)
		fail_msg("%d %s", r.code, r.text);
	smtp_close(s);
	assert_int_equal(count_in_log("sasl_username=kommun"), 1);
	c.password = "fel";
	s = open_smtp(&c);
	r = smtp_send(s, "", "asa@example.org", bytes, n);
	assert_int_equal(r.outcome, SMTP_TEMPORARY);	/* our fault, not the message's */
	assert_int_equal(r.code, 535);
	smtp_close(s);
}

/* --- in through a pipe --- */

static void
test_a_pipe_gets_the_mail_and_its_recipient(void **state)
{
	struct smtp_config c = to_postfix();
	struct smtp *s;
	size_t n;
	const char *bytes = example("Genom ett rör", "pipe@kommun.example", &n), *token = mail_token_make(arena, key, "K-2027-000007");
	struct mime_message m;

	(void)state;
	if (!postfix.running)
		skip();
	s = open_smtp(&c);
	assert_int_equal(smtp_send(s, "asa@example.org", arena_printf(arena, "reply+%s@kommun.example", token), bytes, n).outcome,
	    SMTP_DELIVERED);
	smtp_close(s);
	assert_true(find_mail(piped, "pipe@kommun.example", &m));
	assert_string_equal(mail_token_open(arena, key, mail_token_of_address(arena, mime_header(&m, "X-Envelope-To"))),
	    "K-2027-000007");
}

static void
test_a_late_bounce_comes_back_to_our_token(void **state)
{
	struct smtp_config c = to_postfix();
	struct smtp *s;
	size_t n;
	const char *bytes = example("Studsar", "bounces@kommun.example", &n), *token = mail_token_make(arena, key, "K-2027-000118");
	struct mime_message m;
	struct mail_verdict v;

	(void)state;
	if (!postfix.running)
		skip();
	s = open_smtp(&c);
	assert_int_equal(smtp_send(s, arena_printf(arena, "reply+%s@kommun.example", token), "eva@late-bounce.example", bytes,
	    n).outcome, SMTP_DELIVERED);
	smtp_close(s);
	assert_true(find_mail(piped, "Undelivered Mail", &m));
	mail_classify(arena, &m, NULL, 0, &v);
	assert_int_equal(v.kind, MAIL_DELIVERY_FAILURE);
	assert_string_equal(v.recipient, "eva@late-bounce.example");
	assert_string_equal(v.status, "5.1.1");
	assert_int_equal(v.reason, MAIL_REASON_NO_SUCH_ADDRESS);
	assert_string_equal(v.original_message_id, "bounces@kommun.example");
	assert_string_equal(mail_token_open(arena, key, mail_token_of_address(arena, v.original_reply_address)), "K-2027-000118");
	assert_string_equal(mail_token_open(arena, key, mail_token_of_address(arena, mime_header(&m, "X-Envelope-To"))),
	    "K-2027-000118");
	assert_false(v.may_be_answered);
}

/* --- in from a Maildir --- */

struct taker { int taken; enum err_code refuse; int exit_after; struct hash last; };

static bool
take_one(void *arg, const char *bytes, size_t n, struct err *err)
{
	struct taker *t = arg;

	if (t->refuse != ERR_NONE)
		return err_set(err, t->refuse, "not this one");
	t->last = hash_bytes(bytes, n);
	t->taken++;
	if (t->exit_after != 0 && t->taken == t->exit_after)
		_exit(7);		/* stored, and gone before anybody was told */
	return true;
}

static bool
take_many(void *arg, const struct mail_bytes *mail, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!take_one(arg, mail[i].bytes, mail[i].n, err))
			return false;
	}
	return true;
}

static void *
send_soon(void *arg)
{
	struct smtp_config c = to_postfix();
	struct smtp *s = open_smtp(&c);
	size_t n;
	const char *bytes = arg;

	n = strlen(bytes);
	nap(300);
	(void)smtp_send(s, "", "asa@example.org", bytes, n);
	smtp_close(s);
	return NULL;
}

static void
test_a_maildir_lets_go_only_of_what_is_stored(void **state)
{
	struct err err = { 0 };
	struct maildir *m;
	struct received got;
	struct taker t = { 0 };
	const char *new_folder = arena_printf(arena, "%s/new", postfix.maildir), *cur = arena_printf(arena, "%s/cur", postfix.maildir);
	size_t n;
	const char *bytes = example("Brevlådan", "maildir@kommun.example", &n);
	pthread_t thread;
	double began;
	int before, status;
	pid_t child;

	(void)state;
	if (!postfix.running)
		skip();
	assert_null(maildir_open("/tmp/nk-peer.none", &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	before = files_in(new_folder, 5);
	assert_true(before >= 5);
	assert_non_null(m = maildir_open(postfix.maildir, &err));

	t.refuse = ERR_BUSY;
	assert_false(maildir_receive(m, take_many, NULL, &t, &got, &err));
	assert_int_equal(files_in(new_folder, before), before);

	child = fork();			/* dies after storing the second, before anything is moved: all come again */
	if (child == 0) {
		struct taker dies = { .exit_after = 2 };

		(void)maildir_receive(m, take_many, NULL, &dies, &got, &err);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(files_in(new_folder, before), before);

	t = (struct taker){ .refuse = ERR_INPUT };	/* put aside, flagged */
	assert_true(maildir_receive(m, take_many, NULL, &t, &got, &err));
	assert_int_equal(got.refused, before);
	assert_int_equal(files_in(new_folder, 0), 0);
	assert_int_equal(files_in(cur, before), before);

	assert_int_equal(pthread_create(&thread, NULL, send_soon, arena_strndup(arena, bytes, n)), 0);
	began = seconds();
	t = (struct taker){ 0 };
	while (t.taken == 0 && seconds() - began < 20) {
		maildir_wait(m, 20000);
		assert_true(maildir_receive(m, take_many, NULL, &t, &got, &err));
	}
	assert_int_equal(t.taken, 1);
	assert_true(seconds() - began < 10);		/* it was told, not found by waiting */
	assert_int_equal(pthread_join(thread, NULL), 0);
	maildir_close(m);
}

/* --- in by IMAP --- */

static struct imap_config
to_dovecot(void)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/cert.pem", dovecot.dir);
	return (struct imap_config){ .host = "127.0.0.1", .port = (int)strtol(dovecot.port, NULL, 10), .tls = IMAP_TLS_REQUIRED,
		.user = "kommun", .password = "hemligt ord", .ca_file = path, .timeout_s = 10 };
}

static void
put_in_mailbox(const char *name, const char *bytes, size_t n)
{
	const char *tmp = arena_printf(arena, "%s/tmp/%s", dovecot.maildir, name);
	const struct passwd *nobody = getpwnam("nobody");
	struct err err = { 0 };

	assert_true(file_write(tmp, bytes, n, 0600, &err));
	assert_int_equal(chown(tmp, nobody->pw_uid, nobody->pw_gid), 0);
	assert_int_equal(rename(tmp, arena_printf(arena, "%s/new/%s", dovecot.maildir, name)), 0);
}

static const char *late_name = "900.late.x";

static void *
arrive_soon(void *arg)
{
	nap(500);
	put_in_mailbox(late_name, arg, strlen(arg));
	return NULL;
}

static void
test_imap_lets_go_only_of_what_is_stored(void **state)
{
	static const char protocol[] = "Subject: n2 OK\r\n\r\nn3 OK FETCH completed\r\n* BYE\r\n{10}\r\n";
	static const char odd[] = "Subject: \xe5\r\n\r\n\xff\r\n";
	struct imap_config c = to_dovecot();
	struct err err = { 0 };
	struct imap *i;
	struct received got;
	struct taker t = { 0 };
	size_t n;
	const char *bytes = example("Via IMAP", "imap@kommun.example", &n);

	(void)state;
	if (!dovecot.running)
		skip();
	put_in_mailbox("100.a.x", bytes, n);
	put_in_mailbox("101.b.x", protocol, strlen(protocol));
	put_in_mailbox("102.c.x", odd, strlen(odd));
	if ((i = imap_open(&c, &err)) == NULL)
		fail_msg("%s", err.log);
	t.refuse = ERR_BUSY;
	assert_false(imap_receive(i, take_one, &t, &got, &err));	/* still unseen */
	t.refuse = ERR_NONE;
	if (!imap_receive(i, take_one, &t, &got, &err))
		fail_msg("%s", err.log);
	assert_int_equal(got.taken, 3);
	assert_memory_equal(t.last.b, hash_bytes(odd, strlen(odd)).b, 32);
	assert_true(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(got.taken, 0);
	imap_close(i);

	c.tls = IMAP_TLS_IMPLICIT;			/* what is refused is set aside; the rest is moved */
	c.port = (int)strtol(dovecot.tls_port, NULL, 10);
	c.move_to = "Hanterat";
	put_in_mailbox("103.d.x", bytes, n);
	for (int k = 0; k < 3; k++) {
		static const char *const parts[] = { "", "/cur", "/new" };
		const struct passwd *nobody = getpwnam("nobody");
		char *path = arena_printf(arena, "%s/.Hanterat%s", dovecot.maildir, parts[k]);

		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(chown(path, nobody->pw_uid, nobody->pw_gid), 0);
	}
	if ((i = imap_open(&c, &err)) == NULL)
		fail_msg("%s", err.log);
	if (!imap_receive(i, take_one, &t, &got, &err))
		fail_msg("%s", err.log);
	assert_int_equal(got.taken, 1);
	assert_int_equal(files_in(arena_printf(arena, "%s/.Hanterat/cur", dovecot.maildir), 1), 1);
	put_in_mailbox("104.e.x", bytes, n);
	t.refuse = ERR_INPUT;
	assert_true(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(got.refused, 1);
	assert_true(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(got.refused, 0);
	imap_close(i);
}

static void
test_imap_idle_hears_of_new_mail(void **state)
{
	struct imap_config c = to_dovecot();
	struct err err = { 0 };
	struct imap *i;
	struct received got;
	struct taker t = { 0 };
	size_t n;
	pthread_t thread;
	double began = seconds();

	(void)state;
	if (!dovecot.running)
		skip();
	if ((i = imap_open(&c, &err)) == NULL)
		fail_msg("%s", err.log);
	assert_true(imap_can_idle(i));
	assert_true(imap_wait(i, 1, &err));		/* nothing comes: the time is up */
	assert_true(seconds() - began >= 0.9);
	assert_int_equal(pthread_create(&thread, NULL, arrive_soon, arena_strdup(arena, example("Sent", "late@kommun.example", &n))), 0);
	began = seconds();
	assert_true(imap_wait(i, 60, &err));
	assert_true(seconds() - began < 30);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(got.taken, 1);
	imap_close(i);
}

static void *
stop_soon(void *arg)
{
	(void)usleep(1000000);
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

/* imap-poll: kept to the second also above the steps of five it waits in, and not needed where the server tells. */
static void
test_imap_rests_as_long_as_it_is_told(void **state)
{
	struct imap_config c = to_dovecot();
	struct peer silent = { 0 };
	atomic_bool stop = false;
	struct err err = { 0 };
	struct received got;
	struct taker t = { 0 };
	struct imap *i;
	pthread_t thread;
	double began, rested;
	size_t n;

	(void)state;
	if (!dovecot.running)
		skip();
	if ((i = imap_open(&c, &err)) == NULL)
		fail_msg("%s", err.log);
	began = seconds();
	assert_true(imap_rest(i, 7, &stop, &err));		/* it can tell, and nothing comes */
	rested = seconds() - began;
	assert_true(rested >= 6.9 && rested < 30);
	late_name = "901.later.x";
	assert_int_equal(pthread_create(&thread, NULL, arrive_soon, arena_strdup(arena, example("Sent", "idle@kommun.example", &n))), 0);
	began = seconds();
	assert_true(imap_rest(i, 90, &stop, &err));
	assert_true(seconds() - began < 60);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(got.taken, 1);
	imap_close(i);

	/* one that cannot tell: whatever arrives meanwhile, the interval is kept, and no word is said */
	assert_int_equal(setenv("DOVECOT_CAPABILITY", "IMAP4rev1 UIDPLUS MOVE", 1), 0);
	(void)peer_start(&silent, "dovecot-start", "", "");
	assert_int_equal(unsetenv("DOVECOT_CAPABILITY"), 0);
	assert_true(silent.running);
	c.port = (int)strtol(silent.port, NULL, 10);
	c.ca_file = arena_printf(arena, "%s/cert.pem", silent.dir);
	if ((i = imap_open(&c, &err)) == NULL)
		fail_msg("%s", err.log);
	assert_false(imap_can_idle(i));
	for (int round = 0; round < 2; round++) {
		began = seconds();
		assert_true(imap_rest(i, 7, &stop, &err));
		rested = seconds() - began;
		assert_true(rested >= 6.9 && rested < 12);
		assert_true(imap_receive(i, take_one, &t, &got, &err));
	}
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stop), 0);
	began = seconds();
	assert_true(imap_rest(i, 90, &stop, &err));
	assert_true(seconds() - began < 30);
	assert_int_equal(pthread_join(thread, NULL), 0);
	imap_close(i);
	peer_stop(&silent, "dovecot-stop");
}

static void
test_imap_says_what_is_wrong(void **state)
{
	struct imap_config c = to_dovecot();
	struct err err = { 0 };
	struct imap *i;
	struct received got;
	struct taker t = { 0 };

	(void)state;
	if (!dovecot.running)
		skip();
	c.password = "fel";
	assert_null(imap_open(&c, &err));
	assert_int_equal(err.code, ERR_DENIED);
	c = to_dovecot();
	c.mailbox = "Finns inte";
	assert_null(imap_open(&c, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	c.mailbox = "x\"\r\nn9 DELETE INBOX";
	assert_null(imap_open(&c, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	c = to_dovecot();
	c.ca_file = NULL;
	assert_null(imap_open(&c, &err));
	assert_int_equal(err.code, ERR_BUSY);
	c = to_dovecot();
	assert_non_null(i = imap_open(&c, &err));
	peer_stop(&dovecot, "dovecot-stop");
	assert_false(imap_receive(i, take_one, &t, &got, &err));
	assert_int_equal(err.code, ERR_BUSY);
	imap_close(i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_messages_over_one_connection),
		cmocka_unit_test(test_no_is_permanent_and_later_is_temporary),
		cmocka_unit_test(test_what_is_wrong_around_a_message_is_temporary),
		cmocka_unit_test(test_signing_in),
		cmocka_unit_test(test_a_pipe_gets_the_mail_and_its_recipient),
		cmocka_unit_test(test_a_late_bounce_comes_back_to_our_token),
		cmocka_unit_test(test_a_maildir_lets_go_only_of_what_is_stored),
		cmocka_unit_test(test_imap_lets_go_only_of_what_is_stored),
		cmocka_unit_test(test_imap_idle_hears_of_new_mail),
		cmocka_unit_test(test_imap_rests_as_long_as_it_is_told),
		cmocka_unit_test(test_imap_says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

/* tests/service/test_handover.c: `narkontakt mail` and the server beside it, and everything that can go wrong between them
 *
 * The real program, on SQLite. Whatever breaks, a message that `mail` said it took is there exactly once, and what it printed is
 * what the message became. B is the build folder (make service sets it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cmd/handover.h"
#include "faults.h"

enum { WAIT_MS = 20000, STEP_MS = 20, MANY = 60, AT_ONCE = 6 };

static struct bed bed;
static char path[100], log_path[100];

static int
start(void **state)
{
	(void)state;
	if (!bed_open(&bed, DB_SQLITE))
		return -1;
	(void)snprintf(path, sizeof(path), "%s-mail", bed.url);
	(void)snprintf(log_path, sizeof(log_path), "%s/log", bed.dir);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bed_close(&bed);
	return 0;
}

/* What servers said since the last call; "" when nothing. */
static const char *
said_by_servers(void)
{
	static char text[65536];
	FILE *f = fopen(log_path, "r");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);

	text[n] = '\0';
	if (f != NULL)
		(void)fclose(f);
	if (truncate(log_path, 0) != 0 && errno != ENOENT)
		abort();
	return text;
}

static bool
is_socket_answered(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	yes = connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0;
	(void)close(fd);
	return yes;
}

static void
wait_for_socket(void)
{
	for (int i = 0; i < WAIT_MS / STEP_MS && !is_socket_answered(); i++)
		fault_sleep_ms(STEP_MS);
	assert_true(is_socket_answered());
}

static void
wait_for_log(const char *word)
{
	char text[65536] = "";

	for (int i = 0; i < WAIT_MS / STEP_MS && strstr(text, word) == NULL; i++) {
		FILE *f = fopen(log_path, "r");
		size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);

		text[n] = '\0';
		if (f != NULL)
			(void)fclose(f);
		fault_sleep_ms(STEP_MS);
	}
	assert_non_null(strstr(text, word));
}

/* Its log is what tells that it took a mail. */
static pid_t
serve(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		(void)dup2(log, 2);
		for (int fd = 3; fd < 256; fd++)
			(void)close(fd);
		(void)execl(fault_program(), "narkontakt", "serve", "--db", bed.url, "--listen", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void
end_server(pid_t server)
{
	assert_int_equal(kill(server, SIGTERM), 0);
	assert_int_equal(fault_wait(server), 0);
}

static size_t
write_mail(char *to, size_t size, const char *name)
{
	return (size_t)snprintf(to, size, "From: Demo <demo@example.org>\nTo: info@kommun.example\nSubject: %s-\nMessage-ID: <%s@example.org>\n"
	    "\nLampan vid %s är trasig.\n", name, name, name);
}

/* The exit code of `mail` for the message of this name, as this user; what it said without its end of line. */
static int
mail_as(uid_t uid, const char *name, char said[100])
{
	char text[1000];
	size_t n = write_mail(text, sizeof(text), name);
	int in = fault_text_fd(text, n), out[2], code;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	if ((pid = fork()) == 0) {
		(void)dup2(in, 0);
		(void)dup2(out[1], 1);
		if (uid != getuid() && (setgid(uid) != 0 || setuid(uid) != 0))
			_exit(127);
		(void)execl(fault_program(), "narkontakt", "mail", "--db", bed.url, (char *)NULL);
		_exit(127);
	}
	(void)close(in);
	(void)close(out[1]);
	code = fault_wait(pid);
	got = read(out[0], said, 99);
	said[got > 0 ? got : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	(void)close(out[0]);
	return code;
}

static void
expect(const char *name, const char *kind)
{
	char said[100];
	int code = mail_as(getuid(), name, said);

	if (code != 0 || strncmp(said, kind, strlen(kind)) != 0 || strncmp(said + strlen(kind), " K-", 3) != 0)
		fail_msg("%s: exit %d, \"%s\" instead of %s", name, code, said, kind);
}

static int64_t
times_there(const char *name)
{
	struct err err = { 0 };
	int64_t n = 0;

	if (!db_id(bed.db, "SELECT COUNT(*) FROM contact WHERE subject = $1 || '-'", &n, &err, "t", name))
		store_fail(name, &err);
	return n;
}

static void
test_the_server_takes_it(void **state)
{
	pid_t server = serve();
	struct stat st;

	(void)state;
	wait_for_socket();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect("served", "contact");
	assert_non_null(strstr(said_by_servers(), "kind=contact"));
	expect("served", "duplicate");
	assert_non_null(strstr(said_by_servers(), "kind=duplicate"));
	assert_int_equal(times_there("served"), 1);
	end_server(server);
	assert_int_not_equal(access(path, F_OK), 0);		/* it takes its name with it */
	expect("alone", "contact");
	assert_null(strstr(said_by_servers(), "kind="));
}

static void
test_a_name_that_a_killed_server_left(void **state)
{
	pid_t server = serve();

	(void)state;
	wait_for_socket();
	(void)kill(server, SIGKILL);
	(void)fault_wait(server);
	assert_int_equal(access(path, F_OK), 0);
	expect("orphan", "contact");
	server = serve();
	wait_for_socket();
	(void)said_by_servers();
	expect("orphan-2", "contact");
	assert_non_null(strstr(said_by_servers(), "kind=contact"));
	end_server(server);
}

static void
test_two_servers(void **state)
{
	pid_t first = serve(), second;

	(void)state;
	wait_for_socket();
	second = serve();
	wait_for_log("state=waiting");
	expect("two-1", "contact");
	end_server(first);
	expect("two-2", "contact");		/* by whoever it may be */
	wait_for_socket();			/* the second has seen that it is its turn */
	(void)said_by_servers();
	expect("two-3", "contact");
	assert_non_null(strstr(said_by_servers(), "kind=contact"));
	end_server(second);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
test_one_who_may_not(void **state)
{
	const struct passwd *nobody = getpwnam("nobody");
	char command[300], said[100];
	pid_t server;

	(void)state;
	if (getuid() != 0 || nobody == NULL || access(fault_program(), X_OK) != 0)
		skip();
	(void)snprintf(command, sizeof(command), "chmod 755 %s && chown -R nobody %s", bed.dir, bed.dir);
	assert_int_equal(system(command), 0);
	server = serve();
	wait_for_socket();
	(void)said_by_servers();
	/* The socket is root's, as the server is; the database is hers, so she does it herself. */
	if (mail_as(nobody->pw_uid, "nobody", said) == 127)
		print_message("# nobody cannot run the program here\n");
	else
		assert_int_equal(strncmp(said, "contact K-", 10), 0);
	assert_null(strstr(said_by_servers(), "kind="));
	end_server(server);
	(void)snprintf(command, sizeof(command), "chown -R root %s", bed.dir);
	assert_int_equal(system(command), 0);
}

/* ---- a listener that is no server ---- */

enum lie { LIE_SILENT, LIE_NOTHING_READ, LIE_HALF, LIE_NONSENSE, LIE_STORED };

struct liar { pthread_t thread; int fd; enum lie lie; size_t heard; };

static void
store_it(const struct handover_request *r)
{
	struct arena *a = arena_open();
	struct intake_result out;
	struct err err = { 0 };

	if (!intake_mail(database_reader(bed.database, &err), a, r->bytes, r->n, r->to, (int64_t)time(NULL), &out, &err))
		store_fail("liar", &err);
	arena_close(a);
}

static void *
liar_main(void *arg)
{
	static const char *const words[] = { [LIE_HALF] = "0 contact K-2026-0000", [LIE_NONSENSE] = "7 contact\n\n" };
	struct liar *l = arg;
	struct handover_request r = { 0 };
	enum handover_state state = HANDOVER_MORE;
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);

	while (l->lie != LIE_NOTHING_READ && state == HANDOVER_MORE) {
		size_t room;
		char *to = handover_room(&r, &room);
		ssize_t got = read(fd, to, room);

		if (got <= 0)
			break;
		l->heard += (size_t)got;
		state = handover_got(&r, (size_t)got);
	}
	if (l->lie == LIE_STORED && state == HANDOVER_WHOLE)
		store_it(&r);
	if ((l->lie == LIE_HALF || l->lie == LIE_NONSENSE) && write(fd, words[l->lie], strlen(words[l->lie])) < 0)
		abort();
	handover_free(&r);
	(void)close(fd);
	return NULL;
}

static void
liar_start(struct liar *l, enum lie lie)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	*l = (struct liar){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .lie = lie };
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	(void)unlink(path);
	assert_int_equal(bind(l->fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(l->fd, 5), 0);
	assert_int_equal(pthread_create(&l->thread, NULL, liar_main, l), 0);
}

static void
liar_end(struct liar *l)
{
	(void)shutdown(l->fd, SHUT_RDWR);
	assert_int_equal(pthread_join(l->thread, NULL), 0);
	(void)close(l->fd);
	(void)unlink(path);
}

static void
test_no_answer(void **state)
{
	static const struct { const char *name; enum lie lie; } row[] = {
		{ "silent", LIE_SILENT }, { "unread", LIE_NOTHING_READ }, { "half", LIE_HALF }, { "nonsense", LIE_NONSENSE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct liar l;

		liar_start(&l, row[i].lie);
		expect(row[i].name, "contact");
		liar_end(&l);
		assert_int_equal(times_there(row[i].name), 1);
	}
}

/* The server committed, and then could not say so: it is not a duplicate, it is this message. */
static void
test_the_answer_was_lost(void **state)
{
	struct liar l;

	(void)state;
	liar_start(&l, LIE_STORED);
	expect("lost", "contact");
	liar_end(&l);
	assert_int_equal(times_there("lost"), 1);
	/* One that came long before is a duplicate all the same. */
	fault_sleep_ms(1100);
	liar_start(&l, LIE_STORED);
	expect("lost", "duplicate");
	liar_end(&l);
	assert_int_equal(times_there("lost"), 1);
}

/* Somebody else's listener in our folder hears nothing of the message. */
static void
test_a_listener_that_is_not_trusted(void **state)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int told[2];
	char heard = 'n';
	pid_t pid;

	(void)state;
	if (getuid() != 0 || nobody == NULL)
		skip();
	assert_int_equal(pipe(told), 0);
	assert_int_equal(chmod(bed.dir, 0777), 0);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	if ((pid = fork()) == 0) {
		int fd, one;
		char c;

		if (setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0)
			_exit(1);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 || listen(fd, 5) != 0 || write(told[1], "l", 1) != 1)
			_exit(1);
		one = accept(fd, NULL, NULL);
		_exit(write(told[1], read(one, &c, 1) == 1 ? "y" : "n", 1) == 1 ? 0 : 1);
	}
	assert_int_equal(read(told[0], &heard, 1), 1);
	assert_int_equal(heard, 'l');
	expect("distrust", "contact");
	assert_int_equal(read(told[0], &heard, 1), 1);
	assert_int_equal(heard, 'n');
	assert_int_equal(fault_wait(pid), 0);
	(void)close(told[0]);
	(void)close(told[1]);
	(void)unlink(path);
	assert_int_equal(chmod(bed.dir, 0700), 0);
}

/* ---- stops, kills and starts while mails come ---- */

struct sender { pthread_t thread; int number; int failed; };

static void *
sender_main(void *arg)
{
	struct sender *s = arg;

	for (int i = 0; i < MANY / AT_ONCE; i++) {
		char name[40], said[100];

		(void)snprintf(name, sizeof(name), "storm-%d-%d", s->number, i);
		if (mail_as(getuid(), name, said) != 0 || strncmp(said, "contact K-", 10) != 0) {
			(void)fprintf(stderr, "# %s said \"%s\"\n", name, said);
			s->failed++;
		}
	}
	return NULL;
}

static void
test_stops_while_mails_come(void **state)
{
	struct sender sender[AT_ONCE] = { 0 };

	(void)state;
	for (int i = 0; i < AT_ONCE; i++) {
		sender[i].number = i;
		assert_int_equal(pthread_create(&sender[i].thread, NULL, sender_main, &sender[i]), 0);
	}
	for (int i = 0; i < 6; i++) {
		pid_t server = serve();

		fault_sleep_ms(100 + 150 * i);
		(void)kill(server, i % 2 == 0 ? SIGTERM : SIGKILL);
		(void)fault_wait(server);
	}
	for (int i = 0; i < AT_ONCE; i++) {
		assert_int_equal(pthread_join(sender[i].thread, NULL), 0);
		assert_int_equal(sender[i].failed, 0);
	}
	assert_int_equal(bed_count(&bed, "SELECT COUNT(*) FROM contact WHERE subject LIKE 'storm-%'"), MANY);
	assert_int_equal(bed_count(&bed, "SELECT COUNT(DISTINCT subject) FROM contact WHERE subject LIKE 'storm-%'"), MANY);
	assert_true(bed_verified(&bed, (int64_t)time(NULL)));
}

/* What came together is told apart as if it had come one by one. */
static void
test_twins_in_one_handful(void **state)
{
	static const char first[] = "From: a@example.org\nTo: info@kommun.example\nSubject: twin-\nMessage-ID: <twin@example.org>\n\nLampan.\n",
	    same_id[] = "From: a@example.org\nTo: info@kommun.example\nSubject: twin-\nMessage-ID: <twin@example.org>\n\nLampan!\n";
	const struct intake_in in[] = { { .bytes = first, .n = sizeof(first) - 1 }, { .bytes = same_id, .n = sizeof(same_id) - 1 },
		{ .bytes = first, .n = sizeof(first) - 1 } };
	struct arena *a = arena_open();
	struct intake_result out[3];
	struct err err = { 0 };

	(void)state;
	if (!intake_mails(bed.db, a, in, 3, (int64_t)time(NULL), out, &err))
		store_fail("twins", &err);
	assert_string_equal(out[0].kind, "contact");
	assert_string_equal(out[1].kind, "duplicate");
	assert_string_equal(out[2].kind, "duplicate");
	assert_string_equal(out[1].number, out[0].number);
	assert_string_equal(out[2].number, out[0].number);
	assert_int_equal(times_there("twin"), 1);
	/* Both that were stored belong to it. */
	assert_int_equal(bed_count(&bed, "SELECT COUNT(*) FROM mail_in m JOIN contact c ON c.id = m.contact_id WHERE c.subject = 'twin-'"), 2);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_server_takes_it),
		cmocka_unit_test(test_a_name_that_a_killed_server_left),
		cmocka_unit_test(test_two_servers),
		cmocka_unit_test(test_one_who_may_not),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_the_answer_was_lost),
		cmocka_unit_test(test_a_listener_that_is_not_trusted),
		cmocka_unit_test(test_stops_while_mails_come),
		cmocka_unit_test(test_twins_in_one_handful),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("handover", tests, start, stop);
}

/* tests/service/test_pooler.c: a server that cannot hear the others says so, once
 *
 * Between us and PostgreSQL stands what a pooler in transaction mode is to a listener: it carries every question and answer, and no
 * notification (protocol message 'A'), since the connection that LISTEN was said on is not ours when one comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/log.h"
#include "db/hear.h"
#include "faults.h"

static struct pooler {
	int fd;
	char dir[64], server[108];
	_Atomic int notifications;	/* that were kept back */
	_Atomic bool carries;		/* it lets them through all the same */
} pooler;

static bool
read_all(int fd, void *out, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = read(fd, (char *)out + done, n - done);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* One message of the server's: a letter, its length with itself, what it says. */
static bool
one_answer(int from, int to)
{
	unsigned char head[5];
	uint32_t size;
	char *body;
	bool ok;

	if (!read_all(from, head, sizeof(head)))
		return false;
	memcpy(&size, head + 1, 4);
	size = ntohl(size) - 4;
	body = malloc(size + 1);
	ok = read_all(from, body, size);
	if (ok && head[0] == 'A' && !atomic_load(&pooler.carries))
		atomic_fetch_add(&pooler.notifications, 1);
	else
		ok = ok && write(to, head, sizeof(head)) == (ssize_t)sizeof(head) && write(to, body, size) == (ssize_t)size;
	free(body);
	return ok;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		abort();
	return fd;
}

static void *
session_main(void *arg)
{
	int client = (int)(intptr_t)arg, server = connect_to(pooler.server);
	struct pollfd p[] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
	bool ok = true;

	while (ok && poll(p, 2, -1) > 0) {
		char bytes[4096];
		ssize_t n;

		if (p[0].revents != 0) {
			n = read(client, bytes, sizeof(bytes));
			ok = n > 0 && write(server, bytes, (size_t)n) == n;
		}
		if (ok && p[1].revents != 0)
			ok = one_answer(server, client);
	}
	(void)close(client);
	(void)close(server);
	return NULL;
}

static void *
pooler_main(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(pooler.fd, NULL, NULL)) >= 0) {
		pthread_t t;

		if (pthread_create(&t, NULL, session_main, (void *)(intptr_t)fd) == 0)
			(void)pthread_detach(t);
	}
	return NULL;
}

/* The database's URL by way of it. */
static char *
pooler_start(const char *url)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *host = strstr(url, "host=");
	pthread_t t;
	char *through;

	assert_non_null(host);
	(void)snprintf(pooler.server, sizeof(pooler.server), "%s/.s.PGSQL.5432", host + 5);
	(void)snprintf(pooler.dir, sizeof(pooler.dir), "/tmp/nk-pool.XXXXXX");
	assert_non_null(mkdtemp(pooler.dir));
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/.s.PGSQL.5432", pooler.dir);
	pooler.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(pooler.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(pooler.fd, 20), 0);
	assert_int_equal(pthread_create(&t, NULL, pooler_main, NULL), 0);
	(void)pthread_detach(t);
	assert_true(asprintf(&through, "%.*shost=%s", (int)(host - url), url, pooler.dir) > 0);
	return through;
}

static void
nobody(void *arg, const char *text)
{
	(void)text;
	atomic_fetch_add((_Atomic int *)arg, 1);
}

/* What the log says while a server hears for so long. */
static void
logged_while_hearing(const char *url, long ms, char *out, size_t size)
{
	int log = fault_text_fd("", 0), was = dup(2);
	struct database *d = NULL;
	struct err err = { 0 };
	_Atomic int heard = 0;
	ssize_t n;

	assert_int_equal(dup2(log, 2), 2);
	if (database_open(url, NULL, &d, &err) && database_hear(d, nobody, &heard, &err)) {
		fault_sleep_ms(ms);
		database_hear_stop(d);
	}
	database_close(d);
	assert_int_equal(dup2(was, 2), 2);
	(void)close(was);
	n = pread(log, out, size - 1, 0);
	out[n < 0 ? 0 : n] = '\0';
	(void)close(log);
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(heard, 0);		/* her own word is nobody's news */
}

static void
test_who_hears_nothing_says_so_once(void **state)
{
	char said[4000], *through, remove[100];
	const char *deaf;

	(void)state;
	if (store_postgresql() == NULL)
		skip();
	log_set_level(LOG_WARN);
	store_clean(store_url);
	through = pooler_start(store_url);

	logged_while_hearing(through, 7000, said, sizeof(said));
	assert_true(atomic_load(&pooler.notifications) > 0);
	deaf = strstr(said, "warn hear state=deaf reason=");
	assert_non_null(deaf);
	assert_non_null(strstr(deaf, "pooler"));
	if (strstr(deaf + 20, "state=deaf") != NULL)
		fail_msg("%s", said);

	/* one in session mode is as good as none; and straight to it */
	atomic_store(&pooler.carries, true);
	logged_while_hearing(through, 6000, said, sizeof(said));
	assert_string_equal(said, "");
	logged_while_hearing(store_url, 6000, said, sizeof(said));
	assert_string_equal(said, "");
	(void)snprintf(remove, sizeof(remove), "rm -rf '%s'", pooler.dir);
	assert_int_equal(system(remove), 0);
	free(through);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_who_hears_nothing_says_so_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

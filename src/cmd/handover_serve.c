/* cmd/handover_serve.c: the end that listens
 *
 * One thread and one door to the database. It reads from all at once, and when messages are whole takes them in together: one
 * commit stores them, one files them, as it is with a Maildir's. What comes meanwhile waits for the next round, so the busier it is, the
 * more share a commit. Whoever is slow to send keeps nobody waiting, and is let go after a while. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "cmd/handover.h"
#include "contact/intake.h"
#include "db/db.h"

enum { LOOK_MS = 5000, SLOW_MS = 10000, BACKLOG = 128, STOP = 0, LISTENER = 1, CLIENTS = 2 };

struct client {
	int fd;				/* -1: a free place */
	int64_t since_ms;
	struct handover_request request;
	bool whole;
};

struct handover {
	struct database *database;
	struct arena *arena;		/* of the path */
	const char *path;
	pthread_t thread;
	int stop_fd, fd;		/* fd: -1 while another server listens */
	dev_t device;			/* of the socket's name, so that another's is never taken away */
	ino_t inode;
	struct client client[HANDOVER_AT_ONCE];
};

/* ---- the name ---- */

static bool
is_ours(const struct handover *h)
{
	struct stat st;

	return h->fd >= 0 && stat(h->path, &st) == 0 && st.st_dev == h->device && st.st_ino == h->inode;
}

static int
open_socket(const char *path, struct sockaddr_un *name)
{
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(name->sun_path, sizeof(name->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Does anybody listen at the name? One that was killed leaves it behind, and then it is refused. */
static bool
somebody_listens(const char *path)
{
	struct sockaddr_un name;
	int fd = open_socket(path, &name);
	bool yes = fd >= 0 && (connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ||
	    (errno != ENOENT && errno != ECONNREFUSED));

	if (fd >= 0)
		(void)close(fd);
	return yes;
}

/* Made under another name and renamed when it is ours alone and listens: who finds the name is answered. */
static bool
listen_at(struct handover *h, struct err *err)
{
	struct sockaddr_un name;
	struct stat st;
	const char *beside = arena_printf(h->arena, "%s.%ld", h->path, (long)getpid());
	int fd;

	if (strlen(beside) >= sizeof(name.sun_path))
		return err_set(err, ERR_INPUT, "%s: too long a name for a socket", h->path);
	if ((fd = open_socket(beside, &name)) < 0)
		return err_set(err, ERR_BUG, "socket: %s", strerror(errno));
	(void)unlink(beside);
	if (bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 || chmod(beside, 0600) != 0 || listen(fd, BACKLOG) != 0 ||
	    stat(beside, &st) != 0 || rename(beside, h->path) != 0) {
		(void)err_set(err, ERR_BUG, "%s: %s", beside, strerror(errno));
		(void)unlink(beside);
		(void)close(fd);
		return false;
	}
	h->fd = fd;
	h->device = st.st_dev;
	h->inode = st.st_ino;
	return true;
}

/* At the start and now and then: the server before us may have ended, or somebody has removed the name. */
static void
take_name(struct handover *h, bool first)
{
	struct err err = { 0 };

	if (is_ours(h))
		return;
	if (h->fd >= 0)
		(void)close(h->fd);
	h->fd = -1;
	if (somebody_listens(h->path)) {
		if (first)
			log_line(LOG_INFO, "handover", "state=waiting");
	} else if (!listen_at(h, &err) && first) {
		log_line(LOG_WARN, "handover", "error=\"%s\"", err.log);	/* `mail` does its work itself then */
	}
}

/* ---- those who ask ---- */

static void
let_go(struct client *c)
{
	(void)close(c->fd);
	handover_free(&c->request);
	*c = (struct client){ .fd = -1 };
}

static void
answer(struct client *c, int code, const char *first, const char *second)
{
	char text[400];
	int n = snprintf(text, sizeof(text), "%d %.200s%s%.100s", code, first, *second == '\0' ? "" : " ", second);

	for (int i = 0; i < n; i++)
		text[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	text[n++] = '\n';
	/* It is in its own socket's buffer, empty until now. One that went away meanwhile asks again, or has done it itself. */
	(void)send(c->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	let_go(c);
}

static void
welcome(struct handover *h)
{
	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
		struct client *c = &h->client[i];
		struct ucred peer;
		socklen_t size = sizeof(peer);

		if (c->fd >= 0)
			continue;
		if ((c->fd = accept4(h->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) < 0)
			return;
		c->since_ms = monotonic_ms();
		if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || (peer.uid != 0 && peer.uid != geteuid()))
			let_go(c);
	}
}

static void
hear(struct client *c)
{
	while (!c->whole) {
		size_t room;
		char *to = handover_room(&c->request, &room);
		ssize_t got = recv(c->fd, to, room, 0);
		enum handover_state state;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		state = got <= 0 ? HANDOVER_BAD : handover_got(&c->request, (size_t)got);
		if (state == HANDOVER_BAD) {
			let_go(c);
			return;
		}
		c->whole = state == HANDOVER_WHOLE;
	}
}

static void
take_in(struct handover *h)
{
	struct client *who[HANDOVER_AT_ONCE];
	struct intake_in in[HANDOVER_AT_ONCE];
	struct intake_result out[HANDOVER_AT_ONCE];
	struct err err = { 0 };
	struct arena *a;
	struct db *db;
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
		struct client *c = &h->client[i];

		if (!c->whole)
			continue;
		in[n] = (struct intake_in){ .bytes = c->request.bytes, .n = c->request.n, .envelope_to = c->request.to };
		who[n++] = c;
	}
	if (n == 0)
		return;
	a = arena_open();
	db = database_reader(h->database, &err);
	ok = db != NULL && intake_mails(db, a, in, n, (int64_t)time(NULL), out, &err);
	for (size_t i = 0; i < n; i++) {
		if (ok) {
			log_line(LOG_INFO, "mail", "id=%" PRId64 " kind=%s", out[i].mail_id, out[i].kind);
			answer(who[i], EX_OK, out[i].kind, out[i].number);
		} else {
			answer(who[i], err.code == ERR_INPUT ? EX_DATAERR : EX_TEMPFAIL, err.log, "");
		}
	}
	if (!ok)
		log_line(LOG_ERROR, "mail", "handed=%zu code=%s error=\"%s\"", n, err_code_name(err.code), err.log);
	arena_close(a);
}

static void
let_slow_go(struct handover *h)
{
	int64_t now = monotonic_ms();

	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
		if (h->client[i].fd >= 0 && now - h->client[i].since_ms > SLOW_MS)
			let_go(&h->client[i]);
	}
}

/* A negative descriptor is not waited for: the listener's while all places are taken or another server has the name. */
static int
wait_for_something(struct handover *h, struct pollfd p[CLIENTS + HANDOVER_AT_ONCE])
{
	bool place = false;

	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
		p[CLIENTS + i] = (struct pollfd){ .fd = h->client[i].fd, .events = POLLIN };
		place = place || h->client[i].fd < 0;
	}
	p[STOP] = (struct pollfd){ .fd = h->stop_fd, .events = POLLIN };
	p[LISTENER] = (struct pollfd){ .fd = place ? h->fd : -1, .events = POLLIN };
	return poll(p, CLIENTS + HANDOVER_AT_ONCE, LOOK_MS);
}

static void *
handover_main(void *arg)
{
	struct handover *h = arg;
	struct pollfd p[CLIENTS + HANDOVER_AT_ONCE];
	int64_t looked_ms = monotonic_ms();

	for (;;) {
		int ready = wait_for_something(h, p);

		if (ready > 0 && p[STOP].revents != 0)
			break;
		if (ready > 0 && p[LISTENER].revents != 0)
			welcome(h);
		/* A new one has mostly sent all it has when it is welcomed. */
		for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
			if (h->client[i].fd >= 0)
				hear(&h->client[i]);
		}
		take_in(h);
		if (monotonic_ms() - looked_ms >= LOOK_MS) {
			looked_ms = monotonic_ms();
			let_slow_go(h);
			take_name(h, false);
		}
	}
	return NULL;
}

struct handover *
handover_start(struct database *d, const char *url)
{
	struct handover *h = calloc(1, sizeof(*h));
	const char *database;

	if (h == NULL)
		abort();
	h->arena = arena_open();
	h->database = d;
	h->fd = -1;
	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++)
		h->client[i].fd = -1;
	if ((h->path = handover_path(h->arena, url, &database)) == NULL) {
		arena_close(h->arena);
		free(h);
		return NULL;
	}
	if ((h->stop_fd = eventfd(0, EFD_CLOEXEC)) < 0)
		abort();
	take_name(h, true);
	if (pthread_create(&h->thread, NULL, handover_main, h) != 0)
		abort();
	return h;
}

void
handover_stop(struct handover *h)
{
	if (h == NULL)
		return;
	(void)eventfd_write(h->stop_fd, 1);
	(void)pthread_join(h->thread, NULL);
	if (is_ours(h))
		(void)unlink(h->path);
	if (h->fd >= 0)
		(void)close(h->fd);
	for (size_t i = 0; i < HANDOVER_AT_ONCE; i++) {
		if (h->client[i].fd >= 0)
			let_go(&h->client[i]);
	}
	(void)close(h->stop_fd);
	arena_close(h->arena);
	free(h);
}

/* mail/receive_maildir.c: new/ to cur/, some messages at a time
 *
 * The rename is the record of what is done. It is made durable before the next messages, so that after a power cut at most
 * the last handful is offered again. */
#include "mail/receive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "mail/message.h"

struct maildir { int new_fd, cur_fd, notify_fd; };

struct maildir *
maildir_open(const char *path, struct err *err)
{
	struct maildir *m = calloc(1, sizeof(*m));
	struct arena *a = arena_open();

	if (m == NULL) {
		arena_close(a);
		(void)err_set(err, ERR_BUG, "Maildir: no memory");
		return NULL;
	}
	m->new_fd = open(arena_printf(a, "%s/new", path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m->cur_fd = open(arena_printf(a, "%s/cur", path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m->notify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (m->notify_fd >= 0)
		(void)inotify_add_watch(m->notify_fd, arena_printf(a, "%s/new", path), IN_MOVED_TO | IN_CREATE);
	arena_close(a);
	if (m->new_fd >= 0 && m->cur_fd >= 0)
		return m;
	(void)err_set(err, ERR_NOT_FOUND, "Maildir %s: %s", path, strerror(errno));
	maildir_close(m);
	return NULL;
}

void
maildir_close(struct maildir *m)
{
	if (m == NULL)
		return;
	if (m->new_fd >= 0)
		(void)close(m->new_fd);
	if (m->cur_fd >= 0)
		(void)close(m->cur_fd);
	if (m->notify_fd >= 0)
		(void)close(m->notify_fd);
	free(m);
}

static bool
put_away(struct maildir *m, const char *name, char flag, struct err *err)
{
	char to[NAME_MAX + 8];
	size_t n = strcspn(name, ":");		/* flags in new/ are against the rules, and dropped */

	(void)snprintf(to, sizeof(to), "%.*s:2,%c", (int)n, name, flag);
	if (renameat(m->new_fd, name, m->cur_fd, to) != 0)
		return err_set(err, ERR_BUSY, "Maildir: moving a message to cur/: %s", strerror(errno));
	return true;
}

static bool
moves_durable(struct maildir *m, struct err *err)
{
	if (fsync(m->cur_fd) != 0 || fsync(m->new_fd) != 0)
		return err_set(err, ERR_BUSY, "Maildir: making a move durable: %s", strerror(errno));
	return true;
}

/* Messages read and not yet handed over. */
struct handful {
	struct arena *arena;
	const char *name[MAILDIR_AT_ONCE];
	struct mail_bytes mail[MAILDIR_AT_ONCE];
	size_t n, bytes;
};

/* Adds one file. A message too large is put aside at once; what is no message, or went meanwhile, is no business of ours. */
static bool
add(struct maildir *m, struct handful *h, const char *name, struct received *out, struct err *err)
{
	int fd = openat(m->new_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *bytes;
	size_t n;
	bool ok = true;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (file_read_fd(h->arena, fd, MIME_BYTES_MAX, &bytes, &n, err)) {
			h->name[h->n] = name;
			h->mail[h->n++] = (struct mail_bytes){ bytes, n, false };
			h->bytes += n;
		} else if (err->code == ERR_INPUT) {
			*err = (struct err){ 0 };	/* what was refused says nothing about the next one */
			ok = put_away(m, name, 'F', err);
			out->refused += ok;
		} else {
			ok = err_add(err, "Maildir");
		}
	}
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* Takes all; if that fails, one by one, so that only the one at fault is left or put aside. *n is how many were decided, of which
 * bit i of *refused says that it can never be taken. */
static bool
take_handful(struct handful *h, mail_take_many *take, void *arg, size_t *n, uint64_t *refused, struct err *err)
{
	*n = *refused = 0;
	if (h->n > 0 && take(arg, h->mail, h->n, err)) {
		*n = h->n;
		return true;
	}
	for (; *n < h->n; ++*n) {
		if (h->n > 1)
			*err = (struct err){ 0 };
		if (h->n > 1 && take(arg, &h->mail[*n], 1, err))
			continue;
		if (err->code != ERR_INPUT)
			return err_add(err, "Maildir");
		*err = (struct err){ 0 };
		*refused |= UINT64_C(1) << *n;
	}
	return true;
}

/* The first n of a handful to cur/, durably; it is empty then. */
static bool
put_handful_away(struct maildir *m, struct handful *h, size_t n, uint64_t refused, struct received *out, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++) {
		bool taken = (refused >> i & 1) == 0;

		ok = put_away(m, h->name[i], taken ? 'S' : 'F', err);
		*(taken ? &out->taken : &out->refused) += ok;
	}
	h->n = h->bytes = 0;
	arena_reset(h->arena);
	return ok && moves_durable(m, err);
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* The thread that looks ahead: told what comes next, and waited for before it is told again. */
struct lookout {
	pthread_t thread;
	bool running, busy;
	sem_t told, done;
	mail_ahead *ahead;
	void *arg;
	struct handful *next;	/* NULL: it ends */
};

static void *
lookout_main(void *arg)
{
	struct lookout *l = arg;

	for (;;) {
		while (sem_wait(&l->told) != 0)
			;
		if (l->next == NULL)
			return NULL;
		l->ahead(l->arg, l->next->mail, l->next->n);
		(void)sem_post(&l->done);
	}
}

static void
look_ahead(struct lookout *l, struct handful *next)
{
	if (l->ahead == NULL || next->n == 0)
		return;
	if (!l->running) {
		(void)sem_init(&l->told, 0, 0);
		(void)sem_init(&l->done, 0, 0);
		if (pthread_create(&l->thread, NULL, lookout_main, l) != 0) {
			l->ahead = NULL;	/* then without */
			return;
		}
		l->running = true;
	}
	l->next = next;
	l->busy = true;
	(void)sem_post(&l->told);
}

static void
lookout_wait(struct lookout *l)
{
	while (l->busy && sem_wait(&l->done) != 0)
		;
	l->busy = false;
}

static void
lookout_end(struct lookout *l)
{
	lookout_wait(l);
	if (!l->running)
		return;
	l->next = NULL;
	(void)sem_post(&l->told);
	(void)pthread_join(l->thread, NULL);
	(void)sem_destroy(&l->told);
	(void)sem_destroy(&l->done);
}

/* The names waiting in new/, and how far they have been read. */
struct pile { struct dirent **entry; int n, at; };

static bool
read_handful(struct maildir *m, struct pile *p, struct handful *h, struct received *out, struct err *err)
{
	enum { BYTES_AT_ONCE = 4 * 1024 * 1024 };
	bool ok = true;

	while (ok && p->at < p->n && h->n < MAILDIR_AT_ONCE && h->bytes <= BYTES_AT_ONCE)
		ok = add(m, h, p->entry[p->at++]->d_name, out, err);
	return ok;
}

bool
maildir_receive(struct maildir *m, mail_take_many *take, mail_ahead *ahead, void *arg, struct received *out, struct err *err)
{
	struct handful h[3] = { { .arena = arena_open() }, { .arena = arena_open() }, { .arena = arena_open() } };
	struct lookout l = { .ahead = ahead, .arg = arg };
	struct pile p = { 0 };
	bool ok;

	*out = (struct received){ 0 };
	p.n = scandirat(m->new_fd, ".", &p.entry, visible, alphasort);	/* names begin with the time of delivery */
	ok = p.n >= 0 ? read_handful(m, &p, &h[0], out, err) && read_handful(m, &p, &h[1], out, err) :
	    err_set(err, ERR_BUSY, "Maildir: reading new/: %s", strerror(errno));
	if (ok)
		look_ahead(&l, &h[1]);
	/* One is taken while the next is looked at; that one is never waited for by what puts away and reads. */
	for (int i = 0; ok && (h[i].n > 0 || h[(i + 1) % 3].n > 0 || p.at < p.n); i = (i + 1) % 3) {
		struct handful *after = &h[(i + 2) % 3];
		struct err own = { 0 };
		uint64_t refused;
		size_t n;
		bool taken = take_handful(&h[i], take, arg, &n, &refused, err);

		lookout_wait(&l);
		if (taken && (ok = read_handful(m, &p, after, out, err)))
			look_ahead(&l, after);
		if (!put_handful_away(m, &h[i], n, refused, out, &own) && taken && ok) {
			*err = own;
			ok = false;
		}
		ok = ok && taken;
	}
	lookout_end(&l);
	for (int i = 0; i < p.n; i++)
		free(p.entry[i]);
	free(p.entry);
	for (size_t i = 0; i < ARRAY_LEN(h); i++)
		arena_close(h[i].arena);
	return ok;
}

void
maildir_wait(struct maildir *m, int timeout_ms)
{
	struct pollfd p = { .fd = m->notify_fd, .events = POLLIN };
	char events[4096];

	if (poll(&p, 1, timeout_ms) > 0 && (p.revents & POLLIN) != 0) {
		while (read(m->notify_fd, events, sizeof(events)) > 0)
			;
	}
}

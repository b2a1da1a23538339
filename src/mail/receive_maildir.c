/* mail/receive_maildir.c: new/ to cur/, some messages at a time
 *
 * The rename is the record of what is done. It is made durable before the next messages, so that after a power cut at most
 * the last handful is offered again. */
#include "mail/receive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
			h->mail[h->n++] = (struct mail_bytes){ bytes, n };
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

/* Hands over; if that fails, one by one, so that only the one at fault is left or put aside. */
static bool
hand_over(struct maildir *m, struct handful *h, mail_take_many *take, void *arg, struct received *out, struct err *err)
{
	bool all = h->n > 0 && take(arg, h->mail, h->n, err), ok = true;

	for (size_t i = 0; i < h->n && ok; i++) {
		bool taken = all;

		if (!all && h->n > 1) {
			*err = (struct err){ 0 };
			taken = take(arg, &h->mail[i], 1, err);
		}
		if (!taken && err->code != ERR_INPUT) {
			ok = err_add(err, "Maildir");
			break;
		}
		if (!taken)
			*err = (struct err){ 0 };
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

bool
maildir_receive(struct maildir *m, mail_take_many *take, void *arg, struct received *out, struct err *err)
{
	enum { BYTES_AT_ONCE = 4 * 1024 * 1024 };
	struct handful h = { .arena = arena_open() };
	struct dirent **entry = NULL;
	int n = scandirat(m->new_fd, ".", &entry, visible, alphasort);	/* names begin with the time of delivery */
	bool ok = n >= 0 || err_set(err, ERR_BUSY, "Maildir: reading new/: %s", strerror(errno));

	*out = (struct received){ 0 };
	for (int i = 0; i < n && ok; i++) {
		ok = add(m, &h, entry[i]->d_name, out, err);
		if (ok && (h.n == MAILDIR_AT_ONCE || h.bytes > BYTES_AT_ONCE || i == n - 1))
			ok = hand_over(m, &h, take, arg, out, err);
	}
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	arena_close(h.arena);
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

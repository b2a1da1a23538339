/* mail/receive_maildir.c: new/ to cur/, one message at a time
 *
 * The rename is the record of what is done. It is made durable before the next message, so that after a power cut at most
 * the last one is offered again. */
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
	if (fsync(m->cur_fd) != 0 || fsync(m->new_fd) != 0)
		return err_set(err, ERR_BUSY, "Maildir: making a move durable: %s", strerror(errno));
	return true;
}

static bool
receive_one(struct maildir *m, const char *name, mail_take *take, void *arg, struct received *out, struct err *err)
{
	struct arena *a = arena_open();
	int fd = openat(m->new_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *bytes;
	size_t n;
	bool ok = true;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			(void)close(fd);
		arena_close(a);
		return true;		/* somebody else took it, or it is not a message: no business of ours */
	}
	*err = (struct err){ 0 };	/* what was refused before says nothing about this one */
	if (file_read_fd(a, fd, MIME_BYTES_MAX, &bytes, &n, err) && take(arg, bytes, n, err)) {
		ok = put_away(m, name, 'S', err);
		out->taken += ok;
	} else if (err->code == ERR_INPUT) {
		ok = put_away(m, name, 'F', err);
		out->refused += ok;
	} else {
		ok = err_add(err, "Maildir");
	}
	(void)close(fd);
	arena_close(a);
	return ok;
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

bool
maildir_receive(struct maildir *m, mail_take *take, void *arg, struct received *out, struct err *err)
{
	struct dirent **entry = NULL;
	int n = scandirat(m->new_fd, ".", &entry, visible, alphasort);	/* names begin with the time of delivery */
	bool ok = n >= 0 || err_set(err, ERR_BUSY, "Maildir: reading new/: %s", strerror(errno));

	*out = (struct received){ 0 };
	for (int i = 0; i < n; i++) {
		if (ok)
			ok = receive_one(m, entry[i]->d_name, take, arg, out, err);
		free(entry[i]);
	}
	free(entry);
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

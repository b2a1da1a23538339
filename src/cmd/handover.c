/* cmd/handover.c: the request, and the end that asks. Nothing here needs more than libc: it runs before all else does. */
#include "cmd/handover.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "db/db.h"

/* The server tries for some ten seconds when the database is busy (db/db.h), then says so. */
enum { SEND_S = 10, ANSWER_S = 30, ANSWER_MOST = 512 };

static const unsigned char magic[8] = { 'N', 'K', 'm', 'a', 'i', 'l', '1', '\n' };

static uint32_t
number_at(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
put_number(unsigned char *p, size_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> (24 - 8 * i));
}

char *
handover_room(struct handover_request *r, size_t *n)
{
	size_t had = r->have - HANDOVER_HEAD;

	if (r->have < HANDOVER_HEAD) {
		*n = HANDOVER_HEAD - r->have;
		return (char *)r->head + r->have;
	}
	if (had < r->n_to) {
		*n = r->n_to - had;
		return r->parts + had;
	}
	*n = r->n_to + r->n - had;
	return r->parts + had + 1;	/* past the NUL */
}

static bool
head_is_good(struct handover_request *r)
{
	r->n_to = number_at(r->head + 8);
	r->n = number_at(r->head + 12);
	return memcmp(r->head, magic, sizeof(magic)) == 0 && r->n_to <= HANDOVER_TO_MAX && r->n > 0 && r->n <= HANDOVER_BYTES_MAX;
}

enum handover_state
handover_got(struct handover_request *r, size_t n)
{
	r->have += n;
	if (r->have < HANDOVER_HEAD)
		return HANDOVER_MORE;
	if (r->parts == NULL) {
		if (!head_is_good(r))
			return HANDOVER_BAD;
		if ((r->parts = malloc(r->n_to + r->n + 2)) == NULL)
			abort();
	}
	if (r->have < HANDOVER_HEAD + r->n_to + r->n)
		return HANDOVER_MORE;
	r->parts[r->n_to] = r->parts[r->n_to + 1 + r->n] = '\0';
	if (strlen(r->parts) != r->n_to || !utf8_valid(r->parts))
		return HANDOVER_BAD;
	r->to = r->n_to == 0 ? NULL : r->parts;
	r->bytes = r->parts + r->n_to + 1;
	return HANDOVER_WHOLE;
}

void
handover_free(struct handover_request *r)
{
	free(r->parts);
	*r = (struct handover_request){ 0 };
}

const char *
handover_path(struct arena *a, const char *url, const char **database)
{
	char real[PATH_MAX];
	const char *path, *file = database_file(url);

	if (file == NULL || realpath(file, real) == NULL)
		return NULL;
	path = arena_printf(a, "%s-mail", real);
	*database = arena_strdup(a, real);
	return strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path) ? path : NULL;
}

/* A message is handed to nobody but ourselves, the database's owner and root. */
static bool
is_trusted(int fd, const char *database)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	struct stat st;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == geteuid() ||
	    (stat(database, &st) == 0 && peer.uid == st.st_uid));
}

static int
reach(const char *path, const char *database)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval sending = { .tv_sec = SEND_S }, answering = { .tv_sec = ANSWER_S };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, path, strlen(path) + 1);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &sending, sizeof(sending)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answering, sizeof(answering)) == 0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 && is_trusted(fd, database))
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static bool
send_all(int fd, struct iovec *part, size_t n)
{
	while (n > 0) {
		struct msghdr m = { .msg_iov = part, .msg_iovlen = n };
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		for (; n > 0 && (size_t)sent >= part->iov_len; part++, n--)
			sent -= (ssize_t)part->iov_len;
		if (n > 0) {
			part->iov_base = (char *)part->iov_base + sent;
			part->iov_len -= (size_t)sent;
		}
	}
	return true;
}

/* "CODE WORDS\n", and then the end: half an answer is none. */
static bool
read_answer(struct arena *a, int fd, int *code, const char **words)
{
	char text[ANSWER_MOST];
	size_t n = 0;
	ssize_t got;

	while ((got = recv(fd, text + n, sizeof(text) - 1 - n, 0)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if ((n += (size_t)got) == sizeof(text) - 1)
			return false;
	}
	if (n < 4 || text[n - 1] != '\n' || memchr(text, '\n', n) != text + n - 1 || memchr(text, '\0', n) != NULL)
		return false;
	text[n - 1] = '\0';
	if (strncmp(text, "0 ", 2) == 0)
		*code = EX_OK;
	else if (strncmp(text, "75 ", 3) == 0)
		*code = EX_TEMPFAIL;
	else if (strncmp(text, "65 ", 3) == 0)
		*code = EX_DATAERR;
	else
		return false;
	*words = arena_strdup(a, strchr(text, ' ') + 1);
	return true;
}

enum handover_result
handover_ask(struct arena *a, const char *url, const char *to, const char *bytes, size_t n, int *code, const char **words)
{
	unsigned char head[HANDOVER_HEAD];
	size_t n_to = to == NULL ? 0 : strlen(to);
	const char *database, *path;
	enum handover_result result = HANDOVER_NOBODY;
	int fd;

	if (n == 0 || n > HANDOVER_BYTES_MAX || n_to > HANDOVER_TO_MAX || (path = handover_path(a, url, &database)) == NULL ||
	    (fd = reach(path, database)) < 0)
		return HANDOVER_NOBODY;
	memcpy(head, magic, sizeof(magic));
	put_number(head + 8, n_to);
	put_number(head + 12, n);
	if (send_all(fd, (struct iovec[]){ { head, sizeof(head) }, { (char *)(uintptr_t)to, n_to }, { (char *)(uintptr_t)bytes, n } }, 3))
		result = read_answer(a, fd, code, words) ? HANDOVER_ANSWERED : HANDOVER_UNSURE;
	(void)close(fd);
	return result;
}

/* tests/receiver.h: the mail server that a test sends to
 *
 * It listens on loopback, speaks SMTP, takes every mail and keeps it with its envelope. It can kill the sending program between
 * taking a mail and saying so. */
#ifndef TESTS_RECEIVER_H
#define TESTS_RECEIVER_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVED_MAX = 2000, RECEIVED_ADDRESS = 300 };

struct received_mail {
	char from[RECEIVED_ADDRESS], to[RECEIVED_ADDRESS];	/* of the envelope */
	char id[RECEIVED_ADDRESS];		/* its Message-ID, without <> */
	char *bytes;
	size_t n;
};

static struct receiver {
	pthread_mutex_t lock;
	int fd, port;
	_Atomic pid_t kill_at_taking;		/* instead of "250 taken"; 0 none, -1 it is not known yet which */
	int n;					/* read it through receiver_count() */
	struct received_mail mail[RECEIVED_MAX];
} receiver = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline void
receiver_say(int fd, const char *line)
{
	if (write(fd, line, strlen(line)) < 0)
		return;
}

static inline void
receiver_add(struct received_mail *m, const char *line, size_t n)
{
	if ((m->bytes = realloc(m->bytes, m->n + n + 1)) == NULL)
		abort();
	memcpy(m->bytes + m->n, line, n + 1);
	m->n += n;
}

/* The whole of it is there. */
static inline void
receiver_keep(struct received_mail *m)
{
	(void)pthread_mutex_lock(&receiver.lock);
	if (receiver.n == RECEIVED_MAX)
		abort();
	receiver.mail[receiver.n++] = *m;
	(void)pthread_mutex_unlock(&receiver.lock);
	m->bytes = NULL;
	m->n = 0;
	m->id[0] = '\0';
}

static inline void
receiver_address(char to[RECEIVED_ADDRESS], const char *line)
{
	const char *open = strchr(line, '<');

	open = open == NULL ? "" : open + 1;
	(void)snprintf(to, RECEIVED_ADDRESS, "%.*s", (int)strcspn(open, ">\r\n"), open);
}

static inline void *
receiver_session(void *arg)
{
	int fd = (int)(intptr_t)arg;
	FILE *f = fdopen(fd, "r");
	struct received_mail m = { .bytes = NULL };
	char line[4096];
	bool data = false;

	receiver_say(fd, "220 test\r\n");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (data && strcmp(line, ".\r\n") == 0) {
			pid_t victim;

			data = false;
			while (atomic_load(&receiver.kill_at_taking) == -1)
				(void)nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
			victim = atomic_exchange(&receiver.kill_at_taking, 0);
			receiver_keep(&m);
			if (victim > 0)
				(void)kill(victim, SIGKILL);
			else
				receiver_say(fd, "250 taken\r\n");
		} else if (data) {
			if (strncasecmp(line, "Message-ID: <", 13) == 0 && m.id[0] == '\0')
				receiver_address(m.id, line);
			receiver_add(&m, line + (line[0] == '.'), strlen(line + (line[0] == '.')));
		} else if (strncasecmp(line, "DATA", 4) == 0) {
			data = true;
			receiver_say(fd, "354 go on\r\n");
		} else if (strncasecmp(line, "QUIT", 4) == 0) {
			receiver_say(fd, "221 bye\r\n");
			break;
		} else {
			if (strncasecmp(line, "MAIL FROM:", 10) == 0)
				receiver_address(m.from, line);
			if (strncasecmp(line, "RCPT TO:", 8) == 0)
				receiver_address(m.to, line);
			receiver_say(fd, "250 ok\r\n");
		}
	}
	free(m.bytes);
	if (f != NULL)
		(void)fclose(f);
	return NULL;
}

static inline void *
receiver_main(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(receiver.fd, NULL, NULL)) >= 0) {
		pthread_t t;

		if (pthread_create(&t, NULL, receiver_session, (void *)(intptr_t)fd) == 0)
			(void)pthread_detach(t);
	}
	return NULL;
}

/* For cmocka's group. */
static inline int
receiver_start(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	pthread_t t;

	(void)state;
	receiver.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (receiver.fd < 0 || bind(receiver.fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(receiver.fd, 20) != 0 ||
	    getsockname(receiver.fd, (struct sockaddr *)&at, &n) != 0 || pthread_create(&t, NULL, receiver_main, NULL) != 0)
		return -1;
	receiver.port = ntohs(at.sin_port);
	return pthread_detach(t);
}

static inline int
receiver_count(void)
{
	int n;

	(void)pthread_mutex_lock(&receiver.lock);
	n = receiver.n;
	(void)pthread_mutex_unlock(&receiver.lock);
	return n;
}

/* None has come yet. */
static inline void
receiver_empty(void)
{
	(void)pthread_mutex_lock(&receiver.lock);
	while (receiver.n > 0)
		free(receiver.mail[--receiver.n].bytes);
	(void)pthread_mutex_unlock(&receiver.lock);
}

static inline int
receiver_stop(void **state)
{
	(void)state;
	receiver_empty();
	return 0;
}
#endif

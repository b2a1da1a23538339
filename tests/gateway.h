/* tests/gateway.h: an SMS gateway that sends nothing: it keeps what it was asked, and answers as it is told
 *
 * A thread of the test, one request at a time. gateway_answers() sets status and body for what comes next. */
#ifndef TESTS_GATEWAY_H
#define TESTS_GATEWAY_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GATEWAY_KEPT = 64, GATEWAY_BYTES = 8192 };

struct gateway {
	pthread_t thread;
	pthread_mutex_t lock;
	int fd, port, n, status;
	char body[256];			/* its answer; %d is the number of the request */
	char asked[GATEWAY_KEPT][GATEWAY_BYTES];	/* head and body, whole */
};

static inline void
gateway_one(struct gateway *g, int fd)
{
	char buffer[GATEWAY_BYTES] = "", answer[600], body[300];
	size_t n = 0, want = 0;

	while (n < sizeof(buffer) - 1) {
		ssize_t got = read(fd, buffer + n, sizeof(buffer) - 1 - n);
		const char *head, *length;

		if (got <= 0)
			break;
		n += (size_t)got;
		buffer[n] = '\0';
		if ((head = strstr(buffer, "\r\n\r\n")) == NULL)
			continue;
		length = strcasestr(buffer, "Content-Length:");
		want = (size_t)(head + 4 - buffer) + (length == NULL || length > head ? 0 : strtoul(length + 15, NULL, 10));
		if (n >= want)
			break;
	}
	(void)pthread_mutex_lock(&g->lock);
	if (g->n < GATEWAY_KEPT)
		memcpy(g->asked[g->n], buffer, sizeof(buffer));
	g->n++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(body, sizeof(body), g->body, g->n);
#pragma GCC diagnostic pop
	(void)snprintf(answer, sizeof(answer), "HTTP/1.1 %d OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", g->status,
	    strlen(body), body);
	(void)pthread_mutex_unlock(&g->lock);
	if (write(fd, answer, strlen(answer)) < 0)
		perror("gateway");
}

static inline void *
gateway_main(void *arg)
{
	struct gateway *g = arg;
	int fd;

	while ((fd = accept(g->fd, NULL, NULL)) >= 0) {
		gateway_one(g, fd);
		(void)close(fd);
	}
	return NULL;
}

static inline void
gateway_answers(struct gateway *g, int status, const char *body)
{
	(void)pthread_mutex_lock(&g->lock);
	g->status = status;
	(void)snprintf(g->body, sizeof(g->body), "%s", body);
	(void)pthread_mutex_unlock(&g->lock);
}

static inline void
gateway_start(struct gateway *g)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	memset(g, 0, sizeof(*g));
	(void)pthread_mutex_init(&g->lock, NULL);
	gateway_answers(g, 200, "{\"id\": \"m%d\"}");
	g->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (g->fd < 0 || bind(g->fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(g->fd, 16) != 0 ||
	    getsockname(g->fd, (struct sockaddr *)&at, &n) != 0 || pthread_create(&g->thread, NULL, gateway_main, g) != 0)
		abort();
	g->port = ntohs(at.sin_port);
}

static inline void
gateway_stop(struct gateway *g)
{
	(void)shutdown(g->fd, SHUT_RDWR);
	(void)pthread_join(g->thread, NULL);
	(void)close(g->fd);
}
#endif

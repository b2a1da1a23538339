/* http/guard.c: a client may be slow, but not for ever
 *
 * libmicrohttpd ends a connection that is silent. One that sends a byte now and then (slowloris) is never silent, so here
 * every connection has an instant by which what it is doing must be done: a header within the time-out; a body and the
 * reading of an answer within the time-out plus a second for each 1,000 bytes. While we work, and on an event stream, there
 * is none. A thread looks once a second and shuts down the socket of who is late; libmicrohttpd then sees it closed. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/monotonic.h"
#include "http/internal.h"

enum { US_PER_BYTE = 1000, LOOK_S = 1 };

struct guarded {
	struct guarded *next, **at;
	MHD_socket fd;
	_Atomic int64_t until_us;	/* 0: no end */
};

struct guard {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct guarded *first;
	int64_t timeout_us, n;
	pthread_t thread;
	bool stopping;
};

static void
end_the_late(struct guard *g, int64_t now_us)
{
	for (struct guarded *c = g->first; c != NULL; c = c->next) {
		int64_t until = atomic_load_explicit(&c->until_us, memory_order_relaxed);

		if (until == 0 || until > now_us)
			continue;
		/* The socket is closed only after guard_notify has taken it off the list, which needs our lock. */
		(void)shutdown(c->fd, SHUT_RDWR);
		atomic_store_explicit(&c->until_us, 0, memory_order_relaxed);
	}
}

static void *
guard_main(void *arg)
{
	struct guard *g = arg;
	struct timespec next;

	(void)pthread_mutex_lock(&g->lock);
	while (!g->stopping) {
		(void)clock_gettime(CLOCK_REALTIME, &next);
		next.tv_sec += LOOK_S;
		(void)pthread_cond_timedwait(&g->wake, &g->lock, &next);
		end_the_late(g, monotonic_us());
	}
	(void)pthread_mutex_unlock(&g->lock);
	return NULL;
}

struct guard *
guard_open(int timeout_s)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->timeout_us = (int64_t)timeout_s * 1000000;
	(void)pthread_mutex_init(&g->lock, NULL);
	(void)pthread_cond_init(&g->wake, NULL);
	if (pthread_create(&g->thread, NULL, guard_main, g) != 0)
		abort();
	return g;
}

/* After the daemons have stopped: every connection has been told of. */
void
guard_close(struct guard *g)
{
	if (g == NULL)
		return;
	(void)pthread_mutex_lock(&g->lock);
	g->stopping = true;
	(void)pthread_cond_signal(&g->wake);
	(void)pthread_mutex_unlock(&g->lock);
	(void)pthread_join(g->thread, NULL);
	(void)pthread_mutex_destroy(&g->lock);
	(void)pthread_cond_destroy(&g->wake);
	free(g);
}

static struct guarded *
begin(struct guard *g, struct MHD_Connection *connection)
{
	struct guarded *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	atomic_init(&c->until_us, monotonic_us() + g->timeout_us);
	(void)pthread_mutex_lock(&g->lock);
	c->at = &g->first;
	c->next = g->first;
	if (c->next != NULL)
		c->next->at = &c->next;
	g->first = c;
	g->n++;
	(void)pthread_mutex_unlock(&g->lock);
	return c;
}

static void
end(struct guard *g, struct guarded *c)
{
	(void)pthread_mutex_lock(&g->lock);
	*c->at = c->next;
	if (c->next != NULL)
		c->next->at = c->at;
	g->n--;
	(void)pthread_mutex_unlock(&g->lock);
	free(c);
}

void
guard_notify(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = begin(arg, c);
	} else if (*context != NULL) {
		end(arg, *context);
		*context = NULL;
	}
}

void
guard_allow_since(struct MHD_Connection *connection, int64_t since_us, int64_t bytes, struct http_server *s)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct guarded *c = info == NULL ? NULL : info->socket_context;

	if (c != NULL)
		atomic_store_explicit(&c->until_us, bytes < 0 ? 0 : since_us + s->guard->timeout_us + bytes * US_PER_BYTE,
		    memory_order_relaxed);
}

void
guard_allow(struct MHD_Connection *c, int64_t bytes, struct http_server *s)
{
	guard_allow_since(c, bytes < 0 ? 0 : monotonic_us(), bytes, s);
}

int64_t
guard_connections(struct guard *g)
{
	int64_t n;

	(void)pthread_mutex_lock(&g->lock);
	n = g->n;
	(void)pthread_mutex_unlock(&g->lock);
	return n;
}

/* http/events.c: server-sent events (WHATWG HTML, 9.2)
 *
 * A stream is a suspended connection with a short queue. publish appends to every stream of the topic and wakes it; a
 * stream whose reader is too slow loses its queue and gets one "resync" event, so that memory is bounded and the page
 * knows to load itself again. A heartbeat comment every 20 s finds dead peers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/internal.h"

enum { QUEUE_MAX = 4096, HEARTBEAT_S = 20, TOPIC_BUCKETS = 1024 };

static const char RESYNC[] = "event: resync\ndata: {}\n\n";

struct stream {
	struct stream *next, **at;
	struct event_hub *hub;
	struct MHD_Connection *connection;
	char *data;			/* NULL while nothing waits: an idle stream is small */
	size_t len, sent, cap;
	bool suspended, closing;
	char topic[];
};

struct event_hub {
	struct http_server *server;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct stream *bucket[TOPIC_BUCKETS];
	pthread_t heart;
	bool stopping;
};

static size_t
bucket_of(const char *topic)
{
	size_t h = 5381;

	for (; *topic != '\0'; topic++)
		h = h * 33 + (unsigned char)*topic;
	return h % TOPIC_BUCKETS;
}

/* All below run with the hub's lock held. */
static void
push(struct stream *s, const char *text, size_t n)
{
	if (s->len - s->sent + n > QUEUE_MAX) {		/* too slow: one resync instead of all it missed */
		s->len = s->sent = 0;
		text = RESYNC;
		n = sizeof(RESYNC) - 1;
	}
	if (s->sent > 0) {
		memmove(s->data, s->data + s->sent, s->len - s->sent);
		s->len -= s->sent;
		s->sent = 0;
	}
	if (s->len + n > s->cap) {
		char *grown = realloc(s->data, s->len + n);

		if (grown == NULL)
			abort();
		s->data = grown;
		s->cap = s->len + n;
	}
	memcpy(s->data + s->len, text, n);
	s->len += n;
	if (s->suspended) {
		s->suspended = false;
		MHD_resume_connection(s->connection);
	}
}

static ssize_t
stream_read(void *arg, uint64_t position, char *buf, size_t max)
{
	struct stream *s = arg;
	ssize_t n;

	(void)position;
	(void)pthread_mutex_lock(&s->hub->lock);
	if (s->len > s->sent) {
		n = (ssize_t)(s->len - s->sent < max ? s->len - s->sent : max);
		memcpy(buf, s->data + s->sent, (size_t)n);
		s->sent += (size_t)n;
		if (s->sent == s->len) {
			free(s->data);
			s->data = NULL;
			s->len = s->sent = s->cap = 0;
		}
	} else if (s->closing) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else {
		s->suspended = true;
		MHD_suspend_connection(s->connection);
		n = 0;
	}
	(void)pthread_mutex_unlock(&s->hub->lock);
	return n;
}

static void
stream_free(void *arg)
{
	struct stream *s = arg;
	struct event_hub *hub = s->hub;

	(void)pthread_mutex_lock(&hub->lock);
	*s->at = s->next;
	if (s->next != NULL)
		s->next->at = s->at;
	(void)pthread_mutex_unlock(&hub->lock);
	(void)atomic_fetch_sub(&hub->server->metrics.open_streams, 1);
	free(s->data);
	free(s);
}

struct MHD_Response *
event_stream(struct event_hub *hub, struct MHD_Connection *c, const char *topic)
{
	static const char hello[] = "retry: 5000\n\n";
	struct stream *s = calloc(1, sizeof(*s) + strlen(topic) + 1);
	struct stream **head = &hub->bucket[bucket_of(topic)];

	if (s == NULL)
		abort();
	memcpy(s->topic, topic, strlen(topic) + 1);
	s->hub = hub;
	s->connection = c;
	(void)pthread_mutex_lock(&hub->lock);
	s->at = head;
	s->next = *head;
	if (s->next != NULL)
		s->next->at = &s->next;
	*head = s;
	s->closing = hub->stopping;
	push(s, hello, sizeof(hello) - 1);
	(void)pthread_mutex_unlock(&hub->lock);
	(void)atomic_fetch_add(&hub->server->metrics.open_streams, 1);
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, stream_read, s, stream_free);
}

static bool
append(char *out, size_t max, size_t *n, const char *text, size_t length)
{
	if (length > max - *n)
		return false;
	memcpy(out + *n, text, length);
	*n += length;
	return true;
}

/* One event as text; a line of data for each line, so that no data can end the event and begin another. 0: too long. */
static size_t
event_frame(char *out, size_t max, const char *event, const char *data)
{
	size_t n = 0;
	bool fits = append(out, max, &n, "event: ", 7) && append(out, max, &n, event, strcspn(event, "\r\n"));

	for (bool more = true; fits && more;) {
		size_t length = strcspn(data, "\r\n");

		fits = append(out, max, &n, "\ndata: ", 7) && append(out, max, &n, data, length);
		data += length;
		more = *data != '\0';
		data += data[0] == '\r' && data[1] == '\n' ? 2 : more;
	}
	return fits && append(out, max, &n, "\n\n", 2) ? n : 0;
}

/* The same, always something: what is too long becomes "look again". `out` holds QUEUE_MAX / 2. */
static size_t
event_text(char *out, const char *event, const char *data)
{
	size_t n = event_frame(out, QUEUE_MAX / 2, event, data);

	if (n > 0)
		return n;
	memcpy(out, RESYNC, sizeof(RESYNC) - 1);
	return sizeof(RESYNC) - 1;
}

void
event_publish_all(struct event_hub *hub, const char *event, const char *data)
{
	char text[QUEUE_MAX / 2];
	size_t n = event_text(text, event, data);

	(void)pthread_mutex_lock(&hub->lock);
	for (size_t i = 0; i < TOPIC_BUCKETS; i++) {
		for (struct stream *s = hub->bucket[i]; s != NULL; s = s->next)
			push(s, text, n);
	}
	(void)pthread_mutex_unlock(&hub->lock);
}

void
event_publish(struct event_hub *hub, const char *topic, const char *event, const char *data)
{
	char text[QUEUE_MAX / 2];
	size_t n = event_text(text, event, data);

	(void)pthread_mutex_lock(&hub->lock);
	for (struct stream *s = hub->bucket[bucket_of(topic)]; s != NULL; s = s->next) {
		if (strcmp(s->topic, topic) == 0)
			push(s, text, n);
	}
	(void)pthread_mutex_unlock(&hub->lock);
}

static void *
heart_main(void *arg)
{
	struct event_hub *hub = arg;
	struct timespec until;

	(void)pthread_mutex_lock(&hub->lock);
	while (!hub->stopping) {
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += HEARTBEAT_S;
		if (pthread_cond_timedwait(&hub->wake, &hub->lock, &until) == 0)
			continue;
		for (size_t i = 0; i < TOPIC_BUCKETS; i++) {
			for (struct stream *s = hub->bucket[i]; s != NULL; s = s->next)
				push(s, ":\n\n", 3);
		}
	}
	(void)pthread_mutex_unlock(&hub->lock);
	return NULL;
}

struct event_hub *
event_hub_open(struct http_server *server)
{
	struct event_hub *hub = calloc(1, sizeof(*hub));

	if (hub == NULL)
		abort();
	hub->server = server;
	(void)pthread_mutex_init(&hub->lock, NULL);
	(void)pthread_cond_init(&hub->wake, NULL);
	if (pthread_create(&hub->heart, NULL, heart_main, hub) != 0)
		abort();
	return hub;
}

/* Ends every stream; the memory goes with event_hub_close's second half, after the daemons have stopped. */
static void
end_streams(struct event_hub *hub)
{
	(void)pthread_mutex_lock(&hub->lock);
	hub->stopping = true;
	(void)pthread_cond_signal(&hub->wake);
	for (size_t i = 0; i < TOPIC_BUCKETS; i++) {
		for (struct stream *s = hub->bucket[i]; s != NULL; s = s->next) {
			s->closing = true;
			if (s->suspended) {
				s->suspended = false;
				MHD_resume_connection(s->connection);
			}
		}
	}
	(void)pthread_mutex_unlock(&hub->lock);
}

void
event_hub_close(struct event_hub *hub)
{
	if (!hub->stopping) {		/* first call: streams end, the hub stays */
		end_streams(hub);
		(void)pthread_join(hub->heart, NULL);
		return;
	}
	(void)pthread_mutex_destroy(&hub->lock);
	(void)pthread_cond_destroy(&hub->wake);
	free(hub);
}

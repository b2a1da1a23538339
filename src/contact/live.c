/* contact/live.c */
#include "contact/live.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "db/db.h"
#include "http/http.h"

static struct { pthread_mutex_t lock; struct event_hub *hub; } live = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
live_open(struct event_hub *hub)
{
	(void)pthread_mutex_lock(&live.lock);
	live.hub = hub;
	(void)pthread_mutex_unlock(&live.lock);
}

void
live_contact(int64_t contact_id)
{
	char topic[40];

	(void)snprintf(topic, sizeof(topic), "contact:%" PRId64, contact_id);
	(void)pthread_mutex_lock(&live.lock);
	if (live.hub != NULL) {
		event_publish(live.hub, topic, "change", "{}");
		event_publish(live.hub, LIVE_WORKLIST, "change", "{}");
		event_publish(live.hub, LIVE_ANY, "change", "{}");
	}
	(void)pthread_mutex_unlock(&live.lock);
}

/* The number itself travels in the pointer: it needs no memory that lives until the commit. */
static void
changed(void *arg)
{
	live_contact((int64_t)(intptr_t)arg);
}

void
live_contact_after(struct db *tx, int64_t contact_id)
{
	db_after_commit(tx, changed, (void *)(intptr_t)contact_id);
}

static void
topic_changed(void *arg)
{
	const char *topic = arg;

	(void)pthread_mutex_lock(&live.lock);
	if (live.hub != NULL) {
		event_publish(live.hub, topic, "change", "{}");
		event_publish(live.hub, LIVE_ANY, "change", "{}");
	}
	(void)pthread_mutex_unlock(&live.lock);
}

void
live_topic_after(struct db *tx, const char *topic)
{
	db_after_commit(tx, topic_changed, (void *)(uintptr_t)topic);
}

const char *
live_topic(struct arena *a, int64_t contact_id)
{
	return arena_printf(a, "contact:%" PRId64, contact_id);
}

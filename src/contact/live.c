/* contact/live.c */
#include "contact/live.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "contact/presence.h"
#include "db/db.h"
#include "db/hear.h"
#include "db/kept.h"
#include "http/http.h"

static struct { pthread_mutex_t lock; struct event_hub *hub; } live = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What the servers tell each other: a word and its numbers, see heard(). */
#define WORD_CONTACT "contact"
#define WORD_TOPIC "topic"
#define WORD_HERE "here"
#define WORD_LEFT "left"

/* The pages that listen to a topic, and those that listen to everything; the contact's also those of the worklist. */
static void
topic_changed(const char *topic, bool of_worklist)
{
	(void)pthread_mutex_lock(&live.lock);
	if (live.hub != NULL) {
		event_publish(live.hub, topic, "change", "{}");
		if (of_worklist)
			event_publish(live.hub, LIVE_WORKLIST, "change", "{}");
		event_publish(live.hub, LIVE_ANY, "change", "{}");
	}
	(void)pthread_mutex_unlock(&live.lock);
}

void
live_contact(int64_t contact_id)
{
	char topic[40];

	(void)snprintf(topic, sizeof(topic), "contact:%" PRId64, contact_id);
	topic_changed(topic, true);
}

/* Another server's word about somebody: "here CONTACT ACCOUNT UNTIL WRITING_UNTIL NAME". */
static void
heard_of_somebody(const struct database *d, const char *text)
{
	int64_t contact, account, until, writing;
	int at = 0;

	if (sscanf(text, WORD_HERE " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %n", &contact, &account, &until, &writing,
	    &at) == 4 && at > 0) {
		if (presence_seen(d, contact, account, text + at, until, writing, time(NULL)))
			live_contact(contact);
	} else if (sscanf(text, WORD_LEFT " %" SCNd64 " %" SCNd64, &contact, &account) == 2) {
		if (presence_left(d, contact, account))
			live_contact(contact);
	}
}

static void
heard(void *arg, const char *text)
{
	int64_t contact;

	if (text == NULL) {
		kept_forget();
		(void)pthread_mutex_lock(&live.lock);
		if (live.hub != NULL)
			event_publish_all(live.hub, "change", "{}");
		(void)pthread_mutex_unlock(&live.lock);
	} else if (sscanf(text, WORD_CONTACT " %" SCNd64, &contact) == 1) {
		live_contact(contact);
	} else if (strncmp(text, WORD_TOPIC " ", sizeof(WORD_TOPIC)) == 0) {
		topic_changed(text + sizeof(WORD_TOPIC), false);
	} else if (strcmp(text, KEPT_WORD) == 0) {
		kept_forget();
	} else {
		heard_of_somebody(arg, text);
	}
}

bool
live_open(struct event_hub *hub, struct database *d, struct err *err)
{
	(void)pthread_mutex_lock(&live.lock);
	live.hub = hub;
	(void)pthread_mutex_unlock(&live.lock);
	return database_hear(d, heard, d, err);
}

void
live_close(struct database *d)
{
	database_hear_stop(d);
	(void)pthread_mutex_lock(&live.lock);
	live.hub = NULL;
	(void)pthread_mutex_unlock(&live.lock);
}

void
live_present(struct db *db, int64_t contact_id, int64_t account_id, const char *name, int64_t until, int64_t writing_until,
    int64_t now)
{
	char word[TELL_BYTES];

	if (presence_seen(db_database(db), contact_id, account_id, name, until, writing_until, now))
		live_contact(contact_id);
	if (presence_to_tell(db_database(db), contact_id, account_id) && snprintf(word, sizeof(word),
	    WORD_HERE " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %s", contact_id, account_id, until, writing_until,
	    name) < (int)sizeof(word))
		db_tell(db, word);
}

void
live_left(struct db *db, int64_t contact_id, int64_t account_id)
{
	char word[80];

	if (presence_left(db_database(db), contact_id, account_id))
		live_contact(contact_id);
	(void)snprintf(word, sizeof(word), WORD_LEFT " %" PRId64 " %" PRId64, contact_id, account_id);
	db_tell(db, word);
}

/* The number itself travels in the pointer: it needs no memory that lives until the commit. */
static void
contact_after(void *arg)
{
	live_contact((int64_t)(intptr_t)arg);
}

void
live_contact_after(struct db *tx, int64_t contact_id)
{
	char word[40];

	(void)snprintf(word, sizeof(word), WORD_CONTACT " %" PRId64, contact_id);
	db_after_commit(tx, contact_after, (void *)(intptr_t)contact_id);
	db_tell_after(tx, word);
}

static void
topic_changed_after(void *arg)
{
	topic_changed(arg, false);
}

void
live_topic_after(struct db *tx, const char *topic)
{
	char word[80];

	(void)snprintf(word, sizeof(word), WORD_TOPIC " %s", topic);
	db_after_commit(tx, topic_changed_after, (void *)(uintptr_t)topic);
	db_tell_after(tx, word);
}

const char *
live_topic(struct arena *a, int64_t contact_id)
{
	return arena_printf(a, "contact:%" PRId64, contact_id);
}

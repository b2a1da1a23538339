/* contact/presence.c: a small table under a lock; a municipality has hundreds of people at work, not thousands */
#include "contact/presence.h"

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"

enum { MOST = 4096, NAME_BYTES = 120 };

static struct {
	pthread_mutex_t lock;
	size_t n;
	struct present {
		const struct database *of;
		int64_t contact_id, account_id, until, writing_until;
		int64_t told_until, told_writing_until;		/* what the other servers know */
		char name[NAME_BYTES];
	} item[MOST];
} here = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What is over makes room; the order says nothing. */
static void
tidy(int64_t now)
{
	for (size_t i = 0; i < here.n;) {
		if (here.item[i].until <= now)
			here.item[i] = here.item[--here.n];
		else
			i++;
	}
}

static struct present *
find(const struct database *of, int64_t contact_id, int64_t account_id)
{
	for (size_t i = 0; i < here.n; i++) {
		struct present *p = &here.item[i];

		if (p->of == of && p->contact_id == contact_id && p->account_id == account_id)
			return p;
	}
	return NULL;
}

bool
presence_seen(const struct database *of, int64_t contact_id, int64_t account_id, const char *name, int64_t until,
    int64_t writing_until, int64_t now)
{
	bool news = false;
	struct present *p;

	(void)pthread_mutex_lock(&here.lock);
	tidy(now);
	p = find(of, contact_id, account_id);
	if (p == NULL && here.n < MOST) {	/* more than MOST: the rest are simply not shown */
		p = &here.item[here.n++];
		*p = (struct present){ .of = of, .contact_id = contact_id, .account_id = account_id };
		(void)snprintf(p->name, sizeof(p->name), "%s", name);
		news = true;
	}
	if (p != NULL) {
		p->until = until;
		news = news || (writing_until > now && p->writing_until <= now);
		if (writing_until > p->writing_until)
			p->writing_until = writing_until;
	}
	(void)pthread_mutex_unlock(&here.lock);
	return news;
}

bool
presence_to_tell(const struct database *of, int64_t contact_id, int64_t account_id)
{
	struct present *p;
	bool tell = true;

	(void)pthread_mutex_lock(&here.lock);
	p = find(of, contact_id, account_id);
	if (p != NULL) {
		tell = p->until >= p->told_until + PRESENCE_TELL_S || p->until < p->told_until ||
		    p->writing_until >= p->told_writing_until + PRESENCE_TELL_S;
		if (tell) {
			p->told_until = p->until;
			p->told_writing_until = p->writing_until;
		}
	}
	(void)pthread_mutex_unlock(&here.lock);
	return tell;
}

bool
presence_left(const struct database *of, int64_t contact_id, int64_t account_id)
{
	struct present *p;

	(void)pthread_mutex_lock(&here.lock);
	p = find(of, contact_id, account_id);
	if (p != NULL)
		*p = here.item[--here.n];
	(void)pthread_mutex_unlock(&here.lock);
	return p != NULL;
}

struct presence_list
presence_of(struct arena *a, const struct database *of, int64_t contact_id, int64_t account_id, int64_t now)
{
	struct presence *item = NULL;
	size_t n = 0;

	(void)pthread_mutex_lock(&here.lock);
	if (here.n > 0)
		item = arena_array(a, here.n, sizeof(*item));
	for (size_t i = 0; i < here.n; i++) {
		const struct present *p = &here.item[i];
		bool writing = p->writing_until > now;

		if (p->of != of || p->account_id == account_id || p->until <= now ||
		    (contact_id != 0 && p->contact_id != contact_id))
			continue;
		item[n++] = (struct presence){ .contact_id = p->contact_id, .account_id = p->account_id,
			.name = arena_strdup(a, p->name), .writing = writing,
			.until = writing && p->writing_until < p->until ? p->writing_until : p->until };
	}
	(void)pthread_mutex_unlock(&here.lock);
	return (struct presence_list){ item, n };
}

/* db/hear.c: PostgreSQL's hearer has a thread and a connection of its own; SQLite's is the writer's thread when it rests */
#include "db/hear.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "db/internal.h"
#include "db/late_pq.h"

#define CHANNEL "narkontakt"
#define OWN_WORD "do I hear"
enum { AGAIN_MS = 1000, OWN_WORD_MS = 5000 };

struct hearing {
	struct database *database;
	heard_fn *fn;
	void *arg;
	pthread_t thread;
	int stop;			/* an eventfd, written to when it is over */
	int64_t asked_ms;		/* when the word to ourselves was said that has not come back; 0: none is waited for */
	bool hears, told;		/* it came back; it was told that none did */
};

/* A text as it travels: who says it, a space, the text. */
static bool
spoken(const struct database *d, const char *text, char *out, size_t size)
{
	int n = snprintf(out, size, "%s %s", d->origin, text);

	return strlen(text) <= TELL_BYTES && n > 0 && (size_t)n < size;
}

void
db_tell_after(struct db *tx, const char *text)
{
	char said[TELL_BYTES + 32], *literal;
	size_t n;

	if (tx->database->kind != DB_POSTGRESQL || !spoken(tx->database, text, said, sizeof(said)))
		return;
	if ((literal = PQescapeLiteral(tx->connection->handle, said, strlen(said))) == NULL)
		return;			/* not valid UTF-8: nobody is told */
	n = strlen(literal) + sizeof("NOTIFY " CHANNEL ", ; ");
	if (tx->told == NULL || strstr(tx->told, literal) == NULL) {
		char *grown = realloc(tx->told, tx->n_told + n);

		if (grown == NULL)
			abort();
		tx->told = grown;
		tx->n_told += (size_t)snprintf(grown + tx->n_told, n, "NOTIFY " CHANNEL ", %s; ", literal);
	}
	PQfreemem(literal);
}

void
db_tell(struct db *db, const char *text)
{
	char said[TELL_BYTES + 32];
	struct err ignored = { 0 };

	if (db->database->kind == DB_POSTGRESQL && spoken(db->database, text, said, sizeof(said)))
		/* Told is a commit, though nothing is kept: nobody waits for the disk. */
		(void)db_run(db, "SELECT set_config('synchronous_commit', 'off', true), pg_notify('" CHANNEL "', $1)", NULL,
		    &ignored, "t", said);
}

/* Waits up to ms, or until it is over; true when it is over. */
static bool
over(struct hearing *h, int fd, int ms)
{
	struct pollfd p[] = { { .fd = h->stop, .events = POLLIN }, { .fd = fd, .events = POLLIN } };

	(void)poll(p, fd >= 0 ? 2 : 1, ms);
	return (p[0].revents & POLLIN) != 0;
}

static void
pass_on(struct hearing *h, struct connection *c)
{
	PGnotify *n;

	while ((n = PQnotifies(c->handle)) != NULL) {
		size_t own = strlen(h->database->origin);

		if (strncmp(n->extra, h->database->origin, own) != 0 && strchr(n->extra, ' ') != NULL)
			h->fn(h->arg, strchr(n->extra, ' ') + 1);
		else if (strncmp(n->extra, h->database->origin, own) == 0 && strcmp(n->extra + own, " " OWN_WORD) == 0)
			h->hears = true;
		PQfreemem(n);
	}
}

/* LISTEN says yes also behind a pooler that lends us another connection for each transaction: what is then said to that connection
 * reaches nobody. A word to ourselves, from a connection of its own as another server's would be, shows it. */
static void
ask(struct hearing *h)
{
	struct database *d = h->database;
	struct connection *c = NULL;
	struct err ignored = { 0 };
	char say[TELL_BYTES];

	if (h->hears || h->told)
		return;
	(void)snprintf(say, sizeof(say), "NOTIFY " CHANNEL ", '%s " OWN_WORD "'", d->origin);
	if (d->engine->open(d, false, &c, &ignored) && d->engine->run(c, say, &ignored))
		h->asked_ms = monotonic_ms();
	if (c != NULL)
		d->engine->close(c);
}

/* How long to wait for it, -1 for ever; when it has waited in vain, it is told once. */
static int
own_word(struct hearing *h)
{
	int64_t left = h->asked_ms + OWN_WORD_MS - monotonic_ms();

	if (h->hears && h->told)
		log_line(LOG_WARN, "hear", "state=hears");	/* it was only late */
	if (h->hears)
		h->told = false;
	if (h->hears || h->asked_ms == 0 || h->told)
		return -1;
	if (left > 0)
		return (int)left;
	h->told = true;
	log_line(LOG_WARN, "hear", "state=deaf reason=\"a word to ourselves did not come back: is there a connection pooler in transaction"
	    " mode? Give the server PostgreSQL itself; until then pages show what other servers change only when loaded anew\"");
	return -1;
}

static void *
hear_main(void *arg)
{
	struct hearing *h = arg;
	struct database *d = h->database;
	struct connection *c = NULL;
	bool first = true;

	while (!over(h, c == NULL ? -1 : PQsocket(c->handle), c != NULL ? own_word(h) : first ? 0 : AGAIN_MS)) {
		struct err err = { 0 };

		if (c == NULL) {
			if (!d->engine->open(d, false, &c, &err) || !d->engine->run(c, "LISTEN " CHANNEL, &err)) {
				log_line(LOG_WARN, "hear", "state=deaf");
				if (c != NULL)
					d->engine->close(c);
				c = NULL;
			} else {
				if (!first)
					h->fn(h->arg, NULL);	/* what was said meanwhile is gone */
				ask(h);
			}
			first = false;
			continue;
		}
		if (PQconsumeInput(c->handle) == 0) {
			d->engine->close(c);
			c = NULL;
			continue;
		}
		pass_on(h, c);
	}
	if (c != NULL)
		d->engine->close(c);
	return NULL;
}

bool
database_hear(struct database *d, heard_fn *fn, void *arg, struct err *err)
{
	struct hearing *h;

	if (d->options.alone)
		return true;
	if ((h = calloc(1, sizeof(*h))) == NULL)
		abort();
	*h = (struct hearing){ .database = d, .fn = fn, .arg = arg, .stop = -1 };
	if (d->kind == DB_SQLITE) {
		writer_hears(d, h);
		return true;
	}
	if ((h->stop = eventfd(0, EFD_CLOEXEC)) < 0 || pthread_create(&h->thread, NULL, hear_main, h) != 0) {
		if (h->stop >= 0)
			(void)close(h->stop);
		free(h);
		return err_set(err, ERR_BUG, "no thread to hear the other servers");
	}
	d->hearing = h;
	return true;
}

void
database_hear_stop(struct database *d)
{
	struct hearing *h = d->hearing;

	if (h == NULL)
		return;
	if (d->kind == DB_SQLITE) {
		writer_hears(d, NULL);
	} else {
		(void)eventfd_write(h->stop, 1);
		(void)pthread_join(h->thread, NULL);
		(void)close(h->stop);
		d->hearing = NULL;
	}
	free(h);
}

void
hearing_wrote(struct hearing *h)
{
	h->fn(h->arg, NULL);
}

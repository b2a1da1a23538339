/* cmd/receive.c: the threads that fetch mail */
#include "cmd/receive.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "contact/intake.h"
#include "db/db.h"
#include "mail/receive.h"

enum { WAIT_MS = 2000, AGAIN_S = 30, POLL_S = 60 };

struct receivers {
	struct database *database;
	const struct options *options;
	_Atomic bool stopping;
	pthread_t thread[2];
	int n;
};

static bool
take_many(void *arg, const struct mail_bytes *mail, size_t n, struct err *err)
{
	struct receivers *r = arg;
	struct arena *a = arena_open();
	struct db *db = database_reader(r->database, err);
	struct intake_result *taken;
	bool ok = db != NULL && intake_bytes(db, a, mail, n, (int64_t)time(NULL), &taken, err);

	for (size_t i = 0; ok && i < n; i++)
		log_line(LOG_INFO, "mail", "id=%" PRId64 " kind=%s", taken[i].mail_id, taken[i].kind);
	arena_close(a);
	return ok;
}

static void
store_ahead(void *arg, struct mail_bytes *mail, size_t n)
{
	struct receivers *r = arg;
	struct err err = { 0 };
	struct db *db = database_reader(r->database, &err);

	if (db == NULL || !intake_bytes_ahead(db, mail, n, (int64_t)time(NULL), &err))
		log_line(LOG_WARN, "mail", "stored_ahead=0 error=\"%s\"", err.log);
}

static bool
take(void *arg, const char *bytes, size_t n, struct err *err)
{
	return take_many(arg, &(struct mail_bytes){ bytes, n, false }, 1, err);
}

/* Sleeps in short steps, so that a stop is not kept waiting. */
static void
rest(struct receivers *r, int seconds)
{
	for (int i = 0; i < seconds * 5 && !atomic_load(&r->stopping); i++)
		(void)usleep(200000);
}

static void *
maildir_main(void *arg)
{
	struct receivers *r = arg;

	while (!atomic_load(&r->stopping)) {
		struct err err = { 0 };
		struct received got = { 0 };
		struct maildir *m = maildir_open(r->options->maildir, &err);

		if (m == NULL) {
			log_line(LOG_ERROR, "maildir", "error=\"%s\"", err.log);
			rest(r, AGAIN_S);
			continue;
		}
		while (!atomic_load(&r->stopping) && maildir_receive(m, take_many, store_ahead, r, &got, &err))
			maildir_wait(m, WAIT_MS);
		if (err.code != ERR_NONE) {
			log_line(LOG_WARN, "maildir", "error=\"%s\"", err.log);
			rest(r, AGAIN_S);
		}
		maildir_close(m);
	}
	return NULL;
}

/* imap://host[:port][/MAILBOX] or imaps://... into its parts. */
static bool
imap_parts(struct arena *a, const char *url, struct imap_config *c)
{
	const char *p, *slash, *colon;

	c->tls = strncmp(url, "imaps://", 8) == 0 ? IMAP_TLS_IMPLICIT : IMAP_TLS_REQUIRED;
	if ((p = strstr(url, "://")) == NULL)
		return false;
	p += 3;
	slash = strchr(p, '/');
	c->host = arena_strndup(a, p, slash == NULL ? strlen(p) : (size_t)(slash - p));
	c->mailbox = slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
	if ((colon = strrchr(c->host, ':')) != NULL) {
		c->port = (int)strtol(colon + 1, NULL, 10);
		c->host = arena_strndup(a, c->host, (size_t)(colon - c->host));
	}
	return c->host[0] != '\0';
}

static void *
imap_main(void *arg)
{
	struct receivers *r = arg;
	struct arena *a = arena_open();
	struct imap_config config = { .user = r->options->imap_user };
	struct err err = { 0 };
	char *password;
	size_t n;

	if (!imap_parts(a, r->options->imap_url, &config) || r->options->imap_password_file == NULL ||
	    !file_read(a, r->options->imap_password_file, 4096, &password, &n, &err)) {
		log_line(LOG_ERROR, "imap", "configuration=wrong error=\"%s\"", err.log);
		arena_close(a);
		return NULL;
	}
	password[strcspn(password, "\r\n")] = '\0';
	config.password = password;
	while (!atomic_load(&r->stopping)) {
		struct received got = { 0 };
		struct imap *i;

		err = (struct err){ 0 };
		if ((i = imap_open(&config, &err)) != NULL) {
			int poll = r->options->imap_poll_s > 0 ? (int)r->options->imap_poll_s : POLL_S;

			while (!atomic_load(&r->stopping) && imap_receive(i, take, r, &got, &err) &&
			    imap_rest(i, poll, &r->stopping, &err))
				;
			imap_close(i);
		}
		if (err.code != ERR_NONE) {
			log_line(LOG_WARN, "imap", "error=\"%s\"", err.log);
			rest(r, AGAIN_S);
		}
	}
	arena_close(a);
	return NULL;
}

struct receivers *
receivers_start(struct database *d, const struct options *o)
{
	struct receivers *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->database = d;
	r->options = o;
	if (o->maildir != NULL && pthread_create(&r->thread[r->n], NULL, maildir_main, r) == 0)
		r->n++;
	if (o->imap_url != NULL && pthread_create(&r->thread[r->n], NULL, imap_main, r) == 0)
		r->n++;
	return r;
}

void
receivers_stop(struct receivers *r)
{
	if (r == NULL)
		return;
	atomic_store(&r->stopping, true);
	for (int i = 0; i < r->n; i++)
		(void)pthread_join(r->thread[i], NULL);
	free(r);
}

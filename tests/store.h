/* tests/store.h: a fresh, migrated database of each engine for a test
 *
 * store_each(fn, arg) runs fn on SQLite and, where Debian's PostgreSQL is installed, on a private server. The folder of
 * the test program's own scripts is found from $NK_ROOT, else the working directory. */
#ifndef TESTS_STORE_H
#define TESTS_STORE_H
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "db/db.h"

static char store_dir[64];		/* of the private PostgreSQL; empty until it was started */
static char store_url[256];

static inline const char *
store_root(void)
{
	const char *root = getenv("NK_ROOT");

	return root == NULL ? "." : root;
}

static inline void
store_stop(void)
{
	char command[512];

	if (store_dir[0] == '\0')
		return;
	(void)snprintf(command, sizeof(command), "%s/tests/service/pg-stop %s", store_root(), store_dir);
	if (system(command) != 0)
		(void)fprintf(stderr, "pg-stop failed\n");
}

/* The URL of the private server, started at the first call; NULL when there is none on this machine. */
static inline const char *
store_postgresql(void)
{
	char command[512];
	FILE *f;
	int rc;

	if (store_url[0] != '\0')
		return store_url;
	(void)snprintf(store_dir, sizeof(store_dir), "/tmp/nk-pg.XXXXXX");
	if (mkdtemp(store_dir) == NULL)
		abort();
	(void)snprintf(command, sizeof(command), "%s/tests/service/pg-start %s", store_root(), store_dir);
	f = popen(command, "r");
	if (f == NULL || fgets(store_url, sizeof(store_url), f) == NULL)
		store_url[0] = '\0';
	rc = f == NULL ? -1 : pclose(f);
	if (rc != 0 || store_url[0] == '\0') {
		store_url[0] = store_dir[0] = '\0';
		return NULL;
	}
	store_url[strcspn(store_url, "\n")] = '\0';
	(void)atexit(store_stop);
	return store_url;
}

typedef void store_fn(struct database *d, struct db *db, void *arg);

static inline void
store_fail(const char *what, const struct err *err)
{
	(void)fprintf(stderr, "%s: %s\n", what, err->log);
	abort();
}

/* A new, empty schema in the private server, so that tests do not meet. */
static inline void
store_clean(const char *url)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "psql -q '%s' -c 'SET client_min_messages = error;"
	    " DROP SCHEMA public CASCADE; CREATE SCHEMA public' >/dev/null 2>&1", url);
	if (system(command) != 0)
		abort();
}

static inline void
store_one(const char *url, bool migrate, store_fn *fn, void *arg)
{
	struct database *d = NULL;
	struct err err = { 0 };
	struct db *db;

	if (!database_open(url, NULL, &d, &err))
		store_fail("open", &err);
	if (migrate && !database_migrate(d, NULL, &err))
		store_fail("migrate", &err);
	if ((db = database_reader(d, &err)) == NULL)
		store_fail("reader", &err);
	fn(d, db, arg);
	database_close(d);
}

static inline void
store_each_of(bool migrate, store_fn *fn, void *arg)
{
	char dir[] = "/tmp/nk-store.XXXXXX", path[64], remove[80];
	const char *url = store_postgresql();

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/test.db", dir);
	store_one(path, migrate, fn, arg);
	(void)snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	if (system(remove) != 0)
		abort();
	if (url != NULL) {
		store_clean(url);
		store_one(url, migrate, fn, arg);
	}
}

#define store_each(fn, arg) store_each_of(true, fn, arg)
#endif

/* tests/faults.h: the real program, its databases and its clients, for tests that break things
 *
 * A bed is a fresh database of one engine that the program itself has made (init), with a door of our own for counting.
 * B is the build folder (make service sets it). */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/date.h"
#include "contact/intake.h"
#include "contact/verify.h"
#include "people/site.h"
#include "store.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

struct bed {
	const char *name;		/* "sqlite", "postgresql" */
	char dir[64], *url;
	struct database *database;
	struct db *db;
};

static inline const char *
fault_program(void)
{
	static char path[4096];
	const char *b = getenv("B");

	(void)snprintf(path, sizeof(path), "%s/narkontakt", b != NULL ? b : "build");
	return path;
}

/* A number from the environment, else `instead`. */
static inline long
fault_number(const char *name, long instead)
{
	const char *text = getenv(name);

	return text != NULL && *text != '\0' ? strtol(text, NULL, 10) : instead;
}

static inline int64_t
fault_at(const char *text)
{
	int64_t t = 0;

	if (!instant_parse(text, &t))
		abort();
	return t;
}

static inline void
fault_sleep_ms(long ms)
{
	(void)nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static inline double
fault_clock_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Starts the program with these arguments (the first after its name), standard input from `in_fd`, -1 for none; what it
 * says on standard output goes to `out_fd`, -1 for nowhere. */
static inline pid_t
fault_start(int in_fd, int out_fd, const char *const *argument)
{
	char *argv[24] = { NULL };
	pid_t pid;

	argv[0] = strdup(fault_program());
	for (size_t i = 0; i < 22 && argument[i] != NULL; i++)
		argv[i + 1] = strdup(argument[i]);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(in_fd >= 0 ? in_fd : null, 0);
		(void)dup2(out_fd >= 0 ? out_fd : null, 1);
		if (getenv("V") == NULL)
			(void)dup2(null, 2);
		for (int fd = 3; fd < 256; fd++)
			(void)close(fd);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	return pid;
}

/* The exit code; a signal is 1000 and its number. */
static inline int
fault_wait(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* A file without a name that holds `text`, to be read from its start. */
static inline int
fault_text_fd(const char *text, size_t n)
{
	char name[] = "/tmp/nk-text.XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	(void)unlink(name);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static inline pid_t
fault_mail_start(const char *url, const char *now, const char *text, size_t n, int out_fd)
{
	const char *argument[8] = { "mail", "--db", url, now == NULL ? NULL : "--now", now, NULL };
	int fd = fault_text_fd(text, n);
	pid_t pid = fault_start(fd, out_fd, argument);

	(void)close(fd);
	return pid;
}

static inline int
fault_run(const char *const *argument)
{
	return fault_wait(fault_start(-1, -1, argument));
}

static inline void
bed_connect(struct bed *b)
{
	struct err err = { 0 };

	if (!database_open(b->url, NULL, &b->database, &err) || (b->db = database_reader(b->database, &err)) == NULL)
		store_fail("bed", &err);
}

/* A database in `dir` (or the private PostgreSQL) that the program has made. */
static inline void
bed_make(struct bed *b)
{
	if (fault_run((const char *const[]){ "init", "--db", b->url, NULL }) != 0) {
		(void)fprintf(stderr, "init failed\n");
		abort();
	}
	bed_connect(b);
}

static inline void
bed_close(struct bed *b)
{
	char command[100];

	database_close(b->database);
	free(b->url);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", b->dir);
	if (strncmp(b->dir, "/tmp/nk-fault.", 14) == 0 && system(command) != 0)
		abort();
}

/* Its place: false when the engine is not here. */
static inline bool
bed_place(struct bed *b, enum db_engine engine)
{
	*b = (struct bed){ .name = engine == DB_SQLITE ? "sqlite" : "postgresql" };
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/nk-fault.XXXXXX");
	if (mkdtemp(b->dir) == NULL)
		abort();
	if (engine == DB_SQLITE) {
		if (asprintf(&b->url, "%s/nk.db", b->dir) < 0)
			abort();
	} else {
		if (store_postgresql() == NULL) {
			(void)rmdir(b->dir);
			return false;
		}
		b->url = strdup(store_postgresql());
		store_clean(b->url);
	}
	return true;
}

static inline bool
bed_open(struct bed *b, enum db_engine engine)
{
	bool here = bed_place(b, engine);

	if (here)
		bed_make(b);
	return here;
}

/* The tables and nothing in them, for a town of our own (municipality.h). */
static inline bool
bed_open_bare(struct bed *b, enum db_engine engine)
{
	struct err err = { 0 };
	bool here = bed_place(b, engine);

	if (here)
		bed_connect(b);
	if (here && !database_migrate(b->database, NULL, &err))
		store_fail("migrate", &err);
	return here;
}

static inline int64_t
bed_count(struct bed *b, const char *sql)
{
	struct err err = { 0 };
	int64_t n = 0;

	if (!db_id(b->db, sql, &n, &err, ""))
		store_fail(sql, &err);
	return n;
}

/* Every invariant holds at `now`; what does not is printed. */
static inline bool
bed_verified(struct bed *b, int64_t now)
{
	struct arena *a = arena_open();
	struct verify_result v;
	struct err err = { 0 };

	if (!verify_all(b->db, a, now, &v, &err))
		store_fail("verify", &err);
	for (size_t i = 0; i < v.n_broken && i < 10; i++)
		(void)fprintf(stderr, "# %s: %s: %s: %s\n", b->name, v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	arena_close(a);
	return v.n_broken == 0;
}

static inline void
bed_set(struct bed *b, const char *name, const char *value, int64_t now)
{
	struct err err = { 0 };

	if (!site_set(b->db, 0, name, value, now, &err))
		store_fail(name, &err);
}
#endif

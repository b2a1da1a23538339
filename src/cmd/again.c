/* cmd/again.c: one mail, one process */
#include "cmd/again.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "db/db.h"

enum { STEP_MS = 20, WAIT_MS = 120000, PROCESSOR_S = 60 };

/* The same program: nothing open but standard error, no signal blocked. */
static bool
start(struct arena *a, const char *db, int64_t mail_id, pid_t *pid)
{
	char *const argv[] = { arena_strdup(a, "narkontakt"), arena_strdup(a, "mail"), arena_strdup(a, "--again"),
		arena_printf(a, "%" PRId64, mail_id), NULL };
	char **env;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	size_t n = 0, k = 0;
	bool ok;

	while (environ[n] != NULL)
		n++;
	env = arena_array(a, n + 2, sizeof(*env));
	for (size_t i = 0; i < n; i++) {
		if (strncmp(environ[i], "NARKONTAKT_DB=", 14) != 0 && strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0)
			env[k++] = environ[i];
	}
	env[k++] = arena_printf(a, "NARKONTAKT_DB=%s", db);
	env[k] = NULL;
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	if (posix_spawn_file_actions_init(&files) != 0)
		return false;
	if (posix_spawnattr_init(&how) != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return false;
	}
	ok = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
	    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0 &&
	    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
	    posix_spawnattr_setsigmask(&how, &none) == 0 && posix_spawnattr_setsigdefault(&how, &all) == 0 &&
	    posix_spawn(pid, "/proc/self/exe", &files, &how, argv, env) == 0;
	(void)posix_spawnattr_destroy(&how);
	(void)posix_spawn_file_actions_destroy(&files);
	return ok;
}

enum intake_alone
again_alone(void *arg, int64_t mail_id)
{
	const struct again *again = arg;
	struct arena *a = arena_open();
	int status = 0;
	pid_t pid, ended = 0;
	bool started = start(a, again->db, mail_id, &pid);

	arena_close(a);
	if (!started)
		return INTAKE_ALONE_LATER;
	for (int ms = 0; ms < WAIT_MS && (ended = waitpid(pid, &status, WNOHANG)) == 0; ms += STEP_MS)
		(void)nanosleep(&(struct timespec){ .tv_nsec = STEP_MS * 1000000 }, NULL);
	if (ended != pid) {		/* it waits for something */
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return INTAKE_ALONE_LATER;
	}
	if (!WIFEXITED(status))
		return INTAKE_ALONE_ENDED;
	return WEXITSTATUS(status) == EX_OK ? INTAKE_ALONE_READ :
	    WEXITSTATUS(status) == EX_TEMPFAIL ? INTAKE_ALONE_LATER : INTAKE_ALONE_ENDED;
}

int
again_read(const char *db, int64_t mail_id)
{
	struct options o = { .db = db, .alone = true };
	struct database *d = NULL;
	struct err err = { 0 };
	struct db *conn;
	bool ok;

	/* One that is read without end ends here. */
	(void)setrlimit(RLIMIT_CPU, &(struct rlimit){ .rlim_cur = PROCESSOR_S, .rlim_max = PROCESSOR_S });
	ok = options_database(&o, false, &d, &conn, &err) && intake_again(conn, mail_id, &err);
	if (!ok)
		(void)cmd_fail("mail", &err);
	database_close(d);
	return ok ? EX_OK : err.code == ERR_INPUT ? EX_DATAERR : EX_TEMPFAIL;
}

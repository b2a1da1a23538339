/* bench/bench_pipe.c: `narkontakt mail` as a mail server calls it: a process for every message, started with posix_spawn
 *
 *   bench_pipe PROGRAM DATABASE COUNT AT_ONCE
 *
 * Hands COUNT new messages over, AT_ONCE at a time, each on a pipe's end; every one must exit with 0 and say "contact". Prints one line: messages
 * a second, and how many processes a second that do nothing (/bin/true) are started in the same way, half of them before and
 * half after. A shell's loop would measure the shell: its fork copies more than the program takes to run. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"

enum { AT_ONCE_MOST = 64, TEXT_MOST = 4000, SAID_MOST = 100 };

extern char **environ;

struct child { pid_t pid; int said; };

static void
stop(const char *what)
{
	perror(what);
	exit(1);
}

static size_t
message(char *text, unsigned i)
{
	int n = snprintf(text, TEXT_MOST, "From: Demo <demo%u@example.org>\nTo: kontakt@lillan.example\nSubject: Gatlampa som inte lyser %u\n"
	    "Message-ID: <pipe-%lld-%d-%u@example.org>\nContent-Type: text/plain; charset=utf-8\n\n", i, i, (long long)time(NULL), (int)getpid(), i);

	for (int k = 0; k < 20; k++)
		n += snprintf(text + n, TEXT_MOST - (size_t)n, "Lampan vid gångvägen har varit släckt i två veckor och det är mörkt. (%d)\n", k);
	return (size_t)n;
}

/* The message fits in the pipe, so nobody waits for anybody. */
static struct child
start(char *const *argv, unsigned i)
{
	posix_spawn_file_actions_t act;
	struct child c = { 0 };
	char text[TEXT_MOST];
	int in[2], out[2];
	size_t n = message(text, i);

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || write(in[1], text, n) != (ssize_t)n)
		stop("pipe");
	(void)close(in[1]);
	(void)posix_spawn_file_actions_init(&act);
	(void)posix_spawn_file_actions_adddup2(&act, in[0], 0);
	(void)posix_spawn_file_actions_adddup2(&act, out[1], 1);
	if ((errno = posix_spawn(&c.pid, argv[0], &act, NULL, argv, environ)) != 0)
		stop(argv[0]);
	(void)posix_spawn_file_actions_destroy(&act);
	(void)close(in[0]);
	(void)close(out[1]);
	c.said = out[0];
	return c;
}

static void
end(struct child *c, const char *expected)
{
	char said[SAID_MOST];
	int status = 0;
	ssize_t n;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	n = read(c->said, said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	(void)close(c->said);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || strncmp(said, expected, strlen(expected)) != 0) {
		(void)fprintf(stderr, "bench_pipe: status %d, said \"%s\"\n", status, said);
		exit(1);
	}
}

/* The oldest is waited for before the next one starts, as soon as `at_once` are on their way. */
static double
rate(char *const *argv, unsigned count, unsigned at_once, unsigned first, const char *expected)
{
	struct child ring[AT_ONCE_MOST];
	double from = monotonic_s();

	for (unsigned i = 0; i < count; i++) {
		if (i >= at_once)
			end(&ring[i % at_once], expected);
		ring[i % at_once] = start(argv, first + i);
	}
	for (unsigned i = count > at_once ? count - at_once : 0; i < count; i++)
		end(&ring[i % at_once], expected);
	return count / (monotonic_s() - from);
}

int
main(int argc, char **argv)
{
	unsigned count = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0, at_once = argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
	char true_path[] = "/bin/true", word[] = "mail", flag[] = "--db";
	char *const nothing[] = { true_path, NULL };
	char *const mail[] = { argc == 5 ? argv[1] : NULL, word, flag, argc == 5 ? argv[2] : NULL, NULL };
	double before, ours, after;

	if (count == 0 || at_once == 0 || at_once > AT_ONCE_MOST) {
		(void)fprintf(stderr, "usage: bench_pipe PROGRAM DATABASE COUNT AT_ONCE (at most %d)\n", AT_ONCE_MOST);
		return 2;
	}
	before = rate(nothing, count, at_once, 0, "");
	ours = rate(mail, count, at_once, 0, "contact ");
	after = rate(nothing, count, at_once, 0, "");
	(void)printf("%.0f %.0f\n", ours, 2 / (1 / before + 1 / after));
	return 0;
}

/* tests/service/test_mail_memory.c: how much memory `narkontakt mail` takes for a mail of 60 MB
 *
 * The mail once as it came, and its largest file once; the database's cache; the program. What was measured is 109 MB for
 * 60 MB of text, 143 of HTML, 129 of base64; the bounds leave room for other libraries, not for a second copy of the mail.
 * B is the build folder (make service sets it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAIL_MB = 60, MB = 1000 * 1000 };

static char folder[] = "/var/tmp/nk-memory.XXXXXX", program[4096], database[64];

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st, (void)what, (void)at;
	return remove(path);
}

static pid_t
start_program(char *const argv[], int *to)
{
	int in[2];
	pid_t pid;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)execv(program, argv);
		_exit(127);
	}
	(void)close(in[0]);
	*to = in[1];
	return pid;
}

/* Its exit code; *mb gets the most memory it ever had, in MB. */
static int
end_program(pid_t pid, long *mb)
{
	struct rusage used;
	int status = -1;

	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	*mb = used.ru_maxrss / 1000;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		assert_true(put > 0);
		p += put;
		n -= (size_t)put;
	}
}

static int
start(void **state)
{
	const char *b = getenv("B");
	char word[][5] = { "init", "--db" }, *argv[] = { program, word[0], word[1], database, NULL };
	long mb;
	int fd;
	pid_t pid;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(program, sizeof(program), "%s/narkontakt", b != NULL ? b : "build");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(database, sizeof(database), "%s/nk.db", folder);
	pid = start_program(argv, &fd);
	(void)close(fd);
	return end_program(pid, &mb);
}

static int
stop(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 10, FTW_DEPTH | FTW_PHYS);
}

/* A head, then the line again and again, straight into the pipe: this process stays small. */
static long
memory_for(const char *head, const char *line, const char *tail)
{
	char word[][5] = { "mail", "--db" }, *argv[] = { program, word[0], word[1], database, NULL }, piece[64 * 1024];
	size_t n = strlen(line), held = sizeof(piece) / n * n;
	long mb;
	int fd;
	pid_t pid = start_program(argv, &fd);

	for (size_t i = 0; i < held; i += n)
		memcpy(piece + i, line, n);
	write_all(fd, head, strlen(head));
	for (size_t sent = 0; sent < (size_t)MAIL_MB * MB; sent += held)
		write_all(fd, piece, held);
	write_all(fd, tail, strlen(tail));
	(void)close(fd);
	assert_int_equal(end_program(pid, &mb), 0);
	print_message("%ld MB for %d MB\n", mb, MAIL_MB);
	return mb;
}

static void
test_text(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	assert_true(memory_for("From: a@example.org\nTo: b@example.org\nSubject: text\nMessage-ID: <t@example.org>\n\n",
	    "Lampan vid vägen lyser inte, och det är mörkt.\n", "") < 140);
}

static void
test_html(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	assert_true(memory_for("From: a@example.org\nTo: b@example.org\nSubject: html\nMessage-ID: <h@example.org>\n"
	    "Content-Type: text/html; charset=utf-8\n\n", "<p>Lampan vid vägen lyser inte.</p>\n", "") < 170);
}

static void
test_file(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	assert_true(memory_for("From: a@example.org\nTo: b@example.org\nSubject: file\nMessage-ID: <f@example.org>\n"
	    "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/pdf; name=a.pdf\n"
	    "Content-Transfer-Encoding: base64\n\n",
	    "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyAvUGFnZXMgMiAwIFIgPj4K\n", "\n--x--\n") < 180);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

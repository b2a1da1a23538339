/* tests/service/test_http.c: the server as clients meet it, the well-behaved and the others
 *
 * A real server on loopback, mostly over raw sockets: what is malformed, slow or hostile no client library would send. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "http/http.h"

enum { PUBLIC = 1, MEMBERS = 2, ANSWER_MAX = 4 << 20, QUICK_TIMEOUT_S = 2 };

static const unsigned char key[32] = "a key that is known to this test";
static int somebody;			/* struct actor is people's affair: any address will do */
static _Atomic int slow_ran;
static char temporary[] = "/tmp/nk-http.XXXXXX";

/* ---- hooks and handlers ---- */

static void
identify(struct request *rq)
{
	rq->actor = (struct actor *)(void *)&somebody;
	rq->lang = "en";
}

static bool
authorize(struct request *rq, int action, struct err *err)
{
	(void)rq;
	return action == PUBLIC || err_set(err, ERR_DENIED, "members only");
}

static void
error_page(struct request *rq, struct response *rs, int status, const struct err *err)
{
	char *text = arena_printf(rq->arena, "error %d %s reference=%s actor=%s", status,
	    err->person == NULL ? "-" : err->person, rq->id, rq->actor == NULL ? "none" : "some");

	respond_text(rs, status, "text/plain; charset=utf-8", text, strlen(text));
}

static bool
action_known(int action)
{
	return action == PUBLIC || action == MEMBERS;
}

static const char *
csrf_session(struct request *rq)
{
	const char *who = request_cookie(rq, "session");

	return who == NULL ? "" : who;
}

static void
hello_get(struct request *rq, struct response *rs)
{
	struct sb sb;

	sb_init(&sb, rq->arena, 1 << 20);
	sb_addf(&sb, "peer=%s secure=%d path=%s q=%s cookie=%s base=%s db=%d\n", rq->peer, rq->secure, rq->path,
	    query_text(rq, "q") == NULL ? "(absent)" : query_text(rq, "q"),
	    request_cookie(rq, "c") == NULL ? "(absent)" : request_cookie(rq, "c"), rq->base_url, rq->db != NULL);
	respond_html(rq, rs, &sb);
}

/* Which of the server's threads answers. */
static void
thread_get(struct request *rq, struct response *rs)
{
	const char *text = arena_printf(rq->arena, "thread=%d!", (int)gettid());

	respond_text(rs, 200, "text/plain; charset=utf-8", text, strlen(text));
}

static void
form_get(struct request *rq, struct response *rs)
{
	struct sb sb;

	sb_init(&sb, rq->arena, 1 << 20);
	sb_addf(&sb, "name=\"csrf\" value=\"%s\"", rq->csrf);
	respond_html(rq, rs, &sb);
}

/* What arrived, one field a line: name=value, and uploads with what their files hold. */
static void
form_post(struct request *rq, struct response *rs)
{
	static const char *const names[] = { "a", "b", "text", "é" };
	const struct upload *u;
	size_t n = form_uploads(rq, &u);
	struct sb sb;

	sb_init(&sb, rq->arena, 8 << 20);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (size_t j = 0; j < form_count(rq, names[i]); j++) {
			const char *value = form_nth(rq, names[i], j);

			if (strlen(value) > 200)
				sb_addf(&sb, "%s:%zu\n", names[i], strlen(value));
			else
				sb_addf(&sb, "%s=%s\n", names[i], value);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct stat st = { 0 };
		char start[9] = "";
		int fd = open(u[i].path, O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0 && fstat(fd, &st) == 0 && read(fd, start, 8) >= 0);
		(void)close(fd);
		sb_addf(&sb, "upload field=%s filename=%s type=%s size=%zu disk=%lld mode=%o starts=%s\n", u[i].field,
		    u[i].filename, u[i].type, u[i].size, (long long)st.st_size, st.st_mode & 0777u, start);
	}
	respond_html(rq, rs, &sb);
}

static void
raw_post(struct request *rq, struct response *rs)
{
	size_t n;
	const char *body = request_body(rq, &n);

	respond_text(rs, 200, "application/octet-stream", body, n);
}

static void
param_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	int64_t id = 0;
	char *text;

	if (path_param(rq, "id") != NULL && !path_id(rq, "id", &id, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	text = arena_printf(rq->arena, "id=%lld number=%s rest=%s", (long long)id,
	    path_param(rq, "number") == NULL ? "-" : path_param(rq, "number"),
	    path_param(rq, "rest") == NULL ? "-" : path_param(rq, "rest"));
	respond_text(rs, 200, "text/plain", text, strlen(text));
}

static void
big_get(struct request *rq, struct response *rs)
{
	struct sb sb;

	sb_init(&sb, rq->arena, 1 << 20);
	while (sb.len < 20000)
		sb_add(&sb, "a page of twenty thousand bytes, more or less; ");
	respond_html(rq, rs, &sb);
}

static void
redirect_get(struct request *rq, struct response *rs)
{
	respond_see_other(rq, rs, "%s", query_text(rq, "to"));
}

static void
inject_get(struct request *rq, struct response *rs)
{
	respond_header(rq, rs, "X-Evil", "a\r\nSet-Cookie: evil=1");
	respond_header(rq, rs, "X-E\r\nvil", "a");
	respond_cookie(rq, rs, "bad", "v; Domain=evil.example", 10);
	respond_cookie(rq, rs, "good", "v", 10);
	respond_text(rs, 200, "text/plain", "ok", 2);
}

static void
file_get(struct request *rq, struct response *rs)
{
	char path[] = "/tmp/nk-http-file.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0 && write(fd, "<script>alert(1)</script>", 25) == 25);
	(void)unlink(path);
	respond_file(rq, rs, fd, "räk\"ning\r\n;.html", "text/html", false);
}

static void
slow_work(struct request *rq, void *arg)
{
	(void)rq;
	(void)usleep(400000);
	atomic_fetch_add(&slow_ran, 1);
	*(int *)arg = 42;
}

static void
slow_done(struct request *rq, struct response *rs, void *arg)
{
	char *text = arena_printf(rq->arena, "slow=%d", *(int *)arg);

	respond_text(rs, 200, "text/plain", text, strlen(text));
}

static void
slow_get(struct request *rq, struct response *rs)
{
	respond_slowly(rq, rs, slow_work, slow_done, arena_alloc(rq->arena, sizeof(int)));
}

static void
events_get(struct request *rq, struct response *rs)
{
	respond_events(rq, rs, "topic:1");
}

static void
refused_get(struct request *rq, struct response *rs)
{
	(void)rq;
	respond_text(rs, 200, "text/plain", "secret", 6);
}

static void
hidden_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	(void)err_set(&err, ERR_DENIED, "not this one");
	respond_err(rq, rs, &err);
}

static const struct route table[] = {
	{ GET, "/hello", PUBLIC, hello_get, 0 },
	{ GET, "/thread", PUBLIC, thread_get, 0 },
	{ GET, "/form", PUBLIC, form_get, 0 },
	{ POST, "/form", PUBLIC, form_post, 0 },
	{ POST, "/open", PUBLIC, form_post, ROUTE_NO_CSRF },
	{ POST, "/upload", PUBLIC, form_post, ROUTE_UPLOAD | ROUTE_NO_CSRF },
	{ POST, "/raw", PUBLIC, raw_post, ROUTE_RAW | ROUTE_NO_CSRF },
	{ GET, "/a/:id", PUBLIC, param_get, 0 },
	{ GET, "/a/:number/more", PUBLIC, param_get, 0 },
	{ GET, "/a/new", PUBLIC, hello_get, 0 },
	{ POST, "/a/:number", PUBLIC, param_get, ROUTE_NO_CSRF },
	{ GET, "/files/*rest", PUBLIC, param_get, 0 },
	{ GET, "/big", PUBLIC, big_get, 0 },
	{ GET, "/go", PUBLIC, redirect_get, 0 },
	{ GET, "/inject", PUBLIC, inject_get, 0 },
	{ GET, "/file", PUBLIC, file_get, 0 },
	{ GET, "/slow", PUBLIC, slow_get, 0 },
	{ POST, "/slow", PUBLIC, slow_get, ROUTE_NO_CSRF },
	{ GET, "/events", PUBLIC, events_get, 0 },
	{ GET, "/members", MEMBERS, refused_get, 0 },
	{ GET, "/secret", MEMBERS, refused_get, ROUTE_SECRET },
	{ GET, "/hidden", PUBLIC, hidden_get, ROUTE_SECRET },
	{ GET, "/json", MEMBERS, refused_get, ROUTE_JSON },
	{ 0 },
};
static const struct route *const tables[] = { table, NULL };
static const char *const loopback[] = { "127.0.0.1:0", NULL };
static const unsigned char sheet[] = "body { color: black }                                                           "
    "                                                                                                               ";
static const struct asset assets[] = {
	{ "a.css", "text/css; charset=utf-8", sheet, sizeof(sheet) - 1, "\"abc123\"" }, { 0 },
};

static struct http_config
plain_config(void)
{
	return (struct http_config){
		.listen = loopback, .socket_fd = -1, .workers = 2, .temporary = temporary, .assets = assets,
		.hooks = { .identify = identify, .authorize = authorize, .error_page = error_page,
			.action_known = action_known, .csrf_key = key, .csrf_session = csrf_session },
	};
}

static struct http_server *
start_with(const struct http_config *config)
{
	struct http_server *s = NULL;
	struct err err = { 0 };

	if (!http_server_start(config, NULL, tables, &s, &err))
		fail_msg("start: %s", err.log);
	return s;
}

/* ---- a client that will send anything ---- */

static struct http_server *server;
static int port;
static char answer[ANSWER_MAX];
static size_t answer_n;

static int
dial(int to)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons((uint16_t)to),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof(where)), 0);
	return fd;
}

static void
say(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;		/* refused early: the answer says why */
		bytes += sent;
		n -= (size_t)sent;
	}
}

static void
say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* Reads until the other end closes, `until` has been seen (NULL: never), or the time is out. True unless time was out. */
static bool
hear(int fd, const char *until, int ms)
{
	answer_n = 0;
	answer[0] = '\0';
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, ms) <= 0)
			return false;
		n = recv(fd, answer + answer_n, sizeof(answer) - 1 - answer_n, 0);
		if (n <= 0)
			return true;
		answer_n += (size_t)n;
		answer[answer_n] = '\0';
		if (until != NULL && strstr(answer, until) != NULL)
			return true;
	}
}

static int
status(void)
{
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static const char *
body(void)
{
	const char *at = strstr(answer, "\r\n\r\n");

	return at == NULL ? "" : at + 4;
}

static int
ask_n(const char *request, size_t n)
{
	int fd = dial(port);

	say(fd, request, n);
	(void)hear(fd, NULL, 5000);
	(void)close(fd);
	return status();
}

static int
ask(const char *request)
{
	return ask_n(request, strlen(request));
}

static int
get_with(const char *path, const char *headers)
{
	char request[9000];
	int n = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", path, headers);

	return ask_n(request, (size_t)n);
}

static int
get(const char *path)
{
	return get_with(path, "");
}

static int
post_with(const char *path, const char *headers, const char *data, size_t size)
{
	char *request = malloc(size + 4096);
	int n = snprintf(request, 4096, "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n",
	    path, size, headers), got;

	memcpy(request + n, data, size);
	got = ask_n(request, (size_t)n + size);
	free(request);
	return got;
}

#define URLENCODED "Content-Type: application/x-www-form-urlencoded\r\n"
#define MULTIPART "Content-Type: multipart/form-data; boundary=XX\r\n"

static void
expect_body(const char *text)
{
	if (strstr(body(), text) == NULL)
		fail_msg("expected \"%s\" in:\n%.2000s", text, answer);
}

static void
expect_header(const char *line)
{
	const char *end = strstr(answer, "\r\n\r\n"), *at = strcasestr(answer, line);

	if (at == NULL || end == NULL || at > end)
		fail_msg("expected header \"%s\" in:\n%.2000s", line, answer);
}

static void
expect_no_header(const char *name)
{
	const char *end = strstr(answer, "\r\n\r\n"), *at = strcasestr(answer, name);

	if (at != NULL && at < end)
		fail_msg("did not expect \"%s\" in:\n%.2000s", name, answer);
}

/* ---- tests ---- */

static void
test_a_table_with_a_fault_stops_the_start(void **state)
{
	static const struct { struct route row[3]; const char *says, *why; } fault[] = {
		{ { { GET, "/x", 0, hello_get, 0 } }, "no action", "forgotten action" },
		{ { { GET, "/x", 77, hello_get, 0 } }, "nobody knows", "unknown action" },
		{ { { GET, "/x/:a", PUBLIC, hello_get, 0 }, { GET, "/x/:b", PUBLIC, hello_get, 0 } }, "twice", "duplicate" },
		{ { { GET, "/x/*a/b", PUBLIC, hello_get, 0 } }, "after its rest", "a rest in the middle" },
		{ { { GET, "/x", PUBLIC, NULL, 0 } }, "not whole", "no handler" },
	};
	struct http_config config = plain_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault); i++) {
		const struct route *const bad[] = { table, fault[i].row, NULL };
		struct http_server *s = NULL;
		struct err err = { 0 };

		if (http_server_start(&config, NULL, bad, &s, &err))
			fail_msg("%s: started", fault[i].why);
		assert_int_equal(err.code, ERR_BUG);
		if (strstr(err.log, fault[i].says) == NULL)
			fail_msg("%s: %s", fault[i].why, err.log);
	}
	config.hooks.csrf_key = NULL;
	{
		struct http_server *s = NULL;
		struct err err = { 0 };

		assert_false(http_server_start(&config, NULL, tables, &s, &err));
	}
}

static void
test_paths_find_their_routes(void **state)
{
	static const struct { const char *path; int status; const char *body, *why; } row[] = {
		{ "/hello?q=a+b%26c", 200, "q=a b&c ", "query decoded" },
		{ "/hello?q=%FF%00x", 200, "q=\xef\xbf\xbdx ", "query cleaned to UTF-8 without NUL" },
		{ "/a/17", 200, "id=17 number=- ", "a parameter" },
		{ "/a/17/more", 200, "id=0 number=17 ", "a parameter of another name at the same place" },
		{ "/a/new", 200, "path=/a/new ", "fixed goes before a parameter" },
		{ "/a/0", 404, "error 404", "not an id" },
		{ "/a/99999999999999999999", 404, "error 404", "no id is so large" },
		{ "/files/x/y%20z", 200, "rest=x/y z", "the rest, decoded" },
		{ "/%68ello", 200, "path=/hello ", "an escaped letter is the letter" },
		{ "/%2568ello", 404, "error 404", "decoded once, not twice" },
		{ "/nothing", 404, "error 404", "no such path" },
		{ "/files/../hello", 400, "error 400", "dots" },
		{ "/files/%2e%2e/hello", 400, "error 400", "escaped dots" },
		{ "/files/%2e%2e%2fhello", 400, "error 400", "escaped dots and slash" },
		{ "//hello", 400, "error 400", "empty segment" },
		{ "/files/a%00b", 400, "error 400", "NUL" },
		{ "/files/%FF", 400, "error 400", "not UTF-8" },
		{ "/files/%C0%AF", 400, "error 400", "overlong UTF-8" },
		{ "/files/%0d%0aX", 400, "error 400", "control characters" },
		{ "/files/%zz", 400, "error 400", "a broken escape" },
		{ "/files/..%5c", 400, "error 400", "a backslash" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int got = get(row[i].path);

		if (got != row[i].status || strstr(body(), row[i].body) == NULL)
			fail_msg("%s (%s): %d, %.600s", row[i].path, row[i].why, got, answer);
	}
	assert_int_equal(post_with("/a/new", "", "", 0), 200);	/* GET /a/new does not hide POST /a/:number */
	expect_body("number=new");
}

static void
test_methods(void **state)
{
	int n;

	(void)state;
	assert_int_equal(ask("HEAD /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
	assert_string_equal(body(), "");
	assert_non_null(strcasestr(answer, "Content-Length: 200"));
	assert_int_equal(ask("DELETE /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 405);
	expect_header("Allow: GET, HEAD, POST");
	assert_int_equal(get("/open"), 405);
	expect_header("Allow: POST");
	expect_body("error 405");
	n = post_with("/big", "", "", 0);
	assert_int_equal(n, 405);
	expect_header("Allow: GET, HEAD");
}

static void
test_what_is_malformed_is_refused(void **state)
{
	static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
	static const struct { const char *request; int status; const char *why; } row[] = {
		{ "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "no Host" },
		{ "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
			"two opinions of the length" },
		{ "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "two lengths" },
		{ "POST /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: -1\r\n\r\n", 400, "a negative length" },
		{ "POST /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n", 413, "a huge claim" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int got = ask(row[i].request);

		if (got != row[i].status)
			fail_msg("%s: %d, %.600s", row[i].why, got, answer);
	}
	expect_body("The form is too large");
	/* Not HTTP at all: closed or refused, and the server is there afterwards. */
	(void)ask_n(hello, sizeof(hello) - 1);
	assert_int_not_equal(status(), 200);
	{
		char *request = malloc(80000);
		int n = snprintf(request, 80000, "GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: ");

		memset(request + n, 'a', 70000);
		memcpy(request + n + 70000, "\r\n\r\n", 4);
		assert_int_equal(ask_n(request, (size_t)n + 70004), 431);
		free(request);
	}
	assert_int_equal(get("/hello"), 200);
}

/* What is too long for us is refused in our own words, and what is not is not. */
static void
test_a_long_head(void **state)
{
	static const struct { size_t path, header; const char *name; int status; const char *words, *why; } row[] = {
		{ 5000, 0, "X-None", 404, "", "a long address" },
		{ 7000, 0, "X-None", 414, "The address is too long", "too long an address" },
		{ 14000, 0, "X-None", 414, "The address is too long", "far too long an address" },
		{ 10, 7000, "Cookie: c", 404, "", "many cookies" },
		{ 10, 9000, "X-Long", 431, "Remove this site's cookies", "too many headers" },
		{ 10, 14000, "X-Long", 431, "Remove this site's cookies", "far too many" },
	};
	char *request = malloc(80000);

	(void)state;
	assert_non_null(request);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = (size_t)snprintf(request, 100, "GET /");
		int got;

		memset(request + n, 'p', row[i].path);
		n += row[i].path;
		n += (size_t)snprintf(request + n, 100, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s", row[i].name,
		    strchr(row[i].name, ':') == NULL ? ": " : "=");
		memset(request + n, 'c', row[i].header);
		n += row[i].header;
		n += (size_t)snprintf(request + n, 10, "\r\n\r\n");
		got = ask_n(request, n);
		if (got != row[i].status || strstr(answer, row[i].words) == NULL)
			fail_msg("%s: %d, %.400s", row[i].why, got, answer);
	}
	free(request);
	assert_int_equal(get("/hello"), 200);
}

static size_t
uploads_left(void)
{
	DIR *d = opendir(temporary);
	size_t n = 0;

	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* No room for files: said so, nothing left behind, and the next one works. */
static void
test_no_room_for_files(void **state)
{
	enum { SIZE = 2 << 20 };
	struct http_config config = plain_config();
	char *data = malloc(SIZE + 400);
	struct rlimit was, small;
	struct http_server *s;
	size_t n;
	int old = port;

	(void)state;
	assert_non_null(data);
	n = (size_t)snprintf(data, 300, "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"big\"\r\n\r\n");
	memset(data + n, 'z', SIZE);
	memcpy(data + n + SIZE, "\r\n--XX--\r\n", 10);
	/* A file that may not grow past a megabyte is what a full disk looks like to write(). */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 1 << 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(post_with("/upload", MULTIPART, data, n + SIZE + 10), 503);
	expect_body("There is no room for files here just now, and nothing was saved");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	(void)usleep(100000);
	assert_int_equal(uploads_left(), 0);
	assert_int_equal(post_with("/upload", MULTIPART, data, n + SIZE + 10), 200);
	/* Nor a folder to put them in. */
	config.temporary = "/proc/nowhere";
	s = start_with(&config);
	port = http_server_port(s, 0);
	assert_int_equal(post_with("/upload", MULTIPART, data, n + SIZE + 10), 503);
	expect_body("There is no room for files");
	http_server_stop(s, 1);
	port = old;
	free(data);
}

static void
test_forms(void **state)
{
	static const struct { const char *data, *body, *why; } row[] = {
		{ "a=1&b=2&a=3", "a=1\na=3\nb=2\n", "repeated fields in order" },
		{ "text=x%0D%0Ay%0Dz", "text=x\ny\nz\n", "line ends become LF" },
		{ "%C3%A9=%C3%A5+%2B", "é=å +\n", "UTF-8 in names and values" },
		{ "a=%FF%00b", "a=\xef\xbf\xbd" "b\n", "what is not UTF-8 is replaced, NUL is gone" },
		{ "a", "a=\n", "no equals sign" }, { "&&a=1&&", "a=1\n", "empty pairs" },
	};
	char *many = malloc(40000);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int got = post_with("/open", URLENCODED, row[i].data, strlen(row[i].data));

		if (got != 200 || strcmp(body(), row[i].body) != 0)
			fail_msg("%s: %d, %s", row[i].why, got, answer);
	}
	for (int i = 0; i < 1001; i++)
		n += (size_t)snprintf(many + n, 40000 - n, "f%d=1&", i);
	assert_int_equal(post_with("/open", URLENCODED, many, n), 400);
	free(many);
	many = calloc(1, 3 << 20);
	memset(many, 'a', 3 << 20);
	assert_int_equal(post_with("/open", URLENCODED, many, 3 << 20), 413);
	expect_body("too large");
	free(many);
	assert_int_equal(post_with("/raw", "Content-Type: application/json\r\n", "{\"a\":\0}", 7), 200);
	assert_int_equal(answer_n - (size_t)(body() - answer), 7);
}

static void
test_multipart(void **state)
{
	static const struct { const char *data; int status; const char *body, *why; } row[] = {
		{ "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n", 200, "a=1\n", "a field" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--XX--\r\n", 200, "a=\n", "an empty field" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n100%41 +\r\n--XX--\r\n", 200, "text=100%41 +\n",
			"not percent-decoded" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\\\x\\\\../etc/pass wd.txt\"\r\n"
			"Content-Type: text/plain\r\n\r\nhello\r\n--XX--\r\n", 200,
			"upload field=f filename=pass wd.txt type=text/plain size=5 disk=5 mode=600 starts=hello\n", "a path as name" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"r\xc3\xa4kning.pdf\"\r\n\r\n%PDF\r\n--XX--\r\n", 200,
			"filename=r\xc3\xa4kning.pdf type= size=4", "a UTF-8 name" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\xff\"\r\n\r\nx\r\n--XX--\r\n", 200,
			"filename=\xef\xbf\xbd type=", "a name that is not UTF-8" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--XX\r\n"
			"Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n", 200, "a=1\n", "no file chosen" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"e.txt\"\r\n\r\n\r\n--XX--\r\n", 200,
			"filename=e.txt type= size=0 disk=0", "an empty file" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"e.txt\"\r\n\r\na\r\n--XY\r\n--X\r\n--XX--\r\n", 200,
			"size=12 disk=12", "what is nearly a boundary" },
		{ "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--\r\n", 400, "error 400", "a part without a name" },
		{ "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", 400, "error 400", "cut short" },
		{ "garbage", 400, "error 400", "no boundary at all" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int got = post_with("/upload", MULTIPART, row[i].data, strlen(row[i].data));

		if (got != row[i].status || strstr(body(), row[i].body) == NULL)
			fail_msg("%s: %d, %s", row[i].why, got, answer);
	}
}

static void
test_a_multipart_body_may_come_a_byte_at_a_time(void **state)
{
	static const char data[] = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--XX\r\n"
	    "Content-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\n\r\n\r\n-\r\n--X\r\n--XX--\r\n";
	char head[300];
	int fd = dial(port), one = 1;
	int n = snprintf(head, sizeof(head), "POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" MULTIPART
	    "Content-Length: %zu\r\n\r\n", sizeof(data) - 1);

	(void)state;
	(void)setsockopt(fd, IPPROTO_TCP, 1, &one, sizeof(one));	/* TCP_NODELAY */
	say(fd, head, (size_t)n);
	for (size_t i = 0; i < sizeof(data) - 1; i++) {
		say(fd, data + i, 1);
		(void)usleep(300);
	}
	assert_true(hear(fd, NULL, 5000));
	(void)close(fd);
	assert_int_equal(status(), 200);
	expect_body("a=one\n");
	expect_body("filename=x.bin type= size=8 disk=8");
}

static void
test_upload_limits(void **state)
{
	size_t n = 0, size = 5 << 20;
	char *data = malloc(size + 400);

	(void)state;
	n = (size_t)snprintf(data, 300, "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"big\"\r\n\r\n");
	memset(data + n, 'z', size);
	memcpy(data + n + size, "\r\n--XX--\r\n", 10);
	assert_int_equal(post_with("/upload", MULTIPART, data, n + size + 10), 200);
	expect_body("size=5242880 disk=5242880");
	assert_int_equal(post_with("/open", MULTIPART, data, n + size + 10), 413);	/* not a route for files */
	n = (size_t)snprintf(data, 300, "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n");
	memset(data + n, 'z', size);
	memcpy(data + n + size, "\r\n--XX--\r\n", 10);
	assert_int_equal(post_with("/upload", MULTIPART, data, n + size + 10), 413);	/* a field is not a file */
	n = 0;
	for (int i = 0; i < 21; i++)
		n += (size_t)snprintf(data + n, size - n, "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"%d\"\r\n\r\nx\r\n", i);
	n += (size_t)snprintf(data + n, size - n, "--XX--\r\n");
	assert_int_equal(post_with("/upload", MULTIPART, data, n), 400);		/* twenty files are enough */
	n = 0;
	for (int i = 0; i < 1001; i++)
		n += (size_t)snprintf(data + n, size - n, "--XX\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nx\r\n", i);
	n += (size_t)snprintf(data + n, size - n, "--XX--\r\n");
	assert_int_equal(post_with("/upload", MULTIPART, data, n), 400);		/* and a thousand fields */
	free(data);
	(void)usleep(100000);
	assert_int_equal(uploads_left(), 0);	/* temporary files go with their requests */
}

static void
token_and_cookie(char token[200], char cookie[200])
{
	const char *at;

	assert_int_equal(get("/form"), 200);
	at = strstr(body(), "value=\"");
	assert_non_null(at);
	(void)snprintf(token, 200, "%.*s", (int)strcspn(at + 7, "\""), at + 7);
	at = strstr(answer, "Set-Cookie: ");
	assert_non_null(at);
	(void)snprintf(cookie, 200, "%.*s", (int)strcspn(at + 12, ";"), at + 12);
}

static void
test_csrf(void **state)
{
	char token[200], cookie[200], other_token[200], other_cookie[200], data[400], headers[600], session_token[200];
	const char *at;

	(void)state;
	token_and_cookie(token, cookie);
	token_and_cookie(other_token, other_cookie);
	assert_string_not_equal(token, other_token);
	struct { const char *cookie, *token, *more; int status; const char *why; } row[] = {
		{ cookie, token, "", 200, "the token of this visitor" },
		{ cookie, token, "Origin: http://x\r\nSec-Fetch-Site: same-origin\r\n", 200, "and of this origin" },
		{ cookie, other_token, "", 403, "another visitor's token" },
		{ other_cookie, token, "", 403, "another visitor's cookie" },
		{ "nothing=1", token, "", 403, "no cookie" }, { cookie, "", "", 403, "no token" },
		{ cookie, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", 403, "an invented token" },
		{ cookie, token, "Origin: http://evil.example\r\n", 403, "another origin" },
		{ cookie, token, "Sec-Fetch-Site: cross-site\r\n", 403, "the browser says another site" },
		{ cookie, token, "Sec-Fetch-Site: same-site\r\n", 403, "a neighbouring host is not us" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int n = snprintf(data, sizeof(data), "a=1&csrf=%s", row[i].token);

		(void)snprintf(headers, sizeof(headers), URLENCODED "Cookie: %s\r\n%s", row[i].cookie, row[i].more);
		if (post_with("/form", headers, data, (size_t)n) != row[i].status)
			fail_msg("%s: %s", row[i].why, answer);
	}
	/* A signed-in session's token is the session's: no visitor cookie, and not good for anybody else. */
	assert_int_equal(get_with("/form", "Cookie: session=anna\r\n"), 200);
	expect_no_header("Set-Cookie");
	at = strstr(body(), "value=\"") + 7;
	(void)snprintf(session_token, sizeof(session_token), "%.*s", (int)strcspn(at, "\""), at);
	(void)snprintf(data, sizeof(data), "csrf=%s", session_token);
	assert_int_equal(post_with("/form", URLENCODED "Cookie: session=anna\r\n", data, strlen(data)), 200);
	assert_int_equal(post_with("/form", URLENCODED "Cookie: session=bo\r\n", data, strlen(data)), 403);
}

static void
test_headers_of_a_page(void **state)
{
	(void)state;
	assert_int_equal(get("/hello"), 200);
	expect_header("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';");
	expect_header("frame-ancestors 'none'");
	expect_header("X-Content-Type-Options: nosniff");
	expect_header("Referrer-Policy: same-origin");
	expect_header("Cross-Origin-Opener-Policy: same-origin");
	expect_header("Cache-Control: no-store");
	expect_header("X-Request-Id: ");
	expect_no_header("Strict-Transport-Security");
	expect_body("cookie=(absent)");
	assert_int_equal(get_with("/hello", "Cookie: x=1; c=two; cc=3\r\n"), 200);
	expect_body("cookie=two ");
}

static void
test_no_header_can_be_smuggled_in(void **state)
{
	static const struct { const char *to, *location; } row[] = {
		{ "/a%3Fb=c", "Location: /a?b=c\r\n" }, { "https://evil.example/", "Location: /\r\n" },
		{ "//evil.example", "Location: /\r\n" }, { "/%5Cevil.example", "Location: /\r\n" },
		{ "/a%0D%0ASet-Cookie:%20evil=1", "Location: /\r\n" },
	};
	char path[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		(void)snprintf(path, sizeof(path), "/go?to=%s", row[i].to);
		assert_int_equal(get(path), 303);
		expect_header(row[i].location);
		expect_no_header("evil=1");
	}
	assert_int_equal(get("/inject"), 200);
	expect_no_header("evil");
	expect_header("Set-Cookie: good=v; Path=/; Max-Age=10; HttpOnly; SameSite=Lax\r\n");
}

static void
test_a_file_cannot_run(void **state)
{
	(void)state;
	assert_int_equal(get("/file"), 200);
	expect_header("Content-Disposition: attachment; filename=\"r__k_ning___.html\"; filename*=UTF-8''r%C3%A4k%22ning");
	expect_header("sandbox");
	expect_header("X-Content-Type-Options: nosniff");
	expect_header("Content-Length: 25");
	expect_body("<script>");
}

static void
test_errors_go_through_the_page(void **state)
{
	(void)state;
	assert_int_equal(get("/members"), 403);
	expect_body("error 403");
	/* Who may not use the address at all hears so; who may not see this one object is told there is none. */
	assert_int_equal(get("/secret"), 403);
	assert_int_equal(get("/hidden"), 404);
	expect_body("error 404");
	assert_int_equal(get("/json"), 403);
	expect_header("application/json");
	expect_body("\"reference\": \"");
}

static void
test_assets(void **state)
{
	(void)state;
	assert_int_equal(get("/static/a.css"), 200);
	expect_header("ETag: \"abc123\"");
	expect_header("Cache-Control: public, max-age=31536000, immutable");
	expect_body("color: black");
	assert_int_equal(get_with("/static/a.css", "If-None-Match: \"abc123\"\r\n"), 304);
	assert_int_equal(get_with("/static/a.css", "If-None-Match: \"other\"\r\n"), 200);
	assert_int_equal(get_with("/static/a.css", "Accept-Encoding: gzip\r\n"), 200);
	expect_header("Content-Encoding: gzip");
	assert_int_equal(get("/static/b.css"), 404);
	assert_int_equal(get("/static/../static/a.css"), 400);
}

static void
test_pages_are_compressed_for_who_can_read_them(void **state)
{
	static unsigned char out[40000];
	z_stream z = { 0 };

	(void)state;
	assert_int_equal(get("/big"), 200);
	expect_no_header("Content-Encoding");
	assert_int_equal(get_with("/big", "Accept-Encoding: br, gzip\r\n"), 200);
	expect_header("Content-Encoding: gzip");
	expect_header("Vary: Accept-Encoding");
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)body();
	z.avail_in = (uInt)(answer_n - (size_t)(body() - answer));
	z.next_out = out;
	z.avail_out = sizeof(out);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_true(z.total_out >= 20000 && strncmp((char *)out, "a page of twenty", 16) == 0);
	(void)inflateEnd(&z);
	assert_int_equal(get_with("/hello", "Accept-Encoding: gzip\r\n"), 200);
	expect_no_header("Content-Encoding");		/* too short to be worth it */
}

static void
test_slow_work_holds_nobody_up(void **state)
{
	enum { SLOW = 8 };
	int slow[SLOW];
	struct timespec from, to;

	(void)state;
	for (int i = 0; i < SLOW; i++) {
		const char *request = i % 2 == 0 ? "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" :
		    "POST /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

		slow[i] = dial(port);
		say(slow[i], request, strlen(request));
	}
	(void)usleep(50000);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 20; i++)
		assert_int_equal(get("/hello"), 200);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	/* Two event threads and eight slow requests of 0.4 s: on their own threads these twenty would have waited 1.6 s. */
	assert_true((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 < 1000);
	for (int i = 0; i < SLOW; i++) {
		assert_true(hear(slow[i], NULL, 5000));
		assert_int_equal(status(), 200);
		expect_body("slow=42");
		(void)close(slow[i]);
	}
	assert_int_equal(atomic_load(&slow_ran), SLOW);
}

static const char EVENTS[] = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

static void
test_events_are_delivered(void **state)
{
	int one = dial(port), two = dial(port);

	(void)state;
	say(one, EVENTS, sizeof(EVENTS) - 1);
	say(two, EVENTS, sizeof(EVENTS) - 1);
	assert_true(hear(one, "retry: 5000\n\n", 3000));
	assert_non_null(strcasestr(answer, "Content-Type: text/event-stream"));
	assert_true(hear(two, "retry: 5000\n\n", 3000));
	event_publish(http_server_hub(server), "topic:2", "other", "not for us");
	event_publish(http_server_hub(server), "topic:1", "change\nevent: forged", "one\r\ntwo\n\nevent: forged");
	assert_true(hear(one, "event: forged\n\n", 3000));
	/* A line break in what is published ends no event: every line of it is data. */
	assert_non_null(strstr(answer, "event: change\ndata: one\ndata: two\ndata: \ndata: event: forged\n\n"));
	assert_null(strstr(answer, "not for us"));
	assert_true(hear(two, "event: forged\n\n", 3000));
	(void)close(one);
	(void)close(two);
}

static void
test_a_slow_reader_of_events_is_told_to_load_again(void **state)
{
	char data[1200];
	int fd = dial(port), small = 2048;

	(void)state;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	say(fd, EVENTS, sizeof(EVENTS) - 1);
	assert_true(hear(fd, "retry: 5000\n\n", 3000));
	memset(data, 'x', sizeof(data) - 1);
	data[sizeof(data) - 1] = '\0';
	for (int i = 0; i < 20000; i++)
		event_publish(http_server_hub(server), "topic:1", "change", data);
	assert_true(hear(fd, "event: resync\n", 5000));
	assert_true(answer_n < 20000 * sizeof(data) / 2);	/* most of it was never kept for her */
	(void)close(fd);
}

static void
test_health_and_metrics(void **state)
{
	(void)state;
	assert_int_equal(get("/healthz"), 200);
	expect_body("ok\n");
	assert_int_equal(get("/metrics"), 200);
	expect_header("text/plain; version=0.0.4");
	expect_body("narkontakt_http_requests_total{class=\"2xx\"} ");
	expect_body("narkontakt_http_request_seconds_bucket{le=\"+Inf\"} ");
	expect_body("narkontakt_http_connections ");
	expect_body("test_lines 7\n");
	/* Somebody forwarded this: it is not from this machine. */
	assert_int_equal(get_with("/metrics", "X-Forwarded-For: 192.0.2.1\r\n"), 404);
}

static void
more_lines(struct sb *sb, void *arg)
{
	sb_addf(sb, "test_lines %d\n", *(const int *)arg);
}

static void
test_proxies(void **state)
{
	static const char *const trusted[] = { "127.0.0.0/30", "10.0.0.0/8", "fd00::/8", NULL };
	static const char *const slip[] = { "10.0.0.1/8", NULL };
	static const struct { const char *headers, *body, *why; } row[] = {
		{ "", "peer=127.0.0.1 secure=0", "straight" },
		{ "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", "peer=192.0.2.7 secure=1", "through one proxy" },
		{ "X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.1\r\n", "peer=192.0.2.7 ", "what stands before was her own writing" },
		{ "X-Forwarded-For: 192.0.2.7, fd12::3, 10.9.8.7\r\n", "peer=192.0.2.7 ", "two proxies of our networks" },
		{ "X-Forwarded-For: 192.0.2.7, 11.0.0.1\r\n", "peer=11.0.0.1 ", "of no network of ours" },
		{ "X-Forwarded-For: 2001:db8::1\r\n", "peer=2001:db8::1 ", "IPv6" },
		{ "X-Forwarded-For: <script>\r\n", "peer=127.0.0.1 ", "not an address" },
	};
	struct http_config config = plain_config();
	struct http_server *s;
	int old = port;

	(void)state;
	assert_int_equal(get_with("/hello", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"), 200);
	expect_body("peer=127.0.0.1 secure=0");		/* nobody is trusted here */
	config.trusted_proxies = trusted;
	config.base_url = "https://kommun.example";
	s = start_with(&config);
	port = http_server_port(s, 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(get_with("/hello", row[i].headers), 200);
		if (strstr(body(), row[i].body) == NULL)
			fail_msg("%s: %s", row[i].why, body());
	}
	expect_body("base=https://kommun.example ");
	assert_int_equal(get_with("/inject", "X-Forwarded-Proto: https\r\n"), 200);
	expect_header("Set-Cookie: __Host-good=v; Path=/; Max-Age=10; HttpOnly; SameSite=Lax; Secure\r\n");
	expect_header("Strict-Transport-Security: max-age=");
	assert_int_equal(get_with("/hello", "X-Forwarded-Proto: https\r\nCookie: c=no; __Host-c=yes\r\n"), 200);
	expect_body("cookie=yes ");
	http_server_stop(s, 1);
	port = old;
	config.trusted_proxies = slip;
	{
		struct err err = { 0 };

		assert_false(http_server_start(&config, NULL, tables, &s, &err));
		assert_non_null(strstr(err.log, "10.0.0.1/8"));
	}
}

static size_t
discard(char *p, size_t size, size_t n, void *arg)
{
	struct { char text[8000]; size_t n; } *to = arg;

	if (to->n + size * n < sizeof(to->text)) {
		memcpy(to->text + to->n, p, size * n);
		to->n += size * n;
	}
	return size * n;
}

static void
test_tls(void **state)
{
	static struct { char text[8000]; size_t n; } got;
	char dir[] = "/tmp/nk-http-tls.XXXXXX", command[500], certificate[100], private[100], url[100];
	struct http_config config = plain_config();
	struct http_server *s;
	CURL *curl = curl_easy_init();

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(certificate, sizeof(certificate), "%s/c.pem", dir);
	(void)snprintf(private, sizeof(private), "%s/k.pem", dir);
	(void)snprintf(command, sizeof(command), "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
	    " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null", private, certificate);
	assert_int_equal(system(command), 0);
	config.tls_certificate = certificate;
	config.tls_key = private;
	s = start_with(&config);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/inject", http_server_port(s, 0));
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, certificate);
	(void)curl_easy_setopt(curl, CURLOPT_HEADER, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	assert_non_null(strstr(got.text, "Strict-Transport-Security: max-age="));
	assert_non_null(strstr(got.text, "Set-Cookie: __Host-good=v; Path=/; Max-Age=10; HttpOnly; SameSite=Lax; Secure"));
	(void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1));
	(void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	assert_int_not_equal(curl_easy_perform(curl), CURLE_OK);	/* TLS 1.1 is gone */
	curl_easy_cleanup(curl);
	http_server_stop(s, 1);
	config.tls_key = certificate;			/* not a key */
	{
		struct err err = { 0 };

		assert_false(http_server_start(&config, NULL, tables, &s, &err));
		assert_non_null(strstr(err.log, "certificate"));
	}
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

static int
make_certificate(const char *dir, const char *name, char path[100], char private[100])
{
	char command[500];

	(void)snprintf(path, 100, "%s/c.pem", dir);
	(void)snprintf(private, 100, "%s/k.pem", dir);
	(void)snprintf(command, sizeof(command), "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
	    " -subj /CN=%s -addext subjectAltName=IP:127.0.0.1 -keyout %s.new -out %s.new 2>/dev/null && mv %s.new %s && mv %s.new %s",
	    name, private, path, private, private, path, path);
	return system(command);
}

/* Whose certificate a new connection sees. */
static bool
certificate_is(int at, const char *name)
{
	char command[300];

	(void)snprintf(command, sizeof(command), "echo | openssl s_client -connect 127.0.0.1:%d 2>/dev/null |"
	    " grep -q 'subject=CN = %s$'", at, name);
	return system(command) == 0;
}

static int
https_status(CURL *curl)
{
	static struct { char text[8000]; size_t n; } got;
	long code = 0;

	got.n = 0;
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
	if (curl_easy_perform(curl) != CURLE_OK)
		return 0;
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	return (int)code;
}

/* New connections see the new certificate, one that is open goes on, and a bad file changes nothing. */
static void
test_a_new_certificate(void **state)
{
	char dir[] = "/tmp/nk-http-tls.XXXXXX", certificate[100], private[100], url[100], command[300];
	struct http_config config = plain_config();
	struct http_server *s;
	struct err err = { 0 };
	CURL *curl = curl_easy_init();
	long connects = 0;
	int at;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(make_certificate(dir, "first", certificate, private), 0);
	config.tls_certificate = certificate;
	config.tls_key = private;
	s = start_with(&config);
	at = http_server_port(s, 0);
	assert_true(certificate_is(at, "first"));
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/hello", at);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	assert_int_equal(https_status(curl), 200);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(make_certificate(dir, i % 2 == 0 ? "second" : "third", certificate, private), 0);
		if (!http_server_reload(s, &err))
			fail_msg("reload: %s", err.log);
		assert_int_equal(http_server_port(s, 0), at);
		assert_true(certificate_is(at, i % 2 == 0 ? "second" : "third"));
	}
	assert_int_equal(https_status(curl), 200);		/* on the connection it had: */
	(void)curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
	assert_int_equal(connects, 0);
	(void)snprintf(command, sizeof(command), "echo nonsense >%s", certificate);
	assert_int_equal(system(command), 0);
	assert_false(http_server_reload(s, &err));
	assert_non_null(strstr(err.log, "certificate"));
	assert_true(certificate_is(at, "second"));
	assert_int_equal(https_status(curl), 200);
	curl_easy_cleanup(curl);
	http_server_stop(s, 1);
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
	/* Without TLS there is nothing to do. */
	assert_true(http_server_reload(server, &err));
	assert_int_equal(get("/hello"), 200);
}

static void
test_listeners(void **state)
{
	static const char *const both[] = { "127.0.0.1:0", "[::1]:0", NULL };
	static const char *const bad[] = { "nonsense", NULL };
	struct http_config config = plain_config();
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct http_server *s;
	struct err err = { 0 };
	int fd, old = port;

	(void)state;
	config.listen = both;
	s = start_with(&config);
	six.sin6_port = htons((uint16_t)http_server_port(s, 1));
	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&six, sizeof(six)), 0);
	say_text(fd, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_true(hear(fd, NULL, 3000));
	expect_body("peer=::1 ");
	(void)close(fd);
	http_server_stop(s, 1);
	config.listen = bad;
	assert_false(http_server_start(&config, NULL, tables, &s, &err));
	assert_non_null(strstr(err.log, "ADDR:PORT"));
	/* A socket that was opened for us, as systemd does. */
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 16), 0);
	config.listen = NULL;
	config.socket_fd = fd;
	s = start_with(&config);
	port = http_server_port(s, 0);
	assert_int_equal(get("/hello"), 200);
	http_server_stop(s, 1);
	port = old;
}

static void
test_stopping_finishes_what_is_under_way(void **state)
{
	struct http_config config = plain_config();
	struct http_server *s = start_with(&config);
	int at = http_server_port(s, 0), slow = dial(at), stream = dial(at), half = dial(at);
	struct timespec from, to;

	(void)state;
	say_text(half, "GET /hel");
	(void)close(half);
	say(stream, EVENTS, sizeof(EVENTS) - 1);
	assert_true(hear(stream, "retry: 5000\n\n", 3000));
	say_text(slow, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	(void)usleep(100000);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	http_server_stop(s, 5);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < 3);		/* nothing is waited for that is not there */
	assert_true(hear(slow, NULL, 1000));
	assert_int_equal(status(), 200);
	expect_body("slow=42");
	assert_true(hear(stream, NULL, 1000));			/* and streams end */
	(void)close(slow);
	(void)close(stream);
}

static void
test_slow_and_half_open_clients_are_ended(void **state)
{
	enum { SLOW = 40 };
	struct http_config config = plain_config();
	struct http_server *s;
	int fd[SLOW], old = port, reading, open = 0;

	(void)state;
	config.limits.timeout_s = QUICK_TIMEOUT_S;
	s = start_with(&config);
	port = http_server_port(s, 0);
	for (int i = 0; i < SLOW; i++) {
		fd[i] = dial(port);
		say_text(fd[i], i % 2 == 0 ? "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: " :
		    "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
	}
	reading = dial(port);			/* asks again and again, and reads nothing */
	for (int i = 0; i < 400; i++)
		say_text(reading, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	/* A byte every 0.4 s: never silent for as long as the time-out. */
	for (int round = 0; round < 15; round++) {
		for (int i = 0; i < SLOW; i++)
			(void)send(fd[i], "a", 1, MSG_NOSIGNAL);
		assert_int_equal(get("/hello"), 200);	/* others are served all the while */
		(void)usleep(400000);
	}
	for (int i = 0; i < SLOW; i++) {
		open += !hear(fd[i], NULL, 10);
		(void)close(fd[i]);
	}
	assert_int_equal(open, 0);
	(void)close(reading);
	http_server_stop(s, 1);
	port = old;
}

/* Resident and unshared: what this process holds, in bytes. */
static size_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0, rest = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &rest, &pages), 2);
	(void)fclose(f);
	return pages * 4096;
}

static void
test_a_thousand_idle_streams(void **state)
{
	enum { STREAMS = 1000 };
	struct http_config config = plain_config();
	struct http_server *s = start_with(&config);
	int *fd = calloc(STREAMS, sizeof(*fd)), old = port;
	size_t before, each;

	(void)state;
	port = http_server_port(s, 0);
	assert_int_equal(get("/hello"), 200);
	before = resident();
	for (int i = 0; i < STREAMS; i++) {
		fd[i] = dial(port);
		say(fd[i], EVENTS, sizeof(EVENTS) - 1);
		assert_true(hear(fd[i], "retry: 5000\n\n", 3000));
	}
	each = (resident() - before) / STREAMS;
	print_message("# %zu bytes for an idle stream\n", each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_true(each < 16 * 1024);
#endif
	assert_int_equal(get("/metrics"), 200);
	expect_body("narkontakt_event_streams 1000\n");
	event_publish(http_server_hub(s), "topic:1", "change", "{}");
	for (int i = 0; i < STREAMS; i++) {
		assert_true(hear(fd[i], "event: change\ndata: {}\n\n", 3000));
		(void)close(fd[i]);
	}
	free(fd);
	http_server_stop(s, 2);
	port = old;
}

static void
test_a_heartbeat_keeps_a_stream(void **state)
{
	int fd = dial(port);

	(void)state;
	say(fd, EVENTS, sizeof(EVENTS) - 1);
	assert_true(hear(fd, "retry: 5000\n\n", 3000));
	assert_true(hear(fd, ":\n\n", 31000));		/* every 20 s */
	(void)close(fd);
}

/* All who come at once are shared out over the threads, whoever of these wakes first; and each stays where it came. */
static void
test_connections_are_shared_out_evenly(void **state)
{
	enum { VISITORS = 8, ROUNDS = 3 };
	int fd[VISITORS], with_first = 0;
	long thread[VISITORS];

	(void)state;
	for (int i = 0; i < VISITORS; i++)
		fd[i] = dial(port);
	for (int r = 0; r < ROUNDS; r++) {
		for (int i = 0; i < VISITORS; i++) {
			long now;

			say_text(fd[i], "GET /thread HTTP/1.1\r\nHost: x\r\n\r\n");
			assert_true(hear(fd[i], "!", 5000));
			now = strtol(body() + 7, NULL, 10);
			if (r > 0)
				assert_int_equal(now, thread[i]);
			thread[i] = now;
		}
	}
	for (int i = 0; i < VISITORS; i++) {
		with_first += thread[i] == thread[0];
		(void)close(fd[i]);
	}
	assert_int_equal(with_first, VISITORS / 2);	/* plain_config has two threads */
}

static int
start(void **state)
{
	static int seven = 7;
	struct http_config config = plain_config();

	(void)state;
	log_set_level(LOG_ERROR);
	if (mkdtemp(temporary) == NULL)
		return -1;
	server = start_with(&config);
	port = http_server_port(server, 0);
	http_metrics_add(server, more_lines, &seven);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_server_stop(server, 2);
	return rmdir(temporary);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table_with_a_fault_stops_the_start),
		cmocka_unit_test(test_paths_find_their_routes),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_what_is_malformed_is_refused),
		cmocka_unit_test(test_a_long_head),
		cmocka_unit_test(test_no_room_for_files),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_a_multipart_body_may_come_a_byte_at_a_time),
		cmocka_unit_test(test_upload_limits),
		cmocka_unit_test(test_csrf),
		cmocka_unit_test(test_headers_of_a_page),
		cmocka_unit_test(test_no_header_can_be_smuggled_in),
		cmocka_unit_test(test_a_file_cannot_run),
		cmocka_unit_test(test_errors_go_through_the_page),
		cmocka_unit_test(test_assets),
		cmocka_unit_test(test_pages_are_compressed_for_who_can_read_them),
		cmocka_unit_test(test_slow_work_holds_nobody_up),
		cmocka_unit_test(test_events_are_delivered),
		cmocka_unit_test(test_a_slow_reader_of_events_is_told_to_load_again),
		cmocka_unit_test(test_health_and_metrics),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_a_new_certificate),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_stopping_finishes_what_is_under_way),
		cmocka_unit_test(test_slow_and_half_open_clients_are_ended),
		cmocka_unit_test(test_a_thousand_idle_streams),
		cmocka_unit_test(test_connections_are_shared_out_evenly),
		cmocka_unit_test(test_a_heartbeat_keeps_a_stream),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

/* tests/fuzz/fuzz_multipart.c: multipart bodies, sent to a real server in this process
 *
 * libmicrohttpd's parser wants a connection, so the bytes come over one, in two pieces whose border the first byte
 * chooses. The boundary is "b". What a handler is promised is asserted in the handler. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/nk-fuzz-multipart.XXXXXX";

static void
take(struct request *rq, struct response *rs)
{
	static const char *const names[] = { "", "a", "f" };
	const struct upload *u;
	size_t n = form_uploads(rq, &u);

	for (size_t i = 0; i < n; i++) {
		struct stat st;

		assert(utf8_valid(u[i].field) && utf8_valid(u[i].filename) && utf8_valid(u[i].type));
		assert(strpbrk(u[i].filename, "/\\") == NULL);
		assert(stat(u[i].path, &st) == 0 && (size_t)st.st_size == u[i].size);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (size_t k = 0; k < form_count(rq, names[i]); k++) {
			const char *value = form_nth(rq, names[i], k);

			assert(utf8_valid(value) && strchr(value, '\r') == NULL);
		}
	}
	respond_text(rs, 200, "text/plain", "taken", 5);
}

static const struct route table[] = { { POST, "/", 1, take, ROUTE_NO_CSRF | ROUTE_UPLOAD }, { 0 } };

static void
remove_folder(void)
{
	(void)rmdir(folder);
}

static int
start(void)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct route *const tables[] = { table, NULL };
	static const unsigned char key[32];
	struct http_config config = { .listen = listen, .socket_fd = -1, .workers = 1, .temporary = folder,
		.hooks.csrf_key = key };
	struct http_server *s;
	struct err err = { 0 };

	log_set_level(LOG_ERROR);
	assert(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
	assert(http_server_start(&config, NULL, tables, &s, &err));
	return http_server_port(s, 0);
}

static int
dial(int port)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	assert(fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof(where)) == 0);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int port, fd = -1;
	char text[4096];
	size_t border, got = 0;
	int n;

	if (size == 0 || size > 60000)
		return 0;
	border = 1 + (size_t)data[0] * (size - 1) / 256;
	if (port == 0)
		port = start();
	if (fd < 0)
		fd = dial(port);
	n = snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
	    "Content-Length: %zu\r\n\r\n", size - 1);
	(void)send(fd, text, (size_t)n, MSG_NOSIGNAL);
	(void)send(fd, data + 1, border - 1, MSG_NOSIGNAL);
	(void)send(fd, data + border, size - border, MSG_NOSIGNAL);
	/* Both answers are short: a head and at most forty bytes of text. */
	for (;;) {
		ssize_t more = recv(fd, text + got, sizeof(text) - 1 - got, 0);
		const char *end, *length;

		if (more <= 0)
			break;
		got += (size_t)more;
		text[got] = '\0';
		end = strstr(text, "\r\n\r\n");
		length = strcasestr(text, "Content-Length: ");
		if (end != NULL && length != NULL && got >= (size_t)(end - text) + 4 + strtoul(length + 16, NULL, 10))
			break;
	}
	assert(strncmp(text, "HTTP/1.1 200", 12) == 0 || strncmp(text, "HTTP/1.1 400", 12) == 0 ||
	    strncmp(text, "HTTP/1.1 413", 12) == 0);
	if (strcasestr(text, "Connection: close") != NULL || got == 0) {
		(void)close(fd);
		fd = -1;
	}
	return 0;
}

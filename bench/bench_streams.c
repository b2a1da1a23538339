/* bench/bench_streams.c: many idle event streams
 *
 *   bench_streams PORT PATH COOKIE N     opens N streams, prints "open N" when each has said hello, and holds them until it is
 *                                        ended; reads and forgets what they say */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rlimit limit = { 16384, 16384 };
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct pollfd *p;
	char text[2048];
	int n, length, waiting;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: bench_streams PORT PATH COOKIE N\n");
		return 2;
	}
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	n = waiting = (int)strtol(argv[4], NULL, 10);
	to.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	(void)inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	length = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nAccept: text/event-stream\r\n\r\n",
	    argv[2], argv[3]);
	if ((p = calloc((size_t)n, sizeof(*p))) == NULL)
		abort();
	for (int i = 0; i < n; i++) {
		p[i] = (struct pollfd){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .events = POLLIN };
		if (p[i].fd < 0 || connect(p[i].fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
		    write(p[i].fd, text, (size_t)length) != length) {
			perror("bench_streams");
			return 1;
		}
	}
	for (;;) {
		(void)poll(p, (nfds_t)n, -1);
		for (int i = 0; i < n; i++) {
			ssize_t got = (p[i].revents & (POLLIN | POLLHUP)) != 0 ? read(p[i].fd, text, sizeof(text) - 1) : -1;

			if (got == 0 || (got > 0 && waiting > 0 && strncmp(text, "HTTP/1.1 200", 12) != 0 && strstr(text, "retry") == NULL)) {
				(void)fprintf(stderr, "bench_streams: stream %d ended or was refused\n", i);
				return 1;
			}
			text[got > 0 ? got : 0] = '\0';
			if (got > 0 && waiting > 0 && strstr(text, "retry") != NULL && --waiting == 0) {
				(void)printf("open %d\n", n);
				(void)fflush(stdout);
			}
		}
	}
}

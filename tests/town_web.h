/* tests/town_web.h: a server of the town of municipality.h, on either database, and its people signed in without passwords */
#ifndef TESTS_TOWN_WEB_H
#define TESTS_TOWN_WEB_H
#include <time.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "http/http.h"
#include "municipality.h"
#include "people/frame.h"
#include "people/session.h"
#include "people/session_hooks.h"
#include "web.h"

static inline struct http_server *
town_serve(struct database *d, int *port)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct frame_options options = { .search = "/sok" };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2 };
	struct http_server *server;
	struct err err = { 0 };

	log_set_level(LOG_ERROR);
	frame_configure(&options);
	town_must(session_hooks(d, &config.hooks, &err), &err, "hooks");
	town_must(http_server_start(&config, d, serve_routes, &server, &err), &err, "server");
	*port = http_server_port(server, 0);
	return server;
}

/* account_id 0: a visitor. */
static inline void
town_sign_in(struct web *w, struct db *db, int port, int64_t account_id)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	const char *token;

	web_open(w, port);
	if (account_id != 0) {
		town_must(session_start(db, a, account_id, "127.0.0.1", "test", (int64_t)time(NULL), &token, &err), &err, "session");
		(void)curl_easy_setopt(w->curl, CURLOPT_COOKIE, arena_printf(a, SESSION_COOKIE "=%s", token));
	}
	arena_close(a);
}

/* A form with one file: name, value, ..., NULL. */
static inline long
web_upload(struct web *w, const char *path, const char *field, const char *filename, const void *bytes, size_t n, ...)
{
	curl_mime *mime = curl_mime_init(w->curl);
	curl_mimepart *part;
	const char *name;
	va_list ap;
	long status;

	va_start(ap, n);
	for (name = va_arg(ap, const char *); name != NULL; name = va_arg(ap, const char *)) {
		part = curl_mime_addpart(mime);
		(void)curl_mime_name(part, name);
		(void)curl_mime_data(part, va_arg(ap, const char *), CURL_ZERO_TERMINATED);
	}
	va_end(ap);
	part = curl_mime_addpart(mime);
	(void)curl_mime_name(part, "csrf");
	(void)curl_mime_data(part, w->csrf, CURL_ZERO_TERMINATED);
	part = curl_mime_addpart(mime);
	(void)curl_mime_name(part, field);
	(void)curl_mime_filename(part, filename);
	(void)curl_mime_data(part, bytes, n);
	(void)curl_easy_setopt(w->curl, CURLOPT_MIMEPOST, mime);
	status = web_do(w, path);
	curl_mime_free(mime);
	return status;
}
#endif

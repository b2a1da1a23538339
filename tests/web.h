/* tests/web.h: a browser without eyes, for tests that start the server in their own process
 *
 * web_get and web_post keep cookies, follow nothing, and remember the status, the Location and the body. A form's token
 * is taken from the last page that had one. */
#ifndef TESTS_WEB_H
#define TESTS_WEB_H
#include <curl/curl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct web {
	CURL *curl;
	char base[64];
	long status;
	char location[2000];
	char csrf[300];
	char *body;
	size_t n;
	bool quiet;			/* a server that is not there is expected, and not told of */
};

static inline size_t
web_body(char *p, size_t size, size_t n, void *arg)
{
	struct web *w = arg;

	w->body = realloc(w->body, w->n + size * n + 1);
	memcpy(w->body + w->n, p, size * n);
	w->n += size * n;
	w->body[w->n] = '\0';
	return size * n;
}

static inline size_t
web_header(char *p, size_t size, size_t n, void *arg)
{
	struct web *w = arg;

	if (size * n > 10 && strncasecmp(p, "Location: ", 10) == 0)
		(void)snprintf(w->location, sizeof(w->location), "%.*s", (int)strcspn(p + 10, "\r\n"), p + 10);
	return size * n;
}

static inline void
web_open(struct web *w, int port)
{
	memset(w, 0, sizeof(*w));
	w->curl = curl_easy_init();
	(void)snprintf(w->base, sizeof(w->base), "http://127.0.0.1:%d", port);
	(void)curl_easy_setopt(w->curl, CURLOPT_COOKIEFILE, "");
	(void)curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, web_body);
	(void)curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, w);
	(void)curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, web_header);
	(void)curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, w);
	(void)curl_easy_setopt(w->curl, CURLOPT_TIMEOUT, 20L);
}

static inline void
web_close(struct web *w)
{
	curl_easy_cleanup(w->curl);
	free(w->body);
}

static inline bool
web_has(const struct web *w, const char *text)
{
	return w->body != NULL && strstr(w->body, text) != NULL;
}

/* The value of the first hidden field of this name on the last page, or "". */
static inline const char *
web_hidden(const struct web *w, const char *name, char *out, size_t size)
{
	char key[80];
	const char *at;

	(void)snprintf(key, sizeof(key), "name=\"%s\" value=\"", name);
	at = w->body == NULL ? NULL : strstr(w->body, key);
	out[0] = '\0';
	if (at != NULL) {
		at += strlen(key);
		(void)snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
	}
	return out;
}

static inline long
web_do(struct web *w, const char *path)
{
	char url[2200], token[300];
	CURLcode code;

	(void)snprintf(url, sizeof(url), "%s%s", w->base, path);
	free(w->body);
	w->body = NULL;
	w->n = 0;
	w->location[0] = '\0';
	(void)curl_easy_setopt(w->curl, CURLOPT_URL, url);
	code = curl_easy_perform(w->curl);
	if (code != CURLE_OK) {
		if (!w->quiet)
			(void)fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(code));
		return 0;
	}
	(void)curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &w->status);
	if (web_hidden(w, "csrf", token, sizeof(token))[0] != '\0')
		(void)snprintf(w->csrf, sizeof(w->csrf), "%s", token);
	return w->status;
}

static inline long
web_get(struct web *w, const char *path)
{
	(void)curl_easy_setopt(w->curl, CURLOPT_MIMEPOST, NULL);
	(void)curl_easy_setopt(w->curl, CURLOPT_HTTPGET, 1L);
	return web_do(w, path);
}

/* name, value, ..., NULL; the token is added unless `forge`. */
static inline long
web_post_v(struct web *w, bool forge, const char *path, va_list ap)
{
	char *data = calloc(1, 1);
	const char *name;
	long status;

	for (name = va_arg(ap, const char *); name != NULL; name = va_arg(ap, const char *)) {
		char *value = curl_easy_escape(w->curl, va_arg(ap, const char *), 0), *more;

		if (asprintf(&more, "%s%s=%s&", data, name, value) < 0)
			abort();
		curl_free(value);
		free(data);
		data = more;
	}
	if (!forge) {
		char *value = curl_easy_escape(w->curl, w->csrf, 0), *more;

		if (asprintf(&more, "%scsrf=%s", data, value) < 0)
			abort();
		curl_free(value);
		free(data);
		data = more;
	}
	(void)curl_easy_setopt(w->curl, CURLOPT_MIMEPOST, NULL);
	(void)curl_easy_setopt(w->curl, CURLOPT_COPYPOSTFIELDS, data);
	status = web_do(w, path);
	free(data);
	return status;
}

static inline long
web_post(struct web *w, const char *path, ...)
{
	va_list ap;
	long status;

	va_start(ap, path);
	status = web_post_v(w, false, path, ap);
	va_end(ap);
	return status;
}

/* The same from a list: name, value, ..., NULL. */
static inline long
web_post_list(struct web *w, const char *path, const char *const *field)
{
	const char *f[15] = { NULL };

	for (size_t i = 0; i < 14 && field[i] != NULL; i++)
		f[i] = field[i];
	return web_post(w, path, f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], NULL);
}

static inline long
web_forge(struct web *w, const char *path, ...)
{
	va_list ap;
	long status;

	va_start(ap, path);
	status = web_post_v(w, true, path, ap);
	va_end(ap);
	return status;
}

/* The status is what it should be, or the test has failed and shows the page (cmocka.h comes first). */
#ifdef fail_msg
static inline void
status_is(const struct web *w, long got, long want)
{
	if (got != want)
		fail_msg("expected %ld, got %ld: %.1500s", want, got, w->body == NULL ? "" :
		    strstr(w->body, "<main") != NULL ? strstr(w->body, "<main") : w->body);
}
#endif
#endif

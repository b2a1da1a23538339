/* http/http.h: requests, responses, routes, forms
 *
 * A handler gets a parsed request and fills a response; it runs on a worker thread with the request's own arena and
 * database door. It never writes to the wire: a page is whole before a byte is sent. What http/ does not know (who the
 * actor is, what an action number means) it asks through `struct http_hooks`, which people/ fills.
 *
 * Every changing request is a POST with a CSRF token and ends in a redirect. A route without an action stops the
 * program at start. Limits stand where bytes enter: struct http_limits. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"

struct arena; struct db; struct database; struct err; struct sb;
struct actor;			/* people/: who asks; never NULL in a handler (a visitor is an actor too) */
struct http_server; struct event_hub;

enum method { GET = 1, POST };	/* HEAD is answered as GET without a body */

struct upload {
	const char *field;
	const char *filename;		/* as sent, valid UTF-8, only the last path component; may be "" */
	const char *type;		/* as claimed; never trusted */
	const char *path;		/* temporary file, removed with the request */
	size_t size;
};

struct request {
	struct arena *arena;
	struct database *database;
	struct db *db;			/* this worker's reader door */
	struct actor *actor;
	int64_t now;			/* UTC seconds when the request came */
	const char *id;			/* request id: in the log, in X-Request-Id, on error pages */
	const char *lang;		/* "sv" or "en" */
	enum method method;
	const char *path;		/* decoded, without query */
	const char *query;		/* raw, without '?', "" when none: to come back after sign-in */
	const char *peer;		/* the client's address, through trusted proxies only */
	const char *csrf;		/* token for the forms of this page */
	const char *base_url;		/* "https://kommun.example" without trailing slash */
	bool secure;			/* TLS here or at the trusted proxy */
	const struct route *route;
	void *app;			/* what serve gave http_server_start */
	struct request_private *p;
};

/* Parameters. A path /a/:id has "id". NULL when absent. */
const char *path_param(struct request *rq, const char *name);
bool path_id(struct request *rq, const char *name, int64_t *out, struct err *err);	/* ERR_NOT_FOUND unless 1..2^62 */
const char *query_text(struct request *rq, const char *name);		/* NULL when absent; cleaned to valid UTF-8 */
int64_t query_i64(struct request *rq, const char *name, int64_t instead);
const char *request_header(struct request *rq, const char *name);
const char *request_cookie(struct request *rq, const char *name);

/* Form fields of a POST (urlencoded or multipart). Errors are ERR_INPUT with the field and a sentence. */
const char *form_raw(struct request *rq, const char *name);		/* NULL when absent; valid UTF-8, CRLF as LF */
size_t form_count(struct request *rq, const char *name);		/* of repeated fields (checkboxes) */
const char *form_nth(struct request *rq, const char *name, size_t nth);
/* All fields in the order they came; false past the last. And one put there by us, for a page that shows words again. */
bool form_field_at(struct request *rq, size_t i, const char **name, const char **value);
void form_fill(struct request *rq, const char *name, const char *value);
bool form_id(struct request *rq, const char *name, int64_t *out, struct err *err);
bool form_i64(struct request *rq, const char *name, int64_t least, int64_t most, int64_t *out, struct err *err);
/* Outer white space trimmed; length in bytes. min 0 allows an absent or empty field, which gives "". */
bool form_text(struct request *rq, const char *name, size_t min, size_t max, const char **out, struct err *err);
bool form_date(struct request *rq, const char *name, struct date *out, struct err *err);
bool form_checked(struct request *rq, const char *name);
size_t form_uploads(struct request *rq, const struct upload **out);
/* The bytes of the file of one field, at most `max`. ERR_INPUT with a sentence: it is larger (`too_large`), or none was chosen (`missing`;
 * without that sentence, NULL, *bytes is NULL and all is well). */
bool form_file(struct request *rq, const char *field, size_t max, const char *missing, const char *too_large, char **bytes, size_t *n,
    struct err *err);

struct response {
	int status;			/* 200 unless said */
	const char *type;		/* default "text/html; charset=utf-8" */
	const char *body;		/* in the request's arena, or static */
	size_t body_len;
	struct response_private *p;
};

void respond_html(struct request *rq, struct response *rs, struct sb *page);	/* gives 500 if the page overflowed */
void respond_text(struct response *rs, int status, const char *type, const char *body, size_t n);
void respond_see_other(struct request *rq, struct response *rs, const char *path_fmt, ...) PRINTF(3, 4);
/* The error page for *err (404 for DENIED where the route says existence is secret), logged here and only here. */
void respond_err(struct request *rq, struct response *rs, const struct err *err);
void respond_header(struct request *rq, struct response *rs, const char *name, const char *value);
/* For a page whose address is the key: not indexed, and the address is told nobody. */
void respond_secret_link(struct request *rq, struct response *rs);
/* Session-like cookie: HttpOnly, SameSite=Lax, Path=/, and __Host- with Secure under TLS. max_age_s 0 removes it. */
void respond_cookie(struct request *rq, struct response *rs, const char *name, const char *value, int64_t max_age_s);
/* A file that cannot run in our origin: attachment, nosniff, sandboxing CSP. `inline_safe` only for images and PDF
 * that libmagic has confirmed. Takes over the descriptor. */
void respond_file(struct request *rq, struct response *rs, int fd, const char *filename, const char *type, bool inline_safe);
/* Long-lived event stream of `topic`; the handler returns and the hub pushes. Topics are strings like "worklist:12". */
void respond_events(struct request *rq, struct response *rs, const char *topic);
void event_publish(struct event_hub *hub, const char *topic, const char *event, const char *data);
void event_publish_all(struct event_hub *hub, const char *event, const char *data);	/* to every topic */
struct event_hub *request_hub(struct request *rq);

/* Slow work (password hashing, PDF): runs `work` on a worker thread while the connection, not its thread, waits; then
 * `done` on a request thread with the same request. Both may use rq->arena; work must not use rq->db. For a GET they run
 * after the handler has returned, for a POST (which has a worker already) before respond_slowly does: call it last. */
typedef void slow_fn(struct request *rq, void *arg);
typedef void slow_done_fn(struct request *rq, struct response *rs, void *arg);
void respond_slowly(struct request *rq, struct response *rs, slow_fn *work, slow_done_fn *done, void *arg);

typedef void handler_fn(struct request *rq, struct response *rs);
enum route_flag {
	ROUTE_NO_CSRF = 1u << 0,	/* machine interfaces with their own authentication only */
	ROUTE_UPLOAD = 1u << 1,		/* accepts files and the larger body limit */
	ROUTE_SECRET = 1u << 2,		/* the handler's refusal is shown as not found */
	ROUTE_JSON = 1u << 3,		/* errors are JSON */
	ROUTE_KEEPS = 1u << 5,		/* a public form whose words are kept when its token has grown too old */
	ROUTE_RAW = 1u << 4,		/* body not parsed as a form: request_body gives the bytes */
};
struct route {
	enum method method;
	const char *path;		/* "/contacts/:number/answer"; a last segment "*name" takes the rest */
	int action;			/* enum action of people/permit.h; 0 is forgotten and refused at start */
	handler_fn *handler;
	unsigned flags;
};
const char *request_body(struct request *rq, size_t *n);	/* ROUTE_RAW */

struct http_limits { size_t form_bytes, upload_bytes, fields, files; int timeout_s; };

struct http_hooks {
	/* Sets rq->actor (a visitor when nobody is signed in) and rq->lang. Never fails. */
	void (*identify)(struct request *rq);
	/* May this actor use this action at all (the object is asked about by the handler)? ERR_DENIED. */
	bool (*authorize)(struct request *rq, int action, struct err *err);
	/* Fills rs with the sign-in redirect (visitor) or an error page. `reference` is the request id. */
	void (*error_page)(struct request *rq, struct response *rs, int status, const struct err *err);
	/* Once per action number for the table check at start: false stops the program. */
	bool (*action_known)(int action);
	/* HMAC key for CSRF tokens, 32 bytes, and what binds a token to its session ("" for a visitor: a cookie is used). */
	const unsigned char *csrf_key;
	const char *(*csrf_session)(struct request *rq);
};

struct asset { const char *path, *type; const unsigned char *data; size_t len; const char *etag; };

struct http_config {
	const char *const *listen;	/* "127.0.0.1:8080", "[::1]:8080", NULL-ended; port 0 picks one */
	const char *base_url;		/* NULL: from the first listener */
	const char *tls_certificate, *tls_key;	/* PEM files, or NULL */
	const char *const *trusted_proxies;	/* addresses and networks whose X-Forwarded-For/-Proto count; NULL-ended */
	int workers;			/* 0: one per core */
	int socket_fd;			/* from socket activation, or -1 */
	const char *temporary;		/* directory for uploads under way */
	struct http_limits limits;	/* zeroes are defaults */
	int64_t (*clock)(void);		/* UTC seconds, any thread; NULL: the machine's. Tests have their own time */
	const struct asset *assets;	/* path NULL ends; served at /static/ with ETag and long Cache-Control */
	struct http_hooks hooks;
	void *app;
};

/* `routes`: NULL-ended list of tables, each ended by a zero row. Fails (ERR_BUG) on a route without action, a
 * duplicate, or an action nobody knows. */
bool http_server_start(const struct http_config *config, struct database *database,
    const struct route *const *routes, struct http_server **out, struct err *err);
int http_server_port(const struct http_server *s, int listener);	/* the one really bound */
/* Reads certificate and key again: new connections get the new ones, those that are open go on with the old. On failure
 * all stays as it was. Without TLS it does nothing. From the thread that started the server. */
bool http_server_reload(struct http_server *s, struct err *err);
struct event_hub *http_server_hub(struct http_server *s);
/* Adds lines to GET /metrics: `fn` is called for each reading, on any thread. At most sixteen, for the server's life. */
typedef void http_metrics_fn(struct sb *sb, void *arg);
void http_metrics_add(struct http_server *s, http_metrics_fn *fn, void *arg);
/* NULL does nothing. Takes no more, finishes what is under way (at most `seconds`), closes event streams. */
void http_server_stop(struct http_server *s, int seconds);
#endif

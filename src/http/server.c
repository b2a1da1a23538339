/* http/server.c: libmicrohttpd on one side, handlers on the other
 *
 * A GET is answered on the connection's own thread, from that thread's database reader. A POST waits (for the disk, for
 * Argon2), so its connection is suspended and a worker runs the handler; thirty-two workers may wait for one commit
 * together, which is what lets writes share it. Body bytes are parsed as they arrive and never held twice: forms in
 * the request's arena, files in temporary files that go with the request. */
#include "http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "http/internal.h"

LATE_DEFINE(late_mhd, LATE_MHD, "libmicrohttpd.so.12");

/* libmicrohttpd answers a head that does not fit its memory with a page of its own (cookies count twice there); ours comes
 * before that for most. The memory is also what an idle event stream costs, so it is not larger. */
enum { WORKERS = 32, URI_BYTES = 6000, HEADER_BYTES = 8000, HEAD_MEMORY = 17 * 1024, CONNECTIONS_EACH = 4000,
	CONNECTIONS_PER_ADDRESS = 1200,
	DESCRIPTORS = 16384, BASE_URL_MAX = 256, READ_ON = 1024 * 1024 };

static const struct http_limits default_limits = {
	.form_bytes = 2 * 1024 * 1024, .upload_bytes = 60 * 1024 * 1024, .fields = FIELDS_MAX, .files = 20, .timeout_s = 30,
};

/* ---- what handlers ask ---- */

const char *
path_param(struct request *rq, const char *name)
{
	struct request_private *p = private_of(rq);

	for (size_t i = 0; i < p->match.n; i++) {
		if (strcmp(p->match.param[i].name, name) == 0)
			return p->match.param[i].value;
	}
	return NULL;
}

/* 1 to 2^62, digits only. */
static bool
parse_id(const char *text, int64_t *out)
{
	char *end;
	long long v;

	if (text == NULL || text[0] < '0' || text[0] > '9' || strlen(text) > 19)
		return false;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0 || v < 1 || v > (1LL << 62))
		return false;
	*out = v;
	return true;
}

bool
path_id(struct request *rq, const char *name, int64_t *out, struct err *err)
{
	return parse_id(path_param(rq, name), out) || err_set(err, ERR_NOT_FOUND, "path %s is not an id", name);
}

const char *
query_text(struct request *rq, const char *name)
{
	struct request_private *p = private_of(rq);
	struct err ignored = { 0 };

	if (!p->query_parsed) {
		p->query_parsed = true;
		(void)form_parse(rq->arena, rq->query, strlen(rq->query), &p->query, &ignored);
	}
	return field_find(&p->query, name);
}

int64_t
query_i64(struct request *rq, const char *name, int64_t instead)
{
	const char *text = query_text(rq, name);
	char *end;
	long long v;

	if (text == NULL || *text == '\0')
		return instead;
	errno = 0;
	v = strtoll(text, &end, 10);
	return *end == '\0' && errno == 0 ? v : instead;
}

const char *
request_header(struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(private_of(rq)->connection, MHD_HEADER_KIND, name);
}

const char *
request_cookie(struct request *rq, const char *name)
{
	const char *header = request_header(rq, "Cookie");

	if (header == NULL)
		return NULL;
	return cookie_find(rq->arena, header, rq->secure ? arena_printf(rq->arena, "__Host-%s", name) : name);
}

const char *
form_raw(struct request *rq, const char *name)
{
	return field_find(&private_of(rq)->fields, name);
}

size_t
form_count(struct request *rq, const char *name)
{
	const struct field_list *list = &private_of(rq)->fields;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += strcmp(list->item[i].name, name) == 0;
	return n;
}

const char *
form_nth(struct request *rq, const char *name, size_t nth)
{
	const struct field_list *list = &private_of(rq)->fields;

	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->item[i].name, name) == 0 && nth-- == 0)
			return list->item[i].value;
	}
	return NULL;
}

bool
form_field_at(struct request *rq, size_t i, const char **name, const char **value)
{
	const struct field_list *list = &private_of(rq)->fields;

	if (i >= list->n)
		return false;
	*name = list->item[i].name;
	*value = list->item[i].value;
	return true;
}

void
form_fill(struct request *rq, const char *name, const char *value)
{
	field_add(rq->arena, &private_of(rq)->fields, arena_strdup(rq->arena, name), arena_strdup(rq->arena, value));
}

bool
form_id(struct request *rq, const char *name, int64_t *out, struct err *err)
{
	return parse_id(form_raw(rq, name), out) || err_input(err, name, N_("Choose one of the alternatives."));
}

bool
form_i64(struct request *rq, const char *name, int64_t least, int64_t most, int64_t *out, struct err *err)
{
	const char *text = form_raw(rq, name);
	char *end;
	long long v;

	if (text == NULL || *text == '\0')
		return err_input(err, name, N_("Enter a number."));
	errno = 0;
	v = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return err_input(err, name, N_("Enter a whole number, with digits only."));
	if (v < least || v > most)
		return err_input(err, name, N_("The number is too small or too large."));
	*out = v;
	return true;
}

bool
form_text(struct request *rq, const char *name, size_t min, size_t max, const char **out, struct err *err)
{
	const char *text = form_raw(rq, name);
	size_t n;

	if (text == NULL)
		text = "";
	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	if (n == 0 && min > 0)
		return err_input(err, name, N_("Fill in this field."));
	if (n < min)
		return err_input(err, name, N_("Write a little more."));
	if (n > max)
		return err_input(err, name, N_("The text is too long. Make it shorter, or put it in an attached file."));
	*out = arena_strndup(rq->arena, text, n);
	return true;
}

bool
form_date(struct request *rq, const char *name, struct date *out, struct err *err)
{
	const char *text;

	if (!form_text(rq, name, 0, 40, &text, err))
		return false;
	return date_parse(text, out) || err_input(err, name, N_("Enter the date as year-month-day, for example 2027-01-31."));
}

bool
form_checked(struct request *rq, const char *name)
{
	const char *text = form_raw(rq, name);

	return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

size_t
form_uploads(struct request *rq, const struct upload **out)
{
	*out = private_of(rq)->upload;
	return private_of(rq)->n_uploads;
}

bool
form_file(struct request *rq, const char *field, size_t max, const char *missing, const char *too_large, char **bytes, size_t *n,
    struct err *err)
{
	const struct upload *upload;
	size_t count = form_uploads(rq, &upload);

	*bytes = NULL;
	*n = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(upload[i].field, field) == 0 && upload[i].size > 0)
			return file_read(rq->arena, upload[i].path, max, bytes, n, err) ||
			    (err->code == ERR_INPUT && err_input(err, field, too_large));
	}
	return missing == NULL || err_input(err, field, missing);
}

const char *
request_body(struct request *rq, size_t *n)
{
	*n = private_of(rq)->body_len;
	return private_of(rq)->body == NULL ? "" : private_of(rq)->body;
}

struct event_hub *
request_hub(struct request *rq)
{
	return private_of(rq)->server->hub;
}

/* ---- arenas are kept and used again ---- */

static struct arena *
take_arena(struct http_server *s)
{
	struct arena *a = NULL;

	(void)pthread_mutex_lock(&s->pool_lock);
	if (s->n_pool > 0)
		a = s->pool[--s->n_pool];
	(void)pthread_mutex_unlock(&s->pool_lock);
	return a == NULL ? arena_open() : a;
}

static void
return_arena(struct http_server *s, struct arena *a)
{
	arena_reset(a);
	(void)pthread_mutex_lock(&s->pool_lock);
	if (s->n_pool < (int)ARRAY_LEN(s->pool)) {
		s->pool[s->n_pool++] = a;
		a = NULL;
	}
	(void)pthread_mutex_unlock(&s->pool_lock);
	arena_close(a);
}

/* ---- the beginning of a request ---- */

static const char *
address_text(struct arena *a, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (sa == NULL)
		return "";
	if (sa->sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text, sizeof(text));
	else if (sa->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, text, sizeof(text));
	return arena_strdup(a, strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text);
}

static bool
is_trusted(const struct http_server *s, const char *address)
{
	for (int i = 0; i < s->n_trusted; i++) {
		if (network_has(&s->trusted[i], address))
			return true;
	}
	return false;
}

/* Who is at the other end. X-Forwarded-For counts only from a trusted proxy, and then its last hop that is not itself
 * trusted: what stands before that, anyone could have written. */
static void
find_peer(struct request_private *p)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(p->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded, *proto;

	p->rq.peer = address_text(p->arena, info == NULL ? NULL : info->client_addr);
	p->rq.secure = p->server->tls;
	if (!is_trusted(p->server, p->rq.peer))
		return;
	if ((proto = request_header(&p->rq, "X-Forwarded-Proto")) != NULL)
		p->rq.secure = strcmp(proto, "https") == 0;
	if ((forwarded = request_header(&p->rq, "X-Forwarded-For")) == NULL)
		return;
	for (const char *end = forwarded + strlen(forwarded); end > forwarded;) {
		const char *from = end;
		struct in6_addr ignored;
		char *one;

		while (from > forwarded && from[-1] != ',')
			from--;
		one = arena_strndup(p->arena, from + strspn(from, " "), (size_t)(end - from) - strspn(from, " "));
		one[strcspn(one, " ")] = '\0';
		if (inet_pton(AF_INET, one, &ignored) != 1 && inet_pton(AF_INET6, one, &ignored) != 1)
			return;
		p->rq.peer = one;
		if (!is_trusted(p->server, one))
			return;
		end = from > forwarded ? from - 1 : forwarded;
	}
}

static void *
on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *s = arg;
	struct arena *a = take_arena(s);
	struct request_private *p = arena_alloc(a, sizeof(*p));

	p->server = s;
	p->connection = connection;
	p->arena = p->rq.arena = a;
	p->rq.p = p;
	p->rs.p = &p->rp;
	p->rs.status = 200;
	p->rs.type = "text/html; charset=utf-8";
	p->rs.body = "";
	p->rp.fd = p->upload_fd = -1;
	p->rp.last = &p->rp.header;
	p->raw_uri = arena_strdup(a, uri);
	p->began_us = monotonic_us();
	(void)atomic_fetch_add(&s->under_way, 1);
	return p;
}

static enum MHD_Result
fail_now(struct request_private *p, enum err_code code, int status, const char *person)
{
	struct err err = { .code = code, .person = person };

	(void)snprintf(err.log, sizeof(err.log), "refused with %d", status);
	response_failed(&p->rq, &p->rs, status, &err);
	p->stage = STAGE_READY;
	return response_queue(p);
}

struct framing { int host, length, encoding; size_t bytes; };

static enum MHD_Result
count_framing(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = arg;

	(void)kind;
	f->bytes += strlen(name) + (value == NULL ? 0 : strlen(value)) + 4;
	f->host += strcasecmp(name, "Host") == 0;
	f->length += strcasecmp(name, "Content-Length") == 0;
	f->encoding += strcasecmp(name, "Transfer-Encoding") == 0;
	return MHD_YES;
}

/* Two opinions of where the body ends let a request hide behind another from the proxy before us (RFC 9112, 6.3); and
 * every request of HTTP/1.1 says once which host it is for (3.2). */
static bool
framing_is_doubtful(const struct framing *f, const char *version)
{
	return f->length + f->encoding > 1 || f->host > 1 || (f->host == 0 && strcmp(version, "HTTP/1.0") != 0);
}

/* What no handler need see; the connection ends, since the rest of it cannot be trusted to be where it says. */
static bool
head_is_refused(struct request_private *p, const char *version, enum MHD_Result *result)
{
	struct framing f = { 0 };
	const char *person = NULL;
	int status = 0;

	(void)MHD_get_connection_values(p->connection, MHD_HEADER_KIND, count_framing, &f);
	if (strlen(p->raw_uri) > URI_BYTES) {
		status = 414;
		person = N_("The address is too long. Shorten it, or begin again at the start page.");
	} else if (f.bytes > HEADER_BYTES) {
		status = 431;
		person = N_("Your browser sent more about itself than we can take in. Remove this site's cookies and try again.");
	} else if (framing_is_doubtful(&f, version)) {
		status = 400;
		person = N_("The request is not written as a request should be.");
	}
	if (status == 0)
		return false;
	respond_header(&p->rq, &p->rs, "Connection", "close");
	*result = fail_now(p, ERR_INPUT, status, person);
	return true;
}

/* Fills what every handler may use; false when an answer has been queued already. */
static bool
prepare(struct request_private *p, const char *method, const char *version, enum MHD_Result *result)
{
	struct http_server *s = p->server;
	struct request *rq = &p->rq;
	size_t path_n = strcspn(p->raw_uri, "?");
	struct err err = { 0 };
	char *path;

	rq->id = arena_printf(p->arena, "%08" PRIx64, (uint64_t)atomic_fetch_add(&s->next_id, 1));
	rq->now = s->config.clock == NULL ? (int64_t)time(NULL) : s->config.clock();
	rq->database = s->database;
	rq->app = s->config.app;
	rq->base_url = s->base_url;
	rq->lang = "sv";
	rq->query = p->raw_uri[path_n] == '?' ? p->raw_uri + path_n + 1 : "";
	rq->csrf = "";
	find_peer(p);
	path = path_decode(p->arena, p->raw_uri, path_n);
	rq->path = path == NULL ? "/" : path;
	rq->method = strcmp(method, "POST") == 0 ? POST : GET;
	if (s->database != NULL && (rq->db = database_reader(s->database, &err)) == NULL) {
		*result = fail_now(p, ERR_BUSY, 503, err.person);
		return false;
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && strcmp(method, "POST") != 0) {
		respond_header(rq, &p->rs, "Allow", "GET, HEAD, POST");
		*result = fail_now(p, ERR_INPUT, 405, N_("This address cannot be used that way."));
		return false;
	}
	if (head_is_refused(p, version, result))
		return false;
	if (path == NULL) {
		*result = fail_now(p, ERR_INPUT, 400, N_("The address is not written as an address should be."));
		return false;
	}
	if (asset_answer(p, result)) {
		p->stage = STAGE_READY;
		return false;
	}
	p->match = router_find(s->router, p->arena, rq->method, path);
	rq->route = p->match.route;
	return true;
}

/* ---- the body ---- */

static void
finish_part(struct request_private *p)
{
	if (p->upload_fd >= 0) {
		(void)close(p->upload_fd);
		p->upload_fd = -1;
	}
	if (p->part_name == NULL)
		return;
	if (p->fields.n >= p->server->config.limits.fields) {
		p->bad_form = true;
	} else {
		/* A part's value stands as it is, not percent-encoded. */
		char *value = utf8_clean(p->arena, p->part == NULL ? "" : p->part, p->part_len);

		form_line_ends(value);
		field_add(p->arena, &p->fields, p->part_name, value);
	}
	p->part_name = NULL;
	p->part = NULL;
	p->part_len = p->part_cap = 0;
}

static bool
start_upload(struct request_private *p, const char *field, const char *filename, const char *type)
{
	struct upload *u;
	char *path;
	const char *base;

	if (p->n_uploads >= p->server->config.limits.files)
		return false;
	if (p->n_uploads == p->cap_uploads) {
		size_t more = p->cap_uploads == 0 ? 4 : p->cap_uploads * 2;

		p->upload = arena_grow(p->arena, p->upload, p->cap_uploads * sizeof(*u), more * sizeof(*u));
		p->cap_uploads = more;
	}
	path = arena_printf(p->arena, "%s/upload.XXXXXX", p->server->temporary);
	if ((p->upload_fd = mkostemp(path, O_CLOEXEC)) < 0) {
		p->no_room = true;
		return false;
	}
	base = strrchr(filename, '/') != NULL ? strrchr(filename, '/') + 1 : filename;
	base = strrchr(base, '\\') != NULL ? strrchr(base, '\\') + 1 : base;
	u = &p->upload[p->n_uploads++];
	*u = (struct upload){ .field = utf8_clean(p->arena, field, strlen(field)),
		.filename = utf8_clean(p->arena, base, strlen(base)),
		.type = type == NULL ? "" : utf8_clean(p->arena, type, strlen(type)), .path = path };
	return true;
}

static enum MHD_Result
on_part(void *arg, enum MHD_ValueKind kind, const char *key, const char *filename, const char *type,
    const char *encoding, const char *data, uint64_t offset, size_t n)
{
	struct request_private *p = arg;

	(void)kind;
	(void)encoding;
	p->saw_part = true;
	if (p->bad_form)
		return MHD_YES;		/* the rest is read and dropped, so that the answer can be given */
	if (key == NULL) {		/* a part without a name */
		p->bad_form = true;
		return MHD_YES;
	}
	if (offset == 0) {
		finish_part(p);
		/* An empty file input sends an empty name and no bytes: nothing was chosen. */
		if (filename != NULL && filename[0] == '\0')
			return MHD_YES;
		if (filename != NULL && !start_upload(p, key, filename, type)) {
			p->bad_form = true;
			return MHD_YES;
		}
		if (filename == NULL)
			p->part_name = utf8_clean(p->arena, key, strlen(key));
	}
	if (filename != NULL && filename[0] == '\0')
		return MHD_YES;
	if (filename != NULL) {
		if (p->upload_fd < 0)
			p->bad_form = true;
		else if (write(p->upload_fd, data, n) != (ssize_t)n)
			p->no_room = p->bad_form = true;
		else
			p->upload[p->n_uploads - 1].size += n;
		return MHD_YES;
	}
	if (p->part_len + n > p->server->config.limits.form_bytes) {
		p->too_large = true;
		return MHD_YES;
	}
	if (p->part_len + n + 1 > p->part_cap) {
		size_t more = (p->part_len + n + 1) * 2;

		p->part = arena_grow(p->arena, p->part, p->part_cap, more);
		p->part_cap = more;
	}
	memcpy(p->part + p->part_len, data, n);
	p->part_len += n;
	return MHD_YES;
}

static void
take_bytes(struct request_private *p, const char *data, size_t n)
{
	p->total += n;
	if (p->total > p->limit)
		p->too_large = true;
	if (p->too_large)
		return;
	if (p->post != NULL) {
		if (MHD_post_process(p->post, data, n) != MHD_YES)
			p->bad_form = true;
		return;
	}
	if (p->body_len + n + 1 > p->body_cap) {
		size_t more = (p->body_len + n + 1) * 2;

		p->body = arena_grow(p->arena, p->body, p->body_cap, more);
		p->body_cap = more;
	}
	memcpy(p->body + p->body_len, data, n);
	p->body_len += n;
	p->body[p->body_len] = '\0';
}

/* The first sight of a POST: how its body is to be read, and whether it may be as long as it says. */
static bool
begin_body(struct request_private *p, enum MHD_Result *result)
{
	const struct http_limits *l = &p->server->config.limits;
	const char *type = request_header(&p->rq, "Content-Type");
	const char *length = request_header(&p->rq, "Content-Length");
	unsigned flags = p->rq.route == NULL ? 0 : p->rq.route->flags;

	p->limit = (flags & (ROUTE_UPLOAD | ROUTE_RAW)) != 0 ? l->upload_bytes : l->form_bytes;
	if (length != NULL && strtoull(length, NULL, 10) > p->limit) {
		*result = fail_now(p, ERR_INPUT, 413, (flags & ROUTE_UPLOAD) != 0 ?
		    N_("The files are too large together. Send fewer or smaller ones; what you wrote is still in the form.") :
		    N_("The form is too large. Make the text shorter."));
		return false;
	}
	if ((flags & ROUTE_RAW) == 0 && type != NULL && strncasecmp(type, "multipart/form-data", 19) == 0) {
		p->post = MHD_create_post_processor(p->connection, 16 * 1024, on_part, p);
		if (p->post == NULL)
			p->bad_form = true;
	}
	p->body_began_us = monotonic_us();
	guard_allow_since(p->connection, p->body_began_us, 0, p->server);
	p->stage = STAGE_BODY;
	return true;
}

static void
end_body(struct request_private *p)
{
	struct err err = { 0 };

	if (p->post != NULL) {
		if (MHD_destroy_post_processor(p->post) != MHD_YES || (p->total > 0 && !p->saw_part))
			p->bad_form = true;	/* the last boundary never came, or no first one */
		p->post = NULL;
		finish_part(p);
	} else if ((p->rq.route == NULL || (p->rq.route->flags & ROUTE_RAW) == 0) && p->body_len > 0 &&
	    (!form_parse(p->arena, p->body, p->body_len, &p->fields, &err) ||
	    p->fields.n > p->server->config.limits.fields)) {
		p->bad_form = true;
	}
}

/* ---- running the handler ---- */

static void
run_handler(struct request_private *p)
{
	const struct http_hooks *h = &p->server->config.hooks;
	struct request *rq = &p->rq;
	struct err err = { 0 };

	/* A worker has a door of its own. */
	if (p->server->database != NULL && (rq->db = database_reader(p->server->database, &err)) == NULL) {
		respond_err(rq, &p->rs, &err);
		return;
	}
	if (h->identify != NULL)
		h->identify(rq);
	if (rq->method == GET)
		rq->csrf = csrf_token(p);
	if (rq->route == NULL) {
		(void)err_set(&err, ERR_NOT_FOUND, "no such path");
		if (p->match.other_method) {
			err.person = N_("This address cannot be used that way.");
			respond_header(rq, &p->rs, "Allow", rq->method == GET ? "POST" : "GET, HEAD");
		}
		response_failed(rq, &p->rs, p->match.other_method ? 405 : 404, &err);
		return;
	}
	if (p->no_room) {
		(void)err_set(&err, ERR_BUSY, "no room for uploads in %s", p->server->temporary);
		err.person = N_("There is no room for files here just now, and nothing was saved. Send it without files, or try again"
		    " later.");
		respond_err(rq, &p->rs, &err);
		return;
	}
	if (p->too_large || p->bad_form) {
		(void)err_set(&err, ERR_INPUT, "form too large or broken");
		err.person = p->too_large ? N_("The form is too large. Make the text shorter.") :
		    N_("The form could not be read, or had too many files. Go back and try again.");
		response_failed(rq, &p->rs, p->too_large ? 413 : 400, &err);
		return;
	}
	if (h->authorize != NULL && !h->authorize(rq, rq->route->action, &err)) {
		/* Said of the address, before anything was looked up: it tells nothing of what exists, also on a ROUTE_SECRET. */
		if (err.code == ERR_DENIED)
			response_failed(rq, &p->rs, 403, &err);
		else
			respond_err(rq, &p->rs, &err);
		return;
	}
	if (rq->method == POST) {
		rq->csrf = csrf_token(p);	/* for the page that shows the form again */
		if ((rq->route->flags & ROUTE_NO_CSRF) == 0 && !csrf_check(p, &err)) {
			respond_err(rq, &p->rs, &err);
			return;
		}
	}
	rq->route->handler(rq, &p->rs);
}

void
respond_slowly(struct request *rq, struct response *rs, slow_fn *work, slow_done_fn *done, void *arg)
{
	struct request_private *p = private_of(rq);

	/* POST handlers run on a worker already, whose thread is nobody's but theirs. */
	if (rq->method == POST) {
		work(rq, arg);
		done(rq, rs, arg);
		return;
	}
	p->slow_work = work;
	p->slow_done = done;
	p->slow_arg = arg;
}

/* The second half of a GET that was slow; the worker has a door of its own. */
static void
run_slow(struct request_private *p)
{
	struct err err = { 0 };

	p->slow_work(&p->rq, p->slow_arg);
	if (p->server->database != NULL && (p->rq.db = database_reader(p->server->database, &err)) == NULL)
		respond_err(&p->rq, &p->rs, &err);
	else
		p->slow_done(&p->rq, &p->rs, p->slow_arg);
}

static void *
worker_main(void *arg)
{
	struct http_server *s = arg;
	struct worker_queue *q = &s->queue;

	(void)pthread_mutex_lock(&q->lock);
	for (;;) {
		struct request_private *p;

		while (q->first == NULL && !q->stopping)
			(void)pthread_cond_wait(&q->filled, &q->lock);
		if (q->first == NULL)
			break;
		p = q->first;
		q->first = p->next;
		if (q->first == NULL)
			q->last = NULL;
		(void)pthread_mutex_unlock(&q->lock);
		if (p->slow_work != NULL)
			run_slow(p);
		else
			run_handler(p);
		p->stage = STAGE_READY;
		MHD_resume_connection(p->connection);
		(void)pthread_mutex_lock(&q->lock);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return NULL;
}

static void
give_to_worker(struct request_private *p)
{
	struct worker_queue *q = &p->server->queue;

	MHD_suspend_connection(p->connection);
	(void)pthread_mutex_lock(&q->lock);
	p->next = NULL;
	if (q->last == NULL)
		q->first = p;
	else
		q->last->next = p;
	q->last = p;
	(void)pthread_cond_signal(&q->filled);
	(void)pthread_mutex_unlock(&q->lock);
}

static bool
own_page(struct request_private *p)
{
	if (p->rq.method != GET)
		return false;
	if (strcmp(p->rq.path, "/healthz") == 0) {
		respond_text(&p->rs, p->server->stopping ? 503 : 200, "text/plain; charset=utf-8", "ok\n", 3);
		return true;
	}
	/* A request that somebody forwarded is not from this machine, whoever brought it. */
	if (strcmp(p->rq.path, "/metrics") == 0 && request_header(&p->rq, "X-Forwarded-For") == NULL &&
	    request_header(&p->rq, "X-Forwarded-Proto") == NULL && request_header(&p->rq, "Forwarded") == NULL &&
	    (is_trusted(p->server, p->rq.peer) ||
	    strcmp(p->rq.peer, "127.0.0.1") == 0 || strcmp(p->rq.peer, "::1") == 0)) {
		metrics_page(p);
		return true;
	}
	return false;
}

static char stream_mark;		/* the state of a connection that has become an event stream */

/* A stream lives for hours and needs nothing of its request any more: its arena goes back now. */
static enum MHD_Result
queue_and_let_go(struct request_private *p, void **state)
{
	bool stream = p->rp.topic != NULL;
	enum MHD_Result result = response_queue(p);

	if (stream && result == MHD_YES) {
		return_arena(p->server, p->arena);
		*state = &stream_mark;
	}
	return result;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *data, size_t *n, void **state)
{
	struct request_private *p = *state;
	enum MHD_Result result = MHD_YES;

	(void)arg;
	(void)url;
	switch (p->stage) {
	case STAGE_NEW:
		if (!prepare(p, method, version, &result))
			return result;
		if (p->rq.method == POST) {
			(void)begin_body(p, &result);
			return result;
		}
		p->stage = STAGE_BODY;
		p->body_began_us = p->began_us;
		return MHD_YES;		/* answered at the second call, so that a connection can be kept */
	case STAGE_BODY:
		if (*n > 0) {
			if (p->rq.method == POST)
				take_bytes(p, data, *n);
			else
				p->total += *n;
			*n = 0;
			/* What is too large is read on, so that the answer can be given; but not for ever. */
			if (p->total > 2 * p->limit + READ_ON)
				return MHD_NO;
			guard_allow_since(connection, p->body_began_us, (int64_t)p->total, p->server);
			return MHD_YES;
		}
		if (p->rq.method == POST) {
			end_body(p);
			p->stage = STAGE_RUNNING;
			guard_allow(connection, -1, p->server);
			give_to_worker(p);
			return MHD_YES;
		}
		if (!own_page(p))
			run_handler(p);
		if (p->slow_work != NULL) {
			p->stage = STAGE_RUNNING;
			guard_allow(connection, -1, p->server);
			give_to_worker(p);
			return MHD_YES;
		}
		p->stage = STAGE_READY;
		return queue_and_let_go(p, state);
	case STAGE_RUNNING:
		return MHD_YES;
	case STAGE_READY:
		*n = 0;
		return queue_and_let_go(p, state);
	}
	return MHD_NO;
}

static void
on_done(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = arg;
	struct request_private *p = *state;

	(void)why;
	if (p == NULL)
		return;
	*state = NULL;
	guard_allow(connection, 0, s);	/* for the next header */
	if ((void *)p == (void *)&stream_mark) {
		(void)atomic_fetch_sub(&s->under_way, 1);
		return;
	}
	if (p->post != NULL)
		(void)MHD_destroy_post_processor(p->post);
	if (p->upload_fd >= 0)
		(void)close(p->upload_fd);
	if (p->rp.fd >= 0)
		(void)close(p->rp.fd);
	for (size_t i = 0; i < p->n_uploads; i++)
		(void)unlink(p->upload[i].path);
	return_arena(s, p->arena);
	(void)atomic_fetch_sub(&s->under_way, 1);
}

/* ---- start and stop ---- */

static int
listen_on(const char *where, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *found = NULL;
	const char *colon = strrchr(where, ':');
	char host[128];
	int fd = -1, one = 1;

	if (colon == NULL || (size_t)(colon - where) >= sizeof(host)) {
		(void)err_set(err, ERR_INPUT, "listen address %s: expected ADDR:PORT", where);
		return -1;
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)(colon - where), where);
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		memmove(host, host + 1, strlen(host));
	}
	if (getaddrinfo(host[0] == '\0' || strcmp(host, "*") == 0 ? NULL : host, colon + 1, &hints, &found) != 0) {
		(void)err_set(err, ERR_INPUT, "listen address %s: expected ADDR:PORT", where);
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    (found->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) != 0) ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 1024) != 0) {
		(void)err_set(err, ERR_BUG, "listen on %s: %s", where, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* One thread with its connections, which come from door_main; of `n` like it. NULL when it did not start. */
static struct MHD_Daemon *
start_daemon(struct http_server *s, unsigned n, char *certificate, char *key)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, certificate }, { MHD_OPTION_HTTPS_MEM_KEY, 0, key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1" },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET |
	    (s->tls ? (unsigned)MHD_USE_TLS : 0u);

	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, s, MHD_OPTION_NOTIFY_COMPLETED, on_done, s,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->config.limits.timeout_s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_EACH / n,
	    /* Behind a proxy everybody comes from the same address. */
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    s->n_trusted > 0 ? 0u : ((unsigned)CONNECTIONS_PER_ADDRESS + n - 1) / n,
	    MHD_OPTION_NOTIFY_CONNECTION, guard_notify, s->guard,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY, MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)2048,
	    MHD_OPTION_ARRAY, s->tls ? tls : none, MHD_OPTION_END);
}

static void
stop_team(struct team *t)
{
	while (t->n > 0)
		MHD_stop_daemon(t->member[--t->n]);
}

static bool
start_team(struct http_server *s, char *certificate, char *key, struct team *out, struct err *err)
{
	int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
	int workers = s->config.workers > 0 ? s->config.workers : cores < 1 ? 1 : cores;

	*out = (struct team){ 0 };
	if (workers > TEAM_MAX)
		workers = TEAM_MAX;
	while (out->n < workers) {
		struct MHD_Daemon *d = start_daemon(s, (unsigned)workers, certificate, key);

		if (d == NULL) {
			stop_team(out);
			return err_set(err, ERR_BUG, "the HTTP server did not start%s", s->tls ? " (certificate and key?)" : "");
		}
		out->member[out->n++] = d;
	}
	return true;
}

/* ---- the door ---- */

/* Takes who waits at a listener, some at a time so that the others have their turn, and gives each thread one of them. When the threads
 * accept themselves, the first to wake takes all who wait, and the other cores have nothing to do for as long as they stay. */
static void
let_in(struct http_server *s, int listener)
{
	enum { TURN = 64, REST_US = 20000 };

	for (int i = 0; i < TURN; i++) {
		struct sockaddr_storage who;
		socklen_t n = sizeof(who);
		struct team *t;
		int fd = accept4(s->listener[listener], (struct sockaddr *)&who, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
			(void)usleep(REST_US);	/* they wait in the kernel's line until somebody goes */
		if (fd < 0 && errno != ECONNABORTED && errno != EINTR)
			return;
		if (fd < 0)
			continue;
		(void)pthread_mutex_lock(&s->door_lock);
		t = &s->team[listener];
		(void)MHD_add_connection(t->member[t->next++ % (unsigned)t->n], fd, (struct sockaddr *)&who, n);	/* closes it when there are too many */
		(void)pthread_mutex_unlock(&s->door_lock);
	}
}

static void *
door_main(void *arg)
{
	struct http_server *s = arg;
	struct pollfd p[LISTENERS_MAX + 1];
	int n = s->n_listeners;

	for (int i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = s->listener[i], .events = POLLIN };
	p[n] = (struct pollfd){ .fd = s->door_wake, .events = POLLIN };
	for (;;) {
		if (poll(p, (nfds_t)n + 1, -1) < 0)
			continue;
		if (p[n].revents != 0)
			return NULL;
		for (int i = 0; i < n; i++) {
			if (p[i].revents != 0)
				let_in(s, i);
		}
	}
}

/* No new connections; those that are there go on. */
static void
door_close(struct http_server *s)
{
	if (!s->door_open)
		return;
	s->door_open = false;
	(void)eventfd_write(s->door_wake, 1);
	(void)pthread_join(s->door, NULL);
	(void)close(s->door_wake);
	for (int i = 0; i < s->n_listeners; i++)
		(void)close(s->listener[i]);
}

static bool
start_workers(struct http_server *s, struct err *err)
{
	(void)pthread_mutex_init(&s->queue.lock, NULL);
	(void)pthread_cond_init(&s->queue.filled, NULL);
	if ((s->queue.thread = calloc(WORKERS, sizeof(pthread_t))) == NULL)
		abort();
	while (s->queue.n_threads < WORKERS) {
		if (pthread_create(&s->queue.thread[s->queue.n_threads], NULL, worker_main, s) != 0)
			return err_set(err, ERR_BUG, "no threads for workers");
		s->queue.n_threads++;
	}
	return true;
}

static int
port_of(int fd)
{
	struct sockaddr_storage where;
	socklen_t n = sizeof(where);

	if (getsockname(fd, (struct sockaddr *)&where, &n) != 0)
		return 0;
	return where.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&where)->sin6_port) :
	    ntohs(((struct sockaddr_in *)&where)->sin_port);
}

static void
set_addresses(struct http_server *s, int fd)
{
	if (s->config.base_url != NULL)
		(void)snprintf(s->base_url, BASE_URL_MAX, "%s", s->config.base_url);
	else
		(void)snprintf(s->base_url, BASE_URL_MAX, "%s://127.0.0.1:%d", s->tls ? "https" : "http", port_of(fd));
	s->assets = asset_store_open(s->config.assets, strncmp(s->base_url, "https:", 6) == 0);
}

/* A connection is a descriptor; the usual soft limit of 1,024 is fewer than we promise event streams. */
static void
allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* A zero is the default, each by itself. */
static struct http_limits
limits_of(struct http_limits l)
{
	return (struct http_limits){
		.form_bytes = l.form_bytes != 0 ? l.form_bytes : default_limits.form_bytes,
		.upload_bytes = l.upload_bytes != 0 ? l.upload_bytes : default_limits.upload_bytes,
		.fields = l.fields != 0 ? l.fields : default_limits.fields,
		.files = l.files != 0 ? l.files : default_limits.files,
		.timeout_s = l.timeout_s != 0 ? l.timeout_s : default_limits.timeout_s,
	};
}

/* NULLs without TLS. */
static bool
read_certificate(struct http_server *s, struct arena *a, char **certificate, char **key, struct err *err)
{
	size_t n;

	return s->config.tls_certificate == NULL || (file_read(a, s->config.tls_certificate, 1 << 20, certificate, &n, err) &&
	    file_read(a, s->config.tls_key, 1 << 20, key, &n, err));
}

static bool
parse_trusted(struct http_server *s, struct err *err)
{
	const char *const *t = s->config.trusted_proxies;

	for (; t != NULL && *t != NULL; t++) {
		if (s->n_trusted == TRUSTED_MAX)
			return err_set(err, ERR_INPUT, "more than %d trusted proxies", TRUSTED_MAX);
		if (!network_parse(*t, &s->trusted[s->n_trusted++]))
			return err_set(err, ERR_INPUT, "trusted proxy %s: expected an address, or a network such as 10.0.0.0/8", *t);
	}
	return true;
}

static bool
start_listeners(struct http_server *s, struct err *err)
{
	struct arena *a = arena_open();
	char *certificate = NULL, *key = NULL;
	int fd[LISTENERS_MAX], n_fds = 0;
	bool ok = read_certificate(s, a, &certificate, &key, err);

	s->tls = s->config.tls_certificate != NULL;
	if (ok && s->config.socket_fd > 0)
		fd[n_fds++] = s->config.socket_fd;
	for (const char *const *l = s->config.listen; ok && s->config.socket_fd <= 0 && l != NULL && *l != NULL; l++) {
		if (n_fds == LISTENERS_MAX)
			ok = err_set(err, ERR_INPUT, "more than %d listen addresses", LISTENERS_MAX);
		else
			ok = (fd[n_fds] = listen_on(*l, err)) >= 0 && ++n_fds > 0;
	}
	if (ok && n_fds == 0)
		ok = err_set(err, ERR_INPUT, "no listen address");
	/* Before the first request can come: handlers rest on it. */
	if (ok)
		set_addresses(s, fd[0]);
	while (ok && s->n_listeners < n_fds) {
		int flags = fcntl(fd[s->n_listeners], F_GETFL);

		if ((ok = start_team(s, certificate, key, &s->team[s->n_listeners], err))) {
			(void)fcntl(fd[s->n_listeners], F_SETFL, flags | O_NONBLOCK);	/* systemd's may block */
			s->listener[s->n_listeners] = fd[s->n_listeners];
			s->n_listeners++;
		}
	}
	if (ok && ((s->door_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0 || pthread_create(&s->door, NULL, door_main, s) != 0))
		ok = err_set(err, ERR_BUG, "no thread for the door");
	s->door_open = ok;
	while (!ok && n_fds > 0)
		(void)close(fd[--n_fds]);
	arena_close(a);
	return ok;
}

bool
http_server_start(const struct http_config *config, struct database *database, const struct route *const *routes,
    struct http_server **out, struct err *err)
{
	struct http_server *s = calloc(1, sizeof(*s));
	char dir[] = "/tmp/narkontakt.XXXXXX";

	if (s == NULL)
		abort();
	s->config = *config;
	s->database = database;
	s->config.limits = limits_of(config->limits);
	if (config->hooks.csrf_key == NULL) {
		free(s);
		return err_set(err, ERR_BUG, "no key for CSRF tokens");
	}
	if (!router_open(routes, config->hooks.action_known, &s->router, err)) {
		free(s);
		return err_add(err, "routes");
	}
	if (!late_mhd_load(err)) {
		router_close(s->router);
		free(s);
		return false;
	}
	random_bytes(&s->next_id, sizeof(uint32_t));	/* request ids do not begin again at every start */
	s->next_id &= 0xffffffff;
	(void)pthread_mutex_init(&s->pool_lock, NULL);
	(void)pthread_mutex_init(&s->door_lock, NULL);
	s->temporary = config->temporary != NULL ? strdup(config->temporary) : strdup(mkdtemp(dir) == NULL ? "/tmp" : dir);
	s->base_url = malloc(BASE_URL_MAX);
	if (s->base_url == NULL || s->temporary == NULL)
		abort();
	allow_descriptors();
	s->hub = event_hub_open(s);
	s->guard = guard_open(s->config.limits.timeout_s);
	if (!parse_trusted(s, err) || !start_workers(s, err) || !start_listeners(s, err)) {
		http_server_stop(s, 0);
		return false;
	}
	*out = s;
	return true;
}

int
http_server_port(const struct http_server *s, int listener)
{
	return listener < s->n_listeners ? port_of(s->listener[listener]) : 0;
}

/* ---- a new certificate ---- */

static unsigned
connections_of(const struct team *t)
{
	unsigned n = 0;

	for (int i = 0; i < t->n; i++) {
		const union MHD_DaemonInfo *info = MHD_get_daemon_info(t->member[i], MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

		n += info == NULL ? 0 : info->num_connections;
	}
	return n;
}

/* Those that had an older certificate go when the last of their connections has. */
static void
stop_retired(struct http_server *s, bool all)
{
	int kept = 0;

	for (int i = 0; i < s->n_retired; i++) {
		if (all || connections_of(&s->retired[i]) == 0)
			stop_team(&s->retired[i]);
		else
			s->retired[kept++] = s->retired[i];
	}
	s->n_retired = kept;
}

/* Who comes from now on meets the new certificate; those who are there keep the old one. */
static bool
replace_team(struct http_server *s, int i, char *certificate, char *key, struct err *err)
{
	struct team fresh;

	if (!start_team(s, certificate, key, &fresh, err))
		return false;
	(void)pthread_mutex_lock(&s->door_lock);
	s->retired[s->n_retired++] = s->team[i];
	s->team[i] = fresh;
	(void)pthread_mutex_unlock(&s->door_lock);
	return true;
}

bool
http_server_reload(struct http_server *s, struct err *err)
{
	struct arena *a = arena_open();
	char *certificate = NULL, *key = NULL;
	bool ok = read_certificate(s, a, &certificate, &key, err);

	stop_retired(s, false);
	if (ok && s->n_retired + s->n_listeners > RETIRED_MAX)
		ok = err_set(err, ERR_BUSY, "connections under %d older certificates are still open", s->n_retired);
	for (int i = 0; ok && s->tls && i < s->n_listeners; i++)
		ok = replace_team(s, i, certificate, key, err);
	arena_close(a);
	return ok || err_add(err, "new certificate");
}

struct event_hub *
http_server_hub(struct http_server *s)
{
	return s->hub;
}

void
http_server_stop(struct http_server *s, int seconds)
{
	int64_t until = monotonic_us() + (int64_t)seconds * 1000000;

	if (s == NULL)
		return;
	s->stopping = true;
	door_close(s);
	event_hub_close(s->hub);
	while (atomic_load(&s->under_way) > 0 && monotonic_us() < until)
		(void)usleep(5000);
	(void)pthread_mutex_lock(&s->queue.lock);
	s->queue.stopping = true;
	(void)pthread_cond_broadcast(&s->queue.filled);
	(void)pthread_mutex_unlock(&s->queue.lock);
	for (int i = 0; i < s->queue.n_threads; i++)
		(void)pthread_join(s->queue.thread[i], NULL);
	for (int i = 0; i < s->n_listeners; i++)
		stop_team(&s->team[i]);
	stop_retired(s, true);
	event_hub_close(s->hub);
	guard_close(s->guard);
	asset_store_close(s->assets);
	router_close(s->router);
	while (s->n_pool > 0)
		arena_close(s->pool[--s->n_pool]);
	if (s->config.temporary == NULL && s->temporary != NULL && strncmp(s->temporary, "/tmp/narkontakt.", 16) == 0)
		(void)rmdir(s->temporary);
	free(s->temporary);
	free(s->base_url);
	free(s->queue.thread);
	free(s);
}

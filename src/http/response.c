/* http/response.c: answers, and the headers that stand on all of them */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "base/sb.h"
#include "http/internal.h"
#include "http/late_zlib.h"

LATE_DEFINE_READY(late_zlib, LATE_ZLIB, "libz.so.1");

enum { COMPRESS_FROM = 1400 };		/* less fits one packet anyway */

/* Scripts and styles are files of ours; nothing is inline, nothing is framed, forms go home. */
static const char POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

void
respond_html(struct request *rq, struct response *rs, struct sb *page)
{
	struct err err = { 0 };
	const char *text;

	if (!sb_end(page, &text, &err)) {
		err.code = ERR_BUG;
		respond_err(rq, rs, &err);
		return;
	}
	rs->body = text;
	rs->body_len = page->len;
}

void
respond_text(struct response *rs, int status, const char *type, const char *body, size_t n)
{
	rs->status = status;
	rs->type = type;
	rs->body = body;
	rs->body_len = n;
}

void
respond_header(struct request *rq, struct response *rs, const char *name, const char *value)
{
	struct header *h = arena_alloc(rq->arena, sizeof(*h));

	/* A line break in a value would be a header of somebody else's making. */
	if (strpbrk(name, "\r\n:") != NULL || strpbrk(value, "\r\n") != NULL) {
		log_line(LOG_ERROR, "header", "request=%s name=%s dropped=line-break", rq->id, name);
		return;
	}
	*h = (struct header){ arena_strdup(rq->arena, name), arena_strdup(rq->arena, value), NULL };
	*rs->p->last = h;
	rs->p->last = &h->next;
}

void
respond_secret_link(struct request *rq, struct response *rs)
{
	respond_header(rq, rs, "X-Robots-Tag", "noindex, nofollow");
	respond_header(rq, rs, "Referrer-Policy", "no-referrer");
}

void
respond_see_other(struct request *rq, struct response *rs, const char *path_fmt, ...)
{
	char path[2048];
	va_list ap;

	va_start(ap, path_fmt);
	(void)vsnprintf(path, sizeof(path), path_fmt, ap);
	va_end(ap);
	/* Only to ourselves: "//host" and "/\host" would leave. */
	if (path[0] != '/' || path[1] == '/' || path[1] == '\\' || strpbrk(path, "\r\n") != NULL)
		(void)snprintf(path, sizeof(path), "/");
	rs->status = 303;
	rs->body = "";
	rs->body_len = 0;
	respond_header(rq, rs, "Location", path);
}

void
respond_cookie(struct request *rq, struct response *rs, const char *name, const char *value, int64_t max_age_s)
{
	/* __Host- ties the cookie to this host, path / and TLS (RFC 6265bis 4.1.3.2). */
	for (const char *c = value; *c != '\0'; c++) {
		if (*c <= ' ' || *c >= 0x7f || strchr("\",;\\", *c) != NULL) {
			log_line(LOG_ERROR, "cookie", "request=%s name=%s dropped=not-a-cookie-value", rq->id, name);
			return;
		}
	}
	respond_header(rq, rs, "Set-Cookie", arena_printf(rq->arena, "%s%s=%s; Path=/; Max-Age=%" PRId64
	    "; HttpOnly; SameSite=Lax%s", rq->secure ? "__Host-" : "", name, value, max_age_s,
	    rq->secure ? "; Secure" : ""));
}

static int
status_of(const struct request *rq, const struct err *err)
{
	switch (err->code) {
	case ERR_INPUT: return 400;
	case ERR_DENIED: return rq->route != NULL && (rq->route->flags & ROUTE_SECRET) != 0 ? 404 : 403;
	case ERR_NOT_FOUND: return 404;
	case ERR_CONFLICT: return 409;
	case ERR_BUSY: return 503;
	case ERR_NONE:
	case ERR_BUG: return 500;
	}
	return 500;
}

void
respond_err(struct request *rq, struct response *rs, const struct err *err)
{
	response_failed(rq, rs, status_of(rq, err), err);
}

void
response_failed(struct request *rq, struct response *rs, int status, const struct err *err)
{
	struct request_private *p = private_of(rq);

	if (status >= 500)
		log_line(LOG_ERROR, "request", "id=%s route=%s code=%s error=\"%s\"", rq->id,
		    rq->route == NULL ? "-" : rq->route->path, err_code_name(err->code), err->log);
	else
		log_line(LOG_DEBUG, "request", "id=%s route=%s code=%s", rq->id,
		    rq->route == NULL ? "-" : rq->route->path, err_code_name(err->code));
	rs->status = status;
	if (status == 503)
		respond_header(rq, rs, "Retry-After", "5");
	if (rq->route != NULL && (rq->route->flags & ROUTE_JSON) != 0) {
		struct sb sb;

		sb_init(&sb, rq->arena, 4096);
		sb_add(&sb, "{\"error\": ");
		sb_json(&sb, err->person != NULL ? err->person : err_code_name(err->code));
		sb_add(&sb, ", \"field\": ");
		sb_json(&sb, err->field);
		sb_addf(&sb, ", \"reference\": \"%s\"}\n", rq->id);
		respond_text(rs, status, "application/json; charset=utf-8", sb_str(&sb), sb.len);
		return;
	}
	if (p->server->config.hooks.error_page != NULL) {
		p->server->config.hooks.error_page(rq, rs, status, err);
		return;
	}
	rs->body = arena_printf(rq->arena, "%d\nreference: %s\n", status, rq->id);
	respond_text(rs, status, "text/plain; charset=utf-8", rs->body, strlen(rs->body));
}

void
respond_file(struct request *rq, struct response *rs, int fd, const char *filename, const char *type, bool inline_safe)
{
	struct sb sb;
	char ascii[120];
	size_t n = 0;

	/* RFC 6266: a plain name for the old, filename* for the rest. */
	for (const char *c = filename; *c != '\0' && n < sizeof(ascii) - 1; c++)
		ascii[n++] = (*c >= ' ' && *c < 0x7f && strchr("\"\\%/;", *c) == NULL) ? *c : '_';
	ascii[n] = '\0';
	sb_init(&sb, rq->arena, 4096);
	sb_addf(&sb, "%s; filename=\"%s\"; filename*=UTF-8''", inline_safe ? "inline" : "attachment",
	    n == 0 ? "file" : ascii);
	sb_url(&sb, filename);
	respond_header(rq, rs, "Content-Disposition", sb_str(&sb));
	rs->type = type;
	rs->p->fd = fd;
	rs->p->is_file = true;
}

void
respond_events(struct request *rq, struct response *rs, const char *topic)
{
	rs->p->topic = arena_strdup(rq->arena, topic);
}

void
response_common(struct request_private *p, struct MHD_Response *r)
{
	(void)MHD_add_response_header(r, "Content-Security-Policy", p->rp.is_file ?
	    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; sandbox" : POLICY);
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(r, "Referrer-Policy", "same-origin");
	(void)MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	(void)MHD_add_response_header(r, "X-Request-Id", p->rq.id);
	if (p->rq.secure)
		(void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

static bool
wants_gzip(struct request_private *p)
{
	const char *accept;

	if (p->rs.body_len < COMPRESS_FROM || (strncmp(p->rs.type, "text/", 5) != 0 &&
	    strncmp(p->rs.type, "application/json", 16) != 0 && strstr(p->rs.type, "xml") == NULL))
		return false;
	accept = request_header(&p->rq, "Accept-Encoding");
	return accept != NULL && strstr(accept, "gzip") != NULL;
}

/* A page is compressed at the quickest level: four times smaller for a tenth of a millisecond. */
static bool
compress_body(struct request_private *p)
{
	z_stream z = { 0 };
	unsigned char *out = arena_alloc(p->arena, p->rs.body_len);
	bool ok;

	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (unsigned char *)(uintptr_t)p->rs.body;
	z.avail_in = (uInt)p->rs.body_len;
	z.next_out = out;
	z.avail_out = (uInt)p->rs.body_len;
	ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
	if (ok) {
		p->rs.body = (const char *)out;
		p->rs.body_len = z.total_out;
	}
	(void)deflateEnd(&z);
	return ok;
}

static struct MHD_Response *
from_file(struct request_private *p)
{
	struct stat st;
	struct MHD_Response *r;

	if (fstat(p->rp.fd, &st) != 0 || (r = MHD_create_response_from_fd64((uint64_t)st.st_size, p->rp.fd)) == NULL)
		return NULL;
	p->rp.fd = -1;			/* the answer's own from here */
	p->rs.body_len = (size_t)st.st_size;
	return r;
}

enum MHD_Result
response_queue(struct request_private *p)
{
	struct MHD_Response *r;
	enum MHD_Result result;
	bool packed = false, own_cache = false;

	if (p->set_visitor && p->rs.body_len > 0 && memmem(p->rs.body, p->rs.body_len, "name=\"csrf\"", 11) != NULL)
		respond_cookie(&p->rq, &p->rs, "nk_visitor", p->visitor, 86400);
	if (p->rp.topic != NULL) {
		p->rs.type = "text/event-stream; charset=utf-8";
		r = event_stream(p->server->hub, p->connection, p->rp.topic);
	} else if (p->rp.fd >= 0) {
		r = from_file(p);
	} else {
		packed = wants_gzip(p) && compress_body(p);
		/* The body lies in the request's arena, which lives until MHD says the request is done. */
		r = MHD_create_response_from_buffer(p->rs.body_len, (void *)(uintptr_t)p->rs.body, MHD_RESPMEM_PERSISTENT);
	}
	if (r == NULL)
		return MHD_NO;
	response_common(p, r);
	(void)MHD_add_response_header(r, "Content-Type", p->rs.type);
	if (packed)
		(void)MHD_add_response_header(r, "Content-Encoding", "gzip");
	for (struct header *h = p->rp.header; h != NULL; h = h->next) {
		own_cache = own_cache || strcmp(h->name, "Cache-Control") == 0;
		(void)MHD_add_response_header(r, h->name, h->value);
	}
	/* Pages are somebody's; what may be kept says so itself. */
	if (!own_cache)
		(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	(void)MHD_add_response_header(r, "Vary", "Accept-Encoding, Cookie, Accept-Language");
	metrics_count(p->server, p->rs.status, monotonic_us() - p->began_us, p->rs.body_len);
	guard_allow(p->connection, p->rp.topic != NULL ? -1 : (int64_t)p->rs.body_len, p->server);
	result = MHD_queue_response(p->connection, (unsigned)p->rs.status, r);
	MHD_destroy_response(r);
	return result;
}

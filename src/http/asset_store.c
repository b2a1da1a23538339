/* http/asset_store.c: /static/ from the program itself: ETag, long life, compressed once at start */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/monotonic.h"
#include "http/internal.h"
#include "http/late_zlib.h"

struct stored {
	const struct asset *asset;
	struct MHD_Response *plain, *packed;	/* packed NULL when it would not be smaller */
};

struct asset_store { struct stored *item; size_t n; };

static struct MHD_Response *
make_response(const struct asset *a, bool secure, const void *data, size_t n, enum MHD_ResponseMemoryMode mode, bool packed)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(n, (void *)(uintptr_t)data, mode);

	(void)MHD_add_response_header(r, "Content-Type", a->type);
	(void)MHD_add_response_header(r, "ETag", a->etag);
	(void)MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	(void)MHD_add_response_header(r, "Vary", "Accept-Encoding");
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(r, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
	(void)MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	if (secure)
		(void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
	if (packed)
		(void)MHD_add_response_header(r, "Content-Encoding", "gzip");
	return r;
}

static struct MHD_Response *
pack(const struct asset *a, bool secure)
{
	z_stream z = { 0 };
	size_t room = a->len + a->len / 100 + 64;
	unsigned char *out;
	struct MHD_Response *r = NULL;

	if (strncmp(a->type, "image/", 6) == 0 && strstr(a->type, "svg") == NULL)
		return NULL;
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	if ((out = malloc(room)) == NULL)
		abort();
	z.next_in = (unsigned char *)(uintptr_t)a->data;
	z.avail_in = (uInt)a->len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < a->len)
		r = make_response(a, secure, out, z.total_out, MHD_RESPMEM_MUST_COPY, true);
	(void)deflateEnd(&z);
	free(out);
	return r;
}

struct asset_store *
asset_store_open(const struct asset *assets, bool secure)
{
	struct asset_store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	while (assets != NULL && assets[s->n].path != NULL)
		s->n++;
	if ((s->item = calloc(s->n + 1, sizeof(*s->item))) == NULL)
		abort();
	for (size_t i = 0; i < s->n; i++) {
		s->item[i].asset = &assets[i];
		s->item[i].plain = make_response(&assets[i], secure, assets[i].data, assets[i].len, MHD_RESPMEM_PERSISTENT, false);
		s->item[i].packed = pack(&assets[i], secure);
	}
	return s;
}

void
asset_store_close(struct asset_store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		MHD_destroy_response(s->item[i].plain);
		if (s->item[i].packed != NULL)
			MHD_destroy_response(s->item[i].packed);
	}
	free(s->item);
	free(s);
}

bool
asset_answer(struct request_private *p, enum MHD_Result *result)
{
	const char *name = p->rq.path + strlen("/static/");
	const struct asset_store *s = p->server->assets;

	if (strncmp(p->rq.path, "/static/", 8) != 0 || p->rq.method != GET)
		return false;
	for (size_t i = 0; i < s->n; i++) {
		const char *none_match = request_header(&p->rq, "If-None-Match");
		const char *accept = request_header(&p->rq, "Accept-Encoding");

		if (strcmp(s->item[i].asset->path, name) != 0)
			continue;
		if (none_match != NULL && strstr(none_match, s->item[i].asset->etag) != NULL) {
			struct MHD_Response *r = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);

			(void)MHD_add_response_header(r, "ETag", s->item[i].asset->etag);
			(void)MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
			*result = MHD_queue_response(p->connection, 304, r);
			metrics_count(p->server, 304, monotonic_us() - p->began_us, 0);
			MHD_destroy_response(r);
			return true;
		}
		guard_allow(p->connection, (int64_t)s->item[i].asset->len, p->server);
		*result = MHD_queue_response(p->connection, 200, s->item[i].packed != NULL && accept != NULL &&
		    strstr(accept, "gzip") != NULL ? s->item[i].packed : s->item[i].plain);
		metrics_count(p->server, 200, monotonic_us() - p->began_us, s->item[i].asset->len);
		return true;
	}
	return false;
}

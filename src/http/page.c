/* http/page.c: a page's frame, filled from its request */
#include "http/page.h"

#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "http/http.h"

enum { HERE_MAX = 8000 };

/* The cookie as one of ours, or NULL. */
static const char *
known_scheme(const char *cookie)
{
	static const char *const schemes[] = { "light", "dark" };

	for (size_t i = 0; cookie != NULL && i < ARRAY_LEN(schemes); i++)
		if (strcmp(cookie, schemes[i]) == 0)
			return schemes[i];
	return NULL;
}

/* The address of this page in our origin. The request's path is decoded, so each segment is encoded again. */
static const char *
here(struct request *rq)
{
	struct sb sb;

	sb_init(&sb, rq->arena, HERE_MAX);
	for (const char *p = rq->path; *p != '\0'; ) {
		size_t n = strcspn(p, "/");

		sb_url(&sb, arena_strndup(rq->arena, p, n));
		p += n;
		if (*p == '/') {
			sb_add_c(&sb, '/');
			p++;
		}
	}
	if (rq->query != NULL && rq->query[0] != '\0') {
		sb_add_c(&sb, '?');
		sb_add(&sb, rq->query);
	}
	return sb.full ? "/" : sb_str(&sb);
}

void
page_init(struct page *page, struct request *rq, const char *title)
{
	*page = (struct page){ .request = rq, .lang = rq->lang, .title = title, .csrf = rq->csrf, .here = here(rq),
		.scheme = known_scheme(request_cookie(rq, "scheme")) };
}

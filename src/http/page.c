/* http/page.c: a page's frame, filled from its request */
#include "http/page.h"

#include <string.h>

#include "base/arena.h"
#include "http/http.h"

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

void
page_init(struct page *page, struct request *rq, const char *title)
{
	*page = (struct page){ .request = rq, .lang = rq->lang, .title = title, .csrf = rq->csrf, .here = rq->path };
	page->scheme = known_scheme(request_cookie(rq, "scheme"));
	if (rq->query != NULL && rq->query[0] != '\0')
		page->here = arena_printf(rq->arena, "%s?%s", rq->path, rq->query);
}

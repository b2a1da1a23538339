/* http/page.c: a page's frame, filled from its request */
#include "http/page.h"

#include <string.h>

#include "http/http.h"
#include "http/path.h"

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
	*page = (struct page){ .request = rq, .lang = rq->lang, .title = title, .csrf = rq->csrf, .posted = rq->method == POST, .here = path_address(rq->arena, rq->path, rq->query),
		.scheme = known_scheme(request_cookie(rq, "scheme")) };
}

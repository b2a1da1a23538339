/* http/page.c: a page's frame, filled from its request */
#include "http/page.h"

#include <string.h>

#include "base/arena.h"
#include "http/http.h"

void
page_init(struct page *page, struct request *rq, const char *title)
{
	*page = (struct page){ .request = rq, .lang = rq->lang, .title = title, .csrf = rq->csrf, .here = rq->path };
	if (rq->query != NULL && rq->query[0] != '\0')
		page->here = arena_printf(rq->arena, "%s?%s", rq->path, rq->query);
}

const char *
page_error_of(const struct page *page, const char *field)
{
	for (size_t i = 0; i < page->n_error; i++)
		if (page->error[i].field != NULL && strcmp(page->error[i].field, field) == 0)
			return page->error[i].sentence;
	return NULL;
}

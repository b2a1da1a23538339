/* portal/start_pages.c */
#include "portal/start_pages.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/tr.h"
#include "people/frame.h"

/* Without hours, or without a database that says them, the page is as useful as it can be. */
static void
start_get(struct request *rq, struct response *rs)
{
	const struct hours_place_view *place = NULL;
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	size_t n = 0;

	if (!hours_views(rq, &place, &n, &err))
		log_line(LOG_WARN, "start", "request=%s error=\"%s\"", rq->id, err.log);
	frame_init(&page, rq, tr(rq->lang, N_("Contact us")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	start_html(&sb, &page, n > 0 ? &place[0] : NULL);
	respond_html(rq, rs, &sb);
}

const struct route start_routes[] = {
	{ GET, "/", ACT_PUBLIC, start_get, 0 },
	{ 0 },
};

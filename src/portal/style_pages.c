/* portal/style_pages.c: the style guide, and what its examples lead to */
#include "portal/style_pages.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "http/assets.h"
#include "http/http.h"
#include "http/theme.h"
#include "people/permit.h"

#define TOPIC "style-guide"

static _Atomic int64_t changes;		/* presses of the example button since the start */

static const struct page_link nav[] = {
	{ "/stilguide", N_("Style guide"), true, 0 },
	{ "/stilguide?fel=1", N_("With errors"), false, 3 },
};
static const struct page_link trail[] = { { "/", N_("Start"), false, 0 } };
static const struct page_error errors[] = {
	{ "subject", N_("Write what it is about.") },
	{ "how", N_("Choose how you want the answer.") },
	{ NULL, N_("The files are too large together.") },
};

static void
guide_get(struct request *rq, struct response *rs)
{
	const char *colour = query_text(rq, "farg");
	const struct page_site site = { .name = "Lillåns kommun", .version = assets_version(), .accessibility = "/tillganglighet",
		.stylesheet = colour == NULL ? NULL : arena_printf(rq->arena, "/stilguide/farg.css?c=%.6s", colour) };
	bool wrong = query_text(rq, "fel") != NULL;
	struct page page;
	struct sb sb;

	page_init(&page, rq, tr(rq->lang, N_("Style guide")));
	page.site = &site;
	page.nav = nav;
	page.n_nav = ARRAY_LEN(nav);
	page.trail = trail;
	page.n_trail = ARRAY_LEN(trail);
	page.search = "/stilguide";
	page.person = "Anna Exempel";
	page.sign_out = "/stilguide";
	page.events = "/stilguide/strom";
	page.error = errors;
	page.n_error = wrong ? ARRAY_LEN(errors) : 0;
	page.flash = wrong ? NULL : N_("The answer has been sent.");
	sb_init(&sb, rq->arena, PAGE_MAX);
	style_guide_html(&sb, &page, atomic_load(&changes));
	respond_html(rq, rs, &sb);
}

static void
guide_post(struct request *rq, struct response *rs)
{
	respond_see_other(rq, rs, "/stilguide");
}

static void
change_post(struct request *rq, struct response *rs)
{
	atomic_fetch_add(&changes, 1);
	event_publish(request_hub(rq), TOPIC, "change", "");
	respond_see_other(rq, rs, "/stilguide#live");
}

static void
stream_get(struct request *rq, struct response *rs)
{
	respond_events(rq, rs, TOPIC);
}

/* The colours of a municipality whose own is ?c=ffd100. */
static void
colour_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	const char *css;
	struct sb sb;

	sb_init(&sb, rq->arena, PAGE_MAX);
	if (!theme_css(&sb, query_text(rq, "c"), &err) || !sb_end(&sb, &css, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_text(rs, 200, "text/css; charset=utf-8", css, sb.len);
}

static void
suggestions_get(struct request *rq, struct response *rs)
{
	static const char json[] = "[{\"text\":\"Gatlykta som inte lyser\",\"meta\":\"Gator och vägar\"},"
	    "{\"text\":\"Gatunamn\"},{\"text\":\"Stilguiden\",\"href\":\"/stilguide#lists\"}]";

	(void)rq;
	respond_text(rs, 200, "application/json", json, strlen(json));
}

const struct route style_routes[] = {
	/* method path                   action      handler */
	{ GET,    "/stilguide",          ACT_PUBLIC, guide_get,       0 },
	{ POST,   "/stilguide",          ACT_PUBLIC, guide_post,      0 },
	{ POST,   "/stilguide/andra",    ACT_PUBLIC, change_post,     0 },
	{ GET,    "/stilguide/strom",    ACT_PUBLIC, stream_get,      0 },
	{ GET,    "/stilguide/farg.css", ACT_PUBLIC, colour_get,      0 },
	{ GET,    "/stilguide/forslag",  ACT_PUBLIC, suggestions_get, ROUTE_JSON },
	{ 0 },
};

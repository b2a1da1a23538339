/* registry/classification_pages.c: the table shown and loaded */
#include "registry/classification_pages.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/frame.h"

enum { ROWS_MAX = 5000, SUGGESTIONS = 8 };

static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") } };

static void
draw(struct request *rq, struct response *rs, const struct classification_loaded *loaded, const struct err *wrong)
{
	struct classification_view v = { .loaded = loaded };
	struct classification_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!classification_list(rq->db, rq->arena, "", ROWS_MAX, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.row = list.item;
	v.n = list.n;
	frame_init(&page, rq, tr(rq->lang, N_("Classification")));
	page.trail = trail;
	page.n_trail = ARRAY_LEN(trail);
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	classification_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* The scheme is the whole municipality's. */
static bool
may(struct request *rq, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, err);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may(rq, &err))
		draw(rq, rs, NULL, NULL);
	else
		respond_err(rq, rs, &err);
}

/* The page itself is the answer: it lists the lines that were not taken. */
static void
page_post(struct request *rq, struct response *rs)
{
	struct classification_loaded loaded;
	struct err err = { 0 };
	char *bytes;
	size_t n;

	if (may(rq, &err) && form_file(rq, "file", CLASSIFICATION_BYTES_MAX, N_("Choose a file."),
	    N_("The file is larger than 4 MB."), &bytes, &n, &err) &&
	    classification_load(rq->db, rq->arena, bytes, n, rq->actor, rq->now, &loaded, &err))
		draw(rq, rs, &loaded, NULL);
	else if (frame_again(&err))
		draw(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

static void
suggest_get(struct request *rq, struct response *rs)
{
	const char *typed = query_text(rq, "q");
	struct classification_list list = { 0 };
	struct err err = { 0 };
	struct sb sb;

	if (typed != NULL && *typed != '\0' && strlen(typed) <= 100 &&
	    !classification_list(rq->db, rq->arena, typed, SUGGESTIONS, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, 64 * 1024);
	sb_add_c(&sb, '[');
	for (size_t i = 0; i < list.n; i++) {
		sb_add(&sb, i == 0 ? "{\"value\": " : ", {\"value\": ");
		sb_json(&sb, list.item[i].code);
		sb_add(&sb, ", \"text\": ");
		sb_json(&sb, arena_printf(rq->arena, "%s %s", list.item[i].code, list.item[i].title));
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

const struct route classification_routes[] = {
	{ GET, "/admin/klassificering", ACT_ADMIN_SITE, page_get, 0 },
	{ POST, "/admin/klassificering", ACT_ADMIN_SITE, page_post, ROUTE_UPLOAD },
	{ GET, "/klassificering/forslag", ACT_MATTER_LIST, suggest_get, ROUTE_JSON },
	{ 0 },
};

/* figures/month_letter_pages.c: thin */
#include "figures/month_letter_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/choices.h"
#include "people/frame.h"
#include "registry/document.h"
#include "registry/file_answer.h"

enum { CHART_WIDTH = 760, CHART_HEIGHT = 400 };

/* ---- lists ---------------------------------------------------------------------------------------------------------- */

static void
draw_list(struct request *rq, struct response *rs, struct letter_list_view *v, int64_t authority_id, const char *title)
{
	struct month_letter_list list = { 0 };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((v->open || authority_id != 0) && !month_letters_of(rq->db, rq->arena, authority_id, v->open, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v->list = &list;
	frame_init(&page, rq, title);
	sb_init(&sb, rq->arena, PAGE_MAX);
	letter_list_html(&sb, &page, v);
	respond_html(rq, rs, &sb);
}

static void
list_get(struct request *rq, struct response *rs)
{
	struct letter_list_view v = { 0 };
	struct err err = { 0 };
	int64_t chosen = 0;

	if (!tabs_of_authorities(rq, ACT_LETTER_READ, "/manadsbrev", &v.tab, &v.n_tabs, &chosen, &err))
		respond_err(rq, rs, &err);
	else
		draw_list(rq, rs, &v, chosen, tr(rq->lang, N_("Monthly letters to the committee")));
}

static void
open_list_get(struct request *rq, struct response *rs)
{
	draw_list(rq, rs, &(struct letter_list_view){ .open = true }, 0, tr(rq->lang, N_("How we answer: monthly letters")));
}

/* ---- one ------------------------------------------------------------------------------------------------------------ */

static bool
load(struct request *rq, enum action action, struct month_letter *l, struct err *err)
{
	struct object o;
	int64_t id;

	if (!path_id(rq, "id", &id, err) || !month_letter_get(rq->db, rq->arena, id, l, err))
		return false;
	o = month_letter_object(l);
	return permit(rq->actor, action, &o, err);
}

/* Published, by its committee and month; what was withdrawn too, whose content nobody may have. */
static bool
load_open(struct request *rq, struct month_letter *l, struct err *err)
{
	return month_letter_public(rq->db, rq->arena, path_param(rq, "code"), path_param(rq, "month"), l, err);
}

static bool
is_withdrawn(const struct month_letter *l)
{
	return strcmp(l->state, "withdrawn") == 0;
}

static void
draw(struct request *rq, struct response *rs, const struct month_letter *l, bool open, const struct err *wrong, const char *why)
{
	struct object o = month_letter_object(l);
	struct letter_view v = { .letter = l, .open = open, .may_publish = !open && permitted(rq->actor, ACT_LETTER_PUBLISH, &o), .why = why };
	struct blocks blocks;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!month_letter_blocks(rq->arena, l->content, &blocks, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.blocks = open && is_withdrawn(l) ? NULL : &blocks;
	v.open_path = arena_printf(rq->arena, "/svarsbrev/%s/%s", l->authority_code, l->month);
	v.base = open ? v.open_path : arena_printf(rq->arena, "/manadsbrev/%" PRId64, l->id);
	if (l->published_at == 0)
		v.open_path = NULL;
	frame_init(&page, rq, arena_printf(rq->arena, "%s: %s", month_letter_title(rq->arena, rq->lang, l->month), l->authority_name));
	page.no_index = page.no_index || v.blocks == NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	} else if (v.blocks == NULL) {
		rs->status = 410;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	letter_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
one_get(struct request *rq, struct response *rs)
{
	struct month_letter l;
	struct err err = { 0 };

	if (load(rq, ACT_LETTER_READ, &l, &err))
		draw(rq, rs, &l, false, NULL, "");
	else
		respond_err(rq, rs, &err);
}

static void
open_get(struct request *rq, struct response *rs)
{
	struct month_letter l;
	struct err err = { 0 };

	if (load_open(rq, &l, &err))
		draw(rq, rs, &l, true, NULL, "");
	else
		respond_err(rq, rs, &err);
}

static void
pdf(struct request *rq, struct response *rs, const struct month_letter *l)
{
	struct document d;
	struct err err = { 0 };

	if (document_get(rq->db, rq->arena, l->document_id, &d, &err) && d.n_files > 0)
		file_answer(rq, rs, &d, d.file[0].position);
	else
		respond_err(rq, rs, &err);
}

static void
pdf_get(struct request *rq, struct response *rs)
{
	struct month_letter l;
	struct err err = { 0 };

	if (load(rq, ACT_LETTER_READ, &l, &err))
		pdf(rq, rs, &l);
	else
		respond_err(rq, rs, &err);
}

/* What was withdrawn is there as a page that says so; its file is not. */
static bool
load_shown(struct request *rq, struct month_letter *l, struct err *err)
{
	return load_open(rq, l, err) && (!is_withdrawn(l) || err_set(err, ERR_NOT_FOUND, "letter %" PRId64 " was withdrawn", l->id));
}

static void
open_pdf_get(struct request *rq, struct response *rs)
{
	struct month_letter l;
	struct err err = { 0 };

	if (load_shown(rq, &l, &err))
		pdf(rq, rs, &l);
	else
		respond_err(rq, rs, &err);
}

/* ---- its chart, by a worker ------------------------------------------------------------------------------------------ */

struct drawing { struct month_letter letter; const char *svg; struct err err; };

static void
draw_chart(struct request *rq, void *arg)
{
	struct drawing *d = arg;
	struct blocks blocks;

	if (!month_letter_blocks(rq->arena, d->letter.content, &blocks, &d->err))
		return;
	for (size_t i = 0; i < blocks.n && d->svg == NULL; i++) {
		if (blocks.item[i].kind == BLOCK_CHART)
			(void)chart_lines_svg(rq->arena, blocks.item[i].chart, CHART_WIDTH, CHART_HEIGHT, &d->svg, &d->err);
	}
	if (d->svg == NULL && d->err.code == ERR_NONE)
		(void)err_set(&d->err, ERR_NOT_FOUND, "letter %" PRId64 " has no chart", d->letter.id);
}

static void
chart_drawn(struct request *rq, struct response *rs, void *arg)
{
	struct drawing *d = arg;

	if (d->svg == NULL)
		respond_err(rq, rs, &d->err);
	else
		respond_text(rs, 200, "image/svg+xml", d->svg, strlen(d->svg));
}

static void
chart_get(struct request *rq, struct response *rs)
{
	struct drawing *d = arena_alloc(rq->arena, sizeof(*d));

	if (load(rq, ACT_LETTER_READ, &d->letter, &d->err))
		respond_slowly(rq, rs, draw_chart, chart_drawn, d);
	else
		respond_err(rq, rs, &d->err);
}

static void
open_chart_get(struct request *rq, struct response *rs)
{
	struct drawing *d = arena_alloc(rq->arena, sizeof(*d));

	if (load_shown(rq, &d->letter, &d->err))
		respond_slowly(rq, rs, draw_chart, chart_drawn, d);
	else
		respond_err(rq, rs, &d->err);
}

/* ---- published, withdrawn, made again -------------------------------------------------------------------------------- */

static void
done(struct request *rq, struct response *rs, int64_t id)
{
	respond_see_other(rq, rs, "/manadsbrev/%" PRId64 "?klart=%s", id, frame_done_word(DONE_SAVED));
}

static void
publish_post(struct request *rq, struct response *rs)
{
	struct month_letter l = { 0 };
	struct err err = { 0 };
	int64_t version;

	if (load(rq, ACT_LETTER_PUBLISH, &l, &err) && form_id(rq, "version", &version, &err) &&
	    month_letter_publish(rq->db, l.id, version, rq->actor, rq->now, &err))
		done(rq, rs, l.id);
	else if (frame_again(&err) && l.content != NULL)
		draw(rq, rs, &l, false, &err, "");
	else
		respond_err(rq, rs, &err);
}

static void
withdraw_post(struct request *rq, struct response *rs)
{
	const char *why = form_raw(rq, "why");
	struct month_letter l = { 0 };
	struct err err = { 0 };
	int64_t version;

	if (load(rq, ACT_LETTER_PUBLISH, &l, &err) && form_id(rq, "version", &version, &err) &&
	    month_letter_withdraw(rq->db, l.id, version, why, rq->actor, rq->now, &err))
		done(rq, rs, l.id);
	else if (frame_again(&err) && l.content != NULL)
		draw(rq, rs, &l, false, &err, why == NULL ? "" : why);
	else
		respond_err(rq, rs, &err);
}

static void
again_post(struct request *rq, struct response *rs)
{
	struct month_letter l = { 0 };
	struct err err = { 0 };
	int64_t id;

	if (load(rq, ACT_LETTER_PUBLISH, &l, &err) && month_letter_again(rq->db, rq->arena, l.id, rq->actor, rq->now, &id, &err))
		done(rq, rs, id);
	else if (frame_again(&err) && l.content != NULL)
		draw(rq, rs, &l, false, &err, "");
	else
		respond_err(rq, rs, &err);
}

const struct route month_letter_routes[] = {
	{ GET, "/manadsbrev", ACT_LETTER_READ, list_get, 0 },
	{ GET, "/manadsbrev/:id", ACT_LETTER_READ, one_get, ROUTE_SECRET },
	{ GET, "/manadsbrev/:id/pdf", ACT_LETTER_READ, pdf_get, ROUTE_SECRET },
	{ GET, "/manadsbrev/:id/diagram.svg", ACT_LETTER_READ, chart_get, ROUTE_SECRET },
	{ POST, "/manadsbrev/:id/publicera", ACT_LETTER_PUBLISH, publish_post, ROUTE_SECRET },
	{ POST, "/manadsbrev/:id/dra-tillbaka", ACT_LETTER_PUBLISH, withdraw_post, ROUTE_SECRET },
	{ POST, "/manadsbrev/:id/nytt", ACT_LETTER_PUBLISH, again_post, ROUTE_SECRET },
	{ GET, "/svarsbrev", ACT_PUBLIC, open_list_get, 0 },
	{ GET, "/svarsbrev/:code/:month", ACT_PUBLIC, open_get, 0 },
	{ GET, "/svarsbrev/:code/:month/pdf", ACT_PUBLIC, open_pdf_get, 0 },
	{ GET, "/svarsbrev/:code/:month/diagram.svg", ACT_PUBLIC, open_chart_get, 0 },
	{ 0 },
};

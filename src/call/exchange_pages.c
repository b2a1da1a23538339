/* call/exchange_pages.c: exchanges, their tokens, queues and files */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sb.h"
#include "base/tr.h"
#include "call/call_pages.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"

static const struct page_link trail[] = {
	{ .href = "/admin", .text = N_("Administration") }, { .href = "/admin/vaxlar", .text = N_("Telephone exchanges") },
};

static bool
may(struct request *rq, int64_t unit_id, struct err *err)
{
	struct unit unit = { 0 };
	struct err none = { 0 };

	if (unit_id != 0 && !unit_get(rq->db, rq->arena, unit_id, &unit, &none) && none.code != ERR_NOT_FOUND)
		return err_set(err, none.code, "%s", none.log);
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ .authority_id = unit.authority_id }, err);
}

static bool
the_exchange(struct request *rq, struct exchange *x, struct err *err)
{
	int64_t id;

	return path_id(rq, "id", &id, err) && exchange_get(rq->db, rq->arena, id, x, err) && may(rq, x->unit_id, err);
}

static void
list_get(struct request *rq, struct response *rs)
{
	struct exchange_view v = { 0 };
	struct exchange_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!exchange_list(rq->db, rq->arena, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.list = list.item;
	v.n = list.n;
	frame_init(&page, rq, tr(rq->lang, N_("Telephone exchanges")));
	page.trail = trail;
	page.n_trail = 1;
	sb_init(&sb, rq->arena, PAGE_MAX);
	exchange_list_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* The form, with what was sent when it was wrong; x NULL: a new one. */
static void
draw(struct request *rq, struct response *rs, const struct exchange *x, struct exchange_view *v, const struct err *wrong)
{
	const char *unit = form_raw(rq, "unit_id") != NULL ? form_raw(rq, "unit_id") : x == NULL ? NULL : i64_text(rq->arena,
	    x->unit_id);
	struct exchange_queue_list queues = { 0 };
	struct unit_list units;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!unit_list(rq->db, rq->arena, &units, &err) || (x != NULL && !exchange_queues(rq->db, rq->arena, x->id, &queues, &err))) {
		respond_err(rq, rs, &err);
		return;
	}
	v->exchange = x;
	v->code = form_raw(rq, "code") != NULL ? form_raw(rq, "code") : x == NULL ? NULL : x->code;
	v->name = form_raw(rq, "name") != NULL ? form_raw(rq, "name") : x == NULL ? NULL : x->name;
	v->active = form_raw(rq, "code") != NULL ? form_checked(rq, "active") : x == NULL || x->active;
	v->n_units = choices_of_units(rq->arena, &units, 0, unit, &v->unit);
	v->n_queue_units = choices_of_units(rq->arena, &units, 0, form_raw(rq, "queue_unit"), &v->queue_unit);
	v->queue = queues.item;
	v->n_queues = queues.n;
	v->base_url = rq->base_url;
	v->action = x == NULL ? "/admin/vaxlar/ny" : arena_printf(rq->arena, "/admin/vaxlar/%" PRId64, x->id);
	frame_init(&page, rq, x == NULL ? tr(rq->lang, N_("Add an exchange")) : arena_printf(rq->arena, "%s %s", x->code, x->name));
	page.trail = trail;
	page.n_trail = ARRAY_LEN(trail);
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	exchange_html(&sb, &page, v);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	struct exchange_view v = { 0 };

	draw(rq, rs, NULL, &v, NULL);
}

static void
one_get(struct request *rq, struct response *rs)
{
	struct exchange_view v = { 0 };
	struct exchange x;
	struct err err = { 0 };

	if (the_exchange(rq, &x, &err))
		draw(rq, rs, &x, &v, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
finish(struct request *rq, struct response *rs, const struct exchange *x, bool ok, const struct err *err)
{
	struct exchange_view v = { 0 };

	if (ok)
		respond_see_other(rq, rs, "/admin/vaxlar/%" PRId64 "?klart=%s", x->id, frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw(rq, rs, x->id == 0 ? NULL : x, &v, err);
	else
		respond_err(rq, rs, err);
}

static bool
save(struct request *rq, struct exchange *x, struct err *err)
{
	struct exchange in = { .id = x->id, .unit_id = choice_id(form_raw(rq, "unit_id")), .active = form_checked(rq, "active") };

	return form_text(rq, "code", 0, 60, &in.code, err) && form_text(rq, "name", 0, 400, &in.name, err) &&
	    (in.unit_id == 0 || may(rq, in.unit_id, err)) &&
	    exchange_save(rq->db, rq->actor->account_id, &in, rq->now, &x->id, err);
}

static void
new_post(struct request *rq, struct response *rs)
{
	struct exchange x = { 0 };
	struct err err = { 0 };

	finish(rq, rs, &x, save(rq, &x, &err), &err);
}

static void
one_post(struct request *rq, struct response *rs)
{
	struct exchange x = { 0 };
	struct err err = { 0 };

	finish(rq, rs, &x, the_exchange(rq, &x, &err) && save(rq, &x, &err), &err);
}

/* The new token stands on this page alone: it is never shown again. */
static void
token_post(struct request *rq, struct response *rs)
{
	const char *what = form_raw(rq, "gor");
	bool make = what == NULL || strcmp(what, "dra-in") != 0;
	struct exchange_view v = { 0 };
	struct exchange x = { 0 };
	struct err err = { 0 };
	bool ok = the_exchange(rq, &x, &err) &&
	    exchange_token(rq->db, rq->arena, rq->actor->account_id, x.id, rq->now, make ? &v.token : NULL, &err);

	if (!ok || !make) {
		finish(rq, rs, &x, ok, &err);
		return;
	}
	x.has_token = true;
	x.token_made_at = rq->now;
	respond_header(rq, rs, "Cache-Control", "no-store");
	draw(rq, rs, &x, &v, NULL);
}

static void
queue_post(struct request *rq, struct response *rs)
{
	const char *queue;
	int64_t unit_id = form_raw(rq, "bort") != NULL ? 0 : choice_id(form_raw(rq, "queue_unit"));
	struct exchange x = { 0 };
	struct err err = { 0 };

	finish(rq, rs, &x, the_exchange(rq, &x, &err) && form_text(rq, "queue", 0, 400, &queue, &err) &&
	    (unit_id != 0 || form_raw(rq, "bort") != NULL || err_input(&err, "queue_unit", N_("Choose the unit that answers."))) &&
	    (unit_id == 0 || may(rq, unit_id, &err)) &&
	    exchange_queue_set(rq->db, rq->actor->account_id, x.id, queue, unit_id, rq->now, &err), &err);
}

static void
file_post(struct request *rq, struct response *rs)
{
	const char *format = form_raw(rq, "format");
	const struct upload *upload;
	struct exchange_view v = { 0 };
	struct call_list list;
	struct call_taken taken;
	struct exchange x = { 0 };
	struct err err = { 0 };
	char *data = NULL;
	size_t n = 0, files = form_uploads(rq, &upload);
	bool ok = the_exchange(rq, &x, &err) && (files > 0 || err_input(&err, "file", N_("Choose the file with the calls."))) &&
	    file_read(rq->arena, upload[0].path, CALL_FILE_MAX, &data, &n, &err);

	if (ok && !(format != NULL && strcmp(format, "cdr") == 0 ? call_read_cdr : call_read_csv)(rq->arena, data, n, rq->now, &list,
	    &err)) {
		err.field = "file";
		ok = false;
	}
	if (!ok || !call_take(rq->db, x.id, &list, rq->now, &taken, &err)) {
		finish(rq, rs, &x, false, &err);
		return;
	}
	v.read = &list;
	v.taken = &taken;
	draw(rq, rs, &x, &v, NULL);
}

const struct route exchange_routes[] = {
	{ GET, "/admin/vaxlar", ACT_ADMIN_SITE, list_get, 0 },
	{ GET, "/admin/vaxlar/ny", ACT_ADMIN_SITE, new_get, 0 },
	{ POST, "/admin/vaxlar/ny", ACT_ADMIN_SITE, new_post, 0 },
	{ GET, "/admin/vaxlar/:id", ACT_ADMIN_SITE, one_get, 0 },
	{ POST, "/admin/vaxlar/:id", ACT_ADMIN_SITE, one_post, 0 },
	{ POST, "/admin/vaxlar/:id/nyckel", ACT_ADMIN_SITE, token_post, 0 },
	{ POST, "/admin/vaxlar/:id/ko", ACT_ADMIN_SITE, queue_post, 0 },
	{ POST, "/admin/vaxlar/:id/fil", ACT_ADMIN_SITE, file_post, ROUTE_UPLOAD },
	{ 0 },
};

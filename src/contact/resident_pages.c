/* contact/resident_pages.c: no account; the link is the key, and it opens one contact and no other's data */
#include "contact/resident_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/form_fields.h"
#include "contact/link.h"
#include "contact/receipt.h"
#include "contact/work.h"
#include "people/frame.h"
#include "registry/file_answer.h"
#include "registry/uploads.h"

static bool
open_link(struct request *rq, struct contact *c, struct err *err)
{
	int64_t contact_id, link_id;

	if (!link_open(rq->db, path_param(rq, "token"), rq->now, &contact_id, &link_id, err)) {
		if (err->person == NULL)
			err->person = N_("This link is not valid. Check that the whole link came along, or ask us for a new one.");
		return false;
	}
	return contact_get(rq->db, rq->arena, contact_id, c, err);
}

/* What she may see: her own words and what was sent to her; never notes, drafts or an answer still in its minute. */
static void
her_documents(struct request *rq, const struct document_list *all, struct resident_view *v)
{
	struct document *list = arena_array(rq->arena, all->n, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct document *d = &all->item[i];
		bool in = strcmp(d->direction, "in") == 0 && strcmp(d->kind, "delivery_failure") != 0 &&
		    strcmp(d->kind, "auto_reply") != 0 && strcmp(d->kind, "feedback") != 0;

		bool sent = strcmp(d->direction, "out") == 0 && (strcmp(d->state, "sent") == 0 ||
		    (strcmp(d->state, "queued") == 0 && d->send_at <= rq->now));

		if (in || sent)
			list[n++] = *d;
		else if (strcmp(d->direction, "out") == 0 && strcmp(d->state, "queued") == 0)
			v->on_its_way = true;
	}
	v->document = list;
	v->n_documents = n;
}

static void
draw(struct request *rq, struct response *rs, const struct contact *c, const struct err *wrong)
{
	struct resident_view v = { .contact = c, .just_sent = query_text(rq, "ny") != NULL,
		.words = form_raw(rq, "text"), .why = form_raw(rq, "why") };
	struct document_list docs;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!document_of(rq->db, rq->arena, c->id, 0, REACH_PROTECTED, &docs, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.path = arena_printf(rq->arena, "/k/%s", path_param(rq, "token"));
	v.promise = receipt_promise(rq->arena, rq->lang, c);
	v.answers = frame_answers(rq, c->unit_id);
	her_documents(rq, &docs, &v);
	v.n_reply = form_fields_reply(rq, c->reply_by, v.reply);
	frame_init(&page, rq, arena_printf(rq->arena, "%s %s", tr(rq->lang, N_("Your contact")), c->number));
	page.no_index = true;
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	resident_html(&sb, &page, &v);
	respond_secret_link(rq, rs);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	if (!open_link(rq, &c, &err))
		respond_err(rq, rs, &err);
	else
		draw(rq, rs, &c, NULL);
}

static void
finish(struct request *rq, struct response *rs, const struct contact *c, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/k/%s?klart=%s", path_param(rq, "token"), frame_done_word(DONE_SENT));
	else if (frame_again(err))
		draw(rq, rs, c, err);
	else
		respond_err(rq, rs, err);
}

static void
words_post(struct request *rq, struct response *rs)
{
	const struct document_file *file;
	const char *text;
	struct contact c;
	struct err err = { 0 };
	size_t n;

	if (!open_link(rq, &c, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &c, form_text(rq, "text", 0, CONTACT_TEXT_MAX, &text, &err) &&
	    uploads_store(rq, &file, &n, &err) &&
	    contact_add_words(rq->db, rq->arena, c.id, text, file, n, rq->now, &err), &err);
}

static void
judge_post(struct request *rq, struct response *rs)
{
	const char *verdict = form_raw(rq, "satisfied"), *why;
	struct contact c;
	struct err err = { 0 };

	if (!open_link(rq, &c, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (verdict == NULL || (strcmp(verdict, "1") != 0 && strcmp(verdict, "0") != 0)) {
		(void)err_input(&err, "satisfied", N_("Choose one of the alternatives."));
		draw(rq, rs, &c, &err);
		return;
	}
	finish(rq, rs, &c, form_text(rq, "why", 0, 8000, &why, &err) &&
	    contact_judge(rq->db, c.id, *verdict == '1', why, rq->now, &err), &err);
}

static void
reach_post(struct request *rq, struct response *rs)
{
	const char *email, *phone, *address, *way = form_raw(rq, "reply_by");
	struct contact c;
	struct err err = { 0 };

	if (!open_link(rq, &c, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &c, form_fields_email(rq, &email, &err) && form_text(rq, "phone", 0, 60, &phone, &err) &&
	    form_fields_phone_good(way == NULL ? "" : way, *phone == '\0' ? NULL : phone, &err) &&
	    form_text(rq, "address", 0, 500, &address, &err) &&
	    contact_reach(rq->db, c.id, way == NULL ? "" : way, *email == '\0' ? NULL : email,
	    *phone == '\0' ? NULL : phone, *address == '\0' ? NULL : address, rq->now, &err), &err);
}

static void
file_get_page(struct request *rq, struct response *rs)
{
	struct document_list docs;
	struct resident_view v = { 0 };
	struct contact c;
	struct err err = { 0 };
	int64_t document_id, position;

	if (!open_link(rq, &c, &err) || !path_id(rq, "document", &document_id, &err) ||
	    !path_id(rq, "position", &position, &err) ||
	    !document_of(rq->db, rq->arena, c.id, 0, REACH_PROTECTED, &docs, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	her_documents(rq, &docs, &v);
	for (size_t i = 0; i < v.n_documents; i++) {
		if (v.document[i].id == document_id) {
			file_answer(rq, rs, &v.document[i], position);
			return;
		}
	}
	(void)err_set(&err, ERR_NOT_FOUND, "document %" PRId64 " is not hers", document_id);
	respond_err(rq, rs, &err);
}

const struct route resident_routes[] = {
	{ GET, "/k/:token", ACT_PUBLIC, page_get, ROUTE_SECRET },
	{ POST, "/k/:token/ord", ACT_PUBLIC, words_post, ROUTE_UPLOAD | ROUTE_SECRET },
	{ POST, "/k/:token/omdome", ACT_PUBLIC, judge_post, ROUTE_SECRET },
	{ POST, "/k/:token/svarsvag", ACT_PUBLIC, reach_post, ROUTE_SECRET },
	{ GET, "/k/:token/fil/:document/:position", ACT_PUBLIC, file_get_page, ROUTE_SECRET },
	{ 0 },
};

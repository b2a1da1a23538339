/* representative/desk_pages.c: thin handlers; what may be shown is escalation_file()'s to say */
#include "representative/desk_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/clock.h"
#include "contact/receipt.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "representative/representative.h"

static bool
is(const char *text, const char *value)
{
	return text != NULL && strcmp(text, value) == 0;
}

static bool
subjects(struct request *rq, struct escalation_list *list, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!escalation_subject(rq->db, rq->arena, &list->item[i], err))
			return false;
	}
	return true;
}

static void
desk_get(struct request *rq, struct response *rs)
{
	struct desk_view v = { .elected = permitted(rq->actor, ACT_ESCALATION_READ, NULL),
		.manager = permitted(rq->actor, ACT_ESCALATION_MANAGE, NULL),
		.registrar = permitted(rq->actor, ACT_ESCALATION_CLASSIFY, NULL),
		.head = permitted(rq->actor, ACT_ADMINISTRATION_ANSWER, NULL),
		.late = permitted(rq->actor, ACT_LATE_LIST, NULL), .now = rq->now };
	struct escalation_list mine = { 0 }, managed = { 0 }, classify = { 0 };
	struct administration_list questions = { 0 };
	struct representative r;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((v.elected && !escalation_mine(rq->db, rq->arena, rq->actor, &mine, &err)) ||
	    (v.manager && !escalation_waiting(rq->db, rq->arena, rq->actor, ACT_ESCALATION_MANAGE, &managed, &err)) ||
	    (v.registrar && !escalation_waiting(rq->db, rq->arena, rq->actor, ACT_ESCALATION_CLASSIFY, &classify, &err)) ||
	    (v.head && !administration_waiting(rq->db, rq->arena, rq->actor, &questions, &err)) ||
	    !subjects(rq, &mine, &err) || !subjects(rq, &managed, &err) || !subjects(rq, &classify, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.unknown = v.elected && !representative_by_account(rq->db, rq->arena, rq->actor->account_id, &r, &err);
	v.mine = mine.item;
	v.n_mine = mine.n;
	v.managed = managed.item;
	v.n_managed = managed.n;
	v.to_classify = classify.item;
	v.n_to_classify = classify.n;
	v.question = questions.item;
	v.n_questions = questions.n;
	frame_init(&page, rq, tr(rq->lang, N_("Your desk")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	desk_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* ---- one ---- */

/* Which right opens it depends on whose it is. */
static enum action
right_of(const struct escalation *e, enum action elected)
{
	if (strcmp(e->state, "to_classify") == 0)
		return ACT_ESCALATION_CLASSIFY;
	return escalation_is_elected(e) ? elected : ACT_ESCALATION_MANAGE;
}

static bool
load(struct request *rq, enum action action, struct escalation *e, struct err *err)
{
	struct object object;
	int64_t id;

	if (!path_id(rq, "id", &id, err) || !escalation_get(rq->db, rq->arena, id, e, err))
		return false;
	object = escalation_object(e);
	if (!permit(rq->actor, action == ACT_ESCALATION_CLASSIFY ? action : right_of(e, action), &object, err))
		return false;
	return e->restricted == REACH_OPEN || read_log_add(rq->db, rq->actor->account_id, "contact", e->contact_id,
	    e->authority_id, rq->now, err);
}

static bool
dates_taken(struct request *rq, struct brief_view *v, const struct escalation_file *f, struct err *err)
{
	int *took = arena_array(rq->arena, f->n_documents, sizeof(*took));

	for (size_t i = 0; i < f->n_documents; i++) {
		if (!clock_days_between(rq->db, rq->arena, local_date(f->contact.arrived_at),
		    local_date(f->document[i].registered_at), &took[i], err))
			return false;
	}
	v->took = took;
	return true;
}

static bool
laws(struct request *rq, struct brief_view *v, const struct contact *c, struct err *err)
{
	struct matter m = { 0 };
	size_t n = 0;

	if (c->matter_id != 0 && !matter_get(rq->db, rq->arena, c->matter_id, &m, err))
		return false;
	v->law[n++] = N_("Administrative Procedure Act (2017:900), sections 6 and 7: help without undue delay, and be there to be reached.");
	if (is(m.appeal_kind, "merits"))
		v->law[n++] = N_("The same act, sections 11 and 12: tell of a delay and why; after six months she may ask for a decision.");
	v->law[n++] = N_("The municipality's own service promise, which counts in working days.");
	if (v->elected) {
		v->law[n++] = N_("Local Government Act (2017:725), chapter 4, section 20: a member may raise a matter in her committee.");
		v->law[n++] = N_("The same act, chapter 6, sections 3 and 37 to 40: the committee decides as a body, or by delegation. A member alone gives officials no orders.");
	}
	return true;
}

static bool
heads(struct request *rq, struct brief_view *v, const struct contact *c, struct err *err)
{
	struct choice *list;
	struct head *head;

	if (!administration_heads(rq->db, rq->arena, c, rq->now, &head, &v->n_heads, err))
		return false;
	list = arena_array(rq->arena, v->n_heads, sizeof(*list));
	for (size_t i = 0; i < v->n_heads; i++)
		list[i] = (struct choice){ .value = i64_text(rq->arena, head[i].account_id), .text = head[i].name,
			.chosen = i == 0 };
	v->head = list;
	return true;
}

static bool
committees(struct request *rq, struct brief_view *v, const struct escalation *e, struct err *err)
{
	struct authority_list all;
	struct choice *list;

	if (!authority_list(rq->db, rq->arena, &all, err))
		return false;
	list = arena_array(rq->arena, all.n, sizeof(*list));
	for (size_t i = 0; i < all.n; i++) {
		if (permitted(rq->actor, ACT_MATTER_RAISE, &(struct object){ .authority_id = all.item[i].id }))
			list[v->n_committees++] = (struct choice){ .value = i64_text(rq->arena, all.item[i].id),
				.text = all.item[i].name, .chosen = all.item[i].id == e->authority_id };
	}
	v->committee = list;
	return true;
}

static void
ways(struct request *rq, struct brief_view *v, const struct contact *whole)
{
	struct choice *way = arena_array(rq->arena, 3, sizeof(*way)), *ending = arena_array(rq->arena, 4, sizeof(*ending));
	const char *chosen = form_raw(rq, "way"), *end = form_raw(rq, "ending");

	if (whole->sender_email != NULL)
		way[v->n_ways++] = (struct choice){ .value = "mail", .text = N_("By e-mail"),
			.hint = N_("The program sends it. You do not need to know the address."), .chosen = chosen == NULL || is(chosen, "mail") };
	if (whole->sender_phone != NULL && (!v->elected || (v->e->consent & CONSENT_PHONE) != 0))
		way[v->n_ways++] = (struct choice){ .value = "phone", .text = N_("I have called"), .hint = N_("Write what was said."),
			.chosen = is(chosen, "phone") };
	way[v->n_ways++] = (struct choice){ .value = "page", .text = N_("On the resident's own page"),
		.chosen = is(chosen, "page") || v->n_ways == 0 };
	v->way = way;
	ending[v->n_endings++] = (struct choice){ .value = "", .text = N_("The contact goes on"), .chosen = end == NULL || *end == '\0' };
	ending[v->n_endings++] = (struct choice){ .value = "done", .text = N_("Answered and done"), .chosen = is(end, "done") };
	ending[v->n_endings++] = (struct choice){ .value = "not_done", .text = N_("Answered, not done"), .chosen = is(end, "not_done") };
	ending[v->n_endings++] = (struct choice){ .value = "not_ours", .text = N_("Not ours, sent on"), .chosen = is(end, "not_ours") };
	v->ending = ending;
}

static void
draw(struct request *rq, struct response *rs, const struct escalation *e, const struct err *wrong)
{
	struct brief_view v = { .e = e, .now = rq->now, .elected = escalation_is_elected(e) && !is(e->state, "to_classify"),
		.text = form_raw(rq, "text"),
		.question_text = form_raw(rq, "question"), .title = form_raw(rq, "title"), .raise_text = form_raw(rq, "initiative"),
		.next_by = form_raw(rq, "next_by"), .by_day = form_raw(rq, "by_day"), .ending_why = form_raw(rq, "ending_why") };
	struct object object = escalation_object(e);
	struct administration_list questions;
	struct escalation_file file;
	struct similar similar;
	struct contact whole;
	struct self_note *note;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	v.may_classify = strcmp(e->state, "to_classify") == 0;
	v.may_answer = !v.may_classify && permitted(rq->actor, right_of(e, ACT_ESCALATION_ANSWER), &object);
	v.may_ask = !v.may_classify && v.elected && permitted(rq->actor, ACT_ADMINISTRATION_ASK, &object);
	v.may_raise = v.may_ask && e->matter_id == 0;
	if (!escalation_file(rq->db, rq->arena, e, rq->now, &file, &err) ||
	    !contact_get(rq->db, rq->arena, e->contact_id, &whole, &err) ||
	    !administration_of(rq->db, rq->arena, e->id, &questions, &err) ||
	    !escalation_similar(rq->db, &whole, rq->now, &similar, &err) || !dates_taken(rq, &v, &file, &err) ||
	    !laws(rq, &v, &whole, &err) || !heads(rq, &v, &whole, &err) || !committees(rq, &v, e, &err) ||
	    !self_notes(rq->db, rq->arena, rq->actor->account_id, e->id, &note, &v.n_notes, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	object = contact_object(&whole);
	v.may_contact = permitted(rq->actor, ACT_CONTACT_READ, &object);
	ways(rq, &v, &whole);
	v.file = &file;
	v.question = questions.item;
	v.n_questions = questions.n;
	v.note = note;
	v.similar = &similar;
	v.promise = escalation_promise(rq->arena, rq->lang, e->answer_by, e->answer_days, e->answer_explained);
	v.promise_ahead = whole.answer_by > rq->now;
	v.contact_promise = whole.answer_by == 0 ? NULL : receipt_promise(rq->arena, rq->lang, &whole);
	frame_init(&page, rq, file.contact.subject);
	page.trail = &(struct page_link){ .href = "/skrivbord", .text = N_("Your desk") };
	page.n_trail = 1;
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	brief_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
one_get(struct request *rq, struct response *rs)
{
	struct escalation e;
	struct err err = { 0 };

	if (load(rq, ACT_ESCALATION_READ, &e, &err))
		draw(rq, rs, &e, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
finish(struct request *rq, struct response *rs, const struct escalation *e, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/skrivbord/%" PRId64 "?klart=%s", e->id, frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw(rq, rs, e, err);
	else
		respond_err(rq, rs, err);
}

static void
answer_post(struct request *rq, struct response *rs)
{
	const char *way = form_raw(rq, "way"), *ending = form_raw(rq, "ending");
	struct escalation_answer in = { .way = is(way, "phone") ? ESCALATION_PHONE : is(way, "page") ? ESCALATION_PAGE :
		ESCALATION_MAIL, .ending = ending == NULL || *ending == '\0' ? NULL : ending };
	struct escalation e;
	struct err err = { 0 };

	if (!load(rq, ACT_ESCALATION_ANSWER, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	in.id = e.id;
	finish(rq, rs, &e, form_i64(rq, "version", 0, INT64_MAX, &in.version, &err) &&
	    form_text(rq, "text", 0, ESCALATION_TEXT_MAX, &in.text, &err) &&
	    form_text(rq, "next_by", 0, 10, &in.next_by, &err) && form_text(rq, "ending_why", 0, 2000, &in.ending_why, &err) &&
	    escalation_answer(rq->db, rq->arena, &in, rq->actor, rq->now, &err), &err);
}

static void
question_post(struct request *rq, struct response *rs)
{
	struct escalation e;
	const char *text, *by_day;
	struct err err = { 0 };

	if (!load(rq, ACT_ADMINISTRATION_ASK, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &e, form_text(rq, "question", 0, ESCALATION_TEXT_MAX, &text, &err) &&
	    form_text(rq, "by_day", 0, 10, &by_day, &err) &&
	    administration_ask(rq->db, rq->arena, e.id, choice_id(form_raw(rq, "of")), text, by_day, rq->actor, rq->now, NULL,
	    &err), &err);
}

static void
raise_post(struct request *rq, struct response *rs)
{
	struct escalation e;
	int64_t authority_id = choice_id(form_raw(rq, "authority_id")), matter_id;
	const char *title, *text;
	struct err err = { 0 };

	if (!load(rq, ACT_ESCALATION_READ, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &e, permit(rq->actor, ACT_MATTER_RAISE, &(struct object){ .authority_id = authority_id }, &err) &&
	    form_text(rq, "title", 0, MATTER_TITLE_MAX, &title, &err) &&
	    form_text(rq, "initiative", 0, ESCALATION_TEXT_MAX, &text, &err) &&
	    escalation_raise(rq->db, rq->arena, e.id, authority_id, title, text, rq->actor, rq->now, &matter_id, &err), &err);
}

static void
note_post(struct request *rq, struct response *rs)
{
	struct escalation e;
	const char *text;
	struct err err = { 0 };

	if (!load(rq, ACT_ESCALATION_READ, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &e, form_text(rq, "note", 0, ESCALATION_TEXT_MAX, &text, &err) &&
	    self_note_add(rq->db, rq->actor->account_id, e.id, text, rq->now, &err), &err);
}

static void
note_remove_post(struct request *rq, struct response *rs)
{
	struct escalation e;
	struct err err = { 0 };
	int64_t id;

	if (!load(rq, ACT_ESCALATION_READ, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &e, form_id(rq, "id", &id, &err) && self_note_remove(rq->db, rq->actor->account_id, id, &err), &err);
}

static void
classify_post(struct request *rq, struct response *rs)
{
	struct classify_in in = { .classified = form_raw(rq, "classified"), .decision_kind = form_raw(rq, "decision_kind") };
	struct escalation e;
	struct err err = { 0 };

	if (!load(rq, ACT_ESCALATION_CLASSIFY, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	in.id = e.id;
	if (form_text(rq, "decision_date", 0, 10, &in.decision_date, &err) &&
	    escalation_classify(rq->db, rq->arena, &in, rq->actor, rq->now, &err))
		respond_see_other(rq, rs, "/skrivbord?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw(rq, rs, &e, &err);
	else
		respond_err(rq, rs, &err);
}

/* ---- the head's questions ---- */

static void
questions(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct administration_list list;
	struct questions_view v = { .now = rq->now };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!administration_waiting(rq->db, rq->arena, rq->actor, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.item = list.item;
	v.n = list.n;
	v.promise = arena_array(rq->arena, list.n, sizeof(*v.promise));
	for (size_t i = 0; i < list.n; i++)
		v.promise[i] = escalation_promise(rq->arena, rq->lang, list.item[i].answer_by, list.item[i].answer_days,
		    list.item[i].answer_explained);
	frame_init(&page, rq, tr(rq->lang, N_("Questions from elected representatives")));
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	questions_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
questions_get(struct request *rq, struct response *rs)
{
	questions(rq, rs, NULL);
}

static bool
load_question(struct request *rq, struct administration_question *q, struct err *err)
{
	int64_t id;

	return path_id(rq, "id", &id, err) && administration_get(rq->db, rq->arena, id, q, err);
}

static void
question_answer_post(struct request *rq, struct response *rs)
{
	struct administration_question q;
	struct object object;
	const char *text;
	struct err err = { 0 };

	if (!load_question(rq, &q, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	object = administration_object(&q);
	if (permit(rq->actor, ACT_ADMINISTRATION_ANSWER, &object, &err) &&
	    form_text(rq, "text", 0, ESCALATION_TEXT_MAX, &text, &err) &&
	    administration_answer(rq->db, rq->arena, q.id, text, rq->actor, rq->now, &err))
		respond_see_other(rq, rs, "/fragor?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		questions(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
nudge_post(struct request *rq, struct response *rs, enum nudge nudge)
{
	struct administration_question q;
	struct escalation e;
	struct object object;
	struct err err = { 0 };

	if (!load_question(rq, &q, &err) || !escalation_get(rq->db, rq->arena, q.escalation_id, &e, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	object = escalation_object(&e);
	if (!permit(rq->actor, ACT_ADMINISTRATION_ASK, &object, &err))
		respond_err(rq, rs, &err);
	else
		finish(rq, rs, &e, administration_nudge(rq->db, rq->arena, q.id, nudge, rq->actor, rq->now, &err), &err);
}

static void
remind_post(struct request *rq, struct response *rs)
{
	nudge_post(rq, rs, NUDGE_REMIND);
}

static void
thank_post(struct request *rq, struct response *rs)
{
	nudge_post(rq, rs, NUDGE_THANK);
}

/* ---- what is late ---- */

static void
late_get(struct request *rq, struct response *rs)
{
	struct late_view v = { .now = rq->now };
	struct late_rows list = { 0 };
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	int64_t chosen = 0;

	if (!tabs_of_authorities(rq, ACT_LATE_LIST, "/sent", &v.tab, &v.n_tabs, &chosen, &err) ||
	    (chosen != 0 && !late_list(rq->db, rq->arena, chosen, rq->now, &list, &err))) {
		respond_err(rq, rs, &err);
		return;
	}
	v.item = list.item;
	v.n = list.n;
	v.promise = arena_array(rq->arena, list.n, sizeof(*v.promise));
	for (size_t i = 0; i < list.n; i++)
		v.promise[i] = escalation_promise(rq->arena, rq->lang, list.item[i].by, list.item[i].days, list.item[i].explained);
	frame_init(&page, rq, tr(rq->lang, N_("What is late")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	late_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

const struct route desk_routes[] = {
	{ GET, "/skrivbord", ACT_SIGNED_IN, desk_get, 0 },
	{ GET, "/skrivbord/:id", ACT_SIGNED_IN, one_get, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/svar", ACT_SIGNED_IN, answer_post, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/fraga", ACT_ADMINISTRATION_ASK, question_post, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/vack", ACT_MATTER_RAISE, raise_post, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/anteckning", ACT_ESCALATION_READ, note_post, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/anteckning-bort", ACT_ESCALATION_READ, note_remove_post, ROUTE_SECRET },
	{ POST, "/skrivbord/:id/klassa", ACT_ESCALATION_CLASSIFY, classify_post, ROUTE_SECRET },
	{ GET, "/fragor", ACT_ADMINISTRATION_ANSWER, questions_get, 0 },
	{ POST, "/fragor/:id", ACT_ADMINISTRATION_ANSWER, question_answer_post, 0 },
	{ POST, "/fragor/:id/paminn", ACT_ADMINISTRATION_ASK, remind_post, 0 },
	{ POST, "/fragor/:id/tacka", ACT_ADMINISTRATION_ASK, thank_post, 0 },
	{ GET, "/sent", ACT_LATE_LIST, late_get, 0 },
	{ 0 },
};

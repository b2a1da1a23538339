/* representative/escalate_pages.c: one form in two places */
#include "representative/escalate_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/link.h"
#include "people/choices.h"
#include "people/frame.h"

/* The resident by her link, or the guide by number and right. */
static bool
open_contact(struct request *rq, struct contact *c, struct err *err)
{
	const char *token = path_param(rq, "token");
	struct object object;
	int64_t contact_id, link_id;

	if (token != NULL)
		return link_open(rq->db, token, rq->now, &contact_id, &link_id, err) &&
		    contact_get(rq->db, rq->arena, contact_id, c, err);
	if (!contact_by_number(rq->db, rq->arena, path_param(rq, "number"), c, err))
		return false;
	object = contact_object(c);
	return permit(rq->actor, ACT_ESCALATE, &object, err);
}

static bool
ticked(struct request *rq, const char *field, const char *value)
{
	for (size_t i = 0; i < form_count(rq, field); i++) {
		if (strcmp(form_nth(rq, field, i), value) == 0)
			return true;
	}
	return false;
}

static unsigned
consent_of(struct request *rq)
{
	return (ticked(rq, "consent", "name") ? CONSENT_NAME : 0) | (ticked(rq, "consent", "phone") ? CONSENT_PHONE : 0) |
	    (ticked(rq, "consent", "email") ? CONSENT_EMAIL : 0);
}

static bool
is(const char *text, const char *value)
{
	return text != NULL && strcmp(text, value) == 0;
}

static void
fill_choices(struct request *rq, const struct contact *c, const struct escalation_choices *who, struct escalate_view *v)
{
	struct choice *level = arena_array(rq->arena, 3, sizeof(*level)), *list, *consent;
	const char *chosen = form_raw(rq, "level");

	level[v->n_levels++] = (struct choice){ .value = "manager", .text = N_("The manager of who answered"),
		.hint = N_("Has a promise of her own. Choose this first if you want it done soon."),
		.chosen = chosen == NULL || is(chosen, "manager") };
	if (who->elected && who->n > 0)
		level[v->n_levels++] = (struct choice){ .value = "representative", .text = N_("An elected representative of your choice"),
			.hint = N_("Can answer you, ask the administration, and raise it in the committee."), .chosen = is(chosen, "representative") };
	if (who->elected && who->chair != NULL)
		level[v->n_levels++] = (struct choice){ .value = "chair", .text = arena_printf(rq->arena, "%s, %s",
		    tr(rq->lang, N_("The committee's chair")), who->chair), .chosen = is(chosen, "chair") };
	v->level = level;
	list = arena_array(rq->arena, who->n, sizeof(*list));
	for (size_t i = 0; i < who->n; i++)
		list[i] = (struct choice){ .value = i64_text(rq->arena, who->item[i].representative_id),
			.text = arena_printf(rq->arena, "%s (%s)", who->item[i].name, who->item[i].what),
			.chosen = choice_id(form_raw(rq, "representative")) == who->item[i].representative_id };
	v->representative = list;
	v->n_representatives = who->n;
	consent = arena_array(rq->arena, 3, sizeof(*consent));
	if (c->sender_name != NULL)
		consent[v->n_consents++] = (struct choice){ .value = "name", .text = N_("My name"), .chosen = ticked(rq, "consent", "name") };
	if (c->sender_phone != NULL)
		consent[v->n_consents++] = (struct choice){ .value = "phone", .text = N_("My phone number"), .chosen = ticked(rq, "consent", "phone") };
	if (c->sender_email != NULL)
		consent[v->n_consents++] = (struct choice){ .value = "email", .text = N_("My e-mail address"), .chosen = ticked(rq, "consent", "email") };
	v->consent = consent;
}

static void
draw(struct request *rq, struct response *rs, const struct contact *c, const struct err *wrong)
{
	const char *token = path_param(rq, "token");
	struct escalate_view v = { .contact = c, .by_phone = token == NULL, .words = form_raw(rq, "words"),
		.decision_date = form_raw(rq, "decision_date"), .about_decision = is(form_raw(rq, "about"), "decision") };
	struct escalation_choices who;
	struct escalation_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!escalation_choices(rq->db, rq->arena, c, rq->lang, rq->now, &who, &err) ||
	    !escalation_of_contact(rq->db, rq->arena, c->id, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.choices = &who;
	v.item = list.item;
	v.n = list.n;
	v.promise = arena_array(rq->arena, list.n, sizeof(*v.promise));
	for (size_t i = 0; i < list.n; i++)
		v.promise[i] = escalation_promise(rq->arena, rq->lang, list.item[i].answer_by, list.item[i].answer_days,
		    list.item[i].answer_explained);
	fill_choices(rq, c, &who, &v);
	v.back = token != NULL ? arena_printf(rq->arena, "/k/%s", token) : arena_printf(rq->arena, "/kontakter/%s", c->number);
	v.action = arena_printf(rq->arena, "%s/vidare", v.back);
	v.consent_action = arena_printf(rq->arena, "%s/samtycke", v.back);
	frame_init(&page, rq, tr(rq->lang, N_("Not satisfied?")));
	page.no_index = true;
	page.keep_drafts = wrong != NULL;
	page.trail = &(struct page_link){ .href = v.back, .text = c->number };
	page.n_trail = 1;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	escalate_html(&sb, &page, &v);
	if (token != NULL)
		respond_secret_link(rq, rs);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	if (open_contact(rq, &c, &err))
		draw(rq, rs, &c, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
finish(struct request *rq, struct response *rs, const struct contact *c, bool ok, const struct err *err)
{
	const char *token = path_param(rq, "token");

	if (ok && token != NULL)
		respond_see_other(rq, rs, "/k/%s/vidare?klart=%s", token, frame_done_word(DONE_SAVED));
	else if (ok)
		respond_see_other(rq, rs, "/kontakter/%s/vidare?klart=%s", c->number, frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw(rq, rs, c, err);
	else
		respond_err(rq, rs, err);
}

static void
page_post(struct request *rq, struct response *rs)
{
	bool phone = path_param(rq, "token") == NULL;
	struct escalation_in in = { .level = form_raw(rq, "level"), .channel = phone ? "phone" : "web",
		.representative_id = choice_id(form_raw(rq, "representative")), .consent = consent_of(rq),
		.about_decision = is(form_raw(rq, "about"), "decision") };
	struct contact c;
	struct err err = { 0 };

	if (!open_contact(rq, &c, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	in.contact_id = c.id;
	if (!is(in.level, "representative"))
		in.representative_id = 0;
	finish(rq, rs, &c, form_text(rq, "words", 0, ESCALATION_TEXT_MAX, &in.words, &err) &&
	    form_text(rq, "decision_date", 0, 10, &in.decision_date, &err) &&
	    escalation_ask(rq->db, rq->arena, &in, phone ? rq->actor : NULL, rq->now, NULL, &err), &err);
}

static void
consent_post(struct request *rq, struct response *rs)
{
	struct escalation e;
	struct contact c;
	struct err err = { 0 };
	int64_t id;

	if (!open_contact(rq, &c, &err) || !form_id(rq, "escalation", &id, &err) ||
	    !escalation_get(rq->db, rq->arena, id, &e, &err) ||
	    (e.contact_id != c.id && !err_set(&err, ERR_NOT_FOUND, "escalation %" PRId64 " is another contact's", id)))
		respond_err(rq, rs, &err);
	else
		finish(rq, rs, &c, escalation_consent(rq->db, rq->arena, id, consent_of(rq), rq->now, &err), &err);
}

const struct route escalate_routes[] = {
	{ GET, "/k/:token/vidare", ACT_PUBLIC, page_get, ROUTE_SECRET },
	{ POST, "/k/:token/vidare", ACT_PUBLIC, page_post, ROUTE_SECRET },
	{ POST, "/k/:token/samtycke", ACT_PUBLIC, consent_post, ROUTE_SECRET },
	{ GET, "/kontakter/:number/vidare", ACT_ESCALATE, page_get, 0 },
	{ POST, "/kontakter/:number/vidare", ACT_ESCALATE, page_post, 0 },
	{ POST, "/kontakter/:number/samtycke", ACT_ESCALATE, consent_post, 0 },
	{ 0 },
};

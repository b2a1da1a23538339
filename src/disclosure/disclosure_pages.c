/* disclosure/disclosure_pages.c: parse, permit, do, render */
#include "disclosure/disclosure_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/choices.h"
#include "people/frame.h"
#include "registry/matter_pages.h"

/* The matter of the path, if she may do that there. */
static int
reach_of(struct request *rq, const struct matter *m)
{
	return permit_reach(rq->actor, ACT_DOCUMENT_READ, m->authority_id, m->unit_id, m->owner_id);
}

static bool
load_contacts(struct request *rq, const struct matter *m, struct disclosure_view *v, struct err *err)
{
	struct matter_contact *contact;
	struct choice *c;

	if (!matter_contacts(rq->db, rq->arena, rq->actor, m->id, &contact, &v->n_contacts, err))
		return false;
	c = arena_array(rq->arena, v->n_contacts, sizeof(*c));
	for (size_t i = 0; i < v->n_contacts; i++)
		c[i] = (struct choice){ .value = arena_printf(rq->arena, "%" PRId64, contact[i].id),
			.text = contact[i].restricted > 0 ? contact[i].number : arena_printf(rq->arena, "%s %s", contact[i].number,
			contact[i].subject), .chosen = v->n_contacts == 1 };
	v->contact = c;
	return true;
}

/* What is not dealt with yet, named by its place in the request, its number and title; and what would go of it. */
static void
load_open(struct request *rq, struct disclosure_view *v)
{
	struct choice *c = arena_array(rq->arena, v->q->n_items, sizeof(*c));

	for (size_t i = 0; i < v->q->n_items; i++) {
		const struct disclosure_item *it = &v->q->item[i];

		if (strcmp(it->outcome, "open") != 0)
			continue;
		c[v->n_open++] = (struct choice){ .value = arena_printf(rq->arena, "%" PRId64, it->id),
			.text = arena_printf(rq->arena, "%zu. %s", i + 1, it->title == NULL ? tr(rq->lang, N_("Secret document")) : it->title),
			.hint = it->restricted == 0 ? NULL : it->rendition_id != 0 ? N_("Secret in part: the masked copy is handed out.") :
			N_("Secret, and no approved masked copy yet.") };
	}
	v->open = c;
}

static bool
load(struct request *rq, const struct matter *m, struct disclosure_view *v, struct err *err)
{
	struct disclosure *q = arena_alloc(rq->arena, sizeof(*q));
	struct object object = matter_object(m);
	struct err none = { 0 };
	struct date served;

	*v = (struct disclosure_view){ .matter = m, .path = arena_printf(rq->arena, "/arenden/%" PRId64 "/utlamnande", m->id),
		.today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s),
		.may_work = permitted(rq->actor, ACT_DISCLOSE, &object), .may_refuse = permitted(rq->actor, ACT_DISCLOSE_REFUSE, &object),
		.words = form_raw(rq, "words"), .section = form_raw(rq, "section"), .source = form_raw(rq, "source"),
		.rule = form_raw(rq, "rule"), .reasons = form_raw(rq, "reasons") };
	if (!disclosure_of_matter(rq->db, rq->arena, m->id, reach_of(rq, m), q, &none)) {
		if (none.code != ERR_NOT_FOUND) {
			*err = none;
			return false;
		}
		return load_contacts(rq, m, v, err);
	}
	v->q = q;
	load_open(rq, v);
	if (q->served != NULL && date_parse(q->served, &served)) {
		struct appeal_time t = disclosure_appeal_time(served);

		v->last_day = arena_strdup(rq->arena, date_text(t.last_day).s);
		v->final_from = arena_strdup(rq->arena, date_text(t.final_from).s);
	}
	/* Until she is known to have got it, no day has passed. */
	v->in_time = q->appealed != NULL && (v->last_day == NULL || strcmp(q->appealed, v->last_day) <= 0);
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct matter *m, const struct err *wrong)
{
	struct disclosure_view v;
	struct err err = { 0 };
	struct page_link *trail = arena_array(rq->arena, 1, sizeof(*trail));
	struct page page;
	struct sb sb;

	if (!load(rq, m, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Request for documents")));
	trail[0] = (struct page_link){ .href = arena_printf(rq->arena, "/arenden/%" PRId64, m->id), .text = m->number };
	page.trail = trail;
	page.n_trail = 1;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = wrong->code == ERR_CONFLICT ? 409 : 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	disclosure_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };

	if (!matter_of_path(rq, ACT_DISCLOSE, &m, &err))
		respond_err(rq, rs, &err);
	else
		draw(rq, rs, &m, NULL);
}

static void
finish(struct request *rq, struct response *rs, const struct matter *m, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/arenden/%" PRId64 "/utlamnande?klart=%s", m->id, frame_done_word(DONE_SAVED));
	else if (m->id != 0 && frame_again(err))
		draw(rq, rs, m, err);
	else
		respond_err(rq, rs, err);
}

/* The request of the path as she saw it. */
static bool
open_request(struct request *rq, enum action action, struct matter *m, int64_t *id, int64_t *version, struct err *err)
{
	struct disclosure q;
	struct matter found = { 0 };

	if (!matter_of_path(rq, action, &found, err))
		return false;
	*m = found;
	if (!disclosure_of_matter(rq->db, rq->arena, m->id, reach_of(rq, m), &q, err))
		return false;
	*id = q.id;
	return form_i64(rq, "version", 1, INT64_MAX / 2, version, err);
}

static void
open_post(struct request *rq, struct response *rs)
{
	struct matter m = { 0 }, found;
	struct err err = { 0 };
	int64_t id, contact_id = 0;
	bool ok = matter_of_path(rq, ACT_DISCLOSE, &found, &err);

	if (ok)
		m = found;
	ok = ok && (form_id(rq, "contact", &contact_id, &err) ||
	    err_input(&err, "contact", N_("Choose a contact of this matter: the one that asks for documents.")));
	finish(rq, rs, &m, ok && disclosure_open(rq->db, m.id, contact_id, rq->actor, rq->now, &id, &err), &err);
}

static void
find_post(struct request *rq, struct response *rs)
{
	struct matter m = { 0 };
	struct err err = { 0 };
	const char *source;
	int64_t id, version, n;

	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE, &m, &id, &version, &err) && form_text(rq, "source", 1, 60, &source, &err) &&
	    disclosure_add(rq->db, id, source, rq->actor, rq->now, &n, &err), &err);
}

static void
release_post(struct request *rq, struct response *rs)
{
	struct disclosure_release in = { .n_items = form_count(rq, "item") };
	int64_t *item = arena_array(rq->arena, in.n_items, sizeof(*item));
	struct matter m = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < in.n_items; i++)
		item[i] = choice_id(form_nth(rq, "item", i));
	in.item = item;
	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE, &m, &in.id, &in.version, &err) &&
	    form_text(rq, "words", 0, 8000, &in.words, &err) && disclosure_release(rq->db, &in, rq->actor, rq->now, &err), &err);
}

static void
withhold_post(struct request *rq, struct response *rs)
{
	struct matter m = { 0 };
	struct err err = { 0 };
	const char *section;
	int64_t id, version, item;

	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE, &m, &id, &version, &err) && (form_id(rq, "withhold", &item, &err) ||
	    err_input(&err, "withhold", N_("Choose the document that is not handed out."))) &&
	    form_text(rq, "section", 0, 60, &section, &err) &&
	    disclosure_withhold(rq->db, id, version, item, section, rq->actor, rq->now, &err), &err);
}

static void
demand_post(struct request *rq, struct response *rs)
{
	struct matter m = { 0 };
	struct err err = { 0 };
	int64_t id, version;

	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE, &m, &id, &version, &err) &&
	    disclosure_demand(rq->db, id, version, form_raw(rq, "day"), rq->actor, rq->now, &err), &err);
}

static void
refuse_post(struct request *rq, struct response *rs)
{
	struct disclosure_refusal in = { 0 };
	struct matter m = { 0 };
	struct err err = { 0 };

	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE_REFUSE, &m, &in.id, &in.version, &err) &&
	    form_text(rq, "rule", 0, 60, &in.rule, &err) && form_text(rq, "reasons", 0, 8000, &in.reasons, &err) &&
	    disclosure_refuse(rq->db, &in, rq->actor, rq->now, &err), &err);
}

static void
day_post(struct request *rq, struct response *rs)
{
	static const char *const words[] = { [STEP_SERVED] = "fick", [STEP_APPEALED] = "overklagade", [STEP_FORWARDED] = "vidare",
		[STEP_REPORTED] = "anmaldes" };
	const char *what = form_raw(rq, "what");
	struct matter m = { 0 };
	struct err err = { 0 };
	int64_t id, version;
	size_t step = 0;

	while (step < ARRAY_LEN(words) && (what == NULL || strcmp(what, words[step]) != 0))
		step++;
	finish(rq, rs, &m, open_request(rq, ACT_DISCLOSE, &m, &id, &version, &err) &&
	    (step < ARRAY_LEN(words) || err_input(&err, "what", N_("Choose what happened."))) &&
	    disclosure_step(rq->db, id, version, (enum disclosure_step)step, form_raw(rq, "day"), rq->actor, rq->now, &err), &err);
}

const struct route disclosure_routes[] = {
	{ GET, "/arenden/:id/utlamnande", ACT_DISCLOSE, page_get, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/oppna", ACT_DISCLOSE, open_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/sok", ACT_DISCLOSE, find_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/lamna-ut", ACT_DISCLOSE, release_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/neka", ACT_DISCLOSE, withhold_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/begard", ACT_DISCLOSE, demand_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/beslut", ACT_DISCLOSE_REFUSE, refuse_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/utlamnande/dag", ACT_DISCLOSE, day_post, ROUTE_SECRET },
	{ 0 },
};

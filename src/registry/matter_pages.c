/* registry/matter_pages.c: parse, permit, do, render */
#include "registry/matter_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "db/db.h"
#include "db/kept.h"
#include "people/account.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"
#include "registry/classification.h"

enum { EVENTS_SHOWN = 300, PAGE_ROWS = 50 };

static const char *const appeal_kinds[APPEAL_KINDS] = { "none", "legality", "merits", "special" };
static const char *const initiators[INITIATORS] = { "individual", "committee", "member", "auditor", "authority" };
static const char *const filter_states[] = { MATTER_OPEN_STATES, "registered", "assigned", "in_preparation", "on_referral",
	"waiting_applicant", "ready_for_decision", "on_agenda", "decided", "dispatched", "appealed", "final", "implementing",
	"reported_back", "closed", "archived", "void" };

/* The matter of the path, if she may `action` it. A refusal looks like absence (the route's ROUTE_SECRET). */
bool
matter_of_path(struct request *rq, enum action action, struct matter *m, struct err *err)
{
	struct object object;
	int64_t id;

	if (!path_id(rq, "id", &id, err) || !matter_get(rq->db, rq->arena, id, m, err))
		return false;
	object = matter_object(m);
	return permit(rq->actor, action, &object, err);
}

static const struct choice *
choices(struct request *rq, const char *const *word, size_t n, const char *(*text)(const char *), const char *chosen)
{
	struct choice *c = arena_array(rq->arena, n, sizeof(*c));

	for (size_t i = 0; i < n; i++)
		c[i] = (struct choice){ .value = word[i], .text = text(word[i]),
			.chosen = chosen != NULL && strcmp(chosen, word[i]) == 0 };
	return c;
}

const char *
document_day(struct sb *sb, const struct document *d)
{
	if (d->received_date != NULL)
		return d->received_date;
	return d->dated != NULL ? d->dated : arena_strdup(sb->arena, date_text(local_date(d->registered_at)).s);
}

/* Units and colleagues, read once for all who look at an authority's matters (db/kept.h). The key says authority and day. */
struct around { struct unit_list units; struct account_list people; };
enum { DAY_BITS = 24 };

static const void *
read_around(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	struct around *r = arena_alloc(a, sizeof(*r));

	return unit_list(db, a, &r->units, err) && account_list_of(db, a, key >> DAY_BITS,
	    date_from_days((int32_t)(key & ((1 << DAY_BITS) - 1))), &r->people, err) ? r : NULL;
}

static const struct around *
around(struct request *rq, int64_t authority_id, struct err *err)
{
	return kept_get(rq->db, rq->arena, read_around, authority_id << DAY_BITS | (int64_t)date_days(local_date(rq->now)), err);
}

static bool
load_choices(struct request *rq, const struct matter *m, struct matter_view *v, struct err *err)
{
	const char *const *next = matter_next_states(m->state);
	const struct around *near = around(rq, m->authority_id, err);

	if (near == NULL)
		return false;
	while (next[v->n_next] != NULL)
		v->n_next++;
	v->next = choices(rq, next, v->n_next, matter_state_text, NULL);
	v->n_units = choices_of_units(rq->arena, &near->units, m->authority_id, i64_text(rq->arena, m->unit_id), &v->unit);
	v->n_owners = choices_of_accounts(rq->arena, &near->people, 0, i64_text(rq->arena, m->owner_id), &v->owner);
	v->appeal = choices(rq, appeal_kinds, APPEAL_KINDS, matter_appeal_text, m->appeal_kind);
	v->initiator = choices(rq, initiators, INITIATORS, matter_initiator_text, m->initiator);
	return true;
}

static bool
load(struct request *rq, const struct matter *m, struct matter_view *v, struct err *err)
{
	struct object object = matter_object(m);
	int reads = permit_reach(rq->actor, ACT_DOCUMENT_READ, m->authority_id, m->unit_id, m->owner_id);
	int hears = permit_reach(rq->actor, ACT_EVENT_READ, m->authority_id, m->unit_id, m->owner_id);
	struct matter_contact *contact;
	struct deadline_list deadlines;
	struct document_list docs;
	struct event_list events;

	*v = (struct matter_view){ .matter = m, .path = arena_printf(rq->arena, "/arenden/%" PRId64, m->id),
		.today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s),
		.title = m->title_internal, .title_public = m->title_public, .classification = m->classification,
		.may_edit = permitted(rq->actor, ACT_MATTER_EDIT, &object) && strcmp(m->state, "void") != 0,
		.may_add = permitted(rq->actor, ACT_DOCUMENT_ADD, &object) && strcmp(m->state, "void") != 0 &&
		    strcmp(m->state, "archived") != 0,
		.may_approve = permitted(rq->actor, ACT_TITLE_APPROVE, &object),
		.may_void = permitted(rq->actor, ACT_MATTER_VOID, &object) && strcmp(m->state, "void") != 0,
		.may_disclose = permitted(rq->actor, ACT_DISCLOSE, &object),
		.timed = strcmp(m->appeal_kind, "merits") == 0 && strcmp(m->initiator, "individual") == 0 };
	if (!document_of(rq->db, rq->arena, 0, m->id, reads, &docs, err) ||
	    !event_of(rq->db, rq->arena, 0, m->id, hears, EVENTS_SHOWN, &events, err) ||
	    !deadline_of(rq->db, rq->arena, m->id, &deadlines, err) ||
	    !matter_contacts(rq->db, rq->arena, rq->actor, m->id, &contact, &v->n_contacts, err) ||
	    !classification_title(rq->db, rq->arena, m->classification, &v->classification_title, err) ||
	    !secrecy_load(rq, "matter", m->id, &object, v->path, &v->secrecy, err))
		return false;
	for (size_t i = 0; i < docs.n; i++) {	/* a draft is for those who write in the matter (TF 2:12) */
		if (v->may_add || (strcmp(docs.item[i].state, "draft") != 0 && strcmp(docs.item[i].state, "withdrawn") != 0))
			docs.item[v->n_documents++] = docs.item[i];
	}
	v->document = docs.item;
	v->contact = contact;
	v->event = events.item;
	v->n_events = events.n;
	v->deadline = deadlines.item;
	v->n_deadlines = deadlines.n;
	for (size_t i = 0; i < deadlines.n; i++)
		v->delay_asked |= strcmp(deadlines.item[i].kind, "fl12_decision") == 0;
	return load_choices(rq, m, v, err);
}

static void
draw(struct request *rq, struct response *rs, const struct matter *m, const struct err *wrong)
{
	struct matter_view v;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((m->restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "matter", m->id, m->authority_id, rq->now,
	    &err)) || !load(rq, m, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (wrong != NULL && form_raw(rq, "title") != NULL) {
		v.title = form_raw(rq, "title");
		v.title_public = form_raw(rq, "title_public");
	}
	if (wrong != NULL && form_raw(rq, "classification") != NULL)
		v.classification = form_raw(rq, "classification");
	frame_init(&page, rq, arena_printf(rq->arena, "%s %s", m->number, m->title_internal));
	page.wide = true;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = wrong->code == ERR_CONFLICT ? 409 : 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	matter_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };

	/* One snapshot: the parts of the page agree, and the database is asked for leave once. */
	if (!db_read_begin(rq->db, &err) || !matter_of_path(rq, ACT_MATTER_READ, &m, &err))
		respond_err(rq, rs, &err);
	else
		draw(rq, rs, &m, NULL);
	db_read_end(rq->db);
}

/* By its number, as people write and link it. */
static void
number_get(struct request *rq, struct response *rs)
{
	struct object object;
	struct matter m;
	struct err err = { 0 };

	if (!matter_by_number(rq->db, rq->arena, path_param(rq, "number"), &m, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	object = matter_object(&m);
	if (!permit(rq->actor, ACT_MATTER_READ, &object, &err))
		respond_err(rq, rs, &err);
	else
		respond_see_other(rq, rs, "/arenden/%" PRId64, m.id);
}

/* What every changing page ends in: the matter again, with its words kept when something was wrong. */
static void
finish(struct request *rq, struct response *rs, bool ok, const struct err *err)
{
	struct matter m;
	struct err again = { 0 };

	if (ok && matter_of_path(rq, ACT_MATTER_READ, &m, &again))
		respond_see_other(rq, rs, "/arenden/%" PRId64 "?klart=%s", m.id, frame_done_word(DONE_SAVED));
	else if (ok)			/* she has just given it away, or shielded it from herself */
		respond_see_other(rq, rs, "/arenden?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(err) && matter_of_path(rq, ACT_MATTER_READ, &m, &again))
		draw(rq, rs, &m, err);
	else
		respond_err(rq, rs, err);
}

static bool
version_of(struct request *rq, int64_t *version, struct err *err)
{
	return form_i64(rq, "version", 1, INT64_MAX / 2, version, err);
}

static void
state_post(struct request *rq, struct response *rs)
{
	const char *state;
	struct matter m;
	struct err err = { 0 };
	int64_t version;

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && version_of(rq, &version, &err) &&
	    form_text(rq, "state", 1, 40, &state, &err) &&
	    matter_state(rq->db, m.id, version, state, rq->actor, rq->now, &err), &err);
}

static void
titles_post(struct request *rq, struct response *rs)
{
	bool approve = form_checked(rq, "approve");
	const char *title, *title_public;
	struct object object;
	struct matter m;
	struct err err = { 0 };
	int64_t version;
	bool ok = matter_of_path(rq, ACT_MATTER_EDIT, &m, &err);

	object = ok ? matter_object(&m) : (struct object){ 0 };
	finish(rq, rs, ok && (!approve || permit(rq->actor, ACT_TITLE_APPROVE, &object, &err)) &&
	    version_of(rq, &version, &err) && form_text(rq, "title", 0, 1000, &title, &err) &&
	    form_text(rq, "title_public", 0, MATTER_TITLE_MAX, &title_public, &err) &&
	    matter_titles(rq->db, m.id, version, title, *title_public == '\0' ? NULL : title_public, approve, rq->actor,
	    rq->now, &err), &err);
}

static void
assign_post(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };
	int64_t version;

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && version_of(rq, &version, &err) &&
	    matter_assign(rq->db, m.id, version, choice_id(form_raw(rq, "unit")), choice_id(form_raw(rq, "owner")), rq->actor,
	    rq->now, &err), &err);
}

static void
classify_post(struct request *rq, struct response *rs)
{
	const char *code;
	struct matter m;
	struct err err = { 0 };
	int64_t version;

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && version_of(rq, &version, &err) &&
	    form_text(rq, "classification", 0, 40, &code, &err) &&
	    matter_classify(rq->db, m.id, version, code, form_raw(rq, "appeal_kind"), form_raw(rq, "initiator"), rq->actor,
	    rq->now, &err), &err);
}

static void
deadline_post(struct request *rq, struct response *rs)
{
	const char *name, *basis;
	struct date date;
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && form_text(rq, "deadline_name", 0, 300, &name, &err) &&
	    form_date(rq, "deadline_date", &date, &err) && form_text(rq, "basis", 0, 300, &basis, &err) &&
	    deadline_set(rq->db, m.id, name, date, basis, rq->actor, rq->now, &err), &err);
}

static void
deadline_done_post(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };
	int64_t id;

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && form_id(rq, "deadline", &id, &err) &&
	    deadline_done(rq->db, m.id, id, rq->actor, rq->now, &err), &err);
}

static void
estimate_post(struct request *rq, struct response *rs)
{
	const char *told;
	struct date date;
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && form_date(rq, "estimate", &date, &err) &&
	    form_text(rq, "told", 0, 1000, &told, &err) &&
	    deadline_estimate(rq->db, m.id, date, told, rq->actor, rq->now, &err), &err);
}

static void
delay_post(struct request *rq, struct response *rs)
{
	struct date received;
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_EDIT, &m, &err) && form_date(rq, "received", &received, &err) &&
	    deadline_delay_request(rq->db, m.id, received, rq->actor, rq->now, &err), &err);
}

static void
void_post(struct request *rq, struct response *rs)
{
	const char *reason;
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_MATTER_VOID, &m, &err) && form_text(rq, "reason", 0, 500, &reason, &err) &&
	    matter_void(rq->db, m.id, reason, rq->actor, rq->now, &err), &err);
}

static void
mark_post(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_SECRECY_MARK, &m, &err) && secrecy_mark_posted(rq, "matter", m.id, &err), &err);
}

static void
lift_post(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };

	finish(rq, rs, matter_of_path(rq, ACT_SECRECY_MARK, &m, &err) && secrecy_lift_posted(rq, "matter", m.id, &err), &err);
}

/* ---- the list ---- */

static const char *
filter_state_text(const char *state)
{
	return strcmp(state, MATTER_OPEN_STATES) == 0 ? N_("All open ones") : matter_state_text(state);
}

static const char *
next_page(struct request *rq, const struct matter_filter *f, const char *state, int64_t last)
{
	struct sb sb;

	sb_init(&sb, rq->arena, 2000);
	sb_addf(&sb, "/arenden?fore=%" PRId64 "&status=", last);
	sb_url(&sb, state);
	sb_addf(&sb, "&myndighet=%" PRId64 "&enhet=%" PRId64 "%s%s&klass=", f->authority_id, f->unit_id,
	    f->owner_id != 0 ? "&mina=1" : "", f->late_on != NULL ? "&sena=1" : "");
	sb_url(&sb, f->classification == NULL ? "" : f->classification);
	sb_add(&sb, "&overklagas=");
	sb_url(&sb, f->appeal_kind == NULL ? "" : f->appeal_kind);
	return sb_str(&sb);
}

static const char *
asked(struct request *rq, const char *name)
{
	const char *text = query_text(rq, name);

	return text == NULL || *text == '\0' || strlen(text) > 40 ? NULL : text;
}

static void
list_get(struct request *rq, struct response *rs)
{
	const char *state = query_text(rq, "status"), *today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s);
	struct matter_filter f = { .late_on = query_text(rq, "sena") != NULL ? today : NULL,
		 .state = state == NULL ? MATTER_OPEN_STATES : *state == '\0' ? NULL : state,
		.authority_id = choice_id(query_text(rq, "myndighet")), .unit_id = choice_id(query_text(rq, "enhet")),
		.owner_id = query_text(rq, "mina") != NULL ? rq->actor->account_id : 0, .classification = asked(rq, "klass"),
		.appeal_kind = asked(rq, "overklagas"), .before = query_i64(rq, "fore", 0), .limit = PAGE_ROWS };
	struct matter_list_view v = { .mine = f.owner_id != 0, .late = f.late_on != NULL, .today = today, .classification = f.classification,
		.may_open = permitted(rq->actor, ACT_MATTER_OPEN, NULL), .n_states = ARRAY_LEN(filter_states),
		.n_appeal = APPEAL_KINDS };
	struct authority_list authorities;
	struct unit_list units;
	struct matter_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!matter_list(rq->db, rq->arena, rq->actor, &f, &list, &err) ||
	    !authority_list(rq->db, rq->arena, &authorities, &err) || !unit_list(rq->db, rq->arena, &units, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.matter = list.item;
	v.n = list.n;
	v.state = choices(rq, filter_states, v.n_states, filter_state_text, f.state);
	v.appeal = choices(rq, appeal_kinds, APPEAL_KINDS, matter_appeal_text, f.appeal_kind);
	v.n_authorities = choices_of_authorities(rq->arena, &authorities, query_text(rq, "myndighet"), &v.authority);
	v.n_units = choices_of_units(rq->arena, &units, f.authority_id, query_text(rq, "enhet"), &v.unit);
	if (list.n == PAGE_ROWS)
		v.next = next_page(rq, &f, f.state == NULL ? "" : f.state, list.item[list.n - 1].id);
	frame_init(&page, rq, tr(rq->lang, N_("Matters")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	matter_list_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* ---- a new one, without a contact ---- */

/* The authorities in whose register she may open matters. */
static size_t
own_authorities(struct request *rq, const struct authority_list *all, const struct choice **out)
{
	struct authority_list mine = { .item = arena_array(rq->arena, all->n, sizeof(*mine.item)) };

	for (size_t i = 0; i < all->n; i++) {
		bool unit_wide = false;

		for (size_t g = 0; g < rq->actor->n_grants; g++)
			unit_wide |= rq->actor->grant[g].authority_id == all->item[i].id &&
			    permitted(rq->actor, ACT_MATTER_OPEN, &(struct object){ .authority_id = all->item[i].id,
			    .unit_id = rq->actor->grant[g].unit_id });
		if (unit_wide)
			mine.item[mine.n++] = all->item[i];
	}
	return choices_of_authorities(rq->arena, &mine, form_raw(rq, "authority"), out);
}

static void
draw_new(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct matter_new_view v = { .title = form_raw(rq, "title"), .classification = form_raw(rq, "classification"),
		.appeal = choices(rq, appeal_kinds, APPEAL_KINDS, matter_appeal_text,
		wrong == NULL ? "none" : form_raw(rq, "appeal_kind")),
		.initiator = choices(rq, initiators, INITIATORS, matter_initiator_text,
		wrong == NULL ? "individual" : form_raw(rq, "initiator")) };
	struct authority_list authorities;
	struct unit_list units;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!authority_list(rq->db, rq->arena, &authorities, &err) || !unit_list(rq->db, rq->arena, &units, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.n_authorities = own_authorities(rq, &authorities, &v.authority);
	v.n_units = choices_of_units(rq->arena, &units, 0, form_raw(rq, "unit"), &v.unit);
	frame_init(&page, rq, tr(rq->lang, N_("Open a matter")));
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	matter_new_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	draw_new(rq, rs, NULL);
}

static bool
unit_belongs(struct request *rq, const struct matter_in *in, struct err *err)
{
	struct unit unit;

	if (in->unit_id == 0)
		return true;
	return unit_get(rq->db, rq->arena, in->unit_id, &unit, err) && (unit.authority_id == in->authority_id ||
	    err_input(err, "unit", N_("Choose a unit of that authority.")));
}

static void
new_post(struct request *rq, struct response *rs)
{
	struct matter_in in = { .authority_id = choice_id(form_raw(rq, "authority")),
		.unit_id = choice_id(form_raw(rq, "unit")) };
	const char *code = NULL;
	struct err err = { 0 };
	int64_t id;
	bool ok = (in.authority_id != 0 || err_input(&err, "authority", N_("Choose an authority."))) &&
	    form_text(rq, "title", 0, 1000, &in.title, &err) && form_text(rq, "classification", 0, 40, &code, &err) &&
	    permit(rq->actor, ACT_MATTER_OPEN, &(struct object){ .authority_id = in.authority_id, .unit_id = in.unit_id },
	    &err) && unit_belongs(rq, &in, &err);

	in.classification = code == NULL || *code == '\0' ? NULL : code;
	if (ok && matter_open(rq->db, &in, rq->actor, rq->now, &id, &err) &&
	    matter_classify(rq->db, id, 0, in.classification, form_raw(rq, "appeal_kind"), form_raw(rq, "initiator"),
	    rq->actor, rq->now, &err))
		respond_see_other(rq, rs, "/arenden/%" PRId64 "?klart=%s", id, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_new(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

const struct route matter_routes[] = {
	{ GET, "/arenden", ACT_MATTER_LIST, list_get, 0 },
	{ GET, "/arenden/ny", ACT_MATTER_OPEN, new_get, 0 },
	{ POST, "/arenden/ny", ACT_MATTER_OPEN, new_post, 0 },
	{ GET, "/arende/*number", ACT_MATTER_READ, number_get, ROUTE_SECRET },
	{ GET, "/arenden/:id", ACT_MATTER_READ, page_get, ROUTE_SECRET },
	{ POST, "/arenden/:id/status", ACT_MATTER_EDIT, state_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/rubrik", ACT_MATTER_EDIT, titles_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/tilldela", ACT_MATTER_EDIT, assign_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/klassning", ACT_MATTER_EDIT, classify_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/frist", ACT_MATTER_EDIT, deadline_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/frist-klar", ACT_MATTER_EDIT, deadline_done_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/bedomning", ACT_MATTER_EDIT, estimate_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/drojsmal", ACT_MATTER_EDIT, delay_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/makulera", ACT_MATTER_VOID, void_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/sekretess", ACT_SECRECY_MARK, mark_post, ROUTE_SECRET },
	{ POST, "/arenden/:id/sekretess-lyft", ACT_SECRECY_MARK, lift_post, ROUTE_SECRET },
	{ 0 },
};

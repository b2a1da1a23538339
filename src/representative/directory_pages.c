/* representative/directory_pages.c: the directory, and the pages of those who keep it */
#include "representative/directory_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/site_words.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/site.h"
#include "registry/document.h"

enum { LIST_BYTES_MAX = 8 << 20 };

static const char *
today_of(struct request *rq)
{
	return arena_strdup(rq->arena, date_text(local_date(rq->now)).s);
}

static const char *
chosen(struct request *rq, const char *name)
{
	const char *text = query_text(rq, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

static size_t
choices_of_words(struct arena *a, const char *const *word, const char *now, const struct choice **out)
{
	struct choice *list;
	size_t n = 0;

	while (word[n] != NULL)
		n++;
	list = arena_array(a, n, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct choice){ .value = word[i], .text = word[i], .chosen = now != NULL && strcmp(now, word[i]) == 0 };
	*out = list;
	return n;
}

static void
list_get(struct request *rq, struct response *rs)
{
	struct representative_filter f = { .match = chosen(rq, "namn"), .party = chosen(rq, "parti"),
		.area = chosen(rq, "omrade"), .authority_id = choice_id(query_text(rq, "namnd")), .day = today_of(rq) };
	struct directory_view v = { .match = f.match, .may_edit = permitted(rq->actor, ACT_DIRECTORY_EDIT, NULL) };
	const char *const *party, *const *area;
	struct representative_list list;
	struct authority_list bodies;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!representative_list(rq->db, rq->arena, &f, &list, &err) ||
	    !representative_words(rq->db, rq->arena, &party, &area, &err) ||
	    !authority_list(rq->db, rq->arena, &bodies, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.item = list.item;
	for (size_t i = 0; i < list.n; i++) {
		if (list.item[i].active)
			list.item[v.n++] = list.item[i];
	}
	v.n_committees = choices_of_authorities(rq->arena, &bodies, query_text(rq, "namnd"), &v.committee);
	v.n_parties = choices_of_words(rq->arena, party, f.party, &v.party);
	v.n_areas = choices_of_words(rq->arena, area, f.area, &v.area);
	frame_init(&page, rq, tr(rq->lang, N_("Who represents me?")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	directory_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static bool
one_of(struct request *rq, struct representative *r, struct err *err)
{
	int64_t id;

	return path_id(rq, "id", &id, err) && representative_get(rq->db, rq->arena, id, r, err);
}

static void
one_get(struct request *rq, struct response *rs)
{
	struct representative r;
	struct person_view v = { .r = &r, .may_edit = permitted(rq->actor, ACT_DIRECTORY_EDIT, NULL) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!one_of(rq, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (!r.active) {
		(void)err_set(&err, ERR_NOT_FOUND, "representative %" PRId64 " is not shown", r.id);
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, r.name);
	page.trail = &(struct page_link){ .href = "/fortroendevalda", .text = N_("Who represents me?") };
	page.n_trail = 1;
	sb_init(&sb, rq->arena, PAGE_MAX);
	representative_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
picture_get(struct request *rq, struct response *rs)
{
	struct representative r;
	struct err err = { 0 };
	const char *type;
	const void *bytes;
	size_t n;

	if (!one_of(rq, &r, &err) || (r.picture_sha256 == NULL && !err_set(&err, ERR_NOT_FOUND, "no picture")) ||
	    !file_get(rq->db, rq->arena, r.picture_sha256, &bytes, &n, &type, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_header(rq, rs, "Cache-Control", "public, max-age=86400");
	respond_text(rs, 200, type, bytes, n);
}

static void
csv_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	const char *text;
	struct sb sb;

	sb_init(&sb, rq->arena, LIST_BYTES_MAX);
	if (!exchange_csv(rq->db, rq->arena, &sb, &err) || !sb_end(&sb, &text, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_header(rq, rs, "Content-Disposition", "attachment; filename=\"fortroendevalda.csv\"");
	respond_text(rs, 200, "text/csv; charset=utf-8", text, sb.len);
}

static void
json_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	const char *text;
	struct sb sb;

	sb_init(&sb, rq->arena, LIST_BYTES_MAX);
	if (!exchange_popolo(rq->db, rq->arena, rq->base_url, &sb, &err) || !sb_end(&sb, &text, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_text(rs, 200, "application/json", text, sb.len);
}

/* ---- those who keep the list ---- */

/* What was written, when the form is shown again; else what is set. */
static const char *
set_or_written(struct request *rq, const char *name, const char *field, const char *instead)
{
	const char *written = rq->method == POST ? form_raw(rq, field) : NULL;

	return written != NULL ? written : site_text(rq->db, rq->arena, name, instead);
}

static void
roster(struct request *rq, struct response *rs, const struct exchange_result *result, const struct err *wrong)
{
	struct representative_list list;
	struct roster_view v = { .result = result, .may_set = permitted(rq->actor, ACT_ADMIN_SITE, NULL),
		.forward = set_or_written(rq, "representative.forward", "forward", ""),
		.manager_days = set_or_written(rq, "escalation.manager_days", "manager_days", "3"),
		.representative_days = set_or_written(rq, "escalation.representative_days", "representative_days", "2"),
		.classify_days = set_or_written(rq, "escalation.classify_days", "classify_days", "1") };
	struct term_list terms;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!representative_list(rq->db, rq->arena, &(struct representative_filter){ 0 }, &list, &err) ||
	    !term_list(rq->db, rq->arena, &terms, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.item = list.item;
	v.n = list.n;
	v.term = terms.item;
	v.n_terms = terms.n;
	frame_init(&page, rq, tr(rq->lang, N_("Elected representatives and their mandates")));
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	roster_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
roster_get(struct request *rq, struct response *rs)
{
	roster(rq, rs, NULL, NULL);
}

static void
settings_post(struct request *rq, struct response *rs)
{
	static const struct { const char *field, *name; } days[] = {
		{ "manager_days", "escalation.manager_days" }, { "representative_days", "escalation.representative_days" },
		{ "classify_days", "escalation.classify_days" },
	};
	struct err err = { 0 };
	const char *forward;
	bool ok = form_text(rq, "forward", 0, 254, &forward, &err) && (*forward == '\0' || site_address_valid(forward) ||
	    err_input(&err, "forward", N_("Write an e-mail address, like kontakt@example.org"))) &&
	    site_set(rq->db, rq->actor->account_id, "representative.forward", forward, rq->now, &err);

	for (size_t i = 0; ok && i < ARRAY_LEN(days); i++) {
		int64_t n;

		ok = form_i64(rq, days[i].field, 0, 60, &n, &err) && site_set(rq->db, rq->actor->account_id, days[i].name,
		    i64_text(rq->arena, n), rq->now, &err);
	}
	if (ok)
		respond_see_other(rq, rs, "/uppdrag?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		roster(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

/* The answer to this form is a page, not a redirect: it holds what the file brought, line by line. */
static void
in_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct exchange_result result;
	struct err err = { 0 };
	char *bytes;
	size_t n;

	if (form_file(rq, "file", LIST_BYTES_MAX, N_("Choose a file."), N_("The file is too large for a list of representatives."), &bytes,
	    &n, &err) && exchange_read(rq->db, rq->arena, rq->actor, &by, rq->lang, bytes, n, &result, &err)) {
		roster(rq, rs, &result, NULL);
		return;
	}
	if (frame_again(&err))
		roster(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

static void
term_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct term term = { 0 };
	struct err err = { 0 };

	if (form_text(rq, "term_name", 0, 60, &term.name, &err) && form_text(rq, "term_from", 0, 10, &term.from_date, &err) &&
	    form_text(rq, "term_to", 0, 10, &term.to_date, &err) && term_save(rq->db, &by, &term, NULL, &err))
		respond_see_other(rq, rs, "/uppdrag?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		roster(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

/* Committees she may keep the list of, terms, and the mandates there that somebody could take over. */
static bool
choices(struct request *rq, struct roster_one_view *v, struct err *err)
{
	struct authority_list bodies, mine = { 0 };
	struct mandate_list all;
	struct term_list terms;
	struct choice *list;

	if (!authority_list(rq->db, rq->arena, &bodies, err) || !term_list(rq->db, rq->arena, &terms, err) ||
	    !mandate_of(rq->db, rq->arena, 0, NULL, &all, err))
		return false;
	mine.item = arena_array(rq->arena, bodies.n, sizeof(*mine.item));
	for (size_t i = 0; i < bodies.n; i++) {
		if (permitted(rq->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = bodies.item[i].id }))
			mine.item[mine.n++] = bodies.item[i];
	}
	v->n_committees = choices_of_authorities(rq->arena, &mine, form_raw(rq, "authority_id"), &v->committee);
	list = arena_array(rq->arena, 4, sizeof(*list));
	for (size_t i = 0; mandate_roles[i] != NULL; i++)
		list[v->n_roles++] = (struct choice){ .value = mandate_roles[i], .text = mandate_role_text(mandate_roles[i]),
			.chosen = strcmp(mandate_roles[i], "member") == 0 };
	v->role = list;
	list = arena_array(rq->arena, terms.n, sizeof(*list));
	for (size_t i = 0; i < terms.n; i++)
		list[v->n_terms++] = (struct choice){ .value = i64_text(rq->arena, terms.item[i].id), .text = terms.item[i].name };
	v->term = list;
	list = arena_array(rq->arena, all.n, sizeof(*list));
	for (size_t i = 0; i < all.n; i++) {
		if (all.item[i].representative_id != v->r->id)
			list[v->n_replaces++] = (struct choice){ .value = i64_text(rq->arena, all.item[i].id),
				.text = arena_printf(rq->arena, "%s: %s, %s", all.item[i].authority_code, all.item[i].name,
				    tr(rq->lang, mandate_role_text(all.item[i].role))) };
	}
	v->replaces = list;
	return true;
}

static void
draw_one(struct request *rq, struct response *rs, const struct representative *r, const struct err *wrong)
{
	struct roster_one_view v = { .r = r, .today = today_of(rq), .from_date = form_raw(rq, "from_date"),
		.to_date = form_raw(rq, "to_date") };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!choices(rq, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.action = r->id == 0 ? "/uppdrag/ny" : arena_printf(rq->arena, "/uppdrag/%" PRId64, r->id);
	frame_init(&page, rq, r->id == 0 ? tr(rq->lang, N_("A new representative")) : r->name);
	page.trail = &(struct page_link){ .href = "/uppdrag", .text = N_("Elected representatives and their mandates") };
	page.n_trail = 1;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	roster_one_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	draw_one(rq, rs, &(struct representative){ .active = true }, NULL);
}

static void
edit_get(struct request *rq, struct response *rs)
{
	struct representative r;
	struct err err = { 0 };

	if (one_of(rq, &r, &err))
		draw_one(rq, rs, &r, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
finish(struct request *rq, struct response *rs, const struct representative *r, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/uppdrag/%" PRId64 "?klart=%s", r->id, frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw_one(rq, rs, r, err);
	else
		respond_err(rq, rs, err);
}

/* A person with mandates is kept by whoever keeps the list of one of them; a new one by whoever keeps any. */
static bool
may_keep(struct request *rq, const struct representative *r, struct err *err)
{
	if (r->n_mandates == 0)
		return permit(rq->actor, ACT_DIRECTORY_EDIT, NULL, err);
	for (size_t i = 0; i < r->n_mandates; i++) {
		if (permitted(rq->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = r->mandate[i].authority_id }))
			return true;
	}
	return permit(rq->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = r->mandate[0].authority_id }, err);
}

static void
save_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct representative r = { 0 };
	struct err err = { 0 };
	bool ok;

	if (path_param(rq, "id") != NULL && !one_of(rq, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	ok = may_keep(rq, &r, &err) && (r.id == 0 || form_i64(rq, "version", 0, INT64_MAX, &r.version, &err)) &&
	    form_text(rq, "name", 0, 400, &r.name, &err) && form_text(rq, "party", 0, 400, &r.party, &err) &&
	    form_text(rq, "area", 0, 400, &r.area, &err) && form_text(rq, "email", 0, 254, &r.email, &err) &&
	    form_text(rq, "phone", 0, 100, &r.phone, &err) &&
	    form_text(rq, "answers", 0, REPRESENTATIVE_WORDS_MAX, &r.answers, &err) &&
	    form_text(rq, "external_id", 0, 200, &r.external_id, &err) &&
	    form_text(rq, "sign_in", 0, 254, &r.sign_in, &err);
	r.active = form_checked(rq, "active");
	finish(rq, rs, &r, ok && representative_save(rq->db, &by, &r, &r.id, &err), &err);
}

static bool
picture_of(struct request *rq, int64_t id, struct err *err)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	char *bytes;
	size_t n;

	return form_file(rq, "picture", PICTURE_BYTES_MAX, NULL, N_("Choose a picture in PNG or JPEG of at most 1 MB."), &bytes, &n, err) &&
	    representative_picture(rq->db, &by, id, bytes, n, err);
}

static void
picture_post(struct request *rq, struct response *rs)
{
	struct representative r;
	struct err err = { 0 };

	if (!one_of(rq, &r, &err))
		respond_err(rq, rs, &err);
	else
		finish(rq, rs, &r, may_keep(rq, &r, &err) && picture_of(rq, r.id, &err), &err);
}

static void
mandate_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct representative r;
	struct mandate m = { .authority_id = choice_id(form_raw(rq, "authority_id")),
		.term_id = choice_id(form_raw(rq, "term_id")), .replaces_id = choice_id(form_raw(rq, "replaces_id")),
		.role = form_raw(rq, "role") };
	struct err err = { 0 };

	if (!one_of(rq, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	m.representative_id = r.id;
	finish(rq, rs, &r, (m.authority_id == 0 ? err_input(&err, "authority_id", N_("Choose a committee.")) :
	    permit(rq->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = m.authority_id }, &err)) &&
	    form_text(rq, "from_date", 0, 10, &m.from_date, &err) && form_text(rq, "to_date", 0, 10, &m.to_date, &err) &&
	    mandate_save(rq->db, &by, &m, NULL, &err), &err);
}

static void
end_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct representative r;
	struct mandate m;
	const char *day;
	struct err err = { 0 };
	int64_t id;

	if (!path_id(rq, "mandate", &id, &err) || !mandate_get(rq->db, rq->arena, id, &m, &err) ||
	    !representative_get(rq->db, rq->arena, m.representative_id, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	finish(rq, rs, &r, permit(rq->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = m.authority_id }, &err) &&
	    form_text(rq, "to_date", 0, 10, &day, &err) && mandate_end(rq->db, &by, id, day, &err), &err);
}

/* ---- her own ---- */

static void
draw_own(struct request *rq, struct response *rs, const struct representative *r, const struct err *wrong)
{
	struct roster_one_view v = { .r = r };
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("Your page as a representative")));
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	roster_own_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static bool
herself(struct request *rq, struct representative *r, struct err *err)
{
	if (representative_by_account(rq->db, rq->arena, rq->actor->account_id, r, err))
		return true;
	if (err->code == ERR_NOT_FOUND)
		err->person = N_("Your account is not tied to anybody in the directory. Ask the committee's secretary to do it.");
	return false;
}

static void
own_get(struct request *rq, struct response *rs)
{
	struct representative r;
	struct err err = { 0 };

	if (herself(rq, &r, &err))
		draw_own(rq, rs, &r, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
own_finish(struct request *rq, struct response *rs, const struct representative *r, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/mitt-uppdrag?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw_own(rq, rs, r, err);
	else
		respond_err(rq, rs, err);
}

static void
own_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct representative r;
	struct err err = { 0 };

	if (!herself(rq, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	own_finish(rq, rs, &r, form_text(rq, "area", 0, 400, &r.area, &err) && form_text(rq, "email", 0, 254, &r.email, &err) &&
	    form_text(rq, "phone", 0, 100, &r.phone, &err) &&
	    form_text(rq, "answers", 0, REPRESENTATIVE_WORDS_MAX, &r.answers, &err) &&
	    representative_present(rq->db, &by, r.id, r.email, r.phone, r.area, r.answers, &err), &err);
}

static void
own_picture_post(struct request *rq, struct response *rs)
{
	struct representative r;
	struct err err = { 0 };

	if (!herself(rq, &r, &err))
		respond_err(rq, rs, &err);
	else
		own_finish(rq, rs, &r, picture_of(rq, r.id, &err), &err);
}

const struct route directory_routes[] = {
	{ GET, "/fortroendevalda", ACT_PUBLIC, list_get, 0 },
	{ GET, "/fortroendevalda.csv", ACT_PUBLIC, csv_get, 0 },
	{ GET, "/fortroendevalda.json", ACT_PUBLIC, json_get, ROUTE_JSON },
	{ GET, "/fortroendevalda/:id", ACT_PUBLIC, one_get, 0 },
	{ GET, "/fortroendevalda/:id/bild", ACT_PUBLIC, picture_get, 0 },
	{ GET, "/uppdrag", ACT_DIRECTORY_EDIT, roster_get, 0 },
	{ POST, "/uppdrag/in", ACT_DIRECTORY_EDIT, in_post, ROUTE_UPLOAD },
	{ POST, "/uppdrag/period", ACT_DIRECTORY_EDIT, term_post, 0 },
	{ POST, "/uppdrag/installning", ACT_ADMIN_SITE, settings_post, 0 },
	{ GET, "/uppdrag/ny", ACT_DIRECTORY_EDIT, new_get, 0 },
	{ POST, "/uppdrag/ny", ACT_DIRECTORY_EDIT, save_post, 0 },
	{ GET, "/uppdrag/:id", ACT_DIRECTORY_EDIT, edit_get, 0 },
	{ POST, "/uppdrag/:id", ACT_DIRECTORY_EDIT, save_post, 0 },
	{ POST, "/uppdrag/:id/bild", ACT_DIRECTORY_EDIT, picture_post, ROUTE_UPLOAD },
	{ POST, "/uppdrag/:id/nytt", ACT_DIRECTORY_EDIT, mandate_post, 0 },
	{ POST, "/uppdrag/avsluta/:mandate", ACT_DIRECTORY_EDIT, end_post, 0 },
	{ GET, "/mitt-uppdrag", ACT_DIRECTORY_OWN, own_get, 0 },
	{ POST, "/mitt-uppdrag", ACT_DIRECTORY_OWN, own_post, 0 },
	{ POST, "/mitt-uppdrag/bild", ACT_DIRECTORY_OWN, own_picture_post, ROUTE_UPLOAD },
	{ 0 },
};

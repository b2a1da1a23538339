/* open311/open311_admin_pages.c: keys, what a category asks, and what of a contact all may read */
#include "open311/open311_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "contact/site_words.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"
#include "people/site.h"

enum { WORDS_MAX = 4000 };

static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") },
	{ .href = "/admin/open311", .text = N_("Open311") } };

static bool
may(struct request *rq, enum action action, int64_t authority_id, struct err *err)
{
	return permit(rq->actor, action, &(struct object){ .authority_id = authority_id }, err);
}

static void
begin(struct request *rq, struct response *rs, struct page *page, const char *title, size_t n_trail, const struct err *wrong)
{
	frame_init(page, rq, tr(rq->lang, title));
	page->trail = trail;
	page->n_trail = n_trail;
	if (wrong != NULL) {
		frame_error(page, rq, wrong);
		rs->status = 422;
	}
}

static const char *
given(struct request *rq, const char *name)
{
	const char *text = "";
	struct err ignored = { 0 };

	return form_text(rq, name, 0, 1 << 20, &text, &ignored) ? text : "";
}

/* ---- keys ---- */

static void
draw_keys(struct request *rq, struct response *rs, const char *made, const struct err *wrong)
{
	struct keys_view v = { .made = made, .base_url = site_text(rq->db, rq->arena, "site.base_url", rq->base_url),
		.name = wrong != NULL ? given(rq, "name") : NULL, .reach = wrong != NULL ? given(rq, "reach") : NULL,
		.per_minute = wrong != NULL ? given(rq, "per_minute") : "60",
		.jurisdiction = site_text(rq->db, rq->arena, "open311.jurisdiction", NULL),
		.contact = site_text(rq->db, rq->arena, "open311.contact", NULL) };
	struct api_key_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!api_keys(rq->db, rq->arena, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.key = list.item;
	v.n = list.n;
	begin(rq, rs, &page, N_("Open311"), 1, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	open311_keys_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
keys_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may(rq, ACT_API_KEYS, 0, &err))
		draw_keys(rq, rs, NULL, NULL);
	else
		respond_err(rq, rs, &err);
}

/* The answer is the page itself, since the key may not stand in an address. */
static void
key_post(struct request *rq, struct response *rs)
{
	const char *key;
	int64_t per_minute = 0;
	struct err err = { 0 };

	if (may(rq, ACT_API_KEYS, 0, &err) && form_i64(rq, "per_minute", 1, 100000, &per_minute, &err) &&
	    api_key_new(rq->db, rq->arena, given(rq, "name"), given(rq, "reach"), per_minute, rq->actor->account_id, rq->now, &key, &err))
		draw_keys(rq, rs, key, NULL);
	else if (frame_again(&err))
		draw_keys(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

static void
done(struct request *rq, struct response *rs, const char *path, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "%s?klart=%s", path, frame_done_word(DONE_SAVED));
	else
		respond_err(rq, rs, err);
}

static void
revoke_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	int64_t id;

	done(rq, rs, "/admin/open311", may(rq, ACT_API_KEYS, 0, &err) && path_id(rq, "id", &id, &err) &&
	    api_key_revoke(rq->db, id, rq->actor->account_id, rq->now, &err), &err);
}

static void
settings_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	done(rq, rs, "/admin/open311", may(rq, ACT_API_KEYS, 0, &err) &&
	    site_set(rq->db, rq->actor->account_id, "open311.jurisdiction", given(rq, "jurisdiction"), rq->now, &err) &&
	    site_set(rq->db, rq->actor->account_id, "open311.contact", given(rq, "contact"), rq->now, &err), &err);
}

/* ---- what a category asks ---- */

static void
attributes_get(struct request *rq, struct response *rs)
{
	struct service_attribute_list list;
	struct category_list categories;
	struct attributes_view v;
	const char **name;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!may(rq, ACT_ADMIN_SITE, 0, &err) || !service_attributes(rq->db, rq->arena, 0, &list, &err) ||
	    !category_list(rq->db, rq->arena, &categories, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	name = arena_array(rq->arena, list.n, sizeof(*name));
	for (size_t i = 0; i < list.n; i++) {
		for (size_t k = 0; k < categories.n; k++) {
			if (categories.item[k].id == list.item[i].category_id)
				name[i] = categories.item[k].name;
		}
	}
	v = (struct attributes_view){ list.item, name, list.n };
	begin(rq, rs, &page, N_("What is asked of who reports"), 2, NULL);
	sb_init(&sb, rq->arena, PAGE_MAX);
	open311_attributes_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static const char *
choices_text(struct arena *a, const struct service_attribute *s)
{
	struct sb sb;

	sb_init(&sb, a, 64 * 1024);
	for (size_t i = 0; i < s->n_choices; i++)
		sb_addf(&sb, "%s=%s\n", s->choice[i].key, s->choice[i].name);
	return sb_str(&sb);
}

static void
draw_attribute(struct request *rq, struct response *rs, const struct service_attribute *s, const struct err *wrong)
{
	static const char *const texts[] = { N_("A line of text"), N_("A number"), N_("A date"), N_("Several lines of text"),
		N_("One of several"), N_("Any of several") };
	bool sent = wrong != NULL || form_raw(rq, "code") != NULL;
	struct attribute_view v = { .action = s->id == 0 ? "/admin/open311/fragor/ny" :
		arena_printf(rq->arena, "/admin/open311/fragor/%" PRId64, s->id),
		.code = sent ? given(rq, "code") : s->code, .description = sent ? given(rq, "description") : s->description,
		.hint = sent ? given(rq, "hint") : s->hint, .choices = sent ? given(rq, "choices") : choices_text(rq->arena, s),
		.position = sent ? given(rq, "position") : arena_printf(rq->arena, "%" PRId64, s->position),
		.asks = sent ? form_checked(rq, "asks") : s->asks, .required = sent ? form_checked(rq, "required") : s->required,
		.active = sent ? form_checked(rq, "active") : s->active };
	const char *kind = sent ? given(rq, "datatype") : s->datatype;
	struct category_list categories;
	struct choice *kinds = arena_array(rq->arena, ARRAY_LEN(texts), sizeof(*kinds));
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!category_list(rq->db, rq->arena, &categories, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.n_categories = choices_of_categories(rq->arena, &categories, sent ? given(rq, "category_id") :
	    arena_printf(rq->arena, "%" PRId64, s->category_id), &v.category);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		kinds[i] = (struct choice){ .value = service_datatypes[i], .text = texts[i],
			.chosen = strcmp(kind, service_datatypes[i]) == 0 };
	v.datatype = kinds;
	v.n_datatypes = ARRAY_LEN(texts);
	begin(rq, rs, &page, s->id == 0 ? N_("Add a question") : N_("Question"), 2, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	open311_attribute_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* The one of the path; a new one where it has none. */
static bool
open_attribute(struct request *rq, struct service_attribute *out, struct err *err)
{
	struct service_attribute_list list;
	int64_t id;

	*out = (struct service_attribute){ .code = "", .datatype = "string", .description = "", .asks = true, .active = true, .position = 1 };
	if (!may(rq, ACT_ADMIN_SITE, 0, err))
		return false;
	if (path_param(rq, "id") == NULL)
		return true;
	if (!path_id(rq, "id", &id, err) || !service_attributes(rq->db, rq->arena, 0, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (list.item[i].id == id) {
			*out = list.item[i];
			return true;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "attribute %" PRId64, id);
}

static void
attribute_get(struct request *rq, struct response *rs)
{
	struct service_attribute s;
	struct err err = { 0 };

	if (open_attribute(rq, &s, &err))
		draw_attribute(rq, rs, &s, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
attribute_post(struct request *rq, struct response *rs)
{
	struct service_attribute was, s;
	struct err err = { 0 };

	if (!open_attribute(rq, &was, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	s = (struct service_attribute){ .id = was.id, .category_id = choice_id(form_raw(rq, "category_id")), .code = given(rq, "code"),
		.datatype = given(rq, "datatype"), .description = given(rq, "description"), .hint = given(rq, "hint"),
		.asks = form_checked(rq, "asks"), .required = form_checked(rq, "required"), .active = form_checked(rq, "active") };
	if (form_i64(rq, "position", 1, 1000, &s.position, &err) &&
	    service_attribute_save(rq->db, &s, given(rq, "choices"), rq->actor->account_id, rq->now, NULL, &err))
		respond_see_other(rq, rs, "/admin/open311/fragor?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_attribute(rq, rs, &was, &err);
	else
		respond_err(rq, rs, &err);
}

/* ---- what of a contact all may read ---- */

static bool
open_contact(struct request *rq, struct contact *c, struct err *err)
{
	struct object object;

	if (!contact_by_number(rq->db, rq->arena, path_param(rq, "number"), c, err))
		return false;
	object = contact_object(c);
	return permit(rq->actor, ACT_CONTACT_READ, &object, err) && permit(rq->actor, ACT_CONTACT_PUBLISH, &object, err);
}

static void
draw_words(struct request *rq, struct response *rs, const struct contact *c, const struct err *wrong)
{
	struct public_words words;
	struct words_view v = { .contact = c, .words = &words, .path = arena_printf(rq->arena, "/kontakter/%s", c->number) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!public_words_of(rq->db, rq->arena, c->id, &words, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	/* what she wrote is where it begins: names and the like are taken out by hand */
	v.text = form_raw(rq, "text") != NULL ? form_raw(rq, "text") : words.text != NULL ? words.text : c->text;
	begin(rq, rs, &page, N_("What all may read"), 0, wrong);
	page.no_index = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	open311_words_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
words_get(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	if (open_contact(rq, &c, &err))
		draw_words(rq, rs, &c, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
words_post(struct request *rq, struct response *rs)
{
	const char *text = NULL;
	struct contact c;
	struct err err = { 0 };
	bool ok = open_contact(rq, &c, &err);

	if (!ok) {
		respond_err(rq, rs, &err);
		return;
	}
	if (form_raw(rq, "dolj") == NULL)
		ok = form_text(rq, "text", 1, WORDS_MAX, &text, &err);
	if (ok && public_words_set(rq->db, c.id, text, rq->actor->account_id, rq->now, &err))
		respond_see_other(rq, rs, "/kontakter/%s?klart=%s", c.number, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_words(rq, rs, &c, &err);
	else
		respond_err(rq, rs, &err);
}

const struct route open311_admin_routes[] = {
	{ GET, "/admin/open311", ACT_API_KEYS, keys_get, 0 },
	{ POST, "/admin/open311/ny", ACT_API_KEYS, key_post, 0 },
	{ POST, "/admin/open311/:id/aterkalla", ACT_API_KEYS, revoke_post, 0 },
	{ POST, "/admin/open311/uppgifter", ACT_API_KEYS, settings_post, 0 },
	{ GET, "/admin/open311/fragor", ACT_ADMIN_SITE, attributes_get, 0 },
	{ GET, "/admin/open311/fragor/ny", ACT_ADMIN_SITE, attribute_get, 0 },
	{ POST, "/admin/open311/fragor/ny", ACT_ADMIN_SITE, attribute_post, 0 },
	{ GET, "/admin/open311/fragor/:id", ACT_ADMIN_SITE, attribute_get, 0 },
	{ POST, "/admin/open311/fragor/:id", ACT_ADMIN_SITE, attribute_post, 0 },
	{ GET, "/kontakter/:number/offentligt", ACT_CONTACT_PUBLISH, words_get, ROUTE_SECRET },
	{ POST, "/kontakter/:number/offentligt", ACT_CONTACT_PUBLISH, words_post, ROUTE_SECRET },
	{ 0 },
};

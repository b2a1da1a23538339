/* people/admin_people_pages.c: accounts and roles, in HTML
 *
 * Who administers one authority only may touch an account whose unit and roles all lie there: a link to choose a password is
 * a way into whatever the account may do. */
#include "people/admin_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/frame.h"
#include "people/office.h"

enum { PEOPLE_SHOWN = 500 };

static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") } };

static bool
may(struct request *rq, int64_t authority_id, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_PEOPLE, &(struct object){ .authority_id = authority_id }, err);
}

static bool
may_unit(struct request *rq, int64_t unit_id, struct err *err)
{
	struct unit unit;
	struct err none = { 0 };

	if (unit_id == 0)
		return may(rq, 0, err);
	if (!unit_get(rq->db, rq->arena, unit_id, &unit, &none))
		return none.code == ERR_NOT_FOUND || err_set(err, none.code, "%s", none.log);
	return may(rq, unit.authority_id, err);
}

/* The account of the path, if she may administer all of it. */
static bool
the_account(struct request *rq, struct account *out, struct role_list *roles, struct err *err)
{
	const char *today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s);
	int64_t id;

	if (!path_id(rq, "id", &id, err) || !account_get(rq->db, rq->arena, id, out, err) ||
	    !role_list(rq->db, rq->arena, id, roles, err) || !may_unit(rq, out->unit_id, err))
		return false;
	for (size_t i = 0; i < roles->n; i++)
		if ((roles->item[i].valid_to == NULL || strcmp(roles->item[i].valid_to, today) >= 0) &&
		    !may(rq, roles->item[i].authority_id, err))
			return false;
	return true;
}

static const char *
given(struct request *rq, const char *name)
{
	const char *text = "";
	struct err ignored = { 0 };

	return form_text(rq, name, 0, 1000, &text, &ignored) ? text : "";
}

static void
list_get(struct request *rq, struct response *rs)
{
	const char *match = query_text(rq, "q");
	struct admin_people_view view = { .match = match == NULL ? "" : match };
	struct account_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!account_list(rq->db, rq->arena, arena_strndup(rq->arena, view.match, strnlen(view.match, 100)), PEOPLE_SHOWN,
	    &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	view.account = list.item;
	view.n = list.n;
	frame_init(&page, rq, tr(rq->lang, N_("People and roles")));
	page.trail = trail;
	page.n_trail = 1;
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_people_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static size_t
role_choices(struct arena *a, const char *chosen, const struct choice **out)
{
	struct choice *c = arena_array(a, ROLE_COUNT, sizeof(*c));
	size_t n = 0;

	for (int role = ROLE_VISITOR + 1; role < ROLE_COUNT; role++)
		c[n++] = (struct choice){ .value = role_name((enum role)role), .text = role_title((enum role)role),
			.chosen = chosen != NULL && strcmp(chosen, role_name((enum role)role)) == 0 };
	*out = c;
	return n;
}

/* `account` NULL: a new one. `form_sent`: the person's fields were sent, and their words are kept. */
static void
show(struct request *rq, struct response *rs, const struct account *account, const struct role_list *roles,
    const struct err *wrong, bool form_sent)
{
	struct admin_input input[5];
	struct admin_form_view form = { .input = input, .n = ARRAY_LEN(input) };
	struct admin_person_view view = { .account = account, .form = &form };
	struct authority_list authorities;
	struct unit_list units;
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	const char *unit;

	if (wrong != NULL && !frame_again(wrong)) {
		respond_err(rq, rs, wrong);
		return;
	}
	if (!authority_list(rq->db, rq->arena, &authorities, &err) || !unit_list(rq->db, rq->arena, &units, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
#define WAS(member, name) (form_sent ? form_raw(rq, name) : account == NULL ? NULL : account->member)
	unit = form_sent ? form_raw(rq, "unit_id") : account == NULL ? NULL : i64_text(rq->arena, account->unit_id);
	input[0] = (struct admin_input){ .field = { .name = "name", .label = N_("Name"), .value = WAS(name, "name") } };
	input[1] = (struct admin_input){ .field = { .name = "sign_in", .label = N_("E-mail address"), .type = "email",
		.hint = N_("The one she signs in with."), .value = WAS(sign_in, "sign_in") } };
	input[2] = (struct admin_input){ .field = { .name = "title", .label = N_("Title"), .optional = true,
		.value = WAS(title, "title") } };
	input[3] = (struct admin_input){ .field = { .name = "phone", .label = N_("Telephone"), .optional = true,
		.value = WAS(phone, "phone") } };
	input[4] = (struct admin_input){ .kind = ADMIN_SELECT, .field = { .name = "unit_id", .label = N_("Unit"),
		.id = account == NULL ? NULL : "f-own-unit", .optional = true, .empty = N_("None") } };
#undef WAS
	input[4].field.n_choice = choices_of_units(rq->arena, &units, 0, unit, &input[4].field.choice);
	view.base = account == NULL ? "/admin/personer/ny" : arena_printf(rq->arena, "/admin/personer/%" PRId64, account->id);
	form.action = view.base;
	form.seen = account == NULL ? NULL : account_mark(rq->arena, account);
	view.n_role_choices = role_choices(rq->arena, form_raw(rq, "role"), &view.role_choice);
	view.n_authorities = choices_of_authorities(rq->arena, &authorities, form_raw(rq, "authority_id"), &view.authority);
	view.n_units = choices_of_units(rq->arena, &units, 0, form_raw(rq, "role_unit_id"), &view.unit);
	view.today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s);
	view.valid_from = form_raw(rq, "valid_from") == NULL ? view.today : form_raw(rq, "valid_from");
	view.valid_to = form_raw(rq, "valid_to");
	view.role = roles == NULL ? NULL : roles->item;
	view.n_roles = roles == NULL ? 0 : roles->n;
	frame_init(&page, rq, account == NULL ? tr(rq->lang, N_("Add a person")) : account->name);
	page.trail = trail;
	page.n_trail = 1;
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_person_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	show(rq, rs, NULL, NULL, NULL, false);
}

static struct account_in
account_given(struct request *rq, int64_t id)
{
	return (struct account_in){ .id = id, .name = given(rq, "name"), .sign_in = given(rq, "sign_in"),
		.title = given(rq, "title"), .phone = given(rq, "phone"), .unit_id = choice_id(form_raw(rq, "unit_id")) };
}

static void
new_post(struct request *rq, struct response *rs)
{
	const struct change by = { rq->actor->account_id, rq->now, NULL };
	struct account_in in = account_given(rq, 0);
	struct err err = { 0 };
	int64_t id;

	if (may_unit(rq, in.unit_id, &err) && account_save(rq->db, &by, &in, &id, &err) &&
	    account_link_send(rq->db, &by, id, PURPOSE_WELCOME, rq->base_url, &err))
		respond_see_other(rq, rs, "/admin/personer/%" PRId64 "?klart=%s", id, frame_done_word(DONE_SENT));
	else
		show(rq, rs, NULL, NULL, &err, true);
}

static void
one_get(struct request *rq, struct response *rs)
{
	struct account account;
	struct role_list roles;
	struct err err = { 0 };

	if (the_account(rq, &account, &roles, &err))
		show(rq, rs, &account, &roles, NULL, false);
	else
		respond_err(rq, rs, &err);
}

/* What the pages' small forms do to an account; each with its own words when done. */
typedef bool person_fn(struct request *rq, const struct change *by, const struct account *account,
    const struct role_list *roles, struct err *err);

static void
do_post(struct request *rq, struct response *rs, person_fn *fn, enum frame_done done, bool form_sent)
{
	const struct change by = { rq->actor->account_id, rq->now, form_sent ? form_raw(rq, "seen") : NULL };
	struct account account;
	struct role_list roles;
	struct err err = { 0 };

	if (!the_account(rq, &account, &roles, &err))
		respond_err(rq, rs, &err);
	else if (fn(rq, &by, &account, &roles, &err))
		respond_see_other(rq, rs, "/admin/personer/%" PRId64 "?klart=%s", account.id, frame_done_word(done));
	else
		show(rq, rs, &account, &roles, &err, form_sent);
}

static bool
save(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	struct account_in in = account_given(rq, account->id);

	(void)roles;
	in.language = account->language;
	return may_unit(rq, in.unit_id, err) && account_save(rq->db, by, &in, NULL, err);
}

static bool
mail_link(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	(void)roles;
	return account_link_send(rq->db, by, account->id, account->has_password ? PURPOSE_RESET : PURPOSE_WELCOME,
	    rq->base_url, err);
}

static bool
switch_off(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	(void)roles;
	return account_disable(rq->db, by, account->id, true, err);
}

static bool
switch_on(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	(void)roles;
	return account_disable(rq->db, by, account->id, false, err);
}

static bool
give(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	const char *to = given(rq, "valid_to");
	struct role_row in = { .account_id = account->id, .authority_id = choice_id(form_raw(rq, "authority_id")),
		.unit_id = choice_id(form_raw(rq, "role_unit_id")), .valid_from = given(rq, "valid_from"),
		.valid_to = to[0] == '\0' ? NULL : to };

	(void)roles;
	(void)role_parse(form_raw(rq, "role"), &in.role);	/* none: role_give says so, on the field */
	return may(rq, in.authority_id, err) && role_give(rq->db, by, &in, NULL, err);
}

static bool
end(struct request *rq, const struct change *by, const struct account *account, const struct role_list *roles,
    struct err *err)
{
	int64_t id;

	(void)account;
	if (!form_id(rq, "role_id", &id, err))
		return false;
	for (size_t i = 0; i < roles->n; i++)
		if (roles->item[i].id == id)
			return role_end(rq->db, by, id, err);
	return err_set(err, ERR_NOT_FOUND, "role grant %" PRId64 " of that account", id);
}

static void save_post(struct request *rq, struct response *rs) { do_post(rq, rs, save, DONE_SAVED, true); }
static void link_post(struct request *rq, struct response *rs) { do_post(rq, rs, mail_link, DONE_SENT, false); }
static void off_post(struct request *rq, struct response *rs) { do_post(rq, rs, switch_off, DONE_SAVED, false); }
static void on_post(struct request *rq, struct response *rs) { do_post(rq, rs, switch_on, DONE_SAVED, false); }
static void give_post(struct request *rq, struct response *rs) { do_post(rq, rs, give, DONE_SAVED, false); }
static void end_post(struct request *rq, struct response *rs) { do_post(rq, rs, end, DONE_SAVED, false); }

const struct route admin_people_routes[] = {
	{ GET,  "/admin/personer",                    ACT_ADMIN_PEOPLE, list_get, 0 },
	{ GET,  "/admin/personer/ny",                 ACT_ADMIN_PEOPLE, new_get, 0 },
	{ POST, "/admin/personer/ny",                 ACT_ADMIN_PEOPLE, new_post, 0 },
	{ GET,  "/admin/personer/:id",                ACT_ADMIN_PEOPLE, one_get, 0 },
	{ POST, "/admin/personer/:id",                ACT_ADMIN_PEOPLE, save_post, 0 },
	{ POST, "/admin/personer/:id/lank",           ACT_ADMIN_PEOPLE, link_post, 0 },
	{ POST, "/admin/personer/:id/stang",          ACT_ADMIN_PEOPLE, off_post, 0 },
	{ POST, "/admin/personer/:id/oppna",          ACT_ADMIN_PEOPLE, on_post, 0 },
	{ POST, "/admin/personer/:id/roller",         ACT_ADMIN_PEOPLE, give_post, 0 },
	{ POST, "/admin/personer/:id/roller/avsluta", ACT_ADMIN_PEOPLE, end_post, 0 },
	{ 0 },
};

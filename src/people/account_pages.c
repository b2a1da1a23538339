/* people/account_pages.c: her own account, in HTML */
#include "people/account_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/password.h"
#include "people/session_hooks.h"
#include "people/site.h"

enum { AWAY_DAYS = 28 };

static struct change
by_her(struct request *rq)
{
	return (struct change){ rq->actor->account_id, rq->now, NULL };
}

static void
saved(struct request *rq, struct response *rs, enum frame_done done)
{
	respond_see_other(rq, rs, "/konto?klart=%s", frame_done_word(done));
}

/* Roles in force today; what has ended is history, on the administrator's page. */
static size_t
in_force(struct arena *a, const struct role_list *all, const char *today, const struct role_row **out)
{
	struct role_row *row = arena_array(a, all->n, sizeof(*row));
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct role_row *r = &all->item[i];

		if (strcmp(r->valid_from, today) <= 0 && (r->valid_to == NULL || strcmp(r->valid_to, today) >= 0))
			row[n++] = *r;
	}
	*out = row;
	return n;
}

static bool
fill(struct request *rq, struct account_view *view, struct err *err)
{
	struct account *account = arena_alloc(rq->arena, sizeof(*account));
	int64_t id = rq->actor->account_id;
	struct account_list colleagues;
	struct absence_list absences;
	struct session_list sessions;
	struct role_list roles;

	view->today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s);
	if (!account_get(rq->db, rq->arena, id, account, err) ||
	    !role_list(rq->db, rq->arena, id, &roles, err) ||
	    !session_list(rq->db, rq->arena, id, rq->now, &sessions, err) ||
	    !absence_list_of(rq->db, rq->arena, id, view->today, &absences, err) ||
	    !account_list_of(rq->db, rq->arena, 0, local_date(rq->now), &colleagues, err) ||
	    !two_step_codes_left(rq->db, id, &view->codes_left, err))
		return false;
	view->account = account;
	view->n_roles = in_force(rq->arena, &roles, view->today, &view->role);
	view->session = sessions.item;
	view->n_sessions = sessions.n;
	view->this_session = rq->actor->session_hash;
	view->absence = absences.item;
	view->n_absences = absences.n;
	view->n_colleagues = choices_of_accounts(rq->arena, &colleagues, id, form_raw(rq, "stand_in_id"), &view->colleague);
	view->can_admin = permitted(rq->actor, ACT_ADMIN_SITE, NULL) || permitted(rq->actor, ACT_ADMIN_PEOPLE, NULL) ||
	    permitted(rq->actor, ACT_ADMIN_ANSWERS, NULL);
	return true;
}

/* The page, or the page again with what was wrong. */
static void
show(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct account_view view = { .from_date = form_raw(rq, "from_date"), .to_date = form_raw(rq, "to_date"),
		.message = form_raw(rq, "message") };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (wrong != NULL && !frame_again(wrong)) {
		respond_err(rq, rs, wrong);
		return;
	}
	if (!fill(rq, &view, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, rq->actor->name);
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	account_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static void
account_page_get(struct request *rq, struct response *rs)
{
	show(rq, rs, NULL);
}

static void
language_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	struct err err = { 0 };
	const char *language;

	if (!form_text(rq, "language", 0, 8, &language, &err) ||
	    !account_choices(rq->db, &by, by.account_id, language, &err)) {
		show(rq, rs, &err);
		return;
	}
	respond_cookie(rq, rs, LANGUAGE_COOKIE, "", 0);	/* the account's choice, not an older one of the browser */
	saved(rq, rs, DONE_SAVED);
}

/* ---- the password: the present one is tried, the new one hashed, both on a worker ---- */

struct renewal { const char *present, *password, *old_hash, *hash; bool right; struct err err; };

static void
renewal_work(struct request *rq, void *arg)
{
	struct renewal *n = arg;

	n->right = password_is(n->old_hash, n->present);
	if (n->right)
		(void)password_hash(rq->arena, n->password, &n->hash, &n->err);
}

static void
renewal_done(struct request *rq, struct response *rs, void *arg)
{
	struct renewal *n = arg;
	const struct change by = by_her(rq);

	if (!n->right)
		(void)err_input(&n->err, "present", N_("This is not the password you have now. Try again"));
	if (n->hash == NULL ||
	    !account_password(rq->db, &by, by.account_id, n->hash, rq->actor->session_hash, &n->err)) {
		show(rq, rs, &n->err);
		return;
	}
	saved(rq, rs, DONE_SAVED);
}

static void
password_post(struct request *rq, struct response *rs)
{
	struct renewal *n = arena_alloc(rq->arena, sizeof(*n));
	struct account account;
	struct err err = { 0 };

	n->present = form_raw(rq, "present");
	n->password = form_raw(rq, "password");
	if (n->present == NULL || n->present[0] == '\0')
		(void)err_input(&err, "present", N_("Write the password you have now"));
	else if (n->password == NULL)
		(void)err_input(&err, "password", N_("Write a new password"));
	else if (account_get(rq->db, rq->arena, rq->actor->account_id, &account, &err) &&
	    password_acceptable(rq->arena, n->password, account.name, account.sign_in, &err) &&
	    account_hash(rq->db, rq->arena, account.id, &n->old_hash, &err)) {
		respond_slowly(rq, rs, renewal_work, renewal_done, n);
		return;
	}
	show(rq, rs, &err);
}

/* ---- two steps ---- */

static void
show_two_step(struct request *rq, struct response *rs, const char *secret, const struct err *wrong)
{
	struct two_step_view view = { .secret = secret };
	struct account account;
	struct err err = { 0 };
	struct site site;
	struct page page;
	struct sb sb;

	if (!account_get(rq->db, rq->arena, rq->actor->account_id, &account, &err) ||
	    !site_load(rq->db, rq->arena, &site, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	view.svg = qr_svg(rq->arena, totp_uri(rq->arena, secret, site.name, account.sign_in));
	frame_init(&page, rq, tr(rq->lang, N_("Switch two steps on")));
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	two_step_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
	respond_header(rq, rs, "Cache-Control", "no-store");
}

static void
two_step_get(struct request *rq, struct response *rs)
{
	show_two_step(rq, rs, totp_secret(rq->arena), NULL);
}

static void
show_codes(struct request *rq, struct response *rs, const char *const *code)
{
	struct two_step_view view = { .code = code, .n_codes = RECOVERY_CODES };
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("Your recovery codes")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	recovery_codes_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
	respond_header(rq, rs, "Cache-Control", "no-store");
}

static void
two_step_post(struct request *rq, struct response *rs)
{
	const char *codes[RECOVERY_CODES], *secret = form_raw(rq, "secret"), *code = form_raw(rq, "code");
	const struct change by = by_her(rq);
	struct err err = { 0 };
	char probe[7];

	if (secret == NULL || strlen(secret) != 32 || !totp_code(secret, rq->now, probe)) {
		two_step_get(rq, rs);		/* not one we made: a new one */
		return;
	}
	if (two_step_on(rq->db, rq->arena, &by, by.account_id, secret, code == NULL ? "" : code, codes, &err))
		show_codes(rq, rs, codes);
	else if (frame_again(&err))
		show_two_step(rq, rs, secret, &err);
	else
		respond_err(rq, rs, &err);
}

/* Both need a code: who sits down at an open browser must not weaken the account. */
static bool
code_right(struct request *rq, struct err *err)
{
	const char *code;

	return form_text(rq, "code", 0, 40, &code, err) &&
	    sign_in_code(rq->db, rq->actor->account_id, code, rq->now, err);
}

static void
two_step_off_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	struct err err = { 0 };

	if (code_right(rq, &err) && two_step_off(rq->db, &by, by.account_id, &err))
		saved(rq, rs, DONE_TWO_STEP_OFF);
	else
		show(rq, rs, &err);
}

static void
new_codes_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	const char *codes[RECOVERY_CODES];
	struct err err = { 0 };

	if (code_right(rq, &err) && two_step_new_codes(rq->db, rq->arena, &by, by.account_id, codes, &err))
		show_codes(rq, rs, codes);
	else
		show(rq, rs, &err);
}

/* ---- sessions ---- */

static void
session_end_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	const char *hash = form_raw(rq, "session");
	struct err err = { 0 };

	if (session_end(rq->db, &by, by.account_id, hash == NULL ? "" : hash, &err))
		respond_see_other(rq, rs, "/konto?klart=%s#sessioner", frame_done_word(DONE_SAVED));
	else
		show(rq, rs, &err);
}

static void
session_all_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	struct err err = { 0 };

	if (!session_end_all(rq->db, &by, by.account_id, NULL, &err)) {
		show(rq, rs, &err);
		return;
	}
	respond_cookie(rq, rs, SESSION_COOKIE, "", 0);
	respond_see_other(rq, rs, "/logga-in?klart=%s", frame_done_word(DONE_SIGNED_OUT));
}

/* ---- absence ---- */

static void
absence_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	struct absence in = { .account_id = by.account_id, .from_date = form_raw(rq, "from_date"),
		.to_date = form_raw(rq, "to_date"), .message = form_raw(rq, "message"),
		.stand_in_id = choice_id(form_raw(rq, "stand_in_id")) };
	struct err err = { 0 };

	if (absence_add(rq->db, &by, &in, NULL, &err))
		respond_see_other(rq, rs, "/konto?klart=%s#franvaro", frame_done_word(DONE_SAVED));
	else
		show(rq, rs, &err);
}

static void
absence_remove_post(struct request *rq, struct response *rs)
{
	const struct change by = by_her(rq);
	struct err err = { 0 };
	int64_t id;

	if (form_id(rq, "id", &id, &err) && absence_remove(rq->db, &by, by.account_id, id, &err))
		respond_see_other(rq, rs, "/konto?klart=%s#franvaro", frame_done_word(DONE_REMOVED));
	else
		show(rq, rs, &err);
}

static void
away_get(struct request *rq, struct response *rs)
{
	struct date today = local_date(rq->now);
	struct away_view view = { .today = arena_strdup(rq->arena, date_text(today).s) };
	struct absence_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!absence_list_between(rq->db, rq->arena, view.today, date_text(date_add(today, AWAY_DAYS)).s, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	view.absence = list.item;
	view.n = list.n;
	frame_init(&page, rq, tr(rq->lang, N_("Who is away")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	away_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

const struct route account_routes[] = {
	{ GET,  "/konto",                    ACT_SIGNED_IN, account_page_get, 0 },
	{ POST, "/konto/sprak",              ACT_SIGNED_IN, language_post, 0 },
	{ POST, "/konto/losenord",           ACT_SIGNED_IN, password_post, 0 },
	{ GET,  "/konto/tva-steg",           ACT_SIGNED_IN, two_step_get, 0 },
	{ POST, "/konto/tva-steg",           ACT_SIGNED_IN, two_step_post, 0 },
	{ POST, "/konto/tva-steg/av",        ACT_SIGNED_IN, two_step_off_post, 0 },
	{ POST, "/konto/tva-steg/koder",     ACT_SIGNED_IN, new_codes_post, 0 },
	{ POST, "/konto/sessioner/avsluta",  ACT_SIGNED_IN, session_end_post, 0 },
	{ POST, "/konto/sessioner/alla",     ACT_SIGNED_IN, session_all_post, 0 },
	{ POST, "/konto/franvaro",           ACT_SIGNED_IN, absence_post, 0 },
	{ POST, "/konto/franvaro/ta-bort",   ACT_SIGNED_IN, absence_remove_post, 0 },
	{ GET,  "/franvaro",                 ACT_SIGNED_IN, away_get, 0 },
	{ 0 },
};

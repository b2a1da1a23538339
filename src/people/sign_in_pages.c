/* people/sign_in_pages.c: signing in and out, in HTML
 *
 * The password is tried on a worker thread (respond_slowly); before it the try is counted, after it the session made.
 * What is wrong is said in one sentence that does not tell an address that exists from one that does not. */
#include "people/sign_in_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "http/path.h"
#include "http/theme.h"
#include "people/account.h"
#include "people/demo.h"
#include "people/frame.h"
#include "people/password.h"
#include "people/session.h"
#include "people/session_hooks.h"
#include "people/site.h"
#include "people/throttle.h"

/* Where to go afterwards: a path of ours, or NULL. */
static const char *
back_to(const char *path)
{
	return path_is_ours(path) ? path : NULL;
}

static void
demo_rows(struct request *rq, struct sign_in_view *view)
{
	struct demo_account_list list;
	struct demo_row *row;
	struct err err = { 0 };

	if (!frame_is_demo() || !demo_accounts(rq->db, rq->arena, &list, &err))
		return;
	row = arena_array(rq->arena, list.n, sizeof(*row));
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct demo_row){ list.item[i].account_id, list.item[i].name, role_title(list.item[i].role),
			list.item[i].authority };
	view->demo = row;
	view->n_demo = list.n;
}

static void
show_sign_in(struct request *rq, struct response *rs, struct sign_in_view *view, const struct err *err)
{
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("Sign in")));
	page.sign_in = NULL;
	page.keep_drafts = true;
	page.no_index = true;
	demo_rows(rq, view);
	if (err != NULL)
		frame_error(&page, rq, err);
	sb_init(&sb, rq->arena, PAGE_MAX);
	sign_in_html(&sb, &page, view);
	respond_html(rq, rs, &sb);
}

static void
sign_in_get(struct request *rq, struct response *rs)
{
	struct sign_in_view view = { .back = back_to(query_text(rq, "till")),
		.after_form = query_text(rq, "formular") != NULL };

	if (rq->actor->account_id != 0) {
		respond_see_other(rq, rs, "%s", view.back == NULL ? frame_home(rq->actor) : view.back);
		return;
	}
	show_sign_in(rq, rs, &view, NULL);
}

static void
show_code(struct request *rq, struct response *rs, const struct sign_in_view *view, const struct err *err)
{
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("One more step")));
	page.sign_in = NULL;
	page.keep_drafts = true;
	page.no_index = true;
	if (err != NULL)
		frame_error(&page, rq, err);
	sb_init(&sb, rq->arena, PAGE_MAX);
	sign_in_code_html(&sb, &page, view);
	respond_html(rq, rs, &sb);
}

static void
enter(struct request *rq, struct response *rs, int64_t account_id, const char *back)
{
	struct err err = { 0 };
	struct actor actor;
	const char *token;

	if (!session_start(rq->db, rq->arena, account_id, rq->peer, request_header(rq, "User-Agent"), rq->now, &token, &err) ||
	    !session_actor(rq->db, rq->arena, token, rq->now, &actor, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_cookie(rq, rs, SESSION_COOKIE, token, SESSION_LIFE_S);
	respond_see_other(rq, rs, "%s", back == NULL ? frame_home(&actor) : back);
}

struct attempt {
	const char *name, *password, *back;
	struct sign_in s;
	bool right;
};

static void
attempt_work(struct request *rq, void *arg)
{
	struct attempt *t = arg;

	(void)rq;
	t->right = password_is(t->s.hash, t->password);
}

static void
attempt_done(struct request *rq, struct response *rs, void *arg)
{
	struct attempt *t = arg;
	struct sign_in_view view = { .sign_in = t->name, .back = t->back };
	struct err err = { 0 };

	if (!t->right) {
		(void)err_input(&err, "sign_in", N_("The address or the password is wrong. Check both and try again"));
		show_sign_in(rq, rs, &view, &err);
		return;
	}
	if (!sign_in_done(rq->db, &t->s, t->name, rq->now, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (!t->s.two_step) {
		enter(rq, rs, t->s.account_id, t->back);
		return;
	}
	view.token = sign_in_token(rq->db, rq->arena, t->s.account_id, rq->now, &err);
	if (view.token == NULL)
		respond_err(rq, rs, &err);
	else
		show_code(rq, rs, &view, NULL);
}

static const char *
back_of(struct request *rq)
{
	return back_to(form_raw(rq, "back"));
}

static bool
form_sign_in(struct request *rq, struct attempt *t, struct err *err)
{
	t->back = back_of(rq);
	t->name = form_raw(rq, "sign_in");
	if (!form_text(rq, "sign_in", 0, 254, &t->name, err))
		return false;
	if (t->name[0] == '\0')
		return err_input(err, "sign_in", N_("Write your e-mail address"));
	t->password = form_raw(rq, "password");
	if (t->password == NULL || t->password[0] == '\0')
		return err_input(err, "password", N_("Write your password"));
	if (strlen(t->password) > PASSWORD_MAX)
		return err_input(err, "password", N_("The address or the password is wrong. Check both and try again"));
	return true;
}

static bool
not_blocked(int64_t blocked_until, int64_t now, const char *field, struct err *err)
{
	if (blocked_until <= now)
		return true;
	(void)err_set(err, ERR_BUSY, "sign-in blocked for %" PRId64 " s", blocked_until - now);
	err->field = field;
	err->person = N_("There have been too many tries. Wait a while, then try again.");
	return false;
}

static void
sign_in_post(struct request *rq, struct response *rs)
{
	struct attempt *t = arena_alloc(rq->arena, sizeof(*t));
	struct err err = { 0 };

	if (form_sign_in(rq, t, &err) &&
	    sign_in_begin(rq->db, rq->arena, t->name, rq->peer, rq->now, &t->s, &err) &&
	    not_blocked(t->s.blocked_until, rq->now, "sign_in", &err)) {
		respond_slowly(rq, rs, attempt_work, attempt_done, t);
		return;
	}
	if (!frame_again(&err)) {
		respond_err(rq, rs, &err);
		return;
	}
	show_sign_in(rq, rs, &(struct sign_in_view){ .sign_in = t->name, .back = t->back }, &err);
	if (err.code == ERR_BUSY)
		rs->status = 429;
}

static void
code_post(struct request *rq, struct response *rs)
{
	struct sign_in_view view = { .token = form_raw(rq, "token"), .back = back_of(rq) };
	struct err err = { 0 };
	const char *code;
	int64_t account_id;

	if (!sign_in_token_open(rq->db, rq->arena, view.token, rq->now, &account_id, &err)) {
		if (err.person == NULL)
			respond_err(rq, rs, &err);
		else
			show_sign_in(rq, rs, &view, &err);
		return;
	}
	if (!form_text(rq, "code", 0, 40, &code, &err) ||
	    !sign_in_code(rq->db, account_id, code, rq->now, &err)) {
		if (frame_again(&err))
			show_code(rq, rs, &view, &err);
		else
			respond_err(rq, rs, &err);
		if (err.code == ERR_BUSY)
			rs->status = 429;
		return;
	}
	enter(rq, rs, account_id, view.back);
}

static void
demo_post(struct request *rq, struct response *rs)
{
	struct demo_account_list list;
	struct err err = { 0 };
	int64_t id;

	if (!frame_is_demo()) {
		(void)err_set(&err, ERR_NOT_FOUND, "no demo here");
	} else if (form_id(rq, "account", &id, &err) && demo_accounts(rq->db, rq->arena, &list, &err)) {
		for (size_t i = 0; i < list.n; i++) {
			if (list.item[i].account_id == id) {
				enter(rq, rs, id, back_of(rq));
				return;
			}
		}
		(void)err_set(&err, ERR_NOT_FOUND, "not an account of the demo");
	}
	respond_err(rq, rs, &err);
}

static void
sign_out_post(struct request *rq, struct response *rs)
{
	const struct change by = { rq->actor->account_id, rq->now, NULL };
	struct err err = { 0 };

	if (!session_end(rq->db, &by, by.account_id, rq->actor->session_hash, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_cookie(rq, rs, SESSION_COOKIE, "", 0);
	respond_see_other(rq, rs, "/logga-in?klart=%s", frame_done_word(DONE_SIGNED_OUT));
}

/* ---- a forgotten password ---- */

static void
show_forgotten(struct request *rq, struct response *rs, const struct forgotten_view *view, const struct err *err)
{
	struct page page;
	struct sb sb;

	frame_init(&page, rq, view->sent ? tr(rq->lang, N_("Look in your mail")) : tr(rq->lang, N_("Forgotten password")));
	page.no_index = true;
	if (err != NULL)
		frame_error(&page, rq, err);
	sb_init(&sb, rq->arena, PAGE_MAX);
	forgotten_html(&sb, &page, view);
	respond_html(rq, rs, &sb);
}

static void
forgotten_get(struct request *rq, struct response *rs)
{
	show_forgotten(rq, rs, &(struct forgotten_view){ 0 }, NULL);
}

/* Mails a link when there is such an account; says the same when there is not. */
static bool
send_reset(struct request *rq, const char *sign_in, struct err *err)
{
	const struct change by = { 0, rq->now, NULL };
	struct account account;
	struct err missing = { 0 };
	int64_t blocked_until;

	if (!throttle_hit(rq->db, &throttle_reset, rq->peer, rq->now, &blocked_until, err) ||
	    !not_blocked(blocked_until, rq->now, "sign_in", err))
		return false;
	if (!account_by_sign_in(rq->db, rq->arena, sign_in, &account, &missing))
		return missing.code == ERR_NOT_FOUND || err_set(err, missing.code, "%s", missing.log);
	return account.disabled_at != 0 ||
	    account_link_send(rq->db, &by, account.id, PURPOSE_RESET, rq->base_url, err);
}

static void
forgotten_post(struct request *rq, struct response *rs)
{
	struct forgotten_view view = { 0 };
	struct err err = { 0 };

	if (form_text(rq, "sign_in", 0, 254, &view.sign_in, &err) &&
	    (site_address_valid(view.sign_in) || err_input(&err, "sign_in", N_("Write your e-mail address"))) &&
	    send_reset(rq, view.sign_in, &err)) {
		view.sent = true;
		show_forgotten(rq, rs, &view, NULL);
	} else if (frame_again(&err)) {
		show_forgotten(rq, rs, &view, &err);
	} else {
		respond_err(rq, rs, &err);
	}
}

static void
show_dead_link(struct request *rq, struct response *rs)
{
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("The link does not work any more")));
	page.no_index = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	dead_link_html(&sb, &page);
	respond_html(rq, rs, &sb);
	rs->status = 404;
}

static void
show_choose(struct request *rq, struct response *rs, const struct account *account, const struct err *err)
{
	struct password_view view = { .name = account->name, .sign_in = account->sign_in,
		.action = arena_printf(rq->arena, "/valj-losenord/%s", path_param(rq, "token")) };
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("Choose your password")));
	page.no_index = true;
	if (err != NULL)
		frame_error(&page, rq, err);
	sb_init(&sb, rq->arena, PAGE_MAX);
	choose_password_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static void
link_failed(struct request *rq, struct response *rs, const struct err *err)
{
	if (err->code == ERR_NOT_FOUND)
		show_dead_link(rq, rs);
	else
		respond_err(rq, rs, err);
}

static void
choose_get(struct request *rq, struct response *rs)
{
	struct account account;
	struct err err = { 0 };

	if (account_link_open(rq->db, rq->arena, path_param(rq, "token"), rq->now, &account, &err))
		show_choose(rq, rs, &account, NULL);
	else
		link_failed(rq, rs, &err);
}

struct chosen { const char *token, *password, *hash; struct err err; };

static void
chosen_work(struct request *rq, void *arg)
{
	struct chosen *c = arg;

	(void)password_hash(rq->arena, c->password, &c->hash, &c->err);
}

static void
chosen_done(struct request *rq, struct response *rs, void *arg)
{
	struct chosen *c = arg;
	int64_t account_id;

	if (c->hash == NULL || !account_link_use(rq->db, c->token, c->hash, rq->now, &account_id, &c->err)) {
		link_failed(rq, rs, &c->err);
		return;
	}
	respond_cookie(rq, rs, SESSION_COOKIE, "", 0);
	respond_see_other(rq, rs, "/logga-in?klart=%s", frame_done_word(DONE_PASSWORD));
}

static void
choose_post(struct request *rq, struct response *rs)
{
	struct chosen *c = arena_alloc(rq->arena, sizeof(*c));
	struct account account;
	struct err err = { 0 };

	c->token = path_param(rq, "token");
	c->password = form_raw(rq, "password");
	if (!account_link_open(rq->db, rq->arena, c->token, rq->now, &account, &err))
		link_failed(rq, rs, &err);
	else if (!password_acceptable(rq->arena, c->password == NULL ? "" : c->password, account.name, account.sign_in, &err))
		show_choose(rq, rs, &account, &err);
	else
		respond_slowly(rq, rs, chosen_work, chosen_done, c);
}

/* ---- the municipality's own ---- */

static void
logo_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	const char *type;
	const void *bytes;
	size_t n;

	if (!site_logo(rq->db, rq->arena, &type, &bytes, &n, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_text(rs, 200, type, bytes, n);
	respond_header(rq, rs, "Cache-Control", "public, max-age=31536000, immutable");	/* the URL has its version */
}

static void
colours_get(struct request *rq, struct response *rs)
{
	struct site site;
	struct err err = { 0 };
	struct sb sb;

	sb_init(&sb, rq->arena, 1 << 16);
	if (!site_load(rq->db, rq->arena, &site, &err) ||
	    (site.colour == NULL && !err_set(&err, ERR_NOT_FOUND, "no colour is chosen")) ||
	    !theme_css(&sb, site.colour, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_text(rs, 200, "text/css; charset=utf-8", sb_str(&sb), sb.len);
	respond_header(rq, rs, "Cache-Control", "public, max-age=31536000, immutable");
}

const struct route sign_in_routes[] = {
	{ GET,  "/logga-in",             ACT_PUBLIC,    sign_in_get, 0 },
	{ POST, "/logga-in",             ACT_PUBLIC,    sign_in_post, 0 },
	{ POST, "/logga-in/kod",         ACT_PUBLIC,    code_post, 0 },
	{ POST, "/logga-in/demo",        ACT_PUBLIC,    demo_post, 0 },
	{ POST, "/logga-ut",             ACT_SIGNED_IN, sign_out_post, 0 },
	{ GET,  "/glomt-losenord",       ACT_PUBLIC,    forgotten_get, 0 },
	{ POST, "/glomt-losenord",       ACT_PUBLIC,    forgotten_post, 0 },
	{ GET,  "/valj-losenord/:token", ACT_PUBLIC,    choose_get, 0 },
	{ POST, "/valj-losenord/:token", ACT_PUBLIC,    choose_post, 0 },
	{ GET,  "/logotyp",              ACT_PUBLIC,    logo_get, 0 },
	{ GET,  "/farger.css",           ACT_PUBLIC,    colours_get, 0 },
	{ 0 },
};

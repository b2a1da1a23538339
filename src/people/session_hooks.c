/* people/session_hooks.c: who asks, what she may, and the page that says no */
#include "people/session_hooks.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "db/db.h"
#include "http/path.h"
#include "people/form_draft.h"
#include "people/frame.h"
#include "people/permit.h"
#include "people/session.h"
#include "people/site.h"

static const struct actor nobody;
static unsigned char csrf_key[32];

static void
identify(struct request *rq)
{
	struct actor *actor = arena_memdup(rq->arena, &nobody, sizeof(nobody));
	const char *token = request_cookie(rq, SESSION_COOKIE);
	const char *lang = language_known(request_cookie(rq, LANGUAGE_COOKIE));
	struct err err = { 0 };

	if (token != NULL && rq->db != NULL && !session_actor(rq->db, rq->arena, token, rq->now, actor, &err)) {
		log_line(LOG_ERROR, "session", "request=%s error=\"%s\"", rq->id, err.log);
		*actor = nobody;
	}
	actor->address = rq->peer;
	rq->actor = actor;
	/* What she wrote before she signed in again is on its page, until she has sent something. */
	if (actor->account_id != 0 && rq->route != NULL && rq->method == GET)
		(void)form_draft_fill(rq, actor->account_id, &err);
	else if (actor->account_id != 0 && rq->route != NULL && (rq->route->flags & ROUTE_JSON) == 0)
		(void)form_draft_drop(rq, NULL, &err);
	/* The switch on the page is the latest wish, then the account's choice, then the browser's. */
	if (lang == NULL)
		lang = language_known(actor->lang);
	if (lang == NULL)
		lang = language_accept(request_header(rq, "Accept-Language"));
	rq->lang = lang;
}

static bool
authorize(struct request *rq, int action, struct err *err)
{
	return permit(rq->actor, (enum action)action, NULL, err);
}

static const char *
csrf_session(struct request *rq)
{
	return rq->actor == NULL || rq->actor->session_hash == NULL ? "" : rq->actor->session_hash;
}

/* The page a form stands on: the Referer, when it is one of ours; else the form's own address. */
static const char *
page_of_form(struct request *rq)
{
	const char *from = request_header(rq, "Referer"), *path = NULL;
	const char *host = request_header(rq, "Host"), *scheme = from == NULL ? NULL : strstr(from, "://");

	if (scheme != NULL && host != NULL && strncmp(scheme + 3, host, strlen(host)) == 0)
		path = scheme + 3 + strlen(host);
	return path != NULL && path_is_ours(path) ? arena_strndup(rq->arena, path, strcspn(path, "?#")) : rq->path;
}

/* What she wrote waits for her behind the sign-in (people/form_draft.h). Her own account's forms hold passwords: never. */
static void
keep_words(struct request *rq, struct response *rs)
{
	int64_t account_id = session_account(rq->db, request_cookie(rq, SESSION_COOKIE));
	struct err err = { 0 };

	if (account_id != 0 && strncmp(rq->path, "/konto", 6) != 0 &&
	    !form_draft_keep(rq, rs, account_id, page_of_form(rq), NULL, &err))
		log_line(LOG_WARN, "draft", "request=%s error=\"%s\"", rq->id, err.log);
}

/* "/logga-in?till=...": the page she was to read, or on which the form stands that she sent. */
static const char *
sign_in_href(struct request *rq)
{
	struct sb sb;

	sb_init(&sb, rq->arena, 40000);
	sb_add(&sb, "/logga-in?till=");
	sb_url(&sb, rq->method == POST ? page_of_form(rq) : path_address(rq->arena, rq->path, rq->query));
	if (rq->method == POST)
		sb_add(&sb, "&formular=1");
	return sb_str(&sb);
}

static const struct { int status; const char *title, *sentence; } texts[] = {
	{ 400, N_("The page could not understand what was sent"), N_("Go back, reload the page, and try again.") },
	{ 403, N_("You may not do this"), N_("Your role does not allow this. Ask your manager, or whoever administers the service.") },
	{ 404, N_("The page was not found"), N_("Check the address, or start from the first page.") },
	{ 405, N_("The page cannot be used that way"), N_("Go back, reload the page, and try again.") },
	{ 409, N_("Somebody else was first"), N_("Go back, reload the page to see what has changed, and try again.") },
	{ 413, N_("What you sent is too large"), N_("Go back and send fewer or smaller files. What you wrote is kept.") },
	{ 429, N_("Too many tries"), N_("Wait a while, then try again.") },
	{ 503, N_("The service is busy"), N_("Wait a minute and try again. Nothing you sent was half done.") },
	{ 500, N_("Something went wrong with us"), N_("It is our fault, and it is noted. Try again; if it happens again, tell us the reference.") },
};

/* A public form that lay open too long: its words are on it again, and she can send it. */
static bool
came_too_late(struct request *rq, struct response *rs, const struct err *reason)
{
	struct err err = { 0 };
	bool kept = false;

	if (rq->method != POST || rq->route == NULL || (rq->route->flags & ROUTE_KEEPS) == 0 || reason == NULL ||
	    reason->field == NULL || strcmp(reason->field, "csrf") != 0)
		return false;
	if (!form_draft_keep(rq, rs, rq->actor->account_id, rq->path, &kept, &err))
		log_line(LOG_WARN, "draft", "request=%s error=\"%s\"", rq->id, err.log);
	if (kept)
		respond_see_other(rq, rs, "%s?klart=%s", rq->path, frame_done_word(DONE_TOO_LATE));
	return kept;
}

static void
error_page(struct request *rq, struct response *rs, int status, const struct err *err)
{
	struct error_view view = { .status = status, .reference = rq->id, .was_post = rq->method == POST };
	size_t row = 0;
	struct page page;
	struct sb sb;

	if (rq->actor == NULL)		/* an error before anybody was identified */
		identify(rq);
	while (row + 1 < ARRAY_LEN(texts) && texts[row].status != status)
		row++;
	if (status == 403 && came_too_late(rq, rs, err))
		return;
	if (status == 403 && rq->actor->account_id == 0) {
		if (rq->method == GET) {
			respond_see_other(rq, rs, "%s", sign_in_href(rq));
			return;
		}
		keep_words(rq, rs);
		view.sign_in = sign_in_href(rq);
	}
	view.sentence = err != NULL && err->person != NULL ? err->person : texts[row].sentence;
	frame_init(&page, rq, view.sign_in != NULL ? tr(rq->lang, N_("You are no longer signed in")) :
	    tr(rq->lang, texts[row].title));
	page.keep_drafts = true;
	page.no_index = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	error_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
	rs->status = status;
}

bool
session_hooks(struct database *database, struct http_hooks *out, struct err *err)
{
	struct db *db = database_reader(database, err);
	struct site_keys keys;

	if (db == NULL || !site_keys(db, &keys, err))
		return err_add(err, "session hooks");
	memcpy(csrf_key, keys.csrf, sizeof(csrf_key));
	*out = (struct http_hooks){
		.identify = identify, .authorize = authorize, .error_page = error_page, .action_known = action_known,
		.csrf_key = csrf_key, .csrf_session = csrf_session,
	};
	return true;
}

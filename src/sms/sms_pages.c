/* sms/sms_pages.c: parse, permit, do, render */
#include "sms/sms_pages.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/site_words.h"
#include "people/frame.h"
#include "people/permit.h"
#include "sms/incoming.h"
#include "sms/sms_store.h"

/* ---- the gateway ---- */

static bool
let_in(struct request *rq, struct sms_settings *s, struct err *err)
{
	const char *header = request_header(rq, "Authorization"), *token = query_text(rq, "token");

	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
		token = header + 7;
	if (!sms_settings(rq->db, rq->arena, s, err))
		return false;
	if (sms_token_good(s, token))
		return true;
	(void)err_set(err, ERR_DENIED, "text message without our token");
	err->person = s->value[SMS_TOKEN_HASH][0] == '\0' ?
	    N_("No text messages are taken in yet: make a token under /admin/sms first.") :
	    N_("The token is missing or wrong. Send it as \"Authorization: Bearer TOKEN\", or as ?token=TOKEN.");
	return false;
}

static void
answer(struct request *rq, struct response *rs, bool ok, const struct sms_taken *taken, const struct err *err)
{
	struct sb sb;

	if (!ok) {
		respond_err(rq, rs, err);
		return;
	}
	sb_init(&sb, rq->arena, 1000);
	sb_add(&sb, "{\"kind\": ");
	sb_json(&sb, taken->kind);
	sb_add(&sb, ", \"number\": ");
	sb_json(&sb, strcmp(taken->number, "-") == 0 ? NULL : taken->number);
	sb_add(&sb, "}\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

static void
message_post(struct request *rq, struct response *rs)
{
	struct sms_settings s;
	struct sms_incoming in;
	struct sms_taken taken;
	struct err err = { 0 };
	size_t n;
	const char *bytes = request_body(rq, &n);

	answer(rq, rs, let_in(rq, &s, &err) &&
	    sms_incoming_parse(rq->arena, &s, request_header(rq, "Content-Type"), bytes, n, &in, &err) &&
	    sms_take(rq->db, rq->arena, &s, &in, rq->now, &taken, &err), &taken, &err);
}

static void
report_post(struct request *rq, struct response *rs)
{
	struct sms_settings s;
	struct sms_report in;
	struct sms_taken taken;
	struct err err = { 0 };
	size_t n;
	const char *bytes = request_body(rq, &n);

	answer(rq, rs, let_in(rq, &s, &err) &&
	    sms_report_parse(rq->arena, &s, request_header(rq, "Content-Type"), bytes, n, &in, &err) &&
	    sms_reported(rq->db, rq->arena, &s, &in, rq->now, &taken, &err), &taken, &err);
}

/* ---- the settings ---- */

static bool
may(struct request *rq, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, err);
}

/* The form; an unticked box is "" . */
static struct sms_settings
sent(struct request *rq)
{
	struct sms_settings s = { 0 };

	for (size_t i = 0; i < SMS_TOKEN_HASH; i++) {
		const char *value = "";
		struct err ignored = { 0 };

		(void)form_text(rq, sms_setting_rows[i].field, 0, 4000, &value, &ignored);
		s.value[i] = value;
	}
	if (s.value[SMS_SECRET][0] == '\0')
		s.value[SMS_SECRET] = NULL;
	return s;
}

static void
draw(struct request *rq, struct response *rs, const char *token, const struct err *wrong)
{
	static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") } };
	struct sms_view v = { .token = token, .base_url = site_text(rq->db, rq->arena, "site.base_url", rq->base_url) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!sms_settings(rq->db, rq->arena, &v.settings, &err) ||
	    !sms_counts(rq->db, rq->now - (int64_t)30 * 86400, &v.waiting, &v.failed, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.secret_kept = v.settings.value[SMS_SECRET][0] != '\0';
	v.token_kept = v.settings.value[SMS_TOKEN_HASH][0] != '\0';
	v.settings.value[SMS_SECRET] = "";
	if (wrong != NULL || form_raw(rq, "url") != NULL) {	/* also when the words were kept over a new sign-in */
		v.settings = sent(rq);
		v.settings.value[SMS_SECRET] = "";
	}
	frame_init(&page, rq, tr(rq->lang, N_("Text messages")));
	page.trail = trail;
	page.n_trail = ARRAY_LEN(trail);
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	sms_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
settings_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may(rq, &err))
		draw(rq, rs, NULL, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
settings_post(struct request *rq, struct response *rs)
{
	struct sms_settings s = sent(rq);
	struct err err = { 0 };

	if (may(rq, &err) && sms_settings_save(rq->db, &s, rq->actor->account_id, rq->now, &err))
		respond_see_other(rq, rs, "/admin/sms?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

/* The answer is the page itself, since the token may not stand in an address. */
static void
token_post(struct request *rq, struct response *rs)
{
	const char *token;
	struct err err = { 0 };

	if (may(rq, &err) && sms_token_new(rq->db, rq->arena, rq->actor->account_id, rq->now, &token, &err))
		draw(rq, rs, token, NULL);
	else
		respond_err(rq, rs, &err);
}

const struct route sms_routes[] = {
	{ POST, "/api/sms", ACT_PUBLIC, message_post, ROUTE_NO_CSRF | ROUTE_RAW | ROUTE_JSON },
	{ POST, "/api/sms/report", ACT_PUBLIC, report_post, ROUTE_NO_CSRF | ROUTE_RAW | ROUTE_JSON },
	{ GET, "/admin/sms", ACT_ADMIN_SITE, settings_get, 0 },
	{ POST, "/admin/sms", ACT_ADMIN_SITE, settings_post, 0 },
	{ POST, "/admin/sms/token", ACT_ADMIN_SITE, token_post, 0 },
	{ 0 },
};

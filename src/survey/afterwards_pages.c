/* survey/afterwards_pages.c: thin; nothing here logs or keeps who answered */
#include "survey/afterwards_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/site_words.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"
#include "people/site.h"

static void
draw(struct request *rq, struct response *rs, const struct afterwards_form *form, bool thanks, const struct err *wrong)
{
	struct afterwards_view v = { .form = form, .thanks = thanks };
	struct page page;
	struct sb sb;

	v.action = arena_printf(rq->arena, "/efterat/%s", path_param(rq, "token"));
	frame_init(&page, rq, tr(rq->lang, thanks ? N_("Thank you!") : N_("How did we answer you?")));
	page.no_index = true;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	afterwards_html(&sb, &page, &v);
	respond_secret_link(rq, rs);
	respond_html(rq, rs, &sb);
}

static void
form_get(struct request *rq, struct response *rs)
{
	struct afterwards_form form;
	struct err err = { 0 };

	if (strcmp(path_param(rq, "token"), "tack") == 0)
		draw(rq, rs, NULL, true, NULL);
	else if (afterwards_open(rq->db, rq->arena, path_param(rq, "token"), rq->now, &form, &err))
		draw(rq, rs, &form, false, NULL);
	else
		respond_err(rq, rs, &err);
}

static bool
grade(struct request *rq, const char *name, int *out, struct err *err)
{
	const char *text = form_raw(rq, name);
	int64_t n = 0;

	if (text != NULL && *text != '\0' && !form_i64(rq, name, 1, 5, &n, err))
		return false;
	*out = (int)n;
	return true;
}

static bool
read_answer(struct request *rq, struct afterwards_answer *in, struct err *err)
{
	const char *heard = form_raw(rq, "heard"), *days = form_raw(rq, "fair_days");
	int64_t n = 0;

	*in = (struct afterwards_answer){ .heard = heard == NULL || strcmp(heard, "0") != 0 };
	if (days != NULL && *days != '\0' && !form_i64(rq, "fair_days", 0, 365, &n, err))
		return false;
	in->fair_days = (int)n;
	return grade(rq, "ease", &in->ease, err) && grade(rq, "second", &in->second, err);
}

static void
form_post(struct request *rq, struct response *rs)
{
	struct afterwards_answer in;
	struct afterwards_form form;
	struct err err = { 0 };

	if (!afterwards_open(rq->db, rq->arena, path_param(rq, "token"), rq->now, &form, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (read_answer(rq, &in, &err) && afterwards_answer(rq->db, rq->arena, path_param(rq, "token"), &in, rq->now, &err))
		respond_see_other(rq, rs, "/efterat/tack");
	else if (frame_again(&err))
		draw(rq, rs, &form, false, &err);
	else
		respond_err(rq, rs, &err);
}

static void
calls(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct afterwards_call *call;
	struct calls_view v = { 0 };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!afterwards_calls(rq->db, rq->arena, rq->actor->account_id, rq->now, &call, &v.n, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.call = call;
	frame_init(&page, rq, tr(rq->lang, N_("Ask afterwards by phone")));
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	calls_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
calls_get(struct request *rq, struct response *rs)
{
	calls(rq, rs, NULL);
}

static void
call_post(struct request *rq, struct response *rs)
{
	bool declined = form_checked(rq, "declined");
	struct afterwards_answer in;
	struct afterwards_call call;
	struct err err = { 0 };
	int64_t id;

	if (path_id(rq, "id", &id, &err) && afterwards_call_get(rq->db, rq->arena, id, &call, &err) &&
	    permit(rq->actor, ACT_AFTERWARDS_CALL, &(struct object){ .authority_id = call.authority_id }, &err) &&
	    read_answer(rq, &in, &err) && afterwards_called(rq->db, rq->arena, id, declined ? NULL : &in, &err))
		respond_see_other(rq, rs, "/nojdhet/samtal?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		calls(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

/* What is set; when something was wrong, what was written. */
static const char *
setting(struct request *rq, const struct err *wrong, const char *field, const char *name, const char *instead)
{
	const char *written = wrong == NULL ? NULL : form_raw(rq, field);

	return written == NULL ? site_text(rq->db, rq->arena, name, instead) : written;
}

static void
results(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct afterwards_results r = { 0 };
	struct results_view v = { .r = &r, .may_set = permitted(rq->actor, ACT_ADMIN_SITE, NULL) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	int64_t chosen = 0;

	if (!tabs_of_authorities(rq, ACT_AFTERWARDS_RESULTS, "/nojdhet", &v.tab, &v.n_tabs, &chosen, &err) ||
	    (chosen != 0 && !afterwards_results(rq->db, rq->arena, chosen, rq->now, &r, &err))) {
		respond_err(rq, rs, &err);
		return;
	}
	v.share = setting(rq, wrong, "share", "afterwards.share", "0");
	v.rest_days = setting(rq, wrong, "rest_days", "afterwards.rest_days", "180");
	v.minimum = setting(rq, wrong, "minimum", "afterwards.minimum", "10");
	v.together = setting(rq, wrong, "together", "afterwards.together", "10");
	frame_init(&page, rq, tr(rq->lang, N_("What residents think of our answers")));
	page.wide = true;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	results_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
results_get(struct request *rq, struct response *rs)
{
	results(rq, rs, NULL);
}

/* All four, or none. */
static void
settings_post(struct request *rq, struct response *rs)
{
	static const struct { const char *field, *name, *wrong; int64_t least, most; } row[] = {
		{ "share", "afterwards.share", N_("Write a number from 0 to 100."), 0, 100 },
		{ "rest_days", "afterwards.rest_days", N_("Write a number from 1 to 3650."), 1, 3650 },
		{ "minimum", "afterwards.minimum", N_("Write a number from 5 to 1000."), 5, 1000 },
		{ "together", "afterwards.together", N_("Write a number from 5 to 1000."), ASKED_TOGETHER_LEAST, 1000 },
	};
	int64_t n[ARRAY_LEN(row)];
	struct err err = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_LEN(row); i++) {
		ok = form_i64(rq, row[i].field, row[i].least, row[i].most, &n[i], &err);
		if (!ok && err.code == ERR_INPUT)
			err.person = row[i].wrong;
	}
	for (size_t i = 0; ok && i < ARRAY_LEN(row); i++)
		ok = site_set(rq->db, rq->actor->account_id, row[i].name, arena_printf(rq->arena, "%" PRId64, n[i]), rq->now, &err);
	if (ok)
		respond_see_other(rq, rs, "/nojdhet?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		results(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

/* The figures are for those who have a role in the authority; who sets how many are asked sees no more than that. */
static void
either_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (permitted(rq->actor, ACT_AFTERWARDS_RESULTS, NULL) || permit(rq->actor, ACT_ADMIN_SITE, NULL, &err))
		results_get(rq, rs);
	else
		respond_err(rq, rs, &err);
}

const struct route afterwards_routes[] = {
	{ GET, "/efterat/:token", ACT_PUBLIC, form_get, ROUTE_SECRET },
	{ POST, "/efterat/:token", ACT_PUBLIC, form_post, ROUTE_SECRET },
	{ GET, "/nojdhet", ACT_SIGNED_IN, either_get, 0 },
	{ POST, "/nojdhet/installning", ACT_ADMIN_SITE, settings_post, 0 },
	{ GET, "/nojdhet/samtal", ACT_AFTERWARDS_CALL, calls_get, 0 },
	{ POST, "/nojdhet/samtal/:id", ACT_AFTERWARDS_CALL, call_post, 0 },
	{ 0 },
};

/* mystery/mystery_pages.c: thin handlers */
#include "mystery/mystery_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "mystery/plan.h"
#include "people/choices.h"
#include "people/frame.h"

static const struct page_link trail[] = { { .href = "/testfragor", .text = N_("Test questions") } };

static void
begin(struct request *rq, struct response *rs, struct page *page, struct sb *sb, const char *title, bool inner, const struct err *wrong)
{
	frame_init(page, rq, title);
	if (inner) {
		page->trail = trail;
		page->n_trail = ARRAY_LEN(trail);
	}
	if (wrong != NULL) {
		frame_error(page, rq, wrong);
		page->keep_drafts = true;
		rs->status = 422;
	}
	sb_init(sb, rq->arena, PAGE_MAX);
}

static bool
may(struct request *rq, int64_t authority_id, struct err *err)
{
	return permit(rq->actor, ACT_MYSTERY, &(struct object){ .authority_id = authority_id }, err);
}

static struct change
by(struct request *rq)
{
	return (struct change){ rq->actor->account_id, rq->now, NULL };
}

/* The authorities whose tests she leads; a new thing belongs to the only one, or to the one chosen. */
static bool
authorities(struct request *rq, const struct choice **out, size_t *n, struct err *err)
{
	const char *chosen = form_raw(rq, "authority_id");
	struct authority_list all;
	struct choice *list;

	*n = 0;
	if (!authority_list(rq->db, rq->arena, &all, err))
		return false;
	list = arena_array(rq->arena, all.n, sizeof(*list));
	for (size_t i = 0; i < all.n; i++) {
		const char *id = i64_text(rq->arena, all.item[i].id);

		if (all.item[i].active && permitted(rq->actor, ACT_MYSTERY, &(struct object){ .authority_id = all.item[i].id }))
			list[(*n)++] = (struct choice){ .value = id, .text = all.item[i].name,
				.chosen = chosen != NULL && strcmp(chosen, id) == 0 };
	}
	*out = list;
	return true;
}

static bool
authority_of(struct request *rq, int64_t *id, struct err *err)
{
	const struct choice *list;
	size_t n;

	if (!authorities(rq, &list, &n, err))
		return false;
	*id = n == 1 ? choice_id(list[0].value) : choice_id(form_raw(rq, "authority_id"));
	return *id == 0 ? err_input(err, "authority_id", N_("Choose a committee.")) : may(rq, *id, err);
}

const char *
mystery_round_state_text(const char *state)
{
	static const struct { const char *state, *text; } table[] = { { "planned", N_("Planned") }, { "running", N_("Under way") },
		{ "over", N_("Over") }, { "cancelled", N_("Cancelled") } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strcmp(table[i].state, state) == 0)
			return table[i].text;
	}
	return state;
}

const char *
mystery_test_state_text(const struct mystery_test *t)
{
	if (t->void_reason != NULL)
		return N_("Left out");
	if (t->judged)
		return N_("Judged");
	if (t->by_phone)
		return N_("To be called");
	if (t->asked_at == 0)
		return N_("To be sent");
	if (t->answer_at != 0)
		return N_("Answered, to judge");
	return t->contact_id != 0 ? N_("Has come in, waits for an answer") : N_("Sent");
}

/* ---- rounds, questions, senders ------------------------------------------------------------------------------------- */

static void
rounds_get(struct request *rq, struct response *rs)
{
	struct mystery_rounds_view v = { 0 };
	struct mystery_question_list questions;
	struct mystery_sender_list senders;
	struct mystery_round_list rounds;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!mystery_rounds(rq->db, rq->arena, rq->actor, &rounds, &err) ||
	    !mystery_questions(rq->db, rq->arena, rq->actor, &questions, &err) ||
	    !mystery_senders(rq->db, rq->arena, rq->actor, &senders, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v = (struct mystery_rounds_view){ rounds.item, rounds.n, 0, 0 };
	for (size_t i = 0; i < questions.n; i++)
		v.n_questions += questions.item[i].active;
	for (size_t i = 0; i < senders.n; i++)
		v.n_senders += senders.item[i].active;
	begin(rq, rs, &page, &sb, tr(rq->lang, N_("Test questions")), false, NULL);
	mystery_rounds_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
questions_get(struct request *rq, struct response *rs)
{
	struct mystery_question_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!mystery_questions(rq->db, rq->arena, rq->actor, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	begin(rq, rs, &page, &sb, tr(rq->lang, N_("Questions to ask")), true, NULL);
	mystery_questions_html(&sb, &page, &(struct mystery_questions_view){ list.item, list.n });
	respond_html(rq, rs, &sb);
}

static void
draw_question(struct request *rq, struct response *rs, const struct mystery_question *q, const struct err *wrong)
{
	struct mystery_question_view v = { .q = q };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	v.action = q->id == 0 ? "/testfragor/fragor/ny" : arena_printf(rq->arena, "/testfragor/fragor/%" PRId64, q->id);
	if (!authorities(rq, &v.authority, &v.n_authorities, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	begin(rq, rs, &page, &sb, q->id == 0 ? tr(rq->lang, N_("A new question")) : tr(rq->lang, N_("A question")), true, wrong);
	mystery_question_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static bool
question_of(struct request *rq, struct mystery_question *q, struct err *err)
{
	int64_t id;

	*q = (struct mystery_question){ .by_mail = true, .by_phone = true, .active = true };
	if (path_param(rq, "id") == NULL)
		return true;
	return path_id(rq, "id", &id, err) && mystery_question_get(rq->db, rq->arena, id, q, err) && may(rq, q->authority_id, err);
}

static void
question_get(struct request *rq, struct response *rs)
{
	struct mystery_question q;
	struct err err = { 0 };

	if (question_of(rq, &q, &err))
		draw_question(rq, rs, &q, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
question_post(struct request *rq, struct response *rs)
{
	struct mystery_question q;
	struct change change = by(rq);
	struct err err = { 0 };
	bool ok;

	if (!question_of(rq, &q, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	q.by_mail = form_checked(rq, "by_mail");
	q.by_phone = form_checked(rq, "by_phone");
	q.active = form_checked(rq, "active");
	ok = form_text(rq, "area", 0, 400, &q.area, &err) && form_text(rq, "subject", 0, 400, &q.subject, &err) &&
	    form_text(rq, "question", 0, 8000, &q.question, &err) && form_text(rq, "points", 0, 8000, &q.points, &err) &&
	    (q.id != 0 || authority_of(rq, &q.authority_id, &err)) && mystery_question_save(rq->db, &change, &q, NULL, &err);
	if (ok)
		respond_see_other(rq, rs, "/testfragor/fragor?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_question(rq, rs, &q, &err);
	else
		respond_err(rq, rs, &err);
}

static void
senders_get(struct request *rq, struct response *rs)
{
	struct mystery_sender_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!mystery_senders(rq->db, rq->arena, rq->actor, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	begin(rq, rs, &page, &sb, tr(rq->lang, N_("Test senders")), true, NULL);
	mystery_senders_html(&sb, &page, &(struct mystery_senders_view){ list.item, list.n });
	respond_html(rq, rs, &sb);
}

static void
draw_sender(struct request *rq, struct response *rs, const struct mystery_sender *s, const struct err *wrong)
{
	struct mystery_sender_view v = { .s = s };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	v.action = s->id == 0 ? "/testfragor/avsandare/ny" : arena_printf(rq->arena, "/testfragor/avsandare/%" PRId64, s->id);
	if (!authorities(rq, &v.authority, &v.n_authorities, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	begin(rq, rs, &page, &sb, s->id == 0 ? tr(rq->lang, N_("A new test sender")) : s->name, true, wrong);
	mystery_sender_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static bool
sender_of(struct request *rq, struct mystery_sender *s, struct err *err)
{
	int64_t id;

	*s = (struct mystery_sender){ .active = true };
	if (path_param(rq, "id") == NULL)
		return true;
	return path_id(rq, "id", &id, err) && mystery_sender_get(rq->db, rq->arena, id, s, err) && may(rq, s->authority_id, err);
}

static void
sender_get(struct request *rq, struct response *rs)
{
	struct mystery_sender s;
	struct err err = { 0 };

	if (sender_of(rq, &s, &err))
		draw_sender(rq, rs, &s, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
sender_post(struct request *rq, struct response *rs)
{
	struct mystery_sender s;
	struct change change = by(rq);
	struct err err = { 0 };
	bool ok;

	if (!sender_of(rq, &s, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	s.active = form_checked(rq, "active");
	ok = form_text(rq, "name", 0, 400, &s.name, &err) && form_text(rq, "address", 0, 254, &s.address, &err) &&
	    form_text(rq, "phone", 0, 40, &s.phone, &err) && (s.id != 0 || authority_of(rq, &s.authority_id, &err)) &&
	    mystery_sender_save(rq->db, rq->arena, &change, &s, NULL, &err);
	if (ok)
		respond_see_other(rq, rs, "/testfragor/avsandare?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_sender(rq, rs, &s, &err);
	else
		respond_err(rq, rs, &err);
}

/* ---- planning ------------------------------------------------------------------------------------------------------- */

static bool
mailboxes(struct request *rq, struct mystery_plan_view *v, struct err *err)
{
	const char *chosen = form_raw(rq, "recipient");
	struct mailbox_list all;
	struct choice *list;

	if (!mailbox_list(rq->db, rq->arena, &all, err))
		return false;
	list = arena_array(rq->arena, all.n, sizeof(*list));
	for (size_t i = 0; i < all.n; i++) {
		if (all.item[i].active)
			list[v->n_mailboxes++] = (struct choice){ .value = all.item[i].address, .text = all.item[i].address,
				.chosen = chosen != NULL && strcmp(chosen, all.item[i].address) == 0 };
	}
	v->mailbox = list;
	return true;
}

static const char *
written(struct request *rq, const char *name, const char *instead)
{
	const char *text = form_raw(rq, name);

	return text == NULL ? instead : text;
}

static void
draw_plan(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct date today = local_date(rq->now);
	struct mystery_plan_view v = { .name = form_raw(rq, "name"), .phone = form_raw(rq, "phone"), .seed = form_raw(rq, "seed"),
		.from = written(rq, "from_date", arena_strdup(rq->arena, date_text(date_add(today, 1)).s)),
		.to = written(rq, "to_date", arena_strdup(rq->arena, date_text(date_add(today, 42)).s)), .opens = written(rq, "opens", "08:00"),
		.closes = written(rq, "closes", "16:00"), .mails = written(rq, "mails", "1"), .calls = written(rq, "calls", "1") };
	struct mystery_question_list questions;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!mailboxes(rq, &v, &err) || !authorities(rq, &v.authority, &v.n_authorities, &err) ||
	    !mystery_questions(rq->db, rq->arena, rq->actor, &questions, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	for (size_t i = 0; i < questions.n; i++) {
		v.n_mail_questions += questions.item[i].active && questions.item[i].by_mail;
		v.n_phone_questions += questions.item[i].active && questions.item[i].by_phone;
	}
	begin(rq, rs, &page, &sb, tr(rq->lang, N_("Plan a round")), true, wrong);
	mystery_plan_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
plan_get(struct request *rq, struct response *rs)
{
	draw_plan(rq, rs, NULL);
}

static void
plan_post(struct request *rq, struct response *rs)
{
	struct mystery_wish in = { .recipient = form_raw(rq, "recipient"), .opens = form_raw(rq, "opens"), .closes = form_raw(rq, "closes") };
	const char *seed = form_raw(rq, "seed");
	struct change change = by(rq);
	struct err err = { 0 };
	int64_t id = 0;
	bool ok = form_text(rq, "name", 0, 400, &in.name, &err) && form_text(rq, "phone", 0, 40, &in.phone, &err) &&
	    form_date(rq, "from_date", &in.from, &err) && form_date(rq, "to_date", &in.to, &err) &&
	    form_i64(rq, "mails", 0, 50, &in.mails, &err) && form_i64(rq, "calls", 0, 50, &in.calls, &err) &&
	    (seed == NULL || *seed == '\0' || form_i64(rq, "seed", 1, 2147483647, &in.seed, &err)) &&
	    authority_of(rq, &in.authority_id, &err) && mystery_plan(rq->db, rq->arena, &change, &in, &id, &err);

	if (ok)
		respond_see_other(rq, rs, "/testfragor/omgangar/%" PRId64 "?klart=%s", id, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_plan(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

/* ---- a round -------------------------------------------------------------------------------------------------------- */

static bool
round_of(struct request *rq, struct mystery_round *r, struct err *err)
{
	int64_t id;

	return path_id(rq, "id", &id, err) && mystery_round_get(rq->db, rq->arena, id, r, err) && may(rq, r->authority_id, err);
}

static void
round_get(struct request *rq, struct response *rs)
{
	struct mystery_round r;
	struct mystery_test_list tests;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!round_of(rq, &r, &err) || !mystery_tests(rq->db, rq->arena, r.id, &tests, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	begin(rq, rs, &page, &sb, r.name, true, NULL);
	page.wide = true;
	mystery_round_html(&sb, &page, &(struct mystery_round_view){ &r, tests.item, tests.n, rq->now });
	respond_html(rq, rs, &sb);
}

enum round_step { ROUND_START, ROUND_END, ROUND_CANCEL };

static void
round_step(struct request *rq, struct response *rs, enum round_step step)
{
	struct change change = by(rq);
	struct mystery_round r;
	struct err err = { 0 };

	if (round_of(rq, &r, &err) && (step == ROUND_START ? mystery_start(rq->db, &change, r.id, &err) :
	    mystery_end(rq->db, rq->arena, &change, r.id, step == ROUND_CANCEL, &err)))
		respond_see_other(rq, rs, "/testfragor/omgangar/%" PRId64 "?klart=%s", r.id, frame_done_word(DONE_SAVED));
	else
		respond_err(rq, rs, &err);
}

static void
start_post(struct request *rq, struct response *rs)
{
	round_step(rq, rs, ROUND_START);
}

static void
end_post(struct request *rq, struct response *rs)
{
	round_step(rq, rs, ROUND_END);
}

static void
cancel_post(struct request *rq, struct response *rs)
{
	round_step(rq, rs, ROUND_CANCEL);
}

/* ---- a test --------------------------------------------------------------------------------------------------------- */

/* The points, one a line, and which were met ("1,3"). */
static void
points(struct request *rq, const struct mystery_test *t, struct mystery_test_view *v)
{
	const char **list = arena_array(rq->arena, MYSTERY_POINTS_MAX, sizeof(*list));
	const char *p = t->points, *met = t->points_met;

	while (*p != '\0' && v->n_points < MYSTERY_POINTS_MAX) {
		size_t n = strcspn(p, "\n");

		if (n > strspn(p, " \t"))
			list[v->n_points++] = arena_strndup(rq->arena, p, n);
		p += n + (p[n] == '\n');
	}
	v->point = list;
	while (met != NULL && *met != '\0') {
		char *end;
		long k = strtol(met, &end, 10);

		if (end == met)
			break;
		if (k >= 1 && k <= MYSTERY_POINTS_MAX)
			v->met[k - 1] = true;
		met = end + (*end == ',');
	}
	for (size_t i = 0; i < form_count(rq, "point"); i++) {
		int64_t k = choice_id(form_nth(rq, "point", i));

		if (k >= 1 && k <= MYSTERY_POINTS_MAX)
			v->met[k - 1] = true;
	}
}

static const char *
digit(struct arena *a, int n, int least)
{
	return n < least ? NULL : arena_printf(a, "%d", n);
}

static void
draw_test(struct request *rq, struct response *rs, const struct mystery_test *t, const struct err *wrong)
{
	struct local_time at = local_time(t->by_phone && t->asked_at != 0 ? t->asked_at : rq->now);
	struct mystery_test_view v = { .t = t, .may = strcmp(t->round_state, "running") == 0,
		.called_day = written(rq, "called_day", arena_strdup(rq->arena, date_text(at.date).s)),
		.called_time = written(rq, "called_time", arena_printf(rq->arena, "%02d:%02d", at.hour, at.minute)),
		.minutes = written(rq, "minutes", digit(rq->arena, t->minutes, 0)), .remark = written(rq, "remark", t->remark),
		.void_reason = written(rq, "void_reason", t->void_reason), .direct = written(rq, "direct", digit(rq->arena, t->direct, 0)),
		.is_answer = written(rq, "is_answer", digit(rq->arena, t->is_answer, 0)) };
	struct mystery_round r;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!mystery_round_get(rq->db, rq->arena, t->round_id, &r, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.phone = r.phone;
	for (int i = 0; i < GRADES; i++)
		v.grade[i] = written(rq, mystery_grade_name[i], digit(rq->arena, t->grade[i], 1));
	points(rq, t, &v);
	begin(rq, rs, &page, &sb, t->subject, false, wrong);
	page.trail = (const struct page_link[]){ trail[0], { .href = arena_printf(rq->arena, "/testfragor/omgangar/%" PRId64, r.id),
		.text = r.name } };
	page.n_trail = 2;
	mystery_test_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static bool
test_of(struct request *rq, struct mystery_test *t, struct err *err)
{
	int64_t id;

	return path_id(rq, "id", &id, err) && mystery_test_get(rq->db, rq->arena, id, t, err) && may(rq, t->authority_id, err);
}

static void
test_get(struct request *rq, struct response *rs)
{
	struct mystery_test t;
	struct err err = { 0 };

	if (test_of(rq, &t, &err))
		draw_test(rq, rs, &t, NULL);
	else
		respond_err(rq, rs, &err);
}

static bool
grade(struct request *rq, int i, int *out, struct err *err)
{
	const char *text = form_raw(rq, mystery_grade_name[i]);
	int64_t n = 0;

	if (text != NULL && *text != '\0' && !form_i64(rq, mystery_grade_name[i], 1, 5, &n, err))
		return false;
	*out = (int)n;
	return true;
}

static bool
judgement(struct request *rq, const struct mystery_test *t, struct mystery_judgement *in, struct err *err)
{
	const char *direct = form_raw(rq, "direct"), *is_answer = form_raw(rq, "is_answer"), *minutes = form_raw(rq, "minutes"),
	    *clock = form_raw(rq, "called_time");
	struct date day;
	int at = plan_minutes(clock);
	struct sb met;

	*in = (struct mystery_judgement){ .test_id = t->id, .is_answer = is_answer == NULL ? -1 : strcmp(is_answer, "1") == 0,
		.direct = direct == NULL ? -1 : strcmp(direct, "1") == 0, .minutes = -1 };
	sb_init(&met, rq->arena, 100);
	for (size_t i = 0; i < form_count(rq, "point"); i++)
		sb_addf(&met, "%s%" PRId64, i == 0 ? "" : ",", choice_id(form_nth(rq, "point", i)));
	in->points_met = sb_str(&met);
	if (!form_text(rq, "remark", 0, 4000, &in->remark, err))
		return false;
	if (!t->by_phone)
		return true;
	if (minutes != NULL && *minutes != '\0' && !form_i64(rq, "minutes", 0, 600, &in->minutes, err))
		return false;
	for (int i = 0; i < GRADES; i++) {
		if (!grade(rq, i, &in->grade[i], err))
			return false;
	}
	if (!form_date(rq, "called_day", &day, err))
		return false;
	if (at < 0)
		return err_input(err, "called_time", N_("Write a time of day, like 08:00."));
	in->called_at = local_instant(day, at / 60, at % 60, 0);
	return true;
}

static void
finish_test(struct request *rq, struct response *rs, const struct mystery_test *t, bool ok, const struct err *err)
{
	if (ok)
		respond_see_other(rq, rs, "/testfragor/omgangar/%" PRId64 "?klart=%s", t->round_id, frame_done_word(DONE_SAVED));
	else if (frame_again(err))
		draw_test(rq, rs, t, err);
	else
		respond_err(rq, rs, err);
}

static void
test_post(struct request *rq, struct response *rs)
{
	struct change change = by(rq);
	struct mystery_judgement in;
	struct mystery_test t;
	struct err err = { 0 };

	if (!test_of(rq, &t, &err))
		respond_err(rq, rs, &err);
	else
		finish_test(rq, rs, &t, judgement(rq, &t, &in, &err) && mystery_judge(rq->db, rq->arena, &change, &in, &err), &err);
}

static void
void_post(struct request *rq, struct response *rs)
{
	struct change change = by(rq);
	struct mystery_test t;
	const char *why;
	struct err err = { 0 };

	if (!test_of(rq, &t, &err))
		respond_err(rq, rs, &err);
	else
		finish_test(rq, rs, &t, form_text(rq, "void_reason", 0, 4000, &why, &err) && mystery_void(rq->db, &change, t.id, why, &err),
		    &err);
}

const struct route mystery_routes[] = {
	{ GET, "/testfragor", ACT_MYSTERY, rounds_get, ROUTE_SECRET },
	{ GET, "/testfragor/fragor", ACT_MYSTERY, questions_get, ROUTE_SECRET },
	{ GET, "/testfragor/fragor/ny", ACT_MYSTERY, question_get, ROUTE_SECRET },
	{ POST, "/testfragor/fragor/ny", ACT_MYSTERY, question_post, ROUTE_SECRET },
	{ GET, "/testfragor/fragor/:id", ACT_MYSTERY, question_get, ROUTE_SECRET },
	{ POST, "/testfragor/fragor/:id", ACT_MYSTERY, question_post, ROUTE_SECRET },
	{ GET, "/testfragor/avsandare", ACT_MYSTERY, senders_get, ROUTE_SECRET },
	{ GET, "/testfragor/avsandare/ny", ACT_MYSTERY, sender_get, ROUTE_SECRET },
	{ POST, "/testfragor/avsandare/ny", ACT_MYSTERY, sender_post, ROUTE_SECRET },
	{ GET, "/testfragor/avsandare/:id", ACT_MYSTERY, sender_get, ROUTE_SECRET },
	{ POST, "/testfragor/avsandare/:id", ACT_MYSTERY, sender_post, ROUTE_SECRET },
	{ GET, "/testfragor/ny", ACT_MYSTERY, plan_get, ROUTE_SECRET },
	{ POST, "/testfragor/ny", ACT_MYSTERY, plan_post, ROUTE_SECRET },
	{ GET, "/testfragor/omgangar/:id", ACT_MYSTERY, round_get, ROUTE_SECRET },
	{ POST, "/testfragor/omgangar/:id/starta", ACT_MYSTERY, start_post, ROUTE_SECRET },
	{ POST, "/testfragor/omgangar/:id/avsluta", ACT_MYSTERY, end_post, ROUTE_SECRET },
	{ POST, "/testfragor/omgangar/:id/avbryt", ACT_MYSTERY, cancel_post, ROUTE_SECRET },
	{ GET, "/testfragor/prov/:id", ACT_MYSTERY, test_get, ROUTE_SECRET },
	{ POST, "/testfragor/prov/:id", ACT_MYSTERY, test_post, ROUTE_SECRET },
	{ POST, "/testfragor/prov/:id/stryk", ACT_MYSTERY, void_post, ROUTE_SECRET },
	{ 0 },
};

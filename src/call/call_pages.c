/* call/call_pages.c: parse, permit, do, render */
#include "call/call_pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "call/note.h"
#include "contact/clock.h"
#include "contact/desk.h"
#include "contact/suggest.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "people/frame.h"
#include "people/phone.h"

enum { RINGING_SHOWN = 12, CALLBACKS_SHOWN = 20, BEFORE_SHOWN = 5, ANSWERS_SHOWN = 3, QUERY_MAX = 600, MINE_S = 4 * 3600 };

static int64_t
own_authority(struct request *rq)
{
	struct err none = { 0 };
	int64_t id = 0;

	if (rq->actor->unit_id != 0)
		(void)work_unit_of(rq->db, rq->actor->unit_id, &id, &none);
	return id;
}

/* Who is on the line: a call of the exchange, somebody to be called back, or a number that was typed. */
static bool
who(struct request *rq, struct telephone_view *v, struct err *err)
{
	const char *callback = rq->method == GET ? query_text(rq, "aterring") : form_raw(rq, "aterring");
	const char *typed = rq->method == GET ? query_text(rq, "nummer") : form_raw(rq, "nummer");
	struct object object;
	struct call_row call;
	struct contact c;

	v->call_id = rq->method == GET ? query_i64(rq, "samtal", 0) : strtoll(form_raw(rq, "samtal") == NULL ? "0" :
	    form_raw(rq, "samtal"), NULL, 10);
	if (v->call_id > 0) {
		if (!call_get(rq->db, rq->arena, rq->actor, v->call_id, &call, err))
			return false;
		v->number = call.number;
		v->chosen = true;
	} else if (callback != NULL && *callback != '\0') {
		if (!contact_by_number(rq->db, rq->arena, callback, &c, err))
			return false;
		object = contact_object(&c);
		if (!permit(rq->actor, ACT_CONTACT_ANSWER, &object, err))
			return false;
		v->callback = c.number;
		v->number_kept = c.sender_phone;
		v->number = c.restricted == 0 ? c.sender_phone : NULL;
		v->chosen = true;
	} else if (typed != NULL) {
		v->number = phone_normal(rq->arena, strlen(typed) > 60 ? arena_strndup(rq->arena, typed, 60) : typed);
		v->chosen = v->number != NULL;
	}
	return true;
}

static bool
lists(struct request *rq, struct telephone_view *v, struct err *err)
{
	struct call_row_list ringing, mine;
	struct callback_row_list callbacks;
	struct contact_row_list before;

	if (!call_ringing(rq->db, rq->arena, rq->actor, rq->now, RINGING_SHOWN, &ringing, err) ||
	    !call_mine(rq->db, rq->arena, rq->actor, rq->now - MINE_S, 3, &mine, err) ||
	    !callback_open(rq->db, rq->arena, rq->actor, CALLBACKS_SHOWN, &callbacks, err) ||
	    !call_contacts_of(rq->db, rq->arena, rq->actor, v->number, BEFORE_SHOWN, &before, &v->name, err))
		return false;
	v->ringing = ringing.item;
	v->n_ringing = ringing.n;
	v->mine = mine.item;
	v->n_mine = mine.n;
	v->callback_row = callbacks.item;
	v->n_callbacks = callbacks.n;
	v->before = before.item;
	v->n_before = before.n;
	return true;
}

static bool
form(struct request *rq, struct telephone_view *v, struct err *err)
{
	const struct desk *d = desk_of(rq->db, rq->arena, own_authority(rq), rq->lang, rq->now, err);
	const char *explained, *category = form_raw(rq, "category"), *standard = form_raw(rq, "standard");
	struct choice *choice;
	int64_t by;

	if (d == NULL)
		return false;
	v->category = desk_choose(rq->arena, d->category, d->n_categories, category == NULL ? 0 : strtoll(category, NULL, 10));
	v->n_categories = d->n_categories;
	v->standard = choice = arena_array(rq->arena, d->n_standards, sizeof(*choice));
	v->n_standards = d->n_standards;
	for (size_t i = 0; i < d->n_standards; i++)
		choice[i] = (struct choice){ .value = d->standard[i].value, .text = d->standard[i].title,
			.chosen = standard != NULL && strcmp(standard, d->standard[i].value) == 0 };
	v->text = form_raw(rq, "text");
	v->answer = form_raw(rq, "answer");
	v->person = form_raw(rq, "name") != NULL ? form_raw(rq, "name") : v->name;
	v->promised_day = form_raw(rq, "promised_day");
	v->promised_time = form_raw(rq, "promised_time");
	if (v->promised_day == NULL) {		/* the next working day, at noon */
		if (!clock_working_days(rq->db, rq->arena, local_date(rq->now), 1, &by, &explained, err))
			return false;
		v->promised_day = arena_strdup(rq->arena, date_text(local_date(by - 1)).s);
	}
	if (v->promised_time == NULL)
		v->promised_time = "12:00";
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct telephone_view v = { .now = rq->now };
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	bool ok = db_read_begin(rq->db, &err) && who(rq, &v, &err) && lists(rq, &v, &err) && form(rq, &v, &err);

	db_read_end(rq->db);
	if (!ok) {
		respond_err(rq, rs, &err);
		return;
	}
	v.written = rq->method == GET ? query_text(rq, "skrivet") : NULL;
	v.draft = v.call_id != 0 ? arena_printf(rq->arena, "telefon-%" PRId64, v.call_id) :
	    v.callback != NULL ? arena_printf(rq->arena, "telefon-%s", v.callback) : "telefon";
	frame_init(&page, rq, tr(rq->lang, N_("Telephone")));
	page.wide = true;
	page.events = "/telefon/handelser";
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	telephone_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
desk_get(struct request *rq, struct response *rs)
{
	draw(rq, rs, NULL);
}

/* "12:00", "12.00", "9". */
static bool
form_clock(struct request *rq, struct date day, int64_t *out, struct err *err)
{
	const char *text;
	char *end;
	long h, m = 0;

	if (!form_text(rq, "promised_time", 1, 10, &text, err))
		return false;
	h = strtol(text, &end, 10);
	if (end != text && (*end == ':' || *end == '.')) {
		const char *minutes = end + 1;

		m = strtol(minutes, &end, 10);
		if (end == minutes)
			end = (char *)(uintptr_t)text;
	}
	if (end == text || *end != '\0' || h < 0 || h > 23 || m < 0 || m > 59)
		return err_input(err, "promised_time", N_("Write the time like 12:00."));
	*out = local_instant(day, (int)h, (int)m, 0);
	return true;
}

static const char *
or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

/* The answer: as written, else the standard answer that was chosen. */
static bool
answer_of(struct request *rq, struct note_in *in, struct err *err)
{
	const char *chosen = form_raw(rq, "standard");
	struct standard_answer s;

	if (!form_text(rq, "answer", 0, NOTE_TEXT_MAX, &in->answer, err))
		return false;
	if (in->answer[0] != '\0' || chosen == NULL || *chosen == '\0')
		return true;
	if (!standard_answer_get(rq->db, rq->arena, strtoll(chosen, NULL, 10), &s, err))
		return err->code == ERR_NOT_FOUND ? err_input(err, "standard", N_("Choose one of the standard answers.")) : false;
	in->answer = s.text;
	return true;
}

static bool
parse(struct request *rq, const struct telephone_view *v, struct note_in *in, struct err *err)
{
	const char *end = form_raw(rq, "gor"), *category = form_raw(rq, "category"), *ignored;
	struct date day;

	*in = (struct note_in){ .call_id = v->call_id, .number = v->number != NULL ? v->number :
		v->number_kept };
	in->end = end != NULL && strcmp(end, "overlamna") == 0 ? NOTE_HAND_OVER :
	    end != NULL && strcmp(end, "jag") == 0 ? NOTE_MINE : NOTE_DONE;
	if (!form_text(rq, "text", 0, NOTE_TEXT_MAX, &in->text, err) || !form_text(rq, "name", 0, 200, &in->name, err) ||
	    !answer_of(rq, in, err) || (category != NULL && *category != '\0' && !form_id(rq, "category", &in->category_id, err)))
		return false;
	in->name = or_null(in->name);
	/* without scripts nobody has suggested an area yet */
	if (in->category_id == 0 && !suggest_category(rq->db, rq->arena, in->text, &in->category_id, &ignored, err))
		return false;
	return in->end == NOTE_DONE || (form_date(rq, "promised_day", &day, err) && form_clock(rq, day, &in->promised_by, err));
}

static void
desk_post(struct request *rq, struct response *rs)
{
	struct telephone_view v = { .now = rq->now };
	struct contact_out out;
	struct note_in in;
	struct err err = { 0 };
	bool ok = who(rq, &v, &err) && permit(rq->actor, ACT_CONTACT_CREATE, NULL, &err) && parse(rq, &v, &in, &err);

	if (ok && call_note(rq->db, rq->arena, &in, rq->actor, rq->now, &out, &err))
		respond_see_other(rq, rs, "/telefon?skrivet=%s&klart=%s", out.number, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
suggest_get(struct request *rq, struct response *rs)
{
	const char *typed = query_text(rq, "q"), *name;
	struct standard_answer answer[ANSWERS_SHOWN];
	struct err err = { 0 };
	struct sb sb;
	int64_t category_id;
	size_t n;

	if (typed == NULL || strlen(typed) > QUERY_MAX * 4)
		typed = "";
	if (!suggest_category(rq->db, rq->arena, typed, &category_id, &name, &err) ||
	    !suggest_answers(rq->db, rq->arena, typed, own_authority(rq), ANSWERS_SHOWN, answer, &n, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, 1 << 20);
	sb_addf(&sb, "{\"choose\": \"%" PRId64 "\", \"chosen\": ", category_id);
	sb_json(&sb, name);
	sb_add(&sb, ", \"insert\": [");
	for (size_t i = 0; i < n; i++) {
		sb_add(&sb, i == 0 ? "{\"title\": " : ", {\"title\": ");
		sb_json(&sb, answer[i].title);
		sb_add(&sb, ", \"text\": ");
		sb_json(&sb, answer[i].text);
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]}\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

static void
events_get(struct request *rq, struct response *rs)
{
	respond_events(rq, rs, LIVE_CALLS);
}

const struct route call_routes[] = {
	{ GET, "/telefon", ACT_CALL_DESK, desk_get, ROUTE_SECRET },
	{ POST, "/telefon", ACT_CALL_DESK, desk_post, ROUTE_SECRET },
	{ GET, "/telefon/forslag", ACT_CALL_DESK, suggest_get, ROUTE_JSON },
	{ GET, "/telefon/handelser", ACT_CALL_DESK, events_get, 0 },
	{ 0 },
};

/* contact/contact_pages.c: parse, permit, do, render */
#include "contact/contact_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/desk.h"
#include "contact/form_fields.h"
#include "contact/letter.h"
#include "contact/live.h"
#include "contact/presence.h"
#include "contact/receipt.h"
#include "contact/received.h"
#include "contact/text_message.h"
#include "db/db.h"
#include "law/calendar.h"
#include "people/frame.h"
#include "people/office.h"
#include "registry/file_answer.h"
#include "registry/matter.h"
#include "registry/uploads.h"

enum { EVENTS_SHOWN = 200, OTHERS_SHOWN = 10, ARRIVED_DAYS_MOST = 731 };

/* The contact of the path, if she may `action` it. A refusal looks like absence (the route's ROUTE_SECRET). Reading what
 * is restricted is logged. */
static bool
open_contact(struct request *rq, enum action action, struct contact *c, struct err *err)
{
	struct object object;

	if (!contact_by_number(rq->db, rq->arena, path_param(rq, "number"), c, err))
		return false;
	object = contact_object(c);
	return permit(rq->actor, action, &object, err);
}

/* What can be chosen. A standard answer asked for goes behind the words that are there: nothing that was written is lost. */
static bool
choices(struct request *rq, const struct contact *c, struct contact_view *v, struct err *err)
{
	const struct desk *d = desk_of(rq->db, rq->arena, c->authority_id, rq->lang, rq->now, err);
	int64_t wanted = query_i64(rq, "standard", 0);
	struct choice *choice;

	if (d == NULL)
		return false;
	v->owner = desk_choose(rq->arena, d->owner, d->n_owners, c->owner_id);
	v->n_owners = d->n_owners;
	v->colleague = d->owner;
	v->n_colleagues = d->n_owners;
	if (c->restricted > 0)
		v->n_colleagues = desk_readers(rq->arena, d, c->unit_id, c->owner_id, c->restricted, &v->colleague);
	v->unit = desk_choose(rq->arena, d->unit, d->n_units, c->unit_id);
	v->n_units = d->n_units;
	v->authority = d->authority;
	v->n_authorities = d->n_authorities;
	v->standard = choice = arena_array(rq->arena, d->n_standards, sizeof(*choice));
	v->n_standard = d->n_standards;
	for (size_t i = 0; i < d->n_standards; i++) {
		const struct desk_standard *s = &d->standard[i];

		choice[i] = (struct choice){ .value = s->value, .text = s->title, .chosen = s->id == wanted };
		if (s->id == wanted)
			v->answer_text = v->answer_text == NULL || *v->answer_text == '\0' ? s->text :
			    arena_printf(rq->arena, "%s\n\n%s", v->answer_text, s->text);
	}
	return true;
}

/* The matter's number and link, for those who may read it; for others there is none. */
static bool
load_matter(struct request *rq, const struct contact *c, struct contact_view *v, struct err *err)
{
	struct object object;
	struct matter m;

	if (c->matter_id == 0)
		return true;
	if (!matter_get(rq->db, rq->arena, c->matter_id, &m, err))
		return false;
	object = matter_object(&m);
	if (permitted(rq->actor, ACT_MATTER_READ, &object))
		v->matter_number = m.number;
	return true;
}

/* What went on in this one, from its timeline: whoever answers it answers that too. */
static bool
load_merged(struct request *rq, struct contact_view *v, struct err *err)
{
	struct contact *list = NULL;

	for (size_t i = 0; i < v->n_events; i++) {
		json_t *data = NULL;
		struct object object;
		struct contact *m;
		const char *number;

		if (strcmp(v->event[i].action, "contact.merged_here") != 0 || v->event[i].data == NULL ||
		    !json_parse(v->event[i].data, strlen(v->event[i].data), &data, err))
			continue;
		if (list == NULL)
			list = arena_array(rq->arena, v->n_events, sizeof(*list));
		m = &list[v->n_merged];
		number = arena_strdup(rq->arena, json_text_or(data, "from", ""));
		json_decref(data);
		if (!contact_by_number(rq->db, rq->arena, number, m, err))
			return false;
		object = contact_object(m);
		if (!permitted(rq->actor, ACT_CONTACT_READ, &object))
			continue;
		v->n_merged++;
		if (m->restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "contact", m->id, m->authority_id, rq->now, err))
			return false;
	}
	v->merged = list;
	return true;
}

static bool
load(struct request *rq, const struct contact *c, struct contact_view *v, struct err *err)
{
	struct object object = contact_object(c);
	struct document_list docs;
	struct event_list events;
	struct question_list questions;
	struct contact_row_list others;
	struct presence_list present;
	struct date received;
	int64_t saved_at;
	int reach;

	*v = (struct contact_view){ .contact = c, .account_id = rq->actor->account_id, .now = rq->now,
		.may_answer = permitted(rq->actor, ACT_CONTACT_ANSWER, &object),
		.may_assign = permitted(rq->actor, ACT_CONTACT_ASSIGN, &object),
		.may_transfer = permitted(rq->actor, ACT_CONTACT_TRANSFER, &object),
		.may_note = permitted(rq->actor, ACT_CONTACT_NOTE, &object),
		.may_merge = permitted(rq->actor, ACT_CONTACT_MERGE, &object),
		.may_matter = permitted(rq->actor, ACT_MATTER_OPEN, &object),
		.may_quarantine = permitted(rq->actor, ACT_CONTACT_QUARANTINE, &object) };
	reach = permit_reach(rq->actor, ACT_CONTACT_READ, c->authority_id, c->unit_id, c->owner_id);
	if (!document_of(rq->db, rq->arena, c->id, 0, reach, &docs, err) ||
	    !event_of(rq->db, rq->arena, c->id, 0, reach, EVENTS_SHOWN, &events, err) ||
	    !question_of(rq->db, rq->arena, c->id, &questions, err) ||
	    !contact_of_sender(rq->db, rq->arena, rq->actor, c, OTHERS_SHOWN, &others, err) ||
	    !draft_get(rq->db, rq->arena, rq->actor->account_id, c->id, &v->answer_text, &saved_at, err))
		return false;
	if (form_raw(rq, "text") != NULL)	/* sent and wrong, or kept over a new sign-in */
		v->answer_text = form_raw(rq, "text");
	v->document = docs.item;
	v->n_documents = docs.n;
	v->event = events.item;
	v->n_events = events.n;
	v->question = questions.item;
	v->n_questions = questions.n;
	v->other = others.item;
	v->n_others = others.n;
	present = presence_of(rq->arena, rq->database, c->id, rq->actor->account_id, rq->now);
	v->present = present.item;
	v->n_present = present.n;
	v->promise = c->answer_by == 0 ? "" : receipt_promise(rq->arena, rq->lang, c);
	v->received = date_parse(c->received_date, &received) ? received_words(rq->arena, rq->lang, local_date(c->arrived_at),
	    received, c->received_rule) : c->received_date;
	v->path = arena_printf(rq->arena, "/kontakter/%s", c->number);
	if (c->category_id != 0 && c->restricted == 0 && permitted(rq->actor, ACT_CONTACT_PUBLISH, &object)) {
		struct category category;

		if (!category_get(rq->db, rq->arena, c->category_id, &category, err))
			return false;
		v->may_publish = strcmp(category.open311, "words") == 0;
	}
	v->may_text = text_message_may(c) && text_messages_on(rq->db, rq->arena);
	v->text_counted = v->may_text ? text_message_counted(rq->db, rq->arena, rq->lang, c, v->answer_text) : NULL;
	if (c->owner_id != 0 && c->closed_at == 0 &&
	    !absence_on(rq->db, rq->arena, c->owner_id, local_date(rq->now), &v->away, err))
		return false;
	if (!load_merged(rq, v, err) || !load_matter(rq, c, v, err) || !secrecy_load(rq, "contact", c->id, &object, v->path, &v->secrecy, err) ||
	    !person_protection(rq->db, c->person_id, &v->secrecy.protection, err))
		return false;
	v->secrecy.has_person = c->person_id != 0;
	return c->closed_at != 0 || choices(rq, c, v, err);
}

/* Others see who has it open for writing. A page that only looks again by itself says nothing about anybody. */
static void
be_present(struct request *rq, const struct contact *c, int64_t until, int64_t writing_until)
{
	if (request_header(rq, "X-Refresh") == NULL)
		live_present(rq->db, c->id, rq->actor->account_id, rq->actor->name, until, writing_until, rq->now);
}

static void
draw(struct request *rq, struct response *rs, const struct contact *c, const struct err *wrong)
{
	struct contact_view v;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((c->restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "contact", c->id, c->authority_id, rq->now,
	    &err)) || !load(rq, c, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (v.may_answer && c->closed_at == 0)
		be_present(rq, c, rq->now + PRESENCE_OPEN_S, 0);
	frame_init(&page, rq, arena_printf(rq->arena, "%s %s", c->number, c->subject));
	page.wide = true;
	page.keep_drafts = wrong != NULL;
	page.events = arena_printf(rq->arena, "%s/handelser", v.path);
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = wrong->code == ERR_CONFLICT ? 409 : 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	contact_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* She is asked about a contact that her roles do not open: she sees what she was asked, and answers it. *is_hers false when there is
 * no question to her. */
static bool
draw_asked(struct request *rq, struct response *rs, const struct err *wrong, bool *is_hers, struct err *err)
{
	struct asked_view v = { .path = arena_printf(rq->arena, "/kontakter/%s", path_param(rq, "number")) };
	struct question_list list;
	struct contact c;
	struct page page;
	struct sb sb;

	*is_hers = false;
	if (!contact_by_number(rq->db, rq->arena, path_param(rq, "number"), &c, err) ||
	    !question_of(rq->db, rq->arena, c.id, &list, err))
		return false;
	v.question = arena_array(rq->arena, list.n, sizeof(*v.question));
	for (size_t i = 0; i < list.n; i++) {
		if (list.item[i].asked_of == rq->actor->account_id && c.restricted == 0)
			v.question[v.n++] = list.item[i];
	}
	if (v.n == 0)
		return true;
	*is_hers = true;
	frame_init(&page, rq, arena_printf(rq->arena, "%s %s", tr(rq->lang, N_("A colleague asks you")), c.number));
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	asked_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
	return true;
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 }, own = { 0 };
	bool is_hers = false;

	/* One snapshot: the parts of the page agree, and the database is asked for leave once instead of ten times. */
	if (!db_read_begin(rq->db, &err))
		respond_err(rq, rs, &err);
	else if (open_contact(rq, ACT_CONTACT_READ, &c, &err))
		draw(rq, rs, &c, NULL);
	else if (err.code != ERR_DENIED || !draw_asked(rq, rs, NULL, &is_hers, &own) || !is_hers)
		respond_err(rq, rs, &err);
	db_read_end(rq->db);
}

/* What every changing page ends in: the contact again, with its words kept when something was wrong. */
static void
finish(struct request *rq, struct response *rs, bool ok, const struct err *err)
{
	struct contact c;
	struct err again = { 0 };

	if (ok && open_contact(rq, ACT_CONTACT_READ, &c, &again))
		respond_see_other(rq, rs, "/kontakter/%s?klart=%s", path_param(rq, "number"), frame_done_word(DONE_SAVED));
	else if (ok)			/* she has given it away, or shielded it from herself */
		respond_see_other(rq, rs, "/arbetslista?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(err) && open_contact(rq, ACT_CONTACT_READ, &c, &again))
		draw(rq, rs, &c, err);
	else
		respond_err(rq, rs, err);
}

static bool
parse_answer(struct request *rq, const struct contact *c, struct answer_in *in, struct err *err)
{
	static const struct { const char *word; enum answer_way way; } ways[] = {
		{ "email", ANSWER_MAIL }, { "phone", ANSWER_PHONE }, { "letter", ANSWER_LETTER }, { "visit", ANSWER_VISIT },
		{ "sms", ANSWER_TEXT_MESSAGE },
	};
	const char *way = form_raw(rq, "way"), *ending = form_raw(rq, "ending");
	struct date day;
	size_t i;

	*in = (struct answer_in){ .contact_id = c->id };
	if (!form_text(rq, "text", 0, CONTACT_TEXT_MAX, &in->text, err) ||
	    !form_text(rq, "ending_why", 0, 1000, &in->ending_why, err) ||
	    !form_i64(rq, "version", 1, INT64_MAX / 2, &in->version, err))
		return false;
	for (i = 0; i < ARRAY_LEN(ways) && (way == NULL || strcmp(ways[i].word, way) != 0); i++)
		;
	if (i == ARRAY_LEN(ways))
		return err_input(err, "way", N_("Choose how you answer."));
	in->way = ways[i].way;
	in->ending = ending == NULL || strcmp(ending, "plan") == 0 ? NULL : ending;
	if (in->ending_why[0] == '\0')
		in->ending_why = NULL;
	if (ending == NULL)
		return err_input(err, "ending", N_("Choose how it ends."));
	if (in->ending == NULL) {
		if (!form_date(rq, "next_by", &day, err))
			return false;
		in->next_by = local_instant(day, 24, 0, 0);
	}
	return uploads_store(rq, &in->file, &in->n_files, err);
}

/* A letter goes first among the files, as the paper it becomes. */
static bool
add_letter(struct request *rq, const struct contact *c, struct answer_in *in, struct err *err)
{
	struct document_file *file;

	if (in->way != ANSWER_LETTER)
		return true;
	if (!contact_answer_good(in, c, rq->now, err))
		return false;
	file = arena_array(rq->arena, in->n_files + 1, sizeof(*file));
	if (in->n_files > 0)
		memcpy(file + 1, in->file, in->n_files * sizeof(*file));
	in->file = file;
	in->n_files++;
	return letter_make(rq->db, rq->arena, c, in->text, rq->actor, rq->now, file, err);
}

static void
answer_post(struct request *rq, struct response *rs)
{
	struct answer_in in;
	struct contact c;
	struct err err = { 0 };
	int64_t document_id = 0;
	bool ok = open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) && parse_answer(rq, &c, &in, &err) &&
	    add_letter(rq, &c, &in, &err) && contact_answer(rq->db, rq->arena, &in, rq->actor, rq->now, &document_id, &err);

	if (ok)
		live_left(rq->db, c.id, rq->actor->account_id);
	finish(rq, rs, ok, &err);
}

static void
undo_post(struct request *rq, struct response *rs)
{
	struct document d;
	struct contact c;
	struct err err = { 0 };
	int64_t id;

	/* The right was asked about for this contact, so the answer must be this contact's. */
	finish(rq, rs, open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) && form_id(rq, "document", &id, &err) &&
	    document_get(rq->db, rq->arena, id, &d, &err) &&
	    (d.contact_id == c.id || err_set(&err, ERR_NOT_FOUND, "answer of another contact")) &&
	    contact_answer_undo(rq->db, id, rq->actor, rq->now, &err), &err);
}

static void
assign_post(struct request *rq, struct response *rs)
{
	const char *owner = form_raw(rq, "owner"), *note;
	struct contact c;
	struct err err = { 0 };
	int64_t version, unit_id, owner_id = 0;

	finish(rq, rs, open_contact(rq, ACT_CONTACT_ASSIGN, &c, &err) &&
	    form_i64(rq, "version", 1, INT64_MAX / 2, &version, &err) && form_id(rq, "unit", &unit_id, &err) &&
	    (owner == NULL || *owner == '\0' || form_id(rq, "owner", &owner_id, &err)) &&
	    form_text(rq, "note", 0, 8000, &note, &err) &&
	    contact_assign(rq->db, c.id, version, unit_id, owner_id, note, rq->actor, rq->now, &err), &err);
}

static void
take_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_ASSIGN, &c, &err) &&
	    contact_assign(rq->db, c.id, 0, c.unit_id, rq->actor->account_id, NULL, rq->actor, rq->now, &err), &err);
}

static void
transfer_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };
	int64_t authority_id, new_id;

	finish(rq, rs, open_contact(rq, ACT_CONTACT_TRANSFER, &c, &err) &&
	    form_id(rq, "authority", &authority_id, &err) &&
	    contact_transfer(rq->db, c.id, 0, authority_id, 0, NULL, rq->actor, rq->now, &new_id, &err), &err);
}

static void
pause_post(struct request *rq, struct response *rs)
{
	const char *reason, *question;
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) && form_text(rq, "reason", 0, 500, &reason, &err) &&
	    form_text(rq, "question", 0, 8000, &question, &err) &&
	    contact_pause(rq->db, c.id, 0, reason, question, rq->actor, rq->now, &err), &err);
}

static void
resume_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) &&
	    contact_resume(rq->db, c.id, rq->actor->account_id, rq->now, &err), &err);
}

static void
note_post(struct request *rq, struct response *rs)
{
	const char *text;
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_NOTE, &c, &err) &&
	    form_text(rq, "note_text", 0, 20000, &text, &err) &&
	    contact_note(rq->db, c.id, text, rq->actor, rq->now, &err), &err);
}

static void
ask_post(struct request *rq, struct response *rs)
{
	const char *text;
	struct contact c;
	struct err err = { 0 };
	int64_t of;

	finish(rq, rs, open_contact(rq, ACT_CONTACT_NOTE, &c, &err) && form_id(rq, "of", &of, &err) &&
	    form_text(rq, "ask_text", 0, 8000, &text, &err) &&
	    contact_ask(rq->db, c.id, of, text, rq->actor, rq->now, &err), &err);
}

static void
ask_answer_post(struct request *rq, struct response *rs)
{
	const char *text;
	struct contact c = { 0 };
	struct err err = { 0 }, own = { 0 };
	int64_t id;

	/* Her right is that she was asked: contact_ask_answer() takes no other question. */
	bool ok = contact_by_number(rq->db, rq->arena, path_param(rq, "number"), &c, &err) && form_id(rq, "question", &id, &err) &&
	    form_text(rq, "reply_text", 0, 8000, &text, &err) &&
	    contact_ask_answer(rq->db, id, text, rq->actor, rq->now, &err), is_hers = false;
	struct object object = contact_object(&c);

	if (ok || permitted(rq->actor, ACT_CONTACT_READ, &object))
		finish(rq, rs, ok, &err);
	else if (!frame_again(&err) || !draw_asked(rq, rs, &err, &is_hers, &own) || !is_hers)
		respond_err(rq, rs, &err);
}

static void
merge_post(struct request *rq, struct response *rs)
{
	const char *number;
	struct contact c, into;
	struct object object;
	struct err err = { 0 };
	bool ok = open_contact(rq, ACT_CONTACT_MERGE, &c, &err) && form_text(rq, "into", 1, 40, &number, &err);

	if (ok && !contact_by_number(rq->db, rq->arena, number, &into, &err))
		ok = err.code == ERR_NOT_FOUND ? err_input(&err, "into", N_("There is no contact with that number.")) : false;
	if (ok) {
		object = contact_object(&into);
		ok = permit(rq->actor, ACT_CONTACT_MERGE, &object, &err) &&
		    contact_merge(rq->db, c.id, into.id, rq->actor, rq->now, &err);
	}
	finish(rq, rs, ok, &err);
}

static void
split_post(struct request *rq, struct response *rs)
{
	const char *subject, *text;
	struct contact_out out;
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_MERGE, &c, &err) &&
	    form_text(rq, "split_subject", 0, CONTACT_SUBJECT_MAX, &subject, &err) &&
	    form_text(rq, "split_text", 0, CONTACT_TEXT_MAX, &text, &err) &&
	    contact_split(rq->db, rq->arena, c.id, subject, text, rq->actor, rq->now, &out, &err), &err);
}

static void
matter_post(struct request *rq, struct response *rs)
{
	const char *title;
	struct contact c;
	struct err err = { 0 };
	int64_t id;

	finish(rq, rs, open_contact(rq, ACT_MATTER_OPEN, &c, &err) &&
	    form_text(rq, "matter_title", 1, MATTER_TITLE_MAX, &title, &err) &&
	    matter_open(rq->db, &(struct matter_in){ .authority_id = c.authority_id, .unit_id = c.unit_id,
	    .owner_id = c.owner_id, .title = title, .contact_id = c.id, .restricted = c.restricted }, rq->actor, rq->now,
	    &id, &err), &err);
}

/* Into a matter that is there, by its number. */
static void
join_post(struct request *rq, struct response *rs)
{
	const char *number;
	struct object object;
	struct matter m;
	struct contact c;
	struct err err = { 0 };
	bool ok = open_contact(rq, ACT_MATTER_OPEN, &c, &err) && form_text(rq, "matter_number", 1, 60, &number, &err);

	if (ok && (!matter_by_number(rq->db, rq->arena, number, &m, &err) ||
	    (object = matter_object(&m), !permitted(rq->actor, ACT_MATTER_READ, &object))))
		ok = err.code == ERR_NONE || err.code == ERR_NOT_FOUND ?
		    err_input(&err, "matter_number", N_("There is no matter with that number.")) : false;
	finish(rq, rs, ok && permit(rq->actor, ACT_DOCUMENT_ADD, &object, &err) &&
	    matter_add_contact(rq->db, m.id, c.id, rq->actor, rq->now, &err), &err);
}

static void
mark_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_SECRECY_MARK, &c, &err) && secrecy_mark_posted(rq, "contact", c.id, &err), &err);
}

static void
lift_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_SECRECY_MARK, &c, &err) && secrecy_lift_posted(rq, "contact", c.id, &err), &err);
}

static void
protect_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };
	int64_t level;

	finish(rq, rs, open_contact(rq, ACT_PERSON_PROTECT, &c, &err) && form_i64(rq, "level", 0, 2, &level, &err) &&
	    person_protect(rq->db, c.id, (int)level, rq->actor, rq->now, &err), &err);
}

static void
release_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_QUARANTINE, &c, &err) &&
	    contact_release(rq->db, rq->arena, c.id, rq->actor, rq->now, &err), &err);
}

static void
new_link_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };
	bool sent;

	finish(rq, rs, open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) &&
	    contact_new_link(rq->db, rq->arena, c.id, rq->actor, rq->now, &sent, &err), &err);
}

static void
spam_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	finish(rq, rs, open_contact(rq, ACT_CONTACT_QUARANTINE, &c, &err) &&
	    contact_reject_spam(rq->db, c.id, rq->actor, rq->now, &err), &err);
}

static void
draft_post(struct request *rq, struct response *rs)
{
	const char *text;
	struct contact c;
	struct err err = { 0 };
	struct sb sb;

	if (!open_contact(rq, ACT_CONTACT_ANSWER, &c, &err) || !form_text(rq, "text", 0, CONTACT_TEXT_MAX, &text, &err) ||
	    !draft_save(rq->db, rq->actor->account_id, c.id, text, rq->now, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	be_present(rq, &c, rq->now + PRESENCE_STAYS_S, rq->now + PRESENCE_WRITING_S);
	sb_init(&sb, rq->arena, 4096);
	sb_add(&sb, "{\"says\": ");
	sb_json(&sb, text_message_may(&c) && text_messages_on(rq->db, rq->arena) ? arena_printf(rq->arena, "%s %s",
	    tr(rq->lang, N_("By text message:")), text_message_counted(rq->db, rq->arena, rq->lang, &c, text)) : NULL);
	sb_add(&sb, "}\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

/* The page's script: she is still here, or ("borta") she has left. */
static void
presence_post(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	if (!open_contact(rq, ACT_CONTACT_ANSWER, &c, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (form_raw(rq, "borta") == NULL)
		be_present(rq, &c, rq->now + PRESENCE_STAYS_S, 0);
	else
		live_left(rq->db, c.id, rq->actor->account_id);
	respond_text(rs, 200, "application/json; charset=utf-8", "{}\n", 3);
}

static void
events_get(struct request *rq, struct response *rs)
{
	struct contact c;
	struct err err = { 0 };

	if (!open_contact(rq, ACT_CONTACT_READ, &c, &err))
		respond_err(rq, rs, &err);
	else
		respond_events(rq, rs, live_topic(rq->arena, c.id));
}

/* A document of the contact of the path, if she may read both; reading what is restricted is logged. */
static bool
open_document_of(struct request *rq, struct contact *c, struct document *d, struct err *err)
{
	struct object object;
	int64_t document_id;

	if (!open_contact(rq, ACT_CONTACT_READ, c, err) || !path_id(rq, "document", &document_id, err) ||
	    !document_get(rq->db, rq->arena, document_id, d, err))
		return false;
	if (d->contact_id != c->id)
		return err_set(err, ERR_NOT_FOUND, "document of another contact");
	object = contact_object(c);
	object.restricted = (enum reach)d->restricted;
	return permit(rq->actor, ACT_CONTACT_READ, &object, err) && (d->restricted == 0 ||
	    read_log_add(rq->db, rq->actor->account_id, "document", d->id, d->authority_id, rq->now, err));
}

static void
file_page(struct request *rq, struct response *rs)
{
	struct document d;
	struct contact c;
	struct err err = { 0 };
	int64_t position;

	if (!open_document_of(rq, &c, &d, &err) || !path_id(rq, "position", &position, &err))
		respond_err(rq, rs, &err);
	else
		file_answer(rq, rs, &d, position);
}

static void
original_page(struct request *rq, struct response *rs)
{
	struct document d;
	struct contact c;
	struct err err = { 0 };

	if (!open_document_of(rq, &c, &d, &err))
		respond_err(rq, rs, &err);
	else
		file_answer_original(rq, rs, &d);
}

/* On a page of its own: a mail's HTML may be large, and nobody needs it every time. */
static void
layout_page(struct request *rq, struct response *rs)
{
	struct document d;
	struct contact c;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!open_document_of(rq, &c, &d, &err) ||
	    ((d.html == NULL || *d.html == '\0') && !err_set(&err, ERR_NOT_FOUND, "document %" PRId64 " has no HTML", d.id))) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("The mail as it was laid out")));
	sb_init(&sb, rq->arena, PAGE_MAX + strlen(d.html));
	mail_layout_html(&sb, &page, &c, &d);
	respond_html(rq, rs, &sb);
}

/* ---- taking one down ---- */

/* What the day would be: how it came and which day, as they stand in the form. */
static const char *
received_preview(struct request *rq, const char *how, const char *arrived)
{
	const struct arrival *one = arrival_of(how);
	struct law_received received;
	struct date day = local_date(rq->now);
	struct err err = { 0 };

	if (one == NULL || (arrived != NULL && *arrived != '\0' && !date_parse(arrived, &day)) ||
	    !law_received_date(one->received_as != NULL ? one->received_as : one->channel, local_instant(day, 12, 0, 0),
	    &received, &err))
		return "";
	return received_words(rq->arena, rq->lang, day, received.date, received.rule);
}

static void
received_get(struct request *rq, struct response *rs)
{
	const char *text = received_preview(rq, query_text(rq, "channel"), query_text(rq, "arrived"));

	respond_text(rs, 200, "text/plain; charset=utf-8", text, strlen(text));
}

static void
draw_new(struct request *rq, struct response *rs, const struct err *wrong)
{
	const char *category = form_raw(rq, "category"), *channel = form_raw(rq, "channel");
	struct new_view v = { .text = form_raw(rq, "text"), .subject = form_raw(rq, "subject"),
		.place = form_raw(rq, "place"), .name = form_raw(rq, "name"), .email = form_raw(rq, "email"),
		.phone = rq->method == GET ? query_text(rq, "telefon") : form_raw(rq, "phone"),
		.address = form_raw(rq, "address"), .arrived = form_raw(rq, "arrived"),
		.today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s) };
	struct category_list list;
	struct choice *choice;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!category_list(rq->db, rq->arena, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.category = choice = arena_array(rq->arena, list.n, sizeof(*choice));
	for (size_t i = 0; i < list.n; i++) {
		const char *value = arena_printf(rq->arena, "%" PRId64, list.item[i].id);

		if (list.item[i].active)
			choice[v.n_categories++] = (struct choice){ .value = value, .text = list.item[i].name,
				.chosen = category != NULL && strcmp(category, value) == 0 };
	}
	if (channel == NULL && (channel = query_text(rq, "kanal")) == NULL)
		channel = arrivals[0].value;
	while (arrivals[v.n_channels].value != NULL)
		v.n_channels++;
	v.channel = choice = arena_array(rq->arena, v.n_channels, sizeof(*choice));
	for (size_t i = 0; i < v.n_channels; i++)
		choice[i] = (struct choice){ .value = arrivals[i].value, .text = arrivals[i].text,
			.chosen = strcmp(channel, arrivals[i].value) == 0 };
	if (v.arrived == NULL)
		v.arrived = v.today;
	v.received = received_preview(rq, channel, v.arrived);
	frame_init(&page, rq, tr(rq->lang, N_("New contact")));
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	new_contact_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	draw_new(rq, rs, NULL);
}

/* How and when it came. Today is now; another day has no time of day that anybody knows, so it is noon. */
static bool
read_arrival(struct request *rq, struct contact_in *in, struct err *err)
{
	const struct arrival *one = arrival_of(form_raw(rq, "channel"));
	const char *arrived = form_raw(rq, "arrived");
	struct date day, today = local_date(rq->now);

	if (one == NULL)
		return err_input(err, "channel", N_("Choose how it came."));
	in->channel = one->channel;
	in->received_as = one->received_as;
	if (arrived == NULL || *arrived == '\0')
		return true;
	if (!form_date(rq, "arrived", &day, err))
		return false;
	if (date_cmp(day, today) > 0)
		return err_input(err, "arrived", N_("That day has not come yet. Enter the day it reached us, today or earlier."));
	if (date_diff(today, day) > ARRIVED_DAYS_MOST)
		return err_input(err, "arrived", N_("That day is more than two years ago. Check the year."));
	if (date_cmp(day, today) < 0)
		in->arrived_at = local_instant(day, 12, 0, 0);
	return true;
}

static void
new_post(struct request *rq, struct response *rs)
{
	struct contact_in in = { .taken_by = rq->actor->account_id };
	struct contact_out out;
	struct err err = { 0 };
	bool ok = form_text(rq, "text", 1, CONTACT_TEXT_MAX, &in.text, &err) &&
	    form_fields_read(rq, &in, &err) && form_fields_category(rq, &in.category_id, &err) &&
	    read_arrival(rq, &in, &err) && uploads_store(rq, &in.file, &in.n_files, &err);

	if (ok) {
		form_fields_settle(&in);
		/* She answers a caller by phone, whatever other address there is. */
		in.reply_by = in.sender_phone != NULL && strcmp(in.channel, "phone") == 0 ? "phone" : NULL;
		ok = contact_receive(rq->db, rq->arena, &in, rq->now, &out, &err);
	}
	if (ok)
		respond_see_other(rq, rs, "/kontakter/%s?klart=%s", out.number, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_new(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

const struct route contact_routes[] = {
	{ GET, "/kontakter/ny", ACT_CONTACT_CREATE, new_get, 0 },
	{ GET, "/kontakter/ny/mottagen", ACT_CONTACT_CREATE, received_get, 0 },
	{ POST, "/kontakter/ny", ACT_CONTACT_CREATE, new_post, ROUTE_UPLOAD },
	{ GET, "/kontakter/:number", ACT_CONTACT_READ, page_get, ROUTE_SECRET },
	{ POST, "/kontakter/:number/svar", ACT_CONTACT_ANSWER, answer_post, ROUTE_SECRET | ROUTE_UPLOAD },
	{ POST, "/kontakter/:number/angra", ACT_CONTACT_ANSWER, undo_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/tilldela", ACT_CONTACT_ASSIGN, assign_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/ta", ACT_CONTACT_ASSIGN, take_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/flytta", ACT_CONTACT_TRANSFER, transfer_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/paus", ACT_CONTACT_ANSWER, pause_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/aterta", ACT_CONTACT_ANSWER, resume_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/anteckning", ACT_CONTACT_NOTE, note_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/fraga", ACT_CONTACT_NOTE, ask_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/fragasvar", ACT_CONTACT_READ, ask_answer_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/samman", ACT_CONTACT_MERGE, merge_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/dela", ACT_CONTACT_MERGE, split_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/arende", ACT_MATTER_OPEN, matter_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/till-arende", ACT_MATTER_OPEN, join_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/sekretess", ACT_SECRECY_MARK, mark_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/sekretess-lyft", ACT_SECRECY_MARK, lift_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/skydd", ACT_PERSON_PROTECT, protect_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/slapp", ACT_CONTACT_QUARANTINE, release_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/lank", ACT_CONTACT_ANSWER, new_link_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/skrap", ACT_CONTACT_QUARANTINE, spam_post, ROUTE_SECRET },
	{ POST, "/kontakter/:number/utkast", ACT_CONTACT_ANSWER, draft_post, ROUTE_SECRET | ROUTE_JSON },
	{ POST, "/kontakter/:number/narvaro", ACT_CONTACT_ANSWER, presence_post, ROUTE_SECRET | ROUTE_JSON },
	{ GET, "/kontakter/:number/handelser", ACT_CONTACT_READ, events_get, ROUTE_SECRET },
	{ GET, "/kontakter/:number/fil/:document/:position", ACT_CONTACT_READ, file_page, ROUTE_SECRET },
	{ GET, "/kontakter/:number/original/:document", ACT_CONTACT_READ, original_page, ROUTE_SECRET },
	{ GET, "/kontakter/:number/utseende/:document", ACT_CONTACT_READ, layout_page, ROUTE_SECRET },
	{ 0 },
};

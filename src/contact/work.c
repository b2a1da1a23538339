/* contact/work.c: what is done with a contact, each in one transaction with its event */
#include "contact/work.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/clock.h"
#include "contact/contact_store.h"
#include "contact/link.h"
#include "contact/live.h"
#include "contact/receipt.h"
#include "contact/site_words.h"
#include "contact/text_message.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "law/calendar.h"
#include "people/phone.h"
#include "registry/secrecy.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { PLAN_DAYS_MOST = 366, ANSWER_LEAST = 10, TEXT_MOST = CONTACT_TEXT_MAX };

/* One job: what a write function needs. Each function below fills what it uses. */
struct job {
	struct arena *a;
	const struct actor *by;
	int64_t contact_id, version, now;
	int64_t unit_id, owner_id, authority_id, other_id;
	const char *text, *reason, *subject;
	const struct answer_in *answer;
	const struct document_file *file;
	size_t n_files;
	bool yes;
	const char *email, *phone, *address;
	int64_t result;
	struct contact_out out;
};

static int64_t
account_of(const struct job *j)
{
	return j->by == NULL ? -1 : j->by->account_id;		/* -1: the resident herself */
}

static bool
run(struct db *db, db_write_fn *fn, struct job *j, const char *what, struct err *err)
{
	struct arena *own = NULL;
	bool ok;

	if (j->a == NULL)
		j->a = own = arena_open();
	ok = db_write(db, fn, j, err) || err_add(err, "%s contact %" PRId64, what, j->contact_id);
	arena_close(own);
	return ok;
}

static bool
note(struct db *tx, const struct job *j, const struct contact *c, const char *action, const char *data, struct err *err)
{
	live_contact_after(tx, c->id);
	return event_note(tx, j->now, account_of(j), action, "contact", c->id, c->id, c->matter_id, c->authority_id,
	    c->restricted, data, err);
}

static bool
open_contact(struct db *tx, const struct job *j, struct contact *c, struct err *err)
{
	if (!contact_get(tx, j->a, j->contact_id, c, err) || !contact_touch(tx, c->id, j->version, err))
		return false;
	if (c->closed_at == 0)
		return true;
	(void)err_set(err, ERR_CONFLICT, "contact %" PRId64 " is closed", c->id);
	err->person = N_("This contact has already been closed. Open the page again to see what happened.");
	return false;
}

static bool
has_words(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

/* A mail to a colleague about a contact: the number and the promise, never the words (they may be secret). */
static bool
tell(struct db *tx, const struct job *j, const struct contact *c, int64_t account_id, const char *msgid, struct err *err)
{
	const char *to = account_address(tx, j->a, account_id, err);
	const char *text;

	if (to == NULL)
		return err->code == ERR_NONE || err_add(err, "telling a colleague");
	text = arena_printf(j->a, "%s\n\n%s/kontakter/%s\n", tr("sv", msgid), site_text(tx, j->a, "site.base_url", ""),
	    c->number);
	return outbox_put(tx, &(struct outbox_message){
		.contact_id = c->id, .recipient = to, .subject = arena_printf(j->a, "%s: %s", c->number, tr("sv", msgid)),
		.text = text, .automatic = true }, j->now, NULL, err);
}

/* Gives back the working days that were waited, counted after the day of the pause. */
static bool
resume_at(struct db *tx, struct job *j, const struct contact *c, struct err *err)
{
	struct date last = local_date(c->answer_by - 1);
	const char *explained;
	int64_t by;
	int days;

	if (!clock_days_between(tx, j->a, local_date(c->paused_at), local_date(j->now), &days, err) ||
	    !clock_working_days(tx, j->a, last, days, &by, &explained, err))
		return false;
	return work_resume(tx, c->id, days == 0 ? c->answer_by : by, days, err) &&
	    note(tx, j, c, "contact.resumed", arena_printf(j->a, "{\"days\": %d}", days), err);
}

/* Before it is answered, goes elsewhere or is put back: the days it waited are given back first, and `c` is read again. */
static bool
run_again(struct db *tx, struct job *j, struct contact *c, struct err *err)
{
	return c->paused_at == 0 || (resume_at(tx, j, c, err) && contact_get(tx, j->a, c->id, c, err));
}

static bool
assign(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;
	int64_t authority_id;

	if (!open_contact(tx, j, &c, err) || !work_unit_of(tx, j->unit_id, &authority_id, err))
		return false;
	if (authority_id != c.authority_id)
		return err_input(err, "unit", N_("That unit belongs to another authority. Transfer the contact instead."));
	if (j->owner_id != 0 && !work_may_own(tx, c.authority_id, j->owner_id, date_text(local_date(j->now)).s, err))
		return err->code == ERR_NOT_FOUND ? err_input(err, "owner", N_("Choose somebody who works here.")) : false;
	/* What waits must be somebody's: with nobody to have it the clock runs again. */
	if (j->owner_id == 0 && !run_again(tx, j, &c, err))
		return false;
	if (!work_assign(tx, c.id, j->unit_id, j->owner_id, j->now, err) ||
	    !work_search_moved(tx, c.id, c.authority_id, j->unit_id, err))
		return false;
	if (has_words(j->text) && !document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .direction = "internal", .kind = "note",
		.state = "completed", .registered_at = j->now, .registered_by = account_of(j), .title = c.subject,
		.text = j->text, .restricted = c.restricted }, NULL, err))
		return false;
	if (j->owner_id != 0 && j->owner_id != account_of(j) &&
	    !tell(tx, j, &c, j->owner_id, N_("You have been given a contact"), err))
		return false;
	return note(tx, j, &c, "contact.assigned", arena_printf(j->a, "{\"unit\": %" PRId64 ", \"owner\": %" PRId64
	    ", \"from_unit\": %" PRId64 ", \"from_owner\": %" PRId64 "}", j->unit_id, j->owner_id, c.unit_id, c.owner_id),
	    err);
}

bool
contact_assign(struct db *db, int64_t contact_id, int64_t version, int64_t unit_id, int64_t owner_id,
    const char *text, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .version = version, .now = now, .unit_id = unit_id,
		.owner_id = owner_id, .text = text };

	return run(db, assign, &j, "assigning", err);
}

/* The same words become a new contact; what makes it another's (authority, unit, clock) is the caller's. */
static bool
copy_into_new(struct db *tx, struct job *j, const struct contact *c, const char *subject, const char *text,
    int64_t authority_id, int64_t unit_id, struct err *err)
{
	struct document_list docs;
	const struct document_file *file = NULL;
	const char *as = NULL, *words;
	size_t n_files = 0;

	if (!document_of(tx, j->a, c->id, 0, REACH_PROTECTED, &docs, err))
		return false;
	(void)law_received_rule(c->received_rule, &as, &words);
	if (docs.n > 0) {
		file = docs.item[0].file;
		n_files = docs.item[0].n_files;
	}
	return contact_receive(tx, j->a, &(struct contact_in){
		.kind = c->kind, .channel = c->channel, .authority_id = authority_id, .unit_id = unit_id,
		.sender_name = c->sender_name, .sender_email = c->sender_email, .sender_phone = c->sender_phone,
		.sender_address = c->sender_address, .anonymous = c->anonymous, .reply_by = c->reply_by,
		.language = c->language, .subject = subject, .text = text, .place = c->place, .arrived_at = c->arrived_at,
		.received_as = as, .file = file, .n_files = n_files, .no_receipt = true, .taken_by = account_of(j) }, j->now, &j->out, err) &&
	    /* what was secret stays so, by the same marks */
	    secrecy_copy(tx, "contact", c->id, "contact", j->out.id, err) && work_counted_as(tx, c->id, j->out.id, err) &&
	    restriction_settle(tx, j->out.id, 0, 0, err);
}

static bool
transfer(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;
	int64_t authority_id;
	const char *why;

	if (!open_contact(tx, j, &c, err))
		return false;
	if (j->authority_id == c.authority_id)
		return err_input(err, "authority", N_("It is already there. Choose another authority, or assign it to a unit."));
	if (j->unit_id == 0 && !work_first_unit(tx, j->authority_id, &j->unit_id, err))
		return err_input(err, "authority", N_("That authority has no unit that can receive it."));
	if (!work_unit_of(tx, j->unit_id, &authority_id, err) || authority_id != j->authority_id)
		return err_input(err, "unit", N_("Choose a unit of that authority."));
	if (!run_again(tx, j, &c, err) || !copy_into_new(tx, j, &c, c.subject, c.text, j->authority_id, j->unit_id, err))
		return false;
	why = j->out.number;
	if (!work_close(tx, c.id, "answered", "not_ours", why, j->now, err) ||
	    !work_transferred(tx, &c, j->out.id, err))
		return false;
	j->result = j->out.id;
	return note(tx, j, &c, "contact.transferred", arena_printf(j->a, "{\"to\": \"%s\", \"authority\": %" PRId64 "}",
	    j->out.number, j->authority_id), err);
}

bool
contact_transfer(struct db *db, int64_t contact_id, int64_t version, int64_t authority_id, int64_t unit_id,
    const char *text, const struct actor *by, int64_t now, int64_t *new_id, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .version = version, .now = now, .unit_id = unit_id,
		.authority_id = authority_id, .text = text };

	if (!run(db, transfer, &j, "transferring", err))
		return false;
	*new_id = j.result;
	return true;
}

static const char *
way_channel(enum answer_way way)
{
	switch (way) {
	case ANSWER_MAIL: return "email";
	case ANSWER_PHONE: return "phone";
	case ANSWER_LETTER: return "letter";
	case ANSWER_VISIT: return "visit";
	case ANSWER_TEXT_MESSAGE: return "sms";
	case ANSWER_NONE: return NULL;
	}
	return NULL;
}

/* Empty, too short, or nothing but the automatic receipt's words: no answer (rule book 2.3). */
static bool
is_substantive(const char *text, const char *lang)
{
	size_t letters = 0;

	if (!has_words(text))
		return false;
	for (const char *p = text; *p != '\0'; p++)
		letters += (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (unsigned char)*p >= 0x80;
	return letters >= ANSWER_LEAST && strstr(text, tr(lang,
	    N_("You can also answer this mail. This receipt was sent automatically and is not the answer.\n"))) == NULL;
}

bool
contact_answer_good(const struct answer_in *in, const struct contact *c, int64_t now, struct err *err)
{
	if (!is_substantive(in->text, c->language))
		return err_input(err, "text", N_("Write an answer in your own words: what you have found, decided or done."));
	if (strlen(in->text) > TEXT_MOST || !utf8_valid(in->text))
		return err_input(err, "text", N_("The answer is too long. Put the rest in an attached file."));
	if (in->ending != NULL && strcmp(in->ending, "done") != 0 && strcmp(in->ending, "not_done") != 0 &&
	    strcmp(in->ending, "not_ours") != 0)
		return err_input(err, "ending", N_("Choose how it ends."));
	if (in->ending != NULL && strcmp(in->ending, "not_done") == 0 && !has_words(in->ending_why))
		return err_input(err, "ending_why", N_("Say why it is not done."));
	if (in->ending != NULL && strcmp(in->ending, "not_ours") == 0 && !has_words(in->ending_why))
		return err_input(err, "ending_why", N_("Say who has it now."));
	if (in->ending == NULL && in->next_by <= now)
		return err_input(err, "next_by", N_("A plan needs a date to come: say by when you will write again."));
	if (in->ending == NULL && in->next_by > now + (int64_t)PLAN_DAYS_MOST * 86400)
		return err_input(err, "next_by", N_("Choose a day within a year. Then you can say when you write next."));
	if (in->ending == NULL && c->owner_id == 0)
		return err_input(err, "ending", N_("A plan needs a named person: assign the contact first."));
	if (in->way == ANSWER_MAIL && c->sender_email == NULL)
		return err_input(err, "way", N_("There is no mail address. Answer by phone or letter."));
	if (in->way == ANSWER_TEXT_MESSAGE && c->restricted != REACH_OPEN)
		return err_input(err, "way", N_("Nothing secret or protected goes by text message. Answer in another way."));
	if (in->way == ANSWER_TEXT_MESSAGE && !text_message_may(c))
		return err_input(err, "way", N_("There is no number that takes text messages. Answer in another way."));
	return true;
}

static bool
put_answer_mail(struct db *tx, struct job *j, const struct contact *c, int64_t document_id, struct err *err)
{
	const char *last, *all, *link, *sender;
	struct sb sb;

	if (!work_message_ids(tx, j->a, c->id, &last, &all, err) || !link_make(tx, j->a, c->id, j->now, &link, err))
		return false;
	sb_init(&sb, j->a, CONTACT_TEXT_MAX + 8192);
	sb_add(&sb, j->answer->text);
	sb_add(&sb, "\n\n");
	sb_addf(&sb, "%s\n%s\n", j->by->name == NULL ? "" : j->by->name, site_text(tx, j->a, "site.name", ""));
	sb_add(&sb, "\n");
	sb_addf(&sb, tr(c->language, N_("Did this answer your question? Tell us here, or answer this mail:\n%s%s\n")),
	    site_text(tx, j->a, "site.base_url", ""), link);
	sb_add(&sb, tr(c->language, N_("Not satisfied? Answer with \"Not satisfied\" on the first line, and the manager gets it.\n")));
	if ((sender = receipt_sender(tx, j->a, c, err)) == NULL && err->code != ERR_NONE)
		return false;
	return outbox_put(tx, &(struct outbox_message){
		.contact_id = c->id, .document_id = document_id, .recipient = c->sender_email,
		.subject = arena_printf(j->a, "%s [%s]", c->restricted == REACH_OPEN ? c->subject :
		tr(c->language, N_("Answer")), c->number), .text = sb_str(&sb), .sender = sender, .in_reply_to = last,
		.references = all, .next_attempt_at = j->now + ANSWER_UNDO_S }, j->now, NULL, err);
}

static bool
answer(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const struct answer_in *in = j->answer;
	struct contact c;
	bool ok;

	if (!open_contact(tx, j, &c, err) || !contact_answer_good(in, &c, j->now, err))
		return false;
	if (in->way == ANSWER_TEXT_MESSAGE && !text_messages_on(tx, j->a))
		return err_input(err, "way", N_("Text messages are switched off. Answer in another way."));
	if (in->way == ANSWER_TEXT_MESSAGE && in->n_files > 0)
		return err_input(err, "files", N_("Files cannot go by text message. Answer by mail or letter, or leave them out."));
	if (!run_again(tx, j, &c, err))
		return false;
	if (!document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .matter_id = c.matter_id, .direction = "out",
		.kind = in->way == ANSWER_PHONE || in->way == ANSWER_VISIT ? "call_note" : in->way == ANSWER_LETTER ?
		"letter" : "answer", .channel = way_channel(in->way),
		.state = in->way == ANSWER_MAIL || in->way == ANSWER_TEXT_MESSAGE ? "queued" : "sent",
		.registered_at = j->now, .registered_by = account_of(j),
		.recipient = c.sender_name != NULL ? c.sender_name : c.sender_email, .title = c.subject, .text = in->text,
		.restricted = c.restricted, .file = in->file, .n_files = in->n_files }, &j->result, err))
		return false;
	if (in->way == ANSWER_MAIL && !put_answer_mail(tx, j, &c, j->result, err))
		return err_add(err, "answer by mail");
	if (in->way == ANSWER_TEXT_MESSAGE && !text_message_words(tx, j->a, &c, in->text, j->result, j->now,
	    j->now + ANSWER_UNDO_S, err))
		return err_add(err, "answer by text message");
	ok = in->ending == NULL ? work_plan(tx, c.id, in->next_by, j->now, err) :
	    work_close(tx, c.id, "answered", in->ending, in->ending_why, j->now, err);
	if (!ok || !draft_remove(tx, account_of(j), c.id, err))
		return false;
	return note(tx, j, &c, in->ending == NULL ? "contact.planned" : "contact.answered",
	    arena_printf(j->a, "{\"way\": \"%s\", \"ending\": %s%s%s, \"document\": %" PRId64 ", \"next_by\": %" PRId64 "}",
	    in->way == ANSWER_NONE ? "none" : way_channel(in->way), in->ending == NULL ? "" : "\"",
	    in->ending == NULL ? "null" : in->ending, in->ending == NULL ? "" : "\"", j->result, in->next_by), err);
}

bool
contact_answer(struct db *db, struct arena *a, const struct answer_in *in, const struct actor *by, int64_t now,
    int64_t *document_id, struct err *err)
{
	struct job j = { .a = a, .by = by, .contact_id = in->contact_id, .version = in->version, .now = now, .answer = in };

	if (!run(db, answer, &j, "answering", err))
		return false;
	if (document_id != NULL)
		*document_id = j.result;
	return true;
}

static bool
undo(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;
	int64_t outbox_id;

	if (!work_answer_waiting(tx, j->other_id, &j->contact_id, &outbox_id, err) ||
	    !outbox_withdraw(tx, outbox_id, err) || !contact_get(tx, j->a, j->contact_id, &c, err) ||
	    !work_undo(tx, c.id, j->other_id, c.owner_id == 0 ? "new" : "assigned", err))
		return false;
	return note(tx, j, &c, "contact.answer_undone", arena_printf(j->a, "{\"document\": %" PRId64 "}", j->other_id), err);
}

bool
contact_answer_undo(struct db *db, int64_t document_id, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .other_id = document_id, .now = now };

	return run(db, undo, &j, "taking back an answer of", err);
}

static bool
pause(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!open_contact(tx, j, &c, err))
		return false;
	if (!has_words(j->reason))
		return err_input(err, "reason", N_("Say what you are waiting for: the clock is only paused for a stated reason."));
	if (c.paused_at != 0)
		return err_input(err, "reason", N_("The clock is already paused."));
	if (c.owner_id == 0)
		return err_input(err, "reason", N_("Assign the contact to somebody first: what waits must be somebody's."));
	if (!work_pause(tx, c.id, j->reason, j->now, err))
		return false;
	if (has_words(j->text)) {
		struct answer_in mail = { .text = j->text };
		bool text = strcmp(c.reply_by, "sms") == 0 && text_message_may(&c) && text_messages_on(tx, j->a);
		bool goes = text || c.sender_email != NULL;
		int64_t id;

		j->answer = &mail;
		if (!document_add(tx, &(struct document){
			.authority_id = c.authority_id, .contact_id = c.id, .direction = "out", .kind = "question",
			.channel = text ? "sms" : goes ? "email" : NULL,
			.state = goes ? "queued" : "sent", .registered_at = j->now,
			.registered_by = account_of(j), .title = c.subject, .text = j->text, .restricted = c.restricted },
		    &id, err) || (text && !text_message_words(tx, j->a, &c, j->text, id, j->now, 0, err)) ||
		    (!text && goes && !put_answer_mail(tx, j, &c, id, err)))
			return false;
	}
	return note(tx, j, &c, "contact.paused", "{\"why\": \"waiting for the resident\"}", err);
}

bool
contact_pause(struct db *db, int64_t contact_id, int64_t version, const char *reason, const char *question,
    const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .version = version, .now = now, .reason = reason,
		.text = question };

	return run(db, pause, &j, "pausing", err);
}

static bool
resume(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	return c.paused_at == 0 || resume_at(tx, j, &c, err);
}

bool
contact_resume(struct db *db, int64_t contact_id, int64_t account_id, int64_t now, struct err *err)
{
	struct actor by = { .account_id = account_id };
	struct job j = { .by = account_id > 0 ? &by : NULL, .contact_id = contact_id, .now = now };

	return run(db, resume, &j, "resuming", err);
}

static bool
add_note(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!has_words(j->text))
		return err_input(err, "text", N_("Write the note first."));
	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .direction = "internal", .kind = "note",
		.state = "completed", .registered_at = j->now, .registered_by = account_of(j), .title = c.subject,
		.text = j->text, .restricted = c.restricted }, &j->result, err))
		return false;
	return note(tx, j, &c, "contact.noted", arena_printf(j->a, "{\"document\": %" PRId64 "}", j->result), err);
}

bool
contact_note(struct db *db, int64_t contact_id, const char *text, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .now = now, .text = text };

	return run(db, add_note, &j, "noting on", err);
}

static bool
ask(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!has_words(j->text))
		return err_input(err, "text", N_("Write your question first."));
	if (!contact_get(tx, j->a, j->contact_id, &c, err))
		return false;
	/* Whoever works here may be asked about what is open, and reads the question; of what is secret the words go no further. */
	if (!(c.restricted == REACH_OPEN ? work_may_own(tx, c.authority_id, j->other_id, date_text(local_date(j->now)).s, err) :
	    work_may_read(tx, c.id, j->other_id, err)))
		return err->code == ERR_NOT_FOUND ? err_input(err, "of", N_("Choose a colleague who may read this contact.")) : false;
	if (!question_add(tx, c.id, account_of(j), j->other_id, j->text, j->now, &j->result, err) ||
	    !tell(tx, j, &c, j->other_id, N_("A colleague asks you about a contact"), err))
		return false;
	return note(tx, j, &c, "contact.asked", arena_printf(j->a, "{\"question\": %" PRId64 ", \"of\": %" PRId64 "}",
	    j->result, j->other_id), err);
}

bool
contact_ask(struct db *db, int64_t contact_id, int64_t of_account_id, const char *text, const struct actor *by,
    int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .now = now, .text = text, .other_id = of_account_id };

	return run(db, ask, &j, "asking about", err);
}

static bool
ask_answer(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;
	int64_t asked_by;

	if (!has_words(j->text))
		return err_input(err, "text", N_("Write your answer first."));
	if (!question_answer(tx, j->other_id, account_of(j), j->text, j->now, &j->contact_id, &asked_by, err) ||
	    !contact_get(tx, j->a, j->contact_id, &c, err))
		return false;
	if (!tell(tx, j, &c, asked_by, N_("A colleague has answered your question"), err))
		return false;
	return note(tx, j, &c, "contact.ask_answered", arena_printf(j->a, "{\"question\": %" PRId64 "}", j->other_id), err);
}

bool
contact_ask_answer(struct db *db, int64_t question_id, const char *text, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .other_id = question_id, .now = now, .text = text };

	return run(db, ask_answer, &j, "answering a colleague on", err);
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Whoever wrote is to be answered, and one answer goes to one person: so what two people wrote is never one contact, unless
 * nobody can be answered in the one that goes into the other. */
static bool
one_answer_is_enough(const struct contact *from, const struct contact *into)
{
	return (from->person_id != 0 && from->person_id == into->person_id) || same(from->sender_email, into->sender_email) ||
	    same(from->sender_phone, into->sender_phone) || strcmp(from->reply_by, "none") == 0 ||
	    (from->sender_email == NULL && from->sender_phone == NULL && from->sender_address == NULL);
}

static bool
merge(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact from, into;

	if (!open_contact(tx, j, &from, err) || !contact_get(tx, j->a, j->other_id, &into, err))
		return false;
	if (from.id == into.id || into.merged_into_id != 0)
		return err_input(err, "into", N_("Choose another contact to merge with."));
	if (from.authority_id != into.authority_id)
		return err_input(err, "into", N_("Only contacts of the same authority can be merged."));
	if (into.closed_at != 0)
		return err_input(err, "into", N_("That contact is closed. Merge with an open one."));
	if (!one_answer_is_enough(&from, &into))
		return err_input(err, "into", N_("The two contacts are from different people, and both are to be answered. Answer each of them."));
	if (!run_again(tx, j, &from, err) || !run_again(tx, j, &into, err))
		return false;
	if (!work_merge(tx, from.id, into.id, j->now, err) || !contact_touch(tx, into.id, 0, err))
		return false;
	return note(tx, j, &from, "contact.merged", arena_printf(j->a, "{\"into\": \"%s\"}", into.number), err) &&
	    note(tx, j, &into, "contact.merged_here", arena_printf(j->a, "{\"from\": \"%s\"}", from.number), err);
}

bool
contact_merge(struct db *db, int64_t from_id, int64_t into_id, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = from_id, .other_id = into_id, .now = now };

	return run(db, merge, &j, "merging", err);
}

static bool
split(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!has_words(j->text))
		return err_input(err, "text", N_("Write or paste what the new contact is about."));
	if (!contact_get(tx, j->a, j->contact_id, &c, err) ||
	    !copy_into_new(tx, j, &c, j->subject, j->text, c.authority_id, c.unit_id, err))
		return false;
	return note(tx, j, &c, "contact.split", arena_printf(j->a, "{\"into\": \"%s\"}", j->out.number), err);
}

bool
contact_split(struct db *db, struct arena *a, int64_t contact_id, const char *subject, const char *text,
    const struct actor *by, int64_t now, struct contact_out *out, struct err *err)
{
	struct job j = { .a = a, .by = by, .contact_id = contact_id, .subject = subject, .text = text, .now = now };

	if (!run(db, split, &j, "splitting", err))
		return false;
	*out = j.out;
	return true;
}

static bool
release(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct clock_promise promise;
	struct contact c;
	const char *link;

	if (!contact_get(tx, j->a, j->contact_id, &c, err))
		return false;
	if (strcmp(c.state, "quarantined") != 0)
		return err_set(err, ERR_CONFLICT, "contact %" PRId64 " is not in quarantine", c.id);
	if (!clock_promise(tx, j->a, c.authority_id, c.channel, c.category_id, local_date(j->now), &promise, err))
		return false;
	c.confirm_by = promise.confirm_by;
	c.answer_by = promise.answer_by;
	c.answer_days = promise.answer_days;
	c.answer_explained = promise.explained;
	if (!work_release(tx, c.id, &c, err) || !contact_touch(tx, c.id, 0, err) ||
	    !link_make(tx, j->a, c.id, j->now, &link, err))
		return false;
	if (c.sender_email != NULL ? !receipt_put(tx, j->a, &c, link, NULL, j->now, err) :
	    strcmp(c.reply_by, "sms") == 0 && text_message_may(&c) && text_messages_on(tx, j->a) &&
	    !text_message_receipt(tx, j->a, &c, link, j->now, err))
		return false;
	return note(tx, j, &c, "contact.released", NULL, err);
}

bool
contact_release(struct db *db, struct arena *a, int64_t contact_id, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .contact_id = contact_id, .now = now };

	return run(db, release, &j, "releasing", err);
}

static bool
new_link(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;
	const char *last, *all, *link, *sender, *words;

	if (!contact_get(tx, j->a, j->contact_id, &c, err))
		return false;
	if (strcmp(c.state, "quarantined") == 0)
		return err_set(err, ERR_CONFLICT, "contact %" PRId64 " is in quarantine", c.id);
	if (!link_revoke(tx, c.id, j->now, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	j->yes = c.sender_email != NULL;
	if (j->yes) {
		if (!work_message_ids(tx, j->a, c.id, &last, &all, err) || !link_make(tx, j->a, c.id, j->now, &link, err))
			return false;
		words = arena_printf(j->a, tr(c.language, N_("The earlier links to your contact %s have stopped working. "
		    "This is your new one:\n%s%s\nIt is the only key to your page. Keep it to yourself.\n")), c.number,
		    site_text(tx, j->a, "site.base_url", ""), link);
		if ((sender = receipt_sender(tx, j->a, &c, err)) == NULL && err->code != ERR_NONE)
			return false;
		if (!outbox_put(tx, &(struct outbox_message){ .contact_id = c.id, .recipient = c.sender_email,
		    .subject = arena_printf(j->a, "%s [%s]", tr(c.language, N_("A new link to your contact")), c.number),
		    .text = words, .sender = sender, .in_reply_to = last, .references = all, .automatic = true, .next_attempt_at = j->now },
		    j->now, NULL, err))
			return false;
	} else if (strcmp(c.reply_by, "sms") == 0 && text_message_may(&c) && text_messages_on(tx, j->a)) {
		j->yes = true;
		if (!text_message_words(tx, j->a, &c, tr(c.language, N_("The earlier link has stopped working.")), 0, j->now, j->now,
		    err))
			return false;
	}
	return note(tx, j, &c, "contact.new_link", j->yes ? "{\"sent\": true}" : "{\"sent\": false}", err);
}

bool
contact_new_link(struct db *db, struct arena *a, int64_t contact_id, const struct actor *by, int64_t now, bool *sent,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .contact_id = contact_id, .now = now };

	if (!run(db, new_link, &j, "a new link for", err))
		return false;
	*sent = j.yes;
	return true;
}

static bool
reject_spam(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err))
		return false;
	if (strcmp(c.state, "quarantined") != 0)
		return err_set(err, ERR_CONFLICT, "contact %" PRId64 " is not in quarantine", c.id);
	return work_close(tx, c.id, "quarantined", NULL, "spam", j->now, err) &&
	    note(tx, j, &c, "contact.rejected_as_spam", NULL, err);
}

bool
contact_reject_spam(struct db *db, int64_t contact_id, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .contact_id = contact_id, .now = now };

	return run(db, reject_spam, &j, "rejecting", err);
}

/* A closed contact opens again, with a new promise from today; it stays in the figures as reopened (its event). */
static bool
open_again(struct db *tx, struct job *j, const struct contact *c, bool undelivered, const char *why, struct err *err)
{
	struct clock_promise promise;

	return clock_promise(tx, j->a, c->authority_id, c->channel, c->category_id, local_date(j->now), &promise, err) &&
	    work_open_again(tx, c->id, promise.answer_by, promise.explained, undelivered, err) &&
	    note(tx, j, c, "contact.reopened", arena_printf(j->a, "{\"why\": \"%s\"}", why), err);
}

static bool
add_words(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!has_words(j->text) && j->n_files == 0)
		return err_input(err, "text", N_("Write something, or add a file."));
	if (!contact_goes_on_in(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (!document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .matter_id = c.matter_id, .direction = "in",
		.kind = "message", .channel = "web", .state = "completed", .arrived_at = j->now,
		.received_date = arena_strdup(j->a, date_text(local_date(j->now)).s), .received_rule = "FL 22 §",
		.registered_at = j->now, .sender = c.sender_name, .title = c.subject, .text = j->text == NULL ? "" : j->text,
		.restricted = c.restricted, .file = j->file, .n_files = j->n_files }, &j->result, err) ||
	    !note(tx, j, &c, "contact.words_added", arena_printf(j->a, "{\"document\": %" PRId64 "}", j->result), err))
		return false;
	return contact_words_came(tx, j->a, c.id, j->now, err);
}

bool
contact_goes_on_in(struct db *tx, struct arena *a, int64_t contact_id, struct contact *out, struct err *err)
{
	enum { STEPS_MOST = 50 };

	if (!contact_get(tx, a, contact_id, out, err))
		return false;
	for (int i = 0; out->merged_into_id != 0 && out->closed_at != 0 && i < STEPS_MOST; i++) {
		if (!contact_get(tx, a, out->merged_into_id, out, err))
			return false;
	}
	return true;
}

bool
contact_add_words(struct db *db, struct arena *a, int64_t contact_id, const char *text,
    const struct document_file *file, size_t n_files, int64_t now, struct err *err)
{
	struct job j = { .a = a, .contact_id = contact_id, .text = text, .file = file, .n_files = n_files, .now = now };

	return run(db, add_words, &j, "adding words to", err);
}

bool
contact_words_came(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, struct err *err)
{
	struct job j = { .a = a, .contact_id = contact_id, .now = now };
	struct contact c;

	if (!contact_get(tx, a, contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (c.closed_at != 0 && strcmp(c.state, "answered") == 0)
		return open_again(tx, &j, &c, false, "the resident wrote again", err);
	return c.paused_at == 0 || resume_at(tx, &j, &c, err);
}

static bool
judge(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (strcmp(c.state, "answered") != 0 || c.merged_into_id != 0)		/* not ours is no answer */
		return err_input(err, "satisfied", N_("There is no answer to judge yet."));
	if (!j->yes && !has_words(j->text))
		return err_input(err, "why", N_("Say what is missing, so that the next answer is better."));
	if (!work_satisfied(tx, c.id, j->yes, err) ||
	    !note(tx, j, &c, j->yes ? "contact.satisfied" : "contact.dissatisfied", NULL, err))
		return false;
	if (has_words(j->text) && !document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .matter_id = c.matter_id, .direction = "in",
		.kind = "message", .channel = "web", .state = "completed", .arrived_at = j->now,
		.received_date = arena_strdup(j->a, date_text(local_date(j->now)).s), .received_rule = "FL 22 §",
		.registered_at = j->now, .sender = c.sender_name, .title = c.subject, .text = j->text,
		.restricted = c.restricted }, NULL, err))
		return false;
	if (j->yes)
		return true;		/* her thanks open nothing */
	/* What we said was done and she says was not stays a failure in the figures, whatever comes after. */
	if (c.ending != NULL && strcmp(c.ending, "done") == 0 && (!work_disputed(tx, c.id, c.ending, j->now, err) ||
	    !note(tx, j, &c, "contact.not_done_after_all", NULL, err)))
		return false;
	return open_again(tx, j, &c, false, "the resident is not satisfied", err);
}

bool
contact_judge(struct db *db, int64_t contact_id, bool satisfied, const char *why, int64_t now, struct err *err)
{
	struct job j = { .contact_id = contact_id, .yes = satisfied, .text = why, .now = now };

	return run(db, judge, &j, "judging", err);
}

static bool
reach(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (strcmp(j->reason, "email") == 0 && j->email == NULL && c.sender_email == NULL)
		return err_input(err, "email", N_("Enter your e-mail address, or choose another way to be answered."));
	if (strcmp(j->reason, "phone") == 0 && j->phone == NULL && c.sender_phone == NULL)
		return err_input(err, "phone", N_("Enter your phone number, or choose another way to be answered."));
	if (strcmp(j->reason, "sms") == 0 && !text_messages_on(tx, j->a))
		return err_input(err, "reply_by", N_("Choose how you want to be answered."));
	if (strcmp(j->reason, "sms") == 0 && !phone_takes_text(j->phone == NULL ? c.sender_phone : phone_normal(j->a, j->phone)))
		return err_input(err, "phone", N_("Enter a mobile phone number, or choose another way to be answered."));
	if (strcmp(j->reason, "letter") == 0 && j->address == NULL && c.sender_address == NULL)
		return err_input(err, "address", N_("Enter your postal address, or choose another way to be answered."));
	return work_reach(tx, c.id, j->reason, j->email == NULL ? NULL : utf8_lower(j->a, j->email),
	    j->phone == NULL ? NULL : phone_normal(j->a, j->phone), j->address, err) &&
	    note(tx, j, &c, "contact.reach_changed", arena_printf(j->a, "{\"reply_by\": \"%s\"}", j->reason), err);
}

bool
contact_reach(struct db *db, int64_t contact_id, const char *reply_by, const char *email, const char *phone,
    const char *address, int64_t now, struct err *err)
{
	struct job j = { .contact_id = contact_id, .reason = reply_by, .email = email, .phone = phone, .address = address,
		.now = now };

	if (strcmp(reply_by, "email") != 0 && strcmp(reply_by, "phone") != 0 && strcmp(reply_by, "letter") != 0 &&
	    strcmp(reply_by, "none") != 0 && strcmp(reply_by, "sms") != 0)
		return err_input(err, "reply_by", N_("Choose how you want to be answered."));
	return run(db, reach, &j, "changing the reply way of", err);
}

static bool
spoken_to(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (c.closed_at != 0)
		return true;
	return work_close(tx, c.id, "answered", "done", tr("sv", N_("Talked to in a later call")), j->other_id, err) &&
	    note(tx, j, &c, "contact.spoken_to", arena_printf(j->a, "{\"at\": %" PRId64 "}", j->other_id), err);
}

bool
contact_spoken_to(struct db *tx, struct arena *a, int64_t contact_id, int64_t at, int64_t now, struct err *err)
{
	struct actor nobody = { 0 };
	struct job j = { .a = a, .by = &nobody, .contact_id = contact_id, .other_id = at, .now = now };

	return run(tx, spoken_to, &j, "ending", err);
}

static bool
not_spoken_to(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct contact c;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) || !contact_touch(tx, c.id, 0, err))
		return false;
	if (c.closed_at == 0)
		return true;
	return work_open_again(tx, c.id, c.answer_by, c.answer_explained, c.undelivered, err) &&
	    note(tx, j, &c, "contact.reopened", "{\"why\": \"the call was another's\"}", err);
}

bool
contact_not_spoken_to(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, struct err *err)
{
	struct actor nobody = { 0 };
	struct job j = { .a = a, .by = &nobody, .contact_id = contact_id, .now = now };

	return run(tx, not_spoken_to, &j, "opening", err);
}

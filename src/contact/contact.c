/* contact/contact.c: every channel ends in contact_receive() */
#include "contact/contact.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "base/utf8.h"
#include "contact/clock.h"
#include "contact/contact_store.h"
#include "contact/link.h"
#include "contact/live.h"
#include "contact/receipt.h"
#include "contact/text_message.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "db/search.h"
#include "law/calendar.h"
#include "people/phone.h"
#include "people/site.h"
#include "timeline/event.h"

enum { AUTOMATIC_A_DAY = 5 };	/* receipts to one sender a day: a loop of machines ends here [PRACTICE] */

struct text_of { const char *name, *text; };

static const char *
find_text(const struct text_of *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (name != NULL && strcmp(table[i].name, name) == 0)
			return table[i].text;
	}
	return name == NULL ? "" : name;
}

const char *
contact_state_text(const char *state)
{
	static const struct text_of table[] = {
		{ "new", N_("New") }, { "assigned", N_("Assigned") }, { "waiting", N_("Waiting for the resident") },
		{ "answered", N_("Answered") }, { "quarantined", N_("Marked as spam") }, { "merged", N_("Merged") },
		{ "noted", N_("Noted") }, { "test", N_("A test question, ended") },
	};

	return find_text(table, ARRAY_LEN(table), state);
}

const char *
contact_ending_text(const char *ending)
{
	static const struct text_of table[] = {
		{ "done", N_("Answered and done") }, { "not_done", N_("Answered, not done") },
		{ "not_ours", N_("Not ours, sent on") },
	};

	return find_text(table, ARRAY_LEN(table), ending);
}

const char *
contact_channel_text(const char *channel)
{
	static const struct text_of table[] = {
		{ "phone", N_("Phone") }, { "email", N_("E-mail") }, { "web", N_("Web form") }, { "visit", N_("Visit") },
		{ "letter", N_("Letter") }, { "comment", N_("Blog comment") }, { "sms", N_("Text message") },
		{ "api", N_("Another system") }, { "social", N_("Social media") },
	};

	return find_text(table, ARRAY_LEN(table), channel);
}

struct object
contact_object(const struct contact *c)
{
	return (struct object){
		.authority_id = c->authority_id, .unit_id = c->unit_id, .owner_id = c->owner_id,
		.restricted = (enum reach)c->restricted,
	};
}

/* What stands in the search index: everything she may look for later. */
static const char *
search_words(struct arena *a, const struct contact *c)
{
	return arena_printf(a, "%s %s %s %s %s %s %s", c->number, c->subject, c->sender_name == NULL ? "" : c->sender_name,
	    c->sender_email == NULL ? "" : c->sender_email, c->sender_phone == NULL ? "" : c->sender_phone,
	    c->place == NULL ? "" : c->place, c->text);
}

static const char *
best_reply(const struct contact_in *in)
{
	if (in->reply_by != NULL)
		return in->reply_by;
	if (strcmp(in->channel, "sms") == 0 && in->sender_phone != NULL)
		return "sms";
	if (in->sender_email != NULL)
		return "email";
	if (in->sender_phone != NULL)
		return "phone";
	return in->sender_address != NULL ? "letter" : "none";
}

static bool
check(struct arena *a, const struct contact_in *in, const char *reply_by, struct err *err)
{
	if (in->text == NULL || !utf8_valid(in->text) || strlen(in->text) > CONTACT_TEXT_MAX)
		return err_input(err, "text", N_("Write your message in at most 200,000 characters."));
	if (in->subject != NULL && (!utf8_valid(in->subject) || strlen(in->subject) > CONTACT_SUBJECT_MAX * 4))
		return err_input(err, "subject", N_("Make the subject shorter."));
	if (strcmp(reply_by, "email") == 0 && in->sender_email == NULL)
		return err_input(err, "email", N_("Enter your e-mail address, or choose another way to be answered."));
	if (strcmp(reply_by, "phone") == 0 && in->sender_phone == NULL)
		return err_input(err, "phone", N_("Enter your phone number, or choose another way to be answered."));
	if (strcmp(reply_by, "sms") == 0 && (in->sender_phone == NULL || !phone_takes_text(phone_normal(a, in->sender_phone))))
		return err_input(err, "phone", N_("Enter a mobile phone number, or choose another way to be answered."));
	if (strcmp(reply_by, "letter") == 0 && in->sender_address == NULL)
		return err_input(err, "address", N_("Enter your postal address, or choose another way to be answered."));
	return true;
}

/* The first line of the text, when nobody gave a subject. */
static const char *
subject_of(struct arena *a, const struct contact_in *in)
{
	const char *p = in->subject;
	size_t n;

	if (p != NULL && p[strspn(p, " \t\r\n")] != '\0')
		return arena_strndup(a, p, utf8_prefix(p, CONTACT_SUBJECT_MAX));
	p = in->text + strspn(in->text, " \t\r\n");
	n = strcspn(p, "\r\n");
	if (n == 0)
		return "-";
	p = arena_strndup(a, p, n);
	return arena_strndup(a, p, utf8_prefix(p, 80));
}

struct receive_job {
	struct arena *a;
	const struct contact_in *in;
	int64_t now;
	struct contact_out out;
};

/* Who it is, and whether that person is protected: then everything that hangs on it is. */
static bool
sender(struct db *tx, struct arena *a, const struct contact_in *in, int64_t now, struct contact *c, struct err *err)
{
	int protection = 0;

	c->sender_name = in->sender_name;
	c->sender_email = in->sender_email == NULL ? NULL : utf8_lower(a, in->sender_email);
	c->sender_phone = in->sender_phone == NULL ? NULL : phone_normal(a, in->sender_phone);
	c->sender_address = in->sender_address;
	c->anonymous = in->anonymous;
	if (c->sender_email == NULL && c->sender_phone == NULL && c->sender_name == NULL)
		return true;
	if (!person_find(tx, c->sender_email, c->sender_phone, &c->person_id, &protection, err))
		return false;
	if (c->person_id == 0 && !person_add(tx, c->sender_name, c->sender_email, c->sender_phone, c->sender_address,
	    c->language, now, &c->person_id, err))
		return err_add(err, "sender");
	c->restricted = protection > 0 ? REACH_PROTECTED : REACH_OPEN;
	return true;
}

/* What she was told goes before what we promise everybody. */
static bool
promised(struct db *tx, struct arena *a, struct date received, int64_t by, struct contact *c, struct err *err)
{
	int days;

	if (by <= c->arrived_at)
		return err_input(err, "promised_by", N_("Promise an instant to come."));
	if (!clock_days_between(tx, a, received, local_date(by - 1), &days, err))
		return false;
	c->answer_by = by;
	c->answer_days = days;
	c->answer_explained = arena_printf(a, "{\"from\": \"%s\", \"days\": %d, \"skipped\": [], \"asked_for\": true}",
	    date_text(received).s, days);
	return true;
}

/* Number, unit, received date, clock. */
static bool
fill(struct db *tx, struct receive_job *job, struct contact *c, int64_t *year, int64_t *serial, struct err *err)
{
	const struct contact_in *in = job->in;
	struct arena *a = job->a;
	struct law_received received;
	struct clock_promise promise;

	*c = (struct contact){
		.kind = in->kind == NULL ? "contact" : in->kind, .channel = in->channel,
		.authority_id = in->authority_id, .unit_id = in->unit_id, .owner_id = in->owner_id,
		.category_id = in->category_id, .reply_by = best_reply(in),
		.language = in->language == NULL ? "sv" : in->language, .subject = subject_of(a, in), .text = in->text,
		.place = in->place, .arrived_at = in->arrived_at == 0 ? job->now : in->arrived_at,
		.received_at = job->now, .registered_at = job->now, .message_id = in->message_id,
		.state = in->quarantined ? "quarantined" : in->owner_id != 0 ? "assigned" : "new",
		.confirmed_at = in->owner_id != 0 ? job->now : 0,
	};
	if (!sender(tx, a, in, job->now, c, err))
		return false;
	/* A mailbox may still lead to a unit that has been closed. */
	if (c->unit_id != 0 && !work_open_unit(tx, c->unit_id, &c->unit_id, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		c->unit_id = 0;
	}
	if ((c->authority_id == 0 || c->unit_id == 0) &&
	    !route_find(tx, in->category_id, &c->authority_id, &c->unit_id, err))
		return false;
	*year = local_date(job->now).year;
	if (!serial_next(tx, 0, "contact", *year, serial, err) ||
	    !site_contact_number(tx, a, (int)*year, *serial, &c->number, err))
		return false;
	if (!law_received_date(in->received_as != NULL ? in->received_as : c->channel, c->arrived_at, &received, err))
		return false;
	c->received_date = arena_strdup(a, date_text(received.date).s);
	c->received_rule = received.rule;
	if (!clock_promise(tx, a, c->authority_id, c->channel, c->category_id,
	    in->quarantined ? local_date(job->now) : received.date, &promise, err))
		return false;
	c->confirm_by = promise.confirm_by;
	c->answer_by = promise.answer_by;
	c->answer_days = promise.answer_days;
	c->answer_explained = promise.explained;
	return in->promised_by == 0 || promised(tx, a, received.date, in->promised_by, c, err);
}

/* By text message: to whom wants to be answered so, or by phone and has not talked to us. */
static bool
by_text(struct db *tx, struct receive_job *job, const struct contact *c)
{
	bool wanted = strcmp(c->reply_by, "sms") == 0 || (strcmp(c->reply_by, "phone") == 0 && c->sender_email == NULL &&
	    strcmp(c->channel, "phone") != 0);

	return wanted && text_message_may(c) && text_messages_on(tx, job->a);
}

/* Whom the bound counts: without what stands after a plus, which machines make anew for every mail they send. */
static const char *
counted_as(struct arena *a, const char *to)
{
	const char *plus = strchr(to, '+'), *at = strrchr(to, '@');

	return plus == NULL || at == NULL || plus == to || plus > at ? to : arena_printf(a, "%.*s%s", (int)(plus - to), to, at);
}

/* The receipt goes to a mail address or a phone, marked automatic, at most a few a day. It never counts as an answer. */
static bool
send_receipt(struct db *tx, struct receive_job *job, const struct contact *c, struct err *err)
{
	struct site_keys keys;
	bool allowed = false, text;
	const char *to, *who;

	if (job->in->quarantined || job->in->no_receipt || strcmp(c->kind, "contact") != 0)
		return true;
	text = by_text(tx, job, c);
	if ((to = text ? c->sender_phone : c->sender_email) == NULL)
		return true;
	who = counted_as(job->a, to);
	if (!site_keys(tx, &keys, err) ||
	    !automatic_allowed(tx, hash_hex(hash_keyed(keys.throttle, who, strlen(who))).s,
	    date_text(local_date(job->now)).s, AUTOMATIC_A_DAY, &allowed, err))
		return false;
	if (!allowed)
		return event_note(tx, job->now, 0, "contact.receipt_withheld", "contact", c->id, c->id, 0,
		    c->authority_id, c->restricted, "{\"why\": \"bounded automatic messages a day\"}", err);
	return text ? text_message_receipt(tx, job->a, c, job->out.link, job->now, err) :
	    receipt_put(tx, job->a, c, job->out.link, job->in->references, job->now, err);
}

static bool
receive(struct db *tx, void *arg, struct err *err)
{
	struct receive_job *job = arg;
	const struct contact_in *in = job->in;
	struct contact c;
	int64_t year, serial, document_id;
	struct sb data;

	if (!fill(tx, job, &c, &year, &serial, err) || !contact_insert(tx, &c, year, serial, &c.id, err))
		return false;
	if (!document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .direction = "in",
		.kind = strcmp(c.channel, "phone") == 0 ? "call_note" : "message", .channel = c.channel,
		.state = "completed", .arrived_at = c.arrived_at, .received_date = c.received_date,
		.received_rule = c.received_rule, .registered_at = job->now, .registered_by = in->taken_by,
		.sender = c.sender_name != NULL ? c.sender_name : c.sender_email,
		.title = in->title == NULL ? c.subject : in->title, .text = c.text, .quoted = in->quoted,
		.html = in->html, .message_id = in->message_id, .raw_sha256 = in->raw_sha256,
		.restricted = c.restricted, .file = in->file, .n_files = in->n_files }, &document_id, err))
		return false;
	sb_init(&data, job->a, 4096);
	sb_add(&data, "{\"channel\": ");
	sb_json(&data, c.channel);
	sb_addf(&data, ", \"unit\": %" PRId64 ", \"received_date\": \"%s\", \"answer_by\": %" PRId64 "}", c.unit_id,
	    c.received_date, c.answer_by);
	live_contact_after(tx, c.id);
	if (!event_note(tx, job->now, in->taken_by != 0 ? in->taken_by : -1, "contact.received", "contact", c.id, c.id,
	    0, c.authority_id, c.restricted, sb_str(&data), err))
		return false;
	if (!link_make(tx, job->a, c.id, job->now, &job->out.link, err))
		return false;
	if (!search_put_new(tx, "contact", c.id, c.authority_id, c.unit_id, c.restricted, job->now,
	    search_words(job->a, &c), err))
		return err_add(err, "search");
	if (!send_receipt(tx, job, &c, err))
		return err_add(err, "receipt");
	job->out.id = c.id;
	job->out.number = c.number;
	return true;
}

bool
contact_receive(struct db *db, struct arena *a, const struct contact_in *in, int64_t now, struct contact_out *out,
    struct err *err)
{
	struct receive_job job = { .a = a, .in = in, .now = now };

	if (!check(a, in, best_reply(in), err))
		return false;
	if (!db_write(db, receive, &job, err))
		return err_add(err, "receiving a contact");
	*out = job.out;
	return true;
}

/* sms/incoming.c */
#include "sms/incoming.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/live.h"
#include "contact/sender.h"
#include "contact/work.h"
#include "db/db.h"
#include "law/number.h"
#include "people/phone.h"
#include "people/site.h"
#include "registry/document.h"
#include "sms/fields.h"
#include "sms/sms_store.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { ID_MAX = 200, NUMBER_MAX = 60, MERGED_MOST = 5, LATE_S = 7 * 86400 };

/* ---- parsing ---- */

/* A field of at most `max` bytes; "" when it may be absent. */
static bool
take(struct arena *a, const struct sms_fields *f, const char *name, bool needed, size_t max, const char **out, struct err *err)
{
	const char *value = sms_field(a, f, name);

	if (value == NULL)
		value = "";
	value += strspn(value, " \t\r\n");
	if (needed && *value == '\0')
		return err_input(err, name, N_("This field is missing or empty. Its name is set under /admin/sms."));
	if (strlen(value) > max)
		return err_input(err, name, N_("This field is too long."));
	*out = value;
	return true;
}

bool
sms_incoming_parse(struct arena *a, const struct sms_settings *s, const char *type, const char *bytes, size_t n,
    struct sms_incoming *out, struct err *err)
{
	const char *const *v = s->value;
	struct sms_fields f;
	const char *at, *text;
	bool ok;

	if (!sms_fields_parse(a, type, bytes, n, &f, err))
		return false;
	*out = (struct sms_incoming){ 0 };
	text = sms_field(a, &f, v[SMS_IN_TEXT]);
	ok = take(a, &f, v[SMS_IN_ID], true, ID_MAX, &out->id, err) && take(a, &f, v[SMS_IN_FROM], true, NUMBER_MAX, &out->from, err) &&
	    take(a, &f, v[SMS_IN_TO], false, NUMBER_MAX, &out->to, err) && take(a, &f, v[SMS_IN_AT], false, NUMBER_MAX, &at, err) &&
	    (text != NULL || err_input(err, v[SMS_IN_TEXT], N_("This field is missing or empty. Its name is set under /admin/sms.")));
	sms_fields_close(&f);
	if (!ok)
		return false;
	out->text = text;
	if (!instant_parse(at, &out->at))
		out->at = 0;			/* a clock that cannot be read is no reason to refuse the words */
	return true;
}

bool
sms_report_parse(struct arena *a, const struct sms_settings *s, const char *type, const char *bytes, size_t n,
    struct sms_report *out, struct err *err)
{
	const char *const *v = s->value;
	struct sms_fields f;
	bool ok;

	if (!sms_fields_parse(a, type, bytes, n, &f, err))
		return false;
	ok = take(a, &f, v[SMS_REPORT_ID], true, ID_MAX, &out->id, err) &&
	    take(a, &f, v[SMS_REPORT_STATUS], true, ID_MAX, &out->status, err) &&
	    take(a, &f, v[SMS_REPORT_WHY], false, 1000, &out->why, err);
	sms_fields_close(&f);
	return ok;
}

/* ---- taking ---- */

struct job {
	struct arena *a;
	const struct sms_settings *s;
	const struct sms_incoming *in;
	const struct sms_report *report;
	const char *sender, *name;
	int64_t now, at;
	struct sms_taken out;
};

static bool
number_of(struct db *tx, struct job *j, int64_t contact_id, struct err *err)
{
	struct contact c;

	j->out.number = "-";
	if (contact_id == 0)
		return true;
	if (!contact_get(tx, j->a, contact_id, &c, err))
		return false;
	j->out.number = c.number;
	return true;
}

/* A number is easily guessed, so it counts only from the contact's own phone. */
static bool
by_number(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	const char *const *template;

	if (!site_contact_templates(tx, j->a, &template, err))
		return false;
	for (; *template != NULL && *contact_id == 0; template++) {
		const char *number = number_find_contact(j->a, *template, j->in->text);
		struct contact c;

		if (number == NULL)
			continue;
		if (contact_by_number(tx, j->a, number, &c, err)) {
			if (c.sender_phone != NULL && strcmp(c.sender_phone, j->sender) == 0 && strcmp(c.state, "quarantined") != 0)
				*contact_id = c.id;
		} else if (err->code != ERR_NOT_FOUND) {
			return false;
		} else {
			*err = (struct err){ 0 };
		}
	}
	return true;
}

static bool
find_thread(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	struct contact c;
	int64_t id;

	*contact_id = 0;
	if (!by_number(tx, j, contact_id, err) || !sms_last_about(tx, j->sender, &id, err))
		return false;
	for (int i = 0; *contact_id == 0 && id != 0 && i < MERGED_MOST; i++) {
		if (!contact_get(tx, j->a, id, &c, err))
			return false;
		if (c.closed_at == 0 && strcmp(c.state, "quarantined") != 0 && c.sender_phone != NULL &&
		    strcmp(c.sender_phone, j->sender) == 0)
			*contact_id = c.id;
		id = c.merged_into_id;
	}
	return true;
}

static bool
reply(struct db *tx, struct job *j, int64_t contact_id, struct err *err)
{
	struct contact c;

	if (!contact_get(tx, j->a, contact_id, &c, err) || !document_add(tx, &(struct document){
		.authority_id = c.authority_id, .contact_id = c.id, .matter_id = c.matter_id, .direction = "in", .kind = "message",
		.channel = "sms", .state = "completed", .arrived_at = j->at,
		.received_date = arena_strdup(j->a, date_text(local_date(j->at)).s), .received_rule = "FL 22 §",
		.registered_at = j->now, .sender = c.sender_name != NULL ? c.sender_name : c.sender_phone, .title = c.subject,
		.text = j->in->text, .restricted = c.restricted }, NULL, err))
		return false;
	live_contact_after(tx, c.id);
	return event_note(tx, j->now, -1, "sms.reply", "contact", c.id, c.id, c.matter_id, c.authority_id, c.restricted, NULL, err) &&
	    contact_words_came(tx, j->a, c.id, j->now, err) && intake_replied(tx, j->a, c.id, j->in->text, j->now, err);
}

static bool
new_contact(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	bool number = j->sender[0] == '+';
	struct contact_in in = { .channel = "sms", .text = j->in->text, .arrived_at = j->at,
		.sender_phone = number ? j->sender : NULL, .sender_name = number ? NULL : j->sender,
		.reply_by = number && phone_takes_text(j->sender) ? "sms" : number ? "phone" : "none", .no_receipt = !number };
	struct contact_out out;

	if (in.text[strspn(in.text, " \t\r\n")] == '\0')
		in.text = tr("sv", N_("(The text message is empty.)"));
	if (!contact_receive(tx, j->a, &in, j->now, &out, err))
		return false;
	*contact_id = out.id;
	return true;
}

static bool
take_write(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	int64_t contact_id;
	const char *kind;

	if (!sms_seen(tx, j->name, &contact_id, err))
		return false;
	if (contact_id != 0) {
		j->out.kind = "duplicate";
		return number_of(tx, j, contact_id, err);
	}
	if (!find_thread(tx, j, &contact_id, err))
		return false;
	kind = contact_id != 0 ? "reply" : "contact";
	if (contact_id != 0 ? !reply(tx, j, contact_id, err) : !new_contact(tx, j, &contact_id, err))
		return false;
	j->out.kind = kind;
	return sms_in_add(tx, j->name, j->in->id, j->sender, j->in->to, j->at, kind, contact_id, err) &&
	    number_of(tx, j, contact_id, err);
}

/* From ourselves: a gateway that sends our own messages back would go round and round. */
static bool
is_our_own(struct job *j)
{
	const char *ours = phone_normal(j->a, j->s->value[SMS_SENDER]), *to = phone_normal(j->a, j->in->to);

	return (ours != NULL && strcasecmp(ours, j->sender) == 0) || (to != NULL && strcasecmp(to, j->sender) == 0);
}

bool
sms_take(struct db *db, struct arena *a, const struct sms_settings *s, const struct sms_incoming *in, int64_t now,
    struct sms_taken *out, struct err *err)
{
	struct job j = { .a = a, .s = s, .in = in, .now = now, .sender = phone_normal(a, in->from) };
	struct hash_state h;

	/* The gateway's clock says when it was there for us (TF 2:9), when it is one that can be believed. */
	j.at = in->at != 0 && in->at <= now && in->at >= now - LATE_S ? in->at : now;
	hash_start(&h);
	hash_add(&h, in->id, strlen(in->id) + 1);
	hash_add(&h, j.sender, strlen(j.sender) + 1);
	hash_add(&h, in->text, strlen(in->text));
	j.name = arena_strdup(a, hash_hex(hash_end(&h)).s);
	if (is_our_own(&j)) {
		*out = (struct sms_taken){ "own", "-" };
		return true;
	}
	if (!db_write(db, take_write, &j, err))
		return err_add(err, "text message in");
	*out = j.out;
	return true;
}

/* ---- reports ---- */

static bool
is_among(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; *p != '\0'; p += strspn(p, " ")) {
		size_t one = strcspn(p, " ");

		if (one == n && n > 0 && strncasecmp(p, word, n) == 0)
			return true;
		p += one;
	}
	return false;
}

static bool
report_failed(struct db *tx, struct job *j, const struct sms_out *m, struct err *err)
{
	const char *reason = arena_printf(j->a, "%s: %s %s", tr("sv", N_("Not delivered, because")), j->report->status, j->report->why);

	if (!outbox_failed(tx, m->id, j->now, reason, err) || (m->contact_id != 0 && !event_note(tx, j->now, 0, "sms.failed", "outbox",
	    m->id, m->contact_id, 0, 0, 0, arena_printf(j->a, "{\"message\": %" PRId64 ", \"report\": true}", m->id), err)))
		return false;
	return m->contact_id == 0 || m->document_id == 0 || sender_not_delivered(tx, m->contact_id, m->document_id, "sms",
	    m->recipient, reason, j->now, err);
}

static bool
report_write(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct sms_out m;
	bool failed = is_among(j->s->value[SMS_REPORT_FAILED], j->report->status);
	bool delivered = is_among(j->s->value[SMS_REPORT_DELIVERED], j->report->status);

	if (!sms_by_gateway_id(tx, j->a, j->report->id, &m, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		j->out = (struct sms_taken){ "unknown", "-" };
		return true;
	}
	if (!number_of(tx, j, m.contact_id, err))
		return false;
	/* Reports may come twice, and in any order: what failed has failed, what arrived has arrived. */
	if (strcmp(m.state, "failed") == 0 || m.delivered) {
		j->out.kind = "duplicate";
		return true;
	}
	j->out.kind = failed ? "failed" : delivered ? "delivered" : "noted";
	if (failed)
		return report_failed(tx, j, &m, err);
	return !delivered || (sms_delivered(tx, m.id, j->now, err) && (m.contact_id == 0 || event_note(tx, j->now, 0, "sms.delivered",
	    "outbox", m.id, m.contact_id, 0, 0, 0, NULL, err)));
}

bool
sms_reported(struct db *db, struct arena *a, const struct sms_settings *s, const struct sms_report *in, int64_t now,
    struct sms_taken *out, struct err *err)
{
	struct job j = { .a = a, .s = s, .report = in, .now = now };

	if (!db_write(db, report_write, &j, err))
		return err_add(err, "report of a text message");
	*out = j.out;
	return true;
}

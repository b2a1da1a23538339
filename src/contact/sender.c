/* contact/sender.c: deliver, record, go on
 *
 * Each attempt is claimed in a transaction, made outside any, and its outcome written in one, which also claims the next. If the
 * program dies between a mail's leaving and its outcome, the claim stays: the page says "perhaps sent", and after ten minutes it
 * is tried again: a receiver may then see it twice, with the same Message-ID, which is what SMTP itself can promise
 * (RFC 5321 6.1), and better than never. */
#include "contact/sender.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "contact/clock.h"
#include "contact/contact.h"
#include "contact/contact_store.h"
#include "contact/site_words.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "mail/compose.h"
#include "mail/send.h"
#include "registry/document.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { PAGE = 50 };

struct outcome {
	struct arena *a;
	const struct outbox_message *m;
	struct smtp_result result;
	int64_t now;
	const struct outbox_message *next;	/* claimed together with this outcome; NULL none */
	bool gave_up, claimed;
};

bool
sender_not_delivered(struct db *tx, int64_t contact_id, int64_t document_id, const char *channel, const char *recipient,
    const char *reason, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	struct clock_promise promise;
	struct contact c;
	bool ok = contact_get(tx, a, contact_id, &c, err);

	/* The reason is a document, so that whoever owns the contact reads it where the rest stands. */
	ok = ok && document_add(tx, &(struct document){ .authority_id = c.authority_id, .contact_id = c.id,
	    .matter_id = c.matter_id, .direction = "in", .kind = "delivery_failure", .channel = channel, .state = "completed",
	    .arrived_at = now, .registered_at = now, .sender = recipient, .title = c.subject, .text = reason,
	    .restricted = c.restricted }, NULL, err);
	if (ok && document_id != 0)
		ok = document_state_set(tx, document_id, "failed", err);
	ok = ok && event_note(tx, now, 0, "contact.not_delivered", "contact", c.id, c.id, c.matter_id, c.authority_id,
	    c.restricted, NULL, err);
	if (ok && c.closed_at != 0 && strcmp(c.state, "answered") == 0)
		ok = clock_promise(tx, a, c.authority_id, c.channel, c.category_id, local_date(now), &promise, err) &&
		    work_open_again(tx, c.id, promise.answer_by, promise.explained, true, err) &&
		    contact_touch(tx, c.id, 0, err) && event_note(tx, now, 0, "contact.reopened", "contact", c.id, c.id,
		    c.matter_id, c.authority_id, c.restricted, "{\"why\": \"the answer was not delivered\"}", err);
	else if (ok)
		ok = work_undelivered(tx, c.id, err);
	arena_close(a);
	return ok || err_add(err, "not delivered");
}

/* An attempt of this run's next message is ours; one that was left without an outcome is told of. */
static bool
claim_next(struct db *tx, struct outcome *o, struct err *err)
{
	bool again = false;

	o->claimed = false;
	if (o->next == NULL)
		return true;
	return outbox_claim(tx, o->next->id, o->now, &o->claimed, &again, err) && (!again || o->next->contact_id == 0 ||
	    event_note(tx, o->now, 0, "mail.perhaps_sent", "outbox", o->next->id, o->next->contact_id, 0, 0, 0, NULL, err));
}

static bool
claim_first(struct db *tx, void *arg, struct err *err)
{
	return claim_next(tx, arg, err);
}

static bool
record(struct db *tx, void *arg, struct err *err)
{
	struct outcome *o = arg;
	const struct outbox_message *m = o->m;
	bool failed = o->result.outcome == SMTP_PERMANENT, ok;
	struct sb data;

	o->gave_up = false;
	if (!claim_next(tx, o, err))
		return false;
	if (o->result.outcome == SMTP_DELIVERED)
		ok = outbox_sent(tx, m->id, o->now, err) &&
		    (m->document_id == 0 || document_state_set(tx, m->document_id, "sent", err));
	else if (o->result.outcome == SMTP_TEMPORARY)
		ok = outbox_retry(tx, m->id, o->now, o->result.text, &o->gave_up, err);
	else
		ok = outbox_failed(tx, m->id, o->now, o->result.text, err);
	if (!ok)
		return false;
	if (m->contact_id == 0)
		return true;
	sb_init(&data, o->a, 1000);
	sb_addf(&data, "{\"message\": %" PRId64 ", \"automatic\": %s, \"attempt\": %" PRId64 ", \"code\": %d}", m->id,
	    m->automatic ? "true" : "false", m->attempts + 1, o->result.code);
	if (!event_note(tx, o->now, 0, o->result.outcome == SMTP_DELIVERED ? "mail.sent" : failed || o->gave_up ?
	    "mail.failed" : "mail.retry", "outbox", m->id, m->contact_id, 0, 0, 0, sb_str(&data), err))
		return false;
	if ((failed || o->gave_up) && m->document_id != 0)
		return sender_not_delivered(tx, m->contact_id, m->document_id, "email", m->recipient, o->result.text, o->now,
		    err);
	return true;
}

/* The files of the document go along. */
static bool
files_of(struct db *db, struct arena *a, int64_t document_id, struct mail_file **file, size_t *n, struct err *err)
{
	struct document d;

	*n = 0;
	*file = NULL;
	if (document_id == 0)
		return true;
	if (!document_get(db, a, document_id, &d, err))
		return false;
	*file = arena_array(a, d.n_files, sizeof(**file));
	for (size_t i = 0; i < d.n_files; i++) {
		struct mail_file *f = &(*file)[i];

		f->name = d.file[i].name;
		if (!file_get(db, a, d.file[i].sha256, &f->bytes, &f->n, &f->type, err))
			return false;
	}
	*n = d.n_files;
	return true;
}

/* `unreachable` (in and out): the next server could not be reached for a message before this one. Then it is not asked again
 * in this run: with a queue of hundreds and a relay that lets us wait, the clock of everything else would stand still. */
static bool
send_one(struct db *db, struct smtp *link, struct arena *a, const struct outbox_message *m, struct outcome *claim,
    struct smtp_result *unreachable, struct sender_done *done, struct err *err)
{
	struct outcome o = { .a = a, .m = m, .now = claim->now, .next = claim->next };
	int64_t now = o.now;
	const char *from = m->sender != NULL ? m->sender : site_text(db, a, "site.mail_from", NULL);
	struct mail_file *file;
	size_t n_files, n;
	const char *text;
	struct err refused = { 0 };

	if (from == NULL) {
		o.result = (struct smtp_result){ .outcome = SMTP_TEMPORARY, .text = "no sender address is set (site.mail_from)" };
	} else {
		if (!files_of(db, a, m->document_id, &file, &n_files, err))
			return false;
		if (mail_compose(a, &(struct mail_outgoing){
			.from_name = m->sender_name != NULL ? m->sender_name : site_text(db, a, "site.name", NULL), .from = from, .to = m->recipient, .subject = m->subject,
			.text = m->text, .message_id = m->message_id, .in_reply_to = m->in_reply_to,
			.references = m->references, .automation = m->automatic ? MAIL_AUTO_REPLIED : MAIL_BY_A_PERSON,
			.date = now, .file = file, .n_files = n_files }, &text, &n, &refused))
			o.result = unreachable->text[0] != '\0' ? *unreachable : smtp_send(link, from, m->recipient, text, n);
		else
			o.result = (struct smtp_result){ .outcome = SMTP_PERMANENT, .text = "not an address" };
		if (o.result.outcome == SMTP_TEMPORARY && o.result.code == 0)
			*unreachable = o.result;
	}
	if (!db_write(db, record, &o, err))
		return err_add(err, "outcome of message %" PRId64, m->id);
	claim->claimed = o.claimed;
	done->sent += o.result.outcome == SMTP_DELIVERED;
	done->failed += o.result.outcome == SMTP_PERMANENT || o.gave_up;
	done->retried += o.result.outcome == SMTP_TEMPORARY && !o.gave_up;
	if (o.result.outcome != SMTP_DELIVERED)
		log_line(LOG_WARN, "mail", "message=%" PRId64 " attempt=%" PRId64 " code=%d", m->id, m->attempts + 1,
		    o.result.code);
	return true;
}

bool
sender_run(struct db *db, const struct smtp_config *smtp, int64_t now, int limit, struct sender_done *out,
    struct err *err)
{
	struct arena *a = arena_open();
	struct smtp *link;
	struct outbox_list list = { 0 };
	struct smtp_result unreachable = { 0 };
	struct outcome claim = { .now = now };
	bool ok = true;

	*out = (struct sender_done){ 0 };
	if (smtp == NULL) {
		arena_close(a);
		return true;
	}
	link = smtp_open(smtp, err);
	ok = link != NULL;
	while (ok && limit > 0) {
		arena_reset(a);
		ok = outbox_due(db, a, "email", now, limit < PAGE ? (size_t)limit : PAGE, &list, err);
		if (list.n > 0) {
			claim.next = &list.item[0];
			ok = ok && db_write(db, claim_first, &claim, err);
		}
		for (size_t i = 0; ok && i < list.n; i++) {
			bool ours = claim.claimed;

			claim.next = i + 1 < list.n ? &list.item[i + 1] : NULL;
			claim.claimed = false;
			if (ours)
				ok = send_one(db, link, a, &list.item[i], &claim, &unreachable, out, err);
			else if (claim.next != NULL)	/* another server has it */
				ok = db_write(db, claim_first, &claim, err);
		}
		limit -= (int)list.n;
		if (list.n < PAGE)
			break;
	}
	smtp_close(link);
	arena_close(a);
	return ok;
}

/* contact/intake.c: raw first, then understood, then a contact, a reply or a note */
#include "contact/intake.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/contact_store.h"
#include "contact/intake_store.h"
#include "contact/sender.h"
#include "contact/site_words.h"
#include "contact/unread.h"
#include "contact/work.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "mail/classify.h"
#include "mail/message.h"
#include "mail/receive.h"
#include "mail/token.h"
#include "people/office.h"
#include "people/site.h"
#include "registry/document.h"
#include "law/number.h"
#include "timeline/event.h"

enum { ATTEMPTS = 3 };		/* of its own, then it is doubted */

static intake_reply_fn *reply_fn;	/* set once, before any mail is read */
static intake_new_fn *new_fn;
static intake_first_fn *first_fn;
static intake_made_fn *made_fn;

void
intake_on_reply(intake_reply_fn *fn)
{
	reply_fn = fn;
}

void
intake_on_new(intake_new_fn *fn)
{
	new_fn = fn;
}

void
intake_on_first(intake_first_fn *fn)
{
	first_fn = fn;
}

void
intake_on_made(intake_made_fn *fn)
{
	made_fn = fn;
}

bool
intake_replied(struct db *tx, struct arena *a, int64_t contact_id, const char *text, int64_t now, struct err *err)
{
	return reply_fn == NULL || reply_fn(tx, a, contact_id, text, now, err);
}

struct job {
	struct arena *a;
	struct jobs *all;		/* those of the same transaction; NULL: it is alone */
	int64_t contact_id;		/* that it belongs to, written at the transaction's end */
	const char *bytes;
	size_t n;
	const char *envelope_to;
	int64_t now, handed_at, mail_id;
	int64_t attempts;		/* that were begun before ours */
	char sha256[65];
	bool seen, again, parsed, understood;	/* again: the same bytes stand before it in the same handful */
	bool stored;			/* ahead, by us: ours is the first reading all the same */
	bool before;			/* it was stored before, and is not read: that may have ended the program */
	struct err later;		/* why it could not be understood now, though it is safe */
	struct mime_message m;
	struct mail_verdict verdict;
	struct intake_result out;
};

struct jobs { struct job *item; size_t n; };

static bool
number_of(struct db *tx, struct job *j, int64_t contact_id, const char **number, struct err *err)
{
	struct contact c;

	*number = "-";
	if (contact_id == 0)
		return true;
	if (!contact_get(tx, j->a, contact_id, &c, err))
		return false;
	*number = c.number;
	return true;
}

/* Inside the write, where no other process can store the same bytes between our question and our answer. */
static bool
store(struct db *tx, struct job *j, struct err *err)
{
	struct mail_in seen;

	if (!mail_with_bytes(tx, j->a, j->sha256, &seen, err))
		return false;
	j->mail_id = seen.id;
	j->seen = seen.id != 0 && seen.kind != NULL;
	if (j->seen) {
		bool is_it = j->handed_at != 0 && seen.arrived_at >= j->handed_at;

		j->out = (struct intake_result){ .kind = is_it ? seen.kind : "duplicate", .mail_id = seen.id };
		return number_of(tx, j, seen.contact_id, &j->out.number, err);
	}
	j->before = seen.id != 0 && !j->stored;
	j->attempts = seen.attempts;
	return seen.id != 0 || (file_put_known(tx, j->bytes, j->n, "message/rfc822", j->sha256, err) &&
	    mail_store(tx, j->sha256, j->envelope_to, j->now, &j->mail_id, err));
}

static bool
store_all(struct db *tx, void *arg, struct err *err)
{
	struct jobs *jobs = arg;

	for (size_t i = 0; i < jobs->n; i++) {
		struct job *j = &jobs->item[i];

		if (!store(tx, j, err))
			return false;
		j->again = false;
		for (size_t k = 0; k < i && !j->again; k++) {
			j->again = jobs->item[k].mail_id == j->mail_id;
			if (j->again)
				j->before = jobs->item[k].before;
		}
	}
	return true;
}

/* Our token in any address the mail was sent to. */
static bool
by_token(struct db *tx, struct job *j, const char *address, int64_t *contact_id, struct err *err)
{
	unsigned char key[32];
	const char *number;

	if (!site_mail_key(tx, key, err))
		return false;
	number = mail_token_open(j->a, key, mail_token_of_address(j->a, address));
	if (number != NULL && !contact_id_of(tx, number, contact_id, err)) {
		*contact_id = 0;
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
	}
	return true;
}

static bool
by_tokens(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	const struct mail_addresses *lists[] = { &j->m.delivered_to, &j->m.to, &j->m.cc };

	if (j->envelope_to != NULL && !by_token(tx, j, j->envelope_to, contact_id, err))
		return false;
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; *contact_id == 0 && i < lists[l]->n; i++) {
			if (!by_token(tx, j, lists[l]->item[i].address, contact_id, err))
				return false;
		}
	}
	return true;
}

/* The number in a subject counts only from the contact's own sender: a number is easily guessed. */
static bool
by_subject(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	const char *const *template;

	if (!site_contact_templates(tx, j->a, &template, err))
		return false;
	for (; *template != NULL && *contact_id == 0; template++) {
		const char *number = number_find_contact(j->a, *template, j->m.subject);
		struct contact c;

		if (number == NULL)
			continue;
		if (!contact_by_number(tx, j->a, number, &c, err)) {
			if (err->code != ERR_NOT_FOUND)
				return false;
			*err = (struct err){ 0 };
		} else if (c.sender_email != NULL && strcmp(c.sender_email, utf8_lower(j->a, j->m.from.address)) == 0) {
			*contact_id = c.id;
		}
	}
	return true;
}

static bool
find_thread(struct db *tx, struct job *j, int64_t *contact_id, int64_t *document_id, struct err *err)
{
	const char *original = j->verdict.original_message_id;

	*contact_id = *document_id = 0;
	if (original[0] != '\0' && !thread_of(tx, original, contact_id, document_id, err))
		return false;
	if (*contact_id == 0 && j->verdict.original_reply_address[0] != '\0' &&
	    !by_token(tx, j, j->verdict.original_reply_address, contact_id, err))
		return false;
	if (*contact_id == 0 && !by_tokens(tx, j, contact_id, err))
		return false;
	if (*contact_id == 0 && j->m.in_reply_to[0] != '\0' && !thread_of(tx, j->m.in_reply_to, contact_id, document_id, err))
		return false;
	for (size_t i = j->m.n_references; *contact_id == 0 && i > 0; i--) {
		if (!thread_of(tx, j->m.references[i - 1], contact_id, document_id, err))
			return false;
	}
	if (*contact_id == 0 && !by_subject(tx, j, contact_id, err))
		return false;
	return true;
}

static bool
files(struct db *tx, struct job *j, const struct document_file **out, size_t *n, struct err *err)
{
	struct document_file *list = arena_array(j->a, j->m.n_attachments, sizeof(*list));

	for (size_t i = 0; i < j->m.n_attachments; i++) {
		const struct mime_attachment *at = &j->m.attachment[i];
		const char *hash = arena_strdup(j->a, hash_hex(at->sha256).s);

		if (!file_put_known(tx, at->bytes, at->n, at->n == 0 ? file_type(j->a, "", 0) : at->detected_type, hash, err))
			return false;
		list[i] = (struct document_file){ .sha256 = hash, .name = at->name,
			.claimed_type = at->claimed_type };
	}
	*out = list;
	*n = j->m.n_attachments;
	return true;
}

/* A document on a contact that we know: a reply, a report, a machine's answer. */
static bool
on_contact(struct db *tx, struct job *j, int64_t contact_id, const char *kind, struct err *err)
{
	const struct document_file *file;
	struct contact c;
	size_t n;

	return contact_get(tx, j->a, contact_id, &c, err) && files(tx, j, &file, &n, err) &&
	    document_add(tx, &(struct document){ .authority_id = c.authority_id, .contact_id = c.id, .matter_id = c.matter_id,
	    .direction = "in", .kind = kind, .channel = "email", .state = "completed", .arrived_at = j->now,
	    .received_date = arena_strdup(j->a, date_text(local_date(j->now)).s), .received_rule = "FL 22 §",
	    .registered_at = j->now, .sender = j->m.from.address, .title = j->m.subject[0] == '\0' ? c.subject : j->m.subject,
	    .text = j->m.reply_text[0] != '\0' ? j->m.reply_text : j->m.text, .quoted = j->m.quoted_text, .html = j->m.html,
	    .message_id = j->m.message_id[0] == '\0' ? NULL : j->m.message_id, .raw_sha256 = j->sha256,
	    .restricted = c.restricted, .file = file, .n_files = n }, NULL, err) &&
	    event_note(tx, j->now, strcmp(kind, "message") == 0 ? -1 : 0, arena_printf(j->a, "mail.%s",
	    strcmp(kind, "message") == 0 ? "reply" : kind), "contact", c.id, c.id, c.matter_id, c.authority_id, c.restricted,
	    NULL, err);
}

/* Her words opened it again, or ended a pause (work.c does both for words from the page). */
static bool
reply(struct db *tx, struct job *j, int64_t contact_id, struct err *err)
{
	return on_contact(tx, j, contact_id, "message", err) && contact_words_came(tx, j->a, contact_id, j->now, err) &&
	    intake_replied(tx, j->a, contact_id, j->m.reply_text[0] != '\0' ? j->m.reply_text : j->m.text, j->now, err);
}

static bool
failure(struct db *tx, struct job *j, int64_t contact_id, int64_t document_id, struct err *err)
{
	const char *why = mail_reason_text(j->verdict.reason);

	if (contact_id == 0)
		return true;
	if (document_id == 0 && !last_answer(tx, contact_id, &document_id, err))
		return false;
	return sender_not_delivered(tx, contact_id, document_id, "email", j->verdict.recipient, arena_printf(j->a, "%s: %s\n%s %s",
	    tr("sv", N_("Not delivered, because")), tr("sv", why), j->verdict.status, j->verdict.diagnostic), j->now, err);
}

static const char *
text_of(struct job *j)
{
	const char *text = j->m.text;

	if (text[strspn(text, " \t\n")] == '\0')
		return j->m.wrapping == MIME_ENCRYPTED ?
		    tr("sv", N_("(The mail is encrypted and cannot be read here. The original is kept.)")) :
		    tr("sv", N_("(The mail has no text. The original is kept.)"));
	return strlen(text) <= CONTACT_TEXT_MAX ? text : utf8_clean(j->a, text, CONTACT_TEXT_MAX - 4);
}

static bool
new_contact(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	struct mailbox box = { 0 };
	struct contact_in in = { .channel = "email", .kind = j->verdict.is_spam ? "quarantined" : "contact",
		.subject = j->m.subject, .text = text_of(j), .quoted = j->m.quoted_text, .html = j->m.html,
		.message_id = j->m.message_id[0] == '\0' ? NULL : j->m.message_id, .raw_sha256 = j->sha256,
		.sender_name = j->m.from.name[0] == '\0' ? NULL : j->m.from.name,
		.sender_email = j->m.from.address[0] == '\0' ? NULL : j->m.from.address,
		.quarantined = j->verdict.is_spam, .no_receipt = !j->verdict.may_be_answered };
	struct contact_out out;
	struct sb refs;

	if (j->envelope_to != NULL && !mailbox_by_address(tx, j->a, utf8_lower(j->a, j->envelope_to), &box, err) &&
	    err->code != ERR_NOT_FOUND)
		return false;
	for (size_t i = 0; box.id == 0 && i < j->m.to.n; i++) {
		*err = (struct err){ 0 };
		if (!mailbox_by_address(tx, j->a, utf8_lower(j->a, j->m.to.item[i].address), &box, err) &&
		    err->code != ERR_NOT_FOUND)
			return false;
	}
	*err = (struct err){ 0 };
	if (box.id != 0 && box.active) {
		in.authority_id = box.authority_id;
		in.unit_id = box.unit_id;
	}
	sb_init(&refs, j->a, 8000);
	for (size_t i = 0; i < j->m.n_references; i++)
		sb_addf(&refs, "%s ", j->m.references[i]);
	sb_add(&refs, j->m.message_id);
	in.references = sb_str(&refs);
	if (strlen(in.subject) > CONTACT_SUBJECT_MAX)
		in.subject = arena_strndup(j->a, in.subject, utf8_prefix(in.subject, CONTACT_SUBJECT_MAX / 2));
	if (!files(tx, j, &in.file, &in.n_files, err) || !contact_receive(tx, j->a, &in, j->now, &out, err))
		return false;
	*contact_id = out.id;
	return made_fn == NULL || made_fn(tx, &j->m, out.id, j->now, err);
}

/* Is the mail with the same Message-ID another mail all the same? The name is the sender's word: two senders may use one, and there are
 * scanners that call everything alike. From somebody else, or of another time, it is read as what it is. */
static bool
is_another(struct db *tx, struct job *j, const struct mail_in *other, bool *another, struct err *err)
{
	struct mime_message m;
	struct err unreadable = { 0 };
	const void *bytes;
	const char *type;
	size_t n;

	*another = false;
	if (!file_get(tx, j->a, other->raw_sha256, &bytes, &n, &type, err))
		return false;
	if (!mime_parse(j->a, bytes, n, &m, &unreadable))
		return true;
	*another = strcmp(utf8_lower(j->a, m.from.address), utf8_lower(j->a, j->m.from.address)) != 0 ||
	    (m.date != 0 && j->m.date != 0 && m.date != j->m.date);
	return true;
}

/* The contact of a stored mail; that of one before us in the same transaction is not written yet. */
static int64_t
contact_of(const struct job *j, const struct mail_in *m)
{
	for (size_t i = 0; j->all != NULL && i < j->all->n; i++) {
		const struct job *other = &j->all->item[i];

		if (other != j && other->understood && other->mail_id == m->id && other->contact_id != 0)
			return other->contact_id;
	}
	return m->contact_id;
}

/* Was it read by somebody else since it was stored (the server's tick), or did the same mail come by another way (the same
 * Message-ID)? Then it is not read once more. */
static bool
taken_already(struct db *tx, struct job *j, bool *taken, struct err *err)
{
	struct mail_in own, other = { 0 };
	bool another = false;

	if (!mail_get(tx, j->a, j->mail_id, &own, err) ||
	    (own.kind == NULL && j->m.message_id[0] != '\0' && !mail_with_message_id(tx, j->a, j->m.message_id, &other, err)))
		return false;
	if (other.id != 0 && other.id != j->mail_id && !is_another(tx, j, &other, &another, err))
		return false;
	*taken = own.kind != NULL || (other.id != 0 && other.id != j->mail_id && !another);
	if (!*taken)
		return true;
	j->out = (struct intake_result){ .kind = own.kind != NULL && !j->again ? own.kind : "duplicate", .mail_id = j->mail_id };
	if (own.kind != NULL)
		return number_of(tx, j, contact_of(j, &own), &j->out.number, err);
	j->contact_id = contact_of(j, &other);
	return number_of(tx, j, j->contact_id, &j->out.number, err) && mail_read(tx, j->mail_id, "duplicate", NULL, err);
}

/* What it was is written, and said to who sent it in. */
static bool
understood_as(struct db *tx, struct job *j, const char *kind, int64_t contact_id, struct err *err)
{
	j->out.kind = kind;
	j->out.mail_id = j->mail_id;
	j->contact_id = contact_id;
	return mail_read(tx, j->mail_id, kind, j->m.message_id[0] == '\0' ? NULL : j->m.message_id, err) &&
	    number_of(tx, j, contact_id, &j->out.number, err);
}

/* Her words come to whoever has the contact now; in one that was taken for spam nobody would see them. */
static bool
where_it_goes_on(struct db *tx, struct job *j, int64_t *contact_id, struct err *err)
{
	struct contact c;

	if (*contact_id == 0)
		return true;
	if (!contact_goes_on_in(tx, j->a, *contact_id, &c, err))
		return false;
	*contact_id = strcmp(c.state, "quarantined") == 0 ? 0 : c.id;
	return true;
}

static bool
understand(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	int64_t contact_id = 0, document_id;
	const char *kind = "contact";
	bool taken;

	if (!taken_already(tx, j, &taken, err))
		return false;
	if (taken)
		return true;
	if (first_fn != NULL && !first_fn(tx, j->a, &j->m, &j->verdict, j->envelope_to, j->now, &taken, &contact_id, err))
		return false;
	if (taken)
		return understood_as(tx, j, j->verdict.kind == MAIL_ORDINARY ? "reply" : "auto_reply", contact_id, err);
	if (!find_thread(tx, j, &contact_id, &document_id, err))
		return false;
	switch (j->verdict.kind) {
	case MAIL_DELIVERY_FAILURE:
		kind = "delivery_failure";
		if (!failure(tx, j, contact_id, document_id, err))
			return false;
		break;
	case MAIL_DELIVERY_DELAY:
	case MAIL_AUTO_REPLY:
		kind = "auto_reply";		/* noted; stops no clock, is never answered */
		if (contact_id != 0 && !on_contact(tx, j, contact_id, "auto_reply", err))
			return false;
		break;
	case MAIL_FEEDBACK:
		kind = "feedback";
		if (contact_id != 0 && !on_contact(tx, j, contact_id, "feedback", err))
			return false;
		break;
	case MAIL_ORDINARY:
		if (!where_it_goes_on(tx, j, &contact_id, err))
			return false;
		if (contact_id != 0 && !j->verdict.is_spam) {
			kind = "reply";
			if (!reply(tx, j, contact_id, err))
				return false;
		} else {
			kind = j->verdict.is_spam ? "quarantined" : "contact";
			contact_id = 0;
			if (!j->verdict.is_spam && new_fn != NULL &&
			    !new_fn(tx, j->a, &j->m, j->envelope_to, j->sha256, j->now, &contact_id, err))
				return false;
			if (contact_id == 0 && !new_contact(tx, j, &contact_id, err))
				return false;
		}
		break;
	}
	return understood_as(tx, j, kind, contact_id, err);
}

static bool
understand_one(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	j->contact_id = 0;
	return understand(tx, j, err) && (j->contact_id == 0 || mail_belongs(tx, j->mail_id, j->contact_id, err));
}

/* Did the attempt that failed leave a mail that may well be read later? What cannot be read will not be. */
static bool
may_be_read_later(const struct job *j)
{
	return !j->seen && !j->before && !j->understood && j->later.code != ERR_INPUT;
}

static bool
attempts_failed(struct db *tx, void *arg, struct err *err)
{
	const struct jobs *jobs = arg;
	bool ok = true;

	for (size_t i = 0; i < jobs->n && ok; i++) {
		if (may_be_read_later(&jobs->item[i]))
			ok = mail_attempt_failed(tx, jobs->item[i].mail_id, jobs->item[i].later.log, err);
	}
	return ok;
}

/* Each for itself: one that cannot be filed takes no other with it. */
static bool
understand_all(struct db *tx, void *arg, struct err *err)
{
	struct jobs *jobs = arg;
	bool ok = true;

	for (size_t i = 0; i < jobs->n; i++)
		jobs->item[i].understood = false;	/* it may be run again */
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *j = &jobs->item[i];

		j->contact_id = 0;
		if (j->parsed)
			j->later = (struct err){ 0 };
		j->understood = j->parsed && !j->seen && db_write(tx, understand, j, &j->later);
	}
	for (size_t i = 0; i < jobs->n && ok; i++) {
		if (jobs->item[i].understood && jobs->item[i].contact_id != 0)
			ok = mail_belongs(tx, jobs->item[i].mail_id, jobs->item[i].contact_id, err);
	}
	return ok && attempts_failed(tx, jobs, err);
}

static void
read_job(struct job *j)
{
	j->later = (struct err){ 0 };
	j->parsed = mime_parse(j->a, j->bytes, j->n, &j->m, &j->later);
	if (j->parsed)
		mail_classify(j->a, &j->m, NULL, 0, &j->verdict);
}

static bool
attempt(struct db *tx, void *arg, struct err *err)
{
	return mail_attempt(tx, ((struct job *)arg)->mail_id, err);
}

/* Instead of reading it. Also this is counted: should the glance at its header end the program, the next does without. */
static bool
file_unread(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct mail_in own;

	j->out.number = NULL;
	if (!mail_get(tx, j->a, j->mail_id, &own, err))
		return false;
	if (own.kind != NULL)
		return true;		/* somebody was quicker */
	return unread_file(tx, j->a, &(struct unread_mail){ .bytes = j->bytes, .n = j->attempts > ATTEMPTS ? 0 : j->n,
	    .raw_sha256 = j->sha256, .envelope_to = j->envelope_to, .arrived_at = j->now }, &j->contact_id, err) &&
	    mail_read(tx, j->mail_id, "contact", NULL, err) && mail_belongs(tx, j->mail_id, j->contact_id, err) &&
	    number_of(tx, j, j->contact_id, &j->out.number, err);
}

/* A mail that was stored before and is not read: counted first, in a commit of its own. True when it is filed now. */
static bool
try_again(struct db *db, struct job *j)
{
	bool unread = j->attempts >= ATTEMPTS;
	struct err ignored = { 0 };

	j->later = (struct err){ 0 };
	if (!db_write(db, attempt, j, &j->later))
		return false;
	if (!unread)
		read_job(j);
	j->understood = (unread || j->parsed) && db_write_repeatable(db, unread ? file_unread : understand_one, j, &j->later);
	j->before = false;
	if (!j->understood)
		(void)db_write(db, attempts_failed, &(struct jobs){ j, 1 }, &ignored);
	else if (unread && j->out.number != NULL)
		log_line(LOG_ERROR, "mail", "id=%" PRId64 " unread=1 attempts=%" PRId64 " contact=%s", j->mail_id, j->attempts,
		    j->out.number);
	return j->understood;
}

/* Stored ahead, and not yet read by anybody: then there is nothing to write, and nobody to wait for. */
static bool
found_stored(struct db *db, struct jobs *jobs)
{
	struct err ignored = { 0 };

	for (size_t i = 0; i < jobs->n; i++) {
		struct job *j = &jobs->item[i];
		struct mail_in seen;

		if (!j->stored || !mail_with_bytes(db, j->a, j->sha256, &seen, &ignored) || seen.id == 0 || seen.kind != NULL)
			return false;
		j->mail_id = seen.id;
		for (size_t k = 0; k < i; k++)
			j->again |= jobs->item[k].mail_id == j->mail_id;
	}
	return true;
}

/* They lie there raw when this is true. */
static bool
store_them(struct db *db, struct arena *a, const struct intake_in *in, size_t n, int64_t now, struct jobs *out, struct err *err)
{
	*out = (struct jobs){ .item = arena_array(a, n, sizeof(*out->item)), .n = n };
	for (size_t i = 0; i < n; i++) {
		if (in[i].n > RAW_BYTES_MAX)
			return err_set(err, ERR_INPUT, "a mail of %zu bytes is over %u", in[i].n, RAW_BYTES_MAX);
		out->item[i] = (struct job){ .a = a, .bytes = in[i].bytes, .n = in[i].n, .envelope_to = in[i].envelope_to,
			.now = now, .handed_at = in[i].handed_at, .stored = in[i].stored, .all = out };
		memcpy(out->item[i].sha256, hash_hex(hash_bytes(in[i].bytes, in[i].n)).s, sizeof(out->item[i].sha256));
	}
	return found_stored(db, out) || db_write(db, store_all, out, err) || err_add(err, "storing a mail");
}

bool
intake_store(struct db *db, struct arena *a, struct intake_in *in, size_t n, int64_t now, struct err *err)
{
	struct jobs jobs;

	if (!store_them(db, a, in, n, now, &jobs, err))
		return false;
	for (size_t i = 0; i < n; i++)
		in[i].stored = !jobs.item[i].seen && !jobs.item[i].before;
	return true;
}

bool
intake_mails(struct db *db, struct arena *a, const struct intake_in *in, size_t n, int64_t now,
    struct intake_result *out, struct err *err)
{
	struct jobs jobs;
	struct err later = { 0 };

	if (!store_them(db, a, in, n, now, &jobs, err))
		return false;
	/* From here on nothing is lost, whatever the reading of it does to us: what a power cut takes of the filing is filed again from
	 * the raw mail (intake_pending), so the filing does not wait for the disk once more. A receipt leaves only after it (sender.c's
	 * claim is durable). */
	for (size_t i = 0; i < n; i++) {
		if (!jobs.item[i].seen && !jobs.item[i].before)
			read_job(&jobs.item[i]);
	}
	if (!db_write_repeatable(db, understand_all, &jobs, &later)) {
		struct err ignored = { 0 };

		for (size_t i = 0; i < n; i++) {
			jobs.item[i].understood = false;
			if (jobs.item[i].parsed)
				jobs.item[i].later = later;
		}
		(void)db_write(db, attempts_failed, &jobs, &ignored);
	}
	for (size_t i = 0; i < n; i++) {
		struct job *j = &jobs.item[i];

		if (j->before && j->attempts >= ATTEMPTS)
			(void)err_set(&j->later, ERR_BUG, "reading it ended the program %" PRId64 " times", j->attempts);
		else if (j->before)
			(void)try_again(db, j);
	}
	for (size_t i = 0; i < n; i++) {
		struct job *j = &jobs.item[i];

		out[i] = j->out;
		if (j->seen || j->understood)
			continue;
		log_line(LOG_ERROR, "mail", "id=%" PRId64 " stored=1 error=\"%s\"", j->mail_id, j->later.log);
		out[i] = (struct intake_result){ .kind = "contact", .number = "-", .mail_id = j->mail_id };
	}
	return true;
}

static struct intake_in *
as_intake(struct arena *a, const struct mail_bytes *mail, size_t n)
{
	struct intake_in *in = arena_array(a, n, sizeof(*in));

	for (size_t i = 0; i < n; i++)
		in[i] = (struct intake_in){ .bytes = mail[i].bytes, .n = mail[i].n, .stored = mail[i].ahead };
	return in;
}

bool
intake_bytes(struct db *db, struct arena *a, const struct mail_bytes *mail, size_t n, int64_t now, struct intake_result **out,
    struct err *err)
{
	*out = arena_array(a, n, sizeof(**out));
	return intake_mails(db, a, as_intake(a, mail, n), n, now, *out, err);
}

bool
intake_bytes_ahead(struct db *db, struct mail_bytes *mail, size_t n, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	struct intake_in *in = as_intake(a, mail, n);
	bool ok = intake_store(db, a, in, n, now, err);

	for (size_t i = 0; i < n; i++)
		mail[i].ahead = in[i].stored;
	arena_close(a);
	return ok;
}

bool
intake_mail(struct db *db, struct arena *a, const char *bytes, size_t n, const char *envelope_to, int64_t now,
    struct intake_result *out, struct err *err)
{
	return intake_mails(db, a, &(struct intake_in){ .bytes = bytes, .n = n, .envelope_to = envelope_to }, 1, now, out, err);
}

/* A stored mail as a job; its bytes are in the arena. */
static bool
stored(struct db *db, struct arena *a, const struct mail_in *mail, struct job *j, struct err *err)
{
	const void *bytes;
	const char *type;

	*j = (struct job){ .a = a, .before = true, .mail_id = mail->id, .attempts = mail->attempts, .envelope_to = mail->envelope_to,
		.now = mail->arrived_at };
	(void)snprintf(j->sha256, sizeof(j->sha256), "%s", mail->raw_sha256);
	if (!file_get(db, a, mail->raw_sha256, &bytes, &j->n, &type, err))
		return false;
	j->bytes = bytes;
	return true;
}

bool
intake_pending(struct db *db, intake_alone_fn *alone, void *arg, int64_t *n, struct err *err)
{
	struct arena *a = arena_open();
	int64_t after = 0;
	bool ok = true;

	*n = 0;
	for (;; arena_reset(a)) {
		enum intake_alone became = INTAKE_ALONE_ENDED;
		struct mail_in mail;
		struct job j;

		if (!(ok = mail_unread(db, a, after, &mail, err)) || mail.id == 0)
			break;
		after = mail.id;
		if (mail.attempts >= ATTEMPTS && alone != NULL)
			became = alone(arg, mail.id);
		*n += became == INTAKE_ALONE_READ;
		if (became != INTAKE_ALONE_ENDED)
			continue;
		if (!(ok = stored(db, a, &mail, &j, err)))
			break;
		if (try_again(db, &j))
			++*n;
		else
			log_line(LOG_ERROR, "mail", "id=%" PRId64 " error=\"%s\"", mail.id, j.later.log);
	}
	arena_close(a);
	return ok;
}

bool
intake_again(struct db *db, int64_t mail_id, struct err *err)
{
	struct arena *a = arena_open();
	struct mail_in mail;
	struct job j;
	bool ok = mail_get(db, a, mail_id, &mail, err) && (mail.id != 0 || err_set(err, ERR_NOT_FOUND, "mail %" PRId64, mail_id));

	if (ok && mail.kind == NULL && (ok = stored(db, a, &mail, &j, err))) {
		read_job(&j);
		if (!j.parsed)
			*err = j.later;
		ok = j.parsed && db_write_repeatable(db, understand_one, &j, err);
	}
	arena_close(a);
	return ok;
}

/* representative/by_mail.c: two things a mail can be besides a contact and a reply */
#include "representative/by_mail.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/intake_store.h"
#include "contact/site_words.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "mail/message.h"
#include "people/account.h"
#include "registry/document.h"
#include "representative/escalation.h"
#include "representative/representative.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { ORIGINAL_DAYS = 365 };		/* a Date header older than that is not believed */

static const char *
line_of(struct arena *a, const char **text)
{
	const char *p = *text + strspn(*text, " \t\r\n>");
	size_t n = strcspn(p, "\r\n");

	*text = p + n;
	while (n > 0 && strchr(" \t.!", p[n - 1]) != NULL)
		n--;
	return arena_strndup(a, p, n);
}

static const char *
after_prefix(const char *line, const char *const *prefix)
{
	for (size_t i = 0; prefix[i] != NULL; i++) {
		if (strncmp(line, prefix[i], strlen(prefix[i])) == 0)
			return line + strlen(prefix[i]);
	}
	return NULL;
}

bool
mail_wish_parse(struct arena *a, const char *text, struct mail_wish *out)
{
	static const char *const begins[] = { "inte nöjd", "ej nöjd", "not satisfied", NULL };
	static const char *const share[] = { "dela:", "share:", NULL };
	static const char *const chair[] = { "ordförande", "chair", NULL };
	static const struct { const char *word; unsigned flag; } scope[] = {
		{ "namn", CONSENT_NAME }, { "name", CONSENT_NAME }, { "telefon", CONSENT_PHONE }, { "phone", CONSENT_PHONE },
		{ "e-post", CONSENT_EMAIL }, { "mejl", CONSENT_EMAIL }, { "e-mail", CONSENT_EMAIL }, { "email", CONSENT_EMAIL },
	};
	const char *lower = utf8_lower(a, text), *rest = lower, *to;

	*out = (struct mail_wish){ .to = "" };
	to = after_prefix(line_of(a, &rest), begins);
	if (to == NULL)
		return false;
	to += strspn(to, " ");
	if (*to == ':') {
		to += 1 + strspn(to + 1, " ");
		out->to = after_prefix(to, chair) != NULL ? "chair" : to;
	}
	while (*rest != '\0') {
		const char *line = after_prefix(line_of(a, &rest), share);

		for (size_t i = 0; line != NULL && i < ARRAY_LEN(scope); i++)
			out->consent |= strstr(line, scope[i].word) != NULL ? scope[i].flag : 0;
	}
	out->about_decision = strstr(lower, "överklag") != NULL || strstr(lower, "appeal") != NULL;
	return true;
}

/* Whom she means by a name; 0 when nobody, or more than one. */
static bool
representative_named(struct db *tx, struct arena *a, const struct contact *c, const char *name, int64_t now, int64_t *id,
    struct err *err)
{
	struct escalation_choices who;
	size_t n = 0;

	*id = 0;
	if (!escalation_choices(tx, a, c, "sv", now, &who, err))
		return false;
	for (size_t i = 0; i < who.n; i++) {
		if (strstr(utf8_lower(a, who.item[i].name), name) != NULL) {
			*id = who.item[i].representative_id;
			n++;
		}
	}
	if (n != 1 || !who.elected)
		*id = 0;
	return true;
}

/* Never refuses the mail: what cannot go where she wanted goes to the manager, and the confirmation says so. */
static bool
on_reply(struct db *tx, struct arena *a, int64_t contact_id, const char *text, int64_t now, struct err *err)
{
	struct escalation_in in = { .contact_id = contact_id, .level = "manager", .channel = "email", .words = text,
		.words_are_document = true };
	struct err own = { 0 };
	struct mail_wish wish;
	struct contact c;

	if (!mail_wish_parse(a, text, &wish))
		return true;
	if (!contact_get(tx, a, contact_id, &c, err))
		return false;
	if (strlen(text) > ESCALATION_TEXT_MAX)
		in.words = arena_strndup(a, text, utf8_prefix(text, ESCALATION_TEXT_MAX / 4));
	in.consent = wish.consent;
	in.about_decision = wish.about_decision;
	if (strcmp(wish.to, "chair") == 0)
		in.level = "chair";
	else if (*wish.to != '\0') {
		if (!representative_named(tx, a, &c, wish.to, now, &in.representative_id, err))
			return false;
		in.level = in.representative_id == 0 ? "manager" : "representative";
	}
	if (escalation_ask(tx, a, &in, NULL, now, NULL, &own))
		return true;
	if (own.code == ERR_INPUT && strcmp(in.level, "manager") != 0) {
		in.level = "manager";
		in.representative_id = 0;
		own = (struct err){ 0 };
		if (escalation_ask(tx, a, &in, NULL, now, NULL, &own))
			return true;
	}
	if (own.code == ERR_CONFLICT || own.code == ERR_INPUT)
		return true;		/* it waits there already: her words are on the contact */
	*err = own;
	return false;
}

/* ---- private mail handed over ---- */

static const char *
header_value(struct arena *a, const char *line, const char *const *names)
{
	const char *value = after_prefix(utf8_lower(a, line), names);

	return value == NULL ? NULL : line + (strlen(line) - strlen(value)) + strspn(value, " *\t");
}

bool
forwarded_parse(struct arena *a, const char *text, struct forwarded *out)
{
	static const char *const from[] = { "from:", "från:", "*from:*", "*från:*", NULL };
	static const char *const subject[] = { "subject:", "ämne:", "*subject:*", "*ämne:*", NULL };
	static const char *const more[] = { "date:", "datum:", "sent:", "skickat:", "to:", "till:", "cc:", "kopia:", "*", NULL };
	const char *rest = text;

	*out = (struct forwarded){ 0 };
	while (*rest != '\0') {
		const char *start = rest, *line = line_of(a, &rest), *value;

		if (out->address == NULL && (value = header_value(a, line, from)) != NULL) {
			const char *open = strchr(value, '<'), *close = open == NULL ? NULL : strchr(open, '>');

			if (open != NULL && close != NULL) {
				size_t n = (size_t)(open - value);

				while (n > 0 && strchr(" \"", value[n - 1]) != NULL)
					n--;
				out->name = arena_strndup(a, value + strspn(value, "\""), n - strspn(value, "\"") * (n > 0));
				out->address = utf8_lower(a, arena_strndup(a, open + 1, (size_t)(close - open - 1)));
			} else if (strchr(value, '@') != NULL)
				out->address = utf8_lower(a, arena_strndup(a, value, strcspn(value, " ")));
		} else if (out->address != NULL && out->subject == NULL && (value = header_value(a, line, subject)) != NULL) {
			out->subject = value;
		} else if (out->address != NULL && *line != '\0' && after_prefix(utf8_lower(a, line), more) == NULL) {
			out->text = start + strspn(start, " \t\r\n");
			break;
		}
	}
	return out->address != NULL && strchr(out->address, '@') != NULL;
}

static bool
is_to(struct arena *a, const struct mail_addresses *list, const char *address)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(utf8_lower(a, list->item[i].address), address) == 0)
			return true;
	}
	return false;
}

/* The representative whose address it is: her public one, or the one she signs in with. */
static bool
representative_of_address(struct db *tx, struct arena *a, const char *address, struct representative *out, struct err *err)
{
	struct representative_list list;

	out->id = 0;
	if (*address == '\0')
		return true;
	if (!representative_list(tx, a, &(struct representative_filter){ 0 }, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const struct representative *r = &list.item[i];

		if (r->active && ((r->email != NULL && strcmp(utf8_lower(a, r->email), address) == 0) ||
		    (r->sign_in != NULL && strcmp(r->sign_in, address) == 0))) {
			*out = *r;
			return true;
		}
	}
	return true;
}

/* The original: an enclosed mail, else what stands in the text. */
static void
original_of(struct arena *a, const struct mime_message *m, int64_t now, struct contact_in *in)
{
	struct mime_message *inner = arena_alloc(a, sizeof(*inner));
	struct forwarded f;
	struct err ignored = { 0 };

	in->text = m->text;
	in->subject = m->subject;
	in->no_receipt = true;
	in->arrived_at = now;
	for (size_t i = 0; i < m->n_attachments; i++) {
		if (strcmp(m->attachment[i].claimed_type, "message/rfc822") != 0 ||
		    !mime_parse(a, m->attachment[i].bytes, m->attachment[i].n, inner, &ignored) || inner->from.address[0] == '\0')
			continue;
		in->sender_name = inner->from.name[0] == '\0' ? NULL : inner->from.name;
		in->sender_email = inner->from.address;
		in->subject = inner->subject;
		in->text = inner->text;
		in->message_id = inner->message_id[0] == '\0' ? NULL : inner->message_id;
		in->no_receipt = false;
		if (inner->date > now - ORIGINAL_DAYS * DAY_S && inner->date <= now)
			in->arrived_at = inner->date;
		return;
	}
	if (forwarded_parse(a, m->text, &f)) {
		in->sender_name = f.name == NULL || *f.name == '\0' ? NULL : f.name;
		in->sender_email = f.address;
		in->subject = f.subject == NULL ? m->subject : f.subject;
	}
}

static bool
tell_number(struct db *tx, struct arena *a, const char *to, const char *number, int64_t contact_id, int64_t now,
    struct err *err)
{
	return outbox_put(tx, &(struct outbox_message){ .contact_id = contact_id, .recipient = to, .automatic = true,
	    .subject = arena_printf(a, "%s: %s", number, tr("sv", N_("your mail has been registered"))),
	    .text = arena_printf(a, "%s\n", tr("sv", N_("What you handed over is registered as a received document. Who wrote will be answered."))) },
	    now, NULL, err);
}

/* Inside the mail's own write. *contact_id stays 0 when the mail is nothing of this. */
static bool
on_new(struct db *tx, struct arena *a, const struct mime_message *m, const char *envelope_to, const char *raw_sha256,
    int64_t now, int64_t *contact_id, struct err *err)
{
	const char *address = site_text(tx, a, "representative.forward", NULL), *from = utf8_lower(a, m->from.address);
	struct contact_in in = { .channel = "email", .raw_sha256 = raw_sha256 };
	struct representative r = { 0 }, whole;
	struct contact_out out;
	int64_t seen = 0, document_id;

	if (address == NULL)
		return true;
	address = utf8_lower(a, address);
	if (!(envelope_to != NULL && strcmp(utf8_lower(a, envelope_to), address) == 0) && !is_to(a, &m->to, address) &&
	    !is_to(a, &m->cc, address) && !is_to(a, &m->delivered_to, address))
		return true;
	if (!representative_of_address(tx, a, from, &r, err))
		return false;
	if (r.id == 0)
		return true;		/* somebody else's mail to that address is a contact like any other */
	if (!representative_get(tx, a, r.id, &whole, err))
		return false;
	original_of(a, m, now, &in);
	if (in.message_id != NULL && !thread_of(tx, in.message_id, &seen, &document_id, err))
		return false;
	if (seen != 0) {
		*contact_id = seen;	/* handed over once already, or sent to us too */
		return true;
	}
	if (whole.n_mandates > 0) {
		in.authority_id = whole.mandate[0].authority_id;
		if (!work_first_unit(tx, in.authority_id, &in.unit_id, err)) {
			in.authority_id = 0;
			*err = (struct err){ 0 };
		}
	}
	if (in.subject == NULL || strlen(in.subject) > CONTACT_SUBJECT_MAX)
		in.subject = in.subject == NULL ? NULL : arena_strndup(a, in.subject, utf8_prefix(in.subject, CONTACT_SUBJECT_MAX / 2));
	if (!contact_receive(tx, a, &in, now, &out, err))
		return false;
	*contact_id = out.id;
	return event_note(tx, now, whole.account_id, "representative.mail_registered", "contact", out.id, out.id, 0,
	    in.authority_id, 0, NULL, err) && tell_number(tx, a, from, out.number, out.id, now, err);
}

void
representative_by_mail(void)
{
	intake_on_reply(on_reply);
	intake_on_new(on_new);
}

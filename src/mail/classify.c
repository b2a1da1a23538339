/* mail/classify.c: tables of what machines say
 *
 * Phrases are compared with text in lower case whose white space is single spaces, so that it does not matter how a
 * program wrapped its lines. */
#include "mail/classify.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/message.h"
#include "mail/token.h"

enum { LOOK_MAX = 64 * 1024, DIAGNOSTIC_MAX = 300, SCL_SPAM = 5 };

/* --- tables --- */

static const struct { const char *name, *text; } reasons[] = {
	[MAIL_REASON_UNKNOWN] = { "unknown", N_("the receiving mail server did not say why") },
	[MAIL_REASON_NO_SUCH_ADDRESS] = { "no_such_address", N_("the address does not exist") },
	[MAIL_REASON_NO_SUCH_DOMAIN] = { "no_such_domain", N_("the part of the address after @ does not exist or takes no mail") },
	[MAIL_REASON_MAILBOX_FULL] = { "mailbox_full", N_("the mailbox is full") },
	[MAIL_REASON_MAILBOX_CLOSED] = { "mailbox_closed", N_("the mailbox is closed") },
	[MAIL_REASON_TOO_LARGE] = { "too_large", N_("the message was too large for the recipient") },
	[MAIL_REASON_REFUSED] = { "refused", N_("the receiving mail server refused it") },
	[MAIL_REASON_EXPIRED] = { "expired", N_("the receiving mail server could not be reached in time") },
};

/* What servers say in words. The first that is found counts, so the special stand before the general. */
static const struct { const char *says; enum mail_reason reason; } words[] = {
	{ "mailbox is full", MAIL_REASON_MAILBOX_FULL }, { "mailbox full", MAIL_REASON_MAILBOX_FULL },
	{ "quota exceeded", MAIL_REASON_MAILBOX_FULL }, { "over quota", MAIL_REASON_MAILBOX_FULL },
	{ "exceeded storage", MAIL_REASON_MAILBOX_FULL }, { "out of storage", MAIL_REASON_MAILBOX_FULL },
	{ "storage quota", MAIL_REASON_MAILBOX_FULL }, { "overquota", MAIL_REASON_MAILBOX_FULL },
	{ "insufficient storage", MAIL_REASON_MAILBOX_FULL }, { "brevlådan är full", MAIL_REASON_MAILBOX_FULL },
	{ "message size exceeds", MAIL_REASON_TOO_LARGE }, { "message too large", MAIL_REASON_TOO_LARGE },
	{ "message too big", MAIL_REASON_TOO_LARGE }, { "maximum message size", MAIL_REASON_TOO_LARGE },
	{ "size limit", MAIL_REASON_TOO_LARGE }, { "meddelandet är för stort", MAIL_REASON_TOO_LARGE },
	{ "mailbox disabled", MAIL_REASON_MAILBOX_CLOSED }, { "account disabled", MAIL_REASON_MAILBOX_CLOSED },
	{ "account is disabled", MAIL_REASON_MAILBOX_CLOSED }, { "mailbox unavailable or access denied", MAIL_REASON_MAILBOX_CLOSED },
	{ "account has been suspended", MAIL_REASON_MAILBOX_CLOSED }, { "no longer in use", MAIL_REASON_MAILBOX_CLOSED },
	{ "no longer valid", MAIL_REASON_MAILBOX_CLOSED }, { "inactive", MAIL_REASON_MAILBOX_CLOSED },
	{ "host does not accept mail", MAIL_REASON_NO_SUCH_DOMAIN }, { "domain does not accept mail", MAIL_REASON_NO_SUCH_DOMAIN },
	{ "host not found", MAIL_REASON_NO_SUCH_DOMAIN }, { "host unknown", MAIL_REASON_NO_SUCH_DOMAIN },
	{ "domain not found", MAIL_REASON_NO_SUCH_DOMAIN }, { "unrouteable", MAIL_REASON_NO_SUCH_DOMAIN },
	{ "name service error", MAIL_REASON_NO_SUCH_DOMAIN }, { "domän finns inte", MAIL_REASON_NO_SUCH_DOMAIN },
	{ "user unknown", MAIL_REASON_NO_SUCH_ADDRESS }, { "unknown user", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "no such user", MAIL_REASON_NO_SUCH_ADDRESS }, { "no mailbox here", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "mailbox not found", MAIL_REASON_NO_SUCH_ADDRESS }, { "mailbox unavailable", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "does not exist", MAIL_REASON_NO_SUCH_ADDRESS }, { "doesn't exist", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "user doesn't have", MAIL_REASON_NO_SUCH_ADDRESS }, { "not our customer", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "recipient name is not recognized", MAIL_REASON_NO_SUCH_ADDRESS }, { "recipient not found", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "unknown recipient", MAIL_REASON_NO_SUCH_ADDRESS }, { "recipientnotfound", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "no such recipient", MAIL_REASON_NO_SUCH_ADDRESS }, { "address not found", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "invalid recipient", MAIL_REASON_NO_SUCH_ADDRESS }, { "user not found", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "adressen hittades inte", MAIL_REASON_NO_SUCH_ADDRESS }, { "adressen finns inte", MAIL_REASON_NO_SUCH_ADDRESS },
	{ "retry timeout exceeded", MAIL_REASON_EXPIRED }, { "delivery time expired", MAIL_REASON_EXPIRED },
	{ "retry time not reached", MAIL_REASON_EXPIRED }, { "connection timed out", MAIL_REASON_EXPIRED },
	{ "connection refused", MAIL_REASON_EXPIRED }, { "queue too long", MAIL_REASON_EXPIRED },
	{ "been in the queue", MAIL_REASON_EXPIRED }, { "could not be delivered for", MAIL_REASON_EXPIRED },
	{ "virus", MAIL_REASON_REFUSED }, { "spam", MAIL_REASON_REFUSED }, { "blocked", MAIL_REASON_REFUSED },
	{ "access denied", MAIL_REASON_REFUSED }, { "rejected", MAIL_REASON_REFUSED }, { "policy", MAIL_REASON_REFUSED },
	{ "relay", MAIL_REASON_REFUSED }, { "not a member of", MAIL_REASON_REFUSED }, { "are not member", MAIL_REASON_REFUSED },
	{ "not permitted", MAIL_REASON_REFUSED }, { "not authorized", MAIL_REASON_REFUSED }, { "nekades", MAIL_REASON_REFUSED },
};

/* RFC 3463's classes, without the first figure, for when the words say nothing. */
static const struct { const char *status; enum mail_reason reason; } statuses[] = {
	{ ".1.1", MAIL_REASON_NO_SUCH_ADDRESS }, { ".1.2", MAIL_REASON_NO_SUCH_DOMAIN }, { ".1.3", MAIL_REASON_NO_SUCH_ADDRESS },
	{ ".1.6", MAIL_REASON_MAILBOX_CLOSED }, { ".1.10", MAIL_REASON_NO_SUCH_DOMAIN }, { ".2.0", MAIL_REASON_MAILBOX_CLOSED },
	{ ".2.1", MAIL_REASON_MAILBOX_CLOSED }, { ".2.2", MAIL_REASON_MAILBOX_FULL }, { ".2.3", MAIL_REASON_TOO_LARGE },
	{ ".3.1", MAIL_REASON_MAILBOX_FULL }, { ".3.4", MAIL_REASON_TOO_LARGE }, { ".4.1", MAIL_REASON_EXPIRED },
	{ ".4.4", MAIL_REASON_NO_SUCH_DOMAIN }, { ".4.7", MAIL_REASON_EXPIRED }, { ".4.", MAIL_REASON_EXPIRED },
	{ ".7.27", MAIL_REASON_NO_SUCH_DOMAIN }, { ".6.", MAIL_REASON_REFUSED }, { ".7.", MAIL_REASON_REFUSED },
};

/* Programs that return mail, by the sender's address or name. */
static const char *const returners[] = { "mailer-daemon", "postmaster", "mail delivery", "maildelivery", "mail-daemon",
	"microsoftexchange329", "mdaemon", "mailerdaemon" };

/* What they say in the body when it failed ... */
static const char *const failed[] = {
	"could not be delivered", "couldn't be delivered", "cannot be delivered", "was not delivered", "wasn't delivered",
	"delivery to the following recipient failed", "delivery to the following recipients failed", "delivery has failed",
	"did not reach the following recipient", "unable to deliver", "error delivering your mail",
	"addresses had permanent fatal errors", "address(es) failed", "permanent error", "permanent failure",
	"delivery failed", "undeliverable", "i wasn't able to deliver", "returned to sender", "failed permanently",
	"not a member of this mailing list", "original message follows", "original mail info", "kunde inte levereras",
	"har inte levererats", "gick inte att leverera", "kunde inte skickas till", "message blocked",
};
/* ... and when it is only late. */
static const char *const delayed[] = {
	"this is a warning message only", "you do not need to resend", "you need not resend", "delivery is delayed",
	"has been delayed", "will be retried", "will keep trying", "still trying to deliver", "delivery incomplete",
	"temporary problem delivering", "delay reason", "not been delivered yet", "fördröjd", "fördröjts", "försöker fortfarande",
};

/* The fixed subjects of programs that answer for people: followed by a colon, or nothing else. */
static const char *const auto_subjects[] = {
	"autosvar", "automatiskt svar", "automatiskt svarsmeddelande", "frånvarande", "frånvaromeddelande", "ej på kontoret",
	"inte på kontoret", "out of office", "out of the office", "out of office autoreply", "automatic reply", "auto reply",
	"auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "autoresponder", "autorespons",
	"automatische antwort", "abwesenheitsnotiz", "automatisk svar", "automatisk svarmelding", "autosvar fra",
	"réponse automatique", "respuesta automática", "risposta automatica", "automaattinen vastaus", "poissaoloviesti",
	"vacation reply", "vacation response",
};
/* Words that make one together with other signs (a null return path, an answer to something of ours, bulk). */
static const char *const away_words[] = { "frånvaro", "away", "vacation", "semester", "föräldraledig", "tjänstledig",
	"out of office", "autosvar", "auto", "inte anträffbar", "ej anträffbar", "abwesen", "holiday", "on leave" };

/* Headers of such programs: a value that begins so, "" for any. */
static const struct { const char *name, *value; } auto_headers[] = {
	{ "Auto-Submitted", "auto-replied" }, { "X-Autoreply", "yes" }, { "X-Autoreply", "" }, { "X-Autorespond", "" },
	{ "X-Autoresponder", "" }, { "X-AutoReply-From", "" }, { "X-Mail-Autoreply", "" }, { "Precedence", "auto_reply" },
	{ "Precedence", "auto-reply" }, { "X-Precedence", "auto_reply" }, { "X-Apple-Action", "vacation" },
	{ "X-FC-MachineGenerated", "true" }, { "X-POST-MessageClass", "9; Autoresponder" }, { "Delivered-To", "autoresponder" },
};
static const struct { const char *name, *value; } list_headers[] = {
	{ "List-Id", "" }, { "List-Post", "" }, { "List-Unsubscribe", "" }, { "Mailing-List", "" }, { "X-Mailman-Version", "" },
	{ "Precedence", "bulk" }, { "Precedence", "list" }, { "Precedence", "junk" }, { "X-MLServer", "" },
	{ "Feedback-ID", "" },
};
static const struct { const char *name, *value; } spam_marks[] = {
	{ "X-Spam-Flag", "yes" }, { "X-Spam-Flag", "true" }, { "X-Spam-Status", "yes" }, { "X-Spam", "yes" },
	{ "X-Spam", "spam" }, { "X-Bogosity", "spam" }, { "X-Bogosity", "yes" }, { "X-Barracuda-Spam-Status", "yes" },
	{ "X-Rspamd-Action", "reject" }, { "X-Rspamd-Action", "add header" }, { "X-Rspamd-Action", "rewrite subject" },
	{ "X-Virus-Status", "infected" }, { "X-DSPAM-Result", "spam" }, { "X-Proofpoint-Spam-Details", "rule=spam" },
};
/* Local parts nobody reads. */
static const char *const unread[] = { "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply",
	"ingensvar", "svaraej", "svara-ej", "svara-inte", "mailer-daemon", "postmaster", "bounce", "bounces", "root", "daemon" };

/* --- small readers --- */

/* Lower case, white space as single spaces: what phrases are looked for in. */
static char *
plain_words(struct arena *a, const char *text)
{
	size_t n = strnlen(text, LOOK_MAX);

	return utf8_lower(a, charset_line(a, text, n));
}

static bool
starts_case(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

/* Any header field of that name has a value beginning with `value`. */
static bool
has_header(const struct mime_message *m, const char *name, const char *value)
{
	for (size_t i = 0; i < m->n_headers; i++) {
		if (strcasecmp(m->header[i].name, name) == 0 && starts_case(m->header[i].value, value))
			return true;
	}
	return false;
}

static bool
any_in(const char *text, const char *const *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(text, phrases[i]) != NULL)
			return true;
	}
	return false;
}

/* The value of a field in text that looks like a header, folded lines joined; NULL when it is not there. */
static char *
field_in(struct arena *a, const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = text; p != NULL && *p != '\0'; p = strchr(p, '\n'), p = p == NULL ? NULL : p + 1) {
		const char *end;

		p += strspn(p, "> ");	/* some quote what they return */
		if (strncasecmp(p, name, n) != 0 || p[n] != ':')
			continue;
		for (end = strchr(p, '\n'); end != NULL && (end[1] == ' ' || end[1] == '\t'); end = strchr(end + 1, '\n'))
			;
		return charset_line(a, p + n + 1, end == NULL ? strlen(p + n + 1) : (size_t)(end - p) - n - 1);
	}
	return NULL;
}

/* "x.y.z" with x 2, 4 or 5, standing by itself. */
static const char *
status_in(struct arena *a, const char *text)
{
	for (const char *p = text; (p = strpbrk(p, "245")) != NULL; p++) {
		size_t second, third;

		if ((p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.')) || p[1] != '.')
			continue;
		second = strspn(p + 2, "0123456789");
		if (second < 1 || second > 3 || p[2 + second] != '.')
			continue;
		third = strspn(p + 3 + second, "0123456789");
		if (third < 1 || third > 3 || p[3 + second + third] == '.' || isalnum((unsigned char)p[3 + second + third]))
			continue;
		return arena_strndup(a, p, 3 + second + third);
	}
	return "";
}

static enum mail_reason
reason_of(const char *said, const char *status)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strstr(said, words[i].says) != NULL)
			return words[i].reason;
	}
	for (size_t i = 0; *status != '\0' && i < ARRAY_LEN(statuses); i++) {
		const char *is = statuses[i].status;
		size_t n = strlen(is);

		if (is[n - 1] == '.' ? strncmp(status + 1, is, n) == 0 : strcmp(status + 1, is) == 0)
			return statuses[i].reason;
	}
	return MAIL_REASON_UNKNOWN;
}

static const char *
short_line(struct arena *a, const char *text)
{
	char *line = charset_line(a, text, strnlen(text, 4 * DIAGNOSTIC_MAX));
	size_t n = strlen(line);

	if (n > DIAGNOSTIC_MAX) {
		for (n = DIAGNOSTIC_MAX; n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80; n--)
			;
		line[n] = '\0';
	}
	return line;
}

/* --- the returned message --- */

/* The text of what was returned: a part of the report, an enclosed mail, or the end of the body. */
static const char *
returned_text(struct arena *a, const struct mime_message *m)
{
	const char *id;

	if (*m->returned != '\0')
		return m->returned;
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct mime_attachment *at = &m->attachment[i];

		if (strncmp(at->claimed_type, "message/", 8) == 0 || strncmp(at->claimed_type, "text/rfc822-header", 18) == 0)
			return charset_text(a, NULL, at->bytes, at->n < LOOK_MAX ? at->n : LOOK_MAX);
	}
	/* In the body it stands below the message about it. */
	for (id = m->text; (id = strchr(id, '\n')) != NULL; id++) {
		if (starts_case(id + 1 + strspn(id + 1, "> "), "Message-ID:") || starts_case(id + 1, "Return-Path:") ||
		    starts_case(id + 1, "Received:") || starts_case(id + 1, "From:"))
			return id + 1;
	}
	return "";
}

static void
read_returned(struct arena *a, const struct mime_message *m, struct mail_verdict *out)
{
	static const char *const names[] = { "Reply-To", "From", "Return-Path", "Sender" };
	const char *text = returned_text(a, m), *id = field_in(a, text, "Message-ID");

	if (id != NULL) {
		const char *from = strchr(id, '<');

		from = from == NULL ? id : from + 1;
		out->original_message_id = arena_strndup(a, from, strcspn(from, "> "));
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = field_in(a, text, names[i]), *address;

		if (value == NULL || (address = mail_address_find(a, value, strlen(value))) == NULL)
			continue;
		if (*out->original_reply_address == '\0' || mail_token_of_address(a, out->original_reply_address) == NULL)
			out->original_reply_address = mail_token_of_address(a, address) != NULL || *out->original_reply_address == '\0' ?
			    address : out->original_reply_address;
	}
}

/* --- delivery status (RFC 3464) --- */

/* "rfc822; eva@example.org" */
static const char *
typed_address(struct arena *a, const char *value)
{
	const char *semicolon = value == NULL ? NULL : strchr(value, ';');
	char *address = value == NULL ? NULL :
	    mail_address_find(a, semicolon == NULL ? value : semicolon + 1, strlen(semicolon == NULL ? value : semicolon + 1));

	return address == NULL ? "" : address;
}

/* Reads one recipient's group of fields; its action, "" when it is not such a group. */
static const char *
read_group(struct arena *a, const char *group, struct mail_verdict *v)
{
	const char *action = field_in(a, group, "Action"), *diagnostic = field_in(a, group, "Diagnostic-Code");
	const char *status = field_in(a, group, "Status"), *semicolon;

	if (action == NULL)
		return "";
	v->recipient = typed_address(a, field_in(a, group, "Original-Recipient"));
	if (*v->recipient == '\0')
		v->recipient = typed_address(a, field_in(a, group, "Final-Recipient"));
	v->status = status == NULL ? "" : status_in(a, status);
	if (diagnostic != NULL) {
		semicolon = strchr(diagnostic, ';');
		v->diagnostic = short_line(a, semicolon == NULL ? diagnostic : semicolon + 1);
	}
	v->reason = reason_of(plain_words(a, v->diagnostic), v->status);
	return utf8_lower(a, action);
}

/* The report's verdict; false when it has no recipient in it. */
static bool
read_report(struct arena *a, const struct mime_message *m, struct mail_verdict *out)
{
	bool any = false;

	out->kind = MAIL_AUTO_REPLY;	/* delivered, relayed, expanded: noted */
	for (const char *p = m->report; *p != '\0';) {
		const char *gap = strstr(p, "\n\n");
		size_t n = gap == NULL ? strlen(p) : (size_t)(gap - p) + 1;
		struct mail_verdict one = *out;
		const char *action = read_group(a, arena_strndup(a, p, n), &one);

		any |= *action != '\0';
		if (strncmp(action, "failed", 6) == 0 && out->kind != MAIL_DELIVERY_FAILURE) {
			*out = one;
			out->kind = MAIL_DELIVERY_FAILURE;
		} else if (strncmp(action, "delayed", 7) == 0 && out->kind == MAIL_AUTO_REPLY) {
			*out = one;
			out->kind = MAIL_DELIVERY_DELAY;
		}
		p += n + (gap != NULL);
	}
	if (!any)
		out->kind = MAIL_ORDINARY;
	return any;
}

/* --- free forms --- */

static bool
from_a_returner(struct arena *a, const struct mime_message *m)
{
	const char *from = mime_header(m, "From"), *path = mime_header(m, "Return-Path");
	char *sender = utf8_lower(a, from == NULL ? "" : from);

	return any_in(sender, returners, ARRAY_LEN(returners)) || mime_header(m, "X-Failed-Recipients") != NULL ||
	    (path != NULL && (strcmp(path, "<>") == 0 || strcasestr(path, "mailer-daemon") != NULL)) ||
	    mime_header(m, "X-MLServer") != NULL;
}

/* The report's own words, without what it returns below them: reasons stand there, and other people's words do not. */
static const char *
own_words(struct arena *a, const struct mime_message *m)
{
	const char *returned = returned_text(a, m);
	size_t n = strlen(m->text);

	if (returned > m->text && returned < m->text + n)
		n = (size_t)(returned - m->text);
	return arena_strndup(a, m->text, n);
}

/* The address that failed: named by a header, else the first in the text that is neither the sender's nor ours. */
static const char *
failed_recipient(struct arena *a, const struct mime_message *m, const char *text)
{
	const char *named = mime_header(m, "X-Failed-Recipients");
	char *address = named == NULL ? NULL : mail_address_find(a, named, strlen(named));

	for (const char *p = text; address == NULL && p != NULL && *p != '\0'; p = strchr(p, '\n'), p = p == NULL ? NULL : p + 1) {
		size_t n = strcspn(p, "\n");
		char *one = mail_address_find(a, p, n);

		if (one == NULL || strcasecmp(one, m->from.address) == 0)
			continue;
		for (size_t i = 0; one != NULL && i < m->to.n; i++) {
			if (strcasecmp(one, m->to.item[i].address) == 0)
				one = NULL;
		}
		address = one;
	}
	return address == NULL ? "" : address;
}

/* The line that gives the reason: with an SMTP code or a status in it, else with one of our words. */
static const char *
diagnostic_line(struct arena *a, const char *text)
{
	const char *found = "";

	for (const char *p = text; p != NULL && *p != '\0'; p = strchr(p, '\n'), p = p == NULL ? NULL : p + 1) {
		const char *line = short_line(a, arena_strndup(a, p, strcspn(p, "\n")));
		size_t skip = strspn(line, "<> (#:-");

		if (strchr("45", line[skip]) != NULL && isdigit((unsigned char)line[skip + 1]) &&
		    isdigit((unsigned char)line[skip + 2]) && strchr(" -", line[skip + 3]) != NULL && line[skip] != '\0')
			return line;
		if (*found == '\0' && reason_of(utf8_lower(a, line), status_in(a, line)) != MAIL_REASON_UNKNOWN)
			found = line;
	}
	return found;
}

static bool
read_free_form(struct arena *a, const struct mime_message *m, struct mail_verdict *out)
{
	const char *text = own_words(a, m), *all, *subject;
	enum mail_reason reason;

	if (!from_a_returner(a, m))
		return false;
	all = plain_words(a, text);
	subject = plain_words(a, m->subject);
	reason = reason_of(all, "");
	/* Words of failure in the body, or a known reason under a subject of failure. A machine's subject alone is not enough. */
	if (any_in(all, delayed, ARRAY_LEN(delayed)) && strstr(all, "permanent") == NULL) {
		out->kind = MAIL_DELIVERY_DELAY;
	} else if (any_in(all, failed, ARRAY_LEN(failed)) || (reason != MAIL_REASON_UNKNOWN &&
	    (any_in(subject, failed, ARRAY_LEN(failed)) || strstr(subject, "failure") != NULL || strstr(subject, "returned") != NULL))) {
		out->kind = MAIL_DELIVERY_FAILURE;
	} else {
		return false;
	}
	out->recipient = failed_recipient(a, m, text);
	out->diagnostic = diagnostic_line(a, text);
	out->status = status_in(a, *out->diagnostic == '\0' ? text : out->diagnostic);
	out->reason = reason_of(plain_words(a, out->diagnostic), out->status);
	if (out->reason == MAIL_REASON_UNKNOWN)
		out->reason = reason;
	return true;
}

/* --- automatic replies --- */

static bool
is_auto_reply(struct arena *a, const struct mime_message *m, const struct mail_verdict *v)
{
	char *subject = utf8_lower(a, m->subject);
	bool answers = *m->in_reply_to != '\0' || m->n_references > 0;
	bool generated = has_header(m, "Auto-Submitted", "auto-") || has_header(m, "X-Auto-Response-Suppress", "") ||
	    has_header(m, "Precedence", "bulk") || has_header(m, "Precedence", "junk");

	for (size_t i = 0; i < ARRAY_LEN(auto_headers); i++) {
		if (has_header(m, auto_headers[i].name, auto_headers[i].value))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(auto_subjects); i++) {
		size_t n = strlen(auto_subjects[i]);

		if (strncmp(subject, auto_subjects[i], n) == 0 && (subject[n] == '\0' || subject[n] == ':' ||
		    strncmp(subject + n, " :", 2) == 0 || (subject[n] == '!' && subject[n + 1] == '\0')))
			return true;
	}
	/* Made by a machine, and an answer: whoever files things by machine (a fault report) starts a thread of its own. */
	if (has_header(m, "Auto-Submitted", "auto-") && answers)
		return true;
	return any_in(subject, away_words, ARRAY_LEN(away_words)) && (v->has_null_return_path || (generated && answers));
}

/* --- flags --- */

static bool
is_marked_spam(const struct mime_message *m, const char *const *more, size_t n_more)
{
	const char *level = mime_header(m, "X-MS-Exchange-Organization-SCL");
	const char *forefront = mime_header(m, "X-Forefront-Antispam-Report");

	for (size_t i = 0; i < ARRAY_LEN(spam_marks); i++) {
		if (has_header(m, spam_marks[i].name, spam_marks[i].value))
			return true;
	}
	for (size_t i = 0; i < n_more; i++) {
		char name[100];
		size_t n = strcspn(more[i], ":");

		if (n == 0 || n >= sizeof(name))
			continue;
		memcpy(name, more[i], n);
		name[n] = '\0';
		n += more[i][n] == ':';
		if (has_header(m, name, more[i] + n + strspn(more[i] + n, " ")))
			return true;
	}
	if (level != NULL && isdigit((unsigned char)level[0]) && level[0] - '0' >= SCL_SPAM)
		return true;
	return forefront != NULL && (strstr(forefront, "SFV:SPM") != NULL || strstr(forefront, "SFV:SKB") != NULL);
}

static bool
is_read_by_somebody(struct arena *a, const char *address)
{
	const char *at = strchr(address, '@');
	char *local = at == NULL ? NULL : utf8_lower(a, arena_strndup(a, address, (size_t)(at - address)));

	if (local == NULL || !mail_address_valid(address))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(unread); i++) {
		size_t n = strlen(unread[i]);

		if (strncmp(local, unread[i], n) == 0 && (local[n] == '\0' || strchr("-+._", local[n]) != NULL))
			return false;
	}
	return strncmp(local, "owner-", 6) != 0;
}

static bool
may_be_answered(struct arena *a, const struct mime_message *m, const struct mail_verdict *v)
{
	const char *auto_submitted = mime_header(m, "Auto-Submitted");

	if (v->kind != MAIL_ORDINARY || v->is_spam || v->is_list || v->has_null_return_path)
		return false;
	if (auto_submitted != NULL && !starts_case(auto_submitted, "no"))
		return false;
	if (mime_header(m, "X-Auto-Response-Suppress") != NULL && !has_header(m, "X-Auto-Response-Suppress", "none"))
		return false;
	return is_read_by_somebody(a, m->reply_to.n > 0 && *m->reply_to.item[0].address != '\0' ?
	    m->reply_to.item[0].address : m->from.address);
}

void
mail_classify(struct arena *a, const struct mime_message *m, const char *const *spam_headers, size_t n_spam_headers,
    struct mail_verdict *out)
{
	struct mail_verdict v = { .recipient = "", .status = "", .diagnostic = "", .original_message_id = "",
		.original_reply_address = "" };
	const char *path = mime_header(m, "Return-Path");

	v.is_spam = is_marked_spam(m, spam_headers, n_spam_headers);
	v.has_null_return_path = path != NULL && strcmp(path, "<>") == 0;
	for (size_t i = 0; i < ARRAY_LEN(list_headers); i++)
		v.is_list |= has_header(m, list_headers[i].name, list_headers[i].value);
	if (strcmp(m->report_type, "feedback-report") == 0)
		v.kind = MAIL_FEEDBACK;
	else if (strcmp(m->report_type, "disposition-notification") == 0)
		v.kind = MAIL_AUTO_REPLY;	/* "read": noted */
	else if (!read_report(a, m, &v) && !read_free_form(a, m, &v) && is_auto_reply(a, m, &v))
		v.kind = MAIL_AUTO_REPLY;
	if (v.kind == MAIL_DELIVERY_FAILURE || v.kind == MAIL_DELIVERY_DELAY || v.kind == MAIL_FEEDBACK)
		read_returned(a, m, &v);
	v.may_be_answered = may_be_answered(a, m, &v);
	*out = v;
}

const char *
mail_reason_text(enum mail_reason reason)
{
	return reasons[reason].text;
}

const char *
mail_reason_name(enum mail_reason reason)
{
	return reasons[reason].name;
}

const char *
mail_kind_name(enum mail_kind kind)
{
	static const char *const names[] = {
		[MAIL_ORDINARY] = "ordinary", [MAIL_DELIVERY_FAILURE] = "delivery_failure",
		[MAIL_DELIVERY_DELAY] = "delivery_delay", [MAIL_AUTO_REPLY] = "auto_reply", [MAIL_FEEDBACK] = "feedback",
	};

	return names[kind];
}

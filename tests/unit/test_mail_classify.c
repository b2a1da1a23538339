/* tests/unit/test_mail_classify.c: a person, a machine answering, a machine returning */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mail.h"
#include "mail/classify.h"
#include "mail/token.h"

static struct arena *arena;

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_open();
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(arena);
	return 0;
}

static struct mail_verdict
verdict_n(const char *mail, size_t n)
{
	static const char *const ours[] = { "X-Our-Filter: junk" };
	struct mime_message m;
	struct mail_verdict v;
	struct err err = { 0 };

	assert_true(mime_parse(arena, mail, n, &m, &err));
	mail_classify(arena, &m, ours, ARRAY_LEN(ours), &v);
	return v;
}

static struct mail_verdict
verdict(const char *mail)
{
	return verdict_n(mail, strlen(mail));
}

#define FROM_EVA "From: Eva <eva@example.org>\nTo: k@kommun.example\n"
#define DSN_HEAD "From: MAILER-DAEMON@mx.example.org\nReturn-Path: <>\nSubject: x\n" \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nwords\n"
#define DSN(fields) DSN_HEAD "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" fields "\n--b--\n"

static void
test_kinds(void **state)
{
	static const struct { const char *mail; enum mail_kind kind; bool answer; const char *why; } row[] = {
		{ FROM_EVA "Subject: Hej\n\nHej\n", MAIL_ORDINARY, true, "a person" },
		{ FROM_EVA "Subject: Frånvaro i skolan\n\nSjuk\n", MAIL_ORDINARY, true, "a parent writes of absence" },
		{ FROM_EVA "Subject: Automatiska dörrar är trasiga\n\nx\n", MAIL_ORDINARY, true, "automatic doors" },
		{ FROM_EVA "Subject: VB: Undelivered Mail Returned to Sender\n\nMitt mejl could not be delivered\n", MAIL_ORDINARY, true,
		    "a person forwards a bounce" },
		{ FROM_EVA "Subject: Felanmälan 17\nAuto-Submitted: auto-generated\n\nLampa\n", MAIL_ORDINARY, false,
		    "a form's mail is a contact, but no machine answers it" },
		{ FROM_EVA "Subject: Re: Hej\nAuto-Submitted: no\n\nHej\n", MAIL_ORDINARY, true, "Auto-Submitted: no" },
		{ FROM_EVA "Subject: =?utf-8?q?Fr=C3=A5nvarande=3A_Hej?=\n\nJag är borta\n", MAIL_AUTO_REPLY, false, "Outlook, Swedish" },
		{ FROM_EVA "Subject: Autosvar: Hej\n\nJag är borta\n", MAIL_AUTO_REPLY, false, "Exchange, Swedish" },
		{ FROM_EVA "Subject: Automatic reply: Hej\n\nAway\n", MAIL_AUTO_REPLY, false, "Exchange, English" },
		{ FROM_EVA "Subject: Hej\nX-Autoreply: yes\n\nx\n", MAIL_AUTO_REPLY, false, "X-Autoreply" },
		{ FROM_EVA "Subject: Hej\nPrecedence: auto_reply\n\nx\n", MAIL_AUTO_REPLY, false, "Precedence" },
		{ FROM_EVA "Subject: Re: Hej\nIn-Reply-To: <1@kommun.example>\nAuto-Submitted: auto-generated\n\nx\n", MAIL_AUTO_REPLY,
		    false, "generated, and an answer" },
		{ FROM_EVA "Subject: Semester\nReturn-Path: <>\n\nJag är på semester\n", MAIL_AUTO_REPLY, false, "away, to nobody" },
		{ FROM_EVA "Subject: Nyhetsbrev\nList-Unsubscribe: <mailto:x@example.org>\n\nx\n", MAIL_ORDINARY, false, "newsletter" },
		{ FROM_EVA "Subject: x\nPrecedence: bulk\n\nx\n", MAIL_ORDINARY, false, "bulk" },
		{ FROM_EVA "Subject: x\nX-Auto-Response-Suppress: All\n\nx\n", MAIL_ORDINARY, false, "asks for no answer" },
		{ "From: no-reply@example.org\nSubject: x\n\nx\n", MAIL_ORDINARY, false, "nobody reads it" },
		{ "From: no-reply@example.org\nReply-To: eva@example.org\nSubject: x\n\nx\n", MAIL_ORDINARY, true, "somebody does" },
		{ "Subject: x\n\nx\n", MAIL_ORDINARY, false, "no sender" },
		{ DSN("Final-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.1.1\n"), MAIL_DELIVERY_FAILURE, false, "DSN" },
		{ DSN("Final-Recipient: rfc822; b@example.org\nAction: delayed\nStatus: 4.4.1\n"), MAIL_DELIVERY_DELAY, false, "late" },
		{ DSN("Final-Recipient: rfc822; b@example.org\nAction: delivered\nStatus: 2.0.0\n"), MAIL_AUTO_REPLY, false, "arrived" },
		{ DSN("Final-Recipient: rfc822; b@example.org\nAction: delayed\n\nFinal-Recipient: rfc822; c@example.org\nAction: failed\n"),
		    MAIL_DELIVERY_FAILURE, false, "one late, one failed" },
		{ "From: MAILER-DAEMON@mx.example.org\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.org.\n"
		    "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<b@example.org>:\n"
		    "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
		    "Message-ID: <1@kommun.example>\n", MAIL_DELIVERY_FAILURE, false, "qmail" },
		{ "From: Postmaster <postmaster@example.org>\nSubject: =?utf-8?q?Kunde_inte_levereras=3A_Hej?=\n\n"
		    "Det gick inte att leverera till b@example.org: adressen hittades inte\n", MAIL_DELIVERY_FAILURE, false, "Swedish" },
		{ "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nSubject: Warning: message delayed 24 hours\n\n"
		    "This message could not be delivered to b@example.org yet. No action is required; delivery will be retried.\n",
		    MAIL_DELIVERY_DELAY, false, "Exim, late" },
		{ "From: postmaster@example.org\nSubject: Undeliverable: x\n\nTest message\n", MAIL_ORDINARY, false, "a subject alone" },
		{ "From: f@example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nx\n--b\n"
		    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b--\n", MAIL_FEEDBACK, false, "ARF" },
		{ FROM_EVA "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--\n",
		    MAIL_AUTO_REPLY, false, "it was read" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mail_verdict v = verdict(row[i].mail);

		if (v.kind != row[i].kind || v.may_be_answered != row[i].answer)
			fail_msg("%s: %s, %s", row[i].why, mail_kind_name(v.kind), v.may_be_answered ? "answered" : "not answered");
	}
}

static void
test_spam_marks(void **state)
{
	static const struct { const char *header; bool spam; } row[] = {
		{ "X-Spam-Flag: YES", true }, { "X-Spam-Flag: NO", false }, { "X-Spam-Status: Yes, score=7.1", true },
		{ "X-Spam-Status: No, score=1.1", false }, { "X-Spam: Yes", true }, { "X-Bogosity: Spam, tests=bogofilter", true },
		{ "X-MS-Exchange-Organization-SCL: 6", true }, { "X-MS-Exchange-Organization-SCL: 1", false },
		{ "X-MS-Exchange-Organization-SCL: -1", false }, { "X-Forefront-Antispam-Report: CIP:1.2.3.4;SFV:SPM;", true },
		{ "X-Our-Filter: junk, surely", true }, { "X-Our-Filter: clean", false },
		{ "Authentication-Results: mx; spf=fail; dkim=fail", false },	/* not by itself: forwarders break both */
		{ "X-Spam-Level: *******", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mail_verdict v = verdict(arena_printf(arena, FROM_EVA "%s\nSubject: x\n\nx\n", row[i].header));

		if (v.is_spam != row[i].spam || v.may_be_answered == row[i].spam)
			fail_msg("%s", row[i].header);
	}
}

static void
test_the_returned_mail_leads_back_to_ours(void **state)
{
	static const unsigned char key[32] = "0123456789abcdef0123456789abcdef";
	char *token = mail_token_make(arena, key, "K-2027-000118");
	struct mail_verdict v = verdict(arena_printf(arena, DSN_HEAD
	    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822;eva@example.org\n"
	    "Final-Recipient: rfc822; e@other.example\nAction: failed\nStatus: 5.2.2\n"
	    "Diagnostic-Code: smtp; 552 5.2.2 Mailbox\n full\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\nFrom: Kommunen <info@kommun.example>\nReply-To:\n <REPLY+%s@kommun.example>\n"
	    "Message-ID: <42@kommun.example>\n\n--b--\n", token));

	(void)state;
	assert_string_equal(v.recipient, "eva@example.org");
	assert_string_equal(v.status, "5.2.2");
	assert_int_equal(v.reason, MAIL_REASON_MAILBOX_FULL);
	assert_string_equal(v.diagnostic, "552 5.2.2 Mailbox full");
	assert_string_equal(v.original_message_id, "42@kommun.example");
	assert_string_equal(mail_token_open(arena, key, mail_token_of_address(arena, v.original_reply_address)), "K-2027-000118");
	assert_true(v.has_null_return_path);
}

/* What every real mail must be. A folder's row without a file counts for all its files. */
static const struct {
	const char *folder, *file;
	enum mail_kind kind;
	const char *status;
	enum mail_reason reason;
	bool returned;		/* the original's Message-ID is found */
} real[] = {
	{ "bounce", "sisimai--bsd--lhost-activehunter-01.eml", MAIL_DELIVERY_FAILURE, "5.1.1", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-dragonfly-25.eml", MAIL_DELIVERY_FAILURE, "5.7.0", MAIL_REASON_REFUSED, true },
	{ "bounce", "sisimai--bsd--lhost-exchange2003-07.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-exim-06.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_EXPIRED, true },
	{ "bounce", "sisimai--bsd--lhost-fml-02.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_REFUSED, false },
	{ "bounce", "sisimai--bsd--lhost-gmail-19.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_MAILBOX_FULL, true },
	{ "bounce", "sisimai--bsd--lhost-mfilter-03.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-postfix-14.eml", MAIL_DELIVERY_FAILURE, "5.1.1", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-postfix-63.eml", MAIL_DELIVERY_FAILURE, "5.2.2", MAIL_REASON_MAILBOX_FULL, true },
	{ "bounce", "sisimai--bsd--lhost-powermta-02.eml", MAIL_DELIVERY_FAILURE, "5.0.0", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-sendmail-57.eml", MAIL_DELIVERY_FAILURE, "5.7.27", MAIL_REASON_NO_SUCH_DOMAIN, true },
	{ "bounce", "sisimai--bsd--lhost-x2-01.eml", MAIL_DELIVERY_FAILURE, "", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--bsd--lhost-yandex-01.eml", MAIL_DELIVERY_FAILURE, "5.1.1", MAIL_REASON_NO_SUCH_ADDRESS, true },
	{ "bounce", "sisimai--err--make-test-32.eml", MAIL_DELIVERY_FAILURE, "5.3.4", MAIL_REASON_TOO_LARGE, true },
	{ "complaint", NULL, MAIL_FEEDBACK, "", MAIL_REASON_UNKNOWN, true },
	{ "autoreply", NULL, MAIL_AUTO_REPLY, "", MAIL_REASON_UNKNOWN, false },
	{ "notbounce", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },
	{ "ham", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },
	{ "mime", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },
	{ "broken", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },
	{ "reply", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },
	{ "spam", NULL, MAIL_ORDINARY, "", MAIL_REASON_UNKNOWN, false },	/* no filter has marked these */
};
struct seen { const char *folder; int n; };

static void
check_real(const char *name, const char *bytes, size_t n, void *arg)
{
	struct seen *seen = arg;
	struct mail_verdict v = verdict_n(bytes, n);

	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		if (strcmp(real[i].folder, seen->folder) != 0 || (real[i].file != NULL && strcmp(real[i].file, name) != 0))
			continue;
		seen->n++;
		if (v.kind != real[i].kind || strcmp(v.status, real[i].status) != 0 || v.reason != real[i].reason ||
		    (*v.original_message_id != '\0') != real[i].returned || v.is_spam ||
		    (v.kind != MAIL_ORDINARY && v.may_be_answered) || (v.kind == MAIL_DELIVERY_FAILURE) != (*v.recipient != '\0'))
			fail_msg("%s: %s, status \"%s\", %s, original %s", name, mail_kind_name(v.kind), v.status,
			    mail_reason_name(v.reason), *v.original_message_id != '\0' ? "found" : "not found");
	}
}

static void
test_real_mails_are_what_their_folder_says(void **state)
{
	(void)state;
	if (real_mail_root() == NULL)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		struct seen seen = { real[i].folder, 0 };
		int n;

		if (i > 0 && strcmp(real[i].folder, real[i - 1].folder) == 0)
			continue;
		n = real_mail_each(real[i].folder, check_real, &seen);
		assert_true(n > 0);
		assert_int_equal(seen.n, n);	/* a mail without a row has nobody's word for what it is */
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_spam_marks),
		cmocka_unit_test(test_the_returned_mail_leads_back_to_ours),
		cmocka_unit_test(test_real_mails_are_what_their_folder_says),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}

/* tests/service/test_real_mail.c: mails of other programs, each through `narkontakt mail`, and what each must become
 *
 * The mails lie in $NK_SHARED/data/mail; every file there has a row, and a file without one fails. Those of reply/ are
 * words without a header: each is sent as it is, and once more as an answer to a mail of ours, where it must join its
 * thread with the quoted part kept apart. Bounces name other people's mails and lead nowhere ("-"); one with our own answer
 * in it opens that contact again. On both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/base.h"
#include "contact/clock.h"
#include "contact/contact.h"
#include "contact/work.h"
#include "faults.h"
#include "mail.h"
#include "municipality.h"
#include "registry/document.h"
#include "timeline/outbox.h"

#define NOW "2027-01-11T08:12:00+01:00"

static const struct { const char *folder, *file, *kind; } real[] = {
	{ "autoreply", "sisimai--bsd--rfc3834-01.eml", "auto_reply" },
	{ "autoreply", "sisimai--bsd--rfc3834-03.eml", "auto_reply" },
	{ "autoreply", "sisimai--bsd--rfc3834-06.eml", "auto_reply" },
	{ "bounce", "sisimai--bsd--lhost-activehunter-01.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-dragonfly-25.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-exchange2003-07.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-exim-06.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-fml-02.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-gmail-19.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-mfilter-03.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-postfix-14.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-postfix-63.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-powermta-02.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-sendmail-57.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-x2-01.eml", "delivery_failure" },
	{ "bounce", "sisimai--bsd--lhost-yandex-01.eml", "delivery_failure" },
	{ "bounce", "sisimai--err--make-test-32.eml", "delivery_failure" },
	{ "broken", "stalwart--legacy--003.eml", "contact" },
	{ "broken", "stalwart--legacy--016.eml", "contact" },
	{ "broken", "stalwart--legacy--021.eml", "contact" },
	{ "broken", "stalwart--legacy--022.eml", "contact" },
	{ "broken", "stalwart--legacy--023.eml", "contact" },
	{ "broken", "stalwart--legacy--040.eml", "contact" },
	{ "broken", "stalwart--legacy--048.eml", "contact" },
	{ "broken", "stalwart--malformed--008.eml", "contact" },
	{ "broken", "stalwart--thirdparty--003.eml", "contact" },
	{ "broken", "stalwart--thirdparty--007.eml", "contact" },
	{ "complaint", "sisimai--bsd--arf-02.eml", "feedback" },
	{ "complaint", "sisimai--bsd--arf-12.eml", "feedback" },
	{ "ham", "spamassassin--easy-ham-1--00342.e6c781df2ebba44a429b49b86b376559.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-1--01409.6874e3b9aad08eb5081dfcbaa3871ffe.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-1--01615.63a41aa663eeaf93728e7b1ab572ce91.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-2--00014.8e21078a89bd9c57255d302f346551e8.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-2--00051.c2215fd876c5f9e5da959c16c8e1b115.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-2--00499.b66750ed646219a0524a648a061dfa67.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-2--01147.d239448a535755047478e750e99c64b7.eml", "contact" },
	{ "ham", "spamassassin--easy-ham-2--01148.5d8311cf27db42e943c7f668e721db1b.eml", "contact" },
	{ "ham", "spamassassin--hard-ham-1--00174.62cbd01979122b7c30b5eb301b834db2.eml", "contact" },
	{ "mime", "flanker--messages--enclosed-bad-encoding.eml", "contact" },
	{ "mime", "flanker--messages--multipart.eml", "contact" },
	{ "mime", "flanker--messages--no-ctype.eml", "contact" },
	{ "mime", "mime4j--mimetools-testmsgs--multi-2evil.eml", "contact" },
	{ "mime", "mime4j--testmsgs--very-very-long-boundary.eml", "contact" },
	{ "mime", "mimekit--partial--message-partial.2.eml", "contact" },
	{ "mime", "phpimap--messages--issue-462.eml", "contact" },
	{ "mime", "phpimap--messages--undisclosed_recipients_space.eml", "contact" },
	{ "mime", "rubymail--error_emails--invalid_subject_characters.eml", "contact" },
	{ "mime", "rubymail--error_emails--weird_to_header.eml", "contact" },
	{ "mime", "rubymail--plain_emails--raw_email_trailing_dot.eml", "contact" },
	{ "mime", "stalwart--rfc--009.eml", "contact" },
	{ "notbounce", "sisimai--not--is-not-bounce-01.eml", "contact" },
	{ "reply", "crisp--fixtures--email_13.txt", "contact" },
	{ "reply", "crisp--fixtures--email_6.txt", "contact" },
	{ "reply", "crisp--fixtures--email_iphone.txt", "contact" },
	{ "reply", "trimmer--emails--email_headers_4.txt", "contact" },
	{ "reply", "trimmer--emails--embedded_email_swedish.txt", "contact" },
	{ "reply", "trimmer--emails--spam_1.txt", "contact" },
	{ "reply", "trimmer--emails--spam_2.txt", "contact" },
	{ "spam", "spamassassin--spam-1--00323.9e36bf05304c99f2133a4c03c49533a9.eml", "contact" },
	{ "spam", "spamassassin--spam-1--00475.71f75afb1960d619af86e1c64dcb11fc.eml", "contact" },
	{ "spam", "spamassassin--spam-2--00140.f690cb156c0b1223e763ab3c0b340c57.eml", "contact" },
};

/* Of reply/: how long the reply is, and the quoted part at least (as tests/unit/test_mail_reply.c has them). */
static const struct { const char *file; size_t reply, quoted_at_least; } replies[] = {
	{ "crisp--fixtures--email_13.txt", 498, 400 }, { "crisp--fixtures--email_6.txt", 67, 300 },
	{ "crisp--fixtures--email_iphone.txt", 21, 0 }, { "trimmer--emails--email_headers_4.txt", 4, 900 },
	{ "trimmer--emails--embedded_email_swedish.txt", 138, 300 }, { "trimmer--emails--spam_1.txt", 4000, 4000 },
	{ "trimmer--emails--spam_2.txt", 1472, 6000 },
};

struct world {
	struct arena *a;
	const char *url, *engine, *folder;
	struct db *db;
	const char *number, *answer_id;		/* a contact that was answered, and our answer's Message-ID */
	int64_t contact_id;
	size_t seen;
	int failed;
};

static const char *
run_mail(struct world *w, const char *bytes, size_t n)
{
	int in_fd = fault_text_fd(bytes, n), out_fd = fault_text_fd("", 0);
	char *line = arena_alloc(w->a, 200);
	ssize_t got;
	int code;

	code = fault_wait(fault_start(in_fd, out_fd, (const char *const[]){ "mail", "--db", w->url, "--to", "kontakt@lillan.example",
	    "--now", NOW, NULL }));
	got = pread(out_fd, line, 199, 0);
	line[got < 0 ? 0 : got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)close(in_fd);
	(void)close(out_fd);
	return code == 0 ? line : arena_printf(w->a, "exit %d", code);
}

static void
expect(struct world *w, const char *what, const char *said, const char *expected)
{
	if (strncmp(said, expected, strlen(expected)) == 0)
		return;
	w->failed++;
	(void)fprintf(stderr, "# %s: %s/%s: said '%s', not '%s'\n", w->engine, w->folder, what, said, expected);
}

/* The newest document of the contact. */
static bool
newest(struct world *w, struct document *out)
{
	struct document_list docs;
	struct err err = { 0 };

	if (!document_of(w->db, w->a, w->contact_id, 0, 2, &docs, &err) || docs.n == 0)
		store_fail("documents", &err);
	*out = docs.item[docs.n - 1];
	return true;
}

static void
as_a_reply(struct world *w, const char *name, const char *bytes, size_t n)
{
	const char *head = arena_printf(w->a, "From: demo.anna@example.org\r\nTo: kontakt@lillan.example\r\nSubject: Re: din fråga\r\n"
	    "Message-ID: <%s@example.org>\r\nIn-Reply-To: <%s>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", name, w->answer_id);
	char *mail = arena_alloc(w->a, strlen(head) + n);
	struct document d;

	memcpy(mail, head, strlen(head));
	memcpy(mail + strlen(head), bytes, n);
	expect(w, name, run_mail(w, mail, strlen(head) + n), arena_printf(w->a, "reply %s", w->number));
	(void)newest(w, &d);
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		if (strcmp(replies[i].file, name) == 0 && (d.text == NULL || (strlen(d.text) != replies[i].reply &&
		    replies[i].reply < 2000) || (d.quoted == NULL ? 0 : strlen(d.quoted)) < replies[i].quoted_at_least)) {
			w->failed++;
			(void)fprintf(stderr, "# %s: %s: reply of %zu bytes, quoted %zu\n", w->engine, name, strlen(d.text),
			    d.quoted == NULL ? 0 : strlen(d.quoted));
		}
	}
}

static void
one_file(const char *name, const char *bytes, size_t n, void *arg)
{
	struct world *w = arg;
	const char *said = run_mail(w, bytes, n);

	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		if (strcmp(real[i].folder, w->folder) != 0 || strcmp(real[i].file, name) != 0)
			continue;
		w->seen++;
		expect(w, name, said, arena_printf(w->a, strcmp(real[i].kind, "contact") == 0 ? "%s K-2027-" : "%s -", real[i].kind));
		expect(w, name, run_mail(w, bytes, n), arena_printf(w->a, "duplicate %s", strchr(said, ' ') == NULL ? "" :
		    strchr(said, ' ') + 1));
		if (strcmp(w->folder, "reply") == 0)
			as_a_reply(w, name, bytes, n);
		return;
	}
	expect(w, name, "no row says what it must become", "a row");
}

/* A contact by mail, answered by mail; the answer's Message-ID as the outbox has it. */
static void
answered_contact(struct world *w, const struct town *t)
{
	static const char first[] = "From: Demo Anna <demo.anna@example.org>\r\nTo: kontakt@lillan.example\r\nSubject: din fråga\r\n"
	    "Message-ID: <first@example.org>\r\n\r\nNär plogas vägen?\r\n";
	const char *said = run_mail(w, first, sizeof(first) - 1);
	int64_t now = fault_at(NOW);
	struct actor by = { .account_id = t->handler, .name = "handler" };
	struct outbox_list out;
	struct contact c;
	struct err err = { 0 };

	expect(w, "the first", said, "contact K-2027-");
	w->number = arena_strdup(w->a, strchr(said, ' ') + 1);
	if (!contact_by_number(w->db, w->a, w->number, &c, &err) ||
	    !contact_answer(w->db, w->a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Vägen plogas i morgon före sju.", .ending = "done" }, &by, now, NULL, &err) ||
	    !outbox_of_contact(w->db, w->a, c.id, &out, &err) || out.n < 2)
		store_fail("answer", &err);
	w->contact_id = c.id;
	w->answer_id = out.item[out.n - 1].message_id;
	assert_false(out.item[out.n - 1].automatic);
}

/* Our own answer comes back: said on the contact, which opens again, and a person sees that it was not delivered. */
static void
our_answer_bounces(struct world *w)
{
	const char *mail = arena_printf(w->a, "From: MAILER-DAEMON@mx.example.org\r\nTo: kontakt@lillan.example\r\nReturn-Path: <>\r\n"
	    "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <bounce1@mx.example.org>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status; boundary=bb\r\n\r\n--bb\r\n\r\nNo.\r\n--bb\r\n"
	    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; demo.anna@example.org\r\n"
	    "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n--bb\r\nContent-Type: text/rfc822-headers\r\n\r\n"
	    "Message-ID: <%s>\r\nSubject: Re: din fråga\r\n\r\n--bb--\r\n", w->answer_id);
	struct document d;
	struct contact c;
	struct err err = { 0 };

	w->folder = "ours";
	if (!contact_get(w->db, w->a, w->contact_id, &c, &err))
		store_fail("contact", &err);
	assert_string_equal(c.state, "answered");
	assert_true(c.closed_at != 0);
	expect(w, "bounce", run_mail(w, mail, strlen(mail)), arena_printf(w->a, "delivery_failure %s", w->number));
	if (!contact_get(w->db, w->a, w->contact_id, &c, &err))
		store_fail("contact", &err);
	assert_true(c.undelivered);
	assert_int_equal(c.closed_at, 0);
	assert_int_not_equal(c.answer_by, 0);
	(void)newest(w, &d);
	assert_string_equal(d.kind, "delivery_failure");
	assert_non_null(strstr(d.text, "brevlådan är full"));
	assert_non_null(strstr(d.text, "552 5.2.2 Mailbox full"));
	expect(w, "bounce again", run_mail(w, mail, strlen(mail)), arena_printf(w->a, "duplicate %s", w->number));
}

static void
all(struct database *d, struct db *db, void *arg)
{
	struct world w = { .a = arena_open(), .url = arg, .db = db, .folder = "",
		.engine = database_engine(d) == DB_SQLITE ? "sqlite" : "postgresql" };
	struct bed b = { .name = w.engine, .db = db };
	struct town t = town_make(db, fault_at(NOW));

	answered_contact(&w, &t);
	our_answer_bounces(&w);
	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		if (i > 0 && strcmp(real[i].folder, real[i - 1].folder) == 0)
			continue;
		w.folder = real[i].folder;
		assert_true(real_mail_each(w.folder, one_file, &w) > 0);
	}
	assert_int_equal(w.seen, ARRAY_LEN(real));
	assert_int_equal(bed_count(&b, "SELECT COUNT(*) FROM outbox WHERE LOWER(recipient) LIKE '%mailer-daemon%'"), 0);
	assert_true(bed_verified(&b, fault_at(NOW)));
	arena_close(w.a);
	if (w.failed > 0)
		fail_msg("%s: %d are not what they should be", w.engine, w.failed);
}

static void
test_each_real_mail_becomes_what_it_must(void **state)
{
	char dir[] = "/tmp/nk-store.XXXXXX", path[64], remove[80];

	(void)state;
	if (real_mail_root() == NULL)
		skip();
	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/test.db", dir);
	store_one(path, true, all, path);
	(void)snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	if (system(remove) != 0)
		abort();
}

static void
test_each_real_mail_on_postgresql(void **state)
{
	char url[256];

	(void)state;
	if (real_mail_root() == NULL || store_postgresql() == NULL)
		skip();
	(void)snprintf(url, sizeof(url), "%s", store_postgresql());
	store_clean(url);
	store_one(url, true, all, url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_real_mail_becomes_what_it_must),
		cmocka_unit_test(test_each_real_mail_on_postgresql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

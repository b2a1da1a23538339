/* tests/service/test_unread_mail.c: a mail whose reading ends the program is filed unread after three attempts
 *
 * The program that ends is this one, started again with a job: a hook of its own inside the reading (intake_on_first) exits at
 * once at the mails that say so, as a crash there would, or a power cut. On both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/site_words.h"
#include "contact/unread.h"
#include "expect.h"
#include "faults.h"
#include "mail/message.h"
#include "mail/token.h"
#include "registry/document.h"
#include "timeline/event.h"
#include "town_web.h"

#define NOW "2027-01-11T08:12:00+01:00"
enum { ENDED = 7, MAILS_MAX = 8 };

/* ---- the program that ends ---- */

static bool
first(struct db *tx, struct arena *a, const struct mime_message *m, const struct mail_verdict *verdict, const char *envelope_to,
    int64_t now, bool *taken, int64_t *contact_id, struct err *err)
{
	(void)tx, (void)a, (void)verdict, (void)envelope_to, (void)now, (void)contact_id;
	*taken = false;
	if (strstr(m->subject, "ends") != NULL || (strstr(m->subject, "cut") != NULL && getenv("NK_CUT") != NULL))
		_exit(ENDED);
	if (strstr(m->subject, "busy") != NULL && getenv("NK_BUSY") != NULL)
		return err_set(err, ERR_BUSY, "the database is locked");
	return strstr(m->subject, "wrong") == NULL || err_input(err, "subject", "This is never taken.");
}

/* In a process of its own, as cmd/again.c does it with the whole program. */
static enum intake_alone
alone(void *arg, int64_t mail_id)
{
	char id[30];
	int code;
	pid_t pid = fork();

	(void)snprintf(id, sizeof(id), "%" PRId64, mail_id);
	if (pid == 0) {
		(void)execl("/proc/self/exe", "test_unread_mail", (const char *)arg, "again", id, (char *)NULL);
		_exit(127);
	}
	code = fault_wait(pid);
	return code == 0 ? INTAKE_ALONE_READ : code == 1 ? INTAKE_ALONE_LATER : INTAKE_ALONE_ENDED;
}

/* URL again ID: reads that one. URL INSTANT: reads what is pending. URL INSTANT ADDRESS MAIL...: takes these mails, all at once. Prints
 * what each became. */
static int
child(int argc, char **argv)
{
	struct intake_in in[MAILS_MAX] = { 0 };
	struct intake_result out[MAILS_MAX];
	struct arena *a = arena_open();
	struct database *d = NULL;
	struct err err = { 0 };
	size_t n = 0;
	int64_t done;
	bool ok;

	log_set_level(LOG_ERROR);
	intake_on_first(first);
	for (int i = 4; i < argc; i++)
		in[n++] = (struct intake_in){ .bytes = argv[i], .n = strlen(argv[i]), .envelope_to = *argv[3] == '\0' ? NULL : argv[3] };
	ok = database_open(argv[1], NULL, &d, &err);
	if (ok && strcmp(argv[2], "again") == 0)
		ok = intake_again(database_reader(d, &err), strtol(argv[3], NULL, 10), &err);
	else if (ok && n == 0)
		ok = intake_pending(database_reader(d, &err), alone, argv[1], &done, &err) && printf("read %d\n", (int)done) > 0;
	else if (ok)
		ok = intake_mails(database_reader(d, &err), a, in, n, fault_at(argv[2]), out, &err);
	for (size_t i = 0; ok && i < n; i++)
		(void)printf("%s %s\n", out[i].kind, out[i].number);
	if (!ok)
		(void)fprintf(stderr, "%s\n", err.log);
	(void)fflush(stdout);
	database_close(d);
	arena_close(a);
	return ok ? 0 : err.code == ERR_INPUT ? 65 : 1;
}

/* ---- the tests ---- */

struct world {
	struct arena *a;
	struct bed b;
	struct town t;
	char said[1000];		/* by the last program */
};

/* Its exit code; the rest, up to NULL, are its arguments after the URL. */
static int
run(struct world *w, ...)
{
	const char *argv[4 + MAILS_MAX] = { "test_unread_mail", w->b.url };
	int out = fault_text_fd("", 0), code;
	size_t n = 2;
	va_list ap;
	pid_t pid;
	ssize_t got;

	va_start(ap, w);
	while (n < ARRAY_LEN(argv) - 1 && (argv[n] = va_arg(ap, const char *)) != NULL)
		n++;
	va_end(ap);
	pid = fork();
	if (pid == 0) {
		(void)dup2(out, 1);
		(void)execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	code = fault_wait(pid);
	got = pread(out, w->said, sizeof(w->said) - 1, 0);
	w->said[got < 0 ? 0 : got] = '\0';
	(void)close(out);
	return code;
}

static int64_t
attempts_of(struct world *w, const char *bytes)
{
	int64_t n = -1;
	struct err err = { 0 };

	must(db_id(w->b.db, "SELECT attempts FROM mail_in WHERE kind IS NULL AND raw_sha256 = $1", &n, &err, "t",
	    hash_hex(hash_bytes(bytes, strlen(bytes))).s), &err);
	return n;
}

static const char *
mail(struct world *w, const char *to, const char *subject)
{
	return arena_printf(w->a, "From: Demo Anna <Demo.Anna@Example.org>\r\nTo: \"Gatan\"\r\n <%s>\r\nSubject: %s\r\n\r\nLampan är trasig.\r\n",
	    to, subject);
}

static void
each_engine(void (*fn)(struct world *w))
{
	for (enum db_engine engine = DB_SQLITE; engine <= DB_POSTGRESQL; engine++) {
		struct world w = { .a = arena_open() };
		struct change by = { 0, at(NOW), NULL };
		struct err err = { 0 };

		if (!bed_open_bare(&w.b, engine))
			continue;
		w.t = town_make(w.b.db, at(NOW));
		must(mailbox_save(w.b.db, &by, &(struct mailbox){ .address = "gata@lillan.example", .name = "Gata", .authority_id = w.t.tn,
		    .unit_id = w.t.street, .active = true }, NULL, &err), &err);
		fn(&w);
		assert_true(bed_verified(&w.b, at(NOW) + 86400));
		bed_close(&w.b);
		arena_close(w.a);
	}
}

/* What she finds who opens it: the words, the event, and the original byte for byte. */
static void
look_at_page(struct world *w, const char *number, const char *bytes)
{
	struct http_server *server;
	struct document_list docs;
	struct event_list events;
	struct err err = { 0 };
	struct contact c;
	struct web web;
	bool told = false;
	int port;

	must(contact_by_number(w->b.db, w->a, number, &c, &err), &err);
	assert_string_equal(c.state, "new");
	assert_int_equal(c.authority_id, w->t.tn);
	assert_int_equal(c.unit_id, w->t.street);
	assert_string_equal(c.received_date, "2027-01-11");
	assert_string_equal(instant_text(c.answer_by).s, "2027-01-19T00:00:00+01:00");
	must(document_of(w->b.db, w->a, c.id, 0, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 1);
	must(event_of(w->b.db, w->a, c.id, 0, REACH_OPEN, 20, &events, &err), &err);
	for (size_t i = 0; i < events.n; i++)
		told |= strcmp(events.item[i].action, "mail.unread") == 0;
	assert_true(told);
	server = town_serve(w->b.database, &port);
	town_sign_in(&web, w->b.db, port, w->t.handler);
	assert_int_equal(web_get(&web, arena_printf(w->a, "/kontakter/%s", number)), 200);
	assert_true(web_has(&web, "Programmet kunde inte läsa det här mejlet."));
	assert_true(web_has(&web, "This mail could not be read by the program."));
	assert_true(web_has(&web, "kunde inte läsas av programmet; originalet är sparat"));
	assert_int_equal(web_get(&web, arena_printf(w->a, "/kontakter/%s/original/%" PRId64, number, docs.item[0].id)), 200);
	assert_int_equal(web.n, strlen(bytes));
	assert_memory_equal(web.body, bytes, web.n);
	web_close(&web);
	http_server_stop(server, 1);
}

static void
one_alone(struct world *w)
{
	const char *bytes = mail(w, "gata@lillan.example", "ends"), *later = "2027-01-11T08:20:00+01:00";
	struct err err = { 0 };
	struct contact c;

	assert_int_equal(run(w, NOW, "gata@lillan.example", bytes, NULL), ENDED);
	assert_int_equal(attempts_of(w, bytes), 1);
	assert_int_equal(run(w, NOW, NULL), ENDED);		/* the tick of the server that came up again */
	assert_int_equal(attempts_of(w, bytes), 2);
	assert_int_equal(run(w, NOW, "gata@lillan.example", bytes, NULL), ENDED);	/* the mail server brings it again */
	assert_int_equal(attempts_of(w, bytes), 3);
	/* It is not read here again, and who brings it once more need not keep it. */
	assert_int_equal(run(w, later, "gata@lillan.example", bytes, NULL), 0);
	assert_string_equal(w->said, "contact -\n");
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM contact"), 0);
	assert_int_equal(run(w, later, NULL), 0);		/* another process ended, this one did not */
	assert_string_equal(w->said, "read 1\n");
	look_at_page(w, "K-2027-000001", bytes);
	must(contact_by_number(w->b.db, w->a, "K-2027-000001", &c, &err), &err);
	assert_string_equal(c.sender_email, "demo.anna@example.org");	/* so that she can be answered */
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM outbox"), 0);	/* perhaps a machine */
	assert_int_equal(run(w, later, NULL), 0);
	assert_string_equal(w->said, "read 0\n");
	assert_int_equal(run(w, later, "gata@lillan.example", bytes, NULL), 0);
	assert_string_equal(w->said, "duplicate K-2027-000001\n");
}

static void
test_three_attempts_and_it_is_a_contact(void **state)
{
	(void)state;
	each_engine(one_alone);
}

/* Without an envelope (Maildir, IMAP) the header's lines say where it was sent. Those beside it are read, at the latest when their turn
 * comes, and are never taken for it. */
static void
among_others(struct world *w)
{
	const char *bytes = mail(w, "gata@lillan.example", "ends"), *before = mail(w, "gata@lillan.example", "ett"),
	    *after = mail(w, "gata@lillan.example", "två");
	struct err err = { 0 };
	struct contact c;

	assert_int_equal(run(w, NOW, "", before, bytes, after, NULL), ENDED);
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM mail_in WHERE kind IS NULL"), 3);
	assert_int_equal(run(w, NOW, "", before, bytes, after, NULL), ENDED);	/* the folder is read again */
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM mail_in WHERE kind IS NULL"), 2);
	assert_int_equal(attempts_of(w, bytes), 2);
	assert_int_equal(attempts_of(w, after), 1);
	assert_int_equal(run(w, NOW, NULL), ENDED);
	assert_int_equal(run(w, NOW, NULL), 0);
	assert_string_equal(w->said, "read 2\n");
	must(contact_by_number(w->b.db, w->a, "K-2027-000003", &c, &err), &err);
	assert_string_equal(c.subject, "två");
	look_at_page(w, "K-2027-000002", bytes);
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM event WHERE action = 'mail.unread'"), 1);
}

static void
test_it_takes_no_other_with_it(void **state)
{
	(void)state;
	each_engine(among_others);
}

/* A busy database is no fault of the mail. */
static void
fails_for_a_while(struct world *w)
{
	const char *bytes = mail(w, "gata@lillan.example", "busy"), *other = mail(w, "gata@lillan.example", "lugn");

	assert_int_equal(setenv("NK_BUSY", "1", 1), 0);
	assert_int_equal(run(w, NOW, "", bytes, other, NULL), 0);
	assert_string_equal(w->said, "contact -\ncontact K-2027-000001\n");
	assert_int_equal(attempts_of(w, bytes), 0);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(run(w, "2027-01-11T09:20:00+01:00", NULL), 0);
		assert_string_equal(w->said, "read 0\n");
		assert_int_equal(attempts_of(w, bytes), 0);
	}
	assert_int_equal(unsetenv("NK_BUSY"), 0);
	assert_int_equal(run(w, "2027-01-11T09:20:00+01:00", NULL), 0);
	assert_string_equal(w->said, "read 1\n");
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM event WHERE action = 'mail.unread'"), 0);
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM contact WHERE subject = 'busy'"), 1);
}

static void
test_what_fails_for_a_while_is_read_later(void **state)
{
	(void)state;
	each_engine(fails_for_a_while);
}

/* Power cuts, always in the middle of the same mail: it is read when there is power again, however many there were. */
static void
cut_off(struct world *w)
{
	const char *bytes = mail(w, "gata@lillan.example", "cut");
	struct err err = { 0 };
	struct contact c;

	assert_int_equal(setenv("NK_CUT", "1", 1), 0);
	assert_int_equal(run(w, NOW, "gata@lillan.example", bytes, NULL), ENDED);
	assert_int_equal(run(w, NOW, NULL), ENDED);
	assert_int_equal(run(w, NOW, NULL), ENDED);
	assert_int_equal(attempts_of(w, bytes), 3);
	assert_int_equal(unsetenv("NK_CUT"), 0);
	assert_int_equal(run(w, NOW, NULL), 0);
	assert_string_equal(w->said, "read 1\n");
	must(contact_by_number(w->b.db, w->a, "K-2027-000001", &c, &err), &err);
	assert_string_equal(c.subject, "cut");
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM event WHERE action = 'mail.unread'"), 0);
}

static void
test_a_power_cut_makes_no_mail_unreadable(void **state)
{
	(void)state;
	each_engine(cut_off);
}

static bool
doubt_all(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE mail_in SET attempts = 3 WHERE kind IS NULL", NULL, err, "");
}

/* The whole program does the same with its own process: by its tick, and when it is asked. */
static void
whole_program(struct world *w)
{
	const char *bytes = mail(w, "gata@lillan.example", "busy"), *other = mail(w, "gata@lillan.example", "busy too");
	struct err err = { 0 };

	assert_int_equal(setenv("NK_BUSY", "1", 1), 0);
	assert_int_equal(run(w, NOW, "gata@lillan.example", bytes, other, NULL), 0);
	assert_int_equal(unsetenv("NK_BUSY"), 0);
	must(db_write(w->b.db, doubt_all, NULL, &err), &err);
	assert_int_equal(fault_run((const char *const[]){ "mail", "--db", w->b.url, "--again", "1", NULL }), 0);
	assert_int_equal(fault_run((const char *const[]){ "mail", "--db", w->b.url, "--again", "1", NULL }), 0);
	assert_int_equal(fault_run((const char *const[]){ "mail", "--db", w->b.url, "--again", "99", NULL }), 75);
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM contact WHERE subject = 'busy'"), 1);
	assert_int_equal(fault_run((const char *const[]){ "tick", "--db", w->b.url, "--now", "2027-01-11T08:20:00+01:00", NULL }), 0);
	assert_int_equal(bed_count(&w->b, "SELECT COUNT(*) FROM contact WHERE subject = 'busy too'"), 1);
}

static void
test_the_program_reads_a_doubted_mail_in_another_process(void **state)
{
	(void)state;
	each_engine(whole_program);
}

/* What is refused each time will be refused for ever. Here it is an answer in a contact: that contact's unit has it. */
static void
refused(struct world *w)
{
	const char *first_mail = mail(w, "gata@lillan.example", "ett"), *to, *bytes;
	unsigned char key[32];
	struct err err = { 0 };
	struct document_list docs;
	struct contact c;

	assert_int_equal(run(w, NOW, "gata@lillan.example", first_mail, NULL), 0);
	assert_string_equal(w->said, "contact K-2027-000001\n");
	must(site_mail_key(w->b.db, key, &err), &err);
	to = arena_printf(w->a, "kontakt+%s@lillan.example", mail_token_make(w->a, key, "K-2027-000001"));
	bytes = mail(w, to, "wrong");
	assert_int_equal(run(w, NOW, "", bytes, NULL), 0);
	assert_string_equal(w->said, "contact -\n");
	assert_int_equal(run(w, NOW, NULL), 0);
	assert_int_equal(run(w, NOW, NULL), 0);
	assert_int_equal(attempts_of(w, bytes), 3);
	assert_int_equal(run(w, NOW, NULL), 0);
	look_at_page(w, "K-2027-000002", bytes);
	must(contact_by_number(w->b.db, w->a, "K-2027-000002", &c, &err), &err);
	must(document_of(w->b.db, w->a, c.id, 0, REACH_OPEN, &docs, &err), &err);
	assert_non_null(strstr(docs.item[0].text, "K-2027-000001"));
}

static void
test_what_is_refused_each_time_is_filed_too(void **state)
{
	(void)state;
	each_engine(refused);
}

static void
test_the_glance_at_a_header(void **state)
{
	static const struct { const char *text; bool found; const char *mark; } row[] = {
		{ "kontakt@lillan.example", true, NULL }, { "<kontakt@lillan.example>", true, NULL },
		{ "a@b.example, kontakt@lillan.example;", true, NULL }, { "kontakt+x-1@lillan.example", true, "x-1" },
		{ "xkontakt@lillan.example", false, NULL }, { "ny-kontakt@lillan.example", false, NULL },
		{ "kontakt@lillan.example.org", false, NULL }, { "kontakt lillan.example", false, NULL },
		{ "kontakt+@lillan.example", true, "" }, { "", false, NULL }, { "kontakt@", false, NULL },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *mark = NULL;

		if (unread_names(a, row[i].text, "kontakt@lillan.example", &mark) != row[i].found || (row[i].found &&
		    (mark == NULL) != (row[i].mark == NULL)) || (row[i].mark != NULL && strcmp(mark, row[i].mark) != 0))
			fail_msg("'%s': '%s'", row[i].text, mark == NULL ? "(none)" : mark);
	}
	arena_close(a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_glance_at_a_header),
		cmocka_unit_test(test_three_attempts_and_it_is_a_contact),
		cmocka_unit_test(test_it_takes_no_other_with_it),
		cmocka_unit_test(test_what_fails_for_a_while_is_read_later),
		cmocka_unit_test(test_a_power_cut_makes_no_mail_unreadable),
		cmocka_unit_test(test_the_program_reads_a_doubted_mail_in_another_process),
		cmocka_unit_test(test_what_is_refused_each_time_is_filed_too),
	};

	return argc > 2 ? child(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_month_letter.c: the monthly letter made by the clock, published by a person, withdrawn again; both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "contact/contact.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "expect.h"
#include "figures/month_letter.h"
#include "registry/document.h"
#include "timeline/event.h"
#include "timeline/outbox.h"
#include "town_web.h"

static void
receive(struct db *db, struct arena *a, const struct town *t, int64_t now)
{
	struct contact_in in = { .channel = "phone", .sender_name = "Demo Resident", .sender_phone = "0700000000", .reply_by = "phone",
		.subject = "Hemlig plogning", .text = "Hemliga ord.", .category_id = t->category, .language = "sv" };
	struct actor handler = { .account_id = t->handler, .name = "Demo Handler", .unit_id = t->street };
	struct contact_out out;
	struct contact c;
	struct err err = { 0 };

	town_must(contact_receive(db, a, &in, now, &out, &err) && contact_get(db, a, out.id, &c, &err), &err, "contact");
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = out.id, .version = c.version, .way = ANSWER_PHONE,
	    .text = "Den plogas i eftermiddag.", .ending = "done" }, &handler, now + 600, NULL, &err), &err, "answer");
}

static bool
two_are_restricted(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE contact SET restricted = 1 WHERE id = 1", NULL, err, "") &&
	    db_run(tx, "UPDATE contact SET restricted = 2 WHERE id = 2", NULL, err, "");
}

static int64_t
tick(struct db *db, const char *now)
{
	struct month_letter_done done;
	struct err err = { 0 };

	town_must(month_letter_tick(db, at(now), &done, &err), &err, "tick");
	return done.made;
}

static int64_t
events(struct db *db, const char *action)
{
	struct err err = { 0 };
	int64_t n;

	town_must(db_id(db, "SELECT COUNT(*) FROM event WHERE action = $1", &n, &err, "t", action), &err, "events");
	return n;
}

static bool
committee_has_mail(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE authority SET email = 'tn@lillan.example' WHERE code = 'TN'", NULL, err, "");
}

/* A dozen come in December; two of them are nobody's to count. */
static struct town
december(struct db *db, struct arena *a)
{
	struct town t = town_make(db, at("2026-11-30T09:00:00+01:00"));
	struct err err = { 0 };

	for (int i = 0; i < 14; i++)
		receive(db, a, &t, at("2026-12-07T09:00:00+01:00") + i * 3600);
	town_must(db_write(db, two_are_restricted, NULL, &err) && db_write(db, committee_has_mail, NULL, &err), &err, "restricted");
	return t;
}

static void
made_once_on_the_first_working_day(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct outbox_list mails;
	struct month_letter_list list;
	struct month_letter l;
	struct document doc;
	struct verify_result v;
	struct err err = { 0 };
	struct town t = december(db, a);
	const void *bytes;
	const char *type;
	size_t n, faults;

	(void)d;
	(void)arg;
	town_must(verify_all(db, a, at("2026-12-31T09:00:00+01:00"), &v, &err), &err, "verify");
	faults = v.n_broken;
	assert_int_equal(tick(db, "2027-01-01T08:00:00+01:00"), 0);	/* New Year's Day, a Friday */
	assert_int_equal(tick(db, "2027-01-03T08:00:00+01:00"), 0);	/* Sunday */
	assert_int_equal(tick(db, "2027-01-04T00:01:00+01:00"), 1);	/* TN; KS has never had a contact */
	assert_int_equal(tick(db, "2027-01-04T00:02:00+01:00"), 0);
	assert_int_equal(tick(db, "2027-01-31T00:02:00+01:00"), 0);
	assert_int_equal(events(db, "month_letter.made"), 1);
	town_must(month_letters_of(db, a, t.tn, false, &list, &err), &err, "list");
	assert_int_equal(list.n, 1);
	town_must(month_letter_get(db, a, list.item[0].id, &l, &err), &err, "get");
	assert_string_equal(l.month, "2026-12");
	assert_non_null(strstr(l.content, "12 kontakter kom"));	/* not 14: what is restricted is in no number */
	assert_null(strstr(l.content, "Hemlig"));
	/* the file is a document of the committee, and goes to it by mail */
	town_must(document_get(db, a, l.document_id, &doc, &err), &err, "document");
	assert_int_equal(doc.authority_id, t.tn);
	town_must(file_get(db, a, doc.file[0].sha256, &bytes, &n, &type, &err), &err, "file");
	assert_string_equal(type, "application/pdf");
	town_must(outbox_due(db, a, "email", at("2027-02-01T09:00:00+01:00"), 100, &mails, &err), &err, "mails");
	assert_int_equal(mails.n, 1);
	assert_string_equal(mails.item[0].recipient, "tn@lillan.example");
	assert_int_equal(mails.item[0].document_id, l.document_id);
	/* after a stop: every month that was missed, and no more than a year */
	assert_int_equal(tick(db, "2027-04-01T09:00:00+02:00"), 3);
	assert_int_equal(tick(db, "2029-04-03T09:00:00+02:00"), 12);
	assert_int_equal(tick(db, "2029-04-04T09:00:00+02:00"), 0);
	town_must(verify_all(db, a, at("2029-04-04T09:00:00+02:00"), &v, &err), &err, "verify");
	assert_int_equal(v.n_broken, faults);		/* the letters are good; the marks were set past the register */
	arena_close(a);
}

static void
test_made_once_on_the_first_working_day(void **state)
{
	(void)state;
	store_each(made_once_on_the_first_working_day, NULL);
}

static void
published_and_withdrawn(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct town t = december(db, a);
	int64_t secretary = town_account(db, "sekreterare", ROLE_COMMITTEE_SECRETARY, t.tn, 0, at("2026-11-30T09:00:00+01:00"));
	int64_t other = town_account(db, "annan", ROLE_COMMITTEE_SECRETARY, t.ks, 0, at("2026-11-30T09:00:00+01:00"));
	struct http_server *server;
	struct web web, visitor;
	char version[40];
	int port;

	(void)arg;
	assert_int_equal(tick(db, "2027-01-04T09:00:00+01:00"), 1);
	server = town_serve(d, &port);
	town_sign_in(&visitor, db, port, 0);
	status_is(&visitor, web_get(&visitor, "/svarsbrev"), 200);
	assert_true(web_has(&visitor, "Inget brev har publicerats"));
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12"), 404);
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12/pdf"), 404);
	/* the manager reads it and cannot publish it; another committee's secretary does not know that it is there */
	town_sign_in(&web, db, port, t.manager);
	status_is(&web, web_get(&web, "/manadsbrev"), 200);
	assert_true(web_has(&web, "december 2026"));
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	assert_true(web_has(&web, "12 kontakter kom"));
	assert_false(web_has(&web, "Publicera brevet"));
	status_is(&web, web_get(&web, "/manadsbrev/1/pdf"), 200);
	assert_int_equal(memcmp(web.body, "%PDF-", 5), 0);
	status_is(&web, web_post(&web, "/manadsbrev/1/publicera", "version", "1", NULL), 403);
	web_close(&web);
	town_sign_in(&web, db, port, other);
	status_is(&web, web_get(&web, "/manadsbrev"), 200);
	status_is(&web, web_get(&web, "/manadsbrev/1"), 404);
	web_close(&web);
	/* a named person publishes it, and then anybody reads it */
	town_sign_in(&web, db, port, secretary);
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	(void)web_hidden(&web, "version", version, sizeof(version));
	status_is(&web, web_forge(&web, "/manadsbrev/1/publicera", "version", version, NULL), 404);
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	status_is(&web, web_post(&web, "/manadsbrev/1/publicera", "version", version, NULL), 303);
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	assert_true(web_has(&web, "sekreterare"));
	status_is(&visitor, web_get(&visitor, "/svarsbrev"), 200);
	assert_true(web_has(&visitor, "december 2026"));
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12"), 200);
	assert_true(web_has(&visitor, "12 kontakter kom"));
	assert_false(web_has(&visitor, "sekreterare"));	/* who published it is no matter of everyone's page */
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12/pdf"), 200);
	assert_int_equal(memcmp(visitor.body, "%PDF-", 5), 0);
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12/diagram.svg"), 200);
	assert_true(web_has(&visitor, "<desc id=\"description\">"));
	status_is(&visitor, web_get(&visitor, "/manadsbrev/1"), 303);	/* to sign in */
	/* it was wrong: withdrawn with its reason, kept, and its words are gone from everyone */
	status_is(&web, web_post(&web, "/manadsbrev/1/dra-tillbaka", "version", version, "why", "Fel månad.", NULL), 422);	/* seen before it was published */
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	(void)web_hidden(&web, "version", version, sizeof(version));
	status_is(&web, web_post(&web, "/manadsbrev/1/dra-tillbaka", "version", version, "why", " ", NULL), 422);
	status_is(&web, web_post(&web, "/manadsbrev/1/dra-tillbaka", "version", version, "why", "Talen gällde fel månad.", NULL), 303);
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12"), 410);
	assert_true(web_has(&visitor, "Talen gällde fel månad."));
	assert_false(web_has(&visitor, "12 kontakter kom"));
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12/pdf"), 404);
	status_is(&web, web_get(&web, "/manadsbrev/1"), 200);
	assert_true(web_has(&web, "12 kontakter kom"));
	/* a new edition; the clock does not make one by itself */
	assert_int_equal(tick(db, "2027-01-05T09:00:00+01:00"), 0);
	status_is(&web, web_post(&web, "/manadsbrev/1/nytt", NULL), 303);
	status_is(&web, web_get(&web, "/manadsbrev/2"), 200);
	assert_true(web_has(&web, "utgåva 2"));
	status_is(&web, web_post(&web, "/manadsbrev/1/nytt", NULL), 422);	/* once */
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12"), 410);	/* until that one is published */
	status_is(&web, web_get(&web, "/manadsbrev/2"), 200);
	(void)web_hidden(&web, "version", version, sizeof(version));
	status_is(&web, web_post(&web, "/manadsbrev/2/publicera", "version", version, NULL), 303);
	status_is(&visitor, web_get(&visitor, "/svarsbrev/TN/2026-12"), 200);
	assert_true(web_has(&visitor, "utgåva 2"));
	assert_int_equal(events(db, "month_letter.made") * 100 + events(db, "month_letter.published") * 10 +
	    events(db, "month_letter.withdrawn"), 221);
	web_close(&web);
	web_close(&visitor);
	http_server_stop(server, 1);
	(void)err;
	arena_close(a);
}

static void
test_published_and_withdrawn(void **state)
{
	(void)state;
	store_each(published_and_withdrawn, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_once_on_the_first_working_day),
		cmocka_unit_test(test_published_and_withdrawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

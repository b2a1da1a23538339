/* tests/service/test_disclosure.c: a request for documents by real requests to a real server; both databases
 *
 * The rule book's scenario (b) is told by the functions in test_scenario_bc.c; here the pages: who may, what a wrong form says, and
 * that a part which was taken back is open again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "contact/contact.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "disclosure/disclosure.h"
#include "expect.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "town_web.h"

struct served { struct database *d; struct db *db; struct arena *a; struct town t; int port; int64_t now, matter_id, contact_id; };

static void
shows(struct web *w, const char *text)
{
	if (!web_has(w, text))
		fail_msg("'%s' is not on the page: %.6000s", text, w->body == NULL ? "" : strstr(w->body, "<main"));
}

static const char *
path(const struct served *s, const char *rest)
{
	return arena_printf(s->a, "/arenden/%" PRId64 "/utlamnande%s", s->matter_id, rest);
}

static struct disclosure
request_now(const struct served *s)
{
	struct disclosure q;
	struct err err = { 0 };

	must(disclosure_of_matter(s->db, s->a, s->matter_id, REACH_SECRET, &q, &err), &err);
	return q;
}

static const char *
number(const struct served *s, int64_t n)
{
	return arena_printf(s->a, "%" PRId64, n);
}

/* A matter of TN that began with a mail, with two comments in it, the second secret. */
static void
begin(struct served *s)
{
	struct actor registrar = { .account_id = s->t.registrar, .name = "registrar", .unit_id = s->t.department };
	struct document_in comment = { .direction = "in", .channel = "email", .arrived_at = s->now, .title = "Synpunkt 1", .text = "Bra väg." };
	struct contact_out out;
	struct err err = { 0 };
	int64_t id;

	must(contact_receive(s->db, s->a, &(struct contact_in){ .channel = "email", .category_id = s->t.category, .reply_by = "email",
	    .sender_email = "alias@example.org", .subject = "Alla synpunkter", .text = "Jag vill se alla synpunkter.", .language = "sv" },
	    s->now, &out, &err), &err);
	s->contact_id = out.id;
	must(matter_open(s->db, &(struct matter_in){ .authority_id = s->t.tn, .unit_id = s->t.department,
	    .title = "Begäran om allmän handling", .contact_id = out.id }, &registrar, s->now, &s->matter_id, &err), &err);
	must(document_register(s->db, s->matter_id, &comment, &registrar, s->now, &id, &err), &err);
	comment.title = "Synpunkt 2";
	comment.text = "Grannen är sjuk.";
	must(document_register(s->db, s->matter_id, &comment, &registrar, s->now, &id, &err), &err);
	must(secrecy_mark(s->db, "document", id, "21:1", local_date(s->now), NULL, &registrar, s->now, &err), &err);
}

static void
by_the_pages(struct database *d, struct db *db, void *arg)
{
	struct served s = { .d = d, .db = db, .a = arena_open(), .now = (int64_t)time(NULL) };
	struct actor registrar;
	struct http_server *server;
	struct document_list docs;
	struct verify_result v;
	struct disclosure q;
	struct contact c;
	struct matter m;
	struct err err = { 0 };
	struct web w;

	(void)arg;
	s.t = town_make(db, s.now);
	server = town_serve(d, &s.port);
	begin(&s);
	registrar = (struct actor){ .account_id = s.t.registrar, .name = "registrar" };
	must(matter_get(db, s.a, s.matter_id, &m, &err), &err);

	/* A guide has nothing to do here, and is not told that it exists. */
	town_sign_in(&w, db, s.port, s.t.guide);
	status_is(&w, web_get(&w, path(&s, "")), 403);
	web_close(&w);

	town_sign_in(&w, db, s.port, s.t.registrar);
	status_is(&w, web_get(&w, arena_printf(s.a, "/arenden/%" PRId64, s.matter_id)), 200);
	shows(&w, "/utlamnande\"");
	status_is(&w, web_get(&w, path(&s, "")), 200);
	shows(&w, "Vem begär?");
	status_is(&w, web_post(&w, path(&s, "/oppna"), NULL), 422);
	shows(&w, "href=\"#f-contact\"");
	status_is(&w, web_post(&w, path(&s, "/oppna"), "contact", number(&s, s.contact_id), NULL), 303);
	status_is(&w, web_get(&w, path(&s, "")), 200);
	shows(&w, "Inga än.");
	status_is(&w, web_post(&w, path(&s, "/sok"), "version", "1", "source", "TN 1999/1", NULL), 422);
	shows(&w, "value=\"TN 1999/1\"");
	status_is(&w, web_post(&w, path(&s, "/sok"), "version", "1", "source", m.number, NULL), 303);
	q = request_now(&s);
	assert_int_equal(q.n_items, 2);

	/* Nothing chosen; a secret one without a copy: a sentence, and the words are kept. */
	status_is(&w, web_get(&w, path(&s, "")), 200);
	status_is(&w, web_post(&w, path(&s, "/lamna-ut"), "version", number(&s, q.version), "words", "Hej hej", NULL), 422);
	shows(&w, "Hej hej");
	status_is(&w, web_post(&w, path(&s, "/lamna-ut"), "version", number(&s, q.version), "words", "", "item", number(&s, q.item[1].id),
	    NULL), 422);
	shows(&w, "ingen godkänd maskerad kopia");
	/* A form that is older than the request is refused. */
	status_is(&w, web_post(&w, path(&s, "/lamna-ut"), "version", "1", "words", "", "item", number(&s, q.item[0].id), NULL), 409);
	status_is(&w, web_post(&w, path(&s, "/lamna-ut"), "version", number(&s, q.version), "words", "Varsågod.", "item",
	    number(&s, q.item[0].id), NULL), 303);
	q = request_now(&s);
	assert_int_equal(q.n_released, 1);

	/* Taken back within its minute, it has not been handed out. */
	must(document_of(db, s.a, s.contact_id, 0, REACH_SECRET, &docs, &err), &err);
	must(contact_answer_undo(db, docs.item[docs.n - 1].id, &registrar, (int64_t)time(NULL), &err), &err);
	q = request_now(&s);
	assert_int_equal(q.n_released, 0);
	assert_int_equal(q.n_open, 2);
	status_is(&w, web_get(&w, path(&s, "")), 200);
	status_is(&w, web_post(&w, path(&s, "/lamna-ut"), "version", number(&s, q.version), "words", "Varsågod.", "item",
	    number(&s, q.item[0].id), NULL), 303);

	/* The other is secret as a whole. A section that is none is told; then a decision is demanded, and only a head decides. */
	q = request_now(&s);
	status_is(&w, web_post(&w, path(&s, "/neka"), "version", number(&s, q.version), "withhold", number(&s, q.item[1].id), "section",
	    "hemlig", NULL), 422);
	status_is(&w, web_post(&w, path(&s, "/neka"), "version", number(&s, q.version), "withhold", number(&s, q.item[1].id), "section",
	    "21:1", NULL), 303);
	q = request_now(&s);
	assert_int_equal(q.n_withheld, 1);
	assert_string_equal(q.item[1].section, "OSL 21:1");
	status_is(&w, web_get(&w, path(&s, "")), 200);
	status_is(&w, web_post(&w, path(&s, "/begard"), "version", number(&s, q.version), "day", "2199-01-01", NULL), 422);
	status_is(&w, web_post(&w, path(&s, "/begard"), "version", number(&s, q.version), "day", date_text(local_date(s.now)).s, NULL), 303);
	status_is(&w, web_post(&w, path(&s, "/beslut"), "version", "9", "rule", "2.4", "reasons", "Uppgifter om hälsa.", NULL), 403);
	web_close(&w);

	town_sign_in(&w, db, s.port, s.t.head);
	q = request_now(&s);
	status_is(&w, web_get(&w, path(&s, "")), 200);
	status_is(&w, web_post(&w, path(&s, "/beslut"), "version", number(&s, q.version), "rule", "", "reasons", "Uppgifter om hälsa.", NULL), 422);
	shows(&w, "Uppgifter om hälsa.");
	status_is(&w, web_post(&w, path(&s, "/beslut"), "version", number(&s, q.version), "rule", "2.4", "reasons", "Uppgifter om hälsa.",
	    NULL), 303);
	status_is(&w, web_get(&w, path(&s, "")), 200);
	shows(&w, "laga kraft går inte att säga");
	q = request_now(&s);
	status_is(&w, web_post(&w, path(&s, "/dag"), "version", number(&s, q.version), "what", "vidare", "day",
	    date_text(local_date(s.now)).s, NULL), 409);
	status_is(&w, web_post(&w, path(&s, "/dag"), "version", number(&s, q.version), "what", "fick", "day",
	    date_text(local_date(s.now)).s, NULL), 303);
	status_is(&w, web_get(&w, path(&s, "")), 200);
	shows(&w, "Sista dag att överklaga");
	must(contact_get(db, s.a, s.contact_id, &c, &err), &err);
	assert_string_equal(c.ending, "not_done");
	web_close(&w);

	must(verify_all(db, s.a, (int64_t)time(NULL), &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s", v.broken[i].what, v.broken[i].detail);
	http_server_stop(server, 0);
	arena_close(s.a);
}

static void
test_a_request_is_worked_through_by_its_pages(void **state)
{
	(void)state;
	store_each(by_the_pages, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_request_is_worked_through_by_its_pages) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

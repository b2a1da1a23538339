/* tests/service/test_resident_link.c: the resident's secret page: what its link opens, what stops it and what does not bring it back;
 * both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "cmd/search_words.h"
#include "contact/contact.h"
#include "contact/link.h"
#include "contact/work.h"
#include "db/transfer.h"
#include "faults.h"
#include "timeline/outbox.h"
#include "town_web.h"

static char headers[8192];

static size_t
keep_header(char *p, size_t size, size_t n, void *arg)
{
	(void)snprintf(headers + strlen(headers), sizeof(headers) - strlen(headers), "%.*s", (int)(size * n), p);
	return web_header(p, size, n, arg);
}

static long
get(struct web *w, const char *path)
{
	headers[0] = '\0';
	(void)curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, keep_header);
	return web_get(w, path);
}

/* The path of the newest link mailed to her. */
static const char *
mailed(struct db *db, struct arena *a, int64_t contact_id)
{
	struct outbox_list mails;
	struct err err = { 0 };
	const char *text, *found;

	town_must(outbox_of_contact(db, a, contact_id, &mails, &err), &err, "outbox");
	assert_true(mails.n > 0);
	text = mails.item[mails.n - 1].text;
	found = strstr(text, "/k/");
	assert_non_null(found);
	return arena_strndup(a, found, strspn(found, "/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"));
}

static void
link_page(struct database *d, struct db *db, void *arg)
{
	const struct transfer t = { search_words, NULL, NULL };
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL), contact_id, link_id, other_document = 0;
	struct town town = town_make(db, now);
	struct contact_out hers, others;
	struct document_list docs;
	struct http_server *server;
	struct database *moved;
	struct web w, staff;
	struct err err = { 0 };
	char dir[] = "/tmp/nk-link.XXXXXX", *forged;
	const char *fresh, *new_db;
	bool sent;
	int port;

	(void)arg;
	server = town_serve(d, &port);
	town_must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .category_id = town.category, .subject = "Lampan",
	    .text = "Den är trasig.", .sender_name = "Hon", .sender_email = "hon@example.org" }, now, &hers, &err), &err, "hers");
	town_must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .category_id = town.category, .subject = "Annat ärende",
	    .text = "Någon annans ord.", .sender_name = "Han", .sender_email = "han@example.org" }, now, &others, &err), &err, "others");
	town_must(document_of(db, a, others.id, 0, REACH_OPEN, &docs, &err), &err, "documents");
	other_document = docs.item[0].id;
	town_sign_in(&w, db, port, 0);

	/* hers alone, for nobody's index or cache, and its address goes nowhere */
	assert_int_equal(get(&w, hers.link), 200);
	assert_true(web_has(&w, "Den är trasig."));
	assert_false(web_has(&w, "Någon annans") || web_has(&w, "Annat ärende") || web_has(&w, "han@example.org"));
	assert_true(web_has(&w, "noindex"));
	assert_non_null(strcasestr(headers, "X-Robots-Tag: noindex"));
	assert_non_null(strcasestr(headers, "Referrer-Policy: no-referrer"));
	assert_non_null(strcasestr(headers, "Cache-Control: no-store"));
	assert_int_equal(get(&w, arena_printf(a, "%s/fil/%" PRId64 "/1", hers.link, other_document)), 404);

	/* one letter changed anywhere: no link, and nothing said of there being one */
	forged = arena_strdup(a, hers.link);
	for (size_t i = 3; i < strlen(forged); i += 7) {
		char was = forged[i];

		forged[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(get(&w, forged), 404);
		assert_false(web_has(&w, "slutat fungera"));
		forged[i] = was;
	}
	err = (struct err){ 0 };
	assert_false(link_open(db, hers.link + 3, now + LINK_LIFE_S + 1, &contact_id, &link_id, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(err.person);		/* how to get a new one */

	/* how to be reached, by herself */
	assert_int_equal(get(&w, hers.link), 200);
	assert_int_equal(web_post(&w, arena_printf(a, "%s/svarsvag", hers.link), "reply_by", "email", "email", "ny@example.org",
	    "phone", "", "address", "", NULL), 303);
	assert_int_equal(get(&w, hers.link), 200);
	assert_true(web_has(&w, "ny@example.org"));

	/* stopped by who may answer, by nobody else; the page says how to get a new one */
	assert_int_equal(web_post(&w, arena_printf(a, "/kontakter/%s/lank", hers.number), NULL), 403);
	assert_int_equal(get(&w, hers.link), 200);
	town_sign_in(&staff, db, port, town.handler);
	assert_int_equal(web_get(&staff, arena_printf(a, "/kontakter/%s", hers.number)), 200);
	assert_true(web_has(&staff, "/lank\""));
	assert_int_equal(web_forge(&staff, arena_printf(a, "/kontakter/%s/lank", hers.number), NULL), 404);
	assert_int_equal(get(&w, hers.link), 200);
	assert_int_equal(web_get(&staff, arena_printf(a, "/kontakter/%s", hers.number)), 200);
	assert_int_equal(web_post(&staff, arena_printf(a, "/kontakter/%s/lank", hers.number), NULL), 303);
	assert_int_equal(get(&w, hers.link), 404);
	assert_true(web_has(&w, "slutat fungera"));
	assert_false(web_has(&w, "Den är trasig."));
	fresh = mailed(db, a, hers.id);
	assert_string_not_equal(fresh, hers.link);
	assert_int_equal(get(&w, fresh), 200);
	assert_int_equal(get(&w, others.link), 200);	/* another contact's is its own */

	/* dead after a restart, and in what is exported and imported elsewhere; the living one lives */
	http_server_stop(server, 2);
	server = town_serve(d, &port);
	web_close(&w);
	town_sign_in(&w, db, port, 0);
	assert_int_equal(get(&w, hers.link), 404);
	assert_int_equal(get(&w, fresh), 200);
	assert_non_null(mkdtemp(dir));
	town_must(database_export(d, arena_printf(a, "%s/out", dir), &t, &err), &err, "export");
	new_db = arena_printf(a, "%s/in.db", dir);
	town_must(database_import(new_db, arena_printf(a, "%s/out", dir), &t, &err), &err, "import");
	town_must(database_open(new_db, NULL, &moved, &err), &err, "open");
	assert_false(link_open(database_reader(moved, &err), hers.link + 3, now, &contact_id, &link_id, &err));
	err = (struct err){ 0 };
	town_must(link_open(database_reader(moved, &err), fresh + 3, now, &contact_id, &link_id, &err), &err, "the new link");
	assert_int_equal(contact_id, hers.id);
	database_close(moved);

	/* without an address none is sent: she gets one with the next answer */
	town_must(contact_receive(db, a, &(struct contact_in){ .channel = "phone", .category_id = town.category, .subject = "Telefon",
	    .text = "Ring mig.", .sender_phone = "0701234567" }, now, &others, &err), &err, "phone");
	town_must(contact_new_link(db, a, others.id, &(struct actor){ .account_id = town.handler }, now, &sent, &err), &err, "stop");
	assert_false(sent);
	assert_int_equal(get(&w, others.link), 404);
	web_close(&staff);
	web_close(&w);
	http_server_stop(server, 2);
	assert_int_equal(system(arena_printf(a, "rm -rf %s", dir)), 0);
	arena_close(a);
}

static void
test_the_residents_link(void **state)
{
	(void)state;
	store_each(link_page, NULL);
}

static void
answered(struct db *db, struct arena *a, const struct town *town, int64_t id, enum answer_way way, int64_t now)
{
	struct actor by = { .account_id = town->handler, .name = "Demo Handler", .unit_id = town->street };
	struct err err = { 0 };
	struct contact c;
	int64_t document_id;

	town_must(contact_get(db, a, id, &c, &err), &err, "contact");
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = id, .version = c.version, .way = way, .text = "Lampan är bytt i dag.",
	    .ending = "done" }, &by, now, &document_id, &err), &err, "answer");
}

static void
what_it_says(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL) - 3600;
	struct town town = town_make(db, now);
	struct contact_in in = { .channel = "web", .category_id = town.category, .subject = "Lampan", .text = "Den är trasig.",
		.sender_email = "hon@example.org" };
	struct contact_out asked, told;
	struct outbox_list mails;
	struct http_server *server;
	struct contact c;
	struct err err = { 0 };
	struct web w;
	int port;

	(void)arg;
	server = town_serve(d, &port);
	town_must(contact_receive(db, a, &in, now, &asked, &err), &err, "asked");
	in.reply_by = "none";
	town_must(contact_receive(db, a, &in, now, &told, &err), &err, "told");
	town_sign_in(&w, db, port, 0);

	/* who needs no answer is not promised one: not in the receipt, not here, and not when she writes again */
	town_must(outbox_of_contact(db, a, told.id, &mails, &err), &err, "receipt");
	assert_null(strstr(mails.item[0].text, "Du får svar senast"));
	assert_non_null(strstr(mails.item[0].text, "Vad vi gör åt saken står på din sida senast"));
	assert_int_equal(web_get(&w, told.link), 200);
	assert_true(web_has(&w, "Vi skickar inget svar till dig") && !web_has(&w, "Du får svar senast"));
	assert_int_equal(web_post(&w, arena_printf(a, "%s/ord", told.link), "text", "Den vid skolan.", NULL), 303);
	answered(db, a, &town, told.id, ANSWER_NONE, now);
	assert_int_equal(web_get(&w, told.link), 200);
	assert_true(web_has(&w, "Lampan är bytt i dag.") && !web_has(&w, "Vi skickar inget svar"));
	assert_int_equal(web_post(&w, arena_printf(a, "%s/ord", told.link), "text", "Den lyser inte.", NULL), 303);
	assert_int_equal(web_get(&w, told.link), 200);
	assert_true(web_has(&w, "Vi skickar inget svar till dig") && !web_has(&w, "Du får svar senast"));

	/* the answer answers her question: nothing more is promised, and what she adds is kept and opens nothing */
	assert_int_equal(web_get(&w, asked.link), 200);
	assert_true(web_has(&w, "Du får svar senast") && !web_has(&w, "Vi skickar inget svar"));
	answered(db, a, &town, asked.id, ANSWER_PHONE, now);
	assert_int_equal(web_get(&w, asked.link), 200);
	assert_int_equal(web_post(&w, arena_printf(a, "%s/omdome", asked.link), "satisfied", "1", "why", "Tack, så snabbt!", NULL), 303);
	assert_int_equal(web_get(&w, asked.link), 200);
	assert_true(web_has(&w, "Du har berättat att svaret hjälpte.") && web_has(&w, "Tack, så snabbt!") && !web_has(&w, "Du får svar senast"));
	town_must(contact_get(db, a, asked.id, &c, &err), &err, "contact");
	assert_string_equal(c.state, "answered");
	assert_int_equal(c.satisfied, 1);
	web_close(&w);
	http_server_stop(server, 2);
	arena_close(a);
}

static void
test_her_page_promises_what_will_come_and_no_more(void **state)
{
	(void)state;
	store_each(what_it_says, NULL);
}

/* A backup does not know what was stopped after it: docs/admin.md says so, and where to look what it was. */
static void
test_what_a_restore_brings_back_can_be_seen(void **state)
{
	struct bed b;
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL), contact_id, link_id;
	struct err err = { 0 };
	struct town town;
	struct contact_out hers;
	const char *copy;
	char line[4000], *found;
	bool sent;
	int out = fault_text_fd("", 0);
	ssize_t n;

	(void)state;
	assert_true(bed_open_bare(&b, DB_SQLITE));
	town = town_make(b.db, now);
	town_must(contact_receive(b.db, a, &(struct contact_in){ .channel = "email", .category_id = town.category, .subject = "Lampan",
	    .text = "Den är trasig.", .sender_email = "hon@example.org" }, now, &hers, &err), &err, "hers");
	copy = arena_printf(a, "%s/copy.db", b.dir);
	assert_int_equal(fault_run((const char *const[]){ "backup", copy, "--db", b.url, NULL }), 0);
	town_must(contact_new_link(b.db, a, hers.id, &(struct actor){ .account_id = town.handler }, now, &sent, &err), &err, "stop");
	assert_false(link_open(b.db, hers.link + 3, now, &contact_id, &link_id, &err));
	database_close(b.database);
	assert_int_equal(fault_run((const char *const[]){ "restore", copy, "--db", b.url, NULL }), 0);
	bed_connect(&b);
	err = (struct err){ 0 };
	town_must(link_open(b.db, hers.link + 3, now, &contact_id, &link_id, &err), &err, "it opens again");
	assert_int_equal(fault_wait(fault_start(-1, out, (const char *const[]){ "list", "events", "--db", arena_printf(a, "%s.before-restore",
	    b.url), NULL })), 0);
	n = pread(out, line, sizeof(line) - 1, 0);
	line[n < 0 ? 0 : n] = '\0';
	found = strstr(line, "contact.new_link");
	assert_non_null(found);
	found[strcspn(found, "\n")] = '\0';
	assert_non_null(strstr(found, hers.number));
	(void)close(out);
	bed_close(&b);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_the_residents_link),
		cmocka_unit_test(test_her_page_promises_what_will_come_and_no_more),
		cmocka_unit_test(test_what_a_restore_brings_back_can_be_seen) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

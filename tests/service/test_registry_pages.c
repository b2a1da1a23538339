/* tests/service/test_registry_pages.c: matters and documents by real requests to a real server; both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "contact/contact.h"
#include "contact/verify.h"
#include "expect.h"
#include "registry/matter.h"
#include "town_web.h"

struct served {
	struct database *d;
	struct db *db;
	struct arena *a;
	struct town t;
	struct http_server *server;
	int port;
	int64_t now;
};

static void
shows(struct web *w, const char *text)
{
	if (!web_has(w, text))
		fail_msg("'%s' is not on the page: %.6000s", text, w->body == NULL ? "" : strstr(w->body, "<main"));
}

static struct served
serve(struct database *d, struct db *db)
{
	struct served s = { .d = d, .db = db, .a = arena_open(), .now = (int64_t)time(NULL) };

	s.t = town_make(db, s.now);
	s.server = town_serve(d, &s.port);
	return s;
}

static void
end(struct served *s)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(s->db, s->a, s->now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	http_server_stop(s->server, 2);
	arena_close(s->a);
}

static const char *
version(struct web *w)
{
	static char out[24];

	return web_hidden(w, "version", out, sizeof(out));
}

static const char *
sub(struct served *s, const char *path, const char *what)
{
	return arena_printf(s->a, "%s%s", path, what);
}

static void
matter_pages(struct database *d, struct db *db, void *arg)
{
	struct served s = serve(d, db);
	struct web w, other;
	struct matter m;
	struct err err = { 0 };
	char path[64], id[24], street[24], handler[24];
	const char *number;

	(void)arg;
	(void)snprintf(id, sizeof(id), "%" PRId64, s.t.tn);
	(void)snprintf(street, sizeof(street), "%" PRId64, s.t.street);
	(void)snprintf(handler, sizeof(handler), "%" PRId64, s.t.handler);
	town_sign_in(&w, db, s.port, s.t.registrar);
	status_is(&w, web_get(&w, "/arenden"), 200);
	shows(&w, "Inga ärenden att visa.");
	status_is(&w, web_get(&w, "/arenden/ny"), 200);
	status_is(&w, web_post(&w, "/arenden/ny", "title", "", "authority", id, "unit", street, "appeal_kind", "none",
	    "initiator", "individual", NULL), 422);
	shows(&w, "href=\"#f-title\"");
	status_is(&w, web_post(&w, "/arenden/ny", "title", "Ny gångväg", "authority", id, "unit", street, "appeal_kind",
	    "merits", "initiator", "individual", NULL), 303);
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(w.location, "?"), w.location);
	status_is(&w, web_get(&w, path), 200);
	must(matter_get(db, s.a, strtoll(path + strlen("/arenden/"), NULL, 10), &m, &err), &err);
	shows(&w, m.number);
	shows(&w, "12 §");
	/* by its number too */
	number = arena_printf(s.a, "/arende/TN%%20%s", strchr(m.number, ' ') + 1);
	status_is(&w, web_get(&w, number), 303);
	assert_string_equal(w.location, path);
	/* unit and handler; then its state, as far as the rule book lets it go */
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub(&s, path, "/tilldela"), "version", version(&w), "unit", street, "owner", handler, NULL), 303);
	status_is(&w, web_get(&w, path), 200);
	shows(&w, "handler, Gata");
	status_is(&w, web_post(&w, sub(&s, path, "/status"), "version", version(&w), "state", "final", NULL), 422);
	shows(&w, "Ärendet kan inte gå dit härifrån");
	status_is(&w, web_post(&w, sub(&s, path, "/status"), "version", "1", "state", "in_preparation", NULL), 409);
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub(&s, path, "/status"), "version", version(&w), "state", "in_preparation", NULL), 303);
	/* titles: public when a named person approves */
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub(&s, path, "/rubrik"), "version", version(&w), "title", "Ny gångväg vid skolan",
	    "title_public", "Ny gångväg", "approve", "1", NULL), 303);
	must(matter_get(db, s.a, m.id, &m, &err), &err);
	assert_int_equal(m.title_approved_by, s.t.registrar);
	/* a deadline says what it rests on */
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub(&s, path, "/frist"), "deadline_name", "Samråd", "deadline_date", "2099-01-05", "basis", "",
	    NULL), 422);
	shows(&w, "Skriv vad datumet vilar på");
	status_is(&w, web_post(&w, sub(&s, path, "/frist"), "deadline_name", "Samråd", "deadline_date", "2099-01-05", "basis",
	    "Plan- och bygglag (2010:900) 5 kap. 11 §", NULL), 303);
	status_is(&w, web_get(&w, path), 200);
	shows(&w, "Plan- och bygglag");
	/* who may not is told that it does not exist; who only reads has no forms */
	town_sign_in(&other, db, s.port, s.t.guide);
	status_is(&other, web_get(&other, path), 404);
	status_is(&other, web_get(&other, number), 404);
	status_is(&other, web_get(&other, "/arenden?status="), 200);
	assert_false(web_has(&other, "gångväg"));
	web_close(&other);
	town_sign_in(&other, db, s.port, 0);
	status_is(&other, web_get(&other, path), 303);	/* to sign in */
	web_close(&other);
	/* the handler's own list, and the filters */
	town_sign_in(&other, db, s.port, s.t.handler);
	status_is(&other, web_get(&other, "/arenden?mina=1"), 200);
	shows(&other, "Ny gångväg vid skolan");
	status_is(&other, web_get(&other, "/arenden?status=closed"), 200);
	assert_false(web_has(&other, "Ny gångväg"));
	status_is(&other, web_get(&other, path), 200);
	status_is(&other, web_post(&other, sub(&s, path, "/makulera"), "reason", "nej", NULL), 403);
	web_close(&other);
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub(&s, path, "/makulera"), "reason", "Dubbelregistrerat", NULL), 303);
	status_is(&w, web_get(&w, "/arenden?status="), 200);
	shows(&w, m.number);
	shows(&w, "Dubbelregistrerat");
	web_close(&w);
	end(&s);
}

static void
test_a_matter_is_opened_prepared_and_made_void(void **state)
{
	(void)state;
	store_each(matter_pages, NULL);
}

/* From a contact's own page: made a matter, or put into one. */
static void
contact_pages(struct database *d, struct db *db, void *arg)
{
	struct served s = serve(d, db);
	struct contact_out first, second;
	struct contact c;
	struct err err = { 0 };
	struct web w;

	(void)arg;
	must(contact_receive(db, s.a, &(struct contact_in){ .channel = "web", .category_id = s.t.category, .subject = "Farthinder",
	    .text = "Sätt upp ett farthinder.", .sender_email = "c@example.org" }, s.now, &first, &err), &err);
	must(contact_receive(db, s.a, &(struct contact_in){ .channel = "web", .category_id = s.t.category, .subject = "Farthinder också",
	    .text = "Jag med.", .sender_email = "d@example.org" }, s.now, &second, &err), &err);
	town_sign_in(&w, db, s.port, s.t.registrar);
	status_is(&w, web_get(&w, sub(&s, "/kontakter/", first.number)), 200);
	shows(&w, "data-key=\"m\"");
	status_is(&w, web_post(&w, arena_printf(s.a, "/kontakter/%s/arende", first.number), "matter_title", "Farthinder", NULL), 303);
	must(contact_get(db, s.a, first.id, &c, &err), &err);
	status_is(&w, web_get(&w, sub(&s, "/kontakter/", first.number)), 200);
	shows(&w, c.matter_number);
	status_is(&w, web_get(&w, sub(&s, "/kontakter/", second.number)), 200);
	status_is(&w, web_post(&w, arena_printf(s.a, "/kontakter/%s/till-arende", second.number), "matter_number", "TN 1999/1",
	    NULL), 422);
	shows(&w, "Det finns inget ärende med det numret.");
	status_is(&w, web_post(&w, arena_printf(s.a, "/kontakter/%s/till-arende", second.number), "matter_number",
	    c.matter_number, NULL), 303);
	status_is(&w, web_get(&w, arena_printf(s.a, "/arenden/%" PRId64, c.matter_id)), 200);
	shows(&w, first.number);
	shows(&w, second.number);
	shows(&w, "Farthinder också");
	web_close(&w);
	end(&s);
}

static void
test_a_contact_becomes_a_matter_or_joins_one(void **state)
{
	(void)state;
	store_each(contact_pages, NULL);
}

static void
document_pages(struct database *d, struct db *db, void *arg)
{
	static const char script[] = "<!doctype html><script>alert(1)</script>";
	struct actor registrar = { .name = "Demo Registrar" };
	struct served s = serve(d, db);
	struct document_list docs;
	struct err err = { 0 };
	struct web w, other, third;
	const char *path, *doc, *copy, *today = date_text(local_date(s.now)).s;
	char *header = NULL;
	int64_t matter;

	(void)arg;
	registrar.account_id = s.t.registrar;
	today = arena_strdup(s.a, today);
	must(matter_open(db, &(struct matter_in){ .authority_id = s.t.tn, .unit_id = s.t.street, .owner_id = s.t.handler,
	    .title = "Gångväg" }, &registrar, s.now, &matter, &err), &err);
	path = arena_printf(s.a, "/arenden/%" PRId64 "/dokument/ny", matter);
	town_sign_in(&w, db, s.port, s.t.handler);
	status_is(&w, web_get(&w, path), 200);
	/* what was written is kept when something is missing */
	status_is(&w, web_post(&w, path, "direction", "in", "title", "", "text", "Mina ord", "arrived", today, "channel", "visit",
	    NULL), 422);
	shows(&w, "Mina ord");
	status_is(&w, web_upload(&w, path, "files", "karta.html", script, sizeof(script) - 1, "direction", "in", "title", "Karta",
	    "text", "", "arrived", today, "channel", "visit", "sender", "Demo Grannen", NULL), 303);
	must(document_of(db, s.a, 0, matter, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 1);
	assert_string_equal(docs.item[0].received_date, today);
	doc = arena_printf(s.a, "/dokument/%" PRId64, docs.item[0].id);
	status_is(&w, web_get(&w, doc), 200);
	shows(&w, "22 §");
	shows(&w, "karta.html");
	/* a page from a stranger is saved, not run */
	status_is(&w, web_get(&w, sub(&s, doc, "/fil/1")), 200);
	assert_int_equal(w.n, sizeof(script) - 1);
	(void)curl_easy_getinfo(w.curl, CURLINFO_CONTENT_TYPE, &header);
	assert_string_equal(header, "application/octet-stream");
	status_is(&w, web_get(&w, sub(&s, doc, "/fil/2")), 404);
	/* a new version */
	status_is(&w, web_get(&w, doc), 200);
	status_is(&w, web_post(&w, sub(&s, doc, "/version"), "title", "Karta, rättad", "text", "Ny karta", "arrived", today,
	    "channel", "visit", NULL), 303);
	status_is(&w, web_get(&w, doc), 200);
	shows(&w, "Det finns en nyare version");
	/* a draft: seen by those who write, by nobody else; then a document */
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, path, "direction", "internal", "title", "Tjänsteskrivelse", "text", "Hemlig tanke", "draft", "1",
	    NULL), 303);
	doc = arena_strndup(s.a, w.location, strcspn(w.location, "?"));
	town_sign_in(&other, db, s.port, s.t.registrar);
	status_is(&other, web_get(&other, doc), 200);
	web_close(&other);
	town_sign_in(&other, db, s.port, town_account(db, "revisor", ROLE_AUDITOR, s.t.tn, s.t.street, s.now));
	status_is(&other, web_get(&other, doc), 404);
	status_is(&other, web_get(&other, arena_printf(s.a, "/arenden/%" PRId64, matter)), 200);
	shows(&other, "Karta");
	assert_false(web_has(&other, "Tjänsteskrivelse"));
	status_is(&w, web_get(&w, doc), 200);
	status_is(&w, web_post(&w, sub(&s, doc, "/utkast"), "seen", "0123456789abcdef", "title", "Tjänsteskrivelse", "text",
	    "Min andra tanke", NULL), 409);
	shows(&w, "Min andra tanke");
	status_is(&w, web_post(&w, sub(&s, doc, "/fardig"), "dated", "", NULL), 303);
	assert_true(strncmp(w.location, doc, strlen(doc)) == 0);
	status_is(&other, web_get(&other, doc), 200);
	shows(&other, "Hemlig tanke");
	assert_false(web_has(&other, "/version\""));
	web_close(&other);
	/* masked: the copy says what is masked and by what */
	status_is(&w, web_get(&w, doc), 200);
	status_is(&w, web_post(&w, sub(&s, doc, "/maskera"), "mask_title", "Maskerad skrivelse", "passages", "Hemlig tanke",
	    "mask_section", "nonsens", NULL), 422);
	status_is(&w, web_post(&w, sub(&s, doc, "/maskera"), "mask_title", "Maskerad skrivelse", "passages", "Hemlig tanke\n",
	    "mask_section", "21:1", NULL), 303);
	copy = arena_strndup(s.a, w.location, strcspn(w.location, "?"));
	status_is(&w, web_get(&w, copy), 200);
	shows(&w, "[maskerat, OSL 21:1]");
	shows(&w, "Väntar på godkännande");
	assert_false(web_has(&w, "/godkann\""));		/* a handler's own: she may not */
	status_is(&w, web_post(&w, sub(&s, copy, "/godkann"), NULL), 403);
	/* secret until it is approved, so not for who reads what is open; a file masked elsewhere likewise */
	town_sign_in(&other, db, s.port, town_account(db, "revisor2", ROLE_AUDITOR, s.t.tn, s.t.street, s.now));
	status_is(&other, web_get(&other, copy), 404);
	town_sign_in(&third, db, s.port, s.t.registrar);
	status_is(&third, web_get(&third, copy), 200);
	shows(&third, "/godkann\"");
	status_is(&third, web_post(&third, sub(&s, copy, "/utlamna"), "released_to", "", NULL), 409);
	shows(&third, "Ingen har godkänt kopian än");
	status_is(&third, web_post(&third, sub(&s, copy, "/godkann"), NULL), 303);
	status_is(&third, web_get(&third, copy), 200);
	shows(&third, "Anteckna att den lämnades ut");
	status_is(&other, web_get(&other, copy), 200);
	status_is(&third, web_post(&third, sub(&s, copy, "/utlamna"), "released_to", "Den som frågade", NULL), 303);
	status_is(&third, web_get(&third, copy), 200);
	shows(&third, "Den som frågade");
	status_is(&third, web_get(&third, doc), 200);
	status_is(&third, web_upload(&third, sub(&s, doc, "/maskerad-fil"), "copy_file", "k.txt", "maskerad", 8, "copy_title",
	    "Bilagan, maskerad", "copy_section", "nonsens", NULL), 422);
	status_is(&third, web_upload(&third, sub(&s, doc, "/maskerad-fil"), "copy_file", "k.txt", "maskerad", 8, "copy_title",
	    "Bilagan, maskerad", "copy_section", "21:1", NULL), 303);
	status_is(&third, web_get(&third, third.location), 200);
	shows(&third, "Någon annan går igenom det du har maskerat");
	web_close(&third);
	web_close(&other);
	web_close(&w);
	end(&s);
}

static void
test_documents_by_hand(void **state)
{
	(void)state;
	store_each(document_pages, NULL);
}

static void
classification_page(struct database *d, struct db *db, void *arg)
{
	static const char table[] = "kod;rubrik\n1;Leda\n;Fel\n1.1;Styra\n";
	struct served s = serve(d, db);
	int64_t owner = town_account(db, "systemägare", ROLE_SYSTEM_OWNER, 0, 0, s.now);
	struct web w;

	(void)arg;
	town_sign_in(&w, db, s.port, s.t.registrar);
	status_is(&w, web_get(&w, "/admin/klassificering"), 403);
	web_close(&w);
	town_sign_in(&w, db, s.port, owner);
	status_is(&w, web_get(&w, "/admin"), 200);
	shows(&w, "/admin/klassificering");
	status_is(&w, web_get(&w, "/admin/klassificering"), 200);
	status_is(&w, web_upload(&w, "/admin/klassificering", "file", "klassa.csv", table, sizeof(table) - 1, NULL), 200);
	shows(&w, "2 nya, 0 ändrade, 0 som förut.");
	shows(&w, "Rad 3: Det finns ingen kod.");
	shows(&w, "Styra");
	status_is(&w, web_upload(&w, "/admin/klassificering", "file", "tom.csv", "", 0, NULL), 422);
	web_close(&w);
	town_sign_in(&w, db, s.port, s.t.registrar);
	status_is(&w, web_get(&w, "/klassificering/forslag?q=sty"), 200);
	shows(&w, "\"value\": \"1.1\"");
	web_close(&w);
	end(&s);
}

static void
test_the_classification_table_is_loaded(void **state)
{
	(void)state;
	store_each(classification_page, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_matter_is_opened_prepared_and_made_void),
		cmocka_unit_test(test_a_contact_becomes_a_matter_or_joins_one),
		cmocka_unit_test(test_documents_by_hand),
		cmocka_unit_test(test_the_classification_table_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_sms.c: text messages both ways, through a gateway of the test's own; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "base/gsm.h"
#include "contact/contact.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "expect.h"
#include "gateway.h"
#include "registry/document.h"
#include "registry/secrecy.h"
#include "sms/gateway.h"
#include "sms/settings.h"
#include "timeline/event.h"
#include "timeline/outbox.h"
#include "town_web.h"

static const char PHONE[] = "+46701740605";

struct world {
	struct arena *a;
	struct db *db;
	struct town t;
	struct http_server *server;
	struct gateway gateway;
	struct actor guide;
	struct web web;			/* the system owner's and the gateway's */
	int64_t now, owner;
	const char *token, *secret;	/* what the gateway shows us; a file of the configuration, NULL none */
	int port;
};

/* By the page, as whoever administers does it. */
static void
switch_on(struct world *w, const char *method, const char *format)
{
	const char *url = arena_printf(w->a, "http://127.0.0.1:%d/send?v=1", w->gateway.port), *at;

	status_is(&w->web, web_get(&w->web, "/admin/sms"), 200);
	status_is(&w->web, web_post(&w->web, "/admin/sms", "on", "1", "url", url, "sender", "Lillan", "method", method, "format",
	    format, "header", "X-Api-Key", "secret", "hemlig nyckel", "to", "to[]", "from", "avs", "text", "body", "extra",
	    "flash=no", "id", "id", "in_id", "msg.id", "in_from", "from", "in_to", "to", "in_text", "text", "in_at", "time", "report_id",
	    "id", "report_status", "status", "report_why", "reason", "report_failed", "failed expired", "report_delivered",
	    "delivered", NULL), 303);
	status_is(&w->web, web_get(&w->web, "/admin/sms"), 200);
	assert_false(web_has(&w->web, "hemlig nyckel"));	/* never shown again */
	assert_true(web_has(&w->web, "Det finns redan en hemlighet"));
	status_is(&w->web, web_post(&w->web, "/admin/sms/token", NULL), 200);
	at = strstr(w->web.body, "<code class=\"nk-code\"");
	assert_non_null(at);
	at = strchr(at, '>') + 1;
	w->token = arena_strndup(w->a, at, strcspn(at, "<"));
	assert_true(strlen(w->token) >= 43);
	status_is(&w->web, web_get(&w->web, "/admin/sms"), 200);
	assert_false(web_has(&w->web, w->token));
}

static void
open_world(struct world *w, struct database *d, struct db *db)
{
	struct err err = { 0 };

	memset(w, 0, sizeof(*w));
	w->a = arena_open();
	w->db = db;
	w->now = (int64_t)time(NULL);
	w->t = town_make(db, w->now);
	w->owner = town_account(db, "owner", ROLE_SYSTEM_OWNER, 0, 0, w->now);
	w->server = town_serve(d, &w->port);
	must(site_set(db, 0, "site.base_url", "https://kontakt.lillan.example", w->now, &err), &err);
	gateway_start(&w->gateway);
	town_sign_in(&w->web, db, w->port, w->owner);
	w->guide = (struct actor){ .account_id = w->t.guide, .name = "guide" };
}

static void
close_world(struct world *w)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(w->db, w->a, w->now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	web_close(&w->web);
	http_server_stop(w->server, 2);
	gateway_stop(&w->gateway);
	arena_close(w->a);
}

static struct contact
receive(struct world *w, const char *phone, const char *reply_by, const char *channel)
{
	struct contact_out out;
	struct contact c;
	struct err err = { 0 };

	must(contact_receive(w->db, w->a, &(struct contact_in){ .channel = channel, .category_id = w->t.category,
	    .subject = "Snö på vägen", .text = "Det är inte plogat på Hemliga gatan.", .sender_name = "Anna Exempel",
	    .sender_phone = phone, .reply_by = reply_by }, w->now, &out, &err), &err);
	must(contact_get(w->db, w->a, out.id, &c, &err), &err);
	return c;
}

static struct contact
again(struct world *w, int64_t id)
{
	struct contact c;
	struct err err = { 0 };

	must(contact_get(w->db, w->a, id, &c, &err), &err);
	return c;
}

static struct sms_done
run(struct world *w, int64_t now)
{
	struct sms_done done;
	struct err err = { 0 };

	must(sms_run(w->db, w->secret, now, 500, &done, &err), &err);
	return done;
}

static int
events(struct world *w, int64_t contact_id, const char *action)
{
	struct event_list list;
	struct err err = { 0 };
	int n = 0;

	must(event_of(w->db, w->a, contact_id, 0, 2, 500, &list, &err), &err);
	for (size_t i = 0; i < list.n; i++)
		n += strcmp(list.item[i].action, action) == 0;
	return n;
}

/* The latest text message to a contact. */
static struct outbox_message
last_sms(struct world *w, int64_t contact_id)
{
	struct outbox_list list;
	struct outbox_message m = { 0 };
	struct err err = { 0 };

	must(outbox_of_contact(w->db, w->a, contact_id, &list, &err), &err);
	for (size_t i = 0; i < list.n; i++) {
		if (strcmp(list.item[i].way, "sms") == 0)
			m = list.item[i];
	}
	return m;
}

static void
out(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	struct sms_done done;
	struct outbox_message m;
	const char *asked;

	(void)arg;
	open_world(&w, d, db);
	c = receive(&w, "070-174 06 05", "phone", "web");
	assert_null(last_sms(&w, c.id).text);		/* off by default */
	switch_on(&w, "POST", "json");
	c = receive(&w, "070-174 06 05", "phone", "web");
	m = last_sms(&w, c.id);
	assert_string_equal(m.recipient, PHONE);
	assert_true(gsm_count(m.text).segments >= 1 && gsm_count(m.text).segments <= 2 && !gsm_count(m.text).ucs2);
	assert_non_null(strstr(m.text, c.number));
	assert_non_null(strstr(m.text, "Du får svar senast "));
	assert_non_null(strstr(m.text, "https://kontakt.lillan.example/k/"));
	assert_null(strstr(m.text, "Hemliga gatan"));	/* none of her words */
	done = run(&w, w.now);
	assert_int_equal(done.sent, 1);
	asked = w.gateway.asked[0];
	assert_non_null(strstr(asked, "POST /send?v=1 "));
	assert_non_null(strstr(asked, "X-Api-Key: hemlig nyckel\r\n"));
	assert_non_null(strstr(asked, "Content-Type: application/json; charset=utf-8\r\n"));
	assert_non_null(strstr(asked, "{\"to\": [\"+46701740605\"], \"avs\": \"Lillan\", \"body\": \""));
	assert_non_null(strstr(asked, "\"flash\": \"no\"}"));
	assert_int_equal(events(&w, c.id, "sms.sent"), 1);
	assert_string_equal(last_sms(&w, c.id).state, "sent");
	assert_int_equal(run(&w, w.now + 3600).sent, 0);
	/* The secret in a file of the configuration goes before the one in the database. */
	w.secret = "ur filen";
	(void)receive(&w, "070-174 06 06", "phone", "web");
	assert_int_equal(run(&w, w.now + 3600).sent, 1);
	assert_non_null(strstr(w.gateway.asked[1], "X-Api-Key: ur filen\r\n"));
	/* She who phoned has heard it already; a landline and a mail address get no text message. */
	c = receive(&w, "070-174 06 06", "phone", "phone");
	assert_null(last_sms(&w, c.id).text);
	c = receive(&w, "0221-250 00", "phone", "web");
	assert_null(last_sms(&w, c.id).text);
	c = receive(&w, "070-174 06 07", "sms", "phone");
	assert_non_null(last_sms(&w, c.id).text);
	/* as a form, and by GET */
	switch_on(&w, "POST", "form");
	(void)run(&w, w.now);
	asked = w.gateway.asked[w.gateway.n - 1];
	assert_non_null(strstr(asked, "\r\n\r\nto%5B%5D=%2B46701740607&avs=Lillan&body=Lill%C3%A5ns%20kommun"));
	switch_on(&w, "GET", "form");
	c = receive(&w, "070-174 06 08", "sms", "letter");
	(void)run(&w, w.now);
	assert_non_null(strstr(w.gateway.asked[w.gateway.n - 1], "GET /send?v=1&to%5B%5D=%2B46701740608&avs="));
	close_world(&w);
}

static void
test_receipts_go_to_the_gateway_as_it_wants_them(void **state)
{
	(void)state;
	store_each(out, NULL);
}

static void
answers(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	struct outbox_message m;
	struct web guide;
	struct document_list docs;
	struct err err = { 0 };
	char version[40];

	(void)arg;
	open_world(&w, d, db);
	switch_on(&w, "POST", "json");
	/* hers is in the guide's own authority, so that she may answer */
	{
		struct contact_out o;

		must(contact_receive(db, w.a, &(struct contact_in){ .channel = "web", .text = "När öppnar biblioteket?",
		    .sender_phone = PHONE, .reply_by = "sms" }, w.now, &o, &err), &err);
		c = again(&w, o.id);
	}
	town_sign_in(&guide, db, w.port, w.t.guide);
	status_is(&guide, web_get(&guide, arena_printf(w.a, "/kontakter/%s", c.number)), 200);
	assert_true(web_has(&guide, "value=\"sms\""));
	assert_true(web_has(&guide, "1 sms med länken"));
	/* counted while she writes, by the draft */
	status_is(&guide, web_post(&guide, arena_printf(w.a, "/kontakter/%s/utkast", c.number), "text", "Vi öppnar kl. 10 – välkommen!",
	    NULL), 200);
	assert_true(web_has(&guide, "För långt") && web_has(&guide, "tankstreck"));
	(void)web_get(&guide, arena_printf(w.a, "/kontakter/%s", c.number));
	(void)web_hidden(&guide, "version", version, sizeof(version));
	status_is(&guide, web_post(&guide, arena_printf(w.a, "/kontakter/%s/svar", c.number), "version", version, "text",
	    "Biblioteket öppnar klockan tio.", "way", "sms", "ending", "done", NULL), 303);
	m = last_sms(&w, c.id);
	assert_non_null(strstr(m.text, "Biblioteket öppnar klockan tio."));
	assert_true(gsm_count(m.text).segments <= 2);
	assert_true(m.next_attempt_at >= w.now + ANSWER_UNDO_S);
	assert_int_equal(run(&w, w.now).sent, 1);		/* the receipt */
	/* within its minute it can be taken back */
	must(contact_answer_undo(db, m.document_id, &w.guide, w.now, &err), &err);
	assert_string_equal(last_sms(&w, c.id).state, "withdrawn");
	c = again(&w, c.id);
	assert_int_equal(c.closed_at, 0);
	/* what does not fit is read on the page */
	must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_TEXT_MESSAGE, .ending = "done", .text =
	    "Biblioteket öppnar klockan tio på vardagar och klockan elva på lördagar. Under sportlovet öppnar vi redan klockan nio,"
	    " och på fredagskvällarna har vi öppet till klockan tjugo för alla som vill läsa, spela eller bara vara hos oss en stund."
	    " Välkommen in, vi hjälper gärna till." }, &w.guide, w.now, NULL, &err), &err);
	m = last_sms(&w, c.id);
	assert_null(strstr(m.text, "vardagar"));
	assert_non_null(strstr(m.text, c.number));
	assert_true(gsm_count(m.text).segments <= 2);
	assert_int_equal(run(&w, w.now + 61).sent, 1);
	must(document_of(db, w.a, c.id, 0, 2, &docs, &err), &err);
	assert_string_equal(docs.item[docs.n - 1].state, "sent");
	assert_string_equal(docs.item[docs.n - 1].channel, "sms");
	web_close(&guide);
	close_world(&w);
}

static void
test_an_answer_goes_with_its_words_or_a_link(void **state)
{
	(void)state;
	store_each(answers, NULL);
}

static void
failures(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	struct document_list docs;
	struct sms_done done;
	struct err err = { 0 };
	int64_t now;

	(void)arg;
	open_world(&w, d, db);
	switch_on(&w, "POST", "json");
	c = receive(&w, PHONE, "sms", "web");
	gateway_answers(&w.gateway, 503, "busy");
	now = w.now;
	for (int i = 0; i < 3; i++) {			/* each attempt is on the timeline, and the waits are those of mail */
		static const int64_t waits[] = { 60, 300, 900 };

		done = run(&w, now);
		assert_int_equal(done.retried, 1);
		assert_int_equal(events(&w, c.id, "sms.retry"), i + 1);
		assert_int_equal(run(&w, now + waits[i] - 1).retried, 0);
		now += waits[i];
	}
	assert_non_null(strstr(last_sms(&w, c.id).error, "503 busy"));
	gateway_answers(&w.gateway, 401, "wrong key");	/* our own fault: not the message's */
	assert_int_equal(run(&w, now).retried, 1);
	gateway_answers(&w.gateway, 200, "{\"id\": \"m%d\"}");
	now += 3600;
	assert_int_equal(run(&w, now).sent, 1);
	/* A refusal of an answer opens the contact again, and says why. */
	must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_TEXT_MESSAGE, .ending = "done",
	    .text = "Plogbilen kommer i kväll." }, &w.guide, now, NULL, &err), &err);
	assert_int_not_equal(again(&w, c.id).closed_at, 0);
	gateway_answers(&w.gateway, 400, "{\"error\": \"no such number\"}");
	done = run(&w, now + 61);
	assert_int_equal(done.failed, 1);
	c = again(&w, c.id);
	assert_int_equal(c.closed_at, 0);
	assert_true(c.undelivered);
	must(document_of(db, w.a, c.id, 0, 2, &docs, &err), &err);
	assert_string_equal(docs.item[docs.n - 1].kind, "delivery_failure");
	assert_string_equal(docs.item[docs.n - 1].channel, "sms");
	assert_non_null(strstr(docs.item[docs.n - 1].text, "no such number"));
	assert_string_equal(docs.item[docs.n - 2].state, "failed");
	/* Nobody there: the others are not tried in the same run. */
	must(site_set(db, 0, "sms.url", "http://127.0.0.1:1/", w.now, &err), &err);
	(void)receive(&w, "+46701740610", "sms", "web");
	(void)receive(&w, "+46701740611", "sms", "web");
	assert_int_equal(run(&w, now + 62).retried, 2);
	/* Switched off while one waits: it waits, and goes when it is on again. */
	must(site_set(db, 0, "sms.on", "", w.now, &err), &err);
	assert_int_equal(run(&w, now + 200).retried, 2);
	close_world(&w);
}

static void
test_what_the_gateway_cannot_send_is_tried_again_or_told(void **state)
{
	(void)state;
	store_each(failures, NULL);
}

/* As the gateway posts. */
static long
post(struct world *w, struct web *g, const char *path, const char *type, const char *body)
{
	struct curl_slist *headers = curl_slist_append(NULL, arena_printf(w->a, "Content-Type: %s", type));
	long status;

	headers = curl_slist_append(headers, arena_printf(w->a, "Authorization: Bearer %s", w->token));
	(void)curl_easy_setopt(g->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(g->curl, CURLOPT_COPYPOSTFIELDS, body);
	status = web_do(g, path);
	(void)curl_easy_setopt(g->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return status;
}

static long
json(struct world *w, struct web *g, const char *id, const char *from, const char *text)
{
	return post(w, g, "/api/sms", "application/json", arena_printf(w->a,
	    "{\"msg\": {\"id\": \"%s\"}, \"from\": \"%s\", \"to\": \"46700000000\", \"text\": \"%s\", \"time\": \"%s\"}", id, from,
	    text, instant_text(w->now - 120).s));
}

static struct contact
named(struct world *w, const struct web *g)
{
	struct contact c;
	struct err err = { 0 };
	const char *number = strstr(g->body, "K-");

	assert_non_null(number);
	must(contact_by_number(w->db, w->a, arena_strndup(w->a, number, strcspn(number, "\"")), &c, &err), &err);
	return c;
}

static void
in(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct web g;
	struct contact c, other;
	struct document_list docs;
	struct err err = { 0 };

	(void)arg;
	open_world(&w, d, db);
	web_open(&g, w.port);
	/* no token made yet */
	w.token = "x";
	status_is(&g, json(&w, &g, "a1", "0701740605", "Hej"), 403);
	assert_true(web_has(&g, "make a token"));
	switch_on(&w, "POST", "json");
	status_is(&g, json(&w, &g, "a1", "0701740605", "Lampan p\\u00e5 Kvarnv\\u00e4gen \\u00e4r trasig."), 200);
	assert_true(web_has(&g, "\"kind\": \"contact\""));
	c = named(&w, &g);
	assert_string_equal(c.channel, "sms");
	assert_string_equal(c.sender_phone, PHONE);
	assert_string_equal(c.reply_by, "sms");
	assert_string_equal(c.text, "Lampan på Kvarnvägen är trasig.");
	assert_int_equal(c.arrived_at, w.now - 120);
	assert_non_null(last_sms(&w, c.id).text);		/* its receipt */
	/* the same again: taken once */
	status_is(&g, json(&w, &g, "a1", "+46 70 174 06 05", "Lampan p\\u00e5 Kvarnv\\u00e4gen \\u00e4r trasig."), 200);
	assert_true(web_has(&g, "\"kind\": \"duplicate\"") && web_has(&g, c.number));
	/* other words under the same id are other words: nothing is lost */
	status_is(&g, json(&w, &g, "a1", "0701740605", "Den vid nummer 3."), 200);
	assert_true(web_has(&g, "\"kind\": \"reply\"") && web_has(&g, c.number));
	must(document_of(db, w.a, c.id, 0, 2, &docs, &err), &err);
	assert_string_equal(docs.item[docs.n - 1].text, "Den vid nummer 3.");
	assert_string_equal(docs.item[docs.n - 1].channel, "sms");
	/* as a form, with the token in the address */
	{
		(void)curl_easy_setopt(g.curl, CURLOPT_COPYPOSTFIELDS, "msg.id=a2&from=%2B46701740605&text=Skynda+er+%F0%9F%98%80");
		status_is(&g, web_do(&g, arena_printf(w.a, "/api/sms?token=%s", w.token)), 200);
		assert_true(web_has(&g, "\"kind\": \"reply\""));
	}
	/* another phone is another person */
	status_is(&g, json(&w, &g, "a3", "0701740699", "Och min lampa?"), 200);
	other = named(&w, &g);
	assert_true(other.id != c.id);
	/* our latest message to her was about something newer: there it goes */
	other = receive(&w, PHONE, "sms", "web");
	status_is(&g, json(&w, &g, "a4", "0701740605", "Om plogningen."), 200);
	assert_int_equal(named(&w, &g).id, other.id);
	/* when that is closed, what she writes is new; unless she says the number */
	must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = other.id, .way = ANSWER_PHONE, .ending = "done",
	    .text = "Vi talades vid om plogningen." }, &w.guide, w.now, NULL, &err), &err);
	status_is(&g, json(&w, &g, "a5", "0701740605", "En helt annan sak."), 200);
	assert_true(web_has(&g, "\"kind\": \"contact\""));
	status_is(&g, json(&w, &g, "a6", "0701740605", arena_printf(w.a, "Om %s: inte plogat.", other.number)), 200);
	assert_true(web_has(&g, "\"kind\": \"reply\""));
	assert_int_equal(named(&w, &g).id, other.id);
	assert_int_equal(again(&w, other.id).closed_at, 0);	/* and it opens */
	status_is(&g, json(&w, &g, "a7", "0701740699", arena_printf(w.a, "Om %s: kika.", other.number)), 200);
	assert_true(named(&w, &g).id != other.id);		/* from another phone the number opens nothing */
	/* loops: our own messages back, a sender that is no number, a machine that writes on and on */
	status_is(&g, json(&w, &g, "b1", "Lillan", "Vi har fått ditt meddelande"), 200);
	assert_true(web_has(&g, "\"kind\": \"own\""));
	status_is(&g, json(&w, &g, "b2", "Paketet AB", "Ditt paket finns hos oss"), 200);
	assert_null(last_sms(&w, named(&w, &g).id).text);
	for (int i = 0; i < 8; i++) {
		struct contact machine;

		status_is(&g, json(&w, &g, arena_printf(w.a, "c%d", i), "0701740650", "Autosvar"), 200);
		machine = named(&w, &g);
		must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = machine.id, .way = ANSWER_PHONE, .ending = "done",
		    .text = "Ingen svarade där." }, &w.guide, w.now, NULL, &err), &err);
		assert_int_equal(last_sms(&w, machine.id).text != NULL, i < 5);
	}
	web_close(&g);
	close_world(&w);
}

static void
test_what_comes_in_finds_its_contact(void **state)
{
	(void)state;
	store_each(in, NULL);
}

static void
bad(struct database *d, struct db *db, void *arg)
{
	static const struct { const char *body; const char *field, *says; } row[] = {
		{ "", NULL, "Nothing was sent" }, { "{", NULL, "not JSON" }, { "[1, 2", NULL, "not JSON" },
		{ "{\"from\": \"1\", \"text\": \"x\"}", "\"msg.id\"", "missing or empty" },
		{ "{\"msg\": {\"id\": \"1\"}, \"text\": \"x\"}", "\"from\"", "missing or empty" },
		{ "{\"msg\": {\"id\": \"1\"}, \"from\": \"0701\"}", "\"text\"", "missing or empty" },
		{ "{\"msg\": {\"id\": {}}, \"from\": \"0701\", \"text\": \"x\"}", "\"msg.id\"", "missing or empty" },
	};
	struct contact *list;
	struct world w;
	struct web g;
	struct err err = { 0 };
	size_t n;

	(void)arg;
	open_world(&w, d, db);
	switch_on(&w, "POST", "json");
	web_open(&g, w.port);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		status_is(&g, post(&w, &g, "/api/sms", "application/json", row[i].body), 400);
		if (!web_has(&g, row[i].says) || (row[i].field != NULL && !web_has(&g, row[i].field)))
			fail_msg("%s: %s", row[i].body, g.body);
	}
	status_is(&g, post(&w, &g, "/api/sms/report", "application/json", "{\"id\": \"1\"}"), 400);
	assert_true(web_has(&g, "\"status\""));
	w.token = "fel";
	status_is(&g, json(&w, &g, "a1", "0701740605", "Hej"), 403);
	must(contact_since(db, w.a, 0, NULL, NULL, 0, 10, &list, &n, &err), &err);
	assert_int_equal(n, 0);
	/* settings that cannot be */
	{
		static const struct { const char *field, *value, *says; } wrong[] = {
			{ "url", "gateway.example", "börjar med https" }, { "url", "", "innan sms slås på" },
			{ "sender", "Lillåns kommunkansli", "högst 11" }, { "to", "", "fältets namn" }, { "header", "Två ord", "namnet på ett huvud" },
		};

		for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
			const char *f[][2] = { { "on", "1" }, { "url", "https://gateway.example" }, { "sender", "Lillan" }, { "method", "POST" },
				{ "format", "json" }, { "to", "to" }, { "from", "from" }, { "text", "text" }, { "header", "Authorization" },
				{ "in_id", "id" }, { "in_from", "from" }, { "in_text", "text" } };

			for (size_t k = 0; k < ARRAY_LEN(f); k++) {
				if (strcmp(f[k][0], wrong[i].field) == 0)
					f[k][1] = wrong[i].value;
			}
			status_is(&w.web, web_post(&w.web, "/admin/sms", f[0][0], f[0][1], f[1][0], f[1][1], f[2][0], f[2][1], f[3][0],
			    f[3][1], f[4][0], f[4][1], f[5][0], f[5][1], f[6][0], f[6][1], f[7][0], f[7][1], f[8][0], f[8][1], f[9][0],
			    f[9][1], f[10][0], f[10][1], f[11][0], f[11][1], NULL), 422);
			if (!web_has(&w.web, wrong[i].says))
				fail_msg("%s '%s': %s", wrong[i].field, wrong[i].value, strstr(w.web.body, "<main"));
		}
	}
	web_close(&g);
	close_world(&w);
}

static void
test_bad_messages_and_settings_get_a_sentence(void **state)
{
	(void)state;
	store_each(bad, NULL);
}

static void
reports(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	struct web g;
	struct document_list docs;
	struct err err = { 0 };

	(void)arg;
	open_world(&w, d, db);
	switch_on(&w, "POST", "json");
	web_open(&g, w.port);
	c = receive(&w, PHONE, "sms", "web");
	assert_int_equal(run(&w, w.now).sent, 1);			/* m1 */
	status_is(&g, post(&w, &g, "/api/sms/report", "application/json", "{\"id\": \"m1\", \"status\": \"queued\"}"), 200);
	assert_true(web_has(&g, "\"noted\""));
	status_is(&g, post(&w, &g, "/api/sms/report", "application/json", "{\"id\": \"m1\", \"status\": \"Delivered\"}"), 200);
	assert_true(web_has(&g, "\"delivered\"") && web_has(&g, c.number));
	assert_int_equal(events(&w, c.id, "sms.delivered"), 1);
	/* out of order, and once more */
	status_is(&g, post(&w, &g, "/api/sms/report", "application/json", "{\"id\": \"m1\", \"status\": \"failed\"}"), 200);
	assert_true(web_has(&g, "\"duplicate\""));
	must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_TEXT_MESSAGE, .ending = "done",
	    .text = "Plogbilen kommer i kväll." }, &w.guide, w.now, NULL, &err), &err);
	assert_int_equal(run(&w, w.now + 61).sent, 1);			/* m2 */
	for (int i = 0; i < 2; i++) {
		status_is(&g, post(&w, &g, "/api/sms/report", "application/x-www-form-urlencoded",
		    "id=m2&status=EXPIRED&reason=Telefonen+var+avst%C3%A4ngd"), 200);
		assert_true(web_has(&g, i == 0 ? "\"failed\"" : "\"duplicate\""));
	}
	c = again(&w, c.id);
	assert_int_equal(c.closed_at, 0);
	assert_true(c.undelivered);
	must(document_of(db, w.a, c.id, 0, 2, &docs, &err), &err);
	assert_non_null(strstr(docs.item[docs.n - 1].text, "Telefonen var avstängd"));
	assert_int_equal(events(&w, c.id, "contact.reopened"), 1);
	status_is(&g, post(&w, &g, "/api/sms/report", "application/json", "{\"id\": \"nobody\", \"status\": \"failed\"}"), 200);
	assert_true(web_has(&g, "\"unknown\""));
	web_close(&g);
	close_world(&w);
}

static void
test_a_report_of_failure_opens_the_contact_again(void **state)
{
	(void)state;
	store_each(reports, NULL);
}

static void
secret(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c, p;
	struct actor registrar;
	struct err err = { 0 };
	int asked;

	(void)arg;
	open_world(&w, d, db);
	switch_on(&w, "POST", "json");
	registrar = (struct actor){ .account_id = w.t.registrar, .name = "registrar" };
	c = receive(&w, PHONE, "sms", "web");
	/* an answer in its minute, and then a mark: it does not go */
	must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_TEXT_MESSAGE, .ending = "done",
	    .text = "Det om din hälsa är ordnat." }, &w.guide, w.now, NULL, &err), &err);
	must(secrecy_mark(db, "contact", c.id, "21:1", local_date(w.now), "", &registrar, w.now, &err), &err);
	asked = w.gateway.n;
	assert_int_equal(run(&w, w.now + 61).failed, 2);		/* the receipt too */
	assert_int_equal(w.gateway.n, asked);
	c = again(&w, c.id);
	assert_int_equal(c.closed_at, 0);				/* somebody is told, and answers in another way */
	assert_false(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_TEXT_MESSAGE, .ending = "done",
	    .text = "Det är ordnat nu." }, &registrar, w.now, NULL, &err));
	assert_string_equal(err.field, "way");
	(void)town_account(db, "skyddet", ROLE_PROTECTED_HANDLER, w.t.tn, 0, w.now);
	/* protected: nothing at all, from the first receipt on */
	err = (struct err){ 0 };
	p = receive(&w, "+46701740620", "sms", "web");
	must(person_protect(db, p.id, 2, &registrar, w.now, &err), &err);
	p = receive(&w, "+46701740620", "sms", "web");
	assert_int_equal(p.restricted, REACH_PROTECTED);
	assert_null(last_sms(&w, p.id).text);
	asked = w.gateway.n;
	(void)run(&w, w.now + 120);
	assert_int_equal(w.gateway.n, asked);
	close_world(&w);
}

static void
test_nothing_secret_goes(void **state)
{
	(void)state;
	store_each(secret, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receipts_go_to_the_gateway_as_it_wants_them),
		cmocka_unit_test(test_an_answer_goes_with_its_words_or_a_link),
		cmocka_unit_test(test_what_the_gateway_cannot_send_is_tried_again_or_told),
		cmocka_unit_test(test_what_comes_in_finds_its_contact),
		cmocka_unit_test(test_bad_messages_and_settings_get_a_sentence),
		cmocka_unit_test(test_a_report_of_failure_opens_the_contact_again),
		cmocka_unit_test(test_nothing_secret_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_letters.c: visits and letters taken down by hand, with their pictures and the day the law says; on both
 * databases, through the real pages, at half past nine on 29 December 2026 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/work.h"
#include "expect.h"
#include "registry/document.h"
#include "town_web.h"

static const char NOW[] = "2026-12-29T09:30:00+01:00";

static int64_t
read_clock(void)
{
	int64_t at = 0;

	assert_true(instant_parse(NOW, &at));
	return at;
}

struct world { struct arena *a; struct db *db; struct town t; struct http_server *server; struct web web; };

static void
open_world(struct world *w, struct database *d, struct db *db)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2, .clock = read_clock };
	struct err err = { 0 };
	const char *token;

	*w = (struct world){ .a = arena_open(), .db = db, .t = town_make(db, read_clock()) };
	log_set_level(LOG_ERROR);
	must(session_hooks(d, &config.hooks, &err) && http_server_start(&config, d, serve_routes, &w->server, &err), &err);
	web_open(&w->web, http_server_port(w->server, 0));
	must(session_start(db, w->a, w->t.guide, "127.0.0.1", "test", read_clock(), &token, &err), &err);
	(void)curl_easy_setopt(w->web.curl, CURLOPT_COOKIE, arena_printf(w->a, SESSION_COOKIE "=%s", token));
	status_is(&w->web, web_get(&w->web, "/kontakter/ny"), 200);
}

static void
close_world(struct world *w)
{
	web_close(&w->web);
	http_server_stop(w->server, 2);
	arena_close(w->a);
}

/* The contact the last POST led to. */
static struct contact
made(struct world *w)
{
	struct contact c;
	struct err err = { 0 };
	const char *number = strstr(w->web.location, "/K-");

	assert_non_null(number);
	number = arena_strndup(w->a, number + 1, strcspn(number, "?") - 1);
	must(contact_by_number(w->db, w->a, number, &c, &err), &err);
	return c;
}

/* Rule book 1.5. 25 December 2026 is a Friday; Christmas Eve is no working day though no public holiday. */
static void
every_rule(struct database *d, struct db *db, void *arg)
{
	static const struct { const char *how, *arrived, *channel, *date, *rule, *words, *skipped; } row[] = {
		{ "letter", "2026-12-28", "letter", "2026-12-23", "post", "Ett brev med posten räknas", "24 dec. 2026 (julafton), " },
		{ "letter", "2026-12-23", "letter", "2026-12-22", "post", "onsdag 23", NULL },
		{ "letter", "2026-06-22", "letter", "2026-06-18", "post", "Ett brev med posten räknas", "(midsommarafton)" },
		{ "letter", "2026-01-07", "letter", "2026-01-05", "post", "Ett brev med posten räknas", "6 jan. 2026 (" },
		{ "letterbox", "2026-12-28", "letter", "2026-12-23", "brevlådan, arbetsdagen före", "första tömning", "(juldagen)" },
		{ "letterbox", "", "letter", "2026-12-28", "brevlådan, arbetsdagen före", "måndag 28 december 2026", NULL },
		{ "letterbox_later", "2026-12-28", "letter", "2026-12-28", "senare tömning", "efter dagens första tömning", NULL },
		{ "handed", "2026-12-28", "letter", "2026-12-28", "överlämnad", "lämnas över", NULL },
		{ "visit", "2026-12-26", "visit", "2026-12-26", "dagen då den nådde", "lördag 26 december 2026", NULL },
		{ "phone", "", "phone", "2026-12-29", "dagen då den nådde", "tisdag 29 december 2026", NULL },
	};
	struct world w;

	(void)arg;
	open_world(&w, d, db);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct contact c;

		status_is(&w.web, web_get(&w.web, arena_printf(w.a, "/kontakter/ny/mottagen?channel=%s&arrived=%s", row[i].how,
		    row[i].arrived)), 200);
		if (row[i].skipped != NULL && !web_has(&w.web, row[i].skipped))
			fail_msg("%s %s: the form says: %s", row[i].how, row[i].arrived, w.web.body);
		status_is(&w.web, web_post(&w.web, "/kontakter/ny", "channel", row[i].how, "arrived", row[i].arrived, "text",
		    "Jag vill klaga på plogningen.", "name", "Beata Brevskrivare", "address", "Storgatan 1\n123 45 Lillån", NULL), 303);
		c = made(&w);
		if (strcmp(c.received_date, row[i].date) != 0 || strcmp(c.channel, row[i].channel) != 0 ||
		    strstr(c.received_rule, row[i].rule) == NULL)
			fail_msg("%s %s: %s, %s, %s; expected %s", row[i].how, row[i].arrived, c.channel, c.received_date,
			    c.received_rule, row[i].date);
		/* what really came is kept beside what the law says, and today's has its time */
		assert_string_equal(date_text(local_date(c.arrived_at)).s, *row[i].arrived == '\0' ? "2026-12-29" : row[i].arrived);
		status_is(&w.web, web_get(&w.web, arena_printf(w.a, "/kontakter/%s", c.number)), 200);
		if ((row[i].skipped != NULL && !web_has(&w.web, row[i].skipped)) ||
		    (strcmp(row[i].date, row[i].arrived) != 0 && strstr(row[i].words, "onsdag") == NULL && !web_has(&w.web, row[i].words)))
			fail_msg("%s %s: the contact does not say '%s'", row[i].how, row[i].arrived, row[i].words);
		/* the promise counts from the day of the law */
		assert_non_null(strstr(c.answer_explained, row[i].date));
		status_is(&w.web, web_get(&w.web, "/kontakter/ny"), 200);
	}
	close_world(&w);
}

static void
test_every_rule_of_the_received_date(void **state)
{
	(void)state;
	store_each(every_rule, NULL);
}

static void
bad_input(struct database *d, struct db *db, void *arg)
{
	static const struct { const char *how, *arrived, *says; } row[] = {
		{ "letter", "2026-12-30", "Den dagen har inte kommit" }, { "letter", "2016-12-30", "mer än två år" },
		{ "letter", "28/12", "år-månad-dag" }, { "duva", "", "Välj hur det kom." }, { "", "", "Välj hur det kom." },
	};
	struct world w;

	(void)arg;
	open_world(&w, d, db);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		status_is(&w.web, web_post(&w.web, "/kontakter/ny", "channel", row[i].how, "arrived", row[i].arrived, "text",
		    "Ord som finns kvar.", "name", "Beata", NULL), 422);
		if (!web_has(&w.web, row[i].says))
			fail_msg("%s %s: does not say '%s': %s", row[i].how, row[i].arrived, row[i].says, strstr(w.web.body, "<main"));
		assert_true(web_has(&w.web, "Ord som finns kvar."));
	}
	close_world(&w);
}

static void
test_a_day_that_cannot_be_is_told_and_words_are_kept(void **state)
{
	(void)state;
	store_each(bad_input, NULL);
}

static long
upload(struct world *w, size_t n_files, size_t bytes)
{
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1,
		0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde };
	const char *const fields[][2] = { { "channel", "letterbox" }, { "arrived", "2026-12-28" }, { "text", "Se bilderna." },
		{ "name", "Beata" }, { "address", "Storgatan 1" }, { "csrf", w->web.csrf } };
	curl_mime *mime = curl_mime_init(w->web.curl);
	curl_mimepart *part;
	char *big = calloc(1, bytes + sizeof(png));
	long status;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		part = curl_mime_addpart(mime);
		(void)curl_mime_name(part, fields[i][0]);
		(void)curl_mime_data(part, fields[i][1], CURL_ZERO_TERMINATED);
	}
	memcpy(big, png, sizeof(png));
	for (size_t i = 0; i < n_files; i++) {
		big[sizeof(png)] = (char)i;	/* each its own bytes */
		part = curl_mime_addpart(mime);
		(void)curl_mime_name(part, "files");
		/* the browser claims something else than it is */
		(void)curl_mime_filename(part, arena_printf(w->a, i == 1 ? "sida.pdf" : "sida %zu.png", i + 1));
		(void)curl_mime_data(part, big, bytes + sizeof(png));
	}
	(void)curl_easy_setopt(w->web.curl, CURLOPT_MIMEPOST, mime);
	status = web_do(&w->web, "/kontakter/ny");
	curl_mime_free(mime);
	free(big);
	return status;
}

static void
with_pictures(struct database *d, struct db *db, void *arg)
{
	struct document_list docs;
	struct world w;
	struct contact c;
	struct err err = { 0 };

	(void)arg;
	open_world(&w, d, db);
	status_is(&w.web, upload(&w, 3, 1000), 303);
	c = made(&w);
	must(document_of(db, w.a, c.id, 0, REACH_PROTECTED, &docs, &err), &err);
	assert_int_equal(docs.item[0].n_files, 3);
	assert_string_equal(docs.item[0].received_date, "2026-12-23");
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(docs.item[0].file[i].type, "image/png");	/* as its bytes say, whatever its name */
	assert_string_equal(docs.item[0].file[1].name, "sida.pdf");
	status_is(&w.web, web_get(&w.web, arena_printf(w.a, "/kontakter/%s", c.number)), 200);
	assert_true(web_has(&w.web, "sida 3.png"));
	status_is(&w.web, web_get(&w.web, arena_printf(w.a, "/kontakter/%s/fil/%lld/1", c.number,
	    (long long)docs.item[0].id)), 200);
	assert_memory_equal(w.web.body, "\x89PNG", 4);
	/* given to another authority it keeps its files, its arrival and its rule */
	{
		struct actor by = { .account_id = w.t.guide, .name = "guide" };
		struct contact there;
		int64_t id;

		must(contact_transfer(db, c.id, 0, w.t.tn, 0, NULL, &by, read_clock(), &id, &err), &err);
		must(contact_get(db, w.a, id, &there, &err), &err);
		assert_string_equal(there.received_rule, c.received_rule);
		assert_string_equal(there.received_date, c.received_date);
		must(document_of(db, w.a, id, 0, REACH_PROTECTED, &docs, &err), &err);
		assert_int_equal(docs.item[0].n_files, 3);
	}
	/* too many, and too much: nothing half taken, and a sentence */
	status_is(&w.web, web_get(&w.web, "/kontakter/ny"), 200);
	assert_true(upload(&w, 21, 10) >= 400);
	assert_true(web_has(&w.web, "för många filer"));
	status_is(&w.web, web_get(&w.web, "/kontakter/ny"), 200);
	assert_true(upload(&w, 1, 51u << 20) >= 400);
	assert_true(web_has(&w.web, "större än 50 MB"));
	close_world(&w);
}

static void
test_pictures_of_a_letter_are_files_of_its_document(void **state)
{
	(void)state;
	store_each(with_pictures, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule_of_the_received_date),
		cmocka_unit_test(test_a_day_that_cannot_be_is_told_and_words_are_kept),
		cmocka_unit_test(test_pictures_of_a_letter_are_files_of_its_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

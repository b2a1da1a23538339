/* tests/service/test_statements.c: how many statements the pages ask for, which on PostgreSQL are round trips: no more with
 * sixty contacts than with six; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "contact/contact.h"
#include "registry/matter.h"
#include "town_web.h"

static const char *number;
static int64_t matter_id;

static void
more(struct db *db, struct arena *a, const struct town *t, int from, int to)
{
	struct err err = { 0 };
	struct contact_out out;
	int64_t now = (int64_t)time(NULL);

	for (int i = from; i < to; i++) {
		town_must(contact_receive(db, a, &(struct contact_in){ .channel = "web", .category_id = t->category,
		    .subject = arena_printf(a, "Lampan %d", i), .text = "Lampan vid skolan är trasig.",
		    .sender_email = "c@example.org" }, now, &out, &err), &err, "contact");
		if (i == 0)
			town_must(matter_open(db, &(struct matter_in){ .authority_id = t->tn, .unit_id = t->street, .title = "Lampan",
			    .contact_id = out.id, .appeal_kind = "none", .initiator = "individual" }, &(struct actor){ .account_id = t->registrar },
			    now, &matter_id, &err), &err, "matter");
		else
			town_must(matter_add_contact(db, matter_id, out.id, &(struct actor){ .account_id = t->registrar }, now, &err),
			    &err, "joining");
	}
	number = out.number;
}

/* The least of some tries: clocks and senders ask in between. */
static int64_t
statements(struct database *d, struct web *w, const char *path)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 6; i++) {
		int64_t before = database_counters(d).statements, n;

		assert_int_equal(web_get(w, path), 200);
		n = database_counters(d).statements - before;
		least = i > 0 && n < least ? n : least;		/* the first fills what is kept */
	}
	return least;
}

static void
few(struct database *d, struct db *db, void *arg)
{
	struct town t = town_make(db, (int64_t)time(NULL));
	struct arena *a = arena_open();
	const struct { const char *path; int64_t most; } page[] = {
		{ "/arbetslista?lista=alla", 3 }, { "/sok?q=lampan", 5 }, { "/sok?q=la", 4 }, { "/sok/forslag?q=lampan", 5 },
		{ "/kontakter/%s", 12 }, { "/arenden/%", 9 }, { "/arenden", 4 }, { "/", 2 },
	};
	struct http_server *server;
	struct web w;
	int64_t was[ARRAY_LEN(page)];
	int port;

	(void)arg;
	server = town_serve(d, &port);
	town_sign_in(&w, db, port, t.registrar);
	for (int round = 0; round < 2; round++) {
		more(db, a, &t, round == 0 ? 0 : 6, round == 0 ? 6 : 60);
		for (size_t i = 0; i < ARRAY_LEN(page); i++) {
			const char *path = page[i].path;
			int64_t n;

			if (strstr(path, "%s") != NULL)
				path = arena_printf(a, "/kontakter/%s", number);
			else if (strchr(path, '%') != NULL)
				path = arena_printf(a, "/arenden/%" PRId64, matter_id);
			n = statements(d, &w, path);
			if (n > page[i].most)
				fail_msg("%s: %" PRId64 " statements, at most %" PRId64 " expected", path, n, page[i].most);
			if (round == 1 && n > was[i])
				fail_msg("%s: %" PRId64 " statements with more contacts, %" PRId64 " before", path, n, was[i]);
			was[i] = n;
		}
	}
	web_close(&w);
	http_server_stop(server, 2);
	arena_close(a);
}

static void
test_a_page_asks_as_little_with_many_contacts_as_with_few(void **state)
{
	(void)state;
	store_each(few, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_page_asks_as_little_with_many_contacts_as_with_few) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

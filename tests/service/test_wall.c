/* tests/service/test_wall.c: the screen on the wall: its key opens it and nothing else, no personal data, no growing memory */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/live.h"
#include "figures/wall.h"
#include "town_web.h"

static struct contact_out
receive(struct db *db, struct arena *a, const struct town *t, int64_t arrived_at)
{
	struct contact_in in = { .channel = "web", .sender_name = "Demo Hemlig Person", .sender_email = "hemlig@lillan.example",
		.reply_by = "email", .subject = "Mitt ämne", .text = "Mina ord", .category_id = t->category, .arrived_at = arrived_at };
	struct contact_out out;
	struct err err = { 0 };

	town_must(contact_receive(db, a, &in, (int64_t)time(NULL), &out, &err), &err, "contact");
	return out;
}

static bool
make_secret(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "UPDATE contact SET restricted = 1 WHERE id = $1", NULL, err, "i", *(int64_t *)arg);
}

static struct wall_screen
screen(struct db *db, struct arena *a, int64_t unit_id, const char **path)
{
	struct change by = { 0, (int64_t)time(NULL), NULL };
	struct wall_screen_list list;
	struct err err = { 0 };
	const char *token;
	int64_t id;

	town_must(wall_screen_add(db, &by, &(struct wall_screen){ .name = "Vid ingången", .unit_id = unit_id }, &id, &err), &err, "screen");
	town_must(wall_screen_list(db, a, &list, &err), &err, "list");
	for (size_t i = 0; i < list.n; i++) {
		if (list.item[i].id == id) {
			town_must(wall_screen_token(db, a, &list.item[i], &token, &err), &err, "token");
			*path = arena_printf(a, "/vagg/%s", token);
			return list.item[i];
		}
	}
	fail_msg("no screen");
	return list.item[0];
}

static void
a_screen(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL);
	struct town t = town_make(db, now);
	struct change by = { 0, now, NULL };
	struct contact_out first, secret;
	struct wall_screen s, other;
	struct wall wall;
	struct web w, v;
	const char *path, *elsewhere;
	struct err err = { 0 };
	int port;
	struct http_server *server = town_serve(d, &port);

	(void)arg;
	first = receive(db, a, &t, now - 7200);
	(void)receive(db, a, &t, now - 3600);
	secret = receive(db, a, &t, now - 9000);
	town_must(db_write(db, make_secret, &secret.id, &err), &err, "secret");
	s = screen(db, a, 0, &path);
	other = screen(db, a, t.centre, &elsewhere);
	town_must(wall_read(db, a, &s, now, &wall, &err), &err, "read");
	assert_int_equal(wall.n, 2);			/* the oldest first, and what is secret not at all */
	assert_int_equal(wall.waiting, 2);
	assert_string_equal(wall.row[0].number, first.number);
	town_must(wall_read(db, a, &other, now, &wall, &err), &err, "read");
	assert_int_equal(wall.waiting, 0);
	town_must(wall_read(db, a, &s, now + 40 * 86400, &wall, &err), &err, "read");
	assert_int_equal(wall.broken, 2);
	/* without its key nothing; with it the page, and no more than the page */
	town_sign_in(&w, db, port, 0);
	town_sign_in(&v, db, port, 0);
	assert_int_equal(web_get(&v, "/vagg"), 404);
	assert_int_equal(web_get(&v, "/vagg/handelser"), 404);
	assert_int_equal(web_get(&v, "/vagg/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 404);
	assert_int_equal(web_get(&w, path), 303);
	assert_int_equal(web_get(&w, "/vagg"), 200);
	assert_true(web_has(&w, first.number) && web_has(&w, "Vinterväghållning"));
	assert_false(web_has(&w, "Hemlig") || web_has(&w, "hemlig@") || web_has(&w, "Mitt ämne") || web_has(&w, "Mina ord") ||
	    web_has(&w, secret.number));
	assert_true(web_has(&w, "http-equiv=\"refresh\""));	/* without scripts */
	assert_int_equal(web_get(&w, "/arbetslista"), 303);
	assert_int_equal(web_get(&w, "/luckor"), 303);
	assert_int_equal(web_get(&w, "/admin/skarmar"), 303);
	/* revoked it stops, the other goes on */
	town_must(wall_screen_revoke(db, &by, s.id, &err), &err, "revoke");
	assert_false(wall_screen_revoke(db, &by, s.id, &err));
	assert_int_equal(web_get(&w, "/vagg"), 404);
	assert_int_equal(web_get(&w, path), 404);
	assert_int_equal(web_get(&w, elsewhere), 303);
	assert_int_equal(web_get(&w, "/vagg"), 200);
	web_close(&w);
	web_close(&v);
	http_server_stop(server, 1);
	arena_close(a);
}

static void
test_a_screen(void **state)
{
	(void)state;
	store_each(a_screen, NULL);
}

static void
only_the_administrator(struct database *d, struct db *db, void *arg)
{
	struct town t = town_make(db, (int64_t)time(NULL));
	int64_t owner = town_account(db, "owner", ROLE_SYSTEM_OWNER, 0, 0, (int64_t)time(NULL));
	char place[40];
	struct web w, m;
	int port;
	struct http_server *server = town_serve(d, &port);

	(void)arg;
	(void)snprintf(place, sizeof(place), "u:%lld", (long long)t.street);
	town_sign_in(&w, db, port, owner);
	town_sign_in(&m, db, port, t.manager);
	assert_int_equal(web_get(&m, "/admin/skarmar"), 403);
	assert_int_equal(web_get(&w, "/admin/skarmar"), 200);
	assert_int_equal(web_forge(&w, "/admin/skarmar", "name", "x", "place", "", NULL), 403);
	assert_int_equal(web_post(&w, "/admin/skarmar", "name", "", "place", place, NULL), 422);
	assert_true(web_has(&w, "Skriv var skärmen sitter"));
	assert_int_equal(web_post(&w, "/admin/skarmar", "name", "Fikarummet", "place", "u:4711", NULL), 422);
	assert_true(web_has(&w, "Fikarummet"));
	assert_int_equal(web_post(&w, "/admin/skarmar", "name", "Fikarummet", "place", place, NULL), 303);
	assert_int_equal(web_get(&w, "/admin/skarmar"), 200);
	assert_true(web_has(&w, "/vagg/") && web_has(&w, "TN: Gata"));
	assert_int_equal(web_post(&w, "/admin/skarmar/1/aterkalla", NULL), 303);
	assert_int_equal(web_post(&w, "/admin/skarmar/1/aterkalla", NULL), 404);
	web_close(&w);
	web_close(&m);
	http_server_stop(server, 1);
}

static void
test_only_the_administrator(void **state)
{
	(void)state;
	store_each(only_the_administrator, NULL);
}

/* ---- weeks ---- */

static long
rss_kb(void)
{
	char line[200];
	FILE *f = fopen("/proc/self/status", "r");
	long kb = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);
	return kb;
}

enum { WARM = 300, REFRESHES = 3000, STREAMS = 300 };

/* Listens to the events for a moment and goes away, as a screen whose network comes and goes. */
static void
listen_once(struct web *w)
{
	w->quiet = true;
	(void)curl_easy_setopt(w->curl, CURLOPT_TIMEOUT_MS, 15L);
	(void)web_get(w, "/vagg/handelser");
	(void)curl_easy_setopt(w->curl, CURLOPT_TIMEOUT_MS, 20000L);
}

static void
weeks(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL);
	struct town t = town_make(db, now);
	const char *path;
	struct web w;
	long before, after;
	int port;
	struct http_server *server = town_serve(d, &port);

	struct err err = { 0 };

	(void)arg;
	assert_true(live_open(http_server_hub(server), d, &err));
	for (int i = 0; i < 12; i++)
		(void)receive(db, a, &t, now - 60 * i);
	(void)screen(db, a, 0, &path);
	town_sign_in(&w, db, port, 0);
	assert_int_equal(web_get(&w, path), 303);
	for (int i = 0; i < WARM; i++)
		assert_int_equal(web_get(&w, "/vagg"), 200);
	for (int i = 0; i < 30; i++)
		listen_once(&w);
	before = rss_kb();
	for (int i = 0; i < REFRESHES; i++) {
		assert_int_equal(web_get(&w, "/vagg"), 200);
		live_contact(i);
	}
	for (int i = 0; i < STREAMS; i++) {
		listen_once(&w);
		live_contact(i);
	}
	after = rss_kb();
	(void)printf("# %d refreshes and %d reconnects: %ld kB before, %ld kB after\n", REFRESHES, STREAMS, before, after);
	assert_true(after - before < 2048);
	live_close(d);
	web_close(&w);
	http_server_stop(server, 1);
	arena_close(a);
}

static void
test_for_weeks_without_growing(void **state)
{
	(void)state;
	store_each(weeks, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_screen),
		cmocka_unit_test(test_only_the_administrator),
		cmocka_unit_test(test_for_weeks_without_growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

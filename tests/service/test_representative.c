/* tests/service/test_representative.c: mandates, lists in and out, the directory and its keeping; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/sb.h"
#include "expect.h"
#include "municipality.h"
#include "people/session_hooks.h"
#include "people/sign_in_pages.h"
#include "people/password.h"
#include "representative/directory_pages.h"
#include "representative/exchange.h"
#include "representative/representative.h"
#include "http/http.h"
#include "web.h"

static const char LIST[] =
    "\xef\xbb\xbf" "id;namn;parti;område;e-post;nämnd;uppdrag;från;till;mandatperiod;ersätter;svarar på\r\n"
    "e1;Demo Eva Ek;X-partiet;Norr;eva@lillan.example;TN;ledamot;2027-01-01;;2026-2030;;Vägar\r\n"
    "e2;Demo Olle Ordförande;Y-partiet;Syd;;Tekniska nämnden;ordförande;2027-01-01;;2026-2030;;\r\n"
    "e3;Demo Ny Ledamot;X-partiet;;;TN;ledamot;2027-03-01;;;e1;\r\n"
    ";Demo Utan Nämnd;X-partiet;;;QQ;ledamot;2027-01-01;;;;\r\n"
    "e5;Demo Fel Datum;;;;TN;ledamot;1 januari;;;;\r\n"
    "e6;Demo Fel Roll;;;;TN;kung;2027-01-01;;;;\r\n"
    ";;;;;TN;ledamot;2027-01-01;;;;\r\n"
    "e7;Demo Fel Adress;;;eva snabela;TN;ledamot;2027-01-01;;;;\r\n";

/* The list's own text, so that a second reading is of exactly what was written. */
static const char *
written(struct db *db, struct arena *a, bool popolo)
{
	struct err err = { 0 };
	const char *text;
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	must(popolo ? exchange_popolo(db, a, "https://lillan.example", &sb, &err) : exchange_csv(db, a, &sb, &err), &err);
	must(sb_end(&sb, &text, &err), &err);
	return text;
}

static void
lists(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = at("2027-01-11T08:00:00+01:00");
	struct town t = town_make(db, now);
	struct change by = { t.registrar, now, NULL };
	static const size_t bad[] = { 5, 6, 7, 8, 9 };
	struct exchange_result r;
	struct mandate_list tn;
	struct representative eva;
	struct err err = { 0 };
	const char *csv, *json;

	(void)d;
	(void)arg;
	must(exchange_read(db, a, NULL, &by, "sv", LIST, sizeof(LIST) - 1, &r, &err), &err);
	assert_int_equal(r.added, 3);
	assert_int_equal(r.n_faults, ARRAY_LEN(bad));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(r.fault[i].line, bad[i]);
	assert_non_null(strstr(r.fault[0].sentence, "QQ"));
	assert_non_null(strstr(r.fault[0].sentence, "KS, TN"));
	/* nothing twice */
	must(exchange_read(db, a, NULL, &by, "sv", LIST, sizeof(LIST) - 1, &r, &err), &err);
	assert_int_equal(r.added + r.changed, 0);
	assert_int_equal(r.same, 3);
	/* the chair first; in force on the day only; the replacement names whom she took over after */
	must(mandate_of(db, a, t.tn, "2027-02-01", &tn, &err), &err);
	assert_int_equal(tn.n, 2);
	assert_string_equal(tn.item[0].role, "chair");
	assert_string_equal(tn.item[0].term, "2026-2030");
	must(mandate_of(db, a, t.tn, "2027-03-01", &tn, &err), &err);
	assert_int_equal(tn.n, 3);
	assert_string_equal(tn.item[2].replaces_name, "Demo Eva Ek");
	must(representative_by_external(db, a, "e1", &eva, &err), &err);
	must(mandate_end(db, &by, eva.mandate[0].id, "2027-02-28", &err), &err);
	must(mandate_of(db, a, t.tn, "2027-03-01", &tn, &err), &err);
	assert_int_equal(tn.n, 2);
	/* what is written reads back as the same, in both forms */
	csv = written(db, a, false);
	json = written(db, a, true);
	must(exchange_read(db, a, NULL, &by, "sv", csv, strlen(csv), &r, &err), &err);
	assert_int_equal(r.same, 3);
	assert_int_equal(r.added + r.changed + (int64_t)r.n_faults, 0);
	must(exchange_read(db, a, NULL, &by, "sv", json, strlen(json), &r, &err), &err);
	assert_int_equal(r.same, 3);
	assert_int_equal(r.added + r.changed + (int64_t)r.n_faults, 0);
	/* columns that are missing, JSON that is none, and what is neither */
	assert_false(exchange_read(db, a, NULL, &by, "sv", "a;b\n1;2\n", 8, &r, &err));
	assert_string_equal(err.field, "file");
	assert_false(exchange_read(db, a, NULL, &by, "sv", "{\"persons\": []}", 15, &r, &err));
	assert_false(exchange_read(db, a, NULL, &by, "sv", "{", 1, &r, &err));
	/* a membership of nobody is a bad line, not a stop */
	json = "{\"persons\": [], \"organizations\": [], \"memberships\": [{\"person_id\": \"x\", \"organization_id\": \"TN\","
	    " \"role\": \"member\", \"start_date\": \"2027-01-01\"}]}";
	err = (struct err){ 0 };
	must(exchange_read(db, a, NULL, &by, "en", json, strlen(json), &r, &err), &err);
	assert_int_equal(r.n_faults, 1);
	assert_int_equal(r.fault[0].line, 1);
	assert_string_equal(r.fault[0].sentence, "The name is missing.");
	arena_close(a);
}

static void
test_lists_are_read_good_lines_kept_and_nothing_twice(void **state)
{
	(void)state;
	store_each(lists, NULL);
}

static void
popolo(struct database *d, struct db *db, void *arg)
{
	const char *shared = getenv("NK_SHARED");
	struct arena *a = arena_open();
	int64_t now = at("2027-01-11T08:00:00+01:00");
	struct town t = town_make(db, now);
	struct change by = { t.registrar, now, NULL };
	struct exchange_result r;
	struct err err = { 0 };
	const char *json;
	int rc;

	(void)d;
	(void)arg;
	must(exchange_read(db, a, NULL, &by, "sv", LIST, sizeof(LIST) - 1, &r, &err), &err);
	json = written(db, a, true);
	must(file_write("/tmp/nk-popolo.json", json, strlen(json), 0600, &err), &err);
	rc = system(arena_printf(a, "[ -d '%s/data/popolo/schemas' ] || exit 77; %s/tests/service/popolo-check"
	    " /tmp/nk-popolo.json '%s/data/popolo/schemas' >/tmp/nk-popolo.out 2>&1", shared == NULL ? "../shared" : shared,
	    store_root(), shared == NULL ? "../shared" : shared));
	(void)unlink("/tmp/nk-popolo.json");
	if (WEXITSTATUS(rc) == 77)
		print_message("# SKIP: no schemas, or no python3-jsonschema\n");
	else {
		char *said;
		size_t n;

		must(file_read(a, "/tmp/nk-popolo.out", 4096, &said, &n, &err), &err);
		if (rc != 0)
			fail_msg("%s", said);
		assert_non_null(strstr(said, "memberships 3"));
		assert_non_null(strstr(said, "events 1"));
	}
	(void)unlink("/tmp/nk-popolo.out");
	arena_close(a);
}

static void
test_what_is_written_follows_the_popolo_schemas(void **state)
{
	(void)state;
	store_each(popolo, NULL);
}

static int64_t
roles_of(struct db *db, struct arena *a, int64_t account_id, enum role role)
{
	struct role_list roles;
	struct err err = { 0 };
	int64_t n = 0;

	must(role_list(db, a, account_id, &roles, &err), &err);
	for (size_t i = 0; i < roles.n; i++)
		n += roles.item[i].role == role;
	return n;
}

static void
rights(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = at("2027-01-11T08:00:00+01:00"), id, chair, account;
	struct town t = town_make(db, now);
	struct change by = { t.registrar, now, NULL };
	const struct grant *grant;
	struct representative r;
	struct err err = { 0 };
	size_t n;

	(void)d;
	(void)arg;
	must(account_save(db, &by, &(struct account_in){ .name = "Demo Eva", .sign_in = "eva@lillan.example" }, &account, &err),
	    &err);
	assert_false(representative_save(db, &by, &(struct representative){ .name = "Demo Eva", .sign_in = "nobody@lillan.example",
	    .active = true }, &id, &err));
	assert_string_equal(err.field, "sign_in");
	err = (struct err){ 0 };
	must(representative_save(db, &by, &(struct representative){ .name = "Demo Eva", .sign_in = "eva@lillan.example",
	    .party = "X", .active = true }, &id, &err), &err);
	must(mandate_save(db, &by, &(struct mandate){ .representative_id = id, .authority_id = t.tn, .role = "member",
	    .from_date = "2027-01-01", .to_date = "2030-12-31" }, NULL, &err), &err);
	must(mandate_save(db, &by, &(struct mandate){ .representative_id = id, .authority_id = t.tn, .role = "chair",
	    .from_date = "2027-02-01" }, &chair, &err), &err);
	assert_int_equal(roles_of(db, a, account, ROLE_REPRESENTATIVE), 1);
	assert_int_equal(roles_of(db, a, account, ROLE_CHAIR), 1);
	/* rights are in force on the mandate's own days, and saving again gives none twice */
	must(grants_of(db, a, account, date_of("2027-01-15"), &grant, &n, &err), &err);
	assert_int_equal(n, 1);
	must(representative_get(db, a, id, &r, &err), &err);
	must(representative_save(db, &by, &r, NULL, &err), &err);
	assert_int_equal(roles_of(db, a, account, ROLE_REPRESENTATIVE), 1);
	r.version = 1;
	assert_false(representative_save(db, &by, &r, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	err = (struct err){ 0 };
	must(mandate_end(db, &by, chair, "2027-02-10", &err), &err);
	must(grants_of(db, a, account, date_of("2027-02-11"), &grant, &n, &err), &err);
	assert_int_equal(n, 1);
	/* the same mandate twice, days that are none, and a picture that is none */
	assert_false(mandate_save(db, &by, &(struct mandate){ .representative_id = id, .authority_id = t.tn, .role = "member",
	    .from_date = "2027-01-01" }, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(mandate_save(db, &by, &(struct mandate){ .representative_id = id, .authority_id = t.tn, .role = "member",
	    .from_date = "2027-01-02", .to_date = "2027-01-01" }, NULL, &err));
	assert_string_equal(err.field, "to_date");
	assert_false(representative_picture(db, &by, id, "no picture", 10, &err));
	assert_string_equal(err.field, "picture");
	arena_close(a);
}

static void
test_a_mandate_gives_its_right_for_its_own_days(void **state)
{
	(void)state;
	store_each(rights, NULL);
}

/* ---- pages ---- */

static void
sign_in(struct web *w, const char *name)
{
	web_get(w, "/logga-in");
	web_post(w, "/logga-in", "sign_in", name, "password", "demo demo demo", NULL);
	assert_int_equal(w->status, 303);
}

static void
passwords(struct db *db, struct arena *a, const struct change *by, const int64_t *account, size_t n)
{
	struct err err = { 0 };
	const char *hash;

	must(password_hash(a, "demo demo demo", &hash, &err), &err);
	for (size_t i = 0; i < n; i++)
		must(account_password(db, by, account[i], hash, NULL, &err), &err);
}

static void
pages(struct database *d, struct db *db, void *arg)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct route *const routes[] = { sign_in_routes, directory_routes, NULL };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2 };
	struct arena *a = arena_open();
	int64_t now = at("2027-01-11T08:00:00+01:00");
	struct town t = town_make(db, now);
	struct change by = { 0, now, NULL };
	struct exchange_result r;
	struct http_server *server;
	struct err err = { 0 };
	struct web w;

	(void)arg;
	must(exchange_read(db, a, NULL, &by, "sv", LIST, sizeof(LIST) - 1, &r, &err), &err);
	passwords(db, a, &by, (int64_t[]){ t.registrar, t.handler }, 2);
	must(session_hooks(d, &config.hooks, &err), &err);
	must(http_server_start(&config, d, routes, &server, &err), &err);
	web_open(&w, http_server_port(server, 0));
	/* the clock of this server is the machine's: mandates from 2027 are there whatever year it is only in the lists of all */
	assert_int_equal(web_get(&w, "/fortroendevalda.csv"), 200);
	assert_true(web_has(&w, "Demo Eva Ek"));
	assert_int_equal(web_get(&w, "/fortroendevalda.json"), 200);
	assert_true(web_has(&w, "\"legislative period\""));
	assert_int_equal(web_get(&w, "/fortroendevalda"), 200);
	assert_int_equal(web_get(&w, "/fortroendevalda/1"), 200);
	assert_true(web_has(&w, "Demo Eva Ek"));
	assert_true(web_has(&w, "mailto:eva@lillan.example"));
	assert_int_equal(web_get(&w, "/fortroendevalda/99"), 404);
	assert_int_equal(web_get(&w, "/fortroendevalda/1/bild"), 404);
	assert_int_not_equal(web_get(&w, "/uppdrag"), 200);
	sign_in(&w, "handler@lillan.example");
	assert_int_not_equal(web_get(&w, "/uppdrag"), 200);
	web_close(&w);
	web_open(&w, http_server_port(server, 0));
	sign_in(&w, "registrar@lillan.example");
	assert_int_equal(web_get(&w, "/uppdrag"), 200);
	assert_int_equal(web_post(&w, "/uppdrag/ny", "name", "", "active", "1", NULL), 422);
	assert_int_equal(web_post(&w, "/uppdrag/ny", "name", "Demo Sven", "party", "Z", "active", "1", NULL), 303);
	assert_int_equal(web_get(&w, w.location), 200);
	assert_true(web_has(&w, "Demo Sven"));
	/* TN's registrar keeps TN's list and no other committee's */
	assert_int_equal(web_post(&w, "/uppdrag/4/nytt", "authority_id", arena_printf(a, "%lld", (long long)t.ks), "role", "member",
	    "from_date", "2026-01-01", NULL), 403);
	assert_int_equal(web_post(&w, "/uppdrag/4/nytt", "authority_id", arena_printf(a, "%lld", (long long)t.tn), "role", "member",
	    "from_date", "2026-01-01", NULL), 303);
	assert_int_equal(web_get(&w, arena_printf(a, "/fortroendevalda?namnd=%lld&parti=Z", (long long)t.tn)), 200);
	assert_true(web_has(&w, "Demo Sven"));
	assert_false(web_has(&w, "Demo Olle"));
	assert_int_equal(web_post(&w, "/uppdrag/period", "term_name", "2030-2034", "term_from", "2030-10-15", "term_to",
	    "2034-10-14", NULL), 303);
	web_close(&w);
	http_server_stop(server, 2);
	arena_close(a);
}

static void
test_the_directory_is_everybodys_and_kept_by_the_registrar(void **state)
{
	(void)state;
	store_each(pages, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_are_read_good_lines_kept_and_nothing_twice),
		cmocka_unit_test(test_what_is_written_follows_the_popolo_schemas),
		cmocka_unit_test(test_a_mandate_gives_its_right_for_its_own_days),
		cmocka_unit_test(test_the_directory_is_everybodys_and_kept_by_the_registrar),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

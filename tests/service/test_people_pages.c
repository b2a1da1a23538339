/* tests/service/test_people_pages.c: signing in, the account, the administration, by real requests to a real server */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "db/db.h"
#include "expect.h"
#include "http/http.h"
#include "people/account.h"
#include "people/account_pages.h"
#include "people/admin_pages.h"
#include "people/demo.h"
#include "people/frame.h"
#include "people/password.h"
#include "people/session_hooks.h"
#include "people/sign_in_pages.h"
#include "timeline/outbox.h"
#include "web.h"

static struct {
	char dir[40], path[64];
	struct database *database;
	struct db *db;
	struct http_server *server;
	struct arena *a;
	int port;
} t;

static bool
demo_write(struct db *tx, void *arg, struct err *err)
{
	return demo_people(tx, 1, *(int64_t *)arg, err);
}

static void
home_get(struct request *rq, struct response *rs)
{
	respond_text(rs, 200, "text/plain; charset=utf-8", rq->actor->account_id == 0 ? "visitor" : rq->actor->name,
	    strlen(rq->actor->account_id == 0 ? "visitor" : rq->actor->name));
}

static void
secret_get(struct request *rq, struct response *rs)
{
	(void)rq;
	respond_text(rs, 200, "text/plain; charset=utf-8", "worklist", 8);
}

static void
bug_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	(void)err_set(&err, ERR_BUG, "the secret inner story");
	respond_err(rq, rs, &err);
}

static const struct route test_routes[] = {
	{ GET, "/", ACT_PUBLIC, home_get, 0 },
	{ GET, "/bugg", ACT_PUBLIC, bug_get, 0 },
	{ GET, "/arbete", ACT_CONTACT_LIST, secret_get, 0 },
	{ POST, "/arbete", ACT_CONTACT_LIST, secret_get, 0 },
	{ 0 },
};

static int
start(void **state)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct route *const routes[] = { sign_in_routes, account_routes, admin_routes,
		admin_people_routes, test_routes, NULL };
	static const struct frame_options options = { .demo = true };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2 };
	struct err err = { 0 };
	int64_t now = (int64_t)time(NULL);

	(void)state;
	log_set_level(LOG_ERROR);
	t.a = arena_open();
	(void)snprintf(t.dir, sizeof(t.dir), "/tmp/nk-people.XXXXXX");
	if (mkdtemp(t.dir) == NULL)
		return -1;
	(void)snprintf(t.path, sizeof(t.path), "%s/t.db", t.dir);
	must(database_open(t.path, NULL, &t.database, &err), &err);
	must(database_migrate(t.database, NULL, &err), &err);
	t.db = database_reader(t.database, &err);
	must(db_write(t.db, demo_write, &now, &err), &err);
	frame_configure(&options);
	must(session_hooks(t.database, &config.hooks, &err), &err);
	must(http_server_start(&config, t.database, routes, &t.server, &err), &err);
	t.port = http_server_port(t.server, 0);
	return 0;
}

static int
stop(void **state)
{
	char command[100];

	(void)state;
	http_server_stop(t.server, 2);
	database_close(t.database);
	arena_close(t.a);
	(void)snprintf(command, sizeof(command), "rm -rf %s", t.dir);
	return system(command);
}

static int64_t
account_id(const char *sign_in)
{
	struct account account;
	struct err err = { 0 };

	must(account_by_sign_in(t.db, t.a, sign_in, &account, &err), &err);
	return account.id;
}

static int64_t
number(const char *sql)
{
	struct err err = { 0 };
	struct stmt *st = db_stmt(t.db, sql, &err);
	int64_t n = -1;

	if (db_next(st, &err) == DB_ROW)
		n = col_i64(st, 0);
	else
		fail_msg("%s: %s", sql, err.log);
	db_done(st);
	return n;
}

#define HANNA "hanna.handlaggare@lillan.example"
#define SUNE "sune.systemforvaltare@lillan.example"

static void
sign_in(struct web *w, const char *who)
{
	web_open(w, t.port);
	status_is(w, web_get(w, "/logga-in"), 200);
	status_is(w, web_post(w, "/logga-in", "sign_in", who, "password", DEMO_PASSWORD, NULL), 303);
	status_is(w, web_get(w, "/"), 200);
	assert_false(web_has(w, "visitor"));
	status_is(w, web_get(w, "/konto"), 200);
}

static void
test_sign_in_and_out(void **state)
{
	struct web w;

	(void)state;
	web_open(&w, t.port);
	/* A page she may not see yet: sign in, and come back to it with its query. */
	status_is(&w, web_get(&w, "/arbete?sida=2&ord=%C3%A5"), 303);
	assert_string_equal(w.location, "/logga-in?till=%2Farbete%3Fsida%3D2%26ord%3D%25C3%25A5");
	status_is(&w, web_get(&w, w.location), 200);
	assert_true(web_has(&w, "name=\"back\" value=\"/arbete?sida=2&amp;ord=%C3%A5\""));
	/* Wrong: one sentence, the address kept, the password not. */
	status_is(&w, web_post(&w, "/logga-in", "sign_in", HANNA, "password", "fel fel fel", "back", "/arbete?sida=2", NULL), 200);
	assert_true(web_has(&w, "value=\"" HANNA "\""));
	assert_false(web_has(&w, "fel fel fel"));
	assert_true(web_has(&w, "aria-invalid=\"true\""));
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "ingen@lillan.example", "password", "fel fel fel", NULL), 200);
	assert_true(web_has(&w, "Adressen eller lösenordet är fel"));
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "", "password", "x", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-sign_in\""));
	/* A forged token is refused, and so is a way back to another host. */
	status_is(&w, web_forge(&w, "/logga-in", "sign_in", HANNA, "password", DEMO_PASSWORD, NULL), 403);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in", "sign_in", HANNA, "password", DEMO_PASSWORD, "back", "//evil.example", NULL), 303);
	assert_string_equal(w.location, "/");	/* where this test's menu, which is empty, begins */
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "Demo Hanna"));
	status_is(&w, web_get(&w, "/arbete"), 200);
	status_is(&w, web_get(&w, "/konto"), 200);
	status_is(&w, web_post(&w, "/logga-ut", NULL), 303);
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "visitor"));
	web_close(&w);
}

static void
test_a_form_sent_after_the_session_ended_is_not_lost(void **state)
{
	struct web w;

	(void)state;
	sign_in(&w, HANNA);
	assert_int_equal(number("SELECT count(*) FROM session"), 1);
	must(session_end_all(t.db, &(struct change){ 0, (int64_t)time(NULL), NULL }, account_id(HANNA), NULL,
	    &(struct err){ 0 }), &(struct err){ 0 });
	(void)web_post(&w, "/arbete", "text", "mina ord", NULL);
	assert_int_equal(w.status, 403);
	assert_true(web_has(&w, "Inget du har skrivit är förlorat") || web_has(&w, "Inget"));
	assert_true(web_has(&w, "/logga-in?till=%2Farbete&amp;formular=1"));
	web_close(&w);
}

static void
test_errors_are_plain_and_have_a_reference(void **state)
{
	struct web w;

	(void)state;
	web_open(&w, t.port);
	status_is(&w, web_get(&w, "/finns-inte"), 404);
	assert_true(web_has(&w, "Sidan finns inte"));
	status_is(&w, web_get(&w, "/bugg"), 500);
	assert_false(web_has(&w, "inner story"));
	assert_true(web_has(&w, "Referens: "));
	sign_in(&w, SUNE);
	status_is(&w, web_get(&w, "/arbete"), 403);		/* configuration, no content */
	assert_true(web_has(&w, "Din roll tillåter inte detta"));
	web_close(&w);
}

static void
test_throttled_after_many_tries(void **state)
{
	struct web w;

	(void)state;
	web_open(&w, t.port);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	for (int i = 0; i < 5; i++)
		status_is(&w, web_post(&w, "/logga-in", "sign_in", "alva.avfall@lillan.example", "password", "fel", NULL), 200);
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "alva.avfall@lillan.example", "password", DEMO_PASSWORD, NULL), 429);
	assert_true(web_has(&w, "för många försök"));
	web_close(&w);
}

static void
test_the_demo_page_lists_roles_and_never_otherwise(void **state)
{
	static const struct frame_options off = { .demo = false }, on = { .demo = true };
	char id[24];
	struct web w;

	(void)state;
	(void)snprintf(id, sizeof(id), "%" PRId64, account_id(HANNA));
	web_open(&w, t.port);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	assert_true(web_has(&w, "Demo Hanna") && web_has(&w, "Demo Diana") && web_has(&w, "Demo Rut"));
	frame_configure(&off);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	assert_false(web_has(&w, "Demo Hanna"));
	status_is(&w, web_post(&w, "/logga-in/demo", "account", id, NULL), 404);
	frame_configure(&on);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in/demo", "account", "99999", NULL), 404);
	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in/demo", "account", id, NULL), 303);
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "Demo Hanna"));
	web_close(&w);
}

static void
test_a_forgotten_password(void **state)
{
	struct outbox_list mails;
	struct err err = { 0 };
	char path[200];
	const char *link;
	struct web w, other;

	(void)state;
	sign_in(&other, "bo.bygglov@lillan.example");
	web_open(&w, t.port);
	status_is(&w, web_get(&w, "/glomt-losenord"), 200);
	status_is(&w, web_post(&w, "/glomt-losenord", "sign_in", "ingen@lillan.example", NULL), 200);
	assert_true(web_has(&w, "ingen@lillan.example"));
	must(outbox_due(t.db, t.a, "email", (int64_t)time(NULL), 10, &mails, &err), &err);
	assert_int_equal(mails.n, 0);
	status_is(&w, web_get(&w, "/glomt-losenord"), 200);
	status_is(&w, web_post(&w, "/glomt-losenord", "sign_in", "skräp", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-sign_in\""));
	status_is(&w, web_post(&w, "/glomt-losenord", "sign_in", "Bo.Bygglov@lillan.example", NULL), 200);
	must(outbox_due(t.db, t.a, "email", (int64_t)time(NULL), 10, &mails, &err), &err);
	assert_int_equal(mails.n, 1);
	link = strstr(mails.item[0].text, "/valj-losenord/");
	assert_non_null(link);
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(link, "\n"), link);
	status_is(&w, web_get(&w, path), 200);
	assert_true(web_has(&w, "noindex"));
	status_is(&w, web_post(&w, path, "password", "kort", NULL), 200);
	assert_true(web_has(&w, "minst 10 tecken"));
	status_is(&w, web_post(&w, path, "password", "en helt ny mening", NULL), 303);
	status_is(&w, web_get(&w, path), 404);		/* once */
	assert_true(web_has(&w, "/glomt-losenord"));
	status_is(&other, web_get(&other, "/"), 200);	/* elsewhere she is signed out */
	assert_true(web_has(&other, "visitor"));
	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "bo.bygglov@lillan.example", "password", DEMO_PASSWORD, NULL), 200);
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "bo.bygglov@lillan.example", "password", "en helt ny mening", NULL), 303);
	web_close(&w);
	web_close(&other);
}

static void
test_two_steps_from_the_account_page(void **state)
{
	char secret[64], token[200], code[7];
	char recovery[15] = "";
	const char *at;
	struct web w;

	(void)state;
	sign_in(&w, "vera.vatten@lillan.example");
	status_is(&w, web_get(&w, "/konto/tva-steg"), 200);
	assert_true(web_has(&w, "<svg "));
	(void)web_hidden(&w, "secret", secret, sizeof(secret));
	assert_int_equal(strlen(secret), 32);
	status_is(&w, web_post(&w, "/konto/tva-steg", "secret", secret, "code", "12", NULL), 200);
	assert_true(web_has(&w, secret));			/* the same picture, not a new one */
	assert_true(web_has(&w, "aria-invalid"));
	assert_true(totp_code(secret, (int64_t)time(NULL), code));
	status_is(&w, web_post(&w, "/konto/tva-steg", "secret", secret, "code", code, NULL), 200);
	at = strstr(w.body, "<code>");
	assert_non_null(at);
	(void)snprintf(recovery, sizeof(recovery), "%.14s", at + 6);
	status_is(&w, web_get(&w, "/konto"), 200);
	status_is(&w, web_post(&w, "/logga-ut", NULL), 303);

	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in", "sign_in", "vera.vatten@lillan.example", "password", DEMO_PASSWORD, NULL), 200);
	(void)web_hidden(&w, "token", token, sizeof(token));
	assert_true(token[0] != '\0');
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "visitor"));			/* half way is not in */
	status_is(&w, web_get(&w, "/logga-in"), 200);
	status_is(&w, web_post(&w, "/logga-in/kod", "token", token, "code", code, NULL), 200);	/* used when switched on */
	assert_true(web_has(&w, "aria-invalid"));
	status_is(&w, web_post(&w, "/logga-in/kod", "token", "1.2.3", "code", recovery, NULL), 200);
	assert_true(web_has(&w, "Det tog för lång tid"));
	status_is(&w, web_post(&w, "/logga-in/kod", "token", token, "code", recovery, NULL), 303);
	status_is(&w, web_get(&w, "/konto"), 200);
	assert_true(web_has(&w, "9 reservkoder är kvar"));
	status_is(&w, web_post(&w, "/konto/tva-steg/av", "code", recovery, NULL), 200);	/* once */
	assert_true(totp_code(secret, (int64_t)time(NULL) + 30, code));
	status_is(&w, web_post(&w, "/konto/tva-steg/av", "code", code, NULL), 303);
	web_close(&w);
}

static void
test_password_language_and_sessions(void **state)
{
	struct web w, other;
	char hash[80];

	(void)state;
	sign_in(&w, "mira.miljo@lillan.example");
	sign_in(&other, "mira.miljo@lillan.example");
	status_is(&w, web_post(&w, "/konto/losenord", "present", "fel fel fel fel", "password", "en helt ny mening", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-present\""));
	status_is(&w, web_post(&w, "/konto/losenord", "present", DEMO_PASSWORD, "password", "mira.miljo", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-password\""));
	status_is(&w, web_post(&w, "/konto/losenord", "present", DEMO_PASSWORD, "password", "en helt ny mening", NULL), 303);
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "Demo Mira"));			/* this session stays */
	status_is(&other, web_get(&other, "/"), 200);
	assert_true(web_has(&other, "visitor"));		/* others end */

	status_is(&w, web_get(&w, "/konto"), 200);
	status_is(&w, web_post(&w, "/konto/sprak", "language", "en", NULL), 303);
	status_is(&w, web_get(&w, "/konto?klart=sparat"), 200);
	assert_true(web_has(&w, "Sign out everywhere") && web_has(&w, "It is saved."));
	status_is(&w, web_post(&w, "/konto/sprak", "language", "de", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-language\""));
	status_is(&w, web_post(&w, "/konto/sprak", "language", "", NULL), 303);

	web_close(&other);
	web_open(&other, t.port);
	status_is(&other, web_get(&other, "/logga-in"), 200);
	status_is(&other, web_post(&other, "/logga-in", "sign_in", "mira.miljo@lillan.example", "password", "en helt ny mening", NULL), 303);
	status_is(&w, web_get(&w, "/konto"), 200);
	(void)web_hidden(&w, "session", hash, sizeof(hash));
	assert_int_equal(strlen(hash), 64);
	status_is(&w, web_post(&w, "/konto/sessioner/avsluta", "session", hash, NULL), 303);
	status_is(&other, web_get(&other, "/"), 200);
	assert_true(web_has(&other, "visitor"));
	status_is(&w, web_get(&w, "/konto"), 200);
	status_is(&w, web_post(&w, "/konto/sessioner/alla", NULL), 303);
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "visitor"));
	web_close(&w);
	web_close(&other);
}

static void
test_absence_on_the_account_page(void **state)
{
	const char *today = arena_strdup(t.a, date_text(local_date((int64_t)time(NULL))).s);
	char id[24], colleague[24];
	struct web w;

	(void)state;
	(void)snprintf(colleague, sizeof(colleague), "%" PRId64, account_id(HANNA));
	sign_in(&w, "enok.enhetschef@lillan.example");
	status_is(&w, web_post(&w, "/konto/franvaro", "from_date", today, "to_date", "2001-01-01", "stand_in_id", colleague,
	    "message", "Tjänsteresa till <Östersund>", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-to_date\""));
	assert_true(web_has(&w, "Tjänsteresa till &lt;Östersund&gt;"));	/* words kept, and escaped */
	assert_true(web_has(&w, "selected"));
	status_is(&w, web_post(&w, "/konto/franvaro", "from_date", today, "to_date", today, "stand_in_id", colleague, "message",
	    "Tjänsteresa", NULL), 303);
	status_is(&w, web_get(&w, "/franvaro"), 200);
	assert_true(web_has(&w, "Demo Enok") && web_has(&w, "Demo Hanna") && web_has(&w, "Tjänsteresa"));
	status_is(&w, web_get(&w, "/konto"), 200);
	(void)web_hidden(&w, "id", id, sizeof(id));
	status_is(&w, web_post(&w, "/konto/franvaro/ta-bort", "id", id, NULL), 303);
	status_is(&w, web_get(&w, "/franvaro"), 200);
	assert_false(web_has(&w, "Demo Enok Enhetschef "));
	web_close(&w);
}

/* Each thing: its list, a row that is saved, a bad one whose words are kept. The field at fault is linked to. */
static void
test_each_thing_is_added_and_a_bad_one_keeps_its_words(void **state)
{
	char unit[24], authority[24];
	const struct { const char *path, *field, *saved; const char *bad[14], *good[14]; } row[] = {
		{ "/admin/myndigheter", "code", "SELECT count(*) FROM authority WHERE code = 'KOM'",
		    { "name", "Mina ord", "code", "KS", "kind", "committee", "number_template", "{yyyy}/{n}", "email", "", NULL },
		    { "name", "Demo nämnd", "code", "KOM", "kind", "committee", "number_template", "{code} {yyyy}/{n}", "email", "", "active", "1", NULL } },
		{ "/admin/enheter", "authority_id", "SELECT count(*) FROM unit WHERE name = 'Demo ny enhet'",
		    { "name", "Mina ord", "kind", "unit", "authority_id", "", "parent_id", "", NULL },
		    { "name", "Demo ny enhet", "kind", "unit", "authority_id", authority, "parent_id", "", "active", "1", NULL } },
		{ "/admin/brevlador", "address", "SELECT count(*) FROM mailbox WHERE address = 'ny@lillan.example'",
		    { "address", "inte en adress", "name", "Mina ord", "unit_id", unit, NULL },
		    { "address", "Ny@lillan.example", "name", "Ny", "unit_id", unit, "active", "1", NULL } },
		{ "/admin/kategorier", "name", "SELECT count(*) FROM category WHERE name = 'Demo ny kategori'",
		    { "name", "", "keywords", "Mina ord", "unit_id", unit, NULL },
		    { "name", "Demo ny kategori", "keywords", "ord", "unit_id", unit, "active", "1", NULL } },
		{ "/admin/loften", "answer_days", "SELECT count(*) FROM promise WHERE channel = 'api' AND answer_days = 4",
		    { "channel", "api", "confirm_days", "1", "answer_days", "Mina ord", NULL },
		    { "channel", "api", "confirm_days", "1", "answer_days", "4", NULL } },
		{ "/admin/dagar", "closes_at", "SELECT count(*) FROM local_day WHERE date = '2027-05-14'",
		    { "date", "2027-05-14", "name", "Mina ord", "closes_at", "25", NULL },
		    { "date", "2027-05-14", "name", "Klämdag", "closes_at", "", NULL } },
		{ "/admin/svar", "text", "SELECT count(*) FROM standard_answer WHERE title = 'Demo nytt svar'",
		    { "title", "Mina ord", "text", "", NULL }, { "title", "Demo nytt svar", "text", "Svaret", "active", "1", NULL } },
	};
	char path[80], link[40];
	struct web w;

	(void)state;
	(void)snprintf(unit, sizeof(unit), "%" PRId64, number("SELECT min(id) FROM unit"));
	(void)snprintf(authority, sizeof(authority), "%" PRId64, number("SELECT min(id) FROM authority"));
	sign_in(&w, SUNE);
	status_is(&w, web_get(&w, "/admin"), 200);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_true(web_get(&w, "/admin") == 200 && web_has(&w, row[i].path));
		status_is(&w, web_get(&w, row[i].path), 200);
		(void)snprintf(path, sizeof(path), "%s/ny", row[i].path);
		(void)snprintf(link, sizeof(link), "href=\"#f-%s\"", row[i].field);
		status_is(&w, web_get(&w, path), 200);
		status_is(&w, web_post_list(&w, path, row[i].bad), 200);
		if (!web_has(&w, link) || !web_has(&w, "Mina ord"))
			fail_msg("%s: %.3000s", path, w.body);
		assert_int_equal(number(row[i].saved), 0);
		status_is(&w, web_post_list(&w, path, row[i].good), 303);
		assert_int_equal(number(row[i].saved), 1);
	}
	status_is(&w, web_get(&w, "/admin/dagar"), 200);
	assert_true(web_has(&w, "långfredagen") && web_has(&w, "midsommarafton"));
	web_close(&w);
}

static void
test_two_who_change_the_same_row(void **state)
{
	char path[60], seen[40];
	struct web w;

	(void)state;
	(void)snprintf(path, sizeof(path), "/admin/brevlador/%" PRId64, number("SELECT min(id) FROM mailbox"));
	sign_in(&w, SUNE);
	status_is(&w, web_get(&w, path), 200);
	(void)web_hidden(&w, "seen", seen, sizeof(seen));
	status_is(&w, web_post_list(&w, path, (const char *const[]){ "seen", seen, "address", "kontakt@lillan.example", "name",
	    "Den första", "unit_id", "3", "active", "1", NULL }), 303);
	status_is(&w, web_post_list(&w, path, (const char *const[]){ "seen", seen, "address", "kontakt@lillan.example", "name",
	    "Den andra", "unit_id", "3", "active", "1", NULL }), 200);
	assert_true(web_has(&w, "Den andra") && web_has(&w, "Någon annan ändrade"));
	assert_int_equal(number("SELECT count(*) FROM mailbox WHERE name = 'Den första'"), 1);
	web_close(&w);
}

static void
test_people_roles_and_appearance(void **state)
{
	char path[60], sub[90];
	struct web w, other;
	int64_t id;

	(void)state;
	sign_in(&w, SUNE);
	status_is(&w, web_post(&w, "/admin/personer/ny", "name", "Demo Nya", "sign_in", HANNA, NULL), 200);
	assert_true(web_has(&w, "href=\"#f-sign_in\"") && web_has(&w, "Demo Nya"));
	status_is(&w, web_post(&w, "/admin/personer/ny", "name", "Demo Nya", "sign_in", "nya@lillan.example", NULL), 303);
	id = account_id("nya@lillan.example");
	assert_int_equal(number("SELECT count(*) FROM outbox WHERE recipient = 'nya@lillan.example'"), 1);
	(void)snprintf(path, sizeof(path), "/admin/personer/%" PRId64, id);
	(void)snprintf(sub, sizeof(sub), "%s/roller", path);
	status_is(&w, web_get(&w, path), 200);
	status_is(&w, web_post(&w, sub, "role", "", "valid_from", "2026-01-01", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-role\""));
	status_is(&w, web_post(&w, sub, "role", "auditor", "valid_from", "2026-01-01", NULL), 303);
	assert_true(number("SELECT count(*) FROM account_scope WHERE account_id = (SELECT max(id) FROM account)") > 0);
	(void)snprintf(sub, sizeof(sub), "%s/stang", path);
	status_is(&w, web_post(&w, sub, NULL), 303);
	assert_int_equal(number("SELECT count(*) FROM account WHERE disabled_at IS NOT NULL"), 1);
	/* Nobody gives herself a role. */
	(void)snprintf(sub, sizeof(sub), "/admin/personer/%" PRId64 "/roller", account_id(SUNE));
	status_is(&w, web_post(&w, sub, "role", "registrar", "valid_from", "2026-01-01", NULL), 200);
	assert_true(web_has(&w, "Ingen ger sig själv en roll"));

	status_is(&w, web_post(&w, "/admin/utseende", "name", "Lillån Två", "colour", "blå", NULL), 200);
	assert_true(web_has(&w, "href=\"#f-colour\""));
	status_is(&w, web_post(&w, "/admin/utseende", "name", "Lillån Två", "contact_number", "k/{yyyy}{n}", NULL), 200);
	assert_true(web_has(&w, "k/{yyyy}{n}"));
	status_is(&w, web_post(&w, "/admin/utseende", "name", "Lillån Två", "contact_number", "LI-{yyyy}-{n:04}", "forhandsgranska", "1", NULL), 200);
	assert_true(web_has(&w, "-0001, LI-"));		/* looked at, without scripts; nothing is saved */
	status_is(&w, web_get(&w, "/admin/utseende"), 200);
	assert_true(web_has(&w, "value=\"K-{yyyy}-{n:06}\""));
	status_is(&w, web_get(&w, "/admin/nummer?contact_number=LI-%7Byyyy%7D-%7Bn%3A04%7D"), 200);
	assert_true(web_has(&w, "-1234."));
	status_is(&w, web_post(&w, "/admin/utseende", "name", "Lillån Två", "colour", "#aa3300", NULL), 303);
	status_is(&w, web_get(&w, "/farger.css"), 200);
	assert_true(web_has(&w, "--ds-color-accent"));
	/* Without the right: neither page nor change. */
	sign_in(&other, HANNA);
	status_is(&other, web_get(&other, "/admin/utseende"), 403);
	status_is(&other, web_get(&other, path), 403);
	status_is(&other, web_post(&other, "/admin/utseende", "name", "x", NULL), 403);
	status_is(&other, web_get(&other, "/admin"), 403);
	web_close(&other);
	web_close(&w);
}

/* Every POST of these tables without its token is refused. */
static void
test_every_post_needs_its_token(void **state)
{
	static const struct route *const tables[] = { sign_in_routes, account_routes, admin_routes, admin_people_routes };
	struct web w;
	int n = 0;

	(void)state;
	sign_in(&w, SUNE);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		for (const struct route *r = tables[i]; r->path != NULL; r++) {
			if (r->method != POST)
				continue;
			assert_int_equal(r->flags & ROUTE_NO_CSRF, 0);
			if (web_forge(&w, r->path, "id", "1", NULL) != 403)
				fail_msg("%s without a token: %ld", r->path, w.status);
			n++;
		}
	}
	assert_true(n > 30);
	status_is(&w, web_get(&w, "/"), 200);
	assert_true(web_has(&w, "Demo Sune"));
	web_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_in_and_out),
		cmocka_unit_test(test_a_form_sent_after_the_session_ended_is_not_lost),
		cmocka_unit_test(test_errors_are_plain_and_have_a_reference),
		cmocka_unit_test(test_throttled_after_many_tries),
		cmocka_unit_test(test_the_demo_page_lists_roles_and_never_otherwise),
		cmocka_unit_test(test_a_forgotten_password),
		cmocka_unit_test(test_two_steps_from_the_account_page),
		cmocka_unit_test(test_password_language_and_sessions),
		cmocka_unit_test(test_absence_on_the_account_page),
		cmocka_unit_test(test_each_thing_is_added_and_a_bad_one_keeps_its_words),
		cmocka_unit_test(test_two_who_change_the_same_row),
		cmocka_unit_test(test_people_roles_and_appearance),
		cmocka_unit_test(test_every_post_needs_its_token),
	};

	return cmocka_run_group_tests_name("people_pages", tests, start, stop);
}

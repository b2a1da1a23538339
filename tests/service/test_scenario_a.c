/* tests/service/test_scenario_a.c: rule book, appendix B (a): phone, silence, elected, committee; minute by minute
 *
 * One simulated clock drives everything: the server's requests, `narkontakt mail` and the ticks, one for every minute from Monday
 * 2027-01-11 08:12 to Friday 2027-01-22 12:00. What people do is done by HTTP on a real server; mail goes out through a real Postfix
 * (where it can run) and comes in through the real program; what happened is read back by `narkontakt list`. On both databases.
 * It ends where the matter stands in the committee's register with its number, ready for an agenda. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "cmd/tick.h"
#include "contact/contact.h"
#include "contact/contact_pages.h"
#include "contact/resident_pages.h"
#include "contact/worklist_pages.h"
#include "elected.h"
#include "http/http.h"
#include "mail/message.h"
#include "people/password.h"
#include "people/session_hooks.h"
#include "people/sign_in_pages.h"
#include "peers.h"
#include "registry/document.h"
#include "registry/matter.h"
#include "representative/by_mail.h"
#include "representative/desk_pages.h"
#include "representative/directory_pages.h"
#include "representative/escalate_pages.h"
#include "timeline/outbox.h"
#include "web.h"

#define PASSWORD "demo demo demo"

static struct peer postfix;
static _Atomic int64_t clock_now;

static int64_t
read_clock(void)
{
	return atomic_load(&clock_now);
}

static int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_true(instant_parse(text, &t));
	return t;
}

static void
must(bool ok, const struct err *err)
{
	if (!ok)
		fail_msg("%s: %s", instant_text(read_clock()).s, err->log);
}

struct play {
	struct arena *a;
	const char *url;
	struct database *d;
	struct db *db;
	struct http_server *server;
	struct town t;
	struct elected e;
	struct options o;
	int64_t ticks;
	char number[32];
};

/* Every minute until and with `until`. */
static void
minutes(struct play *p, const char *until)
{
	int64_t end = at(until);

	while (read_clock() < end) {
		struct tick_done done;
		struct err err = { 0 };

		atomic_fetch_add(&clock_now, 60);
		must(tick_run(p->db, &p->o, TICK_ALL, read_clock(), &done, &err) && night_run(p->db, read_clock(), &err), &err);
		p->ticks++;
	}
	assert_int_equal(read_clock(), end);
}

static const char *
run_program(struct play *p, const char *arguments, const char *input, int *code)
{
	char path[] = "/tmp/nk-play.XXXXXX";
	char *out = arena_alloc(p->a, 1 << 20);
	struct err err = { 0 };
	size_t n;
	FILE *f;

	assert_int_equal(close(mkstemp(path)), 0);
	must(file_write(path, input == NULL ? "" : input, input == NULL ? 0 : strlen(input), 0600, &err), &err);
	f = popen(arena_printf(p->a, "%s/narkontakt %s --db '%s' < %s", getenv("B") == NULL ? "build" : getenv("B"), arguments, p->url,
	    path), "r");
	assert_non_null(f);
	n = fread(out, 1, (1 << 20) - 1, f);
	out[n] = '\0';
	*code = WEXITSTATUS(pclose(f));
	(void)unlink(path);
	return out;
}

/* A mail to anna@example.org that holds these words has arrived; her mailbox is Postfix's, or the outbox where none can run. */
static bool
anna_got(struct play *p, const char *words)
{
	struct outbox_list mails;
	struct err err = { 0 };

	for (int wait = 0; postfix.running && wait < 100; wait++) {
		char path[600];
		DIR *dir;
		const struct dirent *e;

		(void)snprintf(path, sizeof(path), "%s/new", postfix.maildir);
		dir = opendir(path);
		while (dir != NULL && (e = readdir(dir)) != NULL) {
			struct mime_message m;
			char *bytes;
			size_t n;

			if (e->d_name[0] == '.')
				continue;
			if (file_read(p->a, arena_printf(p->a, "%s/%s", path, e->d_name), 1 << 20, &bytes, &n, &err) &&
			    mime_parse(p->a, bytes, n, &m, &err) && strstr(m.text, words) != NULL) {
				(void)closedir(dir);
				return true;
			}
		}
		if (dir != NULL)
			(void)closedir(dir);
		(void)nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000000 }, NULL);
	}
	if (postfix.running)
		return false;
	must(outbox_list_since(p->db, p->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++)
		if (strcmp(mails.item[i].recipient, "anna@example.org") == 0 && strstr(mails.item[i].text, words) != NULL)
			return true;
	return false;
}

static int64_t
mails_to(struct play *p, const char *recipient)
{
	struct outbox_list mails;
	struct err err = { 0 };
	int64_t n = 0;

	must(outbox_list_since(p->db, p->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++)
		n += strcmp(mails.item[i].recipient, recipient) == 0;
	return n;
}

static struct contact
anna(struct play *p)
{
	struct contact c;
	struct err err = { 0 };

	must(contact_by_number(p->db, p->a, p->number, &c, &err), &err);
	return c;
}

static void
sign_in(struct web *w, struct play *p, const char *name)
{
	web_open(w, http_server_port(p->server, 0));
	assert_int_equal(web_get(w, "/logga-in"), 200);
	assert_int_equal(web_post(w, "/logga-in", "sign_in", name, "password", PASSWORD, NULL), 303);
}

/* The year is some days old: 117 contacts have come and been answered, and TN has opened eight matters. */
static void
new_year(struct play *p)
{
	int64_t now = at("2027-01-04T09:00:00+01:00"), id;
	struct actor handler = { .account_id = p->t.handler, .name = "handler" };
	struct contact_out out;
	struct err err = { 0 };

	for (int i = 0; i < 117; i++) {
		must(contact_receive(p->db, p->a, &(struct contact_in){ .channel = "phone", .category_id = p->t.category,
		    .sender_phone = arena_printf(p->a, "08-12345%03d", i), .text = "När plogas vår gata?" }, now, &out, &err), &err);
		must(contact_answer(p->db, p->a, &(struct answer_in){ .contact_id = out.id, .way = ANSWER_PHONE,
		    .text = "Den plogas i dag före klockan 12.", .ending = "done" }, &handler, now + 60, NULL, &err), &err);
	}
	for (int i = 0; i < 8; i++)
		must(matter_open(p->db, &(struct matter_in){ .authority_id = p->t.tn, .unit_id = p->t.street,
		    .title = "Yttrande över detaljplan" }, &handler, now, &id, &err), &err);
}

static void
stage(struct play *p)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct route *const routes[] = { sign_in_routes, resident_routes, worklist_routes, contact_routes,
		directory_routes, escalate_routes, desk_routes, NULL };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2, .clock = read_clock };
	struct change by = { 0, read_clock(), NULL };
	struct err err = { 0 };
	const char *hash;
	char base[64];

	p->t = town_make(p->db, by.now);
	p->e = elected_make(p->db, &p->t, by.now);
	new_year(p);
	must(password_hash(p->a, PASSWORD, &hash, &err), &err);
	for (size_t i = 0; i < 5; i++)
		must(account_password(p->db, &by, (int64_t[]){ p->t.guide, p->t.handler, p->t.manager, p->e.eva_account,
		    p->e.olle_account }[i], hash, NULL, &err), &err);
	must(session_hooks(p->d, &config.hooks, &err), &err);
	must(http_server_start(&config, p->d, routes, &p->server, &err), &err);
	(void)snprintf(base, sizeof(base), "http://127.0.0.1:%d", http_server_port(p->server, 0));
	must(site_set(p->db, 0, "site.base_url", base, by.now, &err), &err);
	p->o = (struct options){ .db = p->url };
	if (postfix.running) {
		p->o.smtp_url = arena_printf(p->a, "smtp://127.0.0.1:%s", postfix.port);
		p->o.smtp_tls = "off";
	}
}

/* Monday 08:12: Anna phones. */
static void
monday(struct play *p)
{
	struct contact c;
	struct matter_list matters;
	struct web guide;
	struct err err = { 0 };

	sign_in(&guide, p, "guide@lillan.example");
	assert_int_equal(web_get(&guide, "/kontakter/ny"), 200);
	assert_int_equal(web_post(&guide, "/kontakter/ny", "channel", "phone", "category", arena_printf(p->a, "%" PRId64, p->t.category),
	    "name", "Anna Exempel", "phone", "070-174 06 05", "email", "anna@example.org", "text",
	    "Vägen till skolan är inte plogad. Hon vill bli uppringd.", NULL), 303);
	(void)snprintf(p->number, sizeof(p->number), "%.13s", strstr(guide.location, "K-"));
	assert_string_equal(p->number, "K-2027-000118");
	web_close(&guide);
	c = anna(p);
	assert_int_equal(c.unit_id, p->t.street);
	assert_string_equal(c.channel, "phone");
	assert_string_equal(instant_text(c.confirm_by).s, "2027-01-13T00:00:00+01:00");	/* called back by Tuesday 12 */
	assert_string_equal(instant_text(c.answer_by).s, "2027-01-19T00:00:00+01:00");	/* answered by Monday 18 */
	assert_int_equal(c.matter_id, 0);
	must(matter_since(p->db, p->a, 0, NULL, NULL, 0, 10, &matters, &err), &err);
	assert_int_equal(matters.n, 8);		/* not in the diary: no section 12 timer either */
	minutes(p, "2027-01-11T08:15:00+01:00");
	assert_true(anna_got(p, "K-2027-000118"));	/* the receipt, the same day */
	assert_true(anna_got(p, "18 januari 2027"));
}

/* Nobody calls. */
static void
silence(struct play *p)
{
	minutes(p, "2027-01-12T23:59:00+01:00");
	assert_int_equal(mails_to(p, "manager@lillan.example"), 0);
	minutes(p, "2027-01-13T00:00:00+01:00");	/* the call back was promised for Tuesday, and nobody has taken it */
	assert_int_equal(mails_to(p, "manager@lillan.example"), 1);
	minutes(p, "2027-01-18T23:59:00+01:00");
	assert_int_equal(anna(p).overdue, 0);
	assert_int_equal(mails_to(p, "manager@lillan.example"), 1);
	minutes(p, "2027-01-19T00:00:00+01:00");
	assert_int_equal(anna(p).overdue, 1);
}

static const char *
path_of_link(struct play *p)
{
	struct outbox_list mails;
	struct err err = { 0 };
	const char *link;

	must(outbox_list_since(p->db, p->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++) {
		if (strcmp(mails.item[i].recipient, "anna@example.org") == 0 && (link = strstr(mails.item[i].text, "/k/")) != NULL)
			return arena_strndup(p->a, link, strcspn(link, "\n"));
	}
	fail_msg("no link in any mail to Anna");
	return "";
}

/* Wednesday 10:00: Anna turns to Eva, and shares name and phone. */
static void
wednesday(struct play *p)
{
	const char *link, *eva = arena_printf(p->a, "%" PRId64, p->e.eva), *said;
	struct web w;
	int code;

	minutes(p, "2027-01-20T10:00:00+01:00");
	link = path_of_link(p);
	web_open(&w, http_server_port(p->server, 0));
	assert_int_equal(web_get(&w, link), 200);
	assert_true(web_has(&w, "/vidare"));
	assert_int_equal(web_get(&w, arena_printf(p->a, "%s/vidare", link)), 200);
	assert_true(web_has(&w, "Eva Ek"));
	assert_int_equal(web_post(&w, arena_printf(p->a, "%s/vidare", link), "words", "Ingen har ringt mig. Vägen är fortfarande oplogad.",
	    "about", "answer", "level", "representative", "representative", eva, "consent", "name", "consent", "phone", NULL), 303);
	assert_int_equal(web_get(&w, w.location), 200);
	assert_true(web_has(&w, "22 januari 2027"));
	web_close(&w);
	said = run_program(p, "list escalations --json", NULL, &code);
	assert_int_equal(code, 0);
	assert_non_null(strstr(said, "\"contact\": \"K-2027-000118\""));
	assert_non_null(strstr(said, "\"level\": \"representative\""));
	assert_non_null(strstr(said, "\"to\": \"Eva Ek\""));
	assert_non_null(strstr(said, "\"asked_at\": \"2027-01-20T10:00:00+01:00\""));
	assert_non_null(strstr(said, "\"answer_by\": \"2027-01-23T00:00:00+01:00\""));	/* Friday 22, two working days */
	assert_non_null(strstr(said, "\"answered_at\": null"));
	assert_non_null(strstr(said, "\"state\": \"open\""));
	assert_non_null(strstr(said, "\"consent\": \"name phone\""));
	minutes(p, "2027-01-20T10:05:00+01:00");
	assert_true(anna_got(p, "vände dig till Eva Ek"));
	assert_int_equal(mails_to(p, "eva@lillan.example"), 1);
}

/* Thursday: the manager is told at midnight; Eva answers at nine; Anna writes back by mail. */
static void
thursday(struct play *p)
{
	struct outbox_list mails;
	const char *from = NULL, *said;
	struct web eva;
	struct err err = { 0 };
	int code;

	minutes(p, "2027-01-20T23:59:00+01:00");
	assert_int_equal(anna(p).overdue, 1);
	minutes(p, "2027-01-21T00:00:00+01:00");
	assert_int_equal(anna(p).overdue, 2);
	assert_int_equal(mails_to(p, "manager@lillan.example"), 3);
	minutes(p, "2027-01-21T09:00:00+01:00");
	sign_in(&eva, p, "eva@lillan.example");
	assert_int_equal(web_get(&eva, "/skrivbord"), 200);
	assert_true(web_has(&eva, "K-2027-000118"));
	assert_int_equal(web_get(&eva, "/skrivbord/1"), 200);
	assert_true(web_has(&eva, "Anna Exempel"));	/* as she agreed */
	assert_true(web_has(&eva, "+46701740605"));
	assert_false(web_has(&eva, "anna@example.org"));	/* and no more */
	assert_true(web_has(&eva, "plogad"));
	assert_in_range(web_get(&eva, "/kontakter/K-2027-000118"), 403, 404);	/* the contact itself is the officials' */
	assert_int_equal(web_get(&eva, "/skrivbord/1"), 200);
	assert_int_equal(web_post(&eva, "/skrivbord/1/svar", "version", "0", "text",
	    "Jag har ringt förvaltningen och tar upp vägen i nämnden.", "way", "mail", NULL), 303);
	web_close(&eva);
	minutes(p, "2027-01-21T09:05:00+01:00");
	assert_true(anna_got(p, "tar upp vägen i nämnden"));
	must(outbox_list_since(p->db, p->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++)
		if (strstr(mails.item[i].text, "tar upp vägen i nämnden") != NULL)
			from = mails.item[i].sender;
	assert_non_null(from);
	minutes(p, "2027-01-21T13:00:00+01:00");
	said = run_program(p, "mail --now 2027-01-21T13:00:00+01:00", arena_printf(p->a, "From: Anna Exempel <anna@example.org>\r\n"
	    "To: %s\r\nSubject: Sv: plogning\r\nMessage-ID: <tack@example.org>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\nTack Eva, det var bra.\r\n", from), &code);
	assert_int_equal(code, 0);
	assert_string_equal(said, "reply K-2027-000118\n");
	assert_int_equal(anna(p).answered_at, 0);	/* the administration still owes its answer */
}

/* Friday 11:00: Eva raises it; it has a number the same day. */
static void
friday(struct play *p)
{
	struct document_list docs;
	struct matter m;
	struct web eva, olle;
	struct err err = { 0 };
	const char *said, *tn = arena_printf(p->a, "%" PRId64, p->t.tn);
	int code;

	minutes(p, "2027-01-22T11:00:00+01:00");
	sign_in(&eva, p, "eva@lillan.example");
	assert_int_equal(web_get(&eva, "/skrivbord/1"), 200);
	assert_true(web_has(&eva, "Tack Eva"));
	assert_int_equal(web_post(&eva, "/skrivbord/1/vack", "authority_id", arena_printf(p->a, "%" PRId64, p->t.ks), "title", "Plogning",
	    "initiative", "Pröva.", NULL), 404);	/* not in a committee that is not hers */
	assert_int_equal(web_get(&eva, "/skrivbord/1"), 200);
	assert_int_equal(web_post(&eva, "/skrivbord/1/vack", "authority_id", tn, "title", "Plogklass för vägen till skolan", "initiative",
	    "Jag vill att nämnden prövar vägens plogklass.", NULL), 303);
	assert_int_equal(web_get(&eva, "/skrivbord/1"), 200);
	assert_true(web_has(&eva, "TN 2027/00009"));
	web_close(&eva);
	must(matter_by_number(p->db, p->a, "TN 2027/00009", &m, &err), &err);
	assert_string_equal(m.opened_date, "2027-01-22");
	assert_string_equal(m.initiator, "member");
	assert_string_equal(m.appeal_kind, "none");
	assert_int_equal(anna(p).matter_id, m.id);
	must(document_of(p->db, p->a, 0, m.id, REACH_OPEN, &docs, &err), &err);
	assert_true(docs.n >= 3);
	assert_int_equal(docs.item[0].number, 1);
	assert_string_equal(docs.item[0].direction, "in");
	assert_string_equal(docs.item[0].kind, "initiative");
	assert_int_equal(docs.item[0].contact_id, anna(p).id);
	said = run_program(p, "list matters --json", NULL, &code);
	assert_non_null(strstr(said, "TN 2027/00009"));
	assert_null(strstr(said, "Anna"));
	minutes(p, "2027-01-22T12:00:00+01:00");
	assert_true(anna_got(p, "TN 2027/00009"));
	/* the chair sees that the administration is late, and nothing of what was put to Eva */
	sign_in(&olle, p, "olle@lillan.example");
	assert_int_equal(web_get(&olle, "/sent"), 200);
	assert_true(web_has(&olle, "K-2027-000118"));
	assert_false(web_has(&olle, "Anna"));
	assert_int_equal(web_get(&olle, "/skrivbord/1"), 404);
	web_close(&olle);
	said = run_program(p, "verify --json --now 2027-01-22T12:00:00+01:00", NULL, &code);
	if (code != 0)
		fail_msg("%s", said);
}

static void
act(const char *url)
{
	struct play p = { .a = arena_open(), .url = url };
	struct err err = { 0 };

	atomic_store(&clock_now, at("2027-01-11T08:12:00+01:00"));
	must(database_open(url, NULL, &p.d, &err), &err);
	must(database_migrate(p.d, NULL, &err), &err);
	p.db = database_reader(p.d, &err);
	assert_non_null(p.db);
	stage(&p);
	monday(&p);
	silence(&p);
	wednesday(&p);
	thursday(&p);
	friday(&p);
	assert_int_equal(p.ticks, (at("2027-01-22T12:00:00+01:00") - at("2027-01-11T08:12:00+01:00")) / 60);
	http_server_stop(p.server, 2);
	database_close(p.d);
	arena_close(p.a);
}

static void
clean_mailbox(void)
{
	char command[700];

	(void)snprintf(command, sizeof(command), "rm -f '%s'/new/*", postfix.maildir);
	if (postfix.running && system(command) != 0)
		fail_msg("the mailbox could not be emptied");
}

static void
test_scenario_a_on_sqlite(void **state)
{
	char dir[] = "/tmp/nk-play.XXXXXX", path[64], command[80];

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/play.db", dir);
	act(path);
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

static void
test_scenario_a_on_postgresql(void **state)
{
	const char *url = store_postgresql();

	(void)state;
	if (url == NULL)
		skip();
	clean_mailbox();
	store_clean(url);
	act(url);
}

static int
start(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	representative_by_mail();
	if (getuid() == 0)
		(void)peer_start(&postfix, "postfix-start", "", "");
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	peer_stop(&postfix, "postfix-stop");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenario_a_on_sqlite),
		cmocka_unit_test(test_scenario_a_on_postgresql),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, stop);
}

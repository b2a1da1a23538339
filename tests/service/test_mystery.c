/* tests/service/test_mystery.c: the municipality tests itself: from the plan to the figures it is compared by, on both databases
 *
 * One simulated clock. The leader plans a round by the pages; its mails go out through a real Postfix (where it can run, else they are
 * composed as the sender does) and come in like anybody's; a handler answers some at once, some the next working day, some later and
 * some never. Meanwhile nothing shows which they are: an ordinary contact with the same words looks the same, byte for byte, and the
 * figures and the survey know nothing of them. Then the round ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <time.h>

#include "base/file.h"
#include "base/sb.h"
#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/sender.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "figures/figures.h"
#include "law/calendar.h"
#include "mail/compose.h"
#include "mail/message.h"
#include "mail/send.h"
#include "mystery/measures.h"
#include "mystery/mystery.h"
#include "peers.h"
#include "survey/afterwards.h"
#include "timeline/event.h"
#include "timeline/outbox.h"
#include "town_web.h"

enum { MAILS = 12, CALLS = 8, STEP_S = 600 };

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
		fail_msg("%s: %s (%s)", instant_text(read_clock()).s, err->log, err->person == NULL ? "" : err->person);
}

struct stage {
	struct database *d;
	struct db *db;
	struct arena *a;
	struct town t;
	struct http_server *server;
	int port;
	int64_t leader, round_id;
	struct actor handler;
	struct { int64_t contact_id, answer_at; bool transfer; } todo[MAILS];	/* in the order they came */
	size_t n_arrived, n_answers_back;
	bool compared;
	struct err err;
};

static void
sign_in(struct web *w, struct stage *s, int64_t account_id)
{
	const char *token;

	web_open(w, s->port);
	must(session_start(s->db, s->a, account_id, "127.0.0.1", "test", read_clock(), &token, &s->err), &s->err);
	(void)curl_easy_setopt(w->curl, CURLOPT_COOKIE, arena_printf(s->a, SESSION_COOKIE "=%s", token));
}

static void
set(struct stage *s, const char *name, const char *value)
{
	must(site_set(s->db, 0, name, value, read_clock(), &s->err), &s->err);
}

static struct stage
stage_open(struct database *d, struct db *db)
{
	static const char *const listen[] = { "127.0.0.1:0", NULL };
	static const struct frame_options options = { .search = "/sok" };
	struct http_config config = { .listen = listen, .socket_fd = -1, .temporary = "/tmp", .workers = 2, .clock = read_clock };
	struct stage s = { .d = d, .db = db, .a = arena_open() };
	struct change by = { 0, 0, NULL };
	struct afterwards_done done;
	int64_t id;

	atomic_store(&clock_now, at("2027-03-01T07:00:00+01:00"));
	by.now = read_clock();
	s.t = town_make(db, read_clock());
	s.leader = town_account(db, "leader", ROLE_TEST_LEADER, s.t.ks, 0, read_clock());
	s.handler = (struct actor){ .account_id = s.t.handler, .name = "handler", .unit_id = s.t.street };
	must(mailbox_save(db, &by, &(struct mailbox){ .authority_id = s.t.tn, .unit_id = s.t.street, .address = "kontakt@example.org",
	    .name = "Kontakt", .active = true }, &id, &s.err), &s.err);
	set(&s, "site.mail_from", "kontakt@example.org");
	set(&s, "afterwards.share", "100");
	set(&s, "afterwards.minimum", "5");
	must(afterwards_tick(db, read_clock(), &done, &s.err), &s.err);
	mystery_by_mail();
	log_set_level(LOG_ERROR);
	frame_configure(&options);
	must(session_hooks(d, &config.hooks, &s.err) && http_server_start(&config, d, serve_routes, &s.server, &s.err), &s.err);
	s.port = http_server_port(s.server, 0);
	return s;
}

static void
stage_close(struct stage *s)
{
	http_server_stop(s->server, 2);
	arena_close(s->a);
}

/* ---- the leader ----------------------------------------------------------------------------------------------------- */

static void
plan(struct stage *s)
{
	static const char *const areas[] = { "Bygglov", "Skola", "Vatten", "Omsorg" };
	struct web w;

	sign_in(&w, s, s->leader);
	status_is(&w, web_get(&w, "/testfragor/fragor/ny"), 200);
	status_is(&w, web_post(&w, "/testfragor/fragor/ny", "area", "Bygglov", "subject", "", "question", "?", "points", "", "by_mail",
	    "1", "active", "1", NULL), 422);
	assert_true(web_has(&w, "Skriv mejlets ämne"));
	for (size_t i = 0; i < ARRAY_LEN(areas); i++)
		status_is(&w, web_post(&w, "/testfragor/fragor/ny", "area", areas[i], "subject", arena_printf(s->a, "Fråga om %s", areas[i]),
		    "question", arena_printf(s->a, "Hej! Vad kostar det och hur lång tid tar det? Det gäller %s.", areas[i]), "points",
		    "Vad det kostar\nHur lång tid det tar", "by_mail", "1", "by_phone", "1", "active", "1", NULL), 303);
	status_is(&w, web_get(&w, "/testfragor/avsandare/ny"), 200);
	status_is(&w, web_post(&w, "/testfragor/avsandare/ny", "name", "Kim Berg", "address", "kontakt@example.org", "phone", "",
	    "active", "1", NULL), 422);		/* our own mailbox */
	status_is(&w, web_post(&w, "/testfragor/avsandare/ny", "name", "Kim Berg", "address", "Kim@example.org", "phone",
	    "070-174 06 05", "active", "1", NULL), 303);
	status_is(&w, web_get(&w, "/testfragor/ny"), 200);
	status_is(&w, web_post(&w, "/testfragor/ny", "name", "Omgång Lärka", "recipient", "kontakt@example.org", "phone", "0123-100 00",
	    "from_date", "2027-03-01", "to_date", "2027-03-01", "opens", "08:00", "closes", "09:00", "mails", "3", "calls", "2", "seed", "7",
	    NULL), 422);
	assert_true(web_has(&w, "för lite arbetstid"));
	status_is(&w, web_post(&w, "/testfragor/ny", "name", "Omgång Lärka", "recipient", "kontakt@example.org", "phone", "0123-100 00",
	    "from_date", "2027-03-01", "to_date", "2027-04-09", "opens", "08:00", "closes", "16:00", "mails", "3", "calls", "2", "seed", "7",
	    NULL), 303);
	s->round_id = strtoll(strstr(w.location, "omgangar/") + 9, NULL, 10);
	status_is(&w, web_get(&w, arena_printf(s->a, "/testfragor/omgangar/%" PRId64, s->round_id)), 200);
	status_is(&w, web_post(&w, arena_printf(s->a, "/testfragor/omgangar/%" PRId64 "/starta", s->round_id), NULL), 303);
	web_close(&w);
}

/* The pages are for her alone: nobody else is let in, whatever there is, and another leader sees nothing of hers. */
static void
hidden(struct stage *s)
{
	static const char *const path[] = { "/testfragor", "/testfragor/fragor", "/testfragor/avsandare", "/testfragor/ny",
		"/testfragor/omgangar/1", "/testfragor/prov/1" };
	const int64_t who[] = { s->t.handler, s->t.guide, s->t.manager, s->t.head, s->t.registrar,
		town_account(s->db, "owner", ROLE_SYSTEM_OWNER, 0, 0, read_clock()),
		town_account(s->db, "director", ROLE_CHIEF_EXECUTIVE, s->t.ks, 0, read_clock()),
		town_account(s->db, "leader-tn", ROLE_TEST_LEADER, s->t.tn, 0, read_clock()) };
	struct web w;

	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		bool leads = i == ARRAY_LEN(who) - 1;	/* her own are none; the other's round is not hers */

		sign_in(&w, s, who[i]);
		for (size_t k = 0; k < ARRAY_LEN(path); k++) {
			long status = web_get(&w, path[k]);

			if (leads && k < 4) {
				status_is(&w, status, 200);
				assert_false(web_has(&w, "Omgång Lärka") || web_has(&w, "Kim Berg") || web_has(&w, "Bygglov"));
			} else if (leads) {
				status_is(&w, status, 404);
				assert_false(web_has(&w, "Omgång Lärka"));
			} else {
				status_is(&w, status, 403);
				assert_false(web_has(&w, "/testfragor\""));	/* not in her menu either */
			}
		}
		web_close(&w);
	}
}

/* ---- the post ------------------------------------------------------------------------------------------------------- */

static size_t
due_to_example(struct stage *s)
{
	struct outbox_list due;
	size_t n = 0;

	must(outbox_due(s->db, s->a, "email", read_clock(), 1000, &due, &s->err), &s->err);
	for (size_t i = 0; i < due.n; i++)
		n += strstr(due.item[i].recipient, "@example.org") != NULL;
	return n;
}

static void
came(struct stage *s, const char *bytes, size_t n)
{
	struct intake_result r;
	struct mime_message m;
	struct contact c;
	size_t i = s->n_arrived;

	must(mime_parse(s->a, bytes, n, &m, &s->err), &s->err);
	must(intake_mail(s->db, s->a, bytes, n, m.to.item[0].address, read_clock(), &r, &s->err), &s->err);
	if (strcmp(m.to.item[0].address, "kontakt@example.org") != 0) {
		/* what the municipality sends to the sender comes here too: it is no contact and no reply */
		if (strcmp(r.kind, "reply") != 0 && strcmp(r.kind, "auto_reply") != 0)
			fail_msg("%s: to %s: %.1500s", r.kind, m.to.item[0].address, bytes);
		s->n_answers_back += strcmp(r.kind, "reply") == 0;
		return;
	}
	assert_string_equal(r.kind, "contact");
	must(contact_by_number(s->db, s->a, r.number, &c, &s->err), &s->err);
	assert_true(i < MAILS);
	s->todo[i].contact_id = c.id;
	switch (i % 4) {
	case 0: s->todo[i].answer_at = read_clock() + 1800; break;
	case 1: s->todo[i].answer_at = local_instant(law_working_days(local_date(read_clock()), 1).date, 10, 0, 0); break;
	case 2: s->todo[i].answer_at = local_instant(law_working_days(local_date(read_clock()), 2).date, 10, 0, 0); break;
	default: break;			/* never */
	}
	s->todo[i].transfer = i == 4;
	s->n_arrived++;
}

static bool
has_gone(struct db *tx, void *arg, struct err *err)
{
	return outbox_sent(tx, *(const int64_t *)arg, read_clock(), err);
}

/* What is due goes out and comes in. */
static void
post(struct stage *s)
{
	size_t expected = due_to_example(s), got = 0;
	struct smtp_config smtp = { .url = arena_printf(s->a, "smtp://127.0.0.1:%s", postfix.port), .tls = "off" };
	struct sender_done done;

	if (expected == 0)
		return;
	if (!postfix.running) {
		struct outbox_list due;

		must(outbox_due(s->db, s->a, "email", read_clock(), 1000, &due, &s->err), &s->err);
		for (size_t i = 0; i < due.n; i++) {
			const struct outbox_message *m = &due.item[i];
			const char *bytes;
			size_t n;

			must(mail_compose(s->a, &(struct mail_outgoing){ .from = m->sender != NULL ? m->sender : "kontakt@example.org",
			    .from_name = m->sender_name, .to = m->recipient, .subject = m->subject, .text = m->text, .message_id = m->message_id,
			    .in_reply_to = m->in_reply_to, .references = m->references, .date = read_clock(),
			    .automation = m->automatic ? MAIL_AUTO_REPLIED : MAIL_BY_A_PERSON }, &bytes, &n, &s->err), &s->err);
			must(db_write(s->db, has_gone, (void *)(uintptr_t)&m->id, &s->err), &s->err);
			came(s, bytes, n);
		}
		return;
	}
	must(sender_run(s->db, &smtp, read_clock(), 1000, &done, &s->err), &s->err);
	for (int wait = 0; got < expected && wait < 300; wait++) {
		const char *path = arena_printf(s->a, "%s/new", postfix.maildir);
		DIR *dir = opendir(path);
		const struct dirent *e;

		while (dir != NULL && (e = readdir(dir)) != NULL) {
			const char *file = arena_printf(s->a, "%s/%s", path, e->d_name);
			char *bytes;
			size_t n;

			if (e->d_name[0] == '.')
				continue;
			must(file_read(s->a, file, 1 << 20, &bytes, &n, &s->err), &s->err);
			(void)unlink(file);
			came(s, bytes, n);
			got++;
		}
		if (dir != NULL)
			(void)closedir(dir);
		if (got < expected)
			(void)nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000000 }, NULL);
	}
	assert_int_equal(got, expected);
}

/* ---- nobody can tell ------------------------------------------------------------------------------------------------ */

static const char *
replaced(struct arena *a, const char *text, const char *from, const char *to)
{
	struct sb sb;
	const char *p;

	sb_init(&sb, a, 8 << 20);
	while ((p = strstr(text, from)) != NULL) {
		sb_add_n(&sb, text, (size_t)(p - text));
		sb_add(&sb, to);
		text = p + strlen(from);
	}
	sb_add(&sb, text);
	return sb_str(&sb);
}

/* The value of every attribute or element that differs by itself (tokens, ids) away. */
static const char *
without(struct arena *a, const char *text, const char *begin, const char *end)
{
	struct sb sb;
	const char *p, *q;

	sb_init(&sb, a, 8 << 20);
	while ((p = strstr(text, begin)) != NULL && (q = strstr(p + strlen(begin), end)) != NULL) {
		sb_add_n(&sb, text, (size_t)(p - text) + strlen(begin));
		text = q;
	}
	sb_add(&sb, text);
	return sb_str(&sb);
}

static const char *
shape(struct stage *s, const char *body, const char *number, const char *name, const char *address)
{
	const char *t = replaced(s->a, body, number, "NUMMER");

	t = replaced(s->a, t, name, "NAMN");
	t = replaced(s->a, t, address, "ADRESS");
	t = without(s->a, t, "name=\"csrf\" value=\"", "\"");
	t = without(s->a, t, "/dokument/", "\"");
	t = without(s->a, t, "/handelser", "\"");
	t = without(s->a, t, "/bilagor/", "\"");
	t = without(s->a, t, "/original/", "\"");
	t = without(s->a, t, "id=\"d", "\"");
	return t;
}

static const char *
row_of(struct stage *s, const char *body, const char *number)
{
	const char *p = strstr(body, number), *begin, *end;

	assert_non_null(p);
	for (begin = p; begin > body && strncmp(begin, "<tr", 3) != 0; begin--)
		;
	end = strstr(p, "</tr>");
	assert_non_null(end);
	return arena_strndup(s->a, begin, (size_t)(end - begin));
}

static void
same(struct stage *s, const char *what, const char *x, const char *y)
{
	size_t i = 0;

	while (x[i] != '\0' && x[i] == y[i])
		i++;
	if (x[i] != y[i])
		fail_msg("%s differs: ...%.200s... and ...%.200s... (%zu)", what, x + (i > 80 ? i - 80 : 0), y + (i > 80 ? i - 80 : 0), i);
	(void)s;
}

/* The same words at the same time from somebody who is no test. */
static void
compare(struct stage *s)
{
	struct contact test, other;
	struct intake_result r;
	const char *bytes, *x, *y;
	size_t n;
	struct web w;
	const int64_t who[] = { s->t.handler, s->t.manager, s->t.head, s->t.registrar };

	must(contact_get(s->db, s->a, s->todo[0].contact_id, &test, &s->err), &s->err);
	must(mail_compose(s->a, &(struct mail_outgoing){ .from = "bo@example.org", .from_name = "Bo Strand", .to = "kontakt@example.org",
	    .subject = test.subject, .text = replaced(s->a, test.text, "Kim Berg", "Bo Strand"), .message_id = "riktig@example.org",
	    .date = read_clock() }, &bytes, &n, &s->err), &s->err);
	must(intake_mail(s->db, s->a, bytes, n, "kontakt@example.org", read_clock(), &r, &s->err), &s->err);
	must(contact_by_number(s->db, s->a, r.number, &other, &s->err), &s->err);
	assert_string_equal(test.state, other.state);
	assert_true(test.answer_by == other.answer_by && test.unit_id == other.unit_id);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		sign_in(&w, s, who[i]);
		status_is(&w, web_get(&w, arena_printf(s->a, "/kontakter/%s", test.number)), 200);
		x = shape(s, w.body, test.number, "Kim Berg", "kim@example.org");
		status_is(&w, web_get(&w, arena_printf(s->a, "/kontakter/%s", other.number)), 200);
		y = shape(s, w.body, other.number, "Bo Strand", "bo@example.org");
		same(s, "a contact's page", x, y);
		status_is(&w, web_get(&w, "/arbetslista?lista=alla"), 200);
		x = shape(s, row_of(s, w.body, test.number), test.number, "Kim Berg", "kim@example.org");
		y = shape(s, row_of(s, w.body, other.number), other.number, "Bo Strand", "bo@example.org");
		same(s, "a row of the worklist", x, y);
		web_close(&w);
	}
	s->compared = true;
}

/* ---- what is counted ------------------------------------------------------------------------------------------------ */

static size_t
counted(struct stage *s)
{
	struct actor head = { .account_id = s->t.head };
	struct figures x;

	must(figures_read(s->db, s->a, &head, &(struct figures_filter){ .from = date_of("2027-01-01"), .to = date_of("2027-12-31") },
	    read_clock(), &x, &s->err), &s->err);
	return x.all.n;
}

static void
answer(struct stage *s, int64_t contact_id)
{
	struct contact c;

	must(contact_get(s->db, s->a, contact_id, &c, &s->err), &s->err);
	must(contact_answer(s->db, s->a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Det kostar 900 kronor och tar två veckor.", .ending = "done" }, &s->handler, read_clock(), NULL, &s->err), &s->err);
}

/* A working life: every ten minutes until the round has been asked and answered. */
static void
weeks(struct stage *s)
{
	int64_t end = at("2027-04-16T17:00:00+02:00"), sent;

	while (read_clock() < end) {
		atomic_fetch_add(&clock_now, STEP_S);
		must(mystery_tick(s->db, read_clock(), &sent, &s->err), &s->err);
		post(s);
		if (s->n_arrived > 0 && !s->compared)
			compare(s);
		for (size_t i = 0; i < s->n_arrived; i++) {
			int64_t id = s->todo[i].contact_id;

			if (s->todo[i].answer_at == 0 || s->todo[i].answer_at > read_clock())
				continue;
			s->todo[i].answer_at = 0;
			if (s->todo[i].transfer)	/* to another authority: there it is answered */
				must(contact_transfer(s->db, id, 0, s->t.ks, s->t.centre, NULL, &s->handler, read_clock(), &id, &s->err), &s->err);
			answer(s, id);
		}
	}
}

/* The leader makes the calls and takes them down; the guide took one down too. */
static void
calls(struct stage *s)
{
	struct mystery_test_list tests;
	struct contact_out out;
	struct web w;
	size_t k = 0;

	must(mystery_tests(s->db, s->a, s->round_id, &tests, &s->err), &s->err);
	must(contact_receive(s->db, s->a, &(struct contact_in){ .channel = "phone", .category_id = s->t.category, .subject = "Fråga",
	    .text = "Vad kostar det?", .sender_phone = "+46 70 174 06 05", .taken_by = s->t.guide }, read_clock() - 60, &out, &s->err),
	    &s->err);
	sign_in(&w, s, s->leader);
	for (size_t i = 0; i < tests.n; i++) {
		struct local_time now = local_time(read_clock());
		const char *day = arena_strdup(s->a, date_text(now.date).s), *clock = arena_printf(s->a, "%02d:%02d", now.hour, now.minute),
		    *path = arena_printf(s->a, "/testfragor/prov/%" PRId64, tests.item[i].id);

		if (!tests.item[i].by_phone)
			continue;
		status_is(&w, web_get(&w, path), 200);
		status_is(&w, web_post(&w, path, "called_day", day, "called_time", clock, "direct", "1", "kindness", "5", NULL), 422);
		if (k == 7)		/* nobody took it */
			status_is(&w, web_post(&w, path, "called_day", day, "called_time", clock, "direct", "0", NULL), 303);
		else
			status_is(&w, web_post(&w, path, "called_day", day, "called_time", clock, "direct", k < 5 ? "1" : "0", "minutes", "4",
			    "kindness", "5", "interest", "4", "clarity", k == 0 ? "3" : "4", "point", "1", NULL), 303);
		k++;
	}
	assert_int_equal(k, CALLS);
	web_close(&w);
}

static void
judge(struct stage *s)
{
	struct mystery_test_list tests;
	struct web w;
	size_t answered = 0;

	must(mystery_tests(s->db, s->a, s->round_id, &tests, &s->err), &s->err);
	sign_in(&w, s, s->leader);
	for (size_t i = 0; i < tests.n; i++) {
		const struct mystery_test *t = &tests.item[i];
		const char *path = arena_printf(s->a, "/testfragor/prov/%" PRId64, t->id);

		if (t->by_phone)
			continue;
		assert_true(t->contact_id != 0 && t->asked_at >= t->planned_at && t->asked_at < t->planned_at + 2 * STEP_S);
		status_is(&w, web_get(&w, path), 200);
		if (t->answer_at == 0) {
			status_is(&w, web_post(&w, path, "is_answer", "1", "remark", "", NULL), 422);
			status_is(&w, web_post(&w, path, "is_answer", "0", "remark", "", NULL), 303);
			continue;
		}
		assert_true(web_has(&w, "900 kronor"));
		status_is(&w, web_post(&w, path, "is_answer", "1", "point", "1", "point", "2", "remark", "Bra", NULL), 303);
		answered++;
	}
	assert_int_equal(answered, 9);
	web_close(&w);
}

static json_t *
measured(json_t *all, const char *key)
{
	json_t *m;
	size_t i;

	json_array_foreach(json_object_get(all, "measures"), i, m) {
		if (strcmp(json_string_value(json_object_get(m, "key")), key) == 0)
			return m;
	}
	fail_msg("no %s", key);
	return NULL;
}

static void
value_is(json_t *all, const char *key, double value, int64_t n)
{
	json_t *m = measured(all, key);

	if (!json_is_true(json_object_get(m, "shown")) || fabs(json_number_value(json_object_get(m, "value")) - value) > 1e-9 ||
	    json_integer_value(json_object_get(m, "n")) != n)
		fail_msg("%s: %s", key, json_dumps(m, 0));
	assert_true(json_number_value(json_object_get(m, "low")) <= value && json_number_value(json_object_get(m, "high")) >= value);
}

static void
the_figures(struct stage *s)
{
	json_error_t wrong;
	json_t *all;
	struct web w;

	sign_in(&w, s, s->t.head);
	status_is(&w, web_get(&w, "/kkik.json?ar=2027"), 200);
	all = json_loads(w.body, 0, &wrong);
	assert_non_null(all);
	assert_string_equal(json_string_value(json_object_get(all, "one_day")), "next working day");
	value_is(all, "mail_one_day", 50, MAILS);
	value_is(all, "mail_two_days", 75, MAILS);
	value_is(all, "phone_direct", 62.5, CALLS);
	value_is(all, "reception", 100 * (12.0 + 6 * 13.0) / (7 * 15.0), 7);
	assert_false(json_is_true(json_object_get(measured(all, "index_ease_phone"), "shown")));
	assert_true(json_is_null(json_object_get(measured(all, "index_ease_phone"), "value")));
	json_decref(all);
	status_is(&w, web_get(&w, "/kkik.csv"), 200);
	assert_true(web_has(&w, "2027,mail_one_day,per cent,50,"));
	assert_true(web_has(&w, "2027,index_ease_phone,index,,,,,,"));
	status_is(&w, web_get(&w, "/kkik"), 200);
	assert_true(web_has(&w, "slutet av nästa arbetsdag"));
	web_close(&w);
	set(s, "afterwards.minimum", "10");
	sign_in(&w, s, s->t.head);
	status_is(&w, web_get(&w, "/kkik.csv"), 200);
	assert_true(web_has(&w, "2027,phone_direct,per cent,,,,,,"));	/* eight are too few now */
	web_close(&w);
}

static void
whole(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	struct afterwards_done asked;
	struct event_list events;
	struct verify_result v;
	struct contact c;
	size_t ordinary;
	struct web w;

	(void)arg;
	plan(&s);
	hidden(&s);
	weeks(&s);
	assert_int_equal(s.n_arrived, MAILS);
	assert_true(s.compared);
	if (postfix.running)
		assert_int_equal(s.n_answers_back, 9);
	calls(&s);
	judge(&s);
	ordinary = counted(&s);
	assert_int_equal(ordinary, 1);		/* Bo's; no test, no copy of one, no call */
	must(afterwards_tick(db, read_clock() + DAY_S, &asked, &s.err), &s.err);
	assert_int_equal(asked.drawn + asked.passed, 0);
	must(verify_all(db, s.a, read_clock(), &v, &s.err), &s.err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	/* nothing on the contact says so yet, and no figures are shown */
	must(event_of(db, s.a, s.todo[3].contact_id, 0, 2, 100, &events, &s.err), &s.err);
	for (size_t i = 0; i < events.n; i++)
		assert_null(strstr(events.item[i].action, "test"));
	sign_in(&w, &s, s.t.head);
	status_is(&w, web_get(&w, "/kkik.csv"), 200);
	assert_false(web_has(&w, "2027,"));
	web_close(&w);

	sign_in(&w, &s, s.leader);
	status_is(&w, web_get(&w, arena_printf(s.a, "/testfragor/omgangar/%" PRId64, s.round_id)), 200);
	status_is(&w, web_post(&w, arena_printf(s.a, "/testfragor/omgangar/%" PRId64 "/avsluta", s.round_id), NULL), 303);
	status_is(&w, web_post(&w, arena_printf(s.a, "/testfragor/omgangar/%" PRId64 "/avsluta", s.round_id), NULL), 409);
	web_close(&w);
	must(contact_get(db, s.a, s.todo[3].contact_id, &c, &s.err), &s.err);
	assert_true(strcmp(c.state, "test") == 0 && c.closed_at == read_clock() && c.answered_at == 0);
	sign_in(&w, &s, s.t.handler);
	status_is(&w, web_get(&w, arena_printf(s.a, "/kontakter/%s", c.number)), 200);
	assert_true(web_has(&w, "var en fråga som kommunen prövade sig själv med"));
	web_close(&w);
	must(contact_get(db, s.a, s.todo[0].contact_id, &c, &s.err), &s.err);
	assert_string_equal(c.state, "answered");
	assert_int_equal(counted(&s), ordinary);
	the_figures(&s);
	must(verify_all(db, s.a, read_clock(), &v, &s.err), &s.err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	stage_close(&s);
}

static void
test_a_round_from_the_plan_to_the_figures(void **state)
{
	(void)state;
	store_each(whole, NULL);
}

static int
start(void **state)
{
	(void)state;
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
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_round_from_the_plan_to_the_figures) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, stop);
}

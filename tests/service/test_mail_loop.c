/* tests/service/test_mail_loop.c: machines that mail each other come to rest
 *
 * Two servers of this program, each with a database of its own (one on SQLite, one on PostgreSQL, and the other way round), each
 * the other's resident: what one sends by SMTP is put into the other's `narkontakt mail`. How many mails there are is told
 * exactly. And a machine that answers each of our mails at once without saying that it is one (no header of RFC 3834): a sender
 * gets at most MOST automatic messages a day, and every one of its thousand mails is kept and numbered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/sender.h"
#include "contact/work.h"
#include "expect.h"
#include "faults.h"
#include "mail/send.h"
#include "municipality.h"
#include "receiver.h"
#include "representative/by_mail.h"

#define START "2027-01-11T08:12:00+01:00"
enum { MOST = 5, CARRIED_MAX = 50 };

/* ---- two servers and the post between them ---- */

struct server {
	struct bed bed;
	struct town town;
	const char *address;
	char config[200];
};

struct world {
	struct arena *a;
	struct server s[2];
	int64_t now;
	int carried;			/* of receiver.mail */
	int n;				/* mails that came to one of the two */
	struct { const char *to, *said; } came[CARRIED_MAX];
	int elsewhere;			/* to colleagues */
};

static void
server_open(struct server *s, enum db_engine engine, const char *address, int64_t now)
{
	FILE *f;

	if (!bed_open_bare(&s->bed, engine) && !bed_open_bare(&s->bed, DB_SQLITE))
		abort();
	s->address = address;
	s->town = town_make(s->bed.db, now);
	bed_set(&s->bed, "site.mail_from", address, now);
	(void)snprintf(s->config, sizeof(s->config), "%s/nk.conf", s->bed.dir);
	if ((f = fopen(s->config, "w")) == NULL)
		abort();
	(void)fprintf(f, "database %s\nsmtp-url smtp://127.0.0.1:%d\nsmtp-tls off\n", s->bed.url, receiver.port);
	(void)fclose(f);
}

static void
world_open(struct world *w, enum db_engine first)
{
	*w = (struct world){ .a = arena_open(), .now = at(START) };
	receiver_empty();
	server_open(&w->s[0], first, "kontakt@a.example", w->now);
	server_open(&w->s[1], first == DB_SQLITE ? DB_POSTGRESQL : DB_SQLITE, "kontakt@b.example", w->now);
}

static void
world_close(struct world *w)
{
	for (size_t i = 0; i < 2; i++) {
		assert_true(bed_verified(&w->s[i].bed, w->now));
		bed_close(&w->s[i].bed);
	}
	arena_close(w->a);
}

/* A mail server's last step: its pipe, with the envelope's sender in a header, as RFC 5321 4.4 wants it. */
static void
hand_in(struct world *w, struct server *s, const char *from, const char *to, const char *bytes)
{
	const char *text = arena_printf(w->a, "Return-Path: <%s>\r\n%s", from, bytes), *now = instant_utc(w->now).s;
	int in = fault_text_fd(text, strlen(text)), out = fault_text_fd("", 0), code;
	char line[200];
	ssize_t n;

	code = fault_wait(fault_start(in, out, (const char *const[]){ "mail", "--db", s->bed.url, "--to", to, "--now",
	    arena_strdup(w->a, now), NULL }));
	n = pread(out, line, sizeof(line) - 1, 0);
	line[n < 0 ? 0 : n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)close(in);
	(void)close(out);
	assert_int_equal(code, 0);
	if (w->n == CARRIED_MAX)
		fail_msg("they do not come to rest");
	w->came[w->n].to = arena_strdup(w->a, to);
	w->came[w->n++].said = arena_strdup(w->a, line);
}

/* All that was sent and not yet carried. */
static void
carry(struct world *w)
{
	for (; w->carried < receiver_count(); w->carried++) {
		const struct received_mail *m = &receiver.mail[w->carried];
		const char *at_sign = strrchr(m->to, '@');
		bool ours = false;

		for (size_t i = 0; i < 2; i++) {
			if (at_sign == NULL || strcmp(at_sign, strchr(w->s[i].address, '@')) != 0)
				continue;
			hand_in(w, &w->s[i], m->from, m->to, m->bytes);
			ours = true;
		}
		w->elsewhere += !ours;
	}
}

static void
tick(struct world *w)
{
	for (size_t i = 0; i < 2; i++) {
		const char *now = arena_strdup(w->a, instant_utc(w->now).s);

		assert_int_equal(fault_run((const char *const[]){ "tick", "--config", w->s[i].config, "--now", now, NULL }), 0);
	}
	carry(w);
}

/* An hour in which answers go out and come in, then two weeks of clocks: whatever they have to say to each other is said. */
static void
let_it_run(struct world *w)
{
	for (int i = 0; i < 4; i++, w->now += 900)
		tick(w);
	for (int i = 0; i < 2; i++, w->now += 7 * 86400)
		tick(w);
}

static void
letter(struct world *w, const char *from, const char *subject)
{
	hand_in(w, &w->s[0], from, w->s[0].address, arena_printf(w->a, "From: Registrator <%s>\r\nTo: %s\r\nSubject: %s\r\n"
	    "Message-ID: <%s@example.org>\r\n\r\nVem plogar vägen mellan våra kommuner?\r\n", from, w->s[0].address, subject, subject));
}

static void
came(const struct world *w, int i, const char *to, const char *said)
{
	if (i >= w->n || strncmp(w->came[i].to, to, strlen(to)) != 0 || strcmp(w->came[i].said, said) != 0)
		fail_msg("mail %d: to '%s' it was '%s', expected to '%s' '%s'", i, i < w->n ? w->came[i].to : "nobody",
		    i < w->n ? w->came[i].said : "", to, said);
}

/* A person answers the contact, by hand. */
static void
answer(struct world *w, struct server *s, const char *number, const char *text)
{
	struct actor by = { .account_id = s->town.guide, .name = "Demo Guide", .unit_id = s->town.centre };
	struct err err = { 0 };
	struct contact c;
	int64_t id;

	must(contact_by_number(s->bed.db, w->a, number, &c, &err), &err);
	must(contact_answer(s->bed.db, w->a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = text, .ending = "done" }, &by, w->now, &id, &err), &err);
}

static const char *
state_of(struct world *w, struct server *s, const char *number)
{
	struct err err = { 0 };
	struct contact c;

	must(contact_by_number(s->bed.db, w->a, number, &c, &err), &err);
	return c.state;
}

static void
each_way(void (*fn)(struct world *w))
{
	(void)signal(SIGPIPE, SIG_IGN);
	for (enum db_engine engine = DB_SQLITE; engine <= DB_POSTGRESQL; engine++) {
		struct world w;

		world_open(&w, engine);
		fn(&w);
		world_close(&w);
	}
}

static void
receipt(struct world *w)
{
	letter(w, "kontakt@b.example", "fran-b");
	let_it_run(w);
	assert_int_equal(w->n, 2);
	came(w, 0, "kontakt@a.example", "contact K-2027-000001");
	came(w, 1, "kontakt@b.example", "auto_reply -");
	assert_int_equal(bed_count(&w->s[0].bed, "SELECT COUNT(*) FROM outbox WHERE recipient LIKE '%.example' AND recipient NOT LIKE"
	    " '%@lillan.example'"), 1);
	assert_int_equal(bed_count(&w->s[1].bed, "SELECT COUNT(*) FROM outbox"), 0);
	assert_int_equal(bed_count(&w->s[1].bed, "SELECT COUNT(*) FROM contact"), 0);
	assert_int_equal(bed_count(&w->s[1].bed, "SELECT COUNT(*) FROM mail_in"), 1);	/* and kept as it came */
}

static void
test_a_receipt_to_another_server_is_not_answered(void **state)
{
	(void)state;
	each_way(receipt);
}

/* The letter, our receipt, our answer, B's receipt for it; then B's answer by hand and ours to that. */
static void
by_hand(struct world *w)
{
	letter(w, "kontakt@b.example", "fran-b");
	let_it_run(w);
	answer(w, &w->s[0], "K-2027-000001", "Vi plogar fram till kommungränsen.");
	let_it_run(w);
	assert_int_equal(w->n, 4);
	came(w, 2, "kontakt@b.example", "contact K-2027-000001");
	came(w, 3, "kontakt+k-2027-000001-", "auto_reply K-2027-000001");
	assert_string_equal(state_of(w, &w->s[0], "K-2027-000001"), "answered");	/* a receipt opens nothing */
	answer(w, &w->s[1], "K-2027-000001", "Tack, då tar vi resten av vägen.");
	let_it_run(w);
	assert_int_equal(w->n, 5);
	came(w, 4, "kontakt+k-2027-000001-", "reply K-2027-000001");
	assert_string_equal(state_of(w, &w->s[0], "K-2027-000001"), "new");	/* a person's words do */
	answer(w, &w->s[0], "K-2027-000001", "Tack för hjälpen, så gör vi.");
	let_it_run(w);
	assert_int_equal(w->n, 6);
	came(w, 5, "kontakt@b.example", "reply K-2027-000001");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(bed_count(&w->s[i].bed, "SELECT COUNT(*) FROM contact"), 1);
		assert_int_equal(bed_count(&w->s[i].bed, "SELECT COUNT(*) FROM outbox WHERE automatic = 1 AND recipient LIKE"
		    " 'kontakt%'"), 1);
	}
}

static void
test_answers_by_hand_give_one_receipt_each_way(void **state)
{
	(void)state;
	each_way(by_hand);
}

/* From our own mailbox to our own mailbox, as a forwarding rule gone wrong does. */
static void
to_oneself(struct world *w)
{
	letter(w, "kontakt@a.example", "fran-a");
	let_it_run(w);
	assert_int_equal(w->n, 2);
	came(w, 0, "kontakt@a.example", "contact K-2027-000001");
	came(w, 1, "kontakt@a.example", "auto_reply K-2027-000001");
	assert_int_equal(bed_count(&w->s[0].bed, "SELECT COUNT(*) FROM contact"), 1);
}

static void
test_a_mail_from_our_own_mailbox_is_answered_once(void **state)
{
	(void)state;
	each_way(to_oneself);
}

/* ---- a machine that does not say that it is one ---- */

enum { MESSAGES = 1000, DAY = 86400 };

struct machine {
	struct arena *a;
	struct bed bed;
	struct smtp_config smtp;
	int n, answered, kind[3];	/* mails it has sent; mails of ours it has answered; what ours called them */
};

/* Its next mail, about `ours`, its newest from us (NULL: it speaks first). It says so in turn: as a new mail to our mailbox, to the
 * address ours came from, also naming ours, or under a sender's address of its own for this mail. */
static const char *
machine_mail(struct machine *p, const struct received_mail *ours)
{
	static const char *const from[] = { "system@peer.example", "system@peer.example", "SYSTEM@Peer.example",
		"system+%d@peer.example" };
	int style = p->n % 4;
	bool threaded = ours != NULL && (style == 1 || style == 2);
	const char *sender = style == 3 ? arena_printf(p->a, "system+%d@peer.example", p->n) : from[style];

	return arena_printf(p->a, "From: Kundtjänst <%s>\r\nTo: %s\r\n%s%s%sSubject: %sVi har fått ditt ärende %d\r\n"
	    "Message-ID: <auto-%d@peer.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTack för ditt meddelande %d.\r\n", sender,
	    threaded ? ours->from : "kontakt@lillan.example", threaded && style == 2 ? "In-Reply-To: <" : "",
	    threaded && style == 2 ? ours->id : "", threaded && style == 2 ? ">\r\n" : "", threaded ? "Re: " : "", p->n, p->n, p->n);
}

static void
machine_says(struct machine *p, const struct received_mail *ours, int64_t now)
{
	static const char *const kinds[] = { "contact", "reply", "auto_reply" };
	const char *text = machine_mail(p, ours);
	struct intake_result out;
	struct sender_done done;
	struct err err = { 0 };
	size_t k = 0;

	must(intake_mail(p->bed.db, p->a, text, strlen(text), "kontakt@lillan.example", now, &out, &err), &err);
	while (k < ARRAY_LEN(kinds) && strcmp(out.kind, kinds[k]) != 0)
		k++;
	if (k == ARRAY_LEN(kinds) || strncmp(out.number, "K-2027-", 7) != 0)
		fail_msg("mail %d became '%s %s'", p->n, out.kind, out.number);
	p->kind[k]++;
	p->n++;
	must(sender_run(p->bed.db, &p->smtp, now, 100, &done, &err), &err);
}

static void
machine_run(enum db_engine engine)
{
	struct machine p = { .a = arena_open() };
	int64_t start = at("2027-01-11T00:00:00+01:00");

	if (!bed_open_bare(&p.bed, engine))
		return;
	(void)town_make(p.bed.db, start);
	p.smtp = (struct smtp_config){ .url = arena_printf(p.a, "smtp://127.0.0.1:%d", receiver.port), .tls = "off" };
	receiver_empty();
	while (p.n < MESSAGES) {
		int64_t now = start + (int64_t)p.n * DAY / MESSAGES;
		const struct received_mail *newest = receiver_count() == 0 ? NULL : &receiver.mail[receiver_count() - 1];

		if (p.answered < receiver_count())
			machine_says(&p, &receiver.mail[p.answered++], now);	/* at once */
		else
			machine_says(&p, newest, now);		/* and of itself */
	}
	assert_int_equal(receiver_count(), MOST);
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(*) FROM outbox"), MOST);
	/* Nothing is lost: all are kept as they came, and each is a contact with a number of its own, or words on one. */
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(DISTINCT raw_sha256) FROM mail_in WHERE kind IS NOT NULL AND contact_id IS NOT"
	    " NULL"), MESSAGES);
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(DISTINCT raw_sha256) FROM document WHERE direction = 'in'"), MESSAGES);
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(DISTINCT number) FROM contact"), p.kind[0]);
	assert_int_equal(p.kind[0] + p.kind[1], MESSAGES);
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(*) FROM event WHERE action = 'contact.receipt_withheld'"), p.kind[0] - MOST);
	/* the bound is a day's: the morning after it gets so many again, and no more */
	for (int i = 0; i < 40; i++)
		machine_says(&p, NULL, start + DAY + i);
	assert_int_equal(receiver_count(), 2 * MOST);
	assert_true(bed_verified(&p.bed, start + DAY + 100));
	bed_close(&p.bed);
	arena_close(p.a);
}

static void
test_a_machine_that_answers_everything_gets_so_many_a_day(void **state)
{
	(void)state;
	machine_run(DB_SQLITE);
	machine_run(DB_POSTGRESQL);
}

/* What it says on the first line sends her on to the manager (representative/by_mail.h), and that is confirmed: once, while the manager
 * has not answered. */
static void
machine_not_satisfied(enum db_engine engine)
{
	enum { TIMES = 100 };
	struct machine p = { .a = arena_open() };
	int64_t now = at(START);

	if (!bed_open_bare(&p.bed, engine))
		return;
	(void)town_make(p.bed.db, now);
	p.smtp = (struct smtp_config){ .url = arena_printf(p.a, "smtp://127.0.0.1:%d", receiver.port), .tls = "off" };
	receiver_empty();
	machine_says(&p, NULL, now);
	assert_int_equal(receiver_count(), 1);
	for (int i = 0; i < TIMES; i++) {
		const char *text = arena_printf(p.a, "From: system@peer.example\r\nTo: %s\r\nMessage-ID: <not-%d@peer.example>\r\n"
		    "Subject: Re: svar\r\n\r\nInte nöjd\r\n", receiver.mail[0].from, i);
		struct intake_result out;
		struct sender_done done;
		struct err err = { 0 };

		must(intake_mail(p.bed.db, p.a, text, strlen(text), receiver.mail[0].from, now + 60 * i, &out, &err), &err);
		assert_string_equal(out.kind, "reply");
		must(sender_run(p.bed.db, &p.smtp, now + 60 * i, 100, &done, &err), &err);
	}
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(*) FROM outbox WHERE recipient = 'system@peer.example'"), 2);
	assert_int_equal(bed_count(&p.bed, "SELECT COUNT(*) FROM document WHERE text LIKE 'Inte nöjd%'"), TIMES);
	assert_true(bed_verified(&p.bed, now + DAY));
	bed_close(&p.bed);
	arena_close(p.a);
}

static void
test_a_machine_that_is_never_satisfied_is_confirmed_once(void **state)
{
	(void)state;
	representative_by_mail();
	machine_not_satisfied(DB_SQLITE);
	machine_not_satisfied(DB_POSTGRESQL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_receipt_to_another_server_is_not_answered),
		cmocka_unit_test(test_answers_by_hand_give_one_receipt_each_way),
		cmocka_unit_test(test_a_mail_from_our_own_mailbox_is_answered_once),
		cmocka_unit_test(test_a_machine_that_answers_everything_gets_so_many_a_day),
		cmocka_unit_test(test_a_machine_that_is_never_satisfied_is_confirmed_once),
	};

	return cmocka_run_group_tests(tests, receiver_start, receiver_stop);
}

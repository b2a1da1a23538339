/* tests/service/test_figures.c: who may count what, on both databases */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/work.h"
#include "expect.h"
#include "figures/figures.h"
#include "hours/opening.h"
#include "municipality.h"

static int64_t
receive(struct db *db, struct arena *a, const struct town *t, const char *channel, bool street, int64_t now)
{
	struct contact_in in = { .channel = channel, .sender_name = "Demo Resident", .sender_phone = "0700000000", .reply_by = "phone",
		.subject = "Fråga", .text = "När plogas vägen?", .category_id = street ? t->category : 0, .language = "sv" };
	struct contact_out out;
	struct err err = { 0 };

	town_must(contact_receive(db, a, &in, now, &out, &err), &err, "contact");
	return out.id;
}

static void
answer(struct db *db, struct arena *a, const struct town *t, int64_t id, int64_t now)
{
	struct actor handler = { .account_id = t->handler, .name = "Demo Handler", .unit_id = t->street };
	struct contact c;
	struct err err = { 0 };

	town_must(contact_get(db, a, id, &c, &err), &err, "get");
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = id, .version = c.version, .way = ANSWER_PHONE,
	    .text = "Den plogas i eftermiddag.", .ending = "done" }, &handler, now, NULL, &err), &err, "answer");
}

/* What the account counts in that week. */
static struct figures
counted(struct db *db, struct arena *a, int64_t account_id, const char *channel, int64_t now)
{
	struct actor actor = { .account_id = account_id };
	struct figures_filter f = { .from = { 2027, 1, 11 }, .to = { 2027, 1, 17 }, .channel = channel };
	struct figures x;
	struct err err = { 0 };

	town_must(figures_read(db, a, &actor, &f, now, &x, &err), &err, "figures");
	return x;
}

static size_t
n_counted(struct db *db, struct arena *a, int64_t account_id, const char *channel, int64_t now)
{
	return counted(db, a, account_id, channel, now).all.n;
}

static bool
make_secret(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE contact SET restricted = 1 WHERE channel = 'email'", NULL, err, "");
}

static void
each_counts_her_own(struct database *d, struct db *db, void *arg)
{
	int64_t monday = at("2027-01-11T09:00:00+01:00"), later = at("2027-01-15T12:00:00+01:00");
	struct arena *a = arena_open();
	struct town t = town_make(db, monday);
	int64_t auditor = town_account(db, "auditor", ROLE_AUDITOR, t.tn, 0, monday);
	int64_t chief = town_account(db, "chief", ROLE_CHIEF_EXECUTIVE, t.ks, 0, monday);
	struct figures x;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	answer(db, a, &t, receive(db, a, &t, "phone", true, monday), monday + 600);
	(void)receive(db, a, &t, "email", true, monday + 60);
	(void)receive(db, a, &t, "web", false, monday + 120);	/* nobody's category: the contact centre's */
	(void)receive(db, a, &t, "phone", true, at("2027-01-20T09:00:00+01:00"));	/* another week */
	x = counted(db, a, t.manager, NULL, later);
	assert_int_equal(x.all.n, 2);
	assert_int_equal(x.all.answered, 1);
	assert_int_equal(x.all.first_contact.n, 1);
	assert_int_equal(n_counted(db, a, t.manager, "email", later), 1);
	assert_int_equal(n_counted(db, a, chief, NULL, later), 3);
	assert_int_equal(n_counted(db, a, auditor, NULL, later), 2);
	assert_int_equal(n_counted(db, a, t.handler, NULL, later), 0);	/* has no right to count */
	/* what is secret is counted for who may know that it is there */
	town_must(db_write(db, make_secret, NULL, &err), &err, "secret");
	assert_int_equal(n_counted(db, a, t.manager, NULL, later), 2);
	assert_int_equal(n_counted(db, a, auditor, NULL, later), 1);
	arena_close(a);
}

static void
test_each_counts_her_own(void **state)
{
	(void)state;
	store_each(each_counts_her_own, NULL);
}

/* What the row of a contact says last is not what counts: the first promise, the first answer, and what she said of it. */
static void
the_first_counts(struct database *d, struct db *db, void *arg)
{
	int64_t monday = at("2027-01-11T09:00:00+01:00"), later = at("2027-01-27T12:00:00+01:00"), late = at("2027-01-20T10:00:00+01:00"), moved;
	struct arena *a = arena_open();
	struct town t = town_make(db, monday);
	struct actor handler = { .account_id = t.handler, .name = "Demo Handler", .unit_id = t.street };
	int64_t chief = town_account(db, "chief", ROLE_CHIEF_EXECUTIVE, t.ks, 0, monday), id[6], document_id, opening_id;
	struct change by = { 0, monday, NULL };
	struct figures_filter f = { .from = { 2027, 1, 11 }, .to = { 2027, 1, 17 }, .unit_id = t.department };
	struct contact c;
	struct figures x;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	for (size_t i = 0; i < 6; i++) {
		id[i] = receive(db, a, &t, i == 3 ? "web" : "phone", true, monday);
		town_must(contact_assign(db, id[i], 0, t.street, t.handler, NULL, &handler, monday + 1, &err), &err, "assign");
	}
	/* 0: a plan after the promise, with a date to come: the plan is late, whatever its date */
	town_must(contact_get(db, a, id[0], &c, &err), &err, "get");
	assert_true(c.answer_by < late);
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = id[0], .version = c.version, .way = ANSWER_PHONE,
	    .text = "Vi kommer i mars, säger Demo Handler.", .next_by = at("2027-03-01T00:00:00+01:00") }, &handler, late, NULL, &err), &err,
	    "plan");
	/* 1: done in time, and she says it was not: a failure, though it is answered again at once */
	answer(db, a, &t, id[1], monday + 600);
	town_must(contact_judge(db, id[1], false, "Den är inte plogad.", monday + 3600, &err), &err, "judge");
	answer(db, a, &t, id[1], monday + 7200);
	/* 2: answered in time; she writes again much later, and is answered then: the first answer is the time */
	answer(db, a, &t, id[2], monday + 1200);
	town_must(contact_add_words(db, a, id[2], "En sak till.", NULL, 0, late, &err), &err, "words");
	answer(db, a, &t, id[2], late + 60);
	/* 3: goes on to another committee: not ours any more, and there from its first arrival */
	town_must(contact_get(db, a, id[3], &c, &err), &err, "get");
	town_must(contact_transfer(db, id[3], c.version, t.ks, 0, NULL, &handler, late, &moved, &err), &err, "transfer");
	/* 4: a plan by mail that is taken back within its minute: as before */
	town_must(contact_reach(db, id[4], "email", "demo@example.org", NULL, NULL, monday, &err), &err, "reach");
	town_must(contact_get(db, a, id[4], &c, &err), &err, "get");
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = id[4], .version = c.version, .way = ANSWER_MAIL,
	    .text = "Vi kommer i mars, säger Demo Handler.", .next_by = at("2027-03-01T00:00:00+01:00") }, &handler, monday + 60, &document_id,
	    &err), &err, "plan by mail");
	moved = c.answer_by;
	town_must(contact_answer_undo(db, document_id, &handler, monday + 70, &err), &err, "undo");
	town_must(contact_get(db, a, id[4], &c, &err), &err, "get");
	assert_int_equal(c.answer_by, moved);		/* the promise it had */
	assert_int_equal(c.answered_at, 0);
	/* 5: merged into 4 */
	town_must(contact_merge(db, id[5], id[4], &handler, monday + 90, &err), &err, "merge");
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.all.n, 4);			/* the department with the unit below it */
	assert_int_equal(x.all.out[OUT_PASSED_ON] * 10 + x.all.out[OUT_MERGED], 11);
	assert_int_equal(x.all.answered, 3);
	assert_int_equal(x.all.promise.n * 10 + x.all.promise.of, 14);	/* 2 alone; 4 is open and late */
	assert_int_equal(x.all.unanswered.n, 1);
	assert_int_equal(x.all.reopened.n * 10 + x.all.reopened.of, 13);
	/* phone: 1 and 2 were closed within half an hour, 1 was not so, and 2 opened again */
	assert_int_equal(x.all.first_contact.of, 4);
	assert_int_equal(x.all.first_contact.n, 0);
	/* 10 and 20 minutes, and a plan on the eighth working day after: 7 days of 8 hours and one more */
	assert_true(fabs(x.curve.point[0].t - 1 / 6.0) < 1e-9 && fabs(x.curve.point[1].t - 1 / 3.0) < 1e-9);
	assert_true(fabs(x.curve.point[2].t - 57) < 1e-9);
	assert_int_equal(x.by_default * 10 + x.by_hours, 40);
	/* the committee's phone hours, which the unit has too: three hours a day */
	town_must(opening_save(db, &by, &(struct opening){ .authority_id = t.tn, .kind = "phone", .first_weekday = 1, .last_weekday = 5,
	    .opens = "9", .closes = "12", .valid_from = "2027-01-01" }, &opening_id, &err), &err, "hours");
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.by_default * 10 + x.by_hours, 4);
	assert_true(x.curve.point[x.curve.n - 1].t < 25);
	f.unit_id = t.centre;
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.all.n, 1);			/* the transferred one, from the day it first came */
	/* side by side */
	f = (struct figures_filter){ .from = { 2027, 1, 11 }, .to = { 2027, 1, 17 }, .by = BY_AUTHORITY };
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.n_groups, 2);
	assert_string_equal(x.group[0].name, "Tekniska nämnden");
	assert_int_equal(x.group[0].m.n * 10 + x.group[1].m.n, 41);
	f.by = BY_CHANNEL;
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.group[0].m.n * 10 + x.group[1].m.n, 41);	/* phone and web */
	f.by = BY_MONTH;
	f.authority_id = t.ks;
	town_must(figures_read(db, a, &(struct actor){ .account_id = chief }, &f, later, &x, &err), &err, "figures");
	assert_int_equal(x.n_groups * 10 + x.all.n, 11);
	assert_string_equal(x.group[0].name, "2027-01");
	arena_close(a);
}

static void
test_the_first_counts(void **state)
{
	(void)state;
	store_each(the_first_counts, NULL);
}

static bool
calls_come(struct db *tx, void *arg, struct err *err)
{
	static const struct { const char *id, *number, *kind; int64_t wait; } call[] = {
		{ "a", "+46700000001", "answered", 10 }, { "b", "+46700000002", "answered", 180 }, { "c", "+46700000003", "answered", 181 },
		{ "d", "+46700000004", "abandoned", 30 }, { "e", NULL, "missed", 5 }, { "f", "+46700000005", "outgoing", 0 },
		{ "g", "+46700000006", "ringing", 0 },
	};
	static const struct { const char *number; int64_t promised, closed; const char *why; } back[] = {
		{ "+46700000004", 1000, 900, "called_back" }, { "+46700000007", 1000, 1100, "answered" }, { "+46700000008", 1000, 0, NULL },
		{ "+46700000009", 9000000, 0, NULL }, { "+46700000010", 0, 500, "answered" },
	};
	const struct town *t = arg;
	int64_t monday = at("2027-01-11T09:00:00+01:00"), exchange;

	if (!db_id(tx, "INSERT INTO exchange (code, name, unit_id) VALUES ('VX1', 'V', $1) RETURNING id", &exchange, err, "i", t->street))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(call); i++) {
		if (!db_run(tx, "INSERT INTO phone_call (exchange_id, call_id, number, authority_id, unit_id, kind, started_at, wait_s, heard_at)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)", NULL, err, "ittiitii", exchange, call[i].id, call[i].number, t->tn, t->street,
		    call[i].kind, monday, call[i].wait))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(back); i++) {
		if (!db_run(tx, "INSERT INTO callback (number, authority_id, unit_id, opened_at, last_at, tries, promised_by, closed_at, closed_why)"
		    " VALUES ($1, $2, $3, $4, $4, 1, $5, $6, $7)", NULL, err, "tiiiIIt", back[i].number, t->tn, t->street, monday,
		    back[i].promised == 0 ? 0 : monday + back[i].promised, back[i].closed == 0 ? 0 : monday + back[i].closed, back[i].why))
			return false;
	}
	return true;
}

static void
calls_are_counted(struct database *d, struct db *db, void *arg)
{
	int64_t monday = at("2027-01-11T09:00:00+01:00"), later = at("2027-01-15T12:00:00+01:00");
	struct arena *a = arena_open();
	struct town t = town_make(db, monday);
	struct figures_calls c;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	town_must(db_write(db, calls_come, &t, &err), &err, "calls");
	c = counted(db, a, t.manager, NULL, later).calls;
	assert_true(c.counted);
	assert_int_equal(c.answered * 100 + c.lost * 10 + c.withheld, 321);
	assert_int_equal(c.at_once.n * 10 + c.at_once.of, 25);
	assert_int_equal(c.lost_share.n * 10 + c.lost_share.of, 25);
	/* one in time, one late, one waits past its promise; one waits and is not due; one had none */
	assert_int_equal(c.called_back.n * 10 + c.called_back.of, 13);
	assert_int_equal(c.waiting * 1000 + c.by_us * 100 + c.by_them * 10 + c.by_hand, 2120);
	assert_int_equal(counted(db, a, t.guide, NULL, later).calls.answered, 0);	/* has no right to count */
	assert_false(counted(db, a, t.manager, "email", later).calls.counted);
	arena_close(a);
}

static void
test_calls_are_counted(void **state)
{
	(void)state;
	store_each(calls_are_counted, NULL);
}

static void
a_period_has_an_end(struct database *d, struct db *db, void *arg)
{
	struct actor actor = { 0 };
	struct arena *a = arena_open();
	struct figures x;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	assert_false(figures_read(db, a, &actor, &(struct figures_filter){ .from = { 2027, 1, 2 }, .to = { 2027, 1, 1 } }, 0, &x, &err));
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.field, "till");
	assert_false(figures_read(db, a, &actor, &(struct figures_filter){ .from = { 2000, 1, 1 }, .to = { 2027, 1, 1 } }, 0, &x, &err));
	arena_close(a);
}

static void
test_a_period_has_an_end(void **state)
{
	(void)state;
	store_each(a_period_has_an_end, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_counts_her_own),
		cmocka_unit_test(test_the_first_counts),
		cmocka_unit_test(test_calls_are_counted),
		cmocka_unit_test(test_a_period_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_figures.c: who may count what, on both databases */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/work.h"
#include "figures/figures.h"
#include "municipality.h"

static int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_true(instant_parse(text, &t));
	return t;
}

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
	struct figures_case *c;
	struct figures x;
	struct err err = { 0 };
	size_t n;

	town_must(figures_cases(db, a, &actor, &f, &c, &n, &err), &err, "figures");
	figures_of(a, c, n, &f, now, &x);
	return x;
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
	assert_int_equal(x.n, 2);
	assert_int_equal(x.answered, 1);
	assert_int_equal(x.first_contact.n, 1);
	assert_int_equal(counted(db, a, t.manager, "email", later).n, 1);
	assert_int_equal(counted(db, a, chief, NULL, later).n, 3);
	assert_int_equal(counted(db, a, auditor, NULL, later).n, 2);
	assert_int_equal(counted(db, a, t.handler, NULL, later).n, 0);	/* has no right to count */
	/* what is secret is counted for who may know that it is there */
	town_must(db_write(db, make_secret, NULL, &err), &err, "secret");
	assert_int_equal(counted(db, a, t.manager, NULL, later).n, 2);
	assert_int_equal(counted(db, a, auditor, NULL, later).n, 1);
	arena_close(a);
}

static void
test_each_counts_her_own(void **state)
{
	(void)state;
	store_each(each_counts_her_own, NULL);
}

static void
a_period_has_an_end(struct database *d, struct db *db, void *arg)
{
	struct actor actor = { 0 };
	struct arena *a = arena_open();
	struct figures_case *c;
	struct err err = { 0 };
	size_t n;

	(void)d;
	(void)arg;
	assert_false(figures_cases(db, a, &actor, &(struct figures_filter){ .from = { 2027, 1, 2 }, .to = { 2027, 1, 1 } }, &c, &n, &err));
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.field, "till");
	assert_false(figures_cases(db, a, &actor, &(struct figures_filter){ .from = { 2000, 1, 1 }, .to = { 2027, 1, 1 } }, &c, &n, &err));
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
		cmocka_unit_test(test_a_period_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_afterwards.c: asked afterwards: who is drawn, that nothing joins an answer to her, what is shown */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/file.h"
#include "base/random.h"
#include "contact/contact.h"
#include "contact/work.h"
#include "municipality.h"
#include "survey/afterwards.h"
#include "timeline/outbox.h"

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
		fail_msg("%s", err->log);
}

struct stage { struct database *d; struct db *db; struct arena *a; struct town t; struct actor handler; int64_t now; };

static void
set(struct stage *s, const char *name, const char *value)
{
	struct err err = { 0 };

	must(site_set(s->db, 0, name, value, s->now, &err), &err);
}

static struct stage
stage_open(struct database *d, struct db *db)
{
	struct stage s = { .d = d, .db = db, .a = arena_open(), .now = at("2027-01-11T08:12:00+01:00") };
	struct afterwards_done done;
	struct err err = { 0 };

	s.t = town_make(db, s.now);
	s.handler = (struct actor){ .account_id = s.t.handler, .name = "Demo Handler", .unit_id = s.t.street };
	set(&s, "afterwards.share", "100");
	must(afterwards_tick(db, s.now + 7200, &done, &err), &err);	/* switched on: from here on */
	return s;
}

/* One that comes in and is answered as done; the id. */
static int64_t
answered(struct stage *s, struct contact_in in, int64_t now)
{
	struct contact_out out;
	struct contact c;
	struct err err = { 0 };

	in.category_id = s->t.category;
	in.subject = "Oplogad väg";
	in.text = "Vägen är inte plogad.";
	must(contact_receive(s->db, s->a, &in, now, &out, &err), &err);
	must(contact_get(s->db, s->a, out.id, &c, &err), &err);
	must(contact_answer(s->db, s->a, &(struct answer_in){ .contact_id = c.id, .version = c.version,
	    .way = c.sender_email != NULL ? ANSWER_MAIL : ANSWER_PHONE, .text = "Vägen plogas i eftermiddag.", .ending = "done" },
	    &s->handler, now + 60, NULL, &err), &err);
	return out.id;
}

static struct afterwards_done
tick(struct stage *s, int64_t now)
{
	struct afterwards_done done;
	struct err err = { 0 };

	must(afterwards_tick(s->db, now, &done, &err), &err);
	return done;
}

/* The token of the newest invitation to an address. */
static const char *
token_of(struct stage *s, const char *address)
{
	struct outbox_list mails;
	const char *token = NULL;
	struct err err = { 0 };

	must(outbox_list_since(s->db, s->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++) {
		const char *p = strstr(mails.item[i].text, "/efterat/");

		if (p != NULL && strcmp(mails.item[i].recipient, address) == 0) {
			assert_int_equal(mails.item[i].contact_id, 0);
			assert_null(strstr(mails.item[i].text, "K-2027-"));
			token = arena_strndup(s->a, p + 9, strcspn(p + 9, "\n"));
		}
	}
	return token;
}

/* The whole database as text. */
static void
dump(struct stage *s, const char *to)
{
	struct err err = { 0 };
	const char *command;

	if (database_engine(s->d) == DB_SQLITE) {
		struct stmt *st = db_stmt(s->db, "SELECT file FROM pragma_database_list WHERE name = 'main'", &err);

		assert_int_equal(db_next(st, &err), DB_ROW);
		command = arena_printf(s->a, "sqlite3 '%s' .dump > %s", col_text(st, s->a, 0), to);
		db_done(st);
	} else {
		command = arena_printf(s->a, "$(ls -d /usr/lib/postgresql/*/bin | tail -1)/pg_dump --inserts '%s' > %s", store_url, to);
	}
	assert_int_equal(system(command), 0);
}

static int64_t
lines(struct stage *s, const char *command)
{
	FILE *f = popen(command, "r");
	long long n = -1;

	(void)s;
	assert_non_null(f);
	if (fscanf(f, "%lld", &n) != 1)
		n = -1;
	(void)pclose(f);
	return n;
}

static void
anonymous(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000;
	struct afterwards_answer in = { .heard = true, .ease = 4, .second = 5 };
	struct afterwards_form form;
	struct afterwards_done done;
	const char *token;
	struct err err = { 0 };
	char left[] = "/tmp/nk-before.XXXXXX", right[] = "/tmp/nk-after.XXXXXX";

	(void)arg;
	assert_true(close(mkstemp(left)) == 0 && close(mkstemp(right)) == 0);
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_name = "Anna Exempel", .sender_email = "anna@example.org" },
	    now);
	done = tick(&s, now + 600);
	assert_int_equal(done.drawn, 0);		/* not before the answer has had its hour */
	done = tick(&s, now + 4000);
	assert_int_equal(done.drawn, 1);
	done = tick(&s, now + 4100);
	assert_int_equal(done.drawn, 0);
	token = token_of(&s, "anna@example.org");
	assert_non_null(token);
	must(afterwards_open(db, s.a, token, now + 5000, &form, &err), &err);
	assert_false(form.phone);
	assert_false(afterwards_answer(db, s.a, token, &(struct afterwards_answer){ .heard = true, .ease = 6, .second = 5 }, now + 5000,
	    &err));
	assert_string_equal(err.field, "ease");
	/* answering changes two rows of the whole database: her invitation goes, an answer without a name comes */
	err = (struct err){ 0 };
	dump(&s, left);
	must(afterwards_answer(db, s.a, token, &in, now + 5000, &err), &err);
	dump(&s, right);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -v restrict | grep -c '^[<>]'", left, right)), 2);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -c '^< INSERT INTO.*ask_token'", left, right)), 1);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -c '^> INSERT INTO.*ask_answer'", left, right)), 1);
	assert_int_equal(lines(&s, arena_printf(s.a, "grep -c '%s' %s", hash_hex(hash_bytes(token, strlen(token))).s, right)), 0);
	/* once */
	assert_false(afterwards_answer(db, s.a, token, &in, now + 5001, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(afterwards_open(db, s.a, token, now + 5001, &form, &err));
	(void)unlink(left);
	(void)unlink(right);
	arena_close(s.a);
}

static void
test_answering_leaves_nothing_that_joins_it_to_her(void **state)
{
	(void)state;
	store_each(anonymous, NULL);
}

static bool
all_sent(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE outbox SET state = 'sent'", NULL, err, "");
}

static bool
protect(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "UPDATE contact SET restricted = 2 WHERE id = $1", NULL, err, "i", *(int64_t *)arg);
}

static void
who(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000, id;
	struct afterwards_results r;
	struct afterwards_call *call;
	struct outbox_list mails;
	struct afterwards_done done;
	struct err err = { 0 };
	size_t n;

	(void)arg;
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now);
	(void)answered(&s, (struct contact_in){ .channel = "web", .sender_email = "Anna@example.org" }, now + 10);	/* she again */
	id = answered(&s, (struct contact_in){ .channel = "email", .sender_email = "skyddad@example.org" }, now + 20);
	must(db_write(db, protect, &id, &err), &err);
	(void)answered(&s, (struct contact_in){ .channel = "phone", .sender_phone = "070-174 06 05", .sender_name = "Bo" }, now + 30);
	(void)answered(&s, (struct contact_in){ .channel = "visit", .anonymous = true }, now + 40);
	done = tick(&s, now + 4000);
	assert_int_equal(done.drawn, 2);
	assert_int_equal(done.passed, 5);
	must(afterwards_results(db, s.a, s.t.tn, now + 5000, &r, &err), &err);
	assert_int_equal(r.eligible, 2);
	assert_int_equal(r.left_out, 3);
	assert_int_equal(r.drawn, 2);
	/* by phone: a guide of that authority asks, and the row is gone */
	must(afterwards_calls(db, s.a, s.t.guide, now + 5000, &call, &n, &err), &err);
	assert_int_equal(n, 0);			/* KS's guide, TN's call */
	must(afterwards_call_get(db, s.a, 1, &(struct afterwards_call){ 0 }, &err), &err);
	must(afterwards_called(db, s.a, 1, &(struct afterwards_answer){ .ease = 2, .second = 4 }, &err), &err);
	assert_false(afterwards_called(db, s.a, 1, NULL, &err));
	err = (struct err){ 0 };
	/* never twice within the time that is set; after it, yes */
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now + 5000);
	assert_int_equal(tick(&s, now + 10000).drawn, 0);
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now + 181 * (int64_t)DAY_S);
	assert_int_equal(tick(&s, now + 181 * (int64_t)DAY_S + 4000).drawn, 1);
	/* mails that have gone are emptied, others are not */
	must(db_write(db, all_sent, NULL, &err), &err);
	(void)tick(&s, now + 182 * (int64_t)DAY_S);
	must(outbox_list_since(db, s.a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++) {
		assert_null(strstr(mails.item[i].text, "/efterat/"));
		assert_true(mails.item[i].contact_id == 0 || mails.item[i].text[0] != '\0');
	}
	arena_close(s.a);
}

static void
test_who_is_asked_and_never_twice(void **state)
{
	(void)state;
	store_each(who, NULL);
}

/* By text message when they are switched on: a link, and no row in the guides' list. */
static void
texts(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000;
	struct afterwards_call call;
	struct afterwards_form form;
	struct outbox_list list;
	const char *token;
	struct err err = { 0 };

	(void)arg;
	set(&s, "sms.on", "1");
	(void)answered(&s, (struct contact_in){ .channel = "phone", .sender_phone = "070-174 06 05", .sender_name = "Bo" }, now);
	assert_int_equal(tick(&s, now + 4000).drawn, 1);
	token = token_of(&s, "+46701740605");
	assert_non_null(token);
	must(afterwards_open(db, s.a, token, now + 5000, &form, &err), &err);
	assert_true(form.phone);
	assert_false(afterwards_call_get(db, s.a, 1, &call, &err));
	err = (struct err){ 0 };
	must(db_write(db, all_sent, NULL, &err), &err);
	(void)tick(&s, now + 6000);
	must(outbox_list_since(db, s.a, 0, NULL, 1000, &list, &err), &err);
	for (size_t i = 0; i < list.n; i++)
		assert_null(strstr(list.item[i].text, "/efterat/"));
	arena_close(s.a);
}

static void
test_asked_by_text_message(void **state)
{
	(void)state;
	store_each(texts, NULL);
}

static void
share(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000;
	struct afterwards_done done;

	(void)arg;
	set(&s, "afterwards.share", "30");
	for (int i = 0; i < 200; i++)
		(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = arena_printf(s.a, "a%d@example.org", i),
		    .no_receipt = true }, now);
	done = tick(&s, now + 4000);
	assert_int_equal(done.passed, 200);
	assert_in_range(done.drawn, 20, 100);	/* 60 expected, six standard deviations on each side */
	arena_close(s.a);
}

static void
test_the_share_is_a_probability(void **state)
{
	(void)state;
	store_each(share, NULL);
}

/* `n` written answers with these grades in the unit that the category leads to. */
static void
grades(struct stage *s, const char *prefix, const int *ease, size_t n, int64_t now)
{
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++)
		(void)answered(s, (struct contact_in){ .channel = "email", .no_receipt = true,
		    .sender_email = arena_printf(s->a, "%s%zu@example.org", prefix, i) }, now);
	(void)tick(s, now + 4000);
	for (size_t i = 0; i < n; i++)
		must(afterwards_answer(s->db, s->a, token_of(s, arena_printf(s->a, "%s%zu@example.org", prefix, i)),
		    &(struct afterwards_answer){ .heard = ease[i] != 0, .ease = ease[i], .second = 3, .fair_days = ease[i] == 0 ? 4 : 0 },
		    now + 5000, &err), &err);
}

static void
results(struct database *d, struct db *db, void *arg)
{
	static const int ease[] = { 1, 2, 3, 4, 5, 5, 0 };
	struct stage s = stage_open(d, db);
	struct change by = { 0, s.now, NULL };
	struct afterwards_results r;
	struct err err = { 0 };
	int64_t water, category;

	(void)arg;
	set(&s, "afterwards.minimum", "5");
	grades(&s, "a", ease, 3, s.now + 10000);
	must(afterwards_results(db, s.a, s.t.tn, s.now, &r, &err), &err);
	assert_int_equal(r.total.cell[EASE_WRITTEN].n, 3);
	assert_false(r.total.cell[EASE_WRITTEN].shown);		/* too few */
	grades(&s, "b", ease + 3, 4, s.now + 20000);
	for (int i = 0; i < 5; i++)		/* who did not answer: without them chance would have no margin */
		(void)answered(&s, (struct contact_in){ .channel = "email", .no_receipt = true,
		    .sender_email = arena_printf(s.a, "tyst%d@example.org", i) }, s.now + 21000);
	(void)tick(&s, s.now + 25000);
	must(afterwards_results(db, s.a, s.t.tn, s.now, &r, &err), &err);
	/* (0 + 25 + 50 + 75 + 100 + 100) / 6; who never got an answer is counted apart */
	assert_true(r.total.cell[EASE_WRITTEN].shown);
	assert_int_equal(r.total.cell[EASE_WRITTEN].n, 6);
	assert_true(fabs(r.total.cell[EASE_WRITTEN].index - 350.0 / 6) < 1e-9);
	assert_true(r.total.cell[EASE_WRITTEN].margin > 0);
	assert_int_equal(r.unheard, 1);
	assert_int_equal(r.n_units, 1);
	assert_true(r.unit[0].cell[EASE_WRITTEN].shown);
	assert_false(r.total.cell[EASE_PHONE].shown);
	/* a second unit with two answers: neither is shown alone, or one could be worked out from the other */
	must(unit_save(db, &by, &(struct unit){ .authority_id = s.t.tn, .parent_id = s.t.department, .kind = "unit",
	    .name = "Vatten", .active = true }, &water, &err), &err);
	must(category_save(db, &by, &(struct category){ .name = "Vatten", .authority_id = s.t.tn, .unit_id = water,
	    .active = true }, &category, &err), &err);
	s.t.category = category;
	grades(&s, "c", ease, 2, s.now + 30000);
	must(afterwards_results(db, s.a, s.t.tn, s.now, &r, &err), &err);
	assert_int_equal(r.n_units, 2);
	assert_true(r.total.cell[EASE_WRITTEN].shown);
	assert_false(r.unit[0].cell[EASE_WRITTEN].shown);
	assert_false(r.unit[1].cell[EASE_WRITTEN].shown);
	arena_close(s.a);
}

static void
test_the_index_with_its_margin_from_the_least_number_on(void **state)
{
	(void)state;
	store_each(results, NULL);
}

static void
disputed(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000, id;
	struct afterwards_results r;
	struct contact c;
	struct err err = { 0 };

	(void)arg;
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "nojd@example.org" }, now);
	id = answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now);
	must(contact_judge(db, id, false, "Den är fortfarande oplogad.", now + 3600, &err), &err);
	must(contact_get(db, s.a, id, &c, &err), &err);
	assert_int_equal(c.closed_at, 0);	/* open again */
	must(contact_answer(db, s.a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Nu är den plogad på riktigt.", .ending = "done" }, &s.handler, now + 7200, NULL, &err), &err);
	must(contact_judge(db, id, true, NULL, now + 9000, &err), &err);
	must(afterwards_results(db, s.a, s.t.tn, now + 10000, &r, &err), &err);
	assert_int_equal(r.done, 2);
	assert_int_equal(r.disputed, 1);	/* also though she was content in the end */
	assert_int_equal(r.confirmed, 0);
	arena_close(s.a);
}

static void
test_what_was_not_done_stays_a_failure(void **state)
{
	(void)state;
	store_each(disputed, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answering_leaves_nothing_that_joins_it_to_her),
		cmocka_unit_test(test_who_is_asked_and_never_twice),
		cmocka_unit_test(test_asked_by_text_message),
		cmocka_unit_test(test_the_share_is_a_probability),
		cmocka_unit_test(test_the_index_with_its_margin_from_the_least_number_on),
		cmocka_unit_test(test_what_was_not_done_stays_a_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

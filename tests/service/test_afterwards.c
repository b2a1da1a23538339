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
#include "expect.h"
#include "municipality.h"
#include "stats/quantile.h"
#include "survey/afterwards.h"
#include "timeline/outbox.h"

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
	set(&s, "afterwards.together", "5");
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

/* Four others who are answered at the same time, so that a round can be drawn. */
static void
others(struct stage *s, const char *prefix, const char *channel, int64_t now)
{
	for (int i = 0; i < 4; i++) {
		if (strcmp(channel, "phone") == 0)
			(void)answered(s, (struct contact_in){ .channel = "phone", .sender_name = arena_printf(s->a, "%s %d", prefix, i),
			    .sender_phone = arena_printf(s->a, "070-174 06 1%d", i) }, now);
		else
			(void)answered(s, (struct contact_in){ .channel = "email", .no_receipt = true,
			    .sender_email = arena_printf(s->a, "%s%d@example.org", prefix, i) }, now);
	}
}

static const int64_t OVER = 23 * (int64_t)DAY_S;	/* the round is */

static int64_t
count(struct stage *s, const char *sql)
{
	struct err err = { 0 };
	struct stmt *st = db_stmt(s->db, arena_strdup(s->a, sql), &err);
	int64_t n = -1;

	if (db_next(st, &err) == DB_ROW)
		n = col_i64(st, 0);
	db_done(st);
	if (n < 0)
		fail_msg("%s: %s", sql, err.log);
	return n;
}

static void
anonymous(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	int64_t now = s.now + 10000;
	struct afterwards_answer in = { .heard = true, .ease = 4, .second = 5 };
	struct afterwards_form form;
	struct afterwards_results r;
	struct afterwards_done done;
	const char *token;
	struct err err = { 0 };
	char left[] = "/tmp/nk-before.XXXXXX", right[] = "/tmp/nk-after.XXXXXX";

	(void)arg;
	assert_true(close(mkstemp(left)) == 0 && close(mkstemp(right)) == 0);
	others(&s, "fler", "email", now);
	assert_int_equal(tick(&s, now + 4000).drawn, 0);	/* four are too few to hide among */
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_name = "Anna Exempel", .sender_email = "anna@example.org" },
	    now + 4000);
	done = tick(&s, now + 4600);
	assert_int_equal(done.drawn, 0);		/* not before the answer has had its hour */
	done = tick(&s, now + 8000);
	assert_int_equal(done.drawn, 5);
	done = tick(&s, now + 8100);
	assert_int_equal(done.drawn, 0);
	token = token_of(&s, "anna@example.org");
	assert_non_null(token);
	must(afterwards_open(db, s.a, token, now + 9000, &form, &err), &err);
	assert_false(form.phone);
	assert_string_equal(form.unit_name, "Gata");
	assert_false(afterwards_answer(db, s.a, token, &(struct afterwards_answer){ .heard = true, .ease = 6, .second = 5 }, now + 9000,
	    &err));
	assert_string_equal(err.field, "ease");
	/* answering changes two rows of the whole database: her invitation goes, a sealed ballot without a name comes */
	err = (struct err){ 0 };
	dump(&s, left);
	must(afterwards_answer(db, s.a, token, &in, now + 9000, &err), &err);
	dump(&s, right);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -v restrict | grep -c '^[<>]'", left, right)), 2);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -c '^< INSERT INTO.*ask_token'", left, right)), 1);
	assert_int_equal(lines(&s, arena_printf(s.a, "diff %s %s | grep -c '^> INSERT INTO.*ask_ballot'", left, right)), 1);
	assert_int_equal(lines(&s, arena_printf(s.a, "grep -c '%s' %s", hash_hex(hash_bytes(token, strlen(token))).s, right)), 0);
	/* once */
	assert_false(afterwards_answer(db, s.a, token, &in, now + 9001, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(afterwards_open(db, s.a, token, now + 9001, &form, &err));
	err = (struct err){ 0 };
	/* nothing is shown of a round that is open, not even how many have answered */
	(void)tick(&s, now + 9100);
	must(afterwards_results(db, s.a, s.t.tn, now + 9100, &r, &err), &err);
	assert_true(r.answered == 0 && r.drawn == 0 && r.in_open == 5 && r.open_eligible == 5);
	/* when it is over the answer is there, and nothing of the round is left */
	assert_int_equal(tick(&s, now + OVER).opened, 1);
	assert_int_equal(count(&s, "SELECT COUNT(*) FROM ask_answer WHERE ease = 4 AND second = 5 AND heard = 1"), 1);
	assert_int_equal(count(&s, "SELECT (SELECT COUNT(*) FROM ask_ballot) + (SELECT COUNT(*) FROM ask_token)"
	    " + (SELECT COUNT(*) FROM ask_call) + (SELECT COUNT(*) FROM ask_round) + (SELECT COUNT(*) FROM ask_wait)"), 0);
	must(afterwards_results(db, s.a, s.t.tn, now + OVER, &r, &err), &err);
	assert_true(r.answered == 1 && r.drawn == 5 && r.eligible == 5 && r.in_open == 0);
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
	int64_t now = s.now + 10000, id, later = now + 181 * (int64_t)DAY_S;
	struct afterwards_results r;
	struct afterwards_call *call, one;
	struct outbox_list mails;
	struct afterwards_done done;
	struct err err = { 0 };
	size_t n;

	(void)arg;
	others(&s, "fler", "email", now - 10);
	others(&s, "Ringer", "phone", now - 10);
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now);
	(void)answered(&s, (struct contact_in){ .channel = "web", .sender_email = "Anna@example.org" }, now + 10);	/* she again */
	id = answered(&s, (struct contact_in){ .channel = "email", .sender_email = "skyddad@example.org" }, now + 20);
	must(db_write(db, protect, &id, &err), &err);
	(void)answered(&s, (struct contact_in){ .channel = "phone", .sender_phone = "070-174 06 05", .sender_name = "Bo" }, now + 30);
	(void)answered(&s, (struct contact_in){ .channel = "visit", .anonymous = true }, now + 40);
	done = tick(&s, now + 4000);
	assert_int_equal(done.drawn, 10);
	assert_int_equal(done.passed, 13);
	must(afterwards_results(db, s.a, s.t.tn, now + 5000, &r, &err), &err);
	assert_int_equal(r.open_eligible, 10);
	assert_int_equal(r.left_out, 3);
	assert_int_equal(r.in_open, 10);
	/* by phone: a guide of that authority asks, and the row is gone */
	must(afterwards_calls(db, s.a, s.t.guide, now + 5000, &call, &n, &err), &err);
	assert_int_equal(n, 0);			/* KS's guide, TN's call */
	id = count(&s, "SELECT id FROM ask_call WHERE name = 'Bo'");
	must(afterwards_call_get(db, s.a, id, &one, &err), &err);
	must(afterwards_called(db, s.a, id, &(struct afterwards_answer){ .ease = 2, .second = 4 }, &err), &err);
	assert_false(afterwards_called(db, s.a, id, NULL, &err));
	err = (struct err){ 0 };
	/* never twice within the time that is set; after it, yes */
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, now + 5000);
	others(&s, "nya", "email", now + 5000);
	assert_int_equal(tick(&s, now + 10000).drawn, 0);
	assert_int_equal(count(&s, "SELECT COUNT(*) FROM ask_wait"), 4);
	(void)tick(&s, now + 100 * (int64_t)DAY_S);
	assert_int_equal(count(&s, "SELECT COUNT(*) FROM ask_wait"), 0);	/* too old to be asked about */
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "anna@example.org" }, later);
	others(&s, "sena", "email", later);
	assert_int_equal(tick(&s, later + 4000).drawn, 5);
	/* who opens the contact again before a round is drawn is not asked, nor who became protected */
	others(&s, "dubbel", "email", later + 5000);
	id = answered(&s, (struct contact_in){ .channel = "email", .sender_email = "blev@example.org" }, later + 5000);
	set(&s, "afterwards.together", "6");
	assert_int_equal(tick(&s, later + 9000).drawn, 0);
	must(db_write(db, protect, &id, &err), &err);
	set(&s, "afterwards.together", "5");
	assert_int_equal(tick(&s, later + 9100).drawn, 0);	/* four are left */
	assert_int_equal(count(&s, "SELECT COUNT(*) FROM ask_wait"), 4);
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
	others(&s, "Ringer", "phone", now);
	(void)answered(&s, (struct contact_in){ .channel = "phone", .sender_phone = "070-174 06 05", .sender_name = "Bo" }, now);
	assert_int_equal(tick(&s, now + 4000).drawn, 5);
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
	assert_int_equal(done.drawn, 60);
	/* and by chance: the first hundred give 30 more or less, six standard deviations on each side */
	assert_in_range(count(&s, "SELECT COUNT(*) FROM outbox o WHERE EXISTS (SELECT 1 FROM ask_mail m WHERE m.outbox_id = o.id)"
	    " AND LENGTH(o.recipient) < 16"), 10, 50);
	/* fewer than hide each other wait, whatever the share */
	for (int i = 0; i < 16; i++)
		(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = arena_printf(s.a, "b%d@example.org", i),
		    .no_receipt = true }, now + 5000);
	assert_int_equal(tick(&s, now + 9000).drawn, 0);
	(void)answered(&s, (struct contact_in){ .channel = "email", .sender_email = "b17@example.org", .no_receipt = true }, now + 5000);
	assert_in_range(tick(&s, now + 9100).drawn, 5, 6);	/* 5.1: the tenth by lot */
	arena_close(s.a);
}

static void
test_the_share_is_a_probability(void **state)
{
	(void)state;
	store_each(share, NULL);
}

/* `n` written answers with these grades, and `silent` who do not answer, in the unit that the category leads to; opened. */
static void
grades(struct stage *s, const char *prefix, const int *ease, size_t n, size_t silent, int64_t now)
{
	struct err err = { 0 };

	for (size_t i = 0; i < n + silent; i++)
		(void)answered(s, (struct contact_in){ .channel = "email", .no_receipt = true,
		    .sender_email = arena_printf(s->a, "%s%zu@example.org", prefix, i) }, now);
	(void)tick(s, now + 4000);
	for (size_t i = 0; i < n; i++)
		must(afterwards_answer(s->db, s->a, token_of(s, arena_printf(s->a, "%s%zu@example.org", prefix, i)),
		    &(struct afterwards_answer){ .heard = ease[i] != 0, .ease = ease[i], .second = 3, .fair_days = ease[i] == 0 ? 300 : 0 },
		    now + 5000, &err), &err);
	(void)tick(s, now + OVER);
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
	grades(&s, "a", ease, 3, 2, s.now);
	must(afterwards_results(db, s.a, s.t.tn, s.now, &r, &err), &err);
	assert_int_equal(r.total.cell[EASE_WRITTEN].n, 3);
	assert_false(r.total.cell[EASE_WRITTEN].shown);		/* too few */
	grades(&s, "b", ease + 3, 4, 5, s.now + 24 * (int64_t)DAY_S);	/* without the silent chance would have no margin */
	assert_int_equal(count(&s, "SELECT fair_days FROM ask_answer WHERE heard = 0"), 300);
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
	grades(&s, "c", ease, 2, 3, s.now + 48 * (int64_t)DAY_S);
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

/* ---- a small town, in which most units have few contacts: who can be found? ---- */

static int64_t
category_of(struct stage *s, int64_t authority_id, const char *unit)
{
	struct change by = { 0, s->now, NULL };
	struct err err = { 0 };
	int64_t id, category;

	must(unit_save(s->db, &by, &(struct unit){ .authority_id = authority_id, .kind = "unit", .name = unit, .active = true }, &id,
	    &err), &err);
	must(category_save(s->db, &by, &(struct category){ .name = unit, .authority_id = authority_id, .unit_id = id,
	    .active = true }, &category, &err), &err);
	return category;
}

/* Half are asked, at least five together. Two thirds of them answer; calls are answered but one. All rounds are over at the end. */
static void
small_town(struct stage *s)
{
	int64_t gata = s->t.category, vatten = category_of(s, s->t.tn, "Vatten"), skog = category_of(s, s->t.tn, "Skog");
	const struct { int64_t category; const char *channel; int n; } town[] = {
		{ gata, "email", 24 }, { gata, "phone", 12 }, { vatten, "email", 1 }, { vatten, "phone", 4 }, { skog, "phone", 6 },
		{ category_of(s, s->t.tn, "Park"), "email", 1 }, { category_of(s, s->t.tn, "Bad"), "email", 1 },
		{ category_of(s, s->t.ks, "Arkiv"), "email", 7 }, { category_of(s, s->t.ks, "Reception"), "visit", 1 },
		{ category_of(s, s->t.ks, "Växel"), "email", 1 },
	};
	int64_t now = s->now + 10000, n = 0, k = 0, passed = 0;
	struct afterwards_call *call;
	struct outbox_list mails;
	struct err err = { 0 };
	size_t calls;

	set(s, "afterwards.share", "50");
	for (size_t i = 0; i < ARRAY_LEN(town); i++) {
		s->t.category = town[i].category;
		for (int p = 0; p < town[i].n; p++, n++) {
			bool mail = strcmp(town[i].channel, "email") == 0;

			(void)answered(s, (struct contact_in){ .channel = town[i].channel, .no_receipt = true, .sender_name = mail ? NULL :
			    arena_printf(s->a, "Person %d", (int)n), .sender_email = mail ? arena_printf(s->a, "p%d@example.org", (int)n) : NULL,
			    .sender_phone = mail ? NULL : arena_printf(s->a, "070-174 06 %02d", (int)n) }, now + n);
		}
	}
	passed = tick(s, now + 4000).passed;
	assert_int_equal(passed, n);
	(void)tick(s, now + AFTERWARDS_WAIT_S + 4000);
	must(outbox_list_since(s->db, s->a, 0, NULL, 1000, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++) {
		const char *p = strstr(mails.item[i].text, "/efterat/");

		if (p != NULL && ++k % 3 != 0)
			must(afterwards_answer(s->db, s->a, arena_strndup(s->a, p + 9, strcspn(p + 9, "\n")), &(struct afterwards_answer){
			    .heard = true, .ease = (int)(1 + k % 5), .second = (int)(1 + (k * k + (int64_t)i) % 5) }, now + AFTERWARDS_WAIT_S + 5000 + k,
			    &err), &err);
	}
	must(afterwards_calls(s->db, s->a, town_account(s->db, "guide-tn", ROLE_CONTACT_GUIDE, s->t.tn, s->t.street, s->now),
	    now + AFTERWARDS_WAIT_S, &call, &calls, &err), &err);
	assert_int_equal(calls, 11);		/* six of Gata's, five of Vatten's and Skog's together */
	for (size_t i = 0; i < calls; i++)
		must(afterwards_called(s->db, s->a, call[i].id, i == 1 ? NULL : &(struct afterwards_answer){ .ease = (int)(1 + i % 5),
		    .second = (int)(1 + i * i % 5) }, &err), &err);
	must(db_write(s->db, all_sent, NULL, &err), &err);
	assert_int_equal(count(s, "SELECT COUNT(*) - COUNT(DISTINCT sealed) FROM ask_ballot"), 0);
	assert_int_equal(count(s, "SELECT COUNT(DISTINCT LENGTH(sealed)) FROM ask_ballot"), 1);
}

/* How many asked persons an answer of each frame hides among, if somebody knew even its round: the fewest. Asked are those whose
 * address is hashed in ask_rest; a round's were asked at the same second. */
static int64_t
hides_among(struct stage *s)
{
	struct asked { int64_t frame, at, n; } *group = arena_array(s->a, 1000, sizeof(*group));
	struct stmt *st;
	struct site_keys keys;
	struct err err = { 0 };
	int64_t least = INT64_MAX, covered = 0;
	size_t n = 0;

	must(site_keys(s->db, &keys, &err), &err);
	st = db_stmt(s->db, "SELECT f.id, COALESCE(c.sender_email, c.sender_phone) FROM contact c JOIN ask_frame f"
	    " ON (f.authority_id = 0 OR f.authority_id = c.authority_id) AND (f.unit_id = 0 OR f.unit_id = c.unit_id)"
	    " AND f.channel = CASE WHEN c.channel IN ('phone', 'visit') THEN 'phone' ELSE 'written' END"
	    " WHERE EXISTS (SELECT 1 FROM ask_answer w WHERE w.frame_id = f.id)", &err);
	while (db_next(st, &err) == DB_ROW) {
		const char *reach = col_text(st, s->a, 1);
		int64_t frame = col_i64(st, 0), asked;
		struct stmt *rest = db_stmt(s->db, "SELECT asked_at FROM ask_rest WHERE person_hash = $1", &err);
		size_t g = 0;

		bind_text(rest, 1, hash_hex(hash_keyed(keys.throttle, reach, strlen(reach))).s);
		asked = db_next(rest, &err) == DB_ROW ? col_i64(rest, 0) : 0;
		db_done(rest);
		if (asked == 0)
			continue;
		while (g < n && (group[g].frame != frame || group[g].at != asked))
			g++;
		if (g == n)
			group[n++] = (struct asked){ frame, asked, 0 };
		group[g].n++;
	}
	db_done(st);
	/* a group smaller than the frame's round is not that round; of the others each might be, as far as keys say */
	for (size_t g = 0; g < n; g++) {
		bool first = true;

		int64_t drawn = count(s, arena_printf(s->a, "SELECT drawn FROM ask_frame WHERE id = %lld", (long long)group[g].frame));

		if (group[g].n < drawn)
			continue;
		for (size_t k = 0; k < g; k++)
			first = first && (group[k].frame != group[g].frame || group[k].n < drawn);
		covered += first;
		least = group[g].n < least ? group[g].n : least;
	}
	assert_int_equal(covered, count(s, "SELECT COUNT(DISTINCT frame_id) FROM ask_answer"));
	return least;
}

/* PostgreSQL says which transaction wrote a row, and where it lies. */
static void
by_row_order(struct stage *s)
{
	struct stmt *st;
	struct err err = { 0 };
	const char *last = "", *of = "";

	/* nothing else that is about anybody was written with an answer, and no answer alone */
	st = db_stmt(s->db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	    " AND table_name NOT IN ('ask_answer', 'ask_frame')", &err);
	while (db_next(st, &err) == DB_ROW) {
		const char *table = col_text(st, s->a, 0);

		if (count(s, arena_printf(s->a, "SELECT COUNT(*) FROM %s t WHERE t.xmin IN (SELECT w.xmin FROM ask_answer w)", table)) != 0)
			fail_msg("%s: written together with an answer", table);
	}
	db_done(st);
	assert_int_equal(count(s, "SELECT COUNT(DISTINCT xmin::text) FROM ask_answer"), count(s,
	    "SELECT COUNT(DISTINCT frame_id) FROM ask_answer"));		/* a round each */
	/* where a row lies is the order of the random names */
	st = db_stmt(s->db, "SELECT name, xmin::text FROM ask_answer ORDER BY ctid", &err);
	while (db_next(st, &err) == DB_ROW) {
		const char *name = col_text(st, s->a, 0), *x = col_text(st, s->a, 1);

		assert_true(strcmp(of, x) != 0 || strcmp(last, name) < 0);
		last = name;
		of = x;
	}
	db_done(st);
}

static void
small(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	char file[] = "/tmp/nk-town.XXXXXX", names[] = "/tmp/nk-names.XXXXXX";
	struct afterwards_results tn, ks;
	struct stmt *st;
	struct err err = { 0 };
	int64_t opened, counted;
	FILE *f;

	(void)arg;
	small_town(&s);
	if (database_engine(d) == DB_POSTGRESQL) {
		/* while they wait for an answer: tokens were written with their round's mails, by the order of their hashes */
		assert_int_equal(count(&s, "SELECT COUNT(*) FROM (SELECT t.token_hash, LAG(t.token_hash) OVER (PARTITION BY t.round_id"
		    " ORDER BY t.ctid) AS before FROM ask_token t) x WHERE before > token_hash"), 0);
	} else {
		assert_null(db_stmt(db, "SELECT rowid FROM ask_token", &err));	/* there is none */
		err = (struct err){ 0 };
		assert_null(db_stmt(db, "SELECT rowid FROM ask_answer", &err));
		err = (struct err){ 0 };
	}
	opened = tick(&s, s.now + AFTERWARDS_WAIT_S + OVER).opened;
	assert_int_equal(opened, count(&s, "SELECT COUNT(*) FROM ask_answer"));
	assert_true(opened > 15);
	/* by key, also the keys of what was drawn from together, and by the second she was asked */
	assert_true(hides_among(&s) >= 5);
	/* by name: an answer's stands nowhere else */
	assert_true(close(mkstemp(file)) == 0 && close(mkstemp(names)) == 0);
	dump(&s, file);
	f = fopen(names, "w");
	assert_non_null(f);
	st = db_stmt(db, "SELECT name FROM ask_answer", &err);
	while (db_next(st, &err) == DB_ROW)
		(void)fprintf(f, "%s\n", col_text(st, s.a, 0));
	db_done(st);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(lines(&s, arena_printf(s.a, "grep -cFf %s %s", names, file)), opened);
	(void)unlink(file);
	(void)unlink(names);
	if (database_engine(d) == DB_POSTGRESQL)
		by_row_order(&s);
	/* nobody was lost on the way: each is counted once, as one who could be asked or as left out */
	must(afterwards_results(db, s.a, s.t.tn, s.now, &tn, &err), &err);
	must(afterwards_results(db, s.a, s.t.ks, s.now, &ks, &err), &err);
	counted = count(&s, "SELECT SUM(eligible + left_out) FROM ask_frame");
	assert_int_equal(counted + count(&s, "SELECT COUNT(*) FROM ask_wait"), 58);
	assert_int_equal(tn.eligible, 24 + 12 + 10);
	assert_int_equal(tn.left_out + ks.left_out, 1);		/* the only visitor */
	assert_int_equal(count(&s, "SELECT eligible FROM ask_frame WHERE authority_id = 0"), 11);
	arena_close(s.a);
}

static void
test_no_join_ties_an_answer_to_few(void **state)
{
	(void)state;
	store_each(small, NULL);
}

/* The index and its margin by the definition, straight from the rows: strata are the frames, each answer of one stands for N/m. */
static void
by_definition(struct stage *s, int64_t authority_id, bool phone, bool second, double *index, double *margin)
{
	struct row { int64_t frame; double population, m, w, y, z; bool in; } *r = arena_array(s->a, 1000, sizeof(*r));
	struct err err = { 0 };
	struct stmt *st = db_stmt(s->db, "SELECT w.frame_id, f.eligible, CASE WHEN f.channel = 'phone' THEN 1 ELSE 0 END, w.ease, w.second"
	    " FROM ask_answer w JOIN ask_frame f ON f.id = w.frame_id WHERE f.authority_id = $1", &err);
	double weights = 0, sum = 0, variance = 0;
	size_t n = 0, strata = 0;

	bind_i64(st, 1, authority_id);
	for (; db_next(st, &err) == DB_ROW; n++)
		r[n] = (struct row){ .frame = col_i64(st, 0), .population = (double)col_i64(st, 1), .in = (col_i64(st, 2) == 1) == phone,
			.y = 25.0 * (double)(col_i64(st, second ? 4 : 3) - 1) };
	db_done(st);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++)
			r[i].m += r[k].frame == r[i].frame;
		r[i].w = r[i].population / r[i].m;
		weights += r[i].in ? r[i].w : 0;
		sum += r[i].in ? r[i].w * r[i].y : 0;
	}
	*index = sum / weights;
	for (size_t i = 0; i < n; i++)
		r[i].z = r[i].in ? r[i].w * (r[i].y - *index) / weights : 0;
	for (size_t i = 0; i < n; i++) {
		double mean = 0;
		bool first = true;

		for (size_t k = 0; k < n; k++) {
			mean += r[k].frame == r[i].frame ? r[k].z / r[i].m : 0;
			first = first && (k >= i || r[k].frame != r[i].frame);
		}
		strata += first;
		variance += (1 - r[i].m / r[i].population) * r[i].m / (r[i].m - 1) * (r[i].z - mean) * (r[i].z - mean);
	}
	*margin = t_quantile(0.975, (double)(n - strata)) * sqrt(variance);
}

static void
margins(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(d, db);
	struct afterwards_results r;
	struct err err = { 0 };
	double index, margin;

	(void)arg;
	set(&s, "afterwards.minimum", "5");
	small_town(&s);
	(void)tick(&s, s.now + AFTERWARDS_WAIT_S + OVER);
	must(afterwards_results(db, s.a, s.t.tn, s.now, &r, &err), &err);
	for (int m = 0; m < MEASURES; m++) {
		by_definition(&s, s.t.tn, m == EASE_PHONE || m == RECEPTION_PHONE, m == RECEPTION_PHONE || m == CLARITY_WRITTEN, &index,
		    &margin);
		if (!r.total.cell[m].shown || fabs(r.total.cell[m].index - index) > 1e-9 || fabs(r.total.cell[m].margin - margin) > 1e-9)
			fail_msg("measure %d: %.12g +- %.12g, by definition %.12g +- %.12g", m, r.total.cell[m].index, r.total.cell[m].margin,
			    index, margin);
		assert_true(margin > 0);
	}
	arena_close(s.a);
}

static void
test_the_margins_are_those_of_the_definition(void **state)
{
	(void)state;
	store_each(margins, NULL);
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
		cmocka_unit_test(test_no_join_ties_an_answer_to_few),
		cmocka_unit_test(test_the_margins_are_those_of_the_definition),
		cmocka_unit_test(test_what_was_not_done_stays_a_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_forgotten.c: the ways by which a contact could be lost without anybody's having decided it; on both databases
 *
 * Who had it leaves; nobody takes it; its manager is away or there is none; it is merged, transferred or taken for spam and the
 * resident writes again; a colleague is asked who may not read it; it waits and is nobody's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/clock.h"
#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "expect.h"
#include "municipality.h"
#include "people/absence.h"
#include "registry/secrecy.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

static struct contact
get(struct db *db, struct arena *a, int64_t id)
{
	struct contact c;
	struct err err = { 0 };

	must(contact_get(db, a, id, &c, &err), &err);
	return c;
}

static int64_t
comes(struct db *db, struct arena *a, const struct town *t, const char *mail, const char *message_id, int64_t now)
{
	struct contact_out out;
	struct err err = { 0 };

	must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .category_id = t->category, .sender_name = "Demo Anna",
	    .sender_email = mail, .subject = "Oplogad väg", .text = "Vägen till skolan är inte plogad.", .message_id = message_id },
	    now, &out, &err), &err);
	return out.id;
}

/* Mails about a contact to an official since the last time this was asked. */
static int
mails_to(struct db *db, struct arena *a, int64_t contact_id, const char *to)
{
	struct outbox_list mails;
	struct err err = { 0 };
	int n = 0;

	must(outbox_of_contact(db, a, contact_id, &mails, &err), &err);
	for (size_t i = 0; i < mails.n; i++)
		n += strcmp(mails.item[i].recipient, to) == 0;
	return n;
}

static size_t
documents(struct db *db, struct arena *a, int64_t id)
{
	struct document_list docs;
	struct err err = { 0 };

	must(document_of(db, a, id, 0, REACH_PROTECTED, &docs, &err), &err);
	return docs.n;
}

static int64_t
mailed(struct db *db, struct arena *a, const char *mail, const char *kind, int64_t now)
{
	struct intake_result r;
	struct contact c;
	struct err err = { 0 };

	must(intake_mail(db, a, mail, strlen(mail), NULL, now, &r, &err), &err);
	assert_string_equal(r.kind, kind);
	must(contact_by_number(db, a, r.number, &c, &err), &err);
	return c.id;
}

static const char *
fault_of(struct db *db, struct arena *a, int64_t now)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(db, a, now, &v, &err), &err);
	return v.n_broken == 0 ? "" : v.broken[0].what;
}

static void
owner_leaves(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id, kept;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct change admin = { 0, now + 60, NULL };
	struct clock_done done;
	struct contact c;

	(void)d;
	(void)arg;
	id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	kept = comes(db, a, &t, "bo@example.org", "2@example.org", now);
	must(contact_assign(db, id, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
	must(contact_pause(db, id, 0, "bild", NULL, &handler, now, &err), &err);
	must(contact_assign(db, kept, 0, t.street, t.manager, NULL, &handler, now, &err), &err);
	must(clock_tick(db, now + 30, &done, &err), &err);
	assert_int_equal(done.handed_back, 0);
	must(account_disable(db, &admin, t.handler, true, &err), &err);
	assert_string_equal(fault_of(db, a, now + 60 + 3700), "contact of somebody who no longer works with it");
	must(clock_tick(db, now + 120, &done, &err), &err);
	assert_int_equal(done.handed_back, 1);
	c = get(db, a, id);
	assert_int_equal(c.owner_id, 0);
	assert_string_equal(c.state, "new");		/* in the unit's list, and the clock runs */
	assert_int_equal(c.paused_at, 0);
	assert_int_equal(get(db, a, kept).owner_id, t.manager);
	assert_int_equal(mails_to(db, a, id, "manager@lillan.example"), 1);
	must(clock_tick(db, now + 180, &done, &err), &err);
	assert_int_equal(done.handed_back, 0);
	assert_string_equal(fault_of(db, a, now + 60 + 3700), "");
	arena_close(a);
}

static void
test_whoever_had_it_no_longer_works_here(void **state)
{
	(void)state;
	store_each(owner_leaves, NULL);
}

/* A Message-ID is the sender's word. */
static void
one_name_for_two(struct database *d, struct db *db, void *arg)
{
	static const char mail[] = "%sFrom: Demo <%s>\nTo: kontakt@lillan.example\nSubject: x\nDate: %s\nMessage-ID: <same@example.org>\n\n%s\n";
	static const char monday[] = "Mon, 11 Jan 2027 08:00:00 +0100", tuesday[] = "Tue, 12 Jan 2027 08:00:00 +0100";
	struct arena *a = arena_open();
	int64_t now = at("2027-01-11T08:12:00+01:00"), first;
	struct town t = town_make(db, now);

	(void)d;
	(void)arg;
	(void)t;
	first = mailed(db, a, arena_printf(a, mail, "", "anna@example.org", monday, "Vägen."), "contact", now);
	/* the same mail by another way */
	assert_int_equal(mailed(db, a, arena_printf(a, mail, "Received: from b by c; Mon, 11 Jan 2027 08:00:05 +0100\n", "Anna@Example.org",
	    monday, "Vägen."), "duplicate", now), first);
	/* another person's, and another mail of hers */
	assert_int_not_equal(mailed(db, a, arena_printf(a, mail, "", "bo@example.org", monday, "Lampan."), "contact", now), first);
	assert_int_not_equal(mailed(db, a, arena_printf(a, mail, "", "anna@example.org", tuesday, "Bron."), "contact", now), first);
	assert_string_equal(fault_of(db, a, now + 10), "");
	arena_close(a);
}

static void
test_two_mails_with_one_name_are_both_read(void **state)
{
	(void)state;
	store_each(one_name_for_two, NULL);
}

/* A unit is closed while it has contacts and mailboxes lead to it. */
static void
unit_closes(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), owned, free_one, later;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct change by = { 0, now, NULL };
	struct clock_done done;
	struct contact c;

	(void)d;
	(void)arg;
	owned = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	free_one = comes(db, a, &t, "bo@example.org", "2@example.org", now);
	must(contact_assign(db, owned, 0, t.street, t.manager, NULL, &handler, now, &err), &err);
	must(mailbox_save(db, &by, &(struct mailbox){ .address = "gata@lillan.example", .name = "Gata", .authority_id = t.tn,
	    .unit_id = t.street, .active = true }, &later, &err), &err);
	must(unit_save(db, &by, &(struct unit){ .id = t.street, .authority_id = t.tn, .parent_id = t.department, .kind = "unit",
	    .name = "Gata", .active = false }, &later, &err), &err);
	assert_string_equal(fault_of(db, a, now + 10), "contact of a unit that is closed");
	must(clock_tick(db, now + 60, &done, &err), &err);
	assert_int_equal(done.handed_back, 2);
	c = get(db, a, owned);
	assert_int_equal(c.unit_id, t.department);
	assert_int_equal(c.owner_id, t.manager);		/* she has it still */
	assert_int_equal(get(db, a, free_one).unit_id, t.department);
	assert_int_equal(mails_to(db, a, free_one, "head@lillan.example"), 1);
	later = mailed(db, a, "From: Demo <cia@example.org>\nTo: gata@lillan.example\nSubject: x\nMessage-ID: <m@example.org>\n\nHej hej.\n",
	    "contact", now + 70);
	assert_int_equal(get(db, a, later).unit_id, t.department);
	assert_int_equal(get(db, a, later).authority_id, t.tn);
	assert_string_equal(fault_of(db, a, now + 80), "");
	arena_close(a);
}

static void
test_a_unit_is_closed(void **state)
{
	(void)state;
	store_each(unit_closes, NULL);
}

static size_t
mine(struct db *db, struct arena *a, const struct actor *who, int64_t now, struct contact_row *first)
{
	struct contact_row_list list;
	struct worklist_counts counts;
	struct err err = { 0 };

	must(contact_worklist(db, a, who, &(struct worklist_filter){ .list = WORKLIST_MINE, .limit = 10 }, now, &list, &err), &err);
	must(contact_counts(db, who, now, &counts, &err), &err);
	assert_int_equal(counts.n[WORKLIST_MINE], list.n);
	if (list.n > 0)
		*first = list.item[0];
	return list.n;
}

/* The clock runs on while she is away: the stand-in has it in her list, and the list says why. */
static void
owner_is_away(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct actor manager = { .account_id = t.manager, .name = "manager", .unit_id = t.street };
	struct actor guide = { .account_id = t.guide, .name = "guide", .unit_id = t.centre };
	struct change by = { 0, now, NULL };
	struct contact_row row = { 0 };

	(void)d;
	(void)arg;
	id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	must(contact_assign(db, id, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
	must(absence_add(db, &by, &(struct absence){ .account_id = t.handler, .from_date = "2027-01-12", .to_date = "2027-01-13",
	    .stand_in_id = t.manager }, NULL, &err), &err);
	must(absence_add(db, &by, &(struct absence){ .account_id = t.handler, .from_date = "2027-01-14", .to_date = "2027-01-14",
	    .stand_in_id = t.guide }, NULL, &err), &err);
	assert_int_equal(mine(db, a, &manager, now, &row), 0);
	assert_int_equal(mine(db, a, &manager, at("2027-01-12T08:00:00+01:00"), &row), 1);
	assert_int_equal(row.id, id);
	assert_true(row.owner_away);
	assert_int_equal(mine(db, a, &handler, at("2027-01-12T08:00:00+01:00"), &row), 1);
	assert_int_equal(mine(db, a, &manager, at("2027-01-14T08:00:00+01:00"), &row), 0);
	assert_int_equal(mine(db, a, &guide, at("2027-01-14T08:00:00+01:00"), &row), 0);	/* she may not read it */
	assert_int_equal(mine(db, a, &handler, at("2027-01-15T08:00:00+01:00"), &row), 1);
	assert_false(row.owner_away);
	arena_close(a);
}

static void
test_whoever_stands_in_has_it_in_her_list(void **state)
{
	(void)state;
	store_each(owner_is_away, NULL);
}

static void
nobody_takes(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id, taken;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct clock_done done;
	struct contact c;

	(void)d;
	(void)arg;
	id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	taken = comes(db, a, &t, "bo@example.org", "2@example.org", now);
	must(contact_assign(db, taken, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
	c = get(db, a, id);
	assert_string_equal(instant_text(c.confirm_by).s, "2027-01-13T00:00:00+01:00");
	must(clock_tick(db, c.confirm_by - 1, &done, &err), &err);
	assert_int_equal(done.unconfirmed, 0);
	must(clock_tick(db, c.confirm_by, &done, &err), &err);
	assert_int_equal(done.unconfirmed, 1);		/* not the one that was taken */
	assert_int_equal(mails_to(db, a, id, "manager@lillan.example"), 1);
	must(clock_tick(db, c.confirm_by + 60, &done, &err), &err);
	assert_int_equal(done.unconfirmed, 0);		/* once */
	assert_int_equal(get(db, a, id).overdue, 0);	/* the answer is not late yet */
	arena_close(a);
}

static void
test_nobody_takes_it_by_the_promised_day(void **state)
{
	(void)state;
	store_each(nobody_takes, NULL);
}

/* The server stood still for weeks, and the manager is away: everybody who should have heard does, once. */
static void
all_hear(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id, nobodys;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct change admin = { 0, now, NULL };
	struct clock_done done;

	(void)d;
	(void)arg;
	id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	must(contact_assign(db, id, 0, t.street, t.handler, NULL, &(struct actor){ .account_id = t.manager }, now, &err), &err);
	must(absence_add(db, &admin, &(struct absence){ .account_id = t.manager, .from_date = "2027-02-01", .to_date = "2027-02-28",
	    .stand_in_id = t.registrar }, NULL, &err), &err);
	assert_int_equal(mails_to(db, a, id, "handler@lillan.example"), 1);	/* she was given it */
	must(clock_tick(db, at("2027-02-10T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.overdue[3], 1);
	assert_int_equal(mails_to(db, a, id, "handler@lillan.example"), 2);
	assert_int_equal(mails_to(db, a, id, "manager@lillan.example"), 1);
	assert_int_equal(mails_to(db, a, id, "registrar@lillan.example"), 1);	/* stands in */
	assert_int_equal(mails_to(db, a, id, "head@lillan.example"), 1);
	/* A unit without a manager: the head, at once. */
	must(account_disable(db, &admin, t.manager, true, &err), &err);
	nobodys = comes(db, a, &t, "bo@example.org", "2@example.org", at("2027-02-10T08:00:00+01:00"));
	must(clock_tick(db, at("2027-02-18T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.overdue[1], 1);
	assert_true(mails_to(db, a, nobodys, "head@lillan.example") >= 1);
	(void)handler;
	arena_close(a);
}

static void
test_after_a_stop_everybody_hears_and_without_a_manager_the_head(void **state)
{
	(void)state;
	store_each(all_hear, NULL);
}

static const char *
reply_mail(struct arena *a, const char *id, const char *in_reply_to, const char *from)
{
	return arena_printf(a, "From: Demo <%s>\nTo: kontakt@lillan.example\nSubject: Re: Oplogad\nMessage-ID: <%s>\n"
	    "In-Reply-To: <%s>\n\nOch nu är det halt dessutom.\n", from, id, in_reply_to);
}

static void
words_follow(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), first, second, moved, next, spam;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct actor guide = { .account_id = t.guide, .name = "guide", .unit_id = t.centre };
	struct contact_in junk = { .channel = "email", .sender_email = "cia@example.org", .subject = "Hej", .text = "Min fråga.",
		.quarantined = true, .kind = "quarantined", .message_id = "junk@example.org" };
	struct contact_out out;

	(void)d;
	(void)arg;
	/* merged */
	first = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	second = comes(db, a, &t, "anna@example.org", "2@example.org", now);
	must(contact_merge(db, second, first, &handler, now, &err), &err);
	must(contact_assign(db, first, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
	must(contact_pause(db, first, 0, "bild", NULL, &handler, now, &err), &err);
	assert_int_equal(documents(db, a, first), 1);
	must(contact_add_words(db, a, second, "Här är bilden.", NULL, 0, now + 60, &err), &err);
	assert_int_equal(documents(db, a, first), 2);
	assert_string_equal(get(db, a, first).state, "assigned");	/* what was waited for has come */
	assert_int_equal(mailed(db, a, reply_mail(a, "r1@example.org", "2@example.org", "anna@example.org"), "reply", now + 70), first);
	assert_int_equal(documents(db, a, first), 3);
	/* transferred; answered there; she writes to the first number */
	must(contact_transfer(db, first, 0, t.ks, 0, NULL, &handler, now + 80, &moved, &err), &err);
	must(contact_answer(db, a, &(struct answer_in){ .contact_id = moved, .way = ANSWER_PHONE, .text = "Talade med Anna om plogningen.",
	    .ending = "done" }, &guide, now + 90, NULL, &err), &err);
	assert_int_equal(mailed(db, a, reply_mail(a, "r2@example.org", "1@example.org", "anna@example.org"), "reply", now + 100), moved);
	assert_string_equal(get(db, a, moved).state, "new");
	assert_string_equal(get(db, a, first).state, "answered");	/* not opened once more in the authority that gave it away */
	assert_false(contact_judge(db, first, true, NULL, now + 110, &err));	/* not ours is no answer to judge */
	err = (struct err){ 0 };
	/* judged to be spam, wrongly: what she writes next is seen */
	must(contact_receive(db, a, &junk, now, &out, &err), &err);
	spam = out.id;
	must(contact_reject_spam(db, spam, &guide, now + 10, &err), &err);
	next = mailed(db, a, reply_mail(a, "r3@example.org", "junk@example.org", "cia@example.org"), "contact", now + 120);
	assert_int_not_equal(next, spam);
	assert_string_equal(get(db, a, next).state, "new");
	assert_string_equal(fault_of(db, a, now + 200), "");
	arena_close(a);
}

static void
test_what_she_writes_later_comes_to_who_has_it(void **state)
{
	(void)state;
	store_each(words_follow, NULL);
}

static void
two_people(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), anna, bo, third;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct contact_out out;

	(void)d;
	(void)arg;
	anna = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	bo = comes(db, a, &t, "bo@example.org", "2@example.org", now);
	assert_false(contact_merge(db, bo, anna, &handler, now, &err));
	assert_string_equal(err.field, "into");
	assert_string_equal(get(db, a, bo).state, "new");
	/* with nobody to answer there is nobody to lose */
	err = (struct err){ 0 };
	must(contact_receive(db, a, &(struct contact_in){ .channel = "web", .category_id = t.category, .anonymous = true, .reply_by = "none",
	    .text = "Oplogat vid skolan." }, now, &out, &err), &err);
	third = out.id;
	must(contact_merge(db, third, anna, &handler, now, &err), &err);
	assert_string_equal(get(db, a, third).state, "merged");
	arena_close(a);
}

static void
test_two_people_are_never_answered_in_one(void **state)
{
	(void)state;
	store_each(two_people, NULL);
}

static void
asked(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id, water, other;
	struct town t = town_make(db, now);
	struct actor registrar = { .account_id = t.registrar, .name = "registrar", .unit_id = t.department };
	struct change by = { 0, now, NULL };
	struct question_list q;

	(void)d;
	(void)arg;
	must(unit_save(db, &by, &(struct unit){ .authority_id = t.tn, .parent_id = t.department, .kind = "unit", .name = "Vatten",
	    .active = true }, &water, &err), &err);
	other = town_account(db, "water", ROLE_CASE_HANDLER, t.tn, water, now);
	id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	must(contact_ask(db, id, other, "Läcker det?", &registrar, now, &err), &err);		/* another unit, and nothing is secret */
	assert_false(contact_ask(db, id, t.guide, "Läcker det?", &registrar, now, &err));	/* another authority */
	assert_string_equal(err.field, "of");
	err = (struct err){ 0 };
	must(question_of(db, a, id, &q, &err), &err);
	must(contact_ask_answer(db, q.item[0].id, "Nej.", &(struct actor){ .account_id = other, .name = "water" }, now + 5, &err), &err);
	assert_int_equal(mails_to(db, a, id, "registrar@lillan.example"), 1);	/* who asked hears, though nobody has it yet */
	/* What is secret is asked only of who may read it. */
	must(secrecy_mark(db, "contact", id, "21:1", local_date(now), NULL, &registrar, now + 6, &err), &err);
	assert_false(contact_ask(db, id, other, "Var bor hon?", &registrar, now + 7, &err));
	assert_string_equal(err.field, "of");
	err = (struct err){ 0 };
	must(contact_ask(db, id, t.manager, "Var bor hon?", &registrar, now + 7, &err), &err);
	arena_close(a);
}

static void
test_a_colleague_who_is_asked_can_answer_and_the_asker_hears(void **state)
{
	(void)state;
	store_each(asked, NULL);
}

static void
waits(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), answered, back, moved, id;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };

	(void)d;
	(void)arg;
	answered = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	back = comes(db, a, &t, "bo@example.org", "2@example.org", now);
	moved = comes(db, a, &t, "cia@example.org", "3@example.org", now);
	for (id = answered; id <= moved; id++) {
		must(contact_assign(db, id, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
		must(contact_pause(db, id, 0, "bild", NULL, &handler, now, &err), &err);
	}
	/* Three working days later, though she never wrote: the days waited are given back whatever comes next. */
	now = at("2027-01-14T10:00:00+01:00");
	must(contact_answer(db, a, &(struct answer_in){ .contact_id = answered, .way = ANSWER_PHONE, .text = "Ringde henne i dag, vägen plogas.",
	    .ending = "done" }, &handler, now, NULL, &err), &err);
	must(contact_assign(db, back, 0, t.street, 0, NULL, &handler, now, &err), &err);
	must(contact_transfer(db, moved, 0, t.ks, 0, NULL, &handler, now, &id, &err), &err);
	assert_string_equal(instant_text(get(db, a, answered).answer_by).s, "2027-01-22T00:00:00+01:00");
	assert_string_equal(instant_text(get(db, a, back).answer_by).s, "2027-01-22T00:00:00+01:00");
	assert_string_equal(get(db, a, back).state, "new");
	assert_string_equal(instant_text(get(db, a, id).answer_by).s, "2027-01-22T00:00:00+01:00");
	assert_string_equal(fault_of(db, a, now + 10), "");
	arena_close(a);
}

/* A plan is an answer, but not one for a day that nobody will live to see. */
static void
plans(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), id;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "handler", .unit_id = t.street };
	struct answer_in plan = { .way = ANSWER_PHONE, .text = "Vi återkommer när vägen är lagad." };

	(void)d;
	(void)arg;
	plan.contact_id = id = comes(db, a, &t, "anna@example.org", "1@example.org", now);
	must(contact_assign(db, id, 0, t.street, t.handler, NULL, &handler, now, &err), &err);
	plan.next_by = at("2028-02-01T00:00:00+01:00");
	assert_false(contact_answer(db, a, &plan, &handler, now, NULL, &err));
	assert_string_equal(err.field, "next_by");
	err = (struct err){ 0 };
	plan.next_by = at("2027-12-01T00:00:00+01:00");
	must(contact_answer(db, a, &plan, &handler, now, NULL, &err), &err);
	arena_close(a);
}

static void
test_a_plan_is_for_a_day_within_a_year(void **state)
{
	(void)state;
	store_each(plans, NULL);
}

static void
test_what_waits_is_somebodys_and_its_days_are_given_back(void **state)
{
	(void)state;
	store_each(waits, NULL);
}

/* ---- a mail lies there before anything of it is read ---- */

static int64_t raw_seen;

/* While it is read: what another connection sees of it is what a crash now would leave. */
static bool
look_from_outside(struct db *tx, struct arena *a, const struct mime_message *m, const struct mail_verdict *verdict,
    const char *envelope_to, int64_t now, bool *taken, int64_t *contact_id, struct err *err)
{
	struct db *other = database_reader(db_database(tx), err);

	(void)a;
	(void)m;
	(void)verdict;
	(void)envelope_to;
	(void)now;
	(void)taken;
	(void)contact_id;
	return other != NULL && db_id(other, "SELECT COUNT(*) FROM mail_in WHERE raw_sha256 IN (SELECT sha256 FROM file)", &raw_seen,
	    err, "");
}

static void
raw_first(struct database *d, struct db *db, void *arg)
{
	static const char mail[] = "From: Demo Anna <demo.anna@example.org>\r\nTo: kontakt@example.org\r\nSubject: prov\r\n\r\nHej.\r\n";
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct intake_result r;

	(void)d;
	(void)arg;
	(void)town_make(db, at("2027-01-11T08:12:00+01:00"));
	raw_seen = 0;
	intake_on_first(look_from_outside);
	must(intake_mail(db, a, mail, sizeof(mail) - 1, "kontakt@example.org", at("2027-01-11T08:12:00+01:00"), &r, &err), &err);
	intake_on_first(NULL);
	assert_string_equal(r.kind, "contact");
	assert_int_equal(raw_seen, 1);
	arena_close(a);
}

static void
test_a_mail_lies_there_before_it_is_read(void **state)
{
	(void)state;
	store_each(raw_first, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whoever_had_it_no_longer_works_here),
		cmocka_unit_test(test_two_mails_with_one_name_are_both_read),
		cmocka_unit_test(test_a_mail_lies_there_before_it_is_read),
		cmocka_unit_test(test_a_unit_is_closed),
		cmocka_unit_test(test_whoever_stands_in_has_it_in_her_list),
		cmocka_unit_test(test_nobody_takes_it_by_the_promised_day),
		cmocka_unit_test(test_after_a_stop_everybody_hears_and_without_a_manager_the_head),
		cmocka_unit_test(test_what_she_writes_later_comes_to_who_has_it),
		cmocka_unit_test(test_two_people_are_never_answered_in_one),
		cmocka_unit_test(test_a_colleague_who_is_asked_can_answer_and_the_asker_hears),
		cmocka_unit_test(test_a_plan_is_for_a_day_within_a_year),
		cmocka_unit_test(test_what_waits_is_somebodys_and_its_days_are_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_contact.c: a contact comes in and is answered, or is somebody's task; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/clock.h"
#include "contact/contact.h"
#include "contact/link.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "expect.h"
#include "municipality.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

static struct contact_in
road(const struct town *t)
{
	return (struct contact_in){ .channel = "email", .category_id = t->category, .sender_name = "Anna Exempel",
		.sender_email = "Anna@Example.org", .sender_phone = "070-123 45 67", .subject = "Oplogad väg",
		.text = "Vägen till skolan är inte plogad.", .message_id = "abc@example.org" };
}

static void
verify_is_clean(struct db *db, struct arena *a, int64_t now)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(db, a, now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s: %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
}

static void
comes_in_and_is_answered(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), contact_id, link_id, document_id;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "Demo Handler", .unit_id = t.street };
	struct contact_in in = road(&t);
	struct contact_out out;
	struct contact_row_list list;
	struct outbox_list mails;
	struct document_list docs;
	struct contact c;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &in, now, &out, &err), &err);
	assert_string_equal(out.number, "K-2027-000001");
	must(contact_by_number(db, a, out.number, &c, &err), &err);
	assert_int_equal(c.unit_id, t.street);
	assert_int_equal(c.authority_id, t.tn);
	assert_string_equal(c.sender_email, "anna@example.org");
	assert_string_equal(c.sender_phone, "+46701234567");
	assert_string_equal(c.state, "new");
	assert_string_equal(c.received_date, "2027-01-11");
	assert_string_equal(instant_text(c.answer_by).s, "2027-01-19T00:00:00+01:00");
	/* the receipt: number, date, link; marked automatic */
	must(outbox_of_contact(db, a, c.id, &mails, &err), &err);
	assert_int_equal(mails.n, 1);
	assert_true(mails.item[0].automatic);
	assert_non_null(strstr(mails.item[0].text, "K-2027-000001"));
	assert_non_null(strstr(mails.item[0].text, out.link));
	assert_non_null(strstr(mails.item[0].text, "18 januari 2027"));
	assert_string_equal(mails.item[0].in_reply_to, "abc@example.org");
	assert_non_null(strstr(mails.item[0].sender, "kontakt+k-2027-000001-"));
	/* the link opens, a changed one does not */
	must(link_open(db, out.link + 3, now, &contact_id, &link_id, &err), &err);
	assert_int_equal(contact_id, c.id);
	assert_false(link_open(db, "AAAA", now, &contact_id, &link_id, &err));
	assert_false(link_open(db, out.link + 3, now + LINK_LIFE_S + 1, &contact_id, &link_id, &err));
	/* it is in the unit's list, and nobody's */
	must(contact_worklist(db, a, &handler, &(struct worklist_filter){ .list = WORKLIST_UNASSIGNED, .limit = 10 }, now,
	    &list, &err), &err);
	assert_int_equal(list.n, 1);
	/* an owner reads what she owns: nobody of another authority can be made one */
	assert_false(contact_assign(db, c.id, c.version, t.street, t.guide, NULL, &handler, now + 60, &err));
	assert_string_equal(err.field, "owner");
	err = (struct err){ 0 };
	must(contact_assign(db, c.id, c.version, t.street, t.handler, NULL, &handler, now + 60, &err), &err);
	err = (struct err){ 0 };
	assert_false(contact_assign(db, c.id, c.version, t.street, t.handler, NULL, &handler, now + 60, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	must(contact_worklist(db, a, &handler, &(struct worklist_filter){ .list = WORKLIST_MINE, .limit = 10 }, now, &list,
	    &err), &err);
	assert_int_equal(list.n, 1);
	/* an empty answer, and the receipt's own words, are no answer */
	must(contact_get(db, a, c.id, &c, &err), &err);
	err = (struct err){ 0 };
	assert_false(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = " \n", .ending = "done" }, &handler, now + 120, &document_id, &err));
	assert_string_equal(err.field, "text");
	assert_false(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = mails.item[0].text, .ending = "done" }, &handler, now + 120, &document_id, &err));
	assert_false(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Vi plogar inte enskilda vägar.", .ending = "not_done" }, &handler, now + 120, &document_id, &err));
	assert_string_equal(err.field, "ending_why");
	err = (struct err){ 0 };
	must(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Vägen plogas i eftermiddag.", .ending = "done" }, &handler, now + 120, &document_id, &err), &err);
	/* within its minute it can be taken back, and then it was never sent */
	must(contact_answer_undo(db, document_id, &handler, now + 130, &err), &err);
	must(contact_get(db, a, c.id, &c, &err), &err);
	assert_string_equal(c.state, "assigned");
	assert_int_equal(c.answered_at, 0);
	must(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .version = c.version, .way = ANSWER_MAIL,
	    .text = "Vägen plogas i kväll.", .ending = "done" }, &handler, now + 140, &document_id, &err), &err);
	must(contact_get(db, a, c.id, &c, &err), &err);
	assert_string_equal(c.state, "answered");
	assert_string_equal(c.ending, "done");
	must(outbox_due(db, a, "email", now + 300, 10, &mails, &err), &err);
	assert_int_equal(mails.n, 2);		/* the receipt and the answer; what was taken back is not sent */
	assert_string_equal(mails.item[1].in_reply_to, "abc@example.org");
	/* not satisfied: open again with a new promise, and the reopening stays on the timeline */
	assert_false(contact_judge(db, c.id, false, "", now + 500, &err));
	err = (struct err){ 0 };
	must(contact_judge(db, c.id, false, "Den är fortfarande oplogad.", now + 86400, &err), &err);
	must(contact_get(db, a, c.id, &c, &err), &err);
	assert_string_equal(c.state, "assigned");
	assert_int_equal(c.answered_at, 0);
	assert_string_equal(instant_text(c.answer_by).s, "2027-01-20T00:00:00+01:00");
	must(document_of(db, a, c.id, 0, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 4);
	verify_is_clean(db, a, now + 86500);
	arena_close(a);
}

static void
test_a_contact_comes_in_and_is_answered(void **state)
{
	(void)state;
	store_each(comes_in_and_is_answered, NULL);
}

static void
clock_runs(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00"), new_id;
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "Demo Handler", .unit_id = t.street };
	struct contact_in in = road(&t);
	struct clock_done done;
	struct contact_out out;
	struct contact c, other;
	int64_t by;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &in, now, &out, &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	by = c.answer_by;
	must(clock_tick(db, by - 1, &done, &err), &err);
	assert_int_equal(done.overdue[1] + done.overdue[2] + done.overdue[3], 0);
	must(clock_tick(db, by, &done, &err), &err);
	assert_int_equal(done.overdue[1], 1);
	must(clock_tick(db, by + 60, &done, &err), &err);
	assert_int_equal(done.overdue[1], 0);		/* once */
	must(clock_tick(db, at("2027-01-21T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.overdue[2], 1);
	assert_int_equal(done.mails, 1);		/* the manager */
	must(clock_tick(db, at("2027-02-10T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.overdue[3], 1);
	assert_int_equal(done.mails, 1);		/* the head */
	/* to another authority: a new contact there, the same promise */
	must(contact_get(db, a, out.id, &c, &err), &err);
	must(contact_transfer(db, c.id, c.version, t.ks, 0, NULL, &handler, now + 3600, &new_id, &err), &err);
	must(contact_get(db, a, new_id, &other, &err), &err);
	assert_int_equal(other.answer_by, by);
	assert_int_equal(other.authority_id, t.ks);
	assert_int_equal(other.arrived_at, c.arrived_at);
	must(contact_get(db, a, c.id, &c, &err), &err);
	assert_string_equal(c.ending, "not_ours");
	assert_string_equal(c.ending_why, other.number);
	assert_int_equal(c.answered_at, 0);		/* a transfer is never an answer */
	verify_is_clean(db, a, now + 86500);
	arena_close(a);
}

static void
test_overdue_is_told_once_a_level_and_a_transfer_moves_no_clock(void **state)
{
	(void)state;
	store_each(clock_runs, NULL);
}

static void
pauses_and_asks(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00");
	struct town t = town_make(db, now);
	struct actor handler = { .account_id = t.handler, .name = "Demo Handler", .unit_id = t.street };
	struct actor manager = { .account_id = t.manager, .name = "Demo Manager", .unit_id = t.street };
	struct contact_in in = road(&t);
	struct contact_out out, second, part;
	struct question_list questions;
	struct contact c;
	const char *draft;
	int64_t saved_at;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &in, now, &out, &err), &err);
	assert_false(contact_pause(db, out.id, 0, "bild", NULL, &handler, now, &err));	/* nobody has it */
	err = (struct err){ 0 };
	must(contact_assign(db, out.id, 0, t.street, t.handler, NULL, &manager, now, &err), &err);
	must(contact_pause(db, out.id, 0, "Väntar på en bild", "Kan du skicka en bild?", &handler, now, &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	assert_string_equal(c.state, "waiting");
	/* her words come on Thursday: three working days are given back */
	must(contact_add_words(db, a, out.id, "Här är bilden.", NULL, 0, at("2027-01-14T10:00:00+01:00"), &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	assert_string_equal(c.state, "assigned");
	assert_int_equal(c.paused_days, 3);
	assert_string_equal(instant_text(c.answer_by).s, "2027-01-22T00:00:00+01:00");
	must(contact_ask(db, out.id, t.manager, "Har vi plogat?", &handler, now + 10, &err), &err);
	must(question_of(db, a, out.id, &questions, &err), &err);
	assert_int_equal(questions.n, 1);
	assert_false(contact_ask_answer(db, questions.item[0].id, "Nej.", &handler, now + 11, &err));
	err = (struct err){ 0 };
	must(contact_ask_answer(db, questions.item[0].id, "Nej, inte än.", &manager, now + 12, &err), &err);
	must(contact_note(db, out.id, "Talade med entreprenören.", &handler, now + 13, &err), &err);
	must(draft_save(db, t.handler, out.id, "Ett utkast", now, &err), &err);
	must(draft_get(db, a, t.handler, out.id, &draft, &saved_at, &err), &err);
	assert_string_equal(draft, "Ett utkast");
	must(contact_receive(db, a, &in, now + 20, &second, &err), &err);
	must(contact_merge(db, second.id, out.id, &handler, now + 30, &err), &err);
	must(contact_get(db, a, second.id, &c, &err), &err);
	assert_string_equal(c.state, "merged");
	must(contact_split(db, a, out.id, "Lampan", "Lampan är också trasig.", &handler, now + 40, &part, &err), &err);
	must(contact_get(db, a, part.id, &c, &err), &err);
	assert_int_equal(c.arrived_at, now);
	in.quarantined = true;
	must(contact_receive(db, a, &in, now + 50, &second, &err), &err);
	must(contact_get(db, a, second.id, &c, &err), &err);
	assert_string_equal(c.state, "quarantined");
	must(contact_release(db, a, second.id, &handler, now + 60, &err), &err);
	must(contact_get(db, a, second.id, &c, &err), &err);
	assert_string_equal(c.state, "new");
	verify_is_clean(db, a, now + 86500);
	arena_close(a);
}

static void
test_pause_ask_note_merge_split_quarantine(void **state)
{
	(void)state;
	store_each(pauses_and_asks, NULL);
}

static bool
alter(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE event SET data = '{\"x\": 1}' WHERE id = 2", NULL, err, "") &&
	    db_run(tx, "UPDATE contact SET unit_id = NULL", NULL, err, "");
}

static void
shows_what_was_altered(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = at("2027-01-11T08:12:00+01:00");
	struct town t = town_make(db, now);
	struct contact_in in = road(&t);
	struct contact_out out;
	struct verify_result v;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &in, now, &out, &err), &err);
	must(db_write(db, alter, NULL, &err), &err);
	must(verify_all(db, a, now, &v, &err), &err);
	assert_int_equal(v.unanswered_without_owner, 1);
	assert_true(v.n_broken >= 2);
	assert_string_equal(v.broken[0].object, "event 2");
	arena_close(a);
}

static void
test_verify_shows_what_was_altered(void **state)
{
	(void)state;
	store_each(shows_what_was_altered, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_contact_comes_in_and_is_answered),
		cmocka_unit_test(test_overdue_is_told_once_a_level_and_a_transfer_moves_no_clock),
		cmocka_unit_test(test_pause_ask_note_merge_split_quarantine),
		cmocka_unit_test(test_verify_shows_what_was_altered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

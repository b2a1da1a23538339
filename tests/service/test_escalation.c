/* tests/service/test_escalation.c: not satisfied: who is asked, what she may see, dates, initiative; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/intake_store.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "elected.h"
#include "expect.h"
#include "registry/matter.h"
#include "representative/administration.h"
#include "representative/by_mail.h"
#include "representative/escalation.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

/* One database with the town, the elected, and Anna's contact at 08:12 on Monday 2027-01-11. */
struct stage {
	struct arena *a;
	struct db *db;
	struct town t;
	struct elected e;
	struct contact_out anna;
	int64_t now;
	struct actor eva, olle, manager, head, registrar, handler;
};

static struct actor
actor_of(struct stage *s, int64_t account_id, const char *name)
{
	struct actor actor = { .account_id = account_id, .name = name };
	struct err err = { 0 };

	must(grants_of(s->db, s->a, account_id, date_of("2027-01-20"), &actor.grant, &actor.n_grants, &err), &err);
	return actor;
}

static struct stage
stage_open(struct db *db)
{
	struct stage s = { .a = arena_open(), .db = db, .now = at("2027-01-11T08:12:00+01:00") };
	struct err err = { 0 };

	s.t = town_make(db, s.now);
	s.e = elected_make(db, &s.t, s.now);
	s.eva = actor_of(&s, s.e.eva_account, "Eva Ek");
	s.olle = actor_of(&s, s.e.olle_account, "Olle Ordförande");
	s.manager = actor_of(&s, s.t.manager, "manager");
	s.head = actor_of(&s, s.t.head, "head");
	s.registrar = actor_of(&s, s.t.registrar, "registrar");
	s.handler = actor_of(&s, s.t.handler, "handler");
	must(contact_receive(db, s.a, &(struct contact_in){ .channel = "email", .category_id = s.t.category,
	    .sender_name = "Anna Exempel", .sender_email = "anna@example.org", .sender_phone = "070-174 06 05",
	    .subject = "Oplogad väg", .text = "Hej! Vägen till skolan är inte plogad. /Anna Exempel, 070-174 06 05",
	    .message_id = "first@example.org" }, s.now, &s.anna, &err), &err);
	return s;
}

static void
stage_close(struct stage *s, int64_t now)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(s->db, s->a, now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s: %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	arena_close(s->a);
}

static int64_t
ask(struct stage *s, const char *level, int64_t representative_id, unsigned consent, int64_t now)
{
	struct err err = { 0 };
	int64_t id;

	must(escalation_ask(s->db, s->a, &(struct escalation_in){ .contact_id = s->anna.id, .level = level, .channel = "web",
	    .representative_id = representative_id, .words = "Ingen har ringt mig. Anna", .consent = consent }, NULL, now, &id,
	    &err), &err);
	return id;
}

static struct escalation
get(struct stage *s, int64_t id)
{
	struct escalation e;
	struct err err = { 0 };

	must(escalation_get(s->db, s->a, id, &e, &err), &err);
	return e;
}

static void
without_consent(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), id = ask(&s, "representative", s.e.eva, 0, now);
	struct escalation e = get(&s, id);
	struct object object = escalation_object(&e);
	struct escalation_list list;
	struct escalation_file f;
	struct outbox_list mails;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	assert_string_equal(e.state, "open");
	assert_string_equal(e.to, "Eva Ek");
	assert_string_equal(instant_text(e.answer_by).s, "2027-01-23T00:00:00+01:00");	/* the end of Friday 22 */
	/* hers, and no other representative's or official's */
	assert_true(permitted(&s.eva, ACT_ESCALATION_READ, &object));
	assert_false(permitted(&s.olle, ACT_ESCALATION_READ, &object));
	assert_false(permitted(&s.head, ACT_ESCALATION_READ, &object));
	must(escalation_waiting(db, s.a, &s.head, ACT_ESCALATION_MANAGE, &list, &err), &err);
	assert_int_equal(list.n, 0);
	must(escalation_mine(db, s.a, &s.eva, &list, &err), &err);
	assert_int_equal(list.n, 1);
	must(escalation_mine(db, s.a, &s.olle, &list, &err), &err);
	assert_int_equal(list.n, 0);
	/* the matter, not the person */
	must(escalation_file(db, s.a, &e, now + 1000, &f, &err), &err);
	assert_null(f.contact.sender_name);
	assert_null(f.contact.sender_phone);
	assert_null(f.contact.sender_email);
	assert_int_equal(f.n_documents, 2);
	for (size_t i = 0; i < f.n_documents; i++) {
		assert_null(strstr(f.document[i].text, "Anna"));
		assert_null(strstr(f.document[i].text, "070"));
		assert_null(f.document[i].sender);
	}
	assert_non_null(strstr(f.document[0].text, "inte plogad"));
	/* she agrees to name and phone, and takes it back; each is an event with its scope */
	must(escalation_consent(db, s.a, id, CONSENT_NAME | CONSENT_PHONE, now + 60, &err), &err);
	e = get(&s, id);
	must(escalation_file(db, s.a, &e, now + 1000, &f, &err), &err);
	assert_string_equal(f.contact.sender_name, "Anna Exempel");
	assert_string_equal(f.contact.sender_phone, "+46701740605");
	assert_null(f.contact.sender_email);
	must(escalation_consent(db, s.a, id, 0, now + 120, &err), &err);
	e = get(&s, id);
	assert_int_equal(e.consent_withdrawn_at, now + 120);
	must(escalation_file(db, s.a, &e, now + 1000, &f, &err), &err);
	assert_null(f.contact.sender_name);
	/* Eva hears of it by number, without a word of it; Anna by name of whom and date */
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_int_equal(mails.n, 3);
	assert_string_equal(mails.item[1].recipient, "eva@lillan.example");
	assert_null(strstr(mails.item[1].text, "plogad"));
	assert_null(strstr(mails.item[1].subject, "plogad"));
	assert_string_equal(mails.item[2].recipient, "anna@example.org");
	assert_non_null(strstr(mails.item[2].text, "Eva Ek"));
	assert_non_null(strstr(mails.item[2].text, "22 januari 2027"));
	/* not twice to the same; to somebody else at once if she wants */
	assert_false(escalation_ask(db, s.a, &(struct escalation_in){ .contact_id = s.anna.id, .level = "representative",
	    .representative_id = s.e.eva, .words = "Igen", .channel = "web" }, NULL, now, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	(void)ask(&s, "chair", 0, 0, now + 200);
	stage_close(&s, now + 300);
}

static void
test_a_representative_sees_the_matter_and_the_person_only_as_agreed(void **state)
{
	(void)state;
	store_each(without_consent, NULL);
}

static bool
mark_secret(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "UPDATE contact SET restricted = 1 WHERE id = $1", NULL, err, "i", *(int64_t *)arg) &&
	    db_run(tx, "UPDATE document SET restricted = 1 WHERE contact_id = $1", NULL, err, "i", *(int64_t *)arg);
}

static void
protected_never_passes(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), id = ask(&s, "representative", s.e.eva, CONSENT_NAME, now);
	struct escalation_choices who;
	struct escalation_list list;
	struct escalation e;
	struct escalation_file f;
	struct object object;
	struct contact c;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	/* marked afterwards: from that moment she reaches nothing of it */
	must(db_write(db, mark_secret, &s.anna.id, &err), &err);
	e = get(&s, id);
	assert_int_equal(e.restricted, 1);
	object = escalation_object(&e);
	assert_false(permitted(&s.eva, ACT_ESCALATION_READ, &object));
	assert_false(permitted(&s.eva, ACT_ESCALATION_ANSWER, &object));
	assert_false(escalation_file(db, s.a, &e, now + 1000, &f, &err));
	assert_int_equal(err.code, ERR_DENIED);
	err = (struct err){ 0 };
	must(escalation_mine(db, s.a, &s.eva, &list, &err), &err);
	assert_int_equal(list.n, 0);
	/* and no other elected can be chosen; the manager can */
	must(contact_get(db, s.a, s.anna.id, &c, &err), &err);
	must(escalation_choices(db, s.a, &c, "sv", now, &who, &err), &err);
	assert_false(who.elected);
	for (int i = 0; i < 2; i++) {
		assert_false(escalation_ask(db, s.a, &(struct escalation_in){ .contact_id = s.anna.id, .channel = "web",
		    .level = i == 0 ? "chair" : "representative", .representative_id = i == 0 ? 0 : s.e.olle, .words = "Svara" },
		    NULL, now, NULL, &err));
		assert_string_equal(err.field, "level");
		err = (struct err){ 0 };
	}
	id = ask(&s, "manager", 0, 0, now + 60);
	e = get(&s, id);
	object = escalation_object(&e);
	assert_true(permitted(&s.manager, ACT_ESCALATION_MANAGE, &object));
	must(escalation_waiting(db, s.a, &s.manager, ACT_ESCALATION_MANAGE, &list, &err), &err);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].answer_days, MANAGER_DAYS);
	must(escalation_waiting(db, s.a, &s.handler, ACT_ESCALATION_MANAGE, &list, &err), &err);
	assert_int_equal(list.n, 0);
	arena_close(s.a);
}

static void
test_what_is_secret_or_protected_never_passes_to_an_elected(void **state)
{
	(void)state;
	store_each(protected_never_passes, NULL);
}

static void
against_a_decision(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-03-08T10:00:00+01:00"), id, second;
	struct escalation_list list;
	struct escalation_file f;
	struct escalation e;
	struct contact c;
	struct matter m;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	must(escalation_ask(db, s.a, &(struct escalation_in){ .contact_id = s.anna.id, .level = "representative",
	    .representative_id = s.e.eva, .about_decision = true, .decision_date = "2027-03-05", .words = "Jag vill ha beslutet ändrat.",
	    .channel = "web" }, NULL, now, &id, &err), &err);
	e = get(&s, id);
	assert_string_equal(e.state, "to_classify");
	assert_int_equal(e.account_id, 0);
	assert_string_equal(e.appeal_last_day, "2027-03-30");	/* Good Friday, the weekend, Easter Monday are stepped over */
	must(escalation_mine(db, s.a, &s.eva, &list, &err), &err);
	assert_int_equal(list.n, 0);		/* not before a registrar has looked */
	must(escalation_waiting(db, s.a, &s.registrar, ACT_ESCALATION_CLASSIFY, &list, &err), &err);
	assert_int_equal(list.n, 1);
	/* a registrar must know whose it is; a representative must not */
	must(escalation_file(db, s.a, &e, now, &f, &err), &err);
	assert_non_null(f.contact.sender_name);
	e.state = "open";
	must(escalation_file(db, s.a, &e, now, &f, &err), &err);
	assert_null(f.contact.sender_name);
	/* a day that has not been is a slip of the pen */
	assert_false(escalation_classify(db, s.a, &(struct classify_in){ .id = id, .classified = "appeal", .decision_kind = "merits",
	    .decision_date = "2027-03-09" }, &s.registrar, now, &err));
	assert_string_equal(err.field, "decision_date");
	err = (struct err){ 0 };
	assert_false(escalation_classify(db, s.a, &(struct classify_in){ .id = id, .classified = "appeal" }, &s.registrar, now,
	    &err));
	assert_string_equal(err.field, "decision_kind");
	err = (struct err){ 0 };
	must(escalation_classify(db, s.a, &(struct classify_in){ .id = id, .classified = "appeal", .decision_kind = "legality",
	    .decision_date = "2027-02-16" }, &s.registrar, now + 60, &err), &err);
	e = get(&s, id);
	assert_string_equal(e.state, "closed");
	assert_string_equal(e.appeal_last_day, "2027-03-09");
	must(contact_get(db, s.a, s.anna.id, &c, &err), &err);
	assert_int_not_equal(c.matter_id, 0);
	must(matter_get(db, s.a, c.matter_id, &m, &err), &err);
	assert_string_equal(m.appeal_kind, "legality");
	assert_false(escalation_classify(db, s.a, &(struct classify_in){ .id = id, .classified = "other" }, &s.registrar, now,
	    &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	/* in a decided matter every dissatisfaction is looked at first, whatever she calls it; a complaint goes on */
	err = (struct err){ 0 };
	must(matter_state(db, m.id, 0, "in_preparation", &s.registrar, now, &err), &err);
	must(matter_state(db, m.id, 0, "decided", &s.registrar, now, &err), &err);
	second = ask(&s, "representative", s.e.eva, 0, now + 100);
	assert_string_equal(get(&s, second).state, "to_classify");
	must(escalation_classify(db, s.a, &(struct classify_in){ .id = second, .classified = "complaint" }, &s.registrar,
	    now + 200, &err), &err);
	e = get(&s, second);
	assert_string_equal(e.state, "open");
	assert_string_equal(e.to, "Eva Ek");
	assert_string_equal(instant_text(e.answer_by).s, "2027-03-11T00:00:00+01:00");
	stage_close(&s, now + 300);
}

static void
test_a_complaint_against_a_decision_is_classified_first(void **state)
{
	(void)state;
	store_each(against_a_decision, NULL);
}

static void
desk(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), id = ask(&s, "representative", s.e.eva, CONSENT_NAME, now), question, matter;
	struct administration_list questions;
	struct document_list docs;
	struct outbox_list mails;
	struct self_note *note;
	struct escalation e;
	struct contact c;
	struct matter m;
	struct err err = { 0 };
	size_t n;

	(void)d;
	(void)arg;
	/* asks the head, and no official */
	assert_false(administration_ask(db, s.a, id, s.t.handler, "Kan du ploga vägen?", "", &s.eva, now, NULL, &err));
	assert_string_equal(err.field, "of");
	err = (struct err){ 0 };
	must(administration_ask(db, s.a, id, 0, "Varför plogas inte vägen?", "2027-01-25", &s.eva, now + 10, &question, &err), &err);
	assert_false(administration_nudge(db, s.a, question, NUDGE_THANK, &s.eva, now + 20, &err));
	err = (struct err){ 0 };
	must(administration_nudge(db, s.a, question, NUDGE_REMIND, &s.eva, now + 20, &err), &err);
	must(administration_waiting(db, s.a, &s.head, &questions, &err), &err);
	assert_int_equal(questions.n, 1);
	assert_string_equal(instant_text(questions.item[0].answer_by).s, "2027-01-26T00:00:00+01:00");
	must(administration_answer(db, s.a, question, "Den har låg plogklass.", &s.head, now + 3600, &err), &err);
	assert_false(administration_answer(db, s.a, question, "En gång till.", &s.head, now + 3600, &err));
	err = (struct err){ 0 };
	must(administration_nudge(db, s.a, question, NUDGE_THANK, &s.eva, now + 3700, &err), &err);
	/* question and answer are documents on the contact */
	must(document_of(db, s.a, s.anna.id, 0, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 4);
	assert_string_equal(docs.item[2].kind, "administration_question");
	assert_string_equal(docs.item[3].kind, "administration_answer");
	assert_true(document_is_official(&docs.item[3]));
	/* notes to self are none */
	must(self_note_add(db, s.e.eva_account, id, "Ring Anna före mötet", now, &err), &err);
	must(self_notes(db, s.a, s.e.eva_account, id, &note, &n, &err), &err);
	assert_int_equal(n, 1);
	must(self_note_remove(db, s.e.olle_account, note[0].id, &err), &err);	/* somebody else's: nothing happens */
	must(self_notes(db, s.a, s.e.eva_account, id, &note, &n, &err), &err);
	assert_int_equal(n, 1);
	must(self_note_remove(db, s.e.eva_account, note[0].id, &err), &err);
	must(document_of(db, s.a, s.anna.id, 0, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 4);
	/* a phone number that was not shared is no way to answer */
	e = get(&s, id);
	assert_false(escalation_answer(db, s.a, &(struct escalation_answer){ .id = id, .version = e.version, .way = ESCALATION_PHONE,
	    .text = "Ringde" }, &s.eva, now + 3800, &err));
	assert_string_equal(err.field, "way");
	err = (struct err){ 0 };
	must(escalation_answer(db, s.a, &(struct escalation_answer){ .id = id, .version = e.version, .way = ESCALATION_MAIL,
	    .text = "Jag tar upp det i nämnden." }, &s.eva, at("2027-01-21T09:00:00+01:00"), &err), &err);
	assert_string_equal(get(&s, id).state, "answered");
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_string_equal(mails.item[mails.n - 1].recipient, "anna@example.org");
	assert_non_null(strstr(mails.item[mails.n - 1].text, "Jag tar upp det i nämnden."));
	assert_non_null(strstr(mails.item[mails.n - 1].text, "Tekniska nämnden"));
	assert_non_null(strstr(mails.item[mails.n - 1].sender, "kontakt+k-2027-000001-"));
	/* the contact is still the administration's to answer */
	must(contact_get(db, s.a, s.anna.id, &c, &err), &err);
	assert_int_equal(c.answered_at, 0);
	/* initiative: a number the same day, her words document 1, Anna's after it */
	now = at("2027-01-22T11:00:00+01:00");
	must(escalation_raise(db, s.a, id, s.t.tn, "Plogklass för skolvägen", "Jag vill att nämnden prövar plogklassen.", &s.eva,
	    now, &matter, &err), &err);
	must(matter_get(db, s.a, matter, &m, &err), &err);
	assert_string_equal(m.number, "TN 2027/00001");
	assert_string_equal(m.initiator, "member");
	assert_string_equal(m.opened_date, "2027-01-22");
	must(document_of(db, s.a, 0, matter, REACH_OPEN, &docs, &err), &err);
	assert_string_equal(docs.item[0].kind, "initiative");
	assert_string_equal(docs.item[0].direction, "in");
	assert_int_equal(docs.item[0].number, 1);
	assert_true(docs.n > 4);
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_non_null(strstr(mails.item[mails.n - 1].text, "TN 2027/00001"));
	assert_false(escalation_raise(db, s.a, id, s.t.tn, "Igen", "Igen", &s.eva, now, &matter, &err));
	/* no right over officials' work, on any object of her own authority */
	for (int action = ACT_CONTACT_LIST; action <= ACT_ADMIN_ABSENCE; action++) {
		struct object object = { s.t.tn, s.t.street, s.e.eva_account, REACH_OPEN };

		assert_false(permitted(&s.eva, (enum action)action, &object));
	}
	stage_close(&s, now + 300);
}

static void
test_the_desk_asks_answers_raises_and_gives_no_orders(void **state)
{
	(void)state;
	store_each(desk, NULL);
}

static void
clocks(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), id = ask(&s, "representative", s.e.eva, 0, now), question;
	struct escalation_done done;
	struct outbox_list mails;
	struct late_rows late;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	must(administration_ask(db, s.a, id, 0, "Varför?", "", &s.eva, now, &question, &err), &err);
	must(escalation_tick(db, at("2027-01-22T23:59:59+01:00"), &done, &err), &err);
	assert_int_equal(done.told, 0);
	must(late_list(db, s.a, s.t.tn, at("2027-01-22T23:59:59+01:00"), &late, &err), &err);
	assert_int_equal(late.n, 0);
	/* Eva first, once; three working days later the chair; the head when the question is late (27 January) */
	must(escalation_tick(db, at("2027-01-23T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.told, 1);
	must(escalation_tick(db, at("2027-01-23T00:01:00+01:00"), &done, &err), &err);
	assert_int_equal(done.told, 0);
	must(escalation_tick(db, at("2027-01-27T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.told, 1);
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_string_equal(mails.item[mails.n - 1].recipient, "olle@lillan.example");
	must(escalation_tick(db, at("2027-01-28T00:00:00+01:00"), &done, &err), &err);
	assert_int_equal(done.told, 1);
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_string_equal(mails.item[mails.n - 1].recipient, "head@lillan.example");
	/* the chair's list, oldest promise first: both, with days that explain themselves and no word of Anna's */
	must(late_list(db, s.a, s.t.tn, at("2027-01-28T08:00:00+01:00"), &late, &err), &err);
	assert_int_equal(late.n, 2);
	assert_string_equal(late.item[0].kind, "representative");
	assert_string_equal(late.item[1].kind, "administration");
	assert_non_null(strstr(escalation_promise(s.a, "sv", late.item[0].by, late.item[0].days, late.item[0].explained),
	    "22 januari 2027 (2 arbetsdagar)"));
	/* a later day is promised: it waits until then, and comes back */
	must(escalation_answer(db, s.a, &(struct escalation_answer){ .id = id, .way = ESCALATION_MAIL, .text = "Jag återkommer.",
	    .next_by = "2027-02-05" }, &s.eva, at("2027-01-28T09:00:00+01:00"), &err), &err);
	assert_string_equal(get(&s, id).state, "open");
	must(late_list(db, s.a, s.t.tn, at("2027-01-28T10:00:00+01:00"), &late, &err), &err);
	assert_int_equal(late.n, 1);
	must(escalation_tick(db, at("2027-02-06T00:00:00+01:00"), &done, &err), &err);
	must(late_list(db, s.a, s.t.tn, at("2027-02-06T10:00:00+01:00"), &late, &err), &err);
	assert_int_equal(late.n, 2);
	stage_close(&s, at("2027-02-06T11:00:00+01:00"));
}

static void
test_nothing_lapses_and_what_is_late_is_told_and_listed(void **state)
{
	(void)state;
	store_each(clocks, NULL);
}

static void
mandate_ends(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), fia_account, id;
	struct change by = { 0, now, NULL };
	struct escalation_list list;
	struct escalation_done done;
	struct representative eva;
	struct outbox_list mails;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	(void)ask(&s, "representative", s.e.eva, CONSENT_NAME, now);
	must(representative_get(db, s.a, s.e.eva, &eva, &err), &err);
	must(mandate_end(db, &by, eva.mandate[0].id, "2027-01-20", &err), &err);
	must(escalation_tick(db, now + 60, &done, &err), &err);
	assert_int_equal(done.told, 0);		/* to the day's end it is hers */
	must(account_save(db, &by, &(struct account_in){ .name = "Fia Ny", .sign_in = "fia@lillan.example" }, &fia_account, &err), &err);
	must(representative_save(db, &by, &(struct representative){ .name = "Fia Ny", .sign_in = "fia@lillan.example", .active = true },
	    &id, &err), &err);
	must(mandate_save(db, &by, &(struct mandate){ .representative_id = id, .authority_id = s.t.tn, .role = "member",
	    .from_date = "2027-01-21", .replaces_id = eva.mandate[0].id }, NULL, &err), &err);
	now = at("2027-01-21T00:01:00+01:00");
	must(escalation_tick(db, now, &done, &err), &err);
	must(escalation_tick(db, now + 60, &done, &err), &err);
	must(escalation_of_contact(db, s.a, s.anna.id, &list, &err), &err);
	assert_int_equal(list.n, 2);		/* once */
	assert_string_equal(list.item[0].state, "passed_on");
	assert_string_equal(list.item[1].to, "Fia Ny");
	assert_int_equal(list.item[1].consent, 0);	/* her consent was for Eva */
	assert_string_equal(instant_text(list.item[1].answer_by).s, "2027-01-26T00:00:00+01:00");
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	assert_non_null(strstr(mails.item[mails.n - 1].text, "Eva Ek har inte längre uppdraget"));
	/* and when Fia goes too and nobody took over: the chair */
	must(representative_get(db, s.a, id, &eva, &err), &err);
	must(mandate_end(db, &by, eva.mandate[0].id, "2027-01-21", &err), &err);
	must(escalation_tick(db, at("2027-01-22T00:01:00+01:00"), &done, &err), &err);
	must(escalation_of_contact(db, s.a, s.anna.id, &list, &err), &err);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.item[2].level, "chair");
	assert_string_equal(list.item[2].to, "Olle Ordförande");
	stage_close(&s, at("2027-01-22T01:00:00+01:00"));
}

static void
test_what_waits_goes_on_when_a_mandate_ends(void **state)
{
	(void)state;
	store_each(mandate_ends, NULL);
}

static void
manager_ends_it(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:00:00+01:00"), id = ask(&s, "manager", 0, 0, now);
	struct contact c;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	assert_int_equal(get(&s, id).account_id, s.t.manager);
	assert_false(escalation_answer(db, s.a, &(struct escalation_answer){ .id = id, .way = ESCALATION_MAIL, .ending = "not_done",
	    .text = "Vi plogar inte enskilda vägar." }, &s.manager, now + 60, &err));
	assert_string_equal(err.field, "ending_why");
	err = (struct err){ 0 };
	must(escalation_answer(db, s.a, &(struct escalation_answer){ .id = id, .way = ESCALATION_MAIL, .ending = "not_done",
	    .ending_why = "Vägen är enskild.", .text = "Vi plogar inte enskilda vägar." }, &s.manager, now + 60, &err), &err);
	must(contact_get(db, s.a, s.anna.id, &c, &err), &err);
	assert_string_equal(c.state, "answered");
	assert_string_equal(c.ending, "not_done");
	assert_string_equal(get(&s, id).state, "answered");
	/* still not satisfied: on to a representative; the contact opens, and that she was not satisfied stays */
	(void)ask(&s, "representative", s.e.eva, 0, now + 3600);
	must(contact_get(db, s.a, s.anna.id, &c, &err), &err);
	assert_string_equal(c.state, "new");
	assert_int_equal(c.satisfied, 0);
	stage_close(&s, now + 4000);
}

static void
test_the_manager_answers_and_then_a_representative(void **state)
{
	(void)state;
	store_each(manager_ends_it, NULL);
}

/* ---- by mail ---- */

static const char *
mail(struct stage *s, const char *from, const char *to, const char *more, const char *text)
{
	return arena_printf(s->a, "From: %s\r\nTo: %s\r\nDate: Wed, 20 Jan 2027 10:00:00 +0100\r\n%sMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s", from, to, more, text);
}

static struct intake_result
take(struct stage *s, const char *bytes, int64_t now)
{
	struct intake_result r;
	struct err err = { 0 };

	must(intake_mail(s->db, s->a, bytes, strlen(bytes), NULL, now, &r, &err), &err);
	return r;
}

static void
by_mail(struct database *d, struct db *db, void *arg)
{
	struct stage s = stage_open(db);
	int64_t now = at("2027-01-20T10:05:00+01:00");
	struct intake_result r;
	struct escalation_list list;
	struct outbox_list mails;
	struct contact c;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	representative_by_mail();
	must(outbox_of_contact(db, s.a, s.anna.id, &mails, &err), &err);
	r = take(&s, mail(&s, "Anna Exempel <anna@example.org>", mails.item[0].sender, "Message-ID: <m1@example.org>\r\n"
	    "Subject: Sv: Vi har tagit emot\r\n", "Inte nöjd: Eva Ek\r\nDela: namn och telefon\r\n\r\nIngen har ringt.\r\n"), now);
	assert_string_equal(r.kind, "reply");
	must(escalation_of_contact(db, s.a, s.anna.id, &list, &err), &err);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].to, "Eva Ek");
	assert_string_equal(list.item[0].channel, "email");
	assert_int_equal(list.item[0].consent, CONSENT_NAME | CONSENT_PHONE);
	/* an unknown name goes to the manager; an appeal to the registrar; an ordinary reply nowhere */
	(void)take(&s, mail(&s, "Anna Exempel <anna@example.org>", mails.item[0].sender, "Message-ID: <m2@example.org>\r\n"
	    "Subject: Sv\r\n", "Inte nöjd: Kalle Anka\r\n\r\nIngen har ringt.\r\n"), now + 60);
	(void)take(&s, mail(&s, "Anna Exempel <anna@example.org>", mails.item[0].sender, "Message-ID: <m3@example.org>\r\n"
	    "Subject: Sv\r\n", "Inte nöjd: ordförande\r\n\r\nJag överklagar beslutet.\r\n"), now + 120);
	(void)take(&s, mail(&s, "Anna Exempel <anna@example.org>", mails.item[0].sender, "Message-ID: <m4@example.org>\r\n"
	    "Subject: Sv\r\n", "Jag är inte nöjd men väntar.\r\n"), now + 180);
	must(escalation_of_contact(db, s.a, s.anna.id, &list, &err), &err);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.item[1].level, "manager");
	assert_string_equal(list.item[2].state, "to_classify");
	/* Eva forwards private mail: registered once, from whom wrote it, received when it reached her */
	must(site_set(db, 0, "representative.forward", "vidare@lillan.example", now, &err), &err);
	r = take(&s, arena_printf(s.a, "From: Eva Ek <eva@lillan.example>\r\nTo: vidare@lillan.example\r\nSubject: Vb: Lampan\r\n"
	    "Message-ID: <f1@lillan.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	    "--b\r\nContent-Type: text/plain\r\n\r\nFick denna hem.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
	    "From: Bo Boende <bo@example.net>\r\nTo: eva.privat@example.com\r\nDate: Sun, 17 Jan 2027 22:00:00 +0100\r\n"
	    "Message-ID: <orig@example.net>\r\nSubject: Lampan\r\n\r\nLampan lyser inte.\r\n--b--\r\n"), now + 200);
	assert_string_equal(r.kind, "contact");
	must(contact_by_number(db, s.a, r.number, &c, &err), &err);
	assert_string_equal(c.sender_email, "bo@example.net");
	assert_string_equal(c.subject, "Lampan");
	assert_string_equal(c.received_date, "2027-01-17");
	assert_int_equal(c.authority_id, s.t.tn);
	must(outbox_of_contact(db, s.a, c.id, &mails, &err), &err);
	assert_int_equal(mails.n, 2);		/* the receipt to Bo, the number to Eva */
	assert_string_equal(mails.item[1].recipient, "eva@lillan.example");
	r = take(&s, arena_printf(s.a, "From: Olle <olle@lillan.example>\r\nTo: vidare@lillan.example\r\nSubject: Vb: Lampan\r\n"
	    "Message-ID: <f2@lillan.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	    "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Bo Boende <bo@example.net>\r\nMessage-ID: <orig@example.net>\r\n"
	    "Subject: Lampan\r\n\r\nLampan lyser inte.\r\n--b--\r\n"), now + 300);
	assert_string_equal(r.number, c.number);	/* the same original is taken once */
	/* inside the text; and somebody who is no representative is an ordinary sender */
	r = take(&s, mail(&s, "eva@lillan.example", "vidare@lillan.example", "Message-ID: <f3@lillan.example>\r\nSubject: Vb: Gunga\r\n",
	    "Hej\r\n\r\n-----Ursprungligt meddelande-----\r\nFrån: Cia C <cia@example.net>\r\nSkickat: den 18 januari\r\n"
	    "Till: Eva\r\nÄmne: Gungan\r\n\r\nGungan är trasig.\r\n"), now + 400);
	must(contact_by_number(db, s.a, r.number, &c, &err), &err);
	assert_string_equal(c.sender_email, "cia@example.net");
	assert_string_equal(c.sender_name, "Cia C");
	assert_string_equal(c.subject, "Gungan");
	r = take(&s, mail(&s, "dan@example.net", "vidare@lillan.example", "Message-ID: <f4@example.net>\r\nSubject: Hej\r\n",
	    "Från: Cia C <cia@example.net>\r\nHej\r\n"), now + 500);
	must(contact_by_number(db, s.a, r.number, &c, &err), &err);
	assert_string_equal(c.sender_email, "dan@example.net");
	stage_close(&s, now + 600);
}

static void
test_by_mail_not_satisfied_and_private_mail_handed_over(void **state)
{
	(void)state;
	store_each(by_mail, NULL);
}

static void
test_wishes_in_a_reply(void **state)
{
	static const struct { const char *text; bool is; const char *to; unsigned consent; bool decision; } row[] = {
		{ "Inte nöjd\n\nIngen kom.", true, "", 0, false },
		{ "  INTE NÖJD!\nDela: namn", true, "", CONSENT_NAME, false },
		{ "Inte nöjd: ordföranden\n", true, "chair", 0, false },
		{ "Not satisfied: Eva Ek\nShare: name, phone, e-mail", true, "eva ek", CONSENT_NAME | CONSENT_PHONE | CONSENT_EMAIL, false },
		{ "Inte nöjd\nJag överklagar", true, "", 0, true },
		{ "Jag är inte nöjd", false, "", 0, false },
		{ "Tack!\nInte nöjd", false, "", 0, false },
		{ "", false, "", 0, false },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mail_wish w;

		if (mail_wish_parse(a, row[i].text, &w) != row[i].is)
			fail_msg("\"%s\"", row[i].text);
		assert_string_equal(w.to, row[i].to);
		assert_int_equal(w.consent, row[i].consent);
		assert_int_equal(w.about_decision, row[i].decision);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wishes_in_a_reply),
		cmocka_unit_test(test_a_representative_sees_the_matter_and_the_person_only_as_agreed),
		cmocka_unit_test(test_what_is_secret_or_protected_never_passes_to_an_elected),
		cmocka_unit_test(test_a_complaint_against_a_decision_is_classified_first),
		cmocka_unit_test(test_the_desk_asks_answers_raises_and_gives_no_orders),
		cmocka_unit_test(test_nothing_lapses_and_what_is_late_is_told_and_listed),
		cmocka_unit_test(test_what_waits_goes_on_when_a_mandate_ends),
		cmocka_unit_test(test_the_manager_answers_and_then_a_representative),
		cmocka_unit_test(test_by_mail_not_satisfied_and_private_mail_handed_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

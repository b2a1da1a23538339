/* tests/service/test_scenario_bc.c: the rule book's scenarios (b) whole, and (c) as far as contacts, registry and law reach
 *
 * (b) an e-mailed request for documents, partly secret: handed out, masked, refused, appealed. (c) a citizen proposal: steps 1, 2 and all its dates; the council's decisions likewise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/random.h"
#include "contact/contact.h"
#include "contact/verify.h"
#include "disclosure/disclosure.h"
#include "expect.h"
#include "law/calendar.h"
#include "municipality.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "timeline/outbox.h"

static void
is_date(struct date got, const char *expected)
{
	assert_string_equal(date_text(got).s, expected);
}

struct series { int64_t authority_id; const char *name; int next; };

/* So many matters have been registered before this one. */
static bool
series_at(struct db *tx, void *arg, struct err *err)
{
	const struct series *s = arg;

	return db_run(tx, "INSERT INTO number_series (authority_id, series, year, next) VALUES ($1, $2, 2026, $3)", NULL, err, "iti",
	    s->authority_id, s->name, (int64_t)s->next);
}

static struct matter
registered(struct db *db, struct arena *a, const struct town *t, int64_t contact_id, const char *title, const char *public_title,
    int64_t now)
{
	struct actor registrar = { .account_id = t->registrar, .name = "Demo Registrar", .unit_id = t->centre };
	struct matter m;
	struct err err = { 0 };
	int64_t id;

	must(matter_open(db, &(struct matter_in){ .authority_id = t->ks, .unit_id = t->centre, .title = title, .contact_id = contact_id },
	    &registrar, now, &id, &err), &err);
	must(matter_titles(db, id, 0, title, public_title, true, &registrar, now, &err), &err);
	must(matter_get(db, a, id, &m, &err), &err);
	return m;
}

static int64_t
document_put(struct db *db, const struct town *t, int64_t matter_id, const char *title, const char *text, int64_t now)
{
	struct actor registrar = { .account_id = t->registrar, .name = "Demo Registrar", .unit_id = t->centre };
	struct err err = { 0 };
	int64_t id;

	must(document_register(db, matter_id, &(struct document_in){ .direction = "in", .channel = "email", .arrived_at = now,
	    .title = title, .text = text }, &registrar, now, &id, &err), &err);
	return id;
}

static const char HEALTH[] = "Skribenten har diabetes och kan inte gå Storgatan när det är halt.";
static const char WRITER[] = "Anna Andersson tycker att Storgatan är för mörk.";

static struct disclosure
request_now(struct db *db, struct arena *a, int64_t matter_id)
{
	struct disclosure q;
	struct err err = { 0 };

	must(disclosure_of_matter(db, a, matter_id, REACH_SECRET, &q, &err), &err);
	return q;
}

/* The open ones: all of them, or only those under no secrecy. */
static const int64_t *
items(struct arena *a, const struct disclosure *q, bool secret_too)
{
	int64_t *id = arena_array(a, q->n_items, sizeof(*id));
	size_t n = 0;

	for (size_t i = 0; i < q->n_items; i++) {
		if (strcmp(q->item[i].outcome, "open") == 0 && (secret_too || q->item[i].restricted == 0))
			id[n++] = q->item[i].id;
	}
	return id;
}

/* How many mails about the contact say this. */
static int
sent_to(struct db *db, struct arena *a, int64_t contact_id, const char *words)
{
	struct outbox_list list;
	struct err err = { 0 };
	int n = 0;

	must(outbox_of_contact(db, a, contact_id, &list, &err), &err);
	for (size_t i = 0; i < list.n; i++)
		n += strstr(list.item[i].text, words) != NULL;
	return n;
}

static int64_t
masked(struct db *db, const struct town *t, int64_t document_id, const char *title, struct mask mask, int64_t now)
{
	struct actor registrar = { .account_id = t->registrar, .name = "Demo Registrar", .unit_id = t->centre };
	struct err err = { 0 };
	int64_t id;

	must(document_mask(db, document_id, title, &mask, 1, &registrar, now, &id, &err), &err);
	must(document_mask_approve(db, id, &(struct actor){ .account_id = t->head, .name = "chef" }, now, &err), &err);
	return id;
}

static void
request_for_documents(struct database *d, struct db *db, void *arg)
{
	int64_t saturday = at("2026-10-31T22:15:00+01:00"), monday = at("2026-11-02T08:10:00+01:00");
	int64_t tuesday = at("2026-11-03T09:00:00+01:00"), id[16], eight, eleven, request, n;
	struct arena *a = arena_open();
	struct town t = town_make(db, saturday);
	const struct grant registers = { .role = ROLE_REGISTRAR, .authority_id = t.ks };
	struct actor registrar = { .account_id = town_account(db, "registrator", ROLE_REGISTRAR, t.ks, t.centre, saturday),
		.name = "Demo Registrar", .unit_id = t.centre, .grant = &registers, .n_grants = 1 };
	struct actor head = { .account_id = t.head, .name = "Demo Head" };
	struct disclosure_refusal refusal;
	struct disclosure q;
	struct verify_result verified;
	struct contact_out out;
	struct document_list docs;
	struct document doc;
	struct contact c;
	struct matter m;
	struct err err = { 0 };
	struct hash_str before;

	(void)d;
	(void)arg;
	must(db_write(db, series_at, &(struct series){ t.ks, "matter", 412 }, &err), &err);
	/* 1: Saturday night, All Saints' Day: received that day; no name, no purpose; a receipt at once that is no answer */
	must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .sender_email = "alias@example.org", .reply_by = "email",
	    .subject = "alla synpunkter i år om Storgatan", .text = "Jag vill ta del av alla synpunkter i år om Storgatan.", .language = "sv" },
	    saturday, &out, &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	assert_string_equal(c.received_date, "2026-10-31");
	assert_null(c.sender_name);
	assert_int_equal(c.answered_at, 0);
	is_date(law_working_days(date_of("2026-10-31"), 1).date, "2026-11-02");	/* internal target: the same Monday */
	is_date(law_working_days(date_of("2026-10-31"), 3).date, "2026-11-04");	/* hard alarm */
	/* 2: Monday morning: a number, document 1, a public title without the sender */
	m = registered(db, a, &t, out.id, "Begäran om allmän handling, alias", "Begäran om allmän handling", monday);
	assert_string_equal(m.number, "KS 2026/00412");
	assert_string_equal(m.title_public, "Begäran om allmän handling");
	must(document_of(db, a, 0, m.id, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.item[0].number, 1);
	must(disclosure_open(db, m.id, out.id, &registrar, monday, &request, &err), &err);
	q = request_now(db, a, m.id);
	assert_string_equal(q.requested, "2026-10-31");
	assert_string_equal(q.target, "2026-11-02");	/* the same Monday */
	assert_string_equal(q.alarm, "2026-11-04");
	/* 3: sixteen documents, the eighth and the eleventh partly secret; fourteen are sent the same day */
	for (int i = 0; i < 16; i++)
		id[i] = document_put(db, &t, m.id, arena_printf(a, "Synpunkt %d", i + 1), i == 7 ? HEALTH : i == 10 ? WRITER : "Storgatan är bra.",
		    monday);
	must(secrecy_mark(db, "document", id[7], "21:1", date_of("2026-11-02"), NULL, &registrar, monday, &err), &err);
	must(secrecy_mark(db, "document", id[10], "21:3", date_of("2026-11-02"), NULL, &registrar, monday, &err), &err);
	assert_false(disclosure_add(db, request, "KS 2026/99999", &registrar, monday, &n, &err));
	assert_string_equal(err.field, "source");
	must(disclosure_add(db, request, "KS 2026/00412", &registrar, monday, &n, &err), &err);
	assert_int_equal(n, 16);
	q = request_now(db, a, m.id);
	assert_false(disclosure_release(db, &(struct disclosure_release){ request, q.version, items(a, &q, true), q.n_open, "" }, &registrar,
	    monday, &err));
	assert_string_equal(err.field, "item");		/* two are secret and have no masked copy: nothing went */
	assert_int_equal(sent_to(db, a, out.id, "Här är"), 0);
	must(disclosure_release(db, &(struct disclosure_release){ request, q.version, items(a, &q, false), 14, "Hej!" }, &registrar, monday,
	    &err), &err);
	q = request_now(db, a, m.id);
	assert_int_equal(q.n_released, 14);
	assert_int_equal(q.n_open, 2);
	assert_int_equal(sent_to(db, a, out.id, "Här är 14 handlingar"), 1);
	/* 4: the two masked, with what was withheld, why, and that a decision can be demanded; the originals unchanged */
	before = hash_hex(hash_bytes(HEALTH, strlen(HEALTH)));
	eight = masked(db, &t, id[7], "Synpunkt 8, maskerad", (struct mask){ "har diabetes och", "OSL 21:1" }, tuesday);
	eleven = masked(db, &t, id[10], "Synpunkt 11, maskerad", (struct mask){ "Anna Andersson", "OSL 21:3" }, tuesday);
	must(document_get(db, a, eight, &doc, &err), &err);
	assert_string_equal(doc.text, "Skribenten [maskerat, OSL 21:1] kan inte gå Storgatan när det är halt.");
	must(document_get(db, a, eleven, &doc, &err), &err);
	assert_null(strstr(doc.text, "Anna"));
	assert_int_equal(doc.restricted, 0);
	assert_false(disclosure_demand(db, request, 0, "2026-11-02", &registrar, tuesday, &err));	/* nothing is refused yet */
	must(disclosure_release(db, &(struct disclosure_release){ request, q.version, items(a, &q, true), 2, "" }, &registrar, tuesday, &err),
	    &err);
	q = request_now(db, a, m.id);
	assert_int_equal(q.n_masked, 2);
	assert_int_equal(sent_to(db, a, out.id, "- Handling 8: utan de avsnitt som är hemliga, OSL 21:1.\n"
	    "- Handling 11: utan de avsnitt som är hemliga, OSL 21:3.\nDu kan begära ett formellt, skriftligt beslut"), 1);
	assert_int_equal(sent_to(db, a, out.id, "diabetes"), 0);
	must(document_get(db, a, id[7], &doc, &err), &err);
	assert_string_equal(hash_hex(hash_bytes(doc.text, strlen(doc.text))).s, before.s);
	/* who may see what is open sees the fourteen and the two masked, never the originals */
	must(document_of(db, a, 0, m.id, REACH_OPEN, &docs, &err), &err);
	for (size_t i = 0; i < docs.n; i++)
		assert_true(docs.item[i].id != id[7] && docs.item[i].id != id[10]);
	/* 5: the alias demands a decision on Wednesday; 6: the head decides on Friday by rule 2.4 */
	refusal = (struct disclosure_refusal){ request, 0, "2.4", "Uppgifter om hälsa, och om en person med skyddad folkbokföring." };
	assert_false(disclosure_refuse(db, &refusal, &head, tuesday, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	must(disclosure_demand(db, request, q.version, "2026-11-04", &registrar, at("2026-11-04T10:00:00+01:00"), &err), &err);
	must(db_write(db, series_at, &(struct series){ t.ks, "decision", 118 }, &err), &err);
	must(disclosure_refuse(db, &refusal, &head, at("2026-11-06T11:00:00+01:00"), &err), &err);
	q = request_now(db, a, m.id);
	assert_string_equal(q.decision_number, "DB 2026-118");
	assert_string_equal(q.decided, "2026-11-06");
	assert_int_equal(sent_to(db, a, out.id, "OSL 21:3"), 2);
	assert_int_equal(sent_to(db, a, out.id, "Du kan överklaga till kammarrätten"), 1);
	assert_int_equal(sent_to(db, a, out.id, "punkt 2.4 i delegationsordningen"), 1);
	assert_null(q.served);				/* 7: until it is confirmed, finality is not known */
	must(disclosure_step(db, request, 0, STEP_SERVED, "2026-11-09", &registrar, at("2026-11-09T15:00:00+01:00"), &err), &err);
	q = request_now(db, a, m.id);
	is_date(disclosure_appeal_time(date_of(q.served)).last_day, "2026-11-30");
	is_date(disclosure_appeal_time(date_of(q.served)).final_from, "2026-12-01");
	/* 8: 23:40 on the last day is in time; it goes on with the file the day after, and not before it came */
	must(disclosure_step(db, request, 0, STEP_APPEALED, date_text(local_date(at("2026-11-30T23:40:00+01:00"))).s, &registrar,
	    at("2026-12-01T08:00:00+01:00"), &err), &err);
	assert_false(disclosure_step(db, request, 0, STEP_FORWARDED, "2026-11-29", &registrar, at("2026-12-01T08:00:00+01:00"), &err));
	assert_string_equal(err.field, "day");
	must(disclosure_step(db, request, 0, STEP_FORWARDED, "2026-12-01", &registrar, at("2026-12-01T08:00:00+01:00"), &err), &err);
	/* 9: reported on 8 December, which begins no new time */
	must(disclosure_step(db, request, 0, STEP_REPORTED, "2026-12-08", &registrar, at("2026-12-08T17:00:00+01:00"), &err), &err);
	q = request_now(db, a, m.id);
	assert_string_equal(q.forwarded, "2026-12-01");
	is_date(disclosure_appeal_time(date_of(q.served)).last_day, "2026-11-30");
	/* 10: nothing is broken, and the address stands in no title */
	assert_null(strstr(m.title_public, "alias"));
	must(verify_all(db, a, at("2026-12-08T18:00:00+01:00"), &verified, &err), &err);
	assert_int_equal(verified.n_broken, 1);	/* the 411 matters that the test says were before */
	assert_string_equal(verified.broken[0].what, "gap in a series of matters (3)");
	arena_close(a);
}

static void
test_b_a_request_for_documents_partly_secret(void **state)
{
	(void)state;
	store_each(request_for_documents, NULL);
}

static void
citizen_proposal(struct database *d, struct db *db, void *arg)
{
	int64_t evening = at("2026-09-07T19:45:00+02:00"), tuesday = at("2026-09-08T08:30:00+02:00");
	struct actor registrar = { 0 };
	struct arena *a = arena_open();
	struct town t = town_make(db, evening);
	struct deadline_list deadlines;
	struct contact_out out;
	struct contact c;
	struct matter m;
	struct law_review review;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	registrar = (struct actor){ .account_id = t.registrar, .name = "Demo Registrar", .unit_id = t.centre };
	must(db_write(db, series_at, &(struct series){ t.ks, "matter", 318 }, &err), &err);
	must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .sender_name = "Demo Amir", .sender_email = "amir@example.org",
	    .reply_by = "email", .subject = "Medborgarförslag: belyst gångväg", .text = "Jag föreslår en belyst gångväg.", .language = "sv" },
	    evening, &out, &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	assert_string_equal(c.received_date, "2026-09-07");
	m = registered(db, a, &t, out.id, "Medborgarförslag om belyst gångväg", "Medborgarförslag om belyst gångväg", tuesday);
	assert_string_equal(m.number, "KS 2026/00318");
	assert_string_equal(m.opened_date, "2026-09-08");
	/* 2: a year from the earliest reading, as a deadline with its basis */
	must(deadline_set(db, m.id, "Ett år", date_of("2027-09-07"), "KL 5 kap. 35 §", &registrar, tuesday, &err), &err);
	must(deadline_of(db, a, m.id, &deadlines, &err), &err);
	assert_int_equal(deadlines.n, 1);
	assert_string_equal(deadlines.item[0].date, "2027-09-07");
	/* 3, 5: notice and call at the latest; 8: approval and posting; 9: last day and finality; 10: posted anew */
	is_date(law_latest_before(date_of("2026-09-28"), 1).date, "2026-09-21");
	is_date(law_latest_before(date_of("2027-02-22"), 1).date, "2027-02-15");
	is_date(law_days(date_of("2027-02-22"), 14).date, "2027-03-08");
	is_date(law_days(date_of("2027-03-04"), 2).date, "2027-03-08");
	review = law_legality_review(date_of("2027-03-05"));
	is_date(review.last_day.date, "2027-03-30");
	is_date(review.final_from, "2027-03-31");
	review = law_legality_review(date_of("2027-03-31"));
	is_date(review.last_day.date, "2027-04-21");
	is_date(review.final_from, "2027-04-22");
	arena_close(a);
}

static void
test_c_a_citizen_proposal_and_its_dates(void **state)
{
	(void)state;
	store_each(citizen_proposal, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_b_a_request_for_documents_partly_secret),
		cmocka_unit_test(test_c_a_citizen_proposal_and_its_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/service/test_registry.c: documents, drafts, versions, masks, deadlines, the classification table; both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/random.h"
#include "contact/contact.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "db/search.h"
#include "expect.h"
#include "municipality.h"
#include "registry/classification.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "timeline/outbox.h"

struct given {
	struct arena *a;
	struct db *db;
	struct town t;
	struct actor registrar, handler;
	int64_t now, matter;
};

static void
refused(bool ok, struct err *err, const char *field)
{
	assert_false(ok);
	assert_int_equal(err->code, ERR_INPUT);
	assert_non_null(err->field);
	assert_string_equal(err->field, field);
	*err = (struct err){ 0 };
}

static void
conflict(bool ok, struct err *err)
{
	assert_false(ok);
	assert_int_equal(err->code, ERR_CONFLICT);
	*err = (struct err){ 0 };
}

static struct given
given(struct db *db)
{
	struct given g = { .a = arena_open(), .db = db, .now = local_instant(date_of("2026-11-02"), 9, 0, 0) };
	struct err err = { 0 };

	g.t = town_make(db, g.now);
	g.registrar = (struct actor){ .account_id = g.t.registrar, .name = "Demo Registrar", .unit_id = g.t.department };
	g.handler = (struct actor){ .account_id = g.t.handler, .name = "Demo Handler", .unit_id = g.t.street };
	must(matter_open(db, &(struct matter_in){ .authority_id = g.t.tn, .unit_id = g.t.street, .owner_id = g.t.handler,
	    .title = "Trafikmiljön på Storgatan" }, &g.registrar, g.now, &g.matter, &err), &err);
	return g;
}

static void
sound(struct given *g)
{
	struct verify_result v;
	struct err err = { 0 };

	must(verify_all(g->db, g->a, g->now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	arena_close(g->a);
}

static struct document
document(struct given *g, int64_t id)
{
	struct document d = { 0 };
	struct err err = { 0 };

	must(document_get(g->db, g->a, id, &d, &err), &err);
	return d;
}

static void
received(struct database *d, struct db *db, void *arg)
{
	/* A letter and a letterbox count the working day before; All Saints' Day 2026-10-31 is a Saturday. */
	static const struct { const char *channel, *arrived, *received, *why; } row[] = {
		{ "letter", "2026-11-02", "2026-10-30", "a letter on a Monday" },
		{ "letterbox", "2026-10-29", "2026-10-28", "the letterbox emptied on a Thursday" },
		{ "email", "2026-10-31", "2026-10-31", "a mail on All Saints' Day" },
		{ "visit", "2026-10-30", "2026-10-30", "handed in on a Friday" },
	};
	struct given g = given(db);
	struct err err = { 0 };
	struct document_in in = { .direction = "in", .channel = "letter", .title = "Yttrande", .text = "Vi har inget att erinra.",
		.sender = "Demo Grannen", .arrived_at = g.now };
	int64_t id;

	(void)d;
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document got;

		in.channel = row[i].channel;
		in.arrived_at = local_instant(date_of(row[i].arrived), 8, 0, 0);
		must(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err);
		got = document(&g, id);
		if (strcmp(got.received_date, row[i].received) != 0)
			fail_msg("%s: received %s, expected %s", row[i].why, got.received_date, row[i].received);
		assert_non_null(strstr(got.received_rule, "FL 22 §"));
		assert_int_equal(got.number, i + 1);
		assert_true(document_is_official(&got));
	}
	in.arrived_at = g.now + 60;
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "arrived");
	in.arrived_at = g.now;
	in.channel = "pigeon";
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "channel");
	in.channel = "letter";
	in.draft = true;
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "draft");
	in.draft = false;
	in.text = " ";
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "text");
	in.text = "x";
	in.title = "";
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "title");
	in.title = "x";
	in.direction = "sideways";
	refused(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err, "direction");
	sound(&g);
}

static void
test_what_comes_in_has_its_legal_day_and_the_rule(void **state)
{
	(void)state;
	store_each(received, NULL);
}

static void
drafts(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct err err = { 0 };
	struct document_in in = { .direction = "internal", .title = "Tjänsteskrivelse", .text = "Utkastord", .draft = true };
	struct document got;
	struct search_hits hits;
	const char *seen;
	int64_t draft, other;

	(void)d;
	(void)arg;
	must(document_register(db, g.matter, &in, &g.handler, g.now, &draft, &err), &err);
	got = document(&g, draft);
	assert_int_equal(got.number, 0);
	assert_false(document_is_official(&got));
	must(search_find(db, g.a, "utkastord", g.t.registrar, ACT_CONTACT_READ, ACT_MATTER_READ, 0, 9, &hits, &err), &err);
	assert_int_equal(hits.n, 0);		/* not in the register, not found */
	/* a draft takes no number: the next document has the first */
	in = (struct document_in){ .direction = "out", .title = "Kommunikation", .text = "Vi skickar er ansökan.",
		.recipient = "Demo Grannen", .dated = "2026-10-30" };
	must(document_register(db, g.matter, &in, &g.handler, g.now, &other, &err), &err);
	got = document(&g, other);
	assert_int_equal(got.number, 1);
	assert_string_equal(got.state, "sent");
	/* it is changed in place, by one at a time */
	got = document(&g, draft);
	seen = document_seen(g.a, &got);
	must(document_redraft(db, draft, seen, "Tjänsteskrivelse", "Nya ord", NULL, &g.handler, g.now, &err), &err);
	conflict(document_redraft(db, draft, seen, "Tjänsteskrivelse", "Andras ord", NULL, &g.registrar, g.now, &err), &err);
	/* and keeps the matter open until it is completed */
	must(matter_state(db, g.matter, 0, "in_preparation", &g.handler, g.now, &err), &err);
	refused(matter_state(db, g.matter, 0, "closed", &g.handler, g.now, &err), &err, "state");
	refused(document_complete(db, draft, "2027-01-01", &g.handler, g.now, &err), &err, "dated");
	must(document_complete(db, draft, NULL, &g.handler, g.now, &err), &err);
	got = document(&g, draft);
	assert_int_equal(got.number, 2);
	assert_string_equal(got.state, "completed");
	assert_string_equal(got.dated, "2026-11-02");
	assert_false(document_is_official(&got));	/* TF 2:10: drawn up when its matter is settled */
	conflict(document_redraft(db, draft, NULL, "Tjänsteskrivelse", "För sent", NULL, &g.handler, g.now, &err), &err);
	conflict(document_discard(db, draft, &g.handler, g.now, &err), &err);
	must(search_find(db, g.a, "nya ord", g.t.registrar, ACT_CONTACT_READ, ACT_MATTER_READ, 0, 9, &hits, &err), &err);
	assert_int_equal(hits.n, 1);
	must(matter_state(db, g.matter, 0, "closed", &g.handler, g.now, &err), &err);
	got = document(&g, draft);
	assert_string_equal(got.state, "archived");
	assert_true(document_is_official(&got));
	/* one that is thrown away never had a number, and leaves none open */
	in = (struct document_in){ .direction = "internal", .title = "Slask", .text = "x", .draft = true };
	must(document_register(db, g.matter, &in, &g.handler, g.now, &other, &err), &err);
	must(document_discard(db, other, &g.handler, g.now, &err), &err);
	got = document(&g, other);
	assert_string_equal(got.state, "withdrawn");
	assert_int_equal(got.number, 0);
	sound(&g);
}

static void
test_a_draft_is_no_document_until_it_is_completed(void **state)
{
	(void)state;
	store_each(drafts, NULL);
}

static void
versions(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct err err = { 0 };
	struct document_in in = { .direction = "internal", .title = "Utredning", .text = "Första" };
	struct document_ref *list;
	struct document got;
	int64_t first, second, third;
	size_t n;

	(void)d;
	(void)arg;
	must(document_register(db, g.matter, &in, &g.handler, g.now, &first, &err), &err);
	must(secrecy_mark(db, "document", first, "21 kap. 1 §", date_of("2026-11-02"), NULL, &g.registrar, g.now, &err), &err);
	in.text = "Andra";
	must(document_replace(db, first, &in, &g.handler, g.now, &second, &err), &err);
	got = document(&g, second);
	assert_int_equal(got.version, 2);
	assert_int_equal(got.number, 2);
	assert_int_equal(got.replaces_id, first);
	assert_int_equal(got.restricted, 1);	/* what was secret stays so until somebody says otherwise */
	assert_string_equal(document(&g, first).text, "Första");
	conflict(document_replace(db, first, &in, &g.handler, g.now, &third, &err), &err);
	in.text = "Tredje";
	must(document_replace(db, second, &in, &g.handler, g.now, &third, &err), &err);
	must(document_versions(db, g.a, second, REACH_SECRET, &list, &n, &err), &err);
	assert_int_equal(n, 3);
	assert_int_equal(list[0].id, first);
	assert_int_equal(list[2].id, third);
	must(document_versions(db, g.a, second, REACH_OPEN, &list, &n, &err), &err);
	assert_int_equal(n, 0);
	sound(&g);
}

static void
test_a_new_version_has_a_number_and_the_old_one_stays(void **state)
{
	(void)state;
	store_each(versions, NULL);
}

static bool
put_file(struct db *tx, void *arg, struct err *err)
{
	struct document_file *f = arg;
	static char hash[65];

	f->sha256 = hash;
	return file_put(tx, "maskerad karta", 14, hash, err);
}

static void
masks(struct database *d, struct db *db, void *arg)
{
	static const char text[] = "Sökanden Anna Andersson har diabetes\noch bor på Storgatan 1. Anna  Andersson ringde.";
	struct given g = given(db);
	struct err err = { 0 };
	struct document_in in = { .direction = "internal", .title = "Utredning", .text = text };
	const struct mask mask[] = { { "Anna Andersson", "OSL 21:3" }, { "har diabetes och", "OSL 21:1" } };
	struct document_ref *list;
	struct document original, copy;
	struct hash_str before;
	const struct grant head_of = { ROLE_DEPARTMENT_HEAD, g.t.tn, 0 };
	const struct actor secretary = { .account_id = g.t.manager, .name = "sekreterare" },
	    head = { .account_id = g.t.head, .name = "chef", .grant = &head_of, .n_grants = 1 };
	char hash[65] = "";
	struct document_file file = { .sha256 = hash, .name = "karta.txt" };
	struct mask_state state;
	int64_t id, rendition, other;
	size_t n;

	(void)d;
	(void)arg;
	must(document_register(db, g.matter, &in, &g.handler, g.now, &id, &err), &err);
	must(secrecy_mark(db, "document", id, "21:1", date_of("2026-11-02"), NULL, &g.registrar, g.now, &err), &err);
	before = hash_hex(hash_bytes(text, strlen(text)));
	refused(document_mask(db, id, "Kopia", &(struct mask){ "Berit", "OSL 21:1" }, 1, &g.registrar, g.now, &rendition, &err),
	    &err, "passages");
	refused(document_mask(db, id, "Kopia", NULL, 0, &g.registrar, g.now, &rendition, &err), &err, "passages");
	refused(document_mask(db, id, "Kopia", &(struct mask){ "Anna", "" }, 1, &g.registrar, g.now, &rendition, &err), &err,
	    "section");
	refused(document_mask(db, id, "Om Anna Andersson", mask, 2, &g.registrar, g.now, &rendition, &err), &err, "title");
	must(document_mask(db, id, "Utredning, maskerad", mask, 2, &g.registrar, g.now, &rendition, &err), &err);
	copy = document(&g, rendition);
	assert_string_equal(copy.text, "Sökanden [maskerat, OSL 21:3] [maskerat, OSL 21:1] bor på Storgatan 1."
	    " [maskerat, OSL 21:3] ringde.");
	assert_int_equal(copy.restricted, 1);	/* until somebody else has looked through it */
	assert_int_equal(copy.masks_id, id);
	must(document_renditions(db, g.a, id, REACH_OPEN, &list, &n, &err), &err);
	assert_int_equal(n, 0);
	assert_false(document_release(db, rendition, "", &g.registrar, g.now, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	refused(document_mask_approve(db, rendition, &g.registrar, g.now, &err), &err, "approve");
	assert_int_equal(document(&g, rendition).restricted, 1);
	err = (struct err){ 0 };
	must(document_mask_approve(db, rendition, &secretary, g.now + 60, &err), &err);
	assert_int_equal(document(&g, rendition).restricted, 0);
	assert_false(document_mask_approve(db, rendition, &secretary, g.now + 60, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	err = (struct err){ 0 };
	must(document_mask_state(db, g.a, rendition, &secretary, &state, &err), &err);
	assert_int_equal(state.approved_at, g.now + 60);
	assert_int_equal(state.made_by, g.registrar.account_id);
	must(document_release(db, rendition, "Den som frågade", &g.registrar, g.now + 120, &err), &err);
	assert_string_equal(document(&g, rendition).recipient, "Den som frågade");
	assert_false(document_mask_approve(db, id, &secretary, g.now, &err));	/* no copy */
	assert_int_equal(err.code, ERR_NOT_FOUND);
	err = (struct err){ 0 };
	/* a copy masked outside: not the original itself; without four eyes its maker may approve, and the head always may */
	must(db_write(db, put_file, &file, &err), &err);
	refused(document_mask_file(db, id, "Karta", "OSL 21:1", NULL, 0, &g.registrar, g.now, &other, &err), &err, "copy_file");
	must(document_mask_file(db, id, "Karta, maskerad", "OSL 21:1", &file, 1, &head, g.now, &other, &err), &err);
	assert_int_equal(document(&g, other).n_files, 1);
	assert_int_equal(document(&g, other).restricted, 1);
	must(document_mask_approve(db, other, &head, g.now, &err), &err);
	must(document_mask_file(db, id, "Karta, maskerad", "OSL 21:1", &file, 1, &g.registrar, g.now, &other, &err), &err);
	refused(document_mask_approve(db, other, &g.registrar, g.now, &err), &err, "approve");
	must(site_set(db, 0, "registry.four_eyes", "0", g.now, &err), &err);
	must(document_mask_approve(db, other, &g.registrar, g.now, &err), &err);
	must(site_set(db, 0, "registry.four_eyes", "1", g.now, &err), &err);
	in.file = &file;
	in.n_files = 1;
	must(document_register(db, g.matter, &in, &g.handler, g.now, &other, &err), &err);
	refused(document_mask_file(db, other, "Karta", "OSL 21:1", &file, 1, &g.registrar, g.now, &other, &err), &err, "copy_file");
	assert_int_equal(copy.n_files, 0);
	assert_int_equal(copy.number, 2);
	original = document(&g, id);
	assert_int_equal(original.restricted, 1);
	assert_string_equal(hash_hex(hash_bytes(original.text, strlen(original.text))).s, before.s);
	must(document_renditions(db, g.a, id, REACH_OPEN, &list, &n, &err), &err);
	assert_int_equal(n, 3);
	/* in a secret matter the copy is as secret as the matter */
	must(secrecy_mark(db, "matter", g.matter, "26:1", date_of("2026-11-02"), NULL, &g.registrar, g.now, &err), &err);
	assert_int_equal(document(&g, rendition).restricted, 1);
	sound(&g);
}

static void
test_a_masked_copy_is_a_document_of_its_own(void **state)
{
	(void)state;
	store_each(masks, NULL);
}

static void
deadlines(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct err err = { 0 };
	struct deadline_list list;
	struct matter_list found;
	struct matter m;
	int64_t merits, open, late = local_instant(date_of("2027-05-10"), 9, 0, 0);

	(void)d;
	(void)arg;
	must(deadline_of(db, g.a, g.matter, &list, &err), &err);
	assert_int_equal(list.n, 0);		/* FL 2 §: no timer in a matter that is not appealed on its merits */
	refused(deadline_delay_request(db, g.matter, date_of("2026-11-02"), &g.registrar, g.now, &err), &err, "received");
	refused(deadline_estimate(db, g.matter, date_of("2027-01-04"), NULL, &g.registrar, g.now, &err), &err, "estimate");
	refused(deadline_set(db, g.matter, "Yttrande", date_of("2026-12-01"), " ", &g.registrar, g.now, &err), &err, "basis");
	must(deadline_set(db, g.matter, "Yttrande till länsstyrelsen", date_of("2026-12-01"), "Länsstyrelsens föreläggande",
	    &g.registrar, g.now, &err), &err);
	must(matter_list(db, g.a, &g.registrar, &(struct matter_filter){ .late_on = "2026-12-02", .limit = 9 }, &found, &err), &err);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.item[0].next_deadline, "2026-12-01");
	must(matter_list(db, g.a, &g.registrar, &(struct matter_filter){ .late_on = "2026-12-01", .limit = 9 }, &found, &err), &err);
	assert_int_equal(found.n, 0);		/* its last day has not passed */
	must(deadline_of(db, g.a, g.matter, &list, &err), &err);
	open = list.item[0].id;
	must(matter_state(db, g.matter, 0, "in_preparation", &g.handler, g.now, &err), &err);
	refused(matter_state(db, g.matter, 0, "closed", &g.handler, g.now, &err), &err, "state");
	must(deadline_done(db, g.matter, open, &g.registrar, g.now, &err), &err);
	must(matter_state(db, g.matter, 0, "closed", &g.handler, g.now, &err), &err);
	conflict(deadline_set(db, g.matter, "Mer", date_of("2026-12-01"), "Avtal", &g.registrar, g.now, &err), &err);

	must(matter_open(db, &(struct matter_in){ .authority_id = g.t.tn, .unit_id = g.t.street, .title = "Tillstånd",
	    .appeal_kind = "merits" }, &g.registrar, g.now, &merits, &err), &err);
	must(deadline_of(db, g.a, merits, &list, &err), &err);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].kind, "fl12_six_months");
	assert_string_equal(list.item[0].date, "2027-05-03");	/* 2027-05-02 is a Sunday (lag 1930:173) */
	/* FL 12 §: not before six months, and the chance is not burnt */
	refused(deadline_delay_request(db, merits, date_of("2026-12-01"), &g.registrar, late, &err), &err, "received");
	must(deadline_delay_request(db, merits, date_of("2027-05-07"), &g.registrar, late, &err), &err);
	refused(deadline_delay_request(db, merits, date_of("2027-05-10"), &g.registrar, late, &err), &err, "received");
	must(deadline_of(db, g.a, merits, &list, &err), &err);
	assert_string_equal(list.item[1].kind, "fl12_decision");
	assert_string_equal(list.item[1].date, "2027-06-04");
	/* FL 11 §: it may be moved later only when the party has been told why */
	must(deadline_estimate(db, merits, date_of("2027-06-01"), NULL, &g.registrar, late, &err), &err);
	refused(deadline_estimate(db, merits, date_of("2027-07-01"), " ", &g.registrar, late, &err), &err, "told");
	must(deadline_estimate(db, merits, date_of("2027-07-01"), "Vi väntar på sakkunnigas yttrande.", &g.registrar, late, &err),
	    &err);
	must(deadline_of(db, g.a, merits, &list, &err), &err);
	assert_int_equal(list.n, 3);
	/* when it is no such matter the timers go */
	must(matter_get(db, g.a, merits, &m, &err), &err);
	must(matter_classify(db, merits, m.version, NULL, "legality", "individual", &g.registrar, late, &err), &err);
	conflict(matter_classify(db, merits, m.version, NULL, "merits", "individual", &g.registrar, late, &err), &err);
	must(deadline_of(db, g.a, merits, &list, &err), &err);
	assert_int_equal(list.n, 0);
	refused(matter_classify(db, merits, 0, NULL, "any", "individual", &g.registrar, late, &err), &err, "appeal_kind");
	sound(&g);
}

static void
told(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct outbox_list mails;
	struct err err = { 0 };
	int64_t n, other, last = local_instant(date_of("2026-12-01"), 23, 59, 0), after = last + 120;

	(void)d;
	(void)arg;
	must(matter_open(db, &(struct matter_in){ .authority_id = g.t.tn, .unit_id = g.t.street, .title = "Utan handläggare",
	    .appeal_kind = "merits" }, &g.registrar, g.now, &other, &err), &err);
	must(deadline_set(db, g.matter, "Yttrande", date_of("2026-12-01"), "Avtal", &g.registrar, g.now, &err), &err);
	must(deadline_estimate(db, other, date_of("2026-12-01"), NULL, &g.registrar, g.now, &err), &err);
	must(deadline_tick(db, last, &n, &err), &err);
	assert_int_equal(n, 0);			/* the last day is not over */
	must(deadline_tick(db, after, &n, &err), &err);
	assert_int_equal(n, 2);
	must(deadline_tick(db, after + 60, &n, &err), &err);
	assert_int_equal(n, 0);			/* once */
	must(outbox_list_since(db, g.a, 0, NULL, 100, &mails, &err), &err);
	assert_int_equal(mails.n, 2);
	for (size_t i = 0; i < 2; i++) {		/* the number, never the title */
		assert_non_null(strstr(mails.item[i].subject, "TN 2026/0000"));
		assert_null(strstr(mails.item[i].text, "Trafikmiljön"));
		assert_null(strstr(mails.item[i].text, "Yttrande"));
	}
	assert_string_equal(mails.item[0].recipient, "handler@lillan.example");
	assert_string_equal(mails.item[1].recipient, "manager@lillan.example");	/* nobody has it: who leads the unit */
	assert_non_null(strstr(mails.item[1].text, "11 §"));
	/* moved later, and late again */
	must(deadline_estimate(db, other, date_of("2026-12-10"), "Remissen dröjer.", &g.registrar, after + 600, &err), &err);
	must(deadline_tick(db, after + 700, &n, &err), &err);
	assert_int_equal(n, 0);
	must(deadline_tick(db, local_instant(date_of("2026-12-11"), 0, 1, 0), &n, &err), &err);
	assert_int_equal(n, 1);
	sound(&g);
}

static void
test_who_has_the_matter_is_told_once_when_a_deadline_passes(void **state)
{
	(void)state;
	store_each(told, NULL);
}

static void
test_deadlines_rest_on_law(void **state)
{
	(void)state;
	store_each(deadlines, NULL);
}

static void
classes(struct database *d, struct db *db, void *arg)
{
	static const char table[] = "Kod;Rubrik;Anm\n1;Leda;\n1.2;Styra;\n1.10;Planera;\n;Utan kod;\n1.2;Två gånger;\n"
	    "1..3;Fel;\n1.4;;\n3.6.1;Väghållning;\n";
	static const char again[] = "code,title\n1.2,Styra och leda\n1,Leda\n";
	struct given g = given(db);
	struct classification_loaded loaded;
	struct classification_list list;
	struct matter_list found;
	struct err err = { 0 };
	const char *title;

	(void)d;
	(void)arg;
	must(matter_classify(db, g.matter, 0, "whatever", "none", "individual", &g.registrar, g.now, &err), &err);
	must(classification_load(db, g.a, table, strlen(table), &g.registrar, g.now, &loaded, &err), &err);
	assert_int_equal(loaded.added, 4);
	assert_int_equal(loaded.n_bad, 4);
	assert_int_equal(loaded.bad[0].line, 5);
	assert_int_equal(loaded.bad[1].line, 6);
	assert_string_equal(loaded.bad[1].code, "1.2");
	assert_int_equal(loaded.bad[2].line, 7);
	assert_int_equal(loaded.bad[3].line, 8);
	must(classification_list(db, g.a, "", 100, &list, &err), &err);
	assert_int_equal(list.n, 4);
	assert_string_equal(list.item[1].code, "1.2");		/* as people count: 1.2 before 1.10 */
	assert_string_equal(list.item[2].code, "1.10");
	must(classification_load(db, g.a, again, strlen(again), &g.registrar, g.now, &loaded, &err), &err);
	assert_int_equal(loaded.added, 0);
	assert_int_equal(loaded.changed, 1);
	assert_int_equal(loaded.unchanged, 1);
	must(classification_title(db, g.a, "1.2", &title, &err), &err);
	assert_string_equal(title, "Styra och leda");
	refused(classification_load(db, g.a, "a,b\n1,2\n", 8, &g.registrar, g.now, &loaded, &err), &err, "file");
	refused(classification_load(db, g.a, "code,title\n\"1,2\n", 16, &g.registrar, g.now, &loaded, &err), &err, "file");
	/* with a table, only its codes; and a code finds those below it */
	refused(matter_classify(db, g.matter, 0, "9.9", "none", "individual", &g.registrar, g.now, &err), &err, "classification");
	must(matter_classify(db, g.matter, 0, "3.6.1", "none", "individual", &g.registrar, g.now, &err), &err);
	must(matter_list(db, g.a, &g.registrar, &(struct matter_filter){ .classification = "3.6", .limit = 9 }, &found, &err),
	    &err);
	assert_int_equal(found.n, 1);
	must(matter_list(db, g.a, &g.registrar, &(struct matter_filter){ .classification = "3.6.1", .limit = 9 }, &found, &err),
	    &err);
	assert_int_equal(found.n, 1);
	must(matter_list(db, g.a, &g.registrar, &(struct matter_filter){ .classification = "3.60", .limit = 9 }, &found, &err),
	    &err);
	assert_int_equal(found.n, 0);
	sound(&g);
}

static void
test_the_classification_table_keeps_good_lines(void **state)
{
	(void)state;
	store_each(classes, NULL);
}

static void
lists(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct err err = { 0 };
	struct matter_list found;
	struct matter_contact *contacts;
	struct contact_out out;
	struct document_list docs;
	struct contact c;
	struct matter m;
	int64_t second;
	size_t n;
	const struct { struct matter_filter f; size_t n; const char *why; } row[] = {
		{ { .limit = 9 }, 2, "all" }, { { .limit = 1 }, 1, "a page" },
		{ { .state = "void", .limit = 9 }, 1, "void ones keep their number" },
		{ { .state = MATTER_OPEN_STATES, .limit = 9 }, 1, "open ones" },
		{ { .owner_id = g.t.handler, .limit = 9 }, 1, "a handler's" },
		{ { .unit_id = g.t.department, .limit = 9 }, 1, "a unit's" },
		{ { .authority_id = g.t.ks, .limit = 9 }, 0, "another authority's" },
		{ { .appeal_kind = "merits", .limit = 9 }, 0, "by appeal" },
		{ { .before = g.matter, .limit = 9 }, 0, "before the first" },
	};

	(void)d;
	(void)arg;
	must(matter_open(db, &(struct matter_in){ .authority_id = g.t.tn, .unit_id = g.t.department, .title = "Fel" },
	    &g.registrar, g.now, &second, &err), &err);
	must(contact_receive(db, g.a, &(struct contact_in){ .channel = "web", .category_id = g.t.category, .subject = "Gupp",
	    .text = "Det är ett gupp.", .sender_email = "b@example.org" }, g.now, &out, &err), &err);
	must(matter_add_contact(db, second, out.id, &g.registrar, g.now, &err), &err);
	/* void: the number and why stay; what the resident brought may go into the right matter */
	refused(matter_void(db, second, " ", &g.registrar, g.now, &err), &err, "reason");
	must(matter_void(db, second, "Felregistrerat", &g.registrar, g.now, &err), &err);
	conflict(matter_void(db, second, "Igen", &g.registrar, g.now, &err), &err);
	must(contact_get(db, g.a, out.id, &c, &err), &err);
	assert_int_equal(c.matter_id, 0);
	must(matter_add_contact(db, g.matter, out.id, &g.registrar, g.now, &err), &err);
	must(document_of(db, g.a, 0, g.matter, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 1);
	assert_int_equal(docs.item[0].number, 1);
	must(matter_contacts(db, g.a, &g.registrar, g.matter, &contacts, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(contacts[0].subject, "Gupp");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		must(matter_list(db, g.a, &g.registrar, &row[i].f, &found, &err), &err);
		if (found.n != row[i].n)
			fail_msg("%s: %zu, expected %zu", row[i].why, found.n, row[i].n);
	}
	/* a handler and a unit of another authority are none */
	refused(matter_assign(db, g.matter, 0, g.t.centre, 0, &g.registrar, g.now, &err), &err, "unit");
	refused(matter_assign(db, g.matter, 0, g.t.street, g.t.guide, &g.registrar, g.now, &err), &err, "owner");
	must(matter_assign(db, g.matter, 0, g.t.street, g.t.manager, &g.registrar, g.now, &err), &err);
	must(matter_get(db, g.a, g.matter, &m, &err), &err);
	assert_int_equal(m.owner_id, g.t.manager);
	sound(&g);
}

static void
test_lists_and_void(void **state)
{
	(void)state;
	store_each(lists, NULL);
}

struct breakage { const char *sql, *what; struct arena *a; int64_t now; };

/* Breaks one thing, asks what is wrong, and leaves no trace: the write fails on purpose. */
static bool
break_and_look(struct db *tx, void *arg, struct err *err)
{
	struct breakage *b = arg;
	struct verify_result v;
	bool named = false;

	if (!db_run(tx, b->sql, NULL, err, "") || !verify_all(tx, b->a, b->now, &v, err))
		fail_msg("%s: %s", b->sql, err->log);
	for (size_t i = 0; i < v.n_broken; i++)
		named |= strcmp(v.broken[i].what, b->what) == 0;
	if (!named)
		fail_msg("%s: not named: %s (%zu others)", b->sql, b->what, v.n_broken);
	return err_set(err, ERR_CONFLICT, "on purpose");
}

static void
invariants(struct database *d, struct db *db, void *arg)
{
	/* Matter 1 is open and has a document, its next version and a masked copy; matter 2 is a merits matter with contact 1;
	 * contact 2 is secret. */
	static const struct { const char *sql, *what; } row[] = {
		{ "UPDATE matter SET unit_id = (SELECT id FROM unit WHERE name = 'Kontaktcenter') WHERE id = 1",
		    "matter of a unit of another authority (1)" },
		{ "UPDATE contact SET authority_id = (SELECT id FROM authority WHERE code = 'KS') WHERE matter_id IS NOT NULL",
		    "contact in a matter of another authority (1)" },
		{ "UPDATE document SET authority_id = (SELECT id FROM authority WHERE code = 'KS') WHERE matter_id = 1",
		    "document of another authority than its matter (1)" },
		{ "UPDATE document SET arrived_at = registered_at + 86400 WHERE direction = 'in'",
		    "document received after it was registered (2)" },
		{ "UPDATE document SET received_rule = NULL WHERE direction = 'in'",
		    "received document without its day or the rule (2)" },
		{ "UPDATE matter SET serial = 77 WHERE id = 1", "matter number out of its series (3)" },
		{ "UPDATE matter SET registered_at = registered_at + 9 WHERE id = 1", "matter numbers out of order (3)" },
		{ "UPDATE document SET number = NULL WHERE matter_id = 1", "document in a matter without a number (3)" },
		{ "UPDATE document SET state = 'draft' WHERE matter_id = 1 AND number = 1", "draft with a number (3)" },
		{ "UPDATE document SET number = 9 WHERE matter_id = 1", "document number twice in a matter" },
		{ "UPDATE matter SET state = 'void' WHERE id = 1", "void matter without a reason (3)" },
		{ "UPDATE secrecy_mark SET section = ''", "secrecy mark without section, date or authority (4)" },
		{ "UPDATE contact SET restricted = 0 WHERE id = 2", "contact more open than its marks and persons say (4, 5)" },
		{ "UPDATE document SET restricted = 0 WHERE contact_id = 2",
		    "document more open than its marks and persons say (4, 5)" },
		{ "UPDATE secrecy_mark SET lifted_at = 1 WHERE object = 'contact'",
		    "restricted without a mark or a protected person (4)" },
		{ "UPDATE person SET protected = 2", "matter more open than its marks and persons say (4, 5)" },
		{ "UPDATE contact SET restricted = 2 WHERE id = 2", "protected_without_handler" },
		{ "UPDATE matter SET restricted = 2 WHERE id = 1", "protected_without_handler" },
		{ "UPDATE document SET restricted = 1 WHERE matter_id = 1",
		    "search entry less restricted than its matter or document" },
		{ "UPDATE document SET state = 'withdrawn', number = NULL WHERE matter_id = 1 AND number = 1",
		    "search entry of a draft" },
		{ "UPDATE matter SET title_public = 'x', title_approved_at = 1, title_approved_by = 1, restricted = 2 WHERE id = 1",
		    "approved public title in a matter of a protected person (5)" },
		{ "UPDATE matter SET title_approved_at = 1 WHERE id = 1", "approved public title that does not exist (5)" },
		{ "UPDATE matter SET appeal_kind = 'none' WHERE id = 2", "FL 12 timer outside a merits matter of an individual (9)" },
		{ "DELETE FROM deadline WHERE kind = 'fl12_six_months'", "merits matter of an individual without its six months (9)" },
		{ "INSERT INTO deadline (matter_id, kind, date, basis) VALUES (2, 'fl12_decision', '2026-12-01', 'FL 12 §')",
		    "request for a decision before six months (9)" },
		{ "INSERT INTO deadline (matter_id, kind, date, basis) VALUES (1, 'own', '2026-12-01', '')",
		    "deadline without what it rests on" },
		{ "UPDATE matter SET state = 'closed', closed_date = '2026-11-02' WHERE id = 1", "closed matter with an open deadline" },
		{ "UPDATE document SET text = 'avslöjat' WHERE masks_id IS NOT NULL", "masked copy without its masks" },
		{ "UPDATE document SET text = 'ändrat' WHERE id IN (SELECT masks_id FROM document)",
		    "original of a masked copy was changed" },
		{ "UPDATE document SET version = 5 WHERE replaces_id IS NOT NULL", "new version that is not one more than the old one" },
		{ "UPDATE event SET action = 'x' WHERE action = 'matter.opened'", "matter without an event" },
		{ "UPDATE event SET restricted = 2 WHERE id = 3", "the chain of events is broken" },
	};
	struct given g = given(db);
	struct document_in in = { .direction = "in", .channel = "visit", .arrived_at = g.now, .title = "Karta", .text = "Hemligt läge" };
	struct contact_out out;
	struct err err = { 0 };
	int64_t id, other;

	(void)d;
	(void)arg;
	must(document_register(db, g.matter, &in, &g.registrar, g.now, &id, &err), &err);
	must(document_replace(db, id, &in, &g.registrar, g.now, &other, &err), &err);
	must(document_mask(db, other, "Karta, maskerad", &(struct mask){ "Hemligt", "OSL 18:8" }, 1, &g.registrar, g.now, &id,
	    &err), &err);
	must(deadline_set(db, g.matter, "Svar", date_of("2026-12-01"), "Avtal", &g.registrar, g.now, &err), &err);
	must(contact_receive(db, g.a, &(struct contact_in){ .channel = "web", .category_id = g.t.category, .subject = "Ansökan",
	    .text = "Jag ansöker.", .sender_email = "e@example.org" }, g.now, &out, &err), &err);
	must(matter_open(db, &(struct matter_in){ .authority_id = g.t.tn, .unit_id = g.t.street, .title = "Tillstånd",
	    .appeal_kind = "merits", .contact_id = out.id }, &g.registrar, g.now, &id, &err), &err);
	assert_int_equal(id, 2);
	must(contact_receive(db, g.a, &(struct contact_in){ .channel = "web", .category_id = g.t.category, .subject = "Sjuk",
	    .text = "Jag är sjuk.", .sender_email = "f@example.org" }, g.now, &out, &err), &err);
	assert_int_equal(out.id, 2);
	must(secrecy_mark(db, "contact", out.id, "21:1", date_of("2026-11-02"), NULL, &g.registrar, g.now, &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct breakage b = { row[i].sql, row[i].what, g.a, g.now };

		assert_false(db_write(db, break_and_look, &b, &err));
		assert_int_equal(err.code, ERR_CONFLICT);
		err = (struct err){ 0 };
	}
	sound(&g);		/* nothing is broken, before or after */
}

static void
test_each_invariant_is_named_when_it_is_broken(void **state)
{
	(void)state;
	store_each(invariants, NULL);
}

/* What is secret stays so on its way: to another authority, and split in two. */
static void
ways(struct database *d, struct db *db, void *arg)
{
	struct given g = given(db);
	struct contact_out out, part;
	struct contact c;
	struct err err = { 0 };
	int64_t id;

	(void)d;
	(void)arg;
	must(contact_receive(db, g.a, &(struct contact_in){ .channel = "web", .category_id = g.t.category, .subject = "Sjuk",
	    .text = "Jag är sjuk, och det är halt.", .sender_email = "f@example.org" }, g.now, &out, &err), &err);
	must(secrecy_mark(db, "contact", out.id, "21:1", date_of("2026-11-02"), NULL, &g.registrar, g.now, &err), &err);
	must(contact_split(db, g.a, out.id, "Halka", "Det är halt.", &g.registrar, g.now, &part, &err), &err);
	must(contact_get(db, g.a, part.id, &c, &err), &err);
	assert_int_equal(c.restricted, 1);
	must(contact_transfer(db, out.id, 0, g.t.ks, g.t.centre, NULL, &g.registrar, g.now, &id, &err), &err);
	must(contact_get(db, g.a, id, &c, &err), &err);
	assert_int_equal(c.restricted, 1);
	sound(&g);
}

static void
test_what_is_secret_stays_so_when_moved(void **state)
{
	(void)state;
	store_each(ways, NULL);
}

static void
test_sections_as_people_write_them(void **state)
{
	static const struct { const char *written, *kept; } row[] = {
		{ "21:1", "OSL 21:1" }, { "OSL 21:3 a", "OSL 21:3 a" }, { "osl 26 kap. 1 §", "OSL 26:1" }, { "21 kap 3 a §", "OSL 21:3 a" },
		{ " 39:2 ", "OSL 39:2" }, { "21", NULL }, { "", NULL }, { "kap", NULL }, { "21:", NULL }, { "99:1", NULL },
		{ "21:1 första stycket", NULL }, { NULL, NULL },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *got = secrecy_section(a, row[i].written);

		if ((got == NULL) != (row[i].kept == NULL) || (got != NULL && strcmp(got, row[i].kept) != 0))
			fail_msg("%s: got %s", row[i].written == NULL ? "NULL" : row[i].written, got == NULL ? "NULL" : got);
	}
	arena_close(a);
}

static void
test_masked_ranges_are_code_points_and_overlap_once(void **state)
{
	static const struct { const char *text, *a, *b, *masked, *ranges; } row[] = {
		{ "åäö Åsa ringde", "Åsa", NULL, "åäö [maskerat, S] ringde", "[{\"from\": 4, \"to\": 7, \"section\": \"S\"}]" },
		{ "abcdef", "abcd", "cdef", "[maskerat, S]", "[{\"from\": 0, \"to\": 6, \"section\": \"S\"}]" },
		{ "a b\r\n c", "b c", NULL, "a [maskerat, S]", "[{\"from\": 2, \"to\": 7, \"section\": \"S\"}]" },
		{ "xx", "x", NULL, "[maskerat, S][maskerat, S]", NULL },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct mask mask[] = { { row[i].a, "S" }, { row[i].b == NULL ? "" : row[i].b, "T" } };
		const char *masked, *ranges;
		struct err err = { 0 };

		must(mask_text(a, row[i].text, mask, 2, &masked, &ranges, &err), &err);
		assert_string_equal(masked, row[i].masked);
		if (row[i].ranges != NULL)
			assert_string_equal(ranges, row[i].ranges);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_in_has_its_legal_day_and_the_rule),
		cmocka_unit_test(test_a_draft_is_no_document_until_it_is_completed),
		cmocka_unit_test(test_a_new_version_has_a_number_and_the_old_one_stays),
		cmocka_unit_test(test_a_masked_copy_is_a_document_of_its_own),
		cmocka_unit_test(test_deadlines_rest_on_law),
		cmocka_unit_test(test_who_has_the_matter_is_told_once_when_a_deadline_passes),
		cmocka_unit_test(test_the_classification_table_keeps_good_lines),
		cmocka_unit_test(test_lists_and_void),
		cmocka_unit_test(test_each_invariant_is_named_when_it_is_broken),
		cmocka_unit_test(test_what_is_secret_stays_so_when_moved),
		cmocka_unit_test(test_sections_as_people_write_them),
		cmocka_unit_test(test_masked_ranges_are_code_points_and_overlap_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

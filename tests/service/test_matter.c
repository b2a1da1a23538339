/* tests/service/test_matter.c: a contact becomes a matter with a number of its authority; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/verify.h"
#include "expect.h"
#include "municipality.h"
#include "registry/matter.h"
#include "law/number.h"

static void
becomes_a_matter(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	int64_t now = local_instant(date_of("2026-08-31"), 9, 0, 0), id, second;
	struct town t = town_make(db, now);
	struct actor registrar = { .account_id = t.registrar, .name = "Demo Registrar", .unit_id = t.department };
	struct contact_out out;
	struct document_list docs;
	struct matter_list list;
	struct verify_result v;
	struct contact c;
	struct matter m;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &(struct contact_in){ .channel = "email", .category_id = t.category, .subject = "Ansökan",
	    .text = "Jag ansöker om tillstånd.", .sender_email = "a@example.org" }, now, &out, &err), &err);
	assert_false(matter_open(db, &(struct matter_in){ .authority_id = t.tn, .title = " " }, &registrar, now, &id, &err));
	assert_string_equal(err.field, "title");
	err = (struct err){ 0 };
	must(matter_open(db, &(struct matter_in){ .authority_id = t.tn, .unit_id = t.street, .title = "Tillstånd",
	    .appeal_kind = "merits", .contact_id = out.id }, &registrar, now, &id, &err), &err);
	must(matter_get(db, a, id, &m, &err), &err);
	assert_string_equal(m.number, "TN 2026/00001");
	assert_string_equal(m.state, "registered");
	must(document_of(db, a, 0, id, REACH_OPEN, &docs, &err), &err);
	assert_int_equal(docs.n, 1);
	assert_int_equal(docs.item[0].number, 1);
	must(contact_get(db, a, out.id, &c, &err), &err);
	assert_string_equal(c.matter_number, "TN 2026/00001");
	/* in one matter only, and only of its own authority */
	must(matter_open(db, &(struct matter_in){ .authority_id = t.ks, .title = "Annat" }, &registrar, now, &second, &err), &err);
	must(matter_get(db, a, second, &m, &err), &err);
	assert_string_equal(m.number, "KS 2026/00001");
	assert_false(matter_add_contact(db, second, out.id, &registrar, now, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	/* states follow the rule book; a contact that is not answered keeps it open */
	err = (struct err){ 0 };
	assert_false(matter_state(db, id, 0, "final", &registrar, now, &err));
	assert_string_equal(err.field, "state");
	err = (struct err){ 0 };
	must(matter_state(db, id, 0, "in_preparation", &registrar, now, &err), &err);
	assert_false(matter_state(db, id, 0, "closed", &registrar, now, &err));
	assert_string_equal(err.person, "A contact in this matter has not been answered.");
	/* nothing is public before a named person approved it */
	err = (struct err){ 0 };
	assert_false(matter_titles(db, id, 0, "Tillstånd", NULL, true, &registrar, now, &err));
	err = (struct err){ 0 };
	must(matter_titles(db, id, 0, "Tillstånd", "Ansökan om tillstånd", true, &registrar, now, &err), &err);
	must(matter_get(db, a, id, &m, &err), &err);
	assert_int_equal(m.title_approved_by, t.registrar);
	/* a number is never given back */
	must(matter_void(db, second, "Felregistrerat", &registrar, now, &err), &err);
	must(matter_open(db, &(struct matter_in){ .authority_id = t.ks, .title = "Nytt" }, &registrar, now, &second, &err), &err);
	must(matter_get(db, a, second, &m, &err), &err);
	assert_string_equal(m.number, "KS 2026/00002");
	must(matter_list(db, a, &registrar, &(struct matter_filter){ .limit = 10 }, &list, &err), &err);
	assert_int_equal(list.n, 1);		/* the registrar of TN sees TN's */
	must(verify_all(db, a, now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		fail_msg("%s: %s", v.broken[i].what, v.broken[i].object);
	arena_close(a);
}

static void
test_a_contact_becomes_a_matter(void **state)
{
	(void)state;
	store_each(becomes_a_matter, NULL);
}

static void
test_numbers_as_authorities_write_them(void **state)
{
	static const struct { const char *template, *number; } row[] = {
		{ "{code} {yyyy}/{n}", "KS 2026/39" }, { "{code} {yyyy}/{n:04}", "KS 2026/0039" },
		{ "{code}/{yyyy}:{n}", "KS/2026:39" }, { "{code}-{yyyy}/{n}", "KS-2026/39" }, { "{code} {yy}.{n:03}", "KS 26.039" },
		{ "{code}", NULL }, { "{yyyy}", NULL }, { "{n:99} {yyyy}", NULL }, { "{oops} {yyyy} {n}", NULL },
	};
	static const struct { const char *template, *text, *number; } contacts[] = {
		{ NUMBER_CONTACT_DEFAULT, "SV: fråga [k-2026-000123] igen", "K-2026-000123" },
		{ NUMBER_CONTACT_DEFAULT, "K-2026-1234567", "K-2026-1234567" },
		{ NUMBER_CONTACT_DEFAULT, "OK-2026-000123", NULL }, { NUMBER_CONTACT_DEFAULT, "K-2026-12", NULL },
		{ NUMBER_CONTACT_DEFAULT, "K-2026-000123x", NULL }, { NUMBER_CONTACT_DEFAULT, "K-20267-000123", NULL },
		{ NUMBER_CONTACT_DEFAULT, "K-2026-K-2026-000007", "K-2026-000007" },
		{ "LILLAN{yyyy}-{n}", "re: lillan2026-7.", "LILLAN2026-7" }, { "A{n:03}-{yyyy}", "a007-2026", "A007-2026" },
		{ "A{n:03}-{yyyy}", "a07-2026", NULL }, { "A{n:03}-{yyyy}", "a1234567890-2026", NULL },
	};
	static const struct { const char *text; bool valid; const char *why; } templates[] = {
		{ NUMBER_CONTACT_DEFAULT, true, "the first" }, { "LILLAN{yyyy}-{n}", true, "letters" }, { "A{n:03}-{yyyy}", true, "order" },
		{ "", false, "empty" }, { "K-{yyyy}", false, "no serial" }, { "K-{n}", false, "no year" }, { "{yyyy}-{n}", false, "no letter" },
		{ "K{yyyy}{n}", false, "the two touch" }, { "K1{yyyy}-{n}", false, "a digit touches" }, { "K{yyyy}-{n}0", false, "behind" },
		{ "k-{yyyy}-{n}", false, "small" }, { "K/{yyyy}/{n}", false, "a slash in an address" }, { "K {yyyy} {n}", false, "a space" },
		{ "K-{code}-{yyyy}-{n}", false, "of an authority" }, { "K-{yy}-{n}", false, "ambiguous" }, { "K-{yyyy}-{n}-{n}", false, "twice" },
		{ "K-{yyyy}-{n", false, "open" }, { "K-{yyyy}-{n}-ABCDEFGHIJKLMNOPQRSTUVW", false, "long" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *got = number_print(a, row[i].template, "KS", 2026, 39);

		if (row[i].number == NULL)
			assert_null(got);
		else
			assert_string_equal(got, row[i].number);
	}
	for (size_t i = 0; i < ARRAY_LEN(contacts); i++) {
		const char *got = number_find_contact(a, contacts[i].template, contacts[i].text);

		if (got == NULL ? contacts[i].number != NULL : contacts[i].number == NULL || strcmp(got, contacts[i].number) != 0)
			fail_msg("%s in '%s': '%s'", contacts[i].template, contacts[i].text, got);
	}
	for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
		if (number_contact_template_valid(templates[i].text) != templates[i].valid)
			fail_msg("%s: %s", templates[i].text, templates[i].why);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_contact_becomes_a_matter),
		cmocka_unit_test(test_numbers_as_authorities_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

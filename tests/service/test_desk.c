/* tests/service/test_desk.c: what those who answer see: kept choices, filters, who is present; on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "contact/contact.h"
#include "contact/desk.h"
#include "contact/filter.h"
#include "contact/presence.h"
#include "contact/work.h"
#include "db/kept.h"
#include "expect.h"
#include "municipality.h"

static const int64_t NOW = 1799651520;		/* 2027-01-11 08:12 in Sweden */

/* ---- what is kept ---- */

static int reads;

static const void *
read_number(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	(void)db;
	(void)err;
	reads++;
	return arena_memdup(a, &key, sizeof(key));
}

static bool
forget_write(struct db *tx, void *arg, struct err *err)
{
	const int64_t *n;

	kept_forget_after(tx);
	n = kept_get(tx, arg, read_number, 7, err);	/* inside a write nothing is kept */
	return n != NULL && *n == 7;
}

static bool
failing_write(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	kept_forget_after(tx);
	return err_set(err, ERR_CONFLICT, "changed my mind");
}

static void
read_once(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open(), *other = arena_open();
	struct err err = { 0 };
	const int64_t *first, *second;

	(void)d;
	(void)arg;
	reads = 0;
	first = kept_get(db, a, read_number, 7, &err);
	second = kept_get(db, other, read_number, 7, &err);
	assert_ptr_equal(first, second);
	assert_int_equal(reads, 1);
	assert_int_equal(*(const int64_t *)kept_get(db, a, read_number, 8, &err), 8);
	assert_int_equal(reads, 2);

	/* A change that was rolled back is none. */
	assert_false(db_write(db, failing_write, NULL, &err));
	err = (struct err){ 0 };
	(void)kept_get(db, a, read_number, 7, &err);
	assert_int_equal(reads, 2);

	must(db_write(db, forget_write, a, &err), &err);
	assert_int_equal(reads, 3);
	second = kept_get(db, other, read_number, 7, &err);
	assert_int_equal(reads, 4);
	assert_ptr_not_equal(first, second);
	assert_int_equal(*first, 7);		/* who holds the old one still can read it */

	/* What a snapshot sees is not kept as newer than a change made after it began. */
	must(db_read_begin(db, &err), &err);
	(void)db_id(db, "SELECT COUNT(*) FROM authority", &(int64_t){ 0 }, &err, "");
	kept_forget();
	(void)kept_get(db, a, read_number, 7, &err);
	db_read_end(db);
	assert_int_equal(reads, 5);
	(void)kept_get(db, a, read_number, 7, &err);
	assert_int_equal(reads, 6);
	arena_close(other);
	arena_close(a);
}

static void
test_what_is_kept_is_read_once_until_it_changes(void **state)
{
	(void)state;
	store_each(read_once, NULL);
}

static const char *
text_of(const struct choice *c, size_t n, int64_t id)
{
	char value[24];

	(void)snprintf(value, sizeof(value), "%lld", (long long)id);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(c[i].value, value) == 0)
			return c[i].text;
	}
	return NULL;
}

static void
changes_show(struct database *db_of, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct town t = town_make(db, NOW);
	struct change by = { t.manager, NOW, NULL };
	const struct desk *d = desk_of(db, a, t.tn, "sv", NOW, &err);
	const struct choice *own;
	struct unit u;
	int64_t id, answer;

	(void)db_of;
	(void)arg;
	assert_non_null(d);
	assert_string_equal(text_of(d->unit, d->n_units, t.street), "Gata");
	assert_null(text_of(d->unit, d->n_units, t.centre));
	assert_string_equal(text_of(d->any_unit, d->n_any_units, t.centre), "KS: Kontaktcenter");
	assert_string_equal(text_of(d->authority, d->n_authorities, t.ks), "Kommunstyrelsen");
	assert_string_equal(text_of(d->owner, d->n_owners, t.handler), "handler");
	assert_null(text_of(d->owner, d->n_owners, t.guide));
	assert_int_equal(d->n_standards, 0);
	own = desk_choose(a, d->owner, d->n_owners, t.handler);
	for (size_t i = 0; i < d->n_owners; i++)
		assert_int_equal(own[i].chosen, strcmp(own[i].text, "handler") == 0);

	must(unit_get(db, a, t.street, &u, &err), &err);
	u.name = "Gata och park";
	must(unit_save(db, &by, &u, NULL, &err), &err);
	must(standard_answer_save(db, &by, &(struct standard_answer){ .authority_id = t.tn, .title = "Snö", .text = "Vi plogar.",
	    .active = true }, &answer, &err), &err);
	id = town_account(db, "nykomling", ROLE_CASE_HANDLER, t.tn, t.street, NOW);
	d = desk_of(db, a, t.tn, "sv", NOW, &err);
	assert_string_equal(text_of(d->unit, d->n_units, t.street), "Gata och park");
	assert_string_equal(text_of(d->owner, d->n_owners, id), "nykomling");
	assert_int_equal(d->n_standards, 1);
	assert_int_equal(d->standard[0].id, answer);
	d = desk_of(db, a, t.ks, "sv", NOW, &err);
	assert_int_equal(d->n_standards, 0);	/* another authority's */
	arena_close(a);
}

static void
test_a_change_shows_at_once(void **state)
{
	(void)state;
	store_each(changes_show, NULL);
}

/* ---- filters ---- */

static void
filters(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct town t = town_make(db, NOW);
	struct actor manager = { .account_id = t.manager, .name = "manager", .unit_id = t.street };
	struct contact_out out[3];
	struct saved_filter_list saved;
	int64_t id, again;
	static const char *const channel[] = { "email", "phone", "email" };
	const struct { struct worklist_filter f; size_t n; const char *why; } row[] = {
		{ { .list = WORKLIST_ALL }, 3, "no filter" },
		{ { .list = WORKLIST_ALL, .channel = "email" }, 2, "channel" },
		{ { .list = WORKLIST_ALL, .category_id = t.category }, 2, "category" },
		{ { .list = WORKLIST_ALL, .category_id = t.category, .channel = "email" }, 1, "both" },
		{ { .list = WORKLIST_ALL, .unit_id = t.street }, 3, "unit" },
		{ { .list = WORKLIST_ALL, .unit_id = t.department }, 0, "another unit" },
		{ { .list = WORKLIST_ALL, .state = "assigned" }, 1, "state" },
		{ { .list = WORKLIST_MINE, .state = "assigned" }, 0, "not hers" },
		{ { .list = WORKLIST_ALL, .overdue = true }, 0, "nothing is late yet" },
		{ { .list = WORKLIST_UNIT, .channel = "phone" }, 1, "her unit's, by phone" },
	};

	(void)d;
	(void)arg;
	for (size_t i = 0; i < 3; i++)
		must(contact_receive(db, a, &(struct contact_in){ .channel = channel[i], .authority_id = t.tn,
		    .unit_id = t.street, .category_id = i < 2 ? t.category : 0, .sender_phone = "0701740605", .subject = "Snö",
		    .text = "Det är snö." }, NOW, &out[i], &err), &err);
	must(contact_assign(db, out[0].id, 0, t.street, t.handler, NULL, &manager, NOW, &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct worklist_filter f = row[i].f;
		struct contact_row_list list;

		f.limit = 50;
		must(contact_worklist(db, a, &manager, &f, NOW, &list, &err), &err);
		if (list.n != row[i].n)
			fail_msg("%s: got %zu, expected %zu", row[i].why, list.n, row[i].n);
		f.overdue = true;
		must(contact_worklist(db, a, &manager, &f, NOW + 60 * DAY_S, &list, &err), &err);
		if (list.n != (row[i].f.overdue ? 3 : row[i].n))
			fail_msg("%s, two months later: got %zu", row[i].why, list.n);
	}

	{
		int64_t found[2];
		size_t n;

		/* "2" is the second of the year, to those who may read it. */
		must(contact_by_serial(db, &manager, 2, 2027, found, &n, &err), &err);
		assert_int_equal(n, 1);
		assert_int_equal(found[0], out[1].id);
		must(contact_by_serial(db, &manager, 2, 2028, found, &n, &err), &err);
		assert_int_equal(n, 1);
		must(contact_by_serial(db, &manager, 2, 2029, found, &n, &err), &err);
		assert_int_equal(n, 0);
		must(contact_by_serial(db, &(struct actor){ .account_id = 0 }, 2, 2027, found, &n, &err), &err);
		assert_int_equal(n, 0);
	}
	must(filter_save(db, t.manager, &(struct saved_filter){ .name = "Mejl om snö", .query = "lista=alla&kanal=email" }, &id,
	    &err), &err);
	must(filter_save(db, t.manager, &(struct saved_filter){ .name = "Mejl om snö", .query = "lista=enhet&sen=1" }, &again,
	    &err), &err);
	assert_int_equal(id, again);
	must(filter_list(db, a, t.manager, &saved, &err), &err);
	assert_int_equal(saved.n, 1);
	assert_string_equal(saved.item[0].name, "Mejl om snö");
	assert_string_equal(saved.item[0].query, "lista=enhet&sen=1");
	must(filter_list(db, a, t.handler, &saved, &err), &err);
	assert_int_equal(saved.n, 0);
	assert_false(filter_remove(db, t.handler, id, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(filter_save(db, t.manager, &(struct saved_filter){ .name = "", .query = "lista=alla" }, &id, &err));
	assert_string_equal(err.field, "name");
	err = (struct err){ 0 };
	must(filter_remove(db, t.manager, again, &err), &err);
	must(filter_list(db, a, t.manager, &saved, &err), &err);
	assert_int_equal(saved.n, 0);
	for (int i = 0; i < FILTERS_MOST; i++)
		must(filter_save(db, t.manager, &(struct saved_filter){ .name = arena_printf(a, "nr %d", i), .query = "lista=alla" },
		    &id, &err), &err);
	assert_false(filter_save(db, t.manager, &(struct saved_filter){ .name = "en till", .query = "lista=alla" }, &id, &err));
	assert_string_equal(err.field, "name");
	arena_close(a);
}

static void
test_filters_narrow_and_are_one_s_own(void **state)
{
	(void)state;
	store_each(filters, NULL);
}

/* ---- presence ---- */

static void
test_presence_tells_what_is_new_and_falls_away(void **state)
{
	struct arena *a = arena_open();
	const struct database *of = (const struct database *)state;	/* any address: it is only compared */
	struct presence_list list;

	assert_true(presence_seen(of, 1, 10, "Anna", NOW + 300, 0, NOW));
	assert_false(presence_seen(of, 1, 10, "Anna", NOW + 400, 0, NOW + 30));	/* still there is no news */
	list = presence_of(a, of, 1, 11, NOW + 30);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].name, "Anna");
	assert_false(list.item[0].writing);
	assert_int_equal(presence_of(a, of, 1, 10, NOW).n, 0);		/* she does not see herself */
	assert_int_equal(presence_of(a, of, 2, 11, NOW).n, 0);
	assert_int_equal(presence_of(a, of, 0, 11, NOW).n, 1);		/* in any contact */
	assert_int_equal(presence_of(a, NULL, 1, 11, NOW).n, 0);		/* another database */

	assert_true(presence_seen(of, 1, 10, "Anna", NOW + 400, NOW + 100, NOW + 40));	/* she writes */
	assert_false(presence_seen(of, 1, 10, "Anna", NOW + 400, NOW + 110, NOW + 50));
	list = presence_of(a, of, 1, 11, NOW + 60);
	assert_true(list.item[0].writing);
	assert_int_equal(list.item[0].until, NOW + 110);
	list = presence_of(a, of, 1, 11, NOW + 110);
	assert_int_equal(list.n, 1);
	assert_false(list.item[0].writing);
	assert_int_equal(presence_of(a, of, 1, 11, NOW + 400).n, 0);	/* by itself */

	assert_true(presence_seen(of, 1, 10, "Anna", NOW + 900, 0, NOW + 600));
	assert_true(presence_left(of, 1, 10));
	assert_false(presence_left(of, 1, 10));
	assert_int_equal(presence_of(a, of, 1, 11, NOW + 601).n, 0);
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_kept_is_read_once_until_it_changes),
		cmocka_unit_test(test_a_change_shows_at_once),
		cmocka_unit_test(test_filters_narrow_and_are_one_s_own),
		cmocka_unit_test(test_presence_tells_what_is_new_and_falls_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

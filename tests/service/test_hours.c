/* tests/service/test_hours.c: opening hours on both databases: what is refused, who may, what everybody reads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "db/kept.h"
#include "expect.h"
#include "figures/gaps.h"
#include "hours/opening.h"
#include "hours/place.h"
#include "people/absence.h"
#include "town_web.h"

static const struct change SYSTEM = { 0, 1800000000, NULL };	/* 2027-01-15 */

static int64_t
hours_add(struct db *db, int64_t authority_id, int64_t unit_id, const char *kind, int64_t first, int64_t last, const char *opens,
    const char *closes)
{
	struct err err = { 0 };
	int64_t id = 0;

	town_must(opening_save(db, &SYSTEM, &(struct opening){ .authority_id = authority_id, .unit_id = unit_id, .kind = kind,
	    .first_weekday = first, .last_weekday = last, .opens = opens, .closes = closes, .valid_from = "2026-01-01" }, &id, &err),
	    &err, "hours");
	return id;
}

static struct hours_now
now_of(struct db *db, struct arena *a, int64_t authority_id, int64_t unit_id, enum hours_kind kind, const char *now)
{
	struct hours_book *book = arena_alloc(a, sizeof(*book));
	struct hours_plan plan;
	struct err err = { 0 };

	town_must(hours_book_read(db, a, local_date(at(now)), book, &err), &err, "book");
	hours_plan_of(book, a, authority_id, unit_id, &plan);
	return hours_at(&plan, kind, at(now));
}

/* ---- rows ---- */

static void
refused(bool ok, const struct err *err, enum err_code code, const char *field)
{
	assert_false(ok);
	assert_int_equal(err->code, code);
	if (field != NULL)
		assert_string_equal(err->field, field);
	assert_true(code != ERR_INPUT || err->person != NULL);
}

static void
what_is_refused(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct town t = town_make(db, SYSTEM.now);
	const struct opening good = { .unit_id = t.centre, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8",
		.closes = "16.30", .valid_from = "2026-01-01" };
	const struct { const char *field; struct opening in; } bad[] = {
		{ "place", { .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "2026-01-01" } },
		{ "place", { .unit_id = 4711, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "2026-01-01" } },
		{ "kind", { .unit_id = t.centre, .kind = "fax", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "2026-01-01" } },
		{ "first_weekday", { .unit_id = t.centre, .kind = "phone", .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "2026-01-01" } },
		{ "last_weekday", { .unit_id = t.centre, .kind = "phone", .first_weekday = 5, .last_weekday = 1, .opens = "8", .closes = "16", .valid_from = "2026-01-01" } },
		{ "opens", { .unit_id = t.centre, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "åtta", .closes = "16", .valid_from = "2026-01-01" } },
		{ "closes", { .unit_id = t.centre, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "7", .valid_from = "2026-01-01" } },
		{ "valid_from", { .unit_id = t.centre, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "1 mars" } },
		{ "valid_to", { .unit_id = t.centre, .kind = "phone", .first_weekday = 1, .last_weekday = 5, .opens = "8", .closes = "16", .valid_from = "2026-01-01", .valid_to = "2025-12-31" } },
	};
	const struct { const char *field; struct opening_exception in; } bad_day[] = {
		{ "place", { .unit_id = 4711, .from_date = "2027-02-01", .reason = "x" } },
		{ "from_date", { .unit_id = t.centre, .from_date = "snart", .reason = "x" } },
		{ "to_date", { .unit_id = t.centre, .from_date = "2027-02-01", .to_date = "2027-01-01", .reason = "x" } },
		{ "to_date", { .unit_id = t.centre, .from_date = "2027-02-01", .to_date = "2029-01-01", .reason = "x" } },
		{ "closes", { .unit_id = t.centre, .from_date = "2027-02-01", .opens = "8", .reason = "x" } },
		{ "opens", { .unit_id = t.centre, .from_date = "2027-02-01", .closes = "8", .reason = "x" } },
		{ "reason", { .unit_id = t.centre, .from_date = "2027-02-01" } },
		{ "kind", { .unit_id = t.centre, .kind = "fax", .from_date = "2027-02-01", .reason = "x" } },
	};
	struct opening_exception day = { .unit_id = t.centre, .from_date = "2027-02-01", .to_date = "2027-02-05", .reason = "ombyggnad" };
	struct change seen = SYSTEM;
	struct opening row;
	struct err err = { 0 };
	int64_t id, other;

	(void)d;
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err = (struct err){ 0 };
		refused(opening_save(db, &SYSTEM, &bad[i].in, NULL, &err), &err, ERR_INPUT, bad[i].field);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_day); i++) {
		err = (struct err){ 0 };
		refused(opening_exception_save(db, &SYSTEM, &bad_day[i].in, NULL, &err), &err, ERR_INPUT, bad_day[i].field);
	}
	/* as people write it, as it is kept; the unit's authority with it */
	town_must(opening_save(db, &SYSTEM, &good, &id, &err), &err, "hours");
	town_must(opening_get(db, a, id, &row, &err), &err, "get");
	assert_string_equal(row.opens, "08:00");
	assert_string_equal(row.closes, "16:30");
	assert_int_equal(row.authority_id, t.ks);
	/* two who change the same */
	seen.seen = opening_mark(a, &row);
	row.closes = "17";
	town_must(opening_save(db, &seen, &row, NULL, &err), &err, "first");
	err = (struct err){ 0 };
	refused(opening_save(db, &seen, &row, NULL, &err), &err, ERR_CONFLICT, NULL);
	/* a day is closed or has times, not both; another kind or place is another matter */
	town_must(opening_exception_save(db, &SYSTEM, &day, &other, &err), &err, "closed days");
	day.opens = "9";
	day.closes = "10";
	err = (struct err){ 0 };
	refused(opening_exception_save(db, &SYSTEM, &day, NULL, &err), &err, ERR_INPUT, "from_date");
	day.unit_id = t.street;
	err = (struct err){ 0 };
	town_must(opening_exception_save(db, &SYSTEM, &day, NULL, &err), &err, "elsewhere");
	day.opens = "13";
	day.closes = "14";
	town_must(opening_exception_save(db, &SYSTEM, &day, NULL, &err), &err, "twice a day");
	town_must(opening_exception_remove(db, &SYSTEM, other, &err), &err, "remove");
	refused(opening_exception_remove(db, &SYSTEM, other, &err), &err, ERR_NOT_FOUND, NULL);
	err = (struct err){ 0 };
	town_must(opening_remove(db, &SYSTEM, id, &err), &err, "remove");
	refused(opening_remove(db, &SYSTEM, id, &err), &err, ERR_NOT_FOUND, NULL);
	arena_close(a);
}

static void
test_what_is_refused(void **state)
{
	(void)state;
	store_each(what_is_refused, NULL);
}

/* ---- places ---- */

static void
a_unit_has_what_is_above_it(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct town t = town_make(db, SYSTEM.now);
	struct hours_book book;
	const struct hours_place *place;
	struct hours_place answers;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	(void)hours_add(db, t.tn, 0, "phone", 1, 5, "9", "15");
	(void)hours_add(db, 0, t.street, "visit", 2, 2, "10", "12");
	(void)hours_add(db, 0, t.centre, "phone", 1, 5, "8", "17");
	/* Gata has visits of its own and its authority's phone; the department only the phone */
	assert_true(now_of(db, a, t.tn, t.street, HOURS_PHONE, "2027-01-12T09:00:00+01:00").open);
	assert_false(now_of(db, a, t.tn, t.street, HOURS_PHONE, "2027-01-12T08:00:00+01:00").open);
	assert_true(now_of(db, a, t.tn, t.street, HOURS_VISIT, "2027-01-12T10:00:00+01:00").open);
	assert_false(now_of(db, a, t.tn, t.department, HOURS_VISIT, "2027-01-12T10:00:00+01:00").open);
	/* the municipality's exception holds for all, the authority's own goes before it, the unit's before that */
	town_must(opening_exception_save(db, &SYSTEM, &(struct opening_exception){ .from_date = "2027-01-12", .reason = "strömavbrott" },
	    NULL, &err), &err, "all");
	assert_false(now_of(db, a, t.ks, t.centre, HOURS_PHONE, "2027-01-12T10:00:00+01:00").open);
	town_must(opening_exception_save(db, &SYSTEM, &(struct opening_exception){ .authority_id = t.tn, .kind = "phone",
	    .from_date = "2027-01-12", .opens = "12", .closes = "13", .reason = "jour" }, NULL, &err), &err, "authority");
	assert_true(now_of(db, a, t.tn, t.street, HOURS_PHONE, "2027-01-12T12:00:00+01:00").open);
	assert_false(now_of(db, a, t.tn, t.street, HOURS_VISIT, "2027-01-12T12:00:00+01:00").open);
	town_must(opening_exception_save(db, &SYSTEM, &(struct opening_exception){ .unit_id = t.street, .kind = "phone",
	    .from_date = "2027-01-12", .reason = "flytt" }, NULL, &err), &err, "unit");
	assert_false(now_of(db, a, t.tn, t.street, HOURS_PHONE, "2027-01-12T12:00:00+01:00").open);
	assert_true(now_of(db, a, t.tn, t.department, HOURS_PHONE, "2027-01-12T12:00:00+01:00").open);
	/* who stands first, and who answers for a unit */
	town_must(site_set(db, 0, HOURS_FIRST_UNIT, arena_printf(a, "%lld", (long long)t.centre), SYSTEM.now, &err), &err, "first");
	town_must(hours_book_read(db, a, date_of("2027-01-12"), &book, &err), &err, "book");
	assert_int_equal(hours_places(&book, a, &place), 3);
	assert_string_equal(place[0].name, "Kontaktcenter");
	assert_true(hours_place_for(&book, a, 0, &answers));
	assert_int_equal(answers.unit_id, t.centre);
	assert_true(hours_place_for(&book, a, t.department, &answers));
	assert_int_equal(answers.unit_id, t.department);
	arena_close(a);
}

static void
test_a_unit_has_what_is_above_it(void **state)
{
	(void)state;
	store_each(a_unit_has_what_is_above_it, NULL);
}

static void
away(struct db *db, int64_t account_id, int64_t stand_in_id, const char *from, const char *to)
{
	struct err err = { 0 };

	town_must(absence_add(db, &SYSTEM, &(struct absence){ .account_id = account_id, .stand_in_id = stand_in_id,
	    .from_date = from, .to_date = to }, NULL, &err), &err, "absence");
}

static void
when_everybody_is_away(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct town t = town_make(db, SYSTEM.now);
	const char *tuesday = "2027-01-12T10:00:00+01:00", *wednesday = "2027-01-13T10:00:00+01:00";
	struct hours_now now;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	(void)hours_add(db, 0, t.street, "phone", 1, 5, "8", "16");
	(void)hours_add(db, 0, t.centre, "phone", 1, 5, "8", "16");
	away(db, t.handler, 0, "2027-01-12", "2027-01-13");
	assert_true(now_of(db, a, t.tn, t.street, HOURS_PHONE, tuesday).open);	/* the manager is there */
	away(db, t.manager, 0, "2027-01-12", "2027-01-12");
	now = now_of(db, a, t.tn, t.street, HOURS_PHONE, tuesday);
	assert_false(now.open);
	assert_string_equal(now.why, "everybody there is away");
	assert_true(now.until == at("2027-01-13T08:00:00+01:00"));
	assert_true(now_of(db, a, t.tn, t.street, HOURS_PHONE, wednesday).open);
	/* whoever does not answer residents is nobody who picks up */
	(void)town_account(db, "archivist", ROLE_ARCHIVIST, t.tn, t.street, SYSTEM.now);
	assert_false(now_of(db, a, t.tn, t.street, HOURS_PHONE, tuesday).open);
	/* a stand-in who is there answers; one who is away too does not */
	away(db, t.manager, t.guide, "2027-01-13", "2027-01-13");
	assert_true(now_of(db, a, t.tn, t.street, HOURS_PHONE, wednesday).open);
	away(db, t.guide, 0, "2027-01-13", "2027-01-13");
	assert_false(now_of(db, a, t.tn, t.street, HOURS_PHONE, wednesday).open);
	assert_false(now_of(db, a, t.ks, t.centre, HOURS_PHONE, wednesday).open);
	/* somebody new is there; somebody who has left is not counted */
	(void)town_account(db, "new", ROLE_CONTACT_GUIDE, t.ks, t.centre, SYSTEM.now);
	assert_true(now_of(db, a, t.ks, t.centre, HOURS_PHONE, wednesday).open);
	town_must(account_disable(db, &SYSTEM, t.handler, true, &err), &err, "disable");
	assert_false(now_of(db, a, t.tn, t.street, HOURS_PHONE, tuesday).open);
	arena_close(a);
}

static void
test_when_everybody_is_away(void **state)
{
	(void)state;
	store_each(when_everybody_is_away, NULL);
}

/* ---- pages ---- */

/* The first row of the list. */
static int64_t
first_id(const struct web *w, const char *path)
{
	int64_t id = 0;

	for (const char *p = w->body; id == 0 && p != NULL && (p = strstr(p, path)) != NULL; p += strlen(path))
		id = strtoll(p + strlen(path), NULL, 10);
	return id;
}

static void
pages(struct database *d, struct db *db, void *arg)
{
	struct town t = town_make(db, (int64_t)time(NULL));
	int64_t owner = town_account(db, "owner", ROLE_SYSTEM_OWNER, 0, 0, SYSTEM.now), id;
	struct web w, m, v;
	char path[80], place[40], street[40];
	struct err err = { 0 };
	json_t *o = NULL, *centre;
	int port;
	struct http_server *s = town_serve(d, &port);

	(void)arg;
	town_sign_in(&w, db, port, owner);
	town_sign_in(&m, db, port, t.manager);
	town_sign_in(&v, db, port, 0);
	(void)snprintf(place, sizeof(place), "u:%lld", (long long)t.centre);
	(void)snprintf(street, sizeof(street), "u:%lld", (long long)t.street);
	/* a visitor: the public pages, not the others */
	assert_int_equal(web_get(&v, "/oppettider"), 200);
	assert_true(web_has(&v, "Inga tider är inskrivna än"));
	assert_int_equal(web_get(&v, "/"), 200);
	assert_true(web_has(&v, "/fortroendevalda") && web_has(&v, "/kontakt"));
	assert_int_equal(web_get(&v, "/admin/oppettider"), 303);
	/* words are kept with what is wrong */
	assert_int_equal(web_get(&w, "/admin/oppettider/ny"), 200);
	assert_int_equal(web_post(&w, "/admin/oppettider/ny", "place", place, "kind", "phone", "first_weekday", "1", "last_weekday", "7",
	    "opens", "halv nio", "closes", "24", "valid_from", "2026-01-01", "valid_to", "", NULL), 422);
	assert_true(web_has(&w, "halv nio") && web_has(&w, "8.00 eller 16.30"));
	assert_int_equal(web_forge(&w, "/admin/oppettider/ny", "place", place, "kind", "phone", "first_weekday", "1", "last_weekday",
	    "7", "opens", "0", "closes", "24", "valid_from", "2026-01-01", NULL), 403);
	assert_int_equal(web_post(&w, "/admin/oppettider/ny", "place", place, "kind", "phone", "first_weekday", "1", "last_weekday", "7",
	    "opens", "0", "closes", "24", "valid_from", "2026-01-01", "valid_to", "", NULL), 303);
	assert_int_equal(web_get(&w, "/admin/oppettider"), 200);
	assert_true(web_has(&w, "0.00–24.00"));
	id = first_id(&w, "/admin/oppettider/");
	assert_true(id > 0);
	/* conflict: her words stay, and the row as it is now */
	(void)snprintf(path, sizeof(path), "/admin/oppettider/%lld", (long long)id);
	assert_int_equal(web_get(&w, path), 200);
	assert_int_equal(web_post(&w, path, "seen", "somethingelse", "place", place, "kind", "phone", "first_weekday", "1",
	    "last_weekday", "6", "opens", "1", "closes", "23", "valid_from", "2026-01-01", "valid_to", "", NULL), 422);
	assert_true(web_has(&w, "23") && web_has(&w, "Någon annan ändrade"));
	/* a manager: her own unit, nobody else's */
	assert_int_equal(web_get(&m, path), 403);
	assert_int_equal(web_get(&m, "/admin/oppettider/ny"), 200);
	assert_false(web_has(&m, "Kontaktcenter"));
	assert_int_equal(web_post(&m, "/admin/oppettider/ny", "place", place, "kind", "phone", "first_weekday", "1", "last_weekday", "5",
	    "opens", "8", "closes", "16", "valid_from", "2026-01-01", "valid_to", "", NULL), 422);
	assert_int_equal(web_post(&m, "/admin/oppettider/ny", "place", street, "kind", "visit", "first_weekday", "1", "last_weekday", "5",
	    "opens", "8", "closes", "16", "valid_from", "2026-01-01", "valid_to", "", NULL), 303);
	assert_int_equal(web_post(&m, "/admin/avvikelser/ny", "place", "", "kind", "", "from_date", "2027-01-01", "to_date", "", "opens",
	    "", "closes", "", "reason", "hela kommunen", NULL), 422);
	assert_int_equal(web_post(&m, "/admin/avvikelser/ny", "place", street, "kind", "", "from_date", "2037-06-01", "to_date", "",
	    "opens", "", "closes", "", "reason", "flytt", NULL), 303);
	assert_int_equal(web_get(&m, "/admin/avvikelser"), 200);
	assert_true(web_has(&m, "flytt"));
	assert_int_equal(web_post(&m, "/admin/oppettider/forst", "first", "1", NULL), 403);
	assert_int_equal(web_get(&w, "/admin/oppettider"), 200);
	assert_int_equal(web_post(&w, "/admin/oppettider/forst", "first", place + 2, NULL), 303);
	/* what everybody reads; somebody closes the phone today and says why */
	assert_int_equal(web_post(&w, "/admin/avvikelser/ny", "place", place, "kind", "phone", "from_date",
	    date_text(local_date((int64_t)time(NULL))).s, "to_date", "", "opens", "", "closes", "", "reason", "strömavbrott", NULL), 303);
	assert_int_equal(web_get(&v, "/oppettider"), 200);
	assert_true(web_has(&v, "Telefonen är stängd nu (strömavbrott). Öppnar"));
	assert_int_equal(web_get(&v, "/"), 200);
	assert_true(web_has(&v, "strömavbrott") && web_has(&v, "Så når du oss nu"));
	assert_int_equal(web_get(&v, "/oppettider.json"), 200);
	town_must(json_parse(v.body, v.n, &o, &err), &err, "json");
	centre = json_array_get(json_object_get(o, "places"), 0);
	assert_string_equal(json_string_value(json_object_get(centre, "name")), "Kontaktcenter");
	assert_false(json_boolean_value(json_object_get(json_object_get(centre, "phone"), "open")));
	assert_int_equal(json_array_size(json_object_get(centre, "days")), 14);
	json_decref(o);
	/* removed */
	assert_int_equal(web_get(&w, path), 200);
	(void)snprintf(path, sizeof(path), "/admin/oppettider/%lld/ta-bort", (long long)id);
	assert_int_equal(web_post(&m, path, NULL), 403);
	assert_int_equal(web_post(&w, path, NULL), 303);
	assert_int_equal(web_post(&w, path, NULL), 404);
	web_close(&w);
	web_close(&m);
	web_close(&v);
	http_server_stop(s, 1);
}

static void
test_pages(void **state)
{
	(void)state;
	store_each(pages, NULL);
}

/* ---- coverage ---- */

struct call_row { int64_t unit_id, authority_id; const char *at, *kind; int64_t talk_s; };

static bool
put_calls(struct db *tx, void *arg, struct err *err)
{
	const struct call_row *row = arg;
	int64_t exchange, n = 0, id;

	if (!db_id(tx, "INSERT INTO exchange (code, name, unit_id) VALUES ('VX1', 'Växeln', $1) RETURNING id", &exchange, err, "i",
	    row->unit_id))
		return false;
	for (; row->at != NULL; row++, n++) {
		char call_id[32];

		(void)snprintf(call_id, sizeof(call_id), "c%lld", (long long)n);
		if (!db_id(tx, "INSERT INTO phone_call (exchange_id, call_id, number, authority_id, unit_id, kind, started_at, talk_s, heard_at)"
		    " VALUES ($1, $2, '+46700000001', $3, $4, $5, $6, $7, $6) RETURNING id", &id, err, "itiitiI", exchange, call_id,
		    row->authority_id, row->unit_id, row->kind, at(row->at), row->talk_s))
			return false;
	}
	return true;
}

static struct gaps
gaps_for(struct db *db, struct arena *a, int64_t account_id, int64_t unit_id)
{
	struct actor actor = { .account_id = account_id };
	struct gaps_filter f = { { 2027, 1, 11 }, { 2027, 1, 17 }, unit_id };
	struct gaps_bucket *b;
	struct err err = { 0 };
	struct gaps g;
	size_t n;

	town_must(gaps_buckets(db, a, &actor, &f, &b, &n, &err), &err, "buckets");
	gaps_of(a, b, n, NULL, 0, &f, &g);
	return g;
}

static void
each_her_own_calls(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct town t = town_make(db, SYSTEM.now);
	int64_t chief = town_account(db, "chief", ROLE_CHIEF_EXECUTIVE, t.ks, 0, SYSTEM.now);
	const struct call_row row[] = {
		{ t.street, t.tn, "2027-01-11T09:01:00+01:00", "missed", 0 }, { t.street, t.tn, "2027-01-11T09:02:00+01:00", "abandoned", 0 },
		{ t.street, t.tn, "2027-01-11T09:03:00+01:00", "answered", 120 }, { t.street, t.tn, "2027-01-11T09:04:00+01:00", "ringing", 0 },
		{ t.street, t.tn, "2027-01-11T09:05:00+01:00", "outgoing", 60 }, { t.street, t.tn, "2027-01-10T23:59:59+01:00", "missed", 0 },
		{ t.department, t.tn, "2027-01-17T23:59:59+01:00", "missed", 0 }, { t.centre, t.ks, "2027-01-12T10:00:00+01:00", "missed", 0 },
		{ t.street, t.tn, "2027-01-18T00:00:00+01:00", "missed", 0 }, { 0, 0, NULL, NULL, 0 },
	};
	struct err err = { 0 };
	struct gaps g;

	(void)d;
	(void)arg;
	town_must(db_write(db, put_calls, (void *)(uintptr_t)row, &err), &err, "calls");
	g = gaps_for(db, a, t.manager, 0);		/* her unit; ringing, outgoing and other days are not counted */
	assert_int_equal(g.calls, 3);
	assert_int_equal(g.lost, 2);
	assert_true(g.talk_s > 119 && g.talk_s < 121);
	assert_int_equal(gaps_for(db, a, t.manager, t.centre).calls, 0);
	assert_int_equal(gaps_for(db, a, t.head, 0).calls, 4);
	assert_int_equal(gaps_for(db, a, chief, 0).calls, 5);
	assert_int_equal(gaps_for(db, a, t.guide, 0).calls, 0);
	assert_int_equal(gaps_for(db, a, t.handler, 0).calls, 0);
	assert_int_equal(gaps_for(db, a, 0, 0).calls, 0);
	arena_close(a);
}

static void
test_each_her_own_calls(void **state)
{
	(void)state;
	store_each(each_her_own_calls, NULL);
}

static const char *
instant_before(struct arena *a, int64_t now, int64_t s)
{
	return arena_strdup(a, instant_text(now - s).s);
}

static void
the_page_of_gaps(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t now = (int64_t)time(NULL);
	struct town t = town_make(db, now);
	const struct call_row row[] = {
		{ t.street, t.tn, instant_before(a, now, 3 * 86400), "missed", 0 },
		{ t.street, t.tn, instant_before(a, now, 3 * 86400 - 1), "missed", 0 }, { 0, 0, NULL, NULL, 0 },
	};
	struct web m, g;
	struct err err = { 0 };
	int port;
	struct http_server *s = town_serve(d, &port);

	(void)arg;
	(void)hours_add(db, 0, t.street, "phone", 1, 7, "0", "24");
	town_sign_in(&m, db, port, t.manager);
	town_sign_in(&g, db, port, t.guide);
	assert_int_equal(web_get(&m, "/luckor"), 200);
	assert_true(web_has(&m, "inte berättat om några samtal"));
	town_must(db_write(db, put_calls, (void *)(uintptr_t)row, &err), &err, "calls");
	assert_int_equal(web_get(&m, "/luckor?veckor=1"), 200);
	assert_true(web_has(&m, "Ingen satt vid telefonen"));
	assert_true(web_has(&m, "öppet, men ingen svarade"));
	assert_false(web_has(&m, "+4670"));
	assert_int_equal(web_get(&m, "/luckor.csv?veckor=1"), 200);
	assert_true(web_has(&m, ",Gata,2,2,2,1,0"));
	assert_int_equal(web_get(&m, "/luckor.json?veckor=1"), 200);
	assert_true(web_has(&m, "\"lost\": 2") );
	assert_int_equal(web_get(&m, "/luckor/diagram.svg?veckor=1"), 200);
	assert_int_equal(web_get(&m, "/luckor/plan.json?veckor=1&dag=1"), 200);
	assert_true(web_has(&m, "phones") && web_has(&m, "counts"));
	assert_int_equal(web_get(&m, "/luckor/plan.json?veckor=1&dag=8"), 404);
	assert_int_equal(web_get(&m, "/luckor?veckor=99999&enhet=abc"), 200);
	for (size_t i = 0; i < 5; i++) {
		static const char *const path[] = { "/luckor", "/luckor.csv", "/luckor.json", "/luckor/diagram.svg", "/luckor/plan.json?dag=1" };

		assert_int_equal(web_get(&g, path[i]), 403);
	}
	web_close(&m);
	web_close(&g);
	http_server_stop(s, 1);
	arena_close(a);
}

static void
test_the_page_of_gaps(void **state)
{
	(void)state;
	store_each(the_page_of_gaps, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_a_unit_has_what_is_above_it),
		cmocka_unit_test(test_when_everybody_is_away),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_each_her_own_calls),
		cmocka_unit_test(test_the_page_of_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

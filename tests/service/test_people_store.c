/* tests/service/test_people_store.c: rights, settings, the organisation, accounts and sessions, on both databases */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "db/db.h"
#include "expect.h"
#include "people/absence.h"
#include "people/account.h"
#include "people/office.h"
#include "people/password.h"
#include "people/permit.h"
#include "people/scope.h"
#include "people/session.h"
#include "people/site.h"
#include "people/throttle.h"
#include "store.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

#define NOW INT64_C(1800000000)		/* 2027-01-15 09:00 in Stockholm */

static void
refused(bool ok, const struct err *err, enum err_code code, const char *field)
{
	if (ok || err->code != code || (field != NULL && (err->field == NULL || strcmp(err->field, field) != 0)))
		fail_msg("expected %s on %s, got %s on %s: %s", err_code_name(code), field, ok ? "success" :
		    err_code_name(err->code), err->field == NULL ? "-" : err->field, err->log);
}

static const struct change SYSTEM = { 0, NOW, NULL };

static int64_t
number(struct db *db, const char *sql)
{
	struct err err = { 0 };
	struct stmt *st = db_stmt(db, sql, &err);
	int64_t n = -1;

	if (db_next(st, &err) == DB_ROW)
		n = col_i64(st, 0);
	else
		fail_msg("%s: %s", sql, err.log);
	db_done(st);
	return n;
}

struct town {
	struct arena *a;
	int64_t authority[3], department[3], unit[3][3], under;	/* `under` lies below unit[0][0] */
};

static void
town_make(struct db *db, struct town *t)
{
	static const char *const code[] = { "KS", "TN", "BUN" };
	struct err err = { 0 };

	t->a = arena_open();
	for (int i = 0; i < 3; i++) {
		must(authority_save(db, &SYSTEM, &(struct authority){ .code = code[i], .name = code[i],
		    .kind = i == 0 ? "board" : "committee", .number_template = "{code} {yyyy}/{n:05}", .active = true },
		    &t->authority[i], &err), &err);
		must(unit_save(db, &SYSTEM, &(struct unit){ .authority_id = t->authority[i], .kind = "department",
		    .name = "Demo department", .active = true }, &t->department[i], &err), &err);
		for (int u = 0; u < 3; u++)
			must(unit_save(db, &SYSTEM, &(struct unit){ .authority_id = t->authority[i],
			    .parent_id = t->department[i], .kind = "unit", .name = arena_printf(t->a, "Demo unit %d", u),
			    .active = true }, &t->unit[i][u], &err), &err);
	}
	must(unit_save(db, &SYSTEM, &(struct unit){ .authority_id = t->authority[0], .parent_id = t->unit[0][0],
	    .kind = "unit", .name = "Demo below", .active = true }, &t->under, &err), &err);
}

static int64_t
account_make(struct db *db, struct arena *a, const char *name)
{
	struct err err = { 0 };
	int64_t id = 0;

	must(account_save(db, &SYSTEM, &(struct account_in){ .sign_in = arena_printf(a, "%s@lillan.example", name),
	    .name = arena_printf(a, "Demo %s", name) }, &id, &err), &err);
	return id;
}

static void
give(struct db *db, int64_t account, enum role role, int64_t authority, int64_t unit)
{
	struct err err = { 0 };

	must(role_give(db, &SYSTEM, &(struct role_row){ .account_id = account, .role = role, .authority_id = authority,
	    .unit_id = unit, .valid_from = "2027-01-01" }, NULL, &err), &err);
}

/* ---- rights ---- */

enum { OBJECTS = 240, ACCOUNTS = 12 };

struct object_row { int64_t id; struct object o; };

static const char CONTACT[] =
    "INSERT INTO contact (number, year, serial, authority_id, unit_id, owner_id, kind, channel, reply_by, subject, text,"
    "  arrived_at, received_at, received_date, received_rule, registered_at, state, restricted)"
    " VALUES ($1, 2027, $2, $3, $4, $5, 'contact', 'web', 'none', 's', 't', 0, 0, '2027-01-01', 'r', 0, 'new', $6)"
    " RETURNING id";
static const char LISTED[] = "SELECT c.id FROM contact c WHERE " PERMITTED("c", "$1", "$2") " ORDER BY c.id";

static bool
objects_write(struct db *tx, void *arg, struct err *err)
{
	struct object_row *row = arg;

	for (int64_t i = 0; i < OBJECTS; i++) {
		char text[20];

		(void)snprintf(text, sizeof(text), "K-2027-%06d", (int)i);
		if (!db_id(tx, CONTACT, &row[i].id, err, "tiiIIi", text, i, row[i].o.authority_id, row[i].o.unit_id,
		    row[i].o.owner_id, (int64_t)row[i].o.restricted))
			return false;
	}
	return true;
}

static size_t
listed(struct db *db, int64_t account, enum action action, int64_t *id)
{
	struct err err = { 0 };
	struct stmt *st = db_stmt(db, LISTED, &err);
	enum db_step step;
	size_t n = 0;

	bind_i64(st, 1, account);
	bind_i64(st, 2, (int64_t)action);
	while ((step = db_next(st, &err)) == DB_ROW && n < OBJECTS)
		id[n++] = col_i64(st, 0);
	db_done(st);
	assert_int_equal(step, DB_END);
	return n;
}

/* What a list shows is what permit() allows, for each account and action. */
static int
lists_agree(struct db *db, struct arena *a, const int64_t *account, const struct object_row *row)
{
	int shown = 0;

	for (int i = 0; i < ACCOUNTS; i++) {
		struct actor actor = { .account_id = account[i] };
		struct err err = { 0 };

		must(grants_of(db, a, account[i], local_date(NOW), &actor.grant, &actor.n_grants, &err), &err);
		for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
			int64_t id[OBJECTS];
			size_t n = listed(db, account[i], (enum action)action, id), at = 0;

			for (int o = 0; o < OBJECTS; o++) {
				bool in_list = at < n && id[at] == row[o].id;

				if (in_list != permitted(&actor, (enum action)action, &row[o].o))
					fail_msg("account %d %s object %d (authority %" PRId64 " unit %" PRId64 " owner %"
					    PRId64 " restricted %d): the list says %d", i, action_name((enum action)action), o,
					    row[o].o.authority_id, row[o].o.unit_id, row[o].o.owner_id,
					    (int)row[o].o.restricted, in_list);
				at += in_list;
				shown += in_list;
			}
			assert_int_equal(at, n);
		}
	}
	return shown;
}

static void
lists_and_permit_agree(struct database *d, struct db *db, void *arg)
{
	struct town t;
	int64_t account[ACCOUNTS];
	struct object_row row[OBJECTS];
	struct err err = { 0 };
	unsigned seed = 20270115;
	int shown = 0;

	(void)d;
	(void)arg;
	town_make(db, &t);
	for (int i = 0; i < ACCOUNTS; i++) {
		account[i] = account_make(db, t.a, arena_printf(t.a, "a%d", i));
		for (int n = rand_r(&seed) % 4; n >= 0; n--) {
			enum role role = (enum role)(1 + rand_r(&seed) % (ROLE_COUNT - 1));
			int at = rand_r(&seed) % 3, how = rand_r(&seed) % 6;

			give(db, account[i], role, how == 0 ? 0 : t.authority[at],
			    how < 3 ? 0 : how == 3 ? t.department[at] : t.unit[at][rand_r(&seed) % 3]);
		}
	}
	for (int i = 0; i < OBJECTS; i++) {
		int at = rand_r(&seed) % 3, how = rand_r(&seed) % 8;

		row[i].o = (struct object){
			.authority_id = t.authority[at],
			.unit_id = how == 0 ? 0 : how == 1 ? t.department[at] : how == 2 ? (at == 0 ? t.under : 0) :
			    t.unit[at][rand_r(&seed) % 3],
			.owner_id = rand_r(&seed) % 3 == 0 ? 0 : account[rand_r(&seed) % ACCOUNTS],
			.restricted = (enum reach)(rand_r(&seed) % 3),
		};
	}
	must(db_write(db, objects_write, row, &err), &err);
	shown = lists_agree(db, t.a, account, row);
	assert_true(shown > 1000);
	/* A unit that moves, an account that is disabled and a rebuild of everything keep them in step. */
	must(unit_save(db, &SYSTEM, &(struct unit){ .id = t.under, .authority_id = t.authority[0],
	    .parent_id = t.unit[0][2], .kind = "unit", .name = "Demo below", .active = true }, NULL, &err), &err);
	must(account_disable(db, &(struct change){ account[1], NOW, NULL }, account[0], true, &err), &err);
	assert_true(lists_agree(db, t.a, account, row) > 0);
	assert_int_equal(number(db, "SELECT count(*) FROM account_scope WHERE account_id = 1"), 0);
	arena_close(t.a);
}

static void
grants_begin_and_end_by_date(struct database *d, struct db *db, void *arg)
{
	struct town t;
	struct err err = { 0 };
	const struct grant *g;
	size_t n;
	int64_t account, id;

	(void)d;
	(void)arg;
	town_make(db, &t);
	account = account_make(db, t.a, "visiting");
	must(role_give(db, &SYSTEM, &(struct role_row){ .account_id = account, .role = ROLE_REGISTRAR,
	    .authority_id = t.authority[0], .valid_from = "2027-01-20", .valid_to = "2027-01-21" }, &id, &err), &err);
	for (int day = 18; day <= 23; day++) {
		must(grants_of(db, t.a, account, (struct date){ 2027, 1, day }, &g, &n, &err), &err);
		assert_int_equal(n, day == 20 || day == 21);
	}
	/* A department's grant has one entry for each unit below it. */
	give(db, account, ROLE_UNIT_MANAGER, t.authority[0], t.department[0]);
	must(grants_of(db, t.a, account, local_date(NOW), &g, &n, &err), &err);
	assert_int_equal(n, 5);
	refused(role_give(db, &(struct change){ account, NOW, NULL }, &(struct role_row){ .account_id = account,
	    .role = ROLE_REGISTRAR, .valid_from = "2027-01-01" }, NULL, &err), &err, ERR_DENIED, "role");
	refused(role_give(db, &SYSTEM, &(struct role_row){ .account_id = account, .role = ROLE_REGISTRAR,
	    .authority_id = t.authority[1], .unit_id = t.unit[0][0], .valid_from = "2027-01-01" }, NULL, &err), &err,
	    ERR_INPUT, "unit_id");
	must(role_end(db, &SYSTEM, id, &err), &err);
	arena_close(t.a);
}

/* ---- settings ---- */

static void
settings_and_keys(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13 };
	struct site_keys one, two;
	struct site site;
	struct err err = { 0 };
	const char *type;
	const void *bytes;
	size_t n;

	(void)d;
	(void)arg;
	must(site_load(db, a, &site, &err), &err);
	assert_string_equal(site.name, "Närkontakt");
	must(site_set(db, 0, "site.name", "Lillåns kommun", NOW, &err), &err);
	must(site_load(db, a, &site, &err), &err);		/* at once, not when the copy is old */
	assert_string_equal(site.name, "Lillåns kommun");
	refused(site_set(db, 0, "site.colour", "blue", NOW, &err), &err, ERR_INPUT, "colour");
	refused(site_set(db, 0, "site.contact_number", "K-{yyyy}", NOW, &err), &err, ERR_INPUT, "contact_number");
	must(site_set(db, 0, "site.colour", "#0b5c8a", NOW, &err), &err);
	must(site_set(db, 0, "site.colour", "", NOW, &err), &err);
	must(site_load(db, a, &site, &err), &err);
	assert_null(site.colour);
	must(site_keys(db, &one, &err), &err);
	must(site_keys(db, &two, &err), &err);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_not_equal(one.csrf, one.link, 32);
	refused(site_logo(db, a, &type, &bytes, &n, &err), &err, ERR_NOT_FOUND, NULL);
	refused(site_logo_set(db, 0, "<svg onload=x>", 14, NOW, &err), &err, ERR_INPUT, "logo");
	must(site_logo_set(db, 0, png, sizeof(png), NOW, &err), &err);
	must(site_logo(db, a, &type, &bytes, &n, &err), &err);
	assert_string_equal(type, "image/png");
	assert_int_equal(n, sizeof(png));
	assert_memory_equal(bytes, png, n);
	assert_int_equal(number(db, "SELECT count(*) FROM event WHERE action = 'setting.changed'"), 5);
	assert_int_equal(number(db, "SELECT count(*) FROM event WHERE data LIKE '%secret%'"), 0);
	arena_close(a);
}

/* ---- the organisation ---- */

static void
office_saves_and_refuses(struct database *d, struct db *db, void *arg)
{
	struct town t;
	struct err err = { 0 };
	struct unit unit;
	struct unit_list units;
	struct mailbox box;
	struct category_list categories;
	struct promise_list promises;
	struct local_day_list days;
	struct standard_answer_list answers;
	struct change two;
	int64_t category, id, *leader;
	size_t n;

	(void)d;
	(void)arg;
	town_make(db, &t);
	refused(authority_save(db, &SYSTEM, &(struct authority){ .code = "KS", .name = "Another", .kind = "board",
	    .number_template = "{yyyy}/{n}" }, NULL, &err), &err, ERR_INPUT, "code");
	refused(authority_save(db, &SYSTEM, &(struct authority){ .code = "MN", .name = "", .kind = "board",
	    .number_template = "{yyyy}/{n}" }, NULL, &err), &err, ERR_INPUT, "name");
	/* Serials begin anew each year: without the year two matters would have one number. */
	refused(authority_save(db, &SYSTEM, &(struct authority){ .code = "MN", .name = "Miljö", .kind = "committee",
	    .number_template = "{code} {n}" }, NULL, &err), &err, ERR_INPUT, "number_template");
	refused(unit_save(db, &SYSTEM, &(struct unit){ .authority_id = t.authority[1], .parent_id = t.unit[0][0],
	    .kind = "unit", .name = "x" }, NULL, &err), &err, ERR_INPUT, "parent_id");
	refused(unit_save(db, &SYSTEM, &(struct unit){ .id = t.unit[0][0], .authority_id = t.authority[0],
	    .parent_id = t.under, .kind = "unit", .name = "x" }, NULL, &err), &err, ERR_INPUT, "parent_id");
	must(unit_list(db, t.a, &units, &err), &err);
	assert_int_equal(units.n, 13);

	/* Two edit the same row: the second sees that, and her next save goes through. */
	must(unit_get(db, t.a, t.unit[0][0], &unit, &err), &err);
	two = (struct change){ 0, NOW, unit_mark(t.a, &unit) };
	unit.name = "First";
	must(unit_save(db, &two, &unit, NULL, &err), &err);
	unit.name = "Second";
	refused(unit_save(db, &two, &unit, NULL, &err), &err, ERR_CONFLICT, NULL);
	must(unit_get(db, t.a, t.unit[0][0], &unit, &err), &err);
	assert_string_equal(unit.name, "First");

	must(category_save(db, &SYSTEM, &(struct category){ .name = "Vägar", .unit_id = t.unit[1][0], .keywords = "grop",
	    .active = true }, &category, &err), &err);
	refused(category_save(db, &SYSTEM, &(struct category){ .name = "Vägar", .unit_id = t.unit[1][0] }, NULL, &err), &err,
	    ERR_INPUT, "name");
	refused(category_save(db, &SYSTEM, &(struct category){ .name = "Sopor" }, NULL, &err), &err, ERR_INPUT, "unit_id");
	must(category_list(db, t.a, &categories, &err), &err);
	assert_int_equal(categories.n, 1);
	assert_string_equal(categories.item[0].authority_code, "TN");

	must(mailbox_save(db, &SYSTEM, &(struct mailbox){ .address = "Gata@Lillan.Example", .name = "Gata",
	    .unit_id = t.unit[1][0], .active = true }, &id, &err), &err);
	must(mailbox_by_address(db, t.a, "GATA@lillan.example", &box, &err), &err);
	assert_int_equal(box.id, id);
	refused(mailbox_save(db, &SYSTEM, &(struct mailbox){ .address = "gata@lillan.example", .name = "x",
	    .unit_id = t.unit[1][0] }, NULL, &err), &err, ERR_INPUT, "address");

	must(promise_save(db, &SYSTEM, &(struct promise_row){ .confirm_days = 1, .answer_days = 5 }, &id, &err), &err);
	must(promise_save(db, &SYSTEM, &(struct promise_row){ .channel = "email", .confirm_days = 1, .answer_days = 2 },
	    NULL, &err), &err);
	refused(promise_save(db, &SYSTEM, &(struct promise_row){ .channel = "email", .confirm_days = 0, .answer_days = 3 },
	    NULL, &err), &err, ERR_INPUT, "channel");
	refused(promise_save(db, &SYSTEM, &(struct promise_row){ .channel = "pigeon", .answer_days = 3 }, NULL, &err), &err,
	    ERR_INPUT, "channel");
	refused(promise_save(db, &SYSTEM, &(struct promise_row){ .channel = "web", .confirm_days = 4, .answer_days = 3 },
	    NULL, &err), &err, ERR_INPUT, "confirm_days");
	must(promise_remove(db, &SYSTEM, id, &err), &err);
	must(promise_list(db, t.a, &promises, &err), &err);
	assert_int_equal(promises.n, 1);

	must(local_day_save(db, &SYSTEM, &(struct local_day){ "2027-03-25", "12:00", "Skärtorsdag" }, &err), &err);
	must(local_day_save(db, &SYSTEM, &(struct local_day){ "2027-03-25", "13:00", "Skärtorsdag" }, &err), &err);
	refused(local_day_save(db, &SYSTEM, &(struct local_day){ "2027-03-25", "25:00", "x" }, &err), &err, ERR_INPUT,
	    "closes_at");
	refused(local_day_save(db, &SYSTEM, &(struct local_day){ "2027-02-30", NULL, "x" }, &err), &err, ERR_INPUT, "date");
	must(local_day_list(db, t.a, "2027-01-01", &days, &err), &err);
	assert_int_equal(days.n, 1);
	assert_string_equal(days.item[0].closes_at, "13:00");
	must(local_day_remove(db, &SYSTEM, "2027-03-25", &err), &err);
	refused(local_day_remove(db, &SYSTEM, "2027-03-25", &err), &err, ERR_NOT_FOUND, NULL);

	must(standard_answer_save(db, &SYSTEM, &(struct standard_answer){ .title = "Grop", .text = "Tack", .active = true,
	    .category_id = category }, &id, &err), &err);
	refused(standard_answer_save(db, &SYSTEM, &(struct standard_answer){ .title = "Tom", .text = "" }, NULL, &err), &err,
	    ERR_INPUT, "text");
	must(standard_answer_list(db, t.a, &answers, &err), &err);
	assert_int_equal(answers.n, 1);
	assert_string_equal(answers.item[0].category_name, "Vägar");

	/* Leaders: the unit's own first, then the department's. */
	give(db, account_make(db, t.a, "head"), ROLE_UNIT_MANAGER, t.authority[0], t.department[0]);
	give(db, account_make(db, t.a, "boss"), ROLE_UNIT_MANAGER, t.authority[0], t.unit[0][1]);
	must(leaders_of(db, t.a, t.authority[0], t.unit[0][1], "unit_manager", local_date(NOW), &leader, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_true(leader[0] > leader[1]);
	must(leaders_of(db, t.a, t.authority[0], t.unit[0][2], "unit_manager", local_date(NOW), &leader, &n, &err), &err);
	assert_int_equal(n, 1);
	arena_close(t.a);
}

/* ---- accounts ---- */

static const char *
token_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void
links_work_once_and_for_a_while(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct outbox_list mails;
	struct account account;
	struct err err = { 0 };
	const char *path, *second, *found;
	int64_t id = account_make(db, a, "diana"), who = 0;

	(void)d;
	(void)arg;
	refused(account_save(db, &SYSTEM, &(struct account_in){ .sign_in = "DIANA@lillan.example", .name = "x" }, NULL, &err),
	    &err, ERR_INPUT, "sign_in");
	refused(account_save(db, &SYSTEM, &(struct account_in){ .sign_in = "diana", .name = "x" }, NULL, &err), &err,
	    ERR_INPUT, "sign_in");
	must(account_link_make(db, a, &SYSTEM, id, PURPOSE_WELCOME, &path, &err), &err);
	must(account_link_make(db, a, &SYSTEM, id, PURPOSE_RESET, &second, &err), &err);
	must(account_link_open(db, a, token_of(path), NOW, &account, &err), &err);
	assert_string_equal(account.sign_in, "diana@lillan.example");
	refused(account_link_open(db, a, token_of(path), NOW + LINK_WELCOME_S, &account, &err), &err, ERR_NOT_FOUND, NULL);
	refused(account_link_open(db, a, token_of(second), NOW + LINK_RESET_S, &account, &err), &err, ERR_NOT_FOUND, NULL);
	refused(account_link_open(db, a, "forged", NOW, &account, &err), &err, ERR_NOT_FOUND, NULL);
	must(account_link_use(db, token_of(path), "$argon2id$one", NOW + 10, &who, &err), &err);
	assert_int_equal(who, id);
	refused(account_link_use(db, token_of(path), "$argon2id$two", NOW + 11, &who, &err), &err, ERR_NOT_FOUND, NULL);
	refused(account_link_use(db, token_of(second), "$argon2id$two", NOW + 11, &who, &err), &err, ERR_NOT_FOUND, NULL);
	assert_int_equal(number(db, "SELECT count(*) FROM account WHERE password = '$argon2id$one'"), 1);

	/* By mail: the link in it is the one that works, and the event does not hold it. */
	must(account_link_send(db, &SYSTEM, id, PURPOSE_RESET, "https://lillan.example", &err), &err);
	must(outbox_due(db, a, "email", NOW, 10, &mails, &err), &err);
	assert_int_equal(mails.n, 1);
	assert_string_equal(mails.item[0].recipient, "diana@lillan.example");
	found = strstr(mails.item[0].text, "https://lillan.example/valj-losenord/");
	assert_non_null(found);
	found += strlen("https://lillan.example/valj-losenord/");
	must(account_link_open(db, a, arena_strndup(a, found, strcspn(found, "\n")), NOW + 60, &account, &err), &err);
	assert_int_equal(number(db, "SELECT count(*) FROM event WHERE data <> '{}' AND object = 'account'"), 0);

	/* A disabled account's links are dead, and stay so. */
	must(account_disable(db, &SYSTEM, id, true, &err), &err);
	refused(account_link_open(db, a, arena_strndup(a, found, strcspn(found, "\n")), NOW + 60, &account, &err), &err,
	    ERR_NOT_FOUND, NULL);
	must(account_disable(db, &SYSTEM, id, false, &err), &err);
	refused(account_link_open(db, a, arena_strndup(a, found, strcspn(found, "\n")), NOW + 60, &account, &err), &err,
	    ERR_NOT_FOUND, NULL);
	arena_close(a);
}

static void
sessions_live_and_end(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct session_list list;
	struct session_counters before, after;
	struct actor actor;
	struct err err = { 0 };
	const char *token, *other;
	int64_t id = account_make(db, a, "rut"), by = account_make(db, a, "boss");
	const struct change boss = { by, NOW, NULL };
	struct town t;

	(void)d;
	(void)arg;
	town_make(db, &t);
	must(session_start(db, a, id, "192.0.2.1", "Test/1.0", NOW, &token, &err), &err);
	must(session_start(db, a, id, "192.0.2.2", "Test/2.0", NOW, &other, &err), &err);
	must(session_actor(db, a, token, NOW, &actor, &err), &err);
	assert_int_equal(actor.account_id, id);
	assert_string_equal(actor.name, "Demo rut");
	assert_int_equal(actor.n_grants, 0);
	assert_int_equal(number(db, "SELECT count(*) FROM session WHERE length(token_hash) = 64"), 2);

	/* Kept for two seconds, then read again; a new role counts at once. */
	before = session_counters();
	for (int i = 0; i < 50; i++)
		must(session_actor(db, a, token, NOW + 1, &actor, &err), &err);
	after = session_counters();
	assert_int_equal(after.kept - before.kept, 50);
	assert_int_equal(after.read - before.read, 0);
	give(db, id, ROLE_REGISTRAR, t.authority[0], 0);
	must(session_actor(db, a, token, NOW + 1, &actor, &err), &err);
	assert_int_equal(actor.n_grants, 1);
	assert_true(permitted(&actor, ACT_MATTER_VOID, &(struct object){ .authority_id = t.authority[0] }));
	must(session_actor(db, a, token, NOW + 1 + SESSION_FRESH_S, &actor, &err), &err);
	assert_int_equal(session_counters().read - after.read, 2);

	/* Reading pages writes at most once a minute. */
	assert_int_equal(number(db, "SELECT max(seen_at) FROM session"), NOW);
	must(session_actor(db, a, token, NOW + 59, &actor, &err), &err);
	assert_int_equal(number(db, "SELECT max(seen_at) FROM session"), NOW);
	must(session_actor(db, a, token, NOW + 61, &actor, &err), &err);
	assert_int_equal(number(db, "SELECT max(seen_at) FROM session"), NOW + 61);

	/* Idle: the other one has rested since the start. Absolute: however much it is used. */
	must(session_actor(db, a, other, NOW + SESSION_IDLE_S, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	for (int64_t at = NOW; at < NOW + SESSION_LIFE_S; at += 3600)
		must(session_actor(db, a, token, at, &actor, &err), &err);
	must(session_actor(db, a, token, NOW + SESSION_LIFE_S - 1, &actor, &err), &err);
	assert_int_equal(actor.account_id, id);
	must(session_actor(db, a, token, NOW + SESSION_LIFE_S, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	assert_int_equal(session_account(db, token), id);	/* it is still known whose it was */
	assert_int_equal(session_account(db, "nobody's"), 0);
	must(session_tidy(db, NOW + SESSION_LIFE_S + SESSION_KNOWN_S, &err), &err);
	assert_int_equal(number(db, "SELECT count(*) FROM session"), 0);

	/* Signing out ends one at once; everywhere ends all; disabling too. */
	must(session_start(db, a, id, NULL, NULL, NOW, &token, &err), &err);
	must(session_start(db, a, id, NULL, NULL, NOW, &other, &err), &err);
	must(session_actor(db, a, token, NOW, &actor, &err), &err);
	must(session_end(db, &(struct change){ id, NOW, NULL }, id, actor.session_hash, &err), &err);
	must(session_actor(db, a, token, NOW, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	must(session_list(db, a, id, NOW, &list, &err), &err);
	assert_int_equal(list.n, 1);
	must(session_actor(db, a, other, NOW, &actor, &err), &err);
	assert_int_equal(actor.account_id, id);
	must(session_end_all(db, &boss, id, NULL, &err), &err);
	must(session_actor(db, a, other, NOW, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	must(session_start(db, a, id, NULL, NULL, NOW + 5, &token, &err), &err);
	must(session_actor(db, a, token, NOW + 5, &actor, &err), &err);
	assert_int_equal(actor.account_id, id);
	must(account_disable(db, &boss, id, true, &err), &err);
	must(session_actor(db, a, token, NOW + 5, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	refused(account_disable(db, &boss, by, true, &err), &err, ERR_INPUT, "disabled");

	/* Nonsense is a visitor, never an error. */
	must(session_actor(db, a, "", NOW, &actor, &err), &err);
	must(session_actor(db, a, NULL, NOW, &actor, &err), &err);
	must(session_actor(db, a, "'; DROP TABLE session", NOW, &actor, &err), &err);
	assert_int_equal(actor.account_id, 0);
	arena_close(t.a);
	arena_close(a);
}

static void
signing_in_is_throttled(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct sign_in s;
	struct err err = { 0 };
	int64_t at = NOW, waits[4] = { 0 };

	(void)d;
	(void)arg;
	(void)account_make(db, a, "sven");
	/* Five tries, then waits that double; one address or another, the account is what counts. */
	for (int i = 0; i < 5; i++) {
		must(sign_in_begin(db, a, "Sven@lillan.example", arena_printf(a, "192.0.2.%d", i), at, &s, &err), &err);
		assert_true(s.blocked_until <= at && s.account_id != 0);
	}
	for (int i = 0; i < 4; i++) {
		must(sign_in_begin(db, a, "sven@lillan.example", "192.0.2.9", at, &s, &err), &err);
		assert_true(s.blocked_until > at);
		waits[i] = s.blocked_until - at;
		at = s.blocked_until;
		must(sign_in_begin(db, a, "sven@lillan.example", "192.0.2.9", at, &s, &err), &err);
		assert_true(s.blocked_until <= at);
	}
	assert_int_equal(waits[0], 15);
	for (int i = 1; i < 4; i++)
		assert_int_equal(waits[i], 2 * waits[i - 1]);
	/* A right password forgets it, and so does a day of rest. */
	must(sign_in_done(db, &s, "sven@lillan.example", at, &err), &err);
	must(sign_in_begin(db, a, "sven@lillan.example", "192.0.2.9", at, &s, &err), &err);
	assert_true(s.blocked_until <= at);
	/* Nobody of that name is throttled all the same, and nothing tells the difference. */
	for (int i = 0; i < 6; i++)
		must(sign_in_begin(db, a, "nobody@lillan.example", "198.51.100.1", at, &s, &err), &err);
	assert_true(s.blocked_until > at);
	assert_int_equal(s.account_id, 0);
	/* One address trying many accounts. */
	for (int i = 0; i < 40; i++)
		must(sign_in_begin(db, a, arena_printf(a, "x%d@lillan.example", i), "203.0.113.1", at, &s, &err), &err);
	assert_true(s.blocked_until > at);
	assert_int_equal(number(db, "SELECT count(*) FROM throttle WHERE name LIKE '%sven%' OR name LIKE '%203.0%'"), 0);
	must(throttle_tidy(db, at + 2 * 86400, &err), &err);
	assert_int_equal(number(db, "SELECT count(*) FROM throttle"), 0);
	arena_close(a);
}

static void
two_steps_and_recovery(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	const char *codes[RECOVERY_CODES], *again[RECOVERY_CODES], *secret = totp_secret(a), *token;
	struct err err = { 0 };
	struct sign_in s;
	char code[7], wrong[7] = "000000";
	int64_t id = account_make(db, a, "tova"), left = 0, who = 0;
	const struct change by = { id, NOW, NULL };

	(void)d;
	(void)arg;
	assert_true(totp_code(secret, NOW, code));
	if (strcmp(code, wrong) == 0)
		wrong[0] = '1';
	refused(two_step_on(db, a, &by, id, secret, wrong, codes, &err), &err, ERR_INPUT, "code");
	must(two_step_on(db, a, &by, id, secret, code, codes, &err), &err);
	must(sign_in_begin(db, a, "tova@lillan.example", "192.0.2.1", NOW, &s, &err), &err);
	assert_true(s.two_step);
	refused(sign_in_code(db, id, code, NOW, &err), &err, ERR_INPUT, "code");	/* used when it was switched on */
	assert_true(totp_code(secret, NOW + 60, code));
	must(sign_in_code(db, id, code, NOW + 60, &err), &err);
	refused(sign_in_code(db, id, code, NOW + 61, &err), &err, ERR_INPUT, "code");	/* once */
	must(sign_in_code(db, id, codes[3], NOW + 90, &err), &err);
	refused(sign_in_code(db, id, codes[3], NOW + 91, &err), &err, ERR_INPUT, "code");
	must(two_step_codes_left(db, id, &left, &err), &err);
	assert_int_equal(left, RECOVERY_CODES - 1);
	must(two_step_new_codes(db, a, &by, id, again, &err), &err);
	refused(sign_in_code(db, id, codes[4], NOW + 92, &err), &err, ERR_INPUT, "code");
	must(sign_in_code(db, id, again[4], NOW + 93, &err), &err);
	assert_int_equal(number(db, "SELECT count(*) FROM recovery_code WHERE length(hash) = 64"), RECOVERY_CODES);

	/* Guessing codes is throttled as well. */
	for (int i = 0; i < 5; i++)
		refused(sign_in_code(db, id, wrong, NOW + 100, &err), &err, ERR_INPUT, "code");
	refused(sign_in_code(db, id, again[5], NOW + 101, &err), &err, ERR_BUSY, "code");

	/* The token between the steps: five minutes, unforgeable. */
	token = sign_in_token(db, a, id, NOW, &err);
	must(sign_in_token_open(db, a, token, NOW + 299, &who, &err), &err);
	assert_int_equal(who, id);
	refused(sign_in_token_open(db, a, token, NOW + 300, &who, &err), &err, ERR_NOT_FOUND, NULL);
	refused(sign_in_token_open(db, a, arena_printf(a, "1%s", token), NOW, &who, &err), &err, ERR_NOT_FOUND, NULL);
	refused(sign_in_token_open(db, a, "", NOW, &who, &err), &err, ERR_NOT_FOUND, NULL);
	refused(sign_in_token_open(db, a, NULL, NOW, &who, &err), &err, ERR_NOT_FOUND, NULL);

	must(two_step_off(db, &by, id, &err), &err);
	must(sign_in_begin(db, a, "tova@lillan.example", "192.0.2.1", NOW + 200, &s, &err), &err);
	assert_false(s.two_step);
	arena_close(a);
}

static void
absence_has_days_and_a_stand_in(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	int64_t asa = account_make(db, a, "asa"), bo = account_make(db, a, "bo"), id, *who;
	const struct change by = { asa, NOW, NULL };
	struct absence away;
	struct absence_list list;
	struct err err = { 0 };
	size_t n;

	(void)d;
	(void)arg;
	must(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-02-01", .to_date = "2027-02-05",
	    .stand_in_id = bo, .message = "Sportlov" }, &id, &err), &err);
	refused(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-02-05",
	    .to_date = "2027-02-06" }, NULL, &err), &err, ERR_INPUT, "from_date");
	refused(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-03-05",
	    .to_date = "2027-03-04" }, NULL, &err), &err, ERR_INPUT, "to_date");
	refused(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-03-05",
	    .to_date = "2027-03-05", .stand_in_id = asa }, NULL, &err), &err, ERR_INPUT, "stand_in_id");
	refused(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-03-05",
	    .to_date = "2027-03-05", .stand_in_id = 9999 }, NULL, &err), &err, ERR_INPUT, "stand_in_id");
	must(absence_add(db, &by, &(struct absence){ .account_id = asa, .from_date = "2027-02-06",
	    .to_date = "2027-02-06" }, NULL, &err), &err);
	must(absence_on(db, a, asa, date_of("2027-01-31"), &away, &err), &err);
	assert_int_equal(away.id, 0);
	must(absence_on(db, a, asa, date_of("2027-02-05"), &away, &err), &err);
	assert_int_equal(away.id, id);
	assert_string_equal(away.stand_in_name, "Demo bo");
	must(absence_stands_in_for(db, a, bo, date_of("2027-02-01"), &who, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_int_equal(who[0], asa);
	must(absence_list_between(db, a, "2027-02-06", "2027-02-28", &list, &err), &err);
	assert_int_equal(list.n, 1);
	refused(absence_remove(db, &by, bo, id, &err), &err, ERR_NOT_FOUND, NULL);	/* not hers */
	must(absence_remove(db, &by, asa, id, &err), &err);
	must(absence_list_of(db, a, asa, "2027-01-01", &list, &err), &err);
	assert_int_equal(list.n, 1);
	arena_close(a);
}

/* Everything above wrote events, and the chain holds. */
static void
the_chain_holds(struct database *d, struct db *db, void *arg)
{
	struct err err = { 0 };
	struct town t;
	int64_t n, broken;
	const char *why;

	(void)d;
	(void)arg;
	town_make(db, &t);
	(void)account_make(db, t.a, "kedja");
	must(event_verify(db, &n, &broken, &why, &err), &err);
	assert_int_equal(broken, 0);
	assert_int_equal(n, 17);	/* 3 authorities, 13 units, 1 account */
	arena_close(t.a);
}

static double
seconds(const char *hash)
{
	struct timespec from, to;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_false(password_is(hash, "nobody's password at all"));
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* An unknown name takes as long to refuse as a known one: within a factor, the machine is shared. */
static void
test_unknown_accounts_take_as_long(void **state)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	const char *hash;
	double known = 1, unknown = 1;

	(void)state;
	must(password_hash(a, "rätt häst batteri", &hash, &err), &err);
	for (int i = 0; i < 5; i++) {		/* the least of five: what the work itself takes */
		double k = seconds(hash), u = seconds(NULL);

		known = k < known ? k : known;
		unknown = u < unknown ? u : unknown;
	}
	assert_true(unknown > known / 2 && unknown < known * 2);
	arena_close(a);
}

#define EACH(fn) static void test_##fn(void **state) { (void)state; store_each(fn, NULL); }
EACH(lists_and_permit_agree)
EACH(grants_begin_and_end_by_date)
EACH(settings_and_keys)
EACH(office_saves_and_refuses)
EACH(links_work_once_and_for_a_while)
EACH(sessions_live_and_end)
EACH(signing_in_is_throttled)
EACH(two_steps_and_recovery)
EACH(absence_has_days_and_a_stand_in)
EACH(the_chain_holds)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_and_permit_agree),
		cmocka_unit_test(test_grants_begin_and_end_by_date),
		cmocka_unit_test(test_settings_and_keys),
		cmocka_unit_test(test_office_saves_and_refuses),
		cmocka_unit_test(test_links_work_once_and_for_a_while),
		cmocka_unit_test(test_sessions_live_and_end),
		cmocka_unit_test(test_signing_in_is_throttled),
		cmocka_unit_test(test_two_steps_and_recovery),
		cmocka_unit_test(test_absence_has_days_and_a_stand_in),
		cmocka_unit_test(test_the_chain_holds),
		cmocka_unit_test(test_unknown_accounts_take_as_long),
	};

	return cmocka_run_group_tests_name("people_store", tests, NULL, NULL);
}

/* tests/municipality.h: the least municipality a test needs
 * KS: kontaktcenter. TN: a department with the unit Gata; a guide, a handler, a manager, a head, a registrar. */
#ifndef TESTS_MUNICIPALITY_H
#define TESTS_MUNICIPALITY_H
#include "base/arena.h"
#include "base/date.h"
#include "people/account.h"
#include "people/office.h"
#include "people/scope.h"
#include "people/site.h"
#include "store.h"

struct town {
	int64_t ks, tn, centre, department, street, category;
	int64_t guide, handler, manager, head, registrar;
};

static inline void
town_must(bool ok, const struct err *err, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "municipality: %s: %s\n", what, err->log);
		abort();
	}
}

static inline int64_t
town_account(struct db *db, const char *name, enum role role, int64_t authority_id, int64_t unit_id, int64_t now)
{
	struct change by = { 0, now, NULL };
	struct err err = { 0 };
	char mail[80];
	int64_t id, grant;
	struct role_row give = { .role = role, .authority_id = authority_id, .valid_from = "2020-01-01",
		.unit_id = role == ROLE_UNIT_MANAGER || role == ROLE_DEPARTMENT_HEAD || role == ROLE_CASE_HANDLER ? unit_id : 0 };

	(void)snprintf(mail, sizeof(mail), "%s@lillan.example", name);
	town_must(account_save(db, &by, &(struct account_in){ .name = name, .sign_in = mail, .unit_id = unit_id }, &id,
	    &err), &err, name);
	give.account_id = id;
	town_must(role_give(db, &by, &give, &grant, &err), &err, "role");
	return id;
}

static inline struct town
town_make(struct db *db, int64_t now)
{
	struct change by = { 0, now, NULL };
	struct err err = { 0 };
	struct town t;

	town_must(authority_save(db, &by, &(struct authority){ .code = "KS", .name = "Kommunstyrelsen", .kind = "board",
	    .number_template = "{code} {yyyy}/{n:05}", .active = true }, &t.ks, &err), &err, "KS");
	town_must(authority_save(db, &by, &(struct authority){ .code = "TN", .name = "Tekniska nämnden", .kind = "committee",
	    .number_template = "{code} {yyyy}/{n:05}", .active = true }, &t.tn, &err), &err, "TN");
	town_must(unit_save(db, &by, &(struct unit){ .authority_id = t.ks, .kind = "unit", .name = "Kontaktcenter",
	    .active = true }, &t.centre, &err), &err, "centre");
	town_must(unit_save(db, &by, &(struct unit){ .authority_id = t.tn, .kind = "department",
	    .name = "Tekniska förvaltningen", .active = true }, &t.department, &err), &err, "department");
	town_must(unit_save(db, &by, &(struct unit){ .authority_id = t.tn, .parent_id = t.department, .kind = "unit",
	    .name = "Gata", .active = true }, &t.street, &err), &err, "street");
	town_must(category_save(db, &by, &(struct category){ .name = "Vinterväghållning", .authority_id = t.tn,
	    .unit_id = t.street, .keywords = "snö plogning halka", .active = true }, &t.category, &err), &err, "category");
	town_must(site_set(db, 0, "site.name", "Lillåns kommun", now, &err), &err, "name");
	town_must(site_set(db, 0, "site.mail_from", "kontakt@lillan.example", now, &err), &err, "mail");
	t.guide = town_account(db, "guide", ROLE_CONTACT_GUIDE, t.ks, t.centre, now);
	t.handler = town_account(db, "handler", ROLE_CASE_HANDLER, t.tn, t.street, now);
	t.manager = town_account(db, "manager", ROLE_UNIT_MANAGER, t.tn, t.street, now);
	t.head = town_account(db, "head", ROLE_DEPARTMENT_HEAD, t.tn, t.department, now);
	t.registrar = town_account(db, "registrar", ROLE_REGISTRAR, t.tn, t.department, now);
	return t;
}
#endif

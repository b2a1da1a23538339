/* tests/elected.h: two representatives of TN with desks: Eva, member, and Olle, chair; and a page server for both engines */
#ifndef TESTS_ELECTED_H
#define TESTS_ELECTED_H
#include "municipality.h"
#include "representative/representative.h"

struct elected { int64_t eva, eva_account, olle, olle_account; };

static inline int64_t
elected_one(struct db *db, const struct change *by, const char *name, const char *sign_in, int64_t authority_id,
    const char *role, int64_t *account)
{
	struct err err = { 0 };
	int64_t id;

	town_must(account_save(db, by, &(struct account_in){ .name = name, .sign_in = sign_in }, account, &err), &err, name);
	town_must(representative_save(db, by, &(struct representative){ .name = name, .sign_in = sign_in, .party = "X-partiet",
	    .email = sign_in, .active = true }, &id, &err), &err, name);
	town_must(mandate_save(db, by, &(struct mandate){ .representative_id = id, .authority_id = authority_id, .role = role,
	    .from_date = "2023-01-01" }, NULL, &err), &err, role);
	return id;
}

static inline struct elected
elected_make(struct db *db, const struct town *t, int64_t now)
{
	struct change by = { 0, now, NULL };
	struct elected e;

	e.eva = elected_one(db, &by, "Eva Ek", "eva@lillan.example", t->tn, "member", &e.eva_account);
	e.olle = elected_one(db, &by, "Olle Ordförande", "olle@lillan.example", t->tn, "chair", &e.olle_account);
	return e;
}
#endif

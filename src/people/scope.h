/* people/scope.h: what a grant opens, as areas, and account_scope, the same as rows for SQL
 *
 * A grant for a department opens the units below it too: grants are read with one entry for each unit they reach
 * (grants_of), so that neither permit() nor SQL has to walk the tree. account_scope is rebuilt in the transaction that
 * changes a grant, a unit or an account, at start, and by the daily tick (grants begin and end on dates). */
#ifndef PEOPLE_SCOPE_H
#define PEOPLE_SCOPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/permit.h"

struct arena; struct date; struct db; struct err;

enum scope { SCOPE_OWN, SCOPE_UNIT, SCOPE_AUTHORITY, SCOPE_EVERYWHERE, SCOPE_COUNT };

struct scope_area {
	enum action action;
	int64_t authority_id, unit_id;	/* 0: any */
	bool own;
	enum reach reach;
};

/* The area that `g` opens for `action` by the table's row of this scope; false without one. */
bool scope_of(const struct grant *g, enum action action, enum scope scope, struct scope_area *out);

/* The account's grants in force on `today`, one for each unit reached. None for a disabled account. */
bool grants_of(struct db *db, struct arena *a, int64_t account_id, struct date today, const struct grant **out,
    size_t *n, struct err *err);

/* Makes account_scope what role_grant says on `today`: for one account, or for all with 0. Inside db_write. */
bool scope_rebuild(struct db *tx, int64_t account_id, struct date today, struct err *err);
#endif

/* registry/checks.h: what must always be true of the register, for `narkontakt verify`
 *
 * Each check is a query whose answer must be no rows: (object, detail) of what breaks it. $1 is now. Numbers in brackets are
 * those of rule book 9. */
#ifndef REGISTRY_CHECKS_H
#define REGISTRY_CHECKS_H
#include <stdbool.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct check { const char *what, *sql; };
extern const struct check registry_checks[];	/* what NULL ends */

/* Masked renditions whose original is no longer what was masked, or that show what they mask: `bad` is called for each. */
bool registry_check_masks(struct db *db, struct arena *a,
    void (*bad)(void *arg, const char *what, const char *object, const char *detail), void *arg, struct err *err);
#endif

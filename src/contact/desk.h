/* contact/desk.h: what those who answer choose from
 *
 * Colleagues, units, other authorities and standard answers, as the choices of a form. They change seldom and stand on every
 * page, so they are kept (db/kept.h): a change in this process shows at once, another process's within seconds. */
#ifndef CONTACT_DESK_H
#define CONTACT_DESK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "http/form_parts.h"

struct arena; struct db; struct err;

struct desk_standard { int64_t id; const char *value, *title, *text; };

struct desk {
	const struct choice *owner;	/* the authority's own people, by unit and name; who is away says so */
	const struct choice *unit;	/* of the authority */
	const struct choice *authority;	/* all others */
	const struct desk_standard *standard;	/* for this authority */
	size_t n_owners, n_units, n_authorities, n_standards;
	const struct choice *category, *any_unit;	/* of the whole municipality: "TN: Gata" */
	size_t n_categories, n_any_units;
};
/* Of an authority (0: those who work for the whole municipality), as it is on the day of `now`. It is shared: nothing in it is
 * changed, and it lives until `a` is emptied. */
const struct desk *desk_of(struct db *db, struct arena *a, int64_t authority_id, const char *lang, int64_t now,
    struct err *err);
/* A copy where the one with this id is chosen. */
const struct choice *desk_choose(struct arena *a, const struct choice *choice, size_t n, int64_t id);
#endif

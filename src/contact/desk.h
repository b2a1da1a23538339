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

struct arena; struct db; struct err; struct sb;

struct desk_standard { int64_t id; const char *value, *title, *text; };

struct desk_reader { int64_t account_id, unit_id; int reach; };	/* unit_id 0: any */

struct desk {
	const struct choice *owner;	/* the authority's own people, by unit and name; who is away says so */
	const struct choice *unit;	/* of the authority */
	const struct choice *authority;	/* all others */
	const struct desk_standard *standard;	/* for this authority */
	size_t n_owners, n_units, n_authorities, n_standards;
	const struct desk_reader *reader;	/* who reads which of the authority's contacts by her roles */
	size_t n_readers;
	const struct choice *category, *any_unit;	/* of the whole municipality: "TN: Gata" */
	size_t n_categories, n_any_units;
};
/* Of an authority (0: those who work for the whole municipality), as it is on the day of `now`. It is shared: nothing in it is
 * changed, and it lives until `a` is emptied. */
const struct desk *desk_of(struct db *db, struct arena *a, int64_t authority_id, const char *lang, int64_t now,
    struct err *err);
/* A copy where the one with this id is chosen. */
const struct choice *desk_choose(struct arena *a, const struct choice *choice, size_t n, int64_t id);
/* Those of d->owner who may read a contact of that unit, owner and reach. */
size_t desk_readers(struct arena *a, const struct desk *d, int64_t unit_id, int64_t owner_id, int restricted,
    const struct choice **out);
/* The channels a contact can come by, the one with this name chosen (NULL: none). Returns how many. */
size_t desk_channels(struct arena *a, const char *chosen, const struct choice **out);
/* "&enhet=3&omrade=7&kanal=email": what of a unit, a category and a channel is asked for (0 and NULL are not). */
void desk_query(struct sb *sb, int64_t unit_id, int64_t category_id, const char *channel);
#endif

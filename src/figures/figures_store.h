/* figures/figures_store.h: contacts as bare times, for whoever counts them in another way than figures_read() */
#ifndef FIGURES_FIGURES_STORE_H
#define FIGURES_FIGURES_STORE_H
#include "figures/figures.h"

struct figures_row { struct figures_case c; int64_t authority_id, unit_id, category_id; };
typedef void figures_row_fn(void *arg, const struct figures_row *row);

/* Every contact that arrived from `from` to `to`, of all authorities, that is not restricted and no test: for what is published.
 * c.group is 0. */
bool figures_open_rows(struct db *db, struct date from, struct date to, figures_row_fn *fn, void *arg, struct err *err);
/* The hours of every unit and authority, as they were from the day `from` on; in `a`. */
bool figures_hours(struct db *db, struct arena *a, struct date from, struct figures_place **out, size_t *n, struct err *err);
#endif

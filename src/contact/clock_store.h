/* contact/clock_store.h: what clock.c asks of the database */
#ifndef CONTACT_CLOCK_STORE_H
#define CONTACT_CLOCK_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct due { int64_t id, authority_id, unit_id, owner_id, answer_by; const char *number; int overdue, restricted; };
struct due_list { struct due *item; size_t n; };

/* Open contacts past their promise that can still rise a level, by promise and id, after this one. */
bool clock_due(struct db *db, struct arena *a, int64_t now, const struct due *after, size_t limit, struct due_list *out,
    struct err *err);
bool clock_overdue_set(struct db *tx, int64_t id, int from, int to, bool *changed, struct err *err);
/* Open contacts that nobody has taken by the day that was promised for it, and of which nobody has been told yet. */
bool clock_unconfirmed(struct db *db, struct arena *a, int64_t now, int64_t after_id, size_t limit, struct due_list *out,
    struct err *err);
bool clock_unconfirmed_told(struct db *tx, int64_t id, bool *changed, struct err *err);
/* Open contacts whose owner's account is disabled, and was before that instant, or who has no role left in their authority on
 * `today`. */
bool clock_left_behind(struct db *db, struct arena *a, const char *today, int64_t disabled_before, int64_t after_id, size_t limit,
    struct due_list *out, struct err *err);
/* Open contacts of units that are closed, where the authority has one that is not. */
bool clock_closed_units(struct db *db, struct arena *a, int64_t after_id, size_t limit, struct due_list *out, struct err *err);
/* How far a job has come, and what it said. */
bool job_done_until(struct db *db, const char *name, int64_t *until, struct err *err);
bool job_set(struct db *tx, const char *name, int64_t until, const char *result, struct err *err);
#endif

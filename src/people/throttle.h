/* people/throttle.h: how often somebody may try
 *
 * A rule has a number of free tries, then a wait that doubles with each further one up to a most. A name that has
 * rested for `forget_s` starts anew. Names are hashed under a key of this installation: the table tells nobody which
 * addresses or accounts were tried. The try is counted before it is judged, so that many at once gain nothing. */
#ifndef PEOPLE_THROTTLE_H
#define PEOPLE_THROTTLE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

struct throttle_rule { const char *kind; int64_t free, first_wait_s, most_wait_s, forget_s; };

extern const struct throttle_rule throttle_account;	/* sign-in, per account name */
extern const struct throttle_rule throttle_address;	/* sign-in, per client address */
extern const struct throttle_rule throttle_code;	/* second step, per account */
extern const struct throttle_rule throttle_reset;	/* mails of forgotten passwords, per address */
extern const struct throttle_rule throttle_draft;	/* keeping half-written ones, per client address */
extern const struct throttle_rule throttle_form;	/* the public form, per client address */

/* Counts a try. *blocked_until > now: this one is not to be let through (and was not counted). */
bool throttle_hit(struct db *db, const struct throttle_rule *rule, const char *who, int64_t now,
    int64_t *blocked_until, struct err *err);
bool throttle_clear(struct db *db, const struct throttle_rule *rule, const char *who, struct err *err);
/* Takes away what has rested; for the daily tick. */
bool throttle_tidy(struct db *db, int64_t now, struct err *err);
#endif

/* call/demo.h: an exchange with some weeks of calls, plainly fictional, the same for the same seed
 *
 * Numbers are of 070-1740605 to 070-1740699, which PTS keeps for fiction. Some callers gave up, some of them called again and were
 * answered, some have been called back, and a few wait now. Nothing is done when there is an exchange already. */
#ifndef CALL_DEMO_H
#define CALL_DEMO_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

bool demo_calls(struct db *db, uint64_t seed, int64_t now, struct err *err);
#endif

/* cmd/demo_life.h: what a newcomer finds in the demonstration, beside the year of contacts
 *
 * A few stories of the last weeks, so that no desk is empty: contacts that somebody has, one that waits for the resident, one
 * with a question to a colleague, one that became a matter, one with a deadline by law, one secret, and one resident who was
 * not satisfied and went to a representative. Names begin with "Demo"; addresses end in @example.org. */
#ifndef CMD_DEMO_LIFE_H
#define CMD_DEMO_LIFE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

/* Once in a database, all of it or nothing. Needs the demo's people (people/demo.h), representatives and contacts. */
bool demo_life(struct db *db, int64_t now, struct err *err);
#endif

/* people/demo.h: a municipality that does not exist, so that somebody can try the program at once
 *
 * Lillån (demo): five authorities, their departments and units, one account a role and some more, categories, promises,
 * mailboxes and standard answers. Every name begins with "Demo", every address ends in @lillan.example (RFC 2606). The
 * passwords are the known DEMO_PASSWORD: this never runs but in demo mode. */
#ifndef PEOPLE_DEMO_H
#define PEOPLE_DEMO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/permit.h"

struct arena; struct db; struct err;

#define DEMO_DOMAIN "@lillan.example"
#define DEMO_PASSWORD "demo demo demo"

/* Fills an empty database, in the caller's write. `seed` varies nothing that a test or a text relies on. */
bool demo_people(struct db *tx, uint64_t seed, int64_t now, struct err *err);

struct demo_account { int64_t account_id; const char *name, *sign_in, *authority; enum role role; };
struct demo_account_list { struct demo_account *item; size_t n; };
/* The accounts to sign in as: those of the demo's domain, the first of each role first. */
bool demo_accounts(struct db *db, struct arena *a, struct demo_account_list *out, struct err *err);
#endif

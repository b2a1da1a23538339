/* contact/demo_store.h: what demo.c asks of the database */
#ifndef CONTACT_DEMO_STORE_H
#define CONTACT_DEMO_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct demo_handler { int64_t account_id, unit_id, authority_id; const char *name; };
bool demo_handlers(struct db *db, struct arena *a, const struct demo_handler **out, size_t *n, struct err *err);
/* How many contacts there are, `most` at most: a million are not counted at every start. */
bool demo_count(struct db *db, int64_t most, int64_t *n, struct err *err);
/* What the outbox holds of this contact is marked as sent at `at`: nothing of a demonstration is really mailed. */
bool demo_mail_is_history(struct db *tx, int64_t contact_id, int64_t at, struct err *err);
#endif

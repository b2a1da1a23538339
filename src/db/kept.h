/* db/kept.h: what every page asks for and few people change, read once
 *
 * A list of units, of colleagues, of standard answers: kept_get() reads it with `read` at the first asking and gives the
 * same value to all who ask for the same (database, read, key) in the next KEPT_S seconds. The value is shared by threads, so
 * it is never changed; it lives until the arena of the last who asked is emptied, whatever happens to the copy.
 *
 * Whoever writes what some reading is made of says kept_forget_after(tx) in the same write: once it is durable no older value
 * is given to anyone in this process. Another process's change shows within KEPT_S, and at once where it
 * is heard (KEPT_WORD, db/hear.h).
 *
 * Inside a write the value is what was committed before, until something in the same transaction has said
 * kept_forget_after(tx): from then on each asking reads what the transaction itself sees. What a write read is given to others
 * once it is committed, so it never was anything else than committed. */
#ifndef DB_KEPT_H
#define DB_KEPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

enum { KEPT_S = 3 };
#define KEPT_WORD "kept"

/* Reads the value into `a`; NULL with *err. */
typedef const void *kept_read_fn(struct db *db, struct arena *a, int64_t key, struct err *err);
const void *kept_get(struct db *db, struct arena *a, kept_read_fn *read, int64_t key, struct err *err);

/* The same for a value of fixed size, copied to `out`. */
bool kept_copy(struct db *db, kept_read_fn *read, int64_t key, void *out, size_t n, struct err *err);

void kept_forget_after(struct db *tx);
/* At once, for whoever closes a database or changes it behind our back. */
void kept_forget(void);
/* The writer's transaction has ended: what it read is given to others, or was never read. For db/. */
void kept_settle(struct db *tx, bool committed);
/* Of all that are kept; a snapshot that began before a change must not be kept as newer than it. For db/. */
unsigned kept_generation(void);
#endif

/* db/hear.h: a word to the other programs that share the database
 *
 * Several servers may stand on one PostgreSQL, and `narkontakt mail` runs beside a server. What one of them changes the others'
 * open pages should hear of. On PostgreSQL NOTIFY carries a short text (a channel of ours); on SQLite, which has nothing of the
 * kind, the hearer only learns within a second that another program has written something (PRAGMA data_version).
 *
 * A word is a hint, never a fact to lean on: it may come twice, and what was said while a connection was lost is gone. Nobody
 * hears herself. The texts are ours alone and hold nothing secret: whoever may connect to the database can listen. */
#ifndef DB_HEAR_H
#define DB_HEAR_H
#include <stdbool.h>
#include "base/base.h"

struct database; struct db; struct err;

enum { TELL_BYTES = 500 };		/* a longer text is not told */

/* Told when the write `tx` is durable; on SQLite, nothing. */
void db_tell_after(struct db *tx, const char *text);
/* Told at once, by a reader's door; on SQLite, nothing. It is no harm if it fails: nothing is said of it. */
void db_tell(struct db *db, const char *text);

/* `fn` is called from a thread of the database's own; text NULL: something may have been written or said, nobody knows what.
 * One hearer a database; stop before the database is closed, and before `arg` is gone. */
typedef void heard_fn(void *arg, const char *text);
bool database_hear(struct database *d, heard_fn *fn, void *arg, struct err *err);
void database_hear_stop(struct database *d);
#endif

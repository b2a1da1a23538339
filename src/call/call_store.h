/* call/call_store.h: calls, exchanges and callbacks as rows
 *
 * Whoever reads lists gets what she may ACT_CALL_DESK: calls of her units. The number of a protected person is NULL for whoever
 * may not reach her, as if it were withheld: what is not said cannot leak. */
#ifndef CALL_CALL_STORE_H
#define CALL_CALL_STORE_H
#include <stddef.h>
#include "call/call.h"
#include "call/call_read.h"
#include "contact/contact.h"

struct actor; struct arena; struct db; struct err;

#define LIVE_CALLS "calls"		/* the topic of contact/live.h */

/* ---- what came ---- */

struct call_taken { size_t taken, known; };	/* events that said something new; that were known already */
/* All of the list, in writes of CALL_BATCH; what they mean for callbacks and their tasks is done in the same writes. */
enum { CALL_BATCH = 500 };
bool call_take(struct db *db, int64_t exchange_id, const struct call_list *list, int64_t now, struct call_taken *out,
    struct err *err);
/* Calls that have been ringing for CALL_STALE_S and of whose end nothing was told are lost: their callers wait. */
enum { CALL_STALE_S = 3600 };
bool call_tick(struct db *db, int64_t now, int64_t *lost, struct err *err);

/* ---- the desk ---- */

struct call_row {
	int64_t id, started_at, answered_at, contact_id;
	const char *number, *queue, *unit_name, *caller;	/* caller: the name we know her by; NULL when not, or not to be told */
	enum call_kind kind;
	bool withheld;			/* no number was sent, or it is not for her to see */
};
struct call_row_list { struct call_row *item; size_t n; };
/* Who rings now, the one who has waited longest first. */
bool call_ringing(struct db *db, struct arena *a, const struct actor *actor, int64_t now, size_t limit,
    struct call_row_list *out, struct err *err);
/* The calls the actor herself has answered since `since` and written nothing from; the one in progress, or latest, first. */
bool call_mine(struct db *db, struct arena *a, const struct actor *actor, int64_t since, size_t limit,
    struct call_row_list *out, struct err *err);
/* ERR_NOT_FOUND when it is not hers to see. */
bool call_get(struct db *db, struct arena *a, const struct actor *actor, int64_t id, struct call_row *out, struct err *err);

struct callback_row {
	int64_t id, contact_id, opened_at, last_at, tries, promised_by;
	const char *number, *contact_number, *unit_name, *owner_name;
};
struct callback_row_list { struct callback_row *item; size_t n; };
/* Open ones whose task the actor may answer, the one promised first at the top. */
bool callback_open(struct db *db, struct arena *a, const struct actor *actor, size_t limit, struct callback_row_list *out,
    struct err *err);
/* The open task of this number in that authority that the actor may answer; *contact_id 0 when there is none. */
bool callback_of_number(struct db *db, const struct actor *actor, const char *number, int64_t authority_id,
    int64_t *contact_id, struct err *err);
/* Contacts from this number that she may read, newest first; and the name it is known by (NULL). */
bool call_contacts_of(struct db *db, struct arena *a, const struct actor *actor, const char *number, size_t limit,
    struct contact_row_list *out, const char **name, struct err *err);
/* The number of a call, whoever may see it: for what is written down of it. NULL: withheld. */
bool call_number_of(struct db *db, struct arena *a, int64_t call_id, const char **number, struct err *err);
/* Inside a write: what was taken down from the call, unless something else was. */
bool call_written_down(struct db *tx, int64_t call_id, int64_t contact_id, struct err *err);

/* ---- `narkontakt list calls` ---- */

struct call_listed {
	int64_t id;
	const char *exchange, *call_id, *number, *queue, *kind, *authority, *unit, *callback;	/* callback: the task's number */
	int64_t at, seconds;		/* began; talked, or waited when lost; -1 unknown */
};
bool call_since(struct db *db, struct arena *a, int64_t since, const char *kind, const char *authority, int64_t after_id,
    size_t limit, struct call_listed **out, size_t *n, struct err *err);

/* ---- exchanges ---- */

struct exchange_list { struct exchange *item; size_t n; };
struct exchange_queue { const char *name, *unit_name; int64_t unit_id; };
struct exchange_queue_list { struct exchange_queue *item; size_t n; };

bool exchange_list(struct db *db, struct arena *a, struct exchange_list *out, struct err *err);
bool exchange_get(struct db *db, struct arena *a, int64_t id, struct exchange *out, struct err *err);
bool exchange_by_code(struct db *db, struct arena *a, const char *code, struct exchange *out, struct err *err);
/* The active one that has this token. ERR_DENIED. */
bool exchange_by_token(struct db *db, struct arena *a, const char *token, struct exchange *out, struct err *err);
/* id 0 makes a new one. ERR_INPUT names the field. */
bool exchange_save(struct db *db, int64_t account_id, const struct exchange *in, int64_t now, int64_t *id, struct err *err);
/* A new token, which ends the one before; *token (in `a`) is shown once. NULL token: only ends it. */
bool exchange_token(struct db *db, struct arena *a, int64_t account_id, int64_t id, int64_t now, const char **token,
    struct err *err);
bool exchange_queues(struct db *db, struct arena *a, int64_t id, struct exchange_queue_list *out, struct err *err);
/* unit_id 0 takes the queue away: its calls then go to the exchange's unit. */
bool exchange_queue_set(struct db *db, int64_t account_id, int64_t id, const char *name, int64_t unit_id, int64_t now,
    struct err *err);
#endif

/* timeline/event.h: what happened, in order, so that a change of it shows
 *
 * Every change of state writes an event in the same transaction. Events are append-only, numbered 1, 2, 3 without
 * gaps, and each carries the SHA-256 of the one before and of its own fields, so a removed or altered event breaks the
 * chain (event_verify). There is one writer at a time, so the chain has one end.
 * The data of an event is a JSON object of ids, states and dates. It never holds secrets, and names only of what
 * the object's own `restricted` protects. */
#ifndef TIMELINE_EVENT_H
#define TIMELINE_EVENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err; struct sb;

struct event {
	int64_t id, at;
	int64_t account_id;		/* 0: nobody signed in */
	const char *actor;		/* "account 7", "resident", "system" */
	const char *action;		/* "contact.received" */
	const char *object;		/* "contact" */
	int64_t object_id, contact_id, matter_id, authority_id;	/* 0 when none */
	const char *data;		/* JSON object text; NULL is {} */
	int restricted;
	const char *previous_hash, *hash;	/* hex; filled when read */
	const char *actor_name;		/* for pages; NULL unless an account */
};

struct event_list { struct event *item; size_t n; };

/* Appends, inside the caller's db_write. Fills nothing but the row. */
bool event_add(struct db *tx, const struct event *e, struct err *err);

/* Many in one write: the end of the chain is asked for once and then known. */
struct event_chain { int64_t id; char hash[65]; };
bool event_chain_open(struct db *tx, struct event_chain *chain, struct err *err);
bool event_chain_add(struct db *tx, struct event_chain *chain, const struct event *in, struct err *err);
/* The short form for most: data by printf of JSON made by the caller (use sb_json for text). */
bool event_note(struct db *tx, int64_t at, int64_t account_id, const char *action, const char *object,
    int64_t object_id, int64_t contact_id, int64_t matter_id, int64_t authority_id, int restricted,
    const char *data, struct err *err);

/* Events of a contact or a matter (the other is 0), oldest first, with restricted <= reach. */
bool event_of(struct db *db, struct arena *a, int64_t contact_id, int64_t matter_id, int reach, size_t limit,
    struct event_list *out, struct err *err);
bool event_after(struct db *db, struct arena *a, int64_t id, int64_t since, size_t limit, struct event_list *out,
    struct err *err);

/* What an event says to people: msgid for its action; the action itself when it is not known. */
const char *event_text(const char *action);

/* Recomputes the whole chain. `broken` gets the id of the first event that does not fit, 0 when all do, and why. */
bool event_verify(struct db *db, int64_t *n_events, int64_t *broken, const char **why, struct err *err);
/* The program is going down: verifications under way, and later ones, end with ERR_BUSY. A million contacts take a minute. */
void event_verify_stop(void);
#endif

/* people/session.h: who is signed in, on which machine, until when
 *
 * The browser holds a random token; the database its SHA-256. A session ends when it has rested (SESSION_IDLE_S), when
 * it is old (SESSION_LIFE_S), on signing out, on signing out everywhere, when the account is disabled or its password
 * changes.
 *
 * Every page asks who is asking, so the answer (account, roles) is kept in this process for SESSION_FRESH_S seconds.
 * Whatever changes a session, an account or a role here drops all kept answers when it is durable
 * (session_forget_after), so in this process a change counts at once; a change by another process (the command line)
 * counts within SESSION_FRESH_S. */
#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"
#include "people/permit.h"

struct arena; struct db; struct err;

enum {
	SESSION_IDLE_S = 2 * 3600,
	SESSION_LIFE_S = 12 * 3600,	/* a working day */
	SESSION_SEEN_S = 60,		/* seen_at is written at most so often: reading pages does not write */
	SESSION_FRESH_S = 2,
	SESSION_KNOWN_S = 3 * 24 * 3600,	/* over a week-end */
};

struct session {
	const char *token_hash;
	int64_t account_id, created_at, seen_at, expires_at;
	const char *address, *agent;
};
struct session_list { struct session *item; size_t n; };

/* A new session; *token is what the cookie gets. */
bool session_start(struct db *db, struct arena *a, int64_t account_id, const char *address, const char *agent,
    int64_t now, const char **token, struct err *err);
/* Who holds this token; a visitor (account_id 0, n_grants 0) when nobody does. Everything in `a`. */
bool session_actor(struct db *db, struct arena *a, const char *token, int64_t now, struct actor *out, struct err *err);
bool session_list(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct session_list *out,
    struct err *err);
/* Ends one (of this account) by its hash; all but `keep` (may be NULL) of the account. */
bool session_end(struct db *db, const struct change *by, int64_t account_id, const char *token_hash, struct err *err);
bool session_end_all(struct db *db, const struct change *by, int64_t account_id, const char *keep, struct err *err);
/* Whose session this was, also when it has rested too long: so that a form sent too late finds its writer. 0: nobody knows. */
int64_t session_account(struct db *db, const char *token);
/* Removes what ended by itself SESSION_KNOWN_S ago; for the daily tick. */
bool session_tidy(struct db *db, int64_t now, struct err *err);

/* Inside a write that changes what a session means: drops the kept answers once it is durable. */
void session_forget_after(struct db *tx);
/* How often an answer was kept and how often it was read, since the start; for the metrics and the tests. */
struct session_counters { int64_t kept, read; };
struct session_counters session_counters(void);
#endif

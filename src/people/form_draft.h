/* people/form_draft.h: a half-written form, kept by the server so that nothing is lost without scripts
 *
 * Two forms have one. A visitor's (account 0) is kept when she asks for it, or when what she sent was wrong or came too late.
 * An official's is kept when she sends a form after her session has ended, and is hers alone: it is shown to the account whose
 * session it was, nobody else. It is found by a random cookie, of which the database holds the hash; a new one takes the old
 * one's place, it goes when the form has been sent, and by itself after FORM_DRAFT_S. Never kept: files, passwords, codes,
 * hidden fields of ours. */
#ifndef PEOPLE_FORM_DRAFT_H
#define PEOPLE_FORM_DRAFT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err; struct request; struct response;

enum { FORM_DRAFT_S = 24 * 3600, FORM_DRAFT_MAX = 256 * 1024 };

/* Keeps the fields of this POST for the page `path`. True also when there is nothing to keep or too much of it;
 * *kept (may be NULL) says whether there is. */
bool form_draft_keep(struct request *rq, struct response *rs, int64_t account_id, const char *path, bool *kept,
    struct err *err);
/* On a GET of that page: the fields are there again, as if they had been sent (form_raw). True when there were some. */
bool form_draft_fill(struct request *rq, int64_t account_id, struct err *err);
/* The form has been sent, or she wants it gone. `rs` (may be NULL) forgets the cookie too. */
bool form_draft_drop(struct request *rq, struct response *rs, struct err *err);
/* Takes away what has expired; for the daily tick. */
bool form_draft_tidy(struct db *db, int64_t now, struct err *err);
#endif

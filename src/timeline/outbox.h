/* timeline/outbox.h: what is to be sent, mails and text messages, as rows, because nothing is sent inside a transaction
 *
 * Whoever wants something sent writes a row in its own transaction; the sender (contact/sender.h, sms/gateway.h) delivers rows that
 * are due, retries with backoff over restarts for five days, and records every outcome. A row that has not been sent can
 * be taken back.
 *
 * An attempt is claimed before it begins (outbox_claim), in a transaction of its own, and the claim ends with its outcome. So
 * two servers never send one row, nobody takes back what is on its way, and a claim that is left after a crash says that the
 * mail was perhaps sent: after OUTBOX_CLAIM_S it is tried again, with the same Message-ID, by which the receiver knows it. */
#ifndef TIMELINE_OUTBOX_H
#define TIMELINE_OUTBOX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct outbox_message {
	int64_t id;
	int64_t contact_id, document_id;	/* 0 when none; the document's files go along */
	const char *way;			/* "email", "sms"; NULL when put: email */
	const char *recipient;			/* one address, or number */
	const char *subject, *text;		/* UTF-8 */
	const char *sender, *sender_name;	/* From; NULL: the site's own */
	const char *message_id;			/* without <>; NULL when put: made here */
	const char *in_reply_to, *references;	/* ids without <>, space between; or NULL */
	bool automatic;				/* receipts and notices: marked so that no machine answers them */
	const char *state;			/* waiting, sent, failed, withdrawn */
	int64_t created_at, next_attempt_at, sent_at;
	int64_t attempts;
	int64_t sending_at;			/* an attempt began then and has no outcome yet; 0 when none is under way */
	const char *error;
};
struct outbox_list { struct outbox_message *item; size_t n; };

#define OUTBOX_GIVE_UP_S (5 * 86400)	/* RFC 5321 4.5.4.1: at least four to five days */

/* Puts a message that may go at in->next_attempt_at (0: at once) and returns its id. Wakes the sender after commit. */
bool outbox_put(struct db *tx, const struct outbox_message *in, int64_t now, int64_t *id, struct err *err);

#define OUTBOX_CLAIM_S 600		/* longer than the longest attempt (mail/send.h: 135 s) */

/* Messages of a way that are due at `now`, oldest first. */
bool outbox_due(struct db *db, struct arena *a, const char *way, int64_t now, size_t limit, struct outbox_list *out,
    struct err *err);
bool outbox_of_contact(struct db *db, struct arena *a, int64_t contact_id, struct outbox_list *out, struct err *err);
bool outbox_list_since(struct db *db, struct arena *a, int64_t since, const char *state, size_t limit,
    struct outbox_list *out, struct err *err);

/* This attempt is ours, in the caller's write; *perhaps_sent: one before it was left without an outcome. *claimed is false when
 * somebody else has it, has sent it, or it was taken back. */
bool outbox_claim(struct db *tx, int64_t id, int64_t now, bool *claimed, bool *perhaps_sent, struct err *err);
/* An attempt began longer ago than it can last: was it sent? Nobody knows. */
bool outbox_perhaps_sent(int64_t sending_at, int64_t now);

/* Outcomes, in the caller's write. A temporary failure waits 1 min, 5 min, 15 min, 1 h, then every 3 h. */
bool outbox_sent(struct db *tx, int64_t id, int64_t now, struct err *err);
bool outbox_retry(struct db *tx, int64_t id, int64_t now, const char *error, bool *gave_up, struct err *err);
bool outbox_failed(struct db *tx, int64_t id, int64_t now, const char *error, struct err *err);
/* Takes back what is still waiting. ERR_CONFLICT: it has been sent, or is on its way. */
bool outbox_withdraw(struct db *tx, int64_t id, struct err *err);

/* Called after a commit that put something; set once at start (serve), else nothing happens. */
void outbox_on_put(void (*wake)(void *arg), void *arg);
#endif

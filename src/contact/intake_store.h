/* contact/intake_store.h: stored mails, and finding the thread a mail belongs to */
#ifndef CONTACT_INTAKE_STORE_H
#define CONTACT_INTAKE_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct mail_in {
	int64_t id, arrived_at, contact_id;
	int64_t attempts;		/* to read it, that have begun and not said how they ended; what was read keeps its number */
	const char *raw_sha256, *envelope_to, *kind;
};

/* A stored mail of these bytes, with this Message-ID, with this id; .id is 0 when there is none. */
bool mail_with_bytes(struct db *db, struct arena *a, const char *raw_sha256, struct mail_in *out, struct err *err);
bool mail_with_message_id(struct db *db, struct arena *a, const char *message_id, struct mail_in *out, struct err *err);
bool mail_get(struct db *db, struct arena *a, int64_t id, struct mail_in *out, struct err *err);
/* With the first attempt counted, so that it needs no commit of its own. */
bool mail_store(struct db *tx, const char *raw_sha256, const char *envelope_to, int64_t now, int64_t *id, struct err *err);
/* An attempt begins; and it has failed, but the program lives and the next may go well: it does not count. */
bool mail_attempt(struct db *tx, int64_t id, struct err *err);
bool mail_attempt_failed(struct db *tx, int64_t id, const char *why, struct err *err);
/* What it was; and, once for all mails of a transaction at its end, which contact it belongs to. To SQLite an UPDATE of a column that
 * refers to another table is a savepoint, at which FTS5 writes out all words it has gathered: for each mail that was more than half of
 * the writer's time. */
bool mail_read(struct db *tx, int64_t id, const char *kind, const char *message_id, struct err *err);
bool mail_belongs(struct db *tx, int64_t id, int64_t contact_id, struct err *err);
bool mail_unread(struct db *db, struct arena *a, int64_t after, struct mail_in *out, struct err *err);
/* The contact that sent or received a mail with this id; 0 when none. *document_id is that of our answer, or 0. */
bool thread_of(struct db *db, const char *message_id, int64_t *contact_id, int64_t *document_id, struct err *err);
/* The last answer by mail to a contact; 0 when none. */
bool last_answer(struct db *db, int64_t contact_id, int64_t *document_id, struct err *err);
#endif

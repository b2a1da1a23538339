/* sms/sms_store.h: what is asked of the database for text messages */
#ifndef SMS_SMS_STORE_H
#define SMS_SMS_STORE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err; struct outbox_message;

/* The gateway's own name for one that was sent. */
bool sms_named(struct db *tx, int64_t outbox_id, const char *gateway_id, struct err *err);
/* The one it calls so; ERR_NOT_FOUND. */
struct sms_out { int64_t id, contact_id, document_id; const char *recipient, *state; bool delivered; };
bool sms_by_gateway_id(struct db *db, struct arena *a, const char *gateway_id, struct sms_out *out, struct err *err);
bool sms_delivered(struct db *tx, int64_t outbox_id, int64_t now, struct err *err);
/* The contact that our latest message to a number was about; 0 when none. */
bool sms_last_about(struct db *db, const char *number, int64_t *contact_id, struct err *err);
/* Those that wait, and those that failed since `since`. */
bool sms_counts(struct db *db, int64_t since, int64_t *waiting, int64_t *failed, struct err *err);
/* Came before? 0 when not. */
bool sms_seen(struct db *db, const char *name, int64_t *contact_id, struct err *err);
bool sms_in_add(struct db *tx, const char *name, const char *gateway_id, const char *sender, const char *recipient, int64_t at,
    const char *kind, int64_t contact_id, struct err *err);
#endif

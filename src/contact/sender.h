/* contact/sender.h: the outbox goes out
 *
 * sender_run() delivers what is due over SMTP (mail/send.h) and records every outcome on the contact's timeline. A
 * refusal is "not delivered, because …" on the contact and opens it again (contact/bounce). */
#ifndef CONTACT_SENDER_H
#define CONTACT_SENDER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err; struct smtp_config;

struct sender_done { int64_t sent, retried, failed; };
/* Sends what is due at `now`, at most `limit` messages. `smtp` NULL: nothing is sent. */
bool sender_run(struct db *db, const struct smtp_config *smtp, int64_t now, int limit, struct sender_done *out,
    struct err *err);
/* An answer by `channel` (email, sms) could not be delivered: noted on the contact, which opens again. `reason` is a text for people. */
bool sender_not_delivered(struct db *tx, int64_t contact_id, int64_t document_id, const char *channel, const char *recipient,
    const char *reason, int64_t now, struct err *err);
#endif

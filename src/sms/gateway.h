/* sms/gateway.h: text messages out, through somebody's HTTP gateway
 *
 * sms_run() takes what is due in the outbox, calls the gateway outside any transaction, and records every attempt on the contact's
 * timeline, with the same waits as mail (timeline/outbox.h). The gateway's 2xx means that it has the message; whether the phone got it
 * comes later, as a report (sms/incoming.h). What became secret after it was written is not sent: its contact is told so. */
#ifndef SMS_GATEWAY_H
#define SMS_GATEWAY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sms/settings.h"

struct sms_done { int64_t sent, retried, failed; };
/* At most `limit` messages that are due at `now`. */
/* `secret`: what stands in the file of the configuration; NULL: as it is set under /admin/sms. */
bool sms_run(struct db *db, const char *secret, int64_t now, int limit, struct sms_done *out, struct err *err);

/* The request as the settings describe it. Pure. */
struct sms_request { const char *method, *url, *type, *body; };	/* type and body NULL for GET */
struct sms_request sms_request_of(struct arena *a, const struct sms_settings *s, const char *to, const char *text);
#endif

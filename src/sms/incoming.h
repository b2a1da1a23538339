/* sms/incoming.h: a text message comes in, and a report of what became of one of ours
 *
 * It goes on an open contact of that number when our latest message to the number was about it; or on the contact whose number
 * stands in it, if she is that contact's own; else it is a new contact. The same message twice is taken once. Nothing automatic
 * answers a sender that is no number, or our own. */
#ifndef SMS_INCOMING_H
#define SMS_INCOMING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sms/settings.h"

struct sms_incoming {
	const char *id, *from, *text;
	const char *to;			/* "" when not said */
	int64_t at;			/* as the gateway's clock has it; 0 when not said */
};
/* Pure; `type` is the Content-Type or NULL. ERR_INPUT names the field as the settings do, and says what was expected. */
bool sms_incoming_parse(struct arena *a, const struct sms_settings *s, const char *type, const char *bytes, size_t n,
    struct sms_incoming *out, struct err *err);

struct sms_taken { const char *kind, *number; };	/* contact, reply, duplicate, own; "-" */
bool sms_take(struct db *db, struct arena *a, const struct sms_settings *s, const struct sms_incoming *in, int64_t now,
    struct sms_taken *out, struct err *err);

struct sms_report { const char *id, *status, *why; };
bool sms_report_parse(struct arena *a, const struct sms_settings *s, const char *type, const char *bytes, size_t n,
    struct sms_report *out, struct err *err);
/* kind: delivered, failed (an answer's contact opens again), duplicate, noted (neither), unknown (none of ours). */
bool sms_reported(struct db *db, struct arena *a, const struct sms_settings *s, const struct sms_report *in, int64_t now,
    struct sms_taken *out, struct err *err);
#endif

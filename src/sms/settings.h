/* sms/settings.h: the gateway for text messages, as it is set up under /admin/sms
 *
 * Every gateway wants its own names, so the names are settings. What is not set has the value that stands in the table of
 * settings.c. The secret that goes out in a header is kept as it is, when it is not
 * in a file of the configuration (sms-secret-file), is never shown, and never exported (db/transfer.h); the token the gateway shows us, as its hash. */
#ifndef SMS_SETTINGS_H
#define SMS_SETTINGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

enum sms_setting { SMS_ON, SMS_URL, SMS_METHOD, SMS_FORMAT, SMS_TO, SMS_FROM, SMS_TEXT, SMS_SENDER, SMS_EXTRA, SMS_HEADER,
	SMS_SECRET, SMS_ID, SMS_IN_ID, SMS_IN_FROM, SMS_IN_TO, SMS_IN_TEXT, SMS_IN_AT, SMS_REPORT_ID, SMS_REPORT_STATUS,
	SMS_REPORT_WHY, SMS_REPORT_FAILED, SMS_REPORT_DELIVERED, SMS_TOKEN_HASH, SMS_SETTINGS };

struct sms_settings { const char *value[SMS_SETTINGS]; };	/* never NULL; "" where nothing stands */

/* "sms.url", "url" (the form's field), its label and hint as msgid (label NULL: not in the form), and what holds when nothing is set. */
extern const struct sms_setting_row { const char *name, *field, *label, *hint, *instead; } sms_setting_rows[SMS_SETTINGS];

bool sms_settings(struct db *db, struct arena *a, struct sms_settings *out, struct err *err);
/* Saves what the form has. ERR_INPUT names the field. SMS_SECRET NULL: as it was. */
bool sms_settings_save(struct db *db, const struct sms_settings *in, int64_t account_id, int64_t now, struct err *err);
/* A new token for the gateway to show, in `a`; the one before stops working. */
bool sms_token_new(struct db *db, struct arena *a, int64_t account_id, int64_t now, const char **token, struct err *err);
bool sms_token_good(const struct sms_settings *s, const char *token);
#endif

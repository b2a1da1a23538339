/* sms/settings.c */
#include "sms/settings.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/gsm.h"
#include "base/random.h"
#include "contact/site_words.h"
#include "db/db.h"
#include "people/site.h"

enum { SENDER_LETTERS_MOST = 11 };	/* alphanumeric senders: 3GPP TS 23.040, 9.1.2.5 */

#define NAME N_("The name the gateway uses; in JSON a path like data.id may stand.")

const struct sms_setting_row sms_setting_rows[SMS_SETTINGS] = {
	[SMS_ON] = { "sms.on", "on", N_("Text messages are sent"), NULL, "" },
	[SMS_URL] = { "sms.url", "url", N_("Address of the gateway"), N_("https://..., from whoever sells you the service."), "" },
	[SMS_METHOD] = { "sms.method", "method", N_("How it is called"), NULL, "POST" },
	[SMS_FORMAT] = { "sms.format", "format", N_("What is sent"), NULL, "json" },
	[SMS_TO] = { "sms.to", "to", N_("Field for the receiver"), N_("With [] after it the gateway gets a list of one."), "to" },
	[SMS_FROM] = { "sms.from", "from", N_("Field for the sender"), NULL, "from" },
	[SMS_TEXT] = { "sms.text", "text", N_("Field for the words"), NULL, "text" },
	[SMS_SENDER] = { "sms.sender", "sender", N_("Sender"), N_("A number that can be answered, or a name of at most 11 letters, which cannot."), "" },
	[SMS_EXTRA] = { "sms.extra", "extra", N_("More fields"), N_("Like type=text&flash=no. They go along with every message."), "" },
	[SMS_HEADER] = { "sms.header", "header", N_("Header with the secret"), N_("Like Authorization or X-Api-Key."), "Authorization" },
	[SMS_SECRET] = { "sms.secret", "secret", N_("The secret"), N_("Exactly as the gateway wants it, like Bearer abc123. It is not shown again; leave the field empty to keep it."), "" },
	[SMS_ID] = { "sms.id", "id", N_("Field in its answer with the message's id"), NAME, "id" },
	[SMS_IN_ID] = { "sms.in_id", "in_id", N_("Incoming: the message's id"), NAME, "id" },
	[SMS_IN_FROM] = { "sms.in_from", "in_from", N_("Incoming: who sent it"), NULL, "from" },
	[SMS_IN_TO] = { "sms.in_to", "in_to", N_("Incoming: our number"), NULL, "to" },
	[SMS_IN_TEXT] = { "sms.in_text", "in_text", N_("Incoming: the words"), NULL, "text" },
	[SMS_IN_AT] = { "sms.in_at", "in_at", N_("Incoming: when"), N_("As 2027-01-11T08:12:00+01:00. Without it the time is ours."), "time" },
	[SMS_REPORT_ID] = { "sms.report_id", "report_id", N_("Report: the message's id"), NULL, "id" },
	[SMS_REPORT_STATUS] = { "sms.report_status", "report_status", N_("Report: what became of it"), NULL, "status" },
	[SMS_REPORT_WHY] = { "sms.report_why", "report_why", N_("Report: why"), NULL, "reason" },
	[SMS_REPORT_FAILED] = { "sms.report_failed", "report_failed", N_("Words that mean: not delivered"), N_("With spaces between."), "failed undelivered rejected expired" },
	[SMS_REPORT_DELIVERED] = { "sms.report_delivered", "report_delivered", N_("Words that mean: delivered"), N_("With spaces between."), "delivered" },
	[SMS_TOKEN_HASH] = { "sms.token_hash", NULL, NULL, NULL, "" },
};

bool
sms_settings(struct db *db, struct arena *a, struct sms_settings *out, struct err *err)
{
	for (size_t i = 0; i < SMS_SETTINGS; i++) {
		const char *value;

		if (!site_get(db, a, sms_setting_rows[i].name, &value, err))
			return false;
		out->value[i] = value == NULL ? sms_setting_rows[i].instead : value;
	}
	return true;
}

static bool
is_address(const char *url)
{
	return (strncmp(url, "https://", 8) == 0 && strlen(url) > 8) || (strncmp(url, "http://", 7) == 0 && strlen(url) > 7);
}

static bool
is_token(const char *text)		/* RFC 9110, 5.6.2 */
{
	return *text != '\0' && text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool
check(const struct sms_settings *s, struct err *err)
{
	const char *const *v = s->value;
	const char *sender = v[SMS_SENDER];

	for (size_t i = 0; i < SMS_SETTINGS; i++) {
		if (v[i] != NULL && strlen(v[i]) > SITE_VALUE_MAX)
			return err_input(err, sms_setting_rows[i].field, N_("Write at most 1,000 characters"));
	}
	if (strcmp(v[SMS_ON], "1") == 0 && v[SMS_URL][0] == '\0')
		return err_input(err, "url", N_("Write the gateway's address before text messages are switched on."));
	if (v[SMS_URL][0] != '\0' && (!is_address(v[SMS_URL]) || strpbrk(v[SMS_URL], " \r\n\t") != NULL))
		return err_input(err, "url", N_("Write an address that begins with https://"));
	if (strcmp(v[SMS_ON], "1") == 0 && sender[0] == '\0')
		return err_input(err, "sender", N_("Write the sender before text messages are switched on."));
	if (sender[strspn(sender, "+0123456789 ")] != '\0' && (strlen(sender) > SENDER_LETTERS_MOST || gsm_count(sender).ucs2))
		return err_input(err, "sender", N_("A name may have at most 11 plain letters. Write a shorter one, or a number."));
	if (strcmp(v[SMS_METHOD], "POST") != 0 && strcmp(v[SMS_METHOD], "GET") != 0)
		return err_input(err, "method", N_("Choose one of the alternatives."));
	if (strcmp(v[SMS_FORMAT], "json") != 0 && strcmp(v[SMS_FORMAT], "form") != 0)
		return err_input(err, "format", N_("Choose one of the alternatives."));
	for (enum sms_setting i = SMS_TO; i <= SMS_TEXT; i++) {
		if (v[i][0] == '\0')
			return err_input(err, sms_setting_rows[i].field, N_("Write the name of the field."));
	}
	if (v[SMS_HEADER][0] != '\0' && !is_token(v[SMS_HEADER]))
		return err_input(err, "header", N_("Write the name of a header, like Authorization."));
	if (v[SMS_SECRET] != NULL && strpbrk(v[SMS_SECRET], "\r\n") != NULL)
		return err_input(err, "secret", N_("The secret is one line."));
	for (enum sms_setting i = SMS_IN_ID; i <= SMS_IN_TEXT; i++) {
		if (v[i][0] == '\0' && i != SMS_IN_TO)
			return err_input(err, sms_setting_rows[i].field, N_("Write the name of the field."));
	}
	return true;
}

struct save { const struct sms_settings *in; int64_t account_id, now; };

static bool
save(struct db *tx, void *arg, struct err *err)
{
	const struct save *s = arg;
	struct arena *a = arena_open();
	struct sms_settings was;
	bool ok = sms_settings(tx, a, &was, err);

	/* What is as it was is not set: its event would say a change that was none. */
	for (size_t i = 0; ok && i < SMS_TOKEN_HASH; i++) {
		const char *value = s->in->value[i];

		if (value != NULL && strcmp(value, was.value[i]) != 0)
			ok = site_set(tx, s->account_id, sms_setting_rows[i].name, value, s->now, err);
	}
	arena_close(a);
	return ok;
}

bool
sms_settings_save(struct db *db, const struct sms_settings *in, int64_t account_id, int64_t now, struct err *err)
{
	struct save s = { in, account_id, now };

	return check(in, err) && (db_write(db, save, &s, err) || err_add(err, "text message settings"));
}

bool
sms_token_new(struct db *db, struct arena *a, int64_t account_id, int64_t now, const char **token, struct err *err)
{
	const char *made = random_token(a, 32);

	if (!site_set(db, account_id, sms_setting_rows[SMS_TOKEN_HASH].name, hash_hex(hash_bytes(made, strlen(made))).s, now, err))
		return false;
	*token = made;
	return true;
}

bool
sms_token_good(const struct sms_settings *s, const char *token)
{
	return token != NULL && s->value[SMS_TOKEN_HASH][0] != '\0' &&
	    secret_equal_text(hash_hex(hash_bytes(token, strlen(token))).s, s->value[SMS_TOKEN_HASH]);
}

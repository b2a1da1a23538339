/* contact/receipt.c: the receipt's words and the address its answers come back to */
#include "contact/receipt.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "contact/site_words.h"
#include "mail/token.h"
#include "timeline/outbox.h"

enum { RECEIPT_MAX = 16 * 1024 };

const char *
receipt_promise(struct arena *a, const char *lang, const struct contact *c)
{
	json_t *how = NULL;
	struct err err = { 0 };
	struct sb sb;
	const json_t *skipped;
	/* answer_by is 24:00, so the day promised is the one that ended there */
	struct date day = local_date(c->answer_by - 1);

	sb_init(&sb, a, 4096);
	if (c->answer_explained != NULL && strstr(c->answer_explained, "\"asked_for\": true") != NULL &&
	    local_time(c->answer_by).hour != 0) {	/* an instant that was agreed upon */
		sb_add(&sb, tr_instant(lang, c->answer_by).s);
		return sb_str(&sb);
	}
	sb_add(&sb, tr_date(lang, day).s);
	sb_add(&sb, " (");
	sb_addf(&sb, trn(lang, "%d working day", "%d working days", c->answer_days), (int)c->answer_days);
	if (c->answer_explained != NULL && json_parse(c->answer_explained, strlen(c->answer_explained), &how, &err)) {
		size_t shown = 0;

		skipped = json_object_get(how, "skipped");
		for (size_t i = 0; i < json_array_size(skipped); i++) {
			const json_t *one = json_array_get(skipped, i);
			const char *why = json_text_or(one, "why", "");
			struct date d;

			/* Saturdays and Sundays need no explanation. */
			if (strcmp(why, "Saturday") == 0 || strcmp(why, "Sunday") == 0 ||
			    !date_parse(json_text_or(one, "date", ""), &d))
				continue;
			sb_add(&sb, shown++ == 0 ? "; " : ", ");
			sb_addf(&sb, tr(lang, N_("%s is not counted: %s")), tr_date_short(lang, d).s,
			    tr(lang, why));
		}
		json_decref(how);
	}
	sb_add(&sb, ")");
	return sb_str(&sb);
}

const char *
receipt_sender(struct db *db, struct arena *a, const struct contact *c, struct err *err)
{
	unsigned char key[32];
	const char *address = site_text(db, a, "site.mail_from", NULL);
	const char *at = address == NULL ? NULL : strrchr(address, '@');

	if (at == NULL || !site_mail_key(db, key, err))
		return NULL;
	return arena_printf(a, "%.*s+%s%s", (int)(at - address), address, mail_token_make(a, key, c->number), at);
}

bool
receipt_put(struct db *tx, struct arena *a, const struct contact *c, const char *link, const char *references,
    int64_t now, struct err *err)
{
	const char *lang = c->language;
	const char *base = site_text(tx, a, "site.base_url", "");
	const char *name = site_text(tx, a, "site.name", "");
	const char *sender;
	struct sb sb;

	sb_init(&sb, a, RECEIPT_MAX);
	sb_addf(&sb, tr(lang, N_("Hello!\n\nWe have received your message and given it the number %s.\n")), c->number);
	if (c->restricted == REACH_OPEN)
		sb_addf(&sb, tr(lang, N_("It is about: %s\n")), c->subject);
	sb_add(&sb, "\n");
	if (strcmp(c->reply_by, "none") == 0) {
		sb_add(&sb, tr(lang, N_("What happens now: a person reads it. No answer is sent to you, as you said that you do not need one.\n")));
		sb_addf(&sb, tr(lang, N_("What we do about it stands on your page by %s.\n")), receipt_promise(a, lang, c));
	} else {
		sb_add(&sb, tr(lang, N_("What happens now: a person reads it and answers you, or tells you what will happen and when.\n")));
		sb_addf(&sb, tr(lang, N_("You will have an answer by %s.\n")), receipt_promise(a, lang, c));
	}
	sb_add(&sb, "\n");
	sb_addf(&sb, tr(lang, N_("Follow it, add words or files, and tell us if our answer helped:\n%s%s\n")), base, link);
	sb_add(&sb, tr(lang, N_("Keep the link to yourself: whoever has it can read your message.\n")));
	sb_add(&sb, "\n");
	sb_add(&sb, tr(lang, N_("You can also answer this mail. This receipt was sent automatically and is not the answer.\n")));
	sb_addf(&sb, "\n%s\n", name);
	if ((sender = receipt_sender(tx, a, c, err)) == NULL && err->code != ERR_NONE)
		return false;
	return outbox_put(tx, &(struct outbox_message){
		.contact_id = c->id, .recipient = c->sender_email,
		.subject = arena_printf(a, "%s [%s]", tr(lang, N_("We have received your message")), c->number),
		.text = sb_str(&sb), .sender = sender, .in_reply_to = c->message_id,
		.references = references, .automatic = true,
	}, now, NULL, err);
}

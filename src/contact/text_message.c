/* contact/text_message.c */
#include "contact/text_message.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "contact/link.h"
#include "contact/site_words.h"
#include "people/permit.h"
#include "people/phone.h"
#include "timeline/outbox.h"

enum { TEXT_MAX = 2 * CONTACT_TEXT_MAX };

bool
text_messages_on(struct db *db, struct arena *a)
{
	return strcmp(site_text(db, a, "sms.on", ""), "1") == 0;
}

bool
text_message_may(const struct contact *c)
{
	return c->restricted == REACH_OPEN && phone_takes_text(c->sender_phone);
}

/* The municipality's name, unless it would make the whole message twice as long. */
static const char *
from_whom(struct db *db, struct arena *a)
{
	const char *name = site_text(db, a, "site.name", "");

	return *name == '\0' || gsm_count(name).ucs2 ? "" : arena_printf(a, "%s: ", name);
}

static bool
put(struct db *tx, const struct contact *c, const char *text, int64_t document_id, int64_t now, int64_t at, struct err *err)
{
	return outbox_put(tx, &(struct outbox_message){ .way = "sms", .contact_id = c->id, .document_id = document_id,
	    .recipient = c->sender_phone, .subject = c->number, .text = text, .automatic = document_id == 0,
	    .next_attempt_at = at }, now, NULL, err);
}

bool
text_message_receipt(struct db *tx, struct arena *a, const struct contact *c, const char *link, int64_t now, struct err *err)
{
	const char *url = arena_printf(a, "%s%s", site_text(tx, a, "site.base_url", ""), link);
	struct sb sb;

	sb_init(&sb, a, TEXT_MAX);
	sb_addf(&sb, tr(c->language, N_("%1$swe have your message, number %2$s. You will have an answer by %3$s. Follow it: %4$s")),
	    from_whom(tx, a), c->number, tr_date_short(c->language, local_date(c->answer_by - 1)).s, url);
	return put(tx, c, sb_str(&sb), 0, now, 0, err);
}

const char *
text_message_compose(struct db *db, struct arena *a, const struct contact *c, const char *words, const char *link,
    bool *with_words, struct gsm_count *count)
{
	const char *url = arena_printf(a, "%s%s", site_text(db, a, "site.base_url", ""), link);
	struct sb sb;

	sb_init(&sb, a, TEXT_MAX);
	sb_addf(&sb, "%s%s\n%s %s", from_whom(db, a), words, c->number, url);
	*count = gsm_count(sb_str(&sb));
	*with_words = count->segments <= TEXT_SEGMENTS_MOST;
	if (*with_words)
		return sb_str(&sb);
	sb_clear(&sb);
	sb_addf(&sb, tr(c->language, N_("%1$sthere are words for you about %2$s. Read them and tell us if they helped: %3$s")),
	    from_whom(db, a), c->number, url);
	*count = gsm_count(sb_str(&sb));
	return sb_str(&sb);
}

bool
text_message_words(struct db *tx, struct arena *a, const struct contact *c, const char *words, int64_t document_id,
    int64_t now, int64_t at, struct err *err)
{
	struct gsm_count count;
	const char *link;
	bool with_words;

	return link_make(tx, a, c->id, now, &link, err) &&
	    put(tx, c, text_message_compose(tx, a, c, words, link, &with_words, &count), document_id, now, at, err);
}

const char *
text_message_counted(struct db *db, struct arena *a, const char *lang, const struct contact *c, const char *words)
{
	struct gsm_count count, alone = gsm_count(words == NULL ? "" : words);
	bool with_words;
	struct sb sb;

	/* a link of the length that it will have */
	(void)text_message_compose(db, a, c, words == NULL ? "" : words,
	    "/k/0000000000000000000000000000000000000000000000000000", &with_words, &count);
	sb_init(&sb, a, 2000);
	if (!with_words)
		sb_add(&sb, tr(lang, N_("Too long for a text message: she is sent a link to the answer.")));
	else
		sb_addf(&sb, trn(lang, "%d text message, the link included; %d characters left in it.",
		    "%d text messages, the link included; %d characters left in the last.", (int64_t)count.segments),
		    (int)count.segments, (int)count.left);
	if (alone.ucs2)
		sb_addf(&sb, " %s", tr(lang, N_("A letter or sign in it makes it twice as long: write - instead of a dash, and no emoji.")));
	return sb_str(&sb);
}

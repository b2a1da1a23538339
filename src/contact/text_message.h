/* contact/text_message.h: what a text message (SMS) says, and to whom one may go
 *
 * A phone lies on a table, and its number may be somebody else's by now: a text message carries the contact's number, the promise
 * and the secret link, and the words of an answer only when they fit in two messages. To whoever has a secrecy mark or a
 * protected identity none is sent at all. Sending is sms/gateway.h's; here it is a row in the outbox. Off until it is switched on
 * under /admin/sms. */
#ifndef CONTACT_TEXT_MESSAGE_H
#define CONTACT_TEXT_MESSAGE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/gsm.h"
#include "contact/contact.h"

enum { TEXT_SEGMENTS_MOST = 2 };

/* Switched on? */
bool text_messages_on(struct db *db, struct arena *a);
/* Has a number that takes them, and nothing secret or protected. */
bool text_message_may(const struct contact *c);

/* "Lillåns kommun: we have your message ..." into the outbox; `link`: path of the secret page. */
bool text_message_receipt(struct db *tx, struct arena *a, const struct contact *c, const char *link, int64_t now, struct err *err);
/* An answer, or a question: document `document_id`, to go at `at`. */
bool text_message_words(struct db *tx, struct arena *a, const struct contact *c, const char *words, int64_t document_id,
    int64_t now, int64_t at, struct err *err);
/* What would be sent for these words, counted: with them when they fit, else that there are some to read. */
const char *text_message_compose(struct db *db, struct arena *a, const struct contact *c, const char *words, const char *link,
    bool *with_words, struct gsm_count *count);
/* The same in words for whoever writes: "2 text messages, 31 characters left". */
const char *text_message_counted(struct db *db, struct arena *a, const char *lang, const struct contact *c, const char *words);
#endif

/* contact/receipt.h: what we tell the resident, in plain words
 *
 * A receipt says the number, what happens next, who has it, by which date and how the date was counted, and carries
 * the secret link. It never counts as an answer (rule book 2.3). */
#ifndef CONTACT_RECEIPT_H
#define CONTACT_RECEIPT_H
#include "contact/contact.h"

/* Puts the receipt in the outbox. `link`: path of the secret page. */
bool receipt_put(struct db *tx, struct arena *a, const struct contact *c, const char *link, const char *references,
    int64_t now, struct err *err);
/* "by Monday 18 January 2027 (5 working days; 6 January is not counted: Epiphany)" in the language. */
const char *receipt_promise(struct arena *a, const char *lang, const struct contact *c);
/* The address for the answer's thread: reply+TOKEN@domain of the site's address. NULL when the site has none. */
const char *receipt_sender(struct db *db, struct arena *a, const struct contact *c, struct err *err);
#endif

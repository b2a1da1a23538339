/* contact/bulk_store.h: many contacts at once, with the rows the ordinary way would have written
 *
 * For databases to measure on: a million contacts in minutes. What contact_receive(), contact_assign() and contact_answer()
 * find out anew for every contact (the end of the chain, the next number, the promise of a day, the unit of a category) is
 * here asked for once a batch. The numbers, the events and their chain, the documents and the search index are the same to
 * the letter (tests/service/test_bulk.c); the mails of the answers are shorter, have no link, and count as sent. */
#ifndef CONTACT_BULK_STORE_H
#define CONTACT_BULK_STORE_H
#include "contact/contact.h"
#include "contact/work.h"

struct bulk;
/* Lives over the batches of one load. NULL does nothing in bulk_close. */
struct bulk *bulk_open(void);
void bulk_close(struct bulk *b);
/* Inside a write, before its first contact and after its last. */
bool bulk_begin(struct db *tx, struct bulk *b, struct err *err);
bool bulk_end(struct db *tx, struct bulk *b, struct err *err);

struct bulk_answer {
	const struct answer_in *in;	/* without files, with an ending */
	const struct actor *by;
	int64_t assigned_at, at;
};
/* The unit and authority it will come to, so that somebody there can be chosen to answer. */
bool bulk_route(struct db *tx, struct bulk *b, int64_t category_id, int64_t *authority_id, int64_t *unit_id, struct err *err);
/* One contact without files or receipt, with `answer` (may be NULL) given already. */
bool bulk_contact(struct db *tx, struct bulk *b, struct arena *a, const struct contact_in *in, int64_t now,
    const struct bulk_answer *answer, struct err *err);
#endif

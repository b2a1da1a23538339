/* contact/contact_store.h: what contact.c asks of the database (the reading functions are in contact.h) */
#ifndef CONTACT_CONTACT_STORE_H
#define CONTACT_CONTACT_STORE_H
#include "contact/contact.h"

bool contact_insert(struct db *tx, const struct contact *c, int64_t year, int64_t serial, int64_t *id, struct err *err);
/* A person with this mail address or this phone number, the most protected first; *id 0 when none. */
bool person_find(struct db *db, const char *email, const char *phone, int64_t *id, int *protection, struct err *err);
bool person_add(struct db *tx, const char *name, const char *email, const char *phone, const char *address,
    const char *language, int64_t now, int64_t *id, struct err *err);
/* Where a contact of this category goes (0: none chosen). */
bool route_find(struct db *db, int64_t category_id, int64_t *authority_id, int64_t *unit_id, struct err *err);
/* Counts one more automatic message to an address on a day; allowed while there are at most `most`. */
bool automatic_allowed(struct db *tx, const char *address_hash, const char *date, int64_t most, bool *allowed,
    struct err *err);
/* All documents of a contact follow its restriction. */
bool mark_inherit(struct db *tx, int64_t contact_id, struct err *err);
#endif

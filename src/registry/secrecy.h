/* registry/secrecy.h: what is secret or of a protected person, and who has read it
 *
 * A secrecy mark (sekretessmarkering, OSL 5 kap. 5 §) is a warning: it states the section, the day and the authority, and
 * decides nothing; what is asked for is tested each time. It stands on a matter, a contact or a document. A mark on a matter
 * holds for the contacts and documents in it, one on a contact for its documents. Protected identity (skyddade
 * personuppgifter, OSL 21:3) stands on the person, and is inherited by all that hangs on her: contacts, the matters they are
 * in, and everything in those.
 *
 * The column `restricted` (0 open, 1 secret, 2 protected) of matters, contacts, documents and search entries is always
 * what follows from the marks and the persons: restriction_settle() works it out, and every write that changes a mark, a
 * person, or what hangs together ends in it. Every reading of what is restricted is logged, and the log is itself an
 * official document (rule book 9, 22). */
#ifndef REGISTRY_SECRECY_H
#define REGISTRY_SECRECY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "people/permit.h"

struct arena; struct db; struct err;

struct secrecy_mark {
	int64_t id, object_id, authority_id;
	const char *object;			/* "matter", "contact", "document" */
	const char *section;			/* "OSL 21:1" */
	const char *marked_date, *authority_name, *marked_by_name, *note;
	int64_t lifted_at;			/* 0: it stands */
	const char *lifted_by_name;
};
struct secrecy_list { struct secrecy_mark *item; size_t n; };

/* Marks of one object, those that stand first. */
bool secrecy_of(struct db *db, struct arena *a, const char *object, int64_t object_id, struct secrecy_list *out,
    struct err *err);
/* `section` as people write it ("21:1", "OSL 21 kap. 1 §", "OSL 21:3 a"). The authority is the object's own. ERR_INPUT:
 * section, marked_date, or object: what a resident wrote is marked on its contact, not on the document alone. */
bool secrecy_mark(struct db *db, const char *object, int64_t object_id, const char *section, struct date date,
    const char *note, const struct actor *by, int64_t now, struct err *err);
bool secrecy_lift(struct db *db, const char *object, int64_t object_id, int64_t mark_id, const struct actor *by,
    int64_t now, struct err *err);
/* The section in the one way it is kept, "OSL 21:3 a"; NULL when it is none. In `a`. */
const char *secrecy_section(struct arena *a, const char *written);

/* Protected identity of the person behind a contact: 0 none, 1 marked in the population register, 2 registered elsewhere.
 * Takes effect on everything of hers, in every authority. ERR_INPUT (level): the contact has no person. */
bool person_protect(struct db *db, int64_t contact_id, int level, const struct actor *by, int64_t now, struct err *err);
bool person_protection(struct db *db, int64_t person_id, int *level, struct err *err);

/* Inside a write. Works out `restricted` of what may have changed: a contact, a matter, all of a person (0: none of it). */
bool restriction_settle(struct db *tx, int64_t contact_id, int64_t matter_id, int64_t person_id, struct err *err);
/* The marks that stand on one object are set on another too. */
bool secrecy_copy(struct db *tx, const char *from, int64_t from_id, const char *to, int64_t to_id, struct err *err);

/* One reading; a person who reads the same again within five minutes is not written twice. */
bool read_log_add(struct db *db, int64_t account_id, const char *object, int64_t object_id, int64_t authority_id,
    int64_t now, struct err *err);
struct reading {
	int64_t id, at, authority_id, object_id;
	const char *name, *object, *number, *authority_code;	/* number of the contact, matter, or document's matter */
	int restricted;
};
struct reading_list { struct reading *item; size_t n; };
/* Newest first, as the actor may see the log (ACT_READ_LOG); `before` 0 or the last id of the page before. object_id 0: all;
 * account_id 0: everybody's. */
bool read_log_list(struct db *db, struct arena *a, const struct actor *actor, const char *object, int64_t object_id,
    int64_t account_id, int64_t before, size_t limit, struct reading_list *out, struct err *err);
#endif

/* contact/work_store.h: the changes of a contact, as rows */
#ifndef CONTACT_WORK_STORE_H
#define CONTACT_WORK_STORE_H
#include "contact/work.h"

/* Every change of a contact's row goes through contact_touch(): it raises the version, and ERR_CONFLICT says that
 * somebody was first (version 0 asks nothing). */
bool contact_touch(struct db *tx, int64_t contact_id, int64_t version, struct err *err);
bool work_assign(struct db *tx, int64_t id, int64_t unit_id, int64_t owner_id, int64_t now, struct err *err);
bool work_close(struct db *tx, int64_t id, const char *state, const char *ending, const char *why, int64_t now,
    struct err *err);
bool work_plan(struct db *tx, int64_t id, int64_t next_by, int64_t now, struct err *err);
bool work_open_again(struct db *tx, int64_t id, int64_t answer_by, const char *explained, bool undelivered,
    struct err *err);
/* The last mail to her did not arrive; the contact is open anyway. */
bool work_undelivered(struct db *tx, int64_t id, struct err *err);
bool work_pause(struct db *tx, int64_t id, const char *reason, int64_t now, struct err *err);
bool work_resume(struct db *tx, int64_t id, int64_t answer_by, int64_t days, struct err *err);
bool work_merge(struct db *tx, int64_t from, int64_t into, int64_t now, struct err *err);
/* `c` went on as `new_id` elsewhere: no answer of ours, and its promise goes with it. */
bool work_transferred(struct db *tx, const struct contact *c, int64_t new_id, struct err *err);
/* A contact made out of another is counted in figures, or not, as that one is (contact/counted.h). */
bool work_counted_as(struct db *tx, int64_t from, int64_t to, struct err *err);
bool work_unit_of(struct db *db, int64_t unit_id, int64_t *authority_id, struct err *err);
/* May this account own contacts of the authority on that day? ERR_NOT_FOUND: no role there that answers. An owner reads
 * what she owns, so this is a question of rights. */
bool work_may_own(struct db *db, int64_t authority_id, int64_t account_id, const char *today, struct err *err);
/* May she read the contact, by her roles or as the one who has it? ERR_NOT_FOUND: no. */
bool work_may_read(struct db *db, int64_t contact_id, int64_t account_id, struct err *err);
/* Who reads contacts of the authority by her roles, unit by unit (0: any), what is her own left out. */
struct desk_reader;
bool contact_readers(struct db *db, struct arena *a, int64_t authority_id, struct desk_reader **out, size_t *n, struct err *err);
/* The unit itself when it is in use; else the nearest above it that is, else the authority's first. ERR_NOT_FOUND: none is. */
bool work_open_unit(struct db *db, int64_t unit_id, int64_t *open_id, struct err *err);
bool work_first_unit(struct db *db, int64_t authority_id, int64_t *unit_id, struct err *err);
bool work_disputed(struct db *tx, int64_t id, const char *ending, int64_t now, struct err *err);
bool work_satisfied(struct db *tx, int64_t id, bool satisfied, struct err *err);
bool work_release(struct db *tx, int64_t id, const struct contact *c, struct err *err);
bool work_reach(struct db *tx, int64_t id, const char *reply_by, const char *email, const char *phone,
    const char *address, struct err *err);
bool work_search_moved(struct db *tx, int64_t id, int64_t authority_id, int64_t unit_id, struct err *err);
bool work_message_ids(struct db *db, struct arena *a, int64_t contact_id, const char **last, const char **all,
    struct err *err);
bool question_add(struct db *tx, int64_t contact_id, int64_t by, int64_t of, const char *text, int64_t now, int64_t *id,
    struct err *err);
bool question_answer(struct db *tx, int64_t id, int64_t by, const char *text, int64_t now, int64_t *contact_id,
    int64_t *asked_by, struct err *err);
bool draft_remove(struct db *tx, int64_t account_id, int64_t contact_id, struct err *err);
/* The document of an answer still in its minute: contact and outbox row. ERR_CONFLICT when it has gone. */
bool work_answer_waiting(struct db *db, int64_t document_id, int64_t *contact_id, int64_t *outbox_id, struct err *err);
bool work_undo(struct db *tx, int64_t contact_id, int64_t document_id, const char *state, struct err *err);
/* The account's sign-in address; NULL when it is disabled. */
const char *account_address(struct db *db, struct arena *a, int64_t account_id, struct err *err);
#endif

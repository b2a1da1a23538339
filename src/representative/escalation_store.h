/* representative/escalation_store.h: what escalation.c asks of the database */
#ifndef REPRESENTATIVE_ESCALATION_STORE_H
#define REPRESENTATIVE_ESCALATION_STORE_H
#include "representative/escalation.h"

/* consent_words and the rest of `e` as a new row. */
bool escalation_insert(struct db *tx, struct arena *a, const struct escalation *e, int64_t taken_by, int64_t *id,
    struct err *err);
/* ERR_CONFLICT when version (0: asks nothing) is not what stands there. */
bool escalation_touch(struct db *tx, int64_t id, int64_t version, struct err *err);
/* One with the same receiver that waits; 0 when none. */
bool escalation_same(struct db *tx, const struct escalation *e, int64_t *id, struct err *err);
bool escalation_open_set(struct db *tx, const struct escalation *e, struct err *err);	/* state, receiver, promise, classified */
bool escalation_answered_set(struct db *tx, int64_t id, int64_t document_id, int64_t now, struct err *err);
bool escalation_later_set(struct db *tx, int64_t id, int64_t document_id, int64_t by, const char *explained, int64_t days,
    struct err *err);
bool escalation_classified_set(struct db *tx, const struct escalation *e, int64_t by, int64_t now, struct err *err);
bool escalation_consent_set(struct db *tx, struct arena *a, int64_t id, unsigned consent, int64_t now, struct err *err);
bool escalation_matter_set(struct db *tx, int64_t id, int64_t matter_id, struct err *err);
/* The state of the matter the contact is in and its appeal_kind; NULL when none. */
bool contact_matter_state(struct db *db, struct arena *a, int64_t contact_id, const char **state, struct err *err);

/* Open ones with a representative who has no mandate there any more on that day. */
bool escalation_orphans(struct db *db, struct arena *a, const char *day, int64_t **id, size_t *n, struct err *err);
bool escalation_passed_set(struct db *tx, int64_t id, int64_t now, struct err *err);

struct due_row { int64_t id, by; int overdue; };
struct due_rows { struct due_row *item; size_t n; };
bool escalation_due(struct db *db, struct arena *a, int64_t now, struct due_rows *out, struct err *err);
bool escalation_overdue_set(struct db *tx, int64_t id, int from, int to, bool *changed, struct err *err);
#endif

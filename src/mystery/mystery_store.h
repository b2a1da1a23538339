/* mystery/mystery_store.h: what mystery.c asks of the database */
#ifndef MYSTERY_MYSTERY_STORE_H
#define MYSTERY_MYSTERY_STORE_H
#include "mystery/mystery.h"
#include "mystery/plan.h"

struct ids { int64_t *id; size_t n; };

bool question_write(struct db *tx, const struct mystery_question *in, int64_t *id, struct err *err);
bool sender_write(struct db *tx, const struct mystery_sender *in, int64_t *id, struct err *err);
bool sender_taken(struct db *db, const struct mystery_sender *in, bool *taken, struct err *err);
bool round_add(struct db *tx, const struct mystery_round *in, int64_t by, int64_t now, int64_t *id, struct err *err);
/* ERR_CONFLICT when it was not in one of the two states. */
bool round_state_set(struct db *tx, int64_t id, const char *from, const char *or_from, const char *to, int64_t over_at, struct err *err);
bool test_add(struct db *tx, const struct mystery_test *in, int64_t sender_id, struct err *err);
/* The municipality's short and closed days from `from` on. */
bool short_days(struct db *db, struct arena *a, struct date from, const struct plan_short_day **out, size_t *n, struct err *err);
/* Mails to be sent by `now`, of rounds that are under way. */
bool tests_due(struct db *db, struct arena *a, int64_t now, struct ids *out, struct err *err);
bool test_sent(struct db *tx, int64_t id, const char *message_id, int64_t outbox_id, int64_t now, struct err *err);
/* The test of this Message-ID, 0 when none. */
bool test_by_message(struct db *db, const char *message_id, int64_t *id, int64_t *contact_id, struct err *err);
bool test_by_contact(struct db *db, int64_t contact_id, int64_t *id, struct err *err);
bool sender_is_ours(struct db *db, const char *address, bool *ours, struct err *err);
bool test_arrived(struct db *tx, int64_t id, int64_t contact_id, struct err *err);
bool test_answer_came(struct db *tx, int64_t id, const char *text, int64_t now, struct err *err);
/* Contacts taken down from the number that a phone test was made from, around its time, become its own. */
bool test_calls_found(struct db *tx, int64_t id, struct err *err);
bool test_judged(struct db *tx, const struct mystery_judgement *in, int64_t by, int64_t now, struct err *err);
bool test_void_set(struct db *tx, int64_t id, const char *why, struct err *err);
bool round_contacts(struct db *db, struct arena *a, int64_t round_id, struct ids *out, struct err *err);
bool contact_test_end(struct db *tx, int64_t contact_id, int64_t now, struct err *err);
#endif

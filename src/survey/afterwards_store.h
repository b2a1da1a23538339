/* survey/afterwards_store.h: what afterwards.c asks of the database */
#ifndef SURVEY_AFTERWARDS_STORE_H
#define SURVEY_AFTERWARDS_STORE_H
#include "survey/afterwards.h"

/* Contacts answered after event `after`, until `at`; the last event looked at. */
struct closed_list { int64_t *contact_id; size_t n; int64_t last_event; };
bool closed_since(struct db *db, struct arena *a, int64_t after, int64_t at, struct closed_list *out, struct err *err);
struct frame_key { int64_t authority_id, unit_id; const char *channel, *quarter; int64_t share; };
/* Adds to the frame's counts; *id is the frame. */
bool frame_count(struct db *tx, const struct frame_key *key, int64_t eligible, int64_t left_out, int64_t drawn, int64_t *id,
    struct err *err);
bool rested(struct db *tx, const char *person_hash, int64_t since, bool *out, struct err *err);
bool rest_set(struct db *tx, const char *person_hash, int64_t now, struct err *err);
bool token_add(struct db *tx, const char *token_hash, int64_t frame_id, int64_t expires_at, struct err *err);
bool token_frame(struct db *db, struct arena *a, const char *token_hash, int64_t now, struct afterwards_form *out,
    struct err *err);
bool token_use(struct db *tx, const char *token_hash, bool *there, struct err *err);
bool call_add(struct db *tx, int64_t frame_id, int64_t authority_id, const char *phone, const char *name, int64_t expires_at,
    struct err *err);
bool call_use(struct db *tx, int64_t id, int64_t *frame_id, struct err *err);
bool answer_add(struct db *tx, const char *name, int64_t frame_id, const struct afterwards_answer *in, struct err *err);
bool mail_note(struct db *tx, int64_t outbox_id, struct err *err);
/* Words of invitations that wait no longer are emptied; what is too old is removed. */
bool afterwards_tidy(struct db *tx, int64_t now, int64_t *n, struct err *err);
bool afterwards_untidy(struct db *db, int64_t now, bool *out, struct err *err);

struct answer_row { int64_t frame_id, authority_id, unit_id; const char *unit_name; bool phone; int ease, second; bool heard; };
struct frame_row { int64_t id, eligible; };
/* authority_id 0: all; year 0: always. Both in the order of frames. */
bool answers_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct answer_row **out, size_t *n,
    struct err *err);
bool frames_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct frame_row **out, size_t *n,
    struct afterwards_results *totals, struct err *err);
bool endings_of(struct db *db, int64_t authority_id, int64_t since, struct afterwards_results *out, struct err *err);
#endif

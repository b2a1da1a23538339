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

/* Who waits to be drawn from. */
enum frame_level { LEVEL_UNIT, LEVEL_AUTHORITY, LEVEL_ALL };
struct group { enum frame_level level; int64_t authority_id, unit_id; const char *channel; int64_t n, oldest; };
struct waiting { int64_t contact_id; const char *person_hash; struct group group; };
/* Does nothing when she waits already, about another contact: left out then. */
bool wait_add(struct db *tx, int64_t contact_id, const char *person_hash, const struct group *g, int64_t since, bool *added,
    struct err *err);
bool wait_remove(struct db *tx, int64_t contact_id, struct err *err);
bool groups_waiting(struct db *db, struct arena *a, enum frame_level level, struct group **out, size_t *n, struct err *err);
/* Those of a group; those since before `before`, whose group is their unit's. */
bool waiting_of(struct db *db, struct arena *a, const struct group *g, struct waiting **out, size_t *n, struct err *err);
bool waiting_old(struct db *db, struct arena *a, int64_t before, struct waiting **out, size_t *n, struct err *err);

struct round { int64_t id, frame_id, eligible, drawn; };
/* `seal`: the key of its ballots, 64 hex digits. */
bool ask_round_add(struct db *tx, int64_t frame_id, int64_t eligible, int64_t drawn, const char *seal, int64_t closes_at, int64_t *id,
    struct err *err);
bool ask_round_seal(struct db *db, struct arena *a, int64_t id, unsigned char seal[32], struct err *err);
/* Past their time, or with nobody left to answer. */
bool ask_rounds_over(struct db *db, struct arena *a, int64_t now, struct round **out, size_t *n, struct err *err);
/* With its ballots, tokens and calls. */
bool ask_round_remove(struct db *tx, int64_t id, struct err *err);
bool frame_add(struct db *tx, int64_t id, int64_t eligible, int64_t drawn, struct err *err);

bool token_add(struct db *tx, const char *token_hash, int64_t round_id, struct err *err);
bool token_round(struct db *db, struct arena *a, const char *token_hash, int64_t now, struct afterwards_form *out,
    struct err *err);
bool token_use(struct db *tx, const char *token_hash, bool *there, struct err *err);
bool call_add(struct db *tx, int64_t round_id, int64_t authority_id, const char *phone, const char *name, struct err *err);
bool call_use(struct db *tx, int64_t id, int64_t *round_id, struct err *err);
bool ballot_add(struct db *tx, const char *name, int64_t round_id, const char *text, struct err *err);
bool ballots_of(struct db *db, struct arena *a, int64_t round_id, const char ***text, size_t *n, struct err *err);
bool answer_add(struct db *tx, const char *name, int64_t frame_id, const struct afterwards_answer *in, struct err *err);
bool mail_note(struct db *tx, int64_t outbox_id, struct err *err);
/* Words of invitations that wait no longer are emptied. */
bool afterwards_tidy(struct db *tx, struct err *err);
bool afterwards_untidy(struct db *db, bool *out, struct err *err);

struct answer_row { int64_t frame_id, authority_id, unit_id; const char *unit_name; bool phone; int ease, second; bool heard; };
struct frame_row { int64_t id, eligible; };
/* authority_id 0: all; year 0: always. Both in the order of frames. */
bool answers_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct answer_row **out, size_t *n,
    struct err *err);
bool frames_of(struct db *db, struct arena *a, int64_t authority_id, int year, struct frame_row **out, size_t *n,
    struct afterwards_results *totals, struct err *err);
/* Who waits, and the rounds that are open. */
bool ask_rounds_of(struct db *db, int64_t authority_id, struct afterwards_results *out, struct err *err);
bool endings_of(struct db *db, int64_t authority_id, int64_t since, struct afterwards_results *out, struct err *err);
#endif

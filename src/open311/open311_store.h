/* open311/open311_store.h: keys, services and requests in the database */
#ifndef OPEN311_OPEN311_STORE_H
#define OPEN311_OPEN311_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "open311/open311.h"

struct db;

/* ---- keys: kept as their SHA-256 ---- */

struct api_key { int64_t id, per_minute, created_at, revoked_at, used_at; const char *name, *reach; };
struct api_key_list { struct api_key *item; size_t n; };
bool api_keys(struct db *db, struct arena *a, struct api_key_list *out, struct err *err);
/* A new one; *key is shown once. ERR_INPUT: name, per_minute. */
bool api_key_new(struct db *db, struct arena *a, const char *name, const char *reach, int64_t per_minute, int64_t account_id,
    int64_t now, const char **key, struct err *err);
bool api_key_revoke(struct db *db, int64_t id, int64_t account_id, int64_t now, struct err *err);
/* Counts one use; *id 0: no such key, or revoked. *allowed false: more than its share of this minute. */
bool api_key_use(struct db *db, const char *key, int64_t now, int64_t *id, bool *allowed, struct err *err);
/* The same without counting. */
bool api_key_id(struct db *db, const char *key, int64_t *id, struct err *err);

/* ---- services ---- */

struct service { int64_t id; const char *name, *name_en, *about, *keywords, *group; bool asks; };
struct service_list { struct service *item; size_t n; };
/* Those that are offered. */
bool services(struct db *db, struct arena *a, struct service_list *out, struct err *err);
/* One that is offered; .id 0 when there is none with this code. */
bool service_by_code(struct db *db, struct arena *a, const char *code, struct service *out, struct err *err);
/* Of a category (0: of all), by their order; inactive ones too. */
bool service_attributes(struct db *db, struct arena *a, int64_t category_id, struct service_attribute_list *out, struct err *err);
/* ERR_INPUT names the field. `choices` as service_choices_parse() reads it. id 0 makes a new one. */
bool service_attribute_save(struct db *db, const struct service_attribute *in, const char *choices, int64_t account_id, int64_t now,
    int64_t *id, struct err *err);
/* When the latest change was to what is offered; for the changeset. */
bool services_changed(struct db *db, int64_t *at, struct err *err);

/* ---- requests ---- */

struct request_row {
	int64_t id, category_id, received_at, updated_at, closed_at, answer_by;
	const char *number, *state, *ending, *channel, *service_name, *service_name_en, *agency, *address, *address_id, *attributes,
	    *words;				/* NULL where there is nothing to show */
	bool has_place, transferred;
	double lat, lon;
};
struct request_row_list { struct request_row *item; size_t n; };
/* What may be shown to all, or to the key (0: none), newest first. */
bool requests_list(struct db *db, struct arena *a, const struct asked *q, int64_t key_id, struct request_row_list *out,
    struct err *err);
bool request_one(struct db *db, struct arena *a, const char *number, int64_t key_id, struct request_row *out, bool *found,
    struct err *err);
bool request_put(struct db *tx, int64_t contact_id, const char *number, int64_t key_id, const struct posted *in, struct err *err);

/* ---- words for all ---- */

struct public_words { const char *text, *approved_by; int64_t approved_at; };	/* text NULL: none */
bool public_words_of(struct db *db, struct arena *a, int64_t contact_id, struct public_words *out, struct err *err);
/* NULL takes them away. */
bool public_words_set(struct db *db, int64_t contact_id, const char *text, int64_t account_id, int64_t now, struct err *err);
#endif

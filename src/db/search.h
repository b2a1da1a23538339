/* db/search.h: full-text search, the same for both databases
 *
 * search_put() gives an object its words; search_find() returns the newest objects that have all the words typed. A word
 * finds its Swedish inflections (Snowball); the last word, from two letters, is also a prefix (one
 * of four letters and more only when the whole word does not fill the page); "words in quotes" stand
 * together. Nothing that can be typed is an error. Rights are filtered in SQL by account_scope. */
#ifndef DB_SEARCH_H
#define DB_SEARCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

#include "db/db.h"

/* Inside db_write. The words of an object that had some are replaced, and it counts as new. */
bool search_put(struct db *tx, const char *kind, int64_t object_id, int64_t authority_id, int64_t unit_id,
    int restricted, int64_t at, const char *words, struct err *err);
/* The same for an object that has had none. */
bool search_put_new(struct db *tx, const char *kind, int64_t object_id, int64_t authority_id, int64_t unit_id,
    int restricted, int64_t at, const char *words, struct err *err);
bool search_remove(struct db *tx, const char *kind, int64_t object_id, struct err *err);

/* Each commit leaves a small piece of index, and every search opens all pieces. Some of them are put together in one write of a
 * megabyte or two; *more says whether there is more to do. With a million contacts searches are twice as fast afterwards. PostgreSQL
 * does it by itself. */
bool search_tidy(struct db *db, bool *more, struct err *err);

/* What was typed, as the engine's query; NULL when there is nothing to look for. In `a`. */
const char *search_query(struct arena *a, enum db_engine engine, const char *typed);

struct search_hit { int64_t doc_id; const char *kind; int64_t object_id, authority_id, at; int restricted; };
struct search_hits { struct search_hit *item; size_t n; };
/* Newest first. `before` 0, or the doc_id of the last hit of the page before. `actions`: what she must be allowed to do
 * with a contact and with anything else. */
bool search_find(struct db *db, struct arena *a, const char *typed, int64_t account_id, int64_t contact_action,
    int64_t other_action, int64_t before, size_t limit, struct search_hits *out, struct err *err);

/* A piece of `text` around the first word of what was typed, at most `max` bytes; matches between \1 and \2. */
const char *search_snippet(struct arena *a, const char *typed, const char *text, size_t max);
#endif

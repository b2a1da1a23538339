/* contact/suggest.h: what may help while somebody writes: an area, standard answers
 *
 * A word counts when its first five letters stand in the text, whatever its ending; words of three letters and fewer say nothing. */
#ifndef CONTACT_SUGGEST_H
#define CONTACT_SUGGEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err; struct standard_answer;

/* How many of the words typed stand in the text. */
int suggest_match(struct arena *a, const char *typed, const char *text);
/* The area whose name and keywords have most of them; *id 0 when none has any. */
bool suggest_category(struct db *db, struct arena *a, const char *typed, int64_t *id, const char **name, struct err *err);
/* The standard answers of the authority (and those of all) that fit best, best first; at most `most`. */
bool suggest_answers(struct db *db, struct arena *a, const char *typed, int64_t authority_id, size_t most,
    struct standard_answer *out, size_t *n, struct err *err);
#endif

/* registry/classification.h: the classification scheme (klassificeringsstruktur), loaded from a table
 *
 * KLASSA or the municipality's own: dotted codes ("1.3.1"), each with a title, under the nearest shorter code that exists.
 * Loading adds codes and changes titles; a code is never taken away, since matters carry it. While no table has been loaded
 * any code may be written. */
#ifndef REGISTRY_CLASSIFICATION_H
#define REGISTRY_CLASSIFICATION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct actor; struct arena; struct db; struct err;

enum { CLASSIFICATION_BYTES_MAX = 4 << 20, CLASSIFICATION_CODE_MAX = 30, CLASSIFICATION_TITLE_MAX = 300 };

struct classification { const char *code, *title; int64_t n_matters; };
struct classification_list { struct classification *item; size_t n; };

struct bad_line { size_t line; const char *code, *why; };	/* why: N_() */
struct classification_loaded {
	size_t added, changed, unchanged;
	const struct bad_line *bad;
	size_t n_bad;
};
/* A CSV table with the columns code and title (kod, rubrik, benämning), in any order. Good lines are kept; those that are
 * not are listed. ERR_INPUT (file): not a table at all, or without the columns. */
bool classification_load(struct db *db, struct arena *a, const char *bytes, size_t n, const struct actor *by,
    int64_t now, struct classification_loaded *out, struct err *err);

/* By code in the order people count (1.2 before 1.10); `match` is the beginning of a code or a part of a title, "" all. */
bool classification_list(struct db *db, struct arena *a, const char *match, size_t limit,
    struct classification_list *out, struct err *err);
/* *title is NULL for NULL and for a code that is not in the table. */
bool classification_title(struct db *db, struct arena *a, const char *code, const char **title, struct err *err);
#endif

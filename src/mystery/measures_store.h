/* mystery/measures_store.h: what measures.c asks of the database */
#ifndef MYSTERY_MEASURES_STORE_H
#define MYSTERY_MEASURES_STORE_H
#include "mystery/measures.h"

/* Rounds that are over, with the years they were in. */
struct year_rounds { int64_t *id; int *first_year, *last_year; size_t n; };
bool rounds_over(struct db *db, struct arena *a, struct year_rounds *out, struct err *err);
/* Years for which somebody has answered afterwards. */
bool years_surveyed(struct db *db, struct arena *a, int **out, size_t *n, struct err *err);
#endif

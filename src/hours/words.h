/* hours/words.h: hours as sentences and as a week, for pages and other sites */
#ifndef HOURS_WORDS_H
#define HOURS_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "hours/hours.h"
#include "hours/place.h"

struct arena;

/* "Vi svarar i telefon nu, till kl. 16.00." "Stängt för besök nu. Öppnar måndag 11 januari kl. 8.00." In `a`. */
const char *hours_sentence(struct arena *a, const char *lang, enum hours_kind kind, const struct hours_now *at, int64_t now);
/* "måndag-fredag" as people write a rule: "Måndag till fredag", "Lördag". */
const char *hours_weekdays(struct arena *a, const char *lang, enum weekday first, enum weekday last);
/* "8.00-16.30"; "8.00-12.00 och 13.00-16.00"; "Stängt". */
const char *hours_times(struct arena *a, const char *lang, const struct hours_span *span, size_t n);

/* The usual week of a kind as of `today`: runs of days with the same times. */
struct hours_line { enum weekday first, last; struct hours_span span[HOURS_SPANS]; size_t n; };
size_t hours_week(const struct hours_plan *plan, enum hours_kind kind, struct date today, struct hours_line line[7]);

/* Days of the coming `days` that are not as usual, one line a day and kind. */
struct hours_unusual { struct date date; enum hours_kind kind; const char *times, *why; };
size_t hours_unusual(struct arena *a, const char *lang, const struct hours_plan *plan, struct date today, int days,
    const struct hours_unusual **out);
#endif

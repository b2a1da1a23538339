/* contact/demo.h: a year of contacts that nobody ever made
 *
 * From a fixed seed, spread over the year before `now` as real ones are (weekdays, daytime, winter roads in winter), most
 * answered, some late, some open. Every sender's name begins with "Demo" and every address ends in @example.org. */
#ifndef CONTACT_DEMO_H
#define CONTACT_DEMO_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

/* Adds contacts until there are `n` (so that a run that was stopped goes on). `progress` (may be NULL) is told now and
 * then; false from it stops the work cleanly. */
typedef bool demo_progress(void *arg, int64_t done, int64_t n);
bool demo_contacts(struct db *db, int64_t n, uint64_t seed, int64_t now, demo_progress *progress, void *arg,
    struct err *err);
#endif

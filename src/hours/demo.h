/* hours/demo.h: when Lillån answers, which does not exist */
#ifndef HOURS_DEMO_H
#define HOURS_DEMO_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

/* Once, after demo_people(): hours of the contact centre and some units, a training day, who stands first. */
bool demo_hours(struct db *db, int64_t now, struct err *err);
#endif

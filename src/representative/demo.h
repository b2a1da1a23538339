/* representative/demo.h: the elected of Lillån, which does not exist */
#ifndef REPRESENTATIVE_DEMO_H
#define REPRESENTATIVE_DEMO_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

/* Once; every name begins with "Demo". Two of them have the demo's accounts. */
bool demo_representatives(struct db *db, int64_t now, struct err *err);
#endif

/* contact/verify.h: proof that nothing is lost
 *
 * Recomputes the chain and the invariants of rule book 9 that the database must hold, and lists every contact with
 * neither answer nor owner nor future date. An empty list is the promise this program makes. */
#ifndef CONTACT_VERIFY_H
#define CONTACT_VERIFY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct verify_fault { const char *what, *object, *detail; };
struct verify_result {
	int64_t events, contacts, unanswered_without_owner;
	struct verify_fault *broken;
	size_t n_broken;
};
/* The checks of a room above, `what` NULL ends; called once, before the first verify and before there are threads. */
struct check;
void verify_also(const struct check *table);
bool verify_all(struct db *db, struct arena *a, int64_t now, struct verify_result *out, struct err *err);
#endif

/* registry/secrecy.h: what is secret or of a protected person, and who has read it
 *
 * Every reading of what is restricted is logged, and the log is itself an official document (rule book 9, 22). */
#ifndef REGISTRY_SECRECY_H
#define REGISTRY_SECRECY_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct db; struct err;

/* One reading; a person who reads the same again within five minutes is not written twice. */
bool read_log_add(struct db *db, int64_t account_id, const char *object, int64_t object_id, int64_t authority_id,
    int64_t now, struct err *err);
#endif

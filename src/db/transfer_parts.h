/* db/transfer_parts.h: what export and import share; nobody else includes it */
#ifndef DB_TRANSFER_PARTS_H
#define DB_TRANSFER_PARTS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

#include "db/transfer.h"

struct arena; struct err;

enum { FORMAT = 1, TRANSFER_LINE_MAX = 60 * 1024 * 1024 };

#define FORMAT_NAME "narkontakt-export"
#define TABLE_PROGRESS "import_progress"

/* DIR/files/ab/ab12... */
const char *transfer_file_path(struct arena *a, const char *dir, const char *sha256);
/* SHA-256 of a whole file, and its size. ERR_NOT_FOUND when it is not there. */
bool transfer_hash_file(const char *path, char sha256[65], int64_t *size, struct err *err);
/* Tells now and then; ERR_BUSY when the work is to stop. */
bool transfer_tell(const struct transfer *t, const char *what, int64_t done, int64_t n, struct err *err);
#endif

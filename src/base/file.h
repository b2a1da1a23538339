/* base/file.h: whole files in and out; what is written is on disk when the call returns */
#ifndef BASE_FILE_H
#define BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

/* The whole file (a NUL after it, not counted), at most `max` bytes. ERR_NOT_FOUND, ERR_INPUT when larger. */
bool file_read(struct arena *a, const char *path, size_t max, char **data, size_t *n, struct err *err);
/* The same from a descriptor, to its end. */
bool file_read_fd(struct arena *a, int fd, size_t max, char **data, size_t *n, struct err *err);
/* Written beside, flushed to disk and renamed into place: never half a file. Mode e.g. 0600. */
bool file_write(const char *path, const void *data, size_t n, unsigned mode, struct err *err);
/* mkdir -p with mode 0700 for what is made. */
bool file_mkdirs(const char *path, struct err *err);
#endif

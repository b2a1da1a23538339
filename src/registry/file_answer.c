/* registry/file_answer.c: from the database to a descriptor, without a file on disk */
#include "registry/file_answer.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

static bool
is_safe(const char *type)
{
	static const char *const safe[] = { "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf" };

	for (size_t i = 0; i < ARRAY_LEN(safe); i++) {
		if (strcmp(safe[i], type) == 0)
			return true;
	}
	return false;
}

void
file_answer(struct request *rq, struct response *rs, const struct document *d, int64_t position)
{
	struct err err = { 0 };
	const void *bytes;
	const char *type;
	size_t n;
	int fd;

	for (size_t i = 0; i < d->n_files; i++) {
		if (d->file[i].position != position)
			continue;
		if (!file_get(rq->db, rq->arena, d->file[i].sha256, &bytes, &n, &type, &err)) {
			respond_err(rq, rs, &err);
			return;
		}
		if ((fd = memfd_create("file", MFD_CLOEXEC)) < 0 || write(fd, bytes, n) != (ssize_t)n) {
			if (fd >= 0)
				(void)close(fd);
			(void)err_set(&err, ERR_BUSY, "no memory for a file of %zu bytes", n);
			respond_err(rq, rs, &err);
			return;
		}
		respond_file(rq, rs, fd, d->file[i].name, is_safe(type) ? type : "application/octet-stream", is_safe(type));
		return;
	}
	(void)err_set(&err, ERR_NOT_FOUND, "file %" PRId64 " of document %" PRId64, position, d->id);
	respond_err(rq, rs, &err);
}

/* registry/file_answer.c: from the database to a descriptor, without a file on disk */
#include "registry/file_answer.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
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

static void
answer(struct request *rq, struct response *rs, const char *sha256, const char *name, const char *as_type)
{
	struct err err = { 0 };
	const void *bytes;
	const char *type;
	size_t n;
	int fd;

	if (!file_get(rq->db, rq->arena, sha256, &bytes, &n, &type, &err)) {
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
	if (as_type != NULL)
		type = as_type;
	respond_file(rq, rs, fd, name, is_safe(type) ? type : "application/octet-stream", is_safe(type));
}

void
file_answer(struct request *rq, struct response *rs, const struct document *d, int64_t position)
{
	struct err err = { 0 };

	for (size_t i = 0; i < d->n_files; i++) {
		if (d->file[i].position == position) {
			answer(rq, rs, d->file[i].sha256, d->file[i].name, NULL);
			return;
		}
	}
	(void)err_set(&err, ERR_NOT_FOUND, "file %" PRId64 " of document %" PRId64, position, d->id);
	respond_err(rq, rs, &err);
}

void
file_answer_original(struct request *rq, struct response *rs, const struct document *d)
{
	struct err err = { 0 };

	if (d->raw_sha256 == NULL) {
		(void)err_set(&err, ERR_NOT_FOUND, "document %" PRId64 " did not come by mail", d->id);
		respond_err(rq, rs, &err);
		return;
	}
	answer(rq, rs, d->raw_sha256, arena_printf(rq->arena, "%" PRId64 ".eml", d->id), "application/octet-stream");
}

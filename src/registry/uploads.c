/* registry/uploads.c */
#include "registry/uploads.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "db/db.h"

struct job { struct arena *a; const void *bytes; size_t n; char hash[65]; };

static bool
put(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	return file_put(tx, j->bytes, j->n, j->hash, err);
}

bool
uploads_store(struct request *rq, const struct document_file **out, size_t *n, struct err *err)
{
	const struct upload *upload;
	size_t count = form_uploads(rq, &upload);
	struct document_file *list = arena_array(rq->arena, count, sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		struct job j = { .a = rq->arena };
		char *bytes;

		if (!file_read(rq->arena, upload[i].path, FILE_BYTES_MAX, &bytes, &j.n, err)) {
			return err->code == ERR_INPUT ? err_input(err, "files",
			    N_("A file is larger than 50 MB. Send a smaller one.")) : err_add(err, "upload");
		}
		j.bytes = bytes;
		if (!db_write(rq->db, put, &j, err))
			return err_add(err, "upload");
		list[i] = (struct document_file){ .sha256 = arena_strdup(rq->arena, j.hash),
			.name = upload[i].filename[0] == '\0' ? "fil" : upload[i].filename, .claimed_type = upload[i].type };
	}
	*out = list;
	*n = count;
	return true;
}

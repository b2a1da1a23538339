/* bench/bench_bare.c: the ceilings, over real HTTP: libmicrohttpd and SQLite with nothing between
 *
 *   bench_bare DATABASE PORT BYTES MATTER     until it is ended; /page: BYTES ready-made bytes; /matter: the rows of one matter's
 *                                             page (the matter, its events, documents, contacts, deadlines and who they are) by
 *                                             plain statements, read to the last column, then the same BYTES
 *
 * The same epoll, thread pool, page cache and keep-alive as the program, a read connection a thread; no session, no rights,
 * no template, nothing escaped. What the program gives of /matter is what all of that costs. */
#include <microhttpd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static const char *const statements[] = {
	"SELECT id, authority_id, year, serial, number, title_internal, title_public, state, unit_id, owner_id, classification,"
	" appeal_kind, opened_date, version FROM matter WHERE id = ?1",
	"SELECT e.at, e.actor, e.action, e.object, e.object_id, e.data, p.name FROM event e LEFT JOIN account a ON a.id = e.account_id"
	" LEFT JOIN person p ON p.id = a.person_id WHERE e.matter_id = ?1 ORDER BY e.id",
	"SELECT d.id, d.number, d.kind, d.state, d.title, d.text, d.received_date, d.sender FROM document d WHERE d.matter_id = ?1"
	" ORDER BY d.number, d.id",
	"SELECT id, number, subject, sender_name, channel, answer_by FROM contact WHERE matter_id = ?1",
	"SELECT kind, date, basis, explained, done_at FROM deadline WHERE matter_id = ?1",
};

struct reader { sqlite3 *db; sqlite3_stmt *st[ARRAY_LEN(statements)]; };

static const char *path;
static long long matter_id;
static struct MHD_Response *page;
static char *bytes;
static size_t n_bytes;

static struct reader *
reader(void)
{
	static _Thread_local struct reader *r;

	if (r != NULL)
		return r;
	r = calloc(1, sizeof(*r));
	if (r == NULL || sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		abort();
	(void)sqlite3_exec(r->db, "PRAGMA cache_size = -32768", NULL, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		if (sqlite3_prepare_v3(r->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &r->st[i], NULL) != SQLITE_OK) {
			(void)fprintf(stderr, "bench_bare: %s\n", sqlite3_errmsg(r->db));
			exit(1);
		}
	}
	return r;
}

static void
read_matter(void)
{
	struct reader *r = reader();

	(void)sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		(void)sqlite3_bind_int64(r->st[i], 1, matter_id);
		while (sqlite3_step(r->st[i]) == SQLITE_ROW) {
			for (int c = 0; c < sqlite3_column_count(r->st[i]); c++)
				(void)sqlite3_column_text(r->st[i], c);
		}
		(void)sqlite3_reset(r->st[i]);
	}
	(void)sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
}

static enum MHD_Result
answer(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data, size_t *n,
    void **context)
{
	struct MHD_Response *own;
	enum MHD_Result ok;

	(void)arg, (void)method, (void)version, (void)data, (void)n;
	if (*context == NULL) {
		*context = bytes;
		return MHD_YES;
	}
	if (strcmp(url, "/matter") != 0)
		return MHD_queue_response(c, MHD_HTTP_OK, page);
	read_matter();
	/* A page of its own for every request, as it must be when it is not always the same. */
	own = MHD_create_response_from_buffer(n_bytes, bytes, MHD_RESPMEM_MUST_COPY);
	ok = MHD_queue_response(c, MHD_HTTP_OK, own);
	MHD_destroy_response(own);
	return ok;
}

int
main(int argc, char **argv)
{
	struct MHD_Daemon *d;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: bench_bare DATABASE PORT BYTES MATTER\n");
		return 2;
	}
	path = argv[1];
	n_bytes = (size_t)strtoul(argv[3], NULL, 10);
	matter_id = strtoll(argv[4], NULL, 10);
	if ((bytes = malloc(n_bytes + 1)) == NULL)
		abort();
	memset(bytes, 'x', n_bytes);
	page = MHD_create_response_from_buffer(n_bytes, bytes, MHD_RESPMEM_PERSISTENT);
	d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)strtoul(argv[2], NULL, 10), NULL, NULL, answer, NULL,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned)sysconf(_SC_NPROCESSORS_ONLN), MHD_OPTION_END);
	if (d == NULL) {
		(void)fprintf(stderr, "bench_bare: port %s\n", argv[2]);
		return 1;
	}
	for (;;)
		(void)pause();
}

/* cmd/handover.h: `narkontakt mail` hands its message to the server that runs on the same SQLite database
 *
 * A process that opens the database itself loads libraries, reads the schema and waits for two commits of its own. A running
 * server has all that, and commits for many at once. So it listens on a Unix socket beside the database, DATABASE-mail
 * (0600), and takes messages from its own user and root; `mail` believes only a listener that is itself, the database's owner or root.
 *
 * The request: 16 bytes (8 that say what it is, the lengths of the two parts, 4 bytes each, most significant first), the address that
 * --to named (none: length 0), the message. The answer, when the message is durable and not before: "CODE WORDS\n", where CODE
 * is what `mail` exits with and WORDS what it prints. Anything else, or no answer, means: do it yourself.
 *
 * Nothing is lost or doubled: without an answer the process stores the message itself, and the same bytes are stored once,
 * whoever comes first (contact/intake.h). Larger messages, PostgreSQL and --now do not go this way. */
#ifndef CMD_HANDOVER_H
#define CMD_HANDOVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct database; struct err;

enum {
	HANDOVER_HEAD = 16, HANDOVER_TO_MAX = 1000,
	HANDOVER_BYTES_MAX = 1024 * 1024,	/* a message; with HANDOVER_AT_ONCE the most that the server keeps in memory */
	HANDOVER_AT_ONCE = 32,
};

/* --- what is read, as it comes: knows nothing of sockets --- */

enum handover_state { HANDOVER_MORE, HANDOVER_WHOLE, HANDOVER_BAD };

struct handover_request {
	unsigned char head[HANDOVER_HEAD];
	size_t have;			/* of head and parts together */
	size_t n_to, n;			/* lengths of the parts, known when the head is there */
	char *parts;			/* both, a NUL after each */
	const char *to, *bytes;		/* when it is whole; `to` NULL: none */
};
/* Where the next bytes go: at least one while the state is HANDOVER_MORE. Begin with a zeroed struct. */
char *handover_room(struct handover_request *r, size_t *n);
/* `n` bytes were put there. HANDOVER_BAD: not a request; free it. */
enum handover_state handover_got(struct handover_request *r, size_t n);
void handover_free(struct handover_request *r);

/* --- the two ends --- */

enum handover_result {
	HANDOVER_ANSWERED,
	HANDOVER_NOBODY,		/* nobody got it */
	HANDOVER_UNSURE,		/* somebody got it whole, and did not say what became of it */
};

/* Asks the server of the database at `url`. HANDOVER_ANSWERED: *code is an exit code, *words what to print, in `a`. */
enum handover_result handover_ask(struct arena *a, const char *url, const char *to, const char *bytes, size_t n, int *code,
    const char **words);

/* Listens for the database at `url` with a thread of its own. NULL for PostgreSQL. While another server of the same database
 * listens it waits for its turn. */
struct handover;
struct handover *handover_start(struct database *d, const char *url);
/* What has come whole is stored and answered; the rest is left to those who asked. NULL does nothing. */
void handover_stop(struct handover *h);

/* The socket's path in `a`: beside the file the database really is. NULL: no such file, PostgreSQL, or too long a name for a socket. */
const char *handover_path(struct arena *a, const char *url, const char **database);
#endif

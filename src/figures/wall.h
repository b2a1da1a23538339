/* figures/wall.h: the screen on the wall: who waits, the calls in line, today's promises; and the screens themselves
 *
 * A screen is nobody's session. Its address carries the number of its row, when it was made, and a keyed hash over both: it
 * cannot be made by others, opens nothing but the screen, and stops when its row is revoked. What it shows holds no name, no
 * address, no number of a caller and no word anybody wrote: contact numbers, categories and times, of what is open to all who work
 * there. What carries a secrecy mark or hangs on a protected person is not shown and not counted. */
#ifndef FIGURES_WALL_H
#define FIGURES_WALL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "people/office.h"

struct arena; struct db; struct err;

enum { WALL_ROWS = 8, WALL_SEEN_S = 600, WALL_NAME_MAX = 80 };

struct wall_screen {
	int64_t id, authority_id, unit_id;	/* 0: the whole municipality, the whole authority */
	const char *name;
	int64_t created_at, seen_at, revoked_at;	/* 0: not */
	const char *authority_code, *unit_name;		/* when read */
};
struct wall_screen_list { struct wall_screen *item; size_t n; };

/* Those in use first. */
bool wall_screen_list(struct db *db, struct arena *a, struct wall_screen_list *out, struct err *err);
/* ERR_INPUT: name, place. With an event, as the next. */
bool wall_screen_add(struct db *db, const struct change *by, const struct wall_screen *in, int64_t *id, struct err *err);
/* ERR_NOT_FOUND: unknown, or revoked before. */
bool wall_screen_revoke(struct db *db, const struct change *by, int64_t id, struct err *err);
/* The token of its address, in `a`. */
bool wall_screen_token(struct db *db, struct arena *a, const struct wall_screen *s, const char **token, struct err *err);
/* The screen of a token. ERR_NOT_FOUND: forged or revoked. */
bool wall_screen_open(struct db *db, struct arena *a, const char *token, struct wall_screen *out, struct err *err);
/* Notes that it was here, once in WALL_SEEN_S. */
bool wall_screen_seen(struct db *db, const struct wall_screen *s, int64_t now, struct err *err);

struct wall_row { const char *number, *category, *category_en; int64_t since; };	/* category NULL: not sorted yet */
struct wall {
	struct wall_row row[WALL_ROWS];		/* the oldest first */
	size_t n;
	int64_t waiting;			/* all who wait for an answer */
	int64_t calls, calls_since;		/* ringing now; since when the first: 0 when none */
	int64_t callbacks;			/* to be called back */
	int64_t kept;				/* answered today, in time */
	int64_t due;				/* promised for today, not answered yet */
	int64_t broken;				/* promised for earlier, still not answered */
};
bool wall_read(struct db *db, struct arena *a, const struct wall_screen *s, int64_t now, struct wall *out, struct err *err);
#endif

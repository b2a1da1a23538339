/* base/arena.h: memory with one owner
 *
 * A request or a job has one arena; what it makes lives until the request is done, and goes as one.
 * Allocation never returns NULL: memory that is truly out ends the process (the database is durable and the
 * supervisor starts us again). What input may ask for is limited where it enters. An arena belongs to one
 * thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>
#include "base/base.h"

struct arena;

struct arena *arena_open(void);
void arena_close(struct arena *a);		/* NULL does nothing */
void arena_reset(struct arena *a);		/* empties it, keeps one block for the next user */

/* `size` zeroed bytes, aligned for any type. Size 0 gives a valid pointer to nothing. */
void *arena_alloc(struct arena *a, size_t size);
/* `n` zeroed elements; ends the process if n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* Grows `old` (old_size bytes, or NULL) to new_size; in place when it was the last allocation. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

char *arena_strdup(struct arena *a, const char *s);		/* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);	/* exactly n bytes and a NUL */
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
/* The three, one after another: what pages do hundreds of times, and printf too slowly. */
char *arena_join(struct arena *a, const char *first, const char *second, const char *third);

/* `fn(arg)` is called when the arena is emptied or closed, the latest first: what was borrowed for as long as it lives is
 * given back. */
typedef void arena_empty_fn(void *arg);
void arena_on_empty(struct arena *a, arena_empty_fn *fn, void *arg);

/* Bytes held from the system, for the metrics and the tests. */
size_t arena_size(const struct arena *a);
#endif

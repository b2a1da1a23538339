/* people/rows.h: a list that grows while rows are read */
#ifndef PEOPLE_ROWS_H
#define PEOPLE_ROWS_H
#include <stddef.h>
#include "base/arena.h"

/* Room for element `n` of `size` bytes: the array, perhaps moved. *cap starts at 0. */
static inline void *
rows_room(struct arena *a, void *item, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 16 : *cap * 2;

	if (n < *cap)
		return item;
	item = arena_grow(a, item, *cap * size, more * size);
	*cap = more;
	return item;
}
#endif

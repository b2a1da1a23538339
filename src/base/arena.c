/* base/arena.c: blocks that double in size, handed out from the front
 *
 * Under AddressSanitizer nothing changes: the blocks come from malloc, so use after arena_close is caught. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 8 * 1024, BIGGEST_STEP = 1024 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size;		/* usable bytes after the header */
	size_t used;
	alignas(ALIGN) unsigned char data[];
};

struct borrowed { struct borrowed *next; arena_empty_fn *fn; void *arg; };

struct arena {
	struct block *head;	/* the block allocations come from */
	size_t total;
	struct borrowed *borrowed;	/* in the blocks themselves */
};

static _Noreturn void
out_of_memory(size_t size)
{
	(void)fprintf(stderr, "narkontakt: memory: %zu bytes: none left\n", size);
	abort();
}

static struct block *
block_new(struct arena *a, size_t size)
{
	struct block *b;

	if (size > SIZE_MAX / 2 || (b = malloc(sizeof(*b) + size)) == NULL)
		out_of_memory(size);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	a->total += size;
	return b;
}

struct arena *
arena_open(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		out_of_memory(sizeof(*a));
	a->head = block_new(a, FIRST_BLOCK);
	return a;
}

static void
give_back(struct arena *a)
{
	for (struct borrowed *b = a->borrowed; b != NULL; b = b->next)
		b->fn(b->arg);
	a->borrowed = NULL;
}

void
arena_close(struct arena *a)
{
	if (a == NULL)
		return;
	give_back(a);
	for (struct block *b = a->head, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *keep = a->head;

	give_back(a);
	for (struct block *b = keep->next, *next; b != NULL; b = next) {
		next = b->next;
		a->total -= b->size;
		free(b);
	}
	if (keep->size > BIGGEST_STEP) {	/* one big request must not fatten all that follow */
		a->total -= keep->size;
		free(keep);
		keep = block_new(a, FIRST_BLOCK);
	}
	keep->next = NULL;
	keep->used = 0;
	a->head = keep;
}

static void *
take(struct arena *a, size_t size)
{
	struct block *b = a->head;
	size_t need;
	void *p;

	if (size > SIZE_MAX / 4)
		out_of_memory(size);
	need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (b->size - b->used < need) {
		size_t step = b->size < BIGGEST_STEP ? b->size * 2 : BIGGEST_STEP;
		struct block *fresh = block_new(a, need > step ? need : step);

		fresh->next = b;
		a->head = b = fresh;
	}
	p = b->data + b->used;
	b->used += need;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	void *p = take(a, size);

	if (size > 0)
		memset(p, 0, size);
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		out_of_memory(n);
	return arena_alloc(a, bytes);
}

void *
arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
	struct block *b = a->head;
	size_t held = (old_size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	size_t need = (new_size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *p;

	if (new_size <= old_size && old != NULL)
		return old;
	if (old != NULL && (unsigned char *)old + held == b->data + b->used && need >= new_size &&
	    b->size - b->used >= need - held) {
		b->used += need - held;
		memset((unsigned char *)old + old_size, 0, new_size - old_size);
		return old;
	}
	p = take(a, new_size);
	if (old_size > 0 && old != NULL)
		memcpy(p, old, old_size);
	memset((unsigned char *)p + old_size, 0, new_size - old_size);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = take(a, n + 1);

	if (n > 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

void *
arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *q = take(a, n);

	if (n > 0)
		memcpy(q, p, n);
	return q;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct block *b = a->head;
	size_t left = b->size - b->used;
	char *p = (char *)b->data + b->used;
	va_list ap, again;
	int n;

	/* Mostly it fits in what is left of the block, and is printed once. */
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(p, left, fmt, ap);
	va_end(ap);
	if (n < 0) {
		n = 0;
		if (left > 0)
			*p = '\0';
	}
	p = take(a, (size_t)n + 1);
	if ((size_t)n >= left)
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *
arena_join(struct arena *a, const char *first, const char *second, const char *third)
{
	size_t n1 = strlen(first), n2 = strlen(second), n3 = strlen(third);
	char *p = take(a, n1 + n2 + n3 + 1);

	memcpy(p, first, n1);
	memcpy(p + n1, second, n2);
	memcpy(p + n1 + n2, third, n3 + 1);
	return p;
}

void
arena_on_empty(struct arena *a, arena_empty_fn *fn, void *arg)
{
	struct borrowed *b = arena_alloc(a, sizeof(*b));

	*b = (struct borrowed){ a->borrowed, fn, arg };
	a->borrowed = b;
}

size_t
arena_size(const struct arena *a)
{
	return a->total;
}

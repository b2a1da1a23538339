/* contact/found.h: what a search found, read for the page: one statement a kind, however many the hits are */
#ifndef CONTACT_FOUND_H
#define CONTACT_FOUND_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "people/permit.h"

struct arena; struct db; struct err; struct search_hit;

enum { FOUND_MOST = 24 };

struct found {
	int64_t id;			/* 0: it is gone since it was indexed */
	const char *number;		/* of a contact or matter */
	const char *title, *text;	/* a matter has no text */
	const char *word;		/* its state; of a document its direction */
	const char *unit_name;		/* may be NULL */
	int64_t at;
	struct object object;		/* for permitted() */
};

/* out[i] is of hit[i]; at most FOUND_MOST. Every string is in `a`. */
bool found_read(struct db *db, struct arena *a, const struct search_hit *hit, size_t n, struct found *out, struct err *err);
#endif

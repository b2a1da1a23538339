/* contact/filter.h: worklists that somebody has given a name
 *
 * A saved filter is one account's own: nobody else sees or removes it. It says which list and what is left out of it, as the
 * page's own address does (worklist_pages.h writes and reads it); rights are asked about each time it is shown, as for any list. */
#ifndef CONTACT_FILTER_H
#define CONTACT_FILTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

enum { FILTER_NAME_MAX = 60, FILTER_QUERY_MAX = 1000, FILTERS_MOST = 30 };

struct saved_filter {
	int64_t id;
	const char *name;
	const char *query;		/* of the worklist's address: "lista=alla&kanal=email" */
};
struct saved_filter_list { struct saved_filter *item; size_t n; };

/* By name. */
bool filter_list(struct db *db, struct arena *a, int64_t account_id, struct saved_filter_list *out, struct err *err);
/* A name she has already gets the new meaning. ERR_INPUT: no name, a long one, or FILTERS_MOST are there. */
bool filter_save(struct db *db, int64_t account_id, const struct saved_filter *in, int64_t *id, struct err *err);
/* ERR_NOT_FOUND when it is not hers. */
bool filter_remove(struct db *db, int64_t account_id, int64_t id, struct err *err);
#endif

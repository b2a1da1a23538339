/* people/admin_thing.h: what is administered as a table of things
 *
 * A thing has its path, its columns, its fields, and functions: rows for the list, load for the form, save, remove. The handlers are the
 * same for all, and a room that has things gives them its rights and its choices. Who may change a row is asked about the row as it is
 * (things.may) and, in save, as it becomes. */
#ifndef PEOPLE_ADMIN_THING_H
#define PEOPLE_ADMIN_THING_H
#include "people/admin_pages.h"

struct change; struct err;

enum { THING_FIELDS_MAX = 9, THING_FREE = 0 };		/* the other kinds of choices are the room's own numbers */

struct thing_field {
	const char *name, *label, *hint;	/* msgid; name NULL ends */
	enum admin_kind kind;
	int options;
	bool optional;
	const char *empty;			/* msgid of the choice of none */
};
/* A row's values for its form; whose it is. */
struct thing_row { int64_t authority_id; const char *seen; const char *value[THING_FIELDS_MAX]; int64_t unit_id; };

struct thing {
	const char *path, *title, *add;		/* msgid */
	enum action action;
	const char *column[4];
	struct thing_field field[THING_FIELDS_MAX];
	bool (*rows)(struct request *rq, const struct admin_row **out, size_t *n, struct err *err);
	bool (*load)(struct request *rq, int64_t id, struct thing_row *out, struct err *err);
	bool (*save)(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err);
	bool (*remove)(struct request *rq, const struct change *by, int64_t id, struct err *err);	/* or NULL */
};
struct things {
	const struct thing *item;
	size_t n;
	bool (*may)(struct request *rq, const struct thing *t, const struct thing_row *row, struct err *err);
	bool (*choices)(struct request *rq, int options, struct field *f, struct err *err);
	const char *(*new_value)(struct request *rq, const char *name);	/* what a new row's field begins with, or NULL */
	/* What else its form has; or NULL. The inputs stand in the fields' order. */
	void (*dress)(struct request *rq, const struct thing *t, struct admin_form_view *view);
	int wrong_status;			/* of a form that comes again; 0: 200 */
};

/* The thing whose path this is, or begins with. */
const struct thing *thing_of(const struct things *all, struct request *rq);
/* What was written in a field, "" when nothing. */
const char *thing_given(struct request *rq, const char *name);
/* A page under /admin. */
void thing_page(struct request *rq, struct page *page, const char *title);

/* Handlers. */
void thing_new_get(const struct things *all, struct request *rq, struct response *rs);
void thing_one_get(const struct things *all, struct request *rq, struct response *rs);
void thing_save_post(const struct things *all, struct request *rq, struct response *rs);
void thing_remove_post(const struct things *all, struct request *rq, struct response *rs);
#endif

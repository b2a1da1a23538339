/* contact/filter_store.c */
#include "contact/filter.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

static const char LIST[] = "SELECT id, name, query FROM saved_filter WHERE account_id = $1 ORDER BY name LIMIT $2";
static const char SAVE[] =
    "INSERT INTO saved_filter (account_id, name, query) VALUES ($1, $2, $3)"
    " ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query RETURNING id";

bool
filter_list(struct db *db, struct arena *a, int64_t account_id, struct saved_filter_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, LIST, err);
	struct saved_filter_list list = { 0 };
	enum db_step step;

	bind_i64(st, 1, account_id);
	bind_i64(st, 2, FILTERS_MOST);
	while ((step = db_next(st, err)) == DB_ROW && list.n < FILTERS_MOST) {
		if (list.n == 0)
			list.item = arena_array(a, FILTERS_MOST, sizeof(*list.item));
		list.item[list.n++] = (struct saved_filter){
			.id = col_i64(st, 0), .name = col_text(st, a, 1), .query = col_text(st, a, 2),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "saved filters");
	*out = list;
	return true;
}

struct save { int64_t account_id, id; const struct saved_filter *in; };

static bool
save(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	const struct saved_filter *in = s->in;
	int64_t n;

	if (!db_id(tx, "SELECT COUNT(*) FROM saved_filter WHERE account_id = $1 AND name <> $2", &n, err, "it",
	    s->account_id, in->name))
		return false;
	if (n >= FILTERS_MOST)
		return err_input(err, "name", N_("You have thirty saved filters. Remove one first."));
	return db_id(tx, SAVE, &s->id, err, "itt", s->account_id, in->name, in->query);
}

bool
filter_save(struct db *db, int64_t account_id, const struct saved_filter *in, int64_t *id, struct err *err)
{
	struct save s = { account_id, 0, in };

	if (in->name == NULL || in->name[0] == '\0')
		return err_input(err, "name", N_("Give the filter a name."));
	if (strlen(in->name) > FILTER_NAME_MAX)
		return err_input(err, "name", N_("The name is too long."));
	if (strlen(in->query) > FILTER_QUERY_MAX)
		return err_set(err, ERR_INPUT, "the query of a filter is too long");
	if (!db_write(db, save, &s, err))
		return err_add(err, "saving a filter");
	*id = s.id;
	return true;
}

struct removal { int64_t account_id, id; };

static bool
drop(struct db *tx, void *arg, struct err *err)
{
	const struct removal *r = arg;
	int64_t changed = 0;

	if (!db_run(tx, "DELETE FROM saved_filter WHERE account_id = $1 AND id = $2", &changed, err, "ii", r->account_id,
	    r->id))
		return false;
	return changed == 1 || err_set(err, ERR_NOT_FOUND, "filter %" PRId64, r->id);
}

bool
filter_remove(struct db *db, int64_t account_id, int64_t id, struct err *err)
{
	return db_write(db, drop, &(struct removal){ account_id, id }, err) || err_add(err, "removing a filter");
}

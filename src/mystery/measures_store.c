/* mystery/measures_store.c */
#include "mystery/measures_store.h"

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "db/db.h"
#include "people/rows.h"

bool
rounds_over(struct db *db, struct arena *a, struct year_rounds *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT r.id, MIN(COALESCE(t.asked_at, t.planned_at)), MAX(COALESCE(t.asked_at, t.planned_at))"
	    " FROM mystery_round r JOIN mystery_test t ON t.round_id = r.id WHERE r.state = 'over' GROUP BY r.id ORDER BY r.id", err);
	struct year_rounds list = { 0 };
	size_t cap[3] = { 0 };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.id = rows_room(a, list.id, list.n, &cap[0], sizeof(*list.id));
		list.first_year = rows_room(a, list.first_year, list.n, &cap[1], sizeof(*list.first_year));
		list.last_year = rows_room(a, list.last_year, list.n, &cap[2], sizeof(*list.last_year));
		list.id[list.n] = col_i64(st, 0);
		list.first_year[list.n] = local_date(col_i64(st, 1)).year;
		list.last_year[list.n++] = local_date(col_i64(st, 2)).year;
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "test rounds that are over");
}

bool
years_surveyed(struct db *db, struct arena *a, int **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT DISTINCT CAST(SUBSTR(f.quarter, 1, 4) AS INTEGER) FROM ask_frame f"
	    " WHERE EXISTS (SELECT 1 FROM ask_answer w WHERE w.frame_id = f.id)", err);
	int *list = NULL;
	enum db_step step;
	size_t cap = 0;

	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (int)col_i64(st, 0);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "years with answers");
}

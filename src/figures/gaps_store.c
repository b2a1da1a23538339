/* figures/gaps_store.c: calls by five minutes and unit, as counts */
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "figures/gaps.h"
#include "people/rows.h"

static const char BUCKETS[] =
    "SELECT p.authority_id, p.unit_id, p.started_at / 300, COUNT(*),"
    " SUM(CASE WHEN p.kind IN ('abandoned', 'missed') THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN p.kind = 'answered' THEN 1 ELSE 0 END), COALESCE(SUM(p.talk_s), 0), COUNT(p.talk_s)"
    " FROM phone_call p WHERE p.started_at >= $3 AND p.started_at < $4 AND p.kind IN ('abandoned', 'missed', 'answered')"
    " AND ($5 = 0 OR p.unit_id = $5)"
    " AND EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2 AND s.own = 0"
    "  AND (s.authority_id = 0 OR s.authority_id = p.authority_id) AND (s.unit_id = 0 OR s.unit_id = p.unit_id))"
    " GROUP BY p.authority_id, p.unit_id, p.started_at / 300 ORDER BY p.unit_id, p.started_at / 300";

bool
gaps_buckets(struct db *db, struct arena *a, const struct actor *actor, const struct gaps_filter *f,
    struct gaps_bucket **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, BUCKETS, err);
	struct gaps_bucket *list = NULL;
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_COVERAGE);
	bind_i64(st, 3, local_instant(f->from, 0, 0, 0));
	bind_i64(st, 4, local_instant(f->to, 24, 0, 0));
	bind_i64(st, 5, f->unit_id);
	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		list[(*n)++] = (struct gaps_bucket){
			.authority_id = col_i64(st, 0), .unit_id = col_i64(st, 1), .at = col_i64(st, 2) * GAPS_BUCKET_S,
			.calls = (size_t)col_i64(st, 3), .lost = (size_t)col_i64(st, 4), .answered = (size_t)col_i64(st, 5),
			.talk_s = col_i64(st, 6), .talks = (size_t)col_i64(st, 7),
		};
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "calls by half-hour");
}

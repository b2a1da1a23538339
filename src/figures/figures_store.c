/* figures/figures_store.c: the contacts of a period, as bare times: no names, no words */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "contact/counted.h"
#include "db/db.h"
#include "figures/figures.h"
#include "people/rows.h"

/* Open contacts of a protected person are figures too, for who may see that they are there at all. */
static const char CASES[] =
    "SELECT c.arrived_at, c.answer_by, c.answered_at, c.state, c.merged_into_id, c.anonymous, c.reply_by, c.channel, c.satisfied,"
    " (SELECT COUNT(*) FROM ending_disputed d WHERE d.contact_id = c.id),"
    " (SELECT COUNT(*) FROM escalation e WHERE e.contact_id = c.id)"
    " FROM contact c WHERE c.kind IN ('contact', 'quarantined') AND c.arrived_at >= $3 AND c.arrived_at < $4"
    " AND ($5 = 0 OR c.unit_id = $5) AND ($6 = 0 OR c.category_id = $6) AND ($7 = '' OR c.channel = $7)"
    " AND " COUNTED_CONTACT("c")
    " AND EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2"
    "  AND (s.authority_id = 0 OR s.authority_id = c.authority_id) AND (s.unit_id = 0 OR s.unit_id = c.unit_id)"
    "  AND s.own = 0 AND s.reach >= c.restricted)";

static void
row_case(struct stmt *st, struct arena *a, struct figures_case *c)
{
	const char *channel = col_text_or(st, a, 7, "");

	*c = (struct figures_case){
		.arrived_at = col_i64(st, 0), .answer_by = col_is_null(st, 1) ? 0 : col_i64(st, 1),
		.answered_at = col_is_null(st, 2) ? 0 : col_i64(st, 2), .spam = strcmp(col_text_or(st, a, 3, ""), "quarantined") == 0,
		.merged = !col_is_null(st, 4),
		.unreachable = col_i64(st, 5) != 0 || strcmp(col_text_or(st, a, 6, ""), "none") == 0,
		.direct = strcmp(channel, "phone") == 0 || strcmp(channel, "visit") == 0,
		.satisfied = col_is_null(st, 8) ? -1 : (int)col_i64(st, 8), .reopened = col_i64(st, 9) > 0, .escalated = col_i64(st, 10) > 0,
	};
}

bool
figures_cases(struct db *db, struct arena *a, const struct actor *actor, const struct figures_filter *f, struct figures_case **out,
    size_t *n, struct err *err)
{
	int days = date_diff(f->to, f->from) + 1;
	struct figures_case *list = NULL;
	struct stmt *st;
	enum db_step step;
	size_t cap = 0;

	if (days < 1)
		return err_input(err, "till", N_("The last day must not be before the first."));
	if (days > FIGURES_DAYS_MAX)
		return err_input(err, "till", N_("The period may be at most three years."));
	st = db_stmt(db, CASES, err);
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_FIGURES);
	bind_i64(st, 3, local_instant(f->from, 0, 0, 0));
	bind_i64(st, 4, local_instant(f->to, 24, 0, 0));
	bind_i64(st, 5, f->unit_id);
	bind_i64(st, 6, f->category_id);
	bind_text(st, 7, f->channel != NULL ? f->channel : "");
	*n = 0;
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, *n, &cap, sizeof(*list));
		row_case(st, a, &list[(*n)++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "figures");
}

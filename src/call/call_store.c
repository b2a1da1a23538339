/* call/call_store.c: calls as they are read: the desk, the list */
#include "call/call_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "contact/contact_store.h"
#include "db/db.h"
#include "people/permit.h"

/* The call T belongs to one of the units for which $1 may ACT_CALL_DESK ($2). */
#define MAY_SEE(T) \
	"EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2" \
	" AND (s.authority_id = 0 OR +s.authority_id = " T ".authority_id) AND (s.unit_id = 0 OR +s.unit_id = " T ".unit_id)" \
	" AND s.own = 0)"
/* The number N of the call T, unless it is a protected person's whom she does not reach. */
#define MAY_KNOW(T, N) \
	"(NOT EXISTS (SELECT 1 FROM person pp WHERE pp.phone = " N " AND pp.protected > 0)" \
	" OR EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $1 AND s.action = $2 AND s.reach >= 2" \
	" AND (s.authority_id = 0 OR +s.authority_id = " T ".authority_id)" \
	" AND (s.unit_id = 0 OR +s.unit_id = " T ".unit_id)))"
/* The name on a contact from that number that she may read ($3); what is restricted is read on its own page. */
#define CALLER(T) \
	"(SELECT n.sender_name FROM contact n WHERE n.sender_phone = " T ".number AND n.sender_name IS NOT NULL" \
	" AND n.restricted = 0 AND " PERMITTED("n", "$1", "$3") " ORDER BY n.id DESC LIMIT 1)"

#define COLUMNS \
	"SELECT c.id, c.started_at, c.answered_at, c.contact_id, CASE WHEN " MAY_KNOW("c", "c.number") " THEN c.number END, c.queue," \
	" u.name, " CALLER("c") ", c.kind FROM phone_call c JOIN unit u ON u.id = c.unit_id"

static void
row_call(struct stmt *st, struct arena *a, struct call_row *r)
{
	*r = (struct call_row){
		.id = col_i64(st, 0), .started_at = col_i64(st, 1), .answered_at = col_i64(st, 2), .contact_id = col_i64(st, 3),
		.number = col_text(st, a, 4), .queue = col_text(st, a, 5), .unit_name = col_text(st, a, 6),
		.caller = col_text(st, a, 7),
	};
	r->withheld = r->number == NULL;
	(void)call_kind_parse(col_text_or(st, a, 8, ""), &r->kind);
}

static void
bind_reader(struct stmt *st, const struct actor *actor)
{
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CALL_DESK);
	bind_i64(st, 3, ACT_CONTACT_READ);
}

static bool
call_rows(struct stmt *st, struct arena *a, size_t limit, struct call_row_list *out, struct err *err)
{
	struct call_row_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < limit)
		row_call(st, a, &list.item[list.n++]);
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "calls");
}

bool
call_ringing(struct db *db, struct arena *a, const struct actor *actor, int64_t now, size_t limit,
    struct call_row_list *out, struct err *err)
{
	static const char sql[] = COLUMNS " WHERE c.kind = 'ringing' AND c.started_at > $4 AND c.ended_at IS NULL AND " MAY_SEE("c")
	    " ORDER BY c.started_at, c.id LIMIT $5";
	struct stmt *st = db_stmt(db, sql, err);

	bind_reader(st, actor);
	bind_i64(st, 4, now - CALL_STALE_S);
	bind_i64(st, 5, (int64_t)limit);
	return call_rows(st, a, limit, out, err);
}

bool
call_mine(struct db *db, struct arena *a, const struct actor *actor, int64_t since, size_t limit, struct call_row_list *out,
    struct err *err)
{
	static const char sql[] = COLUMNS " WHERE c.account_id = $1 AND c.kind = 'answered' AND c.contact_id IS NULL"
	    " AND c.ended_at IS NULL AND c.answered_at > $4 AND " MAY_SEE("c") " ORDER BY c.answered_at DESC, c.id DESC LIMIT $5";
	struct stmt *st = db_stmt(db, sql, err);

	bind_reader(st, actor);
	bind_i64(st, 4, since);
	bind_i64(st, 5, (int64_t)limit);
	return call_rows(st, a, limit, out, err);
}

bool
call_get(struct db *db, struct arena *a, const struct actor *actor, int64_t id, struct call_row *out, struct err *err)
{
	static const char sql[] = COLUMNS " WHERE c.id = $4 AND " MAY_SEE("c");
	struct call_row_list list;
	struct stmt *st = db_stmt(db, sql, err);

	bind_reader(st, actor);
	bind_i64(st, 4, id);
	if (!call_rows(st, a, 1, &list, err))
		return false;
	if (list.n == 0)
		return err_set(err, ERR_NOT_FOUND, "call %" PRId64, id);
	*out = list.item[0];
	return true;
}

bool
callback_open(struct db *db, struct arena *a, const struct actor *actor, size_t limit, struct callback_row_list *out,
    struct err *err)
{
	/* By the task's own rights: what is restricted shows to whoever may read it, and its number only on its own page. */
	static const char sql[] =
	    "SELECT k.id, k.contact_id, k.opened_at, k.last_at, k.tries, c.answer_by, CASE WHEN c.restricted = 0 THEN k.number END,"
	    " c.number, u.name, p.name FROM callback k JOIN contact c ON c.id = k.contact_id JOIN unit u ON u.id = c.unit_id"
	    " LEFT JOIN account o ON o.id = c.owner_id LEFT JOIN person p ON p.id = o.person_id"
	    /* the plus: by the few that wait to be called, not by all open contacts */
	    " WHERE +c.closed_at IS NULL AND k.closed_at IS NULL AND " PERMITTED("c", "$1", "$2")
	    " ORDER BY c.answer_by, c.id LIMIT $3";
	struct callback_row_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_ANSWER);
	bind_i64(st, 3, (int64_t)limit);
	while ((step = db_next(st, err)) == DB_ROW && list.n < limit)
		list.item[list.n++] = (struct callback_row){
			.id = col_i64(st, 0), .contact_id = col_i64(st, 1), .opened_at = col_i64(st, 2), .last_at = col_i64(st, 3),
			.tries = col_i64(st, 4), .promised_by = col_i64(st, 5), .number = col_text(st, a, 6),
			.contact_number = col_text(st, a, 7), .unit_name = col_text(st, a, 8), .owner_name = col_text(st, a, 9),
		};
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "call-backs");
}

bool
callback_of_number(struct db *db, const struct actor *actor, const char *number, int64_t authority_id, int64_t *contact_id,
    struct err *err)
{
	static const char sql[] =
	    "SELECT c.id FROM callback k JOIN contact c ON c.id = k.contact_id WHERE k.number = $3 AND k.authority_id = $4"
	    " AND k.closed_at IS NULL AND c.closed_at IS NULL AND " PERMITTED("c", "$1", "$2") " ORDER BY k.id LIMIT 1";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*contact_id = 0;
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_ANSWER);
	bind_text(st, 3, number);
	bind_i64(st, 4, authority_id);
	if ((step = db_next(st, err)) == DB_ROW)
		*contact_id = col_i64(st, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "call-back of a number");
}

bool
call_contacts_of(struct db *db, struct arena *a, const struct actor *actor, const char *number, size_t limit,
    struct contact_row_list *out, const char **name, struct err *err)
{
	struct contact c = { .sender_phone = number };
	int protection = 0;

	*name = NULL;
	*out = (struct contact_row_list){ 0 };
	if (number == NULL)
		return true;
	if (!person_find(db, NULL, number, &c.person_id, &protection, err) ||
	    !contact_of_sender(db, a, actor, &c, limit, out, err))
		return err_add(err, "contacts of a number");
	for (size_t i = 0; i < out->n && *name == NULL; i++) {
		if (out->item[i].restricted == 0)
			*name = out->item[i].sender_name;
	}
	return true;
}

bool
call_written_down(struct db *tx, int64_t call_id, int64_t contact_id, struct err *err)
{
	return db_run(tx, "UPDATE phone_call SET contact_id = $1 WHERE id = $2 AND contact_id IS NULL", NULL, err, "ii", contact_id,
	    call_id);
}

bool
call_number_of(struct db *db, struct arena *a, int64_t call_id, const char **number, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT number FROM phone_call WHERE id = $1", err);
	enum db_step step;

	bind_i64(st, 1, call_id);
	step = db_next(st, err);
	*number = step == DB_ROW ? col_text(st, a, 0) : NULL;
	db_done(st);
	return step != DB_FAIL || err_add(err, "number of a call");
}

bool
call_since(struct db *db, struct arena *a, int64_t since, const char *kind, const char *authority, int64_t after_id,
    size_t limit, struct call_listed **out, size_t *n, struct err *err)
{
	/* Output ends up in files and tickets: a number that is protected, or whose task is marked, stays here. */
	static const char sql[] =
	    "SELECT p.id, x.code, p.call_id, CASE WHEN COALESCE(c.restricted, 0) > 0 OR EXISTS (SELECT 1 FROM person q"
	    " WHERE q.phone = p.number AND q.protected > 0) THEN NULL ELSE p.number END, p.queue, p.kind, t.code, u.name,"
	    " c.number, p.started_at, CASE WHEN p.kind IN ('answered', 'outgoing') THEN COALESCE(p.talk_s, -1)"
	    " ELSE COALESCE(p.wait_s, -1) END"
	    " FROM phone_call p JOIN exchange x ON x.id = p.exchange_id JOIN authority t ON t.id = p.authority_id"
	    " JOIN unit u ON u.id = p.unit_id LEFT JOIN callback k ON k.id = p.callback_id"
	    " LEFT JOIN contact c ON c.id = k.contact_id"
	    " WHERE p.id > $1 AND p.started_at >= $2 AND ($3 = '' OR p.kind = $3) AND ($4 = '' OR t.code = $4)"
	    " ORDER BY p.id LIMIT $5";
	struct call_listed *list = arena_array(a, limit, sizeof(*list));
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*n = 0;
	bind_i64(st, 1, after_id);
	bind_i64(st, 2, since);
	bind_text(st, 3, kind == NULL ? "" : kind);
	bind_text(st, 4, authority == NULL ? "" : authority);
	bind_i64(st, 5, (int64_t)limit);
	while ((step = db_next(st, err)) == DB_ROW && *n < limit)
		list[(*n)++] = (struct call_listed){
			.id = col_i64(st, 0), .exchange = col_text(st, a, 1), .call_id = col_text(st, a, 2), .number = col_text(st, a, 3),
			.queue = col_text(st, a, 4), .kind = col_text(st, a, 5), .authority = col_text(st, a, 6),
			.unit = col_text(st, a, 7), .callback = col_text(st, a, 8), .at = col_i64(st, 9), .seconds = col_i64(st, 10),
		};
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "calls");
}

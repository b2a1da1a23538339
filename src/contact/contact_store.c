/* contact/contact_store.c: contacts in the database
 *
 * A worklist reads one partial index of open contacts in the order of the promise, so its cost is that of the rows shown,
 * whatever the number of contacts kept. Rights stand in the WHERE (people/permit.h, PERMITTED). */
#include "contact/contact_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "db/db.h"
#include "db/kept.h"

static const char INSERT[] =
    "INSERT INTO contact (number, year, serial, authority_id, unit_id, owner_id, category_id, kind, channel, person_id,"
    "  sender_name, sender_email, sender_phone, sender_address, anonymous, reply_by, language, subject, text, place,"
    "  arrived_at, received_at, received_date, received_rule, registered_at, state, confirm_by, answer_by,"
    "  answer_explained, answer_days, confirmed_at, message_id, restricted)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
    "  $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) RETURNING id";

#define COLUMNS "c.id, c.version, c.number, c.authority_id, c.unit_id, c.owner_id, c.category_id, c.person_id," \
	" c.matter_id, c.merged_into_id, au.code, au.name, u.name, p.name, ca.name, m.number, c.kind, c.channel," \
	" c.sender_name, c.sender_email, c.sender_phone, c.sender_address, c.anonymous, c.reply_by, c.language," \
	" c.subject, c.text, c.place, c.arrived_at, c.received_at, c.registered_at, c.received_date, c.received_rule," \
	" c.state, c.ending, c.ending_why, c.confirm_by, c.answer_by, c.answer_explained, c.answer_days, c.confirmed_at," \
	" c.answered_at, c.closed_at, c.paused_at, c.paused_days, c.pause_reason, c.satisfied, c.overdue, c.undelivered," \
	" c.message_id, c.restricted"
#define TABLES " FROM contact c JOIN authority au ON au.id = c.authority_id LEFT JOIN unit u ON u.id = c.unit_id" \
	" LEFT JOIN account ac ON ac.id = c.owner_id LEFT JOIN person p ON p.id = ac.person_id" \
	" LEFT JOIN category ca ON ca.id = c.category_id LEFT JOIN matter m ON m.id = c.matter_id"

static const char BY_ID[] = "SELECT " COLUMNS TABLES " WHERE c.id = $1";
static const char BY_NUMBER[] = "SELECT " COLUMNS TABLES " WHERE c.number = $1";
static const char SINCE[] =
    "SELECT " COLUMNS TABLES
    " WHERE c.id > $1 AND c.received_at >= $2 AND ($3 = '' OR c.state = $3) AND ($4 = '' OR au.code = $4)"
    " ORDER BY c.id LIMIT $5";

/* $1 account, $2 action (read), $3 now, $4 unit, $5 category or 0, $6 channel or '', $7 and $8 the row before, $9 limit, $10 state or '',
 * $11 1: only those past their promise, $12 unit or 0, $13 today */
#define ROW_COLUMNS "c.id, c.number, c.subject, c.sender_name, c.channel, c.state, u.name, p.name, ca.name," \
	" c.received_at, c.answer_by, c.closed_at, c.owner_id, c.overdue, c.restricted, c.undelivered, c.paused_at"
#define WORK_COLUMNS ROW_COLUMNS ", EXISTS (SELECT 1 FROM absence aw WHERE aw.account_id = c.owner_id AND aw.from_date <= $13 AND aw.to_date >= $13)"
#define ROW_TABLES " FROM contact c LEFT JOIN unit u ON u.id = c.unit_id LEFT JOIN account ac ON ac.id = c.owner_id" \
	" LEFT JOIN person p ON p.id = ac.person_id LEFT JOIN category ca ON ca.id = c.category_id"
#define ROW_FILTER " AND ($5 = 0 OR c.category_id = $5) AND ($6 = '' OR c.channel = $6)" \
	" AND ($10 = '' OR c.state = $10) AND ($11 = 0 OR (c.answer_by <= $3 AND c.paused_at IS NULL))" \
	" AND ($12 = 0 OR c.unit_id = $12)" \
	" AND (c.answer_by, c.id) > ($7, $8)" \
	" AND " PERMITTED("c", "$1", "$2") \
	" ORDER BY c.answer_by, c.id LIMIT $9"
/* Hers, and what is had by those she stands in for today ($1 account, T today). */
#define HERS(T) "c.owner_id IN (SELECT CAST($1 AS BIGINT) UNION ALL SELECT ab.account_id FROM absence ab" \
	" WHERE ab.stand_in_id = $1 AND ab.from_date <= " T " AND ab.to_date >= " T ")"
/* What is open and not set aside has a clock, so answer_by is never NULL in the lists (contact.c sets it). */
#define OPEN "c.closed_at IS NULL AND c.state <> 'quarantined'"

static const char *const worklist_sql[WORKLIST_COUNT] = {
	[WORKLIST_MINE] = "SELECT " WORK_COLUMNS ROW_TABLES
	    " WHERE " OPEN " AND " HERS("$13") " AND ($4 = 0 OR $4 <> 0)" ROW_FILTER,
	[WORKLIST_UNIT] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES " WHERE " OPEN " AND c.unit_id = $4" ROW_FILTER,
	[WORKLIST_UNASSIGNED] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES
	    " WHERE " OPEN " AND c.unit_id = $4 AND c.owner_id IS NULL" ROW_FILTER,
	[WORKLIST_OVERDUE] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES
	    " WHERE " OPEN " AND c.answer_by <= $3 AND ($4 = 0 OR $4 <> 0)" ROW_FILTER,
	[WORKLIST_ALL] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES " WHERE " OPEN " AND ($4 = 0 OR $4 <> 0)" ROW_FILTER,
	[WORKLIST_QUARANTINE] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES
	    " WHERE c.closed_at IS NULL AND c.state = 'quarantined' AND ($4 = 0 OR $4 <> 0)" ROW_FILTER,
	/* newest first: after_id counts downwards */
	[WORKLIST_CLOSED] = SQL_IN_ORDER "SELECT " WORK_COLUMNS ROW_TABLES
	    " WHERE c.closed_at IS NOT NULL AND ($4 = 0 OR c.unit_id = $4)"
	    " AND ($5 = 0 OR c.category_id = $5) AND ($6 = '' OR c.channel = $6) AND ($7 = $7) AND ($8 = 0 OR c.id < $8)"
	    " AND ($10 = '' OR c.state = $10) AND ($11 = 0 OR c.overdue > 0) AND ($12 = 0 OR c.unit_id = $12) AND ($3 = $3)"
	    " AND " PERMITTED("c", "$1", "$2") " ORDER BY c.id DESC LIMIT $9",
};

/* Counted to 1,000 and no further: nobody reads a longer number, and it costs. From the indexes alone (schema/0019): `answer_by > 0`,
 * true of all that are open, says which. */
#define COUNT(WHERE) "(SELECT COUNT(*) FROM (SELECT 1 FROM contact c WHERE " WHERE \
	" AND " PERMITTED("c", "$1", "$2") " LIMIT 1000) n)"
static const char COUNTS[] =
    "SELECT " COUNT(OPEN " AND " HERS("$5")) ", " COUNT(OPEN " AND c.unit_id = $4") ", "
    COUNT(OPEN " AND c.unit_id = $4 AND c.owner_id IS NULL") ", " COUNT(OPEN " AND c.answer_by <= $3") ", "
    COUNT(OPEN " AND c.answer_by > 0") ", " COUNT("c.closed_at IS NULL AND c.state = 'quarantined'");

static const char OF_SENDER[] =
    "SELECT " ROW_COLUMNS ", 0" ROW_TABLES		/* who is away is nobody's question here */
    " WHERE c.person_id = $4 AND c.id <> $5 AND ($3 = $3) AND ($6 = $6) AND ($7 = $7) AND ($8 = $8)"
    " AND " PERMITTED("c", "$1", "$2") " ORDER BY c.id DESC LIMIT $9";

bool
contact_insert(struct db *tx, const struct contact *c, int64_t year, int64_t serial, int64_t *id, struct err *err)
{
	struct stmt *st = db_stmt(tx, INSERT, err);
	enum db_step step;

	bind_text(st, 1, c->number);
	bind_i64(st, 2, year);
	bind_i64(st, 3, serial);
	bind_i64(st, 4, c->authority_id);
	bind_i64_or_null(st, 5, c->unit_id);
	bind_i64_or_null(st, 6, c->owner_id);
	bind_i64_or_null(st, 7, c->category_id);
	bind_text(st, 8, c->kind);
	bind_text(st, 9, c->channel);
	bind_i64_or_null(st, 10, c->person_id);
	bind_text(st, 11, c->sender_name);
	bind_text(st, 12, c->sender_email);
	bind_text(st, 13, c->sender_phone);
	bind_text(st, 14, c->sender_address);
	bind_i64(st, 15, c->anonymous);
	bind_text(st, 16, c->reply_by);
	bind_text(st, 17, c->language);
	bind_text(st, 18, c->subject);
	bind_text(st, 19, c->text);
	bind_text(st, 20, c->place);
	bind_i64(st, 21, c->arrived_at);
	bind_i64(st, 22, c->received_at);
	bind_text(st, 23, c->received_date);
	bind_text(st, 24, c->received_rule);
	bind_i64(st, 25, c->registered_at);
	bind_text(st, 26, c->state);
	bind_i64_or_null(st, 27, c->confirm_by);
	bind_i64_or_null(st, 28, c->answer_by);
	bind_text(st, 29, c->answer_explained);
	bind_i64(st, 30, c->answer_days);
	bind_i64_or_null(st, 31, c->confirmed_at);
	bind_text(st, 32, c->message_id);
	bind_i64(st, 33, c->restricted);
	step = db_next(st, err);
	if (step == DB_ROW)
		*id = col_i64(st, 0);
	db_done(st);
	return step == DB_ROW || err_add(err, "contact");
}

static void
row_contact(struct stmt *st, struct arena *a, struct contact *c)
{
	*c = (struct contact){
		.id = col_i64(st, 0), .version = col_i64(st, 1), .number = col_text(st, a, 2),
		.authority_id = col_i64(st, 3), .unit_id = col_i64(st, 4), .owner_id = col_i64(st, 5),
		.category_id = col_i64(st, 6), .person_id = col_i64(st, 7), .matter_id = col_i64(st, 8),
		.merged_into_id = col_i64(st, 9), .authority_code = col_text(st, a, 10),
		.authority_name = col_text(st, a, 11), .unit_name = col_text(st, a, 12),
		.owner_name = col_text(st, a, 13), .category_name = col_text(st, a, 14),
		.matter_number = col_text(st, a, 15), .kind = col_text(st, a, 16), .channel = col_text(st, a, 17),
		.sender_name = col_text(st, a, 18), .sender_email = col_text(st, a, 19),
		.sender_phone = col_text(st, a, 20), .sender_address = col_text(st, a, 21),
		.anonymous = col_i64(st, 22) != 0, .reply_by = col_text(st, a, 23), .language = col_text(st, a, 24),
		.subject = col_text(st, a, 25), .text = col_text(st, a, 26), .place = col_text(st, a, 27),
		.arrived_at = col_i64(st, 28), .received_at = col_i64(st, 29), .registered_at = col_i64(st, 30),
		.received_date = col_text(st, a, 31), .received_rule = col_text(st, a, 32),
		.state = col_text(st, a, 33), .ending = col_text(st, a, 34), .ending_why = col_text(st, a, 35),
		.confirm_by = col_i64(st, 36), .answer_by = col_i64(st, 37), .answer_explained = col_text(st, a, 38),
		.answer_days = col_i64(st, 39), .confirmed_at = col_i64(st, 40), .answered_at = col_i64(st, 41),
		.closed_at = col_i64(st, 42), .paused_at = col_i64(st, 43), .paused_days = col_i64(st, 44),
		.pause_reason = col_text(st, a, 45), .satisfied = col_is_null(st, 46) ? -1 : (int)col_i64(st, 46),
		.overdue = (int)col_i64(st, 47), .undelivered = col_i64(st, 48) != 0,
		.message_id = col_text(st, a, 49), .restricted = (int)col_i64(st, 50),
	};
}

static bool
one_contact(struct stmt *st, struct arena *a, struct contact *out, const char *what, struct err *err)
{
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		row_contact(st, a, out);
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "contact %s", what) : err_set(err, ERR_NOT_FOUND, "contact %s", what);
}

bool
contact_get(struct db *db, struct arena *a, int64_t id, struct contact *out, struct err *err)
{
	struct stmt *st = db_stmt(db, BY_ID, err);
	char what[24];

	(void)snprintf(what, sizeof(what), "%" PRId64, id);
	bind_i64(st, 1, id);
	return one_contact(st, a, out, what, err);
}

bool
contact_by_number(struct db *db, struct arena *a, const char *number, struct contact *out, struct err *err)
{
	struct stmt *st = db_stmt(db, BY_NUMBER, err);

	bind_text(st, 1, number);
	return one_contact(st, a, out, number, err);
}

bool
contact_by_serial(struct db *db, const struct actor *actor, int64_t serial, int64_t year, int64_t id[2], size_t *n,
    struct err *err)
{
	static const char sql[] = "SELECT c.id FROM contact c WHERE c.year IN ($3, $4) AND c.serial = $5 AND "
	    PERMITTED("c", "$1", "$2") " ORDER BY c.year DESC LIMIT 2";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	*n = 0;
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_READ);
	bind_i64(st, 3, year);
	bind_i64(st, 4, year - 1);
	bind_i64(st, 5, serial);
	while ((step = db_next(st, err)) == DB_ROW && *n < 2)
		id[(*n)++] = col_i64(st, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "contact with serial %" PRId64, serial);
}

bool
contact_id_of(struct db *db, const char *number, int64_t *id, struct err *err)
{
	return db_id(db, "SELECT id FROM contact WHERE number = $1", id, err, "t", number);
}

bool
contact_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct contact **out, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, SINCE, err);
	struct contact *list = arena_array(a, limit, sizeof(*list));
	size_t got = 0;
	enum db_step step;

	bind_i64(st, 1, after_id);
	bind_i64(st, 2, since);
	bind_text(st, 3, state == NULL ? "" : state);
	bind_text(st, 4, authority_code == NULL ? "" : authority_code);
	bind_i64(st, 5, (int64_t)limit);
	while ((step = db_next(st, err)) == DB_ROW && got < limit)
		row_contact(st, a, &list[got++]);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "contacts since");
	*out = list;
	*n = got;
	return true;
}

static void
row_worklist(struct stmt *st, struct arena *a, struct contact_row *r)
{
	*r = (struct contact_row){
		.id = col_i64(st, 0), .number = col_text(st, a, 1), .subject = col_text(st, a, 2),
		.sender_name = col_text(st, a, 3), .channel = col_text(st, a, 4), .state = col_text(st, a, 5),
		.unit_name = col_text(st, a, 6), .owner_name = col_text(st, a, 7), .category_name = col_text(st, a, 8),
		.received_at = col_i64(st, 9), .answer_by = col_i64(st, 10), .closed_at = col_i64(st, 11),
		.owner_id = col_i64(st, 12), .overdue = (int)col_i64(st, 13), .restricted = (int)col_i64(st, 14),
		.undelivered = col_i64(st, 15) != 0, .paused = !col_is_null(st, 16), .owner_away = col_i64(st, 17) != 0,
	};
}

static bool
rows(struct stmt *st, struct arena *a, size_t limit, struct contact_row_list *out, struct err *err)
{
	struct contact_row_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < limit)
		row_worklist(st, a, &list.item[list.n++]);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "worklist");
	*out = list;
	return true;
}

bool
contact_worklist(struct db *db, struct arena *a, const struct actor *actor, const struct worklist_filter *f,
    int64_t now, struct contact_row_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, worklist_sql[f->list], err);

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_READ);
	bind_i64(st, 3, now);
	bind_i64(st, 4, f->unit_id != 0 || f->list == WORKLIST_CLOSED ? f->unit_id : actor->unit_id);	/* whose list */
	bind_i64(st, 5, f->category_id);
	bind_text(st, 6, f->channel == NULL ? "" : f->channel);
	bind_i64(st, 7, f->after_at);
	bind_i64(st, 8, f->after_id);
	bind_i64(st, 9, (int64_t)f->limit);
	bind_text(st, 10, f->state == NULL ? "" : f->state);
	bind_i64(st, 11, f->overdue);
	bind_i64(st, 12, f->unit_id);
	bind_text(st, 13, date_text(local_date(now)).s);
	return rows(st, a, f->limit, out, err);
}

bool
contact_counts(struct db *db, const struct actor *actor, int64_t now, struct worklist_counts *out, struct err *err)
{
	static const enum worklist order[] = { WORKLIST_MINE, WORKLIST_UNIT, WORKLIST_UNASSIGNED, WORKLIST_OVERDUE,
		WORKLIST_ALL, WORKLIST_QUARANTINE };
	struct stmt *st = db_stmt(db, COUNTS, err);
	enum db_step step;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_READ);
	bind_i64(st, 3, now);
	bind_i64(st, 4, actor->unit_id);
	bind_text(st, 5, date_text(local_date(now)).s);
	if ((step = db_next(st, err)) == DB_ROW) {
		*out = (struct worklist_counts){ 0 };
		for (size_t i = 0; i < ARRAY_LEN(order); i++)
			out->n[order[i]] = col_i64(st, (int)i);
	}
	db_done(st);
	return step == DB_ROW || err_add(err, "worklist counts");
}

bool
contact_of_sender(struct db *db, struct arena *a, const struct actor *actor, const struct contact *c, size_t limit,
    struct contact_row_list *out, struct err *err)
{
	struct stmt *st;

	if (c->person_id == 0) {
		*out = (struct contact_row_list){ 0 };
		return true;
	}
	st = db_stmt(db, OF_SENDER, err);
	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_CONTACT_READ);
	bind_i64(st, 3, 0);
	bind_i64(st, 4, c->person_id);
	bind_i64(st, 5, c->id);
	bind_text(st, 6, "");
	bind_i64(st, 7, 0);
	bind_i64(st, 8, 0);
	bind_i64(st, 9, (int64_t)limit);
	return rows(st, a, limit, out, err);
}

bool
person_find(struct db *db, const char *email, const char *phone, int64_t *id, int *protection, struct err *err)
{
	static const char sql[] =
	    "SELECT id, protected FROM (SELECT id, protected, 0 AS rank FROM person WHERE email = $1 AND $1 <> ''"
	    " UNION ALL SELECT id, protected, 1 FROM person WHERE phone = $2 AND $2 <> '') found"
	    " ORDER BY protected DESC, rank, id LIMIT 1";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_text(st, 1, email == NULL ? "" : email);
	bind_text(st, 2, phone == NULL ? "" : phone);
	*id = 0;
	*protection = 0;
	if ((step = db_next(st, err)) == DB_ROW) {
		*id = col_i64(st, 0);
		*protection = (int)col_i64(st, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "person");
}

bool
person_add(struct db *tx, const char *name, const char *email, const char *phone, const char *address,
    const char *language, int64_t now, int64_t *id, struct err *err)
{
	return db_id(tx, "INSERT INTO person (name, email, phone, address, language, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id", id, err, "ttttti", name == NULL ? "" : name, email, phone,
	    address, language, now);
}

struct route { int64_t authority_id, unit_id; };

static const void *
read_route(struct db *db, struct arena *a, int64_t category_id, struct err *err)
{
	/* The category's unit; without one, the contact centre: the unit the setting names, else the first. */
	static const char sql[] =
	    "SELECT u.authority_id, u.id FROM unit u WHERE u.active = 1 ORDER BY"
	    " CASE WHEN u.id = (SELECT unit_id FROM category WHERE id = $1) THEN 0"
	    "      WHEN CAST(u.id AS TEXT) = (SELECT value FROM setting WHERE name = 'contact.default_unit') THEN 1"
	    "      ELSE 2 END, u.id LIMIT 1";
	struct route *r = arena_alloc(a, sizeof(*r));
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	bind_i64(st, 1, category_id);
	if ((step = db_next(st, err)) == DB_ROW)
		*r = (struct route){ col_i64(st, 0), col_i64(st, 1) };
	db_done(st);
	if (step == DB_ROW)
		return r;
	(void)(step == DB_END ? err_set(err, ERR_BUG, "there is no unit to receive contacts: add one first") : err_add(err, "route"));
	return NULL;
}

bool
route_find(struct db *db, int64_t category_id, int64_t *authority_id, int64_t *unit_id, struct err *err)
{
	struct route r;

	if (!kept_copy(db, read_route, category_id, &r, sizeof(r), err))
		return false;
	*authority_id = r.authority_id;
	*unit_id = r.unit_id;
	return true;
}

bool
automatic_allowed(struct db *tx, const char *address_hash, const char *date, int64_t most, bool *allowed,
    struct err *err)
{
	int64_t count = 1, changed = 0;

	/* Not in one statement with RETURNING: see db/sqlite.c. */
	if (!db_run(tx, "UPDATE automatic_count SET count = count + 1 WHERE address = $1 AND date = $2", &changed, err, "tt",
	    address_hash, date) ||
	    (changed == 0 && !db_run(tx, "INSERT INTO automatic_count (address, date, count) VALUES ($1, $2, 1)", NULL, err, "tt",
	    address_hash, date)) ||
	    (changed > 0 && !db_id(tx, "SELECT count FROM automatic_count WHERE address = $1 AND date = $2", &count, err, "tt",
	    address_hash, date)))
		return err_add(err, "automatic count");
	*allowed = count <= most;
	return true;
}

bool
mark_inherit(struct db *tx, int64_t contact_id, struct err *err)
{
	return db_run(tx, "UPDATE document SET restricted = (SELECT restricted FROM contact WHERE id = $1)"
	    " WHERE contact_id = $1", NULL, err, "i", contact_id);
}

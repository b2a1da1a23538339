/* people/office_store.c: the organisation in the database
 *
 * Each thing has the same five parts, in this order: its columns, row_x, x_list, x_get, x_save. What a save writes to
 * the timeline is the row's id and what kind of change it was; names stand in the row itself. */
#include "people/office.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "db/kept.h"
#include "law/number.h"
#include "people/rows.h"
#include "people/scope.h"
#include "people/site.h"
#include "timeline/event.h"

enum { NAME_MAX_BYTES = 200, TEXT_MAX_BYTES = 20000 };

const char *const office_channels[] = { "phone", "email", "web", "visit", "letter", "comment", "sms", "api", "social",
	NULL };

const char *
row_mark(struct arena *a, const char *const *text, size_t n, const int64_t *number, size_t n_numbers)
{
	struct sb sb;
	struct hash_str hex;

	sb_init(&sb, a, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		sb_add(&sb, text[i]);
		sb_add_c(&sb, '\x1f');
	}
	for (size_t i = 0; i < n_numbers; i++) {
		sb_i64(&sb, number[i]);
		sb_add_c(&sb, '\x1f');
	}
	(void)sb_str(&sb);
	hex = hash_hex(hash_bytes(sb.data, sb.len));
	return arena_strndup(a, hex.s, 16);
}

bool
row_unchanged(const struct change *by, const char *now_there, struct err *err)
{
	if (by->seen == NULL || strcmp(by->seen, now_there) == 0)
		return true;
	(void)err_set(err, ERR_CONFLICT, "the row has changed since it was shown");
	err->person = N_("Somebody else changed this while you were writing. Your words are kept; compare, and save again.");
	return false;
}

static bool
noted(struct db *tx, const struct change *by, const char *action, const char *object, int64_t id, int64_t authority_id,
    struct err *err)
{
	kept_forget_after(tx);
	return event_note(tx, by->now, by->account_id, action, object, id, 0, 0, authority_id, 0, NULL, err);
}

static bool
name_good(const char *text, const char *field, struct err *err)
{
	if (text == NULL || text[0] == '\0')
		return err_input(err, field, N_("Write a name"));
	if (strlen(text) > NAME_MAX_BYTES)
		return err_input(err, field, N_("Write at most 200 characters"));
	return true;
}

static bool
email_good(const char *text, struct err *err)
{
	return text == NULL || text[0] == '\0' || (strlen(text) <= 254 && site_address_valid(text)) ||
	    err_input(err, "email", N_("Write an e-mail address, like kontakt@example.org"));
}

static const char *
or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

/* Unique columns: the database refuses too, but a person needs the field. */
static bool
taken(struct db *tx, const char *sql, const char *value, int64_t id, bool *out, struct err *err)
{
	struct stmt *st = db_stmt(tx, sql, err);
	enum db_step step;

	bind_text(st, 1, value);
	bind_i64(st, 2, id);
	step = db_next(st, err);
	db_done(st);
	*out = step == DB_ROW;
	return step != DB_FAIL;
}

static bool
found(enum db_step step, const char *what, int64_t id, struct err *err)
{
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "%s %" PRId64, what, id) :
	    err_set(err, ERR_NOT_FOUND, "%s %" PRId64, what, id);
}

/* ---- authorities ---- */

#define AUTHORITY "SELECT id, code, name, kind, number_template, email, active FROM authority"
static const char AUTHORITIES[] = AUTHORITY " ORDER BY active DESC,"
    " CASE kind WHEN 'council' THEN 0 WHEN 'board' THEN 1 ELSE 2 END, name";
static const char AUTHORITY_ONE[] = AUTHORITY " WHERE id = $1";
static const char AUTHORITY_CODE[] = AUTHORITY " WHERE code = $1";

static void
row_authority(struct stmt *st, struct arena *a, struct authority *r)
{
	*r = (struct authority){
		.id = col_i64(st, 0), .code = col_text(st, a, 1), .name = col_text(st, a, 2), .kind = col_text(st, a, 3),
		.number_template = col_text(st, a, 4), .email = col_text(st, a, 5), .active = col_i64(st, 6) != 0,
	};
}

bool
authority_list(struct db *db, struct arena *a, struct authority_list *out, struct err *err)
{
	struct authority_list list = { 0 };
	struct stmt *st = db_stmt(db, AUTHORITIES, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_authority(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "authorities");
	*out = list;
	return true;
}

bool
authority_get(struct db *db, struct arena *a, int64_t id, struct authority *out, struct err *err)
{
	struct stmt *st = db_stmt(db, AUTHORITY_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_authority(st, a, out);
	db_done(st);
	return found(step, "authority", id, err);
}

bool
authority_by_code(struct db *db, struct arena *a, const char *code, struct authority *out, struct err *err)
{
	struct stmt *st = db_stmt(db, AUTHORITY_CODE, err);
	enum db_step step;

	bind_text(st, 1, code);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_authority(st, a, out);
	db_done(st);
	return step == DB_END ? err_set(err, ERR_NOT_FOUND, "no authority has the code %.12s", code) :
	    found(step, "authority", 0, err);
}

const char *
authority_mark(struct arena *a, const struct authority *r)
{
	const char *text[] = { r->code, r->name, r->kind, r->number_template, r->email };
	const int64_t number[] = { r->id, r->active };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

static bool
authority_good(struct db *tx, const struct authority *in, struct err *err)
{
	bool other;

	if (in->code == NULL || in->code[0] == '\0' || strlen(in->code) > 12 || strpbrk(in->code, " /{}\t\"<>&") != NULL)
		return err_input(err, "code", N_("Write a short code without spaces, like KS"));
	if (!name_good(in->name, "name", err) || !email_good(in->email, err))
		return false;
	if (in->kind == NULL ||
	    (strcmp(in->kind, "council") != 0 && strcmp(in->kind, "board") != 0 && strcmp(in->kind, "committee") != 0))
		return err_input(err, "kind", N_("Choose what kind of authority it is"));
	if (in->number_template == NULL || strlen(in->number_template) > 60 || !number_template_valid(in->number_template))
		return err_input(err, "number_template", N_("The number needs {yyyy} and {n}, like {code} {yyyy}/{n:05}"));
	if (!taken(tx, "SELECT 1 FROM authority WHERE code = $1 AND id <> $2", in->code, in->id, &other, err))
		return false;
	return !other || err_input(err, "code", N_("Another authority has this code. Choose one that is free"));
}

struct authority_write { const struct change *by; struct authority in; int64_t id; };

static bool
authority_write(struct db *tx, void *arg, struct err *err)
{
	struct authority_write *w = arg;
	const struct authority *in = &w->in;
	struct authority was;
	struct arena *a = arena_open();
	bool ok = authority_good(tx, in, err);

	w->id = in->id;
	if (ok && in->id == 0)
		ok = db_id(tx, "INSERT INTO authority (code, name, kind, number_template, email, active)"
		    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id", &w->id, err, "ttttti", in->code, in->name, in->kind,
		    in->number_template, or_null(in->email), (int64_t)in->active);
	else if (ok)
		ok = authority_get(tx, a, in->id, &was, err) && row_unchanged(w->by, authority_mark(a, &was), err) &&
		    db_run(tx, "UPDATE authority SET code = $1, name = $2, kind = $3, number_template = $4, email = $5,"
		    " active = $6 WHERE id = $7", NULL, err, "tttttii", in->code, in->name, in->kind, in->number_template,
		    or_null(in->email), (int64_t)in->active, in->id);
	arena_close(a);
	return ok && noted(tx, w->by, in->id == 0 ? "authority.created" : "authority.changed", "authority", w->id, w->id, err);
}

bool
authority_save(struct db *db, const struct change *by, const struct authority *in, int64_t *id, struct err *err)
{
	struct authority_write w = { by, *in, 0 };

	if (!db_write(db, authority_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

/* ---- units ---- */

#define UNIT "SELECT u.id, u.authority_id, u.parent_id, u.kind, u.name, u.email, u.phone, u.active, a.code, p.name," \
	" u.visiting_address" \
	" FROM unit u JOIN authority a ON a.id = u.authority_id LEFT JOIN unit p ON p.id = u.parent_id"
static const char UNITS[] = UNIT " ORDER BY u.active DESC, a.name, u.kind, u.name, u.id";
static const char UNIT_ONE[] = UNIT " WHERE u.id = $1";

static void
row_unit(struct stmt *st, struct arena *a, struct unit *r)
{
	*r = (struct unit){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .parent_id = col_i64(st, 2),
		.kind = col_text(st, a, 3), .name = col_text(st, a, 4), .email = col_text(st, a, 5),
		.phone = col_text(st, a, 6), .active = col_i64(st, 7) != 0, .authority_code = col_text(st, a, 8),
		.parent_name = col_text(st, a, 9), .visiting_address = col_text(st, a, 10),
	};
}

bool
unit_list(struct db *db, struct arena *a, struct unit_list *out, struct err *err)
{
	struct unit_list list = { 0 };
	struct stmt *st = db_stmt(db, UNITS, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_unit(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "units");
	*out = list;
	return true;
}

bool
unit_get(struct db *db, struct arena *a, int64_t id, struct unit *out, struct err *err)
{
	struct stmt *st = db_stmt(db, UNIT_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_unit(st, a, out);
	db_done(st);
	return found(step, "unit", id, err);
}

const char *
unit_mark(struct arena *a, const struct unit *r)
{
	const char *text[] = { r->kind, r->name, r->email, r->phone, r->visiting_address };
	const int64_t number[] = { r->id, r->authority_id, r->parent_id, r->active };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

/* A unit belongs to its parent's authority, and no unit is its own ancestor. */
static bool
parent_good(struct db *tx, struct arena *a, const struct unit *in, struct err *err)
{
	int64_t at = in->parent_id;

	for (int depth = 0; at != 0; depth++) {
		struct unit parent;

		if (!unit_get(tx, a, at, &parent, err))
			return err->code == ERR_NOT_FOUND ?
			    err_input(err, "parent_id", N_("Choose a department or unit that exists")) : false;
		if (parent.authority_id != in->authority_id)
			return err_input(err, "parent_id", N_("Choose a department or unit of the same authority"));
		if ((in->id != 0 && parent.id == in->id) || depth > 20)
			return err_input(err, "parent_id", N_("A unit cannot lie under itself. Choose another"));
		at = parent.parent_id;
	}
	return true;
}

static bool
unit_good(struct db *tx, struct arena *a, const struct unit *in, struct err *err)
{
	struct authority authority;

	if (!name_good(in->name, "name", err) || !email_good(in->email, err))
		return false;
	if (in->phone != NULL && strlen(in->phone) > 50)
		return err_input(err, "phone", N_("Write a telephone number, like 0123-45 67 89"));
	if (in->visiting_address != NULL && strlen(in->visiting_address) > NAME_MAX_BYTES)
		return err_input(err, "visiting_address", N_("Write at most 200 characters"));
	if (in->kind == NULL || (strcmp(in->kind, "department") != 0 && strcmp(in->kind, "unit") != 0))
		return err_input(err, "kind", N_("Choose department or unit"));
	if (!authority_get(tx, a, in->authority_id, &authority, err))
		return err->code == ERR_NOT_FOUND ? err_input(err, "authority_id", N_("Choose an authority")) : false;
	return parent_good(tx, a, in, err);
}

struct unit_write { const struct change *by; struct unit in; int64_t id; };

static bool
unit_row(struct db *tx, struct arena *a, struct unit_write *w, struct err *err)
{
	const struct unit *in = &w->in;
	struct unit was;

	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO unit (authority_id, parent_id, kind, name, email, phone, active,"
		    " visiting_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &w->id, err, "iIttttit",
		    in->authority_id, in->parent_id, in->kind, in->name, or_null(in->email), or_null(in->phone),
		    (int64_t)in->active, or_null(in->visiting_address));
	return unit_get(tx, a, in->id, &was, err) && row_unchanged(w->by, unit_mark(a, &was), err) &&
	    db_run(tx, "UPDATE unit SET authority_id = $1, parent_id = $2, kind = $3, name = $4, email = $5, phone = $6,"
	    " active = $7, visiting_address = $9 WHERE id = $8", NULL, err, "iIttttiit", in->authority_id, in->parent_id,
	    in->kind, in->name, or_null(in->email), or_null(in->phone), (int64_t)in->active, in->id,
	    or_null(in->visiting_address));
}

static bool
unit_write(struct db *tx, void *arg, struct err *err)
{
	struct unit_write *w = arg;
	struct arena *a = arena_open();
	bool ok = unit_good(tx, a, &w->in, err) && unit_row(tx, a, w, err);

	arena_close(a);
	/* The tree decides what a grant for a department reaches. */
	return ok && scope_rebuild(tx, 0, local_date(w->by->now), err) &&
	    noted(tx, w->by, w->in.id == 0 ? "unit.created" : "unit.changed", "unit", w->id, w->in.authority_id, err);
}

bool
unit_save(struct db *db, const struct change *by, const struct unit *in, int64_t *id, struct err *err)
{
	struct unit_write w = { by, *in, 0 };

	if (!db_write(db, unit_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

/* A unit that exists, and its authority; ERR_INPUT on the field otherwise. */
static bool
unit_chosen(struct db *tx, struct arena *a, int64_t unit_id, struct unit *out, struct err *err)
{
	if (unit_id != 0 && unit_get(tx, a, unit_id, out, err))
		return true;
	return unit_id == 0 || err->code == ERR_NOT_FOUND ?
	    err_input(err, "unit_id", N_("Choose the unit it leads to")) : false;
}

/* ---- categories ---- */

#define CATEGORY "SELECT c.id, c.authority_id, c.unit_id, c.name, c.name_en, c.keywords, c.active, a.code, u.name," \
	" c.open311, c.about FROM category c JOIN authority a ON a.id = c.authority_id JOIN unit u ON u.id = c.unit_id"
static const char CATEGORIES[] = CATEGORY " ORDER BY c.active DESC, c.name";
static const char CATEGORY_ONE[] = CATEGORY " WHERE c.id = $1";

static void
row_category(struct stmt *st, struct arena *a, struct category *r)
{
	*r = (struct category){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2),
		.name = col_text(st, a, 3), .name_en = col_text(st, a, 4), .keywords = col_text(st, a, 5),
		.active = col_i64(st, 6) != 0, .authority_code = col_text(st, a, 7), .unit_name = col_text(st, a, 8),
		.open311 = col_text(st, a, 9), .about = col_text(st, a, 10),
	};
}

bool
category_list(struct db *db, struct arena *a, struct category_list *out, struct err *err)
{
	struct category_list list = { 0 };
	struct stmt *st = db_stmt(db, CATEGORIES, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_category(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "categories");
	*out = list;
	return true;
}

bool
category_get(struct db *db, struct arena *a, int64_t id, struct category *out, struct err *err)
{
	struct stmt *st = db_stmt(db, CATEGORY_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_category(st, a, out);
	db_done(st);
	return found(step, "category", id, err);
}

const char *
category_mark(struct arena *a, const struct category *r)
{
	const char *text[] = { r->name, r->name_en, r->keywords, r->open311, r->about };
	const int64_t number[] = { r->id, r->unit_id, r->active };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

struct category_write { const struct change *by; struct category in; int64_t id; };

static bool
category_row(struct db *tx, struct arena *a, struct category_write *w, struct err *err)
{
	struct category *in = &w->in;
	struct category was;
	struct unit unit;
	bool other;

	if (!name_good(in->name, "name", err) || !unit_chosen(tx, a, in->unit_id, &unit, err) ||
	    !taken(tx, "SELECT 1 FROM category WHERE name = $1 AND id <> $2", in->name, in->id, &other, err))
		return false;
	if (other)
		return err_input(err, "name", N_("There is a category with this name. Choose another name"));
	if (in->keywords != NULL && strlen(in->keywords) > 2000)
		return err_input(err, "keywords", N_("Write fewer words: at most 2,000 characters"));
	if (in->about != NULL && strlen(in->about) > 1000)
		return err_input(err, "about", N_("Write at most 1,000 characters"));
	if (in->open311 == NULL || *in->open311 == '\0')
		in->open311 = "take";
	if (strcmp(in->open311, "no") != 0 && strcmp(in->open311, "take") != 0 && strcmp(in->open311, "place") != 0 &&
	    strcmp(in->open311, "words") != 0)
		return err_input(err, "open311", N_("Choose one of the alternatives."));
	in->authority_id = unit.authority_id;
	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO category (name, name_en, authority_id, unit_id, keywords, active, open311, about)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &w->id, err, "ttiititt", in->name, or_null(in->name_en),
		    in->authority_id, in->unit_id, or_null(in->keywords), (int64_t)in->active, in->open311,
		    or_null(in->about));
	return category_get(tx, a, in->id, &was, err) && row_unchanged(w->by, category_mark(a, &was), err) &&
	    db_run(tx, "UPDATE category SET name = $1, name_en = $2, authority_id = $3, unit_id = $4, keywords = $5,"
	    " active = $6, open311 = $8, about = $9 WHERE id = $7", NULL, err, "ttiitiitt", in->name, or_null(in->name_en), in->authority_id,
	    in->unit_id, or_null(in->keywords), (int64_t)in->active, in->id, in->open311, or_null(in->about));
}

static bool
category_write(struct db *tx, void *arg, struct err *err)
{
	struct category_write *w = arg;
	struct arena *a = arena_open();
	bool ok = category_row(tx, a, w, err);

	arena_close(a);
	return ok && noted(tx, w->by, w->in.id == 0 ? "category.created" : "category.changed", "category", w->id,
	    w->in.authority_id, err);
}

bool
category_save(struct db *db, const struct change *by, const struct category *in, int64_t *id, struct err *err)
{
	struct category_write w = { by, *in, 0 };

	if (!db_write(db, category_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

/* ---- mailboxes ---- */

#define MAILBOX "SELECT m.id, m.authority_id, m.unit_id, m.address, m.name, m.active, a.code, u.name" \
	" FROM mailbox m JOIN authority a ON a.id = m.authority_id LEFT JOIN unit u ON u.id = m.unit_id"
static const char MAILBOXES[] = MAILBOX " ORDER BY m.active DESC, m.address";
static const char MAILBOX_ONE[] = MAILBOX " WHERE m.id = $1";
static const char MAILBOX_ADDRESS[] = MAILBOX " WHERE m.address = $1 AND m.active = 1";

static void
row_mailbox(struct stmt *st, struct arena *a, struct mailbox *r)
{
	*r = (struct mailbox){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .unit_id = col_i64(st, 2),
		.address = col_text(st, a, 3), .name = col_text(st, a, 4), .active = col_i64(st, 5) != 0,
		.authority_code = col_text(st, a, 6), .unit_name = col_text(st, a, 7),
	};
}

bool
mailbox_list(struct db *db, struct arena *a, struct mailbox_list *out, struct err *err)
{
	struct mailbox_list list = { 0 };
	struct stmt *st = db_stmt(db, MAILBOXES, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_mailbox(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "mailboxes");
	*out = list;
	return true;
}

bool
mailbox_get(struct db *db, struct arena *a, int64_t id, struct mailbox *out, struct err *err)
{
	struct stmt *st = db_stmt(db, MAILBOX_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_mailbox(st, a, out);
	db_done(st);
	return found(step, "mailbox", id, err);
}

bool
mailbox_by_address(struct db *db, struct arena *a, const char *address, struct mailbox *out, struct err *err)
{
	struct stmt *st = db_stmt(db, MAILBOX_ADDRESS, err);
	enum db_step step;

	bind_text(st, 1, utf8_lower(a, address));
	step = db_next(st, err);
	if (step == DB_ROW)
		row_mailbox(st, a, out);
	db_done(st);
	return found(step, "mailbox of that address", 0, err);
}

const char *
mailbox_mark(struct arena *a, const struct mailbox *r)
{
	const char *text[] = { r->address, r->name };
	const int64_t number[] = { r->id, r->unit_id, r->active };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

struct mailbox_write { const struct change *by; struct mailbox in; int64_t id; };

static bool
mailbox_row(struct db *tx, struct arena *a, struct mailbox_write *w, struct err *err)
{
	struct mailbox *in = &w->in;
	struct mailbox was;
	struct unit unit;
	bool other;

	if (in->address == NULL || strlen(in->address) > 254 || !site_address_valid(in->address))
		return err_input(err, "address", N_("Write an e-mail address, like kontakt@example.org"));
	in->address = utf8_lower(a, in->address);
	if (!name_good(in->name, "name", err) || !unit_chosen(tx, a, in->unit_id, &unit, err) ||
	    !taken(tx, "SELECT 1 FROM mailbox WHERE address = $1 AND id <> $2", in->address, in->id, &other, err))
		return false;
	if (other)
		return err_input(err, "address", N_("This address is already a mailbox here. Change that one instead"));
	in->authority_id = unit.authority_id;
	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO mailbox (address, name, authority_id, unit_id, active)"
		    " VALUES ($1, $2, $3, $4, $5) RETURNING id", &w->id, err, "ttiii", in->address, in->name,
		    in->authority_id, in->unit_id, (int64_t)in->active);
	return mailbox_get(tx, a, in->id, &was, err) && row_unchanged(w->by, mailbox_mark(a, &was), err) &&
	    db_run(tx, "UPDATE mailbox SET address = $1, name = $2, authority_id = $3, unit_id = $4, active = $5"
	    " WHERE id = $6", NULL, err, "ttiiii", in->address, in->name, in->authority_id, in->unit_id,
	    (int64_t)in->active, in->id);
}

static bool
mailbox_write(struct db *tx, void *arg, struct err *err)
{
	struct mailbox_write *w = arg;
	struct arena *a = arena_open();
	const char *address = w->in.address;
	bool ok = mailbox_row(tx, a, w, err);

	w->in.address = address;	/* a second run starts from what was given */
	arena_close(a);
	return ok && noted(tx, w->by, w->in.id == 0 ? "mailbox.created" : "mailbox.changed", "mailbox", w->id,
	    w->in.authority_id, err);
}

bool
mailbox_save(struct db *db, const struct change *by, const struct mailbox *in, int64_t *id, struct err *err)
{
	struct mailbox_write w = { by, *in, 0 };

	if (!db_write(db, mailbox_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

/* ---- promises ---- */

#define PROMISE "SELECT p.id, p.authority_id, p.channel, p.category_id, p.confirm_days, p.answer_days, a.code, c.name" \
	" FROM promise p LEFT JOIN authority a ON a.id = p.authority_id LEFT JOIN category c ON c.id = p.category_id"
static const char PROMISES[] = PROMISE " ORDER BY a.code, c.name, p.channel, p.id";
static const char PROMISE_ONE[] = PROMISE " WHERE p.id = $1";

static void
row_promise(struct stmt *st, struct arena *a, struct promise_row *r)
{
	*r = (struct promise_row){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .channel = col_text(st, a, 2),
		.category_id = col_i64(st, 3), .confirm_days = col_i64(st, 4), .answer_days = col_i64(st, 5),
		.authority_code = col_text(st, a, 6), .category_name = col_text(st, a, 7),
	};
}

bool
promise_list(struct db *db, struct arena *a, struct promise_list *out, struct err *err)
{
	struct promise_list list = { 0 };
	struct stmt *st = db_stmt(db, PROMISES, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_promise(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "promises");
	*out = list;
	return true;
}

bool
promise_get(struct db *db, struct arena *a, int64_t id, struct promise_row *out, struct err *err)
{
	struct stmt *st = db_stmt(db, PROMISE_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_promise(st, a, out);
	db_done(st);
	return found(step, "promise", id, err);
}

const char *
promise_mark(struct arena *a, const struct promise_row *r)
{
	const char *text[] = { r->channel };
	const int64_t number[] = { r->id, r->authority_id, r->category_id, r->confirm_days, r->answer_days };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

static bool
channel_known(const char *channel)
{
	for (size_t i = 0; office_channels[i] != NULL; i++)
		if (strcmp(office_channels[i], channel) == 0)
			return true;
	return false;
}

/* Two rows for the same case would leave it to chance which promise we keep. */
static bool
promise_twin(struct db *tx, const struct promise_row *in, bool *out, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT 1 FROM promise WHERE COALESCE(authority_id, 0) = $1"
	    " AND COALESCE(channel, '') = $2 AND COALESCE(category_id, 0) = $3 AND id <> $4", err);
	enum db_step step;

	bind_i64(st, 1, in->authority_id);
	bind_text(st, 2, in->channel == NULL ? "" : in->channel);
	bind_i64(st, 3, in->category_id);
	bind_i64(st, 4, in->id);
	step = db_next(st, err);
	db_done(st);
	*out = step == DB_ROW;
	return step != DB_FAIL;
}

struct promise_write { const struct change *by; struct promise_row in; int64_t id; };

static bool
promise_put(struct db *tx, struct arena *a, struct promise_write *w, struct err *err)
{
	struct promise_row *in = &w->in;
	struct promise_row was;
	bool twin;

	in->channel = or_null(in->channel);
	if (in->channel != NULL && !channel_known(in->channel))
		return err_input(err, "channel", N_("Choose a channel from the list"));
	if (in->answer_days < 1 || in->answer_days > 365)
		return err_input(err, "answer_days", N_("Write a number of working days from 1 to 365"));
	if (in->confirm_days < 0 || in->confirm_days > in->answer_days)
		return err_input(err, "confirm_days", N_("Write a number of working days from 0 to the days for the answer"));
	if (!promise_twin(tx, in, &twin, err))
		return false;
	if (twin)
		return err_input(err, "channel", N_("There is already a promise for this. Change that one instead"));
	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO promise (authority_id, channel, category_id, confirm_days, answer_days)"
		    " VALUES ($1, $2, $3, $4, $5) RETURNING id", &w->id, err, "ItIii", in->authority_id, in->channel,
		    in->category_id, in->confirm_days, in->answer_days);
	return promise_get(tx, a, in->id, &was, err) && row_unchanged(w->by, promise_mark(a, &was), err) &&
	    db_run(tx, "UPDATE promise SET authority_id = $1, channel = $2, category_id = $3, confirm_days = $4,"
	    " answer_days = $5 WHERE id = $6", NULL, err, "ItIiii", in->authority_id, in->channel, in->category_id,
	    in->confirm_days, in->answer_days, in->id);
}

static bool
promise_note(struct db *tx, const struct change *by, const char *action, const struct promise_row *r, int64_t id,
    struct err *err)
{
	char data[80];

	(void)snprintf(data, sizeof(data), "{\"confirm_days\":%" PRId64 ",\"answer_days\":%" PRId64 "}", r->confirm_days,
	    r->answer_days);
	return event_note(tx, by->now, by->account_id, action, "promise", id, 0, 0, r->authority_id, 0, data, err);
}

static bool
promise_write(struct db *tx, void *arg, struct err *err)
{
	struct promise_write *w = arg;
	struct arena *a = arena_open();
	bool ok = promise_put(tx, a, w, err);

	arena_close(a);
	return ok && promise_note(tx, w->by, w->in.id == 0 ? "promise.created" : "promise.changed", &w->in, w->id, err);
}

bool
promise_save(struct db *db, const struct change *by, const struct promise_row *in, int64_t *id, struct err *err)
{
	struct promise_write w = { by, *in, 0 };

	if (!db_write(db, promise_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
promise_drop(struct db *tx, void *arg, struct err *err)
{
	struct promise_write *w = arg;
	struct arena *a = arena_open();
	bool ok = promise_get(tx, a, w->in.id, &w->in, err) && row_unchanged(w->by, promise_mark(a, &w->in), err) &&
	    db_run(tx, "DELETE FROM promise WHERE id = $1", NULL, err, "i", w->in.id) &&
	    promise_note(tx, w->by, "promise.removed", &w->in, w->in.id, err);

	arena_close(a);
	return ok;
}

bool
promise_remove(struct db *db, const struct change *by, int64_t id, struct err *err)
{
	struct promise_write w = { by, { .id = id }, 0 };

	return db_write(db, promise_drop, &w, err);
}

/* ---- local days ---- */

static const char LOCAL_DAYS[] = "SELECT date, closes_at, name FROM local_day WHERE date >= $1 ORDER BY date";

bool
local_day_list(struct db *db, struct arena *a, const char *from, struct local_day_list *out, struct err *err)
{
	struct local_day_list list = { 0 };
	struct stmt *st = db_stmt(db, LOCAL_DAYS, err);
	enum db_step step;
	size_t cap = 0;

	bind_text(st, 1, from);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct local_day){ col_text(st, a, 0), col_text(st, a, 1), col_text(st, a, 2) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "local days");
	*out = list;
	return true;
}

static bool
clock_time(const char *t)
{
	return strlen(t) == 5 && t[2] == ':' && strspn(t, "0123456789:") == 5 && t[0] <= '2' && t[3] <= '5' &&
	    (t[0] < '2' || t[1] <= '3') && t[0] != ':' && t[1] != ':' && t[3] != ':' && t[4] != ':';
}

struct local_day_write { const struct change *by; struct local_day in; };

static bool
local_day_note(struct db *tx, const struct change *by, const char *action, const char *date, struct err *err)
{
	char data[40];

	(void)snprintf(data, sizeof(data), "{\"date\":\"%.10s\"}", date);
	kept_forget_after(tx);
	return event_note(tx, by->now, by->account_id, action, "local_day", date_days(date_of(date)), 0, 0, 0, 0, data, err);
}

static bool
local_day_write(struct db *tx, void *arg, struct err *err)
{
	struct local_day_write *w = arg;

	return db_run(tx, "INSERT INTO local_day (date, closes_at, name) VALUES ($1, $2, $3)"
	    " ON CONFLICT (date) DO UPDATE SET closes_at = excluded.closes_at, name = excluded.name", NULL, err, "ttt",
	    w->in.date, or_null(w->in.closes_at), w->in.name) &&
	    local_day_note(tx, w->by, "local_day.set", w->in.date, err);
}

bool
local_day_save(struct db *db, const struct change *by, const struct local_day *in, struct err *err)
{
	struct local_day_write w = { by, *in };
	struct date day;

	if (in->date == NULL || !date_parse(in->date, &day))
		return err_input(err, "date", N_("Write the day as year-month-day, like 2026-12-23"));
	if (!name_good(in->name, "name", err))
		return false;
	if (in->closes_at != NULL && in->closes_at[0] != '\0' && !clock_time(in->closes_at))
		return err_input(err, "closes_at", N_("Write the time as hours and minutes, like 12:00, or leave it empty"));
	return db_write(db, local_day_write, &w, err);
}

static bool
local_day_drop(struct db *tx, void *arg, struct err *err)
{
	struct local_day_write *w = arg;
	int64_t changed = 0;

	if (!db_run(tx, "DELETE FROM local_day WHERE date = $1", &changed, err, "t", w->in.date))
		return false;
	return changed == 1 ? local_day_note(tx, w->by, "local_day.removed", w->in.date, err) :
	    err_set(err, ERR_NOT_FOUND, "local day %.10s", w->in.date);
}

bool
local_day_remove(struct db *db, const struct change *by, const char *date, struct err *err)
{
	struct local_day_write w = { by, { .date = date } };
	struct date day;

	if (!date_parse(date, &day))
		return err_set(err, ERR_NOT_FOUND, "local day");
	return db_write(db, local_day_drop, &w, err);
}

/* ---- standard answers ---- */

#define ANSWER "SELECT s.id, s.authority_id, s.category_id, s.title, s.question, s.text, s.public, s.active, a.code," \
	" c.name FROM standard_answer s LEFT JOIN authority a ON a.id = s.authority_id" \
	" LEFT JOIN category c ON c.id = s.category_id"
static const char ANSWERS[] = ANSWER " ORDER BY s.active DESC, s.title";
static const char ANSWER_ONE[] = ANSWER " WHERE s.id = $1";

static void
row_answer(struct stmt *st, struct arena *a, struct standard_answer *r)
{
	*r = (struct standard_answer){
		.id = col_i64(st, 0), .authority_id = col_i64(st, 1), .category_id = col_i64(st, 2),
		.title = col_text(st, a, 3), .question = col_text(st, a, 4), .text = col_text(st, a, 5),
		.shown_to_all = col_i64(st, 6) != 0, .active = col_i64(st, 7) != 0, .authority_code = col_text(st, a, 8),
		.category_name = col_text(st, a, 9),
	};
}

bool
standard_answer_list(struct db *db, struct arena *a, struct standard_answer_list *out, struct err *err)
{
	struct standard_answer_list list = { 0 };
	struct stmt *st = db_stmt(db, ANSWERS, err);
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_answer(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "standard answers");
	*out = list;
	return true;
}

bool
standard_answer_get(struct db *db, struct arena *a, int64_t id, struct standard_answer *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ANSWER_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	step = db_next(st, err);
	if (step == DB_ROW)
		row_answer(st, a, out);
	db_done(st);
	return found(step, "standard answer", id, err);
}

const char *
standard_answer_mark(struct arena *a, const struct standard_answer *r)
{
	const char *text[] = { r->title, r->question, r->text };
	const int64_t number[] = { r->id, r->authority_id, r->category_id, r->shown_to_all, r->active };

	return row_mark(a, text, ARRAY_LEN(text), number, ARRAY_LEN(number));
}

struct answer_write { const struct change *by; struct standard_answer in; int64_t id; };

static bool
answer_put(struct db *tx, struct arena *a, struct answer_write *w, struct err *err)
{
	const struct standard_answer *in = &w->in;
	struct standard_answer was;

	w->id = in->id;
	if (in->id == 0)
		return db_id(tx, "INSERT INTO standard_answer (authority_id, category_id, title, question, text, public, active)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id", &w->id, err, "IItttii", in->authority_id,
		    in->category_id, in->title, or_null(in->question), in->text, (int64_t)in->shown_to_all,
		    (int64_t)in->active);
	return standard_answer_get(tx, a, in->id, &was, err) && row_unchanged(w->by, standard_answer_mark(a, &was), err) &&
	    db_run(tx, "UPDATE standard_answer SET authority_id = $1, category_id = $2, title = $3, question = $4,"
	    " text = $5, public = $6, active = $7 WHERE id = $8", NULL, err, "IItttiii", in->authority_id,
	    in->category_id, in->title, or_null(in->question), in->text, (int64_t)in->shown_to_all,
	    (int64_t)in->active, in->id);
}

static bool
answer_write(struct db *tx, void *arg, struct err *err)
{
	struct answer_write *w = arg;
	struct arena *a = arena_open();
	bool ok = answer_put(tx, a, w, err);

	arena_close(a);
	return ok && noted(tx, w->by, w->in.id == 0 ? "standard_answer.created" : "standard_answer.changed",
	    "standard_answer", w->id, w->in.authority_id, err);
}

bool
standard_answer_save(struct db *db, const struct change *by, const struct standard_answer *in, int64_t *id,
    struct err *err)
{
	struct answer_write w = { by, *in, 0 };

	if (!name_good(in->title, "title", err))
		return false;
	if (in->question != NULL && strlen(in->question) > 2000)
		return err_input(err, "question", N_("Write at most 2,000 characters"));
	if (in->text == NULL || in->text[0] == '\0' || strlen(in->text) > TEXT_MAX_BYTES)
		return err_input(err, "text", N_("Write the answer, at most 20,000 characters"));
	if (!db_write(db, answer_write, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

/* ---- who leads ---- */

/* The nearest first: the unit itself, what is above it, then the whole authority. */
static const char LEADERS[] =
    "WITH RECURSIVE above (id, parent_id, depth) AS ("
    "  SELECT id, parent_id, 0 FROM unit WHERE id = $2"
    "  UNION ALL SELECT u.id, u.parent_id, b.depth + 1 FROM unit u JOIN above b ON u.id = b.parent_id WHERE b.depth < 20)"
    " SELECT g.account_id, MIN(COALESCE(b.depth, 99)) AS nearness FROM role_grant g"
    "  JOIN account ac ON ac.id = g.account_id AND ac.disabled_at IS NULL"
    "  LEFT JOIN above b ON b.id = g.unit_id"
    " WHERE g.role = $3 AND (g.authority_id = $1 OR g.authority_id IS NULL)"
    "   AND (g.unit_id IS NULL OR b.id IS NOT NULL)"
    "   AND g.valid_from <= $4 AND (g.valid_to IS NULL OR g.valid_to >= $4)"
    " GROUP BY g.account_id ORDER BY nearness, g.account_id";

bool
leaders_of(struct db *db, struct arena *a, int64_t authority_id, int64_t unit_id, const char *role,
    struct date today, int64_t **account_id, size_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, LEADERS, err);
	int64_t *list = NULL;
	size_t count = 0, cap = 0;
	enum db_step step;

	bind_i64(st, 1, authority_id);
	bind_i64(st, 2, unit_id);
	bind_text(st, 3, role);
	bind_text(st, 4, date_text(today).s);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, count, &cap, sizeof(*list));
		list[count++] = col_i64(st, 0);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "leaders of unit %" PRId64, unit_id);
	*account_id = list;
	*n = count;
	return true;
}

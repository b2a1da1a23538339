/* registry/secrecy_store.c: marks, protected identity, and the log of reading, in the database */
#include "registry/secrecy.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/rows.h"
#include "registry/secrecy_sql.h"
#include "timeline/event.h"

/* $1 a contact, $2 a matter, $3 a person: the matters they touch, and the contacts and documents in those. */
#define MATTERS "SELECT CAST($2 AS BIGINT) UNION SELECT x.matter_id FROM contact x WHERE x.id = $1 AND x.matter_id IS NOT NULL" \
	" UNION SELECT x.matter_id FROM contact x WHERE x.person_id = $3 AND x.matter_id IS NOT NULL"
/* UNION, not OR: each part is found by its own index, on both databases, however many contacts there are. */
#define CONTACTS "SELECT z.id FROM contact z WHERE z.id = $1 UNION SELECT z.id FROM contact z WHERE z.person_id = $3" \
	" UNION SELECT z.id FROM contact z WHERE z.matter_id IN (" MATTERS ")"
#define DOCUMENTS "SELECT w.id FROM document w WHERE w.matter_id IN (" MATTERS ")" \
	" UNION SELECT w.id FROM document w WHERE w.contact_id IN (" CONTACTS ")"

static const char *const SETTLE[] = {
	"UPDATE matter SET restricted = " MATTER_LEVEL " WHERE id IN (" MATTERS ")",
	/* Nothing of a protected person is public (rule book 9, 5): an approval falls with it. */
	"UPDATE matter SET title_approved_at = NULL, title_approved_by = NULL WHERE restricted > 1 AND id IN ("
	    MATTERS ")",
	"UPDATE contact SET restricted = " CONTACT_LEVEL " WHERE id IN (" CONTACTS ")",
	"UPDATE document SET restricted = " DOCUMENT_LEVEL " WHERE id IN (" DOCUMENTS ")",
	"UPDATE search_doc SET restricted = (SELECT restricted FROM matter WHERE id = search_doc.object_id)"
	    " WHERE kind = 'matter' AND object_id IN (" MATTERS ")",
	"UPDATE search_doc SET restricted = (SELECT restricted FROM contact WHERE id = search_doc.object_id)"
	    " WHERE kind = 'contact' AND object_id IN (" CONTACTS ")",
	"UPDATE search_doc SET restricted = (SELECT restricted FROM document WHERE id = search_doc.object_id)"
	    " WHERE kind = 'document' AND object_id IN (" DOCUMENTS ")",
};

bool
restriction_settle(struct db *tx, int64_t contact_id, int64_t matter_id, int64_t person_id, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(SETTLE); i++) {
		if (!db_run(tx, SETTLE[i], NULL, err, "iii", contact_id, matter_id, person_id))
			return err_add(err, "what is restricted, %zu", i);
	}
	return true;
}

bool
secrecy_copy(struct db *tx, const char *from, int64_t from_id, const char *to, int64_t to_id, struct err *err)
{
	return db_run(tx, "INSERT INTO secrecy_mark (object, object_id, section, marked_date, authority_id, marked_by, note)"
	    " SELECT CAST($3 AS TEXT), CAST($4 AS BIGINT), section, marked_date, authority_id, marked_by, note"
	    " FROM secrecy_mark WHERE object = $1 AND object_id = $2 AND lifted_at IS NULL", NULL, err, "titi", from,
	    from_id, to, to_id) || err_add(err, "secrecy marks");
}

bool
secrecy_of(struct db *db, struct arena *a, const char *object, int64_t object_id, struct secrecy_list *out,
    struct err *err)
{
	static const char sql[] =
	    "SELECT s.id, s.object_id, s.authority_id, s.object, s.section, s.marked_date, au.name, p.name, s.note,"
	    "  s.lifted_at, lp.name FROM secrecy_mark s JOIN authority au ON au.id = s.authority_id"
	    " JOIN account ac ON ac.id = s.marked_by JOIN person p ON p.id = ac.person_id"
	    " LEFT JOIN account la ON la.id = s.lifted_by LEFT JOIN person lp ON lp.id = la.person_id"
	    " WHERE s.object = $1 AND s.object_id = $2 ORDER BY CASE WHEN s.lifted_at IS NULL THEN 0 ELSE 1 END, s.id";
	struct stmt *st = db_stmt(db, sql, err);
	struct secrecy_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	bind_text(st, 1, object);
	bind_i64(st, 2, object_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct secrecy_mark){ .id = col_i64(st, 0), .object_id = col_i64(st, 1),
			.authority_id = col_i64(st, 2), .object = col_text(st, a, 3), .section = col_text(st, a, 4),
			.marked_date = col_text(st, a, 5), .authority_name = col_text(st, a, 6),
			.marked_by_name = col_text(st, a, 7), .note = col_text(st, a, 8), .lifted_at = col_i64(st, 9),
			.lifted_by_name = col_text(st, a, 10) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "secrecy marks");
	*out = list;
	return true;
}

/* "21:3 a", "OSL 21 kap. 3 a §": chapter, section, and perhaps a letter. */
const char *
secrecy_section(struct arena *a, const char *written)
{
	const char *p = utf8_lower(a, written == NULL ? "" : written);
	int chapter = 0, section = 0;

	while (*p == ' ')
		p++;
	if (strncmp(p, "osl", 3) == 0)
		p += 3;
	while (*p == ' ')
		p++;
	for (; isdigit((unsigned char)*p) && chapter < 100; p++)
		chapter = chapter * 10 + (*p - '0');
	while (*p == ' ')
		p++;
	if (strncmp(p, "kap", 3) == 0) {
		p += 3;
		if (*p == '.')
			p++;
	} else if (*p == ':') {
		p++;
	} else {
		return NULL;
	}
	while (*p == ' ')
		p++;
	for (; isdigit((unsigned char)*p) && section < 100; p++)
		section = section * 10 + (*p - '0');
	while (*p == ' ')
		p++;
	if (chapter < 1 || chapter > 60 || section < 1 || section > 99)
		return NULL;
	if (*p >= 'a' && *p <= 'z' && !isalnum((unsigned char)p[1]) && (p[1] & 0x80) == 0)
		return arena_printf(a, "OSL %d:%d %c", chapter, section, *p);
	return *p == '\0' || strncmp(p, "§", 2) == 0 ? arena_printf(a, "OSL %d:%d", chapter, section) : NULL;
}

struct job {
	const struct actor *by;
	struct arena *a;
	int64_t object_id, mark_id, now;
	const char *object, *section, *date, *note;
	int level;
};

/* Where an object stands: its authority, contact and matter. */
struct place { int64_t authority_id, contact_id, matter_id, person_id; int restricted; };

static bool
place_of(struct db *tx, const struct job *j, struct place *out, struct err *err)
{
	static const struct { const char *object, *sql; } rows[] = {
		{ "matter", "SELECT authority_id, NULL, id, NULL, restricted FROM matter WHERE id = $1" },
		{ "contact", "SELECT authority_id, id, matter_id, person_id, restricted FROM contact WHERE id = $1" },
		{ "document", "SELECT authority_id, contact_id, matter_id, NULL, restricted FROM document WHERE id = $1" },
	};
	struct stmt *st = NULL;
	enum db_step step;

	for (size_t i = 0; st == NULL && i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].object, j->object) == 0)
			st = db_stmt(tx, rows[i].sql, err);
	}
	if (st == NULL)
		return err->code != ERR_NONE ? false : err_set(err, ERR_BUG, "no such object: %s", j->object);
	bind_i64(st, 1, j->object_id);
	if ((step = db_next(st, err)) == DB_ROW)
		*out = (struct place){ col_i64(st, 0), col_i64(st, 1), col_i64(st, 2), col_i64(st, 3), (int)col_i64(st, 4) };
	db_done(st);
	return step == DB_ROW || (step == DB_END && err_set(err, ERR_NOT_FOUND, "%s %" PRId64, j->object, j->object_id));
}

static bool
note(struct db *tx, const struct job *j, const struct place *p, const char *action, int restricted, struct err *err)
{
	struct sb data;

	sb_init(&data, j->a, 400);
	sb_add(&data, "{\"section\": ");
	sb_json(&data, j->section);
	sb_add_c(&data, '}');
	return event_note(tx, j->now, j->by->account_id, action, j->object, j->object_id, p->contact_id, p->matter_id,
	    p->authority_id, restricted, j->section == NULL ? NULL : sb_str(&data), err);
}

/* What the resident wrote stands in the contact as well: a mark on the document alone would hide nothing. */
static bool
is_contacts_words(struct db *tx, const struct job *j, const struct place *p, bool *yes, struct err *err)
{
	int64_t first = 0;

	*yes = false;
	if (strcmp(j->object, "document") != 0 || p->contact_id == 0)
		return true;
	if (!db_id(tx, "SELECT MIN(id) FROM document WHERE contact_id = $1 AND direction = 'in'", &first, err, "i",
	    p->contact_id))
		return false;
	*yes = first == j->object_id;
	return true;
}

static bool
mark(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct place p = { 0 };
	bool words;

	if (!place_of(tx, j, &p, err) || !is_contacts_words(tx, j, &p, &words, err))
		return false;
	if (words)
		return err_input(err, "section", N_("This is what began a contact: mark the contact, and the document is marked with it."));
	return db_run(tx, "INSERT INTO secrecy_mark (object, object_id, section, marked_date, authority_id, marked_by, note)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL, err, "tittiit", j->object, j->object_id, j->section, j->date,
	    p.authority_id, j->by->account_id, j->note) &&
	    restriction_settle(tx, strcmp(j->object, "matter") == 0 ? 0 : p.contact_id, p.matter_id, 0, err) &&
	    note(tx, j, &p, "secrecy.marked", p.restricted > 1 ? p.restricted : 1, err);
}

bool
secrecy_mark(struct db *db, const char *object, int64_t object_id, const char *section, struct date date,
    const char *text, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .object = object, .object_id = object_id, .now = now, .a = arena_open() };
	struct date_str day = date_text(date);
	bool ok;

	j.section = secrecy_section(j.a, section);
	j.date = day.s;
	j.note = text == NULL || text[strspn(text, " \r\n\t")] == '\0' ? NULL : text;
	if (j.section == NULL)
		ok = err_input(err, "section", N_("Write the section of OSL, for example 21:1 or 26 kap. 1 §."));
	else if (!date_valid(date) || date_cmp(date, local_date(now)) > 0)
		ok = err_input(err, "marked_date", N_("Choose a day; not a day to come."));
	else
		ok = db_write(db, mark, &j, err) || err_add(err, "secrecy mark");
	arena_close(j.a);
	return ok;
}

static bool
lift(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct place p = { 0 };
	int64_t changed = 0;

	if (!place_of(tx, j, &p, err) || !db_run(tx, "UPDATE secrecy_mark SET lifted_at = $1, lifted_by = $2 WHERE id = $3"
	    " AND object = $4 AND object_id = $5 AND lifted_at IS NULL", &changed, err, "iiiti", j->now, j->by->account_id,
	    j->mark_id, j->object, j->object_id))
		return false;
	if (changed != 1)
		return err_set(err, ERR_NOT_FOUND, "secrecy mark %" PRId64, j->mark_id);
	return restriction_settle(tx, strcmp(j->object, "matter") == 0 ? 0 : p.contact_id, p.matter_id, 0, err) &&
	    note(tx, j, &p, "secrecy.lifted", p.restricted, err);
}

bool
secrecy_lift(struct db *db, const char *object, int64_t object_id, int64_t mark_id, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .object = object, .object_id = object_id, .mark_id = mark_id, .now = now,
		.a = arena_open() };
	bool ok = db_write(db, lift, &j, err) || err_add(err, "lifting a secrecy mark");

	arena_close(j.a);
	return ok;
}

static bool
protect(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct place p = { 0 };

	if (!place_of(tx, j, &p, err))
		return false;
	if (p.person_id == 0)
		return err_input(err, "level", N_("Nobody is known behind this contact: there is no person to protect."));
	return db_run(tx, "UPDATE person SET protected = $1 WHERE id = $2", NULL, err, "ii", (int64_t)j->level, p.person_id) &&
	    restriction_settle(tx, p.contact_id, 0, p.person_id, err) &&
	    note(tx, j, &p, j->level > 0 ? "person.protected" : "person.unprotected", 2, err);
}

bool
person_protect(struct db *db, int64_t contact_id, int level, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .object = "contact", .object_id = contact_id, .level = level, .now = now,
		.a = arena_open() };
	bool ok;

	if (level < 0 || level > 2)
		ok = err_input(err, "level", N_("Choose one of the alternatives."));
	else
		ok = db_write(db, protect, &j, err) || err_add(err, "protected identity");
	arena_close(j.a);
	return ok;
}

bool
person_protection(struct db *db, int64_t person_id, int *level, struct err *err)
{
	int64_t value = 0;

	*level = 0;
	if (person_id == 0)
		return true;
	if (!db_id(db, "SELECT protected FROM person WHERE id = $1", &value, err, "i", person_id))
		return err_add(err, "protected identity");
	*level = (int)value;
	return true;
}

struct entry { int64_t account_id, object_id, authority_id, now; const char *object; };

static bool
add(struct db *tx, void *arg, struct err *err)
{
	const struct entry *r = arg;

	return db_run(tx, "INSERT INTO read_log (at, account_id, object, object_id, authority_id) VALUES ($1, $2, $3, $4, $5)",
	    NULL, err, "iitii", r->now, r->account_id, r->object, r->object_id, r->authority_id);
}

bool
read_log_add(struct db *db, int64_t account_id, const char *object, int64_t object_id, int64_t authority_id,
    int64_t now, struct err *err)
{
	struct entry r = { account_id, object_id, authority_id, now, object };
	int64_t n = 0;

	if (!db_id(db, "SELECT COUNT(*) FROM read_log WHERE object = $1 AND object_id = $2 AND account_id = $3 AND at > $4",
	    &n, err, "tiii", object, object_id, account_id, now - 300))
		return err_add(err, "read log");
	return n > 0 || db_write(db, add, &r, err) || err_add(err, "read log");
}

/* The row's level is the object's as it is now: the log of what is protected is read by those who reach that far. */
#define LOGGED "(SELECT l.id, l.at, l.account_id, l.object, l.object_id, l.authority_id, 0 AS owner_id," \
	" CASE l.object WHEN 'contact' THEN (SELECT unit_id FROM contact WHERE id = l.object_id)" \
	"  WHEN 'matter' THEN (SELECT unit_id FROM matter WHERE id = l.object_id)" \
	"  ELSE (SELECT COALESCE(m.unit_id, c.unit_id) FROM document d LEFT JOIN matter m ON m.id = d.matter_id" \
	"   LEFT JOIN contact c ON c.id = d.contact_id WHERE d.id = l.object_id) END AS unit_id," \
	" CASE l.object WHEN 'contact' THEN (SELECT restricted FROM contact WHERE id = l.object_id)" \
	"  WHEN 'matter' THEN (SELECT restricted FROM matter WHERE id = l.object_id)" \
	"  ELSE (SELECT restricted FROM document WHERE id = l.object_id) END AS restricted," \
	" CASE l.object WHEN 'contact' THEN (SELECT number FROM contact WHERE id = l.object_id)" \
	"  WHEN 'matter' THEN (SELECT number FROM matter WHERE id = l.object_id)" \
	"  ELSE (SELECT COALESCE(m.number, c.number) FROM document d LEFT JOIN matter m ON m.id = d.matter_id" \
	"   LEFT JOIN contact c ON c.id = d.contact_id WHERE d.id = l.object_id) END AS number FROM read_log l)"

bool
read_log_list(struct db *db, struct arena *a, const struct actor *actor, const char *object, int64_t object_id,
    int64_t account_id, int64_t before, size_t limit, struct reading_list *out, struct err *err)
{
	static const char sql[] =
	    "SELECT l.id, l.at, l.authority_id, l.object_id, p.name, l.object, l.number, au.code, l.restricted FROM " LOGGED " l"
	    " JOIN authority au ON au.id = l.authority_id JOIN account ac ON ac.id = l.account_id"
	    " JOIN person p ON p.id = ac.person_id"
	    " WHERE l.id < $3 AND ($4 = 0 OR l.account_id = $4) AND ($5 = 0 OR (l.object = $6 AND l.object_id = $5))"
	    " AND " PERMITTED("l", "$1", "$2") " ORDER BY l.id DESC LIMIT $7";
	struct stmt *st = db_stmt(db, sql, err);
	struct reading_list list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	enum db_step step;

	bind_i64(st, 1, actor->account_id);
	bind_i64(st, 2, ACT_READ_LOG);
	bind_i64(st, 3, before == 0 ? INT64_MAX : before);
	bind_i64(st, 4, account_id);
	bind_i64(st, 5, object_id);
	bind_text(st, 6, object == NULL ? "" : object);
	bind_i64(st, 7, (int64_t)limit);
	while ((step = db_next(st, err)) == DB_ROW && list.n < limit) {
		list.item[list.n++] = (struct reading){ .id = col_i64(st, 0), .at = col_i64(st, 1),
			.authority_id = col_i64(st, 2), .object_id = col_i64(st, 3), .name = col_text(st, a, 4),
			.object = col_text(st, a, 5), .number = col_text(st, a, 6), .authority_code = col_text(st, a, 7),
			.restricted = (int)col_i64(st, 8) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "read log");
	*out = list;
	return true;
}

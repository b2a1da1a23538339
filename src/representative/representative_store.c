/* representative/representative_store.c: the elected and their mandates in the database */
#include "representative/representative.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/account.h"
#include "people/rows.h"
#include "people/scope.h"
#include "people/session.h"
#include "people/site.h"
#include "registry/document.h"
#include "timeline/event.h"

enum { SHORT_MAX = 200 };

#define REPRESENTATIVE "SELECT r.id, r.version, r.account_id, r.external_id, p.name, r.party, r.area, r.email, r.phone," \
	" r.answers, r.picture_sha256, r.active, ac.sign_in FROM representative r JOIN person p ON p.id = r.person_id" \
	" LEFT JOIN account ac ON ac.id = r.account_id"
#define MANDATE "SELECT m.id, m.representative_id, m.authority_id, m.term_id, m.replaces_id, m.role, m.from_date," \
	" m.to_date, au.code, au.name, au.kind, t.name, rp.name, p.name, r.party, r.area, r.account_id" \
	" FROM mandate m JOIN authority au ON au.id = m.authority_id JOIN representative r ON r.id = m.representative_id" \
	" JOIN person p ON p.id = r.person_id LEFT JOIN office_term t ON t.id = m.term_id" \
	" LEFT JOIN mandate rm ON rm.id = m.replaces_id LEFT JOIN representative rr ON rr.id = rm.representative_id" \
	" LEFT JOIN person rp ON rp.id = rr.person_id"
#define RANK " CASE m.role WHEN 'chair' THEN 1 WHEN 'vice_chair' THEN 2 WHEN 'member' THEN 3 ELSE 4 END"

static const char ALL[] = REPRESENTATIVE " ORDER BY p.name, r.id";
static const char ONE[] = REPRESENTATIVE " WHERE r.id = $1";
static const char BY_EXTERNAL[] = REPRESENTATIVE " WHERE r.external_id = $1";
static const char BY_ACCOUNT[] = REPRESENTATIVE " WHERE r.account_id = $1 AND r.active = 1 ORDER BY r.id LIMIT 1";
static const char MANDATE_ONE[] = MANDATE " WHERE m.id = $1";
static const char MANDATES[] = MANDATE " WHERE ($1 = 0 OR m.representative_id = $1) AND ($2 = 0 OR m.authority_id = $2)"
    " AND ($3 = '' OR (m.from_date <= $3 AND (m.to_date IS NULL OR m.to_date >= $3)))"
    " ORDER BY au.code," RANK ", p.name, m.from_date DESC, m.id";

static void
row_representative(struct stmt *st, struct arena *a, struct representative *r)
{
	*r = (struct representative){
		.id = col_i64(st, 0), .version = col_i64(st, 1), .account_id = col_i64(st, 2),
		.external_id = col_text(st, a, 3), .name = col_text(st, a, 4), .party = col_text(st, a, 5),
		.area = col_text(st, a, 6), .email = col_text(st, a, 7), .phone = col_text(st, a, 8),
		.answers = col_text(st, a, 9), .picture_sha256 = col_text(st, a, 10), .active = col_i64(st, 11) == 1,
		.sign_in = col_text(st, a, 12),
	};
}

static void
row_mandate(struct stmt *st, struct arena *a, struct mandate *m)
{
	*m = (struct mandate){
		.id = col_i64(st, 0), .representative_id = col_i64(st, 1), .authority_id = col_i64(st, 2),
		.term_id = col_i64(st, 3), .replaces_id = col_i64(st, 4), .role = col_text(st, a, 5),
		.from_date = col_text(st, a, 6), .to_date = col_text(st, a, 7), .authority_code = col_text(st, a, 8),
		.authority_name = col_text(st, a, 9), .authority_kind = col_text(st, a, 10), .term = col_text(st, a, 11),
		.replaces_name = col_text(st, a, 12), .name = col_text(st, a, 13), .party = col_text(st, a, 14),
		.area = col_text(st, a, 15), .account_id = col_i64(st, 16),
	};
}

static bool
mandates(struct db *db, struct arena *a, int64_t representative_id, int64_t authority_id, const char *day,
    struct mandate_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, MANDATES, err);
	struct mandate_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, representative_id);
	bind_i64(st, 2, authority_id);
	bind_text(st, 3, day == NULL ? "" : day);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_mandate(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "mandates");
	*out = list;
	return true;
}

bool
mandate_of(struct db *db, struct arena *a, int64_t authority_id, const char *day, struct mandate_list *out,
    struct err *err)
{
	return mandates(db, a, 0, authority_id, day, out, err);
}

bool
mandate_get(struct db *db, struct arena *a, int64_t id, struct mandate *out, struct err *err)
{
	struct stmt *st = db_stmt(db, MANDATE_ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_mandate(st, a, out);
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "mandate") : err_set(err, ERR_NOT_FOUND, "mandate %" PRId64, id);
}

bool
mandate_find(struct db *db, int64_t representative_id, int64_t authority_id, const char *role, const char *from_date,
    int64_t *id, struct err *err)
{
	return db_id(db, "SELECT COALESCE(MAX(id), 0) FROM mandate WHERE representative_id = $1 AND authority_id = $2"
	    " AND role = $3 AND from_date = $4", id, err, "iitt", representative_id, authority_id, role, from_date);
}

static bool
same(const char *a, const char *b)
{
	return b == NULL || (a != NULL && strcmp(a, b) == 0);
}

static bool
matches(struct arena *a, const struct representative *r, const struct representative_filter *f)
{
	bool there = f->authority_id == 0;

	for (size_t i = 0; i < r->n_mandates && !there; i++)
		there = r->mandate[i].authority_id == f->authority_id;
	if (!there || !same(r->party, f->party) || !same(r->area, f->area) || (f->day != NULL && r->n_mandates == 0))
		return false;
	return f->match == NULL || strstr(utf8_lower(a, arena_printf(a, "%s %s %s %s", r->name,
	    r->answers == NULL ? "" : r->answers, r->area == NULL ? "" : r->area, r->party == NULL ? "" : r->party)),
	    utf8_lower(a, f->match)) != NULL;
}

/* Those of `all` that are hers, in an array of her own. */
static void
give_mandates(struct arena *a, const struct mandate_list *all, struct representative *r)
{
	struct mandate *list;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->item[i].representative_id == r->id;
	list = arena_array(a, n, sizeof(*list));
	r->n_mandates = 0;
	for (size_t i = 0; i < all->n; i++) {
		if (all->item[i].representative_id == r->id)
			list[r->n_mandates++] = all->item[i];
	}
	r->mandate = list;
}

bool
representative_list(struct db *db, struct arena *a, const struct representative_filter *f, struct representative_list *out,
    struct err *err)
{
	struct representative_list list = { 0 };
	struct mandate_list all;
	struct stmt *st;
	enum db_step step;
	size_t cap = 0;

	if (!mandates(db, a, 0, 0, f->day, &all, err))
		return false;
	st = db_stmt(db, ALL, err);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct representative r;

		row_representative(st, a, &r);
		give_mandates(a, &all, &r);
		if (!matches(a, &r, f))
			continue;
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = r;
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "representatives");
	*out = list;
	return true;
}

static bool
one(struct db *db, struct arena *a, struct stmt *st, struct representative *out, const char *what, struct err *err)
{
	struct mandate_list all;
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		row_representative(st, a, out);
	db_done(st);
	if (step != DB_ROW)
		return step == DB_FAIL ? err_add(err, "representative %s", what) :
		    err_set(err, ERR_NOT_FOUND, "representative %s", what);
	if (!mandates(db, a, out->id, 0, NULL, &all, err))
		return false;
	out->mandate = all.item;
	out->n_mandates = all.n;
	return true;
}

bool
representative_get(struct db *db, struct arena *a, int64_t id, struct representative *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);

	bind_i64(st, 1, id);
	return one(db, a, st, out, "by id", err);
}

bool
representative_by_external(struct db *db, struct arena *a, const char *external_id, struct representative *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, BY_EXTERNAL, err);

	bind_text(st, 1, external_id);
	return one(db, a, st, out, "by external id", err);
}

bool
representative_by_account(struct db *db, struct arena *a, int64_t account_id, struct representative *out, struct err *err)
{
	struct stmt *st = db_stmt(db, BY_ACCOUNT, err);

	bind_i64(st, 1, account_id);
	return one(db, a, st, out, "by account", err);
}

/* ---- changes ---- */

struct save {
	const struct change *by;
	const struct representative *in;
	const struct mandate *mandate;
	const char *email, *phone, *area, *answers, *last_day;
	const void *bytes;
	size_t n;
	struct arena *a;
	int64_t id;
};

static bool
run(struct db *db, db_write_fn *fn, struct save *s, const char *what, struct err *err)
{
	bool ok;

	s->a = arena_open();
	ok = db_write(db, fn, s, err) || err_add(err, "%s", what);
	arena_close(s->a);
	return ok;
}

static bool
note(struct db *tx, const struct save *s, const char *action, const char *object, int64_t id, int64_t authority_id,
    struct err *err)
{
	return event_note(tx, s->by->now, s->by->account_id, action, object, id, 0, 0, authority_id, 0, NULL, err);
}

static const char *
or_null(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0' ? NULL : text;
}

static bool
too_long(const char *text, size_t most)
{
	return text != NULL && (strlen(text) > most || !utf8_valid(text));
}

static bool
reach_good(const char *email, const char *phone, const char *area, const char *answers, struct err *err)
{
	if (or_null(email) != NULL && (strlen(email) > 254 || !site_address_valid(email)))
		return err_input(err, "email", N_("Write an e-mail address, like kontakt@example.org"));
	if (too_long(phone, 60))
		return err_input(err, "phone", N_("Write at most 60 characters"));
	if (too_long(area, SHORT_MAX))
		return err_input(err, "area", N_("Write at most 200 characters"));
	if (too_long(answers, REPRESENTATIVE_WORDS_MAX))
		return err_input(err, "answers", N_("Write at most 4,000 characters."));
	return true;
}

/* The right that a mandate gives its holder's account, once, for the mandate's own dates. */
static bool
grant(struct db *tx, const struct save *s, const struct mandate *m, struct err *err)
{
	struct change by = { s->by->account_id, s->by->now, NULL };
	int64_t grant_id, seen;

	if (m->account_id == 0)
		return true;
	if (!db_id(tx, "SELECT COALESCE(MAX(g.id), 0) FROM mandate m JOIN role_grant g ON g.id = m.grant_id"
	    " WHERE m.id = $1 AND g.account_id = $2", &seen, err, "ii", m->id, m->account_id))
		return false;
	return seen != 0 || (role_give(tx, &by, &(struct role_row){ .account_id = m->account_id,
	    .role = strcmp(m->role, "chair") == 0 ? ROLE_CHAIR : ROLE_REPRESENTATIVE, .authority_id = m->authority_id,
	    .valid_from = m->from_date, .valid_to = m->to_date }, &grant_id, err) &&
	    db_run(tx, "UPDATE mandate SET grant_id = $1 WHERE id = $2", NULL, err, "ii", grant_id, m->id));
}

static bool
grant_all(struct db *tx, const struct save *s, int64_t representative_id, struct err *err)
{
	struct date_str today = date_text(local_date(s->by->now));
	struct mandate_list list;

	if (!mandates(tx, s->a, representative_id, 0, NULL, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if ((list.item[i].to_date == NULL || strcmp(list.item[i].to_date, today.s) >= 0) &&
		    !grant(tx, s, &list.item[i], err))
			return err_add(err, "right of a mandate");
	}
	return true;
}

static bool
account_of(struct db *tx, struct arena *a, const char *sign_in, int64_t *id, struct err *err)
{
	struct account account;

	*id = 0;
	if (or_null(sign_in) == NULL)
		return true;
	if (account_by_sign_in(tx, a, utf8_lower(a, sign_in), &account, err)) {
		*id = account.id;
		return true;
	}
	if (err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct err){ 0 };
	return err_input(err, "sign_in", N_("There is no account with that address. Make it first, or leave the field empty."));
}

static bool
taken(struct db *tx, const char *external_id, int64_t id, struct err *err)
{
	int64_t other;

	if (!db_id(tx, "SELECT COALESCE(MAX(id), 0) FROM representative WHERE external_id = $1 AND id <> $2", &other, err,
	    "ti", external_id, id))
		return false;
	return other == 0 || err_input(err, "external_id", N_("Somebody else in the directory has that id."));
}

static bool
insert(struct db *tx, struct save *s, const char *external_id, int64_t account_id, struct err *err)
{
	const struct representative *in = s->in;
	int64_t person_id;

	return db_id(tx, "INSERT INTO person (name, created_at) VALUES ($1, $2) RETURNING id", &person_id, err, "ti", in->name,
	    s->by->now) && db_id(tx, "INSERT INTO representative (person_id, account_id, external_id, party, area, email,"
	    " phone, answers, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id", &s->id, err, "iItttttti",
	    person_id, account_id, external_id, or_null(in->party), or_null(in->area), or_null(in->email),
	    or_null(in->phone), or_null(in->answers), (int64_t)in->active);
}

static bool
update(struct db *tx, struct save *s, const char *external_id, int64_t account_id, struct err *err)
{
	const struct representative *in = s->in;
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE representative SET account_id = $1, external_id = $2, party = $3, area = $4, email = $5,"
	    " phone = $6, answers = $7, active = $8, version = version + 1 WHERE id = $9 AND ($10 = 0 OR version = $10)",
	    &changed, err, "Ittttttiii", account_id, external_id, or_null(in->party), or_null(in->area), or_null(in->email),
	    or_null(in->phone), or_null(in->answers), (int64_t)in->active, in->id, in->version))
		return false;
	if (changed == 0) {
		(void)err_set(err, ERR_CONFLICT, "representative %" PRId64 " changed", in->id);
		err->person = N_("Somebody else changed this while you were writing. Your words are kept; compare, and save again.");
		return false;
	}
	s->id = in->id;
	return db_run(tx, "UPDATE person SET name = $1 WHERE id = (SELECT person_id FROM representative WHERE id = $2)", NULL,
	    err, "ti", in->name, in->id);
}

static bool
save(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	const struct representative *in = s->in;
	const char *external_id = or_null(in->external_id);
	int64_t account_id;

	if (external_id == NULL)
		external_id = utf8_lower(s->a, arena_printf(s->a, "%s|%s", in->name, in->party == NULL ? "" : in->party));
	if (!taken(tx, external_id, in->id, err) || !account_of(tx, s->a, in->sign_in, &account_id, err))
		return false;
	if (!(in->id == 0 ? insert(tx, s, external_id, account_id, err) : update(tx, s, external_id, account_id, err)))
		return false;
	return grant_all(tx, s, s->id, err) && note(tx, s, "representative.saved", "representative", s->id, 0, err);
}

bool
representative_save(struct db *db, const struct change *by, const struct representative *in, int64_t *id, struct err *err)
{
	struct save s = { .by = by, .in = in };

	if (or_null(in->name) == NULL || too_long(in->name, SHORT_MAX))
		return err_input(err, "name", N_("Write a name"));
	if (too_long(in->party, SHORT_MAX) || too_long(in->external_id, SHORT_MAX))
		return err_input(err, "party", N_("Write at most 200 characters"));
	if (!reach_good(in->email, in->phone, in->area, in->answers, err) ||
	    !run(db, save, &s, "saving a representative", err))
		return false;
	if (id != NULL)
		*id = s.id;
	return true;
}

static bool
present(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;

	return db_run(tx, "UPDATE representative SET email = $1, phone = $2, area = $3, answers = $4, version = version + 1"
	    " WHERE id = $5", NULL, err, "tttti", or_null(s->email), or_null(s->phone), or_null(s->area), or_null(s->answers),
	    s->id) && note(tx, s, "representative.presented", "representative", s->id, 0, err);
}

bool
representative_present(struct db *db, const struct change *by, int64_t id, const char *email, const char *phone,
    const char *area, const char *answers, struct err *err)
{
	struct save s = { .by = by, .id = id, .email = email, .phone = phone, .area = area, .answers = answers };

	return reach_good(email, phone, area, answers, err) && run(db, present, &s, "presenting herself", err);
}

static bool
picture(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	char hash[65];

	if (s->n > 0 && !file_put(tx, s->bytes, s->n, hash, err))
		return false;
	return db_run(tx, "UPDATE representative SET picture_sha256 = $1, version = version + 1 WHERE id = $2", NULL, err, "ti",
	    s->n > 0 ? hash : NULL, s->id) && note(tx, s, "representative.picture", "representative", s->id, 0, err);
}

bool
representative_picture(struct db *db, const struct change *by, int64_t id, const void *bytes, size_t n, struct err *err)
{
	struct save s = { .by = by, .id = id, .bytes = bytes, .n = n };
	struct arena *a = arena_open();
	const char *type = n == 0 ? "" : file_type(a, bytes, n);
	bool ok = n == 0 || (n <= PICTURE_BYTES_MAX && (strcmp(type, "image/png") == 0 || strcmp(type, "image/jpeg") == 0));

	arena_close(a);
	if (!ok)
		return err_input(err, "picture", N_("Choose a picture in PNG or JPEG of at most 1 MB."));
	return run(db, picture, &s, "a picture", err);
}

static bool
mandate_good(struct db *tx, const struct mandate *m, struct err *err)
{
	size_t i = 0;
	struct date from, to;
	int64_t other;

	while (mandate_roles[i] != NULL && (m->role == NULL || strcmp(mandate_roles[i], m->role) != 0))
		i++;
	if (mandate_roles[i] == NULL)
		return err_input(err, "role", N_("Choose chair, vice chair, member or substitute."));
	if (m->from_date == NULL || !date_parse(m->from_date, &from))
		return err_input(err, "from_date", N_("Write the first day as YYYY-MM-DD."));
	if (or_null(m->to_date) != NULL && (!date_parse(m->to_date, &to) || date_cmp(to, from) < 0))
		return err_input(err, "to_date", N_("Write the last day as YYYY-MM-DD, not before the first."));
	if (!db_id(tx, "SELECT COUNT(*) FROM authority WHERE id = $1", &other, err, "i", m->authority_id))
		return false;
	if (other == 0)
		return err_input(err, "authority_id", N_("Choose a committee."));
	if (m->replaces_id == 0)
		return true;
	if (!db_id(tx, "SELECT COUNT(*) FROM mandate WHERE id = $1 AND authority_id = $2 AND representative_id <> $3", &other,
	    err, "iii", m->replaces_id, m->authority_id, m->representative_id))
		return false;
	return other == 1 || err_input(err, "replaces_id", N_("Choose a mandate of somebody else in the same committee."));
}

static bool
mandate_write(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	const struct mandate *in = s->mandate;
	struct mandate m;
	int64_t there;

	if (!mandate_good(tx, in, err) || !mandate_find(tx, in->representative_id, in->authority_id, in->role, in->from_date,
	    &there, err))
		return false;
	if (there != 0) {
		(void)err_set(err, ERR_CONFLICT, "mandate %" PRId64 " is there", there);
		err->person = N_("She has that mandate from that day already.");
		return false;
	}
	if (!db_id(tx, "INSERT INTO mandate (representative_id, authority_id, role, term_id, from_date, to_date, replaces_id,"
	    " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &s->id, err, "iitIttIi",
	    in->representative_id, in->authority_id, in->role, in->term_id, in->from_date, or_null(in->to_date),
	    in->replaces_id, s->by->now) || !mandate_get(tx, s->a, s->id, &m, err))
		return err_add(err, "mandate");
	return grant(tx, s, &m, err) && note(tx, s, "mandate.given", "mandate", s->id, in->authority_id, err);
}

bool
mandate_save(struct db *db, const struct change *by, const struct mandate *in, int64_t *id, struct err *err)
{
	struct save s = { .by = by, .mandate = in };

	if (!run(db, mandate_write, &s, "saving a mandate", err))
		return false;
	if (id != NULL)
		*id = s.id;
	return true;
}

static bool
mandate_stop(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	struct mandate m;

	if (!mandate_get(tx, s->a, s->id, &m, err))
		return false;
	if (strcmp(s->last_day, m.from_date) < 0)
		return err_input(err, "to_date", N_("Write the last day as YYYY-MM-DD, not before the first."));
	session_forget_after(tx);
	return db_run(tx, "UPDATE mandate SET to_date = $1 WHERE id = $2", NULL, err, "ti", s->last_day, m.id) &&
	    db_run(tx, "UPDATE role_grant SET valid_to = $1 WHERE id = (SELECT grant_id FROM mandate WHERE id = $2)", NULL, err,
	    "ti", s->last_day, m.id) &&
	    (m.account_id == 0 || scope_rebuild(tx, m.account_id, local_date(s->by->now), err)) &&
	    note(tx, s, "mandate.ended", "mandate", m.id, m.authority_id, err);
}

bool
mandate_end(struct db *db, const struct change *by, int64_t id, const char *last_day, struct err *err)
{
	struct save s = { .by = by, .id = id, .last_day = last_day };
	struct date d;

	if (last_day == NULL || !date_parse(last_day, &d))
		return err_input(err, "to_date", N_("Write the last day as YYYY-MM-DD, not before the first."));
	return run(db, mandate_stop, &s, "ending a mandate", err);
}

/* ---- terms, parties, areas ---- */

bool
term_list(struct db *db, struct arena *a, struct term_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, name, from_date, to_date FROM office_term ORDER BY from_date DESC", err);
	struct term_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct term){ col_i64(st, 0), col_text(st, a, 1), col_text(st, a, 2), col_text(st, a, 3) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "terms of office");
	*out = list;
	return true;
}

struct term_write { const struct change *by; const struct term *in; int64_t id; };

static bool
term_put(struct db *tx, void *arg, struct err *err)
{
	struct term_write *w = arg;

	return db_id(tx, "INSERT INTO office_term (name, from_date, to_date) VALUES ($1, $2, $3) ON CONFLICT (name)"
	    " DO UPDATE SET from_date = excluded.from_date, to_date = excluded.to_date RETURNING id", &w->id, err, "ttt",
	    w->in->name, w->in->from_date, w->in->to_date) &&
	    event_note(tx, w->by->now, w->by->account_id, "office_term.saved", "office_term", w->id, 0, 0, 0, 0, NULL, err);
}

bool
term_save(struct db *db, const struct change *by, const struct term *in, int64_t *id, struct err *err)
{
	struct term_write w = { by, in, 0 };
	struct date from, to;

	if (or_null(in->name) == NULL || too_long(in->name, 60))
		return err_input(err, "term_name", N_("Write a name"));
	if (in->from_date == NULL || !date_parse(in->from_date, &from))
		return err_input(err, "term_from", N_("Write the first day as YYYY-MM-DD."));
	if (in->to_date == NULL || !date_parse(in->to_date, &to) || date_cmp(to, from) < 0)
		return err_input(err, "term_to", N_("Write the last day as YYYY-MM-DD, not before the first."));
	if (!db_write(db, term_put, &w, err))
		return false;
	if (id != NULL)
		*id = w.id;
	return true;
}

static bool
words_of(struct db *db, struct arena *a, const char *sql, const char *const **out, struct err *err)
{
	struct stmt *st = db_stmt(db, sql, err);
	const char **list = NULL;
	enum db_step step;
	size_t n = 0, cap = 0;

	list = rows_room(a, list, 0, &cap, sizeof(*list));
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, n + 1, &cap, sizeof(*list));
		list[n++] = col_text(st, a, 0);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "parties and areas");
	list[n] = NULL;
	*out = list;
	return true;
}

bool
representative_words(struct db *db, struct arena *a, const char *const **party, const char *const **area, struct err *err)
{
	return words_of(db, a, "SELECT DISTINCT party FROM representative WHERE party IS NOT NULL AND active = 1"
	    " ORDER BY party", party, err) && words_of(db, a, "SELECT DISTINCT area FROM representative"
	    " WHERE area IS NOT NULL AND active = 1 ORDER BY area", area, err);
}

/* people/account_store.c: accounts, roles, links and signing in, in the database */
#include "people/account.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/password.h"
#include "people/rows.h"
#include "people/scope.h"
#include "people/session.h"
#include "people/site.h"
#include "people/throttle.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { NAME_MAX_BYTES = 200, TOKEN_BYTES = 24, TOKEN_LIFE_S = 300 };

#define ACCOUNT "SELECT ac.id, ac.person_id, ac.unit_id, ac.sign_in, p.name, p.email, p.phone, ac.title, ac.language," \
	" u.name, ac.created_at, ac.disabled_at, ac.password IS NOT NULL, ac.totp_secret IS NOT NULL" \
	" FROM account ac JOIN person p ON p.id = ac.person_id LEFT JOIN unit u ON u.id = ac.unit_id"

static const char LIST[] = ACCOUNT
    " WHERE $1 = '' OR lower(p.name) LIKE $2 ESCAPE '!' OR ac.sign_in LIKE $2 ESCAPE '!'"
    "   OR lower(COALESCE(ac.title, '')) LIKE $2 ESCAPE '!'"
    " ORDER BY CASE WHEN ac.disabled_at IS NULL THEN 0 ELSE 1 END, p.name, ac.id LIMIT $3";
static const char ONE[] = ACCOUNT " WHERE ac.id = $1";
static const char BY_SIGN_IN[] = ACCOUNT " WHERE ac.sign_in = $1";
static const char OF_AUTHORITY[] = ACCOUNT
    " WHERE ac.disabled_at IS NULL AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = ac.id"
    "   AND ($1 = 0 OR g.authority_id IS NULL OR g.authority_id = $1)"
    "   AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2))"
    " ORDER BY p.name, ac.id";

static void
row_account(struct stmt *st, struct arena *a, struct account *r)
{
	*r = (struct account){
		.id = col_i64(st, 0), .person_id = col_i64(st, 1), .unit_id = col_i64(st, 2),
		.sign_in = col_text(st, a, 3), .name = col_text(st, a, 4), .email = col_text(st, a, 5),
		.phone = col_text(st, a, 6), .title = col_text(st, a, 7), .language = col_text(st, a, 8),
		.unit_name = col_text(st, a, 9), .created_at = col_i64(st, 10), .disabled_at = col_i64(st, 11),
		.has_password = col_i64(st, 12) != 0, .two_step = col_i64(st, 13) != 0,
	};
}

static bool
accounts(struct stmt *st, struct arena *a, struct account_list *out, struct err *err)
{
	struct account_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_account(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "accounts");
	*out = list;
	return true;
}

/* %text% for LIKE, its own signs escaped with '!'. */
static const char *
like(struct arena *a, const char *text)
{
	struct sb sb;

	sb_init(&sb, a, 1000);
	sb_add_c(&sb, '%');
	for (const char *p = utf8_lower(a, text); *p != '\0'; p++) {
		if (*p == '%' || *p == '_' || *p == '!')
			sb_add_c(&sb, '!');
		sb_add_c(&sb, *p);
	}
	sb_add_c(&sb, '%');
	return sb_str(&sb);
}

bool
account_list(struct db *db, struct arena *a, const char *match, size_t limit, struct account_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, LIST, err);

	bind_text(st, 1, match);
	bind_text(st, 2, like(a, match));
	bind_i64(st, 3, (int64_t)limit);
	return accounts(st, a, out, err);
}

bool
account_list_of(struct db *db, struct arena *a, int64_t authority_id, struct date today, struct account_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, OF_AUTHORITY, err);

	bind_i64(st, 1, authority_id);
	bind_text(st, 2, date_text(today).s);
	return accounts(st, a, out, err);
}

static bool
one_account(struct stmt *st, struct arena *a, struct account *out, const char *what, struct err *err)
{
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		row_account(st, a, out);
	db_done(st);
	if (step == DB_ROW)
		return true;
	return step == DB_FAIL ? err_add(err, "account %s", what) : err_set(err, ERR_NOT_FOUND, "account %s", what);
}

bool
protected_unhandled(struct db *db, struct arena *a, struct date today, struct unhandled *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT au.name FROM authority au WHERE au.active = 1 AND NOT EXISTS (SELECT 1 FROM role_grant g"
	    " JOIN account ac ON ac.id = g.account_id WHERE g.role = 'protected_handler' AND g.authority_id = au.id"
	    " AND ac.disabled_at IS NULL AND g.valid_from <= $1 AND (g.valid_to IS NULL OR g.valid_to >= $1)) ORDER BY au.name", err);
	struct date_str day = date_text(today);
	struct unhandled list = { 0 };
	enum db_step step;
	size_t cap = 0;

	bind_text(st, 1, day.s);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.name = rows_room(a, list.name, list.n, &cap, sizeof(*list.name));
		list.name[list.n++] = col_text(st, a, 0);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "handlers of protected identities");
}

bool
account_get(struct db *db, struct arena *a, int64_t id, struct account *out, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);
	char what[24];

	(void)snprintf(what, sizeof(what), "%" PRId64, id);
	bind_i64(st, 1, id);
	return one_account(st, a, out, what, err);
}

bool
account_by_sign_in(struct db *db, struct arena *a, const char *sign_in, struct account *out, struct err *err)
{
	struct stmt *st = db_stmt(db, BY_SIGN_IN, err);

	bind_text(st, 1, utf8_lower(a, sign_in));
	return one_account(st, a, out, "of that name", err);
}

const char *
account_mark(struct arena *a, const struct account *r)
{
	struct sb sb;

	sb_init(&sb, a, 10000);
	sb_addf(&sb, "%" PRId64 "\x1f%" PRId64 "\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s", r->id, r->unit_id, r->sign_in, r->name,
	    r->phone == NULL ? "" : r->phone, r->title == NULL ? "" : r->title, r->language == NULL ? "" : r->language);
	(void)sb_str(&sb);
	return arena_strndup(a, hash_hex(hash_bytes(sb.data, sb.len)).s, 16);
}

static bool
noted(struct db *tx, const struct change *by, const char *action, int64_t account_id, const char *data, struct err *err)
{
	return event_note(tx, by->now, by->account_id, action, "account", account_id, 0, 0, 0, 0, data, err);
}

static const char *
or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

/* ---- make and change ---- */

struct save { const struct change *by; const struct account_in *in; int64_t id; };

static bool
language_good(const char *language)
{
	return language == NULL || language[0] == '\0' || strcmp(language, "sv") == 0 || strcmp(language, "en") == 0;
}

static bool
account_good(struct db *tx, struct arena *a, const struct account_in *in, struct err *err)
{
	struct account other;
	struct unit unit;

	if (in->sign_in == NULL || strlen(in->sign_in) > 254 || !site_address_valid(in->sign_in))
		return err_input(err, "sign_in", N_("Write the work e-mail address, like namn@example.org"));
	if (in->name == NULL || in->name[0] == '\0' || strlen(in->name) > NAME_MAX_BYTES)
		return err_input(err, "name", N_("Write the person's name"));
	if (in->phone != NULL && strlen(in->phone) > 50)
		return err_input(err, "phone", N_("Write a telephone number, like 0123-45 67 89"));
	if (in->title != NULL && strlen(in->title) > NAME_MAX_BYTES)
		return err_input(err, "title", N_("Write at most 200 characters"));
	if (!language_good(in->language))
		return err_input(err, "language", N_("Choose a language from the list"));
	if (in->unit_id != 0 && !unit_get(tx, a, in->unit_id, &unit, err))
		return err->code == ERR_NOT_FOUND ? err_input(err, "unit_id", N_("Choose a unit from the list")) : false;
	if (!account_by_sign_in(tx, a, in->sign_in, &other, err))
		return err->code == ERR_NOT_FOUND;	/* nobody else has it: what we want */
	return other.id == in->id || err_input(err, "sign_in", N_("There is already an account with this address"));
}

static bool
save_new(struct db *tx, struct arena *a, struct save *s, struct err *err)
{
	const struct account_in *in = s->in;
	const char *address = utf8_lower(a, in->sign_in);
	int64_t person_id;

	return db_id(tx, "INSERT INTO person (name, email, phone, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
	    &person_id, err, "ttti", in->name, address, or_null(in->phone), s->by->now) &&
	    db_id(tx, "INSERT INTO account (person_id, sign_in, language, title, unit_id, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id", &s->id, err, "itttIi", person_id, address,
	    or_null(in->language), or_null(in->title), in->unit_id, s->by->now) &&
	    noted(tx, s->by, "account.created", s->id, NULL, err);
}

static bool
save_changed(struct db *tx, struct arena *a, struct save *s, struct err *err)
{
	const struct account_in *in = s->in;
	const char *address = utf8_lower(a, in->sign_in);
	struct account was;

	s->id = in->id;
	if (!account_get(tx, a, in->id, &was, err))
		return false;
	if (s->by->seen != NULL && strcmp(s->by->seen, account_mark(a, &was)) != 0) {
		(void)err_set(err, ERR_CONFLICT, "account %" PRId64 " has changed since it was shown", in->id);
		err->person = N_("Somebody else changed this while you were writing. Your words are kept; compare, and save again.");
		return false;
	}
	session_forget_after(tx);
	return db_run(tx, "UPDATE person SET name = $1, email = $2, phone = $3 WHERE id = $4", NULL, err, "ttti", in->name,
	    address, or_null(in->phone), was.person_id) &&
	    db_run(tx, "UPDATE account SET sign_in = $1, language = $2, title = $3, unit_id = $4 WHERE id = $5", NULL, err,
	    "tttIi", address, or_null(in->language), or_null(in->title), in->unit_id, in->id) &&
	    noted(tx, s->by, "account.changed", in->id, NULL, err);
}

static bool
save_write(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	struct arena *a = arena_open();
	bool ok = account_good(tx, a, s->in, err) && (s->in->id == 0 ? save_new : save_changed)(tx, a, s, err);

	arena_close(a);
	return ok;
}

bool
account_save(struct db *db, const struct change *by, const struct account_in *in, int64_t *id, struct err *err)
{
	struct save s = { by, in, 0 };

	if (!db_write(db, save_write, &s, err))
		return false;
	if (id != NULL)
		*id = s.id;
	return true;
}

struct by_id { const struct change *by; int64_t id; bool flag; const char *text, *more; };

static bool
disable_write(struct db *tx, void *arg, struct err *err)
{
	const struct by_id *w = arg;
	int64_t changed = 0;

	session_forget_after(tx);
	if (!db_run(tx, "UPDATE account SET disabled_at = $1, sessions_valid_from = $2 WHERE id = $3", &changed, err, "Iii",
	    w->flag ? w->by->now : (int64_t)0, w->by->now, w->id))
		return false;
	if (changed != 1)
		return err_set(err, ERR_NOT_FOUND, "account %" PRId64, w->id);
	return db_run(tx, "DELETE FROM session WHERE account_id = $1", NULL, err, "i", w->id) &&
	    db_run(tx, "UPDATE account_link SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL", NULL, err, "ii",
	    w->by->now, w->id) &&
	    scope_rebuild(tx, w->id, local_date(w->by->now), err) &&
	    noted(tx, w->by, w->flag ? "account.disabled" : "account.enabled", w->id, NULL, err);
}

bool
account_disable(struct db *db, const struct change *by, int64_t id, bool disabled, struct err *err)
{
	struct by_id w = { .by = by, .id = id, .flag = disabled };

	if (disabled && by->account_id == id)
		return err_input(err, "disabled", N_("You cannot switch off your own account. Ask another administrator"));
	return db_write(db, disable_write, &w, err);
}

static bool
choices_write(struct db *tx, void *arg, struct err *err)
{
	const struct by_id *w = arg;

	session_forget_after(tx);
	return db_run(tx, "UPDATE account SET language = $1 WHERE id = $2", NULL, err, "ti", or_null(w->text), w->id) &&
	    noted(tx, w->by, "account.language", w->id, NULL, err);
}

bool
account_choices(struct db *db, const struct change *by, int64_t id, const char *language, struct err *err)
{
	struct by_id w = { .by = by, .id = id, .text = language };

	if (!language_good(language))
		return err_input(err, "language", N_("Choose a language from the list"));
	return db_write(db, choices_write, &w, err);
}

/* ---- roles ---- */

static const char ROLES[] =
    "SELECT g.id, g.account_id, g.role, g.authority_id, g.unit_id, g.valid_from, g.valid_to, a.code, u.name, p.name,"
    "  g.granted_at FROM role_grant g LEFT JOIN authority a ON a.id = g.authority_id"
    "  LEFT JOIN unit u ON u.id = g.unit_id LEFT JOIN account ac ON ac.id = g.granted_by"
    "  LEFT JOIN person p ON p.id = ac.person_id WHERE g.account_id = $1 ORDER BY g.valid_to IS NOT NULL, g.id";

bool
role_list(struct db *db, struct arena *a, int64_t account_id, struct role_list *out, struct err *err)
{
	struct role_list list = { 0 };
	struct stmt *st = db_stmt(db, ROLES, err);
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, account_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct role_row r = {
			.id = col_i64(st, 0), .account_id = col_i64(st, 1), .authority_id = col_i64(st, 3),
			.unit_id = col_i64(st, 4), .valid_from = col_text(st, a, 5), .valid_to = col_text(st, a, 6),
			.authority_code = col_text(st, a, 7), .unit_name = col_text(st, a, 8),
			.granted_by_name = col_text(st, a, 9), .granted_at = col_i64(st, 10),
		};

		if (!role_parse(col_text(st, a, 2), &r.role))
			continue;
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = r;
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "roles of account %" PRId64, account_id);
	*out = list;
	return true;
}

struct give { const struct change *by; struct role_row in; int64_t id; };

static bool
role_good(struct db *tx, struct arena *a, const struct role_row *in, struct err *err)
{
	struct authority authority;
	struct unit unit;
	struct date from, to;

	if ((int)in->role <= ROLE_VISITOR || in->role >= ROLE_COUNT)
		return err_input(err, "role", N_("Choose a role from the list"));
	if (in->valid_from == NULL || !date_parse(in->valid_from, &from))
		return err_input(err, "valid_from", N_("Write the first day as year-month-day, like 2026-12-21"));
	if (in->valid_to != NULL && (!date_parse(in->valid_to, &to) || date_cmp(to, from) < 0))
		return err_input(err, "valid_to", N_("Write a last day that is not before the first, or leave it empty"));
	if (in->unit_id != 0 && (!unit_get(tx, a, in->unit_id, &unit, err) || unit.authority_id != in->authority_id))
		return err->code == ERR_BUG ? false : err_input(err, "unit_id", N_("Choose a unit of the same authority"));
	if (in->authority_id != 0 && !authority_get(tx, a, in->authority_id, &authority, err))
		return err->code == ERR_NOT_FOUND ? err_input(err, "authority_id", N_("Choose an authority")) : false;
	return true;
}

static bool
role_noted(struct db *tx, const struct change *by, const char *action, const struct role_row *r, struct err *err)
{
	char data[160];

	(void)snprintf(data, sizeof(data), "{\"role\":\"%s\",\"authority\":%" PRId64 ",\"unit\":%" PRId64 "}",
	    role_name(r->role), r->authority_id, r->unit_id);
	return event_note(tx, by->now, by->account_id, action, "account", r->account_id, 0, 0, r->authority_id, 0, data, err);
}

static bool
give_write(struct db *tx, void *arg, struct err *err)
{
	struct give *g = arg;
	const struct role_row *in = &g->in;
	struct arena *a = arena_open();
	struct account account;
	bool ok = account_get(tx, a, in->account_id, &account, err) && role_good(tx, a, in, err);

	arena_close(a);
	session_forget_after(tx);
	return ok && db_id(tx, "INSERT INTO role_grant (account_id, role, authority_id, unit_id, valid_from, valid_to,"
	    " granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id", &g->id, err, "itIIttIi",
	    in->account_id, role_name(in->role), in->authority_id, in->unit_id, in->valid_from, in->valid_to,
	    g->by->account_id, g->by->now) &&
	    scope_rebuild(tx, in->account_id, local_date(g->by->now), err) &&
	    role_noted(tx, g->by, "role.given", in, err);
}

bool
role_give(struct db *db, const struct change *by, const struct role_row *in, int64_t *id, struct err *err)
{
	struct give g = { by, *in, 0 };

	if (by->account_id != 0 && by->account_id == in->account_id) {
		(void)err_set(err, ERR_DENIED, "account %" PRId64 " would give itself a role", by->account_id);
		err->person = N_("Nobody gives herself a role. Ask another administrator.");
		err->field = "role";
		return false;
	}
	if (!db_write(db, give_write, &g, err))
		return false;
	if (id != NULL)
		*id = g.id;
	return true;
}

static bool
end_write(struct db *tx, void *arg, struct err *err)
{
	struct give *g = arg;
	struct stmt *st = db_stmt(tx, "SELECT account_id, role, authority_id, unit_id FROM role_grant WHERE id = $1", err);
	struct arena *a = arena_open();
	struct date today = local_date(g->by->now);
	enum db_step step;

	bind_i64(st, 1, g->in.id);
	step = db_next(st, err);
	if (step == DB_ROW) {
		g->in.account_id = col_i64(st, 0);
		(void)role_parse(col_text(st, a, 1), &g->in.role);
		g->in.authority_id = col_i64(st, 2);
		g->in.unit_id = col_i64(st, 3);
	}
	db_done(st);
	arena_close(a);
	if (step != DB_ROW)
		return step == DB_FAIL ? err_add(err, "role") : err_set(err, ERR_NOT_FOUND, "role grant %" PRId64, g->in.id);
	session_forget_after(tx);
	return db_run(tx, "UPDATE role_grant SET valid_to = $1 WHERE id = $2 AND (valid_to IS NULL OR valid_to > $1)", NULL,
	    err, "ti", date_text(date_add(today, -1)).s, g->in.id) &&
	    scope_rebuild(tx, g->in.account_id, today, err) &&
	    role_noted(tx, g->by, "role.ended", &g->in, err);
}

bool
role_end(struct db *db, const struct change *by, int64_t id, struct err *err)
{
	struct give g = { by, { .id = id }, 0 };

	return db_write(db, end_write, &g, err);
}

/* ---- links ---- */

static const char LINK_OPEN[] = ACCOUNT
    " JOIN account_link l ON l.account_id = ac.id"
    " WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND ac.disabled_at IS NULL";

static struct hash_str
token_hash(const char *token)
{
	return hash_hex(hash_bytes(token, strlen(token)));
}

struct link { const struct change *by; int64_t account_id; enum link_purpose purpose; const char *hash; };

static bool
link_write(struct db *tx, void *arg, struct err *err)
{
	const struct link *l = arg;
	bool welcome = l->purpose == PURPOSE_WELCOME;

	return db_run(tx, "INSERT INTO account_link (token_hash, account_id, purpose, expires_at) VALUES ($1, $2, $3, $4)",
	    NULL, err, "titi", l->hash, l->account_id, welcome ? "welcome" : "reset",
	    l->by->now + (welcome ? LINK_WELCOME_S : LINK_RESET_S)) &&
	    noted(tx, l->by, welcome ? "account.welcome_link" : "account.reset_link", l->account_id, NULL, err);
}

bool
account_link_make(struct db *db, struct arena *a, const struct change *by, int64_t account_id,
    enum link_purpose purpose, const char **path, struct err *err)
{
	const char *token = random_token(a, TOKEN_BYTES);
	struct hash_str hash = token_hash(token);
	struct link l = { by, account_id, purpose, hash.s };

	if (!db_write(db, link_write, &l, err))
		return err_add(err, "link for account %" PRId64, account_id);
	*path = arena_printf(a, "/valj-losenord/%s", token);
	return true;
}

struct send { const struct change *by; int64_t account_id; enum link_purpose purpose; const char *base_url; };

static bool
send_write(struct db *tx, void *arg, struct err *err)
{
	const struct send *s = arg;
	struct arena *a = arena_open();
	struct account account;
	struct site site;
	const char *path;
	bool ok = account_get(tx, a, s->account_id, &account, err) && site_load(tx, a, &site, err) &&
	    account_link_make(tx, a, s->by, s->account_id, s->purpose, &path, err);

	if (ok) {
		const char *lang = account.language == NULL ? "sv" : account.language;
		bool welcome = s->purpose == PURPOSE_WELCOME;
		struct outbox_message m = {
			.recipient = account.sign_in, .sender = site.mail_from, .automatic = true,
			.subject = arena_printf(a, welcome ? tr(lang, N_("Your account at %s")) :
			    tr(lang, N_("Choose a new password at %s")), site.name),
			.text = arena_printf(a, welcome ?
			    tr(lang, N_("Hello %s,\n\nyou have an account at %s. Choose your password here, within seven days:\n\n%s%s\n\n"
			    "You then sign in with %s.\n")) :
			    tr(lang, N_("Hello %s,\n\nsomebody, most likely you, asked for a new password at %s. Choose it here, within"
			    " an hour:\n\n%s%s\n\nYou then sign in with %s. If it was not you, do nothing: your password stays as it is.\n")),
			    account.name, site.name, s->base_url, path, account.sign_in),
		};

		ok = outbox_put(tx, &m, s->by->now, NULL, err);
	}
	arena_close(a);
	return ok;
}

bool
account_link_send(struct db *db, const struct change *by, int64_t account_id, enum link_purpose purpose,
    const char *base_url, struct err *err)
{
	struct send s = { by, account_id, purpose, base_url };

	return db_write(db, send_write, &s, err) || err_add(err, "mail a link");
}

bool
account_link_open(struct db *db, struct arena *a, const char *token, int64_t now, struct account *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, LINK_OPEN, err);

	bind_text(st, 1, token_hash(token).s);
	bind_i64(st, 2, now);
	return one_account(st, a, out, "of that link", err);
}

/* A new password: no session but `keep` and no link outlives it. */
static bool
set_password(struct db *tx, const struct change *by, int64_t account_id, const char *hash, const char *keep,
    struct err *err)
{
	session_forget_after(tx);
	return db_run(tx, "UPDATE account SET password = $1 WHERE id = $2", NULL, err, "ti", hash, account_id) &&
	    db_run(tx, "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2", NULL, err, "it", account_id,
	    keep == NULL ? "" : keep) &&
	    db_run(tx, "UPDATE account_link SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL", NULL, err, "ii",
	    by->now, account_id) &&
	    noted(tx, by, "account.password", account_id, NULL, err);
}

struct use { const char *token, *hash; int64_t now, account_id; };

static bool
use_write(struct db *tx, void *arg, struct err *err)
{
	struct use *u = arg;
	struct arena *a = arena_open();
	struct account account = { 0 };
	bool ok = account_link_open(tx, a, u->token, u->now, &account, err) &&
	    set_password(tx, &(struct change){ account.id, u->now, NULL }, account.id, u->hash, NULL, err) &&
	    throttle_clear(tx, &throttle_account, account.sign_in, err);

	u->account_id = account.id;
	arena_close(a);
	return ok;
}

bool
account_link_use(struct db *db, const char *token, const char *password_hash_text, int64_t now, int64_t *account_id,
    struct err *err)
{
	struct use u = { token, password_hash_text, now, 0 };

	if (!db_write(db, use_write, &u, err))
		return false;
	*account_id = u.account_id;
	return true;
}

static bool
password_write(struct db *tx, void *arg, struct err *err)
{
	const struct by_id *w = arg;

	return set_password(tx, w->by, w->id, w->text, w->more, err);
}

bool
account_password(struct db *db, const struct change *by, int64_t account_id, const char *password_hash_text,
    const char *keep_session, struct err *err)
{
	struct by_id w = { .by = by, .id = account_id, .text = password_hash_text, .more = keep_session };

	return db_write(db, password_write, &w, err) || err_add(err, "password of account %" PRId64, account_id);
}

bool
account_hash(struct db *db, struct arena *a, int64_t account_id, const char **hash, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT password FROM account WHERE id = $1", err);
	const char *found = NULL;
	enum db_step step;

	bind_i64(st, 1, account_id);
	step = db_next(st, err);
	if (step == DB_ROW)
		found = col_text(st, a, 0);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "account");
	*hash = found;
	return true;
}

/* ---- signing in ---- */

static const char SIGN_IN[] =
    "SELECT id, password, totp_secret IS NOT NULL, language FROM account WHERE sign_in = $1 AND disabled_at IS NULL";

bool
sign_in_begin(struct db *db, struct arena *a, const char *name, const char *address, int64_t now,
    struct sign_in *out, struct err *err)
{
	const char *lower = utf8_lower(a, name);
	struct sign_in s = { 0 };
	struct stmt *st;
	enum db_step step;

	if (!throttle_hit(db, &throttle_address, address == NULL ? "" : address, now, &s.blocked_until, err))
		return false;
	if (s.blocked_until <= now && !throttle_hit(db, &throttle_account, lower, now, &s.blocked_until, err))
		return false;
	if (s.blocked_until > now) {
		*out = s;
		return true;
	}
	st = db_stmt(db, SIGN_IN, err);
	bind_text(st, 1, lower);
	step = db_next(st, err);
	if (step == DB_ROW) {
		s.account_id = col_i64(st, 0);
		s.hash = col_text(st, a, 1);
		s.two_step = col_i64(st, 2) != 0;
		s.lang = col_text(st, a, 3);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "sign in");
	*out = s;
	return true;
}

bool
sign_in_done(struct db *db, const struct sign_in *s, const char *name, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	bool ok;

	(void)s;
	(void)now;
	ok = throttle_clear(db, &throttle_account, utf8_lower(a, name), err);
	arena_close(a);
	return ok;
}

/* "account.expires.mac": nothing to store, nothing to steal but five minutes at the second door. */
static struct hash_str
token_mac(const struct site_keys *keys, int64_t account_id, int64_t expires_at)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "step two %" PRId64 " %" PRId64, account_id, expires_at);

	return hash_hex(hash_keyed(keys->sign_in, text, (size_t)n));
}

const char *
sign_in_token(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct err *err)
{
	struct site_keys keys;

	if (!site_keys(db, &keys, err))
		return NULL;
	return arena_printf(a, "%" PRId64 ".%" PRId64 ".%s", account_id, now + TOKEN_LIFE_S,
	    token_mac(&keys, account_id, now + TOKEN_LIFE_S).s);
}

bool
sign_in_token_open(struct db *db, struct arena *a, const char *token, int64_t now, int64_t *account_id,
    struct err *err)
{
	struct site_keys keys;
	int64_t id = 0, expires_at = 0;
	int used = 0;

	(void)a;
	if (!site_keys(db, &keys, err))
		return false;
	if (token == NULL || strlen(token) > 120 ||
	    sscanf(token, "%18" SCNd64 ".%18" SCNd64 ".%n", &id, &expires_at, &used) != 2 || used == 0 ||
	    !secret_equal_text(token + used, token_mac(&keys, id, expires_at).s) || expires_at <= now) {
		(void)err_set(err, ERR_NOT_FOUND, "the first step is too long ago");
		err->person = N_("It took too long. Sign in again with your password.");
		return false;
	}
	*account_id = id;
	return true;
}

struct code { int64_t account_id, now; const char *code; bool right; };

static bool
recovery_used(struct db *tx, struct arena *a, const struct code *c, bool *out, struct err *err)
{
	const char *normal = recovery_normal(a, c->code);
	int64_t changed = 0;

	if (strlen(normal) < 12) {
		*out = false;
		return true;
	}
	if (!db_run(tx, "UPDATE recovery_code SET used_at = $1 WHERE account_id = $2 AND hash = $3 AND used_at IS NULL",
	    &changed, err, "iit", c->now, c->account_id, token_hash(normal).s))
		return false;
	*out = changed == 1;
	return !*out ||
	    noted(tx, &(struct change){ c->account_id, c->now, NULL }, "account.recovery_code_used", c->account_id, NULL, err);
}

static bool
code_write(struct db *tx, void *arg, struct err *err)
{
	struct code *c = arg;
	struct arena *a = arena_open();
	struct stmt *st = db_stmt(tx, "SELECT totp_secret, totp_last_step FROM account WHERE id = $1"
	    " AND disabled_at IS NULL", err);
	const char *secret = NULL;
	int64_t last = 0, this_step = 0;
	enum db_step step;
	bool ok;

	bind_i64(st, 1, c->account_id);
	step = db_next(st, err);
	if (step == DB_ROW) {
		secret = col_text(st, a, 0);
		last = col_i64(st, 1);
	}
	db_done(st);
	c->right = secret != NULL && totp_valid(secret, c->code, c->now, last, &this_step);
	if (c->right)
		ok = db_run(tx, "UPDATE account SET totp_last_step = $1 WHERE id = $2", NULL, err, "ii", this_step,
		    c->account_id);
	else
		ok = step != DB_FAIL && (secret == NULL || recovery_used(tx, a, c, &c->right, err));
	arena_close(a);
	return ok;
}

bool
sign_in_code(struct db *db, int64_t account_id, const char *code, int64_t now, struct err *err)
{
	struct code c = { account_id, now, code, false };
	char who[32];
	int64_t blocked_until;

	(void)snprintf(who, sizeof(who), "%" PRId64, account_id);
	if (!throttle_hit(db, &throttle_code, who, now, &blocked_until, err))
		return false;
	if (blocked_until > now) {
		(void)err_set(err, ERR_BUSY, "too many codes for account %" PRId64, account_id);
		err->field = "code";
		err->person = N_("There have been too many tries. Wait a while, then try again.");
		return false;
	}
	if (!db_write(db, code_write, &c, err))
		return err_add(err, "code");
	if (!c.right)
		return err_input(err, "code", N_("Write the six digits that your telephone shows now, or a recovery code"));
	return throttle_clear(db, &throttle_code, who, err);
}

/* ---- two steps ---- */

struct two_step { const struct change *by; int64_t account_id; const char *secret, *code; const char **codes; };

static bool
codes_write(struct db *tx, struct arena *a, const struct two_step *t, struct err *err)
{
	if (!db_run(tx, "DELETE FROM recovery_code WHERE account_id = $1", NULL, err, "i", t->account_id))
		return false;
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		if (!db_run(tx, "INSERT INTO recovery_code (account_id, hash) VALUES ($1, $2)", NULL, err, "it",
		    t->account_id, token_hash(recovery_normal(a, t->codes[i])).s))
			return err_add(err, "recovery codes");
	return true;
}

static bool
on_write(struct db *tx, void *arg, struct err *err)
{
	const struct two_step *t = arg;
	struct arena *a = arena_open();
	int64_t step = 0;
	bool ok;

	if (!totp_valid(t->secret, t->code, t->by->now, 0, &step))
		ok = err_input(err, "code", N_("The code does not fit. Write the six digits that your telephone shows now"));
	else
		ok = db_run(tx, "UPDATE account SET totp_secret = $1, totp_last_step = $2 WHERE id = $3", NULL, err, "tii",
		    t->secret, step, t->account_id) && codes_write(tx, a, t, err) &&
		    noted(tx, t->by, "account.two_step_on", t->account_id, NULL, err);
	arena_close(a);
	return ok;
}

static void
codes_make(struct arena *a, const char **codes)
{
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		codes[i] = recovery_code(a);
}

bool
two_step_on(struct db *db, struct arena *a, const struct change *by, int64_t account_id, const char *secret,
    const char *code, const char **codes, struct err *err)
{
	struct two_step t = { by, account_id, secret, code, codes };

	codes_make(a, codes);
	return db_write(db, on_write, &t, err);
}

static bool
off_write(struct db *tx, void *arg, struct err *err)
{
	const struct two_step *t = arg;

	return db_run(tx, "UPDATE account SET totp_secret = NULL, totp_last_step = 0 WHERE id = $1", NULL, err, "i",
	    t->account_id) &&
	    db_run(tx, "DELETE FROM recovery_code WHERE account_id = $1", NULL, err, "i", t->account_id) &&
	    noted(tx, t->by, "account.two_step_off", t->account_id, NULL, err);
}

bool
two_step_off(struct db *db, const struct change *by, int64_t account_id, struct err *err)
{
	struct two_step t = { .by = by, .account_id = account_id };

	return db_write(db, off_write, &t, err);
}

static bool
new_codes_write(struct db *tx, void *arg, struct err *err)
{
	const struct two_step *t = arg;
	struct arena *a = arena_open();
	bool ok = codes_write(tx, a, t, err) && noted(tx, t->by, "account.recovery_codes", t->account_id, NULL, err);

	arena_close(a);
	return ok;
}

bool
two_step_new_codes(struct db *db, struct arena *a, const struct change *by, int64_t account_id,
    const char **codes, struct err *err)
{
	struct two_step t = { .by = by, .account_id = account_id, .codes = codes };

	codes_make(a, codes);
	return db_write(db, new_codes_write, &t, err);
}

bool
two_step_codes_left(struct db *db, int64_t account_id, int64_t *n, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL", err);
	enum db_step step;

	bind_i64(st, 1, account_id);
	step = db_next(st, err);
	if (step == DB_ROW)
		*n = col_i64(st, 0);
	db_done(st);
	return step == DB_ROW || err_add(err, "recovery codes");
}

/* call/exchange_store.c: exchanges, their tokens and queues */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "call/call_store.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "people/phone.h"
#include "timeline/event.h"

enum { TOKEN_BYTES = 32, LIST_MOST = 500, CODE_MAX = 20, NAME_MAX = 100 };

#define COLUMNS \
	"SELECT e.id, e.unit_id, u.authority_id, e.code, e.name, e.active, e.token_hash IS NOT NULL, e.token_made_at, e.heard_at," \
	" e.ahead_s, t.code, u.name FROM exchange e JOIN unit u ON u.id = e.unit_id JOIN authority t ON t.id = u.authority_id"

static void
row_exchange(struct stmt *st, struct arena *a, struct exchange *x)
{
	*x = (struct exchange){
		.id = col_i64(st, 0), .unit_id = col_i64(st, 1), .authority_id = col_i64(st, 2), .code = col_text(st, a, 3),
		.name = col_text(st, a, 4), .active = col_i64(st, 5) != 0, .has_token = col_i64(st, 6) != 0,
		.token_made_at = col_i64(st, 7), .heard_at = col_i64(st, 8), .ahead_known = !col_is_null(st, 9),
		.ahead_s = col_i64(st, 9), .authority_code = col_text(st, a, 10), .unit_name = col_text(st, a, 11),
	};
}

static bool
one(struct stmt *st, struct arena *a, struct exchange *out, struct err *err)
{
	enum db_step step = db_next(st, err);

	if (step == DB_ROW)
		row_exchange(st, a, out);
	db_done(st);
	if (step == DB_END)
		return err_set(err, ERR_NOT_FOUND, "no such exchange");
	return step == DB_ROW || err_add(err, "exchange");
}

bool
exchange_list(struct db *db, struct arena *a, struct exchange_list *out, struct err *err)
{
	struct exchange_list list = { .item = arena_array(a, LIST_MOST, sizeof(*list.item)) };
	struct stmt *st = db_stmt(db, COLUMNS " ORDER BY e.active DESC, e.code LIMIT 500", err);
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < LIST_MOST)
		row_exchange(st, a, &list.item[list.n++]);
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "exchanges");
}

bool
exchange_get(struct db *db, struct arena *a, int64_t id, struct exchange *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE e.id = $1", err);

	bind_i64(st, 1, id);
	return one(st, a, out, err);
}

bool
exchange_by_code(struct db *db, struct arena *a, const char *code, struct exchange *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE e.code = $1", err);

	bind_text(st, 1, code);
	return one(st, a, out, err);
}

bool
exchange_by_token(struct db *db, struct arena *a, const char *token, struct exchange *out, struct err *err)
{
	struct stmt *st = db_stmt(db, COLUMNS " WHERE e.token_hash = $1 AND e.active = 1", err);

	bind_text(st, 1, hash_hex(hash_bytes(token, strlen(token))).s);
	if (one(st, a, out, err))
		return true;
	if (err->code != ERR_NOT_FOUND)
		return false;
	(void)err_set(err, ERR_DENIED, "no exchange has this token");
	err->person = N_("The token is not one that is in use. Make a new one at /admin/vaxlar.");
	return false;
}

struct save { int64_t account_id, now, id; struct exchange in; };

static bool
save_write(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	int64_t authority_id, other;
	struct err none = { 0 };

	if (!work_unit_of(tx, s->in.unit_id, &authority_id, &none))
		return none.code == ERR_NOT_FOUND ? err_input(err, "unit_id", N_("Choose the unit that answers.")) :
		    err_set(err, none.code, "%s", none.log);
	none = (struct err){ 0 };
	if (db_id(tx, "SELECT id FROM exchange WHERE code = $1 AND id <> $2", &other, &none, "ti", s->in.code, s->in.id))
		return err_input(err, "code", N_("Another exchange has that code."));
	if (none.code != ERR_NOT_FOUND)
		return err_set(err, none.code, "%s", none.log);
	s->id = s->in.id;
	if (s->in.id == 0 ? !db_id(tx, "INSERT INTO exchange (code, name, unit_id, active) VALUES ($1, $2, $3, $4) RETURNING id",
	    &s->id, err, "ttii", s->in.code, s->in.name, s->in.unit_id, (int64_t)s->in.active) :
	    !db_run(tx, "UPDATE exchange SET code = $1, name = $2, unit_id = $3, active = $4 WHERE id = $5", NULL, err, "ttiii",
	    s->in.code, s->in.name, s->in.unit_id, (int64_t)s->in.active, s->in.id))
		return false;
	return event_note(tx, s->now, s->account_id, s->in.id == 0 ? "exchange.created" : "exchange.changed", "exchange", s->id, 0, 0,
	    authority_id, 0, NULL, err);
}

static bool
good(const struct exchange *in, struct err *err)
{
	if (in->code == NULL || in->code[0] == '\0' || strlen(in->code) > CODE_MAX ||
	    in->code[strspn(in->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")] != '\0')
		return err_input(err, "code", N_("Write a short code of letters and digits, like VX1."));
	if (in->name == NULL || in->name[0] == '\0' || strlen(in->name) > NAME_MAX * 4)
		return err_input(err, "name", N_("Write a name, at most 100 characters."));
	return true;
}

bool
exchange_save(struct db *db, int64_t account_id, const struct exchange *in, int64_t now, int64_t *id, struct err *err)
{
	struct save s = { account_id, now, 0, *in };

	if (!good(in, err) || !db_write(db, save_write, &s, err))
		return err_add(err, "exchange");
	if (id != NULL)
		*id = s.id;
	return true;
}

struct token_job { int64_t account_id, id, now; const char *hash; };

static bool
token_write(struct db *tx, void *arg, struct err *err)
{
	struct token_job *j = arg;
	int64_t changed = 0;

	if (!db_run(tx, "UPDATE exchange SET token_hash = $1, token_made_at = $2 WHERE id = $3", &changed, err, "tIi", j->hash,
	    j->hash == NULL ? (int64_t)0 : j->now, j->id))
		return false;
	if (changed == 0)
		return err_set(err, ERR_NOT_FOUND, "exchange %" PRId64, j->id);
	return event_note(tx, j->now, j->account_id, j->hash == NULL ? "exchange.token_revoked" : "exchange.token_made", "exchange",
	    j->id, 0, 0, 0, 0, NULL, err);
}

bool
exchange_token(struct db *db, struct arena *a, int64_t account_id, int64_t id, int64_t now, const char **token,
    struct err *err)
{
	struct token_job j = { account_id, id, now, NULL };
	struct hash_str hash;

	if (token != NULL) {
		*token = arena_printf(a, "nkx_%s", random_token(a, TOKEN_BYTES));
		hash = hash_hex(hash_bytes(*token, strlen(*token)));
		j.hash = hash.s;
	}
	return db_write(db, token_write, &j, err) || err_add(err, "token of an exchange");
}

bool
exchange_queues(struct db *db, struct arena *a, int64_t id, struct exchange_queue_list *out, struct err *err)
{
	struct exchange_queue_list list = { .item = arena_array(a, LIST_MOST, sizeof(*list.item)) };
	struct stmt *st = db_stmt(db, "SELECT q.name, u.name, q.unit_id FROM exchange_queue q JOIN unit u ON u.id = q.unit_id"
	    " WHERE q.exchange_id = $1 ORDER BY q.name LIMIT 500", err);
	enum db_step step;

	bind_i64(st, 1, id);
	while ((step = db_next(st, err)) == DB_ROW && list.n < LIST_MOST)
		list.item[list.n++] = (struct exchange_queue){ col_text(st, a, 0), col_text(st, a, 1), col_i64(st, 2) };
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "queues of an exchange");
}

struct queue_job { int64_t account_id, id, unit_id, now; const char *name; };

static bool
queue_write(struct db *tx, void *arg, struct err *err)
{
	struct queue_job *j = arg;

	if (j->unit_id == 0 ? !db_run(tx, "DELETE FROM exchange_queue WHERE exchange_id = $1 AND name = $2", NULL, err, "it", j->id,
	    j->name) : !db_run(tx, "INSERT INTO exchange_queue (exchange_id, name, unit_id) VALUES ($1, $2, $3)"
	    " ON CONFLICT (exchange_id, name) DO UPDATE SET unit_id = excluded.unit_id", NULL, err, "iti", j->id, j->name, j->unit_id))
		return false;
	return event_note(tx, j->now, j->account_id, "exchange.queue", "exchange", j->id, 0, 0, 0, 0, NULL, err);
}

bool
exchange_queue_set(struct db *db, int64_t account_id, int64_t id, const char *name, int64_t unit_id, int64_t now,
    struct err *err)
{
	struct queue_job j = { account_id, id, unit_id, now, name };
	struct arena *a;
	bool ok;

	if (name == NULL || name[0] == '\0' || strlen(name) > CALL_QUEUE_MAX)
		return err_input(err, "queue", N_("Write the queue or the number as the exchange does, at most 80 characters."));
	a = arena_open();
	if (name[strspn(name, "0123456789+-()/ ")] == '\0')	/* as call_read.h keeps it */
		j.name = phone_normal(a, name);
	ok = db_write(db, queue_write, &j, err) || err_add(err, "queue of an exchange");
	arena_close(a);
	return ok;
}

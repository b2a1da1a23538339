/* people/form_draft_store.c */
#include "people/form_draft.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/sb.h"
#include "db/db.h"
#include "http/http.h"

static const char COOKIE[] = "nk_utkast";
static const char PUT[] =
    "INSERT INTO form_draft (token_hash, fields, saved_at, expires_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (token_hash) DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at,"
    " expires_at = excluded.expires_at";
static const char GET_ONE[] = "SELECT fields FROM form_draft WHERE token_hash = $1 AND expires_at > $2";

/* Ours, secret, or of no use in another session. */
static bool
is_words(const char *name)
{
	static const char *const never[] = { "csrf", "version", "webbplats", "oppnad", "token", "code", "spara", "seen", "present" };

	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		if (strcmp(name, never[i]) == 0)
			return false;
	}
	return strstr(name, "password") == NULL;
}

static struct hash_str
hash_of(const char *token)
{
	return hash_hex(hash_bytes(token, strlen(token)));
}

/* The browser's token, or NULL; what is no token of ours is none. */
static const char *
token_of(struct request *rq)
{
	const char *token = request_cookie(rq, COOKIE);

	return token != NULL && strlen(token) >= 32 && strlen(token) <= 100 ? token : NULL;
}

struct put { const char *hash, *fields; int64_t now; };

static bool
put(struct db *tx, void *arg, struct err *err)
{
	const struct put *p = arg;

	return db_run(tx, PUT, NULL, err, "ttii", p->hash, p->fields, p->now, p->now + FORM_DRAFT_S);
}

bool
form_draft_keep(struct request *rq, struct response *rs, int64_t account_id, const char *path, bool *kept,
    struct err *err)
{
	const char *token = token_of(rq), *name, *value;
	struct put p = { .now = rq->now };
	struct hash_str hash;
	struct sb sb;
	size_t n = 0;

	if (kept != NULL)
		*kept = false;
	sb_init(&sb, rq->arena, FORM_DRAFT_MAX);
	sb_add(&sb, "{\"path\": ");
	sb_json(&sb, path);
	sb_add(&sb, ", \"account\": ");
	sb_i64(&sb, account_id);
	sb_add(&sb, ", \"fields\": [");
	for (size_t i = 0; form_field_at(rq, i, &name, &value); i++) {
		if (value[0] == '\0' || !is_words(name))
			continue;
		sb_add(&sb, n++ == 0 ? "[" : ", [");
		sb_json(&sb, name);
		sb_add(&sb, ", ");
		sb_json(&sb, value);
		sb_add_c(&sb, ']');
	}
	sb_add(&sb, "]}");
	if (n == 0 || !sb_end(&sb, &p.fields, &(struct err){ 0 }))
		return true;
	if (token == NULL)
		token = random_token(rq->arena, 32);
	hash = hash_of(token);
	p.hash = hash.s;
	if (!db_write(rq->db, put, &p, err))
		return err_add(err, "form draft");
	respond_cookie(rq, rs, COOKIE, token, FORM_DRAFT_S);
	if (kept != NULL)
		*kept = true;
	return true;
}

/* Each [name, value] becomes a field. */
static bool
fill(struct request *rq, int64_t account_id, const json_t *draft)
{
	const json_t *fields = json_object_get(draft, "fields");

	if (strcmp(json_text_or(draft, "path", ""), rq->path) != 0 ||
	    json_integer_value(json_object_get(draft, "account")) != account_id)
		return false;
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const char *name = json_string_value(json_array_get(json_array_get(fields, i), 0));
		const char *value = json_string_value(json_array_get(json_array_get(fields, i), 1));

		if (name != NULL && value != NULL)
			form_fill(rq, name, value);
	}
	return json_array_size(fields) > 0;
}

bool
form_draft_fill(struct request *rq, int64_t account_id, struct err *err)
{
	const char *token = token_of(rq), *text = NULL;
	json_t *draft = NULL;
	struct stmt *st;
	bool filled;

	if (token == NULL)
		return false;
	st = db_stmt(rq->db, GET_ONE, err);
	bind_text(st, 1, hash_of(token).s);
	bind_i64(st, 2, rq->now);
	if (db_next(st, err) == DB_ROW)
		text = col_text(st, rq->arena, 0);
	db_done(st);
	if (text == NULL || !json_parse(text, strlen(text), &draft, err))
		return false;
	filled = fill(rq, account_id, draft);
	json_decref(draft);
	return filled;
}

static bool
drop(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "DELETE FROM form_draft WHERE token_hash = $1", NULL, err, "t", (const char *)arg);
}

bool
form_draft_drop(struct request *rq, struct response *rs, struct err *err)
{
	const char *token = token_of(rq);
	struct hash_str hash;
	int64_t n = 0;

	if (token == NULL)
		return true;
	hash = hash_of(token);
	if (rs != NULL)
		respond_cookie(rq, rs, COOKIE, "", 0);
	/* Most often there is nothing, and reading that is cheaper than writing it. */
	if (!db_id(rq->db, "SELECT COUNT(*) FROM form_draft WHERE token_hash = $1", &n, err, "t", hash.s) || n == 0)
		return err->code == ERR_NONE;
	return db_write(rq->db, drop, hash.s, err) || err_add(err, "form draft");
}

static bool
tidy(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "DELETE FROM form_draft WHERE expires_at <= $1", NULL, err, "i", *(int64_t *)arg);
}

bool
form_draft_tidy(struct db *db, int64_t now, struct err *err)
{
	return db_write(db, tidy, &now, err) || err_add(err, "form drafts");
}

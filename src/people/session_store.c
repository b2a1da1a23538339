/* people/session_store.c: sessions in the database, and the answers kept for two seconds */
#include "people/session.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "db/kept.h"
#include "people/rows.h"
#include "people/scope.h"
#include "timeline/event.h"

enum { TOKEN_BYTES = 32, SLOTS = 2048, GRANTS_KEPT = 64, AGENT_MAX = 160 };

/* A kept answer. Slots are found by the token's hash; who lands on a taken slot takes it over. */
struct slot {
	const struct database *of;
	char hash[65];
	int64_t account_id, unit_id, seen_at, expires_at, read_at;
	unsigned generation;
	char name[201], lang[9];
	struct grant grant[GRANTS_KEPT];
	size_t n_grants;
};

static struct { pthread_mutex_t lock; struct slot *slot; } kept = { .lock = PTHREAD_MUTEX_INITIALIZER };
static atomic_uint generation;
static _Atomic int64_t n_kept, n_read;

static const char START[] =
    "INSERT INTO session (token_hash, account_id, created_at, seen_at, expires_at, address, agent)"
    " VALUES ($1, $2, $3, $3, $4, $5, $6)";
static const char WHO[] =
    "SELECT s.account_id, s.seen_at, s.expires_at, p.name, a.language, a.unit_id FROM session s"
    "  JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id"
    " WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.created_at >= a.sessions_valid_from"
    "   AND a.disabled_at IS NULL";
static const char LIST[] =
    "SELECT s.token_hash, s.account_id, s.created_at, s.seen_at, s.expires_at, s.address, s.agent FROM session s"
    "  JOIN account a ON a.id = s.account_id"
    " WHERE s.account_id = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.created_at >= a.sessions_valid_from"
    " ORDER BY s.seen_at DESC, s.token_hash";

static void
forget(void *arg)
{
	(void)arg;
	(void)atomic_fetch_add(&generation, 1);
}

void
session_forget_after(struct db *tx)
{
	db_after_commit(tx, forget, NULL);
	kept_forget_after(tx);
}

struct session_counters
session_counters(void)
{
	return (struct session_counters){ n_kept, n_read };
}

static struct hash_str
token_hash(const char *token)
{
	return hash_hex(hash_bytes(token, strlen(token)));
}

struct start { const char *hash, *address, *agent; int64_t account_id, now; };

static bool
start_write(struct db *tx, void *arg, struct err *err)
{
	const struct start *s = arg;

	return db_run(tx, START, NULL, err, "tiiitt", s->hash, s->account_id, s->now, s->now + SESSION_LIFE_S, s->address,
	    s->agent) &&
	    event_note(tx, s->now, s->account_id, "account.signed_in", "account", s->account_id, 0, 0, 0, 0, NULL, err);
}

bool
session_start(struct db *db, struct arena *a, int64_t account_id, const char *address, const char *agent,
    int64_t now, const char **token, struct err *err)
{
	const char *made = random_token(a, TOKEN_BYTES);
	struct hash_str hash = token_hash(made);
	struct start s = { hash.s, address, agent == NULL ? NULL : arena_strndup(a, agent, utf8_prefix(agent, AGENT_MAX)),
		account_id, now };

	if (!db_write(db, start_write, &s, err))
		return err_add(err, "session of account %" PRId64, account_id);
	*token = made;
	return true;
}

/* ---- who holds a token ---- */

static size_t
slot_of(const char *hash)
{
	size_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n * 16 + (size_t)(hash[i] <= '9' ? hash[i] - '0' : hash[i] - 'a' + 10);
	return n % SLOTS;
}

static void
actor_from(struct arena *a, const struct slot *s, struct actor *out)
{
	*out = (struct actor){
		.account_id = s->account_id, .name = arena_strdup(a, s->name),
		.lang = s->lang[0] == '\0' ? NULL : arena_strdup(a, s->lang), .unit_id = s->unit_id,
		.grant = arena_memdup(a, s->grant, s->n_grants * sizeof(*s->grant)), .n_grants = s->n_grants,
		.session_hash = arena_strdup(a, s->hash),
	};
}

static bool
kept_actor(const struct database *of, struct arena *a, const char *hash, int64_t now, struct actor *out)
{
	bool hit = false;

	(void)pthread_mutex_lock(&kept.lock);
	if (kept.slot != NULL) {
		const struct slot *s = &kept.slot[slot_of(hash)];

		hit = s->of == of && s->generation == atomic_load(&generation) && strcmp(s->hash, hash) == 0 &&
		    now >= s->read_at && now - s->read_at < SESSION_FRESH_S && now < s->expires_at &&
		    now - s->seen_at < SESSION_SEEN_S;
		if (hit)
			actor_from(a, s, out);
	}
	(void)pthread_mutex_unlock(&kept.lock);
	return hit;
}

static void
keep(const struct slot *s)
{
	(void)pthread_mutex_lock(&kept.lock);
	if (kept.slot == NULL)
		kept.slot = calloc(SLOTS, sizeof(*kept.slot));
	if (kept.slot != NULL)
		kept.slot[slot_of(s->hash)] = *s;
	(void)pthread_mutex_unlock(&kept.lock);
}

struct seen { const char *hash; int64_t now; };

static bool
seen_write(struct db *tx, void *arg, struct err *err)
{
	const struct seen *s = arg;

	return db_run(tx, "UPDATE session SET seen_at = $1 WHERE token_hash = $2 AND seen_at < $1", NULL, err, "it",
	    s->now, s->hash);
}

/* The row, if it is a living session; account_id 0 otherwise. */
static bool
read_slot(struct db *db, struct arena *a, int64_t now, struct slot *s, struct err *err)
{
	struct stmt *st = db_stmt(db, WHO, err);
	enum db_step step;

	bind_text(st, 1, s->hash);
	bind_i64(st, 2, now);
	bind_i64(st, 3, now - SESSION_IDLE_S);
	step = db_next(st, err);
	if (step == DB_ROW) {
		s->account_id = col_i64(st, 0);
		s->seen_at = col_i64(st, 1);
		s->expires_at = col_i64(st, 2);
		(void)snprintf(s->name, sizeof(s->name), "%s", col_text_or(st, a, 3, ""));
		(void)snprintf(s->lang, sizeof(s->lang), "%s", col_text_or(st, a, 4, ""));
		s->unit_id = col_i64(st, 5);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "session");
}

bool
session_actor(struct db *db, struct arena *a, const char *token, int64_t now, struct actor *out, struct err *err)
{
	struct slot s = { .of = db_database(db), .read_at = now, .generation = atomic_load(&generation) };
	const struct grant *grant = NULL;
	size_t n = 0;

	*out = (struct actor){ 0 };
	if (token == NULL || token[0] == '\0' || strlen(token) > 100)
		return true;
	(void)snprintf(s.hash, sizeof(s.hash), "%s", token_hash(token).s);
	if (kept_actor(s.of, a, s.hash, now, out)) {
		n_kept++;
		return true;
	}
	n_read++;
	if (!read_slot(db, a, now, &s, err))
		return false;
	if (s.account_id == 0)
		return true;
	if (!grants_of(db, a, s.account_id, local_date(now), &grant, &n, err))
		return false;
	if (now - s.seen_at >= SESSION_SEEN_S) {
		if (!db_write(db, seen_write, &(struct seen){ s.hash, now }, err))
			return err_add(err, "session seen");
		s.seen_at = now;
	}
	*out = (struct actor){
		.account_id = s.account_id, .name = arena_strdup(a, s.name),
		.lang = s.lang[0] == '\0' ? NULL : arena_strdup(a, s.lang), .unit_id = s.unit_id, .grant = grant,
		.n_grants = n, .session_hash = arena_strdup(a, s.hash),
	};
	if (n <= GRANTS_KEPT) {		/* who has more is read each time */
		if (n > 0)
			memcpy(s.grant, grant, n * sizeof(*grant));
		s.n_grants = n;
		keep(&s);
	}
	return true;
}

int64_t
session_account(struct db *db, const char *token)
{
	struct err ignored = { 0 };
	int64_t account_id = 0;

	if (token == NULL || token[0] == '\0' || strlen(token) > 100 ||
	    !db_id(db, "SELECT account_id FROM session WHERE token_hash = $1", &account_id, &ignored, "t",
	    token_hash(token).s))
		return 0;
	return account_id;
}

bool
session_list(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct session_list *out,
    struct err *err)
{
	struct session_list list = { 0 };
	struct stmt *st = db_stmt(db, LIST, err);
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, account_id);
	bind_i64(st, 2, now);
	bind_i64(st, 3, now - SESSION_IDLE_S);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct session){
			.token_hash = col_text(st, a, 0), .account_id = col_i64(st, 1), .created_at = col_i64(st, 2),
			.seen_at = col_i64(st, 3), .expires_at = col_i64(st, 4), .address = col_text(st, a, 5),
			.agent = col_text(st, a, 6),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "sessions of account %" PRId64, account_id);
	*out = list;
	return true;
}

struct end { const struct change *by; int64_t account_id; const char *hash; };

static bool
end_write(struct db *tx, void *arg, struct err *err)
{
	const struct end *e = arg;
	int64_t changed = 0;

	session_forget_after(tx);
	if (!db_run(tx, "DELETE FROM session WHERE account_id = $1 AND token_hash = $2", &changed, err, "it",
	    e->account_id, e->hash))
		return false;
	return changed == 0 || event_note(tx, e->by->now, e->by->account_id, "account.signed_out", "account",
	    e->account_id, 0, 0, 0, 0, NULL, err);
}

bool
session_end(struct db *db, const struct change *by, int64_t account_id, const char *token_hash_text, struct err *err)
{
	struct end e = { by, account_id, token_hash_text };

	return db_write(db, end_write, &e, err) || err_add(err, "end session");
}

static bool
end_all_write(struct db *tx, void *arg, struct err *err)
{
	const struct end *e = arg;

	session_forget_after(tx);
	return db_run(tx, "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2", NULL, err, "it",
	    e->account_id, e->hash == NULL ? "" : e->hash) &&
	    (e->hash != NULL || db_run(tx, "UPDATE account SET sessions_valid_from = $1 WHERE id = $2", NULL, err, "ii",
	    e->by->now, e->account_id)) &&
	    event_note(tx, e->by->now, e->by->account_id, "account.signed_out_everywhere", "account", e->account_id, 0, 0,
	    0, 0, NULL, err);
}

bool
session_end_all(struct db *db, const struct change *by, int64_t account_id, const char *keep_hash, struct err *err)
{
	struct end e = { by, account_id, keep_hash };

	return db_write(db, end_all_write, &e, err) || err_add(err, "end all sessions");
}

static bool
tidy_write(struct db *tx, void *arg, struct err *err)
{
	int64_t now = *(int64_t *)arg;

	return db_run(tx, "DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2", NULL, err, "ii",
	    now - SESSION_KNOWN_S, now - SESSION_KNOWN_S - SESSION_IDLE_S) &&
	    db_run(tx, "DELETE FROM account_link WHERE expires_at < $1", NULL, err, "i", now - 30 * DAY_S);
}

bool
session_tidy(struct db *db, int64_t now, struct err *err)
{
	return db_write(db, tidy_write, &now, err);
}

/* people/throttle_store.c: counted tries in the database */
#include "people/throttle.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "db/db.h"
#include "people/site.h"

enum { FORGET_MOST_S = 86400 };

const struct throttle_rule throttle_account = { "signin:account", 5, 15, 900, FORGET_MOST_S };
const struct throttle_rule throttle_address = { "signin:address", 30, 15, 900, FORGET_MOST_S };
const struct throttle_rule throttle_code = { "signin:code", 5, 30, 3600, FORGET_MOST_S };
const struct throttle_rule throttle_reset = { "reset:address", 5, 60, 3600, FORGET_MOST_S };
const struct throttle_rule throttle_draft = { "draft:address", 60, 10, 600, 3600 };
const struct throttle_rule throttle_form = { "form:address", 20, 10, 600, 3600 };

static const char GET[] = "SELECT count, since, blocked_until FROM throttle WHERE name = $1";
static const char PUT[] =
    "INSERT INTO throttle (name, count, since, blocked_until) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (name) DO UPDATE SET count = excluded.count, since = excluded.since,"
    "  blocked_until = excluded.blocked_until";

struct name { char s[100]; };

static bool
name_of(struct db *db, const struct throttle_rule *rule, const char *who, struct name *out, struct err *err)
{
	struct site_keys keys;

	if (!site_keys(db, &keys, err))
		return false;
	(void)snprintf(out->s, sizeof(out->s), "%s:%s", rule->kind,
	    hash_hex(hash_keyed(keys.throttle, who, strlen(who))).s);
	return true;
}

struct hit { const struct throttle_rule *rule; struct name name; int64_t now, blocked_until; };

static int64_t
wait_s(const struct throttle_rule *rule, int64_t count)
{
	int64_t s = rule->first_wait_s;

	if (count < rule->free)
		return 0;
	for (int64_t i = rule->free; i < count && s < rule->most_wait_s; i++)
		s *= 2;
	return s < rule->most_wait_s ? s : rule->most_wait_s;
}

static bool
hit_write(struct db *tx, void *arg, struct err *err)
{
	struct hit *h = arg;
	struct stmt *st = db_stmt(tx, GET, err);
	int64_t count = 0, since = h->now, blocked = 0;
	enum db_step step;

	bind_text(st, 1, h->name.s);
	step = db_next(st, err);
	if (step == DB_ROW) {
		count = col_i64(st, 0);
		since = col_i64(st, 1);
		blocked = col_i64(st, 2);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "throttle");
	h->blocked_until = 0;
	if (blocked > h->now) {
		h->blocked_until = blocked;
		return true;
	}
	/* `since` is the last try: who rests is forgotten. */
	if (h->now - since >= h->rule->forget_s || h->now < since)
		count = 0;
	count++;
	return db_run(tx, PUT, NULL, err, "tiii", h->name.s, count, h->now,
	    count < h->rule->free ? 0 : h->now + wait_s(h->rule, count));
}

bool
throttle_hit(struct db *db, const struct throttle_rule *rule, const char *who, int64_t now, int64_t *blocked_until,
    struct err *err)
{
	struct hit h = { .rule = rule, .now = now };

	if (!name_of(db, rule, who, &h.name, err) || !db_write(db, hit_write, &h, err))
		return err_add(err, "throttle %s", rule->kind);
	*blocked_until = h.blocked_until;
	return true;
}

static bool
clear_write(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "DELETE FROM throttle WHERE name = $1", NULL, err, "t", ((struct name *)arg)->s);
}

bool
throttle_clear(struct db *db, const struct throttle_rule *rule, const char *who, struct err *err)
{
	struct name name;

	return name_of(db, rule, who, &name, err) && db_write(db, clear_write, &name, err);
}

static bool
tidy_write(struct db *tx, void *arg, struct err *err)
{
	return db_run(tx, "DELETE FROM throttle WHERE since < $1 AND blocked_until < $2", NULL, err, "ii",
	    *(int64_t *)arg - FORGET_MOST_S, *(int64_t *)arg);
}

bool
throttle_tidy(struct db *db, int64_t now, struct err *err)
{
	return db_write(db, tidy_write, &now, err);
}

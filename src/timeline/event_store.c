/* timeline/event_store.c: the chain in the database
 *
 * The hash covers every field in a fixed order, each with its length, so that no two different events print alike. */
#include "timeline/event.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "db/db.h"

static const char LAST[] = "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1";
static const char INSERT[] =
    "INSERT INTO event (id, at, account_id, actor, action, object, object_id, contact_id, matter_id, authority_id,"
    "  data, restricted, previous_hash, hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

#define COLUMNS "e.id, e.at, e.account_id, e.actor, e.action, e.object, e.object_id, e.contact_id, e.matter_id," \
	" e.authority_id, e.data, e.restricted, e.previous_hash, e.hash"

static const char OF_CONTACT[] =
    "SELECT " COLUMNS ", p.name FROM event e"
    "  LEFT JOIN account ac ON ac.id = e.account_id LEFT JOIN person p ON p.id = ac.person_id"
    " WHERE e.contact_id = $1 AND e.restricted <= $2"
    " AND NOT EXISTS (SELECT 1 FROM document d WHERE e.object = 'document' AND d.id = e.object_id AND d.restricted > $2)"
    " ORDER BY e.id LIMIT $3";
static const char OF_MATTER[] =
    "SELECT " COLUMNS ", p.name FROM event e"
    "  LEFT JOIN account ac ON ac.id = e.account_id LEFT JOIN person p ON p.id = ac.person_id"
    " WHERE e.matter_id = $1 AND e.restricted <= $2"
    /* and what has been restricted since it happened */
    " AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = e.contact_id AND c.restricted > $2)"
    " AND NOT EXISTS (SELECT 1 FROM document d WHERE e.object = 'document' AND d.id = e.object_id AND d.restricted > $2)"
    " ORDER BY e.id LIMIT $3";
static const char AFTER[] =
    "SELECT " COLUMNS ", NULL FROM event e WHERE e.id > $1 AND e.at >= $2 ORDER BY e.id LIMIT $3";

static const char GENESIS[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void
add_text(struct hash_state *s, const char *text)
{
	const char *t = text == NULL ? "" : text;
	uint64_t n = strlen(t);
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(n >> (8 * i));
	hash_add(s, length, sizeof(length));
	hash_add(s, t, n);
}

static void
add_i64(struct hash_state *s, int64_t v)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)((uint64_t)v >> (8 * i));
	hash_add(s, b, sizeof(b));
}

static struct hash_str
event_hash(const struct event *e, const char *previous)
{
	struct hash_state s;

	hash_start(&s);
	add_text(&s, previous);
	add_i64(&s, e->id);
	add_i64(&s, e->at);
	add_i64(&s, e->account_id);
	add_text(&s, e->actor);
	add_text(&s, e->action);
	add_text(&s, e->object);
	add_i64(&s, e->object_id);
	add_i64(&s, e->contact_id);
	add_i64(&s, e->matter_id);
	add_i64(&s, e->authority_id);
	add_text(&s, e->data);
	add_i64(&s, e->restricted);
	return hash_hex(hash_end(&s));
}

/* The end of the chain: 0 and zeroes when it is empty. */
static bool
chain_end(struct db *db, struct arena *a, int64_t *id, const char **hash, struct err *err)
{
	struct stmt *st = db_stmt(db, LAST, err);
	enum db_step step = db_next(st, err);

	*id = 0;
	*hash = GENESIS;
	if (step == DB_ROW) {
		*id = col_i64(st, 0);
		*hash = col_text(st, a, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "end of the chain");
}

bool
event_chain_open(struct db *tx, struct event_chain *chain, struct err *err)
{
	struct arena *a = arena_open();
	const char *hash;
	bool ok = chain_end(tx, a, &chain->id, &hash, err);

	if (ok)
		(void)snprintf(chain->hash, sizeof(chain->hash), "%s", hash);
	arena_close(a);
	return ok;
}

bool
event_add(struct db *tx, const struct event *in, struct err *err)
{
	struct event_chain chain;

	return event_chain_open(tx, &chain, err) && event_chain_add(tx, &chain, in, err);
}

bool
event_chain_add(struct db *tx, struct event_chain *chain, const struct event *in, struct err *err)
{
	struct event e = *in;
	struct hash_str hash;
	struct stmt *st;
	enum db_step step;

	e.id = chain->id + 1;
	if (e.data == NULL)
		e.data = "{}";
	hash = event_hash(&e, chain->hash);
	st = db_stmt(tx, INSERT, err);
	bind_i64(st, 1, e.id);
	bind_i64(st, 2, e.at);
	bind_i64_or_null(st, 3, e.account_id);
	bind_text(st, 4, e.actor);
	bind_text(st, 5, e.action);
	bind_text(st, 6, e.object);
	bind_i64(st, 7, e.object_id);
	bind_i64_or_null(st, 8, e.contact_id);
	bind_i64_or_null(st, 9, e.matter_id);
	bind_i64_or_null(st, 10, e.authority_id);
	bind_text(st, 11, e.data);
	bind_i64(st, 12, e.restricted);
	bind_text(st, 13, chain->hash);
	bind_text(st, 14, hash.s);
	step = db_next(st, err);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "event %s", e.action);
	chain->id = e.id;
	(void)snprintf(chain->hash, sizeof(chain->hash), "%s", hash.s);
	return true;
}

bool
event_note(struct db *tx, int64_t at, int64_t account_id, const char *action, const char *object,
    int64_t object_id, int64_t contact_id, int64_t matter_id, int64_t authority_id, int restricted,
    const char *data, struct err *err)
{
	char actor[32];

	if (account_id > 0)
		(void)snprintf(actor, sizeof(actor), "account %" PRId64, account_id);
	else
		(void)snprintf(actor, sizeof(actor), "%s", account_id < 0 ? "resident" : "system");
	return event_add(tx, &(struct event){
		.at = at, .account_id = account_id > 0 ? account_id : 0, .actor = actor, .action = action,
		.object = object, .object_id = object_id, .contact_id = contact_id, .matter_id = matter_id,
		.authority_id = authority_id, .restricted = restricted, .data = data,
	}, err);
}

static void
row_event(struct stmt *st, struct arena *a, struct event *e)
{
	*e = (struct event){
		.id = col_i64(st, 0), .at = col_i64(st, 1), .account_id = col_i64(st, 2),
		.actor = col_text(st, a, 3), .action = col_text(st, a, 4), .object = col_text(st, a, 5),
		.object_id = col_i64(st, 6), .contact_id = col_i64(st, 7), .matter_id = col_i64(st, 8),
		.authority_id = col_i64(st, 9), .data = col_text(st, a, 10), .restricted = (int)col_i64(st, 11),
		.previous_hash = col_text(st, a, 12), .hash = col_text(st, a, 13),
		.actor_name = col_text(st, a, 14),
	};
}

static bool
rows(struct stmt *st, struct arena *a, size_t limit, struct event_list *out, struct err *err)
{
	struct event_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < limit) {
		if (list.n == cap) {
			size_t more = cap == 0 ? 16 : cap * 2;

			list.item = arena_grow(a, list.item, cap * sizeof(*list.item), more * sizeof(*list.item));
			cap = more;
		}
		row_event(st, a, &list.item[list.n++]);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "events");
	*out = list;
	return true;
}

bool
event_of(struct db *db, struct arena *a, int64_t contact_id, int64_t matter_id, int reach, size_t limit,
    struct event_list *out, struct err *err)
{
	struct stmt *st = db_stmt(db, contact_id != 0 ? OF_CONTACT : OF_MATTER, err);

	bind_i64(st, 1, contact_id != 0 ? contact_id : matter_id);
	bind_i64(st, 2, reach);
	bind_i64(st, 3, (int64_t)limit);
	return rows(st, a, limit, out, err);
}

bool
event_after(struct db *db, struct arena *a, int64_t id, int64_t since, size_t limit, struct event_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, AFTER, err);

	bind_i64(st, 1, id);
	bind_i64(st, 2, since);
	bind_i64(st, 3, (int64_t)limit);
	return rows(st, a, limit, out, err);
}

static atomic_bool going_down;

void
event_verify_stop(void)
{
	atomic_store(&going_down, true);
}

bool
event_verify(struct db *db, int64_t *n_events, int64_t *broken, const char **why, struct err *err)
{
	enum { PAGE = 1000 };
	struct arena *a = arena_open();
	char expected[65];
	int64_t last = 0;

	(void)snprintf(expected, sizeof(expected), "%s", GENESIS);
	*broken = 0;
	*why = NULL;
	for (;;) {
		struct event_list list;

		if ((atomic_load(&going_down) && !err_set(err, ERR_BUSY, "the program is stopping")) ||
		    !event_after(db, a, last, INT64_MIN, PAGE, &list, err)) {
			arena_close(a);
			return false;
		}
		for (size_t i = 0; i < list.n && *broken == 0; i++) {
			const struct event *e = &list.item[i];

			if (e->id != last + 1)
				*why = "an event is missing before this one";
			else if (strcmp(e->previous_hash, expected) != 0)
				*why = "it does not follow the event before it";
			else if (strcmp(e->hash, event_hash(e, expected).s) != 0)
				*why = "its fields were altered";
			if (*why != NULL)
				*broken = e->id;
			(void)snprintf(expected, sizeof(expected), "%s", e->hash);
			last = e->id;
		}
		if (list.n < PAGE || *broken != 0)
			break;
		arena_reset(a);
	}
	*n_events = last;
	arena_close(a);
	return true;
}

/* db/kept.c: slots found by a hash; who lands on a taken slot takes it over */
#include "db/kept.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "db/hear.h"
#include "db/internal.h"

enum { SLOTS = 256 };

/* A value and how many hold it: the slot, and each arena it was given to. */
struct value {
	atomic_int holders;
	struct arena *arena;
	const void *value;
};

struct slot {
	const struct database *of;
	kept_read_fn *read;
	int64_t key;
	unsigned generation;
	int64_t until_ms;
	struct value *value;		/* NULL: empty */
};

/* What the writer read in the transaction under way. */
struct kept_pending { struct kept_pending *next; kept_read_fn *read; int64_t key; unsigned generation; struct value *value; };

static struct { pthread_mutex_t lock; struct slot slot[SLOTS]; } kept = { .lock = PTHREAD_MUTEX_INITIALIZER };
static atomic_uint generation;

unsigned
kept_generation(void)
{
	return atomic_load(&generation);
}

void
kept_forget(void)
{
	(void)atomic_fetch_add(&generation, 1);
}

static void
forget(void *arg)
{
	(void)arg;
	kept_forget();
}

void
kept_forget_after(struct db *tx)
{
	tx->kept_changed = true;
	db_after_commit(tx, forget, NULL);
	db_tell_after(tx, KEPT_WORD);
}

static void
let_go(void *arg)
{
	struct value *v = arg;

	if (atomic_fetch_sub(&v->holders, 1) != 1)
		return;
	arena_close(v->arena);
	free(v);
}

static const void *
give(struct arena *a, struct value *v)
{
	arena_on_empty(a, let_go, v);
	return v->value;
}

static struct slot *
slot_of(const struct database *of, kept_read_fn *read, int64_t key)
{
	uint64_t h = (uint64_t)(uintptr_t)of ^ ((uint64_t)(uintptr_t)read << 7) ^ (uint64_t)key * 0x9e3779b97f4a7c15u;

	h *= 0xff51afd7ed558ccdu;
	return &kept.slot[(h >> 40) % SLOTS];
}

/* The value in the slot, held for the caller; NULL when it is another's, old or outdated. */
static struct value *
look(const struct database *of, kept_read_fn *read, int64_t key)
{
	struct slot *s = slot_of(of, read, key);
	struct value *v = NULL;

	(void)pthread_mutex_lock(&kept.lock);
	if (s->value != NULL && s->of == of && s->read == read && s->key == key && s->generation == kept_generation() &&
	    monotonic_ms() < s->until_ms) {
		v = s->value;
		(void)atomic_fetch_add(&v->holders, 1);
	}
	(void)pthread_mutex_unlock(&kept.lock);
	return v;
}

static void
keep(const struct database *of, kept_read_fn *read, int64_t key, unsigned read_in, struct value *v)
{
	struct slot *s = slot_of(of, read, key);
	struct value *was;

	(void)atomic_fetch_add(&v->holders, 1);
	(void)pthread_mutex_lock(&kept.lock);
	was = s->value;
	*s = (struct slot){ of, read, key, read_in, monotonic_ms() + KEPT_S * 1000, v };
	(void)pthread_mutex_unlock(&kept.lock);
	if (was != NULL)
		let_go(was);
}

static struct value *
look_pending(struct db *tx, kept_read_fn *read, int64_t key)
{
	for (struct kept_pending *p = tx->kept; p != NULL; p = p->next) {
		if (p->read == read && p->key == key) {
			(void)atomic_fetch_add(&p->value->holders, 1);
			return p->value;
		}
	}
	return NULL;
}

/* The value, held for the caller; NULL with *err. */
static struct value *
value_of(struct db *db, kept_read_fn *read, int64_t key, struct err *err)
{
	const struct database *of = db_database(db);
	unsigned read_in = db->snapshot ? db->snapshot_generation : kept_generation();
	struct value *v;

	if (!db->kept_changed && ((v = look(of, read, key)) != NULL || (v = look_pending(db, read, key)) != NULL))
		return v;
	if ((v = calloc(1, sizeof(*v))) == NULL)
		abort();
	v->arena = arena_open();
	atomic_init(&v->holders, 1);
	if ((v->value = read(db, v->arena, key, err)) == NULL) {
		let_go(v);
		return NULL;
	}
	if (db->writer) {
		struct kept_pending *p = db->kept_changed ? NULL : malloc(sizeof(*p));

		if (p != NULL) {
			*p = (struct kept_pending){ db->kept, read, key, read_in, v };
			db->kept = p;
			(void)atomic_fetch_add(&v->holders, 1);
		}
	} else {
		keep(of, read, key, read_in, v);
	}
	return v;
}

const void *
kept_get(struct db *db, struct arena *a, kept_read_fn *read, int64_t key, struct err *err)
{
	struct value *v = value_of(db, read, key, err);

	return v == NULL ? NULL : give(a, v);
}

bool
kept_copy(struct db *db, kept_read_fn *read, int64_t key, void *out, size_t n, struct err *err)
{
	struct value *v = value_of(db, read, key, err);

	if (v == NULL)
		return false;
	memcpy(out, v->value, n);
	let_go(v);
	return true;
}

void
kept_settle(struct db *tx, bool committed)
{
	while (tx->kept != NULL) {
		struct kept_pending *p = tx->kept;

		tx->kept = p->next;
		if (committed && !tx->kept_changed)
			keep(tx->database, p->read, p->key, p->generation, p->value);
		let_go(p->value);
		free(p);
	}
	tx->kept_changed = false;
}

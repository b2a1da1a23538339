/* hours/place_store.c: the book read, and plans worked out from it */
#include "hours/place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/kept.h"
#include "people/rows.h"
#include "people/site.h"

enum { DEPTH_MAX = 20 };

/* Those of a unit who answer residents by their roles today: a secretary or an archivist at her desk is nobody who picks up. */
static const char WORKERS[] =
    "SELECT ac.id, ac.unit_id FROM account ac WHERE ac.unit_id IS NOT NULL AND ac.disabled_at IS NULL AND EXISTS"
    " (SELECT 1 FROM role_grant g WHERE g.account_id = ac.id AND g.role IN ('contact_guide', 'registrar', 'case_handler',"
    "  'unit_manager', 'department_head', 'protected_handler') AND g.valid_from <= $1 AND (g.valid_to IS NULL OR g.valid_to >= $1))"
    " ORDER BY ac.unit_id, ac.id";

static bool
workers(struct db *db, struct arena *a, struct hours_book *out, struct err *err)
{
	struct stmt *st = db_stmt(db, WORKERS, err);
	struct hours_worker *list = NULL;
	size_t n = 0, cap = 0;
	enum db_step step;

	bind_text(st, 1, date_text(out->today).s);
	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, n, &cap, sizeof(*list));
		list[n++] = (struct hours_worker){ col_i64(st, 0), col_i64(st, 1) };
	}
	db_done(st);
	out->worker = list;
	out->n_workers = n;
	return step != DB_FAIL || err_add(err, "who works where");
}

bool
hours_book_read(struct db *db, struct arena *a, struct date from, struct hours_book *out, struct err *err)
{
	struct date_str first = date_text(from), last = date_text(date_add(from, HOURS_AHEAD_DAYS + 1));
	const char *unit = NULL;

	*out = (struct hours_book){ .today = from };
	if (!authority_list(db, a, &out->authorities, err) || !unit_list(db, a, &out->units, err) ||
	    !opening_list(db, a, &out->hours, err) || !opening_exception_list(db, a, first.s, &out->exceptions, err) ||
	    !local_day_list(db, a, first.s, &out->own_days, err) || !workers(db, a, out, err) ||
	    !absence_list_between(db, a, first.s, last.s, &out->absences, err) ||
	    !site_get(db, a, HOURS_FIRST_UNIT, &unit, err))
		return err_add(err, "hours");
	out->first_unit_id = unit == NULL ? 0 : strtoll(unit, NULL, 10);
	return true;
}

static const void *
read_book(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	struct hours_book *book = arena_alloc(a, sizeof(*book));

	return hours_book_read(db, a, date_from_days((int)key), book, err) ? book : NULL;
}

const struct hours_book *
hours_book(struct db *db, struct arena *a, struct date today, struct err *err)
{
	return kept_get(db, a, read_book, date_days(today), err);
}

/* ---- a place among the others ---- */

static const struct unit *
unit_of(const struct hours_book *book, int64_t unit_id)
{
	for (size_t i = 0; unit_id != 0 && i < book->units.n; i++)
		if (book->units.item[i].id == unit_id)
			return &book->units.item[i];
	return NULL;
}

static const struct authority *
authority_of(const struct hours_book *book, int64_t authority_id)
{
	for (size_t i = 0; i < book->authorities.n; i++)
		if (book->authorities.item[i].id == authority_id)
			return &book->authorities.item[i];
	return NULL;
}

/* The place and those above it, the nearest first: units, 0 for the authority as a whole. Returns how many. */
static int
chain_of(const struct hours_book *book, int64_t unit_id, int64_t chain[DEPTH_MAX + 1])
{
	int n = 0;

	for (const struct unit *u = unit_of(book, unit_id); u != NULL && n < DEPTH_MAX; u = unit_of(book, u->parent_id))
		chain[n++] = u->id;
	chain[n++] = 0;
	return n;
}

/* How far above the place: 0 itself; -1 not above it. */
static int
nearness_of(const int64_t *chain, int n, int64_t authority_id, int64_t row_authority_id, int64_t row_unit_id)
{
	if (row_authority_id == 0)
		return n;
	if (row_authority_id != authority_id)
		return -1;
	for (int i = 0; i < n; i++)
		if (chain[i] == row_unit_id)
			return i;
	return -1;
}

/* ---- the plan ---- */

static bool
rule_of(const struct opening *o, struct hours_rule *out)
{
	*out = (struct hours_rule){ .kind = strcmp(o->kind, hours_kind_names[HOURS_VISIT]) == 0 ? HOURS_VISIT : HOURS_PHONE,
		.first = (enum weekday)o->first_weekday, .last = (enum weekday)o->last_weekday, .always = o->always };
	return hours_minutes(o->opens, &out->opens) && hours_minutes(o->closes, &out->closes) &&
	    date_parse(o->valid_from, &out->from) && (o->valid_to == NULL || date_parse(o->valid_to, &out->to));
}

static void
rules_of(const struct hours_book *book, struct arena *a, int64_t authority_id, const int64_t *chain, int n,
    struct hours_plan *out)
{
	struct hours_rule *rule = arena_array(a, book->hours.n, sizeof(*rule));
	int nearest[HOURS_KINDS] = { DEPTH_MAX + 2, DEPTH_MAX + 2 };

	for (size_t i = 0; i < book->hours.n; i++) {
		const struct opening *o = &book->hours.item[i];
		int near = nearness_of(chain, n, authority_id, o->authority_id, o->unit_id);
		struct hours_rule r;

		if (near >= 0 && rule_of(o, &r) && near < nearest[r.kind])
			nearest[r.kind] = near;
	}
	for (size_t i = 0; i < book->hours.n; i++) {
		const struct opening *o = &book->hours.item[i];
		int near = nearness_of(chain, n, authority_id, o->authority_id, o->unit_id);

		if (near >= 0 && rule_of(o, &rule[out->n_rules]) && near == nearest[rule[out->n_rules].kind])
			out->n_rules++;
	}
	out->rule = rule;
}

static void
exceptions_of(const struct hours_book *book, struct arena *a, int64_t authority_id, const int64_t *chain, int n,
    struct hours_plan *out)
{
	struct hours_exception *list = arena_array(a, book->exceptions.n, sizeof(*list));

	for (size_t i = 0; i < book->exceptions.n; i++) {
		const struct opening_exception *e = &book->exceptions.item[i];
		struct hours_exception *r = &list[out->n_exceptions];
		int near = nearness_of(chain, n, authority_id, e->authority_id, e->unit_id);

		*r = (struct hours_exception){ .opens = HOURS_CLOSED, .closes = HOURS_CLOSED, .reason = e->reason,
			.nearness = near };
		for (size_t k = 0; k < HOURS_KINDS; k++)
			r->kind[k] = e->kind == NULL || strcmp(e->kind, hours_kind_names[k]) == 0;
		if (near >= 0 && date_parse(e->from_date, &r->from) && date_parse(e->to_date, &r->to) &&
		    (e->opens == NULL || (hours_minutes(e->opens, &r->opens) && hours_minutes(e->closes, &r->closes))))
			out->n_exceptions++;
	}
	out->exception = list;
}

static void
own_days_of(const struct hours_book *book, struct arena *a, struct hours_plan *out)
{
	struct hours_own_day *list = arena_array(a, book->own_days.n, sizeof(*list));

	for (size_t i = 0; i < book->own_days.n; i++) {
		const struct local_day *d = &book->own_days.item[i];
		struct hours_own_day *r = &list[out->n_own_days];

		*r = (struct hours_own_day){ .closes = HOURS_CLOSED, .name = d->name };
		if (date_parse(d->date, &r->date) && (d->closes_at == NULL || hours_minutes(d->closes_at, &r->closes)))
			out->n_own_days++;
	}
	out->own_day = list;
}

/* ---- who is there ---- */

static bool
absent(const struct hours_book *book, int64_t account_id, const char *day, const struct absence **which)
{
	for (size_t i = 0; i < book->absences.n; i++) {
		const struct absence *b = &book->absences.item[i];

		if (b->account_id == account_id && strcmp(b->from_date, day) <= 0 && strcmp(day, b->to_date) <= 0) {
			*which = b;
			return true;
		}
	}
	return false;
}

/* Herself, or a stand-in who is not away too. */
static bool
answered_for(const struct hours_book *book, int64_t account_id, const char *day)
{
	const struct absence *b = NULL, *other = NULL;

	return !absent(book, account_id, day, &b) || (b->stand_in_id != 0 && !absent(book, b->stand_in_id, day, &other));
}

/* Does the unit lie in the place? */
static bool
lies_in(const struct hours_book *book, int64_t authority_id, int64_t unit_id, int64_t lies_id)
{
	const struct unit *u = unit_of(book, lies_id);

	for (int depth = 0; u != NULL && depth < DEPTH_MAX; depth++, u = unit_of(book, u->parent_id))
		if (unit_id == 0 ? u->authority_id == authority_id : u->id == unit_id)
			return true;
	return false;
}

static void
away_days_of(const struct hours_book *book, struct arena *a, int64_t authority_id, int64_t unit_id, struct hours_plan *out)
{
	const struct hours_worker **mine;
	struct date *day;
	size_t n = 0;

	if (book->absences.n == 0 || book->n_workers == 0)
		return;
	mine = arena_array(a, book->n_workers, sizeof(struct hours_worker *));
	day = arena_array(a, HOURS_AHEAD_DAYS + 1, sizeof(*day));
	for (size_t i = 0; i < book->n_workers; i++)
		if (lies_in(book, authority_id, unit_id, book->worker[i].unit_id))
			mine[n++] = &book->worker[i];
	for (int i = 0; n > 0 && i <= HOURS_AHEAD_DAYS; i++) {
		struct date d = date_add(book->today, i);
		struct date_str text = date_text(d);
		size_t k = 0;

		while (k < n && !answered_for(book, mine[k]->account_id, text.s))
			k++;
		if (k == n)
			day[out->n_away++] = d;
	}
	out->away = day;
}

void
hours_plan_of(const struct hours_book *book, struct arena *a, int64_t authority_id, int64_t unit_id,
    struct hours_plan *out)
{
	int64_t chain[DEPTH_MAX + 1];
	int n = chain_of(book, unit_id, chain);

	*out = (struct hours_plan){ 0 };
	rules_of(book, a, authority_id, chain, n, out);
	exceptions_of(book, a, authority_id, chain, n, out);
	own_days_of(book, a, out);
	away_days_of(book, a, authority_id, unit_id, out);
}

bool
hours_has(const struct hours_plan *plan, enum hours_kind kind)
{
	for (size_t i = 0; i < plan->n_rules; i++)
		if (plan->rule[i].kind == kind)
			return true;
	return false;
}

/* ---- places ---- */

static void
place_of(const struct hours_book *book, struct arena *a, int64_t authority_id, int64_t unit_id, struct hours_place *out)
{
	const struct authority *authority = authority_of(book, authority_id);
	const struct unit *unit = unit_of(book, unit_id);

	*out = (struct hours_place){ .authority_id = authority_id, .unit_id = unit_id,
		.authority_name = authority != NULL ? authority->name : "" };
	out->name = unit != NULL ? unit->name : out->authority_name;
	out->email = unit != NULL ? unit->email : authority != NULL ? authority->email : NULL;
	out->phone = unit != NULL ? unit->phone : NULL;
	out->visiting_address = unit != NULL ? unit->visiting_address : NULL;
	hours_plan_of(book, a, authority_id, unit_id, &out->plan);
}

static bool
in_use(const struct hours_book *book, const struct opening *o)
{
	const struct authority *authority = authority_of(book, o->authority_id);
	const struct unit *unit = unit_of(book, o->unit_id);

	return authority != NULL && authority->active && (o->unit_id == 0 || (unit != NULL && unit->active)) &&
	    (o->valid_to == NULL || strcmp(o->valid_to, date_text(book->today).s) >= 0);
}

size_t
hours_places(const struct hours_book *book, struct arena *a, const struct hours_place **out)
{
	struct hours_place *list = arena_array(a, book->hours.n, sizeof(*list));
	size_t n = 0;

	for (int turn = 0; turn < 2; turn++) {		/* the first, then the others */
		for (size_t i = 0; i < book->hours.n; i++) {
			const struct opening *o = &book->hours.item[i];
			bool first = o->unit_id != 0 && o->unit_id == book->first_unit_id, known = false;

			for (size_t k = 0; k < n; k++)
				known = known || (list[k].authority_id == o->authority_id && list[k].unit_id == o->unit_id);
			if (!known && first == (turn == 0) && in_use(book, o))
				place_of(book, a, o->authority_id, o->unit_id, &list[n++]);
		}
	}
	*out = list;
	return n;
}

bool
hours_place_for(const struct hours_book *book, struct arena *a, int64_t unit_id, struct hours_place *out)
{
	const struct unit *unit = unit_of(book, unit_id);
	const struct hours_place *all;

	if (unit != NULL) {
		place_of(book, a, unit->authority_id, unit->id, out);
		if (out->plan.n_rules > 0)
			return true;
	}
	if (hours_places(book, a, &all) == 0)
		return false;
	*out = all[0];
	return true;
}

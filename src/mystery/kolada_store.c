/* mystery/kolada_store.c: the catalogue and the values in the database */
#include "mystery/kolada.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/rows.h"
#include "timeline/event.h"

enum { ROWS_A_WRITE = 4000 };

struct store { const struct change *by; const struct kolada_file *in; size_t from, n; };

static bool
catalogue_write(struct db *tx, void *arg, struct err *err)
{
	const struct store *s = arg;
	const struct kolada_file *f = s->in;

	for (size_t i = 0; i < f->n_indicators; i++) {
		if (!db_run(tx, "INSERT INTO kolada_indicator (id, title, description) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE"
		    " SET title = excluded.title, description = excluded.description", NULL, err, "ttt", f->indicator[i].id,
		    f->indicator[i].title, f->indicator[i].description))
			return false;
	}
	for (size_t i = 0; i < f->n_municipalities; i++) {
		if (!db_run(tx, "INSERT INTO kolada_municipality (id, name, kind) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE"
		    " SET name = excluded.name, kind = excluded.kind", NULL, err, "ttt", f->municipality[i].id, f->municipality[i].name,
		    f->municipality[i].kind))
			return false;
	}
	return event_note(tx, s->by->now, s->by->account_id, "kolada.loaded", "setting", 0, 0, 0, 0, 0, NULL, err);
}

static bool
values_write(struct db *tx, void *arg, struct err *err)
{
	const struct store *s = arg;

	for (size_t i = s->from; i < s->from + s->n; i++) {
		const struct kolada_value *v = &s->in->value[i];

		if (!db_run(tx, "INSERT INTO kolada_value (indicator_id, municipality_id, year, value) VALUES ($1, $2, $3, $4)"
		    " ON CONFLICT (indicator_id, year, municipality_id) DO UPDATE SET value = excluded.value", NULL, err, "ttid",
		    v->indicator_id, v->municipality_id, v->year, v->value))
			return false;
	}
	return true;
}

bool
kolada_store(struct db *db, const struct change *by, const struct kolada_file *in, struct err *err)
{
	struct store s = { by, in, 0, 0 };

	if (!db_write(db, catalogue_write, &s, err))
		return err_add(err, "the catalogue of indicators");
	for (s.from = 0; s.from < in->n_values; s.from += s.n) {
		s.n = in->n_values - s.from < ROWS_A_WRITE ? in->n_values - s.from : ROWS_A_WRITE;
		if (!db_write(db, values_write, &s, err))
			return err_add(err, "values of indicators");
	}
	return true;
}

/* Every word somewhere in the title. */
static bool
has_words(struct arena *a, const char *title, const char *words)
{
	const char *low = utf8_lower(a, title), *p = words;

	while (*(p += strspn(p, " ")) != '\0') {
		size_t n = strcspn(p, " ");

		if (strstr(low, arena_strndup(a, p, n)) == NULL)
			return false;
		p += n;
	}
	return true;
}

static int
shorter(const void *x, const void *y)
{
	const struct kolada_indicator *i = x, *k = y;
	size_t a = strlen(i->title), b = strlen(k->title);

	return a != b ? (a < b ? -1 : 1) : strcmp(i->id, k->id);
}

bool
kolada_search(struct db *db, struct arena *a, const char *words, size_t limit, struct kolada_hits *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, title, description FROM kolada_indicator ORDER BY id", err);
	const char *low = utf8_lower(a, words);
	struct kolada_hits list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		const char *title = col_text(st, a, 1);

		if (!has_words(a, title, low))
			continue;
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct kolada_indicator){ col_text(st, a, 0), title, col_text(st, a, 2) };
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "search of indicators");
	if (list.n > 0)
		qsort(list.item, list.n, sizeof(*list.item), shorter);
	list.n = list.n < limit ? list.n : limit;
	*out = list;
	return true;
}

bool
kolada_get(struct db *db, struct arena *a, const char *id, struct kolada_indicator *out, bool *found, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, title, description FROM kolada_indicator WHERE id = $1", err);
	enum db_step step;

	bind_text(st, 1, id);
	*found = (step = db_next(st, err)) == DB_ROW;
	if (*found)
		*out = (struct kolada_indicator){ col_text(st, a, 0), col_text(st, a, 1), col_text(st, a, 2) };
	db_done(st);
	return step != DB_FAIL || err_add(err, "indicator");
}

bool
kolada_municipalities(struct db *db, struct arena *a, struct kolada_places *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT id, name, kind FROM kolada_municipality WHERE kind = 'K' ORDER BY name", err);
	struct kolada_places list = { 0 };
	enum db_step step;
	size_t cap = 0;

	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = (struct kolada_municipality){ col_text(st, a, 0), col_text(st, a, 1), col_text(st, a, 2) };
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "municipalities");
}

bool
kolada_counts(struct db *db, struct kolada_counts *out, struct err *err)
{
	return db_id(db, "SELECT COUNT(*) FROM kolada_indicator", &out->indicators, err, "") &&
	    db_id(db, "SELECT COUNT(*) FROM kolada_municipality", &out->municipalities, err, "") &&
	    db_id(db, "SELECT COUNT(*) FROM kolada_value", &out->values, err, "");
}

/* A region has a code of its own; what is in no list is taken for a municipality by its four digits that do not begin with 00. */
#define MUNICIPAL "(EXISTS (SELECT 1 FROM kolada_municipality m WHERE m.id = v.municipality_id AND m.kind = 'K')" \
	" OR (v.municipality_id NOT LIKE '00%' AND NOT EXISTS (SELECT 1 FROM kolada_municipality m WHERE m.id = v.municipality_id)))"

bool
kolada_values(struct db *db, struct arena *a, const char *indicator_id, const char *municipality_id, int64_t year,
    struct kolada_year *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT v.value, v.municipality_id, v.year FROM kolada_value v WHERE v.indicator_id = $1 AND v.year ="
	    " (SELECT MAX(v.year) FROM kolada_value v WHERE v.indicator_id = $1 AND ($2 = 0 OR v.year <= $2) AND " MUNICIPAL ")"
	    " AND " MUNICIPAL " ORDER BY v.value", err);
	struct kolada_year y = { .own = NAN };
	enum db_step step;
	size_t cap = 0;

	bind_text(st, 1, indicator_id);
	bind_i64(st, 2, year);
	while ((step = db_next(st, err)) == DB_ROW) {
		y.value = rows_room(a, y.value, y.n, &cap, sizeof(*y.value));
		y.value[y.n++] = col_double(st, 0);
		y.year = col_i64(st, 2);
		if (municipality_id != NULL && strcmp(col_text(st, a, 1), municipality_id) == 0)
			y.own = y.value[y.n - 1];
	}
	db_done(st);
	*out = y;
	return step != DB_FAIL || err_add(err, "values of an indicator");
}

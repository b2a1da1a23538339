/* registry/classification_store.c: the scheme in the database */
#include "registry/classification.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/permit.h"
#include "people/rows.h"
#include "timeline/event.h"

struct job {
	struct arena *a;
	const struct csv *csv;
	int code, title;
	const struct actor *by;
	int64_t now;
	struct bad_line *bad;
	struct classification_loaded out;
};

static const char *
trimmed(struct arena *a, const char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	for (n = strlen(s); n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '.'); n--)
		;
	return arena_strndup(a, s, n);
}

/* Letters and digits between dots. */
static bool
is_code(const char *s)
{
	bool part = false;

	if (strlen(s) > CLASSIFICATION_CODE_MAX)
		return false;
	for (; *s != '\0'; s++) {
		if (*s == '.' && !part)
			return false;
		if (*s != '.' && !isalnum((unsigned char)*s))
			return false;
		part = *s != '.';
	}
	return part;
}

static const char *
fault(const struct job *j, size_t row, const char *code, const char *title)
{
	if (*code == '\0')
		return N_("There is no code.");
	if (!is_code(code))
		return N_("A code is letters and digits with dots between, like 1.3.1.");
	if (*title == '\0')
		return N_("There is no title.");
	if (strlen(title) > CLASSIFICATION_TITLE_MAX)
		return N_("The title is too long.");
	for (size_t i = 1; i < row; i++) {
		if (strcmp(trimmed(j->a, csv_field(&j->csv->row[i], j->code)), code) == 0)
			return N_("The code stands on an earlier line too.");
	}
	return NULL;
}

/* The nearest code above that exists. */
static bool
parent_of(struct db *tx, struct arena *a, const char *code, const char **parent, struct err *err)
{
	char *above = arena_strdup(a, code), *dot;
	int64_t n = 0;

	for (*parent = NULL; (dot = strrchr(above, '.')) != NULL;) {
		*dot = '\0';
		if (!db_id(tx, "SELECT COUNT(*) FROM classification WHERE code = $1", &n, err, "t", above))
			return false;
		if (n > 0) {
			*parent = above;
			return true;
		}
	}
	return true;
}

static bool
put(struct db *tx, struct job *j, const char *code, const char *title, struct err *err)
{
	const char *there, *parent;
	int64_t changed;

	if (!classification_title(tx, j->a, code, &there, err) || !parent_of(tx, j->a, code, &parent, err))
		return false;
	if (there != NULL && strcmp(there, title) == 0) {
		j->out.unchanged++;
		return true;
	}
	if (there == NULL)
		j->out.added++;
	else
		j->out.changed++;
	return db_run(tx, "INSERT INTO classification (code, title, parent) VALUES ($1, $2, $3)"
	    " ON CONFLICT (code) DO UPDATE SET title = excluded.title, parent = excluded.parent", &changed, err, "ttt", code,
	    title, parent);
}

static bool
load(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	j->out = (struct classification_loaded){ .bad = j->bad };
	for (size_t i = 1; i < j->csv->n; i++) {
		const char *code = trimmed(j->a, csv_field(&j->csv->row[i], j->code));
		const char *title = trimmed(j->a, csv_field(&j->csv->row[i], j->title));
		const char *why = fault(j, i, code, title);

		if (why != NULL)
			j->bad[j->out.n_bad++] = (struct bad_line){ j->csv->row[i].line, code, why };
		else if (!put(tx, j, code, title, err))
			return false;
	}
	return event_note(tx, j->now, j->by->account_id, "classification.loaded", "classification", 0, 0, 0, 0, 0,
	    arena_printf(j->a, "{\"added\": %zu, \"changed\": %zu, \"bad\": %zu}", j->out.added, j->out.changed, j->out.n_bad),
	    err);
}

static int
column(const struct csv *csv, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (csv_column(csv, *names) >= 0)
			return csv_column(csv, *names);
	}
	return -1;
}

bool
classification_load(struct db *db, struct arena *a, const char *bytes, size_t n, const struct actor *by, int64_t now,
    struct classification_loaded *out, struct err *err)
{
	static const char *const codes[] = { "code", "kod", "klassificeringskod", NULL };
	static const char *const titles[] = { "title", "rubrik", "benämning", "titel", "namn", NULL };
	struct csv csv;
	struct job j = { .a = a, .csv = &csv, .by = by, .now = now };

	if (!csv_parse(a, bytes, n, &csv, err))
		return err->code == ERR_INPUT ? err_input(err, "file",
		    N_("The file is not a table: a quotation mark is opened and never closed.")) : false;
	if (csv.n < 2)
		return err_input(err, "file", N_("The file has no lines but the first."));
	j.code = column(&csv, codes);
	j.title = column(&csv, titles);
	if (j.code < 0 || j.title < 0)
		return err_input(err, "file", N_("The first line must name the columns: code and title (kod, rubrik)."));
	j.bad = arena_array(a, csv.n, sizeof(*j.bad));
	if (!db_write(db, load, &j, err))
		return err_add(err, "classification");
	*out = j.out;
	return true;
}

/* Part by part; numbers as numbers. */
static int
compare(const void *pa, const void *pb)
{
	const char *a = ((const struct classification *)pa)->code, *b = ((const struct classification *)pb)->code;

	while (*a != '\0' && *b != '\0') {
		size_t na = strcspn(a, "."), nb = strcspn(b, ".");
		int order;

		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			long x = strtol(a, NULL, 10), y = strtol(b, NULL, 10);

			order = (x > y) - (x < y);
		} else {
			order = 0;
		}
		if (order == 0 && (order = strncmp(a, b, na < nb ? na : nb)) == 0)
			order = (na > nb) - (na < nb);
		if (order != 0)
			return order;
		a += na + (a[na] == '.');
		b += nb + (b[nb] == '.');
	}
	return (*a != '\0') - (*b != '\0');
}

bool
classification_list(struct db *db, struct arena *a, const char *match, size_t limit, struct classification_list *out,
    struct err *err)
{
	static const char sql[] =
	    "SELECT code, title, (SELECT COUNT(*) FROM matter m WHERE m.classification = classification.code)"
	    " FROM classification ORDER BY code";
	const char *wanted = utf8_lower(a, match);
	struct stmt *st = db_stmt(db, sql, err);
	struct classification_list list = { 0 };
	size_t cap = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		struct classification c = { col_text(st, a, 0), col_text(st, a, 1), col_i64(st, 2) };

		if (*wanted != '\0' && strncmp(utf8_lower(a, c.code), wanted, strlen(wanted)) != 0 &&
		    strstr(utf8_lower(a, c.title), wanted) == NULL)
			continue;
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		list.item[list.n++] = c;
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "classification");
	if (list.n > 0)
		qsort(list.item, list.n, sizeof(*list.item), compare);
	if (list.n > limit)
		list.n = limit;
	*out = list;
	return true;
}

bool
classification_title(struct db *db, struct arena *a, const char *code, const char **title, struct err *err)
{
	struct stmt *st;
	enum db_step step;

	*title = NULL;
	if (code == NULL)
		return true;
	st = db_stmt(db, "SELECT title FROM classification WHERE code = $1", err);
	bind_text(st, 1, code);
	if ((step = db_next(st, err)) == DB_ROW)
		*title = col_text(st, a, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "classification");
}

/* mystery/kolada.c: Kolada's files, read */
#include "mystery/kolada.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "people/rows.h"

struct reader { struct arena *a; struct kolada_file f; size_t cap_i, cap_m, cap_v, cap_f; };

static void
bad(struct reader *r, size_t place, const char *why)
{
	struct kolada_file *f = &r->f;

	f->n_bad++;
	if (f->n_faults == KOLADA_FAULTS_MAX)
		return;
	f->fault = rows_room(r->a, f->fault, f->n_faults, &r->cap_f, sizeof(*f->fault));
	f->fault[f->n_faults++] = (struct kolada_fault){ place, why };
}

/* "N00945", "U07417", "0319": letters and digits, short. */
static bool
is_id(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n <= 20 && s[n] == '\0';
}

static bool
is_text(const char *s)
{
	return s != NULL && *s != '\0' && utf8_valid(s) && strlen(s) <= KOLADA_TITLE_MAX;
}

static void
add_value(struct reader *r, size_t place, const char *kpi, const char *municipality, int64_t year, const char *gender, double value)
{
	struct kolada_file *f = &r->f;

	if (!is_id(kpi)) {
		bad(r, place, N_("kpi: an id like N00945 was expected."));
	} else if (!is_id(municipality)) {
		bad(r, place, N_("municipality_id: a code like 0319 was expected."));
	} else if (year < 1900 || year > 2200) {
		bad(r, place, N_("year: a year like 2024 was expected."));
	} else if (isnan(value) || (gender[0] != '\0' && strcmp(gender, "T") != 0)) {
		f->n_empty++;
	} else {
		f->value = rows_room(r->a, f->value, f->n_values, &r->cap_v, sizeof(*f->value));
		f->value[f->n_values++] = (struct kolada_value){ arena_strdup(r->a, kpi), arena_strdup(r->a, municipality), year, value };
	}
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------- */

static const char *
either(const json_t *o, const char *name, const char *other)
{
	const char *text = json_text_or(o, name, NULL);

	return text != NULL ? text : json_text_or(o, other, "");
}

static int64_t
year_of(const json_t *o)
{
	const json_t *y = json_object_get(o, "year") != NULL ? json_object_get(o, "year") : json_object_get(o, "period");

	return json_is_integer(y) ? json_integer_value(y) : 0;
}

static double
number_of(const json_t *o)
{
	const json_t *v = json_object_get(o, "value");

	return json_is_number(v) ? json_number_value(v) : NAN;
}

static void
values_of(struct reader *r, size_t place, const json_t *o)
{
	const json_t *inner = json_object_get(o, "values"), *v;
	const char *kpi = json_text_or(o, "kpi", ""), *municipality = either(o, "municipality_id", "municipality");
	size_t i;

	if (!json_is_array(inner)) {
		add_value(r, place, kpi, municipality, year_of(o), json_text_or(o, "gender", ""), number_of(o));
		return;
	}
	json_array_foreach(inner, i, v)
		add_value(r, place, kpi, municipality, year_of(o), json_text_or(v, "gender", ""), number_of(v));
}

static void
entry(struct reader *r, size_t place, const json_t *o)
{
	const char *id = json_text_or(o, "id", ""), *title = either(o, "title", "name");
	struct kolada_file *f = &r->f;

	if (!json_is_object(o)) {
		bad(r, place, N_("An object was expected."));
	} else if (json_object_get(o, "kpi") != NULL) {
		values_of(r, place, o);
	} else if (!is_id(id)) {
		bad(r, place, N_("id: an id like N00945 was expected."));
	} else if (!is_text(title)) {
		bad(r, place, N_("title: some words were expected, at most 500 characters."));
	} else if (json_object_get(o, "type") != NULL && json_object_get(o, "description") == NULL) {
		const char *kind = json_text_or(o, "type", "");

		f->municipality = rows_room(r->a, f->municipality, f->n_municipalities, &r->cap_m, sizeof(*f->municipality));
		f->municipality[f->n_municipalities++] = (struct kolada_municipality){ arena_strdup(r->a, id), arena_strdup(r->a, title),
			strcmp(kind, "K") == 0 ? "K" : "L" };
	} else {
		const char *words = json_text_or(o, "description", "");

		f->indicator = rows_room(r->a, f->indicator, f->n_indicators, &r->cap_i, sizeof(*f->indicator));
		f->indicator[f->n_indicators++] = (struct kolada_indicator){ arena_strdup(r->a, id), arena_strdup(r->a, title),
			arena_strndup(r->a, words, utf8_prefix(words, 2000)) };
	}
}

static bool
parse_json(struct reader *r, const char *bytes, size_t n, struct err *err)
{
	const json_t *list, *o;
	json_t *all;
	size_t i;
	bool is_list;

	if (!json_parse(bytes, n, &all, err))
		return err_input(err, "file", N_("The file is not whole JSON. Fetch it again from Kolada."));
	list = json_is_array(all) ? all : json_object_get(all, "values");
	is_list = json_is_array(list);
	if (is_list) {
		json_array_foreach(list, i, o)
			entry(r, i + 1, o);
	}
	json_decref(all);
	return is_list || err_input(err, "file", N_("A list was expected, or an object with \"values\", as Kolada's API gives."));
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------ */

/* "38.8" and "38,8"; NaN when empty, *good false when it is no number. */
static double
decimal(struct arena *a, const char *text, bool *good)
{
	char *copy = arena_strdup(a, text), *comma = strchr(copy, ','), *end;
	double v;

	*good = true;
	if (*copy == '\0')
		return NAN;
	if (comma != NULL)
		*comma = '.';
	v = strtod(copy, &end);
	*good = *end == '\0' && isfinite(v);
	return v;
}

static bool
parse_csv(struct reader *r, const char *bytes, size_t n, struct err *err)
{
	int kpi, municipality, year, gender, value;
	struct csv csv;

	if (!csv_parse(r->a, bytes, n, &csv, err) || csv.n == 0)
		return err_input(err, "file", N_("The file could not be read as CSV or JSON."));
	kpi = csv_column(&csv, "kpi");
	municipality = csv_column(&csv, "municipality_id");
	year = csv_column(&csv, "year");
	gender = csv_column(&csv, "gender");
	value = csv_column(&csv, "value");
	if (kpi < 0 || municipality < 0 || year < 0 || value < 0)
		return err_input(err, "file", N_("The first line must name the columns kpi, municipality_id, year and value."));
	r->f.is_csv = true;
	for (size_t i = 1; i < csv.n; i++) {
		const struct csv_row *row = &csv.row[i];
		bool good;
		double v = decimal(r->a, csv_field(row, value), &good);

		if (!good)
			bad(r, row->line, N_("value: a number was expected."));
		else
			add_value(r, row->line, csv_field(row, kpi), csv_field(row, municipality), strtoll(csv_field(row, year), NULL, 10),
			    csv_field(row, gender), v);
	}
	return true;
}

bool
kolada_parse(struct arena *a, const char *bytes, size_t n, struct kolada_file *out, struct err *err)
{
	struct reader r = { .a = a };
	size_t i = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < n && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
		i++;
	if (i == n)
		return err_input(err, "file", N_("The file is empty."));
	if (bytes[i] == '{' || bytes[i] == '[' ? !parse_json(&r, bytes + i, n - i, err) : !parse_csv(&r, bytes, n, err))
		return false;
	*out = r.f;
	return true;
}

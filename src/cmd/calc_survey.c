/* cmd/calc_survey.c: `narkontakt calc survey`: JSON to a design and questions, and the estimates back
 *
 * The contract stands in docs/calc.md. Categories are texts, whole numbers or true/false; they are numbered in the order
 * the design names them (strata, margins), or in the order they appear in the records (`by`). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "cmd/calc.h"
#include "stats/survey.h"

enum { RECORDS_MAX = 1000000, CATEGORIES_MAX = 1000, MARGINS_MAX = 20, ASKS_MAX = 10000 };

struct words { char (*word)[64]; size_t n; };

/* The category as text; false when it is missing or not one. */
static bool
word_of(const json_t *value, char out[64])
{
	if (json_is_string(value))
		return json_string_length(value) > 0 && snprintf(out, 64, "%s", json_string_value(value)) < 64;
	if (json_is_integer(value))
		return snprintf(out, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(value)) < 64;
	if (json_is_boolean(value))
		return snprintf(out, 64, "%s", json_is_true(value) ? "true" : "false") < 64;
	return false;
}

static int
find(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->word[i], word) == 0)
			return (int)i;
	}
	return -1;
}

/* {category: persons} into words and numbers. */
static bool
need_totals(struct arena *a, const json_t *object, struct words *w, double **out, struct err *err)
{
	const char *range = N_("population and totals must be objects {category: persons}, 1 to 1000 categories, persons above 0");
	size_t n = json_object_size(object);
	const char *key;
	json_t *value;
	double *number;

	if (!json_is_object(object) || n == 0 || n > CATEGORIES_MAX)
		return err_input(err, "design", range);
	w->word = arena_array(a, n, sizeof(*w->word));
	number = arena_array(a, n, sizeof(*number));
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		number[w->n] = json_number_value(value);
		if (!json_is_number(value) || !(number[w->n] > 0.0 && number[w->n] <= 1e12) || strlen(key) >= 64)
			return err_input(err, "design", range);
		(void)snprintf(w->word[w->n++], 64, "%s", key);
	}
	*out = number;
	return true;
}

/* The category of every record; all must be known words. */
static bool
need_categories(struct arena *a, const json_t *records, const char *variable, const struct words *w, int **out, struct err *err)
{
	size_t n = json_array_size(records);
	int *category = arena_array(a, n, sizeof(*category));
	char word[64];

	for (size_t k = 0; k < n; k++) {
		if (!word_of(json_object_get(json_array_get(records, k), variable), word) || (category[k] = find(w, word)) < 0)
			return err_input(err, "records", N_("every record needs its stratum and the variable of every margin, with a value that "
			    "the design names"));
	}
	*out = category;
	return true;
}

static bool
need_margins(struct arena *a, const json_t *list, const json_t *records, struct survey_design *d, struct err *err)
{
	struct survey_margin *margin;

	if (list == NULL || json_is_null(list))
		return true;
	if (!json_is_array(list) || json_array_size(list) > MARGINS_MAX)
		return err_input(err, "design", N_("rake must be a list of {variable, totals}, at most 20"));
	margin = arena_array(a, json_array_size(list), sizeof(*margin));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct words w = { 0 };
		const char *variable;
		double *total;
		int *category;

		if (!json_need_text(one, "variable", &variable, err))
			return err_input(err, "design", N_("rake must be a list of {variable, totals}, at most 20"));
		if (!need_totals(a, json_object_get(one, "totals"), &w, &total, err) ||
		    !need_categories(a, records, variable, &w, &category, err))
			return false;
		margin[i] = (struct survey_margin){ category, total, w.n };
	}
	d->margin = margin;
	d->n_margins = json_array_size(list);
	return true;
}

/* How the margins are met. */
static bool
need_method(const json_t *design, struct survey_design *d, struct err *err)
{
	static const char *const methods[] = { [SURVEY_RAKING] = "raking", [SURVEY_LINEAR] = "linear", [SURVEY_LOGIT] = "logit" };
	const char *method = json_text_or(design, "method", "raking");
	const json_t *bounds = json_object_get(design, "bounds");
	size_t i = 0;

	while (i < ARRAY_LEN(methods) && strcmp(methods[i], method) != 0)
		i++;
	if (i == ARRAY_LEN(methods))
		return err_input(err, "design", N_("method must be raking, linear or logit"));
	d->calibration = (enum survey_calibration)i;
	d->least = 0.3;
	d->most = 3.0;
	if (bounds == NULL || json_is_null(bounds))
		return true;
	d->least = json_number_value(json_array_get(bounds, 0));
	d->most = json_number_value(json_array_get(bounds, 1));
	return (json_array_size(bounds) == 2 && d->calibration == SURVEY_LOGIT && d->least >= 0.0 && d->least < 1.0 &&
	    d->most > 1.0 && d->most <= 1000.0) ||
	    err_input(err, "design", N_("bounds go with method logit: two numbers, from 0 to below 1 and above 1 to 1000"));
}

static bool
need_design(struct arena *a, const json_t *in, const json_t *records, struct survey_design *d, struct err *err)
{
	const json_t *design = json_object_get(in, "design"), *population = json_object_get(design, "population");
	const char *stratum = json_text_or(design, "stratum", NULL), *lonely = json_text_or(design, "lonely", "stop");
	struct words w = { 0 };
	double *number;
	int *category;

	if (!json_is_object(design))
		return err_input(err, "design", N_("must be an object {stratum, population, rake, lonely}"));
	if (strcmp(lonely, "stop") != 0 && strcmp(lonely, "adjust") != 0)
		return err_input(err, "design", N_("lonely must be stop or adjust"));
	d->n = json_array_size(records);
	d->lonely = strcmp(lonely, "adjust") == 0 ? SURVEY_LONELY_ADJUST : SURVEY_LONELY_STOP;
	if (stratum != NULL) {
		if (!need_totals(a, population, &w, &number, err) || !need_categories(a, records, stratum, &w, &category, err))
			return false;
		d->n_strata = w.n;
	} else {
		if (!json_is_number(population) || !(json_number_value(population) > 0.0))
			return err_input(err, "design", N_("population must be a number of persons; with strata an object, and stratum the "
			    "name of their variable"));
		number = arena_alloc(a, sizeof(*number));
		*number = json_number_value(population);
		category = arena_array(a, d->n, sizeof(*category));
		d->n_strata = 1;
	}
	d->stratum = category;
	d->population = number;
	return need_method(design, d, err) && need_margins(a, json_object_get(design, "rake"), records, d, err);
}

/* ---- questions ----------------------------------------------------------------------------------------------------- */

/* The variable as numbers; null or absent is NaN. With `equals` 1 where the category is that word, else 0. */
static bool
numbers(struct arena *a, const json_t *records, const char *variable, const char *equals, double **out, struct err *err)
{
	size_t n = json_array_size(records);
	double *x = arena_array(a, n, sizeof(*x));
	char word[64];

	for (size_t k = 0; k < n; k++) {
		const json_t *value = json_object_get(json_array_get(records, k), variable);

		if (value == NULL || json_is_null(value))
			x[k] = NAN;
		else if (equals != NULL && word_of(value, word))
			x[k] = strcmp(word, equals) == 0 ? 1.0 : 0.0;
		else if (equals == NULL && (json_is_number(value) || json_is_boolean(value)))
			x[k] = json_is_number(value) ? json_number_value(value) : json_is_true(value) ? 1.0 : 0.0;
		else
			return err_input(err, "records", N_("a variable that is asked about must hold numbers; for a share, 0 and 1, true and "
			    "false, or ask with value"));
	}
	*out = x;
	return true;
}

static void
put(json_t *out, const char *key, double value)
{
	(void)json_object_set_new(out, key, isfinite(value) ? json_real(value) : json_null());
}

static json_t *
answer_of(struct arena *a, const struct survey *s, const struct survey_question *q)
{
	struct survey_estimate e = survey_estimate(a, s, q);
	json_t *out = json_object();

	put(out, "estimate", e.estimate);
	put(out, "se", e.se);
	put(out, "low", e.low);
	put(out, "high", e.high);
	(void)json_object_set_new(out, "n", json_integer((json_int_t)e.n));
	return out;
}

/* One estimate for each value of `by` that occurs; a record without it is in none. */
static bool
put_groups(struct arena *a, const struct survey *s, struct survey_question *q, const json_t *records, const char *by,
    json_t *out, struct err *err)
{
	struct words w = { .word = arena_array(a, CATEGORIES_MAX, 64) };
	int *category = arena_array(a, s->design.n, sizeof(*category));
	json_t *groups = json_array();
	char word[64];

	(void)json_object_set_new(out, "groups", groups);
	for (size_t k = 0; k < s->design.n; k++) {
		category[k] = -1;
		if (!word_of(json_object_get(json_array_get(records, k), by), word))
			continue;
		category[k] = find(&w, word);
		if (category[k] >= 0)
			continue;
		if (w.n == CATEGORIES_MAX)
			return err_input(err, "ask", N_("by may have at most 1000 values"));
		category[k] = (int)w.n;
		memcpy(w.word[w.n++], word, sizeof(word));
	}
	q->domain = category;
	for (size_t i = 0; i < w.n; i++) {
		json_t *one;

		q->member = (int)i;
		one = answer_of(a, s, q);
		(void)json_object_set_new(one, "value", json_string(w.word[i]));
		(void)json_array_append_new(groups, one);
	}
	return true;
}

static bool
answer_ask(struct arena *a, const struct survey *s, const json_t *ask, const json_t *records, json_t *answers, struct err *err)
{
	static const char *const statistics[] = { "mean", "total", "share", "ratio", "quantile" };
	const char *range = N_("must be a list of {statistic, variable, by}; statistic: mean, total, share (with value), ratio (with "
	    "denominator) or quantile (with p, above 0 and below 1)");
	const char *statistic, *variable, *by = json_text_or(ask, "by", NULL);
	struct survey_question q = { 0 };
	char word[64];
	double *y = NULL, *z = NULL;
	bool value = word_of(json_object_get(ask, "value"), word);
	json_t *out;
	size_t i = 0;

	if (!json_need_text(ask, "statistic", &statistic, err) || !json_need_text(ask, "variable", &variable, err))
		return err_input(err, "ask", range);
	while (i < ARRAY_LEN(statistics) && strcmp(statistics[i], statistic) != 0)
		i++;
	if (i == ARRAY_LEN(statistics))
		return err_input(err, "ask", range);
	q.statistic = (enum survey_statistic)i;
	if (q.statistic == SURVEY_RATIO && json_text_or(ask, "denominator", NULL) == NULL)
		return err_input(err, "ask", range);
	q.p = json_double_or(ask, "p", 0.5);
	if (q.statistic == SURVEY_QUANTILE && !(q.p > 0.0 && q.p < 1.0))
		return err_input(err, "ask", range);
	if (!numbers(a, records, variable, q.statistic == SURVEY_SHARE && value ? word : NULL, &y, err) ||
	    (q.statistic == SURVEY_RATIO && !numbers(a, records, json_text_or(ask, "denominator", ""), NULL, &z, err)))
		return false;
	for (size_t k = 0; q.statistic == SURVEY_SHARE && k < s->design.n; k++) {
		if (!isnan(y[k]) /* NOLINT: numbers() filled it */ && y[k] != 0.0 && y[k] != 1.0)
			return err_input(err, "records", N_("a share is of 0 and 1, true and false, or of a value"));
	}
	q.y = y;
	q.z = z;
	out = by == NULL ? answer_of(a, s, &q) : json_object();
	(void)json_array_append_new(answers, out);
	return by == NULL || put_groups(a, s, &q, records, by, out, err);
}

/* What calibration did to the weights, and a word where it did too much; nothing is ever trimmed. */
static void
put_weights(const struct survey *s, json_t *out)
{
	json_t *warnings = json_array();

	put(out, "factor_least", s->factor_least);
	put(out, "factor_most", s->factor_most);
	put(out, "weight_over_median", s->over_median);
	if (s->factor_least < 0.0)
		(void)json_array_append_new(warnings, json_string("some weights are negative: do not publish; use raking or logit"));
	else if (s->factor_most > 8.0 * s->factor_least)
		(void)json_array_append_new(warnings, json_string("the factors differ more than eightfold: use logit bounds, or merge "
		    "categories"));
	if (s->over_median > 5.0)
		(void)json_array_append_new(warnings, json_string("a weight is more than five times the median: use logit bounds, or merge "
		    "categories"));
	(void)json_object_set_new(out, "warnings", warnings);
}

static bool
survey_in(struct arena *a, const json_t *in, json_t *out, struct err *err)
{
	const json_t *records = json_object_get(in, "records"), *asks = json_object_get(in, "ask");
	struct survey_design design = { 0 };
	json_t *answers = json_array();
	struct survey s;

	(void)json_object_set_new(out, "answers", answers);
	if (!json_is_array(records) || json_array_size(records) < 1 || json_array_size(records) > RECORDS_MAX)
		return err_input(err, "records", N_("must be a list of 1 to 1000000 objects"));
	if (!json_is_array(asks) || json_array_size(asks) > ASKS_MAX)
		return err_input(err, "ask", N_("must be a list of at most 10000 questions"));
	if (!need_design(a, in, records, &design, err) || !survey_open(a, &design, &s, err))
		return false;
	for (size_t i = 0; i < json_array_size(asks); i++) {
		struct arena *own = arena_open();
		bool ok = answer_ask(own, &s, json_array_get(asks, i), records, answers, err);

		arena_close(own);
		if (!ok)
			return false;
	}
	(void)json_object_set_new(out, "n", json_integer((json_int_t)design.n));
	put(out, "deff_weights", s.deff);
	put(out, "n_effective", (double)design.n / s.deff);
	if (design.n_margins > 0)
		put_weights(&s, out);
	return true;
}

bool
calc_survey(const json_t *in, json_t *out, struct err *err)
{
	struct arena *a = arena_open();
	bool ok = survey_in(a, in, out, err);

	arena_close(a);
	return ok;
}

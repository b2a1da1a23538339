/* mystery/measures.c: counted, and put beside others' */
#include "mystery/measures.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "contact/site_words.h"
#include "law/calendar.h"
#include "mystery/measures_store.h"
#include "people/rows.h"
#include "queue/sim.h"
#include "survey/afterwards.h"

const struct measured_kind measured_kind[MEASURED] = {
	[MAIL_ONE_DAY] = { "mail_one_day", N_("Mail: answered within one day"), "svar e-post inom en dag", false },
	[MAIL_TWO_DAYS] = { "mail_two_days", N_("Mail: answered within two days"), "svar e-post inom två dagar", false },
	[PHONE_DIRECT] = { "phone_direct", N_("Phone: answered at once"), "telefon direkt svar", false },
	[RECEPTION] = { "reception", N_("Phone: how the caller was received, of the most points"), "gott bemötande kontakt", false },
	[INDEX_EASE_PHONE] = { "index_ease_phone", N_("Residents: easy by phone"), "servicemätning enkelt telefoni", true },
	[INDEX_RECEPTION_PHONE] = { "index_reception_phone", N_("Residents: received well by phone"), "servicemätning bemötandet telefoni",
	    true },
	[INDEX_EASE_WRITTEN] = { "index_ease_written", N_("Residents: easy by mail"), "servicemätning enkelt e-post", true },
	[INDEX_CLARITY_WRITTEN] = { "index_clarity_written", N_("Residents: clear answer by mail"), "servicemätning tydligt e-post", true },
};

bool
measures_within(int64_t asked, int64_t answered, int n, enum day_rule day)
{
	if (answered < asked)
		return false;
	if (day == DAY_HOURS)
		return answered - asked <= (int64_t)n * DAY_S;
	return date_cmp(local_date(answered), law_working_days(local_date(asked), n).date) <= 0;
}

static struct measure_value
share(uint64_t k, uint64_t n)
{
	struct sim_estimate e;

	if (n == 0)
		return (struct measure_value){ 0, NAN, NAN, NAN };
	e = estimate_share(k, n);
	return (struct measure_value){ (size_t)n, 100 * e.value, 100 * e.low, 100 * e.high };
}

static struct measure_value
mean_share(const double *x, size_t n)
{
	struct sim_estimate e;

	if (n == 0)
		return (struct measure_value){ 0, NAN, NAN, NAN };
	e = estimate_mean(x, n);
	return (struct measure_value){ n, 100 * e.value, 100 * fmax(0, e.low), 100 * fmin(1, e.high) };
}

void
measures_of(const struct mystery_test *t, size_t n, enum day_rule day, struct measures *out, struct arena *a)
{
	double *points = arena_array(a, n, sizeof(*points));
	uint64_t mails = 0, one = 0, two = 0, calls = 0, direct = 0;
	size_t graded = 0;

	for (size_t i = 0; i < n; i++) {
		if (t[i].void_reason != NULL) {
			out->left_out++;
		} else if (t[i].asked_at == 0 || (t[i].by_phone && !t[i].judged)) {
			out->not_asked++;
		} else if (t[i].by_phone) {
			calls++;
			direct += t[i].direct == 1;
			if (t[i].grade[0] > 0)
				points[graded++] = (t[i].grade[0] + t[i].grade[1] + t[i].grade[2]) / (5.0 * GRADES);
		} else {
			/* from when it came, when that is known: the mail's own way is not the municipality's */
			int64_t from = t[i].arrived_at != 0 ? t[i].arrived_at : t[i].asked_at;
			bool answered = t[i].answer_at != 0 && t[i].is_answer != 0;

			mails++;
			one += answered && measures_within(from, t[i].answer_at, 1, day);
			two += answered && measures_within(from, t[i].answer_at, 2, day);
		}
	}
	out->value[MAIL_ONE_DAY] = share(one, mails);
	out->value[MAIL_TWO_DAYS] = share(two, mails);
	out->value[PHONE_DIRECT] = share(direct, calls);
	out->value[RECEPTION] = mean_share(points, graded);
}

/* ---- beside others ------------------------------------------------------------------------------------------------ */

/* Linear between the order statistics (Hyndman and Fan 1996, definition 7), as spreadsheets do. */
static double
quantile(const double *x, size_t n, double p)
{
	double at = p * (double)(n - 1);
	size_t i = (size_t)at;

	return i + 1 < n ? x[i] + (at - (double)i) * (x[i + 1] - x[i]) : x[n - 1];
}

enum quarter
measures_quarter(const double *ascending, size_t n, double value)
{
	if (n < 4 || isnan(value))
		return QUARTER_NONE;
	if (value >= quantile(ascending, n, 0.75))
		return QUARTER_BEST;
	return value < quantile(ascending, n, 0.25) ? QUARTER_WORST : QUARTER_MIDDLE;
}

static bool
compare(struct db *db, struct arena *a, struct measures *m, int k, struct err *err)
{
	const char *id = site_text(db, a, arena_printf(a, "measures.indicator.%s", measured_kind[k].key), NULL);
	struct compared *c = &m->compared[k];
	struct kolada_indicator indicator;
	struct kolada_year y;
	bool found;

	*c = (struct compared){ .worst_to = NAN, .median = NAN, .best_from = NAN, .own = NAN };
	if (id == NULL)
		return true;
	if (!kolada_get(db, a, id, &indicator, &found, err))
		return false;
	c->indicator_id = id;
	c->title = found ? indicator.title : id;
	if (!kolada_values(db, a, id, site_text(db, a, "measures.municipality", NULL), 0, &y, err))
		return false;
	c->year = y.year;
	c->n = y.n;
	c->own = y.own;
	if (y.n < 4)
		return true;
	c->worst_to = quantile(y.value, y.n, 0.25);
	c->median = quantile(y.value, y.n, 0.5);
	c->best_from = quantile(y.value, y.n, 0.75);
	if (m->shown[k])
		c->quarter = measures_quarter(y.value, y.n, m->value[k].value);
	return true;
}

/* ---- a year --------------------------------------------------------------------------------------------------------- */

static bool
tests_of_year(struct db *db, struct arena *a, int year, struct mystery_test **out, size_t *n, int64_t *rounds, struct err *err)
{
	struct year_rounds list;
	struct mystery_test *all = NULL;
	size_t cap = 0;

	*n = 0;
	*rounds = 0;
	if (!rounds_over(db, a, &list, err))
		return false;
	for (size_t r = 0; r < list.n; r++) {
		struct mystery_test_list tests;
		size_t before = *n;

		if (!mystery_tests(db, a, list.id[r], &tests, err))
			return false;
		for (size_t i = 0; i < tests.n; i++) {
			int64_t at = tests.item[i].asked_at != 0 ? tests.item[i].asked_at : tests.item[i].planned_at;

			if (local_date(at).year != year)
				continue;
			all = rows_room(a, all, *n, &cap, sizeof(*all));
			all[(*n)++] = tests.item[i];
		}
		*rounds += *n > before;
	}
	*out = all;
	return true;
}

static bool
add_year(struct arena *a, int **list, size_t *n, size_t *cap, int year)
{
	size_t i = 0;

	while (i < *n && (*list)[i] > year)
		i++;
	if (i < *n && (*list)[i] == year)
		return true;
	*list = rows_room(a, *list, *n, cap, sizeof(**list));
	memmove(*list + i + 1, *list + i, (*n - i) * sizeof(**list));
	(*list)[i] = year;
	++*n;
	return true;
}

bool
measures_years(struct db *db, struct arena *a, int **out, size_t *n, struct err *err)
{
	struct year_rounds rounds;
	int *list = NULL, *surveyed;
	size_t cap = 0, n_surveyed;

	*n = 0;
	if (!rounds_over(db, a, &rounds, err) || !years_surveyed(db, a, &surveyed, &n_surveyed, err))
		return false;
	for (size_t i = 0; i < rounds.n; i++) {
		for (int y = rounds.first_year[i]; y <= rounds.last_year[i]; y++)
			(void)add_year(a, &list, n, &cap, y);
	}
	for (size_t i = 0; i < n_surveyed; i++)
		(void)add_year(a, &list, n, &cap, surveyed[i]);
	*out = list;
	return true;
}

bool
measures_load(struct db *db, struct arena *a, int year, struct measures *out, struct err *err)
{
	static const enum measure index_of[] = { EASE_PHONE, RECEPTION_PHONE, EASE_WRITTEN, CLARITY_WRITTEN };
	const char *day = site_text(db, a, "measures.day", "working_day");
	struct afterwards_cell cell[MEASURES];
	struct mystery_test *t;
	size_t n;

	*out = (struct measures){ .year = year, .minimum = afterwards_minimum(db, a),
		.day = strcmp(day, "hours") == 0 ? DAY_HOURS : DAY_WORKING };
	if (!tests_of_year(db, a, year, &t, &n, &out->rounds, err) || !afterwards_index(db, a, year, cell, err))
		return false;
	measures_of(t, n, out->day, out, a);
	for (int k = 0; k < INDEX_EASE_PHONE; k++)
		out->shown[k] = (int64_t)out->value[k].n >= out->minimum && !isnan(out->value[k].value);
	for (int k = 0; k < (int)ARRAY_LEN(index_of); k++) {
		const struct afterwards_cell *c = &cell[index_of[k]];

		out->value[INDEX_EASE_PHONE + k] = (struct measure_value){ c->n, c->index, fmax(0, c->index - c->margin),
			fmin(100, c->index + c->margin) };
		out->shown[INDEX_EASE_PHONE + k] = c->shown;
	}
	for (int k = 0; k < MEASURED; k++) {
		if (!compare(db, a, out, k, err))
			return false;
	}
	return true;
}

/* ---- out ------------------------------------------------------------------------------------------------------------ */

const char *
quarter_text(enum quarter q)
{
	switch (q) {
	case QUARTER_NONE: return NULL;
	case QUARTER_WORST: return N_("Red: lowest quarter");
	case QUARTER_MIDDLE: return N_("Yellow: middle half");
	case QUARTER_BEST: return N_("Green: highest quarter");
	}
	return NULL;
}

const char *
quarter_name(enum quarter q)
{
	return q == QUARTER_BEST ? "green" : q == QUARTER_MIDDLE ? "yellow" : q == QUARTER_WORST ? "red" : NULL;
}

static json_t *
number(double x)
{
	return isnan(x) ? json_null() : json_real(x);
}

static json_t *
text(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

static json_t *
measure_json(const struct measures *m, int k)
{
	const struct measure_value *v = &m->value[k];
	const struct compared *c = &m->compared[k];
	bool shown = m->shown[k];

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:{s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o}}",
	    "key", measured_kind[k].key, "name", measured_kind[k].name, "unit", measured_kind[k].index ? "index" : "per cent",
	    "value", number(shown ? v->value : NAN), "low", number(shown ? v->low : NAN), "high", number(shown ? v->high : NAN),
	    "n", shown ? json_integer((json_int_t)v->n) : json_null(), "shown", shown, "quarter", text(quarter_name(c->quarter)),
	    "compared", "indicator", text(c->indicator_id), "title", text(c->title),
	    "year", c->n == 0 ? json_null() : json_integer(c->year), "municipalities", (json_int_t)c->n,
	    "lowest_quarter_to", number(c->worst_to), "median", number(c->median), "highest_quarter_from", number(c->best_from),
	    "own", number(c->own));
}

json_t *
measures_json(const struct measures *m)
{
	json_t *list = json_array();

	for (int k = 0; k < MEASURED; k++)
		(void)json_array_append_new(list, measure_json(m, k));
	return json_pack("{s:i, s:s, s:I, s:I, s:{s:I, s:I}, s:o}", "year", m->year, "one_day",
	    m->day == DAY_HOURS ? "24 hours" : "next working day", "minimum", (json_int_t)m->minimum, "rounds", (json_int_t)m->rounds,
	    "left_out", "with_a_reason", (json_int_t)m->left_out, "not_asked", (json_int_t)m->not_asked, "measures", list);
}

static void
cell(struct sb *sb, double x)
{
	sb_add_c(sb, ',');
	if (!isnan(x))
		sb_double(sb, x);
}

void
measures_csv(struct sb *sb, const struct measures *m)
{
	sb_add(sb, "year,measure,unit,value,low,high,n,quarter,indicator,indicator_year,municipalities,lowest_quarter_to,median,"
	    "highest_quarter_from,own\r\n");
	for (int k = 0; k < MEASURED; k++) {
		const struct measure_value *v = &m->value[k];
		const struct compared *c = &m->compared[k];

		sb_addf(sb, "%d,%s,%s", m->year, measured_kind[k].key, measured_kind[k].index ? "index" : "per cent");
		cell(sb, m->shown[k] ? v->value : NAN);
		cell(sb, m->shown[k] ? v->low : NAN);
		cell(sb, m->shown[k] ? v->high : NAN);
		cell(sb, m->shown[k] ? (double)v->n : NAN);
		sb_addf(sb, ",%s,", c->quarter == QUARTER_NONE ? "" : quarter_name(c->quarter));
		sb_csv(sb, c->indicator_id == NULL ? "" : c->indicator_id);
		cell(sb, c->n > 0 ? (double)c->year : NAN);
		cell(sb, c->n > 0 ? (double)c->n : NAN);
		cell(sb, c->worst_to);
		cell(sb, c->median);
		cell(sb, c->best_from);
		cell(sb, c->own);
		sb_add(sb, "\r\n");
	}
}

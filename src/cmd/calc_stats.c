/* cmd/calc_stats.c: statistics from the shell */
#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "cmd/calc.h"
#include "stats/service_index.h"
#include "stats/survival.h"
#include "stats/xmr.h"

enum { VALUES_MAX = 1000000 };

/* A number that cannot be computed is null, never 0. */
static void
put(json_t *out, const char *key, double value)
{
	(void)json_object_set_new(out, key, isfinite(value) ? json_real(value) : json_null());
}

static bool
is_list(const json_t *list, size_t least)
{
	return json_is_array(list) && json_array_size(list) >= least && json_array_size(list) <= VALUES_MAX;
}

/* ---- survival ---------------------------------------------------------------------------------------------------- */

static bool
need_cases(struct arena *a, const json_t *in, struct survival_case **out, size_t *n, struct err *err)
{
	const json_t *times = json_object_get(in, "time"), *events = json_object_get(in, "event");
	const char *time_range = N_("must be a list of 1 to 1000000 times, 0 or more");
	const char *event_range = N_("must be a list as long as time: 1 or true answered, 0 or false still open");
	struct survival_case *cases;

	if (!is_list(times, 1))
		return err_input(err, "time", time_range);
	if (!json_is_array(events) || json_array_size(events) != json_array_size(times))
		return err_input(err, "event", event_range);
	*n = json_array_size(times);
	cases = arena_array(a, *n, sizeof(*cases));
	for (size_t i = 0; i < *n; i++) {
		const json_t *time = json_array_get(times, i), *event = json_array_get(events, i);
		double number = json_number_value(event);

		cases[i] = (struct survival_case){ json_number_value(time), json_is_true(event) || number == 1.0 };
		if (!json_is_number(time) || cases[i].time < 0.0)
			return err_input(err, "time", time_range);
		if (!json_is_boolean(event) && !(json_is_number(event) && (number == 0.0 || number == 1.0)))
			return err_input(err, "event", event_range);
	}
	*out = cases;
	return true;
}

static bool
survival_in(struct arena *a, const json_t *in, json_t *out, struct err *err)
{
	json_t *list = json_array();
	struct survival_mean mean = { NAN, NAN };
	struct survival_case *cases = NULL;
	struct survival_curve c;
	double tau;
	size_t n = 0;
	bool ok = need_cases(a, in, &cases, &n, err);

	(void)json_object_set_new(out, "curve", list);
	if (!ok)
		return false;
	c = survival_of(a, cases, n);
	if (json_object_get(in, "tau") != NULL && !json_is_null(json_object_get(in, "tau"))) {
		if (!json_need_double(in, "tau", &tau, err) || tau <= 0.0 || !survival_reaches(&c, tau))
			return err_input(err, "tau", N_("must be a number above 0, at most the longest time"));
		mean = survival_mean_to(&c, tau);
	}
	for (size_t i = 0; i < c.n; i++) {
		json_t *one = json_object();

		put(one, "t", c.point[i].t);
		put(one, "survival", c.point[i].survival);
		put(one, "se", c.point[i].se);
		put(one, "low", c.point[i].low);
		put(one, "high", c.point[i].high);
		(void)json_array_append_new(list, one);
	}
	put(out, "median", survival_quantile(&c, 0.5));
	put(out, "rmst", mean.mean);
	put(out, "rmst_se", mean.se);
	return true;
}

/* ---- xmr and service-index ----------------------------------------------------------------------------------------- */

static bool
xmr_in(struct arena *a, const json_t *in, json_t *out, struct err *err)
{
	const char *range = N_("must be a list of 1 to 1000000 numbers, with null where a month is missing");
	const json_t *list = json_object_get(in, "values");
	json_t *signals;
	double *value;
	struct xmr x;

	if (!is_list(list, 1))
		return err_input(err, "values", range);
	value = arena_array(a, json_array_size(list), sizeof(*value));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		if (!json_is_number(one) && !json_is_null(one))
			return err_input(err, "values", range);
		value[i] = json_is_null(one) ? NAN : json_number_value(one);
	}
	x = xmr_of(a, value, json_array_size(list));
	put(out, "centre", x.centre);
	put(out, "lower", x.lower);
	put(out, "upper", x.upper);
	put(out, "mr_mean", x.mr_mean);
	signals = json_array();
	for (size_t i = 0; i < x.n_signals; i++) {
		json_t *one = json_object();

		(void)json_object_set_new(one, "index", json_integer((json_int_t)x.signal[i].index));
		(void)json_object_set_new(one, "rule", json_integer(x.signal[i].rule));
		(void)json_array_append_new(signals, one);
	}
	(void)json_object_set_new(out, "signals", signals);
	return true;
}

static bool
service_index_in(struct arena *a, const json_t *in, json_t *out, struct err *err)
{
	const char *range = N_("must be a list of 1 to 1000000 grades from 1 to 5");
	const json_t *list = json_object_get(in, "grades");
	struct service_index s;
	int *grade;

	if (!is_list(list, 1))
		return err_input(err, "grades", range);
	grade = arena_array(a, json_array_size(list), sizeof(*grade));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		json_int_t g = json_integer_value(one);

		if (!json_is_integer(one) || g < 1 || g > 5)
			return err_input(err, "grades", range);
		grade[i] = (int)g;
	}
	s = service_index_of(grade, json_array_size(list));
	put(out, "index", s.index);
	put(out, "se", s.se);
	(void)json_object_set_new(out, "n", json_integer((json_int_t)s.n));
	return true;
}

/* ---- each in an arena of its own: a million lines take no more memory than one --------------------------------------- */

typedef bool with_arena(struct arena *a, const json_t *in, json_t *out, struct err *err);

static bool
run(with_arena *f, const json_t *in, json_t *out, struct err *err)
{
	struct arena *a = arena_open();
	bool ok = f(a, in, out, err);

	arena_close(a);
	return ok;
}

static bool
calc_survival(const json_t *in, json_t *out, struct err *err)
{
	return run(survival_in, in, out, err);
}

static bool
calc_xmr(const json_t *in, json_t *out, struct err *err)
{
	return run(xmr_in, in, out, err);
}

static bool
calc_service_index(const json_t *in, json_t *out, struct err *err)
{
	return run(service_index_in, in, out, err);
}

const struct calc_function calc_stats[] = {
	{ "survival", calc_survival }, { "xmr", calc_xmr }, { "service-index", calc_service_index },
	{ "survey", calc_survey }, { 0 },
};

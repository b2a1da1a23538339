/* queue/scenario.c: from the JSON of a scenario file to the engine's own words
 *
 * Reading goes down the file once, each object by one function; what is left out is filled in the same place, with a line in
 * `assumption` where it matters. Ranges that the engine has too are checked here only where the file's field has another
 * name than the engine's; the rest is left to sim_check, whose messages name the same fields. */
#include "queue/scenario.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/fields.h"

enum { ASSUMPTIONS_MAX = 40 };

struct reader {
	struct arena *a;
	struct scenario *s;
	struct sim_stream *stream;
	struct sim_stage *stage;
	int opens;			/* -1 without a clock */
	struct err *err;
};

static const char *const kinds[] = { "network", "polling", "phones", NULL };

static void
assume(struct reader *r, const char *text)
{
	for (size_t i = 0; i < r->s->n_assumptions; i++) {
		if (strcmp(r->s->assumption[i], text) == 0)
			return;
	}
	if (r->s->n_assumptions < ASSUMPTIONS_MAX)
		r->s->assumption[r->s->n_assumptions++] = text;
}

/* ---- distributions -------------------------------------------------------------------------------------------------- */

static bool read_dist(struct reader *r, const struct place *at, const char *key, bool part, struct dist *out);

static bool
read_parts(struct reader *r, const struct place *at, struct dist *d)
{
	const json_t *list;
	struct dist *part;
	double *weight;
	size_t n;

	if (!key_list(at, "parts", 1, DIST_PARTS_MAX, &list, &n, r->err))
		return false;
	part = arena_array(r->a, n, sizeof(*part));
	weight = arena_array(r->a, n, sizeof(*weight));
	for (size_t i = 0; i < n; i++) {
		static const char *const known[] = { "weight", "times", NULL };
		struct place item;

		if (!key_item(at, "parts", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !key_need_number(&item, "weight", 0, 1e9, &weight[i], r->err) || !read_dist(r, &item, "times", true, &part[i]))
			return false;
	}
	d->part = part;
	d->weight = weight;
	d->n = n;
	return n > 0 || place_refuse(at, "parts", r->err, "is missing; a mixture has 1 to %d parts {weight, times}", DIST_PARTS_MAX);
}

static bool
read_points(struct reader *r, const struct place *at, struct dist *d)
{
	size_t edges, n;

	if (d->kind == DIST_EMPIRICAL)
		return key_numbers(r->a, at, "values", DIST_POINTS_MAX, 0, DIST_VALUE_MAX, &d->value, &d->n, r->err);
	if (!key_numbers(r->a, at, "edges", DIST_POINTS_MAX, 0, DIST_VALUE_MAX, &d->value, &edges, r->err) ||
	    !key_numbers(r->a, at, "weights", DIST_POINTS_MAX, 0, 1e9, &d->weight, &n, r->err))
		return false;
	if (edges != n + 1 || n == 0)
		return place_refuse(at, "edges", r->err, "has %zu items and weights %zu; there must be one edge more than weights", edges, n);
	d->n = n;
	return true;
}

/* The parameters a kind has; others are unknown fields. */
static const char *const *
parameters(enum dist_kind kind)
{
	static const char *const of[DIST_KINDS][7] = {
		[DIST_DETERMINISTIC] = { "kind", "mean" }, [DIST_EXPONENTIAL] = { "kind", "mean" },
		[DIST_ERLANG] = { "kind", "mean", "phases" }, [DIST_GAMMA] = { "kind", "mean", "cv" },
		[DIST_LOGNORMAL] = { "kind", "mean", "cv" }, [DIST_HYPEREXPONENTIAL] = { "kind", "mean", "cv", "p", "mean_1", "mean_2" },
		[DIST_WEIBULL] = { "kind", "shape", "scale" }, [DIST_UNIFORM] = { "kind", "low", "high" },
		[DIST_TRIANGULAR] = { "kind", "low", "mode", "high" }, [DIST_EMPIRICAL] = { "kind", "values" },
		[DIST_HISTOGRAM] = { "kind", "edges", "weights" }, [DIST_MIXTURE] = { "kind", "parts" },
	};

	return of[kind];
}

static bool
read_parameters(struct reader *r, const struct place *at, struct dist *d)
{
	const struct { const char *key; double *to, low, high; } row[] = {
		{ "mean", &d->mean, 0, DIST_VALUE_MAX }, { "cv", &d->cv, DIST_CV_MIN, DIST_CV_MAX }, { "p", &d->p, 0, 1 },
		{ "mean_1", &d->mean_1, 0, DIST_VALUE_MAX }, { "mean_2", &d->mean_2, 0, DIST_VALUE_MAX },
		{ "shape", &d->shape, 0.2, 100 }, { "scale", &d->scale, 0, DIST_VALUE_MAX }, { "low", &d->low, 0, DIST_VALUE_MAX },
		{ "mode", &d->mode, 0, DIST_VALUE_MAX }, { "high", &d->high, 0, DIST_VALUE_MAX },
	};
	bool by_parts = d->kind == DIST_HYPEREXPONENTIAL && key_given(at, "mean_1");

	for (const char *const *key = parameters(d->kind) + 1; *key != NULL; key++) {
		for (size_t i = 0; i < ARRAY_LEN(row); i++) {
			bool other_way = d->kind == DIST_HYPEREXPONENTIAL &&
			    by_parts == (row[i].to == &d->mean || row[i].to == &d->cv);

			if (strcmp(*key, row[i].key) == 0 && (other_way ? key_number : key_need_number)
			    (at, row[i].key, row[i].low, row[i].high, row[i].to, r->err) == false)
				return false;
		}
	}
	return d->kind != DIST_ERLANG || (key_given(at, "phases") && key_whole(at, "phases", 1, 1000, &d->phases, r->err)) ||
	    place_refuse(at, "phases", r->err, "must be a whole number from 1 to 1000");
}

/* DIST_NONE when it is not there. `part`: inside a mixture, which holds no mixtures or tables. */
static bool
read_dist(struct reader *r, const struct place *at, const char *key, bool part, struct dist *out)
{
	struct dist d = { 0 };
	struct place in;
	const char *kind = NULL;
	char where[100];

	if (!key_object(at, key, &in, r->err))
		return false;
	if (in.object == NULL) {
		*out = d;
		return true;
	}
	if (!key_text(r->a, &in, "kind", &kind, r->err))
		return false;
	d.kind = kind != NULL ? dist_kind_of(kind) : DIST_KINDS;
	if (d.kind == DIST_NONE || d.kind == DIST_KINDS || (part && d.kind >= DIST_EMPIRICAL))
		return place_refuse(&in, "kind", r->err, "must be one of deterministic, exponential, erlang, gamma, lognormal, "
		    "hyperexponential, weibull, uniform, triangular%s", part ? "" : ", empirical, histogram, mixture");
	if (!keys_known(&in, parameters(d.kind), r->err))
		return false;
	if (d.kind == DIST_MIXTURE ? !read_parts(r, &in, &d) : d.kind >= DIST_EMPIRICAL ? !read_points(r, &in, &d) :
	    !read_parameters(r, &in, &d))
		return false;
	if (!dist_check(&d, place_text(at, key, where, sizeof(where)), false, r->err)) {
		r->err->field = key;
		return false;
	}
	*out = d;
	return true;
}

/* ---- arrivals ------------------------------------------------------------------------------------------------------- */

static bool
read_knots(struct reader *r, const struct place *at, struct sim_stream *out)
{
	static const char *const profiles[] = { "constant", "linear", NULL };
	static const char *const known[] = { "at", "value", NULL };
	const json_t *list;
	struct sim_knot *knot;
	int profile = SIM_PROFILE_LINEAR;

	if (!key_word(at, "profile", profiles, &profile, r->err) ||
	    !key_list(at, "knots", 2, SIM_KNOTS_MAX, &list, &out->n_knots, r->err))
		return false;
	out->profile = profile == 0 ? SIM_PROFILE_CONSTANT : SIM_PROFILE_LINEAR;
	knot = arena_array(r->a, out->n_knots, sizeof(*knot));
	for (size_t i = 0; i < out->n_knots; i++) {
		struct place item;

		if (!key_item(at, "knots", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !key_need_moment(&item, "at", r->opens, 0, &knot[i].at, r->err) ||
		    !key_need_number(&item, "value", 0, 1e9, &knot[i].value, r->err))
			return false;
		if (i > 0 && !(knot[i].at > knot[i - 1].at))
			return place_refuse(&item, "at", r->err, "each knot must be later than the one before");
	}
	out->knot = knot;
	return true;
}

/* Persons, or shares of them, in equal intervals from opening to closing. */
static bool
read_intervals(struct reader *r, const struct place *at, const char *key, struct sim_stream *out)
{
	double interval = r->s->interval_s, sum = 0, closes = r->s->sim.closes_at;
	const double *x;
	struct sim_knot *knot;
	size_t n;

	if (!key_numbers(r->a, at, key, SIM_KNOTS_MAX - 1, 0, SIM_PERSONS_MAX, &x, &n, r->err))
		return false;
	if (fabs((double)n * interval - closes) > 0.5)
		return place_refuse(at, key, r->err, "%zu intervals of %.10g s make %.10g s, but it is open %.10g s", n, interval,
		    (double)n * interval, closes);
	knot = arena_array(r->a, n + 1, sizeof(*knot));
	for (size_t i = 0; i < n; i++) {
		knot[i] = (struct sim_knot){ (double)i * interval, x[i] / interval };
		sum += x[i];
	}
	knot[n].at = closes;
	out->profile = SIM_PROFILE_CONSTANT;
	out->knot = knot;
	out->n_knots = n + 1;
	if (strcmp(key, "shares") == 0)
		return fabs(sum - 1) <= 0.001 || place_refuse(at, key, r->err, "the shares add up to %.10g; they must add up to 1", sum);
	if (out->expected > 0 && fabs(sum - out->expected) > 0.005 * out->expected)
		return place_refuse(at, key, r->err, "the numbers add up to %.10g, but %.10g are expected", sum, out->expected);
	out->expected = out->expected > 0 ? out->expected : sum;
	return sum > 0 || place_refuse(at, key, r->err, "all numbers are 0; leave the stream out");
}

static bool
read_flat(struct reader *r, const struct place *at, struct sim_stream *out)
{
	struct sim_knot *knot = arena_array(r->a, 2, sizeof(*knot));

	if (!key_given(at, "expected") && !key_given(at, "share") && out->opening_line == 0)
		return place_refuse(at, "expected", r->err, "is missing; give expected, or registered and share, or counts, or recorded");
	knot[0].value = out->expected > 0;	/* else the values are persons a second */
	knot[1].at = r->s->sim.closes_at;
	out->profile = SIM_PROFILE_CONSTANT;
	out->knot = knot;
	out->n_knots = 2;
	if (out->expected > 0)
		assume(r, N_("people come evenly over the day: no profile was given"));
	return true;
}

/* How many, and when. */
static bool
read_arrivals(struct reader *r, const struct place *at, struct sim_stream *out)
{
	static const char *const ways[] = { "knots", "counts", "shares", "recorded" };
	const char *way = NULL;
	double share = NAN;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (key_given(at, ways[i]) && way != NULL)
			return place_refuse(at, ways[i], r->err, "give only one of knots, counts, shares, recorded");
		way = key_given(at, ways[i]) ? ways[i] : way;
	}
	if (!key_number(at, "expected", 0, SIM_PERSONS_MAX, &out->expected, r->err) ||
	    !key_number(at, "registered", 1, SIM_PERSONS_MAX, &out->registered, r->err) ||
	    !key_number(at, "share", 0, 1, &share, r->err))
		return false;
	if (!isnan(share)) {
		if (key_given(at, "expected") || !key_given(at, "registered"))
			return place_refuse(at, "share", r->err, "is the share of registered who come here: give registered, and not expected");
		out->expected = out->registered * share;
	} else if (key_given(at, "registered") && !key_given(at, "expected")) {
		return place_refuse(at, "share", r->err, "is missing; the share of registered who come here, 0 to 1");
	}
	if (way == NULL || (!(out->expected > 0) && (key_given(at, "expected") || !isnan(share))))
		return read_flat(r, at, out);		/* nobody is expected, whatever the profile */
	if (strcmp(way, "knots") == 0)
		return read_knots(r, at, out);
	if (strcmp(way, "recorded") == 0) {
		out->profile = SIM_PROFILE_RECORDED;
		return key_numbers(r->a, at, "recorded", 100000, 0, SIM_DAY_MAX, &out->recorded, &out->n_recorded, r->err);
	}
	if (strcmp(way, "shares") == 0 && !(out->expected > 0))
		return place_refuse(at, "expected", r->err, "is missing; shares are shares of it");
	return read_intervals(r, at, way, out);
}

static bool
read_total(struct reader *r, const struct place *at, struct sim_stream *out)
{
	static const char *const totals[] = { "poisson", "binomial", "day_factor", NULL };
	static const enum sim_total as[] = { SIM_TOTAL_POISSON, SIM_TOTAL_BINOMIAL, SIM_TOTAL_DAY_FACTOR };
	enum scenario_kind kind = r->s->kind;
	int total = out->profile == SIM_PROFILE_RECORDED || kind == SCENARIO_NETWORK ? 0 :
	    kind == SCENARIO_POLLING && out->registered > 0 ? 1 : 2;

	if (!key_word(at, "total", totals, &total, r->err))
		return false;
	out->total = as[total];
	if (out->total == SIM_TOTAL_BINOMIAL && !key_given(at, "registered"))
		return place_refuse(at, "registered", r->err, "is missing; binomial needs how many could come");
	if (out->total == SIM_TOTAL_DAY_FACTOR && !key_given(at, "day_cv")) {
		out->day_cv = kind == SCENARIO_PHONES ? 0.15 : 0.10;
		assume(r, kind == SCENARIO_PHONES ? N_("days differ: the calls of a day vary by 15 per cent beside chance (day_cv)") :
		    N_("days differ: the number who come varies by 10 per cent beside chance (day_cv)"));
	} else if (out->total != SIM_TOTAL_DAY_FACTOR && key_given(at, "day_cv")) {
		return place_refuse(at, "day_cv", r->err, "belongs to the total day_factor");
	}
	return key_number(at, "day_cv", 0, 2, &out->day_cv, r->err) &&
	    key_number(at, "period_s", 60, SIM_DAY_MAX, &out->period_s, r->err) &&
	    key_number(at, "period_cv", 0, 2, &out->period_cv, r->err) &&
	    key_number(at, "period_correlation", 0, 0.999, &out->period_correlation, r->err);
}

static bool
read_retry(struct reader *r, const struct place *at, struct sim_retry *out)
{
	static const char *const known[] = { "p_gave_up", "p_busy", "delay", "attempts_max", NULL };
	struct place in;

	if (!key_object(at, "retry", &in, r->err))
		return false;
	if (in.object == NULL)
		return true;
	out->attempts_max = 5;
	return keys_known(&in, known, r->err) && key_number(&in, "p_gave_up", 0, 1, &out->p_gave_up, r->err) &&
	    key_number(&in, "p_busy", 0, 1, &out->p_busy, r->err) &&
	    key_whole(&in, "attempts_max", 1, SIM_ATTEMPTS_MAX, &out->attempts_max, r->err) &&
	    read_dist(r, &in, "delay", false, &out->delay);
}

/* A stage's or stream's number by its name or its number in the file, from 0. */
static int
number_of(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *one = json_string_value(json_object_get(json_array_get(list, i), "name"));

		if (one != NULL && strcmp(one, name) == 0)
			return (int)i;
	}
	return -1;
}

static bool
read_reference(struct reader *r, const struct place *at, const char *key, const json_t *list, int *out)
{
	const json_t *v = json_object_get(at->object, key);
	int i;

	if (!json_is_string(v))
		return key_whole(at, key, 0, json_array_size(list) > 0 ? (int)json_array_size(list) - 1 : 0, out, r->err);
	if ((i = number_of(list, json_string_value(v))) < 0)
		return place_refuse(at, key, r->err, "nothing in the file is named \"%.60s\"", json_string_value(v));
	*out = i;
	return true;
}

static bool
read_stream(struct reader *r, const struct place *at, const json_t *stages, struct sim_stream *out)
{
	static const char *const known[] = { "name", "expected", "registered", "share", "total", "day_cv", "profile", "knots",
		"counts", "shares", "recorded", "period_s", "period_cv", "period_correlation", "batch", "opening_line", "priority",
		"first_stage", "patience", "retry", NULL };

	out->name = "persons";
	return keys_known(at, known, r->err) && key_text(r->a, at, "name", &out->name, r->err) &&
	    key_whole(at, "opening_line", 0, 100000, &out->opening_line, r->err) && read_arrivals(r, at, out) &&
	    read_total(r, at, out) && key_numbers(r->a, at, "batch", 100, 0, 1e9, &out->batch, &out->n_batch, r->err) &&
	    key_whole(at, "priority", 0, 1000, &out->priority, r->err) &&
	    read_reference(r, at, "first_stage", stages, &out->first_stage) &&
	    read_dist(r, at, "patience", false, &out->patience) && read_retry(r, at, &out->retry);
}

/* Names are told apart in results and refer to each other: no two alike. */
static bool
names_differ(const struct place *top, const char *key, const json_t *list, struct err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));
		struct place item = { top, key, i, NULL };

		if (name == NULL && json_array_size(list) > 1)
			return place_refuse(&item, "name", err, "is missing; each has a name of its own");
		if (name != NULL && number_of(list, name) != (int)i)
			return place_refuse(&item, "name", err, "\"%.60s\" is there before", name);
	}
	return true;
}

static bool
read_streams(struct reader *r, const struct place *top, const json_t *stages)
{
	const json_t *list;
	size_t n;

	if (!key_list(top, "streams", 1, SIM_STREAMS_MAX, &list, &n, r->err))
		return false;
	if (n == 0)
		return place_refuse(top, "streams", r->err, "is missing; who comes, 1 to %d streams of people", SIM_STREAMS_MAX);
	if (!names_differ(top, "streams", list, r->err))
		return false;
	r->stream = arena_array(r->a, n, sizeof(*r->stream));
	for (size_t i = 0; i < n; i++) {
		struct place item;

		if (!key_item(top, "streams", list, i, &item, r->err) || !read_stream(r, &item, stages, &r->stream[i]))
			return false;
	}
	r->s->sim.stream = r->stream;
	r->s->sim.n_streams = n;
	return true;
}

/* ---- stages --------------------------------------------------------------------------------------------------------- */

static bool
read_staff(struct reader *r, const struct place *at, struct sim_pool *out)
{
	static const char *const known[] = { "at", "servers", NULL };
	const json_t *list;
	struct sim_staff *staff;

	if (!key_list(at, "staff", 1, SIM_KNOTS_MAX, &list, &out->n_staff, r->err))
		return false;
	if (out->n_staff > 0 && key_given(at, "servers"))
		return place_refuse(at, "servers", r->err, "give servers (all day) or staff (by time), not both");
	staff = arena_array(r->a, out->n_staff, sizeof(*staff));
	for (size_t i = 0; i < out->n_staff; i++) {
		struct place item;

		if (!key_item(at, "staff", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !key_need_moment(&item, "at", r->opens, -SIM_DAY_MAX, &staff[i].at, r->err))
			return false;
		if (!key_given(&item, "servers"))
			return place_refuse(&item, "servers", r->err, "is missing; a whole number from 0 to %d", SIM_SERVERS_MAX);
		if (!key_whole(&item, "servers", 0, SIM_SERVERS_MAX, &staff[i].servers, r->err))
			return false;
		if (i == 0 ? staff[i].at > 0 : !(staff[i].at > staff[i - 1].at))
			return place_refuse(&item, "at", r->err, "the schedule must begin at opening or before, and ascend");
	}
	out->staff = staff;
	if (out->n_staff == 0 && !key_given(at, "servers"))
		return place_refuse(at, "servers", r->err, "is missing; a whole number from 0 to %d, or a schedule in staff", SIM_SERVERS_MAX);
	return key_whole(at, "servers", 0, SIM_SERVERS_MAX, &out->servers, r->err);
}

static bool
read_breaks(struct reader *r, const struct place *at, struct sim_pool *out)
{
	static const char *const known[] = { "from", "to", "servers", NULL };
	const json_t *list;
	struct sim_break *pause;

	if (!key_list(at, "breaks", 0, SIM_KNOTS_MAX, &list, &out->n_pauses, r->err))
		return false;
	pause = arena_array(r->a, out->n_pauses, sizeof(*pause));
	for (size_t i = 0; i < out->n_pauses; i++) {
		struct place item;

		pause[i].servers = 1;
		if (!key_item(at, "breaks", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !key_need_moment(&item, "from", r->opens, 0, &pause[i].from, r->err) ||
		    !key_need_moment(&item, "to", r->opens, pause[i].from, &pause[i].to, r->err) ||
		    !key_whole(&item, "servers", 0, SIM_SERVERS_MAX, &pause[i].servers, r->err))
			return false;
	}
	out->pause = pause;
	return true;
}

static bool
read_skills(struct reader *r, const struct place *at, const json_t *streams, struct sim_pool *out)
{
	static const char *const known[] = { "stream", "preference", NULL };
	const json_t *list;
	struct sim_skill *skill;

	if (!key_list(at, "skills", 1, SIM_STREAMS_MAX, &list, &out->n_skills, r->err))
		return false;
	skill = arena_array(r->a, out->n_skills, sizeof(*skill));
	for (size_t i = 0; i < out->n_skills; i++) {
		const json_t *v = json_array_get(list, i);
		struct place item = { at, "skills", i, v };

		skill[i].preference = (int)i;
		if (json_is_string(v)) {
			if ((skill[i].stream = number_of(streams, json_string_value(v))) < 0)
				return place_refuse(&item, NULL, r->err, "no stream is named \"%.60s\"", json_string_value(v));
			continue;
		}
		if (!key_item(at, "skills", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !read_reference(r, &item, "stream", streams, &skill[i].stream) ||
		    !key_whole(&item, "preference", 0, 1000, &skill[i].preference, r->err))
			return false;
		if (!key_given(&item, "stream"))
			return place_refuse(&item, "stream", r->err, "is missing; the name of a stream");
	}
	out->skill = skill;
	return true;
}

static bool
read_pools(struct reader *r, const struct place *at, const json_t *streams, struct sim_stage *out)
{
	static const char *const known[] = { "name", "servers", "staff", "breaks", "skills", "speed", NULL };
	const json_t *list;
	struct sim_pool *pool;
	size_t n;

	if (!key_list(at, "pools", 1, SIM_POOLS_MAX, &list, &n, r->err))
		return false;
	out->n_pools = n == 0 ? 1 : n;
	out->pool = pool = arena_array(r->a, out->n_pools, sizeof(*pool));
	if (n == 0) {
		pool[0].name = out->name;
		return read_staff(r, at, &pool[0]) && read_breaks(r, at, &pool[0]);
	}
	if (key_given(at, "servers") || key_given(at, "staff") || key_given(at, "breaks"))
		return place_refuse(at, "pools", r->err, "servers, staff and breaks stand in the pools when there are pools");
	for (size_t i = 0; i < n; i++) {
		struct place item;

		pool[i].name = arena_printf(r->a, "%s %zu", out->name, i + 1);
		if (!key_item(at, "pools", list, i, &item, r->err) || !keys_known(&item, known, r->err) ||
		    !key_text(r->a, &item, "name", &pool[i].name, r->err) || !read_staff(r, &item, &pool[i]) ||
		    !read_breaks(r, &item, &pool[i]) || !read_skills(r, &item, streams, &pool[i]) ||
		    !key_number(&item, "speed", 0.01, 100, &pool[i].speed, r->err))
			return false;
	}
	return true;
}

static bool
read_service(struct reader *r, const struct place *at, const json_t *streams, struct sim_stage *out)
{
	struct dist *by;
	struct place in;
	json_t *object;

	if (!read_dist(r, at, "service", false, &out->service) || !key_object(at, "service_by_stream", &in, r->err))
		return false;
	if (in.object == NULL)
		return out->service.kind != DIST_NONE ||
		    place_refuse(at, "service", r->err, "is missing; how long a service lasts, {kind, mean, ...} in seconds");
	by = arena_array(r->a, json_array_size(streams), sizeof(*by));
	object = (json_t *)(uintptr_t)in.object;	/* jansson wants a mutable iterator even to read */
	for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it)) {
		const char *name = json_object_iter_key(it);
		int i = number_of(streams, name);

		if (i < 0)
			return place_refuse(&in, name, r->err, "no stream has this name");
		if (!read_dist(r, &in, name, false, &by[i]))
			return false;
	}
	out->service_by_stream = by;
	return true;
}

static bool
read_next(struct reader *r, const struct place *at, const json_t *stages, size_t n_stages, struct sim_stage *out)
{
	double *next, sum = 0;
	struct place in;
	json_t *object;

	if (!key_object(at, "next", &in, r->err))
		return false;
	if (in.object == NULL)
		return true;
	next = arena_array(r->a, n_stages + 1, sizeof(*next));
	object = (json_t *)(uintptr_t)in.object;
	for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it)) {
		const char *name = json_object_iter_key(it);
		int i = strcmp(name, "out") == 0 ? (int)n_stages : number_of(stages, name);

		if (i < 0)
			return place_refuse(&in, name, r->err, "no stage has this name; \"out\" leaves");
		if (!key_number(&in, name, 0, 1, &next[i], r->err))
			return false;
		sum += next[i];
	}
	if (fabs(sum - 1) > 1e-9)
		return place_refuse(at, "next", r->err, "the probabilities add up to %.10g; they must add up to 1", sum);
	out->next = next;
	return true;
}

static bool
read_temper(struct reader *r, const struct place *at, struct sim_stage *out)
{
	static const char *const balking[] = { "from", "to", "most", NULL }, *const callback[] = { "line", "accept", NULL };
	struct place in;

	if (!key_object(at, "balking", &in, r->err))
		return false;
	if (in.object != NULL && (!keys_known(&in, balking, r->err) ||
	    !key_whole(&in, "from", 0, 1000000, &out->balking.from, r->err) ||
	    !key_whole(&in, "to", out->balking.from, 1000000, &out->balking.to, r->err) ||
	    !key_need_number(&in, "most", 0, 1, &out->balking.most, r->err)))
		return false;
	if (!key_object(at, "callback", &in, r->err))
		return false;
	return in.object == NULL || (keys_known(&in, callback, r->err) &&
	    key_whole(&in, "line", 1, 1000000, &out->callback.line, r->err) &&
	    key_need_number(&in, "accept", 0, 1, &out->callback.accept, r->err));
}

/* What a search may do with it. */
static bool
read_freedom(struct reader *r, const struct place *at, struct scenario_stage *out)
{
	out->most = 200;
	if (!key_number(at, "officials", 0, 100, &out->officials, r->err) ||
	    !key_whole(at, "least", 1, SIM_SERVERS_MAX, &out->least, r->err) ||
	    !key_whole(at, "most", 1, SIM_SERVERS_MAX, &out->most, r->err))
		return false;
	if (out->least > out->most)
		return place_refuse(at, "least", r->err, "%d is more than most, %d", out->least, out->most);
	out->cost = out->officials > 0 ? out->officials : 0.1;
	return key_number(at, "cost", 0, 1e6, &out->cost, r->err);
}

static bool
read_stage(struct reader *r, const struct place *at, const json_t *streams, const json_t *stages, size_t n_stages,
    struct sim_stage *out, struct scenario_stage *free_to)
{
	static const char *const known[] = { "name", "service", "service_by_stream", "servers", "staff", "breaks", "pools", "room",
		"routing", "balking", "callback", "next", "officials", "cost", "least", "most", NULL };
	static const char *const routings[] = { "preference", "longest", NULL };
	int routing = SIM_ROUTING_PREFERENCE;

	out->name = "stage";
	out->room = SIM_UNLIMITED;
	if (!keys_known(at, known, r->err) || !key_text(r->a, at, "name", &out->name, r->err) ||
	    !read_service(r, at, streams, out) || !read_pools(r, at, streams, out) ||
	    !key_whole(at, "room", 0, (int)SIM_PERSONS_MAX, &out->room, r->err) ||
	    !key_word(at, "routing", routings, &routing, r->err))
		return false;
	out->routing = routing == 0 ? SIM_ROUTING_PREFERENCE : SIM_ROUTING_LONGEST;
	return read_temper(r, at, out) && read_next(r, at, stages, n_stages, out) && read_freedom(r, at, free_to);
}

/* The stages of docs/queue.md, when the file leaves them out: times assumed, to be replaced by the municipality's own. */
static bool
preset_stages(struct reader *r, const struct place *top)
{
	static const char *const presets[] = { "general_election", "referendum", NULL };
	static const struct { const char *name; int servers; double cv, mean[2], officials; } row[] = {
		{ N_("ballot papers"), 2, 0.6, { 60, 20 }, 0 }, { N_("booth"), 6, 0.8, { 120, 45 }, 0 },
		{ N_("reception"), 2, 0.6, { 45, 40 }, 2 },
	};
	struct sim_pool *pool = arena_array(r->a, ARRAY_LEN(row), sizeof(*pool));
	int preset = 0;

	if (r->s->kind != SCENARIO_POLLING)
		return place_refuse(top, "stages", r->err, "is missing; 1 to %d stages of service", SIM_STAGES_MAX);
	if (!key_word(top, "preset", presets, &preset, r->err))
		return false;
	r->stage = arena_array(r->a, ARRAY_LEN(row), sizeof(*r->stage));
	r->s->stage = arena_array(r->a, ARRAY_LEN(row), sizeof(*r->s->stage));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		pool[i] = (struct sim_pool){ .name = row[i].name, .servers = row[i].servers };
		r->stage[i] = (struct sim_stage){ .name = row[i].name, .pool = &pool[i], .n_pools = 1, .room = SIM_UNLIMITED,
			.service = { .kind = DIST_LOGNORMAL, .mean = row[i].mean[preset], .cv = row[i].cv } };
		r->s->stage[i] = (struct scenario_stage){ .officials = row[i].officials,
			.cost = row[i].officials > 0 ? row[i].officials : 0.1, .most = 200 };
	}
	r->s->sim.stage = r->stage;
	r->s->sim.n_stages = ARRAY_LEN(row);
	assume(r, preset == 0 ? N_("stages, their numbers and times: the preset general_election; time your own") :
	    N_("stages, their numbers and times: the preset referendum; time your own"));
	return true;
}

static bool
read_stages(struct reader *r, const struct place *top)
{
	const json_t *list, *streams = json_object_get(top->object, "streams");
	size_t n;

	if (!key_list(top, "stages", 1, SIM_STAGES_MAX, &list, &n, r->err))
		return false;
	if (n == 0)
		return preset_stages(r, top);
	if (key_given(top, "preset"))
		return place_refuse(top, "preset", r->err, "give stages or preset, not both");
	if (!names_differ(top, "stages", list, r->err))
		return false;
	r->stage = arena_array(r->a, n, sizeof(*r->stage));
	r->s->stage = arena_array(r->a, n, sizeof(*r->s->stage));
	for (size_t i = 0; i < n; i++) {
		struct place item;

		if (!key_item(top, "stages", list, i, &item, r->err) ||
		    !read_stage(r, &item, streams, list, n, &r->stage[i], &r->s->stage[i]))
			return false;
	}
	r->s->sim.stage = r->stage;
	r->s->sim.n_stages = n;
	return true;
}

/* ---- the top of the file -------------------------------------------------------------------------------------------- */

static bool
read_hours(struct reader *r, const struct place *top)
{
	static const char *const closings[] = { "serve", "hard", NULL };
	struct scenario *s = r->s;
	const char *opens = NULL;
	int closing = s->kind == SCENARIO_PHONES ? SIM_CLOSING_HARD : SIM_CLOSING_SERVE;

	r->opens = -1;
	if (!key_text(r->a, top, "opens", &opens, r->err))
		return false;
	if (opens != NULL) {
		if (!clock_of(opens, &s->opens) || s->opens == 86400)
			return place_refuse(top, "opens", r->err, "must be a clock time from \"00:00\" to \"23:59\"");
		s->has_clock = true;
		r->opens = s->opens;
	}
	if (!key_need_moment(top, "closes", r->opens, -86400, &s->sim.closes_at, r->err))
		return false;
	if (!(s->sim.closes_at >= 60))
		return place_refuse(top, "closes", r->err, "must be at least a minute after opening");
	if (!key_word(top, "closing", closings, &closing, r->err))
		return false;
	s->sim.closing = closing == 0 ? SIM_CLOSING_SERVE : SIM_CLOSING_HARD;
	s->interval_s = 1800;
	return key_number(top, "interval", 60, 86400, &s->interval_s, r->err);
}

static bool
read_target(struct reader *r, const struct place *top)
{
	static const char *const known[] = { "wait", "share", "confidence", "service_level", "max_abandon", NULL };
	struct scenario_target *t = &r->s->target;
	struct place in;
	bool waits, level;

	*t = (struct scenario_target){ .kind = r->s->kind == SCENARIO_POLLING ? TARGET_DAYS :
		r->s->kind == SCENARIO_PHONES ? TARGET_LEVEL : TARGET_NONE, .wait = 900, .share = 0.05, .confidence = 0.9,
		.service_level = 0.8, .max_abandon = 1 };
	if (!key_object(top, "target", &in, r->err))
		return false;
	if (in.object == NULL) {
		if (t->kind == TARGET_DAYS)
			assume(r, N_("target: nine days in ten, at most 5 per cent of the voters wait more than 15 minutes"));
		else if (t->kind == TARGET_LEVEL)
			assume(r, N_("target: 80 per cent of the calls answered within answer_limit"));
		return true;
	}
	waits = key_given(&in, "wait") || key_given(&in, "share") || key_given(&in, "confidence");
	level = key_given(&in, "service_level") || key_given(&in, "max_abandon");
	if (waits && level)
		return place_refuse(top, "target", r->err, "is either wait, share and confidence, or service_level and max_abandon");
	if (!keys_known(&in, known, r->err) || !key_number(&in, "wait", 0, SIM_DAY_MAX, &t->wait, r->err) ||
	    !key_number(&in, "share", 0, 1, &t->share, r->err) ||
	    !key_number(&in, "confidence", 0, 0.9999, &t->confidence, r->err) ||
	    !key_number(&in, "max_abandon", 0, 1, &t->max_abandon, r->err))
		return false;
	if (level && !key_given(&in, "service_level"))
		t->service_level = 0;
	t->kind = level ? TARGET_LEVEL : waits ? (t->confidence > 0 ? TARGET_DAYS : TARGET_MEAN) : t->kind;
	return key_number(&in, "service_level", 0, 0.9999, &t->service_level, r->err);
}

/* The target's wait is one of the reported limits. */
static bool
read_limits(struct reader *r, const struct place *top)
{
	static const double polling[] = { 300, 600, 900, 1800 }, phones[] = { 20, 60, 180, 600 };
	struct sim_scenario *sim = &r->s->sim;
	const struct scenario_target *t = &r->s->target;
	double *limit;
	size_t n, i = 0;

	sim->limit = r->s->kind == SCENARIO_PHONES ? phones : polling;
	n = ARRAY_LEN(polling);
	if (key_given(top, "limits") &&
	    !key_numbers(r->a, top, "limits", SIM_LIMITS_MAX, 0, SIM_DAY_MAX, &sim->limit, &n, r->err))
		return false;
	for (size_t k = 1; k < n; k++) {
		if (!(sim->limit[k] > sim->limit[k - 1]))
			return place_refuse(top, "limits", r->err, "must ascend");
	}
	sim->n_limits = n;
	if (t->kind != TARGET_DAYS && t->kind != TARGET_MEAN)
		return true;
	sim->target_limit = t->wait;
	sim->target_share = t->share;
	while (i < n && sim->limit[i] < t->wait)
		i++;
	if (i < n && !(sim->limit[i] > t->wait))
		return true;
	if (n == SIM_LIMITS_MAX)
		return place_refuse(top, "limits", r->err, "has %d items and not the wait of the target, %.10g s; leave one out",
		    SIM_LIMITS_MAX, t->wait);
	limit = arena_array(r->a, n + 1, sizeof(*limit));
	memcpy(limit, sim->limit, i * sizeof(*limit));
	limit[i] = t->wait;
	memcpy(limit + i + 1, sim->limit + i, (n - i) * sizeof(*limit));
	sim->limit = limit;
	sim->n_limits = n + 1;
	return true;
}

static bool
read_house(struct reader *r, const struct place *top)
{
	static const char *const known[] = { "arrivals", "service", "shift", NULL };
	struct scenario *s = r->s;
	struct place in;

	s->spacing_m = 0.75;
	s->fixed_posts = s->kind == SCENARIO_POLLING ? 2 : 0;
	s->uncertainty = (struct scenario_uncertainty){ 0.1, 0.1, 1800 };
	s->sim.answer_limit = s->kind == SCENARIO_PHONES ? 20 : 0;
	if (s->kind == SCENARIO_POLLING && !key_given(top, "fixed_posts"))
		assume(r, N_("two fixed posts: a chair and a host at the door"));
	if (s->kind == SCENARIO_PHONES && !key_given(top, "answer_limit"))
		assume(r, N_("a call answered within 20 s is answered in time"));
	if (s->kind == SCENARIO_PHONES && !key_given(top, "shrinkage"))
		assume(r, N_("all paid time is spent at the telephone (shrinkage 0)"));
	if (!key_number(top, "spacing", 0.5, 1.5, &s->spacing_m, r->err) ||
	    !key_number(top, "fixed_posts", 0, 1000, &s->fixed_posts, r->err) ||
	    !key_number(top, "shrinkage", 0, 0.9, &s->shrinkage, r->err) ||
	    !key_number(top, "answer_limit", 0, SIM_DAY_MAX, &s->sim.answer_limit, r->err) ||
	    !key_whole(top, "trunks", 0, (int)SIM_PERSONS_MAX, &s->sim.trunks, r->err) ||
	    !key_object(top, "uncertainty", &in, r->err))
		return false;
	if (in.object == NULL)
		return true;
	return keys_known(&in, known, r->err) && key_number(&in, "arrivals", 0, 0.9, &s->uncertainty.arrivals, r->err) &&
	    key_number(&in, "service", 0, 0.9, &s->uncertainty.service, r->err) &&
	    key_number(&in, "shift", 0, 14400, &s->uncertainty.shift_s, r->err);
}

static bool
read_run(struct reader *r, const struct place *top)
{
	const json_t *seed = json_object_get(top->object, "seed");
	int replications = 0;

	r->s->seed = 1;
	if (seed != NULL && !json_is_null(seed)) {
		if (!json_is_integer(seed) || json_integer_value(seed) < 0)
			return place_refuse(top, "seed", r->err, "must be a whole number from 0 to 9223372036854775807");
		r->s->seed = (uint64_t)json_integer_value(seed);
	}
	if (!key_whole(top, "replications", 1, SIM_REPLICATIONS_MAX, &replications, r->err))
		return false;
	r->s->replications = (size_t)replications;
	return key_whole(top, "threads", 0, 256, &r->s->threads, r->err);
}

bool
scenario_read(struct arena *a, const json_t *in, struct scenario *out, struct err *err)
{
	static const char *const known[] = { "kind", "name", "note", "opens", "closes", "closing", "streams", "stages", "preset",
		"trunks", "answer_limit", "limits", "target", "fixed_posts", "spacing", "shrinkage", "interval", "uncertainty", "seed",
		"replications", "threads", NULL };
	struct scenario s = { .name = "scenario", .assumption = arena_array(a, ASSUMPTIONS_MAX, sizeof(*s.assumption)) };
	struct reader r = { .a = a, .s = &s, .err = err };
	struct place top = { .index = PLACE_ALONE, .object = in };
	int kind = SCENARIO_NETWORK;

	if (!json_is_object(in))
		return err_set(err, ERR_INPUT, "a scenario is one JSON object {...}");
	if (!keys_known(&top, known, err) || !key_word(&top, "kind", kinds, &kind, err) ||
	    !key_text(a, &top, "name", &s.name, err) || !key_text(a, &top, "note", &s.note, err))
		return false;
	s.kind = kind == 1 ? SCENARIO_POLLING : kind == 2 ? SCENARIO_PHONES : SCENARIO_NETWORK;
	if (!read_hours(&r, &top) || !read_house(&r, &top) || !read_target(&r, &top) || !read_limits(&r, &top) ||
	    !read_run(&r, &top) || !read_streams(&r, &top, json_object_get(in, "stages")) || !read_stages(&r, &top))
		return false;
	s.sim.name = s.name;
	if (!sim_check(&s.sim, err)) {
		err->person = NULL;
		return false;
	}
	*out = s;
	return true;
}

bool
scenario_parse(struct arena *a, const char *data, size_t n, struct scenario *out, struct err *err)
{
	json_t *in = NULL;
	bool ok;

	if (n > SCENARIO_BYTES_MAX)
		return err_set(err, ERR_INPUT, "the file has %zu bytes; at most %u are read", n, SCENARIO_BYTES_MAX);
	if (!json_parse(data, n, &in, err))
		return false;
	ok = scenario_read(a, in, out, err);
	if (!ok)
		err->field = NULL;	/* it may point into `in` */
	json_decref(in);
	return ok;
}

const char *
scenario_clock(struct arena *a, const struct scenario *s, double at)
{
	long minutes = lround((at + (s->has_clock ? s->opens : 0)) / 60);

	if (isnan(at))
		return "-";
	if (!s->has_clock)
		return arena_printf(a, "%ld h %02ld min", minutes / 60, minutes % 60);
	return minutes >= 24 * 60 ? arena_printf(a, "%02ld:%02ld +%ld d", minutes / 60 % 24, minutes % 60, minutes / 60 / 24) :
	    arena_printf(a, "%02ld:%02ld", minutes / 60, minutes % 60);
}

double
scenario_officials(const struct scenario *s, const struct sim_scenario *sim)
{
	double sum = s->fixed_posts;

	for (size_t i = 0; i < sim->n_stages; i++) {
		for (size_t k = 0; k < sim->stage[i].n_pools; k++) {
			const struct sim_pool *p = &sim->stage[i].pool[k];
			int most = p->servers;

			for (size_t j = 0; j < p->n_staff; j++)
				most = j == 0 || p->staff[j].servers > most ? p->staff[j].servers : most;
			sum += most * s->stage[i].officials;
		}
	}
	return sum;
}

/* planning/report_json.c: a plan's figures as JSON, and CSV from that */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "planning/report.h"

static json_t *
number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static void
put(json_t *o, const char *key, json_t *v)
{
	(void)json_object_set_new(o, key, v);
}

/* `unit` is what a figure is multiplied by: 60 for minutes. */
static json_t *
estimate(struct sim_estimate e, double unit)
{
	json_t *o = json_object();

	put(o, "value", number(e.value * unit));
	put(o, "low", number(e.low * unit));
	put(o, "high", number(e.high * unit));
	put(o, "se", number(e.se * unit));
	return o;
}

static json_t *
over(const struct scenario *s, const struct sim_estimate *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->sim.n_limits; i++) {
		json_t *one = estimate(e[i], 1);

		put(one, "limit", number(s->sim.limit[i]));
		(void)json_array_append_new(list, one);
	}
	return list;
}

/* Share of persons who wait at most 0, 1, 2, ... minutes, until all do. */
static json_t *
within_minutes(const struct sim_wait *w)
{
	json_t *list = json_array();
	uint64_t sum = 0, all = 0;

	for (size_t i = 0; i < SIM_HISTOGRAM; i++)
		all += w->histogram[i];
	for (size_t i = 0; i < SIM_HISTOGRAM && all > 0; i++) {
		sum += w->histogram[i];
		if (i % 60 == 0)
			(void)json_array_append_new(list, json_real((double)sum / (double)all));
		if (i % 60 == 0 && sum == all)
			break;
	}
	return list;
}

static json_t *
wait_of(const struct scenario *s, const struct sim_wait *w)
{
	json_t *o = json_object();

	put(o, "mean", estimate(w->mean, 1));
	put(o, "p50", estimate(w->p50, 1));
	put(o, "p90", estimate(w->p90, 1));
	put(o, "p95", estimate(w->p95, 1));
	put(o, "max", number(w->max));
	put(o, "sd_between_days", number(w->sd_between_days));
	put(o, "persons", json_integer((json_int_t)w->persons));
	put(o, "over", over(s, w->over));
	put(o, "any_over", over(s, w->any_over));
	if (w->histogram != NULL)
		put(o, "within_minutes", within_minutes(w));
	return o;
}

static json_t *
list_of(const double *x, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, number(x[i]));
	return list;
}

static json_t *
queue_of(const struct scenario *s, const struct sim_curve *c)
{
	json_t *o = json_object();

	put(o, "peak_of_mean", number(c->peak_of_mean));
	put(o, "peak_at", number(c->peak_at));
	put(o, "mean_of_peaks", estimate(c->mean_of_peaks, 1));
	put(o, "peak_p50", number(c->peak_p50));
	put(o, "peak_p90", number(c->peak_p90));
	put(o, "peak_p95", number(c->peak_p95));
	put(o, "peak_of_mean_m", number(c->peak_of_mean * s->spacing_m));
	put(o, "mean_of_peaks_m", number(c->mean_of_peaks.value * s->spacing_m));
	put(o, "bin_s", number(c->bin_s));
	if (c->mean == NULL)
		return o;
	put(o, "mean", list_of(c->mean, c->n));
	put(o, "p50", list_of(c->p50, c->n));
	put(o, "p90", list_of(c->p90, c->n));
	put(o, "p95", list_of(c->p95, c->n));
	return o;
}

static json_t *
stream_of(const struct scenario *s, const char *name, const struct sim_stream_result *r)
{
	static const char *const fate[SIM_FATES] = { [SIM_OFFERED] = "offered", [SIM_SERVED] = "served", [SIM_GAVE_UP] = "gave_up",
		[SIM_BUSY] = "busy", [SIM_REFUSED] = "refused", [SIM_BALKED] = "balked", [SIM_SENT_AWAY] = "sent_away",
		[SIM_CALLED_BACK] = "called_back", [SIM_TURNED_AWAY] = "turned_away", [SIM_PERSONS] = "persons",
		[SIM_REACHED] = "reached" };
	json_t *o = json_object(), *level = json_object();

	put(o, "name", json_string(name));
	for (size_t i = 0; i < SIM_FATES; i++)
		put(o, fate[i], estimate(r->count[i], 1));
	put(level, "a", estimate(r->level_a, 1));
	put(level, "b", estimate(r->level_b, 1));
	put(level, "c", estimate(r->level_c, 1));
	put(level, "d", estimate(r->level_d, 1));
	put(o, "service_level", level);
	put(o, "share_gave_up", estimate(r->share_gave_up, 1));
	put(o, "share_busy", estimate(r->share_busy, 1));
	put(o, "share_reached", estimate(r->share_reached, 1));
	put(o, "wait_answered", estimate(r->wait_answered, 1));
	put(o, "wait_answered_p90", number(r->wait_answered_p90));
	put(o, "wait_gave_up", estimate(r->wait_gave_up, 1));
	put(o, "wait", wait_of(s, &r->wait));
	return o;
}

static json_t *
stages_of(const struct scenario *s, const struct sim_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_stages; i++) {
		const struct sim_stage_result *stage = &r->stage[i];
		json_t *o = json_object();

		put(o, "name", json_string(s->sim.stage[i].name));
		put(o, "wait", wait_of(s, &stage->wait));
		put(o, "queue", queue_of(s, &stage->queue));
		put(o, "utilisation", estimate(stage->utilisation, 1));
		put(o, "blocked", estimate(stage->blocked, 1));
		put(o, "utilisation_by_period", list_of(stage->utilisation_by, r->n_periods));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
bottlenecks(const struct scenario *s, const struct sim_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_periods; i++)
		(void)json_array_append_new(list, r->bottleneck[i] >= 0 ? json_string(s->sim.stage[r->bottleneck[i]].name) : json_null());
	return list;
}

json_t *
report_simulation(const struct scenario *s, const struct sim_result *r)
{
	json_t *o = json_object(), *streams = json_array(), *done = json_object();

	put(o, "name", json_string(s->name));
	put(o, "method", json_string(r->fast_path ? "simulation without event list" : "simulation with event list"));
	put(o, "version", json_string(NARKONTAKT_VERSION));
	put(o, "seed", json_integer((json_int_t)r->seed));
	put(o, "replications", json_integer((json_int_t)r->replications));
	put(o, "precise", json_boolean(r->precise));
	put(o, "stopped", json_boolean(r->stopped));
	put(o, "events", json_integer((json_int_t)r->events));
	put(o, "wait", wait_of(s, &r->wait));
	put(o, "queue", queue_of(s, &r->queue));
	put(o, "all", stream_of(s, "all", &r->all));
	put(o, "stages", stages_of(s, r));
	for (size_t k = 0; k < r->n_streams; k++)
		(void)json_array_append_new(streams, stream_of(s, s->sim.stream[k].name, &r->stream[k]));
	put(o, "streams", streams);
	put(done, "mean", estimate(r->done_after, 60));
	put(done, "p50", number(r->done_p50 * 60));
	put(done, "p90", number(r->done_p90 * 60));
	put(done, "p95", number(r->done_p95 * 60));
	put(o, "done_after", done);
	put(o, "empty_at_close", estimate(r->empty_at_close, 1));
	put(o, "bad_day", estimate(r->bad_day, 1));
	put(o, "period_s", number(r->period_s));
	put(o, "bottleneck", bottlenecks(s, r));
	return o;
}

/* ---- what a plan adds ----------------------------------------------------------------------------------------------- */

static json_t *
assumptions(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_assumptions; i++)
		(void)json_array_append_new(list, json_string(s->assumption[i]));
	return list;
}

static json_t *
target_of(const struct scenario *s)
{
	static const char *const kind[] = { [TARGET_NONE] = "none", [TARGET_DAYS] = "days", [TARGET_MEAN] = "mean", [TARGET_LEVEL] = "level" };
	const struct scenario_target *t = &s->target;
	json_t *o = json_object();

	put(o, "kind", json_string(kind[t->kind]));
	if (t->kind == TARGET_LEVEL) {
		put(o, "service_level", number(t->service_level));
		put(o, "answer_limit", number(s->sim.answer_limit));
		put(o, "max_abandon", number(t->max_abandon));
	} else if (t->kind != TARGET_NONE) {
		put(o, "wait", number(t->wait));
		put(o, "share", number(t->share));
		put(o, "confidence", t->kind == TARGET_DAYS ? number(t->confidence) : json_null());
	}
	return o;
}

static json_t *
figures(const struct search_figures *f)
{
	static const char *const verdict[] = { [VERDICT_MET] = "met", [VERDICT_ON_THE_LIMIT] = "on the limit", [VERDICT_NOT_MET] = "not met" };
	json_t *o = json_object();

	put(o, "figure", estimate(f->figure, 1));
	put(o, "limit", number(f->limit));
	put(o, "verdict", json_string(verdict[f->verdict]));
	put(o, "wait_mean", estimate(f->wait_mean, 1));
	put(o, "over", estimate(f->over, 1));
	put(o, "share_gave_up", estimate(f->gave_up, 1));
	return o;
}

static json_t *
step(const struct search_step *to)
{
	return to->possible ? figures(&to->at) : json_null();
}

static json_t *
search_of(const struct scenario *s, const struct search_plan *plan)
{
	json_t *o = json_object(), *parts = json_array();

	for (size_t p = 0; p < plan->n_parts; p++) {
		const struct search_part *part = &plan->part[p];
		json_t *one = json_object();

		put(one, "stage", json_string(s->sim.stage[part->stage].name));
		put(one, "pool", json_string(s->sim.stage[part->stage].pool[part->pool].name));
		put(one, "from", number(part->from));
		put(one, "to", number(part->to));
		put(one, "load", number(part->load));
		put(one, "servers", json_integer(plan->servers[p]));
		put(one, "scheduled", number(ceil(plan->servers[p] / (1 - s->shrinkage) - 1e-9)));
		if (plan->fewer != NULL) {
			put(one, "one_fewer", step(&plan->fewer[p]));
			put(one, "one_more", step(&plan->more[p]));
		}
		(void)json_array_append_new(parts, one);
	}
	put(o, "possible", json_boolean(plan->possible));
	put(o, "stopped", json_boolean(plan->stopped));
	put(o, "evaluations", json_integer((json_int_t)plan->evaluations));
	put(o, "at", figures(&plan->at));
	put(o, "cost", number(plan->cost));
	put(o, "officials", number(plan->officials));
	put(o, "official_hours", number(plan->official_hours));
	put(o, "recommend_one_more", plan->one_more >= 0 ? json_integer(plan->one_more) : json_null());	/* number in parts, from 0 */
	put(o, "parts", parts);
	return o;
}

static json_t *
tornado_of(const struct search_tornado *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n; i++) {
		json_t *o = json_object();

		put(o, "input", json_string(t->row[i].input));
		put(o, "low_input", number(t->row[i].low_input));
		put(o, "high_input", number(t->row[i].high_input));
		put(o, "low", figures(&t->row[i].low));
		put(o, "high", figures(&t->row[i].high));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
exact_of(const struct exact_side *e)
{
	json_t *o = json_object(), *rows = json_array();

	put(o, "why_not", e->why_not != NULL ? json_string(e->why_not) : json_null());
	put(o, "agrees", e->why_not != NULL ? json_null() : json_boolean(e->agrees));
	for (size_t i = 0; i < e->n; i++) {
		double unit = strcmp(e->row[i].figure, "done_after") == 0 ? 60 : 1;
		json_t *one = estimate(e->row[i].simulated, unit);

		put(one, "figure", json_string(e->row[i].figure));
		put(one, "limit", number(e->row[i].limit));
		put(one, "exact", number(e->row[i].exact * unit));
		put(one, "agrees", json_boolean(e->row[i].agrees));
		(void)json_array_append_new(rows, one);
	}
	put(o, "rows", rows);
	return o;
}

static json_t *
fluid_of(const struct scenario *s, const struct fluid *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->sim.n_stages; i++) {
		json_t *o = json_object();

		put(o, "stage", json_string(s->sim.stage[i].name));
		put(o, "peak", number(f[i].peak));
		put(o, "peak_at", f[i].peak > 0 ? number(f[i].peak_at) : json_null());
		(void)json_array_append_new(list, o);
	}
	return list;
}

json_t *
report_json(const struct plan_report *p)
{
	json_t *o = report_simulation(p->s, p->r);

	put(o, "note", p->s->note != NULL ? json_string(p->s->note) : json_null());
	put(o, "opens", p->s->has_clock ? json_integer(p->s->opens) : json_null());
	put(o, "assumptions", assumptions(p->s));
	put(o, "target", target_of(p->s));
	put(o, "officials", number(scenario_officials(p->s, &p->s->sim)));
	if (p->exact != NULL)
		put(o, "exact", exact_of(p->exact));
	if (p->fluid != NULL)
		put(o, "fluid", fluid_of(p->s, p->fluid));
	if (p->stations != NULL)
		put(o, "least", search_of(p->s, p->stations));
	if (p->periods != NULL)
		put(o, "least_by_period", search_of(p->s, p->periods));
	if (p->tornado != NULL) {
		put(o, "as_stated", figures(&p->tornado->base));
		put(o, "swings", tornado_of(p->tornado));
	}
	if (p->curve != NULL && p->stations != NULL) {
		json_t *list = json_array();

		for (size_t i = 0; i < p->n_curve; i++) {
			json_t *one = figures(&p->curve[i]);

			put(one, "servers", json_integer(p->curve_from + (int)i));
			(void)json_array_append_new(list, one);
		}
		put(o, "one_more_at", json_string(p->s->sim.stage[p->stations->part[p->curve_part].stage].name));
		put(o, "by_servers", list);
	}
	put(o, "stopped", json_boolean(p->stopped || p->r->stopped));
	return o;
}

json_t *
report_comparison_json(const struct plan_comparison *c)
{
	const struct sim_differences *d = &c->difference;
	json_t *o = json_object(), *difference = json_object();

	put(o, "a", report_json(&c->before));
	put(o, "b", report_json(&c->after));
	put(difference, "days", json_integer((json_int_t)d->n));
	put(difference, "wait_mean", estimate(d->wait_mean, 1));
	put(difference, "over", over(c->before.s, d->over));
	put(difference, "served", estimate(d->served, 1));
	put(difference, "gave_up", estimate(d->gave_up, 1));
	put(difference, "service_level_a", estimate(d->level_a, 1));
	put(difference, "peak", estimate(d->peak_first, 1));
	put(difference, "done_after", estimate(d->done_after, 60));
	put(o, "difference", difference);
	return o;
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------ */

static void
csv_number(struct sb *out, const json_t *v)
{
	sb_add_c(out, ',');
	if (json_is_integer(v))
		sb_i64(out, json_integer_value(v));
	else if (json_is_real(v))
		sb_double(out, json_real_value(v));
}

static void
csv_row(struct sb *out, const char *figure, const json_t *v)
{
	static const char *const column[] = { "value", "low", "high", "se" };

	sb_csv(out, figure);
	if (json_is_object(v)) {
		for (size_t i = 0; i < ARRAY_LEN(column); i++)
			csv_number(out, json_object_get(v, column[i]));
	} else if (json_is_string(v)) {
		sb_add_c(out, ',');
		sb_csv(out, json_string_value(v));
		sb_add(out, ",,,");
	} else if (json_is_boolean(v)) {
		sb_add(out, json_is_true(v) ? ",true,,," : ",false,,,");
	} else {
		csv_number(out, v);
		sb_add(out, ",,,");
	}
	sb_add(out, "\r\n");
}

/* What tells the items of a list apart: a name, a limit, a number. */
static void
item_name(const json_t *item, size_t i, char *out, size_t n)
{
	static const char *const key[] = { "name", "stage", "input", "figure" };

	for (size_t k = 0; k < ARRAY_LEN(key); k++) {
		if (json_is_string(json_object_get(item, key[k]))) {
			(void)snprintf(out, n, "%s", json_string_value(json_object_get(item, key[k])));
			return;
		}
	}
	if (json_is_number(json_object_get(item, "limit")))
		(void)snprintf(out, n, "%.10g s", json_number_value(json_object_get(item, "limit")));
	else
		(void)snprintf(out, n, "%zu", i);
}

static void
csv_walk(struct sb *out, const char *where, const json_t *v)
{
	char path[300], name[100];

	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++) {
			item_name(json_array_get(v, i), i, name, sizeof(name));
			/* the same stage has several periods */
			if (json_object_get(json_array_get(v, i), "from") != NULL || json_object_get(json_array_get(v, i), "exact") != NULL)
				(void)snprintf(path, sizeof(path), "%s[%zu %s]", where, i, name);
			else
				(void)snprintf(path, sizeof(path), "%s[%s]", where, name);
			csv_walk(out, path, json_array_get(v, i));
		}
		return;
	}
	if (!json_is_object(v)) {
		csv_row(out, where, v);
		return;
	}
	if (json_object_get(v, "value") != NULL)
		csv_row(out, where, v);
	/* jansson wants a mutable iterator even to read */
	for (void *it = json_object_iter((json_t *)(uintptr_t)v); it != NULL; it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
		const char *key = json_object_iter_key(it);

		if (json_object_get(v, "value") != NULL && (strcmp(key, "value") == 0 || strcmp(key, "low") == 0 ||
		    strcmp(key, "high") == 0 || strcmp(key, "se") == 0 || strcmp(key, "limit") == 0))
			continue;
		(void)snprintf(path, sizeof(path), "%s%s%s", where, where[0] != '\0' ? "." : "", key);
		csv_walk(out, path, json_object_iter_value(it));
	}
}

void
report_csv(struct sb *out, const json_t *report)
{
	sb_add(out, "figure,value,low,high,se\r\n");
	csv_walk(out, "", report);
}

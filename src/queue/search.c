/* queue/search.c: the least number of stations that meets a target
 *
 * A candidate is a vector of servers, one number a part. The parts of a pool follow each other in time, so the numbers
 * become the pool's schedule; a pool with one part has constant servers, and the engine may take its fast path. Pools without
 * a part keep what the scenario says. Candidates already simulated are remembered. */
#include "queue/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

enum { EVALUATIONS_MAX = 1500, PARTS_MAX = 600, DAYS = 1000, PERIOD_DAYS = 400, CONFIRM_DAYS = 4000 };

struct memory { int *servers; struct search_figures at; struct memory *next; };

struct search {
	struct arena *a;		/* the caller's: what is handed out */
	struct arena *scratch;		/* one simulation's */
	const struct scenario *s;
	const struct search_options *o;
	size_t days;			/* each candidate */
	struct search_plan *plan;
	struct memory *known;
	struct err *err;
	bool failed;
};

/* ---- loads ---------------------------------------------------------------------------------------------------------- */

/* Expected visits to each stage of a person of stream k. */
static void
visits(const struct sim_scenario *s, size_t k, double *out)
{
	double here[SIM_STAGES_MAX] = { 0 };

	memset(out, 0, s->n_stages * sizeof(*out));
	here[s->stream[k].first_stage] = 1;
	for (int round = 0; round < 2000; round++) {
		double next[SIM_STAGES_MAX] = { 0 };

		for (size_t i = 0; i < s->n_stages; i++) {
			out[i] += here[i];
			if (s->stage[i].next == NULL && i + 1 < s->n_stages)
				next[i + 1] += here[i];
			for (size_t j = 0; s->stage[i].next != NULL && j < s->n_stages; j++)
				next[j] += here[i] * s->stage[i].next[j];
		}
		memcpy(here, next, sizeof(here));
	}
}

/* Area of a linear piece from..to within [a, b]. */
static double
piece_area(const struct sim_knot *p, const struct sim_knot *q, bool linear, double a, double b)
{
	double from = fmax(p->at, a), to = fmin(q->at, b), slope = linear ? (q->value - p->value) / (q->at - p->at) : 0;

	return to > from ? (to - from) * (p->value + slope * (0.5 * (from + to) - p->at)) : 0;
}

/* Expected persons of the stream who come in [from, to), with those in line at opening in the first. */
static double
people(const struct sim_stream *s, double from, double to)
{
	bool linear = s->profile == SIM_PROFILE_LINEAR;
	double all = 0, here = 0;

	for (size_t i = 0; i < s->n_recorded && s->profile == SIM_PROFILE_RECORDED; i++)
		here += s->recorded[i] >= from && s->recorded[i] < to;
	for (size_t i = 0; i + 1 < s->n_knots && s->profile != SIM_PROFILE_RECORDED; i++) {
		all += piece_area(&s->knot[i], &s->knot[i + 1], linear, -INFINITY, INFINITY);
		here += piece_area(&s->knot[i], &s->knot[i + 1], linear, from, to);
	}
	if (s->profile != SIM_PROFILE_RECORDED && s->expected > 0)
		here = all > 0 ? here / all * s->expected : 0;
	return here + (from <= 0 ? s->opening_line : 0);
}

static double
service_mean(const struct sim_stage *stage, size_t k)
{
	const struct dist *d = stage->service_by_stream != NULL && stage->service_by_stream[k].kind != DIST_NONE ?
	    &stage->service_by_stream[k] : &stage->service;

	return dist_mean(d);
}

/* Seconds of work for stage i that stream k brings in [from, to). */
static double
work_of(const struct sim_scenario *s, size_t i, size_t k, double from, double to)
{
	double v[SIM_STAGES_MAX];

	visits(s, k, v);
	return people(&s->stream[k], from, to) * v[i] * service_mean(&s->stage[i], k);
}

static int
preference_of(const struct sim_pool *p, size_t k)
{
	for (size_t i = 0; i < p->n_skills; i++) {
		if (p->skill[i].stream == (int)k)
			return p->skill[i].preference;
	}
	return p->n_skills == 0 ? 0 : -1;
}

/* The part of the stage's load that falls on pool j: each stream's work goes in equal parts to the pools that like it best. */
static double
pool_load(const struct sim_scenario *s, size_t i, size_t j, double from, double to)
{
	const struct sim_stage *stage = &s->stage[i];
	double sum = 0, speed = stage->pool[j].speed > 0 ? stage->pool[j].speed : 1;

	for (size_t k = 0; k < s->n_streams; k++) {
		int mine = preference_of(&stage->pool[j], k), best = 1001;
		size_t same = 0;

		for (size_t p = 0; p < stage->n_pools; p++) {
			int theirs = preference_of(&stage->pool[p], k);

			best = theirs >= 0 && theirs < best ? theirs : best;
		}
		for (size_t p = 0; p < stage->n_pools; p++)
			same += preference_of(&stage->pool[p], k) == best;
		if (mine == best && same > 0)
			sum += work_of(s, i, k, from, to) / (double)same;
	}
	return sum / speed / (to - from);
}

/* ---- a candidate becomes a scenario --------------------------------------------------------------------------------- */

static struct sim_scenario
apply(struct arena *a, const struct sim_scenario *s, const struct search_plan *plan, const int *servers)
{
	struct sim_scenario out = *s;
	struct sim_stage *stage = arena_memdup(a, s->stage, s->n_stages * sizeof(*stage));

	for (size_t i = 0; i < s->n_stages; i++)
		stage[i].pool = arena_memdup(a, s->stage[i].pool, s->stage[i].n_pools * sizeof(struct sim_pool));
	for (size_t p = 0; p < plan->n_parts;) {
		size_t i = plan->part[p].stage, j = plan->part[p].pool, n = 1;
		/* the copy made above is ours to change */
		struct sim_pool *pool = (struct sim_pool *)(uintptr_t)&stage[i].pool[j];
		struct sim_staff *staff;

		while (p + n < plan->n_parts && plan->part[p + n].stage == i && plan->part[p + n].pool == j)
			n++;
		staff = arena_array(a, n, sizeof(*staff));
		for (size_t t = 0; t < n; t++)
			staff[t] = (struct sim_staff){ plan->part[p + t].from, servers[p + t] };
		pool->servers = servers[p];
		pool->staff = n > 1 ? staff : NULL;
		pool->n_staff = n > 1 ? n : 0;
		p += n;
	}
	out.stage = stage;
	return out;
}

struct sim_scenario
search_apply(struct arena *a, const struct sim_scenario *s, const struct search_plan *plan)
{
	return apply(a, s, plan, plan->servers);
}

/* ---- figures -------------------------------------------------------------------------------------------------------- */

static enum search_verdict
verdict(struct sim_estimate e, double limit)
{
	if (e.n == 0 || isnan(e.value))
		return VERDICT_MET;	/* nobody came: nobody waited */
	return e.high <= limit ? VERDICT_MET : e.low > limit ? VERDICT_NOT_MET : VERDICT_ON_THE_LIMIT;
}

static struct sim_estimate
complement(struct sim_estimate e)
{
	return (struct sim_estimate){ 1 - e.value, 1 - e.high, 1 - e.low, e.se, e.n };
}

static struct search_figures
figures_of(const struct scenario *s, const struct sim_result *r)
{
	const struct scenario_target *t = &s->target;
	struct search_figures f = { .wait_mean = r->wait.mean, .gave_up = r->all.share_gave_up,
		.over = { NAN, NAN, NAN, NAN, 0 } };
	size_t k = 0;

	while (k < r->n_limits && s->sim.limit[k] < t->wait)
		k++;
	if (t->kind == TARGET_LEVEL) {
		f.figure = complement(r->all.level_a);
		f.limit = 1 - t->service_level;
	} else {
		f.over = k < r->n_limits ? r->wait.over[k] : f.over;
		f.figure = t->kind == TARGET_DAYS ? r->bad_day : f.over;
		f.limit = t->kind == TARGET_DAYS ? 1 - t->confidence : t->share;
	}
	f.verdict = verdict(f.figure, f.limit);
	if (t->max_abandon < 1 && verdict(f.gave_up, t->max_abandon) > f.verdict)
		f.verdict = verdict(f.gave_up, t->max_abandon);
	return f;
}

/* By the estimates alone: what a search goes by. */
static bool
is_good(const struct scenario *s, const struct search_figures *f)
{
	bool few = s->target.max_abandon >= 1 || f->gave_up.n == 0 || f->gave_up.value <= s->target.max_abandon;

	return few && (f->figure.n == 0 || isnan(f->figure.value) || f->figure.value <= f->limit);
}

static bool
simulate(struct search *x, const struct sim_scenario *sim, uint64_t seed, size_t days, struct search_figures *out)
{
	struct sim_options o = { .seed = seed, .threads = x->o->threads, .replications = days };
	struct sim_scenario lean = *sim;
	struct sim_result r = { 0 };

	lean.outputs = SIM_OUT_MEANS;
	if (!sim_run(x->scratch, &lean, &o, &r, x->err)) {
		x->failed = true;
		return false;
	}
	*out = figures_of(x->s, &r);
	arena_reset(x->scratch);
	x->plan->evaluations++;
	if (x->o->progress != NULL && !x->plan->stopped)
		x->plan->stopped = !x->o->progress(x->o->context, x->plan->evaluations);
	return true;
}

/* The candidate's figures, by the search's own random numbers. */
static bool
evaluate(struct search *x, const int *servers, struct search_figures *out)
{
	size_t size = x->plan->n_parts * sizeof(int);
	struct sim_scenario sim;
	struct memory *m;

	for (m = x->known; m != NULL; m = m->next) {
		if (memcmp(m->servers, servers, size) == 0) {
			*out = m->at;
			return true;
		}
	}
	sim = apply(x->scratch, &x->s->sim, x->plan, servers);
	if (!simulate(x, &sim, x->o->seed, x->days, out))
		return false;
	m = arena_alloc(x->a, sizeof(*m));
	*m = (struct memory){ arena_memdup(x->a, servers, size), *out, x->known };
	x->known = m;
	return true;
}

static bool
goes_on(const struct search *x)
{
	return !x->failed && !x->plan->stopped && x->plan->evaluations < EVALUATIONS_MAX;
}

static bool
good(struct search *x, const int *servers)
{
	struct search_figures f;

	return evaluate(x, servers, &f) && is_good(x->s, &f);
}

/* With random numbers that the search has not seen. */
static bool
fresh(struct search *x, const int *servers, struct search_figures *out)
{
	struct sim_scenario sim = apply(x->scratch, &x->s->sim, x->plan, servers);

	return simulate(x, &sim, x->o->seed ^ 0x5bd1e995u, x->o->confirm_days > 0 ? x->o->confirm_days : CONFIRM_DAYS, out);
}

/* ---- the search ----------------------------------------------------------------------------------------------------- */

static int
bounded(double n, const struct search_part *p)
{
	return n < p->least ? p->least : n > p->most ? p->most : (int)n;
}

/* a + beta sqrt(a), the square-root rule, with the least beta on a grid that meets the target. */
static bool
start(struct search *x, int *servers)
{
	const struct search_plan *plan = x->plan;

	for (double beta = 0; beta <= 12 && goes_on(x); beta = beta < 2 ? beta + 0.5 : beta * 1.5) {
		bool most = true;

		for (size_t p = 0; p < plan->n_parts; p++) {
			servers[p] = bounded(ceil(plan->part[p].load + beta * sqrt(plan->part[p].load)), &plan->part[p]);
			most = most && servers[p] == plan->part[p].most;
		}
		if (good(x, servers))
			return true;
		if (most)
			return false;
	}
	for (size_t p = 0; p < plan->n_parts; p++)
		servers[p] = plan->part[p].most;
	return goes_on(x) && good(x, servers);
}

/* The least number in part p with all else as it is; the numbers are good when it begins and when it ends. */
static void
bisect(struct search *x, int *servers, size_t p)
{
	int low = x->plan->part[p].least, high = servers[p];

	while (low < high && goes_on(x)) {
		servers[p] = low + (high - low) / 2;
		if (good(x, servers) && !x->failed)
			high = servers[p];
		else
			low = servers[p] + 1;
	}
	servers[p] = high;
}

/* One fewer in p and one or two more in q, where that is cheaper. */
static bool
exchange(struct search *x, int *servers)
{
	const struct search_part *part = x->plan->part;

	for (size_t p = 0; p < x->plan->n_parts; p++) {
		for (size_t q = 0; q < x->plan->n_parts; q++) {
			for (int more = 1; more <= 2 && p != q && servers[p] > part[p].least && goes_on(x); more++) {
				if (more * part[q].cost >= part[p].cost || servers[q] + more > part[q].most)
					continue;
				servers[p]--;
				servers[q] += more;
				if (good(x, servers))
					return true;
				servers[p]++;
				servers[q] -= more;
			}
		}
	}
	return false;
}

/* Parts in the order in which they are lowered: the dearest first, then the least loaded. */
static void
order_of(const struct search_plan *plan, size_t *order)
{
	for (size_t i = 0; i < plan->n_parts; i++) {
		size_t k = i;

		for (; k > 0; k--) {
			const struct search_part *a = &plan->part[order[k - 1]], *b = &plan->part[i];

			if (a->cost > b->cost || (!(a->cost < b->cost) && a->load <= b->load))
				break;
			order[k] = order[k - 1];
		}
		order[k] = i;
	}
}

static void
lower(struct search *x, int *servers)
{
	size_t *order = arena_array(x->a, x->plan->n_parts, sizeof(*order));

	order_of(x->plan, order);
	do {
		for (size_t i = 0; i < x->plan->n_parts && goes_on(x); i++)
			bisect(x, servers, order[i]);
		/* with many parts (a day's periods) exchanges would take hours and give little */
	} while (x->plan->n_parts <= 8 && goes_on(x) && exchange(x, servers));
}

/* The addition that helps the figure most for its cost; -1 when there is none. */
static int
best_addition(const struct search_plan *plan)
{
	double best = 0;
	int found = -1;

	for (size_t p = 0; p < plan->n_parts && plan->more != NULL; p++) {
		double gain = plan->at.figure.value - plan->more[p].at.figure.value;

		gain /= plan->part[p].cost > 0 ? plan->part[p].cost : 0.01;
		if (plan->more[p].possible && gain > best) {
			best = gain;
			found = (int)p;
		}
	}
	return found;
}

static bool
neighbours(struct search *x)
{
	struct search_plan *plan = x->plan;

	plan->fewer = arena_array(x->a, plan->n_parts, sizeof(*plan->fewer));
	plan->more = arena_array(x->a, plan->n_parts, sizeof(*plan->more));
	for (size_t p = 0; p < plan->n_parts; p++) {
		for (int step = -1; step <= 1; step += 2) {
			struct search_step *to = step < 0 ? &plan->fewer[p] : &plan->more[p];

			if (plan->stopped || plan->servers[p] + step < 1 || plan->servers[p] + step > SIM_SERVERS_MAX)
				continue;
			plan->servers[p] += step;
			to->possible = fresh(x, plan->servers, &to->at);
			plan->servers[p] -= step;
			if (x->failed)
				return false;
		}
	}
	return true;
}

/* Fresh numbers for the winner: one that does not hold gets one more where it helps most; one that has a neighbour with
 * fewer which clearly holds is replaced by it. */
static bool
confirm(struct search *x)
{
	struct search_plan *plan = x->plan;

	for (int round = 0; round < 10; round++) {
		int best = -1;

		if (!fresh(x, plan->servers, &plan->at) || !neighbours(x))
			return false;
		if (plan->stopped || !plan->possible)
			return true;
		if (!is_good(x->s, &plan->at)) {
			best = best_addition(plan);
			if (best < 0 || plan->servers[best] >= plan->part[best].most)
				return true;
			plan->servers[best]++;
			continue;
		}
		for (size_t p = 0; p < plan->n_parts; p++) {
			if (plan->fewer[p].possible && plan->servers[p] > plan->part[p].least &&
			    plan->fewer[p].at.verdict == VERDICT_MET && (best < 0 || plan->part[p].cost > plan->part[best].cost))
				best = (int)p;
		}
		if (best < 0)
			return true;
		plan->servers[best]--;
	}
	return true;
}

static double
cost_of(const struct search_plan *plan, const int *servers)
{
	double sum = 0;

	for (size_t p = 0; p < plan->n_parts; p++)
		sum += plan->part[p].cost * servers[p];
	return sum;
}

static void
sum_up(const struct scenario *s, struct search_plan *plan)
{
	struct arena *a = arena_open();
	struct sim_scenario sim = search_apply(a, &s->sim, plan);

	plan->cost = cost_of(plan, plan->servers);
	plan->officials = scenario_officials(s, &sim);
	plan->official_hours = s->fixed_posts * s->sim.closes_at / 3600;
	for (size_t p = 0; p < plan->n_parts; p++) {
		plan->official_hours += plan->servers[p] * s->stage[plan->part[p].stage].officials *
		    (plan->part[p].to - plan->part[p].from) / 3600;
	}
	arena_close(a);
}

static bool
has_target(const struct scenario *s, struct err *err)
{
	if (s->target.kind != TARGET_NONE)
		return true;
	(void)err_set(err, ERR_INPUT, "target: is missing; a search needs one, {wait, share, confidence} or {service_level}");
	err->field = "target";
	return false;
}

/* The busiest half-hour's load; half-hours, because a longer mean hides the rush and a shorter one is noise. */
static double
busiest(const struct sim_scenario *s, size_t i, size_t j, double from, double to)
{
	double most = 0;

	for (double t = from; t < to; t += 1800)
		most = fmax(most, pool_load(s, i, j, t, fmin(t + 1800, to)));
	return most;
}

bool
search_stations(struct arena *a, const struct scenario *s, const struct search_options *o, struct search_plan *out, struct err *err)
{
	struct search_plan plan = { .one_more = -1 };
	struct search x = { .a = a, .s = s, .o = o, .days = o->days > 0 ? o->days : DAYS, .plan = &plan, .err = err };
	bool ok;

	if (!has_target(s, err))
		return false;
	for (size_t i = 0; i < s->sim.n_stages; i++)
		plan.n_parts += s->sim.stage[i].n_pools;
	plan.part = arena_array(a, plan.n_parts, sizeof(*plan.part));
	plan.servers = arena_array(a, plan.n_parts, sizeof(*plan.servers));
	plan.n_parts = 0;
	for (size_t i = 0; i < s->sim.n_stages; i++) {
		for (size_t j = 0; j < s->sim.stage[i].n_pools; j++) {
			struct search_part *p = &plan.part[plan.n_parts++];
			/* the day's work must be done by closing and the wait that is allowed */
			double least = 0.9 * pool_load(&s->sim, i, j, 0, s->sim.closes_at) *
			    s->sim.closes_at / (s->sim.closes_at + s->target.wait);

			*p = (struct search_part){ i, j, 0, s->sim.closes_at, s->stage[i].cost,
				busiest(&s->sim, i, j, 0, s->sim.closes_at), 1, s->stage[i].most };
			if (s->target.kind != TARGET_LEVEL && s->sim.closing == SIM_CLOSING_SERVE)
				p->least = bounded(ceil(least), p);
			p->least = s->stage[i].least > p->least ? s->stage[i].least : p->least;
		}
	}
	x.scratch = arena_open();
	plan.possible = start(&x, plan.servers);
	if (plan.possible)
		lower(&x, plan.servers);
	ok = !x.failed && confirm(&x);
	arena_close(x.scratch);
	if (!ok)
		return false;
	sum_up(s, &plan);
	if (plan.at.verdict == VERDICT_ON_THE_LIMIT)
		plan.one_more = best_addition(&plan);
	*out = plan;
	return true;
}

/* ---- by period ------------------------------------------------------------------------------------------------------ */

/* Who comes before a stage reaches it later: by the services before it. */
static double
lag_of(const struct sim_scenario *s, size_t stage)
{
	double lag = 0;

	for (size_t i = 0; i < stage; i++)
		lag += service_mean(&s->stage[i], 0);
	return lag;
}

static void
make_periods(const struct scenario *s, const struct search_plan *stations, struct search_plan *plan)
{
	double length = s->kind == SCENARIO_PHONES ? s->interval_s : fmax(s->interval_s, 3600), closes = s->sim.closes_at;
	size_t whole = 0;

	for (size_t i = 0; i < s->sim.n_stages; i++) {
		for (size_t j = 0; j < s->sim.stage[i].n_pools; j++, whole++) {
			bool by_period = s->kind == SCENARIO_PHONES || s->stage[i].officials > 0;
			int most = stations != NULL && s->kind != SCENARIO_PHONES ? stations->servers[whole] : s->stage[i].most;

			for (double t = 0; t < closes; t += by_period ? length : closes) {
				struct search_part *p = &plan->part[plan->n_parts];
				double to = by_period ? fmin(t + length, closes) : closes, lag = lag_of(&s->sim, i);
				double from = fmax(0, t - lag), hours = (to - t) / 3600;

				*p = (struct search_part){ i, j, t, to, s->stage[i].cost * hours,
					busiest(&s->sim, i, j, from, fmax(from + 60, to - lag)), s->stage[i].least > 0 ? s->stage[i].least : 1,
					most };
				if (!by_period && stations != NULL)
					p->least = p->most;	/* stays as found */
				plan->n_parts++;
			}
		}
	}
}

/* The part with the highest load a server that may have one more; -1 when none may. */
static int
fullest(const struct search_plan *plan)
{
	double worst = -1;
	int at = -1;

	for (size_t p = 0; p < plan->n_parts; p++) {
		if (plan->servers[p] < plan->part[p].most && plan->part[p].load / plan->servers[p] > worst) {
			worst = plan->part[p].load / plan->servers[p];
			at = (int)p;
		}
	}
	return at;
}

/* One more there, until the fresh figures hold. */
static bool
raise_until_good(struct search *x)
{
	struct search_plan *plan = x->plan;

	for (int round = 0; round < 100; round++) {
		int at = fullest(plan);

		if (!fresh(x, plan->servers, &plan->at))
			return false;
		if (plan->stopped || !plan->possible || is_good(x->s, &plan->at) || at < 0)
			return true;
		plan->servers[at]++;
	}
	return true;
}

/* The search finds the nearest valley, so it begins from two hills: the rule's, and the whole day's least numbers. */
static void
from_stations(struct search *x, const struct search_plan *stations)
{
	struct search_plan *plan = x->plan;
	int *servers = arena_array(x->a, plan->n_parts, sizeof(*servers));

	for (size_t p = 0; p < plan->n_parts; p++) {
		for (size_t w = 0; w < stations->n_parts; w++) {
			if (stations->part[w].stage == plan->part[p].stage && stations->part[w].pool == plan->part[p].pool)
				servers[p] = bounded(stations->servers[w], &plan->part[p]);
		}
	}
	if (!goes_on(x) || !good(x, servers))
		return;
	lower(x, servers);
	if (!plan->possible || cost_of(plan, servers) < cost_of(plan, plan->servers))
		memcpy(plan->servers, servers, plan->n_parts * sizeof(*servers));
	plan->possible = true;
}

/* How unevenly the servers of a period exceed its load, from one period of a pool to the next. */
static double
roughness(const struct search_plan *plan, const int *servers)
{
	double sum = 0;

	for (size_t p = 1; p < plan->n_parts; p++) {
		const struct search_part *now = &plan->part[p], *before = now - 1;
		double step = (servers[p] - now->load) - (servers[p - 1] - before->load);

		sum += now->stage == before->stage && now->pool == before->pool ? step * step : 0;
	}
	return sum;
}

/* The exchange of a server between two periods of a pool that makes the plan smoothest, of those not tried yet. */
static bool
smoothest_exchange(const struct search_plan *plan, int *servers, const bool *tried, size_t *from, size_t *to)
{
	double best = roughness(plan, servers) - 1e-9;
	bool found = false;

	for (size_t p = 0; p < plan->n_parts; p++) {
		for (size_t q = 0; q < plan->n_parts; q++) {
			const struct search_part *a = &plan->part[p], *b = &plan->part[q];
			double rough;

			if (p == q || tried[p * plan->n_parts + q] || a->stage != b->stage || a->pool != b->pool ||
			    a->cost < b->cost || servers[p] <= a->least || servers[q] >= b->most)
				continue;
			servers[p]--;
			servers[q]++;
			rough = roughness(plan, servers);
			servers[p]++;
			servers[q]--;
			if (rough < best) {
				best = rough;
				*from = p;
				*to = q;
				found = true;
			}
		}
	}
	return found;
}

/* Of plans that cost the same, the one whose numbers follow the load most evenly: what the search happened to lower first
 * leaves no dent. Each exchange must meet the target; the first in time wins where two are as smooth. */
static void
smooth(struct search *x)
{
	enum { TRIALS = 60 };
	struct search_plan *plan = x->plan;
	size_t n = plan->n_parts, from = 0, to = 0;
	bool *tried = arena_array(x->a, n * n, sizeof(*tried));

	for (int i = 0; i < TRIALS && goes_on(x) && smoothest_exchange(plan, plan->servers, tried, &from, &to); i++) {
		plan->servers[from]--;
		plan->servers[to]++;
		if (good(x, plan->servers)) {
			memset(tried, 0, n * n * sizeof(*tried));
			continue;
		}
		plan->servers[from]++;
		plan->servers[to]--;
		tried[from * n + to] = true;
	}
}

bool
search_periods(struct arena *a, const struct scenario *s, const struct search_plan *stations, const struct search_options *o,
    struct search_plan *out, struct err *err)
{
	struct search_plan plan = { .one_more = -1 };
	struct search x = { .a = a, .s = s, .o = o, .days = o->days > 0 ? o->days : PERIOD_DAYS, .plan = &plan, .err = err };
	size_t n = (size_t)ceil(s->sim.closes_at / s->interval_s) + 1, pools = 0;
	bool ok;

	for (size_t i = 0; i < s->sim.n_stages; i++)
		pools += s->sim.stage[i].n_pools;
	if (!has_target(s, err))
		return false;
	if (n * pools > PARTS_MAX) {
		(void)err_set(err, ERR_INPUT, "interval: %.10g s makes %zu numbers to find; at most %d: make it longer", s->interval_s,
		    n * pools, PARTS_MAX);
		err->field = "interval";
		return false;
	}
	plan.part = arena_array(a, n * pools, sizeof(*plan.part));
	plan.servers = arena_array(a, n * pools, sizeof(*plan.servers));
	make_periods(s, stations, &plan);
	x.scratch = arena_open();
	plan.possible = start(&x, plan.servers);
	if (plan.possible)
		lower(&x, plan.servers);
	if (stations != NULL && stations->possible)
		from_stations(&x, stations);
	if (plan.possible)
		smooth(&x);
	ok = !x.failed && raise_until_good(&x);
	arena_close(x.scratch);
	if (!ok)
		return false;
	sum_up(s, &plan);
	if (plan.at.verdict == VERDICT_ON_THE_LIMIT)
		plan.one_more = fullest(&plan);
	*out = plan;
	return true;
}

/* ---- what one more buys, what matters ------------------------------------------------------------------------------- */

bool
search_curve(struct arena *a, const struct scenario *s, const struct search_plan *plan, size_t part, int from, int to,
    const struct search_options *o, struct search_figures *out, struct err *err)
{
	struct search_plan copy = *plan;
	struct search x = { .a = a, .s = s, .o = o, .plan = &copy, .err = err, .scratch = arena_open() };
	bool ok = true;

	copy.stopped = false;
	copy.servers = arena_memdup(a, plan->servers, plan->n_parts * sizeof(int));
	for (int n = from; n <= to && ok; n++) {
		copy.servers[part] = n;
		ok = fresh(&x, copy.servers, &out[n - from]);
	}
	arena_close(x.scratch);
	return ok;
}

/* The profile `shift` seconds later: its first value is held before it, its last after it, outside it stays 0. */
static void
shift_profile(struct arena *a, struct sim_stream *s, double shift)
{
	struct sim_knot *to = arena_array(a, s->n_knots + 2, sizeof(*to));
	const struct sim_knot *k = s->knot;
	size_t n = 0, last = s->n_knots - 1;
	double first_at = k[0].at, last_at = k[last].at, area = 0;

	for (size_t i = 0; i < s->n_knots; i++) {
		double at = k[i].at + shift, v = k[i].value;

		if (n == 0 && at > first_at)	/* what was first is held from the beginning */
			to[n++] = (struct sim_knot){ first_at, s->profile == SIM_PROFILE_LINEAR ? v : k[0].value };
		if (n == 0 && i < last && at <= first_at && k[i + 1].at + shift > first_at) {
			double share = (first_at - at) / (k[i + 1].at - k[i].at);

			to[n++] = (struct sim_knot){ first_at, s->profile == SIM_PROFILE_LINEAR ?
				v + share * (k[i + 1].value - v) : v };
			continue;
		}
		if (at > first_at && at < last_at)
			to[n++] = (struct sim_knot){ at, v };
		if (at >= last_at && n > 0 && to[n - 1].at < last_at) {
			double share = i > 0 ? (last_at - (k[i - 1].at + shift)) / (k[i].at - k[i - 1].at) : 1;

			to[n++] = (struct sim_knot){ last_at, s->profile == SIM_PROFILE_LINEAR && i > 0 ?
				k[i - 1].value + share * (v - k[i - 1].value) : 0 };
			break;
		}
	}
	if (n > 0 && to[n - 1].at < last_at)
		to[n++] = (struct sim_knot){ last_at, k[last].value };
	for (size_t i = 0; i + 1 < n; i++)
		area += to[i].value + (s->profile == SIM_PROFILE_LINEAR ? to[i + 1].value : 0);
	if (area > 0) {		/* else the whole rush fell outside: the profile stays where it is */
		s->knot = to;
		s->n_knots = n;
	}
}

enum input { INPUT_ARRIVALS, INPUT_PROFILE, INPUT_SERVICE };

static struct sim_scenario
with_input(struct arena *a, const struct sim_scenario *s, enum input input, size_t stage, double change)
{
	struct sim_scenario out = *s;
	struct sim_stream *stream = arena_memdup(a, s->stream, s->n_streams * sizeof(*stream));

	for (size_t k = 0; k < s->n_streams && input != INPUT_SERVICE; k++) {
		struct sim_knot *knot;

		if (stream[k].profile == SIM_PROFILE_RECORDED)
			continue;
		if (input == INPUT_PROFILE) {
			shift_profile(a, &stream[k], change);
			continue;
		}
		stream[k].expected *= 1 + change;
		if (stream[k].total == SIM_TOTAL_BINOMIAL)
			stream[k].expected = fmin(stream[k].expected, stream[k].registered);
		if (stream[k].expected > 0)
			continue;
		stream[k].knot = knot = arena_memdup(a, stream[k].knot, stream[k].n_knots * sizeof(*knot));
		for (size_t i = 0; i < stream[k].n_knots; i++)
			knot[i].value *= 1 + change;
	}
	out.stream = stream;
	if (input == INPUT_SERVICE) {
		struct sim_stage *st = arena_memdup(a, s->stage, s->n_stages * sizeof(*st));
		struct sim_pool *pool = arena_memdup(a, st[stage].pool, st[stage].n_pools * sizeof(*pool));

		for (size_t j = 0; j < st[stage].n_pools; j++)
			pool[j].speed = (pool[j].speed > 0 ? pool[j].speed : 1) / (1 + change);
		st[stage].pool = pool;
		out.stage = st;
	}
	return out;
}

static double
swing(const struct search_swing *r)
{
	double width = fabs(r->high.figure.value - r->low.figure.value);

	return isnan(width) ? 0 : width;
}

static int
by_swing(const void *a, const void *b)
{
	double x = swing(a), y = swing(b);
	const struct search_swing *p = a, *q = b;

	if (x > y || x < y)
		return x > y ? -1 : 1;
	x = fabs(p->high.wait_mean.value - p->low.wait_mean.value);
	y = fabs(q->high.wait_mean.value - q->low.wait_mean.value);
	return x > y ? -1 : x < y;
}

static bool
one_swing(struct search *x, const struct sim_scenario *sim, enum input input, size_t stage, double change, struct search_swing *out)
{
	for (int high = 0; high < 2; high++) {
		struct sim_scenario changed = with_input(x->scratch, sim, input, stage, high ? change : -change);

		if (!simulate(x, &changed, x->o->seed, x->o->days > 0 ? x->o->days : DAYS, high ? &out->high : &out->low))
			return false;
	}
	out->low_input = -change;
	out->high_input = change;
	return true;
}

bool
search_tornado(struct arena *a, const struct scenario *s, const struct sim_scenario *sim, const struct search_options *o,
    struct search_tornado *out, struct err *err)
{
	struct search_plan counter = { 0 };
	struct search x = { .a = a, .s = s, .o = o, .plan = &counter, .err = err };
	struct search_tornado t = { .row = arena_array(a, 2 + s->sim.n_stages, sizeof(*t.row)) };
	const struct scenario_uncertainty *u = &s->uncertainty;
	bool ok = has_target(s, err);

	if (!ok)
		return false;
	x.scratch = arena_open();
	ok = simulate(&x, sim, o->seed, o->days > 0 ? o->days : DAYS, &t.base);
	if (ok && u->arrivals > 0 && !counter.stopped) {
		t.row[t.n].input = "arrivals";
		ok = one_swing(&x, sim, INPUT_ARRIVALS, 0, u->arrivals, &t.row[t.n++]);
	}
	if (ok && u->shift_s > 0 && !counter.stopped) {
		t.row[t.n].input = "profile";
		ok = one_swing(&x, sim, INPUT_PROFILE, 0, u->shift_s, &t.row[t.n++]);
	}
	for (size_t i = 0; ok && i < s->sim.n_stages && u->service > 0 && !counter.stopped; i++) {
		t.row[t.n].input = arena_printf(a, "service: %s", s->sim.stage[i].name);
		ok = one_swing(&x, sim, INPUT_SERVICE, i, u->service, &t.row[t.n++]);
	}
	arena_close(x.scratch);
	qsort(t.row, t.n, sizeof(*t.row), by_swing);
	*out = t;
	return ok;
}

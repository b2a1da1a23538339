/* queue/sim_plan.c: the scenario made ready, and the day's people
 *
 * Arrivals are an inhomogeneous Poisson process by inversion of its cumulative rate: H_i, sums of unit exponentials, go
 * through the inverse piece by piece (queue/kernel.c). The same H serves every total model:
 *   Poisson: all H_i up to the mass of the day;
 *   day factor W: the same with the mass times W, so that person i comes earlier on a busier day;
 *   fixed electorate: the total n is drawn first (binomial, by inversion of its table), then the n times are
 *   H_i / H_{n+1} of the mass: sorted, independent, without sorting. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "queue/plain.h"
#include "queue/sim_parts.h"

enum { STRIDE = 256 };

/* ---- the plan ----------------------------------------------------------------------------------------------------- */

static double
piece_mass(const struct piece *p)
{
	double width = p->to - p->from;

	return width * (p->rate + 0.5 * p->slope * width);
}

/* Adds from..to, cut at the borders of periods when there is a factor for each. */
static void
add_piece(struct plan_stream *ps, double from, double to, double rate, double slope)
{
	double step = ps->s->period_cv > 0 ? ps->s->period_s : INFINITY;

	while (from < to) {
		int period = step < INFINITY ? (int)floor(from / step) : 0;
		double end = step < INFINITY ? (period + 1) * step : to;
		struct piece *p = &ps->piece[ps->n_pieces++];

		if (!(end > from) || end > to)
			end = to;
		*p = (struct piece){ .from = from, .to = end, .rate = rate, .slope = slope, .period = period };
		p->mass = piece_mass(p);
		rate += slope * (end - from);
		from = end;
		ps->n_periods = period + 1;
	}
}

static void
make_pieces(struct arena *a, struct plan_stream *ps)
{
	const struct sim_stream *s = ps->s;
	size_t most = s->n_knots + 2;
	double total = 0, scale, batch = 0, weight = 0;

	if (s->period_cv > 0)
		most += (size_t)(SIM_DAY_MAX / s->period_s) + s->n_knots + 2;
	ps->piece = arena_array(a, most, sizeof(*ps->piece));
	for (size_t i = 0; i + 1 < s->n_knots; i++) {
		double from = s->knot[i].at, to = s->knot[i + 1].at, v = s->knot[i].value;
		double slope = s->profile == SIM_PROFILE_LINEAR ? (s->knot[i + 1].value - v) / (to - from) : 0.0;

		add_piece(ps, from, to, v, slope);
	}
	for (size_t i = 0; i < ps->n_pieces; i++)
		total += ps->piece[i].mass;
	for (size_t i = 0; i < s->n_batch; i++) {
		weight += s->batch[i];
		batch += s->batch[i] * (double)(i + 1);
	}
	batch = s->n_batch > 0 ? batch / weight : 1.0;
	scale = (s->expected > 0 && total > 0 ? s->expected / total : 1.0) / batch;
	for (size_t i = 0; i < ps->n_pieces; i++) {
		struct piece *p = &ps->piece[i];

		p->rate *= scale;
		p->slope *= scale;
		p->mass *= scale;
		p->before = ps->mass;
		ps->mass += p->mass;
	}
}

/* The binomial distribution's table around its mode, where all but 1e-18 of it lies. */
static void
make_binomial(struct arena *a, struct plan_stream *ps, double expected)
{
	double r = ps->s->registered, v = r > 0 ? expected / r : 0, sd = sqrt(r * v * (1 - v)), sum = 0;
	double first = floor(expected - 12 * sd - 20), last = ceil(expected + 12 * sd + 20), mode = floor((r + 1) * v);
	size_t n, m;
	double *p;

	first = first < 0 ? 0 : first;
	last = last > r ? r : last;
	mode = mode > last ? last : mode < first ? first : mode;
	n = (size_t)(last - first) + 1;
	m = (size_t)(mode - first);
	p = arena_array(a, n, sizeof(*p));
	p[m] = 1;
	for (size_t i = m + 1; i < n; i++)
		p[i] = p[i - 1] * (r - (first + (double)i) + 1) / (first + (double)i) * (v / (1 - v));
	for (size_t i = m; i-- > 0; )
		p[i] = p[i + 1] * (first + (double)i + 1) / (r - (first + (double)i)) * ((1 - v) / v);
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	for (size_t i = 0, b = 0; i < n; i++, b = 1)
		p[i] = p[i] / sum + (b ? p[i - 1] : 0);
	p[n - 1] = 1;
	ps->binomial = p;
	ps->n_binomial = n;
	ps->binomial_first = (int64_t)first;
}

static void
make_stream(struct arena *a, const struct sim_scenario *s, size_t k, struct plan_stream *ps)
{
	const struct sim_stream *st = &s->stream[k];
	double sum = 0, so_far = 0, expected;

	ps->s = st;
	if (st->profile != SIM_PROFILE_RECORDED) {
		make_pieces(a, ps);
		for (size_t i = 0; i < st->n_batch; i++)
			sum += st->batch[i];
		ps->batch = arena_array(a, st->n_batch, sizeof(double));
		ps->n_batch = st->n_batch;
		for (size_t i = 0; i < st->n_batch; i++)
			ps->batch[i] = (so_far += st->batch[i]) / sum;
		expected = 0;
		for (size_t i = 0; i < ps->n_pieces; i++)
			expected += ps->piece[i].mass;
		if (st->expected > 0)
			expected = st->expected;
		if (st->total == SIM_TOTAL_BINOMIAL && expected > 0 && expected < st->registered)
			make_binomial(a, ps, expected);
	}
	if (st->total == SIM_TOTAL_DAY_FACTOR && st->day_cv > 0)
		ps->day = sampler_make(a, &(struct dist){ .kind = DIST_GAMMA, .mean = 1, .cv = st->day_cv });
	if (st->patience.kind != DIST_NONE)
		ps->patience = sampler_make(a, &st->patience);
	ps->retries = st->retry.attempts_max > 1 && (st->retry.p_gave_up > 0 || st->retry.p_busy > 0);
	if (ps->retries)
		ps->delay = sampler_make(a, st->retry.delay.kind != DIST_NONE ? &st->retry.delay :
		    &(struct dist){ .kind = DIST_EXPONENTIAL, .mean = 600 });
	for (size_t i = 0; i < s->n_stages; i++) {
		const struct sim_stage *stage = &s->stage[i];
		bool own = stage->service_by_stream != NULL && stage->service_by_stream[k].kind != DIST_NONE;

		if (own)
			ps->service[i] = sampler_make(a, &stage->service_by_stream[k]);
		else
			ps->service[i] = k > 0 && (stage->service_by_stream == NULL) ? NULL : sampler_make(a, &stage->service);
	}
}

/* Servers on duty at `t`: the schedule less those on a break, never under 0. */
static int
on_duty(const struct sim_pool *p, double t)
{
	int n = p->n_staff > 0 ? 0 : p->servers;

	for (size_t i = 0; i < p->n_staff && p->staff[i].at <= t; i++)
		n = p->staff[i].servers;
	for (size_t i = 0; i < p->n_pauses; i++)
		n -= p->pause[i].from <= t && t < p->pause[i].to ? p->pause[i].servers : 0;
	return n < 0 ? 0 : n;
}

static int
by_time(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->stage != b->stage)
		return a->stage - b->stage;
	return a->pool - b->pool;
}

static size_t
moments_of_pool(const struct sim_pool *p)
{
	return p->n_staff + 2 * p->n_pauses;
}

static double
moment_of_pool(const struct sim_pool *p, size_t i)
{
	if (i < p->n_staff)
		return p->staff[i].at;
	i -= p->n_staff;
	return i % 2 == 0 ? p->pause[i / 2].from : p->pause[i / 2].to;
}

/* Adds the changes of one pool after opening. Equal moments give equal rows, which do no harm. */
static void
make_changes(struct plan *p, const struct sim_pool *sp, int stage, int pool, struct plan_pool *pp)
{
	pp->first = pp->most = on_duty(sp, 0.0);
	for (size_t i = 0; i < moments_of_pool(sp); i++) {
		double t = moment_of_pool(sp, i);
		int n = on_duty(sp, t);

		if (!(t > 0))
			continue;
		p->change[p->n_changes++] = (struct change){ t, stage, pool, n };
		pp->most = n > pp->most ? n : pp->most;
		pp->changes = true;
	}
}

/* Staffed time of each period by schedule, up to closing; exact in units of 2^-20 s. */
static void
make_scheduled(struct plan *p, const struct sim_pool *sp, size_t stage)
{
	for (size_t k = 0; k < p->n_periods; k++) {
		double from = (double)k * PERIOD_S, to = from + PERIOD_S < p->s->closes_at ? from + PERIOD_S : p->s->closes_at;

		while (from < to) {
			double until = to;

			for (size_t i = 0; i < moments_of_pool(sp); i++) {
				double t = moment_of_pool(sp, i);

				if (t > from && t < until)
					until = t;
			}
			p->scheduled[stage * p->n_periods + k] += on_duty(sp, from) *
			    ((int64_t)(until * FIXED) - (int64_t)(from * FIXED));
			from = until;
		}
	}
}

static void
make_stage(struct arena *a, const struct sim_scenario *s, size_t i, struct plan *p)
{
	const struct sim_stage *st = &s->stage[i];
	struct plan_stage *ps = &p->stage[i];
	double sum = 0;

	ps->s = st;
	ps->pool = arena_array(a, st->n_pools, sizeof(*ps->pool));
	ps->plain = st->n_pools == 1 && s->n_streams == 1;
	for (size_t j = 0; j < st->n_pools; j++) {
		struct plan_pool *pp = &ps->pool[j];

		for (size_t k = 0; k < SIM_STREAMS_MAX; k++)
			pp->preference[k] = st->pool[j].n_skills > 0 ? -1 : 0;
		for (size_t k = 0; k < st->pool[j].n_skills; k++)
			pp->preference[st->pool[j].skill[k].stream] = st->pool[j].skill[k].preference;
		pp->slower = st->pool[j].speed > 0 ? 1.0 / st->pool[j].speed : 1.0;
		make_changes(p, &st->pool[j], (int)i, (int)j, pp);
		make_scheduled(p, &st->pool[j], i);
	}
	if (st->next == NULL)
		return;
	p->routed = true;
	ps->route = arena_array(a, s->n_stages + 1, sizeof(double));
	for (size_t k = 0; k <= s->n_stages; k++)
		ps->route[k] = (sum += st->next[k]);
	for (size_t k = s->n_stages + 1; k-- > 0 && (k == s->n_stages || st->next[k + 1] == 0); )
		ps->route[k] = 2;
}

static bool
can_be_fast(const struct sim_scenario *s, const struct plan *p)
{
	if (s->n_streams != 1 || s->trunks > 0 || s->closing != SIM_CLOSING_SERVE || p->n_changes > 0 ||
	    s->stream[0].patience.kind != DIST_NONE || s->stream[0].first_stage != 0)
		return false;
	for (size_t i = 0; i < s->n_stages; i++) {
		const struct sim_stage *st = &s->stage[i];

		if (st->n_pools != 1 || st->room != SIM_UNLIMITED || st->balking.most > 0 || st->callback.line > 0 ||
		    st->next != NULL || p->stage[i].pool[0].first < 1 || p->stage[i].pool[0].preference[0] < 0 ||
		    p->stage[i].pool[0].slower != 1.0)
			return false;
	}
	return true;
}

void
plan_make(struct arena *a, const struct sim_scenario *s, uint64_t seed, bool general, struct plan *p)
{
	size_t n_moments = 0;
	unsigned outputs = s->outputs == 0 ? SIM_OUT_ALL : s->outputs;

	*p = (struct plan){ .s = s, .seed = seed, .n_limits = s->n_limits };
	p->curves = outputs & SIM_OUT_CURVES;
	p->distributions = outputs & SIM_OUT_DISTRIBUTIONS;
	p->bin_s = 60.0;
	while ((s->closes_at + TAIL_S) / p->bin_s > 1560)
		p->bin_s *= 2;
	p->n_bins = (size_t)ceil((s->closes_at + TAIL_S) / p->bin_s);
	p->end = (double)p->n_bins * p->bin_s;
	p->n_periods = (size_t)ceil(s->closes_at / PERIOD_S);
	p->scheduled = arena_array(a, s->n_stages * p->n_periods, sizeof(*p->scheduled));
	for (size_t i = 0; i < s->n_stages; i++) {
		for (size_t j = 0; j < s->stage[i].n_pools; j++)
			n_moments += moments_of_pool(&s->stage[i].pool[j]);
	}
	p->change = arena_array(a, n_moments, sizeof(*p->change));
	for (size_t i = 0; i < s->n_stages; i++)
		make_stage(a, s, i, p);
	qsort(p->change, p->n_changes, sizeof(*p->change), by_time);
	for (size_t k = 0; k < s->n_streams; k++)
		make_stream(a, s, k, &p->stream[k]);
	for (size_t k = 1; k < s->n_streams; k++) {
		for (size_t i = 0; i < s->n_stages; i++)
			p->stream[k].service[i] = p->stream[k].service[i] != NULL ? p->stream[k].service[i] : p->stream[0].service[i];
	}
	p->fast = !general && can_be_fast(s, p);
	p->one_line = s->n_stages == 1 && s->n_streams == 1 && s->stage[0].next == NULL;
	p->n_lines = s->n_stages + 1 + s->n_streams;
	p->line_columns = LINE_OVER + s->n_limits;
	p->stage_at = p->n_lines * p->line_columns;
	p->stream_at = p->stage_at + s->n_stages * STAGE_COLUMNS;
	p->day_at = p->stream_at + s->n_streams * STREAM_COLUMNS;
	p->n_columns = p->day_at + DAY_COLUMNS;
}

/* ---- a worker's memory --------------------------------------------------------------------------------------------- */

static void *
grab(size_t n, size_t size)
{
	void *m = calloc(n > 0 ? n : 1, size);

	if (m == NULL)
		abort();		/* as the arena: memory that is truly out ends the process */
	return m;
}

/* Room for n persons of stream k; what is there already is kept. */
static void
reserve(struct worker *w, size_t k, size_t n)
{
	size_t room = (n + n / 4 + 2 * STRIDE) & ~(size_t)(STRIDE - 1), n_stages = w->p->s->n_stages;
	double *arrive;

	if (n + STRIDE <= w->capacity[k])
		return;
	arrive = grab(room, sizeof(double));
	if (w->arrive[k] != NULL)
		memcpy(arrive, w->arrive[k], w->capacity[k] * sizeof(double));
	free(w->arrive[k]);
	w->arrive[k] = arrive;
	for (size_t i = 0; i < n_stages; i++) {
		free(w->service[i][k]);
		w->service[i][k] = grab(room, sizeof(double));
	}
	free(w->patience[k]);
	w->patience[k] = w->p->stream[k].patience != NULL ? grab(room, sizeof(double)) : NULL;
	w->capacity[k] = room;
}

void
worker_open(const struct plan *p, struct worker *w)
{
	size_t n_stages = p->s->n_stages, most_pieces = 0;

	*w = (struct worker){ .p = p };
	for (size_t k = 0; k < p->s->n_streams; k++) {
		reserve(w, k, 1);
		most_pieces = p->stream[k].n_pieces > most_pieces ? p->stream[k].n_pieces : most_pieces;
	}
	w->scaled = grab(most_pieces, sizeof(*w->scaled));
	w->queue = grab(n_stages * (p->n_bins + 2), sizeof(*w->queue));
	w->busy = grab(n_stages * (p->n_periods + 2), sizeof(*w->busy));
	w->blocked = grab(n_stages * (p->n_periods + 2), sizeof(*w->blocked));
	w->overtime = grab(n_stages * (p->n_periods + 2), sizeof(*w->overtime));
	w->busy_sum = grab(n_stages * p->n_periods, sizeof(int64_t));
	w->overtime_sum = grab(n_stages * p->n_periods, sizeof(int64_t));
	if (p->curves) {
		w->queue_sum = grab((n_stages + 1) * p->n_bins, sizeof(int64_t));
		w->average = grab(2 * p->n_bins, sizeof(int64_t));
		w->level = grab(LEVEL_DAYS * (n_stages + 1) * p->n_bins, 1);
		w->levels = grab((n_stages + 1) * p->n_bins * LEVELS, sizeof(uint32_t));
	}
	if (p->distributions) {
		w->histogram = grab((p->one_line ? 1 : p->n_lines) * SECTIONS * SIM_HISTOGRAM, sizeof(uint32_t));
		w->answered = grab(p->s->n_streams * SIM_HISTOGRAM, sizeof(uint32_t));
	}
}

void
worker_close(struct worker *w)
{
	void *mine[] = { w->scaled, w->began, w->total, w->wait, w->left[0], w->left[1], w->who[0], w->who[1], w->queue, w->busy, w->blocked,
	    w->overtime, w->busy_sum, w->overtime_sum, w->queue_sum, w->average, w->level, w->levels, w->histogram, w->answered };

	for (size_t i = 0; i < ARRAY_LEN(mine); i++)
		free(mine[i]);
	for (size_t k = 0; k < SIM_STREAMS_MAX; k++) {
		free(w->arrive[k]);
		free(w->patience[k]);
		for (size_t i = 0; i < SIM_STAGES_MAX; i++)
			free(w->service[i][k]);
	}
	events_close(w->general);
}

/* ---- the day's people ---------------------------------------------------------------------------------------------- */

static struct rng
numbers(const struct worker *w, enum rng_purpose purpose, unsigned sub)
{
	return (struct rng){ w->p->seed, rng_stream(purpose, sub), w->replication };
}

/* The day's rate: as planned, or with a factor for each period: exp of an AR(1) of normal scores. */
static const struct piece *
day_pieces(struct worker *w, size_t k, double *mass)
{
	const struct plan_stream *ps = &w->p->stream[k];
	struct rng g = numbers(w, RNG_PERIOD, 0);
	double cv = ps->s->period_cv, rho = ps->s->period_correlation, sigma2, z = 0, factor = 1, before = 0;
	int period = -1;

	*mass = ps->mass;
	if (!(cv > 0))
		return ps->piece;
	sigma2 = plain_log1p(cv * cv);
	for (size_t i = 0; i < ps->n_pieces; i++) {
		struct piece *p = &w->scaled[i];

		*p = ps->piece[i];
		while (period < p->period) {
			double u;

			period++;
			rng_uniform(&g, (unsigned)k, (uint64_t)period, 1, &u);
			z = period == 0 ? plain_normal_inverse(u) : rho * z + sqrt(1 - rho * rho) * plain_normal_inverse(u);
			factor = plain_exp(sqrt(sigma2) * z - 0.5 * sigma2);
		}
		p->rate *= factor;
		p->slope *= factor;
		p->mass *= factor;
		p->before = before;
		before += p->mass;
	}
	*mass = before;
	return w->scaled;
}

/* h[0..n-1], ascending and times `factor` at most the mass, become times. */
static void
invert(const struct piece *piece, size_t n_pieces, size_t n, double factor, double *h)
{
	size_t i = 0;

	for (size_t k = 0; k < n_pieces && i < n; k++) {
		double upto = piece[k].before + piece[k].mass;
		size_t first = i;

		if (!(piece[k].mass > 0))
			continue;
		if (h[n - 1] * factor <= upto) {
			i = n;
		} else {
			size_t high = n - 1;		/* h[high] is beyond; look for the first that is */

			while (i < high) {
				size_t middle = (i + high) / 2;

				if (h[middle] * factor <= upto)
					i = middle + 1;
				else
					high = middle;
			}
		}
		block_inverse(i - first, &piece[k], factor, h + first);
	}
	for (; i < n; i++)
		h[i] = n_pieces > 0 ? piece[n_pieces - 1].to : 0;	/* rounding at the very end of the mass */
}

/* Everyone of group i stands at the place of group i: times are repeated from the back. Returns persons. */
static size_t
spread_batches(struct worker *w, size_t k, size_t n_groups, size_t at, size_t most)
{
	const struct plan_stream *ps = &w->p->stream[k];
	struct rng g = numbers(w, RNG_BATCH, 0);
	double u[STRIDE];
	size_t n = 0, last;
	uint8_t *size;
	double *time;

	if (ps->n_batch == 0)
		return n_groups;
	size = grab(n_groups, 1);
	for (size_t i = 0; i < n_groups; i += STRIDE) {
		size_t now = n_groups - i < STRIDE ? n_groups - i : STRIDE;

		rng_uniform(&g, (unsigned)k, i, now, u);
		for (size_t j = 0; j < now; j++) {
			size_t b = 0;

			while (b + 1 < ps->n_batch && u[j] >= ps->batch[b])
				b++;
			size[i + j] = (uint8_t)(b + 1);
			n += b + 1;
		}
	}
	last = n;
	reserve(w, k, at + n);
	time = w->arrive[k] + at;
	for (size_t i = n_groups; i-- > 0; ) {
		double t = time[i];

		for (uint8_t b = 0; b < size[i]; b++)
			time[--last] = t;
	}
	free(size);
	return n < most ? n : most;
}

/* The first `need` values of H (all up to `mass` when need is 0), from place `at` on. Returns how many are within. */
static size_t
draw_h(struct worker *w, size_t k, size_t at, size_t need, double mass, double *last)
{
	struct rng g = numbers(w, RNG_ARRIVAL, 0);
	double h = 0;
	size_t n = 0;

	while (need > 0 ? n < need : h <= mass) {
		double *x;

		reserve(w, k, at + n + STRIDE);
		x = w->arrive[k] + at + n;
		rng_exponential(&g, (unsigned)k, n, STRIDE, x);
		block_prefix(STRIDE, h, x);
		h = x[STRIDE - 1];
		n += STRIDE;
	}
	if (need > 0) {
		*last = w->arrive[k][at + need - 1];
		return need;
	}
	while (n > 0 && w->arrive[k][at + n - 1] > mass)
		n--;
	return n;
}

static size_t
binomial_total(struct worker *w, size_t k)
{
	const struct plan_stream *ps = &w->p->stream[k];
	struct rng g = numbers(w, RNG_TOTAL, 0);
	size_t low = 0, high = ps->n_binomial - 1;
	double u;

	if (ps->binomial == NULL)
		return ps->mass > 0 ? (size_t)ps->s->registered : 0;
	rng_uniform(&g, (unsigned)k, 0, 1, &u);
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (u < ps->binomial[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return (size_t)ps->binomial_first + low;
}

/* Arrivals of stream k from place `at` on; returns how many. */
static size_t
draw_arrivals(struct worker *w, size_t k, size_t at)
{
	const struct plan_stream *ps = &w->p->stream[k];
	const struct piece *piece;
	double mass, factor = 1, last = 1;
	size_t n, persons;

	if (ps->s->profile == SIM_PROFILE_RECORDED) {
		reserve(w, k, at + ps->s->n_recorded);
		if (ps->s->n_recorded > 0)
			memcpy(w->arrive[k] + at, ps->s->recorded, ps->s->n_recorded * sizeof(double));
		return ps->s->n_recorded;
	}
	piece = day_pieces(w, k, &mass);
	if (!(mass > 0))
		return 0;
	if (ps->s->total == SIM_TOTAL_BINOMIAL) {
		persons = binomial_total(w, k);
		if (persons == 0)
			return 0;
		/* Groups: as many as could be needed is never more than persons. */
		n = draw_h(w, k, at, persons + 1, mass, &last) - 1;
		if (ps->n_batch > 0) {
			struct rng g = numbers(w, RNG_BATCH, 0);
			size_t sum = 0, groups = 0;
			double u;

			while (sum < persons) {
				size_t b = 0;

				rng_uniform(&g, (unsigned)k, groups++, 1, &u);
				while (b + 1 < ps->n_batch && u >= ps->batch[b])
					b++;
				sum += b + 1;
			}
			n = groups;
			last = w->arrive[k][at + n];
		}
		invert(piece, ps->n_pieces, n, mass / last, w->arrive[k] + at);
		return spread_batches(w, k, n, at, persons);
	}
	if (ps->day != NULL) {
		struct rng g = numbers(w, RNG_DAY, 0);

		factor = sampler_one(ps->day, &g, (unsigned)k, 0);
	}
	n = draw_h(w, k, at, 0, mass * factor, &last);
	invert(piece, ps->n_pieces, n, factor > 0 ? 1 / factor : 0, w->arrive[k] + at);
	return spread_batches(w, k, n, at, SIZE_MAX);
}

static void
fill(const struct sampler *s, const struct rng *g, size_t k, size_t opening, size_t n, double *out)
{
	sampler_fill(s, g, (unsigned)k, OPENING_NUMBERS, opening < n ? opening : n, out);
	if (n > opening)
		sampler_fill(s, g, (unsigned)k, 0, n - opening, out + opening);
}

void
worker_people(struct worker *w)
{
	const struct plan *p = w->p;

	for (size_t k = 0; k < p->s->n_streams; k++) {
		const struct plan_stream *ps = &p->stream[k];
		size_t opening = (size_t)ps->s->opening_line, n, all;

		reserve(w, k, opening + STRIDE);
		for (size_t i = 0; i < opening; i++)
			w->arrive[k][i] = 0;
		all = n = opening + draw_arrivals(w, k, opening);
		while (n > 0 && w->arrive[k][n - 1] > p->s->closes_at)
			n--;
		w->n[k] = n;
		w->turned_away[k] = all - n;
		for (size_t i = 0; i < p->s->n_stages; i++) {
			struct rng g = numbers(w, RNG_SERVICE, (unsigned)i);

			fill(ps->service[i], &g, k, opening, n, w->service[i][k]);
		}
		if (ps->patience != NULL) {
			struct rng g = numbers(w, RNG_PATIENCE, 0);

			fill(ps->patience, &g, k, opening, n, w->patience[k]);
		}
	}
}

size_t
worker_all(const struct worker *w)
{
	size_t n = 0;

	for (size_t k = 0; k < w->p->s->n_streams; k++)
		n += w->n[k];
	return n;
}

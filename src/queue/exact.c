/* queue/exact.c: where theory knows the answer */
#include "queue/exact.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/transient.h"

static const double AFTER_S = 14400;	/* how long after closing the line is followed */
static const double STEP_S = 60;

/* NULL when the scenario is one line that the forward equations describe. */
static const char *
why_not(const struct sim_scenario *s)
{
	const struct sim_stream *k = &s->stream[0];
	const struct sim_stage *stage = &s->stage[0];

	if (s->n_stages != 1 || s->n_streams != 1 || stage->n_pools != 1 || stage->next != NULL)
		return N_("there is more than one stage, stream or pool");
	if (stage->service.kind != DIST_EXPONENTIAL || stage->service_by_stream != NULL)
		return N_("the service time is not exponential");
	if (k->profile == SIM_PROFILE_RECORDED || k->total != SIM_TOTAL_POISSON || k->n_batch > 0 || k->period_cv > 0)
		return N_("people do not come independently of each other (Poisson)");
	if (k->patience.kind != DIST_NONE && k->patience.kind != DIST_EXPONENTIAL)
		return N_("the patience is not exponential");
	if (stage->room != SIM_UNLIMITED || s->trunks > 0 || stage->balking.most > 0 || stage->callback.line > 0 ||
	    k->retry.attempts_max > 1 || stage->pool[0].n_pauses > 0)
		return N_("there is limited room, balking, call-back, retrying or a break");
	if (s->closing != SIM_CLOSING_SERVE)
		return N_("the line is emptied at closing");
	return NULL;
}

static size_t
pieces_of(struct arena *a, const struct sim_scenario *s, struct transient_piece **out)
{
	const struct sim_stream *k = &s->stream[0];
	struct transient_piece *piece = arena_array(a, k->n_knots, sizeof(*piece));
	double area = 0, scale = 1;
	size_t n = 0;

	for (size_t i = 0; i + 1 < k->n_knots; i++) {
		double v = k->knot[i].value, w = k->profile == SIM_PROFILE_LINEAR ? k->knot[i + 1].value : v;

		area += 0.5 * (v + w) * (k->knot[i + 1].at - k->knot[i].at);
	}
	if (k->expected > 0)
		scale = k->expected / area;
	for (size_t i = 0; i + 1 < k->n_knots && k->knot[i].at < s->closes_at; i++) {
		double v = k->knot[i].value, w = k->profile == SIM_PROFILE_LINEAR ? k->knot[i + 1].value : v;
		double from = k->knot[i].at, to = fmin(k->knot[i + 1].at, s->closes_at);

		w = v + (w - v) * (to - from) / (k->knot[i + 1].at - from);
		piece[n++] = (struct transient_piece){ from, to, v * scale, w * scale };
	}
	*out = piece;
	return n;
}

static struct transient
model_of(struct arena *a, const struct sim_scenario *s)
{
	const struct sim_pool *pool = &s->stage[0].pool[0];
	struct transient_staff *staff = arena_array(a, pool->n_staff + 1, sizeof(*staff));
	struct transient_piece *piece;
	struct transient t = { .service_rate = (pool->speed > 0 ? pool->speed : 1) / s->stage[0].service.mean,
		.initial = s->stream[0].opening_line, .staff = staff, .n_staff = pool->n_staff > 0 ? pool->n_staff : 1 };

	staff[0].servers = pool->servers;
	for (size_t i = 0; i < pool->n_staff; i++)
		staff[i] = (struct transient_staff){ pool->staff[i].at, pool->staff[i].servers };
	if (s->stream[0].patience.kind == DIST_EXPONENTIAL)
		t.patience_rate = 1 / s->stream[0].patience.mean;
	t.n_pieces = pieces_of(a, s, &piece);
	t.piece = piece;
	return t;
}

/* Time people spend in line in a day, person-seconds: Simpson over minutes, until well after closing. */
static bool
line_time(struct arena *a, const struct sim_scenario *s, const struct transient *model, double *out, struct err *err)
{
	size_t n = 2 * (size_t)ceil((s->closes_at + AFTER_S) / (2 * STEP_S)) + 1;
	double step = (s->closes_at + AFTER_S) / (double)(n - 1), *at = arena_array(a, n, sizeof(*at)), sum = 0;
	struct transient_moment *m = arena_array(a, n, sizeof(*m));

	for (size_t i = 0; i < n; i++)
		at[i] = (double)i * step;
	if (!transient_figures(a, model, at, n, -1, m, err))
		return false;
	for (size_t i = 0; i < n; i++)
		sum += m[i].mean_queue * (i == 0 || i == n - 1 ? 1 : i % 2 == 1 ? 4 : 2);
	*out = sum * step / 3;
	return true;
}

/* `tolerance`: the share of the exact figure that its integration may be off. */
static void
add(struct exact_side *side, const char *figure, double limit, double exact, struct sim_estimate simulated, double tolerance)
{
	bool agrees = simulated.n == 0 || isnan(simulated.value) ||
	    fabs(simulated.value - exact) <= EXACT_SIGMAS * simulated.se + tolerance * fabs(exact) + 1e-9;

	side->row[side->n++] = (struct exact_row){ figure, limit, exact, simulated, agrees };
	side->agrees = side->agrees && agrees;
}

/* A share over days has its standard error from the exact value: the simulated one is 0 at 0 of n. */
static struct sim_estimate
share_of_days(struct sim_estimate e, double exact)
{
	e.se = e.n > 0 ? sqrt(exact * (1 - exact) / (double)e.n) + 0.5 / (double)e.n : e.se;
	return e;
}

/* Persons of a day wait together, so the simulated standard error is the larger one, but where nobody waited it is 0. */
static struct sim_estimate
share_of_persons(struct sim_estimate e, double exact, uint64_t persons)
{
	double least = persons > 0 ? sqrt(exact * (1 - exact) / (double)persons) + 0.5 / (double)persons : 0;

	e.se = fmax(e.se, least);
	return e;
}

bool
exact_beside(struct arena *a, const struct sim_scenario *s, const struct sim_result *r, struct exact_side *out, struct err *err)
{
	struct exact_side side = { .agrees = true, .why_not = why_not(s), .row = arena_array(a, 3 + SIM_LIMITS_MAX, sizeof(*side.row)) };
	struct arena *scratch;
	struct transient model;
	struct transient_drain drain;
	double waited, persons = 0, share;
	bool ok = true, constant;

	if (side.why_not != NULL || !(s->stage[0].service.mean > 0)) {
		*out = side;
		return true;
	}
	scratch = arena_open();
	model = model_of(scratch, s);
	constant = s->stage[0].pool[0].n_staff == 0 && !(model.patience_rate > 0);
	for (size_t i = 0; i < model.n_pieces; i++)
		persons += 0.5 * (model.piece[i].rate + model.piece[i].rate_to) * (model.piece[i].to - model.piece[i].from);
	ok = line_time(scratch, s, &model, &waited, err);
	if (ok)
		add(&side, "mean_wait", NAN, waited / (persons + model.initial), r->wait.mean, 0.001);
	for (size_t i = 0; ok && i < s->n_limits && constant && !(model.initial > 0); i++) {
		ok = transient_share_over(scratch, &model, s->closes_at, s->limit[i], &share, err);
		if (ok)
			add(&side, "over", s->limit[i], share, share_of_persons(r->wait.over[i], share, r->wait.persons), 0.002);
	}
	if (ok && constant) {
		ok = transient_drain(scratch, &model, s->closes_at, 0, &drain, err);
		if (ok) {
			add(&side, "done_after", NAN, drain.mean / 60, r->done_after, 0.001);
			add(&side, "empty_at_close", NAN, drain.p_done, share_of_days(r->empty_at_close, drain.p_done), 0.001);
		}
	}
	arena_close(scratch);
	if (!ok)
		return false;
	*out = side;
	return true;
}

/* ---- fluid ---------------------------------------------------------------------------------------------------------- */

static double
rate_at(const struct sim_stream *k, double t)
{
	double area = 0, rate = 0;

	for (size_t i = 0; i + 1 < k->n_knots; i++) {
		const struct sim_knot *p = &k->knot[i], *q = &k->knot[i + 1];
		double w = k->profile == SIM_PROFILE_LINEAR ? q->value : p->value;

		area += 0.5 * (p->value + w) * (q->at - p->at);
		if (t >= p->at && t < q->at)
			rate = p->value + (w - p->value) * (t - p->at) / (q->at - p->at);
	}
	return k->expected > 0 ? (area > 0 ? rate / area * k->expected : 0) : rate;
}

static double
servers_at(const struct sim_stage *stage, double t)
{
	double sum = 0;

	for (size_t j = 0; j < stage->n_pools; j++) {
		const struct sim_pool *p = &stage->pool[j];
		double n = p->servers;

		for (size_t i = 0; i < p->n_staff; i++)
			n = p->staff[i].at <= t ? p->staff[i].servers : n;
		for (size_t i = 0; i < p->n_pauses; i++)
			n -= t >= p->pause[i].from && t < p->pause[i].to ? p->pause[i].servers : 0;
		sum += fmax(n, 0) * (p->speed > 0 ? p->speed : 1);
	}
	return sum;
}

/* Seconds of service a person takes at the stage, over the streams by their size. */
static double
mean_service(const struct sim_scenario *s, size_t i)
{
	double sum = 0, persons = 0;

	for (size_t k = 0; k < s->n_streams; k++) {
		const struct sim_stage *stage = &s->stage[i];
		const struct dist *d = stage->service_by_stream != NULL && stage->service_by_stream[k].kind != DIST_NONE ?
		    &stage->service_by_stream[k] : &stage->service;
		double n = fmax(s->stream[k].expected, 1);

		sum += n * dist_mean(d);
		persons += n;
	}
	return sum / persons;
}

void
fluid_lines(const struct sim_scenario *s, struct fluid *out)
{
	double line[SIM_STAGES_MAX] = { 0 };
	const double step = 10;

	memset(out, 0, s->n_stages * sizeof(*out));
	for (size_t k = 0; k < s->n_streams; k++)
		line[s->stream[k].first_stage] += s->stream[k].opening_line;
	for (double t = 0; t < s->closes_at + AFTER_S; t += step) {
		double in[SIM_STAGES_MAX] = { 0 };

		for (size_t k = 0; k < s->n_streams && t < s->closes_at; k++) {
			if (s->stream[k].profile != SIM_PROFILE_RECORDED)
				in[s->stream[k].first_stage] += rate_at(&s->stream[k], t) * step;
		}
		for (size_t i = 0; i < s->n_stages; i++) {
			double mean = mean_service(s, i), can = mean > 0 ? servers_at(&s->stage[i], t) / mean * step : INFINITY, served;

			line[i] += in[i];
			served = fmin(line[i], can);
			line[i] -= served;
			for (size_t j = 0; s->stage[i].next != NULL && j < s->n_stages; j++)
				*(j > i ? &in[j] : &line[j]) += served * s->stage[i].next[j];
			if (s->stage[i].next == NULL && i + 1 < s->n_stages)
				in[i + 1] += served;
			if (line[i] > out[i].peak) {
				out[i].peak = line[i];
				out[i].peak_at = t;
			}
			if (line[i] > 1e-9)
				out[i].empty_at = t + step;
		}
	}
}

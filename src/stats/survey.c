/* stats/survey.c: weights, estimates, and how sure they are */
#include "stats/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "stats/quantile.h"

enum { ROUNDS_MAX = 1000 };
static const double CLOSE = 1e-11;

/* ---- weights ------------------------------------------------------------------------------------------------------- */

static bool
base_weights(struct survey *s, struct err *err)
{
	const struct survey_design *d = &s->design;

	for (size_t k = 0; k < d->n; k++)
		s->count[d->stratum[k]] += 1.0;
	for (size_t h = 0; h < d->n_strata; h++) {
		if (s->count[h] == 0.0)
			return err_input(err, "design", N_("A stratum has no answers: merge it with a neighbour of the same kind."));
		if (s->count[h] > d->population[h])
			return err_input(err, "design", N_("A stratum has more answers than persons."));
		if (s->count[h] == 1.0 && d->population[h] > 1.0 && d->lonely == SURVEY_LONELY_STOP)
			return err_input(err, "design", N_("A stratum has one answer, so its variance cannot be known: merge it, or say "
			    "lonely: adjust."));
	}
	for (size_t k = 0; k < d->n; k++)
		s->weight[k] = s->base[k] = d->population[d->stratum[k]] / s->count[d->stratum[k]];
	return true;
}

/* One margin made right; the largest relative change it took. */
static double
rake_once(const struct survey *s, const struct survey_margin *m, double *sum)
{
	double change = 0.0;

	memset(sum, 0, m->n_categories * sizeof(*sum));
	for (size_t k = 0; k < s->design.n; k++)
		sum[m->category[k]] += s->weight[k];
	for (size_t c = 0; c < m->n_categories; c++) {
		sum[c] = m->total[c] / sum[c];
		change = fmax(change, fabs(sum[c] - 1.0));
	}
	for (size_t k = 0; k < s->design.n; k++)
		s->weight[k] *= sum[m->category[k]];
	return change;
}

static bool
check_margin(struct arena *a, const struct survey *s, const struct survey_margin *m, double *total, struct err *err)
{
	bool *seen = arena_array(a, m->n_categories, sizeof(*seen));

	*total = 0.0;
	for (size_t k = 0; k < s->design.n; k++)
		seen[m->category[k]] = true;
	for (size_t c = 0; c < m->n_categories; c++) {
		if (!seen[c])
			return err_input(err, "design", N_("A category of a margin has no answers: merge it with its neighbour."));
		*total += m->total[c];
	}
	return true;
}

/* The factor F of a weight and its derivative (Deville and Särndal 1992). */
static double
factor(const struct survey_design *d, double u, double *slope)
{
	double a, e, bottom;

	if (d->calibration == SURVEY_LINEAR) {
		*slope = 1.0;
		return 1.0 + u;
	}
	a = (d->most - d->least) / ((1.0 - d->least) * (d->most - 1.0));
	e = exp(fmin(fmax(a * u, -600.0), 600.0));
	bottom = (d->most - 1.0) + (1.0 - d->least) * e;
	*slope = a * e * (d->most - d->least) * (1.0 - d->least) * (d->most - 1.0) / (bottom * bottom);
	return (d->least * (d->most - 1.0) + d->most * (1.0 - d->least) * e) / bottom;
}

/* One margin's multipliers moved by a step of Newton's; the largest relative miss before it. u[k] is the sum of k's. */
static double
calibrate_once(struct survey *s, const struct survey_margin *m, double *sum, double *slope_sum, double *u)
{
	const struct survey_design *d = &s->design;
	double miss = 0.0, slope;

	memset(sum, 0, m->n_categories * sizeof(*sum));
	memset(slope_sum, 0, m->n_categories * sizeof(*slope_sum));
	for (size_t k = 0; k < d->n; k++) {
		sum[m->category[k]] += s->base[k] * factor(d, u[k], &slope);
		slope_sum[m->category[k]] += s->base[k] * slope;
	}
	for (size_t c = 0; c < m->n_categories; c++) {
		miss = fmax(miss, fabs(sum[c] / m->total[c] - 1.0));
		sum[c] = slope_sum[c] > 0.0 ? (m->total[c] - sum[c]) / slope_sum[c] : 0.0;
	}
	for (size_t k = 0; k < d->n; k++)
		u[k] += sum[m->category[k]];
	return miss;
}

/* Linear and logit: margin after margin, which converges to the common solution and needs no matrix. */
static double
calibrate(struct survey *s, double *sum, double *slope_sum)
{
	const struct survey_design *d = &s->design;
	double change = 1.0, slope, *u = s->scratch;

	memset(u, 0, d->n * sizeof(*u));
	for (int round = 0; round < ROUNDS_MAX && change > CLOSE; round++) {
		change = 0.0;
		for (size_t i = 0; i < d->n_margins; i++)
			change = fmax(change, calibrate_once(s, &d->margin[i], sum, slope_sum, u));
	}
	for (size_t k = 0; k < d->n; k++)
		s->weight[k] = s->base[k] * factor(d, u[k], &slope);
	return change;
}

static bool
meet_margins(struct arena *a, struct survey *s, struct err *err)
{
	const struct survey_design *d = &s->design;
	double *sum, first = 0.0, total, change = 1.0;
	size_t most = 0;

	for (size_t i = 0; i < d->n_margins; i++) {
		if (!check_margin(a, s, &d->margin[i], &total, err))
			return false;
		if (i == 0)
			first = total;
		if (fabs(total - first) > 1e-9 * first)
			return err_input(err, "design", N_("The margins' totals do not agree."));
		most = d->margin[i].n_categories > most ? d->margin[i].n_categories : most;
	}
	sum = arena_array(a, 2 * most, sizeof(*sum));
	if (d->calibration != SURVEY_RAKING && d->n_margins > 0)
		change = calibrate(s, sum, sum + most);
	for (int round = 0; round < ROUNDS_MAX && d->calibration == SURVEY_RAKING && d->n_margins > 0 && change > CLOSE; round++) {
		change = 0.0;
		for (size_t i = 0; i < d->n_margins; i++)
			change = fmax(change, rake_once(s, &d->margin[i], sum));
	}
	return d->n_margins == 0 || change <= 1e-9 ||
	    err_input(err, "design", N_("The margins cannot all be met at once; leave one out or merge categories."));
}

static int
ascending(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

/* What the calibration did to the weights. */
static void
describe_weights(struct survey *s)
{
	size_t n = s->design.n;

	s->factor_least = s->factor_most = s->weight[0] / s->base[0];
	for (size_t k = 1; k < n; k++) {
		s->factor_least = fmin(s->factor_least, s->weight[k] / s->base[k]);
		s->factor_most = fmax(s->factor_most, s->weight[k] / s->base[k]);
	}
	memcpy(s->scratch, s->weight, n * sizeof(*s->scratch));
	qsort(s->scratch, n, sizeof(*s->scratch), ascending);
	s->over_median = s->scratch[n - 1] / s->scratch[n / 2];
}

bool
survey_open(struct arena *a, const struct survey_design *design, struct survey *out, struct err *err)
{
	struct survey s = { .design = *design };
	double sum = 0.0, squares = 0.0;

	s.base = arena_array(a, design->n, sizeof(*s.base));
	s.weight = arena_array(a, design->n, sizeof(*s.weight));
	s.scratch = arena_array(a, design->n, sizeof(*s.scratch));
	s.count = arena_array(a, design->n_strata, sizeof(*s.count));
	if (!base_weights(&s, err) || !meet_margins(a, &s, err))
		return false;
	for (size_t k = 0; k < design->n; k++) {
		sum += s.weight[k];
		squares += s.weight[k] * s.weight[k];
	}
	describe_weights(&s);
	s.deff = (double)design->n * squares / (sum * sum);
	*out = s;
	return true;
}

/* ---- variance ------------------------------------------------------------------------------------------------------ */

/* u becomes its residual from the margins' indicators, by least squares with the base weights. Taking out one margin's
 * means after another converges to it, and needs no matrix. */
static void
residuals(struct arena *a, const struct survey *s, double *u)
{
	const struct survey_design *d = &s->design;
	double size = 0.0, change = INFINITY, *sum, *weight;
	size_t most = 0;

	for (size_t i = 0; i < d->n_margins; i++)
		most = d->margin[i].n_categories > most ? d->margin[i].n_categories : most;
	sum = arena_array(a, most, sizeof(*sum));
	weight = arena_array(a, most, sizeof(*weight));
	for (size_t k = 0; k < d->n; k++)
		size = fmax(size, fabs(u[k]));
	for (int round = 0; round < ROUNDS_MAX && change > 1e-12 * size; round++) {
		change = 0.0;
		for (size_t i = 0; i < d->n_margins; i++) {
			const struct survey_margin *m = &d->margin[i];

			memset(sum, 0, most * sizeof(*sum));
			memset(weight, 0, most * sizeof(*weight));
			for (size_t k = 0; k < d->n; k++) {
				sum[m->category[k]] += s->base[k] * u[k];
				weight[m->category[k]] += s->base[k];
			}
			for (size_t c = 0; c < m->n_categories; c++) {
				sum[c] /= weight[c];
				change = fmax(change, fabs(sum[c]));
			}
			for (size_t k = 0; k < d->n; k++)
				u[k] -= sum[m->category[k]];
		}
		if (d->n_margins < 2)		/* one margin is done at once */
			break;
	}
}

/* z is the linearised variable per unit of final weight; overwritten. */
static double
variance(struct arena *a, const struct survey *s, double *z)
{
	const struct survey_design *d = &s->design;
	double *mean = arena_array(a, d->n_strata, sizeof(*mean)), *squares = arena_array(a, d->n_strata, sizeof(*squares)), v = 0.0;

	if (d->n_margins > 0)
		residuals(a, s, z);
	for (size_t k = 0; k < d->n; k++) {
		z[k] *= s->weight[k];
		mean[d->stratum[k]] += z[k] / s->count[d->stratum[k]];
	}
	for (size_t k = 0; k < d->n; k++) {
		int h = d->stratum[k];
		double away = s->count[h] > 1.0 ? z[k] - mean[h] : z[k];	/* lonely and adjusted: not centred */

		squares[h] += away * away;
	}
	for (size_t h = 0; h < d->n_strata; h++) {
		double m = s->count[h];

		v += (1.0 - m / d->population[h]) * (m > 1.0 ? m / (m - 1.0) : 1.0) * squares[h];
	}
	return v;
}

/* ---- intervals ----------------------------------------------------------------------------------------------------- */

static void
share_limits(const struct survey *s, struct survey_estimate *e, double t, double df)
{
	double p = e->estimate, n = (double)e->n, n_e = n / s->deff, width;

	if (n_e * p >= 5.0 && n_e * (1.0 - p) >= 5.0 && e->se > 0.0) {
		width = t * e->se / (p * (1.0 - p));
		e->low = 1.0 / (1.0 + exp(-(log(p / (1.0 - p)) - width)));
		e->high = 1.0 / (1.0 + exp(-(log(p / (1.0 - p)) + width)));
		return;
	}
	if (e->se > 0.0) {
		width = n > 1.0 ? t_quantile(0.975, n - 1.0) / t_quantile(0.975, df) : 1.0;
		n_e = p * (1.0 - p) / (e->se * e->se) * width * width;
	}
	e->low = p > 0.0 ? beta_quantile(0.025, n_e * p, n_e * (1.0 - p) + 1.0) : 0.0;
	e->high = p < 1.0 ? beta_quantile(0.975, n_e * p + 1.0, n_e * (1.0 - p)) : 1.0;
}

struct answer { double y, weight; };

static int
by_answer(const void *x, const void *y)
{
	double a = ((const struct answer *)x)->y, b = ((const struct answer *)y)->y;

	return a < b ? -1 : a > b;
}

/* The least y with at least `p` of the weight at or below it. */
static double
quantile_of(const struct answer *x, size_t n, double total, double p)
{
	double so_far = 0.0;

	for (size_t i = 0; i + 1 < n; i++) {
		so_far += x[i].weight;
		if (so_far >= p * total * (1.0 - 1e-12) && x[i + 1].y > x[i].y)
			return x[i].y;
	}
	return n > 0 ? x[n - 1].y : NAN;
}

static struct survey_estimate
estimate_quantile(struct arena *a, const struct survey *s, const struct survey_question *q)
{
	const struct survey_design *d = &s->design;
	struct answer *x = arena_array(a, d->n, sizeof(*x));
	double *below = arena_array(a, d->n, sizeof(*below)), total = 0.0, df = (double)(d->n - d->n_strata), t;
	struct survey_question share = { .statistic = SURVEY_MEAN, .y = below, .domain = q->domain, .member = q->member };
	struct survey_estimate e = { NAN, NAN, NAN, NAN, 0 };

	for (size_t k = 0; k < d->n; k++) {
		if ((q->domain != NULL && q->domain[k] != q->member) || isnan(q->y[k]))
			continue;
		x[e.n++] = (struct answer){ q->y[k], s->weight[k] };
		total += s->weight[k];
	}
	if (e.n == 0)
		return e;
	qsort(x, e.n, sizeof(*x), by_answer);
	e.estimate = quantile_of(x, e.n, total, q->p);
	for (size_t k = 0; k < d->n; k++)
		below[k] = isnan(q->y[k]) ? NAN : q->y[k] <= e.estimate ? 1.0 : 0.0;
	if (df < 1.0)
		return e;
	t = t_quantile(0.975, df);
	e.se = survey_estimate(a, s, &share).se;
	e.low = quantile_of(x, e.n, total, q->p - t * e.se);
	e.high = quantile_of(x, e.n, total, q->p + t * e.se);
	e.se = (e.high - e.low) / (2.0 * t);
	return e;
}

struct survey_estimate
survey_estimate(struct arena *a, const struct survey *s, const struct survey_question *q)
{
	const struct survey_design *d = &s->design;
	struct survey_estimate e = { NAN, NAN, NAN, NAN, 0 };
	double *u = s->scratch, top = 0.0, bottom = 0.0, df = (double)(d->n - d->n_strata), t;

	if (q->statistic == SURVEY_QUANTILE)
		return estimate_quantile(a, s, q);
	for (size_t k = 0; k < d->n; k++) {
		bool in = (q->domain == NULL || q->domain[k] == q->member) && !isnan(q->y[k]) &&
		    (q->statistic != SURVEY_RATIO || !isnan(q->z[k]));

		u[k] = in ? 1.0 : 0.0;
		e.n += in ? 1 : 0;
		top += in ? s->weight[k] * q->y[k] : 0.0;
		bottom += !in ? 0.0 : s->weight[k] * (q->statistic == SURVEY_RATIO ? q->z[k] : 1.0);
	}
	if (e.n == 0 || (q->statistic != SURVEY_TOTAL && bottom == 0.0))
		return e;
	e.estimate = q->statistic == SURVEY_TOTAL ? top : top / bottom;
	for (size_t k = 0; k < d->n; k++) {
		if (u[k] == 0.0)
			continue;
		if (q->statistic == SURVEY_TOTAL)
			u[k] = q->y[k];
		else
			u[k] = (q->y[k] - e.estimate * (q->statistic == SURVEY_RATIO ? q->z[k] : 1.0)) / bottom;
	}
	e.se = sqrt(fmax(0.0, variance(a, s, u)));
	if (df < 1.0)
		return e;
	t = t_quantile(0.975, df);
	e.low = e.estimate - t * e.se;
	e.high = e.estimate + t * e.se;
	if (q->statistic == SURVEY_SHARE)
		share_limits(s, &e, t, df);
	return e;
}

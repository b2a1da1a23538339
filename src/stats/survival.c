/* stats/survival.c: the product-limit estimator */
#include "stats/survival.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

static const double Z = 1.959963984540054, SAME = 1e-12;

static int
by_time(const void *left, const void *right)
{
	const struct survival_case *a = left, *b = right;

	return (a->time > b->time) - (a->time < b->time);
}

static void
limits(struct survival_point *p, double greenwood)
{
	double k;

	p->low = p->high = NAN;
	p->se = p->survival > 0.0 ? p->survival * sqrt(greenwood) : NAN;
	if (p->survival <= 0.0 || p->survival >= 1.0)
		return;
	k = exp(Z * sqrt(greenwood) / fabs(log(p->survival)));
	p->low = pow(p->survival, k);
	p->high = pow(p->survival, 1.0 / k);
}

struct survival_curve
survival_of_counts(struct arena *a, const struct survival_count *count, size_t n)
{
	struct survival_curve c = { .point = arena_array(a, n, sizeof(*c.point)) };
	double s = 1.0, greenwood = 0.0;
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		left += count[i].events + count[i].waiting;
	for (size_t i = 0; i < n; left -= count[i].events + count[i].waiting, i++) {
		double at_risk = (double)left, events = (double)count[i].events;
		struct survival_point *p = &c.point[c.n];

		c.longest = count[i].time;
		if (count[i].events == 0)
			continue;
		s *= 1.0 - events / at_risk;
		greenwood += events / (at_risk * (at_risk - events));
		*p = (struct survival_point){ .t = count[i].time, .survival = s, .at_risk = left, .events = count[i].events };
		limits(p, greenwood);
		c.n++;
	}
	return c;
}

struct survival_curve
survival_of(struct arena *a, struct survival_case *cases, size_t n)
{
	struct survival_count *count = arena_array(a, n, sizeof(*count));
	size_t k = 0;

	qsort(cases, n, sizeof(*cases), by_time);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && cases[i].time != cases[i - 1].time)
			k++;
		count[k].time = cases[i].time;
		count[k].events += cases[i].event;
		count[k].waiting += !cases[i].event;
	}
	return survival_of_counts(a, count, k + 1);
}

enum which { CURVE, LOW, HIGH };

/* The limits are not given where S is 1 or 0: there the curve itself is the limit. */
static double
value(const struct survival_point *p, enum which which)
{
	double v = which == LOW ? p->low : which == HIGH ? p->high : p->survival;

	return isnan(v) ? p->survival : v;
}

static double
quantile(const struct survival_curve *c, double p, enum which which)
{
	for (size_t i = 0; i < c->n; i++) {
		double above = value(&c->point[i], which) - (1.0 - p);

		if (above > SAME)
			continue;
		if (above < -SAME || i + 1 == c->n)
			return c->point[i].t;
		return 0.5 * (c->point[i].t + c->point[i + 1].t);
	}
	return NAN;
}

double
survival_quantile(const struct survival_curve *c, double p)
{
	return quantile(c, p, CURVE);
}

struct survival_interval
survival_quantile_interval(const struct survival_curve *c, double p)
{
	return (struct survival_interval){ quantile(c, p, LOW), quantile(c, p, HIGH) };
}

bool
survival_reaches(const struct survival_curve *c, double tau)
{
	return tau <= c->longest || (isfinite(tau) && c->n > 0 && c->point[c->n - 1].survival <= 0.0);
}

struct survival_mean
survival_mean_to(const struct survival_curve *c, double tau)
{
	double area = 0.0, variance = 0.0, right = tau;
	size_t n = c->n;

	while (n > 0 && c->point[n - 1].t > tau)
		n--;
	/* From the right: `area` is what lies between t_i and tau. */
	for (size_t i = n; i-- > 0; ) {
		const struct survival_point *p = &c->point[i];
		double r = (double)p->at_risk, d = (double)p->events;

		area += p->survival * (right - p->t);
		right = p->t;
		if (p->at_risk > p->events)
			variance += area * area * d / (r * (r - d));
	}
	return (struct survival_mean){ .mean = area + right, .se = sqrt(variance) };
}

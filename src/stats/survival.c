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
survival_of(struct arena *a, struct survival_case *cases, size_t n)
{
	struct survival_curve c = { .point = arena_array(a, n, sizeof(*c.point)) };
	double s = 1.0, greenwood = 0.0;
	size_t next;

	qsort(cases, n, sizeof(*cases), by_time);
	for (size_t i = 0; i < n; i = next) {
		double at_risk = (double)(n - i), events = 0.0;
		struct survival_point *p = &c.point[c.n];

		for (next = i; next < n && cases[next].time == cases[i].time; next++)
			events += cases[next].event ? 1.0 : 0.0;
		if (events == 0.0)
			continue;
		s *= 1.0 - events / at_risk;
		greenwood += events / (at_risk * (at_risk - events));
		*p = (struct survival_point){ .t = cases[i].time, .survival = s, .at_risk = n - i, .events = (size_t)events };
		limits(p, greenwood);
		c.n++;
	}
	c.longest = cases[n - 1].time;
	return c;
}

double
survival_quantile(const struct survival_curve *c, double p)
{
	for (size_t i = 0; i < c->n; i++) {
		double above = c->point[i].survival - (1.0 - p);

		if (above > SAME)
			continue;
		if (above < -SAME || i + 1 == c->n)
			return c->point[i].t;
		return 0.5 * (c->point[i].t + c->point[i + 1].t);
	}
	return NAN;
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

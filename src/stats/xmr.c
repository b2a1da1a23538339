/* stats/xmr.c: the individuals chart */
#include "stats/xmr.h"

#include <math.h>
#include <stdbool.h>

#include "base/arena.h"

enum { RUN = 7, RULES = 4 };

/* The values that are there; marks[i] has bit r when rule r+1 marks point i. */
struct points {
	const double *x;
	size_t n;
	double centre, reach;		/* limits are centre +- reach */
	unsigned *marks;
};

static int
side(const struct points *p, size_t i)
{
	return (p->x[i] > p->centre) - (p->x[i] < p->centre);
}

static void
mark(const struct points *p, size_t from, size_t to, int rule)
{
	for (size_t i = from; i <= to; i++)
		p->marks[i] |= 1u << (rule - 1);
}

static void
mark_shifts(const struct points *p)
{
	for (size_t i = 0, run = 0; i < p->n; i++) {
		int now = side(p, i);

		run = now == 0 ? 0 : i > 0 && now == side(p, i - 1) ? run + 1 : 1;
		if (run >= RUN)
			mark(p, i + 1 - run, i, 2);
	}
}

static void
mark_trends(const struct points *p)
{
	int before = 0;

	/* `run` points each beyond the one before: the point they start from is not among them. */
	for (size_t i = 1, run = 0; i < p->n; i++) {
		int now = (p->x[i] > p->x[i - 1]) - (p->x[i] < p->x[i - 1]);

		run = now == 0 ? 0 : now == before ? run + 1 : 1;
		before = now;
		if (run >= RUN)
			mark(p, i + 1 - run, i, 3);
	}
}

static bool
is_outer(const struct points *p, size_t i)
{
	double away = fabs(p->x[i] - p->centre);

	return away >= p->reach * 2.0 / 3.0 && away <= p->reach;
}

static void
mark_outer(const struct points *p)
{
	for (size_t i = 2; i < p->n; i++) {
		int outer = is_outer(p, i) + is_outer(p, i - 1) + is_outer(p, i - 2);

		if (outer < 2 || side(p, i) == 0 || side(p, i) != side(p, i - 1) || side(p, i) != side(p, i - 2))
			continue;
		for (size_t j = i - 2; j <= i; j++) {
			if (is_outer(p, j))
				mark(p, j, j, 4);
		}
	}
}

static double
moving_range(const double *value, size_t n)
{
	double sum = 0.0, count = 0.0;

	for (size_t i = 1; i < n; i++) {
		if (!isnan(value[i]) && !isnan(value[i - 1])) {
			sum += fabs(value[i] - value[i - 1]);
			count += 1.0;
		}
	}
	return sum / count;		/* 0/0: no two neighbours */
}

struct xmr
xmr_of(struct arena *a, const double *value, size_t n)
{
	double *x = arena_array(a, n, sizeof(*x)), sum = 0.0;
	size_t *index = arena_array(a, n, sizeof(*index));
	struct points p = { .x = x, .marks = arena_array(a, n, sizeof(*p.marks)) };
	struct xmr out = { .signal = arena_array(a, RULES * n, sizeof(*out.signal)) };

	for (size_t i = 0; i < n; i++) {
		if (isnan(value[i]))
			continue;
		index[p.n] = i;
		x[p.n++] = value[i];
		sum += value[i];
	}
	out.n = p.n;
	out.centre = p.centre = sum / (double)p.n;
	out.mr_mean = moving_range(value, n);
	p.reach = 2.66 * out.mr_mean;
	out.lower = p.centre - p.reach;
	out.upper = p.centre + p.reach;
	for (size_t i = 0; i < p.n; i++) {
		if (x[i] < out.lower || x[i] > out.upper)
			mark(&p, i, i, 1);
	}
	mark_shifts(&p);
	mark_trends(&p);
	mark_outer(&p);
	for (size_t i = 0; i < p.n; i++) {
		for (int rule = 1; rule <= RULES; rule++) {
			if ((p.marks[i] & 1u << (rule - 1)) != 0)
				out.signal[out.n_signals++] = (struct xmr_signal){ index[i], rule };
		}
	}
	return out;
}

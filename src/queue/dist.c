/* queue/dist.c: distributions: checking, moments, and variates by inverse distribution function */
#include "queue/dist.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/plain.h"

enum { BLOCK = 256, GAMMA_PIECES = 4096, GAMMA_PIECES_NARROW = 512 };
static const double SCORE_MAX = 8.3;	/* the normal score of 2^-53 is -8.21 */

static const char *const kind_name[DIST_KINDS] = {
	[DIST_NONE] = "none", [DIST_DETERMINISTIC] = "deterministic", [DIST_EXPONENTIAL] = "exponential",
	[DIST_ERLANG] = "erlang", [DIST_GAMMA] = "gamma", [DIST_LOGNORMAL] = "lognormal",
	[DIST_HYPEREXPONENTIAL] = "hyperexponential", [DIST_WEIBULL] = "weibull", [DIST_UNIFORM] = "uniform",
	[DIST_TRIANGULAR] = "triangular", [DIST_EMPIRICAL] = "empirical", [DIST_HISTOGRAM] = "histogram",
	[DIST_MIXTURE] = "mixture",
};

const char *
dist_kind_name(enum dist_kind kind)
{
	return (unsigned)kind < DIST_KINDS ? kind_name[kind] : "unknown";
}

enum dist_kind
dist_kind_of(const char *name)
{
	for (int k = 0; k < DIST_KINDS; k++) {
		if (strcmp(name, kind_name[k]) == 0)
			return (enum dist_kind)k;
	}
	return DIST_KINDS;
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static bool
within(double x, double low, double high, const char *where, const char *what, struct err *err)
{
	if (x >= low && x <= high)
		return true;
	(void)err_set(err, ERR_INPUT, "%s.%s: %g is outside %g to %g", where, what, x, low, high);
	err->field = "distribution";
	err->person = N_("A time distribution is outside the allowed range.");
	return false;
}

static bool
wrong(const char *where, const char *why, struct err *err)
{
	(void)err_set(err, ERR_INPUT, "%s: %s", where, why);
	err->field = "distribution";
	err->person = N_("A time distribution is outside the allowed range.");
	return false;
}

static bool
check_points(const double *value, size_t n, const char *where, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!within(value[i], 0.0, DIST_VALUE_MAX, where, "values", err))
			return false;
		if (i > 0 && value[i] < value[i - 1])
			return wrong(where, "values must ascend", err);
	}
	return true;
}

static bool
check_weights(const double *weight, size_t n, const char *where, struct err *err)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++) {
		if (!within(weight[i], 0.0, 1e12, where, "weights", err))
			return false;
		sum += weight[i];
	}
	return sum > 0.0 || wrong(where, "weights must not all be 0", err);
}

static bool
check_mixture(const struct dist *d, const char *where, struct err *err)
{
	if (d->n < 1 || d->n > DIST_PARTS_MAX || d->part == NULL || d->weight == NULL)
		return wrong(where, "a mixture has 1 to 16 parts, each with a weight", err);
	for (size_t i = 0; i < d->n; i++) {
		if (d->part[i].kind == DIST_MIXTURE)
			return wrong(where, "a mixture may not hold a mixture", err);
		if (!dist_check(&d->part[i], where, false, err))
			return false;
	}
	return check_weights(d->weight, d->n, where, err);
}

static bool
check_hyperexponential(const struct dist *d, const char *where, struct err *err)
{
	if (d->mean_1 > 0.0 || d->mean_2 > 0.0)
		return within(d->p, 0.0, 1.0, where, "p", err) &&
		    within(d->mean_1, 0.0, DIST_VALUE_MAX, where, "mean_1", err) &&
		    within(d->mean_2, 0.0, DIST_VALUE_MAX, where, "mean_2", err);
	return within(d->mean, 0.0, DIST_VALUE_MAX, where, "mean", err) &&
	    within(d->cv, 1.0, DIST_CV_MAX, where, "cv", err);
}

bool
dist_check(const struct dist *d, const char *where, bool may_be_none, struct err *err)
{
	switch (d->kind) {
	case DIST_NONE:
		return may_be_none || wrong(where, "a distribution is missing", err);
	case DIST_DETERMINISTIC:
	case DIST_EXPONENTIAL:
		return within(d->mean, 0.0, DIST_VALUE_MAX, where, "mean", err);
	case DIST_ERLANG:
		return within(d->mean, 0.0, DIST_VALUE_MAX, where, "mean", err) &&
		    within(d->phases, 1, 1000, where, "phases", err);
	case DIST_GAMMA:
	case DIST_LOGNORMAL:
		return within(d->mean, 0.0, DIST_VALUE_MAX, where, "mean", err) &&
		    within(d->cv, DIST_CV_MIN, DIST_CV_MAX, where, "cv", err);
	case DIST_HYPEREXPONENTIAL:
		return check_hyperexponential(d, where, err);
	case DIST_WEIBULL:
		return within(d->shape, 0.2, 100.0, where, "shape", err) &&
		    within(d->scale, 0.0, DIST_VALUE_MAX, where, "scale", err);
	case DIST_UNIFORM:
		return within(d->low, 0.0, DIST_VALUE_MAX, where, "low", err) &&
		    within(d->high, d->low, DIST_VALUE_MAX, where, "high", err);
	case DIST_TRIANGULAR:
		return within(d->low, 0.0, DIST_VALUE_MAX, where, "low", err) &&
		    within(d->mode, d->low, DIST_VALUE_MAX, where, "mode", err) &&
		    within(d->high, d->mode, DIST_VALUE_MAX, where, "high", err);
	case DIST_EMPIRICAL:
		if (d->n < 1 || d->n > DIST_POINTS_MAX || d->value == NULL)
			return wrong(where, "an empirical distribution has 1 to 100000 values", err);
		return check_points(d->value, d->n, where, err);
	case DIST_HISTOGRAM:
		if (d->n < 1 || d->n > DIST_POINTS_MAX || d->value == NULL || d->weight == NULL)
			return wrong(where, "a histogram has 1 to 100000 weights and one edge more", err);
		return check_points(d->value, d->n + 1, where, err) && check_weights(d->weight, d->n, where, err);
	case DIST_MIXTURE:
		return check_mixture(d, where, err);
	case DIST_KINDS:
		break;
	}
	return wrong(where, "the kind of distribution is not known", err);
}

/* ---- moments and distribution function --------------------------------------------------------------------------- */

struct two { double p, mean_1, mean_2; };

/* Balanced means: p m1 = (1-p) m2. */
static struct two
hyperexponential(const struct dist *d)
{
	double p = 0.5 * (1.0 + sqrt((d->cv * d->cv - 1.0) / (d->cv * d->cv + 1.0)));

	if (d->mean_1 > 0.0 || d->mean_2 > 0.0)
		return (struct two){ d->p, d->mean_1, d->mean_2 };
	if (p >= 1.0)
		return (struct two){ 1.0, d->mean, d->mean };
	return (struct two){ p, d->mean / (2.0 * p), d->mean / (2.0 * (1.0 - p)) };
}

/* First and second moment. */
static void
moments(const struct dist *d, double *first, double *second)
{
	double m = d->mean, c2 = d->cv * d->cv, total = 0.0, m1 = 0.0, m2 = 0.0;
	struct two h;

	switch (d->kind) {
	case DIST_DETERMINISTIC:
		c2 = 0.0;
		break;
	case DIST_EXPONENTIAL:
		c2 = 1.0;
		break;
	case DIST_ERLANG:
		c2 = 1.0 / d->phases;
		break;
	case DIST_GAMMA:
	case DIST_LOGNORMAL:
		break;
	case DIST_HYPEREXPONENTIAL:
		h = hyperexponential(d);
		*first = h.p * h.mean_1 + (1.0 - h.p) * h.mean_2;
		*second = 2.0 * (h.p * h.mean_1 * h.mean_1 + (1.0 - h.p) * h.mean_2 * h.mean_2);
		return;
	case DIST_WEIBULL:
		*first = d->scale * plain_exp(plain_log_gamma(1.0 + 1.0 / d->shape));
		*second = d->scale * d->scale * plain_exp(plain_log_gamma(1.0 + 2.0 / d->shape));
		return;
	case DIST_UNIFORM:
		*first = 0.5 * (d->low + d->high);
		*second = (d->low * d->low + d->low * d->high + d->high * d->high) / 3.0;
		return;
	case DIST_TRIANGULAR:
		*first = (d->low + d->mode + d->high) / 3.0;
		*second = *first * *first + (d->low * d->low + d->mode * d->mode + d->high * d->high -
		    d->low * d->mode - d->low * d->high - d->mode * d->high) / 18.0;
		return;
	case DIST_EMPIRICAL:
		/* Half a point's weight stays at each end; between neighbours it is spread evenly. */
		m1 = 0.5 * (d->value[0] + d->value[d->n - 1]);
		m2 = 0.5 * (d->value[0] * d->value[0] + d->value[d->n - 1] * d->value[d->n - 1]);
		for (size_t i = 1; i < d->n; i++) {
			double a = d->value[i - 1], b = d->value[i];

			m1 += 0.5 * (a + b);
			m2 += (a * a + a * b + b * b) / 3.0;
		}
		*first = m1 / (double)d->n;
		*second = m2 / (double)d->n;
		return;
	case DIST_HISTOGRAM:
		for (size_t i = 0; i < d->n; i++) {
			double a = d->value[i], b = d->value[i + 1];

			total += d->weight[i];
			m1 += d->weight[i] * 0.5 * (a + b);
			m2 += d->weight[i] * (a * a + a * b + b * b) / 3.0;
		}
		*first = m1 / total;
		*second = m2 / total;
		return;
	case DIST_MIXTURE:
		for (size_t i = 0; i < d->n; i++) {
			double one, two;

			moments(&d->part[i], &one, &two);
			total += d->weight[i];
			m1 += d->weight[i] * one;
			m2 += d->weight[i] * two;
		}
		*first = m1 / total;
		*second = m2 / total;
		return;
	case DIST_NONE:
	case DIST_KINDS:
		m = 0.0;
		break;
	}
	*first = m;
	*second = m * m * (1.0 + c2);
}

double
dist_mean(const struct dist *d)
{
	double first, second;

	moments(d, &first, &second);
	return first;
}

double
dist_scv(const struct dist *d)
{
	double first, second, c2;

	moments(d, &first, &second);
	c2 = first > 0.0 ? second / (first * first) - 1.0 : 0.0;
	return c2 > 0.0 ? c2 : 0.0;
}

static double
cdf_exponential(double mean, double x)
{
	return mean > 0.0 ? 1.0 - plain_exp(-x / mean) : 1.0;
}

static double
cdf_triangular(const struct dist *d, double x)
{
	double width = d->high - d->low;

	if (x >= d->high)
		return 1.0;
	if (x < d->low)
		return 0.0;
	if (x < d->mode)
		return (x - d->low) * (x - d->low) / (width * (d->mode - d->low));
	return 1.0 - (d->high - x) * (d->high - x) / (width * (d->high - d->mode));
}

static double
cdf_empirical(const struct dist *d, double x)
{
	size_t low = 0, high = d->n - 1;

	if (x < d->value[0])
		return 0.0;
	if (x >= d->value[high])
		return 1.0;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (d->value[middle] <= x)
			low = middle;
		else
			high = middle;
	}
	return ((double)low + 0.5 + (x - d->value[low]) / (d->value[high] - d->value[low])) / (double)d->n;
}

static double
cdf_histogram(const struct dist *d, double x)
{
	double total = 0.0, below = 0.0;

	for (size_t i = 0; i < d->n; i++) {
		double a = d->value[i], b = d->value[i + 1];

		total += d->weight[i];
		if (x >= b)
			below += d->weight[i];
		else if (x > a)
			below += d->weight[i] * (x - a) / (b - a);
	}
	return below / total;
}

double
dist_cdf(const struct dist *d, double x)
{
	double total = 0.0, sum = 0.0, sigma2;
	struct two h;

	if (x < 0.0)
		return 0.0;
	switch (d->kind) {
	case DIST_DETERMINISTIC:
		return x >= d->mean ? 1.0 : 0.0;
	case DIST_EXPONENTIAL:
		return cdf_exponential(d->mean, x);
	case DIST_ERLANG:
		return d->mean > 0.0 ? plain_gamma_p(d->phases, x * d->phases / d->mean) : 1.0;
	case DIST_GAMMA:
		return d->mean > 0.0 ? plain_gamma_p(1.0 / (d->cv * d->cv), x / (d->mean * d->cv * d->cv)) : 1.0;
	case DIST_LOGNORMAL:
		if (d->mean <= 0.0 || x <= 0.0)
			return d->mean <= 0.0 ? 1.0 : 0.0;
		sigma2 = plain_log1p(d->cv * d->cv);
		return plain_normal_cdf((plain_log(x / d->mean) + 0.5 * sigma2) / sqrt(sigma2));
	case DIST_HYPEREXPONENTIAL:
		h = hyperexponential(d);
		return h.p * cdf_exponential(h.mean_1, x) + (1.0 - h.p) * cdf_exponential(h.mean_2, x);
	case DIST_WEIBULL:
		if (d->scale <= 0.0 || x <= 0.0)
			return d->scale <= 0.0 ? 1.0 : 0.0;
		return 1.0 - plain_exp(-plain_exp(d->shape * plain_log(x / d->scale)));
	case DIST_UNIFORM:
		if (x >= d->high)
			return 1.0;
		return x > d->low ? (x - d->low) / (d->high - d->low) : 0.0;
	case DIST_TRIANGULAR:
		return cdf_triangular(d, x);
	case DIST_EMPIRICAL:
		return cdf_empirical(d, x);
	case DIST_HISTOGRAM:
		return cdf_histogram(d, x);
	case DIST_MIXTURE:
		for (size_t i = 0; i < d->n; i++) {
			total += d->weight[i];
			sum += d->weight[i] * dist_cdf(&d->part[i], x);
		}
		return sum / total;
	case DIST_NONE:
	case DIST_KINDS:
		break;
	}
	return 0.0;
}

/* ---- uniforms ---------------------------------------------------------------------------------------------------- */

/* n_blocks whole blocks from block number `first`, minding the carry into the high word. */
static void
blocks(const struct rng *g, unsigned group, uint64_t first, size_t n_blocks, double *out)
{
	while (n_blocks > 0) {
		uint64_t left = 0x100000000ull - (first & 0xffffffffu);
		size_t now = n_blocks < left ? n_blocks : (size_t)left;

		block_uniform((uint32_t)g->seed, (uint32_t)(g->seed >> 32), (uint32_t)(first >> 32) | group << 16,
		    g->stream, g->replication, (uint32_t)first, now, out);
		first += now;
		out += 2 * now;
		n_blocks -= now;
	}
}

void
rng_uniform(const struct rng *g, unsigned group, uint64_t first, size_t n, double *out)
{
	double pair[2];

	if (n > 0 && first % 2 == 1) {
		blocks(g, group, first / 2, 1, pair);
		*out++ = pair[1];
		first++;
		n--;
	}
	blocks(g, group, first / 2, n / 2, out);
	if (n % 2 == 1) {
		blocks(g, group, first / 2 + n / 2, 1, pair);
		out[n - 1] = pair[0];
	}
}

void
rng_exponential(const struct rng *g, unsigned group, uint64_t first, size_t n, double *out)
{
	rng_uniform(g, group, first, n, out);
	block_exponential(n, 1.0, out);
}

/* ---- samplers ---------------------------------------------------------------------------------------------------- */

struct sampler {
	enum dist_kind kind;
	double a, b, c, d;		/* constants by kind */
	size_t n;
	const double *value, *cumulative;	/* empirical; histogram and mixture: cumulative[n], last is 1 */
	const double *knot, *slope;	/* gamma: ln x at n + 1 normal scores, and h times its derivative */
	const struct sampler **part;
};

/* ln x of the gamma quantile with P(a, x) = Phi(z), by Newton in y = ln x on the smaller tail's logarithm, from `y`. */
static double
gamma_log_quantile(double a, double z, double y)
{
	double target = plain_log(plain_normal_cdf(z < 0.0 ? z : -z));

	for (int i = 0; i < 60; i++) {
		double x = plain_exp(y), tail, density, step;

		if (y < -700.0 && z < 0.0)	/* P is x^a / gamma(a + 1) there, and that does not underflow */
			return (target + plain_log_gamma(a + 1.0)) / a;
		tail = z < 0.0 ? plain_gamma_p(a, x) : plain_gamma_q(a, x);
		tail = tail > 1e-300 ? tail : 1e-300;
		density = a * plain_gamma_term(a, x);		/* x f(x) */
		step = (plain_log(tail) - target) * tail / (density > 1e-300 ? density : 1e-300);
		step = z < 0.0 ? step : -step;
		step = step > 2.0 ? 2.0 : step < -2.0 ? -2.0 : step;
		y -= step;
		if (fabs(step) < 1e-13 * (1.0 + fabs(y)))
			break;
	}
	return y;
}

/* A start for the lowest knot: Wilson and Hilferty's cube where it is positive, else the first term of the series. */
static double
gamma_start(double a, double z)
{
	double root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * sqrt(a));

	if (root > 0.3)
		return plain_log(a * root * root * root);
	return (plain_log(plain_normal_cdf(z)) + plain_log_gamma(a + 1.0)) / a;
}

static void
make_gamma(struct arena *arena, struct sampler *s, double shape, double scale)
{
	size_t n = shape > 100.0 ? GAMMA_PIECES_NARROW : GAMMA_PIECES;
	double *knot = arena_array(arena, n + 1, sizeof(*knot)), *slope = arena_array(arena, n + 1, sizeof(*slope));
	double h = 2.0 * SCORE_MAX / (double)n, y = gamma_start(shape, -SCORE_MAX);

	for (size_t i = 0; i <= n; i++) {
		double z = -SCORE_MAX + h * (double)i;

		y = gamma_log_quantile(shape, z, i == 0 ? y : knot[i - 1] + slope[i - 1]);
		knot[i] = y;
		/* dy/dz = phi(z) / (x f(x)); where x underflows, x f(x) is a P. */
		slope[i] = h * plain_exp(-0.5 * z * z) * 0.39894228040143267794 / shape /
		    (y > -700.0 ? plain_gamma_term(shape, plain_exp(y)) : plain_normal_cdf(z));
	}
	s->n = n;
	s->knot = knot;
	s->slope = slope;
	s->a = (double)n / (2.0 * SCORE_MAX);
	s->b = scale > 0.0 ? plain_log(scale) : -708.0;
}

static const double *
cumulate(struct arena *arena, const double *weight, size_t n)
{
	double *out = arena_array(arena, n, sizeof(*out)), sum = 0.0, total = 0.0;

	for (size_t i = 0; i < n; i++)
		total += weight[i];
	for (size_t i = 0; i < n; i++) {
		sum += weight[i];
		out[i] = sum / total;
	}
	for (size_t i = n; i-- > 0 && (i == n - 1 || weight[i + 1] == 0.0); )
		out[i] = 1.0;		/* whatever rounding did, the last that can happen takes all that is left */
	return out;
}

struct sampler *
sampler_make(struct arena *arena, const struct dist *d)
{
	struct sampler *s = arena_alloc(arena, sizeof(*s));
	struct two h;
	double sigma2;

	s->kind = d->kind;
	switch (d->kind) {
	case DIST_DETERMINISTIC:
	case DIST_EXPONENTIAL:
		s->a = d->mean;
		break;
	case DIST_ERLANG:
	case DIST_GAMMA: {
		double shape = d->kind == DIST_GAMMA ? 1.0 / (d->cv * d->cv) : d->phases;

		s->kind = d->mean > 0.0 ? DIST_GAMMA : DIST_DETERMINISTIC;
		if (d->mean > 0.0)
			make_gamma(arena, s, shape, d->mean / shape);
		break;
	}
	case DIST_LOGNORMAL:
		sigma2 = plain_log1p(d->cv * d->cv);
		s->kind = d->mean > 0.0 ? DIST_LOGNORMAL : DIST_DETERMINISTIC;
		if (d->mean > 0.0) {
			s->a = plain_log(d->mean) - 0.5 * sigma2;
			s->b = sqrt(sigma2);
		}
		break;
	case DIST_HYPEREXPONENTIAL:
		h = hyperexponential(d);
		s->a = h.p;
		s->b = h.mean_1;
		s->c = h.mean_2;
		break;
	case DIST_WEIBULL:
		s->a = 1.0 / d->shape;
		s->b = d->scale;
		break;
	case DIST_UNIFORM:
		s->a = d->low;
		s->b = d->high - d->low;
		break;
	case DIST_TRIANGULAR:
		s->kind = d->high > d->low ? DIST_TRIANGULAR : DIST_DETERMINISTIC;
		s->a = d->low;
		if (d->high > d->low) {
			s->b = d->high;
			s->c = (d->mode - d->low) / (d->high - d->low);
			s->d = d->high - d->low;
		}
		break;
	case DIST_EMPIRICAL:
		s->n = d->n;
		s->value = arena_memdup(arena, d->value, d->n * sizeof(*d->value));
		break;
	case DIST_HISTOGRAM:
		s->n = d->n;
		s->value = arena_memdup(arena, d->value, (d->n + 1) * sizeof(*d->value));
		s->cumulative = cumulate(arena, d->weight, d->n);
		break;
	case DIST_MIXTURE:
		s->n = d->n;
		s->cumulative = cumulate(arena, d->weight, d->n);
		s->part = arena_array(arena, d->n, sizeof(struct sampler *));
		for (size_t i = 0; i < d->n; i++)
			s->part[i] = sampler_make(arena, &d->part[i]);
		break;
	case DIST_NONE:
	case DIST_KINDS:
		break;
	}
	return s;
}

/* Where u stands within the stretch (low, high) it fell into, kept strictly inside (0, 1). */
static double
within_stretch(double u, double low, double high)
{
	double v = (u - low) / (high - low);

	v = v < 0x1p-53 ? 0x1p-53 : v;
	return v > 1.0 - 0x1p-53 ? 1.0 - 0x1p-53 : v;
}

static size_t
find(const double *cumulative, size_t n, double u)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (u < cumulative[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void
invert_gamma(const struct sampler *s, size_t n, double *u)
{
	block_normal(n, u);
	for (size_t i = 0; i < n; i++) {
		double x = (u[i] + SCORE_MAX) * s->a;
		size_t k = (size_t)x < s->n ? (size_t)x : s->n - 1;
		double t = x - (double)k, y0 = s->knot[k], y1 = s->knot[k + 1], m0 = s->slope[k], m1 = s->slope[k + 1];

		u[i] = y0 + t * (m0 + t * ((3.0 * (y1 - y0) - 2.0 * m0 - m1) + t * (2.0 * (y0 - y1) + m0 + m1)));
	}
	block_exp(n, s->b, 1.0, u);
}

static void
invert_mixture(const struct sampler *s, size_t n, double *u)
{
	double mine[BLOCK];
	uint16_t part[BLOCK], place[BLOCK];

	for (size_t i = 0; i < n; i++) {
		size_t k = find(s->cumulative, s->n, u[i]);

		part[i] = (uint16_t)k;
		u[i] = within_stretch(u[i], k > 0 ? s->cumulative[k - 1] : 0.0, s->cumulative[k]);
	}
	for (size_t k = 0; k < s->n; k++) {
		size_t m = 0;

		for (size_t i = 0; i < n; i++) {
			if (part[i] == k) {
				place[m] = (uint16_t)i;
				mine[m++] = u[i];
			}
		}
		sampler_invert(s->part[k], m, mine);
		for (size_t i = 0; i < m; i++)
			u[place[i]] = mine[i];
	}
}

static void
invert_block(const struct sampler *s, size_t n, double *u)
{
	switch (s->kind) {
	case DIST_DETERMINISTIC:
		for (size_t i = 0; i < n; i++)
			u[i] = s->a;
		return;
	case DIST_EXPONENTIAL:
		block_exponential(n, s->a, u);
		return;
	case DIST_ERLANG:
	case DIST_GAMMA:
		invert_gamma(s, n, u);
		return;
	case DIST_LOGNORMAL:
		block_normal(n, u);
		block_exp(n, s->a, s->b, u);
		return;
	case DIST_HYPEREXPONENTIAL: {
		double scale[BLOCK];

		for (size_t i = 0; i < n; i++) {
			bool first = u[i] < s->a;

			scale[i] = first ? s->b : s->c;
			u[i] = first ? within_stretch(u[i], 0.0, s->a) : within_stretch(u[i], s->a, 1.0);
		}
		block_exponential(n, 1.0, u);
		for (size_t i = 0; i < n; i++)
			u[i] *= scale[i];
		return;
	}
	case DIST_WEIBULL:
		block_weibull(n, s->a, s->b, u);
		return;
	case DIST_UNIFORM:
		for (size_t i = 0; i < n; i++)
			u[i] = s->a + s->b * u[i];
		return;
	case DIST_TRIANGULAR:
		for (size_t i = 0; i < n; i++)
			u[i] = u[i] < s->c ? s->a + s->d * sqrt(s->c * u[i]) :
			    s->b - s->d * sqrt((1.0 - s->c) * (1.0 - u[i]));
		return;
	case DIST_EMPIRICAL:
		for (size_t i = 0; i < n; i++) {
			double x = u[i] * (double)s->n - 0.5, most = (double)(s->n - 1);
			size_t k;

			x = x < 0.0 ? 0.0 : x > most ? most : x;
			k = (size_t)x;
			u[i] = k + 1 < s->n ? s->value[k] + (x - (double)k) * (s->value[k + 1] - s->value[k]) : s->value[k];
		}
		return;
	case DIST_HISTOGRAM:
		for (size_t i = 0; i < n; i++) {
			size_t k = find(s->cumulative, s->n, u[i]);
			double v = within_stretch(u[i], k > 0 ? s->cumulative[k - 1] : 0.0, s->cumulative[k]);

			u[i] = s->value[k] + v * (s->value[k + 1] - s->value[k]);
		}
		return;
	case DIST_MIXTURE:
		invert_mixture(s, n, u);
		return;
	case DIST_NONE:
	case DIST_KINDS:
		break;
	}
	for (size_t i = 0; i < n; i++)
		u[i] = INFINITY;
}

void
sampler_invert(const struct sampler *s, size_t n, double *u)
{
	for (size_t i = 0; i < n; i += BLOCK)
		invert_block(s, n - i < BLOCK ? n - i : BLOCK, u + i);
}

void
sampler_fill(const struct sampler *s, const struct rng *g, unsigned group, uint64_t first, size_t n, double *out)
{
	if (s->kind == DIST_DETERMINISTIC || s->kind == DIST_NONE) {
		invert_block(s, n, out);
		return;
	}
	for (size_t i = 0; i < n; i += BLOCK) {
		size_t now = n - i < BLOCK ? n - i : BLOCK;

		rng_uniform(g, group, first + i, now, out + i);
		invert_block(s, now, out + i);
	}
}

double
sampler_one(const struct sampler *s, const struct rng *g, unsigned group, uint64_t index)
{
	double x;

	sampler_fill(s, g, group, index, 1, &x);
	return x;
}

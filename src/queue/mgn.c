/* queue/mgn.c: the offered wait's density, integrated about its peak
 *
 * phi(x) is written (lambda - N mu) x - lambda K(x), K the integral of the patience's distribution function: both terms
 * vanish at 0 and neither is the small difference of large numbers. */
#include "queue/mgn.h"

#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/plain.h"
#include "queue/quadrature.h"

static const double FADE = 46;			/* e^-46 = 1e-20: beyond it the density is nothing */
static const double RELATIVE = 1e-13;
enum { EDGES_MAX = 16, BISECTIONS = 200 };

/* ---- the patience --------------------------------------------------------------------------------------------------- */

/* A distribution with what makes the integral of its survival cheap: for tables, the integral up to each point. */
struct law {
	const struct dist *d;
	double theta;			/* exponential of this rate when d is NULL */
	double *upto;			/* [points of d->value] integral of P(S > u) from 0 to value[i] */
	struct law *part;		/* [d->n] for a mixture */
};

static size_t
table_points(const struct dist *d)
{
	if (d->kind == DIST_EMPIRICAL)
		return d->n;
	return d->kind == DIST_HISTOGRAM ? d->n + 1 : 0;
}

/* P(S <= x) just below x and at x differ where there is mass: the first and last point of an empirical table. */
static double
cdf_between(const struct dist *d, double low, double high)
{
	return dist_cdf(d, (low + high) / 2);
}

static struct law
law_make(struct arena *a, const struct dist *d)
{
	struct law law = { .d = d };
	size_t points = table_points(d);

	if (points > 0) {
		law.upto = arena_array(a, points, sizeof(*law.upto));
		law.upto[0] = d->value[0];
		for (size_t i = 1; i < points; i++)
			law.upto[i] = law.upto[i - 1] + (d->value[i] - d->value[i - 1]) *
			    (1 - cdf_between(d, d->value[i - 1], d->value[i]));
	}
	if (d->kind == DIST_MIXTURE) {
		law.part = arena_array(a, d->n, sizeof(*law.part));
		for (size_t i = 0; i < d->n; i++)
			law.part[i] = law_make(a, &d->part[i]);
	}
	return law;
}

static double
law_cdf(const struct law *law, double x)
{
	return law->d == NULL ? -expm1(-law->theta * x) : dist_cdf(law->d, x);
}

/* z - (1 - e^-z), without cancellation. */
static double
late(double z)
{
	double term = z * z / 2, sum = term;

	if (z > 0.7)
		return z + expm1(-z);
	for (double k = 3; fabs(term) > 1e-18 * sum; k++) {
		term *= -z / k;
		sum += term;
	}
	return sum;
}

static double
table_integral(const struct law *law, double x)
{
	const struct dist *d = law->d;
	size_t low = 0, high = table_points(d) - 1;

	if (x <= d->value[0])
		return x;
	if (x >= d->value[high])
		return law->upto[high];
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (d->value[middle] <= x)
			low = middle;
		else
			high = middle;
	}
	return law->upto[low] + (x - d->value[low]) * (1 - cdf_between(d, d->value[low], x));
}

static double
gamma_partial(double shape, double scale, double x)
{
	return shape * scale * plain_gamma_p(shape + 1, x / scale);
}

static double
triangular_partial(const struct dist *d, double x)
{
	double width = d->high - d->low, up = fmin(x, d->mode) - d->low, sum = 0;

	if (x <= d->low)
		return 0;
	/* Rising: density 2 u / (width (mode - low)) at low + u; falling likewise from the top. */
	if (d->mode > d->low)
		sum = (up * up * d->low + 2 * up * up * up / 3) / (width * (d->mode - d->low));
	if (x > d->mode && d->high > d->mode) {
		double from = d->high - d->mode, to = d->high - fmin(x, d->high);

		sum += (d->high * (from * from - to * to) - 2 * (from * from * from - to * to * to) / 3) / (width * from);
	}
	return sum;
}

double
dist_partial_mean(const struct dist *d, double x)
{
	double sigma2, shape, p, sum = 0, total = 0;

	if (!(x > 0))
		return 0;
	switch (d->kind) {
	case DIST_DETERMINISTIC:
		return x >= d->mean ? d->mean : 0;
	case DIST_EXPONENTIAL:
		return d->mean > 0 ? gamma_partial(1, d->mean, x) : 0;
	case DIST_ERLANG:
		return d->mean > 0 ? gamma_partial(d->phases, d->mean / d->phases, x) : 0;
	case DIST_GAMMA:
		shape = 1 / (d->cv * d->cv);
		return d->mean > 0 ? gamma_partial(shape, d->mean / shape, x) : 0;
	case DIST_LOGNORMAL:
		if (!(d->mean > 0))
			return 0;
		sigma2 = log1p(d->cv * d->cv);
		return d->mean * plain_normal_cdf((log(x / d->mean) - sigma2 / 2) / sqrt(sigma2));
	case DIST_HYPEREXPONENTIAL:
		if (d->mean_1 > 0 || d->mean_2 > 0)
			return (d->mean_1 > 0 ? d->p * gamma_partial(1, d->mean_1, x) : 0) +
			    (d->mean_2 > 0 ? (1 - d->p) * gamma_partial(1, d->mean_2, x) : 0);
		p = (1 + sqrt((d->cv * d->cv - 1) / (d->cv * d->cv + 1))) / 2;
		if (p >= 1)
			return gamma_partial(1, d->mean, x);
		return d->mean > 0 ? p * gamma_partial(1, d->mean / (2 * p), x) +
		    (1 - p) * gamma_partial(1, d->mean / (2 * (1 - p)), x) : 0;
	case DIST_WEIBULL:
		return d->scale > 0 ? dist_mean(d) * plain_gamma_p(1 + 1 / d->shape, pow(x / d->scale, d->shape)) : 0;
	case DIST_UNIFORM:
		x = fmin(x, d->high);
		return x > d->low ? (x * x - d->low * d->low) / (2 * (d->high - d->low)) : x >= d->high ? d->high : 0;
	case DIST_TRIANGULAR:
		return triangular_partial(d, x);
	case DIST_MIXTURE:
		for (size_t i = 0; i < d->n; i++) {
			total += d->weight[i];
			sum += d->weight[i] * dist_partial_mean(&d->part[i], x);
		}
		return sum / total;
	case DIST_EMPIRICAL:
	case DIST_HISTOGRAM:		/* law_make's table serves them; here as x P(S <= x) less its integral */
	case DIST_NONE:
	case DIST_KINDS:
		break;
	}
	return NAN;
}

/* The integral of P(S <= u) from 0 to x. */
static double
law_early(const struct law *law, double x)
{
	double sum = 0, total = 0;

	if (law->d == NULL)
		return late(law->theta * x) / law->theta;
	if (law->upto != NULL)
		return x - table_integral(law, x);
	if (law->part == NULL)
		return x * dist_cdf(law->d, x) - dist_partial_mean(law->d, x);
	for (size_t i = 0; i < law->d->n; i++) {
		total += law->d->weight[i];
		sum += law->d->weight[i] * law_early(&law->part[i], x);
	}
	return sum / total;
}

double
dist_survival_integral(const struct dist *d, double x)
{
	struct arena *a = arena_open();
	struct law law = law_make(a, d);
	double h = x > 0 ? x - law_early(&law, x) : 0;

	arena_close(a);
	return h;
}

/* Where the distribution function has a corner. */
static size_t
law_kinks(const struct law *law, double *out, size_t most)
{
	const struct dist *d = law->d;
	size_t n = 0;
	double kink[3] = { 0 };
	size_t n_kinks = 0;

	if (d == NULL)
		return 0;
	if (d->kind == DIST_DETERMINISTIC)
		kink[n_kinks++] = d->mean;
	if (d->kind == DIST_UNIFORM || d->kind == DIST_TRIANGULAR) {
		kink[n_kinks++] = d->low;
		kink[n_kinks++] = d->high;
	}
	if (d->kind == DIST_TRIANGULAR)
		kink[n_kinks++] = d->mode;
	if (table_points(d) > 0) {
		kink[n_kinks++] = d->value[0];
		kink[n_kinks++] = d->value[table_points(d) - 1];
	}
	for (size_t i = 0; i < n_kinks && n < most; i++)
		out[n++] = kink[i];
	for (size_t i = 0; d->kind == DIST_MIXTURE && i < d->n && n < most; i++)
		n += law_kinks(&law->part[i], out + n, most - n);
	return n;
}

/* ---- the offered wait ------------------------------------------------------------------------------------------------- */

struct offered {
	const struct law *law;
	double lambda, drift;		/* arrivals; lambda - N mu */
	double peak_at, peak;		/* of phi */
	double left, right;		/* outside, the density is nothing */
};

static double
phi(const struct offered *o, double x)
{
	return o->drift * x - o->lambda * law_early(o->law, x);
}

static double
density(const void *context, double x)
{
	const struct offered *o = context;

	return exp(phi(o, x) - o->peak);
}

static double
density_impatient(const void *context, double x)
{
	const struct offered *o = context;

	return law_cdf(o->law, x) * density(context, x);
}

static double
density_patient(const void *context, double x)
{
	const struct offered *o = context;

	return (1 - law_cdf(o->law, x)) * density(context, x);
}

/* Times H(x): the mean of the shorter of offered wait and patience. */
static double
density_wait(const void *context, double x)
{
	const struct offered *o = context;

	return (x - law_early(o->law, x)) * density(context, x);
}

/* The slope of phi. */
static double
slope(const struct offered *o, double x)
{
	return o->drift - o->lambda * law_cdf(o->law, x);
}

static bool
offered_make(const struct law *law, double lambda, double drift, struct offered *o)
{
	double low = 0, high = 1;

	*o = (struct offered){ .law = law, .lambda = lambda, .drift = drift };
	if (drift > 0) {
		while (slope(o, high) > 0) {
			low = high;
			high *= 2;
			if (high > 1e30)
				return false;
		}
		for (int i = 0; i < BISECTIONS && (low + high) / 2 > low && (low + high) / 2 < high; i++) {
			double middle = (low + high) / 2;

			if (slope(o, middle) > 0)
				low = middle;
			else
				high = middle;
		}
		o->peak_at = high;
	}
	o->peak = phi(o, o->peak_at);
	for (low = 0, high = o->peak_at; high - low > 1e-6 * (o->peak_at - low) && o->peak - phi(o, low) > FADE; ) {
		double middle = (low + high) / 2;

		if (o->peak - phi(o, middle) > FADE)
			low = middle;
		else
			high = middle;
	}
	o->left = low;
	high = 1e-9;
	while (o->peak - phi(o, o->peak_at + high) < FADE) {
		high *= 2;
		if (high > 1e30)
			return false;
	}
	o->right = o->peak_at + high;
	return true;
}

/* The integral of f from left to `end` (at most right), broken where it has corners. */
static double
offered_integral(const struct offered *o, integrand *f, double end)
{
	double edge[EDGES_MAX], kink[EDGES_MAX];
	size_t n = 0, n_kinks = law_kinks(o->law, kink, EDGES_MAX - 8);
	double last = fmin(end, o->right);

	if (!(last > o->left))
		return 0;
	edge[n++] = o->left;
	edge[n++] = last;
	if (o->peak_at > o->left && o->peak_at < last)
		edge[n++] = o->peak_at;
	/* The doubling may have overshot: the mass lies near the peak. */
	for (double part = 0.25; part > 0.05; part /= 3) {
		double x = o->peak_at + part * (o->right - o->peak_at);

		if (x < last)
			edge[n++] = x;
	}
	for (size_t i = 0; i < n_kinks; i++) {
		if (kink[i] > o->left && kink[i] < last)
			edge[n++] = kink[i];
	}
	for (size_t i = 1; i < n; i++) {
		double x = edge[i];
		size_t j = i;

		for (; j > 0 && edge[j - 1] > x; j--)
			edge[j] = edge[j - 1];
		edge[j] = x;
	}
	return integrate(f, o, edge, n, RELATIVE);
}

static void
figures(const struct erlang_line *in, const struct offered *o, struct erlang_figures *out)
{
	double load = in->arrival_rate * in->mean_service, log_b = erlang_b(in->servers - 1, load), odds;
	double all = offered_integral(o, density, INFINITY);

	log_b = log_b > 0 ? log(log_b) : erlang_log_b(in->servers - 1, load);
	odds = log(o->lambda) + log_b + o->peak + log(all);	/* ln of P(V > 0) / P(V = 0) */
	*out = (struct erlang_figures){ .p_wait = 1 / (1 + exp(-odds)) };
	out->p_abandon = out->p_wait * offered_integral(o, density_impatient, INFINITY) / all;
	out->mean_wait = out->p_wait * offered_integral(o, density_wait, INFINITY) / all;
	out->mean_queue = in->arrival_rate * out->mean_wait;
	out->utilisation = load * (1 - out->p_abandon) / in->servers;
	out->service_level = 1 - out->p_wait * (1 - offered_integral(o, density_patient, in->limit) / all);
}

static double
drift_of(const struct erlang_line *in)
{
	return (in->arrival_rate * in->mean_service - in->servers) / in->mean_service;
}

double
exponential_answered(double arrival_rate, double drift, double theta, double t)
{
	struct law law = { .theta = theta };
	struct offered o;

	if (!(t > 0) || !offered_make(&law, arrival_rate, drift, &o))
		return 0;
	return offered_integral(&o, density_patient, t) / offered_integral(&o, density, INFINITY);
}

void
exponential_figures(const struct erlang_line *in, struct erlang_figures *out)
{
	struct law law = { .theta = 1 / in->mean_patience };
	struct offered o;

	(void)offered_make(&law, in->arrival_rate, drift_of(in), &o);
	figures(in, &o, out);
}

/* Lines of which the formula has nothing to say: nobody comes, no servers, no service time. */
static bool
is_trivial(const struct erlang_line *in, const struct dist *patience, struct erlang_figures *out)
{
	struct erlang_line exponential = *in;
	struct err ignored = { 0 };

	exponential.mean_patience = dist_mean(patience);
	if (in->arrival_rate > 0 && in->mean_service > 0 && in->servers > 0 && exponential.mean_patience > 0)
		return false;
	return erlang_a_figures(&exponential, out, &ignored);
}

bool
mmng_figures(struct arena *a, const struct erlang_line *in, const struct dist *patience, struct erlang_figures *out,
    struct err *err)
{
	struct law law = law_make(a, patience);
	struct offered o;

	if (is_trivial(in, patience, out))
		return true;
	if (!offered_make(&law, in->arrival_rate, drift_of(in), &o)) {
		(void)err_set(err, ERR_INPUT, "no steady state: utilisation is 1 or more and nobody gives up");
		err->field = "patience";
		return false;
	}
	figures(in, &o, out);
	return true;
}

double
mmng_over(struct arena *a, const struct erlang_line *in, const struct dist *patience, double t)
{
	struct law law = law_make(a, patience);
	struct erlang_figures all;
	struct offered o;

	if (is_trivial(in, patience, &all))
		return in->servers > 0 || !(in->arrival_rate > 0) ? 0 : 1 - dist_cdf(patience, t);
	if (!offered_make(&law, in->arrival_rate, drift_of(in), &o))
		return NAN;
	figures(in, &o, &all);
	return all.p_wait * (1 - dist_cdf(patience, t)) *
	    (1 - offered_integral(&o, density, t) / offered_integral(&o, density, INFINITY));
}

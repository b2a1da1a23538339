/* queue/staffing.c: search over the formulas */
#include "queue/staffing.h"

#include <math.h>

#include "base/err.h"
#include "queue/mgn.h"
#include "queue/plain.h"
#include "queue/quadrature.h"

static bool
meets(const struct erlang_figures *f, const struct staffing_target *t)
{
	return f->service_level >= t->service_level && f->p_abandon <= t->max_abandon && f->mean_wait <= t->max_mean_wait;
}

/* False also where the formula refuses: too few servers. */
static bool
enough(struct erlang_line *line, double servers, const struct staffing_target *target, struct erlang_figures *out)
{
	struct err refused = { 0 };

	line->servers = servers;
	return erlang_a_figures(line, out, &refused) && meets(out, target);
}

bool
staffing_least(struct erlang_line *line, const struct staffing_target *target, struct erlang_figures *out, struct err *err)
{
	double load = line->arrival_rate * line->mean_service, low, high, step = 1;

	line->servers = 0;
	if (!erlang_check(line, err))
		return false;
	if (!(target->service_level >= 0 && target->service_level < 1))
		return err_input(err, "target_service_level", N_("must be from 0 to below 1"));
	if (!(target->max_abandon >= 0 && target->max_abandon <= 1))
		return err_input(err, "max_abandon", N_("must be from 0 to 1"));
	if (!(target->max_mean_wait >= 0))
		return err_input(err, "max_mean_wait", N_("must be 0 seconds or more"));
	if (!(line->arrival_rate > 0)) {
		(void)enough(line, 0, target, out);
		return true;
	}
	low = isinf(line->mean_patience) ? floor(load) : 0;	/* not enough, or not known */
	if (enough(line, low, target, out))
		return true;
	for (high = low + step; !enough(line, high, target, out); high = low + step) {
		low = high;
		/* Nobody needs many more than the load: long steps up to it, then doubling from its square root. */
		step = low < load - 4 * sqrt(load) - 2 ? fmax(1, (load - low) / 2) : step * 2;
		step = ceil(step);
		if (low + step > ERLANG_SERVERS_MAX)
			return err_input(err, target->max_abandon < 1 ? "max_abandon" : "target_service_level",
			    N_("cannot be met with 10,000,000 servers"));
	}
	while (high - low > 1) {
		double middle = floor((low + high) / 2);

		if (enough(line, middle, target, out))
			high = middle;
		else
			low = middle;
	}
	return enough(line, high, target, out);
}

static double
rate_at(const struct transient_piece *p, double t)
{
	return p->rate + (p->rate_to - p->rate) * (t - p->from) / (p->to - p->from);
}

double
arrivals_between(const struct transient_piece *piece, size_t n, double from, double to)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double low = fmax(from, piece[i].from), high = fmin(to, piece[i].to);

		if (high > low)
			sum += (rate_at(&piece[i], low) + rate_at(&piece[i], high)) / 2 * (high - low);
	}
	return sum;
}

struct survival { const struct dist *service; double far; };

static double
survival_between(const void *context, double u)
{
	const struct survival *s = context;

	return dist_survival_integral(s->service, s->far) - dist_survival_integral(s->service, u);
}

/* On a piece the integral over u of (rate at its end + slope (near - u)) G(u): by parts with H, the integral of G. */
double
offered_load_at(const struct transient_piece *piece, size_t n, const struct dist *service, double t)
{
	double load = 0;

	for (size_t i = 0; i < n && piece[i].from < t; i++) {
		double end = fmin(t, piece[i].to), slope = (piece[i].rate_to - piece[i].rate) / (piece[i].to - piece[i].from);
		double near = t - end, far = t - piece[i].from, mean = dist_mean(service);
		double edge[3] = { near, fmin(near + 4 * mean, far), far };
		struct survival s = { service, far };

		load += rate_at(&piece[i], end) * survival_between(&s, near);
		if (slope != 0)
			load -= slope * integrate(survival_between, &s, edge, ARRAY_LEN(edge), 1e-9);
	}
	return load;
}

static double
period_rate(const struct staffing_day *in, enum staffing_rule rule, double from)
{
	double to = from + in->period, mean = dist_mean(in->service), sum = 0;

	switch (rule) {
	case STAFFING_SIPP:
		return arrivals_between(in->piece, in->n_pieces, from, to) / in->period;
	case STAFFING_LAG_SIPP:
		return arrivals_between(in->piece, in->n_pieces, from - mean, to - mean) / in->period;
	case STAFFING_MOL:
		break;
	}
	/* The highest load within the period is what the rule staffs for. */
	for (int k = 0; k <= 4; k++)
		sum = fmax(sum, offered_load_at(in->piece, in->n_pieces, in->service, from + in->period * k / 4));
	return mean > 0 ? sum / mean : 0;
}

bool
staffing_by_period(const struct staffing_day *in, enum staffing_rule rule, double *servers, double *load,
    struct erlang_figures *figures, struct err *err)
{
	double mean = dist_mean(in->service);

	if (!(in->period > 0))
		return err_input(err, "period", N_("must be above 0 seconds"));
	for (size_t i = 0; i < in->n; i++) {
		struct erlang_line line = { .mean_service = mean, .mean_patience = in->mean_patience, .limit = in->limit };
		struct err ignored = { 0 };
		struct erlang_figures f;

		line.arrival_rate = period_rate(in, rule, (double)i * in->period);
		if (!staffing_least(&line, &in->target, &f, err))
			return false;
		if (line.arrival_rate > 0 && line.servers < in->least) {
			line.servers = in->least;
			(void)erlang_a_figures(&line, &f, &ignored);
		}
		servers[i] = line.servers;
		if (load != NULL)
			load[i] = line.arrival_rate * mean;
		if (figures != NULL)
			figures[i] = f;
	}
	return true;
}

double
staffing_scheduled(double needed, double shrinkage)
{
	return ceil(needed / (1 - shrinkage) - 1e-9);
}

double
square_root_staff(double load, double beta)
{
	return ceil(load + beta * sqrt(load));
}

double
halfin_whitt(double beta)
{
	double density = exp(-beta * beta / 2) / sqrt(2 * M_PI);

	return 1 / (1 + beta * plain_normal_cdf(beta) / density);
}

/* queue/erlang.c: B by sums of a few hundred terms, C from B, A and its relatives by birth and death */
#include "queue/erlang.h"

#include <float.h>
#include <math.h>

#include "base/err.h"
#include "queue/birth_death.h"
#include "queue/mgn.h"
#include "queue/plain.h"
#include "queue/quadrature.h"

enum { LANES = 8, RECURSION_MAX = 24 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

static const double TAIL = 40;		/* a sum stops where its terms are below e^-40 of the largest */
static const double NEAR = 6;		/* standard deviations below the servers within which the rising sum is used */

/* ---- Erlang B --------------------------------------------------------------------------------------------------- */

static double
b_by_recursion(double servers, double load)
{
	double b = 1;

	for (double n = 1; n <= servers; n++)
		b = load * b / (n + load * b);
	return b;
}

/* Terms until e^-TAIL where each next factor is exp(-slope - j / scale). */
static size_t
terms_until_tail(double slope, double scale)
{
	return (size_t)(2 * TAIL / (slope + sqrt(slope * slope + 2 * TAIL / scale))) + 2;
}

/* c + p s is what a run of steps s -> 1 + r s makes of s. Eight runs side by side, then joined from the last to the first. */
static double
join(lanes c, lanes p)
{
	double s = 1;

	for (int i = LANES; i-- > 0; )
		s = c[i] + p[i] * s;
	return s;
}

/* 1/B = sum over k of N (N-1) .. (N-k+1) / a^k: terms rise while N - k > a, then fall. */
static double
b_by_rising_sum(double servers, double load)
{
	double rise = fmax(0, servers - load);
	double slope = load > servers ? log(load / servers) : 0;
	double n_terms = fmin(servers, rise + (double)terms_until_tail(slope, fmin(servers, load)));
	size_t run = (size_t)(n_terms / LANES) + 1;
	lanes left, c = { 0 }, p;

	for (int i = 0; i < LANES; i++) {
		left[i] = servers - (double)((size_t)(i + 1) * run - 1);
		p[i] = 1;
	}
	for (size_t j = 0; j < run; j++) {
		lanes r = left / load;	/* times 1 / load would err the same way in every factor */

		c = 1 + r * c;
		p = r * p;
		left = left + 1;
	}
	return 1 / join(c, p);
}

/* n ln(n/a) + a - n without cancellation (Loader 2000). */
static double
deviance(double n, double a)
{
	double d = n - a, v = d / (n + a), sum, term;

	if (fabs(d) >= 0.1 * (n + a))
		return n * log(n / a) + a - n;
	sum = d * v;
	term = 2 * n * v;
	for (int j = 1; j < 1000; j++) {
		double next;

		term *= v * v;
		next = sum + term / (2 * j + 1);
		if (next == sum)
			break;
		sum = next;
	}
	return sum;
}

/* e^-a a^n / n!, n > RECURSION_MAX. */
static double
poisson(double n, double a)
{
	double z = 1 / (n * n);
	double stirling = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - z / 1188) * z) * z) * z) / n;

	return exp(-stirling - deviance(n, a)) / sqrt(2 * M_PI * n);
}

/* B = p / P(X <= N), X Poisson(a); P(X > N) / p = sum of a^k / ((N+1) .. (N+k)), whose terms fall from the start. */
static double
b_by_poisson(double servers, double load)
{
	double p_n = poisson(servers, load), beyond;
	size_t run = terms_until_tail(log(servers / load), 2 * servers) / LANES + 1;
	lanes at, c = { 0 }, p;

	for (int i = 0; i < LANES; i++) {
		at[i] = servers + (double)((size_t)(i + 1) * run);
		p[i] = 1;
	}
	for (size_t j = 0; j < run; j++) {
		lanes r = load / at;

		c = 1 + r * c;
		p = r * p;
		at = at - 1;
	}
	beyond = join(c, p) - 1;
	return p_n / (1 - p_n * beyond);
}

double
erlang_b(double servers, double load)
{
	if (!(load > 0))
		return servers > 0 ? 0 : 1;
	if (servers <= RECURSION_MAX)
		return b_by_recursion(servers, load);
	if (load < servers - NEAR * sqrt(servers))
		return b_by_poisson(servers, load);
	return b_by_rising_sum(servers, load);
}

double
erlang_log_b(double servers, double load)
{
	double minus_log = 0;

	if (!(load > 0))
		return servers > 0 ? -INFINITY : 0;
	for (double n = 1; n <= servers; n++) {
		double x = minus_log + log(n / load);

		minus_log = x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
	}
	return -minus_log;
}

void
erlang_b_table(double load, size_t n, double *out)
{
	out[0] = 1;
	for (size_t i = 1; i <= n; i++)
		out[i] = load * out[i - 1] / ((double)i + load * out[i - 1]);
}

/* ---- Erlang C --------------------------------------------------------------------------------------------------- */

double
erlang_c(double servers, double load)
{
	double b = erlang_b(servers, load);

	return servers > 0 ? servers * b / ((servers - load) + load * b) : 1;
}

static bool
check_number(double x, double most, const char *field, const char *range, struct err *err)
{
	return (x >= 0 && x <= most) || err_input(err, field, range);
}

bool
erlang_check(struct erlang_line *line, struct err *err)
{
	line->servers = ceil(line->servers);
	return check_number(line->servers, ERLANG_SERVERS_MAX, "servers", N_("must be from 0 to 10,000,000"), err) &&
	    check_number(line->arrival_rate, ERLANG_RATE_MAX, "arrival_rate", N_("must be from 0 to 1e9 per second"), err) &&
	    check_number(line->mean_service, ERLANG_SECONDS_MAX, "mean_service", N_("must be from 0 to 1e9 seconds"), err) &&
	    check_number(line->limit, ERLANG_SECONDS_MAX, "limit", N_("must be from 0 to 1e9 seconds"), err) &&
	    check_number(line->mean_patience, INFINITY, "mean_patience", N_("must be 0 seconds or more"), err);
}

double
erlang_growth_per_hour(const struct erlang_line *in)
{
	double capacity = in->mean_service > 0 ? in->servers / in->mean_service : INFINITY;

	return fmax(0, in->arrival_rate - capacity) * 3600;
}

static bool
refuse_overload(const struct erlang_line *in, struct err *err)
{
	double load = in->arrival_rate * in->mean_service;

	if (load > in->servers)
		(void)err_set(err, ERR_INPUT, "overload: the line grows as long as the rush lasts, by %.6g persons an hour (%.6g erlang "
		    "for %.0f servers: no steady state); ask transient for a limited time, erlang-a if people give up, or give %.0f "
		    "servers or more", erlang_growth_per_hour(in), load, in->servers, floor(load) + 1);
	else
		(void)err_set(err, ERR_INPUT, "overload: the line grows as long as the rush lasts, ever more slowly (%.6g erlang for %.0f "
		    "servers, all of their time: no steady state); ask transient for a limited time, erlang-a if people give up, or "
		    "give %.0f servers or more", load, in->servers, floor(load) + 1);
	err->field = "servers";
	return false;
}

/* Nobody comes, or service takes no time: all are answered at once. */
static struct erlang_figures
at_once(const struct erlang_line *in)
{
	return (struct erlang_figures){ .utilisation = in->servers > 0 ? 0 : NAN, .service_level = 1 };
}

static bool
is_idle(const struct erlang_line *in)
{
	return !(in->arrival_rate > 0) || (in->servers > 0 && !(in->mean_service > 0));
}

bool
erlang_c_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err)
{
	double load = in->arrival_rate * in->mean_service, spare = in->servers - load, c, drain;

	if (is_idle(in)) {
		*out = at_once(in);
		return true;
	}
	if (!(spare > 0))
		return refuse_overload(in, err);
	c = erlang_c(in->servers, load);
	drain = spare / in->mean_service;
	*out = (struct erlang_figures){
		.utilisation = load / in->servers, .p_wait = c, .mean_wait = c / drain, .mean_queue = in->arrival_rate * c / drain,
		.service_level = 1 - c * exp(-drain * in->limit),
	};
	return true;
}

double
erlang_c_over(const struct erlang_line *in, double t)
{
	double load = in->arrival_rate * in->mean_service;

	if (is_idle(in))
		return 0;
	if (load >= in->servers)
		return NAN;
	return erlang_c(in->servers, load) * exp(-(in->servers - load) / in->mean_service * t);
}

double
erlang_c_quantile(const struct erlang_line *in, double p)
{
	double load = in->arrival_rate * in->mean_service, c;

	if (is_idle(in))
		return 0;
	if (load >= in->servers)
		return NAN;
	c = erlang_c(in->servers, load);
	return c <= 1 - p ? 0 : log(c / (1 - p)) * in->mean_service / (in->servers - load);
}

/* ---- Erlang A, finite lines, balking ------------------------------------------------------------------------------ */

struct rates { double arrival, service, leave, servers, discouragement; };

static double
birth(const void *context, double n)
{
	const struct rates *r = context;

	if (r->discouragement > 0 && n > r->servers)
		return r->arrival / (1 + r->discouragement * (n - r->servers));
	return r->arrival;
}

static double
death(const void *context, double n)
{
	const struct rates *r = context;

	return n <= r->servers ? n * r->service : r->servers * r->service + (n - r->servers) * r->leave;
}

static struct birth_death
process(const struct erlang_line *in, double discouragement, double last, struct rates *r)
{
	*r = (struct rates){
		.arrival = in->arrival_rate, .service = 1 / in->mean_service, .servers = in->servers,
		.leave = isinf(in->mean_patience) ? 0 : 1 / in->mean_patience, .discouragement = discouragement,
	};
	return (struct birth_death){ .birth = birth, .death = death, .context = r, .servers = in->servers, .last = last };
}

/* Nobody waits: who finds no server free is gone. */
static struct erlang_figures
impatient(const struct erlang_line *in)
{
	double load = in->arrival_rate * in->mean_service, b = erlang_b(in->servers, load);

	return (struct erlang_figures){
		.utilisation = in->servers > 0 ? load * (1 - b) / in->servers : NAN,
		.p_wait = b, .p_abandon = b, .service_level = 1 - b,
	};
}

/* No servers: everybody waits until patience ends. */
static struct erlang_figures
unserved(const struct erlang_line *in)
{
	return (struct erlang_figures){
		.utilisation = NAN, .p_wait = 1, .p_abandon = 1, .mean_wait = in->mean_patience,
		.mean_queue = in->arrival_rate * in->mean_patience,
	};
}

/* So many wait that no server is ever free (e^-800 or less): as many are served as the servers can take, the rest give up,
 * and the wait is normal about the patience that just thins the arrivals to it. False when it is not so. */
static bool
crowded(const struct erlang_line *in, struct erlang_figures *out)
{
	double load = in->arrival_rate * in->mean_service, at_most = in->arrival_rate * in->mean_patience;
	double waiting = (load - in->servers) / load * at_most, typical, spread;

	if (at_most < 1e9 || !(waiting > 40 * sqrt(at_most)))
		return false;
	typical = in->mean_patience * log(load / in->servers);
	spread = sqrt(in->mean_patience * in->mean_service / in->servers);
	*out = (struct erlang_figures){
		.utilisation = 1, .p_wait = 1, .p_abandon = (load - in->servers) / load, .mean_queue = waiting,
		.mean_wait = waiting / in->arrival_rate,
		.service_level = in->servers / load * plain_normal_cdf((in->limit - typical) / spread),
	};
	return true;
}

bool
erlang_a_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err)
{
	struct birth_death_state state;
	struct birth_death bd;
	struct rates r;
	double answered;

	if (isinf(in->mean_patience))
		return erlang_c_figures(in, out, err);
	if (is_idle(in)) {
		*out = at_once(in);
		return true;
	}
	if (!(in->mean_patience > 0)) {
		*out = impatient(in);
		return true;
	}
	if (!(in->servers > 0)) {
		*out = unserved(in);
		return true;
	}
	if (crowded(in, out))
		return true;
	bd = process(in, 0, INFINITY, &r);
	if (in->arrival_rate * fmax(in->mean_patience, in->mean_service) > 1e11 || !birth_death_solve(&bd, &state)) {
		exponential_figures(in, out);
		return true;
	}
	answered = exponential_answered(r.arrival, (in->arrival_rate * in->mean_service - in->servers) * r.service, r.leave,
	    in->limit);
	*out = (struct erlang_figures){
		.utilisation = fmin(1, state.mean_busy / in->servers), .p_wait = state.p_wait, .mean_queue = state.mean_queue,
		.mean_wait = state.mean_queue / in->arrival_rate, .p_abandon = r.leave * state.mean_queue / in->arrival_rate,
		.service_level = 1 - state.p_wait * (1 - answered),
	};
	return true;
}

/* J(t) theta, by the series of the specification: (e^(eta - y) (y/eta)^c) times sum of y^k / (c (c+1) .. (c+k)). */
static double
palm_series(double eta, double c, double y)
{
	double log_front = eta - y + c * log(y / eta), term = 1 / c, sum = term;

	for (double k = 1; k < 1e8; k++) {
		term *= y / (c + k);
		sum += term;
		if (term < 1e-17 * sum && k > y - c)
			break;
	}
	return exp(log_front + log(sum));
}

bool
erlang_a_palm(const struct erlang_line *in, struct erlang_figures *out)
{
	double theta = 1 / in->mean_patience, mu = 1 / in->mean_service, lambda = in->arrival_rate;
	double eta = lambda / theta, c = in->servers * mu / theta, b, j, j_t, d, t = in->limit;

	if (is_idle(in) || !(in->servers > 0) || isinf(in->mean_patience) || !(in->mean_patience > 0))
		return false;
	b = erlang_b(in->servers - 1, lambda / mu);
	j = palm_series(eta, c, eta) / theta;
	j_t = palm_series(eta, c, eta * exp(-theta * t)) / theta;
	d = 1 + lambda * j * b;
	out->p_wait = lambda * j * b / d;
	out->p_abandon = (b + (lambda - in->servers * mu) * j * b) / d;
	out->mean_wait = out->p_abandon / theta;
	out->mean_queue = lambda * out->mean_wait;
	out->utilisation = lambda * (1 - out->p_abandon) / (in->servers * mu);
	out->service_level = 1 - out->p_wait +
	    b * (exp(eta * -expm1(-theta * t) - in->servers * mu * t) - 1 + in->servers * mu * (j - j_t)) / d;
	out->p_blocked = 0;
	return isfinite(d) && isfinite(out->service_level);
}

/* What a birth-death state says of a line that some never enter. */
static void
limited_figures(const struct erlang_line *in, const struct birth_death_state *s, struct erlang_figures *out)
{
	*out = (struct erlang_figures){
		.utilisation = in->servers > 0 ? s->mean_busy / in->servers : NAN, .p_wait = s->p_wait, .mean_queue = s->mean_queue,
		.mean_wait = s->birth_rate > 0 ? s->mean_queue / s->birth_rate : 0,
		.p_blocked = fmax(0, 1 - s->birth_rate / in->arrival_rate), .service_level = NAN,
		.p_abandon = isinf(in->mean_patience) ? 0 : s->mean_queue / in->mean_patience / in->arrival_rate,
	};
}

bool
erlang_finite(const struct erlang_line *in, double places, struct erlang_figures *out, struct err *err)
{
	struct birth_death_state state;
	struct birth_death bd;
	struct rates r;

	if (!(places >= in->servers && places <= ERLANG_SERVERS_MAX && places == floor(places)))
		return err_input(err, "places", N_("must be a whole number from the servers to 10,000,000"));
	if (is_idle(in)) {
		*out = at_once(in);
		out->service_level = NAN;
		return true;
	}
	bd = process(in, 0, places, &r);
	if (!(in->mean_patience > 0))
		bd.last = in->servers;		/* nobody waits, whatever the room */
	if (!birth_death_solve(&bd, &state))
		return refuse_overload(in, err);
	limited_figures(in, &state, out);
	out->p_blocked = state.p_full;
	if (!(in->mean_patience > 0))
		out->p_abandon = 0;
	return true;
}

bool
erlang_balking(const struct erlang_line *in, double discouragement, struct erlang_figures *out, struct err *err)
{
	struct birth_death_state state;
	struct birth_death bd;
	struct rates r;

	if (!(discouragement >= 0 && discouragement <= 1e6))
		return err_input(err, "discouragement", N_("must be from 0 to 1e6"));
	if (is_idle(in)) {
		*out = at_once(in);
		out->service_level = NAN;
		return true;
	}
	bd = process(in, discouragement, INFINITY, &r);
	if (!(in->servers > 0) || !(in->mean_patience > 0) || !birth_death_solve(&bd, &state))
		return refuse_overload(in, err);
	limited_figures(in, &state, out);
	return true;
}

/* ---- general and constant service ---------------------------------------------------------------------------------- */

struct moments
moments_lognormal(double mean, double cv)
{
	double g = 1 + cv * cv;

	return (struct moments){ mean, mean * mean * g, mean * mean * mean * g * g * g };
}

struct moments
moments_gamma(double mean, double cv)
{
	double c = cv * cv;

	return (struct moments){ mean, mean * mean * (1 + c), mean * mean * mean * (1 + c) * (1 + 2 * c) };
}

bool
mg1_figures(double arrival_rate, struct moments service, struct mg1 *out, struct err *err)
{
	struct erlang_line line = { .servers = 1, .arrival_rate = arrival_rate, .mean_service = service.first,
		.mean_patience = INFINITY };
	double rho = arrival_rate * service.first, wait;

	if (!erlang_check(&line, err))
		return false;
	if (!(service.second >= service.first * service.first * (1 - 1e-12)) || !isfinite(service.second))
		return err_input(err, "second_moment", N_("must be at least the mean squared"));
	if (rho >= 1)
		return refuse_overload(&line, err);
	wait = arrival_rate * service.second / (2 * (1 - rho));
	*out = (struct mg1){
		.utilisation = rho, .p_wait = rho, .mean_wait = wait, .mean_queue = arrival_rate * wait,
		.mean_wait_2 = service.third > 0 ? 2 * wait * wait + arrival_rate * service.third / (3 * (1 - rho)) : NAN,
	};
	return true;
}

/* The random walk of M/D/N: after k services' time, X - m with X Poisson(k a), m = k N. `over` is E[(X - m)+] / k,
 * `at_least` P(X >= m) / k; k need not be whole (the gamma function continues both). */
struct walk { double servers, load; };

static double
walk_over(const void *context, double k)
{
	const struct walk *w = context;
	double m = k * w->servers, mean = k * w->load, term = 1, sum = 0, weighted = 0;

	for (double j = 1; ; j++) {
		term *= mean / (m + j);
		sum += j * term;
		weighted = j * term;
		if (weighted < 1e-18 * sum)
			break;
	}
	return plain_gamma_term(m, mean) * sum / k;
}

static double
walk_at_least(const void *context, double k)
{
	const struct walk *w = context;

	return plain_gamma_p(k * w->servers, k * w->load) / k;
}

/* In ln k, so that many decades take few nodes. */
static double
walk_over_log(const void *context, double log_k)
{
	double k = exp(log_k);

	return walk_over(context, k) * k;
}

static double
walk_at_least_log(const void *context, double log_k)
{
	double k = exp(log_k);

	return walk_at_least(context, k) * k;
}

/* Sum over k >= 1 of f(k): the first terms one by one, the rest by Euler and Maclaurin, the integral in ln k. */
static double
walk_sum(integrand *f, integrand *f_log, const struct walk *w)
{
	enum { SINGLE = 48 };
	double rho = w->load / w->servers, sum = 0, f_k = 0, slope;
	/* P(X >= m) <= exp(-k N (rho - 1 - ln rho)): nothing is left beyond here. */
	double last = 45 / (w->servers * (rho - 1 - log(rho))), edge[9];

	for (double k = 1; k < SINGLE; k++) {
		f_k = f(w, k);
		sum += f_k;
		if (f_k < 1e-17 * sum)
			return sum;
	}
	if (last <= SINGLE)
		return sum;
	slope = (f(w, SINGLE + 0.01) - f(w, SINGLE - 0.01)) / 0.02;
	for (size_t i = 0; i < ARRAY_LEN(edge); i++)
		edge[i] = log(SINGLE) + log(last / SINGLE) * (double)i / (double)(ARRAY_LEN(edge) - 1);
	return sum + f(w, SINGLE) / 2 - slope / 12 + integrate(f_log, w, edge, ARRAY_LEN(edge), 1e-12);
}

/* Just after each constant service time the line is Q' = max(Q + X - N, 0): the maximum of a random walk, whose mean is
 * the sum of E[(S_k)+] / k, and which never comes back to 0 or above with probability exp(-sum of P(S_k >= 0) / k). */
bool
mdn_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err)
{
	struct walk w = { in->servers, in->arrival_rate * in->mean_service };

	if (is_idle(in)) {
		*out = at_once(in);
		out->service_level = NAN;
		return true;
	}
	if (!(w.load < w.servers))
		return refuse_overload(in, err);
	*out = (struct erlang_figures){ .utilisation = w.load / w.servers, .service_level = NAN };
	out->mean_queue = w.servers > 1 ? walk_sum(walk_over, walk_over_log, &w) : w.load * w.load / (2 * (1 - w.load));
	out->mean_wait = out->mean_queue / in->arrival_rate;
	out->p_wait = w.servers > 1 ? -expm1(-walk_sum(walk_at_least, walk_at_least_log, &w)) : w.load;
	return true;
}

bool
mgn_approximation(const struct erlang_line *in, double scv_arrival, double scv_service, struct erlang_figures *out,
    struct err *err)
{
	struct erlang_figures c;

	if (!(scv_arrival >= 0 && scv_arrival <= 1e6))
		return err_input(err, "scv_arrival", N_("must be from 0 to 1e6"));
	if (!(scv_service >= 0 && scv_service <= 1e6))
		return err_input(err, "scv_service", N_("must be from 0 to 1e6"));
	if (!erlang_c_figures(in, &c, err))
		return false;
	c.mean_wait *= (scv_arrival + scv_service) / 2;
	c.mean_queue *= (scv_arrival + scv_service) / 2;
	c.service_level = NAN;
	*out = c;
	return true;
}

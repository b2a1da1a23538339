/* queue/transient.c: uniformisation over the states that matter
 *
 * Row 0 holds the number in the system; row j the number waiting while c + j are in service (after servers left). Each row
 * keeps a window [low, high] outside of which every probability is below 1e-25 and counted as 0. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
/* The two innermost loops as vector code of this machine; the same bits, as in queue/kernel.c. */
#define CLONES __attribute__((optimize("O3"), target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#include "queue/transient.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/plain.h"

static const double NOTHING = 1e-25;
static const double BLOCK = 400;		/* mean number of jumps in one step: e^-400 does not underflow */
enum { JUMPS_MAX = 800, SLICE_S = 60, ROW_FIRST = 256 };

struct row {
	double *now, *next, *sum;	/* probabilities, after one more jump, and the mixture */
	size_t cap, low, high;		/* low > high: empty */
	size_t sum_low, sum_high;
};

struct line {
	struct arena *a;
	const struct transient *model;
	double servers, time, work;
	struct row *row;
	size_t n_rows, cap_rows;
	double *down; size_t cap_down;	/* death rate / q of row 0 */
	double mean, square; int still;	/* of row 0 after a step, and for how many steps they have not moved */
};

static bool
row_room(struct line *l, struct row *r, size_t states, struct err *err)
{
	size_t cap = r->cap > 0 ? r->cap : ROW_FIRST;

	if (states <= r->cap)
		return true;
	if (states > TRANSIENT_STATES_MAX) {
		(void)err_set(err, ERR_INPUT, "more than %d persons in the system: too large to compute", TRANSIENT_STATES_MAX);
		err->field = "arrivals";
		return false;
	}
	while (cap < states)
		cap *= 2;
	r->now = arena_grow(l->a, r->now, r->cap * sizeof(double), cap * sizeof(double));
	r->next = arena_grow(l->a, r->next, r->cap * sizeof(double), cap * sizeof(double));
	r->sum = arena_grow(l->a, r->sum, r->cap * sizeof(double), cap * sizeof(double));
	for (size_t i = r->cap; i < cap; i++)
		r->now[i] = r->next[i] = r->sum[i] = 0;
	r->cap = cap;
	return true;
}

static bool
rows_need(struct line *l, size_t n, struct err *err)
{
	if (n > l->cap_rows) {
		size_t cap = n + 8;

		if (cap > TRANSIENT_STATES_MAX)
			return err_input(err, "servers", N_("too many leave at once to compute"));
		l->row = arena_grow(l->a, l->row, l->cap_rows * sizeof(*l->row), cap * sizeof(*l->row));
		for (size_t i = l->cap_rows; i < cap; i++)
			l->row[i] = (struct row){ .low = 1 };
		l->cap_rows = cap;
	}
	for (size_t i = l->n_rows; i < n; i++) {
		l->row[i].low = 1;
		l->row[i].high = 0;
	}
	if (n > l->n_rows)
		l->n_rows = n;
	return true;
}

static bool
row_empty(const struct row *r)
{
	return r->low > r->high;
}

static bool
row_put(struct line *l, size_t j, size_t i, double p, struct err *err)
{
	struct row *r;

	if (!rows_need(l, j + 1, err))
		return false;
	r = &l->row[j];
	if (!row_room(l, r, i + 2, err))
		return false;
	if (row_empty(r)) {
		memset(r->now, 0, r->cap * sizeof(double));
		r->low = r->high = i;
	}
	for (; r->low > i; r->low--)
		r->now[r->low - 1] = 0;
	for (; r->high < i; r->high++)
		r->now[r->high + 1] = 0;
	r->now[i] += p;
	return true;
}

/* ---- one step of constant rates ----------------------------------------------------------------------------------- */

static double
death_rate(const struct line *l, double n)
{
	const struct transient *m = l->model;

	return fmin(n, l->servers) * m->service_rate + fmax(0, n - l->servers) * m->patience_rate;
}

/* Rates of row j at index i besides arrivals: services, and those who give up. */
static double
layer_service(const struct line *l, size_t j)
{
	return (l->servers + (double)j) * l->model->service_rate;
}

/* No state can be left faster than this during one step. */
static double
fastest(const struct line *l, double arrival_rate)
{
	double most = 0;

	for (size_t j = 0; j < l->n_rows; j++) {
		const struct row *r = &l->row[j];
		double top = (double)(r->high + JUMPS_MAX), rate;

		if (row_empty(r))
			continue;
		rate = j == 0 ? death_rate(l, top) : layer_service(l, j) + top * l->model->patience_rate;
		most = fmax(most, rate);
	}
	return arrival_rate + most;
}

/* y[1..n] after one jump. */
CLONES static void
jump_inside(size_t n, const double *restrict v, const double *restrict down, double up, double stay, double *restrict y)
{
	for (size_t i = 1; i <= n; i++)
		y[i] = v[i] * (stay - down[i]) + v[i - 1] * up + v[i + 1] * down[i + 1];
}

CLONES static void
add_weighted(size_t n, double weight, const double *restrict x, double *restrict sum)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += weight * x[i];
}

static void
jump_main(struct row *r, const double *down, double up, double stay)
{
	const double *v = r->now;
	double *y = r->next;
	size_t low = r->low > 0 ? r->low - 1 : 0, high = r->high + 1;

	if (low == r->low)
		y[low] = v[low] * stay + v[low + 1] * down[low + 1];
	else
		y[low] = v[low + 1] * down[low + 1];
	jump_inside(high - low - 1, v + low, down + low, up, stay, y + low);
	y[high] = v[high - 1] * up;
	r->low = low;
	r->high = high;
}

static void
jump_layer(struct row *r, double service, double leave, double up, double stay)
{
	const double *v = r->now;
	double *y = r->next;
	size_t low = r->low > 0 ? r->low - 1 : 0, high = r->high + 1;

	for (size_t w = low; w <= high; w++) {
		double here = w >= r->low && w <= r->high ? v[w] : 0;
		double below = w > r->low ? v[w - 1] : 0;
		double above = w + 1 >= r->low && w < r->high ? v[w + 1] : 0;

		y[w] = here * (stay - service - (double)w * leave) + below * up + above * (double)(w + 1) * leave;
	}
	r->low = low;
	r->high = high;
}

/* What row j lost to services comes to the row below: `v` is what row j was before the jump. */
static bool
flow_down(struct line *l, size_t j, size_t low, size_t high, double service, struct err *err)
{
	size_t shift = j == 1 ? (size_t)l->servers : 0;
	struct row *to = &l->row[j - 1];
	const double *v = l->row[j].now;

	if (!row_room(l, to, high + shift + 3, err))
		return false;
	if (row_empty(to)) {
		to->low = low + shift;
		to->high = high + shift;
		memset(to->next + to->low, 0, (to->high - to->low + 1) * sizeof(double));
	}
	for (; to->low > low + shift; to->low--)
		to->next[to->low - 1] = 0;
	for (; to->high < high + shift; to->high++)
		to->next[to->high + 1] = 0;
	for (size_t w = low; w <= high; w++)
		to->next[w + shift] += v[w] * service;
	return true;
}

static void
trim(struct row *r)
{
	while (r->low <= r->high && r->now[r->low] < NOTHING)
		r->low++;
	while (r->high > r->low && r->now[r->high] < NOTHING)
		r->high--;
}

/* One jump of the uniform chain in every row. A row only feeds the one below, so rows go upwards: the row below has already
 * jumped, and this one's old values are still in `now`. */
static bool
jump(struct line *l, double up, double q, struct err *err)
{
	double stay = 1 - up;

	for (size_t j = 0; j < l->n_rows; j++) {
		struct row *r = &l->row[j];
		size_t low = r->low, high = r->high;
		double service = j > 0 ? layer_service(l, j) / q : 0;

		if (row_empty(r))
			continue;
		if (!row_room(l, r, high + 3, err))
			return false;
		r->now[high + 1] = r->now[high + 2] = 0;
		if (low > 0)
			r->now[low - 1] = 0;
		if (j == 0)
			jump_main(r, l->down, up, stay);
		else
			jump_layer(r, service, l->model->patience_rate / q, up, stay);
		if (j > 0 && !flow_down(l, j, low, high, service, err))
			return false;
		l->work += (double)(high - low + 1);
	}
	for (size_t j = 0; j < l->n_rows; j++) {
		struct row *r = &l->row[j];
		double *old = r->now;

		if (row_empty(r))
			continue;
		r->now = r->next;
		r->next = old;
		trim(r);
	}
	return true;
}

static void
mix(struct line *l, double weight)
{
	for (size_t j = 0; j < l->n_rows; j++) {
		struct row *r = &l->row[j];

		if (row_empty(r))
			continue;
		if (r->sum_low > r->sum_high) {
			r->sum_low = r->low;
			r->sum_high = r->high;
			memset(r->sum + r->low, 0, (r->high - r->low + 1) * sizeof(double));
		}
		for (; r->sum_low > r->low; r->sum_low--)
			r->sum[r->sum_low - 1] = 0;
		for (; r->sum_high < r->high; r->sum_high++)
			r->sum[r->sum_high + 1] = 0;
		add_weighted(r->high - r->low + 1, weight, r->now + r->low, r->sum + r->low);
	}
}

static void
mixture_becomes_now(struct line *l, double total)
{
	for (size_t j = 0; j < l->n_rows; j++) {
		struct row *r = &l->row[j];
		double *old = r->now;

		if (r->sum_low > r->sum_high) {
			r->low = 1;
			r->high = 0;
			continue;
		}
		r->now = r->sum;
		r->sum = old;
		r->low = r->sum_low;
		r->high = r->sum_high;
		for (size_t i = r->low; i <= r->high; i++)
			r->now[i] /= total;
		trim(r);
	}
	while (l->n_rows > 1 && row_empty(&l->row[l->n_rows - 1]))
		l->n_rows--;
}

static bool
prepare_down(struct line *l, double q, struct err *err)
{
	size_t states = l->row[0].high + JUMPS_MAX + 4;

	/* Layers may reach higher than the row below. */
	for (size_t j = 1; j < l->n_rows; j++) {
		if (!row_empty(&l->row[j]) && l->row[j].high + (size_t)l->servers + JUMPS_MAX + 4 > states)
			states = l->row[j].high + (size_t)l->servers + JUMPS_MAX + 4;
	}
	if (states > TRANSIENT_STATES_MAX) {
		(void)err_set(err, ERR_INPUT, "more than %d persons in the system: too large to compute", TRANSIENT_STATES_MAX);
		err->field = "arrivals";
		return false;
	}
	if (states > l->cap_down) {
		l->down = arena_grow(l->a, l->down, l->cap_down * sizeof(double), 2 * states * sizeof(double));
		l->cap_down = 2 * states;
	}
	for (size_t n = 0; n < states; n++)
		l->down[n] = death_rate(l, (double)n) / q;
	return true;
}

/* Has the line come to rest: neither its mean nor its mean square has moved for so many steps? Then it never will. */
static bool
at_rest(struct line *l)
{
	enum { STEPS = 50 };
	const struct row *r = &l->row[0];
	double mean = 0, square = 0;

	for (size_t n = r->low; n <= r->high; n++) {
		mean += r->now[n] * (double)n;
		square += r->now[n] * (double)n * (double)n;
	}
	if (l->n_rows == 1 && fabs(mean - l->mean) <= 1e-13 * mean && fabs(square - l->square) <= 1e-13 * square)
		l->still++;
	else
		l->still = 0;
	l->mean = mean;
	l->square = square;
	return l->still >= STEPS;
}

/* p exp(Q h) with one arrival rate. */
static bool
step(struct line *l, double arrival_rate, double h, struct err *err)
{
	l->still = 0;
	while (h > 0) {
		double q = fastest(l, arrival_rate), now, mean, weight, total;

		/* The highest row 0 may come to through layers. */
		for (size_t j = 1; j < l->n_rows; j++)
			q = fmax(q, arrival_rate + death_rate(l, l->servers + (double)(l->row[j].high + JUMPS_MAX)));
		if (!(q > 0))
			return true;
		now = q * h > BLOCK ? BLOCK / q : h;
		mean = q * now;
		if (!prepare_down(l, q, err))
			return false;
		for (size_t j = 0; j < l->n_rows; j++) {
			l->row[j].sum_low = 1;
			l->row[j].sum_high = 0;
		}
		weight = total = exp(-mean);
		mix(l, weight);
		for (int k = 1; k < JUMPS_MAX && (k < mean || 1 - total > 1e-16) && (k < mean || weight > 1e-19); k++) {
			if (!jump(l, arrival_rate / q, q, err))
				return false;
			weight *= mean / k;
			total += weight;
			mix(l, weight);
		}
		mixture_becomes_now(l, total);
		if (l->work > TRANSIENT_WORK_MAX) {
			(void)err_set(err, ERR_INPUT, "too much work: shorten the time or lower the rates");
			err->field = "arrivals";
			return false;
		}
		if (at_rest(l))
			return true;
		h -= now;
	}
	return true;
}

/* ---- the day ---------------------------------------------------------------------------------------------------------- */

/* New servers take who waits; who is in service when servers leave finishes first. */
static bool
change_servers(struct line *l, double servers, struct err *err)
{
	struct line old = *l;

	if (servers == l->servers)
		return true;
	l->row = NULL;
	l->n_rows = l->cap_rows = 0;
	l->servers = servers;
	if (!rows_need(l, 1, err) || !row_room(l, &l->row[0], ROW_FIRST, err))
		return false;
	for (size_t j = 0; j < old.n_rows; j++) {
		const struct row *r = &old.row[j];

		for (size_t i = r->low; i <= r->high && !row_empty(r); i++) {
			double n = (double)i, busy = j > 0 ? old.servers + (double)j : fmin(n, old.servers);
			double waiting = j > 0 ? n : n - busy;
			bool over = busy > servers;

			if (!row_put(l, over ? (size_t)(busy - servers) : 0, (size_t)(over ? waiting : busy + waiting),
			    r->now[i], err))
				return false;
		}
	}
	return true;
}

static double
next_edge(const struct transient *m, double t, double until)
{
	double next = until;

	for (size_t i = 0; i < m->n_pieces; i++) {
		if (m->piece[i].from > t)
			next = fmin(next, m->piece[i].from);
		if (m->piece[i].to > t)
			next = fmin(next, m->piece[i].to);
	}
	for (size_t i = 0; i < m->n_staff; i++) {
		if (m->staff[i].at > t)
			next = fmin(next, m->staff[i].at);
	}
	return next;
}

static double
servers_at(const struct transient *m, double t)
{
	double servers = 0;

	for (size_t i = 0; i < m->n_staff && m->staff[i].at <= t; i++)
		servers = m->staff[i].servers;
	return servers;
}

static const struct transient_piece *
piece_at(const struct transient *m, double t)
{
	for (size_t i = 0; i < m->n_pieces; i++) {
		if (m->piece[i].from <= t && t < m->piece[i].to)
			return &m->piece[i];
	}
	return NULL;
}

static double
rate_in(const struct transient_piece *piece, double t)
{
	return piece->rate + (piece->rate_to - piece->rate) * (t - piece->from) / (piece->to - piece->from);
}

/* From l->time to `until`; arrivals may be shut out (after closing). */
static bool
advance(struct line *l, double until, bool closed, struct err *err)
{
	while (l->time < until) {
		double end = next_edge(l->model, l->time, until);
		const struct transient_piece *piece = closed ? NULL : piece_at(l->model, l->time);
		bool linear = piece != NULL && piece->rate != piece->rate_to;

		if (!closed && !change_servers(l, servers_at(l->model, l->time), err))
			return false;
		if (linear && end - l->time > SLICE_S)
			end = l->time + SLICE_S;
		if (linear) {
			/* Magnus of fourth order: two half steps at the mean rate less, then plus, a third of the rise. */
			double low = rate_in(piece, l->time), high = rate_in(piece, end), h = (end - l->time) / 2;

			if (!step(l, (low + high) / 2 - (high - low) / 3, h, err) ||
			    !step(l, (low + high) / 2 + (high - low) / 3, h, err))
				return false;
		} else if (!step(l, piece != NULL ? piece->rate : 0, end - l->time, err)) {
			return false;
		}
		l->time = end;
	}
	return closed || change_servers(l, servers_at(l->model, l->time), err);
}

static bool
check(const struct transient *m, struct err *err)
{
	double end = 0;

	if (!(m->service_rate > 0 && m->service_rate <= 1e9))
		return err_input(err, "service_rate", N_("must be above 0, at most 1e9 per second"));
	if (!(m->patience_rate >= 0 && m->patience_rate <= 1e9))
		return err_input(err, "patience_rate", N_("must be from 0 to 1e9 per second"));
	if (!(m->initial >= 0 && m->initial <= TRANSIENT_STATES_MAX / 2 && m->initial == floor(m->initial)))
		return err_input(err, "initial", N_("must be a whole number from 0 to 200,000"));
	if (m->n_staff == 0 || m->staff[0].at > 0)
		return err_input(err, "servers", N_("must be given from the start"));
	for (size_t i = 0; i < m->n_staff; i++) {
		if (!(m->staff[i].servers >= 0 && m->staff[i].servers <= TRANSIENT_STATES_MAX / 2 &&
		    m->staff[i].servers == floor(m->staff[i].servers)))
			return err_input(err, "servers", N_("must be a whole number from 0 to 200,000"));
		if (i > 0 && !(m->staff[i].at > m->staff[i - 1].at))
			return err_input(err, "servers", N_("times must ascend"));
	}
	for (size_t i = 0; i < m->n_pieces; i++) {
		const struct transient_piece *p = &m->piece[i];

		if (!(p->rate >= 0 && p->rate <= 1e9 && p->rate_to >= 0 && p->rate_to <= 1e9))
			return err_input(err, "arrivals", N_("rate must be from 0 to 1e9 per second"));
		if (!(p->from >= 0 && p->to > p->from && p->to <= 1e9))
			return err_input(err, "arrivals", N_("from must be 0 or more and to later than from, at most 1e9 s"));
		if (p->from < end)
			return err_input(err, "arrivals", N_("intervals must ascend and not overlap"));
		end = p->to;
	}
	return true;
}

static bool
begin(struct arena *a, const struct transient *m, struct line *l, struct err *err)
{
	*l = (struct line){ .a = a, .model = m, .servers = servers_at(m, 0) };
	return check(m, err) && rows_need(l, 1, err) && row_put(l, 0, (size_t)m->initial, 1, err);
}

/* P(who comes now waits longer than `wait`): n - c + 1 services at rate c mu must end first. */
static double
virtual_over(const struct line *l, double wait)
{
	const struct row *r = &l->row[0];
	double x = l->servers * l->model->service_rate * wait, sum = 0, tail, first = 0, term;
	size_t n = (size_t)l->servers;

	if (!(l->servers > 0))
		return 1;
	if (row_empty(r))
		return 0;
	if (n < r->low)
		n = r->low;
	first = (double)n - l->servers;
	tail = x > 0 ? plain_gamma_q(first + 1, x) : 1;
	term = x > 0 ? plain_gamma_term(first, x) : 0;
	for (; n <= r->high; n++) {
		sum += r->now[n] * fmin(1, tail);
		first++;
		term *= x / first;
		tail += term;
		if (term < 1e-300 && first < x) {	/* the rise has not begun: start again from there */
			tail = plain_gamma_q(first + 1, x);
			term = plain_gamma_term(first, x);
		}
	}
	return sum;
}

static struct transient_moment
moment(const struct line *l, double wait)
{
	struct transient_moment m = { .servers = l->servers, .virtual_over = NAN };
	const struct row *r = &l->row[0];

	for (size_t n = r->low; n <= r->high && !row_empty(r); n++) {
		double over = (double)n - l->servers;

		m.mean_in_system += r->now[n] * (double)n;
		m.mean_queue += over > 0 ? r->now[n] * over : 0;
		m.p_wait += over >= 0 ? r->now[n] : 0;
	}
	for (size_t j = 1; j < l->n_rows; j++) {
		for (size_t w = l->row[j].low; w <= l->row[j].high && !row_empty(&l->row[j]); w++) {
			m.mean_in_system += l->row[j].now[w] * ((double)w + l->servers + (double)j);
			m.mean_queue += l->row[j].now[w] * (double)w;
			m.p_wait += l->row[j].now[w];
		}
	}
	m.p_wait = fmin(1, m.p_wait);
	m.p_empty = !row_empty(r) && r->low == 0 ? r->now[0] : 0;
	if (wait >= 0)
		m.virtual_over = fmin(1, virtual_over(l, wait));
	return m;
}

bool
transient_figures(struct arena *a, const struct transient *in, const double *at, size_t n, double wait,
    struct transient_moment *out, struct err *err)
{
	size_t *order = arena_array(a, n, sizeof(*order));
	struct line l;

	if (!begin(a, in, &l, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!(at[i] >= 0 && at[i] <= 1e9))
			return err_input(err, "at", N_("must be times from 0 to 1e9 seconds"));
		order[i] = i;
	}
	/* Merge sort from the bottom would be more; times come sorted but for a few. */
	for (size_t i = 1; i < n; i++) {
		size_t one = order[i], j = i;

		for (; j > 0 && at[order[j - 1]] > at[one]; j--)
			order[j] = order[j - 1];
		order[j] = one;
	}
	for (size_t i = 0; i < n; i++) {
		if (!advance(&l, at[order[i]], false, err))
			return false;
		out[order[i]] = moment(&l, wait);
	}
	return true;
}

/* Simpson's rule over every stretch on which neither the rate's form nor the servers change. */
bool
transient_share_over(struct arena *a, const struct transient *in, double until, double wait, double *out, struct err *err)
{
	double over = 0, all = 0, t = 0;
	struct line l;

	if (!begin(a, in, &l, err))
		return false;
	while (t < until) {
		double end = next_edge(in, t, until);
		const struct transient_piece *piece = piece_at(in, t);
		size_t n = 2 * (size_t)ceil((end - t) / (2 * SLICE_S)) + 6;

		for (size_t i = 0; i <= n && piece != NULL; i++) {
			double x = i == n ? end : t + (end - t) * (double)i / (double)n, rate = rate_in(piece, x);
			double weight = (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * (end - t) / (3 * (double)n);

			/* At the end the servers are still those of before. */
			if (!advance(&l, i == n ? nextafter(end, 0) : x, false, err))
				return false;
			over += weight * rate * fmin(1, virtual_over(&l, wait));
			all += weight * rate;
		}
		if (!advance(&l, end, false, err))
			return false;
		t = end;
	}
	*out = all > 0 ? over / all : 0;
	return true;
}

/* Mean time until nobody is left, nobody coming. */
static double
mean_drain(struct arena *a, const struct line *l)
{
	const struct transient *m = l->model;
	size_t top = l->row[0].high, width = 1;
	double *main, *layer, sum = 0;

	for (size_t j = 1; j < l->n_rows; j++) {
		if (row_empty(&l->row[j]))
			continue;
		if (l->row[j].high + 1 > width)
			width = l->row[j].high + 1;
	}
	if (top < width + (size_t)l->servers)
		top = width + (size_t)l->servers;
	main = arena_array(a, top + 1, sizeof(*main));
	layer = arena_array(a, width, sizeof(*layer));
	for (size_t n = 1; n <= top; n++)
		main[n] = main[n - 1] + 1 / death_rate(l, (double)n);
	for (size_t n = l->row[0].low; n <= l->row[0].high && !row_empty(&l->row[0]); n++)
		sum += l->row[0].now[n] > 0 ? l->row[0].now[n] * main[n] : 0;
	for (size_t w = 0; w < width; w++)
		layer[w] = main[w + (size_t)l->servers];
	for (size_t j = 1; j < l->n_rows; j++) {
		double service = layer_service(l, j);

		for (size_t w = 0; w < width; w++) {
			double leave = (double)w * m->patience_rate;

			layer[w] = (1 + service * layer[w] + (w > 0 ? leave * layer[w - 1] : 0)) / (service + leave);
			if (!row_empty(&l->row[j]) && w >= l->row[j].low && w <= l->row[j].high)
				sum += l->row[j].now[w] * layer[w];
		}
	}
	return sum;
}

bool
transient_drain(struct arena *a, const struct transient *in, double closes_at, double after, struct transient_drain *out,
    struct err *err)
{
	struct transient_moment end;
	struct line l;

	if (!(after >= 0 && closes_at >= 0))
		return err_input(err, "after", N_("must be 0 seconds or more"));
	if (!begin(a, in, &l, err) || !advance(&l, closes_at, false, err))
		return false;
	out->mean = mean_drain(a, &l);
	if (!advance(&l, closes_at + after, true, err))
		return false;
	end = moment(&l, -1);
	out->p_done = end.p_empty;
	return true;
}

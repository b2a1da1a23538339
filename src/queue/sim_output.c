/* queue/sim_output.c: from days to figures with intervals
 *
 * Means over days: t. Ratios over persons: ratio of sums, variance by linearisation over days, never the mean of daily
 * ratios. Probabilities over days: Wilson, or the exact one-sided bound at 0 and all. Quantiles over persons: the pooled
 * histogram; their interval from 20 sections of the days (day r belongs to section r mod 20). Quantiles over days: the
 * order statistics. (Law 2015; Asmussen & Glynn 2007.) */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/plain.h"
#include "queue/sim_parts.h"

static const double Z95 = 1.959963984540054;

/* ---- estimates ------------------------------------------------------------------------------------------------------ */

static const struct sim_estimate MISSING = { NAN, NAN, NAN, NAN, 0 };

/* Sum in a fixed tree: halves of halves. */
static double
pairwise(const double *x, size_t n, size_t stride)
{
	double sum = 0;

	if (n > 64)
		return pairwise(x, n / 2, stride) + pairwise(x + n / 2 * stride, n - n / 2, stride);
	for (size_t i = 0; i < n; i++)
		sum += x[i * stride];
	return sum;
}

double
estimate_t(size_t n)
{
	return n > 2000 ? Z95 + (Z95 * Z95 * Z95 + Z95) / (4.0 * (double)(n - 1)) : plain_t_quantile(0.975, (double)(n - 1));
}

static struct sim_estimate
interval(double value, double se, size_t n, double t)
{
	if (n < 2)
		return (struct sim_estimate){ value, NAN, NAN, NAN, n };
	return (struct sim_estimate){ value, value - t * se, value + t * se, se, n };
}

static struct sim_estimate
mean_of(const double *x, size_t n, size_t stride, double t)
{
	double mean, square = 0;

	if (n == 0)
		return MISSING;
	mean = pairwise(x, n, stride) / (double)n;
	for (size_t i = 0; i < n; i++)
		square += (x[i * stride] - mean) * (x[i * stride] - mean);
	return interval(mean, n > 1 ? sqrt(square / (double)(n - 1) / (double)n) : NAN, n, t);
}

static struct sim_estimate
ratio_of(const double *y, const double *m, size_t n, size_t stride, double t)
{
	double sum_y = pairwise(y, n, stride), sum_m = pairwise(m, n, stride), ratio, square = 0;

	if (n == 0 || !(sum_m > 0))
		return MISSING;
	ratio = sum_y / sum_m;
	for (size_t i = 0; i < n; i++) {
		double d = y[i * stride] - ratio * m[i * stride];

		square += d * d;
	}
	return interval(ratio, n > 1 ? sqrt(square / (double)(n - 1) * (double)n) / sum_m : NAN, n, t);
}

struct sim_estimate
estimate_mean(const double *x, size_t n)
{
	return mean_of(x, n, 1, n > 1 ? estimate_t(n) : NAN);
}

struct sim_estimate
estimate_ratio(const double *y, const double *m, size_t n, size_t stride)
{
	return ratio_of(y, m, n, stride, n > 1 ? estimate_t(n) : NAN);
}

struct sim_estimate
estimate_share(uint64_t k, uint64_t n)
{
	double p, size = (double)n, centre, half, scale;

	if (n == 0)
		return MISSING;
	p = (double)k / size;
	/* Nobody in n: the probability could still be so high that this happens one time in twenty (0.05^(1/n)). */
	if (k == 0 || k == n) {
		double bound = 1.0 - plain_exp(plain_log(0.05) / size);

		return (struct sim_estimate){ p, k == 0 ? 0 : 1 - bound, k == 0 ? bound : 1, 0, n };
	}
	scale = 1 + Z95 * Z95 / size;
	centre = (p + Z95 * Z95 / (2 * size)) / scale;
	half = Z95 * sqrt(p * (1 - p) / size + Z95 * Z95 / (4 * size * size)) / scale;
	return (struct sim_estimate){ p, centre - half, centre + half, sqrt(p * (1 - p) / size), n };
}

/* A share is never outside 0 to 1, nor a wait below 0. */
static struct sim_estimate
cut(struct sim_estimate e, double low, double high)
{
	e.low = e.low < low ? low : e.low;
	e.high = e.high > high ? high : e.high;
	return e;
}

/* ---- a day ---------------------------------------------------------------------------------------------------------- */

void
day_begin(struct worker *w, uint32_t replication)
{
	const struct plan *p = w->p;
	size_t s = p->s->n_stages;

	w->replication = replication;
	memset(w->line, 0, p->n_lines * sizeof(w->line[0]));
	memset(w->fate, 0, sizeof(w->fate));
	memset(w->within, 0, sizeof(w->within));
	memset(w->gave_up_within, 0, sizeof(w->gave_up_within));
	memset(w->wait_answered, 0, sizeof(w->wait_answered));
	memset(w->wait_gave_up, 0, sizeof(w->wait_gave_up));
	memset(w->peak, 0, sizeof(w->peak));
	w->peak_all = 0;
	w->last_left = 0;
	w->empty = true;
	if (p->curves)
		memset(w->queue, 0, s * (p->n_bins + 2) * sizeof(*w->queue));
	memset(w->busy, 0, s * (p->n_periods + 2) * sizeof(*w->busy));
	memset(w->blocked, 0, s * (p->n_periods + 2) * sizeof(*w->blocked));
	memset(w->overtime, 0, s * (p->n_periods + 2) * sizeof(*w->overtime));
}

/* The least value in a level; the next level's is its end. */
static double
level_value(unsigned level)
{
	uint32_t b = 0x3f800000u + ((uint32_t)(level - 1) << 19);
	float x;

	if (level == 0)
		return 0;
	memcpy(&x, &b, sizeof(x));
	return (double)x - 1.0;
}

void
levels_flush(struct worker *w)
{
	size_t n = (w->p->s->n_stages + 1) * w->p->n_bins;

	for (size_t i = 0; i < n; i++) {
		uint32_t *row = w->levels + i * LEVELS;

		for (size_t d = 0; d < w->n_level_days; d++)
			row[w->level[d * n + i]]++;
	}
	w->n_level_days = 0;
}

static void
day_curves(struct worker *w)
{
	const struct plan *p = w->p;
	size_t n = p->n_bins, s = p->s->n_stages;
	uint8_t *level = w->level + w->n_level_days * (s + 1) * n;
	int64_t width = (int64_t)(p->bin_s * FIXED), *mine = w->average, *all = w->average + n;
	double per_bin = 1.0 / (double)width;

	memset(all, 0, n * sizeof(*all));
	for (size_t i = 0; i < s; i++) {
		const struct area *a = w->queue + i * (n + 2);
		int64_t inside = 0;

		for (size_t b = 0; b < n; b++) {
			mine[b] = a[b].part + inside * width;
			all[b] += mine[b];
			inside += a[b].step;
		}
		block_level(n, mine, per_bin, w->queue_sum + i * n, level + i * n);
	}
	block_level(n, all, per_bin, w->queue_sum + s * n, level + s * n);
	if (++w->n_level_days == LEVEL_DAYS)
		levels_flush(w);
}

/* The day's total of an area over the periods; adds it to `sum` period by period. */
static double
day_periods(const struct plan *p, const struct area *a, int64_t *sum)
{
	int64_t inside = 0, total = 0, width = (int64_t)(PERIOD_S * FIXED);

	for (size_t b = 0; b < p->n_periods; b++) {
		int64_t area = a[b].part + inside;

		inside += a[b].step * width;
		total += area;
		if (sum != NULL)
			sum[b] += area;
	}
	/* What is clipped at closing lies in the last period; beyond a border it lies in the next. */
	return (double)total / FIXED;
}

void
day_end(struct worker *w, double *row)
{
	const struct plan *p = w->p;
	size_t s = p->s->n_stages;
	double *day = row + p->day_at;

	if (p->one_line)
		w->line[1] = w->line[2] = w->line[0];
	for (size_t i = 0; i < p->n_lines; i++) {
		double *line = row + i * p->line_columns;

		line[LINE_SUM] = w->line[i].sum;
		line[LINE_PERSONS] = (double)w->line[i].persons;
		line[LINE_MAX] = w->line[i].max;
		for (size_t k = 0; k < p->n_limits; k++)
			line[LINE_OVER + k] = (double)w->line[i].over[k];
	}
	for (size_t i = 0; i < s; i++) {
		double *stage = row + p->stage_at + i * STAGE_COLUMNS;
		size_t at = i * (p->n_periods + 2), sum_at = i * p->n_periods;
		int64_t scheduled = 0;

		for (size_t b = 0; b < p->n_periods; b++)
			scheduled += p->scheduled[sum_at + b];
		stage[STAGE_PEAK] = w->peak[i];
		stage[STAGE_BUSY] = day_periods(p, w->busy + at, w->busy_sum + sum_at);
		stage[STAGE_STAFFED] = (double)scheduled / FIXED + day_periods(p, w->overtime + at, w->overtime_sum + sum_at);
		stage[STAGE_BLOCKED] = day_periods(p, w->blocked + at, NULL);
	}
	for (size_t k = 0; k < p->s->n_streams; k++) {
		double *stream = row + p->stream_at + k * STREAM_COLUMNS;

		w->fate[k][SIM_TURNED_AWAY] += w->turned_away[k];
		for (int f = 0; f < SIM_FATES; f++)
			stream[f] = (double)w->fate[k][f];
		stream[STREAM_WITHIN] = (double)w->within[k];
		stream[STREAM_GAVE_UP_WITHIN] = (double)w->gave_up_within[k];
		stream[STREAM_WAIT_ANSWERED] = w->wait_answered[k];
		stream[STREAM_WAIT_GAVE_UP] = w->wait_gave_up[k];
	}
	day[DAY_PEAK] = w->peak_all;
	day[DAY_DONE] = w->last_left > p->s->closes_at ? (w->last_left - p->s->closes_at) / 60.0 : 0.0;
	day[DAY_EMPTY] = w->empty;
	if (p->curves)
		day_curves(w);
}

/* ---- all days ------------------------------------------------------------------------------------------------------- */

struct tally {				/* what result_make reads */
	struct arena *a, *temporary;
	const struct plan *p;
	const double *day;
	size_t n, stride;
	double t;
	uint64_t *histogram;		/* [section][line][SIM_HISTOGRAM], all workers */
	double *scratch;
};

static int
ascending(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* p-quantile over days, linear between order statistics. */
static double
sorted_quantile(const double *x, size_t n, double p)
{
	double at = p * (double)n - 0.5;
	size_t i;

	if (n == 0)
		return NAN;
	at = at < 0 ? 0 : at > (double)(n - 1) ? (double)(n - 1) : at;
	i = (size_t)at;
	return i + 1 < n ? x[i] + (at - (double)i) * (x[i + 1] - x[i]) : x[i];
}

static void
day_quantiles(const struct tally *t, size_t column, double *p50, double *p90, double *p95)
{
	for (size_t r = 0; r < t->n; r++)
		t->scratch[r] = t->day[r * t->stride + column];
	qsort(t->scratch, t->n, sizeof(double), ascending);
	*p50 = sorted_quantile(t->scratch, t->n, 0.5);
	*p90 = sorted_quantile(t->scratch, t->n, 0.9);
	*p95 = sorted_quantile(t->scratch, t->n, 0.95);
}

/* Smallest wait w with at least share p at or below it, linear within the second; NaN when nobody. */
static double
histogram_quantile(const uint64_t *h, double p)
{
	uint64_t n = 0, below = 0;
	double rank;

	for (size_t i = 0; i < SIM_HISTOGRAM; i++)
		n += h[i];
	if (n == 0)
		return NAN;
	rank = p * (double)n;
	for (size_t i = 0; i < SIM_HISTOGRAM; i++) {
		if ((double)(below + h[i]) >= rank && h[i] > 0)
			return i == 0 ? 0 : (double)(i - 1) + (rank - (double)below) / (double)h[i];
		below += h[i];
	}
	return SIM_HISTOGRAM - 1;
}

static struct sim_estimate
wait_quantile(const struct tally *t, size_t line, const uint64_t *pooled, double p)
{
	double section[SECTIONS];
	size_t m = 0;
	struct sim_estimate e;

	for (size_t s = 0; s < SECTIONS; s++) {
		double q = histogram_quantile(t->histogram + (s * t->p->n_lines + line) * SIM_HISTOGRAM, p);

		if (q == q)
			section[m++] = q;
	}
	e = estimate_mean(section, m);
	if (m == 0)
		return MISSING;
	if (m < SECTIONS || t->n < 2 * SECTIONS)
		return (struct sim_estimate){ histogram_quantile(pooled, p), NAN, NAN, NAN, t->n };
	return cut(interval(histogram_quantile(pooled, p), e.se, t->n, estimate_t(m)), 0, INFINITY);
}

static void
make_wait(const struct tally *t, size_t line, struct sim_wait *out)
{
	const struct plan *p = t->p;
	const double *column = t->day + line * p->line_columns;
	double mean = 0, square = 0;
	size_t days = 0;

	*out = (struct sim_wait){ .p50 = MISSING, .p90 = MISSING, .p95 = MISSING };
	out->mean = cut(ratio_of(column + LINE_SUM, column + LINE_PERSONS, t->n, t->stride, t->t), 0, INFINITY);
	out->over = arena_array(t->a, p->n_limits, sizeof(*out->over));
	out->any_over = arena_array(t->a, p->n_limits, sizeof(*out->any_over));
	for (size_t k = 0; k < p->n_limits; k++) {
		uint64_t any = 0;

		for (size_t r = 0; r < t->n; r++)
			any += column[r * t->stride + LINE_OVER + k] > 0;
		out->over[k] = cut(ratio_of(column + LINE_OVER + k, column + LINE_PERSONS, t->n, t->stride, t->t), 0, 1);
		out->any_over[k] = estimate_share(any, t->n);
	}
	for (size_t r = 0; r < t->n; r++) {
		const double *day = column + r * t->stride;

		out->max = day[LINE_MAX] > out->max ? day[LINE_MAX] : out->max;
		out->persons += (uint64_t)day[LINE_PERSONS];
		if (day[LINE_PERSONS] > 0) {
			double x = day[LINE_SUM] / day[LINE_PERSONS], d = x - mean;

			days++;
			mean += d / (double)days;
			square += d * (x - mean);
		}
	}
	out->sd_between_days = days > 1 ? sqrt(square / (double)(days - 1)) : NAN;
	if (p->distributions) {
		uint64_t *pooled = arena_array(t->a, SIM_HISTOGRAM, sizeof(*pooled));

		for (size_t s = 0; s < SECTIONS; s++) {
			for (size_t i = 0; i < SIM_HISTOGRAM; i++)
				pooled[i] += t->histogram[(s * p->n_lines + line) * SIM_HISTOGRAM + i];
		}
		out->histogram = pooled;
		out->p50 = wait_quantile(t, line, pooled, 0.5);
		out->p90 = wait_quantile(t, line, pooled, 0.9);
		out->p95 = wait_quantile(t, line, pooled, 0.95);
	}
}

static double
level_quantile(const uint32_t *row, size_t n, double p)
{
	double rank = p * (double)n, below = 0;

	for (unsigned l = 0; l < LEVELS; l++) {
		if (below + row[l] >= rank && row[l] > 0)
			return level_value(l) + (l > 0 ? (rank - below) / row[l] * (level_value(l + 1) - level_value(l)) : 0);
		below += row[l];
	}
	return 0;
}

static void
make_curve(const struct tally *t, struct worker *worker, size_t n_workers, size_t stage, struct sim_curve *out)
{
	const struct plan *p = t->p;
	size_t n = p->n_bins;
	uint32_t row[LEVELS];

	out->n = p->curves ? n : 0;
	out->bin_s = p->bin_s;
	out->peak_of_mean = out->peak_at = NAN;
	if (!p->curves)
		return;
	out->mean = arena_array(t->a, n, sizeof(double));
	out->p50 = arena_array(t->a, n, sizeof(double));
	out->p90 = arena_array(t->a, n, sizeof(double));
	out->p95 = arena_array(t->a, n, sizeof(double));
	out->peak_of_mean = 0;
	out->peak_at = 0;
	for (size_t b = 0; b < n; b++) {
		int64_t area = 0;

		memset(row, 0, sizeof(row));
		for (size_t i = 0; i < n_workers; i++) {
			const uint32_t *mine = worker[i].levels + (stage * n + b) * LEVELS;

			area += worker[i].queue_sum[stage * n + b];
			for (size_t l = 0; l < LEVELS; l++)
				row[l] += mine[l];
		}
		out->mean[b] = (double)area / FIXED / p->bin_s / (double)t->n;
		out->p50[b] = level_quantile(row, t->n, 0.5);
		out->p90[b] = level_quantile(row, t->n, 0.9);
		out->p95[b] = level_quantile(row, t->n, 0.95);
		if (out->mean[b] > out->peak_of_mean) {
			out->peak_of_mean = out->mean[b];
			out->peak_at = ((double)b + 0.5) * p->bin_s;
		}
	}
}

static void
make_peaks(const struct tally *t, size_t column, struct sim_curve *out)
{
	out->mean_of_peaks = mean_of(t->day + column, t->n, t->stride, t->t);
	day_quantiles(t, column, &out->peak_p50, &out->peak_p90, &out->peak_p95);
}

static void
make_stage(const struct tally *t, struct worker *worker, size_t n_workers, size_t i, struct sim_stage_result *out)
{
	const struct plan *p = t->p;
	const double *column = t->day + p->stage_at + i * STAGE_COLUMNS;

	make_wait(t, i, &out->wait);
	make_curve(t, worker, n_workers, i, &out->queue);
	make_peaks(t, p->stage_at + i * STAGE_COLUMNS + STAGE_PEAK, &out->queue);
	out->utilisation = cut(ratio_of(column + STAGE_BUSY, column + STAGE_STAFFED, t->n, t->stride, t->t), 0, 1);
	out->blocked = cut(ratio_of(column + STAGE_BLOCKED, column + STAGE_STAFFED, t->n, t->stride, t->t), 0, 1);
	out->utilisation_by = arena_array(t->a, p->n_periods, sizeof(double));
	for (size_t b = 0; b < p->n_periods; b++) {
		int64_t busy = 0, over = 0, staffed;

		for (size_t k = 0; k < n_workers; k++) {
			busy += worker[k].busy_sum[i * p->n_periods + b];
			over += worker[k].overtime_sum[i * p->n_periods + b];
		}
		staffed = p->scheduled[i * p->n_periods + b] * (int64_t)t->n + over;
		out->utilisation_by[b] = staffed > 0 ? (double)busy / (double)staffed : NAN;
	}
}

/* Figures of a stream, or of all: `column` is a matrix [n][STREAM_COLUMNS] of the days. */
static void
make_stream(const struct tally *t, const double *column, size_t stride, struct sim_stream_result *out)
{
	double *base = arena_array(t->temporary, t->n, sizeof(double)), *joined = arena_array(t->temporary, t->n, sizeof(double));

	for (int f = 0; f < SIM_FATES; f++)
		out->count[f] = mean_of(column + f, t->n, stride, t->t);
	out->level_a = cut(ratio_of(column + STREAM_WITHIN, column + SIM_OFFERED, t->n, stride, t->t), 0, 1);
	out->level_b = cut(ratio_of(column + STREAM_WITHIN, column + SIM_SERVED, t->n, stride, t->t), 0, 1);
	for (size_t r = 0; r < t->n; r++) {
		const double *day = column + r * stride;

		base[r] = day[SIM_OFFERED] - day[STREAM_GAVE_UP_WITHIN];
		joined[r] = day[STREAM_WITHIN];
	}
	out->level_c = cut(ratio_of(joined, base, t->n, 1, t->t), 0, 1);
	for (size_t r = 0; r < t->n; r++) {
		const double *day = column + r * stride;

		base[r] = day[SIM_OFFERED];
		joined[r] = day[STREAM_WITHIN] + day[STREAM_GAVE_UP_WITHIN];
	}
	out->level_d = cut(ratio_of(joined, base, t->n, 1, t->t), 0, 1);
	out->share_gave_up = cut(ratio_of(column + SIM_GAVE_UP, column + SIM_OFFERED, t->n, stride, t->t), 0, 1);
	for (size_t r = 0; r < t->n; r++)
		joined[r] = column[r * stride + SIM_BUSY] + column[r * stride + SIM_REFUSED];
	out->share_busy = cut(ratio_of(joined, base, t->n, 1, t->t), 0, 1);
	out->share_reached = cut(ratio_of(column + SIM_REACHED, column + SIM_PERSONS, t->n, stride, t->t), 0, 1);
	out->wait_answered = cut(ratio_of(column + STREAM_WAIT_ANSWERED, column + SIM_SERVED, t->n, stride, t->t), 0, INFINITY);
	out->wait_gave_up = cut(ratio_of(column + STREAM_WAIT_GAVE_UP, column + SIM_GAVE_UP, t->n, stride, t->t), 0, INFINITY);
	out->wait_answered_p90 = NAN;
}

static void
make_streams(const struct tally *t, struct worker *worker, size_t n_workers, struct sim_result *out)
{
	const struct plan *p = t->p;
	size_t n_streams = p->s->n_streams;
	double *sum = arena_array(t->temporary, t->n * STREAM_COLUMNS, sizeof(double));
	uint64_t *all = arena_array(t->temporary, SIM_HISTOGRAM, sizeof(*all)), *one = arena_array(t->temporary, SIM_HISTOGRAM, sizeof(*one));

	/* On the fast path everybody is answered: the waits of all are those of the answered. */
	for (size_t k = 0; k < n_streams; k++) {
		const double *column = t->day + p->stream_at + k * STREAM_COLUMNS;

		make_stream(t, column, t->stride, &out->stream[k]);
		make_wait(t, p->s->n_stages + 1 + k, &out->stream[k].wait);
		for (size_t r = 0; r < t->n; r++) {
			for (size_t c = 0; c < STREAM_COLUMNS; c++)
				sum[r * STREAM_COLUMNS + c] += column[r * t->stride + c];
		}
		if (!p->distributions)
			continue;
		memset(one, 0, SIM_HISTOGRAM * sizeof(uint64_t));
		for (size_t i = 0; i < SIM_HISTOGRAM; i++) {
			for (size_t w = 0; w < n_workers && !p->fast; w++)
				one[i] += worker[w].answered[k * SIM_HISTOGRAM + i];
			if (p->fast)
				one[i] = out->stream[k].wait.histogram[i];
			all[i] += one[i];
		}
		out->stream[k].wait_answered_p90 = histogram_quantile(one, 0.9);
	}
	make_stream(t, sum, STREAM_COLUMNS, &out->all);
	out->all.wait = out->wait;
	out->all.wait_answered_p90 = p->distributions ? histogram_quantile(all, 0.9) : NAN;
}

static void
make_bottlenecks(const struct tally *t, struct sim_result *out)
{
	out->bottleneck = arena_array(t->a, out->n_periods, sizeof(int));
	for (size_t b = 0; b < out->n_periods; b++) {
		double most = -1;

		out->bottleneck[b] = -1;
		for (size_t i = 0; i < out->n_stages; i++) {
			if (out->stage[i].utilisation_by[b] > most) {
				most = out->stage[i].utilisation_by[b];
				out->bottleneck[b] = (int)i;
			}
		}
	}
}

static void
make_days(const struct tally *t, struct sim_result *out)
{
	const struct plan *p = t->p;
	const double *total = t->day + p->s->n_stages * p->line_columns;
	uint64_t bad = 0, empty = 0;
	size_t k = 0;

	while (k < p->n_limits && p->s->limit[k] != p->s->target_limit)
		k++;
	for (size_t r = 0; r < t->n; r++) {
		const double *day = t->day + r * t->stride;

		empty += day[p->day_at + DAY_EMPTY] > 0;
		if (k < p->n_limits)
			bad += total[r * t->stride + LINE_OVER + k] > p->s->target_share * total[r * t->stride + LINE_PERSONS];
	}
	out->bad_day = k < p->n_limits && p->s->target_limit > 0 ? estimate_share(bad, t->n) : MISSING;
	out->empty_at_close = estimate_share(empty, t->n);
	out->done_after = cut(mean_of(t->day + p->day_at + DAY_DONE, t->n, t->stride, t->t), 0, INFINITY);
	day_quantiles(t, p->day_at + DAY_DONE, &out->done_p50, &out->done_p90, &out->done_p95);
}

/* All lines of one-line plans are one; on the fast path the only stream's line is the total. */
static size_t
histogram_line(const struct plan *p, size_t line)
{
	if (p->one_line)
		return 0;
	return p->fast && line > p->s->n_stages ? p->s->n_stages : line;
}

static void
add_histograms(struct tally *t, struct worker *worker, size_t n_workers)
{
	const struct plan *p = t->p;
	size_t kept = p->one_line ? 1 : p->n_lines;

	if (!p->distributions)
		return;
	t->histogram = arena_array(t->temporary, p->n_lines * SECTIONS * SIM_HISTOGRAM, sizeof(uint64_t));
	for (size_t s = 0; s < SECTIONS; s++) {
		for (size_t line = 0; line < p->n_lines; line++) {
			uint64_t *to = t->histogram + (s * p->n_lines + line) * SIM_HISTOGRAM;

			for (size_t w = 0; w < n_workers; w++) {
				const uint32_t *from = worker[w].histogram + (s * kept + histogram_line(p, line)) * SIM_HISTOGRAM;

				for (size_t i = 0; i < SIM_HISTOGRAM; i++)
					to[i] += from[i];
			}
		}
	}
}

void
result_make(struct arena *a, struct arena *scratch, const struct plan *p, struct worker *worker, size_t n_workers,
    const double *day, size_t n, struct sim_result *out)
{
	struct tally t = { .a = a, .temporary = scratch, .p = p, .day = day, .n = n, .stride = p->n_columns, .t = n > 1 ? estimate_t(n) : NAN };

	t.scratch = arena_array(scratch, n, sizeof(double));
	add_histograms(&t, worker, n_workers);
	for (size_t i = 0; i < n_workers; i++) {
		if (p->curves)
			levels_flush(&worker[i]);
		out->events += worker[i].events;
	}
	out->replications = n;
	out->n_stages = p->s->n_stages;
	out->n_streams = p->s->n_streams;
	out->n_limits = p->n_limits;
	out->seed = p->seed;
	out->fast_path = p->fast;
	out->period_s = PERIOD_S;
	out->n_periods = p->n_periods;
	out->day = day;
	out->n_columns = p->n_columns;
	out->stage = arena_array(a, p->s->n_stages, sizeof(*out->stage));
	out->stream = arena_array(a, p->s->n_streams, sizeof(*out->stream));
	make_wait(&t, p->s->n_stages, &out->wait);
	make_curve(&t, worker, n_workers, p->s->n_stages, &out->queue);
	make_peaks(&t, p->day_at + DAY_PEAK, &out->queue);
	if (p->fast && p->s->n_stages > 1) {
		out->queue.mean_of_peaks = MISSING;
		out->queue.peak_p50 = out->queue.peak_p90 = out->queue.peak_p95 = NAN;
	}
	for (size_t i = 0; i < p->s->n_stages; i++)
		make_stage(&t, worker, n_workers, i, &out->stage[i]);
	make_streams(&t, worker, n_workers, out);
	make_bottlenecks(&t, out);
	make_days(&t, out);
}

/* ---- before and after ------------------------------------------------------------------------------------------------ */

/* Difference of two ratios of sums on the same days: linearised, the days' residuals subtracted before they are squared. */
static struct sim_estimate
ratio_difference(const double *y1, const double *m1, size_t s1, const double *y2, const double *m2, size_t s2, size_t n, double t)
{
	double a = pairwise(m1, n, s1), b = pairwise(m2, n, s2), r1, r2, square = 0;

	if (n < 2 || !(a > 0) || !(b > 0))
		return MISSING;
	r1 = pairwise(y1, n, s1) / a;
	r2 = pairwise(y2, n, s2) / b;
	for (size_t i = 0; i < n; i++) {
		double d = (y2[i * s2] - r2 * m2[i * s2]) / b - (y1[i * s1] - r1 * m1[i * s1]) / a;

		square += d * d;
	}
	return interval(r2 - r1, sqrt(square / (double)(n - 1) * (double)n), n, t);
}

struct pair { const struct sim_result *before, *after; size_t n; double t; double *x; };

static struct sim_estimate
mean_difference(const struct pair *p, size_t before, size_t after, size_t every, size_t times_before, size_t times_after)
{
	for (size_t r = 0; r < p->n; r++) {
		p->x[r] = 0;
		for (size_t k = 0; k < times_after; k++)
			p->x[r] += p->after->day[r * p->after->n_columns + after + k * every];
		for (size_t k = 0; k < times_before; k++)
			p->x[r] -= p->before->day[r * p->before->n_columns + before + k * every];
	}
	return mean_of(p->x, p->n, 1, p->t);
}

static size_t
stream_column(const struct sim_result *r)
{
	return (r->n_stages + 1 + r->n_streams) * (LINE_OVER + r->n_limits) + r->n_stages * STAGE_COLUMNS;
}

bool
sim_difference(struct arena *a, const struct sim_result *before, const struct sim_result *after, struct sim_differences *out,
    struct err *err)
{
	size_t lines = LINE_OVER + before->n_limits, at1 = before->n_stages * lines, at2 = after->n_stages * lines;
	size_t s1 = before->n_columns, s2 = after->n_columns, c1 = stream_column(before), c2 = stream_column(after);
	size_t n1 = before->n_streams, n2 = after->n_streams;
	struct pair p = { before, after, before->replications < after->replications ? before->replications : after->replications,
		NAN, NULL };
	double *within[2], *offered[2];

	if (before->seed != after->seed || before->n_limits != after->n_limits)
		return err_set(err, ERR_INPUT, "comparison: both must have the same seed and the same limits");
	p.t = p.n > 1 ? estimate_t(p.n) : NAN;
	p.x = arena_array(a, p.n, sizeof(double));
	out->n = p.n;
	out->wait_mean = ratio_difference(before->day + at1, before->day + at1 + LINE_PERSONS, s1, after->day + at2,
	    after->day + at2 + LINE_PERSONS, s2, p.n, p.t);
	out->over = arena_array(a, before->n_limits, sizeof(*out->over));
	for (size_t k = 0; k < before->n_limits; k++)
		out->over[k] = ratio_difference(before->day + at1 + LINE_OVER + k, before->day + at1 + LINE_PERSONS, s1,
		    after->day + at2 + LINE_OVER + k, after->day + at2 + LINE_PERSONS, s2, p.n, p.t);
	out->served = mean_difference(&p, c1 + SIM_SERVED, c2 + SIM_SERVED, STREAM_COLUMNS, n1, n2);
	out->gave_up = mean_difference(&p, c1 + SIM_GAVE_UP, c2 + SIM_GAVE_UP, STREAM_COLUMNS, n1, n2);
	for (int side = 0; side < 2; side++) {
		const struct sim_result *r = side == 0 ? before : after;
		size_t c = side == 0 ? c1 : c2;

		within[side] = arena_array(a, p.n, sizeof(double));
		offered[side] = arena_array(a, p.n, sizeof(double));
		for (size_t i = 0; i < p.n; i++) {
			for (size_t k = 0; k < r->n_streams; k++) {
				within[side][i] += r->day[i * r->n_columns + c + k * STREAM_COLUMNS + STREAM_WITHIN];
				offered[side][i] += r->day[i * r->n_columns + c + k * STREAM_COLUMNS + SIM_OFFERED];
			}
		}
	}
	out->level_a = ratio_difference(within[0], offered[0], 1, within[1], offered[1], 1, p.n, p.t);
	out->peak_first = mean_difference(&p, c1 - before->n_stages * STAGE_COLUMNS + STAGE_PEAK,
	    c2 - after->n_stages * STAGE_COLUMNS + STAGE_PEAK, 0, 1, 1);
	out->done_after = mean_difference(&p, c1 + n1 * STREAM_COLUMNS + DAY_DONE, c2 + n2 * STREAM_COLUMNS + DAY_DONE, 0, 1, 1);
	return true;
}

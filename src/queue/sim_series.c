/* queue/sim_series.c: a day without an event list: stages in series, first come first served
 *
 * Each stage takes its persons in order of arrival, gives the times service begins (queue/kernel.c) and the departures in
 * order, which are the arrivals of the next. The number in line needs no events either: with arrivals a[] and begins b[],
 * both ascending, more than m wait just after arrival i exactly when b[i-m] > a[i]. */
#include <stdlib.h>
#include <string.h>

#include "queue/sim_parts.h"

static void
make_room(struct worker *w, size_t n)
{
	size_t room = n + n / 4 + 64, most = 8;

	for (size_t i = 0; i < w->p->s->n_stages; i++)
		most = (size_t)w->p->stage[i].pool[0].first > most ? (size_t)w->p->stage[i].pool[0].first : most;
	room += most;
	if (room <= w->n_series || n + most <= w->n_series)
		return;
	free(w->at);
	free(w->began);
	free(w->total);
	free(w->out_at);
	free(w->wait);
	free(w->id);
	free(w->out_id);
	w->at = calloc(room, sizeof(double));
	w->began = calloc(room, sizeof(double));
	w->total = calloc(room, sizeof(double));
	w->out_at = calloc(room, sizeof(double));
	w->wait = calloc(room, sizeof(double));
	w->id = calloc(room, sizeof(uint32_t));
	w->out_id = calloc(room, sizeof(uint32_t));
	if (!w->at || !w->began || !w->total || !w->out_at || !w->wait || !w->id || !w->out_id)
		abort();
	w->n_series = room;
}

/* The highest number in line: m grows by one whenever somebody arrives behind m who all still wait. */
static int
highest(size_t n, const double *at, const double *began)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		m += began[i - m] > at[i];
	return (int)m;
}

/* Time in line and in service by the minute and the half-hour. */
static void
areas(struct worker *w, size_t stage, size_t n, const double *at, const double *began, const double *left)
{
	const struct plan *p = w->p;
	struct area *queue = w->queue + stage * (p->n_bins + 2), *busy = w->busy + stage * (p->n_periods + 2);
	int64_t bin = (int64_t)(p->bin_s * FIXED), period = (int64_t)(PERIOD_S * FIXED);
	double per_bin = 1.0 / p->bin_s, end = p->end, closes = p->s->closes_at;

	for (size_t i = 0; i < n; i++) {
		if (p->curves && began[i] > at[i]) {
			area_add(queue, per_bin, bin, at[i] < end ? at[i] : end, 1);
			area_add(queue, per_bin, bin, began[i] < end ? began[i] : end, -1);
		}
		area_add(busy, 1.0 / PERIOD_S, period, began[i] < closes ? began[i] : closes, 1);
		area_add(busy, 1.0 / PERIOD_S, period, left[i] < closes ? left[i] : closes, -1);
	}
}

static void
count(uint32_t *histogram, size_t n, const double *wait)
{
	for (size_t i = 0; i < n; i++)
		histogram[wait_bin(wait[i])]++;
}

static void
trace(struct worker *w, size_t stage, size_t n, const double *at, const uint32_t *id)
{
	for (size_t i = 0; i < n; i++) {
		struct sim_person *one = &w->trace[id[i]];

		one->joined[stage] = at[i];
		one->began[stage] = w->began[i];
		one->left = w->began[i] + w->service[stage][0][id[i]];
		one->fate = SIM_SERVED;
	}
}

/* What is known of each person when the last stage is done. */
static void
persons_done(struct worker *w, size_t n)
{
	const struct plan *p = w->p;
	double limit = p->s->answer_limit;
	struct line_day all = { 0 };
	uint32_t *section;

	block_wait(n, w->total, p->s->limit, p->n_limits, &all);
	w->line[p->s->n_stages] = w->line[p->s->n_stages + 1] = all;
	w->fate[0][SIM_SERVED] = w->fate[0][SIM_REACHED] = n;
	w->wait_answered[0] = all.sum;
	for (size_t i = 0; i < n; i++)
		w->within[0] += w->total[i] <= limit;
	if (!p->distributions || p->one_line)
		return;
	section = w->histogram + (w->replication % SECTIONS) * p->n_lines * SIM_HISTOGRAM;
	count(section + p->s->n_stages * SIM_HISTOGRAM, n, w->total);
}

void
series_day(struct worker *w)
{
	const struct plan *p = w->p;
	size_t n = w->n[0], n_stages = p->s->n_stages;
	const double *at = w->arrive[0];

	make_room(w, n);
	w->fate[0][SIM_OFFERED] = w->fate[0][SIM_PERSONS] = n;
	w->events = w->events + 2 * n * n_stages;
	for (size_t i = 0; i < n; i++)
		w->id[i] = (uint32_t)i;
	memset(w->total, 0, n * sizeof(double));
	for (size_t s = 0; s < n_stages; s++) {
		int c = p->stage[s].pool[0].first;
		double heap[SIM_SERVERS_MAX];
		uint32_t heap_id[SIM_SERVERS_MAX];
		bool ids = n_stages > 1 || c > 8;
		struct kw k = { n, c, at, w->service[s][0], w->id, w->began, w->out_at, ids ? w->out_id : NULL, heap, heap_id };

		kiefer_wolfowitz(&k);
		for (size_t i = 0; i < n; i++)
			w->wait[i] = w->began[i] - at[i];
		for (size_t i = 0; i < n; i++)
			w->total[w->id[i]] += w->wait[i];
		block_wait(n, w->wait, p->s->limit, p->n_limits, &w->line[s]);
		if (p->distributions)
			count(w->histogram + ((w->replication % SECTIONS) * (p->one_line ? 1 : p->n_lines) + s) * SIM_HISTOGRAM, n,
			    w->wait);
		w->peak[s] = highest(n, at, w->began);
		areas(w, s, n, at, w->began, w->out_at + c);
		if (w->trace != NULL)
			trace(w, s, n, at, w->id);
		memcpy(w->at, w->out_at + c, n * sizeof(double));
		if (ids)
			memcpy(w->id, w->out_id + c, n * sizeof(uint32_t));
		at = w->at;
	}
	w->last_left = n > 0 ? at[n - 1] : 0;
	w->empty = w->last_left <= p->s->closes_at;
	w->peak_all = n_stages == 1 ? w->peak[0] : -1;
	persons_done(w, n);
}

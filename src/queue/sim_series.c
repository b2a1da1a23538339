/* queue/sim_series.c: a day without an event list: stages in series, first come first served
 *
 * Each stage takes its persons in order of arrival, gives the times service begins and the departures in order, which are
 * the arrivals of the next (queue/kernel.c). The statistics are passes over those arrays. */
#include <stdlib.h>
#include <string.h>

#include "queue/sim_parts.h"

static void *
again(void *old, size_t n, size_t size)
{
	void *m = calloc(n, size);

	free(old);
	if (m == NULL)
		abort();
	return m;
}

static void
make_room(struct worker *w, size_t n)
{
	size_t most = 8, room;

	for (size_t i = 0; i < w->p->s->n_stages; i++)
		most = (size_t)w->p->stage[i].pool[0].first > most ? (size_t)w->p->stage[i].pool[0].first : most;
	if (n + most <= w->n_series)
		return;
	room = n + n / 4 + most + 64;
	w->began = again(w->began, room, sizeof(double));
	w->total = again(w->total, room, sizeof(double));
	w->wait = again(w->wait, room, sizeof(double));
	for (int i = 0; i < 2; i++) {
		w->left[i] = again(w->left[i], room, sizeof(double));
		w->who[i] = again(w->who[i], room, sizeof(uint32_t));
	}
	w->n_series = room;
}

static void
count(uint32_t *histogram, size_t n, const double *wait)
{
	for (size_t i = 0; i < n; i++)
		histogram[wait_bin(wait[i])]++;
}

/* Time in line by the minute. Who does not wait comes and goes at the same instant, and cancels to the unit. */
static void
line_areas(const struct plan *p, size_t n, const double *at, const double *began, struct area *a)
{
	int64_t width = (int64_t)(p->bin_s * FIXED);
	double per_bin = 1.0 / p->bin_s, end = p->end;

	for (size_t i = 0; i < n; i++) {
		area_add(a, per_bin, width, at[i] < end ? at[i] : end, 1);
		area_add(a, per_bin, width, began[i] < end ? began[i] : end, -1);
	}
}

static void
trace(struct worker *w, size_t stage, size_t n, const double *at, const uint32_t *id)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t who = id != NULL ? id[i] : (uint32_t)i;
		struct sim_person *one = &w->trace[who];

		one->joined[stage] = at[i];
		one->began[stage] = w->began[i];
		one->left = w->began[i] + w->service[stage][0][who];
		one->fate = SIM_SERVED;
	}
}

static void
one_stage(struct worker *w, size_t s, size_t n, const double *at, const uint32_t *id, double *left, uint32_t *who)
{
	const struct plan *p = w->p;
	int c = p->stage[s].pool[0].first;
	double heap[SIM_SERVERS_MAX], closes = p->s->closes_at;
	uint32_t heap_id[SIM_SERVERS_MAX];
	struct kw k = { n, c, at, w->service[s][0], id, w->began, left, who, heap, heap_id };
	struct area *busy = w->busy + s * (p->n_periods + 2);
	double *wait = s == 0 ? w->total : w->wait;

	kiefer_wolfowitz(&k);
	block_wait(n, at, w->began, wait, p->s->limit, p->n_limits, &w->line[s]);
	if (p->distributions)
		count(w->histogram + ((w->replication % SECTIONS) * (p->one_line ? 1 : p->n_lines) + s) * SIM_HISTOGRAM, n, wait);
	w->peak[s] = (int)block_highest(n, at, w->began);
	if (p->curves)
		line_areas(p, n, at, w->began, w->queue + s * (p->n_bins + 2));
	block_area(n, w->began, PERIOD_S, closes, 1, busy);
	block_area(n, left + c, PERIOD_S, closes, -1, busy);
	for (size_t i = 0; i < n && s > 0; i++)
		w->total[id[i]] += wait[i];
	if (w->trace != NULL)
		trace(w, s, n, at, id);
}

/* What is known of each person when the last stage is done. */
static void
persons_done(struct worker *w, size_t n)
{
	const struct plan *p = w->p;
	size_t total = p->s->n_stages;

	if (p->one_line)
		w->line[total] = w->line[0];
	else
		block_wait(n, NULL, NULL, w->total, p->s->limit, p->n_limits, &w->line[total]);
	w->line[total + 1] = w->line[total];
	w->fate[0][SIM_SERVED] = w->fate[0][SIM_REACHED] = n;
	w->wait_answered[0] = w->line[total].sum;
	w->within[0] = n - block_above(n, w->total, p->s->answer_limit);
	if (p->distributions && !p->one_line)
		count(w->histogram + ((w->replication % SECTIONS) * p->n_lines + total) * SIM_HISTOGRAM, n, w->total);
}

void
series_day(struct worker *w)
{
	const struct plan *p = w->p;
	size_t n = w->n[0], n_stages = p->s->n_stages;
	const double *at = w->arrive[0];
	const uint32_t *id = NULL;

	make_room(w, n);
	w->fate[0][SIM_OFFERED] = w->fate[0][SIM_PERSONS] = n;
	w->events += 2 * n * n_stages;
	for (size_t s = 0; s < n_stages; s++) {
		double *left = w->left[s % 2];
		uint32_t *who = s + 1 < n_stages ? w->who[s % 2] : NULL;
		size_t c = (size_t)p->stage[s].pool[0].first;

		one_stage(w, s, n, at, id, left, who);
		at = left + c;
		id = who != NULL ? who + c : NULL;
	}
	w->last_left = n > 0 ? at[n - 1] : 0;
	w->empty = w->last_left <= p->s->closes_at;
	w->peak_all = n_stages == 1 ? w->peak[0] : -1;
	persons_done(w, n);
}

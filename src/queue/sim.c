/* queue/sim.c: many days, on all cores, until it is precise enough */
#include "queue/sim.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/sim_parts.h"

enum { THREADS_MAX = 256, LEAST_DAYS = 400, MOST_DAYS = 10000 };
static const double WORKERS_MEMORY = 1e9;	/* bytes, about */
static const double FIGURES_MAX = 5e7;		/* days x columns: 400 MB */

struct block {
	struct worker *worker;
	size_t n_workers;
	const struct plan *p;
	double *day;
	size_t to;
	_Atomic size_t next, next_worker;
};

static void *
work(void *arg)
{
	struct block *b = arg;
	struct worker *w = &b->worker[atomic_fetch_add(&b->next_worker, 1)];
	size_t r;

	while ((r = atomic_fetch_add(&b->next, 1)) < b->to) {
		day_begin(w, (uint32_t)r);
		worker_people(w);
		if (b->p->fast)
			series_day(w);
		else
			events_day(w);
		day_end(w, b->day + r * b->p->n_columns);
	}
	return NULL;
}

/* Days from..to-1. A thread that cannot be had is done without. */
static void
run_block(struct block *b, size_t from, size_t to)
{
	pthread_t thread[THREADS_MAX];
	size_t n = 0;

	atomic_store(&b->next, from);
	atomic_store(&b->next_worker, 0);
	b->to = to;
	for (size_t i = 1; i < b->n_workers && i < to - from; i++)
		n += pthread_create(&thread[n], NULL, work, b) == 0;
	(void)work(b);
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(thread[i], NULL);
}

static bool
is_precise(struct sim_estimate e, double least)
{
	double allowed = 0.02 * fabs(e.value) > least ? 0.02 * fabs(e.value) : least;

	return e.n == 0 || (e.high - e.low) / 2 <= allowed;
}

static bool
precise_enough(const struct plan *p, const double *day, size_t n)
{
	const double *total = day + p->s->n_stages * p->line_columns;

	if (!is_precise(estimate_ratio(total + LINE_SUM, total + LINE_PERSONS, n, p->n_columns), 3.0))
		return false;
	for (size_t k = 0; k < p->n_limits; k++) {
		if (!is_precise(estimate_ratio(total + LINE_OVER + k, total + LINE_PERSONS, n, p->n_columns), 0.002))
			return false;
	}
	return true;
}

static size_t
threads_of(const struct sim_options *o)
{
	long n = o->threads > 0 ? o->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (size_t)n;
}

/* No more workers than fit in WORKERS_MEMORY: their number changes no figure, only the time it takes. */
static size_t
workers_of(const struct sim_options *o, const struct plan *p)
{
	double n_stages = (double)p->s->n_stages, persons = 0, each;
	size_t n = threads_of(o);

	for (size_t k = 0; k < p->s->n_streams; k++)
		persons += p->stream[k].mass + (double)p->s->stream[k].n_recorded + p->s->stream[k].opening_line;
	each = persons * 1.5 * (n_stages + 12) * sizeof(double);
	each += p->curves ? (n_stages + 1) * (double)p->n_bins * (LEVELS * sizeof(uint32_t) + LEVEL_DAYS + 40) : 0;
	each += p->distributions ? (double)p->n_lines * SECTIONS * SIM_HISTOGRAM * sizeof(uint32_t) : 0;
	while (n > 1 && each * (double)n > WORKERS_MEMORY)
		n--;
	return n;
}

static bool
check_options(const struct sim_options *o, const struct plan *p, size_t *most, struct err *err)
{
	double room = FIGURES_MAX / (double)p->n_columns;

	*most = o->replications > 0 ? o->replications : o->most > 0 ? o->most : MOST_DAYS;
	if (o->threads < 0 || o->threads > THREADS_MAX)
		return err_set(err, ERR_INPUT, "threads: %d is outside 0 to %d", o->threads, THREADS_MAX);
	if (*most > SIM_REPLICATIONS_MAX)
		return err_set(err, ERR_INPUT, "replications: %zu is outside 1 to %d", *most, SIM_REPLICATIONS_MAX);
	if ((double)*most > room)
		return err_set(err, ERR_INPUT, "replications: %zu is outside 1 to %.0f for a scenario of this size", *most, room);
	return true;
}

bool
sim_run(struct arena *a, const struct sim_scenario *s, const struct sim_options *o, struct sim_result *out, struct err *err)
{
	struct arena *scratch;
	struct plan *p;
	struct block b = { 0 };
	struct sim_result result = { 0 };
	size_t done = 0, most;
	bool good = true;

	if (!sim_check(s, err))
		return false;
	scratch = arena_open();
	p = arena_alloc(scratch, sizeof(*p));
	plan_make(scratch, s, o->seed, o->general, p);
	if (!check_options(o, p, &most, err)) {
		arena_close(scratch);
		return false;
	}
	b.p = p;
	b.n_workers = workers_of(o, p);
	b.worker = arena_array(scratch, b.n_workers, sizeof(*b.worker));
	b.day = arena_array(a, most * p->n_columns, sizeof(double));
	for (size_t i = 0; i < b.n_workers; i++)
		worker_open(p, &b.worker[i]);
	while (done < most && good && !result.stopped && !result.precise) {
		size_t to = done + BLOCK_DAYS < most ? done + BLOCK_DAYS : most;

		run_block(&b, done, to);
		done = to;
		for (size_t i = 0; i < b.n_workers && good; i++) {
			if (b.worker[i].broken)
				good = err_set(err, ERR_BUG, "simulation: %s", b.worker[i].what);
		}
		if (o->replications == 0 && done >= LEAST_DAYS)
			result.precise = precise_enough(p, b.day, done);
		if (o->progress != NULL && done < most)
			result.stopped = !o->progress(o->context, done, most);
	}
	if (o->replications > 0 && good)
		result.precise = precise_enough(p, b.day, done);
	if (good) {
		result_make(a, scratch, p, b.worker, b.n_workers, b.day, done, &result);
		*out = result;
	}
	for (size_t i = 0; i < b.n_workers; i++)
		worker_close(&b.worker[i]);
	arena_close(scratch);
	return good;
}

bool
sim_day(struct arena *a, const struct sim_scenario *s, uint64_t seed, uint32_t replication, bool general,
    struct sim_person **out, size_t *n, struct err *err)
{
	struct arena *scratch;
	struct plan *p;
	struct worker *w;
	size_t at[SIM_STREAMS_MAX] = { 0 }, all;
	double *row;
	bool good;

	if (!sim_check(s, err))
		return false;
	scratch = arena_open();
	p = arena_alloc(scratch, sizeof(*p));
	w = arena_alloc(scratch, sizeof(*w));
	plan_make(scratch, s, seed, general, p);
	worker_open(p, w);
	day_begin(w, replication);
	worker_people(w);
	all = worker_all(w);
	w->trace = arena_array(a, all, sizeof(*w->trace));
	for (size_t i = 0; i < all; i++) {
		size_t best = SIM_STREAMS_MAX;

		for (size_t k = 0; k < s->n_streams; k++) {
			if (at[k] < w->n[k] && (best == SIM_STREAMS_MAX || w->arrive[k][at[k]] < w->arrive[best][at[best]]))
				best = k;
		}
		w->trace[i].arrived = w->arrive[best][at[best]++];
		w->trace[i].stream = (int)best;
	}
	if (p->fast)
		series_day(w);
	else
		events_day(w);
	row = arena_array(scratch, p->n_columns, sizeof(double));
	day_end(w, row);
	*out = w->trace;
	*n = all;
	good = !w->broken || err_set(err, ERR_BUG, "simulation: %s", w->what);
	worker_close(w);
	arena_close(scratch);
	return good;
}

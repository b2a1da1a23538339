/* queue/sim_parts.h: what the files of the engine share; nobody else includes it
 *
 * plan: the scenario made ready, read by all threads. worker: one thread's memory, reused day after day. Everything that
 * is added up over days within a worker is an integer (counts, or times in units of 2^-20 s), so the sum over workers
 * does not depend on who did which day; what is not an integer goes to the day's own row of figures.
 *
 * Lines of statistics: 0 .. n_stages-1 the stages, then the total over stages, then the total by stream. */
#ifndef QUEUE_SIM_PARTS_H
#define QUEUE_SIM_PARTS_H
#include "queue/sim.h"

enum { SECTIONS = 20, LEVELS = 256, LEVEL_DAYS = 64, BLOCK_DAYS = 200 };
#define FIXED 1048576.0			/* units of exact time in a second */
#define PERIOD_S 1800.0
#define TAIL_S 7200.0

struct piece { double from, to, rate, slope, before, mass; int period; };

struct plan_stream {
	const struct sim_stream *s;
	struct piece *piece; size_t n_pieces;
	double mass;			/* expected groups a day */
	double *binomial; size_t n_binomial; int64_t binomial_first;	/* cumulative, of the total */
	double *batch; size_t n_batch;	/* cumulative */
	struct sampler *day, *patience, *delay;
	struct sampler *service[SIM_STAGES_MAX];
	int n_periods;
	bool retries;
};

struct change { double at; int stage, pool, servers; };

struct plan_pool {
	int first;			/* servers at 0 */
	int most;
	bool changes;
	int preference[SIM_STREAMS_MAX];	/* -1: cannot */
	double slower;			/* service times are multiplied by it */
};

struct plan_stage {
	const struct sim_stage *s;
	struct plan_pool *pool;
	double *route;			/* cumulative, NULL for in order */
	bool plain;			/* one pool, one stream: no choosing */
};

struct plan {
	const struct sim_scenario *s;
	uint64_t seed;
	bool fast, curves, distributions;
	bool routed;			/* some stage has probabilities of its own */
	bool one_line;			/* one stage, one stream, no way back: all lines of statistics are the same */
	struct plan_stream stream[SIM_STREAMS_MAX];
	struct plan_stage stage[SIM_STAGES_MAX];
	struct change *change; size_t n_changes;
	double bin_s, end; size_t n_bins;
	size_t n_periods;
	int64_t *scheduled;		/* [stage][period] staffed time */
	size_t n_lines, n_limits;
	/* the row of figures of a day: */
	size_t line_columns, stage_at, stream_at, day_at, n_columns;
};

enum { LINE_SUM, LINE_PERSONS, LINE_MAX, LINE_OVER };
enum { STAGE_PEAK, STAGE_BUSY, STAGE_STAFFED, STAGE_BLOCKED, STAGE_COLUMNS };
enum { STREAM_WITHIN = SIM_FATES, STREAM_GAVE_UP_WITHIN, STREAM_WAIT_ANSWERED, STREAM_WAIT_GAVE_UP, STREAM_COLUMNS };
enum { DAY_PEAK, DAY_DONE, DAY_EMPTY, DAY_COLUMNS };

struct area { int64_t part, step; };	/* bin i holds part[i] + width * sum of step[0..i-1] */

struct line_day { double sum, max; uint64_t persons, over[SIM_LIMITS_MAX]; };

struct events;

struct worker {
	const struct plan *p;
	uint32_t replication;
	/* people of the day, by stream */
	size_t capacity[SIM_STREAMS_MAX];
	double *arrive[SIM_STREAMS_MAX]; size_t n[SIM_STREAMS_MAX], turned_away[SIM_STREAMS_MAX];
	double *service[SIM_STAGES_MAX][SIM_STREAMS_MAX];
	double *patience[SIM_STREAMS_MAX];
	struct piece *scaled; size_t n_scaled;
	/* the fast path */
	double *began, *total, *wait, *left[2]; uint32_t *who[2]; size_t n_series;
	/* the day's figures on their way */
	struct line_day line[SIM_STAGES_MAX + 1 + SIM_STREAMS_MAX];
	uint64_t fate[SIM_STREAMS_MAX][SIM_FATES], within[SIM_STREAMS_MAX], gave_up_within[SIM_STREAMS_MAX];
	double wait_answered[SIM_STREAMS_MAX], wait_gave_up[SIM_STREAMS_MAX];
	int peak[SIM_STAGES_MAX], peak_all;
	double last_left; bool empty;
	int64_t *average;		/* [bin] of the day, all stages */
	struct area *queue, *busy, *blocked, *overtime;	/* [stage][bin], [stage][period] */
	/* added up over the days this worker did */
	int64_t *queue_sum;		/* [stage + 1][bin] */
	int64_t *busy_sum, *overtime_sum;	/* [stage][period] */
	uint32_t *histogram;		/* [section][line][SIM_HISTOGRAM] */
	uint32_t *answered;		/* [stream][SIM_HISTOGRAM], waits of those served */
	uint8_t *level; size_t n_level_days;	/* [day][stage + 1][bin] */
	uint32_t *levels;		/* [stage + 1][bin][LEVELS] */
	uint64_t events;
	struct events *general;
	struct sim_person *trace;	/* NULL, or where person i of the day is written */
	bool broken; const char *what;	/* a balance that did not hold */
};

/* Persons in line at opening have numbers of their own, so that a longer line shifts nobody else's demands. */
#define OPENING_NUMBERS 0x100000000ull

/* sim_plan.c */
void plan_make(struct arena *a, const struct sim_scenario *s, uint64_t seed, bool general, struct plan *p);
void worker_open(const struct plan *p, struct worker *w);
void worker_close(struct worker *w);
/* Draws the day's people: arrive, n, turned_away, service (patience when somebody can give up). */
void worker_people(struct worker *w);
size_t worker_all(const struct worker *w);	/* persons of the day, all streams */

/* sim_series.c, sim_events.c: one day */
void series_day(struct worker *w);
void events_day(struct worker *w);
void events_close(struct events *e);

/* sim_output.c */
void day_begin(struct worker *w, uint32_t replication);
void day_end(struct worker *w, double *row);
void levels_flush(struct worker *w);
double estimate_t(size_t n);
/* The result lives in `a`; `scratch` holds what is only needed on the way. */
void result_make(struct arena *a, struct arena *scratch, const struct plan *p, struct worker *worker, size_t n_workers,
    const double *day, size_t n, struct sim_result *out);

static inline void
area_add(struct area *a, double per_s, int64_t width, double t, int64_t by)
{
	int64_t i = (int64_t)(t * per_s);

	a[i].part += by * ((i + 1) * width - (int64_t)(t * FIXED));
	a[i].step += by;
}

/* Bin of a wait in whole seconds, rounded up; 0 is no wait at all. */
static inline size_t
wait_bin(double wait)
{
	int32_t k;

	if (!(wait < (double)(SIM_HISTOGRAM - 2)))
		return SIM_HISTOGRAM - 1;
	k = (int32_t)wait;
	return (size_t)(k + ((double)k < wait));
}

/* kernel.c */
struct kw {
	size_t n;
	int c;
	const double *at, *service;	/* service by person: service[id], or service[i] when id is NULL */
	const uint32_t *id;
	double *began, *out_at;		/* out_at[c .. n+c-1]: departures in order */
	uint32_t *out_id;		/* who they are, or NULL */
	double *heap; uint32_t *heap_id;	/* c each, when c > 8 */
};
void block_prefix(size_t n, double start, double *x);
void block_inverse(size_t n, const struct piece *p, double factor, double *h);
uint64_t block_above(size_t n, const double *x, double limit);
void block_wait(size_t n, const double *at, const double *began, double *wait, const double *limit, size_t n_limits,
    struct line_day *out);
size_t block_highest(size_t n, const double *at, const double *began);
/* Time averages over bins become levels of a byte (sim_output.c). */
void block_level(size_t n, const int64_t *area, double per_bin, int64_t *sum, uint8_t *level);
void block_area(size_t n, const double *x, double width, double end, int64_t by, struct area *a);
void kiefer_wolfowitz(const struct kw *k);
#endif

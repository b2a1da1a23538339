/* queue/sim.h: the discrete-event engine: polling places and telephones are two presets of it
 *
 * A scenario is a network of stages fed by arrival streams; time is seconds from opening. One replication is one day:
 * it starts empty (or with the given line) and ends when everyone has left. sim_run simulates many days and gives every
 * output with its uncertainty.
 *
 * Words. Person: who comes; a person may make several attempts (telephone). Line: those waiting at a stage, not those in
 * service. Stage: a line and its stations. Pool: stations (or agents) with one schedule and one set of skills; a plain
 * stage is one pool for everyone. Stream: an arrival stream; its number is the persons' class ("skill" on the telephone).
 *
 * Always true:
 *  1. Same scenario + seed + replications = same bytes in the result, whatever the threads, compiler, instruction set.
 *  2. Person i of stream k on day r has the same arrival time, service demands and patience in every scenario with the
 *     same seed (common random numbers), unless the arrivals themselves differ.
 *  3. In every day: offered = served + gave up + lost + balked + refused + sent away + called back (+ turned away at the
 *     door); the engine checks it and a broken balance is ERR_BUG.
 *  4. Nothing is allocated per person during the simulation; memory is bounded by the scenario's size.
 *  5. Events at the same instant: staff change, end of service, giving up, arrival, closing, each kind in order of creation.
 *
 * The engine takes a path without an event list (Kiefer-Wolfowitz 1955; Lindley 1952 for one station) when the scenario
 * allows: one stream, stages in series, one pool each with a constant number of stations, unlimited lines, nobody balks
 * or gives up, everyone in line is served. Persons' times are then the same to the bit as by the event list.
 * Specification: docs/queue.md; sources there. */
#ifndef QUEUE_SIM_H
#define QUEUE_SIM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "queue/dist.h"

struct arena; struct err;

#define SIM_STAGES_MAX 16
#define SIM_STREAMS_MAX 16
#define SIM_POOLS_MAX 64		/* per stage */
#define SIM_SERVERS_MAX 10000		/* per pool */
#define SIM_KNOTS_MAX 2000		/* per profile or schedule */
#define SIM_PERSONS_MAX 2000000.0	/* expected a day, all streams, with what day factors may add */
#define SIM_DAY_MAX 1209600.0		/* closing at most 14 days after opening, seconds */
#define SIM_ATTEMPTS_MAX 100
#define SIM_LIMITS_MAX 8
#define SIM_REPLICATIONS_MAX 200000	/* and days x figures a day at most 50 million */

/* ---- what is stated -------------------------------------------------------------------------------------------- */

struct sim_knot { double at, value; };	/* seconds from opening; relative or persons per second */

enum sim_profile {
	SIM_PROFILE_CONSTANT,	/* value holds from `at` to the next knot; the last knot only ends the profile */
	SIM_PROFILE_LINEAR,	/* linear between knots; zero outside */
	SIM_PROFILE_RECORDED,	/* arrivals at recorded[n_recorded] exactly, ascending, the same every day */
};
enum sim_total {
	SIM_TOTAL_POISSON,	/* total is Poisson(expected) */
	SIM_TOTAL_BINOMIAL,	/* each of `registered` comes with probability expected / registered */
	SIM_TOTAL_DAY_FACTOR,	/* Poisson, intensity times a gamma factor of the day: mean 1, CV `day_cv` */
};

/* Who calls again after giving up or a busy tone. Fresh patience each attempt. */
struct sim_retry {
	double p_gave_up, p_busy;	/* 0 to 1 */
	struct dist delay;		/* default when DIST_NONE: exponential, mean 600 s */
	int attempts_max;		/* 1 to SIM_ATTEMPTS_MAX, counting the first; 0 means no retries */
};

struct sim_stream {
	const char *name;
	enum sim_profile profile;
	const struct sim_knot *knot; size_t n_knots;
	const double *recorded; size_t n_recorded;
	double expected;		/* persons a day: the profile is scaled to it. 0: knot values are persons per second */
	enum sim_total total;
	double registered;		/* SIM_TOTAL_BINOMIAL: >= expected */
	double day_cv;			/* SIM_TOTAL_DAY_FACTOR: 0 to 2 */
	double period_s, period_cv, period_correlation;	/* optional factor per period (lognormal, mean 1, AR(1)); cv 0: none */
	const double *batch; size_t n_batch;	/* weights of group sizes 1, 2, ..; none: everyone alone */
	int opening_line;		/* persons in line at opening, besides `expected` */
	int priority;			/* 0 goes first; lower numbers are served before higher, never interrupting */
	int first_stage;		/* where they enter, 0 by default */
	struct dist patience;		/* of each attempt, counted anew in each line; DIST_NONE: never gives up */
	struct sim_retry retry;
};

struct sim_staff { double at; int servers; };		/* from `at`; the first row must be at 0 or before */
struct sim_break { double from, to; int servers; };	/* so many away, from..to; the number never goes below 0 */
struct sim_skill { int stream; int preference; };	/* 0 is the pool's first choice */

struct sim_pool {
	const char *name;
	int servers;			/* all day, when n_staff is 0 */
	const struct sim_staff *staff; size_t n_staff;
	const struct sim_break *pause; size_t n_pauses;
	const struct sim_skill *skill; size_t n_skills;	/* none: serves every stream, priority decides */
	double speed;			/* service times are divided by it; 0 means 1 */
};

enum sim_routing {
	SIM_ROUTING_PREFERENCE,	/* caller: longest-idle agent among those who like her best; agent: best skill, longest waiting */
	SIM_ROUTING_LONGEST,	/* agent: longest waiting across her skills; caller: longest-idle agent with the skill */
};

struct sim_balking { int from, to; double most; };	/* with n in line: 0 below from, rising linearly to `most` at `to` */
struct sim_callback { int line; double accept; };	/* offered when `line` or more wait (line 0: never); keeps the place */

struct sim_stage {
	const char *name;
	struct dist service;
	const struct dist *service_by_stream;	/* NULL, or n_streams of them; DIST_NONE: as `service` */
	const struct sim_pool *pool; size_t n_pools;	/* at least one */
	int room;			/* places in line before the stage; SIM_UNLIMITED. From outside: full means refused
					 * (busy tone). From an earlier stage: the station there stays blocked (blocking after service). */
	enum sim_routing routing;
	struct sim_balking balking;	/* only for those who come from outside */
	struct sim_callback callback;
	const double *next;		/* NULL: the next stage in order, or out after the last. Else n_stages + 1 probabilities,
					 * the last of them "leaves" */
};
#define SIM_UNLIMITED (-1)

enum sim_closing {
	SIM_CLOSING_SERVE,	/* everyone in line at closing is served; arrivals after it are turned away */
	SIM_CLOSING_HARD,	/* at closing lines are emptied; who is in service finishes and leaves */
};
enum sim_outputs { SIM_OUT_CURVES = 1, SIM_OUT_DISTRIBUTIONS = 2, SIM_OUT_ALL = 3, SIM_OUT_MEANS = 4 };

struct sim_scenario {
	const char *name;
	double closes_at;		/* > 0, seconds from opening */
	enum sim_closing closing;
	const struct sim_stream *stream; size_t n_streams;
	const struct sim_stage *stage; size_t n_stages;
	int trunks;			/* lines into the house; all taken: busy tone. 0: unlimited */
	double answer_limit;		/* T of the service levels, seconds */
	const double *limit; size_t n_limits;	/* waits to report shares above, seconds, ascending */
	double target_limit, target_share;	/* a bad day: more than this share of persons wait more than this */
	unsigned outputs;		/* enum sim_outputs; 0 means all. Searches leave out what they do not read */
};

/* ERR_INPUT, with err->field (a literal such as "stages.room") and one sentence in err->log that names the field
 * with its place in the list, the value and the allowed range. sim_run calls it. */
bool sim_check(const struct sim_scenario *s, struct err *err);

struct sim_options {
	uint64_t seed;
	int threads;			/* 0: as many as the machine has; at most 256 */
	size_t replications;		/* exactly so many days, when > 0. Else by the stopping rule: */
	size_t most;			/* blocks of 200, at least 400, at most this (0: 10,000), until mean wait within
					 * max(2 %, 3 s) and the share above every limit within max(2 %, 0.2 points) */
	bool general;			/* use the event list even where the fast path would do (tests, benchmarks) */
	/* Called after each block of 200 days from the calling thread; false stops early with what is known. */
	bool (*progress)(void *context, size_t done, size_t most);
	void *context;
};

/* ---- what comes out -------------------------------------------------------------------------------------------- */

/* `value` is NaN when it cannot be told (`n` then is 0): nobody came, nobody gave up, too few days for an interval. */
struct sim_estimate { double value, low, high, se; size_t n; };	/* 95 %; simulation noise only */

struct sim_wait {			/* seconds in line; also of those who gave up, up to then */
	struct sim_estimate mean, p50, p90, p95;
	double max;			/* over all days */
	double sd_between_days;		/* of the day's mean: what planning must bear */
	struct sim_estimate *over;	/* [n_limits] share of persons above */
	struct sim_estimate *any_over;	/* [n_limits] probability that anybody waits longer, in a day */
	const uint64_t *histogram;	/* [SIM_HISTOGRAM] 0: no wait; k: (k-1, k] s; the last: longer. NULL without distributions */
	uint64_t persons;
};
#define SIM_HISTOGRAM 14402

struct sim_curve {			/* bin i is [bin_s i, bin_s (i+1)); the value of a day is its exact time average there */
	size_t n;
	double bin_s;			/* 60; longer only for days beyond 24 hours. Bins reach two hours past closing */
	double *mean, *p50, *p90, *p95;	/* persons in line, over days; NULL without curves */
	double peak_of_mean, peak_at;	/* highest point of the mean curve, and when (s) */
	struct sim_estimate mean_of_peaks;	/* mean over days of the day's highest number in line: larger */
	double peak_p50, peak_p90, peak_p95;	/* over days */
};

struct sim_stage_result {
	struct sim_wait wait;
	struct sim_curve queue;
	struct sim_estimate utilisation;	/* busy / staffed time from opening to closing */
	struct sim_estimate blocked;		/* share of staffed time stations stand blocked, opening to closing */
	double *utilisation_by;			/* [n_periods], NaN where nobody is staffed */
};

enum sim_fate { SIM_OFFERED, SIM_SERVED, SIM_GAVE_UP, SIM_BUSY, SIM_REFUSED, SIM_BALKED, SIM_SENT_AWAY, SIM_CALLED_BACK,
	SIM_TURNED_AWAY, SIM_PERSONS, SIM_REACHED, SIM_FATES };
/* OFFERED counts attempts within opening hours; TURNED_AWAY comes after closing and is outside OFFERED. PERSONS are
 * different people within opening hours, REACHED those of them who were served (in some attempt). */

struct sim_stream_result {
	struct sim_estimate count[SIM_FATES];	/* per day */
	struct sim_estimate level_a, level_b, level_c, level_d;	/* service level by the four definitions */
	struct sim_estimate share_gave_up, share_busy, share_reached;	/* of attempts; of attempts; of persons */
	struct sim_estimate wait_answered, wait_gave_up;	/* mean, s */
	double wait_answered_p90;	/* only with distributions */
	struct sim_wait wait;		/* total wait over all stages, every attempt that joined a line */
};

struct sim_result {
	size_t replications, n_stages, n_streams, n_limits;
	uint64_t seed;
	bool fast_path, precise, stopped;	/* which path; stopping rule met; progress said stop */
	struct sim_wait wait;		/* total wait, all stages together */
	struct sim_curve queue;		/* all lines together; its peaks only on the general path or with one stage, else NaN */
	struct sim_stage_result *stage;	/* [n_stages] */
	struct sim_stream_result *stream, all;	/* [n_streams], and everyone together */
	struct sim_estimate bad_day;	/* probability of a day above the target */
	struct sim_estimate done_after;	/* minutes from closing to the last leaving, 0 if before: mean */
	double done_p50, done_p90, done_p95;	/* minutes */
	struct sim_estimate empty_at_close;	/* probability that nobody is left at closing */
	double period_s; size_t n_periods;	/* of utilisation: half-hours from opening to closing */
	int *bottleneck;		/* [n_periods] stage with the highest utilisation, -1: nobody staffed */
	const double *day; size_t n_columns;	/* raw figures of each day, row r; sim_difference reads them */
	uint64_t events;		/* handled in all (2 per person and stage on the fast path) */
};

/* Runs the scenario. The result and all it points at live in `a`.
 * ERR_INPUT as sim_check, or options out of range. ERR_BUG: a balance did not hold. */
bool sim_run(struct arena *a, const struct sim_scenario *s, const struct sim_options *o, struct sim_result *out,
    struct err *err);

/* B minus A with common random numbers, paired by day: both from the same seed. */
struct sim_differences {
	struct sim_estimate wait_mean;	/* seconds per person */
	struct sim_estimate *over;	/* [n_limits] share above */
	struct sim_estimate served, gave_up, level_a, peak_first, done_after;	/* per day; per day; share; persons; minutes */
	size_t n;			/* days in common */
};
/* ERR_INPUT when the seeds or the limits differ. */
bool sim_difference(struct arena *a, const struct sim_result *before, const struct sim_result *after,
    struct sim_differences *out, struct err *err);

/* The persons of one day, for tests and explanations: times of person i (in order of arrival) at each stage. */
struct sim_person { double arrived, left; double joined[SIM_STAGES_MAX], began[SIM_STAGES_MAX]; int stream; enum sim_fate fate; };
bool sim_day(struct arena *a, const struct sim_scenario *s, uint64_t seed, uint32_t replication, bool general,
    struct sim_person **out, size_t *n, struct err *err);

/* Intervals that stand on their own (95 %). */
struct sim_estimate estimate_mean(const double *x, size_t n);		/* t */
struct sim_estimate estimate_ratio(const double *y, const double *m, size_t n, size_t stride);	/* linearised */
struct sim_estimate estimate_share(uint64_t k, uint64_t n);		/* Wilson; exact when 0 or n */
#endif

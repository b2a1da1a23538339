/* bench/bench_queue.c: how fast the queue engine is, on one core and on all, beside SimPy on the same models
 *
 * A core's figure counts the processor's time, so that others on the machine do not slow it; all cores' is by the clock.
 * Every figure is of whole runs through sim_run: drawing people, the day, its statistics. A ratio to SimPy counts only when
 * the mean waits agree: the difference within 4 standard errors of both together; else the line says void. */
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "queue/sim.h"

struct outcome { double seconds, persons, events, days; struct sim_estimate wait; };

static double
seconds_of(int threads)
{
	struct timespec t;

	if (threads > 1)
		return monotonic_s();
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct outcome
run(const struct sim_scenario *s, size_t days, bool general, int threads)
{
	struct arena *a = arena_open();
	struct sim_options o = { .seed = 1, .threads = threads, .replications = days, .general = general };
	struct sim_result r = { 0 };
	struct err err = { 0 };
	double began = seconds_of(threads);
	struct outcome out = { 0 };

	if (!sim_run(a, s, &o, &r, &err)) {
		(void)fprintf(stderr, "bench_queue: %s: %s\n", s->name, err.log);
		exit(1);
	}
	out = (struct outcome){ seconds_of(threads) - began, (double)r.wait.persons, (double)r.events, (double)days, r.wait.mean };
	arena_close(a);
	return out;
}

/* The best of three: others use the machine too. */
static struct outcome
best(const struct sim_scenario *s, size_t days, bool general, int threads)
{
	struct outcome best_of = run(s, days, general, threads);

	for (int i = 0; i < 2; i++) {
		struct outcome o = run(s, days, general, threads);

		best_of = o.seconds < best_of.seconds ? o : best_of;
	}
	return best_of;
}

static void
against_simpy(const char *model, double mine, const char *unit, struct sim_estimate wait)
{
	char command[200], line[200];
	double theirs, mean, se, off;
	FILE *f;

	(void)snprintf(command, sizeof(command), "/usr/bin/python3 bench/simpy_models.py %s 2>&1", model);
	f = popen(command, "r");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL || sscanf(line, "%lf %lf %lf", &theirs, &mean, &se) != 3) {
		printf("  SimPy: could not be run\n");
		if (f != NULL)
			(void)pclose(f);
		return;
	}
	(void)pclose(f);
	off = fabs(mean - wait.value) / sqrt(se * se + wait.se * wait.se);
	printf("  SimPy %.0f %s; mean wait %.2f s against %.2f s (%.1f standard errors apart): ", theirs, unit, mean, wait.value, off);
	if (off <= 4)
		printf("%.0f times as fast\n", mine / theirs);
	else
		printf("void, the means do not agree\n");
}

int
main(void)
{
	static const struct sim_knot hour[] = { { 0, 1 }, { 25000, 0 } };
	static const struct sim_knot day[] = { { 0, 1 }, { 43200, 0 } };
	static const double limit[] = { 300, 600, 900, 1800 };
	struct sim_stream stream = { .knot = hour, .n_knots = 2, .expected = 10000 }, calls = stream, voters = { .knot = day, .n_knots = 2, .expected = 1100 };
	struct sim_pool five = { .servers = 5 }, one = { .servers = 1 };
	struct sim_stage stage = { .service = { .kind = DIST_EXPONENTIAL, .mean = 10 }, .pool = &five, .n_pools = 1, .room = SIM_UNLIMITED };
	struct sim_stage single = { .service = { .kind = DIST_EXPONENTIAL, .mean = 2 }, .pool = &one, .n_pools = 1, .room = SIM_UNLIMITED };
	static const struct sim_pool booths[] = { { .servers = 3 }, { .servers = 6 }, { .servers = 2 }, { .servers = 1 } };
	static const double mean[] = { 60, 120, 45, 20 }, cv[] = { 0.6, 0.8, 0.6, 0.5 };
	struct sim_stage polling[4];
	struct sim_scenario mm5 = { .name = "M/M/5", .closes_at = 25000, .stream = &stream, .n_streams = 1, .stage = &stage, .n_stages = 1,
		.outputs = SIM_OUT_MEANS };
	struct sim_scenario mm1 = mm5, mm5m = mm5, votes = { .name = "polling", .closes_at = 43200, .stream = &voters, .n_streams = 1,
		.stage = polling, .n_stages = 4, .limit = limit, .n_limits = 4 };
	int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
	struct outcome core, all;

	for (int i = 0; i < 4; i++)
		polling[i] = (struct sim_stage){ .service = { .kind = DIST_LOGNORMAL, .mean = mean[i], .cv = cv[i] }, .pool = &booths[i],
			.n_pools = 1, .room = SIM_UNLIMITED };
	mm1.name = "M/M/1";
	mm1.stage = &single;
	calls.patience = (struct dist){ .kind = DIST_EXPONENTIAL, .mean = 30 };
	mm5m.name = "M/M/5+M";
	mm5m.stream = &calls;
	core = best(&mm1, 2000, false, 1);
	printf("FCFS path M/M/1: %.1f M customers/s a core (target 200)\n", core.persons / core.seconds / 1e6);
	core = best(&mm5, 2000, false, 1);
	all = best(&mm5, 2000, false, cores);
	printf("FCFS path M/M/5: %.1f M customers/s a core (target 50, goal 65), %.1f M on %d cores\n", core.persons / core.seconds / 1e6,
	    all.persons / all.seconds / 1e6, cores);
	core = best(&mm5m, 600, true, 1);
	printf("event list M/M/5+M: %.1f M events/s a core (target 8, goal 20)\n", core.events / core.seconds / 1e6);
	core = best(&mm5, 600, true, 1);
	all = best(&mm5, 600, true, cores);
	printf("event list M/M/5: %.1f M events/s a core (target 15, goal 30), %.1f M on %d cores\n", core.events / core.seconds / 1e6,
	    all.events / all.seconds / 1e6, cores);
	against_simpy("mm5", core.persons / core.seconds, "customers/s", core.wait);
	core = best(&votes, 4000, false, 1);
	all = best(&votes, 4000, false, cores);
	printf("polling day, 1,100 voters, 4 stages, lognormal, all outputs: %.0f days/s a core (target 8,000, goal 12,000), %.0f on %d cores\n",
	    core.days / core.seconds, all.days / all.seconds, cores);
	against_simpy("polling", core.days / core.seconds, "days/s", core.wait);
	core = best(&votes, 1000, true, 1);
	printf("the same day by the event list: %.0f days/s a core\n", core.days / core.seconds);
	return 0;
}

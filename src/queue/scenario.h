/* queue/scenario.h: a scenario as people write it: one JSON object in a file
 *
 * The file says what is known of a polling place, a telephone or any network of stages, in the words of queue/sim.h; what
 * it leaves out is filled with the defaults of docs/queue.md, and each default that matters is listed in `assumption`, so
 * that a result can say what it stands on. Nothing is mended in silence: an unknown field, a wrong type, a value out of
 * range is refused with one sentence that names the field with its place ("streams[0].knots[3].at"), the value and
 * the range.
 *
 * Times are seconds. A moment is either seconds from opening or a clock time "HH:MM" ("HH:MM:SS"), at most "24:00". */
#ifndef QUEUE_SCENARIO_H
#define QUEUE_SCENARIO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "queue/sim.h"

struct arena; struct err;

enum scenario_kind { SCENARIO_NETWORK, SCENARIO_POLLING, SCENARIO_PHONES };

/* What a good plan is. Only one of the three kinds of limit on waiting is used:
 *   days   with probability `confidence` the day is such that at most `share` of the persons wait more than `wait` s
 *   mean   (confidence 0) at most `share` of all persons wait more than `wait` s
 *   level  (telephone) at least `service_level` of all offered calls are answered within `answer_limit` of the scenario
 * and on the telephone also: at most `max_abandon` of the attempts give up (1: not asked for). */
struct scenario_target {
	enum { TARGET_NONE, TARGET_DAYS, TARGET_MEAN, TARGET_LEVEL } kind;
	double wait, share, confidence, service_level, max_abandon;
};

/* How uncertain the inputs are, as shares (0.1: ten percent up or down) and seconds (the profile earlier or later). */
struct scenario_uncertainty { double arrivals, service, shift_s; };

/* What a search may do with a stage, and what it costs. One row a stage. */
struct scenario_stage {
	double officials;		/* needed at each station */
	double cost;			/* of one station for the search; default: officials, 0.1 when none */
	int least, most;		/* stations the search may choose */
};

struct scenario {
	enum scenario_kind kind;
	const char *name, *note;	/* note NULL when none */
	bool has_clock;			/* `opens` was given */
	int opens;			/* seconds after midnight */
	struct sim_scenario sim;	/* borrows from the arena only */
	struct scenario_stage *stage;	/* [sim.n_stages] */
	double fixed_posts;		/* officials besides the stations: chair, host at the door */
	double spacing_m;		/* metres a person in line takes */
	double shrinkage;		/* share of paid time not at the telephone */
	double interval_s;		/* of the staffing advice */
	struct scenario_target target;
	struct scenario_uncertainty uncertainty;
	uint64_t seed;
	size_t replications;		/* 0: until precise enough */
	int threads;			/* 0: all */
	const char **assumption; size_t n_assumptions;	/* English sentences, marked N_() where they are constant */
};

#define SCENARIO_BYTES_MAX (32u << 20)

/* Reads and checks (sim_check included). Everything lives in `a`, but err->field, which may point into `in`.
 * ERR_INPUT with the sentence in err->log. */
bool scenario_read(struct arena *a, const json_t *in, struct scenario *out, struct err *err);
/* The same from the bytes of a file. */
bool scenario_parse(struct arena *a, const char *data, size_t n, struct scenario *out, struct err *err);

/* "08:30" for a moment, or "2 h 30 min" after opening when the scenario has no clock. Lives in `a`. */
const char *scenario_clock(struct arena *a, const struct scenario *s, double at);

/* Officials at the stations of `sim` (constant numbers) and the fixed posts. */
double scenario_officials(const struct scenario *s, const struct sim_scenario *sim);
#endif

/* cmd/calc.h: functions that `narkontakt calc` offers
 *
 * calc reads JSON Lines from standard input and prints one object for each, in order. A function fills `out` from `in`;
 * on bad input it returns false with err->field and err->person, which is printed as {"error", "field"}. */
#ifndef CMD_CALC_H
#define CMD_CALC_H
#include <stdbool.h>

#include "base/json.h"

struct err;

struct calc_function {
	const char *name;
	bool (*run)(const json_t *in, json_t *out, struct err *err);
};

/* One table a room, ended by a zero row; calc.c lists the tables. */
extern const struct calc_function calc_law[];		/* calc_law.c: dates, quorum, tally, ... */
extern const struct calc_function calc_stats[];		/* calc_stats.c: survey, survival, xmr, service-index */
extern const struct calc_function calc_queue[];		/* calc_queue.c: erlang-*, staff, transient, simulate */

bool calc_survey(const json_t *in, json_t *out, struct err *err);	/* calc_survey.c; in the table of calc_stats.c */
#endif

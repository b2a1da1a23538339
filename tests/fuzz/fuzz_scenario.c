/* tests/fuzz/fuzz_scenario.c: whatever is given as a scenario file
 *
 * What is accepted is simulated for two days and reported, when it is small; what is refused has a sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "planning/report.h"
#include "queue/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static double
persons(const struct sim_scenario *s)
{
	double sum = 0;

	for (size_t k = 0; k < s->n_streams; k++) {
		const struct sim_stream *one = &s->stream[k];
		double n = one->expected + (double)one->n_recorded + one->opening_line;

		for (size_t i = 0; i + 1 < one->n_knots && !(one->expected > 0); i++)
			n += (one->knot[i].value + one->knot[i + 1].value) * (one->knot[i + 1].at - one->knot[i].at);
		sum += n * (1 + one->day_cv) * (double)(one->n_batch + 1) * (one->retry.attempts_max + 1);
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct scenario s;
	struct err err = { 0 };

	if (!scenario_parse(a, (const char *)data, size, &s, &err)) {
		if (err.code != ERR_INPUT || err.log[0] == '\0')
			abort();
	} else if (persons(&s.sim) < 2000) {
		struct sim_options o = { .seed = s.seed, .threads = 1, .replications = 2 };
		struct sim_result r = { 0 };
		struct plan_report p = { .s = &s, .r = &r };
		struct sb sb;

		if (!sim_run(a, &s.sim, &o, &r, &err)) {
			if (err.code == ERR_BUG)
				abort();
		} else {
			json_t *report = report_json(&p);

			sb_init(&sb, a, 64 << 20);
			report_csv(&sb, report);
			report_table(a, &p, &sb);
			json_decref(report);
		}
	}
	arena_close(a);
	return 0;
}

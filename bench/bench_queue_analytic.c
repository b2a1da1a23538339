/* bench/bench_queue_analytic.c: Erlang formulas a second, on one core */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/monotonic.h"
#include "queue/erlang.h"

/* Half a second of different loads for `servers` servers. */
static void
rate(const char *what, double servers, double low, double high, double patience)
{
	double from = monotonic_s(), took, sum = 0;
	long n = 0;

	do {
		for (int i = 0; i < 200; i++, n++) {
			double load = servers * (low + (high - low) * (double)(n % 997) / 997);
			struct erlang_line line = { servers, load / 240, 240, patience, 20 };
			struct erlang_figures f = { 0 };
			struct err err = { 0 };

			if (erlang_a_figures(&line, &f, &err))
				sum += f.service_level;
		}
		took = monotonic_s() - from;
	} while (took < 0.5);
	(void)printf("%-34s %12.0f/s   (mean level %.4f)\n", what, (double)n / took, sum / (double)n);
}

int
main(void)
{
	rate("erlang-c, 20 servers", 20, 0.5, 0.99, INFINITY);
	rate("erlang-c, 2,000 servers", 2000, 0.5, 0.999, INFINITY);
	rate("erlang-c, 2,000 servers, busy", 2000, 0.95, 0.999, INFINITY);
	rate("erlang-c, 100,000 servers", 100000, 0.9, 0.999, INFINITY);
	rate("erlang-a, 20 servers", 20, 0.5, 1.2, 180);
	rate("erlang-a, 2,000 servers", 2000, 0.9, 1.1, 180);
	rate("erlang-a, 100,000 servers", 100000, 0.9, 1.1, 180);
	return 0;
}

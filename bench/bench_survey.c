/* bench/bench_survey.c: 100,000 answers to 40 questions, raked to 4 margins, 200 estimates in domains
 *
 * Beside it, the same sums without weights or variance: one pass over the numbers for each estimate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "stats/survey.h"

enum { N = 100000, QUESTIONS = 40, ESTIMATES = 200, STRATA = 8, MARGINS = 4, ROUNDS = 3 };
static const size_t categories[MARGINS] = { 2, 6, 12, 5 };

static uint64_t seed = 1;

static unsigned
below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % n);
}

static void
stop(const char *why)
{
	(void)fprintf(stderr, "bench_survey: %s\n", why);
	exit(1);
}

int
main(void)
{
	struct arena *a = arena_open();
	int *stratum = arena_array(a, N, sizeof(*stratum));
	double *population = arena_array(a, STRATA, sizeof(*population)), *answer[QUESTIONS];
	struct survey_margin margin[MARGINS];
	double best = 1e9, bare = 1e9, rake = 1e9, sum = 0;

	for (size_t k = 0; k < STRATA; k++)
		population[k] = 100000;
	for (size_t k = 0; k < N; k++)
		stratum[k] = (int)below(STRATA);
	for (size_t m = 0; m < MARGINS; m++) {
		int *category = arena_array(a, N, sizeof(*category));
		double *total = arena_array(a, categories[m], sizeof(*total)), all = 0;

		for (size_t k = 0; k < N; k++)
			category[k] = (int)below((unsigned)categories[m]);
		for (size_t c = 0; c < categories[m]; c++)
			all += total[c] = 0.7 + 0.1 * (double)below(7);		/* not as they answered */
		for (size_t c = 0; c < categories[m]; c++)
			total[c] *= STRATA * 100000.0 / all;
		margin[m] = (struct survey_margin){ category, total, categories[m] };
	}
	for (size_t q = 0; q < QUESTIONS; q++) {
		answer[q] = arena_array(a, N, sizeof(**answer));
		for (size_t k = 0; k < N; k++)
			answer[q][k] = below(20) == 0 ? NAN : (double)(q % 2 == 0 ? 1 + below(5) : below(2));
	}
	for (int round = 0; round < ROUNDS; round++) {
		struct arena *own = arena_open();
		struct survey_design design = { .n = N, .stratum = stratum, .population = population, .n_strata = STRATA,
			.margin = margin, .n_margins = MARGINS };
		struct survey s;
		struct err err = { 0 };
		double from = monotonic_s(), opened, took;

		if (!survey_open(own, &design, &s, &err))
			stop(err.log);
		opened = monotonic_s() - from;
		for (int e = 0; e < ESTIMATES; e++) {
			size_t q = (size_t)e % QUESTIONS;
			struct survey_question ask = { .statistic = q % 2 == 0 ? SURVEY_MEAN : SURVEY_SHARE, .y = answer[q],
				.domain = margin[2].category, .member = e % 12 };
			struct survey_estimate got = survey_estimate(own, &s, &ask);

			if (!(got.se > 0))
				stop("an estimate without a standard error");
		}
		took = monotonic_s() - from;
		best = took < best ? took : best;
		rake = opened < rake ? opened : rake;
		from = monotonic_s();
		for (int e = 0; e < ESTIMATES; e++) {
			const double *y = answer[(size_t)e % QUESTIONS];

			for (size_t k = 0; k < N; k++)
				sum += margin[2].category[k] == e % 12 && !isnan(y[k]) ? y[k] : 0;
		}
		took = monotonic_s() - from;
		bare = took < bare ? took : bare;
		arena_close(own);
	}
	(void)printf("survey: 100,000 answers, 4 margins, 200 domains  %8.2f s (raking %.2f)   plain sums %.2f s%s   target 2 s: %s\n", best,
	    rake, bare, sum > 0 ? "" : " ", best <= 2 ? "met" : "NOT MET");
	arena_close(a);
	return 0;
}

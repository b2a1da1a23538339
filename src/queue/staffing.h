/* queue/staffing.h: how many are needed, from the formulas
 *
 * The least number of servers that meets targets, for one line in steady state; and period by period through a day, by
 * three rules of thumb that see more and more of the day's shape:
 *   SIPP      each period as if it lasted for ever at its mean rate: wrong when services are long or lines carry over
 *   lag SIPP  the same with the rate one mean service earlier (Green, Kolesar, Soares 2001)
 *   MOL       the mean number busy if servers were without end, as the load (Jennings, Mandelbaum, Massey, Whitt 1996)
 * All are starting points: a day is verified by simulation (queue/sim.h). */
#ifndef QUEUE_STAFFING_H
#define QUEUE_STAFFING_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"
#include "queue/dist.h"
#include "queue/erlang.h"
#include "queue/transient.h"

struct err;

struct staffing_target {
	double service_level;		/* at least this share answered within the line's limit; 0: not asked for */
	double max_abandon;		/* at most this share gives up; 1: not asked for */
	double max_mean_wait;		/* seconds, over all; INFINITY: not asked for */
};

/* The least whole number of servers; `line->servers` is not read and holds the answer afterwards. No calls: 0 servers.
 * Infinite patience is Erlang C. Doubling, then bisection: the figures improve with every server.
 * ERR_INPUT: targets out of range, or not met by ERLANG_SERVERS_MAX servers. */
bool staffing_least(struct erlang_line *line, const struct staffing_target *target, struct erlang_figures *out,
    struct err *err);

enum staffing_rule { STAFFING_SIPP, STAFFING_LAG_SIPP, STAFFING_MOL };

/* For the periods [i * period, (i+1) * period), i < n, after 0: arrival rates in `piece`; `service` for its mean and, with
 * MOL, its distribution. servers[n] and, unless NULL, load[n] (erlang) and figures[n] are filled. */
struct staffing_day {
	const struct transient_piece *piece; size_t n_pieces;
	const struct dist *service;
	double mean_patience, limit;	/* as in struct erlang_line */
	double period; size_t n;
	struct staffing_target target;
	double least;			/* policy: never fewer than this where anybody comes */
};
bool staffing_by_period(const struct staffing_day *in, enum staffing_rule rule, double *servers, double *load,
    struct erlang_figures *figures, struct err *err);

/* Integral of the rate from `from` to `to`; of rate(t - u) P(S > u) over u >= 0, the load if servers were without end. */
double arrivals_between(const struct transient_piece *piece, size_t n, double from, double to);
double offered_load_at(const struct transient_piece *piece, size_t n, const struct dist *service, double t);

/* Of the time paid, the share `shrinkage` is not at the telephone. ceil(needed / (1 - shrinkage)); 0 <= shrinkage < 1. */
double staffing_scheduled(double needed, double shrinkage);
/* Square-root rule and Halfin-Whitt's probability of waiting at N = a + beta sqrt(a): first guesses and explanations. */
double square_root_staff(double load, double beta);
double halfin_whitt(double beta);
#endif

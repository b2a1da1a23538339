/* queue/erlang.h: the steady-state formulas of waiting lines
 *
 * Calls come at random (Poisson), `arrival_rate` per second, to `servers` alike; a service lasts `mean_service` seconds in
 * the mean. The load is a = arrival_rate * mean_service erlang; utilisation rho = a / servers.
 *   B  those who find no server free are lost		C  they wait, however long
 *   A  they wait, and give up when their patience ends (exponential, mean `mean_patience`)
 * Everything here is exact for the model and stable up to ten million servers. Where no steady state exists
 * (utilisation >= 1 and nobody gives up) the functions refuse, and the message says how fast the line grows and what to
 * use instead: queue/transient.h for a limited time.
 *
 * Sources: Erlang 1917; Palm 1957; Garnett, Mandelbaum, Reiman 2002 (A); Allen 1990 (Allen-Cunneen); Spitzer 1956 and
 * Asmussen 2003, ch. VIII (M/D/N by random walk); Loader 2000 (Poisson probabilities without cancellation). */
#ifndef QUEUE_ERLANG_H
#define QUEUE_ERLANG_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct err;

#define ERLANG_SERVERS_MAX 10000000.0
#define ERLANG_RATE_MAX 1e9		/* per second */
#define ERLANG_SECONDS_MAX 1e9

struct erlang_line {
	double servers;			/* whole after erlang_check, which rounds full-time equivalents up */
	double arrival_rate;		/* per second */
	double mean_service;		/* seconds; 0: nobody waits */
	double mean_patience;		/* seconds; INFINITY: nobody gives up (C); 0: nobody waits (B) */
	double limit;			/* seconds: the service level is answered within it, of all who came */
};

struct erlang_figures {
	double utilisation;		/* share of time a server is busy; NaN without servers */
	double p_wait;			/* P(W > 0) */
	double mean_wait;		/* seconds, over all, also those who gave up */
	double mean_queue;		/* persons in line */
	double service_level;		/* answered within the limit, of all offered */
	double p_abandon;		/* 0 for C */
	double p_blocked;		/* busy tone: finite lines only */
};

/* Probability that all servers are busy and the call is lost. servers >= 0 whole, load >= 0. O(sqrt servers). */
double erlang_b(double servers, double load);
/* ln of it, where it would underflow. O(servers). */
double erlang_log_b(double servers, double load);
/* B(0..n, load) into out[n + 1], by the recursion B(n) = a B(n-1) / (n + a B(n-1)). */
void erlang_b_table(double load, size_t n, double *out);
/* Probability of waiting when nobody gives up; 0 <= load < servers. */
double erlang_c(double servers, double load);

/* Erlang C for the whole line. ERR_INPUT with field "servers" when utilisation >= 1. */
bool erlang_c_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err);
/* P(W > t) and the p-quantile of the wait; NaN when utilisation >= 1. */
double erlang_c_over(const struct erlang_line *in, double t);
double erlang_c_quantile(const struct erlang_line *in, double p);

/* Erlang A; an infinite patience is Erlang C. By the birth-death method, the level by an integral of positive terms. */
bool erlang_a_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err);
/* The same by the sums J(t) of Palm: a check of the former (loses digits when p_abandon is tiny). */
bool erlang_a_palm(const struct erlang_line *in, struct erlang_figures *out);

/* A line with `places` in all (servers and waiting room); who finds it full hears the busy tone. Patience as in A.
 * service_level is NaN: it is not computed here. mean_wait is over those who came in. */
bool erlang_finite(const struct erlang_line *in, double places, struct erlang_figures *out, struct err *err);
/* Newcomers who find q in line stay with probability 1 / (1 + discouragement q): mean_wait of those who stay;
 * p_blocked is the share who do not. */
bool erlang_balking(const struct erlang_line *in, double discouragement, struct erlang_figures *out, struct err *err);

/* One server, any service with the squared coefficient of variation known. mean_wait_2 is E[W^2], NaN unless third > 0. */
struct mg1 { double utilisation, p_wait, mean_wait, mean_wait_2, mean_queue; };
struct moments { double first, second, third; };	/* E[S], E[S^2], E[S^3] */
struct moments moments_lognormal(double mean, double cv);
struct moments moments_gamma(double mean, double cv);
bool mg1_figures(double arrival_rate, struct moments service, struct mg1 *out, struct err *err);

/* Constant service, exact. */
bool mdn_figures(const struct erlang_line *in, struct erlang_figures *out, struct err *err);
/* Allen-Cunneen: an approximation, and to be called so wherever it is shown. Squared coefficients of variation of the
 * times between arrivals and of service. Only mean_wait, mean_queue, p_wait and utilisation are filled; else NaN. */
bool mgn_approximation(const struct erlang_line *in, double scv_arrival, double scv_service, struct erlang_figures *out,
    struct err *err);

/* Rounds servers up and refuses what is negative, not finite or too large, naming the field. */
bool erlang_check(struct erlang_line *line, struct err *err);
/* Persons an hour by which the line grows while utilisation > 1. */
double erlang_growth_per_hour(const struct erlang_line *in);
#endif

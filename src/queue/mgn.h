/* queue/mgn.h: M/M/N+G, a line where patience has any distribution
 *
 * Baccelli and Hébuterne 1981: the offered wait V (of somebody infinitely patient) has on x > 0 the density proportional
 * to exp(phi(x)), phi(x) = lambda H(x) - N mu x, H(x) the integral of G from 0 to x, G(x) = P(patience > x). phi is
 * concave with its peak where lambda G(x) = N mu. We integrate exp(phi - peak), so nothing overflows, and every figure is a
 * ratio of integrals of positive terms, so nothing cancels: P(Ab) = P(V > 0) E[1 - G(V) | V > 0] and so on.
 * Zeltyn and Mandelbaum 2005 give the same figures. Exponential patience gives Erlang A. */
#ifndef QUEUE_MGN_H
#define QUEUE_MGN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"
#include "queue/dist.h"
#include "queue/erlang.h"

struct arena; struct err;

/* mean_patience of `in` is not read. `patience` must have passed dist_check and must not be DIST_NONE.
 * ERR_INPUT when there is no steady state (nobody ever gives up and utilisation >= 1). */
bool mmng_figures(struct arena *a, const struct erlang_line *in, const struct dist *patience,
    struct erlang_figures *out, struct err *err);
/* P(W > t): still in line, neither answered nor gone, after t seconds; of all who came. NaN when it cannot be told. */
double mmng_over(struct arena *a, const struct erlang_line *in, const struct dist *patience, double t);

/* E[S; S <= x]: the part of the mean that comes from values up to x. */
double dist_partial_mean(const struct dist *d, double x);
/* The integral of P(S > u) from 0 to x, and of P(S <= u). */
double dist_survival_integral(const struct dist *d, double x);

/* Inside Erlang A: P(answered within t | had to wait), exponential patience of rate theta. */
double exponential_answered(double arrival_rate, double drift, double theta, double t);
/* All figures for exponential patience by the integrals; used where too many states matter for the birth-death way. */
void exponential_figures(const struct erlang_line *in, struct erlang_figures *out);
#endif

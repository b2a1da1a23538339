/* stats/quantile.h: quantiles for small samples
 *
 * Both by halving an interval of the regularised incomplete beta function (its continued fraction by Lentz's method:
 * Press et al. 2007, 6.4): slow beside the estimates they bound, right to about 1e-12. */
#ifndef STATS_QUANTILE_H
#define STATS_QUANTILE_H

/* I_x(a, b); a, b > 0, 0 <= x <= 1. */
double beta_distribution(double x, double a, double b);
/* 0 < p < 1. */
double beta_quantile(double p, double a, double b);
/* Student's t with df > 0 degrees of freedom, p > 1/2. Above 200 the normal one is returned for p = 0.975. */
double t_quantile(double p, double df);
#endif

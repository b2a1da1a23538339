/* queue/quadrature.h: adaptive Gauss-Kronrod integration
 * Seven Gauss points inside fifteen; the interval with the largest estimated error is halved until the total error is
 * below `relative` of the integral, or no interval can be told from its half. Source: Piessens et al. 1983, QUADPACK. */
#ifndef QUEUE_QUADRATURE_H
#define QUEUE_QUADRATURE_H
#include <stddef.h>
#include "base/base.h"

typedef double integrand(const void *context, double x);

/* The integral over [edge[0], edge[n-1]], with the inner edges as break points (ascending). */
double integrate(integrand *f, const void *context, const double *edge, size_t n, double relative);
#endif

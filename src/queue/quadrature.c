/* queue/quadrature.c: Gauss-Kronrod 7-15, halving what errs */
#include "queue/quadrature.h"

#include <math.h>
#include <stdbool.h>

enum { HALVINGS_MAX = 20000 };
static const double ROUNDING = 2e-14;

/* QUADPACK's dqk15: abscissae from the outermost in; every second one is Gauss's. */
static const double node[8] = {
	0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
	0.741531185599394439863864773280788, 0.586087235467691130294144691693430, 0.405845151377397166906606412076961,
	0.207784955007898467600689403773245, 0.0,
};
static const double kronrod[8] = {
	0.022935322010529224963732008058970, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
	0.140653259715525918745189590510238, 0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
	0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
};
static const double gauss[4] = {
	0.129484966168869693270611432679082, 0.279705391489276667901467771423780, 0.381830050505118944950369775488975,
	0.417959183673469387755102040816327,
};

struct rule { double value, error; };

static struct rule
apply(integrand *f, const void *context, double low, double high)
{
	double middle = (low + high) / 2, half = (high - low) / 2, f_middle = f(context, middle);
	double k = kronrod[7] * f_middle, g = gauss[3] * f_middle;

	for (int i = 0; i < 7; i++) {
		double pair = f(context, middle - half * node[i]) + f(context, middle + half * node[i]);

		k += kronrod[i] * pair;
		if (i % 2 == 1)
			g += gauss[i / 2] * pair;
	}
	return (struct rule){ k * half, fabs(k - g) * half };
}

/* Stops also where halving no longer helps: then rounding is what is left. `budget` is how many halvings may still be made:
 * a function that is noise at the size asked for would never be smooth enough. */
static double
refine(integrand *f, const void *context, double low, double high, struct rule whole, double allowed, int *budget)
{
	double middle = (low + high) / 2;
	struct rule left, right;

	if (whole.error <= allowed || whole.error <= ROUNDING * fabs(whole.value) || *budget <= 0 ||
	    !(middle > low && middle < high))
		return whole.value;
	(*budget)--;
	left = apply(f, context, low, middle);
	right = apply(f, context, middle, high);
	if (whole.error < 1e-9 * fabs(whole.value) && left.error + right.error > whole.error / 4)
		return left.value + right.value;
	return refine(f, context, low, middle, left, allowed / 2, budget) +
	    refine(f, context, middle, high, right, allowed / 2, budget);
}

double
integrate(integrand *f, const void *context, const double *edge, size_t n, double relative)
{
	double rough = 0, sum = 0;
	int budget = HALVINGS_MAX;

	for (size_t i = 0; i + 1 < n; i++)
		rough += fabs(apply(f, context, edge[i], edge[i + 1]).value);
	for (size_t i = 0; i + 1 < n; i++) {
		if (edge[i + 1] > edge[i])
			sum += refine(f, context, edge[i], edge[i + 1], apply(f, context, edge[i], edge[i + 1]),
			    relative * rough + 1e-300, &budget);
	}
	return sum;
}

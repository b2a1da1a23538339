/* stats/quantile.c: quantiles for small samples */
#include "stats/quantile.h"

#include <math.h>

static double
not_zero(double x)
{
	return fabs(x) < 1e-300 ? 1e-300 : x;
}

static double
fraction(double x, double a, double b)
{
	double c = 1.0, d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0)), h = d;

	for (double m = 1.0; m < 10000.0; m += 1.0) {
		double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)), change;

		d = 1.0 / not_zero(1.0 + even * d);
		c = not_zero(1.0 + even / c);
		h *= d * c;
		d = 1.0 / not_zero(1.0 + odd * d);
		c = not_zero(1.0 + odd / c);
		change = d * c;
		h *= change;
		if (fabs(change - 1.0) < 1e-15)
			break;
	}
	return h;
}

double
beta_distribution(double x, double a, double b)
{
	int sign;
	double front;

	if (x <= 0.0 || x >= 1.0)
		return x <= 0.0 ? 0.0 : 1.0;
	front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log1p(-x));
	if (x < (a + 1.0) / (a + b + 2.0))
		return front * fraction(x, a, b) / a;
	return 1.0 - front * fraction(1.0 - x, b, a) / b;
}

double
beta_quantile(double p, double a, double b)
{
	double low = 0.0, high = 1.0;

	for (int i = 0; i < 200 && high - low > 1e-16; i++) {
		double middle = 0.5 * (low + high);

		if (beta_distribution(middle, a, b) < p)
			low = middle;
		else
			high = middle;
	}
	return 0.5 * (low + high);
}

double
t_quantile(double p, double df)
{
	double x;

	if (df > 200.0 && p == 0.975)
		return 1.959963984540054;
	/* P(|T| > t) = I_x(df/2, 1/2) with x = df / (df + t^2). */
	x = beta_quantile(2.0 * (1.0 - p), 0.5 * df, 0.5);
	return sqrt(df * (1.0 - x) / x);
}

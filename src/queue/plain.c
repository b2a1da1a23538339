/* queue/plain.c: special functions in plain arithmetic (see queue/plain.h); used where tables and intervals are made,
 * so they aim at accuracy, not speed. */
#include "queue/plain.h"

#include <math.h>

double
plain_log1p(double x)
{
	double u = 1.0 + x;

	/* Kahan: the rounding error of 1 + x cancels in the quotient. */
	return u == 1.0 ? x : plain_log(u) * (x / (u - 1.0));
}

/* Stirling's series, after shifting the argument above 15. */
double
plain_log_gamma(double a)
{
	double product = 1.0, shifted = a, r, z;

	while (shifted < 15.0) {
		product *= shifted;
		shifted += 1.0;
	}
	r = 1.0 / shifted;
	z = r * r;
	r = r * (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z * (1.0 / 1188.0 -
	    z * (691.0 / 360360.0 - z * (1.0 / 156.0)))))));
	return (shifted - 0.5) * plain_log(shifted) - shifted + 0.91893853320467274178 + r - plain_log(product);
}

/* x^a e^-x / gamma(a + 1), with the large parts cancelled before the exponential is taken. */
double
plain_gamma_term(double a, double x)
{
	double d, r, z;

	if (a < 15.0)
		return plain_exp(a * plain_log(x) - x - plain_log_gamma(a + 1.0));
	d = (x - a) / a;
	r = 1.0 / a;
	z = r * r;
	r = r * (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0))));
	return plain_exp(a * (plain_log1p(d) - d) - r) / sqrt(6.28318530717958647693 * a);
}

static double
gamma_series(double a, double x)
{
	double term = 1.0, sum = 1.0;

	for (double k = 1.0; term > sum * 1e-17 && k < 1e6; k += 1.0) {
		term *= x / (a + k);
		sum += term;
	}
	return plain_gamma_term(a, x) * sum;
}

/* Legendre's continued fraction by the method of Lentz. */
static double
gamma_fraction(double a, double x)
{
	double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, h = d;

	for (double k = 1.0; k < 1e6; k += 1.0) {
		double an = -k * (k - a), delta;

		b += 2.0;
		d = an * d + b;
		d = 1.0 / (fabs(d) < 1e-300 ? 1e-300 : d);
		c = b + an / c;
		c = fabs(c) < 1e-300 ? 1e-300 : c;
		delta = d * c;
		h *= delta;
		if (fabs(delta - 1.0) < 1e-16)
			break;
	}
	return plain_gamma_term(a, x) * a * h;
}

double
plain_gamma_p(double a, double x)
{
	if (x <= 0.0)
		return 0.0;
	return x < a + 1.0 ? gamma_series(a, x) : 1.0 - gamma_fraction(a, x);
}

double
plain_gamma_q(double a, double x)
{
	if (x <= 0.0)
		return 1.0;
	return x < a + 1.0 ? 1.0 - gamma_series(a, x) : gamma_fraction(a, x);
}

double
plain_normal_cdf(double z)
{
	double half = z * z / 2.0;

	if (z == 0.0)
		return 0.5;
	return z < 0.0 ? 0.5 * plain_gamma_q(0.5, half) : 0.5 + 0.5 * plain_gamma_p(0.5, half);
}

static double
beta_fraction(double a, double b, double x)
{
	double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), h;

	d = 1.0 / (fabs(d) < 1e-300 ? 1e-300 : d);
	h = d;
	for (double m = 1.0; m < 1e5; m += 1.0) {
		double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
		double delta;

		d = 1.0 / (1.0 + even * d);
		c = 1.0 + even / c;
		h *= d * c;
		d = 1.0 / (1.0 + odd * d);
		c = 1.0 + odd / c;
		delta = d * c;
		h *= delta;
		if (fabs(delta - 1.0) < 1e-16)
			break;
	}
	return h;
}

double
plain_beta_i(double a, double b, double x)
{
	double front;

	if (x <= 0.0 || x >= 1.0)
		return x <= 0.0 ? 0.0 : 1.0;
	front = plain_exp(plain_log_gamma(a + b) - plain_log_gamma(a) - plain_log_gamma(b) + a * plain_log(x) +
	    b * plain_log1p(-x));
	if (x < (a + 1.0) / (a + b + 2.0))
		return front * beta_fraction(a, b, x) / a;
	return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

double
plain_t_quantile(double p, double v)
{
	double low = 0.0, high = 1.0;

	/* P(T > t) = I(v / (v + t^2); v/2, 1/2) / 2, falling in t: bisect. */
	while (0.5 * plain_beta_i(v / 2.0, 0.5, v / (v + high * high)) > 1.0 - p && high < 1e12)
		high *= 2.0;
	for (int i = 0; i < 80; i++) {
		double t = 0.5 * (low + high);

		if (0.5 * plain_beta_i(v / 2.0, 0.5, v / (v + t * t)) > 1.0 - p)
			low = t;
		else
			high = t;
	}
	return 0.5 * (low + high);
}

/* stats/survey.h: from those who answered to everybody
 *
 * A stratified simple random sample: stratum h holds N_h persons, m_h of them answered and each stands for N_h/m_h. The
 * weights may then be calibrated to known margins: raked (one margin: post-stratification), linearly, or by logit with bounds. Estimates are weighted; their variance is
 * linearised, with the finite population correction, and takes the raking into account by the residuals from the margins.
 * A domain (women, a district) is never cut out of the file: strata without a member of it still count in the variance.
 * The margin of error covers chance only, not what those who never answered would have said.
 * Sources: Särndal, Swensson and Wretman 1992, ch. 3, 5, 6; Deville and Särndal 1992; Woodruff 1952; Korn and Graubard 1998; Lumley 2010. */
#ifndef STATS_SURVEY_H
#define STATS_SURVEY_H
#include <stdbool.h>
#include <stddef.h>

struct arena; struct err;

struct survey_margin {			/* a background variable whose totals are known */
	const int *category;		/* [n] 0 to n_categories - 1 */
	const double *total;		/* [n_categories] persons, > 0 */
	size_t n_categories;
};
/* How a weight may change by the factor F(u), u the sum of its categories' multipliers: e^u; 1 + u, which may be negative;
 * between two bounds. */
enum survey_calibration { SURVEY_RAKING, SURVEY_LINEAR, SURVEY_LOGIT };
enum survey_lonely { SURVEY_LONELY_STOP, SURVEY_LONELY_ADJUST };	/* one answer in a stratum: refuse, or do not centre it */
struct survey_design {
	size_t n;			/* who answered, >= 1 */
	const int *stratum;		/* [n] 0 to n_strata - 1 */
	const double *population;	/* [n_strata] N_h */
	size_t n_strata;
	const struct survey_margin *margin; size_t n_margins;
	enum survey_calibration calibration;
	double least, most;		/* SURVEY_LOGIT: of F, 0 <= least < 1 < most */
	enum survey_lonely lonely;
};

struct survey {
	struct survey_design design;
	double *base, *weight;		/* before and after raking */
	double *count;			/* [n_strata] m_h */
	double *scratch;		/* [n] survey_estimate works here: one thread at a time */
	double factor_least, factor_most;	/* final weight / base weight */
	double over_median;		/* the greatest weight / the median */
	double deff;			/* Kish: what unequal weights cost; effective n = n / deff */
};

/* ERR_INPUT with field "design" (an empty or lonely stratum, more answers than persons, a margin that cannot be met:
 * empty category, totals that disagree) or "records". The survey keeps pointers into `design`. */
bool survey_open(struct arena *a, const struct survey_design *design, struct survey *out, struct err *err);

enum survey_statistic { SURVEY_MEAN, SURVEY_TOTAL, SURVEY_SHARE, SURVEY_RATIO, SURVEY_QUANTILE };
struct survey_question {
	enum survey_statistic statistic;
	const double *y;		/* [n] NaN: did not answer this one. SURVEY_SHARE: 0 or 1 */
	const double *z;		/* [n] denominator, SURVEY_RATIO only */
	double p;			/* SURVEY_QUANTILE: 0 < p < 1; 0.5 is the median */
	const int *domain; int member;	/* only those with domain[k] == member; NULL: everybody */
};
struct survey_estimate { double estimate, se, low, high; size_t n; };	/* 95 %; NaN where nobody answered */

/* Shares: logit interval, or Korn and Graubard's where that fails (0, 1, few). Quantiles: the least y with at least p of the
 * weight at or below it, Woodruff's interval (1952), se a half of it over t. Others: t. */
struct survey_estimate survey_estimate(struct arena *a, const struct survey *s, const struct survey_question *q);
#endif

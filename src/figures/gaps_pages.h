/* figures/gaps_pages.h: when nobody answered, for whoever leads a unit
 *
 *   /luckor?veckor=&enhet=       by weekday and half-hour, and the half-hours one by one; the same with .json and .csv
 *   /luckor/diagram.svg          lost and answered calls over the day
 *   /luckor/plan.json?dag=1      a weekday's calls as a file for `narkontakt plan phones` */
#ifndef FIGURES_GAPS_PAGES_H
#define FIGURES_GAPS_PAGES_H
#include "figures/gaps.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route gaps_routes[];

struct gaps_view {
	const struct gaps *g;
	const struct gaps_filter *filter;
	const char *query;		/* "veckor=4&enhet=3" */
	const struct choice *weeks, *unit;
	size_t n_weeks, n_units;
	const char *worst;		/* "tisdag 10.30": when most were lost; NULL when none */
	int64_t plan_day;		/* the weekday of the plan file, 1 to 7 */
	size_t n_shown;			/* of the half-hours one by one: the latest */
};
/* figures/gaps.html */
void gaps_html(struct sb *sb, const struct page *page, const struct gaps_view *view);
#endif

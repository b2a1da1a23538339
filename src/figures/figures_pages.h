/* figures/figures_pages.h: how we answer, for managers
 *
 *   /siffror?fran=&till=&enhet=&kanal=&omrade=     the page; the same with .json and .csv
 *   /siffror/tid.svg, /siffror/veckor.svg          its charts, with the same question */
#ifndef FIGURES_FIGURES_PAGES_H
#define FIGURES_FIGURES_PAGES_H
#include <math.h>		/* isnan, in the template */

#include "figures/figures.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route figures_routes[];

struct figures_line { const char *name; struct figures_share share; };
struct figures_view {
	const struct figures *x;
	const struct figures_filter *filter;
	const char *from, *to, *query;
	const struct choice *unit, *channel, *category;
	size_t n_units, n_channels, n_categories;
	const struct figures_line *line; size_t n_lines;
	const char *median, *p90, *mean;	/* words: "6,5 working hours", "not reached yet" */
};
void figures_html(struct sb *sb, const struct page *page, const struct figures_view *view);
#endif

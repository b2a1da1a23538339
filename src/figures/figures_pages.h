/* figures/figures_pages.h: how we answer, for those who lead
 *
 *   /siffror?fran=&till=&namnd=&enhet=&kanal=&omrade=&per=     the page; the same with .json and .csv (the groups)
 *   /siffror/veckor.csv, /siffror/ankomster.csv, /siffror/tid.csv     what the charts show
 *   /siffror/tid.svg, /siffror/veckor.svg, /siffror/ankomster.svg     the charts
 *
 * Counting a large municipality's year takes about a second, so it is done by a worker, and kept for some seconds: a page and its
 * charts are counted once (som=, the newest event the page was counted with). */
#ifndef FIGURES_FIGURES_PAGES_H
#define FIGURES_FIGURES_PAGES_H
#include <math.h>		/* isnan, in the template */

#include "base/tr_date.h"
#include "figures/figures.h"
#include "figures/figures_charts.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route figures_routes[];

struct figures_line { const char *name; struct figures_share share; };
struct figures_view {
	const struct figures *x;
	const struct figures_filter *filter;
	const char *from, *to, *query;
	const struct choice *authority, *unit, *channel, *category, *by;
	size_t n_authorities, n_units, n_channels, n_categories;
	const struct figures_line *line; size_t n_lines;
	const char *oldest;		/* "11 jan. 2027", or NULL */
	const struct page_link *period; size_t n_periods;
};
void figures_html(struct sb *sb, const struct page *page, const struct figures_view *view);
#endif

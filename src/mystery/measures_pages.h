/* mystery/measures_pages.h: compared with other municipalities
 *
 *   /kkik?ar=2027       the measures of a year; the same with .csv and .json
 *   /admin/kolada       Kolada's files loaded, indicators chosen by their titles, what a day is (POST: in, installning) */
#ifndef MYSTERY_MEASURES_PAGES_H
#define MYSTERY_MEASURES_PAGES_H
#include <math.h>		/* isnan, in the template */

#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "mystery/measures.h"

extern const struct route measures_routes[];

struct measures_view { const struct measures *m; const struct page_link *tab; size_t n_tabs; const char *query; bool may_set; };
void measures_html(struct sb *sb, const struct page *page, const struct measures_view *view);

struct indicator_choice { const struct choice *choice; size_t n; };
struct kolada_view {
	struct kolada_counts counts;
	const struct kolada_file *loaded;	/* just now, or NULL */
	const struct indicator_choice *indicator;	/* [MEASURED] */
	const struct choice *municipality; size_t n_municipalities;
	const struct choice *day; size_t n_days;
	const char *match;		/* what titles were searched by */
	const struct kolada_indicator *hit; size_t n_hits;
};
void kolada_html(struct sb *sb, const struct page *page, const struct kolada_view *view);
#endif

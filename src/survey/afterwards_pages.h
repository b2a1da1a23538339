/* survey/afterwards_pages.h: the questions, the calls, the results
 *
 *   /efterat/TOKEN          the questions, for who was drawn; one page, no account
 *   /nojdhet                what residents answered, as figures; what is set     /nojdhet/installning  (POST)
 *   /nojdhet/samtal         who is to be asked by phone                          /nojdhet/samtal/ID    (POST) */
#ifndef SURVEY_AFTERWARDS_PAGES_H
#define SURVEY_AFTERWARDS_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "survey/afterwards.h"

extern const struct route afterwards_routes[];

struct afterwards_view { const char *action; const struct afterwards_form *form; bool thanks; };
void afterwards_html(struct sb *sb, const struct page *page, const struct afterwards_view *view);

struct calls_view { const struct afterwards_call *call; size_t n; };
void calls_html(struct sb *sb, const struct page *page, const struct calls_view *view);

struct results_view {
	const struct afterwards_results *r;
	const struct page_link *tab;
	size_t n_tabs;
	bool may_set;
	const char *share, *rest_days, *minimum, *together;
};
void results_html(struct sb *sb, const struct page *page, const struct results_view *view);
#endif

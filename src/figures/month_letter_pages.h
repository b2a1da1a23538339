/* figures/month_letter_pages.h: the monthly letters, for those who get them and for everyone
 *
 *   /manadsbrev?namnd=TN              the letters of a committee (ACT_LETTER_READ)
 *   /manadsbrev/:id, .../pdf, .../diagram.svg
 *   POST .../publicera, .../dra-tillbaka, .../nytt     (ACT_LETTER_PUBLISH)
 *   /svarsbrev                        all that are published, for anyone
 *   /svarsbrev/:kod/:month, .../pdf, .../diagram.svg   one; what was withdrawn says so and why, and shows nothing more */
#ifndef FIGURES_MONTH_LETTER_PAGES_H
#define FIGURES_MONTH_LETTER_PAGES_H
#include "figures/month_letter.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route month_letter_routes[];

struct letter_list_view {
	const struct month_letter_list *list;
	const struct page_link *tab; size_t n_tabs;
	bool open;			/* the public list */
};
void letter_list_html(struct sb *sb, const struct page *page, const struct letter_list_view *view);
struct letter_view {
	const struct month_letter *letter;
	const struct blocks *blocks;	/* NULL: withdrawn, for everyone */
	const char *base;		/* the letter's own path, for PDF and chart */
	const char *open_path;		/* where everyone reads it; NULL when not published */
	bool may_publish, open;
	const char *why;		/* as it was written */
};
void letter_html(struct sb *sb, const struct page *page, const struct letter_view *view);
#endif

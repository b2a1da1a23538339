/* portal/start_pages.h: what anybody sees first: how to reach us now, and where everything is
 *
 *   /   does somebody answer now, the form, following one's matter, who represents me */
#ifndef PORTAL_START_PAGES_H
#define PORTAL_START_PAGES_H
#include "hours/hours_pages.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route start_routes[];

/* `first`: who answers for the municipality; NULL when no hours are written down. portal/start.html */
void start_html(struct sb *sb, const struct page *page, const struct hours_place_view *first);
#endif

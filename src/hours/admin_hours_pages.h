/* hours/admin_hours_pages.h: opening hours administered, as the other things of /admin are (people/admin_pages.h)
 *
 *   /admin/oppettider, /ny, /ID, /ID/ta-bort       weekly hours
 *   /admin/oppettider/forst                        which unit's hours stand first
 *   /admin/avvikelser, /ny, /ID, /ID/ta-bort       other hours for some days */
#ifndef HOURS_ADMIN_HOURS_PAGES_H
#define HOURS_ADMIN_HOURS_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/admin_pages.h"

extern const struct route admin_hours_routes[];

struct admin_hours_view {
	struct admin_list_view list;
	bool may_choose_first;
	const struct choice *unit;	/* whose hours stand first */
	size_t n_units;
};
/* hours/admin_hours.html */
void admin_hours_html(struct sb *sb, const struct page *page, const struct admin_hours_view *view);
#endif

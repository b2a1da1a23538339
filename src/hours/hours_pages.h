/* hours/hours_pages.h: does somebody answer now?
 *
 *   /oppettider         each place with hours: now, the usual week, the coming days that are not usual, other ways to reach us
 *   /oppettider.json    the same for other sites: docs/admin.md has the fields */
#ifndef HOURS_HOURS_PAGES_H
#define HOURS_HOURS_PAGES_H
#include "base/sb.h"
#include "hours/place.h"
#include "hours/words.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route hours_routes[];

struct hours_kind_view { bool has, open; const char *sentence; struct hours_line line[7]; size_t n_lines; };
struct hours_place_view {
	const struct hours_place *place;
	const char *phone_href;		/* "tel:+46..." or NULL */
	struct hours_kind_view kind[HOURS_KINDS];
	const struct hours_unusual *unusual;
	size_t n_unusual;
};
/* The places as the page shows them; ERR on the database's. In the request's arena. */
bool hours_views(struct request *rq, const struct hours_place_view **out, size_t *n, struct err *err);

struct hours_view { const struct hours_place_view *place; size_t n; int64_t now; };
/* hours/hours.html */
void hours_html(struct sb *sb, const struct page *page, const struct hours_view *view);
/* One place's answer now: the sentences, number, address. For the start page too. */
void hours_now_html(struct sb *sb, const struct page *page, const struct hours_place_view *place, bool heading);

/* One sentence of the phone of whoever answers for a unit (0: the first place), with its number; NULL when no hours are known or
 * the database does not answer. For frame_options.answers. */
const char *hours_answers(struct request *rq, int64_t unit_id);
#endif

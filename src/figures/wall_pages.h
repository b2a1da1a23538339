/* figures/wall_pages.h: the screen on the wall, and its administration
 *
 *   /vagg/TOKEN            keeps the screen's key in a cookie and goes to /vagg; ?utseende=dark or light with it
 *   /vagg                  what waits now; brings itself up to date by events, by the clock, and without scripts by reloading
 *   /vagg/handelser        its events
 *   /admin/skarmar         the screens: make one, see when it was last there, revoke it */
#ifndef FIGURES_WALL_PAGES_H
#define FIGURES_WALL_PAGES_H
#include "figures/wall.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route wall_routes[];

struct wall_view {
	const struct wall_screen *screen;
	const struct wall *w;
	int64_t now;
	int64_t fades_at;		/* the clock brings it up to date then */
	int64_t call_minutes;		/* the longest wait in line, whole minutes */
};
/* figures/wall.html */
void wall_html(struct sb *sb, const struct page *page, const struct wall_view *view);

struct wall_admin_row { const struct wall_screen *screen; const char *where, *address; };	/* address NULL: revoked */
struct wall_admin_view {
	const struct wall_admin_row *row;
	size_t n;
	const struct choice *place;
	size_t n_places;
	const char *name;		/* as written */
};
void wall_admin_html(struct sb *sb, const struct page *page, const struct wall_admin_view *view);
#endif

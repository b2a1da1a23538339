/* figures/wall_pages.c: no person is signed in at a screen; its cookie opens this page and its events, nothing else */
#include "figures/wall_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/live.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/permit.h"
#include "people/site.h"

#define WALL_COOKIE "vagg"
enum { COOKIE_S = 365 * 86400, FRESH_S = 20, REFRESH_S = 30, PACE_S = 2 };

static bool
screen_of(struct request *rq, struct wall_screen *out, struct err *err)
{
	return wall_screen_open(rq->db, rq->arena, request_cookie(rq, WALL_COOKIE), out, err);
}

/* ---- the screen ------------------------------------------------------------------------------------------------------ */

static void
key_get(struct request *rq, struct response *rs)
{
	const char *token = path_param(rq, "token"), *scheme = query_text(rq, "utseende");
	struct wall_screen s;
	struct err err = { 0 };

	if (!wall_screen_open(rq->db, rq->arena, token, &s, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (scheme != NULL && (strcmp(scheme, "dark") == 0 || strcmp(scheme, "light") == 0))
		respond_cookie(rq, rs, "scheme", scheme, COOKIE_S);
	respond_cookie(rq, rs, WALL_COOKIE, token, COOKIE_S);
	respond_secret_link(rq, rs);
	respond_see_other(rq, rs, "/vagg");
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct wall_screen s;
	struct wall w;
	struct wall_view v = { .screen = &s, .w = &w, .now = rq->now, .fades_at = rq->now + FRESH_S };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!screen_of(rq, &s, &err) || !wall_read(rq->db, rq->arena, &s, rq->now, &w, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (!wall_screen_seen(rq->db, &s, rq->now, &err))	/* that it was here is not worth an error page */
		log_line(LOG_WARN, "wall", "request=%s error=\"%s\"", rq->id, err.log);
	v.call_minutes = w.calls_since != 0 && rq->now > w.calls_since ? (rq->now - w.calls_since) / 60 : 0;
	frame_init(&page, rq, tr(rq->lang, N_("What waits now")));
	page.bare = true;
	page.no_index = true;
	page.events = "/vagg/handelser";
	page.refresh_s = REFRESH_S;
	page.pace_s = PACE_S;
	sb_init(&sb, rq->arena, PAGE_MAX);
	wall_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
events_get(struct request *rq, struct response *rs)
{
	struct wall_screen s;
	struct err err = { 0 };

	if (screen_of(rq, &s, &err))
		respond_events(rq, rs, LIVE_ANY);
	else
		respond_err(rq, rs, &err);
}

/* ---- administration -------------------------------------------------------------------------------------------------- */

static bool
may(struct request *rq, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, err);
}

/* "a:3" an authority, "u:12" a unit. */
static size_t
place_choices(struct request *rq, const struct authority_list *authorities, const struct unit_list *units, const char *chosen,
    const struct choice **out)
{
	struct choice *c = arena_array(rq->arena, authorities->n + units->n, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < authorities->n; i++) {
		const struct authority *r = &authorities->item[i];

		if (r->active)
			c[n++] = (struct choice){ .value = arena_printf(rq->arena, "a:%" PRId64, r->id), .text = r->name };
		for (size_t k = 0; k < units->n; k++) {
			const struct unit *u = &units->item[k];

			if (u->authority_id == r->id && u->active)
				c[n++] = (struct choice){ .value = arena_printf(rq->arena, "u:%" PRId64, u->id),
					.text = arena_printf(rq->arena, "%s: %s", r->code, u->name) };
		}
	}
	for (size_t i = 0; i < n; i++)
		c[i].chosen = chosen != NULL && strcmp(c[i].value, chosen) == 0;
	*out = c;
	return n;
}

static const char *
where_text(struct request *rq, const struct wall_screen *s)
{
	if (s->authority_code == NULL)
		return tr(rq->lang, N_("The whole municipality"));
	return s->unit_name == NULL ? s->authority_code : arena_printf(rq->arena, "%s: %s", s->authority_code, s->unit_name);
}

static void
show_admin(struct request *rq, struct response *rs, const struct err *wrong)
{
	static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") } };
	struct wall_admin_view v = { .name = form_raw(rq, "name") };
	struct authority_list authorities;
	struct wall_screen_list list;
	struct wall_admin_row *row;
	struct unit_list units;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!wall_screen_list(rq->db, rq->arena, &list, &err) || !authority_list(rq->db, rq->arena, &authorities, &err) ||
	    !unit_list(rq->db, rq->arena, &units, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.row = row = arena_array(rq->arena, list.n, sizeof(*row));
	for (size_t i = 0; i < list.n; i++) {
		const char *token;

		row[v.n++] = (struct wall_admin_row){ .screen = &list.item[i], .where = where_text(rq, &list.item[i]) };
		if (list.item[i].revoked_at == 0 && wall_screen_token(rq->db, rq->arena, &list.item[i], &token, &err))
			row[i].address = arena_printf(rq->arena, "%s/vagg/%s", rq->base_url, token);
	}
	v.n_places = place_choices(rq, &authorities, &units, form_raw(rq, "place"), &v.place);
	frame_init(&page, rq, tr(rq->lang, N_("Screens on the wall")));
	page.trail = trail;
	page.n_trail = ARRAY_LEN(trail);
	page.wide = true;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	wall_admin_html(&sb, &page, &v);
	respond_secret_link(rq, rs);
	respond_html(rq, rs, &sb);
}

static void
admin_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may(rq, &err))
		show_admin(rq, rs, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
admin_post(struct request *rq, struct response *rs)
{
	const struct change by = { rq->actor->account_id, rq->now, NULL };
	const char *place = form_raw(rq, "place");
	struct wall_screen in = { 0 };
	struct err err = { 0 };

	if (place != NULL && place[0] == 'u' && place[1] == ':')
		in.unit_id = choice_id(place + 2);
	else if (place != NULL && place[0] == 'a' && place[1] == ':')
		in.authority_id = choice_id(place + 2);
	if (may(rq, &err) && form_text(rq, "name", 0, 1 << 16, &in.name, &err) && wall_screen_add(rq->db, &by, &in, NULL, &err))
		respond_see_other(rq, rs, "/admin/skarmar?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		show_admin(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
revoke_post(struct request *rq, struct response *rs)
{
	const struct change by = { rq->actor->account_id, rq->now, NULL };
	struct err err = { 0 };
	int64_t id;

	if (may(rq, &err) && path_id(rq, "id", &id, &err) && wall_screen_revoke(rq->db, &by, id, &err))
		respond_see_other(rq, rs, "/admin/skarmar?klart=%s", frame_done_word(DONE_REMOVED));
	else
		respond_err(rq, rs, &err);
}

const struct route wall_routes[] = {
	{ GET,  "/vagg",                       ACT_PUBLIC,     page_get, ROUTE_SECRET },
	{ GET,  "/vagg/handelser",             ACT_PUBLIC,     events_get, ROUTE_SECRET },
	{ GET,  "/vagg/:token",                ACT_PUBLIC,     key_get, ROUTE_SECRET },
	{ GET,  "/admin/skarmar",              ACT_ADMIN_SITE, admin_get, 0 },
	{ POST, "/admin/skarmar",              ACT_ADMIN_SITE, admin_post, 0 },
	{ POST, "/admin/skarmar/:id/aterkalla", ACT_ADMIN_SITE, revoke_post, 0 },
	{ 0 },
};

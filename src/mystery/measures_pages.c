/* mystery/measures_pages.c: thin handlers */
#include "mystery/measures_pages.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/site_words.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/site.h"

enum { BYTES_MAX = 1 << 20, HITS = 20 };

/* ---- the measures --------------------------------------------------------------------------------------------------- */

/* The year that is asked for if there is one, else the newest; 0: there is none. */
static bool
year_of(struct request *rq, int **years, size_t *n, int *year, struct err *err)
{
	int64_t asked = query_i64(rq, "ar", 0);

	if (!measures_years(rq->db, rq->arena, years, n, err))
		return false;
	*year = *n > 0 ? (*years)[0] : 0;
	for (size_t i = 0; i < *n; i++) {
		if ((*years)[i] == asked)
			*year = (*years)[i];
	}
	return true;
}

static bool
load(struct request *rq, struct measures *m, struct measures_view *v, struct err *err)
{
	struct page_link *tab;
	int *years, year;
	size_t n;

	if (!year_of(rq, &years, &n, &year, err))
		return false;
	tab = arena_array(rq->arena, n, sizeof(*tab));
	for (size_t i = 0; i < n; i++)
		tab[i] = (struct page_link){ .href = arena_printf(rq->arena, "/kkik?ar=%d", years[i]),
			.text = arena_printf(rq->arena, "%d", years[i]), .current = years[i] == year };
	v->tab = tab;
	v->n_tabs = n;
	v->query = arena_printf(rq->arena, "ar=%d", year);
	*m = (struct measures){ 0 };
	return year == 0 || measures_load(rq->db, rq->arena, year, m, err);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct measures m;
	struct measures_view v = { .m = &m, .may_set = permitted(rq->actor, ACT_ADMIN_SITE, NULL) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!load(rq, &m, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Compared with other municipalities")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	measures_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
json_get(struct request *rq, struct response *rs)
{
	struct measures_view v = { 0 };
	struct measures m;
	struct err err = { 0 };
	struct sb sb;
	json_t *o;

	if (!load(rq, &m, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	o = measures_json(&m);
	sb_init(&sb, rq->arena, BYTES_MAX);
	json_print(&sb, o);
	json_decref(o);
	respond_text(rs, 200, "application/json", sb_str(&sb), sb.len);
}

static void
csv_get(struct request *rq, struct response *rs)
{
	struct measures_view v = { 0 };
	struct measures m;
	struct err err = { 0 };
	struct sb sb;

	if (!load(rq, &m, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, BYTES_MAX);
	measures_csv(&sb, &m);
	respond_header(rq, rs, "Content-Disposition", "attachment; filename=\"kkik.csv\"");
	respond_text(rs, 200, "text/csv; charset=utf-8", sb_str(&sb), sb.len);
}

/* ---- Kolada --------------------------------------------------------------------------------------------------------- */

static void
add_choice(struct request *rq, struct choice *list, size_t *n, const char *id, const char *title, const char *chosen)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(list[i].value, id) == 0)
			return;
	}
	list[(*n)++] = (struct choice){ .value = id, .text = arena_printf(rq->arena, "%s %s", id, title),
		.chosen = chosen != NULL && strcmp(chosen, id) == 0 };
}

/* What was chosen, what its own words find, and what was searched for. */
static bool
indicators(struct request *rq, struct kolada_view *v, struct err *err)
{
	struct indicator_choice *all = arena_array(rq->arena, MEASURED, sizeof(*all));
	struct kolada_hits searched = { 0 };

	if (v->match[0] != '\0' && !kolada_search(rq->db, rq->arena, v->match, HITS, &searched, err))
		return false;
	v->hit = searched.item;
	v->n_hits = searched.n;
	for (int k = 0; k < MEASURED; k++) {
		const char *chosen = site_text(rq->db, rq->arena, arena_printf(rq->arena, "measures.indicator.%s", measured_kind[k].key), NULL);
		struct choice *list;
		struct kolada_indicator now;
		struct kolada_hits hits;
		bool found = false;

		if (!kolada_search(rq->db, rq->arena, measured_kind[k].words, HITS, &hits, err) ||
		    (chosen != NULL && !kolada_get(rq->db, rq->arena, chosen, &now, &found, err)))
			return false;
		list = arena_array(rq->arena, hits.n + searched.n + 1, sizeof(*list));
		if (chosen != NULL)
			add_choice(rq, list, &all[k].n, chosen, found ? now.title : "", chosen);
		for (size_t i = 0; i < hits.n; i++)
			add_choice(rq, list, &all[k].n, hits.item[i].id, hits.item[i].title, chosen);
		for (size_t i = 0; i < searched.n; i++)
			add_choice(rq, list, &all[k].n, searched.item[i].id, searched.item[i].title, chosen);
		all[k].choice = list;
	}
	v->indicator = all;
	return true;
}

static bool
places(struct request *rq, struct kolada_view *v, struct err *err)
{
	const char *chosen = site_text(rq->db, rq->arena, "measures.municipality", NULL);
	struct kolada_places all;
	struct choice *list;

	if (!kolada_municipalities(rq->db, rq->arena, &all, err))
		return false;
	list = arena_array(rq->arena, all.n, sizeof(*list));
	for (size_t i = 0; i < all.n; i++)
		list[v->n_municipalities++] = (struct choice){ .value = all.item[i].id, .text = all.item[i].name,
			.chosen = chosen != NULL && strcmp(chosen, all.item[i].id) == 0 };
	v->municipality = list;
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct kolada_file *loaded, const struct err *wrong)
{
	const char *match = query_text(rq, "q"), *day = site_text(rq->db, rq->arena, "measures.day", "working_day");
	struct choice days[] = {
		{ .value = "working_day", .text = N_("The next working day"), .hint = N_("Asked on a Friday, answered on Monday: within one day."),
		    .chosen = strcmp(day, "hours") != 0 },
		{ .value = "hours", .text = N_("24 hours by the clock"), .hint = N_("Asked on a Friday at 15, answered on Monday: not within one day."),
		    .chosen = strcmp(day, "hours") == 0 },
	};
	struct kolada_view v = { .loaded = loaded, .match = match == NULL ? "" : match, .day = days, .n_days = 2 };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!kolada_counts(rq->db, &v.counts, &err) || !indicators(rq, &v, &err) || !places(rq, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Measures and Kolada")));
	page.trail = &(struct page_link){ .href = "/admin", .text = N_("Administration") };
	page.n_trail = 1;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	kolada_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* The catalogue is the whole municipality's. */
static bool
may(struct request *rq, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, err);
}

static void
kolada_page_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may(rq, &err))
		draw(rq, rs, NULL, NULL);
	else
		respond_err(rq, rs, &err);
}

static void
in_post(struct request *rq, struct response *rs)
{
	struct change by = { rq->actor->account_id, rq->now, NULL };
	struct kolada_file file;
	struct err err = { 0 };
	char *bytes;
	size_t n;

	if (may(rq, &err) && form_file(rq, "file", KOLADA_BYTES_MAX, N_("Choose a file."),
	    N_("The file is larger than 64 MB."), &bytes, &n, &err) && kolada_parse(rq->arena, bytes, n, &file, &err) &&
	    kolada_store(rq->db, &by, &file, &err))
		draw(rq, rs, &file, NULL);
	else if (frame_again(&err))
		draw(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

static bool
set(struct request *rq, const char *name, const char *field, struct err *err)
{
	const char *value;

	return form_text(rq, field, 0, 100, &value, err) && site_set(rq->db, rq->actor->account_id, name, value, rq->now, err);
}

static void
settings_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	bool ok = may(rq, &err) && set(rq, "measures.day", "day", &err) && set(rq, "measures.municipality", "municipality", &err);

	for (int k = 0; ok && k < MEASURED; k++)
		ok = set(rq, arena_printf(rq->arena, "measures.indicator.%s", measured_kind[k].key), measured_kind[k].key, &err);
	if (ok)
		respond_see_other(rq, rs, "/admin/kolada?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw(rq, rs, NULL, &err);
	else
		respond_err(rq, rs, &err);
}

const struct route measures_routes[] = {
	{ GET, "/kkik", ACT_MEASURES, page_get, 0 },
	{ GET, "/kkik.csv", ACT_MEASURES, csv_get, 0 },
	{ GET, "/kkik.json", ACT_MEASURES, json_get, 0 },
	{ GET, "/admin/kolada", ACT_ADMIN_SITE, kolada_page_get, 0 },
	{ POST, "/admin/kolada/in", ACT_ADMIN_SITE, in_post, ROUTE_UPLOAD },
	{ POST, "/admin/kolada/installning", ACT_ADMIN_SITE, settings_post, 0 },
	{ 0 },
};

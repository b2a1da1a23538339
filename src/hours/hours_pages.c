/* hours/hours_pages.c: read the book, say what it says now */
#include "hours/hours_pages.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/tr.h"
#include "people/frame.h"
#include "people/phone.h"

enum { UNUSUAL_DAYS = 30, COMING_DAYS = 14, BYTES_MAX = 1 << 20 };

static const char *
phone_href(struct arena *a, const char *phone)
{
	const char *number = phone_normal(a, phone);

	return number == NULL || number[strspn(number, "+0123456789")] != '\0' ? NULL : arena_printf(a, "tel:%s", number);
}

static void
view_of(struct request *rq, const struct hours_place *place, struct hours_place_view *out)
{
	struct date today = local_date(rq->now);

	*out = (struct hours_place_view){ .place = place, .phone_href = phone_href(rq->arena, place->phone) };
	for (size_t k = 0; k < HOURS_KINDS; k++) {
		struct hours_now now = hours_at(&place->plan, (enum hours_kind)k, rq->now);
		struct hours_kind_view *v = &out->kind[k];

		v->has = hours_has(&place->plan, (enum hours_kind)k);
		v->open = now.open;
		v->sentence = hours_sentence(rq->arena, rq->lang, (enum hours_kind)k, &now, rq->now);
		v->n_lines = hours_week(&place->plan, (enum hours_kind)k, today, v->line);
	}
	out->n_unusual = hours_unusual(rq->arena, rq->lang, &place->plan, today, UNUSUAL_DAYS, &out->unusual);
}

bool
hours_views(struct request *rq, const struct hours_place_view **out, size_t *n, struct err *err)
{
	const struct hours_book *book = hours_book(rq->db, rq->arena, local_date(rq->now), err);
	const struct hours_place *place;
	struct hours_place_view *view;

	if (book == NULL)
		return false;
	*n = hours_places(book, rq->arena, &place);
	*out = view = arena_array(rq->arena, *n, sizeof(*view));
	for (size_t i = 0; i < *n; i++)
		view_of(rq, &place[i], &view[i]);
	return true;
}

const char *
hours_answers(struct request *rq, int64_t unit_id)
{
	struct err ignored = { 0 };
	const struct hours_book *book;
	struct hours_place place;
	struct hours_now now;
	const char *sentence;

	if (rq->db == NULL || (book = hours_book(rq->db, rq->arena, local_date(rq->now), &ignored)) == NULL ||
	    !hours_place_for(book, rq->arena, unit_id, &place) || !hours_has(&place.plan, HOURS_PHONE))
		return NULL;
	now = hours_at(&place.plan, HOURS_PHONE, rq->now);
	sentence = hours_sentence(rq->arena, rq->lang, HOURS_PHONE, &now, rq->now);
	return place.phone == NULL ? sentence : arena_printf(rq->arena, "%s %s: %s", sentence, place.name, place.phone);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct hours_view view = { .now = rq->now };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!hours_views(rq, &view.place, &view.n, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Opening hours")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	hours_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

/* ---- for other sites ---- */

static json_t *
text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *
spans_json(const struct hours_day *day)
{
	json_t *list = json_array();

	for (size_t i = 0; i < day->n; i++)
		(void)json_array_append_new(list, json_pack("{s:s, s:s}", "opens", hours_clock(day->span[i].opens).s, "closes",
		    hours_clock(day->span[i].closes).s));
	return list;
}

static json_t *
kind_json(struct request *rq, const struct hours_place *place, enum hours_kind kind)
{
	struct hours_now now = hours_at(&place->plan, kind, rq->now);
	json_t *o = json_object();

	(void)json_object_set_new(o, "open", json_boolean(now.open));
	(void)json_object_set_new(o, now.open ? "until" : "opens", now.until == 0 ? json_null() :
	    json_string(instant_text(now.until).s));
	(void)json_object_set_new(o, "why", text_or_null(now.why == NULL ? NULL : tr(rq->lang, now.why)));
	(void)json_object_set_new(o, "sentence", json_string(hours_sentence(rq->arena, rq->lang, kind, &now, rq->now)));
	return o;
}

/* The coming days as they will be, so that nobody needs to know how holidays fall. */
static json_t *
days_json(struct request *rq, const struct hours_place *place, const bool has[HOURS_KINDS])
{
	json_t *list = json_array();

	for (int i = 0; i < COMING_DAYS; i++) {
		struct date date = date_add(local_date(rq->now), i);
		json_t *o = json_pack("{s:s}", "date", date_text(date).s);
		const char *why = NULL;

		for (size_t k = 0; k < HOURS_KINDS; k++) {
			struct hours_day day;

			if (!has[k])
				continue;
			hours_of_day(&place->plan, (enum hours_kind)k, date, &day);
			why = day.why != NULL ? day.why : why;
			(void)json_object_set_new(o, hours_kind_names[k], spans_json(&day));
		}
		(void)json_object_set_new(o, "why", text_or_null(why == NULL ? NULL : tr(rq->lang, why)));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
place_json(struct request *rq, const struct hours_place *place)
{
	json_t *o = json_object();
	bool has[HOURS_KINDS];

	(void)json_object_set_new(o, "name", json_string(place->name));
	(void)json_object_set_new(o, "authority", json_string(place->authority_name));
	(void)json_object_set_new(o, "phone_number", text_or_null(place->phone));
	(void)json_object_set_new(o, "email", text_or_null(place->email));
	(void)json_object_set_new(o, "visiting_address", text_or_null(place->visiting_address));
	for (size_t k = 0; k < HOURS_KINDS; k++) {
		has[k] = hours_has(&place->plan, (enum hours_kind)k);
		(void)json_object_set_new(o, hours_kind_names[k], has[k] ? kind_json(rq, place, (enum hours_kind)k) : json_null());
	}
	(void)json_object_set_new(o, "days", days_json(rq, place, has));
	return o;
}

static void
json_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	const struct hours_book *book = hours_book(rq->db, rq->arena, local_date(rq->now), &err);
	const struct hours_place *place;
	struct sb sb;
	json_t *o, *list;
	size_t n;

	if (book == NULL) {
		respond_err(rq, rs, &err);
		return;
	}
	n = hours_places(book, rq->arena, &place);
	list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, place_json(rq, &place[i]));
	o = json_pack("{s:s, s:s, s:o}", "at", instant_text(rq->now).s, "form", arena_printf(rq->arena, "%s/kontakt",
	    rq->base_url), "places", list);
	sb_init(&sb, rq->arena, BYTES_MAX);
	json_print(&sb, o);
	json_decref(o);
	respond_header(rq, rs, "Access-Control-Allow-Origin", "*");	/* public, and the same for everybody */
	respond_header(rq, rs, "Cache-Control", "public, max-age=30");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

const struct route hours_routes[] = {
	{ GET, "/oppettider", ACT_PUBLIC, page_get, 0 },
	{ GET, "/oppettider.json", ACT_PUBLIC, json_get, ROUTE_JSON },
	{ 0 },
};

/* figures/gaps_pages.c: the page, the chart, and the same as data */
#include "figures/gaps_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "doc/chart.h"
#include "hours/place.h"
#include "hours/words.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"

enum { BYTES_MAX = 4 << 20, SHOWN_MAX = 200 };

static const int weeks_choice[] = { 1, 2, 4, 8 };

static int64_t
weeks_of(struct request *rq)
{
	int64_t weeks = query_i64(rq, "veckor", GAPS_WEEKS_USUAL);

	return weeks < 1 ? 1 : weeks > GAPS_WEEKS_MAX ? GAPS_WEEKS_MAX : weeks;
}

/* Whole weeks back from today. */
static struct gaps_filter
filter_of(struct request *rq)
{
	struct date today = local_date(rq->now);

	return (struct gaps_filter){ .from = date_add(today, 1 - 7 * (int)weeks_of(rq)), .to = today,
		.unit_id = choice_id(query_text(rq, "enhet")) };
}

/* The sign of each unit there. */
static bool
places_of(struct request *rq, const struct gaps_filter *f, const struct gaps_bucket *bucket, size_t n,
    const struct gaps_place **out, size_t *n_places, struct err *err)
{
	struct hours_book *book = arena_alloc(rq->arena, sizeof(*book));
	struct gaps_place *list;

	if (!hours_book_read(rq->db, rq->arena, f->from, book, err))
		return false;
	list = arena_array(rq->arena, book->units.n, sizeof(*list));
	*n_places = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && bucket[i].unit_id == bucket[i - 1].unit_id)
			continue;
		for (size_t u = 0; u < book->units.n; u++) {
			const struct unit *unit = &book->units.item[u];

			if (unit->id != bucket[i].unit_id)
				continue;
			list[*n_places] = (struct gaps_place){ .unit_id = unit->id, .name = unit->name };
			hours_plan_of(book, rq->arena, unit->authority_id, unit->id, &list[(*n_places)++].plan);
		}
	}
	*out = list;
	return true;
}

static bool
gaps_for(struct request *rq, const struct gaps_filter *f, struct gaps *out, struct err *err)
{
	const struct gaps_place *place;
	struct gaps_bucket *bucket;
	size_t n, n_places;

	if (!gaps_buckets(rq->db, rq->arena, rq->actor, f, &bucket, &n, err) ||
	    !places_of(rq, f, bucket, n, &place, &n_places, err))
		return false;
	gaps_of(rq->arena, bucket, n, place, n_places, f, out);
	return true;
}

static bool
fill_choices(struct request *rq, struct gaps_view *v, struct err *err)
{
	struct choice *weeks = arena_array(rq->arena, ARRAY_LEN(weeks_choice), sizeof(*weeks));
	struct choice *units;
	struct unit_list list;

	if (!unit_list(rq->db, rq->arena, &list, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(weeks_choice); i++)
		weeks[i] = (struct choice){ .value = i64_text(rq->arena, weeks_choice[i]),
			.text = arena_printf(rq->arena, trn(rq->lang, "one week", "%d weeks", weeks_choice[i]), weeks_choice[i]),
			.chosen = weeks_of(rq) == weeks_choice[i] };
	units = arena_array(rq->arena, list.n, sizeof(*units));
	for (size_t i = 0; i < list.n; i++) {
		const struct unit *u = &list.item[i];

		if (u->active && permitted(rq->actor, ACT_COVERAGE, &(struct object){ .authority_id = u->authority_id, .unit_id = u->id }))
			units[v->n_units++] = (struct choice){ .value = i64_text(rq->arena, u->id), .text = u->name,
				.chosen = u->id == v->filter->unit_id };
	}
	v->weeks = weeks;
	v->n_weeks = ARRAY_LEN(weeks_choice);
	v->unit = units;
	return true;
}

static const char *
when_text(struct request *rq, int day, int half)
{
	struct hours_span span = { 30 * half, 30 * half + 30 };

	return arena_printf(rq->arena, "%s %s", hours_weekdays(rq->arena, rq->lang, (enum weekday)(day + 1),
	    (enum weekday)(day + 1)), hours_times(rq->arena, rq->lang, &span, 1));
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct gaps_filter f = filter_of(rq);
	struct gaps_view v = { .filter = &f };
	struct err err = { 0 };
	struct gaps g;
	struct page page;
	struct sb sb;

	if (!gaps_for(rq, &f, &g, &err) || !fill_choices(rq, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.g = &g;
	v.query = arena_printf(rq->arena, "veckor=%" PRId64 "&enhet=%" PRId64, weeks_of(rq), f.unit_id);
	v.worst = g.worst_day >= 0 ? when_text(rq, g.worst_day, g.worst_half) : NULL;
	v.plan_day = g.worst_day >= 0 ? g.worst_day + 1 : MONDAY;
	v.n_shown = g.n_gaps < SHOWN_MAX ? g.n_gaps : SHOWN_MAX;
	frame_init(&page, rq, tr(rq->lang, N_("When nobody answered")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	gaps_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
respond_json(struct request *rq, struct response *rs, json_t *o)
{
	struct sb sb;

	sb_init(&sb, rq->arena, BYTES_MAX);
	json_print(&sb, o);
	json_decref(o);
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

static void
json_get(struct request *rq, struct response *rs)
{
	struct gaps_filter f = filter_of(rq);
	struct err err = { 0 };
	struct gaps g;

	if (gaps_for(rq, &f, &g, &err))
		respond_json(rq, rs, gaps_json(&g, &f));
	else
		respond_err(rq, rs, &err);
}

static void
csv_get(struct request *rq, struct response *rs)
{
	struct gaps_filter f = filter_of(rq);
	struct err err = { 0 };
	struct gaps g;
	struct sb sb;

	if (!gaps_for(rq, &f, &g, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, BYTES_MAX);
	sb_add(&sb, "date,from,unit,calls,lost,lost_while_open,nobody_answered,everybody_away\r\n");
	for (size_t i = 0; i < g.n_gaps; i++) {
		const struct gap *x = &g.gap[i];

		sb_addf(&sb, "%s,%s,", date_text(x->date).s, hours_clock(30 * x->half_hour).s);
		sb_csv(&sb, x->unit);
		sb_addf(&sb, ",%zu,%zu,%zu,%d,%d\r\n", x->calls, x->lost, x->lost_open, x->nobody, x->away);
	}
	respond_header(rq, rs, "Content-Disposition", "attachment; filename=\"luckor.csv\"");
	respond_text(rs, 200, "text/csv; charset=utf-8", sb_str(&sb), sb.len);
}

static void
plan_get(struct request *rq, struct response *rs)
{
	struct gaps_filter f = filter_of(rq);
	int64_t day = query_i64(rq, "dag", 0);
	struct err err = { 0 };
	struct gaps g;

	if ((day < MONDAY || day > SUNDAY) && !err_set(&err, ERR_NOT_FOUND, "weekday %" PRId64, day)) {
		respond_err(rq, rs, &err);
	} else if (!gaps_for(rq, &f, &g, &err)) {
		respond_err(rq, rs, &err);
	} else if (g.last_half < g.first_half) {
		(void)err_set(&err, ERR_NOT_FOUND, "no calls");
		respond_err(rq, rs, &err);
	} else {
		respond_header(rq, rs, "Content-Disposition", "attachment; filename=\"telefoner.json\"");
		respond_json(rq, rs, gaps_scenario(&g, (int)day - 1, hours_weekdays(rq->arena, rq->lang, (enum weekday)day,
		    (enum weekday)day)));
	}
}

static const char *
clock_mark(struct arena *a, void *context, double x)
{
	(void)context;
	return arena_printf(a, "%d", (int)x);
}

/* Over the day, all weekdays together: a whole line with dots for the lost, dashes for the answered. */
static void
chart_get(struct request *rq, struct response *rs)
{
	struct gaps_filter f = filter_of(rq);
	struct err err = { 0 };
	struct chart_series series[2];
	struct chart_lines c = { .title = tr(rq->lang, N_("Lost and answered calls over the day")),
		.x_name = tr(rq->lang, N_("hour of the day")), .y_name = tr(rq->lang, N_("calls")), .series = series, .n_series = 2,
		.x_mark = clock_mark, .x_step = 1, .dots = true };
	double *x, *lost, *answered;
	struct gaps g;
	const char *svg;
	size_t n = 0;

	if (!gaps_for(rq, &f, &g, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	x = arena_array(rq->arena, GAPS_HALF_HOURS, sizeof(*x));
	lost = arena_array(rq->arena, GAPS_HALF_HOURS, sizeof(*lost));
	answered = arena_array(rq->arena, GAPS_HALF_HOURS, sizeof(*answered));
	for (int h = g.first_half; h <= g.last_half; h++, n++) {
		x[n] = h / 2.0;
		for (int d = 0; d < 7; d++) {
			lost[n] += (double)g.cell[d][h].lost;
			answered[n] += (double)(g.cell[d][h].calls - g.cell[d][h].lost);
		}
	}
	series[0] = (struct chart_series){ tr(rq->lang, N_("lost calls")), lost, CHART_LINE };
	series[1] = (struct chart_series){ tr(rq->lang, N_("answered calls")), answered, CHART_DASHED };
	c.x = x;
	c.n_x = n;
	c.description = g.worst_day < 0 ? tr(rq->lang, N_("No calls were lost.")) :
	    arena_printf(rq->arena, tr(rq->lang, N_("%zu of %zu calls were lost; most on %s.")), g.lost, g.calls,
	    when_text(rq, g.worst_day, g.worst_half));
	if (!chart_lines_svg(rq->arena, &c, 760, 360, &svg, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	respond_header(rq, rs, "Cache-Control", "private, max-age=60");
	respond_text(rs, 200, "image/svg+xml", svg, strlen(svg));
}

const struct route gaps_routes[] = {
	{ GET, "/luckor", ACT_COVERAGE, page_get, 0 },
	{ GET, "/luckor.json", ACT_COVERAGE, json_get, ROUTE_JSON },
	{ GET, "/luckor.csv", ACT_COVERAGE, csv_get, 0 },
	{ GET, "/luckor/diagram.svg", ACT_COVERAGE, chart_get, 0 },
	{ GET, "/luckor/plan.json", ACT_COVERAGE, plan_get, ROUTE_JSON },
	{ 0 },
};

/* figures/figures_pages.c: the page, the charts, and the same as data */
#include "figures/figures_pages.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "contact/desk.h"
#include "doc/chart.h"
#include "people/choices.h"
#include "people/frame.h"

enum { BYTES_MAX = 4 << 20, USUAL_DAYS = 90 };

/* ---- the question --------------------------------------------------------------------------------------------------- */

/* A day that is no day is the usual one: 90 days to today. */
static struct figures_filter
filter_of(struct request *rq)
{
	const char *from = query_text(rq, "fran"), *to = query_text(rq, "till"), *channel = query_text(rq, "kanal");
	struct date today = local_date(rq->now);
	struct figures_filter f = { .unit_id = choice_id(query_text(rq, "enhet")), .category_id = choice_id(query_text(rq, "omrade")) };

	if (to == NULL || !date_parse(to, &f.to))
		f.to = today;
	if (from == NULL || !date_parse(from, &f.from))
		f.from = date_add(f.to, 1 - USUAL_DAYS);
	f.channel = channel != NULL && *channel != '\0' ? channel : NULL;
	return f;
}

static const char *
query_of(struct arena *a, const struct figures_filter *f)
{
	struct date_str from = date_text(f->from), to = date_text(f->to);
	struct sb sb;

	sb_init(&sb, a, 1000);
	sb_addf(&sb, "fran=%s&till=%s", from.s, to.s);
	desk_query(&sb, f->unit_id, f->category_id, f->channel);
	return sb_str(&sb);
}

static bool
figures_for(struct request *rq, const struct figures_filter *f, struct figures *out, struct err *err)
{
	struct figures_case *c;
	size_t n;

	if (!figures_cases(rq->db, rq->arena, rq->actor, f, &c, &n, err))
		return false;
	figures_of(rq->arena, c, n, f, rq->now, out);
	return true;
}

/* ---- the page ------------------------------------------------------------------------------------------------------- */

static const char *
hours_text(struct request *rq, double hours)
{
	if (isnan(hours))
		return tr(rq->lang, N_("not reached: too many still wait"));
	return arena_printf(rq->arena, tr(rq->lang, N_("%s working hours")), tr_decimal(rq->lang, hours, 1).s);
}

static bool
fill_choices(struct request *rq, const struct figures_filter *f, struct figures_view *v, struct err *err)
{
	int64_t authority_id = rq->actor->n_grants > 0 ? rq->actor->grant[0].authority_id : 0;
	const struct desk *d = desk_of(rq->db, rq->arena, authority_id, rq->lang, rq->now, err);

	if (d == NULL)
		return false;
	v->unit = desk_choose(rq->arena, d->any_unit, d->n_any_units, f->unit_id);
	v->n_units = d->n_any_units;
	v->category = desk_choose(rq->arena, d->category, d->n_categories, f->category_id);
	v->n_categories = d->n_categories;
	v->n_channels = desk_channels(rq->arena, f->channel, &v->channel);
	return true;
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct figures_filter f = filter_of(rq);
	struct date_str from = date_text(f.from), to = date_text(f.to);
	struct figures x = { .median = NAN, .p90 = NAN };
	struct figures_view v = { .x = &x, .filter = &f, .from = from.s, .to = to.s, .query = query_of(rq->arena, &f) };
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	bool ok = figures_for(rq, &f, &x, &err);

	if ((!ok && !frame_again(&err)) || !fill_choices(rq, &f, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.line = (const struct figures_line[]){ { N_("Answered within the promise"), x.promise },
		{ N_("Answered at once on the phone or at a visit (half an hour)"), x.first_contact },
		{ N_("Reopened: it was not done"), x.reopened }, { N_("Went on to a manager or a representative"), x.escalated },
		{ N_("Say that it answered their question"), x.satisfied } };
	v.n_lines = 5;
	v.median = hours_text(rq, x.median);
	v.p90 = hours_text(rq, x.p90);
	v.mean = hours_text(rq, x.mean_to > 0 ? x.mean.mean : NAN);
	frame_init(&page, rq, tr(rq->lang, N_("How we answer")));
	page.wide = true;
	if (!ok) {
		frame_error(&page, rq, &err);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	figures_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* ---- the same as data ----------------------------------------------------------------------------------------------- */

static void
json_get(struct request *rq, struct response *rs)
{
	struct figures_filter f = filter_of(rq);
	struct figures x;
	struct err err = { 0 };
	struct sb sb;
	json_t *o;

	if (!figures_for(rq, &f, &x, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	o = figures_json(&x, &f);
	sb_init(&sb, rq->arena, BYTES_MAX);
	json_print(&sb, o);
	json_decref(o);
	respond_text(rs, 200, "application/json", sb_str(&sb), sb.len);
}

/* One row a week: what a spreadsheet is for. */
static void
csv_get(struct request *rq, struct response *rs)
{
	struct figures_filter f = filter_of(rq);
	struct figures x;
	struct err err = { 0 };
	struct sb sb;

	if (!figures_for(rq, &f, &x, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, BYTES_MAX);
	sb_add(&sb, "week_of,due,within_promise,share\r\n");
	for (size_t i = 0; i < x.n_weeks; i++) {
		struct date_str d = date_text(x.week[i].monday);

		sb_addf(&sb, "%s,%zu,%zu,", d.s, x.week[i].due, x.week[i].kept);
		if (!isnan(x.week[i].share))
			sb_double(&sb, x.week[i].share);
		sb_add(&sb, "\r\n");
	}
	respond_header(rq, rs, "Content-Disposition", "attachment; filename=\"siffror.csv\"");
	respond_text(rs, 200, "text/csv; charset=utf-8", sb_str(&sb), sb.len);
}

/* ---- charts --------------------------------------------------------------------------------------------------------- */

static void
respond_svg(struct request *rq, struct response *rs, const char *svg)
{
	respond_header(rq, rs, "Cache-Control", "private, max-age=60");
	respond_text(rs, 200, "image/svg+xml", svg, strlen(svg));
}

/* The curve as steps, from everybody waiting. */
static void
time_get(struct request *rq, struct response *rs)
{
	struct figures_filter f = filter_of(rq);
	struct figures x;
	struct err err = { 0 };
	struct chart_series series;
	struct chart_lines c = { .title = tr(rq->lang, N_("Share not yet answered")), .x_name = tr(rq->lang, N_("working hours since it came")),
		.y_name = "%", .series = &series, .n_series = 1, .band_name = tr(rq->lang, N_("Margin")) };
	double *at, *y, *low, *high;
	const char *svg;
	size_t n = 0;

	if (!figures_for(rq, &f, &x, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	at = arena_array(rq->arena, 2 * x.curve.n + 1, sizeof(*at));
	y = arena_array(rq->arena, 2 * x.curve.n + 1, sizeof(*y));
	low = arena_array(rq->arena, 2 * x.curve.n + 1, sizeof(*low));
	high = arena_array(rq->arena, 2 * x.curve.n + 1, sizeof(*high));
	y[n] = low[n] = high[n] = 100;
	n++;
	for (size_t i = 0; i < x.curve.n; i++) {
		const struct survival_point *p = &x.curve.point[i];
		double here = 100 * p->survival;

		at[n] = at[n + 1] = p->t;
		y[n] = y[n - 1];
		low[n] = low[n - 1];
		high[n] = high[n - 1];
		y[n + 1] = here;
		low[n + 1] = isnan(p->low) ? here : 100 * p->low;
		high[n + 1] = isnan(p->high) ? here : 100 * p->high;
		n += 2;
	}
	series = (struct chart_series){ tr(rq->lang, N_("not yet answered")), y, CHART_LINE };
	c.x = at;
	c.n_x = n;
	c.band_low = low;
	c.band_high = high;
	c.description = arena_printf(rq->arena, tr(rq->lang, N_("Half are answered after: %s. Nine in ten after: %s.")), hours_text(rq, x.median),
	    hours_text(rq, x.p90));
	if (!chart_lines_svg(rq->arena, &c, 760, 400, &svg, &err))
		respond_err(rq, rs, &err);
	else
		respond_svg(rq, rs, svg);
}

static const char *
week_mark(struct arena *a, void *context, double i)
{
	const struct figures *x = context;
	int year, week = 0;

	if (i >= 0 && (size_t)i < x->n_weeks)
		week = date_iso_week(x->week[(size_t)i].monday, &year);
	return week > 0 ? arena_printf(a, "%d", week) : "";
}

static void
weeks_get(struct request *rq, struct response *rs)
{
	struct figures_filter f = filter_of(rq);
	struct figures x;
	struct err err = { 0 };
	struct chart_series series[4];
	struct chart_lines c = { .title = tr(rq->lang, N_("Answered within the promise, week by week")), .x_name = tr(rq->lang, N_("week")),
		.y_name = "%", .series = series, .x_mark = week_mark, .dots = true };
	double *at, *y[4];
	const char *svg;

	if (!figures_for(rq, &f, &x, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	at = arena_array(rq->arena, x.n_weeks, sizeof(*at));
	for (size_t k = 0; k < 4; k++)
		y[k] = arena_array(rq->arena, x.n_weeks, sizeof(**y));
	for (size_t i = 0; i < x.n_weeks; i++) {
		at[i] = (double)i;
		y[0][i] = 100 * x.week[i].share;
		y[1][i] = x.xmr.centre;
		y[2][i] = fmax(0, x.xmr.lower);
		y[3][i] = fmin(100, x.xmr.upper);
	}
	series[0] = (struct chart_series){ tr(rq->lang, N_("share")), y[0], CHART_LINE };
	series[1] = (struct chart_series){ tr(rq->lang, N_("mean")), y[1], CHART_DOTTED };
	series[2] = (struct chart_series){ tr(rq->lang, N_("what chance alone gives, from")), y[2], CHART_DASHED };
	series[3] = (struct chart_series){ tr(rq->lang, N_("what chance alone gives, to")), y[3], CHART_DASHED };
	c.n_series = isnan(x.xmr.lower) ? 2 : 4;
	c.x = at;
	c.n_x = x.n_weeks;
	c.context = &x;
	c.x_step = x.n_weeks > 30 ? 4 : x.n_weeks > 15 ? 2 : 1;
	c.description = x.xmr.n_signals > 0 ? tr(rq->lang, N_("Some weeks are outside what chance alone gives; the table names them.")) :
	    tr(rq->lang, N_("All weeks are within what chance alone gives."));
	if (!chart_lines_svg(rq->arena, &c, 760, 400, &svg, &err))
		respond_err(rq, rs, &err);
	else
		respond_svg(rq, rs, svg);
}

const struct route figures_routes[] = {
	{ GET, "/siffror", ACT_FIGURES, page_get, 0 },
	{ GET, "/siffror.json", ACT_FIGURES, json_get, 0 },
	{ GET, "/siffror.csv", ACT_FIGURES, csv_get, 0 },
	{ GET, "/siffror/tid.svg", ACT_FIGURES, time_get, 0 },
	{ GET, "/siffror/veckor.svg", ACT_FIGURES, weeks_get, 0 },
	{ 0 },
};

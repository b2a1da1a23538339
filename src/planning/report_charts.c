/* planning/report_charts.c: the line over the day, what one more buys, the swings */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/chart.h"
#include "planning/report.h"

static const double WIDTH = 900, HEIGHT = 480;

static const char *
clock_mark(struct arena *a, void *context, double x)
{
	return scenario_clock(a, context, x);
}

/* From opening to the last minute in which anybody waits in the mean, at least to closing. */
static size_t
minutes_shown(const struct scenario *s, const struct sim_curve *c)
{
	size_t n = (size_t)ceil(s->sim.closes_at / c->bin_s) + 15;

	while (n < c->n && (c->p95[n] > 0 || c->mean[n] > 0.05))
		n++;
	return n < c->n ? n : c->n;
}

static bool
queue_chart(struct arena *a, const struct plan_report *p, const char **out, struct err *err)
{
	const struct sim_curve *c = &p->r->queue;
	size_t n = c->mean != NULL ? minutes_shown(p->s, c) : 0, worst = 0;
	double *x = arena_array(a, n, sizeof(*x)), *low = arena_array(a, n, sizeof(*low));
	const struct chart_series series[] = { { "mean", c->mean, CHART_LINE }, { "half of the days above", c->p50, CHART_DOTTED } };
	struct chart_lines chart = { .title = arena_printf(a, "Persons in line over the day: %s", p->s->name), .x_name = "time",
		.y_name = "persons in line", .x = x, .n_x = n, .series = series, .n_series = ARRAY_LEN(series),
		.band_name = "1 day in 20 above the band", .band_low = low, .band_high = c->p95, .x_mark = clock_mark,
		.x_step = p->s->sim.closes_at > 6 * 3600 ? 3600 : 1800 };
	/* the clock of the scenario is only read */
	chart.context = (void *)(uintptr_t)p->s;

	if (n == 0)
		return true;
	for (size_t i = 0; i < n; i++) {
		x[i] = (double)i * c->bin_s;
		worst = c->p95[i] > c->p95[worst] ? i : worst;
	}
	while (p->s->sim.closes_at / chart.x_step > 14)
		chart.x_step *= 2;
	chart.description = arena_printf(a, "The mean line is highest at %s with %.1f persons (%.0f m). One day in 20 there are more than %.0f "
	    "persons at %s.", scenario_clock(a, p->s, c->peak_at), c->peak_of_mean, c->peak_of_mean * p->s->spacing_m, c->p95[worst],
	    scenario_clock(a, p->s, x[worst]));
	return chart_lines_svg(a, &chart, WIDTH, HEIGHT, out, err);
}

static const char *
figure_name(const struct scenario *s)
{
	return s->target.kind == TARGET_DAYS ? "days on which too many wait too long, %" :
	    s->target.kind == TARGET_MEAN ? "who wait too long, %" : "calls not answered in time, %";
}

static bool
more_chart(struct arena *a, const struct plan_report *p, const char **out, struct err *err)
{
	double *x = arena_array(a, p->n_curve, sizeof(*x)), *y = arena_array(a, p->n_curve, sizeof(*y));
	double *low = arena_array(a, p->n_curve, sizeof(*low)), *high = arena_array(a, p->n_curve, sizeof(*high));
	const struct chart_series series = { "estimate", y, CHART_LINE };
	struct chart_lines chart = { .y_name = figure_name(p->s), .x = x, .n_x = p->n_curve, .series = &series, .n_series = 1,
		.band_name = "simulation noise, 95 %", .band_low = low, .band_high = high, .level_name = "target", .x_step = 1, .dots = true };
	const char *stage;

	if (p->curve == NULL)
		return true;
	stage = p->s->sim.stage[p->stations->part[p->curve_part].stage].name;
	for (size_t i = 0; i < p->n_curve; i++) {
		const struct sim_estimate *e = &p->curve[i].figure;

		x[i] = p->curve_from + (double)i;
		y[i] = 100 * e->value;
		low[i] = 100 * e->low;
		high[i] = 100 * e->high;
	}
	chart.level = 100 * p->curve[0].limit;
	chart.title = arena_printf(a, "What one more buys: %s", stage);
	chart.x_name = arena_printf(a, "stations: %s", stage);
	chart.description = arena_printf(a, "With %.0f stations %.1f %%, with %.0f stations %.1f %%; the target is at most %.1f %%.", x[0], y[0],
	    x[p->n_curve - 1], y[p->n_curve - 1], chart.level);
	return chart_lines_svg(a, &chart, WIDTH, HEIGHT, out, err);
}

static const char *
input_end(struct arena *a, const char *input, double x)
{
	return strcmp(input, "profile") == 0 ? arena_printf(a, "%+.0f min", x / 60) : arena_printf(a, "%+.0f %%", 100 * x);
}

/* The target's figure says nothing where every day is good, or every day bad: then the mean wait does. */
static bool
figure_says_something(const struct search_tornado *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (fabs(t->row[i].high.figure.value - t->row[i].low.figure.value) > 0.005)
			return true;
	}
	return false;
}

static bool
swing_chart(struct arena *a, const struct plan_report *p, const char **out, struct err *err)
{
	struct chart_bars chart = { .title = "Which input matters most", .x_name = "mean wait, minutes" };
	struct chart_bar *bar;
	bool by_figure;

	if (p->tornado == NULL || p->tornado->n == 0)
		return true;
	by_figure = figure_says_something(p->tornado);
	bar = arena_array(a, p->tornado->n, sizeof(*bar));
	for (size_t i = 0; i < p->tornado->n; i++) {
		const struct search_swing *row = &p->tornado->row[i];

		bar[i] = (struct chart_bar){ row->input, by_figure ? 100 * row->low.figure.value : row->low.wait_mean.value / 60,
			by_figure ? 100 * row->high.figure.value : row->high.wait_mean.value / 60, input_end(a, row->input, row->low_input), input_end(a, row->input, row->high_input) };
	}
	chart.bar = bar;
	chart.n_bars = p->tornado->n;
	chart.middle = by_figure ? 100 * p->tornado->base.figure.value : p->tornado->base.wait_mean.value / 60;
	if (by_figure) {
		chart.x_name = figure_name(p->s);
		chart.level_name = "dashed: the target";
		chart.level = 100 * p->tornado->base.limit;
	}
	chart.description = arena_printf(a, "%s: as stated %.1f. Widest: %s, from %.1f to %.1f.", chart.x_name, chart.middle, bar[0].name,
	    bar[0].low, bar[0].high);
	return chart_bars_svg(a, &chart, WIDTH, 140 + 44 * (double)chart.n_bars, out, err);
}

bool
report_charts(struct arena *a, const struct plan_report *p, struct report_charts *out, struct err *err)
{
	struct report_charts charts = { 0 };

	if (!queue_chart(a, p, &charts.queue, err) || !more_chart(a, p, &charts.more, err) || !swing_chart(a, p, &charts.swings, err))
		return false;
	*out = charts;
	return true;
}

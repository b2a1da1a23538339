/* figures/figures_charts.c */
#include "figures/figures_charts.h"

#include <math.h>

#include "base/arena.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"

const char *
figures_time_text(struct arena *a, const char *lang, const struct figures_time *t, double value, bool working)
{
	if (!isnan(value))
		return arena_printf(a, working ? tr(lang, N_("%s working hours")) : tr(lang, N_("%s days")), tr_decimal(lang, value, 1).s);
	if (isnan(t->longest))
		return "-";
	return arena_printf(a, working ? tr(lang, N_("more than %s working hours: too many still wait")) :
	    tr(lang, N_("more than %s days: too many still wait")), tr_decimal(lang, t->longest, 1).s);
}

const char *
figures_rules_text(struct arena *a, const char *lang, unsigned rules)
{
	static const char *const text[] = { N_("outside the limits"), N_("seven weeks in a row on the same side of the mean"),
		N_("seven weeks in a row in the same direction"), N_("two of three weeks near a limit") };
	struct sb sb;

	if (rules == 0)
		return NULL;
	sb_init(&sb, a, 1000);
	for (unsigned r = 0; r < ARRAY_LEN(text); r++) {
		if ((rules & 1u << r) != 0)
			sb_addf(&sb, "%s%s", sb.len > 0 ? "; " : "", tr(lang, text[r]));
	}
	return sb_str(&sb);
}

const char *
figures_weeks_text(struct arena *a, const char *lang, const struct figures *x)
{
	size_t marked = 0;

	for (size_t i = 0; i < x->n_weeks; i++)
		marked += x->week[i].rules != 0;
	if (isnan(x->xmr.lower))
		return tr(lang, N_("There are too few weeks to tell signal from noise."));
	return arena_printf(a, marked == 0 ? tr(lang, N_("Noise: all weeks are within what chance alone gives, from %s to %s %%, around %s %%.")) :
	    trn(lang, "Signal: one week is not what chance alone gives (from %s to %s %%, around %s %%). The table names it.",
	    "Signal: several weeks are not what chance alone gives (from %s to %s %%, around %s %%). The table names them.", (int64_t)marked),
	    tr_decimal(lang, fmax(0, x->xmr.lower), 0).s, tr_decimal(lang, fmin(100, x->xmr.upper), 0).s,
	    tr_decimal(lang, x->xmr.centre, 0).s);
}

/* The curve as steps, from everybody waiting. */
void
figures_time_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_lines *out)
{
	const struct survival_curve *k = &x->curve;
	double *at = arena_array(a, 2 * k->n + 2, sizeof(*at)), *y = arena_array(a, 2 * k->n + 2, sizeof(*y));
	double *low = arena_array(a, 2 * k->n + 2, sizeof(*low)), *high = arena_array(a, 2 * k->n + 2, sizeof(*high));
	struct chart_series *series = arena_alloc(a, sizeof(*series));
	size_t n = 1;

	y[0] = low[0] = high[0] = 100;
	for (size_t i = 0; i < k->n; i++, n += 2) {
		const struct survival_point *p = &k->point[i];
		double here = 100 * p->survival;

		at[n] = at[n + 1] = p->t;
		y[n] = y[n - 1];
		low[n] = low[n - 1];
		high[n] = high[n - 1];
		y[n + 1] = here;
		low[n + 1] = isnan(p->low) ? here : 100 * p->low;
		high[n + 1] = isnan(p->high) ? here : 100 * p->high;
	}
	if (k->longest > at[n - 1]) {	/* on to where the last one was seen waiting */
		at[n] = k->longest;
		y[n] = y[n - 1];
		low[n] = low[n - 1];
		high[n] = high[n - 1];
		n++;
	}
	*series = (struct chart_series){ tr(lang, N_("not yet answered")), y, CHART_LINE };
	*out = (struct chart_lines){ .title = tr(lang, N_("Share not yet answered")), .x_name = tr(lang, N_("working hours since it came")),
		.y_name = "%", .series = series, .n_series = 1, .band_name = tr(lang, N_("Margin")), .band_low = low, .band_high = high,
		.x = at, .n_x = n };
	out->description = arena_printf(a, tr(lang, N_("Half are answered after: %s. Nine in ten after: %s.")),
	    figures_time_text(a, lang, &x->all.working, x->all.working.median, true),
	    figures_time_text(a, lang, &x->all.working, x->all.working.p90, true));
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

void
figures_weeks_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_lines *out)
{
	struct chart_series *series = arena_array(a, 4, sizeof(*series));
	double *at = arena_array(a, x->n_weeks, sizeof(*at)), *y[4];
	bool *marked = arena_array(a, x->n_weeks, sizeof(*marked)), any = false;
	struct figures *copy = arena_memdup(a, x, sizeof(*x));

	for (size_t k = 0; k < 4; k++)
		y[k] = arena_array(a, x->n_weeks, sizeof(**y));
	for (size_t i = 0; i < x->n_weeks; i++) {
		at[i] = (double)i;
		y[0][i] = 100 * x->week[i].share;
		y[1][i] = x->xmr.centre;
		y[2][i] = fmax(0, x->xmr.lower);
		y[3][i] = fmin(100, x->xmr.upper);
		marked[i] = x->week[i].rules != 0;
		any = any || marked[i];
	}
	series[0] = (struct chart_series){ tr(lang, N_("share")), y[0], CHART_LINE };
	series[1] = (struct chart_series){ tr(lang, N_("mean")), y[1], CHART_DOTTED };
	series[2] = (struct chart_series){ tr(lang, N_("what chance alone gives, from")), y[2], CHART_DASHED };
	series[3] = (struct chart_series){ tr(lang, N_("what chance alone gives, to")), y[3], CHART_DASHED };
	*out = (struct chart_lines){ .title = tr(lang, N_("Answered within the promise, by the week they came")),
		.x_name = tr(lang, N_("week")), .y_name = "%", .series = series, .n_series = isnan(x->xmr.centre) ? 1 :
		isnan(x->xmr.lower) ? 2 : 4, .x = at, .n_x = x->n_weeks, .x_mark = week_mark, .context = copy, .dots = true,
		.x_step = x->n_weeks > 60 ? 8 : x->n_weeks > 30 ? 4 : x->n_weeks > 15 ? 2 : 1, .marked = marked,
		.marked_name = any ? tr(lang, N_("signal")) : NULL, .description = figures_weeks_text(a, lang, x) };
}

void
figures_arrivals_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_grid *out)
{
	static const char *const day[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun") };
	const char **row = arena_array(a, 7, sizeof(*row)), **column = arena_array(a, FIGURES_HALF_HOURS, sizeof(*column));
	double *value = arena_array(a, 7 * FIGURES_HALF_HOURS, sizeof(*value));
	int top_day = 0, top_h = 0;

	for (int d = 0; d < 7; d++) {
		row[d] = tr(lang, day[d]);
		for (int h = 0; h < FIGURES_HALF_HOURS; h++) {
			value[d * FIGURES_HALF_HOURS + h] = (double)x->heat[d][h];
			if (x->heat[d][h] > x->heat[top_day][top_h]) {
				top_day = d;
				top_h = h;
			}
		}
	}
	for (int h = 0; h < FIGURES_HALF_HOURS; h += 4)
		column[h] = arena_printf(a, "%d", h / 2);
	*out = (struct chart_grid){ .title = tr(lang, N_("When contacts come")), .x_name = tr(lang, N_("time of day, in half-hours")),
		.row = row, .column = column, .n_rows = 7, .n_columns = FIGURES_HALF_HOURS, .value = value,
		.most_name = arena_printf(a, tr(lang, N_("the largest square: %s contacts")), tr_number(lang, (int64_t)x->heat_most).s),
		.description = arena_printf(a, tr(lang, N_("Most come on %s from %d:%02d: %s contacts.")), row[top_day], top_h / 2,
		top_h % 2 * 30, tr_number(lang, (int64_t)x->heat_most).s) };
}

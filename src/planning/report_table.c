/* planning/report_table.c: a plan's figures as a table to read in a terminal or on paper
 *
 * Minutes with one decimal, shares in percent. A half-width after +- is simulation noise alone. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "planning/report.h"

enum { NAME_WIDTH = 22 };

/* As wide as `width` characters, not bytes: names are UTF-8. */
static void
padded(struct sb *out, const char *text, int width)
{
	int n = 0;

	for (const char *p = text; *p != '\0'; p++)
		n += (*p & 0xc0) != 0x80;
	sb_add(out, text);
	for (; n < width; n++)
		sb_add_c(out, ' ');
}

static void
minutes(struct sb *out, double s)
{
	if (isfinite(s))
		sb_addf(out, " %9.1f", s / 60);
	else
		sb_add(out, "         -");
}

static void
percent(struct sb *out, double share)
{
	if (isfinite(share))
		sb_addf(out, " %8.1f%%", 100 * share);
	else
		sb_add(out, "         -");
}

static double
half(struct sim_estimate e)
{
	return (e.high - e.low) / 2;
}

/* "1,234.5 +-6.7", or a dash. */
static const char *
pm(struct arena *a, struct sim_estimate e, double unit, int decimals)
{
	if (!isfinite(e.value))
		return "-";
	return isfinite(half(e)) ? arena_printf(a, "%.*f +-%.*f", decimals, e.value * unit, decimals, half(e) * unit) :
	    arena_printf(a, "%.*f", decimals, e.value * unit);
}

static void
wait_row(struct sb *out, const struct scenario *s, const char *name, const struct sim_wait *w)
{
	padded(out, name, NAME_WIDTH);
	minutes(out, w->mean.value);
	if (isfinite(half(w->mean)))
		sb_addf(out, " +-%-4.1f", half(w->mean) / 60);
	else
		sb_add(out, "       ");
	minutes(out, w->p50.value);
	minutes(out, w->p90.value);
	minutes(out, w->p95.value);
	minutes(out, w->max);
	for (size_t i = 0; i < s->sim.n_limits; i++)
		percent(out, w->over[i].value);
	sb_add_c(out, '\n');
}

static const char *
limit_text(struct arena *a, double s)
{
	return s < 60 ? arena_printf(a, ">%.0f s", s) : arena_printf(a, ">%.4g min", s / 60);
}

static void
waits(struct arena *a, const struct scenario *s, const struct sim_result *r, struct sb *out)
{
	sb_add(out, "\nTime in line, minutes (with those who gave up, until then)\n");
	padded(out, "", NAME_WIDTH);
	sb_add(out, "      mean           median  9 in 10  19 in 20   longest");
	for (size_t i = 0; i < s->sim.n_limits; i++)
		sb_addf(out, " %9s", limit_text(a, s->sim.limit[i]));
	sb_add_c(out, '\n');
	for (size_t i = 0; i < r->n_stages; i++)
		wait_row(out, s, s->sim.stage[i].name, &r->stage[i].wait);
	if (r->n_streams > 1) {
		for (size_t k = 0; k < r->n_streams; k++)
			wait_row(out, s, s->sim.stream[k].name, &r->stream[k].wait);
	}
	if (r->n_stages > 1 || r->n_streams > 1)
		wait_row(out, s, "in all", &r->wait);
	if (!isnan(r->wait.sd_between_days))
		sb_addf(out, "The mean of a day varies between days by %.1f min (standard deviation): chance that a plan must bear.\n",
		    r->wait.sd_between_days / 60);
}

static void
lines(struct arena *a, const struct scenario *s, const struct sim_result *r, struct sb *out)
{
	sb_addf(out, "\nPersons in line (and metres, %.2f m each)\n", s->spacing_m);
	padded(out, "", NAME_WIDTH);
	sb_add(out, "highest point of the mean line      mean of the day's highest      1 day in 10 above\n");
	for (size_t i = 0; i < r->n_stages + (r->n_stages > 1); i++) {
		const struct sim_curve *c = i < r->n_stages ? &r->stage[i].queue : &r->queue;

		padded(out, i < r->n_stages ? s->sim.stage[i].name : "all lines together", NAME_WIDTH);
		sb_addf(out, "%8.1f (%5.1f m) at %-13s", c->peak_of_mean, c->peak_of_mean * s->spacing_m,
		    scenario_clock(a, s, c->peak_at));
		if (isfinite(c->mean_of_peaks.value))
			sb_addf(out, "%8.1f (%5.1f m)", c->mean_of_peaks.value, c->mean_of_peaks.value * s->spacing_m);
		else
			sb_add(out, "       -         ");
		if (isfinite(c->peak_p90))
			sb_addf(out, "             %8.0f (%5.1f m)", c->peak_p90, c->peak_p90 * s->spacing_m);
		sb_add_c(out, '\n');
	}
}

static void
people(struct arena *a, const struct scenario *s, const struct sim_result *r, struct sb *out)
{
	static const struct { enum sim_fate fate; const char *name; } row[] = { { SIM_OFFERED, "came" }, { SIM_SERVED, "were served" },
		{ SIM_GAVE_UP, "gave up waiting" }, { SIM_BUSY, "found all lines busy" }, { SIM_REFUSED, "found no room" },
		{ SIM_BALKED, "turned at the sight of the line" }, { SIM_SENT_AWAY, "were sent away at closing" },
		{ SIM_CALLED_BACK, "asked to be called back" }, { SIM_TURNED_AWAY, "came after closing" } };

	sb_add(out, s->kind == SCENARIO_PHONES ? "\nCalls a day\n" : "\nPeople a day\n");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct sim_estimate e = r->all.count[row[i].fate];

		if (!(e.value > 0) && i > 1)
			continue;
		padded(out, row[i].name, 34);
		sb_addf(out, "%s\n", pm(a, e, 1, 1));
	}
	if (s->kind == SCENARIO_PHONES) {
		static const char *const says[] = { "of all offered", "of all answered",
			"of offered, without those who gave up within it", "with those who gave up within it: flattering" };
		const struct sim_estimate level[] = { r->all.level_a, r->all.level_b, r->all.level_c, r->all.level_d };

		for (size_t i = 0; i < ARRAY_LEN(level); i++)
			sb_addf(out, "answered within %.0f s (%c), %s%%, %s\n", s->sim.answer_limit, (char)('a' + (char)i),
			    pm(a, level[i], 100, 1), says[i]);
		sb_addf(out, "persons reached, in some attempt: %s%%\n", pm(a, r->all.share_reached, 100, 1));
		return;
	}
	sb_addf(out, "The last is done %s min after closing (half the days %.1f, 9 in 10 within %.1f, 19 in 20 within %.1f).\n",
	    pm(a, r->done_after, 1, 1), r->done_p50, r->done_p90, r->done_p95);
	sb_addf(out, "Nobody is left at closing on %s%% of the days.\n", pm(a, r->empty_at_close, 100, 1));
}

static void
by_hour(struct arena *a, const struct scenario *s, const struct sim_result *r, struct sb *out)
{
	sb_add(out, "\nUtilisation by half-hour (busy or blocked share of the staffed time)\n");
	padded(out, "", 8);
	for (size_t i = 0; i < r->n_stages; i++)
		sb_addf(out, " %14.14s", s->sim.stage[i].name);
	sb_add(out, "  busiest\n");
	for (size_t t = 0; t < r->n_periods; t++) {
		padded(out, scenario_clock(a, s, (double)t * r->period_s), 8);
		for (size_t i = 0; i < r->n_stages; i++) {
			sb_add(out, "     ");
			percent(out, r->stage[i].utilisation_by[t]);
		}
		sb_addf(out, "  %s\n", r->bottleneck[t] >= 0 ? s->sim.stage[r->bottleneck[t]].name : "nobody staffed");
	}
}

static const char *
target_text(struct arena *a, const struct scenario *s)
{
	const struct scenario_target *t = &s->target;

	switch (t->kind) {
	case TARGET_DAYS:
		return arena_printf(a, "on at least %.0f%% of the days, at most %.1f%% wait more than %.4g min", 100 * t->confidence,
		    100 * t->share, t->wait / 60);
	case TARGET_MEAN:
		return arena_printf(a, "at most %.1f%% of all wait more than %.4g min", 100 * t->share, t->wait / 60);
	case TARGET_LEVEL:
		return t->max_abandon < 1 ? arena_printf(a, "at least %.0f%% answered within %.0f s, at most %.1f%% give up",
		    100 * t->service_level, s->sim.answer_limit, 100 * t->max_abandon) :
		    arena_printf(a, "at least %.0f%% answered within %.0f s", 100 * t->service_level, s->sim.answer_limit);
	case TARGET_NONE:
		break;
	}
	return "none";
}

static const char *
figure_name(const struct scenario *s)
{
	return s->target.kind == TARGET_DAYS ? "bad days" : s->target.kind == TARGET_MEAN ? "wait too long" : "not answered in time";
}

static const char *
verdict_text(enum search_verdict v)
{
	return v == VERDICT_MET ? "met" : v == VERDICT_NOT_MET ? "NOT met" : "on the limit";
}

static const char *
figure_text(struct arena *a, const struct scenario *s, const struct search_figures *f)
{
	const char *gave_up = s->target.max_abandon >= 1 || s->target.kind != TARGET_LEVEL ? "" :
	    arena_printf(a, ", give up %s%% (at most %.1f%%)", pm(a, f->gave_up, 100, 1), 100 * s->target.max_abandon);

	return arena_printf(a, "%s %s%% (at most %.1f%%)%s: %s", figure_name(s), pm(a, f->figure, 100, 1), 100 * f->limit, gave_up,
	    verdict_text(f->verdict));
}

/* A dash when nobody came and there is no mean. */
static const char *
mean_minutes(struct arena *a, struct sim_estimate seconds)
{
	return isnan(seconds.value) ? "-" : arena_printf(a, "%.1f min", seconds.value / 60);
}

static void
steps(struct arena *a, const struct scenario *s, const struct search_plan *plan, struct sb *out)
{
	sb_addf(out, "What one more or one fewer changes (%s; mean wait)\n", figure_name(s));
	for (size_t p = 0; p < plan->n_parts; p++) {
		const struct search_part *part = &plan->part[p];

		padded(out, s->sim.stage[part->stage].pool[part->pool].name, NAME_WIDTH);
		for (int more = 0; more < 2; more++) {
			const struct search_step *to = more ? &plan->more[p] : &plan->fewer[p];

			if (to->possible)
				sb_addf(out, "  %d: %s%%, %s%s", plan->servers[p] + (more ? 1 : -1),
				    pm(a, to->at.figure, 100, 1), mean_minutes(a, to->at.wait_mean), more ? "" : ";");
		}
		sb_add_c(out, '\n');
	}
}

static void
stations(struct arena *a, const struct scenario *s, const struct search_plan *plan, struct sb *out)
{
	sb_addf(out, "\nLeast that meets the target%s\n", plan->stopped ? " (stopped before the search was done: perhaps not the least)" : "");
	if (!plan->possible)
		sb_add(out, "The target cannot be met with the most stations that may be chosen; these are the most:\n");
	for (size_t p = 0; p < plan->n_parts; p++) {
		const struct search_part *part = &plan->part[p];

		padded(out, s->sim.stage[part->stage].pool[part->pool].name, NAME_WIDTH);
		sb_addf(out, "%5d   (the busiest half-hour needs %.1f at work in the mean)\n", plan->servers[p], part->load);
	}
	if (plan->officials > 0)
		sb_addf(out, "officials at once%6.0f, with %.0f at fixed posts\n", plan->officials, s->fixed_posts);
	sb_addf(out, "%s\n", figure_text(a, s, &plan->at));
	if (plan->one_more >= 0)
		sb_addf(out, "On the limit: one more is advised, at %s.\n", s->sim.stage[plan->part[plan->one_more].stage].name);
	if (plan->fewer != NULL)
		steps(a, s, plan, out);
}

static void
periods(struct arena *a, const struct scenario *s, const struct search_plan *plan, struct sb *out)
{
	sb_addf(out, "\nStaff by the hour that meets the target%s\n", plan->stopped ? " (stopped: perhaps not the least)" : "");
	if (!plan->possible)
		sb_add(out, "The target cannot be met with the most that may be chosen; these are the most:\n");
	for (size_t p = 0; p < plan->n_parts; p++) {
		const struct search_part *part = &plan->part[p];

		if (s->kind != SCENARIO_PHONES && !(s->stage[part->stage].officials > 0))
			continue;
		padded(out, s->sim.stage[part->stage].pool[part->pool].name, NAME_WIDTH);
		sb_addf(out, "%s-%s %5d", scenario_clock(a, s, part->from), scenario_clock(a, s, part->to), plan->servers[p]);
		if (s->shrinkage > 0)
			sb_addf(out, "   to schedule %3.0f", ceil(plan->servers[p] / (1 - s->shrinkage) - 1e-9));
		sb_addf(out, "   (load %.1f)\n", part->load);
	}
	if (plan->official_hours > 0)
		sb_addf(out, "official hours, opening to closing: %.1f\n", plan->official_hours);
	sb_addf(out, "%s\n", figure_text(a, s, &plan->at));
	if (plan->one_more >= 0)
		sb_addf(out, "On the limit: one more is advised, %s.\n", scenario_clock(a, s, plan->part[plan->one_more].from));
}

static void
swings(struct arena *a, const struct scenario *s, const struct search_tornado *t, struct sb *out)
{
	sb_addf(out, "\nWhich input matters most (as stated: %s %s%%, mean wait %s)\n", figure_name(s),
	    pm(a, t->base.figure, 100, 1), mean_minutes(a, t->base.wait_mean));
	for (size_t i = 0; i < t->n; i++) {
		const struct search_swing *row = &t->row[i];
		bool seconds = strcmp(row->input, "profile") == 0;

		padded(out, row->input, 30);
		if (seconds)
			sb_addf(out, "%+5.0f min: %6.1f%%, %10s;  %+5.0f min: %6.1f%%, %10s\n", row->low_input / 60,
			    100 * row->low.figure.value, mean_minutes(a, row->low.wait_mean), row->high_input / 60,
			    100 * row->high.figure.value, mean_minutes(a, row->high.wait_mean));
		else
			sb_addf(out, "%+5.0f%%   : %6.1f%%, %10s;  %+5.0f%%   : %6.1f%%, %10s\n", 100 * row->low_input,
			    100 * row->low.figure.value, mean_minutes(a, row->low.wait_mean), 100 * row->high_input,
			    100 * row->high.figure.value, mean_minutes(a, row->high.wait_mean));
	}
}

static void
theory(struct arena *a, const struct plan_report *p, struct sb *out)
{
	const struct exact_side *e = p->exact;

	if (e != NULL && e->why_not == NULL) {
		sb_add(out, "\nBeside theory (Kolmogorov's equations, without chance)\n");
		for (size_t i = 0; i < e->n; i++) {
			bool is_share = strcmp(e->row[i].figure, "over") == 0 || strcmp(e->row[i].figure, "empty_at_close") == 0;
			const char *name = isfinite(e->row[i].limit) ? limit_text(a, e->row[i].limit) : e->row[i].figure;
			double unit = is_share ? 100 : strcmp(e->row[i].figure, "mean_wait") == 0 ? 1.0 / 60 : 1;

			padded(out, name, NAME_WIDTH);
			sb_addf(out, " exact %.3f, simulated %s %s%s\n", e->row[i].exact * unit, pm(a, e->row[i].simulated, unit, 3),
			    is_share ? "%" : "min", e->row[i].agrees ? "" : "   DEFECT: they disagree beyond chance; please report this");
		}
	}
	if (p->fluid != NULL) {
		sb_add(out, "\nAs water would flow (no chance at all; too low near capacity):");
		for (size_t i = 0; i < p->s->sim.n_stages; i++)
			sb_addf(out, "%s %s %.0f", i > 0 ? "," : "", p->s->sim.stage[i].name, p->fluid[i].peak);
		sb_add(out, " in line at most\n");
	}
}

static void
head(struct arena *a, const struct plan_report *p, struct sb *out)
{
	const struct scenario *s = p->s;

	sb_addf(out, "%s\n", s->name);
	if (s->note != NULL)
		sb_addf(out, "%s\n", s->note);
	sb_addf(out, "Open %s to %s. %zu days simulated %s, seed %llu%s.\n", scenario_clock(a, s, 0), scenario_clock(a, s, s->sim.closes_at),
	    p->r->replications, p->r->fast_path ? "without event list" : "with event list", (unsigned long long)p->r->seed,
	    p->stopped || p->r->stopped ? "; stopped before it was done" : p->r->precise ? "" : "; not yet as precise as aimed for");
	for (size_t i = 0; i < s->n_assumptions; i++)
		sb_addf(out, "Assumed: %s.\n", s->assumption[i]);
}

void
report_table(struct arena *a, const struct plan_report *p, struct sb *out)
{
	head(a, p, out);
	waits(a, p->s, p->r, out);
	lines(a, p->s, p->r, out);
	people(a, p->s, p->r, out);
	by_hour(a, p->s, p->r, out);
	theory(a, p, out);
	if (p->s->target.kind != TARGET_NONE)
		sb_addf(out, "\nTarget: %s.\n", target_text(a, p->s));
	if (p->tornado != NULL)
		sb_addf(out, "As stated%s: %s\n", p->s->kind != SCENARIO_POLLING ? "" :
		    arena_printf(a, ", with %.0f officials", scenario_officials(p->s, &p->s->sim)), figure_text(a, p->s, &p->tornado->base));
	if (p->stations != NULL)
		stations(a, p->s, p->stations, out);
	if (p->periods != NULL)
		periods(a, p->s, p->periods, out);
	if (p->tornado != NULL)
		swings(a, p->s, p->tornado, out);
	sb_add(out, "\n+- is simulation noise alone; the days' own variation stands in the quantiles, the inputs' in the swings.\n");
}

static void
difference(struct arena *a, struct sb *out, const char *name, struct sim_estimate e, double unit, const char *of, int decimals)
{
	padded(out, name, 34);
	sb_addf(out, "%s %s%s\n", pm(a, e, unit, decimals), of,
	    isfinite(e.low) && e.low <= 0 && e.high >= 0 ? "   (no difference beyond chance)" : "");
}

void
report_comparison_table(struct arena *a, const struct plan_comparison *c, struct sb *out)
{
	const struct sim_differences *d = &c->difference;
	const struct plan_report *side[] = { &c->before, &c->after };

	for (size_t i = 0; i < 2; i++) {
		sb_addf(out, "%s ", i == 0 ? "A:" : "B:");
		head(a, side[i], out);
		waits(a, side[i]->s, side[i]->r, out);
		lines(a, side[i]->s, side[i]->r, out);
		people(a, side[i]->s, side[i]->r, out);
		if (side[i]->s->kind == SCENARIO_POLLING)
			sb_addf(out, "officials at once: %.0f\n", scenario_officials(side[i]->s, &side[i]->s->sim));
		sb_add_c(out, '\n');
	}
	sb_addf(out, "B minus A, the same people on the same %zu days\n", d->n);
	difference(a, out, "mean wait", d->wait_mean, 1.0 / 60, "min", 2);
	for (size_t i = 0; i < c->before.s->sim.n_limits; i++)
		difference(a, out, arena_printf(a, "share who wait %s", limit_text(a, c->before.s->sim.limit[i])), d->over[i], 100,
		    "percentage points", 2);
	difference(a, out, "served a day", d->served, 1, "persons", 1);
	difference(a, out, "gave up a day", d->gave_up, 1, "persons", 1);
	if (c->before.s->kind == SCENARIO_PHONES)
		difference(a, out, "answered in time, of all offered", d->level_a, 100, "percentage points", 2);
	difference(a, out, "highest line of the day", d->peak_first, 1, "persons (first stage)", 1);
	difference(a, out, "last one done after closing", d->done_after, 1, "min", 1);
}

/* figures/gaps.c: from calls to half-hours in which somebody called in vain */
#include "figures/gaps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "people/rows.h"

/* ---- half-hours ----------------------------------------------------------------------------------------------------- */

static const struct gaps_place *
place_of(const struct gaps_place *place, size_t n, int64_t unit_id)
{
	for (size_t i = 0; i < n; i++)
		if (place[i].unit_id == unit_id)
			return &place[i];
	return NULL;
}

static bool
was_away(const struct hours_plan *plan, struct date day)
{
	for (size_t i = 0; i < plan->n_away; i++)
		if (date_cmp(plan->away[i], day) == 0)
			return true;
	return false;
}

/* One unit's half-hour, all its buckets. */
struct half_hour { struct gap gap; size_t answered; };

static void
close_half(struct arena *a, struct gaps *out, size_t *cap, const struct half_hour *h, const struct gaps_place *p)
{
	struct gap gap = h->gap;
	struct gaps_cell *cell = &out->cell[date_weekday(gap.date) - MONDAY][gap.half_hour];

	out->calls += gap.calls;
	cell->calls += gap.calls;
	out->first_half = gap.half_hour < out->first_half ? gap.half_hour : out->first_half;
	out->last_half = gap.half_hour > out->last_half ? gap.half_hour : out->last_half;
	if (gap.lost == 0)
		return;
	gap.nobody = gap.lost_open > 0 && h->answered == 0;
	gap.away = gap.lost_open > 0 && p != NULL && was_away(&p->plan, gap.date);
	gap.unit = p != NULL ? p->name : "";
	out->lost += gap.lost;
	out->lost_open += gap.lost_open;
	out->nobody += gap.nobody;
	cell->lost += gap.lost;
	cell->lost_open += gap.lost_open;
	cell->nobody += gap.nobody;
	out->gap = rows_room(a, out->gap, out->n_gaps, cap, sizeof(gap));
	out->gap[out->n_gaps++] = gap;
}

static int
by_time(const void *x, const void *y)
{
	const struct gap *a = x, *b = y;
	int days = date_cmp(a->date, b->date);

	if (days != 0)
		return days;
	return a->half_hour != b->half_hour ? a->half_hour - b->half_hour : strcmp(a->unit, b->unit);
}

static void
find_worst(struct gaps *out)
{
	out->worst_day = out->worst_half = -1;
	for (int d = 0; d < 7; d++) {
		for (int h = 0; h < GAPS_HALF_HOURS; h++) {
			if (out->cell[d][h].lost <= out->most)
				continue;
			out->most = out->cell[d][h].lost;
			out->worst_day = d;
			out->worst_half = h;
		}
	}
}

static void
mean_days(const struct gaps_filter *f, struct gaps *out)
{
	size_t days[7] = { 0 };

	for (struct date d = f->from; date_cmp(d, f->to) <= 0; d = date_add(d, 1))
		days[date_weekday(d) - MONDAY]++;
	for (int d = 0; d < 7; d++)
		for (int h = 0; h < GAPS_HALF_HOURS; h++)
			out->per_day[d][h] = days[d] == 0 ? 0 : (double)out->cell[d][h].calls / (double)days[d];
}

void
gaps_of(struct arena *a, const struct gaps_bucket *bucket, size_t n, const struct gaps_place *place, size_t n_places,
    const struct gaps_filter *f, struct gaps *out)
{
	struct half_hour h = { 0 };
	int64_t talk_s = 0, unit_id = 0;
	size_t talks = 0, cap = 0;

	*out = (struct gaps){ .first_half = GAPS_HALF_HOURS, .last_half = -1 };
	for (size_t i = 0; i < n; i++) {
		const struct gaps_bucket *b = &bucket[i];
		const struct gaps_place *p = place_of(place, n_places, b->unit_id);
		struct local_time t = local_time(b->at);
		int half = 2 * t.hour + t.minute / 30;

		if (i > 0 && (b->unit_id != unit_id || half != h.gap.half_hour || date_cmp(t.date, h.gap.date) != 0)) {
			close_half(a, out, &cap, &h, place_of(place, n_places, unit_id));
			h = (struct half_hour){ 0 };
		}
		unit_id = b->unit_id;
		h.gap.date = t.date;
		h.gap.half_hour = half;
		h.gap.calls += b->calls;
		h.gap.lost += b->lost;
		h.answered += b->answered;
		if (p != NULL && hours_promised(&p->plan, HOURS_PHONE, b->at))
			h.gap.lost_open += b->lost;
		talk_s += b->talk_s;
		talks += b->talks;
	}
	if (n > 0)
		close_half(a, out, &cap, &h, place_of(place, n_places, unit_id));
	if (out->n_gaps > 0)
		qsort(out->gap, out->n_gaps, sizeof(*out->gap), by_time);
	out->talk_s = talks == 0 ? NAN : (double)talk_s / (double)talks;
	find_worst(out);
	mean_days(f, out);
}

/* ---- as data -------------------------------------------------------------------------------------------------------- */

enum { ANSWER_LIMIT_S = 60, PATIENCE_S = 180, TALK_S = 180 };

json_t *
gaps_scenario(const struct gaps *g, int weekday, const char *name)
{
	double talk = isnan(g->talk_s) || g->talk_s <= 0 ? TALK_S : g->talk_s;
	json_t *counts = json_array();

	for (int h = g->first_half; h <= g->last_half; h++)
		(void)json_array_append_new(counts, json_real(g->per_day[weekday][h]));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:f, s:[{s:s, s:o, s:{s:s, s:f}}], s:[{s:s, s:i, s:{s:s, s:f, s:f}}],"
	    " s:{s:f, s:f}}",
	    "kind", "phones", "name", name,
	    "note", "Calls per half-hour as the exchange told of them, attempts and all: whoever called again is counted again. Patience is"
	    " assumed; put in your own.",
	    "opens", hours_clock(30 * g->first_half).s, "closes", hours_clock(30 * (g->last_half + 1)).s,
	    "interval", 1800, "answer_limit", ANSWER_LIMIT_S, "shrinkage", 0.25,
	    "streams", "name", "calls", "counts", counts, "patience", "kind", "exponential", "mean", (double)PATIENCE_S,
	    "stages", "name", "phones", "servers", 1, "service", "kind", "lognormal", "mean", talk, "cv", 1.0,
	    "target", "service_level", 0.8, "max_abandon", 0.05);
}

static json_t *
cells_json(const struct gaps *g)
{
	json_t *list = json_array();

	for (int d = 0; d < 7; d++) {
		for (int h = 0; h < GAPS_HALF_HOURS; h++) {
			const struct gaps_cell *c = &g->cell[d][h];

			if (c->lost > 0)
				(void)json_array_append_new(list, json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:f}", "weekday", d + 1, "from",
				    hours_clock(30 * h).s, "calls", (json_int_t)c->calls, "lost", (json_int_t)c->lost, "lost_while_open",
				    (json_int_t)c->lost_open, "nobody_answered", (json_int_t)c->nobody, "share",
				    (double)c->lost / (double)c->calls));
		}
	}
	return list;
}

json_t *
gaps_json(const struct gaps *g, const struct gaps_filter *f)
{
	json_t *dated = json_array();

	for (size_t i = 0; i < g->n_gaps; i++) {
		const struct gap *x = &g->gap[i];

		(void)json_array_append_new(dated, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:b}", "date", date_text(x->date).s,
		    "from", hours_clock(30 * x->half_hour).s, "unit", x->unit, "calls", (json_int_t)x->calls, "lost",
		    (json_int_t)x->lost, "lost_while_open", (json_int_t)x->lost_open, "nobody_answered", x->nobody, "everybody_away",
		    x->away));
	}
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "from", date_text(f->from).s, "to", date_text(f->to).s, "calls",
	    (json_int_t)g->calls, "lost", (json_int_t)g->lost, "lost_while_open", (json_int_t)g->lost_open, "nobody_answered",
	    (json_int_t)g->nobody, "weekdays", cells_json(g), "half_hours", dated);
}

/* figures/figures.c: from contacts to figures */
#include "figures/figures.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "law/calendar.h"

enum { OPENS = 8, CLOSES = 16, DIRECT_S = 1800 };

/* ---- working time --------------------------------------------------------------------------------------------------- */

/* Working hours before each day from the first to the last, so that a span is two look-ups. */
struct hours { int first, n; double *before; };

static struct hours
hours_make(struct arena *a, int first, int last)
{
	struct hours h = { .first = first, .n = last - first + 2 };

	h.before = arena_array(a, (size_t)h.n, sizeof(*h.before));
	for (int i = 1; i < h.n; i++)
		h.before[i] = h.before[i - 1] + (law_is_working_day(date_from_days(first + i - 1)) ? CLOSES - OPENS : 0);
	return h;
}

/* Working hours from the table's beginning to the instant. */
static double
hours_at(const struct hours *h, int64_t at)
{
	struct local_time t = local_time(at);
	int day = date_days(t.date) - h->first;
	double hour = t.hour + t.minute / 60.0 + t.second / 3600.0;

	if (day < 0)
		return 0;
	if (day >= h->n - 1)
		return h->before[h->n - 1];
	if (h->before[day + 1] <= h->before[day])
		return h->before[day];
	return h->before[day] + fmin(fmax(hour - OPENS, 0), CLOSES - OPENS);
}

double
figures_working_hours(int64_t from, int64_t to)
{
	struct arena *a;
	struct hours h;
	double result;

	if (to <= from)
		return 0;
	a = arena_open();
	h = hours_make(a, date_days(local_date(from)), date_days(local_date(to)));
	result = hours_at(&h, to) - hours_at(&h, from);
	arena_close(a);
	return result;
}

/* ---- figures -------------------------------------------------------------------------------------------------------- */

/* Wilson 1927. */
static struct figures_share
share(size_t n, size_t of)
{
	const double z = 1.959963984540054;
	double p, middle, half, m = (double)of;

	if (of == 0)
		return (struct figures_share){ n, of, NAN, NAN, NAN };
	p = (double)n / m;
	middle = (p + z * z / (2 * m)) / (1 + z * z / m);
	half = z * sqrt(p * (1 - p) / m + z * z / (4 * m * m)) / (1 + z * z / m);
	return (struct figures_share){ n, of, p, fmax(0, middle - half), fmin(1, middle + half) };
}

static bool
left_out(const struct figures_case *c, struct figures *x)
{
	x->spam += c->spam;
	x->merged += !c->spam && c->merged;
	x->unreachable += !c->spam && !c->merged && c->unreachable;
	return c->spam || c->merged || c->unreachable;
}

static bool
in_time(const struct figures_case *c)
{
	return c->answered_at != 0 && (c->answer_by == 0 || c->answered_at <= c->answer_by);
}

/* The promise can be judged: it was kept, or its time is out. */
static bool
is_due(const struct figures_case *c, int64_t now)
{
	return c->answered_at != 0 || (c->answer_by != 0 && c->answer_by <= now);
}

static struct date
monday_of(struct date d)
{
	return date_add(d, MONDAY - (int)date_weekday(d));
}

static void
count_week(struct figures *x, const struct figures_case *c)
{
	/* the last second of the promised day, and of one answered without a promise the day of the answer */
	struct date d = monday_of(local_date(c->answer_by != 0 ? c->answer_by - 1 : c->answered_at));
	int i = x->n_weeks == 0 ? -1 : date_diff(d, x->week[0].monday) / 7;

	if (i < 0 || (size_t)i >= x->n_weeks)
		return;
	x->week[i].due++;
	x->week[i].kept += in_time(c);
}

static void
make_weeks(struct arena *a, const struct figures_filter *f, int64_t now, struct figures *x)
{
	struct date first = monday_of(f->from), last = date_cmp(f->to, local_date(now)) < 0 ? f->to : local_date(now);

	x->n_weeks = date_cmp(last, first) < 0 ? 0 : (size_t)(date_diff(last, first) / 7 + 1);
	x->week = arena_array(a, x->n_weeks, sizeof(*x->week));
	for (size_t i = 0; i < x->n_weeks; i++)
		x->week[i].monday = date_add(first, (int)i * 7);
}

static void
end_weeks(struct arena *a, struct figures *x)
{
	double *value = arena_array(a, x->n_weeks, sizeof(*value));

	for (size_t i = 0; i < x->n_weeks; i++) {
		x->week[i].share = x->week[i].due > 0 ? (double)x->week[i].kept / (double)x->week[i].due : NAN;
		value[i] = 100 * x->week[i].share;
	}
	x->xmr = xmr_of(a, value, x->n_weeks);
}

static void
count_arrival(struct figures *x, int64_t at)
{
	struct local_time t = local_time(at);
	size_t *cell = &x->heat[date_weekday(t.date) - MONDAY][t.hour * 2 + t.minute / 30];

	if (++*cell > x->heat_most)
		x->heat_most = *cell;
}

/* Mean over the first 40 working hours, or as far as is known. */
static void
restricted(struct figures *x)
{
	double to = 40;

	if (!survival_reaches(&x->curve, to))
		to = x->curve.longest;
	if (!(to > 0))
		return;
	x->mean_to = to;
	x->mean = survival_mean_to(&x->curve, to);
}

void
figures_of(struct arena *a, const struct figures_case *c, size_t n, const struct figures_filter *f, int64_t now, struct figures *out)
{
	struct figures x = { .median = NAN, .p90 = NAN, .mean = { NAN, NAN } };
	struct survival_case *time = arena_array(a, n, sizeof(*time));
	size_t due = 0, kept = 0, direct = 0, at_once = 0, reopened = 0, escalated = 0, satisfied = 0, said = 0;
	struct hours hours = hours_make(a, date_days(f->from) - 1, date_days(local_date(now)) + 1);

	make_weeks(a, f, now, &x);
	for (size_t i = 0; i < n; i++) {
		bool answered = c[i].answered_at != 0;

		if (left_out(&c[i], &x))
			continue;
		time[x.n++] = (struct survival_case){ fmax(0, hours_at(&hours, answered ? c[i].answered_at : now) -
			hours_at(&hours, c[i].arrived_at)), answered };
		x.answered += answered;
		x.open += !answered;
		due += is_due(&c[i], now);
		kept += in_time(&c[i]);
		x.not_due += !is_due(&c[i], now);
		direct += c[i].direct;
		at_once += c[i].direct && answered && c[i].answered_at - c[i].arrived_at <= DIRECT_S;
		reopened += answered && c[i].reopened;
		escalated += answered && c[i].escalated;
		satisfied += c[i].satisfied == 1;
		said += c[i].satisfied >= 0;
		count_arrival(&x, c[i].arrived_at);
		if (is_due(&c[i], now))
			count_week(&x, &c[i]);
	}
	x.promise = share(kept, due);
	x.first_contact = share(at_once, direct);
	x.reopened = share(reopened, x.answered);
	x.escalated = share(escalated, x.answered);
	x.satisfied = share(satisfied, said);
	if (x.n > 0) {
		x.curve = survival_of(a, time, x.n);
		x.median = survival_quantile(&x.curve, 0.5);
		x.p90 = survival_quantile(&x.curve, 0.9);
		restricted(&x);
	}
	end_weeks(a, &x);
	*out = x;
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------- */

static json_t *
number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *
share_json(struct figures_share s)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:I}", "value", number(s.value), "low", number(s.low), "high", number(s.high), "n",
	    (json_int_t)s.n, "of", (json_int_t)s.of);
}

static json_t *
weeks_json(const struct figures *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->n_weeks; i++) {
		struct date_str d = date_text(x->week[i].monday);
		json_t *rules = json_array();

		for (size_t k = 0; k < x->xmr.n_signals; k++) {
			if (x->xmr.signal[k].index == i)
				(void)json_array_append_new(rules, json_integer(x->xmr.signal[k].rule));
		}
		(void)json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:o, s:o}", "week_of", d.s, "due", (json_int_t)x->week[i].due,
		    "kept", (json_int_t)x->week[i].kept, "share", number(x->week[i].share), "signals", rules));
	}
	return list;
}

json_t *
figures_json(const struct figures *x, const struct figures_filter *f)
{
	struct date_str from = date_text(f->from), to = date_text(f->to);
	json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I}}", "from", from.s, "to", to.s, "contacts",
	    (json_int_t)x->n, "answered", (json_int_t)x->answered, "open", (json_int_t)x->open, "not_due", (json_int_t)x->not_due,
	    "left_out", "spam", (json_int_t)x->spam, "merged", (json_int_t)x->merged, "unreachable", (json_int_t)x->unreachable);
	json_t *curve = json_array(), *heat = json_array();

	for (size_t i = 0; i < x->curve.n; i++) {
		const struct survival_point *p = &x->curve.point[i];

		(void)json_array_append_new(curve, json_pack("{s:f, s:o, s:o, s:o}", "hours", p->t, "waiting", number(p->survival), "low",
		    number(p->low), "high", number(p->high)));
	}
	for (size_t d = 0; d < 7; d++) {
		json_t *row = json_array();

		for (size_t h = 0; h < FIGURES_HALF_HOURS; h++)
			(void)json_array_append_new(row, json_integer((json_int_t)x->heat[d][h]));
		(void)json_array_append_new(heat, row);
	}
	(void)json_object_set_new(o, "within_promise", share_json(x->promise));
	(void)json_object_set_new(o, "first_contact", share_json(x->first_contact));
	(void)json_object_set_new(o, "reopened", share_json(x->reopened));
	(void)json_object_set_new(o, "escalated", share_json(x->escalated));
	(void)json_object_set_new(o, "satisfied", share_json(x->satisfied));
	(void)json_object_set_new(o, "median_hours", number(x->median));
	(void)json_object_set_new(o, "p90_hours", number(x->p90));
	(void)json_object_set_new(o, "mean_hours", number(x->mean.mean));
	(void)json_object_set_new(o, "mean_within_hours", x->mean_to > 0 ? number(x->mean_to) : json_null());
	(void)json_object_set_new(o, "weeks", weeks_json(x));
	(void)json_object_set_new(o, "xmr", json_pack("{s:o, s:o, s:o}", "centre", number(x->xmr.centre), "lower", number(x->xmr.lower),
	    "upper", number(x->xmr.upper)));
	(void)json_object_set_new(o, "curve", curve);
	(void)json_object_set_new(o, "arrivals", heat);
	return o;
}

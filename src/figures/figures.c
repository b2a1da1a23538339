/* figures/figures.c: from contacts to figures */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/tr.h"
#include "law/calendar.h"
#include "people/rows.h"

static const struct hours_span OFFICE = { 8 * 60, 16 * 60 };
enum { DIRECT_S = 1800, GROUPS = 4096, DAY_MINUTES = 1440 };
static const double MEAN_HOURS = 40, MEAN_DAYS = 7;	/* how far the restricted means go, where the curve does */

const char *const figures_by_word[FIGURES_BY] = { [BY_UNIT] = "enhet", [BY_AUTHORITY] = "namnd", [BY_CHANNEL] = "kanal",
	[BY_CATEGORY] = "omrade", [BY_MONTH] = "manad" };
const char *const figures_by_text[FIGURES_BY] = { [BY_UNIT] = N_("Unit"), [BY_AUTHORITY] = N_("Committee"),
	[BY_CHANNEL] = N_("Came by"), [BY_CATEGORY] = N_("Category"), [BY_MONTH] = N_("Month") };

/* ---- time ----------------------------------------------------------------------------------------------------------- */

/* The days from the first to the last: when each begins. local_time() of a million instants costs more than reading them. */
struct days { int first, n; int64_t *begins; };	/* n + 1 */

/* What is worked in them somewhere: the spans of each day, and the working minutes before it, so that a time is two look-ups. */
struct work { struct hours_span **span; uint8_t *n; uint32_t *before; };

static struct days
days_make(struct arena *a, int first, int last)
{
	struct days h = { .first = first, .n = last - first + 1 };

	h.begins = arena_array(a, (size_t)h.n + 1, sizeof(*h.begins));
	for (int i = 0; i <= h.n; i++)
		h.begins[i] = local_instant(date_from_days(first + i), 0, 0, 0);
	return h;
}

/* Are hours written for that day, be it that it is closed? */
static bool
written(const struct hours_plan *plan, struct date day)
{
	for (size_t i = 0; plan != NULL && i < plan->n_rules; i++) {
		const struct hours_rule *r = &plan->rule[i];

		if (r->kind == HOURS_PHONE && date_cmp(r->from, day) <= 0 && (r->to.year == 0 || date_cmp(day, r->to) <= 0))
			return true;
	}
	return false;
}

static struct work
work_make(struct arena *a, const struct days *h, const struct hours_plan *of)
{
	struct work w = { arena_array(a, (size_t)h->n + 1, sizeof(*w.span)), arena_array(a, (size_t)h->n + 1, 1),
		arena_array(a, (size_t)h->n + 1, sizeof(*w.before)) };
	struct hours_plan plan = of == NULL ? (struct hours_plan){ 0 } : *of;

	plan.n_away = 0;	/* who is away keeps nobody waiting less */
	for (int i = 0; i < h->n; i++) {
		struct date day = date_from_days(h->first + i);
		struct hours_day hours = { .n = 0 };

		if (written(of, day)) {
			hours_of_day(&plan, HOURS_PHONE, day, &hours);
		} else if (law_is_working_day(day)) {
			hours.span[0] = OFFICE;
			hours.n = 1;
		}
		w.n[i] = (uint8_t)hours.n;
		w.span[i] = arena_array(a, hours.n + 1, sizeof(**w.span));
		w.before[i + 1] = w.before[i];
		for (size_t k = 0; k < hours.n; k++) {
			w.span[i][k] = hours.span[k];
			w.before[i + 1] += (uint32_t)(hours.span[k].closes - hours.span[k].opens);
		}
	}
	return w;
}

struct moment { int day; int second; };	/* place in the table, -1 before and n after it; by the clock on the wall */

static struct moment
moment_of(const struct days *h, int64_t at)
{
	struct moment m = { (int)(at / DAY_S) - h->first, 0 };

	m.day = at < h->begins[0] ? -1 : m.day >= h->n ? h->n : m.day < 0 ? 0 : m.day;
	if (m.day >= 0 && m.day < h->n && at >= h->begins[m.day + 1])
		m.day++;	/* our day begins before that of UTC */
	if (m.day < 0 || m.day >= h->n)
		return m;
	m.second = (int)(at - h->begins[m.day]);
	if (h->begins[m.day + 1] - h->begins[m.day] != DAY_S) {	/* to or from summer time */
		struct local_time t = local_time(at);

		m.second = t.hour * 3600 + t.minute * 60 + t.second;
	}
	return m;
}

/* Working seconds from the table's beginning. */
static int64_t
seconds_at(const struct days *h, const struct work *w, struct moment m)
{
	int64_t sum;

	if (m.day < 0)
		return 0;
	sum = 60 * (int64_t)w->before[m.day < h->n ? m.day : h->n];
	for (int k = 0; m.day < h->n && k < w->n[m.day]; k++) {
		const struct hours_span *s = &w->span[m.day][k];
		int into = m.second - 60 * s->opens, whole = 60 * (s->closes - s->opens);

		sum += into < 0 ? 0 : into > whole ? whole : into;
	}
	return sum;
}

double
figures_working_hours(const struct hours_plan *plan, int64_t from, int64_t to)
{
	struct arena *a;
	struct work w;
	struct days h;
	double result;

	if (to <= from)
		return 0;
	a = arena_open();
	h = days_make(a, date_days(local_date(from)), date_days(local_date(to)));
	w = work_make(a, &h, plan);
	result = (double)(seconds_at(&h, &w, moment_of(&h, to)) - seconds_at(&h, &w, moment_of(&h, from))) / 3600;
	arena_close(a);
	return result;
}

/* ---- times as they are kept: minutes, doubled, and one more for who still waits, so that an answer sorts before ---- */

struct times { uint32_t *item; size_t n, cap; };

static void
times_add(struct arena *a, struct times *t, int64_t minutes, bool answered)
{
	t->item = rows_room(a, t->item, t->n, &t->cap, sizeof(*t->item));
	t->item[t->n++] = (uint32_t)(minutes < 0 ? 0 : minutes) << 1 | !answered;
}

/* By digits of eleven bits, the least first. */
static void
times_sort(struct arena *a, struct times *t)
{
	enum { BITS = 11, BINS = 1 << BITS };
	uint32_t *from = t->item, *to = arena_array(a, t->n, sizeof(*to));

	for (int shift = 0; shift < 32; shift += BITS) {
		size_t at[BINS + 1] = { 0 };
		uint32_t *was = from;

		for (size_t i = 0; i < t->n; i++)
			at[(from[i] >> shift & (BINS - 1)) + 1]++;
		for (size_t i = 0; i < BINS; i++)
			at[i + 1] += at[i];
		for (size_t i = 0; i < t->n; i++)
			to[at[from[i] >> shift & (BINS - 1)]++] = from[i];
		from = to;
		to = was;
	}
	t->item = from;
}

/* `per` minutes are one of the curve's units. */
static struct survival_curve
curve_of(struct arena *a, struct times *t, double per)
{
	struct survival_count *count;
	size_t n = 0;

	times_sort(a, t);
	for (size_t i = 0; i < t->n; i++)
		n += i == 0 || t->item[i] >> 1 != t->item[i - 1] >> 1;
	count = arena_array(a, n, sizeof(*count));
	n = 0;
	for (size_t i = 0; i < t->n; i++) {
		n += i > 0 && t->item[i] >> 1 != t->item[i - 1] >> 1;
		count[n].time = (t->item[i] >> 1) / per;
		count[n].events += (t->item[i] & 1) == 0;
		count[n].waiting += t->item[i] & 1;
	}
	return survival_of_counts(a, count, t->n == 0 ? 0 : n + 1);
}

static struct figures_time
time_of(const struct survival_curve *c, double mean_to)
{
	struct figures_time t = { .median = survival_quantile(c, 0.5), .p90 = survival_quantile(c, 0.9), .longest = c->longest,
		.median_95 = survival_quantile_interval(c, 0.5), .p90_95 = survival_quantile_interval(c, 0.9),
		.mean = { NAN, NAN } };

	t.mean_to = survival_reaches(c, mean_to) ? mean_to : c->longest;
	if (t.mean_to > 0)
		t.mean = survival_mean_to(c, t.mean_to);
	return t;
}

/* ---- counting ------------------------------------------------------------------------------------------------------- */

struct cell {
	struct figures_measures m;
	size_t due, kept, none, direct, at_once, reopened, escalated, said, satisfied;
	struct times working;
	int64_t key;
	bool taken;
};

struct figures_count {
	struct arena *a;		/* what lives on */
	struct arena *own;		/* what goes when it is counted */
	struct figures_filter filter;
	int64_t now;
	struct date today;
	struct days days;
	struct work office;		/* where no hours are written */
	struct place { int64_t authority_id, unit_id; const struct hours_plan *plan; struct work work; bool made; } *place;
	size_t n_places, last_place;	/* by unit, then authority */
	struct cell all, *group;	/* by hash of the key */
	struct times calendar;
	struct figures out;
};

/* Wilson 1927. */
struct figures_share
figures_share_of(size_t n, size_t of)
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

/* A plan is an answer as long as its own date holds. */
bool
figures_kept(const struct figures_case *c, int64_t now)
{
	bool plan_held = c->plan_by == 0 || (!c->plan_broken &&
	    (c->closed_at != 0 ? c->closed_at <= c->plan_by : now < c->plan_by));

	return c->answered_at != 0 && (c->promised_by == 0 || c->answered_at <= c->promised_by) && !c->disputed && plan_held;
}

/* The promise can be judged: it was answered, or its time is out. */
bool
figures_due(const struct figures_case *c, int64_t now)
{
	return c->answered_at != 0 || (c->promised_by != 0 && c->promised_by <= now);
}

static struct date
monday_of(struct date d)
{
	return date_add(d, MONDAY - (int)date_weekday(d));
}

static void
make_weeks(struct figures_count *x)
{
	struct date first = monday_of(x->filter.from), today = x->today;
	struct date last = date_cmp(x->filter.to, today) < 0 ? x->filter.to : today;

	x->out.n_weeks = date_cmp(last, first) < 0 ? 0 : (size_t)(date_diff(last, first) / 7 + 1);
	x->out.week = arena_array(x->a, x->out.n_weeks, sizeof(*x->out.week));
	for (size_t i = 0; i < x->out.n_weeks; i++)
		x->out.week[i].monday = date_add(first, (int)i * 7);
}

static void
done_with(void *arg)
{
	struct figures_count *x = arg;

	arena_close(x->own);
	x->own = NULL;
}

struct figures_count *
figures_begin(struct arena *a, const struct figures_filter *f, int64_t now)
{
	struct figures_count *x = arena_alloc(a, sizeof(*x));

	*x = (struct figures_count){ .a = a, .own = arena_open(), .filter = *f, .now = now, .today = local_date(now) };
	arena_on_empty(a, done_with, x);
	x->days = days_make(x->own, date_days(f->from) - 1, date_days(date_cmp(f->to, x->today) > 0 ? f->to : x->today) + 1);
	x->office = work_make(x->own, &x->days, NULL);
	x->group = arena_array(x->own, GROUPS, sizeof(*x->group));
	x->out.at = now;
	make_weeks(x);
	return x;
}

static int
by_place(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->unit_id != b->unit_id)
		return a->unit_id < b->unit_id ? -1 : 1;
	return (a->unit_id == 0) * ((a->authority_id > b->authority_id) - (a->authority_id < b->authority_id));
}

static bool
any_phone(const struct hours_plan *plan)
{
	for (size_t i = 0; i < plan->n_rules; i++) {
		if (plan->rule[i].kind == HOURS_PHONE)
			return true;
	}
	return false;
}

void
figures_places(struct figures_count *x, const struct figures_place *place, size_t n)
{
	x->place = arena_array(x->own, n, sizeof(*x->place));
	x->n_places = 0;
	for (size_t i = 0; i < n; i++) {
		if (any_phone(&place[i].plan))
			x->place[x->n_places++] = (struct place){ .authority_id = place[i].authority_id, .unit_id = place[i].unit_id,
				.plan = &place[i].plan };
	}
	qsort(x->place, x->n_places, sizeof(*x->place), by_place);
}

static struct place *
place_of(struct figures_count *x, int64_t authority_id, int64_t unit_id)
{
	struct place key = { .authority_id = authority_id, .unit_id = unit_id }, *p;

	if (x->n_places == 0)
		return NULL;
	p = &x->place[x->last_place];
	if (by_place(&key, p) != 0)
		p = bsearch(&key, x->place, x->n_places, sizeof(*x->place), by_place);
	if (p != NULL)
		x->last_place = (size_t)(p - x->place);
	return p;
}

/* The table of who has it: made when it is first asked for. */
static const struct work *
work_of(struct figures_count *x, const struct figures_case *c)
{
	struct place *p = place_of(x, c->authority_id, c->unit_id);

	if (p == NULL) {
		x->out.by_default++;
		return &x->office;
	}
	if (!p->made) {
		p->work = work_make(x->own, &x->days, p->plan);
		p->made = true;
	}
	x->out.by_hours++;
	return &p->work;
}

/* A table that is full keeps no more groups; there are never so many units. */
static struct cell *
group_of(struct figures_count *x, int64_t key)
{
	size_t at = (size_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 52) % GROUPS;

	for (size_t tries = 0; tries < GROUPS; tries++, at = (at + 1) % GROUPS) {
		struct cell *c = &x->group[at];

		if (!c->taken) {
			c->taken = true;
			c->key = key;
		}
		if (c->key == key)
			return c;
	}
	return NULL;
}

static void
count_arrival(struct figures_count *x, const struct figures_case *c, struct moment came)
{
	/* 1970 began on a Thursday */
	int day = x->days.first + came.day, i = x->out.n_weeks == 0 ? -1 : (day - date_days(x->out.week[0].monday)) / 7;
	size_t *hot = &x->out.heat[(day + 3) % 7][came.second / 1800];
	struct figures_week *w;

	if (++*hot > x->out.heat_most)
		x->out.heat_most = *hot;
	if (i < 0 || (size_t)i >= x->out.n_weeks)
		return;
	w = &x->out.week[i];
	w->n++;
	w->due += figures_due(c, x->now);
	w->kept += figures_kept(c, x->now);
	w->not_due += !figures_due(c, x->now);
}

static void
count_in(struct figures_count *x, struct cell *s, const struct figures_case *c, int64_t working)
{
	bool answered = c->answered_at != 0, due = figures_due(c, x->now);

	s->m.out[c->out]++;
	if (c->out != COUNTED_IN)
		return;
	s->m.n++;
	s->m.answered += answered;
	s->m.open += !answered;
	s->m.not_due += !due;
	if (!answered && (s->m.oldest_open_at == 0 || c->arrived_at < s->m.oldest_open_at))
		s->m.oldest_open_at = c->arrived_at;
	s->due += due;
	s->kept += figures_kept(c, x->now);
	s->none += due && !answered;
	s->direct += c->direct;
	s->at_once += c->direct && answered && c->done && !c->disputed && c->closed_at != 0 &&
	    c->closed_at - c->arrived_at <= DIRECT_S;
	s->reopened += c->disputed;
	s->escalated += c->escalated;
	s->satisfied += c->satisfied == 1;
	s->said += c->satisfied >= 0;
	times_add(x->own, &s->working, working, answered);
}

void
figures_add(struct figures_count *x, const struct figures_case *c)
{
	int64_t end = c->answered_at != 0 ? c->answered_at : x->now, working = 0;
	struct cell *group = group_of(x, c->group);

	if (c->out == COUNTED_IN) {
		struct moment came = moment_of(&x->days, c->arrived_at);
		const struct work *w = work_of(x, c);

		working = (seconds_at(&x->days, w, moment_of(&x->days, end)) - seconds_at(&x->days, w, came)) / 60;
		times_add(x->own, &x->calendar, (end - c->arrived_at) / 60, c->answered_at != 0);
		count_arrival(x, c, came);
	}
	count_in(x, &x->all, c, working);
	if (group != NULL)
		count_in(x, group, c, working);
}

/* ---- the end -------------------------------------------------------------------------------------------------------- */

static struct figures_measures
measures(struct cell *s)
{
	struct figures_measures m = s->m;

	m.promise = figures_share_of(s->kept, s->due);
	m.unanswered = figures_share_of(s->none, s->due);
	m.first_contact = figures_share_of(s->at_once, s->direct);
	m.reopened = figures_share_of(s->reopened, m.answered > s->reopened ? m.answered : s->reopened);
	m.escalated = figures_share_of(s->escalated, m.n);
	m.satisfied = figures_share_of(s->satisfied, s->said);
	return m;
}

static const struct figures_time NO_TIME = { .median = NAN, .p90 = NAN, .longest = NAN, .median_95 = { NAN, NAN },
	.p90_95 = { NAN, NAN }, .mean = { NAN, NAN } };

/* A curve of ten thousand steps on a page of eight hundred pixels: those that a reader could tell apart. The last is kept. */
static struct survival_curve
thinned(struct arena *a, const struct survival_curve *c)
{
	struct survival_curve out = { .point = arena_array(a, FIGURES_CURVE_MAX, sizeof(*out.point)), .longest = c->longest };
	double last_t = -1, last_s = 2, step_t = c->longest / (FIGURES_CURVE_MAX / 2.0), step_s = 2.0 / FIGURES_CURVE_MAX;

	for (size_t i = 0; i < c->n && out.n < FIGURES_CURVE_MAX; i++) {
		const struct survival_point *p = &c->point[i];

		if (c->n > FIGURES_CURVE_MAX && i + 1 < c->n && (out.n == FIGURES_CURVE_MAX - 1 ||
		    (p->t - last_t < step_t && last_s - p->survival < step_s)))
			continue;
		out.point[out.n++] = *p;
		last_t = p->t;
		last_s = p->survival;
	}
	return out;
}

static void
end_weeks(struct figures_count *x)
{
	double *value = arena_array(x->a, x->out.n_weeks, sizeof(*value));

	for (size_t i = 0; i < x->out.n_weeks; i++) {
		struct figures_week *w = &x->out.week[i];

		w->share = w->n >= FIGURES_LEAST && w->not_due == 0 && date_diff(x->today, w->monday) >= 7 ?
		    (double)w->kept / (double)w->due : NAN;
		value[i] = 100 * w->share;
	}
	x->out.xmr = xmr_of(x->a, value, x->out.n_weeks);
	for (size_t i = 0; i < x->out.xmr.n_signals; i++)
		x->out.week[x->out.xmr.signal[i].index].rules |= 1u << (x->out.xmr.signal[i].rule - 1);
}

static int
most_first(const void *left, const void *right)
{
	const struct figures_group *a = left, *b = right;

	return a->m.n != b->m.n ? (a->m.n < b->m.n) - (a->m.n > b->m.n) : (a->key > b->key) - (a->key < b->key);
}

static int
by_key(const void *left, const void *right)
{
	const struct figures_group *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

static void
end_groups(struct figures_count *x)
{
	struct arena *scratch = arena_open();

	for (size_t i = 0; i < GROUPS; i++)
		x->out.n_groups += x->group[i].taken;
	x->out.group = arena_array(x->a, x->out.n_groups, sizeof(*x->out.group));
	x->out.n_groups = 0;
	for (size_t i = 0; i < GROUPS; i++) {
		struct figures_group *g = &x->out.group[x->out.n_groups];
		struct survival_curve c;

		if (!x->group[i].taken)
			continue;
		*g = (struct figures_group){ .key = x->group[i].key, .m = measures(&x->group[i]) };
		c = curve_of(scratch, &x->group[i].working, 60);
		g->m.working = g->m.n > 0 ? time_of(&c, MEAN_HOURS) : NO_TIME;
		g->m.calendar = NO_TIME;
		x->out.n_groups++;
		arena_reset(scratch);
	}
	arena_close(scratch);
	qsort(x->out.group, x->out.n_groups, sizeof(*x->out.group), x->filter.by == BY_MONTH ? by_key : most_first);
}

void
figures_end(struct figures_count *x, struct figures *out)
{
	x->out.all = measures(&x->all);
	x->out.all.working = x->out.all.calendar = NO_TIME;
	if (x->out.all.n > 0) {
		struct survival_curve working = curve_of(x->own, &x->all.working, 60), calendar = curve_of(x->own, &x->calendar, DAY_MINUTES);

		x->out.all.working = time_of(&working, MEAN_HOURS);
		x->out.all.calendar = time_of(&calendar, MEAN_DAYS);
		x->out.curve = thinned(x->a, &working);
	}
	end_weeks(x);
	end_groups(x);
	*out = x->out;
	done_with(x);
}

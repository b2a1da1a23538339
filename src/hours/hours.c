/* hours/hours.c: what decides about a day, and about an instant */
#include "hours/hours.h"

#include <stdio.h>
#include <string.h>

#include "law/calendar.h"

const char *const hours_kind_names[HOURS_KINDS] = { [HOURS_PHONE] = "phone", [HOURS_VISIT] = "visit" };

static bool
between(struct date d, struct date from, struct date to)
{
	return date_cmp(from, d) <= 0 && (to.year == 0 || date_cmp(d, to) <= 0);
}

/* The span in its place, joined with those it touches. One too many for HOURS_SPANS is left out: no day has so many. */
static void
put_span(struct hours_day *day, int opens, int closes)
{
	size_t at = 0, over = 0;

	if (opens >= closes)
		return;
	while (at < day->n && day->span[at].closes < opens)
		at++;
	while (at + over < day->n && day->span[at + over].opens <= closes) {
		opens = day->span[at + over].opens < opens ? day->span[at + over].opens : opens;
		closes = day->span[at + over].closes > closes ? day->span[at + over].closes : closes;
		over++;
	}
	if (over == 0 && day->n == HOURS_SPANS)
		return;
	memmove(&day->span[at + 1], &day->span[at + over], (day->n - at - over) * sizeof(day->span[0]));
	day->span[at] = (struct hours_span){ opens, closes };
	day->n = day->n - over + 1;
}

static bool
is_away(const struct hours_plan *plan, struct date day)
{
	for (size_t i = 0; i < plan->n_away; i++)
		if (date_cmp(plan->away[i], day) == 0)
			return true;
	return false;
}

/* The exceptions of the nearest place that has any for the day. */
static bool
excepted(const struct hours_plan *plan, enum hours_kind kind, struct date day, struct hours_day *out)
{
	const struct hours_exception *nearest = NULL;

	for (size_t i = 0; i < plan->n_exceptions; i++) {
		const struct hours_exception *e = &plan->exception[i];

		if (e->kind[kind] && between(day, e->from, e->to) && (nearest == NULL || e->nearness < nearest->nearness))
			nearest = e;
	}
	if (nearest == NULL)
		return false;
	for (size_t i = 0; i < plan->n_exceptions; i++) {
		const struct hours_exception *e = &plan->exception[i];

		if (e->kind[kind] && between(day, e->from, e->to) && e->nearness == nearest->nearness && e->opens != HOURS_CLOSED)
			put_span(out, e->opens, e->closes);
	}
	out->why = nearest->reason;
	return true;
}

static const struct hours_own_day *
own_day(const struct hours_plan *plan, struct date day)
{
	for (size_t i = 0; i < plan->n_own_days; i++)
		if (date_cmp(plan->own_day[i].date, day) == 0)
			return &plan->own_day[i];
	return NULL;
}

/* A holiday or an eve; a plain Saturday or Sunday is none. */
static const char *
holiday(struct date day)
{
	const char *off = law_day_off(day);

	return off == NULL || strcmp(off, "Saturday") == 0 || strcmp(off, "Sunday") == 0 ? NULL : off;
}

/* Those of the weekday; what does not hold always closes at `most` (0: does not open). */
static void
weekly(const struct hours_plan *plan, enum hours_kind kind, struct date day, int most, struct hours_day *out)
{
	enum weekday weekday = date_weekday(day);

	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct hours_rule *r = &plan->rule[i];

		if (r->kind == kind && r->first <= weekday && weekday <= r->last && between(day, r->from, r->to))
			put_span(out, r->opens, r->always || r->closes < most ? r->closes : most);
	}
}

static bool
same_spans(const struct hours_day *a, const struct hours_day *b)
{
	return a->n == b->n && memcmp(a->span, b->span, a->n * sizeof(a->span[0])) == 0;
}

/* What the sign says. */
static void
signed_day(const struct hours_plan *plan, enum hours_kind kind, struct date day, struct hours_day *out)
{
	const struct hours_own_day *own = own_day(plan, day);
	const char *off = holiday(day);
	struct hours_day usual = { 0 };

	*out = (struct hours_day){ 0 };
	if (excepted(plan, kind, day, out))
		return;
	weekly(plan, kind, day, HOURS_DAY, &usual);
	if (own != NULL && own->closes == HOURS_CLOSED)
		off = own->name;
	if (off != NULL)
		weekly(plan, kind, day, 0, out);
	else if (own != NULL)
		weekly(plan, kind, day, own->closes, out);
	else
		*out = usual;
	if (usual.n == 0)		/* a plain day without hours, or a holiday on one */
		out->why = off;
	else if (!same_spans(out, &usual))
		out->why = off != NULL ? off : own->name;
}

void
hours_of_day(const struct hours_plan *plan, enum hours_kind kind, struct date day, struct hours_day *out)
{
	signed_day(plan, kind, day, out);
	if (out->n > 0 && is_away(plan, day))
		*out = (struct hours_day){ .why = N_("everybody there is away") };
}

static int64_t
instant_of(struct date day, int minutes)
{
	return local_instant(day, minutes / 60, minutes % 60, 0);
}

struct hours_now
hours_at(const struct hours_plan *plan, enum hours_kind kind, int64_t now)
{
	struct date today = local_date(now);
	struct hours_now out = { 0 };

	for (int i = 0; i <= HOURS_AHEAD_DAYS; i++) {
		struct date date = date_add(today, i);
		struct hours_day day;

		hours_of_day(plan, kind, date, &day);
		if (i == 0)
			out.why = day.why;
		for (size_t s = 0; s < day.n; s++) {
			int64_t from = instant_of(date, day.span[s].opens), to = instant_of(date, day.span[s].closes);

			if (to <= from || to <= now)	/* skipped in March; or it is over */
				continue;
			if (out.open && from > out.until)
				return out;
			if (!out.open && from > now) {
				out.until = from;
				return out;
			}
			out.open = true;
			out.until = to;
			out.why = NULL;
		}
		if (out.open && out.until < instant_of(date, HOURS_DAY))
			return out;
	}
	if (out.open)
		out.until = 0;
	return out;
}

bool
hours_promised(const struct hours_plan *plan, enum hours_kind kind, int64_t at)
{
	struct local_time t = local_time(at);
	int minute = t.hour * 60 + t.minute;
	struct hours_day day;

	signed_day(plan, kind, t.date, &day);
	for (size_t s = 0; s < day.n; s++)
		if (day.span[s].opens <= minute && minute < day.span[s].closes)
			return true;
	return false;
}

static int
digits(const char **p, int most)
{
	int n = 0, count = 0;

	for (; count < most && **p >= '0' && **p <= '9'; (*p)++, count++)
		n = n * 10 + (**p - '0');
	return count == 0 ? -1 : n;
}

bool
hours_minutes(const char *text, int *out)
{
	const char *p = text;
	int hour, minute = 0;

	if (text == NULL || (hour = digits(&p, 2)) < 0)
		return false;
	if (*p == ':' || *p == '.') {
		const char *from = ++p;

		minute = digits(&p, 2);
		if (p - from != 2)
			return false;
	}
	if (*p != '\0' || minute > 59 || hour > 24 || (hour == 24 && minute > 0))
		return false;
	*out = hour * 60 + minute;
	return true;
}

struct hours_clock
hours_clock(int minutes)
{
	struct hours_clock c;

	(void)snprintf(c.s, sizeof(c.s), "%02d:%02d", (minutes / 60) % 100, minutes % 60);
	return c;
}

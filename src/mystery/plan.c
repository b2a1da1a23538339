/* mystery/plan.c */
#include "mystery/plan.h"

#include "base/arena.h"
#include "base/err.h"
#include "law/calendar.h"

enum { LEAST_S = 600 };		/* of working time for each question */

static uint64_t
next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* 0 to n - 1, n at least 1, without the bias of a remainder. */
static uint64_t
below(uint64_t *state, uint64_t n)
{
	uint64_t least = (0 - n) % n, r;

	do
		r = next(state);
	while (r < least);
	return r % n;
}

int
plan_minutes(const char *text)
{
	for (int i = 0; i < 5; i++) {
		if (text == NULL || (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9'))
			return -1;
	}
	int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';

	return text[5] != '\0' || hour > 24 || minute > 59 || hour * 60 + minute > 24 * 60 ? -1 : hour * 60 + minute;
}

/* When it closes that day, in minutes; not after `opens` when it is closed. */
static int
closes_on(const struct plan_period *p, struct date day)
{
	if (!law_is_working_day(day))
		return 0;
	for (size_t i = 0; i < p->n_short_days; i++) {
		if (date_cmp(p->short_day[i].day, day) == 0)
			return p->short_day[i].closes < p->closes ? p->short_day[i].closes : p->closes;
	}
	return p->closes;
}

bool
plan_open_at(const struct plan_period *p, int64_t at)
{
	struct local_time t = local_time(at);
	int minute = t.hour * 60 + t.minute;

	return minute >= p->opens && minute < closes_on(p, t.date);
}

static bool
check(const struct plan_period *p, struct err *err)
{
	if (date_diff(p->to, p->from) < 0)
		return err_input(err, "to_date", N_("The last day must not be before the first."));
	if (date_diff(p->to, p->from) >= PLAN_DAYS_MAX)
		return err_input(err, "to_date", N_("The period may be at most a year."));
	if (p->opens < 0)
		return err_input(err, "opens", N_("Write a time of day, like 08:00."));
	if (p->closes < 0)
		return err_input(err, "closes", N_("Write a time of day, like 16:00."));
	return p->closes > p->opens || err_input(err, "closes", N_("The day must end after it begins."));
}

bool
plan_times(struct arena *a, const struct plan_period *p, uint64_t seed, size_t n, int64_t **at, struct err *err)
{
	int days = date_diff(p->to, p->from) + 1;
	uint64_t state = seed, total = 0, *until;
	int64_t *list;
	int d = 0;

	if (!check(p, err))
		return false;
	until = arena_array(a, (size_t)days, sizeof(*until));	/* working seconds up to the end of each day */
	for (int i = 0; i < days; i++) {
		int closes = closes_on(p, date_add(p->from, i));

		total += closes > p->opens ? (uint64_t)(closes - p->opens) * 60 : 0;
		until[i] = total;
	}
	if (total < (uint64_t)n * LEAST_S || total == 0)
		return err_input(err, "to_date", N_("The period has too little working time for so many questions. Make it longer, or ask fewer."));
	list = arena_array(a, n, sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		uint64_t first = total * i / n, end = total * (i + 1) / n, s = first + below(&state, end - first);
		struct date day;

		while (s >= until[d])
			d++;
		day = date_add(p->from, d);
		list[i] = local_instant(day, p->opens / 60, p->opens % 60, 0) + (int64_t)(s - (d == 0 ? 0 : until[d - 1]));
	}
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)below(&state, i);
		int64_t t = list[i - 1];

		list[i - 1] = list[j];
		list[j] = t;
	}
	*at = list;
	return true;
}

/* law/promise.c: promises counted in working days */
#include "law/promise.h"

#include <stdlib.h>

static bool
is_closed(const struct law_closed *closed, struct date d)
{
	for (size_t i = 0; closed != NULL && i < closed->n; i++) {
		if (date_cmp(closed->day[i], d) == 0)
			return true;
	}
	return false;
}

static bool
counts(const struct law_closed *closed, struct date d)
{
	return law_is_working_day(d) && !is_closed(closed, d);
}

struct law_period
law_promise_days(struct date from, int n, const struct law_closed *closed)
{
	struct law_period p = { .date = from, .law = "Förvaltningslag (2017:900) 6 §" };

	while (n > 0) {
		p.date = date_add(p.date, 1);
		if (counts(closed, p.date)) {
			n--;
		} else if (p.n_skipped < SKIPPED_MAX) {
			const char *why = law_day_off(p.date);

			p.skipped[p.n_skipped++] = (struct law_skipped){ p.date, why != NULL ? why : N_("Closed") };
		}
	}
	return p;
}

int
law_working_days_between(struct date from, struct date to, const struct law_closed *closed)
{
	int n = 0;

	while (date_cmp(from, to) < 0) {
		from = date_add(from, 1);
		n += counts(closed, from);
	}
	return n;
}

int64_t
law_end_of(struct date day)
{
	return local_instant(day, 24, 0, 0);
}

int64_t
law_overdue_at(int64_t by, int level, const struct law_closed *closed)
{
	static const int days[] = { 0, 0, 3, 10 };
	struct date promised = local_date(by - 1);

	if (level <= 1)
		return by;
	return local_instant(law_promise_days(promised, days[level], closed).date, 0, 0, 0);
}

int
law_overdue_level(int64_t by, int64_t now, const struct law_closed *closed)
{
	int level = 0;

	while (level < 3 && now >= law_overdue_at(by, level + 1, closed))
		level++;
	return level;
}

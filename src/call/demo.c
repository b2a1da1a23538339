/* call/demo.c */
#include "call/demo.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "call/call_store.h"
#include "db/db.h"
#include "law/calendar.h"
#include "people/office.h"

enum { DAYS = 21, A_DAY = 40, NUMBERS = 95 };

/* SplitMix64, as in contact/demo.c. */
static int
below(uint64_t *s, int n)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (int)((z ^ z >> 31) % (uint64_t)n);
}

struct demo { struct arena *a; uint64_t rng; struct call_event *event; size_t n; int64_t serial; const char *agent[2]; };

static const char *
number(struct demo *d)
{
	return arena_printf(d->a, "+4670174%04d", 605 + below(&d->rng, NUMBERS));
}

static void
add(struct demo *d, enum call_kind kind, int64_t at, const char *from, int wait, int talk)
{
	struct call_event *e = &d->event[d->n++];

	*e = (struct call_event){ .line = d->n, .call_id = arena_printf(d->a, "demo-%" PRId64, ++d->serial), .number = from,
		.kind = kind, .at = at, .started_at = at };
	if (call_spoken(kind)) {
		e->answered_at = at + wait;
		e->ended_at = e->answered_at + talk;
		e->agent = d->agent[below(&d->rng, 2)];
		e->at = e->ended_at;
	} else if (kind != CALL_RINGING) {
		e->ended_at = e->at = at + wait;
	}
}

/* A working day: most are answered, fewer at lunch; who gives up often calls again, or is called. */
static void
one_day(struct demo *d, struct date day, int64_t now)
{
	for (int i = 0; i < A_DAY; i++) {
		int hour = 8 + below(&d->rng, 9), busy = hour == 12 ? 2 : hour == 9 ? 5 : 9;
		int64_t at = local_instant(day, hour, below(&d->rng, 60), below(&d->rng, 60));
		const char *from = below(&d->rng, 12) == 0 ? NULL : number(d);

		if (at > now - 7200)
			continue;
		if (below(&d->rng, busy) > 0) {
			add(d, CALL_ANSWERED, at, from, 4 + below(&d->rng, 90), 30 + below(&d->rng, 400));
			continue;
		}
		add(d, below(&d->rng, 3) == 0 ? CALL_MISSED : CALL_ABANDONED, at, from, 40 + below(&d->rng, 200), 0);
		if (from != NULL && at + 5400 < now && below(&d->rng, 2) == 0)
			add(d, below(&d->rng, 2) == 0 ? CALL_ANSWERED : CALL_OUTGOING, at + 600 + below(&d->rng, 3600), from, 10,
			    60 + below(&d->rng, 300));
	}
}

static bool
the_unit(struct db *db, struct arena *a, int64_t *unit_id, struct err *err)
{
	struct unit_list units;

	*unit_id = 0;
	if (!unit_list(db, a, &units, err))
		return false;
	for (size_t i = 0; i < units.n; i++) {
		if (*unit_id == 0 || strstr(units.item[i].name, "ontaktcenter") != NULL)
			*unit_id = units.item[i].id;
	}
	return true;
}

bool
demo_calls(struct db *db, uint64_t seed, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	struct demo d = { .a = a, .rng = seed ^ 0x63616c6c73u, .agent = { "kim.vagledare@lillan.example", "kontakt 2" } };
	struct exchange_list there;
	struct call_taken taken;
	int64_t unit_id, exchange_id;
	bool ok = exchange_list(db, a, &there, err) && the_unit(db, a, &unit_id, err);

	if (!ok || there.n > 0 || unit_id == 0) {
		arena_close(a);
		return ok;
	}
	d.event = arena_array(a, (size_t)(DAYS + 1) * A_DAY * 2 + 16, sizeof(*d.event));
	for (int back = DAYS; back >= 0; back--) {
		struct date day = date_add(local_date(now), -back);

		if (law_is_working_day(day))
			one_day(&d, day, now);
	}
	/* somebody who has tried three times and waits now */
	for (int i = 3; i > 0; i--)
		add(&d, CALL_ABANDONED, now - 600 * i, "+46701740605", 90, 0);
	/* in the order of time, as an exchange tells it */
	for (size_t i = 1; i < d.n; i++) {
		struct call_event e = d.event[i];
		size_t k = i;

		for (; k > 0 && d.event[k - 1].at > e.at; k--)
			d.event[k] = d.event[k - 1];
		d.event[k] = e;
	}
	ok = exchange_save(db, 0, &(struct exchange){ .code = "VX1", .name = "Kommunens växel", .unit_id = unit_id, .active = true },
	    now, &exchange_id, err) &&
	    call_take(db, exchange_id, &(struct call_list){ .event = d.event, .n = d.n }, now, &taken, err);
	arena_close(a);
	return ok || err_add(err, "demo calls");
}

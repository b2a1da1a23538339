/* queue/sim_events.c: a day by an event list
 *
 * Pending events lie in a 4-ary heap of 16-byte entries (time, seq, ref), ordered by time and then seq, whose top three
 * bits are the kind: so equal times have one order. Arrivals do not go through the heap: they are drawn and sorted
 * beforehand and met with it. Persons are numbers into arrays; a line is a doubly linked list through them, so giving up
 * takes a person out at once, and the timer of one who was served is thrown away when its time comes (its seq is no longer
 * hers). Nothing is allocated while the day runs but the memory of the first day that needs more.
 *
 * Held throughout, and checked at the end of each day (ERR_BUG in sim_run):
 *   offered = the sum of the fates; nobody is left inside; for every stage the integral of the number in line over the
 *   day equals the sum of the waits (Little's law, path by path). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "queue/sim_parts.h"

enum kind { KIND_STAFF, KIND_DONE, KIND_GIVES_UP, KIND_ARRIVES, KIND_CLOSES };
enum { KIND_SHIFT = 29 };
#define NOBODY UINT32_MAX

struct event { double at; uint32_t seq, ref; };

struct person {
	double joined, waited;		/* at this stage since; in earlier lines of this attempt */
	double blocked_since;
	uint32_t number;		/* within the stream, as drawn */
	uint32_t next, before;		/* in line */
	uint32_t timer;			/* seq of her patience, 0 none */
	uint32_t order;			/* of joining a line, for ties */
	uint16_t visits;		/* stages entered in this attempt */
	uint8_t stream, stage, pool, attempt;
	bool callback, holds_trunk, reached;
};

struct list { uint32_t first, last; };

struct pool {
	int servers, busy, over;	/* busy counts the blocked too; over: busy above servers, when that is followed */
	double *idle_since; uint32_t idle_first, idle_n, idle_room;	/* only when a stage has several pools */
};

struct stage {
	size_t n_pools;
	struct list line[SIM_STREAMS_MAX], blocked;
	int waiting;
	double integral, changed, waits;	/* Little's law */
	struct pool *pool;
};

struct events {
	struct event *heap; size_t n, room;
	struct person *person; size_t n_person;
	uint32_t *order;		/* persons by arrival */
	struct stage stage[SIM_STAGES_MAX];
	double now;
	uint32_t seq, joins;
	int inside, in_lines, trunks;
	bool closed_hard;
	uint64_t handled;
};

/* ---- the heap ------------------------------------------------------------------------------------------------------- */

static inline bool
sooner(const struct event *a, const struct event *b)
{
	return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static inline uint32_t
schedule(struct events *e, double at, enum kind kind, uint32_t ref)
{
	struct event x = { at, (uint32_t)kind << KIND_SHIFT | (++e->seq & ((1u << KIND_SHIFT) - 1)), ref };
	size_t i = e->n++;

	if (e->n > e->room) {
		e->room = 2 * e->room + 64;
		e->heap = realloc(e->heap, e->room * sizeof(*e->heap));
		if (e->heap == NULL)
			abort();
	}
	while (i > 0 && sooner(&x, &e->heap[(i - 1) / 4])) {
		e->heap[i] = e->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	e->heap[i] = x;
	return x.seq;
}

static inline void
drop_first(struct events *e)
{
	struct event x = e->heap[--e->n];
	size_t i = 0, n = e->n;

	for (;;) {
		size_t child = 4 * i + 1, best = child, end = child + 4 < n ? child + 4 : n;

		if (child >= n)
			break;
		for (size_t k = child + 1; k < end; k++)
			best = sooner(&e->heap[k], &e->heap[best]) ? k : best;
		if (!sooner(&e->heap[best], &x))
			break;
		e->heap[i] = e->heap[best];
		i = best;
	}
	e->heap[i] = x;
}

/* ---- keeping account ------------------------------------------------------------------------------------------------ */

static void
period_add(struct worker *w, struct area *of, size_t stage, int64_t by)
{
	double t = w->general->now, closes = w->p->s->closes_at;

	area_add(of + stage * (w->p->n_periods + 2), 1.0 / PERIOD_S, (int64_t)(PERIOD_S * FIXED), t < closes ? t : closes, by);
}

static void
line_changes(struct worker *w, size_t stage, int by)
{
	struct events *e = w->general;
	struct stage *s = &e->stage[stage];
	const struct plan *p = w->p;
	double t = e->now;

	s->integral += (double)s->waiting * (t - s->changed);
	s->changed = t;
	s->waiting += by;
	e->in_lines += by;
	if (s->waiting > w->peak[stage])
		w->peak[stage] = s->waiting;
	if (e->in_lines > w->peak_all)
		w->peak_all = e->in_lines;
	if (p->curves)
		area_add(w->queue + stage * (p->n_bins + 2), 1.0 / p->bin_s, (int64_t)(p->bin_s * FIXED), t < p->end ? t : p->end, by);
}

static inline void
note_wait(struct worker *w, size_t line, double wait)
{
	const struct plan *p = w->p;
	struct line_day *d = &w->line[line];

	d->sum += wait;
	d->persons++;
	d->max = wait > d->max ? wait : d->max;
	for (size_t k = 0; k < p->n_limits; k++)
		d->over[k] += wait > p->s->limit[k];
	if (p->distributions && (!p->one_line || line == 0))
		w->histogram[((w->replication % SECTIONS) * (p->one_line ? 1 : p->n_lines) + line) * SIM_HISTOGRAM +
		    wait_bin(wait)]++;
}

/* Servers above the schedule, who only finish what they began, count as staffed. */
static void
follow_overtime(struct worker *w, size_t stage, size_t j)
{
	struct pool *pool = &w->general->stage[stage].pool[j];
	int over = pool->busy > pool->servers ? pool->busy - pool->servers : 0;

	if (over == pool->over)
		return;
	period_add(w, w->overtime, stage, over - pool->over);
	pool->over = over;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

static void
push(struct events *e, struct list *l, uint32_t who)
{
	e->person[who].next = NOBODY;
	e->person[who].before = l->last;
	if (l->last == NOBODY)
		l->first = who;
	else
		e->person[l->last].next = who;
	l->last = who;
}

static void
take_out(struct events *e, struct list *l, uint32_t who)
{
	struct person *p = &e->person[who];

	if (p->before == NOBODY)
		l->first = p->next;
	else
		e->person[p->before].next = p->next;
	if (p->next == NOBODY)
		l->last = p->before;
	else
		e->person[p->next].before = p->before;
}

/* Out of the line, for whatever reason; her wait there is known now. Returns it. */
static double
leave_line(struct worker *w, uint32_t who)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	double wait = e->now - p->joined;

	take_out(e, &e->stage[p->stage].line[p->stream], who);
	line_changes(w, p->stage, -1);
	e->stage[p->stage].waits += wait;
	p->timer = 0;
	return wait;
}

/* ---- the end of an attempt ------------------------------------------------------------------------------------------ */

/* The number of a person's draws: those in line at opening have their own (sim_plan.c), and each visit to a stage. */
static uint64_t
draw_number(const struct worker *w, const struct person *p, unsigned visit)
{
	uint32_t opening = (uint32_t)w->p->stream[p->stream].s->opening_line;
	uint64_t n = p->number < opening ? OPENING_NUMBERS + p->number : p->number - opening;

	return n | (uint64_t)visit << 34;
}

static double
one_number(struct worker *w, enum rng_purpose purpose, unsigned sub, const struct person *p)
{
	struct rng g = { w->p->seed, rng_stream(purpose, sub), w->replication };
	double u;

	rng_uniform(&g, p->stream, draw_number(w, p, p->visits), 1, &u);
	return u;
}

static void
perhaps_again(struct worker *w, uint32_t who, double chance)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	const struct plan_stream *ps = &w->p->stream[p->stream];
	struct rng g = { w->p->seed, rng_stream(RNG_RETRY_DELAY, p->attempt), w->replication };

	if (!ps->retries || p->attempt + 1 >= ps->s->retry.attempts_max ||
	    one_number(w, RNG_RETRY, p->attempt, p) >= chance)
		return;
	(void)schedule(e, e->now + sampler_one(ps->delay, &g, p->stream, draw_number(w, p, 0)), KIND_ARRIVES, who);
	p->attempt++;
}

/* `entered`: she was let in (into a line or straight to a station). */
static void
attempt_ends(struct worker *w, uint32_t who, enum sim_fate fate, bool entered)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	const struct sim_stream *s = w->p->stream[p->stream].s;
	size_t k = p->stream;

	if (w->trace != NULL) {
		w->trace[who].left = e->now;
		w->trace[who].fate = fate;
	}
	w->fate[k][fate]++;
	if (entered) {
		note_wait(w, w->p->s->n_stages, p->waited);
		note_wait(w, w->p->s->n_stages + 1 + k, p->waited);
		e->inside--;
		e->trunks -= p->holds_trunk;
		w->last_left = e->now;
	}
	if (fate == SIM_SERVED) {
		w->fate[k][SIM_REACHED]++;
		w->within[k] += p->waited <= w->p->s->answer_limit;
		w->wait_answered[k] += p->waited;
		if (w->p->distributions)
			w->answered[k * SIM_HISTOGRAM + wait_bin(p->waited)]++;
	} else if (fate == SIM_GAVE_UP) {
		w->gave_up_within[k] += p->waited <= w->p->s->answer_limit;
		w->wait_gave_up[k] += p->waited;
		perhaps_again(w, who, s->retry.p_gave_up);
	} else if (fate == SIM_BUSY || fate == SIM_REFUSED) {
		perhaps_again(w, who, s->retry.p_busy);
	}
}

/* ---- stations ------------------------------------------------------------------------------------------------------- */

static void
note_idle(struct events *e, struct pool *pool)
{
	if (pool->idle_since == NULL)
		return;
	pool->idle_since[(pool->idle_first + pool->idle_n++) % pool->idle_room] = e->now;
}

static void
forget_idle(struct pool *pool)
{
	if (pool->idle_since == NULL || pool->idle_n == 0)
		return;
	pool->idle_first = (pool->idle_first + 1) % pool->idle_room;
	pool->idle_n--;
}

static double
service_time(struct worker *w, const struct person *p)
{
	const struct plan_pool *pool = &w->p->stage[p->stage].pool[p->pool];
	double s;

	if (p->attempt == 0 && (!w->p->routed || p->visits == 1)) {
		s = w->service[p->stage][p->stream][p->number];
	} else {
		struct rng g = { w->p->seed, rng_stream(RNG_SERVICE, p->stage | (unsigned)p->attempt << 4), w->replication };

		s = sampler_one(w->p->stream[p->stream].service[p->stage], &g, p->stream, draw_number(w, p, p->visits));
	}
	return pool->slower == 1.0 ? s : s * pool->slower;
}

static void
begin(struct worker *w, uint32_t who, size_t j, double wait)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	struct pool *pool = &e->stage[p->stage].pool[j];

	p->pool = (uint8_t)j;
	p->waited += wait;
	note_wait(w, p->stage, wait);
	pool->busy++;
	forget_idle(pool);
	period_add(w, w->busy, p->stage, 1);
	if (w->p->stage[p->stage].pool[j].changes)
		follow_overtime(w, p->stage, j);
	if (w->trace != NULL) {
		w->trace[who].joined[p->stage] = p->joined;
		w->trace[who].began[p->stage] = e->now;
	}
	(void)schedule(e, e->now + service_time(w, p), KIND_DONE, who);
}

/* The pool that takes somebody of stream k at once, or -1: best preference first (not under LONGEST), then the agent who
 * has been idle longest, then the first in the list. */
static int
idle_pool(const struct worker *w, size_t stage, size_t k)
{
	const struct plan_stage *ps = &w->p->stage[stage];
	const struct stage *s = &w->general->stage[stage];
	int best = -1;

	if (ps->plain)
		return s->pool[0].busy < s->pool[0].servers && ps->pool[0].preference[k] >= 0 ? 0 : -1;
	for (size_t j = 0; j < ps->s->n_pools; j++) {
		const struct pool *pool = &s->pool[j];
		int mine = ps->pool[j].preference[k], other;
		double since, best_since;

		if (mine < 0 || pool->busy >= pool->servers)
			continue;
		if (best < 0) {
			best = (int)j;
			continue;
		}
		other = ps->pool[best].preference[k];
		if (ps->s->routing == SIM_ROUTING_PREFERENCE && mine != other) {
			best = mine < other ? (int)j : best;
			continue;
		}
		since = pool->idle_n > 0 ? pool->idle_since[pool->idle_first] : 0;
		best_since = s->pool[best].idle_n > 0 ? s->pool[best].idle_since[s->pool[best].idle_first] : 0;
		best = since < best_since ? (int)j : best;
	}
	return best;
}

/* Whom pool j takes from the lines, or NOBODY: best preference (not under LONGEST), then priority, then longest waiting. */
static uint32_t
next_in_line(const struct worker *w, size_t stage, size_t j)
{
	const struct events *e = w->general;
	const struct plan_stage *ps = &w->p->stage[stage];
	const struct stage *s = &e->stage[stage];
	uint32_t best = NOBODY;
	int best_preference = 0, best_priority = 0;

	if (s->waiting == 0)
		return NOBODY;
	for (size_t k = 0; k < w->p->s->n_streams; k++) {
		uint32_t who = s->line[k].first;
		int preference = ps->pool[j].preference[k], priority = w->p->s->stream[k].priority;
		bool better;

		if (who == NOBODY || preference < 0)
			continue;
		if (ps->s->routing == SIM_ROUTING_LONGEST)
			preference = 0;
		better = best == NOBODY || preference < best_preference ||
		    (preference == best_preference && (priority < best_priority || (priority == best_priority &&
		    e->person[who].order < e->person[best].order)));
		if (better) {
			best = who;
			best_preference = preference;
			best_priority = priority;
		}
	}
	return best;
}

static void
join(struct worker *w, uint32_t who)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	const struct plan_stream *ps = &w->p->stream[p->stream];
	const struct sim_callback *offer = &w->p->stage[p->stage].s->callback;
	double patience;

	p->order = ++e->joins;
	if (offer->line > 0 && !p->callback && e->stage[p->stage].waiting >= offer->line &&
	    one_number(w, RNG_CALLBACK, p->attempt, p) < offer->accept) {
		p->callback = true;
		e->trunks -= p->holds_trunk;
		p->holds_trunk = false;
	}
	push(e, &e->stage[p->stage].line[p->stream], who);
	line_changes(w, p->stage, 1);
	if (ps->patience == NULL || p->callback)
		return;
	if (p->attempt == 0 && p->visits <= 1) {
		patience = w->patience[p->stream][p->number];
	} else {
		struct rng g = { w->p->seed, rng_stream(RNG_PATIENCE, p->attempt), w->replication };

		patience = sampler_one(ps->patience, &g, p->stream, draw_number(w, p, p->visits));
	}
	p->timer = schedule(e, e->now + patience, KIND_GIVES_UP, who);
}

/* She stands at her stage now: to a station if one is idle, else in line. False when there is no room either. */
static bool
enter(struct worker *w, uint32_t who)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	int j = idle_pool(w, p->stage, p->stream), room = w->p->stage[p->stage].s->room;

	if (j < 0 && room != SIM_UNLIMITED && e->stage[p->stage].waiting >= room)
		return false;
	p->joined = e->now;
	p->visits++;
	if (j >= 0)
		begin(w, who, (size_t)j, 0.0);
	else
		join(w, who);
	return true;
}

static void free_station(struct worker *w, size_t stage, size_t j);

/* There is room at the stage: whoever has been blocked longest comes in, and the station behind is free again. */
static void
unblock(struct worker *w, size_t stage)
{
	struct events *e = w->general;
	struct stage *s = &e->stage[stage];

	while (s->blocked.first != NOBODY) {
		uint32_t who = s->blocked.first;
		struct person *p = &e->person[who];
		size_t from = p->stage, j = p->pool;
		int room = w->p->stage[stage].s->room;

		if (idle_pool(w, stage, p->stream) < 0 && room != SIM_UNLIMITED && s->waiting >= room)
			return;
		take_out(e, &s->blocked, who);
		period_add(w, w->blocked, from, -1);
		p->stage = (uint8_t)stage;
		(void)enter(w, who);
		free_station(w, from, j);
	}
}

/* Station j has become free (or new): it takes the next in line as long as it can, and room is passed on. */
static void
free_station(struct worker *w, size_t stage, size_t j)
{
	struct events *e = w->general;
	struct stage *s = &e->stage[stage];
	struct pool *pool = &s->pool[j];

	pool->busy--;
	if (pool->busy < pool->servers)
		note_idle(e, pool);
	if (w->p->stage[stage].pool[j].changes)
		follow_overtime(w, stage, j);
	if (pool->busy < pool->servers) {
		uint32_t who = next_in_line(w, stage, j);

		if (who != NOBODY)
			begin(w, who, j, leave_line(w, who));
	}
	if (s->blocked.first != NOBODY)
		unblock(w, stage);
}

static void
staff_changes(struct worker *w, const struct change *c)
{
	struct events *e = w->general;
	struct stage *s = &e->stage[c->stage];
	struct pool *pool = &s->pool[c->pool];
	int idle = pool->servers > pool->busy ? pool->servers - pool->busy : 0, now;

	pool->servers = c->servers;
	now = pool->servers > pool->busy ? pool->servers - pool->busy : 0;
	for (; idle < now; idle++)
		note_idle(e, pool);
	for (; idle > now; idle--)
		forget_idle(pool);
	follow_overtime(w, (size_t)c->stage, (size_t)c->pool);
	while (pool->busy < pool->servers) {
		uint32_t who = next_in_line(w, (size_t)c->stage, (size_t)c->pool);

		if (who == NOBODY)
			break;
		begin(w, who, (size_t)c->pool, leave_line(w, who));
	}
	if (s->blocked.first != NOBODY)
		unblock(w, (size_t)c->stage);
}

/* ---- what happens --------------------------------------------------------------------------------------------------- */

static bool
balks(struct worker *w, const struct person *p)
{
	const struct sim_balking *b = &w->p->stage[p->stage].s->balking;
	int n = w->general->stage[p->stage].waiting;
	double chance;

	if (!(b->most > 0) || n < b->from || idle_pool(w, p->stage, p->stream) >= 0)
		return false;
	chance = n >= b->to ? b->most : b->most * (double)(n - b->from) / (double)(b->to - b->from);
	return one_number(w, RNG_BALK, p->attempt, p) < chance;
}

static void
arrives(struct worker *w, uint32_t who)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	size_t k = p->stream;
	int trunks = w->p->s->trunks;

	if (e->now > w->p->s->closes_at) {
		w->fate[k][SIM_TURNED_AWAY]++;
		return;
	}
	w->fate[k][SIM_OFFERED]++;
	w->fate[k][SIM_PERSONS] += p->attempt == 0;
	p->stage = (uint8_t)w->p->stream[k].s->first_stage;
	p->visits = 0;
	p->waited = 0;
	p->callback = p->holds_trunk = false;
	if (trunks > 0 && e->trunks >= trunks) {
		attempt_ends(w, who, SIM_BUSY, false);
		return;
	}
	if (balks(w, p)) {
		attempt_ends(w, who, SIM_BALKED, false);
		return;
	}
	p->holds_trunk = trunks > 0;
	e->trunks += p->holds_trunk;
	e->inside++;
	if (enter(w, who))
		return;
	e->inside--;
	e->trunks -= p->holds_trunk;
	attempt_ends(w, who, SIM_REFUSED, false);
}

/* The stage after this one, or -1: out. */
static int
next_stage(struct worker *w, const struct person *p)
{
	const struct plan_stage *ps = &w->p->stage[p->stage];
	size_t n = w->p->s->n_stages, k = 0;
	double u;

	if (ps->route == NULL)
		return (size_t)p->stage + 1 < n ? p->stage + 1 : -1;
	u = one_number(w, RNG_ROUTE, p->stage | (unsigned)p->attempt << 4, p);
	while (k < n && u >= ps->route[k])
		k++;
	return k < n ? (int)k : -1;
}

static void
is_done(struct worker *w, uint32_t who)
{
	struct events *e = w->general;
	struct person *p = &e->person[who];
	size_t stage = p->stage, j = p->pool;
	int next = next_stage(w, p);

	period_add(w, w->busy, stage, -1);
	if (next < 0 || e->closed_hard) {
		attempt_ends(w, who, next >= 0 ? SIM_SENT_AWAY : p->callback ? SIM_CALLED_BACK : SIM_SERVED, true);
		free_station(w, stage, j);
		return;
	}
	p->stage = (uint8_t)next;
	if ((size_t)next == stage) {
		/* She goes round: to the end of the line first, then the station looks who is next. */
		p->joined = e->now;
		p->visits++;
		join(w, who);
		free_station(w, stage, j);
		return;
	}
	if (enter(w, who)) {
		free_station(w, stage, j);
		return;
	}
	p->stage = (uint8_t)stage;
	p->pool = (uint8_t)j;
	period_add(w, w->blocked, stage, 1);
	push(e, &e->stage[next].blocked, who);
}

static void
gives_up(struct worker *w, uint32_t who)
{
	struct person *p = &w->general->person[who];
	size_t stage = p->stage;
	double wait = leave_line(w, who);

	p->waited += wait;
	note_wait(w, stage, wait);
	attempt_ends(w, who, SIM_GAVE_UP, true);
	if (w->general->stage[stage].blocked.first != NOBODY)
		unblock(w, stage);
}

/* At a hard closing lines are emptied, from the last stage backwards; who stands blocked leaves too. */
static void
closes(struct worker *w)
{
	struct events *e = w->general;

	w->empty = e->inside == 0;
	if (w->p->s->closing != SIM_CLOSING_HARD)
		return;
	e->closed_hard = true;
	for (size_t s = w->p->s->n_stages; s-- > 0; ) {
		for (uint32_t who; (who = e->stage[s].blocked.first) != NOBODY; ) {
			struct person *p = &e->person[who];

			take_out(e, &e->stage[s].blocked, who);
			period_add(w, w->blocked, p->stage, -1);
			attempt_ends(w, who, SIM_SENT_AWAY, true);
			e->stage[p->stage].pool[p->pool].busy--;
			if (w->p->stage[p->stage].pool[p->pool].changes)
				follow_overtime(w, p->stage, p->pool);
		}
		for (size_t k = 0; k < w->p->s->n_streams; k++) {
			for (uint32_t who; (who = e->stage[s].line[k].first) != NOBODY; ) {
				double wait = leave_line(w, who);

				e->person[who].waited += wait;
				note_wait(w, s, wait);
				attempt_ends(w, who, SIM_SENT_AWAY, true);
			}
		}
	}
}

/* ---- the day -------------------------------------------------------------------------------------------------------- */

static struct events *
events_open(const struct plan *p)
{
	struct events *e = calloc(1, sizeof(*e));

	if (e == NULL)
		abort();
	e->room = 1024;
	e->heap = calloc(e->room, sizeof(*e->heap));
	for (size_t i = 0; i < p->s->n_stages; i++) {
		size_t n = p->stage[i].s->n_pools;

		e->stage[i].n_pools = n;
		e->stage[i].pool = calloc(n, sizeof(struct pool));
		if (e->stage[i].pool == NULL)
			abort();
		for (size_t j = 0; j < n && n > 1; j++) {
			struct pool *pool = &e->stage[i].pool[j];

			pool->idle_room = (uint32_t)p->stage[i].pool[j].most + 1;
			pool->idle_since = calloc(pool->idle_room, sizeof(double));
			if (pool->idle_since == NULL)
				abort();
		}
	}
	if (e->heap == NULL)
		abort();
	return e;
}

void
events_close(struct events *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < SIM_STAGES_MAX; i++) {
		for (size_t j = 0; j < e->stage[i].n_pools; j++)
			free(e->stage[i].pool[j].idle_since);
		free(e->stage[i].pool);
	}
	free(e->heap);
	free(e->person);
	free(e->order);
	free(e);
}

/* Everyone of the day by time, streams in order at equal times. */
static void
sort_people(struct worker *w, struct events *e)
{
	size_t n = worker_all(w), k_streams = w->p->s->n_streams, at[SIM_STREAMS_MAX] = { 0 };

	if (n > e->n_person) {
		free(e->person);
		e->n_person = n + n / 4 + 16;
		e->person = calloc(e->n_person, sizeof(*e->person));
		if (e->person == NULL)
			abort();
	}
	for (size_t i = 0; i < n; i++) {
		size_t best = SIM_STREAMS_MAX;

		for (size_t k = 0; k < k_streams; k++) {
			if (at[k] < w->n[k] && (best == SIM_STREAMS_MAX || w->arrive[k][at[k]] < w->arrive[best][at[best]]))
				best = k;
		}
		e->person[i] = (struct person){ .number = (uint32_t)at[best], .stream = (uint8_t)best, .next = NOBODY, .before = NOBODY };
		at[best]++;
	}
}

static void
begin_day(struct worker *w, struct events *e)
{
	const struct plan *p = w->p;

	e->n = 0;
	e->now = 0;
	e->seq = e->joins = 0;
	e->inside = e->in_lines = e->trunks = 0;
	e->closed_hard = false;
	e->handled = 0;
	sort_people(w, e);
	for (size_t i = 0; i < p->s->n_stages; i++) {
		struct stage *s = &e->stage[i];

		s->blocked = (struct list){ NOBODY, NOBODY };
		for (size_t k = 0; k < p->s->n_streams; k++)
			s->line[k] = (struct list){ NOBODY, NOBODY };
		s->waiting = 0;
		s->integral = s->changed = s->waits = 0;
		for (size_t j = 0; j < p->stage[i].s->n_pools; j++) {
			struct pool *pool = &s->pool[j];

			pool->servers = p->stage[i].pool[j].first;
			pool->busy = pool->over = 0;
			pool->idle_first = pool->idle_n = 0;
			for (int n = 0; n < pool->servers; n++)
				note_idle(e, pool);
		}
	}
	for (size_t i = 0; i < p->n_changes; i++)
		(void)schedule(e, p->change[i].at, KIND_STAFF, (uint32_t)i);
	(void)schedule(e, p->s->closes_at, KIND_CLOSES, 0);
}

static void
balances(struct worker *w, struct events *e)
{
	uint64_t offered = 0, ended = 0;

	for (size_t k = 0; k < w->p->s->n_streams; k++) {
		offered += w->fate[k][SIM_OFFERED];
		for (int f = SIM_SERVED; f < SIM_TURNED_AWAY; f++)
			ended += w->fate[k][f];
	}
	if (offered != ended || e->inside != 0 || e->in_lines != 0) {
		w->broken = true;
		w->what = "people are lost or doubled";
	}
	for (size_t i = 0; i < w->p->s->n_stages; i++) {
		const struct stage *s = &e->stage[i];

		if (fabs(s->integral - s->waits) > 1e-7 * (1.0 + s->waits + e->now)) {
			w->broken = true;
			w->what = "the integral of the line is not the sum of the waits";
		}
	}
}

void
events_day(struct worker *w)
{
	const struct plan *p = w->p;
	struct events *e = w->general;
	size_t n, i = 0;

	if (e == NULL)
		e = w->general = events_open(p);
	begin_day(w, e);
	n = worker_all(w);
	w->empty = true;
	while (i < n || e->n > 0) {
		uint32_t who, seq;

		e->handled++;
		if (i < n) {
			const struct person *next = &e->person[i];
			double at = w->arrive[next->stream][next->number];

			if (e->n == 0 || at < e->heap[0].at || (at == e->heap[0].at && e->heap[0].seq >> KIND_SHIFT >= KIND_ARRIVES)) {
				e->now = at;
				arrives(w, (uint32_t)i++);
				continue;
			}
		}
		who = e->heap[0].ref;
		seq = e->heap[0].seq;
		if (seq >> KIND_SHIFT == KIND_GIVES_UP && e->person[who].timer != seq) {
			e->handled--;
			drop_first(e);		/* served before the patience ran out: time does not even pass */
			continue;
		}
		e->now = e->heap[0].at;
		drop_first(e);
		switch ((enum kind)(seq >> KIND_SHIFT)) {
		case KIND_STAFF: staff_changes(w, &p->change[who]); break;
		case KIND_DONE: is_done(w, who); break;
		case KIND_GIVES_UP: gives_up(w, who); break;
		case KIND_ARRIVES: arrives(w, who); break;
		case KIND_CLOSES: closes(w); break;
		}
	}
	w->events += e->handled;
	balances(w, e);
}

/* queue/sim_check.c: a scenario is refused with one sentence that names the field, the value and the range */
#include "queue/sim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

struct where { const char *list; size_t i; const char *list2; size_t i2; };

static const char *
place(const struct where *w, const char *field, char *out, size_t n)
{
	if (w->list2 != NULL)
		(void)snprintf(out, n, "%s[%zu].%s[%zu].%s", w->list, w->i, w->list2, w->i2, field);
	else if (w->list != NULL)
		(void)snprintf(out, n, "%s[%zu].%s", w->list, w->i, field);
	else
		(void)snprintf(out, n, "%s", field);
	return out;
}

static bool
refuse(const struct where *w, const char *field, struct err *err, const char *why)
{
	char text[100];

	(void)err_set(err, ERR_INPUT, "%s: %s", place(w, field, text, sizeof(text)), why);
	err->field = field;
	err->person = N_("The scenario has a value outside the allowed range.");
	return false;
}

static bool
within(const struct where *w, const char *field, double x, double low, double high, struct err *err)
{
	char text[100];

	if (x >= low && x <= high)
		return true;
	(void)err_set(err, ERR_INPUT, "%s: %.10g is outside %.10g to %.10g", place(w, field, text, sizeof(text)), x, low, high);
	err->field = field;
	err->person = N_("The scenario has a value outside the allowed range.");
	return false;
}

static const struct where TOP = { 0 };

/* ---- streams ------------------------------------------------------------------------------------------------------ */

static bool
check_recorded(const struct sim_stream *s, const struct where *w, struct err *err)
{
	if (s->n_recorded > 0 && s->recorded == NULL)
		return refuse(w, "recorded", err, "the times are missing");
	if (!within(w, "recorded", (double)s->n_recorded, 0, SIM_PERSONS_MAX, err))
		return false;
	for (size_t i = 0; i < s->n_recorded; i++) {
		if (!within(w, "recorded", s->recorded[i], 0, SIM_DAY_MAX, err))
			return false;
		if (i > 0 && s->recorded[i] < s->recorded[i - 1])
			return refuse(w, "recorded", err, "times must ascend");
	}
	return true;
}

static double
profile_area(const struct sim_stream *s)
{
	double area = 0.0;

	for (size_t i = 0; i + 1 < s->n_knots; i++) {
		double v = s->profile == SIM_PROFILE_LINEAR ? 0.5 * (s->knot[i].value + s->knot[i + 1].value) : s->knot[i].value;

		area += (s->knot[i + 1].at - s->knot[i].at) * v;
	}
	return area;
}

static bool
check_profile(const struct sim_stream *s, const struct where *w, struct err *err)
{
	if (s->profile == SIM_PROFILE_RECORDED)
		return check_recorded(s, w, err);
	if (s->profile != SIM_PROFILE_CONSTANT && s->profile != SIM_PROFILE_LINEAR)
		return refuse(w, "profile", err, "must be constant, linear or recorded");
	if (s->knot == NULL || s->n_knots < 2 || s->n_knots > SIM_KNOTS_MAX)
		return refuse(w, "knots", err, "a profile has 2 to 2000 knots");
	for (size_t i = 0; i < s->n_knots; i++) {
		if (!within(w, "knots.at", s->knot[i].at, 0, SIM_DAY_MAX, err) ||
		    !within(w, "knots.value", s->knot[i].value, 0, 1e9, err))
			return false;
		if (i > 0 && !(s->knot[i].at > s->knot[i - 1].at))
			return refuse(w, "knots.at", err, "each knot must be later than the one before");
	}
	if (!within(w, "expected", s->expected, 0, SIM_PERSONS_MAX, err))
		return false;
	if (s->expected > 0 && !(profile_area(s) > 0))
		return refuse(w, "knots", err, "persons are expected but the profile is 0 everywhere");
	return s->expected > 0 || within(w, "knots.value", profile_area(s), 0, SIM_PERSONS_MAX, err);
}

static bool
check_total(const struct sim_stream *s, const struct where *w, struct err *err)
{
	double expected = s->expected > 0 ? s->expected : profile_area(s);

	if (s->profile == SIM_PROFILE_RECORDED)
		return true;
	switch (s->total) {
	case SIM_TOTAL_POISSON:
		break;
	case SIM_TOTAL_BINOMIAL:
		if (!within(w, "registered", s->registered, expected, SIM_PERSONS_MAX, err))
			return false;
		if (s->registered != floor(s->registered))
			return refuse(w, "registered", err, "must be a whole number");
		if (s->period_cv != 0)
			return refuse(w, "period_cv", err, "must be 0 with a fixed electorate");
		break;
	case SIM_TOTAL_DAY_FACTOR:
		if (s->day_cv != 0 && !within(w, "day_cv", s->day_cv, DIST_CV_MIN, 2, err))
			return false;
		break;
	default:
		return refuse(w, "total", err, "must be poisson, binomial or day factor");
	}
	if (s->period_cv == 0)
		return true;
	return within(w, "period_cv", s->period_cv, DIST_CV_MIN, 2, err) && within(w, "period_s", s->period_s, 60, SIM_DAY_MAX, err) &&
	    within(w, "period_correlation", s->period_correlation, 0, 0.999, err);
}

static bool
check_batch(const struct sim_stream *s, const struct where *w, struct err *err)
{
	double sum = 0;

	if (!within(w, "batch", (double)s->n_batch, 0, 100, err))
		return false;
	for (size_t i = 0; i < s->n_batch; i++) {
		if (!within(w, "batch", s->batch[i], 0, 1e9, err))
			return false;
		sum += s->batch[i];
	}
	return s->n_batch == 0 || sum > 0 || refuse(w, "batch", err, "weights must not all be 0");
}

static bool
check_stream(const struct sim_scenario *sc, const struct sim_stream *s, const struct where *w, struct err *err)
{
	char text[60];

	if (!check_profile(s, w, err) || !check_total(s, w, err) || !check_batch(s, w, err) ||
	    !within(w, "opening_line", s->opening_line, 0, 100000, err) || !within(w, "priority", s->priority, 0, 1000, err) ||
	    !within(w, "first_stage", s->first_stage, 0, (double)sc->n_stages - 1, err) ||
	    !dist_check(&s->patience, place(w, "patience", text, sizeof(text)), true, err) ||
	    !within(w, "retry.attempts_max", s->retry.attempts_max, 0, SIM_ATTEMPTS_MAX, err))
		return false;
	return within(w, "retry.p_gave_up", s->retry.p_gave_up, 0, 1, err) &&
	    within(w, "retry.p_busy", s->retry.p_busy, 0, 1, err) &&
	    dist_check(&s->retry.delay, place(w, "retry.delay", text, sizeof(text)), true, err);
}

/* ---- stages ------------------------------------------------------------------------------------------------------- */

static bool
check_pool(const struct sim_scenario *sc, const struct sim_pool *p, const struct where *w, int *at_closing, struct err *err)
{
	int servers = p->servers;

	if (!within(w, "servers", p->servers, 0, SIM_SERVERS_MAX, err) ||
	    !within(w, "speed", p->speed == 0 ? 1 : p->speed, 0.01, 100, err) ||
	    !within(w, "staff", (double)p->n_staff, 0, SIM_KNOTS_MAX, err) ||
	    !within(w, "breaks", (double)p->n_pauses, 0, SIM_KNOTS_MAX, err) ||
	    !within(w, "skills", (double)p->n_skills, 0, SIM_STREAMS_MAX, err))
		return false;
	for (size_t i = 0; i < p->n_staff; i++) {
		if (!within(w, "staff.servers", p->staff[i].servers, 0, SIM_SERVERS_MAX, err) ||
		    !within(w, "staff.at", p->staff[i].at, -SIM_DAY_MAX, SIM_DAY_MAX * 2, err))
			return false;
		if (i == 0 ? p->staff[i].at > 0 : !(p->staff[i].at > p->staff[i - 1].at))
			return refuse(w, "staff.at", err, "the schedule must begin at opening or before, and ascend");
		servers = p->staff[i].servers;
	}
	for (size_t i = 0; i < p->n_pauses; i++) {
		if (!within(w, "breaks.servers", p->pause[i].servers, 0, SIM_SERVERS_MAX, err) ||
		    !within(w, "breaks.from", p->pause[i].from, 0, SIM_DAY_MAX, err) ||
		    !within(w, "breaks.to", p->pause[i].to, p->pause[i].from, SIM_DAY_MAX, err))
			return false;
	}
	for (size_t i = 0; i < p->n_skills; i++) {
		if (!within(w, "skills.stream", p->skill[i].stream, 0, (double)sc->n_streams - 1, err) ||
		    !within(w, "skills.preference", p->skill[i].preference, 0, 1000, err))
			return false;
	}
	*at_closing += servers;
	return true;
}

static bool
check_routes(const struct sim_scenario *sc, size_t i, const struct where *w, struct err *err)
{
	const struct sim_stage *s = &sc->stage[i];
	double sum = 0;

	if (s->next == NULL)
		return true;
	for (size_t k = 0; k <= sc->n_stages; k++) {
		if (!within(w, "next", s->next[k], 0, 1, err))
			return false;
		if (k <= i && s->next[k] > 0 && sc->stage[k].room != SIM_UNLIMITED)
			return refuse(w, "next", err, "may not lead back to a stage with limited room: it could lock for ever");
		sum += s->next[k];
	}
	if (fabs(sum - 1.0) > 1e-9)
		return refuse(w, "next", err, "the probabilities must add up to 1");
	/* Somebody must be able to leave: at most 99.9 % go round. */
	return true;
}

static bool
check_ways_out(const struct sim_scenario *sc, struct err *err)
{
	double stays[SIM_STAGES_MAX];

	/* Probability of being still inside after many moves, from each stage. */
	for (size_t i = 0; i < sc->n_stages; i++)
		stays[i] = 1.0;
	for (int round = 0; round < 10000; round++) {
		double now[SIM_STAGES_MAX] = { 0 };

		for (size_t i = 0; i < sc->n_stages; i++) {
			if (sc->stage[i].next == NULL)
				now[i] = i + 1 < sc->n_stages ? stays[i + 1] : 0.0;
			for (size_t k = 0; sc->stage[i].next != NULL && k < sc->n_stages; k++)
				now[i] += sc->stage[i].next[k] * stays[k];
		}
		for (size_t i = 0; i < sc->n_stages; i++)
			stays[i] = now[i];
	}
	for (size_t i = 0; i < sc->n_stages; i++) {
		const struct where w = { "stages", i, NULL, 0 };

		if (stays[i] > 1e-6)
			return refuse(&w, "next", err, "who comes here goes round without ever leaving");
	}
	return true;
}

static bool
check_served(const struct sim_scenario *sc, const struct sim_stage *s, const struct where *w, struct err *err)
{
	for (size_t k = 0; k < sc->n_streams; k++) {
		bool someone = false;

		for (size_t j = 0; j < s->n_pools; j++) {
			const struct sim_pool *p = &s->pool[j];
			int last = p->n_staff > 0 ? p->staff[p->n_staff - 1].servers : p->servers;
			bool can = p->n_skills == 0;

			for (size_t i = 0; i < p->n_skills; i++)
				can = can || p->skill[i].stream == (int)k;
			someone = someone || (can && last > 0);
		}
		if (!someone && sc->closing == SIM_CLOSING_SERVE)
			return refuse(w, "pools", err, "a stream has nobody to serve it at the end of the day; who is in line would wait for ever");
	}
	return true;
}

static bool
check_stage(const struct sim_scenario *sc, size_t i, struct err *err)
{
	const struct sim_stage *s = &sc->stage[i];
	const struct where w = { "stages", i, NULL, 0 };
	int at_closing = 0;
	char text[60];

	if (!dist_check(&s->service, place(&w, "service", text, sizeof(text)), s->service_by_stream != NULL, err))
		return false;
	for (size_t k = 0; s->service_by_stream != NULL && k < sc->n_streams; k++) {
		if (!dist_check(&s->service_by_stream[k], place(&w, "service_by_stream", text, sizeof(text)),
		    s->service.kind != DIST_NONE, err))
			return false;
	}
	if (s->room != SIM_UNLIMITED && !within(&w, "room", s->room, 0, SIM_PERSONS_MAX, err))
		return false;
	if (s->n_pools < 1 || s->n_pools > SIM_POOLS_MAX || s->pool == NULL)
		return refuse(&w, "pools", err, "a stage has 1 to 64 pools of stations");
	for (size_t k = 0; k < s->n_pools; k++) {
		const struct where inner = { "stages", i, "pools", k };

		if (!check_pool(sc, &s->pool[k], &inner, &at_closing, err))
			return false;
	}
	if (s->routing != SIM_ROUTING_PREFERENCE && s->routing != SIM_ROUTING_LONGEST)
		return refuse(&w, "routing", err, "must be preference or longest");
	if (!check_served(sc, s, &w, err) || !within(&w, "balking.most", s->balking.most, 0, 1, err) ||
	    !within(&w, "balking.from", s->balking.from, 0, 1e6, err) ||
	    !within(&w, "balking.to", s->balking.to, s->balking.from, 1e6, err) ||
	    !within(&w, "callback.line", s->callback.line, 0, 1e6, err))
		return false;
	return within(&w, "callback.accept", s->callback.accept, 0, 1, err) && check_routes(sc, i, &w, err);
}

bool
sim_check(const struct sim_scenario *s, struct err *err)
{
	double expected = 0;	/* with what a busy day adds */

	if (!within(&TOP, "closes_at", s->closes_at, 60, SIM_DAY_MAX, err))
		return false;
	if (s->closing != SIM_CLOSING_SERVE && s->closing != SIM_CLOSING_HARD)
		return refuse(&TOP, "closing", err, "must be serve or hard");
	if (s->stage == NULL || s->n_stages < 1 || s->n_stages > SIM_STAGES_MAX)
		return refuse(&TOP, "stages", err, "a scenario has 1 to 16 stages");
	if (s->stream == NULL || s->n_streams < 1 || s->n_streams > SIM_STREAMS_MAX)
		return refuse(&TOP, "streams", err, "a scenario has 1 to 16 streams of people");
	if (!within(&TOP, "trunks", s->trunks, 0, SIM_PERSONS_MAX, err) ||
	    !within(&TOP, "answer_limit", s->answer_limit, 0, SIM_DAY_MAX, err) ||
	    !within(&TOP, "limits", (double)s->n_limits, 0, SIM_LIMITS_MAX, err) ||
	    !within(&TOP, "target_limit", s->target_limit, 0, SIM_DAY_MAX, err) ||
	    !within(&TOP, "target_share", s->target_share, 0, 1, err))
		return false;
	for (size_t i = 0; i < s->n_limits; i++) {
		if (!within(&TOP, "limits", s->limit[i], 0, SIM_DAY_MAX, err))
			return false;
		if (i > 0 && !(s->limit[i] > s->limit[i - 1]))
			return refuse(&TOP, "limits", err, "must ascend");
	}
	for (size_t i = 0; i < s->n_streams; i++) {
		const struct where w = { "streams", i, NULL, 0 };

		if (!check_stream(s, &s->stream[i], &w, err))
			return false;
		expected += s->stream[i].profile == SIM_PROFILE_RECORDED ? (double)s->stream[i].n_recorded :
		    (s->stream[i].expected > 0 ? s->stream[i].expected : profile_area(&s->stream[i])) *
		    (1 + 8 * s->stream[i].day_cv * (s->stream[i].total == SIM_TOTAL_DAY_FACTOR)) * (1 + 4 * s->stream[i].period_cv);
	}
	if (!within(&TOP, "streams.expected", expected, 0, SIM_PERSONS_MAX, err))
		return false;
	for (size_t i = 0; i < s->n_stages; i++) {
		if (!check_stage(s, i, err))
			return false;
	}
	return check_ways_out(s, err);
}

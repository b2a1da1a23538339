/* cmd/calc_queue.c: waiting lines from the shell
 *
 * Rates are per second and durations seconds. A number that cannot be computed is null, never 0. Every function opens an
 * arena of its own when it needs one and closes it: a million lines take no more memory than one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "cmd/calc.h"
#include "planning/report.h"
#include "queue/erlang.h"
#include "queue/scenario.h"
#include "queue/staffing.h"
#include "queue/transient.h"

enum { PIECES_MAX = 10000, TIMES_MAX = 20000 };

static void
put(json_t *out, const char *key, double x)
{
	(void)json_object_set_new(out, key, isfinite(x) ? json_real(x) : json_null());
}

/* A range the formulas do not know of themselves. */
static bool
need(const json_t *in, const char *key, double least, double most, const char *range, double *out, struct err *err)
{
	if (!json_need_double(in, key, out, err))
		return false;
	return (*out >= least && *out <= most) || err_input(err, key, range);
}

static bool
is_given(const json_t *in, const char *key)
{
	const json_t *v = json_object_get(in, key);

	return v != NULL && !json_is_null(v);
}

static bool
calc_erlang_b(const json_t *in, json_t *out, struct err *err)
{
	double servers, load;

	if (!need(in, "servers", 0, ERLANG_SERVERS_MAX, N_("must be from 0 to 10,000,000"), &servers, err) ||
	    !need(in, "load", 0, 1e12, N_("must be from 0 to 1e12 erlang"), &load, err))
		return false;
	put(out, "blocking", erlang_b(ceil(servers), load));
	return true;
}

/* The line without its servers; who_gives_up: mean_patience is read when it is there. */
static bool
need_calls(const json_t *in, struct erlang_line *line, struct err *err)
{
	*line = (struct erlang_line){ .mean_patience = INFINITY };
	return json_need_double(in, "arrival_rate", &line->arrival_rate, err) &&
	    json_need_double(in, "mean_service", &line->mean_service, err) &&
	    (!is_given(in, "mean_patience") || json_need_double(in, "mean_patience", &line->mean_patience, err));
}

static void
put_figures(json_t *out, const struct erlang_figures *f, bool abandons, bool level)
{
	put(out, "utilisation", f->utilisation);
	put(out, "p_wait", f->p_wait);
	put(out, "mean_wait", f->mean_wait);
	put(out, "mean_queue", f->mean_queue);
	if (level)
		put(out, "service_level", f->service_level);
	if (abandons)
		put(out, "p_abandon", f->p_abandon);
}

static bool
calc_erlang_c(const json_t *in, json_t *out, struct err *err)
{
	struct erlang_figures f;
	struct erlang_line line;

	if (!need_calls(in, &line, err) || !json_need_double(in, "servers", &line.servers, err) ||
	    !json_need_double(in, "limit", &line.limit, err))
		return false;
	line.mean_patience = INFINITY;
	if (!erlang_check(&line, err) || !erlang_c_figures(&line, &f, err))
		return false;
	put_figures(out, &f, false, true);
	return true;
}

static bool
calc_erlang_a(const json_t *in, json_t *out, struct err *err)
{
	struct erlang_figures f;
	struct erlang_line line;

	if (!need_calls(in, &line, err) || !json_need_double(in, "servers", &line.servers, err) ||
	    !json_need_double(in, "mean_patience", &line.mean_patience, err) ||
	    !json_need_double(in, "limit", &line.limit, err))
		return false;
	if (!erlang_check(&line, err) || !erlang_a_figures(&line, &f, err))
		return false;
	put_figures(out, &f, true, true);
	return true;
}

static bool
calc_staff(const json_t *in, json_t *out, struct err *err)
{
	struct staffing_target target = { .max_abandon = 1, .max_mean_wait = INFINITY };
	bool level = is_given(in, "target_service_level"), abandons = is_given(in, "mean_patience");
	struct erlang_figures f;
	struct erlang_line line;

	if (!need_calls(in, &line, err))
		return false;
	if (!level && !is_given(in, "max_abandon"))
		return err_input(err, "target_service_level", N_("is missing: give it, or max_abandon"));
	if (is_given(in, "max_abandon") && !abandons)
		return err_input(err, "mean_patience", N_("is missing: max_abandon needs it"));
	if ((level && !need(in, "target_service_level", 0, 1, N_("must be from 0 to below 1"), &target.service_level, err)) ||
	    (is_given(in, "max_abandon") && !need(in, "max_abandon", 0, 1, N_("must be from 0 to 1"), &target.max_abandon, err)) ||
	    ((level || is_given(in, "limit")) && !json_need_double(in, "limit", &line.limit, err)))
		return false;
	if (!staffing_least(&line, &target, &f, err))
		return false;
	(void)json_object_set_new(out, "servers", json_integer((json_int_t)line.servers));
	put_figures(out, &f, abandons, is_given(in, "limit"));
	return true;
}

/* ---- transient --------------------------------------------------------------------------------------------------------- */

static bool
in_list(struct err *err, const char *field, size_t i, const char *what, const char *why)
{
	(void)err_set(err, ERR_INPUT, "%s[%zu]%s %s", field, i, what, why);
	err->field = field;
	return false;
}

static bool
need_list(const json_t *in, const char *key, size_t most, const json_t **out, struct err *err)
{
	*out = json_object_get(in, key);
	if (!json_is_array(*out))
		return err_input(err, key, is_given(in, key) ? N_("must be a list") : N_("is missing"));
	return json_array_size(*out) <= most || err_input(err, key, N_("is too long a list"));
}

static bool
need_pieces(const json_t *list, struct transient_piece *piece, struct err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct transient_piece *p = &piece[i];

		if (!json_is_object(one))
			return in_list(err, "arrivals", i, "", "must be an object {from, to, rate}");
		if (!json_need_double(one, "from", &p->from, err) || !json_need_double(one, "to", &p->to, err) ||
		    !json_need_double(one, "rate", &p->rate, err)) {
			char what[16];

			(void)snprintf(what, sizeof(what), ".%s", err->field);
			return in_list(err, "arrivals", i, what, err->person != NULL ? err->person : "cannot be used");
		}
		p->rate_to = json_double_or(one, "rate_to", p->rate);
		if (!(p->from >= 0))
			return in_list(err, "arrivals", i, ".from", "must be 0 s or more");
		if (!(p->to > p->from && p->to <= 1e9))
			return in_list(err, "arrivals", i, ".to", "must be later than from, at most 1e9 s");
		if (!(p->rate >= 0 && p->rate <= 1e9 && p->rate_to >= 0 && p->rate_to <= 1e9))
			return in_list(err, "arrivals", i, ".rate", "must be from 0 to 1e9 per second");
		if (i > 0 && p->from < p[-1].to)
			return in_list(err, "arrivals", i, ".from", "must not be before the end of the interval before");
	}
	return true;
}

static bool
need_times(const json_t *list, double *at, struct err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		if (!json_is_number(one))
			return in_list(err, "at", i, "", "must be a number");
		at[i] = json_number_value(one);
		if (!(at[i] >= 0 && at[i] <= 1e9))
			return in_list(err, "at", i, "", "must be from 0 to 1e9 s");
	}
	return true;
}

static bool
transient_in(struct arena *a, const json_t *in, json_t *out, struct err *err)
{
	const json_t *pieces, *times;
	struct transient_piece *piece;
	struct transient_staff staff = { 0 };
	struct transient model = { .staff = &staff, .n_staff = 1 };
	struct transient_moment *moments;
	double *at, patience = INFINITY;
	json_t *mean = json_array(), *p_wait = json_array();
	bool ok = false;

	(void)json_object_set_new(out, "mean_in_system", mean);
	(void)json_object_set_new(out, "p_wait", p_wait);
	if (!need(in, "servers", 0, TRANSIENT_STATES_MAX / 2, N_("must be from 0 to 200,000"), &staff.servers, err) ||
	    !need(in, "service_rate", 0, 1e9, N_("must be above 0, at most 1e9 per second"), &model.service_rate, err) ||
	    (is_given(in, "initial") && !json_need_double(in, "initial", &model.initial, err)) ||
	    (is_given(in, "mean_patience") &&
	    !need(in, "mean_patience", 1e-9, INFINITY, N_("must be above 0 s"), &patience, err)) ||
	    !need_list(in, "arrivals", PIECES_MAX, &pieces, err) || !need_list(in, "at", TIMES_MAX, &times, err))
		return false;
	staff.servers = ceil(staff.servers);
	model.patience_rate = 1 / patience;
	piece = arena_array(a, json_array_size(pieces), sizeof(*piece));
	at = arena_array(a, json_array_size(times), sizeof(*at));
	moments = arena_array(a, json_array_size(times), sizeof(*moments));
	model.piece = piece;
	model.n_pieces = json_array_size(pieces);
	ok = need_pieces(pieces, piece, err) && need_times(times, at, err) &&
	    transient_figures(a, &model, at, json_array_size(times), -1, moments, err);
	for (size_t i = 0; ok && i < json_array_size(times); i++) {
		(void)json_array_append_new(mean, json_real(moments[i].mean_in_system));
		(void)json_array_append_new(p_wait, json_real(moments[i].p_wait));
	}
	return ok;
}

static bool
calc_transient(const json_t *in, json_t *out, struct err *err)
{
	struct arena *a = arena_open();
	bool ok = transient_in(a, in, out, err);

	arena_close(a);
	return ok;
}

/* A scenario as in docs/queue.md, with its own seed, replications and threads. */
static bool
calc_simulate(const json_t *in, json_t *out, struct err *err)
{
	struct arena *a = arena_open();
	struct scenario s;
	struct sim_result r = { 0 };
	bool ok = scenario_read(a, in, &s, err);

	if (ok) {
		struct sim_options o = { .seed = s.seed, .threads = s.threads, .replications = s.replications };

		ok = sim_run(a, &s.sim, &o, &r, err);
	}
	if (ok) {
		json_t *report = report_simulation(&s, &r);

		(void)json_object_update(out, report);
		json_decref(report);
	}
	arena_close(a);
	return ok;
}

const struct calc_function calc_queue[] = {
	{ "erlang-a", calc_erlang_a },
	{ "erlang-b", calc_erlang_b },
	{ "erlang-c", calc_erlang_c },
	{ "simulate", calc_simulate },
	{ "staff", calc_staff },
	{ "transient", calc_transient },
	{ 0 },
};

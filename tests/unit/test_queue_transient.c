/* tests/unit/test_queue_transient.c: the day's differential equations against printed values and closed forms */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "queue/erlang.h"
#include "queue/transient.h"

static void
assert_close(const char *what, double got, double expected, double absolute)
{
	if (!(fabs(got - expected) <= absolute))
		fail_msg("%s: got %.17g, expected %.17g within %g", what, got, expected, absolute);
}

static void
test_one_server_from_empty(void **state)
{
	static const struct transient_piece piece = { 0, 100, 0.8, 0.8 };
	static const struct transient_staff staff = { 0, 1 };
	static const double at[] = { 50, 1, 5, 10, 0 };
	static const double mean[] = { 3.40503898, 0.55155186, 1.46946083, 2.03028156, 0 };
	static const double empty[] = { 0.21411792, 0.59739875, 0.34896794, 0.28642259, 1 };
	struct transient in = { &piece, 1, &staff, 1, 1, 0, 0 };
	struct transient_moment m[5];
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	assert_true(transient_figures(a, &in, at, 5, 0, m, &err));
	for (size_t i = 0; i < 5; i++) {
		assert_close("mean", m[i].mean_in_system, mean[i], 6e-9);
		assert_close("empty", m[i].p_empty, empty[i], 6e-9);
		assert_close("wait", m[i].p_wait, 1 - empty[i], 6e-9);
		assert_close("waits more than 0", m[i].virtual_over, 1 - empty[i], 6e-9);
	}
	arena_close(a);
}

/* After long enough, the formulas of the steady state: C, and A in overload. */
static void
test_comes_to_rest(void **state)
{
	static const struct transient_piece piece = { 0, 1e9, 0.05, 0.05 };
	struct transient_staff staff = { 0, 14 };
	struct transient in = { &piece, 1, &staff, 1, 1.0 / 240, 0, 0 };
	struct erlang_line line = { 14, 0.05, 240, INFINITY, 20 };
	double late = 9e8;		/* some thirty years: it is seen that nothing moves any more */
	struct transient_moment m;
	struct erlang_figures f;
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	assert_true(transient_figures(a, &in, &late, 1, 20, &m, &err) && erlang_c_figures(&line, &f, &err));
	assert_close("p_wait", m.p_wait, f.p_wait, 1e-8);
	assert_close("queue", m.mean_queue, f.mean_queue, 1e-6);
	assert_close("over 20 s", m.virtual_over, 1 - f.service_level, 1e-8);
	staff.servers = 10;
	in.patience_rate = 1.0 / 180;
	line = (struct erlang_line){ 10, 0.05, 240, 180, 20 };
	assert_true(transient_figures(a, &in, &late, 1, -1, &m, &err) && erlang_a_figures(&line, &f, &err));
	assert_close("p_wait, A", m.p_wait, f.p_wait, 1e-9);
	assert_close("queue, A", m.mean_queue, f.mean_queue, 1e-9);
	assert_true(isnan(m.virtual_over));
	arena_close(a);
}

/* Endless servers: Poisson with the offered load as mean, for constant and for linear rates. */
static void
test_linear_rates_without_waiting(void **state)
{
	static const struct transient_piece ramp[] = { { 0, 3600, 0, 0.02 }, { 3600, 7200, 0.02, 0 } };
	static const struct transient_staff staff = { 0, 200 };
	struct transient in = { ramp, 2, &staff, 1, 1.0 / 300, 0, 0 };
	double at = 3600, slope = 0.02 / 3600, m = 300;
	struct transient_moment got;
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	assert_true(transient_figures(a, &in, &at, 1, -1, &got, &err));
	assert_close("mean", got.mean_in_system, slope * m * (at - m * (1 - exp(-at / m))), 1e-6);
	assert_close("empty", got.p_empty, exp(-got.mean_in_system), 1e-7);
	arena_close(a);
}

/* Who is in service when servers leave finishes first; newcomers wait behind the fewer. */
static void
test_staff_finishes_then_leaves(void **state)
{
	static const struct transient_staff staff[] = { { 0, 2 }, { 10, 0 }, { 1000, 1 } };
	struct transient in = { NULL, 0, staff, 3, 0.01, 0, 3 };
	struct transient_drain drain;
	struct transient_moment m[3];
	double at[] = { 10, 110, 1e5 }, mu = 0.01;
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	assert_true(transient_figures(a, &in, at, 3, -1, m, &err));
	/* At 10 s: with 3 present two are served at rate 2 mu. From then on each of the (at most two) in service ends alone
	 * and nobody takes the waiting one. */
	double p3 = exp(-0.2), p2 = 0.2 * exp(-0.2), none = 1 - p3 - p2;
	double busy = exp(-mu * 100);

	assert_close("queue", m[1].mean_queue, p3, 1e-9);
	assert_close("in system", m[1].mean_in_system, p3 + busy * (m[0].mean_in_system - p3), 1e-9);
	assert_true(m[1].p_wait == 1 && none > 0);
	assert_close("all gone", m[2].p_empty, 1, 1e-9);
	/* With the servers never coming back the line is never empty. */
	in.n_staff = 2;
	assert_true(transient_drain(a, &in, 500, 1e5, &drain, &err));
	assert_close("stuck", drain.p_done, 1 - p3, 1e-6);
	assert_true(isinf(drain.mean));
	arena_close(a);
}

static void
test_drain_and_share(void **state)
{
	static const struct transient_piece piece = { 0, 1e6, 0.8, 0.8 };
	static const struct transient_staff staff = { 0, 1 }, two = { 0, 2 };
	struct transient in = { NULL, 0, &two, 1, 0.5, 0, 4 };
	struct transient one = { &piece, 1, &staff, 1, 1, 0, 0 };
	struct transient_drain drain;
	double share;
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	/* Four present, two servers at 1/2: 1 + 1 + 1 with two busy, then 2 alone. */
	assert_true(transient_drain(a, &in, 0, 0, &drain, &err));
	assert_close("mean", drain.mean, 1 + 1 + 1 + 2, 1e-12);
	assert_true(drain.p_done == 0);
	in.initial = 1;
	assert_true(transient_drain(a, &in, 0, 3, &drain, &err));
	assert_close("done", drain.p_done, 1 - exp(-1.5), 1e-12);
	/* In the long run P(W > t) of M/M/1; the start from empty weighs little over 20,000 s. */
	assert_true(transient_share_over(a, &one, 20000, 5, &share, &err));
	assert_close("share", share, 0.8 * exp(-0.2 * 5), 1e-3);
	arena_close(a);
}

static void
test_overload_is_no_error_here(void **state)
{
	static const struct transient_piece piece = { 0, 36000, 1, 1 };
	static const struct transient_staff staff = { 0, 100 };
	struct transient in = { &piece, 1, &staff, 1, 1.0 / 200, 0, 0 };
	double at = 36000;
	struct transient_moment m;
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	assert_true(transient_figures(a, &in, &at, 1, -1, &m, &err));
	assert_close("fluid: half a person a second", m.mean_queue, 18000, 150);
	assert_close("certain", m.p_wait, 1, 1e-9);
	arena_close(a);
}

static void
test_bad_days_are_refused(void **state)
{
	static const struct transient_staff good = { 0, 1 }, late = { 5, 1 }, half = { 0, 1.5 }, minus = { 0, -1 };
	static const struct transient_piece zero = { 5, 5, 1, 1 }, negative = { 0, 5, -1, 1 }, not = { 0, 5, NAN, 1 };
	static const struct transient_piece overlap[] = { { 0, 5, 1, 1 }, { 4, 6, 1, 1 } };
	const struct { struct transient in; const char *field; } row[] = {
		{ { &zero, 1, &good, 1, 1, 0, 0 }, "arrivals" }, { { &negative, 1, &good, 1, 1, 0, 0 }, "arrivals" },
		{ { &not, 1, &good, 1, 1, 0, 0 }, "arrivals" }, { { overlap, 2, &good, 1, 1, 0, 0 }, "arrivals" },
		{ { NULL, 0, &late, 1, 1, 0, 0 }, "servers" }, { { NULL, 0, &half, 1, 1, 0, 0 }, "servers" },
		{ { NULL, 0, &minus, 1, 1, 0, 0 }, "servers" }, { { NULL, 0, &good, 0, 1, 0, 0 }, "servers" },
		{ { NULL, 0, &good, 1, 0, 0, 0 }, "service_rate" }, { { NULL, 0, &good, 1, 1, -1, 0 }, "patience_rate" },
		{ { NULL, 0, &good, 1, 1, 0, -1 }, "initial" }, { { NULL, 0, &good, 1, 1, 0, 1e9 }, "initial" },
	};
	struct arena *a = arena_open();
	struct transient_moment m;
	double at = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct err err = { 0 };

		assert_false(transient_figures(a, &row[i].in, &at, 1, -1, &m, &err));
		assert_int_equal(err.code, ERR_INPUT);
		assert_string_equal(err.field, row[i].field);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_server_from_empty), cmocka_unit_test(test_comes_to_rest),
		cmocka_unit_test(test_linear_rates_without_waiting), cmocka_unit_test(test_staff_finishes_then_leaves),
		cmocka_unit_test(test_drain_and_share), cmocka_unit_test(test_overload_is_no_error_here),
		cmocka_unit_test(test_bad_days_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

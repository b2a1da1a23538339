/* cmd/plan.c: planning a polling place or a telephone from a scenario file
 *
 * The figures go to standard output, progress to standard error. Ctrl-C ends the step that is under way and prints what is
 * known so far; a second Ctrl-C ends at once. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sb.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "planning/election_import.h"
#include "planning/report.h"

enum { OUT_MAX = 256 << 20 };
enum form { FORM_TABLE, FORM_JSON, FORM_CSV };

struct plan_options {
	enum form form;
	const char *svg;		/* folder for the charts, NULL: none */
	const char *district;
	double early;
	bool no_search;
	long long seed, replications, threads;	/* -1: as the file says */
};

/* ---- progress ------------------------------------------------------------------------------------------------------- */

struct progress { const char *what; bool terminal; };

static bool
days_done(void *context, size_t done, size_t most)
{
	const struct progress *p = context;

	if (p->terminal)
		(void)fprintf(stderr, "\r%s: %zu of at most %zu days\033[K", p->what, done, most);
	return !interrupted();
}

static bool
plans_tried(void *context, size_t n)
{
	const struct progress *p = context;

	if (p->terminal)
		(void)fprintf(stderr, "\r%s: %zu simulated\033[K", p->what, n);
	return !interrupted();
}

static void
begin(struct progress *p, const char *what)
{
	p->what = what;
	if (!p->terminal)
		(void)fprintf(stderr, "%s\n", what);
}

static void
end(const struct progress *p)
{
	if (p->terminal)
		(void)fprintf(stderr, "\r\033[K");
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

/* The whole file, "-" is standard input. */
static bool
read_all(struct arena *a, const char *path, char **out, size_t *n, struct err *err)
{
	bool standard = strcmp(path, "-") == 0, ok;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, ERR_NOT_FOUND, "%s", strerror(errno));
	ok = file_read_fd(a, fd, SCENARIO_BYTES_MAX, out, n, err) ||
	    (err->code == ERR_INPUT && err_set(err, ERR_INPUT, "the file is too large; at most %u bytes are read", SCENARIO_BYTES_MAX));
	if (!standard)
		(void)close(fd);
	return ok;
}

static bool
read_scenario(struct arena *a, const char *path, const struct plan_options *o, struct scenario *out, struct err *err)
{
	char *data;
	size_t n;

	if (!read_all(a, path, &data, &n, err) || !scenario_parse(a, data, n, out, err))
		return false;
	if (o->seed >= 0)
		out->seed = (uint64_t)o->seed;
	if (o->replications >= 0)
		out->replications = (size_t)o->replications;
	if (o->threads >= 0)
		out->threads = (int)o->threads;
	return true;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static bool
write_chart(const char *folder, const char *name, const char *svg, struct err *err)
{
	char path[4096];

	if (svg == NULL)
		return true;
	if (snprintf(path, sizeof(path), "%s/%s.svg", folder, name) >= (int)sizeof(path))
		return err_set(err, ERR_INPUT, "the path of the folder is too long");
	return file_write(path, svg, strlen(svg), 0666, err);
}

static bool
write_charts(struct arena *a, const char *folder, const struct plan_report *p, struct err *err)
{
	struct report_charts charts;

	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return err_set(err, ERR_INPUT, "%.100s: %s", folder, strerror(errno));
	return report_charts(a, p, &charts, err) && write_chart(folder, "queue", charts.queue, err) &&
	    write_chart(folder, "one-more", charts.more, err) && write_chart(folder, "swings", charts.swings, err);
}

/* JSON or CSV of the object, which is given up. */
static void
print_object(struct arena *a, json_t *o, enum form form)
{
	struct sb sb;

	sb_init(&sb, a, OUT_MAX);
	if (form == FORM_CSV)
		report_csv(&sb, o);
	else
		json_print(&sb, o);
	(void)printf("%s%s", sb_str(&sb), form == FORM_CSV ? "" : "\n");
	json_decref(o);
}

/* ---- one plan ------------------------------------------------------------------------------------------------------- */

static bool
simulate(struct arena *a, const struct scenario *s, const char *what, struct progress *progress, struct sim_result *r, struct err *err)
{
	struct sim_options o = { .seed = s->seed, .threads = s->threads, .replications = s->replications, .progress = days_done,
		.context = progress };
	bool ok;

	begin(progress, what);
	ok = sim_run(a, &s->sim, &o, r, err);
	end(progress);
	return ok;
}

/* The pool's part in a stage that is busiest in most half-hours. */
static size_t
bottleneck_part(const struct sim_result *r, const struct search_plan *plan)
{
	size_t times[SIM_STAGES_MAX] = { 0 }, stage = 0;

	for (size_t t = 0; t < r->n_periods; t++) {
		if (r->bottleneck[t] >= 0)
			times[r->bottleneck[t]]++;
	}
	for (size_t i = 0; i < r->n_stages; i++)
		stage = times[i] > times[stage] ? i : stage;
	for (size_t p = 0; p < plan->n_parts; p++) {
		if (plan->part[p].stage == stage)
			return p;
	}
	return 0;
}

static bool
wants_periods(const struct scenario *s)
{
	bool officials = s->kind == SCENARIO_PHONES;

	for (size_t i = 0; i < s->sim.n_stages; i++)
		officials = officials || s->stage[i].officials > 0;
	return officials;
}

static bool
search(struct arena *a, const struct scenario *s, struct progress *progress, struct plan_report *p, struct err *err)
{
	struct search_options o = { .seed = s->seed, .threads = s->threads, .progress = plans_tried, .context = progress };
	struct search_plan *stations = arena_alloc(a, sizeof(*stations)), *periods = arena_alloc(a, sizeof(*periods));
	struct search_tornado *tornado = arena_alloc(a, sizeof(*tornado));
	struct search_figures *curve;
	int from;

	begin(progress, "which input matters most");
	if (!search_tornado(a, s, &s->sim, &o, tornado, err))
		return false;
	p->tornado = tornado;
	if (interrupted())
		return true;
	begin(progress, "searching the least number of stations");
	if (!search_stations(a, s, &o, stations, err))
		return false;
	p->stations = stations;
	if (!interrupted() && wants_periods(s) && stations->possible) {
		begin(progress, "searching the staff by the hour");
		if (!search_periods(a, s, stations, &o, periods, err))
			return false;
		p->periods = periods;
	}
	if (interrupted())
		return true;
	begin(progress, "what one more buys");
	p->curve_part = bottleneck_part(p->r, stations);
	from = stations->servers[p->curve_part] > 3 ? stations->servers[p->curve_part] - 2 : 1;
	p->curve_from = from;
	p->n_curve = 6;
	curve = arena_array(a, p->n_curve, sizeof(*curve));
	if (!search_curve(a, s, stations, p->curve_part, from, from + 5, &o, curve, err))
		return false;
	p->curve = curve;
	return true;
}

static int
plan_one(struct arena *a, const char *path, enum scenario_kind kind, const struct plan_options *o)
{
	static const char *const name[] = { [SCENARIO_NETWORK] = "network", [SCENARIO_POLLING] = "polling", [SCENARIO_PHONES] = "phones" };
	struct progress progress = { .terminal = isatty(STDERR_FILENO) };
	struct scenario s;
	struct sim_result r = { 0 };
	struct exact_side exact;
	struct fluid fluid[SIM_STAGES_MAX];
	struct plan_report p = { .s = &s, .r = &r };
	struct err err = { 0 };

	if (!read_scenario(a, path, o, &s, &err))
		return cmd_fail(path, &err);
	if (s.kind != kind) {
		(void)err_set(&err, ERR_INPUT, "kind: is %s; use `narkontakt plan %s`", name[s.kind], name[s.kind]);
		return cmd_fail(path, &err);
	}
	if (!simulate(a, &s, "simulating", &progress, &r, &err) || !exact_beside(a, &s.sim, &r, &exact, &err))
		return cmd_fail(path, &err);
	fluid_lines(&s.sim, fluid);
	p.exact = &exact;
	p.fluid = fluid;
	if (!o->no_search && s.target.kind != TARGET_NONE && !interrupted()) {
		bool ok = search(a, &s, &progress, &p, &err);

		end(&progress);
		if (!ok)
			return cmd_fail(path, &err);
	}
	p.stopped = interrupted();
	if (o->svg != NULL && !write_charts(a, o->svg, &p, &err))
		return cmd_fail(o->svg, &err);
	if (o->form == FORM_TABLE) {
		struct sb sb;

		sb_init(&sb, a, OUT_MAX);
		report_table(a, &p, &sb);
		(void)fputs(sb_str(&sb), stdout);
	} else {
		print_object(a, report_json(&p), o->form);
	}
	if (exact.why_not == NULL && !exact.agrees) {
		(void)err_set(&err, ERR_BUG, "the simulation disagrees with theory beyond chance; the figures are not to be used");
		return cmd_fail(path, &err);
	}
	return EXIT_DONE;
}

/* ---- two plans ------------------------------------------------------------------------------------------------------ */

static int
compare(struct arena *a, char **path, const struct plan_options *o)
{
	struct progress progress = { .terminal = isatty(STDERR_FILENO) };
	struct scenario s[2];
	struct sim_result r[2] = { 0 };
	struct plan_comparison c = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < 2; i++) {
		if (!read_scenario(a, path[i], o, &s[i], &err))
			return cmd_fail(path[i], &err);
	}
	/* the same people: A's seed and number of days for both */
	s[1].seed = s[0].seed;
	s[0].replications = s[1].replications = s[0].replications > 0 ? s[0].replications : 2000;
	for (size_t i = 0; i < 2; i++) {
		if (!simulate(a, &s[i], i == 0 ? "simulating A" : "simulating B", &progress, &r[i], &err))
			return cmd_fail(path[i], &err);
	}
	if (!sim_difference(a, &r[0], &r[1], &c.difference, &err))
		return cmd_fail("compare", &err);
	c.before = (struct plan_report){ .s = &s[0], .r = &r[0], .stopped = interrupted() };
	c.after = (struct plan_report){ .s = &s[1], .r = &r[1], .stopped = interrupted() };
	if (o->form == FORM_TABLE) {
		struct sb sb;

		sb_init(&sb, a, OUT_MAX);
		report_comparison_table(a, &c, &sb);
		(void)fputs(sb_str(&sb), stdout);
	} else {
		print_object(a, report_comparison_json(&c), o->form);
	}
	return EXIT_DONE;
}

/* ---- elections ------------------------------------------------------------------------------------------------------ */

static int
import(struct arena *a, const char *path, const struct plan_options *o)
{
	struct election_file file;
	struct err err = { 0 };
	char *data;
	size_t n;

	if (!read_all(a, path, &data, &n, &err) || !election_read(a, data, n, &file, &err))
		return cmd_fail(path, &err);
	for (size_t i = 0; i < file.n_bad; i++)
		(void)fprintf(stderr, "narkontakt: %s: %s; left out\n", path, file.bad[i]);
	for (size_t i = 0; i < file.n; i++) {
		const struct election_district *d = &file.district[i];
		char *text;
		json_t *scenario;

		if (o->district == NULL) {
			(void)printf("%s\t%s\t%.0f registered\t%.0f voted\n", d->year, d->name, d->registered, d->voted);
			continue;
		}
		if (strcmp(d->name, o->district) != 0)
			continue;
		scenario = election_scenario(d, o->early);
		text = json_dumps(scenario, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		(void)printf("%s\n", text != NULL ? text : "");
		free(text);
		json_decref(scenario);
		return file.n_bad > 0 ? EXIT_FAILED : EXIT_DONE;
	}
	if (o->district != NULL) {
		(void)err_set(&err, ERR_NOT_FOUND, "no district is named \"%.100s\"; without --district they are listed", o->district);
		return cmd_fail(path, &err);
	}
	return file.n_bad > 0 ? EXIT_FAILED : EXIT_DONE;
}

/* ---- the command line ----------------------------------------------------------------------------------------------- */

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' }, { "csv", no_argument, NULL, 'c' }, { "svg", required_argument, NULL, 's' },
	{ "seed", required_argument, NULL, 'e' }, { "replications", required_argument, NULL, 'r' },
	{ "threads", required_argument, NULL, 't' }, { "no-search", no_argument, NULL, 'n' },
	{ "district", required_argument, NULL, 'd' }, { "early", required_argument, NULL, 'y' }, { 0 },
};

static bool
whole(const char *text, long long least, long long most, long long *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *out >= least && *out <= most;
}

/* NULL when all is well, else what is wrong. */
static const char *
take_option(int option, struct plan_options *o)
{
	char *end;

	switch (option) {
	case 'j':
		o->form = FORM_JSON;
		return NULL;
	case 'c':
		o->form = FORM_CSV;
		return NULL;
	case 's':
		o->svg = optarg;
		return NULL;
	case 'n':
		o->no_search = true;
		return NULL;
	case 'd':
		o->district = optarg;
		return NULL;
	case 'e':
		return whole(optarg, 0, INT64_MAX, &o->seed) ? NULL : "--seed takes a whole number from 0";
	case 'r':
		return whole(optarg, 1, SIM_REPLICATIONS_MAX, &o->replications) ? NULL : "--replications takes a whole number from 1 to 200000";
	case 't':
		return whole(optarg, 0, 256, &o->threads) ? NULL : "--threads takes a whole number from 0 to 256";
	case 'y':
		o->early = strtod(optarg, &end);
		return end != optarg && *end == '\0' && o->early >= 0 && o->early < 1 ? NULL : "--early takes a share from 0 to below 1";
	default:
		return "no such option, or its value is missing";
	}
}

int
cmd_plan(int argc, char **argv)
{
	static const struct { const char *name; int files; enum scenario_kind kind; } things[] = {
		{ "polling", 1, SCENARIO_POLLING }, { "phones", 1, SCENARIO_PHONES }, { "network", 1, SCENARIO_NETWORK },
		{ "compare", 2, SCENARIO_NETWORK }, { "import", 1, SCENARIO_NETWORK } };
	struct plan_options o = { .seed = -1, .replications = -1, .threads = -1, .early = ELECTION_EARLY };
	struct arena *a;
	size_t thing = 0;
	int option, code;

	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		const char *why = take_option(option, &o);

		if (why != NULL)
			return cmd_usage("plan", "%s", why);
	}
	while (thing < ARRAY_LEN(things) && (optind >= argc || strcmp(argv[optind], things[thing].name) != 0))
		thing++;
	if (thing == ARRAY_LEN(things))
		return cmd_usage("plan", "polling FILE, phones FILE, network FILE, compare A B or import FILE is expected");
	if (argc - optind - 1 != things[thing].files)
		return cmd_usage("plan", "%s takes %d file%s", things[thing].name, things[thing].files, things[thing].files == 1 ? "" : "s");
	if (o.svg != NULL && things[thing].kind == SCENARIO_NETWORK && things[thing].files != 1)
		return cmd_usage("plan", "--svg belongs to polling, phones and network");
	interrupt_catch(SIGINT, (int)(SA_RESTART | SA_RESETHAND));
	a = arena_open();
	if (strcmp(things[thing].name, "compare") == 0)
		code = compare(a, argv + optind + 1, &o);
	else if (strcmp(things[thing].name, "import") == 0)
		code = import(a, argv[optind + 1], &o);
	else
		code = plan_one(a, argv[optind + 1], things[thing].kind, &o);
	arena_close(a);
	return code;
}

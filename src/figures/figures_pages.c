/* figures/figures_pages.c: the page, the charts, and the same as data */
#include "figures/figures_pages.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "contact/desk.h"
#include "db/db.h"
#include "db/kept.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"

enum { BYTES_MAX = 4 << 20, USUAL_DAYS = 90, CHART_WIDTH = 760, CHART_HEIGHT = 400, GRID_HEIGHT = 340 };

/* ---- the question --------------------------------------------------------------------------------------------------- */

/* A day that is no day is the usual one: 90 days to today. */
static struct figures_filter
filter_of(struct request *rq)
{
	const char *from = query_text(rq, "fran"), *to = query_text(rq, "till"), *channel = query_text(rq, "kanal");
	const char *by = query_text(rq, "per");
	struct figures_filter f = { .authority_id = choice_id(query_text(rq, "namnd")), .unit_id = choice_id(query_text(rq, "enhet")),
		.category_id = choice_id(query_text(rq, "omrade")) };

	if (to == NULL || !date_parse(to, &f.to))
		f.to = local_date(rq->now);
	if (from == NULL || !date_parse(from, &f.from))
		f.from = date_add(f.to, 1 - USUAL_DAYS);
	f.channel = channel != NULL && *channel != '\0' ? channel : NULL;
	for (int i = 0; by != NULL && i < FIGURES_BY; i++) {
		if (strcmp(by, figures_by_word[i]) == 0)
			f.by = (enum figures_by)i;
	}
	return f;
}

static const char *
query_of(struct arena *a, const struct figures_filter *f)
{
	struct date_str from = date_text(f->from), to = date_text(f->to);
	struct sb sb;

	sb_init(&sb, a, 1000);
	sb_addf(&sb, "fran=%s&till=%s&per=%s", from.s, to.s, figures_by_word[f->by]);
	if (f->authority_id != 0)
		sb_addf(&sb, "&namnd=%" PRId64, f->authority_id);
	desk_query(&sb, f->unit_id, f->category_id, f->channel);
	return sb_str(&sb);
}

/* ---- counted by a worker, once for a page and its charts ------------------------------------------------------------ */

struct question {
	const struct actor *actor;
	struct figures_filter filter;
	int64_t now, mark;
	const struct figures *x;	/* NULL: err says why */
	struct err err;
	slow_done_fn *answer;
	bool shows_errors;
};

/* db/kept.h gives its reader a number alone; what the number stands for is the question this thread asks just now. */
static _Thread_local const struct question *asked;

static const void *
count(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	struct figures *x = arena_alloc(a, sizeof(*x));

	(void)key;
	return figures_read(db, a, asked->actor, &asked->filter, asked->now, x, err) ? x : NULL;
}

/* A name of all that the answer depends on: who asks (her rights), what, what has happened, and the minute. */
static int64_t
name_of(struct arena *a, const struct question *q)
{
	const char *text = arena_printf(a, "%" PRId64 " %" PRId64 " %" PRId64 " %s", q->actor->account_id, q->mark, q->now / 60,
	    query_of(a, &q->filter));
	struct hash h = hash_bytes(text, strlen(text));
	int64_t name;

	memcpy(&name, h.b, sizeof(name));
	return name;
}

static void
work(struct request *rq, void *arg)
{
	struct question *q = arg;
	struct db *db = database_reader(rq->database, &q->err);	/* the worker's own */

	if (db == NULL || (q->mark == 0 && !figures_mark(db, &q->mark, &q->err)))
		return;
	asked = q;
	q->x = kept_get(db, rq->arena, count, name_of(rq->arena, q), &q->err);
	asked = NULL;
}

/* What fails is answered here, unless the page shows it in its form. */
static void
answered(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;

	if (q->x == NULL && !q->shows_errors)
		respond_err(rq, rs, &q->err);
	else
		q->answer(rq, rs, q);
}

static void
ask(struct request *rq, struct response *rs, slow_done_fn *answer, bool shows_errors)
{
	struct question *q = arena_alloc(rq->arena, sizeof(*q));
	int64_t mark = query_i64(rq, "som", 0);

	*q = (struct question){ .actor = rq->actor, .filter = filter_of(rq), .now = rq->now, .answer = answer,
		.shows_errors = shows_errors, .mark = mark > 0 ? mark : 0 };
	/* a chart asks with the page's own minute, as long as it is about this one */
	if (q->mark != 0 && query_i64(rq, "minut", 0) == rq->now / 60 - 1)
		q->now -= 60;
	respond_slowly(rq, rs, work, answered, q);
}

/* ---- the page ------------------------------------------------------------------------------------------------------- */

static bool
fill_choices(struct request *rq, const struct figures_filter *f, struct figures_view *v, struct err *err)
{
	int64_t own_id = rq->actor->n_grants > 0 ? rq->actor->grant[0].authority_id : 0;
	const struct desk *d = desk_of(rq->db, rq->arena, own_id, rq->lang, rq->now, err);
	struct choice *by = arena_array(rq->arena, FIGURES_BY, sizeof(*by));
	struct authority_list authorities;

	if (d == NULL || !authority_list(rq->db, rq->arena, &authorities, err))
		return false;
	v->n_authorities = choices_of_authorities(rq->arena, &authorities, f->authority_id == 0 ? NULL :
	    i64_text(rq->arena, f->authority_id), &v->authority);
	v->unit = desk_choose(rq->arena, d->any_unit, d->n_any_units, f->unit_id);
	v->n_units = d->n_any_units;
	v->category = desk_choose(rq->arena, d->category, d->n_categories, f->category_id);
	v->n_categories = d->n_categories;
	v->n_channels = desk_channels(rq->arena, f->channel, &v->channel);
	for (int i = 0; i < FIGURES_BY; i++)
		by[i] = (struct choice){ .value = figures_by_word[i], .text = figures_by_text[i], .chosen = f->by == (enum figures_by)i };
	v->by = by;
	return true;
}

static struct page_link
period(struct request *rq, const struct figures_filter *now, const char *name, struct date from, struct date to)
{
	struct figures_filter f = *now;

	f.from = from;
	f.to = to;
	return (struct page_link){ .href = arena_printf(rq->arena, "/siffror?%s", query_of(rq->arena, &f)), .text = name,
		.current = date_cmp(from, now->from) == 0 && date_cmp(to, now->to) == 0 };
}

static void
fill_periods(struct request *rq, const struct figures_filter *f, struct figures_view *v)
{
	struct page_link *link = arena_array(rq->arena, 4, sizeof(*link));
	struct date today = local_date(rq->now), first = { today.year, today.month, 1 }, last = date_add(first, -1);
	struct date before = { last.year, last.month, 1 };

	link[0] = period(rq, f, N_("The last 90 days"), date_add(today, 1 - USUAL_DAYS), today);
	link[1] = period(rq, f, N_("Last month"), before, last);
	link[2] = period(rq, f, N_("This year"), (struct date){ today.year, 1, 1 }, today);
	link[3] = period(rq, f, N_("The last twelve months"), date_add(today, -364), today);
	v->period = link;
	v->n_periods = 4;
}

static void
fill_lines(struct request *rq, const struct figures_measures *m, struct figures_view *v)
{
	struct figures_line *line = arena_array(rq->arena, 6, sizeof(*line));

	line[0] = (struct figures_line){ N_("Answered within the promise"), m->promise };
	line[1] = (struct figures_line){ N_("Without any answer, and the promise has run out"), m->unanswered };
	line[2] = (struct figures_line){ N_("Solved at first contact, on the phone or at a visit (half an hour)"), m->first_contact };
	line[3] = (struct figures_line){ N_("Reopened: we said done, the resident said that it was not"), m->reopened };
	line[4] = (struct figures_line){ N_("Went on to a manager or a representative"), m->escalated };
	line[5] = (struct figures_line){ N_("Say that it answered their question"), m->satisfied };
	v->line = line;
	v->n_lines = 6;
}

static void
page_answer(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;
	static const struct figures none;
	struct date_str from = date_text(q->filter.from), to = date_text(q->filter.to);
	struct figures_view v = { .x = q->x != NULL ? q->x : &none, .filter = &q->filter, .from = from.s, .to = to.s };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((q->x == NULL && !frame_again(&q->err)) || !fill_choices(rq, &q->filter, &v, &err)) {
		respond_err(rq, rs, err.code != ERR_NONE ? &err : &q->err);
		return;
	}
	v.query = arena_printf(rq->arena, "%s&som=%" PRId64 "&minut=%" PRId64, query_of(rq->arena, &q->filter), q->mark, q->now / 60);
	fill_lines(rq, &v.x->all, &v);
	fill_periods(rq, &q->filter, &v);
	if (v.x->all.oldest_open_at != 0)
		v.oldest = arena_strdup(rq->arena, tr_date(rq->lang, local_date(v.x->all.oldest_open_at)).s);
	frame_init(&page, rq, tr(rq->lang, N_("How we answer")));
	page.wide = true;
	if (q->x == NULL) {
		frame_error(&page, rq, &q->err);
		rs->status = 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	figures_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	ask(rq, rs, page_answer, true);
}

/* ---- the same as data ----------------------------------------------------------------------------------------------- */

static void
json_answer(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;
	struct sb sb;
	json_t *o = figures_json(q->x, &q->filter);

	sb_init(&sb, rq->arena, BYTES_MAX);
	json_print(&sb, o);
	json_decref(o);
	respond_text(rs, 200, "application/json", sb_str(&sb), sb.len);
}

static void
json_get(struct request *rq, struct response *rs)
{
	ask(rq, rs, json_answer, false);
}

static void
respond_csv(struct request *rq, struct response *rs, struct sb *sb, const char *name)
{
	respond_header(rq, rs, "Content-Disposition", arena_printf(rq->arena, "attachment; filename=\"%s\"", name));
	respond_text(rs, 200, "text/csv; charset=utf-8", sb_str(sb), sb->len);
}

static void
csv_answer(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;
	const char *path = rq->path;
	struct sb sb;

	sb_init(&sb, rq->arena, BYTES_MAX);
	if (strcmp(path, "/siffror/veckor.csv") == 0)
		figures_weeks_csv(&sb, q->x);
	else if (strcmp(path, "/siffror/ankomster.csv") == 0)
		figures_arrivals_csv(&sb, q->x);
	else if (strcmp(path, "/siffror/tid.csv") == 0)
		figures_curve_csv(&sb, q->x);
	else
		figures_csv(&sb, q->x, &q->filter);
	respond_csv(rq, rs, &sb, strcmp(path, "/siffror.csv") == 0 ? "siffror.csv" : strrchr(path, '/') + 1);
}

static void
csv_get(struct request *rq, struct response *rs)
{
	ask(rq, rs, csv_answer, false);
}

/* ---- charts --------------------------------------------------------------------------------------------------------- */

static void
respond_svg(struct request *rq, struct response *rs, bool ok, const char *svg, const struct err *err)
{
	if (!ok) {
		respond_err(rq, rs, err);
		return;
	}
	respond_header(rq, rs, "Cache-Control", "private, max-age=60");
	respond_text(rs, 200, "image/svg+xml", svg, strlen(svg));
}

static void
lines_answer(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;
	struct chart_lines c;
	struct err err = { 0 };
	const char *svg = NULL;
	bool ok;

	if (strcmp(rq->path, "/siffror/tid.svg") == 0)
		figures_time_chart(rq->arena, rq->lang, q->x, &c);
	else
		figures_weeks_chart(rq->arena, rq->lang, q->x, &c);
	ok = chart_lines_svg(rq->arena, &c, CHART_WIDTH, CHART_HEIGHT, &svg, &err);
	respond_svg(rq, rs, ok, svg, &err);
}

static void
lines_get(struct request *rq, struct response *rs)
{
	ask(rq, rs, lines_answer, false);
}

static void
grid_answer(struct request *rq, struct response *rs, void *arg)
{
	struct question *q = arg;
	struct chart_grid c;
	struct err err = { 0 };
	const char *svg = NULL;
	bool ok;

	figures_arrivals_chart(rq->arena, rq->lang, q->x, &c);
	ok = chart_grid_svg(rq->arena, &c, CHART_WIDTH, GRID_HEIGHT, &svg, &err);
	respond_svg(rq, rs, ok, svg, &err);
}

static void
grid_get(struct request *rq, struct response *rs)
{
	ask(rq, rs, grid_answer, false);
}

const struct route figures_routes[] = {
	{ GET, "/siffror", ACT_FIGURES, page_get, 0 },
	{ GET, "/siffror.json", ACT_FIGURES, json_get, 0 },
	{ GET, "/siffror.csv", ACT_FIGURES, csv_get, 0 },
	{ GET, "/siffror/veckor.csv", ACT_FIGURES, csv_get, 0 },
	{ GET, "/siffror/ankomster.csv", ACT_FIGURES, csv_get, 0 },
	{ GET, "/siffror/tid.csv", ACT_FIGURES, csv_get, 0 },
	{ GET, "/siffror/tid.svg", ACT_FIGURES, lines_get, 0 },
	{ GET, "/siffror/veckor.svg", ACT_FIGURES, lines_get, 0 },
	{ GET, "/siffror/ankomster.svg", ACT_FIGURES, grid_get, 0 },
	{ 0 },
};

/* figures/month_letter.c: what the letter says
 *
 * The content is an object: "arrived" (a number that was told, or null; the next letter quotes it) and "blocks", each with "kind":
 * heading and text with "text"; table with "text" (its name), "columns" and "rows" of texts; chart with "text", "description",
 * "months", "share" (per cent or null), "centre", "lower", "upper", "marked". */
#include "figures/month_letter.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "doc/letter.h"
#include "figures/figures.h"
#include "figures/suppress.h"

static const char LANG[] = "sv";	/* the administration's language, whoever reads (språklagen 10 §) */
enum { CONTENT_MAX = 1 << 20, TABLE_CELLS_MAX = 20000 };

const char *
month_letter_month(struct arena *a, const char *lang, const char *month)
{
	char day[12];
	struct date d;
	const char *text, *at;

	(void)snprintf(day, sizeof(day), "%.7s-01", month);
	if (!date_parse(day, &d))
		return month;
	text = arena_strdup(a, tr_date(lang, d).s);	/* "fredag 1 januari 2027" */
	at = strchr(text, ' ');
	at = at == NULL ? NULL : strchr(at + 1, ' ');
	return at == NULL ? text : at + 1;
}

const char *
month_letter_title(struct arena *a, const char *lang, const char *month)
{
	return arena_printf(a, tr(lang, N_("How we answered in %s")), month_letter_month(a, lang, month));
}

struct object
month_letter_object(const struct month_letter *l)
{
	return (struct object){ .authority_id = l->authority_id };
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

struct writer { struct arena *a; const struct letter_facts *f; json_t *blocks; };

static void
put(struct writer *w, const char *kind, const char *text)
{
	(void)json_array_append_new(w->blocks, json_pack("{s:s, s:s}", "kind", kind, "text", text));
}

static const char *
number(struct writer *w, size_t n)
{
	return arena_strdup(w->a, tr_number(LANG, (int64_t)n).s);
}

static const char *
percent(struct writer *w, double share)
{
	return arena_printf(w->a, "%s\302\240%%", tr_decimal(LANG, 100 * share, 0).s);	/* a space that does not break */
}

static const char *
hidden_text(void)
{
	return tr(LANG, N_("not shown"));
}

static const char *
count_text(struct writer *w, size_t n, bool hidden)
{
	return hidden ? hidden_text() : number(w, n);
}

static void
row(json_t *rows, const char *a, const char *b, const char *c)
{
	json_t *r = json_pack("[s, s]", a, b);

	if (c != NULL)
		(void)json_array_append_new(r, json_string(c));
	(void)json_array_append_new(rows, r);
}

static void
table(struct writer *w, const char *name, json_t *columns, json_t *rows)
{
	(void)json_array_append_new(w->blocks, json_pack("{s:s, s:s, s:o, s:o}", "kind", "table", "text", name, "columns", columns, "rows",
	    rows));
}

static void
small_numbers(struct writer *w)
{
	put(w, "text", arena_printf(w->a, tr(LANG, N_("A number below %d is not shown, nor others that would give it away, so that nobody can be recognised.")),
	    SUPPRESS_LEAST));
}

/* ---- kept promises, month by month ---------------------------------------------------------------------------------- */

static double
share_of(const struct letter_month *m)
{
	return m->due < FIGURES_LEAST ? NAN : (double)m->kept / (double)m->due;
}

/* "The month before it was 82 %. The difference is noise: ..." */
static const char *
compared(struct writer *w, const struct xmr *x, double now, double before, unsigned rules)
{
	if (isnan(before))
		return tr(LANG, N_("The month before fewer than ten were to be answered: there is nothing to compare with."));
	if (x->n < MONTH_LETTER_JUDGED || isnan(x->lower))
		return arena_printf(w->a, tr(LANG, N_("The month before it was %s. There are too few months yet to tell a change from chance.")),
		    percent(w, before));
	if (rules == 0)
		return arena_printf(w->a, tr(LANG, N_("The month before it was %s. The difference is noise: chance alone gives from %s to %s.")),
		    percent(w, before), percent(w, fmax(0, x->lower / 100)), percent(w, fmin(1, x->upper / 100)));
	return arena_printf(w->a, 100 * now >= x->centre ?
	    tr(LANG, N_("The month before it was %s. This is a signal: it is better than chance alone gives (%s to %s). Ask what was done, and keep it.")) :
	    tr(LANG, N_("The month before it was %s. This is a signal: it is worse than chance alone gives (%s to %s). Ask what has happened.")),
	    percent(w, before), percent(w, fmax(0, x->lower / 100)), percent(w, fmin(1, x->upper / 100)));
}

static void
promise_chart(struct writer *w, const double *value, const struct xmr *x, const unsigned *rules, const char *said)
{
	json_t *months = json_array(), *share = json_array(), *marked = json_array();
	int first = 0;

	while (first < MONTH_LETTER_HISTORY - 2 && isnan(value[first]))
		first++;
	for (int i = first; i < MONTH_LETTER_HISTORY; i++) {
		int month = w->f->year * 12 + w->f->month - 1 - (MONTH_LETTER_HISTORY - 1 - i);

		(void)json_array_append_new(months, json_string(arena_printf(w->a, "%04d-%02d", month / 12, month % 12 + 1)));
		(void)json_array_append_new(share, isnan(value[i]) ? json_null() : json_real(round(value[i])));
		(void)json_array_append_new(marked, json_boolean(rules[i] != 0));
	}
	(void)json_array_append_new(w->blocks, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "chart", "text",
	    tr(LANG, N_("Answered within the promise, month by month")), "description", said, "months", months, "share", share, "marked", marked,
	    "centre", isnan(x->centre) ? json_null() : json_real(round(x->centre)), "lower", isnan(x->lower) || x->n < MONTH_LETTER_JUDGED ?
	    json_null() : json_real(round(fmax(0, x->lower))), "upper", isnan(x->upper) || x->n < MONTH_LETTER_JUDGED ? json_null() :
	    json_real(round(fmin(100, x->upper)))));
}

static void
promises(struct writer *w)
{
	const struct letter_month *now = &w->f->history[MONTH_LETTER_HISTORY - 1];
	double value[MONTH_LETTER_HISTORY], share = share_of(now);
	unsigned rules[MONTH_LETTER_HISTORY] = { 0 };
	const char *said, *before;
	struct xmr x;

	for (int i = 0; i < MONTH_LETTER_HISTORY; i++)
		value[i] = 100 * share_of(&w->f->history[i]);
	x = xmr_of(w->a, value, MONTH_LETTER_HISTORY);
	for (size_t i = 0; i < x.n_signals && x.n >= MONTH_LETTER_JUDGED; i++)
		rules[x.signal[i].index] |= 1u << (x.signal[i].rule - 1);
	put(w, "heading", tr(LANG, N_("Did we keep what we promised?")));
	if (isnan(share)) {
		put(w, "text", tr(LANG, N_("Fewer than ten contacts were to be answered in the month: too few to tell a share.")));
		return;
	}
	/* with few on one side the numbers themselves would tell of single contacts */
	said = suppress_alone(now->kept) || suppress_alone(now->due - now->kept) ? arena_printf(w->a,
	    tr(LANG, N_("About %s of those who should have had their answer in the month had it within the time we promise.")), percent(w, share)) :
	    arena_printf(w->a, tr(LANG, N_("%s contacts should have had their answer in the month. %s had it within the time we promise: %s.")),
	    number(w, now->due), number(w, now->kept), percent(w, share));
	before = compared(w, &x, share, value[MONTH_LETTER_HISTORY - 2] / 100, rules[MONTH_LETTER_HISTORY - 1]);
	put(w, "text", said);
	put(w, "text", before);
	put(w, "text", tr(LANG, N_("What we said was done, and the resident says was not, is not counted as kept.")));
	promise_chart(w, value, &x, rules, arena_printf(w->a, "%s %s", said, before));
}

/* ---- time ----------------------------------------------------------------------------------------------------------- */

static void
times(struct writer *w)
{
	const struct letter_facts *f = w->f;
	double difference = f->mean - f->mean_before, margin = 1.96 * sqrt(f->mean_se * f->mean_se + f->mean_se_before * f->mean_se_before);

	put(w, "heading", tr(LANG, N_("How long did it take?")));
	if (f->arrived < FIGURES_LEAST) {
		put(w, "text", tr(LANG, N_("Fewer than ten contacts came in the month: too few to tell a time.")));
		return;
	}
	put(w, "text", isnan(f->median) ? tr(LANG, N_("Half of those who came in the month had not had an answer when this was counted.")) :
	    arena_printf(w->a, tr(LANG, N_("Half had an answer within %s working hours.")), tr_decimal(LANG, f->median, 1).s));
	put(w, "text", isnan(f->p90) ? tr(LANG, N_("Nine in ten had not yet had an answer when this was counted.")) :
	    arena_printf(w->a, tr(LANG, N_("Nine in ten had one within %s working hours; those who still wait are counted as waiting.")),
	    tr_decimal(LANG, f->p90, 1).s));
	put(w, "text", tr(LANG, N_("Working hours are the phone hours of the unit that has the contact, as they are written; where none are, 8 to 16 on working days.")));
	if (isnan(margin) || isnan(difference))
		return;
	put(w, "text", arena_printf(w->a, fabs(difference) <= margin ?
	    tr(LANG, N_("In the first week of work a contact waited %s working hours in the mean, the month before %s. The difference is noise.")) :
	    difference < 0 ? tr(LANG, N_("In the first week of work a contact waited %s working hours in the mean, the month before %s. That is a signal: shorter than chance explains.")) :
	    tr(LANG, N_("In the first week of work a contact waited %s working hours in the mean, the month before %s. That is a signal: longer than chance explains.")),
	    tr_decimal(LANG, f->mean, 1).s, tr_decimal(LANG, f->mean_before, 1).s));
}

/* ---- what waited, and what residents complained about --------------------------------------------------------------- */

static void
waiting(struct writer *w)
{
	const struct letter_facts *f = w->f;
	size_t *count = arena_array(w->a, f->n_units, sizeof(*count));
	bool *hidden = arena_array(w->a, f->n_units, sizeof(*hidden)), told;
	json_t *rows;

	put(w, "heading", tr(LANG, N_("What waited?")));
	for (size_t i = 0; i < f->n_units; i++)
		count[i] = f->unit[i].n;
	told = suppress(count, f->n_units, hidden);
	if (f->waiting == 0) {
		put(w, "text", tr(LANG, N_("When the month ended nobody waited longer than we promise.")));
		return;
	}
	if (!told) {
		put(w, "text", tr(LANG, N_("When the month ended a few waited longer than we promise: so few that the number is not shown.")));
		return;
	}
	put(w, "text", arena_printf(w->a, tr(LANG, N_("When the month ended %s contacts had waited longer than we promise. The oldest had come %s working days before.")),
	    number(w, f->waiting), number(w, (size_t)f->oldest_days)));
	rows = json_array();
	for (size_t i = 0; i < f->n_units; i++)
		row(rows, f->unit[i].name, count_text(w, count[i], hidden[i]), NULL);
	row(rows, tr(LANG, N_("All together")), number(w, f->waiting), NULL);
	table(w, tr(LANG, N_("Waited past the promise when the month ended")), json_pack("[s, s]", tr(LANG, N_("Unit")), tr(LANG, N_("Contacts"))), rows);
}

static void
complaints(struct writer *w)
{
	const struct letter_facts *f = w->f;
	size_t n = f->n_categories, sum = 0, *came = arena_array(w->a, n, sizeof(*came)), *not_done = arena_array(w->a, n, sizeof(*not_done));
	bool *hide_came = arena_array(w->a, n, sizeof(bool)), *hide_not = arena_array(w->a, n, sizeof(bool)), came_told, not_told;
	json_t *rows;

	if (n == 0)
		return;
	rows = json_array();
	for (size_t i = 0; i < n; i++) {
		came[i] = f->category[i].n;
		not_done[i] = f->not_done[i].n;
		sum += not_done[i];
	}
	came_told = suppress(came, n, hide_came);
	not_told = suppress(not_done, n, hide_not);
	put(w, "heading", tr(LANG, N_("What was it about, and what was not done?")));
	for (size_t i = 0; i < n; i++)
		row(rows, f->category[i].name, count_text(w, came[i], hide_came[i] || (!came_told && came[i] > 0)),
		    count_text(w, not_done[i], hide_not[i] || (!not_told && not_done[i] > 0)));
	row(rows, tr(LANG, N_("All together")), came_told ? number(w, f->arrived) : hidden_text(), not_told ? number(w, sum) : hidden_text());
	table(w, tr(LANG, N_("What residents turned to us about, and where they say that it was not done")), json_pack("[s, s, s]",
	    tr(LANG, N_("Category")), tr(LANG, N_("Contacts")), tr(LANG, N_("Said not done"))), rows);
	put(w, "text", tr(LANG, N_("Said not done: we answered that it was done, and the resident says that it was not.")));
}

static void
escalations(struct writer *w)
{
	static const char *const level[3] = { N_("The unit's manager"), N_("An elected representative"), N_("The committee's chair") };
	const struct letter_facts *f = w->f;
	size_t sum = f->escalated[0] + f->escalated[1] + f->escalated[2];
	bool hidden[3], told = suppress(f->escalated, 3, hidden);
	json_t *rows;

	put(w, "heading", tr(LANG, N_("Who was not satisfied, and went on?")));
	if (sum == 0) {
		put(w, "text", tr(LANG, N_("Nobody turned to a manager or an elected representative with our answer.")));
		return;
	}
	rows = json_array();
	for (size_t i = 0; i < 3; i++)
		row(rows, tr(LANG, level[i]), count_text(w, f->escalated[i], hidden[i] || (!told && f->escalated[i] > 0)), NULL);
	row(rows, tr(LANG, N_("All together")), told ? number(w, sum) : hidden_text(), NULL);
	table(w, tr(LANG, N_("Not satisfied with the answer, by whom they turned to")), json_pack("[s, s]", tr(LANG, N_("Turned to")), tr(LANG, N_("Times"))), rows);
}

static void
calls(struct writer *w)
{
	const struct letter_facts *f = w->f;
	double share;

	if (!f->calls || f->calls_answered + f->calls_lost < FIGURES_LEAST)
		return;
	share = (double)f->calls_lost / (double)(f->calls_answered + f->calls_lost);
	put(w, "heading", tr(LANG, N_("Did we answer the phone?")));
	put(w, "text", suppress_alone(f->calls_lost) || suppress_alone(f->calls_answered) ? arena_printf(w->a,
	    tr(LANG, N_("About %s of those who called hung up or were turned away before anybody answered.")), percent(w, share)) :
	    arena_printf(w->a, tr(LANG, N_("%s called, and %s of them (%s) hung up or were turned away before anybody answered.")),
	    number(w, f->calls_answered + f->calls_lost), number(w, f->calls_lost), percent(w, share)));
	if (f->called_back_due >= FIGURES_LEAST)
		put(w, "text", arena_printf(w->a, tr(LANG, N_("Of those who were to be called back %s were reached within the time we promise.")),
		    percent(w, (double)f->called_back_kept / (double)f->called_back_due)));
}

static void
opening(struct writer *w)
{
	const struct letter_facts *f = w->f;

	put(w, "text", !f->before_told ? arena_printf(w->a, tr(LANG, N_("%s contacts came to the committee's administration in the month.")),
	    number(w, f->arrived)) : arena_printf(w->a, tr(LANG, N_("%s contacts came to the committee's administration in the month, %s in the month before.")),
	    number(w, f->arrived), number(w, f->arrived_before)));
}

const char *
month_letter_content(struct arena *a, const struct letter_facts *f)
{
	struct writer w = { .a = a, .f = f, .blocks = json_array() };
	size_t *came = arena_array(a, f->n_categories, sizeof(*came));
	bool *hidden = arena_array(a, f->n_categories, sizeof(*hidden)), told;
	json_t *o;
	struct sb sb;

	/* the sum stands beside the categories: where it would give one away, it is nowhere */
	for (size_t i = 0; i < f->n_categories; i++)
		came[i] = f->category[i].n;
	told = suppress(came, f->n_categories, hidden) && !suppress_alone(f->arrived);
	if (told)
		opening(&w);
	else
		put(&w, "text", tr(LANG, N_("A few contacts came to the committee's administration in the month.")));
	promises(&w);
	times(&w);
	calls(&w);
	waiting(&w);
	complaints(&w);
	escalations(&w);
	put(&w, "heading", tr(LANG, N_("How to read this")));
	small_numbers(&w);
	put(&w, "text", tr(LANG, N_("Counted are contacts that are open to all: what is secret, or concerns somebody with protected personal data, is in no number here. Spam, contacts merged into another or sent on to another committee, and those that cannot be answered are left out.")));
	put(&w, "text", tr(LANG, N_("Signal means that chance alone seldom gives such a month: outside the limits, seven months in a row on one side or in one direction, or two of three near a limit. All else is noise: do not explain it.")));
	o = json_pack("{s:o, s:o}", "arrived", told ? json_integer((json_int_t)f->arrived) : json_null(), "blocks", w.blocks);
	sb_init(&sb, a, CONTENT_MAX);
	json_print(&sb, o);
	json_decref(o);
	return sb_str(&sb);
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static const char *
text_of(struct arena *a, const json_t *v)
{
	return arena_strdup(a, json_is_string(v) ? json_string_value(v) : "");
}

static double
number_of(const json_t *v)
{
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static const char *
month_mark(struct arena *a, void *context, double i)
{
	const char *const *month = context;
	size_t n = 0;

	while (month[n] != NULL)
		n++;
	return i >= 0 && (size_t)i < n ? arena_printf(a, "%.2s/%.2s", month[(size_t)i] + 5, month[(size_t)i] + 2) : "";
}

static const struct chart_lines *
chart_of(struct arena *a, const json_t *o)
{
	struct chart_lines *c = arena_alloc(a, sizeof(*c));
	const json_t *months = json_object_get(o, "months"), *share = json_object_get(o, "share"), *marked = json_object_get(o, "marked");
	size_t n = json_array_size(months);
	const char **month = arena_array(a, n + 1, sizeof(*month));
	struct chart_series *series = arena_array(a, 4, sizeof(*series));
	double *x = arena_array(a, n, sizeof(*x)), *y[4];
	bool *mark = arena_array(a, n, sizeof(*mark)), any = false;

	for (int k = 0; k < 4; k++)
		y[k] = arena_array(a, n, sizeof(**y));
	for (size_t i = 0; i < n; i++) {
		month[i] = text_of(a, json_array_get(months, i));
		if (strlen(month[i]) < 7)
			month[i] = "0000-00";
		x[i] = (double)i;
		y[0][i] = number_of(json_array_get(share, i));
		y[1][i] = number_of(json_object_get(o, "centre"));
		y[2][i] = number_of(json_object_get(o, "lower"));
		y[3][i] = number_of(json_object_get(o, "upper"));
		mark[i] = json_is_true(json_array_get(marked, i));
		any = any || mark[i];
	}
	series[0] = (struct chart_series){ tr(LANG, N_("share")), y[0], CHART_LINE };
	series[1] = (struct chart_series){ tr(LANG, N_("mean")), y[1], CHART_DOTTED };
	series[2] = (struct chart_series){ tr(LANG, N_("what chance alone gives, from")), y[2], CHART_DASHED };
	series[3] = (struct chart_series){ tr(LANG, N_("what chance alone gives, to")), y[3], CHART_DASHED };
	*c = (struct chart_lines){ .title = text_of(a, json_object_get(o, "text")), .description = text_of(a, json_object_get(o, "description")),
		.x_name = tr(LANG, N_("month")), .y_name = "%", .series = series, .n_series = json_is_null(json_object_get(o, "lower")) ? 2 : 4,
		.x = x, .n_x = n, .x_mark = month_mark, .context = month, .dots = true, .x_step = n > 12 ? 3 : 1, .marked = mark,
		.marked_name = any ? tr(LANG, N_("signal")) : NULL };
	return c;
}

static void
table_of(struct arena *a, const json_t *o, struct block *b)
{
	const json_t *columns = json_object_get(o, "columns"), *rows = json_object_get(o, "rows");
	const char **column, **cell;

	b->n_columns = json_array_size(columns);
	b->n_rows = b->n_columns > 0 && json_array_size(rows) <= TABLE_CELLS_MAX / b->n_columns ? json_array_size(rows) : 0;
	b->column = column = arena_array(a, b->n_columns, sizeof(*column));
	b->cell = cell = arena_array(a, b->n_rows * b->n_columns, sizeof(*cell));
	for (size_t k = 0; k < b->n_columns; k++)
		column[k] = text_of(a, json_array_get(columns, k));
	for (size_t i = 0; i < b->n_rows; i++) {
		for (size_t k = 0; k < b->n_columns; k++)
			cell[i * b->n_columns + k] = text_of(a, json_array_get(json_array_get(rows, i), k));
	}
}

/* The months of a chart as a table: the same without seeing it. */
static struct block
chart_table(struct arena *a, const struct chart_lines *c)
{
	struct block b = { .kind = BLOCK_TABLE, .text = c->title, .n_columns = 3, .n_rows = c->n_x };
	const char **column = arena_array(a, 3, sizeof(*column)), **cell = arena_array(a, 3 * c->n_x, sizeof(*cell));
	const char *const *month = c->context;

	column[0] = tr(LANG, N_("Month"));
	column[1] = tr(LANG, N_("Share"));
	column[2] = tr(LANG, N_("Signal or noise"));
	for (size_t i = 0; i < c->n_x; i++) {
		bool known = !isnan(c->series[0].y[i]);

		cell[3 * i] = month[i];
		cell[3 * i + 1] = known ? arena_printf(a, "%s %%", tr_decimal(LANG, c->series[0].y[i], 0).s) : "-";
		cell[3 * i + 2] = !known ? tr(LANG, N_("too few to judge")) : c->n_series < 4 ? "-" : c->marked[i] ? tr(LANG, N_("signal")) :
		    tr(LANG, N_("noise"));
	}
	b.column = column;
	b.cell = cell;
	return b;
}

bool
month_letter_blocks(struct arena *a, const char *content, struct blocks *out, struct err *err)
{
	json_t *o, *list;
	size_t n;

	if (!json_parse(content, strlen(content), &o, err))
		return err_add(err, "month letter");
	list = json_object_get(o, "blocks");
	n = json_array_size(list);
	*out = (struct blocks){ .item = arena_array(a, 2 * n, sizeof(*out->item)) };
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		const char *kind = json_text_or(from, "kind", "");
		struct block *b = &out->item[out->n++];

		*b = (struct block){ .kind = BLOCK_TEXT, .text = text_of(a, json_object_get(from, "text")) };
		if (strcmp(kind, "heading") == 0)
			b->kind = BLOCK_HEADING;
		else if (strcmp(kind, "table") == 0) {
			b->kind = BLOCK_TABLE;
			table_of(a, from, b);
		} else if (strcmp(kind, "chart") == 0) {
			b->kind = BLOCK_CHART;
			b->chart = chart_of(a, from);
			out->item[out->n++] = chart_table(a, b->chart);
		}
	}
	json_decref(o);
	return true;
}

/* ---- the PDF -------------------------------------------------------------------------------------------------------- */

static void
draw_chart(struct _cairo *cr, struct arena *a, const void *arg, double width, double height)
{
	chart_lines_draw(cr, a, arg, width, height);
}

bool
month_letter_pdf(struct arena *a, const struct month_letter *l, const char *site_name, const void *logo, size_t logo_bytes,
    const void **bytes, size_t *n, struct err *err)
{
	struct letter letter = { .lang = LANG, .sender = site_name, .logo = logo, .logo_bytes = logo_bytes, .at = l->made_at,
		.recipient = l->authority_name, .number_label = tr(LANG, N_("Monthly letter")), .text = "", .signature = "", .footer = site_name };
	struct letter_part *part;
	struct blocks blocks;

	if (!month_letter_blocks(a, l->content, &blocks, err))
		return false;
	part = arena_array(a, blocks.n, sizeof(*part));
	for (size_t i = 0; i < blocks.n; i++) {
		const struct block *b = &blocks.item[i];

		part[i] = (struct letter_part){ .text = b->text, .kind = b->kind == BLOCK_HEADING ? LETTER_HEADING : b->kind == BLOCK_TABLE ?
			LETTER_TABLE : b->kind == BLOCK_CHART ? LETTER_DRAWING : LETTER_TEXT, .column = b->column, .n_columns = b->n_columns,
			.cell = b->cell, .n_rows = b->n_rows };
		if (b->kind == BLOCK_CHART) {
			part[i].text = b->chart->description;
			part[i].draw = draw_chart;
			part[i].arg = b->chart;
			part[i].width = 760;
			part[i].height = 400;
		}
	}
	letter.date = arena_strdup(a, tr_date(LANG, local_date(l->made_at)).s);
	letter.number = arena_printf(a, l->edition > 1 ? tr(LANG, N_("%s, edition %d")) : "%s", month_letter_month(a, LANG, l->month), (int)l->edition);
	letter.title = month_letter_title(a, LANG, l->month);
	letter.page_label = tr(LANG, N_("Page %d of %d"));
	letter.part = part;
	letter.n_parts = blocks.n;
	return letter_pdf(a, &letter, bytes, n, err) || err_add(err, "letter of %s %s", l->authority_code, l->month);
}

/* figures/figures_data.c: the figures as JSON and CSV, for spreadsheets and other programs */
#include "figures/figures.h"

#include <math.h>
#include <string.h>

#include "base/sb.h"

static const char *const out_name[FIGURES_OUT] = { [OUT_SPAM] = "spam", [OUT_MERGED] = "merged", [OUT_PASSED_ON] = "passed_on",
	[OUT_UNREACHABLE] = "unreachable" };

static json_t *
number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *
share_json(struct figures_share s)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:I}", "value", number(s.value), "low", number(s.low), "high", number(s.high), "n",
	    (json_int_t)s.n, "of", (json_int_t)s.of);
}

static json_t *
time_json(const struct figures_time *t)
{
	return json_pack("{s:o, s:[o,o], s:o, s:[o,o], s:o, s:o, s:o, s:o}", "median", number(t->median), "median_95",
	    number(t->median_95.low), number(t->median_95.high), "p90", number(t->p90), "p90_95", number(t->p90_95.low),
	    number(t->p90_95.high), "mean", number(t->mean.mean), "mean_se", number(t->mean.se), "mean_within", t->mean_to > 0 ?
	    number(t->mean_to) : json_null(), "longest_wait_seen", number(t->longest));
}

static json_t *
measures_json(const struct figures_measures *m)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:I}", "contacts", (json_int_t)m->n, "answered", (json_int_t)m->answered, "open",
	    (json_int_t)m->open, "not_due", (json_int_t)m->not_due), *out = json_object();

	for (int i = COUNTED_IN + 1; i < FIGURES_OUT; i++)
		(void)json_object_set_new(out, out_name[i], json_integer((json_int_t)m->out[i]));
	(void)json_object_set_new(o, "oldest_open", m->oldest_open_at == 0 ? json_null() :
	    json_string(instant_text(m->oldest_open_at).s));
	(void)json_object_set_new(o, "left_out", out);
	(void)json_object_set_new(o, "within_promise", share_json(m->promise));
	(void)json_object_set_new(o, "unanswered", share_json(m->unanswered));
	(void)json_object_set_new(o, "first_contact", share_json(m->first_contact));
	(void)json_object_set_new(o, "reopened", share_json(m->reopened));
	(void)json_object_set_new(o, "escalated", share_json(m->escalated));
	(void)json_object_set_new(o, "satisfied", share_json(m->satisfied));
	(void)json_object_set_new(o, "working_hours", time_json(&m->working));
	return o;
}

static json_t *
weeks_json(const struct figures *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->n_weeks; i++) {
		const struct figures_week *w = &x->week[i];
		json_t *rules = json_array();

		for (int r = 0; r < 4; r++) {
			if ((w->rules & 1u << r) != 0)
				(void)json_array_append_new(rules, json_integer(r + 1));
		}
		(void)json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "week_of", date_text(w->monday).s,
		    "contacts", (json_int_t)w->n, "due", (json_int_t)w->due, "kept", (json_int_t)w->kept, "not_due",
		    (json_int_t)w->not_due, "share", number(w->share), "signals", rules));
	}
	return list;
}

static const char *
group_name(const struct figures_group *g)
{
	return g->name == NULL ? "-" : g->name;
}

static json_t *
calls_json(const struct figures_calls *c)
{
	return !c->counted ? json_null() : json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}}", "answered",
	    (json_int_t)c->answered, "lost", (json_int_t)c->lost, "lost_without_number", (json_int_t)c->withheld, "answered_within_180_s",
	    share_json(c->at_once), "lost_share", share_json(c->lost_share), "called_back_within_promise", share_json(c->called_back),
	    "callbacks", "waiting", (json_int_t)c->waiting, "we_called", (json_int_t)c->by_us, "answered_later", (json_int_t)c->by_them,
	    "closed_by_hand", (json_int_t)c->by_hand);
}

json_t *
figures_json(const struct figures *x, const struct figures_filter *f)
{
	json_t *o = measures_json(&x->all), *curve = json_array(), *heat = json_array(), *groups = json_array();

	for (size_t i = 0; i < x->curve.n; i++) {
		const struct survival_point *p = &x->curve.point[i];

		(void)json_array_append_new(curve, json_pack("{s:f, s:o, s:o, s:o}", "hours", p->t, "waiting", number(p->survival), "low",
		    number(p->low), "high", number(p->high)));
	}
	for (size_t d = 0; d < 7; d++) {
		json_t *row = json_array();

		for (size_t h = 0; h < FIGURES_HALF_HOURS; h++)
			(void)json_array_append_new(row, json_integer((json_int_t)x->heat[d][h]));
		(void)json_array_append_new(heat, row);
	}
	for (size_t i = 0; i < x->n_groups; i++) {
		json_t *g = measures_json(&x->group[i].m);

		(void)json_object_set_new(g, "id", json_integer((json_int_t)x->group[i].key));
		(void)json_object_set_new(g, "name", json_string(group_name(&x->group[i])));
		(void)json_array_append_new(groups, g);
	}
	(void)json_object_set_new(o, "from", json_string(date_text(f->from).s));
	(void)json_object_set_new(o, "to", json_string(date_text(f->to).s));
	(void)json_object_set_new(o, "counted_at", json_string(instant_text(x->at).s));
	(void)json_object_set_new(o, "calendar_days", time_json(&x->all.calendar));
	(void)json_object_set_new(o, "calls", calls_json(&x->calls));
	(void)json_object_set_new(o, "weeks", weeks_json(x));
	(void)json_object_set_new(o, "working_hours_from", json_pack("{s:I, s:I}", "phone_hours", (json_int_t)x->by_hours,
	    "office_8_to_16", (json_int_t)x->by_default));
	(void)json_object_set_new(o, "xmr", json_pack("{s:o, s:o, s:o, s:I}", "centre", number(x->xmr.centre), "lower",
	    number(x->xmr.lower), "upper", number(x->xmr.upper), "weeks", (json_int_t)x->xmr.n));
	(void)json_object_set_new(o, "curve", curve);
	(void)json_object_set_new(o, "arrivals", heat);
	(void)json_object_set_new(o, "by", json_string(figures_by_word[f->by]));
	(void)json_object_set_new(o, "groups", groups);
	return o;
}

/* ---- CSV: an empty field is what cannot be told ---------------------------------------------------------------------- */

static void
field(struct sb *sb, double v)
{
	sb_add_c(sb, ',');
	if (isfinite(v))
		sb_double(sb, v);
}

static void
share_fields(struct sb *sb, struct figures_share s)
{
	sb_addf(sb, ",%zu,%zu", s.n, s.of);
	field(sb, s.value);
}

static void
measures_line(struct sb *sb, const struct figures_filter *f, const char *by, const char *name, const struct figures_measures *m)
{
	sb_addf(sb, "%s,%s,%s,", date_text(f->from).s, date_text(f->to).s, by);
	sb_csv(sb, name);
	sb_addf(sb, ",%zu,%zu,%zu,%zu", m->n, m->answered, m->open, m->not_due);
	share_fields(sb, m->promise);
	share_fields(sb, m->unanswered);
	share_fields(sb, m->first_contact);
	share_fields(sb, m->reopened);
	share_fields(sb, m->escalated);
	share_fields(sb, m->satisfied);
	field(sb, m->working.median);
	field(sb, m->working.p90);
	field(sb, m->working.mean.mean);
	field(sb, m->working.mean_to > 0 ? m->working.mean_to : NAN);
	for (int i = COUNTED_IN + 1; i < FIGURES_OUT; i++)
		sb_addf(sb, ",%zu", m->out[i]);
}

void
figures_csv(struct sb *sb, const struct figures *x, const struct figures_filter *f)
{
	sb_add(sb, "from,to,by,name,contacts,answered,open,not_due");
	for (size_t i = 0; i < 6; i++) {
		static const char *const name[] = { "promise", "unanswered", "first_contact", "reopened", "escalated", "satisfied" };

		sb_addf(sb, ",%s_n,%s_of,%s_share", name[i], name[i], name[i]);
	}
	sb_add(sb, ",median_hours,p90_hours,mean_hours,mean_within_hours");
	for (int i = COUNTED_IN + 1; i < FIGURES_OUT; i++)
		sb_addf(sb, ",left_out_%s", out_name[i]);
	sb_add(sb, ",calls_answered,calls_lost,called_back_n,called_back_of,called_back_share\r\n");
	measures_line(sb, f, "", "", &x->all);
	if (x->calls.counted) {
		sb_addf(sb, ",%zu,%zu", x->calls.answered, x->calls.lost);
		share_fields(sb, x->calls.called_back);
		sb_add(sb, "\r\n");
	} else {
		sb_add(sb, ",,,,,\r\n");
	}
	for (size_t i = 0; i < x->n_groups; i++) {	/* calls are of the whole alone */
		measures_line(sb, f, figures_by_word[f->by], group_name(&x->group[i]), &x->group[i].m);
		sb_add(sb, ",,,,,\r\n");
	}
}

void
figures_weeks_csv(struct sb *sb, const struct figures *x)
{
	sb_add(sb, "week_of,contacts,due,within_promise,not_due,share,signal_rules\r\n");
	for (size_t i = 0; i < x->n_weeks; i++) {
		const struct figures_week *w = &x->week[i];
		const char *between = "";

		sb_addf(sb, "%s,%zu,%zu,%zu,%zu", date_text(w->monday).s, w->n, w->due, w->kept, w->not_due);
		field(sb, w->share);
		sb_add_c(sb, ',');
		for (int r = 0; r < 4; r++) {
			if ((w->rules & 1u << r) != 0) {
				sb_addf(sb, "%s%d", between, r + 1);
				between = " ";
			}
		}
		sb_add(sb, "\r\n");
	}
}

void
figures_arrivals_csv(struct sb *sb, const struct figures *x)
{
	sb_add(sb, "from,monday,tuesday,wednesday,thursday,friday,saturday,sunday\r\n");
	for (int h = 0; h < FIGURES_HALF_HOURS; h++) {
		sb_addf(sb, "%02d:%02d", h / 2, h % 2 * 30);
		for (int d = 0; d < 7; d++)
			sb_addf(sb, ",%zu", x->heat[d][h]);
		sb_add(sb, "\r\n");
	}
}

void
figures_curve_csv(struct sb *sb, const struct figures *x)
{
	sb_add(sb, "working_hours,not_yet_answered,low,high,waiting\r\n0,1,1,1,");
	sb_addf(sb, "%zu\r\n", x->all.n);
	for (size_t i = 0; i < x->curve.n; i++) {
		const struct survival_point *p = &x->curve.point[i];

		sb_double(sb, p->t);
		field(sb, p->survival);
		field(sb, p->low);
		field(sb, p->high);
		sb_addf(sb, ",%zu\r\n", p->at_risk - p->events);
	}
}

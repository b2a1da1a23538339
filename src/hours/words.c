/* hours/words.c: hours as people read them */
#include "hours/words.h"

#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"

enum { WORDS_MAX = 400 };

/* Whole sentences a kind, so that a translator can turn each around. */
const char *
hours_sentence(struct arena *a, const char *lang, enum hours_kind kind, const struct hours_now *at, int64_t now)
{
	const char *why = at->why == NULL ? NULL : tr(lang, at->why);
	struct tr_str when = at->until != 0 ? tr_when(lang, at->until, now) : (struct tr_str){ "" };
	bool phone = kind == HOURS_PHONE;
	struct sb sb;

	sb_init(&sb, a, WORDS_MAX);
	if (at->open && at->until == 0)
		sb_add(&sb, tr(lang, phone ? N_("We answer the phone round the clock.") : N_("Open for visits round the clock.")));
	else if (at->open)
		sb_addf(&sb, tr(lang, phone ? N_("We answer the phone now, until %s.") : N_("Open for visits now, until %s.")), when.s);
	else if (at->until != 0 && why != NULL)
		sb_addf(&sb, tr(lang, phone ? N_("Nobody answers the phone now (%s). We answer again %s.") :
		    N_("Closed for visits now (%s). Opens %s.")), why, when.s);
	else if (at->until != 0)
		sb_addf(&sb, tr(lang, phone ? N_("Nobody answers the phone now. We answer again %s.") :
		    N_("Closed for visits now. Opens %s.")), when.s);
	else if (why != NULL)
		sb_addf(&sb, tr(lang, phone ? N_("Nobody answers the phone now (%s).") : N_("Closed for visits now (%s).")), why);
	else
		sb_add(&sb, tr(lang, phone ? N_("Nobody answers the phone now.") : N_("Closed for visits now.")));
	return sb_str(&sb);
}

/* Names stand in sentences elsewhere ("lördag"); here one begins a line. */
static const char *
capital(struct arena *a, const char *name)
{
	char *out = arena_strdup(a, name);

	if (out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
	return out;
}

const char *
hours_weekdays(struct arena *a, const char *lang, enum weekday first, enum weekday last)
{
	static const char *const name[] = { "", N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"),
		N_("Saturday"), N_("Sunday") };
	struct sb sb;

	sb_init(&sb, a, WORDS_MAX);
	if (first == last)
		sb_add(&sb, capital(a, tr(lang, name[first])));
	else
		sb_addf(&sb, tr(lang, N_("%s to %s")), capital(a, tr(lang, name[first])), tr(lang, name[last]));
	return sb_str(&sb);
}

static void
add_clock(struct sb *sb, const char *lang, int minutes)
{
	bool en = strcmp(lang, "en") == 0;

	sb_addf(sb, en ? "%02d:%02d" : "%d.%02d", minutes / 60, minutes % 60);
}

const char *
hours_times(struct arena *a, const char *lang, const struct hours_span *span, size_t n)
{
	struct sb sb;

	if (n == 0)
		return tr(lang, N_("Closed"));
	sb_init(&sb, a, WORDS_MAX);
	for (size_t i = 0; i < n; i++) {
		sb_add(&sb, i == 0 ? "" : ", ");
		add_clock(&sb, lang, span[i].opens);
		sb_add(&sb, "–");
		add_clock(&sb, lang, span[i].closes);
	}
	return sb_str(&sb);
}

static bool
same_times(const struct hours_line *l, const struct hours_day *day)
{
	return l->n == day->n && memcmp(l->span, day->span, day->n * sizeof(day->span[0])) == 0;
}

/* The weekly hours alone: what holds when no day is anything but usual. */
static struct hours_plan
usual(const struct hours_plan *plan)
{
	return (struct hours_plan){ .rule = plan->rule, .n_rules = plan->n_rules };
}

/* A Monday whose week holds no holiday, with the hours that hold today: the week is asked of dates far from any. */
static void
usual_day(const struct hours_plan *plan, enum hours_kind kind, enum weekday weekday, struct date today,
    struct hours_day *out)
{
	struct hours_rule here[64];
	struct hours_plan week = usual(plan);
	size_t n = 0;

	for (size_t i = 0; i < plan->n_rules && n < ARRAY_LEN(here); i++) {
		const struct hours_rule *r = &plan->rule[i];

		if (date_cmp(r->from, today) <= 0 && (r->to.year == 0 || date_cmp(today, r->to) <= 0)) {
			here[n] = *r;
			here[n].from = (struct date){ 1990, 1, 1 };
			here[n++].to = (struct date){ 0, 0, 0 };
		}
	}
	week.rule = here;
	week.n_rules = n;
	/* 2027-01-11 is a Monday of a week without holidays. */
	hours_of_day(&week, kind, date_add((struct date){ 2027, 1, 11 }, (int)weekday - 1), out);
}

size_t
hours_week(const struct hours_plan *plan, enum hours_kind kind, struct date today, struct hours_line line[7])
{
	size_t n = 0;

	for (enum weekday w = MONDAY; w <= SUNDAY; w++) {
		struct hours_day day;

		usual_day(plan, kind, w, today, &day);
		if (n > 0 && same_times(&line[n - 1], &day)) {
			line[n - 1].last = w;
			continue;
		}
		line[n] = (struct hours_line){ .first = w, .last = w, .n = day.n };
		memcpy(line[n++].span, day.span, sizeof(day.span));
	}
	return n;
}

size_t
hours_unusual(struct arena *a, const char *lang, const struct hours_plan *plan, struct date today, int days,
    const struct hours_unusual **out)
{
	struct hours_unusual *list = arena_array(a, (size_t)days * HOURS_KINDS, sizeof(*list));
	struct hours_plan plain = usual(plan);
	size_t n = 0;

	for (int i = 0; i < days; i++) {
		struct date date = date_add(today, i);

		for (size_t k = 0; k < HOURS_KINDS; k++) {
			struct hours_day day, week;

			hours_of_day(plan, (enum hours_kind)k, date, &day);
			usual_day(&plain, (enum hours_kind)k, date_weekday(date), date, &week);
			if (day.why != NULL && hours_has(plan, (enum hours_kind)k) && (day.n > 0 || week.n > 0))
				list[n++] = (struct hours_unusual){ date, (enum hours_kind)k,
					hours_times(a, lang, day.span, day.n), tr(lang, day.why) };
		}
	}
	*out = list;
	return n;
}

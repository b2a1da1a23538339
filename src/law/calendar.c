/* law/calendar.c: the Swedish calendar as the statutes have it */
#include "law/calendar.h"

#include <string.h>

#include "base/err.h"
#include "base/sb.h"

/* The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
struct date
law_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;

	return (struct date){ year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1 };
}

struct day_off { const char *english, *swedish; };

/* Fixed by date: HD 1 § and, for the eves, LBT 2 §. */
/* The National Day became a holiday in 2005, when Whit Monday ceased to be one. */
enum { NATIONAL_DAY_FROM = 2005 };

static const struct { int month, day; struct day_off name; } fixed[] = {
	{ 1, 1, { N_("New Year's Day"), "nyårsdagen" } }, { 1, 6, { N_("Epiphany"), "trettondedag jul" } },
	{ 5, 1, { N_("May Day"), "första maj" } }, { 6, 6, { N_("National Day"), "nationaldagen" } },
	{ 12, 24, { N_("Christmas Eve"), "julafton" } }, { 12, 25, { N_("Christmas Day"), "juldagen" } },
	{ 12, 26, { N_("Boxing Day"), "annandag jul" } }, { 12, 31, { N_("New Year's Eve"), "nyårsafton" } },
};

/* Counted from Easter Day. */
static const struct { int after; struct day_off name; } movable[] = {
	{ -2, { N_("Good Friday"), "långfredagen" } }, { 0, { N_("Easter Day"), "påskdagen" } },
	{ 1, { N_("Easter Monday"), "annandag påsk" } }, { 39, { N_("Ascension Day"), "Kristi himmelsfärdsdag" } },
	{ 49, { N_("Whit Sunday"), "pingstdagen" } }, { 50, { N_("Whit Monday"), "annandag pingst" } },
};

/* A weekday of a span of days. */
static const struct { int month, first, span; enum weekday weekday; struct day_off name; } floating[] = {
	{ 6, 19, 7, FRIDAY, { N_("Midsummer Eve"), "midsommarafton" } },	/* the day before Midsummer Day */
	{ 6, 20, 7, SATURDAY, { N_("Midsummer Day"), "midsommardagen" } },
	{ 10, 31, 7, SATURDAY, { N_("All Saints' Day"), "alla helgons dag" } },
};

static const struct day_off *
day_off(struct date d)
{
	static const struct day_off saturday = { N_("Saturday"), "lördag" }, sunday = { N_("Sunday"), "söndag" };
	int from_easter = date_diff(d, law_easter(d.year));

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (fixed[i].month == d.month && fixed[i].day == d.day && (d.month != 6 || d.year >= NATIONAL_DAY_FROM))
			return &fixed[i].name;
	}
	for (size_t i = 0; i < ARRAY_LEN(movable); i++) {
		if (movable[i].after == from_easter && (from_easter != 50 || d.year < NATIONAL_DAY_FROM))
			return &movable[i].name;
	}
	for (size_t i = 0; i < ARRAY_LEN(floating); i++) {
		int after = date_diff(d, (struct date){ d.year, floating[i].month, floating[i].first });

		if (after >= 0 && after < floating[i].span && date_weekday(d) == floating[i].weekday)
			return &floating[i].name;
	}
	if (date_weekday(d) == SATURDAY)
		return &saturday;
	return date_weekday(d) == SUNDAY ? &sunday : NULL;
}

const char *
law_day_off(struct date d)
{
	const struct day_off *off = day_off(d);

	return off == NULL ? NULL : off->english;
}

const char *
law_day_off_swedish(struct date d)
{
	const struct day_off *off = day_off(d);

	return off == NULL ? NULL : off->swedish;
}

bool
law_is_working_day(struct date d)
{
	return day_off(d) == NULL;
}

static void
skip(struct law_period *p, struct date d)
{
	if (p->n_skipped < SKIPPED_MAX)
		p->skipped[p->n_skipped++] = (struct law_skipped){ d, law_day_off(d) };
}

/* Moves the end over days off, in steps of `step` days, noting them. */
static void
roll(struct law_period *p, int step)
{
	p->end_day = p->date;
	while (!law_is_working_day(p->date)) {
		skip(p, p->date);
		p->date = date_add(p->date, step);
	}
}

struct law_period
law_working_days(struct date from, int n)
{
	struct law_period p = { .date = from, .law = "Förvaltningslag (2017:900) 6 §" };

	while (n > 0) {
		p.date = date_add(p.date, 1);
		if (law_is_working_day(p.date))
			n--;
		else
			skip(&p, p.date);
	}
	return p;
}

struct law_period
law_days(struct date from, int n)
{
	struct law_period p = { .date = date_add(from, n), .law = "Lag (1930:173) 2 §" };

	roll(&p, 1);
	return p;
}

struct law_period
law_weeks(struct date from, int n)
{
	struct law_period p = { .date = date_add(from, 7 * n), .law = "Lag (1930:173) 1 och 2 §§" };

	roll(&p, 1);
	return p;
}

struct law_period
law_months(struct date from, int n)
{
	int months = from.year * 12 + from.month - 1 + n;
	struct law_period p = { .date = { months / 12, months % 12 + 1, from.day }, .law = "Lag (1930:173) 1 och 2 §§" };

	if (p.date.day > date_month_length(p.date.year, p.date.month))
		p.date.day = date_month_length(p.date.year, p.date.month);	/* 1 §: no such number, the last day */
	roll(&p, 1);
	return p;
}

struct law_period
law_latest_before(struct date from, int n)
{
	struct law_period p = { .date = date_add(from, -7 * n), .law = "Kommunallag (2017:725) 5 kap. 13 och 15 §§" };

	roll(&p, -1);
	return p;
}

const char *
law_explained(struct arena *a, struct date from, const char *unit, int n, const struct law_period *p)
{
	struct sb sb;

	sb_init(&sb, a, 16 * 1024);
	sb_addf(&sb, "{\"from\": \"%s\", \"%s\": %d, \"skipped\": [", date_text(from).s, unit, n);
	for (size_t i = 0; i < p->n_skipped; i++) {
		sb_addf(&sb, "%s{\"date\": \"%s\", \"why\": ", i == 0 ? "" : ", ", date_text(p->skipped[i].date).s);
		sb_json(&sb, p->skipped[i].why);
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]}");
	return sb_str(&sb);
}

#define POST_RULE N_("A letter by post counts as received the working day before it reached us.")
#define BOX_RULE N_("What lies in our letterbox at its first emptying of the day counts as received the working day before.")
#define LATER_RULE N_("What is put in our letterbox after the first emptying of the day is received that day.")
#define HANDED_RULE N_("What is handed over to us is received that day.")
#define REACHED_RULE N_("It is received the day it reaches us.")
#define REACHED "FL 22 §: dagen då den nådde myndigheten"

static const struct { const char *channel; bool day_before; const char *rule, *words; } received_rules[] = {
	{ "letter", true, "FL 22 §: post, arbetsdagen före ankomsten", POST_RULE },
	{ "letterbox", true, "FL 22 §: brevlådan, arbetsdagen före tömningen", BOX_RULE },
	{ "letterbox_later", false, "FL 22 §: brevlådan, samma dag vid en senare tömning", LATER_RULE },
	{ "handed", false, "FL 22 §: överlämnad, dagen då den togs emot", HANDED_RULE },
	{ "email", false, REACHED, REACHED_RULE }, { "web", false, REACHED, REACHED_RULE },
	{ "phone", false, REACHED, REACHED_RULE }, { "visit", false, REACHED, REACHED_RULE },
	{ "comment", false, REACHED, REACHED_RULE }, { "sms", false, REACHED, REACHED_RULE },
	{ "api", false, REACHED, REACHED_RULE }, { "social", false, REACHED, REACHED_RULE },
};

bool
law_received_date(const char *channel, int64_t arrived_at, struct law_received *out, struct err *err)
{
	struct date day = local_date(arrived_at);

	for (size_t i = 0; i < ARRAY_LEN(received_rules); i++) {
		if (channel == NULL || strcmp(received_rules[i].channel, channel) != 0)
			continue;
		if (received_rules[i].day_before) {
			do
				day = date_add(day, -1);
			while (!law_is_working_day(day));
		}
		*out = (struct law_received){ day, received_rules[i].rule, received_rules[i].words };
		return true;
	}
	return err_input(err, "channel",
	    N_("must be letter, letterbox, letterbox_later, handed, email, web, phone, visit, comment, sms, api or social"));
}

bool
law_received_rule(const char *rule, const char **channel, const char **words)
{
	for (size_t i = 0; rule != NULL && i < ARRAY_LEN(received_rules); i++) {
		if (strcmp(received_rules[i].rule, rule) != 0)
			continue;
		*channel = strcmp(rule, REACHED) == 0 ? NULL : received_rules[i].channel;
		*words = received_rules[i].words;
		return true;
	}
	return false;
}

struct law_review
law_legality_review(struct date posted)
{
	struct law_review r = { .last_day = law_weeks(posted, 3) };

	r.last_day.law = "Kommunallag (2017:725) 13 kap. 5 §; lag (1930:173) 2 §";
	r.final_from = date_add(r.last_day.date, 1);
	return r;
}

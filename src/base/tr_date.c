/* base/tr_date.c: one row a language, so that a third is a row and not a branch */
#include "base/tr_date.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct local {
	const char *lang;
	const char *weekday[8], *month[13], *month_short[13];
	const char *clock, *at;		/* "%02d.%02d"; between date and clock */
	const char *thousands, *decimal;
} locals[] = {
	{ "sv",
	  { "", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag" },
	  { "", "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
	    "november", "december" },
	  { "", "jan.", "feb.", "mars", "april", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec." },
	  ".", " kl. ", "\u00a0", "," },
	{ "en",
	  { "", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
	  { "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
	    "November", "December" },
	  { "", "Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec" },
	  ":", " at ", ",", "." },
};

static const struct local *
local_of(const char *lang)
{
	return &locals[lang != NULL && strcmp(lang, "en") == 0];
}

/* A month outside 1 to 12 would be a bug elsewhere; it is not made worse by reading past a table. */
static int
month_of(struct date d)
{
	return d.month >= 1 && d.month <= 12 ? d.month : 0;
}

struct tr_str
tr_date(const char *lang, struct date d)
{
	const struct local *l = local_of(lang);
	struct tr_str out;

	(void)snprintf(out.s, sizeof(out.s), "%s %d %s %d", date_valid(d) ? l->weekday[date_weekday(d)] : "", d.day,
	    l->month[month_of(d)], d.year);
	return out;
}

struct tr_str
tr_date_short(const char *lang, struct date d)
{
	struct tr_str out;

	(void)snprintf(out.s, sizeof(out.s), "%d %s %d", d.day, local_of(lang)->month_short[month_of(d)], d.year);
	return out;
}

struct tr_str
tr_clock(const char *lang, int64_t at)
{
	struct local_time t = local_time(at);
	struct tr_str out;

	(void)snprintf(out.s, sizeof(out.s), "%02d%s%02d", t.hour, local_of(lang)->clock, t.minute);
	return out;
}

static struct tr_str
with_clock(const char *lang, struct tr_str date, int64_t at)
{
	size_t n = strlen(date.s);

	(void)snprintf(date.s + n, sizeof(date.s) - n, "%s%.5s", local_of(lang)->at, tr_clock(lang, at).s);
	return date;
}

struct tr_str
tr_instant(const char *lang, int64_t at)
{
	return with_clock(lang, tr_date(lang, local_date(at)), at);
}

struct tr_str
tr_instant_short(const char *lang, int64_t at)
{
	return with_clock(lang, tr_date_short(lang, local_date(at)), at);
}

/* The digits of `plain` with a mark between thousands up to `whole` digits, then what follows. */
static struct tr_str
grouped(const struct local *l, bool negative, const char *plain, size_t whole)
{
	struct tr_str out = { "" };
	size_t n = 0;

	if (negative)
		n += (size_t)snprintf(out.s, sizeof(out.s), "\u2212");
	for (size_t i = 0; plain[i] != '\0' && n < sizeof(out.s); i++) {
		const char *before = i > 0 && i < whole && (whole - i) % 3 == 0 ? l->thousands : "";

		if (plain[i] == '.')
			n += (size_t)snprintf(out.s + n, sizeof(out.s) - n, "%s", l->decimal);
		else
			n += (size_t)snprintf(out.s + n, sizeof(out.s) - n, "%s%c", before, plain[i]);
	}
	return out;
}

struct tr_str
tr_number(const char *lang, int64_t n)
{
	char plain[24];
	uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	return grouped(local_of(lang), n < 0, plain, (size_t)snprintf(plain, sizeof(plain), "%" PRIu64, size));
}

struct tr_str
tr_decimal(const char *lang, double x, int decimals)
{
	char plain[48];

	if (!isfinite(x) || fabs(x) > 1e15)
		return (struct tr_str){ "–" };
	(void)snprintf(plain, sizeof(plain), "%.*f", decimals < 0 ? 0 : decimals > 6 ? 6 : decimals, fabs(x));
	return grouped(local_of(lang), x < 0 && strspn(plain, "0.") != strlen(plain), plain, strcspn(plain, "."));
}

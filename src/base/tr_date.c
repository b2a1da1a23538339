/* base/tr_date.c: one row a language, so that a third is a row and not a branch */
#include "base/tr_date.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct local {
	const char *lang;
	const char *weekday[8], *month[13], *month_short[13];
	const char *clock, *at;		/* between hour and minute; between date and clock */
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

/* Appends to text that has room: the longest date and clock is 40 bytes of the 72. */
static char *
put(char *p, const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n + 1);
	return p + n;
}

static char *
put_number(char *p, int n)
{
	char digits[8];
	size_t i = sizeof(digits);

	digits[--i] = '\0';
	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0 && i > 0);
	return put(p, digits + i);
}

static char *
put_clock(char *p, const struct local *l, struct local_time t)
{
	*p++ = (char)('0' + t.hour / 10 % 10);
	*p++ = (char)('0' + t.hour % 10);
	p = put(p, l->clock);
	*p++ = (char)('0' + t.minute / 10 % 10);
	*p++ = (char)('0' + t.minute % 10);
	*p = '\0';
	return p;
}

/* "11 januari 2027" with the month's name from `months`. */
static char *
put_date(char *p, const char *const months[13], struct date d)
{
	p = put(put_number(p, d.day), " ");
	p = put(put(p, months[d.month]), " ");
	return put_number(p, d.year);
}

struct tr_str
tr_date(const char *lang, struct date d)
{
	const struct local *l = local_of(lang);
	struct tr_str out = { "" };

	if (date_valid(d))
		put_date(put(put(out.s, l->weekday[date_weekday(d)]), " "), l->month, d);
	return out;
}

struct tr_str
tr_date_short(const char *lang, struct date d)
{
	struct tr_str out = { "" };

	if (date_valid(d))
		put_date(out.s, local_of(lang)->month_short, d);
	return out;
}

struct tr_str
tr_clock(const char *lang, int64_t at)
{
	struct tr_str out;

	put_clock(out.s, local_of(lang), local_time(at));
	return out;
}

static struct tr_str
with_clock(const char *lang, struct tr_str date, struct local_time t)
{
	const struct local *l = local_of(lang);

	put_clock(put(date.s + strlen(date.s), l->at), l, t);
	return date;
}

struct tr_str
tr_instant(const char *lang, int64_t at)
{
	struct local_time t = local_time(at);

	return with_clock(lang, tr_date(lang, t.date), t);
}

struct tr_str
tr_instant_short(const char *lang, int64_t at)
{
	struct local_time t = local_time(at);

	return with_clock(lang, tr_date_short(lang, t.date), t);
}

/* "måndag 11 januari", with the year when it is not `year`. */
static char *
put_day(char *p, const struct local *l, struct date d, int year)
{
	p = put(put(p, l->weekday[date_weekday(d)]), " ");
	p = put(put(put_number(p, d.day), " "), l->month[d.month]);
	return d.year == year ? p : put_number(put(p, " "), d.year);
}

struct tr_str
tr_when(const char *lang, int64_t at, int64_t now)
{
	const struct local *l = local_of(lang);
	struct local_time t = local_time(at);
	struct date today = local_date(now);
	int days = date_diff(t.date, today);
	struct tr_str out = { "" };
	char hour[8], *p = out.s;

	if (days == 1 && t.hour == 0 && t.minute == 0) {
		(void)put(p, l == &locals[1] ? "midnight" : "midnatt");
		return out;
	}
	put_clock(hour, l, t);
	if (l == &locals[1]) {
		p = put(put(p, hour), days == 0 ? " today" : days == 1 ? " tomorrow" : " on ");
		if (days < 0 || days > 1)
			(void)put_day(p, l, t.date, today.year);
		return out;
	}
	if (days == 1)
		p = put(p, "i morgon ");
	else if (days != 0)
		p = put(put_day(p, l, t.date, today.year), " ");
	(void)put(put(p, "kl. "), hour + (hour[0] == '0'));
	return out;
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

/* base/date.c: day numbers by the era method (400 years = 146,097 days), zone by the summer-time rule */
#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
date_month_length(int year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		return 29;
	return length[month - 1];
}

bool
date_valid(struct date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	    d.day <= date_month_length(d.year, d.month);
}

/* Exactly n digits at p. */
static bool
digits(const char *p, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*out = v;
	return true;
}

bool
date_parse(const char *text, struct date *out)
{
	struct date d;

	if (text == NULL || strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
	    !digits(text, 4, &d.year) || !digits(text + 5, 2, &d.month) || !digits(text + 8, 2, &d.day) ||
	    !date_valid(d))
		return false;
	*out = d;
	return true;
}

struct date
date_of(const char *text)
{
	struct date d;

	if (!date_parse(text, &d)) {
		(void)fprintf(stderr, "date_of: not a date: %s\n", text == NULL ? "(null)" : text);
		abort();
	}
	return d;
}

/* The last n decimal digits of v at p. Pages print many dates; printf would be a fifth of their time. */
static void
put_digits(char *p, int n, unsigned v)
{
	for (; n > 0; v /= 10)
		p[--n] = (char)('0' + v % 10);
}

struct date_str
date_text(struct date d)
{
	struct date_str t = { "0000-00-00" };

	put_digits(t.s, 4, (unsigned)d.year);
	put_digits(t.s + 5, 2, (unsigned)d.month);
	put_digits(t.s + 8, 2, (unsigned)d.day);
	return t;
}

int
date_cmp(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

int
date_days(struct date d)
{
	int y = d.month <= 2 ? d.year - 1 : d.year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int month = (d.month + 9) % 12;		/* from March, so that the leap day comes last */
	int day_of_year = (153 * month + 2) / 5 + d.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct date
date_from_days(int days)
{
	int z = days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	struct date d;

	d.day = doy - (153 * mp + 2) / 5 + 1;
	d.month = mp < 10 ? mp + 3 : mp - 9;
	d.year = yoe + era * 400 + (d.month <= 2);
	return d;
}

struct date
date_add(struct date d, int days)
{
	return date_from_days(date_days(d) + days);
}

int
date_diff(struct date later, struct date earlier)
{
	return date_days(later) - date_days(earlier);
}

enum weekday
date_weekday(struct date d)
{
	int w = (date_days(d) + 3) % 7;		/* 1970-01-01 was a Thursday */

	return (enum weekday)((w < 0 ? w + 7 : w) + 1);
}

int
date_iso_week(struct date d, int *iso_year)
{
	struct date thursday = date_add(d, THURSDAY - (int)date_weekday(d));
	struct date first = { thursday.year, 1, 1 };

	if (iso_year != NULL)
		*iso_year = thursday.year;
	return date_diff(thursday, first) / 7 + 1;
}

static struct date
last_sunday(int year, int month)
{
	struct date d = { year, month, 31 };	/* March and October both have 31 days */

	return date_add(d, -((int)date_weekday(d) % 7));
}

static int
offset_at(int64_t at)
{
	int days = (int)(at >= 0 ? at / DAY_S : (at - DAY_S + 1) / DAY_S);
	int year = date_from_days(days).year;
	int64_t summer = (int64_t)date_days(last_sunday(year, 3)) * DAY_S + 3600;
	int64_t winter = (int64_t)date_days(last_sunday(year, 10)) * DAY_S + 3600;

	return at >= summer && at < winter ? 7200 : 3600;
}

static struct local_time
split(int64_t seconds, int offset_s)
{
	int64_t days = seconds >= 0 ? seconds / DAY_S : (seconds - DAY_S + 1) / DAY_S;
	int rest = (int)(seconds - days * DAY_S);

	return (struct local_time){
		.date = date_from_days((int)days), .hour = rest / 3600, .minute = rest / 60 % 60,
		.second = rest % 60, .offset_s = offset_s,
	};
}

struct local_time
local_time(int64_t at)
{
	int offset = offset_at(at);

	return split(at + offset, offset);
}

struct date
local_date(int64_t at)
{
	return local_time(at).date;
}

int64_t
local_instant(struct date d, int hour, int minute, int second)
{
	int64_t wall = (int64_t)date_days(d) * DAY_S + hour * 3600 + minute * 60 + second;
	int64_t summer = wall - 7200, winter = wall - 3600;

	if (offset_at(summer) == 7200)
		return summer;		/* also the first of the two in October */
	if (offset_at(winter) == 3600)
		return winter;
	return wall - 3600;		/* skipped in March: the hour that was jumped over, later */
}

bool
instant_parse(const char *text, int64_t *out)
{
	struct date d;
	char day[11];
	int hour, minute, second, oh = 0, om = 0;
	const char *p;
	int64_t at;

	if (text == NULL || strlen(text) < 20 || strlen(text) > 40)
		return false;
	memcpy(day, text, 10);
	day[10] = '\0';
	if (!date_parse(day, &d) || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
	    !digits(text + 11, 2, &hour) || text[13] != ':' || !digits(text + 14, 2, &minute) ||
	    text[16] != ':' || !digits(text + 17, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	p = text + 19;
	if (*p == '.') {
		size_t n = strspn(p + 1, "0123456789");

		if (n == 0)
			return false;
		p += 1 + n;
	}
	at = (int64_t)date_days(d) * DAY_S + hour * 3600 + minute * 60 + second;
	if ((*p == 'Z' || *p == 'z') && p[1] == '\0') {
		*out = at;
		return true;
	}
	if ((*p != '+' && *p != '-') || strlen(p) != 6 || !digits(p + 1, 2, &oh) || p[3] != ':' ||
	    !digits(p + 4, 2, &om) || oh > 23 || om > 59)
		return false;
	*out = *p == '+' ? at - (oh * 3600 + om * 60) : at + (oh * 3600 + om * 60);
	return true;
}

/* Date and clock into the first 19 characters. */
static void
put_local(char *p, struct local_time t)
{
	struct date_str date = date_text(t.date);

	memcpy(p, date.s, 10);
	put_digits(p + 11, 2, (unsigned)t.hour);
	put_digits(p + 14, 2, (unsigned)t.minute);
	put_digits(p + 17, 2, (unsigned)t.second);
}

struct instant_str
instant_text(int64_t at)
{
	struct local_time t = local_time(at);
	struct instant_str s = { "0000-00-00T00:00:00+00:00" };

	put_local(s.s, t);
	put_digits(s.s + 20, 2, (unsigned)t.offset_s / 3600u);
	return s;
}

struct instant_str
instant_utc(int64_t at)
{
	struct instant_str s = { "0000-00-00T00:00:00Z" };

	put_local(s.s, split(at, 0));
	return s;
}

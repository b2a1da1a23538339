/* base/date.h: calendar days, instants, and the clock of the municipality's zone
 *
 * An instant is int64_t, UTC seconds since 1970. A date has no time of day and no zone; it is what the law
 * counts in. The zone is Europe/Stockholm, computed from the rule in force since 1996 (directive 2000/84/EC;
 * förordning 2001:127): UTC+1, and UTC+2 from the last Sunday of March 01:00 UTC to the last of October. */
#ifndef BASE_DATE_H
#define BASE_DATE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct date { int year, month, day; };		/* proleptic Gregorian; month 1-12, day 1-31 */
struct date_str { char s[12]; };		/* "2027-01-11" */
struct instant_str { char s[32]; };		/* "2027-01-11T08:12:00+01:00" */

enum weekday { MONDAY = 1, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };	/* ISO 8601 */

#define DAY_S 86400

bool date_valid(struct date d);			/* years 1 to 9999 */
bool date_parse(const char *text, struct date *out);	/* exactly YYYY-MM-DD */
struct date date_of(const char *text);		/* for literals in tests and tables: aborts on a bad one */
struct date_str date_text(struct date d);
int date_cmp(struct date a, struct date b);	/* <0, 0, >0 */
struct date date_add(struct date d, int days);
int date_diff(struct date later, struct date earlier);	/* days */
int date_days(struct date d);			/* days since 1970-01-01 */
struct date date_from_days(int days);
enum weekday date_weekday(struct date d);
int date_month_length(int year, int month);
int date_iso_week(struct date d, int *iso_year);	/* 1-53 */

/* RFC 3339 with Z or an offset, seconds optional fraction (dropped). */
bool instant_parse(const char *text, int64_t *out);
struct instant_str instant_text(int64_t at);	/* in the municipality's zone, with its offset */
struct instant_str instant_utc(int64_t at);	/* "2027-01-11T07:12:00Z" */

struct local_time { struct date date; int hour, minute, second; int offset_s; };
struct local_time local_time(int64_t at);
struct date local_date(int64_t at);
/* The instant of a wall-clock time. A time skipped in March is taken an hour later; one that occurs twice in
 * October is the first. hour may be 24 (midnight at the end of the day). */
int64_t local_instant(struct date d, int hour, int minute, int second);
#endif

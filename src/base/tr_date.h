/* base/tr_date.h: dates, clock times and numbers as people read them
 *
 * Swedish after Myndigheternas skrivregler (Språkrådet): "måndag 11 januari 2027 kl. 08.12", no-break space between
 * thousands, decimal comma. English: "Monday 11 January 2027 at 08:12", comma and point. Instants are shown in the
 * municipality's zone. A date that is none (date_valid) is "". What a program reads is base/date.h's ISO text instead. */
#ifndef BASE_TR_DATE_H
#define BASE_TR_DATE_H
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"

struct tr_str { char s[72]; };

struct tr_str tr_date(const char *lang, struct date d);			/* måndag 11 januari 2027 */
struct tr_str tr_date_short(const char *lang, struct date d);		/* 11 jan. 2027 */
struct tr_str tr_instant(const char *lang, int64_t at);			/* måndag 11 januari 2027 kl. 08.12 */
struct tr_str tr_instant_short(const char *lang, int64_t at);		/* 11 jan. 2027 kl. 08.12 */
struct tr_str tr_clock(const char *lang, int64_t at);			/* 08.12 */
/* A coming instant as one says it, after the day `now` is in: "kl. 8.00", "i morgon kl. 8.00", "måndag 11 januari kl. 8.00" (with
 * the year when it is another); the end of today is "midnatt". English: "08:00 today", "08:00 on Monday 11 January". */
struct tr_str tr_when(const char *lang, int64_t at, int64_t now);
struct tr_str tr_number(const char *lang, int64_t n);			/* 17 204 */
struct tr_str tr_decimal(const char *lang, double x, int decimals);	/* 12,5; 0 to 6 decimals; "–" for NaN and infinity */
#endif

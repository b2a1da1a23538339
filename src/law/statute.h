/* law/statute.h: since when the statutes hold that our periods rest on
 *
 * Every rule of law/ is today's. A date before its statute came into force was under an earlier one, which this program does not
 * know; whoever takes dates of any age (`narkontakt calc`) asks here and says so. A statute that is amended gets a row here and its
 * rule a second reading by the date; none of ours has needed one (the National Day, a holiday since 2005, is in calendar.c). */
#ifndef LAW_STATUTE_H
#define LAW_STATUTE_H
#include <stdbool.h>
#include "base/date.h"

/* Did the statute that `cited` begins with ("Kommunallag (2017:725) 13 kap. 5 §", "FL 22 §: ...") hold on `day`? If not,
 * *from is the day it came into force. A citation of none in the table holds. */
bool law_in_force(const char *cited, struct date day, struct date *from);
#endif

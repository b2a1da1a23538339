/* contact/received.h: the day something counts as received, in words
 *
 * What came is one day, what the law says another (Förvaltningslag (2017:900) 22 §). Whoever takes a letter down sees both
 * before she saves, and everybody sees them on the contact. */
#ifndef CONTACT_RECEIVED_H
#define CONTACT_RECEIVED_H
#include "base/base.h"
#include "base/date.h"

struct arena;

/* "Counts as received Wednesday 23 December 2026. A letter by post counts as ... Not working days in between: 24 dec. (Christmas
 * Eve), ...": `rule` as stored with the contact. */
const char *received_words(struct arena *a, const char *lang, struct date arrived, struct date received, const char *rule);

/* How something taken down by hand came: `value` of the form, the contact's channel, and the rule for its day. */
struct arrival { const char *value, *text, *channel, *received_as; };
extern const struct arrival arrivals[];		/* value NULL ends */
const struct arrival *arrival_of(const char *value);	/* NULL: none of them */
#endif

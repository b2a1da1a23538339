/* contact/live.h: open pages hear that something has changed
 *
 * A page with page.events set listens to a stream; "change" says only that it is out of date, never what has changed, so the
 * page fetches itself again with its own rights. Topics: one for the worklists, one for each contact. */
#ifndef CONTACT_LIVE_H
#define CONTACT_LIVE_H
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct event_hub;

#define LIVE_WORKLIST "worklist"
#define LIVE_ANY "any"			/* whatever changes: for a screen that shows a little of everything */

/* Once when the server has started; NULL before it stops. */
void live_open(struct event_hub *hub);
/* At once: who is present. */
void live_contact(int64_t contact_id);
/* When this write is durable. */
void live_contact_after(struct db *tx, int64_t contact_id);
/* The same for a topic of another room; a literal. */
void live_topic_after(struct db *tx, const char *topic);
const char *live_topic(struct arena *a, int64_t contact_id);
#endif

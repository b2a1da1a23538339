/* contact/live.h: open pages hear that something has changed
 *
 * A page with page.events set listens to a stream; "change" says only that it is out of date, never what has changed, so the
 * page fetches itself again with its own rights. Topics: one for the worklists, one for each contact. Other servers on the same
 * database are told the same (db/hear.h), and who has what open. */
#ifndef CONTACT_LIVE_H
#define CONTACT_LIVE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct database; struct db; struct err; struct event_hub;

#define LIVE_WORKLIST "worklist"
#define LIVE_ANY "any"			/* whatever changes: for a screen that shows a little of everything */

/* Once when the server has started, and before it stops. */
bool live_open(struct event_hub *hub, struct database *d, struct err *err);
void live_close(struct database *d);
/* At once, on this server alone. */
void live_contact(int64_t contact_id);
/* She has it open until `until` and writes in it until `writing_until` (presence.h); she has left it. The pages that show it hear
 * at once, on every server. */
void live_present(struct db *db, int64_t contact_id, int64_t account_id, const char *name, int64_t until, int64_t writing_until,
    int64_t now);
void live_left(struct db *db, int64_t contact_id, int64_t account_id);
/* When this write is durable. */
void live_contact_after(struct db *tx, int64_t contact_id);
/* The same for a topic of another room; a literal. */
void live_topic_after(struct db *tx, const char *topic);
const char *live_topic(struct arena *a, int64_t contact_id);
#endif

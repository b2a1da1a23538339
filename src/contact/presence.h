/* contact/presence.h: who has a contact open just now, and who is writing in it
 *
 * So that two people do not answer the same resident. A page opened by somebody who may answer marks her as present; the page's
 * script says every PRESENCE_PING_S seconds that she is still there, and when she leaves; a saved draft says that she writes.
 * Without scripts only the opening is seen, so it holds for PRESENCE_OPEN_S. It falls away by itself.
 *
 * Kept in this process's memory, never in the database: nothing depends on it, and it is nobody's business a minute later. Servers
 * on the same database tell each other (contact/live.h); one that has just started knows of those who are there when their
 * pages next say so. */
#ifndef CONTACT_PRESENCE_H
#define CONTACT_PRESENCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct database;

enum { PRESENCE_OPEN_S = 300, PRESENCE_PING_S = 30, PRESENCE_STAYS_S = 75, PRESENCE_WRITING_S = 60, PRESENCE_TELL_S = 10 };

struct presence {
	int64_t contact_id, account_id;
	const char *name;
	bool writing;
	int64_t until;			/* when what is said here stops being true: she leaves, or stops writing */
};
struct presence_list { const struct presence *item; size_t n; };

/* Present until `until`; writing until `writing_until` (0: no news about that). True when others see something new. */
bool presence_seen(const struct database *of, int64_t contact_id, int64_t account_id, const char *name, int64_t until,
    int64_t writing_until, int64_t now);
/* Must the other servers be told what was just seen? Not when they were told much the same less than PRESENCE_TELL_S ago: it
 * costs a commit. A true counts as telling. */
bool presence_to_tell(const struct database *of, int64_t contact_id, int64_t account_id);
/* She has left, or sent her answer. True when others see it. */
bool presence_left(const struct database *of, int64_t contact_id, int64_t account_id);
/* Everybody but `account_id`, in the contact, or in any with 0. */
struct presence_list presence_of(struct arena *a, const struct database *of, int64_t contact_id, int64_t account_id,
    int64_t now);
#endif

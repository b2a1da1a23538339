/* cmd/tick.c: the clock, the mail in, the mail out */
#include "cmd/tick.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "base/monotonic.h"
#include "base/random.h"
#include "call/call_store.h"
#include "cmd/again.h"
#include "contact/clock_store.h"
#include "contact/intake.h"
#include "contact/verify.h"
#include "db/db.h"
#include "db/search.h"
#include "mail/send.h"
#include "mystery/mystery.h"
#include "people/scope.h"
#include "people/form_draft.h"
#include "people/session.h"
#include "registry/matter.h"
#include "timeline/event.h"

enum { SEND_AT_MOST = 500 };

static const char *
secret_from(struct arena *a, const char *path)
{
	struct err ignored = { 0 };
	char *text;
	size_t n;

	if (path == NULL || !file_read(a, path, 4096, &text, &n, &ignored))
		return NULL;
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

struct night { struct arena *a; int64_t now; struct verify_result result; };

/* At the first asking of the day; also when the last was dated by a clock that ran ahead. */
static bool
night_due(struct db *db, int64_t now, bool *due, struct err *err)
{
	int64_t last;

	*due = true;
	if (!job_done_until(db, "nightly", &last, err))
		return false;
	*due = last == 0 || date_cmp(local_date(last), local_date(now)) != 0;
	return true;
}

/* The nightly proof goes into the chain: how many contacts there were, and whether anybody had been forgotten. */
static bool
night_write(struct db *tx, void *arg, struct err *err)
{
	struct night *n = arg;
	char data[200];
	bool due;

	if (!night_due(tx, n->now, &due, err))
		return false;
	if (!due)
		return true;		/* another server was quicker */
	(void)snprintf(data, sizeof(data), "{\"contacts\": %lld, \"events\": %lld, \"unanswered_without_owner\": %lld,"
	    " \"faults\": %zu}", (long long)n->result.contacts, (long long)n->result.events,
	    (long long)n->result.unanswered_without_owner, n->result.n_broken);
	return scope_rebuild(tx, 0, local_date(n->now), err) && job_set(tx, "nightly", n->now, data, err) &&
	    event_note(tx, n->now, 0, "verify.nightly", "job", 1, 0, 0, 0, 0, data, err);
}

static _Atomic bool stopped;

void
night_stop(void)
{
	atomic_store(&stopped, true);
	event_verify_stop();
}

/* Between two steps as long a rest as the step took: nobody waits for the writer longer than for a step. */
static bool
tidy_index(struct db *db, struct err *err)
{
	bool more = true, ok = true;

	while (ok && more && !atomic_load(&stopped)) {
		int64_t began = monotonic_us(), took;

		ok = search_tidy(db, &more, err);
		took = monotonic_us() - began;
		if (ok && more)
			(void)nanosleep(&(struct timespec){ .tv_sec = took / 1000000, .tv_nsec = took % 1000000 * 1000 }, NULL);
	}
	return ok;
}

bool
night_run(struct db *db, int64_t now, struct err *err)
{
	struct night n = { .a = arena_open(), .now = now };
	bool due, ok = night_due(db, now, &due, err);

	if (ok && due)
		ok = verify_all(db, n.a, now, &n.result, err) && session_tidy(db, now, err) && form_draft_tidy(db, now, err) &&
		    db_write(db, night_write, &n, err) && tidy_index(db, err);
	arena_close(n.a);
	return ok;
}

/* In this order: what a mail or the clock gives to send is sent in the same tick. */
static bool
soon(struct db *db, int64_t now, struct tick_done *out, struct err *err)
{
	return deadline_tick(db, now, &out->deadlines, err) && escalation_tick(db, now, &out->escalations, err) &&
	    call_tick(db, now, &out->calls_lost, err) && afterwards_tick(db, now, &out->afterwards, err) &&
	    mystery_tick(db, now, &out->test_mails, err) && month_letter_tick(db, now, &out->letters, err);
}

bool
tick_run(struct db *db, const struct options *o, unsigned parts, int64_t now, struct tick_done *out, struct err *err)
{
	struct arena *a = arena_open();
	struct smtp_config smtp = { .url = o->smtp_url, .user = o->smtp_user, .tls = o->smtp_tls,
	    .password = secret_from(a, o->smtp_password_file) };
	bool is_soon = (parts & TICK_SOON) != 0, days = (parts & TICK_DAYS) != 0, send = (parts & TICK_SEND) != 0, ok;

	*out = (struct tick_done){ 0 };
	ok = (!is_soon || intake_pending(db, again_alone, &(struct again){ o->db }, &out->mails_read, err)) && (!days || clock_tick(db, now, &out->clock, err)) &&
	    (!is_soon || soon(db, now, out, err)) &&
	    (!send || (sender_run(db, o->smtp_url == NULL ? NULL : &smtp, now, SEND_AT_MOST, &out->sender, err) &&
	    sms_run(db, secret_from(a, o->sms_secret_file), now, SEND_AT_MOST, &out->sms, err)));
	arena_close(a);
	return ok;
}

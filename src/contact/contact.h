/* contact/contact.h: a contact (kontakt): somebody turned to the municipality, and we let nobody go
 *
 * Every channel ends in contact_receive(): one transaction gives the contact its number, owner unit and clock, keeps
 * the words as document 1, writes the event, and puts the receipt in the outbox. From then on a contact is answered, or
 * it is somebody's named task with a date; contact/verify.h proves it.
 *
 * States: new (nobody has it yet), assigned (somebody has it), waiting (for the resident; the clock is paused and says
 * why), answered (closed with one of three endings), quarantined (marked as spam upstream, a person decides), merged
 * (it went on in another), noted (a delivery failure or automatic reply that belongs to no contact),
 * test (was a question by which the municipality tested itself, and was never answered; mystery/mystery.h). A resident's
 * "this does not answer my question" opens an answered contact again, and it stays in the figures as reopened.
 * Three honest endings: done (answered and done), not_done (answered, not done, why), not_ours (sent to whom).
 *
 * The clock: answer_by is the end of the last promised working day (law/promise.h); a transfer never moves it, an
 * automatic receipt never stops it (rule book 2.3), a pause only for a stated reason. */
#ifndef CONTACT_CONTACT_H
#define CONTACT_CONTACT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

#include "people/permit.h"
#include "registry/document.h"

struct arena; struct db; struct err;

#define CONTACT_TEXT_MAX 200000		/* bytes of the words themselves; files are apart */
#define CONTACT_SUBJECT_MAX 300

struct contact {
	int64_t id, version;
	const char *number;		/* "K-2027-000118" */
	int64_t authority_id, unit_id, owner_id, category_id, person_id, matter_id, merged_into_id;
	const char *authority_code, *authority_name, *unit_name, *owner_name, *category_name, *matter_number;
	const char *kind, *channel;	/* interfaces.md */
	const char *sender_name, *sender_email, *sender_phone, *sender_address;	/* NULL when not known */
	bool anonymous;
	const char *reply_by;		/* email, phone, sms, letter, none */
	const char *language;
	const char *subject, *text, *place;
	int64_t arrived_at, received_at, registered_at;
	const char *received_date, *received_rule;
	const char *state, *ending, *ending_why;
	int64_t confirm_by, answer_by;	/* instants; 0 when no answer can be given (anonymous without address) */
	const char *answer_explained;	/* JSON: {"from","days","skipped":[{"date","why"}]} */
	int64_t answer_days, confirmed_at, answered_at, closed_at, paused_at, paused_days;
	const char *pause_reason;
	int satisfied;			/* -1 unknown, 0, 1 */
	int overdue;			/* 0 to 3 */
	bool undelivered;		/* the last answer bounced */
	const char *message_id;
	int restricted;
};

/* The first columns of a worklist row. */
struct contact_row {
	int64_t id;
	const char *number, *subject, *sender_name, *channel, *state, *unit_name, *owner_name, *category_name;
	int64_t received_at, answer_by, closed_at;
	int64_t owner_id;
	int overdue, restricted;
	bool undelivered, paused, owner_away;	/* owner_away: today; in worklists alone */
};
struct contact_row_list { struct contact_row *item; size_t n; };

struct contact_in {
	const char *kind;		/* NULL: "contact" */
	const char *channel;
	int64_t authority_id, unit_id, category_id;	/* 0: from the category, else the municipality's default unit */
	int64_t owner_id;
	int64_t taken_by;		/* the account that took it down; 0 when it came by itself */
	const char *sender_name, *sender_email, *sender_phone, *sender_address;
	bool anonymous;
	const char *reply_by;		/* NULL: the best there is an address for */
	const char *language;		/* NULL: sv */
	const char *subject, *text, *place;
	int64_t arrived_at;		/* 0: now */
	const char *received_as;	/* of a letter: which rule of FL 22 § (law_received_date's word); NULL: the channel's */
	int64_t promised_by;		/* the instant she was promised when she was talked to; 0: the service promise */
	const char *message_id, *raw_sha256, *quoted, *html;
	const char *references;		/* of the mail, for the thread of our answer */
	const struct document_file *file;	/* already in the file table (file_put) */
	size_t n_files;
	bool quarantined;		/* no receipt, no clock, until a person releases it */
	bool no_receipt;		/* bulk, lists, machines: nothing automatic goes back */
	const char *title;		/* of document 1; NULL: the subject */
};

struct contact_out {
	int64_t id;
	const char *number;		/* in the arena */
	const char *link;		/* path of the resident's secret page, "/k/…" */
};

/* Takes a contact in at `now`. ERR_INPUT names the field. Runs inside a write of its own, or the caller's. */
bool contact_receive(struct db *db, struct arena *a, const struct contact_in *in, int64_t now, struct contact_out *out,
    struct err *err);

bool contact_get(struct db *db, struct arena *a, int64_t id, struct contact *out, struct err *err);
bool contact_by_number(struct db *db, struct arena *a, const char *number, struct contact *out, struct err *err);
bool contact_id_of(struct db *db, const char *number, int64_t *id, struct err *err);
struct object contact_object(const struct contact *c);		/* for permit() */

/* A worklist as the actor may see it, the one promised first at the top (answer_by, id). Hers (WORKLIST_MINE) is also what is had by
 * those she stands in for today, where she may read it. */
enum worklist { WORKLIST_MINE, WORKLIST_UNIT, WORKLIST_UNASSIGNED, WORKLIST_OVERDUE, WORKLIST_ALL, WORKLIST_QUARANTINE,
	WORKLIST_CLOSED, WORKLIST_COUNT };
struct worklist_filter {
	enum worklist list;
	int64_t unit_id;		/* 0: any; for a unit's lists, the actor's own */
	int64_t category_id;		/* 0: any */
	const char *channel, *state;	/* NULL: any */
	bool overdue;			/* only those past their promise */
	int64_t after_at, after_id;	/* continue after this row; 0, 0 from the top */
	size_t limit;
};
bool contact_worklist(struct db *db, struct arena *a, const struct actor *actor, const struct worklist_filter *f,
    int64_t now, struct contact_row_list *out, struct err *err);
struct worklist_counts { int64_t n[WORKLIST_COUNT]; };	/* capped at 1,000: "999+" */
bool contact_counts(struct db *db, const struct actor *actor, int64_t now, struct worklist_counts *out, struct err *err);

/* Those of this year and the one before with this serial, as the actor may read them: what a person means who types "118". */
bool contact_by_serial(struct db *db, const struct actor *actor, int64_t serial, int64_t year, int64_t id[2], size_t *n,
    struct err *err);

/* Contacts since an instant, for `list contacts`, and other contacts of the same sender. */
bool contact_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct contact **out, size_t *n, struct err *err);
bool contact_of_sender(struct db *db, struct arena *a, const struct actor *actor, const struct contact *c, size_t limit,
    struct contact_row_list *out, struct err *err);

/* What people see: N_() texts. */
const char *contact_state_text(const char *state);
const char *contact_ending_text(const char *ending);
const char *contact_channel_text(const char *channel);
#endif

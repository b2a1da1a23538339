/* contact/work.h: what is done with a contact: assign, answer, pause, transfer, ask, merge, split
 *
 * Each function is one transaction: the change, its event, what it puts in the outbox. `version` is what the person
 * saw; another now is ERR_CONFLICT, and her words are kept by the caller. Rights are asked about by the caller. */
#ifndef CONTACT_WORK_H
#define CONTACT_WORK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

#include "contact/contact.h"

#define ANSWER_UNDO_S 60		/* an answer by mail can be taken back this long */

/* Owner within the unit (0: nobody), or a unit (the owner is cleared unless he works there). Confirms the contact. */
bool contact_assign(struct db *db, int64_t contact_id, int64_t version, int64_t unit_id, int64_t owner_id,
    const char *note, const struct actor *by, int64_t now, struct err *err);
/* To another authority: there it is a new received document (invariant 1), a new contact linked to this one, which ends
 * not_ours. The clock goes on from the first arrival (a transfer never restarts it). *new_id is the new contact's. */
bool contact_transfer(struct db *db, int64_t contact_id, int64_t version, int64_t authority_id, int64_t unit_id,
    const char *note, const struct actor *by, int64_t now, int64_t *new_id, struct err *err);

enum answer_way { ANSWER_MAIL, ANSWER_PHONE, ANSWER_LETTER, ANSWER_VISIT, ANSWER_TEXT_MESSAGE, ANSWER_NONE };
struct answer_in {
	int64_t contact_id, version;
	enum answer_way way;
	const char *text;		/* to the resident; for phone: what was said, by whom, when (FL 27) */
	const char *ending;		/* done, not_done, not_ours; NULL: a dated plan with a named person, stays open */
	const char *ending_why;		/* required for not_done and not_ours */
	int64_t next_by;		/* with NULL ending: the new promised instant */
	const struct document_file *file;
	size_t n_files;
};
/* Would it be taken? The same questions contact_answer asks, for who makes something of the words first. */
bool contact_answer_good(const struct answer_in *in, const struct contact *c, int64_t now, struct err *err);
/* A substantive answer approved by a person. ERR_INPUT: empty, too short to be one, or the automatic receipt's own words. */
bool contact_answer(struct db *db, struct arena *a, const struct answer_in *in, const struct actor *by, int64_t now,
    int64_t *document_id, struct err *err);
/* Takes an answer by mail back within its minute: the contact is as before. ERR_CONFLICT: it has gone. */
bool contact_answer_undo(struct db *db, int64_t document_id, const struct actor *by, int64_t now, struct err *err);

bool contact_pause(struct db *db, int64_t contact_id, int64_t version, const char *reason, const char *question,
    const struct actor *by, int64_t now, struct err *err);
bool contact_resume(struct db *db, int64_t contact_id, int64_t account_id, int64_t now, struct err *err);
bool contact_note(struct db *db, int64_t contact_id, const char *text, const struct actor *by, int64_t now,
    struct err *err);
/* Of a colleague: one who works in the authority, or, of what is restricted, who may read it (ERR_INPUT of). She reads the question,
 * and the contact only where her roles let her. Who asked is told when she has answered. */
bool contact_ask(struct db *db, int64_t contact_id, int64_t of_account_id, const char *text, const struct actor *by,
    int64_t now, struct err *err);
bool contact_ask_answer(struct db *db, int64_t question_id, const char *text, const struct actor *by, int64_t now,
    struct err *err);
/* `from` goes on in `into`: its documents stay its own, and what she writes on it later comes to `into`. Of the same authority and
 * from the same person: two people are never answered in one, unless nobody can be answered in `from`. ERR_INPUT into. */
bool contact_merge(struct db *db, int64_t from_id, int64_t into_id, const struct actor *by, int64_t now, struct err *err);
/* A second matter in the same mail becomes a contact of its own, with the first one's arrival and clock. */
bool contact_split(struct db *db, struct arena *a, int64_t contact_id, const char *subject, const char *text,
    const struct actor *by, int64_t now, struct contact_out *out, struct err *err);
/* Her page's earlier links all stop working (one came into wrong hands, or is too old), and a new one goes to her where she is
 * reached in writing. *sent: it did; else she gets one with the next answer. */
bool contact_new_link(struct db *db, struct arena *a, int64_t contact_id, const struct actor *by, int64_t now, bool *sent,
    struct err *err);
bool contact_release(struct db *db, struct arena *a, int64_t contact_id, const struct actor *by, int64_t now,
    struct err *err);				/* out of quarantine: clock and receipt start now */
bool contact_reject_spam(struct db *db, int64_t contact_id, const struct actor *by, int64_t now, struct err *err);

/* The contact in which this one goes on: where it was merged, or what it became in another authority; else itself. */
bool contact_goes_on_in(struct db *tx, struct arena *a, int64_t contact_id, struct contact *out, struct err *err);

/* From the resident's page or her mail; they come to the contact in which this one goes on. */
bool contact_add_words(struct db *db, struct arena *a, int64_t contact_id, const char *text,
    const struct document_file *file, size_t n_files, int64_t now, struct err *err);
/* Her words came by another way and are documents already: a closed contact opens, a paused clock runs. */
bool contact_words_came(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, struct err *err);
bool contact_judge(struct db *db, int64_t contact_id, bool satisfied, const char *why, int64_t now, struct err *err);
bool contact_reach(struct db *db, int64_t contact_id, const char *reply_by, const char *email, const char *phone,
    const char *address, int64_t now, struct err *err);

/* A call-back task (call/call.h): she was talked to at `at` in a later call, which ends it; and, when that turns out to have been
 * another's call, it is open as it was. What a person has closed is left alone. */
bool contact_spoken_to(struct db *tx, struct arena *a, int64_t contact_id, int64_t at, int64_t now, struct err *err);
bool contact_not_spoken_to(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, struct err *err);

/* The draft of an answer. */
bool draft_save(struct db *db, int64_t account_id, int64_t contact_id, const char *text, int64_t now, struct err *err);
bool draft_get(struct db *db, struct arena *a, int64_t account_id, int64_t contact_id, const char **text,
    int64_t *saved_at, struct err *err);

struct question {
	int64_t id, contact_id, asked_by, asked_of, asked_at, answered_at;
	const char *asked_by_name, *asked_of_name, *text, *answer;
};
struct question_list { struct question *item; size_t n; };
bool question_of(struct db *db, struct arena *a, int64_t contact_id, struct question_list *out, struct err *err);

struct colleague { int64_t account_id, unit_id; const char *name, *unit_name; bool away; };
struct colleague_list { struct colleague *item; size_t n; };
/* Who can own a contact of this authority, by unit and name; `away` is absent today. */
bool colleagues(struct db *db, struct arena *a, int64_t authority_id, const char *today, struct colleague_list *out,
    struct err *err);
#endif

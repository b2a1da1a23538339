/* representative/escalation.h: a resident is not satisfied, and turns to the manager or to an elected representative
 *
 * An escalation is one resident asking one person for a straight answer about one contact. Levels: manager (with a promise of its
 * own), representative (of her choice), chair (of the contact's committee). It is open until it is answered, and never lapses:
 * what is late is told and listed (late.h). States: to_classify (a complaint against a decision: a registrar looks first),
 * open, answered, passed_on, closed (an appeal, or something else).
 *
 * Always true: to an elected representative goes only what is open (contact, its matter, each document), and the person only as
 * far as she has agreed, with the scope recorded (OSL 10:1; rule book 2.4, 3.3). An escalation gives no right to a decision,
 * and a representative no power over an official: she answers, asks the head of the administration, raises it in her
 * committee (KL 4:20), and nothing else. The contact's own clock runs on. Each change writes an event on the contact. */
#ifndef REPRESENTATIVE_ESCALATION_H
#define REPRESENTATIVE_ESCALATION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

#include "base/date.h"
#include "contact/contact.h"
#include "people/permit.h"
#include "representative/redact.h"

struct arena; struct db; struct err; struct sb;

enum { ESCALATION_TEXT_MAX = 8000, MANAGER_DAYS = 3, REPRESENTATIVE_DAYS = 2, CLASSIFY_DAYS = 1, ADMINISTRATION_DAYS = 5 };

struct escalation {
	int64_t id, version, contact_id, representative_id, account_id, authority_id, unit_id, matter_id;
	const char *contact_number, *level, *state, *about, *channel, *words;
	const char *to;			/* the name of who has it; NULL: whoever leads there */
	const char *subject;		/* escalation_subject() fills it; NULL: not, or not for her to see */
	const char *authority_code, *authority_name, *matter_number;
	unsigned consent;		/* enum consent; 0 when withdrawn */
	int64_t consent_at, consent_withdrawn_at;
	const char *decision_date, *decision_kind, *appeal_last_day, *appeal_explained, *classified;
	int64_t asked_at, answer_by, answer_days, answered_at, closed_at, answer_document_id;
	const char *answer_explained;	/* JSON as contact.answer_explained */
	int overdue, restricted;	/* the contact's, its matter's: the greater */
};
struct escalation_list { struct escalation *item; size_t n; };

struct escalation_in {
	int64_t contact_id;
	const char *level;		/* manager, representative, chair */
	int64_t representative_id;	/* with level representative */
	bool about_decision;		/* against a decision: a registrar classifies it first */
	const char *decision_date;	/* YYYY-MM-DD when she got it; NULL or "": not known */
	const char *words;
	unsigned consent;
	const char *channel;		/* web, email, phone */
	bool words_are_document;	/* a mail is one already */
};
/* `by` NULL: the resident herself. ERR_INPUT: words, level, representative, decision_date; ERR_CONFLICT: the same person has it
 * already and has not answered. */
bool escalation_ask(struct db *db, struct arena *a, const struct escalation_in *in, const struct actor *by, int64_t now,
    int64_t *id, struct err *err);

bool escalation_get(struct db *db, struct arena *a, int64_t id, struct escalation *out, struct err *err);
/* For permit(): a representative's is owned by her account; a manager's is its unit's. */
struct object escalation_object(const struct escalation *e);
bool escalation_is_elected(const struct escalation *e);		/* level representative or chair */
bool escalation_of_contact(struct db *db, struct arena *a, int64_t contact_id, struct escalation_list *out, struct err *err);
/* Hers as representative: what is open first, by date. */
bool escalation_mine(struct db *db, struct arena *a, const struct actor *actor, struct escalation_list *out,
    struct err *err);
/* A manager's (ACT_ESCALATION_MANAGE) or a registrar's to classify (ACT_ESCALATION_CLASSIFY), as she may see them. */
bool escalation_waiting(struct db *db, struct arena *a, const struct actor *actor, enum action action,
    struct escalation_list *out, struct err *err);
/* What it is about, for a list: without the person where she may not be seen; NULL where the contact is restricted. */
bool escalation_subject(struct db *db, struct arena *a, struct escalation *e, struct err *err);
bool escalation_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct escalation_list *out, struct err *err);
/* "YYYY-MM-DD" of a row as a date, for a page. */
struct date escalation_day(const char *text);
void escalation_json(struct sb *sb, const struct escalation *e);

/* Who she can turn to about a contact: representatives with a desk, of the contact's authority first; and whether there is a
 * chair. `elected` is false when what it holds is secret or protected: then only a manager. */
struct escalation_choice { int64_t representative_id; const char *name, *what; };	/* what: "TN, Member, X-partiet" */
struct escalation_choices { struct escalation_choice *item; size_t n; bool elected; const char *chair; };
bool escalation_choices(struct db *db, struct arena *a, const struct contact *c, const char *lang, int64_t now,
    struct escalation_choices *out, struct err *err);

/* She changes what may be shared; 0 withdraws it. */
bool escalation_consent(struct db *db, struct arena *a, int64_t id, unsigned consent, int64_t now, struct err *err);

/* The registrar: appeal (becomes or joins a matter), complaint (goes on to whom she chose, with a promise from today), other
 * (back to who has the contact). decision_kind merits or legality and decision_date are needed for an appeal to know its last
 * day. ERR_INPUT: classified, decision_kind, decision_date. */
struct classify_in { int64_t id; const char *classified, *decision_kind, *decision_date; };
bool escalation_classify(struct db *db, struct arena *a, const struct classify_in *in, const struct actor *by, int64_t now,
    struct err *err);
/* The last day: merits FL 44 §, three weeks from when she got it; legality KL 13:5, three weeks from the notice. */
bool appeal_last_day(const char *decision_kind, const char *decision_date, struct date *out);

struct escalation_answer {
	int64_t id, version;
	enum { ESCALATION_MAIL, ESCALATION_PHONE, ESCALATION_PAGE } way;	/* her page only: she has no mail address */
	const char *text;
	const char *next_by;		/* YYYY-MM-DD: more will come by then, it stays open; NULL or "": this is the answer */
	const char *ending;		/* a manager's: done, not_done, not_ours ends the contact too; NULL: it goes on */
	const char *ending_why;
};
/* ERR_INPUT: text, way, next_by, ending, ending_why. ERR_CONFLICT: changed meanwhile. */
bool escalation_answer(struct db *db, struct arena *a, const struct escalation_answer *in, const struct actor *by,
    int64_t now, struct err *err);

/* Right of initiative: a new matter in her committee, with her words as document 1, the contact's documents after it when the
 * committee is the contact's own. The resident is told. ERR_INPUT: title, text, authority. */
bool escalation_raise(struct db *db, struct arena *a, int64_t id, int64_t authority_id, const char *title, const char *text,
    const struct actor *by, int64_t now, int64_t *matter_id, struct err *err);

/* What the receiver may read: the contact without what the resident has not agreed to share, and the conversation (in, and out
 * when sent), each document open for itself. A manager reads all of it. ERR_DENIED: it has become secret or protected. */
struct escalation_file {
	struct contact contact;		/* fields not shared are NULL */
	struct contact whole;		/* with the person: for taking her out of other words, never shown */
	struct document *document;
	size_t n_documents;
};
bool escalation_file(struct db *db, struct arena *a, const struct escalation *e, int64_t now, struct escalation_file *out,
    struct err *err);

/* How similar contacts went: same category in the same authority, the last 90 days; and how many of them were about the same
 * place, 0 when the contact names none. */
struct similar { int64_t n, n_answered, n_late, n_here; };
bool escalation_similar(struct db *db, const struct contact *c, int64_t now, struct similar *out, struct err *err);

/* Everything overdue by a step is told once: to who has it (1), the chair or the department's head (2, 3). What waits with
 * somebody whose mandate has ended goes on: to who took over after her, else the chair, else the manager. */
struct escalation_done { int64_t told; };
bool escalation_tick(struct db *db, int64_t now, struct escalation_done *out, struct err *err);

/* "by Friday 22 January 2027 (2 working days)". */
const char *escalation_promise(struct arena *a, const char *lang, int64_t by, int64_t days, const char *explained);
/* "name phone" and back. */
const char *consent_words(struct arena *a, unsigned consent);
unsigned consent_parse(const char *words);
const char *escalation_state_text(const char *state);	/* N_() */
const char *escalation_level_text(const char *level);

/* Notes to self: hers alone, no documents (TF 2:12). */
struct self_note { int64_t id, written_at; const char *text; };
bool self_notes(struct db *db, struct arena *a, int64_t account_id, int64_t escalation_id, struct self_note **out, size_t *n,
    struct err *err);
bool self_note_add(struct db *db, int64_t account_id, int64_t escalation_id, const char *text, int64_t now, struct err *err);
bool self_note_remove(struct db *db, int64_t account_id, int64_t id, struct err *err);
#endif

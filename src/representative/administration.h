/* representative/administration.h: a representative asks the administration, through its head, with a date
 *
 * The question and its answer are documents on the contact, and in its matter (TF 2:9-10; rule book 3.6). It is put to the head
 * of the department that has the contact, never to an official of hers: a representative does not give officials work
 * (KL 6:3, 6:37-40; rule book 0.7). What is not answered in time is told and listed. */
#ifndef REPRESENTATIVE_ADMINISTRATION_H
#define REPRESENTATIVE_ADMINISTRATION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/permit.h"
#include "representative/escalation.h"

struct administration_question {
	int64_t id, escalation_id, contact_id, authority_id, unit_id, asked_by, asked_of;
	const char *contact_number, *asked_by_name, *asked_of_name, *answered_by_name, *text, *answer;
	int64_t asked_at, answer_by, answer_days, answered_at, reminded_at, thanked_at;
	const char *answer_explained;
	int overdue, restricted;
};
struct administration_list { struct administration_question *item; size_t n; };

/* The heads who can be asked about this contact: name and account. */
struct head { int64_t account_id; const char *name; };
bool administration_heads(struct db *db, struct arena *a, const struct contact *c, int64_t now, struct head **out, size_t *n,
    struct err *err);

/* `by_day` YYYY-MM-DD, "" or NULL: the usual promise. `of` 0: the first head. ERR_INPUT: text, by_day, and of: an official
 * who is not the head is refused. */
bool administration_ask(struct db *db, struct arena *a, int64_t escalation_id, int64_t of, const char *text,
    const char *by_day, const struct actor *by, int64_t now, int64_t *id, struct err *err);
bool administration_answer(struct db *db, struct arena *a, int64_t id, const char *text, const struct actor *by, int64_t now,
    struct err *err);
/* Thanks for an answer, or reminds of a question; each mails the head and is noted. ERR_INPUT: nothing to thank for, nothing
 * to remind of, or reminded today already. */
enum nudge { NUDGE_REMIND, NUDGE_THANK };
bool administration_nudge(struct db *db, struct arena *a, int64_t id, enum nudge nudge, const struct actor *by, int64_t now,
    struct err *err);

bool administration_get(struct db *db, struct arena *a, int64_t id, struct administration_question *out, struct err *err);
struct object administration_object(const struct administration_question *q);
bool administration_of(struct db *db, struct arena *a, int64_t escalation_id, struct administration_list *out,
    struct err *err);
/* Put to somebody of an authority where the actor may answer (ACT_ADMINISTRATION_ANSWER), open ones first. */
bool administration_waiting(struct db *db, struct arena *a, const struct actor *actor, struct administration_list *out,
    struct err *err);
/* Part of escalation_tick. */
bool administration_tick(struct db *db, struct arena *a, int64_t now, int64_t *told, struct err *err);

/* What is late in an authority, for the chair and the committee's next meeting: numbers and dates, no words, no names of
 * residents. Escalations, questions, and contacts past their promise by three working days. Oldest promise first. */
struct late_row { const char *kind, *number, *to, *explained; int64_t by, days; int overdue; };
struct late_rows { struct late_row *item; size_t n; };
bool late_list(struct db *db, struct arena *a, int64_t authority_id, int64_t now, struct late_rows *out, struct err *err);
#endif

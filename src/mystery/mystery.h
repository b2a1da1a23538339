/* mystery/mystery.h: the municipality tests itself
 *
 * The yearly comparison of municipalities has an outside firm ask the same simple questions in a set of service areas, by mail to
 * the official address and by phone (rule book 2.5). Here a municipality does it to itself, between those years. A test leader
 * (ACT_MYSTERY) keeps questions with what a good answer has in it, and senders; plans a round of tests at random times in working
 * hours over some weeks; and starts it. Mails go out by the outbox to the official address and come in like anybody's.
 *
 * What is always true:
 *  - Nobody who answers can tell. A test is known again by the Message-ID that was kept when it was sent; that the contact is a
 *    test stands in mystery_contact alone. No page, mail, list, event of the contact or stream says so until the round is over.
 *  - It is a contact like all others: number, owner, clock, worklist, verify.
 *  - It is in no figures (contact/counted.h), also when it is over.
 *  - Each test is in the results of its round, or left out with a reason.
 * An answer is the first words sent to the sender by a person; if the sender's mail is delivered here too, what comes there counts.
 * When the round is over, its contacts get an event that says what they were, and those still open are closed.
 *
 * The phone test is made by the tester, who takes it down: answered at once or not, minutes, and three grades of reception. A
 * contact that the guide took down during it is found by the number that was called from. */
#ifndef MYSTERY_MYSTERY_H
#define MYSTERY_MYSTERY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "people/office.h"
#include "people/permit.h"

struct arena; struct db; struct err;

enum { MYSTERY_WORDS_MAX = 4000, MYSTERY_TESTS_MAX = 500, MYSTERY_POINTS_MAX = 12 };

struct mystery_question {
	int64_t id, authority_id;
	const char *area, *subject, *question, *points;	/* points: one a line */
	bool by_mail, by_phone, active;
	const char *authority_code;
};
struct mystery_sender {
	int64_t id, authority_id;
	const char *name, *address, *phone;	/* address and phone may be NULL, not both */
	bool active;
	const char *authority_code;
};
struct mystery_round {
	int64_t id, authority_id, seed, created_at, over_at, version;
	const char *name, *recipient, *phone, *from_date, *to_date, *opens, *closes, *state, *authority_code;
	int64_t n_tests, n_asked, n_judged;
};
enum { GRADES = 3 };		/* kindness, interest, clarity */
extern const char *const mystery_grade_text[GRADES], *const mystery_grade_name[GRADES];	/* N_(); form and column */

struct mystery_test {
	int64_t id, round_id, question_id, authority_id;
	bool by_phone;
	int64_t planned_at, asked_at;		/* 0: not yet */
	const char *area, *subject, *question, *points;
	const char *sender_name, *sender_address, *sender_phone;
	const char *message_id;
	int64_t contact_id, arrived_at;		/* 0: has not become one */
	const char *contact_number;
	int64_t answer_at;			/* the first answer; 0: none */
	const char *answer_text;		/* NULL: none, or it may not be read (secrecy) */
	bool judged;
	int is_answer, direct, minutes;		/* -1: not said */
	int grade[GRADES];			/* 0: not said */
	const char *points_met, *remark, *void_reason;
	const char *round_state, *round_name;
};
struct mystery_question_list { struct mystery_question *item; size_t n; };
struct mystery_sender_list { struct mystery_sender *item; size_t n; };
struct mystery_round_list { struct mystery_round *item; size_t n; };
struct mystery_test_list { struct mystery_test *item; size_t n; };

/* Of the authorities where the actor may (ACT_MYSTERY). */
bool mystery_questions(struct db *db, struct arena *a, const struct actor *actor, struct mystery_question_list *out,
    struct err *err);
bool mystery_question_get(struct db *db, struct arena *a, int64_t id, struct mystery_question *out, struct err *err);
bool mystery_senders(struct db *db, struct arena *a, const struct actor *actor, struct mystery_sender_list *out,
    struct err *err);
bool mystery_sender_get(struct db *db, struct arena *a, int64_t id, struct mystery_sender *out, struct err *err);
bool mystery_rounds(struct db *db, struct arena *a, const struct actor *actor, struct mystery_round_list *out,
    struct err *err);
bool mystery_round_get(struct db *db, struct arena *a, int64_t id, struct mystery_round *out, struct err *err);
/* By time. */
bool mystery_tests(struct db *db, struct arena *a, int64_t round_id, struct mystery_test_list *out, struct err *err);
bool mystery_test_get(struct db *db, struct arena *a, int64_t id, struct mystery_test *out, struct err *err);

/* ERR_INPUT names the field. A question that has been asked keeps its words in the tests. */
bool mystery_question_save(struct db *db, const struct change *by, const struct mystery_question *in, int64_t *id,
    struct err *err);
bool mystery_sender_save(struct db *db, struct arena *a, const struct change *by, const struct mystery_sender *in, int64_t *id,
    struct err *err);

struct mystery_wish {
	int64_t authority_id;
	const char *name, *recipient, *phone, *opens, *closes;
	struct date from, to;
	int64_t mails, calls;		/* how many times each question is asked */
	int64_t seed;			/* 0: drawn */
};
/* The whole plan is made and stored. ERR_INPUT: name, recipient (no active mailbox of ours), phone, mails, calls (none, or
 * more than MYSTERY_TESTS_MAX in all, or no question or sender for them), and what plan_times refuses. */
bool mystery_plan(struct db *db, struct arena *a, const struct change *by, const struct mystery_wish *in, int64_t *id,
    struct err *err);
/* planned -> running -> over; planned or running -> cancelled. ERR_CONFLICT: from another state. Over and cancelled reveal
 * the contacts and close those that are open; a cancelled round is in no results. */
bool mystery_start(struct db *db, const struct change *by, int64_t round_id, struct err *err);
bool mystery_end(struct db *db, struct arena *a, const struct change *by, int64_t round_id, bool cancel, struct err *err);

struct mystery_judgement {
	int64_t test_id;
	int is_answer;			/* by mail: 0, 1 */
	int direct;			/* by phone: 0, 1 */
	int64_t minutes;		/* by phone; -1: not said */
	int grade[GRADES];		/* by phone: each 1 to 5, or all 0 when nobody was reached; by mail all 0 */
	int64_t called_at;		/* by phone */
	const char *points_met;		/* "1,3" */
	const char *remark;
};
/* May be said again until the round is over. ERR_INPUT names the field. */
bool mystery_judge(struct db *db, struct arena *a, const struct change *by, const struct mystery_judgement *in, struct err *err);
/* Left out, and why; "" takes it back. */
bool mystery_void(struct db *db, const struct change *by, int64_t test_id, const char *why, struct err *err);

/* Mails that are due are put in the outbox, in working hours. */
bool mystery_tick(struct db *db, int64_t now, int64_t *sent, struct err *err);
/* Tells contact/intake.h; once, before any mail is read. */
void mystery_by_mail(void);
#endif

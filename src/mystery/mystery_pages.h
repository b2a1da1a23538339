/* mystery/mystery_pages.h: the test leader's pages; nobody else sees that they are there
 *
 *   /testfragor                       the rounds
 *   /testfragor/fragor, /fragor/ID    the questions
 *   /testfragor/avsandare, /ID        whom they come from, and the numbers that are called from
 *   /testfragor/ny                    plan a round
 *   /testfragor/omgangar/ID           its tests; POST starta, avsluta, avbryt
 *   /testfragor/prov/ID               one test: judge it, take a call down; POST stryk leaves it out */
#ifndef MYSTERY_MYSTERY_PAGES_H
#define MYSTERY_MYSTERY_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "mystery/mystery.h"

extern const struct route mystery_routes[];

struct mystery_rounds_view { const struct mystery_round *round; size_t n; int64_t n_questions, n_senders; };
void mystery_rounds_html(struct sb *sb, const struct page *page, const struct mystery_rounds_view *view);

struct mystery_questions_view { const struct mystery_question *item; size_t n; };
void mystery_questions_html(struct sb *sb, const struct page *page, const struct mystery_questions_view *view);
struct mystery_question_view { const struct mystery_question *q; const char *action; const struct choice *authority; size_t n_authorities; };
void mystery_question_html(struct sb *sb, const struct page *page, const struct mystery_question_view *view);

struct mystery_senders_view { const struct mystery_sender *item; size_t n; };
void mystery_senders_html(struct sb *sb, const struct page *page, const struct mystery_senders_view *view);
struct mystery_sender_view { const struct mystery_sender *s; const char *action; const struct choice *authority; size_t n_authorities; };
void mystery_sender_html(struct sb *sb, const struct page *page, const struct mystery_sender_view *view);

struct mystery_plan_view {
	const struct choice *authority, *mailbox; size_t n_authorities, n_mailboxes;
	const char *name, *phone, *from, *to, *opens, *closes, *mails, *calls, *seed;
	int64_t n_mail_questions, n_phone_questions;
};
void mystery_plan_html(struct sb *sb, const struct page *page, const struct mystery_plan_view *view);

struct mystery_round_view { const struct mystery_round *r; const struct mystery_test *test; size_t n; int64_t now; };
void mystery_round_html(struct sb *sb, const struct page *page, const struct mystery_round_view *view);

struct mystery_test_view {
	const struct mystery_test *t;
	const char *const *point; size_t n_points; bool met[MYSTERY_POINTS_MAX];
	const char *phone, *called_day, *called_time, *minutes, *remark, *void_reason, *direct, *is_answer, *grade[GRADES];
	bool may;			/* the round is under way */
};
void mystery_test_html(struct sb *sb, const struct page *page, const struct mystery_test_view *view);

const char *mystery_round_state_text(const char *state);	/* N_() */
/* Where a test is: "waits", "sent", "answered", ...; N_(). */
const char *mystery_test_state_text(const struct mystery_test *t);
#endif

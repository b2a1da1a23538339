/* representative/desk_pages.h: what was put to her, and what she can do: the representative's desk, the manager's, the head's
 *
 *   /skrivbord              what waits, with dates             /skrivbord/ID   the brief on one page, and what can be done
 *   /skrivbord/ID/svar, /fraga, /vack, /anteckning, /anteckning-bort, /klassa   (POST)
 *   /fragor                 for a department's head            /fragor/ID (POST), /fragor/ID/paminn, /fragor/ID/tacka (POST)
 *   /sent                   what is late, for the chair and the committee's next meeting */
#ifndef REPRESENTATIVE_DESK_PAGES_H
#define REPRESENTATIVE_DESK_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "representative/administration.h"
#include "representative/escalation.h"

extern const struct route desk_routes[];

struct desk_view {
	const struct escalation *mine, *managed, *to_classify;
	size_t n_mine, n_managed, n_to_classify;
	const struct administration_question *question;
	size_t n_questions;
	bool elected, manager, registrar, head, late, unknown;	/* unknown: elected, and tied to nobody in the directory */
	int64_t now;
};
void desk_html(struct sb *sb, const struct page *page, const struct desk_view *view);

struct brief_view {
	const struct escalation *e;
	const struct escalation_file *file;
	const struct administration_question *question;
	size_t n_questions;
	const struct self_note *note;
	size_t n_notes;
	const struct similar *similar;
	const char *promise, *contact_promise;
	const char *law[6];		/* msgid, NULL ends */
	const int *took;		/* working days from the first word to each document */
	const struct choice *head, *committee, *way, *ending;
	size_t n_heads, n_committees, n_ways, n_endings;
	const char *text, *question_text, *title, *raise_text, *next_by, *by_day, *ending_why;
	bool elected, may_answer, may_ask, may_raise, may_classify, may_contact, promise_ahead;
	int64_t now;
};
void brief_html(struct sb *sb, const struct page *page, const struct brief_view *view);

struct questions_view { const struct administration_question *item; size_t n; const char **promise; int64_t now; };
void questions_html(struct sb *sb, const struct page *page, const struct questions_view *view);

struct late_view {
	const struct late_row *item;
	size_t n;
	const char **promise;
	const struct page_link *tab;
	size_t n_tabs;
	int64_t now;
};
void late_html(struct sb *sb, const struct page *page, const struct late_view *view);
#endif

/* call/call_pages.h: the telephone desk: one screen, no mouse
 *
 *   /telefon?samtal=ID | aterring=NUMBER | nummer=   who rings, who is to be called, and the note while one talks   (POST: write it down)
 *   /telefon/forslag?q=     an area and standard answers for what is being written (JSON)
 *   /telefon/handelser      tells when to look again: of calls, never whose
 *   /admin/vaxlar, /ny, /ID, /ID/nyckel, /ID/ko, /ID/fil   exchanges: their tokens, queues and files (exchange_pages.c) */
#ifndef CALL_CALL_PAGES_H
#define CALL_CALL_PAGES_H
#include "call/call_store.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/office.h"

extern const struct route call_routes[];
extern const struct route exchange_routes[];

struct telephone_view {
	int64_t now, call_id;
	const char *number, *name, *callback;	/* of the call, typed, or to be called back (callback: the task's number) */
	const char *number_kept;		/* the same, also when she may not see it: for what is written down */
	bool chosen;				/* somebody is on the line: the note has the focus */
	const char *written, *draft;		/* the contact just registered (NULL); what the draft is kept under */
	const struct call_row *ringing, *mine;
	size_t n_ringing, n_mine;
	const struct callback_row *callback_row;
	size_t n_callbacks;
	const struct contact_row *before;
	size_t n_before;
	const struct choice *category, *standard;
	size_t n_categories, n_standards;
	const char *text, *answer, *person, *promised_day, *promised_time;
};
void telephone_html(struct sb *sb, const struct page *page, const struct telephone_view *view);

struct exchange_view {
	const struct exchange *exchange;	/* NULL: a new one */
	const struct exchange *list;		/* of the list */
	size_t n;
	const struct choice *unit, *queue_unit;
	size_t n_units, n_queue_units;
	const char *code, *name, *token;	/* token: just made, shown once */
	const struct exchange_queue *queue;
	size_t n_queues;
	const struct call_list *read;		/* a file that was just read; NULL */
	const struct call_taken *taken;
	const char *action, *base_url;
	bool active;
};
void exchange_list_html(struct sb *sb, const struct page *page, const struct exchange_view *view);
void exchange_html(struct sb *sb, const struct page *page, const struct exchange_view *view);
#endif

/* contact/contact_pages.h: one contact, for those who answer it, and taking down a new one
 *
 *   /kontakter/ny             a call, a visit, a letter, by hand; /mottagen: which day it counts as received, as text
 *         /kontakter/NUMBER        all about it
 *   /kontakter/NUMBER/svar, /tilldela, /flytta, /paus, /aterta, /anteckning, /fraga, /samman, /dela, /arende, /till-arende,
 *   /sekretess, /sekretess-lyft, /skydd, /utkast, /slapp, /skrap, /narvaro  (POST)    /kontakter/NUMBER/fil/DOC/N
 *   /kontakter/NUMBER/handelser   tells when to look again
 *   /kontakter/NUMBER/original/DOC   the mail as it came       /kontakter/NUMBER/utseende/DOC   its HTML, made harmless */
#ifndef CONTACT_CONTACT_PAGES_H
#define CONTACT_CONTACT_PAGES_H
#include "contact/contact.h"
#include "contact/work.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/absence.h"
#include "registry/secrecy_pages.h"
#include "timeline/event.h"

extern const struct route contact_routes[];

struct contact_view {
	const struct contact *contact;
	const struct document *document;
	size_t n_documents;
	const struct event *event;
	size_t n_events;
	const struct question *question;
	size_t n_questions;
	const struct contact_row *other;	/* of the same sender */
	size_t n_others;
	const struct contact *merged;		/* what was merged into it and she may read: number and words */
	size_t n_merged;
	const struct choice *owner, *colleague, *unit, *authority, *standard;	/* colleague: who may read it, so can be asked */
	size_t n_owners, n_colleagues, n_units, n_authorities, n_standard;
	struct absence away;			/* of whoever has it; id 0 when she is here */
	const char *promise, *answer_text, *path;
	const char *received;			/* the day it counts as received, and why, in words */
	const char *matter_number;		/* NULL: in none she may read */
	struct secrecy_view secrecy;
	const struct presence *present;	/* others who have it open */
	size_t n_present;
	int64_t account_id, now;
	bool may_publish;			/* the category shows descriptions, and she may approve one */
	bool may_text;				/* an answer may go by text message */
	const char *text_counted;		/* what the words would be as text messages; NULL unless may_text */
	bool may_answer, may_assign, may_transfer, may_note, may_merge, may_matter, may_quarantine;
};
void contact_html(struct sb *sb, const struct page *page, const struct contact_view *view);
/* For a colleague who is asked and may not read the contact itself. */
struct asked_view { const char *path; struct question *question; size_t n; };
void asked_html(struct sb *sb, const struct page *page, const struct asked_view *view);
/* One mail's HTML (mail/html.h has made it harmless). */
void mail_layout_html(struct sb *sb, const struct page *page, const struct contact *c, const struct document *d);

struct new_view {
	const struct choice *category, *channel;
	size_t n_categories, n_channels;
	const char *text, *subject, *place, *name, *email, *phone, *address;
	const char *arrived, *today;		/* YYYY-MM-DD */
	const char *received;			/* what the day would be, in words */
};
void new_contact_html(struct sb *sb, const struct page *page, const struct new_view *view);
#endif

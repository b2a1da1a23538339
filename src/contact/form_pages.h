/* contact/form_pages.h: the form that needs no account
 *
 *   /kontakt              the form; the start page is portal/start_pages.h
 *   /kontakt/forslag?q=   answers that may help, as JSON, while one writes */
#ifndef CONTACT_FORM_PAGES_H
#define CONTACT_FORM_PAGES_H
#include "contact/contact.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route form_routes[];

struct form_view {
	const char *text, *subject, *place, *name, *email, *phone, *address;	/* as written */
	const char *answers;		/* does somebody answer the phone now? One sentence, or NULL */
	int64_t opened_at;
	const struct choice *category;
	size_t n_categories;
	struct choice reply[5];
	size_t n_reply;
};
/* contact/form.html */
void standard_answer_html(struct sb *sb, const struct page *page, const char *title, const char *text);
void form_html(struct sb *sb, const struct page *page, const struct form_view *view);
#endif

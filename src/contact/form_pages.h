/* contact/form_pages.h: what anybody sees first: the start page, and the form that needs no account
 *
 *   /            what we promise, how to reach us          /kontakt          the form
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
	int64_t opened_at;
	const struct choice *category;
	size_t n_categories;
	struct choice reply[5];
	size_t n_reply;
};
/* contact/form.html */
void start_html(struct sb *sb, const struct page *page);
void standard_answer_html(struct sb *sb, const struct page *page, const char *title, const char *text);
void form_html(struct sb *sb, const struct page *page, const struct form_view *view);
#endif

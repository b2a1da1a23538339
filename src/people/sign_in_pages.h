/* people/sign_in_pages.h: signing in and out, forgotten passwords, the municipality's own logo and colours
 *
 *   /logga-in, /logga-in/kod, /logga-ut, /glomt-losenord, /valj-losenord/TOKEN
 *   /logotyp, /farger.css        the municipality's own */
#ifndef PEOPLE_SIGN_IN_PAGES_H
#define PEOPLE_SIGN_IN_PAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "http/http.h"
#include "http/page.h"

struct sb;

extern const struct route sign_in_routes[];

struct demo_row { int64_t account_id; const char *name, *role, *authority; };	/* role: msgid */
struct sign_in_view {
	const char *sign_in;		/* as written */
	const char *back;		/* where to go afterwards, or NULL */
	bool after_form;		/* a form was sent when the session had ended */
	const char *token;		/* the first step is done */
	const struct demo_row *demo;
	size_t n_demo;			/* 0 unless the demo runs */
};
void sign_in_html(struct sb *sb, const struct page *page, const struct sign_in_view *view);
void sign_in_code_html(struct sb *sb, const struct page *page, const struct sign_in_view *view);

struct password_view { const char *action; const char *name, *sign_in; };
void choose_password_html(struct sb *sb, const struct page *page, const struct password_view *view);
void dead_link_html(struct sb *sb, const struct page *page);

struct forgotten_view { const char *sign_in; bool sent; };
void forgotten_html(struct sb *sb, const struct page *page, const struct forgotten_view *view);
#endif

/* people/session_hooks.h: what http/ asks people/ about: who, may she, and what to say when not */
#ifndef PEOPLE_SESSION_HOOKS_H
#define PEOPLE_SESSION_HOOKS_H
#include "base/base.h"
#include "http/http.h"
#include "http/page.h"

struct database; struct err; struct sb;

#define SESSION_COOKIE "session"
#define LANGUAGE_COOKIE "lang"	/* set by portal/preference_pages.h */

/* Fills every hook; reads (and the first time makes) the CSRF key. The key lives as long as the program. */
bool session_hooks(struct database *database, struct http_hooks *out, struct err *err);

struct error_view {
	int status;
	const char *sentence;		/* msgid; what to do */
	const char *reference;		/* the request's id */
	const char *sign_in;		/* where a visitor may sign in and come back; or NULL */
	bool was_post;
};
/* people/error.html */
void error_html(struct sb *sb, const struct page *page, const struct error_view *view);
#endif

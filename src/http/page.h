/* http/page.h: what every page has around its own content
 *
 * A handler fills a struct page (page_init, then its own fields) and its template draws it:
 *
 *   {% template void worklist_html(struct sb *sb, const struct page *page, const struct worklist_view *view) %}
 *   {% call layout_begin(sb, page) %}
 *   <h1>{{ page->title }}</h1> ...
 *   {% call layout_end(sb, page) %}
 *   {% end %}
 *
 * Strings are shown as they are, escaped, unless the comment says msgid: then they are translated where they are shown
 * (a text that has no translation comes out unchanged, so a ready sentence may stand there too). */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct request; struct sb;

enum { PAGE_MAX = 4 << 20 };		/* bytes of one page, for sb_init */

struct page_link {
	const char *href;
	const char *text;		/* msgid */
	bool current;			/* the page we are on: aria-current */
	int64_t count;			/* shown beside the text; 0 shows none */
};

/* What is wrong with a form: shown at the top as a list of links to the fields, and again at each field. */
struct page_error {
	const char *field;		/* the input's name; NULL or "" when it concerns no field */
	const char *sentence;		/* msgid; what to do, not what went wrong */
};

enum flash_kind { FLASH_DONE, FLASH_NOTE, FLASH_WARNING };

/* The municipality's own: name, colour, logo. Settings, the same on every page. */
struct page_site {
	const char *name;		/* "Exempelby kommun" */
	const char *logo;		/* URL of a picture in our origin, or NULL: the name alone */
	const char *stylesheet;		/* URL of the colours made by theme_css (http/theme.h), or NULL for the default */
	const char *version;		/* put on the URLs of /static/ files so that a new version is fetched; or NULL */
	const char *accessibility;	/* URL of the accessibility statement */
	const char *contact;		/* URL: how to reach us; or NULL */
};

struct page {
	struct request *request;	/* may be NULL in tests and mail previews */
	const char *lang;		/* "sv" or "en" */
	const char *title;		/* ready text; with the site's name it becomes <title> */
	const char *scheme;		/* "light", "dark", or NULL: what the reader's system says */
	const char *csrf;		/* token for the page's forms */
	const char *here;		/* path and query, for coming back after a change of language or sign-in */
	const struct page_site *site;
	const char *person;		/* the signed-in person's name; NULL for a visitor */
	const char *account_href;	/* her own page, or NULL */
	const char *sign_out;		/* where the sign-out form posts; NULL hides it */
	const char *sign_in;		/* where a visitor signs in; NULL hides it */
	const char *search;		/* where the header's search box leads (GET q=); NULL hides it */
	const char *search_suggest;	/* answers q= with suggestions while it is typed; or NULL */
	const char *search_text;	/* what was searched for; may be NULL */
	const struct page_link *nav;
	size_t n_nav;
	const struct page_link *trail;	/* breadcrumbs, without the page itself */
	size_t n_trail;
	const char *flash;		/* msgid: what has just been done; NULL for none */
	enum flash_kind flash_kind;
	const struct page_error *error;
	size_t n_error;
	const char *events;		/* URL of an event stream that says when this page is out of date, or NULL */
	bool posted;			/* the answer to a POST: its address cannot be fetched again, so no stream is heard */
	bool wide;			/* lists and tables: uses the whole of a wide screen */
	bool keep_drafts;		/* sign-in and error pages: what was sent has perhaps not arrived */
	bool bare;			/* a screen on a wall: nothing around its content */
	int refresh_s;			/* without scripts it loads itself again so often; 0: not */
	int pace_s;			/* with them, at most so often for what happens; 0: as it happens */
	bool no_index;			/* a page search engines shall not keep (secret links, signed-in pages) */
};

/* Zeroes the page and takes from the request what it knows: lang, csrf, here, and the scheme chosen (cookie "scheme").
 * Language and scheme are chosen by GET /sprak?lang=en&back=/path and GET /utseende?scheme=dark&back=/path. */
void page_init(struct page *page, struct request *rq, const char *title);

/* The sentence for this field (msgid), or NULL. */
const char *page_error_of(const struct page *page, const char *field);

/* http/layout.html. Between the two stands the content of <main>. */
void layout_begin(struct sb *sb, const struct page *page);
void layout_end(struct sb *sb, const struct page *page);
#endif

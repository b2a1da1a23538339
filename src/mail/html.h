/* mail/html.h: a stranger's HTML, made harmless, and made text
 *
 * mail_html_sanitise() does not take bad things out: it writes a new page from a short list of tags and attributes, and
 * everything else is text or nothing. What it writes is always true of: only tags of the list, every one closed, in
 * lower case; no attribute but href (http, https, mailto, tel), colspan, rowspan and dir; every link has
 * rel="noreferrer noopener"; no picture, style, script, form or frame; text is escaped. Pictures become their
 * alternative text in brackets.
 *
 * mail_html_text() is the same page to be read as plain text: paragraphs, lists, "> " before what stands in blockquote,
 * links with their address beside them. */
#ifndef MAIL_HTML_H
#define MAIL_HTML_H
#include <stddef.h>
#include "base/base.h"

struct arena;

#define MAIL_HTML_MAX (2u * 1024 * 1024)	/* more than this of output is cut at the end of an element */

/* `html` is n bytes of valid UTF-8. The results are valid UTF-8, in `a`, never NULL. */
char *mail_html_sanitise(struct arena *a, const char *html, size_t n);
char *mail_html_text(struct arena *a, const char *html, size_t n);

/* The charset a page says of itself in its first 1024 bytes (<meta charset>), or NULL. */
char *mail_html_charset(struct arena *a, const char *bytes, size_t n);
#endif

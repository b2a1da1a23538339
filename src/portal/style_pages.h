/* portal/style_pages.h: every part of forms and lists on one page, to look at and to test: /stilguide
 *
 * `serve --demo` puts these routes beside the others; otherwise they are not there. */
#ifndef PORTAL_STYLE_PAGES_H
#define PORTAL_STYLE_PAGES_H
#include <stdint.h>
#include "base/base.h"
#include "http/form_parts.h"
#include "http/http.h"

struct sb;

extern const struct route style_routes[];

/* `changes`: how often the example button has been pressed; the part of the page that shows it is live. */
void style_guide_html(struct sb *sb, const struct page *page, int64_t changes);
#endif

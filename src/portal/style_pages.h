/* portal/style_pages.h: every part of forms and lists on one page, to look at and to test (demo mode only: /stilguide) */
#ifndef PORTAL_STYLE_PAGES_H
#define PORTAL_STYLE_PAGES_H
#include "base/base.h"
#include "http/form_parts.h"

struct sb;

void style_guide_html(struct sb *sb, const struct page *page);
#endif

/* registry/classification_pages.h: the classification table
 *
 *   /admin/klassificering     the table as it is, and loading one    /klassificering/forslag   suggestions while typing */
#ifndef REGISTRY_CLASSIFICATION_PAGES_H
#define REGISTRY_CLASSIFICATION_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "registry/classification.h"

extern const struct route classification_routes[];

struct classification_view {
	const struct classification *row;
	size_t n;
	const struct classification_loaded *loaded;	/* what has just been done, or NULL */
};
void classification_html(struct sb *sb, const struct page *page, const struct classification_view *view);
#endif

/* open311/open311_pages.h: the interface for other systems, its administration, and what of a contact all may read
 *
 *   GET  /open311/discovery.xml|json, /open311/v2/services.F, services/CODE.F, requests.F, requests/NUMBER.F, tokens/TOKEN.F
 *   POST /open311/v2/requests.F
 *   /admin/open311                    keys; /ny, /ID/aterkalla        /admin/open311/fragor   what a category asks; /ny, /ID
 *   /kontakter/NUMBER/offentligt      the description as all may read it */
#ifndef OPEN311_OPEN311_PAGES_H
#define OPEN311_OPEN311_PAGES_H
#include "contact/contact.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "open311/open311.h"
#include "open311/open311_store.h"

extern const struct route open311_routes[];
extern const struct route open311_admin_routes[];

struct keys_view {
	const struct api_key *key;
	size_t n;
	const char *made;		/* just made, shown once; NULL */
	const char *base_url, *name, *reach, *per_minute, *jurisdiction, *contact;
};
void open311_keys_html(struct sb *sb, const struct page *page, const struct keys_view *view);

struct attributes_view {
	const struct service_attribute *item;
	const char *const *category_name;	/* one for each item */
	size_t n;
};
void open311_attributes_html(struct sb *sb, const struct page *page, const struct attributes_view *view);

struct attribute_view {
	const char *action, *code, *description, *hint, *choices, *position;
	const struct choice *category, *datatype;
	size_t n_categories, n_datatypes;
	bool asks, required, active;
};
void open311_attribute_html(struct sb *sb, const struct page *page, const struct attribute_view *view);

struct words_view { const struct contact *contact; const char *path, *text; const struct public_words *words; };
void open311_words_html(struct sb *sb, const struct page *page, const struct words_view *view);
#endif

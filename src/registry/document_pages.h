/* registry/document_pages.h: documents, for those who prepare matters
 *
 *   /arenden/ID/dokument/ny   one more in a matter               /dokument/ID         all about one
 *   /dokument/ID/utkast, /fardig, /kasta, /version, /maskera, /maskerad-fil, /godkann, /utlamna, /sekretess, /sekretess-lyft  (POST)
 *   /dokument/ID/fil/N        a file of it */
#ifndef REGISTRY_DOCUMENT_PAGES_H
#define REGISTRY_DOCUMENT_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy_pages.h"

extern const struct route document_routes[];

enum { DIRECTIONS = 3, CHANNELS_IN = 8, MASK_GROUPS = 3 };

/* The fields of a document, as written or as they are. */
struct document_fields {
	const char *direction, *title, *text, *sender, *recipient, *arrived, *dated, *today;
	const struct choice *channel;
	const struct choice *directions;	/* a new document chooses; a version has its first one's */
	bool draft;
};
struct document_new_view { const struct matter *matter; const char *path; struct document_fields fields; };
void document_new_html(struct sb *sb, const struct page *page, const struct document_new_view *view);

struct document_view {
	const struct document *document;
	const struct matter *matter;		/* NULL: in none */
	const char *contact_number;		/* NULL: of none she may see */
	const char *path, *seen, *today;
	const struct document_ref *version, *rendition;
	size_t n_versions, n_renditions;
	const char *original_title;		/* of a masked copy, when she may read the original */
	struct document_fields fields;		/* of a new version or of the draft */
	struct secrecy_view secrecy;
	bool may_add, may_mask, newest;
	struct mask_state mask;			/* of a masked copy */
	bool may_approve, may_release;
	const char *mask_title, *passages[MASK_GROUPS], *section[MASK_GROUPS];
};
void document_html(struct sb *sb, const struct page *page, const struct document_view *view);
#endif

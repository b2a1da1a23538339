/* registry/secrecy_pages.h: marks as a part of other pages, and the log of reading
 *
 *   /lasningar                who has read what is secret or protected (ACT_READ_LOG)
 *
 * The pages of matters, documents and contacts draw secrecy_part() with a view from secrecy_load() and post to their own
 * paths: PATH/sekretess, PATH/sekretess-lyft, and for a contact PATH/skydd. */
#ifndef REGISTRY_SECRECY_PAGES_H
#define REGISTRY_SECRECY_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/permit.h"
#include "registry/secrecy.h"

extern const struct route secrecy_routes[];

struct secrecy_view {
	const char *path, *today;
	const struct secrecy_mark *mark;
	size_t n;
	int restricted;			/* of the object: more than its own marks when it inherits */
	int protection;			/* of the person behind a contact */
	bool may_mark, may_protect, has_person;
};
bool secrecy_load(struct request *rq, const char *object, int64_t object_id, const struct object *rights,
    const char *path, struct secrecy_view *out, struct err *err);
void secrecy_part(struct sb *sb, const struct page *page, const struct secrecy_view *view);
/* "Secrecy" or "Protected identity", when it is restricted. */
void secrecy_badge(struct sb *sb, const struct page *page, int restricted);

/* The posts; rights have been asked about. */
bool secrecy_mark_posted(struct request *rq, const char *object, int64_t object_id, struct err *err);
bool secrecy_lift_posted(struct request *rq, const char *object, int64_t object_id, struct err *err);

struct reading_view { const struct reading *reading; size_t n; const char *next; };
void reading_html(struct sb *sb, const struct page *page, const struct reading_view *view);
#endif

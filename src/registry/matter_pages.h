/* registry/matter_pages.h: matters, for those who prepare them
 *
 *   /arenden                  the list, with filters             /arenden/ny         open one without a contact
 *   /arenden/ID               all about one                      /arende/NUMBER      the same by its number
 *   /arenden/ID/status, /rubrik, /tilldela, /klassning, /frist, /frist-klar, /bedomning, /drojsmal, /makulera,
 *   /sekretess, /sekretess-lyft  (POST) */
#ifndef REGISTRY_MATTER_PAGES_H
#define REGISTRY_MATTER_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "registry/document.h"
#include "registry/matter.h"
#include "registry/secrecy_pages.h"
#include "timeline/event.h"

extern const struct route matter_routes[];

/* The matter of the path's :id, which she may do this with. ERR_DENIED, ERR_NOT_FOUND. */
bool matter_of_path(struct request *rq, enum action action, struct matter *m, struct err *err);

struct matter_view {
	const struct matter *matter;
	const char *path, *today;
	const struct document *document;
	size_t n_documents;
	const struct matter_contact *contact;
	size_t n_contacts;
	const struct deadline *deadline;
	size_t n_deadlines;
	const struct event *event;
	size_t n_events;
	const struct choice *next, *unit, *owner, *appeal, *initiator;
	size_t n_next, n_units, n_owners;
	const char *classification_title;
	const char *title, *title_public, *classification;	/* as written, when a form comes again */
	struct secrecy_view secrecy;
	bool may_edit, may_add, may_approve, may_void, may_disclose, timed, delay_asked;
};
enum { APPEAL_KINDS = 4, INITIATORS = 5 };
void matter_html(struct sb *sb, const struct page *page, const struct matter_view *view);
/* The day a document bears, as it was received, sent or drawn up; in the template's memory. */
const char *document_day(struct sb *sb, const struct document *d);

struct matter_list_view {
	const struct matter *matter;
	size_t n;
	const struct choice *state, *authority, *unit, *appeal;
	size_t n_states, n_authorities, n_units, n_appeal;
	const char *classification, *next, *today;
	bool mine, late, may_open;
};
void matter_list_html(struct sb *sb, const struct page *page, const struct matter_list_view *view);

struct matter_new_view {
	const struct choice *authority, *unit, *appeal, *initiator;
	size_t n_authorities, n_units;
	const char *title, *classification;
};
void matter_new_html(struct sb *sb, const struct page *page, const struct matter_new_view *view);
#endif

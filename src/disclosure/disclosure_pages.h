/* disclosure/disclosure_pages.h: a request for documents, for those who answer it
 *
 *   /arenden/ID/utlamnande           what is asked for, what was handed out, the formal decision and its days
 *   /arenden/ID/utlamnande/oppna, /sok, /lamna-ut, /neka, /begard, /beslut, /dag   (POST) */
#ifndef DISCLOSURE_DISCLOSURE_PAGES_H
#define DISCLOSURE_DISCLOSURE_PAGES_H
#include "disclosure/disclosure.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "registry/matter.h"

extern const struct route disclosure_routes[];

struct disclosure_view {
	const struct matter *matter;
	const char *path, *today;
	const struct disclosure *q;		/* NULL: the matter is no request yet */
	const struct choice *contact;		/* then: which of its contacts asks */
	size_t n_contacts;
	const struct choice *open;		/* items not dealt with, as choices */
	size_t n_open;
	const char *last_day, *final_from;	/* of the decision; NULL: not known */
	bool in_time;				/* the appeal */
	bool may_work, may_refuse;
	const char *words, *section, *source, *rule, *reasons;	/* as written, when a form comes again */
};
void disclosure_html(struct sb *sb, const struct page *page, const struct disclosure_view *view);
#endif

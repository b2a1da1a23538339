/* contact/resident_pages.h: the resident's own page, behind her secret link
 *
 *   /k/TOKEN               what was said, where it is, the date promised
 *   /k/TOKEN/ord, /omdome, /svarsvag    add words or files; say whether it helped; change how to be reached
 *   /k/TOKEN/fil/DOC/N     a file of hers or of an answer */
#ifndef CONTACT_RESIDENT_PAGES_H
#define CONTACT_RESIDENT_PAGES_H
#include "contact/contact.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route resident_routes[];

struct resident_view {
	const char *path;		/* "/k/TOKEN" */
	bool just_sent, on_its_way;	/* the answer can still be taken back for a moment */
	const struct contact *contact;
	const char *promise;		/* "måndag 18 januari 2027 (5 arbetsdagar)" */
	const struct document *document;	/* what she may see of the conversation */
	size_t n_documents;
	const char *answers;		/* does her unit answer the phone now? One sentence, or NULL */
	struct choice reply[5];
	size_t n_reply;
	const char *words, *why;	/* as written, when shown again */
};
/* contact/resident.html */
void resident_html(struct sb *sb, const struct page *page, const struct resident_view *view);
#endif

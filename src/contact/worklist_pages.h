/* contact/worklist_pages.h: what waits, sorted by what was promised
 *
 *   /arbetslista?lista=mina|enhet|ingen|sena|alla|karantan|klara   /arbetslista/tilldela (POST, several at once)
 *                &enhet= &kanal= &omrade= &lage= &sen=1, the filter      /arbetslista/handelser    tells when to look again
 *   /arbetslista/filter, /arbetslista/filter/bort (POST)   a filter with a name, one's own
 *   /sok?q=      search as the actor may read     /sok/forslag?q=     the same while it is typed (JSON)
 *   /bevis   contacts that nobody has: must be empty */
#ifndef CONTACT_WORKLIST_PAGES_H
#define CONTACT_WORKLIST_PAGES_H
#include "contact/contact.h"
#include "contact/filter.h"
#include "contact/presence.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"

extern const struct route worklist_routes[];

struct worklist_view {
	enum worklist list;
	struct page_link tab[WORKLIST_COUNT];
	const struct contact_row *row;
	size_t n_rows;
	const char *next;		/* address of the next page, or NULL */
	int64_t now;
	const struct choice *owner;	/* who can be given them */
	size_t n_owners;
	const struct presence *present;	/* others who have one of them open */
	size_t n_present;
	/* the filter: what it says now, and what can be chosen */
	const char *word, *query;	/* of the list; the whole query that shows this list again */
	const struct worklist_filter *filter;
	bool filtered;			/* something is left out */
	const struct choice *unit, *category, *channel, *state;
	size_t n_units, n_categories, n_channels, n_states;
	const struct saved_filter *saved;
	size_t n_saved;
	const char *const *saved_href;	/* one for each */
	const char *filter_name;	/* as it was typed */
};
/* Who has a contact open, in a list or on its page. */
void presence_html(struct sb *sb, const struct page *page, const struct presence *p);
void worklist_html(struct sb *sb, const struct page *page, const struct worklist_view *view);

struct found_view { const char *typed; const struct search_result *result; size_t n; const char *next; };
void found_html(struct sb *sb, const struct page *page, const struct found_view *view);
void proof_html(struct sb *sb, const struct page *page, const struct verify_result *result);
#endif

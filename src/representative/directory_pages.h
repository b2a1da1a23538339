/* representative/directory_pages.h: who represents me, for everyone; and keeping the list
 *
 *   /fortroendevalda                by committee, party, area, name     /fortroendevalda/ID, /fortroendevalda/ID/bild
 *   /fortroendevalda.csv, .json     the same to take along (Popolo)
 *   /uppdrag                        for who keeps the list: add, bring in, terms      /uppdrag/ID, /uppdrag/ID/bild,
 *   /uppdrag/ID/nytt, /uppdrag/avsluta/MANDATE, /uppdrag/in, /uppdrag/period,
 *   /uppdrag/installning  (POST)
 *   /mitt-uppdrag                   the representative's own words and picture */
#ifndef REPRESENTATIVE_DIRECTORY_PAGES_H
#define REPRESENTATIVE_DIRECTORY_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "representative/exchange.h"
#include "representative/representative.h"

extern const struct route directory_routes[];

struct directory_view {
	const struct representative *item;
	size_t n;
	const char *match;
	const struct choice *committee, *party, *area;
	size_t n_committees, n_parties, n_areas;
	bool may_edit, chosen;
};
void directory_html(struct sb *sb, const struct page *page, const struct directory_view *view);

struct person_view {
	const struct representative *r;
	const char *today;
	bool may_edit;
};
void representative_html(struct sb *sb, const struct page *page, const struct person_view *view);

struct roster_view {
	const struct representative *item;
	size_t n;
	const struct term *term;
	size_t n_terms;
	const struct exchange_result *result;	/* of a file just brought in, or NULL */
	bool may_set;
	const char *forward, *manager_days, *representative_days, *classify_days;
};
void roster_html(struct sb *sb, const struct page *page, const struct roster_view *view);

struct roster_one_view {
	const struct representative *r;		/* id 0: a new one */
	const char *action;
	const struct choice *committee, *role, *term, *replaces;
	size_t n_committees, n_roles, n_terms, n_replaces;
	const char *today, *from_date, *to_date;
};
void roster_one_html(struct sb *sb, const struct page *page, const struct roster_one_view *view);
void roster_own_html(struct sb *sb, const struct page *page, const struct roster_one_view *view);
#endif

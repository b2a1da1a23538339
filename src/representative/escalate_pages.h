/* representative/escalate_pages.h: "not satisfied": from the resident's page, or by a guide on the phone
 *
 *   /k/TOKEN/vidare            whom she can turn to, and what waits     POST: turns to somebody
 *   /k/TOKEN/samtycke  (POST)  what may be shared, or no longer
 *   /kontakter/NUMBER/vidare   the same by phone, for who may take her words down */
#ifndef REPRESENTATIVE_ESCALATE_PAGES_H
#define REPRESENTATIVE_ESCALATE_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "representative/escalation.h"

extern const struct route escalate_routes[];

struct escalate_view {
	const struct contact *contact;
	const char *action, *consent_action, *back;
	bool by_phone;			/* a guide fills it in */
	const struct escalation *item;
	const char **promise;		/* of each */
	size_t n;
	const struct escalation_choices *choices;
	const struct choice *level, *representative, *consent;
	size_t n_levels, n_representatives, n_consents;
	const char *words, *decision_date;
	bool about_decision;
};
void escalate_html(struct sb *sb, const struct page *page, const struct escalate_view *view);
#endif

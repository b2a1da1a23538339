/* people/account_pages.h: her own account, and who is away
 *
 *   /konto                     password, two steps, sessions, language, absence
 *   /konto/tva-steg            switching two steps on
 *   /franvaro                  colleagues who are away, and who stands in */
#ifndef PEOPLE_ACCOUNT_PAGES_H
#define PEOPLE_ACCOUNT_PAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "http/http.h"
#include "http/page.h"
#include "people/absence.h"
#include "people/account.h"
#include "people/choices.h"
#include "people/session.h"

struct choice; struct sb;

extern const struct route account_routes[];

struct account_view {
	const struct account *account;
	const struct role_row *role;	/* in force */
	size_t n_roles;
	const struct session *session;
	size_t n_sessions;
	const char *this_session;
	const struct absence *absence;
	size_t n_absences;
	const struct choice *colleague;	/* who can stand in */
	size_t n_colleagues;
	const char *from_date, *to_date, *message;	/* as written */
	const char *today;
	int64_t codes_left;
	bool can_admin;
};
void account_html(struct sb *sb, const struct page *page, const struct account_view *view);

struct two_step_view {
	const char *secret, *svg;	/* svg: squares only, made by qr_svg() */
	const char *const *code;	/* recovery codes, shown once */
	size_t n_codes;
};
void two_step_html(struct sb *sb, const struct page *page, const struct two_step_view *view);
void recovery_codes_html(struct sb *sb, const struct page *page, const struct two_step_view *view);

struct away_view { const struct absence *absence; size_t n; const char *today; };
void away_html(struct sb *sb, const struct page *page, const struct away_view *view);
#endif

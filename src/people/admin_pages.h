/* people/admin_pages.h: administration: the organisation, promises, answers, people, appearance
 *
 *   /admin                                what she may administer
 *   /admin/THING, /ny, /ID, /ID/ta-bort   one table a thing (admin_pages.c)
 *   /admin/personer/...                   accounts and roles (admin_people_pages.c)
 *   /admin/nummer                         what a number format gives, as text
 *   /admin/utseende                       name, colour, logo, addresses */
#ifndef PEOPLE_ADMIN_PAGES_H
#define PEOPLE_ADMIN_PAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/arena.h"
#include "base/date.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/account.h"
#include "people/choices.h"

struct sb;

extern const struct route admin_routes[];
extern const struct route admin_people_routes[];

struct admin_index_view { const struct page_link *link; size_t n; const struct unhandled *unhandled; };
void admin_index_html(struct sb *sb, const struct page *page, const struct admin_index_view *view);

struct admin_row { int64_t id; const char *cell[4]; bool inactive; };
struct holiday { struct date date; const char *name; };
struct admin_list_view {
	const char *path, *caption, *add;	/* caption, add: msgid */
	const char *column[4];			/* msgid; NULL ends */
	const struct admin_row *row;
	size_t n;
	const struct holiday *holiday;		/* the year's, computed from the law; days only */
	size_t n_holidays;
};
/* The heading, the button and the table; a page of another room puts its own around it. */
void admin_list_part(struct sb *sb, const struct page *page, const struct admin_list_view *view);
void admin_list_html(struct sb *sb, const struct page *page, const struct admin_list_view *view);

enum admin_kind { ADMIN_TEXT, ADMIN_EMAIL, ADMIN_LONG, ADMIN_SELECT, ADMIN_CHECK, ADMIN_DAY, ADMIN_FILE };
struct admin_input { enum admin_kind kind; struct field field; bool checked; };
struct admin_form_view {
	const char *action, *remove;		/* remove NULL: nothing to remove */
	const char *seen;			/* the row's mark, or NULL */
	const struct admin_input *input;
	size_t n;
	const char *back;
	const char *preview, *preview_url;	/* what the words would give, and what answers with it as they are written; or NULL */
	bool upload;
};
void admin_form_html(struct sb *sb, const struct page *page, const struct admin_form_view *view);

struct admin_person_view {
	const struct account *account;
	const struct role_row *role;
	size_t n_roles;
	const struct admin_form_view *form;
	const struct choice *role_choice, *authority, *unit;
	size_t n_role_choices, n_authorities, n_units;
	const char *valid_from, *valid_to, *base, *today;
};
void admin_person_html(struct sb *sb, const struct page *page, const struct admin_person_view *view);
struct admin_people_view { const struct account *account; size_t n; const char *match; };
void admin_people_html(struct sb *sb, const struct page *page, const struct admin_people_view *view);
#endif

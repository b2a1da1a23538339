/* people/choices.h: lists to choose from, for the forms of every room */
#ifndef PEOPLE_CHOICES_H
#define PEOPLE_CHOICES_H
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/permit.h"

struct account_list; struct arena; struct authority_list; struct category_list; struct choice; struct err; struct page_link;
struct request; struct unit_list;

/* Each returns how many; *out lives in `a`. `chosen` is the form's own text, or NULL. Inactive ones are left out unless
 * chosen. */
size_t choices_of_authorities(struct arena *a, const struct authority_list *list, const char *chosen,
    const struct choice **out);
/* "KS: Kommunledningskontoret". authority_id 0: all. */
size_t choices_of_units(struct arena *a, const struct unit_list *list, int64_t authority_id, const char *chosen,
    const struct choice **out);
size_t choices_of_categories(struct arena *a, const struct category_list *list, const char *chosen,
    const struct choice **out);
size_t choices_of_accounts(struct arena *a, const struct account_list *list, int64_t but, const char *chosen,
    const struct choice **out);

/* Tabs of the authorities for which the actor may do it, to "PATH?namnd=CODE": the one the query names is the current one, else
 * the first. *chosen is its id; 0: there is none. Lives in the request's arena. */
bool tabs_of_authorities(struct request *rq, enum action action, const char *path, const struct page_link **tab, size_t *n,
    int64_t *chosen, struct err *err);

const char *i64_text(struct arena *a, int64_t n);
/* The id in a form's text: 0 for NULL, "" and whatever is no id. */
int64_t choice_id(const char *text);
#endif

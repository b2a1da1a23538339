/* people/choices.c: lists to choose from */
#include "people/choices.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "people/account.h"
#include "people/office.h"

const char *
i64_text(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

int64_t
choice_id(const char *text)
{
	char *end;
	int64_t id;

	if (text == NULL || text[0] < '1' || text[0] > '9' || strlen(text) > 18)
		return 0;
	id = strtoll(text, &end, 10);
	return *end == '\0' ? id : 0;
}

static bool
add(struct choice *c, struct arena *a, int64_t id, const char *text, bool active, int64_t chosen)
{
	*c = (struct choice){ .value = i64_text(a, id), .text = text, .chosen = id == chosen };
	return active || c->chosen;
}

size_t
choices_of_authorities(struct arena *a, const struct authority_list *list, const char *chosen,
    const struct choice **out)
{
	struct choice *c = arena_array(a, list->n, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += add(&c[n], a, list->item[i].id, list->item[i].name, list->item[i].active, choice_id(chosen));
	*out = c;
	return n;
}

size_t
choices_of_units(struct arena *a, const struct unit_list *list, int64_t authority_id, const char *chosen,
    const struct choice **out)
{
	struct choice *c = arena_array(a, list->n, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct unit *u = &list->item[i];

		if (authority_id == 0 || u->authority_id == authority_id)
			n += add(&c[n], a, u->id, arena_printf(a, "%s: %s", u->authority_code, u->name), u->active,
			    choice_id(chosen));
	}
	*out = c;
	return n;
}

size_t
choices_of_categories(struct arena *a, const struct category_list *list, const char *chosen,
    const struct choice **out)
{
	struct choice *c = arena_array(a, list->n, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += add(&c[n], a, list->item[i].id, list->item[i].name, list->item[i].active, choice_id(chosen));
	*out = c;
	return n;
}

size_t
choices_of_accounts(struct arena *a, const struct account_list *list, int64_t but, const char *chosen,
    const struct choice **out)
{
	struct choice *c = arena_array(a, list->n, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].id != but)
			n += add(&c[n], a, list->item[i].id, list->item[i].name, list->item[i].disabled_at == 0,
			    choice_id(chosen));
	*out = c;
	return n;
}

bool
tabs_of_authorities(struct request *rq, enum action action, const char *path, const struct page_link **tab, size_t *n,
    int64_t *chosen, struct err *err)
{
	const char *code = query_text(rq, "namnd");
	struct authority_list all;
	struct page_link *link;

	if (!authority_list(rq->db, rq->arena, &all, err))
		return false;
	*tab = link = arena_array(rq->arena, all.n, sizeof(*link));
	*n = 0;
	*chosen = 0;
	for (size_t i = 0; i < all.n; i++) {
		bool here = code == NULL ? *chosen == 0 : strcmp(code, all.item[i].code) == 0;

		if (!permitted(rq->actor, action, &(struct object){ .authority_id = all.item[i].id }))
			continue;
		*chosen = here ? all.item[i].id : *chosen;
		link[(*n)++] = (struct page_link){ .href = arena_printf(rq->arena, "%s?namnd=%s", path, all.item[i].code),
			.text = all.item[i].name, .current = here };
	}
	return true;
}

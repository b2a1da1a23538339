/* contact/suggest.c */
#include "contact/suggest.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "people/office.h"

int
suggest_match(struct arena *a, const char *typed, const char *text)
{
	const char *low = utf8_lower(a, text == NULL ? "" : text);
	const char *words = utf8_lower(a, typed);
	int n = 0;

	for (const char *p = words; *p != '\0';) {
		size_t length;

		p += strspn(p, " \t\r\n.,;:!?()\"/-");
		length = strcspn(p, " \t\r\n.,;:!?()\"/-");
		/* the first five letters carry the word's meaning past its endings */
		if (length >= 4 && strstr(low, arena_strndup(a, p, utf8_prefix(arena_strndup(a, p, length), 5))) != NULL)
			n++;
		p += length;
	}
	return n;
}

bool
suggest_category(struct db *db, struct arena *a, const char *typed, int64_t *id, const char **name, struct err *err)
{
	struct category_list list;
	int best = 0;

	*id = 0;
	*name = NULL;
	if (!category_list(db, a, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const struct category *c = &list.item[i];
		int score = !c->active ? 0 : suggest_match(a, typed, c->name) + suggest_match(a, typed, c->keywords);

		if (score > best) {
			best = score;
			*id = c->id;
			*name = c->name;
		}
	}
	return true;
}

bool
suggest_answers(struct db *db, struct arena *a, const char *typed, int64_t authority_id, size_t most,
    struct standard_answer *out, size_t *n, struct err *err)
{
	struct standard_answer_list list;
	int *score;

	*n = 0;
	if (!standard_answer_list(db, a, &list, err))
		return false;
	score = arena_array(a, list.n + 1, sizeof(*score));
	for (size_t i = 0; i < list.n; i++) {
		const struct standard_answer *s = &list.item[i];

		if (s->active && (s->authority_id == 0 || authority_id == 0 || s->authority_id == authority_id))
			score[i] = suggest_match(a, typed, s->title) + suggest_match(a, typed, s->question);
	}
	while (*n < most) {
		size_t best = list.n;

		for (size_t i = 0; i < list.n; i++) {
			if (score[i] > (best == list.n ? 0 : score[best]))
				best = i;
		}
		if (best == list.n)
			break;
		out[(*n)++] = list.item[best];
		score[best] = 0;
	}
	return true;
}

/* http/form_parts.c: names that tie an input to its label, hint and error */
#include "http/form_parts.h"

#include <string.h>

#include "base/arena.h"

enum { COUNTED_FROM = 100 };

const char *
page_error_of(const struct page *page, const char *field)
{
	for (size_t i = 0; i < page->n_error; i++)
		if (page->error[i].field != NULL && strcmp(page->error[i].field, field) == 0)
			return page->error[i].sentence;
	return NULL;
}

const char *
field_id(struct arena *a, const struct field *f)
{
	return f->id != NULL ? f->id : arena_join(a, "f-", f->name, "");
}

bool
field_counts(const struct field *f)
{
	return f->max >= COUNTED_FROM;
}

const char *
field_described_by(struct arena *a, const struct page *page, const struct field *f)
{
	bool wrong = page_error_of(page, f->name) != NULL;
	const char *id, *hint, *count, *error;

	if (f->hint == NULL && !field_counts(f) && !wrong)
		return NULL;
	id = field_id(a, f);
	hint = f->hint != NULL ? arena_join(a, " ", id, "-hint") : "";
	count = field_counts(f) ? arena_join(a, " ", id, "-count") : "";
	error = wrong ? arena_join(a, " ", id, "-error") : "";
	return arena_join(a, hint, count, error) + 1;
}

/* people/admin_thing.c: list, form, save, remove: once */
#include "people/admin_thing.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/frame.h"
#include "people/office.h"

const struct thing *
thing_of(const struct things *all, struct request *rq)
{
	for (size_t i = 0; i < all->n; i++) {
		size_t n = strlen(all->item[i].path);

		if (strncmp(rq->path, all->item[i].path, n) == 0 && (rq->path[n] == '\0' || rq->path[n] == '/'))
			return &all->item[i];
	}
	return NULL;			/* not reached: every route of theirs is a thing's */
}

const char *
thing_given(struct request *rq, const char *name)
{
	const char *text = "";
	struct err ignored = { 0 };

	return form_text(rq, name, 0, 1 << 20, &text, &ignored) ? text : "";
}

void
thing_page(struct request *rq, struct page *page, const char *title)
{
	static const struct page_link trail[] = { { .href = "/admin", .text = N_("Administration") } };

	frame_init(page, rq, tr(rq->lang, title));
	page->trail = trail;
	page->n_trail = ARRAY_LEN(trail);
}

/* The form: as loaded, or with the words that were sent and what was wrong with them. */
static void
show_form(const struct things *all, struct request *rq, struct response *rs, const struct thing *t, int64_t id,
    const struct thing_row *row, const struct err *wrong)
{
	struct admin_input *input = arena_array(rq->arena, THING_FIELDS_MAX, sizeof(*input));
	struct admin_form_view view = { .input = input, .back = t->path, .seen = row->seen };
	/* also when the words were kept over a new sign-in (people/form_draft.h) */
	bool sent = rq->method == POST || form_raw(rq, t->field[0].name) != NULL;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	for (; view.n < THING_FIELDS_MAX && t->field[view.n].name != NULL; view.n++) {
		const struct thing_field *f = &t->field[view.n];
		const char *value = sent ? form_raw(rq, f->name) : row->value[view.n];

		input[view.n] = (struct admin_input){ .kind = f->kind, .checked = value != NULL, .field = { .name = f->name,
			.label = f->label, .hint = f->hint, .value = f->kind == ADMIN_CHECK ? NULL : value,
			.optional = f->optional, .empty = f->empty, .type = f->kind == ADMIN_EMAIL ? "email" : NULL } };
		if (f->options != THING_FREE && !all->choices(rq, f->options, &input[view.n].field, &err)) {
			respond_err(rq, rs, &err);
			return;
		}
	}
	view.action = id == 0 ? arena_printf(rq->arena, "%s/ny", t->path) : arena_printf(rq->arena, "%s/%" PRId64, t->path, id);
	view.remove = id != 0 && t->remove != NULL ? arena_printf(rq->arena, "%s/ta-bort", view.action) : NULL;
	if (all->dress != NULL)
		all->dress(rq, t, &view);
	thing_page(rq, &page, id == 0 ? t->add : t->title);
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		if (all->wrong_status != 0)
			rs->status = all->wrong_status;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_form_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

void
thing_new_get(const struct things *all, struct request *rq, struct response *rs)
{
	const struct thing *t = thing_of(all, rq);
	struct thing_row row = { 0 };

	for (size_t i = 0; i < THING_FIELDS_MAX && t->field[i].name != NULL; i++)
		row.value[i] = all->new_value(rq, t->field[i].name);
	show_form(all, rq, rs, t, 0, &row, NULL);
}

static bool
load(const struct things *all, struct request *rq, const struct thing *t, int64_t *id, struct thing_row *row, struct err *err)
{
	return path_id(rq, "id", id, err) && t->load(rq, *id, row, err) && all->may(rq, t, row, err);
}

void
thing_one_get(const struct things *all, struct request *rq, struct response *rs)
{
	const struct thing *t = thing_of(all, rq);
	struct thing_row row = { 0 };
	struct err err = { 0 };
	int64_t id;

	if (load(all, rq, t, &id, &row, &err))
		show_form(all, rq, rs, t, id, &row, NULL);
	else
		respond_err(rq, rs, &err);
}

void
thing_save_post(const struct things *all, struct request *rq, struct response *rs)
{
	const struct thing *t = thing_of(all, rq);
	struct change by = { rq->actor->account_id, rq->now, form_raw(rq, "seen") };
	struct thing_row row = { 0 };
	struct err err = { 0 };
	int64_t id = 0;

	if (path_param(rq, "id") != NULL && !load(all, rq, t, &id, &row, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (form_raw(rq, "forhandsgranska") != NULL) {
		row.seen = by.seen;
		show_form(all, rq, rs, t, id, &row, NULL);
	} else if (t->save(rq, t, &by, id, &err)) {
		respond_see_other(rq, rs, "%s?klart=%s", t->path, frame_done_word(DONE_SAVED));
	} else if (frame_again(&err)) {
		show_form(all, rq, rs, t, id, &row, &err);	/* row.seen is as it is now: after a conflict the next save goes through */
	} else {
		respond_err(rq, rs, &err);
	}
}

void
thing_remove_post(const struct things *all, struct request *rq, struct response *rs)
{
	const struct thing *t = thing_of(all, rq);
	const struct change by = { rq->actor->account_id, rq->now, NULL };
	struct thing_row row = { 0 };
	struct err err = { 0 };
	int64_t id;

	if (load(all, rq, t, &id, &row, &err) && t->remove(rq, &by, id, &err))
		respond_see_other(rq, rs, "%s?klart=%s", t->path, frame_done_word(DONE_REMOVED));
	else
		respond_err(rq, rs, &err);
}

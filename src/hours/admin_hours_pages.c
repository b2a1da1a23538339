/* hours/admin_hours_pages.c: two tables, hours and exceptions; in the manner of people/admin_thing.h
 *
 * A row's place is one choice: "a:3" an authority, "u:12" a unit, "" the whole municipality. Who may change a row is asked about
 * its place as it is and as it becomes. */
#include "hours/admin_hours_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "db/kept.h"
#include "hours/opening.h"
#include "hours/place.h"
#include "hours/words.h"
#include "people/admin_thing.h"
#include "people/frame.h"
#include "people/site.h"

enum options { FREE = THING_FREE, PLACES, PLACES_OR_ALL, KINDS, WEEKDAYS };

static bool
may(struct request *rq, int64_t authority_id, int64_t unit_id, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_HOURS, &(struct object){ .authority_id = authority_id, .unit_id = unit_id }, err);
}

static bool
may_see(struct request *rq, int64_t authority_id, int64_t unit_id)
{
	return permitted(rq->actor, ACT_ADMIN_HOURS, &(struct object){ .authority_id = authority_id, .unit_id = unit_id });
}

/* ---- places ---- */

static const char *
place_value(struct arena *a, int64_t authority_id, int64_t unit_id)
{
	if (unit_id != 0)
		return arena_printf(a, "u:%" PRId64, unit_id);
	return authority_id == 0 ? "" : arena_printf(a, "a:%" PRId64, authority_id);
}

static const char *
place_text(struct request *rq, const char *code, const char *unit)
{
	if (code == NULL)
		return tr(rq->lang, N_("The whole municipality"));
	return unit == NULL ? arena_printf(rq->arena, "%s: %s", code, tr(rq->lang, N_("the whole authority"))) :
	    arena_printf(rq->arena, "%s: %s", code, unit);
}

/* The place chosen; a unit's authority with it. What is no place is 0, 0, and the save complains. */
static bool
place_given(struct request *rq, int64_t *authority_id, int64_t *unit_id, struct err *err)
{
	const char *text = thing_given(rq, "place");
	int64_t id = text[0] != '\0' && text[1] == ':' ? choice_id(text + 2) : 0;
	struct err none = { 0 };
	struct unit unit;

	*authority_id = *unit_id = 0;
	if (id != 0 && text[0] == 'u' && unit_get(rq->db, rq->arena, id, &unit, &none)) {
		*authority_id = unit.authority_id;
		*unit_id = id;
	} else if (id != 0 && text[0] == 'a') {
		*authority_id = id;
	} else if (text[0] != '\0') {
		return err_input(err, "place", N_("Choose whose hours they are"));
	}
	if (may(rq, *authority_id, *unit_id, err))
		return true;
	err->field = "place";		/* the form again, with her words */
	return false;
}

static bool
place_choices(struct request *rq, struct field *f, struct err *err)
{
	struct authority_list authorities;
	struct unit_list units;
	struct choice *c;
	size_t n = 0;

	if (!authority_list(rq->db, rq->arena, &authorities, err) || !unit_list(rq->db, rq->arena, &units, err))
		return false;
	c = arena_array(rq->arena, authorities.n + units.n, sizeof(*c));
	for (size_t i = 0; i < authorities.n; i++) {
		const struct authority *r = &authorities.item[i];

		if (r->active && may_see(rq, r->id, 0))
			c[n++] = (struct choice){ .value = place_value(rq->arena, r->id, 0), .text = place_text(rq, r->code, NULL) };
		for (size_t k = 0; k < units.n; k++) {
			const struct unit *u = &units.item[k];

			if (u->authority_id == r->id && u->active && may_see(rq, r->id, u->id))
				c[n++] = (struct choice){ .value = place_value(rq->arena, r->id, u->id),
					.text = place_text(rq, r->code, u->name) };
		}
	}
	for (size_t i = 0; i < n; i++)
		c[i].chosen = f->value != NULL && strcmp(c[i].value, f->value) == 0;
	f->choice = c;
	f->n_choice = n;
	return true;
}

/* ---- fixed choices ---- */

static const struct { enum options of; const char *value, *text; } fixed[] = {
	{ KINDS, "phone", N_("Telephone") }, { KINDS, "visit", N_("Visit") },
	{ WEEKDAYS, "1", NULL }, { WEEKDAYS, "2", NULL }, { WEEKDAYS, "3", NULL }, { WEEKDAYS, "4", NULL },
	{ WEEKDAYS, "5", NULL }, { WEEKDAYS, "6", NULL }, { WEEKDAYS, "7", NULL },
};

static const char *
kind_text(struct request *rq, const char *kind)
{
	for (size_t i = 0; kind != NULL && i < ARRAY_LEN(fixed); i++)
		if (strcmp(fixed[i].value, kind) == 0)
			return tr(rq->lang, fixed[i].text);
	return tr(rq->lang, N_("Telephone and visits"));
}

static const char *
weekday_text(struct request *rq, const char *value)
{
	enum weekday day = (enum weekday)(value[0] - '0');

	return hours_weekdays(rq->arena, rq->lang, day, day);
}

static void
fixed_choices(struct request *rq, enum options options, struct field *f)
{
	struct choice *c = arena_array(rq->arena, ARRAY_LEN(fixed), sizeof(*c));

	f->n_choice = 0;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (fixed[i].of == options)
			c[f->n_choice++] = (struct choice){ .value = fixed[i].value, .text = options == WEEKDAYS ?
				weekday_text(rq, fixed[i].value) : fixed[i].text,
				.chosen = f->value != NULL && strcmp(fixed[i].value, f->value) == 0 };
	f->choice = c;
}

/* ---- weekly hours ---- */

/* "Måndag till fredag 8.00-16.30". */
static const char *
when_text(struct request *rq, const struct opening *o)
{
	struct hours_span span = { 0, 0 };

	(void)hours_minutes(o->opens, &span.opens);
	(void)hours_minutes(o->closes, &span.closes);
	return arena_printf(rq->arena, "%s %s", hours_weekdays(rq->arena, rq->lang, (enum weekday)o->first_weekday,
	    (enum weekday)o->last_weekday), hours_times(rq->arena, rq->lang, &span, 1));
}

static const char *
days_text(struct request *rq, const char *from, const char *to)
{
	if (to != NULL && strcmp(from, to) == 0)
		return from;
	return to == NULL ? arena_printf(rq->arena, "%s–", from) : arena_printf(rq->arena, "%s – %s", from, to);
}

static bool
opening_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct opening_list list;
	struct admin_row *row;

	if (!opening_list(rq->db, rq->arena, &list, err))
		return false;
	*out = row = arena_array(rq->arena, list.n, sizeof(*row));
	*n = 0;
	for (size_t i = 0; i < list.n; i++) {
		const struct opening *o = &list.item[i];

		if (may_see(rq, o->authority_id, o->unit_id))
			row[(*n)++] = (struct admin_row){ o->id, { place_text(rq, o->authority_code, o->unit_name),
				kind_text(rq, o->kind), when_text(rq, o), days_text(rq, o->valid_from, o->valid_to) },
				o->valid_to != NULL && strcmp(o->valid_to, date_text(local_date(rq->now)).s) < 0 };
	}
	return true;
}

static bool
opening_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct opening r;

	if (!opening_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .unit_id = r.unit_id, .seen = opening_mark(rq->arena, &r), .value =
		{ place_value(rq->arena, r.authority_id, r.unit_id), r.kind, i64_text(rq->arena, r.first_weekday),
		i64_text(rq->arena, r.last_weekday), r.opens, r.closes, r.valid_from, r.valid_to,
		r.always ? "1" : NULL } };
	return true;
}

static bool
opening_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	struct opening in = { .id = id, .kind = thing_given(rq, "kind"), .first_weekday = choice_id(thing_given(rq, "first_weekday")),
		.last_weekday = choice_id(thing_given(rq, "last_weekday")), .opens = thing_given(rq, "opens"), .closes = thing_given(rq, "closes"),
		.valid_from = thing_given(rq, "valid_from"), .valid_to = thing_given(rq, "valid_to"), .always = form_checked(rq, "always") };

	(void)t;
	if (thing_given(rq, "place")[0] == '\0')
		return err_input(err, "place", N_("Choose whose hours they are"));
	return place_given(rq, &in.authority_id, &in.unit_id, err) && opening_save(rq->db, by, &in, NULL, err);
}

static bool
opening_drop(struct request *rq, const struct change *by, int64_t id, struct err *err)
{
	return opening_remove(rq->db, by, id, err);
}

/* ---- exceptions ---- */

static bool
exception_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct opening_exception_list list;
	struct admin_row *row;

	if (!opening_exception_list(rq->db, rq->arena, "", &list, err))
		return false;
	*out = row = arena_array(rq->arena, list.n, sizeof(*row));
	*n = 0;
	for (size_t i = list.n; i-- > 0;) {		/* the latest first */
		const struct opening_exception *e = &list.item[i];
		struct hours_span span = { 0, 0 };

		if (!may_see(rq, e->authority_id, e->unit_id))
			continue;
		if (e->opens != NULL) {
			(void)hours_minutes(e->opens, &span.opens);
			(void)hours_minutes(e->closes, &span.closes);
		}
		row[(*n)++] = (struct admin_row){ e->id, { days_text(rq, e->from_date, e->to_date),
			arena_printf(rq->arena, "%s, %s", place_text(rq, e->authority_code, e->unit_name), kind_text(rq, e->kind)),
			hours_times(rq->arena, rq->lang, &span, e->opens != NULL), e->reason },
			strcmp(e->to_date, date_text(local_date(rq->now)).s) < 0 };
	}
	return true;
}

static bool
exception_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct opening_exception r;

	if (!opening_exception_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .unit_id = r.unit_id, .seen = opening_exception_mark(rq->arena, &r), .value =
		{ place_value(rq->arena, r.authority_id, r.unit_id), r.kind, r.from_date,
		strcmp(r.to_date, r.from_date) == 0 ? NULL : r.to_date, r.opens, r.closes, r.reason } };
	return true;
}

static bool
exception_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	struct opening_exception in = { .id = id, .kind = thing_given(rq, "kind"), .from_date = thing_given(rq, "from_date"),
		.to_date = thing_given(rq, "to_date"), .opens = thing_given(rq, "opens"), .closes = thing_given(rq, "closes"),
		.reason = thing_given(rq, "reason") };

	(void)t;
	return place_given(rq, &in.authority_id, &in.unit_id, err) && opening_exception_save(rq->db, by, &in, NULL, err);
}

static bool
exception_drop(struct request *rq, const struct change *by, int64_t id, struct err *err)
{
	return opening_exception_remove(rq->db, by, id, err);
}

#define TIMES(hint, optional) \
	{ "opens", N_("Opens"), hint, ADMIN_TEXT, FREE, optional, NULL }, \
	{ "closes", N_("Closes"), NULL, ADMIN_TEXT, FREE, optional, NULL }

static const struct thing things[] = {
	{ "/admin/oppettider", N_("Opening hours"), N_("Add hours"), ACT_ADMIN_HOURS,
	    { N_("Where"), N_("For"), N_("When"), N_("Valid") },
	    { { "place", N_("Whose hours"), N_("A unit without hours of its own has those of what it lies under."), ADMIN_SELECT, PLACES, false, N_("Choose one") },
	    { "kind", N_("For"), NULL, ADMIN_SELECT, KINDS, false, N_("Choose one") },
	    { "first_weekday", N_("From weekday"), NULL, ADMIN_SELECT, WEEKDAYS, false, N_("Choose one") },
	    { "last_weekday", N_("To weekday"), N_("The same for a single day. Closed for lunch is two rows."), ADMIN_SELECT, WEEKDAYS, false, N_("Choose one") },
	    TIMES(N_("Like 8:00. Holidays and eves are closed by themselves."), false),
	    { "valid_from", N_("First day"), NULL, ADMIN_DAY, FREE, false, NULL },
	    { "valid_to", N_("Last day"), N_("Empty: until further notice."), ADMIN_DAY, FREE, true, NULL },
	    { "always", N_("Also on holidays and half-days, as who is on call"), NULL, ADMIN_CHECK, FREE, false, NULL } },
	    opening_rows, opening_load, opening_store, opening_drop },
	{ "/admin/avvikelser", N_("Other hours for some days"), N_("Add days"), ACT_ADMIN_HOURS,
	    { N_("Days"), N_("Where"), N_("Open hours"), N_("Reason") },
	    { { "place", N_("Whose hours"), N_("They replace what those days would otherwise have, also on holidays."), ADMIN_SELECT, PLACES_OR_ALL, false, N_("The whole municipality") },
	    { "kind", N_("For"), NULL, ADMIN_SELECT, KINDS, true, N_("Telephone and visits") },
	    { "from_date", N_("Day"), NULL, ADMIN_DAY, FREE, false, NULL },
	    { "to_date", N_("Last day"), N_("Empty: the one day."), ADMIN_DAY, FREE, true, NULL },
	    TIMES(N_("Like 8:00. Both empty: closed all day."), true),
	    { "reason", N_("Reason"), N_("Shown to everybody, like training day."), ADMIN_TEXT, FREE, false, NULL } },
	    exception_rows, exception_load, exception_store, exception_drop },
};

/* ---- the same for both ---- */

static bool
choices(struct request *rq, int options, struct field *f, struct err *err)
{
	if (options == PLACES || options == PLACES_OR_ALL) {
		if (options == PLACES_OR_ALL && !may_see(rq, 0, 0))
			f->empty = N_("Choose one");
		return place_choices(rq, f, err);
	}
	fixed_choices(rq, (enum options)options, f);
	return true;
}

static const char *
new_value(struct request *rq, const char *name)
{
	return strcmp(name, "valid_from") == 0 ? arena_strdup(rq->arena, date_text(local_date(rq->now)).s) : NULL;
}

static bool
may_row(struct request *rq, const struct thing *t, const struct thing_row *row, struct err *err)
{
	(void)t;
	return may(rq, row->authority_id, row->unit_id, err);
}

static const struct things all = { .item = things, .n = ARRAY_LEN(things), .may = may_row, .choices = choices, .new_value = new_value,
	.wrong_status = 422 };

static void
show_list(struct request *rq, struct response *rs, const struct err *wrong)
{
	const struct thing *t = thing_of(&all, rq);
	struct admin_hours_view view = { .list = { .path = t->path, .caption = t->title, .add = t->add },
		.may_choose_first = t == &things[0] && permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }) };
	const char *first = NULL;
	struct err err = { 0 };
	struct unit_list units;
	struct page page;
	struct sb sb;

	memcpy(view.list.column, t->column, sizeof(view.list.column));
	if (!t->rows(rq, &view.list.row, &view.list.n, &err) || !site_get(rq->db, rq->arena, HOURS_FIRST_UNIT, &first, &err) ||
	    !unit_list(rq->db, rq->arena, &units, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	view.n_units = choices_of_units(rq->arena, &units, 0, wrong != NULL ? form_raw(rq, "first") : first, &view.unit);
	thing_page(rq, &page, t->title);
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_hours_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static void
list_get(struct request *rq, struct response *rs)
{
	show_list(rq, rs, NULL);
}

static void
new_get(struct request *rq, struct response *rs)
{
	thing_new_get(&all, rq, rs);
}

static void
one_get(struct request *rq, struct response *rs)
{
	thing_one_get(&all, rq, rs);
}

static void
save_post(struct request *rq, struct response *rs)
{
	thing_save_post(&all, rq, rs);
}

static void
remove_post(struct request *rq, struct response *rs)
{
	thing_remove_post(&all, rq, rs);
}

/* Whose hours the start page and the form show. */
static void
first_post(struct request *rq, struct response *rs)
{
	int64_t id = choice_id(thing_given(rq, "first"));
	struct err err = { 0 };
	struct unit unit;
	bool ok = permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, &err);

	if (ok && id != 0 && !unit_get(rq->db, rq->arena, id, &unit, &err))
		ok = err.code == ERR_NOT_FOUND ? err_input(&err, "first", N_("Choose a unit from the list")) : false;
	ok = ok && site_set(rq->db, rq->actor->account_id, HOURS_FIRST_UNIT, id == 0 ? NULL : i64_text(rq->arena, id), rq->now,
	    &err);
	kept_forget();			/* the setting is part of what is kept (hours_book) */
	if (ok)
		respond_see_other(rq, rs, "/admin/oppettider?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		show_list(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

#define THING(path) \
	{ GET,  path,                ACT_ADMIN_HOURS, list_get, 0 }, \
	{ GET,  path "/ny",          ACT_ADMIN_HOURS, new_get, 0 }, \
	{ POST, path "/ny",          ACT_ADMIN_HOURS, save_post, 0 }, \
	{ GET,  path "/:id",         ACT_ADMIN_HOURS, one_get, 0 }, \
	{ POST, path "/:id",         ACT_ADMIN_HOURS, save_post, 0 }, \
	{ POST, path "/:id/ta-bort", ACT_ADMIN_HOURS, remove_post, 0 }

const struct route admin_hours_routes[] = {
	THING("/admin/oppettider"),
	THING("/admin/avvikelser"),
	{ POST, "/admin/oppettider/forst", ACT_ADMIN_SITE, first_post, 0 },
	{ 0 },
};

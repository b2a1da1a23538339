/* contact/desk.c */
#include "contact/desk.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "contact/work_store.h"
#include "db/kept.h"
#include "people/choices.h"
#include "people/office.h"

/* The key says authority, day and language, so that none of them is asked for anew. */
enum { LANGUAGE_BITS = 1, DAY_BITS = 24 };

static int64_t
key_of(int64_t authority_id, const char *lang, int64_t now)
{
	return authority_id << (DAY_BITS + LANGUAGE_BITS) | (int64_t)date_days(local_date(now)) << LANGUAGE_BITS |
	    (strcmp(lang, "en") == 0);
}

static bool
owners(struct db *db, struct arena *a, int64_t authority_id, const char *lang, struct date today, struct desk *d,
    struct err *err)
{
	struct colleague_list list;
	struct choice *choice;

	if (!colleagues(db, a, authority_id, date_text(today).s, &list, err))
		return false;
	d->owner = choice = arena_array(a, list.n, sizeof(*choice));
	for (size_t i = 0; i < list.n; i++)
		choice[d->n_owners++] = (struct choice){ .value = i64_text(a, list.item[i].account_id),
			.text = list.item[i].away ? arena_printf(a, "%s (%s)", list.item[i].name, tr(lang, N_("away"))) :
			list.item[i].name };
	return true;
}

static bool
readers(struct db *db, struct arena *a, int64_t authority_id, struct desk *d, struct err *err)
{
	struct desk_reader *list;

	if (!contact_readers(db, a, authority_id, &list, &d->n_readers, err))
		return false;
	d->reader = list;
	return true;
}

static bool
places(struct db *db, struct arena *a, int64_t authority_id, struct desk *d, struct err *err)
{
	struct authority_list authorities;
	struct unit_list units;
	struct choice *choice;

	if (!unit_list(db, a, &units, err) || !authority_list(db, a, &authorities, err))
		return false;
	d->unit = choice = arena_array(a, units.n, sizeof(*choice));
	for (size_t i = 0; i < units.n; i++) {
		if (units.item[i].authority_id == authority_id && units.item[i].active)
			choice[d->n_units++] = (struct choice){ .value = i64_text(a, units.item[i].id), .text = units.item[i].name };
	}
	d->authority = choice = arena_array(a, authorities.n, sizeof(*choice));
	for (size_t i = 0; i < authorities.n; i++) {
		if (authorities.item[i].id != authority_id && authorities.item[i].active)
			choice[d->n_authorities++] = (struct choice){ .value = i64_text(a, authorities.item[i].id),
				.text = authorities.item[i].name };
	}
	return true;
}

static bool
standards(struct db *db, struct arena *a, int64_t authority_id, struct desk *d, struct err *err)
{
	struct standard_answer_list list;
	struct desk_standard *out;

	if (!standard_answer_list(db, a, &list, err))
		return false;
	d->standard = out = arena_array(a, list.n, sizeof(*out));
	for (size_t i = 0; i < list.n; i++) {
		const struct standard_answer *s = &list.item[i];

		if (s->active && (s->authority_id == 0 || s->authority_id == authority_id))
			out[d->n_standards++] = (struct desk_standard){ s->id, i64_text(a, s->id), s->title, s->text };
	}
	return true;
}

static bool
whole(struct db *db, struct arena *a, const char *lang, struct desk *d, struct err *err)
{
	struct category_list categories;
	struct unit_list units;
	struct choice *choice;

	if (!category_list(db, a, &categories, err) || !unit_list(db, a, &units, err))
		return false;
	d->category = choice = arena_array(a, categories.n, sizeof(*choice));
	for (size_t i = 0; i < categories.n; i++) {
		const struct category *c = &categories.item[i];

		if (c->active)
			choice[d->n_categories++] = (struct choice){ .value = i64_text(a, c->id),
				.text = strcmp(lang, "en") == 0 && c->name_en != NULL ? c->name_en : c->name };
	}
	d->n_any_units = choices_of_units(a, &units, 0, NULL, &d->any_unit);
	return true;
}

static const void *
read_desk(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	int64_t authority_id = key >> (DAY_BITS + LANGUAGE_BITS);
	struct date today = date_from_days((int32_t)(key >> LANGUAGE_BITS & ((1 << DAY_BITS) - 1)));
	struct desk *d = arena_alloc(a, sizeof(*d));

	return owners(db, a, authority_id, key & 1 ? "en" : "sv", today, d, err) && readers(db, a, authority_id, d, err) &&
	    places(db, a, authority_id, d, err) &&
	    standards(db, a, authority_id, d, err) && whole(db, a, key & 1 ? "en" : "sv", d, err) ? d : NULL;
}

const struct desk *
desk_of(struct db *db, struct arena *a, int64_t authority_id, const char *lang, int64_t now, struct err *err)
{
	return kept_get(db, a, read_desk, key_of(authority_id, lang, now), err);
}

const struct choice *
desk_choose(struct arena *a, const struct choice *choice, size_t n, int64_t id)
{
	struct choice *own = arena_memdup(a, choice, n * sizeof(*choice));

	for (size_t i = 0; i < n; i++)
		own[i].chosen = choice_id(own[i].value) == id;
	return own;
}

size_t
desk_readers(struct arena *a, const struct desk *d, int64_t unit_id, int64_t owner_id, int restricted,
    const struct choice **out)
{
	struct choice *c = arena_array(a, d->n_owners, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < d->n_owners; i++) {
		int64_t id = choice_id(d->owner[i].value);
		bool reads = id == owner_id;

		for (size_t r = 0; r < d->n_readers && !reads; r++)
			reads = d->reader[r].account_id == id && d->reader[r].reach >= restricted &&
			    (d->reader[r].unit_id == 0 || d->reader[r].unit_id == unit_id);
		if (reads)
			c[n++] = d->owner[i];
	}
	*out = c;
	return n;
}

size_t
desk_channels(struct arena *a, const char *chosen, const struct choice **out)
{
	struct choice *c;
	size_t n = 0;

	while (office_channels[n] != NULL)
		n++;
	*out = c = arena_array(a, n, sizeof(*c));
	for (size_t i = 0; i < n; i++)
		c[i] = (struct choice){ .value = office_channels[i], .text = contact_channel_text(office_channels[i]),
			.chosen = chosen != NULL && strcmp(chosen, office_channels[i]) == 0 };
	return n;
}

void
desk_query(struct sb *sb, int64_t unit_id, int64_t category_id, const char *channel)
{
	if (unit_id != 0)
		sb_addf(sb, "&enhet=%" PRId64, unit_id);
	if (category_id != 0)
		sb_addf(sb, "&omrade=%" PRId64, category_id);
	if (channel != NULL) {
		sb_add(sb, "&kanal=");
		sb_url(sb, channel);
	}
}

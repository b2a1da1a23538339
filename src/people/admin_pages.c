/* people/admin_pages.c: the things that are administered (people/admin_thing.h), and the appearance
 *
 * Who may change a row is asked about the row's authority as it is and as it becomes. */
#include "people/admin_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "law/calendar.h"
#include "law/number.h"
#include "people/admin_thing.h"
#include "people/frame.h"
#include "people/office.h"
#include "people/site.h"

enum { HOLIDAYS_MAX = 40 };
enum options { FREE = THING_FREE, AUTHORITIES, UNITS, CATEGORIES, CHANNELS, AUTHORITY_KINDS, UNIT_KINDS, OPEN311_KINDS };

static const char *
id_or_null(struct arena *a, int64_t id)
{
	return id == 0 ? NULL : i64_text(a, id);
}

static int64_t
given_id(struct request *rq, const char *name)
{
	return choice_id(form_raw(rq, name));
}

static bool
may(struct request *rq, enum action action, int64_t authority_id, struct err *err)
{
	return permit(rq->actor, action, &(struct object){ .authority_id = authority_id }, err);
}

/* A unit leads to an authority; one that does not exist is the save's to complain about. */
static bool
may_unit(struct request *rq, enum action action, int64_t unit_id, struct err *err)
{
	struct unit unit = { 0 };
	struct err none = { 0 };

	if (!unit_get(rq->db, rq->arena, unit_id, &unit, &none))
		return none.code == ERR_NOT_FOUND || err_set(err, none.code, "%s", none.log);
	return may(rq, action, unit.authority_id, err);
}

#define ROWS(list) struct admin_row *row = arena_array(rq->arena, (list).n, sizeof(*row))

/* ---- authorities ---- */

static bool
authority_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct authority_list list;

	if (!authority_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct admin_row){ list.item[i].id, { list.item[i].name, list.item[i].code, list.item[i].number_template },
			!list.item[i].active };
	*out = row;
	*n = list.n;
	return true;
}

static bool
authority_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct authority r;

	if (!authority_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.id, .seen = authority_mark(rq->arena, &r),
		.value = { r.name, r.code, r.kind, r.number_template, r.email, r.active ? "1" : NULL } };
	return true;
}

static bool
authority_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	return may(rq, t->action, id, err) && authority_save(rq->db, by, &(struct authority){ .id = id,
	    .name = thing_given(rq, "name"), .code = thing_given(rq, "code"), .kind = thing_given(rq, "kind"),
	    .number_template = thing_given(rq, "number_template"), .email = thing_given(rq, "email"),
	    .active = form_checked(rq, "active") }, NULL, err);
}

/* ---- units ---- */

static bool
unit_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct unit_list list;

	if (!unit_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct admin_row){ list.item[i].id, { list.item[i].name, list.item[i].authority_code,
			list.item[i].parent_name }, !list.item[i].active };
	*out = row;
	*n = list.n;
	return true;
}

static bool
unit_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct unit r;

	if (!unit_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .seen = unit_mark(rq->arena, &r), .value = { r.name, r.kind,
		id_or_null(rq->arena, r.authority_id), id_or_null(rq->arena, r.parent_id), r.email, r.phone, r.visiting_address,
		r.active ? "1" : NULL } };
	return true;
}

static bool
unit_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	int64_t authority_id = given_id(rq, "authority_id");

	return may(rq, t->action, authority_id, err) && unit_save(rq->db, by, &(struct unit){ .id = id,
	    .name = thing_given(rq, "name"), .kind = thing_given(rq, "kind"), .authority_id = authority_id,
	    .parent_id = given_id(rq, "parent_id"), .email = thing_given(rq, "email"), .phone = thing_given(rq, "phone"),
	    .visiting_address = thing_given(rq, "visiting_address"), .active = form_checked(rq, "active") }, NULL, err);
}

/* ---- categories ---- */

static bool
category_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct category_list list;

	if (!category_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct admin_row){ list.item[i].id, { list.item[i].name, list.item[i].authority_code,
			list.item[i].unit_name }, !list.item[i].active };
	*out = row;
	*n = list.n;
	return true;
}

static bool
category_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct category r;

	if (!category_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .seen = category_mark(rq->arena, &r), .value = { r.name, r.name_en,
		id_or_null(rq->arena, r.unit_id), r.keywords, r.about, r.open311, r.active ? "1" : NULL } };
	return true;
}

static bool
category_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	int64_t unit_id = given_id(rq, "unit_id");

	return may_unit(rq, t->action, unit_id, err) && category_save(rq->db, by, &(struct category){ .id = id,
	    .name = thing_given(rq, "name"), .name_en = thing_given(rq, "name_en"), .unit_id = unit_id,
	    .keywords = thing_given(rq, "keywords"), .about = thing_given(rq, "about"), .open311 = thing_given(rq, "open311"),
	    .active = form_checked(rq, "active") }, NULL, err);
}

/* ---- mailboxes ---- */

static bool
mailbox_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct mailbox_list list;

	if (!mailbox_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct admin_row){ list.item[i].id, { list.item[i].address, list.item[i].name,
			list.item[i].unit_name }, !list.item[i].active };
	*out = row;
	*n = list.n;
	return true;
}

static bool
mailbox_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct mailbox r;

	if (!mailbox_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .seen = mailbox_mark(rq->arena, &r), .value = { r.address, r.name,
		id_or_null(rq->arena, r.unit_id), r.active ? "1" : NULL } };
	return true;
}

static bool
mailbox_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	int64_t unit_id = given_id(rq, "unit_id");

	return may_unit(rq, t->action, unit_id, err) && mailbox_save(rq->db, by, &(struct mailbox){ .id = id,
	    .address = thing_given(rq, "address"), .name = thing_given(rq, "name"), .unit_id = unit_id,
	    .active = form_checked(rq, "active") }, NULL, err);
}

/* ---- promises ---- */

static const struct { const char *value, *text; } channel_texts[] = {
	{ "phone", N_("Telephone") }, { "email", N_("E-mail") }, { "web", N_("Web form") }, { "visit", N_("Visit") },
	{ "letter", N_("Letter") }, { "comment", N_("Comment or complaint") }, { "sms", N_("Text message") },
	{ "api", N_("Another system") }, { "social", N_("Social media") },
};

static const char *
channel_text(const char *channel)
{
	for (size_t i = 0; channel != NULL && i < ARRAY_LEN(channel_texts); i++)
		if (strcmp(channel_texts[i].value, channel) == 0)
			return channel_texts[i].text;
	return N_("All channels");
}

static bool
promise_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct promise_list list;

	if (!promise_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++) {
		const struct promise_row *p = &list.item[i];

		row[i] = (struct admin_row){ .id = p->id, .cell = { tr(rq->lang, channel_text(p->channel)),
			p->category_name != NULL ? p->category_name : p->authority_code, i64_text(rq->arena, p->confirm_days),
			i64_text(rq->arena, p->answer_days) } };
	}
	*out = row;
	*n = list.n;
	return true;
}

static bool
promise_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct promise_row r;

	if (!promise_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .seen = promise_mark(rq->arena, &r), .value = { r.channel,
		id_or_null(rq->arena, r.authority_id), id_or_null(rq->arena, r.category_id),
		i64_text(rq->arena, r.confirm_days), i64_text(rq->arena, r.answer_days) } };
	return true;
}

static bool
promise_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	struct promise_row in = { .id = id, .channel = thing_given(rq, "channel"), .authority_id = given_id(rq, "authority_id"),
		.category_id = given_id(rq, "category_id") };

	return may(rq, t->action, in.authority_id, err) &&
	    form_i64(rq, "confirm_days", 0, 365, &in.confirm_days, err) &&
	    form_i64(rq, "answer_days", 1, 365, &in.answer_days, err) && promise_save(rq->db, by, &in, NULL, err);
}

static bool
promise_drop(struct request *rq, const struct change *by, int64_t id, struct err *err)
{
	return promise_remove(rq->db, by, id, err);
}

/* ---- days: the id is the day's number since 1970 ---- */

static bool
day_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct local_day_list list;
	struct date day;

	if (!local_day_list(rq->db, rq->arena, "", &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		if (date_parse(list.item[i].date, &day))
			row[i] = (struct admin_row){ .id = date_days(day), .cell = { list.item[i].date, list.item[i].name,
				list.item[i].closes_at == NULL ? tr(rq->lang, N_("Closed all day")) : list.item[i].closes_at } };
	*out = row;
	*n = list.n;
	return true;
}

static bool
day_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct local_day_list list;
	struct date day;

	if (!local_day_list(rq->db, rq->arena, "", &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (date_parse(list.item[i].date, &day) && date_days(day) == id) {
			*out = (struct thing_row){ .value = { list.item[i].date, list.item[i].name, list.item[i].closes_at } };
			return true;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "local day %" PRId64, id);
}

static bool
day_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	struct date day;

	if (!may(rq, t->action, 0, err) || !local_day_save(rq->db, by, &(struct local_day){ thing_given(rq, "date"),
	    thing_given(rq, "closes_at"), thing_given(rq, "name") }, err))
		return false;
	/* Moved to another date: the row of the old one goes. */
	return id == 0 || !date_parse(thing_given(rq, "date"), &day) || date_days(day) == id ||
	    local_day_remove(rq->db, by, date_text(date_from_days((int)id)).s, err);
}

static bool
day_drop(struct request *rq, const struct change *by, int64_t id, struct err *err)
{
	struct thing_row row;

	return day_load(rq, id, &row, err) && local_day_remove(rq->db, by, row.value[0], err);
}

/* ---- standard answers ---- */

static bool
answer_rows(struct request *rq, const struct admin_row **out, size_t *n, struct err *err)
{
	struct standard_answer_list list;

	if (!standard_answer_list(rq->db, rq->arena, &list, err))
		return false;
	ROWS(list);
	for (size_t i = 0; i < list.n; i++)
		row[i] = (struct admin_row){ list.item[i].id, { list.item[i].title, list.item[i].category_name,
			list.item[i].authority_code }, !list.item[i].active };
	*out = row;
	*n = list.n;
	return true;
}

static bool
answer_load(struct request *rq, int64_t id, struct thing_row *out, struct err *err)
{
	struct standard_answer r;

	if (!standard_answer_get(rq->db, rq->arena, id, &r, err))
		return false;
	*out = (struct thing_row){ .authority_id = r.authority_id, .seen = standard_answer_mark(rq->arena, &r), .value = { r.title, r.question, r.text,
		id_or_null(rq->arena, r.category_id), id_or_null(rq->arena, r.authority_id), r.shown_to_all ? "1" : NULL,
		r.active ? "1" : NULL } };
	return true;
}

static bool
answer_store(struct request *rq, const struct thing *t, const struct change *by, int64_t id, struct err *err)
{
	int64_t authority_id = given_id(rq, "authority_id");

	return may(rq, t->action, authority_id, err) && standard_answer_save(rq->db, by, &(struct standard_answer){ .id = id,
	    .title = thing_given(rq, "title"), .question = thing_given(rq, "question"), .text = thing_given(rq, "text"),
	    .category_id = given_id(rq, "category_id"), .authority_id = authority_id,
	    .shown_to_all = form_checked(rq, "shown_to_all"), .active = form_checked(rq, "active") }, NULL, err);
}

#define ACTIVE { "active", N_("In use"), NULL, ADMIN_CHECK, FREE, false, NULL }

static const struct thing things[] = {
	{ "/admin/myndigheter", N_("Authorities"), N_("Add an authority"), ACT_ADMIN_SITE,
	    { N_("Name"), N_("Short code"), N_("Matter numbers") },
	    { { "name", N_("Name"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "code", N_("Short code"), N_("Stands in the numbers of matters, like KS."), ADMIN_TEXT, FREE, false, NULL },
	    { "kind", N_("Kind"), NULL, ADMIN_SELECT, AUTHORITY_KINDS, false, N_("Choose one") },
	    { "number_template", N_("Matter numbers"), N_("{code}, {yyyy} and {n:05}: {code} {yyyy}/{n:05} gives KS 2027/00114."), ADMIN_TEXT, FREE, false, NULL },
	    { "email", N_("E-mail address"), NULL, ADMIN_EMAIL, FREE, true, NULL }, ACTIVE },
	    authority_rows, authority_load, authority_store, NULL },
	{ "/admin/enheter", N_("Units"), N_("Add a unit"), ACT_ADMIN_SITE, { N_("Name"), N_("Authority"), N_("Lies under") },
	    { { "name", N_("Name"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "kind", N_("Kind"), NULL, ADMIN_SELECT, UNIT_KINDS, false, N_("Choose one") },
	    { "authority_id", N_("Authority"), NULL, ADMIN_SELECT, AUTHORITIES, false, N_("Choose one") },
	    { "parent_id", N_("Lies under"), NULL, ADMIN_SELECT, UNITS, true, N_("Right under the authority") },
	    { "email", N_("E-mail address"), NULL, ADMIN_EMAIL, FREE, true, NULL },
	    { "phone", N_("Telephone"), NULL, ADMIN_TEXT, FREE, true, NULL },
	    { "visiting_address", N_("Visiting address"), NULL, ADMIN_TEXT, FREE, true, NULL }, ACTIVE },
	    unit_rows, unit_load, unit_store, NULL },
	{ "/admin/brevlador", N_("Mailboxes"), N_("Add a mailbox"), ACT_ADMIN_SITE,
	    { N_("E-mail address"), N_("Name"), N_("Leads to") },
	    { { "address", N_("E-mail address"), NULL, ADMIN_EMAIL, FREE, false, NULL },
	    { "name", N_("Name"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "unit_id", N_("Leads to"), NULL, ADMIN_SELECT, UNITS, false, N_("Choose one") }, ACTIVE },
	    mailbox_rows, mailbox_load, mailbox_store, NULL },
	{ "/admin/kategorier", N_("Categories"), N_("Add a category"), ACT_ADMIN_SITE,
	    { N_("Name"), N_("Authority"), N_("Leads to") },
	    { { "name", N_("Name"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "name_en", N_("Name in English"), NULL, ADMIN_TEXT, FREE, true, NULL },
	    { "unit_id", N_("Leads to"), NULL, ADMIN_SELECT, UNITS, false, N_("Choose one") },
	    { "keywords", N_("Words that suggest it"), N_("With spaces between."), ADMIN_LONG, FREE, true, NULL },
	    { "about", N_("What it is, in a sentence"), NULL, ADMIN_TEXT, FREE, true, NULL },
	    { "open311", N_("By Open311"), N_("What other systems may report, and what all may see of it. Names, contact details and pictures are never shown."), ADMIN_SELECT, OPEN311_KINDS, false, NULL }, ACTIVE },
	    category_rows, category_load, category_store, NULL },
	{ "/admin/loften", N_("Service promises"), N_("Add a promise"), ACT_ADMIN_SITE,
	    { N_("Channel"), N_("For"), N_("Working days to confirm"), N_("Working days to answer") },
	    { { "channel", N_("Channel"), NULL, ADMIN_SELECT, CHANNELS, true, N_("All channels") },
	    { "authority_id", N_("Authority"), NULL, ADMIN_SELECT, AUTHORITIES, true, N_("All") },
	    { "category_id", N_("Category"), NULL, ADMIN_SELECT, CATEGORIES, true, N_("All") },
	    { "confirm_days", N_("Working days to confirm"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "answer_days", N_("Working days to answer"), N_("Holds for what comes in from now on."), ADMIN_TEXT, FREE, false, NULL } },
	    promise_rows, promise_load, promise_store, promise_drop },
	{ "/admin/dagar", N_("Holidays and half-days"), N_("Add a day"), ACT_ADMIN_SITE,
	    { N_("Day"), N_("Name"), N_("Closes at") },
	    { { "date", N_("Day"), NULL, ADMIN_DAY, FREE, false, NULL }, { "name", N_("Name"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "closes_at", N_("Closes at"), N_("Like 12:00. Empty: closed all day, and no working day for promises."), ADMIN_TEXT, FREE, true, NULL } },
	    day_rows, day_load, day_store, day_drop },
	{ "/admin/svar", N_("Standard answers"), N_("Add an answer"), ACT_ADMIN_ANSWERS,
	    { N_("Title"), N_("Category"), N_("Authority") },
	    { { "title", N_("Title"), NULL, ADMIN_TEXT, FREE, false, NULL },
	    { "question", N_("How people ask"), NULL, ADMIN_TEXT, FREE, true, NULL },
	    { "text", N_("Answer"), NULL, ADMIN_LONG, FREE, false, NULL },
	    { "category_id", N_("Category"), NULL, ADMIN_SELECT, CATEGORIES, true, N_("All") },
	    { "authority_id", N_("Authority"), NULL, ADMIN_SELECT, AUTHORITIES, true, N_("All") },
	    { "shown_to_all", N_("May be suggested while a resident writes"), NULL, ADMIN_CHECK, FREE, false, NULL }, ACTIVE },
	    answer_rows, answer_load, answer_store, NULL },
};

/* ---- the same for all ---- */

static size_t
fixed_choices(struct arena *a, enum options options, const char *chosen, const struct choice **out)
{
	static const struct { enum options of; const char *value, *text; } row[] = {
		{ AUTHORITY_KINDS, "council", N_("Municipal council") }, { AUTHORITY_KINDS, "board", N_("Executive board") },
		{ AUTHORITY_KINDS, "committee", N_("Committee") }, { UNIT_KINDS, "department", N_("Department") },
		{ UNIT_KINDS, "unit", N_("Unit") },
		{ OPEN311_KINDS, "take", N_("Reports are taken, nothing is shown") }, { OPEN311_KINDS, "no", N_("Not offered") },
		{ OPEN311_KINDS, "place", N_("Number, dates, status and place are shown") },
		{ OPEN311_KINDS, "words", N_("And the description, when somebody has approved it") },
	};
	struct choice *c = arena_array(a, ARRAY_LEN(row) + ARRAY_LEN(channel_texts), sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (row[i].of == options)
			c[n++] = (struct choice){ .value = row[i].value, .text = row[i].text };
	for (size_t i = 0; options == CHANNELS && i < ARRAY_LEN(channel_texts); i++)
		c[n++] = (struct choice){ .value = channel_texts[i].value, .text = channel_texts[i].text };
	for (size_t i = 0; i < n; i++)
		c[i].chosen = chosen != NULL && strcmp(c[i].value, chosen) == 0;
	*out = c;
	return n;
}

static bool
choices(struct request *rq, int options, struct field *f, struct err *err)
{
	struct authority_list authorities;
	struct category_list categories;
	struct unit_list units;

	if (options == AUTHORITIES) {
		if (!authority_list(rq->db, rq->arena, &authorities, err))
			return false;
		f->n_choice = choices_of_authorities(rq->arena, &authorities, f->value, &f->choice);
	} else if (options == UNITS) {
		if (!unit_list(rq->db, rq->arena, &units, err))
			return false;
		f->n_choice = choices_of_units(rq->arena, &units, 0, f->value, &f->choice);
	} else if (options == CATEGORIES) {
		if (!category_list(rq->db, rq->arena, &categories, err))
			return false;
		f->n_choice = choices_of_categories(rq->arena, &categories, f->value, &f->choice);
	} else {
		f->n_choice = fixed_choices(rq->arena, (enum options)options, f->value, &f->choice);
	}
	return true;
}

/* What matters of the authority would be called. */
static const char *
number_preview(struct request *rq, const char *template, const char *code)
{
	int year = local_date(rq->now).year;
	const char *by = code == NULL || *code == '\0' ? "KS" : code;
	const char *first = template == NULL ? NULL : number_print(rq->arena, template, by, year, 1);
	struct sb sb;

	if (first == NULL)
		return tr(rq->lang, N_("The number needs {yyyy} and {n}, like {code} {yyyy}/{n:05}"));
	sb_init(&sb, rq->arena, 1000);
	sb_addf(&sb, tr(rq->lang, N_("Numbers will look like this: %s, %s.")), first,
	    number_print(rq->arena, template, by, year, 1234));
	return sb_str(&sb);
}

/* What contacts would be called. */
static const char *
contact_number_preview(struct request *rq, const char *template)
{
	int year = local_date(rq->now).year;

	if (template == NULL || *template == '\0')
		template = NUMBER_CONTACT_DEFAULT;
	if (!number_contact_template_valid(template))
		return tr(rq->lang, N_("The number begins with a capital letter, has {yyyy} and {n:06} with something"
		    " between them, and else only capital letters A to Z, digits and hyphens, like K-{yyyy}-{n:06}"));
	return arena_printf(rq->arena, tr(rq->lang, N_("Numbers will look like this: %s, %s.")),
	    number_print(rq->arena, template, "", year, 1), number_print(rq->arena, template, "", year, 1234));
}

static void
number_get(struct request *rq, struct response *rs)
{
	const char *text = query_text(rq, "contact_number") != NULL ? contact_number_preview(rq, query_text(rq, "contact_number")) :
	    number_preview(rq, query_text(rq, "number_template"), query_text(rq, "code"));

	respond_text(rs, 200, "text/plain; charset=utf-8", text, strlen(text));
}

/* Only of authorities: their numbers' template shows what it gives. */
static void
dress(struct request *rq, const struct thing *t, struct admin_form_view *view)
{
	for (size_t i = 0; t->rows == authority_rows && i < view->n; i++) {
		if (strcmp(t->field[i].name, "number_template") == 0)
			view->preview = number_preview(rq, view->input[i].field.value, view->input[1].field.value);
	}
	view->preview_url = "/admin/nummer";
}

static const char *
new_value(struct request *rq, const char *name)
{
	(void)rq;
	return strcmp(name, "active") == 0 ? "1" : NULL;
}

static bool
may_row(struct request *rq, const struct thing *t, const struct thing_row *row, struct err *err)
{
	return may(rq, t->action, row->authority_id, err);
}

static const struct things all = { .item = things, .n = ARRAY_LEN(things), .may = may_row, .choices = choices, .new_value = new_value,
	.dress = dress };

static size_t
holidays_of(struct arena *a, int year, const struct holiday **out)
{
	struct holiday *h = arena_array(a, HOLIDAYS_MAX, sizeof(*h));
	size_t n = 0;

	for (struct date d = { year, 1, 1 }; d.year == year && n < HOLIDAYS_MAX; d = date_add(d, 1))
		if (date_weekday(d) < SATURDAY && !law_is_working_day(d))
			h[n++] = (struct holiday){ d, law_day_off_swedish(d) };
	*out = h;
	return n;
}

static void
list_get(struct request *rq, struct response *rs)
{
	const struct thing *t = thing_of(&all, rq);
	struct admin_list_view view = { .path = t->path, .caption = t->title, .add = t->add };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	memcpy(view.column, t->column, sizeof(view.column));
	if (!t->rows(rq, &view.row, &view.n, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	if (t->rows == day_rows)
		view.n_holidays = holidays_of(rq->arena, local_date(rq->now).year, &view.holiday);
	thing_page(rq, &page, t->title);
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_list_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
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

static void
index_get(struct request *rq, struct response *rs)
{
	struct page_link link[ARRAY_LEN(things) + 12];
	struct unhandled unhandled = { 0 };
	struct err failed = { 0 };
	struct page page;
	struct sb sb;
	size_t n = 0;

	if (permitted(rq->actor, ACT_ADMIN_PEOPLE, NULL))
		link[n++] = (struct page_link){ .href = "/admin/personer", .text = N_("People and roles") };
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		if (permitted(rq->actor, things[i].action, NULL))
			link[n++] = (struct page_link){ .href = things[i].path, .text = things[i].title };
	if (permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }))
		link[n++] = (struct page_link){ .href = "/admin/utseende", .text = N_("Name and appearance") };
	if (permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }))	/* registry/classification_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/klassificering", .text = N_("Classification") };
	if (permitted(rq->actor, ACT_API_KEYS, &(struct object){ 0 }))		/* open311/open311_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/open311", .text = N_("Open311") };
	if (permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }))	/* sms/sms_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/sms", .text = N_("Text messages") };
	if (permitted(rq->actor, ACT_ADMIN_SITE, NULL))		/* call/call_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/vaxlar", .text = N_("Telephone exchanges") };
	if (permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }))	/* mystery/measures_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/kolada", .text = N_("Measures and Kolada") };
	if (permitted(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }))	/* figures/wall_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/skarmar", .text = N_("Screens on the wall") };
	if (permitted(rq->actor, ACT_ADMIN_HOURS, NULL)) {		/* hours/admin_hours_pages.h */
		link[n++] = (struct page_link){ .href = "/admin/oppettider", .text = N_("Opening hours") };
		link[n++] = (struct page_link){ .href = "/admin/avvikelser", .text = N_("Other hours for some days") };
	}
	if (n == 0) {
		struct err err = { 0 };

		(void)permit(rq->actor, ACT_ADMIN_SITE, NULL, &err);
		respond_err(rq, rs, &err);
		return;
	}
	if (permitted(rq->actor, ACT_ADMIN_PEOPLE, NULL) &&
	    !protected_unhandled(rq->db, rq->arena, local_date(rq->now), &unhandled, &failed)) {
		respond_err(rq, rs, &failed);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Administration")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_index_html(&sb, &page, &(struct admin_index_view){ link, n, &unhandled });
	respond_html(rq, rs, &sb);
}

/* ---- name and appearance ---- */

static const struct { const char *field, *setting, *label, *hint; } looks[] = {
	{ "name", "site.name", N_("The municipality's name"), NULL },
	{ "colour", "site.colour", N_("Colour"), N_("Like #0b5c8a. Texts stay readable whatever you choose.") },
	{ "mail_from", "site.mail_from", N_("The address mail comes from"), NULL },
	{ "contact_number", "site.contact_number", N_("Contact numbers"), N_("{yyyy} is the year and {n:06} the serial. Numbers given before stay as they are, and are still found.") },
	{ "help", "site.help", N_("Web address: how to reach us"), NULL },
	{ "accessibility", "site.accessibility", N_("Web address: accessibility statement"), NULL },
};

static void
show_look(struct request *rq, struct response *rs, const struct err *wrong)
{
	bool again = rq->method == POST;	/* wrong, or only looked at: as it was written */
	struct admin_input input[ARRAY_LEN(looks) + 3];
	const char *four_eyes;
	struct admin_form_view view = { .action = "/admin/utseende", .input = input, .back = "/admin", .upload = true };
	struct err err = { 0 };
	struct site site;
	struct page page;
	struct sb sb;

	if (!site_load(rq->db, rq->arena, &site, &err) || !site_get(rq->db, rq->arena, "registry.four_eyes", &four_eyes, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	const char *const now[] = { site.name, site.colour, site.mail_from, site.contact_number, site.help, site.accessibility };

	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		input[view.n++] = (struct admin_input){ .field = { .name = looks[i].field, .label = looks[i].label,
			.hint = looks[i].hint, .optional = i > 0, .value = again ? form_raw(rq, looks[i].field) : now[i] } };
	input[view.n++] = (struct admin_input){ .kind = ADMIN_CHECK, .checked = again ? form_checked(rq, "four_eyes") :
	    four_eyes == NULL || strcmp(four_eyes, "0") != 0, .field = { .name = "four_eyes",
	    .label = N_("Masked copies are approved by another person than the one who made them, or by the head") } };
	input[view.n++] = (struct admin_input){ .kind = ADMIN_FILE, .field = { .name = "logo", .label = N_("Logo"),
		.hint = N_("PNG or JPEG, at most 300 kB."), .optional = true, .accept = "image/png,image/jpeg" } };
	if (site.logo_version != NULL)
		input[view.n++] = (struct admin_input){ .kind = ADMIN_CHECK, .field = { .name = "no_logo",
			.label = N_("Take the logo away") } };
	view.preview = contact_number_preview(rq, again ? form_raw(rq, "contact_number") : site.contact_number);
	view.preview_url = "/admin/nummer";
	thing_page(rq, &page, N_("Name and appearance"));
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	admin_form_html(&sb, &page, &view);
	respond_html(rq, rs, &sb);
}

static bool
may_look(struct request *rq, struct err *err)
{
	return permit(rq->actor, ACT_ADMIN_SITE, &(struct object){ 0 }, err);
}

static void
look_get(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may_look(rq, &err))
		show_look(rq, rs, NULL);
	else
		respond_err(rq, rs, &err);
}

static bool
save_logo(struct request *rq, struct err *err)
{
	char *bytes;
	size_t n;

	if (form_checked(rq, "no_logo"))
		return site_logo_set(rq->db, rq->actor->account_id, NULL, 0, rq->now, err);
	return form_file(rq, "logo", SITE_LOGO_MAX, NULL, N_("Choose a picture of at most 300 kB"), &bytes, &n, err) &&
	    (bytes == NULL || site_logo_set(rq->db, rq->actor->account_id, bytes, n, rq->now, err));
}

static bool
save_looks(struct request *rq, struct err *err)
{
	if (thing_given(rq, "name")[0] == '\0')
		return err_input(err, "name", N_("Write a name"));
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		if (!site_set(rq->db, rq->actor->account_id, looks[i].setting, thing_given(rq, looks[i].field), rq->now, err))
			return false;
	return site_set(rq->db, rq->actor->account_id, "registry.four_eyes", form_checked(rq, "four_eyes") ? "1" : "0", rq->now, err) &&
	    save_logo(rq, err);
}

static void
look_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };

	if (may_look(rq, &err) && form_raw(rq, "forhandsgranska") != NULL)
		show_look(rq, rs, NULL);
	else if (err.code == ERR_NONE && save_looks(rq, &err))
		respond_see_other(rq, rs, "/admin/utseende?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		show_look(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

#define THING(path, action) \
	{ GET,  path,              action, list_get, 0 }, \
	{ GET,  path "/ny",        action, new_get, 0 }, \
	{ POST, path "/ny",        action, save_post, 0 }, \
	{ GET,  path "/:id",       action, one_get, 0 }, \
	{ POST, path "/:id",       action, save_post, 0 }

const struct route admin_routes[] = {
	{ GET,  "/admin",                    ACT_SIGNED_IN,     index_get, 0 },
	THING("/admin/myndigheter", ACT_ADMIN_SITE),
	THING("/admin/enheter", ACT_ADMIN_SITE),
	THING("/admin/brevlador", ACT_ADMIN_SITE),
	THING("/admin/kategorier", ACT_ADMIN_SITE),
	THING("/admin/loften", ACT_ADMIN_SITE),
	THING("/admin/dagar", ACT_ADMIN_SITE),
	THING("/admin/svar", ACT_ADMIN_ANSWERS),
	{ POST, "/admin/loften/:id/ta-bort", ACT_ADMIN_SITE,    remove_post, 0 },
	{ POST, "/admin/dagar/:id/ta-bort",  ACT_ADMIN_SITE,    remove_post, 0 },
	{ GET,  "/admin/nummer",             ACT_ADMIN_SITE,    number_get, 0 },
	{ GET,  "/admin/utseende",           ACT_ADMIN_SITE,    look_get, 0 },
	{ POST, "/admin/utseende",           ACT_ADMIN_SITE,    look_post, ROUTE_UPLOAD },
	{ 0 },
};

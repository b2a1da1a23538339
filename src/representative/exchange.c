/* representative/exchange.c: lines to mandates and back */
#include "representative/exchange.h"

#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "db/db.h"
#include "people/permit.h"
#include "people/rows.h"
#include "representative/representative.h"

enum column { ID, NAME, PARTY, AREA, EMAIL, PHONE, ANSWERS, COMMITTEE, ROLE, FROM, TO, TERM, REPLACES, COLUMNS };

static const struct { const char *english, *swedish; } columns[COLUMNS] = {
	[ID] = { "id", "id" }, [NAME] = { "name", "namn" }, [PARTY] = { "party", "parti" }, [AREA] = { "area", "område" },
	[EMAIL] = { "email", "e-post" }, [PHONE] = { "phone", "telefon" }, [ANSWERS] = { "answers", "svarar på" },
	[COMMITTEE] = { "committee", "nämnd" }, [ROLE] = { "role", "uppdrag" }, [FROM] = { "from", "från" },
	[TO] = { "to", "till" }, [TERM] = { "term", "mandatperiod" }, [REPLACES] = { "replaces", "ersätter" },
};

static const struct { const char *word, *role; } role_words[] = {
	{ "chair", "chair" }, { "ordförande", "chair" }, { "vice_chair", "vice_chair" }, { "vice chair", "vice_chair" },
	{ "vice ordförande", "vice_chair" }, { "1:e vice ordförande", "vice_chair" }, { "2:e vice ordförande", "vice_chair" },
	{ "member", "member" }, { "ledamot", "member" }, { "substitute", "substitute" }, { "ersättare", "substitute" },
};

struct line { size_t number; const char *value[COLUMNS]; };	/* values are "" when absent */
struct lines { struct line *item; size_t n, cap; };

struct job {
	struct arena *a;
	struct db *db;
	const struct actor *actor;
	const struct change *by;
	const char *lang;
	struct authority_list authority;
	struct exchange_result *out;
	size_t cap_faults;
	const struct line *line;
	bool added, changed;
};

static void
fault(struct job *j, size_t line, const char *sentence)
{
	struct exchange_result *out = j->out;

	out->fault = rows_room(j->a, out->fault, out->n_faults, &j->cap_faults, sizeof(*out->fault));
	out->fault[out->n_faults++] = (struct exchange_fault){ line, sentence };
}

static const char *
trimmed(struct arena *a, const char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL; n--)
		;
	return arena_strndup(a, text, n);
}

static struct line *
new_line(struct job *j, struct lines *lines, size_t number)
{
	struct line *l;

	lines->item = rows_room(j->a, lines->item, lines->n, &lines->cap, sizeof(*lines->item));
	l = &lines->item[lines->n++];
	*l = (struct line){ .number = number };
	for (size_t c = 0; c < COLUMNS; c++)
		l->value[c] = "";
	return l;
}

static bool
read_csv(struct job *j, const char *bytes, size_t n, struct lines *lines, struct err *err)
{
	int at[COLUMNS];
	struct csv csv;

	if (!csv_parse(j->a, bytes, n, &csv, err))
		return err_input(err, "file", N_("The file could not be read as CSV: a quotation mark is not closed, or a line is too long."));
	if (csv.n == 0)
		return err_input(err, "file", N_("The file is empty."));
	for (int c = 0; c < COLUMNS; c++) {
		at[c] = csv_column(&csv, columns[c].english);
		if (at[c] < 0)
			at[c] = csv_column(&csv, columns[c].swedish);
	}
	if (at[NAME] < 0 || at[COMMITTEE] < 0 || at[ROLE] < 0 || at[FROM] < 0)
		return err_input(err, "file", N_("The first line must name the columns; at least name, committee, role and from are needed."));
	for (size_t i = 1; i < csv.n; i++) {
		struct line *l = new_line(j, lines, csv.row[i].line);

		for (int c = 0; c < COLUMNS; c++)
			l->value[c] = trimmed(j->a, csv_field(&csv.row[i], at[c]));
	}
	return true;
}

static const json_t *
by_id(const json_t *root, const char *list, const char *id)
{
	const json_t *array = json_object_get(root, list);

	for (size_t i = 0; id != NULL && i < json_array_size(array); i++) {
		const json_t *one = json_array_get(array, i);

		if (strcmp(json_text_or(one, "id", ""), id) == 0)
			return one;
	}
	return NULL;
}

static const char *
phone_of(const json_t *person)
{
	const json_t *details = json_object_get(person, "contact_details");

	for (size_t i = 0; i < json_array_size(details); i++) {
		const json_t *one = json_array_get(details, i);
		const char *type = json_text_or(one, "type", "");

		if (strcmp(type, "voice") == 0 || strcmp(type, "cell") == 0 || strcmp(type, "phone") == 0)
			return json_text_or(one, "value", "");
	}
	return "";
}

/* One membership with what it points at; a pointer to nothing is left empty, and taken up by the checks of the line. */
static void
read_membership(struct job *j, const json_t *root, const json_t *m, struct line *l)
{
	const json_t *person = by_id(root, "persons", json_text_or(m, "person_id", NULL));
	const json_t *body = by_id(root, "organizations", json_text_or(m, "organization_id", NULL));
	const json_t *party = by_id(root, "organizations", json_text_or(m, "on_behalf_of_id", NULL));
	const json_t *area = by_id(root, "areas", json_text_or(m, "area_id", NULL));
	const json_t *term = by_id(root, "events", json_text_or(m, "legislative_period_id", NULL));
	const char *value[COLUMNS] = {
		[ID] = json_text_or(person, "id", ""), [NAME] = json_text_or(person, "name", ""),
		[PARTY] = json_text_or(party, "name", ""), [AREA] = json_text_or(area, "name", ""),
		[EMAIL] = json_text_or(person, "email", ""), [PHONE] = phone_of(person),
		[ANSWERS] = json_text_or(person, "summary", ""),
		[COMMITTEE] = json_text_or(body, "id", json_text_or(m, "organization_id", "")),
		[ROLE] = json_text_or(m, "role", ""), [FROM] = json_text_or(m, "start_date", ""),
		[TO] = json_text_or(m, "end_date", ""), [TERM] = json_text_or(term, "name", ""),
		[REPLACES] = json_text_or(m, "replaces_id", ""),
	};

	for (size_t c = 0; c < COLUMNS; c++)
		l->value[c] = trimmed(j->a, value[c]);
}

static bool
read_popolo(struct job *j, const char *bytes, size_t n, struct lines *lines, struct err *err)
{
	const json_t *memberships;
	json_t *root;

	if (!json_parse(bytes, n, &root, err))
		return err_input(err, "file", N_("The file could not be read as JSON."));
	memberships = json_object_get(root, "memberships");
	if (!json_is_array(memberships)) {
		json_decref(root);
		return err_input(err, "file", N_("The file has no list \"memberships\": Popolo JSON is expected."));
	}
	for (size_t i = 0; i < json_array_size(memberships); i++)
		read_membership(j, root, json_array_get(memberships, i), new_line(j, lines, i + 1));
	json_decref(root);
	return true;
}

static const char *
role_of(struct arena *a, const char *word)
{
	const char *lower = utf8_lower(a, word);

	for (size_t i = 0; i < ARRAY_LEN(role_words); i++) {
		if (strcmp(role_words[i].word, lower) == 0)
			return role_words[i].role;
	}
	return NULL;
}

static const struct authority *
authority_of(const struct job *j, const char *word)
{
	for (size_t i = 0; i < j->authority.n; i++) {
		const struct authority *r = &j->authority.item[i];

		if (strcmp(utf8_lower(j->a, r->code), utf8_lower(j->a, word)) == 0 ||
		    strcmp(utf8_lower(j->a, r->name), utf8_lower(j->a, word)) == 0)
			return r;
	}
	return NULL;
}

static const char *
codes(struct job *j)
{
	struct sb sb;

	sb_init(&sb, j->a, 4096);
	for (size_t i = 0; i < j->authority.n; i++)
		sb_addf(&sb, "%s%s", i == 0 ? "" : ", ", j->authority.item[i].code);
	return sb_str(&sb);
}

/* Kommunallag 5 kap. 9 §: from 15 October of the election year. "2026-2030" is understood, other names must be there. */
static bool
term_of(struct job *j, struct db *tx, const char *name, int64_t *id, struct err *err)
{
	struct term_list list;

	*id = 0;
	if (*name == '\0')
		return true;
	if (!term_list(tx, j->a, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (strcmp(list.item[i].name, name) == 0) {
			*id = list.item[i].id;
			return true;
		}
	}
	if (strlen(name) == 9 && strspn(name, "0123456789") == 4 && name[4] == '-' && strspn(name + 5, "0123456789") == 4)
		return term_save(tx, j->by, &(struct term){ .name = name, .from_date = arena_printf(j->a, "%.4s-10-15", name),
		    .to_date = arena_printf(j->a, "%s-10-14", name + 5) }, id, err);
	return err_input(err, "term", N_("The term of office is not known. Write it as 2026-2030, or make it first."));
}

static const char *
keep(const char *given, const char *there)
{
	return *given == '\0' ? there : given;
}

static bool
differs(const char *given, const char *there)
{
	return *given != '\0' && (there == NULL || strcmp(given, there) != 0);
}

/* The person of the line: found, changed where the line says something else, or made. */
static bool
person(struct job *j, struct db *tx, struct representative *r, struct err *err)
{
	const char *const *v = j->line->value;
	const char *external_id = *v[ID] != '\0' ? v[ID] : utf8_lower(j->a, arena_printf(j->a, "%s|%s", v[NAME], v[PARTY]));
	bool known = representative_by_external(tx, j->a, external_id, r, err);

	if (!known && err->code != ERR_NOT_FOUND)
		return false;
	if (!known) {
		*err = (struct err){ 0 };
		*r = (struct representative){ .external_id = external_id, .active = true };
	} else if (!differs(v[NAME], r->name) && !differs(v[PARTY], r->party) && !differs(v[AREA], r->area) &&
	    !differs(v[EMAIL], r->email) && !differs(v[PHONE], r->phone) && !differs(v[ANSWERS], r->answers)) {
		return true;
	}
	j->changed = known;
	r->name = keep(v[NAME], r->name);
	r->party = keep(v[PARTY], r->party);
	r->area = keep(v[AREA], r->area);
	r->email = keep(v[EMAIL], r->email);
	r->phone = keep(v[PHONE], r->phone);
	r->answers = keep(v[ANSWERS], r->answers);
	r->version = 0;
	return representative_save(tx, j->by, r, &r->id, err);
}

static bool
replaced(struct job *j, struct db *tx, int64_t authority_id, int64_t *mandate_id, struct err *err)
{
	const char *id = j->line->value[REPLACES];
	struct representative r;

	*mandate_id = 0;
	if (*id == '\0')
		return true;
	if (!representative_by_external(tx, j->a, id, &r, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		return err_input(err, "replaces", N_("Whom she took over after is not in the directory: give that person's id, and put the line earlier."));
	}
	for (size_t i = 0; i < r.n_mandates && *mandate_id == 0; i++) {
		if (r.mandate[i].authority_id == authority_id)
			*mandate_id = r.mandate[i].id;
	}
	return *mandate_id != 0 || err_input(err, "replaces_id", N_("Choose a mandate of somebody else in the same committee."));
}

static bool
mandate(struct job *j, struct db *tx, const struct representative *r, const struct authority *body, struct err *err)
{
	const char *const *v = j->line->value;
	struct mandate m = { .representative_id = r->id, .authority_id = body->id, .role = role_of(j->a, v[ROLE]),
		.from_date = v[FROM], .to_date = v[TO] };
	struct mandate there;
	int64_t id;

	if (!mandate_find(tx, r->id, body->id, m.role, m.from_date, &id, err))
		return false;
	if (id == 0) {
		j->added = true;
		return term_of(j, tx, v[TERM], &m.term_id, err) && replaced(j, tx, body->id, &m.replaces_id, err) &&
		    mandate_save(tx, j->by, &m, &id, err);
	}
	if (!mandate_get(tx, j->a, id, &there, err))
		return false;
	if (!differs(v[TO], there.to_date))
		return true;
	j->changed = true;
	return mandate_end(tx, j->by, id, v[TO], err);
}

static bool
take(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const char *const *v = j->line->value;
	const struct authority *body = authority_of(j, v[COMMITTEE]);
	struct representative r;
	struct date d;

	j->added = j->changed = false;
	if (*v[NAME] == '\0')
		return err_input(err, "name", N_("The name is missing."));
	if (body == NULL)
		return err_input(err, "committee", "");
	if (j->actor != NULL && !permit(j->actor, ACT_DIRECTORY_EDIT, &(struct object){ .authority_id = body->id }, err))
		return false;
	if (role_of(j->a, v[ROLE]) == NULL)
		return err_input(err, "role", N_("Choose chair, vice chair, member or substitute."));
	if (!date_parse(v[FROM], &d))
		return err_input(err, "from", N_("Write the first day as YYYY-MM-DD."));
	if (*v[TO] != '\0' && (!date_parse(v[TO], &d) || strcmp(v[TO], v[FROM]) < 0))
		return err_input(err, "to", N_("Write the last day as YYYY-MM-DD, not before the first."));
	return person(j, tx, &r, err) && mandate(j, tx, &r, body, err);
}

static bool
take_line(struct job *j, struct err *err)
{
	struct err own = { 0 };

	if (db_write(j->db, take, j, &own)) {
		if (j->added)
			j->out->added++;
		else if (j->changed)
			j->out->changed++;
		else
			j->out->same++;
		return true;
	}
	if (own.code != ERR_INPUT && own.code != ERR_DENIED && own.code != ERR_CONFLICT) {
		*err = own;
		return false;
	}
	if (own.field != NULL && strcmp(own.field, "committee") == 0)
		fault(j, j->line->number, arena_printf(j->a, tr(j->lang, N_("The committee \"%s\" is not known; one of these is expected: %s")),
		    j->line->value[COMMITTEE], codes(j)));
	else
		fault(j, j->line->number, own.person == NULL ? own.log : tr(j->lang, own.person));
	return true;
}

bool
exchange_read(struct db *db, struct arena *a, const struct actor *actor, const struct change *by, const char *lang,
    const char *bytes, size_t n, struct exchange_result *out, struct err *err)
{
	struct change plain = { by->account_id, by->now, NULL };
	struct job j = { .a = a, .db = db, .actor = actor, .by = &plain, .lang = lang, .out = out };
	struct lines lines = { 0 };
	size_t i = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	*out = (struct exchange_result){ 0 };
	while (i < n && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
		i++;
	if (!authority_list(db, a, &j.authority, err))
		return false;
	if (!(i < n && bytes[i] == '{' ? read_popolo(&j, bytes + i, n - i, &lines, err) : read_csv(&j, bytes, n, &lines, err)))
		return false;
	for (i = 0; i < lines.n; i++) {
		j.line = &lines.item[i];
		if (!take_line(&j, err))
			return err_add(err, "line %zu", j.line->number);
	}
	return true;
}

/* ---- out ---- */

/* Who had the mandate that this one fills; all zero when it fills none. */
static bool
replaced_one(struct db *db, struct arena *a, const struct mandate *d, struct representative *out, struct err *err)
{
	struct mandate old;

	*out = (struct representative){ 0 };
	return d->replaces_id == 0 || (mandate_get(db, a, d->replaces_id, &old, err) &&
	    representative_get(db, a, old.representative_id, out, err));
}

bool
exchange_csv(struct db *db, struct arena *a, struct sb *sb, struct err *err)
{
	struct representative_list list;

	if (!representative_list(db, a, &(struct representative_filter){ 0 }, &list, err))
		return false;
	for (size_t c = 0; c < COLUMNS; c++)
		sb_addf(sb, "%s%s", c == 0 ? "" : ",", columns[c].english);
	sb_add(sb, "\r\n");
	for (size_t i = 0; i < list.n; i++) {
		const struct representative *r = &list.item[i];

		for (size_t m = 0; r->active && m < r->n_mandates; m++) {
			const struct mandate *d = &r->mandate[m];
			struct representative other;
			const char *value[COLUMNS] = {
				[ID] = r->external_id, [NAME] = r->name, [PARTY] = r->party, [AREA] = r->area, [EMAIL] = r->email,
				[PHONE] = r->phone, [ANSWERS] = r->answers, [COMMITTEE] = d->authority_code, [ROLE] = d->role,
				[FROM] = d->from_date, [TO] = d->to_date, [TERM] = d->term,
			};

			if (!replaced_one(db, a, d, &other, err))
				return false;
			value[REPLACES] = other.external_id;
			for (size_t c = 0; c < COLUMNS; c++) {
				sb_add(sb, c == 0 ? "" : ",");
				sb_csv(sb, value[c] == NULL ? "" : value[c]);
			}
			sb_add(sb, "\r\n");
		}
	}
	return true;
}

/* One JSON object of text fields; those without a value are left out. `more` is JSON put at its end, or NULL. */
struct pair { const char *key, *value; };

static void
object(struct sb *sb, bool *first, const struct pair *pair, size_t n, const char *more)
{
	bool begun = false;

	sb_add(sb, *first ? "\n  {" : ",\n  {");
	*first = false;
	for (size_t i = 0; i < n; i++) {
		if (pair[i].value == NULL)
			continue;
		sb_addf(sb, "%s\"%s\": ", begun ? ", " : "", pair[i].key);
		sb_json(sb, pair[i].value);
		begun = true;
	}
	if (more != NULL)
		sb_add(sb, more);
	sb_add(sb, "}");
}

static const char *
slug(struct arena *a, const char *kind, const char *word)
{
	return word == NULL ? NULL : arena_printf(a, "%s/%s", kind, word);
}

static void
persons(struct sb *sb, struct arena *a, const struct representative_list *list, const char *base_url)
{
	bool first = true;

	sb_add(sb, "{\"persons\": [");
	for (size_t i = 0; i < list->n; i++) {
		const struct representative *r = &list->item[i];
		const char *details = NULL;
		const struct pair pair[] = { { "id", r->external_id }, { "name", r->name }, { "email", r->email },
			{ "summary", r->answers }, { "image", r->picture_sha256 == NULL ? NULL :
			arena_printf(a, "%s/fortroendevalda/%lld/bild", base_url, (long long)r->id) } };

		if (!r->active)
			continue;
		if (r->phone != NULL) {
			struct sb one;

			sb_init(&one, a, 4096);
			sb_add(&one, ", \"contact_details\": [{\"type\": \"voice\", \"value\": ");
			sb_json(&one, r->phone);
			sb_add(&one, "}]");
			details = sb_str(&one);
		}
		object(sb, &first, pair, ARRAY_LEN(pair), details);
	}
	sb_add(sb, "],\n");
}

static bool
bodies(struct db *db, struct arena *a, struct sb *sb, struct err *err)
{
	const char *const *party, *const *area;
	struct authority_list body;
	struct term_list term;
	bool first = true;

	if (!authority_list(db, a, &body, err) || !representative_words(db, a, &party, &area, err) ||
	    !term_list(db, a, &term, err))
		return false;
	sb_add(sb, "\"organizations\": [");
	for (size_t i = 0; i < body.n; i++)
		object(sb, &first, (struct pair[]){ { "id", body.item[i].code }, { "name", body.item[i].name },
		    { "classification", body.item[i].kind } }, 3, NULL);
	for (size_t i = 0; party[i] != NULL; i++)
		object(sb, &first, (struct pair[]){ { "id", slug(a, "party", party[i]) }, { "name", party[i] },
		    { "classification", "party" } }, 3, NULL);
	sb_add(sb, "],\n\"areas\": [");
	first = true;
	for (size_t i = 0; area[i] != NULL; i++)
		object(sb, &first, (struct pair[]){ { "id", slug(a, "area", area[i]) }, { "name", area[i] } }, 2, NULL);
	sb_add(sb, "],\n\"events\": [");
	first = true;
	for (size_t i = 0; i < term.n; i++)
		object(sb, &first, (struct pair[]){ { "id", slug(a, "term", term.item[i].name) }, { "name", term.item[i].name },
		    { "classification", "legislative period" }, { "start_date", term.item[i].from_date },
		    { "end_date", term.item[i].to_date } }, 5, NULL);
	sb_add(sb, "],\n");
	return true;
}

bool
exchange_popolo(struct db *db, struct arena *a, const char *base_url, struct sb *sb, struct err *err)
{
	struct representative_list list;
	bool first = true;

	if (!representative_list(db, a, &(struct representative_filter){ 0 }, &list, err))
		return false;
	persons(sb, a, &list, base_url);
	if (!bodies(db, a, sb, err))
		return false;
	sb_add(sb, "\"memberships\": [");
	for (size_t i = 0; i < list.n; i++) {
		const struct representative *r = &list.item[i];

		for (size_t m = 0; r->active && m < r->n_mandates; m++) {
			const struct mandate *d = &r->mandate[m];
			struct representative other;

			if (!replaced_one(db, a, d, &other, err))
				return false;
			object(sb, &first, (struct pair[]){ { "id", arena_printf(a, "mandate/%lld", (long long)d->id) },
			    { "person_id", r->external_id }, { "organization_id", d->authority_code },
			    { "on_behalf_of_id", slug(a, "party", r->party) }, { "area_id", slug(a, "area", r->area) },
			    { "role", d->role }, { "start_date", d->from_date }, { "end_date", d->to_date },
			    { "legislative_period_id", slug(a, "term", d->term) }, { "replaces_id", other.external_id } }, 10, NULL);
		}
	}
	sb_add(sb, "]}\n");
	return true;
}

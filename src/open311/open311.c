/* open311/open311.c: the pure parts */
#include "open311/open311.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "http/form.h"

enum { FIELD_MAX = 300, URL_MAX = 2000, DESCRIPTION_MAX = 4000 /* characters, as the specification says */, ANSWER_MAX = 4000 };

/* ---- answers ---- */

static void
indent(struct out *o)
{
	sb_add_c(o->sb, '\n');
	for (int i = 0; i < o->depth; i++)
		sb_add(o->sb, "  ");
}

/* Before a member of the level: comma, line break, its name where it has one. */
static void
member(struct out *o, const char *name)
{
	if (!o->json) {
		indent(o);
		sb_addf(o->sb, "<%s>", name);
		return;
	}
	if (o->depth == 0)
		return;
	if (o->level[o->depth - 1].some)
		sb_add_c(o->sb, ',');
	o->level[o->depth - 1].some = true;
	indent(o);
	if (o->level[o->depth - 1].kind == OUT_OBJECT)
		sb_addf(o->sb, "\"%s\":", name);
}

void
out_begin(struct out *o, const char *name, enum out_kind kind)
{
	if (o->depth == OUT_DEPTH)
		abort();
	if (o->depth == 0 && !o->json)
		sb_add(o->sb, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	member(o, name);
	o->level[o->depth].kind = kind;
	o->level[o->depth].name = name;
	o->level[o->depth++].some = false;
	if (o->json)
		sb_add_c(o->sb, kind == OUT_LIST ? '[' : '{');
}

void
out_end(struct out *o)
{
	bool some = o->level[--o->depth].some;

	if (!o->json) {
		if (some)
			indent(o);
		sb_addf(o->sb, "</%s>", o->level[o->depth].name);
		if (o->depth > 0)
			o->level[o->depth - 1].some = true;
	} else {
		if (some)
			indent(o);
		sb_add_c(o->sb, o->level[o->depth].kind == OUT_LIST ? ']' : '}');
	}
	if (o->depth == 0)
		sb_add_c(o->sb, '\n');
}

static void
scalar(struct out *o, const char *name, const char *plain, const char *text)
{
	member(o, name);
	if (o->json) {
		if (plain != NULL)
			sb_add(o->sb, plain);
		else
			sb_json(o->sb, text);
		return;
	}
	if (plain != NULL)
		sb_add(o->sb, plain);
	else if (text != NULL)
		sb_xml(o->sb, text);
	sb_addf(o->sb, "</%s>", name);
	if (o->depth > 0)
		o->level[o->depth - 1].some = true;
}

void
out_text(struct out *o, const char *name, const char *value)
{
	scalar(o, name, NULL, value);
}

void
out_bool(struct out *o, const char *name, bool value)
{
	scalar(o, name, value ? "true" : "false", NULL);
}

void
out_int(struct out *o, const char *name, int64_t value)
{
	scalar(o, name, arena_printf(o->sb->arena, "%" PRId64, value), NULL);
}

void
out_double(struct out *o, const char *name, double value)
{
	struct sb sb;

	sb_init(&sb, o->sb->arena, 64);
	sb_double(&sb, value);
	scalar(o, name, sb_str(&sb), NULL);
}

void
problem(struct problems *p, int code, const char *text)
{
	if (p->n == PROBLEMS_MAX)
		return;
	if (p->n == 0)
		p->status = code;
	p->item[p->n].code = code;
	p->item[p->n++].text = text;
}

/* ---- services ---- */

const char *const service_datatypes[] = { "string", "number", "datetime", "text", "singlevaluelist", "multivaluelist", NULL };

static char *
trimmed(struct arena *a, const char *text, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", *text) != NULL)
		text++, n--;
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	return arena_strndup(a, text, n);
}

bool
service_choices_parse(struct arena *a, const char *text, const struct service_choice **out, size_t *n, struct err *err)
{
	size_t lines = 1;
	struct service_choice *list;

	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	list = arena_array(a, lines, sizeof(*list));
	*n = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, "\n"), key = strcspn(text, "=\n");
		const char *line = trimmed(a, text, len);

		if (*line != '\0') {
			struct service_choice c = { trimmed(a, text, key), key < len ? trimmed(a, text + key + 1, len - key - 1) : "" };

			if (*c.key == '\0' || *c.name == '\0')
				return err_input(err, "choices", N_("Write one alternative a line, like blue=Blue."));
			for (size_t i = 0; i < *n; i++) {
				if (strcmp(list[i].key, c.key) == 0)
					return err_input(err, "choices", N_("Two lines have the same word before the equals sign."));
			}
			list[(*n)++] = c;
		}
		text += len + (text[len] == '\n');
	}
	*out = list;
	return true;
}

/* ---- a posted request ---- */

/* What stands in a field, trimmed; "" when it does not (the specification: the same). */
static const char *
field(struct arena *a, const char *lang, const struct field_list *f, const char *name, size_t most, struct problems *p)
{
	const char *value = field_find(f, name);

	if (value == NULL)
		return "";
	value = trimmed(a, value, strlen(value));
	if (strlen(value) > most)
		problem(p, 400, arena_printf(a, tr(lang, N_("%s is too long")), name));
	return value;
}

static bool
number(const char *text, double least, double most, double *out)
{
	char *end;

	errno = 0;
	*out = strtod(text, &end);
	return end != text && *end == '\0' && errno == 0 && strspn(text, "+-.0123456789eE") == strlen(text) &&
	    *out >= least && *out <= most;
}

static bool
mail_like(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL && strpbrk(text, " \t\r\n<>,;\"") == NULL;
}

void
posted_parse(struct arena *a, const char *lang, const char *bytes, size_t n, struct posted *out, struct problems *p)
{
	struct field_list f = { 0 };
	struct err err = { 0 };
	const char *lat, *lon;

	*out = (struct posted){ .answers = "" };
	if (!form_parse(a, bytes, n, &f, &err)) {
		problem(p, 400, tr(lang, N_("The form has too many fields")));
		f = (struct field_list){ 0 };
	}
	out->api_key = field(a, lang, &f, "api_key", FIELD_MAX, p);
	out->jurisdiction_id = field(a, lang, &f, "jurisdiction_id", FIELD_MAX, p);
	out->service_code = field(a, lang, &f, "service_code", FIELD_MAX, p);
	out->address_string = field(a, lang, &f, "address_string", FIELD_MAX, p);
	out->address_id = field(a, lang, &f, "address_id", FIELD_MAX, p);
	out->email = field(a, lang, &f, "email", 254, p);
	out->device_id = field(a, lang, &f, "device_id", FIELD_MAX, p);
	out->account_id = field(a, lang, &f, "account_id", FIELD_MAX, p);
	out->first_name = field(a, lang, &f, "first_name", 100, p);
	out->last_name = field(a, lang, &f, "last_name", 100, p);
	out->phone = field(a, lang, &f, "phone", 60, p);
	out->description = field(a, lang, &f, "description", DESCRIPTION_MAX * 4, p);
	out->media_url = field(a, lang, &f, "media_url", URL_MAX, p);
	lat = field(a, lang, &f, "lat", 40, p);
	lon = field(a, lang, &f, "long", 40, p);
	if (utf8_length(out->description) > DESCRIPTION_MAX)
		problem(p, 400, tr(lang, N_("description may be at most 4,000 characters")));
	if (out->email[0] != '\0' && !mail_like(out->email))
		problem(p, 400, tr(lang, N_("email is not an e-mail address")));
	if (out->service_code[0] == '\0')
		problem(p, 400, tr(lang, N_("service_code was not provided")));
	if ((*lat == '\0') != (*lon == '\0'))
		problem(p, 400, tr(lang, N_("lat and long must both be sent")));
	else if (*lat != '\0' && !(out->has_place = number(lat, -90, 90, &out->lat) && number(lon, -180, 180, &out->lon)))
		problem(p, 400, tr(lang, N_("lat and long must be degrees, like 59.616 and 16.255")));
	else if (*lat == '\0' && out->address_string[0] == '\0' && out->address_id[0] == '\0')
		problem(p, 400, tr(lang, N_("a place was not provided: send lat and long, address_string, or address_id")));
}

/* "attribute[CODE]" or "attribute[CODE][]": CODE, or NULL. */
static const char *
attribute_code(struct arena *a, const char *name)
{
	size_t n;

	if (strncmp(name, "attribute[", 10) != 0)
		return NULL;
	n = strcspn(name + 10, "]");
	if (n == 0 || (strcmp(name + 10 + n, "]") != 0 && strcmp(name + 10 + n, "][]") != 0))
		return NULL;
	return arena_strndup(a, name + 10, n);
}

static const char *
choice_name(const struct service_attribute *s, const char *key)
{
	for (size_t i = 0; i < s->n_choices; i++) {
		if (strcmp(s->choice[i].key, key) == 0)
			return s->choice[i].name;
	}
	return NULL;
}

/* NULL: not an answer of that kind. Else how a person reads it. */
static const char *
answer_words(const struct service_attribute *s, const char *value)
{
	struct date day;
	int64_t at;
	double x;

	if (strcmp(s->datatype, "number") == 0)
		return number(value, -1e300, 1e300, &x) ? value : NULL;
	if (strcmp(s->datatype, "datetime") == 0)
		return date_parse(value, &day) || instant_parse(value, &at) ? value : NULL;
	if (strcmp(s->datatype, "string") == 0)
		return strchr(value, '\n') == NULL ? value : NULL;
	if (strcmp(s->datatype, "text") == 0)
		return value;
	return choice_name(s, value);
}

/* The answers to one question, in the order they came. */
static void
one_attribute(struct arena *a, const char *lang, const struct field_list *f, const struct service_attribute *s, struct sb *json,
    struct sb *words, struct problems *p)
{
	bool many = strcmp(s->datatype, "multivaluelist") == 0;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const char *code = attribute_code(a, f->item[i].name), *value, *read;

		if (code == NULL || strcmp(code, s->code) != 0 || *(value = trimmed(a, f->item[i].value, strlen(f->item[i].value))) == '\0')
			continue;
		read = strlen(value) > ANSWER_MAX ? NULL : answer_words(s, value);
		if (read == NULL || (n > 0 && !many)) {
			problem(p, 400, arena_printf(a, tr(lang, N_("attribute[%s] is not a %s, or not one of its values")), s->code, s->datatype));
			return;
		}
		if (n == 0) {
			sb_add(json, json->len > 1 ? ", " : "");
			sb_json(json, s->code);
			sb_add(json, many ? ": [" : ": ");
			sb_addf(words, "%s ", s->description);
		}
		sb_add(json, n > 0 ? ", " : "");
		sb_json(json, value);
		sb_addf(words, "%s%s", n > 0 ? ", " : "", read);
		n++;
	}
	if (n > 0) {
		sb_add(json, many ? "]" : "");
		sb_add_c(words, '\n');
	} else if (s->required && s->asks) {
		problem(p, 400, arena_printf(a, tr(lang, N_("attribute[%s] was not provided: %s")), s->code, s->description));
	}
}

void
posted_attributes(struct arena *a, const char *lang, const char *bytes, size_t n, const struct service_attribute_list *asked,
    struct posted *out, struct problems *p)
{
	struct field_list f = { 0 };
	struct err ignored = { 0 };
	struct sb json, words;

	if (!form_parse(a, bytes, n, &f, &ignored))
		return;				/* posted_parse said so */
	sb_init(&json, a, 256 * 1024);
	sb_init(&words, a, 256 * 1024);
	sb_add_c(&json, '{');
	for (size_t i = 0; i < asked->n; i++) {
		if (asked->item[i].active)
			one_attribute(a, lang, &f, &asked->item[i], &json, &words, p);
	}
	for (size_t i = 0; i < f.n; i++) {
		const char *code = attribute_code(a, f.item[i].name);
		size_t k = 0;

		while (k < asked->n && (code == NULL || !asked->item[k].active || strcmp(asked->item[k].code, code) != 0))
			k++;
		if (code != NULL && k == asked->n)
			problem(p, 400, arena_printf(a, tr(lang, N_("the service has no attribute %s")), code));
	}
	sb_add_c(&json, '}');
	if (json.full || words.full)
		problem(p, 400, tr(lang, N_("The form has too many fields")));
	out->attributes = json.len > 2 ? sb_str(&json) : NULL;
	out->answers = sb_str(&words);
}

/* ---- a query ---- */

static bool
instant_field(struct arena *a, const char *lang, const struct field_list *f, const char *name, int64_t *out, struct problems *p)
{
	const char *text = field(a, lang, f, name, 60, p);
	char *plus;

	if (*text == '\0')
		return false;
	plus = arena_strdup(a, text);			/* a plus sign that was not escaped came as a space */
	for (char *q = plus; *q != '\0'; q++) {
		if (*q == ' ')
			*q = '+';
	}
	if (instant_parse(plus, out))
		return true;
	problem(p, 400, arena_printf(a, tr(lang, N_("%s must be a time with its zone, like 2027-01-01T00:00:00Z")), name));
	return false;
}

static int64_t
whole(struct arena *a, const char *lang, const struct field_list *f, const char *name, int64_t most, int64_t instead,
    struct problems *p)
{
	const char *text = field(a, lang, f, name, 20, p);

	if (*text == '\0')
		return instead;
	if (text[strspn(text, "0123456789")] == '\0' && strlen(text) < 10 && atoll(text) >= 1 && atoll(text) <= most)
		return atoll(text);
	problem(p, 400, arena_printf(a, tr(lang, N_("%s must be a whole number from 1 to %d")), name, (int)most));
	return instead;
}

void
asked_parse(struct arena *a, const char *lang, const char *query, int64_t now, struct asked *out, struct problems *p)
{
	struct field_list f = { 0 };
	struct err err = { 0 };
	const char *status, *extensions;
	bool from, to;

	*out = (struct asked){ 0 };
	if (!form_parse(a, query, strlen(query), &f, &err))
		problem(p, 400, tr(lang, N_("The form has too many fields")));
	out->ids = field(a, lang, &f, "service_request_id", 6000, p);
	out->codes = field(a, lang, &f, "service_code", 6000, p);
	out->jurisdiction_id = field(a, lang, &f, "jurisdiction_id", FIELD_MAX, p);
	out->api_key = field(a, lang, &f, "api_key", FIELD_MAX, p);
	status = field(a, lang, &f, "status", 100, p);
	extensions = field(a, lang, &f, "extensions", 10, p);
	out->extensions = strcmp(extensions, "true") == 0 || strcmp(extensions, "1") == 0;
	out->open = out->closed = *status == '\0';
	for (const char *s = status; *s != '\0';) {
		size_t n = strcspn(s, ",");
		const char *one = trimmed(a, s, n);

		if (strcmp(one, "open") == 0)
			out->open = true;
		else if (strcmp(one, "closed") == 0)
			out->closed = true;
		else if (*one != '\0')
			problem(p, 400, tr(lang, N_("status must be open or closed")));
		s += n + (s[n] == ',');
	}
	out->page = whole(a, lang, &f, "page", 100000, 1, p);
	out->page_size = whole(a, lang, &f, "page_size", OPEN311_MOST, OPEN311_MOST, p);
	from = instant_field(a, lang, &f, "start_date", &out->from, p);
	to = instant_field(a, lang, &f, "end_date", &out->to, p);
	if (!to)
		out->to = from && out->from < now - (int64_t)OPEN311_DAYS * DAY_S ? out->from + (int64_t)OPEN311_DAYS * DAY_S : now;
	if (!from)
		out->from = out->to - (int64_t)OPEN311_DAYS * DAY_S;
	if (from && to && out->to < out->from)
		problem(p, 400, tr(lang, N_("end_date must not be before start_date")));
	else if (out->to - out->from > (int64_t)OPEN311_DAYS * DAY_S)
		problem(p, 400, tr(lang, N_("start_date and end_date may span at most 90 days")));
}

/* open311/open311_pages.c: GeoReport v2 over HTTP
 *
 * One handler for all addresses below /open311/, since what is wrong is answered in the specification's own form whatever it is. */
#include "open311/open311_pages.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "contact/receipt.h"
#include "contact/site_words.h"
#include "db/db.h"

enum { BODY_MAX = 16 * 1024 * 1024, RETRY_S = 60 };

/* One answer under way. */
struct call {
	struct request *rq;
	struct response *rs;
	struct sb sb;
	struct out out;
	struct problems problems;
	const char *what;		/* of the address, after its folder and without the ending: "K-2027-000118" */
	int64_t key_id;			/* of a key that was shown in a GET; 0 */
};

/* ---- what is said ---- */

static void
finish(struct call *c)
{
	struct request *rq = c->rq;

	if (c->problems.n > 0) {
		sb_clear(&c->sb);
		c->out = (struct out){ .sb = &c->sb, .json = c->out.json };
		out_begin(&c->out, "errors", OUT_LIST);
		for (size_t i = 0; i < c->problems.n; i++) {
			out_begin(&c->out, "error", OUT_OBJECT);
			out_int(&c->out, "code", c->problems.item[i].code);
			out_text(&c->out, "description", c->problems.item[i].text);
			out_end(&c->out);
		}
		out_end(&c->out);
		if (c->problems.status == 429)
			respond_header(rq, c->rs, "Retry-After", "60");
	}
	if (rq->method == GET)			/* any page may read it: there is nothing in it but what all may see */
		respond_header(rq, c->rs, "Access-Control-Allow-Origin", "*");
	respond_text(c->rs, c->problems.n > 0 ? c->problems.status : 200, c->out.json ? "application/json; charset=utf-8" :
	    "text/xml; charset=utf-8", sb_str(&c->sb), c->sb.len);
}

/* Ours: told in the specification's words for it, and to the log. */
static void
broken(struct call *c, const struct err *err)
{
	bool busy = err->code == ERR_BUSY;

	log_line(LOG_ERROR, "open311", "id=%s code=%s error=\"%s\"", c->rq->id, err_code_name(err->code), err->log);
	problem(&c->problems, busy ? 503 : 500, tr(c->rq->lang, busy ? N_("We are busy just now. Try again in a minute.") :
	    N_("Something went wrong with us. Try again; if it happens again, tell us.")));
}

static const char *
fmt1(struct call *c, const char *msgid, const char *value)
{
	struct sb sb;

	sb_init(&sb, c->rq->arena, 8000);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	sb_addf(&sb, tr(c->rq->lang, msgid), value);
#pragma GCC diagnostic pop
	return sb_str(&sb);
}

/* One municipality: to say which is not needed, but to say another is a mistake. */
static void
jurisdiction(struct call *c, const char *given)
{
	const char *ours = site_text(c->rq->db, c->rq->arena, "open311.jurisdiction", NULL);

	if (given != NULL && *given != '\0' && ours != NULL && strcasecmp(ours, given) != 0)
		problem(&c->problems, 404, fmt1(c, N_("jurisdiction_id %s was not found"), given));
}

static const char *
named(struct call *c, const char *name, const char *name_en)
{
	return strcmp(c->rq->lang, "en") == 0 && name_en != NULL ? name_en : name;
}

/* ---- discovery and services ---- */

static const char *
changeset(struct call *c, int64_t at)
{
	struct local_time t = local_time(at);

	return arena_printf(c->rq->arena, "%04d-%02d-%02d %02d:%02d", t.date.year, t.date.month, t.date.day, t.hour, t.minute);
}

static void
discovery(struct call *c)
{
	const char *base = site_text(c->rq->db, c->rq->arena, "site.base_url", c->rq->base_url);
	const char *name = site_text(c->rq->db, c->rq->arena, "site.name", "");
	struct err err = { 0 };
	int64_t at;

	if (!services_changed(c->rq->db, &at, &err)) {
		broken(c, &err);
		return;
	}
	out_begin(&c->out, "discovery", OUT_OBJECT);
	out_text(&c->out, "changeset", changeset(c, at));
	out_text(&c->out, "contact", site_text(c->rq->db, c->rq->arena, "open311.contact",
	    arena_printf(c->rq->arena, "%s, %s/kontakt", name, base)));
	out_text(&c->out, "key_service", fmt1(c, N_("Ask us for a key: %s/kontakt"), base));
	out_begin(&c->out, "endpoints", OUT_LIST);
	out_begin(&c->out, "endpoint", OUT_OBJECT);
	out_text(&c->out, "specification", "http://wiki.open311.org/GeoReport_v2");
	out_text(&c->out, "url", arena_printf(c->rq->arena, "%s/open311/v2", base));
	out_text(&c->out, "changeset", changeset(c, at));
	out_text(&c->out, "type", "production");
	out_begin(&c->out, "formats", OUT_LIST);
	out_text(&c->out, "format", "text/xml");
	out_text(&c->out, "format", "application/json");
	out_end(&c->out);
	out_end(&c->out);
	out_end(&c->out);
	out_end(&c->out);
}

/* Words with spaces between become words with commas. */
static const char *
with_commas(struct arena *a, const char *words)
{
	struct sb sb;

	if (words == NULL)
		return NULL;
	sb_init(&sb, a, 8000);
	while (*(words += strspn(words, " ,\t\n")) != '\0') {
		size_t n = strcspn(words, " ,\t\n");

		sb_add(&sb, sb.len > 0 ? ", " : "");
		sb_add_n(&sb, words, n);
		words += n;
	}
	return sb_str(&sb);
}

static void
service_list(struct call *c)
{
	struct service_list list;
	struct err err = { 0 };

	jurisdiction(c, query_text(c->rq, "jurisdiction_id"));
	if (!services(c->rq->db, c->rq->arena, &list, &err)) {
		broken(c, &err);
		return;
	}
	out_begin(&c->out, "services", OUT_LIST);
	for (size_t i = 0; i < list.n; i++) {
		const struct service *s = &list.item[i];

		out_begin(&c->out, "service", OUT_OBJECT);
		out_text(&c->out, "service_code", arena_printf(c->rq->arena, "%" PRId64, s->id));
		out_text(&c->out, "service_name", named(c, s->name, s->name_en));
		out_text(&c->out, "description", s->about == NULL ? named(c, s->name, s->name_en) : s->about);
		out_bool(&c->out, "metadata", s->asks);
		out_text(&c->out, "type", "realtime");
		out_text(&c->out, "keywords", with_commas(c->rq->arena, s->keywords));
		out_text(&c->out, "group", s->group);
		out_end(&c->out);
	}
	out_end(&c->out);
}

/* The service with this code. */
static bool
find_service(struct call *c, const char *code, struct service *s, struct service_attribute_list *asks)
{
	struct err err = { 0 };

	if (!service_by_code(c->rq->db, c->rq->arena, code, s, &err) ||
	    (s->id != 0 && !service_attributes(c->rq->db, c->rq->arena, s->id, asks, &err))) {
		broken(c, &err);
		return false;
	}
	if (s->id == 0)
		problem(&c->problems, 404, fmt1(c, N_("service_code %s was not found"), code));
	return s->id != 0;
}

static void
definition(struct call *c)
{
	struct service_attribute_list asks;
	struct service s;

	jurisdiction(c, query_text(c->rq, "jurisdiction_id"));
	if (!find_service(c, c->what, &s, &asks))
		return;
	out_begin(&c->out, "service_definition", OUT_OBJECT);
	out_text(&c->out, "service_code", c->what);
	out_begin(&c->out, "attributes", OUT_LIST);
	for (size_t i = 0; i < asks.n; i++) {
		const struct service_attribute *q = &asks.item[i];

		if (!q->active)
			continue;
		out_begin(&c->out, "attribute", OUT_OBJECT);
		out_bool(&c->out, "variable", q->asks);
		out_text(&c->out, "code", q->code);
		out_text(&c->out, "datatype", q->datatype);
		out_bool(&c->out, "required", q->required && q->asks);
		out_text(&c->out, "datatype_description", q->hint);
		out_int(&c->out, "order", (int64_t)i + 1);
		out_text(&c->out, "description", q->description);
		if (q->n_choices > 0) {
			out_begin(&c->out, "values", OUT_LIST);
			for (size_t k = 0; k < q->n_choices; k++) {
				out_begin(&c->out, "value", OUT_OBJECT);
				out_text(&c->out, "key", q->choice[k].key);
				out_text(&c->out, "name", q->choice[k].name);
				out_end(&c->out);
			}
			out_end(&c->out);
		}
		out_end(&c->out);
	}
	out_end(&c->out);
	out_end(&c->out);
}

/* ---- requests out ---- */

/* Our three endings are told apart; the words an official wrote beside them are not for all. */
static const char *
status_notes(struct call *c, const struct request_row *r)
{
	const char *text = strcmp(r->state, "merged") == 0 ? N_("Goes on in another report") :
	    strcmp(r->state, "waiting") == 0 ? N_("Waiting for the resident") :
	    strcmp(r->state, "assigned") == 0 ? N_("Somebody is working with it") : N_("Received");

	if (r->closed_at != 0 && r->ending != NULL)
		text = contact_ending_text(r->ending);
	return tr(c->rq->lang, text);
}

/* Of what was answered, only what was chosen from our own list: the rest is somebody's own words. */
static void
chosen(struct call *c, const struct request_row *r)
{
	struct service_attribute_list asks;
	struct err err = { 0 };
	json_t *given = NULL;

	out_begin(&c->out, "attributes", OUT_OBJECT);
	if (r->attributes != NULL && json_parse(r->attributes, strlen(r->attributes), &given, &err) &&
	    service_attributes(c->rq->db, c->rq->arena, r->category_id, &asks, &err)) {
		for (size_t i = 0; i < asks.n; i++) {
			const char *key = json_text_or(given, asks.item[i].code, NULL);

			for (size_t k = 0; key != NULL && k < asks.item[i].n_choices; k++) {
				if (strcmp(asks.item[i].choice[k].key, key) == 0)
					out_text(&c->out, asks.item[i].code, asks.item[i].choice[k].key);
			}
		}
	}
	json_decref(given);
	out_end(&c->out);
}

static void
extensions(struct call *c, const struct request_row *r)
{
	chosen(c, r);
	out_begin(&c->out, "extended_attributes", OUT_OBJECT);
	out_text(&c->out, "channel", r->channel);
	out_text(&c->out, "ending", r->ending);
	out_end(&c->out);
	out_begin(&c->out, "notes", OUT_LIST);
	out_begin(&c->out, "note", OUT_OBJECT);
	out_text(&c->out, "datetime", instant_text(r->received_at).s);
	out_text(&c->out, "summary", tr(c->rq->lang, N_("Received")));
	out_text(&c->out, "type", "opened");
	out_end(&c->out);
	if (r->closed_at != 0) {
		out_begin(&c->out, "note", OUT_OBJECT);
		out_text(&c->out, "datetime", instant_text(r->closed_at).s);
		out_text(&c->out, "summary", status_notes(c, r));
		out_text(&c->out, "type", "closed");
		out_end(&c->out);
	}
	out_end(&c->out);
}

static void
put_request(struct call *c, const struct request_row *r, bool extended)
{
	out_begin(&c->out, "request", OUT_OBJECT);
	out_text(&c->out, "service_request_id", r->number);
	out_text(&c->out, "status", r->closed_at != 0 ? "closed" : "open");
	out_text(&c->out, "status_notes", status_notes(c, r));
	out_text(&c->out, "service_name", named(c, r->service_name, r->service_name_en));
	out_text(&c->out, "service_code", arena_printf(c->rq->arena, "%" PRId64, r->category_id));
	out_text(&c->out, "description", r->words);
	out_text(&c->out, "agency_responsible", r->agency);
	out_text(&c->out, "service_notice", NULL);
	out_text(&c->out, "requested_datetime", instant_text(r->received_at).s);
	out_text(&c->out, "updated_datetime", instant_text(r->updated_at).s);
	out_text(&c->out, "expected_datetime", r->closed_at == 0 && r->answer_by != 0 ? instant_text(r->answer_by).s : NULL);
	out_text(&c->out, "address", r->address);
	out_text(&c->out, "address_id", r->address_id);
	out_text(&c->out, "zipcode", NULL);
	if (r->has_place) {
		out_double(&c->out, "lat", r->lat);
		out_double(&c->out, "long", r->lon);
	} else {
		out_text(&c->out, "lat", NULL);
		out_text(&c->out, "long", NULL);
	}
	out_text(&c->out, "media_url", NULL);		/* a picture of somebody's is never shown */
	if (extended)
		extensions(c, r);
	out_end(&c->out);
}

/* A key in a GET opens what it has reported itself; one that is wrong is told so. */
static bool
key_of_get(struct call *c, const char *key)
{
	struct err err = { 0 };

	if (*key == '\0')
		return true;
	if (!api_key_id(c->rq->db, key, &c->key_id, &err))
		broken(c, &err);
	else if (c->key_id == 0)
		problem(&c->problems, 403, tr(c->rq->lang, N_("api_key is not one of ours, or is no longer valid")));
	return c->problems.n == 0;
}

static void
named_requests(struct call *c, const struct asked *q)
{
	for (const char *p = q->ids; *p != '\0';) {
		size_t n = strcspn(p, ",");
		const char *number = arena_strndup(c->rq->arena, p + strspn(p, " "), n - (strspn(p, " ") < n ? strspn(p, " ") : n));
		struct request_row r;
		struct err err = { 0 };
		bool found;

		if (!request_one(c->rq->db, c->rq->arena, number, c->key_id, &r, &found, &err)) {
			broken(c, &err);
			return;
		}
		if (found)
			put_request(c, &r, q->extensions);
		p += n + (p[n] == ',');
	}
}

static void
request_list(struct call *c)
{
	struct request_row_list list;
	struct asked q;
	struct err err = { 0 };

	asked_parse(c->rq->arena, c->rq->lang, c->rq->query, c->rq->now, &q, &c->problems);
	jurisdiction(c, q.jurisdiction_id);
	if (*q.ids != '\0')		/* overrides all other arguments */
		c->problems = (struct problems){ 0 };
	if (c->problems.n > 0 || !key_of_get(c, q.api_key))
		return;
	out_begin(&c->out, "service_requests", OUT_LIST);
	if (*q.ids != '\0') {
		named_requests(c, &q);
	} else if (!requests_list(c->rq->db, c->rq->arena, &q, c->key_id, &list, &err)) {
		broken(c, &err);
	} else {
		for (size_t i = 0; i < list.n; i++)
			put_request(c, &list.item[i], q.extensions);
	}
	out_end(&c->out);
}

/* What is not there and what is not for all look the same. */
static bool
one(struct call *c, struct request_row *r)
{
	struct asked q;
	struct err err = { 0 };
	bool found = false;

	asked_parse(c->rq->arena, c->rq->lang, c->rq->query, c->rq->now, &q, &(struct problems){ 0 });
	jurisdiction(c, q.jurisdiction_id);
	if (!key_of_get(c, q.api_key))
		return false;
	if (!request_one(c->rq->db, c->rq->arena, c->what, c->key_id, r, &found, &err))
		broken(c, &err);
	return found && c->problems.n == 0;
}

static void
request_get(struct call *c)
{
	struct request_row r;

	if (one(c, &r)) {
		out_begin(&c->out, "service_requests", OUT_LIST);
		put_request(c, &r, query_text(c->rq, "extensions") != NULL);
		out_end(&c->out);
	} else if (c->problems.n == 0) {
		problem(&c->problems, 404, fmt1(c, N_("service_request_id %s was not found"), c->what));
	}
}

/* A request has its number at once, and the number is its own token. */
static void
token_get(struct call *c)
{
	struct request_row r;

	if (one(c, &r)) {
		out_begin(&c->out, "service_requests", OUT_LIST);
		out_begin(&c->out, "request", OUT_OBJECT);
		out_text(&c->out, "service_request_id", r.number);
		out_text(&c->out, "token", c->what);
		out_end(&c->out);
		out_end(&c->out);
	} else if (c->problems.n == 0) {
		problem(&c->problems, 404, fmt1(c, N_("token %s was not found"), c->what));
	}
}

/* ---- requests in ---- */

static void
line(struct sb *sb, const char *label, const char *value)
{
	if (*value != '\0')
		sb_addf(sb, "%s: %s\n", label, value);
}

/* All she sent, as words: what is a document is kept whole. The key is no part of it. */
static const char *
words_of(struct call *c, const struct posted *in)
{
	const char *lang = c->rq->lang;
	struct sb sb;

	sb_init(&sb, c->rq->arena, CONTACT_TEXT_MAX);
	sb_add(&sb, in->description);
	if (in->description[0] != '\0')
		sb_add(&sb, "\n\n");
	sb_add(&sb, in->answers);
	line(&sb, tr(lang, N_("Place")), in->address_string);
	line(&sb, tr(lang, N_("Address id")), in->address_id);
	if (in->has_place) {
		sb_addf(&sb, "%s: ", tr(lang, N_("Position")));
		sb_double(&sb, in->lat);
		sb_add(&sb, ", ");
		sb_double(&sb, in->lon);
		sb_add_c(&sb, '\n');
	}
	line(&sb, tr(lang, N_("Picture")), in->media_url);
	line(&sb, tr(lang, N_("Account in the other system")), in->account_id);
	line(&sb, tr(lang, N_("Device")), in->device_id);
	return sb_str(&sb);
}

struct post { struct call *c; const struct posted *in; const struct service *s; int64_t key_id; struct contact_out made; };

static const char *
or_null(const char *text)
{
	return *text == '\0' ? NULL : text;
}

static bool
post_write(struct db *tx, void *arg, struct err *err)
{
	struct post *p = arg;
	const struct posted *in = p->in;
	struct arena *a = p->c->rq->arena;
	const char *name = arena_printf(a, "%s%s%s", in->first_name, in->first_name[0] != '\0' && in->last_name[0] != '\0' ? " " : "",
	    in->last_name);
	const char *place = in->address_string;
	struct sb sb;

	sb_init(&sb, a, 200);
	if (*place == '\0' && in->has_place) {
		sb_double(&sb, in->lat);
		sb_add(&sb, ", ");
		sb_double(&sb, in->lon);
		place = sb_str(&sb);
	}
	return contact_receive(tx, a, &(struct contact_in){ .channel = "api", .category_id = p->s->id,
	    .sender_name = or_null(name), .sender_email = or_null(in->email), .sender_phone = or_null(in->phone),
	    .anonymous = *name == '\0' && in->email[0] == '\0' && in->phone[0] == '\0', .language = p->c->rq->lang,
	    .subject = in->description[0] == '\0' ? p->s->name : NULL, .text = words_of(p->c, in),
	    .place = or_null(*place != '\0' ? place : in->address_id) }, p->c->rq->now, &p->made, err) &&
	    request_put(tx, p->made.id, p->made.number, p->key_id, in, err);
}

/* The key, before all else: without one nothing is read. */
static bool
key_of_post(struct call *c, const struct posted *in, int64_t *key_id)
{
	struct err err = { 0 };
	bool allowed = true;

	*key_id = 0;
	if (in->api_key[0] != '\0' && !api_key_use(c->rq->db, in->api_key, c->rq->now, key_id, &allowed, &err)) {
		broken(c, &err);
		return false;
	}
	if (*key_id != 0 && allowed)
		return true;
	c->problems = (struct problems){ 0 };
	problem(&c->problems, *key_id == 0 ? 403 : 429, tr(c->rq->lang, in->api_key[0] == '\0' ? N_("api_key was not provided") :
	    *key_id == 0 ? N_("api_key is not one of ours, or is no longer valid") :
	    N_("Too many requests with this api_key in a minute. Wait a minute and send the rest.")));
	return false;
}

static void
post_answer(struct call *c, const struct post *p)
{
	struct contact made;
	struct err err = { 0 };

	if (!contact_get(c->rq->db, c->rq->arena, p->made.id, &made, &err)) {
		broken(c, &err);
		return;
	}
	out_begin(&c->out, "service_requests", OUT_LIST);
	out_begin(&c->out, "request", OUT_OBJECT);
	out_text(&c->out, "service_request_id", made.number);
	out_text(&c->out, "service_notice", fmt1(c, N_("You will have an answer by %s."), receipt_promise(c->rq->arena, c->rq->lang, &made)));
	out_text(&c->out, "account_id", or_null(p->in->account_id));
	out_end(&c->out);
	out_end(&c->out);
}

static void
request_post(struct call *c)
{
	const char *type = request_header(c->rq, "Content-Type");
	struct service_attribute_list asks;
	struct service s = { 0 };
	struct posted in;
	struct post p = { .c = c, .in = &in, .s = &s };
	struct err err = { 0 };
	size_t n;
	const char *bytes = request_body(c->rq, &n);

	if (type != NULL && strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
		problem(&c->problems, 400, tr(c->rq->lang, N_("Send a form: Content-Type application/x-www-form-urlencoded")));
		return;
	}
	posted_parse(c->rq->arena, c->rq->lang, bytes, n, &in, &c->problems);
	if (!key_of_post(c, &in, &p.key_id))
		return;
	jurisdiction(c, in.jurisdiction_id);
	if (in.service_code[0] != '\0' && find_service(c, in.service_code, &s, &asks))
		posted_attributes(c->rq->arena, c->rq->lang, bytes, n, &asks, &in, &c->problems);
	if (c->problems.n > 0)
		return;
	if (db_write(c->rq->db, post_write, &p, &err))
		post_answer(c, &p);
	else if (err.code == ERR_INPUT)
		problem(&c->problems, 400, tr(c->rq->lang, err.person == NULL ? N_("The request could not be taken") : err.person));
	else
		broken(c, &err);
}

/* ---- which of them ---- */

static const struct resource { const char *path; bool more; void (*get)(struct call *), (*post)(struct call *); } resources[] = {
	{ "/open311/discovery", false, discovery, NULL },
	{ "/open311/v2/discovery", false, discovery, NULL },
	{ "/open311/v2/services", false, service_list, NULL },
	{ "/open311/v2/services/", true, definition, NULL },
	{ "/open311/v2/requests", false, request_list, request_post },
	{ "/open311/v2/requests/", true, request_get, NULL },
	{ "/open311/v2/tokens/", true, token_get, NULL },
};

static const struct resource *
find_resource(struct call *c, const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(resources); i++) {
		size_t n = strlen(resources[i].path);

		if (resources[i].more ? strncmp(path, resources[i].path, n) == 0 && path[n] != '\0' && strchr(path + n, '/') == NULL :
		    strcmp(path, resources[i].path) == 0) {
			c->what = path + n;
			return &resources[i];
		}
	}
	return NULL;
}

static void
any(struct request *rq, struct response *rs)
{
	struct call c = { .rq = rq, .rs = rs };
	const char *dot = strrchr(rq->path, '.');
	bool json = dot != NULL && strcmp(dot, ".json") == 0, xml = dot != NULL && strcmp(dot, ".xml") == 0;
	const struct resource *r;

	sb_init(&c.sb, rq->arena, BODY_MAX);
	c.out = (struct out){ .sb = &c.sb, .json = json };
	r = find_resource(&c, json || xml ? arena_strndup(rq->arena, rq->path, (size_t)(dot - rq->path)) : rq->path);
	if (r == NULL)
		problem(&c.problems, 404, tr(rq->lang, N_("There is no such resource. Begin at /open311/discovery.xml")));
	else if (!json && !xml)
		problem(&c.problems, 400, tr(rq->lang, N_("Say the format: end the address in .xml or .json")));
	else if ((rq->method == GET ? r->get : r->post) == NULL) {
		problem(&c.problems, 405, tr(rq->lang, N_("This resource is only read: use GET")));
		respond_header(rq, rs, "Allow", "GET");
	} else
		(rq->method == GET ? r->get : r->post)(&c);
	finish(&c);
}

const struct route open311_routes[] = {
	{ GET, "/open311/*rest", ACT_PUBLIC, any, ROUTE_JSON },
	{ POST, "/open311/*rest", ACT_PUBLIC, any, ROUTE_NO_CSRF | ROUTE_RAW | ROUTE_JSON },
	{ 0 },
};

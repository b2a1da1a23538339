/* tests/service/test_open311.c: GeoReport v2, over HTTP, on both databases; and our answers beside the specification's printed examples
 *
 * The examples lie in $NK_SHARED/data/open311 (else ../shared); where they are not, that test is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>

#include "base/file.h"
#include "base/sb.h"
#include "contact/contact.h"
#include "contact/work.h"
#include "expect.h"
#include "people/office.h"
#include "registry/secrecy.h"
#include "town_web.h"

struct world {
	struct arena *a;
	struct db *db;
	struct town t;
	struct http_server *server;
	struct web owner, api;
	const char *key;
	int64_t now, owner_id;
	int port;
};

static void
has(const struct web *w, const char *text)
{
	if (!web_has(w, text))
		fail_msg("'%s' is not in: %.3000s", text, w->body);
}

static const char *
new_key(struct world *w, const char *per_minute)
{
	const char *at;

	status_is(&w->owner, web_get(&w->owner, "/admin/open311"), 200);
	status_is(&w->owner, web_post(&w->owner, "/admin/open311/ny", "name", "Lampappen", "reach", "app@example.org", "per_minute",
	    per_minute, NULL), 200);
	at = strstr(w->owner.body, "<code class=\"nk-code\"");
	at = at == NULL ? NULL : strstr(at + 1, "<code class=\"nk-code\"");	/* the first is our address */
	assert_non_null(at);
	at = strchr(at, '>') + 1;
	return arena_strndup(w->a, at, strcspn(at, "<"));
}

static void
shows(struct world *w, const char *what)
{
	struct change by = { 0, w->now, NULL };
	struct category c;
	struct err err = { 0 };

	must(category_get(w->db, w->a, w->t.category, &c, &err), &err);
	c.open311 = what;
	must(category_save(w->db, &by, &c, NULL, &err), &err);
}

static void
open_world(struct world *w, struct database *d, struct db *db)
{
	struct err err = { 0 };

	memset(w, 0, sizeof(*w));
	w->a = arena_open();
	w->db = db;
	w->now = (int64_t)time(NULL);
	w->t = town_make(db, w->now);
	w->owner_id = town_account(db, "owner", ROLE_SYSTEM_OWNER, 0, 0, w->now);
	w->server = town_serve(d, &w->port);
	must(site_set(db, 0, "site.base_url", "https://kontakt.lillan.example", w->now, &err), &err);
	town_sign_in(&w->owner, db, w->port, w->owner_id);
	web_open(&w->api, w->port);
	w->key = new_key(w, "1000");
}

static void
close_world(struct world *w)
{
	web_close(&w->owner);
	web_close(&w->api);
	http_server_stop(w->server, 2);
	arena_close(w->a);
}

static long
post(struct world *w, const char *format, const char *body)
{
	(void)curl_easy_setopt(w->api.curl, CURLOPT_MIMEPOST, NULL);
	(void)curl_easy_setopt(w->api.curl, CURLOPT_COPYPOSTFIELDS, body);
	return web_do(&w->api, arena_printf(w->a, "/open311/v2/requests.%s", format));
}

static json_t *
parsed(struct world *w)
{
	json_t *value = json_loads(w->api.body, JSON_DECODE_ANY, NULL);

	if (value == NULL)
		fail_msg("not JSON: %s", w->api.body);
	return value;
}

static const char *
made_number(struct world *w)
{
	const char *at = strstr(w->api.body, "K-");

	assert_non_null(at);
	return arena_strndup(w->a, at, strspn(at, "K-0123456789"));
}

static void
add_question(struct world *w, const char *code, const char *datatype, const char *required, const char *choices)
{
	status_is(&w->owner, web_get(&w->owner, "/admin/open311/fragor/ny"), 200);
	status_is(&w->owner, web_post(&w->owner, "/admin/open311/fragor/ny", "category_id", arena_printf(w->a, "%" PRId64, w->t.category),
	    "code", code, "datatype", datatype, "description", arena_printf(w->a, "Fråga %s?", code), "hint", "", "choices", choices,
	    "position", "1", "asks", "1", required[0] == '\0' ? "x" : "required", "1", "active", "1", NULL), 303);
}

static void
in(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	const char *number;
	struct err err = { 0 };

	(void)arg;
	open_world(&w, d, db);
	add_question(&w, "WHISHETN", "singlevaluelist", "1", "123=Ford\n124=Chrysler");
	add_question(&w, "FLER", "multivaluelist", "", "a=Alfa\nb=Beta");
	status_is(&w.api, post(&w, "json", arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&lat=59.61611&long=16.25528"
	    "&address_string=Storgatan+3&email=anna%%40example.org&device_id=tt222&account_id=777&first_name=Anna&last_name=Exempel"
	    "&phone=070-174+06+05&description=H%%C3%%A5l+i+gatan.%%0ADjupt.&media_url=http%%3A%%2F%%2F127.0.0.1%%3A1%%2Fbild.jpg"
	    "&attribute[WHISHETN]=124&attribute[FLER][]=a&attribute[FLER][]=b", w.key, w.t.category)), 200);
	has(&w.api, "\"account_id\":\"777\"");
	has(&w.api, "\"service_notice\":\"Du får svar senast ");
	number = made_number(&w);
	must(contact_by_number(db, w.a, number, &c, &err), &err);
	assert_string_equal(c.channel, "api");
	assert_string_equal(c.sender_name, "Anna Exempel");
	assert_string_equal(c.sender_phone, "+46701740605");
	assert_string_equal(c.place, "Storgatan 3");
	assert_string_equal(c.subject, "Hål i gatan.");
	assert_string_equal(c.reply_by, "email");
	assert_int_equal(c.unit_id, w.t.street);
	assert_true(c.answer_by > 0);
	assert_non_null(strstr(c.text, "Djupt."));
	assert_non_null(strstr(c.text, "Fråga WHISHETN? Chrysler\n"));
	assert_non_null(strstr(c.text, "Fråga FLER? Alfa, Beta\n"));
	assert_non_null(strstr(c.text, "http://127.0.0.1:1/bild.jpg"));	/* as words: nobody fetched it, nobody listens there */
	assert_null(strstr(c.text, w.key));
	/* without a name it is anonymous; a position alone is a place; XML */
	status_is(&w.api, post(&w, "xml", arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&lat=59.6&long=16.2&attribute[WHISHETN]=123",
	    w.key, w.t.category)), 200);
	has(&w.api, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	has(&w.api, "<service_requests>\n  <request>\n    <service_request_id>K-");
	has(&w.api, "<account_id></account_id>");
	must(contact_by_number(db, w.a, made_number(&w), &c, &err), &err);
	assert_true(c.anonymous);
	assert_string_equal(c.place, "59.6, 16.2");
	assert_string_equal(c.subject, "Vinterväghållning");
	close_world(&w);
}

static void
test_a_report_is_a_contact_like_any_other(void **state)
{
	(void)state;
	store_each(in, NULL);
}

static void
bad(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact *list;
	struct err err = { 0 };
	size_t n;

	(void)arg;
	open_world(&w, d, db);
	add_question(&w, "NR", "number", "1", "");
	{
		const struct { const char *body; long status; const char *says; } row[] = {
			{ "service_code=1", 403, "api_key was not provided" }, { "api_key=fel&service_code=1", 403, "not one of ours" },
			{ arena_printf(w.a, "api_key=%s", w.key), 400, "service_code was not provided" },
			{ arena_printf(w.a, "api_key=%s", w.key), 400, "a place was not provided" },	/* both at once */
			{ arena_printf(w.a, "api_key=%s&service_code=999&address_id=1", w.key), 404, "service_code 999 was not found" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&lat=1", w.key, w.t.category), 400, "lat and long must both" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&lat=95&long=0", w.key, w.t.category), 400, "must be degrees" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1", w.key, w.t.category), 400,
			    "attribute[NR] was not provided" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1&attribute[NR]=tre", w.key, w.t.category), 400,
			    "attribute[NR] is not a number" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1&attribute[NR]=3&attribute[X]=1", w.key,
			    w.t.category), 400, "has no attribute X" },
			{ arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1&attribute[NR]=3&email=anna", w.key,
			    w.t.category), 400, "email is not" },
		};
		struct curl_slist *english = curl_slist_append(NULL, "Accept-Language: en");

		(void)curl_easy_setopt(w.api.curl, CURLOPT_HTTPHEADER, english);
		for (size_t i = 0; i < ARRAY_LEN(row); i++) {
			status_is(&w.api, post(&w, "json", row[i].body), row[i].status);
			has(&w.api, row[i].says);
			has(&w.api, arena_printf(w.a, "\"code\":%ld", row[i].status));
			status_is(&w.api, post(&w, "xml", row[i].body), row[i].status);
			has(&w.api, arena_printf(w.a, "<errors>\n  <error>\n    <code>%ld</code>\n    <description>", row[i].status));
		}
		{
			static const struct { const char *path; long status; const char *says; } get[] = {
				{ "/open311/v2/services", 400, "end the address in" }, { "/open311/v3/services.json", 404, "no such resource" },
				{ "/open311/v2/services/4711.xml", 404, "service_code 4711" }, { "/open311/v2/requests/K-1.json", 404, "K-1 was not" },
				{ "/open311/v2/tokens/12.json", 404, "token 12" }, { "/open311/v2/requests.json?status=klar", 400, "open or closed" },
				{ "/open311/v2/requests.json?start_date=2026-01-01", 400, "start_date must be a time" },
				{ "/open311/v2/requests.json?page_size=5000", 400, "from 1 to 1000" },
				{ "/open311/v2/requests.json?page=0", 400, "page must be" },
				{ "/open311/v2/requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400, "at most 90 days" },
				{ "/open311/v2/requests.json?start_date=2026-03-01T00:00:00Z&end_date=2026-02-01T00:00:00Z", 400, "not be before" },
				{ "/open311/v2/requests.json?api_key=fel", 403, "not one of ours" },
			};

			for (size_t i = 0; i < ARRAY_LEN(get); i++) {
				status_is(&w.api, web_get(&w.api, get[i].path), get[i].status);
				has(&w.api, get[i].says);
			}
		}
		/* a resource that is only read */
		(void)curl_easy_setopt(w.api.curl, CURLOPT_COPYPOSTFIELDS, "a=b");
		status_is(&w.api, web_do(&w.api, "/open311/v2/services.json"), 405);
		has(&w.api, "\"code\":405");
		/* another municipality */
		must(site_set(db, 0, "open311.jurisdiction", "lillan.example", w.now, &err), &err);
		status_is(&w.api, web_get(&w.api, "/open311/v2/services.json?jurisdiction_id=sfgov.org"), 404);
		has(&w.api, "jurisdiction_id sfgov.org was not found");
		status_is(&w.api, web_get(&w.api, "/open311/v2/services.json?jurisdiction_id="), 200);
		(void)curl_easy_setopt(w.api.curl, CURLOPT_HTTPHEADER, NULL);
		curl_slist_free_all(english);
	}
	must(contact_since(db, w.a, 0, NULL, NULL, 0, 10, &list, &n, &err), &err);
	assert_int_equal(n, 0);
	/* no more than its share a minute; and a key that was revoked is none */
	{
		const char *slow = new_key(&w, "3"), *body = arena_printf(w.a,
		    "api_key=%s&service_code=%" PRId64 "&address_id=1&attribute[NR]=3", slow, w.t.category);
		int taken = 0, refused = 0;

		for (int i = 0; i < 8; i++) {
			long status = post(&w, "json", body);

			taken += status == 200;
			refused += status == 429;
		}
		assert_int_equal(taken + refused, 8);
		assert_true(taken >= 3 && taken <= 6);		/* 6 when a minute ended meanwhile */
		status_is(&w.owner, web_get(&w.owner, "/admin/open311"), 200);
		status_is(&w.owner, web_post(&w.owner, "/admin/open311/2/aterkalla", NULL), 303);
		status_is(&w.api, post(&w, "json", body), 403);
		status_is(&w.api, post(&w, "json", arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1&attribute[NR]=3",
		    w.key, w.t.category)), 200);
	}
	close_world(&w);
}

static void
test_what_is_wrong_is_told_as_the_specification_says(void **state)
{
	(void)state;
	store_each(bad, NULL);
}

static const char *
report(struct world *w, const char *description)
{
	char *escaped = curl_easy_escape(w->api.curl, description, 0);
	const char *body = arena_printf(w->a, "api_key=%s&service_code=%" PRId64 "&lat=59.5&long=16.5&address_string=Hamngatan+1&first_name=Dold"
	    "&last_name=Hemligsson&email=dold%%40hemlig.example&phone=0709999001&media_url=http%%3A%%2F%%2Fbild.example%%2Fx.jpg&description=%s",
	    w->key, w->t.category, escaped);

	curl_free(escaped);
	status_is(&w->api, post(w, "json", body), 200);
	return made_number(w);
}

static size_t
listed(struct world *w, const char *query)
{
	json_t *value;
	size_t n;

	status_is(&w->api, web_get(&w->api, arena_printf(w->a, "/open311/v2/requests.json%s", query)), 200);
	value = parsed(w);
	n = json_array_size(value);
	json_decref(value);
	for (size_t i = 0; i < 4; i++) {
		static const char *const never[] = { "Hemligsson", "dold@", "9999001", "bild.example" };

		if (web_has(&w->api, never[i]))
			fail_msg("%s shows %s: %s", query, never[i], w->api.body);
	}
	return n;
}

static void
out(struct database *d, struct db *db, void *arg)
{
	struct world w;
	struct contact c;
	struct actor registrar, handler;
	struct web web;
	const char *number[4];
	struct err err = { 0 };

	(void)arg;
	open_world(&w, d, db);
	registrar = (struct actor){ .account_id = w.t.registrar, .name = "registrar" };
	handler = (struct actor){ .account_id = w.t.handler, .name = "handler" };
	for (size_t i = 0; i < 4; i++)
		number[i] = report(&w, "Lampan utanför mig är trasig.");
	/* nothing is shown until the municipality has chosen to; but who reported may follow */
	assert_int_equal(listed(&w, ""), 0);
	status_is(&w.api, web_get(&w.api, arena_printf(w.a, "/open311/v2/requests/%s.json", number[0])), 404);
	assert_int_equal(listed(&w, arena_printf(w.a, "?api_key=%s", w.key)), 4);
	has(&w.api, "\"status\":\"open\"");
	assert_false(web_has(&w.api, "Hamngatan") || web_has(&w.api, "Lampan"));
	shows(&w, "place");
	assert_int_equal(listed(&w, ""), 4);
	has(&w.api, "\"address\":\"Hamngatan 1\"");
	has(&w.api, "\"lat\":59.5");
	assert_false(web_has(&w.api, "Lampan"));
	shows(&w, "words");
	assert_int_equal(listed(&w, ""), 4);
	assert_false(web_has(&w.api, "Lampan"));		/* nobody has approved it */
	/* the three endings are told apart */
	for (size_t i = 0; i < 3; i++) {
		static const char *const ending[] = { "done", "not_done", "not_ours" };

		must(contact_by_number(db, w.a, number[i], &c, &err), &err);
		must(contact_assign(db, c.id, 0, w.t.street, w.t.handler, NULL, &handler, w.now, &err), &err);
		must(contact_answer(db, w.a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_PHONE, .ending = ending[i],
		    .ending_why = "Hemligsson sade så", .text = "Vi har talats vid om lampan." }, &handler, w.now, NULL, &err), &err);
	}
	assert_int_equal(listed(&w, "?status=closed"), 3);
	has(&w.api, "\"status_notes\":\"Besvarad och gjord\"");
	has(&w.api, "\"status_notes\":\"Besvarad, inte gjord\"");
	has(&w.api, "\"status_notes\":\"Inte vår, skickad vidare\"");
	assert_int_equal(listed(&w, "?status=open"), 1);
	assert_int_equal(listed(&w, "?status=open,closed"), 4);
	assert_int_equal(listed(&w, arena_printf(w.a, "?service_code=%" PRId64, w.t.category)), 4);
	assert_int_equal(listed(&w, "?service_code=4711"), 0);
	assert_int_equal(listed(&w, "?page_size=3"), 3);
	assert_int_equal(listed(&w, "?page_size=3&page=2"), 1);
	assert_int_equal(listed(&w, arena_printf(w.a, "?service_request_id=%s,%%20%s,K-1&status=fel", number[0], number[3])), 2);
	assert_int_equal(listed(&w, "?end_date=2020-01-01T00:00:00Z"), 0);
	assert_int_equal(listed(&w, arena_printf(w.a, "?start_date=%s", instant_utc(w.now - 60).s)), 4);
	assert_int_equal(listed(&w, "?extensions=true"), 4);
	has(&w.api, "\"extended_attributes\":{");
	has(&w.api, "\"ending\":\"not_ours\"");
	status_is(&w.api, web_get(&w.api, arena_printf(w.a, "/open311/v2/tokens/%s.json", number[0])), 200);
	has(&w.api, arena_printf(w.a, "\"token\":\"%s\"", number[0]));
	/* a named person approves words for all; a handler may not */
	town_sign_in(&web, db, w.port, w.t.handler);
	status_is(&web, web_get(&web, arena_printf(w.a, "/kontakter/%s/offentligt", number[3])), 403);
	web_close(&web);
	town_sign_in(&web, db, w.port, w.t.registrar);
	status_is(&web, web_get(&web, arena_printf(w.a, "/kontakter/%s", number[3])), 200);
	has(&web, "/offentligt\"");
	status_is(&web, web_get(&web, arena_printf(w.a, "/kontakter/%s/offentligt", number[3])), 200);
	status_is(&web, web_post(&web, arena_printf(w.a, "/kontakter/%s/offentligt", number[3]), "text", "En trasig gatlampa & ett <b>hål</b>.",
	    NULL), 303);
	assert_int_equal(listed(&w, "?status=open"), 1);
	has(&w.api, "\"description\":\"En trasig gatlampa & ett <b>hål</b>.\"");
	status_is(&w.api, web_get(&w.api, arena_printf(w.a, "/open311/v2/requests/%s.xml", number[3])), 200);
	has(&w.api, "<description>En trasig gatlampa &amp; ett &lt;b&gt;hål&lt;/b&gt;.</description>");
	/* what is marked secret is gone, words and all, also for its key; and so is a protected person's */
	must(contact_by_number(db, w.a, number[3], &c, &err), &err);
	must(secrecy_mark(db, "contact", c.id, "21:1", local_date(w.now), "", &registrar, w.now, &err), &err);
	assert_int_equal(listed(&w, "?status=open"), 0);
	assert_int_equal(listed(&w, arena_printf(w.a, "?status=open&api_key=%s", w.key)), 0);
	status_is(&w.api, web_get(&w.api, arena_printf(w.a, "/open311/v2/requests/%s.json?api_key=%s", number[3], w.key)), 404);
	must(contact_by_number(db, w.a, number[0], &c, &err), &err);
	must(person_protect(db, c.id, 2, &registrar, w.now, &err), &err);
	assert_int_equal(listed(&w, ""), 0);			/* all four were hers */
	web_close(&web);
	/* any page may read it */
	{
		(void)curl_easy_setopt(w.api.curl, CURLOPT_HEADER, 1L);
		status_is(&w.api, web_get(&w.api, "/open311/v2/services.xml"), 200);
		has(&w.api, "Access-Control-Allow-Origin: *");
		has(&w.api, "Content-Type: text/xml; charset=utf-8");
	}
	close_world(&w);
}

static void
test_only_what_was_chosen_is_shown(void **state)
{
	(void)state;
	store_each(out, NULL);
}

/* ---- beside the specification's examples ---- */

static bool
is_scalar(const json_t *v)
{
	return json_is_string(v) || json_is_number(v) || json_is_null(v);
}

/* Every key of the example stands in ours with the same nesting and type. Ids and codes are printed as numbers there, because the
 * Spark convention cannot tell; ours hold letters and are texts. */
static void
same_structure(const char *what, const json_t *theirs, const json_t *ours)
{
	const char *key;
	json_t *value;

	if (json_is_object(theirs)) {
		if (!json_is_object(ours))
			fail_msg("%s: an object is expected", what);
		json_object_foreach((json_t *)(uintptr_t)theirs, key, value) {
			char name[300];

			(void)snprintf(name, sizeof(name), "%s.%s", what, key);
			if (json_object_get(ours, key) == NULL)
				fail_msg("%s is missing", name);
			same_structure(name, value, json_object_get(ours, key));
		}
	} else if (json_is_array(theirs)) {
		if (!json_is_array(ours) || json_array_size(ours) == 0)
			fail_msg("%s: a list with something in it is expected", what);
		same_structure(what, json_array_get(theirs, 0), json_array_get(ours, 0));
	} else if (json_is_boolean(theirs) ? !json_is_boolean(ours) : !is_scalar(ours)) {
		fail_msg("%s: another type", what);
	}
}

/* Some printed JSON is none: numbers with leading zeros. They are made texts. */
static char *
mended(struct arena *a, const char *text, bool *was_bad)
{
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	for (const char *p = text; *p != '\0';) {
		size_t n = strspn(p + 1, "0123456789");

		if (p > text && p[-1] == '"' && p[0] == ':' && n > 1 && p[1] == '0') {
			sb_addf(&sb, ":\"%.*s\"", (int)n, p + 1);
			p += n + 1;
			*was_bad = true;
		} else {
			sb_add_c(&sb, *p++);
		}
	}
	return arena_strdup(a, sb_str(&sb));
}

/* The names of the elements in the order they open, each once within its parent, as a set of paths. */
static bool
has_path(const char *xml, const char *const *path, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char tag[100], empty[100];
		const char *at, *other;

		(void)snprintf(tag, sizeof(tag), "<%s>", path[i]);
		(void)snprintf(empty, sizeof(empty), "<%s/>", path[i]);
		at = strstr(xml, tag);
		other = strstr(xml, empty);
		if (at == NULL && other == NULL)
			return false;
		xml = at == NULL ? other : at;
		xml++;
	}
	return true;
}

static void
same_elements(struct arena *a, const char *what, const char *theirs, const char *ours)
{
	const char *stack[10];
	size_t depth = 0;

	for (const char *p = strchr(theirs, '<'); p != NULL; p = strchr(p + 1, '<')) {
		const char *name = arena_strndup(a, p + 1, strcspn(p + 1, "/> "));

		if (p[1] == '?')
			continue;
		if (p[1] == '/') {
			depth--;
			continue;
		}
		stack[depth++] = name;
		if (!has_path(ours, stack, depth))
			fail_msg("%s: no <%s> in its place in %.2000s", what, name, ours);
		if (p[1 + strlen(name)] == '/')
			depth--;
	}
}

static const char *shared;

static void
examples(struct database *d, struct db *db, void *arg)
{
	struct world w;
	const char *number, *definition_path;
	struct err err = { 0 };
	int bad_json = 0;

	(void)arg;
	open_world(&w, d, db);
	add_question(&w, "WHISHETN", "singlevaluelist", "", "123=Ford\n124=Chrysler");
	shows(&w, "place");
	number = report(&w, "Trasigt.");
	definition_path = arena_printf(w.a, "/open311/v2/services/%" PRId64, w.t.category);
	const struct { const char *file, *path; } row[] = {
		{ "01-xml-service-list.xml", "/open311/v2/services.xml" }, { "02-json-service-list.json", "/open311/v2/services.json" },
		{ "03-xml-service-definition.xml", arena_printf(w.a, "%s.xml", definition_path) },
		{ "04-json-service-definition.json", arena_printf(w.a, "%s.json", definition_path) },
		{ "05-xml-service-request-post.xml", NULL }, { "06-json-service-request-post.json", NULL },
		{ "07-xml-request-from-token.xml", arena_printf(w.a, "/open311/v2/tokens/%s.xml", number) },
		{ "08-json-request-from-token.json", arena_printf(w.a, "/open311/v2/tokens/%s.json", number) },
		{ "09-xml-service-requests.xml", "/open311/v2/requests.xml" }, { "10-json-service-requests.json", "/open311/v2/requests.json" },
		{ "11-xml-service-request.xml", arena_printf(w.a, "/open311/v2/requests/%s.xml", number) },
		{ "12-json-service-request.json", arena_printf(w.a, "/open311/v2/requests/%s.json", number) },
		{ NULL, "/open311/v2/requests.json?extensions=true" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *file = row[i].file == NULL ? arena_printf(w.a, "%s/chicago-requests-10.json", shared) :
		    arena_printf(w.a, "%s/spec-examples/v2/%s", shared, row[i].file);
		bool json = strstr(file, ".json") != NULL, was_bad = false;
		char *text;
		size_t n;

		must(file_read(w.a, file, 1 << 20, &text, &n, &err), &err);
		text = arena_strndup(w.a, text, n);
		if (row[i].path == NULL)
			status_is(&w.api, post(&w, json ? "json" : "xml", arena_printf(w.a, "api_key=%s&service_code=%" PRId64 "&address_id=1",
			    w.key, w.t.category)), 200);
		else
			status_is(&w.api, web_get(&w.api, row[i].path), 200);
		if (json) {
			json_t *theirs = json_loads(mended(w.a, text, &was_bad), 0, NULL), *ours = parsed(&w);

			assert_non_null(theirs);
			if (row[i].file == NULL) {	/* what another city answers: what its first request's own words are called is its own */
				json_object_clear(json_object_get(json_array_get(theirs, 0), "attributes"));
				json_object_clear(json_object_get(json_array_get(theirs, 0), "extended_attributes"));
			}
			bad_json += was_bad;
			same_structure(row[i].file == NULL ? "chicago" : row[i].file, theirs, ours);
			json_decref(theirs);
			json_decref(ours);
		} else {
			same_elements(w.a, row[i].file, text, w.api.body);
		}
	}
	assert_int_equal(bad_json, 3);		/* 02, 10 and 12 print 001 and 006 */
	/* Discovery, in both forms. */
	status_is(&w.api, web_get(&w.api, "/open311/discovery.xml"), 200);
	same_elements(w.a, "discovery", "<discovery><changeset></changeset><contact></contact><key_service></key_service><endpoints><endpoint>"
	    "<specification></specification><url></url><changeset></changeset><type></type><formats><format></format></formats></endpoint>"
	    "</endpoints></discovery>", w.api.body);
	status_is(&w.api, web_get(&w.api, "/open311/discovery.json"), 200);
	has(&w.api, "\"specification\":\"http://wiki.open311.org/GeoReport_v2\"");
	has(&w.api, "\"url\":\"https://kontakt.lillan.example/open311/v2\"");
	close_world(&w);
}

static void
test_our_answers_are_built_as_the_printed_examples(void **state)
{
	const char *root = getenv("NK_SHARED");
	static char path[500];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/data/open311", root == NULL ? "../shared" : root);
	shared = path;
	if (access(path, R_OK) != 0) {
		print_message("# the examples are not in %s\n", path);
		skip();
	}
	store_each(examples, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_report_is_a_contact_like_any_other),
		cmocka_unit_test(test_what_is_wrong_is_told_as_the_specification_says),
		cmocka_unit_test(test_only_what_was_chosen_is_shown),
		cmocka_unit_test(test_our_answers_are_built_as_the_printed_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

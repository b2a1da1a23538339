/* tests/service/test_secrecy.c: nothing of what is secret or protected reaches those who may not see it; on both databases
 *
 * Five things stand in the register with words that stand nowhere else: a secret contact, a secret document in an open
 * matter, a secret matter, a contact of a protected person, and the matter that contact is in. Then every role, in a unit
 * of the same authority, in another authority and in the whole municipality, and a visitor, open every page there is
 * (serve_routes, so that no new page can be forgotten), with every number, id and search; and what mails, lists, JSON and
 * logs say is read through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/sb.h"
#include "contact/contact.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "elected.h"
#include "expect.h"
#include "figures/month_letter.h"
#include "open311/open311_store.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "representative/administration.h"
#include "representative/escalation.h"
#include "timeline/outbox.h"
#include "town_web.h"

enum thing { CONTACT, DOCUMENT, MATTER, PROTECTED, PROTECTED_MATTER, THINGS };

static const struct { enum action action; enum reach level; const char *words[7]; } things[THINGS] = {
	[CONTACT] = { ACT_CONTACT_READ, REACH_SECRET, { "zebrafink", "zebratext", "zebrasson", "zebra@hemlig", "zebrafil",
	    "zebraplatsen", NULL } },
	[DOCUMENT] = { ACT_DOCUMENT_READ, REACH_SECRET, { "xylofontitel", "xylofontext", "xylofonfil", "xylofonsson",
	    "xylofonnot", NULL } },
	[MATTER] = { ACT_MATTER_READ, REACH_SECRET, { "ypsilontitel", "ypsilontext", "ypsilonoffentlig", NULL } },
	[PROTECTED] = { ACT_CONTACT_READ, REACH_PROTECTED, { "valrossfråga", "valrosstext", "valrossman", "valross@hemlig",
	    "valrossgatan", "46709999001", NULL } },
	[PROTECTED_MATTER] = { ACT_MATTER_READ, REACH_PROTECTED, { "vombattitel", "vombattext", NULL } },
};

struct world {
	struct database *d;
	struct db *db;
	struct arena *a;
	struct town t;
	struct elected e;
	struct http_server *server;
	struct actor registrar;
	int port;
	int64_t now, waste, helper;		/* a unit beside Gata; who handles protected identities */
	int64_t contact[2], matter[3], document;
	const char *number[2], *matter_number[3];
	struct object object[THINGS];
	struct { const char *url; int sought; } url[1200];	/* sought: the thing a search is for, or -1 */
	size_t n_urls;
	const char *stream[20], *post[100];	/* paths of the table */
	size_t n_streams, n_posts, pdfs;
};

/* To standard output: standard error is being read along as the log. */
static void PRINTF(1, 2)
broken(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)printf("# ");
	(void)vprintf(fmt, ap);
	(void)printf("\n");
	va_end(ap);
	(void)fflush(stdout);
	fail();
}

static void
status_must_be(struct web *w, long got, long want)
{
	if (got != want)
		broken("expected %ld, got %ld: %.1500s", want, got, w->body == NULL ? "" : strstr(w->body, "<main") != NULL ?
		    strstr(w->body, "<main") : w->body);
}

struct words { const char *text; char sha[65]; };

static bool
put_file(struct db *tx, void *arg, struct err *err)
{
	struct words *w = arg;

	return file_put(tx, w->text, strlen(w->text), w->sha, err);
}

static void
fill(struct world *w)
{
	struct change by = { 0, w->now, NULL };
	struct err err = { 0 };
	struct words zebra = { .text = "zebratext i en fil" }, xylophone = { .text = "xylofontext i en fil" };
	struct document_file file = { .sha256 = zebra.sha, .name = "zebrafil.txt" };
	struct contact_out out;
	int64_t escalation_id;

	/* the category shows all it can by Open311, and text messages are on */
	must(category_save(w->db, &by, &(struct category){ .id = w->t.category, .name = "Vinterväghållning", .unit_id = w->t.street,
	    .open311 = "words", .active = true }, NULL, &err), &err);
	must(site_set(w->db, 0, "sms.on", "1", w->now, &err), &err);
	must(unit_save(w->db, &by, &(struct unit){ .authority_id = w->t.tn, .parent_id = w->t.department, .kind = "unit",
	    .name = "Avfall", .active = true }, &w->waste, &err), &err);
	w->helper = town_account(w->db, "skyddet", ROLE_PROTECTED_HANDLER, w->t.tn, 0, w->now);
	w->registrar = (struct actor){ .account_id = w->t.registrar, .name = "Demo Registrar" };
	must(db_write(w->db, put_file, &zebra, &err) && db_write(w->db, put_file, &xylophone, &err), &err);
	must(contact_receive(w->db, w->a, &(struct contact_in){ .channel = "web", .category_id = w->t.category,
	    .subject = "Zebrafinken", .text = "Zebratexten om min hälsa.", .sender_name = "Zelda Zebrasson",
	    .sender_email = "zebra@hemlig.example", .place = "Zebraplatsen", .file = &file, .n_files = 1 }, w->now, &out, &err),
	    &err);
	w->contact[0] = out.id;
	w->number[0] = out.number;
	must(contact_receive(w->db, w->a, &(struct contact_in){ .channel = "web", .category_id = w->t.category,
	    .subject = "Valrossfrågan", .text = "Valrosstexten.", .sender_name = "Valter Valrossman",
	    .sender_email = "valross@hemlig.example", .sender_phone = "+46709999001", .sender_address = "Valrossgatan 7" },
	    w->now, &out, &err), &err);
	w->contact[1] = out.id;
	w->number[1] = out.number;
	for (size_t i = 0; i < 3; i++) {
		static const char *const titles[] = { "Öppet ärende", "Ypsilontiteln", "Vombattiteln" };
		struct matter m;

		must(matter_open(w->db, &(struct matter_in){ .authority_id = w->t.tn, .unit_id = w->t.street,
		    .owner_id = w->t.handler, .title = titles[i] }, &w->registrar, w->now, &w->matter[i], &err), &err);
		must(matter_get(w->db, w->a, w->matter[i], &m, &err), &err);
		w->matter_number[i] = m.number;
	}
	must(matter_titles(w->db, w->matter[1], 0, "Ypsilontiteln", "Ypsilonoffentlig", true, &w->registrar, w->now, &err), &err);
	file = (struct document_file){ .sha256 = xylophone.sha, .name = "xylofonfil.txt" };
	must(document_register(w->db, w->matter[0], &(struct document_in){ .direction = "in", .channel = "visit",
	    .arrived_at = w->now, .title = "Xylofontiteln", .text = "Xylofontexten", .sender = "Xerxes Xylofonsson",
	    .file = &file, .n_files = 1 }, &w->registrar, w->now, &w->document, &err), &err);
	must(document_register(w->db, w->matter[1], &(struct document_in){ .direction = "internal", .title = "Ypsilontext",
	    .text = "Ypsilontexten" }, &w->registrar, w->now, &out.id, &err), &err);
	must(document_register(w->db, w->matter[2], &(struct document_in){ .direction = "internal", .title = "Vombattext",
	    .text = "Vombattexten" }, &w->registrar, w->now, &out.id, &err), &err);
	must(matter_add_contact(w->db, w->matter[2], w->contact[1], &w->registrar, w->now, &err), &err);
	/* what was approved for all before anybody knew is shown no more */
	must(public_words_set(w->db, w->contact[0], "Zebratexten för alla", w->t.registrar, w->now, &err), &err);
	must(public_words_set(w->db, w->contact[1], "Valrosstexten för alla", w->t.registrar, w->now, &err), &err);
	/* work on them, so that mails and notes there are: asked, assigned, late */
	must(contact_assign(w->db, w->contact[0], 0, w->t.street, w->t.handler, "Zebratext till dig", &w->registrar, w->now,
	    &err), &err);
	must(contact_ask(w->db, w->contact[0], w->t.manager, "Zebratext: vad gör vi?", &w->registrar, w->now, &err), &err);
	must(contact_assign(w->db, w->contact[1], 0, w->t.street, w->t.handler, NULL, &w->registrar, w->now, &err), &err);
	/* one went to an elected representative before anybody knew, with a question to the head; the other to the manager */
	w->e = elected_make(w->db, &w->t, w->now);
	must(escalation_ask(w->db, w->a, &(struct escalation_in){ .contact_id = w->contact[0], .level = "representative",
	    .representative_id = w->e.eva, .words = "Zebratexten igen", .consent = CONSENT_NAME | CONSENT_EMAIL, .channel = "web" },
	    NULL, w->now, &escalation_id, &err), &err);
	must(administration_ask(w->db, w->a, escalation_id, 0, "Zebratext, varför?", "", &(struct actor){ .account_id =
	    w->e.eva_account, .name = "Eva Ek" }, w->now, NULL, &err), &err);
	must(escalation_ask(w->db, w->a, &(struct escalation_in){ .contact_id = w->contact[1], .level = "manager",
	    .words = "Valrosstexten igen", .channel = "web" }, NULL, w->now, NULL, &err), &err);
}

/* By the pages, as the registrar does it. */
static void
restrict_them(struct world *w)
{
	const char *today = arena_strdup(w->a, date_text(local_date(w->now)).s);
	struct web web;

	town_sign_in(&web, w->db, w->port, w->t.registrar);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[0])), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/sekretess", w->number[0]), "section", "något",
	    "marked_date", today, NULL), 422);
	assert_true(web_has(&web, "Skriv paragrafen i OSL"));
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/sekretess", w->number[0]), "section", "21 kap. 1 §",
	    "marked_date", today, "mark_note", "", NULL), 303);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[0])), 200);
	assert_true(web_has(&web, "OSL 21:1"));
	assert_true(web_has(&web, "Tekniska nämnden"));
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/dokument/%" PRId64, w->document)), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/dokument/%" PRId64 "/sekretess", w->document), "section", "31:16",
	    "marked_date", today, "mark_note", "Xylofonnot", NULL), 303);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/dokument/%" PRId64, w->document)), 200);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/arenden/%" PRId64, w->matter[1])), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/arenden/%" PRId64 "/sekretess", w->matter[1]), "section", "26:1",
	    "marked_date", today, NULL), 303);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/arenden/%" PRId64, w->matter[1])), 200);
	/* once set she no longer reaches it, and is told so by being back at her list */
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[1])), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/skydd", w->number[1]), "level", "2", NULL), 303);
	assert_true(strncmp(web.location, "/arbetslista", 12) == 0);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[1])), 404);
	web_close(&web);
	w->object[CONTACT] = w->object[DOCUMENT] = w->object[MATTER] = w->object[PROTECTED] = w->object[PROTECTED_MATTER] =
	    (struct object){ .authority_id = w->t.tn, .unit_id = w->t.street, .owner_id = w->t.handler };
}

static void
add_search(struct world *w, const char *url, int sought)
{
	assert_true(w->n_urls < ARRAY_LEN(w->url));
	w->url[w->n_urls].url = url;
	w->url[w->n_urls++].sought = sought;
}

static void
add_url(struct world *w, const char *url)
{
	add_search(w, url, -1);
}

/* A path of the table with its parameters in place of `:name`: `number` for :number and *number, `id` for the first id. */
static const char *
filled(struct world *w, const char *path, const char *number, int64_t id, int64_t second)
{
	struct sb sb;

	sb_init(&sb, w->a, 400);
	while (*path != '\0') {
		size_t n = strcspn(path + 1, "/") + 1;

		if (path[1] != ':' && path[1] != '*')
			sb_add_n(&sb, path, n);
		else if (strncmp(path + 2, "number", 6) == 0)
			sb_add_c(&sb, '/'), sb_url(&sb, number);
		else if (strncmp(path + 2, "document", 8) == 0)
			sb_addf(&sb, "/%" PRId64, second);
		else if (strncmp(path + 2, "position", 8) == 0)
			sb_add(&sb, "/1");
		else
			sb_addf(&sb, "/%" PRId64, id);
		path += n;
	}
	return sb_str(&sb);
}

/* What is answered while somebody types: each word, and its beginning, asked of every such route. */
static void
typed(struct world *w, const char *path)
{
	for (size_t i = 0; i < THINGS; i++) {
		for (size_t j = 0; things[i].words[j] != NULL; j++) {
			struct sb sb;

			sb_init(&sb, w->a, 200);
			sb_addf(&sb, "%s?q=", path);
			sb_url(&sb, things[i].words[j]);
			add_url(w, arena_strdup(w->a, sb_str(&sb)));
		}
		add_url(w, arena_printf(w->a, "%s?q=%.4s", path, things[i].words[0]));
	}
	add_url(w, arena_printf(w->a, "%s?q=%s", path, w->number[0]));
	add_url(w, arena_printf(w->a, "%s?q=%s", path, w->number[1]));
}

static void
every_url(struct world *w)
{
	static const char *const lists[] = { "mina", "enhet", "ingen", "sena", "alla", "karantan", "klara" };

	for (const struct route *const *table = serve_routes; *table != NULL; table++) {
		for (const struct route *r = *table; r->path != NULL; r++) {
			if (r->method == POST && strncmp(r->path, "/kontakter/:number/", 19) == 0) {
				assert_true(w->n_posts < ARRAY_LEN(w->post));
				w->post[w->n_posts++] = r->path;
			}
			/* the resident's own link; streams are listened to for themselves */
			if (r->method != GET || strstr(r->path, ":token") != NULL || strstr(r->path, "/handelser") != NULL)
				continue;
			if (strstr(r->path, "number") != NULL) {
				for (size_t i = 0; i < 2; i++) {
					add_url(w, filled(w, r->path, w->number[i], 1, (int64_t)i + 1));
					if (strstr(r->path, "document") == NULL)
						continue;
					add_url(w, filled(w, r->path, w->number[i], 1, w->document));
				}
				for (size_t i = 0; i < 3; i++)
					add_url(w, filled(w, r->path, w->matter_number[i], 1, 1));
			} else if (strchr(r->path, ':') != NULL) {
				for (int64_t id = 1; id <= 7; id++)
					add_url(w, filled(w, r->path, "", id, 1));
			} else {
				add_url(w, r->path);
				if (strstr(r->path, "/forslag") != NULL)
					typed(w, r->path);
			}
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		add_url(w, arena_printf(w->a, "/arbetslista?lista=%s", lists[i]));
	add_url(w, "/arenden?status=");
	add_url(w, "/arenden?status=&mina=1");
	add_url(w, "/metrics");
	for (size_t i = 0; i < 2; i++) {		/* for other systems, by both formats */
		static const char *const formats[] = { "json", "xml" };

		add_url(w, arena_printf(w->a, "/open311/v2/requests.%s", formats[i]));
		add_url(w, arena_printf(w->a, "/open311/v2/requests.%s?extensions=true&page_size=1000", formats[i]));
		for (size_t k = 0; k < 2; k++) {
			add_url(w, arena_printf(w->a, "/open311/v2/requests/%s.%s", w->number[k], formats[i]));
			add_url(w, arena_printf(w->a, "/open311/v2/tokens/%s.%s", w->number[k], formats[i]));
			add_url(w, arena_printf(w->a, "/open311/v2/requests.%s?service_request_id=%s", formats[i], w->number[k]));
		}
	}
	for (size_t i = 0; i < THINGS; i++) {
		for (size_t j = 0; things[i].words[j] != NULL; j++) {
			struct sb sb;

			sb_init(&sb, w->a, 200);
			sb_add(&sb, "/sok?q=");
			sb_url(&sb, things[i].words[j]);
			add_search(w, arena_strdup(w->a, sb_str(&sb)), (int)i);
		}
	}
}

/* Streams, by number and in general: found in the table too. */
static void
every_stream(struct world *w)
{
	for (const struct route *const *table = serve_routes; *table != NULL; table++) {
		for (const struct route *r = *table; r->path != NULL; r++) {
			if (r->method != GET || strstr(r->path, "/handelser") == NULL)
				continue;
			assert_true(w->n_streams < ARRAY_LEN(w->stream));
			w->stream[w->n_streams++] = r->path;
		}
	}
	assert_true(w->n_streams >= 2);
}

/* A PDF is read as a person reads it. */
static void
as_text(struct world *w, struct web *web)
{
	char path[] = "/tmp/nk-pdf.XXXXXX";
	struct err err = { 0 };
	char *text;
	size_t n;

	if (web->body == NULL || web->n < 5 || memcmp(web->body, "%PDF-", 5) != 0)
		return;
	assert_int_equal(close(mkstemp(path)), 0);
	must(file_write(path, web->body, web->n, 0600, &err), &err);
	if (system(arena_printf(w->a, "pdftotext -q %s %s.txt", path, path)) == 0 &&
	    file_read(w->a, arena_printf(w->a, "%s.txt", path), 8 << 20, &text, &n, &err)) {
		free(web->body);
		web->body = strdup(text);
		web->n = n;
		w->pdfs++;
	}
	(void)unlink(arena_printf(w->a, "%s.txt", path));
	(void)unlink(path);
}

/* A search says back what was searched for; what it may not give is a hit. */
static const char *
hit_in(const struct web *w)
{
	static const char *const links[] = { "/kontakter/K-", "/dokument/", "href=\"/arenden/" };

	for (size_t i = 0; w->body != NULL && i < ARRAY_LEN(links); i++) {
		if (strstr(w->body, links[i]) != NULL)
			return strstr(w->body, links[i]);
	}
	return NULL;
}

static void
look_at_body(struct world *w, const char *who, const char *url, const bool *may, const struct web *web)
{
	(void)w;
	for (size_t i = 0; i < THINGS; i++) {
		for (size_t j = 0; !may[i] && things[i].words[j] != NULL; j++) {
			const char *at = web->body == NULL ? NULL : strcasestr(web->body, things[i].words[j]);

			if (at != NULL)
				broken("%s finds '%s' at %s: ...%.300s", who, things[i].words[j], url,
				    at - (at - web->body > 100 ? 100 : at - web->body));
		}
	}
}

/* Says what stands on this page that she may not see. */
static void
look_at(struct world *w, const char *who, size_t u, const bool *may, struct web *web)
{
	int sought = w->url[u].sought;

	if (sought >= 0) {
		if (!may[sought] && hit_in(web) != NULL)
			broken("%s finds something at %s: %.200s", who, w->url[u].url, hit_in(web));
		return;
	}
	look_at_body(w, who, w->url[u].url, may, web);
}

/* What she may not read she can neither listen to nor change, and the refusal says nothing. */
static void
refused(struct world *w, const char *who, int64_t account_id, const bool *may, struct web *web)
{
	static const int thing[] = { CONTACT, PROTECTED };

	for (size_t i = 0; i < 2; i++) {
		if (may[thing[i]])
			continue;
		for (size_t s = 0; s < w->n_streams; s++) {
			const char *path = filled(w, w->stream[s], w->number[i], 1, 1);

			if (strstr(w->stream[s], ":number") != NULL && web_get(web, path) == 200)
				broken("%s listens to %s", who, path);
		}
		for (size_t p = 0; account_id != 0 && p < w->n_posts; p++) {
			const char *path = filled(w, w->post[p], w->number[i], 1, 1);
			long status = web_post(web, path, "text", "Ett försök som inte får lyckas alls.", "ending", "done", "way", "none", NULL);

			if (status != 400 && status != 403 && status != 404)	/* 400: a form without its fields, whatever the number */
				broken("%s posts to %s: %ld", who, path, status);
			look_at_body(w, who, path, may, web);
		}
	}
}

static void
look_everywhere(struct world *w, const char *who, int64_t account_id)
{
	struct err err = { 0 };
	struct actor actor = { .account_id = account_id };
	bool may[THINGS];
	size_t answered = 0;
	struct web web;

	must(account_id == 0 || grants_of(w->db, w->a, account_id, local_date(w->now), &actor.grant, &actor.n_grants, &err), &err);
	for (size_t i = 0; i < THINGS; i++) {
		const struct object *o = &w->object[i];

		may[i] = permit_reach(&actor, things[i].action, o->authority_id, o->unit_id, o->owner_id) >= (int)things[i].level;
	}
	town_sign_in(&web, w->db, w->port, account_id);
	for (size_t u = 0; u < w->n_urls; u++) {
		long status = web_get(&web, w->url[u].url);

		if (status == 0 || status >= 500)
			broken("%s at %s: %ld", who, w->url[u].url, status);
		answered += status == 200;
		as_text(w, &web);
		look_at(w, who, u, may, &web);
	}
	refused(w, who, account_id, may, &web);
	assert_true(answered >= 5);		/* the public pages at least */
	web_close(&web);
}

static void
nothing_in(const char *what, const char *text)
{
	for (size_t i = 0; i < THINGS; i++) {
		for (size_t j = 0; things[i].words[j] != NULL; j++) {
			const char *at = strcasestr(text, things[i].words[j]);

			if (at != NULL)
				broken("%s: '%s': ...%.300s", what, things[i].words[j], at - (at - text > 100 ? 100 : at - text));
		}
	}
}

/* Mails to colleagues name the number and nothing else. What goes to the resident herself is hers. */
static void
mails(struct world *w)
{
	struct outbox_list list;
	struct err err = { 0 };
	size_t n = 0;

	must(outbox_list_since(w->db, w->a, 0, NULL, 1000, &list, &err), &err);
	for (size_t i = 0; i < list.n; i++) {
		if (strstr(list.item[i].recipient, "@hemlig.example") != NULL)
			continue;
		nothing_in("a mail to a colleague", arena_printf(w->a, "%s %s", list.item[i].subject, list.item[i].text));
		n++;
	}
	assert_true(n >= 2);
}

static void
command(struct world *w, const char *url, const char *arguments)
{
	const char *build = getenv("B") == NULL ? "build" : getenv("B");
	const char *line = arena_printf(w->a, "%s/narkontakt %s --db '%s' 2>&1", build, arguments, url);
	FILE *f = popen(line, "r");
	char *text = arena_alloc(w->a, 1 << 20);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, (1 << 20) - 1, f);
	text[n] = '\0';
	if (pclose(f) != 0)
		fail_msg("%s: %.2000s", arguments, text);
	if (strstr(arguments, "outbox") == NULL)
		assert_true(n > 10);
	nothing_in(arguments, text);
}

static int64_t
count(struct world *w, const char *sql, int64_t account_id)
{
	struct err err = { 0 };
	int64_t n = 0;

	must(db_id(w->db, sql, &n, &err, "i", account_id), &err);
	return n;
}

static void
readings(struct world *w)
{
	static const char by[] = "SELECT COUNT(*) FROM read_log WHERE account_id = $1";
	int64_t head = w->t.head, others;
	struct web web;

	/* the registrar opened the first ones, the helper the protected ones; those who saw nothing are not in it */
	assert_true(count(w, by, w->t.registrar) >= 3);
	assert_true(count(w, by, w->helper) >= 2);
	others = count(w, "SELECT COUNT(*) FROM read_log l WHERE l.account_id = $1", w->t.guide);
	assert_int_equal(others, 0);
	town_sign_in(&web, w->db, w->port, head);
	status_must_be(&web, web_get(&web, "/lasningar"), 200);
	assert_true(web_has(&web, w->number[0]));
	assert_true(web_has(&web, "registrar"));
	assert_false(web_has(&web, w->number[1]));	/* what is protected is in the data protection officer's log */
	nothing_in("the log of readings", web.body);
	web_close(&web);
	town_sign_in(&web, w->db, w->port, town_account(w->db, "dso", ROLE_DATA_PROTECTION_OFFICER, w->t.tn, 0, w->now));
	status_must_be(&web, web_get(&web, "/lasningar"), 200);
	assert_true(web_has(&web, w->number[1]));
	nothing_in("the log of readings", web.body);
	web_close(&web);
}

static void
who_may_sees_it(struct world *w)
{
	struct web web;

	town_sign_in(&web, w->db, w->port, w->helper);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[1])), 200);
	assert_true(web_has(&web, "Valrosstexten"));
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/arenden/%" PRId64, w->matter[2])), 200);
	assert_true(web_has(&web, "Vombattext"));
	status_must_be(&web, web_get(&web, "/sok?q=valrosstexten"), 200);
	assert_true(web_has(&web, w->number[1]));
	assert_false(web_has(&web, "Valrossfrågan"));	/* its words only where the reading is logged */
	web_close(&web);
	town_sign_in(&web, w->db, w->port, w->t.handler);	/* her own secret contact; the protected one is not hers any more */
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[0])), 200);
	assert_true(web_has(&web, "Zebratexten"));
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[1])), 404);
	web_close(&web);
}

static void
lifted(struct world *w)
{
	struct secrecy_list marks;
	struct verify_result v;
	struct contact c;
	struct err err = { 0 };
	struct web web;

	must(secrecy_of(w->db, w->a, "contact", w->contact[0], &marks, &err), &err);
	town_sign_in(&web, w->db, w->port, w->t.registrar);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[0])), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/sekretess-lyft", w->number[0]), "mark",
	    arena_printf(w->a, "%" PRId64, marks.item[0].id), NULL), 303);
	must(contact_get(w->db, w->a, w->contact[0], &c, &err), &err);
	assert_int_equal(c.restricted, 0);
	/* the mark is still there to be read, with who lifted it */
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[0])), 200);
	assert_true(web_has(&web, "OSL 21:1"));
	/* only the named few lift a protected identity */
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/skydd", w->number[1]), "level", "0", NULL), 404);
	web_close(&web);
	town_sign_in(&web, w->db, w->port, w->helper);
	status_must_be(&web, web_get(&web, arena_printf(w->a, "/kontakter/%s", w->number[1])), 200);
	status_must_be(&web, web_post(&web, arena_printf(w->a, "/kontakter/%s/skydd", w->number[1]), "level", "0", NULL), 303);
	must(contact_get(w->db, w->a, w->contact[1], &c, &err), &err);
	assert_int_equal(c.restricted, 0);
	web_close(&web);
	must(verify_all(w->db, w->a, w->now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		broken("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
}

static int stderr_was = -1;		/* while the log is read along */

static int
stderr_back(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	if (stderr_was < 0)
		return 0;
	(void)dup2(stderr_was, 2);
	(void)close(stderr_was);
	stderr_was = -1;
	return 0;
}

/* A listener for two seconds: what a stream says while the secret contact is changed. */
struct listener { struct web web; const char *path; pthread_t thread; };

static void *
listen_main(void *arg)
{
	struct listener *l = arg;

	(void)curl_easy_setopt(l->web.curl, CURLOPT_TIMEOUT, 2L);
	l->web.quiet = true;
	(void)web_get(&l->web, l->path);
	return NULL;
}

static void
streams(struct world *w)
{
	const int64_t who[] = { w->t.guide, w->t.handler, w->t.manager };
	struct listener l[60];
	struct err err = { 0 };
	size_t n = 0;

	for (size_t s = 0; s < w->n_streams; s++) {
		for (size_t i = 0; i < ARRAY_LEN(who); i++, n++) {
			assert_true(n < ARRAY_LEN(l));
			l[n] = (struct listener){ .path = filled(w, w->stream[s], w->number[0], 1, 1) };
			town_sign_in(&l[n].web, w->db, w->port, who[i]);
			assert_int_equal(pthread_create(&l[n].thread, NULL, listen_main, &l[n]), 0);
		}
	}
	(void)nanosleep(&(struct timespec){ .tv_nsec = 500 * 1000000 }, NULL);
	must(contact_note(w->db, w->contact[0], "Zebratext i en anteckning", &w->registrar, w->now, &err), &err);
	must(contact_assign(w->db, w->contact[0], 0, w->t.street, w->t.handler, "Zebratext", &w->registrar, w->now, &err), &err);
	for (size_t i = 0; i < n; i++) {
		(void)pthread_join(l[i].thread, NULL);
		if (l[i].web.body != NULL)
			nothing_in(l[i].path, l[i].web.body);
		web_close(&l[i].web);
	}
}

struct where { const char *url, *log; };

/* What is counted and published: the month's letter has neither the secret contact nor the protected one in any number, and the
 * figures count each for whoever may know that it is there. */
static void
counted_and_published(struct world *w)
{
	static const struct { enum role role; const char *contacts; } who[] = { { ROLE_AUDITOR, "\"contacts\": 0," },
		{ ROLE_CHIEF_EXECUTIVE, "\"contacts\": 0," }, { ROLE_CHAIR, "\"contacts\": 0," }, { ROLE_UNIT_MANAGER, "\"contacts\": 1," },
		{ ROLE_REGISTRAR, "\"contacts\": 1," } };
	struct date today = local_date(w->now), next = date_add((struct date){ today.year, today.month, 1 }, 41);
	struct month_letter_done done;
	struct month_letter_list list;
	struct month_letter l;
	struct err err = { 0 };
	struct web web;

	must(month_letter_tick(w->db, local_instant(next, 9, 0, 0), &done, &err), &err);
	must(month_letters_of(w->db, w->a, w->t.tn, false, &list, &err), &err);
	assert_int_equal(list.n, 1);
	must(month_letter_get(w->db, w->a, list.item[0].id, &l, &err), &err);
	for (size_t i = 0; i < THINGS; i++) {
		for (size_t k = 0; things[i].words[k] != NULL; k++) {
			if (strcasestr(l.content, things[i].words[k]) != NULL)
				broken("the monthly letter says '%s': %s", things[i].words[k], l.content);
		}
	}
	if (strstr(l.content, "\"arrived\": 0") == NULL || strstr(l.content, "Ingen vände sig till") == NULL)
		broken("the monthly letter counts what is restricted: %s", l.content);
	must(month_letter_publish(w->db, l.id, l.version, &w->registrar, w->now, &err), &err);
	add_url(w, arena_printf(w->a, "/svarsbrev/TN/%s", l.month));
	add_url(w, arena_printf(w->a, "/svarsbrev/TN/%s/pdf", l.month));
	add_url(w, "/siffror?per=omrade");
	add_url(w, "/siffror.csv?per=kanal");
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		int64_t id = town_account(w->db, arena_printf(w->a, "räknar-%zu", i), who[i].role, w->t.tn, w->t.street, w->now);

		town_sign_in(&web, w->db, w->port, id);
		status_must_be(&web, web_get(&web, arena_printf(w->a, "/siffror.json?namnd=%" PRId64, w->t.tn)), 200);
		if (!web_has(&web, who[i].contacts))
			broken("%s: expected %s in %.200s", role_name(who[i].role), who[i].contacts, web.body);
		web_close(&web);
	}
}

static void
no_trace(struct database *d, struct db *db, void *arg)
{
	const struct where *where = arg;
	struct world w = { .d = d, .db = db, .a = arena_open(), .now = (int64_t)time(NULL) };
	int log = open(where->log, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
	struct verify_result v;
	struct err err = { 0 };
	char *text;
	size_t n;

	w.t = town_make(db, w.now);
	w.server = town_serve(d, &w.port);
	stderr_was = dup(2);
	assert_true(dup2(log, 2) == 2);
	log_set_level(LOG_DEBUG);
	fill(&w);
	restrict_them(&w);
	every_url(&w);
	every_stream(&w);
	counted_and_published(&w);
	look_everywhere(&w, "a visitor", 0);
	look_everywhere(&w, "the representative who was asked", w.e.eva_account);
	look_everywhere(&w, "the chair", w.e.olle_account);
	for (int role = 1; role < ROLE_COUNT; role++) {
		const struct { const char *where; int64_t authority_id, unit_id; } grant[] = {
			{ "another unit", w.t.tn, w.waste }, { "another authority", w.t.ks, w.t.centre }, { "everywhere", 0, 0 } };

		for (size_t g = 0; g < ARRAY_LEN(grant); g++) {
			const char *name = arena_printf(w.a, "%s-%zu", role_name((enum role)role), g);
			int64_t id = town_account(db, name, (enum role)role, grant[g].authority_id, grant[g].unit_id, w.now);

			look_everywhere(&w, arena_printf(w.a, "%s of %s", role_name((enum role)role), grant[g].where), id);
		}
	}
	who_may_sees_it(&w);
	streams(&w);
	mails(&w);
	command(&w, where->url, "list contacts --json");
	command(&w, where->url, "list contacts");
	command(&w, where->url, "list events --json");
	command(&w, where->url, "list outbox --json");
	command(&w, where->url, "list outbox");
	command(&w, where->url, arena_printf(w.a, "show %s --json", w.number[0]));
	command(&w, where->url, arena_printf(w.a, "show %s", w.number[1]));
	command(&w, where->url, "list escalations --json");
	command(&w, where->url, "list matters --json");
	command(&w, where->url, "list matters");
	command(&w, where->url, arena_printf(w.a, "show '%s' --json", w.matter_number[1]));
	command(&w, where->url, "verify --json");
	readings(&w);
	must(verify_all(db, w.a, w.now, &v, &err), &err);
	for (size_t i = 0; i < v.n_broken; i++)
		broken("%s: %s, %s", v.broken[i].what, v.broken[i].object, v.broken[i].detail);
	lifted(&w);
	assert_int_equal(stderr_back(NULL), 0);
	(void)close(log);
	must(file_read(w.a, where->log, 64 << 20, &text, &n, &err), &err);
	assert_true(n > 100);
	nothing_in("the log", text);
	http_server_stop(w.server, 2);
	arena_close(w.a);
}

static void
test_no_trace_for_those_who_may_not_see_it(void **state)
{
	char dir[] = "/tmp/nk-secrecy.XXXXXX", path[80], log[80], command_line[80];
	const char *url = store_postgresql();

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.db", dir);
	(void)snprintf(log, sizeof(log), "%s/log", dir);
	store_one(path, true, no_trace, &(struct where){ path, log });
	if (url != NULL) {
		store_clean(url);
		store_one(url, true, no_trace, &(struct where){ url, log });
	}
	(void)snprintf(command_line, sizeof(command_line), "rm -rf %s", dir);
	assert_int_equal(system(command_line), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_teardown(test_no_trace_for_those_who_may_not_see_it,
	    stderr_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

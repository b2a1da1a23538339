/* cmd/demo_life.c: the stories, each told by the functions that the pages call */
#include "cmd/demo_life.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "contact/contact.h"
#include "contact/demo_store.h"
#include "contact/work.h"
#include "db/db.h"
#include "disclosure/disclosure.h"
#include "law/calendar.h"
#include "people/demo.h"
#include "people/office.h"
#include "people/site.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "representative/administration.h"
#include "representative/escalation.h"
#include "representative/representative.h"

enum { LOOK_BACK_DAYS = 90 };

struct story {
	struct arena *a;
	int64_t now;
	struct demo_account_list account;
	struct category_list category;
	const struct demo_handler *handler;
	size_t n_handlers;
};

/* Who works here, by the start of what she signs in with: "hanna.". */
static struct actor
who(const struct story *s, const char *first)
{
	for (size_t i = 0; i < s->account.n; i++) {
		const struct demo_account *d = &s->account.item[i];

		if (strncmp(d->sign_in, first, strlen(first)) == 0)
			return (struct actor){ .account_id = d->account_id, .name = d->name };
	}
	return (struct actor){ 0 };
}

static int64_t
category(const struct story *s, const char *name)
{
	for (size_t i = 0; i < s->category.n; i++) {
		if (strcmp(s->category.item[i].name, name) == 0)
			return s->category.item[i].id;
	}
	return 0;
}

/* So many working days ago, at that time; 0 days ago never later than now. */
static int64_t
ago(const struct story *s, int working_days, int hour, int minute)
{
	struct date d = local_date(s->now);
	int64_t at;

	while (working_days > 0) {
		d = date_add(d, -1);
		working_days -= law_is_working_day(d);
	}
	at = local_instant(d, hour, minute, 0);
	return at < s->now ? at : s->now;
}

/* One more resident; mails that the demonstration makes count as sent, nobody is there to read them. */
static bool
comes(struct db *tx, const struct story *s, const struct contact_in *words, int64_t at, struct contact *c, struct err *err)
{
	struct contact_in in = *words;
	struct contact_out out;

	in.no_receipt = true;
	in.arrived_at = at;
	return contact_receive(tx, s->a, &in, at, &out, err) && contact_get(tx, s->a, out.id, c, err);
}

static bool
taken(struct db *tx, const struct story *s, struct contact *c, const struct actor *by, int64_t at, struct err *err)
{
	return contact_assign(tx, c->id, 0, c->unit_id, by->account_id, NULL, by, at, err) &&
	    contact_get(tx, s->a, c->id, c, err);
}

/* Most of what is open has somebody already; what came today may not. */
static bool
open_ones_are_taken(struct db *tx, const struct story *s, struct err *err)
{
	struct contact *c;
	size_t n;

	if (!contact_since(tx, s->a, s->now - (int64_t)LOOK_BACK_DAYS * 86400, "new", NULL, 0, 1000, &c, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; i % 4 != 0 && k < s->n_handlers; k++) {
			const struct demo_handler *h = &s->handler[k];
			struct actor by = { .account_id = h->account_id, .name = h->name, .unit_id = h->unit_id };

			if (h->unit_id != c[i].unit_id)
				continue;
			if (!taken(tx, s, &c[i], &by, c[i].received_at + 3600 < s->now ? c[i].received_at + 3600 : s->now, err))
				return false;
			break;
		}
	}
	return true;
}

/* Some residents have said on their page whether it helped; a few that it did not. */
static bool
residents_say(struct db *tx, const struct story *s, struct err *err)
{
	struct contact *c;
	size_t n;

	if (!contact_since(tx, s->a, s->now - (int64_t)LOOK_BACK_DAYS * 86400, "answered", NULL, 0, 1000, &c, &n, err))
		return false;
	for (size_t i = 0; i < n; i += 3) {
		bool helped = i % 11 != 6;

		if (c[i].closed_at + 86400 > s->now || (!helped && c[i].closed_at < s->now - (int64_t)7 * 86400))
			continue;
		if (!contact_judge(tx, c[i].id, helped, helped ? NULL : "Det ser ut precis som förut.", c[i].closed_at + 86400, err))
			return false;
	}
	return true;
}

static bool
waits_for_the_resident(struct db *tx, const struct story *s, struct err *err)
{
	struct actor hanna = who(s, "hanna.");
	struct contact c;

	return comes(tx, s, &(struct contact_in){ .channel = "web", .category_id = category(s, "Belysning"),
	    .sender_name = "Demo Malin Exempelberg", .sender_email = "demo.malin@example.org",
	    .subject = "Mörkt på gångvägen", .text = "Det är mörkt på gångvägen till skolan. Tre lampor i rad lyser inte." },
	    ago(s, 2, 16, 40), &c, err) && taken(tx, s, &c, &hanna, ago(s, 1, 8, 5), err) &&
	    contact_pause(tx, c.id, 0, "Vilken gångväg är det? Det finns två till skolan.",
	    "Hej! Är det gångvägen från Ågatan eller den från Kyrkvägen?", &hanna, ago(s, 1, 8, 20), err) &&
	    demo_mail_is_history(tx, c.id, ago(s, 1, 8, 21), err);
}

static bool
asks_a_colleague(struct db *tx, const struct story *s, struct err *err)
{
	struct actor hanna = who(s, "hanna."), vera = who(s, "vera.");
	struct contact c;

	return comes(tx, s, &(struct contact_in){ .channel = "phone", .category_id = category(s, "Gator, vägar och cykelvägar"),
	    .sender_name = "Demo Ingvar Skenberg", .sender_phone = "070-174 06 21",
	    .subject = "Sättning i gatan", .text = "Asfalten utanför Ringvägen 14 har sjunkit tio centimeter på en vecka." },
	    ago(s, 1, 9, 12), &c, err) && taken(tx, s, &c, &hanna, ago(s, 1, 9, 30), err) &&
	    contact_note(tx, c.id, "Avspärrad med koner i går eftermiddag.", &hanna, ago(s, 1, 15, 10), err) &&
	    contact_ask(tx, c.id, vera.account_id, "Har ni en ledning där? Kan det vara en läcka?", &hanna, ago(s, 1, 15, 20), err) &&
	    demo_mail_is_history(tx, c.id, ago(s, 1, 15, 21), err);
}

static bool
honest_no(struct db *tx, const struct story *s, struct err *err)
{
	struct actor hanna = who(s, "hanna.");
	struct contact c;

	return comes(tx, s, &(struct contact_in){ .channel = "email", .category_id = category(s, "Gator, vägar och cykelvägar"),
	    .sender_name = "Demo Lars Fiktivgren", .sender_email = "demo.lars@example.org",
	    .subject = "Farthinder på Skolgatan", .text = "Kan ni bygga ett farthinder på Skolgatan? Alla kör för fort." },
	    ago(s, 6, 10, 3), &c, err) && taken(tx, s, &c, &hanna, ago(s, 6, 13, 0), err) &&
	    contact_answer(tx, s->a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_MAIL, .ending = "not_done",
	    .ending_why = "Inga pengar för farthinder i årets budget.",
	    .text = "Hej Lars! Vi har mätt hastigheten: medelfarten är 34 km/tim, och gränsen för farthinder i vårt beslut är 38. "
	    "I år blir det alltså inget. Vi mäter igen i maj och hör av oss då, vad det än visar." }, &hanna,
	    ago(s, 5, 11, 45), NULL, err) && demo_mail_is_history(tx, c.id, ago(s, 5, 11, 47), err);
}

/* Rule book, scenario (a), as far as the representative's desk. */
static bool
not_satisfied(struct db *tx, const struct story *s, struct err *err)
{
	struct actor hanna = who(s, "hanna."), fanny = who(s, "fanny."), freja = who(s, "freja.");
	struct representative r;
	struct contact c;
	int64_t id;

	return comes(tx, s, &(struct contact_in){ .channel = "phone", .category_id = category(s, "Snö och halka"),
	    .sender_name = "Demo Anna Demosson", .sender_phone = "070-174 06 05", .sender_email = "demo.anna@example.org",
	    .subject = "Vägen blir aldrig plogad", .text = "Kvarnvägen plogas sist av alla vägar. Hemtjänsten kommer inte fram, "
	    "och skolbussen vänder vid korset. Det har varit så hela vintern." },
	    ago(s, 9, 8, 12), &c, err) && taken(tx, s, &c, &hanna, ago(s, 8, 9, 0), err) &&
	    representative_by_account(tx, s->a, fanny.account_id, &r, err) &&
	    escalation_ask(tx, s->a, &(struct escalation_in){ .contact_id = c.id, .level = "representative",
	    .representative_id = r.id, .words = "Jag har väntat i två veckor. Ingen ringer tillbaka.",
	    .consent = CONSENT_NAME | CONSENT_PHONE, .channel = "web" }, NULL, ago(s, 2, 18, 30), &id, err) &&
	    administration_ask(tx, s->a, id, freja.account_id, "Vilken plogklass har Kvarnvägen, och vad skulle en högre kosta?",
	    NULL, &fanny, ago(s, 1, 19, 5), &id, err) && demo_mail_is_history(tx, c.id, ago(s, 1, 19, 6), err);
}

static bool
goes_to_the_manager(struct db *tx, const struct story *s, struct err *err)
{
	struct actor hanna = who(s, "hanna.");
	struct contact c;
	int64_t id;

	return comes(tx, s, &(struct contact_in){ .channel = "web", .category_id = category(s, "Parker, träd och lekplatser"),
	    .sender_name = "Demo Rut Testqvist", .sender_email = "demo.rut@example.org",
	    .subject = "Trädet som skymmer skylten", .text = "Häcken vid korsningen skymmer stoppskylten. Jag skrev om det i våras också." },
	    ago(s, 7, 7, 55), &c, err) && taken(tx, s, &c, &hanna, ago(s, 7, 9, 0), err) &&
	    contact_answer(tx, s->a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_MAIL, .ending = "done",
	    .text = "Hej! Vi har bett markägaren klippa häcken." }, &hanna, ago(s, 5, 14, 0), NULL, err) &&
	    escalation_ask(tx, s->a, &(struct escalation_in){ .contact_id = c.id, .level = "manager",
	    .words = "Häcken är inte klippt. Det är tredje gången jag får samma svar.", .consent = CONSENT_NAME, .channel = "web" },
	    NULL, ago(s, 1, 20, 15), &id, err) && demo_mail_is_history(tx, c.id, ago(s, 1, 20, 16), err);
}

static bool
becomes_a_matter(struct db *tx, const struct story *s, struct err *err)
{
	struct actor tore = who(s, "tore."), hanna = who(s, "hanna.");
	struct contact c;
	int64_t id, document;

	return comes(tx, s, &(struct contact_in){ .channel = "letter", .category_id = category(s, "Gator, vägar och cykelvägar"),
	    .sender_name = "Demo Byalaget i Ådalen", .sender_address = "Ågatan 3, 999 99 Lillån (demo)",
	    .subject = "En cykelväg till badet", .text = "Vi i byalaget föreslår en cykelväg längs ån, från skolan till badet. "
	    "Hundra barn cyklar där på sommaren. Vi kan hjälpa till med marken." },
	    ago(s, 15, 10, 0), &c, err) && taken(tx, s, &c, &hanna, ago(s, 15, 13, 0), err) &&
	    matter_open(tx, &(struct matter_in){ .authority_id = c.authority_id, .unit_id = c.unit_id,
	    .owner_id = hanna.account_id, .title = "Cykelväg längs ån, skolan till badet", .contact_id = c.id }, &tore,
	    ago(s, 14, 9, 0), &id, err) &&
	    matter_titles(tx, id, 0, "Cykelväg längs ån, skolan till badet", "Cykelväg längs ån", true, &tore,
	    ago(s, 14, 9, 10), err) &&
	    deadline_set(tx, id, "Förslag till nämnden", date_add(local_date(s->now), 18), "Nämndens arbetsordning, textstopp",
	    &hanna, ago(s, 14, 10, 0), err) &&
	    document_register(tx, id, &(struct document_in){ .direction = "internal", .title = "Mätning av cykeltrafik vid ån",
	    .text = "412 cyklister på en vecka, varav 268 barn." }, &hanna, ago(s, 6, 15, 0), &document, err) &&
	    document_register(tx, id, &(struct document_in){ .direction = "internal", .title = "Tjänsteskrivelse: cykelväg längs ån",
	    .text = "Förslag till beslut: nämnden ger förvaltningen i uppdrag att projektera vägen.", .draft = true }, &hanna,
	    ago(s, 3, 15, 0), &document, err);
}

/* TF 2 kap.: somebody wants to see what came in about the cycle path; what is found is not looked through yet. */
static bool
asks_for_documents(struct db *tx, const struct story *s, struct err *err)
{
	const struct grant registers = { .role = ROLE_REGISTRAR };
	struct actor tore = who(s, "tore.");
	struct matter_list matters;
	struct contact c;
	int64_t id, n;

	tore.grant = &registers;	/* only what she may read is found */
	tore.n_grants = 1;
	return matter_since(tx, s->a, ago(s, 15, 0, 0), NULL, "TN", 0, 1, &matters, err) && matters.n == 1 &&
	    comes(tx, s, &(struct contact_in){ .channel = "email", .category_id = category(s, "Gator, vägar och cykelvägar"),
	    .sender_email = "demo.alias@example.org", .subject = "Handlingar om cykelvägen",
	    .text = "Jag vill se allt ni har fått in om cykelvägen längs ån." }, ago(s, 1, 15, 30), &c, err) &&
	    matter_open(tx, &(struct matter_in){ .authority_id = c.authority_id, .unit_id = c.unit_id, .owner_id = tore.account_id,
	    .title = "Begäran om allmän handling", .contact_id = c.id }, &tore, ago(s, 1, 16, 0), &id, err) &&
	    disclosure_open(tx, id, c.id, &tore, ago(s, 1, 16, 5), &id, err) &&
	    disclosure_add(tx, id, matters.item[0].number, &tore, ago(s, 1, 16, 10), &n, err);
}

/* A merits matter of an individual: FL 12 § gives it its six-month date. */
static bool
has_a_date_by_law(struct db *tx, const struct story *s, struct err *err)
{
	struct actor gun = who(s, "gun."), bo = who(s, "bo.");
	struct contact c;
	int64_t id;

	return comes(tx, s, &(struct contact_in){ .channel = "email", .category_id = category(s, "Bygga, ändra och riva"),
	    .sender_name = "Demo Olga Provstrand", .sender_email = "demo.olga@example.org",
	    .subject = "Ansökan om bygglov, Björkstigen 8", .text = "Härmed söker jag bygglov för en carport. Ritningar kommer med post." },
	    ago(s, 85, 11, 20), &c, err) && taken(tx, s, &c, &bo, ago(s, 85, 13, 0), err) &&
	    matter_open(tx, &(struct matter_in){ .authority_id = c.authority_id, .unit_id = c.unit_id, .owner_id = bo.account_id,
	    .title = "Bygglov för carport, Björkstigen 8", .appeal_kind = "merits", .contact_id = c.id }, &gun,
	    ago(s, 84, 9, 0), &id, err) && matter_state(tx, id, 0, "in_preparation", &bo, ago(s, 80, 9, 0), err);
}

static bool
is_secret(struct db *tx, const struct story *s, struct err *err)
{
	struct actor siri = who(s, "siri.");
	struct contact c;

	return comes(tx, s, &(struct contact_in){ .channel = "phone", .category_id = category(s, "Stöd till vuxna, barn och familj"),
	    .sender_name = "Demo Tove Påhittström", .sender_phone = "070-174 06 33",
	    .subject = "Vill prata med någon", .text = "Behöver hjälp med ekonomin efter en skilsmässa." },
	    ago(s, 3, 13, 30), &c, err) && taken(tx, s, &c, &siri, ago(s, 3, 14, 0), err) &&
	    secrecy_mark(tx, "contact", c.id, "OSL 26:1", local_date(ago(s, 3, 14, 5)), NULL, &siri, ago(s, 3, 14, 5), err);
}

static bool
complains_about_a_decision(struct db *tx, const struct story *s, struct err *err)
{
	struct actor bo = who(s, "bo.");
	struct contact c;
	int64_t id;

	return comes(tx, s, &(struct contact_in){ .channel = "email", .category_id = category(s, "Bygga, ändra och riva"),
	    .sender_name = "Demo Nils Låtsaslund", .sender_email = "demo.nils@example.org",
	    .subject = "Grannens plank", .text = "Hur kunde ni ge lov till planket på Hamngatan 2?" },
	    ago(s, 8, 9, 40), &c, err) && taken(tx, s, &c, &bo, ago(s, 8, 10, 0), err) &&
	    contact_answer(tx, s->a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_MAIL, .ending = "done",
	    .text = "Hej Nils! Beslutet togs den 3:e. Planket håller sig inom planen, skälen står på sidan två i beslutet." }, &bo,
	    ago(s, 6, 9, 0), NULL, err) &&
	    escalation_ask(tx, s->a, &(struct escalation_in){ .contact_id = c.id, .level = "manager", .about_decision = true,
	    .words = "Jag godtar inte beslutet. Vem kan ändra det?", .channel = "web" }, NULL, ago(s, 1, 17, 50), &id, err) &&
	    demo_mail_is_history(tx, c.id, ago(s, 1, 17, 51), err);
}

static bool
tell(struct db *tx, void *arg, struct err *err)
{
	static bool (*const stories[])(struct db *, const struct story *, struct err *) = { open_ones_are_taken, residents_say,
		has_a_date_by_law, becomes_a_matter, asks_for_documents, not_satisfied, complains_about_a_decision, goes_to_the_manager, honest_no,
		is_secret, waits_for_the_resident, asks_a_colleague };
	const struct story *s = arg;
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_LEN(stories); i++)
		ok = stories[i](tx, s, err);
	return ok && site_set(tx, 0, "demo.life", "1", s->now, err);
}

bool
demo_life(struct db *db, int64_t now, struct err *err)
{
	struct story s = { .a = arena_open(), .now = now };
	const char *told = NULL;
	bool ok = site_get(db, s.a, "demo.life", &told, err);

	if (ok && told == NULL)
		ok = demo_accounts(db, s.a, &s.account, err) && category_list(db, s.a, &s.category, err) &&
		    demo_handlers(db, s.a, &s.handler, &s.n_handlers, err) && db_write(db, tell, &s, err);
	arena_close(s.a);
	return ok || err_add(err, "the demonstration's stories");
}

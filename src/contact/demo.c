/* contact/demo.c: demonstration data, plainly fictional, the same for the same seed */
#include "contact/demo.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "contact/bulk_store.h"
#include "contact/contact.h"
#include "contact/demo_store.h"
#include "contact/work.h"
#include "db/db.h"
#include "people/office.h"

/* From BULK_FROM contacts on the load is one to measure with, and takes the short way. */
enum { BATCH = 200, BULK_BATCH = 5000, BULK_FROM = 5000 };

/* SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere. */
static uint64_t
next(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static int
below(uint64_t *s, int n)
{
	return (int)(next(s) % (uint64_t)n);
}

static const char *const first_names[] = { "Alva", "Bertil", "Cilla", "Dragan", "Elsa", "Fatima", "Gustav", "Hanna", "Ivar",
	"Jasmin", "Karin", "Leo", "Maja", "Nils", "Olga", "Per", "Rut", "Sami", "Tove", "Ulf", "Vera", "Wilma", "Yusuf", "Åke" };
static const char *const last_names[] = { "Demosson", "Provstrand", "Exempelberg", "Låtsaslund", "Påhittström",
	"Fiktivgren", "Testqvist", "Skenberg" };
static const char *const streets[] = { "Storgatan", "Kvarnvägen", "Skolgatan", "Ågatan", "Kyrkvägen", "Stationsgatan",
	"Björkstigen", "Hamngatan", "Ringvägen", "Torget" };

static const struct { const char *subject, *text; } questions[] = {
	{ "Oplogad väg", "Vägen vid %s är inte plogad sedan i går. Skolbussen kommer inte fram. När plogas det?" },
	{ "Gatlampa som inte lyser", "Lampan vid %s har varit trasig i en vecka. Det är mörkt för barnen på väg till skolan." },
	{ "Hål i vägen", "Det är ett djupt hål i körbanan på %s. Jag är rädd att någon kör sönder ett däck." },
	{ "Sopor som inte hämtats", "Sopkärlet på %s tömdes inte i tisdags. Vad gör jag nu?" },
	{ "Fråga om bygglov", "Behöver jag bygglov för en altan på 15 kvadratmeter på %s?" },
	{ "Förskoleplats till hösten", "Vi flyttar till %s i augusti. När får vi besked om förskoleplats?" },
	{ "Färdtjänst", "Hur ansöker jag om färdtjänst för min mor som bor på %s?" },
	{ "Lekplatsen", "Gungan på lekplatsen vid %s är trasig. Går det att laga den före lovet?" },
	{ "Hastigheten utanför skolan", "Bilarna kör för fort på %s när barnen går till skolan. Kan ni sätta upp ett farthinder?" },
	{ "Vattnet smakar konstigt", "Kranvattnet på %s smakar jord sedan i lördags. Är det farligt att dricka?" },
	{ "Bibliotekets öppettider", "Är biblioteket vid %s öppet på klämdagen?" },
	{ "Parkering", "Någon har ställt en husvagn på %s i flera veckor. Får den stå där?" },
};
static const char *const answers[] = {
	"Hej! Vi har varit på plats och åtgärdat det du beskriver. Hör gärna av dig om något återstår.",
	"Hej! Tack för att du hörde av dig. Entreprenören gör arbetet senast på fredag, och vi följer upp på måndag.",
	"Hej! Det ingår inte i kommunens ansvar, men vi har talat med väghållaren som tar hand om det.",
	"Hej! Du hittar blanketten på biblioteket och på vår webbplats. Ring mig gärna om du vill ha hjälp att fylla i den.",
};

struct batch {
	struct arena *a;
	uint64_t rng, seed;
	int64_t now, from, count;
	struct bulk *bulk;		/* NULL: the ordinary way */
	struct category_list categories;
	const struct demo_handler *handler;
	size_t n_handlers;
};

/* Working hours on a working day four times of five; winter has more. */
static int64_t
some_instant(struct batch *b)
{
	struct date day = local_date(b->now - (int64_t)86400 * (1 + below(&b->rng, 365)));

	while (date_weekday(day) >= SATURDAY && below(&b->rng, 5) > 0)
		day = date_add(day, -1);
	return local_instant(day, 7 + below(&b->rng, 10), below(&b->rng, 60), below(&b->rng, 60));
}

static const struct demo_handler *
handler_of(const struct batch *b, int64_t authority_id, int64_t unit_id)
{
	const struct demo_handler *h = NULL;

	for (size_t i = 0; i < b->n_handlers; i++) {
		if (b->handler[i].unit_id == unit_id || (h == NULL && b->handler[i].authority_id == authority_id))
			h = &b->handler[i];
	}
	return h;
}

/* What is answered, by whom and when. in.text NULL: nobody has yet. */
struct reply { struct answer_in in; struct actor by; int64_t assigned_at, at; };

static struct reply
some_reply(struct batch *b, const char *channel, int64_t authority_id, int64_t unit_id, int64_t received)
{
	bool spoken = strcmp(channel, "phone") == 0 || strcmp(channel, "visit") == 0;
	/* Most within two days, some late, and the newest may still wait. */
	int64_t took = 3600 + (int64_t)below(&b->rng, below(&b->rng, 8) == 0 ? 20 * 86400 : 2 * 86400);
	const struct demo_handler *h = handler_of(b, authority_id, unit_id);
	struct reply r;

	if (spoken && below(&b->rng, 5) < 3)	/* while she is still on the line */
		took = 60 + below(&b->rng, 900);
	else
		spoken = false;
	r = (struct reply){ .assigned_at = received + took / 2, .at = received + took };

	if (r.at > b->now || h == NULL)
		return r;
	r.by = (struct actor){ .account_id = h->account_id, .name = h->name, .unit_id = h->unit_id };
	r.in = (struct answer_in){ .way = spoken ? ANSWER_PHONE : ANSWER_MAIL, .text = answers[below(&b->rng, 4)] };
	r.in.ending = below(&b->rng, 9) == 0 ? "not_ours" : "done";
	r.in.ending_why = "Trafikverket";
	return r;
}

static bool
in_the_ordinary_way(struct db *tx, struct batch *b, const struct contact_in *in, int64_t at, bool answered, struct err *err)
{
	struct contact_out out;
	struct contact c;
	struct reply r;

	if (!contact_receive(tx, b->a, in, at, &out, err) || !contact_get(tx, b->a, out.id, &c, err))
		return false;
	r = answered ? some_reply(b, c.channel, c.authority_id, c.unit_id, at) : (struct reply){ 0 };
	r.in.contact_id = c.id;
	return r.in.text == NULL ||
	    (contact_assign(tx, c.id, 0, c.unit_id, r.by.account_id, NULL, &r.by, r.assigned_at, err) &&
	    contact_answer(tx, b->a, &r.in, &r.by, r.at, NULL, err) && demo_mail_is_history(tx, c.id, r.at, err));
}

static bool
in_bulk(struct db *tx, struct batch *b, const struct contact_in *in, int64_t at, bool answered, struct err *err)
{
	int64_t authority_id, unit_id;
	struct reply r;

	if (!bulk_route(tx, b->bulk, in->category_id, &authority_id, &unit_id, err))
		return false;
	r = answered ? some_reply(b, in->channel, authority_id, unit_id, at) : (struct reply){ 0 };
	return bulk_contact(tx, b->bulk, b->a, in, at, r.in.text == NULL ? NULL :
	    &(struct bulk_answer){ &r.in, &r.by, r.assigned_at, r.at }, err);
}

/* One whose authority has somebody to answer it. */
static int64_t
some_category(struct batch *b)
{
	for (int tries = 0; b->categories.n > 0 && tries < 50; tries++) {
		const struct category *c = &b->categories.item[below(&b->rng, (int)b->categories.n)];

		for (size_t i = 0; i < b->n_handlers; i++) {
			if (b->handler[i].authority_id == c->authority_id)
				return c->id;
		}
	}
	return 0;
}

static bool
one_contact(struct db *tx, struct batch *b, struct err *err)
{
	static const char *const channels[] = { "email", "web", "phone", "visit", "letter", "email", "web", "phone" };
	int q = below(&b->rng, (int)ARRAY_LEN(questions));
	const char *first = first_names[below(&b->rng, (int)ARRAY_LEN(first_names))];
	const char *last = last_names[below(&b->rng, (int)ARRAY_LEN(last_names))];
	const char *channel = channels[below(&b->rng, (int)ARRAY_LEN(channels))];
	const char *street = streets[below(&b->rng, (int)ARRAY_LEN(streets))];
	char place[80], text[512];
	const char *mark;
	int64_t at = some_instant(b);
	bool answered;
	struct contact_in in = { .channel = channel, .subject = questions[q].subject, .place = place, .text = text,
		.arrived_at = at };

	(void)snprintf(place, sizeof(place), "%s %d", street, 1 + below(&b->rng, 80));
	mark = strstr(questions[q].text, "%s");
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(mark - questions[q].text), questions[q].text, place, mark + 2);
	in.category_id = some_category(b);
	in.sender_name = arena_printf(b->a, "Demo %s %s", first, last);
	in.sender_email = arena_printf(b->a, "demo%d@example.org", below(&b->rng, 17000));
	in.sender_phone = arena_printf(b->a, "070-174 %02d %02d", 6 + below(&b->rng, 93), below(&b->rng, 100));
	if (strcmp(channel, "letter") == 0)
		in.sender_address = arena_printf(b->a, "%s, 999 99 Lillån (demo)", place);
	in.no_receipt = true;		/* nobody is there to read it */
	answered = below(&b->rng, 12) != 0 || b->now - at >= 40 * 86400;
	return b->bulk != NULL ? in_bulk(tx, b, &in, at, answered, err) : in_the_ordinary_way(tx, b, &in, at, answered, err);
}

static bool
write_batch(struct db *tx, void *arg, struct err *err)
{
	struct batch b = *(struct batch *)arg;	/* a copy: when it runs again, it is the same again */

	if (b.bulk != NULL && !bulk_begin(tx, b.bulk, err))
		return false;
	for (int64_t i = 0; i < b.count; i++) {
		if (b.count > BATCH && i % BATCH == 0)
			b.rng = b.seed ^ (uint64_t)(b.from + i) * 0x2545f4914f6cdd1du;
		if (!one_contact(tx, &b, err))
			return err_add(err, "demo contact");
	}
	return b.bulk == NULL || bulk_end(tx, b.bulk, err);
}

bool
demo_contacts(struct db *db, int64_t n, uint64_t seed, int64_t now, demo_progress *progress, void *arg, struct err *err)
{
	struct arena *a = arena_open(), *kept = arena_open();
	struct batch b = { .a = a, .now = now };
	int64_t done;
	bool ok = category_list(db, kept, &b.categories, err) &&
	    demo_handlers(db, kept, &b.handler, &b.n_handlers, err) && demo_count(db, n, &done, err);

	if (n - done >= BULK_FROM)
		b.bulk = bulk_open();
	b.seed = seed;
	while (ok && done < n) {
		int64_t most = b.bulk != NULL ? BULK_BATCH : BATCH;

		b.count = n - done < most ? n - done : most;
		b.from = done;
		b.rng = seed ^ (uint64_t)done * 0x2545f4914f6cdd1du;	/* each 200 their own: a stopped run goes on alike */
		ok = db_write(db, write_batch, &b, err);
		arena_reset(a);
		done += b.count;
		if (ok && progress != NULL && !progress(arg, done, n))
			break;
	}
	bulk_close(b.bulk);
	arena_close(kept);
	arena_close(a);
	return ok;
}

/* contact/bulk_store.c: one INSERT a row, and nothing asked twice */
#include "contact/bulk_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "contact/clock.h"
#include "contact/contact_store.h"
#include "contact/link.h"
#include "db/db.h"
#include "db/search.h"
#include "law/calendar.h"
#include "people/phone.h"
#include "people/site.h"
#include "registry/document.h"
#include "timeline/event.h"

enum { PROMISES = 1 << 15, ROUTES = 1 << 10, YEARS = 200, FIRST_YEAR = 1900 };

struct known_promise { int64_t authority_id, category_id; const char *channel; struct date day; struct clock_promise promise; };
struct known_route { int64_t category_id, authority_id, unit_id; };

struct bulk {
	struct arena *kept;
	struct event_chain chain;
	int64_t next[YEARS], taken[YEARS];	/* serials of a year: the next, and how many this batch took */
	struct known_promise promise[PROMISES];	/* by hash; a newer one takes the place */
	struct known_route route[ROUTES];
};

struct bulk *
bulk_open(void)
{
	struct bulk *b = calloc(1, sizeof(*b));

	if (b == NULL)
		abort();
	b->kept = arena_open();
	return b;
}

void
bulk_close(struct bulk *b)
{
	if (b == NULL)
		return;
	arena_close(b->kept);
	free(b);
}

bool
bulk_begin(struct db *tx, struct bulk *b, struct err *err)
{
	memset(b->taken, 0, sizeof(b->taken));
	return event_chain_open(tx, &b->chain, err);
}

bool
bulk_end(struct db *tx, struct bulk *b, struct err *err)
{
	for (int64_t i = 0; i < YEARS; i++) {
		if (b->taken[i] > 0 && !db_run(tx, "UPDATE number_series SET next = $1 WHERE authority_id = 0"
		    " AND series = 'contact' AND year = $2", NULL, err, "ii", b->next[i], FIRST_YEAR + i))
			return err_add(err, "serials");
	}
	return true;
}

/* The first of a batch is taken in the ordinary way, which makes the row; the rest are counted here. */
static bool
next_serial(struct db *tx, struct bulk *b, int64_t year, int64_t *serial, struct err *err)
{
	int64_t i = year - FIRST_YEAR;

	if (i < 0 || i >= YEARS)
		return err_set(err, ERR_INPUT, "year %" PRId64, year);
	if (b->taken[i]++ == 0) {
		if (!serial_next(tx, 0, "contact", year, serial, err))
			return false;
		b->next[i] = *serial + 1;
		return true;
	}
	*serial = b->next[i]++;
	return true;
}

static bool
promise_of(struct db *tx, struct bulk *b, const struct contact *c, struct date day, struct clock_promise *out, struct err *err)
{
	size_t at = ((size_t)day.year * 372 + (size_t)day.month * 31 + (size_t)day.day) * 31 + (size_t)c->authority_id * 7919 +
	    (size_t)c->category_id * 104729 + (size_t)(unsigned char)c->channel[0] * 13 + (size_t)(unsigned char)c->channel[1];
	struct known_promise *k = &b->promise[at % PROMISES];

	if (k->channel == NULL || k->authority_id != c->authority_id || k->category_id != c->category_id ||
	    strcmp(k->channel, c->channel) != 0 || date_cmp(k->day, day) != 0) {
		struct clock_promise fresh;

		if (!clock_promise(tx, b->kept, c->authority_id, c->channel, c->category_id, day, &fresh, err))
			return false;
		*k = (struct known_promise){ c->authority_id, c->category_id, arena_strdup(b->kept, c->channel), day, fresh };
	}
	*out = k->promise;
	return true;
}

bool
bulk_route(struct db *tx, struct bulk *b, int64_t category_id, int64_t *authority_id, int64_t *unit_id, struct err *err)
{
	struct known_route *k = &b->route[(size_t)category_id % ROUTES];

	if (k->unit_id == 0 || k->category_id != category_id) {
		int64_t authority = 0, unit = 0;

		if (!route_find(tx, category_id, &authority, &unit, err))
			return false;
		*k = (struct known_route){ category_id, authority, unit };
	}
	*authority_id = k->authority_id;
	*unit_id = k->unit_id;
	return true;
}

static bool
sender(struct db *tx, const struct contact_in *in, struct contact *c, int64_t now, struct err *err)
{
	int protection = 0;

	if (!person_find(tx, c->sender_email, c->sender_phone, &c->person_id, &protection, err))
		return false;
	c->restricted = protection > 0 ? REACH_PROTECTED : REACH_OPEN;
	return c->person_id != 0 || person_add(tx, in->sender_name, c->sender_email, c->sender_phone, in->sender_address,
	    c->language, now, &c->person_id, err);
}

static bool
insert(struct db *tx, const struct contact *c, int64_t year, int64_t serial, int64_t *id, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO contact (number, year, serial, authority_id, unit_id, owner_id, category_id, kind, channel, person_id,"
	    "  sender_name, sender_email, sender_phone, sender_address, reply_by, language, subject, text, place,"
	    "  arrived_at, received_at, received_date, received_rule, registered_at, state, confirm_by, answer_by,"
	    "  answer_explained, answer_days, confirmed_at, restricted, ending, ending_why, answered_at, closed_at, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
	    "  $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36) RETURNING id";

	return db_id(tx, sql, id, err, "tiiiIIIttItttttttttiittitIItiIittIIi", c->number, year, serial, c->authority_id,
	    c->unit_id, c->owner_id, c->category_id, c->kind, c->channel, c->person_id, c->sender_name, c->sender_email,
	    c->sender_phone, c->sender_address, c->reply_by, c->language, c->subject, c->text, c->place, c->arrived_at,
	    c->received_at, c->received_date, c->received_rule, c->registered_at, c->state, c->confirm_by, c->answer_by,
	    c->answer_explained, c->answer_days, c->confirmed_at, (int64_t)c->restricted, c->ending, c->ending_why,
	    c->answered_at, c->closed_at, c->version) || err_add(err, "contact");
}

static bool
note(struct db *tx, struct bulk *b, const struct contact *c, int64_t at, int64_t account_id, const char *action,
    const char *data, struct err *err)
{
	char actor[32] = "resident";

	if (account_id > 0)
		(void)snprintf(actor, sizeof(actor), "account %" PRId64, account_id);
	return event_chain_add(tx, &b->chain, &(struct event){ .at = at, .account_id = account_id, .actor = actor,
	    .action = action, .object = "contact", .object_id = c->id, .contact_id = c->id, .authority_id = c->authority_id,
	    .restricted = c->restricted, .data = data }, err);
}

static bool
put_answer(struct db *tx, struct bulk *b, struct arena *a, const struct contact *c, const struct bulk_answer *w,
    struct err *err)
{
	static const char mail[] =
	    "INSERT INTO outbox (contact_id, document_id, recipient, subject, text, message_id, automatic, state, created_at,"
	    "  next_attempt_at, attempts, sent_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 'sent', $7, $7, 1, $7)";
	bool by_mail = w->in->way == ANSWER_MAIL;
	int64_t document_id;

	if (!note(tx, b, c, w->assigned_at, w->by->account_id, "contact.assigned", arena_printf(a, "{\"unit\": %" PRId64
	    ", \"owner\": %" PRId64 ", \"from_unit\": %" PRId64 ", \"from_owner\": 0}", c->unit_id, w->by->account_id,
	    c->unit_id), err) ||
	    !document_add(tx, &(struct document){ .authority_id = c->authority_id, .contact_id = c->id, .direction = "out",
	    .kind = by_mail ? "answer" : "call_note", .channel = by_mail ? "email" : "phone", .state = "sent",
	    .registered_at = w->at, .registered_by = w->by->account_id,
	    .recipient = c->sender_name != NULL ? c->sender_name : c->sender_email, .title = c->subject, .text = w->in->text,
	    .restricted = c->restricted }, &document_id, err))
		return false;
	if (by_mail && !db_run(tx, mail, NULL, err, "iitttti", c->id, document_id, c->sender_email,
	    arena_printf(a, "%s [%s]", c->subject, c->number), arena_printf(a, "%s\n\n%s\n", w->in->text, w->by->name),
	    arena_printf(a, "%s@narkontakt.invalid", c->number), w->at))
		return err_add(err, "mail");
	return note(tx, b, c, w->at, w->by->account_id, "contact.answered", arena_printf(a,
	    "{\"way\": \"%s\", \"ending\": \"%s\", \"document\": %" PRId64 ", \"next_by\": 0}", by_mail ? "email" : "phone",
	    w->in->ending, document_id), err);
}

bool
bulk_contact(struct db *tx, struct bulk *b, struct arena *a, const struct contact_in *in, int64_t now,
    const struct bulk_answer *answer, struct err *err)
{
	struct date today = local_date(now);
	struct contact c = { .kind = "contact", .channel = in->channel, .category_id = in->category_id,
		.sender_name = in->sender_name, .sender_email = utf8_lower(a, in->sender_email),
		.sender_phone = phone_normal(a, in->sender_phone), .sender_address = in->sender_address, .reply_by = "email",
		.language = "sv", .subject = in->subject, .text = in->text, .place = in->place, .arrived_at = in->arrived_at,
		.received_at = now, .registered_at = now, .state = "new", .version = 1 };
	struct law_received received;
	struct clock_promise promise;
	int64_t serial;

	if (!sender(tx, in, &c, now, err) || !bulk_route(tx, b, c.category_id, &c.authority_id, &c.unit_id, err) ||
	    !next_serial(tx, b, today.year, &serial, err) ||
	    !site_contact_number(tx, a, today.year, serial, &c.number, err) ||
	    !law_received_date(c.channel, c.arrived_at, &received, err) ||
	    !promise_of(tx, b, &c, received.date, &promise, err))
		return false;
	c.received_date = arena_strdup(a, date_text(received.date).s);
	c.received_rule = received.rule;
	c.confirm_by = promise.confirm_by;
	c.answer_by = promise.answer_by;
	c.answer_days = promise.answer_days;
	c.answer_explained = promise.explained;
	if (answer != NULL) {
		c.owner_id = answer->by->account_id;
		c.state = "answered";
		c.ending = answer->in->ending;
		c.ending_why = answer->in->ending_why;
		c.confirmed_at = answer->assigned_at;
		c.answered_at = c.closed_at = answer->at;
		c.version = 3;
	}
	return insert(tx, &c, today.year, serial, &c.id, err) &&
	    document_add(tx, &(struct document){ .authority_id = c.authority_id, .contact_id = c.id, .direction = "in",
	    .kind = strcmp(c.channel, "phone") == 0 ? "call_note" : "message", .channel = c.channel, .state = "completed",
	    .arrived_at = c.arrived_at, .received_date = c.received_date, .received_rule = c.received_rule,
	    .registered_at = now, .sender = c.sender_name, .title = c.subject, .text = c.text, .restricted = c.restricted },
	    NULL, err) &&
	    note(tx, b, &c, now, 0, "contact.received", arena_printf(a, "{\"channel\": \"%s\", \"unit\": %" PRId64
	    ", \"received_date\": \"%s\", \"answer_by\": %" PRId64 "}", c.channel, c.unit_id, c.received_date, c.answer_by), err) &&
	    db_run(tx, "INSERT INTO contact_link (contact_id, created_at, expires_at) VALUES ($1, $2, $3)", NULL, err, "iii",
	    c.id, now, now + LINK_LIFE_S) &&
	    search_put_new(tx, "contact", c.id, c.authority_id, c.unit_id, c.restricted, now, arena_printf(a,
	    "%s %s %s %s %s %s %s", c.number, c.subject, c.sender_name, c.sender_email, c.sender_phone, c.place, c.text), err) &&
	    (answer == NULL || put_answer(tx, b, a, &c, answer, err));
}

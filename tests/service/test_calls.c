/* tests/service/test_calls.c: what an exchange tells, and who is called back, on both databases
 *
 * The property: whatever order events come in, and however often, the calls, the callbacks and whose task waits are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "base/sb.h"
#include "call/call_store.h"
#include "call/call_verify.h"
#include "contact/verify.h"
#include "contact/work.h"
#include "expect.h"
#include "town_web.h"

static int64_t
exchange_make(struct db *db, const char *code, int64_t unit_id, int64_t now)
{
	struct err err = { 0 };
	int64_t id = 0;

	town_must(exchange_save(db, 0, &(struct exchange){ .code = code, .name = "Växeln", .unit_id = unit_id, .active = true }, now,
	    &id, &err), &err, "exchange");
	return id;
}

/* Today at h:m:s, in the JSON of one event; words: the rest of it. */
static void
tell(struct db *db, struct arena *a, int64_t exchange_id, int64_t now, const char *json)
{
	struct call_list list;
	struct call_taken taken;
	struct err err = { 0 };

	town_must(call_read_json(a, json, strlen(json), now, &list, &err), &err, "json");
	if (list.bad > 0)
		fail_msg("%s: %s", list.fault[0].field, list.fault[0].why);
	town_must(call_take(db, exchange_id, &list, now, &taken, &err), &err, "take");
}

static const char *
event(struct arena *a, const char *call_id, const char *kind, const char *clock, const char *number, const char *more)
{
	return arena_printf(a, "{\"call_id\": \"%s\", \"kind\": \"%s\", \"at\": \"2027-01-11T%s+01:00\", \"number\": \"%s\"%s}", call_id,
	    kind, clock, number, more);
}

/* All that must be the same: no ids of ours, and of tasks only whether somebody waits. */
static const char *
state_of(struct db *db, struct arena *a)
{
	static const char calls[] =
	    "SELECT p.call_id || ' ' || p.kind || ' ' || COALESCE(p.number, '-') || ' ' || COALESCE(p.queue, '-') || ' '"
	    " || CAST(p.started_at AS TEXT) || ' ' || COALESCE(CAST(p.answered_at AS TEXT), '-') || ' '"
	    " || COALESCE(CAST(p.ended_at AS TEXT), '-') || ' ' || COALESCE(CAST(p.wait_s AS TEXT), '-') || ' '"
	    " || COALESCE(CAST(p.talk_s AS TEXT), '-') || ' ' || COALESCE(p.agent, '-') || ' ' || u.name || ' in '"
	    " || COALESCE(CAST(k.opened_at AS TEXT), '-') FROM phone_call p JOIN unit u ON u.id = p.unit_id"
	    " LEFT JOIN callback k ON k.id = p.callback_id ORDER BY p.exchange_id, p.call_id";
	static const char callbacks[] =
	    "SELECT k.number || ' ' || u.name || ' ' || CAST(k.opened_at AS TEXT) || ' ' || CAST(k.last_at AS TEXT) || ' tries '"
	    " || CAST(k.tries AS TEXT) || ' closed ' || COALESCE(CAST(k.closed_at AS TEXT), '-') || ' ' || COALESCE(k.closed_why, '-')"
	    " || CASE WHEN c.id IS NOT NULL AND c.closed_at IS NULL THEN ' waits' ELSE '' END"
	    " FROM callback k JOIN unit u ON u.id = k.unit_id LEFT JOIN contact c ON c.id = k.contact_id"
	    " ORDER BY k.number, k.authority_id, k.opened_at, k.id";
	static const char open[] =
	    "SELECT sender_phone || ' waits: ' || subject FROM contact WHERE closed_at IS NULL"
	    " ORDER BY 1";
	static const char *const sql[] = { calls, callbacks, open };
	struct err err = { 0 };
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) {
		struct stmt *st = db_stmt(db, sql[i], &err);

		while (db_next(st, &err) == DB_ROW)
			sb_addf(&sb, "%s\n", col_text_or(st, a, 0, ""));
		db_done(st);
		sb_add_c(&sb, '\n');
	}
	town_must(err.code == ERR_NONE, &err, "state");
	return sb_str(&sb);
}

static void
assert_whole(struct db *db, struct arena *a, int64_t now)
{
	struct verify_result v;
	struct err err = { 0 };

	verify_also(call_checks);
	town_must(verify_all(db, a, now, &v, &err), &err, "verify");
	if (v.n_broken > 0)
		fail_msg("%s: %s: %s", v.broken[0].what, v.broken[0].object, v.broken[0].detail);
	assert_int_equal(v.unanswered_without_owner, 0);
}

/* ---- any order ---- */

struct orders {
	int64_t exchange_id, now;
	const char *const *event;
	size_t n, order[8], seen, tried, each;	/* each: of so many orders one is tried */
	const char *expected;		/* in `kept` */
	struct arena *kept;
};

static bool
one_order(struct db *tx, void *arg, struct err *err)
{
	struct orders *o = arg;
	struct arena *a = arena_open();
	const char *got;

	for (size_t i = 0; i < o->n; i++) {
		tell(tx, a, o->exchange_id, o->now, o->event[o->order[i]]);
		if (i == o->tried % o->n)		/* and one of them twice */
			tell(tx, a, o->exchange_id, o->now, o->event[o->order[i]]);
	}
	got = state_of(tx, a);
	if (o->expected == NULL)
		o->expected = arena_strdup(o->kept, got);
	if (strcmp(got, o->expected) != 0) {
		for (size_t i = 0; i < o->n; i++)
			(void)fprintf(stderr, "%zu ", o->order[i]);
		fail_msg("another end:\n%s\nexpected:\n%s", got, o->expected);
	}
	if (o->tried % 16 == 0)
		assert_whole(tx, a, o->now);
	arena_close(a);
	o->tried++;
	return err_set(err, ERR_CONFLICT, "not kept");
}

static void
every_order(struct db *db, struct orders *o, size_t depth)
{
	struct err err = { 0 };

	if (depth == o->n) {
		if (o->seen++ % o->each != 0)
			return;
		(void)db_write(db, one_order, o, &err);
		assert_int_equal(err.code, ERR_CONFLICT);
		return;
	}
	for (size_t i = depth; i < o->n; i++) {
		size_t was = o->order[depth];

		o->order[depth] = o->order[i];
		o->order[i] = was;
		every_order(db, o, depth + 1);
		o->order[i] = o->order[depth];
		o->order[depth] = was;
	}
}

static void
any_order(struct database *d, struct db *db, void *arg)
{
	int64_t now = at("2027-01-11T12:00:00+01:00");
	struct arena *a = arena_open();
	struct town t = town_make(db, now);
	int64_t exchange_id = exchange_make(db, "VX1", t.centre, now);
	const char *const sets[][6] = {
		/* lost twice, talked to, lost again */
		{ event(a, "1", "missed", "10:00:20", "0701", ", \"wait\": 20"), event(a, "2", "ringing", "10:05:00", "0701", ""),
		  event(a, "2", "abandoned", "10:06:00", "0701", ""), event(a, "3", "answered", "10:10:05", "0701", ", \"wait\": 5"),
		  event(a, "3", "ended", "10:12:00", "0701", ""), event(a, "4", "missed", "10:30:00", "0701", "") },
		/* the exchange gave up on what an agent then took; a withheld number; we called back */
		{ event(a, "1", "missed", "10:00:20", "0701", ""), event(a, "1", "answered", "10:00:21", "0701", ", \"agent\": \"x\""),
		  event(a, "2", "missed", "10:02:00", "0701", ""), event(a, "3", "missed", "10:03:00", "anonymous", ""),
		  event(a, "4", "outgoing", "10:20:00", "0701", ", \"talk\": 60"), event(a, "5", "abandoned", "10:21:00", "0702", "") },
		/* whose number and queue are told late; the other authority's calls are its own */
		{ event(a, "1", "ringing", "10:00:00", "", ""), event(a, "1", "missed", "10:00:30", "0701", ", \"queue\": \"gata\""),
		  event(a, "2", "missed", "10:01:00", "0701", ""), event(a, "3", "answered", "10:02:00", "0701", ", \"queue\": \"gata\""),
		  event(a, "4", "missed", "10:03:00", "0701", ", \"queue\": \"gata\""), event(a, "4", "ended", "10:03:01", "", "") },
		/* two lines at once: the answer falls between the beginning and the end of another call */
		{ event(a, "1", "ringing", "10:00:00", "0701", ""), event(a, "1", "abandoned", "10:04:00", "0701", ""),
		  event(a, "2", "ringing", "10:01:00", "0701", ""), event(a, "2", "answered", "10:02:00", "0701", ""),
		  event(a, "3", "ringing", "10:01:30", "0701", ""), event(a, "3", "missed", "10:03:00", "0701", "") },
	};
	struct err err = { 0 };

	(void)arg;
	town_must(exchange_queue_set(db, 0, exchange_id, "gata", t.street, now, &err), &err, "queue");
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct orders o = { .exchange_id = exchange_id, .now = now, .event = sets[i], .n = 6, .order = { 0, 1, 2, 3, 4, 5 },
			.kept = a, .each = database_engine(d) == DB_SQLITE ? 1 : 7 };	/* the SQL is the same, the way there longer */

		every_order(db, &o, 0);
		assert_int_equal(o.seen, 720);
		assert_true(o.tried >= 720 / o.each);
		if (i == 0) {
			assert_non_null(strstr(o.expected, "tries 2 closed 1799658605 answered\n"));
			assert_non_null(strstr(o.expected, "tries 1 closed - - waits"));
		}
	}
	arena_close(a);
}

static void
test_any_order(void **state)
{
	(void)state;
	store_each(any_order, NULL);
}

/* ---- one task, however often she calls ---- */

static int64_t
count(struct db *db, const char *sql)
{
	struct err err = { 0 };
	int64_t n = -1;

	town_must(db_id(db, sql, &n, &err, ""), &err, sql);
	return n;
}

static void
the_only_contact(struct db *db, struct arena *a, struct contact *c, const char *state)
{
	struct err err = { 0 };
	int64_t id = count(db, "SELECT MAX(id) FROM contact");

	town_must(contact_get(db, a, id, c, &err), &err, "contact");
	assert_string_equal(c->state, state);
}

static void
one_task(struct database *d, struct db *db, void *arg)
{
	int64_t now = at("2027-01-11T10:00:00+01:00");		/* a Monday */
	struct arena *a = arena_open();
	struct town t = town_make(db, now);
	int64_t exchange_id = exchange_make(db, "VX1", t.centre, now);
	struct actor guide = { .account_id = t.guide, .name = "guide", .unit_id = t.centre };
	struct callback_row_list open;
	struct contact c;
	struct err err = { 0 };

	(void)d;
	(void)arg;
	for (int i = 0; i < 10; i++)
		tell(db, a, exchange_id, now + i * 60, arena_printf(a, "{\"call_id\": \"%d\", \"kind\": \"missed\", \"at\": "
		    "\"2027-01-11T10:%02d:00+01:00\", \"number\": \"070-123 45 67\"}", i, i));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 1);
	the_only_contact(db, a, &c, "new");
	assert_string_equal(c.channel, "phone");
	assert_string_equal(c.kind, "contact");
	assert_string_equal(c.sender_phone, "+46701234567");
	assert_string_equal(c.reply_by, "phone");
	assert_int_equal(c.unit_id, t.centre);
	assert_non_null(strstr(c.subject, "10"));
	assert_int_equal(c.answer_by, at("2027-01-13T00:00:00+01:00"));		/* the end of the next working day */
	town_must(callback_open(db, a, &guide, 10, &open, &err), &err, "open");
	assert_int_equal(open.n, 1);
	assert_int_equal(open.item[0].tries, 10);
	assert_string_equal(open.item[0].number, "+46701234567");
	assert_whole(db, a, now);

	/* a person calls her and writes what was said: the next lost call is a new task, a late one is not */
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_PHONE, .ending = "done",
	    .text = "Vi talade om snöröjningen, den görs i kväll." }, &guide, at("2027-01-11T11:00:00+01:00"), NULL, &err), &err,
	    "answer");
	tell(db, a, exchange_id, at("2027-01-11T11:01:00+01:00"), event(a, "late", "missed", "10:20:00", "0701234567", ""));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 1);
	tell(db, a, exchange_id, at("2027-01-11T11:31:00+01:00"), event(a, "new", "missed", "11:30:00", "0701234567", ""));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 2);
	/* the exchange's clock is ten minutes behind: better one task too many than one who waits for nobody */
	the_only_contact(db, a, &c, "new");
	town_must(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_PHONE, .ending = "done",
	    .text = "Hon undrade om tiden, och fick svar på det." }, &guide, at("2027-01-11T11:40:00+01:00"), NULL, &err), &err,
	    "answer");
	tell(db, a, exchange_id, at("2027-01-11T11:42:00+01:00"), event(a, "slow", "missed", "11:32:00", "0701234567", ""));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 3);
	assert_whole(db, a, at("2027-01-11T11:43:00+01:00"));

	/* answered later: closed by itself, with the reason, and the call is the answer */
	tell(db, a, exchange_id, at("2027-01-11T11:50:00+01:00"), event(a, "talk", "answered", "11:49:00", "0701234567", ""));
	the_only_contact(db, a, &c, "answered");
	assert_string_equal(c.ending, "done");
	assert_non_null(c.ending_why);
	assert_int_equal(c.answered_at, at("2027-01-11T11:49:00+01:00"));
	assert_whole(db, a, at("2027-01-11T11:51:00+01:00"));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_why = 'by_hand'"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_why = 'answered'"), 1);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_at IS NULL"), 0);

	/* withheld: counted, no task */
	tell(db, a, exchange_id, at("2027-01-11T12:00:00+01:00"), event(a, "hid", "missed", "11:59:00", "anonymous", ""));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 3);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM phone_call WHERE number IS NULL AND kind = 'missed'"), 1);
	/* told too late to be waiting for us: counted, no task */
	tell(db, a, exchange_id, at("2027-01-19T12:00:00+01:00"), event(a, "old", "missed", "11:59:00", "0708888888", ""));
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 3);
	/* rings, and the exchange never says more: lost, and a task, at the tick an hour later */
	tell(db, a, exchange_id, at("2027-01-11T12:30:00+01:00"), event(a, "hang", "ringing", "12:30:00", "0709999999", ""));
	{
		int64_t lost = -1;

		town_must(call_tick(db, at("2027-01-11T13:00:00+01:00"), &lost, &err), &err, "tick");
		assert_int_equal(lost, 0);
		town_must(call_tick(db, at("2027-01-11T13:31:00+01:00"), &lost, &err), &err, "tick");
		assert_int_equal(lost, 1);
		town_must(call_tick(db, at("2027-01-11T13:32:00+01:00"), &lost, &err), &err, "tick");
		assert_int_equal(lost, 0);
	}
	the_only_contact(db, a, &c, "new");
	assert_string_equal(c.sender_phone, "+46709999999");
	/* what was closed by hand is closed for the list of who waits, and means the same as before */
	{
		int64_t lost;

		town_must(call_tick(db, at("2027-01-12T13:00:00+01:00"), &lost, &err), &err, "tick");
	}
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback WHERE closed_why = 'by_hand'"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_why = 'by_hand'"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_at IS NULL"), 1);
	assert_whole(db, a, at("2027-01-11T13:33:00+01:00"));
	arena_close(a);
}

static void
test_one_task(void **state)
{
	(void)state;
	store_each(one_task, NULL);
}

/* ---- whose number is shown to whom ---- */

static bool
protect(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return db_run(tx, "UPDATE person SET protected = 1 WHERE phone = '+46701234567'", NULL, err, "") &&
	    db_run(tx, "UPDATE contact SET restricted = 2 WHERE sender_phone = '+46701234567'", NULL, err, "") &&
	    db_run(tx, "UPDATE document SET restricted = 2 WHERE contact_id IN (SELECT id FROM contact WHERE restricted = 2)", NULL, err,
	    "");
}

static void
rights(struct database *d, struct db *db, void *arg)
{
	int64_t now = at("2027-01-11T10:00:00+01:00");
	struct arena *a = arena_open();
	struct town t = town_make(db, now);
	int64_t exchange_id = exchange_make(db, "VX1", t.centre, now), other = exchange_make(db, "VX2", t.street, now);
	int64_t few = town_account(db, "few", ROLE_PROTECTED_HANDLER, t.ks, 0, now);
	struct actor guide = { .account_id = t.guide, .unit_id = t.centre }, handler = { .account_id = t.handler },
	    trusted = { .account_id = few }, visitor = { 0 };
	struct call_listed *listed;
	struct contact_row_list before;
	struct call_row_list rows;
	struct contact_out out;
	struct call_row row;
	struct err err = { 0 };
	const char *name;
	size_t n;

	(void)d;
	(void)arg;
	town_must(contact_receive(db, a, &(struct contact_in){ .channel = "phone", .authority_id = t.ks, .unit_id = t.centre,
	    .sender_name = "Demo Resident", .sender_phone = "0701234567", .subject = "Fråga", .text = "En fråga." }, now, &out, &err),
	    &err, "contact");
	tell(db, a, exchange_id, now, event(a, "1", "ringing", "10:00:00", "0701234567", ""));
	tell(db, a, other, now, event(a, "2", "ringing", "10:00:01", "0702", ""));
	town_must(call_ringing(db, a, &guide, now, 10, &rows, &err), &err, "ringing");
	assert_int_equal(rows.n, 1);			/* the other authority's exchange is not hers */
	assert_string_equal(rows.item[0].number, "+46701234567");
	assert_string_equal(rows.item[0].caller, "Demo Resident");
	town_must(call_contacts_of(db, a, &guide, "+46701234567", 10, &before, &name, &err), &err, "before");
	assert_int_equal(before.n, 1);
	assert_string_equal(name, "Demo Resident");
	town_must(call_ringing(db, a, &handler, now, 10, &rows, &err), &err, "ringing");
	assert_int_equal(rows.n, 1);
	assert_null(rows.item[0].caller);
	assert_false(call_get(db, a, &guide, rows.item[0].id, &row, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	err = (struct err){ 0 };
	town_must(call_contacts_of(db, a, &handler, "+46701234567", 10, &before, &name, &err), &err, "before");
	assert_int_equal(before.n, 0);			/* contacts of another authority */
	assert_null(name);
	town_must(call_ringing(db, a, &visitor, now, 10, &rows, &err), &err, "ringing");
	assert_int_equal(rows.n, 0);

	town_must(db_write(db, protect, NULL, &err), &err, "protect");
	town_must(call_ringing(db, a, &guide, now, 10, &rows, &err), &err, "ringing");
	assert_int_equal(rows.n, 1);			/* somebody rings: as a withheld number */
	assert_null(rows.item[0].number);
	assert_true(rows.item[0].withheld);
	town_must(call_ringing(db, a, &trusted, now, 10, &rows, &err), &err, "ringing");
	assert_int_equal(rows.n, 1);
	assert_string_equal(rows.item[0].number, "+46701234567");
	tell(db, a, exchange_id, now, event(a, "1", "missed", "10:00:30", "0701234567", ""));
	town_must(call_since(db, a, 0, NULL, NULL, 0, 10, &listed, &n, &err), &err, "list");
	assert_int_equal(n, 2);
	assert_null(listed[0].number);
	assert_non_null(listed[0].callback);
	assert_string_equal(listed[1].number, "0702");
	/* her task is hers to see who may open it */
	{
		struct callback_row_list open;

		town_must(callback_open(db, a, &guide, 10, &open, &err), &err, "open");
		assert_int_equal(open.n, 0);
		town_must(callback_open(db, a, &trusted, 10, &open, &err), &err, "open");
		assert_int_equal(open.n, 1);
		assert_null(open.item[0].number);	/* read on its own page, where reading is logged */
	}
	arena_close(a);
}

static void
test_rights(void **state)
{
	(void)state;
	store_each(rights, NULL);
}

/* ---- the endpoint ---- */

static long
post_calls(struct web *w, const char *token, const char *body)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	char line[300];
	long status;

	(void)snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
	headers = curl_slist_append(headers, token[0] == '\0' ? "X-Nothing: 1" : line);
	headers = curl_slist_append(headers, "Accept-Language: en");
	(void)curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(w->curl, CURLOPT_MIMEPOST, NULL);
	(void)curl_easy_setopt(w->curl, CURLOPT_COPYPOSTFIELDS, body);
	status = web_do(w, "/api/calls");
	(void)curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return status;
}

static void
endpoint(struct database *d, struct db *db, void *arg)
{
	int64_t now = (int64_t)time(NULL);
	struct arena *a = arena_open();
	struct town t = town_make(db, now);
	int64_t one = exchange_make(db, "VX1", t.centre, now), two = exchange_make(db, "VX2", t.centre, now);
	const char *first, *second, *again, *body;
	struct http_server *server;
	struct err err = { 0 };
	struct sb sb;
	struct web w;
	int port;

	(void)arg;
	town_must(exchange_token(db, a, 0, one, now, &first, &err), &err, "token");
	town_must(exchange_token(db, a, 0, two, now, &second, &err), &err, "token");
	server = town_serve(d, &port);
	web_open(&w, port);
	body = arena_printf(a, "{\"call_id\": \"1\", \"kind\": \"missed\", \"at\": \"%s\", \"number\": \"0701234567\"}",
	    instant_text(now - 10).s);
	assert_int_equal(post_calls(&w, "", body), 401);
	assert_true(web_has(&w, "Authorization: Bearer TOKEN"));
	assert_int_equal(post_calls(&w, "nkx_wrong", body), 401);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM phone_call"), 0);
	assert_int_equal(post_calls(&w, first, body), 200);
	assert_string_equal(w.body, "{\"taken\": 1, \"known\": 0, \"bad\": []}\n");
	assert_int_equal(post_calls(&w, first, body), 200);
	assert_string_equal(w.body, "{\"taken\": 0, \"known\": 1, \"bad\": []}\n");
	assert_int_equal(post_calls(&w, second, body), 200);		/* another exchange's call of the same name */
	assert_int_equal(count(db, "SELECT COUNT(*) FROM phone_call"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 1);
	assert_int_equal(count(db, "SELECT tries FROM callback"), 2);

	/* an array with a bad one, lines with a bad one: the good are kept */
	assert_int_equal(post_calls(&w, first, arena_printf(a, "[%s, {\"call_id\": \"2\"}, {\"call_id\": \"3\", \"kind\": \"ringing\","
	    " \"at\": \"%s\"}]", body, instant_text(now).s)), 422);
	assert_true(web_has(&w, "{\"taken\": 1, \"known\": 1, \"bad\": [{\"line\": 2, \"field\": \"kind\""));
	assert_int_equal(post_calls(&w, first, arena_printf(a, "{\"call_id\": \"4\", \"kind\": \"ringing\", \"at\": \"%s\"}\nwhat?\n"
	    "{\"call_id\": \"5\", \"kind\": \"ringing\", \"at\": \"%s\"}\n", instant_text(now).s, instant_text(now + 3600).s)), 422);
	assert_true(web_has(&w, "\"taken\": 1"));
	assert_true(web_has(&w, "\"line\": 2"));
	assert_true(web_has(&w, "ten minutes ahead"));
	assert_int_equal(post_calls(&w, first, "   "), 400);

	/* too much at once: nothing of it is kept */
	sb_init(&sb, a, 4 << 20);
	for (int i = 0; i <= CALL_EVENTS_MAX; i++)
		sb_addf(&sb, "{\"call_id\": \"m%d\", \"kind\": \"ringing\", \"at\": \"%s\"}\n", i, instant_text(now).s);
	assert_int_equal(post_calls(&w, first, sb_str(&sb)), 413);
	sb_init(&sb, a, 4 << 20);
	while (sb.len <= CALL_BODY_MAX)
		sb_add(&sb, "                                                                ");
	assert_int_equal(post_calls(&w, first, sb_str(&sb)), 413);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM phone_call"), 4);

	/* a new token ends the old one; one that is revoked, or whose exchange is not in use, opens nothing */
	town_must(exchange_token(db, a, 0, one, now, &again, &err), &err, "token");
	assert_int_equal(post_calls(&w, first, body), 401);
	assert_int_equal(post_calls(&w, again, body), 200);
	town_must(exchange_token(db, a, 0, one, now, NULL, &err), &err, "revoke");
	assert_int_equal(post_calls(&w, again, body), 401);
	town_must(exchange_save(db, 0, &(struct exchange){ .id = two, .code = "VX2", .name = "x", .unit_id = t.centre }, now, NULL, &err),
	    &err, "not in use");
	assert_int_equal(post_calls(&w, second, body), 401);
	/* the token is nowhere in the database */
	assert_int_equal(count(db, "SELECT COUNT(*) FROM exchange WHERE token_hash LIKE 'nkx%'"), 0);
	assert_whole(db, a, now + 1);
	web_close(&w);
	http_server_stop(server, 2);
	arena_close(a);
}

static void
test_endpoint(void **state)
{
	(void)state;
	store_each(endpoint, NULL);
}

/* ---- the desk ---- */

static void
desk(struct database *d, struct db *db, void *arg)
{
	int64_t now = (int64_t)time(NULL);
	struct arena *a = arena_open();
	struct town t = town_make(db, now);
	int64_t exchange_id = exchange_make(db, "VX1", t.centre, now), auditor = town_account(db, "auditor", ROLE_AUDITOR, t.ks, 0, now);
	const char *category = arena_printf(a, "%" PRId64, t.category), *tomorrow = arena_strdup(a,
	    date_text(date_add(local_date(now), 1)).s), *call;
	struct http_server *server;
	struct contact c;
	struct err err = { 0 };
	struct web guide, other;
	int port;

	(void)arg;
	tell(db, a, exchange_id, now, arena_printf(a, "{\"call_id\": \"1\", \"kind\": \"missed\", \"at\": \"%s\", \"number\":"
	    " \"0701234567\"}", instant_text(now - 600).s));
	tell(db, a, exchange_id, now, arena_printf(a, "{\"call_id\": \"2\", \"kind\": \"ringing\", \"at\": \"%s\", \"number\":"
	    " \"0701234567\"}", instant_text(now - 5).s));
	call = arena_printf(a, "%" PRId64, count(db, "SELECT id FROM phone_call WHERE call_id = '2'"));
	server = town_serve(d, &port);
	town_sign_in(&guide, db, port, t.guide);
	town_sign_in(&other, db, port, auditor);
	assert_int_equal(web_get(&other, "/telefon"), 403);
	assert_int_equal(web_get(&other, "/telefon/handelser"), 403);
	assert_int_equal(web_get(&guide, "/telefon"), 200);
	assert_true(web_has(&guide, "+46701234567"));

	/* nothing without the page's token; nothing without words, and what was written stays */
	assert_int_equal(web_forge(&guide, "/telefon", "samtal", call, "text", "Fråga om snö", "gor", "klart", NULL), 404);		/* as any refusal here */
	assert_int_equal(web_post(&guide, "/telefon", "samtal", call, "text", "", "gor", "klart", NULL), 422);
	assert_int_equal(web_post(&guide, "/telefon", "samtal", call, "text", "Fråga om snö", "gor", "overlamna", "category", category,
	    "promised_day", tomorrow, "promised_time", "kl tolv", NULL), 422);
	assert_true(web_has(&guide, "Fråga om snö"));
	assert_int_equal(web_post(&guide, "/telefon", "samtal", "999", "text", "Fråga om snö", "gor", "klart", NULL), 404);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM contact"), 1);

	/* answered: two documents (what she asked, what was said), ended, the call's note, and nobody needs to call her back */
	assert_int_equal(web_post(&guide, "/telefon", "samtal", call, "text", "När plogas Ågatan?", "answer",
	    "Den plogas i eftermiddag.", "gor", "klart", "category", category, NULL), 303);
	the_only_contact(db, a, &c, "answered");
	assert_string_equal(c.ending, "done");
	assert_int_equal(c.unit_id, t.centre);
	assert_int_equal(c.category_id, t.category);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM document WHERE kind = 'call_note' AND registered_by IS NOT NULL"
	    " AND contact_id = (SELECT MAX(id) FROM contact)"), 2);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM phone_call WHERE contact_id = (SELECT MAX(id) FROM contact)"), 1);
	assert_int_equal(count(db, "SELECT COUNT(*) FROM callback_task WHERE closed_at IS NULL"), 0);

	/* handed over: the other authority's unit has a task with the promised instant */
	assert_int_equal(web_post(&guide, "/telefon", "nummer", "070-999 99 99", "name", "Demo Resident", "text", "Hål i vägen",
	    "gor", "overlamna", "category", category, "promised_day", tomorrow, "promised_time", "12.30", NULL), 303);
	the_only_contact(db, a, &c, "new");
	assert_int_equal(c.unit_id, t.street);
	assert_int_equal(c.answer_by, local_instant(date_add(local_date(now), 1), 12, 30, 0));
	assert_string_equal(c.sender_phone, "+46709999999");
	assert_string_equal(c.reply_by, "phone");
	/* kept by herself */
	assert_int_equal(web_post(&guide, "/telefon", "nummer", "070-999 99 99", "text", "Hål i vägen igen", "gor", "jag",
	    "promised_day", tomorrow, "promised_time", "9", NULL), 303);
	the_only_contact(db, a, &c, "assigned");
	assert_int_equal(c.owner_id, t.guide);
	assert_whole(db, a, now + 1);

	/* A protected caller's number is not hers to see. She writes it down all the same, is told nothing, and it waits for those
	 * who may. */
	town_must(db_write(db, protect, NULL, &err), &err, "protect");
	tell(db, a, exchange_id, now, arena_printf(a, "{\"call_id\": \"3\", \"kind\": \"ringing\", \"at\": \"%s\", \"number\":"
	    " \"0701234567\"}", instant_text(now - 3).s));
	call = arena_printf(a, "/telefon?samtal=%" PRId64, count(db, "SELECT id FROM phone_call WHERE call_id = '3'"));
	assert_int_equal(web_get(&guide, call), 200);
	assert_false(web_has(&guide, "701234567"));
	assert_int_equal(web_get(&guide, "/telefon?nummer=0701234567"), 200);
	assert_false(web_has(&guide, "plogas"));			/* nothing of what she asked before */
	assert_int_equal(web_get(&guide, call), 200);
	assert_int_equal(web_post(&guide, "/telefon", "samtal", strchr(call, '=') + 1, "text", "Hon ville tala med rektorn", "answer",
	    "Rektorn ringer upp.", "gor", "klart", NULL), 303);
	the_only_contact(db, a, &c, "new");
	assert_int_equal(c.restricted, REACH_PROTECTED);
	assert_string_equal(c.sender_phone, "+46701234567");
	assert_int_equal(c.owner_id, 0);
	assert_int_equal(web_get(&guide, "/telefon"), 200);
	assert_false(web_has(&guide, "701234567"));
	assert_false(web_has(&guide, "rektorn"));
	web_close(&guide);
	web_close(&other);
	http_server_stop(server, 2);
	arena_close(a);
}

static void
test_desk(void **state)
{
	(void)state;
	store_each(desk, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_task),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_endpoint),
		cmocka_unit_test(test_desk),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

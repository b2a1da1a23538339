/* cmd/list.c: `list THING` and `show NUMBER`: what the database holds, for administrators' scripts
 *
 * Whoever may read the database file may read all of it, so nothing is filtered by role here; secrecy-marked and
 * protected contacts still show only their number and state, since output ends up in files and tickets. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "call/call_store.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "contact/contact.h"
#include "contact/contact_json.h"
#include "db/db.h"
#include "registry/document.h"
#include "registry/matter.h"
#include "representative/escalation.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { PAGE = 200, LINE_MAX_BYTES = 2 * 1024 * 1024 };

struct listing { struct db *db; struct arena *a; const struct options *o; int64_t since, left, now; bool full; };

/* One line out; the limit may then have been reached. */
static void
put_line(struct listing *l, struct sb *sb)
{
	(void)puts(sb_str(sb));
	l->full = l->left > 0 && --l->left == 0;
}

static void
contact_line(struct listing *l, const struct contact *c, struct sb *sb, struct err *err)
{
	struct document_list docs = { 0 };
	bool has = document_of(l->db, l->a, c->id, 0, REACH_PROTECTED, &docs, err) && docs.n > 0;

	if (l->o->json)
		contact_json(sb, c, has ? docs.item[0].file : NULL, has ? docs.item[0].n_files : 0, l->now, REACH_OPEN);
	else
		sb_addf(sb, "%s  %-10s  %-12s  %s  %s", c->number, c->state, c->unit_name == NULL ? "-" : c->unit_name,
		    c->answer_by == 0 ? "-         " : date_text(local_date(c->answer_by - 1)).s,
		    c->restricted == 0 ? c->subject : "***");
}

/* Prints the rows after *after, at most PAGE, and moves *after; *n says how many there were. */
typedef bool page_fn(struct listing *l, int64_t *after, size_t *n, struct err *err);

static bool
contacts_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct contact *c;

	if (!contact_since(l->db, l->a, l->since, l->o->state, l->o->authority, *after, PAGE, &c, n, err))
		return false;
	for (size_t i = 0; i < *n && !l->full; i++) {
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		contact_line(l, &c[i], &sb, err);
		*after = c[i].id;
		if (err->code != ERR_NONE)
			return false;
		put_line(l, &sb);
	}
	return true;
}

static bool
events_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct event_list list;

	if (!event_after(l->db, l->a, *after, l->since, PAGE, &list, err))
		return false;
	for (size_t i = 0; i < list.n && !l->full; i++) {
		const struct event *e = &list.item[i];
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		if (l->o->json) {
			event_json(&sb, e);
		} else {
			struct contact c = { 0 };

			if (e->contact_id != 0 && !contact_get(l->db, l->a, e->contact_id, &c, err))
				return false;
			sb_addf(&sb, "%" PRId64 "  %s  %s  %s  %s %" PRId64 "%s%s", e->id, instant_text(e->at).s, e->actor, e->action,
			    e->object, e->object_id, c.number == NULL ? "" : "  ", c.number == NULL ? "" : c.number);
		}
		*after = e->id;
		put_line(l, &sb);
	}
	*n = list.n;
	return true;
}

/* All in one page. */
static bool
outbox_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct outbox_list list;

	(void)after;
	*n = 0;
	if (!outbox_list_since(l->db, l->a, l->since, l->o->state, l->left == 0 ? 1000000 : (size_t)l->left, &list, err))
		return false;
	for (size_t i = 0; i < list.n && !l->full; i++) {
		struct contact c = { 0 };
		struct err none = { 0 };
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		if (list.item[i].contact_id != 0)
			(void)contact_get(l->db, l->a, list.item[i].contact_id, &c, &none);
		if (c.restricted > 0)	/* what was written to and about her, and where she is reached */
			list.item[i].recipient = list.item[i].subject = list.item[i].text = list.item[i].error = "***";
		if (l->o->json)
			outbox_json(&sb, &list.item[i], c.number);
		else
			sb_addf(&sb, "%" PRId64 "  %-9s  %" PRId64 "  %s", list.item[i].id, list.item[i].state,
			    list.item[i].attempts, list.item[i].subject);
		put_line(l, &sb);
	}
	return true;
}

static bool
matters_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct matter_list list;

	if (!matter_since(l->db, l->a, l->since, l->o->state, l->o->authority, *after, PAGE, &list, err))
		return false;
	for (size_t i = 0; i < list.n && !l->full; i++) {
		const struct matter *m = &list.item[i];
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		if (l->o->json)
			matter_json(&sb, m);
		else
			sb_addf(&sb, "%s  %-12s  %s", m->number, m->state, m->restricted == 0 ? m->title_internal : "***");
		*after = m->id;
		put_line(l, &sb);
	}
	*n = list.n;
	return true;
}

static bool
escalations_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct escalation_list list;

	if (!escalation_since(l->db, l->a, l->since, l->o->state, l->o->authority, *after, PAGE, &list, err))
		return false;
	for (size_t i = 0; i < list.n && !l->full; i++) {
		const struct escalation *e = &list.item[i];
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		if (l->o->json)
			escalation_json(&sb, e);
		else
			sb_addf(&sb, "%" PRId64 "  %s  %-14s  %-11s  %s  %s", e->id, e->contact_number, e->level, e->state,
			    date_text(local_date(e->answer_by - 1)).s, e->to == NULL ? "-" : e->to);
		*after = e->id;
		put_line(l, &sb);
	}
	*n = list.n;
	return true;
}

static void
call_json(struct sb *sb, const struct call_listed *c)
{
	static const struct { const char *key; size_t at; } text[] = {
		{ "exchange", offsetof(struct call_listed, exchange) }, { "call_id", offsetof(struct call_listed, call_id) },
		{ "number", offsetof(struct call_listed, number) }, { "kind", offsetof(struct call_listed, kind) },
		{ "callback", offsetof(struct call_listed, callback) }, { "queue", offsetof(struct call_listed, queue) },
		{ "authority", offsetof(struct call_listed, authority) }, { "unit", offsetof(struct call_listed, unit) },
	};

	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		sb_addf(sb, "%s\"%s\": ", i == 0 ? "{" : ", ", text[i].key);
		sb_json(sb, *(const char *const *)(const void *)((const char *)c + text[i].at));
	}
	sb_addf(sb, ", \"at\": \"%s\", \"seconds\": ", instant_text(c->at).s);
	if (c->seconds < 0)
		sb_add(sb, "null}");
	else
		sb_addf(sb, "%" PRId64 "}", c->seconds);
}

static bool
calls_page(struct listing *l, int64_t *after, size_t *n, struct err *err)
{
	struct call_listed *c;

	if (!call_since(l->db, l->a, l->since, l->o->state, l->o->authority, *after, PAGE, &c, n, err))
		return false;
	for (size_t i = 0; i < *n && !l->full; i++) {
		struct sb sb;

		sb_init(&sb, l->a, LINE_MAX_BYTES);
		if (l->o->json)
			call_json(&sb, &c[i]);
		else
			sb_addf(&sb, "%s  %s  %-9s  %5" PRId64 " s  %-14s  %s", c[i].exchange, instant_text(c[i].at).s, c[i].kind,
			    c[i].seconds < 0 ? 0 : c[i].seconds, c[i].number == NULL ? "-" : c[i].number,
			    c[i].callback == NULL ? "-" : c[i].callback);
		*after = c[i].id;
		put_line(l, &sb);
	}
	return true;
}

static const struct { const char *thing; page_fn *page; } things[] = {
	{ "contacts", contacts_page }, { "matters", matters_page }, { "events", events_page }, { "outbox", outbox_page },
	{ "escalations", escalations_page }, { "calls", calls_page },
};

static bool
in_pages(struct listing *l, page_fn *page, struct err *err)
{
	int64_t after = 0;
	size_t n;

	do {
		arena_reset(l->a);
		if (!page(l, &after, &n, err))
			return false;
	} while (n == PAGE && !l->full);
	return true;
}

static bool
since_of(const struct options *o, int64_t *since)
{
	struct date d;

	*since = 0;
	if (o->since == NULL)
		return true;
	if (date_parse(o->since, &d)) {
		*since = local_instant(d, 0, 0, 0);
		return true;
	}
	return instant_parse(o->since, since);
}

int
cmd_list(int argc, char **argv)
{
	struct arena *kept = arena_open(), *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct listing l = { .a = a, .o = &o };
	int code = EXIT_USAGE;
	size_t i;

	if (!options_parse(kept, argc, argv, &o))
		goto done;
	for (i = 0; o.n_arguments == 1 && i < ARRAY_LEN(things) && strcmp(things[i].thing, o.argument[0]) != 0; i++)
		;
	if (o.n_arguments != 1 || i == ARRAY_LEN(things)) {
		code = cmd_usage("list", "expected one of contacts, matters, events, outbox, escalations, calls");
		goto done;
	}
	if (!since_of(&o, &l.since)) {
		code = cmd_usage("list", "--since: a date or an instant is expected");
		goto done;
	}
	l.left = o.limit;
	l.now = options_now(&o);
	if (!options_database(&o, false, &d, &l.db, &err) || !in_pages(&l, things[i].page, &err))
		code = cmd_fail("list", &err);
	else
		code = fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
done:
	database_close(d);
	arena_close(a);
	arena_close(kept);
	return code;
}

static bool
show_events(struct db *db, struct arena *a, int64_t contact_id, int64_t matter_id, bool json, struct sb *sb,
    struct err *err)
{
	struct event_list list;

	if (!event_of(db, a, contact_id, matter_id, REACH_PROTECTED, 10000, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (json) {
			sb_add(sb, i == 0 ? "" : ", ");
			event_json(sb, &list.item[i]);
		} else {
			sb_addf(sb, "\n%s  %-24s %s", instant_text(list.item[i].at).s, list.item[i].action,
			    list.item[i].actor_name != NULL ? list.item[i].actor_name : list.item[i].actor);
		}
	}
	return true;
}

static bool
show(const struct options *o, struct db *db, struct arena *a, struct err *err)
{
	struct contact c = { 0 };
	struct matter m = { 0 };
	struct document_list docs = { 0 };
	struct sb sb;
	bool is_contact = contact_by_number(db, a, o->argument[0], &c, err);

	if (!is_contact) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		if (!matter_by_number(db, a, o->argument[0], &m, err))
			return false;
	}
	sb_init(&sb, a, 32 * 1024 * 1024);
	if (is_contact && !document_of(db, a, c.id, 0, REACH_PROTECTED, &docs, err))
		return false;
	if (o->json) {
		if (is_contact)
			contact_json(&sb, &c, docs.n > 0 ? docs.item[0].file : NULL, docs.n > 0 ? docs.item[0].n_files : 0,
			    options_now(o), REACH_OPEN);
		else
			matter_json(&sb, &m);
		sb.len--;		/* the closing brace: the timeline goes inside */
		sb_add(&sb, ", \"timeline\": [");
	} else {
		sb_addf(&sb, "%s  %s\n%s", is_contact ? c.number : m.number, is_contact ? c.state : m.state,
		    (is_contact ? c.restricted : m.restricted) != 0 ? "***" : is_contact ? c.subject : m.title_internal);
	}
	if (!show_events(db, a, c.id, m.id, o->json, &sb, err))
		return false;
	if (o->json)
		sb_add(&sb, "]}");
	(void)puts(sb_str(&sb));
	return true;
}

int
cmd_show(int argc, char **argv)
{
	struct arena *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct db *db;
	int code = EXIT_USAGE;

	if (options_parse(a, argc, argv, &o)) {
		if (o.n_arguments != 1)
			code = cmd_usage("show", "one number is expected, such as K-2027-000118");
		else if (!options_database(&o, false, &d, &db, &err) || !show(&o, db, a, &err))
			code = cmd_fail("show", &err);
		else
			code = EXIT_DONE;
	}
	database_close(d);
	arena_close(a);
	return code;
}

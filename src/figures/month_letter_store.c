/* figures/month_letter_store.c: the letters as rows, and what they are made of */
#include "figures/month_letter.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "contact/clock.h"
#include "contact/clock_store.h"
#include "contact/counted.h"
#include "contact/site_words.h"
#include "db/db.h"
#include "figures/figures_store.h"
#include "law/promise.h"
#include "people/office.h"
#include "people/rows.h"
#include "people/site.h"
#include "registry/document.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { EARLIER_DAYS = 100, PATH_MAX_BYTES = 400 };	/* contacts that came so long before may have been promised an answer in the first month */

/* ---- counting: all committees in one pass --------------------------------------------------------------------------- */

struct named_id { int64_t id; size_t n, not_done; const char *name; };
struct named_list { struct named_id *item; size_t n, cap; };

struct committee {
	int64_t id;
	const char *code, *name, *email;
	struct letter_month history[MONTH_LETTER_HISTORY];
	struct figures_count *now, *before;
	struct named_list category, unit;
	size_t arrived, waiting;
	int64_t oldest_at;
	struct letter_facts facts;
};

struct counting {
	struct arena *a;
	int month;			/* year * 12 + month - 1 */
	int64_t from, to;		/* of the month: instants, `to` excluded */
	int64_t before_from;
	struct committee *committee;
	size_t n;
};

static struct date
first_of(int month)
{
	return (struct date){ month / 12, month % 12 + 1, 1 };
}

static int
month_of(struct date d)
{
	return d.year * 12 + d.month - 1;
}

static struct committee *
committee_of(struct counting *x, int64_t id)
{
	for (size_t i = 0; i < x->n; i++) {
		if (x->committee[i].id == id)
			return &x->committee[i];
	}
	return NULL;
}

static struct named_id *
named(struct arena *a, struct named_list *list, int64_t id)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->item[i].id == id)
			return &list->item[i];
	}
	list->item = rows_room(a, list->item, list->n, &list->cap, sizeof(*list->item));
	list->item[list->n] = (struct named_id){ .id = id };
	return &list->item[list->n++];
}

static void
count_promise(struct counting *x, struct committee *k, const struct figures_case *c)
{
	/* 24:00 of the promised day is the first second of the next; a contact promised nothing is in no month */
	int back = c->promised_by == 0 ? -1 : x->month - month_of(local_date(c->promised_by - 1));
	struct letter_month *m;

	if (back < 0 || back >= MONTH_LETTER_HISTORY)
		return;
	m = &k->history[MONTH_LETTER_HISTORY - 1 - back];
	m->due++;
	m->kept += figures_kept(c, x->to);
}

static void
count_row(void *arg, const struct figures_row *r)
{
	struct counting *x = arg;
	struct committee *k = committee_of(x, r->authority_id);

	if (k == NULL || r->c.out != COUNTED_IN)
		return;
	count_promise(x, k, &r->c);
	if (r->c.promised_by != 0 && r->c.promised_by <= x->to && r->c.arrived_at < x->to &&
	    (r->c.answered_at == 0 || r->c.answered_at >= x->to)) {
		k->waiting++;
		named(x->a, &k->unit, r->unit_id)->n++;
		if (k->oldest_at == 0 || r->c.arrived_at < k->oldest_at)
			k->oldest_at = r->c.arrived_at;
	}
	if (r->c.arrived_at >= x->from && r->c.arrived_at < x->to) {
		k->arrived++;
		named(x->a, &k->category, r->category_id)->n++;
		figures_add(k->now, &r->c);
	} else if (r->c.arrived_at >= x->before_from && r->c.arrived_at < x->from) {
		figures_add(k->before, &r->c);
	}
}

static struct figures_count *
count_of_month(struct arena *a, int month, int64_t now)
{
	struct figures_filter f = { .from = first_of(month), .to = date_add(first_of(month + 1), -1) };

	return figures_begin(a, &f, now);
}

/* ---- what stands in other tables ------------------------------------------------------------------------------------- */

#define OPEN_CONTACT " c.restricted = 0 AND " COUNTED_CONTACT("c")

static bool
read_disputed(struct db *db, struct counting *x, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT c.authority_id, c.category_id, COUNT(DISTINCT c.id) FROM ending_disputed d"
	    " JOIN contact c ON c.id = d.contact_id WHERE d.at >= $1 AND d.at < $2 AND" OPEN_CONTACT
	    " GROUP BY c.authority_id, c.category_id", err);
	enum db_step step;

	bind_i64(st, 1, x->from);
	bind_i64(st, 2, x->to);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct committee *k = committee_of(x, col_i64(st, 0));

		if (k != NULL)
			named(x->a, &k->category, col_i64(st, 1))->not_done = (size_t)col_i64(st, 2);
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
read_escalated(struct db *db, struct counting *x, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT c.authority_id, CASE e.level WHEN 'manager' THEN 0 WHEN 'representative' THEN 1 ELSE 2 END,"
	    " COUNT(*) FROM escalation e JOIN contact c ON c.id = e.contact_id WHERE e.asked_at >= $1 AND e.asked_at < $2 AND" OPEN_CONTACT
	    " GROUP BY 1, 2", err);
	enum db_step step;

	bind_i64(st, 1, x->from);
	bind_i64(st, 2, x->to);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct committee *k = committee_of(x, col_i64(st, 0));

		if (k != NULL)
			k->facts.escalated[col_i64(st, 1)] = (size_t)col_i64(st, 2);
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
read_calls(struct db *db, struct counting *x, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT authority_id, SUM(CASE WHEN kind = 'answered' THEN 1 ELSE 0 END),"
	    " SUM(CASE WHEN kind IN ('abandoned', 'missed') THEN 1 ELSE 0 END) FROM phone_call"
	    " WHERE started_at >= $1 AND started_at < $2 GROUP BY authority_id", err);
	enum db_step step;

	bind_i64(st, 1, x->from);
	bind_i64(st, 2, x->to);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct committee *k = committee_of(x, col_i64(st, 0));

		if (k == NULL)
			continue;
		k->facts.calls = true;
		k->facts.calls_answered = (size_t)col_i64(st, 1);
		k->facts.calls_lost = (size_t)col_i64(st, 2);
	}
	db_done(st);
	if (step == DB_FAIL)
		return false;
	st = db_stmt(db, "SELECT authority_id, COUNT(*), SUM(CASE WHEN closed_at <= promised_by THEN 1 ELSE 0 END) FROM callback_task"
	    " WHERE promised_by > $1 AND promised_by <= $2 AND restricted = 0 GROUP BY authority_id", err);
	bind_i64(st, 1, x->from);
	bind_i64(st, 2, x->to);
	while ((step = db_next(st, err)) == DB_ROW) {
		struct committee *k = committee_of(x, col_i64(st, 0));

		if (k == NULL)
			continue;
		k->facts.called_back_due = (size_t)col_i64(st, 1);
		k->facts.called_back_kept = (size_t)col_i64(st, 2);
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
read_names(struct db *db, struct counting *x, struct err *err)
{
	for (int i = 0; i < 2; i++) {
		struct stmt *st = db_stmt(db, i == 0 ? "SELECT id, name FROM category" : "SELECT id, name FROM unit", err);
		enum db_step step;

		while ((step = db_next(st, err)) == DB_ROW) {
			for (size_t k = 0; k < x->n; k++) {
				struct named_list *list = i == 0 ? &x->committee[k].category : &x->committee[k].unit;

				for (size_t j = 0; j < list->n; j++) {
					if (list->item[j].id == col_i64(st, 0))
						list->item[j].name = col_text(st, x->a, 1);
				}
			}
		}
		db_done(st);
		if (step == DB_FAIL)
			return false;
	}
	return true;
}

/* What the letter before told of how many came: its number, if it told one. */
static bool
read_before(struct db *db, struct counting *x, struct committee *k, struct err *err)
{
	struct date d = first_of(x->month - 1);
	struct stmt *st = db_stmt(db, "SELECT content FROM month_letter WHERE authority_id = $1 AND month = $2 AND state <> 'withdrawn'"
	    " ORDER BY edition DESC LIMIT 1", err);
	enum db_step step;
	json_t *o;

	bind_i64(st, 1, k->id);
	bind_text(st, 2, arena_printf(x->a, "%04d-%02d", d.year, d.month));
	if ((step = db_next(st, err)) == DB_ROW) {
		const char *text = col_text(st, x->a, 0);
		struct err ignored = { 0 };

		if (json_parse(text, strlen(text), &o, &ignored)) {
			k->facts.before_told = json_is_integer(json_object_get(o, "arrived"));
			k->facts.arrived_before = k->facts.before_told ? (size_t)json_integer_value(json_object_get(o, "arrived")) : 0;
			json_decref(o);
		}
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
settle(struct db *db, struct counting *x, struct committee *k, struct err *err)
{
	struct letter_facts *f = &k->facts;
	struct figures now, before;
	struct law_closed closed;
	struct date end = date_add(first_of(x->month + 1), -1);
	size_t n = k->category.n;

	if (!clock_closed_days(db, x->a, date_add(end, -MONTH_LETTER_HISTORY * 31), &closed, err) || !read_before(db, x, k, err))
		return false;
	figures_end(k->now, &now);
	figures_end(k->before, &before);
	f->authority_name = k->name;
	f->year = x->month / 12;
	f->month = x->month % 12 + 1;
	f->arrived = k->arrived;
	memcpy(f->history, k->history, sizeof(f->history));
	f->median = now.all.working.median;
	f->p90 = now.all.working.p90;
	f->mean = f->mean_se = f->mean_before = f->mean_se_before = NAN;
	/* compared only when both go equally far */
	if (now.all.n >= FIGURES_LEAST && before.all.n >= FIGURES_LEAST && fabs(now.all.working.mean_to - before.all.working.mean_to) < 1e-9) {
		f->mean = now.all.working.mean.mean;
		f->mean_se = now.all.working.mean.se;
		f->mean_before = before.all.working.mean.mean;
		f->mean_se_before = before.all.working.mean.se;
	}
	f->waiting = k->waiting;
	f->oldest_days = k->oldest_at == 0 ? 0 : law_working_days_between(local_date(k->oldest_at), end, &closed);
	f->n_units = k->unit.n;
	f->unit = arena_array(x->a, k->unit.n, sizeof(*f->unit));
	for (size_t i = 0; i < k->unit.n; i++)
		f->unit[i] = (struct letter_named){ k->unit.item[i].name == NULL ? "-" : k->unit.item[i].name, k->unit.item[i].n };
	f->n_categories = n;
	f->category = arena_array(x->a, n, sizeof(*f->category));
	f->not_done = arena_array(x->a, n, sizeof(*f->not_done));
	for (size_t i = 0; i < n; i++) {
		const struct named_id *c = &k->category.item[i];
		const char *name = c->name == NULL ? tr("sv", N_("Not sorted")) : c->name;

		f->category[i] = (struct letter_named){ name, c->n };
		f->not_done[i] = (struct letter_named){ name, c->not_done };
	}
	return true;
}

/* The facts of a month for the committees of the list. */
static bool
count_month(struct db *db, struct counting *x, int64_t now, struct err *err)
{
	struct date first = first_of(x->month - MONTH_LETTER_HISTORY + 1), last = date_add(first_of(x->month + 1), -1);
	struct figures_place *place;
	size_t n_places;
	bool ok;

	x->from = local_instant(first_of(x->month), 0, 0, 0);
	x->to = local_instant(first_of(x->month + 1), 0, 0, 0);
	x->before_from = local_instant(first_of(x->month - 1), 0, 0, 0);
	if (!figures_hours(db, x->a, first_of(x->month - 1), &place, &n_places, err))
		return false;
	for (size_t i = 0; i < x->n; i++) {
		x->committee[i].now = count_of_month(x->a, x->month, now);
		x->committee[i].before = count_of_month(x->a, x->month - 1, now);
		figures_places(x->committee[i].now, place, n_places);
		figures_places(x->committee[i].before, place, n_places);
	}
	ok = db_read_begin(db, err) && figures_open_rows(db, date_add(first, -EARLIER_DAYS), last, count_row, x, err) &&
	    read_disputed(db, x, err) && read_escalated(db, x, err) && read_calls(db, x, err) && read_names(db, x, err);
	for (size_t i = 0; ok && i < x->n; i++)
		ok = settle(db, x, &x->committee[i], err);
	db_read_end(db);
	return ok;
}

/* ---- made ------------------------------------------------------------------------------------------------------------ */

struct making {
	struct arena *a;
	const struct committee *k;
	struct month_letter letter;
	const void *bytes;
	size_t n_bytes;
	int64_t now, account_id, id;
	const char *base_url, *site_name;
	int64_t again_of;		/* the withdrawn edition; 0: the clock makes the first */
	bool there;			/* somebody has made it already */
};

static bool
send(struct db *tx, struct making *m, int64_t document_id, struct err *err)
{
	const char *title = month_letter_title(m->a, "sv", m->letter.month);

	return m->k->email == NULL || outbox_put(tx, &(struct outbox_message){ .document_id = document_id, .recipient = m->k->email,
	    .automatic = true, .subject = arena_printf(m->a, "%s: %s", m->k->name, title), .text = arena_printf(m->a,
	    "%s\n\n%s\n%s/manadsbrev/%" PRId64 "\n\n%s\n", tr("sv", N_("Here is the monthly letter to the committee, as a PDF.")),
	    tr("sv", N_("The same as a page, where it can be published:")), m->base_url, m->id, m->site_name) }, m->now, NULL, err);
}

static bool
make(struct db *tx, void *arg, struct err *err)
{
	struct making *m = arg;
	const struct month_letter *l = &m->letter;
	struct document_file file = { .name = arena_printf(m->a, "manadsbrev-%s-%s.pdf", m->k->code, l->month),
		.claimed_type = "application/pdf" };
	int64_t edition = 0, open = 0, document_id;
	char hash[65];

	m->there = false;
	if (!db_id(tx, "SELECT COALESCE(MAX(edition), 0) FROM month_letter WHERE authority_id = $1 AND month = $2", &edition, err, "it",
	    m->k->id, l->month) ||
	    !db_id(tx, "SELECT COUNT(*) FROM month_letter WHERE authority_id = $1 AND month = $2 AND state <> 'withdrawn'", &open, err, "it",
	    m->k->id, l->month))
		return false;
	/* the clock makes the first edition and no other; a person a new one when the last is withdrawn */
	if (open > 0 || (m->again_of == 0 && edition > 0) || (m->again_of != 0 && edition + 1 != l->edition)) {
		m->there = true;
		return true;
	}
	if (!file_put_as(tx, m->bytes, m->n_bytes, "application/pdf", hash, err))
		return false;
	file.sha256 = hash;
	if (!document_add(tx, &(struct document){ .authority_id = m->k->id, .direction = m->k->email != NULL ? "out" : "internal",
	    .kind = "letter", .channel = m->k->email != NULL ? "email" : NULL, .state = m->k->email != NULL ? "queued" : "completed",
	    .registered_at = m->now, .registered_by = m->account_id, .recipient = m->k->name,
	    .title = arena_printf(m->a, "%s: %s", m->k->name, month_letter_title(m->a, "sv", l->month)), .text = "",
	    .dated = arena_strdup(m->a, date_text(local_date(m->now)).s), .file = &file, .n_files = 1 }, &document_id, err) ||
	    !db_id(tx, "INSERT INTO month_letter (authority_id, month, edition, content, document_id, state, made_at)"
	    " VALUES ($1, $2, $3, $4, $5, 'made', $6) RETURNING id", &m->id, err, "ititii", m->k->id, l->month, l->edition, l->content,
	    document_id, m->now))
		return false;
	return send(tx, m, document_id, err) && event_note(tx, m->now, m->account_id, "month_letter.made", "month_letter", m->id, 0, 0, m->k->id, 0,
	    arena_printf(m->a, "{\"month\": \"%s\", \"edition\": %" PRId64 ", \"document\": %" PRId64 ", \"sha256\": \"%s\"}", l->month,
	    l->edition, document_id, hash), err);
}

static bool
make_one(struct db *db, struct arena *a, const struct committee *k, int month, struct making *m, struct err *err)
{
	const void *logo = NULL;
	size_t logo_bytes = 0;
	const char *type;
	struct err no_logo = { 0 };
	struct site site;

	if (!site_load(db, a, &site, err))
		return false;
	if (!site_logo(db, a, &type, &logo, &logo_bytes, &no_logo) || type == NULL || strcmp(type, "image/png") != 0)
		logo = NULL;
	m->a = a;
	m->k = k;
	m->site_name = site.name;
	m->base_url = site_text(db, a, "site.base_url", "");
	m->letter = (struct month_letter){ .authority_id = k->id, .authority_code = k->code, .authority_name = k->name, .made_at = m->now,
		.edition = m->letter.edition == 0 ? 1 : m->letter.edition, .month = arena_printf(a, "%04d-%02d", month / 12, month % 12 + 1),
		.content = month_letter_content(a, &k->facts) };
	return month_letter_pdf(a, &m->letter, site.name, logo, logo_bytes, &m->bytes, &m->n_bytes, err) && db_write(db, make, m, err);
}

/* Authorities that have ever had a contact; one, or all (0). */
static bool
committees(struct db *db, struct arena *a, int64_t authority_id, struct counting *x, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT n.id, n.code, n.name, n.email FROM authority n WHERE n.active = 1 AND ($1 = 0 OR n.id = $1)"
	    " AND EXISTS (SELECT 1 FROM contact c WHERE c.authority_id = n.id) ORDER BY n.id", err);
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, authority_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		x->committee = rows_room(a, x->committee, x->n, &cap, sizeof(*x->committee));
		x->committee[x->n++] = (struct committee){ .id = col_i64(st, 0), .code = col_text(st, a, 1), .name = col_text(st, a, 2),
			.email = col_text(st, a, 3) };
	}
	db_done(st);
	return step != DB_FAIL;
}

static bool
make_month(struct db *db, int month, int64_t now, int64_t *made, struct err *err)
{
	struct arena *a = arena_open();
	struct counting x = { .a = a, .month = month };
	bool ok = committees(db, a, 0, &x, err) && (x.n == 0 || count_month(db, &x, now, err));

	for (size_t i = 0; ok && i < x.n; i++) {
		struct making m = { .now = now };

		ok = make_one(db, a, &x.committee[i], month, &m, err);
		*made += ok && !m.there;
	}
	arena_close(a);
	return ok || err_add(err, "letters of %04d-%02d", month / 12, month % 12 + 1);
}

/* ---- the clock ------------------------------------------------------------------------------------------------------- */

struct done { int64_t until; };

static bool
note_done(struct db *tx, void *arg, struct err *err)
{
	struct done *d = arg;

	return job_set(tx, "month_letters", d->until, NULL, err);
}

/* Has the first working day of the month of `today` come? */
static bool
first_working_day(struct db *db, struct date today, bool *come, struct err *err)
{
	struct arena *a = arena_open();
	struct date last = date_add((struct date){ today.year, today.month, 1 }, -1);
	struct law_closed closed;
	bool ok = clock_closed_days(db, a, last, &closed, err);

	if (ok)
		*come = date_cmp(today, law_promise_days(last, 1, &closed).date) >= 0;
	arena_close(a);
	return ok;
}

bool
month_letter_tick(struct db *db, int64_t now, struct month_letter_done *out, struct err *err)
{
	struct date today = local_date(now);
	int month = month_of(today) - 1, next;
	int64_t until;
	bool come = false;

	*out = (struct month_letter_done){ 0 };
	if (!job_done_until(db, "month_letters", &until, err))
		return false;
	if (until >= month)
		return true;
	if (!first_working_day(db, today, &come, err))
		return false;
	/* the first time only the last month; after a stop each that was missed, and on other days those before the last */
	next = until == 0 ? month : (int)until + 1;
	next = next < month - MONTH_LETTER_CATCH_UP + 1 ? month - MONTH_LETTER_CATCH_UP + 1 : next;
	for (; next < month + come; next++) {
		struct done d = { next };

		if (!make_month(db, next, now, &out->made, err) || !db_write(db, note_done, &d, err))
			return false;
	}
	return true;
}

/* ---- read ------------------------------------------------------------------------------------------------------------ */

#define LETTER "SELECT l.id, l.authority_id, n.code, n.name, l.month, l.edition, l.document_id, l.state, l.made_at, l.published_at," \
	" l.withdrawn_at, l.version, pp.name, pw.name, l.withdrawn_why, l.content FROM month_letter l JOIN authority n ON n.id = l.authority_id" \
	" LEFT JOIN account ap ON ap.id = l.published_by LEFT JOIN person pp ON pp.id = ap.person_id" \
	" LEFT JOIN account aw ON aw.id = l.withdrawn_by LEFT JOIN person pw ON pw.id = aw.person_id"

static void
row_letter(struct stmt *st, struct arena *a, bool whole, struct month_letter *l)
{
	*l = (struct month_letter){ .id = col_i64(st, 0), .authority_id = col_i64(st, 1), .authority_code = col_text(st, a, 2),
		.authority_name = col_text(st, a, 3), .month = col_text(st, a, 4), .edition = col_i64(st, 5), .document_id = col_i64(st, 6),
		.state = col_text(st, a, 7), .made_at = col_i64(st, 8), .published_at = col_i64(st, 9), .withdrawn_at = col_i64(st, 10),
		.version = col_i64(st, 11), .published_by = col_text(st, a, 12), .withdrawn_by = col_text(st, a, 13),
		.withdrawn_why = col_text(st, a, 14), .content = whole ? col_text(st, a, 15) : NULL };
}

bool
month_letters_of(struct db *db, struct arena *a, int64_t authority_id, bool published, struct month_letter_list *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, LETTER " WHERE ($1 = 0 OR l.authority_id = $1) AND ($2 = 0 OR l.published_at IS NOT NULL)"
	    " ORDER BY l.month DESC, n.name, l.edition DESC LIMIT 500", err);
	struct month_letter_list list = { 0 };
	enum db_step step;
	size_t cap = 0;

	bind_i64(st, 1, authority_id);
	bind_i64(st, 2, published);
	while ((step = db_next(st, err)) == DB_ROW) {
		list.item = rows_room(a, list.item, list.n, &cap, sizeof(*list.item));
		row_letter(st, a, false, &list.item[list.n++]);
	}
	db_done(st);
	*out = list;
	return step != DB_FAIL || err_add(err, "month letters");
}

bool
month_letter_get(struct db *db, struct arena *a, int64_t id, struct month_letter *out, struct err *err)
{
	struct stmt *st = db_stmt(db, LETTER " WHERE l.id = $1", err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		row_letter(st, a, true, out);
	db_done(st);
	return step == DB_ROW || (step == DB_FAIL ? err_add(err, "month letter") : err_set(err, ERR_NOT_FOUND, "month letter %" PRId64, id));
}

bool
month_letter_public(struct db *db, struct arena *a, const char *authority_code, const char *month, struct month_letter *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, LETTER " WHERE n.code = $1 AND l.month = $2 AND l.published_at IS NOT NULL"
	    " ORDER BY l.edition DESC LIMIT 1", err);
	enum db_step step;

	bind_text(st, 1, authority_code);
	bind_text(st, 2, month);
	if ((step = db_next(st, err)) == DB_ROW)
		row_letter(st, a, true, out);
	db_done(st);
	return step == DB_ROW || (step == DB_FAIL ? err_add(err, "month letter") : err_set(err, ERR_NOT_FOUND, "no such letter is published"));
}

/* ---- published, withdrawn, made again -------------------------------------------------------------------------------- */

struct change_letter { struct arena *a; int64_t id, version, now; const struct actor *by; const char *why; };

static bool
stale(struct err *err, int64_t id)
{
	(void)err_set(err, ERR_CONFLICT, "month letter %" PRId64 " was changed", id);
	err->person = N_("Somebody has changed the letter's state. Open the page again to see what happened.");
	return false;
}

static bool
changed(struct db *tx, struct change_letter *c, const char *action, const char *sql, struct err *err)
{
	struct month_letter l;
	int64_t n = 0;

	if (!month_letter_get(tx, c->a, c->id, &l, err) || !db_run(tx, sql, &n, err, "iiiit", c->id, c->version, c->by->account_id, c->now, c->why))
		return false;
	return n == 1 ? event_note(tx, c->now, c->by->account_id, action, "month_letter", c->id, 0, 0, l.authority_id, 0,
	    arena_printf(c->a, "{\"month\": \"%s\", \"edition\": %" PRId64 "}", l.month, l.edition), err) : stale(err, c->id);
}

static bool
publish(struct db *tx, void *arg, struct err *err)
{
	return changed(tx, arg, "month_letter.published", "UPDATE month_letter SET state = 'published', published_by = $3, published_at = $4,"
	    " version = version + 1, withdrawn_why = CAST($5 AS TEXT) WHERE id = $1 AND version = $2 AND state = 'made'", err);
}

static bool
withdraw(struct db *tx, void *arg, struct err *err)
{
	return changed(tx, arg, "month_letter.withdrawn", "UPDATE month_letter SET state = 'withdrawn', withdrawn_by = $3, withdrawn_at = $4,"
	    " version = version + 1, withdrawn_why = $5 WHERE id = $1 AND version = $2 AND state <> 'withdrawn'", err);
}

static bool
change(struct db *db, db_write_fn *fn, struct change_letter *c, struct err *err)
{
	bool ok;

	c->a = arena_open();
	ok = db_write(db, fn, c, err);
	arena_close(c->a);
	return ok;
}

bool
month_letter_publish(struct db *db, int64_t id, int64_t version, const struct actor *by, int64_t now, struct err *err)
{
	return change(db, publish, &(struct change_letter){ .id = id, .version = version, .now = now, .by = by }, err);
}

bool
month_letter_withdraw(struct db *db, int64_t id, int64_t version, const char *why, const struct actor *by, int64_t now,
    struct err *err)
{
	if (why == NULL || why[strspn(why, " \t\r\n")] == '\0' || strlen(why) > MONTH_LETTER_WHY_MAX)
		return err_input(err, "why", N_("Say in a sentence what is wrong. It is shown to everyone where the letter was."));
	return change(db, withdraw, &(struct change_letter){ .id = id, .version = version, .now = now, .by = by, .why = why }, err);
}

bool
month_letter_again(struct db *db, struct arena *a, int64_t id, const struct actor *by, int64_t now, int64_t *new_id, struct err *err)
{
	struct making m = { .now = now, .account_id = by->account_id, .again_of = id };
	struct counting x = { .a = a };
	struct month_letter l;

	if (!month_letter_get(db, a, id, &l, err))
		return false;
	if (strcmp(l.state, "withdrawn") != 0)
		return stale(err, id);
	x.month = (int)(strtol(l.month, NULL, 10) * 12 + strtol(l.month + 5, NULL, 10) - 1);
	m.letter.edition = l.edition + 1;
	if (!committees(db, a, l.authority_id, &x, err) || !count_month(db, &x, now, err))
		return false;
	if (x.n == 0)
		return err_set(err, ERR_NOT_FOUND, "authority %" PRId64, l.authority_id);
	if (!make_one(db, a, &x.committee[0], x.month, &m, err))
		return false;
	*new_id = m.id;
	return !m.there || stale(err, id);
}

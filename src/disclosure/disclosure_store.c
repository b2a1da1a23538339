/* disclosure/disclosure_store.c: requests for documents in the database */
#include "disclosure/disclosure.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/work.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "law/calendar.h"
#include "people/rows.h"
#include "registry/document_work.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "timeline/event.h"

enum { WORDS_MAX = 8000, RULE_MAX = 60 };

/* What was taken back within its minute was not handed out. */
#define SENT "(i.answer_document_id IS NULL OR a.state <> 'withdrawn')"
static const char ONE[] =
    "SELECT q.id, q.version, q.matter_id, q.contact_id, m.authority_id, m.number, c.number, u.code, m.unit_id, m.owner_id,"
    " m.restricted, c.sender_email, c.language, q.requested, q.target, q.alarm, q.demanded, q.decision_document_id, q.decision_number,"
    " q.decided, p.name, q.rule, q.served, q.appealed, q.forwarded, q.reported"
    " FROM disclosure q JOIN matter m ON m.id = q.matter_id JOIN authority u ON u.id = m.authority_id"
    " JOIN contact c ON c.id = q.contact_id LEFT JOIN account ba ON ba.id = q.decided_by LEFT JOIN person p ON p.id = ba.person_id"
    " WHERE q.id = $1";
static const char ITEMS[] =
    "SELECT i.id, i.document_id, COALESCE(d.number, 0), d.title, m.number, CASE WHEN " SENT " THEN i.outcome ELSE 'open' END,"
    " i.section, COALESCE(i.rendition_id, (SELECT MAX(r.id) FROM document r WHERE r.masks_id = d.id AND r.restricted = 0"
    "  AND r.state = 'completed'), 0), d.restricted, i.done_at"
    " FROM disclosure_item i JOIN document d ON d.id = i.document_id LEFT JOIN document a ON a.id = i.answer_document_id"
    " LEFT JOIN matter m ON m.id = d.matter_id WHERE i.disclosure_id = $1 ORDER BY i.id";

struct appeal_time
disclosure_appeal_time(struct date served)
{
	struct date last = law_weeks(served, APPEAL_WEEKS).date;

	return (struct appeal_time){ last, date_add(last, 1) };
}

static bool
items_of(struct db *db, struct arena *a, int reach, struct disclosure *q, struct err *err)
{
	struct stmt *st = db_stmt(db, ITEMS, err);
	struct disclosure_item *list = NULL, one;
	size_t cap = 0;
	enum db_step step;

	bind_i64(st, 1, q->id);
	while ((step = db_next(st, err)) == DB_ROW) {
		one = (struct disclosure_item){ .id = col_i64(st, 0), .document_id = col_i64(st, 1), .number = col_i64(st, 2),
			.title = col_text(st, a, 3), .number_of_matter = col_text(st, a, 4), .outcome = col_text(st, a, 5),
			.section = col_text(st, a, 6), .rendition_id = col_i64(st, 7), .restricted = (int)col_i64(st, 8),
			.done_at = col_i64(st, 9) };
		q->n_open += strcmp(one.outcome, "open") == 0;
		q->n_released += strcmp(one.outcome, "released") == 0;
		q->n_masked += strcmp(one.outcome, "masked") == 0;
		q->n_withheld += strcmp(one.outcome, "withheld") == 0;
		if (one.restricted > reach)
			one.title = NULL;
		list = rows_room(a, list, q->n_items, &cap, sizeof(*list));
		list[q->n_items++] = one;
	}
	db_done(st);
	q->item = list;
	return step != DB_FAIL;
}

static bool
load(struct db *db, struct arena *a, int64_t id, int reach, struct disclosure *q, struct err *err)
{
	struct stmt *st = db_stmt(db, ONE, err);
	enum db_step step;

	bind_i64(st, 1, id);
	if ((step = db_next(st, err)) == DB_ROW)
		*q = (struct disclosure){ .id = col_i64(st, 0), .version = col_i64(st, 1), .matter_id = col_i64(st, 2),
			.contact_id = col_i64(st, 3), .authority_id = col_i64(st, 4), .matter_number = col_text(st, a, 5),
			.contact_number = col_text(st, a, 6), .authority_code = col_text(st, a, 7),
			.object = { col_i64(st, 4), col_i64(st, 8), col_i64(st, 9), (enum reach)col_i64(st, 10) },
			.recipient = col_text(st, a, 11), .language = col_text(st, a, 12), .requested = col_text(st, a, 13),
			.target = col_text(st, a, 14), .alarm = col_text(st, a, 15), .demanded = col_text(st, a, 16),
			.decision_document_id = col_i64(st, 17), .decision_number = col_text(st, a, 18), .decided = col_text(st, a, 19),
			.decided_by_name = col_text(st, a, 20), .rule = col_text(st, a, 21), .served = col_text(st, a, 22),
			.appealed = col_text(st, a, 23), .forwarded = col_text(st, a, 24), .reported = col_text(st, a, 25) };
	db_done(st);
	if (step == DB_END)
		return err_set(err, ERR_NOT_FOUND, "disclosure %" PRId64, id);
	return step == DB_ROW && items_of(db, a, reach, q, err);
}

bool
disclosure_of_matter(struct db *db, struct arena *a, int64_t matter_id, int reach, struct disclosure *out, struct err *err)
{
	int64_t id;

	return db_id(db, "SELECT id FROM disclosure WHERE matter_id = $1", &id, err, "i", matter_id) &&
	    load(db, a, id, reach, out, err);
}

struct job {
	struct arena *a;
	const struct actor *by;
	int64_t now, id, version, result;
	int64_t matter_id, contact_id, item;
	const char *day, *section, *source;
	enum disclosure_step step;
	const struct disclosure_release *release;
	const struct disclosure_refusal *refusal;
	struct disclosure q;
};

static bool
run(struct db *db, db_write_fn *fn, struct job *j, const char *what, struct err *err)
{
	bool ok;

	j->a = arena_open();
	ok = db_write(db, fn, j, err);
	arena_close(j->a);
	return ok || err_add(err, "disclosure, %s", what);
}

static bool
conflict(struct err *err, const char *person)
{
	(void)err_set(err, ERR_CONFLICT, "disclosure");
	err->person = person;
	return false;
}

/* As the person saw it, counted on by one. */
static bool
seen(struct db *tx, struct job *j, struct err *err)
{
	if (!load(tx, j->a, j->id, REACH_PROTECTED, &j->q, err))
		return false;
	if (j->version != 0 && j->version != j->q.version)
		return conflict(err, N_("Somebody else has gone on with this request. Look at it as it is now, and try again."));
	return db_run(tx, "UPDATE disclosure SET version = version + 1 WHERE id = $1", NULL, err, "i", j->id);
}

static bool
note(struct db *tx, const struct job *j, const char *action, const char *data, struct err *err)
{
	return event_note(tx, j->now, j->by->account_id, action, "disclosure", j->id, j->q.contact_id, j->q.matter_id,
	    j->q.authority_id, (int)j->q.object.restricted, data, err);
}

static const char *
day_text(struct job *j, struct date d)
{
	return arena_strdup(j->a, date_text(d).s);
}

/* A part of an answer is a plan, and a plan has a named person (contact/work.h): she who opens it, where she can. */
static bool
somebody_has_it(struct db *tx, struct job *j, const struct contact *c, struct err *err)
{
	struct err none = { 0 };

	if (c->owner_id != 0 || contact_assign(tx, c->id, 0, c->unit_id, j->by->account_id, NULL, j->by, j->now, &none) ||
	    none.code == ERR_INPUT)
		return true;
	*err = none;
	return false;
}

static bool
open_new(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct date requested;
	const char *target, *alarm;
	struct contact c;
	int64_t there;

	if (!contact_get(tx, j->a, j->contact_id, &c, err) ||
	    !db_id(tx, "SELECT COUNT(*) FROM disclosure WHERE matter_id = $1", &there, err, "i", j->matter_id))
		return false;
	if (c.matter_id != j->matter_id)
		return err_input(err, "contact", N_("Choose a contact of this matter: the one that asks for documents."));
	if (there > 0)
		return conflict(err, N_("This matter is a request for documents already."));
	if (!date_parse(c.received_date, &requested))
		return err_set(err, ERR_BUG, "received date of contact %" PRId64, c.id);
	target = day_text(j, law_working_days(requested, DISCLOSURE_TARGET_DAYS).date);
	alarm = day_text(j, law_working_days(requested, DISCLOSURE_ALARM_DAYS).date);
	if (!db_id(tx, "INSERT INTO disclosure (matter_id, contact_id, requested, target, alarm, opened_at, opened_by)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id", &j->id, err, "iitttii", j->matter_id, j->contact_id, c.received_date,
	    target, alarm, j->now, j->by->account_id) || !load(tx, j->a, j->id, REACH_PROTECTED, &j->q, err))
		return false;
	j->result = j->id;
	return somebody_has_it(tx, j, &c, err) &&
	    deadline_set(tx, j->matter_id, tr("sv", N_("Documents handed out, or word of when")), date_of(alarm), "TF 2:16",
	    j->by, j->now, err) && note(tx, j, "disclosure.opened", NULL, err);
}

bool
disclosure_open(struct db *db, int64_t matter_id, int64_t contact_id, const struct actor *by, int64_t now, int64_t *id,
    struct err *err)
{
	struct job j = { .by = by, .now = now, .matter_id = matter_id, .contact_id = contact_id };

	if (!run(db, open_new, &j, "opening", err))
		return false;
	*id = j.result;
	return true;
}

static bool
may_read(struct db *tx, const struct job *j, const struct document *d, struct err *err)
{
	struct object object;

	return document_object(tx, d, &object, err) && permitted(j->by, ACT_DOCUMENT_READ, &object);
}

static bool
add(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document_list docs = { 0 };
	struct contact c = { 0 };
	struct matter m = { 0 };
	struct err none = { 0 };
	bool found = matter_by_number(tx, j->a, j->source, &m, &none) || contact_by_number(tx, j->a, j->source, &c, &none);

	if (!found && none.code != ERR_NOT_FOUND)
		return err_set(err, none.code, "%s", none.log);
	if (!seen(tx, j, err) || (found && !document_of(tx, j->a, m.id == 0 ? c.id : 0, m.id, REACH_PROTECTED, &docs, err)))
		return false;
	for (size_t i = 0; i < docs.n; i++) {
		const struct document *d = &docs.item[i];
		int64_t added = 0;

		if (d->masks_id != 0 || !document_is_official(d) || strcmp(d->kind, "receipt") == 0 || d->contact_id == j->q.contact_id)
			continue;
		if (!may_read(tx, j, d, err)) {
			if (err->code != ERR_NONE)
				return false;
			continue;
		}
		if (!db_run(tx, "INSERT INTO disclosure_item (disclosure_id, document_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", &added,
		    err, "ii", j->id, d->id))
			return false;
		j->result += added;
	}
	if (j->result == 0)
		return err_input(err, "source", N_("Nothing was found there. Write the number of a matter or a contact, such as KS 2026/00412."));
	if (j->result + (int64_t)j->q.n_items > DISCLOSURE_ITEMS_MAX)
		return err_input(err, "source", N_("That is more than one request can hold. Open a second matter for the rest."));
	return note(tx, j, "disclosure.found", arena_printf(j->a, "{\"documents\": %" PRId64 "}", j->result), err);
}

bool
disclosure_add(struct db *db, int64_t id, const char *source, const struct actor *by, int64_t now, int64_t *n,
    struct err *err)
{
	struct job j = { .by = by, .now = now, .id = id, .source = source };

	if (!run(db, add, &j, "finding", err))
		return false;
	*n = j.result;
	return true;
}

static const struct disclosure_item *
open_item(const struct disclosure *q, int64_t id)
{
	for (size_t i = 0; i < q->n_items; i++) {
		if (q->item[i].id == id && strcmp(q->item[i].outcome, "open") == 0)
			return &q->item[i];
	}
	return NULL;
}

/* A document's files, or its words as a file. */
static bool
files(struct db *tx, struct job *j, const struct document *d, bool masked, struct document_file **file, size_t *n, size_t *cap,
    struct err *err)
{
	struct document_file *f;
	char hash[65];

	for (size_t i = 0; i < d->n_files; i++) {
		*file = rows_room(j->a, *file, *n, cap, sizeof(**file));
		(*file)[(*n)++] = d->file[i];
	}
	if (d->n_files > 0 && (d->text == NULL || *d->text == '\0'))
		return true;
	if (!file_put_as(tx, d->text, strlen(d->text), "text/plain", hash, err))
		return false;
	*file = rows_room(j->a, *file, *n, cap, sizeof(**file));
	f = &(*file)[(*n)++];
	*f = (struct document_file){ .sha256 = arena_strdup(j->a, hash), .claimed_type = "text/plain",
		.name = arena_printf(j->a, masked ? "%zu-maskerad.txt" : "%zu.txt", *n) };
	return true;
}

/* The sections of what a masked copy hides: "OSL 21:1, OSL 21:3". */
static bool
mask_sections(struct db *tx, struct job *j, int64_t rendition_id, struct sb *sb, struct err *err)
{
	struct stmt *st = db_stmt(tx, "SELECT ranges FROM masking WHERE rendition_id = $1", err);
	enum db_step step;
	const char *before = "";

	bind_i64(st, 1, rendition_id);
	while ((step = db_next(st, err)) == DB_ROW) {
		json_t *list = json_loads(col_text_or(st, j->a, 0, "[]"), 0, NULL), *range;
		size_t i;

		json_array_foreach(list, i, range) {
			const char *section = json_string_value(json_object_get(range, "section"));

			if (section == NULL || strstr(sb_str(sb), section) != NULL)
				continue;
			sb_addf(sb, "%s%s", before, section);
			before = ", ";
		}
		json_decref(list);
	}
	db_done(st);
	return step != DB_FAIL;
}

/* One line for each item that is not handed out whole: its number, what of it, by which section. */
static bool
what_is_withheld(struct db *tx, struct job *j, struct sb *sb, struct err *err)
{
	for (size_t i = 0; i < j->q.n_items; i++) {
		const struct disclosure_item *it = &j->q.item[i];
		struct sb sections;

		sb_init(&sections, j->a, 4000);
		if (strcmp(it->outcome, "withheld") == 0)
			sb_addf(sb, tr(j->q.language, N_("- Document %zu: not handed out, %s.\n")), i + 1, it->section);
		else if (strcmp(it->outcome, "masked") == 0 && !mask_sections(tx, j, it->rendition_id, &sections, err))
			return false;
		else if (strcmp(it->outcome, "masked") == 0)
			sb_addf(sb, tr(j->q.language, N_("- Document %zu: without the passages that are secret, %s.\n")), i + 1, sb_str(&sections));
	}
	return true;
}

/* As an answer to who asked: by mail, else handed over. */
static bool
answer(struct db *tx, struct job *j, const char *text, const char *ending, const char *why, const struct document_file *file,
    size_t n_files, int64_t *document_id, struct err *err)
{
	struct contact c;
	struct answer_in in = { .contact_id = j->q.contact_id, .way = j->q.recipient != NULL ? ANSWER_MAIL : ANSWER_VISIT, .text = text,
		.ending = ending, .ending_why = why, .file = file, .n_files = n_files };

	/* She has turned to us again: the contact may have been closed with an earlier part. */
	if (!contact_get(tx, j->a, j->q.contact_id, &c, err))
		return false;
	if (c.closed_at != 0 && !contact_words_came(tx, j->a, c.id, j->now, err))
		return false;
	if (ending == NULL) {
		struct date next = date_of(j->q.alarm);

		if (date_cmp(next, local_date(j->now)) <= 0)
			next = law_working_days(local_date(j->now), DISCLOSURE_TARGET_DAYS).date;
		in.next_by = local_instant(date_add(next, 1), 0, 0, 0);
	}
	return contact_answer(tx, j->a, &in, j->by, j->now, document_id, err);
}

static bool
release(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const struct disclosure_release *in = j->release;
	struct document_file *file = NULL;
	size_t n = 0, cap = 0, left;
	int64_t document_id = 0;
	struct sb words, partly;
	bool some_secret;

	if (!seen(tx, j, err))
		return false;
	if (in->n_items == 0)
		return err_input(err, "item", N_("Choose the documents to hand out."));
	for (size_t i = 0; i < in->n_items; i++) {
		const struct disclosure_item *it = open_item(&j->q, in->item[i]);
		bool masked = it != NULL && it->restricted > REACH_OPEN;
		struct document d;

		if (it == NULL)
			return conflict(err, N_("One of these has been dealt with already. Look at the request as it is now."));
		if (masked && it->rendition_id == 0)
			return err_input(err, "item", N_("One of the chosen documents is secret and has no approved masked copy. Make one on its page, or do not hand it out."));
		if (!document_get(tx, j->a, masked ? it->rendition_id : it->document_id, &d, err) ||
		    !files(tx, j, &d, masked, &file, &n, &cap, err) ||
		    !db_run(tx, "UPDATE disclosure_item SET outcome = $1, rendition_id = $2, done_at = $3, done_by = $4 WHERE id = $5", NULL,
		    err, "tIiii", masked ? "masked" : "released", masked ? it->rendition_id : 0, j->now, j->by->account_id, it->id) ||
		    (masked && !document_release(tx, it->rendition_id, "", j->by, j->now, err)))
			return false;
	}
	left = j->q.n_open - in->n_items;
	if (!load(tx, j->a, j->id, REACH_PROTECTED, &j->q, err))
		return false;
	sb_init(&words, j->a, WORDS_MAX * 2);
	sb_init(&partly, j->a, WORDS_MAX);
	if (in->words != NULL && *in->words != '\0')
		sb_addf(&words, "%s\n\n", in->words);
	sb_addf(&words, trn(j->q.language, "Here is %d document you asked for.", "Here are %d documents you asked for.", (int64_t)in->n_items),
	    (int)in->n_items);
	sb_add(&words, "\n");
	if (left > 0)
		sb_addf(&words, trn(j->q.language, "%d more is being looked through.", "%d more are being looked through.",
		    (int64_t)left), (int)left);
	if (!what_is_withheld(tx, j, &partly, err))
		return false;
	some_secret = *sb_str(&partly) != '\0';
	if (some_secret) {
		sb_add(&words, "\n");
		sb_add(&words, tr(j->q.language, N_("Some of it is secret, and is not handed out:\n")));
		sb_add(&words, sb_str(&partly));
		sb_add(&words, tr(j->q.language, N_("You can demand a formal decision by the authority, in writing. You need it if you want to appeal. Answer this and say so (OSL 6:3).\n")));
	}
	if (!answer(tx, j, sb_str(&words), left > 0 ? NULL : some_secret ? "not_done" : "done",
	    left == 0 && some_secret ? tr(j->q.language, N_("What is secret was not handed out.")) : NULL, file, n, &document_id, err))
		return false;
	for (size_t i = 0; i < in->n_items; i++) {
		if (!db_run(tx, "UPDATE disclosure_item SET answer_document_id = $1 WHERE id = $2", NULL, err, "ii", document_id, in->item[i]))
			return false;
	}
	return note(tx, j, "disclosure.released", arena_printf(j->a, "{\"documents\": %zu}", in->n_items), err);
}

bool
disclosure_release(struct db *db, const struct disclosure_release *in, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .id = in->id, .version = in->version, .release = in };

	if (in->words != NULL && strlen(in->words) > WORDS_MAX)
		return err_input(err, "words", N_("That is too long."));
	return run(db, release, &j, "releasing", err);
}

static bool
withhold(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	if (!seen(tx, j, err))
		return false;
	if (open_item(&j->q, j->item) == NULL)
		return conflict(err, N_("One of these has been dealt with already. Look at the request as it is now."));
	if ((j->section = secrecy_section(j->a, j->section)) == NULL)
		return err_input(err, "section", N_("Say by which section it is secret, such as OSL 21:1."));
	return db_run(tx, "UPDATE disclosure_item SET outcome = 'withheld', section = $1, done_at = $2, done_by = $3,"
	    " answer_document_id = NULL WHERE id = $4", NULL, err, "tiii", j->section, j->now, j->by->account_id, j->item) &&
	    note(tx, j, "disclosure.withheld", NULL, err);
}

bool
disclosure_withhold(struct db *db, int64_t id, int64_t version, int64_t item, const char *section, const struct actor *by,
    int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .id = id, .version = version, .item = item, .section = section };

	return run(db, withhold, &j, "withholding", err);
}

/* A day that has come, not before `least`. */
static bool
good_day(const struct job *j, const char *least, struct err *err)
{
	struct date day;

	if (j->day == NULL || !date_parse(j->day, &day))
		return err_input(err, "day", N_("Choose the day."));
	if (date_cmp(day, local_date(j->now)) > 0)
		return err_input(err, "day", N_("That day is to come. Write it down when it has happened."));
	return least == NULL || strcmp(j->day, least) >= 0 ||
	    err_input(err, "day", N_("That is before what it follows on. Look at the days above."));
}

static bool
demand(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	if (!seen(tx, j, err))
		return false;
	if (j->q.demanded != NULL)
		return conflict(err, N_("A decision has been demanded already."));
	if (j->q.n_masked + j->q.n_withheld == 0)
		return err_input(err, "day", N_("Nothing has been refused yet: hand out what can be, first."));
	return good_day(j, j->q.requested, err) && db_run(tx, "UPDATE disclosure SET demanded = $1 WHERE id = $2", NULL, err, "ti",
	    j->day, j->id) && note(tx, j, "disclosure.demanded", NULL, err);
}

bool
disclosure_demand(struct db *db, int64_t id, int64_t version, const char *day, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .now = now, .id = id, .version = version, .day = day };

	return run(db, demand, &j, "demanding", err);
}

static bool
decision_text(struct db *tx, struct job *j, const char *number, struct sb *sb, struct err *err)
{
	const struct disclosure_refusal *in = j->refusal;

	sb_addf(sb, tr(j->q.language, N_("Decision %s, %s\n\n")), number, date_text(local_date(j->now)).s);
	sb_addf(sb, tr(j->q.language, N_("The authority (%s) does not hand out what follows, of what you asked for in %s:\n")), j->q.authority_code,
	    j->q.matter_number);
	if (!what_is_withheld(tx, j, sb, err))
		return false;
	sb_addf(sb, tr(j->q.language, N_("\nReasons\n%s\n\n")), in->reasons);
	sb_addf(sb, tr(j->q.language, N_("Decided by %s by rule %s of the delegation scheme.\n\n")), j->by->name == NULL ? "" : j->by->name, in->rule);
	sb_add(sb, tr(j->q.language, N_("How to appeal\nYou can appeal to the administrative court of appeal (kammarrätten). Write which decision you appeal, how it should be changed, and why. Send it to us, not to the court: it must reach us within three weeks from the day you got this decision. We see to it that the court gets it.\n")));
	sb_add(sb, tr(j->q.language, N_("Please tell us which day you got this decision. An answer to this message is enough.\n")));
	return true;
}

static bool
refuse(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	int64_t serial, document_id;
	const char *number, *today = day_text(j, local_date(j->now));
	struct sb sb;

	if (!seen(tx, j, err))
		return false;
	if (j->q.demanded == NULL)
		return conflict(err, N_("Nobody has demanded a decision. Write down the day when somebody does."));
	if (j->q.decision_number != NULL)
		return conflict(err, N_("There is a decision already."));
	if (!serial_next(tx, j->q.authority_id, "decision", local_date(j->now).year, &serial, err))
		return false;
	number = arena_printf(j->a, "DB %d-%" PRId64, local_date(j->now).year, serial);
	sb_init(&sb, j->a, WORDS_MAX * 3);
	return decision_text(tx, j, number, &sb, err) &&
	    document_register(tx, j->q.matter_id, &(struct document_in){ .direction = "internal",
	    .title = arena_printf(j->a, tr("sv", N_("Decision %s: documents not handed out")), number), .text = sb_str(&sb) }, j->by, j->now,
	    &document_id, err) &&
	    db_run(tx, "UPDATE disclosure SET decision_document_id = $1, decision_number = $2, decided = $3, decided_by = $4, rule = $5"
	    " WHERE id = $6", NULL, err, "ittiti", document_id, number, today, j->by->account_id, j->refusal->rule, j->id) &&
	    answer(tx, j, sb_str(&sb), "not_done", number, NULL, 0, NULL, err) &&
	    note(tx, j, "disclosure.refused", arena_printf(j->a, "{\"decision\": \"%s\"}", number), err);
}

bool
disclosure_refuse(struct db *db, const struct disclosure_refusal *in, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .id = in->id, .version = in->version, .refusal = in };

	if (in->rule == NULL || *in->rule == '\0' || strlen(in->rule) > RULE_MAX)
		return err_input(err, "rule", N_("Write the number of the rule in the delegation scheme that lets you decide this."));
	if (in->reasons == NULL || strlen(in->reasons) < 10 || strlen(in->reasons) > WORDS_MAX)
		return err_input(err, "reasons", N_("Write the reasons: which information, which section, what harm."));
	return run(db, refuse, &j, "refusing", err);
}

static bool
step(struct db *tx, void *arg, struct err *err)
{
	static const char *const sql[] = {
		[STEP_SERVED] = "UPDATE disclosure SET served = $1 WHERE id = $2",
		[STEP_APPEALED] = "UPDATE disclosure SET appealed = $1 WHERE id = $2",
		[STEP_FORWARDED] = "UPDATE disclosure SET forwarded = $1 WHERE id = $2",
		[STEP_REPORTED] = "UPDATE disclosure SET reported = $1 WHERE id = $2",
	};
	static const char *const action[] = { [STEP_SERVED] = "disclosure.served", [STEP_APPEALED] = "disclosure.appealed",
		[STEP_FORWARDED] = "disclosure.forwarded", [STEP_REPORTED] = "disclosure.reported" };
	struct job *j = arg;
	const struct disclosure *q = &j->q;

	if (!seen(tx, j, err))
		return false;
	if (q->decided == NULL || (j->step == STEP_FORWARDED && q->appealed == NULL))
		return conflict(err, N_("That comes later: something before it is not written down yet."));
	if ((j->step == STEP_SERVED ? q->served : j->step == STEP_APPEALED ? q->appealed : j->step == STEP_FORWARDED ? q->forwarded :
	    q->reported) != NULL)
		return conflict(err, N_("That day is written down already."));
	return good_day(j, j->step == STEP_FORWARDED ? q->appealed : q->decided, err) &&
	    db_run(tx, sql[j->step], NULL, err, "ti", j->day, j->id) && note(tx, j, action[j->step], NULL, err);
}

bool
disclosure_step(struct db *db, int64_t id, int64_t version, enum disclosure_step which, const char *day,
    const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .id = id, .version = version, .step = which, .day = day };

	return run(db, step, &j, "writing down a day", err);
}

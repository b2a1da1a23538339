/* representative/escalation.c: who is asked, what she may be shown, and how it ends */
#include "representative/escalation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "base/utf8.h"
#include "contact/clock.h"
#include "contact/link.h"
#include "contact/receipt.h"
#include "contact/site_words.h"
#include "contact/work.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "law/calendar.h"
#include "law/promise.h"
#include "people/office.h"
#include "registry/document.h"
#include "registry/matter.h"
#include "representative/administration.h"
#include "representative/escalation_store.h"
#include "representative/representative.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

static const struct { unsigned flag; const char *word; } consents[] = {
	{ CONSENT_NAME, "name" }, { CONSENT_PHONE, "phone" }, { CONSENT_EMAIL, "email" },
};

const char *
consent_words(struct arena *a, unsigned consent)
{
	struct sb sb;

	sb_init(&sb, a, 64);
	for (size_t i = 0; i < ARRAY_LEN(consents); i++) {
		if ((consent & consents[i].flag) != 0)
			sb_addf(&sb, "%s%s", sb.len == 0 ? "" : " ", consents[i].word);
	}
	return sb_str(&sb);
}

unsigned
consent_parse(const char *words)
{
	unsigned out = 0;

	for (size_t i = 0; words != NULL && i < ARRAY_LEN(consents); i++) {
		if (strstr(words, consents[i].word) != NULL)
			out |= consents[i].flag;
	}
	return out;
}

const char *
escalation_state_text(const char *state)
{
	static const struct { const char *state, *text; } row[] = {
		{ "to_classify", N_("Being looked at by the registrar") }, { "open", N_("Waits for an answer") },
		{ "answered", N_("Answered") }, { "passed_on", N_("Passed on") }, { "closed", N_("Closed") },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (strcmp(row[i].state, state) == 0)
			return row[i].text;
	}
	return state;
}

const char *
escalation_level_text(const char *level)
{
	if (strcmp(level, "manager") == 0)
		return N_("The manager");
	return strcmp(level, "chair") == 0 ? N_("The committee's chair") : N_("Elected representative");
}

bool
escalation_is_elected(const struct escalation *e)
{
	return strcmp(e->level, "manager") != 0;
}

struct date
escalation_day(const char *text)
{
	struct date d = { 0 };

	(void)date_parse(text, &d);
	return d;
}

struct object
escalation_object(const struct escalation *e)
{
	return (struct object){ .authority_id = e->authority_id, .unit_id = escalation_is_elected(e) ? 0 : e->unit_id,
		.owner_id = escalation_is_elected(e) ? e->account_id : 0, .restricted = (enum reach)e->restricted };
}

const char *
escalation_promise(struct arena *a, const char *lang, int64_t by, int64_t days, const char *explained)
{
	struct contact c = { .answer_by = by, .answer_days = days, .answer_explained = explained };

	return receipt_promise(a, lang, &c);
}

void
escalation_json(struct sb *sb, const struct escalation *e)
{
	struct instant_str asked = instant_text(e->asked_at), by = instant_text(e->answer_by);
	struct instant_str answered = instant_text(e->answered_at);
	const struct { const char *key, *value; } text[] = {
		{ "contact", e->contact_number }, { "level", e->level },
		{ "to", e->to }, { "authority", e->authority_code }, { "asked_at", asked.s }, { "answer_by", by.s },
		{ "answered_at", e->answered_at == 0 ? NULL : answered.s }, { "state", e->state },
		{ "about", e->about }, { "classified", e->classified }, { "appeal_last_day", e->appeal_last_day },
		{ "matter", e->matter_number }, { "consent", consent_words(sb->arena, e->consent) },
	};

	sb_addf(sb, "{\"id\": %" PRId64, e->id);
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		sb_addf(sb, ", \"%s\": ", text[i].key);
		sb_json(sb, text[i].value);
	}
	sb_addf(sb, ", \"overdue\": %d}", e->overdue);
}

/* ---- one job ---- */

struct job {
	struct arena *a;
	const struct actor *by;		/* NULL: the resident */
	int64_t now, id, authority_id;
	const struct escalation_in *in;
	const struct escalation_answer *answer;
	const struct classify_in *classify;
	const char *title, *text;
	unsigned consent;
	struct contact c;
	struct escalation e;
	int64_t result;
};

static bool
has_words(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static int64_t
account_of(const struct job *j)
{
	return j->by == NULL ? -1 : j->by->account_id;
}

static bool
note(struct db *tx, const struct job *j, const char *action, const char *data, struct err *err)
{
	return event_note(tx, j->now, account_of(j), action, "escalation", j->e.id, j->c.id, j->c.matter_id,
	    j->c.authority_id, j->c.restricted, data, err);
}

/* A notice to a colleague: number and date, never the words. */
static bool
tell(struct db *tx, const struct job *j, int64_t account_id, const char *msgid, const char *path, struct err *err)
{
	const char *to = account_id == 0 ? NULL : account_address(tx, j->a, account_id, err);

	if (to == NULL)
		return err->code == ERR_NONE;
	return outbox_put(tx, &(struct outbox_message){ .contact_id = j->c.id, .recipient = to,
		.subject = arena_printf(j->a, "%s: %s", j->c.number, tr("sv", msgid)),
		.text = arena_printf(j->a, "%s\n\n%s%s\n", tr("sv", msgid), site_text(tx, j->a, "site.base_url", ""), path),
		.automatic = true }, j->now, NULL, err);
}

/* To the resident, in the contact's thread, with a link to her page. document_id 0: a notice. */
static bool
tell_her(struct db *tx, const struct job *j, const char *text, int64_t document_id, struct err *err)
{
	const char *last, *all, *link, *sender, *lang = j->c.language;

	if (j->c.sender_email == NULL)
		return true;
	if (!work_message_ids(tx, j->a, j->c.id, &last, &all, err) || !link_make(tx, j->a, j->c.id, j->now, &link, err))
		return false;
	if ((sender = receipt_sender(tx, j->a, &j->c, err)) == NULL && err->code != ERR_NONE)
		return false;
	return outbox_put(tx, &(struct outbox_message){ .contact_id = j->c.id, .document_id = document_id,
		.recipient = j->c.sender_email, .sender = sender, .in_reply_to = last, .references = all,
		.subject = arena_printf(j->a, "%s [%s]", j->c.restricted == REACH_OPEN ? j->c.subject : tr(lang, N_("Answer")),
		j->c.number), .text = arena_printf(j->a, "%s\n\n%s\n%s%s\n\n%s\n", text,
		tr(lang, N_("Your own page, where everything stands:")), site_text(tx, j->a, "site.base_url", ""), link,
		site_text(tx, j->a, "site.name", "")), .automatic = document_id == 0 }, j->now, NULL, err);
}

static bool
promise(struct db *tx, struct job *j, const char *setting, int days, struct err *err)
{
	const char *set = site_text(tx, j->a, setting, NULL);

	if (set != NULL)
		days = (int)strtol(set, NULL, 10);
	j->e.answer_days = days;
	return clock_working_days(tx, j->a, local_date(j->now), days, &j->e.answer_by, &j->e.answer_explained, err);
}

/* ---- who is asked ---- */

/* A seat today that leads to a desk; the contact's own authority first. */
static const struct mandate *
best_mandate(const struct mandate_list *list, int64_t representative_id, int64_t authority_id)
{
	const struct mandate *best = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct mandate *m = &list->item[i];

		if (m->representative_id == representative_id && m->account_id != 0 &&
		    (best == NULL || (m->authority_id == authority_id && best->authority_id != authority_id)))
			best = m;
	}
	return best;
}

static const struct mandate *
chair_of(const struct mandate_list *list, int64_t authority_id)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->item[i].authority_id == authority_id && strcmp(list->item[i].role, "chair") == 0 &&
		    list->item[i].account_id != 0)
			return &list->item[i];
	}
	return NULL;
}

/* What is secret in the contact or in its matter does not reach an elected representative this way. */
static bool
is_restricted(struct db *db, struct arena *a, const struct contact *c, bool *restricted, struct err *err)
{
	struct matter m = { 0 };

	if (c->matter_id != 0 && !matter_get(db, a, c->matter_id, &m, err))
		return false;
	*restricted = c->restricted != REACH_OPEN || m.restricted != REACH_OPEN;
	return true;
}

static bool
address_manager(struct db *tx, struct job *j, struct err *err)
{
	static const char *const leader[] = { "unit_manager", "department_head", "chief_executive" };
	int64_t *account;
	size_t n = 0;

	j->e.authority_id = j->c.authority_id;
	j->e.unit_id = j->c.unit_id;
	j->e.account_id = 0;
	for (size_t i = 0; i < ARRAY_LEN(leader) && n == 0; i++) {
		if (!leaders_of(tx, j->a, j->c.authority_id, j->c.unit_id, leader[i], local_date(j->now), &account, &n, err))
			return false;
		if (n > 0)
			j->e.account_id = account[0];
	}
	return promise(tx, j, "escalation.manager_days", MANAGER_DAYS, err);
}

/* Finds who gets it now, and by when. */
static bool
address(struct db *tx, struct job *j, struct err *err)
{
	struct date_str today = date_text(local_date(j->now));
	const struct mandate *m;
	struct mandate_list list;
	bool restricted;

	if (!escalation_is_elected(&j->e))
		return address_manager(tx, j, err);
	if (!is_restricted(tx, j->a, &j->c, &restricted, err) || !mandate_of(tx, j->a, 0, today.s, &list, err))
		return false;
	if (restricted)
		return err_input(err, "level", N_("What you wrote holds something that is protected by secrecy, so it cannot go to an elected representative this way. The manager can take it, and you may always turn to a representative yourself."));
	m = strcmp(j->e.level, "chair") == 0 ? chair_of(&list, j->c.authority_id) :
	    best_mandate(&list, j->e.representative_id, j->c.authority_id);
	if (m == NULL)
		return err_input(err, "level", strcmp(j->e.level, "chair") == 0 ?
		    N_("The committee's chair cannot be reached here. Choose a representative, or the manager.") :
		    N_("Choose one of the representatives in the list."));
	j->e.representative_id = m->representative_id;
	j->e.account_id = m->account_id;
	j->e.authority_id = m->authority_id;
	j->e.unit_id = 0;
	return promise(tx, j, "escalation.representative_days", REPRESENTATIVE_DAYS, err);
}

bool
escalation_choices(struct db *db, struct arena *a, const struct contact *c, const char *lang, int64_t now,
    struct escalation_choices *out, struct err *err)
{
	struct date_str today = date_text(local_date(now));
	const struct mandate *chair;
	struct mandate_list list;
	bool restricted;

	*out = (struct escalation_choices){ 0 };
	if (!is_restricted(db, a, c, &restricted, err) || !mandate_of(db, a, 0, today.s, &list, err))
		return false;
	out->elected = !restricted;
	out->item = arena_array(a, list.n, sizeof(*out->item));
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < list.n; i++) {
			const struct mandate *m = &list.item[i];

			if (best_mandate(&list, m->representative_id, c->authority_id) != m ||
			    (m->authority_id == c->authority_id) != (own == 1))
				continue;
			out->item[out->n++] = (struct escalation_choice){ m->representative_id, m->name, arena_printf(a,
			    "%s, %s%s%s", m->authority_name, tr(lang, mandate_role_text(m->role)), m->party == NULL ? "" : ", ",
			    m->party == NULL ? "" : m->party) };
		}
	}
	chair = chair_of(&list, c->authority_id);
	out->chair = chair == NULL ? NULL : chair->name;
	return true;
}

/* ---- asking ---- */

bool
appeal_last_day(const char *decision_kind, const char *decision_date, struct date *out)
{
	struct date d;

	if (decision_date == NULL || !date_parse(decision_date, &d))
		return false;
	*out = decision_kind != NULL && strcmp(decision_kind, "legality") == 0 ? law_legality_review(d).last_day.date :
	    law_weeks(d, 3).date;
	return true;
}

/* What she writes in a matter that has been decided is looked at by a registrar first, whatever she called it. */
static bool
needs_classifying(struct db *tx, struct job *j, bool *needs, struct err *err)
{
	static const char *const decided[] = { "decided", "dispatched", "appealed", "final" };
	const char *state;

	if (!contact_matter_state(tx, j->a, j->c.id, &state, err))
		return false;
	*needs = j->in->about_decision;
	for (size_t i = 0; state != NULL && i < ARRAY_LEN(decided); i++)
		*needs = *needs || strcmp(state, decided[i]) == 0;
	return true;
}

static bool
keep_words(struct db *tx, struct job *j, struct err *err)
{
	bool answered = strcmp(j->c.state, "answered") == 0;
	bool phone = strcmp(j->in->channel, "phone") == 0;

	if (!j->in->words_are_document && !document_add(tx, &(struct document){
		.authority_id = j->c.authority_id, .contact_id = j->c.id, .matter_id = j->c.matter_id, .direction = "in",
		.kind = phone ? "call_note" : "message", .channel = j->in->channel, .state = "completed", .arrived_at = j->now,
		.received_date = arena_strdup(j->a, date_text(local_date(j->now)).s), .received_rule = "FL 22 §",
		.registered_at = j->now, .registered_by = phone ? account_of(j) : 0, .sender = j->c.sender_name,
		.title = j->c.subject, .text = j->in->words, .restricted = j->c.restricted }, NULL, err))
		return false;
	if ((answered || j->in->words_are_document) && (!work_satisfied(tx, j->c.id, false, err) ||
	    !event_note(tx, j->now, account_of(j), "contact.dissatisfied", "contact", j->c.id, j->c.id, j->c.matter_id,
	    j->c.authority_id, j->c.restricted, NULL, err)))
		return false;
	return j->in->words_are_document || contact_words_came(tx, j->a, j->c.id, j->now, err);
}

/* "We have passed it on to Eva Ek, who answers by …" */
static bool
confirm_to_her(struct db *tx, struct job *j, struct err *err)
{
	const char *lang = j->c.language;
	const char *by = escalation_promise(j->a, lang, j->e.answer_by, j->e.answer_days, j->e.answer_explained);
	struct escalation e;

	if (!escalation_get(tx, j->a, j->e.id, &e, err))
		return false;
	if (strcmp(e.state, "to_classify") == 0)
		return tell_her(tx, j, arena_printf(j->a, "%s%s%s", arena_printf(j->a, tr(lang, N_("You are not content with a decision. A registrar looks at what you wrote, by %s, and sees whether it is an appeal. The time to appeal runs on: what you have sent counts as received today.")),
		    by), e.appeal_last_day == NULL ? "" : "\n\n", e.appeal_last_day == NULL ? "" :
		    arena_printf(j->a, tr(lang, N_("If you got the decision on the day you say, the last day to appeal is %s.")),
		    e.appeal_last_day)), 0, err);
	return tell_her(tx, j, arena_printf(j->a, tr(lang, N_("You were not satisfied, and turned to %s. You will have an answer by %s.")),
	    e.to == NULL ? tr(lang, escalation_level_text(e.level)) : e.to, by), 0, err);
}

static bool
tell_receiver(struct db *tx, struct job *j, struct err *err)
{
	if (strcmp(j->e.state, "to_classify") == 0)
		return true;		/* the registrars' list; clocks tell when it is late */
	return tell(tx, j, j->e.account_id, escalation_is_elected(&j->e) ? N_("A resident has turned to you") :
	    N_("A resident is not satisfied and turns to you as manager"),
	    arena_printf(j->a, "/skrivbord/%" PRId64, j->e.id), err);
}

static bool
ask(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const struct escalation_in *in = j->in;
	bool classify;
	struct date last;
	int64_t same;

	if (!contact_get(tx, j->a, in->contact_id, &j->c, err) || !contact_touch(tx, j->c.id, 0, err))
		return false;
	if (strcmp(j->c.state, "quarantined") == 0 || strcmp(j->c.state, "merged") == 0 || strcmp(j->c.state, "noted") == 0)
		return err_input(err, "words", N_("This contact has gone on elsewhere. Write to us again instead."));
	j->e = (struct escalation){ .contact_id = j->c.id, .level = in->level, .state = "open",
		.about = in->about_decision ? "decision" : "answer", .representative_id = in->representative_id,
		.channel = in->channel, .words = in->words, .consent = in->consent, .consent_at = in->consent != 0 ? j->now : 0,
		.asked_at = j->now };
	if (!needs_classifying(tx, j, &classify, err) || !address(tx, j, err) || !escalation_same(tx, &j->e, &same, err))
		return false;
	if (same != 0) {
		(void)err_set(err, ERR_CONFLICT, "escalation %" PRId64 " waits", same);
		err->person = N_("It waits there already, and has not been answered yet. You can add words below, or choose somebody else.");
		return false;
	}
	if (classify) {
		j->e.state = "to_classify";
		j->e.about = "decision";
		j->e.account_id = 0;
		j->e.authority_id = j->c.authority_id;
		j->e.unit_id = j->c.unit_id;
		j->e.decision_date = has_words(in->decision_date) ? in->decision_date : NULL;
		if (appeal_last_day("merits", j->e.decision_date, &last))
			j->e.appeal_last_day = arena_strdup(j->a, date_text(last).s);
		if (!promise(tx, j, "escalation.classify_days", CLASSIFY_DAYS, err))
			return false;
	}
	if (!keep_words(tx, j, err) || !escalation_insert(tx, j->a, &j->e, j->by == NULL ? 0 : j->by->account_id, &j->e.id, err))
		return false;
	j->result = j->e.id;
	return note(tx, j, "escalation.asked", arena_printf(j->a, "{\"level\": \"%s\", \"state\": \"%s\", \"consent\": \"%s\","
	    " \"channel\": \"%s\", \"answer_by\": %" PRId64 "}", j->e.level, j->e.state, consent_words(j->a, j->e.consent),
	    in->channel, j->e.answer_by), err) && tell_receiver(tx, j, err) && confirm_to_her(tx, j, err);
}

/* Not known, or a day that has been. */
static bool
decision_day(const char *text, int64_t now, struct err *err)
{
	struct date d;

	if (!has_words(text))
		return true;
	if (!date_parse(text, &d))
		return err_input(err, "decision_date", N_("Write the day as YYYY-MM-DD, or leave it empty."));
	return date_cmp(d, local_date(now)) <= 0 ||
	    err_input(err, "decision_date", N_("That day has not been yet. Write the day the decision came, or leave it empty."));
}

bool
escalation_ask(struct db *db, struct arena *a, const struct escalation_in *in, const struct actor *by, int64_t now,
    int64_t *id, struct err *err)
{
	struct job j = { .a = a, .by = by, .now = now, .in = in };

	if (!has_words(in->words))
		return err_input(err, "words", N_("Say what you are not satisfied with."));
	if (strlen(in->words) > ESCALATION_TEXT_MAX || !utf8_valid(in->words))
		return err_input(err, "words", N_("Write at most 8,000 characters."));
	if (in->level == NULL || (strcmp(in->level, "manager") != 0 && strcmp(in->level, "representative") != 0 &&
	    strcmp(in->level, "chair") != 0))
		return err_input(err, "level", N_("Choose whom you want to turn to."));
	if (!decision_day(in->decision_date, now, err))
		return false;
	if (!db_write(db, ask, &j, err))
		return err_add(err, "escalating contact %" PRId64, in->contact_id);
	if (id != NULL)
		*id = j.result;
	return true;
}

/* Reads what a job is about; every write begins so. */
static bool
load(struct db *tx, struct job *j, int64_t version, struct err *err)
{
	return escalation_touch(tx, j->id, version, err) && escalation_get(tx, j->a, j->id, &j->e, err) &&
	    contact_get(tx, j->a, j->e.contact_id, &j->c, err);
}

static bool
run(struct db *db, db_write_fn *fn, struct job *j, const char *what, struct err *err)
{
	return db_write(db, fn, j, err) || err_add(err, "%s escalation %" PRId64, what, j->id);
}

static bool
consent(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;

	return load(tx, j, 0, err) && escalation_consent_set(tx, j->a, j->id, j->consent, j->now, err) &&
	    note(tx, j, j->consent == 0 ? "escalation.consent_withdrawn" : "escalation.consent",
	    arena_printf(j->a, "{\"consent\": \"%s\"}", consent_words(j->a, j->consent)), err);
}

bool
escalation_consent(struct db *db, struct arena *a, int64_t id, unsigned scope, int64_t now, struct err *err)
{
	struct job j = { .a = a, .id = id, .consent = scope, .now = now };

	return run(db, consent, &j, "consent to", err);
}

/* ---- the registrar ---- */

/* An appeal belongs in a matter: the one it is about, else a new one (FL 45 §: the authority that decided takes it in). */
static bool
appeal(struct db *tx, struct job *j, struct err *err)
{
	j->e.state = "closed";
	j->e.closed_at = j->now;
	j->e.matter_id = j->c.matter_id;
	if (j->c.matter_id == 0 && !matter_open(tx, &(struct matter_in){ .authority_id = j->c.authority_id,
		.unit_id = j->c.unit_id, .title = arena_printf(j->a, "%s, %s", tr("sv", N_("Appeal")), j->c.number),
		.appeal_kind = j->e.decision_kind, .initiator = "individual", .contact_id = j->c.id,
		.restricted = j->c.restricted }, j->by, j->now, &j->e.matter_id, err))
		return false;
	return tell_her(tx, j, tr(j->c.language, N_("What you wrote is an appeal, and is handled as one. You do not need to do anything more now.")),
	    0, err);
}

static bool
goes_on(struct db *tx, struct job *j, struct err *err)
{
	j->e.state = "open";
	return address(tx, j, err) && escalation_open_set(tx, &j->e, err) && tell_receiver(tx, j, err) &&
	    confirm_to_her(tx, j, err);
}

static bool
to_owner(struct db *tx, struct job *j, struct err *err)
{
	j->e.state = "closed";
	j->e.closed_at = j->now;
	return tell(tx, j, j->c.owner_id, N_("The registrar has looked at new words in a contact of yours"),
	    arena_printf(j->a, "/kontakter/%s", j->c.number), err);
}

static bool
classify(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const struct classify_in *in = j->classify;
	struct date last;
	bool ok;

	if (!load(tx, j, 0, err))
		return false;
	if (strcmp(j->e.state, "to_classify") != 0) {
		(void)err_set(err, ERR_CONFLICT, "escalation %" PRId64 " is classified", j->id);
		err->person = N_("Somebody has classified it already.");
		return false;
	}
	j->e.classified = in->classified;
	j->e.decision_kind = has_words(in->decision_kind) ? in->decision_kind : NULL;
	if (has_words(in->decision_date))
		j->e.decision_date = in->decision_date;
	if (appeal_last_day(j->e.decision_kind, j->e.decision_date, &last))
		j->e.appeal_last_day = arena_strdup(j->a, date_text(last).s);
	if (strcmp(in->classified, "appeal") == 0)
		ok = appeal(tx, j, err);
	else
		ok = strcmp(in->classified, "complaint") == 0 ? goes_on(tx, j, err) : to_owner(tx, j, err);
	return ok && escalation_classified_set(tx, &j->e, account_of(j), j->now, err) &&
	    note(tx, j, "escalation.classified", arena_printf(j->a, "{\"as\": \"%s\", \"kind\": \"%s\", \"last_day\": \"%s\"}",
	    in->classified, j->e.decision_kind == NULL ? "" : j->e.decision_kind,
	    j->e.appeal_last_day == NULL ? "" : j->e.appeal_last_day), err);
}

bool
escalation_classify(struct db *db, struct arena *a, const struct classify_in *in, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .id = in->id, .now = now, .classify = in };
	const char *as = in->classified == NULL ? "" : in->classified;

	if (strcmp(as, "appeal") != 0 && strcmp(as, "complaint") != 0 && strcmp(as, "other") != 0)
		return err_input(err, "classified", N_("Choose appeal, complaint or something else."));
	if (has_words(in->decision_kind) && strcmp(in->decision_kind, "merits") != 0 && strcmp(in->decision_kind, "legality") != 0)
		return err_input(err, "decision_kind", N_("Choose how the decision is appealed."));
	if (strcmp(as, "appeal") == 0 && !has_words(in->decision_kind))
		return err_input(err, "decision_kind", N_("Choose how the decision is appealed."));
	if (!decision_day(in->decision_date, now, err))
		return false;
	return run(db, classify, &j, "classifying", err);
}

/* ---- answering ---- */

static bool
check_answer(const struct job *j, struct err *err)
{
	const struct escalation_answer *in = j->answer;
	struct date d;

	if (!has_words(in->text) || strlen(in->text) > ESCALATION_TEXT_MAX || !utf8_valid(in->text))
		return err_input(err, "text", N_("Write your answer, in at most 8,000 characters."));
	if (in->way == ESCALATION_MAIL && j->c.sender_email == NULL)
		return err_input(err, "way", N_("She has left no mail address. Answer on her page, or by phone if she has agreed to it."));
	if (in->way == ESCALATION_PHONE && (j->c.sender_phone == NULL ||
	    (escalation_is_elected(&j->e) && (j->e.consent & CONSENT_PHONE) == 0)))
		return err_input(err, "way", N_("She has not shared a phone number with you. Answer by mail or on her page."));
	if (has_words(in->next_by) && (!date_parse(in->next_by, &d) || law_end_of(d) <= j->now))
		return err_input(err, "next_by", N_("Write a day to come as YYYY-MM-DD, or leave it empty."));
	return true;
}

/* A manager's answer that also ends the contact is the contact's own answer (contact/work.h), with its checks. */
static bool
end_contact(struct db *tx, struct job *j, struct err *err)
{
	const struct escalation_answer *in = j->answer;
	enum answer_way way = in->way == ESCALATION_MAIL ? ANSWER_MAIL : in->way == ESCALATION_PHONE ? ANSWER_PHONE :
	    ANSWER_NONE;

	return contact_answer(tx, j->a, &(struct answer_in){ .contact_id = j->c.id, .way = way, .text = in->text,
	    .ending = in->ending, .ending_why = in->ending_why }, j->by, j->now, &j->result, err);
}

static bool
send_answer(struct db *tx, struct job *j, struct err *err)
{
	static const char *const channel[] = { [ESCALATION_MAIL] = "email", [ESCALATION_PHONE] = "phone",
		[ESCALATION_PAGE] = "web" };
	const struct escalation_answer *in = j->answer;
	const char *lang = j->c.language;

	return document_add(tx, &(struct document){
		.authority_id = j->c.authority_id, .contact_id = j->c.id, .matter_id = j->c.matter_id, .direction = "out",
		.kind = in->way == ESCALATION_PHONE ? "call_note" : "answer", .channel = channel[in->way],
		.state = in->way == ESCALATION_MAIL ? "queued" : "sent", .registered_at = j->now,
		.registered_by = account_of(j), .recipient = j->c.sender_name, .title = j->c.subject, .text = in->text,
		.restricted = j->c.restricted }, &j->result, err) &&
	    (in->way != ESCALATION_MAIL || tell_her(tx, j, arena_printf(j->a, "%s\n\n%s\n%s, %s", in->text,
	    j->by->name == NULL ? "" : j->by->name, tr(lang, escalation_level_text(j->e.level)), j->e.authority_name),
	    j->result, err));
}

/* Nobody reaches her by mail: whoever has the contact makes sure that she hears of it. */
static bool
tell_owner(struct db *tx, struct job *j, struct err *err)
{
	if (j->answer->way != ESCALATION_PAGE || j->c.sender_email != NULL)
		return true;
	return document_add(tx, &(struct document){ .authority_id = j->c.authority_id, .contact_id = j->c.id,
		.matter_id = j->c.matter_id, .direction = "internal", .kind = "note", .state = "completed",
		.registered_at = j->now, .registered_by = account_of(j), .title = j->c.subject,
		.text = tr("sv", N_("There is a new answer on the resident's page, and no mail address to tell her by. Call or write a letter.")),
		.restricted = j->c.restricted }, NULL, err) &&
	    tell(tx, j, j->c.owner_id, N_("Tell the resident that there is an answer on her page"),
	    arena_printf(j->a, "/kontakter/%s", j->c.number), err);
}

static bool
later(struct db *tx, struct job *j, struct err *err)
{
	struct date_str from = date_text(local_date(j->now));
	struct date by = date_of(j->answer->next_by);
	int days;

	return clock_days_between(tx, j->a, local_date(j->now), by, &days, err) &&
	    escalation_later_set(tx, j->id, j->result, law_end_of(by), arena_printf(j->a,
	    "{\"from\": \"%s\", \"days\": %d, \"skipped\": [], \"promised\": true}", from.s, days), days, err) &&
	    note(tx, j, "escalation.planned", arena_printf(j->a, "{\"document\": %" PRId64 ", \"by\": \"%s\"}", j->result,
	    j->answer->next_by), err);
}

static bool
answer(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	const struct escalation_answer *in = j->answer;

	if (!load(tx, j, in->version, err) || !check_answer(j, err))
		return false;
	if (strcmp(j->e.state, "to_classify") == 0 || strcmp(j->e.state, "closed") == 0)
		return err_set(err, ERR_CONFLICT, "escalation %" PRId64 " is %s", j->id, j->e.state);
	if (!(has_words(in->ending) && !escalation_is_elected(&j->e) ? end_contact(tx, j, err) : send_answer(tx, j, err)) ||
	    !tell_owner(tx, j, err))
		return false;
	if (has_words(in->next_by))
		return later(tx, j, err);
	return escalation_answered_set(tx, j->id, j->result, j->now, err) &&
	    note(tx, j, "escalation.answered", arena_printf(j->a, "{\"document\": %" PRId64 "}", j->result), err);
}

bool
escalation_answer(struct db *db, struct arena *a, const struct escalation_answer *in, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .a = a, .by = by, .id = in->id, .now = now, .answer = in };

	return run(db, answer, &j, "answering", err);
}

/* ---- the right of initiative ---- */

static bool
raise(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct matter m;

	if (!load(tx, j, 0, err))
		return false;
	if (j->e.matter_id != 0) {
		(void)err_set(err, ERR_CONFLICT, "escalation %" PRId64 " was raised", j->id);
		err->person = N_("It has been raised already.");
		return false;
	}
	if (!matter_open(tx, &(struct matter_in){ .authority_id = j->authority_id, .title = j->title, .initiator = "member",
		.unit_id = j->authority_id == j->c.authority_id ? j->c.unit_id : 0 }, j->by, j->now, &j->result, err) ||
	    !matter_get(tx, j->a, j->result, &m, err))
		return false;
	/* her words first: document 1 of the matter, received today (KL 4:20; rule book 1.2: a committee initiative is registered) */
	if (!document_add(tx, &(struct document){ .authority_id = j->authority_id, .matter_id = m.id, .direction = "in",
		.contact_id = j->authority_id == j->c.authority_id ? j->c.id : 0, .kind = "initiative", .channel = "web",
		.state = "completed", .arrived_at = j->now,
		.received_date = arena_strdup(j->a, date_text(local_date(j->now)).s), .received_rule = "FL 22 §",
		.registered_at = j->now, .registered_by = account_of(j), .sender = j->by->name, .title = j->title,
		.text = j->text }, NULL, err))
		return false;
	if (j->authority_id == j->c.authority_id && j->c.matter_id == 0 &&
	    !matter_add_contact(tx, m.id, j->c.id, j->by, j->now, err))
		return false;
	return escalation_matter_set(tx, j->id, m.id, err) &&
	    note(tx, j, "escalation.raised", arena_printf(j->a, "{\"matter\": \"%s\"}", m.number), err) &&
	    tell_her(tx, j, arena_printf(j->a, tr(j->c.language, N_("%s has raised your question in %s. The matter has number %s there. You will hear from us when it is decided.")),
	    j->by->name == NULL ? "" : j->by->name, m.authority_name, m.number), 0, err);
}

bool
escalation_raise(struct db *db, struct arena *a, int64_t id, int64_t authority_id, const char *title, const char *text,
    const struct actor *by, int64_t now, int64_t *matter_id, struct err *err)
{
	struct job j = { .a = a, .by = by, .id = id, .now = now, .authority_id = authority_id, .title = title, .text = text };

	if (!has_words(text) || strlen(text) > ESCALATION_TEXT_MAX || !utf8_valid(text))
		return err_input(err, "text", N_("Write what the committee is to take up, in at most 8,000 characters."));
	if (!run(db, raise, &j, "raising", err))
		return false;
	*matter_id = j.result;
	return true;
}

/* ---- what the receiver may read ---- */

static void
hide_person(struct arena *a, struct contact *c, unsigned shared)
{
	struct contact whole = *c;

	c->subject = redact_person(a, &whole, shared, c->subject);
	c->text = redact_person(a, &whole, shared, c->text);
	c->place = redact_person(a, &whole, shared, c->place);
	c->ending_why = redact_person(a, &whole, shared, c->ending_why);
	c->pause_reason = redact_person(a, &whole, shared, c->pause_reason);
	if ((shared & CONSENT_NAME) == 0)
		c->sender_name = NULL;
	if ((shared & CONSENT_PHONE) == 0)
		c->sender_phone = NULL;
	if ((shared & CONSENT_EMAIL) == 0)
		c->sender_email = NULL;
	c->sender_address = NULL;
	c->message_id = NULL;
}

static bool
is_conversation(const struct document *d, int64_t now)
{
	if (strcmp(d->direction, "in") == 0)
		return strcmp(d->kind, "delivery_failure") != 0 && strcmp(d->kind, "auto_reply") != 0 &&
		    strcmp(d->kind, "feedback") != 0;
	if (strcmp(d->kind, "administration_question") == 0 || strcmp(d->kind, "administration_answer") == 0)
		return true;
	return strcmp(d->direction, "out") == 0 && (strcmp(d->state, "sent") == 0 ||
	    (strcmp(d->state, "queued") == 0 && d->send_at <= now));
}

bool
escalation_file(struct db *db, struct arena *a, const struct escalation *e, int64_t now, struct escalation_file *out,
    struct err *err)
{
	/* a registrar classifies it first, and sees what an official sees */
	bool elected = escalation_is_elected(e) && strcmp(e->state, "to_classify") != 0;
	struct document_list docs;
	struct contact whole;

	if (elected && e->restricted != REACH_OPEN)
		return err_set(err, ERR_DENIED, "escalation %" PRId64 " is not open", e->id);
	if (!contact_get(db, a, e->contact_id, &whole, err) ||
	    !document_of(db, a, e->contact_id, 0, elected ? REACH_OPEN : e->restricted, &docs, err))
		return false;
	*out = (struct escalation_file){ .contact = whole, .whole = whole, .document = arena_array(a, docs.n, sizeof(*out->document)) };
	for (size_t i = 0; i < docs.n; i++) {
		struct document *d = &out->document[out->n_documents];

		if (elected && !is_conversation(&docs.item[i], now))
			continue;
		*d = docs.item[i];
		out->n_documents++;
		if (!elected)
			continue;
		d->text = redact_person(a, &whole, e->consent, d->text);
		d->title = redact_person(a, &whole, e->consent, d->title);
		d->sender = d->recipient = d->html = d->quoted = d->raw_sha256 = NULL;
		if ((e->consent & CONSENT_NAME) == 0)
			d->n_files = 0;		/* a picture or a form may show who she is */
	}
	if (elected)
		hide_person(a, &out->contact, e->consent);
	return true;
}

bool
escalation_subject(struct db *db, struct arena *a, struct escalation *e, struct err *err)
{
	struct contact c;

	if (e->restricted != REACH_OPEN)
		return true;
	if (!contact_get(db, a, e->contact_id, &c, err))
		return false;
	e->subject = escalation_is_elected(e) && strcmp(e->state, "to_classify") != 0 ? redact_person(a, &c, e->consent, c.subject) :
	    c.subject;
	return true;
}

/* ---- when a mandate has ended ---- */

/* Who took over after her, or the chair, or else the manager. What she agreed to share was for one person: it does not go on. */
static bool
successor(struct db *tx, struct job *j, const struct escalation *old, struct err *err)
{
	struct date_str today = date_text(local_date(j->now));
	const struct mandate *next = NULL;
	struct mandate_list list;

	if (!mandate_of(tx, j->a, old->authority_id, today.s, &list, err))
		return false;
	for (size_t i = 0; i < list.n && next == NULL; i++) {
		struct mandate before;

		if (list.item[i].replaces_id == 0 || list.item[i].account_id == 0)
			continue;
		if (!mandate_get(tx, j->a, list.item[i].replaces_id, &before, err))
			return false;
		if (before.representative_id == old->representative_id)
			next = &list.item[i];
	}
	j->e = (struct escalation){ .contact_id = old->contact_id, .level = "representative", .state = "open",
		.about = old->about, .channel = old->channel, .words = old->words, .asked_at = j->now };
	if (next == NULL) {
		next = chair_of(&list, old->authority_id);
		j->e.level = "chair";
	}
	if (next == NULL || old->restricted != REACH_OPEN) {
		j->e.level = "manager";
		return address_manager(tx, j, err);
	}
	j->e.representative_id = next->representative_id;
	j->e.account_id = next->account_id;
	j->e.authority_id = next->authority_id;
	return promise(tx, j, "escalation.representative_days", REPRESENTATIVE_DAYS, err);
}

static bool
pass_on(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct escalation old;

	if (!load(tx, j, 0, err))
		return false;
	old = j->e;
	if (strcmp(old.state, "open") != 0)
		return true;		/* another tick was first */
	if (!successor(tx, j, &old, err) || !escalation_insert(tx, j->a, &j->e, 0, &j->e.id, err) ||
	    !escalation_passed_set(tx, old.id, j->now, err))
		return false;
	return note(tx, j, "escalation.passed_on", arena_printf(j->a, "{\"from\": %" PRId64 ", \"level\": \"%s\"}", old.id,
	    j->e.level), err) && tell_receiver(tx, j, err) &&
	    tell_her(tx, j, arena_printf(j->a, tr(j->c.language, N_("%s no longer has the mandate, so your question has gone on: %s. You will have an answer by %s. What you agreed to share has not been passed on; you can agree to it again on your page.")),
	    old.to == NULL ? "" : old.to, tr(j->c.language, escalation_level_text(j->e.level)),
	    escalation_promise(j->a, j->c.language, j->e.answer_by, j->e.answer_days, j->e.answer_explained)), 0, err);
}

static bool
pass_on_all(struct db *db, struct arena *a, int64_t now, int64_t *told, struct err *err)
{
	struct date_str today = date_text(local_date(now));
	struct actor nobody = { 0 };
	int64_t *id;
	size_t n;

	if (!escalation_orphans(db, a, today.s, &id, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct job j = { .a = a, .by = &nobody, .now = now, .id = id[i] };

		if (!db_write(db, pass_on, &j, err))
			return err_add(err, "passing on escalation %" PRId64, id[i]);
		++*told;
	}
	return true;
}

/* ---- the clock ---- */

struct late { struct arena *a; int64_t now, id, told; int from, to; };

static bool
tell_late(struct db *tx, struct job *j, int level, int64_t *told, struct err *err)
{
	const char *path = arena_printf(j->a, "/skrivbord/%" PRId64, j->e.id);
	struct date_str today = date_text(local_date(j->now));
	struct mandate_list list;
	const struct mandate *chair;
	int64_t *account = NULL;
	size_t n = 0;

	if (strcmp(j->e.state, "to_classify") == 0) {
		if (!leaders_of(tx, j->a, j->e.authority_id, j->e.unit_id, level == 1 ? "registrar" : "department_head",
		    local_date(j->now), &account, &n, err))
			return false;
	} else if (level == 1) {
		account = &j->e.account_id;
		n = j->e.account_id != 0;
	} else if (!escalation_is_elected(&j->e)) {
		if (!leaders_of(tx, j->a, j->e.authority_id, j->e.unit_id, "department_head", local_date(j->now), &account, &n,
		    err))
			return false;
	} else {
		if (!mandate_of(tx, j->a, j->e.authority_id, today.s, &list, err))
			return false;
		chair = chair_of(&list, j->e.authority_id);
		account = arena_alloc(j->a, sizeof(*account));
		if (chair != NULL)
			account[n++] = chair->account_id;
		path = "/sent";
	}
	for (size_t i = 0; i < n; i++) {
		if (!tell(tx, j, account[i], level == 1 ? N_("The day you promised a resident an answer has passed") :
		    N_("A resident who turned to us has not been answered in time"), path, err))
			return false;
		++*told;
	}
	return true;
}

static bool
raise_level(struct db *tx, void *arg, struct err *err)
{
	struct late *l = arg;
	struct job j = { .a = l->a, .id = l->id, .now = l->now, .by = &(struct actor){ 0 } };
	bool changed;

	l->told = 0;
	if (!escalation_overdue_set(tx, l->id, l->from, l->to, &changed, err))
		return false;
	if (!changed)
		return true;
	return escalation_get(tx, j.a, l->id, &j.e, err) && contact_get(tx, j.a, j.e.contact_id, &j.c, err) &&
	    tell_late(tx, &j, l->to, &l->told, err) &&
	    note(tx, &j, "escalation.overdue", arena_printf(j.a, "{\"level\": %d}", l->to), err);
}

bool
escalation_tick(struct db *db, int64_t now, struct escalation_done *out, struct err *err)
{
	struct arena *a = arena_open();
	struct due_rows list = { 0 };
	struct law_closed closed;
	bool ok = escalation_due(db, a, now, &list, err) &&
	    clock_closed_days(db, a, date_of("1990-01-01"), &closed, err);

	*out = (struct escalation_done){ 0 };
	ok = ok && pass_on_all(db, a, now, &out->told, err);
	for (size_t i = 0; ok && i < list.n; i++) {
		struct late l = { .a = a, .now = now, .id = list.item[i].id, .from = list.item[i].overdue,
			.to = law_overdue_level(list.item[i].by, now, &closed) };

		if (l.to <= l.from)
			continue;
		ok = db_write(db, raise_level, &l, err) || err_add(err, "late escalation %" PRId64, l.id);
		out->told += l.told;
	}
	ok = ok && administration_tick(db, a, now, &out->told, err);
	arena_close(a);
	return ok;
}

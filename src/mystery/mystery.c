/* mystery/mystery.c: what may be planned, sent and judged */
#include "mystery/mystery.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/intake.h"
#include "contact/live.h"
#include "contact/site_words.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "mail/classify.h"
#include "mail/message.h"
#include "mail/token.h"
#include "mystery/mystery_store.h"
#include "mystery/plan.h"
#include "people/phone.h"
#include "people/site.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { NAME_MAX_BYTES = 200, REMARK_MAX = 2000 };

const char *const mystery_grade_text[GRADES] = { N_("Kindness"), N_("Interest in the question"), N_("Clear and easy to follow") };
const char *const mystery_grade_name[GRADES] = { "kindness", "interest", "clarity" };

static bool
words(const char *text, size_t most)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0' && strlen(text) <= most;
}

static bool
is(const char *text, const char *value)
{
	return text != NULL && strcmp(text, value) == 0;
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
		n += strcspn(p, "\n") > strspn(p, " \t");
	return n;
}

static bool
noted(struct db *tx, const struct change *by, const char *action, const char *object, int64_t id, int64_t authority_id,
    struct err *err)
{
	return event_note(tx, by->now, by->account_id, action, object, id, 0, 0, authority_id, 0, NULL, err);
}

/* ---- questions and senders ------------------------------------------------------------------------------------------ */

struct save { const struct change *by; const void *in; int64_t id; };

static bool
question_save(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	const struct mystery_question *in = s->in;

	return question_write(tx, in, &s->id, err) &&
	    noted(tx, s->by, "mystery.question_saved", "mystery_question", s->id, in->authority_id, err);
}

bool
mystery_question_save(struct db *db, const struct change *by, const struct mystery_question *in, int64_t *id, struct err *err)
{
	struct save s = { by, in, 0 };

	if (in->authority_id == 0)
		return err_input(err, "authority_id", N_("Choose a committee."));
	if (!words(in->area, NAME_MAX_BYTES))
		return err_input(err, "area", N_("Write which service it is about, like Building permits."));
	if (!words(in->subject, NAME_MAX_BYTES))
		return err_input(err, "subject", N_("Write the subject of the mail, as a resident would."));
	if (!words(in->question, MYSTERY_WORDS_MAX))
		return err_input(err, "question", N_("Write the question as a resident would put it, at most 4,000 characters."));
	if (in->points == NULL || strlen(in->points) > MYSTERY_WORDS_MAX || lines_of(in->points) > MYSTERY_POINTS_MAX)
		return err_input(err, "points", N_("At most twelve points, one a line."));
	if (!in->by_mail && !in->by_phone)
		return err_input(err, "by_mail", N_("Choose mail, phone or both."));
	if (!db_write(db, question_save, &s, err))
		return err_add(err, "saving a test question");
	if (id != NULL)
		*id = s.id;
	return true;
}

static bool
sender_save(struct db *tx, void *arg, struct err *err)
{
	struct save *s = arg;
	const struct mystery_sender *in = s->in;
	bool taken = false;

	if (in->address != NULL && !sender_taken(tx, in, &taken, err))
		return false;
	if (taken)
		return err_input(err, "address", N_("That address is one of our mailboxes, a colleague's or another test sender's. Take one nobody here knows."));
	return sender_write(tx, in, &s->id, err) &&
	    noted(tx, s->by, "mystery.sender_saved", "mystery_sender", s->id, in->authority_id, err);
}

bool
mystery_sender_save(struct db *db, struct arena *a, const struct change *by, const struct mystery_sender *in, int64_t *id,
    struct err *err)
{
	struct mystery_sender clean = *in;
	struct save s = { by, &clean, 0 };

	clean.address = in->address == NULL || in->address[0] == '\0' ? NULL : utf8_lower(a, in->address);
	clean.phone = phone_normal(a, in->phone);
	if (in->authority_id == 0)
		return err_input(err, "authority_id", N_("Choose a committee."));
	if (!words(in->name, NAME_MAX_BYTES))
		return err_input(err, "name", N_("Write the name that the questions are signed with."));
	if (clean.address != NULL && !site_address_valid(clean.address))
		return err_input(err, "address", N_("Write an e-mail address, like kim@example.org."));
	if (clean.address == NULL && clean.phone == NULL)
		return err_input(err, "address", N_("Write a mail address, a phone number or both."));
	if (!db_write(db, sender_save, &s, err))
		return err_add(err, "saving a test sender");
	if (id != NULL)
		*id = s.id;
	return true;
}

/* ---- a round -------------------------------------------------------------------------------------------------------- */

struct round_job {
	struct arena *a;
	const struct change *by;
	struct mystery_round round;
	struct mystery_question *question;
	const struct mystery_sender *sender;
	size_t n_questions, n_senders, n;
	const int64_t *at;
	int64_t mails, calls, id;
	bool cancel;
};

/* Senders take turns among those that can: the same one does not ask everything. */
static int64_t
sender_for(const struct round_job *j, bool by_phone, size_t turn)
{
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		size_t k = 0;

		for (size_t i = 0; i < j->n_senders; i++) {
			const struct mystery_sender *s = &j->sender[i];

			if (!s->active || s->authority_id != j->round.authority_id || (by_phone ? s->phone : s->address) == NULL)
				continue;
			if (pass == 1 && k == turn % n)
				return s->id;
			k++;
		}
		if ((n = k) == 0)
			return 0;
	}
	return 0;
}

/* The i-th test of the round: question by question, mails before calls; the times are shuffled already. */
static bool
tests_write(struct db *tx, const struct round_job *j, struct err *err)
{
	size_t i = 0;

	for (size_t q = 0; q < j->n_questions; q++) {
		const struct mystery_question *m = &j->question[q];
		int64_t mails = m->by_mail ? j->mails : 0, calls = m->by_phone ? j->calls : 0;

		for (int64_t k = 0; k < mails + calls; k++, i++) {
			const struct mystery_test t = { .round_id = j->id, .question_id = m->id, .by_phone = k >= mails,
				.planned_at = j->at[i], .area = m->area, .subject = m->subject, .question = m->question, .points = m->points };

			if (!test_add(tx, &t, sender_for(j, t.by_phone, i), err))
				return false;
		}
	}
	return true;
}

static bool
round_write(struct db *tx, void *arg, struct err *err)
{
	struct round_job *j = arg;

	return round_add(tx, &j->round, j->by->account_id, j->by->now, &j->id, err) && tests_write(tx, j, err) &&
	    noted(tx, j->by, "mystery.planned", "mystery_round", j->id, j->round.authority_id, err);
}

/* The questions that are asked, with how many tests they make; a way nobody can be sent by is an error. */
static bool
count_tests(struct round_job *j, struct err *err)
{
	size_t kept = 0, mails = 0, calls = 0;

	for (size_t i = 0; i < j->n_questions; i++) {
		struct mystery_question *q = &j->question[i];

		if (!q->active || q->authority_id != j->round.authority_id)
			continue;
		mails += q->by_mail ? (size_t)j->mails : 0;
		calls += q->by_phone ? (size_t)j->calls : 0;
		j->question[kept++] = *q;
	}
	j->n_questions = kept;
	j->n = mails + calls;
	if (kept == 0)
		return err_input(err, "mails", N_("There are no questions to ask. Write them first."));
	if (j->n == 0)
		return err_input(err, "mails", N_("Say how many times each question is asked by mail or by phone."));
	if (j->n > MYSTERY_TESTS_MAX)
		return err_input(err, "mails", N_("That would be more than 500 tests. Ask fewer times."));
	if (mails > 0 && sender_for(j, false, 0) == 0)
		return err_input(err, "mails", N_("No test sender has a mail address. Add one first."));
	return calls == 0 || sender_for(j, true, 0) != 0 ||
	    err_input(err, "calls", N_("No test sender has a phone number. Add the number that the tester calls from first."));
}

bool
mystery_plan(struct db *db, struct arena *a, const struct change *by, const struct mystery_wish *in, int64_t *id, struct err *err)
{
	const struct actor all = { .account_id = by->account_id };
	struct round_job j = { .a = a, .by = by, .mails = in->mails, .calls = in->calls };
	struct plan_period period = { .from = in->from, .to = in->to, .opens = plan_minutes(in->opens),
		.closes = plan_minutes(in->closes) };
	struct mystery_question_list questions;
	struct mystery_sender_list senders;
	struct mailbox box;
	uint64_t seed = (uint64_t)in->seed;
	int64_t *at;

	if (in->authority_id == 0)
		return err_input(err, "authority_id", N_("Choose a committee."));
	if (!words(in->name, NAME_MAX_BYTES))
		return err_input(err, "name", N_("Give the round a name, like Spring 2027."));
	if (in->recipient == NULL || !mailbox_by_address(db, a, utf8_lower(a, in->recipient), &box, err) || !box.active) {
		*err = (struct err){ 0 };
		return err_input(err, "recipient", N_("Choose one of our own mailboxes."));
	}
	if (in->calls > 0 && !words(in->phone, 40))
		return err_input(err, "phone", N_("Write the number that is to be called."));
	if (in->mails < 0 || in->calls < 0 || in->mails > 50 || in->calls > 50)
		return err_input(err, in->calls < 0 || in->calls > 50 ? "calls" : "mails", N_("Write a number from 0 to 50."));
	while (seed == 0) {
		random_bytes(&seed, sizeof(seed));
		seed &= 0x7fffffff;
	}
	j.round = (struct mystery_round){ .authority_id = in->authority_id, .name = in->name, .recipient = box.address,
		.phone = in->phone == NULL ? "" : in->phone, .opens = in->opens, .closes = in->closes, .seed = (int64_t)seed,
		.from_date = arena_strdup(a, date_text(in->from).s), .to_date = arena_strdup(a, date_text(in->to).s) };
	if (!mystery_questions(db, a, &all, &questions, err) || !mystery_senders(db, a, &all, &senders, err) ||
	    !short_days(db, a, in->from, &period.short_day, &period.n_short_days, err))
		return false;
	j.question = questions.item;
	j.n_questions = questions.n;
	j.sender = senders.item;
	j.n_senders = senders.n;
	if (!count_tests(&j, err) || !plan_times(a, &period, seed, j.n, &at, err))
		return false;
	j.at = at;
	if (!db_write(db, round_write, &j, err))
		return err_add(err, "planning a test round");
	if (id != NULL)
		*id = j.id;
	return true;
}

static bool
start_write(struct db *tx, void *arg, struct err *err)
{
	struct round_job *j = arg;

	return round_state_set(tx, j->id, "planned", "planned", "running", 0, err) &&
	    noted(tx, j->by, "mystery.started", "mystery_round", j->id, j->round.authority_id, err);
}

bool
mystery_start(struct db *db, const struct change *by, int64_t round_id, struct err *err)
{
	struct arena *a = arena_open();
	struct round_job j = { .by = by, .id = round_id };
	bool ok = mystery_round_get(db, a, round_id, &j.round, err) && db_write(db, start_write, &j, err);

	arena_close(a);
	return ok || err_add(err, "starting a test round");
}

/* What it was is told on its timeline; who has not answered it need not any more. */
static bool
reveal(struct db *tx, const struct round_job *j, int64_t contact_id, struct err *err)
{
	struct contact c;

	live_contact_after(tx, contact_id);
	return contact_get(tx, j->a, contact_id, &c, err) &&
	    (c.closed_at != 0 || contact_test_end(tx, contact_id, j->by->now, err)) && contact_touch(tx, contact_id, 0, err) &&
	    event_note(tx, j->by->now, j->by->account_id, "contact.was_test", "contact", c.id, c.id, c.matter_id, c.authority_id,
	    c.restricted, NULL, err);
}

static bool
end_write(struct db *tx, void *arg, struct err *err)
{
	struct round_job *j = arg;
	struct mystery_test_list tests;
	struct ids contacts;

	if (!round_state_set(tx, j->id, "running", j->cancel ? "planned" : "running", j->cancel ? "cancelled" : "over", j->by->now, err) ||
	    !mystery_tests(tx, j->a, j->id, &tests, err))
		return false;
	for (size_t i = 0; i < tests.n; i++) {
		if (tests.item[i].by_phone && tests.item[i].asked_at != 0 && !test_calls_found(tx, tests.item[i].id, err))
			return false;
	}
	if (!round_contacts(tx, j->a, j->id, &contacts, err))
		return false;
	for (size_t i = 0; i < contacts.n; i++) {
		if (!reveal(tx, j, contacts.id[i], err))
			return false;
	}
	return noted(tx, j->by, j->cancel ? "mystery.cancelled" : "mystery.over", "mystery_round", j->id, j->round.authority_id, err);
}

bool
mystery_end(struct db *db, struct arena *a, const struct change *by, int64_t round_id, bool cancel, struct err *err)
{
	struct round_job j = { .a = a, .by = by, .id = round_id, .cancel = cancel };

	return (mystery_round_get(db, a, round_id, &j.round, err) && db_write(db, end_write, &j, err)) ||
	    err_add(err, "ending a test round");
}

/* ---- judging -------------------------------------------------------------------------------------------------------- */

struct judge { struct arena *a; const struct change *by; const struct mystery_judgement *in; const char *why; int64_t id; };

static bool
load_running(struct db *tx, struct judge *j, struct mystery_test *t, struct err *err)
{
	if (!mystery_test_get(tx, j->a, j->id, t, err))
		return false;
	if (is(t->round_state, "running"))
		return true;
	(void)err_set(err, ERR_CONFLICT, "the round of test %" PRId64 " is %s", t->id, t->round_state);
	err->person = N_("The round is not under way: nothing in it can be changed.");
	return false;
}

static bool
good_call(const struct mystery_judgement *in, int64_t now, struct err *err)
{
	int given = 0;

	for (int i = 0; i < GRADES; i++) {
		if (in->grade[i] < 0 || in->grade[i] > 5)
			return err_input(err, mystery_grade_name[i], N_("Choose a grade from 1 to 5."));
		given += in->grade[i] > 0;
	}
	if (in->direct != 0 && in->direct != 1)
		return err_input(err, "direct", N_("Say whether the question was answered at once."));
	for (int i = 0; i < GRADES; i++) {
		if (in->grade[i] == 0 && (given > 0 || in->direct == 1))
			return err_input(err, mystery_grade_name[i], N_("Give a grade here too, or none at all if nobody answered."));
	}
	if (in->called_at <= 0 || in->called_at > now + 300)
		return err_input(err, "called_day", N_("Say when you called: a day and a time that have been."));
	return in->minutes <= 600 || err_input(err, "minutes", N_("Write the minutes as a number, at most 600."));
}

static bool
judge_write(struct db *tx, void *arg, struct err *err)
{
	struct judge *j = arg;
	struct mystery_judgement in = *j->in;
	struct mystery_test t;

	if (!load_running(tx, j, &t, err))
		return false;
	if (in.remark != NULL && strlen(in.remark) > REMARK_MAX)
		return err_input(err, "remark", N_("The remark is too long."));
	if (t.by_phone) {
		in.is_answer = -1;
		if (!good_call(&in, j->by->now, err))
			return false;
	} else {
		if (t.asked_at == 0)
			return err_input(err, "is_answer", N_("The question has not been sent yet."));
		if (in.is_answer != 0 && in.is_answer != 1)
			return err_input(err, "is_answer", N_("Say whether the question was answered."));
		if (in.is_answer == 1 && t.answer_at == 0)
			return err_input(err, "is_answer", N_("No answer has come."));
		in.direct = -1;
		in.minutes = -1;
		in.called_at = 0;
		memset(in.grade, 0, sizeof(in.grade));
	}
	return test_judged(tx, &in, j->by->account_id, j->by->now, err) && (!t.by_phone || test_calls_found(tx, t.id, err)) &&
	    noted(tx, j->by, "mystery.judged", "mystery_test", t.id, t.authority_id, err);
}

bool
mystery_judge(struct db *db, struct arena *a, const struct change *by, const struct mystery_judgement *in, struct err *err)
{
	struct judge j = { a, by, in, NULL, in->test_id };

	return db_write(db, judge_write, &j, err) || err_add(err, "judging a test");
}

static bool
void_write(struct db *tx, void *arg, struct err *err)
{
	struct judge *j = arg;
	struct mystery_test t;

	return load_running(tx, j, &t, err) && test_void_set(tx, t.id, j->why[0] == '\0' ? NULL : j->why, err) &&
	    noted(tx, j->by, "mystery.left_out", "mystery_test", t.id, t.authority_id, err);
}

bool
mystery_void(struct db *db, const struct change *by, int64_t test_id, const char *why, struct err *err)
{
	struct arena *a = arena_open();
	struct judge j = { a, by, NULL, why, test_id };
	bool ok = strlen(why) <= REMARK_MAX ? db_write(db, void_write, &j, err) :
	    err_input(err, "void_reason", N_("The reason is too long."));

	arena_close(a);
	return ok || err_add(err, "leaving out a test");
}

/* ---- out and in ----------------------------------------------------------------------------------------------------- */

struct send { struct arena *a; struct mystery_round round; struct mystery_test test; int64_t now; };

static bool
send_write(struct db *tx, void *arg, struct err *err)
{
	struct send *s = arg;
	const char *at = strchr(s->test.sender_address, '@');
	const char *message_id = arena_printf(s->a, "%s%s", random_token(s->a, 15), at);
	int64_t outbox_id;

	return outbox_put(tx, &(struct outbox_message){ .recipient = s->round.recipient, .subject = s->test.subject,
	    .text = arena_printf(s->a, "%s\n\n%s\n", s->test.question, s->test.sender_name), .sender = s->test.sender_address,
	    .sender_name = s->test.sender_name, .message_id = message_id }, s->now, &outbox_id, err) &&
	    test_sent(tx, s->test.id, message_id, outbox_id, s->now, err) &&
	    event_note(tx, s->now, 0, "mystery.sent", "mystery_test", s->test.id, 0, 0, s->test.authority_id, 0, NULL, err);
}

static bool
send_one(struct db *db, struct arena *a, int64_t id, int64_t now, int64_t *sent, struct err *err)
{
	struct send s = { .a = a, .now = now };
	struct plan_period p;

	if (!mystery_test_get(db, a, id, &s.test, err) || !mystery_round_get(db, a, s.test.round_id, &s.round, err))
		return false;
	p = (struct plan_period){ .opens = plan_minutes(s.round.opens), .closes = plan_minutes(s.round.closes) };
	if (!short_days(db, a, local_date(now), &p.short_day, &p.n_short_days, err))
		return false;
	if (!plan_open_at(&p, now))
		return true;		/* after a stop: not in the night, when nobody writes to a municipality by the dozen */
	if (!db_write(db, send_write, &s, err))
		return err_add(err, "sending test %" PRId64, id);
	++*sent;
	return true;
}

bool
mystery_tick(struct db *db, int64_t now, int64_t *sent, struct err *err)
{
	struct arena *a = arena_open();
	struct ids due;
	bool ok = tests_due(db, a, now, &due, err);

	*sent = 0;
	for (size_t i = 0; ok && i < due.n; i++)
		ok = send_one(db, a, due.id[i], now, sent, err);
	arena_close(a);
	return ok;
}

/* A mail has become a contact: is it one of ours? */
static bool
made(struct db *tx, const struct mime_message *m, int64_t contact_id, int64_t now, struct err *err)
{
	int64_t id, known;

	(void)now;
	if (m->message_id[0] == '\0')
		return true;
	return test_by_message(tx, m->message_id, &id, &known, err) && (id == 0 || test_arrived(tx, id, contact_id, err));
}

static bool
to_a_sender(struct db *tx, struct arena *a, const struct mime_message *m, const char *envelope_to, bool *ours, struct err *err)
{
	const struct mail_addresses *lists[] = { &m->delivered_to, &m->to, &m->cc };

	*ours = false;
	if (envelope_to != NULL && !sender_is_ours(tx, utf8_lower(a, envelope_to), ours, err))
		return false;
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; !*ours && i < lists[l]->n; i++) {
			if (!sender_is_ours(tx, utf8_lower(a, lists[l]->item[i].address), ours, err))
				return false;
		}
	}
	return true;
}

/* Our answer's own address says which contact it is about, also when that contact came out of another by a transfer. */
static bool
by_our_address(struct db *tx, struct arena *a, const char *address, int64_t *id, int64_t *contact_id, struct err *err)
{
	unsigned char key[32];
	const char *number;

	if (!site_mail_key(tx, key, err))
		return false;
	number = mail_token_open(a, key, mail_token_of_address(a, address));
	if (number == NULL)
		return true;
	if (!contact_id_of(tx, number, contact_id, err)) {
		*contact_id = 0;
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return true;
	}
	return test_by_contact(tx, *contact_id, id, err);
}

/* A sender's own mail comes in here too: what is said to it is an answer, and no resident's contact. A receipt is none. */
static bool
first(struct db *tx, struct arena *a, const struct mime_message *m, const struct mail_verdict *verdict, const char *envelope_to,
    int64_t now, bool *taken, int64_t *contact_id, struct err *err)
{
	int64_t id = 0;
	bool ours;

	if (!to_a_sender(tx, a, m, envelope_to, &ours, err))
		return false;
	if (!ours)
		return true;
	if (m->in_reply_to[0] != '\0' && !test_by_message(tx, m->in_reply_to, &id, contact_id, err))
		return false;
	for (size_t i = m->n_references; id == 0 && i > 0; i--) {
		if (!test_by_message(tx, m->references[i - 1], &id, contact_id, err))
			return false;
	}
	if (id == 0 && verdict->original_message_id[0] != '\0' &&
	    !test_by_message(tx, verdict->original_message_id, &id, contact_id, err))
		return false;
	if (id == 0 && !by_our_address(tx, a, m->from.address, &id, contact_id, err))
		return false;
	*taken = id != 0;
	return id == 0 || verdict->kind != MAIL_ORDINARY ||
	    test_answer_came(tx, id, m->reply_text[0] != '\0' ? m->reply_text : m->text, now, err);
}

void
mystery_by_mail(void)
{
	intake_on_first(first);
	intake_on_made(made);
}

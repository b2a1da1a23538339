/* contact/clock.c: the law's counting with the municipality's promises; overdue told once a level */
#include "contact/clock.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/tr.h"
#include "contact/clock_store.h"
#include "contact/site_words.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "db/kept.h"
#include "law/promise.h"
#include "people/absence.h"
#include "people/office.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { CONFIRM_DAYS = 1, ANSWER_DAYS = 5, PAGE = 200 };	/* without a row of promise: rule book 2.3 [PRACTICE] */

static const void *
read_closed_days(struct db *db, struct arena *a, int64_t from, struct err *err)
{
	struct law_closed *out = arena_alloc(a, sizeof(*out));
	struct local_day_list days;
	struct date *day;

	if (!local_day_list(db, a, date_text(date_from_days((int)from)).s, &days, err))
		return NULL;
	day = arena_array(a, days.n, sizeof(*day));
	out->day = day;
	for (size_t i = 0; i < days.n; i++) {
		if (days.item[i].closes_at == NULL && date_parse(days.item[i].date, &day[out->n]))
			out->n++;
	}
	return out;
}

bool
clock_closed_days(struct db *db, struct arena *a, struct date from, struct law_closed *out, struct err *err)
{
	const struct law_closed *closed = kept_get(db, a, read_closed_days, date_days(from), err);

	if (closed == NULL)
		return err_add(err, "closed days");
	*out = *closed;
	return true;
}

static const void *
read_promises(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	struct promise_list *list = arena_alloc(a, sizeof(*list));

	(void)key;
	return promise_list(db, a, list, err) ? list : NULL;
}

/* The most specific row: the category says most, then the channel, then the authority. */
static const struct promise_row *
most_specific(const struct promise_list *list, int64_t authority_id, const char *channel, int64_t category_id)
{
	const struct promise_row *best = NULL;
	int best_score = -1;

	for (size_t i = 0; i < list->n; i++) {
		const struct promise_row *r = &list->item[i];
		int score = (r->category_id != 0) * 4 + (r->channel != NULL) * 2 + (r->authority_id != 0);

		if ((r->category_id != 0 && r->category_id != category_id) ||
		    (r->channel != NULL && strcmp(r->channel, channel) != 0) ||
		    (r->authority_id != 0 && r->authority_id != authority_id) || score <= best_score)
			continue;
		best = r;
		best_score = score;
	}
	return best;
}

bool
clock_promise(struct db *db, struct arena *a, int64_t authority_id, const char *channel, int64_t category_id,
    struct date received, struct clock_promise *out, struct err *err)
{
	const struct promise_list *list = kept_get(db, a, read_promises, 0, err);
	const struct promise_row *row;
	struct law_closed closed;
	struct law_period answer;

	if (list == NULL || !clock_closed_days(db, a, received, &closed, err))
		return err_add(err, "promise");
	row = most_specific(list, authority_id, channel, category_id);
	*out = (struct clock_promise){ .confirm_days = row == NULL ? CONFIRM_DAYS : (int)row->confirm_days,
		.answer_days = row == NULL ? ANSWER_DAYS : (int)row->answer_days };
	answer = law_promise_days(received, out->answer_days, &closed);
	out->confirm_by = law_end_of(law_promise_days(received, out->confirm_days, &closed).date);
	out->answer_by = law_end_of(answer.date);
	out->explained = law_explained(a, received, "days", out->answer_days, &answer);
	return true;
}

bool
clock_working_days(struct db *db, struct arena *a, struct date from, int n, int64_t *by, const char **explained,
    struct err *err)
{
	struct law_closed closed;
	struct law_period p;

	if (!clock_closed_days(db, a, from, &closed, err))
		return false;
	p = law_promise_days(from, n, &closed);
	*by = law_end_of(p.date);
	*explained = law_explained(a, from, "days", n, &p);
	return true;
}

bool
clock_days_between(struct db *db, struct arena *a, struct date from, struct date to, int *n, struct err *err)
{
	struct law_closed closed;

	if (!clock_closed_days(db, a, from, &closed, err))
		return false;
	*n = law_working_days_between(from, to, &closed);
	return true;
}

enum { TOLD_MOST = 32 };

/* What is told of one contact, and to whom it has been told, so that nobody hears the same twice. */
struct step {
	struct arena *a;
	const struct due *due;
	int level;
	int64_t now, mails;
	bool done;
	int64_t told[TOLD_MOST];
	size_t n_told;
};

/* A mail to one account, with the number and no word of the matter itself. */
static bool
tell_one(struct db *tx, struct step *s, int64_t account_id, const char *subject, const char *text, struct err *err)
{
	const char *to;

	for (size_t i = 0; i < s->n_told; i++) {
		if (s->told[i] == account_id)
			return true;
	}
	if ((to = account_address(tx, s->a, account_id, err)) == NULL)
		return err->code == ERR_NONE;
	if (s->n_told < TOLD_MOST)
		s->told[s->n_told++] = account_id;
	s->mails++;
	return outbox_put(tx, &(struct outbox_message){ .contact_id = s->due->id, .recipient = to,
		.subject = arena_printf(s->a, "%s: %s", s->due->number, tr("sv", subject)),
		.text = arena_printf(s->a, "%s\n\n%s/kontakter/%s\n", tr("sv", text),
		site_text(tx, s->a, "site.base_url", ""), s->due->number), .automatic = true }, s->now, NULL, err);
}

/* The clock runs on while she is away: the stand-in hears of it too. */
static bool
tell(struct db *tx, struct step *s, int64_t account_id, const char *subject, const char *text, struct err *err)
{
	struct absence away = { 0 };

	return tell_one(tx, s, account_id, subject, text, err) &&
	    absence_on(tx, s->a, account_id, local_date(s->now), &away, err) &&
	    (away.id == 0 || away.stand_in_id == 0 || tell_one(tx, s, away.stand_in_id, subject, text, err));
}

/* To the unit's manager (or the head, `head`); without a manager, to the head. */
static bool
tell_leaders(struct db *tx, struct step *s, bool head, const char *subject, const char *text, struct err *err)
{
	int64_t *account;
	size_t n = 0;

	if (!head && !leaders_of(tx, s->a, s->due->authority_id, s->due->unit_id, "unit_manager", local_date(s->now), &account, &n,
	    err))
		return false;
	if (n == 0 && !leaders_of(tx, s->a, s->due->authority_id, s->due->unit_id, "department_head", local_date(s->now), &account,
	    &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!tell(tx, s, account[i], subject, text, err))
			return false;
	}
	return true;
}

static bool
tell_level(struct db *tx, struct step *s, int level, struct err *err)
{
	static const char *const text[] = { NULL, N_("The promised date has passed. Answer, or say when you will."),
		N_("A contact in your unit is three working days late."),
		N_("A contact in your department is ten working days late.") };
	static const char subject[] = N_("the promised date has passed");

	s->n_told = 0;
	return level == 1 && s->due->owner_id != 0 ? tell(tx, s, s->due->owner_id, subject, text[level], err) :
	    tell_leaders(tx, s, level == 3, subject, text[level], err);
}

static bool
raise(struct db *tx, void *arg, struct err *err)
{
	struct step *s = arg;
	const struct due *d = s->due;

	s->mails = 0;
	if (!clock_overdue_set(tx, d->id, d->overdue, s->level, &s->done, err))
		return false;
	if (!s->done)
		return true;		/* answered meanwhile, or another tick was first */
	for (int level = d->overdue + 1; level <= s->level; level++) {
		if (!tell_level(tx, s, level, err))
			return false;
	}
	return event_note(tx, s->now, 0, "contact.overdue", "contact", d->id, d->id, 0,
	    d->authority_id, d->restricted, arena_printf(s->a, "{\"level\": %d}", s->level), err);
}

static bool
unconfirmed(struct db *tx, void *arg, struct err *err)
{
	struct step *s = arg;
	const struct due *d = s->due;

	s->mails = 0;
	if (!clock_unconfirmed_told(tx, d->id, &s->done, err))
		return false;
	return !s->done || (tell_leaders(tx, s, false, N_("nobody has taken it"),
	    N_("Nobody has taken this contact by the day that was promised. Give it to somebody."), err) &&
	    event_note(tx, s->now, 0, "contact.unconfirmed", "contact", d->id, d->id, 0, d->authority_id, d->restricted, NULL, err));
}

static bool
hand_back(struct db *tx, void *arg, struct err *err)
{
	struct step *s = arg;
	const struct due *d = s->due;
	struct actor nobody = { 0 };

	s->mails = 0;
	s->done = contact_assign(tx, d->id, 0, d->unit_id, 0, NULL, &nobody, s->now, err);
	if (!s->done)
		return false;
	return tell_leaders(tx, s, false, N_("nobody has it any more"),
	    N_("Whoever had this contact no longer works with it. Give it to somebody."), err) &&
	    event_note(tx, s->now, 0, "contact.handed_back", "contact", d->id, d->id, 0, d->authority_id, d->restricted,
	    arena_printf(s->a, "{\"from_owner\": %" PRId64 "}", d->owner_id), err);
}

static bool
move_on(struct db *tx, void *arg, struct err *err)
{
	struct step *s = arg;
	const struct due *was = s->due;
	struct due to = *was;
	struct actor nobody = { 0 };
	bool ok;

	s->mails = 0;
	if (!work_open_unit(tx, was->unit_id, &to.unit_id, err))
		return false;
	s->done = contact_assign(tx, to.id, 0, to.unit_id, to.owner_id, NULL, &nobody, s->now, err);
	if (!s->done)
		return false;
	s->due = &to;		/* whose leaders are to hear */
	ok = (to.owner_id != 0 || tell_leaders(tx, s, false, N_("its unit is closed"),
	    N_("The unit that had this contact is closed, so it has come to you. Give it to somebody."), err)) &&
	    event_note(tx, s->now, 0, "contact.unit_closed", "contact", to.id, to.id, 0, to.authority_id, to.restricted,
	    arena_printf(s->a, "{\"unit\": %" PRId64 "}", to.unit_id), err);
	s->due = was;
	return ok;
}

/* One kind of what is due: how it is found, what is done with each. */
typedef bool find_fn(struct db *db, struct arena *a, int64_t now, const struct due *after, struct due_list *out, struct err *err);

static bool
find_due(struct db *db, struct arena *a, int64_t now, const struct due *after, struct due_list *out, struct err *err)
{
	return clock_due(db, a, now, after, PAGE, out, err);
}

static bool
find_unconfirmed(struct db *db, struct arena *a, int64_t now, const struct due *after, struct due_list *out, struct err *err)
{
	return clock_unconfirmed(db, a, now, after->id, PAGE, out, err);
}

static bool
find_left_behind(struct db *db, struct arena *a, int64_t now, const struct due *after, struct due_list *out, struct err *err)
{
	return clock_left_behind(db, a, date_text(local_date(now)).s, INT64_MAX, after->id, PAGE, out, err);
}

static bool
find_closed_units(struct db *db, struct arena *a, int64_t now, const struct due *after, struct due_list *out, struct err *err)
{
	(void)now;
	return clock_closed_units(db, a, after->id, PAGE, out, err);
}

static bool
each(struct db *db, find_fn *find, db_write_fn *act, int64_t now, int64_t *count, struct clock_done *out, struct err *err)
{
	struct arena *a = arena_open();
	struct due_list list = { .n = PAGE };
	struct due after = { .answer_by = INT64_MIN };
	bool ok = true;

	while (ok && list.n == PAGE) {
		struct law_closed closed;

		arena_reset(a);
		ok = find(db, a, now, &after, &list, err) &&
		    (list.n == 0 || clock_closed_days(db, a, date_of("1990-01-01"), &closed, err));
		for (size_t i = 0; ok && i < list.n; i++) {
			struct step s = { .a = a, .due = &list.item[i], .now = now,
				.level = law_overdue_level(list.item[i].answer_by, now, &closed) };

			after = list.item[i];
			if (act == raise && s.level <= list.item[i].overdue)
				continue;
			ok = db_write(db, act, &s, err) || err_add(err, "contact %" PRId64 " is due", s.due->id);
			if (!ok || !s.done)
				continue;
			++*(act == raise ? &out->overdue[s.level] : count);
			out->mails += s.mails;
		}
	}
	arena_close(a);
	return ok;
}

bool
clock_tick(struct db *db, int64_t now, struct clock_done *out, struct err *err)
{
	*out = (struct clock_done){ 0 };
	return each(db, find_left_behind, hand_back, now, &out->handed_back, out, err) &&
	    each(db, find_closed_units, move_on, now, &out->handed_back, out, err) &&
	    each(db, find_unconfirmed, unconfirmed, now, &out->unconfirmed, out, err) &&
	    each(db, find_due, raise, now, NULL, out, err);
}

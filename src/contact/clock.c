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
#include "law/promise.h"
#include "people/absence.h"
#include "people/office.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { CONFIRM_DAYS = 1, ANSWER_DAYS = 5, PAGE = 200 };	/* without a row of promise: rule book 2.3 [PRACTICE] */

bool
clock_closed_days(struct db *db, struct arena *a, struct date from, struct law_closed *out, struct err *err)
{
	struct local_day_list days;
	struct date *day;
	size_t n = 0;

	if (!local_day_list(db, a, date_text(from).s, &days, err))
		return err_add(err, "closed days");
	day = arena_array(a, days.n, sizeof(*day));
	for (size_t i = 0; i < days.n; i++) {
		if (days.item[i].closes_at == NULL && date_parse(days.item[i].date, &day[n]))
			n++;
	}
	*out = (struct law_closed){ day, n };
	return true;
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
	struct promise_list list;
	const struct promise_row *row;
	struct law_closed closed;
	struct law_period answer;

	if (!promise_list(db, a, &list, err) || !clock_closed_days(db, a, received, &closed, err))
		return err_add(err, "promise");
	row = most_specific(&list, authority_id, channel, category_id);
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

struct step { struct arena *a; const struct due *due; int level; int64_t now; int64_t mails; bool done; };

/* A mail to one account, with the number and no word of the matter itself. */
static bool
tell(struct db *tx, struct step *s, int64_t account_id, struct err *err)
{
	static const char *const text[] = { NULL, N_("The promised date has passed. Answer, or say when you will."),
		N_("A contact in your unit is three working days late."),
		N_("A contact in your department is ten working days late.") };
	const char *to = account_address(tx, s->a, account_id, err);

	if (to == NULL)
		return err->code == ERR_NONE;
	s->mails++;
	return outbox_put(tx, &(struct outbox_message){ .contact_id = s->due->id, .recipient = to,
		.subject = arena_printf(s->a, "%s: %s", s->due->number, tr("sv", N_("the promised date has passed"))),
		.text = arena_printf(s->a, "%s\n\n%s/kontakter/%s\n", tr("sv", text[s->level]),
		site_text(tx, s->a, "site.base_url", ""), s->due->number), .automatic = true }, s->now, NULL, err);
}

static bool
tell_all(struct db *tx, struct step *s, struct err *err)
{
	static const char *const leader[] = { NULL, NULL, "unit_manager", "department_head" };
	struct date today = local_date(s->now);
	struct absence away = { 0 };
	int64_t *account;
	size_t n;

	if (s->level == 1 && s->due->owner_id != 0) {
		/* The clock runs on while she is away: the stand-in hears of it too. */
		return tell(tx, s, s->due->owner_id, err) && absence_on(tx, s->a, s->due->owner_id, today, &away, err) &&
		    (away.id == 0 || away.stand_in_id == 0 || tell(tx, s, away.stand_in_id, err));
	}
	if (!leaders_of(tx, s->a, s->due->authority_id, s->due->unit_id, leader[s->level == 1 ? 2 : s->level], today,
	    &account, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!tell(tx, s, account[i], err))
			return false;
	}
	return true;
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
	return tell_all(tx, s, err) && event_note(tx, s->now, 0, "contact.overdue", "contact", d->id, d->id, 0,
	    d->authority_id, d->restricted, arena_printf(s->a, "{\"level\": %d}", s->level), err);
}

bool
clock_tick(struct db *db, int64_t now, struct clock_done *out, struct err *err)
{
	struct arena *a = arena_open();
	int64_t after = 0;
	bool ok = true;

	*out = (struct clock_done){ 0 };
	for (;;) {
		struct law_closed closed;
		struct due_list list;

		ok = clock_closed_days(db, a, date_of("1990-01-01"), &closed, err) &&
		    clock_due(db, a, now, after, PAGE, &list, err);
		for (size_t i = 0; ok && i < list.n; i++) {
			struct step s = { .a = a, .due = &list.item[i], .now = now,
				.level = law_overdue_level(list.item[i].answer_by, now, &closed) };

			after = list.item[i].id;
			if (s.level <= list.item[i].overdue)
				continue;
			ok = db_write(db, raise, &s, err) || err_add(err, "overdue contact %" PRId64, s.due->id);
			out->overdue[s.level] += ok && s.done;
			out->mails += ok && s.done ? s.mails : 0;
		}
		if (!ok || list.n < PAGE)
			break;
		arena_reset(a);
	}
	arena_close(a);
	return ok;
}

/* cmd/calc_law.c: the law from the shell */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cmd/calc.h"
#include "law/calendar.h"
#include "law/meeting.h"
#include "law/statute.h"

enum { YEAR_FIRST = 1583, YEAR_LAST = 9999, COUNT_MAX = 36500, SEATS_MAX = 10000 };

static bool
need_date(const json_t *in, const char *key, struct date *out, struct err *err)
{
	const char *text;

	if (!json_need_text(in, key, &text, err))
		return false;
	if (!date_parse(text, out) || out->year < YEAR_FIRST || out->year > YEAR_LAST - 101)
		return err_input(err, key, N_("must be a date, YYYY-MM-DD, from 1583-01-01 to 9898-12-31"));
	return true;
}

static bool
need_range(const json_t *in, const char *key, int64_t least, int64_t most, const char *range, int64_t *out,
    struct err *err)
{
	if (!json_need_i64(in, key, out, err))
		return false;
	return (*out >= least && *out <= most) || err_input(err, key, range);
}

static void
put_date(json_t *out, const char *key, struct date d)
{
	(void)json_object_set_new(out, key, json_string(date_text(d).s));
}

/* Said only of a date that the rule did not hold for: an earlier statute, which we do not know, may have said otherwise. */
static void
put_in_force(json_t *out, const char *cited, struct date day)
{
	struct date from;

	if (!law_in_force(cited, day, &from))
		put_date(out, "in_force_from", from);
}

static bool
calc_easter(const json_t *in, json_t *out, struct err *err)
{
	int64_t year;

	if (!need_range(in, "year", YEAR_FIRST, YEAR_LAST, N_("must be a year from 1583 to 9999"), &year, err))
		return false;
	put_date(out, "date", law_easter((int)year));
	return true;
}

static bool
calc_working_day(const json_t *in, json_t *out, struct err *err)
{
	struct date d;
	const char *why;

	if (!need_date(in, "date", &d, err))
		return false;
	why = law_day_off(d);
	(void)json_object_set_new(out, "working", json_boolean(why == NULL));
	(void)json_object_set_new(out, "why", why == NULL ? json_null() : json_string(why));
	return true;
}

static void
put_skipped(json_t *list, struct date d, const char *why)
{
	json_t *one = json_object();

	put_date(one, "date", d);
	(void)json_object_set_new(one, "why", json_string(why));
	(void)json_array_append_new(list, one);
}

static void
put_period(json_t *out, const struct law_period *p)
{
	json_t *skipped = json_array();

	put_date(out, "date", p->date);
	for (size_t i = 0; i < p->n_skipped; i++)
		put_skipped(skipped, p->skipped[i].date, p->skipped[i].why);
	(void)json_object_set_new(out, "skipped", skipped);
	(void)json_object_set_new(out, "law", json_string(p->law));
}

static bool
need_period(const json_t *in, int64_t most, struct date *from, int *n, struct err *err)
{
	int64_t count;

	if (!need_date(in, "from", from, err) ||
	    !need_range(in, "n", 0, most, N_("must be a whole number, 0 or more, at most a hundred years"), &count, err))
		return false;
	*n = (int)count;
	return true;
}

static bool
calc_period(const json_t *in, json_t *out, struct law_period (*count)(struct date, int), int64_t most, struct err *err)
{
	struct law_period p;
	struct date from;
	int n;

	if (!need_period(in, most, &from, &n, err))
		return false;
	p = count(from, n);
	put_period(out, &p);
	put_date(out, "end_day", p.end_day);
	put_in_force(out, p.law, from);
	return true;
}

/* A hundred years skip more days than a law_period holds; who asks the shell for them gets every one. */
static bool
calc_working_days(const json_t *in, json_t *out, struct err *err)
{
	json_t *skipped = json_array();
	struct law_period p;
	struct date from;
	int n;

	if (!need_period(in, COUNT_MAX * 5 / 8, &from, &n, err)) {
		json_decref(skipped);
		return false;
	}
	p = law_working_days(from, n);
	for (struct date d = date_add(from, 1); date_cmp(d, p.date) < 0; d = date_add(d, 1)) {
		if (!law_is_working_day(d))
			put_skipped(skipped, d, law_day_off(d));
	}
	put_date(out, "date", p.date);
	(void)json_object_set_new(out, "skipped", skipped);
	(void)json_object_set_new(out, "law", json_string(p.law));
	put_in_force(out, p.law, from);
	return true;
}

static bool
calc_days(const json_t *in, json_t *out, struct err *err)
{
	return calc_period(in, out, law_days, COUNT_MAX, err);
}

static bool
calc_weeks(const json_t *in, json_t *out, struct err *err)
{
	return calc_period(in, out, law_weeks, COUNT_MAX / 7, err);
}

static bool
calc_months(const json_t *in, json_t *out, struct err *err)
{
	return calc_period(in, out, law_months, 1200, err);
}

static bool
calc_latest_before(const json_t *in, json_t *out, struct err *err)
{
	return calc_period(in, out, law_latest_before, 52, err);
}

static bool
calc_received_date(const json_t *in, json_t *out, struct err *err)
{
	const char *channel, *arrived;
	struct law_received r;
	int64_t at;

	if (!json_need_text(in, "channel", &channel, err) || !json_need_text(in, "arrived_at", &arrived, err))
		return false;
	if (!instant_parse(arrived, &at))
		return err_input(err, "arrived_at", N_("must be an instant such as 2027-01-11T08:12:00+01:00"));
	if (!law_received_date(channel, at, &r, err))
		return false;
	put_date(out, "date", r.date);
	(void)json_object_set_new(out, "rule", json_string(r.rule));
	put_in_force(out, r.rule, local_date(at));
	return true;
}

static bool
calc_legality_review(const json_t *in, json_t *out, struct err *err)
{
	struct law_review r;
	struct date posted;

	if (!need_date(in, "posted", &posted, err))
		return false;
	r = law_legality_review(posted);
	put_date(out, "last_day", r.last_day.date);
	put_date(out, "final_from", r.final_from);
	put_in_force(out, r.last_day.law, posted);
	return true;
}

static bool
calc_quorum(const json_t *in, json_t *out, struct err *err)
{
	int64_t seats, present;

	if (!need_range(in, "seats", 1, SEATS_MAX, N_("must be a whole number from 1 to 10000"), &seats, err) ||
	    !need_range(in, "present", 0, SEATS_MAX, N_("must be a whole number from 0 to 10000"), &present, err))
		return false;
	if (present > seats)
		return err_input(err, "present", N_("must be at most the number of seats"));
	(void)json_object_set_new(out, "quorate", json_boolean(law_is_quorate((int)seats, (int)present)));
	(void)json_object_set_new(out, "needed", json_integer(law_quorum_needed((int)seats)));
	return true;
}

static bool
need_word(const json_t *in, const char *key, const char *const *words, size_t n, const char *range, size_t *which,
    struct err *err)
{
	const char *text;

	if (!json_need_text(in, key, &text, err))
		return false;
	for (*which = 0; *which < n; ++*which) {
		if (strcmp(words[*which], text) == 0)
			return true;
	}
	return err_input(err, key, range);
}

static const char *const vote_words[] = { [VOTE_YES] = "yes", [VOTE_NO] = "no", [VOTE_ABSTAIN] = "abstain" };

/* One vote into the counts; a member votes once (invariant 11). */
static bool
count_vote(const json_t *votes, size_t i, const char *chair, int count[3], bool *chair_voted, size_t *chair_vote,
    struct err *err)
{
	const json_t *one = json_array_get(votes, i);
	const char *member;
	size_t vote;

	if (!json_is_object(one) || !json_need_text(one, "member", &member, err) ||
	    !need_word(one, "vote", vote_words, 3, N_("must be yes, no or abstain"), &vote, err))
		return err_input(err, "votes", N_("each vote needs a member and a vote: yes, no or abstain"));
	for (size_t j = 0; j < i; j++) {
		if (strcmp(json_text_or(json_array_get(votes, j), "member", ""), member) == 0)
			return err_input(err, "votes", N_("a member votes once"));
	}
	count[vote]++;
	if (strcmp(member, chair) == 0) {
		*chair_voted = true;
		*chair_vote = vote;
	}
	return true;
}

static bool
calc_tally(const json_t *in, json_t *out, struct err *err)
{
	static const char *const matters[] = { "decision", "election", "employment" };
	static const char *const outcomes[] = { "yes", "no", "lots" };
	static const char *const by[] = { "majority", "casting_vote", "lots", "chair_must_vote" };
	const json_t *votes = json_object_get(in, "votes");
	int count[3] = { 0 };
	bool chair_voted = false;
	size_t matter, chair_vote = VOTE_ABSTAIN;
	const char *chair;
	struct law_tally t;

	if (!need_word(in, "matter", matters, 3, N_("must be decision, election or employment"), &matter, err) ||
	    !json_need_text(in, "chair", &chair, err))
		return false;
	if (!json_is_array(votes) || json_array_size(votes) > SEATS_MAX)
		return err_input(err, "votes", N_("must be a list of {member, vote}, at most 10000"));
	for (size_t i = 0; i < json_array_size(votes); i++) {
		if (!count_vote(votes, i, chair, count, &chair_voted, &chair_vote, err))
			return false;
	}
	t = law_count((enum law_ballot)matter, count[VOTE_YES], count[VOTE_NO], count[VOTE_ABSTAIN], chair_voted,
	    (enum law_vote)chair_vote);
	(void)json_object_set_new(out, "yes", json_integer(t.yes));
	(void)json_object_set_new(out, "no", json_integer(t.no));
	(void)json_object_set_new(out, "abstain", json_integer(t.abstain));
	/* While the chair must vote there is no outcome yet. */
	(void)json_object_set_new(out, "outcome", t.by == BY_CHAIR_MUST_VOTE ? json_null() : json_string(outcomes[t.outcome]));
	(void)json_object_set_new(out, "by", json_string(by[t.by]));
	return true;
}

static bool
calc_minority_referral(const json_t *in, json_t *out, struct err *err)
{
	static const char *const bodies[] = { "council", "committee" };
	const json_t *used = json_object_get(in, "used_before");
	int64_t present, demanding;
	struct law_minority m;
	size_t body;

	if (!need_word(in, "body", bodies, 2, N_("must be council or committee"), &body, err) ||
	    !need_range(in, "present", 1, SEATS_MAX, N_("must be a whole number from 1 to 10000"), &present, err) ||
	    !need_range(in, "demanding", 0, SEATS_MAX, N_("must be a whole number from 0 to 10000"), &demanding, err))
		return false;
	if (demanding > present)
		return err_input(err, "demanding", N_("must be at most the number present"));
	if (used != NULL && !json_is_null(used) && !json_is_boolean(used))
		return err_input(err, "used_before", N_("must be true or false"));
	m = law_minority_referral(body == 0, (int)present, (int)demanding, json_bool_or(in, "used_before", false));
	(void)json_object_set_new(out, "referred", json_boolean(m.referred));
	(void)json_object_set_new(out, "needed", json_integer(m.needed));
	(void)json_object_set_new(out, "law", json_string(m.law));
	return true;
}

const struct calc_function calc_law[] = {
	{ "easter", calc_easter }, { "working-day", calc_working_day }, { "working-days", calc_working_days },
	{ "days", calc_days }, { "weeks", calc_weeks }, { "months", calc_months }, { "latest-before", calc_latest_before },
	{ "received-date", calc_received_date }, { "legality-review", calc_legality_review }, { "quorum", calc_quorum },
	{ "tally", calc_tally }, { "minority-referral", calc_minority_referral }, { 0 },
};

/* law/meeting.c: thresholds of the Local Government Act */
#include "law/meeting.h"

int
law_quorum_needed(int seats)
{
	return seats / 2 + 1;
}

bool
law_is_quorate(int seats, int present)
{
	return 2 * present > seats;
}

struct law_tally
law_count(enum law_ballot ballot, int yes, int no, int abstain, bool chair_voted, enum law_vote chair_vote)
{
	struct law_tally t = { .yes = yes, .no = no, .abstain = abstain, .by = BY_MAJORITY };

	if (yes != no) {
		t.outcome = yes > no ? OUTCOME_YES : OUTCOME_NO;
		return t;
	}
	t.outcome = OUTCOME_LOTS;
	if (ballot != BALLOT_DECISION) {
		t.by = BY_LOTS;
	} else if (!chair_voted || chair_vote == VOTE_ABSTAIN) {
		t.by = BY_CHAIR_MUST_VOTE;
	} else {
		t.by = BY_CASTING_VOTE;
		t.outcome = chair_vote == VOTE_YES ? OUTCOME_YES : OUTCOME_NO;
	}
	return t;
}

struct law_minority
law_minority_referral(bool council, int present, int demanding, bool used_before)
{
	struct law_minority m = { .needed = (present + 2) / 3, .law = "Kommunallag (2017:725) 5 kap. 50 §" };

	if (!council) {
		m.needed = present / 2 + 1;
		m.law = "Kommunallag (2017:725) 6 kap. 33 §";
	} else if (used_before) {
		m.needed = present / 2 + 1;
	}
	m.referred = demanding >= m.needed && council && !used_before;
	return m;
}

int
law_initiative_refusal_needed(int present)
{
	return (2 * present + 2) / 3;
}

/* law/meeting.h: quorum, counting of votes, referral back by a minority
 *
 * Kommunallag (2017:725) 5 kap. 45, 50, 54-56 §§ for the council; 6 kap. 27, 33 §§ for committees. */
#ifndef LAW_MEETING_H
#define LAW_MEETING_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

/* More than half of the members present, serving substitutes counted (KL 5:45, 6:27). */
int law_quorum_needed(int seats);
bool law_is_quorate(int seats, int present);

enum law_vote { VOTE_YES, VOTE_NO, VOTE_ABSTAIN };
enum law_ballot { BALLOT_DECISION, BALLOT_ELECTION, BALLOT_EMPLOYMENT };
enum law_outcome { OUTCOME_YES, OUTCOME_NO, OUTCOME_LOTS };
enum law_by { BY_MAJORITY, BY_CASTING_VOTE, BY_LOTS, BY_CHAIR_MUST_VOTE };

struct law_tally { int yes, no, abstain; enum law_outcome outcome; enum law_by by; };
/* Simple majority of the votes cast (5:55). At a tie the chair's side wins (5:56); if the chair abstained she must vote
 * (4:25), and there is no outcome until she has: BY_CHAIR_MUST_VOTE with OUTCOME_LOTS as no outcome. In elections and
 * employment lots are drawn (5:56). chair_vote: how the chair voted as a member; chair_voted false when she did not. */
struct law_tally law_count(enum law_ballot ballot, int yes, int no, int abstain, bool chair_voted, enum law_vote chair_vote);

/* Referral back or postponement by a minority: only in the council, at least a third of those present, once a matter
 * (5:50). Committees: always simple majority (6:33). */
struct law_minority { bool referred; int needed; const char *law; };
struct law_minority law_minority_referral(bool council, int present, int demanding, bool used_before);

/* A people's initiative is refused by two thirds of those present (5:37). */
int law_initiative_refusal_needed(int present);
#endif

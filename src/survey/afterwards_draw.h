/* survey/afterwards_draw.h: who is asked, in rounds, so that an answer is nobody's
 *
 * Who was asked can be found in the database: her invitation has a recipient, and "never twice" needs to know it. So an answer hides
 * among those who were asked together with her, and they must be many enough. Therefore:
 *
 *  - Who may be asked waits (ask_wait, one row a person) until a round can be drawn: share per cent of those who wait, and
 *    never fewer than "afterwards.together". First from her unit; when somebody has waited AFTERWARDS_WAIT_S from all who wait in her
 *    authority; else from the whole municipality; by phone and in writing apart, since the questions differ. Nobody is asked
 *    about what is older than AFTERWARDS_TOO_OLD_S. When a round is drawn depends on how many wait and how long, never on whom chance
 *    takes or what they say: each has the same known probability, and a frame's eligible are counted where they were drawn from.
 *  - A round is written in one transaction. Its invitations stand in the order of the drawn, its tokens in the order of their hashes;
 *    nothing says which token went to whom once the mail's words are emptied. All of a round end at the same moment.
 *  - An answer is a ballot of its round, sealed (base/random.h) until the round is over. Then all of a round are opened in one
 *    transaction, under new random names and in the order of those, and the ballots, the seal, the tokens and the list of calls go.
 *    So neither keys nor the order of rows (ctid, rowid) nor the transaction that wrote them (xmin) says who, or when.
 *
 * What remains is in docs/architecture.md. */
#ifndef SURVEY_AFTERWARDS_DRAW_H
#define SURVEY_AFTERWARDS_DRAW_H
#include "survey/afterwards.h"

/* One ballot: what is sealed. */
struct ballot { unsigned char heard, ease, second, days[2]; };
struct ballot ballot_of(const struct afterwards_answer *in);
struct afterwards_answer ballot_read(struct ballot b);

/* A setting as a number, within its limits. */
int64_t afterwards_setting(struct db *db, struct arena *a, const char *name, int64_t instead, int64_t least, int64_t most);
#endif

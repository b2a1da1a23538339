/* cmd/receive.h: mail that waits in a Maildir or an IMAP mailbox comes in while serve runs
 *
 * One thread a source; each mail is taken off its pile only when intake_mail() says that it is safe. */
#ifndef CMD_RECEIVE_H
#define CMD_RECEIVE_H
#include "cmd/options.h"

struct receivers;
struct receivers *receivers_start(struct database *d, const struct options *o);
void receivers_stop(struct receivers *r);	/* NULL does nothing; waits for the mail under way */
#endif

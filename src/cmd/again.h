/* cmd/again.h: a doubted mail (contact/intake.h) is read in a process of its own, `narkontakt mail --again ID`
 *
 * Three attempts to read it have ended a program. Whether it was the mail that did it, or power cuts, shows when another process
 * ends of it while this one lives. */
#ifndef CMD_AGAIN_H
#define CMD_AGAIN_H
#include <stdint.h>

#include "contact/intake.h"

struct again { const char *db; };	/* the database's URL, which goes in the environment: it may hold a password */
/* For intake_pending; `arg` is a struct again. Waits for it, at most two minutes. */
enum intake_alone again_alone(void *arg, int64_t mail_id);

/* The other side: exit code 0 it has been read, 65 it never will be, 75 not now. */
int again_read(const char *db, int64_t mail_id);
#endif

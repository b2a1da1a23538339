/* cmd/tick.h: everything that is due at an instant, once
 *
 * The same for `narkontakt tick` and for serve's own clock. After a stop it catches up: what fell due meanwhile is done
 * now, and only once. */
#ifndef CMD_TICK_H
#define CMD_TICK_H
#include "cmd/options.h"
#include "contact/clock.h"
#include "contact/sender.h"
#include "figures/month_letter.h"
#include "representative/escalation.h"
#include "sms/gateway.h"
#include "survey/afterwards.h"

struct tick_done { struct clock_done clock; struct escalation_done escalations;
	struct afterwards_done afterwards; struct sender_done sender; struct month_letter_done letters; struct sms_done sms;
	int64_t mails_read, deadlines, calls_lost, test_mails; };
/* Everything but the night's work; or the parts that serve asks for: what waits to be sent when something was put in the outbox, what may
 * fall due any moment every few seconds, and what is promised in days (the clock) every minute. */
enum tick_part { TICK_SEND = 1u << 0, TICK_SOON = 1u << 1, TICK_DAYS = 1u << 2, TICK_ALL = TICK_SEND | TICK_SOON | TICK_DAYS };
bool tick_run(struct db *db, const struct options *o, unsigned parts, int64_t now, struct tick_done *out, struct err *err);
/* The night's work, once a day, at the first asking of the municipality's day: the proof into the chain, rights by the new date,
 * old sessions and drafts, the index of words. With a million contacts it takes most of a minute, so serve has a thread for it, which
 * night_stop() ends early; what was left is done the next night. */
bool night_run(struct db *db, int64_t now, struct err *err);
void night_stop(void);
/* Fills `db` with the demonstration (init --demo, serve --demo on an empty database). */
bool init_demo(struct db *db, const struct options *o, struct err *err);
/* The least that contacts can come to, where there is nothing yet: Kommunstyrelsen and its Kontaktcenter. */
bool init_office(struct db *db, int64_t now, struct err *err);
#endif

/* call/call.h: calls from the exchange, and those who are to be called back
 *
 * An exchange tells of its calls by events (POST /api/calls), or afterwards in a file. A call is known by its exchange and the
 * exchange's own id. Its kinds, each stronger than the one before, so that events may come in any order and any number of times:
 *
 *   ringing    somebody waits          abandoned  she hung up before anybody answered (or it ended, and nobody had)
 *   missed     the exchange gave up, or turned her away: busy, closed, nobody there
 *   answered   a person talked to her  outgoing   we called her, and she answered
 *
 * Abandoned and missed calls are lost. Those of one number to one authority make a callback: one, until she is answered or
 * called; further lost calls join it and are counted (tries). Its task is a contact of channel phone, so it has a unit, a promise
 * (the next working day) and a clock as any other. A call that was answered later, or that we made, closes it with the reason.
 * Withheld numbers are counted and make no task: there is nobody to call.
 *
 * What is always true: which calls lie in which callback, its tries, its opening and what closed it follow from the calls alone,
 * whatever order they were told in; only a person who closes the task adds to it (a call that comes after is a new callback). A
 * contact that was made before the answer was known stays, closed.
 *
 * Clocks: a call's own instants are by its exchange's clock. An event may be CALL_AHEAD_S ahead of ours; further ahead it is
 * refused with a sentence. One that is older than CALL_TASK_S makes no task, and an event older than CALL_OLD_S is refused
 * (files may be as old as they like). */
#ifndef CALL_CALL_H
#define CALL_CALL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

enum {
	CALL_AHEAD_S = 10 * 60,
	CALL_OLD_S = 31 * 86400,
	CALL_TASK_S = 7 * 86400,
	CALL_SLACK_S = 15 * 60,		/* how far two clocks may differ when we compare theirs with ours */
	CALL_ID_MAX = 120, CALL_QUEUE_MAX = 80, CALL_AGENT_MAX = 120,
};

enum call_kind { CALL_RINGING, CALL_ABANDONED, CALL_MISSED, CALL_ANSWERED, CALL_OUTGOING, CALL_KINDS };
extern const char *const call_kind_name[CALL_KINDS];	/* as stored */

/* What is known of a call. Instants are UTC seconds by the exchange's clock; 0 is not known. */
struct call {
	int64_t id, exchange_id;
	const char *call_id;
	const char *number;		/* E.164; NULL: withheld */
	const char *queue, *agent;
	enum call_kind kind;
	int64_t agent_at;		/* of the event that named the agent */
	int64_t started_at, answered_at, ended_at;
	int64_t authority_id, unit_id, account_id, callback_id, contact_id;
};

/* Somebody to call back. */
struct callback {
	int64_t id, contact_id, authority_id, unit_id, owner_id;
	const char *number;
	int64_t opened_at, last_at, tries, promised_by;
	int64_t closed_at;		/* 0: open */
	const char *closed_why;		/* answered, called_back, by_hand */
};

/* An exchange (växel). The token itself is known to nobody but the exchange: its hash is kept. */
struct exchange {
	int64_t id, unit_id, authority_id;
	const char *code, *name;
	bool active, has_token;
	int64_t token_made_at, heard_at, ahead_s;
	bool ahead_known;
	const char *authority_code, *unit_name;
};

/* One thing that was told of a call. Instants are what follows from it: an answer after 12 s of waiting says when it began. */
struct call_event {
	size_t line;			/* in what was sent: the line, or the place in the array; from 1 */
	const char *call_id, *number, *queue, *agent;	/* NULL: not said, or withheld */
	enum call_kind kind;		/* CALL_ABANDONED for an end nobody said more of */
	int64_t at;			/* when it happened */
	int64_t started_at, answered_at, ended_at;	/* 0: does not follow */
};

/* What is known of the call after this too; the same whatever order events come in. `c` is zero before the first. True when
 * it said something new. Neither ids nor units are touched. */
bool call_merge(struct call *c, const struct call_event *e);
bool call_lost(enum call_kind kind);		/* abandoned or missed */
bool call_spoken(enum call_kind kind);		/* answered or outgoing: it ends a callback */
/* Seconds to the answer, or to the end of a lost call; and of talk. -1: not known, or not yet. */
int64_t call_wait_s(const struct call *c);
int64_t call_talk_s(const struct call *c);
bool call_kind_parse(const char *name, enum call_kind *out);
const char *call_kind_text(enum call_kind kind);	/* N_() text for people */
#endif

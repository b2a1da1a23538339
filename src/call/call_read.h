/* call/call_read.h: what exchanges send and store, as events
 *
 *   JSON   one event, an array of them, or one a line (POST /api/calls; docs/admin.md has the format)
 *   CSV    a header and one whole call a line: call_id, kind, at, number, queue, agent, wait, talk, in any order
 *   CDR    Asterisk's Master.csv, without a header: one leg of a call a line
 *
 * A line that cannot be used becomes a fault with its number and a sentence; the others are taken. Only what is no text of the
 * kind at all (unclosed quotes, a missing column) fails as a whole. Pure: no clock, no database. */
#ifndef CALL_CALL_READ_H
#define CALL_CALL_READ_H
#include "call/call.h"

struct arena; struct err;

enum {
	CALL_BODY_MAX = 1 << 20,	/* bytes of one POST */
	CALL_EVENTS_MAX = 1000,		/* events in it */
	CALL_FILE_MAX = 64 << 20,	/* bytes of a file */
	CALL_FAULTS_SHOWN = 1000,	/* more are counted, not listed */
	CALL_SECONDS_MAX = 86400,	/* a wait or a talk */
};

struct call_fault { size_t line; const char *field, *why; };	/* why: msgid, a whole sentence */

struct call_list {
	struct call_event *event;
	size_t n;
	struct call_fault *fault;
	size_t n_faults;		/* listed */
	size_t bad;			/* all bad lines */
	size_t left_out;		/* not calls to us: internal, and outgoing that nobody answered */
	/* private: room */
	size_t cap, cap_faults;
};

/* `now` and `file`: an event that is too old or too far ahead is a fault (call.h); a file may be as old as it likes. */
bool call_read_json(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err);
bool call_read_csv(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err);
bool call_read_cdr(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err);

/* "sip:+46701234567@host", "\"Anna\" <070-123 45 67>", "tel:...": E.164 where it can be, else as it was. NULL when it is withheld:
 * empty, or one of the words exchanges use for that. */
const char *call_number(struct arena *a, const char *text);
#endif

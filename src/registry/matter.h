/* registry/matter.h: a matter (ärende) in an authority's register (diarium)
 *
 * A matter has a number per authority and year (its serial is taken in the transaction that opens it, and never given
 * back), an internal title, and a public one that is public only when a named person has approved it. Its state follows
 * rule book 1.9. A matter opened by mistake is void: it stays visible with its number and why. It may not be closed while
 * an outgoing answer waits, a document is a draft, or a secrecy mark lacks its section. */
#ifndef REGISTRY_MATTER_H
#define REGISTRY_MATTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "people/permit.h"

struct arena; struct db; struct err; struct sb;

#define MATTER_TITLE_MAX 300

struct matter {
	int64_t id, version, authority_id, unit_id, owner_id;
	const char *number, *authority_code, *authority_name, *unit_name, *owner_name;
	const char *title_internal, *title_public;
	int64_t title_approved_at, title_approved_by;
	const char *state, *classification, *appeal_kind, *initiator;
	const char *opened_date, *closed_date, *void_reason;
	int64_t registered_at;
	int restricted;
	const char *next_deadline;	/* the first date that is not met, NULL when none waits */
};
struct matter_list { struct matter *item; size_t n; };

struct matter_in {
	int64_t authority_id, unit_id, owner_id;
	const char *title;			/* internal */
	const char *classification;		/* NULL: none yet; a code of the table when there is one */
	const char *appeal_kind, *initiator;	/* NULL: none, individual */
	int64_t contact_id;			/* becomes part of it, with its documents; 0: none */
	int restricted;
};

/* Opens one; a merits matter of an individual gets its six-month date (FL 12 §). ERR_INPUT names the field. */
bool matter_open(struct db *db, const struct matter_in *in, const struct actor *by, int64_t now, int64_t *id,
    struct err *err);
/* The contact's documents go into the matter, numbered there. Same authority only. */
bool matter_add_contact(struct db *db, int64_t matter_id, int64_t contact_id, const struct actor *by, int64_t now,
    struct err *err);
bool matter_get(struct db *db, struct arena *a, int64_t id, struct matter *out, struct err *err);
bool matter_by_number(struct db *db, struct arena *a, const char *number, struct matter *out, struct err *err);
struct object matter_object(const struct matter *m);

/* As the actor may see them, newest first. */
struct matter_filter {
	const char *state;			/* NULL: any; MATTER_OPEN_STATES: all that are not closed, archived or void */
	int64_t authority_id, unit_id, owner_id;	/* 0: any */
	const char *classification;		/* this code and those below it; NULL: any */
	const char *appeal_kind;		/* NULL: any */
	const char *late_on;			/* "YYYY-MM-DD": a deadline had passed on that day; NULL: any */
	int64_t before;				/* 0, or the last id of the page before */
	size_t limit;
};
#define MATTER_OPEN_STATES "open"
bool matter_list(struct db *db, struct arena *a, const struct actor *actor, const struct matter_filter *filter,
    struct matter_list *out, struct err *err);
bool matter_since(struct db *db, struct arena *a, int64_t since, const char *state, const char *authority_code,
    int64_t after_id, size_t limit, struct matter_list *out, struct err *err);

/* Changes; `version` as seen, 0 asks nothing. */
bool matter_state(struct db *db, int64_t id, int64_t version, const char *state, const struct actor *by, int64_t now,
    struct err *err);
bool matter_titles(struct db *db, int64_t id, int64_t version, const char *title_internal, const char *title_public,
    bool approve, const struct actor *by, int64_t now, struct err *err);
bool matter_assign(struct db *db, int64_t id, int64_t version, int64_t unit_id, int64_t owner_id,
    const struct actor *by, int64_t now, struct err *err);
/* Classification, appeal kind and who started it; the timers of FL 11 and 12 §§ come and go with them. */
bool matter_classify(struct db *db, int64_t id, int64_t version, const char *classification, const char *appeal_kind,
    const char *initiator, const struct actor *by, int64_t now, struct err *err);
bool matter_void(struct db *db, int64_t id, const char *reason, const struct actor *by, int64_t now, struct err *err);

/* A contact in the matter, as the actor may see it; others are not mentioned. */
struct matter_contact { int64_t id; const char *number, *subject, *state, *received_date; int restricted; bool closed; };
bool matter_contacts(struct db *db, struct arena *a, const struct actor *actor, int64_t matter_id,
    struct matter_contact **out, size_t *n, struct err *err);

/* A date the matter must be ready by, with its basis in law or what else was promised. Kinds: "own" (a person set it),
 * "fl11_estimate" (when it should be decided: later than that is a substantial delay the party is told of, FL 11 §),
 * "fl12_six_months" (from that day the party may ask for a decision, FL 12 §), "fl12_decision" (four weeks from her
 * request). Those of FL stand only in merits matters of an individual (FL 2 §). */
struct deadline {
	int64_t id, matter_id;
	const char *kind, *date, *basis, *name, *explained;
	int64_t done_at;
	const char *set_by_name;
};
struct deadline_list { struct deadline *item; size_t n; };
bool deadline_of(struct db *db, struct arena *a, int64_t matter_id, struct deadline_list *out, struct err *err);
/* `basis` is the statute, agreement or decision it rests on; ERR_INPUT without one. */
bool deadline_set(struct db *db, int64_t matter_id, const char *name, struct date date, const char *basis,
    const struct actor *by, int64_t now, struct err *err);
bool deadline_done(struct db *db, int64_t matter_id, int64_t deadline_id, const struct actor *by, int64_t now,
    struct err *err);
/* When it should be decided (FL 11 §). Moving it later asks for `told`: why, as the party was told. */
bool deadline_estimate(struct db *db, int64_t matter_id, struct date date, const char *told, const struct actor *by,
    int64_t now, struct err *err);
/* The party asked in writing, received on `received` (FL 12 §): four weeks. Once in a matter, and not before six months:
 * ERR_INPUT then says so, and the one chance is not burnt. */
bool deadline_delay_request(struct db *db, int64_t matter_id, struct date received, const struct actor *by, int64_t now,
    struct err *err);
/* Tells the handler (or who leads the unit) of each deadline that has passed, once, by a mail with the matter's number alone;
 * *told counts them. A deadline that is moved is told of again. For the tick. */
bool deadline_tick(struct db *db, int64_t now, int64_t *told, struct err *err);
/* N_() text of a kind of the program's own. */
const char *deadline_kind_text(const char *kind);
const char *matter_appeal_text(const char *appeal_kind);
const char *matter_initiator_text(const char *initiator);

/* The states one may go to from `state`, NULL-ended; and their N_() texts. */
const char *const *matter_next_states(const char *state);
const char *matter_state_text(const char *state);
void matter_json(struct sb *sb, const struct matter *m);
#endif

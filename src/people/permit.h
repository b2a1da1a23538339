/* people/permit.h: who may do what
 *
 * One table over roles and actions (permit.c) decides. An actor holds role grants, each for an authority, perhaps a
 * unit; an object has an authority, a unit, an owner, and is open, secrecy-marked or of a protected person. permit()
 * answers for one object; lists are filtered in SQL by account_scope, which is the same table multiplied with the
 * grants (PERMITTED below). Without a row an action is refused to everyone. Secrecy holds between authorities
 * (OSL 8:1), so no role reaches secret matter of another authority, whatever else it may.
 * Roles: rule book 3.1 and 3.2. */
#ifndef PEOPLE_PERMIT_H
#define PEOPLE_PERMIT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct err;

enum role {
	ROLE_VISITOR = 0,		/* anyone, not signed in */
	ROLE_CONTACT_GUIDE,		/* kommunvägledare */
	ROLE_REGISTRAR,			/* registrator */
	ROLE_CASE_HANDLER,		/* handläggare */
	ROLE_UNIT_MANAGER,		/* enhetschef */
	ROLE_DEPARTMENT_HEAD,		/* förvaltningschef */
	ROLE_CHIEF_EXECUTIVE,		/* kommundirektör */
	ROLE_COMMITTEE_SECRETARY,	/* nämndsekreterare */
	ROLE_ARCHIVIST,			/* arkivarie */
	ROLE_DATA_PROTECTION_OFFICER,	/* dataskyddsombud */
	ROLE_SYSTEM_OWNER,		/* systemförvaltare: configuration, no content */
	ROLE_REPRESENTATIVE,		/* förtroendevald, of the grant's authority */
	ROLE_CHAIR,			/* ordförande */
	ROLE_AUDITOR,			/* revisor */
	ROLE_PROTECTED_HANDLER,		/* named few who may open protected identities in their authority */
	ROLE_TEST_LEADER,		/* leads the questions by which the municipality tests itself */
	ROLE_COUNT
};

enum action {
	ACT_FORGOTTEN = 0,		/* a route with this does not start */
	ACT_PUBLIC,			/* anyone */
	ACT_SIGNED_IN,			/* any account: own settings, sign out */
	ACT_CONTACT_LIST,		/* worklists and search: rows are filtered by ACT_CONTACT_READ */
	ACT_CONTACT_READ,
	ACT_CONTACT_CREATE,		/* take down a call, a visit, a letter */
	ACT_CONTACT_ASSIGN,		/* owner, unit: transfer within the authority */
	ACT_CONTACT_TRANSFER,		/* to another authority */
	ACT_CONTACT_ANSWER,		/* answer, end, pause, resume */
	ACT_CONTACT_NOTE,		/* internal note, ask a colleague, answer a question */
	ACT_CONTACT_MERGE,		/* merge, split */
	ACT_CONTACT_QUARANTINE,		/* empty or release what was marked as spam */
	ACT_MATTER_LIST,
	ACT_MATTER_READ,
	ACT_MATTER_OPEN,		/* make a contact a matter, open a matter */
	ACT_MATTER_EDIT,		/* titles, handler, state, deadlines, classification */
	ACT_MATTER_VOID,
	ACT_DOCUMENT_READ,
	ACT_DOCUMENT_ADD,
	ACT_DOCUMENT_MASK,		/* masked rendition */
	ACT_MASK_APPROVE,		/* a masked rendition may be given out */
	ACT_TITLE_APPROVE,		/* approve the public title */
	ACT_SECRECY_MARK,
	ACT_PERSON_PROTECT,		/* set or lift protected identity */
	ACT_READ_LOG,			/* who has read what is secret */
	ACT_EVENT_READ,
	ACT_UNANSWERED_PROOF,		/* the list that must be empty */
	ACT_ADMIN_PEOPLE,		/* accounts and roles */
	ACT_ADMIN_SITE,			/* authorities, units, mailboxes, categories, promises, days, numbers, look */
	ACT_ADMIN_ANSWERS,		/* standard answers */
	ACT_ADMIN_HOURS,		/* opening hours and their exceptions */
	ACT_API_KEYS,			/* keys of other systems (Open311) */
	ACT_CONTACT_PUBLISH,		/* approve what of a contact all may read */
	ACT_ADMIN_ABSENCE,		/* somebody else's absence and stand-in */
	ACT_DIRECTORY_EDIT,		/* the elected and their mandates */
	ACT_DIRECTORY_OWN,		/* her own picture and words */
	ACT_ESCALATE,			/* for a resident on the phone: she is not satisfied */
	ACT_ESCALATION_READ,		/* what was put to herself as representative */
	ACT_ESCALATION_ANSWER,
	ACT_ESCALATION_MANAGE,		/* what was put to the manager: read, answer */
	ACT_ESCALATION_CLASSIFY,	/* a complaint against a decision: appeal, complaint or other */
	ACT_ADMINISTRATION_ASK,		/* a representative asks a department's head */
	ACT_ADMINISTRATION_ANSWER,
	ACT_MATTER_RAISE,		/* the right of initiative in her own committee */
	ACT_LATE_LIST,			/* what is late, by numbers and dates */
	ACT_AFTERWARDS_CALL,		/* asks the service questions by phone */
	ACT_AFTERWARDS_RESULTS,		/* what residents answered, as figures */
	ACT_CALL_DESK,			/* who rings and who is to be called back; take a call down */
	ACT_COVERAGE,			/* when calls were lost, by half-hours */
	ACT_DISCLOSE,			/* a request for documents: find, hand out, withhold, note what happened */
	ACT_DISCLOSE_REFUSE,		/* the authority's formal refusal (OSL 6:3, by delegation) */
	ACT_FIGURES,			/* how we answer, in figures: times and counts, no words */
	ACT_MYSTERY,			/* test questions: plan, see which they are, judge the answers */
	ACT_MEASURES,			/* the measures that municipalities compare each other by */
	ACT_LETTER_READ,		/* the monthly letters to her committee */
	ACT_LETTER_PUBLISH,		/* publishes them, withdraws them, makes a new edition */
	ACT_COUNT
};

enum reach { REACH_OPEN = 0, REACH_SECRET = 1, REACH_PROTECTED = 2 };

struct grant {
	enum role role;
	int64_t authority_id;		/* 0: the whole municipality */
	int64_t unit_id;		/* 0: the whole authority */
};

struct actor {
	int64_t account_id;		/* 0: a visitor */
	const char *name;		/* NULL for a visitor */
	const char *lang;		/* the account's own choice, or NULL */
	int64_t unit_id;		/* the unit she works in, 0 when none */
	const struct grant *grant;
	size_t n_grants;
	const char *address;		/* the client's, for throttling; never stored in events */
	const char *session_hash;	/* NULL for a visitor */
};

/* What is asked about; zeroes where the object has none. */
struct object {
	int64_t authority_id, unit_id, owner_id;
	enum reach restricted;
};

/* May `actor` do `action` to `object`? NULL object asks whether she may to some object at all (for routes and menus).
 * ERR_DENIED when not. */
bool permit(const struct actor *actor, enum action action, const struct object *object, struct err *err);
/* The same without an error, for templates. */
bool permitted(const struct actor *actor, enum action action, const struct object *object);
/* The greatest reach she has with this action in that authority and unit, -1 when none. */
int permit_reach(const struct actor *actor, enum action action, int64_t authority_id, int64_t unit_id, int64_t owner_id);

const char *role_name(enum role role);		/* "case_handler": as stored in role_grant */
bool role_parse(const char *name, enum role *out);
const char *role_title(enum role role);		/* N_() text for people */
const char *action_name(enum action action);	/* "contact.read" */
bool action_known(int action);			/* for the check of the routes at start */

/* SQL: the row alias `T` has authority_id, unit_id, owner_id, restricted; $A is the account's id, $B the action. The plus
 * signs keep SQLite from probing its index once for each value of the OR: an account has few rows for an action, and reading
 * them all is a third of the cost. */
#define PERMITTED(T, A, B) \
	"EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = " A " AND s.action = " B \
	" AND (s.authority_id = 0 OR +s.authority_id = " T ".authority_id)" \
	" AND (s.unit_id = 0 OR +s.unit_id = " T ".unit_id)" \
	" AND (s.own = 0 OR " T ".owner_id = " A ")" \
	" AND s.reach >= " T ".restricted)"
#endif

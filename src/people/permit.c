/* people/permit.c: the table of rights, and the one function that asks it
 *
 * A row says: these roles may do this action to objects in this scope, up to this reach. Scope is read against the
 * grant the role came with: OWN is what the account itself owns inside the grant's authority; UNIT the grant's unit
 * (the whole authority when the grant names no unit); AUTHORITY the grant's authority, whatever its unit; EVERYWHERE
 * the whole municipality. scope_of() turns grant and row into one area, for permit() here and for the rows of
 * account_scope (scope_store.c), so that a list and a page cannot disagree.
 *
 * Offentlighets- och sekretesslag (2009:400) 8 kap. 1 §: secrecy holds between authorities. An area that spans more
 * than one authority therefore never reaches further than what is open, whatever its row says. */
#include "people/permit.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "people/scope.h"

#define R(role) (1u << ROLE_##role)

enum {
	READERS_O = R(CONTACT_GUIDE) | R(COMMITTEE_SECRETARY) | R(ARCHIVIST) | R(AUDITOR),
	LEADERS_S = R(REGISTRAR) | R(DEPARTMENT_HEAD) | R(CHIEF_EXECUTIVE),
	TAKERS = R(CONTACT_GUIDE) | R(REGISTRAR) | R(CASE_HANDLER) | R(UNIT_MANAGER) | R(DEPARTMENT_HEAD) |
	    R(CHIEF_EXECUTIVE) | R(COMMITTEE_SECRETARY) | R(PROTECTED_HANDLER),
};

static const struct right {
	enum action action;
	unsigned roles;
	enum scope scope;
	enum reach reach;
} rights[] = {
	/* Contacts. Rule book 3.1: the guide sees her committee's open ones, the handler reads according to unit and
	 * what is her own, the manager her unit. What is marked secret is read by who owns it or leads (OSL 5:5, 8:1).
	 * Kommunallag 12 kap. 9 §: auditors may see what they need; what is secret is handed to them by a registrar
	 * with the need recorded (OSL 10:17), not by right of role. */
	{ ACT_CONTACT_LIST, READERS_O, SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_LIST, LEADERS_S, SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_LIST, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_LIST, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_LIST, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_LIST, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_CONTACT_READ, READERS_O, SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_READ, LEADERS_S, SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_READ, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_READ, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_READ, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_READ, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	/* Förvaltningslag (2017:900) 6 and 8 §: who is asked helps the person on, whichever authority it is for. */
	{ ACT_CONTACT_CREATE, TAKERS, SCOPE_EVERYWHERE, REACH_OPEN },

	{ ACT_CONTACT_ASSIGN, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_ASSIGN, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_ASSIGN, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_ASSIGN, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_ASSIGN, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_ASSIGN, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	/* To another authority. OSL 8:1: what is secret does not change authority by a click; the one who owns it or
	 * registers it decides on the ground (OSL 10:1, 10:2), and what is protected only the named few. */
	{ ACT_CONTACT_TRANSFER, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_TRANSFER, R(CASE_HANDLER) | R(UNIT_MANAGER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_TRANSFER, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_TRANSFER, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_TRANSFER, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	{ ACT_CONTACT_ANSWER, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_ANSWER, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_ANSWER, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_ANSWER, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_ANSWER, LEADERS_S, SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_ANSWER, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	{ ACT_CONTACT_NOTE, R(CONTACT_GUIDE) | R(COMMITTEE_SECRETARY), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_NOTE, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_NOTE, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_NOTE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_NOTE, LEADERS_S, SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_NOTE, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	{ ACT_CONTACT_MERGE, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_MERGE, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CONTACT_MERGE, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_CONTACT_MERGE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CONTACT_MERGE, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },

	/* Opening mail is the registrar's work (rule book 3.1); the guides watch the function mailboxes with her. */
	{ ACT_CONTACT_QUARANTINE, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_QUARANTINE, R(REGISTRAR), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CONTACT_QUARANTINE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_OPEN },

	/* Matters and documents. A representative reads what is public, and what is on her committee's agenda in its
	 * window (rule book 3.3): nothing by the role alone, so she has no row here; meeting/ gives the rest. */
	{ ACT_MATTER_LIST, R(CONTACT_GUIDE) | R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_MATTER_LIST, LEADERS_S | R(COMMITTEE_SECRETARY) | R(ARCHIVIST), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_MATTER_LIST, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_MATTER_LIST, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_MATTER_LIST, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_MATTER_LIST, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_MATTER_READ, R(CONTACT_GUIDE) | R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_MATTER_READ, LEADERS_S | R(COMMITTEE_SECRETARY) | R(ARCHIVIST), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_MATTER_READ, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_MATTER_READ, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_MATTER_READ, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_MATTER_READ, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	{ ACT_MATTER_OPEN, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_MATTER_OPEN, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_MATTER_OPEN, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_MATTER_OPEN, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_MATTER_OPEN, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_MATTER_EDIT, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_MATTER_EDIT, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_MATTER_EDIT, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_MATTER_EDIT, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	/* A number is never reused and never unsaid (rule book 1.3); only who registers may mark one void. */
	{ ACT_MATTER_VOID, R(REGISTRAR), SCOPE_AUTHORITY, REACH_SECRET },

	{ ACT_DOCUMENT_READ, R(CONTACT_GUIDE) | R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_DOCUMENT_READ, LEADERS_S | R(COMMITTEE_SECRETARY) | R(ARCHIVIST), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_DOCUMENT_READ, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_DOCUMENT_READ, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_DOCUMENT_READ, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_DOCUMENT_READ, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_DOCUMENT_ADD, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_DOCUMENT_ADD, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD) | R(CHIEF_EXECUTIVE),
	    SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_DOCUMENT_ADD, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_DOCUMENT_ADD, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_DOCUMENT_ADD, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_DOCUMENT_ADD, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	/* OSL 6 kap. 3 §: first tested by the employee who has the document in charge. */
	{ ACT_DOCUMENT_MASK, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_DOCUMENT_MASK, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_DOCUMENT_MASK, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	/* Who looks once more before it leaves the house; document_mask_approve() asks for another person than the maker. */
	{ ACT_MASK_APPROVE, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_MASK_APPROVE, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_TITLE_APPROVE, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_SECRECY_MARK, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_SECRECY_MARK, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_SECRECY_MARK, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	/* OSL 21:3: the registrar may set the mark on whom she can see; once it is set she no longer reaches it, so only
	 * the named few can lift it (rule book 1.7). */
	{ ACT_PERSON_PROTECT, R(REGISTRAR), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_PERSON_PROTECT, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	/* The log says that something was opened, when and by whom, not what it said. */
	{ ACT_READ_LOG, R(DATA_PROTECTION_OFFICER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_READ_LOG, R(DEPARTMENT_HEAD) | R(AUDITOR), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_READ_LOG, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_EVENT_READ, READERS_O | R(DATA_PROTECTION_OFFICER), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_EVENT_READ, LEADERS_S | R(COMMITTEE_SECRETARY) | R(ARCHIVIST), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_EVENT_READ, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_EVENT_READ, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_EVENT_READ, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_EVENT_READ, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },

	/* Kommunallag 7 kap. 1 §: the chief executive leads all employees, so she sees everywhere that somebody waits. */
	{ ACT_UNANSWERED_PROOF, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_UNANSWERED_PROOF, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_UNANSWERED_PROOF, R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_UNANSWERED_PROOF, R(CHIEF_EXECUTIVE), SCOPE_EVERYWHERE, REACH_OPEN },

	/* Configuration, and no content by right of role (rule book 3.1). */
	{ ACT_ADMIN_PEOPLE, R(SYSTEM_OWNER), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_ADMIN_SITE, R(SYSTEM_OWNER), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_ADMIN_ANSWERS, R(SYSTEM_OWNER) | R(REGISTRAR) | R(UNIT_MANAGER) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY,
	    REACH_OPEN },
	/* Who leads a unit says when it answers. */
	{ ACT_ADMIN_HOURS, R(UNIT_MANAGER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_ADMIN_HOURS, R(SYSTEM_OWNER) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },
	/* Another system's key, and a text that all may read: the named persons rule book 1.11 asks for. */
	{ ACT_API_KEYS, R(SYSTEM_OWNER), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CONTACT_PUBLISH, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_ADMIN_ABSENCE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_ADMIN_ABSENCE, R(SYSTEM_OWNER) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },

	/* Who is elected to what is public; those who keep the list are the secretary and the registrar of the committee. */
	{ ACT_DIRECTORY_EDIT, R(SYSTEM_OWNER) | R(REGISTRAR) | R(COMMITTEE_SECRETARY), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_DIRECTORY_OWN, R(REPRESENTATIVE) | R(CHAIR), SCOPE_OWN, REACH_OPEN },

	/* Not satisfied. On the phone: whoever may note on the contact, and so has the resident's words. */
	{ ACT_ESCALATE, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_ESCALATE, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_ESCALATE, R(CASE_HANDLER) | R(CONTACT_GUIDE), SCOPE_OWN, REACH_SECRET },
	{ ACT_ESCALATE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_ESCALATE, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	/* Rule book 3.3: a representative sees what was put to her, and only what is open. OSL 8:1 and 3.6: she reads,
	 * answers, asks and raises; nothing here assigns, reopens or closes. */
	{ ACT_ESCALATION_READ, R(REPRESENTATIVE) | R(CHAIR), SCOPE_OWN, REACH_OPEN },
	{ ACT_ESCALATION_ANSWER, R(REPRESENTATIVE) | R(CHAIR), SCOPE_OWN, REACH_OPEN },
	{ ACT_ADMINISTRATION_ASK, R(REPRESENTATIVE) | R(CHAIR), SCOPE_OWN, REACH_OPEN },
	{ ACT_MATTER_RAISE, R(REPRESENTATIVE) | R(CHAIR), SCOPE_AUTHORITY, REACH_OPEN },	/* Kommunallag 4 kap. 20 § */
	{ ACT_ESCALATION_MANAGE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_ESCALATION_MANAGE, R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_ESCALATION_MANAGE, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_ESCALATION_CLASSIFY, R(REGISTRAR), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_ESCALATION_CLASSIFY, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	{ ACT_ADMINISTRATION_ANSWER, R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_LATE_LIST, R(CHAIR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },

	/* Asking afterwards. Results are figures without persons, shown from a least number. */
	{ ACT_AFTERWARDS_CALL, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_AFTERWARDS_RESULTS, R(CONTACT_GUIDE) | R(UNIT_MANAGER) | R(DEPARTMENT_HEAD) | R(COMMITTEE_SECRETARY) |
	    R(REPRESENTATIVE) | R(CHAIR) | R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_AFTERWARDS_RESULTS, R(CHIEF_EXECUTIVE), SCOPE_EVERYWHERE, REACH_OPEN },
	/* The telephone desk. Whose number it is shows to whoever may open her contacts; for others it is as if it were withheld. */
	{ ACT_CALL_DESK, R(CONTACT_GUIDE), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_CALL_DESK, R(CASE_HANDLER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_CALL_DESK, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_CALL_DESK, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_CALL_DESK, R(PROTECTED_HANDLER), SCOPE_AUTHORITY, REACH_PROTECTED },
	/* Counts of calls without numbers, for who decides when somebody sits at the phone. */
	{ ACT_COVERAGE, R(UNIT_MANAGER), SCOPE_UNIT, REACH_OPEN },
	{ ACT_COVERAGE, R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_COVERAGE, R(CHIEF_EXECUTIVE), SCOPE_EVERYWHERE, REACH_OPEN },
	/* Counts and times without persons; what is restricted is counted for who may know that it is there. */
	/* OSL 6 kap. 3 §: the employee who has the document in charge tests it first; the authority's own decision is by who has it
	 * delegated (KL 7:5): the heads. */
	{ ACT_DISCLOSE, R(CASE_HANDLER), SCOPE_OWN, REACH_SECRET },
	{ ACT_DISCLOSE, R(REGISTRAR) | R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD) | R(CHIEF_EXECUTIVE), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_DISCLOSE_REFUSE, R(DEPARTMENT_HEAD) | R(CHIEF_EXECUTIVE), SCOPE_AUTHORITY, REACH_SECRET },

	{ ACT_FIGURES, R(UNIT_MANAGER), SCOPE_UNIT, REACH_SECRET },
	{ ACT_FIGURES, R(REGISTRAR) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_SECRET },
	{ ACT_FIGURES, R(COMMITTEE_SECRETARY) | R(CHAIR) | R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_FIGURES, R(CHIEF_EXECUTIVE), SCOPE_EVERYWHERE, REACH_OPEN },

	/* Who answers must not know which questions are tests: only the one who leads them. What came of them is figures about
	 * the whole municipality without persons, for all who lead, answer by phone, or are elected. */
	{ ACT_MYSTERY, R(TEST_LEADER), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_MEASURES, R(CONTACT_GUIDE) | R(REGISTRAR) | R(UNIT_MANAGER) | R(DEPARTMENT_HEAD) | R(CHIEF_EXECUTIVE) |
	    R(COMMITTEE_SECRETARY) | R(SYSTEM_OWNER) | R(REPRESENTATIVE) | R(CHAIR) | R(AUDITOR) | R(TEST_LEADER),
	    SCOPE_EVERYWHERE, REACH_OPEN },
	/* The letter is to the committee; a named official answers for what is published of it (the authority's own information). */
	{ ACT_LETTER_READ, R(UNIT_MANAGER) | R(DEPARTMENT_HEAD) | R(COMMITTEE_SECRETARY) | R(REGISTRAR) | R(REPRESENTATIVE) | R(CHAIR) |
	    R(AUDITOR), SCOPE_AUTHORITY, REACH_OPEN },
	{ ACT_LETTER_READ, R(CHIEF_EXECUTIVE), SCOPE_EVERYWHERE, REACH_OPEN },
	{ ACT_LETTER_PUBLISH, R(COMMITTEE_SECRETARY) | R(DEPARTMENT_HEAD), SCOPE_AUTHORITY, REACH_OPEN },
};

static const struct { const char *name, *title; } roles[ROLE_COUNT] = {
	[ROLE_VISITOR] = { "visitor", N_("Visitor") },
	[ROLE_CONTACT_GUIDE] = { "contact_guide", N_("Contact guide") },
	[ROLE_REGISTRAR] = { "registrar", N_("Registrar") },
	[ROLE_CASE_HANDLER] = { "case_handler", N_("Case handler") },
	[ROLE_UNIT_MANAGER] = { "unit_manager", N_("Unit manager") },
	[ROLE_DEPARTMENT_HEAD] = { "department_head", N_("Department head") },
	[ROLE_CHIEF_EXECUTIVE] = { "chief_executive", N_("Chief executive") },
	[ROLE_COMMITTEE_SECRETARY] = { "committee_secretary", N_("Committee secretary") },
	[ROLE_ARCHIVIST] = { "archivist", N_("Archivist") },
	[ROLE_DATA_PROTECTION_OFFICER] = { "data_protection_officer", N_("Data protection officer") },
	[ROLE_SYSTEM_OWNER] = { "system_owner", N_("System owner") },
	[ROLE_REPRESENTATIVE] = { "representative", N_("Elected representative") },
	[ROLE_CHAIR] = { "chair", N_("Chair") },
	[ROLE_AUDITOR] = { "auditor", N_("Auditor") },
	[ROLE_PROTECTED_HANDLER] = { "protected_handler", N_("Handler of protected identities") },
	[ROLE_TEST_LEADER] = { "test_leader", N_("Leader of test questions") },
};

static const char *const actions[ACT_COUNT] = {
	[ACT_PUBLIC] = "public",
	[ACT_SIGNED_IN] = "signed_in",
	[ACT_CONTACT_LIST] = "contact.list",
	[ACT_CONTACT_READ] = "contact.read",
	[ACT_CONTACT_CREATE] = "contact.create",
	[ACT_CONTACT_ASSIGN] = "contact.assign",
	[ACT_CONTACT_TRANSFER] = "contact.transfer",
	[ACT_CONTACT_ANSWER] = "contact.answer",
	[ACT_CONTACT_NOTE] = "contact.note",
	[ACT_CONTACT_MERGE] = "contact.merge",
	[ACT_CONTACT_QUARANTINE] = "contact.quarantine",
	[ACT_MATTER_LIST] = "matter.list",
	[ACT_MATTER_READ] = "matter.read",
	[ACT_MATTER_OPEN] = "matter.open",
	[ACT_MATTER_EDIT] = "matter.edit",
	[ACT_MATTER_VOID] = "matter.void",
	[ACT_DOCUMENT_READ] = "document.read",
	[ACT_DOCUMENT_ADD] = "document.add",
	[ACT_DOCUMENT_MASK] = "document.mask",
	[ACT_MASK_APPROVE] = "mask.approve",
	[ACT_TITLE_APPROVE] = "title.approve",
	[ACT_SECRECY_MARK] = "secrecy.mark",
	[ACT_PERSON_PROTECT] = "person.protect",
	[ACT_READ_LOG] = "read_log",
	[ACT_EVENT_READ] = "event.read",
	[ACT_UNANSWERED_PROOF] = "unanswered.proof",
	[ACT_ADMIN_PEOPLE] = "admin.people",
	[ACT_ADMIN_SITE] = "admin.site",
	[ACT_ADMIN_ANSWERS] = "admin.answers",
	[ACT_ADMIN_HOURS] = "admin.hours",
	[ACT_API_KEYS] = "admin.api_keys",
	[ACT_CONTACT_PUBLISH] = "contact.publish",
	[ACT_ADMIN_ABSENCE] = "admin.absence",
	[ACT_DIRECTORY_EDIT] = "directory.edit",
	[ACT_DIRECTORY_OWN] = "directory.own",
	[ACT_ESCALATE] = "contact.escalate",
	[ACT_ESCALATION_READ] = "escalation.read",
	[ACT_ESCALATION_ANSWER] = "escalation.answer",
	[ACT_ESCALATION_MANAGE] = "escalation.manage",
	[ACT_ESCALATION_CLASSIFY] = "escalation.classify",
	[ACT_ADMINISTRATION_ASK] = "administration.ask",
	[ACT_ADMINISTRATION_ANSWER] = "administration.answer",
	[ACT_MATTER_RAISE] = "matter.raise",
	[ACT_LATE_LIST] = "late.list",
	[ACT_AFTERWARDS_CALL] = "afterwards.call",
	[ACT_AFTERWARDS_RESULTS] = "afterwards.results",
	[ACT_CALL_DESK] = "call.desk",
	[ACT_COVERAGE] = "coverage",
	[ACT_DISCLOSE] = "disclose", [ACT_DISCLOSE_REFUSE] = "disclose.refuse",
	[ACT_FIGURES] = "figures",
	[ACT_MYSTERY] = "mystery",
	[ACT_MEASURES] = "measures",
	[ACT_LETTER_READ] = "letter.read", [ACT_LETTER_PUBLISH] = "letter.publish",
};

/* The same rows where they are found at once: reach, or -1 without a row. */
static signed char table[ROLE_COUNT][ACT_COUNT][SCOPE_COUNT];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void
table_fill(void)
{
	memset(table, -1, sizeof(table));
	for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
		const struct right *r = &rights[i];

		for (int role = 0; role < ROLE_COUNT; role++) {
			signed char *cell = &table[role][r->action][r->scope];

			if ((r->roles & (1u << role)) != 0 && (int)r->reach > *cell)
				*cell = (signed char)r->reach;
		}
	}
}

bool
scope_of(const struct grant *g, enum action action, enum scope scope, struct scope_area *out)
{
	int reach;

	(void)pthread_once(&table_once, table_fill);
	if ((int)action <= 0 || action >= ACT_COUNT || (int)g->role < 0 || g->role >= ROLE_COUNT)
		return false;
	reach = table[g->role][action][scope];
	if (reach < 0)
		return false;
	*out = (struct scope_area){
		.action = action,
		.authority_id = scope == SCOPE_EVERYWHERE ? 0 : g->authority_id,
		.unit_id = scope == SCOPE_UNIT ? g->unit_id : 0,
		.own = scope == SCOPE_OWN,
		.reach = (enum reach)reach,
	};
	if (out->authority_id == 0)	/* OSL 8:1 */
		out->reach = REACH_OPEN;
	return true;
}

static bool
holds(const struct scope_area *s, const struct actor *actor, int64_t authority_id, int64_t unit_id, int64_t owner_id)
{
	return (s->authority_id == 0 || s->authority_id == authority_id) &&
	    (s->unit_id == 0 || s->unit_id == unit_id) &&
	    (!s->own || (owner_id != 0 && owner_id == actor->account_id));
}

int
permit_reach(const struct actor *actor, enum action action, int64_t authority_id, int64_t unit_id, int64_t owner_id)
{
	int most = -1;

	if (actor->account_id == 0)
		return -1;
	for (size_t i = 0; i < actor->n_grants; i++) {
		for (int scope = 0; scope < SCOPE_COUNT; scope++) {
			struct scope_area s;

			if (scope_of(&actor->grant[i], action, (enum scope)scope, &s) && (int)s.reach > most &&
			    holds(&s, actor, authority_id, unit_id, owner_id))
				most = (int)s.reach;
		}
	}
	return most;
}

static bool
somewhere(const struct actor *actor, enum action action)
{
	for (size_t i = 0; i < actor->n_grants; i++) {
		for (int scope = 0; scope < SCOPE_COUNT; scope++) {
			struct scope_area s;

			if (scope_of(&actor->grant[i], action, (enum scope)scope, &s))
				return true;
		}
	}
	return false;
}

bool
permitted(const struct actor *actor, enum action action, const struct object *object)
{
	if (action == ACT_PUBLIC)
		return true;
	if (actor->account_id == 0)
		return false;
	if (action == ACT_SIGNED_IN)
		return true;
	if (object == NULL)
		return somewhere(actor, action);
	return permit_reach(actor, action, object->authority_id, object->unit_id, object->owner_id) >=
	    (int)object->restricted;
}

bool
permit(const struct actor *actor, enum action action, const struct object *object, struct err *err)
{
	if (permitted(actor, action, object))
		return true;
	(void)err_set(err, ERR_DENIED, "account %lld may not %s", (long long)actor->account_id, action_name(action));
	err->person = N_("Your role does not allow this. Ask your manager, or whoever administers the service.");
	return false;
}

const char *
role_name(enum role role)
{
	return (int)role >= 0 && role < ROLE_COUNT ? roles[role].name : "unknown";
}

bool
role_parse(const char *name, enum role *out)
{
	for (int i = ROLE_VISITOR + 1; name != NULL && i < ROLE_COUNT; i++) {
		if (strcmp(roles[i].name, name) == 0) {
			*out = (enum role)i;
			return true;
		}
	}
	return false;
}

const char *
role_title(enum role role)
{
	return (int)role >= 0 && role < ROLE_COUNT ? roles[role].title : N_("Unknown role");
}

const char *
action_name(enum action action)
{
	return (int)action > 0 && action < ACT_COUNT ? actions[action] : "forgotten";
}

bool
action_known(int action)
{
	return action > ACT_FORGOTTEN && action < ACT_COUNT;
}

/* registry/matter.c: states and words of a matter (rule book 1.9) */
#include "registry/matter.h"

#include <string.h>

#include "base/sb.h"

static const struct { const char *state, *text; const char *next[8]; } states[] = {
	{ "registered", N_("Registered"), { "assigned", "in_preparation", NULL } },
	{ "assigned", N_("Assigned"), { "in_preparation", NULL } },
	{ "in_preparation", N_("In preparation"), { "on_referral", "waiting_applicant", "ready_for_decision", "decided",
	    "closed", NULL } },
	{ "on_referral", N_("On referral"), { "in_preparation", NULL } },
	{ "waiting_applicant", N_("Waiting for the applicant"), { "in_preparation", NULL } },
	{ "ready_for_decision", N_("Ready for decision"), { "on_agenda", "decided", "in_preparation", NULL } },
	{ "on_agenda", N_("On an agenda"), { "decided", "in_preparation", NULL } },
	{ "decided", N_("Decided"), { "dispatched", NULL } },
	{ "dispatched", N_("Dispatched"), { "appealed", "final", NULL } },
	{ "appealed", N_("Appealed"), { "final", "in_preparation", NULL } },
	{ "final", N_("Final"), { "implementing", "closed", NULL } },
	{ "implementing", N_("Being carried out"), { "reported_back", NULL } },
	{ "reported_back", N_("Reported back"), { "closed", NULL } },
	{ "closed", N_("Closed"), { "in_preparation", "archived", NULL } },
	{ "archived", N_("Archived"), { NULL } },
	{ "void", N_("Void"), { NULL } },
};

const char *const *
matter_next_states(const char *state)
{
	static const char *const none[] = { NULL };

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (strcmp(states[i].state, state) == 0)
			return states[i].next;
	}
	return none;
}

const char *
matter_state_text(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (strcmp(states[i].state, state) == 0)
			return states[i].text;
	}
	return state;
}

static const struct { const char *word, *text; } words[] = {
	{ "legality", N_("Legality review") }, { "merits", N_("Appeal on the merits") },
	{ "special", N_("Appeal by a special rule") }, { "none", N_("No appeal") },
	{ "individual", N_("An individual") }, { "committee", N_("The committee") }, { "member", N_("A member") },
	{ "auditor", N_("An auditor") }, { "authority", N_("Another authority") },
	{ "fl11_estimate", N_("Should be decided by") }, { "fl12_six_months", N_("The party may ask for a decision from") },
	{ "fl12_decision", N_("To be decided at the party's request by") }, { "own", N_("Deadline") },
};

static const char *
word_text(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].text;
	}
	return word;
}

const char *
matter_appeal_text(const char *appeal_kind)
{
	return word_text(appeal_kind);
}

const char *
matter_initiator_text(const char *initiator)
{
	return word_text(initiator);
}

const char *
deadline_kind_text(const char *kind)
{
	return word_text(kind);
}

struct object
matter_object(const struct matter *m)
{
	return (struct object){ .authority_id = m->authority_id, .unit_id = m->unit_id, .owner_id = m->owner_id,
		.restricted = (enum reach)m->restricted };
}

void
matter_json(struct sb *sb, const struct matter *m)
{
	const struct { const char *key, *value; } text[] = {
		{ "number", m->number }, { "authority", m->authority_code },
		/* only what a named person approved is public */
		{ "title_public", m->title_approved_at != 0 && m->restricted == 0 ? m->title_public : NULL },
		{ "state", m->state }, { "opened", m->opened_date }, { "closed", m->closed_date },
		{ "handler", m->owner_name }, { "appeal_kind", m->appeal_kind }, { "classification", m->classification },
	};

	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		sb_addf(sb, "%s\"%s\": ", i == 0 ? "{" : ", ", text[i].key);
		sb_json(sb, text[i].value);
	}
	sb_add_c(sb, '}');
}

/* tests/unit/test_permit.c: every role x action x cell, against a matrix written by role instead of by action
 *
 * Four letters a role and action: how far she reaches in what is her own (in another unit of her authority), in her
 * unit, in the rest of her authority, in another authority. '-' nothing, 'o' open, 's' also secret, 'p' also protected.
 * An action that is not named is refused everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "people/permit.h"
#include "people/scope.h"

enum { ME = 7, SOMEBODY = 8, OURS = 1, THEIRS = 2, MY_UNIT = 10, OTHER_UNIT = 11, THEIR_UNIT = 20 };
enum { ROWS_MAX = 64 };

static const struct { const char *role; struct { const char *action, *cells; } row[ROWS_MAX]; } expected[] = {
	{ "visitor", { { 0 } } },
	{ "contact_guide", {
		{ "measures", "oooo" },
		{ "contact.list", "soo-" }, { "contact.read", "soo-" }, { "contact.create", "oooo" },
		{ "contact.assign", "soo-" }, { "contact.transfer", "ooo-" }, { "contact.answer", "soo-" },
		{ "contact.note", "soo-" }, { "contact.merge", "ooo-" }, { "contact.quarantine", "ooo-" },
		{ "matter.list", "ooo-" }, { "matter.read", "ooo-" }, { "document.read", "soo-" },
		{ "document.add", "soo-" }, { "event.read", "soo-" },
		{ "contact.escalate", "soo-" }, { "afterwards.call", "ooo-" }, { "afterwards.results", "ooo-" }, { "call.desk", "ooo-" } } },
	{ "registrar", {
		{ "measures", "oooo" },
		{ "contact.publish", "ooo-" },
		{ "disclose", "sss-" },
		{ "contact.list", "sss-" }, { "contact.read", "sss-" }, { "contact.create", "oooo" },
		{ "contact.assign", "sss-" }, { "contact.transfer", "sss-" }, { "contact.answer", "sss-" },
		{ "contact.note", "sss-" }, { "contact.merge", "sss-" }, { "contact.quarantine", "sss-" },
		{ "matter.list", "sss-" }, { "matter.read", "sss-" }, { "matter.open", "sss-" }, { "matter.edit", "sss-" },
		{ "matter.void", "sss-" }, { "document.read", "sss-" }, { "document.add", "sss-" },
		{ "document.mask", "sss-" }, { "mask.approve", "sss-" }, { "title.approve", "sss-" }, { "secrecy.mark", "sss-" },
		{ "person.protect", "sss-" }, { "event.read", "sss-" }, { "unanswered.proof", "sss-" }, { "figures", "sss-" },
		{ "admin.answers", "ooo-" },
		{ "directory.edit", "ooo-" }, { "contact.escalate", "sss-" }, { "escalation.classify", "sss-" }, { "call.desk", "sss-" },
		{ "letter.read", "ooo-" } } },
	{ "case_handler", {
		{ "disclose", "s---" },
		{ "contact.list", "so--" }, { "contact.read", "so--" }, { "contact.create", "oooo" },
		{ "contact.assign", "so--" }, { "contact.transfer", "so--" }, { "contact.answer", "so--" },
		{ "contact.note", "so--" }, { "contact.merge", "so--" }, { "matter.list", "so--" },
		{ "matter.read", "so--" }, { "matter.open", "so--" }, { "matter.edit", "s---" },
		{ "document.read", "so--" }, { "document.add", "so--" }, { "document.mask", "s---" },
		{ "secrecy.mark", "s---" }, { "event.read", "so--" },
		{ "contact.escalate", "so--" }, { "call.desk", "-o--" } } },
	{ "unit_manager", {
		{ "measures", "oooo" },
		{ "contact.list", "-s--" }, { "contact.read", "-s--" }, { "contact.create", "oooo" },
		{ "contact.assign", "-s--" }, { "contact.transfer", "-o--" }, { "contact.answer", "-s--" },
		{ "contact.note", "-s--" }, { "contact.merge", "-s--" }, { "contact.quarantine", "-o--" },
		{ "matter.list", "-s--" }, { "matter.read", "-s--" }, { "matter.open", "-s--" }, { "matter.edit", "-s--" },
		{ "document.read", "-s--" }, { "document.add", "-s--" }, { "secrecy.mark", "-s--" },
		{ "read_log", "-s--" }, { "event.read", "-s--" }, { "unanswered.proof", "-s--" }, { "figures", "-s--" }, { "admin.answers", "ooo-" },
		{ "admin.hours", "-o--" }, { "coverage", "-o--" },
		{ "admin.absence", "-o--" },
		{ "contact.escalate", "-s--" }, { "escalation.manage", "-s--" }, { "afterwards.results", "ooo-" }, { "call.desk", "-s--" },
		{ "letter.read", "ooo-" } } },
	{ "department_head", {
		{ "measures", "oooo" },
		{ "contact.publish", "ooo-" },
		{ "disclose", "sss-" }, { "disclose.refuse", "sss-" },
		{ "contact.list", "sss-" }, { "contact.read", "sss-" }, { "contact.create", "oooo" },
		{ "contact.assign", "sss-" }, { "contact.transfer", "sss-" }, { "contact.answer", "sss-" },
		{ "contact.note", "sss-" }, { "contact.merge", "sss-" }, { "matter.list", "sss-" },
		{ "matter.read", "sss-" }, { "matter.open", "sss-" }, { "matter.edit", "sss-" },
		{ "document.read", "sss-" }, { "document.add", "sss-" }, { "document.mask", "sss-" }, { "mask.approve", "sss-" },
		{ "title.approve", "sss-" }, { "secrecy.mark", "sss-" }, { "read_log", "sss-" },
		{ "event.read", "sss-" }, { "unanswered.proof", "sss-" }, { "figures", "sss-" }, { "admin.answers", "ooo-" },
		{ "admin.hours", "ooo-" }, { "coverage", "ooo-" },
		{ "admin.absence", "ooo-" },
		{ "contact.escalate", "sss-" }, { "escalation.manage", "sss-" }, { "administration.answer", "sss-" },
		{ "late.list", "ooo-" }, { "afterwards.results", "ooo-" }, { "call.desk", "sss-" },
		{ "letter.read", "ooo-" }, { "letter.publish", "ooo-" } } },
	{ "chief_executive", {
		{ "measures", "oooo" },
		{ "disclose", "sss-" }, { "disclose.refuse", "sss-" },
		{ "contact.list", "sss-" }, { "contact.read", "sss-" }, { "contact.create", "oooo" },
		{ "contact.answer", "sss-" }, { "contact.note", "sss-" }, { "matter.list", "sss-" },
		{ "matter.read", "sss-" }, { "document.read", "sss-" }, { "document.add", "sss-" },
		{ "event.read", "sss-" }, { "unanswered.proof", "oooo" }, { "figures", "oooo" },
		{ "afterwards.results", "oooo" }, { "coverage", "oooo" },
		{ "letter.read", "oooo" } } },
	{ "committee_secretary", {
		{ "measures", "oooo" },
		{ "contact.publish", "ooo-" },
		{ "disclose", "sss-" },
		{ "contact.list", "ooo-" }, { "contact.read", "ooo-" }, { "contact.create", "oooo" },
		{ "contact.note", "ooo-" }, { "matter.list", "sss-" }, { "matter.read", "sss-" },
		{ "matter.open", "sss-" }, { "matter.edit", "sss-" }, { "document.read", "sss-" },
		{ "document.add", "sss-" }, { "document.mask", "sss-" }, { "mask.approve", "sss-" }, { "title.approve", "sss-" },
		{ "secrecy.mark", "sss-" }, { "event.read", "sss-" },
		{ "directory.edit", "ooo-" }, { "late.list", "ooo-" }, { "figures", "ooo-" }, { "afterwards.results", "ooo-" },
		{ "letter.read", "ooo-" }, { "letter.publish", "ooo-" } } },
	{ "archivist", {
		{ "contact.list", "ooo-" }, { "contact.read", "ooo-" }, { "matter.list", "sss-" },
		{ "matter.read", "sss-" }, { "document.read", "sss-" }, { "event.read", "sss-" } } },
	{ "data_protection_officer", { { "read_log", "ppp-" }, { "event.read", "ooo-" } } },
	{ "system_owner", {
		{ "measures", "oooo" },
		{ "admin.api_keys", "ooo-" },
		{ "admin.people", "ooo-" }, { "admin.site", "ooo-" }, { "admin.answers", "ooo-" },
		{ "admin.absence", "ooo-" },
		{ "directory.edit", "ooo-" }, { "admin.hours", "ooo-" } } },
	{ "representative", {
		{ "measures", "oooo" },
		{ "directory.own", "o---" }, { "escalation.read", "o---" }, { "escalation.answer", "o---" },
		{ "administration.ask", "o---" }, { "matter.raise", "ooo-" }, { "afterwards.results", "ooo-" },
		{ "letter.read", "ooo-" } } },
	{ "chair", {
		{ "measures", "oooo" },
		{ "directory.own", "o---" }, { "escalation.read", "o---" }, { "escalation.answer", "o---" },
		{ "administration.ask", "o---" }, { "matter.raise", "ooo-" }, { "afterwards.results", "ooo-" }, { "late.list", "ooo-" }, { "figures", "ooo-" },
		{ "letter.read", "ooo-" } } },
	{ "auditor", {
		{ "measures", "oooo" },
		{ "contact.list", "ooo-" }, { "contact.read", "ooo-" }, { "matter.list", "ooo-" },
		{ "matter.read", "ooo-" }, { "document.read", "ooo-" }, { "read_log", "sss-" }, { "event.read", "ooo-" },
		{ "unanswered.proof", "ooo-" }, { "figures", "ooo-" },
		{ "afterwards.results", "ooo-" },
		{ "letter.read", "ooo-" } } },
	{ "protected_handler", {
		{ "contact.list", "ppp-" }, { "contact.read", "ppp-" }, { "contact.create", "oooo" },
		{ "contact.assign", "ppp-" }, { "contact.transfer", "ppp-" }, { "contact.answer", "ppp-" },
		{ "contact.note", "ppp-" }, { "matter.list", "ppp-" }, { "matter.read", "ppp-" },
		{ "matter.open", "ppp-" }, { "matter.edit", "ppp-" }, { "document.read", "ppp-" },
		{ "document.add", "ppp-" }, { "document.mask", "ppp-" }, { "mask.approve", "ppp-" }, { "person.protect", "ppp-" },
		{ "event.read", "ppp-" },
		{ "escalation.manage", "ppp-" }, { "escalation.classify", "ppp-" }, { "call.desk", "ppp-" } } },
	{ "test_leader", { { "mystery", "ooo-" }, { "measures", "oooo" } } },
};

static const struct { const char *name; int64_t authority_id, unit_id, owner_id; } cell[4] = {
	{ "own", OURS, OTHER_UNIT, ME },
	{ "unit", OURS, MY_UNIT, SOMEBODY },
	{ "authority", OURS, OTHER_UNIT, SOMEBODY },
	{ "other authority", THEIRS, THEIR_UNIT, ME },
};

static const char *
cells_of(int role, const char *action)
{
	for (size_t i = 0; i < ROWS_MAX && expected[role].row[i].action != NULL; i++)
		if (strcmp(expected[role].row[i].action, action) == 0)
			return expected[role].row[i].cells;
	return "----";
}

static int
reach_of(char letter)
{
	return letter == 'o' ? 0 : letter == 's' ? 1 : letter == 'p' ? 2 : -1;
}

static struct actor
actor_with(const struct grant *grant, size_t n)
{
	return (struct actor){ .account_id = ME, .name = "Demo", .grant = grant, .n_grants = n };
}

static void
test_every_role_action_and_cell(void **state)
{
	int checked = 0, allowed = 0;

	(void)state;
	assert_int_equal(ARRAY_LEN(expected), ROLE_COUNT);
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct grant grant = { (enum role)role, OURS, MY_UNIT };
		const struct actor actor = actor_with(&grant, 1);

		assert_string_equal(role_name((enum role)role), expected[role].role);
		for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
			const char *want = cells_of(role, action_name((enum action)action));

			for (size_t c = 0; c < 4; c++) {
				for (int restricted = 0; restricted <= 2; restricted++) {
					const struct object object = { cell[c].authority_id, cell[c].unit_id,
						cell[c].owner_id, (enum reach)restricted };
					bool may = permitted(&actor, (enum action)action, &object);

					if (may != (restricted <= reach_of(want[c])))
						fail_msg("%s %s %s, restricted %d: got %s", role_name((enum role)role),
						    action_name((enum action)action), cell[c].name, restricted,
						    may ? "allowed" : "refused");
					checked++;
					allowed += may;
				}
				assert_int_equal(permit_reach(&actor, (enum action)action, cell[c].authority_id,
				    cell[c].unit_id, cell[c].owner_id), reach_of(want[c]));
			}
			/* The menu and the route ask whether there is any object at all. */
			assert_int_equal(permitted(&actor, (enum action)action, NULL), strcmp(want, "----") != 0);
		}
	}
	assert_int_equal(checked, ROLE_COUNT * (ACT_COUNT - ACT_SIGNED_IN - 1) * 12);
	assert_true(allowed > 600);
}

/* The matrix names no action that does not exist: a misspelt row would test nothing. */
static void
test_the_matrix_names_real_actions(void **state)
{
	(void)state;
	for (size_t role = 0; role < ARRAY_LEN(expected); role++) {
		for (size_t i = 0; i < ROWS_MAX && expected[role].row[i].action != NULL; i++) {
			bool found = false;

			for (int action = 1; action < ACT_COUNT; action++)
				found |= strcmp(action_name((enum action)action), expected[role].row[i].action) == 0;
			if (!found)
				fail_msg("%s: no action %s", expected[role].role, expected[role].row[i].action);
		}
	}
}

/* A right that was added to the program and forgotten here would be refused everywhere by this file, and so seem tested. */
static void
test_the_matrix_knows_every_action_and_role(void **state)
{
	(void)state;
	assert_int_equal(ROLE_COUNT, 16);	/* the visitor and fifteen roles: a new one gets its rows here */
	for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
		int named = 0;

		for (int role = 0; role < ROLE_COUNT; role++)
			named += strcmp(cells_of(role, action_name((enum action)action)), "----") != 0;
		if (named == 0)
			fail_msg("%s: nobody in the matrix may do it", action_name((enum action)action));
	}
	for (int role = ROLE_VISITOR + 1; role < ROLE_COUNT; role++) {
		if (expected[role].row[0].action == NULL)
			fail_msg("%s has no row", role_name((enum role)role));
		for (size_t i = 0; i < ROWS_MAX && expected[role].row[i].action != NULL; i++) {
			assert_int_equal(strlen(expected[role].row[i].cells), 4);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(expected[role].row[i].action, expected[role].row[k].action);
		}
	}
}

static int
greater(int x, int y)
{
	return x > y ? x : y;
}

/* The same roles and actions with the other two reaches of a grant: without a unit what holds in hers holds in the whole
 * authority; without an authority what holds in any of it holds everywhere, and only for what is open (OSL 8:1). */
static void
test_every_role_and_action_without_unit_and_without_authority(void **state)
{
	(void)state;
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct grant whole = { (enum role)role, OURS, 0 }, all = { (enum role)role, 0, 0 };
		const struct actor in_whole = actor_with(&whole, 1), in_all = actor_with(&all, 1);

		for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
			const char *want = cells_of(role, action_name((enum action)action));
			int own = reach_of(want[0]), ours = greater(reach_of(want[1]), reach_of(want[2])), theirs = reach_of(want[3]);
			const int reach[2][4] = {	/* own, somebody's here, own there, somebody's there */
				{ greater(own, ours), ours, theirs, theirs },
				{ greater(own, ours) < 0 ? -1 : 0, ours < 0 ? -1 : 0, greater(own, ours) < 0 ? -1 : 0, ours < 0 ? -1 : 0 } };
			const struct object object[4] = { { OURS, OTHER_UNIT, ME, REACH_OPEN }, { OURS, OTHER_UNIT, SOMEBODY, REACH_OPEN },
				{ THEIRS, THEIR_UNIT, ME, REACH_OPEN }, { THEIRS, THEIR_UNIT, SOMEBODY, REACH_OPEN } };

			for (int g = 0; g < 2; g++) {
				for (int c = 0; c < 4; c++) {
					int got = permit_reach(g == 0 ? &in_whole : &in_all, (enum action)action, object[c].authority_id,
					    object[c].unit_id, object[c].owner_id);

					if (got != reach[g][c])
						fail_msg("%s %s, %s, object %d: got %d, expected %d", role_name((enum role)role),
						    action_name((enum action)action), g == 0 ? "whole authority" : "everywhere", c, got, reach[g][c]);
				}
			}
		}
	}
}

static void
test_a_grant_without_unit_reaches_the_whole_authority(void **state)
{
	const struct grant grant = { ROLE_CASE_HANDLER, OURS, 0 };
	const struct actor actor = actor_with(&grant, 1);

	(void)state;
	assert_true(permitted(&actor, ACT_CONTACT_READ, &(struct object){ OURS, OTHER_UNIT, SOMEBODY, REACH_OPEN }));
	assert_false(permitted(&actor, ACT_CONTACT_READ, &(struct object){ OURS, OTHER_UNIT, SOMEBODY, REACH_SECRET }));
	assert_false(permitted(&actor, ACT_CONTACT_READ, &(struct object){ THEIRS, THEIR_UNIT, SOMEBODY, REACH_OPEN }));
}

/* OSL 8:1: a grant for the whole municipality spans authorities, so it reaches only what is open, for every role. */
static void
test_the_whole_municipality_never_reaches_what_is_secret(void **state)
{
	(void)state;
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct grant grant = { (enum role)role, 0, 0 };
		const struct actor actor = actor_with(&grant, 1);

		for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
			assert_true(permit_reach(&actor, (enum action)action, OURS, MY_UNIT, ME) <= 0);
			assert_false(permitted(&actor, (enum action)action,
			    &(struct object){ THEIRS, THEIR_UNIT, ME, REACH_SECRET }));
		}
	}
	const struct grant two[] = { { ROLE_REGISTRAR, 0, 0 }, { ROLE_REGISTRAR, OURS, 0 } };
	const struct actor both = actor_with(two, 2);

	assert_int_equal(permit_reach(&both, ACT_MATTER_READ, OURS, 0, 0), REACH_SECRET);
	assert_int_equal(permit_reach(&both, ACT_MATTER_READ, THEIRS, 0, 0), REACH_OPEN);
}

static void
test_visitors_and_accounts_without_grants(void **state)
{
	const struct grant grant = { ROLE_REGISTRAR, OURS, 0 };
	const struct actor visitor = { .grant = &grant, .n_grants = 1 };	/* grants without an account count for nothing */
	const struct actor account = actor_with(NULL, 0);
	struct err err = { 0 };

	(void)state;
	assert_true(permitted(&visitor, ACT_PUBLIC, NULL));
	assert_false(permitted(&visitor, ACT_SIGNED_IN, NULL));
	assert_true(permitted(&account, ACT_SIGNED_IN, NULL));
	for (int action = ACT_SIGNED_IN + 1; action < ACT_COUNT; action++) {
		assert_false(permitted(&visitor, (enum action)action, NULL));
		assert_false(permitted(&account, (enum action)action, NULL));
		assert_false(permitted(&visitor, (enum action)action, &(struct object){ OURS, 0, 0, REACH_OPEN }));
	}
	assert_false(permitted(&account, ACT_FORGOTTEN, NULL));
	assert_false(permitted(&account, ACT_COUNT, NULL));
	assert_false(permit(&account, ACT_CONTACT_READ, NULL, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_non_null(err.person);
}

/* What nobody owns is not the visitor's, nor that of an account whose number happens to be none. */
static void
test_nobody_owns_what_has_no_owner(void **state)
{
	const struct grant grant = { ROLE_CASE_HANDLER, OURS, MY_UNIT };
	const struct actor actor = actor_with(&grant, 1);

	(void)state;
	assert_false(permitted(&actor, ACT_MATTER_EDIT, &(struct object){ OURS, MY_UNIT, 0, REACH_OPEN }));
	assert_true(permitted(&actor, ACT_MATTER_EDIT, &(struct object){ OURS, MY_UNIT, ME, REACH_OPEN }));
}

static void
test_names_of_roles_read_back(void **state)
{
	enum role role;

	(void)state;
	for (int i = 1; i < ROLE_COUNT; i++) {
		assert_true(role_parse(role_name((enum role)i), &role));
		assert_int_equal(role, i);
		assert_true(strlen(role_title((enum role)i)) > 3);
	}
	assert_false(role_parse("visitor", &role));
	assert_false(role_parse("mayor", &role));
	assert_false(role_parse(NULL, &role));
	assert_false(action_known(ACT_FORGOTTEN));
	assert_false(action_known(ACT_COUNT));
	for (int i = 1; i < ACT_COUNT; i++)
		assert_true(action_known(i) && strcmp(action_name((enum action)i), "forgotten") != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_role_action_and_cell),
		cmocka_unit_test(test_the_matrix_names_real_actions),
		cmocka_unit_test(test_the_matrix_knows_every_action_and_role),
		cmocka_unit_test(test_every_role_and_action_without_unit_and_without_authority),
		cmocka_unit_test(test_a_grant_without_unit_reaches_the_whole_authority),
		cmocka_unit_test(test_the_whole_municipality_never_reaches_what_is_secret),
		cmocka_unit_test(test_visitors_and_accounts_without_grants),
		cmocka_unit_test(test_nobody_owns_what_has_no_owner),
		cmocka_unit_test(test_names_of_roles_read_back),
	};

	return cmocka_run_group_tests_name("permit", tests, NULL, NULL);
}

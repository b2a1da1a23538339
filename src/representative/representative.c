/* representative/representative.c: the words for mandates */
#include "representative/representative.h"

#include <string.h>

static const struct { const char *role, *text; } roles[] = {
	{ "chair", N_("Chair") }, { "vice_chair", N_("Vice chair") }, { "member", N_("Member") },
	{ "substitute", N_("Substitute") },
};

const char *const mandate_roles[] = { "chair", "vice_chair", "member", "substitute", NULL };

const char *
mandate_role_text(const char *role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (role != NULL && strcmp(roles[i].role, role) == 0)
			return roles[i].text;
	}
	return role == NULL ? "" : role;
}

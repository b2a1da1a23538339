/* law/statute.c */
#include "law/statute.h"

#include <string.h>

#include "base/base.h"

static const struct { const char *cited; struct date from; } statutes[] = {
	{ "FL ", { 2018, 7, 1 } }, { "Förvaltningslag (2017:900)", { 2018, 7, 1 } }, { "Kommunallag (2017:725)", { 2018, 1, 1 } },
};

bool
law_in_force(const char *cited, struct date day, struct date *from)
{
	for (size_t i = 0; i < ARRAY_LEN(statutes); i++) {
		if (strncmp(cited, statutes[i].cited, strlen(statutes[i].cited)) != 0 || date_cmp(day, statutes[i].from) >= 0)
			continue;
		*from = statutes[i].from;
		return false;
	}
	return true;
}

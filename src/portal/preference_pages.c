/* portal/preference_pages.c: two cookies, and the way back */
#include "portal/preference_pages.h"

#include <stdint.h>
#include <string.h>

#include "base/tr.h"
#include "http/http.h"
#include "http/path.h"
#include "people/permit.h"

static const int64_t YEAR_S = (int64_t)365 * 24 * 3600;

static void
go_back(struct request *rq, struct response *rs)
{
	const char *back = query_text(rq, "back");

	respond_see_other(rq, rs, "%s", path_is_ours(back) ? back : "/");
}

static void
language_get(struct request *rq, struct response *rs)
{
	const char *lang = language_known(query_text(rq, "lang"));

	if (lang != NULL)
		respond_cookie(rq, rs, "lang", lang, YEAR_S);
	go_back(rq, rs);
}

static void
scheme_get(struct request *rq, struct response *rs)
{
	static const struct { const char *scheme; bool keep; } row[] = { { "light", true }, { "dark", true }, { "auto", false } };
	const char *scheme = query_text(rq, "scheme");

	for (size_t i = 0; scheme != NULL && i < ARRAY_LEN(row); i++)
		if (strcmp(scheme, row[i].scheme) == 0)
			respond_cookie(rq, rs, "scheme", row[i].scheme, row[i].keep ? YEAR_S : 0);
	go_back(rq, rs);
}

const struct route preference_routes[] = {
	/* method path         action      handler */
	{ GET,    "/sprak",    ACT_PUBLIC, language_get, 0 },
	{ GET,    "/utseende", ACT_PUBLIC, scheme_get,   0 },
	{ 0 },
};

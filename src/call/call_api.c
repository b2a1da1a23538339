/* call/call_api.c */
#include "call/call_api.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "call/call_store.h"
#include "people/permit.h"

enum { ANSWER_MAX = 1 << 20 };

static void
answer(struct request *rq, struct response *rs, int status, struct sb *sb)
{
	respond_header(rq, rs, "Cache-Control", "no-store");
	respond_text(rs, status, "application/json; charset=utf-8", sb_str(sb), sb->len);
}

/* {"error": "..."}: nothing was kept. The sentence for a person, since one has to mend it. */
static void
refuse(struct request *rq, struct response *rs, int status, const struct err *err)
{
	const char *sentence = err->person != NULL ? err->person : N_("Something went wrong with us. Send it again.");
	struct sb sb;

	sb_init(&sb, rq->arena, ANSWER_MAX);
	sb_add(&sb, "{\"error\": ");
	sb_json(&sb, tr(rq->lang, sentence));
	sb_add(&sb, "}\n");
	if (status >= 500)
		log_line(LOG_ERROR, "calls", "request=%s code=%s error=\"%s\"", rq->id, err_code_name(err->code), err->log);
	answer(rq, rs, status, &sb);
}

static bool
from_whom(struct request *rq, struct exchange *x, struct err *err)
{
	const char *header = request_header(rq, "Authorization");

	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0) {
		header += 7 + strspn(header + 7, " ");
		return exchange_by_token(rq->db, rq->arena, header, x, err);
	}
	(void)err_set(err, ERR_DENIED, "no bearer token");
	err->person = N_("Send the exchange's token: Authorization: Bearer TOKEN.");
	return false;
}

static void
calls_post(struct request *rq, struct response *rs)
{
	struct call_list list;
	struct call_taken taken;
	struct exchange x;
	struct err err = { 0 };
	const char *body;
	struct sb sb;
	size_t n;

	if (!from_whom(rq, &x, &err)) {
		if (err.code == ERR_DENIED)
			respond_header(rq, rs, "WWW-Authenticate", "Bearer realm=\"calls\"");
		refuse(rq, rs, err.code == ERR_DENIED ? 401 : 503, &err);
		return;
	}
	body = request_body(rq, &n);
	if (!call_read_json(rq->arena, body == NULL ? "" : body, n, rq->now, &list, &err)) {
		refuse(rq, rs, n > CALL_BODY_MAX || list.n == CALL_EVENTS_MAX ? 413 : 400, &err);
		return;
	}
	if (!call_take(rq->db, x.id, &list, rq->now, &taken, &err)) {
		refuse(rq, rs, 503, &err);
		return;
	}
	sb_init(&sb, rq->arena, ANSWER_MAX);
	sb_addf(&sb, "{\"taken\": %zu, \"known\": %zu, \"bad\": [", taken.taken, taken.known);
	for (size_t i = 0; i < list.n_faults; i++) {
		sb_addf(&sb, "%s{\"line\": %zu, \"field\": ", i == 0 ? "" : ", ", list.fault[i].line);
		sb_json(&sb, list.fault[i].field[0] == '\0' ? NULL : list.fault[i].field);
		sb_add(&sb, ", \"error\": ");
		sb_json(&sb, tr(rq->lang, list.fault[i].why));
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]}\n");
	answer(rq, rs, list.bad > 0 ? 422 : 200, &sb);
}

const struct route call_api_routes[] = {
	{ POST, "/api/calls", ACT_PUBLIC, calls_post, ROUTE_NO_CSRF | ROUTE_RAW | ROUTE_JSON },
	{ 0 },
};

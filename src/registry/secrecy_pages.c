/* registry/secrecy_pages.c: marks set and lifted, and the log of reading */
#include "registry/secrecy_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/frame.h"

enum { ROWS = 100 };

bool
secrecy_load(struct request *rq, const char *object, int64_t object_id, const struct object *rights, const char *path,
    struct secrecy_view *out, struct err *err)
{
	struct secrecy_list list;

	if (!secrecy_of(rq->db, rq->arena, object, object_id, &list, err))
		return false;
	*out = (struct secrecy_view){ .path = path, .today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s),
		.mark = list.item, .n = list.n, .restricted = (int)rights->restricted,
		.may_mark = permitted(rq->actor, ACT_SECRECY_MARK, rights),
		.may_protect = permitted(rq->actor, ACT_PERSON_PROTECT, rights) };
	return true;
}

bool
secrecy_mark_posted(struct request *rq, const char *object, int64_t object_id, struct err *err)
{
	const char *section, *note;
	struct date date;

	return form_text(rq, "section", 0, 40, &section, err) && form_date(rq, "marked_date", &date, err) &&
	    form_text(rq, "mark_note", 0, 500, &note, err) &&
	    secrecy_mark(rq->db, object, object_id, section, date, note, rq->actor, rq->now, err);
}

bool
secrecy_lift_posted(struct request *rq, const char *object, int64_t object_id, struct err *err)
{
	int64_t mark_id;

	return form_id(rq, "mark", &mark_id, err) &&
	    secrecy_lift(rq->db, object, object_id, mark_id, rq->actor, rq->now, err);
}

static void
log_get(struct request *rq, struct response *rs)
{
	struct reading_view v = { 0 };
	struct reading_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!read_log_list(rq->db, rq->arena, rq->actor, NULL, 0, query_i64(rq, "konto", 0), query_i64(rq, "fore", 0), ROWS,
	    &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	v.reading = list.item;
	v.n = list.n;
	if (list.n == ROWS)
		v.next = arena_printf(rq->arena, "/lasningar?fore=%" PRId64, list.item[list.n - 1].id);
	frame_init(&page, rq, tr(rq->lang, N_("Readings of what is secret")));
	page.wide = true;
	sb_init(&sb, rq->arena, PAGE_MAX);
	reading_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

const struct route secrecy_routes[] = {
	{ GET, "/lasningar", ACT_READ_LOG, log_get, 0 },
	{ 0 },
};

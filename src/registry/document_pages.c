/* registry/document_pages.c: parse, permit, do, render */
#include "registry/document_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "people/frame.h"
#include "registry/file_answer.h"
#include "registry/matter_pages.h"
#include "registry/uploads.h"

enum { MASK_LINES = MASK_PASSAGES_MAX };

static const char *const directions[DIRECTIONS] = { "in", "out", "internal" };
static const struct choice channels[CHANNELS_IN] = {
	{ .value = "letter", .text = N_("Letter by post") }, { .value = "letterbox", .text = N_("In our own letterbox") },
	{ .value = "email", .text = N_("E-mail") }, { .value = "visit", .text = N_("Handed in") },
	{ .value = "web", .text = N_("Web form") }, { .value = "phone", .text = N_("Phone") },
	{ .value = "sms", .text = N_("Text message") }, { .value = "social", .text = N_("Social media") },
};

/* The document of the path with its rights, if she may `action` it. A draft is for those who add documents; what stands in
 * no matter is for those who read its contact. */
static bool
open_document(struct request *rq, enum action action, struct document *d, struct object *object, struct err *err)
{
	int64_t id;

	if (!path_id(rq, "id", &id, err) || !document_get(rq->db, rq->arena, id, d, err) ||
	    !document_object(rq->db, d, object, err))
		return false;
	if ((strcmp(d->state, "draft") == 0 || (strcmp(d->state, "withdrawn") == 0 && d->contact_id == 0)) &&
	    !permit(rq->actor, ACT_DOCUMENT_ADD, object, err))
		return false;
	if (d->matter_id == 0 && !permit(rq->actor, ACT_CONTACT_READ, object, err))
		return false;
	return permit(rq->actor, action, object, err);
}

static struct document_fields
fields_of(struct request *rq, const struct document *d, bool again)
{
	struct document_fields f = { .today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s) };
	const char *channel = again ? form_raw(rq, "channel") : d != NULL ? d->channel : "letter";
	struct choice *c = arena_memdup(rq->arena, channels, sizeof(channels));
	struct choice *way = arena_array(rq->arena, DIRECTIONS, sizeof(*way));

	f.direction = d != NULL ? d->direction : again ? form_raw(rq, "direction") : "in";
	for (size_t i = 0; i < CHANNELS_IN; i++)
		c[i].chosen = channel != NULL && strcmp(channel, c[i].value) == 0;
	for (size_t i = 0; i < DIRECTIONS; i++)
		way[i] = (struct choice){ .value = directions[i], .text = document_direction_text(directions[i]),
			.chosen = f.direction != NULL && strcmp(f.direction, directions[i]) == 0 };
	f.channel = c;
	f.directions = way;
	f.title = again ? form_raw(rq, "title") : d != NULL ? d->title : NULL;
	f.text = again ? form_raw(rq, "text") : d != NULL ? d->text : NULL;
	f.sender = again ? form_raw(rq, "sender") : d != NULL ? d->sender : NULL;
	f.recipient = again ? form_raw(rq, "recipient") : d != NULL ? d->recipient : NULL;
	f.arrived = again ? form_raw(rq, "arrived") : f.today;
	f.dated = again ? form_raw(rq, "dated") : NULL;
	f.draft = again && form_checked(rq, "draft");
	return f;
}

/* ---- a new one ---- */

static void
draw_new(struct request *rq, struct response *rs, const struct matter *m, const struct err *wrong)
{
	struct document_new_view v = { .matter = m, .path = arena_printf(rq->arena, "/arenden/%" PRId64, m->id),
		.fields = fields_of(rq, NULL, wrong != NULL) };
	struct page page;
	struct sb sb;

	frame_init(&page, rq, tr(rq->lang, N_("Add a document")));
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = wrong->code == ERR_CONFLICT ? 409 : 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	document_new_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
new_get(struct request *rq, struct response *rs)
{
	struct matter m;
	struct err err = { 0 };

	if (matter_of_path(rq, ACT_DOCUMENT_ADD, &m, &err))
		draw_new(rq, rs, &m, NULL);
	else
		respond_err(rq, rs, &err);
}

/* A day that may be left out. */
static bool
optional_day(struct request *rq, const char *name, const char **out, struct err *err)
{
	const char *text = form_raw(rq, name);
	struct date day;

	*out = NULL;
	if (text == NULL || *text == '\0')
		return true;
	if (!form_date(rq, name, &day, err))
		return false;
	*out = arena_strdup(rq->arena, date_text(day).s);
	return true;
}

/* What came today came now; on another day, at noon: the law counts days. */
static bool
arrival(struct request *rq, int64_t *at, struct err *err)
{
	struct date day;

	if (!form_date(rq, "arrived", &day, err))
		return false;
	*at = date_cmp(day, local_date(rq->now)) == 0 ? rq->now : local_instant(day, 12, 0, 0);
	return true;
}

static bool
parse(struct request *rq, const char *direction, struct document_in *in, struct err *err)
{
	*in = (struct document_in){ .direction = direction, .channel = form_raw(rq, "channel"),
		.draft = form_checked(rq, "draft") };
	if (direction == NULL)
		return err_input(err, "direction", N_("Choose whether it came in, goes out, or was drawn up here."));
	if (strcmp(direction, "in") != 0)
		in->channel = NULL;
	return form_text(rq, "title", 0, 1000, &in->title, err) &&
	    form_text(rq, "text", 0, DOCUMENT_TEXT_MAX + 1, &in->text, err) &&
	    form_text(rq, "sender", 0, 200, &in->sender, err) && form_text(rq, "recipient", 0, 200, &in->recipient, err) &&
	    (strcmp(direction, "in") != 0 || arrival(rq, &in->arrived_at, err)) &&
	    optional_day(rq, "dated", &in->dated, err) && uploads_store(rq, &in->file, &in->n_files, err);
}

static void
new_post(struct request *rq, struct response *rs)
{
	struct document_in in;
	struct matter m;
	struct err err = { 0 };
	int64_t id;

	if (!matter_of_path(rq, ACT_DOCUMENT_ADD, &m, &err))
		respond_err(rq, rs, &err);
	else if (parse(rq, form_raw(rq, "direction"), &in, &err) &&
	    document_register(rq->db, m.id, &in, rq->actor, rq->now, &id, &err))
		respond_see_other(rq, rs, in.draft ? "/dokument/%" PRId64 "?klart=%s" : "/arenden/%" PRId64 "?klart=%s",
		    in.draft ? id : m.id, frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw_new(rq, rs, &m, &err);
	else
		respond_err(rq, rs, &err);
}

/* ---- one ---- */

static bool
load_matter(struct request *rq, const struct document *d, struct document_view *v, struct err *err)
{
	struct matter *m = arena_alloc(rq->arena, sizeof(*m));
	struct object object;

	if (d->matter_id == 0)
		return true;
	if (!matter_get(rq->db, rq->arena, d->matter_id, m, err))
		return false;
	object = matter_object(m);
	if (permitted(rq->actor, ACT_MATTER_READ, &object))
		v->matter = m;
	return true;
}

static bool
load(struct request *rq, const struct document *d, const struct object *object, bool again, struct document_view *v,
    struct err *err)
{
	int reach = permit_reach(rq->actor, ACT_DOCUMENT_READ, object->authority_id, object->unit_id, object->owner_id);
	struct document_ref *version, *rendition;
	struct document original;
	bool settled = strcmp(d->state, "draft") != 0 && strcmp(d->state, "withdrawn") != 0;

	*v = (struct document_view){ .document = d, .path = arena_printf(rq->arena, "/dokument/%" PRId64, d->id),
		.seen = document_seen(rq->arena, d), .today = arena_strdup(rq->arena, date_text(local_date(rq->now)).s),
		.fields = fields_of(rq, d, again && form_raw(rq, "title") != NULL),
		.may_add = d->matter_id != 0 && d->masks_id == 0 && permitted(rq->actor, ACT_DOCUMENT_ADD, object),
		.may_mask = settled && d->masks_id == 0 && (d->text[0] != '\0' || d->n_files > 0) &&
		    permitted(rq->actor, ACT_DOCUMENT_MASK, object) };
	if (!load_matter(rq, d, v, err) ||
	    !document_versions(rq->db, rq->arena, d->id, reach, &version, &v->n_versions, err) ||
	    !document_renditions(rq->db, rq->arena, d->id, reach, &rendition, &v->n_renditions, err) ||
	    !secrecy_load(rq, "document", d->id, object, v->path, &v->secrecy, err))
		return false;
	v->version = version;
	v->rendition = rendition;
	v->newest = v->n_versions == 0 || version[v->n_versions - 1].id == d->id;
	if (d->masks_id != 0 && !document_get(rq->db, rq->arena, d->masks_id, &original, err))
		return false;
	if (d->masks_id != 0 && !document_mask_state(rq->db, rq->arena, d->id, rq->actor, &v->mask, err))
		return false;
	v->may_approve = d->masks_id != 0 && v->mask.approved_at == 0 && permitted(rq->actor, ACT_MASK_APPROVE, object);
	v->may_release = d->masks_id != 0 && v->mask.approved_at != 0 && permitted(rq->actor, ACT_DOCUMENT_MASK, object);
	if (d->masks_id != 0 && original.restricted <= reach)
		v->original_title = original.title;
	v->mask_title = again ? form_raw(rq, "mask_title") : NULL;
	for (int i = 0; again && i < MASK_GROUPS; i++) {
		v->passages[i] = form_raw(rq, arena_printf(rq->arena, "passages%s", i == 0 ? "" : i == 1 ? "_2" : "_3"));
		v->section[i] = form_raw(rq, arena_printf(rq->arena, "mask_section%s", i == 0 ? "" : i == 1 ? "_2" : "_3"));
	}
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct document *d, const struct object *object,
    const struct err *wrong)
{
	struct document_view v;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if ((d->restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "document", d->id, d->authority_id, rq->now,
	    &err)) || !load(rq, d, object, wrong != NULL, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, d->title);
	page.wide = true;
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL) {
		frame_error(&page, rq, wrong);
		rs->status = wrong->code == ERR_CONFLICT ? 409 : 422;
	}
	sb_init(&sb, rq->arena, PAGE_MAX);
	document_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
page_get(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };

	if (open_document(rq, ACT_DOCUMENT_READ, &d, &object, &err))
		draw(rq, rs, &d, &object, NULL);
	else
		respond_err(rq, rs, &err);
}

/* The document shown next: `id`, or the same again with what was wrong. */
static void
finish(struct request *rq, struct response *rs, bool ok, int64_t id, const struct err *err)
{
	struct object object;
	struct document d;
	struct err again = { 0 };

	if (ok)
		respond_see_other(rq, rs, "/dokument/%" PRId64 "?klart=%s", id, frame_done_word(DONE_SAVED));
	else if (frame_again(err) && open_document(rq, ACT_DOCUMENT_READ, &d, &object, &again))
		draw(rq, rs, &d, &object, err);
	else
		respond_err(rq, rs, err);
}

static void
draft_post(struct request *rq, struct response *rs)
{
	const char *title, *text, *recipient;
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok;

	ok = open_document(rq, ACT_DOCUMENT_ADD, &d, &object, &err) &&
	    form_text(rq, "title", 0, 1000, &title, &err) && form_text(rq, "text", 0, DOCUMENT_TEXT_MAX + 1, &text, &err) &&
	    form_text(rq, "recipient", 0, 200, &recipient, &err) &&
	    document_redraft(rq->db, d.id, form_raw(rq, "seen"), title, text, recipient, rq->actor, rq->now, &err);
	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
complete_post(struct request *rq, struct response *rs)
{
	const char *dated;
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok;

	ok = open_document(rq, ACT_DOCUMENT_ADD, &d, &object, &err) && optional_day(rq, "dated", &dated, &err) &&
	    document_complete(rq->db, d.id, dated, rq->actor, rq->now, &err);
	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
discard_post(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };

	if (open_document(rq, ACT_DOCUMENT_ADD, &d, &object, &err) &&
	    document_discard(rq->db, d.id, rq->actor, rq->now, &err))
		respond_see_other(rq, rs, "/arenden/%" PRId64 "?klart=%s", d.matter_id, frame_done_word(DONE_REMOVED));
	else
		finish(rq, rs, false, 0, &err);
}

static void
version_post(struct request *rq, struct response *rs)
{
	struct document_in in;
	struct object object;
	struct document d;
	struct err err = { 0 };
	int64_t id = 0;
	bool ok = open_document(rq, ACT_DOCUMENT_ADD, &d, &object, &err) && parse(rq, d.direction, &in, &err) &&
	    document_replace(rq->db, d.id, &in, rq->actor, rq->now, &id, &err);

	finish(rq, rs, ok, id, &err);
}

/* Three groups of a section and its passages, one passage a line. */
static bool
parse_masks(struct request *rq, struct mask *mask, size_t *n, struct err *err)
{
	static const char *const passages[MASK_GROUPS] = { "passages", "passages_2", "passages_3" };
	static const char *const sections[MASK_GROUPS] = { "mask_section", "mask_section_2", "mask_section_3" };

	*n = 0;
	for (size_t g = 0; g < MASK_GROUPS; g++) {
		const char *text, *written, *section;

		if (!form_text(rq, passages[g], 0, DOCUMENT_TEXT_MAX, &text, err) ||
		    !form_text(rq, sections[g], 0, 40, &written, err))
			return false;
		if (*text == '\0')
			continue;
		if ((section = secrecy_section(rq->arena, written)) == NULL)
			return err_input(err, sections[g], N_("Write the section of OSL, for example 21:1 or 26 kap. 1 §."));
		for (const char *p = text; *p != '\0'; p += *p == '\n') {
			size_t length = strcspn(p, "\n");

			if (length > 0 && *n == MASK_LINES)
				return err_input(err, passages[g], N_("That is too many passages. Mask longer ones."));
			if (length > 0)
				mask[(*n)++] = (struct mask){ arena_strndup(rq->arena, p, length), section };
			p += length;
		}
	}
	return true;
}

static void
mask_post(struct request *rq, struct response *rs)
{
	struct mask *mask = arena_array(rq->arena, MASK_LINES, sizeof(*mask));
	const char *title;
	struct object object;
	struct document d;
	struct err err = { 0 };
	int64_t id = 0;
	size_t n;
	bool ok = open_document(rq, ACT_DOCUMENT_MASK, &d, &object, &err) &&
	    form_text(rq, "mask_title", 0, 1000, &title, &err) && parse_masks(rq, mask, &n, &err) &&
	    document_mask(rq->db, d.id, title, mask, n, rq->actor, rq->now, &id, &err);

	if (!ok && err.field != NULL && strcmp(err.field, "title") == 0)
		err.field = "mask_title";
	finish(rq, rs, ok, id, &err);
}

/* A file that was masked in a program of its own kind. */
static void
mask_file_post(struct request *rq, struct response *rs)
{
	const struct document_file *file;
	const char *title, *written, *section = "";
	struct object object;
	struct document d;
	struct err err = { 0 };
	int64_t id = 0;
	size_t n;
	bool ok = open_document(rq, ACT_DOCUMENT_MASK, &d, &object, &err) &&
	    form_text(rq, "copy_title", 0, 1000, &title, &err) && form_text(rq, "copy_section", 0, 40, &written, &err) &&
	    ((section = secrecy_section(rq->arena, written)) != NULL ||
	    err_input(&err, "copy_section", N_("Write the section of OSL, for example 21:1 or 26 kap. 1 §."))) &&
	    uploads_store(rq, &file, &n, &err) &&
	    document_mask_file(rq->db, d.id, title, section, file, n, rq->actor, rq->now, &id, &err);

	if (!ok && err.field != NULL && strcmp(err.field, "title") == 0)
		err.field = "copy_title";
	finish(rq, rs, ok, id, &err);
}

static void
approve_post(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok = open_document(rq, ACT_MASK_APPROVE, &d, &object, &err) &&
	    document_mask_approve(rq->db, d.id, rq->actor, rq->now, &err);

	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
release_post(struct request *rq, struct response *rs)
{
	const char *recipient;
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok = open_document(rq, ACT_DOCUMENT_MASK, &d, &object, &err) &&
	    form_text(rq, "released_to", 0, 200, &recipient, &err) &&
	    document_release(rq->db, d.id, recipient, rq->actor, rq->now, &err);

	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
mark_post(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok;

	ok = open_document(rq, ACT_SECRECY_MARK, &d, &object, &err) &&
	    secrecy_mark_posted(rq, "document", d.id, &err);
	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
lift_post(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };
	bool ok;

	ok = open_document(rq, ACT_SECRECY_MARK, &d, &object, &err) &&
	    secrecy_lift_posted(rq, "document", d.id, &err);
	finish(rq, rs, ok, ok ? d.id : 0, &err);
}

static void
file_get_page(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };
	int64_t position;

	if (!open_document(rq, ACT_DOCUMENT_READ, &d, &object, &err) || !path_id(rq, "position", &position, &err) ||
	    (d.restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "document", d.id, d.authority_id, rq->now, &err)))
		respond_err(rq, rs, &err);
	else
		file_answer(rq, rs, &d, position);
}

static void
original_get(struct request *rq, struct response *rs)
{
	struct object object;
	struct document d;
	struct err err = { 0 };

	if (!open_document(rq, ACT_DOCUMENT_READ, &d, &object, &err) ||
	    (d.restricted > 0 && !read_log_add(rq->db, rq->actor->account_id, "document", d.id, d.authority_id, rq->now, &err)))
		respond_err(rq, rs, &err);
	else
		file_answer_original(rq, rs, &d);
}

const struct route document_routes[] = {
	{ GET, "/arenden/:id/dokument/ny", ACT_DOCUMENT_ADD, new_get, ROUTE_SECRET },
	{ POST, "/arenden/:id/dokument/ny", ACT_DOCUMENT_ADD, new_post, ROUTE_SECRET | ROUTE_UPLOAD },
	{ GET, "/dokument/:id", ACT_DOCUMENT_READ, page_get, ROUTE_SECRET },
	{ POST, "/dokument/:id/utkast", ACT_DOCUMENT_ADD, draft_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/fardig", ACT_DOCUMENT_ADD, complete_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/kasta", ACT_DOCUMENT_ADD, discard_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/version", ACT_DOCUMENT_ADD, version_post, ROUTE_SECRET | ROUTE_UPLOAD },
	{ POST, "/dokument/:id/maskera", ACT_DOCUMENT_MASK, mask_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/maskerad-fil", ACT_DOCUMENT_MASK, mask_file_post, ROUTE_SECRET | ROUTE_UPLOAD },
	{ POST, "/dokument/:id/godkann", ACT_MASK_APPROVE, approve_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/utlamna", ACT_DOCUMENT_MASK, release_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/sekretess", ACT_SECRECY_MARK, mark_post, ROUTE_SECRET },
	{ POST, "/dokument/:id/sekretess-lyft", ACT_SECRECY_MARK, lift_post, ROUTE_SECRET },
	{ GET, "/dokument/:id/fil/:position", ACT_DOCUMENT_READ, file_get_page, ROUTE_SECRET },
	{ GET, "/dokument/:id/original", ACT_DOCUMENT_READ, original_get, ROUTE_SECRET },
	{ 0 },
};

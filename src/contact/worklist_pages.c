/* contact/worklist_pages.c: lists for those who answer */
#include "contact/worklist_pages.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/desk.h"
#include "contact/found.h"
#include "contact/live.h"
#include "db/db.h"
#include "db/search.h"
#include "people/choices.h"
#include "people/frame.h"
#include "people/office.h"
#include "registry/document_work.h"
#include "registry/matter.h"

enum { PAGE_ROWS = 50, FOUND = 20, SUGGESTED = 8 };

static const struct { enum worklist list; const char *word, *text; } lists[] = {
	{ WORKLIST_MINE, "mina", N_("Mine") }, { WORKLIST_UNIT, "enhet", N_("My unit's") },
	{ WORKLIST_UNASSIGNED, "ingen", N_("Nobody's yet") }, { WORKLIST_OVERDUE, "sena", N_("Overdue") },
	{ WORKLIST_ALL, "alla", N_("All open") }, { WORKLIST_QUARANTINE, "karantan", N_("Marked as spam") },
	{ WORKLIST_CLOSED, "klara", N_("Closed") },
};

static size_t
list_named(const char *word, size_t instead)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(lists); i++) {
		if (strcmp(lists[i].word, word) == 0)
			return i;
	}
	return instead;
}

static size_t
list_of(struct request *rq)
{
	return list_named(query_text(rq, "lista"), rq->actor->unit_id != 0 ? 1 : 4);
}

/* "" is any. */
static const char *
chosen(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static struct worklist_filter
filter_of(struct request *rq, size_t which)
{
	return (struct worklist_filter){ .list = lists[which].list, .limit = PAGE_ROWS,
		.unit_id = choice_id(query_text(rq, "enhet")), .category_id = choice_id(query_text(rq, "omrade")),
		.channel = chosen(query_text(rq, "kanal")), .state = chosen(query_text(rq, "lage")),
		.overdue = query_i64(rq, "sen", 0) == 1, .after_at = query_i64(rq, "efter", 0),
		.after_id = query_i64(rq, "id", 0) };
}

/* "lista=alla&kanal=email": the list with this filter, from the top. */
static const char *
query_for(struct arena *a, const char *word, const struct worklist_filter *f)
{
	struct sb sb;

	sb_init(&sb, a, 2000);
	sb_addf(&sb, "lista=%s", word);
	desk_query(&sb, f->unit_id, f->category_id, f->channel);
	if (f->state != NULL) {
		sb_add(&sb, "&lage=");
		sb_url(&sb, f->state);
	}
	if (f->overdue)
		sb_add(&sb, "&sen=1");
	return sb_str(&sb);
}

/* A copy of fixed choices with one of them chosen. */
static size_t
choose(struct request *rq, const struct choice *from, size_t n, const char *value, const struct choice **out)
{
	struct choice *c = arena_memdup(rq->arena, from, n * sizeof(*c));

	for (size_t i = 0; i < n; i++)
		c[i].chosen = value != NULL && strcmp(c[i].value, value) == 0;
	*out = c;
	return n;
}

/* Those who can have a contact (the first authority of the actor; an authority's own people only), and what the list can be
 * narrowed by. */
static bool
fill_choices(struct request *rq, const struct worklist_filter *f, struct worklist_view *v, struct err *err)
{
	static const struct choice states[] = { { .value = "new", .text = N_("Nobody has it yet") },
		{ .value = "assigned", .text = N_("Somebody has it") }, { .value = "waiting", .text = N_("Waiting for the resident") } };
	int64_t authority_id = rq->actor->n_grants > 0 ? rq->actor->grant[0].authority_id : 0;
	const struct desk *d = desk_of(rq->db, rq->arena, authority_id, rq->lang, rq->now, err);

	if (d == NULL)
		return false;
	v->owner = d->owner;
	v->n_owners = d->n_owners;
	v->unit = desk_choose(rq->arena, d->any_unit, d->n_any_units, f->unit_id);
	v->n_units = d->n_any_units;
	v->category = desk_choose(rq->arena, d->category, d->n_categories, f->category_id);
	v->n_categories = d->n_categories;
	v->n_channels = desk_channels(rq->arena, f->channel, &v->channel);
	v->n_states = choose(rq, states, ARRAY_LEN(states), f->state, &v->state);
	return true;
}

static bool
fill_saved(struct request *rq, struct worklist_view *v, struct err *err)
{
	struct saved_filter_list list;
	const char **href;

	if (!filter_list(rq->db, rq->arena, rq->actor->account_id, &list, err))
		return false;
	href = arena_array(rq->arena, list.n, sizeof(*href));
	for (size_t i = 0; i < list.n; i++)
		href[i] = arena_printf(rq->arena, "/arbetslista?%s", list.item[i].query);
	v->saved = list.item;
	v->n_saved = list.n;
	v->saved_href = href;
	return true;
}

/* Counting costs more than the list itself, and a count a moment old misleads nobody: each account's are kept for two
 * seconds. While one request counts anew, the others show what was, so that one waits and not all. A reader of somebody else's
 * slot counts anew. */
static bool
counts_of(struct request *rq, struct worklist_counts *out, struct err *err)
{
	enum { SLOTS = 256, FRESH_S = 2, STALE_S = 10 };
	static struct { int64_t account_id, at; const struct database *database; struct worklist_counts counts; bool counting; } kept[SLOTS];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	size_t slot = (size_t)rq->actor->account_id % SLOTS;
	struct worklist_counts counts;
	bool own, fresh, ok;

	(void)pthread_mutex_lock(&lock);
	own = kept[slot].account_id == rq->actor->account_id && kept[slot].database == rq->database;
	fresh = own && rq->now - kept[slot].at < (kept[slot].counting ? STALE_S : FRESH_S) && query_text(rq, "klart") == NULL;
	if (fresh)
		*out = kept[slot].counts;
	else
		kept[slot].counting = own;
	(void)pthread_mutex_unlock(&lock);
	if (fresh)
		return true;
	ok = contact_counts(rq->db, rq->actor, rq->now, &counts, err);
	(void)pthread_mutex_lock(&lock);
	kept[slot].counting = false;
	if (ok) {
		kept[slot].account_id = rq->actor->account_id;
		kept[slot].at = rq->now;
		kept[slot].database = rq->database;
		kept[slot].counts = *out = counts;
	}
	(void)pthread_mutex_unlock(&lock);
	return ok;
}

static void
draw(struct request *rq, struct response *rs, const struct err *wrong)
{
	size_t which = list_of(rq);
	struct worklist_filter f = filter_of(rq, which);
	struct worklist_view v = { .list = lists[which].list, .now = rq->now, .filter = &f, .word = lists[which].word,
		.query = query_for(rq->arena, lists[which].word, &f), .filter_name = form_raw(rq, "name"),
		.filtered = f.unit_id != 0 || f.category_id != 0 || f.channel != NULL || f.state != NULL || f.overdue };
	struct presence_list present = presence_of(rq->arena, rq->database, 0, rq->actor->account_id, rq->now);
	struct worklist_counts counts;
	struct contact_row_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	/* One snapshot: the list and its counts agree. */
	if (!db_read_begin(rq->db, &err) || !contact_worklist(rq->db, rq->arena, rq->actor, &f, rq->now, &list, &err) ||
	    !counts_of(rq, &counts, &err) || !fill_choices(rq, &f, &v, &err) || !fill_saved(rq, &v, &err)) {
		db_read_end(rq->db);
		respond_err(rq, rs, &err);
		return;
	}
	db_read_end(rq->db);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		v.tab[i] = (struct page_link){ .href = arena_printf(rq->arena, "/arbetslista?lista=%s", lists[i].word),
			.text = lists[i].text, .current = i == which, .count = counts.n[lists[i].list] };
	v.row = list.item;
	v.n_rows = list.n;
	v.present = present.item;
	v.n_present = present.n;
	if (list.n == PAGE_ROWS)
		v.next = arena_printf(rq->arena, "/arbetslista?%s&efter=%" PRId64 "&id=%" PRId64, v.query,
		    list.item[list.n - 1].answer_by, list.item[list.n - 1].id);
	frame_init(&page, rq, tr(rq->lang, N_("Worklist")));
	page.wide = true;
	page.events = "/arbetslista/handelser";
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	worklist_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
events_get(struct request *rq, struct response *rs)
{
	respond_events(rq, rs, LIVE_WORKLIST);
}

static void
list_get(struct request *rq, struct response *rs)
{
	draw(rq, rs, NULL);
}

/* To the list as it was. */
static void
back(struct request *rq, struct response *rs, enum frame_done done)
{
	size_t which = list_of(rq);
	struct worklist_filter f = filter_of(rq, which);

	respond_see_other(rq, rs, "/arbetslista?%s&klart=%s", query_for(rq->arena, lists[which].word, &f),
	    frame_done_word(done));
}

struct several { struct request *rq; int64_t owner_id; };

/* Each is asked about by itself. One that may not be given, or that has been closed meanwhile, is named, and then none is given. */
static bool
assign_several(struct db *tx, void *arg, struct err *err)
{
	const struct several *s = arg;
	struct request *rq = s->rq;

	for (size_t i = 0; i < form_count(rq, "contact"); i++) {
		struct contact c = { 0 };
		struct object object;
		const char *number = form_nth(rq, "contact", i), *why;
		int64_t id;
		bool ok = contact_id_of(tx, number, &id, err) && contact_get(tx, rq->arena, id, &c, err);

		object = contact_object(&c);
		if (ok && permit(rq->actor, ACT_CONTACT_ASSIGN, &object, err) &&
		    contact_assign(tx, c.id, 0, c.unit_id, s->owner_id, NULL, rq->actor, rq->now, err))
			continue;
		if (err->code != ERR_INPUT && err->code != ERR_CONFLICT && err->code != ERR_DENIED && err->code != ERR_NOT_FOUND)
			return false;
		why = err->code == ERR_DENIED || err->code == ERR_NOT_FOUND || err->person == NULL ?
		    N_("You may not give it to anybody.") : err->person;
		return err_input(err, "owner", arena_printf(rq->arena, "%s: %s %s", number, tr(rq->lang, why),
		    tr(rq->lang, N_("None of the chosen ones has been given."))));
	}
	return true;
}

static void
assign_post(struct request *rq, struct response *rs)
{
	struct several several = { .rq = rq };
	struct err err = { 0 };
	bool ok = form_id(rq, "owner", &several.owner_id, &err);

	if (ok && form_count(rq, "contact") == 0)
		ok = err_input(&err, "owner", N_("Tick the contacts you want to give to somebody."));
	if (ok && db_write(rq->db, assign_several, &several, &err))
		back(rq, rs, DONE_SAVED);
	else if (frame_again(&err))
		draw(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
filter_post(struct request *rq, struct response *rs)
{
	size_t which = list_of(rq);
	struct worklist_filter f = filter_of(rq, which);
	struct saved_filter in = { .query = query_for(rq->arena, lists[which].word, &f) };
	struct err err = { 0 };
	int64_t id;

	if (form_text(rq, "name", 0, 200, &in.name, &err) &&
	    filter_save(rq->db, rq->actor->account_id, &in, &id, &err))
		back(rq, rs, DONE_SAVED);
	else if (frame_again(&err))
		draw(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
filter_remove_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	int64_t id;

	if (form_id(rq, "filter", &id, &err) && filter_remove(rq->db, rq->actor->account_id, id, &err))
		back(rq, rs, DONE_REMOVED);
	else
		respond_err(rq, rs, &err);
}

/* What a list says of a restricted thing: that it is there, to those who may open it. Its words are read on its own page,
 * where the reading is logged. */
static const char *
title_of(struct request *rq, int restricted, const char *title)
{
	if (restricted == 0)
		return title;
	return tr(rq->lang, restricted > 1 ? N_("Protected identity") : N_("Secrecy"));
}

/* One hit as the page shows it; false when it is gone, or no longer hers, since it was indexed. */
static bool
result_of(struct request *rq, const char *typed, const struct search_hit *hit, const struct found *f, struct search_result *out)
{
	bool document = strcmp(hit->kind, "document") == 0, contact = strcmp(hit->kind, "contact") == 0;
	int restricted = (int)f->object.restricted;

	if (f->id == 0)
		return false;
	*out = (struct search_result){ .title = title_of(rq, restricted, f->title), .at = f->at };
	if (f->text != NULL && restricted == 0)
		out->snippet = search_snippet(rq->arena, typed, f->text, 200);
	if (document) {
		out->href = arena_printf(rq->arena, "/dokument/%" PRId64, f->id);
		out->meta = tr(rq->lang, document_direction_text(f->word));
		return permitted(rq->actor, ACT_DOCUMENT_READ, &f->object);
	}
	if (contact) {
		out->href = arena_printf(rq->arena, "/kontakter/%s", f->number);
		out->meta = arena_printf(rq->arena, "%s · %s · %s", f->number, tr(rq->lang, contact_state_text(f->word)),
		    f->unit_name == NULL ? "" : f->unit_name);
		return permitted(rq->actor, ACT_CONTACT_READ, &f->object);
	}
	out->href = arena_printf(rq->arena, "/arenden/%" PRId64, f->id);
	out->meta = arena_printf(rq->arena, "%s · %s", f->number, tr(rq->lang, matter_state_text(f->word)));
	return permitted(rq->actor, ACT_MATTER_READ, &f->object);
}

/* The marks around what matched are for programs; on the page the words stand as they are. */
static const char *
plain(struct arena *a, const char *snippet)
{
	char *out = snippet == NULL ? NULL : arena_strdup(a, snippet), *w = out;

	for (const char *p = snippet; p != NULL && *p != '\0'; p++) {
		if (*p != '\1' && *p != '\2')
			*w++ = *p;
	}
	if (out != NULL)
		*w = '\0';
	return out;
}

/* A telephone number is looked for as it is stored: "070-17" is the beginning of +467017. */
static const char *
as_stored(struct request *rq, const char *typed)
{
	size_t n = 0;
	char *digits = arena_alloc(rq->arena, strlen(typed) + 1);

	if (typed[0] == '\0' || typed[strspn(typed, "0123456789 +-()/")] != '\0' || (typed[0] != '0' && typed[0] != '+'))
		return typed;
	for (const char *p = typed; *p != '\0'; p++) {
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	}
	if (n < 4)
		return typed;
	if (typed[0] == '+' || strncmp(digits, "00", 2) == 0)
		return digits + (typed[0] == '+' ? 0 : 2);
	return arena_printf(rq->arena, "46%s", digits + 1);
}

/* The contacts whose serial was typed, then what has the words. *before (may be NULL) is for the page after: 0 when this is the
 * last. */
static bool
look_for(struct request *rq, const char *typed, size_t most, int64_t from, struct search_result *out, size_t *n,
    int64_t *before, struct err *err)
{
	struct search_hit hit[FOUND_MOST];
	struct found found[FOUND_MOST];
	struct search_hits hits;
	int64_t id[2];
	size_t serials = 0, n_hits = 0;

	*n = 0;
	if (from == 0 && typed[0] != '\0' && strlen(typed) <= 6 && typed[strspn(typed, "0123456789")] == '\0') {
		if (!contact_by_serial(rq->db, rq->actor, strtoll(typed, NULL, 10), local_date(rq->now).year, id, &serials, err))
			return false;
		for (size_t i = 0; i < serials; i++)
			hit[n_hits++] = (struct search_hit){ .kind = "contact", .object_id = id[i] };
	}
	if (!search_find(rq->db, rq->arena, as_stored(rq, typed), rq->actor->account_id, ACT_CONTACT_READ, ACT_MATTER_READ, from,
	    most, &hits, err))
		return false;
	for (size_t i = 0; i < hits.n && n_hits < FOUND_MOST; i++)
		hit[n_hits++] = hits.item[i];
	if (!found_read(rq->db, rq->arena, hit, n_hits, found, err))
		return false;
	for (size_t i = 0; i < n_hits; i++)
		*n += result_of(rq, typed, &hit[i], &found[i], &out[*n]);
	if (before != NULL)
		*before = hits.n == most ? hits.item[hits.n - 1].doc_id : 0;
	return true;
}

static const char *
typed_of(struct request *rq)
{
	const char *typed = query_text(rq, "q");

	if (typed == NULL || strlen(typed) > 300)
		return "";
	return arena_strndup(rq->arena, typed + strspn(typed, " "), strlen(typed + strspn(typed, " ")));
}

static void
search_get(struct request *rq, struct response *rs)
{
	struct found_view v = { .typed = typed_of(rq) };
	struct search_result *result = arena_array(rq->arena, FOUND + 2, sizeof(*result));
	struct err err = { 0 };
	struct page page;
	int64_t before;
	struct sb sb;

	if (!look_for(rq, v.typed, FOUND, query_i64(rq, "fore", 0), result, &v.n, &before, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	for (size_t i = 0; i < v.n; i++)
		result[i].snippet = plain(rq->arena, result[i].snippet);
	v.result = result;
	sb_init(&sb, rq->arena, PAGE_MAX);
	if (before != 0) {
		sb_addf(&sb, "/sok?fore=%" PRId64 "&q=", before);
		sb_url(&sb, v.typed);
		v.next = arena_strdup(rq->arena, sb_str(&sb));
		sb_clear(&sb);
	}
	frame_init(&page, rq, tr(rq->lang, N_("Search")));
	page.search_text = v.typed;
	found_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

/* While it is typed: [{ "text", "href", "meta" }] for the page's combobox. */
static void
suggest_get(struct request *rq, struct response *rs)
{
	struct search_result result[SUGGESTED + 2];
	const char *typed = typed_of(rq);
	struct err err = { 0 };
	struct sb sb;
	size_t n = 0;

	if (utf8_length(typed) >= 2 && !look_for(rq, typed, SUGGESTED, 0, result, &n, NULL, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_init(&sb, rq->arena, 64 * 1024);
	sb_add_c(&sb, '[');
	for (size_t i = 0; i < n; i++) {
		sb_add(&sb, i == 0 ? "{\"text\": " : ", {\"text\": ");
		sb_json(&sb, result[i].title);
		sb_add(&sb, ", \"href\": ");
		sb_json(&sb, result[i].href);
		sb_add(&sb, ", \"meta\": ");
		sb_json(&sb, result[i].meta);
		sb_add_c(&sb, '}');
	}
	sb_add(&sb, "]\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

/* Every event's hash is computed again, which over years of contacts takes minutes: not on the thread of other connections. */
struct proof { int64_t now; struct verify_result result; struct err err; };

static void
proof_work(struct request *rq, void *arg)
{
	struct proof *p = arg;
	struct db *db = database_reader(rq->database, &p->err);		/* the worker's own */

	if (db != NULL)
		(void)verify_all(db, rq->arena, p->now, &p->result, &p->err);
}

static void
proof_done(struct request *rq, struct response *rs, void *arg)
{
	struct proof *p = arg;
	struct page page;
	struct sb sb;

	if (p->err.code != ERR_NONE) {
		respond_err(rq, rs, &p->err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Nobody forgotten")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	proof_html(&sb, &page, &p->result);
	respond_html(rq, rs, &sb);
}

static void
proof_get(struct request *rq, struct response *rs)
{
	struct proof *p = arena_alloc(rq->arena, sizeof(*p));

	p->now = rq->now;
	respond_slowly(rq, rs, proof_work, proof_done, p);
}

const struct route worklist_routes[] = {
	{ GET, "/arbetslista", ACT_CONTACT_LIST, list_get, 0 },
	{ GET, "/arbetslista/handelser", ACT_CONTACT_LIST, events_get, 0 },
	{ POST, "/arbetslista/filter", ACT_CONTACT_LIST, filter_post, 0 },
	{ POST, "/arbetslista/filter/bort", ACT_CONTACT_LIST, filter_remove_post, 0 },
	{ POST, "/arbetslista/tilldela", ACT_CONTACT_ASSIGN, assign_post, 0 },
	{ GET, "/sok", ACT_CONTACT_LIST, search_get, 0 },
	{ GET, "/sok/forslag", ACT_CONTACT_LIST, suggest_get, ROUTE_JSON },
	{ GET, "/bevis", ACT_UNANSWERED_PROOF, proof_get, 0 },
	{ 0 },
};

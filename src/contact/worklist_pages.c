/* contact/worklist_pages.c: lists for those who answer */
#include "contact/worklist_pages.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "db/search.h"
#include "people/frame.h"
#include "registry/document_work.h"
#include "registry/matter.h"

enum { PAGE_ROWS = 50, FOUND = 20 };

static const struct { enum worklist list; const char *word, *text; } lists[] = {
	{ WORKLIST_MINE, "mina", N_("Mine") }, { WORKLIST_UNIT, "enhet", N_("My unit's") },
	{ WORKLIST_UNASSIGNED, "ingen", N_("Nobody's yet") }, { WORKLIST_OVERDUE, "sena", N_("Overdue") },
	{ WORKLIST_ALL, "alla", N_("All open") }, { WORKLIST_QUARANTINE, "karantan", N_("Marked as spam") },
	{ WORKLIST_CLOSED, "klara", N_("Closed") },
};

static size_t
list_of(struct request *rq)
{
	const char *word = query_text(rq, "lista");

	for (size_t i = 0; word != NULL && i < ARRAY_LEN(lists); i++) {
		if (strcmp(lists[i].word, word) == 0)
			return i;
	}
	return rq->actor->unit_id != 0 ? 1 : 4;
}

/* Those who can have it, the first authority of the actor; an authority's own people only. */
static bool
owners(struct request *rq, struct worklist_view *v, struct err *err)
{
	int64_t authority_id = rq->actor->n_grants > 0 ? rq->actor->grant[0].authority_id : 0;
	struct colleague_list list;
	struct choice *choice;

	if (!colleagues(rq->db, rq->arena, authority_id, date_text(local_date(rq->now)).s, &list, err))
		return false;
	choice = arena_array(rq->arena, list.n, sizeof(*choice));
	for (size_t i = 0; i < list.n; i++)
		choice[i] = (struct choice){ .value = arena_printf(rq->arena, "%" PRId64, list.item[i].account_id),
			.text = arena_printf(rq->arena, "%s%s", list.item[i].name, list.item[i].away ? " *" : "") };
	v->owner = choice;
	v->n_owners = list.n;
	return true;
}

/* Counting costs more than the list itself, and a count a moment old misleads nobody: each account's are kept for two
 * seconds. A reader of somebody else's slot counts anew. */
static bool
counts_of(struct request *rq, struct worklist_counts *out, struct err *err)
{
	enum { SLOTS = 256, FRESH_S = 2 };
	static struct { int64_t account_id, at; const struct database *database; struct worklist_counts counts; } kept[SLOTS];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	size_t slot = (size_t)rq->actor->account_id % SLOTS;
	bool fresh;

	(void)pthread_mutex_lock(&lock);
	fresh = kept[slot].account_id == rq->actor->account_id && kept[slot].database == rq->database &&
	    rq->now - kept[slot].at < FRESH_S && query_text(rq, "klart") == NULL;
	if (fresh)
		*out = kept[slot].counts;
	(void)pthread_mutex_unlock(&lock);
	if (fresh)
		return true;
	if (!contact_counts(rq->db, rq->actor, rq->now, out, err))
		return false;
	(void)pthread_mutex_lock(&lock);
	kept[slot].account_id = rq->actor->account_id;
	kept[slot].at = rq->now;
	kept[slot].database = rq->database;
	kept[slot].counts = *out;
	(void)pthread_mutex_unlock(&lock);
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct err *wrong)
{
	size_t which = list_of(rq);
	struct worklist_filter f = { .list = lists[which].list, .limit = PAGE_ROWS,
		.category_id = query_i64(rq, "omrade", 0), .channel = query_text(rq, "kanal"),
		.after_at = query_i64(rq, "efter", 0), .after_id = query_i64(rq, "id", 0) };
	struct worklist_view v = { .list = lists[which].list, .now = rq->now };
	struct worklist_counts counts;
	struct contact_row_list list;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!contact_worklist(rq->db, rq->arena, rq->actor, &f, rq->now, &list, &err) ||
	    !counts_of(rq, &counts, &err) || !owners(rq, &v, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		v.tab[i] = (struct page_link){ .href = arena_printf(rq->arena, "/arbetslista?lista=%s", lists[i].word),
			.text = lists[i].text, .current = i == which, .count = counts.n[lists[i].list] };
	v.row = list.item;
	v.n_rows = list.n;
	if (list.n == PAGE_ROWS)
		v.next = arena_printf(rq->arena, "/arbetslista?lista=%s&efter=%" PRId64 "&id=%" PRId64, lists[which].word,
		    list.item[list.n - 1].answer_by, list.item[list.n - 1].id);
	frame_init(&page, rq, tr(rq->lang, N_("Worklist")));
	page.wide = true;
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	worklist_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
list_get(struct request *rq, struct response *rs)
{
	draw(rq, rs, NULL);
}

/* Several at once; each is asked about by itself, and the first that may not be given stops with its reason. */
static void
assign_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	int64_t owner_id, id;
	size_t n = form_count(rq, "contact");
	bool ok = form_id(rq, "owner", &owner_id, &err);

	if (ok && n == 0)
		ok = err_input(&err, "owner", N_("Tick the contacts you want to give to somebody."));
	for (size_t i = 0; ok && i < n; i++) {
		struct contact c;
		struct object object;
		const char *number = form_nth(rq, "contact", i);

		ok = contact_id_of(rq->db, number, &id, &err) && contact_get(rq->db, rq->arena, id, &c, &err);
		object = ok ? contact_object(&c) : (struct object){ 0 };
		ok = ok && permit(rq->actor, ACT_CONTACT_ASSIGN, &object, &err) &&
		    contact_assign(rq->db, c.id, 0, c.unit_id, owner_id, NULL, rq->actor, rq->now, &err);
	}
	if (ok)
		respond_see_other(rq, rs, "/arbetslista?klart=%s", frame_done_word(DONE_SAVED));
	else if (frame_again(&err))
		draw(rq, rs, &err);
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

static bool
contact_result(struct request *rq, const char *typed, const struct search_hit *hit, struct search_result *out)
{
	struct err ignored = { 0 };
	struct object object;
	struct contact c;

	if (!contact_get(rq->db, rq->arena, hit->object_id, &c, &ignored))
		return false;
	object = contact_object(&c);
	*out = (struct search_result){ .href = arena_printf(rq->arena, "/kontakter/%s", c.number),
		.title = title_of(rq, c.restricted, c.subject), .meta = arena_printf(rq->arena, "%s · %s · %s", c.number,
		tr(rq->lang, contact_state_text(c.state)), c.unit_name == NULL ? "" : c.unit_name),
		.snippet = c.restricted == 0 ? search_snippet(rq->arena, typed, c.text, 200) : NULL, .at = c.received_at };
	return permitted(rq->actor, ACT_CONTACT_READ, &object);
}

static bool
matter_result(struct request *rq, const char *typed, const struct search_hit *hit, struct search_result *out)
{
	struct err ignored = { 0 };
	struct object object;
	struct matter m;

	(void)typed;
	if (!matter_get(rq->db, rq->arena, hit->object_id, &m, &ignored))
		return false;
	object = matter_object(&m);
	*out = (struct search_result){ .href = arena_printf(rq->arena, "/arenden/%" PRId64, m.id),
		.title = title_of(rq, m.restricted, m.title_internal), .meta = arena_printf(rq->arena, "%s · %s", m.number,
		tr(rq->lang, matter_state_text(m.state))), .at = m.registered_at };
	return permitted(rq->actor, ACT_MATTER_READ, &object);
}

static bool
document_result(struct request *rq, const char *typed, const struct search_hit *hit, struct search_result *out)
{
	struct err ignored = { 0 };
	struct object object;
	struct document d;

	if (!document_get(rq->db, rq->arena, hit->object_id, &d, &ignored) ||
	    !document_object(rq->db, &d, &object, &ignored))
		return false;
	*out = (struct search_result){ .href = arena_printf(rq->arena, "/dokument/%" PRId64, d.id),
		.title = title_of(rq, d.restricted, d.title), .meta = tr(rq->lang, document_direction_text(d.direction)),
		.snippet = d.restricted == 0 ? search_snippet(rq->arena, typed, d.text, 200) : NULL, .at = d.registered_at };
	return permitted(rq->actor, ACT_DOCUMENT_READ, &object);
}

/* One hit as the page shows it; false when it is gone, or no longer hers, since it was indexed. */
static bool
result_of(struct request *rq, const char *typed, const struct search_hit *hit, struct search_result *out)
{
	static const struct {
		const char *kind;
		bool (*result)(struct request *, const char *, const struct search_hit *, struct search_result *);
	} kinds[] = { { "contact", contact_result }, { "matter", matter_result }, { "document", document_result } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].kind, hit->kind) == 0)
			return kinds[i].result(rq, typed, hit, out);
	}
	return false;
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

static void
search_get(struct request *rq, struct response *rs)
{
	const char *typed = query_text(rq, "q");
	struct found_view v = { .typed = typed == NULL ? "" : typed };
	struct search_result *result = arena_array(rq->arena, FOUND, sizeof(*result));
	struct search_hits hits;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (strlen(v.typed) > 300)
		v.typed = "";
	if (!search_find(rq->db, rq->arena, v.typed, rq->actor->account_id, ACT_CONTACT_READ, ACT_MATTER_READ,
	    query_i64(rq, "fore", 0), FOUND, &hits, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	for (size_t i = 0; i < hits.n; i++) {
		if (result_of(rq, v.typed, &hits.item[i], &result[v.n])) {
			result[v.n].snippet = plain(rq->arena, result[v.n].snippet);
			v.n++;
		}
	}
	v.result = result;
	sb_init(&sb, rq->arena, PAGE_MAX);
	if (hits.n == FOUND) {
		sb_addf(&sb, "/sok?fore=%" PRId64 "&q=", hits.item[hits.n - 1].doc_id);
		sb_url(&sb, v.typed);
		v.next = arena_strdup(rq->arena, sb_str(&sb));
		sb_clear(&sb);
	}
	frame_init(&page, rq, tr(rq->lang, N_("Search")));
	page.search_text = v.typed;
	found_html(&sb, &page, &v);
	respond_html(rq, rs, &sb);
}

static void
proof_get(struct request *rq, struct response *rs)
{
	struct verify_result result;
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!verify_all(rq->db, rq->arena, rq->now, &result, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Nobody forgotten")));
	sb_init(&sb, rq->arena, PAGE_MAX);
	proof_html(&sb, &page, &result);
	respond_html(rq, rs, &sb);
}

const struct route worklist_routes[] = {
	{ GET, "/arbetslista", ACT_CONTACT_LIST, list_get, 0 },
	{ POST, "/arbetslista/tilldela", ACT_CONTACT_ASSIGN, assign_post, 0 },
	{ GET, "/sok", ACT_CONTACT_LIST, search_get, 0 },
	{ GET, "/bevis", ACT_UNANSWERED_PROOF, proof_get, 0 },
	{ 0 },
};

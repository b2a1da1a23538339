/* contact/form_pages.c: parse, ask, do, draw
 *
 * Spam is met without asking anybody to prove herself: a field no person sees, a form filled in faster than one can read,
 * too many from one address. What looks like spam is not thrown away: it goes into quarantine, where a person decides. */
#include "contact/form_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/form_fields.h"
#include "contact/suggest.h"
#include "contact/text_message.h"
#include "db/db.h"
#include "people/form_draft.h"
#include "people/frame.h"
#include "people/office.h"
#include "people/throttle.h"
#include "registry/uploads.h"

enum { FASTEST_S = 3, SUGGESTIONS = 5 };

/* The choices, with what was chosen. */
static bool
fill_view(struct request *rq, struct form_view *v, struct err *err)
{
	const char *way = form_raw(rq, "reply_by") != NULL ? form_raw(rq, "reply_by") : rq->method == GET ? "email" : NULL;
	const char *chosen = form_raw(rq, "category") != NULL ? form_raw(rq, "category") : query_text(rq, "kategori");
	struct category_list list;
	struct choice *choice;

	if (!category_list(rq->db, rq->arena, &list, err))
		return false;
	choice = arena_array(rq->arena, list.n, sizeof(*choice));
	for (size_t i = 0; i < list.n; i++) {
		const struct category *c = &list.item[i];
		const char *value = arena_printf(rq->arena, "%" PRId64, c->id);

		if (!c->active)
			continue;
		choice[v->n_categories++] = (struct choice){ .value = value,
			.text = strcmp(rq->lang, "en") == 0 && c->name_en != NULL ? c->name_en : c->name,
			.chosen = chosen != NULL && strcmp(chosen, value) == 0 };
	}
	v->category = choice;
	v->answers = frame_answers(rq, 0);
	v->n_reply = form_fields_reply(rq, way, v->reply);
	v->text = form_raw(rq, "text");
	v->subject = form_raw(rq, "subject");
	v->place = form_raw(rq, "place");
	v->name = form_raw(rq, "name");
	v->email = form_raw(rq, "email");
	v->phone = form_raw(rq, "phone");
	v->address = form_raw(rq, "address");
	/* Words that were kept took their time already. */
	v->opened_at = rq->method == GET && v->text != NULL ? rq->now - FASTEST_S : rq->now;
	return true;
}

static void
draw(struct request *rq, struct response *rs, const struct err *wrong)
{
	struct form_view view = { 0 };
	struct err err = { 0 };
	struct page page;
	struct sb sb;

	if (!fill_view(rq, &view, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, tr(rq->lang, N_("Write to us")));
	page.keep_drafts = wrong != NULL;
	if (wrong != NULL)
		frame_error(&page, rq, wrong);
	sb_init(&sb, rq->arena, PAGE_MAX);
	form_html(&sb, &page, &view);
	if (wrong != NULL)
		rs->status = 422;
	respond_html(rq, rs, &sb);
}

static void
form_get(struct request *rq, struct response *rs)
{
	struct err ignored = { 0 };

	/* Words that were kept; signed in, session_hooks has put her own there already. */
	if (rq->actor->account_id == 0)
		(void)form_draft_fill(rq, 0, &ignored);
	draw(rq, rs, NULL);
}

/* "Save and go on later": the words are on the form for a day, in this browser, also without scripts. So many may be kept
 * from one address as may be sent. */
static void
save_post(struct request *rq, struct response *rs)
{
	struct err err = { 0 };
	int64_t blocked_until = 0;
	bool kept = false;

	if (!throttle_hit(rq->db, &throttle_draft, rq->peer, rq->now, &blocked_until, &err) || (blocked_until <= rq->now &&
	    !form_draft_keep(rq, rs, rq->actor->account_id, "/kontakt", &kept, &err)))
		respond_err(rq, rs, &err);
	else if (kept)
		respond_see_other(rq, rs, "/kontakt?klart=%s", frame_done_word(DONE_KEPT));
	else
		draw(rq, rs, NULL);
}

/* One @ with something on both sides, no spaces: enough to be worth sending to. */
static bool
parse(struct request *rq, struct contact_in *in, struct err *err)
{
	*in = (struct contact_in){ .channel = "web", .language = rq->lang, .arrived_at = rq->now };
	if (!form_text(rq, "text", 0, CONTACT_TEXT_MAX, &in->text, err) || !form_fields_read(rq, in, err))
		return false;
	if (in->text[0] == '\0')
		return err_input(err, "text", N_("Write what you want to tell or ask us."));
	if (!form_fields_category(rq, &in->category_id, err))
		return false;
	form_fields_settle(in);
	in->reply_by = form_raw(rq, "reply_by");
	if (in->reply_by == NULL || (strcmp(in->reply_by, "email") != 0 && strcmp(in->reply_by, "phone") != 0 &&
	    strcmp(in->reply_by, "letter") != 0 && strcmp(in->reply_by, "none") != 0 &&
	    (strcmp(in->reply_by, "sms") != 0 || !text_messages_on(rq->db, rq->arena))))
		return err_input(err, "reply_by", N_("Choose how you want to be answered."));
	return form_fields_phone_good(in->reply_by, in->sender_phone, err);
}

/* Does a machine write? Then a person looks before anything is answered. */
static bool
by_machine(struct request *rq)
{
	const char *trap = form_raw(rq, "webbplats"), *opened = form_raw(rq, "oppnad");

	return (trap != NULL && *trap != '\0') || opened == NULL || rq->now - strtoll(opened, NULL, 10) < FASTEST_S;
}

struct form_job { struct request *rq; struct contact_in *in; struct contact_out out; };

/* How many came from this address is counted in the same transaction, so that a visitor waits for the disk once. */
static bool
take_in(struct db *tx, void *arg, struct err *err)
{
	struct form_job *j = arg;
	struct request *rq = j->rq;
	int64_t blocked_until = 0;

	j->in->quarantined = by_machine(rq);
	if (!j->in->quarantined && !throttle_hit(tx, &throttle_form, rq->peer, rq->now, &blocked_until, err))
		return false;
	j->in->quarantined |= blocked_until > rq->now;
	return contact_receive(tx, rq->arena, j->in, rq->now, &j->out, err);
}

static void
form_post(struct request *rq, struct response *rs)
{
	struct contact_in in;
	struct form_job job = { .rq = rq, .in = &in };
	struct err err = { 0 };
	bool ok;

	if (form_raw(rq, "spara") != NULL) {
		save_post(rq, rs);
		return;
	}
	ok = parse(rq, &in, &err) && uploads_store(rq, &in.file, &in.n_files, &err) && db_write(rq->db, take_in, &job, &err);
	if (ok) {
		(void)form_draft_drop(rq, rs, &err);	/* the contact is safe whatever becomes of its draft */
		respond_see_other(rq, rs, "%s?ny=1", job.out.link);
	}
	else if (frame_again(&err))
		draw(rq, rs, &err);
	else
		respond_err(rq, rs, &err);
}

static void
suggest_get(struct request *rq, struct response *rs)
{
	const char *typed = query_text(rq, "q");
	struct standard_answer_list list;
	struct err err = { 0 };
	struct sb sb;
	size_t shown = 0;

	sb_init(&sb, rq->arena, 64 * 1024);
	if (typed == NULL || strlen(typed) > 2000)
		typed = "";
	if (!standard_answer_list(rq->db, rq->arena, &list, &err)) {
		respond_err(rq, rs, &err);
		return;
	}
	sb_add_c(&sb, '[');
	for (int least = 3; least >= 1 && shown < SUGGESTIONS; least--) {
		for (size_t i = 0; i < list.n && shown < SUGGESTIONS; i++) {
			const struct standard_answer *s = &list.item[i];
			int score = suggest_match(rq->arena, typed, s->title) + suggest_match(rq->arena, typed, s->question);

			if (!s->active || !s->shown_to_all || (score < 3 ? score : 3) != least)
				continue;
			sb_add(&sb, shown++ == 0 ? "{\"text\": " : ", {\"text\": ");
			sb_json(&sb, s->title);
			sb_addf(&sb, ", \"href\": \"/svar/%" PRId64 "\", \"meta\": ", s->id);
			sb_json(&sb, s->category_name);
			sb_add_c(&sb, '}');
		}
	}
	sb_add(&sb, "]\n");
	respond_text(rs, 200, "application/json; charset=utf-8", sb_str(&sb), sb.len);
}

static void
answer_get(struct request *rq, struct response *rs)
{
	struct standard_answer s;
	struct err err = { 0 };
	struct page page;
	struct sb sb;
	int64_t id;

	if (!path_id(rq, "id", &id, &err) || !standard_answer_get(rq->db, rq->arena, id, &s, &err) ||
	    ((!s.active || !s.shown_to_all) && !err_set(&err, ERR_NOT_FOUND, "answer %" PRId64 " is not public", id))) {
		respond_err(rq, rs, &err);
		return;
	}
	frame_init(&page, rq, s.title);
	sb_init(&sb, rq->arena, PAGE_MAX);
	standard_answer_html(&sb, &page, s.title, s.text);
	respond_html(rq, rs, &sb);
}

const struct route form_routes[] = {
	{ GET, "/kontakt", ACT_PUBLIC, form_get, 0 },
	{ POST, "/kontakt", ACT_PUBLIC, form_post, ROUTE_UPLOAD | ROUTE_KEEPS },
	{ GET, "/kontakt/forslag", ACT_PUBLIC, suggest_get, ROUTE_JSON },
	{ GET, "/svar/:id", ACT_PUBLIC, answer_get, 0 },
	{ 0 },
};

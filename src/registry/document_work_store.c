/* registry/document_work_store.c: documents by hand, in the database */
#include "registry/document_work.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/db.h"
#include "db/search.h"
#include "law/calendar.h"
#include "people/rows.h"
#include "people/site.h"
#include "registry/matter.h"
#include "registry/secrecy.h"
#include "timeline/event.h"

struct job {
	const struct actor *by;
	struct arena *a;
	int64_t now, matter_id, document_id, result;
	const struct document_in *in;
	const char *seen, *title, *text, *recipient, *dated;
	const struct mask *mask;
	size_t n_masks;
	const struct document_file *file;	/* of a copy that was masked outside */
	size_t n_files;
};

static const struct { const char *word, *text; } words[] = {
	{ "in", N_("Received") }, { "out", N_("Outgoing") }, { "internal", N_("Drawn up here") }, { "draft", N_("Draft") },
	{ "completed", N_("Complete") }, { "queued", N_("On its way") }, { "sent", N_("Sent") },
	{ "failed", N_("Not delivered") }, { "withdrawn", N_("Thrown away") }, { "archived", N_("Kept") },
};

static const char *
word_text(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].text;
	}
	return word;
}

const char *
document_direction_text(const char *direction)
{
	return word_text(direction);
}

const char *
document_state_text(const char *state)
{
	return word_text(state);
}

static bool
has_words(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static bool
run(struct db *db, db_write_fn *fn, struct job *j, const char *what, struct err *err)
{
	bool ok;

	j->a = arena_open();
	ok = db_write(db, fn, j, err) || err_add(err, "%s a document", what);
	arena_close(j->a);
	return ok;
}

static bool
note(struct db *tx, const struct job *j, const struct document *d, const char *action, const char *data,
    struct err *err)
{
	return event_note(tx, j->now, j->by->account_id, action, "document", d->id, d->contact_id, d->matter_id,
	    d->authority_id, d->restricted, data, err);
}

/* A complete document is found by its title and its words; a draft is nobody's but its writer's. */
static bool
put_search(struct db *tx, const struct job *j, const struct document *d, struct err *err)
{
	struct object object;

	return document_object(tx, d, &object, err) &&
	    search_put(tx, "document", d->id, d->authority_id, object.unit_id, d->restricted, j->now,
	    arena_printf(j->a, "%s %s %s %s", d->title, d->sender == NULL ? "" : d->sender,
	    d->recipient == NULL ? "" : d->recipient, d->text), err) &&
	    db_run(tx, "UPDATE search_doc SET owner_id = $1 WHERE kind = 'document' AND object_id = $2", NULL, err, "Ii",
	    object.owner_id, d->id);
}

static bool
check_words(const char *title, const char *text, struct err *err)
{
	if (!has_words(title) || strlen(title) > DOCUMENT_TITLE_MAX || !utf8_valid(title))
		return err_input(err, "title", N_("Say in a few words what the document is; the title reveals nothing secret."));
	return (text != NULL && strlen(text) <= DOCUMENT_TEXT_MAX && utf8_valid(text)) ||
	    err_input(err, "text", N_("The text is too long. Attach it as a file."));
}

static bool
check(const struct document_in *in, int64_t now, struct law_received *received, struct err *err)
{
	bool is_in = strcmp(in->direction, "in") == 0, is_out = strcmp(in->direction, "out") == 0;
	struct date day;

	if (!is_in && !is_out && strcmp(in->direction, "internal") != 0)
		return err_input(err, "direction", N_("Choose whether it came in, goes out, or was drawn up here."));
	if (!check_words(in->title, in->text, err))
		return false;
	if (!has_words(in->text) && in->n_files == 0)
		return err_input(err, "text", N_("Write the text, or attach the file."));
	if (is_in && in->draft)
		return err_input(err, "draft", N_("What has come in is official at once; it cannot be a draft."));
	if (is_in && (in->arrived_at <= 0 || in->arrived_at > now))
		return err_input(err, "arrived", N_("Say which day it came; not a day to come."));
	if (is_in && !law_received_date(in->channel, in->arrived_at, received, err))
		return err_input(err, "channel", N_("Choose how it came."));
	if (!is_in && in->dated != NULL && (!date_parse(in->dated, &day) || date_cmp(day, local_date(now)) > 0))
		return err_input(err, "dated", N_("Choose a day; not a day to come."));
	return true;
}

/* The matter, if documents may still be put into it. */
static bool
open_matter(struct db *tx, struct job *j, int64_t matter_id, struct matter *m, struct err *err)
{
	if (!matter_get(tx, j->a, matter_id, m, err))
		return false;
	if (strcmp(m->state, "void") != 0 && strcmp(m->state, "archived") != 0)
		return true;
	(void)err_set(err, ERR_CONFLICT, "matter %" PRId64 " takes no documents", m->id);
	err->person = N_("The matter is void or archived and takes no more documents.");
	return false;
}

static struct document
new_document(const struct job *j, const struct matter *m, const struct law_received *received)
{
	const struct document_in *in = j->in;
	bool is_in = strcmp(in->direction, "in") == 0;

	return (struct document){
		.authority_id = m->authority_id, .matter_id = m->id, .direction = in->direction,
		.kind = is_in ? "message" : strcmp(in->direction, "out") == 0 ? "letter" : "memo",
		.channel = in->channel, .state = in->draft ? "draft" :
		strcmp(in->direction, "out") == 0 && in->dated != NULL ? "sent" : "completed",
		.arrived_at = is_in ? in->arrived_at : 0,
		.received_date = is_in ? arena_strdup(j->a, date_text(received->date).s) : NULL,
		.received_rule = is_in ? received->rule : NULL, .registered_at = j->now,
		.registered_by = j->by->account_id, .sender = has_words(in->sender) ? in->sender : NULL,
		.recipient = has_words(in->recipient) ? in->recipient : NULL, .title = in->title, .text = in->text,
		.restricted = m->restricted, .file = in->file, .n_files = in->n_files,
		.dated = is_in ? NULL : in->dated != NULL || strcmp(in->direction, "out") == 0 ? in->dated :
		arena_strdup(j->a, date_text(local_date(j->now)).s),
	};
}

static bool
add(struct db *tx, struct job *j, struct document *d, const char *action, struct err *err)
{
	if (!document_add(tx, d, &d->id, err))
		return false;
	j->result = d->id;
	return (strcmp(d->state, "draft") == 0 || put_search(tx, j, d, err)) &&
	    note(tx, j, d, action, arena_printf(j->a, "{\"direction\": \"%s\", \"received_date\": %s%s%s, \"version\": %" PRId64
	    "}", d->direction, d->received_date == NULL ? "" : "\"", d->received_date == NULL ? "null" : d->received_date,
	    d->received_date == NULL ? "" : "\"", d->version == 0 ? 1 : d->version), err);
}

static bool
register_new(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct law_received received = { 0 };
	struct document d;
	struct matter m;

	if (!check(j->in, j->now, &received, err) || !open_matter(tx, j, j->matter_id, &m, err))
		return false;
	d = new_document(j, &m, &received);
	return add(tx, j, &d, j->in->draft ? "document.drafted" : "document.added", err);
}

bool
document_register(struct db *db, int64_t matter_id, const struct document_in *in, const struct actor *by, int64_t now,
    int64_t *id, struct err *err)
{
	struct job j = { .by = by, .now = now, .matter_id = matter_id, .in = in };

	if (!run(db, register_new, &j, "registering", err))
		return false;
	*id = j.result;
	return true;
}

const char *
document_seen(struct arena *a, const struct document *d)
{
	const char *all = arena_printf(a, "%s\x1f%s\x1f%s\x1f%s", d->state, d->title, d->text,
	    d->recipient == NULL ? "" : d->recipient);

	return arena_strndup(a, hash_hex(hash_bytes(all, strlen(all))).s, 16);
}

static bool
conflict(struct err *err, int64_t id, const char *person)
{
	(void)err_set(err, ERR_CONFLICT, "document %" PRId64 " is not what was seen", id);
	err->person = person;
	return false;
}

/* A draft as the person saw it (j->seen NULL: whatever it says). */
static bool
open_draft(struct db *tx, struct job *j, struct document *d, struct err *err)
{
	if (!document_get(tx, j->a, j->document_id, d, err))
		return false;
	if (strcmp(d->state, "draft") != 0)
		return conflict(err, d->id, N_("It is a draft no longer. What is complete is not changed: make a new version."));
	return j->seen == NULL || strcmp(j->seen, document_seen(j->a, d)) == 0 ||
	    conflict(err, d->id, N_("Somebody else changed this while you were writing. Your words are kept; compare, and save again."));
}

static bool
redraft(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document d;

	return open_draft(tx, j, &d, err) && db_run(tx, "UPDATE document SET title = $1, text = $2, recipient = $3 WHERE id = $4",
	    NULL, err, "ttti", j->title, j->text, has_words(j->recipient) ? j->recipient : NULL, d.id) &&
	    note(tx, j, &d, "document.redrafted", NULL, err);
}

bool
document_redraft(struct db *db, int64_t id, const char *seen, const char *title, const char *text,
    const char *recipient, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id, .seen = seen, .title = title, .text = text,
		.recipient = recipient };

	return check_words(title, text, err) && run(db, redraft, &j, "changing", err);
}

static bool
complete(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document d;
	struct matter m;
	bool sent;

	if (!open_draft(tx, j, &d, err) || !open_matter(tx, j, d.matter_id, &m, err))
		return false;
	sent = strcmp(d.direction, "out") == 0 && j->dated != NULL;
	d.state = sent ? "sent" : "completed";
	return db_run(tx, "UPDATE document SET state = $1, number = (SELECT COALESCE(MAX(x.number), 0) + 1 FROM document x"
	    " WHERE x.matter_id = $2), registered_at = $3, registered_by = $4, dated = $5 WHERE id = $6", NULL, err, "tiiiti",
	    d.state, d.matter_id, j->now, j->by->account_id, j->dated != NULL || strcmp(d.direction, "out") == 0 ? j->dated :
	    date_text(local_date(j->now)).s, d.id) && put_search(tx, j, &d, err) &&
	    note(tx, j, &d, "document.completed", NULL, err);
}

bool
document_complete(struct db *db, int64_t id, const char *dated, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id, .dated = dated };
	struct date day;

	if (dated != NULL && (!date_parse(dated, &day) || date_cmp(day, local_date(now)) > 0))
		return err_input(err, "dated", N_("Choose a day; not a day to come."));
	return run(db, complete, &j, "completing", err);
}

static bool
discard(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document d;

	return open_draft(tx, j, &d, err) && document_state_set(tx, d.id, "withdrawn", err) &&
	    note(tx, j, &d, "document.discarded", NULL, err);
}

bool
document_discard(struct db *db, int64_t id, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id };

	return run(db, discard, &j, "throwing away", err);
}

static bool
replace(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document_in in = *j->in;
	struct law_received received = { 0 };
	struct document old, d;
	struct matter m;
	int64_t newer = 0;

	if (!document_get(tx, j->a, j->document_id, &old, err) || old.matter_id == 0)
		return err->code != ERR_NONE ? false : err_set(err, ERR_NOT_FOUND, "document %" PRId64 " in a matter", old.id);
	if (strcmp(old.state, "draft") == 0 || strcmp(old.state, "withdrawn") == 0 || old.masks_id != 0)
		return conflict(err, old.id, N_("A draft is changed, not replaced."));
	if (!db_id(tx, "SELECT COUNT(*) FROM document WHERE replaces_id = $1", &newer, err, "i", old.id))
		return false;
	if (newer > 0)
		return conflict(err, old.id, N_("There is a newer version already. Make yours from that one."));
	in.direction = old.direction;
	in.channel = old.channel;
	in.draft = false;
	j->in = &in;
	if (!check(&in, j->now, &received, err) || !open_matter(tx, j, old.matter_id, &m, err))
		return false;
	d = new_document(j, &m, &received);
	d.kind = old.kind;
	d.version = old.version + 1;
	d.replaces_id = old.id;
	if (d.restricted < old.restricted)	/* a new version of what is secret is secret until somebody says otherwise */
		d.restricted = old.restricted;
	return add(tx, j, &d, "document.replaced", err) && secrecy_copy(tx, "document", old.id, "document", d.id, err) &&
	    restriction_settle(tx, 0, m.id, 0, err);
}

bool
document_replace(struct db *db, int64_t id, const struct document_in *in, const struct actor *by, int64_t now,
    int64_t *new_id, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id, .in = in };

	if (!run(db, replace, &j, "replacing", err))
		return false;
	*new_id = j.result;
	return true;
}

/* The copy, with what was masked and by what; secret until it is approved. */
static bool
add_rendition(struct db *tx, struct job *j, const struct document *d, const char *text, const char *ranges, struct err *err)
{
	static const char insert[] =
	    "INSERT INTO masking (document_id, ranges, text, made_by, made_at, rendition_id, original_sha256)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)";
	struct document copy = { .authority_id = d->authority_id, .contact_id = d->matter_id == 0 ? d->contact_id : 0,
		.matter_id = d->matter_id, .direction = "internal", .kind = "rendition", .state = "completed",
		.registered_at = j->now, .registered_by = j->by->account_id, .title = j->title, .text = text,
		.dated = arena_strdup(j->a, date_text(local_date(j->now)).s), .masks_id = d->id, .restricted = REACH_SECRET,
		.file = j->file, .n_files = j->n_files };

	if (!document_add(tx, &copy, &copy.id, err))
		return false;
	j->result = copy.id;
	if (!db_run(tx, insert, NULL, err, "ittiiit", d->id, ranges, text, j->by->account_id, j->now, copy.id,
	    hash_hex(hash_bytes(d->text, strlen(d->text))).s))
		return false;
	/* As open as what it stands in allows, and then found by its words. */
	return restriction_settle(tx, copy.contact_id, copy.matter_id, 0, err) && document_get(tx, j->a, copy.id, &copy, err) &&
	    put_search(tx, j, &copy, err) && note(tx, j, d, "document.masked",
	    arena_printf(j->a, "{\"rendition\": %" PRId64 ", \"original\": \"%s\"}", copy.id,
	    hash_hex(hash_bytes(d->text, strlen(d->text))).s), err);
}

static bool
mask(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document d;
	const char *masked, *ranges;

	if (!document_get(tx, j->a, j->document_id, &d, err) ||
	    !mask_text(j->a, d.text, j->mask, j->n_masks, &masked, &ranges, err))
		return false;
	for (size_t i = 0; i < j->n_masks; i++) {
		if (has_words(j->mask[i].passage) && strstr(j->title, j->mask[i].passage) != NULL)
			return err_input(err, "title", N_("The title says what the mask hides. Choose another."));
	}
	return add_rendition(tx, j, &d, masked, ranges, err);
}

static bool
mask_file(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct document d;
	struct sb ranges;

	if (!document_get(tx, j->a, j->document_id, &d, err))
		return false;
	for (size_t i = 0; i < d.n_files; i++) {
		for (size_t k = 0; k < j->n_files; k++) {
			if (strcmp(d.file[i].sha256, j->file[k].sha256) == 0)
				return err_input(err, "copy_file", N_("That is the original itself. Mask it first, in a program of its own kind."));
		}
	}
	sb_init(&ranges, j->a, 200);
	sb_add(&ranges, "[{\"outside\": true, \"section\": ");
	sb_json(&ranges, j->text);
	sb_add(&ranges, "}]");
	return add_rendition(tx, j, &d, "", sb_str(&ranges), err);
}

bool
document_mask(struct db *db, int64_t id, const char *title, const struct mask *masks, size_t n, const struct actor *by,
    int64_t now, int64_t *rendition_id, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id, .title = title, .mask = masks, .n_masks = n };

	if (!check_words(title, "", err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (has_words(masks[i].passage) && !has_words(masks[i].section))
			return err_input(err, "section", N_("Say which section of OSL the passages are secret by."));
	}
	if (!run(db, mask, &j, "masking", err))
		return false;
	*rendition_id = j.result;
	return true;
}

bool
document_mask_file(struct db *db, int64_t id, const char *title, const char *section, const struct document_file *file,
    size_t n_files, const struct actor *by, int64_t now, int64_t *rendition_id, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = id, .title = title, .text = section, .file = file, .n_files = n_files };

	if (!check_words(title, "", err))
		return false;
	if (n_files == 0)
		return err_input(err, "copy_file", N_("Choose the masked file."));
	if (!has_words(section))
		return err_input(err, "section", N_("Say which section of OSL the passages are secret by."));
	if (!run(db, mask_file, &j, "adding a masked copy of", err))
		return false;
	*rendition_id = j.result;
	return true;
}

static const char MASK_STATE[] =
    "SELECT k.made_by, k.made_at, k.approved_at, p.name, q.name, d.authority_id FROM masking k JOIN document d ON d.id = k.rendition_id"
    " LEFT JOIN account x ON x.id = k.made_by LEFT JOIN person p ON p.id = x.person_id"
    " LEFT JOIN account y ON y.id = k.approved_by LEFT JOIN person q ON q.id = y.person_id WHERE k.rendition_id = $1";

static bool
is_head(const struct actor *actor, int64_t authority_id)
{
	for (size_t i = 0; i < actor->n_grants; i++) {
		if (actor->grant[i].role == ROLE_DEPARTMENT_HEAD && actor->grant[i].authority_id == authority_id)
			return true;
	}
	return false;
}

bool
document_mask_state(struct db *db, struct arena *a, int64_t rendition_id, const struct actor *actor, struct mask_state *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, MASK_STATE, err);
	const char *four_eyes;
	int64_t authority_id = 0;
	enum db_step step;

	bind_i64(st, 1, rendition_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		*out = (struct mask_state){ .made_by = col_i64(st, 0), .made_at = col_i64(st, 1), .approved_at = col_i64(st, 2),
			.made_by_name = col_text(st, a, 3), .approved_by_name = col_text(st, a, 4) };
		authority_id = col_i64(st, 5);
	}
	db_done(st);
	if (step != DB_ROW)
		return step == DB_FAIL ? err_add(err, "masked copy") :
		    err_set(err, ERR_NOT_FOUND, "document %" PRId64 " is no masked copy", rendition_id);
	if (!site_get(db, a, "registry.four_eyes", &four_eyes, err))
		return false;
	out->may_approve = out->approved_at == 0 && ((four_eyes != NULL && strcmp(four_eyes, "0") == 0) ||
	    out->made_by != actor->account_id || is_head(actor, authority_id));
	return true;
}

static bool
approve(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct mask_state state;
	struct document d;

	if (!document_mask_state(tx, j->a, j->document_id, j->by, &state, err) || !document_get(tx, j->a, j->document_id, &d, err))
		return false;
	if (state.approved_at != 0)
		return err_set(err, ERR_CONFLICT, "masked copy %" PRId64 " is approved", d.id);
	if (!state.may_approve) {
		(void)err_set(err, ERR_INPUT, "masked copy %" PRId64 ": her own", d.id);
		err->field = "approve";
		err->person = N_("Another person looks through what you have masked, or the head of the department.");
		return false;
	}
	return db_run(tx, "UPDATE masking SET approved_by = $1, approved_at = $2 WHERE rendition_id = $3", NULL, err, "iii",
	    j->by->account_id, j->now, d.id) && restriction_settle(tx, d.contact_id, d.matter_id, 0, err) &&
	    document_get(tx, j->a, d.id, &d, err) && note(tx, j, &d, "document.mask_approved", NULL, err);
}

bool
document_mask_approve(struct db *db, int64_t rendition_id, const struct actor *by, int64_t now, struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = rendition_id };

	return run(db, approve, &j, "approving", err);
}

static bool
release(struct db *tx, void *arg, struct err *err)
{
	struct job *j = arg;
	struct mask_state state;
	struct document d;

	if (!document_mask_state(tx, j->a, j->document_id, j->by, &state, err) || !document_get(tx, j->a, j->document_id, &d, err))
		return false;
	if (state.approved_at == 0) {
		(void)err_set(err, ERR_CONFLICT, "masked copy %" PRId64 " is not approved", d.id);
		err->person = N_("Nobody has approved the copy yet. It may not be handed out.");
		return false;
	}
	/* The timeline says that and when; to whom, where somebody said it, stands on the document. */
	return db_run(tx, "UPDATE document SET recipient = $1 WHERE id = $2", NULL, err, "ti",
	    has_words(j->recipient) ? j->recipient : NULL, d.id) && note(tx, j, &d, "document.released", NULL, err);
}

bool
document_release(struct db *db, int64_t rendition_id, const char *recipient, const struct actor *by, int64_t now,
    struct err *err)
{
	struct job j = { .by = by, .now = now, .document_id = rendition_id, .recipient = recipient };

	return run(db, release, &j, "handing out", err);
}

bool
document_object(struct db *db, const struct document *d, struct object *out, struct err *err)
{
	static const char matter[] = "SELECT unit_id, owner_id FROM matter WHERE id = $1";
	static const char contact[] = "SELECT unit_id, owner_id FROM contact WHERE id = $1";
	struct stmt *st = db_stmt(db, d->matter_id != 0 ? matter : contact, err);
	enum db_step step;

	*out = (struct object){ .authority_id = d->authority_id, .restricted = (enum reach)d->restricted };
	bind_i64(st, 1, d->matter_id != 0 ? d->matter_id : d->contact_id);
	if ((step = db_next(st, err)) == DB_ROW) {
		out->unit_id = col_i64(st, 0);
		out->owner_id = col_i64(st, 1);
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "owner of document %" PRId64, d->id);
}

static bool
refs(struct stmt *st, struct arena *a, struct document_ref **out, size_t *n, struct err *err)
{
	struct document_ref *list = NULL;
	size_t got = 0, cap = 0;
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		list = rows_room(a, list, got, &cap, sizeof(*list));
		list[got++] = (struct document_ref){ .id = col_i64(st, 0), .number = col_i64(st, 1), .version = col_i64(st, 2),
			.title = col_text(st, a, 3), .state = col_text(st, a, 4), .registered_at = col_i64(st, 5) };
	}
	db_done(st);
	*out = list;
	*n = got;
	return step != DB_FAIL || err_add(err, "versions");
}

bool
document_versions(struct db *db, struct arena *a, int64_t id, int reach, struct document_ref **out, size_t *n,
    struct err *err)
{
	static const char sql[] =
	    "WITH RECURSIVE older (id) AS (SELECT id FROM document WHERE id = $1 UNION"
	    "  SELECT d.replaces_id FROM document d JOIN older o ON d.id = o.id WHERE d.replaces_id IS NOT NULL),"
	    " chain (id) AS (SELECT id FROM older UNION SELECT d.id FROM document d JOIN chain c ON d.replaces_id = c.id)"
	    " SELECT d.id, d.number, d.version, d.title, d.state, d.registered_at FROM document d JOIN chain c ON c.id = d.id"
	    " WHERE d.restricted <= $2 ORDER BY d.version, d.id";
	struct stmt *st = db_stmt(db, sql, err);

	bind_i64(st, 1, id);
	bind_i64(st, 2, reach);
	return refs(st, a, out, n, err);
}

bool
document_renditions(struct db *db, struct arena *a, int64_t id, int reach, struct document_ref **out, size_t *n,
    struct err *err)
{
	static const char sql[] =
	    "SELECT id, number, version, title, state, registered_at FROM document WHERE masks_id = $1 AND restricted <= $2"
	    " ORDER BY id";
	struct stmt *st = db_stmt(db, sql, err);

	bind_i64(st, 1, id);
	bind_i64(st, 2, reach);
	return refs(st, a, out, n, err);
}

/* contact/contact_json.c: the keys other programs rely on */
#include "contact/contact_json.h"

#include <inttypes.h>

#include "base/date.h"
#include "base/sb.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

static void
key_text(struct sb *sb, const char *key, const char *value)
{
	sb_addf(sb, ", \"%s\": ", key);
	sb_json(sb, value);
}

static void
key_instant(struct sb *sb, const char *key, int64_t at)
{
	key_text(sb, key, at == 0 ? NULL : instant_text(at).s);
}

void
contact_json(struct sb *sb, const struct contact *c, const struct document_file *files, size_t n_files, int64_t now,
    int reach)
{
	bool shown = c->restricted <= reach;

	sb_add(sb, "{\"number\": ");
	sb_json(sb, c->number);
	key_text(sb, "kind", c->kind);
	key_text(sb, "channel", c->channel);
	key_instant(sb, "received_at", c->received_at);
	key_text(sb, "received_date", c->received_date);
	key_instant(sb, "arrived_at", c->arrived_at);
	key_text(sb, "sender_name", shown ? c->sender_name : NULL);
	key_text(sb, "sender_email", shown ? c->sender_email : NULL);
	key_text(sb, "sender_phone", shown ? c->sender_phone : NULL);
	key_text(sb, "subject", shown ? c->subject : NULL);
	key_text(sb, "text", shown ? c->text : NULL);
	key_text(sb, "authority", c->authority_code);
	key_text(sb, "unit", c->unit_name);
	key_text(sb, "owner", c->owner_name);
	key_text(sb, "state", c->state);
	key_text(sb, "ending", c->ending);
	key_instant(sb, "confirm_by", c->confirm_by);
	key_instant(sb, "answer_by", c->answer_by);
	key_instant(sb, "answered_at", c->answered_at);
	sb_addf(sb, ", \"overdue\": %d", c->closed_at == 0 && c->answer_by != 0 && c->paused_at == 0 && now >= c->answer_by ?
	    (c->overdue > 0 ? c->overdue : 1) : c->overdue);
	key_text(sb, "matter", c->matter_number);
	key_text(sb, "message_id", shown ? c->message_id : NULL);
	sb_add(sb, ", \"attachments\": [");
	for (size_t i = 0; shown && i < n_files; i++) {
		sb_add(sb, i == 0 ? "{\"name\": " : ", {\"name\": ");
		sb_json(sb, files[i].name);
		key_text(sb, "type", files[i].type);
		sb_addf(sb, ", \"size\": %" PRId64, files[i].size);
		key_text(sb, "sha256", files[i].sha256);
		sb_add_c(sb, '}');
	}
	sb_addf(sb, "], \"restricted\": %d, \"undelivered\": %s, \"category\": ", c->restricted,
	    c->undelivered ? "true" : "false");
	sb_json(sb, c->category_name);
	key_text(sb, "reply_by", c->reply_by);
	sb_addf(sb, ", \"unconfirmed\": %s", c->closed_at == 0 && c->confirmed_at == 0 && c->paused_at == 0 && c->confirm_by != 0 &&
	    now >= c->confirm_by ? "true" : "false");
	sb_add_c(sb, '}');
}

void
event_json(struct sb *sb, const struct event *e)
{
	sb_addf(sb, "{\"id\": %" PRId64, e->id);
	key_instant(sb, "at", e->at);
	key_text(sb, "actor", e->actor);
	key_text(sb, "action", e->action);
	sb_add(sb, ", \"object\": ");
	sb_addf(sb, "\"%s %" PRId64 "\"", e->object, e->object_id);
	key_text(sb, "hash", e->hash);
	key_text(sb, "previous_hash", e->previous_hash);
	sb_addf(sb, ", \"data\": %s}", e->data);
}

void
outbox_json(struct sb *sb, const struct outbox_message *m, const char *contact_number)
{
	sb_addf(sb, "{\"id\": %" PRId64, m->id);
	key_text(sb, "to", m->recipient);
	key_text(sb, "way", m->way);
	key_text(sb, "subject", m->subject);
	key_text(sb, "contact", contact_number);
	key_text(sb, "state", m->state);
	sb_addf(sb, ", \"attempts\": %" PRId64, m->attempts);
	key_instant(sb, "next_attempt_at", m->next_attempt_at);
	key_instant(sb, "sent_at", m->sent_at);
	key_text(sb, "error", m->error);
	key_text(sb, "text", m->text);
	key_instant(sb, "sending_at", m->sending_at);
	sb_addf(sb, ", \"automatic\": %s}", m->automatic ? "true" : "false");
}

/* contact/contact_json.h: contacts, events and messages as JSON, with the keys of docs/interfaces.md */
#ifndef CONTACT_CONTACT_JSON_H
#define CONTACT_CONTACT_JSON_H
#include "contact/contact.h"

struct sb; struct event; struct outbox_message;

/* `files` of the contact's first document. With reach below the contact's restriction only its number and state stand. */
void contact_json(struct sb *sb, const struct contact *c, const struct document_file *files, size_t n_files,
    int64_t now, int reach);
void event_json(struct sb *sb, const struct event *e);
void outbox_json(struct sb *sb, const struct outbox_message *m, const char *contact_number);
#endif

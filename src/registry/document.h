/* registry/document.h: documents (handlingar) and their files, numbers, and what each says about itself
 *
 * A document is whatever was said, in or out, on a contact, a matter, or both. What has been received or sent is never
 * changed: a correction is a new version that names the one it replaces. A draft or a note that only prepares is not
 * official (TF 2:12); what came in is, at once (TF 2:9); what goes out is when it is sent (TF 2:10).
 * Files are kept by the SHA-256 of their bytes, once however often they are attached. */
#ifndef REGISTRY_DOCUMENT_H
#define REGISTRY_DOCUMENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

#define FILE_BYTES_MAX (50u * 1024 * 1024)	/* one attached file; larger mail is kept raw all the same */
#define RAW_BYTES_MAX (200u * 1024 * 1024)	/* one mail as it came */

struct document_file {
	const char *sha256, *name, *claimed_type, *type;	/* type as libmagic saw it */
	int64_t document_id, position, size;
};

struct document {
	int64_t id, authority_id, contact_id, matter_id;
	int64_t number;			/* aktbilaga in the matter; 0 when in none */
	const char *direction;		/* in, out, internal */
	const char *kind, *channel;
	const char *state;
	int64_t arrived_at;		/* 0 unless in */
	const char *received_date, *received_rule;
	int64_t registered_at, registered_by;
	const char *registered_by_name;	/* when read */
	const char *sender, *recipient;
	const char *title, *title_public;
	const char *text, *quoted, *html;
	const char *message_id, *raw_sha256;
	int restricted;
	int64_t version, replaces_id;
	const char *dated;		/* the day it was drawn up or sent, "YYYY-MM-DD"; NULL for what came in */
	int64_t masks_id;		/* of a masked rendition: its original */
	const struct document_file *file;	/* to add, or as read */
	size_t n_files;
	/* As read, for an outgoing mail: */
	const char *delivery;		/* waiting, sent, failed, withdrawn, or NULL */
	const char *delivery_error;
	int64_t delivery_id, send_at, delivery_attempts, sending_at;
};
struct document_list { struct document *item; size_t n; };

/* Adds inside db_write; a document in a matter gets the next number there, a draft none. *id may be NULL. */
bool document_add(struct db *tx, const struct document *in, int64_t *id, struct err *err);
bool document_state_set(struct db *tx, int64_t id, const char *state, struct err *err);
/* Joins all documents of a contact to a matter, in order, numbered there. */
bool document_join_matter(struct db *tx, int64_t contact_id, int64_t matter_id, int64_t *n, struct err *err);

/* Of a contact or of a matter (the other 0), oldest first, files included, with restricted <= reach. */
bool document_of(struct db *db, struct arena *a, int64_t contact_id, int64_t matter_id, int reach,
    struct document_list *out, struct err *err);
bool document_get(struct db *db, struct arena *a, int64_t id, struct document *out, struct err *err);
/* Is it an official document (allmän handling)? TF 2:4-12; the override with its reason wins. */
bool document_is_official(const struct document *d);

/* Bytes to their hash; the same bytes are stored once. `type` is found by libmagic. hash: 65 bytes. */
bool file_put(struct db *tx, const void *bytes, size_t n, char hash[65], struct err *err);
/* The same where the type is known; and where their hash is known too (hash_hex of hash_bytes of them). */
bool file_put_as(struct db *tx, const void *bytes, size_t n, const char *type, char hash[65], struct err *err);
bool file_put_known(struct db *tx, const void *bytes, size_t n, const char *type, const char *sha256, struct err *err);
bool file_get(struct db *db, struct arena *a, const char *sha256, const void **bytes, size_t *n, const char **type,
    struct err *err);
/* The type of some bytes as libmagic sees it, e.g. "application/pdf"; never NULL. In `a`. */
const char *file_type(struct arena *a, const void *bytes, size_t n);

/* The next serial of a series, taken inside the transaction that uses it. Authority 0: the municipality's own. */
bool serial_next(struct db *tx, int64_t authority_id, const char *series, int64_t year, int64_t *serial, struct err *err);
#endif

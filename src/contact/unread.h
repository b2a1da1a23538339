/* contact/unread.h: a mail that the program cannot read is a contact all the same
 *
 * It has a number, an owner's unit, a clock, and the original to be read elsewhere. Of the bytes only the lines of the header are
 * looked at, by means that are as plain as they can be: what read the mail before has ended the program. Nothing automatic is sent,
 * since nobody knows whether a machine wrote it. */
#ifndef CONTACT_UNREAD_H
#define CONTACT_UNREAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct unread_mail {
	const char *bytes;
	size_t n;			/* 0: they are not looked at */
	const char *raw_sha256, *envelope_to;	/* envelope_to may be NULL */
	int64_t arrived_at;
};
/* Registers it at its arrival, inside the caller's write. Its unit is that of our mailbox it was sent to, or of the contact it
 * answers; else the municipality's default. */
bool unread_file(struct db *tx, struct arena *a, const struct unread_mail *in, int64_t *contact_id, struct err *err);

/* Its two glances at a header. The value of the first field with this name ("to:"), its folded lines with it, in small letters; ""
 * when there is none. And: does the address (in small letters) stand in the text, alone or with a mark of ours after a plus? Then
 * *mark is that, or NULL. */
const char *unread_field(struct arena *a, const char *bytes, size_t n, const char *name);
bool unread_names(struct arena *a, const char *text, const char *address, const char **mark);
#endif

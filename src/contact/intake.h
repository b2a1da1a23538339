/* contact/intake.h: a mail comes in
 *
 * Stored raw, durably, before anything of it is read; then made a contact, a reply or a note in a transaction of its own. A mail
 * that cannot be understood, or whose reading ends the program, lies there all the same, and intake_pending() tries again: one at
 * a time, and each attempt is counted durably before it begins. After three that ended the program, or found it unreadable, the
 * mail is doubted: it is read once more in a process of its own, and when that ends too, it is filed unread (contact/unread.h). So
 * a power cut, however often it comes, makes no mail unreadable. An attempt that failed for another reason (a busy database) does
 * not count. What was stored is never lost and never taken twice (the bytes' hash, the Message-ID).
 * Threading: our address token in To/Cc/Delivered-To first; then In-Reply-To and References; then a contact number in
 * the subject, if the sender is the contact's own. */
#ifndef CONTACT_INTAKE_H
#define CONTACT_INTAKE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

struct intake_result {
	const char *kind;		/* contact, reply, delivery_failure, auto_reply, feedback, quarantined, duplicate */
	const char *number;		/* the contact's, or "-" */
	int64_t mail_id;
};
struct intake_in {
	const char *bytes;
	size_t n;
	const char *envelope_to;	/* may be NULL */
	bool stored;			/* intake_store() has stored it, and nobody has read it since */
	int64_t handed_at;		/* 0: none. It was handed to another process then, which did not say what became of it: the
					 * same bytes, if they came at that second or later, are this mail and no duplicate of it */
};
/* Messages that came by `now`: one commit stores all of them, another files them; one that cannot be filed takes no other with it.
 * True when all are safe, and out[i] tells what each became; ERR_INPUT only above RAW_BYTES_MAX; ERR_BUSY when none could be
 * stored. */
bool intake_mails(struct db *db, struct arena *a, const struct intake_in *in, size_t n, int64_t now,
    struct intake_result *out, struct err *err);
/* Only stores them, durably, and says in `stored` which of them it did: intake_mails(), given the same, does the rest. A mail that lay
 * there before is left to intake_mails(), which counts how often its reading was begun. */
bool intake_store(struct db *db, struct arena *a, struct intake_in *in, size_t n, int64_t now, struct err *err);
/* The two for what mail/receive.h hands over, by `now`: *out has an element a mail. intake_bytes_ahead() notes in the mails which of them
 * it stored; false with *err when none could be. */
struct mail_bytes;
bool intake_bytes(struct db *db, struct arena *a, const struct mail_bytes *mail, size_t n, int64_t now, struct intake_result **out,
    struct err *err);
bool intake_bytes_ahead(struct db *db, struct mail_bytes *mail, size_t n, int64_t now, struct err *err);
/* One message. */
bool intake_mail(struct db *db, struct arena *a, const char *bytes, size_t n, const char *envelope_to, int64_t now,
    struct intake_result *out, struct err *err);
/* Rooms above may see more in a mail. All run inside the mail's own write, and are set once, before any mail is read.
 * A reply, when it has been filed on its contact. A mail that would be a new contact: *contact_id set says that it was taken.
 * Any mail, before it is looked for where it belongs: *taken says that it is nothing for the lists, and *contact_id what it is
 * about, 0 when that is not known.
 * A mail that has become a new contact. */
struct mime_message; struct mail_verdict;
typedef bool intake_reply_fn(struct db *tx, struct arena *a, int64_t contact_id, const char *text, int64_t now,
    struct err *err);
typedef bool intake_new_fn(struct db *tx, struct arena *a, const struct mime_message *m, const char *envelope_to,
    const char *raw_sha256, int64_t now, int64_t *contact_id, struct err *err);
typedef bool intake_first_fn(struct db *tx, struct arena *a, const struct mime_message *m, const struct mail_verdict *verdict,
    const char *envelope_to, int64_t now, bool *taken, int64_t *contact_id, struct err *err);
typedef bool intake_made_fn(struct db *tx, const struct mime_message *m, int64_t contact_id, int64_t now, struct err *err);
void intake_on_reply(intake_reply_fn *fn);
void intake_on_new(intake_new_fn *fn);
void intake_on_first(intake_first_fn *fn);
void intake_on_made(intake_made_fn *fn);
/* Tells intake_on_reply's: for a reply that came by another way than mail, and has been filed. */
bool intake_replied(struct db *tx, struct arena *a, int64_t contact_id, const char *text, int64_t now, struct err *err);
/* Reads what was stored and not yet understood, and sets *n to how many mails were. A doubted one is left to `alone`, which reads it in
 * another process (intake_again) and says what became of that; without it (NULL) it is filed unread. */
enum intake_alone { INTAKE_ALONE_LATER, INTAKE_ALONE_READ, INTAKE_ALONE_ENDED };	/* later: nothing can be said now */
typedef enum intake_alone intake_alone_fn(void *arg, int64_t mail_id);
bool intake_pending(struct db *db, intake_alone_fn *alone, void *arg, int64_t *n, struct err *err);
/* One that is stored, here and now, whatever was tried before; true also when it had been read. ERR_INPUT: it never will be. */
bool intake_again(struct db *db, int64_t mail_id, struct err *err);
#endif

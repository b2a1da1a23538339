/* mail/receive.h: mails that wait for us in a Maildir or in an IMAP mailbox
 *
 * Both hand each message to a callback and take it off the pile only when the callback says that it is safely stored. A
 * stop at any moment therefore loses nothing, and may hand the last message over once more: the callback knows what it has
 * seen (Message-ID and content hash). What the callback cannot take now (any failure but ERR_INPUT) stays where it is and
 * comes again; what it never will (ERR_INPUT: too large) is put aside where a person finds it, and is not offered again. */
#ifndef MAIL_RECEIVE_H
#define MAIL_RECEIVE_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct err;

/* One message. True: it is safely stored. */
typedef bool mail_take(void *arg, const char *bytes, size_t n, struct err *err);

/* Several messages. True: all are safely stored. After a failure each comes again, alone. */
struct mail_bytes { const char *bytes; size_t n; bool ahead; /* set by mail_ahead, kept for mail_take_many */ };
typedef bool mail_take_many(void *arg, const struct mail_bytes *mail, size_t n, struct err *err);
/* On a thread of its own while the messages before are taken: those that will be taken next, to be stored already. What fails here
 * is tried again when they are taken. */
typedef void mail_ahead(void *arg, struct mail_bytes *mail, size_t n);

struct received { size_t taken, refused; };

/* --- Maildir: new/ is delivered to by the mail server, cur/ is where we put what is taken --- */

struct maildir;

/* ERR_NOT_FOUND: not a Maildir (no new/ and cur/ below `path`). */
struct maildir *maildir_open(const char *path, struct err *err);
void maildir_close(struct maildir *m);		/* NULL does nothing */

/* Hands over all that is in new/, oldest name first, up to MAILDIR_AT_ONCE messages at a time, so that what stores them can
 * share its commit. False when the folder cannot be read or the callback could not take
 * one now (the rest is not tried); *out counts also then. Taken messages get the flag S, refused ones F. `ahead` may be NULL. */
#define MAILDIR_AT_ONCE 64
bool maildir_receive(struct maildir *m, mail_take_many *take, mail_ahead *ahead, void *arg, struct received *out, struct err *err);

/* Waits until something may have been delivered, or `timeout_ms` have passed (call it with a minute or so, and receive
 * after it in any case: on network file systems nobody tells us). */
void maildir_wait(struct maildir *m, int timeout_ms);

/* --- IMAP --- */

enum imap_tls { IMAP_TLS_OFF, IMAP_TLS_REQUIRED /* STARTTLS */, IMAP_TLS_IMPLICIT /* port 993 */ };
struct imap_config {
	const char *host;
	int port;			/* 0: 143, or 993 with IMAP_TLS_IMPLICIT */
	enum imap_tls tls;
	const char *user, *password;
	const char *mailbox;		/* NULL: INBOX */
	const char *move_to;		/* a mailbox that taken messages are moved to; NULL: they stay, marked as seen */
	const char *ca_file;		/* NULL: the system's */
	int timeout_s;			/* for one step; 0: 60 */
};

struct imap;

/* Connects, signs in, selects. ERR_BUSY: not reachable now. ERR_DENIED: it does not let us in. ERR_NOT_FOUND: no such
 * mailbox. */
struct imap *imap_open(const struct imap_config *config, struct err *err);
void imap_close(struct imap *i);

/* Hands over all messages that are neither seen nor deleted, oldest first. False (ERR_BUSY) when the connection broke:
 * close and open again; or when the callback could not take one now. Refused messages are marked seen and flagged. */
bool imap_receive(struct imap *i, mail_take *take, void *arg, struct received *out, struct err *err);

/* Waits until the server says that there is new mail (IDLE, RFC 2177), or `timeout_s` have passed; servers without IDLE
 * are only waited for. At most 25 minutes, since servers and firewalls forget silent connections. False: it broke. */
bool imap_wait(struct imap *i, int timeout_s, struct err *err);
/* Rests between two looks: until the server says that there is something, when it can (IDLE), or `seconds` have passed; in steps
 * that *stop can end. */
bool imap_rest(struct imap *i, int seconds, const atomic_bool *stop, struct err *err);
bool imap_can_idle(const struct imap *i);
#endif

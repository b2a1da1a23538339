/* mail/classify.h: what kind of mail this is, and whether a machine may answer it
 *
 * Pure: facts in, verdict out. A delivery failure is a machine saying that a mail of ours did not arrive (RFC 3464, and
 * the free forms that older and odder programs write); a delay says that it has not arrived yet and needs nobody. An
 * automatic reply is a machine answering for a person who is away (RFC 3834, and common headers and subjects). Feedback is
 * an abuse report (ARF, RFC 5965). All else is ordinary: when in doubt, a person wrote it, since a person who is taken for
 * a machine is lost, and a machine taken for a person only costs a look. So a subject alone makes an automatic reply only
 * when it is the fixed one of a program ("Autosvar: ..."); "Frånvaro i skolan" is a parent. */
#ifndef MAIL_CLASSIFY_H
#define MAIL_CLASSIFY_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct mime_message;

enum mail_kind { MAIL_ORDINARY, MAIL_DELIVERY_FAILURE, MAIL_DELIVERY_DELAY, MAIL_AUTO_REPLY, MAIL_FEEDBACK };

enum mail_reason {
	MAIL_REASON_UNKNOWN, MAIL_REASON_NO_SUCH_ADDRESS, MAIL_REASON_NO_SUCH_DOMAIN, MAIL_REASON_MAILBOX_FULL,
	MAIL_REASON_MAILBOX_CLOSED, MAIL_REASON_TOO_LARGE, MAIL_REASON_REFUSED, MAIL_REASON_EXPIRED,
};

struct mail_verdict {
	enum mail_kind kind;

	/* of a delivery failure or delay; "" when it does not say */
	const char *recipient;		/* the address that was not reached */
	const char *status;		/* "5.1.1" (RFC 3463) */
	enum mail_reason reason;
	const char *diagnostic;		/* the other server's words, one line, at most 300 bytes; not for logs */
	/* of what was returned, in failures and feedback; "" when it is not there */
	const char *original_message_id;	/* without <> */
	const char *original_reply_address;	/* its Reply-To, From or Return-Path, the one with a +TOKEN first */

	bool is_spam;			/* a filter upstream says so in a header */
	bool is_list;			/* mailing list, newsletter, bulk */
	bool has_null_return_path;	/* nobody wants an answer (RFC 5321 4.5.5) */
	/* A machine may answer: ordinary, not spam, list or bulk, not machine-made, the sender has an address that takes
	 * answers. The caller still bounds how many a day. */
	bool may_be_answered;
};

/* `spam_headers`: more headers to believe, "Name: beginning of value" each, any case (NULL when n is 0). */
void mail_classify(struct arena *a, const struct mime_message *m, const char *const *spam_headers, size_t n_spam_headers,
    struct mail_verdict *out);

/* For people, in English, to be translated: "the address does not exist". Continues "not delivered, because ...". */
const char *mail_reason_text(enum mail_reason reason);
/* For tests and JSON: "no_such_address". */
const char *mail_reason_name(enum mail_reason reason);
const char *mail_kind_name(enum mail_kind kind);
#endif

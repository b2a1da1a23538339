/* mail/message.h: one mail, read
 *
 * mime_parse() reads whatever arrives and never refuses it but for its size: a mail that is broken, cut off, wrongly
 * labelled or not a mail at all gives what can be read of it, and its original is kept elsewhere. Everything in a
 * struct mime_message is valid UTF-8 without control characters (text keeps \n and \t), strings are never NULL ("" when
 * absent), and all lives in the arena. Nothing is fetched, run or trusted. (RFC 5322, 2045-2049, 2231, 3676; GMime reads
 * the structure.)
 *
 * Words: body: what the sender wrote to be read at once. Attachment: everything else, whole. A report: multipart/report
 * (RFC 6522), which mail programs write to each other; mail/classify.h says what it means. */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/random.h"
#include "mail/address.h"

struct arena; struct err;

#define MIME_BYTES_MAX (200u * 1024 * 1024)	/* a larger message is refused, ERR_INPUT */
#define MIME_TEXT_MAX (2u * 1024 * 1024)	/* of body text; more is cut, see .text_cut */
#define MIME_PARTS_MAX 500			/* parts beyond are not opened, see .parts_left_out */
#define MIME_DEPTH_MAX 20
#define MIME_HEADERS_MAX 500
#define MIME_REFERENCES_MAX 100

struct mime_header { const char *name, *value; };	/* value decoded, one line */

enum mime_wrapping {
	MIME_WRAPPED_NOT,
	MIME_SIGNED,		/* S/MIME or PGP; the signature is not checked, the inside is read */
	MIME_ENCRYPTED,		/* nothing to be read: ask the sender, or open the original elsewhere */
};

struct mime_attachment {
	const char *name;		/* for people: no path, no control characters; "attachment-N" when it has none */
	const char *claimed_type;	/* "image/png", lower case, as the sender says */
	const char *detected_type;	/* as libmagic sees it */
	const char *bytes;		/* decoded; n may be 0 */
	size_t n;
	struct hash sha256;
	bool is_inline;			/* meant to be seen inside the HTML body */
	const char *content_id;		/* without <> */
	const char *summary;		/* of an enclosed mail: its From, Date, Subject and text; else "" */
};

struct mime_message {
	const char *message_id;		/* without <>; "" when there is none */
	const char *in_reply_to;	/* the first */
	const char **references;	/* oldest first, without <> */
	size_t n_references;

	struct mail_address from;	/* the first; .address is "" when there is none */
	struct mail_addresses reply_to, to, cc;
	struct mail_addresses delivered_to;	/* Delivered-To, X-Original-To, Envelope-To */
	const char *subject;
	int64_t date;			/* what the sender's clock said, UTC seconds; 0 when unreadable */

	const char *text;		/* the body to be read; from HTML when there is no plain text */
	const char *reply_text;		/* the same, shared out (mail/reply.h) */
	const char *quoted_text, *signature;
	const char *html;		/* sanitised (mail/html.h); "" when the body has no HTML */
	bool text_cut, text_from_html;
	enum mime_wrapping wrapping;

	struct mime_attachment *attachment;
	size_t n_attachments;
	size_t n_parts;			/* at most MIME_PARTS_MAX */
	bool parts_left_out;

	const char *report_type;	/* "delivery-status", "feedback-report", ...; "" when it is no report */
	const char *report;		/* the machine's part, as text */
	const char *returned;		/* the returned message or its header, as text; "" when none */

	struct mime_header *header;	/* all, in order */
	size_t n_headers;
};

/* ERR_INPUT: more than MIME_BYTES_MAX bytes. Anything else succeeds. Safe from any thread. */
bool mime_parse(struct arena *a, const char *bytes, size_t n, struct mime_message *out, struct err *err);

/* The first header field of that name (any case) in the message, or NULL. */
const char *mime_header(const struct mime_message *m, const char *name);

/* "image/png" of some bytes by libmagic; "application/octet-stream" when it has no idea. */
const char *mime_detect(struct arena *a, const char *bytes, size_t n);
#endif

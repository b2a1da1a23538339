/* mail/compose.h: our own mails, as bytes
 *
 * text/plain in UTF-8 (quoted-printable, format=flowed so that paragraphs flow on narrow screens), attachments after it.
 * Names and subjects are encoded (RFC 2047), file names too (RFC 2231). Nobody can put a header into our mail: addresses
 * and ids are checked, line breaks in names and subjects become spaces. Lines end in CRLF. */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct err;

enum mail_automation {
	MAIL_BY_A_PERSON,	/* an official's answer: automatic replies to it are welcome, and noted */
	MAIL_AUTO_REPLIED,	/* our receipt for something they sent (RFC 3834 auto-replied) */
	MAIL_AUTO_GENERATED,	/* a notice or an invitation nobody asked for just now */
};
struct mail_file { const char *name, *type; const void *bytes; size_t n; };	/* type "application/pdf"; NULL: octet-stream */

struct mail_outgoing {
	const char *from, *from_name;		/* addresses as mail_address_valid() has them; names may be NULL */
	const char *reply_to;			/* NULL: none */
	const char *to, *to_name;
	const char *subject, *text;		/* UTF-8; lines of text end in \n and may be long */
	const char *message_id;			/* without <>, from mail_message_id() */
	const char *in_reply_to, *references;	/* ids without <>, a space between; NULL: none. What is no id is left out */
	int64_t date;				/* UTC seconds */
	enum mail_automation automation;
	const struct mail_file *file;
	size_t n_files;
};

/* ERR_INPUT: an address that is none. The bytes (a NUL after them) live in `a`. */
bool mail_compose(struct arena *a, const struct mail_outgoing *in, const char **bytes, size_t *n, struct err *err);

/* "random@domain" */
char *mail_message_id(struct arena *a, const char *domain);
#endif

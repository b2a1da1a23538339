/* mail/smtp.h: one message out over SMTP (RFC 5321) by libcurl
 *
 * A link keeps its connection for several messages. The result tells a refusal for now (4xx, no connection) from a
 * refusal for good (5xx): the caller retries the one and gives up the other. */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

struct smtp_config {
	const char *url;		/* smtp://host:25, smtps://host */
	const char *user, *password;	/* NULL: no AUTH */
	const char *tls;		/* "required", "optional" (default), "off" */
};

enum smtp_outcome { SMTP_SENT, SMTP_LATER, SMTP_REFUSED };
struct smtp_result { enum smtp_outcome outcome; int code; char text[160]; };	/* what the server said */

struct smtp_link;
struct smtp_link *smtp_open(const struct smtp_config *config);
void smtp_close(struct smtp_link *link);
void smtp_send(struct smtp_link *link, const char *from, const char *to, const char *message, size_t n,
    struct smtp_result *out);

/* What is to be said, as a message (RFC 5322, MIME by GMime). */
struct smtp_file { const char *name, *type; const void *bytes; size_t n; };
struct smtp_message {
	const char *from_name, *from, *to, *subject, *text;
	const char *message_id, *in_reply_to, *references;	/* ids without <>, space between */
	bool automatic;				/* RFC 3834: Auto-Submitted, so that nobody's machine answers it */
	long long date;				/* UTC seconds */
	const struct smtp_file *file;
	size_t n_files;
};
char *smtp_compose(struct arena *a, const struct smtp_message *m, size_t *n);
#endif

/* mail/send.h: a mail to the next server, by SMTP (libcurl)
 *
 * One connection is kept for several messages. A result is of three kinds, and they decide what the outbox does: delivered
 * (the next server has it, and owes the rest), temporary (try again later), permanent (it said no to this message or this
 * recipient; asking again would be rude). What is wrong with the connection, with TLS or with our password is temporary:
 * it says nothing about the message. Called outside transactions; may take as long as its time limits. */
#ifndef MAIL_SEND_H
#define MAIL_SEND_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

struct smtp_config {
	const char *url;		/* smtp://host:25, or smtps://host for TLS from the first byte */
	const char *user, *password;	/* NULL: no AUTH */
	/* STARTTLS: "required" (certificate checked, or nothing is sent), "optional" (when offered; certificates are not
	 * checked, since a listener could strip the offer anyway; also NULL) or "off". smtps is always checked. */
	const char *tls;
	const char *ca_file;		/* certificates to believe; NULL: the system's */
	const char *helo;		/* our name; NULL: the host's */
	int connect_timeout_s;		/* 0: 15 */
	int timeout_s;			/* for one message; 0: 120 */
};

enum smtp_outcome { SMTP_DELIVERED, SMTP_TEMPORARY, SMTP_PERMANENT };
struct smtp_result {
	enum smtp_outcome outcome;
	int code;			/* the server's last, 550; 0 when there was none */
	char text[300];			/* its words or ours, one line of UTF-8; may hold an address: not for logs */
};

struct smtp;

/* Opens no connection yet. The config's strings are copied. One thread at a time. ERR_INPUT: a URL that is none. */
struct smtp *smtp_open(const struct smtp_config *config, struct err *err);
void smtp_close(struct smtp *s);	/* says QUIT; NULL does nothing */

/* One message to one recipient. `from` is the envelope's, "" for none (RFC 5321 4.5.5). Never fails in another way than
 * by its result. */
struct smtp_result smtp_send(struct smtp *s, const char *from, const char *to, const char *bytes, size_t n);
#endif

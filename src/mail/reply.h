/* mail/reply.h: what a person wrote, apart from what their mail program put around it
 *
 * The lines of a text are shared out, none is lost and none changed: to the reply (what is new, wherever it stands: above,
 * below or between what is quoted), to the quotation (with the line that introduces it, "Den ... skrev ...:"), and to the
 * signature ("-- ", "Skickat från min iPhone"). It is guesswork on other people's habits; whoever shows the reply shows
 * the way to the whole text too. */
#ifndef MAIL_REPLY_H
#define MAIL_REPLY_H
#include "base/base.h"

struct arena;

struct reply_parts {
	const char *reply;	/* each without blank lines at its ends; "" when there is none */
	const char *quoted;
	const char *signature;
};
/* `text` as mime_parse() gives it (UTF-8, lines ending in \n). The parts live in `a`. */
struct reply_parts reply_split(struct arena *a, const char *text);
#endif

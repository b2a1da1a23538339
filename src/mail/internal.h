/* mail/internal.h: what the files of this room share, and nobody else needs */
#ifndef MAIL_INTERNAL_H
#define MAIL_INTERNAL_H
#include <stddef.h>
#include "base/base.h"
#include "mail/late_gmime.h"

struct arena;

/* Loads and initialises GMime, once, from any thread; without it the process ends (EX_TEMPFAIL: a mail is kept by who sent
 * it). GMime's objects are used by one thread each; its options are made here and
 * only read afterwards. */
void mail_start(void);
/* Loose in everything: addresses without domain, encoded words in the wrong places, 8-bit text as UTF-8 else
 * Windows-1252. */
GMimeParserOptions *mail_parser_options(void);

/* A raw field value on one line, encoded words still encoded. Without any of them it is valid UTF-8 (8-bit letters
 * guessed); with them, decode first, then charset_line(). */
char *mail_header_line(struct arena *a, const char *raw, size_t n);
#endif

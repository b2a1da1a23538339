/* mail/charset.h: text in whatever character set, said rightly, wrongly or not at all, to clean UTF-8
 *
 * Clean: valid UTF-8, lines end in \n, no control characters but \n and \t, no NUL, no byte order mark. Nothing here
 * fails: what cannot be read becomes U+FFFD, and the original is kept elsewhere. */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H
#include <stddef.h>
#include "base/base.h"

struct arena;

/* `label` is what the sender said, or NULL. It is not believed against the evidence: valid multi-byte UTF-8 is UTF-8
 * also when it is called ISO-8859-1 (it is then not by chance), what is called UTF-8 or nothing and is not is read as
 * Windows-1252 (which HTML's standard also reads ISO-8859-1 as), and ISO-2022-JP and UTF-16 are known by sight. */
char *charset_text(struct arena *a, const char *label, const char *bytes, size_t n);

/* One line for a heading or a name: as charset_text without a label, and every run of white space is one space. */
char *charset_line(struct arena *a, const char *bytes, size_t n);
#endif

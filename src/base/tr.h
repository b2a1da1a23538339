/* base/tr.h: the interface's texts in the reader's language
 *
 * A text is written in English where it is used, marked N_("...") in C or {% t "..." %} in a template; `make po` collects
 * them into po/LANG.po, where the translation stands. msgfmt compiles that, and the result lies in the program: no
 * locale, no file and no catalogue is needed on the machine.
 *
 * Any thread, any time: the table is built once and never changes. */
#ifndef BASE_TR_H
#define BASE_TR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

/* The translation of `msgid` (a literal marked N_, or any text: what is unknown comes back as it is). "en", and a
 * language we do not have, give the msgid. NULL gives NULL. */
const char *tr(const char *lang, const char *msgid) __attribute__((format_arg(2)));
/* The same by number. Swedish and English agree on when to use the first: n is 1. */
const char *trn(const char *lang, const char *one, const char *many, int64_t n)
    __attribute__((format_arg(2), format_arg(3)));

/* The languages of the interface: code and own name, the first is the default. NULL-ended by code. */
struct language { const char *code, *name; };
extern const struct language languages[];
/* The code as a static string, or NULL if we do not have it. */
const char *language_known(const char *code);
/* The best of ours for an Accept-Language header (RFC 9110, 12.5.4: q values, * and prefixes); NULL header: the first. */
const char *language_accept(const char *header);

/* One compiled catalogue (the MO format of GNU gettext), made by mk/po.mk from po/LANG.po. */
struct translation { const char *lang; const unsigned char *mo; size_t n; };
extern const struct translation translations[];		/* lang NULL ends */
#endif

/* contact/site_words.h: a setting of the site, or what stands instead of it */
#ifndef CONTACT_SITE_WORDS_H
#define CONTACT_SITE_WORDS_H
#include <stdbool.h>
#include "base/base.h"

struct arena; struct db; struct err;

/* Never fails: a setting that is not set, or cannot be read, is `instead`. */
const char *site_text(struct db *db, struct arena *a, const char *name, const char *instead);
/* The key that signs addresses for answers (mail/token.h), derived from the site's link key. */
bool site_mail_key(struct db *db, unsigned char key[32], struct err *err);
#endif

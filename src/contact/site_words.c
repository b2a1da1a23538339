/* contact/site_words.c */
#include "contact/site_words.h"

#include <string.h>

#include "base/err.h"
#include "base/random.h"
#include "people/site.h"

const char *
site_text(struct db *db, struct arena *a, const char *name, const char *instead)
{
	struct err ignored = { 0 };
	const char *value;

	return site_kept(db, a, name, &value, &ignored) && value != NULL ? value : instead;
}

bool
site_mail_key(struct db *db, unsigned char key[32], struct err *err)
{
	struct site_keys keys;
	struct hash h;

	if (!site_keys(db, &keys, err))
		return false;
	h = hash_keyed(keys.link, "mail", 4);
	memcpy(key, h.b, 32);
	return true;
}

/* contact/link.h: the resident's secret link to her own contact
 *
 * A link is /k/TOKEN where TOKEN is base64url of (link id, contact id, expiry) and a keyed hash over them: it cannot be made
 * or stretched by others, expires, and can be revoked (its row). Links live for two years [PRACTICE]. */
#ifndef CONTACT_LINK_H
#define CONTACT_LINK_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

#define LINK_LIFE_S (2 * 365 * 86400)

/* Makes a link inside db_write; *path is "/k/…" in the arena. */
bool link_make(struct db *tx, struct arena *a, int64_t contact_id, int64_t now, const char **path, struct err *err);
/* The contact behind a token. ERR_NOT_FOUND: forged, expired or revoked (the log says which); of one that was ours err->person says
 * how she gets a new one, of any other it is NULL. */
bool link_open(struct db *db, const char *token, int64_t now, int64_t *contact_id, int64_t *link_id, struct err *err);
/* All links of a contact stop working; a new one is made by link_make. */
bool link_revoke(struct db *tx, int64_t contact_id, int64_t now, struct err *err);
#endif

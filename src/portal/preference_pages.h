/* portal/preference_pages.h: a reader's language and appearance
 *
 *   GET /sprak?lang=en&back=/path       cookie "lang": "sv" or "en"; people/ reads it where nobody is signed in
 *   GET /utseende?scheme=dark&back=/x   cookie "scheme": "light", "dark", or "auto" which removes it
 *
 * Plain links: they change nothing but the reader's own cookie. `back` is a path of ours, or the start page. */
#ifndef PORTAL_PREFERENCE_PAGES_H
#define PORTAL_PREFERENCE_PAGES_H
#include "base/base.h"
#include "http/http.h"

extern const struct route preference_routes[];
#endif

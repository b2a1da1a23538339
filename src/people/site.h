/* people/site.h: what the municipality has chosen for the whole site, and the keys nobody chose
 *
 * Settings are rows (name, value). What every page shows is kept (db/kept.h): dropped at once when this process changes a setting;
 * another process's change shows within seconds.
 * Keys are 32 random bytes made once, the first time they are asked for, and never shown or logged. */
#ifndef PEOPLE_SITE_H
#define PEOPLE_SITE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct db; struct err;

enum { SITE_VALUE_MAX = 1000, SITE_LOGO_MAX = 300 * 1024 };

struct site {
	const char *name;		/* "Lillåns kommun" */
	const char *colour;		/* "#0b5c8a"; NULL: the design's own */
	const char *mail_from;		/* the address mail comes from; NULL until it is set */
	const char *contact_number;	/* template of contact numbers (law/number.h) */
	const char *numbers_before;	/* those that were used before it, space between; "" */
	const char *accessibility;	/* URL of the accessibility statement, or NULL */
	const char *help;		/* how to reach those who administer the service, or NULL */
	const char *logo_version;	/* changes with the logo; NULL when there is none */
};

/* As it is kept; the strings live as long as what is in `a`. */
bool site_load(struct db *db, struct arena *a, struct site *out, struct err *err);

/* One setting; *value is NULL when it was never set. */
bool site_get(struct db *db, struct arena *a, const char *name, const char **value, struct err *err);
/* The same of what this process keeps (db/kept.h), for what every contact and mail asks for; not the logo. */
bool site_kept(struct db *db, struct arena *a, const char *name, const char **value, struct err *err);
/* Sets it, or removes it with NULL or "". Writes an event (the name, not the value). ERR_INPUT: too long, or a colour,
 * address or template that is none; the field is the setting's last word ("colour"). */
bool site_set(struct db *db, int64_t account_id, const char *name, const char *value, int64_t now, struct err *err);
/* The next contact's number, as the template has it. */
bool site_contact_number(struct db *db, struct arena *a, int year, int64_t serial, const char **number, struct err *err);
/* The templates in which numbers may be written: now's, those before, the first. The last is NULL. */
bool site_contact_templates(struct db *db, struct arena *a, const char *const **out, struct err *err);

/* The logo: PNG or JPEG by its own bytes, at most SITE_LOGO_MAX. n 0 removes it. */
bool site_logo_set(struct db *db, int64_t account_id, const void *bytes, size_t n, int64_t now, struct err *err);
/* ERR_NOT_FOUND when there is none. */
bool site_logo(struct db *db, struct arena *a, const char **type, const void **bytes, size_t *n, struct err *err);

struct site_keys { unsigned char link[32], csrf[32], throttle[32], sign_in[32]; };
/* Makes what is missing in a write of its own. */
bool site_keys(struct db *db, struct site_keys *out, struct err *err);

/* "#0b5c8a": six hexadecimal digits after a number sign. */
bool site_colour_valid(const char *text);
/* One @ with something plain on both sides; for addresses of our own, not for judging other people's. */
bool site_address_valid(const char *text);
#endif

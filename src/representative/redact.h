/* representative/redact.h: words without the person who wrote them
 *
 * A machine's help, not a secrecy review: what is secret or protected never comes this far. Taken out, and shown as […], are
 * the sender's name and each part of it, her addresses, and whatever looks like a mail address, a phone number or a personal
 * identity number. What she has agreed to share stays. Dates, and our own numbers (K-2027-000118, TN 2027/00009), stay. */
#ifndef REPRESENTATIVE_REDACT_H
#define REPRESENTATIVE_REDACT_H
#include "base/base.h"

struct arena; struct contact;

enum consent { CONSENT_NAME = 1u << 0, CONSENT_PHONE = 1u << 1, CONSENT_EMAIL = 1u << 2 };

/* The text in `a`; NULL stays NULL. `consent` is what may stay. */
const char *redact_person(struct arena *a, const struct contact *c, unsigned consent, const char *text);
#endif

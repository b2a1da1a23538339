/* representative/by_mail.h: what reaches the representatives' room by mail
 *
 * A resident's reply whose first line begins "Not satisfied" ("Inte nöjd") is an escalation: to the manager, or after a colon to
 * the chair or a representative by name ("Inte nöjd: Eva Ek"). A line "Share: name phone" ("Dela: namn telefon") is her consent,
 * and its scope. A word of appeal sends it to the registrar first.
 *
 * A representative's private mail about the municipality's matters is a received document (TF 2:8), handed over by forwarding it
 * to the address in the setting "representative.forward". From her own address it is registered as a contact of whom wrote it,
 * received when it reached her (TF 2:9), and she is told its number. The same original is taken once. */
#ifndef REPRESENTATIVE_BY_MAIL_H
#define REPRESENTATIVE_BY_MAIL_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"
#include "representative/redact.h"

struct arena;

/* Tells contact/intake.h; once, before any mail is read. */
void representative_by_mail(void);

/* Pure, for the tests. False: the reply asks for nothing of this. */
struct mail_wish { const char *to; unsigned consent; bool about_decision; };	/* to: "", "chair", or a name in lower case */
bool mail_wish_parse(struct arena *a, const char *text, struct mail_wish *out);

/* The sender of a mail forwarded inside a text ("Från: Anna <anna@example.org>"); false when there is none. */
struct forwarded { const char *name, *address, *subject, *text; };
bool forwarded_parse(struct arena *a, const char *text, struct forwarded *out);
#endif

/* contact/form_fields.h: what the forms that make or change a contact have in common */
#ifndef CONTACT_FORM_FIELDS_H
#define CONTACT_FORM_FIELDS_H
#include "contact/contact.h"
#include "http/form_parts.h"
#include "http/http.h"

/* Subject, place and who it is: the fields subject, place, name, email, phone, address. "" when absent (see
 * form_fields_settle). */
bool form_fields_read(struct request *rq, struct contact_in *in, struct err *err);
/* The field email: "" or something that can be an address. */
bool form_fields_email(struct request *rq, const char **out, struct err *err);
/* Who wants to be called back gives a number that can be called. ERR_INPUT phone. */
bool form_fields_phone_good(const char *reply_by, const char *phone, struct err *err);
/* The field category, when one was chosen; there must be such a one. */
bool form_fields_category(struct request *rq, int64_t *category_id, struct err *err);
/* What was left empty is unknown (NULL); without name, mail address and phone it is anonymous. */
void form_fields_settle(struct contact_in *in);

enum { REPLY_WAYS = 5 };
/* How she wants to be answered, with `chosen` (a value, or NULL) marked; text messages only when they are switched on. */
size_t form_fields_reply(struct request *rq, const char *chosen, struct choice out[REPLY_WAYS]);
#endif

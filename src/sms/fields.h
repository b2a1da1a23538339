/* sms/fields.h: what a gateway sends us, by the names it uses
 *
 * Gateways agree on nothing: one posts a form, another JSON, with names of its own, perhaps inside one another. A name here may be
 * a path, "messages.0.from"; in a form it is the field's name as it stands. Pure functions. */
#ifndef SMS_FIELDS_H
#define SMS_FIELDS_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "http/form.h"

struct arena; struct err;

struct sms_fields {
	struct field_list form;
	json_t *json;			/* NULL: a form */
};

enum { SMS_BYTES_MAX = 64 * 1024 };

/* `type` is the Content-Type, or NULL: JSON when it says so or the bytes begin with { or [, else a form. ERR_INPUT with a sentence. */
bool sms_fields_parse(struct arena *a, const char *type, const char *bytes, size_t n, struct sms_fields *out, struct err *err);
void sms_fields_close(struct sms_fields *f);
/* A text or a number as text, valid UTF-8 in `a`; NULL when there is none. */
const char *sms_field(struct arena *a, const struct sms_fields *f, const char *name);
#endif

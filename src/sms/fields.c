/* sms/fields.c */
#include "sms/fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sb.h"
#include "base/utf8.h"

bool
sms_fields_parse(struct arena *a, const char *type, const char *bytes, size_t n, struct sms_fields *out, struct err *err)
{
	size_t blank = 0;

	*out = (struct sms_fields){ 0 };
	while (blank < n && strchr(" \t\r\n", bytes[blank]) != NULL && bytes[blank] != '\0')
		blank++;
	if (n > SMS_BYTES_MAX)
		return err_input(err, NULL, N_("A message may be at most 64 kB."));
	if (blank == n)
		return err_input(err, NULL, N_("Nothing was sent. Send JSON, or a form (application/x-www-form-urlencoded)."));
	if ((type != NULL && strncasecmp(type, "application/json", 16) == 0) || bytes[blank] == '{' || bytes[blank] == '[') {
		if (json_parse(bytes, n, &out->json, err))
			return true;
		err->person = N_("This is not JSON in UTF-8. Send one JSON object, or a form.");
		return false;
	}
	if (form_parse(a, bytes, n, &out->form, err))
		return true;
	err->person = N_("The form has too many fields.");
	return false;
}

void
sms_fields_close(struct sms_fields *f)
{
	json_decref(f->json);
	f->json = NULL;
}

static const json_t *
at_path(struct arena *a, const json_t *value, const char *path)
{
	while (value != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");
		const char *part = arena_strndup(a, path, n);

		value = json_is_array(value) && strspn(part, "0123456789") == n && n > 0 && n < 6 ?
		    json_array_get(value, (size_t)strtoul(part, NULL, 10)) : json_object_get(value, part);
		path += n + (path[n] == '.');
	}
	return value;
}

const char *
sms_field(struct arena *a, const struct sms_fields *f, const char *name)
{
	const json_t *value;
	struct sb sb;

	if (name == NULL || *name == '\0')
		return NULL;
	if (f->json == NULL)
		return field_find(&f->form, name);
	value = json_object_get(f->json, name);		/* a name with a dot in it goes before a path */
	if (value == NULL)
		value = at_path(a, f->json, name);
	if (json_is_string(value))
		return utf8_clean(a, json_string_value(value), json_string_length(value));
	if (!json_is_number(value))
		return NULL;
	sb_init(&sb, a, 64);
	json_print(&sb, value);
	return sb_str(&sb);
}

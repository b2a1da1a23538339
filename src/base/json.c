/* base/json.c: jansson with our limits */
#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/sb.h"

LATE_DEFINE_READY(late_jansson, LATE_JANSSON, "libjansson.so.4");

enum { JSON_BYTES_MAX = 64 * 1024 * 1024 };

bool
json_parse(const char *data, size_t n, json_t **out, struct err *err)
{
	json_error_t why;
	json_t *v;

	if (n > JSON_BYTES_MAX)
		return err_set(err, ERR_INPUT, "JSON over %d bytes", JSON_BYTES_MAX);
	v = json_loadb(data, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (v == NULL)
		return err_set(err, ERR_INPUT, "JSON line %d column %d: %s", why.line, why.column, why.text);
	*out = v;
	return true;
}

static const json_t *
present(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return json_is_null(v) ? NULL : v;
}

bool
json_need_text(const json_t *object, const char *key, const char **out, struct err *err)
{
	const json_t *v = present(object, key);

	if (!json_is_string(v))
		return err_input(err, key, v == NULL ? N_("is missing") : N_("must be a text"));
	*out = json_string_value(v);
	return true;
}

bool
json_need_i64(const json_t *object, const char *key, int64_t *out, struct err *err)
{
	const json_t *v = present(object, key);

	if (json_is_real(v) && json_real_value(v) == floor(json_real_value(v)) && fabs(json_real_value(v)) < 9e15) {
		*out = (int64_t)json_real_value(v);
		return true;
	}
	if (!json_is_integer(v))
		return err_input(err, key, v == NULL ? N_("is missing") : N_("must be a whole number"));
	*out = json_integer_value(v);
	return true;
}

bool
json_need_double(const json_t *object, const char *key, double *out, struct err *err)
{
	const json_t *v = present(object, key);

	if (!json_is_number(v))
		return err_input(err, key, v == NULL ? N_("is missing") : N_("must be a number"));
	*out = json_number_value(v);
	return true;
}

const char *
json_text_or(const json_t *object, const char *key, const char *instead)
{
	const json_t *v = present(object, key);

	return json_is_string(v) ? json_string_value(v) : instead;
}

int64_t
json_i64_or(const json_t *object, const char *key, int64_t instead)
{
	const json_t *v = present(object, key);

	return json_is_integer(v) ? json_integer_value(v) : instead;
}

double
json_double_or(const json_t *object, const char *key, double instead)
{
	const json_t *v = present(object, key);

	return json_is_number(v) ? json_number_value(v) : instead;
}

bool
json_bool_or(const json_t *object, const char *key, bool instead)
{
	const json_t *v = present(object, key);

	return json_is_boolean(v) ? json_is_true(v) : instead;
}

void
json_print(struct sb *sb, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT: {
		const char *separator = "";

		sb_add_c(sb, '{');
		/* jansson wants a mutable iterator even to read */
		for (void *it = json_object_iter((json_t *)(uintptr_t)value); it != NULL;
		    it = json_object_iter_next((json_t *)(uintptr_t)value, it)) {
			sb_add(sb, separator);
			sb_json(sb, json_object_iter_key(it));
			sb_add(sb, ": ");
			json_print(sb, json_object_iter_value(it));
			separator = ", ";
		}
		sb_add_c(sb, '}');
		break;
	}
	case JSON_ARRAY:
		sb_add_c(sb, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				sb_add(sb, ", ");
			json_print(sb, json_array_get(value, i));
		}
		sb_add_c(sb, ']');
		break;
	case JSON_STRING: sb_json(sb, json_string_value(value)); break;
	case JSON_INTEGER: sb_i64(sb, json_integer_value(value)); break;
	case JSON_REAL: sb_double(sb, json_real_value(value)); break;
	case JSON_TRUE: sb_add(sb, "true"); break;
	case JSON_FALSE: sb_add(sb, "false"); break;
	case JSON_NULL: sb_add(sb, "null"); break;
	}
}

/* queue/fields.c: fields of a scenario file, with their place */
#include "queue/fields.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

static const double MOMENT_MAX = 1209600.0;	/* 14 days, as SIM_DAY_MAX */

const char *
place_text(const struct place *at, const char *key, char *out, size_t n)
{
	const struct place *way[8];
	size_t depth = 0, used = 0;

	for (; at != NULL && at->key != NULL && depth < ARRAY_LEN(way); at = at->up)
		way[depth++] = at;
	out[0] = '\0';
	while (depth-- > 0 && used < n) {
		used += (size_t)snprintf(out + used, n - used, "%s%s", used > 0 ? "." : "", way[depth]->key);
		if (way[depth]->index != PLACE_ALONE && used < n)
			used += (size_t)snprintf(out + used, n - used, "[%zu]", way[depth]->index);
	}
	if (key != NULL && used < n)
		(void)snprintf(out + used, n - used, "%s%s", used > 0 ? "." : "", key);
	return out;
}

bool
place_refuse(const struct place *at, const char *key, struct err *err, const char *fmt, ...)
{
	char where[120], why[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)err_set(err, ERR_INPUT, "%s: %s", place_text(at, key, where, sizeof(where)), why);
	err->field = key != NULL ? key : at->key;
	return false;
}

static const json_t *
value(const struct place *at, const char *key)
{
	const json_t *v = json_object_get(at->object, key);

	return json_is_null(v) ? NULL : v;
}

bool
key_given(const struct place *at, const char *key)
{
	return value(at, key) != NULL;
}

static bool
is_known(const char *key, const char *const *known)
{
	for (; *known != NULL; known++) {
		if (strcmp(key, *known) == 0)
			return true;
	}
	return false;
}

bool
keys_known(const struct place *at, const char *const *known, struct err *err)
{
	/* jansson wants a mutable iterator even to read */
	json_t *object = (json_t *)(uintptr_t)at->object;

	for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it)) {
		char names[150] = "";
		size_t used = 0;

		if (is_known(json_object_iter_key(it), known))
			continue;
		for (size_t i = 0; known[i] != NULL && used < sizeof(names); i++)
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i > 0 ? ", " : "", known[i]);
		return place_refuse(at, json_object_iter_key(it), err, "no such field here; there are %s", names);
	}
	return true;
}

bool
key_number(const struct place *at, const char *key, double low, double high, double *out, struct err *err)
{
	const json_t *v = value(at, key);
	double x;

	if (v == NULL)
		return true;
	if (!json_is_number(v))
		return place_refuse(at, key, err, "must be a number from %.10g to %.10g", low, high);
	x = json_number_value(v);
	if (!(x >= low && x <= high))
		return place_refuse(at, key, err, "%.10g is outside %.10g to %.10g", x, low, high);
	*out = x;
	return true;
}

bool
key_need_number(const struct place *at, const char *key, double low, double high, double *out, struct err *err)
{
	if (!key_given(at, key))
		return place_refuse(at, key, err, "is missing; a number from %.10g to %.10g", low, high);
	return key_number(at, key, low, high, out, err);
}

bool
key_whole(const struct place *at, const char *key, int low, int high, int *out, struct err *err)
{
	double x = *out;

	if (!key_number(at, key, low, high, &x, err))
		return false;
	if (x != floor(x))
		return place_refuse(at, key, err, "%.10g is not a whole number from %d to %d", x, low, high);
	*out = (int)x;
	return true;
}

bool
key_text(struct arena *a, const struct place *at, const char *key, const char **out, struct err *err)
{
	const json_t *v = value(at, key);

	if (v == NULL)
		return true;
	if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > 1000)
		return place_refuse(at, key, err, "must be a text of 1 to 1000 bytes");
	*out = arena_strdup(a, json_string_value(v));
	return true;
}

bool
key_word(const struct place *at, const char *key, const char *const *words, int *out, struct err *err)
{
	const json_t *v = value(at, key);
	char all[200] = "";
	size_t used = 0;

	if (v == NULL)
		return true;
	for (int i = 0; words[i] != NULL; i++) {
		if (json_is_string(v) && strcmp(json_string_value(v), words[i]) == 0) {
			*out = i;
			return true;
		}
		if (used < sizeof(all))
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	return place_refuse(at, key, err, "must be one of %s", all);
}

/* One or two digits' worth: 0 to most. */
static bool
two_digits(const char **text, int most, int *out)
{
	const char *p = *text;

	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + p[1] - '0';
	*text = p + 2;
	return *out <= most;
}

bool
clock_of(const char *text, int *out)
{
	int hours, minutes, seconds = 0;

	if (!two_digits(&text, 24, &hours) || *text++ != ':' || !two_digits(&text, 59, &minutes))
		return false;
	if (*text == ':' && (text++, !two_digits(&text, 59, &seconds)))
		return false;
	if (*text != '\0' || hours * 3600 + minutes * 60 + seconds > 86400)
		return false;
	*out = hours * 3600 + minutes * 60 + seconds;
	return true;
}

bool
key_need_moment(const struct place *at, const char *key, int opens, double low, double *out, struct err *err)
{
	const json_t *v = value(at, key);
	int clock;

	if (v == NULL)
		return place_refuse(at, key, err, "is missing; a clock time \"HH:MM\" or seconds from opening");
	if (json_is_number(v))
		return key_number(at, key, low, MOMENT_MAX, out, err);
	if (!json_is_string(v) || !clock_of(json_string_value(v), &clock))
		return place_refuse(at, key, err, "must be a clock time from \"00:00\" to \"24:00\", or seconds from opening");
	if (opens < 0)
		return place_refuse(at, key, err, "a clock time needs the field opens (\"HH:MM\") at the top of the file");
	if (clock - opens < low)
		return place_refuse(at, key, err, "%s is too early", json_string_value(v));
	*out = clock - opens;
	return true;
}

bool
key_list(const struct place *at, const char *key, size_t least, size_t most, const json_t **out, size_t *n, struct err *err)
{
	const json_t *v = value(at, key);

	*n = 0;
	*out = v;
	if (v == NULL)
		return true;
	if (!json_is_array(v))
		return place_refuse(at, key, err, "must be a list of %zu to %zu items", least, most);
	*n = json_array_size(v);
	return (*n >= least && *n <= most) || place_refuse(at, key, err, "has %zu items; it must have %zu to %zu", *n, least, most);
}

bool
key_numbers(struct arena *a, const struct place *at, const char *key, size_t most, double low, double high,
    const double **out, size_t *n, struct err *err)
{
	const json_t *list;
	double *x;

	if (!key_list(at, key, 1, most, &list, n, err))
		return false;
	x = arena_array(a, *n, sizeof(*x));
	for (size_t i = 0; i < *n; i++) {
		struct place item = { at, key, i, NULL };
		const json_t *v = json_array_get(list, i);

		if (!json_is_number(v))
			return place_refuse(&item, NULL, err, "must be a number from %.10g to %.10g", low, high);
		x[i] = json_number_value(v);
		if (!(x[i] >= low && x[i] <= high))
			return place_refuse(&item, NULL, err, "%.10g is outside %.10g to %.10g", x[i], low, high);
	}
	*out = x;
	return true;
}

bool
key_item(const struct place *at, const char *key, const json_t *list, size_t i, struct place *out, struct err *err)
{
	*out = (struct place){ at, key, i, json_array_get(list, i) };
	return json_is_object(out->object) || place_refuse(out, NULL, err, "must be an object {...}");
}

bool
key_object(const struct place *at, const char *key, struct place *out, struct err *err)
{
	*out = (struct place){ at, key, PLACE_ALONE, value(at, key) };
	return out->object == NULL || json_is_object(out->object) || place_refuse(at, key, err, "must be an object {...}");
}

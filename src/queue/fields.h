/* queue/fields.h: reading the fields of a scenario file, each with its place, so that a refusal can name it
 *
 * A `struct place` is one step of the way from the top of the file to where we read; the way is printed only when
 * something is wrong: "streams[0].knots[3].at: 25:99 is not a time; ...". All functions return false with ERR_INPUT, the
 * sentence in err->log, and err->field the bare key. */
#ifndef QUEUE_FIELDS_H
#define QUEUE_FIELDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct arena; struct err;

#define PLACE_ALONE SIZE_MAX
struct place {
	const struct place *up;		/* NULL at the top */
	const char *key;
	size_t index;			/* in the list `key`, or PLACE_ALONE */
	const json_t *object;
};

/* "streams[0].knots[3].at" into out[n]; key NULL: the place itself. Returns out. */
const char *place_text(const struct place *at, const char *key, char *out, size_t n);

/* False, with "PLACE.key: why" in err->log. */
bool place_refuse(const struct place *at, const char *key, struct err *err, const char *fmt, ...) PRINTF(4, 5);

bool key_given(const struct place *at, const char *key);
/* Every key of the object is in the list, which NULL ends. */
bool keys_known(const struct place *at, const char *const *known, struct err *err);

/* A finite number from low to high. When it is not there *out stays as it was; `need_` refuses. */
bool key_number(const struct place *at, const char *key, double low, double high, double *out, struct err *err);
bool key_need_number(const struct place *at, const char *key, double low, double high, double *out, struct err *err);
bool key_whole(const struct place *at, const char *key, int low, int high, int *out, struct err *err);
bool key_text(struct arena *a, const struct place *at, const char *key, const char **out, struct err *err);
/* The number of the word in the list, which NULL ends. */
bool key_word(const struct place *at, const char *key, const char *const *words, int *out, struct err *err);
/* Seconds from opening, or a clock time when opens >= 0 (seconds after midnight). Not before `low`. */
bool key_need_moment(const struct place *at, const char *key, int opens, double low, double *out, struct err *err);
/* "HH:MM" or "HH:MM:SS" as seconds after midnight, at most 24:00; false when it is not one. */
bool clock_of(const char *text, int *out);

/* A list with least..most items; *n is 0 when it is not there. */
bool key_list(const struct place *at, const char *key, size_t least, size_t most, const json_t **out, size_t *n, struct err *err);
/* A list of numbers, each from low to high. */
bool key_numbers(struct arena *a, const struct place *at, const char *key, size_t most, double low, double high,
    const double **out, size_t *n, struct err *err);
/* Item i of the list as an object: its place into *out. */
bool key_item(const struct place *at, const char *key, const json_t *list, size_t i, struct place *out, struct err *err);
/* The object under key: its place into *out, out->object NULL when it is not there. */
bool key_object(const struct place *at, const char *key, struct place *out, struct err *err);
#endif

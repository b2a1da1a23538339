/* base/json.h: a few words over jansson, so that limits and messages are the same everywhere */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/late_jansson.h"

struct arena; struct err; struct sb;

/* Parses one JSON value; duplicate keys are refused, depth and size limited. ERR_INPUT with line and column in the log.
 * The caller owns *out (json_decref). */
bool json_parse(const char *data, size_t n, json_t **out, struct err *err);

/* Fields of an object. Absent and null are the same. *_or never fail; wrong types give ERR_INPUT with field = key,
 * which must be a literal. Strings belong to the object. */
bool json_need_text(const json_t *object, const char *key, const char **out, struct err *err);
bool json_need_i64(const json_t *object, const char *key, int64_t *out, struct err *err);
bool json_need_double(const json_t *object, const char *key, double *out, struct err *err);	/* finite; integers too */
const char *json_text_or(const json_t *object, const char *key, const char *instead);
int64_t json_i64_or(const json_t *object, const char *key, int64_t instead);
double json_double_or(const json_t *object, const char *key, double instead);
bool json_bool_or(const json_t *object, const char *key, bool instead);

/* The value printed compactly, keys in their order, numbers so that they read back exactly. */
void json_print(struct sb *sb, const json_t *value);
#endif

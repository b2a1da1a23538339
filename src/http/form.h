/* http/form.h: the bytes of queries, urlencoded forms and cookies, as pure functions
 *
 * Whatever the bytes are, what comes out is valid UTF-8; a name that comes more than max_fields times is a refusal. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena; struct err;

struct field { const char *name, *value; };
struct field_list { struct field *item; size_t n, cap; };

#define FIELDS_MAX 1000

void field_add(struct arena *a, struct field_list *list, const char *name, const char *value);
/* CRLF and CR become LF, in place. */
void form_line_ends(char *text);
/* %XX and '+' decoded; CRLF becomes LF. Bad escapes stand as they are. */
char *form_decode(struct arena *a, const char *s, size_t n, bool plus_is_space);
/* a=1&b=2 (WHATWG URL standard, 5.1). ERR_INPUT: more than FIELDS_MAX fields. */
bool form_parse(struct arena *a, const char *s, size_t n, struct field_list *out, struct err *err);
/* The value of a cookie in a Cookie header (RFC 6265 4.2.1), or NULL. */
const char *cookie_find(struct arena *a, const char *header, const char *name);
const char *field_find(const struct field_list *list, const char *name);
/* A raw path decoded, once; NULL unless every escape is whole and the result is clean (below): nothing is guessed at. */
char *path_decode(struct arena *a, const char *s, size_t n);
/* A decoded path is usable: starts with '/', valid UTF-8, no control bytes, no "." or ".." segments, no "//". */
bool path_is_clean(const char *path);
#endif

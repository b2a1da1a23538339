/* law/number.h: matter numbers as each authority writes them
 *
 * A template holds {code}, {yyyy} or {yy}, and {n} or {n:W} (W digits with leading zeroes); all else stands as it is:
 * "{code} {yyyy}/{n:05}" gives "KS 2026/00123" (rule book 1.3). */
#ifndef LAW_NUMBER_H
#define LAW_NUMBER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/base.h"

struct arena;

/* NULL when the template is not one (number_template_valid). */
const char *number_print(struct arena *a, const char *template, const char *code, int year, int64_t serial);
bool number_template_valid(const char *template);
/* The first contact number in a text ("SV: fråga [K-2026-000123]"), as printed, or NULL. */
const char *number_find_contact(struct arena *a, const char *text);
#endif

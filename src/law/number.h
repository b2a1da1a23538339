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
/* Contact numbers (rule book 1.3: a series of their own, the municipality's). Their templates hold {yyyy} and {n} or {n:0W},
 * kept apart from each other and from digits, and else only capital letters A to Z, digits and hyphens, a letter first: such a
 * number stands in web and mail addresses as it is, and is found again in a subject. */
#define NUMBER_CONTACT_DEFAULT "K-{yyyy}-{n:06}"
bool number_contact_template_valid(const char *template);
/* The first number of this template in a text ("SV: fråga [K-2026-000123]"), in any case, as printed; NULL when there is none.
 * A serial has at least the digits of the template. */
const char *number_find_contact(struct arena *a, const char *template, const char *text);
#endif

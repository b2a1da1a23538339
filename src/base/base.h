/* base/base.h: the few macros of the house
 *
 * Each names something the language cannot: a compiler check, the length of an array, a text to translate.
 * No macro here is part of the control flow. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The compiler checks format `fmt` (argument number) against the arguments from `first`. */
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* Marks a text for translation where it stands (xgettext collects it); it is translated where it is shown. */
#define N_(text) text

#include "base/banned.h"
#endif

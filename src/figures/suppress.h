/* figures/suppress.h: small numbers that are not told, so that nobody can be seen in them
 *
 * Counts of residents stand in a row with their sum. One of 1 to 4 is not told (SUPPRESS_LEAST); nor, then, are so many others,
 * the smallest first, that none of those left out can be worked out from the sum closer than within SUPPRESS_LEAST. Zero is told:
 * there is nobody to see. Rule book 7; quantitative methods 2.8 (complementary suppression by feasibility interval). */
#ifndef FIGURES_SUPPRESS_H
#define FIGURES_SUPPRESS_H
#include <stdbool.h>
#include <stddef.h>

enum { SUPPRESS_LEAST = 5 };

/* Fills hidden[n]. False: the sum must not be told either (and then every count but zero is hidden). */
bool suppress(const size_t *count, size_t n, bool *hidden);
/* A number that stands alone. */
bool suppress_alone(size_t count);
#endif

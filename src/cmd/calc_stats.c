/* cmd/calc_stats.c */
#include "cmd/calc.h"

const struct calc_function calc_stats[] = { { 0 } };

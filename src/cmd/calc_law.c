/* cmd/calc_law.c */
#include "cmd/calc.h"

const struct calc_function calc_law[] = { { 0 } };

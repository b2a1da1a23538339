/* cmd/calc_queue.c */
#include "cmd/calc.h"

const struct calc_function calc_queue[] = { { 0 } };

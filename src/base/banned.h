/* base/banned.h: functions that have cost others dearly are compile errors here
 *
 * strcpy, strcat, sprintf, strncpy: lengths are forgotten; use base/sb.h. strtok and localtime keep hidden
 * state; atoi cannot fail. Included last, so that system headers have been read before the words are poisoned.
 * (The idea is git's banned.h.) */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strtok
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strtok sprintf vsprintf atoi localtime gmtime ctime asctime
#endif

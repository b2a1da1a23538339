/* stats/service_index.h: grades 1 to 5 as an index 0 to 100
 *
 * 1 is 0, 2 is 25, ... 5 is 100, as the Swedish Association of Local Authorities and Regions' service survey counts since
 * 2022. The standard error is that of a mean of independent answers; it knows nothing of those who did not answer. */
#ifndef STATS_SERVICE_INDEX_H
#define STATS_SERVICE_INDEX_H
#include <stddef.h>

struct service_index { double index, se; size_t n; };	/* NaN: index without grades, se with fewer than two */

/* Grades 1 to 5. */
struct service_index service_index_of(const int *grade, size_t n);
#endif

/* stats/service_index.c: grades 1 to 5 as an index 0 to 100 */
#include "stats/service_index.h"

#include <math.h>

struct service_index
service_index_of(const int *grade, size_t n)
{
	double count = (double)n, sum = 0.0, squares = 0.0, mean;

	for (size_t i = 0; i < n; i++)
		sum += 25.0 * (grade[i] - 1);
	mean = sum / count;
	for (size_t i = 0; i < n; i++) {
		double away = 25.0 * (grade[i] - 1) - mean;

		squares += away * away;
	}
	return (struct service_index){ .index = mean, .se = n > 1 ? sqrt(squares / (count - 1.0) / count) : NAN, .n = n };
}

/* figures/suppress.c */
#include "figures/suppress.h"

bool
suppress_alone(size_t count)
{
	return count > 0 && count < SUPPRESS_LEAST;
}

/* A reader knows that each of the k hidden is at least 1, and their sum: each then lies from 1 to sum - (k - 1). */
static bool
is_wide(size_t sum, size_t k)
{
	return k == 0 || (k >= 2 && sum - k >= SUPPRESS_LEAST);
}

bool
suppress(const size_t *count, size_t n, bool *hidden)
{
	size_t sum = 0, k = 0;

	for (size_t i = 0; i < n; i++) {
		hidden[i] = suppress_alone(count[i]);
		sum += hidden[i] ? count[i] : 0;
		k += hidden[i];
	}
	while (!is_wide(sum, k)) {
		size_t least = n;

		for (size_t i = 0; i < n; i++) {
			if (count[i] > 0 && !hidden[i] && (least == n || count[i] < count[least]))
				least = i;
		}
		if (least == n)
			return false;
		hidden[least] = true;
		sum += count[least];
		k++;
	}
	return true;
}

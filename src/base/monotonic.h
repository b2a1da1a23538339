/* base/monotonic.h: a clock that only goes forward, for how long something took and how long to wait; it tells no time of day */
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H
#include <stdint.h>
#include <time.h>

static inline int64_t
monotonic_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int64_t
monotonic_ms(void)
{
	return monotonic_us() / 1000;
}

static inline double
monotonic_s(void)
{
	return (double)monotonic_us() * 1e-6;
}
#endif

/* tests/expect.h: what most tests of stores and pages say over and over */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/err.h"

/* It went well; or the test has failed, with all that the error says. */
static inline void
must(bool ok, const struct err *err)
{
	if (!ok)
		fail_msg("%s (field %s: %s)", err->log, err->field == NULL ? "-" : err->field, err->person == NULL ? "-" : err->person);
}

/* The instant an RFC 3339 text means. */
static inline int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_true(instant_parse(text, &t));
	return t;
}
#endif
